"""What facts can be: the values that are tried for each, and which of them hang together.

A number is tried at every limit that it is held against, and on each side of it; a yes or no, and
one of several, at every value. What is not known of every customer is tried as unknown, too. Facts
that are held against each other, or follow from the same history, are tried in every combination
that a customer can have, and in no other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, NamedTuple, TypeVar, cast

from custlife.causes import Cause, Initiator
from custlife.decisions.evidence import facts_of
from custlife.decisions.gaps import contrasts, limits, sides
from custlife.decisions.predicates import Comparison, Predicate, within
from custlife.decisions.search import Group, Values
from custlife.departure_kind import DepartureKind
from custlife.departures import Departure
from custlife.errors import listed
from custlife.lifecycle.definition import Lifecycle
from custlife.money import EXACT
from custlife.severity import Severity
from custlife.state import Room
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.facts import FACTS
from custlife.strategy.profile import Profile
from custlife.strategy.selectors.checking import domains_of
from custlife.testing.generators.profiles import standpoints
from custlife.testing.requirements.conditions import Undecidable
from custlife.testing.tables.sums import PUBLIC, Sums, follow, summed
from custlife.testing.tables.unknown import Unknown

T = TypeVar("T")

_OURS = frozenset(FACTS)
_BY_NAME = {fact.name: fact for fact in FACTS}

MOST_TOGETHER = 100_000
"""No more combinations than these are tried of facts that hang together."""
_ELSE = "something else"
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Domain(NamedTuple):
    """What facts can be.

    Attributes:
        groups: The facts that hang together, with every combination.
        open: The facts whose values cannot all be tried by the limits that are known.
    """

    groups: tuple[Group, ...]
    open: frozenset[str]

    def free(self, predicates: Iterable[Predicate]) -> list[Predicate]:
        """The predicates of the app's own that no limits decide."""
        own = (atom for one in predicates for atom in one.atoms())
        return [
            atom
            for atom in own
            if not isinstance(atom, Comparison | Unknown) and self.open & {*facts_of(atom)}
        ]


# --- plain tables ----------------------------------------------------------------------------


def plain_domain(predicates: Sequence[Predicate], rises: str | None = None) -> Domain:
    """What the facts of a decision table can be, by the limits that they are held against.

    Args:
        predicates: What reads them.
        rises: A fact that is compared with itself, if there is one.

    Raises:
        Undecidable: If too many facts are held against each other.
    """
    bounds = limits(predicates)
    values: dict[str, Sequence[object]] = {}
    for group in _tied(bounds, contrasts(predicates)):
        found = {limit for name in group for limit in bounds[name]} - {None}
        number = len(group) + (rises in group)
        between = 2 ** number.bit_length() - 1  # enough, and numbers of few decimals
        tried = beside(found, between) if found or len(group) > 1 else ()
        values |= dict.fromkeys(group, (None, *tried))
    together = _tied(bounds, (facts_of(atom) for one in predicates for atom in one.atoms()))
    groups = tuple(Group(names, _all(names, values)) for names in together)
    return Domain(groups, frozenset(name for name in bounds if not _is_closed(bounds[name])))


def _tied(names: Iterable[str], ties: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """The names in groups: those that are in one tie are in one group."""
    group: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for tie in ties:
        union = tuple(dict.fromkeys(one for name in tie for one in group[name]))
        group |= dict.fromkeys(union, union)
    return [*dict.fromkeys(group.values())]


def _all(
    names: Sequence[str],
    values: Mapping[str, Sequence[object]],
    relations: Iterable["Relation"] = (),
    before: Iterable[Values] = ((),),
) -> list[Values]:
    """Every combination of values in which relations hold.

    Args:
        names: The facts.
        values: The values of those that `before` does not have.
        relations: The relations.
        before: Every combination of the first facts.

    Raises:
        Undecidable: If there are too many.
    """
    found = [*before]
    first = len(found[0]) if found else 0
    for place, name in enumerate(names[first:], first):
        seen = names[: place + 1]
        due = [
            (one.holds, [seen.index(other) for other in one.names])
            for one in relations
            if {*one.names} <= {*seen} and (place == first or name in one.names)
        ]
        found = [
            (*row, value)
            for row in found
            for value in values[name]
            if all(holds(*((*row, value)[at] for at in places)) for holds, places in due)
        ]
        if len(found) > MOST_TOGETHER:
            raise _too_many(names)
    return found


def _too_many(names: Sequence[str]) -> Undecidable:
    return Undecidable(
        f"{listed(names)} hang together, and can be combined in more than {MOST_TOGETHER} ways, "
        "which are too many to try."
    )


def _is_closed(limits: Iterable[object]) -> bool:
    kinds = {type(limit) for limit in limits}
    return bool(kinds) and all(issubclass(kind, bool | Enum) for kind in kinds)


def beside(limits: Iterable[object], between: int = 1) -> tuple[object, ...]:
    """The limits, what lies on each side of them, and all other values of their kinds.

    Args:
        limits: The limits.
        between: So many values between each two.

    Examples:
        >>> [str(value) for value in beside([5])]
        ['4', '5', '6', '4.5', '5.5']
        >>> beside([True]), beside(["web"])
        ((True, False), ('web', 'something else', '', 'web '))
    """
    found: dict[object, None] = {}
    numbers: dict[Decimal, object] = {}
    times: dict[type, list[Any]] = {}
    for limit in limits:
        if isinstance(limit, bool):
            found |= {True: None, False: None}
        elif isinstance(limit, Enum):
            found |= dict.fromkeys(type(limit))
        elif isinstance(limit, int | float | Decimal) and Decimal(str(limit)).is_finite():
            numbers[Decimal(str(limit))] = limit
        elif isinstance(limit, timedelta | date):
            times.setdefault(type(limit), []).append(limit)
        else:
            found |= {limit: None, _ELSE: None}
            found |= {"": None, f"{limit} ": None} if isinstance(limit, str) else {}
    if numbers or not (found or times):
        tried = simplest_first(sides(numbers, between=between))
        found |= dict.fromkeys(numbers.get(number, number) for number in tried)
    steps = between + 1
    for kind in times.values():
        ordered = sorted(kind)
        found |= dict.fromkeys(ordered)
        ends = (ordered[0] - steps * _DAY, *ordered, ordered[-1] + steps * _DAY)
        for one, other in pairwise(ends):
            found |= dict.fromkeys(one + (other - one) * n / steps for n in range(steps + 1))
    return tuple(found)


def simplest_first(values: Iterable[T]) -> list[T]:
    """Whole numbers before others, small ones before large ones; what is no number stays first.

    Examples:
        >>> simplest_first([Decimal("-1"), Decimal("-0.5"), Decimal(0), Decimal(2)])
        [Decimal('0'), Decimal('-1'), Decimal('2'), Decimal('-0.5')]
    """
    return sorted(values, key=_simplicity)


def _simplicity(value: object) -> tuple[bool, Decimal]:
    if not isinstance(value, Decimal):
        return False, Decimal(0)
    return value != value.to_integral_value(), value.copy_abs()


# --- selectors -------------------------------------------------------------------------------


class Relation(NamedTuple):
    """What is true of every customer, between facts that follow from the same.

    Attributes:
        names: The facts.
        holds: Whether these values can be together.
        is_ordered: Whether the first two are held against each other.
    """

    names: tuple[str, ...]
    holds: Callable[..., bool]
    is_ordered: bool = True


TOGETHER = (
    Relation(("open_complaints", "complaints"), lambda waiting, voiced: waiting <= voiced),
    Relation(("margin", "revenue"), lambda m, r: m is None or r is None or m <= r),
    Relation(("expected_remaining_value", "remaining_value"), lambda e, v: v is None or e == v),
    Relation(
        ("expected_remaining_value", "profit", "remaining_years"),
        lambda e, p, years: e is not None or p is None or years is None,
        is_ordered=False,
    ),
    *(
        Relation(
            ("expected_remaining_value", "remaining_value", part),
            lambda e, v, part: e is None or v is not None or part is not None,
            is_ordered=False,
        )
        for part in ("profit", "remaining_years")
    ),
    Relation(("cycle", "returned"), lambda cycle, back: cycle > 1 or not back, is_ordered=False),
    Relation(
        ("cycle", "last_kind", "room"),
        lambda cycle, kind, room: cycle > 1 or kind is None or room is Room.FORMER,
        is_ordered=False,
    ),
)
"""What hangs together of the facts of the catalogue, beside what follows from the history.

How sums add up is said in `sums`. That an expected value is the product of profit and years is not
among it.
"""
_OF_DEPARTURE = (
    "departure_kind",
    "severity",
    "initiator",
    "cause",
    "cause_changeable",
    "defector",
    "last_cause",
    "last_kind",
    "returned",
)
"""The facts that follow from the last departure, and from whether the customer is back."""


def selector_domain(
    predicates: Sequence[Predicate],
    facts: Sequence[Fact],
    lifecycle: Lifecycle | None,
    rises: str | None = None,
) -> Domain:
    """What the facts of a selector can be.

    Args:
        predicates: What reads them.
        facts: The catalogue.
        lifecycle: The lifecycle, whose states say which rooms, stages and views go together. Where
            it is unknown, each of its facts is taken by itself.
        rises: A fact that is compared with itself, if there is one.

    Raises:
        Undecidable: If too many facts hang together.
    """
    catalogue = {**_BY_NAME, **{fact.name: fact for fact in facts}}
    bounds = limits(predicates)
    sums = _sums(predicates, catalogue, rises)
    names = tuple(dict.fromkeys(("room", *bounds, *(n for one in sums for n in one.names))))
    known = {fact.name for fact in facts if fact in _OURS}
    relations = [
        one
        for one in TOGETHER
        if {*one.names} <= known.intersection(names)
        if not any({*one.names} <= {fact.name for fact in each.facts} for each in sums)
    ]
    order = [within(*one.names[:2]) for one in relations if one.is_ordered]
    values = dict(domains_of((*predicates, *order), facts, {}))
    values.setdefault(PUBLIC, (Decimal(0), Decimal(1)))
    for group in _tied(names, contrasts((*predicates, *order))):
        for name in group if rises in group and len(group) > 1 else ():
            values[name] = _denser(values[name], catalogue[name].kind)
    past = tuple(name for name in names if _is_past(catalogue[name]))
    read = (facts_of(atom) for one in predicates for atom in one.atoms())
    ties = (past, *read, *(one.names for one in relations), *(one.names for one in sums))
    groups = [
        _group(
            tuple(catalogue[name] for name in together),
            tuple(tuple(simplest_first(values.get(name, ()))) for name in together),
            tuple(one for one in relations if one.names[0] in together),
            tuple(one for one in sums if one.names[0] in together),
            lifecycle,
        )
        for together in _tied(names, ties)
    ]
    open_ = (name for name in bounds if catalogue[name].kind.is_number)
    return Domain(tuple(groups), frozenset(open_))


def _sums(
    predicates: Sequence[Predicate], catalogue: Mapping[str, Fact], rises: str | None
) -> list[Sums]:
    """The numbers that follow from each other, with all that they are held against."""
    bounds = limits(predicates)
    against = [
        cast("tuple[str, str]", pair)
        for pair in sorted(contrasts(predicates))
        if not any(name == PUBLIC or _is_past(catalogue[name]) for name in pair)
    ]
    ties = [
        one
        for one in follow((*bounds, *([rises] if rises else ())), rises)
        if all(catalogue[name] == _BY_NAME[name] for name in one)
    ]
    tied = {name for one in ties for name in one}
    found: list[Sums] = []
    for group in _tied((*tied, *bounds), (*ties, *against)) if ties else ():
        if tied.isdisjoint(group):
            continue
        numbers = {
            name: sorted({Decimal(str(n)) for n in bounds.get(name, ()) if _is_number(n)})
            for name in group
        }
        found.append(
            Sums(
                tuple(catalogue[name] for name in sorted(group)),
                tuple((name, tuple(some)) for name, some in sorted(numbers.items())),
                tuple(pair for pair in against if pair[0] in group),
                frozenset(bounds).intersection(group),
                rises if rises in group else None,
            )
        )
    return found


def _is_number(limit: object) -> bool:
    return isinstance(limit, int | float | Decimal) and not isinstance(limit, bool | Enum)


def _denser(values: Sequence[object], kind: FactKind) -> list[Decimal]:
    """More numbers between each two."""
    numbers = sorted(cast("Iterable[Decimal]", values))
    if kind.is_whole:
        more = (number + 1 for number in numbers)
        return sorted({*numbers, *filter(kind.allows, more)})
    halves = (EXACT.divide(EXACT.add(one, other), Decimal(2)) for one, other in pairwise(numbers))
    return sorted({*numbers, *halves})


def _is_past(fact: Fact) -> bool:
    """Whether what a fact can be depends on the room, the state or the last departure."""
    some_rooms = 0 < len(fact.rooms) < len(Room)
    return fact.of_lifecycle or some_rooms or fact.name == "room" or _is_of_departure(fact)


def _is_of_departure(fact: Fact) -> bool:
    return fact.name in _OF_DEPARTURE and fact in _OURS


@lru_cache(maxsize=512)
def _group(
    facts: tuple[Fact, ...],
    values: tuple[Values, ...],
    relations: tuple[Relation, ...],
    sums: tuple[Sums, ...],
    lifecycle: Lifecycle | None,
) -> Group:
    """Facts that hang together; it is kept, since most mutants of a table have the same."""
    can_be: dict[str, Values] = {}
    for fact, tried in zip(facts, values, strict=True):
        is_whole = fact.kind.is_whole
        counted = tuple(map(int, cast("tuple[Decimal, ...]", tried))) if is_whole else tried
        can_be[fact.name] = counted if len(fact.rooms) == len(Room) else (None, *counted)
    before = [fact for fact in facts if _is_past(fact)]
    first = [*(fact.name for fact in before), *(name for one in sums for name in one.names)]
    names = tuple(dict.fromkeys((*first, *(fact.name for fact in facts))))
    past = [tuple(row[fact.name] for fact in before) for row in _past(before, can_be, lifecycle)]
    for one in sums:
        numbers = _counted(one, can_be)
        if len(past) * len(numbers) > MOST_TOGETHER:
            raise _too_many(names)
        past = [(*row, *more) for row in past for more in numbers]
    return Group(names, _all(names, can_be, relations, past))


def _counted(sums: Sums, can_be: Mapping[str, Values]) -> list[Values]:
    """What numbers can be together; with each number of complaints in public, if it is among."""
    if PUBLIC not in sums.names:
        return summed(sums)
    place = sums.names.index(PUBLIC)
    return [
        (*row[:place], count, *row[place + 1 :])
        for row in summed(sums)
        for count in can_be[PUBLIC]
        if bool(count) is row[place]
    ]


def _past(
    facts: Sequence[Fact], can_be: Mapping[str, Values], lifecycle: Lifecycle | None
) -> list[dict[str, object]]:
    """Every combination of facts that depend on the room, the state or the last departure."""
    if not facts:
        return [{}]
    of_lifecycle = tuple(fact for fact in facts if fact.of_lifecycle)
    gone = [fact.name for fact in facts if _is_of_departure(fact)]
    named = {"room", *gone, *(fact.name for fact in of_lifecycle)}
    others = [fact for fact in facts if fact.name not in named]
    found: dict[Values, dict[str, object]] = {}
    for standing in _standings(of_lifecycle, lifecycle):
        room = cast("Room", standing["room"])
        departures = dict.fromkeys(tuple(one[name] for name in gone) for one in _departures(room))
        there: list[Iterable[Any]] = [can_be[fact.name][room in fact.rooms :] for fact in others]
        for departure, *more in product(departures, *there):
            row = {**standing, **dict(zip(gone, departure, strict=True))}
            row |= {fact.name: value for fact, value in zip(others, more, strict=True)}
            found[tuple(row.values())] = row
    return [*found.values()]


@lru_cache(maxsize=256)
def _standings(
    facts: tuple[Fact, ...], lifecycle: Lifecycle | None
) -> tuple[Mapping[str, object], ...]:
    """The room, and every combination of facts that depend on the state."""
    found: dict[Values, None] = {}
    if lifecycle is None:
        for room in Room:
            can_be = [
                choices if room in fact.rooms else (None, *choices)
                for fact in facts
                for choices in [fact.choices or (True, False)]
            ]
            found |= dict.fromkeys(product((room,), *can_be))
    else:
        for relationship in {one.state: one for one in standpoints(lifecycle)}.values():
            profile = Profile(relationship=relationship)
            found[profile.room, *(fact.read(profile) for fact in facts)] = None
    names = ("room", *(fact.name for fact in facts))
    return tuple(dict(zip(names, values, strict=True)) for values in found)


@lru_cache(maxsize=len(Room))
def _departures(room: Room) -> tuple[Mapping[str, object], ...]:
    """What follows from the last departure, for customers in a room; by the default rules."""
    nothing = dict.fromkeys(_OF_DEPARTURE)
    found = [] if room is Room.FORMER else [nothing | {"returned": False}]
    for kind, initiator, cause in _ends():
        last = {"last_kind": kind, "last_cause": None if cause is Cause.UNKNOWN else cause}
        if room is not Room.FORMER:
            returned = kind is not DepartureKind.TERMINATION
            found.append({**nothing, **last, "returned": returned})
            continue
        there = {
            "departure_kind": kind,
            "initiator": initiator,
            "cause": last["last_cause"],
            "cause_changeable": cause.changeable,
            "defector": cause.defector,
            "returned": False,
        }
        found += [{**nothing, **last, **there, "severity": severity} for severity in Severity]
    return tuple(found)


def _ends() -> Iterator[tuple[DepartureKind, Initiator, Cause]]:
    """Who can end a relationship for which cause, and of which kind that can be."""
    moments = ((Room.PROSPECT, None), (Room.CUSTOMER, _BEGIN), (Room.CUSTOMER, _BEGIN - _YEAR))
    found: dict[tuple[DepartureKind, Initiator, Cause], None] = {}
    for initiator, cause, to in product(Initiator, Cause, (None, "Rival")):
        for room, moment in moments:
            departure = Departure(
                at=_BEGIN,
                cycle=1,
                room_left=room,
                stages_left=("any",),
                customer_moment=moment,
                cause=cause,
                initiator=initiator,
                to=to,
            )
            found[departure.kind, initiator, cause] = None
    yield from found
