"""Each broken selector is caught by its law; sound ones keep all of them."""

import pickle
import re

import pytest
from hypothesis import settings
from tests.unit.testing.selectors import SELECTORS

from custlife import Room
from custlife.strategy import Policy, buttle_selector
from custlife.testing import (
    SELECTOR_LAWS,
    Selection,
    SelectorViolation,
    always_an_answer,
    channels_decide_nothing,
)

DEFAULT = settings(max_examples=200, derandomize=True, database=None)
FEW = settings(DEFAULT, max_examples=60)
STRICT = Policy(
    desired_profit=100,
    worthwhile_potential=1000,
    low_chance=0.5,
    intense_competition=0.1,
    high_risk=0.9,
)


def name(thing):
    return thing.name


def violation(law, thing):
    with pytest.raises(SelectorViolation) as caught:
        law(thing, settings=DEFAULT)
    return caught.value


def test_the_gallery_has_a_selector_for_every_law():
    """At least fifteen in all, and each law is there."""
    assert len(SELECTORS) >= 15
    assert {broken.law for broken in SELECTORS} == set(SELECTOR_LAWS)


@pytest.mark.parametrize("broken", SELECTORS, ids=name)
def test_a_broken_selector_is_caught_by_the_law_named_for_it(broken):
    """Within 200 examples, and the violation says by what."""
    found = violation(broken.law, broken.make())

    assert found.law == broken.law.name
    assert re.search(broken.says, found.problem)


@pytest.mark.parametrize("law", SELECTOR_LAWS)
@pytest.mark.parametrize(
    "selector", [buttle_selector(), buttle_selector(STRICT)], ids=["default", "strict"]
)
def test_the_default_selector_keeps_every_law(law, selector):
    """With the default policy, and with another one."""
    law(selector, settings=FEW)


def test_a_violation_tells_the_law_the_selector_and_what_is_known():
    """So that it can be reproduced by hand."""
    broken = next(broken for broken in SELECTORS if broken.name == "takes_unknown_for_no")

    text = str(violation(broken.law, broken.make()))

    assert text.startswith("unknown_is_not_no: harvest turns into ")
    assert "The selector: instead.<locals>.selector" in text
    assert "The customer: C-1, customer (bond: buyer, standing: content)" in text
    assert "  Signals(courted=" not in text
    assert "  Signals(" in text


def test_a_violation_of_the_channels_tells_the_history():
    """With the events, since the profile cannot show a channel."""
    broken = next(broken for broken in SELECTORS if broken.name == "puts_the_fax_last")

    found = violation(channels_decide_nothing, broken.make())

    assert found.history
    assert all(repr(event) in str(found) for event in found.history)


def test_a_violation_pickles():
    """As errors do that cross processes."""
    found = violation(always_an_answer, gone_for_good)

    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def gone_for_good(profile):
    """A selector that knows nothing of former customers."""
    return None if profile.room is Room.FORMER else buttle_selector()(profile)


def test_laws_are_numbered_in_order():
    """From one on."""
    assert [law.number for law in SELECTOR_LAWS] == [*range(1, len(SELECTOR_LAWS) + 1)]
    assert [law.__name__ for law in SELECTOR_LAWS] == [law.name for law in SELECTOR_LAWS]


def test_a_selection_of_a_selection_is_itself():
    """So every law takes either."""
    selection = Selection(selector=buttle_selector())

    assert Selection.of(selection) is selection
