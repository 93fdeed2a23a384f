"""A part of a customer base, replayed alone: what all ways to distribute a replay share.

All events of a customer are in one part, so parts need no merge. The frames of a part have the same
columns and types whatever the part holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from custlife.bulk.replaying import replay
from custlife.bulk.results import Replayed
from custlife.errors import CustlifeError, InvalidArgument, InvalidFrame, listed

FrameName = Literal["states", "transitions", "departures", "rejections"]
FRAMES: tuple[FrameName, ...] = ("states", "transitions", "departures", "rejections")
"""The frames of a bulk replay that parts can give."""
_ROW = "row"
_BATCH = 100_000
_NAMING = ("customer", "at", "event", "amount", "id", "offering", "cause", "to", "tiebreak")
_WHOLE_BASE = {
    "start": "Replay the events from the beginning, or each part with custlife.bulk.replay.",
    "progress": "Leave it out.",
}


def settings(call: str, give: Iterable[str], how: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `custlife.bulk.replay` for a part, checked as far as they are about parts.

    Rows are rejected loudly, as everywhere, unless the rejections are what is asked for.

    Args:
        call: The function that was called.
        give: The frames that are asked for.
        how: The arguments that were given.

    Raises:
        InvalidArgument: If a frame is unknown, or an argument is of no use for parts.
    """
    strange = next((name for name in give if name not in FRAMES), None)
    if strange is not None or not give:
        rule = f"one of {listed(FRAMES)}"
        raise InvalidArgument(call, "give", strange, rule, "Name the frames to be made.")
    for name, remedy in _WHOLE_BASE.items():
        if how.get(name) is not None:
            raise InvalidArgument(call, name, how[name], "left out", remedy)
    if "rejections" in give and how.get("rejected") == "raise":
        rule = "'collect' where rejections are given"
        raise InvalidArgument(call, "rejected", "raise", rule, "Leave it out.")
    rejected = "collect" if "rejections" in give else "raise"
    return {"rejected": rejected, **how}


def columns(how: Mapping[str, Any], available: Sequence[str]) -> list[str]:
    """The columns that a replay reads, in the order of the data.

    Args:
        how: The arguments of `custlife.bulk.replay`.
        available: The names of the columns.

    Raises:
        InvalidFrame: If a column is missing, or there twice.

    Examples:
        >>> columns({"customer": "who", "at": "when", "events": "purchased"}, ["when", "x", "who"])
        ['when', 'who']
    """
    named = {name: how[name] for name in _NAMING if how.get(name) is not None}
    named |= how.get("fields") or {}
    for argument, name in named.items():
        if name not in available:
            rule = f"one of the columns: {listed(available)}"
            remedy = f"Name the column: {argument}=..."
            raise InvalidFrame(str(name), None, "missing", rule, remedy)
    found = [name for name in available if name in named.values()]
    double = next((name for name in found if found.count(name) > 1), None)
    if double is not None:
        raise InvalidFrame(double, None, "there twice", "there once", "Rename one of them.")
    return found


def schemas(
    empty: pa.Table, give: Iterable[FrameName], how: Mapping[str, Any], *, numbered: bool
) -> dict[FrameName, pa.Schema]:
    """What the frames of every part look like: those of a part without events.

    Args:
        empty: A table without rows, of the columns of the parts.
        give: The frames that are asked for.
        how: The arguments of `custlife.bulk.replay`.
        numbered: Whether the rows of the parts have numbers.

    Raises:
        InvalidArgument: If an argument is out of its bounds.
        InvalidFrame: If a column is missing or of the wrong type.
    """
    kind = empty.schema.field(how["at"]).type
    if not pa.types.is_timestamp(kind) or kind.tz is None:  # where no row shows it
        rule, remedy = "a column of times with a time zone", "Convert it to aware times."
        raise InvalidFrame(how["at"], None, str(kind), rule, remedy)
    numbers = pa.array([], pa.int64()) if numbered else None
    found = replay(empty, **how)
    shapes: dict[FrameName, pa.Schema] = {
        name: _frame(found, name, empty, numbers).schema for name in give
    }
    return {
        name: pa.schema([column.with_type(_plain(column.type)) for column in shape])
        for name, shape in shapes.items()
    }


def replayed(
    events: pa.Table,
    schemas: Mapping[FrameName, pa.Schema],
    how: Mapping[str, Any],
    numbers: pa.Array | None = None,
) -> dict[FrameName, Iterator[pa.RecordBatch]]:
    """Replay a part; its frames are made one by one, as they are asked for.

    Args:
        events: The events of some customers, and all of them.
        schemas: The frames that are asked for, and what they look like.
        how: The arguments of `custlife.bulk.replay`.
        numbers: For each row its number in the whole base; None if it has none. Rejections show the
            row's own columns as well.

    Raises:
        CustlifeError: What the replay raises, with the row at fault in a note.
    """
    try:
        found = replay(events, **how)
    except CustlifeError as error:
        raise _located(error, events, how, numbers) from None

    def batches(name: FrameName) -> Iterator[pa.RecordBatch]:
        frame = _frame(found, name, events, numbers)
        for first in range(0, len(frame), _BATCH):  # text takes much room, so a batch at a time
            yield from frame.slice(first, _BATCH).cast(schemas[name]).to_batches()

    return {name: batches(name) for name in schemas}


def _frame(
    found: Replayed, name: FrameName, events: pa.Table, numbers: pa.Array | None
) -> pa.Table:
    """A frame whose rows mean something outside the part."""
    table = getattr(found, name)
    if _ROW in table.column_names:
        rows = table[_ROW].combine_chunks()
        place = table.column_names.index(_ROW)
        table = table.drop_columns([_ROW])
        if name == "rejections":
            table = _shown(table, rows, events, numbers)
            place = 0
        if numbers is not None:
            table = table.add_column(place, _ROW, numbers.take(rows))
    return table


def _shown(
    rejections: pa.Table, rows: pa.Array, events: pa.Table, numbers: pa.Array | None
) -> pa.Table:
    """Rejections with the columns of the rows themselves, and no number of the part in a reason.

    A column that shares its name with one of the rejections gets ``row_`` before it.
    """
    own = events.take(rows)
    reasons = [
        reason and reason.replace(f", row {row:,}:", _place(row, numbers), 1)
        for row, reason in zip(rows.to_pylist(), rejections["reason"].to_pylist(), strict=True)
    ]
    rest = rejections.drop_columns(["reason"]).append_column(
        "reason", pa.array(reasons, pa.string())
    )
    taken = {_ROW, *rest.column_names}
    names = [f"row_{name}" if name in taken else name for name in own.column_names]
    return pa.table([*own.columns, *rest.columns], names=[*names, *rest.column_names])


def _place(row: int, numbers: pa.Array | None) -> str:
    return ":" if numbers is None else f", row {numbers[row].as_py():,}:"


def _located(
    error: CustlifeError, events: pa.Table, how: Mapping[str, Any], numbers: pa.Array | None
) -> CustlifeError:
    """The error with the row at fault by its own cells, and no number of the part."""
    row = None
    if isinstance(error, InvalidFrame):
        row = error.row
        error.row = None if row is None or numbers is None else numbers[row].as_py()
    elif getattr(error, "__notes__", None):  # the note names the row of the part
        left = replay(events, **{**how, "rejected": "collect"}).rejections
        first = left["error"].is_valid().index(value=True).as_py()
        row = left[_ROW][first].as_py()
    if row is not None:
        cells = ", ".join(
            f"{name}={cells[0].as_py()}"
            for name, cells in zip(events.column_names, events.slice(row, 1).columns, strict=True)
        )
        error.__notes__ = [f"The row: {cells}."]
    return error


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type that needs no dictionary and has room for much text."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    text = pa.types.is_string(kind) or pa.types.is_string_view(kind)
    return pa.large_string() if text else kind
