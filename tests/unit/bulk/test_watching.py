"""Silence over columns: where it can be read off columns, and where it cannot."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")

from attrs import evolve
from tests.bases import NAMED, assert_same, one_by_one, shown, table_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    CauseLearnt,
    Complained,
    Departed,
    Engaged,
    Forbid,
    Purchased,
    to_table,
    with_pause,
)
from custlife.bulk import replay
from custlife.bulk.watching import silences_of
from custlife.errors import InvalidMoment
from custlife.silence import FixedWindow, StageLimits

T = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = FixedWindow(lapsed_after=timedelta(days=10), departed_after=timedelta(days=20))
STEADY = evolve(
    CUSTOMER_LIFECYCLE,
    rules=[
        Forbid("lapsed", at="content", sentence="Who is content does not lapse.")
        if rule.on == "lapsed" and rule.at == ("content",)
        else rule
        for rule in CUSTOMER_LIFECYCLE.rules
    ],
)
"""A lifecycle in which not every customer can lapse."""


def day(number):
    return T + timedelta(days=number)


def bought(number, **more):
    return Purchased(at=day(number), amount=Decimal("5.00"), **more)


def watched(rows, until, **given):
    """The base, watched up to a day."""
    watch = {"silence": WINDOW, "as_of": day(until), "rejected": "collect"}
    return replay(table_of(rows), **watch, **given, **NAMED)


@pytest.mark.parametrize("until", [10, 11, 20, 21])
def test_a_silence_up_to_its_very_limit_is_as_one_by_one(until):
    """And a moment after it."""
    rows = [("C-1", bought(0)), ("C-2", Engaged(at=day(0)))]

    result = watched(rows, until)

    assert_same(result, rows, one_by_one(rows, silence=WINDOW, as_of=day(until)))
    assert result.notes == {}


@pytest.mark.parametrize("late", [10, 19, 20, 21, 30])
def test_an_event_at_a_limit_is_as_one_by_one(late):
    """Whether it comes before, at or after what is inferred."""
    rows = [(f"C-{n}", one) for n, one in enumerate((bought(late), Complained(at=day(late))))]
    rows += [("C-0", bought(0)), ("C-1", bought(0))]

    result = watched(rows, 40)

    assert_same(result, rows, one_by_one(rows, silence=WINDOW, as_of=day(40)))


def test_who_exists_in_the_start_only_falls_silent_as_well():
    """Also with something on record that no column goes on from, such as a complaint in public."""
    rows = [("C-1", bought(0)), ("C-2", bought(0)), ("C-2", Complained(at=day(1), public=True))]
    rows += [("C-3", bought(0)), ("C-3", Departed(at=day(1), reason="moved"))]
    rows += [("C-3", CauseLearnt(at=day(2), reason="far"))]
    before = replay(table_of(rows), **NAMED)

    after = watched([("C-4", bought(30))], 31, start=before.checkpoint)

    found = {row["customer"]: row["departure_at"] for row in shown(after.states)}
    assert found == {"C-1": day(20), "C-2": day(20), "C-3": day(1), "C-4": None}
    assert after.notes == {"something on record from before that no column goes on from": 1}


def test_silence_does_not_count_up_to_a_moment_before_the_start():
    """Nobody can go back."""
    before = watched([("C-1", bought(0))], 15)

    with pytest.raises(InvalidMoment, match="no earlier than the last event"):
        watched([("C-2", bought(1))], 5, start=before)


def test_who_never_bought_before_the_start_is_not_silent():
    """Nor does anybody fall silent who begins after it."""
    before = replay(table_of([("C-1", Engaged(at=day(0)))]), **NAMED)

    after = watched([("C-2", Engaged(at=day(30)))], 90, start=before)

    assert [row["room"] for row in shown(after.states)] == ["prospect", "prospect"]
    assert after.notes == {}


def test_a_silence_that_nobody_watched_before_the_start_is_told_one_by_one():
    """Its limit lies before the last event, so it takes effect now."""
    rows = [("C-1", bought(0)), ("C-1", Engaged(at=day(15)))]
    before = replay(table_of(rows), **NAMED)

    after = watched([("C-2", bought(16))], 17, start=before)

    assert after.notes == {"a silence from before the start": 1}


@pytest.mark.parametrize(
    ("rule", "lifecycle"),
    [
        (StageLimits({"buyer": timedelta(days=3)}), CUSTOMER_LIFECYCLE),
        (WINDOW, with_pause(CUSTOMER_LIFECYCLE)),
        (WINDOW, STEADY),
    ],
    ids=["limits of stages", "pauses", "nobody lapses"],
)
def test_what_columns_cannot_tell_is_told_one_by_one(rule, lifecycle):
    """Rules about stages, pauses, and lifecycles in which not everybody can lapse."""
    kinds = [Purchased, Engaged]

    assert silences_of(rule, day(9), to_table(lifecycle), kinds) is None
    assert silences_of(WINDOW, day(9), to_table(CUSTOMER_LIFECYCLE), kinds) is not None
