"""The laws of one relationship: what it says of itself, and what it refuses."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any, cast

from attrs import evolve

from custlife.departures import Departure
from custlife.errors import (
    ComplaintNotOpen,
    CustlifeError,
    EventNotAllowed,
    InvalidArgument,
    OutOfOrderEvent,
    RefundTooHigh,
    UnknownEvent,
    UnknownPurchase,
)
from custlife.events import (
    ANSWERS,
    Activity,
    CauseLearnt,
    ComplaintIgnored,
    ComplaintSettled,
    Event,
    PurchaseCancelled,
)
from custlife.lifecycle._chart import state_of
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Stay
from custlife.money import EXACT
from custlife.refunds import MOST_REFUNDABLE
from custlife.relationship import Relationship
from custlife.state import Room, State
from custlife.testing.generators.events import changed, event_class, moved
from custlife.testing.laws.law import BEGIN, HistoryLaw, customers_of
from custlife.testing.oracle import Tally, departures_amiss, difference, tally_of
from custlife.testing.reading import allowed_by_rules, handled_as, taken
from custlife.testing.subject import Subject

ANY = "whatever reason there is"
"""The reason of a refusal for which no rule gives one."""
_CENT = Decimal("0.01")
_DAY = timedelta(days=1)
_GRACE = timedelta(days=90)
"""How much longer a departure is a loss under other departure rules."""
_LISTED = 10
"""How many of the allowed events words must name; of very many they name some."""
_LATE = (timedelta(microseconds=1), _DAY, timedelta(days=1500))
"""By how much an event comes too late."""


@partial(
    HistoryLaw,
    13,
    "A relationship says of itself what its history makes it: what is allowed, how other models "
    "see it, which complaints are open, how long ago the last purchase was, and that in words.",
)
def snapshots(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Ask a relationship that was applied, and one that was replayed."""
    who = customers_of(history)[0]
    tally = tally_of(subject.lifecycle, history, subject.start(who).departure_rules)
    replayed = subject.replay(tally.events, customer=who, on_rejected="raise").relationship
    for how, now in (
        ("applied", subject.start(who).apply(*tally.events) if history else subject.start(who)),
        ("replayed", replayed),
    ):
        for problem in chain(_said(now, tally), _told(now, tally, who), _worked_out(now, tally)):
            yield f"{how}: {problem}"
        if tally.events and now == subject.start(who):
            yield f"{how}: it equals a relationship to which nothing has happened."


def _said(now: Relationship, tally: Tally) -> Iterator[str]:
    """Where what is read off a relationship is otherwise than its tally says."""
    waiting = [public for _, _, public, ignored in tally.complaints if not ignored]
    public = [public for _, _, public, _ in tally.complaints if public]
    for name, expected in (
        ("allowed", tally.allowed),
        ("open_complaints", len(waiting)),
        ("open_public_complaints", len(public)),
        ("first_customer_moment", tally.first_customer_moment),
    ):
        found = getattr(now, name)
        if found != expected:
            yield f"{name.replace('_', ' ')} is {found}, and must be {expected}."
    for view in tally.lifecycle.views:
        shown, (image,) = now.view(view.model), view.images(tally.state)
        if shown is not image:
            yield f"{view.name} shows {shown}, and must show {image}."


def _told(now: Relationship, tally: Tally, who: str) -> Iterator[str]:
    """What a relationship leaves out where it is put into words."""
    places = tally.lifecycle.places.by_name
    stages = [places[name].stage for name in tally.state.stages]
    moments = [at for at in (tally.since, tally.customer_moment) if at is not None]
    gone = [(one["at"], one["cause"]) for one in tally.departed[-1:]]
    facts = (
        who,
        tally.state.room.value,
        *(str(part) for one in stages if one for part in (one.name, one.sentence, one.source)),
        f"cycle {tally.cycle}",
        *(str(at.date()) for at in moments),
        *(part for at, cause in gone for part in (str(at.date()), cause.words)),
        *tally.allowed[:_LISTED],
    )
    yield from unsaid("explain()", now.explain(), facts)
    yield from unsaid("str()", str(now), (who, str(tally.state)))


def unsaid(how: str, text: str, facts: Iterable[str]) -> Iterator[str]:
    """The facts that a text says less often than it must.

    Args:
        how: How the text was asked for.
        text: The text.
        facts: What it must say, once for each time.
    """
    for fact, times in Counter(facts).items():
        if text.count(fact) < times:
            found = text.count(fact)
            yield f"{how} says {fact!r} {found} times, and must {times} times: {text!r}."


def _worked_out(now: Relationship, tally: Tally) -> Iterator[str]:
    """Where what a relationship works out is otherwise than by its tally."""
    last = tally.events[-1].at if tally.events else BEGIN
    at, bought = last + _DAY, tally.record.last_purchase_at
    until = at if tally.paused_at is None else tally.paused_at
    expected = None if bought is None else until - bought - tally.paused
    found = now.time_since_purchase(at)
    if found != expected:
        yield f"time since purchase is {found}, and must be {expected}."
    error = raised(now.time_since_purchase, last - _DAY) if tally.events else None
    if tally.events and not isinstance(error, InvalidArgument):
        yield f"time since purchase before the last event must be refused, and is: {error!r}."
    state = state_of(now.to_chart())
    if state != tally.state:
        yield f"its chart is in {state}, and must be in {tally.state}."
    other = now.rename("another")
    if other.customer != "another" or difference(other.rename(now.customer), now):
        yield f"renamed to 'another', it is {other!r}."
    grace = now.departure_rules.moment_grace + _GRACE
    rules = evolve(now.departure_rules, moment_grace=grace)
    departure = now.judged_by(rules).departure
    judged = evolve(tally, rules=rules).departed[-1:]
    for problem in departures_amiss([] if departure is None else [departure], judged):
        yield f"judged by other rules, {problem}"


def raised(call: Callable[..., object], *given: object) -> Exception | None:
    """What a call raises; None if it returns."""
    try:
        call(*given)
    except Exception as error:  # noqa: BLE001 - whatever a subject raises
        return error
    return None


@partial(
    HistoryLaw,
    14,
    "What is refused is refused with the error and the reason that the definition gives, and with "
    "what is allowed instead; of several events all are taken, or none.",
)
def refusals(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Apply events that are allowed and events that are not; replay what holds a refused one."""
    who = customers_of(history)[0]
    tally = tally_of(subject.lifecycle, history, subject.start(who).departure_rules)
    now, twin = (subject.start(who).apply(*tally.events) for _ in range(2))
    for event in _tried(subject, tally):
        yield from amiss(raised(now.apply, event), refusal(tally, event, who), event)
    for event in subject.simplest.values():
        first, late = moved(event, _last(tally) + _DAY), moved(event, _last(tally))
        error = refusal(tally, first, who) or refusal(tally.plus(first), late, who)
        yield from amiss(raised(now.apply, first, late), error, late)
    if difference(now, twin):
        yield f"what was refused changed it: {difference(now, twin)}."
    places = iter(errors_of(tally, who).items())
    place, error = next(places, (len(history) - 1, None))
    found = raised(partial(subject.replay, history, customer=who, on_rejected="raise"))
    for event in history[place:][:1]:
        yield from amiss(found, error, event)


def _last(tally: Tally) -> datetime:
    return tally.events[-1].at if tally.events else BEGIN


def _tried(subject: Subject, tally: Tally) -> Iterator[Any]:
    """Each event now; some about what is not there; what is unknown; what is too late."""
    last = _last(tally)
    for event in subject.simplest.values():
        yield moved(event, last)
        if isinstance(event, ComplaintSettled | ComplaintIgnored):
            yield changed(event, at=last, complaint="A-none")
        if event.activity is Activity.REFUND:
            rests = (*tally.refundable, ("A-none", Decimal(0)), (None, tally.record.revenue))
            for purchase, rest in rests:
                amount = EXACT.add(rest, _CENT)
                yield changed(event, at=last, purchase=purchase, amount=amount)
    for late in _LATE if tally.events else ():
        yield moved(tally.events[-1], last - late)
    yield event_class("_".join(("x", *subject.lifecycle.events)))(at=last)
    yield PurchaseCancelled(at=last, purchase="A-none")
    yield subject.lifecycle.events[0]


def errors_of(tally: Tally, who: str) -> dict[int, CustlifeError | None]:
    """The errors by which the events of a history are refused, by their places."""
    return {place: refusal(tally.at(count), event, who) for place, count, event in tally.refusals}


def amiss(found: Exception | None, expected: CustlifeError | None, event: object) -> Iterator[str]:
    """How an event is answered otherwise than it must be.

    Args:
        found: The error by which it was refused; None if it was taken.
        expected: The error by which it must be; None if it must be taken.
        event: The event, for the message.
    """
    name = event.name if isinstance(event, Event) else event
    when = f" of {event.at}" if isinstance(event, Event) else ""
    if found is None and expected is None:
        return
    if found is None:
        yield f"{name!r}{when} must be refused, and was taken: {expected}"
    elif expected is None:
        yield f"{name!r}{when} must be taken, and was refused: {found!r}."
    elif not isinstance(found, type(expected)):
        yield f"{name!r}{when} must be refused with {expected!r}, and is with {found!r}."
    else:
        for attribute, other in vars(expected).items():
            one = getattr(found, attribute)
            if one != other and not (other == ANY and str(one).strip()):
                what = f"{name!r}{when} is refused, and the error's {attribute} is"
                yield f"{what} {one!r}, and must be {other!r}."


def refusal(tally: Tally, event: object, who: str) -> CustlifeError | None:  # noqa: PLR0911 - one for each error
    """The error by which an event is refused after a history; None if it is taken."""
    lifecycle, state = tally.lifecycle, tally.state
    if not isinstance(event, Event):
        return UnknownEvent(event, lifecycle.name, lifecycle.events)
    if event.at < _last(tally) and tally.events:
        return OutOfOrderEvent(event.name, event.at, _last(tally), who)
    if tally.plus(event).refused == tally.refused:
        return None
    name, answerable = handled_as(lifecycle, event), bool(tally.complaints)
    if name not in lifecycle.events:
        if isinstance(event, PurchaseCancelled):
            return _whatever_the_rules(tally, event, who)
        return UnknownEvent(event.name, lifecycle.name, lifecycle.events)
    allowed = allowed_by_rules(lifecycle, state, answerable=answerable)
    named = event.activity in ANSWERS and getattr(event, "complaint", None) is not None
    if name in allowed or (named and not answerable):
        return _by_the_record(tally, event, who)
    because, source = reason(lifecycle, state, name, answerable=answerable)
    return EventNotAllowed(event.name, state, allowed, because, source, who)


def _by_the_record(tally: Tally, event: Any, who: str) -> CustlifeError:  # noqa: ANN401 - by its kind
    """The error for what the rules allow, or would, and the record does not."""
    if event.activity is Activity.REFUND:
        rests: dict[Any, Decimal] = dict(tally.refundable)
        if event.purchase is not None and event.purchase not in rests:
            return UnknownPurchase(event.purchase, tuple(rests), MOST_REFUNDABLE, who)
        revenue = tally.record.revenue
        rest = min(rests.get(event.purchase, revenue), revenue)
        return RefundTooHigh(event.amount, rest, event.purchase, who)
    if event.activity in ANSWERS:
        return _not_open(tally, event, who)
    if isinstance(event, CauseLearnt):
        return _whatever_the_rules(tally, event, who)
    moment = event.at if tally.state.room is Room.CUSTOMER else None
    error = raised(partial(Departure.by, event, left=tally.state, cycle=1, customer_moment=moment))
    return cast("CustlifeError", error)


def _not_open(tally: Tally, event: Any, who: str) -> CustlifeError:  # noqa: ANN401 - an answer
    """The error for an answer to what is not open."""
    complaint = getattr(event, "complaint", None)
    if complaint is None:
        return _whatever_the_rules(tally, event, who)
    ignoring = event.activity is Activity.DISREGARD
    ids = [id_ for _, id_, _, ignored in tally.complaints if not (ignoring and ignored)]
    named = tuple(id_ for id_ in ids if id_ is not None)
    return ComplaintNotOpen(event.name, complaint, named, len(ids) - len(named), who)


def _whatever_the_rules(tally: Tally, event: Event, who: str) -> EventNotAllowed:
    """The error for what no rule of a lifecycle could allow."""
    names = allowed_by_rules(tally.lifecycle, tally.state)
    allowed = tuple(name for name in names if name != event.name)
    return EventNotAllowed(event.name, tally.state, allowed, ANY, ANY, who)


def reason(
    lifecycle: Lifecycle, state: State, event: str, *, answerable: bool = True
) -> tuple[str, str]:
    """The sentence that refuses an event in a state, and its source; any where no rule says it."""
    rules: list[Forbid | Stay] = [
        rule
        for rule in lifecycle.rules
        if isinstance(rule, Forbid) and rule.on == event and any(map(state.is_in, rule.at))
    ]
    if not answerable:
        stays = taken(lifecycle, state, event)
        rules += [rule for rule in stays if isinstance(rule, Stay) and rule.answers_complaint]
    return (rules[0].sentence, rules[0].source.row) if rules else (ANY, ANY)
