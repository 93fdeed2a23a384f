"""Pareto/NBD: what the literature and its data say."""

from math import expm1, inf, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.prediction.cdnow import cdnow

from custlife.prediction.pareto import ParetoNBD

MODEL = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)


@pytest.fixture(scope="module")
def fitted():
    """The model of the sample of Fader, Hardie and Lee."""
    return ParetoNBD.fit(cdnow())


def test_the_fit_is_that_of_the_literature(fitted):
    """Fader, Hardie and Lee 2005 compare theirs with it."""
    values = (fitted.r, fitted.alpha, fitted.s, fitted.beta)

    assert values == pytest.approx((0.553, 10.578, 0.606, 11.669), abs=2e-3)
    assert fitted.log_likelihood == pytest.approx(-9594.9762, abs=1e-4)
    assert str(fitted).startswith("Pareto/NBD: r 0.5533, alpha 10.58, s 0.6062, beta 11.67; ")


SHARES = st.floats(0.01, 0.99)
SCALES = st.floats(-3, 4).map(lambda power: 10**power)


@given(SHARES, SCALES, st.sampled_from([1e-3, 0.5, 2, 1e3]), st.floats(1, 36_525))
def test_the_chance_has_a_closed_form_where_r_and_s_add_up_to_1(r, alpha, times, T):
    """For who bought once, the integral is then an elementary one."""
    s, beta = 1 - r, alpha * times
    model = ParetoNBD(r=r, alpha=alpha, s=s, beta=beta)
    # The integrand, times s (beta - alpha), is the derivative of ((alpha + y) / (beta + y))^s.
    gone = (((alpha + T) / (beta + T)) ** s - (alpha / beta) ** s) / (beta - alpha)
    active = (alpha + T) ** -r * (beta + T) ** -s

    assert model.alive(0, 0, T) == pytest.approx(active / (active + gone), rel=1e-7)


@given(SCALES, SCALES, SCALES, st.integers(1, 10_000), SHARES)
def test_the_chance_has_a_closed_form_where_alpha_is_beta(r, s, scale, x, share):
    """The integral is then that of a power."""
    T = 365.0
    t_x, power = share * T, r + s + x
    odds = s / power * expm1(min(power * log1p((T - t_x) / (scale + t_x)), 700))

    model = ParetoNBD(r=r, alpha=scale, s=s, beta=scale)

    assert model.alive(x, t_x, T) == pytest.approx(1 / (1 + odds), rel=1e-6, abs=1e-200)


@pytest.mark.parametrize("s", [1 - 1e-9, 1.0, 1 + 1e-9])
def test_the_expected_purchases_have_no_gap_where_s_is_1(s):
    """The formula of the paper divides by s - 1; then it is a logarithm."""
    model = ParetoNBD(r=0.553, alpha=10.578, s=s, beta=11.669)
    exact = 2.553 * (11.669 + 38.86) / (10.578 + 38.86) * log1p(39 / (11.669 + 38.86))

    assert model.expected(2, 30.43, 38.86, 39) == pytest.approx(
        exact * model.alive(2, 30.43, 38.86), rel=1e-7
    )


def test_who_has_just_bought_is_alive():
    """There was no time to stop."""
    assert MODEL.alive(2, 38.86, 38.86) == 1


def test_a_time_of_silence_can_be_too_long_for_a_float():
    """Then it is infinite."""
    model = ParetoNBD(r=1e-3, alpha=1, s=1e-6, beta=1)

    assert model.silent_until(0, 0, 0.5) == inf
    assert MODEL.silent_until(0, 0, 0.5) < 38.86
