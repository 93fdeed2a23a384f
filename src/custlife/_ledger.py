"""What becomes of the events of a ledger before the lifecycle sees them.

Some came twice, some are wrong, and some are cancelled. An event is known by its place in the
ledger. Knows nothing of relationships.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter

from attrs import evolve, fields, frozen

from custlife.errors import CustlifeError, IdReused, UnknownEventId
from custlife.events import Activity, Event, PurchaseCancelled, Refunded, checks_fields
from custlife.steps import Correction, Rejection, Withdrawn

_AT = attrgetter("at")


@frozen(eq=False)
class Ledger:
    """The events that were given, in order, and which of them the lifecycle is asked about.

    Attributes:
        events: The events in the order of time.
        timeless: The objects that are no events, and so have no time.
        withdrawn: What no longer counts, by its place.
        duplicates: The places of what came again.
        cancels: The places of cancellations that are true.
        wrong: The errors of events whose ids refuse them, by their places.
    """

    events: Sequence[Event]
    timeless: Sequence[Event]
    withdrawn: Mapping[int, Withdrawn]
    duplicates: Collection[int]
    cancels: Collection[int]
    wrong: Mapping[int, CustlifeError]

    @classmethod
    def of(
        cls,
        given: Iterable[Event],
        withdrawn: Iterable[Withdrawn] = (),
        *,
        customer: str,
        unique_ids: bool = True,
        strict_ids: bool = False,
    ) -> "Ledger":
        """Put events in order, and find what came twice, what is wrong and what is cancelled.

        Args:
            given: All events, in any order.
            withdrawn: Which of them no longer count, by the same objects; their places are found.
            customer: Whose events they are, for messages.
            unique_ids: Whether an id stands for one event.
            strict_ids: Whether to raise where it does not.

        Raises:
            IdReused: If ids are strict, and two events that differ share one.
        """
        everything = list(given)
        sound = {*filter(checks_fields, set(map(type, everything)))}
        events = sorted((event for event in everything if type(event) in sound), key=_AT)
        out = _places(events, withdrawn)
        again, wrong = _by_id(events, out, strict=strict_ids) if unique_ids else (set[int](), {})
        cancels: set[int] = set()
        if any(issubclass(kind, PurchaseCancelled) for kind in sound):
            struck, cancels, vain = _cancellations(events, {*out, *again, *wrong}, customer)
            out |= struck
            wrong |= vain
        timeless = [event for event in everything if type(event) not in sound]
        return cls(events, timeless, out, again, cancels, wrong)

    @cached_property
    def passed(self) -> frozenset[int]:
        """The places of what the lifecycle is not asked about, but for what is wrong."""
        return frozenset((*self.withdrawn, *self.duplicates, *self.cancels))

    def counting(self) -> Iterator[tuple[int, Event]]:
        """The events that count, or are refused for their ids, with their places."""
        for place, event in enumerate(self.events):
            if place not in self.passed:
                yield place, event


def left_out(
    rejected: Iterable[Rejection], withdrawn: Iterable[Withdrawn]
) -> dict[int, Rejection | Withdrawn]:
    """What became of the events of a ledger that do not count, by their places."""
    refused = {one.position: one for one in rejected if one.position is not None}
    return {**refused, **{one.position: one for one in withdrawn}}


def accepted_at(
    events: Sequence[Event], accepted: Iterable[Event], others: Collection[int]
) -> Iterator[int]:
    """The places of accepted events in a ledger; others are the places of what became of them."""
    waiting = iter(accepted)
    next_one = next(waiting, None)
    for place, event in enumerate(events):
        if event is next_one and place not in others:
            yield place
            next_one = next(waiting, None)


def _places(events: Sequence[Event], withdrawn: Iterable[Withdrawn]) -> dict[int, Withdrawn]:
    """What is withdrawn, by its place; the same event is the same object."""
    wanted = {id(one.event): one for one in withdrawn}
    if not wanted:
        return {}
    return {
        place: evolve(wanted[id(event)], position=place)
        for place, event in enumerate(events)
        if id(event) in wanted
    }


def _by_id(
    ledger: Sequence[Event], out: Mapping[int, Withdrawn], *, strict: bool
) -> tuple[set[int], dict[int, CustlifeError]]:
    """The places of events that came again, and the errors of those whose id is another event's."""
    again: set[int] = set()
    wrong: dict[int, CustlifeError] = {}
    ids = [event.id for event in ledger if event.id is not None]
    if len(set(ids)) == len(ids):
        return again, wrong
    gone: dict[str | None, list[Withdrawn]] = {}
    for one in out.values():
        gone.setdefault(one.event.id, []).append(one)
    put = {id(one.by) for one in out.values()}
    taken: dict[str, Event] = {}
    for place, event in enumerate(ledger):
        if event.id is None or place in out:
            continue
        if id(event) not in put and any(
            _alike(event, one.event) and event.known_since <= one.known_since
            for one in gone.get(event.id, ())
        ):
            again.add(place)
        elif event.id not in taken:
            taken[event.id] = event
        elif _alike(event, taken[event.id]):
            again.add(place)
        else:
            other = taken[event.id]
            differ = tuple(_differences(event, other)) if type(event) is type(other) else ()
            wrong[place] = IdReused(event.id, event.name, event.at, other.name, other.at, differ)
            if strict:
                raise wrong[place]
    return again, wrong


def _alike(event: Event, other: Event) -> bool:
    """Whether two events say the same, whenever they were recorded."""
    return type(event) is type(other) and not any(_differences(event, other))


def _differences(event: Event, other: Event) -> Iterator[str]:
    """The fields in which two events of a class differ, but for when they were recorded."""
    for one in fields(type(event)):
        if one.name != "recorded_at" and getattr(event, one.name) != getattr(other, one.name):
            yield one.name


def _cancellations(
    ledger: Sequence[Event], gone: set[int], customer: str
) -> tuple[dict[int, Withdrawn], set[int], dict[int, CustlifeError]]:
    """The purchases that never took place, with their refunds; the cancellations; those in vain."""
    struck: dict[int, Withdrawn] = {}
    found: set[int] = set()
    vain: dict[int, CustlifeError] = {}
    purchases: dict[str | None, int] = {}
    refunds: dict[str | None, list[int]] = {}
    counting = [(place, event) for place, event in enumerate(ledger) if place not in gone]
    for place, event in counting:
        if isinstance(event, Refunded):
            refunds.setdefault(event.purchase, []).append(place)
        elif event.activity is Activity.PURCHASE and event.id is not None:
            purchases[event.id] = place
    for place, event in counting:
        if not isinstance(event, PurchaseCancelled):
            continue
        purchase = purchases.get(event.purchase)
        offering = None if purchase is None else ledger[purchase].offering
        if purchase is None or (event.offering or offering) != (offering or event.offering):
            known = tuple(id_ for id_ in purchases if id_ is not None)
            vain[place] = UnknownEventId(event.purchase, "purchase", known, customer)
            continue
        del purchases[event.purchase]
        found.add(place)
        for wrong in (purchase, *refunds.get(event.purchase, ())):
            struck[wrong] = Withdrawn(ledger[wrong], Correction.CANCELLED, wrong, event)
    return struck, found, vain


def cancels(one: Withdrawn) -> bool:
    """Whether it follows from a cancellation in the ledger, and is found anew at each replay."""
    return one.how is Correction.CANCELLED


def known_since(event: Event, moment: datetime | None) -> Event:
    """The event as one that became known at a moment, unless it says when itself."""
    given = moment is None or not isinstance(event, Event) or event.recorded_at is not None
    return event if given else evolve(event, recorded_at=moment)


def known_wrong(one: Withdrawn, settled: Mapping[int, Withdrawn]) -> datetime:
    """When it was first known that an event was wrong, by what took its place or by a later one."""
    since = one.known_since
    while one.by is not None and (later := settled.get(id(one.by))) is not None:
        since, one = min(since, later.known_since), later
    return since
