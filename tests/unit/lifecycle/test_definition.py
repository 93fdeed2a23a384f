"""The lifecycle as a value: its states, its views, and how it is refined."""

import pickle
from enum import Enum

import pytest
from attrs.exceptions import FrozenInstanceError
from tests.unit.lifecycle.builders import (
    CUSTOMER,
    FORMER,
    MOVES,
    PROSPECT,
    VIEW,
    Warmth,
    club,
    move,
    region,
    stage,
    stay,
    trio,
)

from custlife import (
    CUSTOMER_LIFECYCLE,
    EFR,
    IMH,
    InvalidArgument,
    InvalidLifecycle,
    Ladder,
    Lifecycle,
    Move,
    Phase,
    Room,
    Stage,
    State,
    UnknownState,
    View,
    ViewNotDefined,
    from_chart,
    to_chart,
    to_table,
)

Namesake = Enum("Warmth", ["COLD", "WARM"])
"""Another model of the same name."""

CLUB = club()


@pytest.fixture
def finer():
    """The club, with its visitors who look split in two."""
    return CLUB.refine("looking", ["peeping", "browsing"], [move("peeped", "peeping", "browsing")])


def test_a_lifecycle_has_three_rooms_as_given():
    """In the order of the lifecycle, as tuples."""
    assert CLUB.rooms == {
        Room.PROSPECT: tuple(PROSPECT),
        Room.CUSTOMER: tuple(CUSTOMER),
        Room.FORMER: tuple(FORMER),
    }
    assert list(CLUB.rooms) == list(Room)


def test_events_come_in_the_order_of_first_mention():
    """Each once, however many rules answer it."""
    lifecycle = club(also=[stay("entered", "visitor"), stay("called", "guest")])

    assert lifecycle.events == (*[rule.on for rule in MOVES], "called")


def test_every_relationship_begins_at_the_first_of_the_prospects():
    """The first innermost stage of each region of the first room."""
    assert CLUB.initial == State(Room.PROSPECT, (("prospect", "guest"),))
    assert str(club(prospect=PROSPECT[::-1], also=[move("x", "asking", "guest")]).initial) == (
        "looking"
    )


def test_the_states_are_all_combinations_room_by_room():
    """Three prospects, three bonds by two moods, one former customer."""
    assert [state.room for state in CLUB.states] == (
        [Room.PROSPECT] * 3 + [Room.CUSTOMER] * 6 + [Room.FORMER]
    )
    assert len({str(state) for state in CLUB.states}) == 10


def test_a_lifecycle_shows_its_size():
    """Instead of all its rules."""
    assert repr(CLUB) == "<Lifecycle 'club': 10 states, 9 events>"


@pytest.mark.parametrize("state", CLUB.states, ids=str)
def test_a_state_is_found_by_its_innermost_stages_in_any_order(state):
    """One for each region."""
    assert CLUB.state(*state.stages) == state
    assert CLUB.state(*reversed(state.stages)) == state


@pytest.mark.parametrize(
    "stages",
    [
        ("stranger",),
        ("gold",),
        ("gold", "trial"),
        ("gold", "happy", "cross"),
        ("gold", "gold"),
        ("guest", "gone"),
        ("visitor",),
        ("prospect",),
    ],
    ids=" + ".join,
)
def test_stages_that_are_no_state_are_unknown(stages):
    """Too few, too many, of different rooms, or not innermost; the error lists the states."""
    with pytest.raises(UnknownState, match="The lifecycle 'club' does not know") as caught:
        CLUB.state(*stages)

    assert caught.value.state == " + ".join(stages)
    assert caught.value.lifecycle == "club"
    assert caught.value.known == tuple(map(str, CLUB.states))


def test_a_view_is_found_by_its_model():
    """The very view that was given."""
    assert CLUB.view_for(Warmth) is VIEW
    assert CUSTOMER_LIFECYCLE.view_for(Phase).model is Phase


@pytest.mark.parametrize(
    ("lifecycle", "model", "name", "defined"),
    [
        (CLUB, Ladder, "Ladder", ("Warmth",)),
        (CLUB, Namesake, "Warmth", ("Warmth",)),
        (trio(), Warmth, "Warmth", ()),
        (CUSTOMER_LIFECYCLE, Warmth, "Warmth", ("Ladder", "Phase", "Process")),
        (CLUB, "Warmth", "'Warmth'", ("Warmth",)),
    ],
    ids=["another", "namesake", "no view", "three others", "by name"],
)
def test_a_view_that_is_not_defined_is_an_error(lifecycle, model, name, defined):
    """It names the views that are; a namesake is another model."""
    with pytest.raises(ViewNotDefined, match="has no view") as caught:
        lifecycle.view_for(model)

    assert (caught.value.view, caught.value.defined) == (name, defined)
    assert caught.value.lifecycle == lifecycle.name


def test_lifecycles_made_alike_are_equal():
    """So that a table is compiled once for all of them."""
    twin = club()

    assert twin is not CLUB
    assert twin == CLUB
    assert hash(twin) == hash(CLUB)
    assert to_table(twin) is to_table(CLUB)


@pytest.mark.parametrize(
    "other",
    [
        club(name="other"),
        club(also=[stay("called", "guest")]),
        club(rules=MOVES[::-1]),
        club(views=[]),
        club(former=[stage("gone", stage("away"))]),
        club(former=[Stage("gone", "Is away.")]),
        club(former=[Stage("gone", "Is gone.", IMH[6])]),
    ],
    ids=["name", "a rule", "the order of rules", "views", "a stage", "a sentence", "a source"],
)
def test_lifecycles_that_differ_anywhere_are_unequal(other):
    """In a name, a rule, a view, a stage, a sentence, a source."""
    assert other != CLUB


@pytest.mark.parametrize("lifecycle", [CLUB, CUSTOMER_LIFECYCLE], ids=lambda one: one.name)
def test_a_lifecycle_pickles(lifecycle):
    """What comes back is equal, has the same table, and the same views."""
    back = pickle.loads(pickle.dumps(lifecycle))

    assert back == lifecycle
    assert hash(back) == hash(lifecycle)
    assert (back.states, back.events, back.initial) == (
        lifecycle.states,
        lifecycle.events,
        lifecycle.initial,
    )
    assert to_table(back) is to_table(lifecycle)


def test_a_lifecycle_cannot_be_changed():
    """It is a value."""
    with pytest.raises(FrozenInstanceError):
        CLUB.rules = ()


def test_rooms_and_rules_are_taken_from_any_iterable():
    """Whoever writes into the list afterwards changes nothing."""
    rooms = {"prospect": [stage("guest")], "customer": [stage("member")], "former": [stage("gone")]}
    moves = [move("joined", "guest", "member"), move("left", "member", "gone")]

    lifecycle = Lifecycle("trio", **{name: iter(plan) for name, plan in rooms.items()}, rules=moves)
    moves.clear()

    assert lifecycle.events == ("joined", "left")
    assert [str(state) for state in lifecycle.states] == ["guest", "member", "gone"]


def test_the_parts_of_a_lifecycle_are_given_by_name():
    """A bare position would say nothing."""
    with pytest.raises(TypeError, match="positional argument"):
        Lifecycle("club", PROSPECT, customer=CUSTOMER, former=FORMER, rules=MOVES)


def test_refining_splits_a_stage(finer):
    """The sub-stages lie in it, and the first of them is entered first."""
    assert [str(state) for state in finer.states[:4]] == ["guest", "peeping", "browsing", "asking"]
    assert finer.state("browsing").paths == (("prospect", "visitor", "looking", "browsing"),)
    assert finer.places.entry("visitor") == ("peeping",)


def test_a_bare_name_is_a_part_of_the_stage(finer):
    """With a sentence of its own, and the row that allows to split."""
    peeping = finer.places.by_name["peeping"].stage

    assert peeping == Stage("peeping", "A part of looking.", EFR[7])


def test_a_sub_stage_keeps_the_rules_of_the_stage(finer):
    """Unless it answers itself."""
    table = to_table(finer)

    assert str(table.step(finer.state("browsing"), "asked")) == "asking"
    assert str(table.step(finer.state("peeping"), "left")) == "gone"
    assert str(table.step(finer.state("peeping"), "peeped")) == "browsing"


def test_a_sub_stages_own_rule_comes_first():
    """Before the rule of the stage that it lies in."""
    finer = CLUB.refine("looking", ["peeping", "browsing"], [move("asked", "peeping", "browsing")])

    assert str(to_table(finer).step(finer.state("peeping"), "asked")) == "browsing"
    assert str(to_table(finer).step(finer.state("browsing"), "asked")) == "asking"


def test_refining_leaves_the_old_lifecycle_untouched(finer):
    """Value, hash, states, events and table."""
    assert club() == CLUB != finer
    assert hash(CLUB) == hash(club())
    assert len(CLUB.states) == 10
    assert "peeped" not in CLUB.events
    assert not CLUB.places.by_name["looking"].children
    assert str(to_table(CLUB).step(CLUB.state("guest"), "entered")) == "looking"


def test_a_refined_lifecycle_keeps_its_name_unless_it_gets_another(finer):
    """And keeps its views."""
    renamed = CLUB.refine("gone", ["fled"], name="finer_club")

    assert finer.name == "club"
    assert renamed.name == "finer_club"
    assert finer.views == renamed.views == (VIEW,)


@pytest.mark.parametrize(
    ("name", "room", "path"),
    [
        ("guest", Room.PROSPECT, ("prospect", "guest", "part")),
        ("asking", Room.PROSPECT, ("prospect", "visitor", "asking", "part")),
        ("gold", Room.CUSTOMER, ("bond", "member", "gold", "part")),
        ("happy", Room.CUSTOMER, ("mood", "happy", "part")),
        ("gone", Room.FORMER, ("former", "gone", "part")),
    ],
)
def test_any_innermost_stage_can_be_refined(name, room, path):
    """In every room, at every depth, inside regions too; everything else stays as it is."""
    finer = CLUB.refine(name, ["part"])

    assert finer.places.path("part") == path
    assert [
        plan == old for plan, old in zip(finer.rooms.values(), CLUB.rooms.values(), strict=True)
    ] == [one is not room for one in Room]
    assert [str(state).replace("part", name) for state in finer.states] == [
        str(state) for state in CLUB.states
    ]


def test_a_stage_of_the_users_own_is_taken_as_it_is():
    """With its sentence, its source and its children."""
    own = Stage("fled", "Ran.", IMH[11], [stage("far")])

    finer = CLUB.refine("gone", [own])

    assert finer.former[0].children == (own,)
    assert str(finer.state("far").describe()) == "former (gone > fled > far)"


def test_a_refined_lifecycle_can_be_refined_again(finer):
    """Step by step, as the business learns."""
    finest = finer.refine("browsing", ["shelf", "page"], [move("turned", "shelf", "page")])

    assert finest.state("page").paths[0][1:] == ("visitor", "looking", "browsing", "page")


@pytest.mark.parametrize("name", ["stranger", "visitor", "bond", "mood", "prospect", "customer"])
def test_only_an_innermost_stage_can_be_refined(name):
    """Not a room, a region or a stage with children; the error lists those that can."""
    with pytest.raises(UnknownState, match=f"an innermost stage '{name}'") as caught:
        CLUB.refine(name, ["part"])

    assert caught.value.lifecycle == "club"
    assert caught.value.known == (
        *("guest", "looking", "asking"),
        *("trial", "silver", "gold", "happy", "cross"),
        "gone",
    )


@pytest.mark.parametrize(
    ("into", "moves", "fault"),
    [
        (["looking", "browsing"], [], ("duplicate_name", "looking")),
        (["peeping", "guest"], [], ("duplicate_name", "guest")),
        (["send"], [], ("bad_name", "send")),
        (
            ["peeping"],
            [move("x", "peeping", "stranger")],
            ("unknown_place", "x: peeping -> stranger"),
        ),
    ],
    ids=["its own name", "another's name", "reserved name", "unknown place"],
)
def test_a_refinement_is_checked_like_any_lifecycle(into, moves, fault):
    """All its faults are told."""
    with pytest.raises(InvalidLifecycle, match="The lifecycle 'club' has 1 fault") as caught:
        CLUB.refine("looking", into, moves)

    assert [(one.code, one.where) for one in caught.value.faults] == [fault]


def test_a_single_sub_stage_and_a_single_rule_need_no_list():
    """A string is one name, not many letters."""
    finer = CLUB.refine("looking", "peeking", stay("peeked", "peeking"))

    assert finer.state("peeking").is_in("looking")
    assert "peeked" in finer.events


def test_a_stage_is_split_into_something():
    """Nothing to split it into is a mistake."""
    with pytest.raises(InvalidLifecycle, match="there is nothing to split it into"):
        CLUB.refine("looking", [])


@pytest.mark.parametrize("given", [(), (1,)], ids=str)
def test_what_is_no_stage_name_is_no_state(given):
    """Numbers and nothing at all are unknown."""
    with pytest.raises(UnknownState):
        CLUB.state(*given)


def nested(levels):
    """A stage with stages inside it, on as many levels."""
    inner = stage("innermost")
    for number in range(levels - 1):
        inner = stage(f"level_{number}", inner)
    return inner


def test_a_lifecycle_has_at_most_a_thousand_states():
    """Beyond, it is refused with the number and the limit, before any state is listed."""
    wide = [region(f"r{n}", stage(f"a{n}"), stage(f"b{n}")) for n in range(100)]

    with pytest.raises(InvalidLifecycle, match=r"10\^30 states, .* at most 1,000") as caught:
        club(customer=wide)

    assert [fault.code for fault in caught.value.faults] == ["too_many_states"]
    with pytest.raises(InvalidLifecycle, match="combine to 16,388 states"):
        club(customer=wide[:14])


def test_stages_that_share_their_inside_cannot_hide_how_many_they_are():
    """Forty levels with the same two stages twice are refused at once."""
    inner = stage("innermost")
    for number in range(40):
        inner = stage(f"level_{number}", inner, inner)

    with pytest.raises(InvalidLifecycle, match="at most 1,000"):
        club(former=[inner])


@pytest.mark.parametrize("levels", [33, 500, 5000])
def test_a_lifecycle_has_at_most_32_levels(levels):
    """Beyond, it is refused with the number and the limit; Python's recursion is not reached."""
    with pytest.raises(InvalidLifecycle, match=rf"lie {levels} levels deep, .* at most 32"):
        club(former=[nested(levels)])


def test_the_deepest_lifecycle_compiles():
    """32 levels are not too many for the chart."""
    deep = Lifecycle(
        "deep",
        prospect=[stage("guest")],
        customer=[stage("member")],
        former=[nested(32)],
        rules=[
            Move("joined", at="guest", to="member", sentence="Joins."),
            Move("left", at="member", to="former", sentence="Leaves."),
        ],
    )

    assert str(to_table(deep).step(deep.state("member"), "left")) == "innermost"
    assert from_chart(to_chart(deep)) is deep


def test_long_names_are_cut_in_messages():
    """A name of ten million letters is refused in a few lines."""
    huge = "x" * 10**7

    with pytest.raises(InvalidLifecycle) as misnamed:
        club(name=huge, former=[Stage(huge, "Is.")], also=[stay(huge, huge)])
    with pytest.raises(UnknownState) as unknown:
        CLUB.state(huge)
    with pytest.raises(UnknownState) as unsplit:
        CLUB.refine(huge, "part")

    assert all(len(str(error.value)) < 2000 for error in (misnamed, unknown, unsplit))


@pytest.mark.parametrize("of", [None, 7, "ab", [7]])
def test_a_view_is_made_of_a_mapping(of):
    """Anything else is refused where the view is made."""
    with pytest.raises(InvalidArgument, match=r"of is .*, but must be a mapping of names"):
        View(Warmth, of=of, moves=[], sentence="Is.")


@pytest.mark.parametrize("moves", [None, 7, [[]]])
def test_the_moves_of_a_view_are_pairs(moves):
    """Anything else is refused where the view is made."""
    with pytest.raises(InvalidArgument, match=r"moves is .*, but must be pairs of values"):
        View(Warmth, of={}, moves=moves, sentence="Is.")
