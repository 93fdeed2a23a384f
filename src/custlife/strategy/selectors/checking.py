"""Whether a table is sound as a selector, and where numbers change its answer.

Finds facts that do not exist, strategies that do not fit, gaps and overlaps, before the table is
used.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product

from custlife.decisions.evidence import facts_of
from custlife.decisions.gaps import contrasts, gaps, limits, overlaps, sides, whole_numbers
from custlife.decisions.predicates import Comparison, Facts, Predicate, spoken, words
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import UndecidedTable, listed, shown
from custlife.money import EXACT
from custlife.state import Room
from custlife.strategy.errors import UnknownFact
from custlife.strategy.facts import Fact, FactKind
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy, fitting

_WHOLE = (FactKind.COUNT, FactKind.ORDINAL)


def problems(table: DecisionTable[Strategy], facts: Sequence[Fact]) -> Iterator[str]:
    """What is wrong with a table as a selector, in words."""
    catalogue = {fact.name: fact for fact in facts}
    if len(catalogue) < len(facts):
        names = [fact.name for fact in facts]
        double = next(name for name in names if names.count(name) > 1)
        yield f"the catalogue has two facts of the name {double!r}. Rename one."
    for row in table.rows:
        yield from _misnamed(row, catalogue)
        yield from _impossible(row, catalogue)
    for row, room in product(table.rows, Room):
        if not row.outcome.fits(room) and row.when.holds({"room": room}) is not False:
            fit = listed([strategy.words for strategy in fitting(room)])
            yield (
                f"row {row.id} could recommend {row.outcome.words} for a {_words(room)}, where "
                f"only {fit} fit. Compare the room in the row."
            )
    for gap in _gaps(table, catalogue):
        known = " and ".join(f"{spoken(name)} is {words(value)}" for name, value in gap.facts)
        yield (
            f"no row is sure to hold where {known} and nothing else is known. Add a last row that "
            f"needs no more than that."
        )
    if table.hit is HitPolicy.UNIQUE:
        yield from map(str, overlaps(table, _all_domains(table, catalogue)))


def _misnamed(row: Row[Strategy], catalogue: Mapping[str, Fact]) -> Iterator[str]:
    if not isinstance(row.outcome, Strategy):
        yield f"row {row.id} recommends {shown(row.outcome)}; use a Strategy."
    for atom in row.when.atoms():
        if not facts_of(atom):
            yield (
                f"row {row.id}: {atom} does not say which facts it reads; give its class an "
                f"attribute 'facts', a tuple of their names."
            )
    for name in limits([row.when]):
        if name not in catalogue:
            yield f"row {row.id}: {UnknownFact(name, tuple(catalogue))}"


def _impossible(row: Row[Strategy], catalogue: Mapping[str, Fact]) -> Iterator[str]:
    """Thresholds that no value of their fact can be held against."""
    for atom in row.when.atoms():
        if not isinstance(atom, Comparison) or atom.other is not None:
            continue
        if _suits(catalogue[atom.fact], atom.limit):
            continue
        fact = catalogue[atom.fact]
        values = [repr(choice) for choice in fact.choices]
        told = ", as a Decimal or a whole number" if fact.kind.is_number else ""
        yield (
            f"row {row.id} holds {spoken(fact.name)} against {shown(atom.limit)}, which it can "
            f"never be. Use {listed(values) if values else fact.kind.unit + told}."
        )


def _suits(fact: Fact, limit: object) -> bool:
    """Whether a fact can be held against a limit."""
    if fact.kind is FactKind.FLAG:
        return isinstance(limit, bool)
    if fact.choices:
        return limit in fact.choices
    is_number = isinstance(limit, Decimal | int) and not isinstance(limit, bool)
    return is_number and fact.kind.allows(Decimal(str(limit)))


def _gaps(
    table: DecisionTable[Strategy], catalogue: Mapping[str, Fact]
) -> Iterator[UndecidedTable]:
    domains = _all_domains(table, catalogue)
    for room in Room:
        known = {
            name: domain
            for name, domain in domains.items()
            if name != "room" and room in catalogue[name].rooms
        }
        yield from gaps(table, known, {"room": room})


def _all_domains(
    table: DecisionTable[Strategy], catalogue: Mapping[str, Fact]
) -> dict[str, Sequence[object]]:
    return domains_of([row.when for row in table.rows], catalogue.values(), {})


def domains_of(
    predicates: Sequence[Predicate], facts: Iterable[Fact], known: Facts
) -> dict[str, Sequence[object]]:
    """For each fact that predicates look at, the values to try.

    Facts that are held against each other share their limits, and what is known of them.
    """
    catalogue = {fact.name: fact for fact in facts}
    bounds = limits(predicates)
    whole = {name for name in bounds if catalogue[name].kind in _WHOLE}
    tied = {name: {name} for name in bounds}
    for pair in contrasts(predicates):
        union = set().union(*(tied[name] for name in pair))
        tied |= dict.fromkeys(union, union)
    domains = {}
    for name, group in tied.items():
        found = {bound for other in group for bound in (*bounds[other], known.get(other))}
        numbers = {Decimal(bound) for bound in found if isinstance(bound, Decimal | int)}
        if group & whole:
            ends = (catalogue[other].kind.least for other in group & whole)
            least = {end for end in ends if end is not None}
            numbers |= whole_numbers(numbers | least, len(group))
        domains[name] = _domain(catalogue[name], numbers, len(group))
    return domains


def _domain(fact: Fact, numbers: Collection[Decimal], between: int) -> Sequence[object]:
    """The values of a fact to try: all of them, or numbers on each side of every limit."""
    kind = fact.kind
    if kind is FactKind.FLAG:
        return (True, False)
    if fact.choices:
        return fact.choices
    if kind in _WHOLE:
        return sorted(n for n in numbers if n == n.to_integral_value() and kind.allows(n))
    return sides(numbers, least=kind.least, most=kind.most, between=between)


def is_plain(predicate: Predicate) -> bool:
    """Whether a predicate is made of comparisons only, whose limits are known."""
    return all(isinstance(atom, Comparison) for atom in predicate.atoms())


def input_thresholds(
    predicates: Sequence[Predicate], facts: Iterable[Fact], profile: Profile
) -> dict[str, Collection[Decimal]]:
    """For each input that numbers follow from, where the predicates change their answer."""
    catalogue = {fact.name: fact for fact in facts}
    points = _points(predicates, catalogue, profile)
    found: dict[str, set[Decimal]] = {}
    own = [atom for each in predicates for atom in each.atoms() if not is_plain(atom)]
    searched = {name for atom in own for fact in facts_of(atom) for name in catalogue[fact].inputs}
    for name in limits(predicates):
        fact = catalogue[name]
        if fact.inputs == (name,):
            found.setdefault(name, set()).update(points.get(name, ()))
        elif fact.is_difference:
            less, more = fact.inputs
            first, second = catalogue[less].read(profile), catalogue[more].read(profile)
            for point in points[name]:
                if second is not None:
                    found.setdefault(less, set()).add(EXACT.add(second, point))
                if first is not None:
                    found.setdefault(more, set()).add(EXACT.subtract(first, point))
        else:
            searched.update(fact.inputs)
    # A margin cannot exceed the revenue, so the one bounds where the other can be.
    for name, bound in (("margin", profile.value.revenue), ("revenue", profile.value.margin)):
        if name in found and bound is not None:
            found[name].add(bound)
    return {name: numbers for name, numbers in found.items() if name not in searched}


def _points(
    predicates: Sequence[Predicate], catalogue: Mapping[str, Fact], profile: Profile
) -> dict[str, set[Decimal]]:
    """For each fact that is a number, the limits and facts that it is held against."""
    points: dict[str, set[Decimal]] = {
        name: {Decimal(bound) for bound in bounds if isinstance(bound, Decimal | int)}
        for name, bounds in limits(predicates).items()
        if catalogue[name].kind.is_number
    }
    for one, other in contrasts(predicates):
        for name, against in ((one, other), (other, one)):
            value = catalogue[against].read(profile)
            points[name] |= set() if value is None else {Decimal(value)}
    return points


def _words(room: Room) -> str:
    return "former customer" if room is Room.FORMER else room.value
