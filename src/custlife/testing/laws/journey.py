"""The laws of what a journey hands out, and of several customers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from custlife.errors import InvalidMoment, UnknownState
from custlife.events import CauseLearnt, Event
from custlife.journey import Journey
from custlife.lifecycle.parts import Move, Stay
from custlife.relationship import STILL_WAITING
from custlife.testing.generators.events import changed
from custlife.testing.laws.account import Account, distinct, kept, with_ids
from custlife.testing.laws.law import HistoryLaw, customers_of
from custlife.testing.laws.relationship import ANY, raised, unsaid
from custlife.testing.oracle import Tally, contradictions, departures_amiss, difference
from custlife.testing.reading import handled_as, taken
from custlife.testing.subject import Subject

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_LATE = (timedelta(0), _DAY, 60 * _DAY)
"""How long after an event the app comes to know of it, in turn."""
_SEVERAL = 4
"""How many customers there are at a time."""


@partial(
    HistoryLaw,
    15,
    "A journey hands out what happened: each event is a step, a refusal with its reason, or a "
    "duplicate; each past moment, each time in a stage and all words follow from the steps.",
)
def accounts(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Replay the history as it is, and as a queue delivers it: late, twice, and not in order."""
    who, events = customers_of(history)[0], distinct(history)
    account = Account.of(subject, events, who)
    journey = subject.replay(iter(events), customer=who, on_rejected="collect")
    yield from kept(journey, account)
    if journey.copies or journey.changes:
        yield f"it was merged or amended: {journey.copies}, {journey.changes}."
    yield from _stepped(journey, account)
    yield from _times(journey, account.tally)
    yield from unsaid("explain()", journey.explain(), _lines(account))
    yield from unsaid("str()", str(journey), (who, str(account.tally.state)))
    given = _delivered(events)
    account = Account.of(subject, given, who)
    journey = _replayed(subject, given, who)
    yield from (f"delivered late and twice: {one}" for one in kept(journey, account))
    yield from _past(subject, journey, account)
    moments = sorted(event.known_since for event in given)
    some = [moments[0] - _DAY, moments[len(moments) // 2], moments[-1]] if moments else []
    for known in some:
        then = [event for event in given if event.known_since <= known]
        problems = kept(journey.known_at(known), Account.of(subject, then, who))
        yield from (f"known at {known}: {problem}" for problem in problems)


def _delivered(events: Sequence[Event]) -> list[Event]:
    """The events backwards in time, each known sooner or later, and every second one twice."""
    delivered: list[Event] = []
    moments: dict[datetime, list[Event]] = {}
    for place, event in enumerate(with_ids(events)):
        late = changed(event, recorded_at=event.at + _LATE[place % len(_LATE)])
        again = changed(event, recorded_at=event.at + 90 * _DAY)
        moments.setdefault(event.at, []).extend((late, again)[: 1 + place % 2])
    for group in reversed(moments.values()):
        delivered += group
    return delivered


def _stepped(journey: Journey, account: Account) -> Iterator[str]:
    """Where the steps are otherwise than the entries of the tally."""
    tally = account.tally
    if not isinstance(journey.steps, tuple) or len(journey.steps) != len(tally.entries):
        yield f"steps are {journey.steps}, and must be a tuple of {len(tally.entries)}."
    for number, (step, entry) in enumerate(zip(journey.steps, tally.entries, strict=False), 1):
        news = entry.departs or isinstance(entry.event, CauseLearnt)
        for name, expected in (
            ("event", entry.event),
            ("before", entry.before),
            ("after", entry.after),
            ("rules", _rules(tally, number)),
            ("cycle", tally.cycles[number - 1]),
        ):
            found = getattr(step, name)
            if found != expected:
                yield f"step {number}: {name} is {found}, and must be {expected}."
        found = [] if step.departure is None else [step.departure]
        made = tally.at(number).departed[-1:] if news else ()
        yield from (f"step {number}: {one}" for one in departures_amiss(found, made))


def _rules(tally: Tally, number: int) -> tuple[Move | Stay, ...]:
    """The rules that an accepted event takes."""
    entry = tally.entries[number - 1]
    if tally.at(number - 1).leaves_waiting(entry.event):
        return STILL_WAITING
    return taken(tally.lifecycle, entry.before, handled_as(tally.lifecycle, entry.event))


def _past(subject: Subject, journey: Journey, account: Account) -> Iterator[str]:
    """Where a past moment is otherwise than the events up to it make it."""
    events = account.tally.events
    times, last = {event.at for event in events}, {event.at for event in events[-1:]}
    for moment in sorted({*times, *(at - _MOMENT for at in times), *(at + _DAY for at in last)}):
        before = [event for event in events if event.at <= moment]
        expected = subject.start(account.customer).apply(*before)
        problem = difference(journey.as_of(moment), expected)
        if problem:
            yield f"as of {moment}: {problem}."
    for naive in {at.replace(tzinfo=None) for at in last}:
        for ask in (
            partial(journey.as_of, naive),
            partial(journey.known_at, naive),
            partial(journey.time_in, account.tally.state.stage, until=naive),
        ):
            error = raised(ask)
            if not isinstance(error, InvalidMoment):
                yield f"a naive moment must be refused, and is: {error!r}."


def _times(journey: Journey, tally: Tally) -> Iterator[str]:
    """Where the time in a stage is otherwise than the steps make it."""
    ends = [event.at for event in tally.events]
    places = tally.lifecycle.places.by_name
    for place in places if ends else ():
        for until in (ends[len(ends) // 2] + _MOMENT, ends[-1] + 9 * _DAY):
            found, expected = journey.time_in(place, until=until), _time_in(tally, place, until)
            if found != expected:
                yield f"time in {place!r} until {until} is {found}, and must be {expected}."
        if tally.state.is_in(place):
            error = raised(journey.time_in, place)
            if not isinstance(error, InvalidMoment):
                yield f"time in {place!r}, which goes on, needs a moment, and is: {error!r}."
        elif journey.time_in(place) != _time_in(tally, place, ends[-1]):
            yield f"time in {place!r}, which is over, is {journey.time_in(place)}."
    error = raised(journey.time_in, "_".join(("x", *places)))
    if not isinstance(error, UnknownState):
        yield f"time in an unknown stage must be refused, and is: {error!r}."


def _time_in(tally: Tally, place: str, until: datetime) -> timedelta:
    """How long a place was active up to a moment, entry by entry."""
    ends = [*(event.at for event in tally.events[1:]), until]
    stretches = [
        min(end, until) - entry.event.at
        for entry, end in zip(tally.entries, ends, strict=True)
        if entry.after.is_in(place) and entry.event.at < until
    ]
    return sum(stretches, timedelta(0))


def _lines(account: Account) -> Iterator[str]:
    """What the words of a journey must say."""
    tally = account.tally
    yield account.customer
    yield str(tally.lifecycle.initial)
    for number, entry in enumerate(tally.entries, 1):
        yield _heading(entry.event)
        yield str(entry.after)
        for rule in _rules(tally, number):
            yield rule.sentence
            yield rule.citation
    yield from (facts["cause"].words for facts in tally.departed)
    for place, error in account.errors.items():
        yield _heading(account.ledger[place])
        because = getattr(error, "because", ANY)
        yield "refused" if because == ANY else because


def _heading(event: Event) -> str:
    """What words say of an event: when it happened, and what."""
    return f"{event.at.date()} {event.name}"


@partial(
    HistoryLaw,
    16,
    "Customers do not touch each other: what becomes of one follows from the events of that one, "
    "whatever the id is and whichever customers come before and after.",
)
def customers(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Replay the histories of several customers, and begin with each; then look at each."""
    events, names = distinct(history), customers_of(history)[:_SEVERAL]
    parts = {who: events[number:] or events for number, who in enumerate(names)}
    told = {who: Account.of(subject, part, who) for who, part in parts.items()}
    journeys = {who: _replayed(subject, part, who) for who, part in parts.items()}
    applied = {who: subject.start(who).apply(*one.tally.events) for who, one in told.items()}
    for who, account in told.items():
        begun = subject.start(who)
        problems = chain(
            kept(journeys[who], account),
            contradictions(applied[who], account.tally),
            contradictions(begun, account.tally.at(0)),
            (f"it is of {one.customer!r}." for one in (applied[who], begun) if one.customer != who),
        )
        yield from (f"of {who!r} among {len(names)} customers: {one}" for one in problems)
    first, other = names[0], names[-1]
    again = _replayed(subject, parts[first], first)
    if difference(again, journeys[first]):
        yield f"replayed again: {difference(again, journeys[first])}."
    renamed = Account.of(subject, parts[first], other)
    yield from (f"renamed: {one}" for one in kept(again.rename(other), renamed))


def _replayed(subject: Subject, events: Sequence[Event], customer: str) -> Journey:
    return subject.replay(events, customer=customer, on_rejected="collect")
