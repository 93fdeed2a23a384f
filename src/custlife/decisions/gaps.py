"""Where a decision table has an overlap or a gap, found without trying every combination.

Facts are tried at one value on each side of every limit. A partial choice of facts is given up as
soon as the rows are decided, so that tables with many facts can be searched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations, pairwise, product
from typing import TypeVar

from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import Comparison, Facts, Predicate
from custlife.decisions.tables import DecisionTable, Row
from custlife.errors import UndecidedTable
from custlife.money import EXACT

T = TypeVar("T")

_ZERO, _ONE = Decimal(0), Decimal(1)

Domains = Mapping[str, Sequence[object]]
"""For each fact, the values to try."""


def limits(predicates: Iterable[Predicate]) -> dict[str, set[object]]:
    """The limits that each fact is held against; none for facts held against each other.

    Examples:
        >>> from custlife.decisions.predicates import all_of, at_least, exceeds
        >>> limits([all_of(at_least("a", 3), exceeds("b", "c"))])
        {'a': {3}, 'b': set(), 'c': set()}
    """
    found: dict[str, set[object]] = {}
    for predicate in predicates:
        for atom in predicate.atoms():
            for name in facts_of(atom):
                found.setdefault(name, set())
            if isinstance(atom, Comparison) and atom.other is None:
                found[atom.fact].add(atom.limit)
    return found


def contrasts(predicates: Iterable[Predicate]) -> set[tuple[str, ...]]:
    """The pairs of facts that are held against each other."""
    return {
        atom.facts
        for predicate in predicates
        for atom in predicate.atoms()
        if isinstance(atom, Comparison) and atom.other is not None
    }


def sides(
    limits: Iterable[Decimal],
    *,
    least: Decimal | None = None,
    most: Decimal | None = None,
    between: int = 1,
) -> tuple[Decimal, ...]:
    """Numbers on each side of every limit, the limits and the bounds themselves among them.

    Args:
        limits: The limits.
        least: The least number there can be; None where there is no least.
        most: The greatest number there can be; None where there is no greatest.
        between: So many numbers between each two: one for each fact that is held against another.

    Examples:
        >>> [str(number) for number in sides([Decimal(0), Decimal(1)])]
        ['-1', '-0.5', '0', '0.5', '1', '1.5', '2']
        >>> [str(number) for number in sides([Decimal("0.2")], least=Decimal(0), most=Decimal(1))]
        ['0', '0.1', '0.2', '0.6', '1']
    """
    ends = {end for end in (least, most) if end is not None}
    inside = {n for n in limits if least is None or n >= least}
    ordered = sorted({n for n in inside if most is None or n <= most} | ends) or [_ZERO]
    if least is None:
        ordered.insert(0, EXACT.subtract(ordered[0], _ONE))
    if most is None:
        ordered.append(EXACT.add(ordered[-1], _ONE))
    found = {*ordered}
    for one, other in pairwise(ordered):
        step = EXACT.divide(EXACT.subtract(other, one), Decimal(between + 1))
        found |= {EXACT.add(one, EXACT.multiply(step, Decimal(n + 1))) for n in range(between)}
    return tuple(sorted(found))


def whole_numbers(limits: Iterable[Decimal], between: int = 1) -> set[Decimal]:
    """Whole numbers on each side of every limit, above the least one.

    Args:
        limits: The limits, the least number that there can be among them.
        between: So many numbers between each two, where there are so many.

    Examples:
        >>> [int(number) for number in sorted(whole_numbers([Decimal(0), Decimal(5)]))]
        [0, 1, 5, 6]
    """
    floors = [limit.to_integral_value(ROUND_FLOOR) for limit in limits]
    return {EXACT.add(floor, Decimal(n)) for floor in floors for n in range(between + 1)}


def overlaps(table: DecisionTable[T], domains: Domains) -> Iterator[UndecidedTable]:
    """Each pair of rows that can hold for the same facts, with such facts.

    Args:
        table: The table.
        domains: The values to try, for every fact that a row reads.

    Examples:
        >>> from custlife.decisions.tables import HitPolicy
        >>> from custlife.decisions.predicates import at_least, at_most
        >>> from custlife.sources import OWN
        >>> table = DecisionTable(
        ...     "size",
        ...     (Row("A", at_least("n", 1), "a", "", OWN), Row("B", at_most("n", 1), "b", "", OWN)),
        ...     HitPolicy.UNIQUE,
        ... )
        >>> print(*overlaps(table, {"n": [0, 1, 2]}))
        Table 'size': rows A and B overlap at n=1. Part them.
    """
    for one, other in combinations(table.rows, 2):
        names = [*limits((one.when, other.when))]
        facts = _both(one, other, {}, names, domains)
        if facts is not None:
            yield UndecidedTable(table.name, (one.id, other.id), tuple(facts.items()), ())


def _both(
    one: Row[T], other: Row[T], facts: dict[str, object], open_: Sequence[str], domains: Domains
) -> dict[str, object] | None:
    answers = one.when.holds(facts), other.when.holds(facts)
    if all(answers):
        return facts
    if False in answers or not open_:
        return None
    name, *rest = open_
    for value in domains[name]:
        found = _both(one, other, {**facts, name: value}, rest, domains)
        if found is not None:
            return found
    return None


def gaps(
    table: DecisionTable[T], known: Domains, given: Facts | None = None
) -> Iterator[UndecidedTable]:
    """Every combination of facts that are always known for which no row is sure to hold.

    All other facts are taken as unknown. To know more never makes a row that holds fail, so a
    table without such a gap always answers, however much more is known.

    Args:
        table: The table.
        known: For each fact that is always known, its values.
        given: Facts that are the same throughout.

    Examples:
        >>> from custlife.decisions.tables import HitPolicy
        >>> from custlife.decisions.predicates import is_
        >>> from custlife.sources import OWN
        >>> table = DecisionTable("t", (Row("A", is_("x", 1), "a", "", OWN),), HitPolicy.FIRST)
        >>> print(*gaps(table, {"x": [1, 2]}))
        Table 't' has no row for x=2. Add one.
    """
    if any(row.when.holds(given or {}) for row in table.rows):
        return  # and so it does whatever else is known
    names = tuple(known)
    for values in product(*known.values()):
        facts = {**(given or {}), **dict(zip(names, values, strict=True))}
        if not any(row.when.holds(facts) for row in table.rows):
            yield UndecidedTable(table.name, (), tuple(facts.items()), ())
