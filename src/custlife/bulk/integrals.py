"""The integrals of the models, over columns: those of `custlife.prediction._numerics`, row by row.

Nodes, weights and limits are taken from there, and each row is cut into the panels into which it is
cut there.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from custlife.bulk.reading import Floats, Micros
from custlife.prediction import _numerics as numerics

Rows: TypeAlias = NDArray[np.intp]
Log: TypeAlias = Callable[[Floats, Rows], Floats]
"""The logarithm of a function: of points and the rows that they belong to."""

_NODES, _WEIGHTS = np.array(numerics.RULE).T
_WIDEST, _STEEPEST = numerics.WIDEST, numerics.STEEPEST
_NEGLIGIBLE, _FLAT = numerics.NEGLIGIBLE, numerics.FLAT
_SEARCHES, _GOLDEN = numerics.SEARCHES, numerics.GOLDEN


def logistic(z: Floats) -> Floats:
    """1 / (1 + exp(-z)), which never overflows.

    Examples:
        >>> logistic(np.array([0.0, -1e9])).tolist()
        [0.5, 0.0]
    """
    small = np.exp(-np.abs(z))
    found: Floats = np.where(z >= 0, 1, small) / (1 + small)
    return found


def softplus(z: Floats) -> Floats:
    """log(1 + exp(z)), which never overflows.

    Examples:
        >>> softplus(np.array([1e9, -np.inf])).tolist()
        [1000000000.0, 0.0]
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def decline(y: Floats) -> Floats:
    """(1 - exp(-y)) / y, and its limit 1 at y = 0.

    Examples:
        >>> decline(np.array([0.0, 1.0])).round(6).tolist()
        [1.0, 0.632121]
    """
    return np.where(y == 0, 1, -np.expm1(-y) / np.where(y == 0, 1, y))


def bent(y: Floats) -> Floats:
    """log(1 + y) / y, and its limit 1 at y = 0.

    Examples:
        >>> bent(np.array([0.0, 1.0])).round(6).tolist()
        [1.0, 0.693147]
    """
    return np.where(y == 0, 1, np.log1p(y) / np.where(y == 0, 1, y))


def integral(log_f: Log, start: Floats, end: Floats) -> Floats:
    """The integral of f / f(start) from start to end in each row, taken without a sign.

    Args:
        log_f: The logarithm of f; see `custlife.prediction._numerics.panels`.
        start: Where to start.
        end: Where to end, above or below.

    Examples:
        >>> falling = integral(lambda v, rows: -v, np.zeros(1), np.full(1, 100.0))
        >>> falling.round(12).tolist()
        [1.0]
    """
    total = np.zeros(len(start))
    for rows, weights in _panels(log_f, start, end):
        total[rows] += weights
    return total


def _panels(log_f: Log, start: Floats, end: Floats) -> Iterator[tuple[Rows, Floats]]:
    """What one panel of each row adds, from the first panels on; rows drop out as they end."""
    rows, height = np.arange(len(start)), log_f(start, np.arange(len(start)))
    sign, widest = np.where(end > start, 1.0, -1.0), np.full(len(start), _WIDEST)
    kept = np.array([height, height, height, start, widest, sign, end])
    while True:
        _, here, best, position, _, _, end = kept
        goes_on = (np.abs(end - position) > 0) & (here > best - _NEGLIGIBLE)
        if not goes_on.any():
            return
        rows, kept = rows[goes_on], kept[:, goes_on]
        first, here, best, position, width, sign, end = kept
        left = np.abs(end - position)
        width[:] = np.minimum(np.minimum(2 * width, _WIDEST), left)
        there = _narrowed(log_f, rows, kept)
        half = width / 2
        points = (position + sign * half)[:, None] + half[:, None] * _NODES
        heights = np.exp(log_f(points, rows[:, None]) - first[:, None])
        yield rows, half * (heights * _WEIGHTS).sum(1)
        position[:] = np.where(width == left, end, position + sign * width)
        here[:], best[:] = there, np.maximum(best, there)


def _narrowed(log_f: Log, rows: Rows, kept: Floats) -> Floats:
    """The logarithm at the end of each panel; panels that are too steep are halved in place."""
    _, here, _, position, width, sign, _ = kept
    there = log_f(position + sign * width, rows)
    steep = np.flatnonzero(np.abs(there - here) > _STEEPEST)
    while steep.size:
        width[steep] /= 2
        there[steep] = log_f(position[steep] + sign[steep] * width[steep], rows[steep])
        steep = steep[np.abs(there[steep] - here[steep]) > _STEEPEST]
    return there


def beta_mean(a: float, b: Floats, log_beta: Floats, log_f: Log, steepness: Floats) -> Floats:
    """The mean of f(p) in each row, where p has a beta distribution.

    Args:
        a: The first parameter, > 0.
        b: The second parameter of each row, > 0.
        log_beta: The logarithm of the beta function of both.
        log_f: The logarithm of f; see `custlife.prediction._numerics.beta_mean`.
        steepness: What the derivative of log f by p does not exceed near p = 0.

    Examples:
        >>> one = np.ones(1)
        >>> mean = beta_mean(2, 3 * one, -np.log(12 * one), lambda p, _: np.log1p(-p / 2), one)
        >>> mean.round(12).tolist()
        [0.8]
    """

    def log_g(logit: Floats, rows: Rows) -> Floats:
        bend = softplus(logit)
        return a * logit - (a + b[rows]) * bend + log_f(np.exp(logit - bend), rows)

    rows = np.arange(len(b))
    lowest = np.log(_FLAT / (1 + a + b + steepness))
    highest = np.full(len(b), _NEGLIGIBLE)
    mode = _mode(lambda logit: log_g(logit, rows), lowest, highest)
    peak = log_g(mode, rows)
    total = integral(log_g, mode, lowest) + integral(log_g, mode, highest)
    total += np.exp(log_g(lowest, rows) - peak) / a
    total += np.exp(log_g(highest, rows) - peak) / b
    return np.exp(peak - log_beta + np.log(total))


def _mode(log_g: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """About where a function with one peak is highest, by the golden section."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = log_g(left), log_g(right)
    for _ in range(_SEARCHES):
        rises = at_left < at_right
        low, high = np.where(rises, left, low), np.where(rises, high, right)
        kept, at_kept = np.where(rises, right, left), np.where(rises, at_right, at_left)
        new = np.where(rises, low + _GOLDEN * (high - low), high - _GOLDEN * (high - low))
        at_new = log_g(new)
        left, right = np.where(rises, kept, new), np.where(rises, new, kept)
        at_left = np.where(rises, at_kept, at_new)
        at_right = np.where(rises, at_new, at_kept)
    return (low + high) / 2


def by_count(ask: Callable[[int], float], counts: Micros) -> Floats:
    """What a function says of each count; it is asked about each distinct one once.

    Examples:
        >>> by_count(lambda count: count / 2, np.array([1, 3, 1])).tolist()
        [0.5, 1.5, 0.5]
    """
    distinct, numbers = np.unique(counts, return_inverse=True)
    return np.array([ask(count) for count in distinct.tolist()], np.float64)[numbers]
