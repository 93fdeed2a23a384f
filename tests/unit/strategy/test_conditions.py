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
    Purchased,
    Relationship,
    ServiceFailed,
    Terminated,
)
from custlife.strategy import Profile
from custlife.strategy.conditions import (
    CAUSE_KNOWN,
    COMPLAINS,
    DISCONTENT,
    FAILED,
    RETURNED,
    applies,
    facts_in,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BUYS, FAILS = Purchased(at=NOW, amount=Decimal(100)), ServiceFailed(at=NOW)
SAYS, SHOUTS = Complained(at=NOW), Complained(at=NOW, public=True)
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
        (RETURNED, [BUYS], False),
        (RETURNED, [*left(Cause.PRICE)], False),
        (RETURNED, [*left(Cause.PRICE), BUYS], True),
        (RETURNED, [*left(Cause.DISMISSED), BUYS], False),
        (RETURNED, [BUYS, Terminated(at=NOW), BUYS], False),
        (CAUSE_KNOWN, [BUYS], False),
        *((CAUSE_KNOWN, [*left(c), BUYS], c is Cause.PRICE) for c in (Cause.PRICE, Cause.UNKNOWN)),
        *((CAUSE_KNOWN, [*left(c), BUYS], False) for c in (Cause.SILENCE, Cause.CEASED)),
        (CAUSE_KNOWN, [*left(Cause.OTHER), BUYS], True),
    ],
)
def test_a_condition_holds_for_whom_it_is_meant(condition, events, holds):
    """And for nobody else; what is unknown does not hold."""
    assert applies(condition, known(*events)) is holds


def test_a_condition_reads_its_facts_by_their_names():
    """Each once, known or not."""
    assert facts_in(CAUSE_KNOWN, known(BUYS)) == {"last_cause": None}
    assert facts_in(COMPLAINS, known(SHOUTS, SAYS)) == {
        "open_complaints": 2,
        "open_public_complaints": 1,
    }
