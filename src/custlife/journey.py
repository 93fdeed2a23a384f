"""A relationship's whole history: replayed, told step by step, and looked back on."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Literal

from attrs import field, frozen

from custlife import _checks
from custlife.departure_rules import DEFAULT_SEVERITY_POLICY, SeverityPolicy
from custlife.departures import Departure
from custlife.errors import CustlifeError, InvalidMoment, UnknownEvent, UnknownState
from custlife.events import Event
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Move, Stay
from custlife.lifecycle.table import to_table
from custlife.relationship import Refuse, Relationship, fold
from custlife.state import Room, State

_at = attrgetter("at")


@frozen
class Rejection:
    """An event that was refused, and why.

    Attributes:
        event: The event.
        error: The error that says why.
        position: Its place among all events that were given, accepted ones included, in the
            order of time; None for an object that is no event and so has no time.
    """

    event: Event
    error: CustlifeError = field(eq=lambda error: (type(error), error.args))
    position: int | None

    def __str__(self) -> str:
        return str(self.error)

    def explain(self) -> str:
        """When which event was refused, and why."""
        when = "" if self.position is None else f"{self.event.at.date()} {self.event.name}: "
        return f"{when}refused. {self.error}"


@frozen
class Step:
    """One accepted event of a journey, and what it did.

    Attributes:
        event: The event.
        before: The state before it.
        after: The state after it.
        rules: The rules that were taken: moves, or stays where nothing changed.
        cycle: The cycle after it.
        departure: The departure that it was, or None.
    """

    event: Event
    before: State
    after: State
    rules: tuple[Move | Stay, ...]
    cycle: int
    departure: Departure | None

    @property
    def is_move(self) -> bool:
        """Whether the state changed."""
        return self.before != self.after

    @property
    def is_customer_moment(self) -> bool:
        """Whether the room ``customer`` was entered (IMH-3)."""
        return self.before.room is not Room.CUSTOMER and self.after.room is Room.CUSTOMER

    @property
    def is_reentry(self) -> bool:
        """Whether a new cycle began."""
        return self.before.room is Room.FORMER and self.after.room is not Room.FORMER

    def explain(self) -> str:
        """The event, from where to where, and the sentence and source of each rule.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Engaged
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> print(replay([Engaged(at=t)], customer="C-17").steps[0].explain())
            2026-01-01 engaged: potential -> visitor. A prospect who turns to us is a visitor and \
begins to judge. [EFR-2]
        """
        way = f"{self.before} -> {self.after}" if self.is_move else f"stays {self.after}"
        why = " ".join(f"{rule.sentence} [{rule.source}]" for rule in self.rules)
        signs = (
            " This is the customer moment [IMH-3]." * self.is_customer_moment
            + f" Cycle {self.cycle} begins." * self.is_reentry
        )
        text = f"{self.event.at.date()} {self.event.name}: {way}. {why}{signs}"
        return text if self.departure is None else f"{text}\n{self.departure.explain()}"


@frozen
class Journey:
    """What happened to one customer, in the order of time. Made by `replay`.

    Attributes:
        start: The relationship before the first event.
        events: The accepted events, in order.
        rejected: The refused events with their reasons, in order.
        relationship: The relationship after the last event.
        departures: Every departure, of every cycle, in order.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Departed, Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> journey = replay([Engaged(at=t), Departed(at=t + timedelta(days=9))], customer="C-17")
        >>> [departure.kind.value for departure in journey.departures]
        ['loss']
        >>> journey.time_in("visitor")
        datetime.timedelta(days=9)
        >>> journey.as_of(t + timedelta(days=1)).state.stage
        'visitor'
    """

    start: Relationship
    events: tuple[Event, ...] = field(repr=lambda events: f"<{len(events)} events>")
    rejected: tuple[Rejection, ...]
    relationship: Relationship
    departures: tuple[Departure, ...]

    @property
    def customer(self) -> str:
        """The app's id of the customer."""
        return self.start.customer

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle."""
        return self.start.lifecycle

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What each accepted event did, worked out when first asked for."""
        table = to_table(self.lifecycle)
        departures = iter(self.departures)
        steps = []
        state, cycle = self.start.state, self.start.cycle
        for event in self.events:
            after = table.step(state, event.name)
            departs = after.room is Room.FORMER and state.room is not Room.FORMER
            cycle += state.room is Room.FORMER and after.room is not Room.FORMER
            departure = next(departures) if departs else None
            rules = table.rules(state, event.name)
            steps.append(Step(event, state, after, rules, cycle, departure))
            state = after
        return tuple(steps)

    def as_of(self, moment: datetime) -> Relationship:
        """The relationship as it stood at a moment, events of that very moment included.

        Args:
            moment: An aware datetime.

        Raises:
            InvalidMoment: If the moment is naive.
        """
        until = _moment("as_of", "moment", moment)
        count = bisect_right(self.events, until, key=_at)
        return self.start.apply(*self.events[:count])

    def time_in(self, stage: str, *, until: datetime | None = None) -> timedelta:
        """How long the person stood in a stage, over all visits.

        The time before the first event is unknown and does not count.

        Args:
            stage: The name of a stage, region or room; outer stages count their inner ones.
            until: When to end a visit that is still open, and from when on not to look; an aware
                datetime. May be left out where the stage is not active now.

        Raises:
            UnknownState: If the lifecycle has no place of this name.
            InvalidMoment: If the stage is active now and there is no ``until``, or it is naive.
        """
        places = self.lifecycle.places.by_name
        if stage not in places:
            raise UnknownState(f"a stage {stage!r}", self.lifecycle.name, tuple(places))
        end: datetime | None
        if until is not None:
            end = _moment("time_in", "until", until)
        elif self.events and self.relationship.state.is_in(stage):
            raise InvalidMoment(
                "time_in",
                "until",
                None,
                f"given, since {self.customer!r} is still in {stage!r}",
                "Give the moment up to which to count; nothing here reads the clock.",
            )
        else:
            end = self.events[-1].at if self.events else None
        total = timedelta(0)
        ends = [event.at for event in self.events[1:]]
        for step, stop in zip(self.steps, [*ends, end], strict=False):
            if step.after.is_in(stage) and end is not None and stop is not None:
                total += max(min(stop, end) - step.event.at, timedelta(0))
        return total

    def explain(self) -> str:
        """Every step and every refused event, in the order of time.

        Examples:
            >>> print(replay([], customer="C-17").explain())
            'C-17' began in potential, and nothing has happened yet.
        """
        if not self.events and not self.rejected:
            return f"{self.customer!r} began in {self.start.state}, and nothing has happened yet."
        told = [step.explain() for step in self.steps]
        for rejection in self.rejected:
            place = len(told) if rejection.position is None else rejection.position
            told.insert(place, rejection.explain())
        return "\n".join([f"{self.customer!r} began in {self.start.state}.", *told])


def replay(
    events: Iterable[Event],
    *,
    customer: str,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    severity_policy: SeverityPolicy = DEFAULT_SEVERITY_POLICY,
    on_rejected: Literal["raise", "collect"] = "raise",
) -> Journey:
    """Replay one customer's history from the beginning.

    Events are sorted by time; events of the same time keep the order in which they were given.

    Args:
        events: The events, in any order.
        customer: The app's id of the customer.
        lifecycle: The lifecycle.
        severity_policy: The numbers by which departures are judged.
        on_rejected: ``"raise"`` the error of the first event that is refused, or ``"collect"``
            refused events with their reasons in `Journey.rejected` and go on.

    Raises:
        EventNotAllowed: If the lifecycle does not allow an event in its state.
        UnknownEvent: If the lifecycle does not know an event, or an object is no event.
        InvalidRelationship: If the customer id is blank.
        ValueError: If ``on_rejected`` is neither of the two.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import ComplaintSettled, Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> journey = replay(
        ...     [ComplaintSettled(at=t), Engaged(at=t)], customer="C-17", on_rejected="collect"
        ... )
        >>> len(journey.events), journey.rejected[0].error.because
        (1, 'Only a customer in conflict with us has a complaint to settle.')
    """
    if on_rejected not in ("raise", "collect"):
        raise ValueError(f"on_rejected is {on_rejected!r}, but must be 'raise' or 'collect'.")
    start = Relationship(customer, lifecycle, severity_policy)
    rejected: list[Rejection] = []
    position: int | None = None

    def refuse(event: Event, error: CustlifeError) -> None:
        if on_rejected == "raise":
            raise error
        rejected.append(Rejection(event, error, position))

    def numbered(events: Iterable[Event]) -> Iterator[Event]:
        nonlocal position
        for place, event in enumerate(events):
            position = place
            yield event

    given = sorted(_events(events, refuse, lifecycle), key=_at)
    relationship, departures = fold(start, numbered(given), refuse)
    refused = {rejection.position for rejection in rejected}
    accepted = (event for place, event in enumerate(given) if place not in refused)
    return Journey(start, tuple(accepted), tuple(rejected), relationship, tuple(departures))


def _events(events: Iterable[Event], refuse: Refuse, lifecycle: Lifecycle) -> Iterator[Event]:
    """The objects that are events; the others have no time to sort them by, and are refused."""
    for event in events:
        if isinstance(event, Event):
            yield event
        else:
            refuse(event, UnknownEvent(event, lifecycle.name, lifecycle.events))


def _moment(subject: str, name: str, value: datetime) -> datetime:
    moment = _checks.in_utc(value)
    _checks.moment.require(InvalidMoment, subject, name, moment)
    checked: datetime = moment
    return checked
