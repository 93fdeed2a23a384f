"""The formulas of the models of purchases, over columns: one row for each distinct history."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from attrs import frozen

from custlife.bulk.integrals import (
    Log,
    Rows,
    bent,
    beta_mean,
    by_count,
    decline,
    integral,
    logistic,
)
from custlife.bulk.reading import Floats, Micros
from custlife.prediction import BGNBD, MBGNBD, ParetoNBD
from custlife.prediction._numerics import log_beta


class Formulas(Protocol):
    """The formulas of a model over columns; see `PurchaseModel`."""

    def alive(self, x: Micros, t_x: Floats, T: Floats) -> Floats:
        """The chance of being alive."""
        ...

    def expected(self, x: Micros, T: Floats, horizon: float) -> Floats:
        """How many purchases are expected of who is alive now."""
        ...

    def buys(self, x: Micros, T: Floats, horizon: float) -> Floats:
        """The chance of a purchase of who is alive now."""
        ...

    def stays(self, x: Micros, T: Floats, horizon: float) -> Floats:
        """The chance of who is alive now to be so after the horizon."""
        ...


@frozen
class _BetaGeometric:
    """As `custlife.prediction.bgnbd`."""

    model: BGNBD | MBGNBD

    def _chances(self, x: Micros) -> Floats:
        return by_count(self.model._chances, x)  # noqa: SLF001 - the same model, over columns

    def alive(self, x: Micros, t_x: Floats, T: Floats) -> Floats:
        chances, model = self._chances(x), self.model
        odds = np.log(model.a) - np.log(model.b + chances - 1)
        gone = odds + (model.r + x) * np.log1p((T - t_x) / (model.alpha + t_x))
        return np.where(chances == 0, 1.0, logistic(-gone))

    def expected(self, x: Micros, T: Floats, horizon: float) -> Floats:
        rate, more = self.model.r + x, horizon / (self.model.alpha + T)

        def log_share(p: Floats, rows: Rows) -> Floats:
            faster = p * more[rows]
            return np.log(decline(rate[rows] * np.log1p(faster)) * bent(faster))

        return rate * more * self._mean(x, log_share, (rate + 1) * more)

    def buys(self, x: Micros, T: Floats, horizon: float) -> Floats:
        slow: Floats = (self.model.r + x) * np.log1p(horizon / (self.model.alpha + T))
        return -np.expm1(-slow)

    def stays(self, x: Micros, T: Floats, horizon: float) -> Floats:
        rate, more = self.model.r + x, horizon / (self.model.alpha + T)

        def log_share(p: Floats, rows: Rows) -> Floats:
            return -rate[rows] * np.log1p(p * more[rows])

        return np.minimum(1.0, self._mean(x, log_share, rate * more))

    def _mean(self, x: Micros, log_share: Log, steepness: Floats) -> Floats:
        """The mean over the chances to stop of who is alive."""
        a, b = self.model.a, self.model.b
        chances = self.model._chances  # noqa: SLF001 - the same model, over columns
        kept, factor = b + self._chances(x), by_count(lambda one: log_beta(a, b + chances(one)), x)
        return beta_mean(a, kept, factor, log_share, steepness)


@frozen
class _Pareto:
    """As `custlife.prediction.pareto`."""

    model: ParetoNBD

    def _integral(
        self, powers: tuple[Floats, Floats], start: Floats, end: Floats
    ) -> tuple[Floats, Floats]:
        """The logarithm of a factor, and what it has to be multiplied by."""
        near, far = self.model.alpha + start, self.model.beta + start
        steep, flat = powers
        if self.model.alpha > self.model.beta:
            near, far, steep, flat = far, near, flat, steep
        elif self.model.alpha == self.model.beta:
            steep, flat = np.minimum(steep, flat), np.maximum(steep, flat)
        share, rise = near / far, 1 - steep

        def log_f(growth: Floats, rows: Rows) -> Floats:
            more: Floats = flat[rows] * np.log1p(share[rows] * np.expm1(growth))
            return rise[rows] * growth - more

        total = integral(log_f, np.zeros(len(start)), np.log1p((end - start) / near))
        return rise * np.log(near) - flat * np.log(far), total

    def alive(self, x: Micros, t_x: Floats, T: Floats) -> Floats:
        model, rate = self.model, self.model.r + x
        factor, weight = self._integral((rate, np.full(len(x), model.s + 1)), t_x, T)
        active = -rate * np.log(model.alpha + T) - model.s * np.log(model.beta + T)
        return logistic(active - factor - np.log(model.s * weight))

    def expected(self, x: Micros, T: Floats, horizon: float) -> Floats:
        longer = np.log1p(horizon / (self.model.beta + T))
        time: Floats = (self.model.beta + T) * longer * decline((self.model.s - 1) * longer)
        return (self.model.r + x) / (self.model.alpha + T) * time

    def buys(self, x: Micros, T: Floats, horizon: float) -> Floats:
        model, rate = self.model, self.model.r + x
        factor, weight = self._integral((rate + 1, np.full(len(x), model.s)), T, T + horizon)
        factor += rate * np.log(model.alpha + T) + model.s * np.log(model.beta + T)
        return np.minimum(1.0, rate * np.exp(factor) * weight)

    def stays(self, x: Micros, T: Floats, horizon: float) -> Floats:  # noqa: ARG002 - of all models
        found: Floats = np.exp(-self.model.s * np.log1p(horizon / (self.model.beta + T)))
        return found


FORMULAS: Mapping[type[Any], Callable[[Any], Formulas]] = {
    BGNBD: _BetaGeometric,
    MBGNBD: _BetaGeometric,
    ParetoNBD: _Pareto,
}
"""The models that go over columns; a model that is derived from one of them does not."""
