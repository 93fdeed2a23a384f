"""A relationship's whole history: replayed, explained, corrected, merged, and read at any moment.

Two times are kept apart: when something happened, and since when the app has known of it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter, length_hint
from typing import Literal

from attrs import evolve, field, frozen

from custlife import _checks
from custlife._ledger import Ledger, accepted_at, cancels, known_since, known_wrong, left_out
from custlife._lifting import in_order, lifted
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife._watching import Watch, alike, watched, woven
from custlife.answers import Returns, SilenceRule
from custlife.changes import Change, ChangeKind, changes_between
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import (
    CustlifeError,
    IdReused,
    InvalidArgument,
    InvalidMoment,
    UnknownEvent,
    UnknownEventId,
    UnknownState,
    shown,
)
from custlife.events import ANSWERS, Event
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import to_table
from custlife.relationship import STILL_WAITING, Relationship, fold
from custlife.steps import Correction, Inference, Rejection, Step, Withdrawn

Rejected = Literal["raise", "collect"]
"""What to do with an event that is refused."""
Duplicates = Literal["raise", "collect", "allow"]
"""What to do with events that share an id."""

_at = attrgetter("at")


@frozen(repr=False)
class Journey(Shown):
    """What happened to one customer, in the order of time. Made by `replay`.

    Attributes:
        start: The relationship before the first event.
        ledger: Every event that was given, in order: the accepted and the refused ones, those that
            came twice, those that no longer count, and the cancellations that say so; and what was
            inferred from silence.
        events: The accepted events, in order.
        rejected: The refused events with their reasons, in order.
        duplicates: The events that came again, with the same id and content, in order.
        withdrawn: The events that no longer count, in order.
        relationship: The relationship after the last event.
        departures: Every departure, of every cycle, in order.
        unique_ids: Whether an id stands for one event.
        copies: The journeys that it was merged from; none if it was not.
        silence: How it is watched for silence; None if it is not.
        inferred: What the silence rule inferred, in order, with what turned out to be wrong.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Departed, Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> journey = replay([Engaged(at=t), Departed(at=t + timedelta(days=9))], customer="C-17")
        >>> [departure.kind.value for departure in journey.departures]
        ['loss']
        >>> journey.time_in("visitor")
        datetime.timedelta(days=9)
        >>> journey.as_of(t + timedelta(days=1)).state.stage
        'visitor'
    """

    start: Relationship
    ledger: tuple[Event, ...]
    events: tuple[Event, ...]
    rejected: tuple[Rejection, ...]
    duplicates: tuple[Event, ...]
    withdrawn: tuple[Withdrawn, ...]
    relationship: Relationship
    departures: tuple[Departure, ...]
    unique_ids: bool = True
    copies: "tuple[Journey, ...]" = ()
    silence: Watch | None = None
    inferred: tuple[Inference, ...] = ()
    _before: "tuple[Journey, ...]" = field(default=(), eq=False, alias="before")

    @property
    def customer(self) -> str:
        """The app's id of the customer."""
        return self.start.customer

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle."""
        return self.start.lifecycle

    def judged_by(self, rules: DepartureRules) -> "Journey":
        """The same journey under other departure rules; every departure is judged anew.

        Raises:
            InvalidRelationship: If ``rules`` are no `DepartureRules`.
        """
        return evolve(
            self,
            start=self.start.judged_by(rules),
            relationship=self.relationship.judged_by(rules),
            departures=tuple(departure.judged_by(rules) for departure in self.departures),
            inferred=tuple(
                evolve(one, before=one.before.judged_by(rules)) for one in self.inferred
            ),
            copies=tuple(copy.judged_by(rules) for copy in self.copies),
            before=tuple(journey.judged_by(rules) for journey in self._before),
        )

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What each accepted event did, worked out at the first use."""
        table = to_table(self.lifecycle)
        inferred = {id(one.event): one for one in self.inferred}
        steps = []
        before = self.start
        for event in self.events:
            after = before.apply(event)
            departure = None if after.departure is before.departure else after.departure
            waits = event.activity in ANSWERS and after.open_complaints > 0
            rules = STILL_WAITING if waits else table.rules(before.state, event)
            states, inference = (before.state, after.state), inferred.get(id(event))
            steps.append(Step(event, *states, rules, after.cycle, departure, inference))
            before = after
        return tuple(steps)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What is otherwise than was believed before the correction or the merge; else nothing."""
        found = (change for before in self._before for change in changes_between(before, self))
        if self.copies:  # what one copy had not known, the other had
            found = (change for change in found if change.kind is not ChangeKind.ADDED)
        return tuple(found)

    def amend(
        self,
        *,
        add: Iterable[Event] = (),
        withdraw: Iterable[str] = (),
        replace: Mapping[str, Event] | None = None,
        recorded_at: datetime | None = None,
        on_rejected: Rejected = "raise",
    ) -> "Journey":
        """The journey as it is if all that is known now had been known from the beginning.

        This journey stays as it is. What was believed stays readable: in `withdrawn`, by
        `known_at`, and as `changes` of the new journey. The order in which corrections are made
        makes no difference, but for events of one moment, which keep the order of their coming.

        Args:
            add: Late events, also a `PurchaseCancelled`.
            withdraw: The ids of events that are wrong.
            replace: Corrected events by the ids of those whose place they take.
            recorded_at: When all this became known; if left out, at once when the events were
                recorded. An event with a ``recorded_at`` of its own keeps it.
            on_rejected: ``"raise"`` the error of the first event that is refused now and was not,
                or ``"collect"`` them in `rejected`.

        Raises:
            UnknownEventId: If no event has an id that is to be withdrawn or replaced.
            IdReused: If an id would stand for two events. The same event as one that was withdrawn
                is a duplicate, unless it was recorded after the withdrawal.
            EventNotAllowed: If the lifecycle refuses an event now.
            InvalidArgument: If an id is to be withdrawn and replaced; or if an argument is of the
                wrong type.
            InvalidMoment: If ``recorded_at`` is naive.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Departed, Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> journey = replay([
            ...     Purchased(at=t, amount=20),
            ...     Departed(at=t + timedelta(days=90), inferred=True, id="e7"),
            ...     Purchased(at=t + timedelta(days=99), amount=20),
            ... ], customer="C-17")
            >>> amended = journey.amend(withdraw=["e7"])
            >>> journey.relationship.cycle, amended.relationship.cycle
            (2, 1)
            >>> print(amended.changes[0])
            departed of 2026-04-01: it no longer counts.
        """
        _checks.iterable_of("events").argument("amend", "add", add)
        _checks.either("raise", "collect").argument("amend", "on_rejected", on_rejected)
        known = None if recorded_at is None else _moment("amend", "recorded_at", recorded_at)
        wrong, corrected = self._corrections(withdraw, {} if replace is None else replace)
        late = [known_since(event, known) for event in add]
        corrected = {id_: known_since(event, known) for id_, event in corrected.items()}
        if not (late or wrong or corrected):
            return evolve(self, before=(self,))
        settled = [*_settled(self)]
        passed = {id(one.event) for one in settled}
        passed |= {id(one) for one in self.duplicates} - {id(one) for one in self.events}
        events = _timeless(self)
        for event in given_events(self):
            events.append(event)
            if id(event) in passed:
                continue
            passed.add(id(event))
            if (by := corrected.get(event.id or "")) is not None:
                events.append(by)
                settled.append(Withdrawn(event, Correction.REPLACED, 0, by))
            elif event.id in wrong:
                settled.append(Withdrawn(event, Correction.WITHDRAWN, 0, recorded_at=known))
        amended = replayed(
            self.start,
            [*events, *late],
            settled,
            unique_ids=self.unique_ids,
            strict_ids=False,
            watch=self._watch_until(late),
            before=(self,),
        )
        _raise_first_of(amended, self, refused=on_rejected == "raise")
        return amended

    def _watch_until(self, late: Iterable[Event]) -> Watch | None:
        """How the journey is watched, up to the last of some late events at least."""
        watch = self.silence
        if watch is None:
            return None
        times = [event.at for event in late if isinstance(event, Event)]
        return evolve(watch, as_of=max([watch.as_of, *times]))

    def _corrections(
        self, withdraw: Iterable[str], replace: Mapping[str, Event]
    ) -> tuple[set[str], dict[str, Event]]:
        """The ids of what is wrong, and the events that take the place of others."""
        _checks.iterable_of("ids").argument("amend", "withdraw", withdraw)
        _checks.one_of(Mapping).argument("amend", "replace", replace)
        wrong, corrected = [*withdraw], dict(replace)
        gone = {id(one.event) for one in self.withdrawn if not cancels(one)}
        known = {event.id for event in self.ledger if id(event) not in gone} - {None}
        for name, named in (("withdraw", wrong), ("replace", corrected)):
            for id_ in named:
                _checks.text.argument("amend", name, id_)
                if id_ not in known:
                    ids = tuple(sorted(map(str, known)))
                    raise UnknownEventId(id_, "event", ids, self.customer)
        for id_, event in corrected.items():
            _checks.one_of(Event).argument("amend", "replace", event)
            if id_ in wrong:
                rule, remedy = "replaced or withdrawn, not both", "Name the id once."
                raise InvalidArgument("amend()", "replace", id_, rule, remedy)
            if any(event is one for one in self.ledger):
                rule, remedy = "another event than those of the journey", "Make the right event."
                raise InvalidArgument("amend()", "replace", event, rule, remedy)
        return set(wrong), corrected

    def known_at(self, moment: datetime) -> "Journey":
        """The journey as it was known at a moment, what was recorded at that very moment included.

        It holds what the app knew then, right or wrong; `as_of` says where the customer stood in
        truth. ``journey.known_at(k).as_of(t)`` is what was believed at ``k`` about ``t``.

        Args:
            moment: An aware datetime.

        Raises:
            InvalidMoment: If the moment is naive.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Engaged
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> late = Engaged(at=t, recorded_at=t + timedelta(days=9))
            >>> journey = replay([late], customer="C-17")
            >>> len(journey.known_at(t).events), journey.as_of(t).state.stage
            (0, 'visitor')
        """
        until = _moment("known_at", "moment", moment)
        if self.copies:
            copies = (copy.known_at(until) for copy in self.copies)
            ids: Duplicates = "collect" if self.unique_ids else "allow"
            return merge(*copies, customer=self.customer, on_rejected="collect", duplicates=ids)
        events = [event for event in given_events(self) if event.known_since <= until]
        events += _timeless(self)
        settled = {id(one.event): one for one in _settled(self)}
        out = [
            one
            for one in settled.values()
            if one.event.known_since <= until and known_wrong(one, settled) <= until
        ]
        watch = self.silence and evolve(self.silence, as_of=min(self.silence.as_of, until))
        unique = self.unique_ids
        return replayed(self.start, events, out, unique_ids=unique, strict_ids=False, watch=watch)

    def unwatched(self) -> "Journey":
        """The journey of what was given alone, without what a silence rule inferred.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> from custlife.silence import FixedWindow
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> journey = replay(
            ...     [Purchased(at=t, amount=5)], customer="C-17",
            ...     silence=FixedWindow(), as_of=t + timedelta(days=200),
            ... )
            >>> len(journey.events), len(journey.unwatched().events)
            (2, 1)
        """
        if self.silence is None:
            return self
        copies = tuple(copy.unwatched() for copy in self.copies)
        settled, unique = [*_settled(self)], self.unique_ids
        plain = replayed(self.start, _given(self), settled, unique_ids=unique, strict_ids=False)
        return evolve(plain, copies=copies)

    def rename(self, customer: str) -> "Journey":
        """The same journey under another id of the customer.

        Raises:
            InvalidRelationship: If the id is blank or no string.
        """
        return evolve(
            self,
            start=self.start.rename(customer),
            relationship=self.relationship.rename(customer),
            rejected=tuple(one.rename(customer) for one in self.rejected),
            inferred=tuple(
                evolve(one, before=one.before.rename(customer)) for one in self.inferred
            ),
        )

    def as_of(self, moment: datetime) -> Relationship:
        """The relationship as it was in truth at a moment, events of that very moment included.

        What was inferred from silence at that very moment is included, too, though its limit is
        passed only after it.

        Args:
            moment: An aware datetime.

        Raises:
            InvalidMoment: If the moment is naive.
        """
        until = _moment("as_of", "moment", moment)
        count = bisect_right(self.events, until, key=_at)
        return self.start.apply(*self.events[:count])

    def time_in(self, stage: str, *, until: datetime | None = None) -> timedelta:
        """How long the person was in a stage, over all visits.

        The time before the first event is unknown and does not count.

        Args:
            stage: The name of a stage, region or room; outer stages count their inner ones.
            until: The moment up to which to count; an aware datetime. It may be left out where the
                stage is not active now.

        Raises:
            InvalidArgument: If the stage is no name.
            UnknownState: If the lifecycle has no place of this name.
            InvalidMoment: If the stage is active now and there is no ``until``, or it is naive.
        """
        _checks.text.argument("time_in", "stage", stage)
        places = self.lifecycle.places.by_name
        if stage not in places:
            raise UnknownState(f"a stage {shown(stage)}", self.lifecycle.name, tuple(places))
        end = None if until is None else _moment("time_in", "until", until)
        if not self.events:
            return timedelta(0)
        if end is None:
            if self.relationship.state.is_in(stage):
                rule = f"given, since {shown(self.customer)} is still in {shown(stage)}"
                remedy = "Give the moment up to which to count; nothing here reads the clock."
                raise InvalidMoment("time_in", "until", None, rule, remedy)
            end = self.events[-1].at
        total = timedelta(0)
        for step, stop in zip(self.steps, [*map(_at, self.events[1:]), end], strict=True):
            if step.after.is_in(stage):
                total += max(min(stop, end) - step.event.at, timedelta(0))
        return total

    def explain(self) -> str:
        """Every step, every refused or corrected event, and what has changed by a correction.

        Examples:
            >>> print(replay([], customer="C-17").explain())
            'C-17' began in potential, and nothing has happened yet.
        """
        begin = f"{shown(self.customer)} began in {self.start.state}"
        if not self.ledger and not self.rejected:
            return f"{begin}, and nothing has happened yet."
        lines = [f"{begin}.", *(one.explain() for one in self._account())]
        if self.changes:
            lines += ["Otherwise than was believed:", *(f"- {change}" for change in self.changes)]
        return "\n".join(lines)

    def _account(self) -> Iterator[Step | Rejection | Withdrawn]:
        """What became of each event, in the order of time; objects without a time come last."""
        others = left_out(self.rejected, self.withdrawn)
        became: dict[int, Step | Rejection | Withdrawn] = {**others}
        became |= zip(accepted_at(self.ledger, self.events, others), self.steps, strict=True)
        yield from (became[place] for place in sorted(became))
        yield from (one for one in self.rejected if one.position is None)

    def _page(self) -> list[Block]:
        rows = (one.line for one in self._account())
        return [Paragraph(str(self)), Grid(("date", "event", "what happened", "why"), rows)]

    def __str__(self) -> str:
        refused = f", {len(self.rejected)} refused" * bool(self.rejected)
        wrong = f", {len(self.withdrawn)} withdrawn" * bool(self.withdrawn)
        wrong += f", {len(self.inferred)} inferred" * bool(self.inferred)
        events = f"{len(self.events)} event{'s' * (len(self.events) != 1)}"
        return f"{self.relationship}, {events}{refused}{wrong}"

    def __repr__(self) -> str:
        return f"<Journey {self}>"


def replay(  # noqa: PLR0913 - each can be left out
    events: Iterable[Event],
    *,
    customer: str,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    on_rejected: Rejected = "raise",
    duplicates: Duplicates = "raise",
    silence: SilenceRule | None = None,
    as_of: datetime | None = None,
    returns: Returns = "return",
) -> Journey:
    """Replay one customer's history from the beginning.

    Events are sorted by time; events of the same time keep the order in which they were given. A
    purchase that a `PurchaseCancelled` names does not count, and neither do its refunds.

    Args:
        events: The events, in any order.
        customer: The app's id of the customer.
        lifecycle: The lifecycle.
        departure_rules: The rules by which departures are judged.
        on_rejected: ``"raise"`` the error of the first event that is refused, or ``"collect"``
            refused events with their reasons in `Journey.rejected` and go on.
        duplicates: What to do where events share an id. The same event again, as queues deliver it,
            goes to `Journey.duplicates`. Another event under an id that is taken is an error:
            ``"raise"`` it, or ``"collect"`` it with the refused events. ``"allow"`` looks at no id.
        silence: A rule of `custlife.silence`. Where it says that the person lapsed or is presumed
            to have departed, a `Lapsed` or an inferred `Departed` is put in at the time when the
            deadline passed, between two events or after the last; see `Journey.inferred`.
        as_of: The moment up to which silence counts, no earlier than the last event; with
            ``silence`` only.
        returns: What a purchase after an inferred departure is: a ``"return"``, in a new cycle; or
            it is to ``"correct"`` the departure, which was none and goes to `Journey.withdrawn`.
            What only a person who is present can do, such as leaving, always corrects it.

    Raises:
        EventNotAllowed: If the lifecycle does not allow an event in its state.
        UnknownEvent: If the lifecycle does not know an event, or an object is no event.
        IdReused: If two events that differ share an id.
        UnknownEventId: If a purchase that is cancelled is not there.
        InvalidRelationship: If the customer id is blank.
        InvalidArgument: If ``events`` is no iterable, or another argument is none of its values.
        InvalidMoment: If ``as_of`` is naive, or earlier than the last event; or if only one of
            ``silence`` and ``as_of`` is given.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import ComplaintSettled, Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> journey = replay(
        ...     [ComplaintSettled(at=t), Engaged(at=t)], customer="C-17", on_rejected="collect"
        ... )
        >>> len(journey.events), journey.rejected[0].error.because
        (1, 'Only a complaint that is open can be settled.')
    """
    _checks.iterable_of("events").argument("replay", "events", events)
    _checks.either("raise", "collect").argument("replay", "on_rejected", on_rejected)
    _checks.either("raise", "collect", "allow").argument("replay", "duplicates", duplicates)
    start = Relationship(customer, lifecycle, departure_rules)
    watch = Watch.of("replay", silence, as_of, returns)
    journey = replayed(
        start,
        events,
        unique_ids=duplicates != "allow",
        strict_ids=duplicates == "raise",
        strict=on_rejected == "raise",
        watch=watch,
    )
    if watch is not None and journey.ledger and journey.ledger[-1].at > watch.as_of:
        rule = f"no earlier than the last event, {shown(journey.ledger[-1])}"
        remedy = "Give a later moment, or leave out what had not happened by then."
        raise InvalidMoment("replay", "as_of", watch.as_of, rule, remedy)
    return journey


def merge(
    *journeys: Journey,
    customer: str,
    on_rejected: Rejected = "raise",
    duplicates: Duplicates = "raise",
) -> Journey:
    """The journey of one person who has several records.

    All events are replayed together. A departure in one record is *lifted* if the person was
    present in another record at that time, and bought there afterwards before leaving: they had
    not left. `Journey.changes` says what differs from each record. The order of the journeys, and
    whether they are merged at once or one by one, makes no difference.

    Args:
        *journeys: The journeys of the records.
        customer: The id of the customer from now on.
        on_rejected: As for `replay`; what was refused in a record already is never raised.
        duplicates: As for `replay`.

    Raises:
        InvalidArgument: If there is no journey, or their lifecycles or departure rules differ.
        EventNotAllowed: If the lifecycle refuses an event that a record had accepted.
        IdReused: If two events that differ share an id.
        InvalidRelationship: If the customer id is blank.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Departed, Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> days = [t + timedelta(days=number) for number in range(4)]
        >>> buys = [Purchased(at=day, amount=5) for day in days]
        >>> web = replay([buys[0], Departed(at=days[2])], customer="W-1")
        >>> shop = replay([buys[1], buys[3]], customer="S-9")
        >>> one = merge(web, shop, customer="C-17")
        >>> one.relationship.state.stage, one.withdrawn[0].how.value
        ('regular', 'lifted')
    """
    _checks.either("raise", "collect").argument("merge", "on_rejected", on_rejected)
    _checks.either("raise", "collect", "allow").argument("merge", "duplicates", duplicates)
    for journey in journeys:
        _checks.one_of(Journey).argument("merge", "journeys", journey)
    copies = sorted((one for each in journeys for one in each.copies or (each,)), key=in_order)
    if not copies:
        raise InvalidArgument("merge()", "journeys", copies, "at least one", "Give the journeys.")
    first = copies[0].start
    watches = [copy.silence for copy in copies if copy.silence is not None]
    for copy in copies:
        if not alike(copy.silence, copies[0].silence):
            rule = "journeys that are watched by the same silence rule, or by none"
            remedy = "Replay their events with one rule, and merge then."
            raise InvalidArgument("merge()", "journeys", copy, rule, remedy)
        for name in ("lifecycle", "departure_rules"):
            if getattr(copy.start, name) != getattr(first, name):
                rule = f"journeys under the same {name.replace('_', ' ')}"
                remedy = "Replay their events under one, and merge then."
                raise InvalidArgument("merge()", "journeys", copy, rule, remedy)
    copies = [*_apart(copies)]
    given = [copy.unwatched() for copy in copies]
    merged = replayed(
        Relationship(customer, first.lifecycle, first.departure_rules),
        [event for copy in copies for event in _given(copy)],
        [one for copy in given for one in (*_settled(copy), *lifted(copy, given))],
        unique_ids=duplicates != "allow",
        strict_ids=False,
        watch=max(watches, key=attrgetter("as_of"), default=None),
        before=tuple(copies),
    )
    strict, strict_ids = on_rejected == "raise", duplicates == "raise"
    _raise_first_of(merged, *copies, refused=strict, reused=strict_ids)
    return evolve(merged, copies=tuple(copies))


def _apart(journeys: Iterable[Journey]) -> Iterator[Journey]:
    """The journeys, and copies of those that share an event: the same event is the same object."""
    known: set[int] = set()
    for journey in journeys:
        events = {*map(id, journey.ledger)}
        kept = {id(one): one for one in (journey.lifecycle, journey.silence)}
        yield journey if known.isdisjoint(events) else deepcopy(journey, kept)
        known |= events


def replayed(  # noqa: PLR0913 - what replay, amend, known_at and merge have in common
    start: Relationship,
    events: Iterable[Event],
    withdrawn: Sequence[Withdrawn] = (),
    *,
    unique_ids: bool,
    strict_ids: bool = True,
    strict: bool = False,
    watch: Watch | None = None,
    before: tuple[Journey, ...] = (),
) -> Journey:
    """The journey of these events, those that are withdrawn left out; an app calls `replay`.

    Args:
        start: Where it starts.
        events: All events, in any order.
        withdrawn: Which of them no longer count, by the same objects; their places are found here.
        unique_ids: Whether an id stands for one event.
        strict_ids: Whether to raise where it does not.
        strict: Whether to raise where an event is refused.
        watch: How it is watched for silence.
        before: What was believed before.
    """
    ledger = Ledger.of(
        events, withdrawn, customer=start.customer, unique_ids=unique_ids, strict_ids=strict_ids
    )
    rejected: list[Rejection] = []
    rest = iter(ledger.events)

    def refuse(event: Event, error: CustlifeError) -> None:
        if strict and not isinstance(error, IdReused):
            raise error
        rejected.append(Rejection(event, error, len(ledger.events) - length_hint(rest) - 1))

    def counting() -> Iterator[Event]:
        for place, event in enumerate(rest):
            if place in ledger.wrong:
                refuse(event, ledger.wrong[place])
            elif place not in ledger.passed:
                yield event

    for other in ledger.timeless:
        error = UnknownEvent(other, start.lifecycle.name, start.lifecycle.events)
        if strict:
            raise error
        rejected.append(Rejection(other, error, None))
    if watch is not None:
        return _watched(
            start, ledger, watch, rejected, unique_ids=unique_ids, strict=strict, before=before
        )
    asked = counting() if ledger.passed or ledger.wrong else rest
    relationship, departures = fold(start, asked, refuse)
    not_asked = ledger.passed.union(one.position for one in rejected if one.position is not None)
    return Journey(
        start=start,
        ledger=tuple(ledger.events),
        events=tuple(event for place, event in enumerate(ledger.events) if place not in not_asked),
        rejected=tuple(rejected),
        duplicates=tuple(ledger.events[place] for place in sorted(ledger.duplicates)),
        withdrawn=tuple(ledger.withdrawn[place] for place in sorted(ledger.withdrawn)),
        relationship=relationship,
        departures=tuple(departures),
        unique_ids=unique_ids,
        before=tuple(evolve(one, before=()) for one in before),
    )


def _watched(  # noqa: PLR0913 - the rest of what is replayed
    start: Relationship,
    ledger: Ledger,
    watch: Watch,
    timeless: Sequence[Rejection],
    *,
    unique_ids: bool,
    strict: bool,
    before: tuple[Journey, ...],
) -> Journey:
    """The journey of a ledger that is watched for silence."""
    events = ledger.events
    asked: Sequence[int] = range(len(events))
    if ledger.passed or ledger.wrong:
        asked = [place for place, _ in ledger.counting() if place not in ledger.wrong]
        events = [ledger.events[place] for place in asked]
    known = {one.event: one.event for journey in before for one in journey.inferred}
    course = watched(start, events, watch, known)
    errors = {**ledger.wrong, **{asked[number]: error for number, error in course.refused}}
    for _, error in sorted(errors.items()):
        if strict and not isinstance(error, IdReused):
            raise error
    whole, inferred, moved = woven(ledger.events, asked, [*course.inferred, *course.lifted])
    refused = [Rejection(ledger.events[place], errors[place], moved(place)) for place in errors]
    refused.sort(key=attrgetter("position"))
    lifted = [
        Withdrawn(one.event, Correction.LIFTED, one.position, one.by)
        for one in inferred
        if one.by is not None
    ]
    gone = [evolve(one, position=moved(place)) for place, one in ledger.withdrawn.items()]
    passed = {moved(place) for place in ledger.passed}
    passed.update(one.position for one in lifted)
    passed.update(moved(place) for place in errors)
    accepted = whole
    if passed:
        accepted = [event for place, event in enumerate(whole) if place not in passed]
    return Journey(
        start=start,
        ledger=tuple(whole),
        events=tuple(accepted),
        rejected=(*timeless, *refused),
        duplicates=tuple(ledger.events[place] for place in sorted(ledger.duplicates)),
        withdrawn=tuple(sorted([*gone, *lifted], key=attrgetter("position"))),
        relationship=course.now,
        departures=tuple(course.departures),
        unique_ids=unique_ids,
        silence=watch,
        inferred=tuple(inferred),
        before=tuple(evolve(one, before=()) for one in before),
    )


def _given(journey: Journey) -> list[Event]:
    """All that a journey was made from: its ledger, and the objects that are no events."""
    return [*given_events(journey), *_timeless(journey)]


def given_events(journey: Journey) -> list[Event]:
    """The events of a journey that were given, in order."""
    inferred = {id(one.event) for one in journey.inferred}
    return [event for event in journey.ledger if id(event) not in inferred]


def _timeless(journey: Journey) -> list[Event]:
    """The objects that were given and are no events, so that they have no time."""
    return [one.event for one in journey.rejected if one.position is None]


def _settled(copy: Journey) -> Iterator[Withdrawn]:
    inferred = {id(one.event) for one in copy.inferred}
    return (one for one in copy.withdrawn if not cancels(one) and id(one.event) not in inferred)


def _raise_first_of(
    now: Journey, *before: Journey, refused: bool = True, reused: bool = True
) -> None:
    """Raise the error of the first event that is refused and was not.

    Args:
        now: The journey.
        *before: What was believed before.
        refused: Whether to raise what the lifecycle refuses.
        reused: Whether to raise that an id stands for two events.
    """
    known = {id(rejection.event) for journey in before for rejection in journey.rejected}
    for rejection in now.rejected:
        wanted = reused if isinstance(rejection.error, IdReused) else refused
        if wanted and id(rejection.event) not in known:
            raise rejection.error


def replayed_under(journey: Journey, lifecycle: Lifecycle) -> Journey:
    """The same history under another lifecycle; what is refused there is collected."""
    start = Relationship(journey.customer, lifecycle, journey.start.departure_rules)
    settled, unique, watch = [*_settled(journey)], journey.unique_ids, journey.silence
    events = _given(journey)
    return replayed(start, events, settled, unique_ids=unique, strict_ids=False, watch=watch)


def otherwise_answered(
    rejected: Iterable[Rejection], refused: Iterable[int]
) -> Iterator[tuple[int, Rejection | None]]:
    """The positions that were not refused and are now, with the rejection; and the reverse."""
    now = {one.position: one for one in rejected if one.position is not None}
    for position in sorted(now.keys() ^ set(refused)):
        yield position, now.get(position)


def _moment(subject: str, name: str, value: datetime) -> datetime:
    moment = _checks.in_utc(value)
    _checks.moment.require(InvalidMoment, subject, name, moment)
    return moment
