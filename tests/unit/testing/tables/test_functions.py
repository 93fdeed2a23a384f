"""Requirements of selectors that are functions: searched, not decided."""

import pytest
from hypothesis import strategies as st

from custlife import CUSTOMER_LIFECYCLE, Relationship
from custlife.decisions.predicates import all_of, any_of, at_least, is_, not_
from custlife.state import Room
from custlife.strategy import (
    NoRecommendation,
    PartyKind,
    Profile,
    Recommendation,
    Strategy,
    buttle_selector,
    economic_selector,
    recommend,
)
from custlife.testing import (
    InvalidRequirement,
    Selection,
    Status,
    Subject,
    always,
    check,
    monotone,
    never,
    precedes,
    standpoints,
)
from custlife.testing.tables import functions
from custlife.testing.tables.functions import Answering
from custlife.testing.tables.unknown import unknown

END, HARVEST, PROTECT = Strategy.END, Strategy.HARVEST, Strategy.PROTECT
CUSTOMERS, KEY = is_("room", Room.CUSTOMER), is_("strategic", True)
CUSTOMER = next(one for one in standpoints(CUSTOMER_LIFECYCLE) if one.state.room is Room.CUSTOMER)


def says(strategy, row, profile, selector, used=()):
    return Recommendation.stated(
        profile, strategy, selector, row=row, sentence=f"Row {row}.", used=used
    )


def slips(profile):
    """It ends key customers at a loss of which nobody else knows."""
    profit = profile.value.profit
    if profile.room is Room.CUSTOMER and profit is not None and profit < -70:
        return says(END, "LOSS", profile, slips, ["profit"])
    return buttle_selector()(profile)


def silent(profile):
    """It has nothing to say of former customers."""
    if profile.room is Room.FORMER:
        raise NoRecommendation("silent", str(profile))
    return buttle_selector()(profile)


@pytest.fixture(autouse=True)
def _few_examples(monkeypatch):
    """A search need not be long to find what is here."""
    monkeypatch.setattr(functions, "EXAMPLES", 60)


def verdict(thing, requirement):
    (found,) = check(thing, requirement).verdicts
    return found


# --- what is found ------------------------------------------------------------------------------


def test_a_function_that_breaks_a_requirement_is_shown_by_a_profile():
    """With what the app says of it, what the answer names, and the condition; nothing more."""
    found = verdict(slips, never(END, when=all_of(CUSTOMERS, KEY)))
    facts = dict(found.facts)

    assert found.status is Status.VIOLATED
    assert facts.keys() == {"room", "strategic", "margin", "cost_to_serve", "profit"}
    assert facts["profit"] < -70
    assert found.because.endswith("and nothing else is known, row LOSS answers end: Row LOSS")


def test_what_is_found_breaks_the_requirement():
    """As the app's own profile would."""
    found = verdict(slips, always(PROTECT, when=all_of(CUSTOMERS, KEY, is_("courted", True))))
    facts = dict(found.facts)
    said = {name: value for name, value in facts.items() if name not in {"room", "profit"}}

    advice = recommend(Profile(relationship=CUSTOMER).altered(**said), slips)

    assert (advice.strategy, advice.row) == (END, "LOSS")


def test_a_function_that_keeps_a_requirement_leaves_it_undecided():
    """It can only be searched; it says how many profiles met the condition."""
    found = verdict(slips, never(Strategy.WIN_BACK, when=CUSTOMERS))

    assert found.status is Status.UNDECIDED
    assert found.because == (
        f"no violation among {functions.EXAMPLES} profiles; a function can only be searched"
    )


NEVER = all_of(KEY, is_("strategic", False))


@pytest.mark.parametrize(
    "condition", [NEVER, all_of(NEVER, not_(unknown("strategic"))), any_of()], ids=str
)
def test_a_condition_that_no_profile_meets_is_undecided(condition):
    """It is not taken for kept."""
    found = verdict(slips, never(END, when=condition))

    assert found.status is Status.UNDECIDED
    assert found.because.startswith("no profile was found that meets the condition")


def test_a_condition_that_no_profile_happens_to_meet_is_undecided_too():
    """As one on a history that is very long."""
    found = verdict(slips, never(END, when=at_least("cycle", 70)))

    assert found.because.startswith("no profile was found that meets the condition cycle")


def test_no_answer_breaks_always_and_never_never():
    """Where a function passes."""
    former = is_("room", Room.FORMER)

    found = verdict(silent, always(list(Strategy), when=former))

    assert dict(found.facts) == {"room": Room.FORMER}
    assert found.because.endswith("nothing else is known, nothing is recommended")
    assert verdict(silent, never(END, when=former)).status is Status.UNDECIDED


def test_a_row_can_be_named():
    """By its id, of which a function need not tell before."""
    assert verdict(slips, never("LOSS", when=CUSTOMERS)).status is Status.VIOLATED
    assert verdict(slips, never("LOSE", when=CUSTOMERS)).status is Status.UNDECIDED


def test_numbers_are_tried_beside_the_limits_of_the_condition():
    """That no code names."""
    condition = all_of(CUSTOMERS, at_least("income", 77777), at_least("service_failures", 0))

    found = verdict(closed, never(END, when=condition))

    assert dict(found.facts) == {"room": Room.CUSTOMER, "income": 77777, "service_failures": 0}


def closed(profile):
    """It ends everybody."""
    return says(END, "CLOSED", profile, closed)


def test_what_is_unknown_can_be_the_condition():
    """A function may take it for no."""

    def hasty(profile):
        if profile.room is Room.CUSTOMER and not profile.signals.interest:
            return says(END, "COLD", profile, hasty)
        return buttle_selector()(profile)

    found = verdict(hasty, never("COLD", when=unknown("interest")))

    assert dict(found.facts) == {"room": Room.CUSTOMER}


def test_the_profiles_of_a_selection_are_those_tried():
    """As they come, where the app makes them."""
    poor = Profile(relationship=CUSTOMER).altered(margin=0, cost_to_serve=71)
    selection = Selection(selector=slips, profiles=st.just(poor))

    found = verdict(selection, never(END, when=CUSTOMERS))

    assert dict(found.facts)["profit"] == -71
    assert verdict(selection, never(END, when=is_("room", Room.FORMER))).status is Status.UNDECIDED


# --- what rises ---------------------------------------------------------------------------------


def greedy(profile):
    """It ends those it earns most from."""
    rich = (profile.value.margin or 0) > 100
    return says(END if rich else HARVEST, "RICH" if rich else "POOR", profile, greedy)


def test_an_answer_that_goes_back_as_a_number_rises_is_found():
    """With both answers, beside the number that the code names."""
    rises = monotone("margin", order=[END, HARVEST], when=CUSTOMERS)

    found = verdict(Selection(selector=greedy, profiles=customers()), rises)

    *_, (_, low), (_, high) = found.facts
    assert low <= 100 < high
    assert found.because.startswith("where room is customer")
    assert found.because.endswith(
        f", margin rises from {low} to {high}, and "
        "the answer turns: row POOR answers harvest: Row POOR, then row RICH answers end: Row RICH"
    )


def test_an_answer_that_does_not_go_back_is_undecided():
    """Among the pairs that met the condition."""
    found = verdict(economic_selector(), monotone("margin", order=[END, HARVEST], when=CUSTOMERS))

    assert found.status is Status.UNDECIDED
    assert "a function can only be searched" in found.because


def test_kinds_of_parties_have_no_order():
    """They are only told apart."""

    def ends(profile):
        return says(END, "END", profile, ends)

    only = Selection(selector=ends, profiles=customers())

    with pytest.raises(InvalidRequirement, match="party cannot rise, since its values have no"):
        check(only, monotone("party", order=[HARVEST, END]))


def customers():
    """Customers of every party."""
    blank = Profile(relationship=CUSTOMER)
    return st.sampled_from(PartyKind).map(lambda party: blank.altered(party=party, margin=5))


def test_what_cannot_be_altered_does_not_rise():
    """What is on record, and what follows from several numbers."""
    found = verdict(slips, monotone("cycle", order=[END, HARVEST]))

    assert (found.status, found.because) == (
        Status.UNDECIDED,
        "cycle is no signal and no number of the value, so it cannot be altered",
    )


def test_a_margin_above_the_revenue_is_not_tried():
    """There is no such profile, and no such pair."""
    poor = Profile(relationship=CUSTOMER).altered(revenue=50, margin=1)
    rises = monotone("margin", order=["RICH", "POOR"])

    found = verdict(Selection(selector=greedy, profiles=st.just(poor)), rises)

    assert found.status is Status.UNDECIDED


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        (never(Room.FORMER), "is no answer; give a Strategy, or the id of a row"),
        (never(END, when=is_("keys", True)), "there is no fact 'keys'"),
        (never(END, when=is_("strategic", "yes")), "strategic is never yes; rows say yes or no"),
        (never(END, at="buyer"), "at= is about a lifecycle"),
        (precedes("purchased", "advocate"), "it is about a lifecycle"),
        (monotone("keys", order=[END, HARVEST]), "there is no fact 'keys'"),
        (monotone("margin", order=[END, Room.FORMER]), "is no answer"),
        (monotone("margin", "bond"), "what= is about a lifecycle"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_requirement_that_names_what_is_not_there_is_refused(requirement, problem):
    """With what there is."""
    with pytest.raises(InvalidRequirement, match=problem):
        check(slips, requirement)


def test_a_rise_without_an_order_is_refused():
    """Where the requirement was made without one."""
    bare = monotone("margin", order=[END])
    object.__setattr__(bare, "order", None)

    with pytest.raises(InvalidRequirement, match=r"it says no order\. Give order="):
        check(slips, bare)


@pytest.mark.parametrize(
    "thing",
    [CUSTOMER_LIFECYCLE, Subject.of(CUSTOMER_LIFECYCLE), dict, 5, Relationship("C-1")],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_no_table_and_no_selector_does_not_answer(thing):
    """It is left to the requirements of lifecycles."""
    assert Answering.of(thing) is None


def test_a_function_answers_under_its_name():
    """So the report can name it."""
    assert check(slips, []).subject == "slips"
    assert check(Selection(selector=slips), []).subject == "slips"
