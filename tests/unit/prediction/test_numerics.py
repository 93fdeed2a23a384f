"""Special functions and integrals, against closed forms."""

from math import exp, fsum, inf, log, log1p, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlife.prediction._numerics import (
    beta_mean,
    decline,
    digamma,
    log_beta,
    logistic,
    panels,
    softplus,
)

SHAPES = st.floats(-3, 4).map(lambda power: 10**power)


@pytest.mark.parametrize(
    ("x", "value"),
    [
        (1, -0.5772156649015329),
        (2, 1 - 0.5772156649015329),
        (0.5, -0.5772156649015329 - 2 * log(2)),
        (0.25, -0.5772156649015329 - pi / 2 - 3 * log(2)),
        (10, sum(1 / n for n in range(1, 10)) - 0.5772156649015329),
    ],
)
def test_the_digamma_function_has_its_known_values(x, value):
    """After Gauss; Euler's constant is in each of them."""
    assert digamma(x) == pytest.approx(value, rel=1e-13)


@given(SHAPES)
def test_the_digamma_function_keeps_its_recurrence(x):
    """From x to x + 1 it grows by 1 / x."""
    assert digamma(x + 1) == pytest.approx(digamma(x) + 1 / x, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(("a", "b"), [(1, 1), (3, 4), (1, 9)])
def test_the_beta_function_has_its_known_values(a, b):
    """For whole numbers it is a ratio of factorials."""
    factorial = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880]

    assert exp(log_beta(a, b)) == pytest.approx(
        factorial[a - 1] * factorial[b - 1] / factorial[a + b - 1], rel=1e-12
    )


@given(st.floats(-30, 30))
def test_the_logistic_function_is_the_slope_of_softplus(z):
    """Both have a closed form where nothing overflows."""
    assert logistic(z) == pytest.approx(1 / (1 + exp(-z)), rel=1e-12)
    assert softplus(z) == pytest.approx(log1p(exp(z)), rel=1e-12)


@pytest.mark.parametrize(("z", "share", "soft"), [(inf, 1, inf), (-inf, 0, 0), (1e6, 1, 1e6)])
def test_the_logistic_function_and_softplus_never_overflow(z, share, soft):
    """Not even at infinity."""
    assert (logistic(z), softplus(z)) == (share, soft)


@pytest.mark.parametrize(
    ("y", "value"), [(0, 1), (5e-324, 1), (1e-10, 1 - 5e-11), (-1, exp(1) - 1), (700, 1 / 700)]
)
def test_a_decline_has_no_gap_at_zero(y, value):
    """Close to zero it is 1 - y / 2."""
    assert decline(y) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("power", range(20))
def test_one_panel_is_exact_for_polynomials(power):
    """Ten points integrate each power below 20 without an error: the nodes have no slip."""
    points = [*panels(lambda v: power * log(v), 1, 1.05)]

    assert len(points) == 10
    assert sum(weight for _, weight in points) == pytest.approx(
        (1.05 ** (power + 1) - 1) / (power + 1), rel=1e-14
    )


@pytest.mark.parametrize("rate", [1e-3, 1, 1e4])
def test_panels_follow_an_exponential_of_any_rate(rate):
    """Upwards and downwards alike."""
    for end in (60 / rate, -60 / rate):
        total = fsum(weight for _, weight in panels(lambda v: -rate * abs(v), 0, end))
        assert total == pytest.approx(1 / rate, rel=1e-12)


def test_panels_end_where_nothing_is_left_to_add():
    """Though the end is far away."""
    points = [point for point, _ in panels(lambda v: -v, 0, 1e9)]

    assert max(points) < 50


def test_no_panel_is_left_of_an_empty_stretch():
    """The integral is zero then."""
    assert [*panels(lambda v: v, 1, 1)] == []


@given(SHAPES, SHAPES)
def test_the_mean_of_a_straight_line_is_that_at_the_mean(a, b):
    """And the mean of p is a / (a + b)."""
    mean = beta_mean(a, b, lambda p: log1p(-p / 2), 1.0)

    assert mean == pytest.approx(1 - a / (a + b) / 2, rel=1e-9)


@given(st.floats(-3, 4), st.floats(-6, 8))
def test_the_mean_of_a_falling_power_has_a_closed_form(log_rate, log_more):
    """For a uniform p, the mean of (1 + p q)^-R is (1 - (1 + q)^(1 - R)) / ((R - 1) q)."""
    rate, more = 10**log_rate, 10**log_more
    longer = log1p(more)

    mean = beta_mean(1, 1, lambda p: -rate * log1p(p * more), rate * more)

    assert mean == pytest.approx(decline((rate - 1) * longer) * longer / more, rel=1e-9)


@given(SHAPES, SHAPES, st.floats(0.1, 50), st.floats(0.01, 3))
def test_the_mean_of_a_falling_power_is_a_sum_over_purchases(a, b, rate, more):
    """It is the chance to survive N steps, where N has a negative binomial distribution."""
    terms, term = [], (1 + more) ** -rate
    for n in range(2000):
        terms.append(term)
        term *= (rate + n) * (b + n) / ((a + b + n) * (n + 1)) * more / (1 + more)

    mean = beta_mean(a, b, lambda p: -rate * log1p(p * more), rate * more)

    assert mean == pytest.approx(fsum(terms), rel=1e-8)


def test_what_underflows_is_zero():
    """The mean of exp(-1e6 p) for a p close to 1 is too small for a float."""
    assert beta_mean(1e4, 1, lambda p: -1e6 * p, 1e6) == 0.0
