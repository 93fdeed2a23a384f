"""How much a departure weighs: a decision table over what it cost and what was built up.

Source: IMH-7 for a loss, IMH-8 for an erosion.
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from custlife.decisions.predicates import Predicate, all_of, at_least, is_, some_of
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.departure_kind import DepartureKind
from custlife.sources import ASSUMPTION, BUT, IMH, Source


class Severity(IntEnum):
    """How much a departure weighs; ordered.

    Source: IMH-7, IMH-8; the scale is an assumption.

    Examples:
        >>> Severity.TOLERABLE < Severity.CRITICAL
        True
    """

    NONE = 0
    """Intended by the enterprise."""
    TOLERABLE = 1
    UNWELCOME = 2
    SERIOUS = 3
    GRAVE = 4
    CRITICAL = 5
    DISASTROUS = 6


SEVERITY_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "The kind of the departure.",
        "first_entry": "Whether it is of the first cycle.",
        "sales_cycle": "From the first event of the cycle to the customer moment, or to the loss "
        "[timedelta]; unknown where the cycle began with the customer moment.",
        "sales_cost": "What the sale had cost [the app's currency].",
        "deal_size": "What the deal was worth [the app's currency].",
        "tenure": "The time since the first customer moment, over all cycles [timedelta].",
        "revenue": "The revenue on record [the app's currency].",
        "purchases": "The purchases on record [count].",
        "key_customer": "Whether this was a key customer.",
    }
)
"""The facts that a severity table may name, with what they mean: fields of a `Departure`."""


OF_SALE = ("sales_cycle", "sales_cost", "deal_size")
"""What weighs in a loss, too (IMH-7)."""
BUILT_UP = ("tenure", "revenue", "purchases")
"""What weighs in an erosion beside it: what was built up and supported (IMH-8)."""


@lru_cache(maxsize=128)
def severity_table(*measures: tuple[str, tuple[Any, ...]]) -> DecisionTable[Severity]:
    """The rules of severity.

    Args:
        *measures: The facts of `OF_SALE` and `BUILT_UP`, in that order, each with its steps: from
            each of these limits on, it weighs one more.
    """
    of_all: list[Predicate] = [at_least(name, limit) for name, steps in measures for limit in steps]
    of_sale = of_all[: sum(len(steps) for name, steps in measures if name in OF_SALE)]
    of_all.append(is_("key_customer", True))

    def weighs(kind: DepartureKind, steps: int, *more: Predicate) -> Predicate:
        is_loss = kind is DepartureKind.LOSS
        what = "the sale weighs" if is_loss else "the sale and what was built up weigh"
        called = f"{what} {steps} or more"
        heavy = [some_of(steps, *(of_sale if is_loss else of_all), called=called)] if steps else []
        return all_of(is_("kind", kind), *more, *heavy)

    loss, erosion = DepartureKind.LOSS, DepartureKind.EROSION
    ended, incidental = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
    later = is_("first_entry", False)
    one, two, four = "one step.", "two or three steps.", "four steps or more."
    real = "A real customer is gone; the sale and what was built up weigh"
    first = "A person is lost; the sale weighs"
    later_one = "A returned person is lost; the sale weighs"
    rows: tuple[tuple[str, Predicate, Severity, str, Source], ...] = (
        ("TERMINATION", weighs(ended, 0), Severity.NONE, "The enterprise intended it.", BUT[6]),
        (
            "INCIDENTAL-2",
            weighs(incidental, 2),
            Severity.UNWELCOME,
            "Nobody is to blame, but much that was built up is gone.",
            ASSUMPTION,
        ),
        (
            "INCIDENTAL-0",
            weighs(incidental, 0),
            Severity.TOLERABLE,
            "Nobody is to blame, and not much was built up.",
            ASSUMPTION,
        ),
        ("EROSION-4", weighs(erosion, 4), Severity.DISASTROUS, f"{real} {four}", IMH[8]),
        ("EROSION-2", weighs(erosion, 2), Severity.CRITICAL, f"{real} {two}", IMH[8]),
        ("EROSION-1", weighs(erosion, 1), Severity.GRAVE, f"{real} {one}", IMH[8]),
        (
            "EROSION-0",
            weighs(erosion, 0),
            Severity.SERIOUS,
            "A real customer is gone, which weighs more than the loss of a prospect.",
            IMH[8],
        ),
        ("LOSS-LATER-4", weighs(loss, 4, later), Severity.CRITICAL, f"{later_one} {four}", IMH[7]),
        ("LOSS-4", weighs(loss, 4), Severity.GRAVE, f"{first} {four}", IMH[7]),
        ("LOSS-LATER-2", weighs(loss, 2, later), Severity.GRAVE, f"{later_one} {two}", IMH[7]),
        ("LOSS-2", weighs(loss, 2), Severity.SERIOUS, f"{first} {two}", IMH[7]),
        ("LOSS-LATER-1", weighs(loss, 1, later), Severity.SERIOUS, f"{later_one} {one}", IMH[7]),
        ("LOSS-1", weighs(loss, 1), Severity.UNWELCOME, f"{first} {one}", IMH[7]),
        (
            "LOSS-LATER-0",
            weighs(loss, 0, later),
            Severity.UNWELCOME,
            "A returned person is lost, which is no first entry any more.",
            IMH[7],
        ),
        (
            "LOSS-0",
            weighs(loss, 0),
            Severity.TOLERABLE,
            "A loss on the first entry is tolerable.",
            IMH[7],
        ),
    )
    return DecisionTable(
        "severity",
        tuple(Row(f"SEV-{id_}", when, then, why, row) for id_, when, then, why, row in rows),
        HitPolicy.FIRST,
    )
