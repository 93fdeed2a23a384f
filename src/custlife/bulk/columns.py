"""One fact of many customers: a numpy array, and which of its values are known.

Numbers are exact: whole ones, whole ones of minor units with their decimals, or floats, which count
as the number that they are printed as. Times are whole microseconds. Knows nothing of frames.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from attrs import evolve, frozen
from numpy.typing import NDArray

from custlife import _checks
from custlife.bulk.ticks import EPOCH, TICK
from custlife.errors import InvalidFrame, listed
from custlife.money import EXACT, as_number

Array = NDArray[Any]
Mask = NDArray[np.bool_]

_NO_TIME = timedelta(0)
_LARGEST = 2**63 - 1
_PRINTED = 7
"""Floats with fewer decimal places than this are found without printing each."""
_SURE = 2.0**50
"""Whole numbers below this are exact as a float, with a digit to spare."""


class Kind(Enum):
    """What the values of a column are."""

    NUMBER = "numbers"
    FLAG = "yes or no"
    CHOICE = "one of several"
    SPAN = "lengths of time"
    MOMENT = "moments"


@frozen(eq=False)
class Column:
    """One value a customer.

    Attributes:
        kind: What the values are.
        values: The values: whole numbers or floats; flags; the places of choices; or microseconds,
            of moments since 1970 in UTC.
        known: Which of them are known; None if all are. What is unknown has any value.
        decimals: Of whole numbers that stand for exact amounts, how many decimals they have; None
            where they are counts.
        choices: What the places stand for.

    Examples:
        >>> prices = Column(Kind.NUMBER, np.array([1177, 0]), np.array([True, False]), decimals=2)
        >>> prices.at(0), prices.at(1)
        (Decimal('11.77'), None)
    """

    kind: Kind
    values: Array
    known: Mask | None = None
    decimals: int | None = None
    choices: tuple[Any, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def sure(self) -> Mask:
        """Which values are known."""
        return np.ones(len(self), bool) if self.known is None else self.known

    @property
    def floats(self) -> bool:
        """Whether the values are floats, which count as the numbers that they are printed as."""
        return self.values.dtype.kind == "f"

    def at(self, row: int) -> Any:  # noqa: ANN401 - as the kind says
        """The value of one customer as Python has it; None where it is unknown."""
        if self.known is not None and not self.known[row]:
            return None
        value = self.values[row].item() if hasattr(self.values[row], "item") else self.values[row]
        if self.kind is Kind.CHOICE:
            return self.choices[value]
        if self.kind in {Kind.SPAN, Kind.MOMENT}:
            span = timedelta(microseconds=value)
            return span if self.kind is Kind.SPAN else EPOCH + span
        if isinstance(value, float):
            return as_number(value)
        return value if self.decimals is None else Decimal(value).scaleb(-self.decimals, EXACT)

    def take(self, rows: Array) -> "Column":
        """The column of some customers: those of a mask, or at these places."""
        known = None if self.known is None else self.known[rows]
        return evolve(self, values=self.values[rows], known=known)

    def only(self, mask: Mask) -> "Column":
        """The column, unknown outside a mask."""
        return evolve(self, known=mask if self.known is None else self.known & mask)

    def turned(self, turn: Callable[[Any], Any]) -> "Column":
        """What a function makes of each choice."""
        turned = [None if choice is None else turn(choice) for choice in self.choices]
        made = of_values(turned or [None])
        found = made.take(np.where(self.sure, self.values, 0).astype(np.intp))
        return found if self.known is None else found.only(self.known)

    def exact(self) -> tuple[Array, int]:
        """The numbers as whole ones, and how many decimals these have."""
        if not self.floats:
            return self.values, self.decimals or 0
        values = np.where(self.sure, self.values, 0.0)
        for places in range(_PRINTED):
            whole = np.rint(values * 10.0**places)
            if (np.abs(whole) < _SURE).all() and (whole / 10.0**places == values).all():
                return whole.astype(np.int64), places
        return _scaled([as_number(value) for value in values.tolist()])

    def coded(self) -> "Coded":
        """Each distinct value once, and where it stands."""
        if self.kind is Kind.CHOICE:
            return Coded(self.values, self.choices)
        if self.kind is Kind.FLAG:
            return Coded(self.values.astype(np.intp), (False, True))
        _, first, codes = np.unique(self.values, return_index=True, return_inverse=True)
        everything = evolve(self, known=None)
        return Coded(codes, tuple(everything.at(row) for row in first))


class Coded(NamedTuple):
    """Distinct values, and for each customer the place of theirs."""

    codes: Array
    values: tuple[Any, ...]


def distinct(keys: Array) -> tuple[Array, Array]:
    """For each whole number the place of its value, and the values in the order of appearance.

    Examples:
        >>> places, values = distinct(np.array([7, 5, 7]))
        >>> places.tolist(), values.tolist()
        ([0, 1, 0], [7, 5])
    """
    found = pa.array(keys).dictionary_encode()
    return np.asarray(found.indices), np.asarray(found.dictionary)


def unknown(size: int) -> Column:
    """A column of which nothing is known."""
    return Column(Kind.CHOICE, np.zeros(size, np.intp), np.zeros(size, bool))


def constant(value: object, size: int) -> Column:
    """A column of one value; None is unknown."""
    return of_values([value]).take(np.zeros(size, np.intp))


def of_values(values: Sequence[Any]) -> Column:
    """A column of Python's values; None is unknown.

    Examples:
        >>> of_values([Decimal("0.25"), 1, None]).at(1)
        Decimal('1.00')
    """
    _checks.one_of(Sequence).argument("of_values", "values", values)
    known = np.fromiter((value is not None for value in values), bool, len(values))
    there = [value for value in values if value is not None]
    mask = None if known.all() else known
    if there and all(isinstance(value, bool) for value in there):
        return Column(Kind.FLAG, np.fromiter(map(bool, values), bool, len(values)), mask)
    if there and all(type(value) is int for value in there):
        whole, _ = _scaled([Decimal(value or 0) for value in values])
        return Column(Kind.NUMBER, whole, mask)
    if there and all(type(value) in {int, Decimal} and _is_finite(value) for value in there):
        whole, decimals = _scaled([Decimal(value or 0) for value in values])
        return Column(Kind.NUMBER, whole, mask, decimals)
    if there and all(type(value) is timedelta for value in there):
        return Column(Kind.SPAN, _whole((value or _NO_TIME) // TICK for value in values), mask)
    if there and all(type(value) is datetime and value.tzinfo is not None for value in there):
        since = ((value or EPOCH) - EPOCH for value in values)
        return Column(Kind.MOMENT, _whole(span // TICK for span in since), mask)
    places: dict[tuple[type, object], int] = {}
    codes = [
        0 if value is None else places.setdefault((type(value), value), len(places))
        for value in values
    ]
    return Column(Kind.CHOICE, np.array(codes, np.intp), mask, None, tuple(v for _, v in places))


def _is_finite(value: Decimal | int) -> bool:
    return isinstance(value, int) or value.is_finite()


def _whole(values: Iterable[int]) -> Array:
    """Whole numbers in 64 bits where they fit, else as Python has them."""
    found = [*values]
    fits = all(-_LARGEST <= value <= _LARGEST for value in found)
    return np.array(found, np.int64 if fits else object)


def _scaled(numbers: Sequence[Decimal]) -> tuple[Array, int]:
    """Numbers as whole ones of one number of decimals."""
    places = max((-int(number.as_tuple().exponent) for number in numbers), default=0)
    decimals = max(places, 0)
    return _whole(int(number.scaleb(decimals, EXACT)) for number in numbers), decimals


def grown(values: Array, factor: int) -> Array:
    """Whole numbers times a factor; beyond 64 bits as Python has them."""
    return values if factor == 1 else _safe(np.multiply, values, np.array([factor], object))


def _safe(operation: Callable[[Array, Array], Array], one: Array, other: Array) -> Array:
    """An operation on whole numbers that does not overflow."""
    ends = [[int(side.min()), int(side.max())] for side in (one, other) if len(side)]
    if len(ends) == 2:  # noqa: PLR2004 - both are there
        corners = operation(np.array(ends[0], object)[:, None], np.array(ends[1], object)[None, :])
        if all(-_LARGEST <= corner <= _LARGEST for corner in corners.ravel()):
            return operation(one.astype(np.int64), other.astype(np.int64))
    return operation(one.astype(object), other.astype(object))


def aligned(one: Column, other: Column) -> tuple[Array, Array, int]:
    """Two columns of numbers as whole ones of the same decimals."""
    (ours, few), (theirs, many) = one.exact(), other.exact()
    most = max(few, many)
    return grown(ours, 10 ** (most - few)), grown(theirs, 10 ** (most - many)), most


_SIGNS: Mapping[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
}


def calculated(one: Column, sign: str, other: Column) -> Column:
    """The exact sum, difference or product of two columns of numbers.

    Examples:
        >>> cents = Column(Kind.NUMBER, np.array([150]), decimals=2)
        >>> calculated(cents, "*", Column(Kind.NUMBER, np.array([0.5]))).at(0)
        Decimal('0.750')
    """
    known = None if one.known is None and other.known is None else one.sure & other.sure
    if one.kind is not Kind.NUMBER or other.kind is not Kind.NUMBER:  # nothing is known of it
        return unknown(len(one))
    if sign == "*":
        (ours, few), (theirs, many) = one.exact(), other.exact()
        decimals = few + many
    else:
        ours, theirs, decimals = aligned(one, other)
    counts = one.decimals is None and other.decimals is None and not decimals
    values = _safe(_SIGNS[sign], ours, theirs)
    return Column(Kind.NUMBER, values, known, None if counts else decimals)


def where(mask: Mask, one: Column, other: Column) -> Column:
    """The one column inside a mask, and the other outside."""
    known = None
    if one.known is not None or other.known is not None:
        known = np.where(mask, one.sure, other.sure)
    for column, rest in ((one, other), (other, one)):
        if not rest.sure.any():  # so its values are of any kind
            return evolve(column, known=known)
    if one.kind is not other.kind:
        return of_values([(one if mask[row] else other).at(row) for row in range(len(one))])
    if one.kind is Kind.CHOICE:
        places = {(type(value), value): place for place, value in enumerate(one.choices)}
        moved = [places.setdefault((type(value), value), len(places)) for value in other.choices]
        codes = np.where(mask, one.values, np.array(moved, np.intp)[other.values])
        return evolve(one, values=codes, known=known, choices=tuple(value for _, value in places))
    if one.kind is Kind.NUMBER and (one.decimals, one.floats) != (other.decimals, other.floats):
        ours, theirs, decimals = aligned(one, other)
        return evolve(one, values=np.where(mask, ours, theirs), known=known, decimals=decimals)
    return evolve(one, values=np.where(mask, one.values, other.values), known=known)


def of_arrow(
    name: str,
    array: pa.Array,
    *,
    decimals: int | None = None,
    choices: Mapping[str, object] | None = None,
) -> Column:
    """A column of arrow as a column of facts; null is unknown.

    Args:
        name: The column's name, for messages.
        array: The values.
        decimals: Whole numbers are amounts in minor units with so many decimals; None where they
            are counts. Floats are then taken only where they are whole.
        choices: What each text stands for; itself if left out.

    Raises:
        InvalidFrame: If the values are of no kind that a fact can have, or a text is no choice.

    Examples:
        >>> of_arrow("spent", pa.array([1177, None]), decimals=2).at(0)
        Decimal('11.77')
    """
    _checks.one_of(pa.Array).argument("of_arrow", "array", array)
    if pa.types.is_dictionary(array.type) and not _is_plain_dictionary(array):
        array = array.dictionary_decode()
    known = None if not array.null_count else np.asarray(array.is_valid())
    if known is not None and not known.any():
        return unknown(len(array))
    raw = _Raw(name, array, known, decimals, choices)
    make = next((make for fits, make in _MAKERS if fits(array.type)), None)
    if make is None:
        remedy = "Convert it; a moment needs a time zone."
        raise InvalidFrame(name, None, str(array.type), "numbers, flags, texts or times", remedy)
    return make(raw)


@frozen(eq=False)
class _Raw:
    """A column of arrow, of which something is known, and how it is to be read."""

    name: str
    array: pa.Array
    known: Mask | None
    decimals: int | None
    choices: Mapping[str, object] | None

    def wrong(self, row: int, rule: str, remedy: str) -> InvalidFrame:
        """The error for a cell."""
        return InvalidFrame(self.name, int(row), self.array[int(row)].as_py(), rule, remedy)


def _is_plain_dictionary(array: pa.Array) -> bool:
    return not array.dictionary.null_count and _is_text(array.type.value_type)


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def _of_flags(raw: _Raw) -> Column:
    filled = raw.array.fill_null(False)  # noqa: FBT003 - arrow takes it by place
    return Column(Kind.FLAG, np.asarray(filled), raw.known)


def _of_whole(raw: _Raw) -> Column:
    try:
        whole = np.asarray(raw.array.fill_null(0).cast(pa.int64()))
    except pa.ArrowInvalid:
        wide = (row for row, value in enumerate(raw.array.to_pylist()) if (value or 0) > _LARGEST)
        rule = "a whole number of 64 bits with a sign"
        raise raw.wrong(next(wide), rule, "Give it as a decimal.") from None
    return Column(Kind.NUMBER, whole, raw.known, raw.decimals)


def _of_floats(raw: _Raw) -> Column:
    values = np.asarray(raw.array.fill_null(0.0)).astype(np.float64)
    for row in np.flatnonzero(~np.isfinite(values))[:1]:
        raise raw.wrong(row, "a finite number", "Make what is unknown a null.")
    if raw.decimals is None:
        return Column(Kind.NUMBER, values, raw.known)
    for row in np.flatnonzero((values != np.rint(values)) | (np.abs(values) >= _SURE))[:1]:
        rule = "a whole number" + f" of minor units, with {raw.decimals} decimals" * (
            raw.decimals > 0
        )
        raise raw.wrong(row, rule, "Give whole numbers or decimals: a float is not exact.")
    return Column(Kind.NUMBER, values.astype(np.int64), raw.known, raw.decimals)


def _of_decimals(raw: _Raw) -> Column:
    array, known, scale = raw.array, raw.known, raw.array.type.scale
    if scale < 0 or not pa.types.is_decimal128(array.type):
        return of_values(array.to_pylist())
    words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)
    words = words[array.offset : array.offset + len(array)]
    low, high = words[:, 0], words[:, 1]
    if known is not None:
        low, high = np.where(known, low, 0), np.where(known, high, 0)
    if (high == np.where(low < 0, -1, 0)).all():
        return Column(Kind.NUMBER, low, known, scale)
    whole = [
        (top << 64) + rest % 2**64 for rest, top in zip(low.tolist(), high.tolist(), strict=True)
    ]
    return Column(Kind.NUMBER, np.array(whole, object), known, scale)


def _of_times(raw: _Raw) -> Column:
    moment = pa.types.is_timestamp(raw.array.type)
    exact = pa.timestamp("us", "UTC") if moment else pa.duration("us")
    try:
        values = np.asarray(raw.array.cast(exact).cast(pa.int64()).fill_null(0))
    except pa.ArrowInvalid as error:
        rule, remedy = "times that whole microseconds hold, in 64 bits", f"Round them: {error}."
        raise InvalidFrame(raw.name, None, str(raw.array.type), rule, remedy) from None
    return Column(Kind.MOMENT if moment else Kind.SPAN, values, raw.known)


def _of_texts(raw: _Raw) -> Column:
    array, known, choices = raw.array, raw.known, raw.choices
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    codes = np.asarray(coded.indices.fill_null(0)).astype(np.intp)
    texts = coded.dictionary.to_pylist()
    if choices is None:
        return Column(Kind.CHOICE, codes, known, None, tuple(texts))
    strange = np.array([text not in choices for text in texts])[codes]
    for row in np.flatnonzero(strange if known is None else strange & known)[:1]:
        remedy = "Spell it as one of these; make what is unknown a null."
        raise raw.wrong(row, f"one of {listed([*choices])}", remedy)
    return Column(Kind.CHOICE, codes, known, None, tuple(choices.get(text) for text in texts))


_MAKERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[_Raw], Column]], ...] = (
    (pa.types.is_boolean, _of_flags),
    (pa.types.is_integer, _of_whole),
    (pa.types.is_floating, _of_floats),
    (pa.types.is_decimal, _of_decimals),
    (pa.types.is_duration, _of_times),
    (lambda kind: pa.types.is_timestamp(kind) and kind.tz is not None, _of_times),
    (lambda kind: _is_text(kind) or pa.types.is_dictionary(kind), _of_texts),
)
"""How a column of arrow is read, by its type."""
