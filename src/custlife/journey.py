"""A relationship's whole history: replayed, explained step by step, and read at any moment."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter, length_hint
from typing import Literal

from attrs import evolve, field, frozen

from custlife import _checks
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import CustlifeError, InvalidMoment, UnknownEvent, UnknownState, shown
from custlife.events import Event, checks_fields
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Move, Stay
from custlife.lifecycle.table import to_table
from custlife.relationship import Relationship, fold
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

    event: Event = field(repr=shown)
    error: CustlifeError = field(eq=lambda error: (type(error), error.args))
    position: int | None

    def __str__(self) -> str:
        return str(self.error)

    def explain(self) -> str:
        """When which event was refused, and why."""
        when = "" if self.position is None else f"{' '.join(self.line[:2])}: "
        return f"{when}refused. {self.error}"

    @property
    def line(self) -> tuple[str, str, str, str]:
        """The line of a journey's page: date, event, what happened and why."""
        if self.position is None:
            return "", shown(self.event), "refused", str(self.error)
        return str(self.event.at.date()), self.event.name, "refused", str(self.error)


@frozen(repr=False)
class Step:
    """One accepted event of a journey, and what it did.

    Attributes:
        event: The event.
        before: The state before it.
        after: The state after it.
        rules: The rules that were taken: moves, or stays where nothing changed.
        cycle: The cycle after it.
        departure: The departure that it was, or that it tells more about; else None.
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
        text = f"{self}. {self._why}"
        return text if self.departure is None else f"{text}\n{self.departure.explain()}"

    @property
    def _way(self) -> str:
        return f"{self.before} -> {self.after}" if self.is_move else f"stays {self.after}"

    @property
    def _why(self) -> str:
        why = " ".join(f"{rule.sentence} [{rule.citation}]" for rule in self.rules)
        moment = " This is the customer moment [IMH-3]." * self.is_customer_moment
        return why + moment + f" Cycle {self.cycle} begins." * self.is_reentry

    @property
    def line(self) -> tuple[str, str, str, str]:
        """The line of a journey's page: date, event, what happened and why."""
        departure = "" if self.departure is None else f" Departure: {self.departure}."
        return str(self.event.at.date()), self.event.name, self._way, self._why + departure

    def __str__(self) -> str:
        return f"{self.event.at.date()} {self.event.name}: {self._way}"

    def __repr__(self) -> str:
        return f"<Step {self}>"


@frozen(repr=False)
class Journey(Shown):
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
    events: tuple[Event, ...]
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

    def judged_by(self, rules: DepartureRules) -> "Journey":
        """The same journey under other departure rules; every departure is judged anew.

        Raises:
            InvalidRelationship: If ``rules`` are no `DepartureRules`.
        """
        return evolve(
            self,
            start=self.start.judged_by(rules),
            relationship=self.relationship.judged_by(rules),
            departures=tuple(departure.judged_by(rules) for departure in self.departures),
        )

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What each accepted event did, worked out at the first use."""
        table = to_table(self.lifecycle)
        steps = []
        before = self.start
        for event in self.events:
            after = before.apply(event)
            departure = None if after.departure is before.departure else after.departure
            rules = table.rules(before.state, event.name)
            steps.append(Step(event, before.state, after.state, rules, after.cycle, departure))
            before = after
        return tuple(steps)

    def as_of(self, moment: datetime) -> Relationship:
        """The relationship as it was at a moment, events of that very moment included.

        Args:
            moment: An aware datetime.

        Raises:
            InvalidMoment: If the moment is naive.
        """
        until = _moment("as_of", "moment", moment)
        count = bisect_right(self.events, until, key=_at)
        return self.start.apply(*self.events[:count])

    def time_in(self, stage: str, *, until: datetime | None = None) -> timedelta:
        """How long the person was in a stage, over all visits.

        The time before the first event is unknown and does not count.

        Args:
            stage: The name of a stage, region or room; outer stages count their inner ones.
            until: The moment up to which to count; an aware datetime. It may be left out where the
                stage is not active now.

        Raises:
            InvalidArgument: If the stage is no name.
            UnknownState: If the lifecycle has no place of this name.
            InvalidMoment: If the stage is active now and there is no ``until``, or it is naive.
        """
        _checks.text.argument("time_in", "stage", stage)
        places = self.lifecycle.places.by_name
        if stage not in places:
            raise UnknownState(f"a stage {shown(stage)}", self.lifecycle.name, tuple(places))
        end = None if until is None else _moment("time_in", "until", until)
        if not self.events:
            return timedelta(0)
        if end is None:
            if self.relationship.state.is_in(stage):
                rule = f"given, since {shown(self.customer)} is still in {shown(stage)}"
                remedy = "Give the moment up to which to count; nothing here reads the clock."
                raise InvalidMoment("time_in", "until", None, rule, remedy)
            end = self.events[-1].at
        total = timedelta(0)
        for step, stop in zip(self.steps, [*map(_at, self.events[1:]), end], strict=True):
            if step.after.is_in(stage):
                total += max(min(stop, end) - step.event.at, timedelta(0))
        return total

    def explain(self) -> str:
        """Every step and every refused event, in the order of time.

        Examples:
            >>> print(replay([], customer="C-17").explain())
            'C-17' began in potential, and nothing has happened yet.
        """
        begin = f"{shown(self.customer)} began in {self.start.state}"
        if not self.events and not self.rejected:
            return f"{begin}, and nothing has happened yet."
        return "\n".join([f"{begin}.", *(one.explain() for one in self._account())])

    def _account(self) -> list[Step | Rejection]:
        account: list[Step | Rejection] = [*self.steps]
        for rejection in self.rejected:
            place = len(account) if rejection.position is None else rejection.position
            account.insert(place, rejection)
        return account

    def _page(self) -> list[Block]:
        rows = (one.line for one in self._account())
        return [Paragraph(str(self)), Grid(("date", "event", "what happened", "why"), rows)]

    def __str__(self) -> str:
        refused = f", {len(self.rejected)} refused" * bool(self.rejected)
        events = f"{len(self.events)} event{'s' * (len(self.events) != 1)}"
        return f"{self.relationship}, {events}{refused}"

    def __repr__(self) -> str:
        return f"<Journey {self}>"


def replay(
    events: Iterable[Event],
    *,
    customer: str,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    on_rejected: Literal["raise", "collect"] = "raise",
) -> Journey:
    """Replay one customer's history from the beginning.

    Events are sorted by time; events of the same time keep the order in which they were given.

    Args:
        events: The events, in any order.
        customer: The app's id of the customer.
        lifecycle: The lifecycle.
        departure_rules: The rules by which departures are judged.
        on_rejected: ``"raise"`` the error of the first event that is refused, or ``"collect"``
            refused events with their reasons in `Journey.rejected` and go on.

    Raises:
        EventNotAllowed: If the lifecycle does not allow an event in its state.
        UnknownEvent: If the lifecycle does not know an event, or an object is no event.
        InvalidRelationship: If the customer id is blank.
        InvalidArgument: If ``events`` is no iterable, or ``on_rejected`` is neither of the two.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import ComplaintSettled, Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> journey = replay(
        ...     [ComplaintSettled(at=t), Engaged(at=t)], customer="C-17", on_rejected="collect"
        ... )
        >>> len(journey.events), journey.rejected[0].error.because
        (1, 'Only a complaint that is open can be settled; one answer settles all of them.')
    """
    _checks.iterable_of("events").argument("replay", "events", events)
    _checks.either("raise", "collect").argument("replay", "on_rejected", on_rejected)
    start = Relationship(customer, lifecycle, departure_rules)
    rejected: list[Rejection] = []

    def refuse(event: Event, error: CustlifeError) -> None:
        if on_rejected == "raise":
            raise error
        position = len(given) - length_hint(rest) - 1 if type(event) in sound else None
        rejected.append(Rejection(event, error, position))

    everything = list(events)
    sound = {*filter(checks_fields, set(map(type, everything)))}
    given = sorted((event for event in everything if type(event) in sound), key=_at)
    rest = iter(given)
    for other in everything:
        if type(other) not in sound:  # it has no time to sort it by
            refuse(other, UnknownEvent(other, lifecycle.name, lifecycle.events))
    relationship, departures = fold(start, rest, refuse)
    refused = {rejection.position for rejection in rejected}
    accepted = (event for place, event in enumerate(given) if place not in refused)
    return Journey(start, tuple(accepted), tuple(rejected), relationship, tuple(departures))


def _moment(subject: str, name: str, value: datetime) -> datetime:
    moment = _checks.in_utc(value)
    _checks.moment.require(InvalidMoment, subject, name, moment)
    return moment
