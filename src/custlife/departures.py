"""How a relationship ended: loss, erosion or termination, and how much that weighs.

Both answers come from decision tables. The kind follows from the room that was left and from who
ended it, in every lifecycle. The severity's numbers are a policy that the app overrides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import cache, lru_cache
from sys import intern
from typing import Any, ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.causes import Cause, Initiator
from custlife.decisions import DecisionTable, HitPolicy, Row, Verdict
from custlife.errors import InvalidPolicy, InvalidRelationship
from custlife.events import Event
from custlife.predicates import all_of, at_least, is_, is_not, some_of, words
from custlife.sources import BUT, IMH
from custlife.state import Room, State


class DepartureKind(Enum):
    """What a departure is.

    The sources speak of capture by a competitor. That a departure counts the same where the
    competitor is unknown, or where there is none, is an assumption.

    Source: IMH-6, IMH-8, BUT-6.
    """

    LOSS = "loss"
    """Gone at the customer moment or before it."""
    EROSION = "erosion"
    """Gone after the customer moment."""
    TERMINATION = "termination"
    """Ended by the enterprise alone."""


class Severity(IntEnum):
    """How much a departure weighs; ordered.

    Source: IMH-7, IMH-8; the scale is an assumption.

    Examples:
        >>> Severity.TOLERABLE < Severity.CRITICAL
        True
    """

    NONE = 0
    """Intended by the enterprise."""
    TOLERABLE = 1
    UNWELCOME = 2
    SERIOUS = 3
    GRAVE = 4
    CRITICAL = 5


DEPARTURE_KINDS = DecisionTable(
    "departure kind",
    (
        Row(
            "KIND-LOSS",
            all_of(is_("room_left", Room.PROSPECT), is_not("initiator", Initiator.ENTERPRISE)),
            DepartureKind.LOSS,
            "A prospect who leaves is a loss.",
            IMH[6],
        ),
        Row(
            "KIND-EROSION",
            all_of(is_("room_left", Room.CUSTOMER), is_not("initiator", Initiator.ENTERPRISE)),
            DepartureKind.EROSION,
            "A customer who leaves is an erosion.",
            IMH[8],
        ),
        Row(
            "KIND-TERMINATION",
            is_("initiator", Initiator.ENTERPRISE),
            DepartureKind.TERMINATION,
            "What the enterprise alone ends is a termination.",
            BUT[6],
        ),
    ),
    HitPolicy.UNIQUE,
)
"""What kind of departure it is, from the room that was left and from who ended it."""


@frozen(kw_only=True)
class SeverityPolicy:
    """From where on a sale counts as long, dear or large. Override one number at a time.

    Source: IMH-7 names the three; the numbers are an assumption of 2026.

    Args:
        long_sales_cycle: From this length on a sales cycle is long [timedelta, >= 0].
        dear_sale: From this cost on a sale is dear [the app's currency, >= 0].
        large_deal: From this size on a deal is large [the app's currency, >= 0].

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> SeverityPolicy(large_deal=Decimal("500")).long_sales_cycle
        datetime.timedelta(days=90)
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "severity policy"

    long_sales_cycle: timedelta = field(default=timedelta(days=90), validator=_checks.duration)
    dear_sale: Decimal = field(
        default=Decimal(1000), converter=_checks.as_money, validator=_checks.money
    )
    large_deal: Decimal = field(
        default=Decimal(10000), converter=_checks.as_money, validator=_checks.money
    )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle its numbers; equal policies that are unpickled are one object."""
        return _unpickled, (self.long_sales_cycle, self.dear_sale, self.large_deal)


@lru_cache(maxsize=128)
def _unpickled(
    long_sales_cycle: timedelta, dear_sale: Decimal, large_deal: Decimal
) -> SeverityPolicy:
    return SeverityPolicy(
        long_sales_cycle=long_sales_cycle, dear_sale=dear_sale, large_deal=large_deal
    )


DEFAULT_SEVERITY_POLICY = SeverityPolicy()
"""The policy that holds unless another one is given."""


@lru_cache(maxsize=128)
def severity_table(policy: SeverityPolicy = DEFAULT_SEVERITY_POLICY) -> DecisionTable[Severity]:
    """The rules of severity with a policy's numbers.

    Severity never falls when the sales cycle gets longer, the sale dearer or the deal larger; a
    first entry never raises it; an erosion weighs more than a loss with the same facts. Facts that
    are unknown do not count; the verdict names them.

    Examples:
        >>> print(severity_table().rows[0].when)
        kind is termination
    """
    large = (
        at_least("sales_cycle", policy.long_sales_cycle),
        at_least("sales_cost", policy.dear_sale),
        at_least("deal_size", policy.large_deal),
    )
    erosion = is_("kind", DepartureKind.EROSION)
    loss = is_("kind", DepartureKind.LOSS)
    first, later = is_("first_entry", True), is_("first_entry", False)
    return DecisionTable(
        "severity",
        (
            Row(
                "SEV-TERMINATION",
                is_("kind", DepartureKind.TERMINATION),
                Severity.NONE,
                "The enterprise intended it.",
                BUT[6],
            ),
            Row(
                "SEV-EROSION-2",
                all_of(erosion, some_of(2, *large)),
                Severity.CRITICAL,
                "A real customer is gone, and two or more of length, cost and size were high.",
                IMH[8],
            ),
            Row(
                "SEV-EROSION-1",
                all_of(erosion, some_of(1, *large)),
                Severity.GRAVE,
                "A real customer is gone, and length, cost or size was high.",
                IMH[8],
            ),
            Row(
                "SEV-EROSION-0",
                erosion,
                Severity.SERIOUS,
                "A real customer is gone, which always weighs more than a loss.",
                IMH[8],
            ),
            Row(
                "SEV-LOSS-LATER-2",
                all_of(loss, later, some_of(2, *large)),
                Severity.GRAVE,
                "A returned prospect is lost, and two or more of length, cost and size were high.",
                IMH[7],
            ),
            Row(
                "SEV-LOSS-2",
                all_of(loss, first, some_of(2, *large)),
                Severity.SERIOUS,
                "A prospect is lost, and two or more of length, cost and size were high.",
                IMH[7],
            ),
            Row(
                "SEV-LOSS-LATER-1",
                all_of(loss, later, some_of(1, *large)),
                Severity.SERIOUS,
                "A returned prospect is lost, and length, cost or size was high.",
                IMH[7],
            ),
            Row(
                "SEV-LOSS-1",
                all_of(loss, first, some_of(1, *large)),
                Severity.UNWELCOME,
                "A prospect is lost, and length, cost or size was high.",
                IMH[7],
            ),
            Row(
                "SEV-LOSS-LATER-0",
                all_of(loss, later),
                Severity.UNWELCOME,
                "A returned prospect is lost, which is no first entry any more.",
                IMH[7],
            ),
            Row(
                "SEV-LOSS-0",
                loss,
                Severity.TOLERABLE,
                "A loss on the first entry is tolerable.",
                IMH[7],
            ),
        ),
        HitPolicy.FIRST,
    )


def _kept_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names as a tuple, each kept once in memory however often it was read from a store."""
    return tuple(intern(name) if type(name) is str else name for name in names)


@frozen(kw_only=True)
class Departure:
    """A move into the room ``former``, with all that is known about it.

    A relationship makes it; an app reads it. It stays on record after a return.

    Args:
        at: When.
        cycle: In which cycle, from 1.
        room_left: The room that was left: prospect or customer.
        stages_left: The innermost stages that were left.
        cause: Why.
        initiator: Who ended it.
        to: The competitor whom the person went to, or None where unknown (IMH-11).
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
    cycle: int = field(validator=_checks.ordinal)
    room_left: Room = field(validator=_checks.present_room)
    stages_left: tuple[str, ...] = field(converter=_kept_once, validator=_checks.names)
    cause: Cause = field(default=Cause.UNKNOWN, validator=_checks.one_of(Cause))
    initiator: Initiator = field(default=Initiator.CUSTOMER, validator=_checks.one_of(Initiator))
    to: str | None = field(default=None, validator=_checks.optional_text)
    inferred: bool = field(default=False, validator=_checks.flag)
    sales_cycle: timedelta = field(validator=_checks.duration)
    sales_cost: Decimal | None = field(
        default=None, converter=_checks.as_optional_money, validator=_checks.optional_money
    )
    deal_size: Decimal | None = field(
        default=None, converter=_checks.as_optional_money, validator=_checks.optional_money
    )
    policy: SeverityPolicy = field(default=DEFAULT_SEVERITY_POLICY, repr=False)

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
        try:
            return cls(
                at=event.at,
                cycle=cycle,
                room_left=left.room,
                stages_left=left.stages,
                cause=getattr(event, "cause", Cause.UNKNOWN),
                initiator=getattr(event, "initiator", Initiator.CUSTOMER),
                to=getattr(event, "to", None),
                inferred=getattr(event, "inferred", False),
                sales_cycle=sales_cycle,
                sales_cost=getattr(event, "sales_cost", None),
                deal_size=getattr(event, "deal_size", None),
                policy=policy,
            )
        except InvalidRelationship as error:
            subject = f"departure by {event.name!r}"
            raise InvalidRelationship(
                subject, error.field, error.value, error.expectation, error.remedy
            ) from None

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
        return severity_table(self.policy).decide(
            {
                "kind": self.kind,
                "first_entry": self.first_entry,
                "sales_cycle": self.sales_cycle,
                "sales_cost": self.sales_cost,
                "deal_size": self.deal_size,
            }
        )

    @property
    def severity(self) -> Severity:
        """How much it weighs, under the policy, as far as the facts are known."""
        return self.severity_verdict.outcome

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
        change = {
            True: "which the enterprise can change",
            False: "which the enterprise cannot change",
            None: None,
        }[self.cause.changeable]
        cause = self.cause.words + (f" [{self.cause.source}], {change}" if change else "")
        how = ", inferred" if self.inferred else ""
        went = f"Went to {self.to}." if self.to else "The competitor is unknown."
        if self.kind is DepartureKind.TERMINATION and not self.to:
            went = "No competitor is named."
        return "\n".join(
            (
                f"Departure on {self.at.date()} in cycle {self.cycle} from {words(self.room_left)} "
                f"({', '.join(self.stages_left)}), by {by}{how}; cause {cause}.",
                f"Kind: {self.kind_verdict.explain()}",
                f"Severity: {self.severity_verdict.explain()}",
                went,
            )
        )


@cache
def _kind(room_left: Room, initiator: Initiator) -> Verdict[DepartureKind]:
    return DEPARTURE_KINDS.decide({"room_left": room_left, "initiator": initiator})
