"""How a relationship ended: one departure with its facts, judged by the departure rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from sys import intern
from typing import ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from custlife import _checks
from custlife._notebook import Block, Paragraph, Shown
from custlife.causes import Cause, Initiator
from custlife.decisions.predicates import words
from custlife.decisions.tables import Verdict
from custlife.departure_rules import (
    DEFAULT_SEVERITY_POLICY,
    DEPARTURE_KINDS,
    DepartureKind,
    Severity,
    SeverityPolicy,
    severity_table,
)
from custlife.errors import InvalidRelationship
from custlife.events import Event
from custlife.money import as_money, as_whole
from custlife.state import Room, State

_SAID = ("cause", "initiator", "to", "inferred", "sales_cost", "deal_size")
"""What an event may say about a departure."""
_WEIGHED = ("kind", "first_entry", "sales_cycle", "sales_cost", "deal_size")
"""The facts of the severity table."""


def _kept_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names as a tuple, each kept once in memory; the check refuses one bare name."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names  # type: ignore[return-value]  # the check refuses it
    return tuple(intern(name) if type(name) is str else name for name in names)


@frozen(kw_only=True, repr=False)
class Departure(Shown):
    """A move into the room ``former``, with all that is known about it.

    A relationship makes it; an app reads it. It stays on record after a return.

    Args:
        at: When.
        cycle: In which cycle, from 1.
        room_left: The room that was left: prospect or customer.
        stages_left: The innermost stages that were left.
        cause: Why.
        initiator: Who ended it.
        to: The competitor that the person went to, or None where unknown (IMH-11).
        inferred: Whether it was concluded instead of observed.
        sales_cycle: From the first event of the cycle to the customer moment, or to the departure
            where there was none.
        sales_cost: What the sale had cost; None where unknown.
        deal_size: What the deal was worth; None where unknown.
        policy: The severity policy.

    Raises:
        InvalidRelationship: If a field is out of its bounds, or the room left is former.

    Examples:
        >>> from datetime import timezone
        >>> departure = Departure(
        ...     at=datetime(2026, 4, 1, tzinfo=timezone.utc), cycle=1, room_left=Room.CUSTOMER,
        ...     stages_left=("regular", "eroding"), cause=Cause.PRICE, to="Rival Ltd",
        ...     sales_cycle=timedelta(days=3), deal_size=Decimal(20000),
        ... )
        >>> departure.kind, departure.severity, departure.first_entry
        (<DepartureKind.EROSION: 'erosion'>, <Severity.GRAVE: 4>, True)
    """

    invalid: ClassVar[type[InvalidRelationship]] = InvalidRelationship
    subject: ClassVar[str] = "departure"

    at: datetime = field(converter=_checks.in_utc, validator=_checks.moment)
    cycle: int = field(converter=as_whole, validator=_checks.ordinal)
    room_left: Room = field(validator=_checks.present_room)
    stages_left: tuple[str, ...] = field(converter=_kept_once, validator=_checks.names)
    cause: Cause = field(default=Cause.UNKNOWN, validator=_checks.one_of(Cause))
    initiator: Initiator = field(default=Initiator.CUSTOMER, validator=_checks.one_of(Initiator))
    to: str | None = field(default=None, validator=_checks.text.or_none)
    inferred: bool = field(default=False, validator=_checks.flag)
    sales_cycle: timedelta = field(validator=_checks.duration)
    sales_cost: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.money.or_none
    )
    deal_size: Decimal | None = field(
        default=None, converter=optional(as_money), validator=_checks.money.or_none
    )
    policy: SeverityPolicy = field(
        default=DEFAULT_SEVERITY_POLICY, validator=_checks.one_of(SeverityPolicy)
    )

    @classmethod
    def by(
        cls,
        event: Event,
        *,
        left: State,
        cycle: int,
        sales_cycle: timedelta,
        policy: SeverityPolicy = DEFAULT_SEVERITY_POLICY,
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
                sales_cycle=sales_cycle,
                policy=policy,
                **said,
            )
        except InvalidRelationship as error:
            raise evolve(error, subject=f"departure by {event.name!r}") from None

    @property
    def first_entry(self) -> bool:
        """Whether the person was in the lifecycle for the first time (IMH-7)."""
        return self.cycle == 1

    @property
    def kind_verdict(self) -> Verdict[DepartureKind]:
        """Which row of `DEPARTURE_KINDS` fired."""
        return _kind(self.room_left, self.initiator)

    @property
    def kind(self) -> DepartureKind:
        """Loss, erosion or termination."""
        return self.kind_verdict.outcome

    @property
    def severity_verdict(self) -> Verdict[Severity]:
        """Which row of the severity table fired, and which unknown facts could raise it."""
        facts = {name: getattr(self, name) for name in _WEIGHED}
        return severity_table(self.policy).decide(facts)

    @property
    def severity(self) -> Severity:
        """How much it weighs, under the policy, as far as the facts are known."""
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
            Kind: loss by row KIND-LOSS: A prospect who leaves is a loss. [IMH-6] \
Compared: room left is prospect (prospect), initiator is not enterprise (customer).
            Severity: tolerable by row SEV-LOSS-0: A loss on the first entry is tolerable. \
[IMH-7] Compared: kind is loss (loss). Unknown: deal size and sales cost; rows SEV-LOSS-2 and \
SEV-LOSS-1 could apply instead.
            The competitor is unknown.
        """
        by = "both sides" if self.initiator is Initiator.BOTH else f"the {self.initiator.value}"
        cause = self.cause.words
        if self.cause.changeable is not None:
            can = "can" if self.cause.changeable else "cannot"
            cause += f" [{self.cause.source}], which the enterprise {can} change"
        how = ", inferred" if self.inferred else ""
        terminated = self.kind is DepartureKind.TERMINATION
        unknown = "No competitor is named." if terminated else "The competitor is unknown."
        lines = (
            f"Departure on {self.at.date()} in cycle {self.cycle} from {words(self.room_left)} "
            f"({', '.join(self.stages_left)}), by {by}{how}; cause {cause}.",
            f"Kind: {self.kind_verdict.explain()}",
            f"Severity: {self.severity_verdict.explain()}",
            f"Went to {self.to}." if self.to else unknown,
        )
        return "\n".join(lines)


@cache
def _kind(room_left: Room, initiator: Initiator) -> Verdict[DepartureKind]:
    return DEPARTURE_KINDS.decide({"room_left": room_left, "initiator": initiator})
