"""Shifted beta-geometric: how long customers under a contract go on renewing it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp, expm1, inf, log, log1p
from typing import ClassVar, Self

from attrs import field, frozen

from custlife import _checks
from custlife._checks import Check
from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction._fitting import FittedModel, Vector
from custlife.prediction._numerics import beta_mean, log_beta
from custlife.prediction.summary import MOST, count, shape

_FEWEST = 3
_ordinal = Check(
    lambda value: count.holds(value) and value > 0,
    f"a whole number from 1 to {MOST:g}",
    "Periods are numbered from 1.",
)
_discount = Check(
    lambda value: _checks.is_float(value, MOST),
    f"a number from 0 to {MOST:g}",
    "Give the rate per period, such as 0.1 for 10 percent.",
)


@frozen(kw_only=True)
class ShiftedBetaGeometric(FittedModel):
    """The shifted beta-geometric model: at each renewal a customer leaves with their own chance.

    The chance differs between customers by a beta distribution (alpha, beta). So the retention rate
    of a cohort rises with its age although no customer changes: those who leave easily are gone.

    Source: P. Fader, B. Hardie, How to Project Customer Retention, Journal of Interactive Marketing
    21(1), 2007.

    Args:
        alpha: The first parameter, 1e-9 to 1e9.
        beta: The second one, 1e-9 to 1e9; the mean chance is alpha / (alpha + beta).
        log_likelihood: As `fit` found it.
        customers: How many customers it was fitted to.

    Raises:
        InvalidArgument: If a parameter is out of its bounds.

    Examples:
        >>> model = ShiftedBetaGeometric.fit([1000, 869, 743, 653, 593, 551, 517, 491])
        >>> print(model)
        sBG: alpha 0.6681, beta 3.806; fitted to 1000 customers
        >>> round(model.survival(12), 3), round(model.retention(12), 3)
        (0.378, 0.957)
    """

    subject: ClassVar[str] = "sBG"
    parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    alpha: float = field(validator=shape)
    beta: float = field(validator=shape)

    @classmethod
    def fit(cls, survivors: Iterable[int]) -> Self:
        """The model under which the numbers of survivors of one cohort are the most likely.

        Args:
            survivors: How many customers there are at the start and after each period, at least
                three whole numbers that never rise.

        Raises:
            InvalidArgument: If the numbers are out of their bounds.
            FitFailed: If nobody was lost, or all were at once; if there are fewer than two
                customers; or if the parameters run away, as they do where the retention rate does
                not rise.
        """
        call = "ShiftedBetaGeometric.fit"
        _checks.iterable_of("whole numbers").argument(call, "survivors", survivors)
        found = tuple(survivors)
        for one in found:
            count.argument(call, "survivors", one)
        if len(found) < _FEWEST:
            rule, remedy = f"at least {_FEWEST} numbers", "Give the start and two periods or more."
            raise InvalidArgument(f"{call}()", "survivors", found, rule, remedy)
        if any(later > earlier for earlier, later in pairwise(found)):
            rule = "numbers that never rise"
            remedy = "Give one cohort, without the customers who joined or came back later."
            raise InvalidArgument(f"{call}()", "survivors", found, rule, remedy)
        cls._require(found[0])
        if found[0] == found[-1]:
            remedy = "Wait until some have left."
            raise FitFailed(cls.subject, "no customer was lost", (), remedy)
        if found[1] == 0:
            remedy = "Give shorter periods, so that some are left after the first one."
            raise FitFailed(cls.subject, "all customers were lost in one period", (), remedy)
        return cls._fit(lambda values: _sum(values, found), found[0], (1.0, 1.0))

    def survival(self, t: int) -> float:
        """The share of customers who are still there after so many periods, 0 to 1.

        Args:
            t: How many periods, a whole number >= 0.

        Raises:
            InvalidArgument: If ``t`` is no whole number from 0.
        """
        count.argument("ShiftedBetaGeometric.survival", "t", t)
        logs = log_beta(self.alpha, self.beta + t) - log_beta(self.alpha, self.beta)
        return min(1.0, exp(logs))

    def retention(self, t: int) -> float:
        """The share of those still there after t - 1 periods who are there after t, 0 to 1.

        Args:
            t: The number of the period, a whole number >= 1.

        Raises:
            InvalidArgument: If ``t`` is no whole number from 1.
        """
        _ordinal.argument("ShiftedBetaGeometric.retention", "t", t)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def residual_lifetime(
        self, renewals: int, discount: float = 0.0, horizon: int | None = None
    ) -> float:
        """How many further periods are expected of a customer whose next renewal is due.

        Source: P. Fader, B. Hardie, Customer-Base Valuation in a Contractual Setting, Marketing
        Science 29(1), 2010: the discounted expected residual lifetime. The next period counts in
        full, and each one after it is discounted once more.

        Args:
            renewals: How often the customer has renewed, >= 0.
            discount: The rate per period, >= 0, such as 0.1.
            horizon: How many periods to count at most, >= 0; all of them if left out.

        Returns:
            A number of periods; infinity where there is neither a discount nor a horizon and alpha
            is at most 1.

        Raises:
            InvalidArgument: If a number is out of its bounds.

        Examples:
            >>> model = ShiftedBetaGeometric(alpha=3.8, beta=15.2)
            >>> round(model.residual_lifetime(0), 3), round(model.residual_lifetime(4, 0.1, 10), 3)
            (5.429, 3.425)
        """
        call = "ShiftedBetaGeometric.residual_lifetime"
        count.argument(call, "renewals", renewals)
        _discount.argument(call, "discount", discount)
        count.or_none.argument(call, "horizon", horizon)
        kept = self.beta + renewals
        if horizon is None and discount == 0:
            return kept / (self.alpha - 1) if self.alpha > 1 else inf
        if horizon == 0:
            return 0.0

        def log_periods(p: float) -> float:
            lost = (p + discount) / (1 + discount)
            if horizon is None:
                return -log(lost)
            if lost >= 1:
                return 0.0
            return log(-expm1(horizon * log1p(-lost)) / lost)

        most = (1 + discount) / discount if horizon is None else float(horizon)
        return kept / (self.alpha + kept) * beta_mean(self.alpha, kept + 1, log_periods, most)


def _sum(parameters: Sequence[float], survivors: Sequence[int]) -> tuple[float, Vector]:
    """The log-likelihood of the numbers of survivors, and its derivatives.

    In period t, those who are there leave with the chance alpha / (alpha + beta + t - 1).
    """
    alpha, beta = parameters
    total = by_alpha = by_beta = 0.0
    for t, (before, after) in enumerate(pairwise(survivors)):
        kept, both = beta + t, alpha + beta + t
        lost = before - after
        total += lost * log(alpha) + after * log(kept) - before * log(both)
        by_alpha += lost / alpha - before / both
        by_beta += after / kept - before / both
    return total, [by_alpha, by_beta]
