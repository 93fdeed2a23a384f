"""Signals: all optional, unknown is none, and nothing out of bounds."""

import pickle
from decimal import Decimal

import pytest
from attrs import asdict, fields_dict

from custlife.strategy import InvalidProfile, Market, Signals
from custlife.strategy.signals import NO_SIGNALS, UNKNOWN_MARKET

FLAGS = ("target", "strategic", "courted", "interest", "cash_flow_stable", "need_ending")
SHARES = ("competition", "improvement_chance", "defection_risk", "purchase_likelihood")
MONEY = (
    "potential_value",
    "revenue_upside",
    "reducible_cost",
    "regain_cost",
    "regain_benefit",
    "answer_cost",
)


def test_every_signal_can_be_unknown():
    """None is neither no nor zero."""
    assert set(asdict(Signals()).values()) == {None, ()}
    assert Signals() == NO_SIGNALS
    assert set(fields_dict(Signals)) == {
        *FLAGS,
        *SHARES,
        *MONEY,
        "effort_response",
        "inclination",
        "origins",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in FLAGS for value in (0, 1, "yes")),
        *((name, value) for name in SHARES for value in (-0.01, 1.01, 40, "0.4", float("nan"))),
        *((name, value) for name in MONEY for value in (-1, 0.5, Decimal("NaN"), "5", True)),
        ("effort_response", -0.1),
        ("effort_response", float("inf")),
        ("effort_response", True),
    ],
    ids=str,
)
def test_a_signal_out_of_bounds_is_refused(field, value):
    """The error names it; a percentage is no share, and a float is no money."""
    with pytest.raises(InvalidProfile, match=f"signals: {field} is ") as caught:
        Signals(**{field: value})

    assert caught.value.field == field
    assert "or None" in caught.value.expectation


@pytest.mark.parametrize("field", [*SHARES, *MONEY, "effort_response"])
@pytest.mark.parametrize("value", [0, 1])
def test_a_number_is_kept_exactly(field, value):
    """A whole number becomes a Decimal, and the bounds are allowed."""
    kept = getattr(Signals(**{field: value}), field)

    assert isinstance(kept, Decimal)
    assert kept == value


@pytest.mark.parametrize("field", [*SHARES, "effort_response"])
def test_a_float_counts_as_the_number_that_it_is_printed_as(field):
    """Not as the binary fraction behind it."""
    assert getattr(Signals(**{field: 0.1}), field) == Decimal("0.1")


def test_signals_pickle():
    """With all that they say."""
    signals = Signals(strategic=True, competition=0.4, regain_cost=5)

    assert pickle.loads(pickle.dumps(signals)) == signals


def test_signals_show_what_is_known():
    """And nothing else."""
    assert repr(Signals(strategic=False, competition=0.4)) == (
        "Signals(strategic=False, competition=Decimal('0.4'))"
    )


def test_a_market_can_be_unknown():
    """Both shares, neither of which is zero then."""
    assert Market() == UNKNOWN_MARKET
    assert asdict(Market()) == {"competition": None, "reputation": None}
    assert repr(Market(reputation=0.9)) == "Market(reputation=Decimal('0.9'))"


@pytest.mark.parametrize("field", fields_dict(Market))
@pytest.mark.parametrize("value", [-0.01, 1.01, 80, "0.4", True, float("nan")], ids=str)
def test_a_share_of_the_market_out_of_bounds_is_refused(field, value):
    """A percentage is no share."""
    with pytest.raises(InvalidProfile, match=f"market: {field} is .* share from 0 to 1") as caught:
        Market(**{field: value})

    assert (caught.value.subject, caught.value.field) == ("market", field)


@pytest.mark.parametrize("field", fields_dict(Market))
def test_the_bounds_of_a_share_of_the_market_are_allowed(field):
    """From nothing to all."""
    assert [getattr(Market(**{field: value}), field) for value in (0, 1, 0.1)] == [
        Decimal(0),
        Decimal(1),
        Decimal("0.1"),
    ]
