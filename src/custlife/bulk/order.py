"""The order of events: buckets of customers, and inside a bucket by customer and time.

Sorting is what a bulk replay costs. So equal digits are counted instead of compared, 16 bits at a
time, in buckets that fit a processor's cache. Ties keep the order of the input.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

IN_A_BUCKET = 1 << 18
"""About so many events are in a bucket."""
_AT_ONCE = 1 << 20
"""So many events are put into buckets at once."""
_MOST_BUCKETS = 1 << 16
_DIGIT, _HALF, _WORD = 16, 8, 64
"""Bits of a digit, of a short one, and of a key."""
_WIDTHS = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000)
"""Units of time in microseconds, the longest first: times that are whole ones sort faster."""


Each = Callable[..., Iterable[Any]]
"""What runs a function on each of several things: ``map``, or that of a pool."""


def parts_of(total: int) -> list[slice]:
    """So many events in parts, for threads."""
    return [slice(at, min(at + _AT_ONCE, total)) for at in range(0, total, _AT_ONCE)]


@frozen(eq=False)
class Buckets:
    """Customers by range, with about equally many events.

    Attributes:
        first: For each bucket its first customer; at the end, the number of customers.
        start: For each bucket the place of its first event in ``rows``; at the end, of all.
        rows: The events, bucket by bucket, in the order of the input.
        counts: How many events each customer has.
    """

    first: NDArray[np.int64]
    start: NDArray[np.int64]
    rows: NDArray[np.integer[Any]]
    counts: NDArray[np.int64]

    def __iter__(self) -> Iterator[tuple[slice, slice]]:
        """For each bucket its customers and its places in ``rows``."""
        for number in range(len(self.first) - 1):
            customers = slice(int(self.first[number]), int(self.first[number + 1]))
            yield customers, slice(int(self.start[number]), int(self.start[number + 1]))


def buckets(
    customer: NDArray[np.int32],
    customers: int,
    each: Each = map,
    size: int = IN_A_BUCKET,
) -> Buckets:
    """Put customers into buckets.

    Args:
        customer: For each event its customer, from 0.
        customers: How many customers there are.
        each: What runs a function on each part: ``map``, or that of a pool.
        size: About how many events to put into a bucket.
    """
    counts = np.bincount(customer, minlength=customers)
    ends = np.cumsum(counts)
    total = len(customer)
    number = min(max(total // size, 1), _MOST_BUCKETS)
    # A bucket ends with the customer who has the last event of an equal share.
    shares = (np.arange(1, number) * total) // number
    first = np.unique(np.concatenate(([0], np.searchsorted(ends, shares, side="left") + 1)))
    first = np.append(first[first < customers], customers)
    start = np.concatenate(([0], ends))[first]
    wide: Any = np.int32 if total < np.iinfo(np.int32).max else np.int64
    if number == 1:
        return Buckets(first, start, np.arange(total, dtype=wide), counts)
    of_customer = np.repeat(np.arange(len(first) - 1, dtype=np.uint16), np.diff(first))
    parts = parts_of(total)

    def sorted_part(part: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        bucket = of_customer[customer[part]]
        order = np.argsort(bucket, kind="stable")
        return order, np.bincount(bucket, minlength=len(first) - 1)

    rows: NDArray[Any] = np.empty(total, wide)
    into = start[:-1].copy()
    for part, (order, many) in zip(parts, each(sorted_part, parts), strict=True):
        stop = np.cumsum(many)
        for number in np.flatnonzero(many).tolist():
            place = slice(stop[number] - many[number], stop[number])
            rows[into[number] : into[number] + many[number]] = order[place] + part.start
        into += many
    return Buckets(first, start, rows, counts)


def in_order(
    customer: NDArray[np.integer], customers: int, at: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The places of events by customer and time, ties as they come; None if they are in order.

    Args:
        customer: For each event its customer, from 0.
        customers: How many customers there are.
        at: For each event its time [us].
    """
    later = at[1:] >= at[:-1]
    same = customer[1:] == customer[:-1]
    if bool(np.all(later & same | (customer[1:] > customer[:-1]))):
        return None
    high = customer.astype(np.uint64)
    if bool(np.all(later)):
        return _by_digits(high, _bits(customers - 1))
    earliest = at.min()
    since, span = at - earliest, int(at.max()) - int(earliest)
    width = next(
        (one for one in _WIDTHS if not np.any(since[:64] % one) and not np.any(since % one)), 1
    )
    since, span = since // width, span // width
    low, bits, all_bits = since.astype(np.uint64), _bits(span), _bits(span) + _bits(customers - 1)
    if all_bits <= _WORD:
        return _by_digits((high << np.uint64(bits)) | low, all_bits)
    by_time = _by_digits(low, bits)
    return by_time[_by_digits(high[by_time], _bits(customers - 1))]


def _bits(most: int) -> int:
    return max(int(most).bit_length(), 1)


def _by_digits(key: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    """The stable order of keys, by counting one digit after the other, the last first."""
    order = np.argsort(_digit(key, 0, bits), kind="stable")
    for shift in range(_DIGIT, bits, _DIGIT):
        order = order[np.argsort(_digit(key, shift, bits)[order], kind="stable")]
    return order


def _digit(key: NDArray[np.uint64], shift: int, bits: int) -> NDArray[Any]:
    """The digit of keys at a place; a short last one takes half the time."""
    return (key >> np.uint64(shift)).astype(np.uint8 if bits - shift <= _HALF else np.uint16)
