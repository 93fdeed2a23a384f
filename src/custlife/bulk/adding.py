"""A folded bucket added to where its customers stand: counts, money, moves and departures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import evolve, fields, frozen
from numpy.typing import NDArray

from custlife.bulk.automaton import COUNTED, ENTERED, FAILED, LAPSED, LEFT, MOVED, RETURNED
from custlife.bulk.bucket import Numbers, begins, ends, sums
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
    bucket, machine = folded.bucket, folded.machine
    who = np.flatnonzero(folded.length)
    length = folded.length[who]
    stop = np.cumsum(length)
    last, first = stop - 1, stop - length
    standing.state[who] = machine.after.take(folded.cell.take(last))
    if folded.waiting is not standing.waiting:
        standing.waiting[who] = folded.waiting[who]
    before = _Before(standing.revenue.copy(), standing.counts[Activity.PURCHASE].copy())
    refused = _count(folded, who, standing)
    some: Numbers = who
    if len(refused):
        taken = np.flatnonzero(machine.taken.take(folded.cell))
        customer = bucket.customer.take(taken)
        first, last = taken[begins(customer)], taken[ends(customer)]
        some = bucket.customer.take(first)
        refused = refused[bucket.kind.take(refused) < machine.given]
    new = np.flatnonzero(standing.first_at[some] == NEVER)
    standing.first_at[some[new]] = standing.began[some[new]] = bucket.at.take(first[new])
    standing.last_at[some] = bucket.at.take(last)
    _purchases(folded, folded.paid, standing)
    for what, times in ((FAILED, standing.last_failure_at), (LAPSED, standing.last_lapse_at)):
        if (machine.what & what).any():
            place = np.flatnonzero((folded.what & what) > 0)
            times[bucket.customer.take(place)] = bucket.at.take(place)  # the last one counts
    moves, endings = _moves(folded, np.flatnonzero((folded.what & MOVED) > 0), standing, before)
    return moves, endings, refused


def _count(folded: Folded, who: Numbers, standing: Standing) -> Numbers:
    """Count the events of some customers, who stand in the order of the bucket.

    Returns:
        The places of the events that are not taken.
    """
    machine = folded.machine
    width = len(machine.kinds) + 1  # the last one is for what is not taken
    kind = folded.what >> COUNTED
    person = np.cumsum(begins(folded.bucket.customer) * np.int32(width), dtype=np.int32) - width
    found = np.bincount(person + kind, minlength=len(who) * width).reshape(-1, width)
    for number, activity in enumerate(machine.activity):
        counts = standing.counts[activity]
        counts[who] += found[:, number]
    return np.flatnonzero(kind == width - 1) if found[:, -1].any() else person[:0]


def _purchases(folded: Folded, paid: Paid, standing: Standing) -> None:
    """Money, and the times and days of purchases."""
    bucket = folded.bucket
    if not len(paid.places):
        return
    person = bucket.customer.take(paid.places)
    first = np.flatnonzero(begins(person))
    standing.revenue[person[first]] += np.diff(paid.total[np.append(first, len(person))])
    places, amount, customer = paid.places, paid.amounts, person
    if not paid.bought.all():
        standing.refunded[person[first]] -= sums(np.where(paid.bought, 0, paid.amounts), first)
        bought = np.flatnonzero(paid.bought)
        places, amount, customer = places[bought], amount[bought], person[bought]
        first = np.flatnonzero(begins(customer))
    if not len(places):
        return
    at, buyer = bucket.at.take(places), customer[first]
    new = np.flatnonzero(standing.first_purchase_at[buyer] == NEVER)
    old = np.floor_divide(standing.last_purchase_at[buyer], DAY)
    standing.first_purchase_at[buyer[new]] = at[first[new]]
    standing.last_purchase_at[buyer] = at[np.append(first[1:], len(at)) - 1]
    day = np.floor_divide(at, DAY)
    another = np.ones(len(day), np.int64)
    np.not_equal(day[1:], day[:-1], out=another[1:])
    another[first] = old != day[first]
    another[first[new]] = 1
    standing.days[buyer] += sums(another, first)
    opening = np.floor_divide(standing.first_purchase_at[buyer], DAY)
    early = np.repeat(opening, np.diff(np.append(first, len(day)))) == day
    standing.first_paid[buyer] += sums(amount * early, first)


def _moves(
    folded: Folded,
    place: Numbers,
    standing: Standing,
    before: "_Before",
) -> tuple[Moves, Endings]:
    """The moves at some places, and what is known at each departure among them."""
    bucket, machine, cell = folded.bucket, folded.machine, folded.cell.take(place)
    customer, at = bucket.customer.take(place), bucket.at.take(place)
    steps = machine.state.take(cell), machine.after.take(cell)
    kind = machine.moves.take(cell)
    for slot, entered in zip(machine.slots, standing.entered, strict=True):
        anew = np.flatnonzero(slot.take(cell))
        entered[customer.take(anew)] = at.take(anew)  # the last one counts
    cycle, returned = standing.cycle.copy(), (kind & RETURNED) > 0
    total = np.cumsum(returned)
    start = np.flatnonzero(begins(customer))
    cycle[customer[start]] -= (total - returned)[start]
    cycle = cycle.take(customer) + total
    standing.cycle[customer] = cycle  # the last one counts
    event, kinds = bucket.event(place), bucket.kind.take(place)
    moves = Moves(customer, at, event, kinds, *steps, cycle.astype(np.int32))
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
    customer, at = moves.customer, moves.at
    entered, left, returned = (np.flatnonzero(kind & bit != 0) for bit in (ENTERED, LEFT, RETURNED))
    opening = entered.take(np.flatnonzero(begins(customer.take(entered))))  # the customers' first
    person = customer.take(left)

    def latest(which: Numbers) -> Numbers:
        """For each departure the last one of some moves of its customer before; -1 without."""
        found = np.append(-1, which)[np.searchsorted(which, left)]
        return np.where((found >= 0) & (customer[found] == person), found, -1)

    back, moment, first = latest(returned), latest(entered), latest(opening)
    began = np.where(back >= 0, at[back], standing.began[person])
    since = np.where(back >= 0, NEVER, standing.moment[person])
    since = np.where((moment >= 0) & (moment >= back), at[moment], since)
    known = standing.first_moment[person]
    known = np.where((known == NEVER) & (first >= 0), at[first], known)
    sale = np.where(began == since, NEVER, since - began)
    sale = np.where(since == NEVER, at[left] - began, sale)
    revenue, purchases = before.at(folded, person, place.take(left))

    # Of several moves of a customer the last one counts.
    standing.began[customer.take(returned)] = at.take(returned)
    anew = np.flatnonzero(kind & (ENTERED | RETURNED) != 0)
    times = np.where(kind.take(anew) & ENTERED != 0, at.take(anew), NEVER)
    standing.moment[customer.take(anew)] = times
    fresh = opening[standing.first_moment[customer.take(opening)] == NEVER]
    standing.first_moment[customer.take(fresh)] = at.take(fresh)
    return Endings(left, since, known, sale, revenue, purchases)


@frozen(eq=False)
class _Before:
    """The revenue and the purchases of each customer before a bucket."""

    revenue: Numbers
    purchases: Numbers

    def at(self, folded: Folded, person: Numbers, event: Numbers) -> tuple[Numbers, Numbers]:
        """The revenue and the purchases of customers before some of their events."""
        paid = folded.paid
        stop = np.searchsorted(paid.places, event)
        start = np.searchsorted(paid.places, (np.cumsum(folded.length) - folded.length)[person])
        revenue, purchases = paid.total[stop] - paid.total[start], stop - start
        if not paid.bought.all():
            bought = np.append(0, np.cumsum(paid.bought))
            purchases = bought[stop] - bought[start]
        return self.revenue[person] + revenue, self.purchases[person] + purchases
