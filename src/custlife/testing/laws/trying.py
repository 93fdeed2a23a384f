"""Trying a law on what Hypothesis makes up, in the same way for every kind of law."""

import re
from collections.abc import Callable, Collection
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

T = TypeVar("T")

Settings = hypothesis.settings | None

_HEALTHY = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""How slow a machine is, and how long a history, is no fault of the subject."""


def try_on(
    sampled: st.SearchStrategy[T],
    probe: Callable[[T], None],
    *,
    name: str,
    settings: Settings,
    without: Collection[Phase],
) -> None:
    """Call a probe with samples until it raises.

    Args:
        sampled: What is made up.
        probe: Raises where a law does not hold.
        name: What Hypothesis calls the probe.
        settings: Its settings; those of the profile if None. There is no deadline.
        without: Phases that the law does itself or does not need.
    """

    def named(sample: T) -> None:
        probe(sample)

    named.__name__ = re.sub(r"\W+", "_", name)
    given_settings = settings or hypothesis.settings()
    own = hypothesis.settings(
        given_settings,
        deadline=None,
        phases=[phase for phase in given_settings.phases if phase not in without],
        report_multiple_bugs=False,
        suppress_health_check=_HEALTHY,
    )
    own(given(sampled)(named))()
