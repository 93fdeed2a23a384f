"""What a table or a selector answers by."""

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import trio

from custlife import CUSTOMER_LIFECYCLE
from custlife.decisions.predicates import all_of, at_least, is_, is_not
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import (
    FACTS,
    NoRecommendation,
    Recommendation,
    Strategy,
    TableSelector,
    buttle_selector,
    economic_selector,
    fact_named,
    facts_for,
    first_of,
    grid_selector,
    when,
    with_override,
)
from custlife.testing import Selection, Status, check, monotone, never, profiles
from custlife.testing.tables.sheets import Sheet

KEY = is_("strategic", True)
CUSTOMERS = is_("room", Room.CUSTOMER)
END = Strategy.END


def ends_everybody(facts=FACTS, hit=HitPolicy.FIRST):
    """A selector of one row."""
    rows = (Row("END", all_of(), END, "The end.", OWN),)
    return TableSelector("ends", DecisionTable("ends", rows, hit), facts)


def alone(profile):
    """A plain function."""
    return Recommendation.stated(profile, END, alone, row="X", sentence="No.")


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (buttle_selector(), buttle_selector().name),
        (grid_selector().table, grid_selector().table.name),
        (Selection(selector=buttle_selector()), buttle_selector().name),
        (when(KEY, buttle_selector()), when(KEY, buttle_selector()).name),
        (first_of(buttle_selector()), first_of(buttle_selector()).name),
    ],
    ids=["selector", "table", "selection", "when", "first_of"],
)
def test_a_table_and_what_is_made_of_tables_answers_by_rows(thing, name):
    """Under its own name."""
    assert Sheet.of(thing).name == name


@pytest.mark.parametrize(
    "thing",
    [
        alone,
        economic_selector(),
        with_override(buttle_selector(), {"C-1": END}, because="They sued us."),
        when(KEY, alone),
        first_of(when(KEY, buttle_selector()), alone),
        Selection(selector=alone),
        CUSTOMER_LIFECYCLE,
    ],
    ids=["function", "economic", "override", "when", "first_of", "selection", "lifecycle"],
)
def test_what_calls_a_function_does_not_answer_by_rows(thing):
    """Nor does what is no selector."""
    assert Sheet.of(thing) is None


def test_facts_of_one_name_and_two_meanings_are_not_joined():
    """The rows would read the one for the other."""
    profit = evolve(fact_named("profit"), sentence="Ours.")
    catalogue = tuple(profit if fact.name == "profit" else fact for fact in FACTS)

    assert Sheet.of(first_of(when(KEY, buttle_selector()), ends_everybody(catalogue))) is None


def test_the_lifecycle_is_that_of_the_selection():
    """Else the default one, if the facts are its; if they are not, it is unknown."""
    small = trio("small")
    ours, theirs = ends_everybody(), ends_everybody(facts_for(small))

    assert Sheet.of(ours).lifecycle is CUSTOMER_LIFECYCLE
    assert Sheet.of(theirs).lifecycle is None
    assert Sheet.of(Selection(selector=theirs, lifecycle=small)).lifecycle is small
    assert Sheet.of(first_of(theirs, theirs)).lifecycle is None


def test_rows_of_the_policy_unique_are_those_of_a_selector_too():
    """Under the policy of its table."""
    assert not Sheet.of(ends_everybody(hit=HitPolicy.UNIQUE)).is_first


COMBINED = first_of(
    when(is_not("strategic", True), grid_selector()),
    when(all_of(CUSTOMERS, at_least("competition", 0)), ends_everybody()),
    buttle_selector(),
)


def test_the_parts_of_a_combination_are_asked_in_order():
    """Each under its condition; a part that passes leaves the answer to the next."""
    free = never("END", when=all_of(CUSTOMERS, is_("strategic", False)))
    alone_ended = never("END", when=all_of(CUSTOMERS, KEY))
    spared = never(END, when=all_of(is_("room", Room.PROSPECT), KEY, is_("target", True)))

    found = [check(COMBINED, one).verdicts[0] for one in (free, alone_ended, spared)]

    assert [one.status for one in found] == [Status.HOLDS, Status.VIOLATED, Status.VIOLATED]
    assert dict(found[1].facts) == {"room": Room.CUSTOMER, "strategic": True, "competition": 0}


def row_of(selector, profile):
    """The row that a selector answers by; nothing where it passes."""
    try:
        advice = selector(profile)
    except NoRecommendation:
        return None
    return advice and advice.row


def row_by(sheet, profile):
    """The same by the rows of a sheet."""
    facts = {fact.name: fact.read(profile) for fact in sheet.facts}
    held = (row.id for row in sheet.rows if row.when.holds(facts))
    return next(held, None)


@settings(max_examples=100)
@given(
    profiles(),
    st.sampled_from([COMBINED, when(KEY, buttle_selector()), first_of(COMBINED.parts[0])]),
)
def test_a_combination_answers_by_the_rows_that_it_is_read_as(profile, selector):
    """For whole profiles, and passes where none holds."""
    assert row_by(Sheet.of(selector), profile) == row_of(selector, profile)


def test_an_outcome_of_another_enum_is_none_of_the_table():
    """The kind is the enum that all outcomes are of."""
    mixed = DecisionTable(
        "mixed",
        (
            Row("A", is_("n", 1), Room.PROSPECT, "A.", OWN),
            Row("B", is_("n", 2), Strategy.END, "B.", OWN),
        ),
        HitPolicy.FIRST,
    )

    assert Sheet.of(mixed).kind is None
    assert Sheet.of(buttle_selector()).kind is Strategy


@pytest.mark.parametrize(
    ("fact", "limit", "texts"),
    [
        ("target", 1, "target is never 1; rows say yes or no"),
        ("stage", "bought", "stage is never bought; rows say advocate, aware, buyer"),
        ("profit", "much", "profit is never much; rows say money per year"),
        ("competition", 2, r"competition is never 2; rows say 0\.\.1"),
        ("cycle", 0, "cycle is never 0; rows say count from 1"),
        ("tier", "platinum", r"tier is never the text 'platinum'; give Tier\.PLATINUM\."),
        ("room", "yard", "room is never yard; rows say customer, former and prospect"),
        ("profit", Decimal("inf"), "profit is never Infinity; rows say money per year"),
        ("profit", Decimal("nan"), "profit is never NaN; give a finite number"),
    ],
)
def test_a_limit_that_a_fact_of_the_catalogue_never_is_is_refused(fact, limit, texts):
    """With what it can be."""
    with pytest.raises(Exception, match=texts) as caught:
        check(buttle_selector(), never(END, when=is_(fact, limit)))

    assert type(caught.value).__name__ == "InvalidRequirement"


@pytest.mark.parametrize(
    ("text", "member"), [("end", "END"), ("win back", "WIN_BACK"), ("win_back", "WIN_BACK")]
)
def test_a_text_that_names_an_outcome_is_answered_with_the_member_to_give(text, member):
    """A strategy is no text."""
    with pytest.raises(Exception, match=f"no outcome is the text '{text}'. Give Strategy.{member}"):
        check(buttle_selector(), never(text))


def test_no_number_is_nan_in_a_plain_table():
    """Nothing compares with it."""
    with pytest.raises(Exception, match="n is never NaN; give a finite number"):
        check(NUMBERED, never("a", when=at_least("n", Decimal("nan"))))


NUMBERED = DecisionTable(
    "numbered",
    (Row("A", at_least("n", 1), "a", "A.", OWN), Row("B", all_of(), "b", "B.", OWN)),
    HitPolicy.FIRST,
)


@pytest.mark.parametrize(
    "fact",
    [
        "room",
        "cause",
        "last_cause",
        "defector",
        "departure_kind",
        "last_kind",
        "initiator",
        "party",
    ],
)
def test_what_is_only_told_apart_cannot_rise(fact):
    """Rooms and causes have no order."""
    with pytest.raises(Exception, match="cannot rise, since its values have no order") as caught:
        check(buttle_selector(), monotone(fact, order=[END, Strategy.PROTECT]))

    assert type(caught.value).__name__ == "InvalidRequirement"


def test_rooms_of_a_plain_table_have_no_order_either():
    """As its rows show."""
    rows = (Row("A", is_("where", Room.FORMER), "a", "A.", OWN), NUMBERED.rows[1])

    with pytest.raises(Exception, match="where cannot rise"):
        check(DecisionTable("t", rows, HitPolicy.FIRST), monotone("where", order=["a", "b"]))


def test_a_fact_that_is_not_in_the_catalogue_is_refused():
    """With the nearest name."""
    with pytest.raises(Exception, match=r"there is no fact 'profits'; .* Did you mean 'profit'"):
        check(buttle_selector(), never(END, when=at_least("profits", 1)))
