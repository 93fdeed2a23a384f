"""The table of departure kinds."""

from itertools import product

import pytest

from custlife import DEPARTURE_KINDS, DepartureKind, Initiator, Room

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


def test_no_two_rows_overlap_and_none_is_missing():
    """Over all rooms that can be left and all initiators exactly one row holds."""
    domains = {"room_left": [Room.PROSPECT, Room.CUSTOMER], "initiator": list(Initiator)}

    assert DEPARTURE_KINDS.faults(domains) == ()
    assert set(KINDS) == set(product(*domains.values()))
