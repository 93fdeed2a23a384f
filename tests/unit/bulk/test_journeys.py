"""Journeys as a data frame: a row for every step."""

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa

from custlife import Departed, Engaged, Purchased, replay
from custlife.bulk import steps_frame
from custlife.errors import InvalidArgument
from custlife.silence import FixedWindow

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def journeys():
    """One who buys twice and leaves, and one who falls silent."""
    window = FixedWindow(lapsed_after=DAY, departed_after=2 * DAY)
    bought = [Purchased(at=T, amount=5), Purchased(at=T + DAY, amount=5)]
    yield replay([*bought, Departed(at=T + 2 * DAY)], customer="C-1")
    yield replay([Purchased(at=T, amount=5)], customer="C-2", silence=window, as_of=T + 9 * DAY)


def test_every_step_is_a_row():
    """Moves and stays alike, with what was inferred, departures and the rules that were taken."""
    every = [*journeys()]

    rows = steps_frame(every, like="pyarrow").to_pylist()

    steps = [(one.customer, step) for one in every for step in one.steps]
    assert [(row["customer"], row["at"], row["event"]) for row in rows] == [
        (customer, step.event.at, step.event.name) for customer, step in steps
    ]
    assert [(row["from"], row["to"], row["cycle"]) for row in rows] == [
        (str(step.before), str(step.after), step.cycle) for _, step in steps
    ]
    assert [row["departure"] for row in rows if row["departure"]] == ["erosion", "erosion"]
    assert [row["event"] for row in rows if row["inferred"]] == ["lapsed", "departed"]
    assert all(rule.sentence in rows[0]["because"] for rule in steps[0][1].rules)


@pytest.mark.parametrize(
    ("like", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)]
)
def test_the_frame_is_of_the_library_that_is_asked_for(like, kind):
    """Also where nothing happened."""
    assert isinstance(steps_frame(journeys(), like=like), kind)
    assert isinstance(steps_frame([], like=like), kind)


@pytest.mark.parametrize(
    ("given", "like"), [(5, "pandas"), ([Engaged(at=T)], "pandas"), ([], "excel")]
)
def test_what_is_no_journey_and_no_library_is_refused(given, like):
    """Each argument is looked at."""
    with pytest.raises(InvalidArgument):
        steps_frame(given, like=like)
