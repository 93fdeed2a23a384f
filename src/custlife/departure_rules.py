"""The rules about departures, as decision tables: of which kind one is, and how much it weighs.

The kind follows from the room that was left and from who ended it, in every lifecycle. The
severity's numbers are a policy that the app overrides.
"""

from datetime import timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any, ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.causes import Initiator
from custlife.decisions.predicates import all_of, at_least, is_, is_not, some_of
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidPolicy
from custlife.money import as_money
from custlife.sources import BUT, IMH
from custlife.state import Room


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
    dear_sale: Decimal = field(default=Decimal(1000), converter=as_money, validator=_checks.money)
    large_deal: Decimal = field(default=Decimal(10000), converter=as_money, validator=_checks.money)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle its numbers; equal policies that are unpickled are one object."""
        return _unpickled, (self.long_sales_cycle, self.dear_sale, self.large_deal)


@lru_cache(maxsize=128)
def _unpickled(cycle: timedelta, sale: Decimal, deal: Decimal) -> SeverityPolicy:
    return SeverityPolicy(long_sales_cycle=cycle, dear_sale=sale, large_deal=deal)


DEFAULT_SEVERITY_POLICY = SeverityPolicy()
"""The policy that holds unless another one is given."""


def severity_table(policy: SeverityPolicy = DEFAULT_SEVERITY_POLICY) -> DecisionTable[Severity]:
    """The rules of severity with a policy's numbers.

    Severity never falls when the sales cycle gets longer, the sale dearer or the deal larger; a
    first entry never raises it; an erosion weighs more than a loss with the same facts. Facts that
    are unknown do not count; the verdict names them.

    Examples:
        >>> print(severity_table().rows[0].when)
        kind is termination
    """
    _checks.one_of(SeverityPolicy).argument("severity_table", "policy", policy)
    return _severity_table(policy)


@lru_cache(maxsize=128)
def _severity_table(policy: SeverityPolicy) -> DecisionTable[Severity]:
    large = (
        at_least("sales_cycle", policy.long_sales_cycle),
        at_least("sales_cost", policy.dear_sale),
        at_least("deal_size", policy.large_deal),
    )
    one, two = some_of(1, *large), some_of(2, *large)
    ended, erosion, loss = (
        is_("kind", kind)
        for kind in (DepartureKind.TERMINATION, DepartureKind.EROSION, DepartureKind.LOSS)
    )
    later = is_("first_entry", False)
    weighs = "which weighs more than the loss of a prospect."
    no_more = "which is no first entry any more."
    once = "and length, cost or size was high."
    twice = "and two or more of length, cost and size were high."
    gone, lost = "A real customer is gone,", "A prospect is lost,"
    again = "A returned prospect is lost,"
    rows = (
        ("TERMINATION", ended, Severity.NONE, "The enterprise intended it.", BUT[6]),
        ("EROSION-2", all_of(erosion, two), Severity.CRITICAL, f"{gone} {twice}", IMH[8]),
        ("EROSION-1", all_of(erosion, one), Severity.GRAVE, f"{gone} {once}", IMH[8]),
        ("EROSION-0", erosion, Severity.SERIOUS, f"{gone} {weighs}", IMH[8]),
        ("LOSS-LATER-2", all_of(loss, later, two), Severity.GRAVE, f"{again} {twice}", IMH[7]),
        ("LOSS-2", all_of(loss, two), Severity.SERIOUS, f"{lost} {twice}", IMH[7]),
        ("LOSS-LATER-1", all_of(loss, later, one), Severity.SERIOUS, f"{again} {once}", IMH[7]),
        ("LOSS-1", all_of(loss, one), Severity.UNWELCOME, f"{lost} {once}", IMH[7]),
        ("LOSS-LATER-0", all_of(loss, later), Severity.UNWELCOME, f"{again} {no_more}", IMH[7]),
        ("LOSS-0", loss, Severity.TOLERABLE, "A loss on the first entry is tolerable.", IMH[7]),
    )
    return DecisionTable(
        "severity",
        tuple(Row(f"SEV-{id_}", when, then, why, row) for id_, when, then, why, row in rows),
        HitPolicy.FIRST,
    )
