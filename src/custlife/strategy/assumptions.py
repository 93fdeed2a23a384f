"""What strategies cost and bring, dated; an app overrides one at a time.

Knows no strategy and no customer: numbers only, and the arithmetic that keeps them exact.
"""

from datetime import date
from decimal import Context, Decimal, InvalidOperation, Overflow
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.errors import InvalidPolicy
from custlife.money import as_money, as_number
from custlife.strategy._telling import policy_label

WIDE = Context(prec=2000, traps=[InvalidOperation, Overflow])
"""Exact for products of money with shares and years, even where those were tiny floats."""


@frozen(kw_only=True)
class CostModel:
    """What strategies cost and bring, where the app knows no better. Override one at a time.

    Source: the works name no number; each is an assumption of 2026-11-22. That lowering the cost
    to serve can hurt retention is a remark to BUT-3.

    Args:
        horizon_years: So many years ahead are counted, at most [years, 0..1000].
        start_cost: What a start takes [money, once].
        start_success: The chance that a started prospect brings the potential [0..1].
        protect_cost: What defending a customer takes [money, once].
        protect_effect: The share of the defection that defending avoids [0..1].
        reengineer_cost: What lowering the cost to serve takes [money, once].
        reengineer_success: The share of the reducible cost that is saved in fact [0..1].
        retention_harm: The chance that the customer leaves over it [0..1].
        enhance_cost: What bettering the relationship takes [money, once].
        enhance_success: The share of the upside that is won in fact [0..1].
        upside_margin: The margin's share of extra revenue, before the cost to serve [0..1].
        end_cost: What ending a present customer's relationship takes [money, once].
        regain_success: The chance that a former customer comes back [0..1].
        since: The day from which the assumptions hold; explanations and logs state it.
        name: What they are called there.

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> CostModel(horizon_years=5).protect_effect
        Decimal('0.3')
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "assumptions"

    horizon_years: Decimal = field(default=Decimal(3), converter=as_number, validator=_checks.years)
    start_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=_checks.money)
    start_success: Decimal = field(
        default=Decimal("0.2"), converter=as_number, validator=_checks.share
    )
    protect_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=_checks.money)
    protect_effect: Decimal = field(
        default=Decimal("0.3"), converter=as_number, validator=_checks.share
    )
    reengineer_cost: Decimal = field(
        default=Decimal(50), converter=as_money, validator=_checks.money
    )
    reengineer_success: Decimal = field(
        default=Decimal("0.5"), converter=as_number, validator=_checks.share
    )
    retention_harm: Decimal = field(
        default=Decimal("0.05"), converter=as_number, validator=_checks.share
    )
    enhance_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=_checks.money)
    enhance_success: Decimal = field(
        default=Decimal("0.2"), converter=as_number, validator=_checks.share
    )
    upside_margin: Decimal = field(
        default=Decimal("0.3"), converter=as_number, validator=_checks.share
    )
    end_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=_checks.money)
    regain_success: Decimal = field(
        default=Decimal("0.3"), converter=as_number, validator=_checks.share
    )
    since: date = field(default=date(2026, 11, 22), validator=_checks.day)
    name: str = field(default="custlife", validator=_checks.text)

    @property
    def retention_kept(self) -> Decimal:
        """The chance that a customer stays though the cost to serve is lowered [0..1]."""
        return WIDE.subtract(1, self.retention_harm)

    def __str__(self) -> str:
        return policy_label(self)


DEFAULT_COST_MODEL = CostModel()
"""The assumptions that hold unless others are given."""
