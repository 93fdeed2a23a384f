"""Spans of time: sums and products that do not overflow, and words."""

from datetime import UTC, datetime, timedelta

import pytest

from custlife import _checks
from custlife.silence.spans import in_words, plus, times

LAST = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(weeks=13), "91 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=12), "2 days"),
        (timedelta(days=2), "2 days"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=1, minutes=30), "1.5 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=2, seconds=3), "2 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
    ],
)
def test_a_span_is_told_in_days_and_a_short_one_in_hours(span, words):
    """Below two days a broken day is told in hours."""
    assert in_words(span) == words


def test_a_sum_beyond_all_datetimes_is_none():
    """The last moment itself is a sum like any other."""
    day = timedelta(days=1)

    assert plus(LAST - day, day) == LAST
    assert plus(LAST, day) is None


def test_a_product_beyond_all_spans_is_the_longest_span():
    """A longer one does not exist."""
    assert times(timedelta(days=2), 1.5) == timedelta(days=3)
    assert times(timedelta.max, 2) == timedelta.max


@pytest.mark.parametrize("value", [timedelta(0), timedelta(days=-1), 13, None], ids=str)
def test_a_limit_is_a_span_above_zero(value):
    """Neither zero nor a bare number is one."""
    assert not _checks.span.holds(value)
    assert _checks.span.holds(timedelta(microseconds=1))
