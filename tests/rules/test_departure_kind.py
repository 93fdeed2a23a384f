"""The table of departure kinds."""

from itertools import product

import pytest
from attrs import evolve

from custlife import ASSUMPTION, DEPARTURE_KINDS, DepartureKind, Initiator, Room
from custlife.decisions.gaps import gaps, overlaps
from custlife.decisions.predicates import all_of
from custlife.decisions.tables import Row

KINDS = {
    (Room.PROSPECT, Initiator.CUSTOMER): DepartureKind.LOSS,
    (Room.PROSPECT, Initiator.BOTH): DepartureKind.LOSS,
    (Room.PROSPECT, Initiator.ENTERPRISE): DepartureKind.TERMINATION,
    (Room.CUSTOMER, Initiator.CUSTOMER): DepartureKind.EROSION,
    (Room.CUSTOMER, Initiator.BOTH): DepartureKind.EROSION,
    (Room.CUSTOMER, Initiator.ENTERPRISE): DepartureKind.TERMINATION,
}


@pytest.mark.parametrize(("facts", "kind"), [*KINDS.items()])
def test_the_kind_follows_from_the_room_left_and_the_initiator(facts, kind):
    """A prospect is lost, a customer erodes, and what the enterprise alone ends is terminated."""
    room_left, initiator = facts

    verdict = DEPARTURE_KINDS.decide({"room_left": room_left, "initiator": initiator})

    assert verdict.outcome is kind
    assert verdict.undecided == ()


DOMAINS = {"room_left": [Room.PROSPECT, Room.CUSTOMER], "initiator": list(Initiator)}


def test_no_two_rows_overlap_and_none_is_missing():
    """Over all rooms that can be left and all initiators exactly one row holds."""
    faults = [*gaps(DEPARTURE_KINDS, DOMAINS), *overlaps(DEPARTURE_KINDS, DOMAINS)]

    assert faults == []
    assert set(KINDS) == set(product(*DOMAINS.values()))


def test_a_row_that_overlaps_would_be_found_wherever_it_does():
    """No kind comes first: one more row that always holds overlaps with each of the others."""
    anything = Row("KIND-ANY", all_of(), DepartureKind.LOSS, "Anything is a loss.", ASSUMPTION)
    doubled = evolve(DEPARTURE_KINDS, rows=(*DEPARTURE_KINDS.rows, anything))

    faults = [*overlaps(doubled, DOMAINS)]

    assert {fault.rows for fault in faults} == {
        (row.id, "KIND-ANY") for row in DEPARTURE_KINDS.rows
    }
