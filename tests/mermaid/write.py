"""Writes the diagrams that Mermaid itself then parses: ``python tests/mermaid/write.py FOLDER``.

``NAME.mmd`` is a diagram; ``NAME.json``, where it is there, lists the stages that it must draw.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from attrs import evolve

from custlife import CUSTOMER_LIFECYCLE, Lifecycle, Move, Purchased, Stage, to_diagram
from custlife.testing import LawViolation, prove, shortest_paths

AT = datetime(2026, 1, 1, tzinfo=UTC)


def hostile() -> Iterator[Lifecycle]:
    """Lifecycles with sentences and names that mean something to Mermaid."""
    sentence = 'Says "no" | <script>alert(1)</script> # %% ; : -- --> [*] `x` ~y~ \\ {z}'
    for number, name in enumerate(("Note", "State", "Class", "Style", "click", "href", "scale")):
        stage = Stage(name, sentence)
        move = Move(f"made_{number}", at="potential", to=name, sentence=sentence)
        yield evolve(
            CUSTOMER_LIFECYCLE,
            prospect=(*CUSTOMER_LIFECYCLE.prospect, stage),
            rules=(*CUSTOMER_LIFECYCLE.rules, move),
            views=(),
        )


def diagrams() -> Iterator[tuple[str, str, list[str] | None]]:
    """Each diagram with its name, and the stages of the lifecycles."""
    for number, lifecycle in enumerate((CUSTOMER_LIFECYCLE, *hostile())):
        stages = {stage for state in lifecycle.states for stage in state.stages}
        yield f"lifecycle-{number}", to_diagram(lifecycle), sorted(stages)
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
