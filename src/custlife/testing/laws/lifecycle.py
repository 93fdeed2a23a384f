"""The nine laws of every lifecycle and of its executions."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain

from attrs import evolve, frozen

from custlife.decisions.predicates import words
from custlife.departures import Departure
from custlife.errors import CustlifeError, EventNotAllowed
from custlife.events import Event
from custlife.journey import Journey
from custlife.lifecycle._chart import ChartDriver, state_of
from custlife.lifecycle.table import Table, unchecked_table
from custlife.relationship import Relationship
from custlife.state import State
from custlife.testing.generators.events import changed, event_class, moved
from custlife.testing.laws.law import BEGIN, Cell, CellLaw, HistoryLaw, Law
from custlife.testing.oracle import (
    account_of,
    contradictions,
    difference,
    outcome,
    record_of,
    untold,
)
from custlife.testing.paths import Path, search
from custlife.testing.subject import Subject

_WHO = "C-1"


def _paths(subject: Subject) -> Iterator[Path]:
    yield from search(unchecked_table(subject.lifecycle)).values()


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
def table_equals_chart(subject: Subject) -> Iterator[Cell]:
    """Walk the chart to every state by real events, and send it every event there."""
    beginning, *ways = _paths(subject)
    _arrived(subject, beginning)  # a chart that cannot be driven at all raises here
    for path in (beginning, *ways):
        try:
            driver = _arrived(subject, path)
        except Exception as error:  # noqa: BLE001 - whatever a chart's callbacks raise
            before, event, _ = path.steps[-1]
            yield before, event, f"{path}: the chart raised {error!r}."
            continue
        for event in subject.lifecycle.events:
            expected = _step(subject.table, path.end, event)
            try:
                found = _answer(subject, driver, event)
            except Exception as error:  # noqa: BLE001 - whatever a chart's callbacks raise
                yield path.end, event, f"{event!r} in {path.end}: the chart raised {error!r}."
                driver = _arrived(subject, path)
                continue
            if found != expected:
                yield (
                    path.end,
                    event,
                    f"{event!r} in {path.end}: the table {_words(expected)}, the chart "
                    f"{_words(found)}.",
                )
            if found is not None:
                driver = _arrived(subject, path)


def _arrived(subject: Subject, path: Path) -> ChartDriver:
    driver = ChartDriver(subject.chart())
    for event in path.events:
        driver.takes(event)
    return driver


def _answer(subject: Subject, driver: ChartDriver, event: str) -> State | None:
    taken = driver.takes(event)
    return state_of(driver.chart, subject.lifecycle) if taken else None


@partial(
    HistoryLaw, 2, "The kind of a departure follows from the room that was left and who ended it."
)
def kind_follows_room(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Compare each departure's kind with that of the naive account."""
    made = {
        (facts["at"], facts["cycle"]): facts
        for facts in account_of(subject.lifecycle, history).departed
    }
    for departure in _replayed(subject, history).departures:
        facts = made.get((departure.at, departure.cycle), {})
        for name in ("kind", "room_left") if facts else ():
            found = getattr(departure, name)
            if found is not facts[name]:
                yield (
                    f"the departure at {departure.at} in cycle {departure.cycle} from "
                    f"{' and '.join(departure.stages_left)}: {name.replace('_', ' ')} is "
                    f"{words(found)}, and must be {words(facts[name])}."
                )


@partial(
    HistoryLaw,
    3,
    "Replaying is folding: where a history is cut makes no difference, and records add up.",
)
def folding(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Cut the history everywhere, and add up the records of its parts."""
    account = account_of(subject.lifecycle, history)
    events = account.events
    whole = subject.replay(events, customer=_WHO).relationship
    yield from contradictions(whole, account)
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
    account = account_of(subject.lifecycle, history)
    given = list(history)
    told = repr(given)
    journey = _replayed(subject, given)
    if given != list(history) or repr(given) != told:
        yield "replay changed the events that it was given, or their order."
    refused = [rejection.position for rejection in journey.rejected]
    if refused != [*account.refused]:
        yield f"refused are the events at {refused}, and must be those at {[*account.refused]}."
    alone = subject.replay(account.events, customer=_WHO).relationship
    if journey.relationship != alone:
        yield f"the refused events left a trace: {difference(journey.relationship, alone)}."
    before, twin = (subject.start(_WHO).apply(*account.events[:-1]) for _ in range(2))
    now = before.apply(*account.events[-1:])
    if _changed(before, twin):
        changed = difference(before, twin)
        yield f"apply changed the relationship that it was called on: {changed}."
    twin = subject.start(_WHO).apply(*account.events)
    for event in _unwelcome(subject, now, account.events):
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


def _unwelcome(subject: Subject, now: Relationship, events: Sequence[Event]) -> Iterator[Event]:
    """What the lifecycle refuses now, an event that it does not know, and one that is too late."""
    last = events[-1].at if events else BEGIN
    for name, event in subject.simplest.items():
        if outcome(subject.lifecycle, now.state, name) is None:
            yield moved(event, last)
    yield event_class("_".join(("x", *subject.lifecycle.events)))(at=last)
    for event in events[-1:]:
        yield moved(event, last - timedelta(microseconds=1))


@partial(
    CellLaw, 5, "Every step of the lifecycle is a legal move, or no move, of each view's model."
)
def views_are_homomorphisms(subject: Subject) -> Iterator[Cell]:
    """Look at every step through every view."""
    for path in _paths(subject):
        state = path.end
        for event in subject.lifecycle.events:
            after = _step(subject.table, state, event)
            for view in subject.lifecycle.views if after is not None else ():
                seen = subject.table.view(state, view.model)
                seen_after = subject.table.view(after or state, view.model)
                if not view.allows(seen, seen_after):
                    yield (
                        state,
                        event,
                        f"{view.name} sees {event!r} in {state} as {seen} -> {seen_after}, which "
                        f"is no move of its model.",
                    )


@partial(
    HistoryLaw,
    6,
    "The order in which events are given makes no difference, but for those of one moment.",
)
def order(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Give the events in other orders."""
    expected = _told(_replayed(subject, history))
    for shuffled in _shuffles(history):
        told = _told(_replayed(subject, shuffled))
        if told != expected:
            given = ", ".join(f"{event.name} of {event.at.isoformat()}" for event in shuffled)
            yield f"with the events given as {given}: {difference(told, expected)}."


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
    expected = evolve(_told(_replayed(subject, history)), events=(), refused=())
    for channels in ((None,), ("phone",), ("shop", "web"), ("web", "shop")):
        elsewhere = [
            changed(event, channel=channels[number % len(channels)])
            for number, event in enumerate(history)
        ]
        told = evolve(_told(_replayed(subject, elsewhere)), events=(), refused=())
        if told != expected:
            ways = " and ".join("none" if channel is None else channel for channel in channels)
            yield f"by the channels {ways} instead: {difference(told, expected)}."


@partial(
    HistoryLaw,
    8,
    "There is at most one departure a cycle, and all are kept; a return begins the next cycle; the "
    "customer moment is when the room customer was entered in the cycle.",
)
def cycles(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Compare with the naive account."""
    journey = _replayed(subject, history)
    account = account_of(subject.lifecycle, history)
    now = journey.relationship
    yield from untold(journey.departures, account.departed)
    yield from contradictions(now, account)
    policy = subject.start(_WHO).severity_policy
    if {now.severity_policy, *(departure.policy for departure in journey.departures)} != {policy}:
        yield "the severity policy is not the one that the relationship began with."


@partial(
    CellLaw,
    9,
    "Every event in every state is a move, a stay or an explained refusal, as the rules say.",
)
def totality(subject: Subject) -> Iterator[Cell]:
    """Ask the table, and read the rules."""
    table = subject.table
    for path in _paths(subject):
        state = path.end
        for event in subject.lifecycle.events:
            expected = outcome(subject.lifecycle, state, event)
            after: State | None = None
            try:
                after = table.step(state, event)
                if after is None:
                    yield state, event, f"{event!r} in {state} is undecided."
            except EventNotAllowed as refusal:
                if not refusal.because.strip() or refusal.state != state:
                    yield state, event, f"{event!r} is refused in {state}, and nothing says why."
            except Exception as error:  # noqa: BLE001 - whatever a table raises
                yield state, event, f"{event!r} in {state} is undecided: {error!r}."
                continue
            if after != expected:
                yield (
                    state,
                    event,
                    f"{event!r} in {state}: by the rules the lifecycle {_words(expected)}, and it "
                    f"{_words(after)}.",
                )
            if (event in table.allowed(state)) is (after is None):
                yield (
                    state,
                    event,
                    f"{event!r} in {state}: what is said to be allowed there is not what is.",
                )


def _replayed(subject: Subject, events: Sequence[Event]) -> Journey:
    return subject.replay(events, customer=_WHO, on_rejected="collect")


@frozen
class _Outcome:
    """All that a journey holds, in a form that can be compared."""

    relationship: Relationship
    departures: tuple[Departure, ...]
    rejected: tuple[int | None, ...]
    events: tuple[Event, ...]
    refused: tuple[Event, ...]


def _told(journey: Journey) -> _Outcome:
    return _Outcome(
        journey.relationship,
        tuple(journey.departures),
        tuple(rejection.position for rejection in journey.rejected),
        tuple(journey.events),
        tuple(rejection.event for rejection in journey.rejected),
    )


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
)
"""The laws of every lifecycle, for ``@pytest.mark.parametrize("law", LIFECYCLE_LAWS)``."""
