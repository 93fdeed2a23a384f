"""What a thing that is added to a coverage shows: of the lifecycle, and of decision tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from custlife._ledger import accepted_at, left_out
from custlife.decisions.gaps import limits
from custlife.decisions.tables import DecisionTable, Verdict
from custlife.departure_rules import DepartureRules
from custlife.departures import Departure
from custlife.errors import (
    ComplaintNotOpen,
    CustlifeError,
    EventNotAllowed,
    InvalidArgument,
    cut,
    listed,
)
from custlife.events import ANSWERS, Event
from custlife.journey import Journey, replay
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unchecked_table
from custlife.relationship import Relationship, fold
from custlife.state import State
from custlife.strategy.recommendation import Recommendation
from custlife.strategy.selectors.table import TableSelector
from custlife.testing.coverage.items import Sight
from custlife.testing.coverage.tables import Sheet, sheets_of
from custlife.testing.paths import Path

Counted = DecisionTable[Any] | TableSelector
"""A table whose rows count."""
Sheets = Mapping[str, tuple[Counted, Sheet]]
"""The tables whose rows count, by the names of the decision tables."""
Shown = Sight | Departure
"""A sight, or a departure that was judged."""

_CALL = "Coverage.add()"


@frozen
class Walk:
    """What happened to a relationship from some state on.

    Attributes:
        start: The relationship before it.
        happened: The events in order, each with the error by which it was refused, or None.
    """

    start: Relationship
    happened: tuple[tuple[Event, CustlifeError | None], ...] = ()

    @classmethod
    def of(cls, journey: Journey) -> "Walk":
        """The events of a journey that count, and those that were refused."""
        others = left_out(journey.rejected, journey.withdrawn)
        places = accepted_at(journey.ledger, journey.events, others)
        became: dict[int, tuple[Event, CustlifeError | None]] = {
            one.position: (one.event, one.error)
            for one in journey.rejected
            if one.position is not None
        }
        became |= {place: (journey.ledger[place], None) for place in places}
        return cls(journey.start, tuple(became[place] for place in sorted(became)))

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle."""
        return self.start.lifecycle

    def shown(self) -> Iterator[Shown]:
        """What it shows; the events are taken one by one, so that each is exact.

        An answer that leaves another complaint waiting moves nobody and takes no rule, so it shows
        only that it was taken. A refusal by the record alone, such as a refund of too much, shows
        nothing.
        """
        table = unchecked_table(self.start.lifecycle)
        before = self.start
        here = table.index(before.state)
        last: tuple[int, str] | None = None
        yield "state", here
        if before.departure is not None:
            yield before.departure
        for event, error in self.happened:
            if error is not None:
                if isinstance(error, EventNotAllowed | ComplaintNotOpen):
                    name = table.handled_as(type(event))
                    guarded = name in table.guards[here] and not before.complaints
                    if name in table.events and (guarded or name not in table.arcs[here]):
                        yield "refusal", here, name
                continue
            name = table.handled_as(type(event))
            after, _ = fold(before, (event,), _no_refusal)
            there = table.index(after.state)
            waiting = event.activity in ANSWERS and after.open_complaints
            yield "waiting" if waiting else "step", here, name
            if there != here:
                yield "state", there
                if last is not None:
                    yield "pair", *last, name
                last = here, name
            if after.departure is not None and after.departure is not before.departure:
                yield after.departure
            before, here = after, there


def _no_refusal(_: Event, error: CustlifeError) -> None:
    raise error


@frozen
class Course:
    """The steps of a path that were taken, and what was refused beside them.

    Attributes:
        lifecycle: The lifecycle.
        states: The states.
        events: The names of the events between them.
        refused: An event that was refused at the end, or None.
    """

    lifecycle: Lifecycle
    states: tuple[State, ...]
    events: tuple[str, ...] = ()
    refused: str | None = None

    def shown(self) -> Iterator[Shown]:
        """What it shows, as the table has it.

        An event that leads elsewhere is an answer that left another complaint waiting: an app on a
        history has a record.
        """
        table = unchecked_table(self.lifecycle)
        numbers = [*map(table.index, self.states)]
        last: tuple[int, str] | None = None
        yield "state", numbers[0]
        for here, event, there in zip(numbers, self.events, numbers[1:], strict=False):
            yield "step" if table.arcs[here][event] == there else "waiting", here, event
            if there != here:
                yield "state", there
                if last is not None:
                    yield "pair", *last, event
                last = here, event
        if self.refused is not None:
            yield "refusal", numbers[-1], self.refused


def shown_by(
    thing: object, lifecycle: Lifecycle, sheets: Sheets
) -> Iterator[Sight | DepartureRules]:
    """What a thing shows that is added to a coverage, and the departure rules that it is under.

    Args:
        thing: The thing.
        lifecycle: The lifecycle that is covered.
        sheets: The tables whose rows count beside those by which departures are judged.

    Raises:
        InvalidArgument: If it is of another lifecycle, by no row that counts, or nothing that can
            be added.
    """
    if isinstance(thing, Departure):
        yield thing.rules
        yield from _judged(thing)
    elif isinstance(thing, Verdict):
        yield from _of_verdict(thing, sheets)
    elif isinstance(thing, Recommendation):
        require_own(thing, thing.profile.relationship.lifecycle, lifecycle)
        yield from _of_recommendation(thing, sheets)
    else:
        walk = _walk(thing, lifecycle)
        require_own(thing, walk.lifecycle, lifecycle)
        if isinstance(walk, Walk):
            yield walk.start.departure_rules
        for one in walk.shown():
            if isinstance(one, Departure):
                yield from shown_by(one, lifecycle, sheets)
            else:
                yield one


def _judged(departure: Departure) -> Iterator[Sight]:
    """The rows that judge a departure, and how their comparisons come out.

    Where something was learnt later, what was believed at first was judged, too.
    """
    if departure.first_believed is not None:
        yield from _judged(departure.first_believed)
    kinds, severities = sheets_of(departure.rules)
    kind, severity = departure.kind_verdict, departure.severity_verdict
    yield from kinds.sights(kind.row.id, dict(kind.facts))
    yield from severities.sights(severity.row.id, dict(severity.facts))


def _walk(thing: object, lifecycle: Lifecycle) -> Walk | Course:
    """What happened, as a walk; what is none of the types is a history."""
    if isinstance(thing, Walk | Course):
        return thing
    if isinstance(thing, Path):
        return Course(thing.lifecycle, thing.states, thing.events)
    if isinstance(thing, Relationship):
        return Walk(thing)
    if isinstance(thing, Journey):
        return Walk.of(thing)
    events = tuple(thing) if isinstance(thing, Iterable) and not isinstance(thing, str) else None
    strangers = [thing] if events is None else [one for one in events if not isinstance(one, Event)]
    if events is None or strangers:
        rule = "a journey, a path, a relationship, a departure or the like, or a history of events"
        remedy = "Give several at once as add(*things), and an event as a history: add([event])."
        raise InvalidArgument(_CALL, "things", strangers[0], rule, remedy)
    return Walk.of(
        replay(
            events,
            customer="history",
            lifecycle=lifecycle,
            on_rejected="collect",
            duplicates="collect",
        )
    )


def require_own(thing: object, theirs: Lifecycle, ours: Lifecycle) -> None:
    """Refuse what is of another lifecycle, with both names."""
    if theirs is not ours and theirs != ours:
        rule = f"of the lifecycle {ours!r}, and it is of {theirs!r}"
        alike = " They share a name, and are not equal." * (theirs.name == ours.name)
        remedy = f"Use a coverage for each lifecycle.{alike}"
        raise InvalidArgument(_CALL, "things", thing, rule, remedy)


def _of_verdict(verdict: Verdict[Any], sheets: Sheets) -> Iterator[Sight]:
    _, sheet = sheets.get(verdict.table.name, (None, None))
    if sheet is None or sheet.table != verdict.table:
        raise _unknown(verdict, f"table {cut(verdict.table.name)!r}", sheets)
    return sheet.sights(verdict.row.id, dict(verdict.facts))


def _of_recommendation(advice: Recommendation, sheets: Sheets) -> Iterator[Sight]:
    """The row by which it was recommended; and where a table selector counts, its comparisons."""
    reason = advice.reason
    for counted, sheet in sheets.values():
        for row in sheet.table.rows:
            if (row.id, row.sentence, row.source) == (reason.row, reason.sentence, reason.source):
                if isinstance(counted, DecisionTable):
                    return iter([sheet.sight_of(row)])
                rows = counted.rows(advice.profile.room)
                names = limits(row.when for row in rows)
                read = {fact.name: fact.read for fact in counted.facts if fact.name in names}
                facts = {name: read[name](advice.profile) for name in read}
                return sheet.sights(row.id, facts, rows)
    raise _unknown(advice, f"row {cut(reason.row)!r}", sheets)


def _unknown(thing: object, what: str, sheets: Sheets) -> InvalidArgument:
    rule = f"by a table that counts, and the {what} does not; there is {listed([*sheets])}"
    remedy = "Give the table to the coverage: Coverage(lifecycle, tables=[table])."
    return InvalidArgument(_CALL, "things", thing, rule, remedy)
