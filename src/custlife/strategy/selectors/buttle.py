"""The default selector: Buttle's seven strategies as one decision table.

The works say when a strategy is followed, but give no order and no numbers: the order of the rows
and the numbers of the `ButtlePolicy` are custlife's, dated with the policy.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from custlife import _checks
from custlife.causes import Cause
from custlife.decisions.predicates import (
    Predicate,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.money import EXACT
from custlife.sources import ASCARZA, ASSUMPTION, BUT, EFR, IMH, KAL, KUMAR_2018, Source
from custlife.state import Room
from custlife.strategy.conditions import COMPLAINS, DISCONTENT, FAILED, PAUSED, RETURNED
from custlife.strategy.estimates import BARS
from custlife.strategy.policy import DEFAULT_BUTTLE_POLICY, ButtlePolicy, require_policy
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy

START, PROTECT, REENGINEER = Strategy.START, Strategy.PROTECT, Strategy.REENGINEER
ENHANCE, HARVEST = Strategy.ENHANCE, Strategy.HARVEST
END, WIN_BACK = Strategy.END, Strategy.WIN_BACK
KEY = is_("strategic", True)
UNWANTED = is_("target", False)

Rows = tuple[Row[Strategy], ...]
Rule = Callable[[str, Room], Row[Strategy]]


def rule(
    id_: str,
    strategy: Strategy,
    source: Source,
    *when: Predicate,
    contested: Source | None = None,
) -> Rule:
    """What a row of one room holds beside its sentence and the comparison of the room."""
    return lambda sentence, room: Row(
        id_, all_of(is_("room", room), *when), strategy, sentence, source, contested
    )


def rows_of(room: Room, rules: Mapping[str, Rule]) -> Rows:
    """The rows for one room, in order: each rule by its sentence."""
    return tuple(make(sentence, room) for sentence, make in rules.items())


def _barred(strategy: Strategy) -> dict[str, Rule]:
    """The rows that end what nobody may follow, at any gain."""
    return {
        bar.sentence: rule(f"END-{bar.id}", END, bar.source, bar.when)
        for bar in BARS
        if bar.outcome is strategy
    }


def prospect_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for prospects: start, or let go."""
    _checks.one_of(ButtlePolicy).argument("prospect_rows", "policy", policy)
    unlikely = below("purchase_likelihood", policy.likelihood_floor)
    no_hope = below("improvement_chance", policy.low_chance)
    too_small = below("potential_value", policy.worthwhile_potential)
    rules = {
        **_barred(START),
        f"The prospect will hardly buy within {policy.likelihood_days} days: spend nothing.": rule(
            "END-UNLIKELY", END, KAL[9], unlikely, contested=ASCARZA
        ),
        "The prospect shows no interest, and that will hardly change: spend nothing.": rule(
            "END-NO-HOPE", END, KAL[9], is_("interest", False), no_hope
        ),
        "A complaint is not settled: settle it first; nothing is offered meanwhile.": rule(
            "START-REPAIR", START, EFR[5], COMPLAINS
        ),
        "This person left before, and may leave for the same cause: begin with that cause.": rule(
            "START-RETURNED", START, KUMAR_2018, RETURNED
        ),
        "A prospect who would be a key customer gets a flawless start.": rule(
            "START-KEY", START, BUT[1], KEY
        ),
        "The prospect shows interest, and the first impression decides.": rule(
            "START-INTEREST", START, BUT[1], is_("interest", True)
        ),
        "The prospect could not bring what a start takes.": rule(
            "END-LOW-POTENTIAL", END, ASSUMPTION, too_small
        ),
        "The first impression decides, for everybody.": rule("START-OPEN", START, BUT[1]),
    }
    return rows_of(Room.PROSPECT, rules)


BEFORE_SALES: Mapping[str, Rule] = {
    "A complaint is not settled: settle it first; nothing is sold or harvested meanwhile.": rule(
        "ENHANCE-REPAIR", ENHANCE, EFR[5], COMPLAINS
    ),
    "The customer is not content: quality first; nothing is sold or harvested meanwhile.": rule(
        "ENHANCE-DISCONTENT", ENHANCE, BUT[4], DISCONTENT
    ),
    "Service failed, and who has bought once at most leaves silently: mend it first.": rule(
        "ENHANCE-FAILED", ENHANCE, EFR[5], FAILED
    ),
    "The customer has paused: ease the way back; nothing is sold or harvested meanwhile.": rule(
        "ENHANCE-PAUSED", ENHANCE, ASSUMPTION, PAUSED
    ),
}
"""What comes before anybody is sold to or harvested."""


def customer_rows(policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY) -> Rows:
    """The rows for present customers."""
    _checks.one_of(ButtlePolicy).argument("customer_rows", "policy", policy)
    contested = at_least("competition", policy.intense_competition)
    at_risk = at_least("defection_risk", policy.high_risk)
    little = below("profit", policy.desired_profit)
    saving = at_least("reducible_cost", policy.worthwhile_saving)
    upside = at_least("revenue_upside", policy.worthwhile_upside)
    unmoved = below("effort_response", policy.worthwhile_response)
    responsive = at_least("effort_response", policy.worthwhile_response)
    large = at_least("profit", policy.large_cash)
    harvest = (large, is_("cash_flow_stable", True), unmoved)
    three_grounds = (
        is_("interest", False),
        at_least("cost_to_serve", policy.considerable_cost),
        below("improvement_chance", policy.low_chance),
    )
    deficit = (
        is_("interest", False),
        below("profit", EXACT.minus(policy.tolerable_deficit)),
        below("reducible_cost", policy.worthwhile_saving),
        below("revenue_upside", policy.worthwhile_upside),
    )
    grounds = any_of(UNWANTED, all_of(*three_grounds), all_of(*deficit))
    at_no_loss: dict[str, Rule] = {}
    if policy.desired_profit:  # else to pay too little is to pay at a loss
        sentence = "It pays less than wanted, at no loss, and may soon be gone: no cheaper service."
        at_no_loss[sentence] = rule(
            "ENHANCE-AT-RISK", ENHANCE, BUT[3], little, at_least("profit", 0), at_risk
        )
    rules = {
        "A key customer is discontent or complains: defend by understanding what is wrong.": rule(
            "PROTECT-DISCONTENT", PROTECT, BUT[2], KEY, any_of(DISCONTENT, COMPLAINS)
        ),
        "A key customer that competitors court is defended, whatever else is true.": rule(
            "PROTECT-COURTED", PROTECT, BUT[2], KEY, is_("courted", True)
        ),
        "A key customer is defended where competition is intense.": rule(
            "PROTECT-CONTESTED", PROTECT, IMH[5], KEY, contested
        ),
        "A key customer who is likely to go is defended.": rule(
            "PROTECT-AT-RISK", PROTECT, BUT[2], KEY, at_risk
        ),
        "A key customer left before, and may leave for the same cause: watch that first.": rule(
            "PROTECT-RETURNED", PROTECT, KUMAR_2018, KEY, RETURNED
        ),
        "A key customer is defended even where another one would be ended.": rule(
            "PROTECT-NOT-ENDED", PROTECT, ASSUMPTION, KEY, grounds
        ),
        "The enterprise does not want this customer.": rule("END-UNWANTED", END, BUT[6], UNWANTED),
        "No interest, considerable cost to serve, and little chance that this changes.": rule(
            "END-THREE-GROUNDS", END, BUT[6], *three_grounds
        ),
        **BEFORE_SALES,
        "No interest, a loss beyond what is borne, and no lever that would help.": rule(
            "END-DEFICIT", END, ASSUMPTION, *deficit
        ),
        "The customer left before, and may leave for the same cause: watch that first.": rule(
            "ENHANCE-RETURNED", ENHANCE, KUMAR_2018, RETURNED
        ),
        **at_no_loss,
        "It pays too little, and serving it could cost less; watch that the customer stays.": rule(
            "REENGINEER-COST", REENGINEER, BUT[3], little, saving
        ),
        "It pays too little, and could pay more.": rule(
            "ENHANCE-DEFICIT", ENHANCE, BUT[4], little, upside
        ),
        "The cash is large and steady, effort hardly moves it, and it will soon end.": rule(
            "HARVEST-ENDING", HARVEST, BUT[5], *harvest, any_of(is_("need_ending", True), at_risk)
        ),
        "The cash is large and steady, and effort hardly moves it.": rule(
            "HARVEST-FLAT", HARVEST, BUT[5], *harvest
        ),
        "The customer could pay enough more to be worth the effort.": rule(
            "ENHANCE-UPSIDE", ENHANCE, ASSUMPTION, upside
        ),
        "Effort changes what the customer pays, and brings more than it costs.": rule(
            "ENHANCE-RESPONSE", ENHANCE, ASCARZA, responsive
        ),
        "A key customer with nothing to gain is worth keeping.": rule(
            "PROTECT-KEY", PROTECT, BUT[2], KEY
        ),
        "The first purchase is special: the repeat purchase is its measure.": rule(
            "ENHANCE-BUYER", ENHANCE, EFR[3], at_most("purchases", 1)
        ),
        "Nothing that is known calls for more: better the relationship, and sales follow.": rule(
            "ENHANCE-OPEN", ENHANCE, ASSUMPTION
        ),
    }
    return rows_of(Room.CUSTOMER, rules)


def former_rows() -> Rows:
    """The rows for former customers: win back, or let go; the cause comes first."""
    mendable = is_("cause_changeable", True)
    # The way back alone can cost too much, whatever the answer in public costs beside it.
    too_dear = any_of(
        within("regain_benefit", "regain_cost"), within("regain_benefit", "regain_bill")
    )
    worthwhile = exceeds("regain_benefit", "regain_bill")
    # What a return costs follows from its cause: without one the bill is a guess.
    studied = is_not("cause", Cause.SILENCE)
    rules = {
        **_barred(WIN_BACK),
        "A customer who is no key customer is let go.": rule(
            "END-NOT-KEY", END, BUT[7], is_("strategic", False)
        ),
        "A cause is on record, and the way back would cost what it brings, or more.": rule(
            "END-TOO-DEAR", END, BUT[7], studied, too_dear
        ),
        "A key customer went for a cause that can be mended, and is worth the way back.": rule(
            "WIN-BACK-KEY", WIN_BACK, BUT[7], KEY, mendable, worthwhile
        ),
        "A key customer went: study the cause, and work out the possible ways back.": rule(
            "WIN-BACK-STUDY", WIN_BACK, BUT[7], KEY
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
        Buttle's strategies, policy custlife of 2026-11-25 with desired profit 100
    """
    return _buttle(require_policy("buttle_selector", ButtlePolicy, policy))


@lru_cache(maxsize=128)
def _buttle(policy: ButtlePolicy) -> TableSelector:
    rows = (*prospect_rows(policy), *customer_rows(policy), *former_rows())
    name = f"Buttle's strategies, policy {policy}"
    return TableSelector(name, DecisionTable(name, rows, HitPolicy.FIRST))
