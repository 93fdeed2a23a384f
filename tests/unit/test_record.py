"""The record's own arithmetic; that it is a monoid is a law."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from custlife import Activity, Record

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_the_counts_stand_in_the_order_of_the_activities():
    """Each activity's number is the place of its count."""
    record = Record(*range(len(Activity)))

    assert record.counts == tuple(Activity)
    assert record.purchases == Activity.PURCHASE
    assert record.lapses == Activity.LAPSE


def test_adding_keeps_the_earliest_and_the_latest_time():
    """It does not matter which of the two came first."""
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    one = Record(contacts=1, first_at=late, last_at=late)
    other = Record(purchases=1, revenue=Decimal(1), first_at=early, last_at=early)

    both = one + other

    assert (both.first_at, both.last_at) == (early, late)
    assert both == other + one


def test_the_largest_and_the_finest_amounts_add_up_exactly():
    """Nothing is rounded, from the largest amount to the finest decimal."""
    large, fine = Decimal(10**18 - 1), Decimal("1e-18")

    total = sum((Record(revenue=large) for _ in range(999)), start=Record(revenue=fine))

    assert total.revenue == Decimal("998999999999999999001.000000000000000001")


def test_a_record_in_words_counts_what_there_is():
    """Without what never happened; an empty one is nothing."""
    full = Record(purchases=1, complaints=2, revenue=Decimal(5), first_at=NOON, last_at=NOON)

    assert str(full) == "1 purchase and 2 complaints from 2026-07-01 to 2026-07-01, revenue 5"
    assert str(Record()) == "nothing"


def test_a_record_adds_up_with_records_only():
    """Python's own error for operands says so."""
    with pytest.raises(TypeError, match="unsupported operand"):
        Record() + 5
