"""Pareto/NBD: a customer stops at a random moment, at a rate of their own."""

from collections.abc import Sequence
from math import exp, expm1, fsum, inf, lgamma, log, log1p
from typing import ClassVar

from attrs import field, frozen

from custlife.prediction._fitting import Vector
from custlife.prediction._numerics import decline, digamma, logistic, panels, softplus
from custlife.prediction.purchasing import Group, PurchaseModel
from custlife.prediction.summary import scale, shape

_LATEST = 1e300
_HALVINGS = 80


def _integral(
    powers: tuple[float, float], scales: tuple[float, float], start: float, end: float
) -> tuple[float, list[tuple[float, float]]]:
    """The integral of (alpha + y)^-p (beta + y)^-q over y, point by point; p, q >= 0.

    It is taken over log(y + m), where m is the smaller one of alpha and beta: in that variable the
    integrand is smooth for all parameters.

    Returns:
        The logarithm of a factor, and the points y with their weights: the integral is the factor
        times the sum of the weights.
    """
    (near, steep), (far, flat) = sorted(zip(scales, powers, strict=True))
    near, far = near + start, far + start
    share, rise = near / far, 1 - steep

    def log_f(growth: float) -> float:
        return rise * growth - flat * log1p(share * expm1(growth))

    points = panels(log_f, 0.0, log1p((end - start) / near))
    factor = rise * log(near) - flat * log(far)
    return factor, [(start + near * expm1(growth), weight) for growth, weight in points]


@frozen(kw_only=True)
class ParetoNBD(PurchaseModel):
    """The Pareto/NBD model: a customer may stop at any moment.

    Source: D. Schmittlein, D. Morrison, R. Colombo, Counting Your Customers, Management Science
    33(1), 1987.

    Args:
        r: The shape of the distribution of purchase rates, 1e-9 to 1e9.
        alpha: Its scale, a length of time, 1e-15 to 1e15; the mean rate is r / alpha.
        s: The shape of the distribution of the rates of stopping, 1e-9 to 1e9.
        beta: Its scale, a length of time, 1e-15 to 1e15; the mean rate is s / beta.
        log_likelihood: As `fit` found it.
        customers: How many customers it was fitted to.

    Raises:
        InvalidArgument: If a parameter is out of its bounds.

    Examples:
        >>> model = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
        >>> round(model.alive(2, 30.43, 38.86), 4), round(model.alive(0, 0, 38.86), 4)
        (0.8692, 0.2953)
    """

    subject: ClassVar[str] = "Pareto/NBD"
    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    r: float = field(validator=shape)
    alpha: float = field(validator=scale)
    s: float = field(validator=shape)
    beta: float = field(validator=scale)

    def _alive(self, x: int, t_x: float, T: float) -> float:
        rate = self.r + x
        factor, points = _integral((rate, self.s + 1), (self.alpha, self.beta), t_x, T)
        total = self.s * fsum(weight for _, weight in points)
        active = -rate * log(self.alpha + T) - self.s * log(self.beta + T)
        return logistic(active - factor - log(total)) if total else 1.0

    def _expected_if_alive(self, x: int, T: float, horizon: float) -> float:
        longer = log1p(horizon / (self.beta + T))
        time = (self.beta + T) * longer * decline((self.s - 1) * longer)
        return (self.r + x) / (self.alpha + T) * time

    def _buys_if_alive(self, x: int, T: float, horizon: float) -> float:
        # The first purchase comes at y, with the density (alpha + y)^-(rate + 1) (beta + y)^-s.
        rate = self.r + x
        factor, points = _integral((rate + 1, self.s), (self.alpha, self.beta), T, T + horizon)
        factor += rate * log(self.alpha + T) + self.s * log(self.beta + T)
        return min(1.0, rate * exp(factor) * fsum(weight for _, weight in points))

    def _stays_if_alive(self, x: int, T: float, horizon: float) -> float:  # noqa: ARG002 - of all models
        return exp(-self.s * log1p(horizon / (self.beta + T)))

    def _silent_until(self, x: int, t_x: float, below: float) -> float:
        early, late = 0.0, log(_LATEST / (self.alpha + t_x))

        def after(growth: float) -> float:
            return t_x + (self.alpha + t_x) * expm1(growth)

        if self._alive(x, t_x, after(late)) > below:
            return inf
        for _ in range(_HALVINGS):
            middle = (early + late) / 2
            if self._alive(x, t_x, after(middle)) > below:
                early = middle
            else:
                late = middle
        return after(late)

    @classmethod
    def _start(cls, x: float, t_x: float) -> Sequence[float]:
        return 1.0, t_x / x, 1.0, t_x

    @classmethod
    def _sum(cls, parameters: Sequence[float], groups: Sequence[Group]) -> tuple[float, Vector]:
        r, alpha, s, beta = parameters
        log_alpha, log_beta, log_s, at_r = log(alpha), log(beta), log(s), digamma(r)
        constants: dict[int, tuple[float, float]] = {}
        total = by_r = by_alpha = by_s = by_beta = 0.0
        for x, t_x, T, customers in groups:
            rate = r + x
            if x not in constants:
                base = lgamma(rate) - lgamma(r) + r * log_alpha + s * log_beta
                constants[x] = base, digamma(rate) - at_r + log_alpha
            base, slope_r = constants[x]
            buying, going = alpha + T, beta + T
            active = -rate * log(buying) - s * log(going)
            factor, points = _integral((rate, s + 1), (alpha, beta), t_x, T)
            weight = log_buying = log_going = per_buying = per_going = 0.0
            for y, w in points:
                a, b = alpha + y, beta + y
                weight += w
                log_buying += w * log(a)
                log_going += w * log(b)
                per_buying += w / a
                per_going += w / b
            odds = log_s + factor + log(weight) - active if weight else -inf
            gone = logistic(odds)
            alive, each = 1 - gone, gone / weight if weight else 0.0
            total += customers * (base + active + softplus(odds))
            by_r += customers * (slope_r - alive * log(buying) - each * log_buying)
            by_alpha += customers * (r / alpha - rate * (alive / buying + each * per_buying))
            by_s += customers * (log_beta - alive * log(going) - each * log_going + gone / s)
            by_beta += customers * (s / beta - s * alive / going - (s + 1) * each * per_going)
        return total, [by_r, by_alpha, by_s, by_beta]
