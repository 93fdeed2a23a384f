"""Summaries of purchases from journeys, relationships and rows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Contacted,
    Departed,
    Engaged,
    InvalidArgument,
    Paused,
    Purchased,
    Refunded,
    Relationship,
    Resumed,
    replay,
    with_pause,
)
from custlife.prediction import Summary, summaries, summary_of
from custlife.silence import FixedWindow

DAY = timedelta(days=1)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)


def at(day, hour=0):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=hour)


def bought(day, amount=10, hour=0):
    return Purchased(at=at(day, hour), amount=amount)


def journey(*events, customer="C-17", lifecycle=CUSTOMER_LIFECYCLE, **watch):
    return replay(events, customer=customer, lifecycle=lifecycle, **watch)


def test_several_purchases_on_a_day_are_one_occasion():
    """At the beginning of the day, whatever the hour; the money is that of the repeat days."""
    one = journey(bought(0, hour=9), bought(0, hour=20), bought(7, 4, hour=23), bought(7, 8))

    (found,) = summaries([one], as_of=at(14))

    assert found == Summary("C-17", x=1, t_x=1.0, T=2.0, money=12.0)


def test_a_single_day_has_no_money_of_a_repeat():
    """And no time of a last purchase."""
    (found,) = summaries([journey(bought(0, hour=9), bought(0, hour=20))], as_of=at(7))

    assert found == Summary("C-17", x=0, t_x=0.0, T=1.0)


def test_what_went_back_stays_what_was_paid():
    """A refund does not lower the money of an occasion."""
    one = journey(bought(0), bought(7, 12), Refunded(at=at(8), amount=5))

    assert summaries([one], as_of=at(14))[0].money == 12.0


def test_what_is_later_does_not_count():
    """A journey is cut at the moment, its later purchases are hidden."""
    one = journey(bought(0), bought(7), bought(90))

    assert summaries([one], as_of=at(14)) == summaries(
        [journey(bought(0), bought(7))], as_of=at(14)
    )


def test_who_has_bought_nothing_is_left_out():
    """A prospect is no customer yet."""
    prospect = journey(Engaged(at=at(0)), customer="P-1")

    found = summaries([prospect, journey(bought(0)), Relationship("P-2")], as_of=at(9))

    assert [one.customer for one in found] == ["C-17"]


def test_pauses_are_no_time():
    """Neither those between purchases, nor those after the last, nor one that goes on."""
    over = journey(bought(0), Paused(at=at(2)), Resumed(at=at(5)), bought(10), lifecycle=CONTRACTS)
    later = journey(bought(0), Paused(at=at(2)), Resumed(at=at(5)), lifecycle=CONTRACTS)
    running = journey(bought(0), Paused(at=at(2)), lifecycle=CONTRACTS)

    found = summaries([over, later, running], as_of=at(20), unit=DAY)

    assert [(one.t_x, one.T) for one in found] == [(7.0, 17.0), (0.0, 17.0), (0.0, 2.0)]


def test_a_pause_longer_than_the_days_between_leaves_a_moment():
    """Days are counted from their beginning, and a pause can be longer than what is between."""
    one = journey(
        bought(0, hour=1),
        Paused(at=at(0, 2)),
        Resumed(at=at(1, 22)),
        bought(1, hour=23),
        lifecycle=CONTRACTS,
    )

    (found,) = summaries([one], as_of=at(2), unit=DAY)

    assert found.x == 1
    assert 0 < found.t_x <= found.T


def test_what_silence_inferred_makes_no_difference():
    """The models know purchases alone."""
    events = [bought(0), bought(200), Contacted(at=at(210))]
    rule = FixedWindow(lapsed_after=9 * DAY, departed_after=30 * DAY)
    watched = journey(*events, silence=rule, as_of=at(400))

    assert len(watched.departures) == 2
    assert summaries([watched], as_of=at(300)) == summaries([journey(*events)], as_of=at(300))


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 99)), min_size=1, max_size=9),
    st.sampled_from([DAY, 7 * DAY, 30 * DAY]),
)
def test_journeys_relationships_and_rows_say_the_same(bought_on, unit):
    """Counted anew from the days."""
    events = [bought(day, amount) for day, amount in bought_on]
    rows = [("C-17", event.at, event.amount) for event in events]
    one = journey(*events)

    found = [
        summaries(source, as_of=at(90), unit=unit) for source in ([one], [one.relationship], rows)
    ]

    days = sorted({day for day, _ in bought_on})
    repeats = [amount for day, amount in bought_on if day > days[0]]
    (summary,) = found[0]
    assert found[0] == found[1] == found[2]
    assert (summary.x, summary.money is None) == (len(days) - 1, len(days) == 1)
    assert summary.t_x == pytest.approx((days[-1] - days[0]) * DAY / unit)
    assert pytest.approx((90 - days[0]) * DAY / unit) == summary.T
    assert summary.money is None or summary.money == pytest.approx(sum(repeats) / summary.x)


def test_rows_of_one_customer_belong_together():
    """In any order; the first row of a customer gives the place."""
    rows = [("B", at(3), 5), ("A", at(0), 5), ("B", at(0), Decimal("2.50"))]

    found = summaries(rows, as_of=at(7))

    assert [(one.customer, one.x) for one in found] == [("B", 1), ("A", 0)]


@pytest.mark.parametrize(
    ("source", "as_of", "match"),
    [
        ([journey(bought(9))], at(3), "no earlier than the first event of 'C-17'"),
        ([("C-17", at(9), 5)], at(3), "no earlier than the first event of 'C-17'"),
        ([journey(bought(9)).relationship], at(3), "no earlier than the last event of 'C-17'"),
        ([("C-17", at(9))], at(9), r"a tuple \(customer, when, amount\)"),
        (["C-17"], at(9), r"a tuple \(customer, when, amount\)"),
        ([(5, at(9), 5)], at(9), "customer of a row is 5"),
        ([journey(bought(9))], datetime(2027, 1, 1), "aware datetime"),  # noqa: DTZ001 - naive on purpose
        (5, at(9), "journeys, relationships or rows"),
    ],
)
def test_what_cannot_be_summarised_is_refused(source, as_of, match):
    """The error names the customer and the moment."""
    with pytest.raises(InvalidArgument, match=match):
        summaries(source, as_of=as_of)


def test_a_unit_is_a_span_of_time():
    """Neither a number nor nothing."""
    with pytest.raises(InvalidArgument, match="unit is 7"):
        summaries([], as_of=at(0), unit=7)
    with pytest.raises(InvalidArgument, match="unit is"):
        summary_of(Relationship("C-17"), at(0), timedelta(0))


def test_a_former_customer_has_a_summary_too():
    """The models judge by purchases, whoever left."""
    gone = journey(bought(0), bought(7), Departed(at=at(9)))

    assert summaries([gone], as_of=at(14))[0].x == 1


def test_an_empty_journey_has_none():
    """Nothing has happened, so no moment is too early."""
    assert summaries([replay([], customer="C-17")], as_of=at(0)) == ()
