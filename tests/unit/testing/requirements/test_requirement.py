"""What every requirement has in common."""

import pickle

import pytest
from tests.unit.lifecycle.builders import trio

from custlife import CUSTOMER_LIFECYCLE, Ladder
from custlife.testing.checking import check
from custlife.testing.requirements.language import leads_to, monotone, never, preserves
from custlife.testing.requirements.requirement import Requirement, called


def test_requirements_are_values():
    """They compare by what they say, pickle, and cannot be changed."""
    requirement = leads_to("a", ["b", "c"], until="d", id="ONE")

    again = pickle.loads(pickle.dumps(requirement))

    assert again == requirement == leads_to("a", ("b", "c"), until="d", id="ONE")
    assert requirement != leads_to("a", "b", until="d", id="ONE")
    with pytest.raises(AttributeError):
        requirement.id = "TWO"


def test_the_conditions_are_all_that_it_says_of_places_and_events():
    """Not its id, nor what it compares."""
    assert set(leads_to("a", "b", at="c", within=2).conditions) == {"a", "b", "c", None}
    assert set(monotone("a", "bond", order=["x"], at="b").conditions) == {"a", "b"}


def test_what_is_counted_is_compared_as_well():
    """A region or a view is none."""
    assert preserves("a", "purchases").compared == ("purchases",)
    assert preserves("a", "bond").compared == ()
    assert never("a").compared == ()


def test_a_class_is_called_by_its_name():
    """So is a region."""
    assert (called(Ladder), called("bond")) == ("Ladder", "bond")


def test_a_requirement_of_no_kind_cannot_be_checked():
    """The words of the language make the kinds that there are."""
    with pytest.raises(NotImplementedError):
        check(trio(), Requirement(id="NONE"))


def test_what_holds_says_nothing_more():
    """There is no history to show."""
    (verdict,) = check(CUSTOMER_LIFECYCLE, never("buyer", at="regular+content")).verdicts

    assert (verdict.events, verdict.states, verdict.refused, verdict.history) == ((), (), None, ())
