"""Requirements of answers that never go back: as a fact rises while the others stay.

Two sides are tried together, which differ in one fact. All other facts are the same on both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import permutations
from typing import Any

from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate, spoken, words
from custlife.decisions.search import YES, Found, Group, Rise, Values, Wanted
from custlife.relationship import Relationship
from custlife.strategy.fact import Fact
from custlife.strategy.inputs import weight
from custlife.strategy.profile import Profile
from custlife.testing.requirements.conditions import Misnamed, parts
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.kinds import Monotone
from custlife.testing.tables.looks import (
    Answered,
    Look,
    cases,
    look_for,
    where,
    within_region,
)
from custlife.testing.tables.sheets import Sheet

_BLANK = Profile(relationship=Relationship("C-1"))


def decide_rise(sheet: Sheet, requirement: Monotone, when: Predicate) -> Answered:
    """What becomes of a requirement that an answer never goes back while a fact rises.

    Raises:
        Misnamed: If it names what is not there.
        Undecidable: If the facts cannot be tried.
    """
    on: Any = requirement.on
    sheet.require_fact(on)
    if requirement.order is None:
        raise Misnamed("it says no order. Give order=, outcomes of the table.")
    rank = {
        row: place
        for place, alike in enumerate(parts(requirement.order))
        for part in parts(alike)
        for row in sheet.named(part)
    }
    if on not in limits(row.when for row in sheet.rows):
        return Answered(Status.VACUOUS, f"no row reads {spoken(on)}")
    if len({*rank.values()}) == 1:
        return Answered(Status.VACUOUS, "the rows answer only one of what it compares")
    domain = sheet.domain(when, rises=on)
    groups = [
        rising(group, on, sheet.facts or ()) if on in group.names else group
        for group in domain.groups
    ]
    back = -1 if requirement.falling else 1
    moved = {on, *_sums(sheet.facts or (), on)}
    moving = {row for row in rank if moved.intersection(limits([sheet.rows[row].when]))}

    def search(look: Look) -> tuple[tuple[int, int], Found] | None:
        low, high = (look.nodes(sheet, side) for side in (0, 1))
        given = look.given([(look.read(when, side), YES) for side in (0, 1)])
        return look.simplest(
            case
            for one in (rank if given else ())
            if (start := look.given(within_region(sheet.region(one), low), given))
            for case in cases(
                (
                    ((one, other), sheet.region(other))
                    for other in rank
                    if (rank[one] - rank[other]) * back > 0
                    if min(one, other) in moving  # else the same row answers on both sides
                ),
                high,
                start,
            )
        )

    predicates = [when, *(row.when for row in sheet.rows)]
    look, found = look_for(search, domain, predicates, groups)
    if found is not None:
        return look.undecided if look.own else _violated(sheet, on, when, *found)
    given = look.given([(look.read(when, side), YES) for side in (0, 1)])
    if given is None or not look.can_be(given):
        because = f"{spoken(on)} never rises where {when}, while all other facts stay"
        return Answered(Status.VACUOUS, because)
    return Answered(Status.HOLDS)


def _violated(
    sheet: Sheet, on: str, when: Predicate, rows: tuple[int, int], found: Found
) -> Answered:
    wanted = [
        one
        for side, row in enumerate(rows)
        for one in (Wanted(when, YES, side), *sheet.wanted(sheet.region(row), side))
    ]
    known = found.needed(wanted, keep=(on,))
    del known[on]
    ends = [(on, found.facts(side)[on]) for side in (0, 1)]
    low, high = (words(value) for _, value in ends)
    before, after = (sheet.rows[row] for row in rows)
    because = (
        f"{where(known)}, {spoken(on)} rises from {low} to {high}, and the answer turns from "
        f"{words(before.outcome)} (row {before.id}) to {words(after.outcome)} (row {after.id})"
    )
    return Answered(Status.VIOLATED, because, (*known.items(), *ends))


@lru_cache(maxsize=64)
def rising(group: Group, on: str, facts: tuple[Fact, ...] = ()) -> Rise:
    """The pairs of combinations in which one fact rises; kept, as the group is.

    The others stay, but for a sum of which the fact is a part: it does not move the other way.

    Args:
        group: The facts that hang together with it, and itself.
        on: The fact that rises.
        facts: The catalogue, where there is one.

    Raises:
        Misnamed: If its values have no order.
    """
    number = group.names.index(on)
    sums = _sums(facts, on)
    along = {place: sums[name] for place, name in enumerate(group.names) if name in sums}
    rank = _rank(group, number, next((fact for fact in facts if fact.name == on), None))
    alike: dict[Values, list[Values]] = {}
    for values in group.values:
        if values[number] is not None:
            key = tuple(
                value is None if place in along else value
                for place, value in enumerate(values)
                if place != number
            )
            alike.setdefault(key, []).append(values)
    pairs = [
        (low, high)
        for together in alike.values()
        for low, high in permutations(together, 2)
        if rank(low[number]) < rank(high[number]) and _goes_along(low, high, along)
    ]
    return Rise(group.names, pairs)


def _sums(facts: Iterable[Fact], part: str) -> dict[str, Any]:
    """The sums that a fact is a part of; 1 where it is added, -1 where it is taken off."""
    sums = (fact for fact in facts if fact.is_sum and part in fact.inputs)
    return {fact.name: weight(fact, part, _BLANK) or 1 for fact in sums}


def _goes_along(low: Values, high: Values, along: Mapping[int, Any]) -> bool:
    """Whether no sum moves against its part."""
    moves: list[Any] = [
        (high[place], low[place], sign) for place, sign in along.items() if low[place] is not None
    ]
    return all((more - less) * sign >= 0 for more, less, sign in moves)


def _rank(group: Group, number: int, fact: Fact | None) -> Callable[[Any], Any]:
    """What orders the values of a fact: numbers by size, the members of an enum as defined.

    Raises:
        Misnamed: If nothing does.
    """
    known: list[Any] = [values[number] for values in group.values if values[number] is not None]
    kinds = [*{type(value) for value in known}]
    choices: Sequence[object] = fact.choices if fact else ()
    if len(kinds) == 1 and issubclass(kinds[0], Enum):
        choices = choices or [*kinds[0]]
    if choices:
        return choices.index
    try:
        sorted(known)
    except TypeError as error:
        name = spoken(group.names[number])
        raise Misnamed(f"{name} cannot rise, since its values have no order: {error}.") from None
    return lambda value: value
