"""The order of events: buckets of customers, and inside a bucket by customer and time.

Sorting is what a bulk replay costs. So equal digits are counted instead of compared, 16 bits at a
time, in buckets that fit a processor's cache. Ties keep the order of the input.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, pairwise
from mmap import ACCESS_COPY, mmap
from typing import Any, NamedTuple

import numpy as np
from attrs import define
from numpy.typing import NDArray

IN_A_BUCKET = 1 << 18
"""About so many events are in a bucket, and as many are put into buckets at once."""
_MOST_BUCKETS, _GROUPS = 1 << 16, 64
"""So many buckets there are at most, and into so many groups of customers each is parted."""
_MANY = 16
"""From so many buckets on their memory is worth being given back to the system at once."""
_DIGIT, _MOST_DIGITS = 16, 4
"""Bits of a digit, and how many fit a key."""
_SPARE = 3
"""Of a time, so many bits more are looked at than the length of the longest history has."""
_SWAPS = 16
"""So often neighbours are swapped where keys leave their order open."""
ROW = "row"
"""The name of the column of the numbers of events."""
_LINE = 64
"""Columns begin at multiples of so many bytes."""


Each = Callable[..., Iterable[Any]]
"""What runs a function on each of several things: ``map``, or that of a pool."""
Numbers = NDArray[np.integer[Any]]


def parts_of(total: int) -> list[slice]:
    """So many events in parts, for threads."""
    return [slice(at, min(at + IN_A_BUCKET, total)) for at in range(0, total, IN_A_BUCKET)]


def filled(
    total: int,
    kind: Any,  # noqa: ANN401 - what numpy takes for a type
    each: Each,
    make: Callable[[slice], NDArray[Any]],
) -> NDArray[Any]:
    """An array whose parts are made one by one, such as by threads.

    Args:
        total: How many values it has.
        kind: Their type.
        each: What runs a function on each part: ``map``, or that of a pool.
        make: What makes a part.
    """
    found = np.empty(total, kind)

    def fill(part: slice) -> None:
        found[part] = make(part)

    for _ in each(fill, parts_of(total)):
        pass
    return found


@define(eq=False)
class Share:
    """What falls to a bucket: the events of a range of customers, in the order of the input.

    Attributes:
        customers: The customers.
        events: How many events they have.
        columns: The columns of these events by name, and `ROW`, the numbers of the events.
    """

    customers: slice
    events: int
    columns: Mapping[str, NDArray[Any]]

    def handed_over(self) -> Mapping[str, NDArray[Any]]:
        """The columns, which are not kept here any longer: they are most of the memory."""
        columns, self.columns = self.columns, {}
        return columns


def shares(
    customer: NDArray[np.int32],
    customers: int,
    columns: Mapping[str, NDArray[Any]],
    each: Each = map,
    size: int = IN_A_BUCKET,
) -> list[Share]:
    """Share events out by ranges of customers, with about equally many events each.

    Args:
        customer: For each event its customer, from 0.
        customers: How many customers there are.
        columns: The columns to share out, by name.
        each: What runs a function on each part: ``map``, or that of a pool.
        size: About how many events to put into a share.
    """
    if not customers:
        return []
    total = len(customer)
    wide: Any = np.int32 if total < np.iinfo(np.int32).max else np.int64
    number = min(max(-(-total // size), 1), _MOST_BUCKETS)
    if number == 1:
        rows = np.arange(total, dtype=wide)
        return [Share(slice(0, customers), total, {**columns, ROW: rows})]
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
    kinds = {**{name: column.dtype for name, column in columns.items()}, ROW: np.dtype(wide)}
    make = _room if number >= _MANY else _empty
    made = [make(events, kinds) for events in sizes]
    share_of = np.repeat(np.arange(len(first), dtype=np.uint16), np.diff(np.append(first, groups)))

    def share_out(part: slice, begin: Numbers, many: Numbers) -> None:
        order = np.argsort(share_of.take(customer[part] >> shift), kind="stable")
        stop = np.cumsum(many)
        for number in np.flatnonzero(many).tolist():
            some = order[stop[number] - many[number] : stop[number]]
            into = slice(begin[number], begin[number] + many[number])
            share = made[number]
            for name, column in columns.items():
                column[part].take(some, out=share[name][into], mode="clip")  # which copies once
            np.add(some, part.start, out=share[ROW][into], casting="same_kind")

    for _ in each(share_out, parts, begin, many):
        pass
    edges = np.append(first << shift, customers).tolist()
    people = (slice(*pair) for pair in pairwise(edges))
    return [Share(*one) for one in zip(people, sizes, made, strict=True)]


def _empty(events: int, kinds: Mapping[str, np.dtype[Any]]) -> dict[str, NDArray[Any]]:
    """Columns of so many events, to be filled."""
    return {name: np.empty(events, kind) for name, kind in kinds.items()}


def _room(events: int, kinds: Mapping[str, np.dtype[Any]]) -> dict[str, NDArray[Any]]:
    """The same, whose memory goes back to the system as soon as nobody holds them."""
    spans = [-(-events * kind.itemsize // _LINE) * _LINE for kind in kinds.values()]
    memory = mmap(-1, max(sum(spans), 1), access=ACCESS_COPY)  # private, on every system
    begins = accumulate(spans[:-1], initial=0)
    return {
        name: np.frombuffer(memory, kind, events, begin)
        for (name, kind), begin in zip(kinds.items(), begins, strict=True)
    }


class Sorted(NamedTuple):
    """Events by customer and time, ties as they came.

    Attributes:
        order: Their places before; None if they were in order.
        customer: For each event its customer.
        at: For each event its time [us].
    """

    order: NDArray[np.int64] | None
    customer: NDArray[np.int32]
    at: NDArray[np.int64]


def in_order(customer: NDArray[np.int32], customers: int, at: NDArray[np.int64]) -> Sorted:
    """Put events in order, by customer and time.

    Args:
        customer: For each event its customer, from 0.
        customers: How many customers there are.
        at: For each event its time [us].
    """
    later = at[1:] >= at[:-1]
    grouped = bool(np.all(customer[1:] >= customer[:-1]))
    if grouped and bool(np.all(later | (customer[1:] != customer[:-1]))):
        return Sorted(None, customer, at)
    key, bits = customer, _bits(customers - 1)
    if not np.all(later):
        # As many of the highest bits of the time follow as part almost all times of a customer.
        earliest, longest = at.min(), int(np.bincount(customer).max())
        span = _bits(int(at.max()) - int(earliest))
        digits = min(-(-(bits + min(span, _bits(longest) + _SPARE)) // _DIGIT), _MOST_DIGITS)
        more = min(digits * _DIGIT - bits, span)
        since = (at - earliest).view(np.uint64) >> np.uint64(span - more)
        wide: Any = np.uint32 if digits * _DIGIT <= np.iinfo(np.uint32).bits else np.uint64
        key = (customer.astype(wide) << wide(more)) | since.astype(wide)
        bits += more
    order = np.argsort(key.astype(np.uint16), kind="stable")
    for shift in range(_DIGIT, bits, _DIGIT):
        digit = (key >> key.dtype.type(shift)).astype(np.uint16)
        order = order.take(np.argsort(digit.take(order), kind="stable"))
    found = Sorted(order, customer.take(order), at.take(order))
    return found if _settle(order, found.customer, found.at) else _compared(customer, at)


def _settle(order: NDArray[np.int64], customer: NDArray[np.int32], at: NDArray[np.int64]) -> bool:
    """Swap neighbours whose times are not in order, while that helps; say whether all are then."""
    wrong = np.flatnonzero((at[1:] < at[:-1]) & (customer[1:] == customer[:-1]))
    for _ in range(_SWAPS):
        if not len(wrong):
            break
        one = wrong[np.append(True, np.diff(wrong) > 1)]  # nothing is swapped twice at a time
        for array in (order, at):
            array[one], array[one + 1] = array[one + 1], array[one]
        near = np.zeros(len(at) + 1, np.bool_)
        for step in (-1, 0, 1):
            near[wrong + step] = True
        some = np.flatnonzero(near[: len(at) - 1])
        later = (at[some + 1] < at[some]) & (customer[some + 1] == customer[some])
        wrong = some[later]
    return not len(wrong)


def _compared(customer: NDArray[np.int32], at: NDArray[np.int64]) -> Sorted:
    """Events in order by comparing them: slower, but for every case."""
    order = np.lexsort((at, customer))
    return Sorted(order, customer.take(order), at.take(order))


def _bits(most: int) -> int:
    return max(int(most).bit_length(), 1)
