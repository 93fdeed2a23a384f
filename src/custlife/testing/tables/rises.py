"""Requirements of answers that never go back: as a fact rises while the others stay.

Two sides are tried together, which differ in one fact. All other facts are the same on both.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import chain, permutations
from typing import Any

from custlife.decisions.evidence import facts_of
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Comparison, Predicate, spoken, words
from custlife.decisions.search import YES, Found, Group, Rise, Values, Wanted
from custlife.errors import listed
from custlife.relationship import Relationship
from custlife.strategy.fact import Fact
from custlife.strategy.facts import FACTS
from custlife.strategy.inputs import weight
from custlife.strategy.profile import Profile
from custlife.testing.requirements.conditions import Misnamed, Undecidable, parts
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
from custlife.testing.tables.sums import PARTS, PROFIT, TIER, VALUE
from custlife.testing.tables.unknown import Unknown

MOST_PAIRS = 1_000_000
"""No more pairs of combinations than these are compared."""
_BLANK = Profile(relationship=Relationship("C-1"))
_OURS = frozenset(FACTS)


def decide_rise(sheet: Sheet, requirement: Monotone, when: Predicate) -> Answered:
    """What becomes of a requirement that an answer never goes back while a fact rises.

    Raises:
        Misnamed: If it names what is not there.
        Undecidable: If the facts cannot be tried.
    """
    on: Any = requirement.on
    sheet.require_order(on)
    if requirement.order is None:
        raise Misnamed("it says no order. Give order=, outcomes of the table.")
    rank = {
        row: place
        for place, alike in enumerate(parts(requirement.order))
        for part in parts(alike)
        for row in sheet.named(part)
    }
    along = _along(sheet.facts or (), on)
    follows = {fact.name for fact in sheet.facts or () if on in fact.inputs}
    read = {*limits(row.when for row in sheet.rows)}
    summed = _parts(sheet.facts or (), on)
    if read.isdisjoint((on, *along, *follows, *summed)):
        return Answered(Status.VACUOUS, f"no row reads {spoken(on)}")
    if len({*rank.values()}) == 1:
        return Answered(Status.VACUOUS, "the rows answer only one of what it compares")
    domain = sheet.domain(when, rises=on)
    open_ = sorted({*read, *limits([when])} & follows - {on, *along})
    if open_ or not any(on in group.names for group in domain.groups):
        moved = listed([spoken(name) for name in open_ or sorted(read.intersection(along))])
        raise Undecidable(f"{moved} is read, and how {spoken(on)} moves that is not tried")
    groups = [
        rising(group, on, sheet.facts or (), _telling(group, (when, *(r.when for r in sheet.rows))))
        if on in group.names
        else group
        for group in domain.groups
    ]
    never_rises = Answered(
        Status.VACUOUS, f"{spoken(on)} never rises where {when}, while all other facts stay"
    )
    if not all(group.values for group in groups):
        return never_rises
    back = -1 if requirement.falling else 1
    moved_too = {on, *along, *summed}
    moving = {row for row in rank if moved_too.intersection(limits([sheet.rows[row].when]))}

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
        return never_rises
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
    low, high = found.facts(0), found.facts(1)
    moved = [on, *(name for name in known if name != on and low[name] != high[name])]
    rest = {name: value for name, value in known.items() if name not in moved}
    moves = listed([_move(name, low[name], high[name], rises=name == on) for name in moved])
    before, after = (sheet.rows[row] for row in rows)
    because = (
        f"{where(rest)}, {moves}, and the answer turns from "
        f"{words(before.outcome)} (row {before.id}) to {words(after.outcome)} (row {after.id})"
    )
    ends = [(name, side[name]) for name in reversed(moved) for side in (low, high)]
    return Answered(Status.VIOLATED, because, (*rest.items(), *ends))


def _move(name: str, low: Any, high: Any, *, rises: bool) -> str:  # noqa: ANN401 - see Fact
    moves = "rises" if rises or low < high else "falls"
    return f"{spoken(name)} {moves} from {words(low)} to {words(high)}"


def _telling(group: Group, predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    """The comparisons that tell combinations apart; none where there are others, too."""
    atoms = [
        atom
        for predicate in predicates
        for atom in predicate.atoms()
        if {*facts_of(atom)} & {*group.names}
    ]
    is_plain = all(isinstance(atom, Comparison | Unknown) for atom in atoms)
    return tuple(dict.fromkeys(atoms)) if is_plain else ()


@lru_cache(maxsize=64)
def rising(
    group: Group, on: str, facts: tuple[Fact, ...] = (), telling: tuple[Predicate, ...] = ()
) -> Rise:
    """The pairs of combinations in which one fact rises; kept, as the group is.

    The others stay, but for what follows from it, which moves along. A sum itself rises with one
    of its parts.

    Args:
        group: The facts that hang together with it, and itself.
        on: The fact that rises.
        facts: The catalogue, where there is one.
        telling: The comparisons that tell one pair from another; all pairs are kept without.

    Raises:
        Misnamed: If its values have no order.
        Undecidable: If there are too many pairs.
    """
    number = group.names.index(on)
    signs = _along(facts, on)
    along = {place: signs[name] for place, name in enumerate(group.names) if name in signs}
    rank = _rank(group, number, next((fact for fact in facts if fact.name == on), None))
    marks = _marks(group, telling)
    pairs: dict[object, tuple[Values, Values]] = {}
    for part in _moving(group, on, facts):
        free = along | part
        alike = _alike(group, number, free)
        if sum(len(together) ** 2 for together in alike) > MOST_PAIRS:
            raise Undecidable(f"{spoken(on)} can rise in more ways than can be tried")
        for low, high in chain.from_iterable(permutations(together, 2) for together in alike):
            key = marks[low], marks[high]
            if (
                key not in pairs
                and rank(low[number]) < rank(high[number])
                and _goes_along(low, high, free)
            ):
                pairs[key] = low, high
    return Rise(group.names, pairs.values())


def _parts(facts: Iterable[Fact], on: str) -> Mapping[str, int]:
    """The parts of a sum of ours; 1 where one is added, -1 where it is taken off."""
    return PARTS.get(on, {}) if any(fact.name == on and fact in _OURS for fact in facts) else {}


def _moving(group: Group, on: str, facts: Iterable[Fact]) -> list[dict[int, int]]:
    """The places of the parts of a sum, one of which moves as it rises; else nothing moves."""
    parts = _parts(facts, on)
    found = [{place: parts[name]} for place, name in enumerate(group.names) if name in parts]
    return found or [{}]


def _marks(group: Group, telling: Iterable[Predicate]) -> dict[Values, object]:
    """What the comparisons say of each combination; without any, the combination itself."""
    found: dict[Values, object] = {values: values for values in group.values}
    atoms = [*telling]
    for values in group.values if atoms else ():
        known = dict(zip(group.names, values, strict=True))
        unknown = tuple(value is None for value in values)
        found[values] = (unknown, *(atom.holds(known) for atom in atoms))
    return found


def _alike(group: Group, number: int, free: Collection[int]) -> Collection[list[Values]]:
    """The combinations that differ in one fact, which is known, and in what is free."""
    found: dict[Values, list[Values]] = {}
    for values in group.values:
        if values[number] is not None:
            others = tuple(
                value is None if place in free else value
                for place, value in enumerate(values)
                if place != number
            )
            found.setdefault(others, []).append(values)
    return found.values()


def _along(facts: Iterable[Fact], on: str) -> dict[str, Any]:
    """The facts that follow from one: 1 where they rise with it, -1 where they fall."""
    sums = [fact for fact in facts if fact.is_sum and on in fact.inputs]
    found = {fact.name: weight(fact, on, _BLANK) or 1 for fact in sums}
    ours = {fact.name for fact in facts if fact in _OURS}
    if {PROFIT, TIER} <= ours and on in VALUE:
        found |= {name: PARTS[name].get(on, 1) for name in (PROFIT, TIER) if name != on}
    return found


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
