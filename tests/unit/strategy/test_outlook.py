"""The remaining value that models expect."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custlife import Purchased, Relationship
from custlife.prediction import BGNBD, MBGNBD, GammaGamma
from custlife.strategy import CustomerValue

PARAMETERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODEL = BGNBD(**PARAMETERS)
MONEY = GammaGamma(p=6.25, q=3.74, gamma=15.44)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=35)
REL = Relationship("C-17").apply(
    *(Purchased(at=START + timedelta(days=7 * n), amount=10 * (n + 1)) for n in range(4))
)


def value(rel=REL, **given):
    numbers = {"margin_rate": 0.3, "cost_to_serve": 4, "model": MODEL, "until": NOW}
    return CustomerValue.of(rel, **{**numbers, **given})


def test_the_remaining_value_is_the_margin_on_what_is_expected_less_the_cost():
    """Within three years unless the remaining years are known."""
    found = value(money=MONEY)

    horizon = 3 * 365 / 7
    bought = MODEL.expected(3, 3.0, 5.0, horizon) * MONEY.expected_money(3, 30.0)
    alive = sum(
        weight * MODEL.stays(3, 3.0, 5.0, share * horizon)
        for weight, share in ((1, 0), (4, 0.5), (1, 1))
    )
    expected = 0.3 * bought - 4 * 3 * alive / 6
    assert float(found.remaining_value) == pytest.approx(expected, abs=1e-3)
    assert found.expected_remaining_value == found.remaining_value
    assert "by BG/NBD" in dict(found.origins)["remaining_value"]
    assert "Gamma-Gamma" in dict(found.origins)["remaining_value"]


def test_without_a_model_of_money_an_occasion_brings_what_it_brought():
    """The mean of all days of purchases on record."""
    found = value(remaining_years=1)

    assert "within 1 years" in dict(found.origins)["remaining_value"]
    assert "each of 25.00 as until now" in dict(found.origins)["remaining_value"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"margin_rate": None}, "unknown, since the margin rate is"),
        ({"cost_to_serve": None}, "unknown, since the cost to serve is"),
        ({"rel": Relationship("C-17"), "until": None}, "nothing has happened yet"),
        ({"rel": Relationship("C-17")}, "nothing was bought"),
        (
            {"rel": Relationship("C-17").apply(Purchased(at=START, amount=5))},
            "cannot tell after a single purchase",
        ),
    ],
)
def test_what_is_not_known_leaves_the_remaining_value_unknown(given, why):
    """Never zero; the origin says why."""
    found = value(**given)

    assert found.remaining_value is None
    assert why in dict(found.origins)["remaining_value"]


def test_without_a_model_nothing_changes():
    """The value is profit times years, if both are known."""
    found = value(model=None, remaining_years=2)

    assert (found.remaining_value, found.origins) == (None, ())
    assert found.expected_remaining_value == found.profit * 2


def test_another_model_can_tell_of_one_purchase():
    """MBG/NBD lets everybody stop, also after the first purchase."""
    once = Relationship("C-17").apply(Purchased(at=START, amount=5))

    found = value(once, model=MBGNBD(**PARAMETERS))

    assert found.remaining_value is not None
    assert found.remaining_value < Decimal(5)


def test_a_model_of_money_without_a_mean_leaves_it_unknown():
    """As a heavy tail can be fitted."""
    endless = GammaGamma(p=2.7, q=0.86, gamma=12.4)
    once = Relationship("C-17").apply(Purchased(at=START, amount=5))

    found = value(once, model=MBGNBD(**PARAMETERS), money=endless)

    assert found.remaining_value is None
    assert "an occasion has no mean" in dict(found.origins)["remaining_value"]
