"""Parts of a base: the same columns whatever a part holds, and rows that can be found again."""

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from custlife import bulk
from custlife.bulk import parts
from custlife.errors import (
    EventNotAllowed,
    InvalidArgument,
    InvalidFrame,
    InvalidMoment,
)
from custlife.silence import DEFAULT_SILENCE_RULE

HOW = {"customer": "who", "at": "when", "event": "did", "amount": "cents", "decimals": 2}
COLLECT = {**HOW, "rejected": "collect"}
NUMBERS = pa.array([40, 41, 42, 43], pa.int64())


def table(*rows, times=None):
    """Events as pairs of a customer and an event, a day apart."""
    days = range(len(rows)) if times is None else times
    at = [None if d is None else datetime(2026, 1, 1, tzinfo=UTC) + timedelta(d) for d in days]
    return pa.table(
        {
            "who": pa.array([who for who, _ in rows], pa.string()),
            "when": pa.array(at, pa.timestamp("us", "UTC")),
            "did": pa.array([what for _, what in rows], pa.string()).dictionary_encode(),
            "cents": pa.array([100] * len(rows), pa.int64()),
        }
    )


GOOD = table(("C-1", "purchased"), ("C-2", "engaged"), ("C-1", "departed"), ("C-2", "purchased"))
REFUSED = table(("C-1", "purchased"), ("C-1", "purchased"), ("C-1", "complaint_settled"))
TIMELESS = table(("C-1", "purchased"), ("C-2", "purchased"), times=[0, None])


def frames(events, give=parts.FRAMES, how=COLLECT, numbers=None):
    """The frames of a part."""
    shapes = parts.schemas(events.slice(0, 0), give, how, numbered=numbers is not None)
    found = parts.replayed(events, shapes, how, numbers)
    return {name: pa.Table.from_batches(rows, shapes[name]) for name, rows in found.items()}


@pytest.mark.parametrize("events", [GOOD, REFUSED, GOOD.slice(0, 0)], ids=["good", "bad", "none"])
def test_a_frame_has_the_same_columns_whatever_the_part_holds(events):
    """So frames of parts can be written before all parts are replayed, and read as one."""
    empty = parts.schemas(GOOD.slice(0, 0), parts.FRAMES, COLLECT, numbered=False)

    found = frames(events)

    assert {name: frame.schema for name, frame in found.items()} == empty


def test_a_frame_has_no_dictionaries():
    """Each part would have dictionaries of its own."""
    found = frames(GOOD)

    kinds = [kind for frame in found.values() for kind in frame.schema.types]
    assert not any(map(pa.types.is_dictionary, kinds))


def test_a_part_says_what_a_replay_of_its_customers_says():
    """Its states have the same values."""
    whole = bulk.replay(GOOD, **HOW)

    found = frames(GOOD)

    assert found["states"].to_pylist() == whole.states.to_pylist()
    assert found["departures"].to_pylist() == whole.departures.to_pylist()


def test_moves_have_the_numbers_of_their_rows_in_the_base():
    """Each is that of the event that moved the customer."""
    found = frames(GOOD, numbers=NUMBERS)["transitions"]

    rows = sorted(zip(found["row"].to_pylist(), found["event"].to_pylist(), strict=True))
    assert rows == [(40, "purchased"), (41, "engaged"), (42, "departed"), (43, "purchased")]


def test_moves_have_no_numbers_where_rows_have_none():
    """The number of a row of the part would mean nothing."""
    found = frames(GOOD)["transitions"]

    assert "row" not in found.column_names


def test_a_rejection_shows_the_columns_of_its_row():
    """So it is found again without a number."""
    (found,) = frames(REFUSED)["rejections"].to_pylist()

    own = {name: found[name] for name in REFUSED.column_names}
    assert own == REFUSED.slice(2, 1).to_pylist()[0]
    assert (found["what"], found["error"]) == ("refused", "EventNotAllowed")
    assert "row" not in found


def test_a_rejection_shows_the_number_of_its_row_in_the_base_where_there_is_one():
    """It stands first."""
    found = frames(REFUSED, numbers=NUMBERS)["rejections"]

    assert found.column_names[:2] == ["row", "who"]
    assert found["row"].to_pylist() == [42]


def test_a_column_that_is_called_as_one_of_the_rejections_says_that_it_is_the_rows():
    """Both are there."""
    how = {**COLLECT, "event": "error"}
    events = REFUSED.rename_columns(["who", "when", "error", "cents"])

    (found,) = frames(events, how=how)["rejections"].to_pylist()

    assert (found["row_error"], found["error"]) == ("complaint_settled", "EventNotAllowed")


@pytest.mark.parametrize(
    ("numbers", "start"),
    [(None, "Column 'when': it is None"), (NUMBERS, "Column 'when', row 41: it is None")],
    ids=["without", "with"],
)
def test_a_reason_names_no_row_of_the_part(numbers, start):
    """It names the row in the base, or none."""
    (found,) = frames(TIMELESS, numbers=numbers)["rejections"].to_pylist()

    assert found["reason"].startswith(start)


@pytest.mark.parametrize(("numbers", "row"), [(None, None), (NUMBERS, 41)], ids=["without", "with"])
def test_an_invalid_cell_is_located_by_its_row(numbers, row):
    """The error names the row in the base, or none, and a note has its cells."""
    with pytest.raises(InvalidFrame, match="the time of the event") as error:
        frames(TIMELESS, ["states"], HOW, numbers)

    assert error.value.row == row
    assert error.value.__notes__ == ["The row: who=C-2, when=None, did=purchased, cents=100."]


def test_a_refused_event_is_located_by_its_row():
    """The note has its cells, and no number of the part."""
    with pytest.raises(EventNotAllowed) as error:
        frames(REFUSED, ["states"], HOW)

    (note,) = error.value.__notes__
    assert note.startswith("The row: who=C-1, when=2026-01-03 00:00:00+00:00, did=complaint_set")


def test_an_error_about_the_whole_part_stays_as_it_is():
    """A moment before the events is at fault itself."""
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    how = {**HOW, "silence": DEFAULT_SILENCE_RULE, "as_of": moment}

    with pytest.raises(InvalidMoment, match="no earlier than the last event") as error:
        frames(GOOD, ["states"], how)

    assert not hasattr(error.value, "__notes__")


@pytest.mark.parametrize("numbers", [None, NUMBERS], ids=["without", "with"])
def test_an_error_about_a_whole_column_has_no_row(numbers):
    """No row alone makes a sum too large."""
    large = GOOD.set_column(3, "cents", pa.array([2**62] * 4, pa.int64()))

    with pytest.raises(InvalidFrame, match="sum") as error:
        frames(large, ["states"], HOW, numbers)

    assert error.value.row is None
    assert not hasattr(error.value, "__notes__")


def test_an_invalid_column_is_found_before_any_part_is_replayed():
    """A table without rows shows it."""
    naive = GOOD.set_column(1, "when", pa.array([0] * 4, pa.timestamp("us")))

    with pytest.raises(InvalidFrame, match="with a time zone") as error:
        parts.schemas(naive.slice(0, 0), ["states"], HOW, numbered=False)

    assert error.value.row is None


def test_only_columns_that_are_named_are_read():
    """Each once, in the order of the data, those of fields as well."""
    how = {"customer": "who", "at": "when", "id": "who", "fields": {"channel": "by"}}

    found = parts.columns(how, ["x", "by", "when", "who"])

    assert found == ["by", "when", "who"]


def test_a_missing_column_is_named_with_those_that_are_there():
    """The remedy names the argument."""
    with pytest.raises(InvalidFrame, match=r"one of the columns: a and who.*: at=\.\.\.") as error:
        parts.columns({"customer": "who", "at": "when"}, ["a", "who"])

    assert (error.value.column, error.value.row) == ("when", None)


def test_a_column_that_is_there_twice_is_refused():
    """Nobody knows which one is meant."""
    with pytest.raises(InvalidFrame, match="there twice"):
        parts.columns({"customer": "who", "at": "when"}, ["who", "when", "who"])


@pytest.mark.parametrize(
    ("give", "how", "rejected"),
    [
        (("states",), {}, "raise"),
        (("states", "rejections"), {}, "collect"),
        (("states",), {"rejected": "collect"}, "collect"),
    ],
)
def test_rows_are_rejected_loudly_unless_rejections_are_asked_for(give, how, rejected):
    """Nothing is left out unseen."""
    found = parts.settings("call()", give, how)

    assert found == {"rejected": rejected}


@pytest.mark.parametrize(
    ("give", "how", "field"),
    [
        (("state",), {}, "give"),
        ((), {}, "give"),
        (("states",), {"start": GOOD}, "start"),
        (("states",), {"progress": "rich"}, "progress"),
        (("rejections",), {"rejected": "raise"}, "rejected"),
    ],
)
def test_what_is_of_no_use_for_parts_is_refused(give, how, field):
    """The error names the call and the argument."""
    with pytest.raises(InvalidArgument) as error:
        parts.settings("call()", give, how)

    assert (error.value.subject, error.value.field) == ("call()", field)
