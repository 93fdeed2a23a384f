"""The table of the default selector, row by row: what fires it, and what keeps it from firing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from attrs import evolve

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    Contacted,
    Departed,
    Engaged,
    Initiator,
    Lapsed,
    Paused,
    Purchased,
    Recommended,
    Relationship,
    Room,
    ServiceFailed,
    Terminated,
    to_table,
    with_pause,
)
from custlife.causes import DefectorKind
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument
from custlife.strategy import (
    ButtlePolicy,
    CustomerValue,
    InvalidSelector,
    Market,
    Profile,
    Signals,
    Strategy,
    buttle_selector,
    customer_rows,
    former_rows,
    prospect_rows,
    recommend,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def after(*events):
    return Relationship("C-17").apply(*events)


def bought(times=1):
    return [Purchased(at=NOW, amount=Decimal(100))] * times


def gone(cause, initiator=Initiator.CUSTOMER):
    return after(*bought(), Departed(at=NOW, cause=cause, initiator=initiator))


def dismissed(cause):
    return after(*bought(), Terminated(at=NOW, cause=cause))


PROSPECT = after()
BUYER, CUSTOMER = after(*bought()), after(*bought(2))
FORMER = gone(Cause.PRICE)
STANDING = {Room.PROSPECT: PROSPECT, Room.CUSTOMER: CUSTOMER, Room.FORMER: FORMER}
IN_CONFLICT = CUSTOMER.apply(Complained(at=NOW))
ERODING = IN_CONFLICT.apply(ComplaintIgnored(at=NOW))
SILENT = CUSTOMER.apply(Lapsed(at=NOW))
UNSETTLED = after(Complained(at=NOW), *bought(2))
"""Content by the standing; a complaint from before the first purchase is open."""
UNHEARD = after(Complained(at=NOW))
"""A prospect whose complaint is open."""
LOUD = CUSTOMER.apply(Complained(at=NOW, public=True), ComplaintIgnored(at=NOW), *bought())
"""Content again; what was said in public was ignored, and stays said."""
FAILED = BUYER.apply(ServiceFailed(at=NOW))
PAUSED = (
    Relationship("C-17", with_pause(CUSTOMER_LIFECYCLE)).apply(*bought(2)).apply(Paused(at=NOW))
)
BACK_AGAIN = FORMER.apply(Engaged(at=NOW))
BUYS_AGAIN = FORMER.apply(*bought())
UNCLEAR = gone(Cause.UNKNOWN)
GONE_LOUD = after(*bought(), Complained(at=NOW, public=True), Departed(at=NOW, cause=Cause.PRICE))


def profile(relationship, **inputs):
    return Profile(relationship=relationship).altered(**inputs)


def fired(relationship, inputs, policy=None):
    selector = buttle_selector() if policy is None else buttle_selector(policy)
    return recommend(profile(relationship, **inputs), selector).row


def told(value):
    """An id for a case: a relationship by its state and departure."""
    departure = getattr(value, "departure", None)
    why = f"-{departure.cause.words}-{departure.initiator.value}" if departure else ""
    if not isinstance(value, Relationship):
        return str(value)
    record, public = value.record, value.open_public_complaints
    more = "-silent" * record.lapses + "-failed" * record.service_failures + "-public" * public
    return f"{value.state}{why}{more}"


# --- row by row --------------------------------------------------------------------------------

CENT = Decimal("0.01")
AT_ZERO = {"margin": 10, "cost_to_serve": 10}
LOSS = {"margin": 10, "cost_to_serve": Decimal("10.01")}
GROUNDS = {"interest": False, "cost_to_serve": 100, "improvement_chance": 0.19}
DEFICIT = {
    "interest": False,
    "margin": 0,
    "cost_to_serve": Decimal("500.01"),
    "reducible_cost": Decimal("49.99"),
    "revenue_upside": Decimal("49.99"),
}
CASH = {"margin": 1000, "cost_to_serve": 0, "cash_flow_stable": True, "effort_response": 0.99}
KEY = {"strategic": True}
WORTH = {"strategic": True, "regain_benefit": 100, "regain_cost": Decimal("99.99")}
DEMANDING = ButtlePolicy(desired_profit=100)
"""Only where more than no loss is wanted can a customer pay too little at no loss."""

P, C = PROSPECT, CUSTOMER
FIRES = {
    "END-NOT-A-TARGET": [(P, {"target": False})],
    "END-UNLIKELY": [(P, {"purchase_likelihood": 0.049}), (P, {"purchase_likelihood": 0})],
    "END-NO-HOPE": [(P, {"interest": False, "improvement_chance": 0.19})],
    "START-REPAIR": [(UNHEARD, {}), (UNHEARD, {**KEY, "potential_value": 0})],
    "START-RETURNED": [(BACK_AGAIN, {}), (BACK_AGAIN, {**KEY, "potential_value": 0})],
    "START-KEY": [(P, {"strategic": True, "potential_value": 0})],
    "START-INTEREST": [(P, {"interest": True, "potential_value": 0})],
    "END-LOW-POTENTIAL": [
        (P, {"potential_value": Decimal("99.99")}),
        (P, {"potential_value": 0}),
    ],
    "START-OPEN": [(P, {}), (P, {"potential_value": 100, "purchase_likelihood": 0.05})],
    "PROTECT-DISCONTENT": [(who, KEY) for who in (IN_CONFLICT, ERODING, SILENT, UNSETTLED, LOUD)],
    "PROTECT-COURTED": [(C, {**KEY, "courted": True})],
    "PROTECT-CONTESTED": [(C, {**KEY, "competition": 0.5}), (C, {**KEY, "competition": 1})],
    "PROTECT-AT-RISK": [(C, {**KEY, "defection_risk": 0.5}), (C, {**KEY, "defection_risk": 1})],
    "PROTECT-RETURNED": [(BUYS_AGAIN, KEY)],
    "PROTECT-NOT-ENDED": [
        (C, {**KEY, "target": False}),
        (C, {**KEY, **GROUNDS}),
        (C, {**KEY, **DEFICIT}),
    ],
    "END-UNWANTED": [(C, {"target": False}), (IN_CONFLICT, {"target": False})],
    "END-THREE-GROUNDS": [(C, GROUNDS), (ERODING, GROUNDS)],
    "ENHANCE-REPAIR": [(IN_CONFLICT, {}), (UNSETTLED, {}), (IN_CONFLICT, CASH), (LOUD, CASH)],
    "ENHANCE-DISCONTENT": [(ERODING, {}), (SILENT, {}), (ERODING, DEFICIT)],
    "ENHANCE-FAILED": [(FAILED, {}), (FAILED, CASH)],
    "ENHANCE-PAUSED": [(PAUSED, {}), (PAUSED, CASH)],
    "END-DEFICIT": [(C, DEFICIT)],
    "ENHANCE-RETURNED": [
        (BUYS_AGAIN, {}),
        (BUYS_AGAIN, {"revenue_upside": 50}),
        (BUYS_AGAIN, CASH),
    ],
    "ENHANCE-AT-RISK": [(C, {**AT_ZERO, "defection_risk": 0.5, "reducible_cost": 50})],
    "REENGINEER-COST": [
        (C, {**LOSS, "reducible_cost": 50}),
        (C, {**LOSS, "reducible_cost": 50, "defection_risk": 1}),
    ],
    "ENHANCE-DEFICIT": [(C, {**LOSS, "revenue_upside": 50})],
    "HARVEST-ENDING": [
        (C, {**CASH, "need_ending": True}),
        (C, {**CASH, "defection_risk": 0.5}),
    ],
    "HARVEST-FLAT": [(C, CASH), (C, {**CASH, "effort_response": 0})],
    "ENHANCE-UPSIDE": [(C, {"revenue_upside": 50}), (C, {**AT_ZERO, "revenue_upside": 50})],
    "ENHANCE-RESPONSE": [(C, {"effort_response": 1}), (C, {"effort_response": 1.01})],
    "PROTECT-KEY": [(C, KEY), (BUYER, KEY)],
    "ENHANCE-BUYER": [(BUYER, {}), (C, {"purchases": 0})],
    "ENHANCE-OPEN": [(C, {}), (C, AT_ZERO), (BUYER, {"purchases": 2})],
    "END-ON-PURPOSE": [
        (dismissed(Cause.PRICE), WORTH),
        (gone(Cause.PRICE, Initiator.ENTERPRISE), WORTH),
        (gone(Cause.DISMISSED), WORTH),
    ],
    "END-BEYOND-US": [(gone(Cause.CEASED), WORTH)],
    "END-NOT-KEY": [(FORMER, {**WORTH, "strategic": False})],
    "END-TOO-DEAR": [
        (FORMER, {**WORTH, "regain_cost": 100}),
        (FORMER, {"regain_benefit": 0, "regain_cost": 0}),
        (GONE_LOUD, {**WORTH, "regain_cost": 100}),
        (GONE_LOUD, {**WORTH, "regain_cost": 99, "answer_cost": 1}),
    ],
    "WIN-BACK-KEY": [
        (FORMER, WORTH),
        (gone(Cause.PRICE, Initiator.BOTH), WORTH),
    ],
    "WIN-BACK-STUDY": [
        (UNCLEAR, WORTH),
        (gone(Cause.SILENCE), {**WORTH, "regain_cost": 100}),
        (gone(Cause.OTHER), WORTH),
        (gone(Cause.SUCCEEDED), WORTH),
        (GONE_LOUD, WORTH),
        (GONE_LOUD, {**KEY, "regain_benefit": 1, "answer_cost": 100}),
        (FORMER, KEY),
    ],
    "END-UNPROVEN": [(FORMER, {}), (UNCLEAR, {"regain_benefit": 0, "regain_cost": 5})],
}
"""For each row of the table the least that makes it fire."""
POLICY = {"ENHANCE-AT-RISK": DEMANDING}
CASES = [(row, who, inputs) for row, cases in FIRES.items() for who, inputs in cases]
ROWS = (*prospect_rows(), *customer_rows(), *former_rows())


@pytest.mark.parametrize(("row", "who", "inputs"), CASES, ids=told)
def test_a_row_fires_where_its_conditions_hold(row, who, inputs):
    """Nothing beside them needs to be known."""
    assert fired(who, inputs, POLICY.get(row)) == row


def test_every_row_can_fire():
    """Each row of the table fires for some profile above, in the table's order."""
    every = tuple(row.id for row in buttle_selector(DEMANDING).table.rows)

    assert tuple(FIRES) == every
    assert tuple(row.id for row in ROWS) == tuple(id_ for id_ in every if id_ not in POLICY)


def test_there_is_no_row_for_what_cannot_be():
    """Where no profit is wanted, nobody pays too little at no loss."""
    least = ButtlePolicy(desired_profit=Decimal("0.01"))

    assert "ENHANCE-AT-RISK" not in {row.id for row in customer_rows()}
    assert "ENHANCE-AT-RISK" in {row.id for row in customer_rows(least)}


OTHERWISE = [
    ("END-NOT-A-TARGET", {"target": True}, "START-OPEN"),
    ("END-NOT-A-TARGET", {"target": None}, "START-OPEN"),
    ("END-UNLIKELY", {"purchase_likelihood": 0.05}, "START-OPEN"),
    ("END-UNLIKELY", {"purchase_likelihood": None}, "START-OPEN"),
    ("END-NO-HOPE", {"interest": True}, "START-INTEREST"),
    ("END-NO-HOPE", {"interest": None}, "START-OPEN"),
    ("END-NO-HOPE", {"improvement_chance": 0.2}, "START-OPEN"),
    ("END-NO-HOPE", {"improvement_chance": None}, "START-OPEN"),
    ("START-KEY", {"strategic": False}, "END-LOW-POTENTIAL"),
    ("START-KEY", {"strategic": None}, "END-LOW-POTENTIAL"),
    ("START-INTEREST", {"interest": False}, "END-LOW-POTENTIAL"),
    ("START-INTEREST", {"interest": None}, "END-LOW-POTENTIAL"),
    ("END-LOW-POTENTIAL", {"potential_value": 100}, "START-OPEN"),
    ("END-LOW-POTENTIAL", {"potential_value": None}, "START-OPEN"),
    ("PROTECT-DISCONTENT", {"strategic": False}, "ENHANCE-REPAIR"),
    ("PROTECT-DISCONTENT", {"strategic": None}, "ENHANCE-REPAIR"),
    ("PROTECT-COURTED", {"courted": False}, "PROTECT-KEY"),
    ("PROTECT-COURTED", {"courted": None}, "PROTECT-KEY"),
    ("PROTECT-COURTED", {"strategic": False}, "ENHANCE-OPEN"),
    ("PROTECT-COURTED", {"strategic": None}, "ENHANCE-OPEN"),
    ("PROTECT-CONTESTED", {"competition": 0.49}, "PROTECT-KEY"),
    ("PROTECT-CONTESTED", {"competition": None}, "PROTECT-KEY"),
    ("PROTECT-CONTESTED", {"strategic": False}, "ENHANCE-OPEN"),
    ("PROTECT-CONTESTED", {"strategic": None}, "ENHANCE-OPEN"),
    ("PROTECT-AT-RISK", {"defection_risk": 0.49}, "PROTECT-KEY"),
    ("PROTECT-AT-RISK", {"defection_risk": None}, "PROTECT-KEY"),
    ("PROTECT-AT-RISK", {"strategic": False}, "ENHANCE-OPEN"),
    ("PROTECT-AT-RISK", {"strategic": None}, "ENHANCE-OPEN"),
    ("PROTECT-RETURNED", {"strategic": False}, "ENHANCE-RETURNED"),
    ("PROTECT-RETURNED", {"strategic": None}, "ENHANCE-RETURNED"),
    ("PROTECT-NOT-ENDED", {"target": None}, "PROTECT-KEY"),
    ("PROTECT-NOT-ENDED", {"target": True}, "PROTECT-KEY"),
    ("PROTECT-NOT-ENDED", {"strategic": None}, "END-UNWANTED"),
    ("PROTECT-NOT-ENDED", {"strategic": False}, "END-UNWANTED"),
    ("END-UNWANTED", {"target": True}, "ENHANCE-OPEN"),
    ("END-UNWANTED", {"target": None}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"interest": True}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"interest": None}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"cost_to_serve": Decimal("99.99")}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"cost_to_serve": None}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"improvement_chance": 0.2}, "ENHANCE-OPEN"),
    ("END-THREE-GROUNDS", {"improvement_chance": None}, "ENHANCE-OPEN"),
    ("ENHANCE-FAILED", {"purchases": 2}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"interest": True}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"interest": None}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"cost_to_serve": 500}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"cost_to_serve": None}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"reducible_cost": 50}, "REENGINEER-COST"),
    ("END-DEFICIT", {"reducible_cost": None}, "ENHANCE-OPEN"),
    ("END-DEFICIT", {"revenue_upside": 50}, "ENHANCE-DEFICIT"),
    ("END-DEFICIT", {"revenue_upside": None}, "ENHANCE-OPEN"),
    ("ENHANCE-AT-RISK", {"defection_risk": 0.49}, "REENGINEER-COST"),
    ("ENHANCE-AT-RISK", {"defection_risk": None}, "REENGINEER-COST"),
    ("ENHANCE-AT-RISK", LOSS, "REENGINEER-COST"),
    ("ENHANCE-AT-RISK", {"margin": 110}, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"reducible_cost": Decimal("49.99")}, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"reducible_cost": None}, "ENHANCE-OPEN"),
    ("REENGINEER-COST", AT_ZERO, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"margin": None}, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"cost_to_serve": None}, "ENHANCE-OPEN"),
    ("ENHANCE-DEFICIT", {"revenue_upside": Decimal("49.99")}, "ENHANCE-OPEN"),
    ("ENHANCE-DEFICIT", {"revenue_upside": None}, "ENHANCE-OPEN"),
    ("ENHANCE-DEFICIT", AT_ZERO, "ENHANCE-UPSIDE"),
    ("ENHANCE-DEFICIT", {"margin": None}, "ENHANCE-UPSIDE"),
    ("HARVEST-ENDING", {"need_ending": False}, "HARVEST-FLAT"),
    ("HARVEST-ENDING", {"need_ending": None}, "HARVEST-FLAT"),
    ("HARVEST-ENDING", {"need_ending": None, "defection_risk": 0.49}, "HARVEST-FLAT"),
    ("HARVEST-ENDING", {"effort_response": 1}, "ENHANCE-RESPONSE"),
    ("HARVEST-ENDING", {"effort_response": None}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"cash_flow_stable": False}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"margin": Decimal("999.99")}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"effort_response": 1}, "ENHANCE-RESPONSE"),
    ("HARVEST-FLAT", {"effort_response": None}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"cash_flow_stable": False}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"cash_flow_stable": None}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"margin": Decimal("999.99")}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"margin": None}, "ENHANCE-OPEN"),
    ("ENHANCE-UPSIDE", {"revenue_upside": Decimal("49.99")}, "ENHANCE-OPEN"),
    ("ENHANCE-UPSIDE", {"revenue_upside": None}, "ENHANCE-OPEN"),
    ("ENHANCE-RESPONSE", {"effort_response": 0.99}, "ENHANCE-OPEN"),
    ("ENHANCE-RESPONSE", {"effort_response": None}, "ENHANCE-OPEN"),
    ("PROTECT-KEY", {"strategic": False}, "ENHANCE-OPEN"),
    ("PROTECT-KEY", {"strategic": None}, "ENHANCE-OPEN"),
    ("ENHANCE-BUYER", {"purchases": 2}, "ENHANCE-OPEN"),
    ("END-NOT-KEY", {"strategic": True}, "WIN-BACK-KEY"),
    ("END-NOT-KEY", {"strategic": None}, "END-UNPROVEN"),
    ("END-TOO-DEAR", {"regain_cost": Decimal("99.99")}, "WIN-BACK-KEY"),
    ("END-TOO-DEAR", {"regain_benefit": Decimal("100.01")}, "WIN-BACK-KEY"),
    ("END-TOO-DEAR", {"regain_cost": None}, "WIN-BACK-STUDY"),
    ("END-TOO-DEAR", {"regain_benefit": None}, "WIN-BACK-STUDY"),
    ("WIN-BACK-KEY", {"strategic": None}, "END-UNPROVEN"),
    ("WIN-BACK-KEY", {"strategic": False}, "END-NOT-KEY"),
    ("WIN-BACK-KEY", {"regain_cost": 100}, "END-TOO-DEAR"),
    ("WIN-BACK-KEY", {"regain_cost": None}, "WIN-BACK-STUDY"),
    ("WIN-BACK-KEY", {"regain_benefit": None}, "WIN-BACK-STUDY"),
    ("WIN-BACK-STUDY", {"strategic": None}, "END-UNPROVEN"),
    ("WIN-BACK-STUDY", {"strategic": False}, "END-NOT-KEY"),
]
"""What happens instead when one condition of a row's first case fails or is unknown."""


@pytest.mark.parametrize(("row", "change", "instead"), OTHERWISE, ids=str)
def test_each_condition_of_a_row_matters(row, change, instead):
    """On the other side of its limit, or unknown, another row fires."""
    who, inputs = FIRES[row][0]

    assert fired(who, {**inputs, **change}, POLICY.get(row)) == instead


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        ("END-LOW-POTENTIAL", {"room": Room.PROSPECT, "potential_value": 100}),
        ("END-DEFICIT", {"room": Room.CUSTOMER, "profit": -500}),
        (
            "END-TOO-DEAR",
            {"room": Room.FORMER, "regain_benefit": 2, "regain_cost": 1, "regain_bill": 1},
        ),
    ],
)
def test_a_row_does_not_lean_on_the_row_before_it_for_its_limit(row, facts):
    """At the limit only the other one of two rows that share it holds."""
    (when,) = (other.when for other in ROWS if other.id == row)

    assert when.holds(facts) is False


@pytest.mark.parametrize(
    "known",
    [{**KEY, **grounds, name: None} for grounds in (GROUNDS, DEFICIT) for name in grounds],
    ids=str,
)
def test_a_key_customer_is_kept_from_an_end_only_where_all_its_grounds_are_known(known):
    """One ground less, and nobody would be ended."""
    assert fired(CUSTOMER, known) == "PROTECT-KEY"
    assert fired(CUSTOMER, {**known, "strategic": False}) == "ENHANCE-OPEN"


def test_who_was_pushed_away_is_let_go_by_any_table_of_kinds():
    """An app's own departure rules may call it an erosion."""
    facts = {
        "room": Room.FORMER,
        "departure_kind": DepartureKind.EROSION,
        "defector": DefectorKind.PUSHED_AWAY_ON_PURPOSE,
    }
    (when,) = (row.when for row in ROWS if row.id == "END-ON-PURPOSE")

    assert when.holds(facts) is True


@pytest.mark.parametrize("make", [prospect_rows, customer_rows], ids=lambda make: make.__name__)
def test_rows_are_made_from_a_policy(make):
    """The error names the function and the argument."""
    with pytest.raises(InvalidArgument, match="a ButtlePolicy") as caught:
        make(100)

    assert (caught.value.subject, caught.value.field) == (f"{make.__name__}()", "policy")


def test_a_return_whose_cause_nobody_knows_is_a_start_like_any_other():
    """The study says that people leave again for the same reason, so a reason is needed."""
    assert fired(UNCLEAR.apply(Engaged(at=NOW)), {}) == "START-OPEN"
    assert fired(UNCLEAR.apply(*bought()), {}) == "ENHANCE-OPEN"
    assert fired(UNCLEAR.apply(*bought()), KEY) == "PROTECT-KEY"


@pytest.mark.parametrize("cause", [Cause.SILENCE, Cause.CEASED])
def test_silence_and_an_end_are_no_causes_to_watch_for(cause):
    """Nothing is known of why they went, or it cannot have been true."""
    assert fired(gone(cause).apply(*bought()), {}) == "ENHANCE-OPEN"


@pytest.mark.parametrize("sent_away", [dismissed(Cause.PRICE), gone(Cause.DISMISSED)], ids=told)
def test_who_was_sent_away_and_is_back_never_left(sent_away):
    """The enterprise ended it, and no cause of theirs is to be watched."""
    assert fired(sent_away.apply(Engaged(at=NOW)), {}) == "START-OPEN"
    assert fired(sent_away.apply(*bought()), KEY) == "PROTECT-KEY"


def test_a_failure_after_the_first_purchase_is_heard_of():
    """Regulars speak up (EFR-5), so that silence after a failure says less of them."""
    assert fired(CUSTOMER.apply(ServiceFailed(at=NOW)), {}) == "ENHANCE-OPEN"
    assert fired(PROSPECT.apply(ServiceFailed(at=NOW)), {}) == "START-OPEN"


@pytest.mark.parametrize("who", [PROSPECT, CUSTOMER], ids=told)
def test_who_never_left_has_no_cause_to_learn(who):
    """So the cause of a last departure is not among what is missing."""
    assert "last_cause" not in recommend(Profile(relationship=who)).missing


def test_a_cause_that_is_learnt_moves_the_customer_on():
    """From its study to the way back, or to letting go where nobody is left."""
    learnt = [UNCLEAR.apply(CauseLearnt(at=NOW, cause=c)) for c in (Cause.PRICE, Cause.CEASED)]

    assert fired(UNCLEAR, WORTH) == "WIN-BACK-STUDY"
    assert [fired(who, WORTH) for who in learnt] == ["WIN-BACK-KEY", "END-BEYOND-US"]


def test_the_benefit_is_held_against_both_bills():
    """What answering in public costs counts while a public complaint is not settled (IMH-9)."""
    loud = GONE_LOUD
    bill = {"strategic": True, "regain_benefit": 100, "regain_cost": 60}

    assert fired(loud, {**bill, "answer_cost": Decimal("39.99")}) == "WIN-BACK-KEY"
    assert fired(loud, {**bill, "answer_cost": 40}) == "END-TOO-DEAR"
    assert fired(loud, bill) == "WIN-BACK-STUDY"
    assert fired(loud, {**bill, "regain_cost": 100}) == "END-TOO-DEAR"
    assert fired(FORMER, {**bill, "answer_cost": 40}) == "WIN-BACK-KEY"


def test_the_competition_of_the_market_counts_unless_the_customers_own_is_known():
    """A market is given once for everybody (IMH-5)."""
    fierce = Market(competition=0.8)

    rows = [
        recommend(profile(CUSTOMER, **KEY, competition=own), market=fierce).row
        for own in (None, 0.1)
    ]

    assert rows == ["PROTECT-CONTESTED", "PROTECT-KEY"]


@pytest.mark.parametrize(("row", "who", "inputs"), CASES, ids=told)
def test_a_row_belongs_to_one_room(row, who, inputs):
    """The same inputs fire other rows for whoever stands in another room."""
    elsewhere = [other for room, other in STANDING.items() if room is not who.state.room]

    assert row not in {fired(other, inputs) for other in elsewhere}


PEELED = {
    "prospect": (
        BACK_AGAIN.apply(Complained(at=NOW)),
        {
            "target": False,
            "purchase_likelihood": 0,
            "strategic": True,
            "potential_value": 0,
            "interest": False,
            "improvement_chance": 0.1,
        },
        [
            ({}, "END-NOT-A-TARGET"),
            ({"target": None}, "END-UNLIKELY"),
            ({"purchase_likelihood": 1}, "END-NO-HOPE"),
            ({"interest": True}, "START-REPAIR"),
        ],
    ),
    "prospect who was heard": (
        BACK_AGAIN,
        {"strategic": True, "potential_value": 0, "interest": True},
        [({}, "START-RETURNED")],
    ),
    "newcomer": (
        PROSPECT,
        {"strategic": True, "potential_value": 0, "interest": True},
        [
            ({}, "START-KEY"),
            ({"strategic": None}, "START-INTEREST"),
            ({"interest": None}, "END-LOW-POTENTIAL"),
            ({"potential_value": None}, "START-OPEN"),
        ],
    ),
    "key": (
        BUYS_AGAIN.apply(Complained(at=NOW)),
        {**DEFICIT, **KEY, "courted": True, "competition": 1, "defection_risk": 1, "target": False},
        [
            ({}, "PROTECT-DISCONTENT"),
            ({"strategic": None}, "END-UNWANTED"),
        ],
    ),
    "content key": (
        BUYS_AGAIN,
        {**GROUNDS, **KEY, "courted": True, "competition": 1, "defection_risk": 1, "target": False},
        [
            ({}, "PROTECT-COURTED"),
            ({"courted": False}, "PROTECT-CONTESTED"),
            ({"competition": 0}, "PROTECT-AT-RISK"),
            ({"defection_risk": 0}, "PROTECT-RETURNED"),
            ({"strategic": False}, "END-UNWANTED"),
            ({"target": None}, "END-THREE-GROUNDS"),
            ({"interest": None}, "ENHANCE-RETURNED"),
        ],
    ),
    "key who was always here": (
        CUSTOMER,
        {**CASH, **KEY, "target": False, "need_ending": True, "revenue_upside": 50},
        [
            ({}, "PROTECT-NOT-ENDED"),
            ({"target": None}, "HARVEST-ENDING"),
            ({"need_ending": None}, "HARVEST-FLAT"),
            ({"effort_response": 1}, "ENHANCE-UPSIDE"),
            ({"revenue_upside": None}, "ENHANCE-RESPONSE"),
            ({"effort_response": None}, "PROTECT-KEY"),
            ({"strategic": None}, "ENHANCE-OPEN"),
        ],
    ),
    "discontent": (
        IN_CONFLICT,
        {**DEFICIT, **GROUNDS, "cost_to_serve": 600, "target": False},
        [
            ({}, "END-UNWANTED"),
            ({"target": None}, "END-THREE-GROUNDS"),
            ({"improvement_chance": None}, "ENHANCE-REPAIR"),
        ],
    ),
    "unprofitable": (
        CUSTOMER,
        {**DEFICIT, "defection_risk": 1, "effort_response": 1},
        [
            ({}, "END-DEFICIT"),
            ({"reducible_cost": 50}, "REENGINEER-COST"),
            ({"reducible_cost": None, "revenue_upside": 50}, "ENHANCE-DEFICIT"),
            ({"revenue_upside": None}, "ENHANCE-RESPONSE"),
        ],
    ),
    "returner": (
        BUYS_AGAIN,
        DEFICIT,
        [
            ({}, "END-DEFICIT"),
            ({"reducible_cost": 50}, "ENHANCE-RETURNED"),
        ],
    ),
    "returner whom service failed": (
        BUYS_AGAIN.apply(ServiceFailed(at=NOW)),
        {**DEFICIT, "purchases": 1},
        [
            ({}, "ENHANCE-FAILED"),
            ({"purchases": 2}, "END-DEFICIT"),
        ],
    ),
    "former": (
        FORMER,
        {"strategic": False, "regain_benefit": 5, "regain_cost": 5},
        [
            ({}, "END-NOT-KEY"),
            ({"strategic": True}, "END-TOO-DEAR"),
            ({"regain_cost": 4}, "WIN-BACK-KEY"),
            ({"regain_cost": None}, "WIN-BACK-STUDY"),
            ({"strategic": None}, "END-UNPROVEN"),
        ],
    ),
}
"""Whoever meets the conditions of all rows at once; then one after the other is taken away."""
STEPS = [
    (
        who,
        {**start, **{name: to for change, _ in steps[: n + 1] for name, to in change.items()}},
        to,
    )
    for who, start, steps in PEELED.values()
    for n, (_, to) in enumerate(steps)
]


@pytest.mark.parametrize(("who", "inputs", "row"), STEPS, ids=told)
def test_the_earlier_of_two_rows_that_hold_fires(who, inputs, row):
    """What is taken from the first row leaves the second, and so on down the table."""
    assert fired(who, inputs) == row


@pytest.mark.parametrize(
    ("who", "inputs", "row"),
    [
        (dismissed(Cause.RELOCATION), {"strategic": False}, "END-ON-PURPOSE"),
        (gone(Cause.CEASED), {"strategic": False}, "END-BEYOND-US"),
        (gone(Cause.CEASED), {"regain_cost": 5, "regain_benefit": 5}, "END-BEYOND-US"),
    ],
)
def test_for_a_former_customer_the_cause_comes_first(who, inputs, row):
    """Only then it is asked whether the customer is worth the way back (BUT-7)."""
    assert fired(who, inputs) == row


STATES = {
    "buyer+content": "ENHANCE-BUYER",
    "buyer+in_conflict": "ENHANCE-REPAIR",
    "buyer+eroding": "ENHANCE-DISCONTENT",
    "regular+content": "ENHANCE-OPEN",
    "regular+in_conflict": "ENHANCE-REPAIR",
    "regular+eroding": "ENHANCE-DISCONTENT",
    "advocate+content": "ENHANCE-OPEN",
    "advocate+in_conflict": "ENHANCE-REPAIR",
    "advocate+eroding": "ENHANCE-DISCONTENT",
}
BONDS = (bought(), bought(2), [*bought(2), Recommended(at=NOW)])
MOODS = ([], [Complained(at=NOW)], [Lapsed(at=NOW)])


def test_where_a_customer_stands_decides_with_the_same_signals():
    """The nine states of a customer get four rows, and with the guidance seven kinds of advice."""
    people = [after(*bond, *mood) for bond, mood in product(BONDS, MOODS)]
    advice = [recommend(Profile(relationship=who)) for who in people]

    found = {str(who.state): each.row for who, each in zip(people, advice, strict=True)}

    assert found == STATES
    assert len({(each.row, tuple(map(str, each.guidance))) for each in advice}) >= 7


# --- the policy --------------------------------------------------------------------------------

MOVED = [
    (
        "desired_profit",
        100,
        C,
        {"margin": 100, "cost_to_serve": 1, "reducible_cost": 50},
        "REENGINEER-COST",
    ),
    (
        "desired_profit",
        99,
        C,
        {"margin": 100, "cost_to_serve": 1, "reducible_cost": 50},
        "ENHANCE-OPEN",
    ),
    ("likelihood_floor", 0.06, P, {"purchase_likelihood": 0.05}, "END-UNLIKELY"),
    ("likelihood_floor", 0, P, {"purchase_likelihood": 0}, "START-OPEN"),
    ("worthwhile_potential", 101, P, {"potential_value": 100}, "END-LOW-POTENTIAL"),
    ("worthwhile_potential", 99, P, {"potential_value": 99}, "START-OPEN"),
    ("large_cash", 1001, C, CASH, "ENHANCE-OPEN"),
    ("large_cash", 999, C, {**CASH, "margin": 999}, "HARVEST-FLAT"),
    ("considerable_cost", 101, C, GROUNDS, "ENHANCE-OPEN"),
    ("considerable_cost", 99, C, {**GROUNDS, "cost_to_serve": 99}, "END-THREE-GROUNDS"),
    ("worthwhile_saving", 51, C, {**LOSS, "reducible_cost": 50}, "ENHANCE-OPEN"),
    ("worthwhile_saving", 49, C, {**LOSS, "reducible_cost": 49}, "REENGINEER-COST"),
    ("worthwhile_saving", 49, C, {**DEFICIT, "reducible_cost": 49}, "REENGINEER-COST"),
    ("tolerable_deficit", 501, C, DEFICIT, "ENHANCE-OPEN"),
    ("tolerable_deficit", 0, C, {**DEFICIT, **LOSS}, "END-DEFICIT"),
    ("worthwhile_upside", 51, C, {**AT_ZERO, "revenue_upside": 50}, "ENHANCE-OPEN"),
    ("worthwhile_upside", 49, C, {**AT_ZERO, "revenue_upside": 49}, "ENHANCE-UPSIDE"),
    ("worthwhile_upside", 49, C, {**DEFICIT, "revenue_upside": 49}, "ENHANCE-DEFICIT"),
    ("worthwhile_response", 2, C, {**CASH, "effort_response": 1}, "HARVEST-FLAT"),
    ("worthwhile_response", 0.5, C, {"effort_response": 0.5}, "ENHANCE-RESPONSE"),
    ("low_chance", 0.1, P, {"interest": False, "improvement_chance": 0.1}, "START-OPEN"),
    ("low_chance", 0.3, C, {**GROUNDS, "improvement_chance": 0.29}, "END-THREE-GROUNDS"),
    ("intense_competition", 0.4, C, {**KEY, "competition": 0.4}, "PROTECT-CONTESTED"),
    ("intense_competition", 0.6, C, {**KEY, "competition": 0.59}, "PROTECT-KEY"),
    ("high_risk", 0.4, C, {**KEY, "defection_risk": 0.4}, "PROTECT-AT-RISK"),
    ("high_risk", 0.4, C, {**CASH, "defection_risk": 0.4}, "HARVEST-ENDING"),
    ("high_risk", 0.6, C, {**CASH, "defection_risk": 0.5}, "HARVEST-FLAT"),
]


@pytest.mark.parametrize(("number", "to", "who", "inputs", "row"), MOVED, ids=told)
def test_a_number_of_the_policy_moves_the_limit_of_its_rows(number, to, who, inputs, row):
    """The limit itself belongs to the side that it belongs to by default."""
    assert fired(who, inputs, ButtlePolicy(**{number: to})) == row


ENDED = {"PROTECT-NOT-ENDED", "END-DEFICIT"}


@pytest.mark.parametrize(
    ("number", "to", "rows"),
    [
        ("desired_profit", 7, {"REENGINEER-COST", "ENHANCE-DEFICIT"}),
        ("likelihood_floor", 0.7, {"END-UNLIKELY"}),
        ("likelihood_days", 7, {"END-UNLIKELY"}),
        ("worthwhile_potential", 7, {"END-LOW-POTENTIAL"}),
        ("large_cash", 7, {"HARVEST-ENDING", "HARVEST-FLAT"}),
        ("considerable_cost", 7, {"PROTECT-NOT-ENDED", "END-THREE-GROUNDS"}),
        ("worthwhile_saving", 7, {*ENDED, "REENGINEER-COST"}),
        ("tolerable_deficit", 7, ENDED),
        ("worthwhile_upside", 7, {*ENDED, "ENHANCE-DEFICIT", "ENHANCE-UPSIDE"}),
        ("worthwhile_response", 7, {"HARVEST-ENDING", "HARVEST-FLAT", "ENHANCE-RESPONSE"}),
        ("low_chance", 0.7, {"END-NO-HOPE", "PROTECT-NOT-ENDED", "END-THREE-GROUNDS"}),
        ("intense_competition", 0.7, {"PROTECT-CONTESTED"}),
        ("high_risk", 0.7, {"PROTECT-AT-RISK", "HARVEST-ENDING"}),
        ("since", date(2027, 1, 1), set()),
        ("name", "ours", set()),
    ],
)
def test_a_number_of_the_policy_can_be_set_alone(number, to, rows):
    """It changes its own rows and no other, and leaves order and outcomes as they are."""
    table = buttle_selector(ButtlePolicy(**{number: to})).table
    kept = [row for row in table.rows if row.id not in POLICY]
    pairs = [*zip(kept, ROWS, strict=True)]

    assert {new.id for new, old in pairs if new != old} == rows
    assert all(evolve(new, when=old.when, sentence=old.sentence) == old for new, old in pairs)


def test_the_selector_is_made_from_a_policy():
    """The error names the function."""
    with pytest.raises(InvalidSelector) as caught:
        buttle_selector(100)

    assert caught.value.selector == "buttle_selector"


def test_the_row_on_likelihood_says_within_how_many_days():
    """A likelihood means nothing without its horizon."""
    advice = recommend(
        profile(PROSPECT, purchase_likelihood=0), buttle_selector(ButtlePolicy(likelihood_days=30))
    )

    assert "within 30 days" in advice.reason.sentence


def test_the_selector_says_by_which_policy_it_decides():
    """Its name holds the name and the day of the policy."""
    selector = buttle_selector(ButtlePolicy(name="ours", since=date(2027, 3, 1)))

    assert selector.name == "Buttle's strategies, policy ours of 2027-03-01"
    assert buttle_selector(ButtlePolicy(low_chance=0.2)) is buttle_selector(ButtlePolicy())


BORNE = {
    "BUT-1": {"START-KEY", "START-INTEREST", "START-OPEN"},
    "BUT-2": {
        "PROTECT-DISCONTENT",
        "PROTECT-COURTED",
        "PROTECT-AT-RISK",
        "PROTECT-KEY",
    },
    "BUT-3": {"ENHANCE-AT-RISK", "REENGINEER-COST"},
    "BUT-4": {"ENHANCE-DISCONTENT", "ENHANCE-DEFICIT"},
    "BUT-5": {"HARVEST-ENDING", "HARVEST-FLAT"},
    "BUT-6": {"END-NOT-A-TARGET", "END-UNWANTED", "END-THREE-GROUNDS", "END-ON-PURPOSE"},
    "BUT-7": {"END-NOT-KEY", "END-TOO-DEAR", "WIN-BACK-KEY", "WIN-BACK-STUDY"},
    "EFR-3": {"ENHANCE-BUYER"},
    "EFR-5": {"START-REPAIR", "ENHANCE-REPAIR", "ENHANCE-FAILED"},
    "IMH-5": {"PROTECT-CONTESTED"},
    "KAL-9": {"END-UNLIKELY", "END-NO-HOPE"},
    "Kumar et al. 2018": {"START-RETURNED", "PROTECT-RETURNED", "ENHANCE-RETURNED"},
    "Ascarza 2018": {"ENHANCE-RESPONSE"},
    "assumption": {
        "END-LOW-POTENTIAL",
        "PROTECT-NOT-ENDED",
        "END-DEFICIT",
        "ENHANCE-PAUSED",
        "ENHANCE-UPSIDE",
        "ENHANCE-OPEN",
        "END-BEYOND-US",
        "END-UNPROVEN",
    },
}
"""Which rows each source bears, as it was read in the domain's notes."""
CONTESTED = {"END-UNLIKELY": "Ascarza 2018"}
"""Which rows a study contradicts."""


@pytest.mark.parametrize("row", buttle_selector(DEMANDING).table.rows, ids=lambda row: row.id)
def test_a_row_cites_what_bears_it_or_owns_that_it_is_an_assumption(row):
    """And says what it means in one sentence; a study that contradicts it is named."""
    assert row.id in BORNE[str(row.source)]
    assert str(row.contested) == CONTESTED.get(row.id, "None")
    assert row.sentence.endswith(".")
    assert row.id.startswith(row.outcome.name.replace("_", "-"))


OPEN = {Room.PROSPECT: "START-OPEN", Room.FORMER: "END-UNPROVEN"}


@pytest.mark.parametrize("state", to_table(CUSTOMER_LIFECYCLE).states, ids=str)
def test_whoever_is_known_for_nothing_gets_a_strategy_in_every_state(state):
    """By where they stand alone; a termination says more by itself."""
    people = [after(*bond, *mood) for bond, mood in product(BONDS, MOODS)]
    lost = after(Engaged(at=NOW), Departed(at=NOW, cause=Cause.PRICE))
    present = [PROSPECT, after(Contacted(at=NOW)), after(Engaged(at=NOW)), *people]
    who = next(
        person
        for person in (*present, lost, UNCLEAR, dismissed(Cause.PRICE))
        if person.state == state
    )

    row = STATES.get(str(state)) or OPEN[state.room]

    assert fired(who, {}) == ("END-ON-PURPOSE" if state.stage == "terminated" else row)


def test_a_value_from_the_record_counts_like_any_other():
    """Its profit decides as if the app had said it."""
    value = CustomerValue.of(BUYER, margin_rate=Decimal("0.30"), cost_to_serve=Decimal(40))
    signals = Signals(reducible_cost=60)

    advice = recommend(Profile(relationship=BUYER, value=value, signals=signals))

    assert (advice.strategy, advice.row) == (Strategy.REENGINEER, "REENGINEER-COST")
