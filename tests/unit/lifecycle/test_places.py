"""The places of a lifecycle: which place lies in which, and every state that they combine to."""

import pytest
from tests.unit.lifecycle.builders import CUSTOMER, FORMER, PROSPECT, region, stage

from custlife import Room, Stage, State
from custlife.lifecycle.places import MOST_STATES, has_regions, places_of, too_large

CLUB = places_of(
    {
        Room.PROSPECT: tuple(PROSPECT),
        Room.CUSTOMER: tuple(CUSTOMER),
        Room.FORMER: tuple(FORMER),
    }
)
ALONE = places_of(
    {
        Room.PROSPECT: (region("interest", stage("guest")),),
        Room.CUSTOMER: (stage("member"),),
        Room.FORMER: (stage("gone"),),
    }
)


@pytest.mark.parametrize(
    ("name", "room", "within", "inside"),
    [
        ("prospect", Room.PROSPECT, (), "prospect"),
        ("guest", Room.PROSPECT, ("prospect",), "prospect"),
        ("visitor", Room.PROSPECT, ("prospect",), "prospect"),
        ("asking", Room.PROSPECT, ("prospect", "visitor"), "prospect"),
        ("customer", Room.CUSTOMER, (), None),
        ("bond", Room.CUSTOMER, ("customer",), "bond"),
        ("gold", Room.CUSTOMER, ("customer", "bond", "member"), "bond"),
        ("cross", Room.CUSTOMER, ("customer", "mood"), "mood"),
    ],
)
def test_a_place_knows_its_room_its_region_and_all_that_it_lies_in(name, room, within, inside):
    """From the room inwards; a room with regions lies in none of them."""
    place = CLUB.by_name[name]

    assert (place.name, place.room, place.region) == (name, room, inside)
    assert place.within == within


@pytest.mark.parametrize(
    ("name", "children", "leaves"),
    [
        ("prospect", ("guest", "visitor"), ("guest", "looking", "asking")),
        ("visitor", ("looking", "asking"), ("looking", "asking")),
        ("customer", ("bond", "mood"), ("trial", "silver", "gold", "happy", "cross")),
        ("bond", ("trial", "member"), ("trial", "silver", "gold")),
        ("member", ("silver", "gold"), ("silver", "gold")),
        ("gold", (), ("gold",)),
    ],
)
def test_a_place_knows_what_lies_in_it(name, children, leaves):
    """Directly inside, and innermost; a leaf is its own innermost stage."""
    place = CLUB.by_name[name]

    assert (place.children, place.leaves) == (children, leaves)


def test_only_innermost_stages_are_leaves():
    """However deep they lie."""
    deep = places_of(
        {
            Room.PROSPECT: (stage("guest", stage("visitor", stage("looking"), stage("asking"))),),
            Room.CUSTOMER: (region("bond", stage("member", stage("gold"))),),
            Room.FORMER: (stage("gone"),),
        }
    )

    assert deep.by_name["prospect"].leaves == ("looking", "asking")
    assert deep.by_name["guest"].leaves == ("looking", "asking")
    assert deep.by_name["bond"].leaves == ("gold",)


def test_places_come_in_the_order_of_definition():
    """Each room before what it holds."""
    assert CLUB.order == (
        *("prospect", "guest", "visitor", "looking", "asking"),
        *("customer", "bond", "trial", "member", "silver", "gold", "mood", "happy", "cross"),
        *("former", "gone"),
    )
    assert tuple(CLUB.by_name) == CLUB.order


def test_the_chain_of_a_place_leads_outwards():
    """From itself to its room."""
    assert CLUB.by_name["gold"].chain == ("gold", "member", "bond", "customer")
    assert CLUB.by_name["former"].chain == ("former",)


def test_a_place_keeps_its_sentence_and_its_stage():
    """Rooms and regions are no stages."""
    assert CLUB.by_name["guest"].stage == Stage("guest", "Is guest.")
    assert CLUB.by_name["guest"].sentence == "Is guest."
    assert (CLUB.by_name["bond"].stage, CLUB.by_name["bond"].sentence) == (None, "The bond.")
    assert (CLUB.by_name["former"].stage, CLUB.by_name["former"].sentence) == (
        None,
        "The room former.",
    )


def test_a_room_without_regions_is_its_own_region():
    """A room with regions has those, a single one included."""
    assert CLUB.regions == {
        Room.PROSPECT: ("prospect",),
        Room.CUSTOMER: ("bond", "mood"),
        Room.FORMER: ("former",),
    }
    assert ALONE.regions[Room.PROSPECT] == ("interest",)


@pytest.mark.parametrize(
    ("plan", "answer"),
    [((), False), (PROSPECT, False), (CUSTOMER, True), ([*PROSPECT, *CUSTOMER], True)],
    ids=["empty", "stages", "regions", "mixed"],
)
def test_a_room_with_any_region_has_regions(plan, answer):
    """Even where stages stand beside it."""
    assert has_regions(tuple(plan)) is answer


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        ("guest", ("guest",)),
        ("visitor", ("looking",)),
        ("prospect", ("guest",)),
        ("bond", ("trial",)),
        ("member", ("silver",)),
        ("customer", ("trial", "happy")),
        ("former", ("gone",)),
    ],
)
def test_entering_a_place_leads_to_the_first_of_everything_inside(name, leaves):
    """One innermost stage for each region."""
    assert CLUB.entry(name) == leaves


@pytest.mark.parametrize(
    ("leaf", "path"),
    [
        ("guest", ("prospect", "guest")),
        ("asking", ("prospect", "visitor", "asking")),
        ("gold", ("bond", "member", "gold")),
        ("cross", ("mood", "cross")),
    ],
)
def test_a_path_leads_from_the_region_to_the_leaf(leaf, path):
    """As states keep it."""
    assert CLUB.path(leaf) == path


def test_the_path_in_a_single_region_begins_with_it():
    """Not with the room."""
    assert ALONE.path("guest") == ("interest", "guest")


@pytest.mark.parametrize("leaves", [("gold", "cross"), ("cross", "gold")], ids=str)
def test_leaves_make_a_state_in_any_order(leaves):
    """The state keeps the order of the regions."""
    assert CLUB.state(leaves) == State(
        Room.CUSTOMER, (("bond", "member", "gold"), ("mood", "cross"))
    )


def test_the_states_are_all_combinations_room_by_room():
    """The last region's stages change first."""
    assert [str(state) for state in CLUB.states] == [
        *("guest", "looking", "asking"),
        *("trial+happy", "trial+cross"),
        *("silver+happy", "silver+cross"),
        *("gold+happy", "gold+cross"),
        "gone",
    ]


def test_of_places_that_share_a_name_the_first_counts():
    """The order shows all of them, so that the double can be told."""
    doubled = places_of(
        {
            Room.PROSPECT: (stage("guest", stage("shy")),),
            Room.CUSTOMER: (stage("guest"),),
            Room.FORMER: (stage("gone"),),
        }
    )

    assert doubled.order.count("guest") == 2
    assert doubled.by_name["guest"].room is Room.PROSPECT
    assert doubled.by_name["guest"].children == ("shy",)


def test_an_empty_room_or_region_combines_to_no_state():
    """It is for the checks to say that something is missing."""
    empty = places_of(
        {
            Room.PROSPECT: (),
            Room.CUSTOMER: (region("bond"), region("mood", stage("happy"))),
            Room.FORMER: (stage("gone"),),
        }
    )

    assert [str(state) for state in empty.states] == ["gone"]
    assert (empty.by_name["prospect"].leaves, empty.by_name["bond"].leaves) == ((), ())


@pytest.mark.parametrize(("more", "found"), [(0, []), (1, ["too_many_states"])], ids=str)
def test_a_lifecycle_has_no_more_states_than_the_limit(more, found):
    """As many as the limit says are allowed."""
    plan = tuple(stage(f"s{number}") for number in range(MOST_STATES + more))

    assert [fault.code for fault in too_large({Room.PROSPECT: plan})] == found
