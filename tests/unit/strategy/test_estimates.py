"""What strategies are expected to gain: the formulas, and what is unknown."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import Cause, Contacted, Departed, Purchased, Relationship
from custlife.strategy import Profile, Strategy, fitting
from custlife.strategy.assumptions import CostModel
from custlife.strategy.estimates import estimate, tidy

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
PROSPECT = Relationship("C-17").apply(Contacted(at=NOW))
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(20)))
FORMER = CUSTOMER.apply(Departed(at=LATER, cause=Cause.PRICE))


def known(relationship, **inputs):
    """A profile of which this is known."""
    return Profile(relationship=relationship).altered(**inputs)


# Each expectation is worked out by hand from the formulas that `estimate` documents.
@pytest.mark.parametrize(
    ("profile", "strategy", "gain"),
    [
        # 0.2 x 500 x 3 - 50
        (known(PROSPECT, potential_value=500), Strategy.START, "250"),
        # 0.3 x 0.5 x (300 - 100) x 2 - 50
        (
            known(
                CUSTOMER,
                margin=300,
                cost_to_serve=100,
                defection_risk=Decimal("0.5"),
                remaining_years=2,
            ),
            Strategy.PROTECT,
            "10",
        ),
        # 0.2 x 1000 x 0.3 x 3 - 50: years beyond the horizon do not count
        (known(CUSTOMER, revenue_upside=1000, remaining_years=9), Strategy.ENHANCE, "130"),
        # 0.95 x 0.5 x 100 x 2 - 0.05 x 200 x 2 - 50
        (
            known(CUSTOMER, margin=300, cost_to_serve=100, reducible_cost=100, remaining_years=2),
            Strategy.REENGINEER,
            "25",
        ),
        # - (20 - 100) x 3 - 50
        (
            known(CUSTOMER, margin=20, cost_to_serve=100, remaining_years=3),
            Strategy.END,
            "190",
        ),
        # 0.3 x 200 x 3 - 60
        (known(FORMER, regain_benefit=200, regain_cost=60), Strategy.WIN_BACK, "120"),
        (known(CUSTOMER), Strategy.HARVEST, "0"),
        (known(PROSPECT), Strategy.END, "0"),
        (known(FORMER), Strategy.END, "0"),
    ],
)
def test_a_gain_follows_from_the_formula(profile, strategy, gain):
    """And the sentence tells the arithmetic, with the gain at its end."""
    found = estimate(profile)[strategy]

    assert found.gain == Decimal(gain)
    assert found.missing == ()
    assert found.sentence.endswith(f"= {gain}")
    assert str(found) == f"{strategy.words}: {found.sentence}"


@pytest.mark.parametrize("relationship", [PROSPECT, CUSTOMER, FORMER], ids=str)
def test_every_strategy_that_fits_is_estimated(relationship):
    """And no other one."""
    profile = known(relationship)

    assert {*estimate(profile)} == {*fitting(profile.room)}


def test_the_sentence_shows_each_number_and_what_is_unknown():
    """In the order of the formula."""
    profile = known(CUSTOMER, reducible_cost=80, remaining_years=5)

    found = estimate(profile)[Strategy.REENGINEER]

    assert found.sentence == (
        "retention kept 0.95 x reengineer success 0.5 x reducible cost 80 x years counted 3 "
        "- retention harm 0.05 x profit unknown x years counted 3 - reengineer cost 50 is unknown"
    )
    assert (found.gain, found.missing) == (None, ("profit",))


def test_an_unknown_fact_never_counts_as_zero():
    """With nothing known only what changes nothing has a gain."""
    found = estimate(known(CUSTOMER))

    assert {strategy for strategy in found if found[strategy].gain is not None} == {
        Strategy.HARVEST
    }
    assert found[Strategy.PROTECT].missing == ("defection_risk", "profit", "remaining_years")


@pytest.mark.parametrize(
    ("profile", "strategy", "cost"),
    [
        (known(CUSTOMER), Strategy.HARVEST, 0),
        (known(CUSTOMER), Strategy.PROTECT, 50),
        (known(FORMER, regain_cost=70), Strategy.WIN_BACK, 70),
        (known(FORMER), Strategy.WIN_BACK, None),
    ],
)
def test_an_estimate_knows_its_cost(profile, strategy, cost):
    """As far as it is known."""
    assert estimate(profile)[strategy].cost == cost


@pytest.mark.parametrize(("number", "plain"), [("1.500", "1.5"), ("1E+2", "100"), ("0.00", "0")])
def test_tidy_numbers_are_the_same_numbers(number, plain):
    """Without zeros at their end, and without an exponent."""
    assert tidy(Decimal(number)) == Decimal(number)
    assert str(tidy(Decimal(number))) == plain


@settings(max_examples=25)
@given(st.decimals(0, 10**9, places=9), st.floats(0, 1), st.decimals(-(10**9), 10**9, places=9))
def test_gains_are_exact_in_any_context(cost, share, margin):
    """As fractions would have it, however few digits the app calculates with."""
    ours = CostModel(protect_effect=share, protect_cost=0)
    profile = known(
        CUSTOMER, margin=margin, cost_to_serve=cost, remaining_years=share, defection_risk=share
    )

    with localcontext() as context:
        context.prec = 2
        context.traps[Inexact] = True
        gain = estimate(profile, ours)[Strategy.PROTECT].gain

    exact = Fraction(Decimal(repr(share)))
    assert Fraction(gain) == exact**3 * (Fraction(margin) - Fraction(cost))
