"""What the rules say, read naively, and a naive account of a history.

An oracle is slow and simple, so that one sees that it is right. It shares nothing with the chart,
the table and the relationship but the definition and the bounds of what an event may say of a
departure, which is why it can find their faults.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import accumulate
from typing import Any

from attrs import fields, frozen, has

from custlife.causes import Cause, Initiator
from custlife.decisions.predicates import words
from custlife.departure_rules import DepartureKind
from custlife.departures import Departure
from custlife.errors import CustlifeError
from custlife.events import Activity, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Stay
from custlife.lifecycle.places import Places
from custlife.money import EXACT
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import Room, State

Answer = tuple[str, Move | Stay]
"""The place of a rule, and the rule."""


def outcome(lifecycle: Lifecycle, state: State, event: str) -> State | None:
    """Where the rules lead from a state on an event, by reading them; None where they refuse it.

    Whatever forbids the event in the state refuses it. Else each region answers by the rule that
    is innermost. A move that leaves the room counts for all of it, but gives way to a move that
    is further inside. Where nothing answers, the event is refused.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> print(outcome(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("lost"), "engaged"))
        visitor
        >>> outcome(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("lost"), "departed") is None
        True
    """
    places = lifecycle.places
    asked = [rule for rule in lifecycle.rules if rule.on == event]
    if any(isinstance(rule, Forbid) and any(map(state.is_in, rule.at)) for rule in asked):
        return None
    answers = {answer for path in state.paths for answer in _innermost(places, state, path, asked)}
    moves = {(place, rule) for place, rule in answers if isinstance(rule, Move)}
    for place, rule in moves:
        inner = any(place in places.by_name[other].within for other, _ in moves)
        if not inner and _leaves(places, place, rule):
            return _entered(places, rule.to)
    regions = state.regions
    for place, rule in moves:
        if not _leaves(places, place, rule):
            target = places.by_name[rule.to[0]]
            regions[target.region or ""] = places.entry(target.name)[0]
    return places.state(tuple(regions.values())) if answers else None


def _innermost(
    places: Places, state: State, path: tuple[str, ...], asked: Iterable[object]
) -> Iterator[Answer]:
    for place in dict.fromkeys((*reversed(path), state.room.value)):
        for rule in asked:
            if isinstance(rule, Move | Stay) and _stands(places, rule, place) and _may(rule, state):
                yield place, rule
                return


def _stands(places: Places, rule: Move | Stay, place: str) -> bool:
    """Whether a rule is at a place; a room's move into one of its regions is in that."""
    for name in rule.at:
        room = places.by_name[name].region is None
        inward = room and bool(rule.to) and not _leaves(places, name, rule)
        if place == (places.by_name[rule.to[0]].region if inward else name):
            return True
    return False


def _may(rule: Move | Stay, state: State) -> bool:
    return all(map(state.is_in, rule.when)) and not any(map(state.is_in, rule.unless))


def _leaves(places: Places, place: str, rule: Move | Stay) -> bool:
    """Whether a rule leads out of the room, or begins the whole room anew."""
    target = places.by_name[rule.to[0]]
    same_room = target.room is places.by_name[place].room
    return len(rule.to) > 1 or target.stage is None or not same_room


def _entered(places: Places, to: Sequence[str]) -> State:
    """The state on entering these places: named regions there, the others at their first stage."""
    room = places.by_name[to[0]].room
    leaves = dict(zip(places.regions[room], places.entry(room.value), strict=True))
    for name in to:
        place = places.by_name[name]
        if place.region is not None:
            leaves[place.region] = places.entry(name)[0]
    return places.state(tuple(leaves.values()))


@frozen
class Entry:
    """One accepted event, and the states before and after it."""

    event: Event
    before: State
    after: State

    @property
    def departs(self) -> bool:
        """Whether the room former was entered."""
        return self.after.room is Room.FORMER and self.before.room is not Room.FORMER

    @property
    def returns(self) -> bool:
        """Whether the room former was left."""
        return self.before.room is Room.FORMER and self.after.room is not Room.FORMER

    @property
    def kind(self) -> DepartureKind:
        """Of which kind the departure is: by who ended it, then by the room that was left."""
        if getattr(self.event, "initiator", Initiator.CUSTOMER) is Initiator.ENTERPRISE:
            return DepartureKind.TERMINATION
        return {Room.PROSPECT: DepartureKind.LOSS, Room.CUSTOMER: DepartureKind.EROSION}[
            self.before.room
        ]


@frozen
class Account:
    """A naive account of a history: everything is counted anew from its entries each time.

    Attributes:
        lifecycle: The lifecycle.
        entries: The accepted events, in order.
        refused: The places of the refused ones among all events.
    """

    lifecycle: Lifecycle
    entries: tuple[Entry, ...] = ()
    refused: tuple[int, ...] = ()

    def plus(self, event: Event) -> "Account":
        """The account with one event more, by the rules."""
        after = outcome(self.lifecycle, self.state, event.name)
        entry = None if after is None else Entry(event, self.state, after)
        if entry is None or (entry.departs and not self._is_in_bounds(entry)):
            place = len(self.entries) + len(self.refused)
            return Account(self.lifecycle, self.entries, (*self.refused, place))
        return Account(self.lifecycle, (*self.entries, entry), self.refused)

    def _is_in_bounds(self, entry: Entry) -> bool:
        """Whether what the event says of the departure is in its bounds."""
        try:
            Departure.by(entry.event, left=entry.before, cycle=1, sales_cycle=timedelta(0))
        except CustlifeError:
            return False
        return True

    @property
    def state(self) -> State:
        """Where it ends."""
        return self.entries[-1].after if self.entries else self.lifecycle.initial

    @property
    def events(self) -> tuple[Event, ...]:
        """The accepted events."""
        return tuple(entry.event for entry in self.entries)

    @property
    def cycles(self) -> tuple[int, ...]:
        """The cycle after each entry: 1, and one more with each return."""
        return tuple(accumulate((entry.returns for entry in self.entries), initial=1))[1:]

    @property
    def cycle(self) -> int:
        """The cycle at the end."""
        return self.cycles[-1] if self.entries else 1

    @property
    def customer_moment(self) -> datetime | None:
        """When the room customer was entered in the last cycle; None if it was not."""
        moments = {
            cycle: entry.event.at
            for cycle, entry in zip(self.cycles, self.entries, strict=True)
            if entry.after.room is Room.CUSTOMER and entry.before.room is not Room.CUSTOMER
        }
        return moments.get(self.cycle)

    @property
    def since(self) -> datetime | None:
        """When the state was entered: the last change, or the first event."""
        changes = [e.event.at for e in self.entries if e.before != e.after]
        return next(iter([*changes[-1:], *(event.at for event in self.events[:1])]), None)

    @property
    def cycle_began(self) -> datetime | None:
        """When the first event of the last cycle happened; None before any."""
        times = zip(self.cycles, (event.at for event in self.events), strict=True)
        return next((at for cycle, at in times if cycle == self.cycle), None)

    @property
    def open_complaints(self) -> int:
        """Complaints of a customer in the last cycle that nothing has answered since."""
        waiting = 0
        for cycle, entry in zip(self.cycles, self.entries, strict=True):
            activity = entry.event.activity
            if cycle == self.cycle and activity is Activity.COMPLAINT:
                waiting += entry.after.room is Room.CUSTOMER
            if activity in (Activity.SETTLEMENT, Activity.DISREGARD):
                waiting = 0
        return waiting

    @property
    def departed(self) -> tuple[dict[str, object], ...]:
        """What is to be on record about each departure, by the names of its fields."""
        return tuple(
            self._facts(number, entry) for number, entry in enumerate(self.entries) if entry.departs
        )

    def _facts(self, number: int, entry: Entry) -> dict[str, object]:
        before = Account(self.lifecycle, self.entries[:number])
        event, at = entry.event, entry.event.at
        return {
            "at": at,
            "cycle": before.cycle,
            "kind": entry.kind,
            "room_left": entry.before.room,
            "stages_left": entry.before.stages,
            "cause": getattr(event, "cause", Cause.UNKNOWN),
            "initiator": getattr(event, "initiator", Initiator.CUSTOMER),
            "to": getattr(event, "to", None),
            "inferred": getattr(event, "inferred", False),
            "sales_cycle": (before.customer_moment or at) - (before.cycle_began or at),
            "sales_cost": getattr(event, "sales_cost", None),
            "deal_size": getattr(event, "deal_size", None),
        }

    @property
    def record(self) -> Record:
        """The record of the accepted events."""
        return record_of(self.events)


def contradictions(now: Relationship, account: Account) -> Iterator[str]:
    """In what a relationship is otherwise than its account says."""
    for name in ("state", "since", "cycle", "cycle_began", "customer_moment", "open_complaints"):
        found, expected = getattr(now, name), getattr(account, name)
        if found != expected:
            yield f"{name.replace('_', ' ')} is {found}, and must be {expected}."
    if now.record != account.record:
        yield f"by its events, {difference(now.record, account.record, 'record')}."
    yield from departures_amiss(
        [] if now.departure is None else [now.departure], account.departed[-1:]
    )


def departures_amiss(
    kept: Sequence[Departure], made: Sequence[Mapping[str, object]]
) -> Iterator[str]:
    """In what the departures on record are otherwise than those that were made."""
    if len(kept) != len(made):
        yield f"departures on record: {len(kept)}, and departed: {len(made)}."
    for departure, facts in zip(kept, made, strict=False):
        for name, expected in facts.items():
            found = getattr(departure, name)
            if found != expected:
                what = f"the departure at {facts['at']}: {name.replace('_', ' ')}"
                yield f"{what} is {words(found)}, and must be {words(expected)}."


def account_of(lifecycle: Lifecycle, events: Iterable[Event]) -> Account:
    """The account of a history, refused events left out and noted."""
    return reduce(Account.plus, events, Account(lifecycle))


def record_of(events: Sequence[Event]) -> Record:
    """The record of some accepted events, counted anew."""
    names = (attribute.name for attribute in fields(Record))
    values: dict[str, Any] = {
        name: sum(event.activity is kind for event in events)
        for name, kind in zip(names, Activity, strict=False)
    }
    bought = [event for event in events if event.activity is Activity.PURCHASE]
    for prefix, some in (("", events), ("_purchase", bought)):
        if some:
            values[f"first{prefix}_at"] = min(event.at for event in some)
            values[f"last{prefix}_at"] = max(event.at for event in some)
    amounts = (getattr(event, "amount", Decimal(0)) for event in bought)
    return Record(**values, revenue=reduce(EXACT.add, amounts, Decimal(0)))


def difference(found: object, expected: object, name: str = "") -> str:
    """What is otherwise than expected; nothing if they are equal.

    Args:
        found: What was found.
        expected: What it should be.
        name: What to call the whole.

    Examples:
        >>> from custlife import Record
        >>> difference(Record(purchases=2), Record(purchases=1, lapses=1), "record")
        'record.purchases is 2, not 1; record.lapses is 0, not 1'
        >>> difference((1, 2), (1, 3))
        'it is (1, 2), not (1, 3)'
    """
    if found == expected:
        return ""
    parts = []
    cls: Any = type(found)
    if cls is type(expected) and has(cls) and not isinstance(found, State):
        for attribute in fields(cls):
            if attribute.eq and not attribute.name.startswith("_"):
                one, other = (getattr(value, attribute.name) for value in (found, expected))
                where = f"{name}.{attribute.name}" if name else attribute.name
                parts.append(difference(one, other, where))
    return "; ".join(filter(None, parts)) or f"{name or 'it'} is {found}, not {expected}"
