"""The laws of every lifecycle and of its executions, but for those of corrected histories."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain

from attrs import evolve

from custlife.errors import CustlifeError, EventNotAllowed
from custlife.events import Event
from custlife.journey import Journey
from custlife.lifecycle._chart import ChartDriver, state_of
from custlife.lifecycle.table import Table
from custlife.relationship import Relationship
from custlife.state import State
from custlife.testing.generators.events import changed, event_class, moved
from custlife.testing.laws.corrections import corrections, identity, merging
from custlife.testing.laws.law import BEGIN, CellLaw, HistoryLaw, Law
from custlife.testing.oracle import (
    Tally,
    contradictions,
    departures_amiss,
    difference,
    outcome,
    record_of,
    tally_of,
)
from custlife.testing.paths import Path
from custlife.testing.proofs import undecided
from custlife.testing.subject import Subject

_WHO = "C-1"


def _step(table: Table, state: State, event: str) -> State | None:
    try:
        return table.step(state, event)
    except EventNotAllowed:
        return None


def _words(after: State | None) -> str:
    return "refuses it" if after is None else f"leads to {after}"


@partial(
    CellLaw,
    1,
    "The table and the chart answer every event alike in every state, refusals included.",
)
def table_equals_chart(subject: Subject, state: State, event: str, path: Path) -> Iterator[str]:
    """Walk the chart to the state by real events, and send it the event there."""
    driver = ChartDriver(subject.chart())
    expected = _step(subject.table, state, event)
    try:
        *_, taken = map(driver.takes, (*path.events, event))
    except Exception as error:  # noqa: BLE001 - whatever a chart's callbacks raise
        yield f"the chart raised {error!r}."
        return
    found = state_of(driver.chart, subject.lifecycle) if taken else None
    if found != expected:
        yield f"the table {_words(expected)}, the chart {_words(found)}."


@partial(
    HistoryLaw,
    2,
    "The kind of a departure follows from the moment, the cause and who ended it: a prospect is "
    "never eroded, and a customer beyond the customer moment is never lost.",
)
def kind_follows_room(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Compare each departure's kind with that of the naive tally."""
    names = ("at", "kind", "room_left", "customer_moment")
    made = {
        (facts["at"], facts["cycle"]): {name: facts[name] for name in names if name in facts}
        for facts in _tally(subject, history).departed
    }
    departures = _replayed(subject, history).departures
    found = [one for one in departures if (one.at, one.cycle) in made]
    yield from departures_amiss(found, [made[one.at, one.cycle] for one in found])


@partial(
    HistoryLaw,
    3,
    "Replaying is folding: where a history is cut makes no difference, and records add up.",
)
def folding(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Cut the history everywhere, and add up the records of its parts."""
    tally = _tally(subject, history)
    events = tally.events
    whole = subject.replay(events, customer=_WHO).relationship
    yield from contradictions(whole, tally)
    if whole.customer != _WHO or whole.lifecycle != subject.lifecycle:
        yield f"it is no longer of {_WHO!r} in {subject.lifecycle.name!r}: {whole}."
    for cut in range(len(events) + 1):
        first, rest = events[:cut], events[cut:]
        for how, part in (
            ("replayed", subject.replay(first, customer=_WHO).relationship),
            ("applied", subject.start(_WHO).apply(*first)),
        ):
            together = part.apply(*rest)
            if together != whole:
                parts = f"where the first {cut} events are {how} and the other {len(rest)} applied"
                yield f"{parts}: {difference(together, whole)}."
        if record_of(first) + record_of(rest) != whole.record:
            yield f"the records of the first {cut} events and of the others do not add up."


@partial(
    HistoryLaw,
    4,
    "A refused event leaves an equal relationship, and nothing that was given changes.",
)
def immutability(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Try what must be refused, and compare all that was given with what it was."""
    tally = _tally(subject, history)
    given = list(history)
    text = repr(given)
    journey = _replayed(subject, given)
    if given != list(history) or repr(given) != text:
        yield "replay changed the events that it was given, or their order."
    refused = [rejection.position for rejection in journey.rejected]
    if refused != [*tally.refused]:
        yield f"refused are the events at {refused}, and must be those at {[*tally.refused]}."
    alone = subject.replay(tally.events, customer=_WHO).relationship
    if journey.relationship != alone:
        yield f"the refused events left a trace: {difference(journey.relationship, alone)}."
    before, twin = (subject.start(_WHO).apply(*tally.events[:-1]) for _ in range(2))
    now = before.apply(*tally.events[-1:])
    if _changed(before, twin):
        changed = difference(before, twin)
        yield f"apply changed the relationship that it was called on: {changed}."
    twin = subject.start(_WHO).apply(*tally.events)
    for event in _unwelcome(subject, tally):
        try:
            now.apply(event)
        except CustlifeError:
            if _changed(now, twin):
                yield f"the refused {event.name!r} changed it: {difference(now, twin)}."
        else:
            yield f"{event.name!r} of {event.at} must be refused in {now.state}, and was taken."


def _changed(relationship: Relationship, twin: Relationship) -> bool:
    same = relationship == twin and hash(relationship) == hash(twin)
    return not same or repr(relationship) != repr(twin)


def _unwelcome(subject: Subject, tally: Tally) -> Iterator[Event]:
    """What is refused now, an event that the lifecycle does not know, and one that is too late."""
    events = tally.events
    last = events[-1].at if events else BEGIN
    for event in subject.simplest.values():
        if tally.plus(moved(event, last)).refused != tally.refused:
            yield moved(event, last)
    yield event_class("_".join(("x", *subject.lifecycle.events)))(at=last)
    for event in events[-1:]:
        yield moved(event, last - timedelta(microseconds=1))


@partial(
    CellLaw, 5, "Every step of the lifecycle is a legal move, or no move, of each view's model."
)
def views_are_homomorphisms(
    subject: Subject, state: State, event: str, path: Path
) -> Iterator[str]:
    """Compare the step with the moves of every view's model."""
    del path
    after = _step(subject.table, state, event)
    for view in subject.lifecycle.views if after is not None else ():
        seen, then = (subject.table.view(each, view.model) for each in (state, after or state))
        if not view.allows(seen, then):
            yield f"{view.name} shows {seen} -> {then}, which is no move of its model."


@partial(
    HistoryLaw,
    6,
    "The order in which events are given makes no difference, but for those of one moment.",
)
def order(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Give the events in other orders."""
    expected = _replayed(subject, history)
    for shuffled in _shuffles(history):
        found = _replayed(subject, shuffled)
        if found != expected:
            given = ", ".join(f"{event.name} of {event.at.isoformat()}" for event in shuffled)
            yield f"with the events given as {given}: {difference(found, expected)}."


def _shuffles(history: Sequence[Event]) -> Iterator[list[Event]]:
    """Other orders of the moments: backwards, two neighbours swapped, and mixed one by one."""
    moments: dict[object, list[Event]] = {}
    for event in history:
        moments.setdefault(event.at, []).append(event)
    groups = list(moments.values())
    yield list(chain.from_iterable(reversed(groups)))
    for number in range(1, len(groups)):
        one, two = groups[number - 1 : number + 1]
        yield list(chain(*groups[: number - 1], two, one, *groups[number + 1 :]))
    longest = max(map(len, groups), default=0)
    yield [group[turn] for turn in range(longest) for group in groups if turn < len(group)]


@partial(HistoryLaw, 7, "No rule looks at the channel (CHE-3).")
def channel_blindness(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Let the events come by other channels."""
    expected = _without_events(_replayed(subject, history))
    for channels in ((None,), ("phone",), ("shop", "web"), ("web", "shop")):
        elsewhere = [
            changed(event, channel=channels[number % len(channels)])
            for number, event in enumerate(history)
        ]
        found = _without_events(_replayed(subject, elsewhere))
        if found != expected:
            ways = " and ".join("none" if channel is None else channel for channel in channels)
            yield f"by the channels {ways} instead: {difference(found, expected)}."


@partial(
    HistoryLaw,
    8,
    "There is at most one departure a cycle, and all are kept; a return begins the next cycle; the "
    "customer moment is when the room customer was entered in the cycle.",
)
def cycles(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Compare with the naive tally."""
    journey = _replayed(subject, history)
    tally = _tally(subject, history)
    now = journey.relationship
    yield from departures_amiss(journey.departures, tally.departed)
    yield from contradictions(now, tally)
    rules = subject.start(_WHO).departure_rules
    if {now.departure_rules, *(departure.rules for departure in journey.departures)} != {rules}:
        yield "the departure rules are not those that the relationship began with."


@partial(
    CellLaw,
    9,
    "Every event in every state is a move, a stay or an explained refusal, as the rules say.",
)
def totality(subject: Subject, state: State, event: str, path: Path) -> Iterator[str]:
    """Take the step by the table, and compare it with the rules."""
    del path
    problem = undecided(subject.table, state, event)
    if problem:
        yield f"it is undecided: {problem}."
        return
    expected = outcome(subject.lifecycle, state, event)
    after = _step(subject.table, state, event)
    if after != expected:
        yield f"by the rules the lifecycle {_words(expected)}, and it {_words(after)}."
    if (event in subject.table.allowed(state)) is (after is None):
        yield "the table's answer differs from the events that it allows there."


def _tally(subject: Subject, history: Sequence[Event]) -> Tally:
    return tally_of(subject.lifecycle, history, subject.start(_WHO).departure_rules)


def _replayed(subject: Subject, events: Sequence[Event]) -> Journey:
    return subject.replay(events, customer=_WHO, on_rejected="collect")


def _without_events(journey: Journey) -> Journey:
    """What a journey came to, whatever the events were; of the refused ones the places stay."""
    rejected = (evolve(rejection, event=Event(at=BEGIN)) for rejection in journey.rejected)
    return evolve(journey, ledger=(), events=(), duplicates=(), rejected=tuple(rejected))


LIFECYCLE_LAWS: tuple[Law, ...] = (
    table_equals_chart,
    kind_follows_room,
    folding,
    immutability,
    views_are_homomorphisms,
    order,
    channel_blindness,
    cycles,
    totality,
    corrections,
    merging,
    identity,
)
"""The laws of every lifecycle, for ``@pytest.mark.parametrize("law", LIFECYCLE_LAWS)``."""
