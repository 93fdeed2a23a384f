"""The loyalty grid: customers by what they pay and by how long they will stay.

One decision table names the segment; the selector's rows are made from the same predicates, so that
a customer is never advised as what they are not.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import Predicate, above, all_of, at_least, at_most, below, is_
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidPolicy
from custlife.money import as_money, as_number
from custlife.sources import ASSUMPTION, Source
from custlife.state import Room
from custlife.strategy.policy import (
    DEFAULT_BUTTLE_POLICY,
    ButtlePolicy,
    policy_label,
    require_policy,
)
from custlife.strategy.profile import Profile
from custlife.strategy.selectors.buttle import former_rows, prospect_rows
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy

LOYALTY = Source(
    "Reinartz and Kumar 2002",
    "W. Reinartz, V. Kumar, The Mismanagement of Customer Loyalty, Harvard Business Review 80(7): "
    "who stays long need not pay, so customers are told apart by profit and by duration.",
)


class LoyaltySegment(Enum):
    """What a customer is by profit and expected duration; each knows its ``sentence``.

    Source: W. Reinartz and V. Kumar, The Mismanagement of Customer Loyalty, Harvard Business
    Review 80(7), 2002.

    Examples:
        >>> LoyaltySegment.BARNACLE.sentence
        'Stays long and pays little: a burden, unless it costs less or buys more.'
    """

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "LoyaltySegment":  # noqa: PYI034 - it is final
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_ = value
        member.sentence = sentence
        return member

    STRANGER = ("stranger", "Pays little and will not stay: what is offered hardly fits.")
    """Low profit, short."""
    BUTTERFLY = ("butterfly", "Pays well and will not stay: enjoyed while it lasts.")
    """High profit, short."""
    TRUE_FRIEND = ("true_friend", "Pays well and stays long: content, and worth keeping so.")
    """High profit, long."""
    BARNACLE = (
        "barnacle",
        "Stays long and pays little: a burden, unless it costs less or buys more.",
    )
    """Low profit, long."""


@frozen(kw_only=True)
class GridPolicy:
    """From where on a profit is high and a duration long. Override one at a time.

    Source: the article sets no number; these are an assumption of 2026-11-22.

    Args:
        high_profit: From this profit on a customer pays well [money per year, >= 0].
        long_years: From this expected duration on a customer stays long [years, 0..1000].
        since: The day from which the policy holds; explanations and logs state it.
        name: What the policy is called there.

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> GridPolicy(long_years=5).high_profit
        Decimal('100')
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "grid policy"

    high_profit: Decimal = field(default=Decimal(100), converter=as_money, validator=_checks.money)
    long_years: Decimal = field(default=Decimal(2), converter=as_number, validator=_checks.years)
    since: date = field(default=date(2026, 11, 22), validator=_checks.day)
    name: str = field(default="custlife", validator=_checks.text)

    def __str__(self) -> str:
        return policy_label(self)


DEFAULT_GRID_POLICY = GridPolicy()
"""The limits that hold unless others are given."""


@lru_cache(maxsize=128)
def segment_table(policy: GridPolicy = DEFAULT_GRID_POLICY) -> DecisionTable[LoyaltySegment]:
    """The rules of the grid with a policy's numbers; the facts are profit and remaining years.

    Examples:
        >>> print(segment_table().rows[0].when)
        profit >= 100 and remaining years >= 2
    """
    high, low = (ask("profit", policy.high_profit) for ask in (at_least, below))
    long, short = (ask("remaining_years", policy.long_years) for ask in (at_least, below))
    cells = (
        (LoyaltySegment.TRUE_FRIEND, all_of(high, long)),
        (LoyaltySegment.BUTTERFLY, all_of(high, short)),
        (LoyaltySegment.BARNACLE, all_of(low, long)),
        (LoyaltySegment.STRANGER, all_of(low, short)),
    )
    rows = tuple(
        Row(f"GRID-{cell.name.replace('_', '-')}", when, cell, cell.sentence, LOYALTY)
        for cell, when in cells
    )
    return DecisionTable("loyalty segment", rows, HitPolicy.UNIQUE)


def loyalty_segment(
    profile: Profile, policy: GridPolicy = DEFAULT_GRID_POLICY
) -> LoyaltySegment | None:
    """The segment of a customer; None where the profit or the duration is unknown.

    Examples:
        >>> from custlife import Relationship
        >>> profile = Profile(relationship=Relationship("C-17"))
        >>> loyalty_segment(profile) is None
        True
        >>> loyalty_segment(profile.altered(margin=900, cost_to_serve=50, remaining_years=1)).value
        'butterfly'
    """
    value = profile.value
    if value.profit is None or value.remaining_years is None:
        return None
    facts = {"profit": value.profit, "remaining_years": value.remaining_years}
    return segment_table(policy).decide(facts).outcome


def _segment_rows(policy: GridPolicy) -> tuple[Row[Strategy], ...]:
    """The rows for present customers."""
    customer = is_("room", Room.CUSTOMER)
    cells = {row.outcome: row.when for row in segment_table(policy).rows}
    no_cost, no_upside = at_most("reducible_cost", 0), at_most("revenue_upside", 0)

    def within(segment: LoyaltySegment) -> Callable[..., Predicate]:
        return lambda *parts: all_of(customer, cells[segment], *parts)

    friend, butterfly, stranger, barnacle = map(
        within,
        (
            LoyaltySegment.TRUE_FRIEND,
            LoyaltySegment.BUTTERFLY,
            LoyaltySegment.STRANGER,
            LoyaltySegment.BARNACLE,
        ),
    )
    return (
        Row(
            "PROTECT-TRUE-FRIEND",
            friend(),
            Strategy.PROTECT,
            "A true friend pays well and stays long: keep rivals away.",
            LOYALTY,
        ),
        Row(
            "HARVEST-BUTTERFLY",
            butterfly(),
            Strategy.HARVEST,
            "A butterfly pays well and will not stay: take the cash, and chase nobody.",
            LOYALTY,
        ),
        Row(
            "END-STRANGER",
            stranger(),
            Strategy.END,
            "A stranger pays little and will not stay: spend nothing.",
            LOYALTY,
        ),
        Row(
            "REENGINEER-BARNACLE",
            barnacle(above("reducible_cost", 0)),
            Strategy.REENGINEER,
            "A barnacle stays long and pays little, and serving it could cost less.",
            LOYALTY,
        ),
        Row(
            "ENHANCE-BARNACLE",
            barnacle(above("revenue_upside", 0)),
            Strategy.ENHANCE,
            "A barnacle stays long and pays little, and its wallet is not exhausted.",
            LOYALTY,
        ),
        Row(
            "END-BARNACLE",
            barnacle(no_cost, no_upside, below("profit", 0)),
            Strategy.END,
            "A barnacle costs more than it pays; no cost can be cut and no revenue gained.",
            LOYALTY,
        ),
        Row(
            "HARVEST-BARNACLE",
            barnacle(no_cost, no_upside),
            Strategy.HARVEST,
            "A barnacle pays for itself; no cost can be cut and no revenue gained.",
            ASSUMPTION,
        ),
        Row(
            "ENHANCE-BARNACLE-OPEN",
            barnacle(no_cost),
            Strategy.ENHANCE,
            "A barnacle's cost cannot be cut; only revenue is left to try.",
            ASSUMPTION,
        ),
        Row(
            "REENGINEER-BARNACLE-OPEN",
            barnacle(),
            Strategy.REENGINEER,
            "A barnacle stays long and pays little; look first for a cost that can be cut.",
            ASSUMPTION,
        ),
        Row(
            "PROTECT-HIGH-PROFIT",
            all_of(customer, at_least("profit", policy.high_profit)),
            Strategy.PROTECT,
            "A customer pays well, for how long is unknown; it may be a true friend.",
            ASSUMPTION,
        ),
        Row(
            "REENGINEER-LOW-PROFIT",
            all_of(customer, below("profit", policy.high_profit)),
            Strategy.REENGINEER,
            "A customer pays little, for how long is unknown; look for a cost that can be cut.",
            ASSUMPTION,
        ),
        Row(
            "HARVEST-SEGMENT-UNKNOWN",
            customer,
            Strategy.HARVEST,
            "What the customer pays is unknown: carry on as it is, neither spending nor ending.",
            ASSUMPTION,
        ),
    )


def grid_selector(
    grid: GridPolicy = DEFAULT_GRID_POLICY, policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY
) -> TableSelector:
    """The selector by the loyalty grid; prospects and former customers go by Buttle's rows.

    Nobody is let go for being unknown: only a stranger, or a barnacle that costs more than it pays
    and has no lever left, and only where that is known.

    Source: Reinartz and Kumar, 2002; what to do with a barnacle without a lever that pays for
    itself, and where the segment is unknown, is an assumption.

    Args:
        grid: The limits of the grid.
        policy: The numbers of Buttle's rows for prospects.

    Examples:
        >>> from custlife import Relationship
        >>> selector = grid_selector(GridPolicy(high_profit=500))
        >>> print(selector.name)
        Reinartz and Kumar's grid, limits custlife of 2026-11-22 with high profit 500, policy \
custlife of 2026-11-22
        >>> selector(Profile(relationship=Relationship("C-17"))).row
        'START-OPEN'
    """
    require_policy("grid_selector", GridPolicy, grid)
    require_policy("grid_selector", ButtlePolicy, policy)
    return _grid(grid, policy)


@lru_cache(maxsize=128)
def _grid(grid: GridPolicy, policy: ButtlePolicy) -> TableSelector:
    name = f"Reinartz and Kumar's grid, limits {grid}, policy {policy}"
    rows = (*prospect_rows(policy), *_segment_rows(grid), *former_rows())
    return TableSelector(name, DecisionTable(name, rows, HitPolicy.FIRST))
