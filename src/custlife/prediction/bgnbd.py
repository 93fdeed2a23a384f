"""BG/NBD and MBG/NBD: after a purchase, a customer stops with a chance of their own."""

from collections.abc import Iterable, Sequence
from math import expm1, inf, lgamma, log, log1p
from typing import ClassVar, Literal, Self

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.prediction._fitting import Vector
from custlife.prediction._numerics import (
    beta_mean,
    decline,
    digamma,
    log_beta,
    logistic,
    softplus,
)
from custlife.prediction.purchasing import Group, PurchaseModel
from custlife.prediction.summary import Summary, scale, shape

_LARGEST_LOG = 700.0


@frozen(kw_only=True)
class _BetaGeometric(PurchaseModel):
    """Customers who may stop after a purchase.

    The purchase rate has a gamma distribution (r, alpha) and the chance to stop a beta distribution
    (a, b). A customer who has survived n such chances and is alive has the beta distribution
    (a, b + n).
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    _first: ClassVar[int]
    """1 if the customer may stop after the first purchase as well, else 0."""

    r: float = field(validator=shape)
    alpha: float = field(validator=scale)
    a: float = field(validator=shape)
    b: float = field(validator=shape)

    def _chances(self, x: int) -> int:
        """How often a customer who bought again x times could have stopped."""
        return x + self._first

    def _alive(self, x: int, t_x: float, T: float) -> float:
        chances = self._chances(x)
        if chances == 0:
            return 1.0
        odds = log(self.a) - log(self.b + chances - 1)
        return logistic(-odds - (self.r + x) * log1p((T - t_x) / (self.alpha + t_x)))

    def _expected_if_alive(self, x: int, T: float, horizon: float) -> float:
        rate, more = self.r + x, horizon / (self.alpha + T)

        def log_share(p: float) -> float:
            slow = log1p(p * more)
            bent = slow / (p * more) if p * more else 1.0
            return log(decline(rate * slow) * bent)

        mean = beta_mean(self.a, self.b + self._chances(x), log_share, (rate + 1) * more)
        return rate * more * mean

    def _buys_if_alive(self, x: int, T: float, horizon: float) -> float:
        return -expm1(-(self.r + x) * log1p(horizon / (self.alpha + T)))

    def _stays_if_alive(self, x: int, T: float, horizon: float) -> float:
        rate, more = self.r + x, horizon / (self.alpha + T)
        kept = self.b + self._chances(x)
        return min(1.0, beta_mean(self.a, kept, lambda p: -rate * log1p(p * more), rate * more))

    def _silent_until(self, x: int, t_x: float, below: float) -> float:
        chances = self._chances(x)
        if chances == 0:
            return inf
        odds = log(self.a) - log(self.b + chances - 1)
        growth = (log1p(-below) - log(below) - odds) / (self.r + x)
        start = self.alpha + t_x
        if growth > _LARGEST_LOG - log(start):
            return inf
        return t_x + start * max(0.0, expm1(growth))

    @classmethod
    def _start(cls, x: float, t_x: float) -> Sequence[float]:
        return 1.0, t_x / x, 1.0, max(1.0, x)

    @classmethod
    def _sum(cls, parameters: Sequence[float], groups: Sequence[Group]) -> tuple[float, Vector]:
        r, alpha, a, b = parameters
        log_alpha, at_r, at_b = log(alpha), digamma(r), digamma(b)
        at_both = digamma(a + b)
        constants: dict[int, tuple[float, float, float, float]] = {}
        total = by_r = by_alpha = by_a = by_b = 0.0
        for x, t_x, T, customers in groups:
            chances, rate = x + cls._first, r + x
            if x not in constants:
                kept = b + chances
                base = lgamma(rate) - lgamma(r) + r * log_alpha
                base += log_beta(a, kept) - log_beta(a, b)
                at_kept = digamma(a + kept)
                constants[x] = (
                    base,
                    digamma(rate) - at_r + log_alpha,
                    at_both - at_kept,
                    digamma(kept) - at_kept - at_b + at_both,
                )
            base, slope_r, slope_a, slope_b = constants[x]
            until = alpha + T
            log_until = log(until)
            total += customers * (base - rate * log_until)
            slope_r -= log_until
            slope_alpha = r / alpha - rate / until
            if chances:
                since = alpha + t_x
                silence = log_until - log(since)
                odds = log(a / (b + chances - 1)) + rate * silence
                gone = logistic(odds)
                total += customers * softplus(odds)
                slope_r += gone * silence
                slope_alpha += gone * rate * (1 / until - 1 / since)
                slope_a += gone / a
                slope_b -= gone / (b + chances - 1)
            by_r += customers * slope_r
            by_alpha += customers * slope_alpha
            by_a += customers * slope_a
            by_b += customers * slope_b
        return total, [by_r, by_alpha, by_a, by_b]


@frozen(kw_only=True)
class BGNBD(_BetaGeometric):
    """The BG/NBD model: a customer may stop after each purchase but the first.

    **A trap:** who bought only once has had no chance to stop, so that this model says they are
    alive with probability 1, however long ago it was. With ``one_time_buyers="mbg"`` the formulas
    of `MBGNBD` answer for them, with the same parameters. The fit is the same either way.

    Source: P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way, Marketing
    Science 24(2), 2005.

    Args:
        r: The shape of the distribution of purchase rates, 1e-9 to 1e9.
        alpha: Its scale, a length of time, 1e-15 to 1e15; the mean rate is r / alpha.
        a: The first parameter of the distribution of the chance to stop, 1e-9 to 1e9.
        b: The second one, 1e-9 to 1e9; the mean chance is a / (a + b).
        one_time_buyers: ``"alive"`` as in the paper, or ``"mbg"``.
        log_likelihood: As `fit` found it.
        customers: How many customers it was fitted to.

    Raises:
        InvalidArgument: If a parameter is out of its bounds.

    Examples:
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(model)
        BG/NBD: r 0.243, alpha 4.414, a 0.793, b 2.426; not fitted
        >>> round(model.alive(2, 30.43, 38.86), 4), round(model.expected(2, 30.43, 38.86, 39), 4)
        (0.7266, 1.226)
        >>> model.alive(0, 0, 520)
        1.0
    """

    subject: ClassVar[str] = "BG/NBD"
    _first: ClassVar[int] = 0

    one_time_buyers: Literal["alive", "mbg"] = field(
        default="alive", validator=_checks.either("alive", "mbg")
    )

    def _chances(self, x: int) -> int:
        return 1 if x == 0 and self.one_time_buyers == "mbg" else x

    @classmethod
    def fit(
        cls, rows: Iterable[Summary], *, one_time_buyers: Literal["alive", "mbg"] = "alive"
    ) -> Self:
        """The model under which these customers' histories are the most likely.

        The result does not depend on the order of the rows or on the unit of time.

        Args:
            rows: One summary for each customer, all in one unit of time.
            one_time_buyers: What the model answers for these; the fit is the same.

        Raises:
            InvalidArgument: If an argument is out of its bounds.
            FitFailed: If the customers are fewer than the parameters, if none bought again, or if
                the parameters run away, as they do where all customers are alike.
        """
        _checks.either("alive", "mbg").argument("BGNBD.fit", "one_time_buyers", one_time_buyers)
        return evolve(super().fit(rows), one_time_buyers=one_time_buyers)


@frozen(kw_only=True)
class MBGNBD(_BetaGeometric):
    """The MBG/NBD model: a customer may stop after each purchase, the first one among them.

    Source: E. Batislam, M. Denizel, A. Filiztekin, International Journal of Research in Marketing
    24(3), 2007.

    Args:
        r: The shape of the distribution of purchase rates, 1e-9 to 1e9.
        alpha: Its scale, a length of time, 1e-15 to 1e15; the mean rate is r / alpha.
        a: The first parameter of the distribution of the chance to stop, 1e-9 to 1e9.
        b: The second one, 1e-9 to 1e9; the mean chance is a / (a + b).
        log_likelihood: As `fit` found it.
        customers: How many customers it was fitted to.

    Raises:
        InvalidArgument: If a parameter is out of its bounds.

    Examples:
        >>> model = MBGNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
        >>> round(model.alive(0, 0, 38.86), 4)
        0.3897
    """

    subject: ClassVar[str] = "MBG/NBD"
    _first: ClassVar[int] = 1
