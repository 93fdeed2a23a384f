"""What facts can be: the values that are tried, and which of them hang together."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum

import pytest
from attrs import evolve
from hypothesis import given, settings
from tests.unit.lifecycle.builders import trio

from custlife import CUSTOMER_LIFECYCLE, Phase, to_table
from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.predicates import (
    above,
    all_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    within,
)
from custlife.departure_kind import DepartureKind
from custlife.severity import Severity
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import (
    FACTS,
    Fact,
    FactKind,
    Profile,
    Tier,
    buttle_selector,
    fact_named,
    facts_for,
    grid_selector,
)
from custlife.testing import profiles, relationships
from custlife.testing.requirements.conditions import Undecidable
from custlife.testing.tables import domains
from custlife.testing.tables.domains import beside, plain_domain, selector_domain
from custlife.testing.tables.unknown import unknown


class Grade(Enum):
    """One of several."""

    A = 1
    B = 2


DAY = timedelta(days=1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limits", "tried"),
    [
        ([3], [2, 3, 4, "2.5", "3.5"]),
        ([0, Decimal("0.5")], [0, -1, "0.25", "-0.5", "0.5", 1, "1.5"]),
        ([], [0, 1, -1, "0.5", "-0.5"]),
        ([True], [True, False]),
        ([Grade.A], [Grade.A, Grade.B]),
        ([DAY], [n * DAY for n in (1, -1, 0, 2, 3)]),
        ([NOON], [NOON + n * DAY for n in (0, -2, -1, 1, 2)]),
        ([date(2026, 1, 5)], [date(2026, 1, n) for n in (5, 3, 4, 6, 7)]),
        (["web"], ["web", "something else", "", "web "]),
        ([(1, 2)], [(1, 2), "something else"]),
        ([float("inf")], [float("inf"), "something else"]),
    ],
    ids=str,
)
def test_the_limits_and_what_lies_beside_them_are_tried(limits, tried):
    """All values of a kind that has few; of others one on each side."""
    numbers = [
        Decimal(one) if isinstance(one, str) and one[-1:].isdigit() else one for one in tried
    ]

    assert {*beside(limits)} == {*numbers}
    assert len(beside(limits)) == len(numbers)


def test_a_limit_is_tried_as_it_was_given():
    """A float, too, which no decimal equals."""
    assert 0.1 in beside([0.1])
    assert Decimal("0.1") not in beside([0.1])


def values_of(domain, name):
    """What a fact can be, by itself."""
    (group,) = (group for group in domain.groups if name in group.names)
    place = group.names.index(name)
    return {values[place] for values in group.values}


# --- plain tables -----------------------------------------------------------------------------


def test_every_fact_of_a_table_can_be_unknown():
    """Each by itself where it is not held against another."""
    domain = plain_domain([all_of(is_("key", True), at_least("n", 1)), is_("key", None)])

    assert values_of(domain, "key") == {None, True, False}
    assert {None, 0, 1} < values_of(domain, "n")
    assert [group.names for group in domain.groups] == [("key",), ("n",)]


def test_facts_that_are_held_against_each_other_share_their_limits():
    """With as many values between each two as there are facts, in every combination."""
    domain = plain_domain([exceeds("n", "m"), at_least("n", 1)])
    (group,) = domain.groups

    assert values_of(domain, "m") == values_of(domain, "n") > {None, 0, 1, 2}
    assert len(group.values) == len(values_of(domain, "n")) ** 2


def test_a_fact_that_rises_has_more_values_between():
    """It is compared with itself, too."""
    predicates = [exceeds("n", "m"), exceeds("m", "o")]

    fewer, more = (values_of(plain_domain(predicates, on), "o") for on in (None, "n"))

    assert len(fewer) < len(more)


class Own:
    """A predicate of the app's own."""

    def __init__(self, *facts):
        self.facts = facts

    def holds(self, facts):
        return None

    def atoms(self):
        yield self


def test_a_predicate_of_the_apps_own_is_free_where_a_fact_has_values_without_limits():
    """Of flags and choices all values are known."""
    flag, number, none = Own("key"), Own("key", "n"), Own("m")
    predicates = [is_("key", True), at_least("n", 1), flag, number, none, unknown("n")]

    domain = plain_domain(predicates)

    assert domain.free(predicates) == [number, none]
    assert values_of(domain, "m") == {None}


# --- selectors --------------------------------------------------------------------------------


def combined(*predicates, lifecycle=CUSTOMER_LIFECYCLE, facts=FACTS, rises=None):
    return selector_domain(predicates, facts, lifecycle, rises)


def rows_of(domain, *names):
    """Every combination of facts."""
    (group,) = (group for group in domain.groups if names[0] in group.names)
    return {tuple(values[group.names.index(name)] for name in names) for values in group.values}


def test_a_fact_of_a_profile_can_be_unknown_unless_it_is_always_on_record():
    """As the catalogue says."""
    domain = combined(is_("strategic", True), at_least("service_failures", 1))

    assert values_of(domain, "strategic") == {None, True, False}
    assert values_of(domain, "service_failures") == {0, 1, 2}


def test_states_say_which_rooms_stages_and_views_go_together():
    """Each combination is that of a state that can be reached."""
    domain = combined(
        is_("stage", "buyer"), is_("phase", Phase.EXPANSION), is_("standing", "eroding")
    )

    found = rows_of(domain, "room", "stage", "phase", "standing")

    table = to_table(CUSTOMER_LIFECYCLE)
    assert found == {
        (state.room, state.stage, table.view(state, Phase), state.regions.get("standing"))
        for state in table.states
    }


def test_without_a_lifecycle_its_facts_go_together_as_their_rooms_say():
    """Known in the rooms where they are known of everybody."""
    domain = combined(is_("standing", "eroding"), lifecycle=None)

    found = rows_of(domain, "room", "standing")

    assert (Room.CUSTOMER, None) not in found
    assert {(Room.CUSTOMER, "eroding"), (Room.PROSPECT, None), (Room.FORMER, "content")} < found


def test_what_follows_from_a_cause_goes_with_it():
    """And is known of former customers only."""
    domain = combined(
        is_("cause", Cause.PRICE), is_("cause_changeable", True), is_("last_cause", Cause.PRICE)
    )

    found = rows_of(domain, "room", "cause", "cause_changeable", "last_cause")

    former = {row for row in found if row[0] is Room.FORMER}
    assert former == {
        (Room.FORMER, None, Cause.UNKNOWN.changeable, None),
        *((Room.FORMER, c, c.changeable, c) for c in Cause if c is not Cause.UNKNOWN),
    }
    assert {row[1:3] for row in found - former} == {(None, None)}


def test_a_departure_is_of_the_kind_that_the_rules_give():
    """By who ended it and why."""
    domain = combined(
        is_("departure_kind", DepartureKind.LOSS),
        is_("initiator", Initiator.BOTH),
        is_("defector", DefectorKind.CEASED),
        is_("severity", Severity.GRAVE),
    )

    found = rows_of(domain, "departure_kind", "initiator", "defector")

    loss, ended = DepartureKind.LOSS, DepartureKind.TERMINATION
    assert {kind for kind, who, _ in found if who is Initiator.ENTERPRISE} == {ended}
    assert (loss, Initiator.BOTH, DefectorKind.BOUGHT_AWAY) in found
    assert (loss, Initiator.CUSTOMER, DefectorKind.PUSHED_AWAY_ON_PURPOSE) not in found


def test_who_is_back_left_before_and_was_not_sent_away():
    """In a later cycle than the first."""
    domain = combined(
        is_("returned", True), is_("last_kind", DepartureKind.LOSS), at_least("cycle", 2)
    )

    found = rows_of(domain, "room", "returned", "last_kind", "cycle")

    back = {row for row in found if row[1]}
    assert {kind for _, _, kind, _ in back} == {*DepartureKind} - {DepartureKind.TERMINATION}
    assert {room for room, *_ in back} == {Room.PROSPECT, Room.CUSTOMER}
    assert min(cycle for *_, cycle in back) == 2
    assert (Room.FORMER, False, DepartureKind.EROSION, 1) in found
    assert (Room.PROSPECT, False, DepartureKind.TERMINATION, 1) not in found


def test_no_more_complaints_are_open_than_were_voiced():
    """Whatever the limits."""
    domain = combined(at_least("open_complaints", 3), at_most("complaints", 1))

    found = rows_of(domain, "open_complaints", "complaints")

    assert all(waiting <= voiced for waiting, voiced in found)
    assert {(0, 0), (1, 1), (3, 3), (0, 4)} < found


def test_a_profit_is_known_where_the_margin_and_the_cost_are():
    """And is no more than the margin, which is no more than the revenue."""
    limits = (at_least(name, 100) for name in ("profit", "margin", "cost_to_serve", "revenue"))

    found = rows_of(combined(*limits), "profit", "margin", "cost_to_serve", "revenue")

    known = [[value is not None for value in row] for row in found]
    assert all(profit is (margin and cost) for profit, margin, cost, _ in known)
    assert all(p <= m for p, m, *_ in found if p is not None)
    assert all(m <= r for _, m, _, r in found if m is not None and r is not None)


def test_a_bill_is_what_the_way_back_costs_and_more_where_a_complaint_is_public():
    """Known where its parts are."""
    found = rows_of(
        combined(
            at_least("regain_bill", 9),
            at_least("regain_cost", 9),
            at_least("answer_cost", 9),
            above("open_public_complaints", 0),
        ),
        "regain_bill",
        "regain_cost",
        "answer_cost",
        "open_public_complaints",
    )

    assert all(bill == cost for bill, cost, _, public in found if not public)
    assert {bill for bill, cost, answer, public in found if public and None in (cost, answer)} == {
        None
    }
    assert all(
        bill >= max(cost, answer) for bill, cost, answer, p in found if p and bill is not None
    )


def test_a_tier_is_known_where_the_profit_is():
    """As it follows from it."""
    found = rows_of(combined(is_("tier", Tier.GOLD), below("profit", 0)), "tier", "profit")

    assert {tier is None for tier, profit in found if profit is None} == {True}
    assert {tier is None for tier, profit in found if profit is not None} == {False}


def test_an_expected_value_is_the_one_that_the_app_gives():
    """Else it is known where the profit and the years are."""
    names = ("expected_remaining_value", "remaining_value", "profit", "remaining_years")

    found = rows_of(combined(*(at_least(name, 5) for name in names)), *names)

    assert {value == given for value, given, *_ in found if given is not None} == {True}
    assert {
        (value is None) is (profit is None or years is None)
        for value, given, profit, years in found
        if given is None
    } == {True}


def own(name, kind=FactKind.COUNT, **fields):
    return Fact(name, kind, "Ours.", OWN, lambda profile: None, **fields)


def test_a_fact_of_the_apps_own_is_known_in_its_rooms():
    """Elsewhere it may be unknown."""
    visits = own("visits", rooms=frozenset({Room.CUSTOMER}))

    found = rows_of(combined(at_least("visits", 1), facts=(*FACTS, visits)), "room", "visits")

    assert (Room.CUSTOMER, None) not in found
    assert {(Room.CUSTOMER, 0), (Room.FORMER, None), (Room.FORMER, 1)} < found


def test_a_fact_of_the_apps_own_that_has_the_name_of_ours_is_taken_by_itself():
    """What we know of ours is not known of it."""
    profit = evolve(fact_named("profit"), sentence="Ours, from the ledger.")
    catalogue = tuple(profit if fact.name == "profit" else fact for fact in FACTS)

    found = combined(at_least("profit", 1), at_least("margin", 1), facts=catalogue)

    assert ("profit",) in [group.names for group in found.groups]


@pytest.mark.parametrize("names", [("open_complaints", "complaints"), ("margin", "revenue")])
def test_what_rises_beside_what_it_is_held_against_has_more_values_between(names):
    """Counts and other numbers."""
    limits = [at_least(name, 2) for name in names]

    fewer, more = (values_of(combined(*limits, rises=on), names[0]) for on in (None, names[1]))

    assert fewer < more


def test_too_many_combinations_are_refused(monkeypatch):
    """With the facts that hang together."""
    monkeypatch.setattr(domains, "MOST_TOGETHER", 99)
    domains._group.cache_clear()
    predicates = [within("regain_benefit", "regain_cost"), at_least("regain_cost", 7)]

    with pytest.raises(Undecidable, match="regain_benefit and regain_cost hang together"):
        combined(*predicates)


def test_a_lifecycle_without_regions_has_its_states():
    """The facts of its own catalogue."""
    small = trio("small")

    domain = combined(is_("stage", small.states[0].stage), lifecycle=small, facts=facts_for(small))

    assert rows_of(domain, "room", "stage") == {
        (state.room, state.stage) for state in to_table(small).states
    }


# --- every customer is among what is tried -------------------------------------------------------

READ = [
    *(row.when for row in buttle_selector().table.rows),
    *(row.when for row in grid_selector().table.rows),
    at_least("revenue", 100),
    at_least("margin", 60),
    is_("tier", Tier.GOLD),
    at_least("cycle", 2),
    is_("initiator", Initiator.ENTERPRISE),
    is_("stage", "buyer"),
    is_("last_kind", DepartureKind.LOSS),
    at_least("complaints", 2),
    at_least("answer_cost", 100),
]
DOMAIN = combined(*READ)
ATOMS = {atom: atom.facts[0] for predicate in READ for atom in predicate.atoms()}


def answers(group, facts):
    """What comparisons answer, and what is unknown."""
    held = [atom.holds(facts) for atom, name in ATOMS.items() if name in group.names]
    return (*held, *(facts[name] is None for name in group.names))


TRIED = {
    group.names: {
        answers(group, dict(zip(group.names, values, strict=True))) for values in group.values
    }
    for group in DOMAIN.groups
}


def untried(profile):
    """The facts of a profile that no combination is like."""
    facts = {
        group.names: {name: fact_named(name).read(profile) for name in group.names}
        for group in DOMAIN.groups
    }
    return [
        facts[g.names] for g in DOMAIN.groups if answers(g, facts[g.names]) not in TRIED[g.names]
    ]


@settings(max_examples=150)
@given(profiles())
def test_whatever_a_profile_says_is_among_what_is_tried(profile):
    """For each group a combination that no comparison can tell from it."""
    assert untried(profile) == []


@settings(max_examples=60)
@given(relationships())
def test_whatever_a_history_leads_to_is_among_what_is_tried(relationship):
    """Returns, complaints and departures of every kind."""
    assert untried(Profile(relationship=relationship)) == []
