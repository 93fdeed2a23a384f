"""One bucket of customers: their events sorted, watched, folded and added up."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from attrs import define, evolve, fields, frozen
from numpy.typing import NDArray

from custlife.bulk.automaton import (
    ENTERED,
    LEFT,
    RETURNED,
    ROOMS,
    SEVERAL,
    Automaton,
)
from custlife.bulk.folding import states_before
from custlife.bulk.log import Log
from custlife.bulk.order import in_order
from custlife.bulk.standing import Standing
from custlife.bulk.ticks import DAY, NEVER
from custlife.events import Activity
from custlife.state import Room

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]


@frozen(eq=False)
class Moves:
    """Moves from one state to another, customer by customer, in order.

    Attributes:
        customer: The customers, by number.
        at: The times.
        event: The numbers of the events in the log; -1 where one was inferred.
        kind: The kinds of events.
        before: The states before.
        then: The states after.
        cycle: The cycles after.
    """

    customer: NDArray[np.int32]
    at: Numbers
    event: Numbers
    kind: NDArray[np.uint8]
    before: NDArray[np.uint16]
    then: NDArray[np.uint16]
    cycle: NDArray[np.int32]

    @classmethod
    def none(cls) -> "Moves":
        """No move."""
        kinds: Any = np.int32, np.int64, np.int64, np.uint8, np.uint16, np.uint16, np.int32
        arrays: Any = (np.empty(0, kind) for kind in kinds)
        return cls(*arrays)

    def with_rows(self, rows: Sequence[tuple[int, ...]]) -> "Moves":
        """These moves and others, customer by customer.

        Args:
            rows: The values of the other moves, in the order of the attributes.
        """
        if not rows:
            return self
        arrays = [getattr(self, one.name) for one in fields(Moves)]
        every = [
            np.append(array, np.array(column, array.dtype))
            for array, column in zip(arrays, zip(*rows, strict=True), strict=True)
        ]
        order = np.argsort(every[0], kind="stable")
        return Moves(*(array[order] for array in every))

    def after(self, first: int) -> "Moves":
        """These moves, the customers numbered from another one on."""
        return evolve(self, customer=self.customer + np.int32(first))


@frozen(eq=False)
class Endings:
    """What relationships knew when they ended, departure by departure.

    Attributes:
        move: The places of the departures among the moves.
        moment: The customer moments of the cycle.
        first_moment: The first customer moments.
        sales_cycle: The lengths of the sale.
        revenue: The revenue on record, in minor units.
        purchases: The purchases on record.
    """

    move: Numbers
    moment: Numbers
    first_moment: Numbers
    sales_cycle: Numbers
    revenue: Numbers
    purchases: Numbers


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


class _Paid(NamedTuple):
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
    def paid(self) -> _Paid:
        """The purchases and refunds that are taken."""
        bucket, machine = self.bucket, self.machine
        refund = machine.activity == Activity.REFUND
        counts = (machine.activity == Activity.PURCHASE) | refund
        places = np.flatnonzero(counts[bucket.kind] & self.taken)
        amounts, bought = bucket.paid(places), np.ones(len(places), np.bool_)
        if refund.any():
            bought = ~refund[bucket.kind[places]]
            amounts = np.where(bought, amounts, -amounts)
        return _Paid(places, amounts, bought)

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
        total = _running(customer, more) + standing.waiting[customer]
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
        left = _running(person, paid.amounts) + standing.revenue[person]
        out[person[(left < 0) & (paid.amounts < 0)]] = True
    given = bucket.kind < machine.given
    if not given.all():
        gone = taken & ~given & (machine.room[folded.after] == ROOMS.index(Room.FORMER))
        seen = _running(bucket.customer, gone.astype(np.int64))
        out[bucket.customer[(seen > 0) & ~taken & given]] = True
    return out


def _running(group: Numbers, values: Numbers) -> Numbers:
    """The running sums of values, group by group."""
    total = np.cumsum(values)
    first = np.flatnonzero(begins(group))
    before = np.concatenate((total[:0], (total - values)[first]))
    found: Numbers = total - np.repeat(before, np.diff(np.append(first, len(group))))
    return found


def add_up(folded: Folded, standing: Standing) -> tuple[Moves, Endings, Numbers]:
    """Add a folded bucket to where its customers stand.

    Args:
        folded: The bucket, with at least one event.
        standing: Where the customers of the bucket stand; it is changed.

    Returns:
        The moves, with customers by number within the bucket; the departures among them; and the
        places of the given events that are refused, in the bucket.
    """
    bucket, machine, taken = folded.bucket, folded.machine, folded.taken
    refused = np.flatnonzero(~taken & (bucket.kind < machine.given))
    last, first = np.flatnonzero(ends(bucket.customer)), np.flatnonzero(begins(bucket.customer))
    who = bucket.customer[last]
    standing.state[who] = folded.after[last]
    standing.waiting[who] = folded.waiting[who]
    _outermost(bucket, taken, first, last, standing)
    before = _Before(standing.revenue.copy(), standing.counts[:, Activity.PURCHASE].copy())
    _count(folded, who, standing)
    if bucket.prices is not None:
        _purchases(folded, folded.paid, standing)
    for activity, name in (
        (Activity.SERVICE_FAILURE, "last_failure_at"),
        (Activity.LAPSE, "last_lapse_at"),
    ):
        if (machine.activity == activity).any():
            some = np.flatnonzero(machine.are(bucket.kind, activity) & taken)
            some = some[ends(bucket.customer[some])]
            getattr(standing, name)[bucket.customer[some]] = bucket.at[some]
    place = np.flatnonzero(folded.before != folded.after)
    moves, endings = _moves(folded, place, standing, before)
    return moves, endings, refused


def _outermost(
    bucket: Bucket,
    taken: Flags,
    first: Numbers,
    last: Numbers,
    standing: Standing,
) -> None:
    """When the first and the last event that is taken happened."""
    if not (taken[first].all() and taken[last].all()):
        some = np.flatnonzero(taken)
        first = some[begins(bucket.customer[some])]
        last = some[ends(bucket.customer[some])]
    who = bucket.customer[first]
    new = standing.first_at[who] == NEVER
    for name in ("first_at", "began"):
        getattr(standing, name)[who[new]] = bucket.at[first[new]]
    standing.last_at[who] = bucket.at[last]


def _count(folded: Folded, who: Numbers, standing: Standing) -> None:
    """Count the events of some customers, who stand in the order of the bucket."""
    bucket, machine = folded.bucket, folded.machine
    width = len(machine.kinds) + 1  # the last one is for what is refused
    kind = np.where(folded.taken, bucket.kind, width - 1)
    place = np.cumsum(begins(bucket.customer), dtype=np.int32) - 1
    found = np.bincount(place * width + kind, minlength=len(who) * width).reshape(-1, width)
    for number, activity in enumerate(machine.activity):
        standing.counts[who, activity] += found[:, number].astype(np.int32)


def _purchases(folded: Folded, paid: _Paid, standing: Standing) -> None:
    """Money, and the times and days of purchases."""
    bucket = folded.bucket
    if not len(paid.places):
        return
    person = bucket.customer[paid.places]
    first = np.flatnonzero(begins(person))
    standing.revenue[person[first]] += np.add.reduceat(paid.amounts, first)
    places, amount = paid.places, paid.amounts
    if not paid.bought.all():
        back = np.add.reduceat(np.where(paid.bought, 0, paid.amounts), first)
        standing.refunded[person[first]] -= back
        places, amount = places[paid.bought], amount[paid.bought]
    if not len(places):
        return
    customer, at = bucket.customer[places], bucket.at[places]
    new = begins(customer)
    begin, buyer = np.flatnonzero(new), customer[new]
    fresh = standing.first_purchase_at[buyer] == NEVER
    day = np.floor_divide(at, DAY)
    before = np.floor_divide(standing.last_purchase_at[buyer], DAY)
    standing.first_purchase_at[buyer[fresh]] = at[begin[fresh]]
    standing.last_purchase_at[buyer] = at[ends(customer)]
    another = new.copy()
    another[1:] |= day[1:] != day[:-1]
    another[begin] = fresh | (before != day[begin])
    standing.days += np.bincount(customer[another], minlength=len(standing.days)).astype(np.int32)
    opening = np.floor_divide(standing.first_purchase_at, DAY)[customer] == day
    standing.first_paid[buyer] += np.add.reduceat(amount * opening, begin)


def _moves(
    folded: Folded,
    place: Numbers,
    standing: Standing,
    before: "_Before",
) -> tuple[Moves, Endings]:
    """The moves at some places, and what is known at each departure among them."""
    bucket, machine = folded.bucket, folded.machine
    customer, at = bucket.customer[place], bucket.at[place]
    steps = folded.before[place], folded.after[place]
    pair = machine.pair(*steps)
    kind = machine.moves[pair]
    for number, slot in enumerate(machine.slots):
        anew = np.flatnonzero(slot[pair])
        anew = anew[ends(customer[anew])]
        standing.entered[customer[anew], number] = at[anew]
    cycle = standing.cycle[customer]
    returned = (kind & RETURNED) > 0
    if returned.any():
        total = np.cumsum(returned, dtype=np.int32)
        start = np.flatnonzero(begins(customer))
        behind = (total - returned)[start]
        cycle += total - np.repeat(behind, np.diff(np.append(start, len(customer))))
        standing.cycle[customer[ends(customer)]] = cycle[ends(customer)]
    moves = Moves(customer, at, bucket.event[place], bucket.kind[place], *steps, cycle)
    endings = _rooms(folded, moves, place, kind, standing, before)
    return moves, endings


def _rooms(  # noqa: PLR0913, PLR0917 - what a move from room to room depends on
    folded: Folded,
    moves: Moves,
    place: Numbers,
    kind: NDArray[np.uint8],
    standing: Standing,
    before: "_Before",
) -> Endings:
    """Note the times of cycles and customer moments; and what is known at each departure."""
    some = np.flatnonzero(kind & (ENTERED | LEFT | RETURNED))
    if not len(some):
        return Endings(*[np.empty(0, np.int64)] * 6)
    customer, at = moves.customer[some], moves.at[some]
    entered, left, returned = ((kind[some] & bit) > 0 for bit in (ENTERED, LEFT, RETURNED))
    number = np.arange(len(some))
    start = np.maximum.accumulate(np.where(begins(customer), number, 0))

    def latest(which: Flags) -> Numbers:
        """For each move the last one of the customer so far that is of a kind; -1 if none is."""
        found = np.maximum.accumulate(np.where(which, number, -1))
        return np.where(found >= start, found, -1)

    back, moment = latest(returned), latest(entered)
    began = np.where(back >= 0, at[back], standing.began[customer])
    old = np.where(back >= 0, NEVER, standing.moment[customer])
    since = np.where((moment >= 0) & (moment >= back), at[moment], old)
    first = standing.first_moment[customer]
    opening = np.flatnonzero(entered)
    opening = opening[begins(customer[opening])]  # the first of each customer
    known = np.full(len(standing.state), len(some), np.int64)
    known[customer[opening]] = opening
    inside = (first == NEVER) & (known[customer] <= number)
    first = np.where(inside, at[np.minimum(known[customer], len(some) - 1)], first)
    last = ends(customer)
    for name, values in (("began", began), ("moment", since), ("first_moment", first)):
        getattr(standing, name)[customer[last]] = values[last]
    gone = np.flatnonzero(left)
    if not len(gone):
        return Endings(*[np.empty(0, np.int64)] * 6)
    ended, began, since = at[gone], began[gone], since[gone]
    sale = np.where(began == since, NEVER, since - began)
    sale = np.where(since == NEVER, ended - began, sale)
    person, event = customer[gone], place[some[gone]]
    revenue, purchases = before.at(folded, person, event)
    return Endings(some[gone], since, first[gone], sale, revenue, purchases)


@frozen(eq=False)
class _Before:
    """The revenue and the purchases of each customer before a bucket."""

    revenue: Numbers
    purchases: Numbers

    def at(self, folded: Folded, person: Numbers, event: Numbers) -> tuple[Numbers, Numbers]:
        """The revenue and the purchases of customers before some of their events."""
        bucket = folded.bucket
        if bucket.prices is None:  # nothing can be bought then
            return self.revenue[person], self.purchases[person]
        paid = folded.paid
        whose = bucket.customer[paid.places]
        begin = np.flatnonzero(begins(whose))
        start = np.full(len(self.revenue), len(whose))
        start[whose[begin]] = begin
        stop = np.searchsorted(paid.places, event)

        def until(values: Numbers) -> Numbers:
            total = np.concatenate(([0], np.cumsum(values)))
            found: Numbers = total[stop] - total[np.minimum(start[person], stop)]
            return found

        revenue, purchases = until(paid.amounts), until(paid.bought)
        return self.revenue[person] + revenue, self.purchases[person] + purchases
