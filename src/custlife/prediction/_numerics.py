"""Special functions and integrals that the models share, in plain floats.

Every integral here is of one kind: a positive function whose logarithm is smooth. It is cut into
panels on which the logarithm changes little, and each panel is summed by Gauss and Legendre's rule.
"""

from collections.abc import Callable, Iterator
from math import exp, expm1, lgamma, log, log1p

RULE = tuple(
    (side * node, weight)
    for node, weight in (
        (0.14887433898163122, 0.29552422471475287),
        (0.43339539412924719, 0.26926671930999636),
        (0.67940956829902441, 0.21908636251598204),
        (0.86506336668898451, 0.14945134915058059),
        (0.97390652851717172, 0.06667134430868814),
    )
    for side in (-1, 1)
)
"""The nodes and weights of ten points on -1 to 1."""
WIDEST = 2.0
"""No panel is wider: the functions here bend over a length of pi."""
STEEPEST = 6.0
"""The logarithm changes by no more on one panel."""
NEGLIGIBLE = 37.0
"""Where the logarithm is so far below its highest, nothing is left to add."""
FLAT = 1e-12
"""A change that is smaller than this is none."""
SEARCHES = 45
GOLDEN = (5**0.5 - 1) / 2
_ASYMPTOTIC = 10.0


def digamma(x: float) -> float:
    """The derivative of the logarithm of the gamma function, for x > 0.

    Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 1964, 6.3.5 and 6.3.18.

    Examples:
        >>> round(digamma(1), 12)
        -0.577215664902
    """
    shift = 0.0
    while x < _ASYMPTOTIC:
        shift += 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))))
    return log(x) - 0.5 / x - series - shift


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function, for a, b > 0.

    Examples:
        >>> round(exp(-log_beta(2, 3)), 9)
        12.0
    """
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def logistic(z: float) -> float:
    """1 / (1 + exp(-z)), which never overflows.

    Examples:
        >>> logistic(0), logistic(-1e9)
        (0.5, 0.0)
    """
    small = exp(-abs(z))
    return (1 if z >= 0 else small) / (1 + small)


def softplus(z: float) -> float:
    """log(1 + exp(z)), which never overflows.

    Examples:
        >>> softplus(1e9), softplus(float("-inf"))
        (1000000000.0, 0.0)
    """
    return max(z, 0.0) + log1p(exp(-abs(z)))


def decline(y: float) -> float:
    """(1 - exp(-y)) / y, and its limit 1 at y = 0.

    Examples:
        >>> decline(0), round(decline(1), 6)
        (1.0, 0.632121)
    """
    return -expm1(-y) / y if y else 1.0


def panels(
    log_f: Callable[[float], float], start: float, end: float
) -> Iterator[tuple[float, float]]:
    """Points between two ends and their weights, by which f / f(start) is integrated.

    The sum of the weights is that integral, taken without a sign; ``end`` may be below ``start``.
    It ends early where f has become negligible, so f must not rise again after a fall.

    Args:
        log_f: The logarithm of f. It is analytic within a distance of pi from the real line.
        start: Where to start.
        end: Where to end.

    Examples:
        >>> round(sum(weight for _, weight in panels(lambda v: -v, 0, 100)), 12)
        1.0
    """
    sign = 1 if end > start else -1
    position, width = start, WIDEST
    first = here = best = log_f(start)
    while (left := abs(end - position)) > 0 and here > best - NEGLIGIBLE:
        width = min(2 * width, WIDEST, left)
        while abs((there := log_f(position + sign * width)) - here) > STEEPEST:
            width /= 2
        half = width / 2
        middle = position + sign * half
        for node, weight in RULE:
            point = middle + half * node
            yield point, half * weight * exp(log_f(point) - first)
        position = end if width == left else position + sign * width
        here, best = there, max(best, there)


def beta_mean(a: float, b: float, log_f: Callable[[float], float], steepness: float) -> float:
    """The mean of f(p), where p has a beta distribution.

    The integral runs over the logit of p. Beyond both ends of the panels the integrand is an
    exponential, so the rest has a closed form.

    Args:
        a: The first parameter, > 0.
        b: The second parameter, > 0.
        log_f: The logarithm of f. f falls in p, and log f falls ever faster in log p.
        steepness: What the derivative of log f by p does not exceed near p = 0.

    Examples:
        >>> round(beta_mean(2, 3, lambda p: log1p(-p / 2), 1), 12)
        0.8
    """

    def log_g(logit: float) -> float:
        bend = softplus(logit)
        return a * logit - (a + b) * bend + log_f(exp(logit - bend))

    lowest = log(FLAT / (1 + a + b + steepness))
    highest = NEGLIGIBLE
    mode = _mode(log_g, lowest, highest)
    peak = log_g(mode)
    total = sum(weight for end in (lowest, highest) for _, weight in panels(log_g, mode, end))
    total += exp(log_g(lowest) - peak) / a + exp(log_g(highest) - peak) / b
    return exp(peak - log_beta(a, b) + log(total))


def _mode(log_g: Callable[[float], float], low: float, high: float) -> float:
    """About where a function with one peak is highest, by the golden section."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = log_g(left), log_g(right)
    for _ in range(SEARCHES):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = log_g(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = log_g(left)
    return (low + high) / 2
