"""Where customers stand, in columns: one array for each thing that a relationship keeps."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from attrs import define, fields
from numpy.typing import NDArray

from custlife.bulk.ticks import NEVER
from custlife.events import Activity
from custlife.lifecycle.table import Table
from custlife.state import State

Times = NDArray[np.int64]
COUNTS = tuple(f"{activity.name.lower()}s" for activity in Activity)
"""The names of the counts of a record, in the order of `Activity`."""
TIMES = (
    "first_at",
    "last_at",
    "first_purchase_at",
    "last_purchase_at",
    "last_failure_at",
    "last_lapse_at",
)
"""The times of a record."""


def slot_names(table: Table) -> tuple[str, ...]:
    """The slots of a lifecycle: its regions, rooms without any, and stages that hold others."""
    paths = [path for state in table.states for path in state.paths]
    outer = (stage for path in paths for stage in path[1:-1])
    return tuple(dict.fromkeys((*(path[0] for path in paths), *outer)))


def slots_in(state: State, table: Table) -> list[int]:
    """The slot of each active stage of a state, in the order of `State.active`."""
    names = slot_names(table)
    return [
        names.index(path[0] if stage == path[-1] else stage)
        for path in state.paths
        for stage in path[1:]
    ]


@lru_cache(maxsize=256)
def slots_of(table: Table) -> tuple[NDArray[np.int16], ...]:
    """For each slot, what is active in it in each state, by number; -1 if nothing is."""
    found = []
    for name in slot_names(table):
        active = [
            next(
                (
                    path[-1] if path[0] == name else name
                    for path in state.paths
                    if name in path[:-1]
                ),
                None,
            )
            for state in table.states
        ]
        names = [*dict.fromkeys(filter(None, active))]
        found.append(
            np.array([-1 if one is None else names.index(one) for one in active], np.int16)
        )
    return tuple(found)


@define(eq=False)
class Standing:
    """Where customers stand; each array has a place for each customer, in its last dimension.

    Times are microseconds of UTC, `NEVER` for what did not happen; money is in minor units.
    """

    state: NDArray[np.uint16]
    waiting: NDArray[np.int64]
    public: NDArray[np.int64]
    cycle: NDArray[np.int64]
    began: Times
    moment: Times
    first_moment: Times
    first_at: Times
    last_at: Times
    first_purchase_at: Times
    last_purchase_at: Times
    last_failure_at: Times
    last_lapse_at: Times
    counts: NDArray[np.int64]
    """A row for each activity."""
    days: NDArray[np.int64]
    revenue: NDArray[np.int64]
    refunded: NDArray[np.int64]
    first_paid: NDArray[np.int64]
    paused_at: Times
    paused: NDArray[np.int64]
    paused_before: NDArray[np.int64]
    departure: NDArray[np.int64]
    """The number of the last departure among all; -1 if there never was one."""
    entered: Times
    """A row for each slot: when it was entered last, a region's innermost or an outer stage."""

    @classmethod
    def begin(cls, customers: int, table: Table) -> "Standing":
        """Customers of a lifecycle before their first event."""
        standing = cls.unset(customers, table)
        standing.set_back(table)
        return standing

    @classmethod
    def unset(cls, customers: int, table: Table) -> "Standing":
        """Room for customers of a lifecycle, to be set back part by part."""
        rows: dict[str, Any] = {}
        for one in fields(cls):
            name = one.name
            shape: tuple[int, ...] = (customers,)
            if name in IN_ROWS:
                shape = (len(COUNTS if name == "counts" else slot_names(table)), customers)
            if name in _PAUSES and not table.paused:
                rows[name] = np.broadcast_to(np.int64(_before(name, table)), shape)
            else:
                # Zeros take no memory until something is written.
                make = np.empty if _before(name, table) else np.zeros
                rows[name] = make(shape, np.uint16 if name == "state" else np.int64)
        return cls(**rows)

    def set_back(self, table: Table) -> None:
        """Put every customer before the first event; nothing was written about them yet."""
        for name in self.names():
            if (first := _before(name, table)) and (array := getattr(self, name)).flags.writeable:
                array.fill(first)

    def part(self, customers: slice) -> "Standing":
        """Some of the customers: the same arrays, not copies."""
        return Standing(**{name: getattr(self, name)[..., customers] for name in self.names()})

    def since(self, table: Table) -> list[Times]:
        """For each slot when what is active in it was entered; `NEVER` where nothing is."""
        found = []
        for slot, entered in zip(slots_of(table), self.entered, strict=True):
            at = np.where(entered == NEVER, self.first_at, entered)
            found.append(np.where(slot.take(self.state) < 0, NEVER, at))
        return found

    def names(self) -> Iterable[str]:
        """The names of the arrays."""
        return (one.name for one in fields(type(self)))


WHEN = frozenset({*TIMES, "began", "moment", "first_moment", "paused_at", "entered"})
"""The names of the arrays of times."""
IN_ROWS = ("counts", "entered")
"""The names of the arrays of several rows."""
_PAUSES = ("paused_at", "paused", "paused_before")


def _before(name: str, table: Table) -> int:
    """What an array holds before the first event."""
    first = {"state": table.initial, "cycle": 1, "departure": -1}
    return NEVER if name in WHEN else first.get(name, 0)
