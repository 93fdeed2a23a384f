"""Decision tables: rules as frozen data that explain themselves.

A table holds rows; a row holds an id, a predicate over named facts, an outcome, one sentence and
a `Source`. Predicates answer True, False or None: a fact that is unknown (None or absent) leaves
a predicate undecided instead of false. A verdict says which row fired, and for every row which
parts held, failed or could not be decided. Knows nothing of customers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from itertools import product
from operator import eq, ge, le, lt, ne
from typing import Generic, Protocol, TypeVar

from attrs import field, frozen

from custlife.errors import InvalidTable, UndecidedTable, listed
from custlife.sources import Source

T_co = TypeVar("T_co", covariant=True)
Facts = Mapping[str, object]


class Predicate(Protocol):
    """A question about facts. Its ``str`` reads as the rule.

    An app's own predicate is any frozen object with these two methods and a readable ``str``.
    """

    def holds(self, facts: Facts) -> bool | None:
        """Whether the predicate holds; None where an unknown fact leaves it undecided."""
        ...

    def atoms(self) -> Iterator["Predicate"]:
        """The comparisons that the predicate is made of, in the order of reading."""
        ...


def words(value: object) -> str:
    """Put a fact's value in words.

    Examples:
        >>> words(None), words(True), words(timedelta(days=90))
        ('unknown', 'yes', '90 days')
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, timedelta) and not value % timedelta(days=1):
        return f"{value.days} days"
    return str(value)


@frozen
class Comparison:
    """One fact held against one limit."""

    fact: str
    sign: str
    limit: object
    _compare: Callable[[object, object], bool] = field(repr=False)

    def holds(self, facts: Facts) -> bool | None:
        """Whether the fact compares so; None where it is unknown."""
        value = facts.get(self.fact)
        return None if value is None else bool(self._compare(value, self.limit))

    def atoms(self) -> Iterator["Comparison"]:
        """Itself."""
        yield self

    def __str__(self) -> str:
        return f"{self.fact.replace('_', ' ')} {self.sign} {words(self.limit)}"


def is_(fact: str, value: object) -> Comparison:
    """The fact equals the value.

    Examples:
        >>> print(is_("first_entry", True))
        first entry is yes
        >>> is_("first_entry", True).holds({}) is None
        True
    """
    return Comparison(fact, "is", value, eq)


def is_not(fact: str, value: object) -> Comparison:
    """The fact is known and differs from the value."""
    return Comparison(fact, "is not", value, ne)


def at_least(fact: str, limit: object) -> Comparison:
    """The fact is at or above the limit.

    Examples:
        >>> at_least("deal_size", 100).holds({"deal_size": 100})
        True
    """
    return Comparison(fact, ">=", limit, ge)  # type: ignore[arg-type]  # checked when compared


def at_most(fact: str, limit: object) -> Comparison:
    """The fact is at or below the limit."""
    return Comparison(fact, "<=", limit, le)  # type: ignore[arg-type]  # checked when compared


def below(fact: str, limit: object) -> Comparison:
    """The fact is below the limit."""
    return Comparison(fact, "<", limit, lt)  # type: ignore[arg-type]  # checked when compared


@frozen
class Quorum:
    """At least ``needed`` of the parts hold.

    All of them, any of them and n of them are the same question with another number.
    """

    needed: int
    parts: tuple[Predicate, ...]

    def holds(self, facts: Facts) -> bool | None:
        """True once enough parts hold, False once too few can; None in between."""
        answers = [part.holds(facts) for part in self.parts]
        held = sum(answer is True for answer in answers)
        if held >= self.needed:
            return True
        possible = held + sum(answer is None for answer in answers)
        return None if possible >= self.needed else False

    def atoms(self) -> Iterator[Predicate]:
        """The comparisons of all parts."""
        for part in self.parts:
            yield from part.atoms()

    def __str__(self) -> str:
        if not self.parts:
            return "always" if self.needed == 0 else "never"
        if self.needed == len(self.parts):
            return " and ".join(_bracketed(part) for part in self.parts)
        if self.needed == 1:
            return " or ".join(_bracketed(part) for part in self.parts)
        return f"{self.needed} or more of ({'; '.join(map(str, self.parts))})"


def _bracketed(part: Predicate) -> str:
    several = isinstance(part, Quorum) and len(part.parts) > 1
    return f"({part})" if several else str(part)


def all_of(*parts: Predicate) -> Quorum:
    """Every part holds.

    Examples:
        >>> print(all_of(is_("kind", "loss"), any_of(is_("a", 1), is_("b", 2))))
        kind is loss and (a is 1 or b is 2)
    """
    return Quorum(len(parts), parts)


def any_of(*parts: Predicate) -> Quorum:
    """At least one part holds.

    Examples:
        >>> any_of(is_("a", 1), is_("b", 2)).holds({"a": 1})
        True
    """
    return Quorum(1, parts)


def some_of(needed: int, *parts: Predicate) -> Quorum:
    """At least ``needed`` parts hold.

    Examples:
        >>> two = some_of(2, is_("a", 1), is_("b", 1), is_("c", 1))
        >>> two.holds({"a": 1, "b": 1}), two.holds({"a": 1, "b": 0}), two.holds({"a": 0, "b": 0})
        (True, None, False)
    """
    return Quorum(needed, parts)


@frozen
class Negation:
    """The part does not hold."""

    part: Predicate

    def holds(self, facts: Facts) -> bool | None:
        """The opposite of the part; None where the part is undecided."""
        answer = self.part.holds(facts)
        return None if answer is None else not answer

    def atoms(self) -> Iterator[Predicate]:
        """The comparisons of the part."""
        yield from self.part.atoms()

    def __str__(self) -> str:
        return f"not ({self.part})"


def not_(part: Predicate) -> Negation:
    """The part does not hold; undecided where the part is.

    Examples:
        >>> not_(is_("a", 1)).holds({"a": 2}), not_(is_("a", 1)).holds({})
        (True, None)
    """
    return Negation(part)


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
    """

    id: str
    when: Predicate
    outcome: T_co
    sentence: str
    source: Source


@frozen
class Verdict(Generic[T_co]):
    """What a table answered, and why.

    Attributes:
        table: The table that was asked.
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

    @property
    def parts(self) -> tuple[tuple[str, str, bool | None], ...]:
        """Every comparison of every row: (row id, comparison, whether it held)."""
        facts = dict(self.facts)
        return tuple(
            (row.id, str(atom), atom.holds(facts))
            for row in self.table.rows
            for atom in row.when.atoms()
        )

    def explain(self) -> str:
        """Say which row fired, on which facts, from which source, and what is missing."""
        facts = dict(self.facts)
        on = ", ".join(
            f"{atom} ({words(facts[atom.fact])})"
            for atom in self.row.when.atoms()
            if isinstance(atom, Comparison) and facts.get(atom.fact) is not None
        )
        text = (
            f"{words(self.outcome)} by row {self.row.id}: {self.row.sentence} [{self.row.source}]"
        )
        if on:
            text += f" Compared: {on}."
        if self.missing:
            missing = listed([name.replace("_", " ") for name in self.missing])
            rows = "row" if len(self.undecided) == 1 else "rows"
            others = listed([row.id for row in self.undecided])
            text += f" Unknown: {missing}; {rows} {others} could apply instead."
        return text


def _missing(rows: Iterable[Row[object]], facts: Facts) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                atom.fact
                for row in rows
                for atom in row.when.atoms()
                if isinstance(atom, Comparison) and facts.get(atom.fact) is None
            }
        )
    )


@frozen
class DecisionTable(Generic[T_co]):
    """Rules as data, with a hit policy.

    Args:
        name: What the table decides.
        rows: The rules, in order.
        hit: How to choose among rows that hold.

    Raises:
        InvalidTable: If there is no row, or two rows share an id.

    Examples:
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
        ids = [row.id for row in self.rows]
        doubles = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if not ids:
            raise InvalidTable(self.name, "it has no row. Give at least one.")
        if doubles:
            raise InvalidTable(self.name, f"row ids must differ; {listed(doubles)} stand twice.")

    def decide(self, facts: Facts) -> Verdict[T_co]:
        """Apply the table.

        Args:
            facts: The named facts; None or absent where unknown.

        Raises:
            UndecidedTable: If no row holds, or, under the unique policy, several do.
            InvalidTable: If a fact cannot be compared with its limit.
        """
        held: list[Row[T_co]] = []
        undecided: list[Row[T_co]] = []
        for row in self.rows:
            answer = self._ask(row, facts)
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

    def _ask(self, row: Row[T_co], facts: Facts) -> bool | None:
        try:
            return row.when.holds(facts)
        except TypeError as error:
            raise InvalidTable(
                self.name,
                f"row {row.id} ({row.when}) cannot compare the facts given: {error}. "
                f"Give facts of the same kind as the limits.",
            ) from error

    def faults(self, domains: Mapping[str, Iterable[object]]) -> tuple[UndecidedTable, ...]:
        """Every gap and overlap over all combinations of these values.

        Args:
            domains: For each fact, the values to try; one on each side of every limit is enough.

        Returns:
            One error a combination at fault; none for a sound table.
        """
        names = tuple(domains)
        found = []
        for values in product(*(tuple(domain) for domain in domains.values())):
            try:
                self.decide(dict(zip(names, values, strict=True)))
            except UndecidedTable as fault:
                found.append(fault)
        return tuple(found)

    def to_markdown(self) -> str:
        """The table for people, one line a row."""
        lines = ["| rule | when | then | because | source |", "|---|---|---|---|---|"]
        lines += [
            f"| {row.id} | {row.when} | {words(row.outcome)} | {row.sentence} | {row.source} |"
            for row in self.rows
        ]
        return "\n".join(lines)
