"""Generators of what happens to one customer: walks through a lifecycle, and where they lead.

A walk may begin with a departure and a return or two, and the shortest way to some state, so that
every stage is reached in any cycle; then it goes on event by event, and prefers those that lead to
another room.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from hypothesis import strategies as st

from custlife._checks import count, one_of
from custlife.complaints import OpenComplaint, answer, answered
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.errors import UnknownState
from custlife.events import (
    ANSWERS,
    Activity,
    Complained,
    ComplaintIgnored,
    Event,
    Purchased,
    Refunded,
)
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.testing.generators.events import Kinds, changed, moments, moved, undated_events
from custlife.testing.paths import nearer

_MOST = 25
"""How many events a history has at most unless another number is given."""
_DAYS = 366
"""The longest gap between two events [d]."""
_GOES_ON = st.integers(0, 9).map(bool)
_LAPS = st.sampled_from([0, 0, 1, 2])
"""How often the person has left and returned before anything else."""
_PICKS = st.integers(0, 2**16)


_KNOWN_AFTER = {"phone": timedelta(days=3), "fax": timedelta(days=90)}
"""How long after an event the app comes to know of it, by the channel; else it knows at once."""


def gaps(*, allow_ties: bool = False) -> st.SearchStrategy[timedelta]:
    """How much later the next event happens: days to a year, or microseconds; nothing for a tie."""
    return st.integers(0 if allow_ties else 1, 2 * _DAYS).map(_gap)


def _gap(number: int) -> timedelta:
    if number <= _DAYS:
        return timedelta(days=number)
    return timedelta(microseconds=number - _DAYS)


def known(event: Event) -> Event:
    """The event with the time at which the app came to know of it, if that was later."""
    late = None if event.recorded_at else _KNOWN_AFTER.get(event.channel or "")
    return event if late is None else changed(event, recorded_at=event.at + late)


def histories(
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    kinds: Kinds = (),
    max_size: int = _MOST,
    allow_rejected: bool = False,
    allow_ties: bool = False,
) -> st.SearchStrategy[list[Event]]:
    """Histories: events of one customer in the order of time, from the beginning.

    Every stage, every departure and every way back is reached often, in the first cycle and later.
    What comes by phone or fax is recorded later than it happened.

    Args:
        lifecycle: The lifecycle.
        kinds: The app's own events: their classes, or a strategy for each name.
        max_size: The most events of a history, >= 0.
        allow_rejected: Whether to mix in events that the lifecycle refuses where they happen.
        allow_ties: Whether events may happen at the same moment.

    Examples:
        >>> from custlife import replay
        >>> from hypothesis import given, settings
        >>> @settings(max_examples=10)
        ... @given(histories())
        ... def every_legal_history_can_be_replayed(events):
        ...     replay(events, customer="C-17")
        >>> every_legal_history_can_be_replayed()
    """
    one_of(Lifecycle).argument("histories", "lifecycle", lifecycle)
    count.argument("histories", "max_size", max_size)
    table = unchecked_table(lifecycle)
    makers = undated_events(lifecycle, kinds)
    open_ = frozenset(range(len(table.states)))
    return _histories(
        table,
        makers,
        max_size,
        open_,
        allow_rejected=allow_rejected,
        later=gaps(allow_ties=allow_ties),
    )


def relationships(  # noqa: PLR0913 - each can be left out
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    room: Room | None = None,
    stage: str | None = None,
    kinds: Kinds = (),
    max_size: int = _MOST,
    departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
) -> st.SearchStrategy[Relationship]:
    """Relationships that some history leads to.

    Args:
        lifecycle: The lifecycle.
        room: The room that they are in; any if left out.
        stage: A stage that they are in, which may have stages inside; any if left out.
        kinds: The app's own events: their classes, or a strategy for each name.
        max_size: The most events that they have seen, but for a way to the room and stage.
        departure_rules: The rules by which departures are judged.

    Raises:
        UnknownState: If no relationship can be in the room and stage.

    Examples:
        >>> from custlife import Room
        >>> from hypothesis import given, settings
        >>> @settings(max_examples=10)
        ... @given(relationships(room=Room.FORMER))
        ... def who_is_gone_has_departed_in_this_cycle(gone):
        ...     assert gone.departure.cycle == gone.cycle
        >>> who_is_gone_has_departed_in_this_cycle()
    """
    one_of(Lifecycle).argument("relationships", "lifecycle", lifecycle)
    one_of(Room).or_none.argument("relationships", "room", room)
    count.argument("relationships", "max_size", max_size)
    table = unchecked_table(lifecycle)
    wanted = frozenset(
        number
        for number, state in enumerate(table.states)
        if (room is None or state.room is room) and (stage is None or state.is_in(stage))
    )
    if not wanted:
        place = " in ".join(
            repr(name) for name in (stage, None if room is None else room.value) if name is not None
        )
        raise UnknownState(f"a state {place}", lifecycle.name, tuple(map(str, table.states)))
    makers = undated_events(lifecycle, kinds)
    walks = _histories(
        table, makers, max_size, wanted, allow_rejected=False, later=gaps(allow_ties=True)
    )
    names = st.integers(1, 99).map("C-{}".format) | st.sampled_from(["17", "Zoë Ünal"])
    return st.builds(
        lambda customer, events: Relationship(customer, lifecycle, departure_rules).apply(*events),
        names,
        walks,
    )


@st.composite
def _histories(  # noqa: PLR0913 - what the two above have in common
    draw: st.DrawFn,
    table: Table,
    makers: Mapping[str, st.SearchStrategy[Event]],
    max_size: int,
    wanted: Collection[int],
    *,
    allow_rejected: bool,
    later: st.SearchStrategy[timedelta],
) -> list[Event]:
    """A walk that ends in a wanted state; it never goes where none of them can be reached."""
    open_ = nearer(table, frozenset(wanted))
    here, at = table.initial, draw(moments())
    history: list[Event] = []

    on_record = OnRecord()

    def happens(name: str) -> None:
        nonlocal here, at
        at += draw(later)
        event = known(moved(draw(makers[name]), at))
        event = on_record.fitted(event, len(history), loosely=allow_rejected)
        history.append(event)
        after = table.arcs[here].get(name)
        guarded = name in table.guards[here] and not on_record.complaints
        if after is not None and not guarded and on_record.takes(event):
            here = after

    def goes(goal: frozenset[int]) -> None:
        """Go the shortest way to a goal, if there is one and it leaves what is wanted open."""
        way = nearer(table, goal)
        while here in way and way[here] and len(history) < max_size:
            if table.arcs[here][way[here]] not in open_:
                break
            happens(way[here])

    former, present = _sides(table)
    goal = frozenset({draw(st.integers(0, len(table.states) - 1))})
    for _ in range(draw(_LAPS) if former <= {*nearer(table, goal)} else 0):
        goes(former)
        goes(present)
    goes(goal)
    while len(history) < max_size and draw(_GOES_ON):
        barred = () if allow_rejected else on_record.barred(table.guards[here])
        names = _choices(table, here, open_, barred, allow_rejected=allow_rejected)
        if not names:
            break
        happens(names[draw(_PICKS) % len(names)])
    last = draw(st.sampled_from(sorted(wanted)))
    way = nearer(table, frozenset({last}))
    way = way if here in way and len(wanted) < len(table.states) else open_
    while way[here]:
        happens(way[here])
    return history


class OnRecord:
    """What answers and refunds can be about, as far as the events of a walk say."""

    def __init__(self) -> None:
        self.complaints: list[OpenComplaint] = []
        self.rests: dict[str, Decimal] = {}
        self.revenue = Decimal(0)

    def fitted(self, event: Event, number: int, *, loosely: bool) -> Event:
        """The event with an id of its own, about something on record; loosely, perhaps not."""
        said: dict[str, object] = {}
        if event.id is not None:
            said["id"] = f"A-{number}"
        if getattr(event, "complaint", None) and (self.complaints or not loosely):
            ignoring = event.activity is Activity.DISREGARD
            open_ = [one.id for one in self.complaints if not (ignoring and one.ignored)]
            said["complaint"] = open_[-1] if open_ else None
        if isinstance(event, Refunded) and not (loosely and number % 2):
            said["purchase"] = event.purchase and next(reversed(self.rests), None)
            rest = self.rests.get(str(said["purchase"]), self.revenue)
            said["amount"] = min(event.amount, rest, self.revenue)
        return changed(event, **said)

    def barred(self, guarded: Collection[str]) -> Collection[str]:
        """The events that would answer what is not open."""
        if not self.complaints:
            return guarded
        waits = any(not complaint.ignored for complaint in self.complaints)
        return () if waits else (ComplaintIgnored.name,)

    def takes(self, event: Event) -> bool:
        """Put an event on record; whether it moves anybody, as the lifecycle has it."""
        if event.activity is Activity.COMPLAINT:
            public = isinstance(event, Complained) and event.public
            self.complaints.append(OpenComplaint(event.at, event.id, public))
        if isinstance(event, Purchased):
            self.revenue += event.amount
            if event.id is not None:
                self.rests[event.id] = event.amount
        if isinstance(event, Refunded):
            rest = self.rests.get(event.purchase or "", self.revenue)
            if event.amount <= min(rest, self.revenue):
                self.revenue -= event.amount
                if event.purchase is not None:
                    self.rests[event.purchase] = rest - event.amount
        if event.activity not in ANSWERS:
            return True
        named = getattr(event, "complaint", None)
        ignoring = event.activity is Activity.DISREGARD
        place = answered(self.complaints, named, waiting=ignoring)
        if place is None:
            return named is None and not self.complaints
        answer(self.complaints, place, event)
        return all(complaint.ignored for complaint in self.complaints)


def _choices(
    table: Table,
    here: int,
    open_: Collection[int],
    barred: Collection[str],
    *,
    allow_rejected: bool,
) -> tuple[str, ...]:
    """The names to choose from: each that is possible, and those that change the room thrice."""
    possible, crossing = [], []
    for name in table.events:
        after = table.arcs[here].get(name)
        if name not in barred and (allow_rejected if after is None else after in open_):
            possible.append(name)
            if after is not None and table.rooms[after] is not table.rooms[here]:
                crossing.append(name)
    return (*possible, *crossing, *crossing)


@lru_cache(maxsize=256)
def _sides(table: Table) -> tuple[frozenset[int], frozenset[int]]:
    """The states after a departure, and those before one."""
    numbers = range(len(table.states))
    former = frozenset(number for number in numbers if table.rooms[number] is Room.FORMER)
    return former, frozenset(numbers) - former
