"""The states of a base, read from the frame that a replay gives: one row a customer.

A moment is microseconds of UTC since 1970, or `NEVER`; a span is microseconds.
"""

from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custlife.bulk import frames
from custlife.bulk.frames import Frame
from custlife.bulk.ticks import EPOCH, NEVER, TICK, micros
from custlife.errors import InvalidArgument, InvalidFrame, listed, shown
from custlife.lifecycle.table import Table
from custlife.state import Room

Micros: TypeAlias = NDArray[np.int64]
"""Moments or spans, in microseconds."""
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.floating[Any]]

AS_REPLAYED = "Give the states as a replay over columns gives them, result.states."
"""What to do where a frame of states is none."""


def column(frame: Frame, name: str) -> pa.Array:
    """A column of the states as arrow.

    Raises:
        InvalidFrame: If there is no such column.
    """
    if name not in frame.columns:
        rule = f"there; the columns are {listed(frame.columns)}"
        raise InvalidFrame(name, None, "missing", rule, AS_REPLAYED)
    found = frames.column(frame, name, "states")
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def moments(frame: Frame, name: str) -> Micros:
    """A column of moments.

    Raises:
        InvalidFrame: If it is missing, or holds anything but moments, exact to the microsecond.
    """
    values = column(frame, name)
    rule = "aware datetimes, exact to the microsecond"
    aware = pa.types.is_timestamp(values.type) and values.type.tz is not None
    if not aware and not pa.types.is_null(values.type):
        raise InvalidFrame(name, None, str(values.type), rule, AS_REPLAYED)
    return _cast(name, values, frames.MOMENT, rule)


def whole(frame: Frame, name: str) -> Micros:
    """A column of whole numbers.

    Raises:
        InvalidFrame: If it is missing, or a value is missing or no whole number.
    """
    values = column(frame, name)
    rule = "a whole number"
    if values.null_count:
        row = values.is_null().index(True).as_py()
        raise InvalidFrame(name, row, None, rule, AS_REPLAYED)
    return _cast(name, values, pa.int64(), rule)


def _cast(name: str, values: pa.Array, kind: pa.DataType, rule: str) -> Micros:
    try:
        found = values.cast(kind).cast(pa.int64()).fill_null(NEVER)
    except pa.ArrowException as error:
        raise InvalidFrame(name, None, str(error), rule, AS_REPLAYED) from error
    return np.array(found.to_numpy(zero_copy_only=False))


def pauses(frame: Frame, *, required: bool = False) -> tuple[Micros, Micros, Micros]:
    """How long each has paused since the last purchase, how long before, and since when now.

    Where the columns are left out and not required, nobody pauses.
    """
    if not required and "paused_at" not in frame.columns:
        return (
            np.zeros(len(frame), np.int64),
            np.zeros(len(frame), np.int64),
            np.full(len(frame), NEVER),
        )
    return whole(frame, "paused"), whole(frame, "paused_before"), moments(frame, "paused_at")


def places(frame: Frame, table: Table) -> Micros:
    """The integer of each customer's state.

    Raises:
        InvalidFrame: If the lifecycle has no such state.
    """
    if "memo" in frame.columns and "lifecycle" in frame.columns:
        rule = "the states; these are the columns of a checkpoint"
        remedy = "Go on from it without events: replay(events.head(0), start=checkpoint).states."
        raise InvalidFrame("state", None, "a number", rule, remedy)
    number = {str(state): place for place, state in enumerate(table.states)}
    values = column(frame, "state").cast(pa.string()).dictionary_encode()
    known = [number.get(name, -1) for name in values.dictionary.to_pylist()]
    codes = values.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    found: Micros = np.array([*known, -1])[codes]
    if (found < 0).any():
        row = int(np.argmax(found < 0))
        rule = f"a state of the lifecycle {table.lifecycle.name!r}"
        remedy = "Give the lifecycle by which the states were replayed: lifecycle=..."
        raise InvalidFrame("state", row, values[row].as_py(), rule, remedy)
    return found


def customers(frame: Frame) -> Flags:
    """Whether each is in the room ``customer``.

    Raises:
        InvalidFrame: If the column of the room is missing.
    """
    rooms = column(frame, "room").cast(pa.string()).to_numpy(zero_copy_only=False)
    found: Flags = rooms == Room.CUSTOMER.value
    return found


def require_begun(call: str, name: str, now: datetime, frame: Frame, last: Micros) -> None:
    """Make sure that no event on record is later than a moment.

    Args:
        call: What was called, for the error.
        name: The argument that names the moment.
        now: The moment.
        frame: The states.
        last: When each customer's last event was.

    Raises:
        InvalidArgument: If one is.
    """
    late = last > micros(now)
    if late.any():
        row = int(np.argmax(late))
        customer = str(column(frame, "customer")[row].as_py())
        at = EPOCH + int(last[row]) * TICK
        rule = f"no earlier than the last event of {shown(customer)} on record, {at}"
        remedy = "Give a later moment, or a replay of the events until then."
        raise InvalidArgument(f"{call}()", name, now, rule, remedy)
