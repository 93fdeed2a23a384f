"""A folded bucket added to where its customers stand: counts, money, moves and departures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import evolve, fields, frozen
from numpy.typing import NDArray

from custlife.bulk.automaton import ENTERED, LEFT, RETURNED
from custlife.bulk.bucket import Bucket, Flags, Numbers, begins, ends
from custlife.bulk.folded import Folded, Paid
from custlife.bulk.standing import Standing
from custlife.bulk.ticks import DAY, NEVER
from custlife.events import Activity


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


def _purchases(folded: Folded, paid: Paid, standing: Standing) -> None:
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
