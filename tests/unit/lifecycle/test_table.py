"""The table: steps by states and by integers, refusals, and what only shows when it is compiled."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from threading import Barrier

import pytest
from attrs import evolve
from tests.unit.lifecycle.builders import club, move, region, stage, stay, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    Contacted,
    EventNotAllowed,
    InvalidLifecycle,
    Lifecycle,
    Move,
    Room,
    Stage,
    State,
    UnknownEvent,
    UnknownState,
    to_chart,
    to_table,
)

TABLE = to_table(CUSTOMER_LIFECYCLE)


@pytest.mark.parametrize("event", [Contacted, Contacted(at=datetime(2026, 1, 1, tzinfo=UTC))])
def test_a_step_takes_an_event_its_class_or_its_name(event):
    """All lead to the same state, by the same rules."""
    state = CUSTOMER_LIFECYCLE.state("potential")

    assert TABLE.step(state, event) == TABLE.step(state, "contacted")
    assert TABLE.rules(state, event) == TABLE.rules(state, "contacted")


def test_the_arcs_agree_with_the_steps():
    """In every cell: the state that a step leads to, and no arc where it is refused."""
    cells = [
        (state, event, arc.get(event))
        for state, arc in zip(TABLE.states, TABLE.arcs, strict=True)
        for event in TABLE.events
    ]

    allowed = [cell for cell in cells if cell[2] is not None]
    assert all(TABLE.step(state, event) == TABLE.states[n] for state, event, n in allowed)
    assert len(allowed) == sum(len(TABLE.allowed(state)) for state in TABLE.states)


def test_a_table_is_read_only():
    """Nobody can change what every relationship of the lifecycle reads."""
    with pytest.raises(TypeError):
        TABLE.arcs[0]["purchased"] = 7
    with pytest.raises(TypeError):
        CUSTOMER_LIFECYCLE.places.by_name["buyer"] = None
    with pytest.raises(TypeError):
        CUSTOMER_LIFECYCLE.places.regions[Room.FORMER] = ()


@pytest.mark.parametrize("copied", [deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_a_table_can_be_copied_and_pickled(copied):
    """It is compiled again from its lifecycle, or taken from those that are kept."""
    copy = copied(TABLE)

    assert (copy.lifecycle, copy.states, copy.arcs) == (TABLE.lifecycle, TABLE.states, TABLE.arcs)


def test_a_table_is_shown_by_its_lifecycle():
    """Not by its states and events, of which there are many."""
    assert repr(TABLE) == f"Table(lifecycle={CUSTOMER_LIFECYCLE!r}, initial=0)"


def test_threads_that_race_get_one_table():
    """The first thread compiles it; the others get the same."""
    raced = evolve(CUSTOMER_LIFECYCLE, name="raced_for_a_table")
    start = Barrier(8)

    def race(_: int) -> tuple[object, object]:
        start.wait()
        return to_table(raced), to_chart(raced)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(race, range(8)))

    assert len({(id(table), id(chart)) for table, chart in found}) == 1


def test_a_forbidden_step_says_why():
    """The error quotes the sentence that forbids it."""
    lost = CUSTOMER_LIFECYCLE.state("lost")

    with pytest.raises(EventNotAllowed, match="cannot leave again"):
        TABLE.step(lost, "departed")
    with pytest.raises(EventNotAllowed, match="cannot leave again"):
        TABLE.rules(lost, "departed")


@pytest.mark.parametrize("event", ["sneezed", 99, None, []])
def test_an_unknown_event_is_an_error(event):
    """Whatever is given in its place."""
    with pytest.raises(UnknownEvent):
        TABLE.step(TABLE.states[0], event)


@pytest.mark.parametrize("state", [0, 99, -1, "potential", None, []])
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


UNREACHED = {
    "no way to the customers": (
        partial(trio, without=["joined"]),
        [("room_not_entered", "customer", "no history leads into this room")],
    ),
    "no way out of the customers": (
        partial(trio, without=["left"]),
        [("room_not_entered", "former", "every lifecycle passes all three; add a move")],
    ),
    "no way at all": (
        partial(trio, rules=[]),
        [("room_not_entered", "customer", "add a"), ("room_not_entered", "former", "add a")],
    ),
    "a way that begins at its own end": (
        partial(trio, without=["left"], also=[move("left", "gone", "gone")]),
        [("room_not_entered", "former", "no history leads")],
    ),
    "a way that an inner rule cuts off": (
        partial(
            trio,
            without=["joined"],
            also=[move("joined", "prospect", "member"), stay("joined", "guest")],
        ),
        [("room_not_entered", "customer", "no history leads")],
    ),
    "a stage that nothing leads to": (
        partial(trio, customer=[stage("member"), stage("patron")]),
        [("unreachable", "patron", "no history leads to this stage: there is no move")],
    ),
    "a sub-stage that nothing leads to": (
        partial(trio, customer=[stage("member", stage("silver"), stage("gold"))]),
        [("unreachable", "gold", "leads to this stage")],
    ),
    "a region's first stage that is passed by": (
        partial(
            trio,
            customer=[
                region("bond", stage("member"), stage("patron")),
                region("mood", stage("ok")),
            ],
            rules=[move("joined", "guest", "patron"), move("left", "customer", "gone")],
        ),
        [("unreachable", "member", "leads to this stage")],
    ),
    "stages that lead only to each other": (
        partial(
            trio,
            customer=[stage("member"), stage("patron"), stage("sponsor")],
            also=[move("gave", "patron", "sponsor"), move("took", "sponsor", "patron")],
        ),
        [("unreachable", "patron", "leads to this"), ("unreachable", "sponsor", "leads to this")],
    ),
    "a stage of a region that nothing leads to": (
        partial(club, without=["vexed"]),
        [("unreachable", "cross", "leads to this stage")],
    ),
    "a region that only its own stages lead around in": (
        partial(
            club,
            without=["vexed", "upgraded"],
            also=[
                move("up", "happy", "cross", when="gold"),
                move("up", "silver", "gold", when="cross"),
            ],
        ),
        [
            ("unreachable", "gold", "its condition never comes true"),
            ("unreachable", "cross", "leads to this stage"),
        ],
    ),
}


@pytest.mark.parametrize(("make", "expected"), UNREACHED.values(), ids=UNREACHED.keys())
def test_places_that_no_history_leads_to_are_refused(make, expected):
    """Rooms and stages, with what to do; a room that is never entered has no fault for a stage."""
    lifecycle = make()

    with pytest.raises(InvalidLifecycle, match="no history leads") as caught:
        to_table(lifecycle)

    faults = caught.value.faults
    assert [(fault.code, fault.where) for fault in faults] == [one[:2] for one in expected]
    assert [part for _, _, part in expected if part not in str(caught.value)] == []


def test_a_refined_lifecycle_whose_sub_stage_is_unreachable_is_refused():
    """It is defined; its table is not compiled."""
    finer = club().refine("looking", ["peeping", "browsing"])

    with pytest.raises(InvalidLifecycle, match="browsing: no history leads to this stage"):
        to_table(finer)


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
                for rule in CUSTOMER_LIFECYCLE.rules
                if rule.sentence == "A relationship that has ended cannot end again."
            ],
        ],
        views=(),
    )
    table = to_table(guarded)

    assert str(table.step(guarded.state("buyer", "eroding"), "promoted")) == "advocate+eroding"
    with pytest.raises(EventNotAllowed, match="cannot end again"):
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
