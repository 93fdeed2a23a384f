"""The differences between two lifecycles, in words."""

import pytest
from tests.unit.lifecycle.builders import (
    CUSTOMER,
    FORMER,
    PROSPECT,
    club,
    forbid,
    move,
    region,
    stage,
    stay,
)

from custlife import CUSTOMER_LIFECYCLE, InvalidArgument, differences

CLUB = club()
MOOD = CUSTOMER[1]

CHANGES = {
    "stage added": (
        CLUB,
        club(former=[*FORMER, stage("banned")]),
        ["Stage added: banned in former."],
    ),
    "stage gone": (
        club(former=[*FORMER, stage("banned")]),
        CLUB,
        ["Stage gone: banned in former."],
    ),
    "region added": (
        CLUB,
        club(customer=[*CUSTOMER, region("pace", stage("slow"))]),
        ["Region added: pace in customer.", "Stage added: slow in pace."],
    ),
    "stage moved": (
        club(also=[], former=[stage("gone"), stage("out", stage("banned"))]),
        club(former=[stage("gone"), stage("out"), stage("banned")]),
        ["Stage moved: banned is in former, and was in out."],
    ),
    "first stage": (
        CLUB,
        club(prospect=PROSPECT[::-1]),
        [
            "First stage changed: in prospect it is visitor, and was guest.",
            "Order changed: in prospect it is visitor and guest, and was guest and visitor.",
        ],
    ),
    "order of regions": (
        CLUB,
        club(customer=CUSTOMER[::-1]),
        ["Order changed: in customer it is mood and bond, and was bond and mood."],
    ),
    "rule added": (
        CLUB,
        club(also=[stay("called", ["guest", "former"])]),
        ["Rule added: called: former stays.", "Rule added: called: guest stays."],
    ),
    "rule gone": (
        club(also=[forbid("called", "former")]),
        CLUB,
        ["Rule gone: called: former forbids."],
    ),
    "rule changed": (
        club(also=[stay("called", "guest")]),
        club(also=[move("called", "guest", "visitor")]),
        ["Rule changed: called: guest -> visitor (was called: guest stays)."],
    ),
    "condition changed": (
        club(also=[stay("called", "customer", when="happy")]),
        club(
            also=[
                stay("called", "customer", unless="happy"),
                move("called", "trial", "silver", when="happy"),
            ]
        ),
        [
            "Rule added: called: trial -> silver when happy.",
            "Rule changed: called: customer stays unless happy "
            "(was called: customer stays when happy).",
        ],
    ),
    "one answer more": (
        club(also=[stay("called", "customer", when="happy")]),
        club(
            also=[
                stay("called", "customer", when="happy"),
                stay("called", "customer", when="cross", answers_complaint=True),
            ]
        ),
        [
            "Rule changed: called: customer stays when cross if a complaint is open; "
            "called: customer stays when happy (was called: customer stays when happy).",
        ],
    ),
    "nothing": (CLUB, club("guild"), []),
}


@pytest.mark.parametrize(("old", "new", "said"), CHANGES.values(), ids=CHANGES)
def test_a_difference_is_one_sentence(old, new, said):
    """Stages and regions first, then rules."""
    assert differences(old, new) == tuple(said)


def test_a_split_stage_keeps_its_name_and_gets_parts():
    """Nothing is told of the stage itself."""
    finer = CUSTOMER_LIFECYCLE.refine("lost", ["quietly", "loudly"])

    assert differences(CUSTOMER_LIFECYCLE, finer) == (
        "Stage added: quietly in lost.",
        "Stage added: loudly in lost.",
    )


@pytest.mark.parametrize("wrong", [{"old": "club"}, {"new": None}], ids=str)
def test_only_lifecycles_differ(wrong):
    """Anything else is refused by the argument's name."""
    with pytest.raises(InvalidArgument, match="must be a Lifecycle"):
        differences(**{"old": CLUB, "new": CLUB, **wrong})
