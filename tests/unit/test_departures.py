"""Departures: their fields, and how they explain themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custlife import Cause, Departure, Initiator, InvalidRelationship, Room, Severity

FIELDS = {
    "at": datetime(2026, 4, 1, tzinfo=UTC),
    "cycle": 1,
    "room_left": Room.CUSTOMER,
    "stages_left": ("regular", "eroding"),
    "sales_cycle": timedelta(days=3),
}


def departure(**fields):
    return Departure(**{**FIELDS, **fields})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", datetime(2026, 4, 1)),  # noqa: DTZ001 - naive on purpose
        ("cycle", 0),
        ("cycle", True),
        ("room_left", Room.FORMER),
        ("stages_left", ()),
        ("cause", "price"),
        ("initiator", "customer"),
        ("to", ""),
        ("inferred", 1),
        ("sales_cycle", timedelta(days=-1)),
        ("sales_cost", Decimal(-1)),
        ("deal_size", Decimal("Infinity")),
    ],
)
def test_a_field_out_of_bounds_is_refused(field, value):
    """The error names the field."""
    with pytest.raises(InvalidRelationship, match="departure: ") as caught:
        departure(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({}, "from customer (regular, eroding), by the customer; cause unknown."),
        ({"initiator": Initiator.BOTH}, "by both sides"),
        ({"inferred": True}, "by the customer, inferred"),
        ({"cause": Cause.PRICE}, "cause price [KAL-6], which the enterprise can change"),
        ({"cause": Cause.RELOCATION}, "[EFR-6], which the enterprise cannot change"),
        ({"to": "Rival Ltd"}, "Went to Rival Ltd."),
        ({}, "The competitor is unknown."),
        ({"initiator": Initiator.ENTERPRISE}, "No competitor is named."),
        ({"initiator": Initiator.ENTERPRISE, "to": "Rival Ltd"}, "Went to Rival Ltd."),
        ({}, "erosion by row KIND-EROSION"),
        ({}, "serious by row SEV-EROSION-0"),
        ({}, "Unknown: deal size and sales cost"),
        ({"deal_size": Decimal(10000)}, "deal size >= 10000 (10000)"),
    ],
)
def test_a_departure_explains_itself(fields, part):
    """Where from, by whom, why, where to, which rules on which facts."""
    assert part in departure(**fields).explain()


def test_a_departure_names_the_facts_that_could_raise_its_severity():
    """Unknown is not low: the verdict says what is missing."""
    verdict = departure(deal_size=Decimal(20000)).severity_verdict

    assert verdict.outcome is Severity.GRAVE
    assert verdict.missing == ("sales_cost",)
