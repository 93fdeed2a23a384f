"""What must be true of the default selector: a sentence for each row that says who is treated how.

The rows of `custlife.strategy.selectors.buttle` are in an order that the works do not give. These
requirements say what must come of them together. Their limits are those of the policy.
"""

from collections.abc import Iterator

from custlife import _checks
from custlife.causes import Cause, DefectorKind
from custlife.decisions.predicates import (
    Comparison,
    Quorum,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    not_,
    within,
)
from custlife.departure_kind import DepartureKind
from custlife.money import EXACT
from custlife.sources import ASCARZA, ASSUMPTION, BUT, EFR, IMH, KAL, KUMAR_2018
from custlife.state import Room
from custlife.strategy.policy import DEFAULT_BUTTLE_POLICY, ButtlePolicy
from custlife.strategy.strategies import Strategy
from custlife.testing.requirements.language import always, monotone, never
from custlife.testing.requirements.requirement import Requirement
from custlife.testing.tables.unknown import unknown

START, PROTECT, REENGINEER = Strategy.START, Strategy.PROTECT, Strategy.REENGINEER
ENHANCE, HARVEST = Strategy.ENHANCE, Strategy.HARVEST
END, WIN_BACK = Strategy.END, Strategy.WIN_BACK
PROSPECT, CUSTOMER, FORMER = (is_("room", room) for room in Room)


def unsure(*parts: Comparison) -> Quorum:
    """Not all of these are known to hold: one fails, or a fact is unknown.

    Examples:
        >>> print(unsure(is_("target", False)))
        target is unknown or not (target is no)
    """
    facts = dict.fromkeys(fact for part in parts for fact in part.facts)
    return any_of(*map(unknown, facts), *map(not_, parts))


KEY, NOT_KEY = is_("strategic", True), unsure(is_("strategic", True))
UNWANTED, WANTED = is_("target", False), unsure(is_("target", False))
CONTENT, DISCONTENT = is_("discontent", False), is_("discontent", True)
COMPLAINS = any_of(above("open_complaints", 0), above("open_public_complaints", 0))
SETTLED = all_of(at_most("open_complaints", 0), at_most("open_public_complaints", 0))
FAILED = all_of(above("service_failures", 0), at_most("purchases", 1), at_most("complaints", 0))
SERVED = any_of(at_most("service_failures", 0), above("purchases", 1), above("complaints", 0))
RETURNED = all_of(
    is_("returned", True),
    is_not("last_cause", Cause.SILENCE),
    is_not("last_cause", Cause.CEASED),
    at_most("cycle_purchases", 1),
)
STAYED = any_of(
    is_("returned", False),
    unknown("last_cause"),
    is_("last_cause", Cause.SILENCE),
    is_("last_cause", Cause.CEASED),
    above("cycle_purchases", 1),
)
CALM = all_of(CONTENT, SETTLED, SERVED, is_("paused", False))
"""Nothing is to be put right before anything is sold."""
ON_PURPOSE = any_of(
    is_("departure_kind", DepartureKind.TERMINATION),
    is_("defector", DefectorKind.PUSHED_AWAY_ON_PURPOSE),
)
IN_REACH = all_of(
    is_not("departure_kind", DepartureKind.TERMINATION),
    unsure(is_("defector", DefectorKind.PUSHED_AWAY_ON_PURPOSE)),
    unsure(is_("cause", Cause.CEASED)),
)
"""A former customer who was not sent away, and is still there."""
NO_CAUSE = any_of(unknown("cause"), is_("cause", Cause.SILENCE))
WORTH = exceeds("regain_benefit", "regain_bill")
UNWEIGHED = any_of(
    unknown("regain_benefit"),
    unknown("regain_cost"),
    all_of(unknown("regain_bill"), exceeds("regain_benefit", "regain_cost")),
)
"""What a return costs or brings is not known, and it is not known that it costs too much."""
_ENDED = ("END-UNWANTED", "END-THREE-GROUNDS")
_REPAIRED = ("ENHANCE-REPAIR", "ENHANCE-DISCONTENT", "ENHANCE-FAILED", "ENHANCE-PAUSED")
_KEPT = (PROTECT, REENGINEER, ENHANCE, HARVEST)


def buttle_requirements(
    policy: ButtlePolicy = DEFAULT_BUTTLE_POLICY,
) -> tuple[Requirement, ...]:
    """What must be true of the default selector with a policy's numbers.

    Args:
        policy: The numbers.

    Raises:
        InvalidArgument: If it is no policy.

    Examples:
        >>> first, *_ = buttle_requirements()
        >>> print(first, first.source, sep="; ")
        always Strategy end if room is prospect and target is no; BUT-6
    """
    _checks.one_of(ButtlePolicy).argument("buttle_requirements", "policy", policy)
    return (
        *_of_prospects(policy),
        *_of_key_customers(policy),
        *_of_ends(policy),
        *_of_what_comes_first(policy),
        *_of_levers(policy),
        *_of_former_customers(),
    )


def _of_prospects(policy: ButtlePolicy) -> Iterator[Requirement]:
    unlikely = below("purchase_likelihood", policy.likelihood_floor)
    hopeless = (is_("interest", False), below("improvement_chance", policy.low_chance))
    small = below("potential_value", policy.worthwhile_potential)
    worth_a_try = all_of(PROSPECT, WANTED, unsure(unlikely), unsure(*hopeless))
    yield always(
        END,
        when=all_of(PROSPECT, UNWANTED),
        id="NO-TARGET-NO-START",
        sentence="Nobody is started if the enterprise does not want them.",
        source=BUT[6],
    )
    if policy.likelihood_floor:
        yield always(
            END,
            when=all_of(PROSPECT, unlikely),
            id="UNLIKELY",
            sentence="Nothing is spent on those who are unlikely to buy.",
            source=KAL[9],
        )
    yield always(
        END,
        when=all_of(PROSPECT, *hopeless),
        id="NO-HOPE",
        sentence="Nothing is spent on those who show no interest and hardly will.",
        source=KAL[9],
    )
    yield monotone(
        "purchase_likelihood",
        order=(END, START),
        when=PROSPECT,
        id="LIKELIER",
        sentence="Who becomes more likely to buy is not let go for that.",
        source=KAL[9],
    )
    yield always(
        (START, "END-LOW-POTENTIAL"),
        when=worth_a_try,
        id="START-EVERYBODY",
        sentence="A beginning is thought through for everybody, unless a source rules them out.",
        source=BUT[1],
    )
    yield always(
        START,
        when=all_of(worth_a_try, any_of(KEY, is_("interest", True))),
        id="START-KEY-OR-INTERESTED",
        sentence="Who would be a key customer, or shows interest, is started at any potential.",
        source=BUT[1],
    )
    yield always(
        START,
        when=all_of(worth_a_try, unsure(small)),
        id="START-UNKNOWN-POTENTIAL",
        sentence="Nobody is let go whose potential is worthwhile or unknown.",
        source=ASSUMPTION,
    )
    if policy.worthwhile_potential:
        quiet = (NOT_KEY, unsure(is_("interest", True)), SETTLED, STAYED)
        yield always(
            END,
            when=all_of(worth_a_try, small, *quiet),
            id="LOW-POTENTIAL",
            sentence="Who could not bring what a start takes is let go.",
            source=ASSUMPTION,
        )
    yield always(
        (END, "START-REPAIR"),
        when=all_of(PROSPECT, COMPLAINS),
        id="PROSPECT-COMPLAINT-FIRST",
        sentence="Nothing is offered to a prospect while a complaint is open.",
        source=EFR[5],
    )
    yield always(
        (END, "START-RETURNED", "START-REPAIR"),
        when=all_of(PROSPECT, RETURNED),
        id="PROSPECT-CAUSE-FIRST",
        sentence="Who left before is started from the cause.",
        source=KUMAR_2018,
    )
    yield always(
        START,
        when=all_of(worth_a_try, any_of(COMPLAINS, RETURNED)),
        id="START-AGAIN",
        sentence="Who complains, or left before, is started at any potential.",
        source=ASSUMPTION,
    )


def _threats(policy: ButtlePolicy) -> dict[str, Comparison]:
    return {
        "COURTED": is_("courted", True),
        "CONTESTED": at_least("competition", policy.intense_competition),
        "AT-RISK": at_least("defection_risk", policy.high_risk),
    }


def _three_grounds(policy: ButtlePolicy) -> tuple[Comparison, ...]:
    return (
        is_("interest", False),
        at_least("cost_to_serve", policy.considerable_cost),
        below("improvement_chance", policy.low_chance),
    )


def _deficit(policy: ButtlePolicy) -> tuple[Comparison, ...]:
    return (
        is_("interest", False),
        below("profit", EXACT.minus(policy.tolerable_deficit)),
        below("reducible_cost", policy.worthwhile_saving),
        below("revenue_upside", policy.worthwhile_upside),
    )


def _of_key_customers(policy: ButtlePolicy) -> Iterator[Requirement]:
    key = all_of(CUSTOMER, KEY)
    yield never(
        END,
        when=key,
        id="KEY-NEVER-ENDED",
        sentence="A key customer is never ended.",
        source=ASSUMPTION,
    )
    said = {
        "COURTED": ("that competitors court", BUT[2]),
        "CONTESTED": ("in a market where competition is intense", IMH[5]),
        "AT-RISK": ("who is likely to go", BUT[2]),
    }
    for id_, threat in _threats(policy).items():
        who, source = said[id_]
        yield always(
            PROTECT,
            when=all_of(key, threat),
            id=f"KEY-{id_}",
            sentence=f"A key customer {who} is protected.",
            source=source,
        )
    yield always(
        PROTECT,
        when=all_of(key, any_of(DISCONTENT, COMPLAINS)),
        id="KEY-DISCONTENT",
        sentence="A key customer who is discontent or complains is protected, and not sold to.",
        source=BUT[2],
    )
    yield always(
        PROTECT,
        when=all_of(key, RETURNED),
        id="KEY-RETURNED",
        sentence="A key customer who left before is protected, as they may leave again.",
        source=KUMAR_2018,
    )
    grounds = (UNWANTED, all_of(*_three_grounds(policy)), all_of(*_deficit(policy)))
    yield always(
        PROTECT,
        when=all_of(key, any_of(*grounds)),
        id="KEY-PROTECTED-INSTEAD",
        sentence="A key customer is protected where another one would be ended.",
        source=ASSUMPTION,
    )
    for fact, source in (("competition", IMH[5]), ("courted", BUT[2])):
        yield monotone(
            fact,
            order=((END, REENGINEER, ENHANCE, HARVEST), PROTECT),
            when=CUSTOMER,
            id=f"MORE-{fact.upper()}",
            sentence="Who is protected stays so where competitors try harder.",
            source=source,
        )
    yield monotone(
        "strategic",
        order=(END, (START, WIN_BACK, *_KEPT)),
        id="MORE-STRATEGIC",
        sentence="Nobody is ended for being a key customer.",
        source=ASSUMPTION,
    )


def _of_ends(policy: ButtlePolicy) -> Iterator[Requirement]:
    three_grounds, deficit = _three_grounds(policy), _deficit(policy)
    yield always(
        END,
        when=all_of(CUSTOMER, NOT_KEY, UNWANTED),
        id="NO-TARGET",
        sentence="Who is no target customer is ended.",
        source=BUT[6],
    )
    yield always(
        END,
        when=all_of(CUSTOMER, NOT_KEY, *three_grounds),
        id="THREE-GROUNDS",
        sentence="No interest, considerable cost and little hope, all three: the end.",
        source=BUT[6],
    )
    yield always(
        (*_KEPT, "END-DEFICIT"),
        when=all_of(CUSTOMER, WANTED, unsure(*three_grounds)),
        id="ALL-THREE-GROUNDS",
        sentence="Two grounds are not enough, nor is a ground that is not known.",
        source=BUT[6],
    )
    yield always(
        _KEPT,
        when=all_of(CUSTOMER, WANTED, unsure(*three_grounds), unsure(*deficit)),
        id="NO-OTHER-END",
        sentence="Without a ground of the sources only a loss beyond what is borne is ended, and "
        "only where no interest and no lever is left.",
        source=ASSUMPTION,
    )
    if policy.worthwhile_saving and policy.worthwhile_upside:
        yield always(
            END,
            when=all_of(CUSTOMER, NOT_KEY, CALM, *deficit),
            id="DEFICIT",
            sentence="A loss beyond what is borne is ended where no interest and no lever is left.",
            source=ASSUMPTION,
        )


def _of_what_comes_first(policy: ButtlePolicy) -> Iterator[Requirement]:
    kept = all_of(CUSTOMER, NOT_KEY, WANTED, unsure(*_three_grounds(policy)))
    yield always(
        (PROTECT, *_ENDED, "ENHANCE-REPAIR"),
        when=all_of(CUSTOMER, COMPLAINS),
        id="COMPLAINT-FIRST",
        sentence="Nobody is sold to, harvested or served more cheaply while a complaint is open.",
        source=BUT[4],
    )
    yield always(
        (PROTECT, *_ENDED, "ENHANCE-REPAIR", "ENHANCE-DISCONTENT"),
        when=all_of(CUSTOMER, DISCONTENT),
        id="CONTENT-FIRST",
        sentence="Nobody is sold to, harvested or served more cheaply who is discontent.",
        source=BUT[4],
    )
    yield always(
        (PROTECT, *_ENDED, *_REPAIRED),
        when=all_of(CUSTOMER, FAILED),
        id="FAILURE-FIRST",
        sentence="What service failed at first is mended at once: a first-timer leaves silently.",
        source=EFR[5],
    )
    yield always(
        (PROTECT, *_ENDED, *_REPAIRED),
        when=all_of(CUSTOMER, is_("paused", True)),
        id="PAUSE-FIRST",
        sentence="Nobody is sold to, harvested or served more cheaply who has paused.",
        source=ASSUMPTION,
    )
    yield always(
        (PROTECT, *_ENDED, "END-DEFICIT", *_REPAIRED, "ENHANCE-RETURNED"),
        when=all_of(CUSTOMER, RETURNED),
        id="CAUSE-FIRST",
        sentence="Who left before is watched before anything is sold or harvested.",
        source=KUMAR_2018,
    )
    yield always(
        ENHANCE,
        when=all_of(kept, any_of(COMPLAINS, DISCONTENT)),
        id="QUALITY",
        sentence="The quality of the relationship is bettered first; sales follow.",
        source=BUT[4],
    )
    yield always(
        ENHANCE,
        when=all_of(kept, any_of(FAILED, is_("paused", True))),
        id="BETTER",
        sentence="A customer that service failed at first, or who has paused, is treated better.",
        source=ASSUMPTION,
    )
    yield always(
        ENHANCE,
        when=all_of(kept, RETURNED, unsure(*_deficit(policy))),
        id="BETTER-AGAIN",
        sentence="Who left before is treated better, as they may leave again.",
        source=KUMAR_2018,
    )


def _of_levers(policy: ButtlePolicy) -> Iterator[Requirement]:
    little = below("profit", policy.desired_profit)
    saving = at_least("reducible_cost", policy.worthwhile_saving)
    upside = at_least("revenue_upside", policy.worthwhile_upside)
    responsive = at_least("effort_response", policy.worthwhile_response)
    at_risk = at_least("defection_risk", policy.high_risk)
    cash = (
        at_least("profit", policy.large_cash),
        is_("cash_flow_stable", True),
        below("effort_response", policy.worthwhile_response),
    )
    ends = (WANTED, unsure(*_three_grounds(policy)), unsure(*_deficit(policy)))
    threats = _threats(policy).values()
    spared = any_of(NOT_KEY, all_of(*map(unsure, threats)))
    calm = all_of(CUSTOMER, *ends, CALM, STAYED, spared)
    dear = unsure(little, saving)
    yield never(
        REENGINEER,
        when=all_of(CUSTOMER, dear),
        id="CHEAPER-ONLY-FOR-A-SAVING",
        sentence="Only who pays too little is served more cheaply, and only for a saving.",
        source=BUT[3],
    )
    yield never(
        REENGINEER,
        when=all_of(CUSTOMER, at_risk, at_least("profit", 0)),
        id="CHEAPER-LOSES",
        sentence="Who is likely to go is not served more cheaply, unless at a loss.",
        source=BUT[3],
    )
    yield always(
        REENGINEER,
        when=all_of(calm, little, saving, any_of(below("profit", 0), unsure(at_risk))),
        id="CHEAPER",
        sentence="Who pays too little, and could be served more cheaply, is.",
        source=BUT[3],
    )
    yield never(
        HARVEST,
        when=all_of(CUSTOMER, unsure(*cash)),
        id="HARVEST-ONLY-CASH",
        sentence="Only cash that is large, steady and unmoved by effort is harvested.",
        source=BUT[5],
    )
    yield always(
        HARVEST,
        when=all_of(calm, *cash, at_least("profit", policy.desired_profit)),
        id="HARVEST-CASH",
        sentence="Cash that is large, steady and unmoved by effort is harvested.",
        source=BUT[5],
    )
    yield always(
        ENHANCE,
        when=all_of(calm, dear, unsure(*cash), upside),
        id="UPSIDE",
        sentence="Who could pay more is enhanced.",
        source=BUT[4],
    )
    yield always(
        ENHANCE,
        when=all_of(calm, dear, responsive),
        id="RESPONSE",
        sentence="Effort is spent on those that it changes.",
        source=ASCARZA,
    )
    if policy.desired_profit:
        yield always(
            ENHANCE,
            when=all_of(calm, NOT_KEY, little, at_least("profit", 0), at_risk),
            id="NOT-CHEAPER",
            sentence="Who pays less than wanted, at no loss, and is likely to go is enhanced.",
            source=ASSUMPTION,
        )
    quiet = all_of(calm, dear, unsure(*cash), unsure(upside), unsure(responsive))
    yield always(
        PROTECT,
        when=all_of(quiet, KEY),
        id="KEY-KEPT",
        sentence="A key customer with nothing to gain is worth keeping.",
        source=BUT[2],
    )
    yield always(
        ENHANCE,
        when=all_of(quiet, NOT_KEY),
        id="OPEN",
        sentence="Where nothing that is known calls for more, the relationship is bettered.",
        source=ASSUMPTION,
    )


def _of_former_customers() -> Iterator[Requirement]:
    key = all_of(FORMER, KEY, IN_REACH)
    weighed = all_of(FORMER, is_not("cause", Cause.SILENCE))
    yield always(
        END,
        when=all_of(FORMER, ON_PURPOSE),
        id="ON-PURPOSE",
        sentence="Nobody is won back if the enterprise sent them away on purpose.",
        source=BUT[6],
    )
    yield always(
        END,
        when=all_of(FORMER, is_("cause", Cause.CEASED)),
        id="BEYOND-US",
        sentence="Nobody is won back who is no longer there.",
        source=ASSUMPTION,
    )
    yield always(
        END,
        when=all_of(FORMER, is_("strategic", False)),
        id="NOT-KEY",
        sentence="Who is no key customer is let go.",
        source=BUT[7],
    )
    yield always(
        END,
        when=all_of(FORMER, unknown("strategic")),
        id="PERHAPS-KEY",
        sentence="Who is not known for a key customer is let go.",
        source=ASSUMPTION,
    )
    yield always(
        END,
        when=all_of(weighed, within("regain_benefit", "regain_bill")),
        id="TOO-DEAR",
        sentence="Who costs more to regain than the return brings is let go.",
        source=BUT[7],
    )
    yield always(
        END,
        when=all_of(weighed, within("regain_benefit", "regain_cost")),
        id="TOO-DEAR-ALONE",
        sentence="The way back alone can cost too much, whatever answering in public costs.",
        source=IMH[9],
    )
    yield always(
        WIN_BACK,
        when=all_of(key, any_of(WORTH, UNWEIGHED, NO_CAUSE)),
        id="KEY-BACK",
        sentence="A key customer is won back unless it is known that it costs too much.",
        source=BUT[7],
    )
    yield always(
        "WIN-BACK-STUDY",
        when=all_of(key, any_of(NO_CAUSE, UNWEIGHED, is_("cause_changeable", False)), WORTH),
        id="STUDY-THE-CAUSE",
        sentence="An unknown cause is studied first.",
        source=BUT[7],
    )
    yield monotone(
        "regain_benefit",
        order=(END, WIN_BACK),
        when=FORMER,
        id="RICHER-RETURN",
        sentence="A return that brings more is not given up for that.",
        source=BUT[7],
    )
    for fact, source in (("regain_cost", BUT[7]), ("regain_bill", IMH[9])):
        yield monotone(
            fact,
            order=(WIN_BACK, END),
            when=FORMER,
            id=f"DEARER-{fact.removeprefix('regain_').upper()}",
            sentence="A dearer return is not tried sooner.",
            source=source,
        )
