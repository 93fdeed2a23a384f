"""Replay 2,357 real customers of an online shop, and tell where they stand and how they got there.

Run it from anywhere: ``python examples/cdnow.py [output folder]``. It reads
``examples/data/CDNOW_sample.txt``, prints a report, and writes the diagram of the lifecycle.
The data holds purchases only, so everybody here is a customer and nobody complains or leaves.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from itertools import groupby
from pathlib import Path

from custlife import (
    CUSTOMER_LIFECYCLE,
    Journey,
    Ladder,
    Phase,
    Process,
    Purchased,
    replay,
    to_diagram,
)

HERE = Path(__file__).parent
DATA = HERE / "data" / "CDNOW_sample.txt"
TOLD_IN_FULL = "0001"


def purchases(lines: Iterable[str]) -> Iterator[tuple[str, Purchased]]:
    """The sample's id of the customer, and the purchase, for each line of the file."""
    for line in lines:
        _, customer, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        yield customer, Purchased(at=at, amount=Decimal(dollars), channel="web")


def replayed(path: Path) -> list[Journey]:
    """One journey for each customer of the file, which is sorted by customer."""
    with path.open(encoding="ascii") as lines:
        return [
            replay((event for _, event in history), customer=customer)
            for customer, history in groupby(purchases(lines), key=lambda pair: pair[0])
        ]


def distribution(title: str, names: Iterable[str]) -> str:
    """How many customers bear each name, the most frequent first."""
    counts = Counter(names)
    lines = [f"{title}:"]
    for name, count in counts.most_common():
        lines.append(f"  {name:26}{count:6,}  {count / counts.total():6.1%}")
    return "\n".join(lines)


def shown(journey: Journey, model: type[Enum]) -> str:
    """What a view shows of a customer."""
    value = journey.relationship.view(model)
    return "(silent)" if value is None else value.name.lower().replace("_", " ")


def way(journey: Journey) -> str:
    """In one line, how a customer got to where they stand."""
    record = journey.relationship.record
    moves = "".join(
        f" -> {step.after.stage} {step.event.at.date()}" for step in journey.steps if step.is_move
    )
    return (
        f"{journey.customer}  ${record.revenue:>8}  {record.purchases:3} purchases: "
        f"{journey.start.state}{moves}"
    )


def main(out: Path) -> None:
    """Print the report and write the diagram."""
    journeys = replayed(DATA)
    events = sum(len(journey.events) for journey in journeys)
    first = min(journey.events[0].at for journey in journeys)
    last = max(journey.events[-1].at for journey in journeys)
    print(
        f"CDNOW: {len(journeys):,} customers, {events:,} purchases, "
        f"{first.date()} to {last.date()}."
    )
    print("The data holds purchases only: nobody complains, falls silent or leaves in it.")
    print("\nWhere they stand\n")
    print(distribution("Stages, bond+standing", (str(j.relationship.state) for j in journeys)))
    for model in (Ladder, Phase, Process):
        print(distribution(model.__name__, (shown(journey, model) for journey in journeys)))
    print("\nThe ten biggest by revenue, and how they got there\n")
    biggest = sorted(journeys, key=lambda j: j.relationship.record.revenue, reverse=True)[:10]
    for journey in biggest:
        print(way(journey))
    print("\nOne journey, step by step\n")
    print(next(j for j in journeys if j.customer == TOLD_IN_FULL).explain())
    out.mkdir(parents=True, exist_ok=True)
    diagram = out / "lifecycle.mmd"
    diagram.write_text(to_diagram(CUSTOMER_LIFECYCLE, "mermaid") + "\n", encoding="utf-8")
    print(f"\nThe diagram of the lifecycle is in {diagram} (Mermaid).")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "out")
