"""A gallery of broken definitions: one for each way in which a lifecycle can be wrong."""

import ast
import inspect
from enum import Enum
from functools import partial

import pytest
from statemachine import State as ChartState
from statemachine import StateChart
from tests.unit.lifecycle.builders import (
    VIEW,
    Warmth,
    club,
    forbid,
    move,
    region,
    stage,
    stay,
    trio,
    warmth,
)

from custlife import (
    Fault,
    InvalidLifecycle,
    Region,
    Stage,
    Stay,
    View,
    to_chart,
    to_table,
)
from custlife.lifecycle import faults
from custlife.lifecycle.faults import RESERVED


class Light(Enum):
    """A model of something else."""

    RED = "red"


SILENT = {"prospect": None, "customer": None, "former": None}
TWO_REGIONS = [region("bond", stage("member")), region("mood", stage("happy"))]

GALLERY = {
    # The shape of the rooms.
    "no prospect": (
        partial(trio, prospect=[], rules=[]),
        [("room_missing", "prospect", "has no stage, and every lifecycle has all three rooms")],
    ),
    "no customer": (
        partial(trio, customer=[], without=["joined", "left"]),
        [("room_missing", "customer", "give it one")],
    ),
    "no former": (
        partial(trio, former=[], without=["left", "returned"]),
        [("room_missing", "former", "give it one")],
    ),
    "a stage beside a region": (
        partial(trio, customer=[stage("loose"), region("bond", stage("member"))]),
        [("mixed_room", "customer", "put every stage into a region, or none")],
    ),
    "a region without a stage": (
        partial(trio, customer=[region("bond", stage("member")), region("mood")]),
        [("empty_region", "mood", "the region has no stage")],
    ),
    # What is no part of a lifecycle.
    "a bare name for a stage": (
        partial(trio, prospect=["guest"]),
        [("bad_part", "prospect", "'guest' is not a Stage or a Region")],
    ),
    "a bare name for a room": (
        partial(trio, former="gone"),
        [("bad_part", "former", "'gone' is not a Stage or a Region")],
    ),
    "a bare name inside a stage": (
        partial(trio, prospect=[Stage("guest", "Is.", children=["shy"])]),
        [("bad_part", "guest", "'shy' is not a Stage")],
    ),
    "a bare name inside a region": (
        partial(trio, customer=[region("bond", "member")]),
        [("bad_part", "bond", "'member' is not a Stage")],
    ),
    "a stage for a rule": (
        partial(trio, also=[stage("shy")]),
        [("bad_part", "the rules", "is not a Move, a Stay or a Forbid")],
    ),
    "a model for a view": (
        partial(trio, views=[Warmth]),
        [("bad_part", "the views", "is not a View")],
    ),
    "a stage without a sentence": (
        partial(trio, prospect=[Stage("guest", " ")]),
        [("bad_part", "guest", "needs a sentence")],
    ),
    "a region without a sentence": (
        partial(trio, customer=[faults.Region("bond", "", [stage("member")])]),
        [("bad_part", "bond", "needs a sentence")],
    ),
    "a rule without a sentence": (
        partial(trio, also=[Stay("called", at="guest", sentence=None)]),
        [("bad_part", "called: guest stays", "needs a sentence")],
    ),
    "a bare name for a study": (
        partial(trio, also=[Stay("called", at="guest", sentence="So.", contested="Them 2007")]),
        [("bad_part", "called: guest stays", "'Them 2007' is not a Source that contests the rule")],
    ),
    "a view without a sentence": (
        partial(trio, views=[View(Warmth, of=SILENT, moves=[], sentence="")]),
        [("bad_part", "Warmth", "needs a sentence")],
    ),
    "a bare name for a source": (
        partial(trio, prospect=[Stage("guest", "Is.", "HANDBOOK-4")]),
        [("bad_part", "guest", "'HANDBOOK-4' is no Source")],
    ),
    # Names.
    "a stage named in two words": (
        partial(
            trio,
            prospect=[stage("guest"), stage("old friend")],
            also=[move("x", "guest", "old friend")],
        ),
        [("bad_name", "old friend", "a name is an identifier without a leading underscore")],
    ),
    "a region named with an underscore": (
        partial(trio, customer=[region("_bond", stage("member"))]),
        [("bad_name", "_bond", "without a leading underscore")],
    ),
    "a stage named as a keyword": (
        partial(trio, prospect=[stage("guest", stage("class"))]),
        [
            (
                "bad_name",
                "class",
                "is taken by Python or by the state chart; rename the stage or region",
            )
        ],
    ),
    "a stage named as the chart's own": (
        partial(trio, prospect=[stage("guest", stage("send"))]),
        [("bad_name", "send", "is taken by Python or by the state chart")],
    ),
    "a stage named by a number": (
        partial(trio, prospect=[stage("guest", stage(7))]),
        [("bad_part", "7", "7 is not a name of at most 100 letters")],
    ),
    "a region inside a region": (
        partial(trio, customer=[Region("bond", "Is.", [region("deep", "member")])]),
        [("bad_part", "bond", "is not a Stage")],
    ),
    "a rule that names a number": (
        partial(trio, also=[stay("called", [7])]),
        [("bad_part", "called", "7 is not a name of at most 100 letters")],
    ),
    "a rule that names a stage by itself": (
        partial(trio, also=[move("called", "guest", [Stage("member", "Is.")])]),
        [("bad_part", "called", "is not a name")],
    ),
    "a view of what is no enum": (
        partial(trio, views=[View("Warmth", of=SILENT, moves=[], sentence="Is.")]),
        [("bad_part", "Warmth", "'Warmth' is not an Enum class")],
    ),
    "a view whose moves are no pairs": (
        partial(trio, views=[warmth(SILENT, Warmth.COLD)]),
        [("bad_part", "Warmth", "is not a pair of values")],
    ),
    "a view with a value that no dict could hold": (
        partial(trio, views=[warmth({**SILENT, "prospect": []})]),
        [("view_bad_value", "Warmth", "no value of Warmth: []")],
    ),
    "an event named in two words": (
        partial(trio, also=[stay("looked in", "guest")]),
        [("bad_name", "looked in", "a name is an identifier")],
    ),
    "an event without a name": (
        partial(trio, also=[stay("", "guest")]),
        [("bad_name", "", "a name is an identifier")],
    ),
    "an event named as the chart's own": (
        partial(trio, also=[stay("send", "guest")]),
        [("bad_name", "send", "is taken by Python or by the state chart; rename the event")],
    ),
    "an event named as a room": (
        partial(trio, also=[stay("former", "guest")]),
        [("bad_name", "former", "cannot have the name of a room")],
    ),
    "an event named as a stage's callback": (
        partial(trio, also=[stay("on_enter_guest", "guest")]),
        [("bad_name", "on_enter_guest", "is taken")],
    ),
    "an event named as another event's callback": (
        partial(trio, also=[stay("after_joined", "guest")]),
        [("bad_name", "after_joined", "is taken")],
    ),
    "an event named as everybody's callback": (
        partial(trio, also=[stay("before_transition", "guest")]),
        [("bad_name", "before_transition", "is taken")],
    ),
    "an event that is no event": (
        partial(trio, also=[stay(7, "guest")]),
        [("bad_part", "7", "7 is not a name of at most 100 letters")],
    ),
    "a lifecycle named in two words": (
        partial(trio, name="my club"),
        [("bad_name", "my club", "a lifecycle needs a name that is a short identifier")],
    ),
    "a lifecycle named by a number": (
        partial(trio, name=7),
        [("bad_name", "7", "a lifecycle needs a name that is a short identifier")],
    ),
    "a stage inside one of its own name": (
        partial(trio, prospect=[stage("guest", stage("guest"))]),
        [("duplicate_name", "guest", "2 places have this name")],
    ),
    "a stage of the same name in two rooms": (
        partial(trio, former=[stage("gone"), stage("guest"), stage("out", stage("guest"))]),
        [("duplicate_name", "guest", "3 places have this name")],
    ),
    "a stage named as its room": (
        partial(trio, former=[stage("gone"), stage("former")]),
        [("duplicate_name", "former", "every room, region and stage needs one of its own")],
    ),
    "a region named as its stage": (
        partial(
            trio,
            customer=[region("member", stage("member"))],
            rules=[move("joined", "guest", "customer"), move("left", "guest", "gone")],
        ),
        [("duplicate_name", "member", "2 places have this name")],
    ),
    # Where rules stand and lead.
    "a move from nowhere known": (
        partial(trio, also=[move("called", "stranger", "gone")]),
        [
            (
                "unknown_place",
                "called: stranger -> gone",
                "there is no stage, region or room 'stranger'",
            )
        ],
    ),
    "a move to nowhere known": (
        partial(trio, also=[move("called", "guest", ["a", "b"])]),
        [("unknown_place", "called: guest -> a+b", "no stage, region or room 'a' and 'b'")],
    ),
    "a condition that nobody knows": (
        partial(trio, also=[stay("called", "guest", when="a", unless="b")]),
        [("unknown_place", "called: guest stays when a unless b", "'a' and 'b'")],
    ),
    "a forbiddance nowhere known": (
        partial(trio, also=[forbid("called", ["guest", "stranger"])]),
        [("unknown_place", "called: guest, stranger forbids", "'stranger'")],
    ),
    "a rule without a place": (
        partial(trio, also=[stay("called", [])]),
        [("unknown_place", "called:  stays", "names no place to start from")],
    ),
    "a condition on the place itself": (
        partial(trio, also=[stay("called", "guest", when="guest")]),
        [("bad_condition", "called: guest stays when guest", "'guest' is no stage inside 'guest'")],
    ),
    "a condition on a stage beside it": (
        partial(club, also=[stay("called", "guest", unless="asking")]),
        [("bad_condition", "called: guest stays unless asking", "so the condition says nothing")],
    ),
    "a condition on what it lies in": (
        partial(club, also=[stay("called", "gold", when="member")]),
        [("bad_condition", "called: gold stays when member", "'member' is no stage inside 'gold'")],
    ),
    "a condition on another room": (
        partial(club, also=[stay("called", "guest", when="happy")]),
        [("bad_condition", "called: guest stays when happy", "in another region of its room")],
    ),
    "a condition on a region": (
        partial(club, also=[move("called", "happy", "cross", when="bond")]),
        [
            (
                "bad_condition",
                "called: happy -> cross when bond",
                "'bond' is no stage inside 'happy'",
            )
        ],
    ),
    "a move that leads nowhere": (
        partial(trio, also=[move("called", "guest", [])]),
        [("bad_target", "called: guest -> ", "the move leads nowhere; name a stage, or use Stay")],
    ),
    "a move to a region": (
        partial(club, also=[move("called", "gone", "bond")]),
        [("bad_target", "called: gone -> bond", "leads to a stage or a room, not to a region")],
    ),
    "a move to a region and a stage of another": (
        partial(club, also=[move("called", "gone", ["gold", "mood"])]),
        [("bad_target", "called: gone -> gold+mood", "not to a region")],
    ),
    "a move to two stages of one region": (
        partial(club, also=[move("called", "gone", ["trial", "gold"])]),
        [("bad_target", "called: gone -> trial+gold", "stages in different regions of one room")],
    ),
    "a move to two stages of a room without regions": (
        partial(club, also=[move("called", "gone", ["guest", "asking"])]),
        [("bad_target", "called: gone -> guest+asking", "stages in different regions of one room")],
    ),
    "a move to two rooms": (
        partial(club, also=[move("called", "gone", ["guest", "gold"])]),
        [("bad_target", "called: gone -> guest+gold", "stages in different regions of one room")],
    ),
    "a move to a room and one of its stages": (
        partial(club, also=[move("called", "gone", ["customer", "gold"])]),
        [
            (
                "bad_target",
                "called: gone -> customer+gold",
                "stages in different regions of one room",
            )
        ],
    ),
    "a move into another region": (
        partial(club, also=[move("called", "gold", "cross")]),
        [("crosses_regions", "called: gold -> cross", "give the other region a move of its own")],
    ),
    "a move from a whole region into another": (
        partial(club, also=[move("called", "mood", "gold")]),
        [("crosses_regions", "called: mood -> gold", "would reset both")],
    ),
    "a customer who becomes a prospect": (
        partial(club, also=[move("called", "gold", "guest")]),
        [("leaves_without_departure", "called: gold -> guest", "without a departure")],
    ),
    "a room of customers who become prospects": (
        partial(trio, also=[move("called", "customer", "prospect")]),
        [("leaves_without_departure", "called: customer -> prospect", "lead the move to the room")],
    ),
    # Views.
    "two views with one model": (
        partial(club, views=[VIEW, VIEW]),
        [("duplicate_view", "Warmth", "two views have this model; keep one")],
    ),
    "a value of another model": (
        partial(trio, views=[warmth({**SILENT, "prospect": Light.RED})]),
        [("view_bad_value", "Warmth", "no value of Warmth: <Light.RED: 'red'>")],
    ),
    "a move of another model": (
        partial(trio, views=[warmth(SILENT, (None, Light.RED), ("cold", None))]),
        [("view_bad_value", "Warmth", "no value of Warmth: 'cold' and <Light.RED: 'red'>")],
    ),
    "a view of nothing known": (
        partial(trio, views=[warmth({**SILENT, "stranger": None})]),
        [("unknown_place", "Warmth", "there is no stage, region or room 'stranger'")],
    ),
    "a view that forgets some stages": (
        partial(club, views=[warmth({"guest": None, "customer": None, "gone": None})]),
        [("view_not_total", "Warmth", "says nothing of looking and asking; give a value, or None")],
    ),
    "a view of which two regions speak": (
        partial(club, views=[warmth({**SILENT, "gold": Warmth.WARM, "cross": Warmth.COLD})]),
        [("view_ambiguous", "Warmth", "two things of gold+cross; let one region speak")],
    ),
}

EVERYTHING = partial(
    club,
    name="my club",
    customer=[stage("loose"), region("bond"), region("mood", stage("happy"), stage("send"))],
    former=[],
    rules=[
        move("called", "stranger", "guest"),
        move("called", "guest", []),
        move("vexed", "happy", "guest"),
        stay("soothed", "happy", when="happy"),
    ],
    views=[
        warmth({"guest": Light.RED, "happy": None, "loose": Warmth.COLD}),
        warmth({"prospect": None, "happy": None, "loose": None}),
    ],
)


def codes_of(module):
    """Every code that a module gives to a fault, by itself or by a helper of the same name."""
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and ast.unparse(node.func).lower().endswith("fault")
    ]
    codes = [call.args[0] for call in calls]
    return {code.value for code in codes if isinstance(code, ast.Constant)}


def test_the_gallery_shows_every_kind_of_fault():
    """Each code that the module can give stands in it at least once."""
    shown = {code for _, expected in GALLERY.values() for code, _, _ in expected}

    assert shown == codes_of(faults)


@pytest.mark.parametrize(("make", "expected"), GALLERY.values(), ids=GALLERY.keys())
def test_a_broken_definition_is_refused_for_what_is_wrong_with_it(make, expected):
    """With its code, its place and its words, and for nothing else."""
    with pytest.raises(InvalidLifecycle, match="fault") as caught:
        make()

    found = caught.value.faults
    assert [(fault.code, fault.where) for fault in found] == [(c, w) for c, w, _ in expected]
    assert [part for _, _, part in expected if part not in str(caught.value)] == []


def test_the_error_names_the_lifecycle_and_tells_every_fault():
    """One line each."""
    with pytest.raises(InvalidLifecycle, match="The lifecycle 'trio' has 2 faults:") as caught:
        trio(prospect=[stage("guest", stage("class"))], also=[stay("send", "guest")])

    assert caught.value.lifecycle == "trio"
    assert [fault.where for fault in caught.value.faults] == ["class", "send"]
    assert str(caught.value).count("\n  - ") == 2


def test_a_lifecycle_names_all_its_faults_at_once():
    """Nobody should have to mend one to hear of the next."""
    with pytest.raises(InvalidLifecycle, match="faults") as caught:
        EVERYTHING()

    assert {(fault.code, fault.where) for fault in caught.value.faults} == {
        ("bad_name", "my club"),
        ("mixed_room", "customer"),
        ("empty_region", "bond"),
        ("room_missing", "former"),
        ("bad_name", "send"),
        ("unknown_place", "called: stranger -> guest"),
        ("bad_target", "called: guest -> "),
        ("leaves_without_departure", "vexed: happy -> guest"),
        ("bad_condition", "soothed: happy stays when happy"),
        ("duplicate_view", "Warmth"),
        ("view_bad_value", "Warmth"),
        ("view_not_total", "Warmth"),
    }


def test_a_lifecycle_names_no_fault_twice():
    """A rule with three places may be wrong at each of them in the same way."""
    with pytest.raises(InvalidLifecycle, match="1 fault") as caught:
        club(also=[move("called", ["guest", "looking", "asking"], "bond")])

    assert caught.value.faults == (
        Fault(
            "bad_target",
            "called: guest, looking, asking -> bond",
            "a move leads to a stage or a room, not to a region.",
        ),
    )


@pytest.mark.parametrize(
    "make",
    [
        trio,
        club,
        partial(trio, customer=TWO_REGIONS),
        partial(trio, views=[warmth(SILENT)]),
        partial(club, also=[stay("gone", "guest")]),
        partial(club, also=[stay("bond", "guest")]),
        partial(club, also=[stay("called", "customer", when="gold", unless="cross")]),
        partial(club, also=[stay("called", "member", when="gold")]),
        partial(club, also=[move("called", "gone", ["cross", "gold"])]),
        partial(club, also=[move("called", "mood", ["trial", "cross"])]),
        partial(club, also=[move("called", "customer", "gold")]),
        partial(club, also=[move("called", "gold", "customer")]),
        partial(club, also=[move("called", "former", "prospect")]),
        partial(club, also=[forbid("called", "bond")]),
        partial(
            club,
            views=[
                warmth(
                    {**SILENT, "customer": Warmth.WARM, "gold": Warmth.WARM, "cross": Warmth.WARM},
                    (None, Warmth.WARM),
                    (Warmth.WARM, None),
                )
            ],
        ),
    ],
    ids=[
        "three stages",
        "nested stages and regions",
        "regions of one stage",
        "a view that is silent",
        "an event named as a stage",
        "an event named as a region",
        "a room's condition on its stages",
        "a stage's condition on what lies in it",
        "a move to a stage in each region",
        "a reset from a region",
        "a room's move into one region",
        "a move to the whole room",
        "a move from room to room",
        "a forbiddance in one region",
        "regions that say the same",
    ],
)
def test_a_sound_definition_has_no_fault(make):
    """And its table compiles."""
    lifecycle = make()

    assert set(to_table(lifecycle).events) == {rule.on for rule in lifecycle.rules}


def names_of(thing):
    """Every public name that a chart or a state answers to."""
    return {name for name in dir(thing) if not name.startswith("_")}


CLUB_CHART = to_chart(club())
CLUB_NAMES = {*club().places.by_name, *club().events}


@pytest.mark.parametrize(
    "thing",
    [
        StateChart,
        type(StateChart),
        CLUB_CHART,
        CLUB_CHART(),
        ChartState,
        ChartState(),
        CLUB_CHART.states_map["visitor"],
        CLUB_CHART().states_map["visitor"],
    ],
    ids=[
        "the class of charts",
        "the class of their classes",
        "a chart class",
        "a chart",
        "the class of states",
        "a new state",
        "a stage of a chart class",
        "a stage of a chart",
    ],
)
def test_every_public_name_of_a_chart_is_reserved(thing):
    """No stage or event can hide it."""
    names = names_of(thing)

    assert names & RESERVED
    assert names - CLUB_NAMES - RESERVED == set()


@pytest.mark.parametrize("name", sorted(RESERVED))
@pytest.mark.parametrize("way", ["stage", "region", "event"])
def test_a_reserved_name_is_refused(way, name):
    """Whatever bears it."""
    parts = {
        "stage": {"prospect": [stage("guest", stage(name))]},
        "region": {"customer": [region(name, stage("member"))]},
        "event": {"also": [stay(name, "guest")]},
    }

    with pytest.raises(InvalidLifecycle, match="is taken by Python or by the state") as caught:
        trio(**parts[way])

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("bad_name", name)]


def callbacks(ways, subjects):
    return [f"{way}_{subject}" for way in ways for subject in subjects]


OF_STAGES = ["on_enter", "on_exit", "on_invoke"]
OF_EVENTS = ["before", "on", "after"]
CALLED = callbacks(OF_STAGES, ["guest", "former", "state"])
CALLED += callbacks(OF_EVENTS, ["joined", "transition"])
UNCALLED = callbacks(OF_STAGES, ["joined", "transition"])
UNCALLED += callbacks(OF_EVENTS, ["guest", "former", "state"])

both_ways = pytest.mark.parametrize(
    "put",
    [
        lambda name: {"also": [stay(name, "guest")]},
        lambda name: {"former": [stage("gone", stage(name))]},
    ],
    ids=["event", "stage"],
)


@pytest.mark.parametrize("name", CALLED)
@both_ways
def test_a_name_that_a_chart_would_call_is_refused(put, name):
    """Stages are entered, left and invoked; before, on and after an event something is done."""
    with pytest.raises(InvalidLifecycle, match="is taken by Python or by the state") as caught:
        trio(**put(name))

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("bad_name", name)]


@pytest.mark.parametrize("name", UNCALLED)
@both_ways
def test_a_name_that_only_looks_like_a_callbacks_is_free(put, name):
    """Nobody enters an event, and nothing is done before a stage."""
    lifecycle = trio(**put(name))

    assert name in {*lifecycle.events, *lifecycle.places.by_name}
    assert len(to_table(lifecycle).states) == 3
