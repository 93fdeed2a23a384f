"""The rules by which departures are judged: two decision tables, and the numbers in them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import chain, pairwise, product
from typing import Any, ClassVar, cast

from attrs import field, fields, frozen

from custlife import _checks
from custlife._scalars import digest, from_duration
from custlife.causes import Cause, Initiator
from custlife.decisions.gaps import gaps, limits, overlaps
from custlife.decisions.predicates import Comparison, Negation, Quorum, spoken, words
from custlife.decisions.tables import DecisionTable, HitPolicy
from custlife.departure_kind import KIND_FACTS, DepartureKind, kind_facts, kind_table
from custlife.errors import InvalidPolicy, listed
from custlife.money import EXACT, as_money, as_whole
from custlife.severity import BUILT_UP, OF_SALE, SEVERITY_FACTS, Severity, severity_table
from custlife.state import Room

Amounts = Decimal | int | Iterable[Decimal | int]
Lengths = timedelta | Iterable[timedelta]
Numbers = int | Iterable[int]
"""One limit, or several in ascending order."""


def _several(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - what is no limit is refused later
    single = isinstance(value, str) or not isinstance(value, Iterable)
    return (value,) if single else tuple(value)


def _amounts(value: Amounts) -> tuple[Decimal, ...]:
    return tuple(map(as_money, _several(value)))


def _lengths(value: Lengths) -> tuple[timedelta, ...]:
    return _several(value)


def _numbers(value: Numbers) -> tuple[int, ...]:
    return tuple(map(as_whole, _several(value)))


def _steps(check: _checks.Check) -> _checks.Check:
    """Each of them keeps the rule, and each is above the one before it."""
    return _checks.Check(
        lambda value: all(map(check.holds, value)) and all(a < b for a, b in pairwise(value)),
        f"limits in ascending order, each {check.expectation}",
        "Give one limit, or several as a tuple, the lowest first; an empty tuple weighs nothing.",
    )


_OF_MONEY, _OF_TIME, _OF_COUNTS = map(_steps, (_checks.money, _checks.duration, _checks.count))
_MUCH = Decimal(10_000), Decimal(1_000_000)
_YEAR = timedelta(days=365)
_span = _checks.Check(
    lambda value: _checks.duration.holds(value) and value <= 1000 * _YEAR,
    "a timedelta of at least 0, and of 1000 years at most",
    "Give a timedelta, such as timedelta(days=14).",
)
_MEASURED: dict[str, _checks.Check] = {
    **dict.fromkeys(("after_moment", "sales_cycle", "tenure"), _span),
    **dict.fromkeys(("sales_cost", "deal_size"), _checks.money),
    **dict.fromkeys(("revenue", "purchases"), _checks.total),
}
_CHOSEN: dict[str, _checks.Check] = {
    "room_left": _checks.present_room,
    "initiator": _checks.one_of(Initiator),
    "cause": _checks.one_of(Cause),
    "kind": _checks.one_of(DepartureKind),
    **dict.fromkeys(
        ("driven_out", "circumstances", "competitor_named", "first_entry", "key_customer"),
        _checks.flag,
    ),
}
"""What each fact can be held against: measures for more or less, the others for what they are."""
_EQUALITY = ("is", "is not")


@frozen(kw_only=True, cache_hash=True)
class DepartureRules:
    """By which rules departures are judged: two tables, and their numbers.

    Override one number at a time, or replace a table; a table of your own has its own numbers. A
    measure weighs one step more from each of its limits on.

    Source: IMH-6 for the customer moment; IMH-7 and IMH-8 name what weighs; the numbers are an
    assumption of 2026.

    Args:
        moment_grace: How long after the customer moment a person is still lost *at* the moment,
            such as 14 days for a right of withdrawal [timedelta, 0 to 1000 years].
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
        >>> print(rules.kinds.rows[5].when.parts[-1])
        room left is prospect or after moment is at most 14 days
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "departure rules"

    moment_grace: timedelta = field(default=timedelta(0), validator=_span)
    sales_cycle_steps: tuple[timedelta, ...] = field(
        default=(timedelta(days=90), _YEAR), converter=_lengths, validator=_OF_TIME
    )
    sales_cost_steps: tuple[Decimal, ...] = field(
        default=(Decimal(1000), Decimal(100_000)), converter=_amounts, validator=_OF_MONEY
    )
    deal_size_steps: tuple[Decimal, ...] = field(
        default=_MUCH, converter=_amounts, validator=_OF_MONEY
    )
    tenure_steps: tuple[timedelta, ...] = field(
        default=(_YEAR, 5 * _YEAR), converter=_lengths, validator=_OF_TIME
    )
    revenue_steps: tuple[Decimal, ...] = field(
        default=_MUCH, converter=_amounts, validator=_OF_MONEY
    )
    purchases_steps: tuple[int, ...] = field(
        default=(10, 100), converter=_numbers, validator=_OF_COUNTS
    )
    _kinds: DecisionTable[DepartureKind] | None = field(
        default=None, validator=_checks.one_of(DecisionTable).or_none
    )
    _severities: DecisionTable[Severity] | None = field(
        default=None, validator=_checks.one_of(DecisionTable).or_none
    )

    def __attrs_post_init__(self) -> None:
        for wrong in chain(self._wrong_kinds(), self._wrong_severities()):
            raise wrong

    @property
    def kinds(self) -> DecisionTable[DepartureKind]:
        """The table that decides of which kind a departure is."""
        return self._kinds or kind_table(self.moment_grace)

    @property
    def severities(self) -> DecisionTable[Severity]:
        """The table that decides how much a departure weighs.

        Severity never falls when a number gets larger or a customer turns out to be a key customer;
        a first entry never raises it; an erosion weighs more than a loss with the same facts. Facts
        that are unknown do not count; the verdict names them.
        """
        steps = [(name, getattr(self, f"{name}_steps")) for name in (*OF_SALE, *BUILT_UP)]
        return self._severities or severity_table(*steps)

    @property
    def fingerprint(self) -> str:
        """A name for what these rules decide, such as stored documents carry.

        It is the same in every process and every version of Python. It changes with every number
        and every condition, and with no id, sentence or source. A predicate of the app's own
        counts as its ``str`` reads.

        Examples:
            >>> DepartureRules().fingerprint == DEFAULT_DEPARTURE_RULES.fingerprint
            True
            >>> DepartureRules(deal_size_steps=500).fingerprint[:8]
            'efe836f6'
        """
        return _fingerprint(self)

    def _wrong_kinds(self) -> Iterator[InvalidPolicy]:
        """What is wrong with a kind table of the app's own; it is tried on all that can be."""
        if self._kinds is None:
            return
        yield from self._strange("kinds", self._kinds, KIND_FACTS, DepartureKind)
        past = self.moment_grace + timedelta.resolution
        within = limits(row.when for row in self._kinds.rows).get("after_moment", ())
        spans = sorted({past, *_beside(within)})
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
        known: dict[str, list[Any]] = {"kind": [*DepartureKind], "first_entry": [True, False]}
        yield from gaps(self._severities, known)
        if self._severities.hit is HitPolicy.UNIQUE:
            bounds = limits(row.when for row in self._severities.rows)
            known |= {"key_customer": [True, False]}
            measured = {name: [*_beside(bounds[name])] for name in bounds if name not in known}
            yield from overlaps(self._severities, known | measured)

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
            for atom in row.when.atoms():
                misuse = _misuse(atom) if isinstance(atom, Comparison) else None
                if misuse is not None:
                    yield self._wrong(
                        name, row.id, f"a table that {misuse}", f"it says that {atom}"
                    )

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
def _fingerprint(rules: DepartureRules) -> str:
    return digest([_decides(rules.kinds), _decides(rules.severities)])


def _decides(part: object) -> Any:  # noqa: ANN401, PLR0911 - JSON-ready data, of one kind of part after the other
    """What decides in a table, a predicate or a limit, as data; equal limits are the same data."""
    if isinstance(part, DecisionTable):
        return part.hit.value, [(_decides(row.when), _decides(row.outcome)) for row in part.rows]
    if isinstance(part, Quorum):
        return part.needed, [*map(_decides, part.parts)]
    if isinstance(part, Negation):
        return "not", _decides(part.part)
    if isinstance(part, Comparison):
        return part.fact, part.sign, _decides(part.limit)
    if isinstance(part, Enum):
        return type(part).__name__, part.name
    if isinstance(part, timedelta):
        return from_duration(part)
    if isinstance(part, Decimal | int) and not isinstance(part, bool):
        return f"{EXACT.normalize(Decimal(part)):f}"
    return str(part)


def _misuse(atom: Comparison) -> str | None:
    """What a comparison should do instead; None where it compares what can be compared."""
    fact = spoken(atom.fact)
    if atom.other is not None:
        return f"holds {fact} against a limit, and not against another fact"
    if atom.fact in _CHOSEN and atom.sign not in _EQUALITY:
        return f"asks only whether {fact} is something, or is not"
    check = _CHOSEN.get(atom.fact) or _MEASURED[atom.fact]
    holds = check.holds(as_money(cast("Any", atom.limit)))
    return None if holds else f"holds {fact} against {check!r}"


@lru_cache(maxsize=128)
def _unpickled(*values: tuple[str, Any]) -> DepartureRules:
    return DepartureRules(**dict(values))


def _beside(bounds: Iterable[Any]) -> Iterator[Any]:
    """Each limit, and what is right above and below it, but for what is below zero."""
    for limit in bounds:
        if isinstance(limit, timedelta):
            spans = (limit, limit + timedelta.resolution, limit - timedelta.resolution)
            yield from (span for span in spans if span >= timedelta(0))
        else:
            cent = Decimal("0.01")
            numbers = (Decimal(limit), EXACT.add(limit, cent), EXACT.subtract(limit, cent))
            yield from (number for number in numbers if number >= 0)


DEFAULT_DEPARTURE_RULES = DepartureRules()
"""The rules that hold unless others are given."""
