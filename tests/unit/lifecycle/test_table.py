"""The table: steps by states and by integers, refusals, and what only shows when it is compiled."""

import pickle
from datetime import UTC, datetime

import pytest
from attrs import evolve

from custlife import (
    CUSTOMER_LIFECYCLE,
    Contacted,
    EventNotAllowed,
    InvalidLifecycle,
    Lifecycle,
    Move,
    Region,
    Stage,
    State,
    UnknownEvent,
    UnknownState,
    to_table,
)
from custlife.lifecycle.table import REJECTED

TABLE = to_table(CUSTOMER_LIFECYCLE)


@pytest.mark.parametrize("event", [Contacted, Contacted(at=datetime(2026, 1, 1, tzinfo=UTC))])
def test_a_step_takes_an_event_its_class_or_its_name(event):
    """All lead to the same state, by the same rules."""
    state = CUSTOMER_LIFECYCLE.state("potential")

    assert TABLE.step(state, event) == TABLE.step(state, "contacted")
    assert TABLE.rules(state, event) == TABLE.rules(state, "contacted")


def test_integers_step_like_states():
    """The dense rows, the integer steps and the state steps agree in every cell."""
    by_number = {
        (number, column): after
        for number, row in enumerate(TABLE.rows)
        for column, after in enumerate(row)
        if after != REJECTED
    }

    assert all(TABLE.step(*cell) == after for cell, after in by_number.items())
    assert all(
        TABLE.step(TABLE.states[number], TABLE.events[column]) == TABLE.states[after]
        for (number, column), after in by_number.items()
    )
    assert len(by_number) == sum(len(TABLE.allowed(state)) for state in TABLE.states)


def test_a_forbidden_step_says_why():
    """By state and by integer alike."""
    lost = CUSTOMER_LIFECYCLE.state("lost")
    cell = TABLE.index(lost), TABLE.events.index("departed")

    with pytest.raises(EventNotAllowed, match="cannot leave again"):
        TABLE.step(lost, "departed")
    with pytest.raises(EventNotAllowed, match="cannot leave again"):
        TABLE.step(*cell)
    with pytest.raises(EventNotAllowed, match="cannot leave again"):
        TABLE.rules(lost, "departed")


@pytest.mark.parametrize("event", ["sneezed", 99, None, []])
def test_an_unknown_event_is_an_error(event):
    """Whatever is given in its place."""
    with pytest.raises(UnknownEvent):
        TABLE.step(TABLE.states[0], event)


@pytest.mark.parametrize("event", ["sneezed", 99, -1, None])
def test_an_unknown_event_is_an_error_for_integers_too(event):
    """An integer beyond the events is no event."""
    with pytest.raises(UnknownEvent):
        TABLE.step(0, event)


@pytest.mark.parametrize("state", [99, -1, "potential", None, []])
def test_an_unknown_state_is_an_error(state):
    """Whatever is given in its place."""
    with pytest.raises(UnknownState):
        TABLE.step(state, "purchased")


def test_a_state_of_another_lifecycle_is_unknown():
    """Even where its stage exists."""
    state = State(TABLE.states[0].room, (("elsewhere", "potential"),))

    with pytest.raises(UnknownState):
        TABLE.allowed(state)


def test_a_table_is_compiled_once_for_equal_lifecycles():
    """An equal lifecycle that is another object shares the table."""
    twin = pickle.loads(pickle.dumps(CUSTOMER_LIFECYCLE))

    assert twin is not CUSTOMER_LIFECYCLE
    assert to_table(twin) is to_table(CUSTOMER_LIFECYCLE)


def test_the_rules_of_a_step_are_its_moves_or_its_stays():
    """A stay beside a move is not told."""
    state = CUSTOMER_LIFECYCLE.state("buyer", "content")

    assert [str(rule) for rule in TABLE.rules(state, "purchased")] == [
        "purchased: buyer -> regular"
    ]
    assert [str(rule) for rule in TABLE.rules(state, "contacted")] == [
        "contacted: aware, visitor, customer, former stays"
    ]


def test_an_event_that_no_rule_answers_is_refused_in_general_words():
    """Without a forbiddance the refusal still says something."""
    club = Lifecycle(
        "club",
        prospect=[Stage("guest", "Looks in.")],
        customer=[Stage("member", "Pays.")],
        former=[Stage("gone", "Pays no more.")],
        rules=[
            Move("joined", at="guest", to="member", sentence="Signs up."),
            Move("left", at="member", to="gone", sentence="Leaves."),
        ],
    )

    with pytest.raises(EventNotAllowed, match="No rule of the lifecycle answers it") as caught:
        to_table(club).step(club.state("guest"), "left")

    assert (caught.value.allowed, caught.value.source) == (("joined",), "own")


def test_a_stage_whose_conditions_never_come_true_is_found_when_compiled():
    """Two moves that wait for each other lead nowhere."""
    knot = Lifecycle(
        "knot",
        prospect=[Stage("guest", "Looks in.")],
        customer=[
            Region("left_hand", "One.", [Stage("a1", "One."), Stage("a2", "Two.")]),
            Region("right_hand", "Other.", [Stage("b1", "One."), Stage("b2", "Two.")]),
        ],
        former=[Stage("gone", "Left.")],
        rules=[
            Move("joined", at="guest", to="customer", sentence="Signs up."),
            Move("up", at="a1", to="a2", when="b2", sentence="After the other."),
            Move("up", at="b1", to="b2", when="a2", sentence="After the other."),
            Move("left", at="customer", to="gone", sentence="Leaves."),
        ],
    )

    with pytest.raises(InvalidLifecycle, match="never comes true") as caught:
        to_table(knot)

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("never_reached", "a2"),
        ("never_reached", "b2"),
    ]


def test_a_move_on_a_room_with_regions_leaves_the_other_regions_alone():
    """Whatever the bond, the standing moves and the bond stays."""
    calmer = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            *CUSTOMER_LIFECYCLE.rules,
            Move("apologised", at="customer", to="content", sentence="We said sorry."),
        ],
    )

    after = to_table(calmer).step(calmer.state("advocate", "eroding"), "apologised")

    assert str(after) == "advocate+content"


def test_a_forbiddance_vetoes_the_event_for_the_whole_state():
    """One region forbids, so the other does not move either."""
    guarded = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            *CUSTOMER_LIFECYCLE.rules,
            Move("promoted", at="buyer", to="advocate", sentence="Promoted."),
            *[
                evolve(rule, on="promoted", at=["in_conflict"])
                for rule in CUSTOMER_LIFECYCLE.rules[-1:]
            ],
        ],
        views=(),
    )
    table = to_table(guarded)

    assert str(table.step(guarded.state("buyer", "eroding"), "promoted")) == "advocate+eroding"
    with pytest.raises(EventNotAllowed, match="cannot be ended again"):
        table.step(guarded.state("buyer", "in_conflict"), "promoted")


def test_a_view_that_jumps_counts_the_steps_that_show_it():
    """One fault for each pair of values, with the first step and how many there are."""
    jumping = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            *CUSTOMER_LIFECYCLE.rules,
            Move("downgraded", at="advocate", to="buyer", sentence="Fell back."),
        ],
        views=CUSTOMER_LIFECYCLE.views[:1],
    )

    with pytest.raises(InvalidLifecycle) as caught:
        to_table(jumping)

    (fault,) = caught.value.faults
    assert (fault.code, fault.where) == ("view_jumps", "Ladder")
    assert "'downgraded' from advocate+content to buyer+content" in fault.message
    assert "(3 such steps in all)" in fault.message
