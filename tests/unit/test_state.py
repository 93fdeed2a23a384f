"""States: what they tell of themselves, and that they are plain values."""

import pickle

import pytest
from attrs.exceptions import FrozenInstanceError

from custlife import Room, State

TRIAL = State(Room.PROSPECT, (("prospect", "visitor", "trial"),))
CROSS = State(Room.CUSTOMER, (("bond", "member", "gold"), ("standing", "in_conflict")))
ONLY_BOND = State(Room.CUSTOMER, (("bond", "buyer"),))


@pytest.mark.parametrize(
    ("room", "paths"),
    [
        (Room.CUSTOMER, "buyer"),
        (Room.CUSTOMER, ("buyer",)),
        (Room.CUSTOMER, ((),)),
        ("customer", (("bond", "buyer"),)),
    ],
    ids=str,
)
def test_a_state_takes_a_room_and_tuples_of_names(room, paths):
    """A text is not read letter by letter."""
    with pytest.raises(TypeError, match=r"takes a Room.*lifecycle\.state\(\.\.\.\) makes one"):
        State(room, paths)


def test_there_are_three_rooms_in_the_order_of_the_lifecycle():
    """A room is known by its name."""
    assert [room.value for room in Room] == ["prospect", "customer", "former"]


@pytest.mark.parametrize(
    ("state", "stages"),
    [(TRIAL, ("trial",)), (CROSS, ("gold", "in_conflict")), (ONLY_BOND, ("buyer",))],
    ids=str,
)
def test_a_state_gives_its_innermost_stages_in_the_order_of_the_regions(state, stages):
    """The first region's is the stage of the state."""
    assert state.stages == stages
    assert state.stage == stages[0]


@pytest.mark.parametrize(
    ("state", "regions"),
    [
        (TRIAL, {"prospect": "trial"}),
        (CROSS, {"bond": "gold", "standing": "in_conflict"}),
        (ONLY_BOND, {"bond": "buyer"}),
    ],
    ids=str,
)
def test_a_room_without_regions_is_its_own_region(state, regions):
    """The innermost stages are told by the region's name."""
    assert state.regions == regions


def test_the_regions_are_a_copy():
    """Whoever writes into them changes no state."""
    CROSS.regions["bond"] = "lost"

    assert CROSS.regions == {"bond": "gold", "standing": "in_conflict"}


@pytest.mark.parametrize("name", ["customer", "bond", "member", "gold", "standing", "in_conflict"])
def test_a_state_is_in_everything_that_is_active(name):
    """In the room, the regions, the outer stages and the innermost ones."""
    assert CROSS.is_in(name)


@pytest.mark.parametrize("name", ["prospect", "former", "content", "gol", "", "gold+in_conflict"])
def test_a_state_is_in_nothing_else(name):
    """Not in another room, nor in a stage beside its own, nor in a part of a name."""
    assert not CROSS.is_in(name)


@pytest.mark.parametrize(
    ("state", "short", "long", "shown"),
    [
        (
            TRIAL,
            "trial",
            "prospect (visitor > trial)",
            "<State prospect (prospect: visitor > trial)>",
        ),
        (
            CROSS,
            "gold+in_conflict",
            "customer (bond: member > gold, standing: in_conflict)",
            "<State customer (bond: member > gold, standing: in_conflict)>",
        ),
        (ONLY_BOND, "buyer", "customer (buyer)", "<State customer (bond: buyer)>"),
    ],
    ids=["one region", "two regions", "one named region"],
)
def test_a_state_is_written_in_three_ways(state, short, long, shown):
    """By its innermost stages, in words for messages, and in full for developers."""
    assert str(state) == short
    assert state.describe() == long
    assert repr(state) == shown


def test_states_with_the_same_stages_are_equal():
    """So that they can be looked up in a table."""
    twin = State(Room.CUSTOMER, (("bond", "member", "gold"), ("standing", "in_conflict")))

    assert twin == CROSS
    assert hash(twin) == hash(CROSS)


@pytest.mark.parametrize(
    "other",
    [
        State(Room.FORMER, CROSS.paths),
        State(Room.CUSTOMER, CROSS.paths[::-1]),
        State(Room.CUSTOMER, CROSS.paths[:1]),
        "gold+in_conflict",
    ],
    ids=["another room", "another order", "one region less", "its name"],
)
def test_states_that_differ_anywhere_are_unequal(other):
    """In the room, in the order of the regions, in a stage, or in kind."""
    assert other != CROSS


def test_a_state_cannot_be_changed():
    """It is a value."""
    with pytest.raises(FrozenInstanceError):
        CROSS.room = Room.FORMER


@pytest.mark.parametrize("state", [TRIAL, CROSS], ids=str)
def test_a_state_pickles(state):
    """What comes back is equal, and found in a dictionary of states."""
    back = pickle.loads(pickle.dumps(state))

    assert {state: "found"}[back] == "found"
    assert back.paths == state.paths


def test_a_room_is_asked_for_by_name_or_as_such():
    """Both questions have the same answer."""
    state = State(Room.CUSTOMER, (("customer", "member"),))

    assert (state.is_in(Room.CUSTOMER), state.is_in("customer")) == (True, True)
    assert (state.is_in(Room.FORMER), state.is_in("former")) == (False, False)
