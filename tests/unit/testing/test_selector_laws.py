"""Each broken selector is caught by its law; sound ones keep all of them."""

import pickle
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from tests.unit.testing.selectors import SELECTORS, BrokenSelector, Publishing

from custlife import Departed, InvalidArgument, Purchased, Relationship, Room, replay
from custlife.decisions.predicates import all_of, at_least, is_
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import OWN
from custlife.strategy import (
    FACTS,
    ButtlePolicy,
    CustomerValue,
    Fact,
    FactKind,
    PartyKind,
    Profile,
    Recommendation,
    Signals,
    Strategy,
    TableSelector,
    buttle_selector,
    first_of,
    when,
    with_override,
)
from custlife.testing import (
    SELECTOR_LAWS,
    Selection,
    SelectorViolation,
    a_dearer_return_is_not_tried,
    always_an_answer,
    counterfactuals_are_true,
    named_facts_suffice,
    profiles,
    unknown_is_not_no,
)
from custlife.testing.laws.others import renamed
from custlife.testing.laws.selector_law import as_recorded
from custlife.testing.laws.watching import asked_of

FOUND = settings(max_examples=2000, database=None, phases=[Phase.generate])
SIMPLE = settings(FOUND, phases=[Phase.generate, Phase.shrink])
FEW = settings(FOUND, max_examples=40)
PURCHASES = [Purchased(at=datetime(2026, 1, day, tzinfo=UTC), amount=100) for day in (1, 31)]
LAST = datetime(2026, 3, 1, tzinfo=UTC)
STRICT = ButtlePolicy(
    desired_profit=100,
    worthwhile_potential=1000,
    low_chance=0.5,
    intense_competition=0.1,
    high_risk=0.9,
)


def of_c_1(profile):
    """The same of the customer about whom a person has decided."""
    return renamed(profile, "C-1")


def name(thing):
    return thing.name


def violation(broken, how=FOUND):
    with pytest.raises(SelectorViolation) as caught:
        broken.law(broken.make(), settings=how)
    return caught.value


def named(wanted):
    return next(broken for broken in SELECTORS if broken.name == wanted)


def test_the_gallery_has_a_selector_for_every_law():
    """At least fifteen in all, and each law is there."""
    assert len(SELECTORS) >= 15
    assert {broken.law for broken in SELECTORS} == set(SELECTOR_LAWS)


SEARCHED_LONG = {
    "wins_back_who_is_present",
    "names_only_the_row_that_fired",
    "names_the_profit_and_decides_by_the_margin",
    "confuses_large_and_small",
    "ends_key_customers",
    "overshoots",
}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(one, marks=[pytest.mark.slow] * (one.name in SEARCHED_LONG), id=one.name)
        for one in SELECTORS
    ],
)
def test_a_broken_selector_is_caught_by_the_law_named_for_it(broken):
    """The violation says by what."""
    found = violation(broken)

    assert found.law == broken.law.name
    assert re.search(broken.says, found.problem)


@pytest.mark.slow
@pytest.mark.parametrize("law", SELECTOR_LAWS)
@pytest.mark.parametrize(
    "selector", [buttle_selector(), buttle_selector(STRICT)], ids=["default", "strict"]
)
def test_the_default_selector_keeps_every_law(law, selector):
    """With the default policy, and with another one."""
    law(selector, settings=FEW)


class Told(Recommendation):
    """A recommendation of the app's own class, that says the same."""


SETTLED = with_override(buttle_selector(), {"C-1": Strategy.END}, because="They said so.")
RECORDED = [
    as_recorded(replay(events, customer="C-1"))
    for events in ([], PURCHASES[:1], PURCHASES, [*PURCHASES, Departed(at=LAST)])
]


@pytest.mark.parametrize("law", SELECTOR_LAWS)
@pytest.mark.parametrize(
    "selection",
    [
        Publishing(Told),
        Selection(selector=SETTLED, profiles=profiles(near={}).map(of_c_1)),
        Selection(selector=buttle_selector(), profiles=st.sampled_from(RECORDED)),
    ],
    ids=["own class", "overridden", "as recorded"],
)
def test_a_sound_selector_keeps_every_law(law, selection):
    """With recommendations of its own, decided by a person, and of customers as recorded."""
    law(selection, settings=settings(FEW, max_examples=6))


def test_counterfactuals_are_true_where_parties_count():
    """What a party is has no number, and no limit."""
    by_party = first_of(when(is_("party", PartyKind.PARTNER), SETTLED), buttle_selector())

    counterfactuals_are_true(by_party, settings=FEW)


def test_calls_that_are_watched_by_others_are_not_watched_for_clocks():
    """As by a profiler: nothing is said, and the profiler goes on."""

    def profiler(*_):
        return None

    before = sys.getprofile()
    sys.setprofile(profiler)
    try:
        asked = [*asked_of(lambda _: datetime.now(UTC), None)]
        assert (asked, sys.getprofile()) == ([], profiler)
    finally:
        sys.setprofile(before)

    assert [*asked_of(lambda _: datetime.now(UTC), None)] == ["the clock, by datetime.now()"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "signals"),
    [("hides_what_it_used", Signals(target=False)), ("takes_unknown_for_zero", Signals())],
)
def test_what_is_found_is_made_simple(broken, signals):
    """What does not matter is unknown."""
    profile = violation(named(broken), SIMPLE).profile

    assert (profile.signals, profile.value) == (signals, CustomerValue())


def test_a_violation_tells_the_law_and_the_selector():
    """So that it can be reproduced by hand."""
    text = str(violation(named("takes_unknown_for_zero"), SIMPLE))

    assert text.startswith("unknown_is_not_no: end turns into start by changing potential_value")
    assert "The selector: instead.<locals>.selector" in text
    assert "The customer: C-1, prospect (potential)" in text


def test_a_violation_of_the_channels_tells_the_history():
    """With the events, since the profile cannot show a channel."""
    found = violation(named("puts_the_fax_last"))

    assert found.history
    assert all(repr(event) in str(found) for event in found.history)


def test_a_violation_pickles():
    """As errors do that cross processes."""
    silent = BrokenSelector("gone for good", always_an_answer, "", lambda: gone_for_good)
    found = violation(silent)

    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def gone_for_good(profile):
    """A selector that knows nothing of former customers."""
    return None if profile.room is Room.FORMER else buttle_selector()(profile)


def test_laws_are_numbered_in_order():
    """From one on."""
    assert [law.number for law in SELECTOR_LAWS] == [*range(1, len(SELECTOR_LAWS) + 1)]
    assert [law.__name__ for law in SELECTOR_LAWS] == [law.name for law in SELECTOR_LAWS]


VISITS = {"C-2": 9}
"""What only the app knows of its customers."""

REGULARS = TableSelector(
    "regulars",
    DecisionTable(
        "regulars",
        (
            Row(
                "LOYAL",
                all_of(is_("room", Room.PROSPECT), at_least("visits", 3)),
                Strategy.START,
                "Comes often.",
                OWN,
            ),
            Row("REST", all_of(), Strategy.END, "Comes seldom.", OWN),
        ),
        HitPolicy.FIRST,
    ),
    (
        *FACTS,
        Fact(
            "visits",
            FactKind.COUNT,
            "Visits.",
            OWN,
            lambda profile: VISITS[profile.relationship.customer],
        ),
    ),
)


KNOWN = st.sampled_from([None, True, False]).map(
    lambda interest: Profile(relationship=Relationship("C-2"), signals=Signals(interest=interest))
)


@pytest.mark.parametrize("law", [always_an_answer, named_facts_suffice, unknown_is_not_no])
def test_laws_try_the_profiles_that_are_given(law):
    """Those of whom facts of the app's own are known."""
    law(Selection(selector=REGULARS, profiles=KNOWN), settings=FEW)


def test_a_law_about_a_room_asks_for_profiles_of_that_room():
    """Nothing would be tried, so nothing is said to hold."""
    prospects = st.builds(Profile, relationship=st.just(Relationship("C-1")))
    selection = Selection(selector=buttle_selector(), profiles=prospects)

    with pytest.raises(InvalidArgument, match="a selection whose 'profiles' make customers"):
        a_dearer_return_is_not_tried(selection)


def test_of_profiles_that_the_app_does_not_know_a_fact_of_its_own_cannot_be_read():
    """The violation says so."""
    with pytest.raises(SelectorViolation, match="to read its facts of C-1"):
        always_an_answer(REGULARS, settings=FEW)


def test_a_selection_tries_those_of_a_room():
    """Of the profiles that are given."""
    prospect = Relationship("C-17")
    customer = prospect.apply(Purchased(at=datetime(2026, 1, 1, tzinfo=UTC), amount=Decimal(1)))
    people = [Profile(relationship=who) for who in (prospect, customer)]
    selection = Selection(selector=buttle_selector(), profiles=st.sampled_from(people))

    assert find(selection.tried(Room.CUSTOMER), bool) == people[1]
    assert find(selection.tried(), lambda tried: tried.room is Room.PROSPECT) == people[0]


def test_a_selection_of_a_selection_is_itself():
    """So every law takes either."""
    selection = Selection(selector=buttle_selector())

    assert Selection.of(selection) is selection


def test_a_profile_as_recorded_has_the_value_of_the_record():
    """At a margin of 30 percent and a cost to serve of 40."""
    profile = as_recorded(replay(PURCHASES, customer="C-17"))

    assert profile.value.cost_to_serve == 40
    assert profile.value.margin == profile.value.revenue * Decimal("0.3")
