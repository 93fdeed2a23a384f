"""Whether lifespans became longer: two survival curves compared.

Source: EFR-6 (define the average length of the lifecycle and set out to lengthen it).
"""

from collections import Counter
from math import erfc, fsum, sqrt
from typing import Generic

from attrs import evolve, frozen

from custlife import _checks
from custlife._checks import Check
from custlife.money import as_number
from custlife.prediction.survival import D, SurvivalCurve, check_of, lasting, length_in_words

_SMALLEST = 0.0001
"""A smaller probability is not shown."""
_level = evolve(_checks.share, remedy="Give a level of significance, such as 0.05.")
_some_ended = Check(
    lambda curve: curve.ended > 0,
    "a curve with somebody who ended",
    "Wait until some customers have ended, or take in those from longer ago.",
)


@frozen(kw_only=True, repr=False)
class Lengthening(Generic[D]):
    """Whether lifespans became longer; made by `lengthened`.

    Attributes:
        before: The earlier curve.
        after: The later curve.
        level: The level of significance, 0 to 1.
        statistic: The statistic of the log-rank test, 0 or more.
        p_value: How probable a statistic of at least that much is if nothing changed, 0 to 1.
        horizon: How far both curves were seen: the lesser of their longest durations.
        difference: By how much the restricted mean up to the horizon became longer; negative if
            it became shorter.
        longer: Whether fewer ended after than would if nothing had changed. None, for not decided,
            if the p-value reaches the level or the difference points the other way.
    """

    before: SurvivalCurve[D]
    after: SurvivalCurve[D]
    level: float
    statistic: float
    p_value: float
    horizon: D
    difference: D
    longer: bool | None

    def explain(self) -> str:
        """The comparison in plain sentences.

        Examples:
            >>> from custlife.prediction import kaplan_meier
            >>> before = kaplan_meier([1, 2, 3, 4], [True] * 4)
            >>> after = kaplan_meier([5, 6, 7, 8], [True, True, False, False])
            >>> print(lengthened(before, after).explain())
            Up to 4 the average was 2.5 before and 4 after: 1.5 more.
            If nothing had changed, curves would differ this much with probability 0.0067 \
(log-rank test).
            Lifespans became longer.
        """
        earlier, later = (
            curve.restricted_mean(self.horizon) for curve in (self.before, self.after)
        )
        way = "less" if later < earlier else "more"
        horizon, before, after, difference = map(
            length_in_words, (self.horizon, earlier, later, abs(self.difference))
        )
        p = f"{self.p_value:.2g}" if self.p_value >= _SMALLEST else f"below {_SMALLEST}"
        if self.longer is not None:
            answer = f"Lifespans became {'longer' if self.longer else 'shorter'}."
        elif self.p_value < self.level:
            answer = "Whether lifespans became longer is not decided: the curves cross."
        else:
            answer = "Whether lifespans became longer is not decided: this may be chance."
        return (
            f"Up to {horizon} the average was {before} before and {after} after: "
            f"{difference} {way}.\n"
            f"If nothing had changed, curves would differ this much with probability {p} "
            f"(log-rank test).\n{answer}"
        )

    def __repr__(self) -> str:
        return f"<Lengthening: longer {self.longer}, p {self.p_value:.2g}>"


def lengthened(
    before: SurvivalCurve[D], after: SurvivalCurve[D], *, level: float = 0.05
) -> Lengthening[D]:
    """Compare two curves: the log-rank test, and the difference of their means.

    The p-value is that of the chi-square distribution with one degree of freedom, which needs some
    ten customers that ended in each curve.

    Source: N. Mantel, Evaluation of Survival Data and Two New Rank Order Statistics Arising in Its
    Consideration, Cancer Chemotherapy Reports 50(3), 1966; R. Peto and J. Peto, Asymptotically
    Efficient Rank Invariant Test Procedures, Journal of the Royal Statistical Society A 135(2),
    1972.

    Args:
        before: The earlier curve.
        after: The later curve, of other customers and in the same unit.
        level: The level of significance, 0 to 1.

    Raises:
        InvalidArgument: If an argument is no curve, nobody ended in one, the curves are of two
            kinds, or the level is out of its bounds.

    Examples:
        >>> from custlife.prediction import kaplan_meier
        >>> before = kaplan_meier([1, 2, 3, 4], [True] * 4)
        >>> after = kaplan_meier([5, 6, 7, 8], [True, True, False, False])
        >>> found = lengthened(before, after)
        >>> found.longer, found.difference, round(found.statistic, 2)
        (True, 1.5, 7.34)
    """
    call = "lengthened"
    for name, curve in (("before", before), ("after", after)):
        _checks.one_of(SurvivalCurve).argument(call, name, curve)
        _some_ended.argument(call, name, curve)
    _level.argument(call, "level", as_number(level))
    check_of(before.durations[0]).argument(call, "after", after.durations[0])
    excess, variance = _log_rank(before, after)
    statistic = excess**2 / variance if variance else 0.0
    p_value = erfc(sqrt(statistic / 2))
    horizon = min(before.durations[-1], after.durations[-1])
    earlier, later = before.restricted_mean(horizon), after.restricted_mean(horizon)
    crossed = later < earlier if excess < 0 else later > earlier
    return Lengthening(
        before=before,
        after=after,
        level=float(level),
        statistic=statistic,
        p_value=p_value,
        horizon=horizon,
        difference=later - earlier,
        longer=excess < 0 if p_value < level and not crossed else None,
    )


def _log_rank(before: SurvivalCurve[D], after: SurvivalCurve[D]) -> tuple[float, float]:
    """How many more ended after than would if nothing had changed, and the variance of that."""
    excess, variance = [], []
    first, second = (Counter(dict(zip(c.times, c.leaving, strict=True))) for c in (before, after))
    for time, gone in (first + second).items():
        early, late = lasting(before.durations, time), lasting(after.durations, time)
        there = early + late
        excess.append(second[time] - gone * late / there)
        if there > 1:
            odds = early * late * gone * (there - gone)
            variance.append(odds / (there * there * (there - 1)))
    return fsum(excess), fsum(variance)
