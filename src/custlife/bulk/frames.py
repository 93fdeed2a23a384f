"""Data frames in and out: what narwhals knows comes in as arrow, and goes back as it came."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from custlife.bulk.ticks import NEVER
from custlife.errors import InvalidArgument, InvalidFrame, listed

Frame = Any
"""An eager frame of pandas, polars, pyarrow or another library that narwhals knows."""

compute: Any = pyarrow.compute
"""Arrow's functions, which it makes at run time, so that no type checker knows them."""
MOMENT = pa.timestamp("us", tz="UTC")


def opened(call: str, frame: Frame, argument: str = "frame") -> "nw.DataFrame[Any]":
    """A frame of any library, ready to be read.

    Args:
        call: The call, for the message.
        frame: The frame.
        argument: The argument that it is, for the message.

    Raises:
        InvalidArgument: If it is no eager frame.
        InvalidFrame: If two columns share a name.
    """
    try:
        found: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
        _ = found.columns  # narwhals looks for double names here, or before
    except nw.exceptions.DuplicateError:
        names = [*getattr(frame, "column_names", frame.columns)]
        double = str(next(name for name in names if names.count(name) > 1))
        raise InvalidFrame(double, None, "there twice", "there once", "Rename one.") from None
    except TypeError:
        lazy = type(frame).__name__ == "LazyFrame"
        rule = "an eager data frame of pandas, polars or pyarrow"
        remedy = "Call .collect() first." if lazy else "Give a data frame."
        raise InvalidArgument(call, argument, frame, rule, remedy) from None
    return found


def column(
    frame: "nw.DataFrame[Any]",
    name: str,
    argument: str,
    call: str = "replay()",
    remedy: str | None = None,
) -> pa.Array:
    """A column as arrow.

    Args:
        frame: The frame.
        name: The name of the column.
        argument: The argument that named it, for the message.
        call: The call, for the message.
        remedy: What to do where it is missing, for the message; to name another if left out.

    Raises:
        InvalidFrame: If there is no such column.
    """
    if not isinstance(name, str):
        rule = "the name of a column"
        raise InvalidArgument(call, argument, name, rule, "Give the name as a string.")
    if name not in frame.columns:
        rule = f"one of the columns: {listed([*map(str, frame.columns)])}"
        remedy = remedy or f"Name the column: {argument}=..."
        raise InvalidFrame(name, None, "missing", rule, remedy)
    native = frame[name].to_native()
    try:
        found = native if isinstance(native, pa.ChunkedArray) else frame[name].to_arrow()
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        rule = "a column of one type"
        remedy = f"Convert it first: {error}."
        raise InvalidFrame(name, None, str(frame[name].dtype), rule, remedy) from error
    if pa.types.is_run_end_encoded(found.type):
        found = compute.run_end_decode(found)
    if isinstance(found, pa.ChunkedArray):  # a single chunk is not copied
        return found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
    return found


def untyped(array: pa.Array) -> pa.Array:
    """A column without its type if it holds nulls only: many readers give these any type.

    But they give no number of decimals, so that is kept.
    """
    empty = array.null_count == len(array) > 0 and not pa.types.is_decimal(array.type)
    return pa.nulls(len(array)) if empty else array


def like(frame: "nw.DataFrame[Any]", columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> Frame:
    """Columns as a frame of the same library.

    Args:
        frame: The frame whose library is taken.
        columns: The columns by name.
    """
    return as_frame("replay()", frame.implementation, columns)


def as_frame(
    call: str,
    library: Any,  # noqa: ANN401 - what narwhals knows by name
    columns: Mapping[str, pa.Array | pa.ChunkedArray],
) -> Frame:
    """Columns as a frame of a library, such as ``"pandas"``.

    Raises:
        InvalidArgument: If narwhals does not know the library, or it is not installed.
    """
    table = pa.table(dict(columns))
    try:
        known: Any = nw.Implementation.from_backend(library)
        if known is nw.Implementation.PANDAS:
            return _pandas(table)
        return nw.from_arrow(table, backend=known).to_native()
    except (ValueError, TypeError, ImportError, AssertionError):  # as narwhals' versions have it
        rule = "a library of data frames that is installed, such as 'pandas' or 'polars'"
        raise InvalidArgument(call, "like", library, rule, "Name another.") from None


def _pandas(table: pa.Table) -> Frame:
    """A pandas frame in which whole numbers and flags stay what they are, also beside a null."""
    pd: Any = import_module("pandas")
    frame = table.to_pandas()
    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    for name, array in zip(table.column_names, table.columns, strict=True):
        if array.null_count and array.type in nullable:
            frame[name] = array.to_pandas(types_mapper=nullable.get)
    return frame


def strings(array: pa.Array, name: str, rule: str) -> pa.Array:
    """A column as one of strings.

    Args:
        array: The column.
        name: Its name, for the message.
        rule: What it must be.

    Raises:
        InvalidFrame: If it is none.
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type) or pa.types.is_null(array.type):
        return array.cast(pa.large_string())
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        raise InvalidFrame(name, None, str(array.type), rule, "Convert it to strings.")
    return array


def plain(array: pa.Array, fill: object = 0) -> Any:  # noqa: ANN401 - an array of the column's type
    """A column as a numpy array, with something else for null; without nulls it is not copied."""
    known = array.fill_null(fill) if array.null_count else array
    return known.to_numpy(zero_copy_only=False)


def numbers(array: pa.Array) -> Any:  # noqa: ANN401 - an array of the column's type
    """A column of whole numbers as a numpy array, never copied; where null is, any number is."""
    known = pa.Array.from_buffers(
        array.type, len(array), [None, array.buffers()[1]], 0, array.offset
    )
    return known.to_numpy()


def nulls(array: pa.Array) -> NDArray[np.bool_]:
    """Which values of a column are null."""
    found: NDArray[np.bool_] = array.is_null().to_numpy(zero_copy_only=False)
    return found


def moments(values: NDArray[np.int64]) -> pa.Array:
    """Times in microseconds as a column; what did not happen is null."""
    missing = values == NEVER
    return pa.array(values, mask=missing if missing.any() else None).cast(MOMENT)


def chosen(codes: NDArray[np.integer], names: "Sequence[str | None]") -> pa.Array:
    """A column of few values, as a dictionary.

    Args:
        codes: For each row the place of its value in ``names``; below 0 is null.
        names: The values.
    """
    known = [name for name in dict.fromkeys(names) if name is not None]
    small = np.int8 if len(known) < np.iinfo(np.int8).max else np.int16
    places = np.array([-1 if name is None else known.index(name) for name in (*names, None)], small)
    found: NDArray[Any] = places.take(codes)  # the last place is that of null
    missing = found < 0
    if missing.any():
        indices = pa.array(np.where(missing, small(0), found), mask=missing)
    else:
        indices = pa.array(found)
    dictionary = pa.array(known, pa.string())
    return pa.DictionaryArray.from_arrays(indices, dictionary, safe=False)  # they are in bounds
