"""A bucket that went through the automaton: what each of its events did."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from attrs import define, evolve
from numpy.typing import NDArray

from custlife.bulk.automaton import ROOMS, SEVERAL, Automaton
from custlife.bulk.bucket import Bucket, Flags, Numbers, begins, ends, running
from custlife.bulk.folding import states_before
from custlife.bulk.standing import Standing
from custlife.events import Activity
from custlife.state import Room


class Paid(NamedTuple):
    """What was paid, and what went back: the places of the events, and amounts with a sign."""

    places: Numbers
    amounts: Numbers
    bought: Flags


@define(eq=False)
class Folded:
    """A bucket that went through the automaton.

    Attributes:
        bucket: The events.
        machine: The automaton.
        taken: For each event whether it is taken.
        before: For each event the state before it.
        after: For each event the state after it.
        level: For each event how many complaints wait before it, up to `SEVERAL`.
        waiting: For each customer how many complaints wait at the end.
    """

    bucket: Bucket
    machine: Automaton
    taken: Flags
    before: NDArray[np.uint16]
    after: NDArray[np.uint16]
    level: NDArray[np.int8]
    waiting: NDArray[np.int32]

    @classmethod
    def of(cls, bucket: Bucket, machine: Automaton, standing: Standing) -> "Folded":
        """Fold a bucket.

        Args:
            bucket: The events.
            machine: The automaton.
            standing: Where the customers stand before the events.
        """
        length = np.bincount(bucket.customer, minlength=len(standing.state))
        level, waiting = _waiting(bucket, machine, standing, np.cumsum(length))
        code = bucket.kind
        if machine.width > len(machine.kinds):
            code = level.view(np.uint8) * np.uint8(len(machine.kinds)) + bucket.kind
        before = states_before(machine, code, length, standing.state)
        cell = before * np.int32(machine.width) + code
        taken, after = machine.taken[cell], machine.after[cell]
        return cls(bucket, machine, taken, before, after, level, waiting)

    @cached_property
    def paid(self) -> Paid:
        """The purchases and refunds that are taken."""
        bucket, machine = self.bucket, self.machine
        refund = machine.activity == Activity.REFUND
        counts = (machine.activity == Activity.PURCHASE) | refund
        places = np.flatnonzero(counts[bucket.kind] & self.taken)
        amounts, bought = bucket.paid(places), np.ones(len(places), np.bool_)
        if refund.any():
            bought = ~refund[bucket.kind[places]]
            amounts = np.where(bought, amounts, -amounts)
        return Paid(places, amounts, bought)

    def some(self, which: Flags) -> "Folded":
        """Some of the events."""
        names = ("taken", "before", "after", "level")
        events: dict[str, Any] = {name: getattr(self, name)[which] for name in names}
        return evolve(self, bucket=self.bucket.some(which), **events)


def _waiting(
    bucket: Bucket, machine: Automaton, standing: Standing, stop: Numbers
) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """How many complaints wait before each event, up to several; and at the end.

    An answer takes one away, if there is one. That holds in every state, see
    `can_count_complaints`.
    """
    change = np.zeros(len(bucket.customer) + 1, np.int8)
    if machine.width == len(machine.kinds):
        return change[:-1], standing.waiting
    begin = np.append(0, stop[:-1])
    old = np.flatnonzero((standing.waiting > 0) & (stop > begin))
    change[begin[old]] = np.minimum(standing.waiting[old], SEVERAL)
    place = np.flatnonzero(machine.complaints[bucket.kind])
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
    return np.cumsum(change[:-1], dtype=np.int8), waiting


def stuck(folded: Folded, standing: Standing) -> Flags:
    """The customers who cannot be folded in columns after all.

    These were refunded more than there is, paused, or did something after a departure that was
    inferred which the lifecycle refuses then.
    """
    bucket, machine, taken = folded.bucket, folded.machine, folded.taken
    out = np.zeros(len(standing.state), np.bool_)
    if machine.table.paused:
        paused = np.zeros(len(machine.table.states), np.bool_)
        paused[[*machine.table.paused]] = True
        out[bucket.customer[paused[folded.after]]] = True
        out |= paused[standing.state]
    if (machine.activity == Activity.REFUND).any():
        paid = folded.paid
        person = bucket.customer[paid.places]
        left = running(person, paid.amounts) + standing.revenue[person]
        out[person[(left < 0) & (paid.amounts < 0)]] = True
    given = bucket.kind < machine.given
    if not given.all():
        gone = taken & ~given & (machine.room[folded.after] == ROOMS.index(Room.FORMER))
        seen = running(bucket.customer, gone.astype(np.int64))
        out[bucket.customer[(seen > 0) & ~taken & given]] = True
    return out
