"""Tiers of customers by what they pay, as a decision table."""

from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import all_of, at_least, below
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidPolicy
from custlife.money import as_money
from custlife.sources import Source

PYRAMID = Source(
    "Zeithaml et al. 2001",
    "V. Zeithaml, R. Rust, K. Lemon, The Customer Pyramid, California Management Review 43(4): "
    "customers in tiers by profitability, named after metals.",
)


class Tier(IntEnum):
    """How much a customer pays, ordered.

    Source: CHE-3; the names after Zeithaml, Rust and Lemon, 2001; the limits are an assumption.

    Examples:
        >>> Tier.GOLD > Tier.IRON
        True
    """

    LEAD = 0
    """Costs more than it pays."""
    IRON = 1
    GOLD = 2
    PLATINUM = 3


@frozen(kw_only=True)
class TierPolicy:
    """From where on a customer belongs to a tier. Below gold is iron, and a loss is lead.

    Source: an assumption of 2026.

    Args:
        platinum_profit: From this profit on the tier is platinum [money per year, >= 0].
        gold_profit: From this profit on the tier is gold [money per year, >= 0], at most
            ``platinum_profit``.

    Raises:
        InvalidPolicy: If a number is out of its bounds, or the tiers overlap.

    Examples:
        >>> TierPolicy(gold_profit=Decimal(5000))
        Traceback (most recent call last):
        ...
        custlife.errors.InvalidPolicy: tier policy: gold_profit is Decimal('5000'), but must be \
at most platinum_profit, Decimal('1000'): from 1000 to 5000 a customer would be of both tiers. \
Lower gold_profit or raise platinum_profit.
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "tier policy"

    platinum_profit: Decimal = field(
        default=Decimal(1000), converter=as_money, validator=_checks.money
    )
    gold_profit: Decimal = field(default=Decimal(200), converter=as_money, validator=_checks.money)

    def __attrs_post_init__(self) -> None:
        gold, platinum = self.gold_profit, self.platinum_profit
        if gold > platinum:
            raise InvalidPolicy(
                self.subject,
                "gold_profit",
                gold,
                f"at most platinum_profit, {platinum!r}: from {platinum} to {gold} a customer "
                f"would be of both tiers",
                "Lower gold_profit or raise platinum_profit.",
            )


DEFAULT_TIER_POLICY = TierPolicy()
"""The limits that hold unless others are given."""


@lru_cache(maxsize=128)
def tier_table(policy: TierPolicy = DEFAULT_TIER_POLICY) -> DecisionTable[Tier]:
    """The rules of tiers with a policy's numbers; the only fact is the profit.

    Examples:
        >>> print(tier_table().rows[0].when)
        profit >= 1000
    """
    platinum, gold = policy.platinum_profit, policy.gold_profit
    rows = (
        Row(
            "TIER-PLATINUM",
            at_least("profit", platinum),
            Tier.PLATINUM,
            "Among those who pay most.",
            PYRAMID,
        ),
        Row(
            "TIER-GOLD",
            all_of(at_least("profit", gold), below("profit", platinum)),
            Tier.GOLD,
            "Pays well.",
            PYRAMID,
        ),
        Row(
            "TIER-IRON",
            all_of(at_least("profit", 0), below("profit", gold)),
            Tier.IRON,
            "Pays for itself.",
            PYRAMID,
        ),
        Row("TIER-LEAD", below("profit", 0), Tier.LEAD, "Costs more than it pays.", PYRAMID),
    )
    return DecisionTable("tier", rows, HitPolicy.UNIQUE)
