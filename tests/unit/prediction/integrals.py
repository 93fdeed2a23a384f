"""The models once more, by their definitions: sums over the rates and chances of customers.

Each answer is a ratio of two double integrals. The formulas of the library appear nowhere.
"""

from math import cosh, exp, expm1, lgamma, log, pi, sinh


def gamma_points(shape, scale, step=0.25):
    """Values with a gamma distribution, and their weights: the trapezoid rule over logarithms."""
    lowest = -36 / shape
    for n in range(int((5 - lowest) / step)):
        logarithm = lowest + n * step
        weight = step * exp(shape * logarithm - exp(logarithm) - lgamma(shape))
        yield exp(logarithm) / scale, weight


def beta_points(a, b, step=0.08):
    """Values with a beta distribution, their complements, and their weights: the tanh-sinh rule."""
    norm = lgamma(a + b) - lgamma(a) - lgamma(b)
    for n in range(-55, 56):
        tail = exp(-pi * sinh(n * step))
        p, q = 1 / (1 + tail), tail / (1 + tail)
        weight = step * pi * cosh(n * step) * exp(a * log(p) + b * log(q) + norm)
        yield p, q, weight


def answers(parts):
    """The likelihood, and what follows of it: alive, expected, buys and stays."""
    sums = [sum(column) for column in zip(*parts, strict=True)]
    likelihood, *others = sums
    return log(likelihood), *(one / likelihood for one in others)


def geometric(parameters, chances, history, horizon):
    """A customer who stops with the chance p after each of so many purchases."""
    (r, alpha, a, b), (x, t_x, T) = parameters, history
    rates = [*gamma_points(r, alpha)]

    def parts():
        for p, q, chance_weight in beta_points(a, b):
            for rate, rate_weight in rates:
                both = chance_weight * rate_weight * rate**x
                alive = both * q**chances * exp(-rate * T)
                gone = both * p * q ** (chances - 1) * exp(-rate * t_x) if chances else 0.0
                yield (
                    alive + gone,
                    alive,
                    alive * -expm1(-rate * p * horizon) / p,
                    alive * -expm1(-rate * horizon),
                    alive * exp(-rate * p * horizon),
                )

    return answers(parts())


def exponential(parameters, history, horizon):
    """A customer who buys at one rate and stops at another one."""
    (r, alpha, s, beta), (x, t_x, T) = parameters, history
    ends = [*gamma_points(s, beta)]

    def parts():
        for rate, rate_weight in gamma_points(r, alpha):
            for end, end_weight in ends:
                both, total = rate_weight * end_weight * rate**x, rate + end
                alive = both * exp(-total * T)
                gone = both * end * (exp(-total * t_x) - exp(-total * T)) / total
                yield (
                    alive + gone,
                    alive,
                    alive * rate * -expm1(-end * horizon) / end,
                    alive * rate * -expm1(-total * horizon) / total,
                    alive * exp(-end * horizon),
                )

    return answers(parts())
