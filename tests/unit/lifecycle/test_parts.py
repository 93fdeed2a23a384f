"""The parts of a lifecycle: how they take what the user writes, and how they read."""

import pickle
from enum import Enum

import pytest
from attrs.exceptions import FrozenInstanceError
from tests.unit.lifecycle.builders import VIEW, Warmth, move, stage, stay, warmth

from custlife import (
    IMH,
    OWN,
    ComplaintSettled,
    Forbid,
    Move,
    Region,
    Room,
    Stage,
    State,
    Stay,
    View,
)

GOLD = State(Room.CUSTOMER, (("bond", "member", "gold"), ("mood", "happy")))
LOOKING = State(Room.PROSPECT, (("prospect", "visitor", "looking"),))


class Cold(Enum):
    """A model whose value equals no other model's."""

    COLD = "cold"


def moving(on, at):
    return Move(on, at=at, to="b", sentence="s")


def staying(on, at):
    return Stay(on, at=at, sentence="s")


def forbidding(on, at):
    return Forbid(on, at=at, sentence="s")


every_kind = pytest.mark.parametrize("rule", [moving, staying, forbidding])


@every_kind
def test_an_event_is_given_by_its_class_or_by_its_name(rule):
    """The rule keeps the name."""
    assert rule(ComplaintSettled, "a").on == "complaint_settled"
    assert rule(ComplaintSettled, "a") == rule("complaint_settled", "a")


@every_kind
@pytest.mark.parametrize(
    ("at", "names"),
    [("a", ("a",)), (["a", "b"], ("a", "b")), ({"a": 1, "b": 2}, ("a", "b")), ((), ())],
    ids=["bare", "list", "keys", "none"],
)
def test_places_are_given_as_one_name_or_as_several(rule, at, names):
    """In the order given."""
    assert rule("joined", names).at == names
    assert rule("joined", at) == rule("joined", names)


@pytest.mark.parametrize("field", ["to", "when", "unless"])
def test_targets_and_conditions_are_given_as_one_name_or_as_several(field):
    """In the order given."""
    bare = move("joined", "a", **{"to": "b", field: "in_conflict"})
    several = move("joined", "a", **{"to": "b", field: ["in_conflict", "gold"]})

    assert getattr(bare, field) == ("in_conflict",)
    assert getattr(several, field) == ("in_conflict", "gold")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Move("joined", "a", to="b", sentence="s"),
        lambda: Stay("joined", "a", sentence="s"),
        lambda: Forbid("joined", "a", sentence="s"),
        lambda: View(Warmth, {}, moves=[], sentence="s"),
    ],
    ids=["move", "stay", "forbid", "view"],
)
def test_all_but_the_first_field_is_given_by_name(make):
    """A bare position would say nothing."""
    with pytest.raises(TypeError, match="positional argument"):
        make()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (move("joined", "guest", "member"), "joined: guest -> member"),
        (move("joined", ["guest", "gone"], ["a", "b"]), "joined: guest, gone -> a+b"),
        (move("x", "a", "b", when="c"), "x: a -> b when c"),
        (move("x", "a", "b", when=["c", "d"]), "x: a -> b when c and d"),
        (move("x", "a", "b", unless=["c", "d"]), "x: a -> b unless c or d"),
        (move("x", "a", "b", when="c", unless="d"), "x: a -> b when c unless d"),
        (stay("x", ["a", "b"]), "x: a, b stays"),
        (stay("x", "a", when="c", unless="d"), "x: a stays when c unless d"),
        (forbidding("x", ["a", "b"]), "x: a, b forbids"),
    ],
    ids=str,
)
def test_a_rule_reads_as_a_line_of_a_table(rule, text):
    """With its condition, if it has one."""
    assert str(rule) == text


def test_a_stay_leads_nowhere():
    """As if it were a move without a target."""
    assert stay("x", "a").to == ()


@every_kind
def test_a_rule_without_a_source_is_an_assumption(rule):
    """Whoever cites nothing has decided it."""
    assert rule("x", "a").source is OWN


@pytest.mark.parametrize("part", [Stage("a", "Is."), warmth({})], ids=["stage", "view"])
def test_a_part_without_a_source_is_an_assumption(part):
    """Unless it cites one."""
    assert part.source is OWN
    assert Stage("a", "Is.", IMH[1]).source == IMH[1]


@pytest.mark.parametrize("wrap", [list, tuple, iter], ids=lambda kind: kind.__name__)
def test_stages_are_given_in_any_iterable(wrap):
    """They are kept as a tuple."""
    inner = (stage("a"), stage("b"))

    assert Stage("outer", "Is.", children=wrap(inner)).children == inner
    assert Region("outer", "Is.", wrap(inner)).stages == inner


@pytest.mark.parametrize(
    "part",
    [
        stage("a", stage("b")),
        Region("r", "Is.", [stage("a")]),
        move("x", "a", "b"),
        stay("x", "a"),
        forbidding("x", "a"),
        VIEW,
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_part_is_a_value(part):
    """It cannot be changed, it can be looked up, and it pickles."""
    back = pickle.loads(pickle.dumps(part))

    assert {part: "found"}[back] == "found"
    with pytest.raises(FrozenInstanceError):
        part.sentence = "Other."


def test_a_view_is_named_after_its_model():
    """The enum's own name."""
    assert VIEW.name == "Warmth"


def test_views_that_say_the_same_are_equal():
    """In whatever order their moves are given."""
    moves = [(Warmth.COLD, Warmth.WARM), (Warmth.WARM, None)]

    assert warmth({"prospect": None}, *moves) == warmth({"prospect": None}, *moves[::-1])
    assert warmth({"prospect": None}, *moves) != warmth({"prospect": Warmth.COLD}, *moves)


@pytest.mark.parametrize(
    ("of", "state", "images"),
    [
        ({"prospect": Warmth.COLD}, LOOKING, (Warmth.COLD,)),
        ({"prospect": Warmth.COLD, "visitor": Warmth.WARM}, LOOKING, (Warmth.WARM,)),
        ({"visitor": Warmth.WARM, "looking": None}, LOOKING, (None,)),
        ({"asking": Warmth.WARM}, LOOKING, ()),
        ({"customer": Warmth.WARM}, LOOKING, ()),
        ({"customer": Warmth.WARM}, GOLD, (Warmth.WARM,)),
        ({"customer": Warmth.COLD, "gold": Warmth.WARM}, GOLD, (Warmth.WARM,)),
        ({"bond": Warmth.COLD, "member": Warmth.WARM}, GOLD, (Warmth.WARM,)),
        ({"bond": Warmth.WARM, "mood": Warmth.WARM}, GOLD, (Warmth.WARM,)),
        ({"bond": Warmth.WARM, "mood": Warmth.COLD}, GOLD, (Warmth.WARM, Warmth.COLD)),
        ({"bond": None, "happy": Warmth.COLD}, GOLD, (None, Warmth.COLD)),
    ],
)
def test_the_innermost_named_place_of_each_region_speaks(of, state, images):
    """The room speaks where no region does; agreeing regions speak as one."""
    assert warmth(of).images(state) == images


@pytest.mark.parametrize(
    ("before", "after", "legal"),
    [
        (Warmth.COLD, Warmth.WARM, True),
        (Warmth.WARM, Warmth.COLD, False),
        (Warmth.COLD, Warmth.COLD, True),
        (None, None, True),
        (None, Warmth.COLD, True),
        (Warmth.COLD, None, False),
    ],
    ids=str,
)
def test_a_model_may_stay_or_make_a_declared_move(before, after, legal):
    """In the declared direction."""
    view = View(
        Warmth,
        of={},
        moves=[(Warmth.COLD, Warmth.WARM), (None, Warmth.COLD)],
        sentence="How warm.",
    )

    assert view.allows(before, after) is legal


def test_another_models_value_is_no_move():
    """Even where the words are the same."""
    assert not warmth({}, (Warmth.COLD, Warmth.WARM)).allows(Cold.COLD, Warmth.WARM)


def test_a_view_is_shown_by_what_it_was_made_of():
    """What it works out beside is left out."""
    assert "_image" not in repr(warmth({"guest": Warmth.COLD}, (Warmth.COLD, Warmth.WARM)))
