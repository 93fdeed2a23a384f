"""A lifecycle's table for whole columns: every cell is what one event does."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    Engaged,
    Lapsed,
    Purchased,
    Relationship,
    Room,
    to_table,
)
from custlife.bulk.automaton import SEVERAL, automaton, can_count_complaints
from custlife.errors import CustlifeError
from custlife.events import Activity

TABLE = to_table(CUSTOMER_LIFECYCLE)
KINDS = (Engaged, Purchased, Complained, ComplaintSettled, ComplaintIgnored, Lapsed, Departed)
T = datetime(2026, 1, 1, tzinfo=UTC)


def reached():
    """A relationship in each state and with each number of complaints that can be reached."""
    found, fresh = {}, [Relationship("C-1")]
    while fresh:
        relationship = fresh.pop(0)
        place = relationship.state, min(relationship.open_complaints, SEVERAL)
        if place not in found:
            found[place] = relationship
            fresh += [after for kind in KINDS if (after := applied(relationship, kind))]
    return found


def applied(relationship, kind):
    """What becomes of a relationship by an event a day later; None if it is refused."""
    at = (relationship.record.last_at or T) + timedelta(days=1)
    amount = {"amount": Decimal(1)} if kind is Purchased else {}
    try:
        return relationship.apply(kind(at=at, **amount))
    except CustlifeError:
        return None


def test_every_cell_is_what_the_event_does_to_a_relationship():
    """For each state, each number of waiting complaints, and each kind of event."""
    machine = automaton(TABLE, KINDS, waiting=True)

    for (state, waits), relationship in reached().items():
        for place, kind in enumerate(KINDS):
            here = TABLE.index(state)
            cell = here * machine.width + waits * len(KINDS) + place
            after = applied(relationship, kind)
            assert machine.taken[cell] == (after is not None)
            assert TABLE.states[machine.after[cell]] == (after or relationship).state


def test_what_is_inferred_is_about_customers_only():
    """Elsewhere nothing is taken."""
    machine = automaton(TABLE, [Purchased], [Lapsed, Departed], waiting=False)

    taken = machine.taken.reshape(-1, 3)[:, 1:].any(axis=1)
    assert taken.tolist() == [room is Room.CUSTOMER for room in TABLE.rooms]
    assert machine.given == 1
    kinds = numpy.array([0, 1, 2], numpy.uint8)
    assert machine.are(kinds, Activity.PURCHASE).tolist() == [True, False, False]


def test_complaints_can_be_counted_where_they_are_taken_everywhere():
    """By the default lifecycle they are."""
    assert can_count_complaints(TABLE, KINDS)
    assert can_count_complaints(TABLE, [Purchased])
