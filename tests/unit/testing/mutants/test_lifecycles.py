"""Mutants of lifecycles: one slip each, every slip that there is, and those that do the same."""

import pytest
from attrs import evolve
from hypothesis import given, settings
from tests.unit.lifecycle.builders import (
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

from custlife import InvalidLifecycle, to_table
from custlife.lifecycle.differences import differences
from custlife.lifecycle.fingerprint import single_rules
from custlife.testing import lifecycles
from custlife.testing.mutants.lifecycles import differs, mutants_of

VIEW = warmth(
    {"prospect": Warmth.COLD, "customer": Warmth.WARM, "former": Warmth.COLD},
    (Warmth.COLD, Warmth.WARM),
    (Warmth.WARM, Warmth.COLD),
)
GYM = trio(
    "gym",
    customer=[
        region("plan", stage("basic"), stage("plus"), stage("gold")),
        region("mood", stage("happy"), stage("cross")),
    ],
    rules=[
        move("joined", "guest", ["basic", "happy"]),
        move("reset", "customer", ["basic", "happy"]),
        move("upgraded", "basic", "plus", unless="cross"),
        move("upgraded", "plus", "gold"),
        move("vexed", "happy", "cross"),
        move("soothed", "cross", "happy", when=["plus"]),
        stay("visited", ["guest", "customer"]),
        forbid("visited", "gone"),
        stay("settled", "guest", answers_complaint=True),
        move("left", ["guest", "customer"], "gone"),
    ],
    views=[VIEW],
)
"""Small enough to list every slip: the number of each, rule by rule, is added up below."""
KINDS = {
    " is missing": 12,  # each rule at each of its places; visited and left have two
    " stays instead": 8 + 1,  # each move at each place, and the forbiddance that is lifted
    " is lifted": 1,
    " leads to ": 3
    + 3
    + 1
    + 1,  # joined and reset: plus, gold and cross; upgraded: gold, and basic
    " loses its condition ": 2,
    " for when ": 1,  # soothed unless plus
    " for unless ": 1,  # upgraded when cross
    " needs no open complaint": 1,
    " begins in ": 2 + 1,  # the plan in plus or gold, the mood in cross
    "in the view ": 2,  # customers exchanged with prospects, or with former ones
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_slip_of_a_small_lifecycle_is_tried(kind):
    """As many of each kind as are counted by hand."""
    found = [mutant.difference for mutant in mutants_of(GYM) if kind in mutant.difference]

    assert len(found) == KINDS[kind], found


def test_no_slip_is_tried_twice_and_none_is_of_another_kind():
    """The sum of the kinds is the sum of the mutants; a lifted forbiddance is of two kinds."""
    found = [mutant.difference for mutant in mutants_of(GYM)]

    assert len(found) == len({*found}) == sum(KINDS.values()) - 1


def test_slips_read_as_sentences():
    """The rule as it is, and what is wrong with it."""
    found = [str(mutant) for mutant in mutants_of(GYM)]

    assert found[:6] == [
        "'joined: guest -> basic+happy' is missing",
        "'joined: guest -> basic+happy' stays instead",
        "'joined: guest -> basic+happy' leads to plus+happy instead",
        "'joined: guest -> basic+happy' leads to gold+happy instead",
        "'joined: guest -> basic+happy' leads to basic+cross instead",
        "'reset: customer -> basic+happy' is missing",
    ]
    assert {
        "'visited: gone forbids' is lifted: it stays instead",
        "'soothed: cross -> happy when plus' loses its condition when plus",
        "'soothed: cross -> happy when plus' has unless plus for when plus",
        "'settled: guest stays if a complaint is open' needs no open complaint",
        "plan begins in gold instead of basic",
        "in the view Warmth, prospect is warm and customer is cold",
    } <= {*found}


def mutant(lifecycle, difference):
    """The mutant with this difference."""
    return next(one for one in mutants_of(lifecycle) if one.difference == difference)


def mutated(lifecycle, difference):
    """The table of the mutant with this difference."""
    return to_table(mutant(lifecycle, difference).lifecycle)


def test_a_mutant_does_what_its_difference_says():
    """One of several kinds, by what happens in it."""
    cross, happy = GYM.state("basic", "cross"), GYM.state("basic", "happy")
    turned = mutated(GYM, "'upgraded: basic -> plus unless cross' has when cross for unless cross")
    lifted = mutated(GYM, "'visited: gone forbids' is lifted: it stays instead")
    led = mutated(GYM, "'joined: guest -> basic+happy' leads to plus+happy instead")
    guard = "'settled: guest stays if a complaint is open' needs no open complaint"

    assert str(turned.step(cross, "upgraded")) == "plus+cross"
    assert "upgraded" not in turned.allowed(happy)
    assert "visited" in lifted.allowed(GYM.state("gone"))
    assert str(led.step(GYM.initial, "joined")) == "plus+happy"
    assert "settled" not in to_table(GYM).allowed(GYM.initial, answerable=False)
    assert "settled" in mutated(GYM, guard).allowed(GYM.initial, answerable=False)


def test_a_slip_that_is_no_lifecycle_carries_the_error():
    """Whether the definition is refused, or its table."""
    lifecycle = trio(also=[stay("seen", "prospect", when=[]), move("seen", "guest", "member")])
    unreached = mutant(GYM, "'vexed: happy -> cross' is missing")
    entered = mutant(lifecycle, "'joined: guest -> member' stays instead")

    assert isinstance(unreached.refusal, InvalidLifecycle)
    assert unreached.lifecycle is None
    assert [fault.where for fault in unreached.refusal.faults] == ["cross"]
    assert entered.refusal is None


def test_a_slip_in_the_definition_itself_is_refused_as_well():
    """Two rules that exclude each other by their conditions no longer do."""
    pair = [move("voted", "happy", "cross", when="gold"), stay("voted", "happy", unless="gold")]
    lifecycle = evolve(GYM, rules=[*GYM.rules, *pair])

    slip = mutant(lifecycle, "'voted: happy stays unless gold' loses its condition unless gold")

    assert slip.lifecycle is None
    assert [fault.code for fault in slip.refusal.faults] == ["two_rules"]


def test_stages_inside_of_stages_begin_with_another_and_are_led_to():
    """A room, a stage, and a stage in a region; a region itself has no first one to change."""
    found = [one.difference for one in mutants_of(club())]

    assert [words for words in found if "begins in" in words] == [
        "prospect begins in visitor instead of guest",
        "visitor begins in asking instead of looking",
        "bond begins in member instead of trial",
        "member begins in gold instead of silver",
        "mood begins in cross instead of happy",
    ]
    assert [words for words in found if words.startswith("'renewed") and "leads to" in words] == [
        "'renewed: trial -> member' leads to gold instead"
    ]


def test_a_rule_at_several_places_slips_at_one_of_them():
    """The others keep it."""
    slip = mutant(GYM, "'left: guest -> gone' is missing").lifecycle

    kept = [rule for rule in slip.rules if rule.on == "left"]

    assert [rule.at for rule in kept] == [("customer",)]


def parted(one, other):
    """In which of its three parts a lifecycle differs from another."""
    return [
        name
        for name, differ in (
            ("rules", single_rules(one.rules) != single_rules(other.rules)),
            ("rooms", one.rooms != other.rooms),
            ("views", one.views != other.views),
        )
        if differ
    ]


@settings(max_examples=4)
@given(lifecycle=lifecycles(max_rules=6, regions=(1, 2)))
def test_each_mutant_of_any_lifecycle_has_one_slip(lifecycle):
    """One rule is gone or another, or one place has another order, or two values of one view."""
    rules = single_rules(lifecycle.rules)

    found = [one for one in mutants_of(lifecycle) if one.lifecycle is not None]

    for one in found:
        other = single_rules(one.lifecycle.rules)
        gone, come = rules - other, other - rules
        assert len(parted(lifecycle, one.lifecycle)) == 1
        assert (len(gone), len(come)) in {(0, 0), (1, 0), (1, 1)}
        assert {rule.on for rule in come} <= {rule.on for rule in gone}
        assert {rule.at for rule in come} <= {rule.at for rule in gone}
        assert len(differences(lifecycle, one.lifecycle)) <= 2
        assert one.lifecycle.name == lifecycle.name
    assert len({one.difference for one in found}) == len(found)


def behaviour(table):
    """All that a table does, written out."""
    return {
        state: (
            {event: (table.step(state, event), event in table.guards[n]) for event in arcs},
            [table.view(state, view.model) for view in table.lifecycle.views],
        )
        for n, (state, arcs) in enumerate(zip(table.states, table.arcs, strict=True))
    }


@pytest.mark.parametrize("lifecycle", [GYM, club()], ids=["gym", "club"])
def test_what_differs_is_found_by_comparing_all_that_both_do(lifecycle):
    """A mutant that does the same is the same in every state; any other is different in words."""
    table = to_table(lifecycle)
    made = [to_table(one.lifecycle) for one in mutants_of(lifecycle) if one.lifecycle is not None]

    alike = [
        (behaviour(other), other.initial) == (behaviour(table), table.initial) for other in made
    ]

    assert [differs(table, other) is None for other in made] == alike
    assert alike.count(False) > 10


def test_the_mutants_that_do_the_same_are_these():
    """Every move into the customers' room names both regions, and a refusal needs no rule."""
    table = to_table(GYM)

    same = [
        one.difference
        for one in mutants_of(GYM)
        if one.lifecycle is not None and differs(table, to_table(one.lifecycle)) is None
    ]

    assert same == [
        "'visited: gone forbids' is missing",
        "plan begins in plus instead of basic",
        "plan begins in gold instead of basic",
        "mood begins in cross instead of happy",
    ]


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (
            "'visited: gone forbids' is lifted: it stays instead",
            "'visited' in gone: refused becomes to gone",
        ),
        (
            "'settled: guest stays if a complaint is open' needs no open complaint",
            "'settled' in guest: to guest if a complaint is open becomes to guest",
        ),
        (
            "'joined: guest -> basic+happy' leads to basic+cross instead",
            "'joined' in guest: to basic+happy becomes to basic+cross",
        ),
        (
            "in the view Warmth, prospect is warm and customer is cold",
            "guest is another Warmth",
        ),
    ],
)
def test_a_difference_is_said_in_words(difference, words):
    """What is refused, where it leads, whether it needs a complaint, and what a view shows."""
    assert differs(to_table(GYM), mutated(GYM, difference)) == words


def test_another_beginning_is_a_difference():
    """Of a room whose stages lead to each other and do all else alike."""
    ways = [("met", "guest", "friend"), ("lost", "friend", "guest"), ("joined", "friend", "member")]
    pair = trio(
        prospect=[stage("guest"), stage("friend")],
        also=[*(move(*way) for way in ways), move("left", "friend", "gone")],
    )

    other = mutated(pair, "prospect begins in friend instead of guest")

    assert differs(to_table(pair), other) == "the beginning is friend"


def test_a_state_that_is_never_reached_is_a_difference():
    """Though each of its stages is, beside another one."""
    lifecycle = trio(
        customer=[
            region("bond", stage("new"), stage("old")),
            region("mood", stage("up"), stage("down")),
        ],
        without=["joined", "left"],
        also=[
            move("joined", "guest", ["old", "down"]),
            move("renewed", "old", "new", when="down"),
            move("cheered", "down", "up", when="old"),
            move("met", "old", "new", when="up"),
            move("left", "customer", "gone"),
        ],
    )

    other = mutated(lifecycle, "'met: old -> new when up' is missing")

    assert differs(to_table(lifecycle), other) == "new+up is never reached"
