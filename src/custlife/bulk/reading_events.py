"""A data frame of events, read and checked: everything that is wrong is found before the fold."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
from attrs import NOTHING, fields, fields_dict, frozen
from numpy.typing import NDArray

from custlife import _checks
from custlife.bulk.frames import (
    MOMENT,
    Frame,
    column,
    compute,
    nulls,
    opened,
    plain,
    strings,
    untyped,
)
from custlife.bulk.log import CHOICES, FIELDS, FLAGS, MONEY, MOST, PAID, TEXTS, Faults, Log
from custlife.bulk.order import Each, filled, parts_of
from custlife.bulk.reading_money import Sums, amounts, in_minor_units
from custlife.bulk.ticks import FIRST, LAST
from custlife.errors import InvalidArgument, InvalidFrame, listed
from custlife.events import ALL_EVENTS, AN_EVENT_CLASS, Event, snake
from custlife.lifecycle.table import Table

if TYPE_CHECKING:
    import narwhals as nw

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_NO_KIND, _MOST_KINDS = 255, 80
_PER_UNIT = {"s": 1_000_000, "ms": 1_000, "us": 1}
_TO_AWARE = (
    "Convert it to aware times, such as .dt.tz_localize('UTC') in pandas or "
    ".dt.replace_time_zone('UTC') in polars."
)
_FROM_TEXT = (
    "Convert it to aware times, such as pandas.to_datetime(..., utc=True) or "
    ".str.to_datetime(time_zone='UTC') in polars."
)
_TO_TIMES = (
    "Convert it to aware times, and say what the numbers are, such as "
    "pandas.to_datetime(..., unit='s', utc=True) or, for dates, format='%Y%m%d'."
)
_FEW, _LIKE = 4, 0.4
"""Of more names than a few, those are shown that are so much like another, from 0 to 1."""


def read(  # noqa: PLR0913 - what replay is given
    frame: Frame,
    table: Table,
    *,
    customer: str,
    at: str,
    event: str | None,
    events: str | type[Event] | None,
    mapping: Mapping[Any, str | type[Event]] | None,
    decimals: int | None,
    tiebreak: str | None,
    columns: Mapping[str, str],
    collect: bool,
    each: Each = map,
) -> "tuple[nw.DataFrame[Any], Log, Faults]":
    """Read a frame of events: the frame, its log, and what is wrong with rows.

    Args:
        frame: The frame.
        table: The lifecycle's table.
        customer: The column of customers.
        at: The column of times.
        event: The column of the events' names.
        events: The one kind of all events, instead.
        mapping: What the values of the column stand for.
        decimals: How many decimals amounts in whole numbers have.
        tiebreak: The column that orders events of one customer and time.
        columns: Other columns by the fields that they give.
        collect: Whether to keep what is wrong with a row, or to raise it.
        each: What runs a function on each part: ``map``, or that of a pool.
    """
    native = opened("replay()", frame)
    faults = Faults(collect=collect)
    reader = _Reader(native, faults, each)
    kinds, kind = reader.kinds(table, event, events, mapping)
    ids, number = reader.customers(customer)
    times = reader.times(at)
    given: dict[str, pa.Array] = {}
    for field, name in columns.items():
        own = set().union(*(fields_dict(one) for one in kinds)) - fields_dict(Event).keys()
        if field not in FIELDS and field not in own:
            rule = f"a field of an event: {listed(FIELDS)}"
            raise InvalidArgument("replay()", "fields", field, rule, "Name the field.")
        which = _of_kinds(kind, (field in fields_dict(one) for one in kinds), each)
        given[field] = reader.field(field, name, which)
    places, money = in_minor_units(
        faults, {field: given[field] for field in MONEY if field in given}, decimals
    )
    given |= money
    paid = _of_kinds(kind, (one.activity in PAID for one in kinds), each)
    amount = amounts(faults, given.pop("amount", None), columns.get("amount", ""), paid)
    for place, one in enumerate(kinds):
        for field in _required(one):
            reader.required(one, field, columns.get(field), kind == place)
    ties = None if tiebreak is None else reader.ties(tiebreak)
    told = places is not None
    log = Log(kinds, ids, number, times, kind, places or 0, told, amount, given, ties, None)
    return native, log.without(faults.errors), faults


@frozen(eq=False)
class _Reader:
    """Reads the columns of a frame, and notes what is wrong with rows."""

    frame: "nw.DataFrame[Any]"
    faults: Faults
    each: Each

    def kinds(
        self,
        table: Table,
        event: str | None,
        events: str | type[Event] | None,
        mapping: Mapping[Any, str | type[Event]] | None,
    ) -> tuple[tuple[type[Event], ...], NDArray[np.uint8]]:
        """The classes of events, and the kind of each row."""
        if (event is None) == (events is None):
            rule = "given, or events= for one kind of all rows; one of them"
            remedy = 'Name the column, event="...", or the kind, events="purchased".'
            raise InvalidArgument("replay()", "event", event, rule, remedy)
        classes = _classes(table, {} if mapping is None else mapping)
        if event is None:
            return (_class(events, classes, table),), np.zeros(len(self.frame), np.uint8)
        array = _coded(self._column(event, "event"), event)
        values = array.dictionary.to_pylist()
        kinds = [*dict.fromkeys(classes[value] for value in values if value in classes)]
        if len(kinds) > _MOST_KINDS:
            rule = f"at most {_MOST_KINDS} kinds of events"
            remedy = "Map those that the lifecycle treats alike to one kind: mapping=..."
            raise InvalidFrame(event, None, f"{len(kinds):,} kinds", rule, remedy)
        known = [kinds.index(classes[v]) if v in classes else _NO_KIND for v in values]
        numbers, codes = np.array([*known, _NO_KIND], np.uint8), plain(array.indices, len(values))
        kind = filled(len(codes), np.uint8, self.each, lambda part: numbers.take(codes[part]))

        ours = [one for one, of in classes.items() if table.handled_as(of) in table.events]

        @cache
        def rule_of(value: object) -> str:
            names = ours if isinstance(value, str) or not mapping else mapping
            return f"an event or what mapping= names, such as {_near(value, names)}"

        @cache
        def remedy_of(value: object) -> str:
            near = _nearest(value, ours)
            meant = repr(classes[near[0]].name) if near else "..."
            return f"Say what it stands for: mapping={{{value!r}: {meant}}}."

        self._nulls(array, event, "what happened", "Leave out rows without an event.")
        self.faults.wrong(kind == _NO_KIND, event, array, rule_of, remedy_of)
        return tuple(kinds), kind

    def customers(self, name: str) -> tuple[pa.Array, NDArray[np.int32]]:
        """The ids of the customers, and for each row the number of its customer."""
        array = self._column(name, "customer")
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        rule, remedy = "the id of a customer, not blank", "Leave out rows without a customer."
        self._nulls(array, name, rule, remedy)
        if pa.types.is_integer(array.type):
            found = _numbered(array, self.each)
            return _first_come(array.fill_null(0)) if found is None else found
        array = strings(array, name, "a column of strings or of whole numbers")
        ids, number = _first_come(array)
        blank = plain(compute.equal(compute.utf8_trim_whitespace(ids), ""), fill=False)
        if blank.any():
            self.faults.wrong(blank[number] & ~nulls(array), name, array, rule, remedy)
        return ids, number

    def times(self, name: str) -> Numbers:
        """Times in microseconds of UTC."""
        rule, remedy = "a column of times with a time zone", _TO_AWARE
        array = self._own_times(name, remedy)
        if array is None:
            array = self._column(name, "at")
        if not len(array):
            return np.empty(0, np.int64)
        if pa.types.is_null(array.type):
            array = array.cast(MOMENT)
        if not pa.types.is_timestamp(array.type):
            remedy = _TO_TIMES if pa.types.is_integer(array.type) else _FROM_TEXT
            raise InvalidFrame(name, None, str(array.type), rule, remedy)
        if array.type.tz is None:
            raise InvalidFrame(name, 0, array[0].as_py(), f"{rule}; these are naive", remedy)
        self._nulls(array, name, "the time of the event", "Leave out rows without a time.")
        ticks = plain(array.view(pa.int64()))
        if array.type.unit == "ns":
            return cast("Numbers", np.floor_divide(ticks, 1_000))
        factor = _PER_UNIT[array.type.unit]
        if int(ticks.min()) < FIRST // factor or int(ticks.max()) > LAST // factor:
            outside = (ticks < FIRST // factor) | (ticks > LAST // factor)
            rule = "a time from the year 1 to the year 9999"
            counts = pa.array(ticks)
            self.faults.wrong(outside, name, counts, rule, "Correct the time.")
            ticks = np.where(outside, 0, ticks)
        return cast("Numbers", ticks * factor if factor > 1 else ticks)

    def _own_times(self, name: str, remedy: str) -> pa.Array | None:
        """Times that are Python's own, of which arrow would take naive ones for UTC; else None."""
        if name not in [*self.frame.columns] or str(self.frame[name].dtype) != "Object":
            return None
        found: list[datetime | None] = []
        missing = self.frame[name].is_null().to_list()
        for row, (value, gone) in enumerate(zip(self.frame[name], missing, strict=True)):
            aware = not gone and isinstance(value, datetime) and value.utcoffset() is not None
            if not aware and not gone:
                rule = "a time with a time zone"
                self.faults.add(row, InvalidFrame(name, row, value, rule, remedy))
            found.append(value if aware else None)
        return pa.array(found, MOMENT)

    def field(self, field: str, name: str, which: Flags) -> Any:  # noqa: ANN401 - a column or sums
        """A column that gives a field of events, checked in the rows where it counts."""
        array = self._column(name, field)
        if field in MONEY:
            return Sums(name, array, which)
        if field in TEXTS:
            return self._texts(array, name, which)
        if field in FLAGS and not (pa.types.is_boolean(array.type) or pa.types.is_null(array.type)):
            rule, remedy = "a column of True and False", "Convert it."
            raise InvalidFrame(name, None, str(array.type), rule, remedy)
        if field in CHOICES:
            return self._choice(array, name, CHOICES[field], which)
        return array

    def _texts(self, array: pa.Array, name: str, which: Flags) -> pa.Array:
        if pa.types.is_integer(array.type):
            return array.cast(pa.string())
        found = strings(array, name, "a column of strings")
        blank = plain(compute.equal(compute.utf8_trim_whitespace(found), ""), fill=False)
        rule, remedy = "a string that is not blank, or null", "Leave blank cells null."
        self.faults.wrong(blank & which, name, found, rule, remedy)
        return found

    def _choice(self, array: pa.Array, name: str, of: type[Enum], which: Flags) -> pa.Array:
        """A column of members of an enum, as their places in it."""
        coded = _coded(array, name)
        places = {key: n for n, one in enumerate(of) for key in (one.value, one.name)}
        codes = [places.get(value, -1) for value in coded.dictionary.to_pylist()]
        found = np.array([*codes, -1], np.int16)[plain(coded.indices, len(codes))]

        @cache
        def rule(value: object) -> str:
            return f"one of {_near(value, [one.value for one in of])}"

        missing = nulls(coded)
        remedy = f"Use the values of {of.__name__}, or null."
        self.faults.wrong((found < 0) & ~missing & which, name, array, rule, remedy)
        return pa.array(found, mask=missing | (found < 0))

    def required(self, kind: type[Event], field: str, name: str | None, which: Flags) -> None:
        """Make sure that the events of a kind have a field that they need."""
        if name is None:
            if not which.any():  # a category that no row is of
                return
            rule = f"the column of what each {kind.name} needs"
            remedy = f'Name it: fields={{"{field}": "..."}}.'
            raise InvalidArgument("replay()", field, None, rule, remedy)
        array, rule = self._column(name, field), f"given, since {kind.name} needs it"
        self.faults.wrong(which & nulls(array), name, array, rule, f"Give the {field}.")

    def ties(self, name: str) -> Numbers:
        """What orders the events of one customer and time."""
        array = self._column(name, "tiebreak")
        if array.null_count or not pa.types.is_integer(array.type):
            rule, remedy = "a column of whole numbers without nulls", "Number the events."
            row = array.is_null().index(True).as_py() if array.null_count else None
            raise InvalidFrame(
                name, row, None if array.null_count else str(array.type), rule, remedy
            )
        return cast("Numbers", plain(array))

    def _column(self, name: str, argument: str) -> pa.Array:
        return untyped(column(self.frame, name, argument))

    def _nulls(self, array: pa.Array, name: str, rule: str, remedy: str) -> None:
        if array.null_count:
            self.faults.wrong(nulls(array), name, array, rule, remedy)


def _near(value: object, names: Iterable[object]) -> str:
    """The names that are nearest to a value, or all of them where they are few or none is near."""
    every = [*names]
    near = _nearest(value, every) if len(every) > _FEW else []
    return listed([*map(str, near or every)])


def _nearest(value: object, names: Iterable[object]) -> list[Any]:
    """The names that are nearest to a value, however these are written; none if none is near."""
    plain = {snake(str(name).replace("-", "_")): name for name in names}
    written = str(value).replace("-", "_").replace(" ", "_")
    words = written.lower() if written.isupper() else snake(written)
    return [plain[one] for one in get_close_matches(words, plain, 3, _LIKE)]


def _classes(table: Table, mapping: Mapping[Any, str | type[Event]]) -> dict[object, type[Event]]:
    """The classes of events by what stands for them in the frame."""
    _checks.one_of(Mapping).argument("replay", "mapping", mapping)
    ours: dict[object, type[Event]] = {kind.name: kind for kind in ALL_EVENTS}
    named = {value: _class(meant, ours, table, value) for value, meant in mapping.items()}
    return ours | named


def _class(
    meant: object, classes: Mapping[object, type[Event]], table: Table, key: object = None
) -> type[Event]:
    """The class of events that a name or a class stands for; in the mapping, of a value."""
    argument = "events" if key is None else f"mapping[{key!r}]"
    if not isinstance(meant, str):
        AN_EVENT_CLASS.argument("replay", argument, meant)
        return cast("type[Event]", meant)
    found = classes.get(meant)
    if found is None:
        rule = f"the name of an event, such as {_near(meant, classes)}"
        remedy = "Name an event."
        if meant in table.events:
            rule = "a class of events, since the library has no event of this name"
            remedy = "Give its class, so that its fields and what it counts as are known."
        raise InvalidArgument("replay()", argument, meant, rule, remedy)
    return found


def _of_kinds(kind: NDArray[np.uint8], which: Iterable[bool], each: Each) -> Flags:
    """The events of some kinds."""
    flags = np.zeros(_NO_KIND + 1, np.bool_)
    flags[np.flatnonzero([*which])] = True
    return filled(len(kind), np.bool_, each, lambda part: flags.take(kind[part]))


def _required(kind: type[Event]) -> list[str]:
    """The fields that the events of a class need, but for times and amounts."""
    return [
        one.name
        for one in fields(kind)
        if one.default is NOTHING and one.init and one.name not in ("at", "amount")
    ]


def _coded(array: pa.Array, name: str) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        null = array.dictionary.null_count
        return array.dictionary_decode().dictionary_encode() if null else array
    known = array.cast(pa.large_string()) if pa.types.is_string_view(array.type) else array
    try:
        return known.dictionary_encode()
    except pa.ArrowNotImplementedError:
        rule, remedy = "a column of names or codes", "Convert it to strings."
        raise InvalidFrame(name, None, str(array.type), rule, remedy) from None


def _first_come(array: pa.Array) -> tuple[pa.Array, NDArray[np.int32]]:
    """The distinct ids in the order of their coming, and the number of each row's."""
    coded = array.dictionary_encode()
    return coded.dictionary, plain(coded.indices).astype(np.int32, copy=False)


def _numbered(array: pa.Array, each: Each) -> tuple[pa.Array, NDArray[np.int32]] | None:
    """The ids and their numbers where ids are whole numbers of a narrow range; else None."""
    if not len(array) or array.null_count:
        return None
    values = plain(array)
    low, high = int(values.min()), int(values.max())
    if high - low >= 2 * len(values) + 1024 or high > MOST:
        return None
    values = values.astype(np.int64, copy=False)
    if low:
        values = values - low
    there = np.zeros(high - low + 1, np.bool_)

    def see(part: slice) -> None:
        there[values[part]] = True

    for _ in each(see, parts_of(len(values))):
        pass
    place = np.cumsum(there, dtype=np.int32) - np.int32(1)
    if there.all():
        number = values.astype(np.int32)
    else:
        number = filled(len(values), np.int32, each, lambda part: place.take(values[part]))
    return pa.array(np.flatnonzero(there) + low).cast(array.type), number
