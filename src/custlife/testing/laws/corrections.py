"""The laws of corrected, merged and repeated histories."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain, permutations
from operator import attrgetter
from typing import Any

from custlife.changes import ChangeKind
from custlife.errors import UnknownEventId
from custlife.events import Activity, Event, PurchaseCancelled
from custlife.journey import Journey
from custlife.state import Room
from custlife.steps import Correction, Rejection
from custlife.testing.generators.events import changed
from custlife.testing.laws.account import Account, kept, with_ids
from custlife.testing.laws.law import HistoryLaw, customers_of
from custlife.testing.laws.relationship import amiss, raised, unsaid
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
    events = with_ids(history)
    whole = _replayed(subject, events)
    places = _apart(events)
    for place in places:
        in_full = place == places[len(places) // 2]
        yield from _of_one(subject, whole, events, place, in_full=in_full)
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
                words = difference(apart, together)
                if words:
                    yield f"{one.id!r} withdrawn and {other.id!r} replaced one by one: {words}."
    error = raised(partial(whole.amend, withdraw=["A-none"], on_rejected="collect"))
    if not isinstance(error, UnknownEventId):
        yield f"an id that is not there must be refused, and is: {error!r}."


def _of_one(
    subject: Subject, whole: Journey, events: Sequence[Event], place: int, *, in_full: bool
) -> Iterator[str]:
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
        if difference(found, expected):
            yield f"{event.id!r} {what}: {difference(found, expected)}."
    back = replaced.amend(replace={str(event.id): late}, on_rejected="collect")
    channels, wanted = ([one.channel for one in events] for events in (back.events, whole.events))
    if difference(back.relationship, whole.relationship) or channels != wanted:
        yield f"{event.id!r} replaced and put back: it is {channels}, and must be {wanted}."
    if event.activity is Activity.PURCHASE:
        yield from _cancelled(subject, whole, events, event, part)
    if not in_full:
        return
    for what, known, amended, asked in (
        ("added late", part, added, {"add": [late]}),
        ("withdrawn", whole, wrong, {"withdraw": [str(event.id)], "recorded_at": after}),
        ("replaced", whole, replaced, {"replace": {str(event.id): other}}),
    ):
        problems = chain(_amended(subject, known, amended), _strictly(known, amended, asked))
        yield from (f"{event.id!r} {what}: {problem}" for problem in problems)
    for now, one, change, by in (
        (added, late, ChangeKind.ADDED if late in added.events else ChangeKind.REFUSED, None),
        (wrong, event, Correction.WITHDRAWN, None),
        (replaced, event, Correction.REPLACED, other),
    ):
        yield from _told(now, one, change, by)


def _cancelled(
    subject: Subject, whole: Journey, events: Sequence[Event], event: Event, part: Journey
) -> Iterator[str]:
    """What is wrong where a purchase never took place, as is known later, or from the start."""
    cancel = PurchaseCancelled(at=events[-1].at + _DAY, purchase=str(event.id))
    wrong = [one for one in events if one is event or getattr(one, "purchase", "") == event.id]
    for how, journey in (
        ("cancelled", whole.amend(add=[cancel], on_rejected="collect")),
        ("cancelled from the start", _replayed(subject, [*events, cancel])),
    ):
        words = difference(journey.relationship, part.relationship)
        if words:
            yield f"{event.id!r} {how}: {words}."
        if [one.event for one in journey.withdrawn] != wrong:
            yield f"{event.id!r} {how}: withdrawn are {journey.withdrawn}, and must be {wrong}."


def _amended(subject: Subject, before: Journey, amended: Journey) -> Iterator[str]:
    """Where an amended journey is otherwise than its ledger makes it."""
    out = [one.position for one in amended.withdrawn]
    yield from kept(amended, Account.of(subject, amended.ledger, before.customer, out))


def _strictly(before: Journey, amended: Journey, asked: Mapping[str, Any]) -> Iterator[str]:
    """Amend it again, so that the first event that is refused now, and was not, is raised."""
    known = {id(one.event) for one in before.rejected}
    errors = (one for one in amended.rejected if id(one.event) not in known)
    error = raised(partial(before.amend, on_rejected="raise", **asked))
    yield from _raises(error, next(errors, None))


def _raises(error: Exception | None, first: Rejection | None) -> Iterator[str]:
    """Where another error is raised than that of the first event that is refused."""
    if first is None:
        yield from amiss(error, None, "all that was given")
    else:
        yield from amiss(error, first.error, first.event)


def _told(
    amended: Journey, event: Event, kind: Correction | ChangeKind, by: Event | None
) -> Iterator[str]:
    """What an amended journey does not say of a change."""
    if kind not in [change.kind for change in amended.changes if change.event == event]:
        yield f"{event.id!r}: no change says that it is {kind.value}: {amended.changes}."
    facts = [str(change) for change in amended.changes]
    if isinstance(kind, Correction):
        facts.append(f"{event.at.date()} {event.name}: {kind.value}")
        if [(one.event, one.how, one.by) for one in amended.withdrawn] != [(event, kind, by)]:
            yield f"{event.id!r} must be {kind.value}: {amended.withdrawn}."
    yield from unsaid("explain()", amended.explain(), facts)


@partial(
    HistoryLaw,
    11,
    "Several records of one person are one history, in whatever order they are merged; a departure "
    "counts unless the person went on buying in another record.",
)
def merging(subject: Subject, history: Sequence[Event]) -> Iterator[str]:
    """Part the history into three records, one event of which is in two, and merge them."""
    parts = [with_ids(history)[number::_COPIES] for number in range(_COPIES)]
    both = [event for event in parts[0] if event.activity is not Activity.OTHER]
    again = [changed(event, recorded_at=event.known_since + _DAY) for event in both[:1]]
    parts[1] = sorted([*parts[1], *again], key=attrgetter("at"))
    who, *names = customers_of(history)
    one, two, three = (
        subject.replay(part, customer=name, on_rejected="collect")
        for part, name in zip(parts, names, strict=False)
    )
    merge = partial(subject.merge, customer=who, on_rejected="collect")
    merged = merge(one, two, three)
    for how, found in (
        ("backwards", merge(three, two, one)),
        ("one and two first", merge(merge(one, two), three)),
        ("two and three first", merge(one, merge(two, three))),
    ):
        if difference(found, merged):
            yield f"merged {how}: {difference(found, merged)}."
    rules = subject.start(who).departure_rules
    tallies = [tally_of(subject.lifecycle, part, rules) for part in parts]
    expected = {str(event.id) for tally in tallies for event in _lifted(tally, tallies)}
    lifted = {str(w.event.id) for w in merged.withdrawn if w.how is Correction.LIFTED}
    shown = [w.by for w in merged.withdrawn if w.how is Correction.LIFTED]
    if not all(by and by.activity is Activity.PURCHASE for by in shown):
        yield f"each departure is lifted by a purchase, and these are by {shown}."
    if lifted != expected:
        yield f"lifted are the departures {sorted(lifted)}, and must be {sorted(expected)}."
    yield from _unaccounted(merged, sum(map(len, parts)))
    given = Counter(event for part in parts for event in part)
    if Counter(merged.ledger) != given:
        yield f"the ledger is {merged.ledger}, and must hold the events of all records."
    out = [place for place, event in enumerate(merged.ledger) if event.id in expected]
    yield from kept(merged, Account.of(subject, merged.ledger, who, out))
    if len(merged.copies) != len(parts):
        yield f"copies are {len(merged.copies)}, and must be {len(parts)}."
    known = {id(one.event) for journey in (one, two, three) for one in journey.rejected}
    news = next((one for one in merged.rejected if id(one.event) not in known), None)
    error = raised(partial(subject.merge, one, two, three, customer=who, on_rejected="raise"))
    yield from _raises(error, news)


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
    events = with_ids(history)
    whole = _replayed(subject, events)
    again = [changed(event, recorded_at=event.at + _DAY) for event in events[::2]]
    twice = _replayed(subject, [*events, *again])
    if difference(twice.relationship, whole.relationship):
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


def _apart(events: Sequence[Event]) -> list[int]:
    """The places of some events that nothing else happens at the moment of."""
    times = [event.at for event in events]
    alone = [place for place, at in enumerate(times) if times.count(at) == 1]
    return alone if len(alone) < _COPIES else [alone[0], alone[len(alone) // 2], alone[-1]]


def _replayed(subject: Subject, events: Sequence[Event]) -> Journey:
    return subject.replay(events, customer=_WHO, on_rejected="collect")
