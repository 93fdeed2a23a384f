"""Several offerings: one relationship for each of them, and one overall, rolled up from them.

Each offering goes through the lifecycle on its own. The customer goes through it once: as a
customer while one offering is held, and as a former one when the last is left.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen

from custlife import _checks
from custlife._ledger import Ledger, accepted_at, left_out
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife._roll_up import Books
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import CustlifeError, IdReused, InvalidMoment, UnknownEvent, listed, shown
from custlife.events import Event
from custlife.journey import Duplicates, Journey, Rejected, replay
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.steps import Rejection, Step, Withdrawn

_names = _checks.iterable_of("names of offerings")


@frozen(repr=False)
class Account(Shown):
    """One customer with all their offerings. Made by `replay_account`.

    The overall relationship takes each accepted event as if there were one offering. It stays where
    it is if that would make it leave a room in which another offering still is, end the conflict
    while another complaint waits, pause while another offering goes on, or judge another departure
    anew. It goes the way of the offering if the customer moment, or the departure of the last
    offering held, would otherwise be missed. In any case the event counts in its record.

    Source: IMH-4; the roll-up is an assumption.

    Attributes:
        start: The relationship before the first event.
        ledger: Every event that was given, in order, as in a `Journey`.
        events: The accepted events, in order.
        concerned: The names of the offerings that each of them moved.
        rejected: The refused events with their reasons, in order.
        duplicates: The events that came again, with the same id and content, in order.
        withdrawn: The purchases that were cancelled, in order.
        unique_ids: Whether an id stands for one event.
        key_offerings: The offerings whose loss is the loss of the customer.
        relationship: The overall relationship after the last event.
        departures: Every departure of the customer, of every cycle, in order.
        partial_departures: Every departure from an offering that was none of the customer, in
            order, with the name of the offering.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Departed, Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> account = replay_account(
        ...     [
        ...         Purchased(at=t, amount=5, offering="brand-a"),
        ...         Purchased(at=t, amount=9, offering="brand-b"),
        ...         Departed(at=t.replace(month=5), offering="brand-b"),
        ...     ],
        ...     customer="C-17",
        ... )
        >>> account.held, account.relationship.state.stage, account.departures
        (('brand-a',), 'regular', ())
        >>> account.partial_departures
        (('brand-b', <Departure erosion, serious, unknown, 2026-05-01>),)
    """

    start: Relationship
    ledger: tuple[Event, ...]
    events: tuple[Event, ...]
    concerned: tuple[tuple[str, ...], ...]
    rejected: tuple[Rejection, ...]
    duplicates: tuple[Event, ...]
    withdrawn: tuple[Withdrawn, ...]
    unique_ids: bool
    key_offerings: frozenset[str]
    relationship: Relationship
    departures: tuple[Departure, ...]
    partial_departures: tuple[tuple[str, Departure], ...]
    _journeys: tuple[tuple[str, Journey], ...]  # a read-only mapping does not pickle

    @cached_property
    def offerings(self) -> Mapping[str, Journey]:
        """The journey of each offering by its name, in the order of their first events.

        They hold the accepted events, as they are known now: `Account.withdrawn` and
        `Account.rejected` are those of all offerings.

        A purchase that names no offering, and comes before any that does, belongs to an offering of
        its own, `UNNAMED_OFFERING`.
        """
        return MappingProxyType(dict(self._journeys))

    @property
    def customer(self) -> str:
        """The app's id of the customer."""
        return self.start.customer

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle, which all offerings share."""
        return self.start.lifecycle

    @property
    def held(self) -> tuple[str, ...]:
        """The names of the offerings that are held: those in the room ``customer``."""
        return self._in(Room.CUSTOMER)

    @property
    def left(self) -> tuple[str, ...]:
        """The names of the offerings that were left, and not taken up again."""
        return self._in(Room.FORMER)

    def _in(self, room: Room) -> tuple[str, ...]:
        found = self._journeys
        return tuple(name for name, one in found if one.relationship.state.room is room)

    def judged_by(self, rules: DepartureRules) -> "Account":
        """The same account under other departure rules; every departure is judged anew.

        Raises:
            InvalidRelationship: If ``rules`` are no `DepartureRules`.
        """
        return self._again(self.ledger, rules)

    def rename(self, customer: str) -> "Account":
        """The same account under another id of the customer.

        Raises:
            InvalidRelationship: If the id is blank or no string.
        """
        return evolve(
            self,
            start=self.start.rename(customer),
            relationship=self.relationship.rename(customer),
            journeys=tuple((name, journey.rename(customer)) for name, journey in self._journeys),
        )

    def as_of(self, moment: datetime) -> "Account":
        """The account as it was at a moment, events of that very moment included.

        Args:
            moment: An aware datetime.

        Raises:
            InvalidMoment: If the moment is naive.
        """
        until = _checks.in_utc(moment)
        _checks.moment.require(InvalidMoment, "as_of", "moment", until)
        rules = self.start.departure_rules
        return self._again((event for event in self.history if event.at <= until), rules)

    def _again(self, events: Iterable[Event], rules: DepartureRules) -> "Account":
        """The account of other events, or under other departure rules."""
        return replay_account(
            events,
            customer=self.customer,
            lifecycle=self.lifecycle,
            departure_rules=rules,
            on_rejected="collect",
            duplicates="collect" if self.unique_ids else "allow",
            key_offerings=self.key_offerings,
        )

    @property
    def history(self) -> tuple[Event, ...]:
        """The events that count, or that were refused for anything but their id, in order.

        Examples:
            >>> replay_account([], customer="C-17").history
            ()
        """
        others = left_out(self.rejected, self.withdrawn)
        places = [*accepted_at(self.ledger, self.events, others)]
        for place, one in others.items():
            if isinstance(one, Rejection) and not isinstance(one.error, IdReused):
                places.append(place)
        return tuple(self.ledger[place] for place in sorted(places))

    def explain(self) -> str:
        """Where the customer is overall, each offering step by step, and what was refused.

        Examples:
            >>> print(replay_account([], customer="C-17").explain())
            'C-17' holds no offering. Overall: prospect (potential), cycle 1.
        """
        lines = [f"{self._headline} Overall: {self._overall}."]
        if self.key_offerings:
            keys = listed([*map(shown, sorted(self.key_offerings))])
            lines.append(f"The loss of a key offering is the loss of the customer: {keys}.")
        for name, journey in self._journeys:
            lines += [f"{_words(name)}: {line}" for line in journey.explain().splitlines()]
        lines += [f"The customer: {gone}." for gone in self.departures]
        lines += [f"Partial, {_words(name)}: {gone}." for name, gone in self.partial_departures]
        return "\n".join((*lines, *(rejection.explain() for rejection in self.rejected)))

    @property
    def _headline(self) -> str:
        held = listed([*map(_words, self.held)]) if self.held else "no offering"
        left = f", and left {listed([*map(_words, self.left)])}" if self.left else ""
        return f"{shown(self.customer)} holds {held}{left}."

    @property
    def _overall(self) -> str:
        return f"{self.relationship.state.describe()}, cycle {self.relationship.cycle}"

    def _page(self) -> list[Block]:
        steps = {name: iter(journey.steps) for name, journey in self._journeys}
        others = left_out(self.rejected, self.withdrawn)
        became = {place: [_line(one.event.offering, one)] for place, one in others.items()}
        places = accepted_at(self.ledger, self.events, others)
        for place, names in zip(places, self.concerned, strict=True):
            became[place] = [_line(name, next(steps[name])) for name in names]
        rows = [row for place in sorted(became) for row in became[place]]
        rows += [_line("", one) for one in self.rejected if one.position is None]
        head = ("date", "offering", "event", "what happened", "why")
        return [Paragraph(str(self)), Grid(head, rows)]

    def __str__(self) -> str:
        refused = f", {len(self.rejected)} refused" * bool(self.rejected)
        events = f"{len(self.events)} event{'s' * (len(self.events) != 1)}"
        return f"{self._headline} Overall: {self._overall}; {events}{refused}"

    def __repr__(self) -> str:
        return f"<Account {self}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        """What IPython and Hypothesis print: the line, without the definitions in it."""
        printer.text(repr(self))


def _line(name: str | None, step: Step | Rejection | Withdrawn) -> tuple[str, ...]:
    date, *rest = step.line
    return (date, "" if name is None else name, *rest)


def _words(name: str) -> str:
    return shown(name) if name else "the unnamed offering"


def replay_account(  # noqa: PLR0913 - what a replay takes, and the roll-up
    events: Iterable[Event],
    *,
    customer: str,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    on_rejected: Rejected = "raise",
    duplicates: Duplicates = "raise",
    key_offerings: Iterable[str] = (),
) -> Account:
    """Replay the history of one customer who may have several offerings.

    Events are sorted by time; events of the same time keep the order in which they were given. An
    event that names an offering moves the relationship to that offering. An event that names none
    moves every offering that is held or pursued and allows it; where none does, it moves those that
    were left and allow it. There are three exceptions:

    - Money concerns one offering. A purchase is of the only one held, or of the only one on record;
      a refund is of the only one that allows it. Else it is refused.
    - An answer to a complaint concerns the offerings that the complaint was about: the one that is
      named, or the oldest of all that wait.
    - A cause that is learnt concerns what was left last, of what is still left.

    What happens before any event names an offering belongs to one unnamed offering. The first
    offering that is named takes its place, unless it was ever held. Later events never change what
    was made of earlier ones.

    Args:
        events: The events, in any order.
        customer: The app's id of the customer.
        lifecycle: The lifecycle of every offering, and of the customer.
        departure_rules: The rules by which departures are judged.
        on_rejected: ``"raise"`` the error of the first event that is refused, or ``"collect"``
            refused events with their reasons in `Account.rejected` and go on.
        duplicates: As for `replay`.
        key_offerings: The roll-up: the names of the offerings whose loss is the loss of the
            customer, even while another is held.

    Raises:
        EventNotAllowed: If the lifecycle does not allow an event in the state of its offering, or
            of any offering on record where it names none.
        UnclearOffering: If a purchase or refund names no offering, and could concern several.
        IdReused: If two events that differ share an id.
        UnknownEventId: If a purchase that is cancelled is not there.
        UnknownEvent: If the lifecycle does not know an event, or an object is no event.
        InvalidRelationship: If the customer id is blank.
        InvalidArgument: If ``events`` is no iterable, ``on_rejected`` is neither of the two, or
            ``key_offerings`` are no names.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Departed, Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> bought = [Purchased(at=t, amount=5, offering=name) for name in ("main", "extra")]
        >>> history = [*bought, Departed(at=t.replace(month=5), offering="main")]
        >>> replay_account(history, customer="C-17").relationship.state.room.value
        'customer'
        >>> by_key = replay_account(history, customer="C-17", key_offerings=["main"])
        >>> by_key.relationship.state.room.value, by_key.held
        ('former', ('extra',))
    """
    _checks.iterable_of("events").argument("replay_account", "events", events)
    _checks.either("raise", "collect").argument("replay_account", "on_rejected", on_rejected)
    _checks.either("raise", "collect", "allow").argument("replay_account", "duplicates", duplicates)
    _names.argument("replay_account", "key_offerings", key_offerings)
    keys = [*key_offerings]
    for name in keys:
        _checks.text.argument("replay_account", "key_offerings", name)
    start = Relationship(customer, lifecycle, departure_rules)
    ledger = Ledger.of(
        events,
        customer=customer,
        unique_ids=duplicates != "allow",
        strict_ids=duplicates == "raise",
    )
    books = Books(start, frozenset(keys), start)
    rejected: list[Rejection] = []
    for other in ledger.timeless:
        unknown = UnknownEvent(other, lifecycle.name, lifecycle.events)
        if on_rejected == "raise":
            raise unknown
        rejected.append(Rejection(other, unknown, None))
    for position, event in ledger.counting():
        try:
            if position in ledger.wrong:
                raise ledger.wrong[position]
            books.enter(event)
        except CustlifeError as error:
            if on_rejected == "raise" and not isinstance(error, IdReused):
                raise
            rejected.append(Rejection(event, error, position))
    return _account(books, ledger, tuple(rejected), unique_ids=duplicates != "allow")


def _account(
    books: Books, ledger: Ledger, rejected: tuple[Rejection, ...], *, unique_ids: bool
) -> Account:
    """The account of the events that were entered."""
    start = books.start
    concerned: list[list[str]] = [[] for _ in books.events]
    journeys, partial = [], []
    for name, line in books.lines.items():
        for place in line.places:
            concerned[place].append(name)
        journey = replay(
            [books.events[place] for place in line.places],
            customer=start.customer,
            lifecycle=start.lifecycle,
            departure_rules=start.departure_rules,
            duplicates="raise" if unique_ids else "allow",
        )
        journeys.append((name, journey))
        gone = zip(line.left, journey.departures, strict=True)
        partial += [(place, name, one) for place, one in gone if place not in books.left]
    partial.sort(key=itemgetter(0))
    return Account(
        start,
        tuple(ledger.events),
        tuple(books.events),
        tuple(map(tuple, concerned)),
        rejected,
        tuple(ledger.events[place] for place in sorted(ledger.duplicates)),
        tuple(ledger.withdrawn[place] for place in sorted(ledger.withdrawn)),
        unique_ids,
        books.keys,
        books.overall,
        tuple(books.departures),
        tuple((name, one) for _, name, one in partial),
        tuple(journeys),
    )
