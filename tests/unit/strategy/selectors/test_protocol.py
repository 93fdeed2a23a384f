"""The protocol: what can be called as a selector, and what counts as an answer."""

import pytest
from attrs import evolve

from custlife import InvalidArgument, Relationship
from custlife.strategy import (
    InvalidProfile,
    InvalidSelector,
    NoRecommendation,
    Profile,
    Selector,
    SelectorFailed,
    Strategy,
    UnfitStrategy,
    buttle_selector,
    economic_selector,
    first_of,
    grid_selector,
    recommend,
)
from custlife.strategy.selectors.protocol import answered, as_selector, checked, looks_at

BUTTLE = buttle_selector()
NEW = Relationship("C-17")
PROSPECT = Profile(relationship=NEW)


def nobody(profile):
    """Pass."""


def test_what_is_no_recommendation_is_found():
    """Whoever asks."""
    with pytest.raises(InvalidSelector, match="it gave 'end'") as caught:
        checked(lambda profile: "end", PROSPECT)

    assert caught.value.distribution is None


def test_an_advice_for_another_profile_is_found():
    """An equal profile is the same."""
    other = PROSPECT.altered(interest=False)

    with pytest.raises(InvalidSelector, match=r"it gave a recommendation for .*interest=False"):
        checked(lambda profile: BUTTLE(other), PROSPECT)

    assert checked(lambda profile: BUTTLE(evolve(profile)), PROSPECT) == BUTTLE(PROSPECT)


def test_what_does_not_fit_the_room_is_found():
    """The error tells what would fit."""

    def keen(profile):
        return evolve(BUTTLE(profile), strategy=Strategy.PROTECT)

    with pytest.raises(UnfitStrategy) as caught:
        first_of(keen)(PROSPECT)

    assert (caught.value.strategy, caught.value.fitting) == ("protect", ("start", "end"))


def test_to_raise_no_recommendation_is_to_pass():
    """As to return none is."""
    assert answered(first_of(nobody), PROSPECT) is None
    assert answered(nobody, PROSPECT) is None
    assert answered(BUTTLE, PROSPECT) == BUTTLE(PROSPECT)


def test_the_way_in_names_a_selector_that_passes():
    """By its function's name where it has no other."""
    with pytest.raises(NoRecommendation) as caught:
        recommend(PROSPECT, nobody)

    assert caught.value.selector == "nobody"


def test_the_way_in_takes_profiles_alone():
    """A relationship is not enough."""
    with pytest.raises(InvalidProfile, match="must be a Profile") as caught:
        recommend(NEW)

    assert caught.value.value is NEW


def test_who_says_what_it_looks_at_names_facts_of_the_catalogue():
    """A misspelt name would hide what the answer rests on."""

    def selector(profile):
        """Pass."""

    with pytest.raises(InvalidSelector, match="looks at 'potental_value', which") as caught:
        looks_at("tier", "potental_value")(selector)

    assert caught.value.selector == selector.__qualname__
    assert caught.value.distribution is None
    assert not hasattr(selector, "uses")


@pytest.mark.parametrize("thing", [buttle_selector(), len, Strategy, 5], ids=repr)
def test_only_a_function_declares_what_it_looks_at_by_a_decorator(thing):
    """A selector that is an object has its own way."""
    with pytest.raises(InvalidArgument, match=r"the function is .* but must be a function"):
        looks_at("tier")(thing)


def test_a_selector_without_a_call_says_what_it_needs():
    """By the name of its class."""
    with pytest.raises(NotImplementedError, match=r"Selector needs __call__\(self, profile\)"):
        Selector()(None)


def test_what_a_selector_looks_at_is_a_tuple():
    """A string would be read letter by letter."""

    def selector(profile):
        """Pass."""

    selector.uses = "tier"

    with pytest.raises(InvalidSelector, match="its 'uses' is 'tier'; give a tuple"):
        first_of(selector)


@pytest.mark.parametrize("selector", [17, None, "buttle", Selector, lambda: None])
def test_recommend_refuses_what_is_no_selector(selector):
    """A number, a class, or a function of no profile."""
    with pytest.raises(InvalidSelector, match=r"Give (a selector|a function|an instance)"):
        recommend(PROSPECT, selector)


def test_a_name_that_is_no_text_is_refused():
    """Explanations and logs show it."""

    class Nameless(Selector):
        name = 17

    with pytest.raises(InvalidSelector, match="its 'name' is 17; give a text"):
        as_selector(Nameless())


def test_a_name_that_raises_is_the_error_of_its_selector():
    """The error names the selector and the distribution."""

    class Nameless(Selector):
        @property
        def name(self):
            raise ZeroDivisionError("by zero")

    with pytest.raises(SelectorFailed, match="'ours' of custlife-ours failed to give its name"):
        as_selector(Nameless(), "ours", "custlife-ours")


def test_a_selector_that_does_not_answer_is_unfinished():
    """The base class leaves the answer to its subclasses."""
    with pytest.raises(NotImplementedError):
        recommend(PROSPECT, Selector())


@pytest.mark.parametrize(
    ("factory", "name"),
    [
        (buttle_selector, "buttle_selector"),
        (grid_selector, "grid_selector"),
        (economic_selector, "economic_selector"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_factory_that_gets_a_profile_says_how_to_call_it(factory, name):
    """By its own name."""
    with pytest.raises(InvalidSelector, match=rf"Write recommend\(profile, {name}\(\)\)"):
        factory(Profile(relationship=Relationship("C-17")))
