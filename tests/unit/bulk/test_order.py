"""The order of events: buckets of customers, and inside a bucket by customer and time."""

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from hypothesis import given
from hypothesis import strategies as st

from custlife.bulk import order

DAY, EVER = 86_400_000_000, 2**62
EVENTS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-3, 3), st.sampled_from([1, 60_000_000, DAY])),
    max_size=60,
)


def arrays(events):
    """Customers and times as arrays."""
    customer = numpy.array([who for who, _, _ in events], numpy.int32)
    return customer, numpy.array([at * unit for _, at, unit in events], numpy.int64)


def sorted_by_hand(customer, at):
    """The places by customer and time; Python's sort is stable."""
    return sorted(range(len(at)), key=lambda place: (customer[place], at[place]))


def assert_in_order(customer, customers, at):
    """That events come out by customer and time, ties as they came, with their places."""
    found = order.in_order(customer, customers, at)

    places = list(range(len(at))) if found.order is None else found.order.tolist()
    assert places == sorted_by_hand(customer, at)
    assert found.customer.tolist() == customer[places].tolist()
    assert found.at.tolist() == at[places].tolist()


@given(events=EVENTS, spare=st.sampled_from([0, 3]), swaps=st.sampled_from([0, 1, 16]))
def test_events_are_ordered_by_customer_and_time_and_ties_as_they_come(events, spare, swaps):
    """As Python's stable sort does it, however much the keys leave open."""
    customer, at = arrays(events)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "_SPARE", spare)
        patch.setattr(order, "_SWAPS", swaps)
        assert_in_order(customer, 10, at)


@pytest.mark.parametrize(
    ("customer", "at"),
    [
        ([0, 0, 1], [5, 5, 3]),
        ([1, 0, 1, 0], [1, 2, 2, 9]),
        ([0, 1, 0], [DAY, 0, -DAY]),
        ([0, 1, 0, 1], [EVER, -EVER, -EVER + 1, 7]),
        ([70_000, 3, 70_000], [EVER, 1, -EVER]),
        ([1] * 40 + [0], [*range(40, 0, -1), EVER]),
        ([1] * 40 + [0], [*range(0, 80, 2), EVER]),
    ],
    ids=["in order", "by time", "whole days", "all bits", "many customers", "near", "one apart"],
)
def test_every_way_to_sort_gives_the_same_order(customer, at):
    """Whether events are in order, come by time, or lie so near that times are compared."""
    assert_in_order(numpy.array(customer, numpy.int32), 70_001, numpy.array(at, numpy.int64))


def test_customers_and_times_that_fill_a_key_leave_the_rest_to_comparing():
    """2,000,000,000 customers, and times of 63 bits."""
    customer = numpy.array([2**31 - 2, 7, 2**31 - 2, 7], numpy.int32)
    at = numpy.array([EVER, 2, -EVER, 1], numpy.int64)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy, "bincount", lambda _: numpy.array([2**40]))  # of that many customers
        assert_in_order(customer, 2**31 - 1, at)


@given(events=EVENTS, size=st.integers(1, 70), at_once=st.sampled_from([1, 7, 100]))
def test_each_event_is_in_the_share_of_its_customer_once(events, size, at_once):
    """Shares are ranges of customers, and keep the order of the input in every column."""
    customer, at = arrays(events)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "IN_A_BUCKET", at_once)
        found = order.shares(customer, 10, {"at": at}, size=size)

    people = [share.customers for share in found]
    assert [one.start for one in people] == [0, *(one.stop for one in people[:-1])]
    assert people[-1].stop == 10
    parts = [(share, *share.handed_over().values()) for share in found]
    assert sorted(row for *_, rows in parts for row in rows) == list(range(len(events)))
    for share, times, rows in parts:
        assert len(rows) == share.events
        assert rows.tolist() == sorted(rows)
        assert times.tolist() == at[rows].tolist()
        assert all(share.customers.start <= customer[row] < share.customers.stop for row in rows)


def test_a_base_of_many_events_has_many_shares():
    """About as many events as asked for are in each; a customer is never parted."""
    customer = numpy.repeat(numpy.arange(100, dtype=numpy.int32), 10)

    found = order.shares(customer, 100, {"who": customer}, size=50)

    assert [share.events for share in found] == [50] * 20


def test_a_share_that_is_handed_over_keeps_no_column():
    """Its columns are most of the memory, so they are free as soon as they are sorted."""
    customer = numpy.arange(4, dtype=numpy.int32)
    (share,) = order.shares(customer, 4, {"who": customer})

    assert len(share.handed_over()) == 2
    assert not share.columns


def test_nobody_has_no_share():
    """A frame without rows."""
    assert not order.shares(numpy.empty(0, numpy.int32), 0, {})


@pytest.mark.parametrize("customers", [70_000, 200_000])
def test_customers_who_are_more_than_groups_stay_together(customers):
    """Neighbours are counted together where customers are very many."""
    customer = numpy.arange(customers, dtype=numpy.int32)[::-1]

    found = order.shares(customer, customers, {}, size=1000)

    for share in found:
        (rows,) = share.handed_over().values()
        assert sorted(customer[rows]) == [*range(share.customers.start, share.customers.stop)]
    assert max(share.events for share in found) < 3_000
