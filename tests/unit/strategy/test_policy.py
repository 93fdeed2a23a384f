"""The policy: its numbers, its date, and what it refuses."""

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve, fields_dict

from custlife import InvalidPolicy, Relationship
from custlife.strategy import (
    DEFAULT_BUTTLE_POLICY,
    ButtlePolicy,
    InvalidSelector,
    Profile,
    buttle_selector,
)
from custlife.strategy.selectors.grid import grid_selector

MONEY = (
    "desired_profit",
    "worthwhile_potential",
    "large_cash",
    "considerable_cost",
    "worthwhile_saving",
    "tolerable_deficit",
    "worthwhile_upside",
)
SHARES = ("likelihood_floor", "low_chance", "intense_competition", "high_risk")


def test_the_default_policy_is_dated():
    """It says when it began to hold, and what it is called."""
    assert ButtlePolicy() == DEFAULT_BUTTLE_POLICY
    assert str(DEFAULT_BUTTLE_POLICY) == "custlife of 2026-11-25"


def test_policies_that_differ_sign_differently():
    """Every number that was changed is told."""
    ours = ButtlePolicy(desired_profit=100, low_chance=0.5, name="ours", since=date(2026, 2, 1))

    assert str(ours) == "ours of 2026-02-01 with desired profit 100, low chance 0.5"
    assert str(ButtlePolicy(desired_profit=100)) != str(DEFAULT_BUTTLE_POLICY)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (buttle_selector, "ButtlePolicy"),
        (grid_selector, "GridPolicy"),
        (lambda given: grid_selector(policy=given), "ButtlePolicy"),
    ],
    ids=["buttle", "grid", "policy of the grid"],
)
def test_a_selector_is_made_of_a_policy(make, kind):
    """Given a customer, the error shows how to ask about one."""
    profile = Profile(relationship=Relationship("C-17"))

    with pytest.raises(InvalidSelector, match=rf"makes a selector from a {kind}, .*recommend\("):
        make(profile)


@pytest.mark.parametrize("number", [*MONEY, *SHARES, "worthwhile_response", "likelihood_days"])
def test_every_number_can_be_set_alone(number):
    """The others stay as they are."""
    policy = ButtlePolicy(**{number: 1})

    assert getattr(policy, number) == 1
    assert (
        evolve(policy, **{number: getattr(DEFAULT_BUTTLE_POLICY, number)}) == DEFAULT_BUTTLE_POLICY
    )


def test_a_policy_has_no_other_numbers():
    """So every number is tried here."""
    assert set(fields_dict(ButtlePolicy)) == {
        *MONEY,
        *SHARES,
        "worthwhile_response",
        "likelihood_days",
        "since",
        "name",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in MONEY for value in (-1, 1.5, None, Decimal("NaN"), True, "1")),
        *((name, value) for name in SHARES for value in (-0.01, 1.01, 20, None, float("nan"))),
        *(("likelihood_days", value) for value in (0, -1, 1.5, None, True, "30")),
        ("worthwhile_response", -1),
        ("worthwhile_response", Decimal("Infinity")),
        ("worthwhile_response", "1"),
        ("since", datetime(2026, 1, 1, tzinfo=UTC)),
        ("since", "2026-01-01"),
        ("name", ""),
        ("name", None),
    ],
    ids=str,
)
def test_a_number_out_of_bounds_is_refused(field, value):
    """The error names it; a percentage is no share, and a float is no money."""
    with pytest.raises(InvalidPolicy, match=f"policy: {field} is ") as caught:
        ButtlePolicy(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize("number", [*MONEY, *(name for name in SHARES if name != "low_chance")])
def test_zero_is_a_limit_like_any_other(number):
    """Whoever wants every prospect says so."""
    assert getattr(ButtlePolicy(**{number: 0}), number) == 0


@pytest.mark.parametrize("number", ["low_chance", "worthwhile_response"])
def test_what_no_number_is_below_cannot_be_a_limit(number):
    """Below zero there is no chance and no response, so the row could never hold."""
    with pytest.raises(InvalidPolicy, match="but not 0") as caught:
        ButtlePolicy(**{number: 0})

    assert caught.value.field == number


def test_a_policy_is_a_value():
    """It pickles, and serves as a key."""
    policy = ButtlePolicy(low_chance=0.3, since=date(2027, 1, 1))

    assert pickle.loads(pickle.dumps(policy)) == policy
    assert {policy: 1}[ButtlePolicy(low_chance=Decimal("0.3"), since=date(2027, 1, 1))] == 1
