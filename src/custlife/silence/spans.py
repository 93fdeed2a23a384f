"""Spans of time: their bounds, and in words."""

from datetime import datetime, timedelta

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def in_words(span: timedelta) -> str:
    """A span in days; in hours or minutes where it is below two days and no whole day.

    Examples:
        >>> in_words(timedelta(weeks=13)), in_words(timedelta(hours=36))
        ('91 days', '36 hours')
    """
    if span < _MINUTE:
        return "less than a minute"
    if span < _HOUR:
        return f"{span // _MINUTE} minute{'s' * (span // _MINUTE != 1)}"
    if span < 2 * _DAY and span % _DAY:
        hours = f"{span / _HOUR:.1f}".removesuffix(".0")
        return f"{hours} hour{'s' * (hours != '1')}"
    return f"{span // _DAY} day{'s' * (span // _DAY != 1)}"


def plus(moment: datetime, span: timedelta) -> datetime | None:
    """The moment a span later; None where that is beyond all datetimes."""
    try:
        return moment + span
    except OverflowError:
        return None


def times(span: timedelta, factor: float) -> timedelta:
    """A span so many times; the longest there is where that is longer."""
    try:
        return span * factor
    except OverflowError:
        return timedelta.max
