"""Paths: how they are found, how they are shown, and how an app is led along them."""

from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis.strategies import booleans
from tests.unit.lifecycle.builders import club, move, region, stage, stay, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    CustlifeError,
    EventNotAllowed,
    InvalidArgument,
    Lifecycle,
    Purchased,
    Relationship,
    State,
    UnknownState,
)
from custlife.testing import (
    Path,
    lifecycles,
    moves_of,
    shortest_paths,
    simple_paths,
    transition_coverage_paths,
)
from custlife.testing.generators.events import simplest_events
from custlife.testing.reading import needs_complaint, outcome

CLUB = club()
TRIO = trio()
DEEPEST = 5
"""How many events the farthest state is away from anywhere in the club: from gone it is gold and
cross, by returned, joined, renewed, upgraded and vexed."""

stepped = cache(outcome)
"""Where the rules lead, read naively: each answer is worked out once."""


def walked(lifecycle, start, events):
    """The states that these events lead through, or None where one of them is refused."""
    states = [start]
    for event in events:
        after = stepped(lifecycle, states[-1], event)
        if after is None:
            return None
        states.append(after)
    return tuple(states)


@cache
def walks(lifecycle, start, most):
    """Every legal walk of so many events, the shortest first, found by trying all of them."""
    tried = [
        (events, walked(lifecycle, start, events))
        for length in range(most + 1)
        for events in product(lifecycle.events, repeat=length)
    ]
    return [(events, states) for events, states in tried if states is not None]


def stuck():
    """A lifecycle in which nothing is legal at the beginning: two moves wait for each other."""
    return Lifecycle(
        "stuck",
        prospect=[region("one", stage("a1"), stage("a2")), region("two", stage("b1"), stage("b2"))],
        customer=[stage("member")],
        former=[stage("gone")],
        rules=[
            move("up", "a1", "a2", when="b2"),
            move("up", "b1", "b2", when="a2"),
            move("joined", "a2", "member"),
            move("left", "member", "gone"),
        ],
    )


# What a path is.


def test_the_path_of_some_events_is_where_the_lifecycle_leads():
    """By their names or their classes, from the beginning or another start."""
    path = Path.of(CUSTOMER_LIFECYCLE, Purchased, "departed")
    later = Path.of(CUSTOMER_LIFECYCLE, "departed", start=path.states[1])

    assert (path.events, later.events) == (("purchased", "departed"), ("departed",))
    assert (path.end, later.end) == (CUSTOMER_LIFECYCLE.state("eroded"),) * 2


def test_what_is_not_allowed_makes_no_path():
    """The error is the lifecycle's own."""
    with pytest.raises(EventNotAllowed, match="'returned' is not allowed in prospect"):
        Path.of(TRIO, "returned")


@pytest.mark.parametrize(
    ("events", "states", "wrong"),
    [
        (["joined"], [], "lead through nothing, not"),
        (["joined"], ["guest"], "The events lead through guest and member, not"),
        (["joined"], ["guest", "gone"], "The events lead through guest and member, not"),
        (["returned"], ["guest", "guest"], "'returned' is not allowed in prospect"),
    ],
)
def test_states_that_the_events_do_not_lead_through_are_refused(events, states, wrong):
    """So that no path claims what the lifecycle does not do."""
    with pytest.raises((ValueError, CustlifeError), match=wrong):
        Path(TRIO, events, [TRIO.state(name) for name in states])


@pytest.mark.parametrize(
    ("events", "cycle"), [([], 1), (["left"], 1), (["left", "returned", "left", "returned"], 3)]
)
def test_a_return_begins_the_next_cycle(events, cycle):
    """Counted from the beginning."""
    assert Path.of(TRIO, *events).cycle == cycle


def test_a_path_has_one_state_more_than_events():
    """It starts with the first, ends with the last, and is as long as it has events."""
    path = Path.of(TRIO, "joined", "left")

    assert [*map(str, path.states)] == ["guest", "member", "gone"]
    assert (path.start, path.end) == (path.states[0], path.states[2])
    assert len(path) == len(path.events) == 2


def test_the_steps_of_a_path_join_its_states_by_its_events():
    """Each says from where, by which event, and to where."""
    path = Path.of(TRIO, "joined", "left")

    steps = [(str(before), event, str(after)) for before, event, after in path.steps]

    assert steps == [("guest", "joined", "member"), ("member", "left", "gone")]


def test_a_path_is_written_as_its_states_with_the_events_between_them():
    """A path without events is its one state."""
    longer, empty = Path.of(CLUB, "joined", "vexed"), Path.of(CLUB)

    assert str(longer) == "guest -(joined)-> trial+happy -(vexed)-> trial+cross"
    assert (str(empty), len(empty), empty.steps) == ("guest", 0, ())


def test_one_step_more_makes_a_new_path():
    """The path that was lengthened stays as it was."""
    short = Path.of(TRIO, "joined")

    longer = short.then("left", TRIO.state("gone"))

    assert longer == Path.of(TRIO, "joined", "left")
    assert short == Path.of(TRIO, "joined")


def test_a_diagram_draws_a_state_once_however_often_it_is_visited():
    """The numbers of the steps tell the order."""
    path = Path.of(TRIO, "joined", "left", "returned", "left")

    diagram = path.to_mermaid()

    assert diagram.splitlines() == [
        "stateDiagram-v2",
        "    direction LR",
        '    state "guest" as s0',
        '    state "member" as s1',
        '    state "gone" as s2',
        "    [*] --> s0",
        "    s0 --> s1 : 1. joined",
        "    s1 --> s2 : 2. left",
        "    s2 --> s0 : 3. returned",
        "    s0 --> s2 : 4. left",
    ]


def test_a_diagram_of_no_event_shows_where_it_starts():
    """There is a state and no arrow between states."""
    diagram = Path.of(TRIO).to_mermaid()

    assert diagram.splitlines()[2:] == ['    state "guest" as s0', "    [*] --> s0"]


# The shortest paths.


@pytest.mark.parametrize("start", ["guest", "asking", "gold+cross", "gone"])
def test_the_shortest_paths_are_those_that_brute_force_finds_first(start):
    """Of ways of the same length, the one whose events the lifecycle names first."""
    beginning = CLUB.state(start)
    first = {}
    for events, states in walks(CLUB, beginning, DEEPEST):
        first.setdefault(states[-1], events)

    paths = shortest_paths(CLUB, start=beginning)

    assert {end: path.events for end, path in paths.items()} == first


def test_every_state_has_one_shortest_path_from_the_beginning():
    """The nearest state comes first, with an empty path."""
    paths = shortest_paths(CLUB)

    assert set(paths) == set(CLUB.states)
    assert all(path.end == state for state, path in paths.items())
    assert {path.start for path in paths.values()} == {CLUB.initial}
    assert [len(path) for path in paths.values()] == [0, 1, 1, 1, 2, 2, 2, 3, 3, 4]


def test_a_state_that_cannot_be_reached_from_the_start_has_no_path():
    """Nobody who has left comes back where nothing leads back."""
    forever = trio(without=["returned"])

    paths = shortest_paths(forever, start=forever.state("gone"))

    assert [*map(str, paths)] == ["gone"]


@pytest.mark.parametrize("find", [shortest_paths, simple_paths])
def test_a_start_of_another_lifecycle_is_unknown(find):
    """A state of the default lifecycle is none of the club."""
    with pytest.raises(UnknownState, match="'club' does not know potential") as caught:
        find(CLUB, start=CUSTOMER_LIFECYCLE.initial)

    assert caught.value.state == CUSTOMER_LIFECYCLE.initial


def test_a_start_that_nothing_leads_to_is_unknown():
    """The lifecycle has the state, and no relationship can be in it."""
    lifecycle = stuck()

    with pytest.raises(UnknownState, match="does not know member"):
        shortest_paths(lifecycle, start=lifecycle.state("member"))


# The simple paths.


@pytest.mark.parametrize("start", ["guest", "silver+happy", "gone"])
@pytest.mark.parametrize("most", range(DEEPEST + 1))
def test_the_simple_paths_are_all_walks_that_visit_no_state_twice(start, most):
    """They come in the order of a walk into the depth, as brute force finds them."""
    rank = CLUB.events.index
    beginning = CLUB.state(start)
    expected = [
        (events, states)
        for events, states in walks(CLUB, beginning, most)
        if len(set(states)) == len(states)
    ]
    expected.sort(key=lambda walk: [*map(rank, walk[0])])

    paths = simple_paths(CLUB, start=beginning, max_length=most)

    assert [(path.events, path.states) for path in paths] == expected


def test_simple_paths_end_where_they_are_asked_to():
    """They are those of all simple paths that end there."""
    gone = CLUB.state("gone")

    paths = simple_paths(CLUB, to=gone, max_length=3)

    assert paths == tuple(path for path in simple_paths(CLUB, max_length=3) if path.end == gone)
    assert Path.of(CLUB, "entered", "asked", "left") in paths


def test_simple_paths_have_four_events_at_most_unless_another_number_is_given():
    """The lifecycle has longer ones."""
    lengths = {len(path) for path in simple_paths(CLUB)}

    longer = {len(path) for path in simple_paths(CLUB, max_length=6)}

    assert lengths == {0, 1, 2, 3, 4}
    assert longer == {0, 1, 2, 3, 4, 5, 6}


def test_a_negative_length_of_simple_paths_is_an_error():
    """The message says what it must be."""
    with pytest.raises(
        InvalidArgument, match="max_length is -1, but must be a whole number from 0"
    ):
        simple_paths(CLUB, max_length=-1)


def test_an_end_of_another_lifecycle_is_unknown():
    """It is not an end that no path leads to."""
    with pytest.raises(UnknownState, match="'club' does not know potential"):
        simple_paths(CLUB, to=CUSTOMER_LIFECYCLE.initial)


# The paths that take every move.


def taken_moves(paths):
    """Every region of every step whose innermost stage is another one after it, or is gone."""
    return {
        (path[0], path[-1], event, beside.get(path[0], after.room.value))
        for walk in paths
        for before, event, after in walk.steps
        for beside in [after.regions if after.room is before.room else {}]
        for path in before.paths
        if beside.get(path[0]) != path[-1]
    }


def taken_cells(paths):
    return {(state, event) for path in paths for state, event, _ in path.steps}


def allowed_cells(lifecycle):
    """Every state that can be reached, with every event that the rules allow there.

    Without those that need a complaint on record.
    """
    return {
        (state, event)
        for state in shortest_paths(lifecycle)
        for event in lifecycle.events
        if stepped(lifecycle, state, event) is not None
        and not needs_complaint(lifecycle, state, event)
    }


def are_legal(paths):
    """Whether all paths start at the beginning, and go where the rules lead."""
    return all(
        walked(path.lifecycle, path.lifecycle.initial, path.events) == path.states for path in paths
    )


def test_the_moves_of_three_stages_are_counted_by_hand():
    """A move out of a room names the room that it leads to."""
    moves = moves_of(TRIO)

    assert moves == {
        ("prospect", "guest", "joined", "customer"),
        ("prospect", "guest", "left", "former"),
        ("customer", "member", "left", "former"),
        ("former", "gone", "returned", "prospect"),
    }


def test_every_region_moves_where_the_room_is_left():
    """A move inside one region counts once, in whatever company it happens."""
    moves = moves_of(CLUB)

    assert {move for move in moves if move[0] in ("bond", "mood")} == {
        ("bond", "trial", "renewed", "silver"),
        ("bond", "silver", "upgraded", "gold"),
        ("mood", "happy", "vexed", "cross"),
        ("mood", "cross", "soothed", "happy"),
        ("bond", "trial", "left", "former"),
        ("bond", "silver", "left", "former"),
        ("bond", "gold", "left", "former"),
        ("mood", "happy", "left", "former"),
        ("mood", "cross", "left", "former"),
    }


def test_few_paths_take_every_move_of_the_customer_lifecycle():
    """They have half as many events again as there are moves at most."""
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="move")

    assert are_legal(paths)
    assert taken_moves(paths) == moves_of(CUSTOMER_LIFECYCLE)
    assert sum(map(len, paths)) <= 1.5 * len(moves_of(CUSTOMER_LIFECYCLE))


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, CLUB, TRIO], ids=lambda it: it.name)
def test_paths_for_each_cell_take_every_allowed_event_in_every_state(lifecycle):
    """Also where nothing changes."""
    paths = transition_coverage_paths(lifecycle, each="cell")

    assert are_legal(paths)
    assert taken_cells(paths) == allowed_cells(lifecycle)


@settings(max_examples=15)
@given(lifecycles())
def test_few_paths_take_every_move_of_every_lifecycle(lifecycle):
    """They are legal, and none of them is empty."""
    paths = transition_coverage_paths(lifecycle, each="move")

    assert are_legal(paths)
    assert all(path.events for path in paths)
    assert taken_moves(paths) == moves_of(lifecycle)


@settings(max_examples=15)
@given(lifecycles())
def test_paths_for_each_cell_take_every_allowed_event_of_every_lifecycle(lifecycle):
    """They are legal, and go nowhere else."""
    paths = transition_coverage_paths(lifecycle, each="cell")

    assert are_legal(paths)
    assert taken_cells(paths) == allowed_cells(lifecycle)


def taken_pairs(paths):
    """Every two steps that change the state, one directly after the other, stays left out."""
    moving = ([step for step in path.steps if step[0] != step[2]] for path in paths)
    return {pair for steps in moving for pair in pairwise(steps)}


def pairs_of(lifecycle):
    """Every two of them that the rules allow, read naively."""
    moving = [step for step in table_steps(lifecycle) if step[0] != step[2]]
    return {(one, two) for one in moving for two in moving if one[2] == two[0]}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, CLUB, TRIO], ids=lambda it: it.name)
def test_paths_for_each_pair_take_every_move_after_every_other(lifecycle, apart):
    """They take every move as well, and no stay."""
    paths = transition_coverage_paths(lifecycle, each="pair", apart=apart)

    assert are_legal(paths)
    assert taken_pairs(paths) == pairs_of(lifecycle)
    assert taken_moves(paths) == moves_of(lifecycle)
    assert all(before != after for path in paths for before, _, after in path.steps)


@settings(max_examples=15)
@given(lifecycles(max_views=0), booleans())
def test_paths_for_each_pair_take_every_pair_of_every_lifecycle(lifecycle, apart):
    """Also moves that neither come after another nor before one."""
    paths = transition_coverage_paths(lifecycle, each="pair", apart=apart)

    assert are_legal(paths)
    assert all(path.events for path in paths)
    assert taken_pairs(paths) == pairs_of(lifecycle)
    assert taken_moves(paths) == moves_of(lifecycle)


def test_a_relationship_takes_the_paths_for_each_pair_as_the_table_does():
    """No answer comes on them while another complaint waits."""
    simplest = simplest_events(CUSTOMER_LIFECYCLE)
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="pair")

    ends = [
        Relationship("C-1").apply(*(simplest[event] for event in path.events)).state
        for path in paths
    ]

    assert ends == [path.end for path in paths]


def test_paths_for_each_pair_apart_end_with_a_pair_of_their_own():
    """Each is a shortest way to it."""
    paths = transition_coverage_paths(CLUB, each="pair", apart=True)
    ways = shortest_paths(CLUB)

    assert len({path.steps[-2:] for path in paths}) == len(paths)
    assert all(len(path) <= len(ways[path.states[-3]]) + 2 for path in paths if len(path) > 1)


def test_one_path_is_enough_where_going_on_is_never_farther_than_beginning_anew():
    """All four moves of three stages are taken in a row."""
    (path,) = transition_coverage_paths(TRIO)

    assert path.events == ("joined", "left", "returned", "left")


def test_a_path_begins_anew_where_nothing_leads_back():
    """Whoever has left for good needs another person to take the other move."""
    paths = transition_coverage_paths(trio(without=["returned"]))

    assert [path.events for path in paths] == [("joined", "left"), ("left",)]


def test_a_stay_is_no_move_but_a_cell():
    """It is taken only where every cell is."""
    greeted = trio(also=[stay("greeted", "guest")])

    paths = transition_coverage_paths(greeted, each="move")
    moves = {event for path in paths for event in path.events}
    cells = {event for _, event in taken_cells(transition_coverage_paths(greeted, each="cell"))}

    assert (moves, cells) == ({"joined", "left", "returned"}, {*moves, "greeted"})


@pytest.mark.parametrize("each", ["move", "cell", "pair"])
def test_there_is_no_path_where_there_is_nothing_to_take(each):
    """A lifecycle can be stuck at its beginning."""
    lifecycle = stuck()

    assert moves_of(lifecycle) == frozenset()
    assert transition_coverage_paths(lifecycle, each=each) == ()


@pytest.mark.parametrize("each", ["move", "cell"])
@given(lifecycle=lifecycles(max_views=0))
@settings(max_examples=15)
def test_paths_apart_end_with_what_they_are_for(each, lifecycle):
    """Together they take as much as the few long ones do, and each is a shortest way."""
    few = transition_coverage_paths(lifecycle, each=each)
    apart = transition_coverage_paths(lifecycle, each=each, apart=True)

    ways = shortest_paths(lifecycle)

    assert {step for path in apart for step in path.steps} <= set(table_steps(lifecycle))
    assert covered(apart, each) == covered(few, each)
    assert all(path.events[:-1] == ways[path.states[-2]].events for path in apart)
    assert len({path.steps[-1] for path in apart}) == len(apart)


def table_steps(lifecycle):
    """Every step that the rules allow, read naively."""
    return [
        (state, event, after)
        for state in shortest_paths(lifecycle)
        for event in lifecycle.events
        if (after := stepped(lifecycle, state, event)) is not None
    ]


def covered(paths, each):
    """The steps that some paths take, or the moves of regions that they make."""
    steps = {step for path in paths for step in path.steps}
    if each == "cell":
        return steps
    return {
        (region, leaf, event, after.regions[region] if after.room is before.room else after.room)
        for before, event, after in steps
        for region, leaf in before.regions.items()
        if after.room is not before.room or after.regions[region] != leaf
    }


def test_only_moves_cells_and_pairs_can_be_taken():
    """The message says what can."""
    with pytest.raises(InvalidArgument, match="'state', but must be 'move' or 'cell' or 'pair'"):
        transition_coverage_paths(TRIO, each="state")


def test_the_states_of_every_path_are_joined_without_a_gap():
    """Each step ends where the next one begins."""
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="cell")

    joints = [(one, two) for path in paths for one, two in pairwise(path.steps)]

    assert all(one[2] == two[0] for one, two in joints)
    assert {type(state) for path in paths for state in path.states} == {State}
