"""The rules about departures: of which kind one is, and how much it weighs.

Both are decision tables. The kind follows from the room that was left, from who ended it and from
the cause, in every lifecycle. The severity's numbers are the app's to override.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import lru_cache
from itertools import pairwise, product
from types import MappingProxyType
from typing import Any, ClassVar

from attrs import field, fields, frozen

from custlife import _checks
from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.gaps import gaps, limits
from custlife.decisions.predicates import (
    Facts,
    Predicate,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    is_,
    is_not,
    some_of,
    spoken,
    words,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidPolicy, listed
from custlife.money import as_money, as_whole
from custlife.sources import ASSUMPTION, BUT, IMH, KAL, MATTISON, Source
from custlife.state import Room


class DepartureKind(Enum):
    """What a departure is.

    A loss and an erosion mean capture by a competitor, says IMH. That they also count as such where
    no competitor is known is an assumption; `Departure.captured` says what is known.

    Source: IMH-6, IMH-8, BUT-6, and the kinds of churn in the literature.
    """

    LOSS = "loss"
    """Gone at the customer moment or before it."""
    EROSION = "erosion"
    """Gone after the customer moment."""
    TERMINATION = "termination"
    """Ended by the enterprise alone, or driven out by it on purpose."""
    INCIDENTAL = "incidental"
    """Ended by the person's circumstances, and nobody captured them."""


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


_BY_CIRCUMSTANCES = (DefectorKind.MOVED_AWAY, DefectorKind.CEASED)


KIND_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "room_left": "The room that was left, prospect or customer.",
        "after_moment": "How long after the customer moment [timedelta]; unknown for a prospect.",
        "initiator": "Who ended it.",
        "cause": "Why.",
        "driven_out": "Whether the cause says that the enterprise drove the customer out.",
        "circumstances": "Whether the cause is of the class moved away or ceased.",
        "competitor_named": "Whether it is known to which competitor the person went.",
    }
)
"""The facts that a kind table may name, with what they mean."""

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


def kind_facts(
    room_left: Room,
    cause: Cause,
    initiator: Initiator,
    to: str | None,
    after_moment: timedelta | None,
) -> Facts:
    """What decides the kind of a departure, by the names of `KIND_FACTS`."""
    return {
        "room_left": room_left,
        "after_moment": after_moment,
        "initiator": initiator,
        "cause": cause,
        "driven_out": cause.defector is DefectorKind.PUSHED_AWAY_ON_PURPOSE,
        "circumstances": cause.defector in _BY_CIRCUMSTANCES,
        "competitor_named": to is not None,
    }


@lru_cache(maxsize=128)
def _kind_table(grace: timedelta) -> DecisionTable[DepartureKind]:
    prospect, customer = is_("room_left", Room.PROSPECT), is_("room_left", Room.CUSTOMER)
    before = any_of(prospect, at_most("after_moment", grace))
    later = all_of(customer, above("after_moment", grace))
    theirs, ours, both = (is_("initiator", one) for one in Initiator)
    not_ours = is_not("initiator", Initiator.ENTERPRISE)
    stayed = is_("driven_out", False)
    chance = all_of(is_("circumstances", True), is_("competitor_named", False))
    choice = any_of(is_("circumstances", False), is_("competitor_named", True))
    loss, erosion = DepartureKind.LOSS, DepartureKind.EROSION
    ended, incidental = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
    rows = (
        ("TERMINATION", (ours,), ended, "What the enterprise alone ends is a termination.", BUT[6]),
        (
            "DRIVEN-OUT",
            (not_ours, is_("driven_out", True)),
            ended,
            "A customer whom the enterprise drives out on purpose is terminated.",
            BUT[6],
        ),
        (
            "INCIDENTAL",
            (not_ours, stayed, chance),
            incidental,
            "The person's circumstances ended it, and nobody captured them.",
            MATTISON,
        ),
        (
            "LOSS",
            (theirs, stayed, choice, before),
            loss,
            "A person who leaves at the customer moment or before it is a loss.",
            IMH[6],
        ),
        (
            "LOSS-BOTH",
            (both, stayed, choice, before),
            loss,
            "What both sides end at the customer moment or before it counts as a loss.",
            KAL[5],
        ),
        (
            "EROSION",
            (theirs, stayed, choice, later),
            erosion,
            "A customer who leaves after the customer moment is an erosion.",
            IMH[8],
        ),
        (
            "EROSION-BOTH",
            (both, stayed, choice, later),
            erosion,
            "What both sides end after the customer moment counts as an erosion.",
            KAL[5],
        ),
    )
    return DecisionTable(
        "departure kind",
        tuple(
            Row(f"KIND-{id_}", all_of(*when), then, why, row) for id_, when, then, why, row in rows
        ),
        HitPolicy.UNIQUE,
    )


Steps = tuple[Any, ...]
"""From each of these limits on, something weighs one step more; ascending."""


def _as_steps(value: Any) -> Steps:  # noqa: ANN401 - the check refuses what is none
    """One limit or several, as a tuple; whole numbers of money as Decimals."""
    single = isinstance(value, str) or not isinstance(value, Iterable)
    return (value,) if single else tuple(value)


def _as_amounts(value: Any) -> Steps:  # noqa: ANN401 - the check refuses what is none
    return tuple(map(as_money, _as_steps(value)))


def _as_counts(value: Any) -> Steps:  # noqa: ANN401 - the check refuses what is none
    return tuple(map(as_whole, _as_steps(value)))


def _steps(check: _checks.Check) -> _checks.Check:
    """Each of them keeps the rule, and each is above the one before it."""
    return _checks.Check(
        lambda value: all(map(check.holds, value)) and all(a < b for a, b in pairwise(value)),
        f"limits in ascending order, each {check.expectation}",
        "Give one limit, or several as a tuple, the lowest first; an empty tuple weighs nothing.",
    )


def _money_steps(*limits: int) -> Any:  # noqa: ANN401 - an attrs field
    default = tuple(map(Decimal, limits))
    return field(default=default, converter=_as_amounts, validator=_steps(_checks.money))


def _length_steps(*days: int) -> Any:  # noqa: ANN401 - an attrs field
    default = tuple(map(timedelta, days))
    return field(default=default, converter=_as_steps, validator=_steps(_checks.duration))


@frozen(kw_only=True, repr=False, cache_hash=True)
class DepartureRules:
    """By which rules departures are judged: two tables, and their numbers.

    Override one number at a time, or replace a table; a table of your own has its own numbers. A
    measure weighs one step more from each of its limits on.

    Source: IMH-6 for the customer moment; IMH-7 and IMH-8 name what weighs; the numbers are an
    assumption of 2026.

    Args:
        moment_grace: How long after the customer moment a person is still lost *at* the moment,
            such as 14 days for a right of withdrawal [timedelta, >= 0].
        sales_cycle_steps: From which lengths on a sales cycle weighs more [timedelta, >= 0].
        sales_cost_steps: From which costs on a sale weighs more [the app's currency, >= 0].
        deal_size_steps: From which sizes on a deal weighs more [the app's currency, >= 0].
        tenure_steps: From which time since the first customer moment on an erosion weighs more
            [timedelta, >= 0].
        revenue_steps: From which revenue on record on an erosion weighs more [the app's currency,
            >= 0].
        purchases_steps: From how many purchases on record on an erosion weighs more [count].
        kinds: The table of the kind, over the facts of `KIND_FACTS`; custlife's if left out.
        severities: The table of the severity, over the facts of `SEVERITY_FACTS`; custlife's if
            left out.

    Raises:
        InvalidPolicy: If a number is out of its bounds; or if a table names a fact that there is
            not, gives no kind or severity, or breaks the law of the house: a prospect is never
            eroded, and a customer beyond the moment is never lost.
        UndecidedTable: If rows of a table overlap or leave a gap; the message shows where.

    Examples:
        >>> rules = DepartureRules(moment_grace=timedelta(days=14), deal_size_steps=(500, 50_000))
        >>> rules
        DepartureRules(moment_grace=datetime.timedelta(days=14), \
deal_size_steps=(Decimal('500'), Decimal('50000')))
        >>> print(rules.kinds.rows[3].when.parts[-1])
        room left is prospect or after moment is at most 14 days
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "departure rules"

    moment_grace: timedelta = field(default=timedelta(0), validator=_checks.duration)
    sales_cycle_steps: tuple[timedelta, ...] = _length_steps(90, 365)
    sales_cost_steps: tuple[Decimal, ...] = _money_steps(1000, 100_000)
    deal_size_steps: tuple[Decimal, ...] = _money_steps(10_000, 1_000_000)
    tenure_steps: tuple[timedelta, ...] = _length_steps(365, 5 * 365)
    revenue_steps: tuple[Decimal, ...] = _money_steps(10_000, 1_000_000)
    purchases_steps: tuple[int, ...] = field(
        default=(10, 100), converter=_as_counts, validator=_steps(_checks.count)
    )
    _kinds: DecisionTable[DepartureKind] | None = field(
        default=None, validator=_checks.one_of(DecisionTable).or_none
    )
    _severities: DecisionTable[Severity] | None = field(
        default=None, validator=_checks.one_of(DecisionTable).or_none
    )

    def __attrs_post_init__(self) -> None:
        for wrong in (*self._wrong_kinds(), *self._wrong_severities()):
            raise wrong

    @property
    def kinds(self) -> DecisionTable[DepartureKind]:
        """The table that decides of which kind a departure is."""
        return self._kinds or _kind_table(self.moment_grace)

    @property
    def severities(self) -> DecisionTable[Severity]:
        """The table that decides how much a departure weighs.

        Severity never falls when a number gets larger or a customer turns out to be a key customer;
        a first entry never raises it; an erosion weighs more than a loss with the same facts. Facts
        that are unknown do not count; the verdict names them.
        """
        steps = [(name, getattr(self, f"{name}_steps")) for name in (*_OF_SALE, *_BUILT_UP)]
        return self._severities or _severity_table(*steps)

    def _wrong_kinds(self) -> Iterator[InvalidPolicy]:
        """What is wrong with a kind table of the app's own; it is tried on all that can be."""
        if self._kinds is None:
            return
        yield from self._strange("kinds", self._kinds, KIND_FACTS, DepartureKind)
        past = self.moment_grace + timedelta.resolution
        within = limits(row.when for row in self._kinds.rows).get("after_moment", ())
        spans = sorted({timedelta(0), self.moment_grace, past, *_both_sides(within)})
        places = [(Room.PROSPECT, None), *((Room.CUSTOMER, span) for span in spans)]
        for (room, after), cause, who, to in product(places, Cause, Initiator, (None, "a rival")):
            facts = kind_facts(room, cause, who, to, after)
            row = self._kinds.decide(facts).row
            broken = (
                "a prospect is never eroded"
                if (room, row.outcome) == (Room.PROSPECT, DepartureKind.EROSION)
                else "a customer beyond the moment is never lost"
                if row.outcome is DepartureKind.LOSS and after is not None and after >= past
                else None
            )
            if broken:
                known = [f"{spoken(name)} is {words(value)}" for name, value in facts.items()]
                yield self._wrong("kinds", row.id, f"such that {broken}", listed(known))

    def _wrong_severities(self) -> Iterator[Exception]:
        if self._severities is None:
            return
        yield from self._strange("severities", self._severities, SEVERITY_FACTS, Severity)
        known = {"kind": [*DepartureKind], "first_entry": [True, False]}
        yield from gaps(self._severities, known)

    def _strange(
        self,
        name: str,
        table: DecisionTable[Any],
        facts: Iterable[str],
        outcomes: type[Enum],
    ) -> Iterator[InvalidPolicy]:
        for row in table.rows:
            if not isinstance(row.outcome, outcomes):
                rule = f"a table whose outcomes are members of {outcomes.__name__}"
                yield self._wrong(name, row.id, rule, f"its outcome is {words(row.outcome)}")
            for fact in limits([row.when]):
                if fact not in facts:
                    rule = f"a table of these facts: {listed([*facts])}"
                    yield self._wrong(name, row.id, rule, f"it names {fact!r}")

    def _wrong(self, name: str, row: str, rule: str, at: str) -> InvalidPolicy:
        return InvalidPolicy(self.subject, name, row, rule, f"Change this row: {at}.")

    def __repr__(self) -> str:
        changed = [
            f"{one.alias}={getattr(self, one.name)!r}"
            for one in fields(type(self))
            if getattr(self, one.name) != one.default
        ]
        return f"DepartureRules({', '.join(changed)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle its numbers and tables; equal rules that are unpickled are one object."""
        return _unpickled, tuple((one.alias, getattr(self, one.name)) for one in fields(type(self)))


@lru_cache(maxsize=128)
def _unpickled(*values: tuple[str, Any]) -> DepartureRules:
    return DepartureRules(**dict(values))


def _both_sides(limits: Iterable[Any]) -> Iterator[timedelta]:
    step = timedelta.resolution
    for limit in limits:
        if isinstance(limit, timedelta):
            yield from (limit, limit + step, max(limit - step, timedelta(0)))


_OF_SALE = ("sales_cycle", "sales_cost", "deal_size")
"""What weighs in a loss, too (IMH-7)."""
_BUILT_UP = ("tenure", "revenue", "purchases")
"""What weighs in an erosion beside it: what was built up and supported (IMH-8)."""


@lru_cache(maxsize=128)
def _severity_table(*measures: tuple[str, Steps]) -> DecisionTable[Severity]:
    of_all: list[Predicate] = [at_least(name, limit) for name, steps in measures for limit in steps]
    of_sale = of_all[: sum(len(steps) for name, steps in measures if name in _OF_SALE)]
    of_all.append(is_("key_customer", True))

    def weighs(kind: DepartureKind, steps: int, *more: Predicate) -> Predicate:
        measures = of_sale if kind is DepartureKind.LOSS else of_all
        heavy = [some_of(steps, *measures)] if steps else []
        return all_of(is_("kind", kind), *more, *heavy)

    loss, erosion = DepartureKind.LOSS, DepartureKind.EROSION
    ended, incidental = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
    later = is_("first_entry", False)
    one = "and one of what it cost and could bring was high."
    two = "and two or three of what it cost and could bring were high."
    four = "and much of what it cost and could bring was high."
    gone, lost, again = "A real customer is gone,", "A prospect is lost,", "A returned one is lost,"
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
            "Nobody is to blame, and little was built up.",
            ASSUMPTION,
        ),
        ("EROSION-4", weighs(erosion, 4), Severity.DISASTROUS, f"{gone} {four}", IMH[8]),
        ("EROSION-2", weighs(erosion, 2), Severity.CRITICAL, f"{gone} {two}", IMH[8]),
        ("EROSION-1", weighs(erosion, 1), Severity.GRAVE, f"{gone} {one}", IMH[8]),
        (
            "EROSION-0",
            weighs(erosion, 0),
            Severity.SERIOUS,
            f"{gone} which weighs more than the loss of a prospect.",
            IMH[8],
        ),
        ("LOSS-LATER-4", weighs(loss, 4, later), Severity.CRITICAL, f"{again} {four}", IMH[7]),
        ("LOSS-4", weighs(loss, 4), Severity.GRAVE, f"{lost} {four}", IMH[7]),
        ("LOSS-LATER-2", weighs(loss, 2, later), Severity.GRAVE, f"{again} {two}", IMH[7]),
        ("LOSS-2", weighs(loss, 2), Severity.SERIOUS, f"{lost} {two}", IMH[7]),
        ("LOSS-LATER-1", weighs(loss, 1, later), Severity.SERIOUS, f"{again} {one}", IMH[7]),
        ("LOSS-1", weighs(loss, 1), Severity.UNWELCOME, f"{lost} {one}", IMH[7]),
        (
            "LOSS-LATER-0",
            weighs(loss, 0, later),
            Severity.UNWELCOME,
            f"{again} which is no first entry any more.",
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


DEFAULT_DEPARTURE_RULES = DepartureRules()
"""The rules that hold unless others are given."""
