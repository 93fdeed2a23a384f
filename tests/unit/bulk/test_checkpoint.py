"""A checkpoint: stored, read back and gone on from; what is wrong with it is named."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
from tests.bases import NAMED, by, shown, table_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    Engaged,
    Paused,
    Purchased,
    Refunded,
    with_pause,
)
from custlife.bulk import replay
from custlife.departure_rules import DepartureRules
from custlife.errors import InvalidArgument, InvalidFrame

T = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return T + timedelta(days=number)


EARLY = [
    ("C-1", Purchased(at=day(0), amount=Decimal("5.00"), id="p")),
    ("C-1", Complained(at=day(1), id="c", public=True)),
    ("C-1", ComplaintIgnored(at=day(2), complaint="c")),
    ("C-1", Complained(at=day(3))),
    ("C-2", Purchased(at=day(0), amount=Decimal("7.00"))),
    ("C-2", Departed(at=day(4), reason="moved", to="Rival", key_customer=True)),
    ("C-2", CauseLearnt(at=day(5), cause=Cause.PRICE, to="Other")),
    ("C-3", Engaged(at=day(1))),
    ("C-4", Departed(at=day(2), sales_cost=Decimal("1.50"), deal_size=Decimal("9.00"))),
]
LATE = [
    ("C-1", ComplaintSettled(at=day(7), complaint="c")),
    ("C-1", Refunded(at=day(8), amount=Decimal("2.00"), purchase="p")),
    ("C-2", CauseLearnt(at=day(9), reason="too far")),
    ("C-5", Purchased(at=day(6), amount=Decimal("3.00"))),
]
BEFORE = replay(table_of(EARLY), **NAMED)
STORED = BEFORE.checkpoint


def damaged(name, value, row=0):
    """The checkpoint with another value in a cell."""
    column = STORED[name]
    cells = column.to_pylist()
    cells[row] = value
    kind = column.type if value is None or isinstance(value, str) else None
    place = STORED.column_names.index(name)
    return STORED.set_column(place, name, pa.array(cells, kind))


def go_on(start, rows=LATE, **given):
    """The replay that goes on from a checkpoint."""
    return replay(table_of(rows), start=start, **NAMED, **given)


@pytest.mark.parametrize(
    "stored",
    [
        lambda table: table,
        lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
        lambda table: replay(pl.from_arrow(table_of(EARLY)), **NAMED).checkpoint,
        lambda table: (
            replay(table_of(EARLY).to_pandas(types_mapper=pd.ArrowDtype), **NAMED).checkpoint
        ),
        lambda table: pl.from_arrow(table).with_columns(pl.col("customer").cast(pl.Categorical)),
        lambda table: pd.read_csv(StringIO(table.to_pandas().to_csv(index=False))),
        lambda table: pl.read_csv(StringIO(pl.from_arrow(table).write_csv())),
        lambda table: BEFORE,
    ],
    ids=[
        "pyarrow",
        "pandas",
        "of polars",
        "of pandas",
        "polars",
        "csv",
        "csv of polars",
        "not stored",
    ],
)
def test_a_checkpoint_of_any_library_can_be_gone_on_from(stored):
    """The states are those of a replay of everything; nobody is left out who has no new event."""
    whole = replay(table_of(EARLY + LATE), **NAMED)

    result = go_on(stored(STORED))

    assert by(shown(result.states), "customer") == by(shown(whole.states), "customer")
    assert by(shown(result.checkpoint), "customer") == by(shown(whole.checkpoint), "customer")
    assert result.accepted == len(LATE)


def test_a_base_without_new_events_stays_as_it_is():
    """Also an empty one."""
    nobody = table_of(EARLY)[:0]

    assert shown(replay(nobody, start=STORED, **NAMED).states) == shown(BEFORE.states)
    assert len(replay(nobody, start=STORED[:0], **NAMED).states) == 0


def test_a_base_begins_with_an_empty_checkpoint():
    """The ids are then of the type of the new ones."""
    result = replay(table_of(EARLY), start=STORED[:0], **NAMED)

    assert by(shown(result.states), "customer") == by(shown(BEFORE.states), "customer")


@pytest.mark.parametrize("name", STORED.column_names)
def test_a_missing_column_of_a_checkpoint_is_named(name):
    """Whichever it is."""
    with pytest.raises(InvalidFrame, match="a column of the checkpoint") as caught:
        go_on(STORED.drop_columns([name]))

    assert caught.value.column == name


@pytest.mark.parametrize(
    ("name", "value", "row", "rule"),
    [
        ("customer", None, 0, "an id"),
        ("customer", "C-1", 1, "an id that is there once"),
        ("lifecycle", None, 0, "which is customer"),
        ("lifecycle", "another", 1, "which is customer"),
        ("state", -1, 0, "a whole number from 0"),
        ("state", 900, 2, "a whole number from 0"),
        ("cycle", None, 1, "a whole number from 0"),
        ("purchases", 2**40, 1, "to 2,147,483,647"),
        ("revenue", -5, 1, "a whole number from 0"),
        ("began", 2**62, 1, "a whole number from"),
        ("entered_bond", None, 1, "a whole number from"),
        ("left_at", None, 1, "the time of the last departure"),
        ("left_cycle", 0, 1, "a whole number from 1"),
        ("left_state", 900, 1, "a whole number from 0"),
        ("left_cause", 900, 1, "a whole number from 0"),
        ("left_key_customer", -9, 3, "a whole number from -1 to 1"),
        ("left_revenue", -9, 3, "a whole number from 0"),
        ("memo", "{", 0, "as JSON"),
        ("memo", "5", 0, "as JSON"),
        ("memo", '{"complaints": 5}', 0, "as JSON"),
        ("memo", '{"complaints": [[1]]}', 0, "as JSON"),
        ("memo", '{"complaints": [[1, 2, false, false]]}', 0, "as JSON"),
        ("memo", '{"complaints": [["a", "c", false, false]]}', 0, "as JSON"),
        ("memo", '{"complaints": [[1, "c", 5, false]]}', 0, "as JSON"),
        ("memo", '{"refundable": [["a", "b"]]}', 0, "as JSON"),
        ("memo", '{"believed": {"cause": "weather", "reason": null, "to": null}}', 1, "as JSON"),
        ("memo", '{"believed": {}}', 1, "as JSON"),
        ("memo", None, 0, "the open complaints"),
        ("memo", None, 1, "what was believed before"),
        ("decimals", 40, None, "the same everywhere"),
    ],
    ids=str,
)
def test_a_damaged_cell_of_a_checkpoint_is_named(name, value, row, rule):
    """Before anything is replayed."""
    with pytest.raises(InvalidFrame, match=re.escape(rule)) as caught:
        go_on(damaged(name, value, row or 0))

    assert (caught.value.column, caught.value.row) == (name, row)


@pytest.mark.parametrize(
    ("name", "values", "rule"),
    [
        ("revenue", [1.5] * 4, "a column of whole numbers"),
        ("left_cause", ["price"] * 4, "a column of whole numbers"),
        ("memo", [5] * 4, "a column of strings"),
        ("customer", [1.5, 2.5, 3.5, 4.5], "a column of strings"),
        ("decimals", [40] * 4, "a whole number from 0 to 18"),
    ],
)
def test_a_column_of_another_type_is_no_part_of_a_checkpoint(name, values, rule):
    """The message names it."""
    place = STORED.column_names.index(name)

    with pytest.raises(InvalidFrame, match=rule) as caught:
        go_on(STORED.set_column(place, name, pa.array(values)))

    assert caught.value.column == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (pa.array([-1, 2], pa.int64()), pa.array([5, 2], pa.uint64())),
        (pa.array([-1, 2], pa.int64()), pa.array(["5", "2"])),
    ],
    ids=["signs", "text"],
)
def test_ids_that_cannot_be_the_same_are_refused(before, after):
    """With the type that they had."""
    table = table_of(EARLY[:1] * 2).drop_columns(["id"])
    first, second = (table.set_column(0, "customer", ids) for ids in (before, after))
    named = {**NAMED, "id": None}

    with pytest.raises(InvalidArgument, match="a column of int64, as before the start"):
        replay(second, start=replay(first, **named), **named)


def test_nobody_before_has_ids_of_any_type():
    """In memory, too."""
    nobody = table_of(EARLY)[:0]
    numbers = nobody.set_column(0, "customer", pa.array([], pa.int64()))

    result = replay(table_of(EARLY), start=replay(numbers, **NAMED), **NAMED)

    assert by(shown(result.states), "customer") == by(shown(BEFORE.states), "customer")


def test_states_are_not_taken_for_a_checkpoint():
    """The message says what to give."""
    with pytest.raises(InvalidFrame, match=r"These are states: give result\.checkpoint"):
        go_on(BEFORE.states)


def test_what_is_settled_and_what_was_left_behind_is_kept_no_longer():
    """A complaint that was answered, and what was believed of a departure before the last one."""
    early = [
        ("C-1", Purchased(at=day(0), amount=Decimal("5.00"))),
        ("C-1", Complained(at=day(1))),
        ("C-1", Complained(at=day(2))),
        ("C-2", Purchased(at=day(0), amount=Decimal("5.00"))),
        ("C-2", Departed(at=day(1))),
        ("C-2", CauseLearnt(at=day(2), cause=Cause.PRICE)),
    ]
    late = [
        ("C-1", ComplaintSettled(at=day(5))),
        ("C-1", ComplaintSettled(at=day(6))),
        ("C-2", Purchased(at=day(5), amount=Decimal("5.00"))),
        ("C-2", Departed(at=day(6))),
    ]
    start = replay(table_of(early), **NAMED).checkpoint

    result = go_on(start, late)

    assert not result.notes
    assert all(memo is None for memo in result.checkpoint["memo"].to_pylist())
    whole = replay(table_of(early + late), **NAMED)
    assert by(shown(result.checkpoint), "customer") == by(shown(whole.checkpoint), "customer")
    half = go_on(start, late[:1])
    assert "[[1767398400000000, null, false, false]]" in half.checkpoint["memo"].to_pylist()[0]


def test_a_reason_is_kept_in_columns():
    """Of a departure that no correction was about."""
    rows = [("C-9", Departed(at=day(0), reason="moved"))]
    stored = replay(table_of(rows), **NAMED).checkpoint

    result = go_on(stored, [("C-9", Engaged(at=day(9)))])

    assert not result.notes
    assert result.journey("C-9").relationship.departure.reason == "moved"


def test_what_is_no_checkpoint_is_refused():
    """Neither a value, nor the events themselves."""
    with pytest.raises(InvalidArgument, match="start is 5"):
        go_on(5)
    with pytest.raises(InvalidFrame, match="'lifecycle': it is 'missing'"):
        go_on(table_of(EARLY))


@pytest.mark.parametrize("stored", [False, True])
def test_a_checkpoint_of_another_lifecycle_is_refused(stored):
    """Whether it was stored or not."""
    other = replay(table_of(EARLY), with_pause(CUSTOMER_LIFECYCLE), **NAMED)

    with pytest.raises((InvalidArgument, InvalidFrame), match="lifecycle"):
        go_on(other.checkpoint if stored else other)


def test_a_replay_under_other_departure_rules_is_refused():
    """Departures would be judged in two ways."""
    rules = DepartureRules(moment_grace=timedelta(days=1))

    with pytest.raises(InvalidArgument, match="the same departure_rules"):
        go_on(replay(table_of(EARLY), departure_rules=rules, **NAMED))


def numbered(ids, kind):
    """A purchase of each customer."""
    return pa.table(
        {
            "who": pa.array(ids, kind),
            "at": pa.array([T] * len(ids), pa.timestamp("us", "UTC")),
            "cents": pa.array([100] * len(ids)),
        }
    )


ORDERS = {
    "customer": "who",
    "at": "at",
    "events": "purchased",
    "amount": "cents",
    "decimals": 2,
}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (pa.int8(), pa.int64()),
        (pa.int64(), pa.uint8()),
        (pa.uint64(), pa.int16()),
        (pa.string(), pa.large_string()),
        (pa.string_view(), pa.string()),
    ],
    ids=str,
)
def test_ids_of_one_kind_are_the_same_however_wide(ours, theirs):
    """The same customer goes on, and a new one is added."""
    ids = (5, 7) if pa.types.is_integer(ours) else ("5", "7")
    before = replay(numbered(ids[:1], ours), **ORDERS)

    result = replay(numbered(ids, theirs), start=before.checkpoint, **ORDERS)

    rows = result.states.to_pylist()
    assert {row["customer"]: row["purchases"] for row in rows} == {ids[0]: 2, ids[1]: 1}


def test_ids_of_two_kinds_are_not_mixed():
    """The text "5" need not be the number 5."""
    before = replay(numbered([5], pa.int64()), **ORDERS)

    with pytest.raises(InvalidArgument, match="a column of int64, as before the start"):
        replay(numbered(["5"], pa.string()), start=before, **ORDERS)


def test_where_nothing_happens_ids_may_be_of_any_type():
    """An empty frame often does not know its types."""
    before = replay(numbered([5], pa.int64()), **ORDERS)

    result = replay(numbered([], pa.string()), start=before, **ORDERS)

    assert result.states["customer"].to_pylist() == [5]


def test_who_paused_before_and_does_nothing_now_stays_as_they_are():
    """As do those who have something on record that no column holds."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)
    rows = [("C-1", Purchased(at=day(0), amount=Decimal("5.00"))), ("C-1", Paused(at=day(1)))]
    before = replay(table_of(rows), lifecycle, **NAMED)

    after = replay(table_of([("C-2", Engaged(at=day(9)))]), lifecycle, start=before, **NAMED)

    assert shown(after.states)[0] == shown(before.states)[0]
    assert shown(before.states)[0]["paused_at"] == day(1)


def test_the_number_of_decimals_stays():
    """Cents are not added to whole units; where nothing is paid now, it is that of before."""
    unpaid = numbered(["C-1"], pa.string()).drop_columns(["cents"])
    engaged = {"customer": "who", "at": "at", "events": "engaged"}

    with pytest.raises(InvalidArgument, match="2, as before the start"):
        replay(numbered(["C-1"], pa.string()), start=STORED, **{**ORDERS, "decimals": 3})
    later = unpaid.set_column(1, "at", pa.array([day(20)], pa.timestamp("us", "UTC")))
    assert replay(later, start=STORED, **engaged).decimals == 2


def test_the_costs_of_sales_are_money_as_well():
    """Of departures without any purchase, before and after the start."""
    table = table_of([("C-9", Departed(at=day(0), deal_size=Decimal("9.00")))])
    given = {**NAMED, "amount": None}
    before = replay(table, **given)

    with pytest.raises(InvalidArgument, match="2, as before the start"):
        replay(table, start=before, **{**given, "decimals": 0})
    with pytest.raises(InvalidArgument, match="3, as before the start"):
        replay(table, start=replay(table, **{**given, "decimals": 3}).checkpoint, **given)


def test_sums_beyond_64_bits_are_refused_before_they_are_wrong():
    """What was paid before counts."""
    low = numbered(["C-1"], pa.string())
    high = low.set_column(2, "cents", pa.array([2**62]))
    before = replay(high, **ORDERS)

    assert replay(high.slice(0, 0), start=before, **ORDERS).accepted == 0
    assert replay(low, start=before, **ORDERS).standing.revenue.tolist() == [2**62 + 100]
    mixed = pa.concat_tables([low, low.set_column(2, "cents", pa.array([2**62 - 200]))])
    found = replay(mixed, start=before, **ORDERS).standing.revenue.tolist()
    assert found == [2**63 - 100]
    with pytest.raises(InvalidFrame, match="with what was paid before the start"):
        replay(high, start=before, **ORDERS)
