"""The states of a base, read from a frame: what is wrong in it is named."""

from datetime import UTC, datetime, timedelta

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import narwhals as nw
import pandas as pd
import pyarrow as pa
from tests.ids import stable
from tests.unit.bulk.bases import MOMENT, states_of

from custlife import CUSTOMER_LIFECYCLE, Engaged, Purchased, Relationship, to_table
from custlife.bulk import reading
from custlife.bulk.ticks import NEVER
from custlife.errors import InvalidArgument, InvalidFrame

T = datetime(2026, 1, 1, tzinfo=UTC)
MICROS = 1_767_225_600_000_000
TABLE = to_table(CUSTOMER_LIFECYCLE)


def opened(**columns):
    return nw.from_native(pa.table(columns), eager_only=True)


def people():
    buyer = Relationship("C-17").apply(Purchased(at=T, amount=5))
    return nw.from_native(states_of([buyer, Relationship("C-18").apply(Engaged(at=T))]))


def test_a_moment_is_microseconds_and_what_did_not_happen_is_never():
    """Also where nothing happened to anybody."""
    frame = opened(at=pa.array([T, None], MOMENT), none=pa.nulls(2))

    assert reading.moments(frame, "at").tolist() == [MICROS, NEVER]
    assert reading.moments(frame, "none").tolist() == [NEVER, NEVER]
    assert reading.micros(T) == MICROS


def test_a_moment_of_another_time_zone_is_the_same_moment():
    """Whatever the unit of the column."""
    frame = nw.from_native(pd.DataFrame({"at": pd.to_datetime([T]).tz_convert("Asia/Tokyo")}))

    assert reading.moments(frame, "at").tolist() == [MICROS]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([T.replace(tzinfo=None)], pa.timestamp("us")),
        pa.array([1]),
        pa.array(["2026-01-01"]),
        pa.array([MICROS * 1000 + 1], pa.timestamp("ns", "UTC")),
    ],
    ids=["naive", "number", "text", "nanoseconds"],
)
def test_what_is_no_moment_is_refused(values):
    """A naive one too, and what is finer than a microsecond."""
    with pytest.raises(InvalidFrame, match=r"Column 'at': .* aware datetimes, exact"):
        reading.moments(opened(at=values), "at")


def test_a_whole_number_may_stand_in_a_column_of_floats():
    """As pandas makes one of a join."""
    assert reading.whole(opened(n=[2.0, 3.0]), "n").tolist() == [2, 3]


@pytest.mark.parametrize(
    ("values", "row"), [([1, None], 1), ([1.5], None), (["a"], None)], ids=["null", "half", "text"]
)
def test_what_is_no_whole_number_is_refused(values, row):
    """The error names the column, and the row of a missing one."""
    with pytest.raises(InvalidFrame, match="must be a whole number") as caught:
        reading.whole(opened(n=values), "n")

    assert (caught.value.column, caught.value.row) == ("n", row)


def test_a_missing_column_is_named_with_those_there_are():
    """And the error says where states come from."""
    with pytest.raises(InvalidFrame, match="the columns are a and b") as caught:
        reading.column(opened(a=[1], b=[2]), "customer")

    assert caught.value.remedy.endswith("result.states.")


def test_nobody_pauses_where_the_columns_are_left_out():
    """With the columns, what they say."""
    rel = Relationship("C-17")
    span = timedelta(days=1) // timedelta(microseconds=1)
    frame = opened(paused=[span], paused_before=[0], paused_at=pa.array([T], MOMENT))

    assert [one.tolist() for one in reading.pauses(opened(a=[1]))] == [[0], [0], [NEVER]]
    assert [one.tolist() for one in reading.pauses(frame)] == [[span], [0], [MICROS]]
    assert [one.tolist() for one in reading.pauses(nw.from_native(states_of([rel])))] == [
        [0],
        [0],
        [NEVER],
    ]


def test_a_state_is_its_integer_and_a_room_is_a_flag():
    """Also in a column of categories, as pandas has them."""
    frame = people()
    categories = nw.from_native(frame.to_pandas().astype({"state": "category", "room": "category"}))

    for one in (frame, categories):
        found = [TABLE.states[number] for number in reading.places(one, TABLE)]
        assert [state.stage for state in found] == ["buyer", "visitor"]
        assert reading.customers(one).tolist() == [True, False]


@pytest.mark.parametrize("name", ["member", None], ids=stable)
def test_a_state_that_the_lifecycle_does_not_have_is_refused(name):
    """The error names the row and the lifecycle."""
    frame = opened(state=["buyer+content", name])

    with pytest.raises(InvalidFrame, match="a state of the lifecycle 'customer'") as caught:
        reading.places(frame, TABLE)

    assert (caught.value.column, caught.value.row, caught.value.value) == ("state", 1, name)


def test_a_checkpoint_is_not_taken_for_states():
    """Its column of the state holds numbers."""
    frame = opened(state=[3], memo=["{}"], lifecycle=["x"])

    with pytest.raises(InvalidFrame, match="start=checkpoint"):
        reading.places(frame, TABLE)


def test_an_event_later_than_the_moment_is_refused():
    """The error names the customer; at the moment itself all is well."""
    last = numpy.array([NEVER, MICROS])
    frame = opened(customer=["C-17", "C-18"])
    reading.require_begun("due", "as_of", T, frame, last)

    with pytest.raises(InvalidArgument, match="last event of 'C-18'") as caught:
        reading.require_begun("due", "as_of", T - timedelta(days=1), frame, last)

    assert (caught.value.subject, caught.value.field) == ("due()", "as_of")
