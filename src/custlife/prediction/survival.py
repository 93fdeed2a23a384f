"""How long customers last, where some have not left yet.

A plain mean over those who left leaves out everybody who is still there, and these last longest.
`kaplan_meier` counts them for as long as they were seen. `custlife.prediction.comparison` says
whether that became longer.

Source: EFR-6 (define the average length of the lifecycle and set out to lengthen it).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import fsum, inf, isclose, prod, sqrt
from sys import float_info
from typing import Generic, TypeVar

from attrs import frozen

from custlife import _checks
from custlife._checks import Check
from custlife.errors import InvalidArgument
from custlife.money import as_whole

D = TypeVar("D", float, timedelta)

_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)
_NEAR = 1e-9
"""Survivals this close to one half are compared exactly, since a float may be rounded over it."""
_ROUND = 100
"""Numbers from here on are shown without decimals."""
_REMEDY = "Give all lengths of time as timedeltas, or all as numbers of one unit, such as days."
_time = Check(
    lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    "a timedelta of at least 0, as the other durations are",
    _REMEDY,
)
_number = Check(
    lambda value: (
        isinstance(as_whole(value), int | float)
        and not isinstance(value, bool)
        and 0 <= value <= float_info.max
    ),
    "a finite int or float of at least 0, unless all durations are timedeltas",
    _REMEDY,
)


@frozen(kw_only=True, repr=False)
class SurvivalCurve(Generic[D]):
    """The share of customers that lasts beyond each length of time; made by `kaplan_meier`.

    Attributes:
        durations: How long each customer was seen, the shortest first [the unit given].
        times: The lengths of time at which customers ended, each one once, the shortest first.
        at_risk: For each of these times, how many lasted at least as long.
        leaving: For each of these times, how many ended then.
        survival: For each of these times, the share that lasts longer, 0 to 1.
    """

    durations: tuple[D, ...]
    times: tuple[D, ...]
    at_risk: tuple[int, ...]
    leaving: tuple[int, ...]
    survival: tuple[float, ...]

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.durations)

    @property
    def ended(self) -> int:
        """How many of them ended; the others still go on."""
        return sum(self.leaving)

    @property
    def median(self) -> D | float:
        """The first time that at most half of the customers outlast; ``math.inf`` if none is.

        Examples:
            >>> kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False]).median
            3.0
            >>> kaplan_meier([1, 2, 2], [True, False, False]).median
            inf
        """
        for place, time in enumerate(self.times):
            if self._at_most_half(place):
                return time
        return inf

    def _at_most_half(self, place: int) -> bool:
        share = self.survival[place]
        if not isclose(share, 0.5, rel_tol=_NEAR):
            return share < 0.5  # noqa: PLR2004 - one half
        at_risk, leaving = self.at_risk[: place + 1], self.leaving[: place + 1]
        staying = (there - gone for there, gone in zip(at_risk, leaving, strict=True))
        return 2 * prod(staying) <= prod(at_risk)

    @property
    def mean_of_ended(self) -> D | None:
        """The plain mean of those that ended, which is mostly too short; None if none ended.

        Examples:
            >>> kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False]).mean_of_ended
            2.0
        """
        if not self.ended:
            return None
        parts = zip(self.times, self.leaving, strict=True)
        total = sum((_exact(time) * gone for time, gone in parts), Fraction(0))
        return _like(self.durations[0], total / self.ended)

    def at(self, time: D) -> float:
        """The share of customers that lasts longer than this, 0 to 1.

        After the longest duration it stays as it was there.

        Args:
            time: A length of time of the same kind as the durations [their unit, >= 0].

        Raises:
            InvalidArgument: If the time is negative, not finite or of another kind.

        Examples:
            >>> kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False]).at(4)
            0.3
        """
        self._check("at", "time", time)
        return (1.0, *self.survival)[bisect_right(self.times, time)]

    def standard_error(self, time: D) -> float:
        """The standard error of `at`, 0 or more.

        Greenwood's formula has no value once all have ended. The standard error is 0 then: the
        formula for a share gives that, and without censoring Greenwood's is the same.

        Source: M. Greenwood, The Natural Duration of Cancer, Reports on Public Health and Medical
        Subjects 33, 1926.

        Args:
            time: A length of time of the same kind as the durations [their unit, >= 0].

        Raises:
            InvalidArgument: If the time is negative, not finite or of another kind.

        Examples:
            >>> curve = kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False])
            >>> round(curve.standard_error(2), 4)
            0.2191
        """
        self._check("standard_error", "time", time)
        share, end = self.at(time), bisect_right(self.times, time)
        if not share:
            return 0.0
        steps = zip(self.at_risk[:end], self.leaving[:end], strict=True)
        return share * sqrt(fsum(gone / (there * (there - gone)) for there, gone in steps))

    def restricted_mean(self, horizon: D) -> D:
        """The mean of what customers last up to a horizon: the area under the curve.

        A curve that has not come down to 0 has no mean without a horizon. Beyond the longest
        duration the curve stays as it was there, so a horizon beyond that is a guess.

        Source: J. O. Irwin, The Standard Error of an Estimate of Expectation of Life, Journal of
        Hygiene 47(2), 1949.

        Args:
            horizon: A length of time of the same kind as the durations [their unit, >= 0].

        Returns:
            The mean, in the unit of the durations; a timedelta is rounded to the microsecond.

        Raises:
            InvalidArgument: If the horizon is negative, not finite or of another kind.

        Examples:
            >>> curve = kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False])
            >>> curve.restricted_mean(5)
            3.0
        """
        self._check("restricted_mean", "horizon", horizon)
        end: Fraction = _exact(horizon)
        edges = pairwise([Fraction(0), *(min(_exact(time), end) for time in self.times), end])
        steps = zip((1.0, *self.survival), edges, strict=True)
        parts = (Fraction(share) * (late - early) for share, (early, late) in steps)
        return _like(self.durations[0], sum(parts, Fraction(0)))

    def explain(self) -> str:
        """The curve in plain sentences.

        Examples:
            >>> curve = kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False])
            >>> print(curve.explain())
            Of 5 lifespans 3 ended and 2 still go on.
            Half of them are over by 3 (median).
            The plain mean of those that ended is 2.
            It leaves out those that still go on: up to 5, the mean of all is 3.
        """
        going = self.customers - self.ended
        lines = [f"Of {self.customers:,} lifespans {self.ended:,} ended and {going:,} still go on."]
        median = self.median
        if median == inf:
            lines.append("More than half of them are not over yet: the median is unknown.")
        else:
            lines.append(f"Half of them are over by {length_in_words(median)} (median).")
        mean = self.mean_of_ended
        if mean is not None:
            lines.append(f"The plain mean of those that ended is {length_in_words(mean)}.")
            if going:
                longest = self.durations[-1]
                all_ = length_in_words(self.restricted_mean(longest))
                until = f"up to {length_in_words(longest)}, the mean of all is {all_}"
                lines.append(f"It leaves out those that still go on: {until}.")
        return "\n".join(lines)

    def _check(self, call: str, name: str, value: object) -> None:
        check_of(self.durations[0]).argument(f"SurvivalCurve.{call}", name, value)

    def __repr__(self) -> str:
        return f"<SurvivalCurve: {self.customers} customers, {self.ended} ended>"


def kaplan_meier(durations: Iterable[D], ended: Iterable[bool]) -> SurvivalCurve[D]:
    """The survival curve of customers, also where some of them still go on.

    Those that end are counted before those that are last seen at the same time. It is assumed that
    how long somebody was seen says nothing about how long they would have lasted.

    Source: E. L. Kaplan and P. Meier, Nonparametric Estimation from Incomplete Observations,
    Journal of the American Statistical Association 53(282), 1958.

    Args:
        durations: How long each customer was seen: all as timedeltas, or all as numbers of one
            unit [>= 0]; at least one. Whole numbers become floats.
        ended: For each of them, whether it ended then; False if it still went on.

    Raises:
        InvalidArgument: If there is no duration, one is negative, not finite or of another kind,
            or ``ended`` holds something else than as many times True or False.

    Examples:
        >>> curve = kaplan_meier([1, 2, 2, 3, 5], [True, True, False, True, False])
        >>> curve
        <SurvivalCurve: 5 customers, 3 ended>
        >>> curve.times, curve.survival
        ((1.0, 2.0, 3.0), (0.8, 0.6, 0.3))
        >>> kaplan_meier([], [])
        Traceback (most recent call last):
        ...
        custlife.errors.InvalidArgument: kaplan_meier(): durations is (), but must be at least one \
duration. Give how long each customer was seen, those who still go on included.
    """
    seen, flags = _checked(durations, ended)
    leaving = Counter(time for time, over in zip(seen, flags, strict=True) if over)
    everybody, times = sorted(seen), sorted(leaving)
    at_risk = [lasting(everybody, time) for time in times]
    survival: list[float] = []
    # Between two censored ones the shares are counts of one whole, so that they are not rounded
    # step by step.
    base, whole, left = 1.0, len(everybody), len(everybody)
    for time, there in zip(times, at_risk, strict=True):
        if there != left:
            base, whole = (1.0, *survival)[-1], there
        left = there - leaving[time]
        survival.append(base * (left / whole))
    return SurvivalCurve(
        durations=tuple(everybody),
        times=tuple(times),
        at_risk=tuple(at_risk),
        leaving=tuple(leaving[time] for time in times),
        survival=tuple(survival),
    )


def _checked(durations: Iterable[D], ended: Iterable[bool]) -> tuple[list[D], list[bool]]:
    call = "kaplan_meier"
    _checks.iterable_of("durations").argument(call, "durations", durations)
    _checks.iterable_of("True or False").argument(call, "ended", ended)
    given, flags = tuple(durations), list(ended)
    if not given:
        remedy = "Give how long each customer was seen, those who still go on included."
        raise InvalidArgument(f"{call}()", "durations", given, "at least one duration", remedy)
    if len(given) != len(flags):
        rule = f"{len(given)}, as many as the durations"
        remedy = "Say for each duration whether it ended then."
        raise InvalidArgument(f"{call}()", "len(ended)", len(flags), rule, remedy)
    check = check_of(given[0])
    seen = []
    for value in given:
        check.argument(call, "durations", value)
        seen.append(value if isinstance(value, timedelta) else float(value))
    for flag in flags:
        _checks.flag.argument(call, "ended", flag)
    return seen, flags


def check_of(example: object) -> Check:
    """The check of a length of time of the kind of the example.

    Examples:
        >>> check_of(3.5).holds(-1), check_of(timedelta(days=1)).holds(timedelta(days=2))
        (False, True)
    """
    return _time if isinstance(example, timedelta) else _number


def lasting(durations: Sequence[D], time: D) -> int:
    """How many of the durations, the shortest first, are at least this long.

    Examples:
        >>> lasting([1.0, 2.0, 2.0, 5.0], 2.0)
        3
    """
    return len(durations) - bisect_left(durations, time)


def _exact(length: D) -> Fraction:
    """A length of time as a number; a timedelta in microseconds."""
    return Fraction(length // _TICK if isinstance(length, timedelta) else float(length))


def _like(example: D, exact: Fraction) -> D:
    """This number as a length of time of the kind of the example."""
    if isinstance(example, timedelta):
        return timedelta(microseconds=round(exact))
    return float(exact)


def length_in_words(length: timedelta | float) -> str:
    """A length of time in days, or in its own unit.

    Examples:
        >>> length_in_words(timedelta(days=93)), length_in_words(2.25)
        ('93 days', '2.25')
    """
    number = length / _DAY if isinstance(length, timedelta) else length
    text = f"{number:,.0f}" if number >= _ROUND else f"{number:.3g}"
    unit = " day" if text == "1" else " days"
    return text + (unit if isinstance(length, timedelta) else "")
