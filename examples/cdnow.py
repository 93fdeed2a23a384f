"""Replay 2,357 real customers of an online shop: where they stand, how they got there, what to do.

Run it from anywhere: ``python examples/cdnow.py [output folder]``. It reads
``examples/data/CDNOW_sample.txt``, prints a report, and writes the diagram of the lifecycle.
The data holds purchases only, so everybody here is a customer, and nobody complains or leaves. Many
signals stay unknown, such as whether a competitor courts a customer. The functions below say how
they derive the other signals from history.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
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
from custlife.strategy import (
    ButtlePolicy,
    CostModel,
    CustomerValue,
    Profile,
    Recommendation,
    Signals,
    Strategy,
    Unit,
    buttle_selector,
    candidates_of,
    portfolio,
    recommend,
)

HERE = Path(__file__).parent
DATA = HERE / "data" / "CDNOW_sample.txt"
IN_FULL = "0001"
BEFORE, END = datetime(1998, 1, 1, tzinfo=UTC), datetime(1998, 7, 1, tzinfo=UTC)
"""Return rates count the purchases between these two days."""
MARGIN_RATE, COST_TO_SERVE, REMAINING_YEARS = Decimal("0.30"), Decimal(10), 2
"""Assumed, since the data lacks them: the margin, the yearly cost to serve a customer, and the
years that customers stay."""
CONTACTS = 200
"""The budget: this many customers get a letter."""
SELECTOR = buttle_selector(ButtlePolicy(name="CD shop", considerable_cost=COST_TO_SERVE))
"""The margins are small, so what a customer costs to serve is considerable."""
A_LETTER = CostModel(name="a letter a year", protect_cost=1, enhance_cost=1, reengineer_cost=1)
"""What each strategy costs, in letters; the other numbers are the defaults."""
KEY_SHARE = 20
"""One customer of this many, by revenue, counts as a key customer."""
STEADY = 4
"""From this many purchases on, a cash flow can be stable."""

Group = tuple[int, int]
"""Customers who bought about as often, and whose last purchase is about as long ago."""


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
    """How many customers have each name, the most frequent first."""
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


def group_of(days: Sequence[datetime], now: datetime) -> Group:
    """The group of a customer who bought on these days, as of a day."""
    often = min(len(days), 6)
    silent = (now - days[-1]) // timedelta(days=60)
    return often, min(silent, 6)


def bought_on(journey: Journey) -> list[datetime]:
    """The days of a customer's purchases, in order."""
    return [event.at for event in journey.events]


def return_rates(journeys: Sequence[Journey]) -> dict[Group, Decimal]:
    """For each group as of 1998: the share of it that bought in the half-year that followed."""
    all_, back = Counter[Group](), Counter[Group]()
    for days in map(bought_on, journeys):
        seen = [day for day in days if day < BEFORE]
        group = group_of(seen, BEFORE)
        all_[group] += 1
        back[group] += days[-1] >= BEFORE
    return {
        group: (Decimal(back[group]) / number).quantize(Decimal("0.01"))
        for group, number in all_.items()
    }


def upper_quarters(values: Iterable[CustomerValue]) -> dict[int, Decimal]:
    """For each number of purchases: the yearly revenue that one customer of four exceeds."""
    revenues: dict[int, list[Decimal]] = {}
    for value in values:
        revenues.setdefault(value.purchases or 0, []).append(value.revenue or Decimal(0))
    return {number: sorted(all_)[len(all_) * 3 // 4] for number, all_ in revenues.items()}


def is_steady(days: Sequence[datetime]) -> bool:
    """Whether the gaps between purchases, the one until the end included, are about alike."""
    gaps = [later - day for day, later in zip(days, [*days[1:], END], strict=True)]
    return len(days) >= STEADY and max(gaps) <= 3 * (sum(gaps, timedelta()) / len(gaps))


def profiles(journeys: Sequence[Journey]) -> Iterator[Profile]:
    """One profile a customer, as of the end of the data.

    A key customer is one of the twentieth that paid most. Interest is a purchase in the last half
    year. The chance that things improve is the return rate of the group; the risk of defection is
    the rest. The upside is what is missing to the upper quarter of those who buy as often.
    """
    values = [
        CustomerValue.of(
            journey.relationship,
            margin_rate=MARGIN_RATE,
            cost_to_serve=COST_TO_SERVE,
            remaining_years=REMAINING_YEARS,
            until=END,
        )
        for journey in journeys
    ]
    rates, quarters = return_rates(journeys), upper_quarters(values)
    revenues = sorted((j.relationship.record.revenue for j in journeys), reverse=True)
    key = revenues[len(revenues) // KEY_SHARE]
    for journey, value in zip(journeys, values, strict=True):
        record, days = journey.relationship.record, bought_on(journey)
        rate = rates.get(group_of(days, END))
        upside = quarters[record.purchases] - (value.revenue or 0)
        signals = Signals(
            strategic=record.revenue > key,
            interest=END - days[-1] <= timedelta(days=182),
            cash_flow_stable=is_steady(days),
            improvement_chance=rate,
            defection_risk=None if rate is None else 1 - rate,
            revenue_upside=max(upside, Decimal(0)),
        )
        yield Profile(relationship=journey.relationship, value=value, signals=signals)


def three_of(advice: Sequence[Recommendation]) -> Iterator[Recommendation]:
    """One recommendation for each of the three most frequent strategies."""
    frequent = Counter(each.strategy for each in advice).most_common(3)
    for strategy, _ in frequent:
        yield next(each for each in advice if each.strategy is strategy)


def worth_writing_to(advice: Sequence[Recommendation]) -> str:
    """The portfolio of letters; customers whose strategy is to end get none."""
    candidates = candidates_of(
        (each for each in advice if each.strategy is not Strategy.END),
        A_LETTER,
        unit=Unit.CONTACTS,
    )
    choice = portfolio(candidates.known, CONTACTS, unit=Unit.CONTACTS)
    by_customer = {each.profile.relationship.customer: each.strategy.words for each in advice}
    return "\n".join(
        (
            choice.explain(),
            f"Not among them, since a fact is missing: {len(candidates.unknown)} customers.",
            distribution(
                "Strategies of the chosen", (by_customer[each.customer] for each in choice.chosen)
            ),
        )
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
    print(next(j for j in journeys if j.customer == IN_FULL).explain())
    print("\nWhat to do\n")
    advice = [recommend(profile, SELECTOR) for profile in profiles(journeys)]
    print(distribution("Strategies", (each.strategy.words for each in advice)))
    print("\nThree of them explained\n")
    print("\n\n".join(each.explain() for each in three_of(advice)))
    print(f"\nThe customers who get one of {CONTACTS} letters\n")
    print(worth_writing_to(advice))
    out.mkdir(parents=True, exist_ok=True)
    diagram = out / "lifecycle.mmd"
    diagram.write_text(to_diagram(CUSTOMER_LIFECYCLE, "mermaid") + "\n", encoding="utf-8")
    print(f"\nThe diagram of the lifecycle is in {diagram} (Mermaid).")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "out")
