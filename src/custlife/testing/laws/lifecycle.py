"""The laws of every lifecycle and of its executions, but for those of corrected histories."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any

from attrs import evolve, fields

from custlife.errors import CustlifeError, EventNotAllowed, UnknownEvent, UnknownState
from custlife.events import Event
from custlife.journey import Journey
from custlife.lifecycle._chart import ChartDriver, state_of
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.relationship import Relationship
from custlife.state import State
from custlife.testing.generators.events import changed, event_class, moved
from custlife.testing.laws.corrections import corrections, identity, merging
from custlife.testing.laws.journey import accounts, customers
from custlife.testing.laws.law import BEGIN, CellLaw, HistoryLaw, Law
from custlife.testing.laws.relationship import amiss, raised, reason, refusals, snapshots
from custlife.testing.oracle import (
    Tally,
    contradictions,
    departures_amiss,
    difference,
    record_of,
    tally_of,
    undecided,
)
from custlife.testing.paths import Path
from custlife.testing.reading import allowed_by_rules, outcome, taken
from custlife.testing.subject import Subject

_WHO = "C-1"


def _answer(call: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - what is called says
    """What a call returns, or what it raises."""
    try:
        return call(*given)
    except Exception as error:  # noqa: BLE001 - whatever a subject raises
        return error


def _step(table: Table, state: State, event: str) -> Any:  # noqa: ANN401 - a State, or what a subject gives
    """Where a table leads; None where it refuses the event."""
    after = _answer(table.step, state, event)
    return None if isinstance(after, EventNotAllowed) else after


def _words(after: object) -> str:
    if isinstance(after, Exception):
        return f"raises {after!r}"
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
        found = state_of(driver.chart, subject.lifecycle) if taken else None
    except Exception as error:  # noqa: BLE001 - whatever a chart's callbacks raise
        yield f"the chart raised {error!r}."
        return
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
    tally, journey = _tally(subject, history), _replayed(subject, history)
    grace = timedelta(days=90) + tally.rules.moment_grace
    rules = evolve(tally.rules, moment_grace=grace)
    for account, departures, what in (
        (tally, journey.departures, "the departure"),
        (evolve(tally, rules=rules), journey.judged_by(rules).departures, "judged anew, that"),
    ):
        made = {
            (facts["at"], facts["cycle"]): {name: facts[name] for name in names if name in facts}
            for facts in account.departed
        }
        found = [one for one in departures if (one.at, one.cycle) in made]
        yield from departures_amiss(found, [made[one.at, one.cycle] for one in found], what)


@partial(
    HistoryLaw,
    3,
    "Replaying is folding: where a history is cut makes no difference, and records add up.",
)
def folding(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Cut the history everywhere, and add up the records of its parts."""
    tally = _tally(subject, history)
    events = tally.events
    whole = subject.replay(events, customer=_WHO, on_rejected="raise").relationship
    yield from contradictions(whole, tally)
    if whole.customer != _WHO or whole.lifecycle != subject.lifecycle:
        yield f"it is no longer of {_WHO!r} in {subject.lifecycle.name!r}: {whole}."
    for cut in range(len(events) + 1):
        first, rest = events[:cut], events[cut:]
        for how, part in (
            ("replayed", subject.replay(first, customer=_WHO, on_rejected="raise").relationship),
            ("applied", subject.start(_WHO).apply(*first)),
        ):
            together = part.apply(*rest)
            if difference(together, whole):
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
    alone = subject.replay(tally.events, customer=_WHO, on_rejected="raise").relationship
    if difference(journey.relationship, alone):
        yield f"the refused events left a trace: {difference(journey.relationship, alone)}."
    before, twin = (subject.start(_WHO).apply(*tally.events[:-1]) for _ in range(2))
    now = before.apply(*tally.events[-1:])
    if _changed(before, twin):
        words = difference(before, twin)
        yield f"apply changed the relationship that it was called on: {words}."
    if repr(given) != text:
        yield "apply changed the events that it was given."
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
    CellLaw,
    5,
    "Every state shows in each view as the definition says, and every step of the lifecycle is a "
    "legal move, or no move, of the view's model.",
)
def views_are_homomorphisms(
    subject: Subject, state: State, event: str, path: Path
) -> Iterator[str]:
    """Compare the state with the view's map, and the step with the moves of its model."""
    del path
    after = _step(subject.table, state, event)
    for view in subject.lifecycle.views:
        seen = _answer(subject.table.view, state, view.model)
        if isinstance(after, State):
            then = _answer(subject.table.view, after, view.model)
            if not view.allows(seen, then):
                yield f"{view.name} shows {seen} -> {then}, which is no move of its model."
        (image,) = view.images(state)
        if seen is not image:
            yield f"{view.name} shows {seen!r}, and must show {image!r}."


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
        if difference(found, expected):
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
        if difference(found, expected):
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
    table, lifecycle = subject.table, subject.lifecycle
    problem = undecided(table, state, event)
    if problem:
        yield f"it is undecided: {problem}."
        return
    expected = outcome(lifecycle, state, event)
    after = _step(table, state, event)
    if after != expected:
        yield f"by the rules the lifecycle {_words(expected)}, and it {_words(after)}."
    said = _answer(table.allowed, state)
    names = said if isinstance(said, tuple) else ()
    if said != tuple(name for name in lifecycle.events if name in names):
        yield f"what it allows must be a tuple in the order of the lifecycle, and is {said!r}."
    if (event in names) is (expected is None):
        yield "the table's answer differs from the events that it allows there."
    error = None
    if expected is None:
        names = allowed_by_rules(lifecycle, state)
        error = EventNotAllowed(event, state, names, *reason(lifecycle, state, event))
    yield from amiss(raised(table.step, state, event), error, event)
    yield from _beside(table, lifecycle, state, event, error)
    stranger = "_".join(("x", *lifecycle.events))
    unknown = UnknownEvent(stranger, lifecycle.name, lifecycle.events)
    yield from amiss(raised(table.step, state, stranger), unknown, stranger)
    nowhere = State(state.room, ((state.room.value, stranger),))
    found = raised(table.step, nowhere, event)
    if not isinstance(found, UnknownState):
        yield f"a state that the lifecycle does not know must be refused, and is: {found!r}."


def _beside(
    table: Any,  # noqa: ANN401 - what it offers beside is its own
    lifecycle: Lifecycle,
    state: State,
    event: str,
    error: EventNotAllowed | None,
) -> Iterator[str]:
    """Where what a table offers beside is otherwise than the definition says, if it offers it."""
    if hasattr(table, "rules"):
        rules = taken(lifecycle, state, event)
        yield from amiss(raised(table.rules, state, event), error, event)
        found = _answer(table.rules, state, event)
        if rules and found != rules:
            yield f"its rules are {found}, and must be {rules}."
    if hasattr(table, "refusal") and error is not None:
        yield from amiss(_answer(table.refusal, state, event), error, event)
    compiled = unchecked_table(lifecycle)
    if hasattr(table, "index") and _answer(table.index, state) != compiled.index(state):
        yield f"its index is {_answer(table.index, state)}, and must be {compiled.index(state)}."
    if isinstance(table, Table) and table is not compiled:
        for name in (one.name for one in fields(Table)):
            if getattr(table, name) != getattr(compiled, name):
                yield f"its {name.strip('_')} is not that of {lifecycle.name!r}."


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
    snapshots,
    refusals,
    accounts,
    customers,
)
"""The laws of every lifecycle, for ``@pytest.mark.parametrize("law", LIFECYCLE_LAWS)``."""
