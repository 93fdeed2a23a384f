"""How a relationship ended: one departure with its facts, judged by the departure rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from sys import intern
from typing import ClassVar

from attrs import Factory, evolve, field, fields, frozen
from attrs.converters import optional

from custlife import _checks
from custlife._notebook import Block, Paragraph, Shown
from custlife.causes import Cause, Initiator
from custlife.decisions.predicates import words
from custlife.decisions.tables import Verdict
from custlife.departure_kind import DepartureKind, kind_facts
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.errors import InvalidRelationship
from custlife.events import CauseLearnt, Event
from custlife.money import as_money, as_whole
from custlife.severity import SEVERITY_FACTS, Severity
from custlife.sources import IMH
from custlife.state import Room, State

_NEWS = frozenset({"cause", "reason", "to", "learnt_at", "first_believed", "rules"})
"""What can differ from what was believed at first; the rules are the app's, not the history's."""
_NO_CAUSE = (Cause.UNKNOWN, Cause.OTHER)
"""Causes that name nothing; what is said beside them can be true of any cause."""
_SAID = (
    "cause",
    "reason",
    "initiator",
    "to",
    "inferred",
    "sales_cost",
    "deal_size",
    "key_customer",
)
"""What an event may say about a departure."""


_CAPTURE = {DepartureKind.LOSS: f" [{IMH[6]}]", DepartureKind.EROSION: f" [{IMH[8]}]"}
"""The rows that speak of capture."""


def _kept_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names as a tuple, each kept once in memory; the check refuses one bare name."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names  # type: ignore[return-value]  # the check refuses it
    return tuple(intern(name) if type(name) is str else name for name in names)


@frozen(kw_only=True, weakref_slot=False)
class Departure(Shown):
    """A move into the room ``former``, with all that is known about it.

    A relationship makes it; an app reads it. It stays on record after a return.

    Args:
        at: When.
        cycle: In which cycle, from 1.
        room_left: The room that was left: prospect or customer.
        stages_left: The innermost stages that were left.
        customer_moment: When the room customer was entered in this cycle; None exactly if a
            prospect left.
        first_customer_moment: When the room customer was entered for the first time, in any cycle;
            that of this cycle if left out.
        cause: Why.
        reason: The app's own code or words for why; None where there are none.
        initiator: Who ended it.
        to: The competitor that the person went to, or None where unknown (IMH-11).
        inferred: Whether it was concluded instead of observed.
        sales_cycle: From the first event of the cycle to the customer moment, or to the departure
            where there was none; None where unknown, as where the cycle began with a purchase.
        sales_cost: What the sale had cost; None where unknown.
        deal_size: What the deal was worth; None where unknown.
        revenue: The revenue on record when the person left; None where unknown.
        purchases: The purchases on record when the person left; None where unknown.
        key_customer: Whether this was a key customer; None where unknown.
        learnt_at: When cause, reason or competitor were learnt last; None where they were not.
        first_believed: The departure as it was known at first; None where nothing was learnt since.
        rules: The departure rules.

    Raises:
        InvalidRelationship: If a field is out of its bounds, the room left is former, or the times
            contradict each other.

    Examples:
        >>> from datetime import timezone
        >>> departure = Departure(
        ...     at=datetime(2026, 4, 1, tzinfo=timezone.utc), cycle=1, room_left=Room.CUSTOMER,
        ...     stages_left=("regular", "eroding"), cause=Cause.PRICE, to="Rival Ltd",
        ...     customer_moment=datetime(2026, 1, 4, tzinfo=timezone.utc),
        ...     sales_cycle=timedelta(days=3), deal_size=Decimal(20000),
        ... )
        >>> departure.kind, departure.severity, departure.captured
        (<DepartureKind.EROSION: 'erosion'>, <Severity.GRAVE: 4>, True)
    """

    invalid: ClassVar[type[InvalidRelationship]] = InvalidRelationship
    subject: ClassVar[str] = "departure"

    at: datetime = field(converter=_checks.in_utc, validator=_checks.moment)
    cycle: int = field(converter=as_whole, validator=_checks.ordinal)
    room_left: Room = field(validator=_checks.present_room)
    stages_left: tuple[str, ...] = field(converter=_kept_once, validator=_checks.names)
    customer_moment: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    first_customer_moment: datetime | None = field(
        default=Factory(lambda self: self.customer_moment, takes_self=True),
        converter=_checks.in_utc_or_none,
        validator=_checks.moment.or_none,
    )
    cause: Cause = field(default=Cause.UNKNOWN, validator=_checks.one_of(Cause))
    reason: str | None = field(default=None, validator=_checks.text.or_none)
    initiator: Initiator = field(default=Initiator.CUSTOMER, validator=_checks.one_of(Initiator))
    to: str | None = field(default=None, validator=_checks.text.or_none)
    inferred: bool = field(default=False, validator=_checks.flag)
    sales_cycle: timedelta | None = field(default=None, validator=_checks.duration.or_none)
    sales_cost: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.money.or_none
    )
    deal_size: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.money.or_none
    )
    revenue: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.total.or_none
    )
    purchases: int | None = field(
        default=None, converter=optional(as_whole), validator=_checks.count.or_none
    )
    key_customer: bool | None = field(default=None, validator=_checks.flag.or_none)
    learnt_at: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    first_believed: "Departure | None" = field(default=None)
    rules: DepartureRules = field(
        default=DEFAULT_DEPARTURE_RULES, validator=_checks.one_of(DepartureRules)
    )

    def __attrs_post_init__(self) -> None:
        _checks.one_of(Departure).or_none.require(
            InvalidRelationship, self.subject, "first_believed", self.first_believed
        )
        if (self.learnt_at is None) != (self.first_believed is None):
            rule = "given exactly if something was learnt later, with learnt_at"
            raise self._wrong("first_believed", self.first_believed, rule)
        moment, first = self.customer_moment, self.first_customer_moment
        if (moment is not None) != (self.room_left is Room.CUSTOMER):
            rule = "given exactly if a customer left, since the kind follows from it"
            raise self._wrong("customer_moment", moment, rule)
        if first is not None and not first <= (moment or self.at):
            raise self._wrong("first_customer_moment", first, "no later than that of this cycle")
        if (self.cycle == 1 and first != moment) or (moment and not first):
            rule = "that of this cycle, which is the first" if self.cycle == 1 else "given"
            raise self._wrong("first_customer_moment", first, rule)
        if moment is not None and moment > self.at:
            raise self._wrong("customer_moment", moment, f"no later than the departure, {self.at}")
        if self.learnt_at is not None and self.learnt_at < self.at:
            rule = f"no earlier than the departure, {self.at}"
            raise self._wrong("learnt_at", self.learnt_at, rule)
        before = self.first_believed
        if before is not None and not self._is_news_of(before):
            rule = "this departure before anything was learnt, and so alike in all but the news"
            raise self._wrong("first_believed", before, rule)

    def _is_news_of(self, before: "Departure") -> bool:
        kept = (one.name for one in fields(Departure) if one.name not in _NEWS)
        same = all(getattr(self, name) == getattr(before, name) for name in kept)
        return same and before.first_believed is None

    def _wrong(self, name: str, value: object, rule: str) -> InvalidRelationship:
        remedy = "Give the facts as they were stored, or as the relationship has them."
        return InvalidRelationship(self.subject, name, value, rule, remedy)

    @classmethod
    def by(  # noqa: PLR0913 - what a relationship knows when it ends
        cls,
        event: Event,
        *,
        left: State,
        cycle: int,
        customer_moment: datetime | None = None,
        first_customer_moment: datetime | None = None,
        sales_cycle: timedelta | None = None,
        revenue: Decimal | None = None,
        purchases: int | None = None,
        rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    ) -> "Departure":
        """The departure that an event made.

        An event class of the app's own says what it can by fields or class attributes named as
        those of `Departed`; what it does not say is unknown, and the initiator is the customer.

        Raises:
            InvalidRelationship: If the event says something that is out of bounds.
        """
        _checks.one_of(Event).argument("Departure.by", "event", event)
        _checks.one_of(State).argument("Departure.by", "left", left)
        said = {name: getattr(event, name) for name in _SAID if hasattr(event, name)}
        try:
            return cls(
                at=event.at,
                cycle=cycle,
                room_left=left.room,
                stages_left=left.stages,
                customer_moment=customer_moment,
                first_customer_moment=first_customer_moment or customer_moment,
                sales_cycle=sales_cycle,
                revenue=revenue,
                purchases=purchases,
                rules=rules,
                **said,
            )
        except InvalidRelationship as error:
            raise evolve(error, subject=f"departure by {event.name!r}") from None

    def learnt(self, event: CauseLearnt) -> "Departure":
        """The same departure, with what became known later.

        What the event does not say stays as it was, unless it belongs to a cause that was wrong.
        Where another cause had been named, its reason goes; and the competitor goes, too, if the
        new cause says that nobody captured the person. `first_believed` is the departure as it was
        known at first.

        Raises:
            InvalidArgument: If it is no `CauseLearnt`.
            InvalidRelationship: If it was learnt before the person left.

        Examples:
            >>> from datetime import timezone
            >>> left = datetime(2026, 4, 1, tzinfo=timezone.utc)
            >>> departure = Departure(
            ...     at=left, cycle=1, room_left=Room.CUSTOMER, stages_left=("buyer",),
            ...     customer_moment=datetime(2026, 1, 4, tzinfo=timezone.utc),
            ... )
            >>> news = CauseLearnt(at=left + timedelta(days=9), cause=Cause.RELOCATION)
            >>> later = departure.learnt(news)
            >>> later.kind.value, later.first_believed.kind.value
            ('incidental', 'erosion')
        """
        _checks.one_of(CauseLearnt).argument("Departure.learnt", "event", event)
        cause = event.cause or self.cause
        wrong = cause is not self.cause and self.cause not in _NO_CAUSE
        return evolve(
            self,
            cause=cause,
            reason=event.reason or (None if wrong else self.reason),
            to=event.to or (None if wrong and cause.captured is False else self.to),
            learnt_at=event.at,
            first_believed=self.first_believed or self,
        )

    def judged_by(self, rules: DepartureRules) -> "Departure":
        """The same departure, judged by other rules; also what was believed at first.

        Raises:
            InvalidRelationship: If ``rules`` are no `DepartureRules`.
        """
        before = self.first_believed
        return evolve(self, rules=rules, first_believed=before and before.judged_by(rules))

    @property
    def first_entry(self) -> bool:
        """Whether the person was in the lifecycle for the first time (IMH-7)."""
        return self.cycle == 1

    @property
    def kind_verdict(self) -> Verdict[DepartureKind]:
        """Which row of the kind table fired."""
        facts = kind_facts(self.room_left, self.cause, self.initiator, self.to, self.after_moment)
        return self.rules.kinds.decide(facts)

    @cached_property
    def kind(self) -> DepartureKind:
        """Loss, erosion, termination or incidental."""
        return self.kind_verdict.outcome

    @property
    def after_moment(self) -> timedelta | None:
        """How long after the customer moment of this cycle; None where a prospect left."""
        return None if self.customer_moment is None else self.at - self.customer_moment

    @property
    def tenure(self) -> timedelta:
        """The time since the first customer moment, over all cycles; 0 for who never was one."""
        first = self.first_customer_moment
        return timedelta(0) if first is None else self.at - first

    @property
    def captured(self) -> bool | None:
        """Whether a competitor captured the person (IMH-6, IMH-8); None where that is unknown.

        A termination is no capture. Else a competitor who is named captured them; else it is as the
        cause says: an offer that was better or cheaper captures, circumstances do not.
        """
        if self.kind is DepartureKind.TERMINATION:
            return False
        return True if self.to else self.cause.captured

    @property
    def severity_verdict(self) -> Verdict[Severity]:
        """Which row of the severity table fired, and which unknown facts could raise it."""
        facts = {name: getattr(self, name) for name in SEVERITY_FACTS}
        return self.rules.severities.decide(facts)

    @cached_property
    def severity(self) -> Severity:
        """How much it weighs, under the rules, as far as the facts are known."""
        return self.severity_verdict.outcome

    def __repr__(self) -> str:
        severity = self.severity.name.lower()
        return f"<Departure {self.kind.value}, {severity}, {self.cause.words}, {self.at.date()}>"

    def __str__(self) -> str:
        severity = self.severity.name.lower()
        return f"{self.kind.value} on {self.at.date()}, {severity}, cause {self.cause.words}"

    def _page(self) -> list[Block]:
        return [Paragraph(line) for line in self.explain().splitlines()]

    def explain(self) -> str:
        """What ended and why it counts as it does: rules, facts and sources, in a few lines.

        Examples:
            >>> from datetime import timezone
            >>> print(Departure(
            ...     at=datetime(2026, 4, 1, tzinfo=timezone.utc), cycle=1,
            ...     room_left=Room.PROSPECT, stages_left=("visitor",), sales_cycle=timedelta(2),
            ... ).explain())
            Departure on 2026-04-01 in cycle 1 from prospect (visitor), by the customer; \
cause unknown.
            Kind: loss by row KIND-LOSS: A person who leaves at the customer moment or before it \
is a loss. [IMH-6] ...
            Severity: tolerable by row SEV-LOSS-0: A loss on the first entry is tolerable. \
[IMH-7] Compared: kind is loss (loss). Unknown: deal size and sales cost; rows SEV-LOSS-4, \
SEV-LOSS-2 and SEV-LOSS-1 could apply instead.
            Captured: unknown. [IMH-6]
        """
        by = "both sides" if self.initiator is Initiator.BOTH else f"the {self.initiator.value}"
        cause = self.cause.words
        if self.cause.changeable is not None:
            can = "can" if self.cause.changeable else "cannot"
            cause += f" [{self.cause.source}], which the enterprise {can} change"
        how = ", inferred" if self.inferred else ""
        if self.reason is not None:
            cause += f'; in the app\'s words: "{self.reason}"'
        lines = [
            f"Departure on {self.at.date()} in cycle {self.cycle} from {words(self.room_left)} "
            f"({', '.join(self.stages_left)}), by {by}{how}; cause {cause}.",
            f"Kind: {self.kind_verdict.explain()}",
            f"Severity: {self.severity_verdict.explain()}",
            f"Captured: {self._captured}.{_CAPTURE.get(self.kind, '')}",
        ]
        before = self.first_believed
        if before is not None and self.learnt_at is not None:
            then = f"{before.kind.value}, {words(before.severity)}, cause {before.cause.words}"
            lines.append(f"Learnt on {self.learnt_at.date()}; believed at first: {then}.")
        return "\n".join(lines)

    @property
    def _captured(self) -> str:
        if self.captured:
            return f"yes, by {self.to or 'a competitor who is not named'}"
        if self.to:
            return f"no; the enterprise ended it, and the person went to {self.to}"
        return words(self.captured)
