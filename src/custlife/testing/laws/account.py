"""What must become of the events of one customer, and where a journey keeps it otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import attrgetter

from attrs import frozen

from custlife.errors import CustlifeError
from custlife.events import Event
from custlife.journey import Journey
from custlife.testing.generators.events import changed
from custlife.testing.laws.relationship import amiss, errors_of
from custlife.testing.oracle import Tally, contradictions, departures_amiss, tally_of
from custlife.testing.subject import Subject

_at = attrgetter("at")


@frozen
class Account:
    """What must become of events, by a naive tally.

    Attributes:
        customer: Whose they are.
        ledger: All of them, in the order of time.
        out: The places of those that do not count any more.
        again: The places of those that came again.
        tally: The tally of the others.
        errors: Why some of them are refused, by their places in the ledger.
    """

    customer: str
    ledger: tuple[Event, ...]
    out: tuple[int, ...]
    again: tuple[int, ...]
    tally: Tally
    errors: Mapping[int, CustlifeError | None]

    @classmethod
    def of(
        cls, subject: Subject, given: Iterable[Event], customer: str, out: Collection[int] = ()
    ) -> "Account":
        """Put events in order, leave out what came again or does not count, and count the rest.

        Args:
            subject: What is tested.
            given: The events.
            customer: Whose they are.
            out: The places of what does not count any more, in the order of time.
        """
        ledger = tuple(sorted(given, key=_at))
        seen: set[str] = set()
        again: list[int] = []
        asked: list[int] = []
        for place, event in enumerate(ledger):
            if place not in out:
                (again if event.id in seen else asked).append(place)
                seen.update(filter(None, [event.id]))
        rules = subject.start(customer).departure_rules
        tally = tally_of(subject.lifecycle, [ledger[place] for place in asked], rules)
        errors = {asked[place]: error for place, error in errors_of(tally, customer).items()}
        return cls(customer, ledger, tuple(sorted(out)), tuple(again), tally, errors)


def kept(journey: Journey, account: Account) -> Iterator[str]:
    """Where what a journey keeps is otherwise than it must be."""
    ledger, tally, who = account.ledger, account.tally, account.customer
    for name, found, expected in (
        ("customer", journey.customer, who),
        ("lifecycle", journey.lifecycle, tally.lifecycle),
        ("relationship.customer", journey.relationship.customer, who),
        ("relationship.lifecycle", journey.relationship.lifecycle, tally.lifecycle),
        ("start.customer", journey.start.customer, who),
        ("ledger", journey.ledger, ledger),
        ("events", journey.events, tally.events),
        ("duplicates", journey.duplicates, tuple(ledger[place] for place in account.again)),
        ("unique_ids", journey.unique_ids, True),
    ):
        if found != expected:
            yield f"{name} is {found}, and must be {expected}."
    out = tuple((one.position, one.event) for one in journey.withdrawn)
    if out != tuple((place, ledger[place]) for place in account.out):
        yield f"withdrawn are {out}, and must be the events at {[*account.out]}."
    yield from (f"start: {one}" for one in contradictions(journey.start, tally.at(0)))
    yield from contradictions(journey.relationship, tally)
    if not isinstance(journey.departures, tuple) or not isinstance(journey.rejected, tuple):
        yield "departures and rejected must be tuples."
    yield from departures_amiss(journey.departures, tally.departed)
    places = [one.position for one in journey.rejected]
    if places != [*account.errors]:
        yield f"refused are the events at {places}, and must be those at {[*account.errors]}."
    for one, (place, error) in zip(journey.rejected, account.errors.items(), strict=False):
        if one.event != ledger[place]:
            yield f"refused at {place} is {one.event!r}, and must be {ledger[place]!r}."
        yield from amiss(one.error, error, one.event)


def with_ids(history: Sequence[Event]) -> list[Event]:
    """The events, each with an id of its own."""
    ids = [event.id for event in history]
    free = (id_ for id_ in map("law-{}".format, count()) if id_ not in ids)
    return [
        event
        if event.id is not None and ids.count(event.id) == 1
        else changed(event, id=next(free))
        for event in history
    ]


def distinct(history: Sequence[Event]) -> list[Event]:
    """The events, each with an id of its own or with none."""
    ids = [event.id for event in history]
    return [
        event if event.id is None else other if ids.count(event.id) > 1 else event
        for event, other in zip(history, with_ids(history), strict=True)
    ]
