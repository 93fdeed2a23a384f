"""Maximum likelihood: the parameters under which the observations are the most likely.

All parameters are positive, so their logarithms are searched. The search is that of Broyden,
Fletcher, Goldfarb and Shanno (J. Nocedal, S. Wright, Numerical Optimization, 2006, algorithm 6.1),
with analytic gradients, and it always starts at the same point.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, fsum, log, nan, sqrt
from types import MappingProxyType
from typing import Any, ClassVar, Self

from attrs import field, frozen

from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction.summary import count, level

Vector = list[float]
Objective = Callable[[Sequence[float]], tuple[float, Sequence[float]]]
"""From the parameters to a log-likelihood and its derivatives."""

_STEEP = 1e-9
"""The search has ended where no derivative of the mean log-likelihood exceeds this."""
_ROUNDED = 1e-5
"""The same where no step up is left, since the rest is lost to rounding."""
_NOISE = 1e-12
"""Values that differ by a smaller share are equal but for rounding."""
_MOST_STEPS = 500
_LONGEST = 2.0
"""No step changes the logarithm of a parameter by more."""
_SHORTEST = 1e-9
_GAIN = 1e-4
_EXTREME = log(1e5)
"""A parameter that is so many times as large or as small as at the start runs away."""
_DIFFERENCE = 1e-4
_REMEDY = (
    "The customers may be too few or too much alike for this model. Give more customers or a "
    "longer time, or use a simpler model."
)


@frozen(kw_only=True)
class FittedModel:
    """What every model has that can be fitted.

    Attributes:
        log_likelihood: The log-likelihood of what it was fitted to; None if it was not fitted.
        customers: How many customers it was fitted to, or None.
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str]
    """The model's name, also for errors."""
    parameters: ClassVar[tuple[str, ...]]
    """The names of the parameters."""
    needs: ClassVar[str] = "customers"
    """What it is fitted to."""

    log_likelihood: float | None = field(default=None, validator=level.or_none)
    customers: int | None = field(default=None, validator=count.or_none)
    _errors: tuple[float, ...] = field(default=(), alias="errors", eq=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the model in the literature."""
        return self.subject

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """The standard error of each parameter; empty for a model that was not fitted.

        They follow from the curvature of the log-likelihood, and are nan where it is not that of a
        maximum.
        """
        return MappingProxyType(dict(zip(self.parameters, self._errors, strict=False)))

    def __str__(self) -> str:
        values = ", ".join(f"{name} {getattr(self, name):.4g}" for name in self.parameters)
        of = "not fitted" if self.customers is None else f"fitted to {self.customers} customers"
        return f"{self.name}: {values}; {of}"

    @classmethod
    def _require(cls, customers: int) -> None:
        """Raise `FitFailed` if the customers are fewer than the parameters."""
        least = len(cls.parameters)
        if customers < least:
            few = f"it needs at least {least} {cls.needs}, and got {customers}"
            raise FitFailed(cls.subject, few, (), f"Give more {cls.needs}.")

    @classmethod
    def _fit(
        cls,
        objective: Objective,
        customers: int,
        start: Sequence[float],
        **fields: Any,  # noqa: ANN401 - of any model
    ) -> Self:
        """The model under which the observations are the most likely.

        Args:
            objective: The log-likelihood, and its derivatives by the parameters.
            customers: How many customers the observations are of, > 0.
            start: Parameters to start from, in the unit of the data.
            fields: Other fields of the model.

        Raises:
            FitFailed: If a parameter runs away, or the search does not end.
        """
        names = cls.parameters

        def natural(logs: Vector) -> Vector:
            return [first * exp(one) for first, one in zip(start, logs, strict=True)]

        def at(logs: Vector) -> tuple[float, Vector]:
            values = natural(logs)
            total, slope = objective(values)
            return total / customers, [
                value * by / customers for value, by in zip(values, slope, strict=True)
            ]

        logs, value, problem = maximum(at, len(names))
        found = natural(logs)
        if problem is not None:
            raise FitFailed(cls.subject, problem, tuple(zip(names, found, strict=True)), _REMEDY)
        shares = deviations(lambda other: at(other)[1], logs, customers)
        return cls(
            **dict(zip(names, found, strict=True)),
            log_likelihood=value * customers,
            customers=customers,
            errors=tuple(share * one for share, one in zip(shares, found, strict=True)),
            **fields,
        )


def maximum(
    at: Callable[[Vector], tuple[float, Vector]], size: int
) -> tuple[Vector, float, str | None]:
    """Search the highest point of a smooth function, from the origin on.

    Args:
        at: From a point to the value there and its derivatives.
        size: How many numbers a point has.

    Returns:
        Where the search ended, the value there, and why it failed, or None.
    """
    point = [0.0] * size
    value, slope = at(point)
    inverse = [[float(i == j) for j in range(size)] for i in range(size)]
    for _ in range(_MOST_STEPS):
        if max(map(abs, slope)) <= _STEEP:
            return point, value, None
        step = _shortened([_dot(row, slope) for row in inverse])
        found = _line_search(at, point, value, slope, step)
        if found is None:
            rounded = max(map(abs, slope)) <= _ROUNDED
            return point, value, None if rounded else "no step makes the data more likely"
        there, value, new_slope = found
        moved = [new - old for new, old in zip(there, point, strict=True)]
        turned = [old - new for new, old in zip(new_slope, slope, strict=True)]
        inverse = _updated(inverse, moved, turned)
        point, slope = there, new_slope
        if max(map(abs, point)) > _EXTREME:
            return point, value, "a parameter grows or shrinks without end"
    return point, value, f"the search did not end within {_MOST_STEPS} steps"


def _line_search(
    at: Callable[[Vector], tuple[float, Vector]],
    logs: Vector,
    value: float,
    slope: Vector,
    step: Vector,
) -> tuple[Vector, float, Vector] | None:
    """The first point on the way, halved each time, that is enough higher; or None.

    Close to the maximum the values differ by rounding only, so that the slope decides.
    """
    share, gain, steepest = 1.0, _dot(slope, step), max(map(abs, slope))
    while share > _SHORTEST:
        there = [old + share * by for old, by in zip(logs, step, strict=True)]
        new_value, new_slope = at(there)
        level = abs(new_value - value) <= _NOISE * abs(value)
        higher = new_value >= value + _GAIN * share * gain
        if max(map(abs, new_slope)) < steepest if level else higher:
            return there, new_value, new_slope
        share /= 2
    return None


def _shortened(step: Vector) -> Vector:
    longest = max(map(abs, step))
    return [one * min(1.0, _LONGEST / longest) for one in step]


def _updated(inverse: list[Vector], moved: Vector, turned: Vector) -> list[Vector]:
    """The inverse of the curvature, corrected by what the last step showed of it."""
    curvature = _dot(moved, turned)
    if curvature <= 0:
        return inverse
    back = [_dot(row, turned) for row in inverse]
    scale = (1 + _dot(turned, back) / curvature) / curvature
    return [
        [
            old + scale * s * t - (b * t + s * c) / curvature
            for old, t, c in zip(row, moved, back, strict=True)
        ]
        for row, s, b in zip(inverse, moved, back, strict=True)
    ]


def deviations(slope: Callable[[Vector], Vector], logs: Vector, count: int) -> tuple[float, ...]:
    """The standard errors of the logarithms of the parameters, nan where there is no maximum.

    They follow from the Hessian, taken as central differences of the gradient. At a maximum the
    gradient is zero; so the standard error of a parameter is its own multiple of that of its
    logarithm.

    Args:
        slope: From a point to the derivatives of the mean log-likelihood.
        logs: The logarithms of the parameters at the maximum.
        count: How many observations the mean is taken over.
    """
    size = range(len(logs))
    rows = []
    for i in size:
        up, down = (
            slope([one + sign * _DIFFERENCE * (i == j) for j, one in enumerate(logs)])
            for sign in (1, -1)
        )
        rows.append([(b - a) / (2 * _DIFFERENCE) for a, b in zip(up, down, strict=True)])
    information = [[count * (rows[i][j] + rows[j][i]) / 2 for j in size] for i in size]
    factor = _cholesky(information)
    if factor is None:
        return tuple(nan for _ in size)
    columns = [_solved(factor, [float(i == j) for j in size]) for i in size]
    return tuple(sqrt(_dot(column, column)) for column in columns)


def _cholesky(matrix: list[Vector]) -> list[Vector] | None:
    """The lower triangle whose square is the matrix, or None if it is not positive definite."""
    lower: list[Vector] = []
    for i, row in enumerate(matrix):
        new = _solved(lower, row[:i])
        rest = row[i] - _dot(new, new)
        if rest <= 0:
            return None
        lower.append([*new, sqrt(rest)])
    return lower


def _solved(lower: list[Vector], right: Vector) -> Vector:
    """The solution of a system whose matrix is a lower triangle."""
    solution: Vector = []
    for row, value in zip(lower, right, strict=True):
        solution.append((value - _dot(row[:-1], solution)) / row[-1])
    return solution


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return fsum(a * b for a, b in zip(one, other, strict=True))
