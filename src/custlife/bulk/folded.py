"""A bucket that went through the automaton: what each of its events did."""

from functools import cached_property

import numpy as np
from attrs import define
from numpy.typing import NDArray

from custlife.bulk.automaton import BOUGHT, REFUNDED, ROOMS, SEVERAL, Automaton
from custlife.bulk.bucket import Bucket, Flags, Numbers, begins, ends, running
from custlife.bulk.folding import cells_of
from custlife.bulk.standing import Standing
from custlife.events import Activity
from custlife.state import Room


@define(eq=False)
class Paid:
    """What was paid, and what went back.

    Attributes:
        places: The places of the purchases and refunds.
        amounts: Their amounts, of refunds below zero.
        bought: Which of them are purchases.
    """

    places: Numbers
    amounts: Numbers
    bought: Flags

    @cached_property
    def total(self) -> Numbers:
        """The sum of the amounts before each of them, and of all."""
        return np.append(0, np.cumsum(self.amounts))


@define(eq=False)
class Folded:
    """A bucket that went through the automaton.

    Attributes:
        bucket: The events.
        machine: The automaton.
        length: For each customer how many events there are.
        cell: For each event the cell of the automaton in which it falls.
        waiting: For each customer how many complaints wait at the end.
    """

    bucket: Bucket
    machine: Automaton
    length: Numbers
    cell: NDArray[np.int32]
    waiting: NDArray[np.int64]

    @classmethod
    def of(cls, bucket: Bucket, machine: Automaton, standing: Standing) -> "Folded":
        """Fold a bucket.

        Args:
            bucket: The events.
            machine: The automaton.
            standing: Where the customers stand before the events.
        """
        first = np.flatnonzero(begins(bucket.customer))
        length = np.zeros(len(standing.state), np.int64)
        length[bucket.customer[first]] = np.diff(np.append(first, len(bucket.customer)))
        code, waiting = bucket.kind, standing.waiting
        if machine.width > len(machine.kinds):
            level, waiting = _waiting(bucket, machine, standing, np.cumsum(length))
            code = level.view(np.uint8) * np.uint8(len(machine.kinds)) + code
        cell = cells_of(machine, code, length, standing.state)
        return cls(bucket, machine, length, cell, waiting)

    @cached_property
    def what(self) -> NDArray[np.uint16]:
        """For each event what it is, as bits from `MOVED` on."""
        return self.machine.what.take(self.cell)

    @cached_property
    def paid(self) -> Paid:
        """The purchases and refunds that are taken."""
        places = np.flatnonzero((self.what & (BOUGHT | REFUNDED)) > 0)
        bought = np.ones(len(places), np.bool_)
        amounts = self.bucket.amount(places)
        if (self.machine.activity == Activity.REFUND).any():
            bought = (self.what.take(places) & BOUGHT) > 0
            amounts = np.where(bought, amounts, -amounts)
        return Paid(places, amounts, bought)

    def some(self, which: Flags) -> "Folded":
        """The events of some customers."""
        places = np.flatnonzero(which.take(self.bucket.customer))
        return Folded(
            self.bucket.some(places),
            self.machine,
            np.where(which, self.length, 0),
            self.cell.take(places),
            self.waiting,
        )


def _waiting(
    bucket: Bucket, machine: Automaton, standing: Standing, stop: Numbers
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """How many complaints wait before each event, up to several; and at the end.

    An answer takes one away, if there is one. That holds in every state, see
    `can_count_complaints`.
    """
    change = np.zeros(len(bucket.customer) + 1, np.int8)
    begin = np.append(0, stop[:-1])
    old = np.flatnonzero((standing.waiting > 0) & (stop > begin))
    change[begin[old]] = np.minimum(standing.waiting[old], SEVERAL)
    place = np.flatnonzero((machine.complaints != 0).take(bucket.kind))
    customer, waiting = bucket.customer[place], standing.waiting.copy()
    if len(place):
        more = machine.complaints[bucket.kind[place]].astype(np.int64)
        total = running(customer, more) + standing.waiting[customer]
        # The lowest that the sum has been; each customer is put far below the one before.
        far = customer.astype(np.int64) * (2 * len(more) + 2 * int(waiting.max()) + 2)
        lowest = np.minimum.accumulate(total - far) + far
        after = total - np.minimum(lowest, 0)
        last = ends(customer)
        waiting[customer[last]] = after[last]
        now = np.minimum(after, SEVERAL)
        earlier = np.append(0, now[:-1])
        first = begins(customer)
        earlier[first] = np.minimum(standing.waiting[customer[first]], SEVERAL)
        change[place + 1] += (now - earlier).astype(np.int8)
        change[stop[customer[last]]] -= now[last].astype(np.int8)
    untouched = old[~np.isin(old, customer)]
    change[stop[untouched]] -= np.minimum(waiting[untouched], SEVERAL).astype(np.int8)
    edge = np.flatnonzero(change[:-1] != 0)
    level = np.append(np.int8(0), np.cumsum(change[edge], dtype=np.int8))
    return np.repeat(level, np.diff(np.concatenate(([0], edge, stop[-1:])))), waiting


def stuck(folded: Folded, standing: Standing) -> Flags:
    """The customers who cannot be folded in columns after all.

    These were refunded more than there is, paused once, or did something after a departure that was
    inferred which the lifecycle refuses then.
    """
    bucket, machine, cell = folded.bucket, folded.machine, folded.cell
    out = np.zeros(len(standing.state), np.bool_)
    if machine.table.paused:
        paused = np.zeros(len(machine.table.states), np.bool_)
        paused[[*machine.table.paused]] = True
        out[bucket.customer[paused[machine.after].take(cell)]] = True
        out |= (paused[standing.state] | (standing.paused > 0)) & (folded.length > 0)
    if (machine.activity == Activity.REFUND).any():
        paid = folded.paid
        person = bucket.customer[paid.places]
        left = running(person, paid.amounts) + standing.revenue[person]
        out[person[(left < 0) & (paid.amounts < 0)]] = True
    if len(machine.kinds) > machine.given:
        taken = machine.taken.take(cell)
        given = bucket.kind < machine.given
        former = machine.room[machine.after] == ROOMS.index(Room.FORMER)
        gone = taken & ~given & former.take(cell)
        seen = running(bucket.customer, gone.astype(np.int64))
        out[bucket.customer[(seen > 0) & ~taken & given]] = True
    return out
