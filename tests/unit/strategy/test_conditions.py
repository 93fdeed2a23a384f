"""Conditions that rows and guides share, each on both sides of what it asks for."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from custlife import (
    Cause,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    Engaged,
    Purchased,
    Relationship,
    Room,
    ServiceFailed,
    Terminated,
    all_of,
    is_,
)
from custlife.strategy import Profile, customer_rows
from custlife.strategy.conditions import (
    COMPLAINS,
    DISCONTENT,
    FAILED,
    REPAIR,
    RETURNED,
    applies,
    facts_in,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BUYS, FAILS = Purchased(at=NOW, amount=Decimal(100)), ServiceFailed(at=NOW)
SAYS, SHOUTS = Complained(at=NOW), Complained(at=NOW, public=True)
NO_CAUSES = (Cause.UNKNOWN, Cause.SILENCE, Cause.CEASED)
SETTLED, IGNORED = ComplaintSettled(at=NOW), ComplaintIgnored(at=NOW)


def known(*events):
    """The profile of somebody to whom this happened."""
    return Profile(relationship=Relationship("C-17").apply(*events))


def left(cause):
    """Somebody who bought and left."""
    return BUYS, Departed(at=NOW, cause=cause)


@pytest.mark.parametrize(
    ("condition", "events", "holds"),
    [
        (COMPLAINS, [BUYS], False),
        (COMPLAINS, [BUYS, SAYS], True),
        (COMPLAINS, [SAYS], True),
        (COMPLAINS, [BUYS, SAYS, IGNORED, BUYS], False),
        (COMPLAINS, [BUYS, SHOUTS, IGNORED, BUYS], True),
        (COMPLAINS, [BUYS, SHOUTS, IGNORED, SETTLED], False),
        (DISCONTENT, [BUYS], False),
        (DISCONTENT, [BUYS, SAYS], True),
        (DISCONTENT, [BUYS, SAYS, IGNORED], True),
        (DISCONTENT, [SAYS], False),
        (FAILED, [FAILS], True),
        (FAILED, [BUYS, FAILS], True),
        (FAILED, [BUYS, FAILS, BUYS], False),
        (FAILED, [BUYS], False),
        (FAILED, [BUYS, FAILS, SAYS], False),
        (FAILED, [BUYS, FAILS, SAYS, SETTLED], False),
        (RETURNED, [BUYS], False),
        (RETURNED, [*left(Cause.PRICE)], False),
        (RETURNED, [*left(Cause.PRICE), BUYS], True),
        (RETURNED, [*left(Cause.DISMISSED), BUYS], False),
        (RETURNED, [BUYS, Terminated(at=NOW), BUYS], False),
        (RETURNED, [*left(Cause.PRICE), Engaged(at=NOW)], True),
        (RETURNED, [*left(Cause.PRICE), BUYS, BUYS], False),
        (RETURNED, [BUYS, BUYS, *left(Cause.PRICE), BUYS], True),
        *((RETURNED, [*left(cause), BUYS], False) for cause in NO_CAUSES),
        (RETURNED, [*left(Cause.OTHER), BUYS], True),
    ],
)
def test_a_condition_holds_for_whom_it_is_meant(condition, events, holds):
    """And for nobody else; what is unknown does not hold."""
    assert applies(condition, known(*events)) is holds


def test_a_condition_reads_its_facts_by_their_names():
    """Each once, known or not."""
    assert facts_in(RETURNED, known(BUYS)) == {
        "returned": False,
        "last_cause": None,
        "cycle_purchases": 1,
    }
    assert facts_in(COMPLAINS, known(SHOUTS, SAYS)) == {
        "open_complaints": 2,
        "open_public_complaints": 1,
    }


def test_what_asks_for_a_repair_has_a_row_of_its_own():
    """Rows and guides put right the same things."""
    rows = {row.id: row.when for row in customer_rows()}
    repairs = ("ENHANCE-REPAIR", "ENHANCE-DISCONTENT", "ENHANCE-FAILED")

    assert [all_of(is_("room", Room.CUSTOMER), part) for part in REPAIR.parts] == [
        rows[id_] for id_ in repairs
    ]
