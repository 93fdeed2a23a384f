"""The table of the default selector, row by row, and what it may never do whatever the numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise, product

import pytest
from attrs import evolve, fields_dict
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    ComplaintIgnored,
    Contacted,
    Departed,
    Engaged,
    Initiator,
    Purchased,
    Recommended,
    Relationship,
    Room,
    Terminated,
    to_table,
)
from custlife.sources import ASSUMPTION, WORKS
from custlife.strategy import (
    ButtlePolicy,
    CustomerValue,
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
CUSTOMER = after(*bought())
FORMER = gone(Cause.PRICE)
STANDING = {Room.PROSPECT: PROSPECT, Room.CUSTOMER: CUSTOMER, Room.FORMER: FORMER}

PROSPECTS = [PROSPECT, after(Contacted(at=NOW)), after(Engaged(at=NOW))]
REGULAR = bought(2)
ADVOCATE = [*REGULAR, Recommended(at=NOW)]
CUSTOMERS = [
    after(*bond, *mood)
    for bond, mood in product(
        (bought(), REGULAR, ADVOCATE),
        ([], [Complained(at=NOW)], [Complained(at=NOW), ComplaintIgnored(at=NOW)]),
    )
]
LOST = after(Engaged(at=NOW), Departed(at=NOW, cause=Cause.PRICE))
FORMERS = [
    LOST,
    *(gone(cause, initiator) for cause, initiator in product(Cause, Initiator)),
    *map(dismissed, Cause),
]
EVERYBODY = {Room.PROSPECT: PROSPECTS, Room.CUSTOMER: CUSTOMERS, Room.FORMER: FORMERS}


def profile(relationship, **inputs):
    return Profile(relationship=relationship).altered(**inputs)


def fired(relationship, inputs, policy=None):
    selector = buttle_selector() if policy is None else buttle_selector(policy)
    return recommend(profile(relationship, **inputs), selector).row


def told(value):
    """An id for a case: a relationship by its state and departure."""
    departure = getattr(value, "departure", None)
    why = f"-{departure.cause.words}-{departure.initiator.value}" if departure else ""
    return f"{value.state}{why}" if isinstance(value, Relationship) else str(value)


# --- row by row --------------------------------------------------------------------------------

AT_ZERO = {"margin": 10, "cost_to_serve": 10}
LOSS = {"margin": 10, "cost_to_serve": Decimal("10.01")}
CENT = Decimal("0.01")
STUCK = {**LOSS, "reducible_cost": 0, "revenue_upside": 0}
STEADY = {"cash_flow_stable": True}
KEY = {"strategic": True}
WORTH = {"strategic": True, "regain_benefit": 100, "regain_cost": Decimal("99.99")}

P, C = PROSPECT, CUSTOMER
FIRES = {
    "END-NOT-A-TARGET": [(P, {"target": False})],
    "END-NO-HOPE": [(P, {"interest": False, "improvement_chance": 0.19})],
    "START-KEY": [(P, {"strategic": True, "potential_value": 0})],
    "START-POTENTIAL": [(P, {"potential_value": 100}), (P, {"potential_value": 101})],
    "END-LOW-POTENTIAL": [
        (P, {"potential_value": Decimal("99.99")}),
        (P, {"potential_value": 0}),
    ],
    "START-OPEN": [(P, {})],
    "PROTECT-COURTED": [(C, {**KEY, "courted": True})],
    "PROTECT-CONTESTED": [(C, {**KEY, "competition": 0.5}), (C, {**KEY, "competition": 1})],
    "PROTECT-AT-RISK": [(C, {**KEY, "defection_risk": 0.5}), (C, {**KEY, "defection_risk": 1})],
    "REENGINEER-COST": [(C, {**LOSS, "reducible_cost": CENT})],
    "END-UNWANTED-DEFICIT": [(C, {**LOSS, "target": False})],
    "ENHANCE-INTEREST": [(C, {**LOSS, "interest": True, "revenue_upside": CENT})],
    "END-LOST-CAUSE": [(C, {**LOSS, "improvement_chance": 0.19})],
    "ENHANCE-DEFICIT": [(C, {**LOSS, "revenue_upside": CENT})],
    "REENGINEER-HOPE": [(C, {**STUCK, "improvement_chance": 0.2})],
    "END-NO-LEVER": [(C, STUCK)],
    "ENHANCE-ONLY-WAY": [(C, {**LOSS, "reducible_cost": 0})],
    "REENGINEER-LOOK": [(C, LOSS)],
    "HARVEST-FLAT": [
        (C, {**STEADY, "effort_response": 0.99}),
        (C, {**STEADY, "effort_response": 0}),
    ],
    "HARVEST-ENDING": [
        (C, {**STEADY, "need_ending": True}),
        (C, {**STEADY, "defection_risk": 0.5}),
        (C, {**STEADY, "defection_risk": 0.51}),
    ],
    "END-UNWANTED": [(C, {"target": False}), (C, {**AT_ZERO, "target": False})],
    "ENHANCE-UPSIDE": [(C, {"revenue_upside": 50}), (C, {**AT_ZERO, "revenue_upside": 50})],
    "ENHANCE-RESPONSE": [(C, {"effort_response": 1}), (C, {"effort_response": 1.01})],
    "PROTECT-KEY": [(C, KEY)],
    "HARVEST-SATED": [(C, {**AT_ZERO, "revenue_upside": Decimal("49.99")})],
    "ENHANCE-OPEN": [(C, {}), (C, AT_ZERO)],
    "END-ON-PURPOSE": [
        (dismissed(Cause.PRICE), WORTH),
        (gone(Cause.PRICE, Initiator.ENTERPRISE), WORTH),
        (gone(Cause.DISMISSED), WORTH),
    ],
    "END-BEYOND-US": [(gone(Cause.RELOCATION), WORTH)],
    "END-NOT-KEY": [(FORMER, {**WORTH, "strategic": False})],
    "END-TOO-DEAR": [
        (FORMER, {**WORTH, "regain_cost": 100}),
        (FORMER, {"regain_benefit": 0, "regain_cost": 0}),
    ],
    "WIN-BACK-KEY": [
        (FORMER, WORTH),
        (gone(Cause.PRICE, Initiator.BOTH), WORTH),
    ],
    "END-UNPROVEN": [(FORMER, {}), (gone(Cause.UNKNOWN), WORTH)],
}
"""For each row of the table the least that makes it fire."""
CASES = [(row, who, inputs) for row, cases in FIRES.items() for who, inputs in cases]
ROWS = (*prospect_rows(), *customer_rows(), *former_rows())


@pytest.mark.parametrize(("row", "who", "inputs"), CASES, ids=told)
def test_a_row_fires_where_its_conditions_hold(row, who, inputs):
    """Nothing beside them needs to be known."""
    assert fired(who, inputs) == row


def test_every_row_can_fire():
    """Each row of the table fires for some profile above, in the table's order."""
    assert tuple(FIRES) == tuple(row.id for row in buttle_selector().table.rows)
    assert tuple(FIRES) == tuple(row.id for row in ROWS)


OTHERWISE = [
    ("END-NOT-A-TARGET", {"target": True}, "START-OPEN"),
    ("END-NOT-A-TARGET", {"target": None}, "START-OPEN"),
    ("END-NO-HOPE", {"interest": True}, "START-OPEN"),
    ("END-NO-HOPE", {"interest": None}, "START-OPEN"),
    ("END-NO-HOPE", {"improvement_chance": 0.2}, "START-OPEN"),
    ("END-NO-HOPE", {"improvement_chance": None}, "START-OPEN"),
    ("START-KEY", {"strategic": False}, "END-LOW-POTENTIAL"),
    ("START-KEY", {"strategic": None}, "END-LOW-POTENTIAL"),
    ("START-POTENTIAL", {"potential_value": Decimal("99.99")}, "END-LOW-POTENTIAL"),
    ("START-POTENTIAL", {"potential_value": None}, "START-OPEN"),
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
    ("REENGINEER-COST", {"reducible_cost": 0}, "ENHANCE-ONLY-WAY"),
    ("REENGINEER-COST", {"reducible_cost": None}, "REENGINEER-LOOK"),
    ("REENGINEER-COST", AT_ZERO, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"margin": None}, "ENHANCE-OPEN"),
    ("REENGINEER-COST", {"cost_to_serve": None}, "ENHANCE-OPEN"),
    ("END-LOST-CAUSE", {"improvement_chance": 0.2}, "REENGINEER-LOOK"),
    ("END-LOST-CAUSE", {"improvement_chance": None}, "REENGINEER-LOOK"),
    ("END-LOST-CAUSE", AT_ZERO, "ENHANCE-OPEN"),
    ("END-UNWANTED-DEFICIT", {"target": True}, "REENGINEER-LOOK"),
    ("END-UNWANTED-DEFICIT", {"target": None}, "REENGINEER-LOOK"),
    ("END-UNWANTED-DEFICIT", AT_ZERO, "END-UNWANTED"),
    ("ENHANCE-INTEREST", {"interest": False}, "ENHANCE-DEFICIT"),
    ("ENHANCE-INTEREST", {"interest": None}, "ENHANCE-DEFICIT"),
    ("ENHANCE-INTEREST", {"revenue_upside": 0}, "REENGINEER-LOOK"),
    ("ENHANCE-INTEREST", {"revenue_upside": None}, "REENGINEER-LOOK"),
    ("ENHANCE-INTEREST", AT_ZERO, "HARVEST-SATED"),
    ("ENHANCE-INTEREST", {"margin": None}, "ENHANCE-OPEN"),
    ("ENHANCE-DEFICIT", {"revenue_upside": 0}, "REENGINEER-LOOK"),
    ("ENHANCE-DEFICIT", {"revenue_upside": None}, "REENGINEER-LOOK"),
    ("ENHANCE-DEFICIT", AT_ZERO, "HARVEST-SATED"),
    ("REENGINEER-HOPE", {"improvement_chance": None}, "END-NO-LEVER"),
    ("REENGINEER-HOPE", {"improvement_chance": 0.19}, "END-LOST-CAUSE"),
    ("REENGINEER-HOPE", {"reducible_cost": None}, "REENGINEER-LOOK"),
    ("REENGINEER-HOPE", {"reducible_cost": CENT}, "REENGINEER-COST"),
    ("REENGINEER-HOPE", {"revenue_upside": None}, "ENHANCE-ONLY-WAY"),
    ("REENGINEER-HOPE", {"revenue_upside": CENT}, "ENHANCE-DEFICIT"),
    ("REENGINEER-HOPE", AT_ZERO, "HARVEST-SATED"),
    ("REENGINEER-HOPE", {"margin": None}, "ENHANCE-OPEN"),
    ("END-NO-LEVER", {"reducible_cost": None}, "REENGINEER-LOOK"),
    ("END-NO-LEVER", {"revenue_upside": None}, "ENHANCE-ONLY-WAY"),
    ("END-NO-LEVER", AT_ZERO, "HARVEST-SATED"),
    ("END-NO-LEVER", {"margin": None}, "ENHANCE-OPEN"),
    ("ENHANCE-ONLY-WAY", {"reducible_cost": None}, "REENGINEER-LOOK"),
    ("ENHANCE-ONLY-WAY", {"margin": 12}, "ENHANCE-OPEN"),
    ("REENGINEER-LOOK", AT_ZERO, "ENHANCE-OPEN"),
    ("REENGINEER-LOOK", {"margin": None}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"effort_response": 1}, "ENHANCE-RESPONSE"),
    ("HARVEST-FLAT", {"effort_response": None}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"cash_flow_stable": False}, "ENHANCE-OPEN"),
    ("HARVEST-FLAT", {"cash_flow_stable": None}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"need_ending": False}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"need_ending": None}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"need_ending": None, "defection_risk": 0.49}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"cash_flow_stable": False}, "ENHANCE-OPEN"),
    ("HARVEST-ENDING", {"cash_flow_stable": None}, "ENHANCE-OPEN"),
    ("END-UNWANTED", {"target": True}, "ENHANCE-OPEN"),
    ("END-UNWANTED", {"target": None}, "ENHANCE-OPEN"),
    ("ENHANCE-UPSIDE", {"revenue_upside": Decimal("49.99")}, "ENHANCE-OPEN"),
    ("ENHANCE-UPSIDE", {"revenue_upside": None}, "ENHANCE-OPEN"),
    ("ENHANCE-RESPONSE", {"effort_response": 0.99}, "ENHANCE-OPEN"),
    ("ENHANCE-RESPONSE", {"effort_response": None}, "ENHANCE-OPEN"),
    ("PROTECT-KEY", {"strategic": False}, "ENHANCE-OPEN"),
    ("PROTECT-KEY", {"strategic": None}, "ENHANCE-OPEN"),
    ("HARVEST-SATED", {"revenue_upside": 50}, "ENHANCE-UPSIDE"),
    ("HARVEST-SATED", {"revenue_upside": None}, "ENHANCE-OPEN"),
    ("HARVEST-SATED", LOSS, "ENHANCE-DEFICIT"),
    ("HARVEST-SATED", {"margin": None}, "ENHANCE-OPEN"),
    ("END-NOT-KEY", {"strategic": True}, "WIN-BACK-KEY"),
    ("END-NOT-KEY", {"strategic": None}, "END-UNPROVEN"),
    ("END-TOO-DEAR", {"regain_cost": Decimal("99.99")}, "WIN-BACK-KEY"),
    ("END-TOO-DEAR", {"regain_benefit": Decimal("100.01")}, "WIN-BACK-KEY"),
    ("END-TOO-DEAR", {"regain_cost": None}, "END-UNPROVEN"),
    ("END-TOO-DEAR", {"regain_benefit": None}, "END-UNPROVEN"),
    ("WIN-BACK-KEY", {"strategic": None}, "END-UNPROVEN"),
    ("WIN-BACK-KEY", {"strategic": False}, "END-NOT-KEY"),
    ("WIN-BACK-KEY", {"regain_cost": 100}, "END-TOO-DEAR"),
    ("WIN-BACK-KEY", {"regain_cost": None}, "END-UNPROVEN"),
    ("WIN-BACK-KEY", {"regain_benefit": None}, "END-UNPROVEN"),
]
"""What happens instead when one condition of a row's first case fails or is unknown."""


@pytest.mark.parametrize(("row", "change", "instead"), OTHERWISE, ids=str)
def test_each_condition_of_a_row_matters(row, change, instead):
    """On the other side of its limit, or unknown, another row fires."""
    who, inputs = FIRES[row][0]

    assert fired(who, {**inputs, **change}) == instead


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        ("END-LOW-POTENTIAL", {"room": Room.PROSPECT, "potential_value": 100}),
        ("HARVEST-SATED", {"room": Room.CUSTOMER, "profit": 0, "revenue_upside": 50}),
    ],
)
def test_a_row_does_not_lean_on_the_row_before_it_for_its_limit(row, facts):
    """At the limit only the other one of two rows that share it holds."""
    (when,) = (other.when for other in ROWS if other.id == row)

    assert when.holds(facts) is False


def test_whoever_went_for_an_unknown_cause_is_not_won_back():
    """A cause that might be mended is not one that can be."""
    assert fired(gone(Cause.PRICE), WORTH) == "WIN-BACK-KEY"
    assert fired(gone(Cause.OTHER), WORTH) == "END-UNPROVEN"


@pytest.mark.parametrize(("row", "who", "inputs"), CASES, ids=told)
def test_a_row_belongs_to_one_room(row, who, inputs):
    """The same inputs fire other rows for whoever stands in another room."""
    elsewhere = [other for room, other in STANDING.items() if room is not who.state.room]

    assert row not in {fired(other, inputs) for other in elsewhere}


DESPAIR = {"interest": False, "improvement_chance": 0.1}
PEELED = {
    "prospect": (
        PROSPECT,
        {"target": False, "strategic": True, "potential_value": 100, **DESPAIR},
        [
            ({}, "END-NOT-A-TARGET"),
            ({"target": None}, "END-NO-HOPE"),
            ({"interest": None}, "START-KEY"),
            ({"strategic": None}, "START-POTENTIAL"),
            ({"potential_value": 0}, "END-LOW-POTENTIAL"),
            ({"potential_value": None}, "START-OPEN"),
        ],
    ),
    "unprofitable": (
        CUSTOMER,
        {
            **LOSS,
            **STEADY,
            "strategic": True,
            "courted": True,
            "competition": 1,
            "defection_risk": 1,
            "reducible_cost": 100,
            "improvement_chance": 0.1,
            "target": False,
            "revenue_upside": 100,
            "effort_response": 0.5,
            "need_ending": True,
            "interest": True,
        },
        [
            ({}, "PROTECT-COURTED"),
            ({"courted": False}, "PROTECT-CONTESTED"),
            ({"competition": 0}, "PROTECT-AT-RISK"),
            ({"defection_risk": 0}, "REENGINEER-COST"),
            ({"reducible_cost": 0}, "END-UNWANTED-DEFICIT"),
            ({"target": None}, "ENHANCE-INTEREST"),
            ({"interest": None}, "END-LOST-CAUSE"),
            ({"improvement_chance": 0.5}, "ENHANCE-DEFICIT"),
            ({"revenue_upside": 0}, "REENGINEER-HOPE"),
            ({"improvement_chance": None}, "END-NO-LEVER"),
            ({"revenue_upside": None}, "ENHANCE-ONLY-WAY"),
            ({"reducible_cost": None}, "REENGINEER-LOOK"),
            ({"margin": 100}, "HARVEST-FLAT"),
        ],
    ),
    "profitable": (
        CUSTOMER,
        {
            **STEADY,
            "margin": 100,
            "cost_to_serve": 10,
            "strategic": True,
            "target": False,
            "revenue_upside": 50,
            "effort_response": 0.5,
            "need_ending": True,
        },
        [
            ({}, "HARVEST-FLAT"),
            ({"effort_response": 1}, "HARVEST-ENDING"),
            ({"need_ending": None}, "END-UNWANTED"),
            ({"target": None}, "ENHANCE-UPSIDE"),
            ({"revenue_upside": 10}, "ENHANCE-RESPONSE"),
            ({"effort_response": None}, "PROTECT-KEY"),
            ({"strategic": None}, "HARVEST-SATED"),
            ({"revenue_upside": None}, "ENHANCE-OPEN"),
        ],
    ),
    "former": (
        FORMER,
        {"strategic": False, "regain_benefit": 5, "regain_cost": 5},
        [
            ({}, "END-NOT-KEY"),
            ({"strategic": True}, "END-TOO-DEAR"),
            ({"regain_cost": 4}, "WIN-BACK-KEY"),
            ({"regain_cost": None}, "END-UNPROVEN"),
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
        (gone(Cause.RELOCATION), {"strategic": False}, "END-BEYOND-US"),
        (gone(Cause.RELOCATION), {"regain_cost": 5, "regain_benefit": 5}, "END-BEYOND-US"),
    ],
)
def test_for_a_former_customer_the_cause_comes_first(who, inputs, row):
    """Only then it is asked whether the customer is worth the way back (BUT-7)."""
    assert fired(who, inputs) == row


# --- the policy --------------------------------------------------------------------------------

MOVED = [
    ("desired_profit", 100, CUSTOMER, {"margin": 100, "cost_to_serve": 1}, "REENGINEER-LOOK"),
    ("desired_profit", 99, CUSTOMER, {"margin": 100, "cost_to_serve": 1}, "ENHANCE-OPEN"),
    ("worthwhile_potential", 101, PROSPECT, {"potential_value": 100}, "END-LOW-POTENTIAL"),
    ("worthwhile_potential", 99, PROSPECT, {"potential_value": 99}, "START-POTENTIAL"),
    ("worthwhile_upside", 51, CUSTOMER, {**AT_ZERO, "revenue_upside": 50}, "HARVEST-SATED"),
    ("worthwhile_upside", 49, CUSTOMER, {**AT_ZERO, "revenue_upside": 49}, "ENHANCE-UPSIDE"),
    ("worthwhile_response", 2, CUSTOMER, {**STEADY, "effort_response": 1}, "HARVEST-FLAT"),
    ("worthwhile_response", 0.5, CUSTOMER, {"effort_response": 0.5}, "ENHANCE-RESPONSE"),
    ("low_chance", 0.1, PROSPECT, {"interest": False, "improvement_chance": 0.1}, "START-OPEN"),
    ("low_chance", 0.3, CUSTOMER, {**LOSS, "improvement_chance": 0.29}, "END-LOST-CAUSE"),
    ("low_chance", 0.1, CUSTOMER, {**STUCK, "improvement_chance": 0.1}, "REENGINEER-HOPE"),
    ("intense_competition", 0.4, CUSTOMER, {**KEY, "competition": 0.4}, "PROTECT-CONTESTED"),
    ("intense_competition", 0.6, CUSTOMER, {**KEY, "competition": 0.59}, "PROTECT-KEY"),
    ("high_risk", 0.4, CUSTOMER, {**KEY, "defection_risk": 0.4}, "PROTECT-AT-RISK"),
    ("high_risk", 0.4, CUSTOMER, {**STEADY, "defection_risk": 0.4}, "HARVEST-ENDING"),
    ("high_risk", 0.6, CUSTOMER, {**STEADY, "defection_risk": 0.5}, "ENHANCE-OPEN"),
]


@pytest.mark.parametrize(("number", "to", "who", "inputs", "row"), MOVED, ids=told)
def test_a_number_of_the_policy_moves_the_limit_of_its_rows(number, to, who, inputs, row):
    """The limit itself belongs to the side that it belongs to by default."""
    assert fired(who, inputs, ButtlePolicy(**{number: to})) == row


OF_UNPROFITABLE = {
    "REENGINEER-COST",
    "END-UNWANTED-DEFICIT",
    "ENHANCE-INTEREST",
    "END-LOST-CAUSE",
    "ENHANCE-DEFICIT",
    "REENGINEER-HOPE",
    "END-NO-LEVER",
    "ENHANCE-ONLY-WAY",
    "REENGINEER-LOOK",
}


@pytest.mark.parametrize(
    ("number", "to", "rows"),
    [
        ("desired_profit", 7, {*OF_UNPROFITABLE, "HARVEST-SATED"}),
        ("worthwhile_potential", 7, {"START-POTENTIAL", "END-LOW-POTENTIAL"}),
        ("worthwhile_upside", 7, {"ENHANCE-UPSIDE", "HARVEST-SATED"}),
        ("worthwhile_response", 7, {"HARVEST-FLAT", "ENHANCE-RESPONSE"}),
        ("low_chance", 0.7, {"END-NO-HOPE", "END-LOST-CAUSE", "REENGINEER-HOPE"}),
        ("intense_competition", 0.7, {"PROTECT-CONTESTED"}),
        ("high_risk", 0.7, {"PROTECT-AT-RISK", "HARVEST-ENDING"}),
        ("since", date(2027, 1, 1), set()),
        ("name", "ours", set()),
    ],
)
def test_a_number_of_the_policy_can_be_set_alone(number, to, rows):
    """It changes its own rows and no other, and leaves order and outcomes as they are."""
    table = buttle_selector(ButtlePolicy(**{number: to})).table

    assert {new.id for new, old in zip(table.rows, ROWS, strict=True) if new != old} == rows
    assert all(evolve(new, when=old.when) == old for new, old in zip(table.rows, ROWS, strict=True))


def test_the_selector_says_by_which_policy_it_decides():
    """Its name holds the name and the day of the policy."""
    selector = buttle_selector(ButtlePolicy(name="ours", since=date(2027, 3, 1)))

    assert selector.name == "Buttle's strategies, policy ours of 2027-03-01"
    assert buttle_selector(ButtlePolicy(low_chance=0.2)) is buttle_selector(ButtlePolicy())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_cites_the_works_or_owns_that_it_is_an_assumption(row):
    """And says what it means in one sentence."""
    assert row.source in {*(source for work in WORKS for source in work), ASSUMPTION}
    assert row.sentence.endswith(".")
    assert row.id.startswith(row.outcome.name.replace("_", "-"))


# --- whatever the numbers ----------------------------------------------------------------------

flags = st.sampled_from([None, True, False])
shares = st.sampled_from([None, *map(Decimal, ("0", "0.19", "0.2", "0.49", "0.5", "0.51", "1"))])
amounts = st.sampled_from(
    [None, *map(Decimal, ("0", "0.01", "49.99", "50", "99.99", "100", "100.01", "1e9"))]
)
KINDS = {
    **dict.fromkeys(
        ("target", "strategic", "courted", "interest", "cash_flow_stable", "need_ending"), flags
    ),
    **dict.fromkeys(("competition", "improvement_chance", "defection_risk"), shares),
    **dict.fromkeys(
        ("potential_value", "revenue_upside", "reducible_cost", "regain_cost", "regain_benefit"),
        amounts,
    ),
    "effort_response": st.sampled_from([None, *map(Decimal, ("0", "0.99", "1", "1.5", "9"))]),
    "cost_to_serve": amounts,
    "margin": amounts,
}


def inputs(**fixed):
    """Values for every input, known or not; some of them fixed."""
    return st.fixed_dictionaries(
        {**KINDS, **{name: st.just(value) for name, value in fixed.items()}}
    )


policies = st.sampled_from(
    [
        ButtlePolicy(),
        ButtlePolicy(desired_profit=100),
        ButtlePolicy(desired_profit=10**9, worthwhile_upside=0, worthwhile_response=1),
        ButtlePolicy(worthwhile_potential=0, low_chance=1, intense_competition=1, high_risk=1),
        ButtlePolicy(worthwhile_potential=10**9, worthwhile_upside=10**9, low_chance=0.01),
        ButtlePolicy(worthwhile_response=9, intense_competition=0, high_risk=0),
    ]
)
quick = settings(max_examples=60)
prospects, customers, formers = (st.sampled_from(EVERYBODY[room]) for room in Room)
everybody = st.sampled_from([*PROSPECTS, *CUSTOMERS, *FORMERS])


def strategy(who, known, policy):
    return recommend(profile(who, **known), buttle_selector(policy)).strategy


def test_the_relationships_below_stand_in_every_state():
    """Each state of the lifecycle is among them."""
    standing = {who.state for who in (*PROSPECTS, *CUSTOMERS, *FORMERS)}

    assert standing == set(to_table(CUSTOMER_LIFECYCLE).states)
    assert all(who.state.room is room for room, people in EVERYBODY.items() for who in people)
    assert set(KINDS) == {*fields_dict(Signals), "margin", "cost_to_serve"}


@quick
@given(prospects, inputs(), policies)
def test_a_prospect_is_only_ever_started_or_let_go(who, known, policy):
    """Whatever is known and whatever the policy."""
    assert strategy(who, known, policy) in {Strategy.START, Strategy.END}


@quick
@given(formers, inputs(), policies)
def test_a_former_customer_is_only_ever_won_back_or_let_go(who, known, policy):
    """Whatever is known and whatever the policy."""
    assert strategy(who, known, policy) in {Strategy.WIN_BACK, Strategy.END}


@quick
@given(customers, inputs(), policies)
def test_a_present_customer_is_never_started_or_won_back(who, known, policy):
    """Whatever is known and whatever the policy."""
    assert strategy(who, known, policy) not in {Strategy.START, Strategy.WIN_BACK}


@quick
@given(customers, inputs(strategic=True, courted=True), policies)
def test_a_strategic_customer_who_is_courted_is_protected(who, known, policy):
    """Even where there is upside, or cost to cut, or nothing but loss (BUT-2)."""
    assert strategy(who, known, policy) is Strategy.PROTECT


UNTHREATENED = [
    {"strategic": False},
    {"strategic": None},
    {"strategic": True, "courted": False, "competition": Decimal(0), "defection_risk": Decimal(0)},
    {"strategic": True, "courted": None, "competition": None, "defection_risk": None},
]
cuttable = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(10**9)])


@quick
@given(customers, inputs(), st.sampled_from(UNTHREATENED), cuttable, st.sampled_from([0, 100]))
def test_the_unprofitable_with_cost_to_cut_are_reengineered(who, known, threats, cut, desired):
    """Unless they are key customers who are courted, contested or likely to go (BUT-3)."""
    loss = {"margin": desired, "cost_to_serve": Decimal("0.01"), "reducible_cost": cut}
    policy = ButtlePolicy(desired_profit=desired)

    assert strategy(who, {**known, **threats, **loss}, policy) is Strategy.REENGINEER


@quick
@given(customers, inputs(), st.sampled_from(UNTHREATENED), st.sampled_from([None, 0, 0.19]))
def test_the_unprofitable_where_nothing_can_change_are_let_go(who, known, threats, chance):
    """No cost to cut, no revenue to gain and no chance known of better (BUT-6)."""
    stuck = {**STUCK, "improvement_chance": chance}

    assert strategy(who, {**known, **threats, **stuck}, ButtlePolicy()) is Strategy.END


@quick
@given(
    customers,
    inputs(cash_flow_stable=True),
    st.sampled_from([None, False]),
    st.sampled_from([0, 0.5, 0.99]),
    st.sampled_from([0, 100]),
)
def test_stable_cash_that_effort_does_not_move_is_harvested(who, known, key, effort, desired):
    """Of whoever pays as wanted and is no key customer (BUT-5)."""
    flat = {"strategic": key, "effort_response": effort, "margin": desired, "cost_to_serve": 0}
    policy = ButtlePolicy(desired_profit=desired)

    assert strategy(who, {**known, **flat}, policy) is Strategy.HARVEST


MENDABLE = [
    who
    for who in FORMERS
    if who.departure.cause.changeable
    and who.departure.initiator is not Initiator.ENTERPRISE
    and who.departure.cause is not Cause.DISMISSED
]
HOPELESS = [
    who
    for who in FORMERS
    if who.departure.cause.changeable is False
    or who.departure.initiator is Initiator.ENTERPRISE
    or who.departure.cause is Cause.DISMISSED
]
gains = st.decimals(min_value="0.01", max_value=10**9, places=2)
costs = st.decimals(min_value=0, max_value=10**9, places=2)


@quick
@given(st.sampled_from(MENDABLE), inputs(strategic=True), costs, gains, policies)
def test_a_key_customer_who_is_worth_it_is_won_back(who, known, cost, gain, policy):
    """Where the cause can be mended and the benefit exceeds the cost, by a cent or more (BUT-7)."""
    worth = {"regain_cost": cost, "regain_benefit": cost + gain}

    assert strategy(who, {**known, **worth}, policy) is Strategy.WIN_BACK


@quick
@given(st.sampled_from(MENDABLE), inputs(), costs, gains, policies)
def test_nobody_is_won_back_for_more_than_they_bring(who, known, benefit, gain, policy):
    """Nor for as much (BUT-7)."""
    dear = {"regain_benefit": benefit, "regain_cost": benefit + gain}
    even = {"regain_benefit": benefit, "regain_cost": benefit}

    assert strategy(who, {**known, **dear}, policy) is Strategy.END
    assert strategy(who, {**known, **even}, policy) is Strategy.END


@pytest.mark.parametrize("who", HOPELESS, ids=told)
def test_whoever_left_beyond_our_reach_or_was_pushed_away_is_let_go(who):
    """Every cause that cannot be changed, every termination, and who was dismissed (BUT-7)."""
    assert strategy(who, WORTH, ButtlePolicy()) is Strategy.END
    assert fired(who, WORTH) in {"END-ON-PURPOSE", "END-BEYOND-US"}


@pytest.mark.parametrize("who", MENDABLE, ids=told)
def test_whoever_left_for_a_cause_that_can_be_mended_can_be_won_back(who):
    """Every such cause, by the customer or by both sides."""
    assert strategy(who, WORTH, ButtlePolicy()) is Strategy.WIN_BACK


def test_causes_are_mendable_or_hopeless_or_unknown():
    """So no cause is left out above."""
    causes = {who.departure.cause for who in (*MENDABLE, *HOPELESS)}

    assert causes == set(Cause)
    assert {cause for cause in Cause if cause.changeable is None} == {
        Cause.SILENCE,
        Cause.OTHER,
        Cause.UNKNOWN,
    }


@quick
@given(everybody, inputs(), st.sampled_from([None, False]), policies)
def test_a_more_strategic_customer_never_moves_to_the_end(who, known, before, policy):
    """Who is started, protected or kept otherwise still is, once known for a key customer."""
    lesser = strategy(who, {**known, "strategic": before}, policy)
    key = strategy(who, {**known, "strategic": True}, policy)

    assert key is not Strategy.END or lesser is Strategy.END


@quick
@given(formers, inputs(), costs, gains, policies)
def test_a_higher_regain_cost_never_turns_let_go_into_win_back(who, known, cost, more, policy):
    """Nor does a lower benefit."""
    cheap = strategy(who, {**known, "regain_cost": cost}, policy)
    dear = strategy(who, {**known, "regain_cost": cost + more}, policy)

    assert dear is not Strategy.WIN_BACK or cheap is Strategy.WIN_BACK


@quick
@given(formers, inputs(), costs, gains, policies)
def test_a_higher_regain_benefit_never_turns_win_back_into_let_go(who, known, gain, more, policy):
    """It can only speak for the way back."""
    small = strategy(who, {**known, "regain_benefit": gain}, policy)
    large = strategy(who, {**known, "regain_benefit": gain + more}, policy)

    assert small is not Strategy.WIN_BACK or large is Strategy.WIN_BACK


RISING = {
    "competition": [0, 0.49, 0.5, 1],
    "defection_risk": [0, 0.49, 0.5, 1],
}


@quick
@given(customers, inputs(strategic=True), st.sampled_from(sorted(RISING)), policies)
def test_a_graver_threat_never_leaves_a_key_customer_undefended(who, known, threat, policy):
    """More competition or risk keeps whom the rows on threats protect protected."""
    rows = [
        recommend(profile(who, **{**known, threat: level}), buttle_selector(policy)).row
        for level in RISING[threat]
    ]
    threatened = [
        row in {"PROTECT-COURTED", "PROTECT-CONTESTED", "PROTECT-AT-RISK"} for row in rows
    ]

    assert all(later or not earlier for earlier, later in pairwise(threatened))


OPEN = {Room.PROSPECT: "START-OPEN", Room.CUSTOMER: "ENHANCE-OPEN"}


@pytest.mark.parametrize("state", to_table(CUSTOMER_LIFECYCLE).states, ids=str)
def test_whoever_is_known_for_nothing_gets_a_strategy_in_every_state(state):
    """The last row of each room answers; only a termination says more by itself."""
    who = next(
        person
        for person in (*PROSPECTS, *CUSTOMERS, LOST, gone(Cause.UNKNOWN), dismissed(Cause.PRICE))
        if person.state == state
    )
    last = {
        "lost": "END-UNPROVEN",
        "eroded": "END-UNPROVEN",
        "terminated": "END-ON-PURPOSE",
    }

    assert fired(who, {}) == (OPEN.get(state.room) or last[state.stage])


@quick
@given(everybody, inputs(), policies)
def test_every_profile_gets_one_strategy_which_fits_its_room(who, known, policy):
    """From one row of the table, and always the same."""
    advice = recommend(profile(who, **known), buttle_selector(policy))
    again = recommend(profile(who, **known), buttle_selector(policy))

    assert advice.strategy.fits(who.state.room)
    assert advice.row in FIRES
    assert (again.strategy, again.row) == (advice.strategy, advice.row)


def test_a_value_from_the_record_counts_like_any_other():
    """Its profit decides as if the app had said it."""
    value = CustomerValue.of(CUSTOMER, margin_rate=Decimal("0.30"), cost_to_serve=Decimal(40))
    signals = Signals(reducible_cost=20)

    advice = recommend(Profile(relationship=CUSTOMER, value=value, signals=signals))

    assert (advice.strategy, advice.row) == (Strategy.REENGINEER, "REENGINEER-COST")
