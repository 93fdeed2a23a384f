"""The default selector: Buttle's seven strategies as one decision table.

The works say when a strategy is followed, but give no order and no numbers: the order of the rows
and the numbers of the `ButtlePolicy` are custlife's, dated with the policy.
"""

from functools import lru_cache

from custlife.causes import DefectorKind
from custlife.decisions.predicates import (
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.departure_rules import DepartureKind
from custlife.sources import ASSUMPTION, BUT, IMH
from custlife.state import Room
from custlife.strategy.policy import DEFAULT_BUTTLE_POLICY, ButtlePolicy, require_policy
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy

Rows = tuple[Row[Strategy], ...]


def prospect_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for prospects: start, or let go."""
    prospect = is_("room", Room.PROSPECT)
    return (
        Row(
            "END-NOT-A-TARGET",
            all_of(prospect, is_("target", False)),
            Strategy.END,
            "The enterprise does not want this customer.",
            BUT[6],
        ),
        Row(
            "END-NO-HOPE",
            all_of(
                prospect,
                is_("interest", False),
                below("improvement_chance", policy.low_chance),
            ),
            Strategy.END,
            "The prospect shows no interest, and that will hardly change.",
            BUT[6],
        ),
        Row(
            "START-KEY",
            all_of(prospect, is_("strategic", True)),
            Strategy.START,
            "A prospect who would be a key customer is worth a flawless start.",
            BUT[1],
        ),
        Row(
            "START-POTENTIAL",
            all_of(prospect, at_least("potential_value", policy.worthwhile_potential)),
            Strategy.START,
            "The prospect's potential is worth a start.",
            BUT[1],
        ),
        Row(
            "END-LOW-POTENTIAL",
            all_of(prospect, below("potential_value", policy.worthwhile_potential)),
            Strategy.END,
            "The prospect could not bring what a start takes.",
            BUT[1],
        ),
        Row(
            "START-OPEN",
            prospect,
            Strategy.START,
            "Nothing that is known speaks against a start.",
            ASSUMPTION,
        ),
    )


def customer_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for present customers."""
    customer = is_("room", Room.CUSTOMER)
    strategic = is_("strategic", True)
    unprofitable = below("profit", policy.desired_profit)
    no_hope = below("improvement_chance", policy.low_chance)
    steady = is_("cash_flow_stable", True)
    return (
        Row(
            "PROTECT-COURTED",
            all_of(customer, strategic, is_("courted", True)),
            Strategy.PROTECT,
            "A key customer whom competitors court is defended, whatever else is true.",
            BUT[2],
        ),
        Row(
            "PROTECT-CONTESTED",
            all_of(customer, strategic, at_least("competition", policy.intense_competition)),
            Strategy.PROTECT,
            "A key customer is defended where competition is intense.",
            IMH[5],
        ),
        Row(
            "PROTECT-AT-RISK",
            all_of(customer, strategic, at_least("defection_risk", policy.high_risk)),
            Strategy.PROTECT,
            "A key customer who is likely to go is defended.",
            BUT[2],
        ),
        Row(
            "REENGINEER-COST",
            all_of(customer, unprofitable, above("reducible_cost", 0)),
            Strategy.REENGINEER,
            "The relationship pays too little, and serving it could cost less.",
            BUT[3],
        ),
        Row(
            "END-UNWANTED-DEFICIT",
            all_of(customer, unprofitable, is_("target", False)),
            Strategy.END,
            "It pays too little, and the enterprise does not want this customer.",
            BUT[6],
        ),
        Row(
            "ENHANCE-INTEREST",
            all_of(customer, unprofitable, is_("interest", True), above("revenue_upside", 0)),
            Strategy.ENHANCE,
            "It pays too little, but the customer shows interest and could pay more.",
            BUT[4],
        ),
        Row(
            "END-LOST-CAUSE",
            all_of(customer, unprofitable, no_hope),
            Strategy.END,
            "It pays too little, and that will hardly get better.",
            BUT[6],
        ),
        Row(
            "ENHANCE-DEFICIT",
            all_of(customer, unprofitable, above("revenue_upside", 0)),
            Strategy.ENHANCE,
            "It pays too little, and could pay more.",
            BUT[4],
        ),
        Row(
            "REENGINEER-HOPE",
            all_of(
                customer,
                unprofitable,
                at_most("reducible_cost", 0),
                at_most("revenue_upside", 0),
                at_least("improvement_chance", policy.low_chance),
            ),
            Strategy.REENGINEER,
            "It pays too little, and though no lever is known it may get better.",
            ASSUMPTION,
        ),
        Row(
            "END-NO-LEVER",
            all_of(
                customer,
                unprofitable,
                at_most("reducible_cost", 0),
                at_most("revenue_upside", 0),
            ),
            Strategy.END,
            "It pays too little; no cost can be cut and no revenue gained.",
            BUT[6],
        ),
        Row(
            "ENHANCE-ONLY-WAY",
            all_of(customer, unprofitable, at_most("reducible_cost", 0)),
            Strategy.ENHANCE,
            "It pays too little and no cost can be cut; only revenue is left to try.",
            ASSUMPTION,
        ),
        Row(
            "REENGINEER-LOOK",
            all_of(customer, unprofitable),
            Strategy.REENGINEER,
            "It pays too little; look first for a cost that can be cut.",
            ASSUMPTION,
        ),
        Row(
            "HARVEST-FLAT",
            all_of(
                customer,
                steady,
                below("effort_response", policy.worthwhile_response),
            ),
            Strategy.HARVEST,
            "The cash is steady, and effort brings less than it costs.",
            BUT[5],
        ),
        Row(
            "HARVEST-ENDING",
            all_of(
                customer,
                steady,
                any_of(
                    is_("need_ending", True),
                    at_least("defection_risk", policy.high_risk),
                ),
            ),
            Strategy.HARVEST,
            "The cash is steady, and the customer will soon be gone.",
            BUT[5],
        ),
        Row(
            "END-UNWANTED",
            all_of(customer, is_("target", False)),
            Strategy.END,
            "The enterprise does not want this customer.",
            BUT[6],
        ),
        Row(
            "ENHANCE-UPSIDE",
            all_of(customer, at_least("revenue_upside", policy.worthwhile_upside)),
            Strategy.ENHANCE,
            "The customer could pay enough more to be worth the effort.",
            BUT[4],
        ),
        Row(
            "ENHANCE-RESPONSE",
            all_of(customer, at_least("effort_response", policy.worthwhile_response)),
            Strategy.ENHANCE,
            "Effort brings more than it costs.",
            BUT[4],
        ),
        Row(
            "PROTECT-KEY",
            all_of(customer, strategic),
            Strategy.PROTECT,
            "A key customer with nothing to gain is worth keeping.",
            BUT[2],
        ),
        Row(
            "HARVEST-SATED",
            all_of(
                customer,
                at_least("profit", policy.desired_profit),
                below("revenue_upside", policy.worthwhile_upside),
            ),
            Strategy.HARVEST,
            "The relationship pays as wanted, and there is little to add.",
            ASSUMPTION,
        ),
        Row(
            "ENHANCE-OPEN",
            customer,
            Strategy.ENHANCE,
            "Nothing that is known calls for more: better the relationship, and sales follow.",
            BUT[4],
        ),
    )


def former_rows() -> Rows:
    """The rows for former customers: win back, or let go; the cause comes first."""
    former = is_("room", Room.FORMER)
    return (
        Row(
            "END-ON-PURPOSE",
            all_of(
                former,
                any_of(
                    is_("departure_kind", DepartureKind.TERMINATION),
                    is_("defector", DefectorKind.PUSHED_AWAY_ON_PURPOSE),
                ),
            ),
            Strategy.END,
            "The enterprise ended it on purpose.",
            BUT[6],
        ),
        Row(
            "END-BEYOND-US",
            all_of(former, is_("cause_changeable", False)),
            Strategy.END,
            "The enterprise cannot change why the customer went.",
            BUT[7],
        ),
        Row(
            "END-NOT-KEY",
            all_of(former, is_("strategic", False)),
            Strategy.END,
            "A customer who is no key customer is let go.",
            BUT[7],
        ),
        Row(
            "END-TOO-DEAR",
            all_of(former, within("regain_benefit", "regain_cost")),
            Strategy.END,
            "Winning the customer back would cost what it brings, or more.",
            BUT[7],
        ),
        Row(
            "WIN-BACK-KEY",
            all_of(
                former,
                is_("strategic", True),
                is_("cause_changeable", True),
                exceeds("regain_benefit", "regain_cost"),
            ),
            Strategy.WIN_BACK,
            "A key customer went for a cause that can be mended, and is worth the way back.",
            BUT[7],
        ),
        Row(
            "END-UNPROVEN",
            former,
            Strategy.END,
            "Nothing that is known justifies the way back.",
            ASSUMPTION,
        ),
    )


def buttle_selector(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> TableSelector:
    """The default selector, with a policy's numbers.

    Source: BUT-1 to BUT-7; order and numbers are an assumption.

    Raises:
        InvalidSelector: If ``policy`` is no policy.

    Examples:
        >>> from decimal import Decimal
        >>> selector = buttle_selector(ButtlePolicy(desired_profit=Decimal("100")))
        >>> print(selector.name)
        Buttle's strategies, policy custlife of 2026-11-22 with desired profit 100
    """
    require_policy("buttle_selector", ButtlePolicy, policy)
    return _buttle(policy)


@lru_cache(maxsize=128)
def _buttle(policy: ButtlePolicy) -> TableSelector:
    rows = (*prospect_rows(policy), *customer_rows(policy), *former_rows())
    name = f"Buttle's strategies, policy {policy}"
    return TableSelector(name, DecisionTable(name, rows, HitPolicy.FIRST))
