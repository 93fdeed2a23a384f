"""Whether the stored fields of a relationship fit each other."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from custlife.departures import Departure
from custlife.record import Record
from custlife.state import Room, State


class Fields(Protocol):
    """The fields of a relationship that say something about each other."""

    @property
    def state(self) -> State:
        """Where it stands."""
        ...

    @property
    def since(self) -> datetime | None:
        """When the state was entered."""
        ...

    @property
    def cycle(self) -> int:
        """Which time through the lifecycle it is."""
        ...

    @property
    def cycle_began(self) -> datetime | None:
        """When the first event of the cycle happened."""
        ...

    @property
    def customer_moment(self) -> datetime | None:
        """When the room customer was entered in the cycle."""
        ...

    @property
    def open_complaints(self) -> int:
        """Complaints that wait for an answer."""
        ...

    @property
    def departure(self) -> Departure | None:
        """The last departure on record."""
        ...

    @property
    def record(self) -> Record:
        """What is on record."""
        ...


def contradictions(fields: Fields) -> Iterator[tuple[str, object, str]]:
    """What cannot be in a relationship that was stored: (field, value, what it must be)."""
    where = f", in cycle {fields.cycle} in {fields.state.describe()}"
    for check in (_departure, _moment, _beginning):
        for name, value, expectation in check(fields):
            yield name, value, expectation + where
    yield from fields.record.contradictions()
    for check in (_order, _complaints):
        for name, value, expectation in check(fields):
            yield name, value, expectation + where


def _departure(fields: Fields) -> Iterator[tuple[str, object, str]]:
    ended = None if fields.departure is None else fields.departure.cycle
    former = fields.state.room is Room.FORMER
    expected = fields.cycle if former else fields.cycle - 1 or None
    if ended != expected:
        given = "none" if ended is None else f"of cycle {ended}"
        yield "departure", given, "none" if expected is None else f"of cycle {expected}"


def _moment(fields: Fields) -> Iterator[tuple[str, object, str]]:
    room = fields.state.room
    if room is Room.FORMER and fields.departure is not None:
        room = fields.departure.room_left
    was_customer = room is Room.CUSTOMER
    if (fields.customer_moment is not None) != was_customer:
        none = "None, since no customer stage was entered in this cycle"
        yield "customer_moment", fields.customer_moment, "given" if was_customer else none


def _beginning(fields: Fields) -> Iterator[tuple[str, object, str]]:
    begun = fields.record.events > 0
    for name, value in (("since", fields.since), ("cycle_began", fields.cycle_began)):
        if (value is not None) != begun:
            yield name, value, "given once an event is on record, and None before"


def _order(fields: Fields) -> Iterator[tuple[str, object, str]]:
    first, last = fields.record.first_at, fields.record.last_at
    order = (
        ("record.first_at", first),
        ("cycle_began", fields.cycle_began),
        ("customer_moment", fields.customer_moment),
        ("record.last_at", last),
    )
    times = [(name, value) for name, value in order if value is not None]
    for (earlier, one), (name, value) in pairwise(times):
        if value < one:
            yield name, value, f"no earlier than {earlier}, {one}"
    span = [value for value in (fields.cycle_began, fields.since, last) if value is not None]
    if span != sorted(span):
        yield "since", fields.since, "between cycle_began and record.last_at"


def _complaints(fields: Fields) -> Iterator[tuple[str, object, str]]:
    waiting = 0 if fields.state.room is Room.PROSPECT else fields.record.complaints
    if fields.open_complaints > waiting:
        yield "open_complaints", fields.open_complaints, f"at most {waiting}"
