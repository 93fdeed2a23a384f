"""The way in: what it takes, and what it refuses from a selector."""

import pytest

from custlife import Relationship
from custlife.strategy import (
    ButtlePolicy,
    InvalidProfile,
    InvalidSelector,
    Market,
    NoRecommendation,
    Profile,
    Recommendation,
    Signals,
    Strategy,
    UnfitStrategy,
    buttle_selector,
    recommend,
)
from custlife.strategy.recommendation import wrapped

PROFILE = Profile(relationship=Relationship("C-17"), signals=Signals(potential_value=150))


def ending(profile):
    """A selector that is a plain function."""
    return Recommendation.stated(profile, Strategy.END, ending, row="R", sentence="Enough.")


def protecting(profile):
    """A selector that protects whoever comes."""
    return Recommendation.stated(profile, Strategy.PROTECT, protecting, row="R", sentence="Ours.")


def silent(profile):
    """A selector that does not decide."""


def talkative(profile):
    """A selector that names a strategy instead of recommending it."""
    return Strategy.START


def test_without_a_selector_the_default_decides():
    """Buttle's strategies, with the default policy."""
    advice = recommend(PROFILE)

    assert advice.selector == buttle_selector()
    assert (advice.strategy, advice.row) == (Strategy.START, "START-OPEN")
    assert advice.profile is PROFILE


@pytest.mark.parametrize(
    ("selector", "strategy", "row"),
    [
        (
            buttle_selector(ButtlePolicy(worthwhile_potential=200)),
            Strategy.END,
            "END-LOW-POTENTIAL",
        ),
        (ending, Strategy.END, "R"),
    ],
    ids=["table", "function"],
)
def test_a_selector_decides(selector, strategy, row):
    """A table with other numbers, or any function of a profile."""
    advice = recommend(PROFILE, selector)

    assert (advice.strategy, advice.row, advice.selector) == (strategy, row, wrapped(selector))


@pytest.mark.parametrize("given", [None, PROFILE.relationship, "C-17"], ids=["none", "rel", "id"])
def test_only_a_profile_can_be_advised_on(given):
    """The error says how to make one."""
    with pytest.raises(InvalidProfile, match=r"Give Profile\(relationship=\.\.\.\)") as caught:
        recommend(given)

    assert (caught.value.field, caught.value.value) == ("profile", given)


@pytest.mark.parametrize("given", [None, "default", ButtlePolicy()], ids=["none", "name", "policy"])
def test_only_what_can_be_called_advises(given):
    """The error says what to give."""
    with pytest.raises(InvalidSelector, match=r"cannot be called. Give a selector, such as"):
        recommend(PROFILE, given)


def test_a_selector_advises_on_whom_it_was_asked_about():
    """A recommendation for somebody else is refused."""
    other = Profile(relationship=Relationship("C-18"))

    with pytest.raises(InvalidSelector, match=r"C-18.*and was called with .*C-17"):
        recommend(PROFILE, lambda profile: ending(other))


def test_a_selector_that_does_not_decide_is_an_error():
    """It names the selector and the profile."""
    with pytest.raises(NoRecommendation, match="'silent' recommends nothing for C-17") as caught:
        recommend(PROFILE, silent)

    assert (caught.value.selector, caught.value.profile) == ("silent", str(PROFILE))


def test_a_selector_must_give_a_recommendation():
    """A bare strategy is none."""
    with pytest.raises(InvalidSelector, match=r"it gave <Strategy\.START: 'start'> for C-17") as e:
        recommend(PROFILE, talkative)

    assert e.value.selector == "talkative"


def test_a_strategy_that_does_not_fit_the_room_is_refused():
    """Whatever the selector; the error says what fits."""
    with pytest.raises(UnfitStrategy, match="where only start and end fit") as caught:
        recommend(PROFILE, protecting)

    assert caught.value.strategy == "protect"
    assert caught.value.fitting == ("start", "end")


def test_a_market_is_given_once_for_many():
    """It comes before the profile's own, which counts for what it leaves unknown."""
    own = Profile(relationship=Relationship("C-17"), market=Market(competition=0.1, reputation=0.5))
    given = [None, Market(), Market(reputation=0.9), Market(competition=0.8), Market(competition=0)]

    asked = [recommend(own, market=market).profile.market for market in given]

    assert asked == [
        own.market,
        own.market,
        Market(competition=0.1, reputation=0.9),
        Market(competition=0.8, reputation=0.5),
        Market(competition=0, reputation=0.5),
    ]


@pytest.mark.parametrize("given", [0.8, "fierce", {"competition": 0.8}], ids=str)
def test_only_a_market_is_a_market(given):
    """The error names what was given."""
    with pytest.raises(InvalidProfile, match="a Market") as caught:
        recommend(PROFILE, market=given)

    assert (caught.value.field, caught.value.value) == ("market", given)
