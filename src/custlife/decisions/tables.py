"""Decision tables: rules as frozen data that explain themselves.

A table holds rows; a row holds an id, a predicate over named facts, an outcome, one sentence and
a `Source`. A verdict holds the row that fired, the rows that could not be decided, and the facts
that are missing for them. Knows nothing of customers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Generic, TypeVar

from attrs import frozen

from custlife._checks import is_text
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife.decisions.evidence import support, unknown_facts
from custlife.decisions.predicates import Comparison, Facts, Predicate, spoken, words
from custlife.errors import InvalidTable, UndecidedTable, listed, shown
from custlife.sources import Source, cited

T_co = TypeVar("T_co", covariant=True)


class HitPolicy(Enum):
    """How a table chooses among rows that hold."""

    UNIQUE = "unique"
    """At most one row may hold for any facts; an overlap is an error."""
    FIRST = "first"
    """The first row that holds wins; rows above it that are undecided are reported."""


@frozen
class Row(Generic[T_co]):
    """One rule of a table.

    Attributes:
        id: A stable id, cited by explanations.
        when: The predicate.
        outcome: What follows.
        sentence: The rule in words.
        source: Where it comes from.
        contested: A study that contradicts the source; None where there is none.
    """

    id: str
    when: Predicate
    outcome: T_co
    sentence: str
    source: Source
    contested: Source | None = None

    @property
    def citation(self) -> str:
        """Where the rule comes from, and what contradicts it.

        Examples:
            >>> from custlife.decisions.predicates import all_of
            >>> from custlife.sources import DE_MATOS, EFR
            >>> Row("R", all_of(), "x", "A sentence.", EFR[5], contested=DE_MATOS).citation
            'EFR-5, contested by de Matos et al. 2007'
        """
        return cited(self.source, self.contested)


def _is_row(row: object) -> bool:
    if not isinstance(row, Row) or not isinstance(row.source, Source):
        return False
    if not isinstance(row.contested, Source | None):
        return False
    return is_text(row.id) and hasattr(row.when, "atoms") and hasattr(row.when, "holds")


@frozen
class Verdict(Generic[T_co]):
    """What a table answered, and why.

    Attributes:
        table: The table.
        row: The row that fired.
        facts: The facts as they were given, unknown ones included.
        undecided: The rows that would have come first, had the missing facts been known to fit.
    """

    table: "DecisionTable[T_co]"
    row: Row[T_co]
    facts: tuple[tuple[str, object], ...]
    undecided: tuple[Row[T_co], ...] = ()

    @property
    def outcome(self) -> T_co:
        """What follows from the row that fired."""
        return self.row.outcome

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change the answer, sorted."""
        return _missing(self.undecided, dict(self.facts))

    def explain(self) -> str:
        """Say which row fired, on which facts, from which source, and what is missing."""
        facts = dict(self.facts)
        on = ", ".join(
            atom.with_values(facts)
            for atom in dict.fromkeys(support(self.row.when, facts, answer=True))
            if isinstance(atom, Comparison)
        )
        row = self.row
        text = f"{words(row.outcome)} by row {row.id}: {row.sentence} [{row.citation}]"
        if on:
            text += f" Compared: {on}."
        if self.missing:
            missing = listed([spoken(name) for name in self.missing])
            rows = "row" if len(self.undecided) == 1 else "rows"
            others = listed([row.id for row in self.undecided])
            first = self.table.hit is HitPolicy.FIRST
            how = "apply instead" if first else "hold as well, which would be an overlap"
            text += f" Unknown: {missing}; {rows} {others} could {how}."
        return text


def _missing(rows: Iterable[Row[object]], facts: Facts) -> tuple[str, ...]:
    return tuple(sorted({fact for row in rows for fact in unknown_facts(row.when, facts)}))


@frozen
class DecisionTable(Shown, Generic[T_co]):
    """Rules as data, with a hit policy.

    Args:
        name: What the table decides.
        rows: The rules, in order.
        hit: How to choose among rows that hold.

    Raises:
        InvalidTable: If there is no row, or two rows share an id.

    Examples:
        >>> from custlife.decisions.predicates import all_of, at_least
        >>> from custlife.sources import ASSUMPTION
        >>> table = DecisionTable(
        ...     "size",
        ...     (
        ...         Row("BIG", at_least("amount", 100), "big", "From 100 on.", ASSUMPTION),
        ...         Row("SMALL", all_of(), "small", "The rest.", ASSUMPTION),
        ...     ),
        ...     HitPolicy.FIRST,
        ... )
        >>> table.decide({"amount": 120}).outcome
        'big'
        >>> verdict = table.decide({})
        >>> verdict.outcome, verdict.missing
        ('small', ('amount',))
    """

    name: str
    rows: tuple[Row[T_co], ...]
    hit: HitPolicy

    def __attrs_post_init__(self) -> None:
        problem = next(self._problems(), None)
        if problem is not None:
            raise InvalidTable(self.name if is_text(self.name) else shown(self.name), problem)

    def _problems(self) -> Iterator[str]:
        if not is_text(self.name):
            yield "its name is no text, or blank. Give it a name."
        if not isinstance(self.rows, tuple):
            yield f"its rows are a {type(self.rows).__name__}; use a tuple."
        if not isinstance(self.hit, HitPolicy):
            yield f"its hit policy is {shown(self.hit)}; use a HitPolicy."
        for row in self.rows:
            if not _is_row(row):
                yield (
                    f"{shown(row)} is no row with a predicate. Give Row(id, when, outcome, "
                    f"sentence, source), with a predicate by is_, at_least, all_of and the like."
                )
        if not self.rows:
            yield "it has no row. Give at least one."
        ids = [row.id for row in self.rows]
        doubles = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if doubles:
            yield f"row ids must differ; given more than once: {listed(doubles)}."

    def decide(self, facts: Facts) -> Verdict[T_co]:
        """Apply the table.

        Args:
            facts: The named facts; None or absent where unknown.

        Raises:
            UndecidedTable: If no row holds, or, under the unique policy, several do.
            InvalidTable: If a fact cannot be compared with its limit.
        """
        if not isinstance(facts, Mapping):
            raise InvalidTable(self.name, f"its facts are {shown(facts)}; give a dict by name.")
        held: list[Row[T_co]] = []
        undecided: list[Row[T_co]] = []
        for row in self.rows:
            answer = self._holds(row, facts)
            if answer is None:
                undecided.append(row)
            elif answer:
                held.append(row)
                if self.hit is HitPolicy.FIRST:
                    break
        if len(held) != 1:
            raise UndecidedTable(
                self.name,
                tuple(row.id for row in held),
                tuple(facts.items()),
                _missing(undecided, facts),
            )
        return Verdict(self, held[0], tuple(facts.items()), tuple(undecided))

    def _holds(self, row: Row[T_co], facts: Facts) -> bool | None:
        try:
            return row.when.holds(facts)
        except (TypeError, ArithmeticError) as error:
            raise InvalidTable(
                self.name,
                f"row {row.id} ({row.when}) cannot compare the facts given: {error}. "
                f"Give facts of the same kind as the limits.",
            ) from error

    def to_markdown(self) -> str:
        """The table for people, one line a row."""
        return self._grid.markdown()

    @property
    def _grid(self) -> Grid:
        return Grid(
            ("row", "when", "then", "because", "source"),
            [
                (row.id, row.when, words(row.outcome), row.sentence, row.citation)
                for row in self.rows
            ],
        )

    def _page(self) -> Sequence[Block]:
        return (Paragraph(f"{self.name}, hit policy {self.hit.value}"), self._grid)
