"""Gamma-Gamma: what the note and its data say."""

import pickle
from math import exp, inf, lgamma, log, nan

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.prediction.cdnow import cdnow
from tests.unit.prediction.integrals import gamma_points

from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction.gammagamma import GammaGamma, _sum
from custlife.prediction.summary import Summary

MODEL = GammaGamma(p=6.25, q=3.74, gamma=15.44)
POSITIVE = st.floats(-2, 2).map(lambda power: 10**power)


@pytest.fixture(scope="module")
def fitted():
    """The model of the repeat buyers of the sample."""
    return GammaGamma.fit(cdnow())


def test_the_fit_is_that_of_the_note(fitted):
    """Fader and Hardie 2013: p 6.25, q 3.74, gamma 15.44 for 946 repeat buyers."""
    values = [round(one, 2) for one in (fitted.p, fitted.q, fitted.gamma)]

    assert values == [6.25, 3.74, 15.44]
    assert (fitted.customers, fitted.left_out) == (946, 2357 - 946)
    assert str(fitted) == "Gamma-Gamma: p 6.25, q 3.744, gamma 15.44; fitted to 946 customers"


@pytest.mark.parametrize(("x", "money"), [(1, 11.77), (2, 22.35), (9, 40.0), (100, 35.0)])
def test_the_likelihood_is_that_of_the_definition(x, money):
    """The sum over customers' own rates, of the density of a mean of x amounts."""
    shape = 6.25 * x

    def given_rate(rate):
        return exp(
            shape * log(rate * x) + (shape - 1) * log(money) - rate * x * money - lgamma(shape)
        )

    expected = sum(weight * given_rate(rate) for rate, weight in gamma_points(3.74, 15.44, 0.02))

    total, _ = _sum((6.25, 3.74, 15.44), [(x, money, log(money))])

    assert exp(total) == pytest.approx(expected, rel=1e-6)


def test_the_log_likelihood_of_a_fit_is_that_of_its_rows(fitted):
    """In the user's own currency, and no parameters beside these are more likely."""
    data = [(row.x, row.money, log(row.money)) for row in cdnow() if row.money]

    assert fitted.log_likelihood == pytest.approx(
        _sum((fitted.p, fitted.q, fitted.gamma), data)[0], abs=1e-7
    )
    for by in (0.95, 1.05):
        for beside in ((by, 1, 1), (1, by, 1), (1, 1, by)):
            p, q, gamma = beside
            total, _ = _sum((fitted.p * p, fitted.q * q, fitted.gamma * gamma), data)
            assert total < fitted.log_likelihood


@given(POSITIVE, POSITIVE, POSITIVE, st.integers(1, 1000), POSITIVE)
def test_the_derivatives_are_those_of_the_likelihood(p, q, gamma, x, money):
    """Central differences by each parameter say the same."""
    values, data = (p, q, gamma), [(x, money, log(money)), (x, 2 * money, log(2 * money))]

    _, slope = _sum(values, data)

    for place, value in enumerate(values):
        up, down = (
            _sum([*values[:place], value * by, *values[place + 1 :]], data)[0]
            for by in (1 + 1e-4, 1 - 1e-4)
        )
        noise = 1e-9 * (1 + p * x + q)
        assert value * slope[place] == pytest.approx((up - down) / 2e-4, rel=1e-4, abs=1e-6 + noise)


def test_the_fit_does_not_depend_on_the_currency_or_on_the_order(fitted):
    """In cents, only the scale is a hundred times as large, with its standard error."""
    cents = GammaGamma.fit(
        evolve(row, money=row.money and row.money * 100) for row in reversed(cdnow())
    )

    assert (cents.p, cents.q, cents.gamma / 100) == pytest.approx(
        (fitted.p, fitted.q, fitted.gamma), rel=1e-6
    )
    assert cents.standard_errors["gamma"] == pytest.approx(
        100 * fitted.standard_errors["gamma"], rel=1e-4
    )


def test_customers_without_money_are_left_out(fitted):
    """And counted: nothing is known of how they spend."""
    free = [Summary("free", 1, 1, 9, money=0), Summary("unknown", 1, 1, 9)]

    model = GammaGamma.fit([*free, *cdnow()])

    assert evolve(model, left_out=fitted.left_out) == fitted
    assert model.left_out == fitted.left_out + 2


@pytest.mark.parametrize(("x", "mean", "expected"), [(2, 22.35, 24.66), (1, 11.77, 18.91)])
def test_the_expected_money_is_that_of_the_formula(x, mean, expected):
    """It is p (gamma + x mean) / (p x + q - 1)."""
    assert MODEL.expected_money(x, mean) == pytest.approx(expected, abs=0.01)


@given(st.integers(1, 1000), st.floats(0, 1000))
def test_the_expected_money_is_between_that_of_all_and_their_own(x, mean):
    """It is closer to their own the more they bought."""
    everyone = MODEL.expected_money(0)

    one = MODEL.expected_money(x, mean)

    assert min(everyone, mean) - 1e-9 <= one <= max(everyone, mean) + 1e-9
    assert abs(MODEL.expected_money(2 * x, mean) - mean) <= abs(one - mean) + 1e-9


def test_who_has_not_bought_again_is_like_all_others():
    """A mean that is given for them counts for nothing."""
    assert MODEL.expected_money(0) == pytest.approx(6.25 * 15.44 / 2.74)
    assert MODEL.expected_money(0, 99) == MODEL.expected_money(0)


@pytest.mark.parametrize("q", [0.5, 1.0])
def test_the_mean_of_all_can_be_infinite(q):
    """Where q is at most 1; a customer's own mean ends that."""
    model = evolve(MODEL, q=q)

    assert model.expected_money(0) == inf
    assert model.expected_money(1, 20) < inf


@pytest.mark.parametrize(
    ("x", "mean", "field"),
    [(-1, 9, "x"), (1.5, 9, "x"), (1, None, "mean"), (1, -1, "mean"), (0, nan, "mean")],
)
def test_a_purchase_has_its_money(x, mean, field):
    """What is out of bounds is refused by name."""
    with pytest.raises(InvalidArgument, match=r"GammaGamma.expected_money\(\)") as caught:
        MODEL.expected_money(x, mean)

    assert caught.value.field == field


@pytest.mark.parametrize("field", ["p", "q", "gamma"])
@pytest.mark.parametrize("value", [0, -1, nan, inf, True, "1"])
def test_a_parameter_is_positive(field, value):
    """And a model with another one is not made."""
    with pytest.raises(InvalidArgument, match=f"Gamma-Gamma: {field} is"):
        evolve(MODEL, **{field: value})


def test_too_few_customers_cannot_be_fitted():
    """Those that are left out do not count."""
    with pytest.raises(FitFailed, match="at least 3 repeat buyers with money, and got 2"):
        GammaGamma.fit([row for row in cdnow() if row.money][:2] + [Summary("C-17", 0, 0, 9)] * 9)
    with pytest.raises(FitFailed, match="and got 0"):
        GammaGamma.fit([])


def test_customers_who_are_all_alike_cannot_be_told_apart():
    """The parameters run away."""
    with pytest.raises(FitFailed, match="without end") as caught:
        GammaGamma.fit(Summary(f"C-{n}", 1 + n % 4, 1.0, 2.0, money=10) for n in range(50))

    assert [name for name, _ in caught.value.parameters] == ["p", "q", "gamma"]


@pytest.mark.parametrize("rows", [None, "rows", [1]])
def test_rows_are_summaries(rows):
    """What is none is refused."""
    with pytest.raises(InvalidArgument, match="rows"):
        GammaGamma.fit(rows)


def test_a_fitted_model_pickles(fitted):
    """With its standard errors."""
    back = pickle.loads(pickle.dumps(fitted))

    assert back == fitted
    assert back.standard_errors == fitted.standard_errors
    assert (MODEL.customers, MODEL.left_out, MODEL.standard_errors) == (None, None, {})
