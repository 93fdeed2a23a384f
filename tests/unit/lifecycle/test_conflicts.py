"""How rules act together: what is refused, and what only looks like it."""

from functools import partial

import pytest
from tests.unit.lifecycle.builders import club, forbid, move, region, stage, stay, trio
from tests.unit.lifecycle.test_faults import codes_of

from custlife import InvalidLifecycle, to_table
from custlife.lifecycle import conflicts

BROKEN = {
    # Two rules for one event at one place.
    "two moves": (
        partial(trio, also=[move("joined", "guest", "gone")]),
        [("two_rules", "guest", "two rules answer 'joined' here")],
    ),
    "a move and a stay": (
        partial(trio, also=[stay("joined", "guest")]),
        [("two_rules", "guest", "'joined: guest -> member' and 'joined: guest stays'")],
    ),
    "a move and a forbiddance": (
        partial(trio, also=[forbid("joined", "guest")]),
        [("two_rules", "guest", "'joined: guest -> member' and 'joined: guest forbids'")],
    ),
    "a forbiddance and a move": (
        partial(
            trio,
            without=["joined"],
            also=[
                forbid("joined", "guest"),
                move("joined", "guest", "member"),
                move("called", "guest", "member"),
            ],
        ),
        [("two_rules", "guest", "'joined: guest forbids' and 'joined: guest -> member'")],
    ),
    "two forbiddances": (
        partial(trio, also=[forbid("joined", "member"), forbid("joined", ["member", "gone"])]),
        [("two_rules", "member", "Keep one")],
    ),
    "three rules": (
        partial(
            trio,
            also=[
                stay("called", "guest"),
                stay("called", "guest"),
                move("called", "guest", "gone"),
            ],
        ),
        [("two_rules", "guest", "stays'"), ("two_rules", "guest", "'called: guest -> gone'")],
    ),
    "a place named twice": (
        partial(trio, also=[stay("called", ["guest", "guest"])]),
        [("two_rules", "guest", "two rules answer 'called' here")],
    ),
    "a condition and none": (
        partial(club, also=[move("vexed", "happy", "cross", when="gold")]),
        [("two_rules", "happy", "give them conditions that exclude each other")],
    ),
    "conditions that can both hold": (
        partial(
            club,
            without=["vexed"],
            also=[
                move("vexed", "happy", "cross", when="member"),
                stay("vexed", "happy", when="gold"),
            ],
        ),
        [("two_rules", "happy", "when member' and 'vexed: happy stays when gold'")],
    ),
    "a room's move into a region that has its own": (
        partial(club, also=[move("called", "customer", "gold"), stay("called", "bond")]),
        [("two_rules", "bond", "'called: customer -> gold' and 'called: bond stays'")],
    ),
    # A rule inside what forbids it.
    "a move inside a room that forbids it": (
        partial(trio, also=[forbid("left", "customer")]),
        [
            (
                "contradiction",
                "member",
                "answers 'left' inside a place that forbids it: 'left: customer forbids'",
            )
        ],
    ),
    "a stay inside a region that forbids it": (
        partial(club, also=[stay("called", "gold"), forbid("called", "bond")]),
        [("contradiction", "gold", "Forbid it only where no rule inside answers")],
    ),
    "a forbiddance inside another": (
        partial(club, also=[forbid("called", "asking"), forbid("called", "visitor")]),
        [("contradiction", "asking", "'called: asking forbids' answers 'called' inside")],
    ),
    # Two regions of which one leaves the room.
    "two regions that leave": (
        partial(
            club,
            without=["left"],
            also=[
                move("left", "prospect", "gone"),
                move("left", "bond", "gone"),
                move("left", "mood", "gone"),
            ],
        ),
        [
            (
                "conflicting_regions",
                "bond and mood",
                "only one can happen; make it one rule of the room",
            )
        ],
    ),
    "a region that leaves and one that moves": (
        partial(club, also=[move("called", "gold", "gone"), move("called", "happy", "cross")]),
        [
            (
                "conflicting_regions",
                "gold and happy",
                "'called: gold -> gone' and 'called: happy -> cross'",
            )
        ],
    ),
    "a region that resets the room and one that moves": (
        partial(club, also=[move("called", "cross", "customer"), move("called", "silver", "gold")]),
        [
            (
                "conflicting_regions",
                "silver and cross",
                "'called: silver -> gold' and 'called: cross -> customer'",
            )
        ],
    ),
    "a region that resets both and one that moves": (
        partial(
            club,
            also=[move("called", "cross", ["trial", "happy"]), move("called", "silver", "gold")],
        ),
        [("conflicting_regions", "silver and cross", "'called: cross -> trial+happy' can both")],
    ),
    "a region that leaves and one that stays": (
        partial(club, also=[move("called", "gold", "gone"), stay("called", "happy")]),
        [
            (
                "conflicting_regions",
                "gold and happy",
                "'called: gold -> gone' and 'called: happy stays'",
            )
        ],
    ),
}

SOUND = {
    "a room's moves into two of its regions": (
        partial(
            club, also=[move("called", "customer", "gold"), move("called", "customer", "cross")]
        ),
        ("called", ["trial", "happy"], "gold+cross"),
    ),
    "a room's move into a region, and its stay": (
        partial(club, also=[move("called", "customer", "cross"), stay("called", "customer")]),
        ("called", ["trial", "happy"], "trial+cross"),
    ),
    "a stage's rule before its room's": (
        partial(club, also=[move("called", "guest", "gone"), stay("called", "prospect")]),
        ("called", ["guest"], "gone"),
    ),
    "conditions that exclude each other": (
        partial(
            club,
            without=["vexed"],
            also=[
                move("vexed", "happy", "cross", when="gold"),
                stay("vexed", "happy", unless="gold"),
            ],
        ),
        ("vexed", ["silver", "happy"], "silver+happy"),
    ),
    "conditions on stages that are never active together": (
        partial(
            club,
            without=["vexed"],
            also=[
                move("vexed", "happy", "cross", when="gold"),
                stay("vexed", "happy", when="silver"),
                stay("vexed", "happy", unless=["gold", "silver"]),
            ],
        ),
        ("vexed", ["gold", "happy"], "gold+cross"),
    ),
    "a forbiddance in one region and a move in the other": (
        partial(club, also=[move("called", "happy", "cross"), forbid("called", "gold")]),
        ("called", ["silver", "happy"], "silver+cross"),
    ),
    "a forbiddance of the room for another event": (
        partial(club, also=[stay("called", "gold"), forbid("danced", "customer")]),
        ("called", ["gold", "happy"], "gold+happy"),
    ),
    "a forbiddance inside a room that answers": (
        partial(club, also=[stay("called", "customer"), forbid("called", "gold")]),
        ("called", ["silver", "cross"], "silver+cross"),
    ),
    "moves of two regions": (
        partial(club, also=[move("called", "silver", "gold"), move("called", "happy", "cross")]),
        ("called", ["silver", "happy"], "gold+cross"),
    ),
    "a room that leaves for both regions": (
        partial(club, also=[move("called", "customer", "gone")]),
        ("called", ["gold", "cross"], "gone"),
    ),
    "an inner stage that leaves before the room resets": (
        partial(
            club,
            also=[move("called", "gold", "gone"), move("called", "customer", ["trial", "happy"])],
        ),
        ("called", ["gold", "cross"], "gone"),
    ),
    "a room that resets where no inner stage leaves": (
        partial(
            club,
            also=[move("called", "gold", "gone"), move("called", "customer", ["trial", "happy"])],
        ),
        ("called", ["silver", "cross"], "trial+happy"),
    ),
    "an inner stage that leaves while the room stays": (
        partial(club, also=[move("called", "gold", "gone"), stay("called", "customer")]),
        ("called", ["gold", "cross"], "gone"),
    ),
    "a region that leaves where the other only forbids": (
        partial(club, also=[move("called", "gold", "gone"), forbid("called", "cross")]),
        ("called", ["gold", "happy"], "gone"),
    ),
    "a region that leaves where the other cannot answer": (
        partial(
            club,
            also=[move("called", "gold", "gone"), move("called", "happy", "cross", unless="gold")],
        ),
        ("called", ["gold", "happy"], "gone"),
    ),
    "a way whose inner rule has a condition": (
        partial(
            club,
            without=["vexed"],
            also=[move("vexed", "mood", "cross"), stay("vexed", "happy", when="gold")],
        ),
        ("vexed", ["trial", "happy"], "trial+cross"),
    ),
    "a way whose inner rule has an exception": (
        partial(
            club,
            without=["vexed"],
            also=[move("vexed", "mood", "cross"), stay("vexed", "happy", unless="gold")],
        ),
        ("vexed", ["gold", "happy"], "gold+cross"),
    ),
    "conditions that exclude each other inside the stage only": (
        partial(
            club,
            also=[
                move("called", "member", "trial", unless="silver"),
                stay("called", "member", unless="gold"),
            ],
        ),
        ("called", ["gold", "happy"], "trial+happy"),
    ),
    "a way into a room by one of its regions": (
        partial(trio, customer=[region("bond", stage("member")), region("mood", stage("happy"))]),
        ("joined", ["guest"], "member+happy"),
    ),
    "a way into the second region of a room": (
        partial(
            trio,
            customer=[
                region("bond", stage("member"), stage("patron")),
                region("mood", stage("happy"), stage("cross")),
            ],
            also=[move("called", "gone", "cross"), move("rose", "mood", ["patron", "happy"])],
        ),
        ("called", ["gone"], "member+cross"),
    ),
}


def test_the_gallery_shows_every_kind_of_fault():
    """Each code that the module can give stands in it at least once."""
    shown = {code for _, expected in BROKEN.values() for code, _, _ in expected}

    assert shown == codes_of(conflicts)


UNNOTICED = {
    "a region that leaves and a room that moves another": (
        partial(club, also=[move("called", "gold", "gone"), move("called", "customer", "cross")]),
        [("conflicting_regions", "gold and mood", "'called: customer -> cross' can both")],
    ),
    "a room that moves a region and another that leaves": (
        partial(club, also=[move("called", "cross", "gone"), move("called", "customer", "gold")]),
        [("conflicting_regions", "bond and cross", "'called: cross -> gone' can both answer")],
    ),
}


@pytest.mark.parametrize(("make", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_rules_that_cannot_act_together_are_refused(make, expected):
    """With the code, the place and the rules, and for nothing else."""
    with pytest.raises(InvalidLifecycle, match="fault") as caught:
        make()

    found = {(fault.code, fault.where) for fault in caught.value.faults}
    assert found == {(code, where) for code, where, _ in expected}
    assert [part for _, _, part in expected if part not in str(caught.value)] == []


@pytest.mark.parametrize(("make", "expected"), UNNOTICED.values(), ids=UNNOTICED.keys())
def test_a_rooms_move_into_one_region_collides_with_another_that_leaves(make, expected):
    """It is that region's own answer, so that only one of the two can happen."""
    with pytest.raises(InvalidLifecycle, match="can both answer") as caught:
        make()

    found = {(fault.code, fault.where) for fault in caught.value.faults}
    assert found == {(code, where) for code, where, _ in expected}


@pytest.mark.parametrize(("make", "cell"), SOUND.values(), ids=SOUND.keys())
def test_rules_that_only_look_as_if_they_clashed_act_as_they_read(make, cell):
    """They are no fault, and the table does what the rules say."""
    event, stages, after = cell

    lifecycle = make()

    assert str(to_table(lifecycle).step(lifecycle.state(*stages), event)) == after


def test_a_rule_that_names_nothing_known_leads_nowhere():
    """It is refused for itself."""
    with pytest.raises(InvalidLifecycle, match="faults") as caught:
        trio(
            without=["joined"],
            also=[move("joined", "stranger", "member"), move("joined", "guest", [])],
        )

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("unknown_place", "joined: stranger -> member"),
        ("bad_target", "joined: guest -> "),
    ]
