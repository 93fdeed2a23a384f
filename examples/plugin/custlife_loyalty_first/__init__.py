"""Loyalty first: customers who have bought often are protected, at any revenue.

The rows for present customers are this school's own. Those for prospects and former customers are
the rows of Buttle's strategies.
"""

from custlife import DecisionTable, HitPolicy, Room, Row, Source, all_of, at_least, is_
from custlife.strategy import Strategy, TableSelector, former_rows, prospect_rows

LOYALTY = Source(
    "LOYALTY-1", "A customer who has bought often is worth more than this year's profit shows."
)
"""Where the rows come from."""

LOYAL_PURCHASES = 10
"""From this many purchases on, a customer counts as loyal [count]."""


def loyal_rows() -> tuple[Row[Strategy], ...]:
    """The rows for present customers."""
    customer = is_("room", Room.CUSTOMER)
    loyal = at_least("purchases", LOYAL_PURCHASES)
    return (
        Row(
            "LOYAL-ENDING",
            all_of(customer, loyal, is_("need_ending", True)),
            Strategy.HARVEST,
            "A loyal customer who will soon not need us is served as before.",
            LOYALTY,
        ),
        Row(
            "LOYAL-KEPT",
            all_of(customer, loyal),
            Strategy.PROTECT,
            "A loyal customer is kept, whatever they pay.",
            LOYALTY,
        ),
        Row(
            "LOYAL-TO-BE",
            customer,
            Strategy.ENHANCE,
            "A customer who is not loyal yet can become so.",
            LOYALTY,
        ),
    )


selector = TableSelector(
    "loyalty first",
    DecisionTable(
        "loyalty first", (*prospect_rows(), *loyal_rows(), *former_rows()), HitPolicy.FIRST
    ),
)
"""The selector that the entry point names."""
