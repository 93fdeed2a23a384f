"""Selection by expected net gain: the choice, what it rests on, and what is ruled out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import Cause, Contacted, Departed, Purchased, Relationship, Terminated
from custlife.errors import InvalidPolicy
from custlife.strategy import Market, Profile, Strategy, recommend
from custlife.strategy.estimates import DEFAULT_COST_MODEL, CostModel, estimate
from custlife.strategy.selectors.economics import EconomicSelector, economic_selector

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
PROSPECT = Relationship("C-17").apply(Contacted(at=NOW))
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(20)))
FORMER = CUSTOMER.apply(Departed(at=LATER, cause=Cause.PRICE))
SILENT = CUSTOMER.apply(Departed(at=LATER))
DISMISSED = CUSTOMER.apply(Terminated(at=LATER))
PUSHED = CUSTOMER.apply(Departed(at=LATER, cause=Cause.DISMISSED))
CEASED = CUSTOMER.apply(Departed(at=LATER, cause=Cause.CEASED))
ROOMS = (PROSPECT, CUSTOMER, FORMER, SILENT, DISMISSED, PUSHED, CEASED)
MONEY = st.none() | st.sampled_from([Decimal(n) for n in (0, 1, 40, 90, 600, 5000)])
SHARES = st.none() | st.sampled_from([Decimal(text) for text in ("0", "0.1", "0.5", "1")])
INPUTS = {
    "margin": st.none() | st.sampled_from([Decimal(n) for n in (-500, -20, 0, 40, 900)]),
    "cost_to_serve": MONEY,
    "remaining_years": st.none() | st.sampled_from([Decimal(n) for n in (0, 1, 3, 9)]),
    "reducible_cost": MONEY,
    "revenue_upside": MONEY,
    "target": st.none() | st.booleans(),
    "strategic": st.none() | st.booleans(),
    "interest": st.none() | st.booleans(),
    "defection_risk": SHARES,
    "potential_value": MONEY,
    "purchase_likelihood": SHARES,
    "regain_cost": MONEY,
    "regain_benefit": MONEY,
}
PROFILES = st.builds(
    lambda relationship, inputs: Profile(relationship=relationship).altered(**inputs),
    st.sampled_from(ROOMS),
    st.fixed_dictionaries({}, optional=INPUTS),
)


def known(relationship, **inputs):
    """A profile of which this is known."""
    return Profile(relationship=relationship).altered(**inputs)


@pytest.mark.parametrize(
    ("profile", "strategy", "rule"),
    [
        (known(PROSPECT, target=False, potential_value=9000), Strategy.START, "NOT-A-TARGET"),
        (known(DISMISSED, regain_benefit=9000, regain_cost=1), Strategy.WIN_BACK, "ON-PURPOSE"),
        (known(PUSHED, regain_benefit=9000, regain_cost=1), Strategy.WIN_BACK, "ON-PURPOSE"),
        (known(CEASED, regain_benefit=9000, regain_cost=1), Strategy.WIN_BACK, "BEYOND-US"),
    ],
)
def test_no_gain_outweighs_a_rule(profile, strategy, rule):
    """What the sources rule out is let go, however much it would gain."""
    found = estimate(profile)[strategy]
    advice = economic_selector()(profile)

    assert (found.gain, found.ruled_out_by) == (None, rule)
    assert found.sentence.startswith("ruled out: The ")
    assert (advice.strategy, advice.missing) == (Strategy.END, ())


def test_an_economic_selector_names_a_rule_that_lets_nobody_through():
    """The fact that rules a start out is what the advice rests on."""
    advice = economic_selector()(known(PROSPECT, target=False, potential_value=9000))

    assert advice.facts == {"room": advice.profile.room, "target": False}
    assert advice.runners_up[0].because == (
        "ruled out: The enterprise does not want this customer.",
    )


def test_an_unknown_cause_rules_nothing_out():
    """The customer is worth winning back, and the cause is named as missing."""
    advice = economic_selector()(known(SILENT, regain_benefit=200, regain_cost=60))

    assert (advice.strategy, advice.row) == (Strategy.WIN_BACK, "GAIN-WIN-BACK")
    assert advice.missing == ("cause",)


def test_the_highest_gain_wins():
    """Here to end it: 190 against what the others could gain."""
    profile = known(
        CUSTOMER,
        margin=20,
        cost_to_serve=100,
        remaining_years=3,
        reducible_cost=100,
        revenue_upside=100,
        defection_risk=Decimal("0.5"),
    )

    advice = recommend(profile, economic_selector())

    # reengineer: 0.95 x 0.5 x 100 x 3 - 0.05 x -80 x 3 - 50 = 142.5 + 12 - 50
    # enhance: 0.2 x 100 x 0.3 x 3 - 50 = -32; protect: 0.3 x 0.5 x -80 x 3 - 50 = -86
    assert (advice.strategy, advice.row, advice.missing) == (Strategy.END, "GAIN-END", ())
    assert advice.reason.sentence == (
        "Of what fits, end has the highest expected net gain that is known, 190: "
        "- profit -80 x years counted 3 - end cost 50 = 190."
    )
    assert [other.strategy for other in advice.runners_up] == [
        Strategy.REENGINEER,
        Strategy.HARVEST,
        Strategy.ENHANCE,
        Strategy.PROTECT,
    ]
    assert "= 104.5, not above 190" in advice.runners_up[0].because[0]
    assert not any(other.holds for other in advice.runners_up)


@pytest.mark.parametrize(
    ("profile", "strategy"),
    [
        # 0.2 x 250 x 3 = 150, the cost of a start below
        (known(PROSPECT, potential_value=250), Strategy.END),
        # a loss of 50 a year for 3 years is what ending costs below
        (known(CUSTOMER, margin=-50, cost_to_serve=0, remaining_years=3), Strategy.HARVEST),
    ],
)
def test_on_a_tie_nothing_is_changed(profile, strategy):
    """What gains no more than carrying on is not worth the effort."""
    selector = economic_selector(CostModel(start_cost=150, end_cost=150))

    assert selector(profile).strategy is strategy


def test_among_equals_the_milder_strategy_wins():
    """To protect and to enhance gain the same here."""
    # protect 1 x 1 x 100 x 1 - 0 = 100; enhance 1 x 100 x 1 x 1 - 0 = 100
    ours = CostModel(
        protect_effect=1, protect_cost=0, enhance_success=1, upside_margin=1, enhance_cost=0
    )
    profile = known(
        CUSTOMER,
        margin=100,
        cost_to_serve=0,
        remaining_years=1,
        defection_risk=1,
        revenue_upside=100,
    )

    assert economic_selector(ours)(profile).strategy is Strategy.PROTECT


def test_what_could_not_win_is_not_missing():
    """For no years at all nothing can be gained, whatever the profit is."""
    advice = economic_selector()(known(CUSTOMER, remaining_years=0))

    assert (advice.strategy, advice.missing) == (Strategy.HARVEST, ())
    assert all("is unknown and cannot be above 0" in o.because[0] for o in advice.runners_up)


def test_what_could_win_is_missing():
    """For a year the profit, the risk and the levers could change it."""
    advice = economic_selector()(known(CUSTOMER, remaining_years=1))

    assert advice.missing == (
        "cost_to_serve",
        "defection_risk",
        "margin",
        "reducible_cost",
        "revenue_upside",
    )
    assert {other.holds for other in advice.runners_up} == {None}
    assert (
        advice.runners_up[0]
        .because[0]
        .endswith("cost to serve, defection risk and margin not known")
    )


def test_a_rival_that_could_tie_and_is_milder_is_missing():
    """Protecting for 100 at most would come before enhancing for 100."""
    ours = CostModel(
        protect_effect=1, protect_cost=0, enhance_success=1, upside_margin=1, enhance_cost=0
    )
    profile = known(
        CUSTOMER,
        margin=100,
        cost_to_serve=0,
        remaining_years=1,
        revenue_upside=100,
        reducible_cost=0,
    )

    advice = economic_selector(ours)(profile)
    learnt = economic_selector(ours)(profile.altered(defection_risk=1))

    assert (advice.strategy, advice.missing) == (Strategy.ENHANCE, ("defection_risk",))
    assert learnt.strategy is Strategy.PROTECT


def test_a_rival_that_could_only_tie_and_is_not_milder_is_not_missing():
    """To end it gains at most 0, over no years; to carry on gains 0, and comes first."""
    profile = known(
        CUSTOMER,
        margin=100,
        cost_to_serve=0,
        defection_risk=0,
        revenue_upside=0,
        reducible_cost=0,
    )

    advice = economic_selector(CostModel(end_cost=0))(profile)

    assert (advice.strategy, advice.missing) == (Strategy.HARVEST, ())


def test_counterfactuals_are_found_by_search():
    """A start gains nothing up to a potential of 83.33: 0.2 x 83.33 x 3 is below 50."""
    advice = economic_selector()(known(PROSPECT, potential_value=90, target=True))

    flip = next(flip for flip in advice.counterfactuals() if flip.fact == "potential_value")

    assert (advice.strategy, flip.strategy, flip.to) == (
        Strategy.START,
        Strategy.END,
        Decimal("83.33"),
    )


def test_the_selector_says_what_it_is():
    """By its cost model; the same ones make the same selector."""
    selector = economic_selector(CostModel(name="ours"))

    assert selector.name == "highest expected net gain, cost model ours of 2026-11-25"
    assert economic_selector(CostModel()) is economic_selector(DEFAULT_COST_MODEL)
    assert EconomicSelector() == EconomicSelector(DEFAULT_COST_MODEL)


def test_a_selector_needs_a_cost_model():
    """Anything else is refused."""
    with pytest.raises(InvalidPolicy, match="a CostModel") as caught:
        EconomicSelector("ours")

    assert (caught.value.field, caught.value.value) == ("cost_model", "ours")


@settings(max_examples=30)
@given(PROFILES)
def test_the_advice_has_the_highest_gain_that_is_known(profile):
    """And it fits the room, whatever is known."""
    advice = recommend(profile, economic_selector())
    gains = {name: found.gain for name, found in estimate(profile).items()}

    assert gains[advice.strategy] == max(gain for gain in gains.values() if gain is not None)


@pytest.mark.parametrize(
    ("potential", "strategy", "missing"),
    [
        # 0.2 x 500 x 3 - 50 = 250; at a likelihood of 0 it would be -50.
        (500, Strategy.START, ("purchase_likelihood", "reputation")),
        # 0.2 x 50 x 3 - 50 = -20; at a likelihood of 1 it would be 100.
        (50, Strategy.END, ("purchase_likelihood", "reputation")),
        # 0.2 x 10 x 3 - 50 = -44; at a likelihood of 1 it would be -20.
        (10, Strategy.END, ()),
        # At a likelihood of 1 and a potential beyond bounds it would win.
        (None, Strategy.END, ("potential_value", "purchase_likelihood", "reputation")),
    ],
)
def test_what_is_assumed_is_missing_where_it_could_change_the_choice(potential, strategy, missing):
    """A constant is no knowledge."""
    profile = known(PROSPECT, target=True, potential_value=potential)

    advice = economic_selector()(profile)

    assert (advice.strategy, advice.missing) == (strategy, missing)


def test_a_known_likelihood_decides():
    """And is named among the facts, with the reputation of the market."""
    profile = known(PROSPECT, target=True, potential_value=500, purchase_likelihood=0.03)
    likely = profile.altered(purchase_likelihood=0.5)
    spoilt = recommend(likely, economic_selector(), market=Market(reputation=0.05))

    # 0.03 x 500 x 3 = 45; 0.5 x 500 x 3 = 750; 0.5 x 0.05 x 500 x 3 = 37.5: a start costs 50.
    assert economic_selector()(profile).strategy is Strategy.END
    assert economic_selector()(likely).strategy is Strategy.START
    assert economic_selector()(likely).missing == ("reputation",)
    assert (spoilt.strategy, spoilt.missing) == (Strategy.END, ())
    assert spoilt.facts == {
        "room": profile.room,
        "purchase_likelihood": Decimal("0.5"),
        "reputation": Decimal("0.05"),
        "potential_value": 500,
    }


def test_a_rival_by_an_assumption_says_what_is_not_known():
    """Its gain is known only as far as the constant holds."""
    (rival,) = economic_selector()(known(PROSPECT, target=True, potential_value=50)).runners_up

    assert (rival.strategy, rival.holds) == (Strategy.START, None)
    assert rival.because[0].endswith("= -20; purchase likelihood and reputation not known")
