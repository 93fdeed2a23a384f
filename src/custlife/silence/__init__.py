"""Silence: who is active, who has lapsed, and who is presumed to have departed.

Where there is no contract, customers leave without a word (EFR-5). A silence rule infers it from
what is on record, and says so.

Examples:
    >>> from datetime import datetime, timedelta, timezone
    >>> from custlife import Purchased, replay
    >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
    >>> rule = FixedWindow(lapsed_after=timedelta(weeks=13), departed_after=timedelta(weeks=52))
    >>> journey = replay(
    ...     [Purchased(at=t, amount=20)],
    ...     customer="C-17", silence=rule, as_of=t + timedelta(days=400),
    ... )
    >>> for one in journey.inferred:
    ...     print(one.event.at.date(), one.event.name)
    2026-04-02 lapsed
    2026-12-31 departed
    >>> journey.departures[0].kind.value, journey.departures[0].inferred
    ('erosion', True)
"""

from custlife._watching import Watch
from custlife.answers import Answer, DeadlineRule, Deadlines, SilenceRule, Status
from custlife.silence.combining import Combination, both, either
from custlife.silence.likely import LikelyGone
from custlife.silence.nightly import Due, due
from custlife.silence.stages import StageLimits
from custlife.silence.windows import DEFAULT_SILENCE_RULE, FixedWindow, OwnRhythm
from custlife.steps import Inference

__all__ = [
    "DEFAULT_SILENCE_RULE",
    "Answer",
    "Combination",
    "DeadlineRule",
    "Deadlines",
    "Due",
    "FixedWindow",
    "Inference",
    "LikelyGone",
    "OwnRhythm",
    "SilenceRule",
    "StageLimits",
    "Status",
    "Watch",
    "both",
    "due",
    "either",
]
