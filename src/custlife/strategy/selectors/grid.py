"""The loyalty grid: customers by what they pay and by how long they will stay.

One decision table names the segment; the selector's rows are made from the same predicates, so that
a customer is never advised as what they are not.
"""

from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import above, all_of, at_least, at_most, below
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.money import as_money, as_number
from custlife.sources import ASSUMPTION, Source
from custlife.state import Room
from custlife.strategy.policy import (
    DEFAULT_BUTTLE_POLICY,
    ButtlePolicy,
    Dated,
    require_policy,
)
from custlife.strategy.profile import Profile
from custlife.strategy.selectors.buttle import (
    BEFORE_SALES,
    END,
    ENHANCE,
    HARVEST,
    PROTECT,
    REENGINEER,
    Rows,
    former_rows,
    prospect_rows,
    rows_of,
    rule,
)
from custlife.strategy.selectors.table import TableSelector

LOYALTY = Source(
    "Reinartz and Kumar 2002",
    "W. Reinartz, V. Kumar, The Mismanagement of Customer Loyalty, Harvard Business Review 80(7): "
    "a customer who stays long may pay little, so profit and duration make the segments.",
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
class GridPolicy(Dated):
    """From where on a profit is high and a duration long. Override one at a time.

    Source: the article sets no number; these are an assumption of 2026-11-25.

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

    subject: ClassVar[str] = "grid policy"

    high_profit: Decimal = field(default=Decimal(100), converter=as_money, validator=_checks.money)
    long_years: Decimal = field(default=Decimal(2), converter=as_number, validator=_checks.years)


DEFAULT_GRID_POLICY = GridPolicy()
"""The limits that hold unless others are given."""


def segment_table(policy: GridPolicy = DEFAULT_GRID_POLICY) -> DecisionTable[LoyaltySegment]:
    """The rules of the grid with a policy's numbers; the facts are profit and remaining years.

    Examples:
        >>> print(segment_table().rows[0].when)
        profit is at least 100 and remaining years is at least 2
    """
    _checks.one_of(GridPolicy).argument("segment_table", "policy", policy)
    return _segments(policy)


@lru_cache(maxsize=128)
def _segments(policy: GridPolicy) -> DecisionTable[LoyaltySegment]:
    high, low = (ask("profit", policy.high_profit) for ask in (at_least, below))
    long, short = (ask("remaining_years", policy.long_years) for ask in (at_least, below))
    cells = {
        LoyaltySegment.TRUE_FRIEND: (high, long),
        LoyaltySegment.BUTTERFLY: (high, short),
        LoyaltySegment.BARNACLE: (low, long),
        LoyaltySegment.STRANGER: (low, short),
    }
    rows = tuple(
        Row(f"GRID-{cell.name.replace('_', '-')}", all_of(*when), cell, cell.sentence, LOYALTY)
        for cell, when in cells.items()
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
    _checks.one_of(Profile).argument("loyalty_segment", "profile", profile)
    value = profile.value
    if value.profit is None or value.remaining_years is None:
        return None
    facts = {"profit": value.profit, "remaining_years": value.remaining_years}
    return segment_table(policy).decide(facts).outcome


def _customer_rows(policy: GridPolicy) -> Rows:
    """The rows for present customers."""
    cell = {row.outcome: row.when for row in segment_table(policy).rows}
    friend, butterfly = cell[LoyaltySegment.TRUE_FRIEND], cell[LoyaltySegment.BUTTERFLY]
    stranger, barnacle = cell[LoyaltySegment.STRANGER], cell[LoyaltySegment.BARNACLE]
    high, low = (ask("profit", policy.high_profit) for ask in (at_least, below))
    cost, no_cost = above("reducible_cost", 0), at_most("reducible_cost", 0)
    upside, no_upside = above("revenue_upside", 0), at_most("revenue_upside", 0)
    rules = {
        **BEFORE_SALES,
        "A true friend pays well and stays long: keep rivals away.": rule(
            "PROTECT-TRUE-FRIEND", PROTECT, LOYALTY, friend
        ),
        "A butterfly pays well and will not stay: take the cash, and chase nobody.": rule(
            "HARVEST-BUTTERFLY", HARVEST, LOYALTY, butterfly
        ),
        "A stranger pays little and will not stay: spend nothing.": rule(
            "END-STRANGER", END, LOYALTY, stranger
        ),
        "A barnacle stays long and pays little, and serving it could cost less.": rule(
            "REENGINEER-BARNACLE", REENGINEER, LOYALTY, barnacle, cost
        ),
        "A barnacle stays long and pays little, and its wallet is not exhausted.": rule(
            "ENHANCE-BARNACLE", ENHANCE, LOYALTY, barnacle, upside
        ),
        "A barnacle costs more than it pays; no cost can be cut and no revenue gained.": rule(
            "END-BARNACLE", END, LOYALTY, barnacle, no_cost, no_upside, below("profit", 0)
        ),
        "A barnacle pays for itself; no cost can be cut and no revenue gained.": rule(
            "HARVEST-BARNACLE", HARVEST, ASSUMPTION, barnacle, no_cost, no_upside
        ),
        "A barnacle's cost cannot be cut; only revenue is left to try.": rule(
            "ENHANCE-BARNACLE-OPEN", ENHANCE, ASSUMPTION, barnacle, no_cost
        ),
        "A barnacle stays long and pays little; look first for a cost that can be cut.": rule(
            "REENGINEER-BARNACLE-OPEN", REENGINEER, ASSUMPTION, barnacle
        ),
        "A customer pays well, for how long is unknown; it may be a true friend.": rule(
            "PROTECT-HIGH-PROFIT", PROTECT, ASSUMPTION, high
        ),
        "A customer pays little, for how long is unknown; look for a cost that can be cut.": rule(
            "REENGINEER-LOW-PROFIT", REENGINEER, ASSUMPTION, low
        ),
        "What the customer pays is unknown: carry on as it is, neither spending nor ending.": rule(
            "HARVEST-SEGMENT-UNKNOWN", HARVEST, ASSUMPTION
        ),
    }
    return rows_of(Room.CUSTOMER, rules)


def grid_selector(
    grid: GridPolicy = DEFAULT_GRID_POLICY, policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY
) -> TableSelector:
    """The selector by the loyalty grid; prospects and former customers go by Buttle's rows.

    Before anything else a complaint is settled, and a discontent customer made content. Nobody is
    let go for being unknown: only a stranger, or a barnacle that costs more than it pays
    and has no lever left, and only where that is known. The grid knows no key customers and spares
    none.

    Source: Reinartz and Kumar, 2002; what to do with a barnacle without a lever that pays for
    itself, and where the segment is unknown, is an assumption.

    Args:
        grid: The limits of the grid.
        policy: The numbers of Buttle's rows for prospects.

    Examples:
        >>> from custlife import Relationship
        >>> selector = grid_selector(GridPolicy(high_profit=500))
        >>> print(selector.name)
        Reinartz and Kumar's grid, thresholds custlife of 2026-11-25 with high profit 500, policy \
custlife of 2026-11-25
        >>> selector(Profile(relationship=Relationship("C-17"))).row
        'START-OPEN'
    """
    return _grid(
        require_policy("grid_selector", GridPolicy, grid),
        require_policy("grid_selector", ButtlePolicy, policy),
    )


@lru_cache(maxsize=128)
def _grid(grid: GridPolicy, policy: ButtlePolicy) -> TableSelector:
    name = f"Reinartz and Kumar's grid, thresholds {grid}, policy {policy}"
    rows = (*prospect_rows(policy), *_customer_rows(grid), *former_rows())
    return TableSelector(name, DecisionTable(name, rows, HitPolicy.FIRST))
