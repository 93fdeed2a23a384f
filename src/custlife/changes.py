"""How a journey differs from what was believed: what moved, what vanished, what is refused."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from attrs import field, frozen

from custlife.departures import Departure
from custlife.errors import shown
from custlife.events import Event
from custlife.steps import Correction, Rejection, Step

if TYPE_CHECKING:
    from custlife.journey import Journey


class ChangeKind(Enum):
    """What can be otherwise than it was believed, beside a `Correction`."""

    ADDED = "added"
    """An event counts that was not known."""
    MOVED = "moved"
    """An event leads from or to another state, or belongs to another cycle."""
    REFUSED = "refused"
    """An event is refused now that was accepted, or was not known."""
    ACCEPTED = "accepted"
    """An event is accepted now that was refused."""
    DEPARTURE_VANISHED = "departure vanished"
    """A departure is none any more."""
    DEPARTURE_APPEARED = "departure appeared"
    """There is a departure that was not known."""
    DEPARTURE_CHANGED = "departure changed"
    """A departure is of another kind, or weighs more or less."""


@frozen
class Change:
    """One thing that is otherwise than it was believed.

    Attributes:
        kind: What kind of change it is; for an event that no longer counts, why.
        event: The event that it is about; of a departure, the event that made it.
        before: What was believed: the step, the departure, or the reason of the refusal; None
            where nothing was.
        after: What holds now, likewise; of an event that was corrected, the event that shows it.
    """

    kind: Correction | ChangeKind
    event: Event = field(repr=shown)
    before: object = field(default=None, repr=shown)
    after: object = field(default=None, repr=shown)

    def __str__(self) -> str:
        event = f"{self.event.name} of {self.event.at.date()}"
        return f"{event}: {_SENTENCES[self.kind].format(_words(self.before), _words(self.after))}."


_SENTENCES: dict[Correction | ChangeKind, str] = {
    Correction.WITHDRAWN: "it no longer counts",
    Correction.REPLACED: "{1} takes its place",
    Correction.CANCELLED: "it never took place, by {1}",
    Correction.LIFTED: "it was no departure, as {1} shows",
    ChangeKind.ADDED: "it was not known, and counts now",
    ChangeKind.MOVED: "before, {0}; now, {1}",
    ChangeKind.REFUSED: "it is refused, and was not ({0}): {1}",
    ChangeKind.ACCEPTED: "it was refused, and is accepted ({1})",
    ChangeKind.DEPARTURE_VANISHED: "there was no departure; believed was {0}",
    ChangeKind.DEPARTURE_APPEARED: "there was a departure: {1}",
    ChangeKind.DEPARTURE_CHANGED: "the departure was {0}, and is {1}",
}
"""What each kind of change says of its event; 0 is what was believed, and 1 what holds now."""


def _words(value: object) -> str:
    if isinstance(value, Event):
        return f"{value.name} of {value.at.date()}"
    if value is None:
        return "not known"
    if isinstance(value, Step):
        return f"{value.way} in cycle {value.cycle}"
    return str(value).rstrip(".")


def changes_between(before: "Journey", now: "Journey") -> Iterator[Change]:
    """What is otherwise now than it was believed: corrections, new events, steps, departures.

    The same event is the same object in both.
    """
    known = {id(event) for event in before.ledger}
    corrected = {id(one.event) for one in before.withdrawn}
    for one in now.withdrawn:
        if id(one.event) in known and id(one.event) not in corrected:
            yield Change(one.how, one.event, after=one.by)
    shown_by = {id(one.by) for one in now.withdrawn}
    for event in (step.event for step in now.steps):
        if id(event) not in known and id(event) not in shown_by:
            yield Change(ChangeKind.ADDED, event)
    were, are = ({id(step.event): step for step in one.steps} for one in (before, now))
    refused, refuses = ({id(r.event): r for r in one.rejected} for one in (before, now))
    for event in now.ledger:
        yield from _of_event(
            were.get(id(event)), are.get(id(event)), refused.get(id(event)), refuses.get(id(event))
        )
    yield from _of_departures(_departures(before.steps), _departures(now.steps))


def _of_event(
    was: Step | None, is_: Step | None, refused: Rejection | None, refuses: Rejection | None
) -> Iterator[Change]:
    if was and is_ and (was.before, was.after, was.cycle) != (is_.before, is_.after, is_.cycle):
        yield Change(ChangeKind.MOVED, is_.event, was, is_)
    if refuses and not refused:
        yield Change(ChangeKind.REFUSED, refuses.event, was, refuses.error)
    if is_ and refused:
        yield Change(ChangeKind.ACCEPTED, is_.event, refused.error, is_)


Made = tuple[Event, Departure]
"""A departure, as it is known at the end, and the event that made it."""


def _departures(steps: Iterable[Step]) -> list[Made]:
    made: list[Made] = []
    for step in steps:
        if step.departure is not None:
            event = step.event if step.is_departure else made.pop()[0]
            made.append((event, step.departure))
    return made


def _key(event: Event, departure: Departure) -> object:
    """What a departure is known by; one that is inferred again is the same."""
    return event.id or (event if departure.inferred else id(event))


def _of_departures(before: Sequence[Made], now: Sequence[Made]) -> Iterator[Change]:
    were, are = ({_key(event, one): (event, one) for event, one in made} for made in (before, now))
    for key in sorted({*were, *are}, key=lambda key: (were.get(key) or are[key])[0].at):
        event, was = were.get(key, (None, None))
        later, is_ = are.get(key, (None, None))
        if was is None and later is not None:
            yield Change(ChangeKind.DEPARTURE_APPEARED, later, after=is_)
        elif is_ is None and event is not None:
            yield Change(ChangeKind.DEPARTURE_VANISHED, event, was)
        elif was and is_ and event and (was.kind, was.severity) != (is_.kind, is_.severity):
            yield Change(ChangeKind.DEPARTURE_CHANGED, event, was, is_)
