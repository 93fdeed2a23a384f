"""The record's own arithmetic; that it is a monoid is a law."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from custlife import Activity, Lapsed, Purchased, Record, Relationship

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


def test_two_purchases_on_one_day_are_one_occasion():
    """Also where the day is at the end of one stretch and at the beginning of the next."""
    morning = Relationship("C-17").apply(Purchased(at=NOON, amount=5))
    whole = morning.apply(Purchased(at=NOON + HOUR, amount=6), Purchased(at=NOON + DAY, amount=7))
    rest = Relationship("C-17").apply(
        Purchased(at=NOON + HOUR, amount=6), Purchased(at=NOON + DAY, amount=7)
    )

    both = morning.record + rest.record

    assert (whole.record.purchase_days, whole.record.first_day_revenue) == (2, 11)
    assert both == whole.record


def test_the_first_day_of_purchases_is_over_with_the_day():
    """What is bought on a later day is no part of what was paid on the first."""
    first = Relationship("C-17").apply(Purchased(at=NOON, amount=5)).record
    later = Relationship("C-17").apply(Purchased(at=NOON + DAY, amount=7)).record

    assert (first + later).first_day_revenue == 5
    assert (Record() + later).first_day_revenue == 7


def test_the_last_lapse_is_on_record():
    """The latest of several counts."""
    lapsed = Relationship("C-17").apply(
        Purchased(at=NOON, amount=5), Lapsed(at=NOON + DAY), Lapsed(at=NOON + 2 * DAY)
    )

    assert lapsed.record.last_lapse_at == NOON + 2 * DAY


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purchase_days": 0}, "record.purchase_days"),
        ({"purchase_days": 1}, "record.purchase_days"),
        ({"purchase_days": 4}, "record.purchase_days"),
        ({"purchase_days": "x"}, "record.purchase_days"),
        ({"first_day_revenue": Decimal(19)}, "record.first_day_revenue"),
        ({"first_day_revenue": Decimal("NaN")}, "record.first_day_revenue"),
        ({"last_lapse_at": NOON - DAY}, "record.last_lapse_at"),
        ({"last_lapse_at": NOON, "lapses": 0}, "record.last_lapse_at"),
    ],
)
def test_a_record_contradicts_itself(change, field):
    """The fault names the field, and the sound record has none."""
    times = [NOON + number * DAY for number in range(3)]
    sound = Relationship("C-17").apply(*(Purchased(at=at, amount=6) for at in times)).record
    broken = evolve(sound, **{"lapses": 1, **change})

    assert [*sound.contradictions()] == []
    assert field in [name for name, _, _ in broken.contradictions()]


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
