"""The events of one bucket of customers, by customer and time."""

from typing import Any, cast

import numpy as np
from attrs import define
from numpy.typing import NDArray

from custlife.bulk.log import Log
from custlife.bulk.order import in_order

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]


@define(eq=False)
class Bucket:
    """The events of a bucket of customers, in order.

    Attributes:
        customer: The customers, by number within the bucket.
        at: The times.
        event: The numbers of the events in the log; -1 where one was inferred.
        kind: The kinds.
        prices: The amounts of all events of the log, in minor units; None where nothing is paid.
    """

    customer: NDArray[np.int32]
    at: Numbers
    event: Numbers
    kind: NDArray[np.uint8]
    prices: Numbers | None

    def some(self, which: Numbers | Flags) -> "Bucket":
        """Some of the events, or all in another order."""
        return Bucket(
            self.customer[which], self.at[which], self.event[which], self.kind[which], self.prices
        )

    def paid(self, places: Numbers) -> Numbers:
        """The amounts of some purchases and refunds."""
        prices = cast("Numbers", self.prices)  # there are purchases, so there are amounts
        return prices[self.event[places]]

    def with_inferred(self, customer: NDArray[np.int32], at: Numbers, kind: Numbers) -> "Bucket":
        """These events and what was inferred, each after the given events of its time."""
        none = np.full(len(at), -1, self.event.dtype)
        every = Bucket(
            np.append(self.customer, customer),
            np.append(self.at, at),
            np.append(self.event, none),
            np.append(self.kind, kind.astype(np.uint8)),
            self.prices,
        )
        order = in_order(every.customer, int(every.customer.max()) + 1, every.at)
        return every if order is None else every.some(order)


def sorted_bucket(
    log: Log, events: Numbers, first: int, customers: int, ties: Numbers | None
) -> Bucket:
    """The events of a bucket by customer and time.

    Args:
        log: The log.
        events: The numbers of the events, in the order of the input.
        first: The first customer of the bucket.
        customers: How many customers are in it.
        ties: For each event of the log what orders events of one customer and time, if given.
    """
    customer, at = log.customer[events] - np.int32(first), log.at[events]
    if ties is not None:
        order: Numbers | None = np.lexsort((ties[events], at, customer))
    else:
        order = in_order(customer, customers, at)
    if order is not None:
        customer, at, events = customer[order], at[order], events[order]
    return Bucket(customer, at, events, log.kind[events], log.amount)


def ends(group: Numbers) -> Flags:
    """Where the last of each group stands, of groups that stand together."""
    last = np.ones(len(group), np.bool_)
    np.not_equal(group[1:], group[:-1], out=last[:-1])
    return last


def begins(group: Numbers) -> Flags:
    """Where the first of each group stands, of groups that stand together."""
    first = np.ones(len(group), np.bool_)
    np.not_equal(group[1:], group[:-1], out=first[1:])
    return first


def running(group: Numbers, values: Numbers) -> Numbers:
    """The running sums of values, group by group."""
    total = np.cumsum(values)
    first = np.flatnonzero(begins(group))
    before = np.concatenate((total[:0], (total - values)[first]))
    found: Numbers = total - np.repeat(before, np.diff(np.append(first, len(group))))
    return found
