"""What there is to cover of decision tables: rows, and both outcomes of each comparison."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from attrs import Factory, field, frozen

from custlife.decisions.evidence import unknown_facts
from custlife.decisions.gaps import contrasts, limits, sides
from custlife.decisions.predicates import Facts, Negation, Predicate, Quorum
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.departure_rules import DepartureRules
from custlife.errors import CustlifeError
from custlife.testing.coverage.items import Item, Sight

_MOST_TRIED = 2000
"""So many choices of facts are tried before a row is left without facts that fire it."""


@frozen(eq=False)
class Sheet:
    """A decision table whose rows count.

    Attributes:
        table: The table.
        atoms: The comparisons in words, by their identity; each wording once.
    """

    table: DecisionTable[Any]
    atoms: Mapping[int, str] = field(
        init=False,
        repr=False,
        default=Factory(lambda self: _wordings(self.table), takes_self=True),
    )

    def items(self, kind: str) -> Iterator[Item]:
        """The rows, or the outcomes of the comparisons."""
        if kind == "row":
            for row in self.table.rows:
                name = f"{row.id} of the table {self.table.name!r}"
                yield Item(name, (self.sight_of(row),))
        else:
            for text in dict.fromkeys(self.atoms.values()):
                for outcome in (True, False):
                    verb = "holds" if outcome else "does not hold"
                    name = f"'{text}' {verb} in the table {self.table.name!r}"
                    yield Item(name, (("comparison", self.table.name, text, outcome),))

    def sight_of(self, row: Row[Any]) -> Sight:
        """What shows that a row fired."""
        return "row", self.table.name, row.id

    def sights(self, fired: str, facts: Facts, rows: Sequence[Row[Any]] = ()) -> Iterator[Sight]:
        """What a verdict shows: its row, and how each comparison came out that was made.

        Args:
            fired: The id of the row that fired.
            facts: The facts.
            rows: The rows of the table that were tried; all of them if left out.
        """
        for row in rows or self.table.rows:
            for atom, answer in _compared(row.when, facts):
                if answer is not None:
                    yield "comparison", self.table.name, self.atoms[id(atom)], answer
            if row.id == fired:
                yield self.sight_of(row)
                if self.table.hit is HitPolicy.FIRST:
                    return

    def firing(self, row: Row[Any]) -> Facts | None:
        """Facts that make a row fire, as few as it takes; None where none were found."""
        every = [other.when for other in self.table.rows]
        try:
            domains = {name: _domain(name, every) for name in limits((row.when,))}
            return _search(self.table, row, {}, domains, iter(range(_MOST_TRIED)))
        except Exception:  # noqa: BLE001 - an app's predicates and values may raise anything
            return None


@lru_cache(maxsize=128)
def sheets_of(rules: DepartureRules) -> tuple[Sheet, Sheet]:
    """The sheets of the kind and of the severity."""
    return Sheet(rules.kinds), Sheet(rules.severities)


def _wordings(table: DecisionTable[Any]) -> dict[int, str]:
    return {id(atom): str(atom) for row in table.rows for atom in _atoms(row.when)}


def _atoms(predicate: Predicate) -> Iterator[Predicate]:
    if isinstance(predicate, Negation):
        yield from _atoms(predicate.part)
    elif isinstance(predicate, Quorum):
        for part in predicate.parts:
            yield from _atoms(part)
    else:
        yield predicate


def _compared(predicate: Predicate, facts: Facts) -> Iterator[tuple[Predicate, bool | None]]:
    """The comparisons that are made until a predicate is decided, with their answers."""
    if isinstance(predicate, Negation):
        yield from _compared(predicate.part, facts)
    elif isinstance(predicate, Quorum):
        needed, spare = predicate.needed, len(predicate.parts) - predicate.needed
        for part in predicate.parts:
            if needed <= 0 or spare < 0:
                return
            yield from _compared(part, facts)
            answer = part.holds(facts)
            needed -= answer is True
            spare -= answer is False
    else:
        yield predicate, predicate.holds(facts)


def _search(
    table: DecisionTable[Any],
    row: Row[Any],
    facts: dict[str, object],
    domains: Mapping[str, Sequence[object]],
    tries: Iterator[int],
) -> Facts | None:
    """Give the facts that a row reads one value after the other, until it fires."""
    if next(tries, None) is None:
        return None
    held = row.when.holds(facts)
    if held is not None:
        return facts if held and _fires(table, row, facts) else None
    lacking = unknown_facts(row.when, facts)
    found = (
        _search(table, row, {**facts, name: value}, domains, tries)
        for name in sorted(lacking, key=[*domains].index)[:1]
        for value in domains[name]
    )
    return next((one for one in found if one is not None), None)


def _fires(table: DecisionTable[Any], row: Row[Any], facts: Facts) -> bool:
    try:
        return table.decide(facts).row is row
    except CustlifeError:  # rows overlap, or another one cannot compare these facts
        return False


def _domain(name: str, predicates: Iterable[Predicate]) -> Sequence[object]:
    """Values of a fact on each side of every limit that it, or what it is held against, has."""
    every = [*predicates]
    bounds = limits(every)
    tied = {name, *(other for pair in contrasts(every) if name in pair for other in pair)}
    found: set[Any] = {limit for one in tied for limit in bounds[one]}
    first = next(iter(found), None)
    if isinstance(first, bool):
        return True, False
    if isinstance(first, Enum):
        return [*type(first)]
    if isinstance(first, timedelta):
        day = timedelta(days=1)
        return sorted({limit + span for limit in found for span in (-day, 0 * day, day)})
    if first is None or isinstance(first, Decimal | int):
        return sides([*map(Decimal, found)], between=len(tied))
    return sorted(found, key=repr)
