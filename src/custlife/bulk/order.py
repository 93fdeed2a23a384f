"""The order of events: buckets of customers, and inside a bucket by customer and time.

Sorting is what a bulk replay costs. So equal digits are counted instead of compared, 16 bits at a
time, in buckets that fit a processor's cache. Ties keep the order of the input.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from attrs import define
from numpy.typing import NDArray

IN_A_BUCKET = 1 << 18
"""About so many events are in a bucket, and as many are put into buckets at once."""
_MOST_BUCKETS, _GROUPS = 1 << 16, 64
"""So many buckets there are at most, and into so many groups of customers each is parted."""
_DIGIT, _WORD = 16, 64
"""Bits of a digit, and of a key."""


Each = Callable[..., Iterable[Any]]
"""What runs a function on each of several things: ``map``, or that of a pool."""
Numbers = NDArray[np.integer[Any]]


def parts_of(total: int) -> list[slice]:
    """So many events in parts, for threads."""
    return [slice(at, min(at + IN_A_BUCKET, total)) for at in range(0, total, IN_A_BUCKET)]


@define(eq=False)
class Share:
    """The events of a range of customers, in the order of the input.

    Attributes:
        customers: The customers.
        events: How many events they have.
        columns: The columns of these events, the numbers of the events last.
    """

    customers: slice
    events: int
    columns: Sequence[NDArray[Any]]

    def handed_over(self) -> Sequence[NDArray[Any]]:
        """The columns, which are not kept here any longer: they are most of the memory."""
        columns, self.columns = self.columns, ()
        return columns


def shares(
    customer: NDArray[np.int32],
    customers: int,
    columns: Sequence[NDArray[Any]],
    each: Each = map,
    size: int = IN_A_BUCKET,
) -> list[Share]:
    """Share events out by ranges of customers, with about equally many events each.

    Args:
        customer: For each event its customer, from 0.
        customers: How many customers there are.
        columns: The columns to share out.
        each: What runs a function on each part: ``map``, or that of a pool.
        size: About how many events to put into a share.
    """
    if not customers:
        return []
    total = len(customer)
    wide: Any = np.int32 if total < np.iinfo(np.int32).max else np.int64
    number = min(max(total // size, 1), _MOST_BUCKETS)
    if number == 1:
        return [Share(slice(0, customers), total, [*columns, np.arange(total, dtype=wide)])]
    # Groups of neighbours are counted, since there can be millions of customers.
    shift = max(_bits(customers - 1) - _bits(min(number * _GROUPS, _MOST_BUCKETS)), 0)
    groups = (customers - 1 >> shift) + 1
    parts = parts_of(total)
    counts = np.array([*each(lambda one: np.bincount(customer[one] >> shift, None, groups), parts)])
    ends = np.cumsum(counts.sum(axis=0))
    # A share ends with the group that has the last event of an equal part.
    wanted = (np.arange(1, number) * total) // number
    first = np.unique(np.concatenate(([0], np.searchsorted(ends, wanted, side="left") + 1)))
    first = first[first < groups]
    many = np.add.reduceat(counts, first, axis=1)
    begin = np.cumsum(many, axis=0) - many
    sizes = many.sum(axis=0).tolist()
    kinds = [*(column.dtype for column in columns), wide]
    made = [[np.empty(one, kind) for kind in kinds] for one in sizes]
    share_of = np.repeat(np.arange(len(first), dtype=np.uint16), np.diff(np.append(first, groups)))

    def share_out(part: slice, begin: Numbers, many: Numbers) -> None:
        order = np.argsort(share_of.take(customer[part] >> shift), kind="stable")
        stop = np.cumsum(many)
        for number in np.flatnonzero(many).tolist():
            some = order[stop[number] - many[number] : stop[number]]
            into = slice(begin[number], begin[number] + many[number])
            *arrays, rows = made[number]
            for array, column in zip(arrays, columns, strict=True):
                column[part].take(some, out=array[into], mode="clip")  # which copies once
            np.add(some, part.start, out=rows[into], casting="same_kind")

    for _ in each(share_out, parts, begin, many):
        pass
    edges = np.append(first << shift, customers).tolist()
    people = (slice(*pair) for pair in pairwise(edges))
    return [Share(*one) for one in zip(people, sizes, made, strict=True)]


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
    grouped = bool(np.all(customer[1:] >= customer[:-1]))
    if grouped and bool(np.all(later | (customer[1:] != customer[:-1]))):
        return None
    high, low = customer.astype(np.uint64), np.uint64(0)
    if bool(np.all(later)):
        return _by_key(high, _bits(customers - 1))
    earliest = at.min()
    span = int(at.max()) - int(earliest)
    bits = _bits(span)
    if bits + _bits(customers - 1) > _WORD:
        return np.lexsort((at, customer))
    low = (at - earliest).astype(np.uint64)
    return _by_key((high << np.uint64(bits)) | low, bits + _bits(customers - 1))


def _bits(most: int) -> int:
    return max(int(most).bit_length(), 1)


def _by_key(key: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    """The stable order of keys: by their two highest digits, and then what these leave open."""
    shift = max(bits - 2 * _DIGIT, 0)
    order = np.argsort(_digit(key, shift), kind="stable")
    if bits > _DIGIT:
        order = order.take(np.argsort(_digit(key, shift + _DIGIT).take(order), kind="stable"))
    if not shift:
        return order
    found = key.take(order)
    wrong = found[1:] < found[:-1]
    if not wrong.any():
        return order
    # Keys that have the same high digits stand together: those are sorted that are not in order.
    top = found >> np.uint64(shift)
    new = np.append(True, top[1:] != top[:-1])
    run = np.cumsum(new) - 1
    open_ = np.zeros(run[-1] + 1, np.bool_)
    open_[run[1:][wrong]] = True
    some = np.flatnonzero(open_[run])
    order[some] = order[some][np.argsort(found[some], kind="stable")]
    return order


def _digit(key: NDArray[np.uint64], shift: int) -> NDArray[np.uint16]:
    """The digit of keys at a place."""
    return (key >> np.uint64(shift)).astype(np.uint16)
