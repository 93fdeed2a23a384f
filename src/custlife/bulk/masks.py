"""Decision tables over columns: the same predicates, for all customers at once.

A predicate's answers are two masks: where it holds, and where it fails. Where it does neither it is
undecided. A predicate that is not the library's own is asked customer by customer, and a note says
so. Knows decisions, and nothing of customers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, inf
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from attrs import evolve, frozen

from custlife import _checks
from custlife.bulk.columns import Array, Column, Kind, Mask, aligned, distinct
from custlife.bulk.ticks import EPOCH, TICK
from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import Comparison, Negation, Predicate, Quorum
from custlife.decisions.tables import DecisionTable, HitPolicy
from custlife.errors import InvalidArgument, InvalidFrame, InvalidTable, UndecidedTable, shown

T = TypeVar("T")
Columns = Mapping[str, Column]

_ASK: Mapping[str, Callable[[Any, Any], Array]] = {
    "is": np.equal,
    "is not": np.not_equal,
    "is at least": np.greater_equal,
    "is at most": np.less_equal,
    "is below": np.less,
    "is above": np.greater,
}
_BITS = 60
_ORDERED = frozenset({Kind.SPAN, Kind.MOMENT})


class Answer(NamedTuple):
    """What a predicate answers: where it holds and where it fails; elsewhere it is undecided."""

    holds: Mask
    fails: Mask

    @property
    def undecided(self) -> Mask:
        """Where it neither holds nor fails."""
        return ~(self.holds | self.fails)


def is_ours(predicate: Predicate) -> bool:
    """Whether a predicate is made of the library's own ones only, so that columns answer it."""
    if type(predicate) is Quorum:
        return all(map(is_ours, predicate.parts))
    if type(predicate) is Negation:
        return is_ours(predicate.part)
    return type(predicate) is Comparison


class Answers:
    """What predicates answer of some customers; each distinct comparison is asked once.

    Args:
        columns: The facts; what is not among them is unknown of everybody.
        size: How many customers there are.

    Raises:
        InvalidArgument: If a column is none.
        InvalidFrame: If a column has another length, or a place that is none of its choices.

    Examples:
        >>> from custlife.decisions.predicates import any_of, at_least, is_
        >>> from custlife.bulk.columns import of_values
        >>> spent, key = of_values([120, 5, None]), of_values([None, None, True])
        >>> found = Answers({"spent": spent, "key": key}, 3)
        >>> found(any_of(at_least("spent", 100), is_("key", True))).holds.tolist()
        [True, False, True]
    """

    def __init__(self, columns: Columns, size: int) -> None:
        for name, column in columns.items():
            _require_sound(name, column, size)
        self.columns, self.size = columns, size
        self._known: dict[object, Answer] = {}
        self._asked: dict[int, tuple[Predicate, Mask, Answer]] = {}

    def __call__(self, predicate: Predicate, wanted: Mask | None = None) -> Answer:
        """Where a predicate holds, and where it fails.

        Args:
            predicate: The predicate.
            wanted: The customers to ask of; all if left out. The library's own predicates
                are answered of everybody in any case.
        """
        if type(predicate) is Quorum:
            return self._quorum(predicate, wanted)
        if type(predicate) is Negation:
            holds, fails = self(predicate.part, wanted)
            return Answer(fails, holds)
        if type(predicate) is Comparison:
            return self._compare(predicate)
        return self._one_by_one(predicate, wanted)

    def one_by_one(self) -> Iterator[tuple[Predicate, Mask]]:
        """Which predicates were asked one by one, and of which customers."""
        yield from ((predicate, asked) for predicate, asked, _ in self._asked.values())

    def facts(self, row: int, names: Iterable[str] | None = None) -> dict[str, object]:
        """The facts of one customer, as a table takes them."""
        wanted = self.columns if names is None else [n for n in names if n in self.columns]
        return {name: self.columns[name].at(row) for name in wanted}

    def unknown(self, name: str) -> Mask:
        """The customers of which a fact is unknown."""
        column = self.columns.get(name)
        return np.ones(self.size, bool) if column is None else ~column.sure

    def missing(self, predicate: Predicate, within: Mask) -> dict[str, Mask]:
        """For each fact, the customers inside a mask where it is unknown and leaves this open."""
        undecided = within & self(predicate, within).undecided
        if not undecided.any():
            return {}
        if isinstance(predicate, Quorum | Negation):
            parts = predicate.parts if isinstance(predicate, Quorum) else (predicate.part,)
            return joined(self.missing(part, undecided) for part in parts)
        return {name: undecided & self.unknown(name) for name in facts_of(predicate)}

    def _quorum(self, quorum: Quorum, wanted: Mask | None) -> Answer:
        needed, spare = quorum.needed, len(quorum.parts) - quorum.needed
        one_by_one = not is_ours(quorum)
        small = np.int8 if len(quorum.parts) < np.iinfo(np.int8).max else np.int32
        held, failed = np.zeros((2, self.size), small)
        for part in quorum.parts:
            if one_by_one:  # what is known already is not asked again
                open_ = (held < needed) & (failed <= spare)
                wanted = open_ if wanted is None else wanted & open_
            holds, fails = self(part, wanted)
            held += holds
            failed += fails
        return Answer(held >= needed, failed > spare)

    def _compare(self, atom: Comparison) -> Answer:
        key = atom if _is_hashable(atom) else id(atom)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._compared(atom)
        return found

    def _compared(self, atom: Comparison) -> Answer:
        sides = [self.columns.get(name) for name in atom.facts]
        columns = [side for side in sides if side is not None and side.sure.any()]
        if len(columns) < len(sides):
            nobody = np.zeros(self.size, bool)
            return Answer(nobody, nobody)
        if atom.other is None:
            holds = against(columns[0], atom.sign, atom.limit)
        else:
            holds = _between(columns[0], atom.sign, columns[1])
        known = columns[0].known
        for column in columns[1:]:
            known = known if column.known is None else column.sure & columns[0].sure
        if holds is None:
            holds = _by_value(atom, columns, known)
        return Answer(holds, ~holds) if known is None else Answer(holds & known, ~holds & known)

    def _one_by_one(self, predicate: Predicate, wanted: Mask | None) -> Answer:
        nobody = np.zeros((3, self.size), bool)
        fresh = predicate, nobody[0], Answer(nobody[1], nobody[2])
        _, asked, answer = self._asked.setdefault(id(predicate), fresh)
        for row in np.flatnonzero(~asked if wanted is None else wanted & ~asked):
            held = predicate.holds(self.facts(int(row)))
            answer.holds[row] = bool(held)
            answer.fails[row] = held is not None and not held
            asked[row] = True
        return answer


def joined(found: Iterable[Mapping[str, Mask]]) -> dict[str, Mask]:
    """Masks by name, united."""
    masks: dict[str, Mask] = {}
    for each in found:
        for name, mask in each.items():
            masks[name] = masks[name] | mask if name in masks else mask
    return masks


def listed_in(masks: Mapping[str, Mask], size: int) -> Column:
    """Of each customer the names of the masks that they are in, sorted, as one choice.

    Examples:
        >>> masks = {"b": np.array([True, False]), "a": np.array([True, True])}
        >>> [listed_in(masks, 2).at(row) for row in (0, 1)]
        [('a', 'b'), ('a',)]
    """
    keys, names = np.zeros(size, np.int64), sorted(masks)
    found = keys, [()]
    for start in range(0, len(names), _BITS):
        some = names[start : start + _BITS]
        keys = np.zeros(size, np.int64)
        for bit, name in enumerate(some):
            keys |= masks[name].astype(np.int64) << bit
        places, values = distinct(keys)
        sets = [tuple(n for bit, n in enumerate(some) if value >> bit & 1) for value in values]
        codes, pairs = distinct(found[0] * len(sets) + places)
        found = codes, [(*found[1][pair // len(sets)], *sets[pair % len(sets)]) for pair in pairs]
    return Column(Kind.CHOICE, found[0].astype(np.intp), None, None, tuple(found[1]))


def against(column: Column, sign: str, limit: object) -> Mask | None:
    """Where the values of a column compare so with a limit; None where that is of another kind.

    Whole numbers are held against the limit in their own unit, rounded to the side that counts.
    """
    ask = _ASK[sign]
    exact = _in_units(column, limit)
    if exact is None:
        return None
    if column.floats:
        return _printed(column.values, sign, exact)
    low, high = floor(exact), ceil(exact)
    if low == high or sign in {"is at most", "is above"}:
        bound = low
    elif sign in {"is at least", "is below"}:
        bound = high
    else:
        return np.full(len(column), sign == "is not")
    return np.asarray(ask(column.values, bound), bool)


def _in_units(column: Column, limit: object) -> Fraction | None:
    """A limit in the unit of a column's values; None where it is of another kind."""
    if column.kind is Kind.NUMBER and isinstance(limit, int | float | Decimal):
        exact = isinstance(limit, int) or Decimal(limit).is_finite()
        return Fraction(limit) * Fraction(10 ** (column.decimals or 0)) if exact else None
    if column.kind is Kind.SPAN and isinstance(limit, timedelta):
        return Fraction(limit // TICK)
    if column.kind is Kind.MOMENT and isinstance(limit, datetime) and limit.utcoffset() is not None:
        return Fraction((limit - EPOCH) // TICK)
    return None


def _printed(values: Array, sign: str, limit: Fraction) -> Mask:
    """Where floats compare so with a limit, as the numbers that they are printed as.

    These are in the order of the floats. So it is enough to know on which side of the limit the
    float is that is nearest to it.
    """
    try:
        near = float(limit)
    except OverflowError:
        near = inf if limit > 0 else -inf
    if near in {inf, -inf}:
        beyond = near > 0
    else:
        there = Fraction(Decimal(repr(near)))
        if there == limit:
            return np.asarray(_ASK[sign](values, near), bool)
        beyond = there > limit
    if sign in {"is", "is not"}:
        return np.full(len(values), sign == "is not")
    reached = values >= near if beyond else values > near
    return reached if sign in {"is at least", "is above"} else ~reached


def _between(one: Column, sign: str, other: Column) -> Mask | None:
    """Where one column compares so with another; None where they are of two kinds."""
    if one.kind is Kind.NUMBER and other.kind is Kind.NUMBER:
        ours, theirs = one.values, other.values
        if not (one.floats and other.floats):
            ours, theirs, _ = aligned(one, other)
    elif one.kind is other.kind and one.kind in _ORDERED:
        ours, theirs = one.values, other.values
    else:
        return None
    return np.asarray(_ASK[sign](ours, theirs), bool)


def _by_value(atom: Comparison, columns: list[Column], known: Mask | None) -> Mask:
    """What a comparison answers, asked once for each value, or pair of values, that there is."""
    everyone = np.ones(len(columns[0]), bool) if known is None else known
    coded = [column.coded() for column in columns]
    codes = coded[0].codes
    for each in coded[1:]:
        codes = codes * len(each.values) + each.codes
    holds = np.zeros(len(codes), bool)
    places, first, back = np.unique(codes[everyone], return_index=True, return_inverse=True)
    rows = np.flatnonzero(everyone)[first]
    held = [
        bool(atom.holds({n: c.at(row) for n, c in zip(atom.facts, columns, strict=True)}))
        for row in rows
    ]
    holds[everyone] = np.array(held, bool)[back] if len(places) else False
    return holds


def _is_hashable(atom: Comparison) -> bool:
    try:
        hash(atom)
    except TypeError:
        return False
    return True


def _require_sound(name: str, column: Column, size: int) -> None:
    for length in {len(column.values), len(column.sure)} - {size}:
        raise InvalidFrame(name, None, f"{length:,} long", f"{size:,} long", "Align them.")
    if column.kind is Kind.CHOICE:
        wrong = column.sure & ((column.values < 0) | (column.values >= len(column.choices)))
        for row in np.flatnonzero(wrong)[:1].tolist():
            rule = f"the place of one of {len(column.choices)} choices, from 0"
            raise InvalidFrame(name, row, int(column.values[row]), rule, "Name all choices.")


@frozen(eq=False)
class Decided(Generic[T]):
    """What a table decides about each customer.

    Attributes:
        table: The table.
        row: For each customer the place of the row that fired; -1 where none did, or several hold.
        undecided: For each row, the customers where it is undecided and would have come first;
            None where there are none.
        answers: What its predicates answer.
    """

    table: DecisionTable[T]
    row: Array
    undecided: tuple[Mask | None, ...]
    answers: Answers

    @property
    def outcomes(self) -> Column:
        """What follows for each customer; unknown where nothing was decided."""
        places = np.where(self.row < 0, 0, self.row).astype(np.intp)
        fired = self.row >= 0
        known = None if fired.all() else fired
        return Column(Kind.CHOICE, places, known, None, tuple(r.outcome for r in self.table.rows))

    @property
    def notes(self) -> tuple[str, ...]:
        """Which predicates were asked customer by customer, and of how many."""
        return tuple(
            f"{predicate} was asked one by one, of {np.count_nonzero(asked):,} customers"
            for predicate, asked in self.answers.one_by_one()
        )

    @property
    def missing(self) -> dict[str, Mask]:
        """For each fact, the customers where it is unknown and could change the answer."""
        return joined(
            self.answers.missing(row.when, mask)
            for row, mask in zip(self.table.rows, self.undecided, strict=True)
            if mask is not None
        )

    def require(self) -> None:
        """Make sure that every customer has one row.

        Raises:
            UndecidedTable: For the first customer with no row that holds, or with several.
        """
        for place in np.flatnonzero(self.row < 0)[:1]:
            try:
                self.table.decide(self.answers.facts(place))
            except UndecidedTable as error:
                raise evolve(error, table=f"{self.table.name}, row {place:,}") from None


def decide(table: DecisionTable[T], columns: Columns, *, size: int | None = None) -> Decided[T]:
    """Apply a table to many customers at once; the answers are those of ``table.decide``.

    Args:
        table: The table.
        columns: The named facts; absent where unknown.
        size: How many customers there are; as many as a column is long if left out.

    Raises:
        InvalidArgument: If there is no column and no size.
        InvalidFrame: If columns differ in length, or a place is none of a column's choices.
        InvalidTable: If a fact cannot be compared with its limit.

    Examples:
        >>> from custlife.decisions.predicates import all_of, at_least
        >>> from custlife.decisions.tables import Row
        >>> from custlife.sources import ASSUMPTION
        >>> from custlife.bulk.columns import of_values
        >>> big = Row("BIG", at_least("amount", 100), "big", "From 100 on.", ASSUMPTION)
        >>> rest = Row("SMALL", all_of(), "small", "The rest.", ASSUMPTION)
        >>> sizes = DecisionTable("size", (big, rest), HitPolicy.FIRST)
        >>> found = decide(sizes, {"amount": of_values([120, 80, None])})
        >>> found.row.tolist(), found.missing["amount"].tolist()
        ([0, 1, 1], [False, False, True])
    """
    _checks.one_of(DecisionTable).argument("decide", "table", table)
    _checks.one_of(Mapping).argument("decide", "columns", columns)
    for name, column in columns.items():
        _checks.one_of(Column).argument(
            "decide", name if isinstance(name, str) else "columns", column
        )
    _checks.count.or_none.argument("decide", "size", size)
    if size is None:
        size = next((len(column) for column in columns.values()), None)
    if size is None:
        rule = "at least one column, or a size"
        raise InvalidArgument("decide()", "columns", shown(columns), rule, "Give size=.")
    answers = Answers(columns, size)
    first = table.hit is HitPolicy.FIRST
    row = np.full(size, -1, np.int32)
    open_ = np.ones(size, bool)
    several = np.zeros(size, bool)
    undecided: list[Mask | None] = [None] * len(table.rows)
    for place, rule_ in enumerate(table.rows):
        try:
            found = answers(rule_.when, open_)
        except (TypeError, ArithmeticError) as error:
            raise InvalidTable(
                table.name,
                f"row {rule_.id} ({rule_.when}) cannot compare the columns given: {error}. "
                f"Give facts of the same kind as the limits.",
            ) from error
        holds, unsure = open_ & found.holds, open_ & found.undecided
        undecided[place] = unsure if unsure.any() else None
        several |= holds & (row >= 0)
        row[holds] = place
        if first:
            open_ &= ~holds
            if not open_.any():
                break
    row[several] = -1
    return Decided(table, row, tuple(undecided), answers)
