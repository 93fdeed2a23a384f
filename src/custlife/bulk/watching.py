"""Silence over columns: what a rule infers between the events of a bucket, and after the last."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custlife.answers import SilenceRule
from custlife.bulk.automaton import ROOMS, Automaton
from custlife.bulk.bucket import Bucket, Flags, Numbers, begins
from custlife.bulk.deadlines import Columnar, is_columnar, is_marked, limits
from custlife.bulk.standing import Standing
from custlife.bulk.ticks import DAY, NEVER, micros
from custlife.events import Activity, Departed, Event, Lapsed
from custlife.lifecycle.table import Table
from custlife.silence.windows import OwnRhythm
from custlife.state import Room

INFERRED: tuple[type[Event], ...] = (Lapsed, Departed)
"""What a silence rule infers, in the order of the automaton's last kinds."""


def silences_of(
    rule: SilenceRule, as_of: datetime, table: Table, kinds: Sequence[type[Event]]
) -> "Silences | None":
    """The silences of all customers over columns; None where that cannot be.

    The rule must be one over columns; a purchase must be possible everywhere, and nothing else
    make a customer; every customer can lapse, and leave; and nobody pauses.
    """
    if not is_columnar(rule) or table.paused:
        return None
    names = {kind.activity is Activity.PURCHASE: set[str]() for kind in kinds}
    for kind in kinds:
        names[kind.activity is Activity.PURCHASE].add(table.handled_as(kind))
    bought, others = names.get(True, set()), names.get(False, set())
    customers = {number for number, room in enumerate(table.rooms) if room is Room.CUSTOMER}
    outside = [arcs for number, arcs in enumerate(table.arcs) if number not in customers]
    sound = (
        all(name in arcs for name in bought for arcs in table.unguarded)
        and not any(arcs.get(name) in customers for arcs in outside for name in others)
        and all(_leads(table, number, Lapsed, Room.CUSTOMER) for number in customers)
        and all(_leads(table, number, Departed, Room.FORMER) for number in customers)
    )
    return Silences(cast("Columnar", rule), as_of) if sound else None


def _leads(table: Table, state: int, kind: type[Event], room: Room) -> bool:
    after = table.unguarded[state].get(table.handled_as(kind))
    return after is not None and table.rooms[after] is room


@frozen(eq=False)
class Silences:
    """A silence rule, and the moment up to which silence counts.

    Attributes:
        rule: The rule.
        as_of: The moment.
    """

    rule: Columnar
    as_of: datetime

    @property
    def by_days(self) -> bool:
        """Whether several purchases on a day are one occasion."""
        return isinstance(self.rule, OwnRhythm) and self.rule.occasions == "days"

    def counted(self, standing: Standing) -> NDArray[np.int64]:
        """The occasions of each customer on record."""
        return standing.days if self.by_days else standing.counts[Activity.PURCHASE]

    def watched(
        self, bucket: Bucket, machine: Automaton, standing: Standing, aside: Flags
    ) -> Bucket:
        """The bucket with what its customers' silences make due.

        Args:
            bucket: The events of a bucket of customers, in order.
            machine: The automaton; its last kinds are those that are inferred.
            standing: Where the customers stand before the events.
            aside: The customers who are not watched here.
        """
        customer, since, first, occasions, until = self._silences(bucket, machine, standing, aside)
        lapsed, departed, _ = limits(
            self.rule,
            since=since,
            first_purchase=first,
            last_purchase=since,
            occasions=occasions,
        )
        marked = is_marked(standing.last_lapse_at[customer], since, lapsed)
        lapses = np.flatnonzero((lapsed < until) & ~marked)
        leaves = np.flatnonzero(departed < until)
        if not len(lapses) and not len(leaves):
            return bucket
        kinds = np.repeat([machine.given, machine.given + 1], [len(lapses), len(leaves)])
        return bucket.with_inferred(
            customer[np.concatenate((lapses, leaves))],
            np.concatenate((lapsed[lapses], departed[leaves])),
            kinds,
        )

    def _silences(
        self, bucket: Bucket, machine: Automaton, standing: Standing, aside: Flags
    ) -> tuple[NDArray[np.int32], Numbers, Numbers, Numbers, Numbers]:
        """Each silence: whose, since when, their first purchase, their occasions, until when."""
        bought = np.flatnonzero(machine.are(bucket.kind, Activity.PURCHASE))
        # A silence that began with a purchase before these events goes on: it comes first.
        earlier = np.flatnonzero(~aside & (standing.last_purchase_at != NEVER)).astype(np.int32)
        customer = np.concatenate((earlier, bucket.customer[bought]))
        at = np.concatenate((standing.last_purchase_at[earlier], bucket.at[bought]))
        order = np.argsort(customer, kind="stable")
        customer, at = customer[order], at[order]
        old = order < len(earlier)
        new = begins(customer)
        start = np.flatnonzero(new)
        length = np.diff(np.append(start, len(customer)))
        count = np.ones(len(customer), np.int64)
        if self.by_days:
            day = np.floor_divide(at, DAY)
            count[1:] = new[1:] | (day[1:] != day[:-1])
        count[old] = self.counted(standing)[customer[old]]
        total = np.cumsum(count)
        occasions = total - np.repeat((total - count)[start], length)
        first = np.repeat(np.where(old, standing.first_purchase_at[customer], at)[start], length)
        until = np.full(len(customer), micros(self.as_of))
        until[:-1][~new[1:]] = at[1:][~new[1:]]
        return customer, at, first, occasions, until


def late(silences: Silences, machine: Automaton, standing: Standing) -> Flags:
    """The customers whose silence had reached a limit that was not applied then."""
    known = np.flatnonzero(standing.last_purchase_at != NEVER)
    found = np.zeros(len(standing.state), np.bool_)
    if not len(known):
        return found
    since = standing.last_purchase_at[known]
    lapsed, departed, _ = limits(
        silences.rule,
        since=since,
        first_purchase=standing.first_purchase_at[known],
        last_purchase=since,
        occasions=silences.counted(standing)[known],
    )
    last = standing.last_at[known]
    marked = is_marked(standing.last_lapse_at[known], since, lapsed)
    inside = machine.room[standing.state[known]] == ROOMS.index(Room.CUSTOMER)
    found[known] = inside & (((lapsed < last) & ~marked) | (departed < last))
    return found
