"""The default selector: Buttle's seven strategies as one decision table.

The works say when a strategy is followed, but give no order and no numbers: the order of the rows
and the numbers of the `ButtlePolicy` are custlife's, dated with the policy.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from custlife import _checks
from custlife.causes import DefectorKind
from custlife.decisions.predicates import (
    Predicate,
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
from custlife.departure_kind import DepartureKind
from custlife.sources import ASSUMPTION, BUT, IMH, Source
from custlife.state import Room
from custlife.strategy.policy import DEFAULT_BUTTLE_POLICY, ButtlePolicy, require_policy
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy

START, PROTECT, REENGINEER = Strategy.START, Strategy.PROTECT, Strategy.REENGINEER
ENHANCE, HARVEST = Strategy.ENHANCE, Strategy.HARVEST
END, WIN_BACK = Strategy.END, Strategy.WIN_BACK
KEY = is_("strategic", True)
COST, NO_COST = above("reducible_cost", 0), at_most("reducible_cost", 0)
UPSIDE, NO_UPSIDE = above("revenue_upside", 0), at_most("revenue_upside", 0)

Rows = tuple[Row[Strategy], ...]
Rule = Callable[[str, Room], Row[Strategy]]


def rule(id_: str, strategy: Strategy, source: Source, *when: Predicate) -> Rule:
    """What a row of one room holds beside its sentence and the comparison of the room."""
    return lambda sentence, room: Row(
        id_, all_of(is_("room", room), *when), strategy, sentence, source
    )


def rows_of(room: Room, rules: Mapping[str, Rule]) -> Rows:
    """The rows for one room, in order: each rule by its sentence."""
    return tuple(make(sentence, room) for sentence, make in rules.items())


def prospect_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for prospects: start, or let go."""
    _checks.one_of(ButtlePolicy).argument("prospect_rows", "policy", policy)
    no_hope = below("improvement_chance", policy.low_chance)
    worthwhile = at_least("potential_value", policy.worthwhile_potential)
    too_small = below("potential_value", policy.worthwhile_potential)
    rules = {
        "The enterprise does not want this customer.": rule(
            "END-NOT-A-TARGET", END, BUT[6], is_("target", False)
        ),
        "The prospect shows no interest, and that will hardly change.": rule(
            "END-NO-HOPE", END, BUT[6], is_("interest", False), no_hope
        ),
        "A prospect who would be a key customer is worth a flawless start.": rule(
            "START-KEY", START, BUT[1], KEY
        ),
        "The prospect's potential is worth a start.": rule(
            "START-POTENTIAL", START, BUT[1], worthwhile
        ),
        "The prospect could not bring what a start takes.": rule(
            "END-LOW-POTENTIAL", END, BUT[1], too_small
        ),
        "Nothing that is known speaks against a start.": rule("START-OPEN", START, ASSUMPTION),
    }
    return rows_of(Room.PROSPECT, rules)


def customer_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for present customers."""
    _checks.one_of(ButtlePolicy).argument("customer_rows", "policy", policy)
    little = below("profit", policy.desired_profit)
    may_improve = at_least("improvement_chance", policy.low_chance)
    no_hope = below("improvement_chance", policy.low_chance)
    contested = at_least("competition", policy.intense_competition)
    at_risk = at_least("defection_risk", policy.high_risk)
    flat = below("effort_response", policy.worthwhile_response)
    responsive = at_least("effort_response", policy.worthwhile_response)
    upside = at_least("revenue_upside", policy.worthwhile_upside)
    sated = below("revenue_upside", policy.worthwhile_upside)
    pays = at_least("profit", policy.desired_profit)
    unwanted = is_("target", False)
    steady = is_("cash_flow_stable", True)
    ending = any_of(is_("need_ending", True), at_risk)
    rules = {
        "A key customer that competitors court is defended, whatever else is true.": rule(
            "PROTECT-COURTED", PROTECT, BUT[2], KEY, is_("courted", True)
        ),
        "A key customer is defended where competition is intense.": rule(
            "PROTECT-CONTESTED", PROTECT, IMH[5], KEY, contested
        ),
        "A key customer who is likely to go is defended.": rule(
            "PROTECT-AT-RISK", PROTECT, BUT[2], KEY, at_risk
        ),
        "The relationship pays too little, and serving it could cost less.": rule(
            "REENGINEER-COST", REENGINEER, BUT[3], little, COST
        ),
        "It pays too little, and the enterprise does not want this customer.": rule(
            "END-UNWANTED-DEFICIT", END, BUT[6], little, unwanted
        ),
        "It pays too little, but the customer shows interest and could pay more.": rule(
            "ENHANCE-INTEREST", ENHANCE, BUT[4], little, is_("interest", True), UPSIDE
        ),
        "It pays too little, and that will hardly get better.": rule(
            "END-LOST-CAUSE", END, BUT[6], little, no_hope
        ),
        "It pays too little, and could pay more.": rule(
            "ENHANCE-DEFICIT", ENHANCE, BUT[4], little, UPSIDE
        ),
        "It pays too little, and though no lever is known it may get better.": rule(
            "REENGINEER-HOPE", REENGINEER, ASSUMPTION, little, NO_COST, NO_UPSIDE, may_improve
        ),
        "It pays too little; no cost can be cut and no revenue gained.": rule(
            "END-NO-LEVER", END, BUT[6], little, NO_COST, NO_UPSIDE
        ),
        "It pays too little and no cost can be cut; only revenue is left to try.": rule(
            "ENHANCE-ONLY-WAY", ENHANCE, ASSUMPTION, little, NO_COST
        ),
        "It pays too little; look first for a cost that can be cut.": rule(
            "REENGINEER-LOOK", REENGINEER, ASSUMPTION, little
        ),
        "The cash is steady, and effort brings less than it costs.": rule(
            "HARVEST-FLAT", HARVEST, BUT[5], steady, flat
        ),
        "The cash is steady, and the customer will soon be gone.": rule(
            "HARVEST-ENDING", HARVEST, BUT[5], steady, ending
        ),
        "The enterprise does not want this customer.": rule("END-UNWANTED", END, BUT[6], unwanted),
        "The customer could pay enough more to be worth the effort.": rule(
            "ENHANCE-UPSIDE", ENHANCE, BUT[4], upside
        ),
        "Effort brings more than it costs.": rule("ENHANCE-RESPONSE", ENHANCE, BUT[4], responsive),
        "A key customer with nothing to gain is worth keeping.": rule(
            "PROTECT-KEY", PROTECT, BUT[2], KEY
        ),
        "The relationship pays as wanted, and there is little to add.": rule(
            "HARVEST-SATED", HARVEST, ASSUMPTION, pays, sated
        ),
        "Nothing that is known calls for more: better the relationship, and sales follow.": rule(
            "ENHANCE-OPEN", ENHANCE, BUT[4]
        ),
    }
    return rows_of(Room.CUSTOMER, rules)


def former_rows() -> Rows:
    """The rows for former customers: win back, or let go; the cause comes first."""
    ended = is_("departure_kind", DepartureKind.TERMINATION)
    pushed = is_("defector", DefectorKind.PUSHED_AWAY_ON_PURPOSE)
    mendable = is_("cause_changeable", True)
    worthwhile = exceeds("regain_benefit", "regain_cost")
    rules = {
        "The enterprise ended it on purpose.": rule(
            "END-ON-PURPOSE", END, BUT[6], any_of(ended, pushed)
        ),
        "The enterprise cannot change why the customer went.": rule(
            "END-BEYOND-US", END, BUT[7], is_("cause_changeable", False)
        ),
        "A customer who is no key customer is let go.": rule(
            "END-NOT-KEY", END, BUT[7], is_("strategic", False)
        ),
        "Winning the customer back would cost what it brings, or more.": rule(
            "END-TOO-DEAR", END, BUT[7], within("regain_benefit", "regain_cost")
        ),
        "A key customer went for a cause that can be mended, and is worth the way back.": rule(
            "WIN-BACK-KEY", WIN_BACK, BUT[7], KEY, mendable, worthwhile
        ),
        "Nothing that is known justifies the way back.": rule("END-UNPROVEN", END, ASSUMPTION),
    }
    return rows_of(Room.FORMER, rules)


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
    return _buttle(require_policy("buttle_selector", ButtlePolicy, policy))


@lru_cache(maxsize=128)
def _buttle(policy: ButtlePolicy) -> TableSelector:
    rows = (*prospect_rows(policy), *customer_rows(policy), *former_rows())
    name = f"Buttle's strategies, policy {policy}"
    return TableSelector(name, DecisionTable(name, rows, HitPolicy.FIRST))
