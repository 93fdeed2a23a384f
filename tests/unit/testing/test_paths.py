"""Paths: how they are found, how they are shown, and how an app is led along them."""

import pickle
from functools import cache
from itertools import pairwise, product

import pytest
from attrs import define, field
from hypothesis import given, settings
from tests.unit.lifecycle.builders import club, move, region, stage, stay, trio

from custlife import CUSTOMER_LIFECYCLE, Lifecycle, Room, State, UnknownState, state_of, to_chart
from custlife.testing import (
    Path,
    PathFailure,
    covers,
    lifecycles,
    moves_of,
    shortest_paths,
    simple_paths,
    transition_coverage_paths,
)
from custlife.testing.oracle import outcome

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


def path_of(lifecycle, *events):
    """The path of these events from the beginning."""
    return Path(lifecycle, events, walked(lifecycle, lifecycle.initial, events))


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


def test_a_path_has_one_state_more_than_events():
    """It starts with the first, ends with the last, and is as long as it has events."""
    path = path_of(TRIO, "joined", "left")

    assert [*map(str, path.states)] == ["guest", "member", "gone"]
    assert (path.start, path.end) == (path.states[0], path.states[2])
    assert len(path) == len(path.events) == 2


def test_the_steps_of_a_path_join_its_states_by_its_events():
    """Each says from where, by which event, and to where."""
    path = path_of(TRIO, "joined", "left")

    steps = [(str(before), event, str(after)) for before, event, after in path.steps]

    assert steps == [("guest", "joined", "member"), ("member", "left", "gone")]


def test_a_path_is_written_as_its_states_with_the_events_between_them():
    """A path without events is its one state."""
    longer, empty = path_of(CLUB, "joined", "vexed"), path_of(CLUB)

    assert str(longer) == "guest -(joined)-> trial+happy -(vexed)-> trial+cross"
    assert (str(empty), len(empty), empty.steps) == ("guest", 0, ())


def test_one_step_more_makes_a_new_path():
    """The path that was lengthened stays as it was."""
    short = path_of(TRIO, "joined")

    longer = short.then("left", TRIO.state("gone"))

    assert longer == path_of(TRIO, "joined", "left")
    assert short == path_of(TRIO, "joined")


def test_a_diagram_draws_a_state_once_however_often_it_is_visited():
    """The numbers of the steps tell the order."""
    path = path_of(TRIO, "joined", "left", "returned", "left")

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
    diagram = path_of(TRIO).to_mermaid()

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
    """The outline has the state, and no relationship can be in it."""
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
    assert path_of(CLUB, "entered", "asked", "left") in paths


def test_simple_paths_have_four_events_at_most_unless_another_number_is_given():
    """The lifecycle has longer ones."""
    lengths = {len(path) for path in simple_paths(CLUB)}

    longer = {len(path) for path in simple_paths(CLUB, max_length=6)}

    assert lengths == {0, 1, 2, 3, 4}
    assert longer == {0, 1, 2, 3, 4, 5, 6}


def test_a_negative_length_of_simple_paths_is_an_error():
    """The message says what it must be."""
    with pytest.raises(ValueError, match="max_length is -1, but must be 0 or more"):
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
    """Every state that can be reached, with every event that the rules allow there."""
    return {
        (state, event)
        for state in shortest_paths(lifecycle)
        for event in lifecycle.events
        if stepped(lifecycle, state, event) is not None
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
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE)

    assert are_legal(paths)
    assert taken_moves(paths) == moves_of(CUSTOMER_LIFECYCLE)
    assert sum(map(len, paths)) <= 1.5 * len(moves_of(CUSTOMER_LIFECYCLE))


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, CLUB, TRIO], ids=lambda it: it.name)
def test_paths_for_each_cell_take_every_allowed_event_in_every_state(lifecycle):
    """Also where nothing changes."""
    paths = transition_coverage_paths(lifecycle, each="cell")

    assert are_legal(paths)
    assert taken_cells(paths) == allowed_cells(lifecycle)


@settings(max_examples=40)
@given(lifecycles())
def test_few_paths_take_every_move_of_every_lifecycle(lifecycle):
    """They are legal, and none of them is empty."""
    paths = transition_coverage_paths(lifecycle)

    assert are_legal(paths)
    assert all(path.events for path in paths)
    assert taken_moves(paths) == moves_of(lifecycle)


@settings(max_examples=40)
@given(lifecycles())
def test_paths_for_each_cell_take_every_allowed_event_of_every_lifecycle(lifecycle):
    """They are legal, and go nowhere else."""
    paths = transition_coverage_paths(lifecycle, each="cell")

    assert are_legal(paths)
    assert taken_cells(paths) == allowed_cells(lifecycle)


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

    moves = {event for path in transition_coverage_paths(greeted) for event in path.events}
    cells = {event for _, event in taken_cells(transition_coverage_paths(greeted, each="cell"))}

    assert (moves, cells) == ({"joined", "left", "returned"}, {*moves, "greeted"})


def test_there_is_no_path_where_there_is_nothing_to_take():
    """A lifecycle can be stuck at its beginning."""
    lifecycle = stuck()

    assert moves_of(lifecycle) == frozenset()
    assert transition_coverage_paths(lifecycle) == ()
    assert transition_coverage_paths(lifecycle, each="cell") == ()


def test_only_moves_and_cells_can_be_covered():
    """The message says what can."""
    with pytest.raises(ValueError, match="each is 'state', but must be 'move' or 'cell'"):
        transition_coverage_paths(TRIO, each="state")


# An app that is led along a path.


class Refused(Exception):
    """The shop does not allow it."""


WAYS = {
    ("guest", "joined"): "member",
    ("guest", "left"): "gone",
    ("member", "left"): "gone",
    ("gone", "returned"): "guest",
}


@define
class Shop:
    """An app that keeps the three stages in a column of its own, and does as it likes."""

    ways: dict = field(factory=lambda: WAYS)
    refusal: type[Exception] = Refused
    when_refused: str | None = None
    stage: str = "guest"
    asked: list = field(factory=list)

    def perform(self, event):
        self.asked.append(event)
        if (self.stage, event) not in self.ways:
            self.stage = self.when_refused or self.stage
            raise self.refusal(event)
        self.stage = self.ways[self.stage, event]

    def where(self):
        return self.stage


@covers(TRIO)
def test_an_app_that_does_as_the_lifecycle_says_passes(path):
    """Refusals included."""
    shop = Shop()

    path.follow(shop.perform, shop.where, refuses=Refused)

    assert shop.stage == str(path.end)


@covers(CLUB, transition_coverage_paths(CLUB, each="cell"))
def test_a_chart_passes_as_the_app(path):
    """It is read as a whole state."""
    chart = to_chart(CLUB)()

    path.follow(chart.send, lambda: state_of(chart))

    assert state_of(chart) == path.end


def test_events_are_performed_by_what_a_mapping_gives_for_their_names():
    """What else the mapping holds is left alone."""
    shop = Shop()
    perform = {name: lambda name=name: shop.perform(name) for name in ("left", "joined", "sold")}

    path_of(TRIO, "joined", "left").follow(perform, shop.where)

    assert shop.asked == ["joined", "left"]


def test_nothing_is_tried_that_the_path_does_not_name_unless_the_app_refuses_it():
    """Without an error by which it refuses, only the path's own events are performed."""
    shop = Shop()

    path_of(TRIO, "joined").follow(shop.perform, shop.where)

    assert shop.asked == ["joined"]


@pytest.mark.parametrize("refuses", [Refused, (KeyError, Refused)])
def test_every_event_that_is_not_allowed_is_tried_in_every_state_of_the_path(refuses):
    """At the start too, before the first event of the path."""
    shop = Shop()

    path_of(TRIO, "joined").follow(shop.perform, shop.where, refuses=refuses)

    assert shop.asked == ["returned", "joined", "joined", "returned"]


READINGS = [
    CLUB.state("silver+cross"),
    Room.CUSTOMER,
    "customer",
    "bond",
    "member",
    "silver",
    "cross",
    "silver+cross",
    "cross+silver",
    "member+customer",
    ["silver", "cross"],
    ("cross",),
    {"cross"},
    {"bond": "silver", "mood": "cross"},
    {"mood": "cross"},
]


@pytest.mark.parametrize("reading", READINGS, ids=repr)
def test_an_app_says_as_much_of_a_state_as_it_knows(reading):
    """The whole state, a room, a stage inside or outside, several of them, or one by region."""
    state = CLUB.state("silver+cross")
    path = Path(CLUB, (), (state,))

    path.follow({}, lambda: reading)

    assert path.end == state


OTHERS = [
    CLUB.state("gold+cross"),
    CUSTOMER_LIFECYCLE.state("buyer+content"),
    Room.FORMER,
    "prospect",
    "trial",
    "gold",
    "silver+happy",
    ["silver", "happy"],
    {"bond": "gold", "mood": "cross"},
]


@pytest.mark.parametrize("reading", OTHERS, ids=repr)
def test_whatever_does_not_fit_the_state_is_a_failure(reading):
    """One name that is not active is enough."""
    path = Path(CLUB, (), (CLUB.state("silver+cross"),))

    with pytest.raises(PathFailure, match=r"where the lifecycle stands in silver\+cross") as caught:
        path.follow({}, lambda: reading)

    assert caught.value.position == 0


@pytest.mark.parametrize(
    "reading", ["sneezed", "silver+sneezed", ["cross", "sneezed"], {"bond": "sneezed"}], ids=str
)
def test_a_stage_that_the_lifecycle_does_not_have_is_unknown(reading):
    """It is an error of the test, not of the app; the error names it."""
    path = Path(CLUB, (), (CLUB.state("silver+cross"),))

    with pytest.raises(UnknownState, match="'club' does not know sneezed"):
        path.follow({}, lambda: reading)


@pytest.mark.parametrize("reading", ["", [], (), {}, None, 7, {"bond": None}], ids=repr)
def test_a_reading_that_names_no_place_is_unknown(reading):
    """An app that says nothing has not passed."""
    path = Path(CLUB, (), (CLUB.state("silver+cross"),))

    with pytest.raises(UnknownState, match="The lifecycle 'club' does not know"):
        path.follow({}, lambda: reading)


def test_an_app_that_stands_elsewhere_fails_where_it_went_astray():
    """The failure shows the whole path, and an arrow at the step."""
    shop = Shop({**WAYS, ("member", "left"): "guest"})
    path = path_of(TRIO, "joined", "left", "returned")

    with pytest.raises(PathFailure, match="The app says 'guest' after 'left'") as caught:
        path.follow(shop.perform, shop.where)

    assert (caught.value.path, caught.value.position) == (path, 2)
    assert str(caught.value).splitlines() == [
        "The app says 'guest' after 'left', where the lifecycle stands in gone. The path:",
        "     guest",
        "   1. joined -> member",
        "   2. left -> gone    <-- here",
        "   3. returned -> guest",
    ]


def test_an_app_that_starts_elsewhere_fails_before_the_first_event():
    """The arrow stands at the start, and nothing is performed."""
    shop = Shop(stage="member")

    with pytest.raises(PathFailure, match="The app says 'member' at the start") as caught:
        path_of(TRIO, "joined").follow(shop.perform, shop.where, refuses=Refused)

    assert (caught.value.position, shop.asked) == (0, [])
    assert str(caught.value).splitlines()[1:] == [
        "     guest    <-- here",
        "   1. joined -> member",
    ]


def test_a_state_that_does_not_fit_is_shown_by_its_stages():
    """A State of the app is written as the lifecycle's own is."""
    path = Path(CLUB, (), (CLUB.state("silver+cross"),))

    with pytest.raises(PathFailure, match=r"The app says gold\+cross at the start"):
        path.follow({}, lambda: CLUB.state("gold+cross"))


def test_an_app_that_cannot_perform_an_event_fails_by_what_it_raised():
    """The error of the app is the cause, and is shown."""
    shop = Shop({("guest", "joined"): "member"})

    with pytest.raises(PathFailure, match=r"'left' raised Refused\('left'\)") as caught:
        path_of(TRIO, "joined", "left").follow(shop.perform, shop.where, refuses=Refused)

    assert isinstance(caught.value.__cause__, Refused)
    assert caught.value.position == 2


def test_an_app_that_takes_what_must_be_refused_fails():
    """The reason of the lifecycle is told."""
    shop = Shop({**WAYS, ("member", "joined"): "member"})

    with pytest.raises(PathFailure, match="The app took 'joined', and should have") as caught:
        path_of(TRIO, "joined", "left").follow(shop.perform, shop.where, refuses=Refused)

    assert caught.value.position == 1
    assert "'joined' is not allowed in customer (member)" in caught.value.problem
    assert str(caught.value).splitlines()[-2] == "   1. joined -> member    <-- here"


def test_an_app_that_moves_although_it_refuses_fails():
    """What is refused must change nothing."""
    shop = Shop(when_refused="gone")

    with pytest.raises(PathFailure, match="says 'gone' after it refused 'returned'") as caught:
        path_of(TRIO, "joined").follow(shop.perform, shop.where, refuses=Refused)

    assert caught.value.position == 0


def test_an_app_that_breaks_instead_of_refusing_fails():
    """An error that is none of its refusals is the cause."""
    shop = Shop(refusal=ZeroDivisionError)

    with pytest.raises(PathFailure, match=r"raised .* instead of a refusal") as caught:
        path_of(TRIO, "joined").follow(shop.perform, shop.where, refuses=(Refused, KeyError))

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.problem.startswith("'returned' raised")


def test_a_mapping_must_say_how_to_perform_every_event_of_the_path():
    """Those that are missing are named once, before anything is performed."""
    shop = Shop()
    path = path_of(TRIO, "joined", "left", "returned", "left")

    with pytest.raises(ValueError, match="how to perform 'left' and 'returned'; add what to call"):
        path.follow({"joined": lambda: shop.perform("joined")}, shop.where)

    assert shop.asked == []


def test_a_mapping_must_say_how_to_perform_every_event_that_must_be_refused():
    """Beyond the path, those are all events of the lifecycle."""
    shop = Shop()
    perform = {"joined": lambda: shop.perform("joined")}

    path_of(TRIO, "joined").follow(perform, shop.where)
    with pytest.raises(ValueError, match="how to perform 'left' and 'returned'; add what to call"):
        path_of(TRIO, "joined").follow(perform, shop.where, refuses=Refused)

    assert shop.asked == ["joined"]


def test_a_failure_can_be_pickled():
    """It says the same afterwards."""
    failure = PathFailure(path_of(TRIO, "joined"), 1, "It stands elsewhere.")

    copy = pickle.loads(pickle.dumps(failure))

    assert (copy.path, copy.position, str(copy)) == (failure.path, 1, str(failure))
    assert isinstance(copy, AssertionError)


# Paths as parametrized tests.


def params(mark):
    """What a mark parametrizes, and for each parameter its id and its values."""
    name, made = mark.args
    return name, [(param.id, param.values) for param in made]


def test_a_test_is_run_once_for_each_path_under_a_readable_name():
    """Its number, its length and its end."""
    joined, left = path_of(CLUB, "entered", "joined"), path_of(CLUB, "left")

    mark = covers(CLUB, iter([joined, left])).mark

    assert mark.name == "parametrize"
    assert params(mark) == (
        "path",
        [("1: 2 events to trial+happy", (joined,)), ("2: 1 events to gone", (left,))],
    )


def test_the_paths_of_a_test_take_every_move_unless_others_are_given():
    """They are those that cover the moves."""
    name, made = params(covers(CUSTOMER_LIFECYCLE).mark)

    assert name == "path"
    assert [values for _, values in made] == [
        (path,) for path in transition_coverage_paths(CUSTOMER_LIFECYCLE)
    ]
    assert len({id_ for id_, _ in made}) == len(made)


@pytest.mark.parametrize(("lifecycle", "paths"), [(TRIO, []), (stuck(), None)], ids=str)
def test_a_test_without_paths_would_test_nothing(lifecycle, paths):
    """So it is an error."""
    with pytest.raises(ValueError, match=f"there is no path through '{lifecycle.name}' to follow"):
        covers(lifecycle, paths)


def test_the_states_of_every_path_are_joined_without_a_gap():
    """Each step ends where the next one begins."""
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="cell")

    joints = [(one, two) for path in paths for one, two in pairwise(path.steps)]

    assert all(one[2] == two[0] for one, two in joints)
    assert {type(state) for path in paths for state in path.states} == {State}
