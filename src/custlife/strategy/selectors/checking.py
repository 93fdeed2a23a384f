"""Whether a table is sound as a selector, and where numbers change its answer.

Finds facts that do not exist, strategies that do not fit, gaps and overlaps, before the table is
used.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import cast

from custlife._checks import balance
from custlife.decisions.evidence import facts_of
from custlife.decisions.gaps import contrasts, gaps, limits, overlaps, sides, whole_numbers
from custlife.decisions.predicates import Comparison, Facts, Predicate, spoken, words
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import cut, listed, shown
from custlife.lifecycle.definition import Lifecycle
from custlife.money import EXACT, as_money
from custlife.state import Room
from custlife.strategy.errors import UnknownFact
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.facts import facts_for
from custlife.strategy.inputs import weight
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy, fitting


def problems(table: DecisionTable[Strategy], facts: Sequence[Fact]) -> Iterator[str]:
    """What is wrong with a table as a selector, in words; a problem hides those after it."""
    catalogue = {fact.name: fact for fact in facts}
    names = [fact.name for fact in facts]
    for name in catalogue:
        if names.count(name) > 1:
            yield f"the catalogue has two facts of the name {name!r}. Rename one."
    for row in table.rows:
        yield from _problems_of(row, catalogue)
    domains = domains_of([row.when for row in table.rows], facts, {})
    for room in Room:
        there = limits(
            row.when for row in table.rows if row.when.holds({"room": room}) is not False
        )
        always = {
            name: values
            for name, values in domains.items()
            if name in there and name != "room" and room in catalogue[name].rooms
        }
        for gap in gaps(table, always, {"room": room}):
            known = " and ".join(f"{spoken(name)} is {words(value)}" for name, value in gap.facts)
            yield (
                f"no row is sure to hold where {known} and nothing else is known. Add a last row "
                f"that needs no more than that."
            )
    if table.hit is HitPolicy.UNIQUE:
        yield from map(str, overlaps(table, domains))


def _problems_of(row: Row[Strategy], catalogue: Mapping[str, Fact]) -> Iterator[str]:
    if not isinstance(row.outcome, Strategy):
        yield f"row {row.id} recommends {shown(row.outcome)}; use a Strategy."
    for atom in row.when.atoms():
        if not facts_of(atom):
            yield (
                f"row {row.id}: {atom} does not say which facts it reads; give its class an "
                f"attribute 'facts', a tuple of their names."
            )
        for name in facts_of(atom):
            if name not in catalogue:
                yield f"row {row.id}: {UnknownFact(name, tuple(catalogue))}"
        if isinstance(atom, Comparison) and atom.other is None:
            fact = catalogue[atom.fact]
            if not _suits(fact, atom.limit):
                values = [repr(choice) for choice in fact.choices]
                kind = ", as a Decimal or a whole number" if fact.kind.is_number else ""
                yield (
                    f"row {row.id} holds {spoken(fact.name)} against {shown(atom.limit)}, which it "
                    f"can never be. Use {listed(values) if values else fact.kind.unit + kind}."
                )
    for room in Room:
        if not row.outcome.fits(room) and row.when.holds({"room": room}) is not False:
            fit = listed([strategy.words for strategy in fitting(room)])
            name = "former customer" if room is Room.FORMER else room.value
            yield (
                f"row {row.id} could recommend {row.outcome.words} for a {name}, where only {fit} "
                f"fit. Compare the room in the row."
            )


def _suits(fact: Fact, limit: object) -> bool:
    """Whether a fact can be held against a limit."""
    if fact.kind is FactKind.FLAG:
        return isinstance(limit, bool)
    if fact.choices:
        return limit in fact.choices
    number = as_money(cast("Decimal", limit))
    return balance.holds(number) and fact.kind.allows(number)


@lru_cache(maxsize=256)
def misfit(facts: tuple[Fact, ...], lifecycle: Lifecycle) -> str | None:
    """Why these facts do not fit a lifecycle, in words; None where they do.

    Customers of the lifecycle must have them in the same rooms, with no other values.
    """
    own = {fact.name: fact for fact in facts_for(lifecycle) if fact.of_lifecycle}
    for fact in facts:
        theirs = own.get(fact.name)
        if theirs is None:
            problem = "does not have"
        elif not fact.rooms <= theirs.rooms or not {*theirs.choices} <= {*fact.choices}:
            problem = f"has as {_choices(theirs)}"
        else:
            continue
        return (
            f"it reads the fact {fact.name!r} ({_choices(fact)}), which the lifecycle "
            f"{cut(lifecycle.name)!r} {problem}. Its own facts are {cut(listed([*own]))}. Give a "
            f"table for it: TableSelector(name, table, facts=facts_for(lifecycle))."
        )
    return None


def _choices(fact: Fact) -> str:
    return cut(listed([words(choice) for choice in fact.choices or (True, False)]))


def domains_of(
    predicates: Sequence[Predicate], facts: Iterable[Fact], known: Facts
) -> dict[str, Sequence[object]]:
    """For each fact that predicates read, the values to try.

    All values of a fact, or numbers on each side of every limit. Facts that are held against each
    other share their limits, and what is known of them.
    """
    catalogue = {fact.name: fact for fact in facts}
    bounds = limits(predicates)
    tied = {name: {name} for name in bounds}
    for one, other in contrasts(predicates):
        union = tied[one] | tied[other]
        tied |= dict.fromkeys(union, union)
    domains: dict[str, Sequence[object]] = {}
    for name, group in tied.items():
        kind = catalogue[name].kind
        found = {bound for other in group for bound in (*bounds[other], known.get(other))}
        if len(group) > 1:  # what bounds the one can keep it from the other
            ends = [(catalogue[other].kind.least, catalogue[other].kind.most) for other in group]
            found |= {end for pair in ends for end in pair}
        numbers = _numbers(found)
        kinds = [catalogue[other].kind for other in group if catalogue[other].kind.is_whole]
        if kinds:
            least = {each.least for each in kinds if each.least is not None}
            numbers |= whole_numbers(numbers | least, len(group))
        if kind is FactKind.FLAG or catalogue[name].choices:
            domains[name] = catalogue[name].choices or (True, False)
        elif kind.is_whole:
            domains[name] = sorted(n for n in numbers if n == int(n) and kind.allows(n))
        else:
            between = 2 ** len(group).bit_length() - 1  # enough, and numbers of few decimals
            domains[name] = sides(numbers, least=kind.least, most=kind.most, between=between)
    return domains


def _numbers(values: Iterable[object]) -> set[Decimal]:
    return {Decimal(value) for value in values if isinstance(value, Decimal | int)}


def _summed(fact: Fact, part: str, sums: Iterable[Decimal], profile: Profile) -> Iterator[Decimal]:
    """What a part is where the sum is one of these numbers, if the rest is known."""
    rest = fact.read(profile.altered(**{part: 0}))
    sign = weight(fact, part, profile)
    if rest is not None and sign:
        yield from (EXACT.multiply(sign, EXACT.subtract(number, rest)) for number in sums)


def is_plain(predicate: Predicate) -> bool:
    """Whether a predicate is made of comparisons only, whose limits are known."""
    return all(isinstance(atom, Comparison) for atom in predicate.atoms())


def input_thresholds(
    predicates: Sequence[Predicate], facts: Iterable[Fact], profile: Profile
) -> dict[str, Collection[Decimal]]:
    """For each input that numbers follow from, where the predicates change their answer."""
    catalogue = {fact.name: fact for fact in facts}
    points = {name: _numbers(bounds) for name, bounds in limits(predicates).items()}
    for one, other in contrasts(predicates):
        points[one] |= _numbers([catalogue[other].read(profile)])
        points[other] |= _numbers([catalogue[one].read(profile)])
    own = [atom for each in predicates for atom in each.atoms() if not is_plain(atom)]
    searched = {name for atom in own for fact in facts_of(atom) for name in catalogue[fact].inputs}
    found: dict[str, set[Decimal]] = {}
    for name, numbers in points.items():
        fact = catalogue[name]
        if fact.inputs == (name,):
            found.setdefault(name, set()).update(numbers if fact.kind.is_number else ())
        elif fact.is_sum:
            for part in fact.inputs:
                points_of = found.setdefault(part, set())
                points_of.update(_summed(fact, part, numbers, profile))
        else:
            searched.update(fact.inputs)
    # A margin cannot exceed the revenue, so the one bounds where the other can be.
    for name, bound in (("margin", profile.value.revenue), ("revenue", profile.value.margin)):
        if name in found and bound is not None:
            found[name].add(bound)
    return {name: numbers for name, numbers in found.items() if name not in searched}
