"""The laws of the house, each with its number. Exhaustive where finite, sampled where not."""

from collections import deque
from datetime import timedelta
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from statemachine.exceptions import TransitionNotAllowed
from tests.strategies import BEGIN, channels, event_class, histories, lifecycles, made

from custlife import (
    CUSTOMER_LIFECYCLE,
    DepartureKind,
    EventNotAllowed,
    Forbid,
    Initiator,
    InvalidLifecycle,
    Ladder,
    Move,
    OutOfOrderEvent,
    Phase,
    Process,
    Record,
    Relationship,
    Room,
    Stay,
    UnknownEvent,
    View,
    replay,
    state_of,
    to_chart,
    to_table,
)
from custlife.lifecycle.definition import Lifecycle

TABLE = to_table(CUSTOMER_LIFECYCLE)
CELLS = tuple(product(TABLE.states, TABLE.events))


def step_or_none(lifecycle, state, event):
    try:
        return to_table(lifecycle).step(state, event)
    except EventNotAllowed:
        return None


def send_or_none(chart, event):
    try:
        chart.send(event)
    except TransitionNotAllowed:
        return None
    return state_of(chart)


def walk(lifecycle):
    """Every (state, event, outcome) that the chart shows when it is really walked there."""
    chart_class = to_chart(lifecycle)

    def arrive(path):
        chart = chart_class()
        for event in path:
            chart.send(event)
        return chart

    start = state_of(chart_class())
    paths, todo = {start: ()}, deque([start])
    while todo:
        state = todo.popleft()
        chart = arrive(paths[state])
        for event in lifecycle.events:
            after = send_or_none(chart, event)
            yield state, event, after
            if after is not None and after != state:
                if after not in paths:
                    paths[after] = (*paths[state], event)
                    todo.append(after)
                chart = arrive(paths[state])


def test_law_1_the_table_equals_the_chart_in_every_cell_of_the_default_lifecycle():
    """Walking the chart by real sends gives the table, refusals included, and nothing else."""
    walked = {(state, event): after for state, event, after in walk(CUSTOMER_LIFECYCLE)}

    assert walked == {
        (state, event): step_or_none(CUSTOMER_LIFECYCLE, state, event) for state, event in CELLS
    }


@given(lifecycles())
def test_law_1_the_table_equals_the_chart_in_every_cell_of_any_lifecycle(lifecycle):
    """The same for random rooms, nested stages, regions, moves, stays and forbiddances."""
    table = to_table(lifecycle)

    walked = {(state, event): after for state, event, after in walk(lifecycle)}

    assert walked == {
        (state, event): step_or_none(lifecycle, state, event)
        for state, event in product(table.states, table.events)
    }


def expected_kind(room_left, initiator):
    if initiator is Initiator.ENTERPRISE:
        return DepartureKind.TERMINATION
    return {Room.PROSPECT: DepartureKind.LOSS, Room.CUSTOMER: DepartureKind.EROSION}[room_left]


@given(st.data())
def test_law_2_the_kind_follows_from_the_room_left_and_the_initiator(data):
    """In any lifecycle, every departure's kind is decided by where it left and who ended it."""
    lifecycle = data.draw(lifecycles())
    events = data.draw(histories(lifecycle))

    journey = replay(events, customer="c", lifecycle=lifecycle)

    assert [departure.kind for departure in journey.departures] == [
        expected_kind(step.before.room, step.event.initiator)
        for step in journey.steps
        if step.after.room is Room.FORMER and step.before.room is not Room.FORMER
    ]


@given(histories(), st.integers(0, 25))
def test_law_3_replaying_all_equals_replaying_a_part_and_applying_the_rest(events, cut):
    """Where a history is cut makes no difference."""
    whole = replay(events, customer="c").relationship

    part = replay(events[:cut], customer="c").relationship.apply(*events[cut:])

    assert part == whole


@given(histories(), st.integers(0, 25))
def test_law_3_records_add_up(events, cut):
    """The record of a history is the sum of the records of its parts."""
    whole = replay(events, customer="c")
    first = whole.start.apply(*events[:cut])

    rest = record_of(events[cut:])

    assert first.record + rest == whole.relationship.record


def record_of(events):
    return sum((single(event) for event in events), start=Record())


def single(event):
    counts = [0] * 9
    counts[event.activity] = 1
    amount = getattr(event, "amount", Record().revenue)
    bought = event.at if hasattr(event, "amount") else None
    return Record(*counts, amount, event.at, event.at, bought, bought)


@given(histories(), histories(), histories())
def test_law_3_the_record_is_a_monoid(one, two, three):
    """Adding is associative, and the empty record changes nothing."""
    a, b, c = map(record_of, (one, two, three))

    assert (a + b) + c == a + (b + c)
    assert a + Record() == a == Record() + a


@given(histories(allow_rejected=True), st.data())
def test_law_4_a_rejected_event_leaves_an_equal_relationship(events, data):
    """Whatever is refused changes nothing, and no input is mutated by anything."""
    journey = replay(events, customer="c", on_rejected="collect")
    before = journey.relationship
    untouched = replay(journey.events, customer="c").relationship
    last = journey.events[-1].at if journey.events else BEGIN
    refused = [made(name, last) for name in TABLE.events if name not in before.allowed]
    refused += [made("contacted", event.at - timedelta(days=1)) for event in journey.events[-1:]]
    refused += [st.just(event_class("sneezed")(at=last))]
    event = data.draw(st.one_of(refused))
    given_events, given_event = list(events), repr(event)

    with pytest.raises((EventNotAllowed, OutOfOrderEvent, UnknownEvent)):
        before.apply(event)

    assert before == untouched
    assert hash(before) == hash(untouched)
    assert (events, repr(event)) == (given_events, given_event)


@pytest.mark.parametrize("model", [Ladder, Phase, Process])
def test_law_5_views_are_homomorphisms(model):
    """Every move of the lifecycle shows in the view as staying or as a declared move."""
    view = CUSTOMER_LIFECYCLE.view(model)

    jumps = [
        (state, event)
        for state, event in CELLS
        if (after := step_or_none(CUSTOMER_LIFECYCLE, state, event)) is not None
        and not view.allows(TABLE.view(state, model), TABLE.view(after, model))
    ]

    assert jumps == []


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        (view.model, move)
        for view in CUSTOMER_LIFECYCLE.views
        for move in sorted(view.moves, key=str)
    ],
)
def test_law_5_no_declared_move_of_a_view_is_idle(model, missing):
    """Each declared move is needed: without it, the view jumps and the lifecycle is refused."""
    views = [
        View(
            view.model,
            of=dict(view.of),
            moves=view.moves - {missing} if view.model is model else view.moves,
            sentence=view.sentence,
        )
        for view in CUSTOMER_LIFECYCLE.views
    ]
    torn = Lifecycle(
        "torn",
        prospect=CUSTOMER_LIFECYCLE.prospect,
        customer=CUSTOMER_LIFECYCLE.customer,
        former=CUSTOMER_LIFECYCLE.former,
        rules=CUSTOMER_LIFECYCLE.rules,
        views=views,
    )

    with pytest.raises(InvalidLifecycle, match="declare that move") as caught:
        to_table(torn)

    assert {(fault.code, fault.where) for fault in caught.value.faults} == {
        ("view_jumps", model.__name__)
    }


@given(histories(allow_rejected=True), st.randoms(use_true_random=False))
def test_law_6_replay_does_not_depend_on_the_order_given(events, random):
    """Events of different times may come in any order; those of one time keep theirs."""
    groups = {}
    for event in events:
        groups.setdefault(event.at, []).append(event)
    queues = list(groups.values())
    shuffled = []
    while queues:
        queue = random.choice(queues)
        shuffled.append(queue[0])
        queues = [rest for q in queues if (rest := q[1:] if q is queue else q)]

    assert replay(shuffled, customer="c", on_rejected="collect") == replay(
        events, customer="c", on_rejected="collect"
    )


@given(histories(allow_rejected=True), st.data())
def test_law_7_no_rule_looks_at_the_channel(events, data):
    """Other channels change no state, no record, no departure and no refusal."""
    elsewhere = [evolve(event, channel=data.draw(channels)) for event in events]

    one, other = (replay(h, customer="c", on_rejected="collect") for h in (events, elsewhere))

    assert one.relationship == other.relationship
    assert one.departures == other.departures
    assert [r.position for r in one.rejected] == [r.position for r in other.rejected]


@given(st.data())
def test_law_8_cycles_departures_and_customer_moments(data):
    """At most one departure a cycle; cycles grow by one; the moment exists iff it happened."""
    lifecycle = data.draw(lifecycles() | st.just(CUSTOMER_LIFECYCLE))
    events = data.draw(histories(lifecycle))

    journey = replay(events, customer="c", lifecycle=lifecycle)

    rel = journey.relationship
    cycles = [departure.cycle for departure in journey.departures]
    assert cycles == sorted(set(cycles))
    reentries = [step for step in journey.steps if step.is_reentry]
    assert [step.cycle for step in reentries] == [*range(2, len(reentries) + 2)]
    assert rel.cycle == 1 + len(reentries)
    entered = [s.event.at for s in journey.steps if s.is_customer_moment and s.cycle == rel.cycle]
    assert entered == ([] if rel.customer_moment is None else [rel.customer_moment])
    assert rel.departure == (journey.departures[-1] if journey.departures else None)


@pytest.mark.parametrize(("state", "event"), CELLS, ids=str)
def test_law_9_every_cell_is_a_move_a_stay_or_an_explained_rejection(state, event):
    """No pair of state and event is left undecided, and each refusal has its own sentence."""
    after = step_or_none(CUSTOMER_LIFECYCLE, state, event)

    if_refused = TABLE.refusal(state, event)
    rules = TABLE.rules(state, event) if after is not None else ()

    kinds = {type(rule) for rule in rules}
    assert kinds == (set() if after is None else {Move} if after != state else {Stay})
    assert (after is None) == (if_refused.because in FORBIDDANCES)


FORBIDDANCES = {
    "Only a customer in conflict with us has a complaint to settle.",
    "Only a customer in conflict with us has a complaint to ignore.",
    "Whoever has not bought in this cycle has nothing to recommend.",
    "Whoever has left is not expected to be heard of.",
    "Whoever has left cannot leave again without having returned.",
    "What has ended cannot be ended again.",
}


@given(lifecycles())
def test_law_9_every_cell_of_any_lifecycle_is_decided(lifecycle):
    """In any lifecycle each pair of state and event has an answer or an error that says why."""
    table = to_table(lifecycle)

    for state, event in product(table.states, table.events):
        forbidden = any(
            isinstance(rule, Forbid) and rule.on == event and any(map(state.is_in, rule.at))
            for rule in lifecycle.rules
        )
        refused = step_or_none(lifecycle, state, event) is None
        because = table.refusal(state, event).because
        assert refused or not forbidden
        assert (because == "Not here.") == forbidden


@given(st.data())
def test_any_lifecycle_folds_its_histories_like_its_table(data):
    """A relationship ends where the table leads, step by step."""
    lifecycle = data.draw(lifecycles())
    events = data.draw(histories(lifecycle))
    state = to_table(lifecycle).states[to_table(lifecycle).initial]

    for event in events:
        state = to_table(lifecycle).step(state, event.name)

    assert Relationship("c", lifecycle).apply(*events).state == state


def test_random_histories_of_random_lifecycles_go_through_several_cycles():
    """So that the laws about departures and cycles have something to say."""
    departures = []

    @settings(max_examples=100, database=None)
    @given(st.data())
    def live(data):
        lifecycle = data.draw(lifecycles())
        journey = replay(data.draw(histories(lifecycle)), customer="c", lifecycle=lifecycle)
        departures.append(len(journey.departures))

    live()

    assert sum(count >= 1 for count in departures) > len(departures) / 3
    assert sum(count >= 2 for count in departures) > len(departures) / 6


def test_the_made_up_event_classes_are_events_by_name():
    """The strategies make an event of any name."""
    event = event_class("e7")(at=BEGIN)

    assert (event.name, isinstance(event, event_class("e7"))) == ("e7", True)
