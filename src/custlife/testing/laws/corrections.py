"""The laws of corrected, merged and repeated histories."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import count, permutations

from custlife.events import Activity, Event, PurchaseCancelled
from custlife.journey import Journey
from custlife.state import Room
from custlife.steps import Correction
from custlife.testing.generators.events import changed
from custlife.testing.laws.law import HistoryLaw
from custlife.testing.oracle import Tally, difference, tally_of
from custlife.testing.subject import Subject

_WHO = "C-1"
_DAY = timedelta(days=1)
_COPIES = 3
"""Into how many records a history is parted."""


@partial(
    HistoryLaw,
    10,
    "A corrected history is what it had been if it had been right from the beginning, in whatever "
    "order it is corrected; what was known before the correction stays readable.",
)
def corrections(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Add events late; withdraw or cancel them; do two corrections in both orders."""
    events = _with_ids(history)
    whole = _replayed(subject, events)
    places = _apart(events)
    for place in places:
        yield from _of_one(subject, whole, events, place)
    for one, other in permutations([events[place] for place in places[:1] + places[-1:]], 2):
        elsewhere = {str(other.id): changed(other, channel="elsewhere")}
        wrong = [str(one.id)]
        if one is not other:
            together = whole.amend(withdraw=wrong, replace=elsewhere, on_rejected="collect")
            first = whole.amend(withdraw=wrong, on_rejected="collect")
            second = whole.amend(replace=elsewhere, on_rejected="collect")
            for apart in (
                first.amend(replace=elsewhere, on_rejected="collect"),
                second.amend(withdraw=wrong, on_rejected="collect"),
            ):
                if apart != together:
                    words = difference(apart, together)
                    yield f"{one.id!r} withdrawn and {other.id!r} replaced one by one: {words}."


def _of_one(subject: Subject, whole: Journey, events: Sequence[Event], place: int) -> Iterator[str]:
    """What is wrong where one event comes late, or was wrong."""
    event, last = events[place], max(event.known_since for event in events)
    after = last + _DAY
    before, rest = events[:place], events[place + 1 :]
    part = _replayed(subject, [*before, *rest])
    late = changed(event, recorded_at=after)
    added = part.amend(add=[late], on_rejected="collect")
    wrong = whole.amend(withdraw=[str(event.id)], recorded_at=after, on_rejected="collect")
    other = changed(event, channel="elsewhere", recorded_at=after)
    replaced = whole.amend(replace={str(event.id): other}, on_rejected="collect")
    for what, found, expected in (
        ("added late", added, _replayed(subject, [*before, late, *rest])),
        ("added late, as it was known before", added.known_at(last), part),
        ("withdrawn, as it was known before", wrong.known_at(last), whole),
        ("replaced, as it was known before", replaced.known_at(last), whole),
        ("replaced", replaced.events, _replayed(subject, [*before, other, *rest]).events),
        ("withdrawn", wrong.relationship, part.relationship),
        ("withdrawn", wrong.departures, part.departures),
        ("withdrawn", [r.event for r in wrong.rejected], [r.event for r in part.rejected]),
    ):
        if found != expected:
            yield f"{event.id!r} {what}: {difference(found, expected)}."
    back = replaced.amend(replace={str(event.id): late}, on_rejected="collect")
    channels, wanted = ([one.channel for one in events] for events in (back.events, whole.events))
    if back.relationship != whole.relationship or channels != wanted:
        yield f"{event.id!r} replaced and put back: it is {channels}, and must be {wanted}."
    if event.activity is Activity.PURCHASE:
        cancel = PurchaseCancelled(at=after, purchase=str(event.id))
        struck = whole.amend(add=[cancel], on_rejected="collect").relationship
        if struck != part.relationship:
            yield f"{event.id!r} cancelled: {difference(struck, part.relationship)}."


@partial(
    HistoryLaw,
    11,
    "Several records of one person are one history, in whatever order they are merged; a departure "
    "counts unless the person went on buying in another record.",
)
def merging(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Part the history into three records, and merge them in several orders."""
    parts = [_with_ids(history)[number::_COPIES] for number in range(_COPIES)]
    one, two, three = (
        subject.replay(part, customer=f"C-{number}", on_rejected="collect")
        for number, part in enumerate(parts)
    )
    merge = partial(subject.merge, customer=_WHO, on_rejected="collect")
    merged = merge(one, two, three)
    for how, found in (
        ("backwards", merge(three, two, one)),
        ("one and two first", merge(merge(one, two), three)),
        ("two and three first", merge(one, merge(two, three))),
    ):
        if found != merged:
            yield f"merged {how}: {difference(found, merged)}."
    rules = subject.start(_WHO).departure_rules
    tallies = [tally_of(subject.lifecycle, part, rules) for part in parts]
    expected = {str(event.id) for tally in tallies for event in _lifted(tally, tallies)}
    lifted = {str(w.event.id) for w in merged.withdrawn if w.how is Correction.LIFTED}
    if lifted != expected:
        yield f"lifted are the departures {sorted(lifted)}, and must be {sorted(expected)}."
    yield from _unaccounted(merged, sum(map(len, parts)))


def _lifted(tally: Tally, tallies: Sequence[Tally]) -> Iterator[Event]:
    """The departures of one record after which the person went on buying in another."""
    for entry in tally.entries:
        others = (other for other in tallies if other is not tally)
        if entry.departs and any(_went_on(other, entry.event) for other in others):
            yield entry.event


def _went_on(tally: Tally, departed: Event) -> bool:
    before = [entry for entry in tally.entries if entry.event.at <= departed.at]
    present = bool(before) and before[-1].after.room is not Room.FORMER
    for entry in tally.entries[len(before) :]:
        if entry.departs:
            return False
        if entry.event.activity is Activity.PURCHASE:
            return present
    return False


@partial(
    HistoryLaw,
    12,
    "An event counts once however often it comes; each is accepted, refused, a duplicate or "
    "withdrawn; the revenue is never below zero.",
)
def identity(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Deliver some events again, and account for all."""
    events = _with_ids(history)
    whole = _replayed(subject, events)
    again = [changed(event, recorded_at=event.at + _DAY) for event in events[::2]]
    twice = _replayed(subject, [*events, *again])
    if twice.relationship != whole.relationship:
        yield f"delivered twice: {difference(twice.relationship, whole.relationship)}."
    if len(twice.duplicates) != len(again):
        yield f"{len(again)} events came again, and duplicates are {len(twice.duplicates)}."
    yield from _unaccounted(whole, len(events))
    yield from _unaccounted(twice, len(events) + len(again))
    if whole.relationship.record.revenue < 0:
        yield f"the revenue is {whole.relationship.record.revenue}."


def _unaccounted(journey: Journey, given: int) -> Iterator[str]:
    told = [journey.events, journey.rejected, journey.duplicates, journey.withdrawn]
    struck = [one for one in journey.withdrawn if one.how is Correction.CANCELLED]
    if sum(map(len, told)) + len({id(one.by) for one in struck}) != given:
        accepted, refused, again, wrong = map(len, told)
        yield (
            f"of {given} events {accepted} are accepted, {refused} refused, {again} duplicates and "
            f"{wrong} withdrawn."
        )


def _with_ids(history: Sequence[Event]) -> list[Event]:
    """The events, each with an id of its own."""
    ids = [event.id for event in history]
    free = (id_ for id_ in map("law-{}".format, count()) if id_ not in ids)
    return [
        event
        if event.id is not None and ids.count(event.id) == 1
        else changed(event, id=next(free))
        for event in history
    ]


def _apart(events: Sequence[Event]) -> list[int]:
    """The places of some events that nothing else happens at the moment of."""
    times = [event.at for event in events]
    alone = [place for place, at in enumerate(times) if times.count(at) == 1]
    return alone if len(alone) < _COPIES else [alone[0], alone[len(alone) // 2], alone[-1]]


def _replayed(subject: Subject, events: Sequence[Event]) -> Journey:
    return subject.replay(events, customer=_WHO, on_rejected="collect")
