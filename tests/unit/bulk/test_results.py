"""What a bulk replay gives: frames, single journeys, and where everybody stood at a moment."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
from tests.bases import NAMED, table_of

from custlife import CUSTOMER_LIFECYCLE, Departed, Engaged, Purchased, Refunded
from custlife import replay as one_by_one
from custlife.bulk import replay
from custlife.bulk.results import of_base
from custlife.errors import InvalidArgument, InvalidMoment
from custlife.silence import FixedWindow

T = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return T + timedelta(days=number)


ROWS = [
    ("C-1", Engaged(at=day(0))),
    ("C-1", Purchased(at=day(2), amount=Decimal("5.00"))),
    ("C-1", Departed(at=day(4))),
    ("C-2", Purchased(at=day(2), amount=Decimal("7.00"))),
    ("C-2", Refunded(at=day(3), amount=Decimal("9.00"))),
    ("C-3", Engaged(at=day(5))),
]
RESULT = replay(table_of(ROWS), rejected="collect", **NAMED)
JOURNEYS = {
    who: one_by_one(
        [event for person, event in ROWS if person == who], customer=who, on_rejected="collect"
    )
    for who in ("C-1", "C-2", "C-3")
}


def test_it_says_how_many_customers_and_events_there_are():
    """And how many were left out."""
    assert repr(RESULT) == "<Replayed 3 customers: 5 events accepted, 1 left out>"
    assert (RESULT.accepted, RESULT.decimals, RESULT.lifecycle) == (5, 2, CUSTOMER_LIFECYCLE)


@pytest.mark.parametrize(
    ("frame", "kinds"),
    [
        (
            table_of(ROWS).select(["customer", "at", "event"]),
            ["string", "int64", "timestamp[us, tz=UTC]", "timestamp[us, tz=UTC]", "bool"],
        ),
        (
            table_of(ROWS).select(["customer", "at", "event"]).to_pandas(),
            ["str", "int64", "datetime64[us, UTC]", "datetime64[us, UTC]", "boolean"],
        ),
        (
            pl.from_arrow(table_of(ROWS).select(["customer", "at", "event"])),
            [
                "String",
                "Int64",
                "Datetime(time_unit='us', time_zone='UTC')",
                "Datetime(time_unit='us', time_zone='UTC')",
                "Boolean",
            ],
        ),
    ],
    ids=["pyarrow", "pandas", "polars"],
)
def test_columns_are_of_plain_types(frame, kinds):
    """Counts are whole numbers, times have a zone, and what did not happen is null."""
    events = {"engaged": "engaged", "purchased": "engaged", "refunded": "departed"}
    named = {"customer": "customer", "at": "at", "event": "event", "mapping": events}

    states = replay(frame, rejected="collect", **named).states

    names = ["customer", "engagements", "first_at", "first_purchase_at", "departure_inferred"]
    types = states.schema.types if isinstance(states, pa.Table) else [*states.dtypes]
    columns = getattr(states, "column_names", states.columns)
    found = {name: str(kind) for name, kind in zip(columns, types, strict=True)}
    # Before its third version, pandas kept strings as objects.
    assert [found[name].replace("object", "str") for name in names] == kinds


def test_a_snapshot_shows_who_had_begun_and_where_they_stood():
    """Events of that very moment count."""
    moments = [day(-1), day(0), day(2), day(9)]

    rows = RESULT.snapshot(moments).to_pylist()

    expected = [
        (at, who, str(journey.as_of(at).state))
        for at in moments
        for who, journey in JOURNEYS.items()
        if journey.as_of(at).record.first_at is not None
    ]
    assert sorted((row["as_of"], row["customer"], row["state"]) for row in rows) == expected
    assert [row["room"] for row in rows if row["as_of"] == day(0)] == ["prospect"]


def test_occupancy_counts_who_stood_where():
    """By rooms, or by any region, view or state."""
    rooms = RESULT.occupancy([day(0), day(9)]).to_pylist()
    bonds = RESULT.occupancy([day(2)], by="bond").to_pylist()

    found = {(row["as_of"], row["room"]): row["customers"] for row in rooms}
    assert found == {
        (day(0), "prospect"): 1,
        (day(0), "customer"): 0,
        (day(0), "former"): 0,
        (day(9), "prospect"): 1,
        (day(9), "customer"): 1,
        (day(9), "former"): 1,
    }
    assert {row["bond"]: row["customers"] for row in bonds if row["customers"]} == {"buyer": 2}


def test_no_moments_give_no_rows():
    """The columns are there."""
    assert len(RESULT.snapshot([])) == len(RESULT.occupancy([])) == 0
    assert RESULT.snapshot([]).column_names[:3] == ["customer", "as_of", "state"]


def test_a_moment_is_the_same_in_any_zone():
    """Also as one of pandas."""
    japan = day(2).astimezone(timezone(timedelta(hours=9)))

    found = RESULT.snapshot(pd.DatetimeIndex([japan])).to_pylist()

    assert found == RESULT.snapshot([day(2)]).to_pylist() == RESULT.snapshot([japan]).to_pylist()


@pytest.mark.parametrize("ask", [RESULT.snapshot, RESULT.occupancy], ids=["snapshot", "occupancy"])
def test_moments_are_aware_and_several(ask):
    """A single one is put into a list."""
    for bad in (day(0).replace(tzinfo=None), "2026-01-01", None):
        with pytest.raises(InvalidMoment, match="an aware datetime"):
            ask([bad])
    for bad in (day(0), None, "2026-01-01"):
        with pytest.raises(InvalidArgument, match="an iterable of datetimes"):
            ask(bad)


@pytest.mark.parametrize("by", ["colour", 5, None, ["room"], "customer"])
def test_occupancy_is_by_what_the_lifecycle_has(by):
    """The message names the columns."""
    with pytest.raises(InvalidArgument, match="one of state, room, bond"):
        RESULT.occupancy([day(0)], by=by)


def test_what_was_before_the_start_of_a_replay_is_not_known():
    """The replay before it knows."""
    result = replay(table_of(ROWS[-1:]), start=replay(table_of(ROWS[:-2]), **NAMED), **NAMED)

    for ask in (result.snapshot, result.occupancy):
        with pytest.raises(InvalidMoment, match="a replay from the beginning"):
            ask([day(0)])


def test_nothing_is_known_of_what_a_silence_rule_has_not_seen():
    """Who would have lapsed since has not."""
    watched = replay(table_of(ROWS[:4]), silence=FixedWindow(), as_of=day(9), **NAMED)

    assert len(watched.snapshot([day(9)])) == 2
    with pytest.raises(InvalidMoment, match="up to which silence counts"):
        watched.snapshot([day(10)])


def test_a_single_journey_can_be_looked_at():
    """With its steps, refusals and explanations."""
    journey = RESULT.journey("C-2")

    assert journey.relationship == JOURNEYS["C-2"].relationship
    assert [str(one.error) for one in journey.rejected] == [
        row["reason"] for row in RESULT.rejections.to_pylist()
    ]


@pytest.mark.parametrize("customer", ["C-9", 5, None, ["C-1"], object()], ids=type)
def test_a_journey_is_of_a_customer_of_the_base(customer):
    """By the id as the frame has it."""
    with pytest.raises(InvalidArgument, match="the id of a customer of the frame"):
        RESULT.journey(customer)


def test_a_journey_goes_on_from_where_it_started():
    """Its start is the relationship that the checkpoint holds."""
    before = replay(table_of(ROWS[:3]), **NAMED)

    journey = replay(table_of(ROWS[-1:]), start=before, **NAMED).journey("C-1")

    assert journey.start == JOURNEYS["C-1"].relationship


def test_a_base_is_a_replay_or_a_frame_of_states():
    """A replay knows its lifecycle and its decimals; a frame is given them."""
    replayed, states = of_base(RESULT), of_base(RESULT.states, decimals=2)

    assert replayed.states is states.states
    assert (replayed.lifecycle, replayed.decimals) == (states.lifecycle, states.decimals)


def test_a_room_without_regions_is_no_column():
    """The stages of the others are in columns of their own."""
    names = {*RESULT.states.column_names}

    assert {"state", "room", "bond", "standing"} <= names
    assert not {"prospect", "former"} & names
