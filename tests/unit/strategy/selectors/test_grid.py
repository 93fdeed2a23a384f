"""The loyalty grid: segments, what is done with each, and what ignorance never does."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import product

import pytest
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    ComplaintIgnored,
    Contacted,
    Departed,
    Paused,
    Purchased,
    Relationship,
    Room,
    ServiceFailed,
    Terminated,
    with_pause,
)
from custlife.decisions.gaps import gaps, overlaps, sides
from custlife.errors import InvalidPolicy
from custlife.strategy import ButtlePolicy, Profile, Strategy, TableSelector, buttle_selector
from custlife.strategy.selectors.grid import (
    DEFAULT_GRID_POLICY,
    GridPolicy,
    LoyaltySegment,
    grid_selector,
    loyalty_segment,
    segment_table,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
PROSPECT = Relationship("C-17").apply(Contacted(at=NOW))
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(20)))
FORMER = CUSTOMER.apply(Departed(at=LATER, cause=Cause.PRICE))
ROOMS = (
    PROSPECT,
    CUSTOMER,
    FORMER,
    CUSTOMER.apply(Terminated(at=LATER)),
    CUSTOMER.apply(Departed(at=LATER)),
)
FLAGS = st.none() | st.booleans()
MONEY = st.none() | st.sampled_from([Decimal(text) for text in ("0", "0.01", "99", "100", "101")])
INPUTS = {
    "margin": st.none() | st.sampled_from([Decimal(n) for n in (-50, 0, 99, 100, 150)]),
    "cost_to_serve": MONEY,
    "remaining_years": st.none() | st.sampled_from([Decimal(n) for n in (0, 1, 2, 3)]),
    "reducible_cost": MONEY,
    "revenue_upside": MONEY,
    "target": FLAGS,
    "strategic": FLAGS,
    "interest": FLAGS,
    "courted": FLAGS,
    "improvement_chance": st.none() | st.sampled_from([Decimal("0.1"), Decimal("0.2")]),
    "potential_value": MONEY,
    "regain_cost": MONEY,
    "regain_benefit": MONEY,
}
PROFILES = st.builds(
    lambda relationship, inputs: Profile(relationship=relationship).altered(**inputs),
    st.sampled_from(ROOMS),
    st.fixed_dictionaries({}, optional=INPUTS),
)


def customer(**inputs):
    """A present customer of whom this is known."""
    return Profile(relationship=CUSTOMER).altered(**inputs)


def paying(profit, years, **inputs):
    """A present customer with this profit and duration."""
    return customer(margin=profit, cost_to_serve=0, remaining_years=years, **inputs)


def cross(profit, years, *events):
    """A customer like that who has complained, and what happened then."""
    who = CUSTOMER.apply(Complained(at=LATER), *events)
    return Profile(relationship=who).altered(margin=profit, cost_to_serve=0, remaining_years=years)


def failed(profit, years):
    """A customer like that whom service failed at the first purchase."""
    who = Relationship("C-17").apply(
        Purchased(at=LATER, amount=Decimal(1)), ServiceFailed(at=LATER)
    )
    return Profile(relationship=who).altered(margin=profit, cost_to_serve=0, remaining_years=years)


def paused(profit, years):
    """A customer like that who has paused."""
    who = Relationship("C-17", with_pause(CUSTOMER_LIFECYCLE)).apply(
        Purchased(at=LATER, amount=Decimal(1)), Paused(at=LATER)
    )
    return Profile(relationship=who).altered(margin=profit, cost_to_serve=0, remaining_years=years)


CASES = [
    (paying(100, 2), "PROTECT-TRUE-FRIEND", Strategy.PROTECT),
    (paying(100, 1), "HARVEST-BUTTERFLY", Strategy.HARVEST),
    (paying(99, 1), "END-STRANGER", Strategy.END),
    (paying(99, 2, reducible_cost=1), "REENGINEER-BARNACLE", Strategy.REENGINEER),
    (
        paying(99, 2, reducible_cost=0, revenue_upside=1),
        "ENHANCE-BARNACLE",
        Strategy.ENHANCE,
    ),
    (paying(99, 2, revenue_upside=1), "ENHANCE-BARNACLE", Strategy.ENHANCE),
    (paying(-1, 2, reducible_cost=0, revenue_upside=0), "END-BARNACLE", Strategy.END),
    (paying(0, 2, reducible_cost=0, revenue_upside=0), "HARVEST-BARNACLE", Strategy.HARVEST),
    (paying(-1, 2, reducible_cost=0), "ENHANCE-BARNACLE-OPEN", Strategy.ENHANCE),
    (paying(-1, 2, revenue_upside=0), "REENGINEER-BARNACLE-OPEN", Strategy.REENGINEER),
    (customer(margin=500, cost_to_serve=0), "PROTECT-HIGH-PROFIT", Strategy.PROTECT),
    (customer(margin=5, cost_to_serve=9), "REENGINEER-LOW-PROFIT", Strategy.REENGINEER),
    (customer(remaining_years=0), "HARVEST-SEGMENT-UNKNOWN", Strategy.HARVEST),
    (customer(), "HARVEST-SEGMENT-UNKNOWN", Strategy.HARVEST),
    (cross(500, 1), "ENHANCE-REPAIR", Strategy.ENHANCE),
    (cross(5, 1), "ENHANCE-REPAIR", Strategy.ENHANCE),
    (cross(500, 1, ComplaintIgnored(at=LATER)), "ENHANCE-DISCONTENT", Strategy.ENHANCE),
    (failed(500, 1), "ENHANCE-FAILED", Strategy.ENHANCE),
    (paused(500, 1), "ENHANCE-PAUSED", Strategy.ENHANCE),
]


@pytest.mark.parametrize(
    ("profit", "years", "segment"),
    [
        (100, 2, LoyaltySegment.TRUE_FRIEND),
        (100, "1.99", LoyaltySegment.BUTTERFLY),
        ("99.99", 2, LoyaltySegment.BARNACLE),
        ("99.99", "1.99", LoyaltySegment.STRANGER),
        (-5, 0, LoyaltySegment.STRANGER),
    ],
)
def test_the_segment_follows_from_profit_and_duration(profit, years, segment):
    """A limit itself counts as high, and as long."""
    profile = paying(Decimal(profit), Decimal(years))

    assert loyalty_segment(profile) is segment


@pytest.mark.parametrize("known", [{}, {"remaining_years": 3}, {"margin": 9, "cost_to_serve": 2}])
def test_a_segment_needs_both_profit_and_duration(known):
    """With one of them unknown the segment is unknown."""
    profile = customer(**known)

    assert loyalty_segment(profile) is None


def test_the_limits_are_the_policys():
    """A lower limit makes a butterfly of a stranger, and a longer one of a friend."""
    poor, friend = paying(60, 1), paying(200, 3)

    assert loyalty_segment(poor, GridPolicy(high_profit=50)) is LoyaltySegment.BUTTERFLY
    assert loyalty_segment(friend, GridPolicy(long_years=5)) is LoyaltySegment.BUTTERFLY


def test_the_grid_has_no_gap_and_no_overlap():
    """On each side of each limit exactly one row holds."""
    domains = {"profit": sides([Decimal(100)]), "remaining_years": sides([Decimal(2)])}

    assert [*gaps(segment_table(), domains), *overlaps(segment_table(), domains)] == []
    assert {row.outcome for row in segment_table().rows} == {*LoyaltySegment}


@pytest.mark.parametrize("segment", LoyaltySegment)
def test_each_segment_says_in_a_sentence_what_it_is(segment):
    """And can be made from its value."""
    assert segment.sentence.endswith(".")
    assert LoyaltySegment(segment.value) is segment


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("high_profit", 1.5, "an exact amount"),
        ("high_profit", -1, "an exact amount"),
        ("long_years", -1, "a number of years"),
        ("long_years", 1001, "a number of years"),
        ("since", NOW, "a date"),
        ("name", " ", "a string"),
    ],
)
def test_a_grid_policy_keeps_its_bounds(field, value, expected):
    """Whatever is out of them is refused, by name."""
    with pytest.raises(InvalidPolicy, match=f"grid policy: {field}.*{expected}") as caught:
        GridPolicy(**{field: value})

    assert (caught.value.subject, caught.value.field) == ("grid policy", field)


def test_a_whole_number_of_a_grid_policy_becomes_a_decimal():
    """As money does everywhere."""
    assert type(GridPolicy(high_profit=50).high_profit) is Decimal


@pytest.mark.parametrize(("profile", "row", "strategy"), CASES)
def test_each_segment_has_its_strategy(profile, row, strategy):
    """Barnacles by the levers that are left."""
    advice = grid_selector()(profile)

    assert (advice.row, advice.strategy) == (row, strategy)


def test_every_row_of_the_customers_is_tried_above():
    """None of them is dead."""
    rows = grid_selector().table.rows

    of_customers = {row.id for row in rows if row.when.holds({"room": Room.CUSTOMER}) is not False}

    assert of_customers == {row for _, row, _ in CASES}


@pytest.mark.parametrize("segment", LoyaltySegment)
def test_the_rows_of_a_segment_ask_what_the_segment_asks(segment):
    """Its predicate stands in the rows as it is: the rule exists once."""
    when = next(row.when for row in segment_table().rows if row.outcome is segment)

    rows = [row for row in grid_selector().table.rows if when in getattr(row.when, "parts", ())]

    assert rows


@pytest.mark.parametrize(
    "relationship",
    [one for one in ROOMS if one is not CUSTOMER],
    ids=["aware", "departed for its price", "terminated", "departed for no cause"],
)
@pytest.mark.parametrize("known", [{}, {"potential_value": 40}, {"target": False}])
def test_prospects_and_former_customers_go_by_buttles_rows(relationship, known):
    """The grid is about present customers only."""
    profile = Profile(relationship=relationship).altered(**known)

    advice, other = grid_selector()(profile), buttle_selector()(profile)

    assert (advice.row, advice.strategy) == (other.row, other.strategy)


def test_the_policy_of_buttles_rows_can_be_given():
    """A prospect who is worth a start by one policy is not by another."""
    profile = Profile(relationship=PROSPECT).altered(potential_value=150)
    strict = grid_selector(policy=ButtlePolicy(worthwhile_potential=200))

    assert grid_selector()(profile).strategy is Strategy.START
    assert strict(profile).strategy is Strategy.END


def test_the_selector_says_what_it_is():
    """By both policies; the same policies make the same selector."""
    selector = grid_selector(GridPolicy(name="ours"))

    assert isinstance(selector, TableSelector)
    assert "thresholds ours of 2026-11-25, policy custlife of" in selector.name
    assert grid_selector(DEFAULT_GRID_POLICY, ButtlePolicy()) is grid_selector(
        GridPolicy(), ButtlePolicy()
    )


@pytest.mark.parametrize(
    ("margin", "years"), [*product((None, 500, 10, -500), (None,)), (None, 0), (None, 9)]
)
def test_nobody_is_ended_for_an_unknown_segment(margin, years):
    """Whatever else is known."""
    profile = customer(
        margin=margin, cost_to_serve=0, remaining_years=years, reducible_cost=0, revenue_upside=0
    )

    assert grid_selector()(profile).strategy is not Strategy.END


def test_a_context_of_the_app_does_not_change_the_segment():
    """Profits are exact however the app has set its decimals."""
    profile = customer(margin=Decimal("100.004"), cost_to_serve=Decimal("0.005"), remaining_years=3)

    with localcontext() as context:
        context.prec = 3
        segment = loyalty_segment(profile)

    assert segment is LoyaltySegment.BARNACLE
