"""Data frames in and out: what comes in as arrow, and goes back as it came."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa

from custlife.bulk.frames import as_frame, chosen, column, like, moments, opened, plain
from custlife.bulk.ticks import NEVER
from custlife.errors import InvalidArgument, InvalidFrame

T = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = {"who": ["C-1", "C-2"], "paid": [5, 7]}


def twice(kind):
    """A frame with a column that is there twice."""
    if kind == "pandas":
        frame = pd.DataFrame(ROWS)
        frame.columns = ["who", "who"]
        return frame
    return pa.Table.from_arrays([pa.array(cells) for cells in ROWS.values()], ["who", "who"])


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"]
)
def test_a_frame_of_any_library_comes_in_as_arrow_and_goes_back_as_it_came(make):
    """The library is that of the frame, and the values are the same."""
    frame = make(ROWS)

    found = opened("replay()", frame)
    back = like(found, {name: column(found, name, "customer") for name in ROWS})

    assert type(back) is type(frame)
    assert nw.from_native(back).to_dict(as_series=False) == ROWS


@pytest.mark.parametrize(
    ("frame", "remedy"),
    [
        (pl.LazyFrame(ROWS), r"Call \.collect\(\) first"),
        (pd.Series([1]), "Give a data frame"),
        (pl.Series([1]), "Give a data frame"),
        (ROWS, "Give a data frame"),
        (None, "Give a data frame"),
    ],
    ids=["lazy", "pandas series", "polars series", "dict", "nothing"],
)
def test_what_is_no_eager_frame_is_refused(frame, remedy):
    """The message names the argument, and says what to do."""
    with pytest.raises(InvalidArgument, match=remedy) as caught:
        opened("replay()", frame, "start")

    assert caught.value.field == "start"


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_a_name_that_two_columns_share_is_refused(kind):
    """The message names the column."""
    with pytest.raises(InvalidFrame, match="there twice") as caught:
        opened("replay()", twice(kind))

    assert caught.value.column == "who"


def test_a_missing_column_is_refused_with_those_that_are_there():
    """Also where names are numbers, as in pandas."""
    frame = opened("replay()", pd.DataFrame({"who": ["C-1"], 5: [1]}))

    with pytest.raises(InvalidFrame, match="one of the columns: who and 5") as caught:
        column(frame, "whom", "customer")

    assert (caught.value.column, caught.value.row) == ("whom", None)
    assert caught.value.remedy == "Name the column: customer=..."


def test_the_name_of_a_column_is_a_string():
    """A number or a list is no name."""
    with pytest.raises(InvalidArgument, match="the name of a column"):
        column(opened("replay()", pa.table(ROWS)), ["who"], "customer")


def test_a_column_of_several_types_is_refused():
    """Arrow says what it cannot convert."""
    frame = opened("replay()", pd.DataFrame({"who": pd.Series([1, "C-2"], dtype=object)}))

    with pytest.raises(InvalidFrame, match="a column of one type"):
        column(frame, "who", "customer")


@pytest.mark.parametrize(
    "chunks",
    [
        pa.chunked_array([["a", "b"]]),
        pa.chunked_array([["a"], ["b"]]),
        pa.chunked_array([], pa.string()),
        pa.chunked_array([pa.RunEndEncodedArray.from_arrays([1, 2], ["a", "b"])]),
    ],
    ids=["one", "two", "none", "runs"],
)
def test_the_chunks_of_a_column_become_one(chunks):
    """However many there are, and however they are stored."""
    found = column(opened("replay()", pa.table({"who": chunks})), "who", "customer")

    assert isinstance(found, pa.Array)
    assert found.to_pylist() == chunks.to_pylist()


def test_whole_numbers_and_flags_stay_what_they_are_in_pandas():
    """Beside a null they are nullable; without any they are plain."""
    frame = as_frame(
        "replay()",
        "pandas",
        {
            "count": pa.array([1, 2]),
            "some": pa.array([2**62 + 1, None]),
            "flag": pa.array([True, None]),
            "at": pa.array([T, None], pa.timestamp("us", "UTC")),
        },
    )

    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds == {
        "count": "int64",
        "some": "Int64",
        "flag": "boolean",
        "at": "datetime64[us, UTC]",
    }
    assert frame["some"][0] == 2**62 + 1


@pytest.mark.parametrize("library", ["excel", 5, None, "modin"])
def test_a_library_that_is_not_known_or_not_installed_is_refused(library):
    """The message names two that are known."""
    with pytest.raises(InvalidArgument, match="such as 'pandas' or 'polars'"):
        as_frame("steps_frame()", library, {"a": pa.array([1])})


def test_a_column_without_nulls_is_not_copied():
    """Nulls are filled with what is asked for."""
    array = pa.array([1, 2, 3])

    assert plain(array).__array_interface__["data"][0] == array.buffers()[1].address
    assert plain(pa.array([1, None]), 9).tolist() == [1, 9]


def test_what_never_happened_is_null():
    """Other times are times of UTC."""
    assert moments(numpy.array([0, NEVER])).to_pylist() == [datetime(1970, 1, 1, tzinfo=UTC), None]


def test_a_choice_is_a_dictionary_of_few_values():
    """Equal names share a place, and what has no name is null."""
    found = chosen(numpy.array([0, 1, 2, 3, -1]), ["a", "b", "a", None])

    assert found.to_pylist() == ["a", "b", "a", None, None]
    assert found.dictionary.to_pylist() == ["a", "b"]


def test_a_choice_of_many_values_has_wider_places():
    """A lifecycle may have more states than a byte holds."""
    found = chosen(numpy.arange(300), [str(Decimal(n)) for n in range(300)])

    assert found.type.index_type == pa.int16()
    assert found.to_pylist()[299] == "299"
