"""A lifecycle's table for whole columns: in which cell an event falls, and where it leads.

Derived from the compiled table. What an event does depends on the state and, where complaints are,
on whether none, one or several wait.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custlife.bulk.standing import slots_of
from custlife.events import ANSWERS, Activity, Event
from custlife.lifecycle.table import Table
from custlife.state import Room

ROOMS = (*Room,)
ENTERED, LEFT, RETURNED = 1, 2, 4
"""What a move can be, as bits: into the room ``customer``, into ``former``, and out of it."""
MOVED, BOUGHT, REFUNDED, FAILED, LAPSED = 1, 2, 4, 8, 16
"""What an event that is taken can be, as bits: a move, and what its activity is."""
COUNTED = 8
"""The first bit of the kind of an event."""
_SEEN = {
    Activity.PURCHASE: BOUGHT,
    Activity.REFUND: REFUNDED,
    Activity.SERVICE_FAILURE: FAILED,
    Activity.LAPSE: LAPSED,
}
SEVERAL = 2
"""So many waiting complaints are several: an event does the same as with more."""
OF_COMPLAINTS = (Activity.COMPLAINT, *ANSWERS)
"""What changes how many complaints wait."""
_LARGEST, _LONGEST = 1 << 17, 16
"""A table of strides has so many entries, and a stride so many events, at most."""


@frozen(eq=False)
class Strides:
    """Several events at a time.

    Attributes:
        many: How many events a stride is.
        kinds: How many kinds of codes differ in where they lead.
        kind: For each code its kind.
        leads: For each state, where each combination of kinds leads.
    """

    many: int
    kinds: int
    kind: NDArray[np.uint8]
    leads: list[list[int]]


@frozen(eq=False)
class Automaton:
    """What each kind of event does in each state.

    A cell is a state, a number of waiting complaints and a kind. The code of an event is the part
    of its cell that does not depend on the state.

    Attributes:
        table: The table that it was derived from.
        kinds: The classes of events; a kind is its number.
        given: How many of the kinds are given; the rest is inferred from silence.
        width: How many codes there are.
        after: For each cell, the state after the event.
        taken: For each cell, whether the event is taken.
        activity: For each kind what it counts as.
        room: For each state the place of its room among the three.
    """

    table: Table
    kinds: tuple[type[Event], ...]
    given: int
    width: int
    after: NDArray[np.uint16]
    taken: NDArray[np.bool_]
    activity: NDArray[np.int64]
    room: NDArray[np.uint8]

    @cached_property
    def leads(self) -> NDArray[np.int32]:
        """For each cell, the first cell of the state after the event."""
        return self.after * np.int32(self.width)

    @cached_property
    def what(self) -> NDArray[np.uint16]:
        """For each cell what an event in it is, as bits from `MOVED` on.

        The bits from `COUNTED` on are its kind, or the number of kinds if it is not taken.
        """
        kind = np.where(self.taken, np.arange(len(self.after)) % len(self.kinds), len(self.kinds))
        seen = np.array([*(_SEEN.get(Activity(one), 0) for one in self.activity), 0])[kind]
        moved = np.where(self.after == self.state, 0, MOVED)
        return np.asarray(kind << COUNTED | seen | moved, np.uint16)

    @cached_property
    def state(self) -> NDArray[np.uint16]:
        """For each cell its state."""
        return (np.arange(len(self.after)) // self.width).astype(np.uint16)

    @cached_property
    def waits(self) -> NDArray[np.bool_]:
        """For each cell whether a complaint waits."""
        return np.arange(len(self.after)) % self.width >= len(self.kinds)

    @cached_property
    def strides(self) -> "Strides":
        """Several events at a time, for a loop."""
        table = self.after.reshape(-1, self.width)
        one, alike = np.unique(table, axis=1, return_inverse=True)
        kinds = one.shape[1]
        many, every = 1, one
        while len(one) * kinds ** (many + 1) <= _LARGEST and many < _LONGEST:
            many, every = many + 1, one[every].reshape(len(one), -1)
        return Strides(many, kinds, alike.reshape(-1).astype(np.uint8), every.tolist())

    @cached_property
    def complaints(self) -> NDArray[np.int8]:
        """For each kind how many more complaints wait after it."""
        more = {Activity.COMPLAINT: 1, **dict.fromkeys(ANSWERS, -1)}
        return np.array([more.get(Activity(one), 0) for one in self.activity], np.int8)

    @cached_property
    def moves(self) -> NDArray[np.uint8]:
        """For each cell what an event in it is, as bits: `ENTERED`, `LEFT` and `RETURNED`."""
        before, after = self.room[self.state], self.room[self.after]
        former, customer = ROOMS.index(Room.FORMER), ROOMS.index(Room.CUSTOMER)
        entered = (before != customer) & (after == customer)
        left = (before != former) & (after == former)
        returned = (before == former) & (after != former)
        return np.asarray(entered * ENTERED + left * LEFT + returned * RETURNED, np.uint8)

    @cached_property
    def slots(self) -> tuple[NDArray[np.bool_], ...]:
        """For each slot, and each cell, whether an event in the cell enters the slot."""
        found = ((slot[self.state], slot[self.after]) for slot in slots_of(self.table))
        return tuple((before != after) & (after >= 0) for before, after in found)

    def are(self, kinds: NDArray[np.uint8], activity: Activity) -> NDArray[np.bool_]:
        """Which events count as something."""
        found: NDArray[np.bool_] = (self.activity == activity).take(kinds)
        return found


def automaton(
    table: Table,
    kinds: Sequence[type[Event]],
    inferred: Sequence[type[Event]] = (),
    *,
    waiting: bool,
) -> Automaton:
    """The automaton of a lifecycle for some kinds of events.

    Args:
        table: The lifecycle's table.
        kinds: The classes of events.
        inferred: The classes of what is inferred from the silence of a customer.
        waiting: Whether complaints can wait.
    """
    every = (*kinds, *inferred)
    levels = range(SEVERAL + 1 if waiting else 1)
    after, taken = [], []
    for here, room in enumerate(table.rooms):
        for waits in levels:
            for place, kind in enumerate(every):
                out = place >= len(kinds) and room is not Room.CUSTOMER
                found = None if out else answer(table, here, kind, waits)
                taken.append(found is not None)
                after.append(here if found is None else found)
    return Automaton(
        table=table,
        kinds=every,
        given=len(kinds),
        width=len(levels) * len(every),
        after=np.array(after, np.uint16),
        taken=np.array(taken, np.bool_),
        activity=np.array([kind.activity for kind in every], np.int64),
        room=np.array([ROOMS.index(room) for room in table.rooms], np.uint8),
    )


def answer(table: Table, here: int, kind: type[Event], waiting: int) -> int | None:
    """The state after an event, with so many complaints that wait; None if it is refused.

    As `fold` does it for complaints that nobody names and that were not voiced in public.
    """
    after = table.unguarded[here].get(kind.name)
    if after is None:
        arcs = table.arcs if waiting else table.unguarded
        after = arcs[here].get(table.handled_as(kind))
    if after is not None and kind.activity in ANSWERS and waiting >= SEVERAL:
        return here  # another complaint waits still
    return after


def can_count_complaints(table: Table, kinds: Sequence[type[Event]]) -> bool:
    """Whether the number of waiting complaints follows from the events alone, in every state.

    So it does where a complaint can be voiced everywhere, and answered wherever one waits.
    """
    return all(
        answer(table, here, kind, waits) is not None
        for kind in kinds
        if kind.activity in OF_COMPLAINTS
        for here in range(len(table.states))
        for waits in (1, SEVERAL)
    )
