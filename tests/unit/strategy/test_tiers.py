"""Tiers: the limits, the table that they make, and policies that cannot be."""

import decimal
from decimal import Decimal

import pytest

from custlife import InvalidPolicy
from custlife.decisions.gaps import gaps, limits, overlaps, sides
from custlife.strategy import DEFAULT_TIER_POLICY, Tier, TierPolicy, tier_table

POLICIES = [
    DEFAULT_TIER_POLICY,
    TierPolicy(gold_profit=0),
    TierPolicy(gold_profit=0, platinum_profit=0),
    TierPolicy(gold_profit=500, platinum_profit=500),
    TierPolicy(platinum_profit=Decimal("123456.78"), gold_profit=Decimal("123456.77")),
]


def test_tiers_are_ordered():
    """From who costs to who pays most."""
    assert sorted(Tier) == [Tier.LEAD, Tier.IRON, Tier.GOLD, Tier.PLATINUM]


@pytest.mark.parametrize(
    ("profit", "tier"),
    [
        ("-0.01", Tier.LEAD),
        ("0", Tier.IRON),
        ("0.5", Tier.IRON),
        ("1", Tier.GOLD),
        ("2.99", Tier.GOLD),
        ("3", Tier.PLATINUM),
        ("4", Tier.PLATINUM),
    ],
)
def test_a_limit_belongs_to_the_tier_that_it_opens(profit, tier):
    """So does everything from there to the next limit."""
    table = tier_table(TierPolicy(gold_profit=1, platinum_profit=3))

    assert table.decide({"profit": Decimal(profit)}).outcome is tier


@pytest.mark.parametrize(
    ("profit", "tier"),
    [
        ("-0.01", Tier.LEAD),
        ("0", Tier.IRON),
        ("199.99", Tier.IRON),
        ("200", Tier.GOLD),
        ("999.99", Tier.GOLD),
        ("1000", Tier.PLATINUM),
    ],
)
def test_by_default_gold_begins_at_200_and_platinum_at_1000(profit, tier):
    """A cent below is the tier before."""
    assert tier_table().decide({"profit": Decimal(profit)}).outcome is tier


def test_tiers_can_be_stored_as_numbers():
    """From 0 to 3, and that stays so."""
    assert {tier.name: tier.value for tier in Tier} == {
        "LEAD": 0,
        "IRON": 1,
        "GOLD": 2,
        "PLATINUM": 3,
    }


def test_the_table_is_named_after_the_fact():
    """So that its errors say what they are about."""
    assert tier_table().name == "tier"


def test_whole_numbers_are_taken_as_limits():
    """And kept as exact amounts."""
    policy = TierPolicy(gold_profit=5, platinum_profit=50)

    assert policy == TierPolicy(gold_profit=Decimal(5), platinum_profit=Decimal(50))
    assert {type(policy.gold_profit), type(policy.platinum_profit)} == {Decimal}


def test_limits_are_given_by_name():
    """Two amounts in a row could be mistaken for each other."""
    with pytest.raises(TypeError, match="positional argument"):
        TierPolicy(1000, 200)


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_every_policy_makes_a_sound_table(policy):
    """Without gap and without overlap."""
    table = tier_table(policy)
    profits = sides(limits(row.when for row in table.rows)["profit"])

    assert list(overlaps(table, {"profit": profits})) == []
    assert list(gaps(table, {"profit": profits})) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platinum_profit", -1),
        ("platinum_profit", 2000.5),
        ("gold_profit", -1),
        ("gold_profit", 0.5),
        ("gold_profit", None),
        ("gold_profit", Decimal("NaN")),
    ],
    ids=str,
)
def test_a_limit_that_is_no_money_is_refused(field, value):
    """The error names it."""
    with pytest.raises(InvalidPolicy, match=f"tier policy: {field} is ") as caught:
        TierPolicy(**{field: value})

    assert caught.value.field == field


def test_tiers_that_overlap_are_refused():
    """The error shows the region."""
    with pytest.raises(InvalidPolicy, match="from 1000 to 1001 a customer would be of both tiers"):
        TierPolicy(gold_profit=1001)


def test_the_limits_are_exact_whatever_context_the_app_has_set():
    """A cent below is below."""
    policy = TierPolicy(gold_profit=Decimal("123456.78"), platinum_profit=10**9)

    with decimal.localcontext(prec=3, traps=[decimal.FloatOperation]):
        table = tier_table(policy)
        below = table.decide({"profit": Decimal("123456.77")}).outcome

    assert below is Tier.IRON
    assert table.decide({"profit": Decimal("123456.78")}).outcome is Tier.GOLD
