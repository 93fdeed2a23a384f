"""One customer's relationship: a small frozen snapshot, advanced by events.

It carries the record that rules need, not the history; `Journey` carries that. One loop, `fold`,
advances it by one event or by a hundred thousand.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import evolve, field, fields, frozen

from custlife import _checks
from custlife._drafts import draft_of
from custlife._due import deadlines_of, next_due
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife._restoring import contradictions
from custlife.answers import A_RULE, SilenceRule, moment_to_come
from custlife.complaints import OpenComplaint, answer, answered, others_wait
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import (
    ComplaintNotOpen,
    CustlifeError,
    EventNotAllowed,
    InvalidRelationship,
    OutOfOrderEvent,
    UnknownEvent,
    cut,
    listed,
    shown,
)
from custlife.events import (
    ANSWERS,
    Activity,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    Event,
    PurchaseCancelled,
    checks_fields,
)
from custlife.lifecycle._chart import Chart, restore_chart
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Stay
from custlife.lifecycle.table import Table, to_table
from custlife.money import EXACT, as_whole
from custlife.record import Record
from custlife.refunds import A_REST, Rests, keep, take_off, too_much
from custlife.sources import ASSUMPTION
from custlife.state import Room, State

E = TypeVar("E", bound=Enum)

Refuse = Callable[[Event, CustlifeError], None]
"""What to do with a refused event and the error that says why: raise, or keep it."""


class _Placed(Shown):
    """Where `fold` left a relationship: the table, and the integer of the state in it.

    Only the next fold reads them, to save two look-ups. They are no fields: a relationship that
    was not made by `fold`, such as one that was unpickled, has neither.
    """

    __slots__ = ("_here", "_table")

    _table: Table
    _here: int


@frozen(init=False, repr=False, weakref_slot=False)
class Relationship(_Placed):
    """Where one customer stands, and what is on record about them.

    Args:
        customer: The app's id of the customer.
        lifecycle: The lifecycle.
        departure_rules: The rules by which departures are judged.

    Attributes:
        state: The state.
        entered: When each active stage was entered, as far as is known: region by region, the outer
            stages before the inner ones. The first event is the time for the stages where every
            relationship begins; None before it.
        cycle: Which time through the lifecycle this is, from 1.
        cycle_began: When the first event of this cycle happened; None before it.
        customer_moment: When the room ``customer`` was entered in this cycle (IMH-3); None if it
            was not.
        complaints: The complaints that are not settled, of every room and cycle, the oldest first:
            those that wait for an answer, and those that were ignored after they had been voiced
            in public.
        refundable: Of the latest purchases that have an id, the id and what can still be refunded,
            the oldest first.
        paused_at: When the pause began that goes on now, that is since when a stage ``paused`` is
            active, or since the last purchase in it; None where there is none.
        paused: How long the customer has paused since the last purchase, in pauses that are over.
        paused_before: How long the customer paused between the first purchase and the last.
        departure: The last departure on record, also after a return; None if there never was one.
        record: Counts, sums and times over all cycles.

    Raises:
        InvalidRelationship: If the customer id is blank or no string.

    Examples:
        >>> from datetime import timezone
        >>> from decimal import Decimal
        >>> from custlife import Contacted, Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> rel = Relationship("C-17").apply(
        ...     Contacted(at=t), Purchased(at=t, amount=Decimal("11.77"))
        ... )
        >>> rel.state, rel.record.revenue, rel.customer_moment == t
        (<State customer (bond: buyer, standing: content)>, Decimal('11.77'), True)
    """

    invalid: ClassVar[type[InvalidRelationship]] = InvalidRelationship
    subject: ClassVar[str] = "relationship"

    customer: str
    # The hash is kept; an equality would walk through two definitions.
    lifecycle: Lifecycle = field(eq=lambda lifecycle: (lifecycle.name, hash(lifecycle)))
    state: State
    entered: tuple[datetime | None, ...]
    cycle: int
    cycle_began: datetime | None
    customer_moment: datetime | None
    complaints: tuple[OpenComplaint, ...]
    refundable: tuple[tuple[str, Decimal], ...]
    paused_at: datetime | None
    paused: timedelta
    paused_before: timedelta
    departure: Departure | None
    record: Record
    departure_rules: DepartureRules

    def __init__(
        self,
        customer: str,
        lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
        departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    ) -> None:
        _require(_checks.text, "customer", customer)
        _require(_checks.one_of(Lifecycle), "lifecycle", lifecycle)
        _require(_checks.one_of(DepartureRules), "departure_rules", departure_rules)
        begin = lifecycle.initial
        entered = (None,) * len(begin.active)
        nothing = (entered, 1, None, None, (), (), None, _NO_TIME, _NO_TIME, None, _NO_RECORD)
        self.__attrs_init__(customer, lifecycle, begin, *nothing, departure_rules)

    if TYPE_CHECKING:

        def __attrs_init__(self, *values: Any, **named: Any) -> None: ...  # noqa: ANN401 - attrs makes it

    @classmethod
    def restore(  # noqa: PLR0913 - one argument a stored field
        cls,
        customer: str,
        *,
        state: State,
        record: Record,
        entered: Iterable[datetime | None] = (),
        cycle: int = 1,
        cycle_began: datetime | None = None,
        customer_moment: datetime | None = None,
        complaints: Iterable[OpenComplaint] = (),
        refundable: Iterable[tuple[str, Decimal]] = (),
        paused_at: datetime | None = None,
        paused: timedelta = timedelta(0),
        paused_before: timedelta = timedelta(0),
        departure: Departure | None = None,
        lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
        departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    ) -> "Relationship":
        """Make a relationship from its stored fields.

        Use `custlife.codec` to store whole relationships; use this where the app keeps the fields
        in columns of its own. Where nothing has happened yet, leave out ``entered``.

        Raises:
            UnknownState: If no relationship of this lifecycle can be in the state.
            InvalidRelationship: If a field is out of its bounds, or fields contradict each other.

        Examples:
            >>> rel = Relationship("C-17")
            >>> Relationship.restore("C-17", state=rel.state, record=rel.record) == rel
            True
        """
        restored = cls(customer, lifecycle, departure_rules)
        to_table(lifecycle).index(state)
        cycle = as_whole(cycle)
        cycle_began, customer_moment, paused_at = map(
            _checks.in_utc_or_none, (cycle_began, customer_moment, paused_at)
        )
        _require(_checks.iterable_of("moments"), "entered", entered)
        _require(_checks.iterable_of("complaints"), "complaints", complaints)
        _require(_checks.iterable_of("pairs"), "refundable", refundable)
        entered = tuple(map(_checks.in_utc_or_none, entered)) or restored.entered
        complaints, refundable = tuple(complaints), tuple(refundable)
        for check, name, value in (
            *((_checks.moment.or_none, "entered", at) for at in entered),
            (_checks.moment.or_none, "cycle_began", cycle_began),
            (_checks.moment.or_none, "customer_moment", customer_moment),
            (_checks.ordinal, "cycle", cycle),
            *((_checks.one_of(OpenComplaint), "complaints", complaint) for complaint in complaints),
            *((A_REST, "refundable", pair) for pair in refundable),
            (_checks.moment.or_none, "paused_at", paused_at),
            (_checks.duration, "paused", paused),
            (_checks.duration, "paused_before", paused_before),
            (_checks.one_of(Departure).or_none, "departure", departure),
            (_checks.one_of(Record), "record", record),
        ):
            _require(check, name, value)
        restored.__attrs_init__(
            customer,
            lifecycle,
            state,
            entered,
            cycle,
            cycle_began,
            customer_moment,
            complaints,
            refundable,
            paused_at,
            paused,
            paused_before,
            departure,
            record.plain(),
            departure_rules,
        )
        for name, given, expectation in contradictions(restored):
            remedy = "Give the fields as they were stored."
            raise InvalidRelationship(cls.subject, name, given, expectation, remedy)
        return restored

    def apply(self, *events: Event) -> "Relationship":
        """The relationship after these events, in the order given.

        The cost does not depend on how much history there is. All events are accepted, or none:
        where one is refused, an error is raised and this relationship stays as it is.

        Args:
            *events: Events that are no older than the last one on record.

        Raises:
            EventNotAllowed: If the lifecycle does not allow an event in its state.
            OutOfOrderEvent: If an event is older than the one before it.
            UnknownEvent: If the lifecycle does not know an event.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Engaged
            >>> rel = Relationship("C-17")
            >>> later = rel.apply(Engaged(at=datetime(2026, 1, 1, tzinfo=timezone.utc)))
            >>> print(later.state, rel.state)
            visitor potential
        """
        return fold(self, events, _raise)[0]

    def rename(self, customer: str) -> "Relationship":
        """The same relationship under another id of the customer.

        Raises:
            InvalidRelationship: If the id is blank or no string.

        Examples:
            >>> Relationship("C-17").rename("C-18").customer
            'C-18'
        """
        _require(_checks.text, "customer", customer)
        renamed = copy(self)
        object.__setattr__(renamed, "customer", customer)
        return renamed

    @property
    def since(self) -> datetime | None:
        """When the state was entered, as far as is known; None before the first event."""
        return max(filter(None, self.entered), default=None)

    def in_stage_since(self, stage: str) -> datetime | None:
        """When an active stage was entered, as far as is known; None where it is not active.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Complained, Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> rel = Relationship("C-17").apply(
            ...     Purchased(at=t, amount=5), Complained(at=t + timedelta(days=9))
            ... )
            >>> [rel.in_stage_since(stage).day for stage in ("buyer", "in_conflict")]
            [1, 10]
        """
        stages = self.state.active
        return self.entered[stages.index(stage)] if stage in stages else None

    @property
    def open_complaints(self) -> int:
        """How many complaints wait for an answer."""
        return sum(not complaint.ignored for complaint in self.complaints)

    @property
    def open_public_complaints(self) -> int:
        """How many complaints were voiced in public and are not settled (IMH-9)."""
        return sum(complaint.public for complaint in self.complaints)

    def time_since_purchase(self, at: datetime) -> timedelta | None:
        """How long ago the last purchase was, without pauses; None before the first.

        Args:
            at: The moment from which to look back: an aware datetime, no earlier than the last
                event.

        Raises:
            InvalidArgument: If it is naive, or earlier than the last event.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=5))
            >>> rel.time_since_purchase(t + timedelta(days=9))
            datetime.timedelta(days=9)
        """
        now = moment_to_come("time_since_purchase", "at", at, self.record.last_at, self.customer)
        if self.record.last_purchase_at is None:
            return None
        until = now if self.paused_at is None else self.paused_at
        return until - self.record.last_purchase_at - self.paused

    def due(self, rule: SilenceRule, as_of: datetime) -> tuple[Event, ...]:
        """What the silence until a moment makes of the customer: lapses and departures to apply.

        An event has the time at which the rule's deadline passed. If an app applies what is due
        before each event, ``rel.apply(*rel.due(rule, now))`` is what a replay with the rule leads
        to. Where the app missed it, what is due has the time of the last event on record.

        Source: EFR-5.

        Args:
            rule: The silence rule.
            as_of: The moment up to which silence counts: an aware datetime, no earlier than the
                last event. What falls due at this very moment is due after it.

        Returns:
            A `Lapsed`, a `Departed` that is inferred, or both; nothing if nothing is due.

        Raises:
            InvalidArgument: If ``as_of`` is naive, or earlier than the last event; or if ``rule``
                does not answer.
            UnknownEvent: If the lifecycle does not know an event that is due.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> from custlife.silence import FixedWindow
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=5))
            >>> rule = FixedWindow(lapsed_after=timedelta(days=90))
            >>> [event.at.date().isoformat() for event in rel.due(rule, t + timedelta(days=99))]
            ['2026-04-01']
        """
        A_RULE.argument("due", "rule", rule)
        now = moment_to_come("due", "as_of", as_of, self.record.last_at, self.customer)
        found: list[Event] = []
        here = self
        while (event := next_due(here, rule, deadlines_of(here, rule, now), now)) is not None:
            found.append(event)
            here = here.apply(event)
        return tuple(found)

    def judged_by(self, rules: DepartureRules) -> "Relationship":
        """The same relationship under other departure rules; its departure is judged anew.

        Raises:
            InvalidRelationship: If ``rules`` are no `DepartureRules`.

        Examples:
            >>> rules = DepartureRules(moment_grace=timedelta(days=14))
            >>> Relationship("C-17").judged_by(rules).departure_rules == rules
            True
        """
        _require(_checks.one_of(DepartureRules), "rules", rules)
        departure = self.departure and self.departure.judged_by(rules)
        judged = object.__new__(Relationship)
        values = {one.name: getattr(self, one.name) for one in fields(Relationship)}
        judged.__attrs_init__(**values | {"departure": departure, "departure_rules": rules})
        return judged

    @property
    def first_customer_moment(self) -> datetime | None:
        """When the room ``customer`` was entered for the first time, in any cycle, or None."""
        return _first_moment(self.departure, self.customer_moment)

    def view(self, model: type[E]) -> E | None:
        """The state as another model sees it; None where that model is silent.

        Raises:
            ViewNotDefined: If the lifecycle has no view with this model.

        Examples:
            >>> from custlife import Ladder, Phase
            >>> Relationship("C-17").view(Ladder)
            <Ladder.POTENTIAL: 'potential'>
            >>> Relationship("C-17").view(Phase) is None
            True
        """
        return to_table(self.lifecycle).view(self.state, model)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The names of the events that are allowed now.

        Those that answer a complaint are left out while none is open.

        Examples:
            >>> Relationship("C-17").allowed
            ('contacted', 'engaged', 'purchased', 'refunded', 'complained', 'recommended', ...
        """
        names = to_table(self.lifecycle).allowed(self.state, answerable=bool(self.complaints))
        if self.complaints and not self.open_complaints:  # each was ignored already
            return tuple(name for name in names if name != ComplaintIgnored.name)
        return names

    def explain(self) -> str:
        """Why the customer is in this state, as far as the snapshot shows, and what may come next.

        Examples:
            >>> print(Relationship("C-17").explain())
            'C-17' is in prospect (potential) from the beginning, in cycle 1.
            potential: ... [EFR-1]
            Customer moment: none in this cycle [IMH-3]
            On record: nothing
            Open complaints: 0
            Allowed next: contacted, engaged, ... and terminated
        """
        since = "from the beginning" if self.since is None else f"since {self.since.date()}"
        where = f"{shown(self.customer)} is in {self.state.describe()} {since}"
        lines = (f"{topic}: {text}" for topic, text in self._account())
        return "\n".join((f"{where}, in cycle {self.cycle}.", *lines))

    def _account(self) -> Iterator[tuple[str, str]]:
        places = self.lifecycle.places.by_name
        for stage in filter(None, (places[name].stage for name in self.state.stages)):
            yield stage.name, f"{stage.sentence} [{stage.source}]"
        moment = self.customer_moment
        yield "Customer moment", f"{moment.date() if moment else 'none in this cycle'} [IMH-3]"
        yield "On record", str(self.record)
        public = self.open_public_complaints
        in_public = f", and {public} in public not settled [IMH-9]" if public else ""
        yield "Open complaints", f"{self.open_complaints}{in_public}"
        if self.paused_at:
            yield "Paused", f"since {self.paused_at.date()}"
        if self.departure:
            yield "Last departure", str(self.departure)
        yield "Allowed next", listed(self.allowed)

    def _page(self) -> list[Block]:
        return [Paragraph(str(self)), Grid(("topic", "what is known"), self._account())]

    def __str__(self) -> str:
        count = self.record.purchases
        purchases = f"{count} purchase{'s' * (count != 1)}"
        return f"{cut(self.customer)}: {self.state}, cycle {self.cycle}, {purchases}"

    def __repr__(self) -> str:
        return f"<Relationship {self}>"

    def to_chart(
        self,
        listeners: Iterable[object] = (),
        model: Any = None,  # noqa: ANN401 - any object can be a model
    ) -> Chart:
        """A state chart in the state of this relationship; no entry callback is fired.

        Args:
            listeners: Objects with callbacks, as python-statemachine takes them.
            model: The object whose ``state`` attribute the chart keeps.

        Examples:
            >>> from custlife import state_of
            >>> state_of(Relationship("C-17").to_chart())
            <State prospect (prospect: potential)>
        """
        return restore_chart(self.lifecycle, self.state, listeners, model)


_NO_RECORD = Record()
_RecordDraft, _RelationshipDraft = draft_of(Record), draft_of(Relationship)
_NO_TIME = timedelta(0)
_PURCHASE = Activity.PURCHASE
_REFUND = Activity.REFUND
_COMPLAINT = Activity.COMPLAINT
_SETTLEMENT = Activity.SETTLEMENT
_DISREGARD = Activity.DISREGARD
_FAILURE = Activity.SERVICE_FAILURE
_LAPSE = Activity.LAPSE
_OTHER = Activity.OTHER

STILL_WAITING = (
    Stay(
        "answer",
        at=[room.value for room in Room],
        sentence="Another complaint still waits for its answer, so nothing else changes.",
        source=ASSUMPTION,
    ),
)
"""What an answer does that leaves another complaint waiting, in every lifecycle."""


def _raise(_: Event, error: CustlifeError) -> None:
    raise error


def fold(  # noqa: C901, PLR0912, PLR0915 - the one hot loop: local names, no call for each event
    start: Relationship,
    events: Iterable[Event],
    refuse: Refuse,
    earlier: Iterable[Departure] = (),
) -> tuple[Relationship, list[Departure]]:
    """Advance a relationship by events, in the order given.

    Args:
        start: The relationship; it stays as it is.
        events: The events.
        refuse: Called with each event that is refused and the error that says why. If it returns,
            the event is left out and the next one is taken.
        earlier: The departures before the events, the oldest first.

    Returns:
        The relationship after the accepted events, and all departures, as they are known then.
    """
    try:
        table, here = start._table, start._here  # noqa: SLF001 - left by the fold before
    except AttributeError:
        table = to_table(start.lifecycle)
        here = table.index(start.state)
    lifecycle = table.lifecycle  # the one that was compiled; an equal copy is found more slowly
    arcs, unguarded, rooms, pausing = table.arcs, table.unguarded, table.rooms, table.paused
    room = rooms[here]
    entered = start.entered
    cycle = start.cycle
    began = start.cycle_began
    moment = start.customer_moment
    complaints = [*start.complaints]
    rests: Rests | None = None
    paused_at = start.paused_at
    paused = start.paused
    paused_before = start.paused_before
    departure = start.departure
    record = start.record
    counts = [
        record.others,
        record.contacts,
        record.engagements,
        record.purchases,
        record.complaints,
        record.settlements,
        record.disregards,
        record.recommendations,
        record.lapses,
        record.commitments,
        record.service_failures,
        record.refunds,
    ]
    revenue = record.revenue
    refunded = record.refunded
    first_paid = record.first_day_revenue
    days = record.purchase_days
    first_at = record.first_at
    last_at = record.last_at
    first_purchase_at = record.first_purchase_at
    last_purchase_at = record.last_purchase_at
    last_failure_at = record.last_failure_at
    last_lapse_at = record.last_lapse_at
    departures = [*earlier]
    sound: set[type[Event]] = set()

    for event in events:
        if (kind := type(event)) not in sound:
            if not checks_fields(kind):
                refuse(event, UnknownEvent(event, lifecycle.name, table.events))
                continue
            sound.add(kind)
        at = event.at
        if last_at is not None and at < last_at:
            refuse(event, OutOfOrderEvent(event.name, at, last_at, start.customer))
            continue
        activity = event.activity
        place = None
        after = unguarded[here].get(event.name)
        if after is None:
            name = table.handled_as(kind)
            after = (arcs if complaints else unguarded)[here].get(name)
            if after is None:
                refuse(event, _refusal(table, table.states[here], event, complaints, start))
                continue
        if activity is _OTHER:
            if isinstance(event, CauseLearnt):
                learnt = departure and departure.learnt(event)
                if learnt is None:
                    refuse(event, _forbidden(table, table.states[here], event, _NOBODY_LEFT, start))
                    continue
                departures[-1:] = [learnt] if departures else []
                departure = learnt
        elif activity is _REFUND:
            rests = dict(start.refundable) if rests is None else rests
            excess = too_much(event, rests, revenue, start.customer)  # type: ignore[arg-type]  # see Event
            if excess is not None:
                refuse(event, excess)
                continue
        elif activity is _SETTLEMENT or activity is _DISREGARD:
            named = getattr(event, "complaint", None)
            place = answered(complaints, named, waiting=activity is _DISREGARD)
            if place is not None and others_wait(complaints, place):
                after = here
            elif place is None and (named is not None or complaints):
                refuse(event, _not_open(table, table.states[here], event, complaints, start))
                continue
        if after != here:
            entered_room = rooms[after]
            if entered_room is not room:
                if entered_room is Room.FORMER:
                    try:
                        departure = Departure.by(
                            event,
                            left=table.states[here],
                            cycle=cycle,
                            customer_moment=moment,
                            first_customer_moment=_first_moment(departure, moment),
                            sales_cycle=_sales_cycle(began, moment, at),
                            revenue=revenue,
                            purchases=counts[_PURCHASE],
                            rules=start.departure_rules,
                        )
                    except CustlifeError as error:
                        refuse(event, error)
                        continue
                    departures.append(departure)
                else:
                    if room is Room.FORMER:
                        cycle += 1
                        began = at
                        moment = None
                    if entered_room is Room.CUSTOMER:
                        moment = at
                room = entered_room
            since = []
            for before in table.kept[here, after]:
                since.append(at if before is None else entered[before])  # noqa: PERF401 - faster
            entered = tuple(since)
            here = after
        if first_at is None:
            first_at = at
        if began is None:
            began = at
        last_at = at
        counts[activity] += 1
        if activity is _PURCHASE:
            revenue = EXACT.add(revenue, event.amount)  # type: ignore[attr-defined]  # see Event
            if first_purchase_at is None or last_purchase_at is None:
                first_purchase_at = at
                first_paid = revenue
                days = 1
            else:
                if at.toordinal() != last_purchase_at.toordinal():
                    days += 1
                elif days == 1:
                    first_paid = EXACT.add(first_paid, event.amount)  # type: ignore[attr-defined]  # see Event
                if paused_at is not None:
                    paused += at - paused_at
                if paused:
                    paused_before += paused
            last_purchase_at = at
            paused_at, paused = None, _NO_TIME
            if event.id is not None:
                rests = dict(start.refundable) if rests is None else rests
                keep(rests, event.id, event.amount)  # type: ignore[attr-defined]  # see Event
        elif activity is _COMPLAINT:
            public = isinstance(event, Complained) and event.public
            complaints.append(OpenComplaint(at, event.id, public))
        elif place is not None:
            answer(complaints, place, event)
        elif activity is _FAILURE:
            last_failure_at = at
        elif activity is _LAPSE:
            last_lapse_at = at
        elif activity is _REFUND:
            revenue = EXACT.subtract(revenue, event.amount)  # type: ignore[attr-defined]  # see Event
            refunded = EXACT.add(refunded, event.amount)  # type: ignore[attr-defined]  # see Event
            take_off(rests, event)  # type: ignore[arg-type]  # see Event
        if pausing:
            if here not in pausing and paused_at is not None:
                paused += at - paused_at
                paused_at = None
            elif here in pausing and paused_at is None:
                paused_at = at

    if None in entered and first_at is not None:
        entered = tuple(at or first_at for at in entered)
    counted: Any = _RecordDraft()
    (
        counted.others,
        counted.contacts,
        counted.engagements,
        counted.purchases,
        counted.complaints,
        counted.settlements,
        counted.disregards,
        counted.recommendations,
        counted.lapses,
        counted.commitments,
        counted.service_failures,
        counted.refunds,
    ) = counts
    counted.revenue = revenue
    counted.refunded = refunded
    counted.first_day_revenue = first_paid
    counted.purchase_days = days
    counted.first_at = first_at
    counted.last_at = last_at
    counted.first_purchase_at = first_purchase_at
    counted.last_purchase_at = last_purchase_at
    counted.last_failure_at = last_failure_at
    counted.last_lapse_at = last_lapse_at
    counted.__class__ = Record
    result: Any = _RelationshipDraft()
    result._table, result._here = table, here  # noqa: SLF001 - for the next fold
    result.customer = start.customer
    result.lifecycle = lifecycle
    result.state = table.states[here]
    result.entered = entered
    result.cycle = cycle
    result.cycle_began = began
    result.customer_moment = moment
    result.complaints = tuple(complaints)
    result.refundable = start.refundable if rests is None else tuple(rests.items())
    result.paused_at = paused_at
    result.paused = paused
    result.paused_before = paused_before
    result.departure = departure
    result.record = counted
    result.departure_rules = start.departure_rules
    result.__class__ = Relationship
    return result, departures


def _refusal(
    table: Table, state: State, event: Event, complaints: list[OpenComplaint], start: Relationship
) -> CustlifeError:
    """The error for an event that the lifecycle refuses, under the event's own name."""
    name, answerable = table.handled_as(type(event)), bool(complaints)
    if isinstance(event, PurchaseCancelled) and name not in table.events:
        because = "It strikes a purchase out of the history, and a relationship keeps none."
        return _forbidden(table, state, event, because, start)
    named = event.activity in ANSWERS and getattr(event, "complaint", None) is not None
    if named and not complaints and name in table.events:
        return _not_open(table, state, event, complaints, start)
    error = table.refusal(state, name, start.customer, answerable=answerable)
    return error if event.name == name else evolve(error, event=event.name)


def _forbidden(
    table: Table, state: State, event: Event, because: str, start: Relationship
) -> EventNotAllowed:
    """The error for an event that is refused whatever the lifecycle says."""
    allowed = tuple(name for name in table.allowed(state) if name != event.name)
    return EventNotAllowed(event.name, state, allowed, because, ASSUMPTION.row, start.customer)


def _not_open(
    table: Table, state: State, event: Event, complaints: list[OpenComplaint], start: Relationship
) -> CustlifeError:
    """The error for an answer to a complaint that is not open, or that nobody waits for."""
    named = getattr(event, "complaint", None)
    if named is None:
        because = "Nobody waits for an answer: each complaint was ignored already."
        return _forbidden(table, state, event, because, start)
    ignoring = event.activity is _DISREGARD
    some = [complaint for complaint in complaints if not (ignoring and complaint.ignored)]
    ids = tuple(complaint.id for complaint in some if complaint.id is not None)
    return ComplaintNotOpen(event.name, named, ids, len(some) - len(ids), start.customer)


_NOBODY_LEFT = "Nobody is gone whose cause could be learnt."


def _first_moment(departure: Departure | None, moment: datetime | None) -> datetime | None:
    """The first customer moment of all cycles: that of the last departure, or else this one."""
    return (departure and departure.first_customer_moment) or moment


def _sales_cycle(began: datetime | None, moment: datetime | None, at: datetime) -> timedelta | None:
    """The length of the sale; unknown where the cycle began with the customer moment."""
    if moment is None:
        return at - (began or at)
    return None if began is None or began == moment else moment - began


def _require(check: _checks.Check, name: str, value: object) -> None:
    check.require(InvalidRelationship, Relationship.subject, name, value)
