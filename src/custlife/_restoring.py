"""Whether the stored fields of a relationship fit each other."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from custlife.departures import Departure
from custlife.record import Record
from custlife.state import Room, State

Contradiction = tuple[str, object, str]
"""A field, its value, and what it must be."""


def contradictions(  # noqa: PLR0913, PLR0917 - one argument a stored field
    state: State,
    since: datetime | None,
    cycle: int,
    began: datetime | None,
    moment: datetime | None,
    open_complaints: int,
    departure: Departure | None,
    record: Record,
) -> Iterator[Contradiction]:
    """What cannot be in a relationship that was stored."""
    yield from record.contradictions()
    where = f", in cycle {cycle} in {state.describe()}"
    for name, value, expectation in _of_cycle(state, cycle, moment, departure):
        yield name, value, expectation + where
    for name, time in (("since", since), ("cycle_began", began)):
        if (time is not None) != (record.events > 0):
            yield name, time, f"given once an event is on record, and None before{where}"
    for name, value, expectation in _of_times(since, began, moment, record):
        yield name, value, expectation + where
    waiting = 0 if state.room is Room.PROSPECT else record.complaints
    if open_complaints > waiting:
        yield "open_complaints", open_complaints, f"at most {waiting}{where}"


def _of_cycle(
    state: State, cycle: int, moment: datetime | None, departure: Departure | None
) -> Iterator[Contradiction]:
    former = state.room is Room.FORMER
    ended = None if departure is None else departure.cycle
    expected = cycle if former else cycle - 1 or None
    if ended != expected:
        given = "none" if ended is None else f"of cycle {ended}"
        yield "departure", given, "none" if expected is None else f"of cycle {expected}"
    room = departure.room_left if former and departure is not None else state.room
    was_customer = room is Room.CUSTOMER
    if (moment is not None) != was_customer:
        none = "None, since no customer stage was entered in this cycle"
        yield "customer_moment", moment, "given" if was_customer else none


def _of_times(
    since: datetime | None, began: datetime | None, moment: datetime | None, record: Record
) -> Iterator[Contradiction]:
    first, last = record.first_at, record.last_at
    names = ("record.first_at", "cycle_began", "customer_moment", "record.last_at")
    order = zip(names, (first, began, moment, last), strict=True)
    times = [(name, value) for name, value in order if value is not None]
    for (earlier, one), (name, value) in pairwise(times):
        if value < one:
            yield name, value, f"no earlier than {earlier}, {one}"
    span = [value for value in (began, since, last) if value is not None]
    if span != sorted(span):
        yield "since", since, "between cycle_began and record.last_at"
