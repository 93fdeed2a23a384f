"""What strategies are expected to gain: the cost model, the formulas, and what is unknown."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from attrs import evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import Cause, Complained, Contacted, Departed, Purchased, Relationship
from custlife.errors import InvalidArgument, InvalidPolicy
from custlife.strategy import Market, Profile, Signals, Strategy, fitting
from custlife.strategy.estimates import (
    DEFAULT_COST_MODEL,
    FORMULAS,
    CostModel,
    estimate,
    tidy,
)

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
    assert (found.gain, found.missing) == (None, ("cost_to_serve", "margin"))


def test_an_unknown_fact_never_counts_as_zero():
    """With nothing known only what changes nothing has a gain."""
    found = estimate(known(CUSTOMER))

    assert {strategy for strategy in found if found[strategy].gain is not None} == {
        Strategy.HARVEST
    }
    assert found[Strategy.PROTECT].missing == (
        "cost_to_serve",
        "defection_risk",
        "margin",
        "remaining_years",
    )


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


@pytest.mark.parametrize(
    ("arguments", "field"), [((None,), "profile"), ((known(CUSTOMER), 3), "cost_model")], ids=str
)
def test_an_estimate_is_of_a_profile_by_a_cost_model(arguments, field):
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgument) as caught:
        estimate(*arguments)

    assert (caught.value.subject, caught.value.field) == ("estimate()", field)


def test_formulas_cannot_be_altered():
    """Neither a room nor a strategy."""
    with pytest.raises(TypeError):
        FORMULAS[CUSTOMER.state.room] = {}
    with pytest.raises(TypeError):
        FORMULAS[CUSTOMER.state.room][Strategy.HARVEST] = None


# --- the cost model ---------------------------------------------------------------------------


def test_the_default_cost_model_is_dated():
    """It says since when it holds, and each number can be overridden alone."""
    ours = CostModel(horizon_years=5, name="ours")

    assert str(DEFAULT_COST_MODEL) == "custlife of 2026-11-25"
    assert str(ours) == "ours of 2026-11-25 with horizon years 5"
    assert (ours.horizon_years, ours.start_cost) == (5, DEFAULT_COST_MODEL.start_cost)


def test_every_number_of_the_cost_model_is_documented():
    """By its name, among the arguments."""
    undocumented = [
        field.name
        for field in fields(CostModel)
        if f"\n        {field.name}: " not in CostModel.__doc__
    ]

    assert undocumented == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("horizon_years", -1, "a number of years"),
        ("start_cost", 1.5, "an exact amount"),
        ("protect_effect", 2, "a share"),
        ("retention_harm", Decimal("NaN"), "a share"),
        ("since", NOW, "a date"),
        ("name", "", "a string"),
    ],
)
def test_a_cost_model_keeps_its_bounds(field, value, expected):
    """A number out of them is refused, by name."""
    with pytest.raises(InvalidPolicy, match=f"cost model: {field}.*{expected}") as caught:
        CostModel(**{field: value})

    assert (caught.value.subject, caught.value.field) == ("cost model", field)


def test_what_is_kept_is_exact_in_any_context():
    """However few digits the app calculates with."""
    ours = CostModel(retention_harm=Decimal("1E-300"))

    with localcontext(prec=2):
        kept = ours.retention_kept

    assert kept < 1
    assert kept.as_tuple().digits == (9,) * 300


# --- what a start is worth --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("likelihood", "reputation", "gain", "sentence"),
    [
        # 0.2 x 500 x 3 - 50, where 0.2 is assumed
        (None, None, "250", "start success 0.2 (assumed) x potential value 500 x horizon years 3"),
        # 0.5 x 500 x 3 - 50
        ("0.5", None, "700", "purchase likelihood 0.5 x potential value 500 x horizon years 3"),
        # 0.2 x 0.5 x 500 x 3 - 50
        (None, "0.5", "100", "start success 0.2 (assumed) x reputation 0.5 x potential value 500"),
        # 0.5 x 0.8 x 500 x 3 - 50
        ("0.5", "0.8", "550", "purchase likelihood 0.5 x reputation 0.8 x potential value 500"),
        ("0", "0.8", "-50", "purchase likelihood 0 x reputation 0.8 x potential value 500"),
        ("0.5", "0", "-50", "purchase likelihood 0.5 x reputation 0 x potential value 500"),
    ],
)
def test_the_chance_of_a_start_is_the_likelihood_and_the_markets_reputation(
    likelihood, reputation, gain, sentence
):
    """The constant stands in for a likelihood that is unknown, and is named as such."""
    signals = Signals(potential_value=500, purchase_likelihood=likelihood and Decimal(likelihood))
    market = Market(reputation=reputation and Decimal(reputation))

    found = estimate(Profile(relationship=PROSPECT, signals=signals, market=market))[Strategy.START]

    assert found.gain == Decimal(gain)
    assert found.sentence.startswith(sentence)
    assert found.missing == ()
    assert {*found.assumed} == {
        *({"purchase_likelihood"} if likelihood is None else ()),
        *({"reputation"} if reputation is None else ()),
    }


@settings(max_examples=25)
@given(st.decimals(0, 1, places=3), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_worse_reputation_never_raises_what_a_start_gains(one, other, likelihood):
    """Nor does a lower likelihood (IMH-10, KAL-9)."""
    low, high = sorted([one, other])
    profile = known(PROSPECT, potential_value=500, purchase_likelihood=likelihood)
    worse, better = (
        estimate(evolve(profile, market=Market(reputation=share)))[Strategy.START].gain
        for share in (low, high)
    )
    less, more = (
        estimate(profile.altered(purchase_likelihood=share))[Strategy.START].gain
        for share in (low, high)
    )

    assert worse <= better
    assert less <= more


def test_a_start_that_is_ruled_out_assumes_nothing():
    """It has no gain."""
    assert estimate(known(PROSPECT, target=False))[Strategy.START].assumed == ()


def test_winning_back_is_held_against_both_bills():
    """The way back, and the answer to complaints in public that are not settled (IMH-9)."""
    loud = CUSTOMER.apply(Complained(at=LATER, public=True), Departed(at=LATER, cause=Cause.PRICE))
    worth = {"regain_benefit": 200, "regain_cost": 60}

    found = [
        estimate(known(who, **worth, **more))[Strategy.WIN_BACK]
        for who, more in ((loud, {"answer_cost": 40}), (loud, {}), (FORMER, {}))
    ]

    # 0.3 x 200 x 3 = 180, less 60, and less 40 where that is known.
    assert [(each.gain, each.cost, each.missing) for each in found] == [
        (80, 100, ()),
        (None, None, ("answer_cost",)),
        (120, 60, ()),
    ]
