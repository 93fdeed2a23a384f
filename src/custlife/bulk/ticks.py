"""Times and spans as whole microseconds, as columns have them: ticks since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1) // TICK
"""The ticks of a day."""
NEVER = int(np.iinfo(np.int64).min)
"""The time of what did not happen."""
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // TICK
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // TICK
"""The first and the last time that a datetime can have."""


def micros(moment: datetime | None) -> int:
    """A datetime in microseconds; `NEVER` for None.

    Examples:
        >>> micros(datetime(1970, 1, 2, tzinfo=UTC)) == DAY
        True
    """
    return NEVER if moment is None else (moment - EPOCH) // TICK


def moment(at: int) -> datetime:
    """A time in ticks as a datetime.

    Examples:
        >>> moment(DAY)
        datetime.datetime(1970, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + int(at) * TICK


def moment_or_none(at: int) -> datetime | None:
    """A time in ticks as a datetime; None for `NEVER`."""
    return None if at == NEVER else moment(at)
