"""Writes the diagrams that Mermaid itself then parses: ``python tests/mermaid/write.py FOLDER``.

``NAME.mmd`` is a diagram; ``NAME.json``, where it is there, lists the stages that it must draw.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from custlife import CUSTOMER_LIFECYCLE, Purchased, to_diagram
from custlife.testing import LawViolation, prove, shortest_paths

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.unit.lifecycle import hostile

AT = datetime(2026, 1, 1, tzinfo=UTC)


def diagrams() -> Iterator[tuple[str, str, list[str] | None]]:
    """Each diagram with its name, and the stages of the lifecycles."""
    lifecycles = (CUSTOMER_LIFECYCLE, hostile.together(), *map(hostile.named, hostile.WORDS))
    for number, lifecycle in enumerate(lifecycles):
        stages = {stage for state in lifecycle.states for stage in state.stages}
        yield f"lifecycle-{number}", to_diagram(lifecycle, at=lifecycle.initial), sorted(stages)
        longest = max(shortest_paths(lifecycle).values(), key=len)
        yield f"path-{number}", longest.to_mermaid(), None
        for place, found in enumerate(one for one in prove(lifecycle).found if one.path):
            yield f"proof-{number}-{place}", found.to_mermaid(), None
    events = (Purchased(at=AT, amount=20), Purchased(at=AT, amount=20))
    violation = LawViolation("law", "A sentence.", CUSTOMER_LIFECYCLE, "A problem.", events)
    yield "violation", violation.to_mermaid(), None


def main(folder: Path) -> None:
    """Write all diagrams into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, diagram, stages in diagrams():
        (folder / f"{name}.mmd").write_text(diagram, encoding="utf-8")
        if stages is not None:
            (folder / f"{name}.json").write_text(json.dumps(stages), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
