"""The events of one bucket of customers, by customer and time."""

from typing import Any

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from custlife.bulk.log import Log
from custlife.bulk.order import ROW, Each, Share, in_order, shares

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]


@frozen(eq=False)
class Bucket:
    """The events of a bucket of customers, by customer and time.

    What only some events need is not put in order, but looked up where it is asked for.

    Attributes:
        customer: The customers, by number within the bucket.
        at: The times.
        kind: The kinds.
        order: For each event its place in what follows; None if that is in order, too.
        events: The numbers of the events in the log; -1 where one was inferred.
        amounts: The amounts of purchases and refunds, in minor units; None where nothing is paid.
    """

    customer: NDArray[np.int32]
    at: Numbers
    kind: NDArray[np.uint8]
    order: Numbers | None
    events: Numbers
    amounts: Numbers | None

    def event(self, places: Numbers) -> Numbers:
        """The numbers in the log of the events at some places."""
        return self.events.take(self._looked_up(places))

    def amount(self, places: Numbers) -> Numbers:
        """The amounts of the purchases and refunds at some places."""
        if self.amounts is None:
            return places[:0]
        return self.amounts.take(self._looked_up(places))

    def _looked_up(self, places: Numbers) -> Numbers:
        return places if self.order is None else self.order.take(places)

    def some(self, places: Numbers) -> "Bucket":
        """The events at some places, or all in another order."""
        return evolve(
            self,
            customer=self.customer.take(places),
            at=self.at.take(places),
            kind=self.kind.take(places),
            order=self._looked_up(places),
        )

    def with_inferred(self, customer: NDArray[np.int32], at: Numbers, kind: Numbers) -> "Bucket":
        """These events and what was inferred, each after the given events of its time."""
        none, many = np.full(len(at), -1, self.events.dtype), len(self.events)
        order = np.arange(many) if self.order is None else self.order
        every = Bucket(
            np.append(self.customer, customer),
            np.append(self.at, at),
            np.append(self.kind, kind.astype(np.uint8)),
            np.append(order, np.arange(many, many + len(at))),
            np.append(self.events, none),
            None if self.amounts is None else np.append(self.amounts, none),
        )
        return every.in_order(int(every.customer.max()) + 1)

    def in_order(self, customers: int) -> "Bucket":
        """The same events by customer and time, of so many customers."""
        places, customer, at = in_order(self.customer, customers, self.at)
        if places is None:
            return self
        kind, order = self.kind.take(places), self._looked_up(places)
        return evolve(self, customer=customer, at=at, kind=kind, order=order)


def in_shares(log: Log, each: Each) -> list[Share]:
    """The events of a log, shared out to buckets.

    Args:
        log: The log.
        each: What runs a function on each part: ``map``, or that of a pool.
    """
    columns: dict[str, Numbers] = {"customer": log.customer, "at": log.at, "kind": log.kind}
    if log.amount is not None:
        columns["amount"] = log.amount
    if log.ties is not None:
        columns["ties"] = log.ties
    return shares(log.customer, log.customers, columns, each)


def sorted_bucket(share: Share) -> Bucket:
    """The events of a share by customer and time; the share does not keep them."""
    columns, first = share.handed_over(), share.customers.start
    customer, at = columns["customer"] - np.int32(first), columns["at"]
    bucket = Bucket(customer, at, columns["kind"], None, columns[ROW], columns.get("amount"))
    if "ties" in columns:
        return bucket.some(np.lexsort((columns["ties"], at, customer)))
    return bucket.in_order(share.customers.stop - first)


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


def sums(values: Numbers, first: Numbers) -> Numbers:
    """The sums of values, group by group, by the places where groups begin."""
    total = np.cumsum(values)
    found: Numbers = total[np.append(first[1:], len(total)) - 1]
    found[1:] -= found[:-1].copy()
    return found


def running(group: Numbers, values: Numbers) -> Numbers:
    """The running sums of values, group by group."""
    total = np.cumsum(values)
    first = np.flatnonzero(begins(group))
    before = np.concatenate((total[:0], (total - values)[first]))
    found: Numbers = total - np.repeat(before, np.diff(np.append(first, len(group))))
    return found
