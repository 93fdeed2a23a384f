"""Shifted beta-geometric: what the paper and its two segments say."""

import pickle
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction.contracts import ShiftedBetaGeometric, _sum

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
MODEL = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
SHAPES = st.floats(-3, 4).map(lambda power: 10**power)
MODELS = st.builds(ShiftedBetaGeometric, alpha=SHAPES, beta=SHAPES)


def lifetime(model, renewals, discount, horizon):
    """The sum over periods that residual_lifetime stands for."""
    total, alive = 0.0, 1.0
    for period in range(horizon):
        alive *= model.retention(renewals + period + 1)
        total += alive / (1 + discount) ** period
    return total


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.70408, 1.18204, -1680.265), (HIGH_END, 0.66809, 3.80610, -1611.158)],
    ids=["regular", "high end"],
)
def test_the_fit_is_that_of_the_paper(survivors, alpha, beta, log_likelihood):
    """Fader and Hardie 2007, for both segments of their example."""
    model = ShiftedBetaGeometric.fit(survivors)

    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=1e-5)
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)
    assert model.customers == 1000


def test_a_fitted_model_is_a_value_and_says_so_in_one_line():
    """It pickles with its standard errors."""
    model = ShiftedBetaGeometric.fit(iter(HIGH_END))

    back = pickle.loads(pickle.dumps(model))

    assert (back, back.standard_errors) == (model, model.standard_errors)
    assert [*model.standard_errors] == ["alpha", "beta"]
    assert str(model) == "sBG: alpha 0.6681, beta 3.806; fitted to 1000 customers"
    assert str(MODEL) == "sBG: alpha 0.668, beta 3.806; not fitted"


@given(SHAPES, SHAPES)
def test_the_derivatives_are_those_of_the_likelihood(alpha, beta):
    """Central differences by each parameter say the same."""
    _, (by_alpha, by_beta) = _sum((alpha, beta), REGULAR)

    wide = [_sum((alpha * by, beta), REGULAR)[0] for by in (1 + 1e-4, 1 - 1e-4)]
    high = [_sum((alpha, beta * by), REGULAR)[0] for by in (1 + 1e-4, 1 - 1e-4)]

    assert alpha * by_alpha == pytest.approx((wide[0] - wide[1]) / 2e-4, rel=1e-4, abs=1e-3)
    assert beta * by_beta == pytest.approx((high[0] - high[1]) / 2e-4, rel=1e-4, abs=1e-3)


@given(MODELS, st.integers(1, 40))
def test_the_survival_is_the_product_of_the_retention_rates(model, t):
    """Up to each period."""
    product = 1.0
    for period in range(1, t + 1):
        product *= model.retention(period)

    assert model.survival(0) == 1
    assert model.survival(t) == pytest.approx(product, rel=1e-9, abs=1e-300)


@given(MODELS, st.integers(1, 1000))
def test_the_retention_rate_rises_with_age(model, t):
    """Though no customer changes: those who leave easily are gone."""
    assert 0 < model.retention(t) <= model.retention(t + 1) <= 1
    assert 0 <= model.survival(t + 1) <= model.survival(t) <= 1


@given(MODELS, st.integers(0, 1000), st.sampled_from([0, 0.01, 0.1, 2]), st.integers(1, 300))
def test_the_residual_lifetime_is_the_sum_over_periods(model, renewals, discount, horizon):
    """The next period counts in full, each one after it is discounted once more."""
    expected = lifetime(model, renewals, discount, horizon)

    found = model.residual_lifetime(renewals, discount, horizon)

    assert found == pytest.approx(expected, rel=1e-8)


@given(MODELS, st.integers(0, 1000), st.sampled_from([0.05, 0.1, 2]))
def test_without_a_horizon_all_periods_count(model, renewals, discount):
    """After 500 periods a discount has left nothing."""
    expected = lifetime(model, renewals, discount, 500)

    assert model.residual_lifetime(renewals, discount) == pytest.approx(expected, rel=1e-8)


@given(MODELS, st.integers(0, 1000))
def test_who_renewed_is_expected_to_stay_longer_than_before(model, renewals):
    """As Fader and Hardie 2010 point out: who is still there leaves less easily."""
    before, after = (model.residual_lifetime(renewals + one, 0.1) for one in (0, 1))

    assert after >= before * (1 - 1e-9)


@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_a_lifetime_can_be_infinite(alpha):
    """Without a discount and a horizon, where alpha is at most 1."""
    model = ShiftedBetaGeometric(alpha=alpha, beta=3.8)

    assert model.residual_lifetime(0) == inf
    assert model.residual_lifetime(0, horizon=100) < 100


def test_a_lifetime_without_a_discount_has_a_closed_form():
    """It is (beta + renewals) / (alpha - 1), which a long horizon comes close to."""
    model = ShiftedBetaGeometric(alpha=4, beta=6)

    assert model.residual_lifetime(3) == pytest.approx(3)
    assert model.residual_lifetime(3, horizon=10**6) == pytest.approx(3)
    assert model.residual_lifetime(3, horizon=0) == 0


@pytest.mark.parametrize(
    ("survivors", "expected"),
    [
        (None, "an iterable of whole numbers"),
        ("1000", "an iterable of whole numbers"),
        ([1000, 631.0, 468], "a whole number from 0"),
        ([1000, -1, -2], "a whole number from 0"),
        ([1000, 631], "at least 3 numbers. Give the start and two periods or more"),
        ([], "at least 3 numbers"),
        ([1000, 631, 632], "numbers that never rise. Give one cohort"),
    ],
    ids=str,
)
def test_survivors_are_counts_that_never_rise(survivors, expected):
    """What is none is refused, and the error says what to do."""
    with pytest.raises(InvalidArgument, match=expected) as caught:
        ShiftedBetaGeometric.fit(survivors)

    assert caught.value.field == "survivors"


@pytest.mark.parametrize(
    ("survivors", "expected"),
    [
        ([1000, 1000, 1000], "no customer was lost. Wait until some have left"),
        ([0, 0, 0], "at least 2 customers, and got 0"),
        ([1, 0, 0], "at least 2 customers, and got 1"),
        ([1000, 500, 250, 125], "without end. The last parameters were alpha "),
        ([100, 99, 97, 94], "without end"),
        ([100, 0, 0], "all customers were lost in one period"),
    ],
    ids=str,
)
def test_a_cohort_that_shows_no_difference_cannot_be_fitted(survivors, expected):
    """Nor one of which nobody left, or everybody at once."""
    with pytest.raises(FitFailed, match=expected) as caught:
        ShiftedBetaGeometric.fit(survivors)

    assert caught.value.model == "sBG"


@pytest.mark.parametrize(
    ("call", "arguments", "field"),
    [
        ("survival", (-1,), "t"),
        ("survival", (1.5,), "t"),
        ("retention", (0,), "t"),
        ("retention", (True,), "t"),
        ("residual_lifetime", (-1,), "renewals"),
        ("residual_lifetime", (0, -0.1), "discount"),
        ("residual_lifetime", (0, nan), "discount"),
        ("residual_lifetime", (0, 0.1, 1.5), "horizon"),
        ("residual_lifetime", (0, 0.1, -1), "horizon"),
    ],
)
def test_periods_are_whole_and_a_discount_is_not_negative(call, arguments, field):
    """What is out of bounds is refused by name."""
    with pytest.raises(InvalidArgument, match=rf"ShiftedBetaGeometric\.{call}\(\)") as caught:
        getattr(MODEL, call)(*arguments)

    assert caught.value.field == field


@pytest.mark.parametrize("field", ["alpha", "beta"])
@pytest.mark.parametrize("value", [0, -1, nan, inf, True, "1"])
def test_a_parameter_is_positive(field, value):
    """And a model with another one is not made."""
    with pytest.raises(InvalidArgument, match=f"sBG: {field} is"):
        ShiftedBetaGeometric(**{"alpha": 1, "beta": 1, field: value})
