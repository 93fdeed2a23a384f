"""The default lifecycle, cell by cell, written out a second time by hand."""

import pytest
from attrs import evolve

from custlife import (
    ASSUMPTION,
    CUSTOMER_LIFECYCLE,
    WORKS,
    EventNotAllowed,
    Ladder,
    Move,
    Phase,
    Process,
    Room,
    Stay,
    to_table,
)

STAYS, REFUSED = "stays", "-"
TABLE = to_table(CUSTOMER_LIFECYCLE)
BONDS = ("buyer", "regular", "advocate")
STANDINGS = ("content", "in_conflict", "eroding")

PROSPECTS = {
    # event: potential, aware, visitor
    "contacted": ("aware", STAYS, STAYS),
    "engaged": ("visitor", "visitor", STAYS),
    "purchased": ("buyer+content", "buyer+content", "buyer+content"),
    "complained": (STAYS, STAYS, STAYS),
    "complaint_settled": (STAYS, STAYS, STAYS),
    "complaint_ignored": (STAYS, STAYS, STAYS),
    "recommended": (STAYS, STAYS, STAYS),
    "committed": (REFUSED, REFUSED, REFUSED),
    "service_failed": (STAYS, STAYS, STAYS),
    "lapsed": (STAYS, STAYS, STAYS),
    "departed": ("lost", "lost", "lost"),
    "terminated": ("terminated", "terminated", "terminated"),
    "cause_learnt": (REFUSED, REFUSED, REFUSED),
}
FORMERS = {
    "contacted": STAYS,
    "engaged": "visitor",
    "purchased": "buyer+content",
    "complained": STAYS,
    "complaint_settled": STAYS,
    "complaint_ignored": STAYS,
    "recommended": STAYS,
    "committed": REFUSED,
    "service_failed": STAYS,
    "lapsed": REFUSED,
    "departed": REFUSED,
    "terminated": REFUSED,
    "cause_learnt": STAYS,
}
BOND = {
    # event: buyer, regular, advocate
    "contacted": (STAYS, STAYS, STAYS),
    "engaged": (STAYS, STAYS, STAYS),
    "purchased": ("regular", STAYS, STAYS),
    "complained": (STAYS, STAYS, STAYS),
    "complaint_settled": (STAYS, "advocate", STAYS),
    "complaint_ignored": (STAYS, STAYS, STAYS),
    "recommended": (STAYS, "advocate", STAYS),
    "committed": (STAYS, "advocate", STAYS),
    "service_failed": (STAYS, STAYS, STAYS),
    "lapsed": (STAYS, STAYS, STAYS),
    "cause_learnt": (REFUSED, REFUSED, REFUSED),
}
STANDING = {
    # event: content, in_conflict, eroding
    "contacted": (STAYS, STAYS, STAYS),
    "engaged": (STAYS, STAYS, STAYS),
    "purchased": (STAYS, STAYS, "content"),
    "complained": ("in_conflict", STAYS, "in_conflict"),
    "complaint_settled": (STAYS, "content", STAYS),
    "complaint_ignored": (STAYS, "eroding", STAYS),
    "recommended": (STAYS, STAYS, STAYS),
    "committed": (STAYS, STAYS, STAYS),
    "service_failed": (STAYS, STAYS, STAYS),
    "lapsed": ("eroding", STAYS, STAYS),
    "cause_learnt": (REFUSED, REFUSED, REFUSED),
}
JOINTLY = {
    # (event, bond, standing): the bond depends on the standing.
    ("complaint_settled", "regular", "content"): "regular",
    ("complaint_settled", "regular", "eroding"): "regular",
    ("complaint_ignored", "advocate", "in_conflict"): "regular",
    ("purchased", "advocate", "eroding"): "regular",
}
ENDS = {"departed": "eroded", "terminated": "terminated"}


def after(state, event):
    try:
        return str(TABLE.step(state, event))
    except EventNotAllowed:
        return REFUSED


def or_self(cell, stage):
    return stage if cell == STAYS else cell


def joined(bond_cell, standing_cell, bond, standing):
    if REFUSED in (bond_cell, standing_cell):
        return REFUSED
    return f"{or_self(bond_cell, bond)}+{or_self(standing_cell, standing)}"


@pytest.mark.parametrize("event", PROSPECTS)
@pytest.mark.parametrize(("column", "stage"), [*enumerate(("potential", "aware", "visitor"))])
def test_prospects_move_as_written(event, column, stage):
    """Each cell of a prospect is as written."""
    assert after(CUSTOMER_LIFECYCLE.state(stage), event) == or_self(PROSPECTS[event][column], stage)


@pytest.mark.parametrize("event", FORMERS)
@pytest.mark.parametrize("stage", ["lost", "eroded", "terminated"])
def test_former_customers_move_as_written(event, stage):
    """Each cell of a former customer is as written."""
    assert after(CUSTOMER_LIFECYCLE.state(stage), event) == or_self(FORMERS[event], stage)


@pytest.mark.parametrize("event", BOND)
@pytest.mark.parametrize(("row", "bond"), [*enumerate(BONDS)])
@pytest.mark.parametrize(("column", "standing"), [*enumerate(STANDINGS)])
def test_customers_move_as_written_in_both_regions(event, row, bond, column, standing):
    """Each region answers by itself, and what one forbids is forbidden for the whole state."""
    bond_cell = JOINTLY.get((event, bond, standing), BOND[event][row])

    assert after(CUSTOMER_LIFECYCLE.state(bond, standing), event) == joined(
        bond_cell, STANDING[event][column], bond, standing
    )


@pytest.mark.parametrize(("event", "end"), [*ENDS.items()])
@pytest.mark.parametrize("bond", BONDS)
@pytest.mark.parametrize("standing", STANDINGS)
def test_customers_leave_as_written(event, end, bond, standing):
    """A customer can leave, or be left, from every state."""
    assert after(CUSTOMER_LIFECYCLE.state(bond, standing), event) == end


def test_a_settled_conflict_moves_both_regions_at_once():
    """A regular in conflict becomes a content advocate when the complaint is settled."""
    state = CUSTOMER_LIFECYCLE.state("regular", "in_conflict")

    assert after(state, "complaint_settled") == "advocate+content"


def test_there_are_fifteen_states_and_all_are_reached():
    """Three prospects, three bonds by three standings, three former: all of them real."""
    assert len(TABLE.states) == 3 + 3 * 3 + 3
    assert TABLE.states == CUSTOMER_LIFECYCLE.states


REASONS = {
    ("prospect", "committed"): "Only a customer can commit",
    ("prospect", "cause_learnt"): "Nobody is gone whose cause could be learnt.",
    ("customer", "cause_learnt"): "Nobody is gone whose cause could be learnt.",
    ("former", "committed"): "Only a customer can commit",
    ("former", "lapsed"): "We expect to hear nothing from a person who left.",
    ("former", "departed"): "A person who left cannot leave again without returning first.",
    ("former", "terminated"): "A relationship that has ended cannot end again.",
}
REFUSALS = [
    (state, event)
    for state in TABLE.states
    for event in TABLE.events
    if after(state, event) == REFUSED
]


@pytest.mark.parametrize(("state", "event"), REFUSALS, ids=str)
def test_every_refusal_has_a_reason_of_its_own(state, event):
    """No event is refused only because no rule mentions it."""
    because = TABLE.refusal(state, event).because

    assert because.startswith(REASONS[state.room.value, event])


@pytest.mark.parametrize("state", TABLE.states, ids=str)
def test_what_moves_is_a_move_and_what_stays_is_a_stay(state):
    """The rules that a step tells are of the kind of the step."""
    told = {
        event: {type(rule) for rule in TABLE.rules(state, event)} for event in TABLE.allowed(state)
    }

    assert told == {
        event: {Stay if TABLE.step(state, event) == state else Move}
        for event in TABLE.allowed(state)
    }


ANSWERS = ("complaint_settled", "complaint_ignored")


@pytest.mark.parametrize("state", TABLE.states, ids=str)
def test_answers_need_a_complaint_on_record_unless_the_standing_shows_one(state):
    """In conflict there is one; elsewhere the record decides."""
    guards = TABLE.guards[TABLE.index(state)]

    assert [*guards] == ([] if state.is_in("in_conflict") else [*ANSWERS])
    assert all(guard.answers_complaint for guard in guards.values())


@pytest.mark.parametrize("rule", CUSTOMER_LIFECYCLE.rules, ids=str)
def test_each_rule_cites_a_row_of_the_works_or_says_that_it_is_assumed(rule):
    """None is left to the app."""
    assert rule.source in {ASSUMPTION, *(row for work in WORKS for row in work)}


def test_the_rule_that_a_study_contradicts_names_the_study():
    """A settled complaint makes an advocate, says EFR-5; de Matos et al. doubt it."""
    contested = [rule for rule in CUSTOMER_LIFECYCLE.rules if rule.contested]

    assert [str(rule) for rule in contested] == [
        "complaint_settled: regular -> advocate when in_conflict"
    ]
    assert contested[0].citation == "EFR-5, contested by de Matos et al. 2007"


def test_a_contested_rule_can_be_switched_off():
    """Without it, a settled complaint restores the standing and no more."""
    cautious = evolve(
        CUSTOMER_LIFECYCLE,
        name="customer_without_the_paradox",
        rules=[rule for rule in CUSTOMER_LIFECYCLE.rules if not rule.contested],
    )

    after = to_table(cautious).step(cautious.state("regular", "in_conflict"), "complaint_settled")

    assert str(after) == "regular+content"


VIEWS = {
    "potential": (Ladder.POTENTIAL, None, Process.ENGAGEMENT),
    "aware": (Ladder.POTENTIAL, Phase.AWARENESS, Process.ENGAGEMENT),
    "visitor": (Ladder.VISITOR, Phase.EXPLORATION, Process.ACQUISITION),
    "buyer": (Ladder.BUYER, Phase.EXPLORATION, Process.RETENTION_AND_EXPANSION),
    "regular": (Ladder.REGULAR, Phase.EXPANSION, Process.RETENTION_AND_EXPANSION),
    "advocate": (Ladder.ADVOCATE, Phase.COMMITMENT, Process.RETENTION_AND_EXPANSION),
    "lost": (Ladder.FORMER, Phase.DISSOLUTION, None),
    "eroded": (Ladder.FORMER, Phase.DISSOLUTION, None),
    "terminated": (Ladder.FORMER, Phase.DISSOLUTION, None),
}


@pytest.mark.parametrize("state", TABLE.states, ids=str)
def test_the_three_views_show_each_state_as_written(state):
    """Every state has its place on the ladder, in the phases and in the processes."""
    shown = tuple(TABLE.view(state, model) for model in (Ladder, Phase, Process))

    assert shown == VIEWS[state.stage]


@pytest.mark.parametrize("member", [*Ladder, *Phase, *Process], ids=str)
def test_what_a_view_shows_is_stored_by_its_name_in_words(member):
    """The value of a member is its name, so that what is stored can be read."""
    assert member.value == member.name.lower().replace("_", " ")


def test_each_stage_of_present_people_belongs_to_one_process():
    """While a person is a prospect or a customer, exactly one process is at work (IMH-2)."""
    present = [state for state in TABLE.states if state.room is not Room.FORMER]

    assert all(isinstance(TABLE.view(state, Process), Process) for state in present)
