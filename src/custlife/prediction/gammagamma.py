"""Gamma-Gamma: how much money a customer spends in one purchase, on average."""

from collections.abc import Iterable, Sequence
from math import fsum, inf, lgamma, log
from typing import ClassVar, Self

from attrs import field, frozen

from custlife.prediction._fitting import FittedModel, Vector
from custlife.prediction._numerics import digamma
from custlife.prediction.purchasing import summaries_of
from custlife.prediction.summary import Summary, amount, count, scale, shape


@frozen(kw_only=True)
class GammaGamma(FittedModel):
    """The Gamma-Gamma model: amounts vary around a mean of the customer's own.

    It assumes that how much a customer spends does not depend on how often they buy.

    Source: P. Fader, B. Hardie, The Gamma-Gamma Model of Monetary Value, 2013; after R. Colombo,
    W. Jiang, Journal of Interactive Marketing 13(3), 1999.

    Args:
        p: The shape of the amounts of one customer, 1e-9 to 1e9.
        q: The shape of the distribution of customers, 1e-9 to 1e9.
        gamma: Its scale, in money, 1e-15 to 1e15.
        log_likelihood: As `fit` found it.
        customers: How many customers it was fitted to.
        left_out: How many others were given: those with no repeat purchase or with no money.

    Raises:
        InvalidArgument: If a parameter is out of its bounds.

    Examples:
        >>> model = GammaGamma(p=6.25, q=3.74, gamma=15.44)
        >>> round(model.expected_money(0), 2), round(model.expected_money(2, 22.35), 2)
        (35.22, 24.66)
    """

    subject: ClassVar[str] = "Gamma-Gamma"
    parameters: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    needs: ClassVar[str] = "repeat buyers with money"

    p: float = field(validator=shape)
    q: float = field(validator=shape)
    gamma: float = field(validator=scale)
    left_out: int | None = field(default=None, validator=count.or_none)

    @classmethod
    def fit(cls, rows: Iterable[Summary]) -> Self:
        """The model under which these customers' mean amounts are the most likely.

        Customers without a repeat purchase or without money are left out, and counted. The result
        does not depend on the order of the rows or on the currency.

        Args:
            rows: One summary for each customer, all in one currency.

        Raises:
            InvalidArgument: If ``rows`` is no iterable of summaries.
            FitFailed: If the customers that are left are fewer than the parameters, or if the
                parameters run away, as they do where all customers are alike.
        """
        found = summaries_of("GammaGamma.fit", rows)
        known = sorted((row.x, row.money) for row in found if row.x and row.money)
        cls._require(len(known))
        data = [(x, money, log(money)) for x, money in known]
        start = 1.0, 1.0, fsum(money for _, money in known) / len(known)
        left_out = len(found) - len(known)
        return cls._fit(lambda values: _sum(values, data), len(known), start, left_out=left_out)

    def expected_money(self, x: int, mean: float | None = None) -> float:
        """The mean amount of a purchase that is expected of a customer.

        It lies between the mean of all customers and the customer's own, closer to the latter the
        more purchases there are.

        Args:
            x: How many repeat purchases there are.
            mean: Their mean amount, >= 0; left out where there are none.

        Returns:
            Money; infinity where the distribution of the customer's mean has no mean, which needs
            p x + q <= 1.

        Raises:
            InvalidArgument: If a number is out of its bounds, or the mean is missing.

        Examples:
            >>> GammaGamma(p=6.25, q=0.5, gamma=15.44).expected_money(0)
            inf
        """
        call = "GammaGamma.expected_money"
        count.argument(call, "x", x)
        (amount if x else amount.or_none).argument(call, "mean", mean)
        freedom = self.p * x + self.q - 1
        if freedom <= 0:
            return inf
        return self.p * (self.gamma + x * (mean or 0.0)) / freedom


def _sum(
    parameters: Sequence[float], data: Sequence[tuple[int, float, float]]
) -> tuple[float, Vector]:
    """The log-likelihood of the mean amounts, and its derivatives."""
    p, q, gamma = parameters
    log_gamma, at_q, constant = log(gamma), digamma(q), q * log(gamma) - lgamma(q)
    constants: dict[int, tuple[float, float, float]] = {}
    total = by_p = by_q = by_gamma = 0.0
    for x, money, log_money in data:
        shape_ = p * x
        if x not in constants:
            both, log_x = digamma(shape_ + q), log(x)
            base = lgamma(shape_ + q) - lgamma(shape_) + constant + shape_ * log_x
            constants[x] = base, x * (both - digamma(shape_) + log_x), both - at_q + log_gamma
        base, slope_p, slope_q = constants[x]
        sum_ = gamma + x * money
        log_sum = log(sum_)
        total += base + (shape_ - 1) * log_money - (shape_ + q) * log_sum
        by_p += slope_p + x * (log_money - log_sum)
        by_q += slope_q - log_sum
        by_gamma += q / gamma - (shape_ + q) / sum_
    return total, [by_p, by_q, by_gamma]
