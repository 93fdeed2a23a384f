"""Mutants of a decision table: each row left out, each outcome exchanged, each condition altered.

Of a selector that is a table, too; many of its mutants are refused when they are made.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import partial
from typing import Any

from attrs import evolve

from custlife.decisions.predicates import Comparison, Negation, Predicate, Quorum, not_, words
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidTable
from custlife.state import Room
from custlife.strategy.errors import InvalidSelector
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy
from custlife.testing.mutants.mutant import Mutant
from custlife.testing.tables.deciding import tell_apart
from custlife.testing.tables.looks import Known
from custlife.testing.tables.sheets import Sheet, is_outcome

Table = DecisionTable[Any] | TableSelector
"""What is mutated here."""
_OPPOSITE = {
    "is": "is not",
    "is not": "is",
    "is at least": "is below",
    "is below": "is at least",
    "is at most": "is above",
    "is above": "is at most",
}
_BESIDE = {
    "is at least": "is above",
    "is above": "is at least",
    "is at most": "is below",
    "is below": "is at most",
}
"""For each comparison the one whose limit is on the other side."""


def table_mutants(thing: Table) -> Iterator[Mutant]:
    """Every mutant of a table or of a selector that is one, in the order of its rows.

    Each has another difference: of two slips that read alike, the later one says so.
    """
    table = thing.table if isinstance(thing, TableSelector) else thing
    seen: Counter[str] = Counter()
    for text, rows in _slips(table):
        seen[text] += 1
        difference = text if seen[text] == 1 else f"{text}, at occurrence {seen[text]}"
        try:
            made = evolve(table, rows=tuple(rows))
            mutant = evolve(thing, table=made) if isinstance(thing, TableSelector) else made
        except (InvalidTable, InvalidSelector) as refusal:
            yield Mutant(difference, refusal=refusal)
        else:
            yield Mutant(difference, table=mutant)


def _slips(table: DecisionTable[Any]) -> Iterator[tuple[str, Sequence[Row[Any]]]]:
    """Every difference in words, with the rows that have it."""
    rows = table.rows
    for place, row in enumerate(rows):
        before, after = rows[:place], rows[place + 1 :]
        yield f"row {row.id} is missing", (*before, *after)
        if table.hit is HitPolicy.FIRST and after:
            follows = f"rows {row.id} and {after[0].id} are swapped"
            yield follows, (*before, after[0], row, *after[1:])
        for difference, slip in _of_row(row, rows):
            yield f"row {row.id}: {difference}", (*before, slip, *after)


def _of_row(row: Row[Any], rows: Iterable[Row[Any]]) -> Iterator[tuple[str, Row[Any]]]:
    """A row with another outcome of the table that fits, or with another condition."""
    outcomes: list[object] = []
    for other in (each.outcome for each in rows):
        if not any(is_outcome(other, one) for one in (row.outcome, *outcomes)):
            outcomes.append(other)
    for other in filter(partial(_fits, row), outcomes):
        yield f"{words(row.outcome)} becomes {words(other)}", evolve(row, outcome=other)
    for difference, when in _of_predicate(row.when):
        yield difference, evolve(row, when=when)


def _fits(row: Row[Any], outcome: object) -> bool:
    """Whether a strategy fits every room in which a row can hold; any other outcome does."""
    return not isinstance(outcome, Strategy) or all(
        outcome.fits(room) for room in Room if row.when.holds({"room": room}) is not False
    )


def _of_predicate(predicate: Predicate) -> Iterator[tuple[str, Predicate]]:
    """Every slip in a predicate."""
    if isinstance(predicate, Quorum):
        yield from _of_quorum(predicate)
    elif isinstance(predicate, Negation):
        yield f"{predicate} becomes {predicate.part}", predicate.part
        for difference, part in _of_predicate(predicate.part):
            yield difference, not_(part)
    else:
        slips = (
            _of_comparison(predicate) if isinstance(predicate, Comparison) else [not_(predicate)]
        )
        for other in slips:
            yield f"{predicate} becomes {other}", other


def _of_comparison(comparison: Comparison) -> Iterator[Comparison]:
    sign, limit = comparison.sign, comparison.limit
    yield evolve(comparison, sign=_OPPOSITE[sign])
    if sign in _BESIDE:
        yield evolve(comparison, sign=_BESIDE[sign])
    elif isinstance(limit, Enum):
        members = [*type(limit)]
        yield evolve(comparison, limit=members[members.index(limit) - 1])


def _of_quorum(quorum: Quorum) -> Iterator[tuple[str, Predicate]]:
    needed, parts = quorum.needed, quorum.parts
    for place, part in enumerate(parts):
        rest = (*parts[:place], *parts[place + 1 :])
        fewer = needed - 1 if needed == len(parts) else needed
        yield f"{part} is dropped", evolve(quorum, needed=fewer, parts=rest, called=None)
    for other in _other_numbers(needed, len(parts)):
        joined = evolve(quorum, needed=other, called=None)
        yield f"{evolve(quorum, called=None)} becomes {joined}", joined
    for place, part in enumerate(parts):
        for difference, slip in _of_predicate(part):
            changed = (*parts[:place], slip, *parts[place + 1 :])
            yield difference, evolve(quorum, parts=changed, called=None)


def _other_numbers(needed: int, most: int) -> list[int]:
    """Any for all, all for any; of several, one more and one less."""
    if needed in (1, most):
        return [1 + most - needed] if most > 1 else []
    return [needed - 1, needed + 1] if 1 < needed < most else []


def same_answers(one: Table, other: Table) -> Known | None:
    """Known facts for which two tables answer differently, and none that does not matter.

    Args:
        one: A table, or a selector that is one.
        other: Another one, over the same facts.

    Returns:
        None only where it is sure that they answer the same, whatever the facts.

    Examples:
        >>> from custlife.decisions.predicates import above, all_of, at_least
        >>> from custlife.sources import OWN
        >>> big = Row("BIG", at_least("size", 3), "big", "From 3 on.", OWN)
        >>> rest = Row("SMALL", all_of(), "small", "The rest.", OWN)
        >>> table = DecisionTable("size", (big, rest), HitPolicy.FIRST)
        >>> slip = evolve(table, rows=(evolve(big, when=above("size", 3)), rest))
        >>> same_answers(table, slip), same_answers(table, table)
        ({'size': 3}, None)
    """
    return tell_apart(Sheet.of(one), Sheet.of(other))
