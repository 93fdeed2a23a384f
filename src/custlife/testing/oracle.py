"""A naive tally of a history, and in what a relationship or a departure is otherwise.

An oracle is slow and simple, so that one sees that it is right. It shares nothing with the chart,
the table and the relationship but the definition and the bounds of what an event may say of a
departure, which is why it can find their faults.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, reduce
from itertools import accumulate, zip_longest
from typing import Any

from attrs import asdict, evolve, fields, frozen, has

from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.predicates import words
from custlife.departure_kind import DepartureKind
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import CustlifeError, EventNotAllowed, listed
from custlife.events import (
    Activity,
    CauseLearnt,
    ComplaintIgnored,
    Departed,
    Event,
    Terminated,
)
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table
from custlife.money import EXACT
from custlife.record import Record
from custlife.refunds import MOST_REFUNDABLE
from custlife.relationship import Relationship
from custlife.state import Room, State
from custlife.testing.reading import (
    allowed_by_rules,
    handled_as,
    needs_complaint,
    outcome,
)

Voiced = tuple[datetime, str | None, bool, bool]
"""A complaint that is not settled: at, id, in public, ignored."""
_ANSWERS = (Activity.SETTLEMENT, Activity.DISREGARD)


def undecided(table: Table, state: State, event: str) -> str:
    """What is wrong with a table's answer to an event, in words; nothing where it decides."""
    try:
        after: object = table.step(state, event)
    except EventNotAllowed as refusal:
        reason = refusal.because.strip() and refusal.state == state
        return "" if reason else "it is refused without a reason"
    except Exception as error:  # noqa: BLE001 - whatever a subject's table raises
        return f"{type(error).__name__} is raised"
    return "" if isinstance(after, State) else f"it leads to {after!r}"


@frozen
class Entry:
    """One accepted event, and the states before and after it."""

    event: Event
    before: State
    after: State

    @property
    def departs(self) -> bool:
        """Whether the room former was entered."""
        return self.after.room is Room.FORMER and self.before.room is not Room.FORMER

    @property
    def returns(self) -> bool:
        """Whether the room former was left."""
        return self.before.room is Room.FORMER and self.after.room is not Room.FORMER


@frozen
class Tally:
    """A naive tally of a history: everything is counted anew from all of its entries.

    Attributes:
        lifecycle: The lifecycle.
        entries: The accepted events, in order.
        refusals: The refused events, with their places among all, after how many entries.
        rules: The departure rules; their own kind table, if they have one, is not judged.
    """

    lifecycle: Lifecycle
    entries: tuple[Entry, ...] = ()
    refusals: tuple[tuple[int, int, Event], ...] = ()
    rules: DepartureRules = DEFAULT_DEPARTURE_RULES

    def plus(self, event: Event) -> "Tally":
        """The tally with one event more, by the rules."""
        after = outcome(self.lifecycle, self.state, handled_as(self.lifecycle, event))
        if after is not None and self.leaves_waiting(event):
            after = self.state
        entry = None if after is None else Entry(event, self.state, after)
        if entry is None or not self._is_possible(entry):
            place = len(self.entries) + len(self.refusals)
            refusal = place, len(self.entries), event
            return evolve(self, refusals=(*self.refusals, refusal))
        return evolve(self, entries=(*self.entries, entry))

    def _is_possible(self, entry: Entry) -> bool:
        """Whether the record and the bounds of a departure allow what the rules allow."""
        event, name = entry.event, handled_as(self.lifecycle, entry.event)
        if needs_complaint(self.lifecycle, entry.before, name) and not self.complaints:
            return False
        if event.activity in _ANSWERS:
            named = getattr(event, "complaint", None) is not None
            about = _unsettled((*self.events, event))[1]
            if (named or self.complaints) and not about:
                return False
        if event.activity is Activity.REFUND and not self._is_covered(event):
            return False
        if isinstance(event, CauseLearnt):
            return bool(self.departed)
        if entry.departs and type(event) not in (Departed, Terminated):  # these are checked
            moment = event.at if entry.before.room is Room.CUSTOMER else None
            try:
                Departure.by(event, left=entry.before, cycle=1, customer_moment=moment)
            except CustlifeError:
                return False
        return True

    def at(self, count: int) -> "Tally":
        """The tally of the first entries alone."""
        return evolve(self, entries=self.entries[:count], refusals=())

    @property
    def refused(self) -> tuple[int, ...]:
        """The places of the refused events among all."""
        return tuple(place for place, _, _ in self.refusals)

    @property
    def state(self) -> State:
        """Where it ends."""
        return self.entries[-1].after if self.entries else self.lifecycle.initial

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The accepted events."""
        return tuple(entry.event for entry in self.entries)

    @cached_property
    def cycles(self) -> tuple[int, ...]:
        """The cycle after each entry: 1, and one more with each return."""
        return tuple(accumulate((entry.returns for entry in self.entries), initial=1))[1:]

    @property
    def cycle(self) -> int:
        """The cycle at the end."""
        return self.cycles[-1] if self.entries else 1

    @property
    def customer_moment(self) -> datetime | None:
        """When the room customer was entered in the last cycle; None if it was not."""
        moments = {
            cycle: entry.event.at
            for cycle, entry in zip(self.cycles, self.entries, strict=True)
            if entry.after.room is Room.CUSTOMER and entry.before.room is not Room.CUSTOMER
        }
        return moments.get(self.cycle)

    @property
    def first_customer_moment(self) -> datetime | None:
        """When the room customer was entered for the first time, in any cycle."""
        moments = (e.event.at for e in self.entries if e.after.room is Room.CUSTOMER)
        return next(moments, None)

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """The names of the events that are allowed at the end; no answer where none is due."""
        due = self.complaints
        names = allowed_by_rules(self.lifecycle, self.state, answerable=bool(due))
        ignored = bool(due) and all(ignored for *_, ignored in due)
        return tuple(name for name in names if not (ignored and name == ComplaintIgnored.name))

    @property
    def since(self) -> datetime | None:
        """When the state was entered: the last change, or the first event."""
        changes = [e.event.at for e in self.entries if e.before != e.after]
        return next(iter([*changes[-1:], *(event.at for event in self.events[:1])]), None)

    @property
    def entered(self) -> tuple[datetime | None, ...]:
        """When each active stage was entered: since when it has been active without a break."""
        first = self.events[0].at if self.events else None
        return tuple(self._entered(stage, first) for stage in self.state.active)

    def _entered(self, stage: str, first: datetime | None) -> datetime | None:
        for entry in reversed(self.entries):
            if stage not in entry.before.active:
                return entry.event.at
        return first

    @property
    def cycle_began(self) -> datetime | None:
        """When the first event of the last cycle happened; None before any."""
        times = zip(self.cycles, (event.at for event in self.events), strict=True)
        return next((at for cycle, at in times if cycle == self.cycle), None)

    @cached_property
    def complaints(self) -> tuple[Voiced, ...]:
        """What was voiced and is not settled: at, id, in public, ignored."""
        return _unsettled(self.events)[0]

    def leaves_waiting(self, event: Event) -> bool:
        """Whether an event answers one complaint, and leaves another one waiting."""
        if event.activity not in _ANSWERS:
            return False
        left, answered = _unsettled((*self.events, event))
        return answered is not None and not all(ignored for *_, ignored in left)

    def _is_covered(self, event: Any) -> bool:  # noqa: ANN401 - a refund
        """Whether there is as much to refund."""
        rests = dict(self.refundable)
        if event.purchase is not None and event.purchase not in rests:
            return False
        revenue = self.record.revenue
        most = revenue if event.purchase is None else min(rests[event.purchase], revenue)
        return bool(event.amount <= most)

    @cached_property
    def refundable(self) -> tuple[tuple[str, Decimal], ...]:
        """The id of each of the latest purchases that have one, and what is left to refund."""
        rests: dict[str, Decimal] = {}
        for event in map(_fields, self.events):
            if event["activity"] is Activity.PURCHASE and event["id"] is not None:
                paid = rests.pop(event["id"], Decimal(0))
                rests[event["id"]] = EXACT.add(paid, event["amount"])
                rests = dict([*rests.items()][-MOST_REFUNDABLE:])
            elif event["activity"] is Activity.REFUND and event["purchase"] is not None:
                left = rests[event["purchase"]]
                rests[event["purchase"]] = EXACT.subtract(left, event["amount"])
        return tuple(rests.items())

    @property
    def paused_at(self) -> datetime | None:
        """When the pause began that goes on at the end."""
        return self._pauses()[0]

    @property
    def paused(self) -> timedelta:
        """How long the pauses since the last purchase were, in all."""
        return self._pauses()[1]

    @property
    def paused_before(self) -> timedelta:
        """How long the pauses between the first purchase and the last were, in all."""
        return self._pauses()[2]

    def _pauses(self) -> tuple[datetime | None, timedelta, timedelta]:
        began: datetime | None = None
        length = earlier = timedelta(0)
        bought = False
        for entry in self.entries:
            at, paused = entry.event.at, entry.after.is_in("paused")
            if entry.event.activity is Activity.PURCHASE:
                running = timedelta(0) if began is None else at - began
                earlier += (length + running) * bought
                began, length, bought = None, timedelta(0), True
            if began is not None and not paused:
                length += at - began
            began = (began or at) if paused else None
        return began, length, earlier

    @cached_property
    def departed(self) -> tuple[dict[str, Any], ...]:
        """What is to be on record about each departure, by the names of its fields."""
        found: list[dict[str, Any]] = []
        for number, entry in enumerate(self.entries):
            if entry.departs:
                found.append(self._facts(number, entry))
            elif isinstance(entry.event, CauseLearnt):
                found[-1] |= self._news(entry.event, found[-1])
        if self.rules.kinds == DepartureRules(moment_grace=self.rules.moment_grace).kinds:
            for facts in found:
                facts["kind"] = self._kind(facts)
        return tuple(found)

    def _news(self, event: CauseLearnt, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What an event says of a departure, and what it takes back with the cause."""
        news = {name: getattr(event, name) for name in ("cause", "reason", "to")}
        told = {name: value for name, value in news.items() if value is not None}
        taken_back: dict[str, Any] = {}
        named = facts["cause"] not in (Cause.UNKNOWN, Cause.OTHER)
        if named and event.cause is not None and event.cause is not facts["cause"]:
            taken_back["reason"] = None
            if event.cause.captured is False:
                taken_back["to"] = None
        believed = facts["first_believed"] or dict(facts)
        return {**taken_back, **told, "learnt_at": event.at, "first_believed": believed}

    def _kind(self, facts: Mapping[str, Any]) -> DepartureKind:
        """Of which kind a departure is: who ended it, why, and when."""
        defector, moment = facts["cause"].defector, facts["customer_moment"]
        ours = facts["initiator"] is Initiator.ENTERPRISE
        if ours or defector is DefectorKind.PUSHED_AWAY_ON_PURPOSE:
            return DepartureKind.TERMINATION
        moved = defector in (DefectorKind.MOVED_AWAY, DefectorKind.CEASED)
        if moved and facts["to"] is None:
            return DepartureKind.INCIDENTAL
        if moment is None or facts["at"] <= moment + self.rules.moment_grace:
            return DepartureKind.LOSS
        return DepartureKind.EROSION

    def _facts(self, number: int, entry: Entry) -> dict[str, Any]:
        before = self.at(number)
        event, at = entry.event, entry.event.at
        moment, began = before.customer_moment, before.cycle_began or at
        return {
            "at": at,
            "cycle": before.cycle,
            "room_left": entry.before.room,
            "stages_left": entry.before.stages,
            "customer_moment": moment,
            "first_customer_moment": before.first_customer_moment,
            "cause": getattr(event, "cause", Cause.UNKNOWN),
            "reason": getattr(event, "reason", None),
            "initiator": getattr(event, "initiator", Initiator.CUSTOMER),
            "to": getattr(event, "to", None),
            "inferred": getattr(event, "inferred", False),
            "sales_cycle": None if moment == began else (moment or at) - began,
            "sales_cost": getattr(event, "sales_cost", None),
            "deal_size": getattr(event, "deal_size", None),
            "key_customer": getattr(event, "key_customer", None),
            "revenue": before.record.revenue,
            "purchases": before.record.purchases,
            "learnt_at": None,
            "first_believed": None,
        }

    @cached_property
    def record(self) -> Record:
        """The record of the accepted events."""
        return record_of(self.events)


def contradictions(now: Relationship, tally: Tally) -> Iterator[str]:
    """In what a relationship is otherwise than its tally says."""
    for name in (
        "state",
        "entered",
        "since",
        "cycle",
        "cycle_began",
        "customer_moment",
        "refundable",
        "paused_at",
        "paused",
        "paused_before",
    ):
        found, expected = getattr(now, name), getattr(tally, name)
        if found != expected:
            yield f"{name.replace('_', ' ')} is {found}, and must be {expected}."
    complaints = tuple((one.at, one.id, one.public, one.ignored) for one in now.complaints)
    if complaints != tally.complaints:
        found, expected = (
            listed(list(map(_words, some))) for some in (complaints, tally.complaints)
        )
        yield f"open complaints are {found}, and must be {expected}."
    if now.record != tally.record:
        yield f"by its events, {difference(now.record, tally.record, 'record')}."
    yield from departures_amiss(
        [] if now.departure is None else [now.departure], tally.departed[-1:]
    )


def departures_amiss(
    kept: Sequence[Departure], made: Sequence[Mapping[str, object]], what: str = "the departure"
) -> Iterator[str]:
    """In what the departures on record are otherwise than those that were made."""
    if len(kept) != len(made):
        yield f"departures on record: {len(kept)}, and departed: {len(made)}."
    for departure, facts in zip(kept, made, strict=False):
        for name, expected in facts.items():
            found = getattr(departure, name)
            if isinstance(expected, Mapping) and found is not None:
                yield from departures_amiss([found], [expected], f"{what}, as first believed,")
            elif found != expected:
                must = "a departure" if isinstance(expected, Mapping) else words(expected)
                field_ = f"{what} at {facts['at']}: {name.replace('_', ' ')}"
                yield f"{field_} is {words(found)}, and must be {must}."


def _words(voiced: Voiced) -> str:
    at, id_, public, ignored = voiced
    return f"{at.date()} {id_}{' in public' * public}{' ignored' * ignored}"


def _unsettled(events: Iterable[Event]) -> tuple[tuple[Voiced, ...], Voiced | None]:
    """The complaints that are not settled, and the one that the last event has answered."""
    voiced: list[Voiced] = []
    found: Voiced | None = None
    for event in events:
        found = None
        if event.activity is Activity.COMPLAINT:
            voiced.append((event.at, event.id, getattr(event, "public", False), False))
        if event.activity in _ANSWERS:
            named = getattr(event, "complaint", None)
            waiting = [one for one in voiced if not one[3]]
            fit = waiting if event.activity is Activity.DISREGARD else [*waiting, *voiced]
            about = [one for one in fit if one[1] == named] if named else fit
            found = next(iter(about), None)
        if found is not None:
            place = voiced.index(found)
            stays_said = found[2] and event.activity is Activity.DISREGARD
            voiced[place : place + 1] = [(*found[:3], True)] if stays_said else []
    return tuple(voiced), found


def tally_of(
    lifecycle: Lifecycle,
    events: Iterable[Event],
    rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
) -> Tally:
    """The tally of a history, refused events left out and noted."""
    return reduce(Tally.plus, events, Tally(lifecycle, rules=rules))


def record_of(events: Sequence[Event]) -> Record:
    """The record of some accepted events, counted anew."""
    names = (attribute.name for attribute in fields(Record))
    values: dict[str, Any] = {
        name: sum(event.activity is kind for event in events)
        for name, kind in zip(names, Activity, strict=False)
    }
    bought = [event for event in events if event.activity is Activity.PURCHASE]
    for prefix, some in (("", events), ("_purchase", bought)):
        if some:
            values[f"first{prefix}_at"] = min(event.at for event in some)
            values[f"last{prefix}_at"] = max(event.at for event in some)
    failed = [event.at for event in events if event.activity is Activity.SERVICE_FAILURE]
    values["last_failure_at"] = max(failed, default=None)
    lapsed = [event.at for event in events if event.activity is Activity.LAPSE]
    values["last_lapse_at"] = max(lapsed, default=None)
    days = [event.at.date() for event in bought]
    values["purchase_days"] = len(set(days))
    first_day = (one for one in bought if one.at.date() == min(days))
    back = [event for event in events if event.activity is Activity.REFUND]
    paid, refunded, first_paid = (
        reduce(EXACT.add, (_fields(event)["amount"] for event in some), Decimal(0))
        for some in (bought, back, first_day)
    )
    values |= {"refunded": refunded, "first_day_revenue": first_paid}
    return Record(**values, revenue=EXACT.subtract(paid, refunded))


def _fields(event: Event) -> dict[str, Any]:
    """What an event says, by the names of its fields."""
    return {"activity": event.activity, **asdict(event, recurse=False)}


def difference(found: object, expected: object, name: str = "") -> str:
    """What is otherwise than expected; nothing if the fields are equal, whatever the subclass.

    Args:
        found: What was found.
        expected: What it should be.
        name: What to call the whole.

    Examples:
        >>> from custlife import Record
        >>> difference(Record(purchases=2), Record(purchases=1, lapses=1), "record")
        'record.purchases is 2, not 1; record.lapses is 0, not 1'
        >>> difference((1, 2), (1, 3))
        'it is (1, 2), not (1, 3)'
    """
    if found == expected:
        return ""
    cls = _common(found, expected)
    if isinstance(found, tuple) and isinstance(expected, tuple):
        other = any(difference(*pair) for pair in zip_longest(found, expected))
        return f"{name or 'it'} is {found}, not {expected}" if other else ""
    parts = []
    for attribute in () if cls is None else fields(cls):
        if attribute.eq and not attribute.name.startswith("_"):
            one, other = (getattr(value, attribute.name) for value in (found, expected))
            key = attribute.eq_key
            if key is None or key(one) != key(other):
                where = f"{name}.{attribute.name}" if name else attribute.name
                parts.append(difference(one, other, where))
    text = "; ".join(filter(None, parts))
    alike = cls is not None and type(found) is not type(expected)
    return text if text or alike else f"{name or 'it'} is {found}, not {expected}"


def _common(found: object, expected: object) -> Any:  # noqa: ANN401 - a class of attrs
    """The class by whose fields two values are compared: one of both, if it has some."""
    for cls in (type(expected), type(found)):
        both = isinstance(found, cls) and isinstance(expected, cls)
        if both and has(cls) and cls is not State:
            return cls
    return None
