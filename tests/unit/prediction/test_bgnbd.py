"""BG/NBD and MBG/NBD: what the papers and their data say."""

from math import inf

import pytest
from attrs import evolve
from tests.unit.prediction.cdnow import cdnow

from custlife.errors import InvalidArgument
from custlife.prediction.bgnbd import BGNBD, MBGNBD
from custlife.prediction.summary import Summary

MODEL = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


@pytest.fixture(scope="module")
def fitted():
    """The model of the sample of the paper."""
    return BGNBD.fit(cdnow())


def test_the_fit_is_that_of_the_paper(fitted):
    """Fader, Hardie and Lee 2005; more digits than the paper prints."""
    values = (fitted.r, fitted.alpha, fitted.a, fitted.b)

    assert values == pytest.approx((0.242595, 4.413602, 0.792922, 2.425907), rel=1e-5)
    assert fitted.log_likelihood == pytest.approx(-9582.4292, abs=1e-4)
    assert (fitted.customers, fitted.one_time_buyers) == (2357, "alive")


def test_a_fitted_model_says_so_in_one_line(fitted):
    """Its name, its parameters, and how many customers."""
    said = "BG/NBD: r 0.2426, alpha 4.414, a 0.7929, b 2.426; fitted to 2357 customers"

    assert (str(fitted), fitted.name) == (said, "BG/NBD")


def test_the_standard_errors_are_there_for_each_parameter(fitted):
    """Those of a sample of this size are between 5 and 30 percent of the parameters."""
    shares = [error / getattr(fitted, name) for name, error in fitted.standard_errors.items()]

    assert [*fitted.standard_errors] == ["r", "alpha", "a", "b"]
    assert min(shares) > 0.05
    assert max(shares) < 0.3


@pytest.mark.parametrize(
    ("x", "days", "alive"),
    [(2, 213, 0.726590), (7, 206, 0.641796), (1, 12, 0.212260), (0, 0, 1.0)],
)
def test_the_chance_to_be_alive_is_that_of_the_formula(x, days, alive):
    """With the parameters of the paper, for a customer of 272 days."""
    assert MODEL.alive(x, days / 7, 272 / 7) == pytest.approx(alive, abs=1e-6)


def test_the_expected_purchases_are_those_of_the_paper():
    """The example of its authors: 1.226 in the next 39 weeks."""
    assert MODEL.expected(2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize("a", [1 - 1e-9, 1.0, 1 + 1e-9])
def test_the_expected_purchases_have_no_gap_where_a_is_1(a):
    """The formula of the paper divides by a - 1; its limit from both sides is one."""
    beside = [evolve(MODEL, a=one).expected(2, 30.43, 38.86, 39) for one in (0.99, a, 1.01)]

    assert beside[1] == pytest.approx((beside[0] + beside[2]) / 2, rel=1e-4)


def test_who_bought_once_is_alive_for_ever():
    """The trap of the model: they have had no chance to stop."""
    assert MODEL.alive(0, 0, 5200) == 1
    assert MODEL.silent_until(0, 0, 0.5) == inf


@pytest.mark.parametrize("history", [(0, 0, 38.86), (0, 0, 0)])
def test_the_other_model_can_answer_for_those_who_bought_once(history):
    """MBG/NBD, with the same parameters."""
    model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426, one_time_buyers="mbg")
    other = MBGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)

    assert model.alive(*history) == other.alive(*history) < 1
    assert model.expected(*history, 39) == other.expected(*history, 39)
    assert model.buys(*history, 39) == other.buys(*history, 39)
    assert model.stays(*history, 39) == other.stays(*history, 39)
    assert model.silent_until(0, 0, 0.5) == other.silent_until(0, 0, 0.5) < inf


def test_the_others_are_answered_for_as_ever():
    """Who bought again has had a chance to stop."""
    model = evolve(MODEL, one_time_buyers="mbg")

    assert model.alive(2, 30.43, 38.86) == MODEL.alive(2, 30.43, 38.86)


def test_the_fit_does_not_depend_on_who_answers_for_one_time_buyers(fitted):
    """So the likelihood is that of BG/NBD."""
    model = BGNBD.fit(cdnow(), one_time_buyers="mbg")

    assert evolve(model, one_time_buyers="alive") == fitted
    assert model.standard_errors == fitted.standard_errors
    assert model.log_likelihood_of(cdnow()) == pytest.approx(-9582.4292, abs=1e-4)


@pytest.mark.parametrize("value", ["bg", None, True])
def test_who_answers_for_one_time_buyers_is_one_of_two(value):
    """Another name is refused, also before a fit."""
    with pytest.raises(InvalidArgument, match="'alive' or 'mbg'"):
        evolve(MODEL, one_time_buyers=value)
    with pytest.raises(InvalidArgument, match=r"BGNBD.fit\(\): one_time_buyers"):
        BGNBD.fit(cdnow(), one_time_buyers=value)


def test_the_fit_of_the_other_model_has_its_known_likelihood():
    """On the same sample it is a little more likely."""
    model = MBGNBD.fit(cdnow())

    assert model.log_likelihood == pytest.approx(-9582.1357, abs=1e-4)
    assert (model.name, model.customers) == ("MBG/NBD", 2357)


@pytest.mark.parametrize("chance", [1e-12, 0.5, 1 - 1e-12])
def test_the_time_of_silence_is_never_before_the_last_purchase(chance):
    """And infinite where it is too long for a float."""
    slow = BGNBD(r=1e-3, alpha=4.414, a=1e-6, b=2.426)

    assert slow.silent_until(0, 0, chance) == inf
    assert MODEL.silent_until(1, 12 / 7, chance) >= 12 / 7
    assert MBGNBD(r=1e-3, alpha=4.414, a=1e-6, b=2.426).silent_until(0, 0, 0.5) == inf


def test_a_customer_of_the_sample_is_as_likely_as_all_are_on_average():
    """The likelihood is a sum over customers."""
    rows = [Summary("C-17", 2, 30.43, 38.86), Summary("C-18", 0, 0, 38.86)]

    assert MODEL.log_likelihood_of(rows) == pytest.approx(
        MODEL.log_likelihood_of(rows[:1]) + MODEL.log_likelihood_of(rows[1:])
    )
    assert MODEL.log_likelihood_of([]) == 0
