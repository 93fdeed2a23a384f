"""The roll-up: which offerings an event concerns, and what becomes of the customer overall.

Events are entered one by one. For each, the offerings that it concerns take it or refuse it. The
overall relationship then takes it as it stands, stays, or goes along with an offering, so that its
room is right.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from attrs import define, evolve, field, fields, frozen

from custlife.complaints import OpenComplaint, answered
from custlife.departures import Departure
from custlife.errors import CustlifeError, EventNotAllowed, UnclearOffering
from custlife.events import ANSWERS, Activity, CauseLearnt, Event, Paused
from custlife.relationship import Relationship
from custlife.state import Room

UNNAMED_OFFERING = ""
"""The key of the one offering of a history that names none. No event can name it: it is blank."""

_OF_MONEY = (Activity.PURCHASE, Activity.REFUND)
_FIELDS = tuple(attribute.name for attribute in fields(Relationship))
_LOST = (Room.CUSTOMER, Room.FORMER)


@frozen
class Line:
    """One offering while the events are entered; an event is known by its place among all.

    Attributes:
        now: The relationship.
        voiced: The complaints that the relationship has, by their places.
        places: The events that moved it.
        left: The departures among them.
    """

    now: Relationship
    voiced: tuple[int, ...] = ()
    places: list[int] = field(factory=list)
    left: list[int] = field(factory=list)

    @property
    def room(self) -> Room:
        """The room of the relationship."""
        return self.now.state.room

    @property
    def complaints(self) -> Iterator[tuple[int, OpenComplaint]]:
        """The complaints that are not settled, with their places."""
        return zip(self.voiced, self.now.complaints, strict=True)

    def moved(self, place: int, event: Event, after: Relationship) -> "Line":
        """This line after the event at a place, which is not noted yet."""
        more = len(after.complaints) - len(self.voiced)
        voiced = self.voiced + (place,) * more
        if more < 0:
            gone = answered(self.now.complaints, getattr(event, "complaint", None))
            voiced = tuple(one for number, one in enumerate(voiced) if number != gone)
        return evolve(self, now=after, voiced=voiced)


def _complaints(lines: Mapping[str, Line]) -> dict[int, OpenComplaint]:
    """The complaints that are not settled by their places; one about several offerings once.

    It waits as long as it waits on one of them.
    """
    found: dict[int, OpenComplaint] = {}
    for line in lines.values():
        for place, complaint in line.complaints:
            if place not in found or not complaint.ignored:
                found[place] = complaint
    return dict(sorted(found.items()))


@define
class Books:
    """What is kept while events are entered one by one.

    Attributes:
        start: The relationship before the first event.
        keys: The offerings whose loss is the loss of the customer.
        overall: The overall relationship.
        events: The accepted events.
        lines: The offerings by name.
        left: The departures of the customer among the events, by their places.
        departures: The departures of the customer.
    """

    start: Relationship
    keys: frozenset[str]
    overall: Relationship
    events: list[Event] = field(factory=list)
    lines: dict[str, Line] = field(factory=dict)
    left: list[int] = field(factory=list)
    departures: list[Departure] = field(factory=list)

    def enter(self, event: Event) -> None:
        """Enter the next event.

        Raises:
            CustlifeError: If it is refused; nothing is changed then.
        """
        lines, place = self._lines_for(event.offering), len(self.events)
        before = {name: lines.get(name, Line(self.start)) for name in self._concerned(event, lines)}
        moved = {
            name: line.moved(place, event, _applied(line.now, event, name))
            for name, line in before.items()
        }
        after = {**lines, **moved}
        overall = self._rolled_up(event, before, after)
        for name, line in moved.items():
            line.places.append(place)
            line.left.extend([place] * _departs(before[name].now, line.now))
        if overall.departure is not None and overall.departure is not self.overall.departure:
            departs = _departs(self.overall, overall)
            self.left.extend([place] * departs)
            self.departures[len(self.departures) - (not departs) :] = [overall.departure]
        self.events.append(event)
        self.lines, self.overall = after, overall

    def _lines_for(self, offering: str | None) -> dict[str, Line]:
        """The lines, where the first offering that is named takes the place of the unnamed one."""
        lines = dict(self.lines)
        first = offering is not None and [*lines] == [UNNAMED_OFFERING]
        if first and lines[UNNAMED_OFFERING].now.first_customer_moment is None:
            lines[str(offering)] = lines.pop(UNNAMED_OFFERING)
        return lines

    def _concerned(self, event: Event, lines: Mapping[str, Line]) -> list[str]:
        """The names of the offerings that an event moves, unless their lifecycle refuses it."""
        if event.offering is not None:
            return [event.offering]
        if len(lines) < 2:  # noqa: PLR2004 - several
            return [*lines] or [UNNAMED_OFFERING]
        if event.activity in _OF_MONEY:
            return [self._paid_for(event, lines)]
        present = [name for name, line in lines.items() if line.room is not Room.FORMER]
        gone = [name for name in lines if name not in present]
        if isinstance(event, CauseLearnt) and gone:
            last = max(lines[name].left[-1] for name in gone)
            return [name for name in gone if lines[name].left[-1] == last]
        about = _answered(event, lines) if event.activity in ANSWERS else []
        taking = about or _taking(event, lines, present) or _taking(event, lines, gone)
        return taking or [*present, *gone][:1]

    def _paid_for(self, event: Event, lines: Mapping[str, Line]) -> str:
        """The one offering that a purchase or a refund concerns."""
        if event.activity is Activity.REFUND:
            names = _taking(event, lines, lines) or [*lines][:1]
        else:
            names = [name for name, line in lines.items() if line.room is Room.CUSTOMER]
            names = names or [*lines]
        if len(names) > 1:
            raise UnclearOffering(event.name, event.at, tuple(names), self.start.customer)
        return names[0]

    def _rolled_up(
        self, event: Event, before: Mapping[str, Line], after: Mapping[str, Line]
    ) -> Relationship:
        """The overall relationship after an event that has moved some offerings."""
        rooms = self._rooms(before, after)
        ways = self._ways(event, before, after)
        overall = next(way for way in ways if way.state.room in rooms)
        complaints = tuple(_complaints(after).values())
        refundable = dict(pair for line in after.values() for pair in line.now.refundable)
        return _with(overall, complaints=complaints, refundable=tuple(refundable.items()))

    def _rooms(self, before: Mapping[str, Line], after: Mapping[str, Line]) -> set[Room]:
        """The rooms where the customer can be after an event, by the rooms of the offerings."""
        was, rooms = self.overall.state.room, {line.room for line in after.values()}
        changes = {name: (line.room, after[name].room) for name, line in before.items()}
        lost = any(name in self.keys and change == _LOST for name, change in changes.items())
        if any(now is Room.CUSTOMER is not then for then, now in changes.values()):
            return {Room.CUSTOMER}
        if was is Room.CUSTOMER:
            return {Room.FORMER if lost or Room.CUSTOMER not in rooms else Room.CUSTOMER}
        if rooms == {Room.FORMER}:
            return rooms
        # After the loss of a key offering, others may still be held by a former customer.
        return {Room.PROSPECT, was, *rooms & {Room.CUSTOMER}}

    def _ways(
        self, event: Event, before: Mapping[str, Line], after: Mapping[str, Line]
    ) -> Iterator[Relationship]:
        """Where the overall relationship can go: as it stands, nowhere, or with an offering."""
        overall = self.overall
        waits = event.activity in ANSWERS and any(
            not complaint.ignored for complaint in _complaints(after).values()
        )
        goes_on = isinstance(event, Paused) and any(
            line.room is Room.CUSTOMER and line.now.paused_at is None for line in after.values()
        )
        last = {line.left[-1:] == self.left[-1:] for line in before.values()}
        if not (waits or goes_on or (isinstance(event, CauseLearnt) and True not in last)):
            with suppress(CustlifeError):
                yield overall.apply(event)
        stood = next(iter(before.values())).now
        yield _with(overall, record=_with(stood, record=overall.record).apply(event).record)
        yield from (
            _gone_along(overall, event, line.now)
            for name, line in before.items()
            if line.room is not after[name].room
        )


def _answered(event: Event, lines: Mapping[str, Line]) -> list[str]:
    """The offerings on which the complaint that an answer is about is open; none if none is."""
    complaints = _complaints(lines)
    number = answered([*complaints.values()], getattr(event, "complaint", None))
    if number is None:
        return []
    place, complaint = [*complaints.items()][number]
    return [name for name, line in lines.items() if (place, complaint) in line.complaints]


def _taking(event: Event, lines: Mapping[str, Line], names: Iterable[str]) -> list[str]:
    """Which of these offerings allow an event."""
    taking = []
    for name in names:
        with suppress(CustlifeError):
            lines[name].now.apply(event)
            taking.append(name)
    return taking


def _departs(before: Relationship, after: Relationship) -> bool:
    return before.state.room is not Room.FORMER and after.state.room is Room.FORMER


def _applied(stood: Relationship, event: Event, name: str) -> Relationship:
    try:
        return stood.apply(event)
    except EventNotAllowed as error:
        raise evolve(error, offering=name or None) from None


def _with(relationship: Relationship, **changes: Any) -> Relationship:  # noqa: ANN401 - its fields
    """A relationship with other fields; unlike `Relationship.restore`, it compares none of them."""
    values = {name: getattr(relationship, name) for name in _FIELDS} | changes
    made = object.__new__(Relationship)
    made.__attrs_init__(*values.values())
    return made


def _gone_along(overall: Relationship, event: Event, stood: Relationship) -> Relationship:
    """The overall relationship, gone where an offering went from where that stood."""
    was, there = overall.state.room, stood.state.room
    if was is Room.FORMER is not there:  # back, and a prospect of that offering
        overall = _with(
            overall, cycle=overall.cycle + 1, cycle_began=event.at, customer_moment=None
        )
    after = _with(overall, state=stood.state, entered=stood.entered).apply(event)
    if was is not Room.FORMER is there:  # that offering returns, and the customer never left
        after = _with(after, cycle=overall.cycle, cycle_began=overall.cycle_began)
    return after
