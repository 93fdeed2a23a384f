"""A data frame of events, read and checked: what is wrong is found before anything is folded."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
from tests.ids import stable

from custlife import Engaged, Purchased
from custlife.bulk import replay, running
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.lifecycle.parts import Stay

T = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = [T + timedelta(days=n) for n in (9, 4, 2)]
MOMENT = pa.timestamp("us", "UTC")
COLUMNS = {
    "who": pa.array(["C-1", "C-2", "C-1"]),
    "at": pa.array(TIMES, MOMENT),
    "what": pa.array(["purchased", "engaged", "purchased"]),
    "cents": pa.array([1177, None, 2300]),
}
NAMED = {"customer": "who", "at": "at", "event": "what", "amount": "cents", "decimals": 2}


def pandas(**columns):
    """The events in pandas; other columns replace them."""
    plain = {**pa.table(COLUMNS).to_pydict(), "cents": pd.array([1177, None, 2300], dtype="Int64")}
    return pd.DataFrame({**plain, **columns})


def polars(**columns):
    """The events in polars; other columns replace them."""
    return pl.DataFrame({**pl.from_arrow(pa.table(COLUMNS)).to_dict(), **columns})


def arrow(**columns):
    """The events in pyarrow; other columns replace them."""
    return pa.table({**COLUMNS, **columns})


def objects(*values):
    """A column of pandas that holds Python's objects."""
    return pd.Series(values, dtype=object)


def customers(result):
    """How much each customer brought, whatever the library of the frames."""
    ids, revenue = result.log.ids.to_pylist(), result.standing.revenue.tolist()
    return dict(zip(map(str, ids), revenue, strict=True))


KNOWN = {"C-1": 3477, "C-2": 0}
RUNS = pa.RunEndEncodedArray.from_arrays([1, 2, 3], ["purchased", "engaged", "purchased"])
JAPAN, RUSSIA = timezone(timedelta(hours=9)), timezone(timedelta(hours=3))


FRAMES = {
    "pandas": pandas(),
    "pandas seconds": pandas(at=pd.to_datetime(TIMES).astype("datetime64[s, UTC]")),
    "pandas nanoseconds": pandas(at=pd.to_datetime(TIMES).astype("datetime64[ns, UTC]")),
    "pandas in Tokyo": pandas(at=pd.to_datetime(TIMES).tz_convert("Asia/Tokyo")),
    "pandas of several zones": pandas(
        at=objects(TIMES[0].astimezone(JAPAN), TIMES[1].astimezone(RUSSIA), TIMES[2])
    ),
    "pandas categories": pandas(who=pd.Categorical(["C-1", "C-2", "C-1"])),
    "pandas events as categories": pandas(
        what=pd.Categorical(["purchased", "engaged", "purchased"])
    ),
    "pandas decimals": pandas(cents=objects(Decimal("11.77"), None, Decimal(23))),
    "pandas on arrow": pandas().convert_dtypes(dtype_backend="pyarrow"),
    "pandas nullable": pandas().convert_dtypes(),
    "polars": polars(),
    "polars milliseconds": polars(at=pl.Series(TIMES).cast(pl.Datetime("ms", "UTC"))),
    "polars objects": polars(at=pl.Series(TIMES, dtype=pl.Object)),
    "polars categories": polars().with_columns(pl.col("who", "what").cast(pl.Categorical)),
    "polars enum": polars().with_columns(
        pl.col("what").cast(pl.Enum(["engaged", "x", "purchased"]))
    ),
    "polars decimals": polars(
        cents=pl.Series([Decimal("11.77"), None, Decimal(23)], dtype=pl.Decimal(20, 2))
    ),
    "polars chunks": pl.concat([polars()[:1], polars()[1:]], rechunk=False),
    "arrow": arrow(),
    "arrow chunks": pa.concat_tables([arrow()[:1], arrow()[1:]]),
    "arrow views": arrow(
        who=COLUMNS["who"].cast(pa.string_view()), what=COLUMNS["what"].cast("large_string")
    ),
    "arrow view": arrow(what=COLUMNS["what"].cast(pa.string_view())),
    "arrow dictionaries": arrow(
        who=COLUMNS["who"].dictionary_encode(), what=COLUMNS["what"].dictionary_encode()
    ),
    "arrow runs": arrow(what=RUNS),
    "arrow in Tokyo": arrow(at=COLUMNS["at"].cast(pa.timestamp("s", "Asia/Tokyo"))),
    "arrow short": arrow(cents=pa.array([1177, None, 2300], pa.uint16())),
    "arrow decimals": arrow(
        cents=pa.array([Decimal("11.77"), None, Decimal(23)], pa.decimal256(60, 20))
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_library_and_type_gives_the_same(kind):
    """Times of any unit and zone, categories, decimals and chunks."""
    frame = FRAMES[kind]

    result = replay(frame, **NAMED)

    assert customers(result) == KNOWN
    assert type(result.states) is type(frame)
    assert result.accepted == 3


WIDE = 2**64 - 1


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([7, 5, 7]),
        pa.array([7, 6, 7]),
        pa.array([-128, 127, -128], pa.int8()),
        pa.array([2**62, -(2**62), 2**62]),
        pa.array([WIDE, 1, WIDE], pa.uint64()),
        pa.array([WIDE, WIDE - 1, WIDE], pa.uint64()),
        pa.array([0, 5, 0]).dictionary_encode(),
    ],
    ids=lambda array: str(array.to_pylist()[:2]),
)
def test_whole_numbers_are_ids(ids):
    """Of any type, near to each other or far apart."""
    result = replay(arrow(who=ids), **NAMED)

    first, second, _ = ids.to_pylist()
    assert customers(result) == {str(first): 3477, str(second): 0}
    assert sorted(result.states["customer"].to_pylist()) == sorted([first, second])
    assert result.journey(first).relationship.record.purchases == 2


@pytest.mark.parametrize(
    "frame",
    [pandas()[:0], polars()[:0], arrow()[:0], pd.DataFrame(columns=[*COLUMNS])],
    ids=["pandas", "polars", "pyarrow", "pandas without types"],
)
def test_an_empty_frame_gives_empty_frames_with_all_columns(frame):
    """They are of the same library, and have the columns that others have."""
    full = replay(arrow(), **NAMED)

    result = replay(frame, **NAMED)

    for name in ("states", "transitions", "departures", "rejections", "checkpoint"):
        found = getattr(result, name)
        assert type(found) is type(frame)
        assert len(found) == 0
        names = getattr(found, "column_names", found.columns)
        assert [*names] == getattr(full, name).column_names


def test_times_finer_than_a_microsecond_are_cut_off():
    """Before 1970 as well: the microsecond in which they lie."""
    ticks = pa.array([-1, 1_999, 0], pa.timestamp("ns", "UTC"))

    result = replay(arrow(at=ticks), **NAMED)

    assert result.log.at.tolist() == [-1, 1, 0]


BAD = {
    "no customer": ({"who": ["C-1", None, "C-1"]}, "who", 1, "id of a customer"),
    "a blank customer": ({"who": ["C-1", " ", "C-1"]}, "who", 1, "id of a customer"),
    "no time": ({"at": pa.array([T, None, T], MOMENT)}, "at", 1, "the time of the event"),
    "year 0": ({"at": pa.array([0, -(2**60), 0], MOMENT)}, "at", 1, "from the year 1"),
    "a time in seconds": (
        {"at": pa.array([0, 2**62, 0], pa.timestamp("s", "UTC"))},
        "at",
        1,
        "to the year 9999",
    ),
    "no event": ({"what": ["purchased", None, "purchased"]}, "what", 1, "what happened"),
    "an unknown event": (
        {"what": ["purchased", "engage", "purchased"]},
        "what",
        1,
        "such as engaged, ",
    ),
    "an event in capitals": (
        {"what": ["purchased", "COMPLAINT-SETTLED", "purchased"]},
        "what",
        1,
        "mapping={'COMPLAINT-SETTLED': 'complaint_settled'}",
    ),
    "an event like no other": (
        {"what": ["purchased", "zz", "purchased"]},
        "what",
        1,
        "mapping={'zz': ...}",
    ),
    "a code that is not mapped": ({"what": [1, 3, 1]}, "what", 1, "such as 1 and 2"),
    "a code of a dictionary": (
        {"what": pa.DictionaryArray.from_arrays([0, None, 0], ["purchased"])},
        "what",
        1,
        "what happened",
    ),
    "a null in a dictionary": (
        {"what": pa.DictionaryArray.from_arrays([0, 1, 0], ["purchased", None])},
        "what",
        1,
        "what happened",
    ),
    "no amount": ({"cents": pa.array([5, 0, None])}, "cents", 2, "what was paid"),
    "a negative amount": ({"cents": [5, 0, -7]}, "cents", 2, "0 or more"),
    "a fraction of a cent": ({"cents": [5.0, 0.5, 11.77]}, "cents", 2, "whole number of minor"),
    "an endless amount": ({"cents": [5.0, 0.0, float("inf")]}, "cents", 2, "whole number of minor"),
    "a float that is not sure": ({"cents": [5.0, 0.0, 2.0**53]}, "cents", 2, "a whole number"),
    "too high an amount": (
        {"cents": pa.array([5, 0, WIDE], pa.uint64())},
        "cents",
        2,
        "no more than",
    ),
    "too many decimals": (
        {"cents": pa.array([Decimal(5), None, Decimal("0.001")], pa.decimal128(9, 3))},
        "cents",
        2,
        "at most 2 decimals",
    ),
    "too high a decimal": (
        {"cents": pa.array([Decimal(5), None, Decimal(10**17)], pa.decimal128(38, 2))},
        "cents",
        2,
        "no more than 9.22337e+16",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_cell_is_named_before_anything_is_folded(case, monkeypatch):
    """The error names column, row, value and what is expected."""
    columns, name, row, rule = BAD[case]
    monkeypatch.setattr(running.Run, "go", None)

    with pytest.raises(InvalidFrame, match=re.escape(rule)) as caught:
        replay(arrow(**columns), mapping={1: "purchased", 2: "engaged"}, **NAMED)

    assert (caught.value.column, caught.value.row) == (name, row)
    assert f"row {row}" in str(caught.value)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_comes_back_with_its_reason(case):
    """The other rows count; what is accepted and what is left out are all rows."""
    columns, name, row, rule = BAD[case]

    result = replay(
        arrow(**columns), mapping={1: "purchased", 2: "engaged"}, rejected="collect", **NAMED
    )

    (left,) = result.rejections.to_pylist()
    assert (left["row"], left["what"], left["error"]) == (row, "invalid", "InvalidFrame")
    assert name in left["reason"]
    assert rule in left["reason"]
    assert result.accepted == 2
    assert (
        sum(result.states["purchases"].to_pylist() + result.states["engagements"].to_pylist()) == 2
    )


def test_whole_numbers_beside_nulls_are_ids_as_well():
    """The rows without one come back."""
    result = replay(arrow(who=pa.array([7, None, 7])), rejected="collect", **NAMED)

    assert customers(result) == {"7": 3477}
    assert result.rejections["row"].to_pylist() == [1]


def test_a_row_with_several_faults_comes_back_once():
    """The first fault that is found is its reason."""
    frame = arrow(who=[None, "C-2", "C-1"], cents=pa.array([-5, 0, 5]))

    result = replay(frame, rejected="collect", **NAMED)

    (left,) = result.rejections.to_pylist()
    assert left["row"] == 0
    assert "'who'" in left["reason"]


@pytest.mark.parametrize("name", ["who", "at", "what"])
def test_a_column_of_nothing_leaves_nobody(name):
    """Each row comes back."""
    result = replay(arrow(**{name: pa.nulls(3)}), rejected="collect", **NAMED)

    assert (result.accepted, len(result.rejections), len(result.states)) == (0, 3, 0)


def test_what_does_not_count_may_be_anything():
    """An amount of what is no purchase, a cause of what is no departure, and a column of NaN."""
    frame = pandas(
        what=["engaged", "engaged", "purchased"],
        cents=[-5, 2**62, 7],
        cause=["?", "", None],
        reason=numpy.nan,
    )

    result = replay(frame, cause="cause", fields={"reason": "reason"}, **NAMED)

    assert customers(result) == {"C-1": 7, "C-2": 0}


@pytest.mark.parametrize(
    ("values", "row"),
    [
        (objects(T, T.replace(tzinfo=None), T), 1),
        (objects(T, pd.Timestamp("2026-01-01"), T), 1),
        (objects(T, "2026-01-01", T), 1),
        (objects(T, pd.NaT, T), 1),
        (objects(T, None, T), 1),
    ],
    ids=["naive", "naive timestamp", "text", "not a time", "nothing"],
)
def test_times_that_are_pythons_own_are_looked_at_one_by_one(values, row):
    """A naive one among aware ones is a fault of its row."""
    with pytest.raises(InvalidFrame) as caught:
        replay(pandas(at=values), **NAMED)
    result = replay(pandas(at=values), rejected="collect", **NAMED)

    assert (caught.value.column, caught.value.row) == ("at", row)
    assert (result.accepted, [*result.rejections["row"]]) == (2, [row])


@pytest.mark.parametrize(
    ("columns", "name", "row", "rule"),
    [
        ({"at": [t.replace(tzinfo=None) for t in TIMES]}, "at", 0, "these are naive"),
        ({"at": [date(2026, 1, 1)] * 3}, "at", None, "a column of times with a time zone"),
        ({"at": ["2026-01-01"] * 3}, "at", None, ".str.to_datetime(time_zone='UTC') in polars"),
        ({"at": [20260101] * 3}, "at", None, "for dates, format='%Y%m%d'"),
        ({"who": [1.0, 2.0, 1.0]}, "who", None, "strings or of whole numbers"),
        ({"who": [[1], [2], [1]]}, "who", None, "strings or of whole numbers"),
        ({"what": [["purchased"]] * 3}, "what", None, "a column of names or codes"),
        ({"cents": ["11.77", "0", "23"]}, "cents", None, "Convert it to decimals, such as"),
        ({"cents": [2**62] * 3, "what": ["purchased"] * 3}, "cents", None, "sum beyond 64 bits"),
    ],
    ids=[
        "naive times",
        "dates",
        "times as text",
        "numbers as dates",
        "floats as ids",
        "lists as ids",
        "lists as events",
        "text as amounts",
        "a sum beyond 64 bits",
    ],
)
def test_a_column_of_the_wrong_type_is_refused_as_a_whole(columns, name, row, rule):
    """Also where rejections are collected: no row of it can be used."""
    with pytest.raises(InvalidFrame, match=re.escape(rule)) as caught:
        replay(arrow(**columns), rejected="collect", **NAMED)

    assert (caught.value.column, caught.value.row) == (name, row)


def test_floats_are_amounts_where_they_are_whole_minor_units():
    """As pandas has whole numbers beside gaps; but then the call says of how many decimals."""
    frame = pandas(cents=[1177.0, float("nan"), 2300.0])

    assert customers(replay(frame, **NAMED)) == {"C-1": 3477, "C-2": 0}
    with pytest.raises(InvalidFrame, match="A float is seldom the amount that was paid"):
        replay(frame, **{**NAMED, "decimals": None})


@pytest.mark.parametrize("nulls", [pa.decimal128(9, 2), pa.null(), pa.float64()])
def test_a_night_without_purchases_keeps_the_decimals(nulls):
    """Whichever night it is, and whatever the column is of then."""
    named = {**NAMED, "decimals": None}
    paid = pa.array([Decimal("11.77"), None, Decimal("23.00")], pa.decimal128(9, 2))
    loud = arrow(cents=paid)
    quiet = arrow(cents=pa.nulls(3, nulls), what=["engaged"] * 3)
    later = [t + timedelta(days=9) for t in TIMES]
    still = quiet.set_column(quiet.column_names.index("at"), "at", pa.array(later))
    busy = loud.set_column(loud.column_names.index("at"), "at", pa.array(later))

    for first, second in ((loud, still), (quiet, busy)):
        start = replay(first, **named).checkpoint
        assert replay(second, start=start, **named).decimals == 2


def test_whole_units_stay_whole_beside_a_column_of_decimals():
    """Both come back in minor units of the same number of decimals."""
    cost = pa.array([None, None, Decimal("1.25")], pa.decimal128(9, 2))
    fields = {"sales_cost": "cost"}
    frame = arrow(cents=[5, 0, 7], cost=cost, what=["purchased", "engaged", "purchased"])

    result = replay(frame, **{**NAMED, "decimals": None}, fields=fields)

    assert (customers(result), result.decimals) == ({"C-1": 1200, "C-2": 0}, 2)


@pytest.mark.parametrize(("amount", "rule"), [(-(2**62), "0 or more"), (2**61, "no more than")])
def test_a_whole_unit_that_is_no_amount_of_minor_units_is_named(amount, rule):
    """However large it is in minor units."""
    cost = pa.nulls(3, pa.decimal128(9, 2))

    with pytest.raises(InvalidFrame, match=rule) as caught:
        replay(
            arrow(cents=[5, 0, amount], cost=cost, what=["purchased"] * 3),
            **{**NAMED, "decimals": None},
            fields={"sales_cost": "cost"},
        )

    assert caught.value.row == 2


def test_a_category_that_no_row_is_of_asks_for_nothing():
    """Such as that of a correction, which needs a column."""
    names = pa.DictionaryArray.from_arrays(
        [0, 1, 0], ["purchased", "engaged", "purchase_cancelled"]
    )

    assert replay(arrow(what=names), **NAMED).accepted == 3


def test_when_an_event_was_recorded_is_no_column():
    """Columns have no past of what was known."""
    with pytest.raises(InvalidArgument, match="a field of an event: id"):
        replay(arrow(seen=TIMES), fields={"recorded_at": "seen"}, **NAMED)


def test_an_event_that_the_lifecycle_does_not_know_is_no_advice():
    """Pauses are events, but not of the default lifecycle."""
    with pytest.raises(InvalidFrame) as caught:
        replay(arrow(what=["pause"] * 3), **NAMED)

    assert "paused" not in str(caught.value)


def test_a_null_among_ties_is_named():
    """With its row."""
    with pytest.raises(InvalidFrame, match="row 1: it is None, but must be a column of whole"):
        replay(arrow(number=[1, None, 2]), tiebreak="number", **NAMED)


def test_ids_that_are_objects_are_refused():
    """Such as those of `uuid`: they are strings once they are made so."""
    ids = objects(*(uuid.UUID(int=n) for n in range(3)))

    with pytest.raises(InvalidFrame, match="Convert it "):
        replay(pandas(who=ids), **NAMED)


def test_high_amounts_are_added_up_exactly():
    """What is no amount of a purchase or refund is not added."""
    frame = arrow(cents=[2**62, 2**62, 2**62 - 1], what=["purchased", "engaged", "purchased"])

    result = replay(frame, **NAMED)

    assert customers(result) == {"C-1": 2**63 - 1, "C-2": 0}


def test_decimals_keep_their_own_unless_others_are_declared():
    """Whole numbers are whole units then."""
    decimal = arrow(cents=pa.array([Decimal("1.5"), None, Decimal(2)], pa.decimal128(9, 3)))
    declared = {**NAMED, "decimals": None}

    fine, coarse = replay(decimal, **declared), replay(decimal, **NAMED)
    whole = replay(arrow(), **declared)

    assert (fine.decimals, customers(fine)["C-1"]) == (3, 3500)
    assert (coarse.decimals, customers(coarse)["C-1"]) == (2, 350)
    assert (whole.decimals, customers(whole)["C-1"]) == (0, 3477)


def test_more_decimals_than_money_has_are_refused():
    """The message says how to declare fewer."""
    frame = arrow(cents=pa.array([Decimal(1), None, Decimal(2)], pa.decimal128(38, 30)))

    with pytest.raises(InvalidFrame, match="at most 18 decimals"):
        replay(frame, **{**NAMED, "decimals": None})

    assert customers(replay(frame, **NAMED))["C-1"] == 300


@pytest.mark.parametrize("decimals", [-1, 19, 2.5, True, "2"])
def test_decimals_are_few_and_whole(decimals):
    """No more than money has."""
    with pytest.raises(InvalidArgument, match="a whole number from 0 to 18"):
        replay(arrow(), **{**NAMED, "decimals": decimals})


@pytest.mark.parametrize("mapping", [{1: "purchased", 2: "engaged"}, {1: Purchased, 2: "engaged"}])
def test_codes_stand_for_events(mapping):
    """By the name or the class of an event."""
    result = replay(arrow(what=[1, 2, 1]), mapping=mapping, **NAMED)

    assert customers(result) == KNOWN


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"mapping": 5}, "a Mapping"),
        ({"mapping": {"sold": 5}}, "a class of events"),
        ({"mapping": {"sold": Stay}}, "a class of events"),
        ({"mapping": {"sold": "purchase"}}, "such as purchased"),
        ({"event": None}, "given, or events="),
        ({"events": "purchased"}, "given, or events="),
        ({"event": None, "events": "sold"}, "the name of an event"),
        ({"amount": None}, "the column of amounts"),
        ({"fields": {"shoe": "who"}}, "a field of an event"),
        ({"fields": {5: "who"}}, "a field of an event"),
        ({"fields": {"reason": 5}}, "the name of a column"),
    ],
    ids=stable,
)
def test_an_argument_that_names_nothing_is_refused(given, rule):
    """The message says what it may be."""
    with pytest.raises(InvalidArgument, match=re.escape(rule)):
        replay(arrow(), **{**NAMED, **given})


@pytest.mark.parametrize(
    ("field", "values", "rule"),
    [
        ("key_customer", [1, 0, 1], "a column of True and False"),
        ("reason", [1.5, 2.5, 3.5], "a column of strings"),
        ("cause", [[1], [2], [3]], "a column of names or codes"),
        ("deal_size", ["1", "2", "3"], "whole numbers in minor units"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused(field, values, rule):
    """The message names the column."""
    frame = arrow(what=["departed"] * 3, field=values)

    with pytest.raises(InvalidFrame, match=re.escape(rule)) as caught:
        replay(frame, fields={field: "field"}, **NAMED)

    assert caught.value.column == "field"


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("to", " ", "a string that is not blank"),
        ("cause", "prise", "one of price"),
        ("initiator", "nobody", "one of customer"),
        ("deal_size", -5, "0 or more"),
    ],
)
def test_a_field_that_an_event_cannot_have_is_a_fault_of_its_row(field, value, rule):
    """Only where the event has the field."""
    frame = arrow(what=["engaged", "departed", "purchased"], field=[value] * 3)
    given = {**NAMED, "fields": {field: "field"}}

    with pytest.raises(InvalidFrame, match=re.escape(rule)):
        replay(frame, **given)

    assert replay(frame, rejected="collect", **given).rejections["row"].to_pylist() == [1]


def test_causes_are_known_by_value_and_by_name():
    """As an enum can be written down."""
    frame = arrow(what=["departed"] * 3, cause=["price", "PRICE", None])

    result = replay(frame, cause="cause", rejected="collect", **NAMED)

    causes = {row["customer"]: row["cause"] for row in result.departures.to_pylist()}
    assert causes == {"C-1": "unknown", "C-2": "price"}


def test_a_field_may_be_a_column_of_categories():
    """As offerings mostly are."""
    offering = pa.array(["shoes", None, "hats"]).dictionary_encode()

    journey = replay(arrow(offering=offering), offering="offering", **NAMED).journey("C-1")

    assert [event.offering for event in journey.events] == ["hats", "shoes"]


def test_ids_of_events_may_be_whole_numbers():
    """They are compared as text."""
    frame = arrow(number=[5, 6, 5], at=[T] * 3)

    result = replay(frame, id="number", rejected="collect", **NAMED)

    assert [row["what"] for row in result.rejections.to_pylist()] == ["refused"]


def test_an_event_that_needs_a_field_needs_its_column():
    """A cancellation names its purchase."""
    frame = arrow(what=["purchased", "engaged", "purchase_cancelled"], key=["p", None, None])

    with pytest.raises(InvalidArgument, match="what each purchase_cancelled needs"):
        replay(frame, **NAMED)
    with pytest.raises(InvalidFrame, match="purchase_cancelled needs it") as caught:
        replay(frame, fields={"purchase": "key"}, **NAMED)

    assert (caught.value.column, caught.value.row) == ("key", 2)


def test_a_tiebreak_is_a_column_of_whole_numbers():
    """Without nulls."""
    frame = arrow(order=[1, None, 2], name=["a", "b", "c"])

    for name in ("order", "name"):
        with pytest.raises(InvalidFrame, match="whole numbers without nulls"):
            replay(frame, tiebreak=name, **NAMED)


def test_there_are_only_so_many_kinds_of_events():
    """As many as the codes of events, with their complaints, fit a byte."""
    names = [f"kind_{n}" for n in range(81)]
    kinds = {name: type(name, (Engaged,), {"name": name}) for name in names}
    frame = pa.table({"who": names, "at": pa.array([T] * 81, MOMENT), "what": names})
    named = {"customer": "who", "at": "at", "event": "what", "mapping": kinds}

    with pytest.raises(InvalidFrame, match="at most 80 kinds"):
        replay(frame, **named)

    assert replay(frame[:80], **named).states["engagements"].to_pylist() == [1] * 80
