"""What a customer is worth: purchases, income, profitability, the cost to serve, and the tier.

Source: CHE-1, CHE-3, CHE-4. The channel is no part of it.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum, IntEnum
from functools import lru_cache
from typing import ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from custlife import _checks
from custlife.decisions.predicates import all_of, at_least, below
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidPolicy
from custlife.money import EXACT, as_money, as_whole
from custlife.prediction.gammagamma import GammaGamma
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.summaries import WEEK
from custlife.relationship import Relationship
from custlife.sources import Source
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.outlook import Outlook
from custlife.strategy.signals import (
    Inputs,
    Origins,
    as_pairs,
    maybe_money,
    maybe_number,
    sound_origins,
)

PYRAMID = Source(
    "Zeithaml et al. 2001",
    "V. Zeithaml, R. Rust, K. Lemon, The Customer Pyramid, California Management Review 43(4): "
    "customers in tiers by profitability, named after metals.",
)


class Tier(IntEnum):
    """How much a customer pays, ordered.

    Source: CHE-3; the names after Zeithaml, Rust and Lemon, 2001; the thresholds are an assumption.

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
            both = f"from {platinum} to {gold} a customer would be of both tiers"
            rule = f"at most platinum_profit, {platinum!r}: {both}"
            remedy = "Lower gold_profit or raise platinum_profit."
            raise InvalidPolicy(self.subject, "gold_profit", gold, rule, remedy)


DEFAULT_TIER_POLICY = TierPolicy()
"""The thresholds that hold unless an app gives others."""


def tier_table(policy: TierPolicy = DEFAULT_TIER_POLICY) -> DecisionTable[Tier]:
    """The rules of tiers with a policy's numbers; the only fact is the profit.

    Raises:
        InvalidArgument: If ``policy`` is no tier policy.

    Examples:
        >>> print(tier_table().rows[0].when)
        profit is at least 1000
    """
    _checks.one_of(TierPolicy).argument("tier_table", "policy", policy)
    return _tier_table(policy)


@lru_cache(maxsize=128)
def _tier_table(policy: TierPolicy) -> DecisionTable[Tier]:
    platinum, gold = policy.platinum_profit, policy.gold_profit
    rules = (
        (Tier.PLATINUM, at_least("profit", platinum), "Among those who pay most."),
        (Tier.GOLD, all_of(at_least("profit", gold), below("profit", platinum)), "Pays well."),
        (Tier.IRON, all_of(at_least("profit", 0), below("profit", gold)), "Pays for itself."),
        (Tier.LEAD, below("profit", 0), "Costs more than it pays."),
    )
    rows = [Row(f"TIER-{tier.name}", when, tier, said, PYRAMID) for tier, when, said in rules]
    return DecisionTable("tier", tuple(rows), HitPolicy.UNIQUE)


_YEAR = timedelta(days=365, hours=6)
_MICRO = timedelta(microseconds=1)
_STEP = Decimal("0.0001")
_YEARS_AHEAD = Decimal(3)
"""So far ahead a model is asked where the remaining years are unknown; an assumption."""
_money, _total, _balance = _checks.money.or_none, _checks.total.or_none, _checks.balance.or_none


class PartyKind(Enum):
    """Who is profiled: partners have the same record as customers.

    Source: CHE-4.
    """

    CONSUMER = "consumer"
    BUSINESS = "business"
    PARTNER = "partner"


@frozen(kw_only=True, repr=False)
class CustomerValue(Inputs):
    """What a customer pays and costs. What is not known is None, never zero.

    Money is in the app's one currency, per year, unless it says otherwise.

    Source: CHE-3; the literature on lifetime value for the years and the value that remain.

    Args:
        revenue: What the customer pays [money per year, >= 0].
        margin: What is left of the revenue before the cost to serve [money per year]; at most the
            revenue, negative where it is sold below cost.
        cost_to_serve: What serving the customer costs, along the whole chain (CHE-1) [money per
            year, >= 0].
        purchases: Purchases on record [count, >= 0].
        income: The customer's own income, or the turnover of a business [money per year, >= 0].
        remaining_years: How long the relationship is expected to last [years, >= 0].
        remaining_value: The value expected from now on, where something better than
            profit x years is known [money, of all years together].
        party: Consumer, business or partner (CHE-4).
        customer: The customer from whose record it was taken; None where an app made it.
        origins: How `of` worked out a number, or why it stays unknown, by its name. It makes no
            difference to equality.

    Raises:
        InvalidProfile: If a field is out of its bounds, or the margin exceeds the revenue.

    Examples:
        >>> value = CustomerValue(
        ...     revenue=Decimal(500), margin=Decimal(150), cost_to_serve=Decimal(40), purchases=6,
        ...     remaining_years=2,
        ... )
        >>> value.profit, value.expected_remaining_value, value.tier()
        (Decimal('110'), Decimal('220'), <Tier.IRON: 1>)
        >>> CustomerValue(revenue=Decimal(500)).profit is None
        True
    """

    subject: ClassVar[str] = "customer value"

    revenue: Decimal | None = field(default=None, converter=maybe_money, validator=_total)
    margin: Decimal | None = field(default=None, converter=maybe_money, validator=_balance)
    cost_to_serve: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    purchases: int | None = field(
        default=None, converter=optional(as_whole), validator=_checks.count.or_none
    )
    income: Decimal | None = field(default=None, converter=maybe_money, validator=_total)
    remaining_years: Decimal | None = field(
        default=None, converter=maybe_number, validator=_checks.years.or_none
    )
    remaining_value: Decimal | None = field(default=None, converter=maybe_money, validator=_balance)
    party: PartyKind = field(default=PartyKind.CONSUMER, validator=_checks.one_of(PartyKind))
    customer: str | None = field(default=None, validator=_checks.text.or_none)
    origins: Origins = field(default=(), converter=as_pairs, validator=sound_origins, eq=False)

    def __attrs_post_init__(self) -> None:
        if self.margin is not None and self.revenue is not None and self.margin > self.revenue:
            raise InvalidProfile(
                self.subject,
                "margin",
                self.margin,
                f"at most the revenue, {self.revenue!r}",
                "The margin is what is left of the revenue; give both in the same unit, per year.",
            )

    @classmethod
    def of(  # noqa: PLR0913 - each can be left out
        cls,
        relationship: Relationship,
        *,
        margin_rate: Decimal | float | None = None,
        cost_to_serve: Decimal | int | None = None,
        income: Decimal | int | None = None,
        remaining_years: Decimal | float | None = None,
        party: PartyKind = PartyKind.CONSUMER,
        until: datetime | None = None,
        model: PurchaseModel | None = None,
        money: GammaGamma | None = None,
        unit: timedelta = WEEK,
    ) -> "CustomerValue":
        """The value that the record of a relationship shows.

        The revenue is that of all purchases on record over the time from the first one until
        ``until``. A shorter time counts as one year, so that no customer is credited with
        purchases that are yet to come; that is an assumption. Revenue and margin are rounded to the
        ten-thousandth.

        Args:
            relationship: The relationship.
            margin_rate: The margin's share of the revenue [-1..1]; None where unknown.
            cost_to_serve: [money per year, >= 0]; None where unknown.
            income: The customer's own income [money per year, >= 0].
            remaining_years: How long the relationship is expected to last [years, >= 0].
            party: Consumer, business or partner.
            until: Up to when the record is complete, no earlier than its last event; that event
                if left out.
            model: A model of purchases, which brings the remaining value: the margin on what the
                customer is expected to buy within the remaining years, or within three years if
                these are unknown, less the cost to serve for the time that they are expected to
                stay. `origins` says how, or why it stays unknown.
            money: A model of what an occasion brings; the mean of the record if left out.
            unit: The unit of time in which the model was fitted.

        Raises:
            InvalidProfile: If something is out of its bounds.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=Decimal(300)))
            >>> value = CustomerValue.of(rel, margin_rate=Decimal("0.30"), cost_to_serve=40)
            >>> value.revenue, value.margin, value.profit
            (Decimal('300.0000'), Decimal('90.0000'), Decimal('50.0000'))
        """
        given = (InvalidProfile, cls.subject)
        _checks.one_of(Relationship).require(*given, "relationship", relationship)
        rate = maybe_number(margin_rate)
        _checks.rate.or_none.require(*given, "margin_rate", rate)
        record = relationship.record
        end = record.last_at if until is None else _checks.in_utc(until)
        _checks.moment.or_none.require(*given, "until", end)
        if end is not None and record.last_at is not None and end < record.last_at:
            raise InvalidProfile(
                cls.subject,
                "until",
                until,
                f"no earlier than the last event on record, {record.last_at.isoformat()}",
                "Take the relationship as it was then: journey.as_of(moment).",
            )
        start = record.first_purchase_at
        spell = _YEAR if start is None or end is None else max(end - start, _YEAR)
        whole = EXACT.multiply(record.revenue, Decimal(_YEAR // _MICRO))
        revenue = _rounded(EXACT.divide(whole, Decimal(spell // _MICRO)))
        margin = None if rate is None else _rounded(EXACT.multiply(revenue, Decimal(rate)))
        worth: tuple[Decimal | None, str] | None = None
        if model is not None:
            years = maybe_number(remaining_years) or _YEARS_AHEAD
            outlook = Outlook.of(relationship, model, money, end, unit, float(years))
            worth = outlook.worth(rate, maybe_money(cost_to_serve))
        return cls(
            revenue=revenue,
            margin=margin,
            cost_to_serve=cost_to_serve,
            purchases=record.purchases,
            income=income,
            remaining_years=remaining_years,
            remaining_value=None if worth is None else worth[0],
            party=party,
            customer=relationship.customer,
            origins={} if worth is None else {"remaining_value": worth[1]},
        )

    @property
    def profit(self) -> Decimal | None:
        """The margin less the cost to serve [money per year]; None where one is unknown."""
        if self.margin is None or self.cost_to_serve is None:
            return None
        return EXACT.subtract(self.margin, self.cost_to_serve)

    @property
    def expected_remaining_value(self) -> Decimal | None:
        """What is expected from now on [money, of all years]: as given, or profit x years.

        Nothing is discounted. None where it is unknown.
        """
        if self.remaining_value is not None:
            return self.remaining_value
        if self.profit is None or self.remaining_years is None:
            return None
        return EXACT.multiply(self.profit, self.remaining_years)

    def rename(self, customer: str) -> "CustomerValue":
        """The same value under another id of the customer.

        Raises:
            InvalidProfile: If the id is blank or no string.

        Examples:
            >>> CustomerValue(revenue=5, customer="C-17").rename("C-18").customer
            'C-18'
        """
        _checks.text.require(self.invalid, self.subject, "customer", customer)
        return evolve(self, customer=customer)

    def tier(self, policy: TierPolicy = DEFAULT_TIER_POLICY) -> Tier | None:
        """The tier by what the customer pays; None where the profit is unknown.

        Examples:
            >>> rich = CustomerValue(revenue=9000, margin=2000, cost_to_serve=100)
            >>> rich.tier(), rich.tier(TierPolicy(platinum_profit=Decimal(5000)))
            (<Tier.PLATINUM: 3>, <Tier.GOLD: 2>)
        """
        if self.profit is None:
            return None
        return tier_table(policy).decide({"profit": self.profit}).outcome


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_STEP, ROUND_HALF_EVEN, EXACT)


UNKNOWN_VALUE = CustomerValue()
"""The value of a customer where nothing is known."""
