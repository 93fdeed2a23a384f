"""Numbers that follow from each other: what no customer has is not tried, and what one has is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import CUSTOMER_LIFECYCLE, Complained, Purchased, Relationship
from custlife.decisions.predicates import (
    all_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import (
    FACTS,
    Fact,
    FactKind,
    Profile,
    Strategy,
    TableSelector,
    Tier,
    fact_named,
    facts_for,
    former_rows,
    prospect_rows,
)
from custlife.testing import Status, always, check, monotone, never
from custlife.testing.requirements.conditions import Undecidable
from custlife.testing.tables import domains, rises, sums
from custlife.testing.tables.domains import selector_domain

PROTECT, HARVEST, REENGINEER = Strategy.PROTECT, Strategy.HARVEST, Strategy.REENGINEER
PRESENT = is_("room", Room.CUSTOMER)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BUYER = Relationship("C-1").apply(Purchased(at=NOON, amount=Decimal(5)))
PUBLIC = BUYER.apply(Complained(at=NOON, public=True))


def present(*predicates):
    return all_of(PRESENT, *predicates)


def selector(*rows, facts=FACTS):
    """A selector with own rows for customers, each an id, a predicate and a strategy."""
    own = (Row(id_, present(*when), then, f"Rule {id_}.", OWN) for id_, *when, then in rows)
    table = DecisionTable("own", (*prospect_rows(), *own, *former_rows()), HitPolicy.FIRST)
    return TableSelector("own", table, facts)


def verdict(thing, requirement):
    (found,) = check(thing, requirement).verdicts
    return found


RICH = selector(
    ("A", at_least("profit", 100), PROTECT),
    ("B", at_least("cost_to_serve", 50), REENGINEER),
    ("Z", HARVEST),
)
ONLY = selector(("A", at_least("profit", 100), PROTECT), ("Z", HARVEST))
PLAIN = selector(("A", at_least("margin", 100), PROTECT), ("Z", HARVEST))


@pytest.mark.parametrize(
    "requirement",
    [
        always("A", when=present(at_least("margin", 100), is_("cost_to_serve", 0))),
        never("A", when=present(is_("tier", Tier.LEAD))),
        never("A", when=present(below("revenue", 100))),
        never("A", when=present(at_most("revenue", 130), at_least("cost_to_serve", 31))),
    ],
    ids=str,
)
def test_a_profit_is_the_margin_less_the_cost(requirement):
    """And what follows from it holds for every customer."""
    assert verdict(RICH, requirement).holds


def test_a_tier_that_no_margin_leads_to_is_vacuous():
    """Gold begins at a profit of 200."""
    gold = always("A", when=present(is_("margin", 199), is_("tier", Tier.GOLD)))

    found = verdict(RICH, gold)

    assert found.status is Status.VACUOUS
    assert found.because.startswith("no facts are such that")


@pytest.mark.parametrize(
    ("requirement", "facts"),
    [
        (
            always("A", when=present(at_least("margin", 100), is_("cost_to_serve", 1))),
            {"cost_to_serve": 1, "margin": 100},
        ),
        (never("A", when=present(is_("tier", Tier.IRON))), {"profit": 100, "tier": Tier.IRON}),
        (
            never("A", when=present(at_most("revenue", 130), at_least("cost_to_serve", 30))),
            {"cost_to_serve": 30, "profit": 100, "revenue": 130},
        ),
    ],
    ids=str,
)
def test_a_violation_has_numbers_that_add_up(requirement, facts):
    """Where a limit of one meets that of another."""
    found = verdict(RICH, requirement)

    assert dict(found.facts) == {"room": Room.CUSTOMER, **facts}


BILLED = selector(
    ("A", at_least("regain_bill", 100), PROTECT),
    ("B", at_least("answer_cost", 70), REENGINEER),
    ("Z", HARVEST),
)


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ([at_most("regain_cost", 60), at_most("answer_cost", 30)], Status.HOLDS),
        ([at_most("regain_cost", 60), at_most("answer_cost", 40)], Status.VIOLATED),
        ([at_most("regain_cost", 60), is_("open_public_complaints", 0)], Status.HOLDS),
    ],
)
def test_a_bill_is_what_its_parts_add_up_to(when, status):
    """The answer counts where a complaint is public."""
    assert verdict(BILLED, never("A", when=present(*when))).status is status


# --- a part that rises ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "requirement", "status"),
    [
        (ONLY, monotone("cost_to_serve", order=[PROTECT, HARVEST], when=PRESENT), Status.HOLDS),
        (ONLY, monotone("cost_to_serve", order=[HARVEST, PROTECT], when=PRESENT), Status.VIOLATED),
        (ONLY, monotone("margin", order=[HARVEST, PROTECT], when=PRESENT), Status.HOLDS),
        (ONLY, monotone("tier", order=[HARVEST, PROTECT], when=PRESENT), Status.HOLDS),
        (RICH, monotone("profit", order=[HARVEST, PROTECT], when=PRESENT), Status.HOLDS),
        (RICH, monotone("profit", order=[PROTECT, REENGINEER], when=PRESENT), Status.VIOLATED),
        (RICH, monotone("cost_to_serve", order=[PROTECT, HARVEST, REENGINEER]), Status.HOLDS),
        (RICH, monotone("tier", order=[PROTECT, REENGINEER], when=PRESENT), Status.VIOLATED),
        (PLAIN, monotone("profit", order=[HARVEST, PROTECT], when=PRESENT), Status.HOLDS),
        (PLAIN, monotone("tier", order=[PROTECT, HARVEST], when=PRESENT), Status.VIOLATED),
        (BILLED, monotone("regain_cost", order=[HARVEST, PROTECT], when=PRESENT), Status.HOLDS),
        (BILLED, monotone("answer_cost", order=[REENGINEER, PROTECT]), Status.HOLDS),
        (BILLED, monotone("answer_cost", order=[PROTECT, REENGINEER]), Status.VIOLATED),
    ],
)
def test_what_follows_from_a_fact_moves_along_as_it_rises(thing, requirement, status):
    """Whether the rows read the fact itself or not."""
    assert verdict(thing, requirement).status is status


def test_a_fact_that_moves_along_is_shown_with_both_values():
    """The profit falls as the cost rises."""
    found = verdict(RICH, monotone("cost_to_serve", order=[HARVEST, PROTECT], when=PRESENT))

    assert found.because == (
        "where room is customer and nothing else is known, cost to serve rises from 0 to 25 and "
        "profit falls from 100 to 75, and the answer turns from protect (row A) to harvest (row Z)"
    )
    assert found.facts == (
        ("room", Room.CUSTOMER),
        ("profit", 100),
        ("profit", 75),
        ("cost_to_serve", 0),
        ("cost_to_serve", 25),
    )


@pytest.mark.parametrize("fact", ["remaining_value", "remaining_years", "margin"])
def test_what_moves_in_an_unknown_way_is_undecided(fact):
    """An expected value is a product, or as the app says."""
    worth = selector(("A", at_least("expected_remaining_value", 100), PROTECT), ("Z", HARVEST))

    found = verdict(worth, monotone(fact, order=[HARVEST, PROTECT], when=PRESENT))

    assert found.status is Status.UNDECIDED
    assert "expected remaining value is read, and how" in found.because


def test_a_sum_of_the_apps_own_catalogue_is_undecided_as_its_part_rises():
    """What we know of ours is not known of it."""
    profit = evolve(fact_named("profit"), sentence="Ours, from the ledger.")
    facts = tuple(profit if fact.name == "profit" else fact for fact in FACTS)
    own = selector(("A", at_least("profit", 100), PROTECT), ("Z", HARVEST), facts=facts)

    found = verdict(own, monotone("margin", order=[HARVEST, PROTECT], when=PRESENT))

    assert found.status is Status.UNDECIDED
    assert "profit is read, and how margin moves that is not tried" in found.because


def test_what_has_one_value_never_rises():
    """Whatever else moves."""
    badge = Fact("badge", FactKind.CHOICE, "Ours.", OWN, lambda profile: None, choices=("a",))
    own = selector(("A", is_("badge", "a"), PROTECT), ("Z", HARVEST), facts=(*FACTS, badge))

    found = verdict(own, monotone("badge", order=[HARVEST, PROTECT]))

    assert (found.status, found.because[:18]) == (Status.VACUOUS, "badge never rises ")


def test_too_many_pairs_are_undecided(monkeypatch):
    """With the fact that rises."""
    monkeypatch.setattr(rises, "MOST_PAIRS", 1)
    rises.rising.cache_clear()

    found = verdict(ONLY, monotone("cost_to_serve", order=[HARVEST, PROTECT]))

    assert (found.status, found.because) == (
        Status.UNDECIDED,
        "cost to serve can rise in more ways than can be tried",
    )


# --- what is tried -------------------------------------------------------------------------------

READ = [
    at_least("profit", 100),
    at_least("margin", 37),
    at_least("cost_to_serve", 50),
    at_most("revenue", 120),
    is_("tier", Tier.GOLD),
    exceeds("reducible_cost", "cost_to_serve"),
    at_least("regain_bill", 100),
    at_least("regain_cost", Decimal("33.3")),
    at_least("answer_cost", 70),
    within("regain_bill", "regain_benefit"),
    at_least("open_public_complaints", 1),
]
INPUTS = (
    "margin", "cost_to_serve", "revenue", "reducible_cost",
    "regain_cost", "answer_cost", "regain_benefit",
)  # fmt: skip


def combined(predicates=READ, rises=None):
    """Every combination that is tried of the numbers of a sum, as facts."""
    domain = selector_domain(predicates, facts_for(CUSTOMER_LIFECYCLE), CUSTOMER_LIFECYCLE, rises)
    return [
        [dict(zip(group.names, values, strict=True)) for values in group.values]
        for group in domain.groups
        if {"profit", "regain_bill"} & {*group.names}
    ]


@pytest.mark.parametrize("part", ["margin", "cost_to_serve", "regain_cost", "answer_cost"])
def test_every_combination_is_one_that_a_profile_has(part):
    """Its inputs, put into a profile, give its sums and its tier."""
    rows = [facts for group in combined(rises=part) for facts in group if part in facts]

    made = [
        Profile(relationship=PUBLIC if facts.get("open_public_complaints") else BUYER).altered(
            **{name: facts[name] for name in INPUTS if facts.get(name) is not None}
        )
        for facts in rows
    ]

    read = ("profit", "tier", "regain_bill")
    assert len(rows) > 100
    assert [[facts[name] for name in read if name in facts] for facts in rows] == [
        [fact_named(name).read(profile) for name in read if name in facts]
        for profile, facts in zip(made, rows, strict=True)
    ]


GROUPS = combined()
SEEN = [
    {tuple(atom.holds(facts) for atom in READ if {*atom.facts} <= {*facts}) for facts in group}
    for group in GROUPS
]
NUMBERS = st.none() | st.integers(0, 160) | st.sampled_from(["33.3", "49.99", "200", "1000"])


@settings(max_examples=300)
@given(
    st.fixed_dictionaries(dict.fromkeys(INPUTS, NUMBERS.map(lambda n: n and Decimal(n)))),
    st.booleans(),
)
def test_whatever_a_profile_has_is_among_what_is_tried(inputs, public):
    """A combination that no comparison can tell from it."""
    revenue, margin = inputs["revenue"], inputs["margin"]
    inputs["revenue"] = revenue and max(revenue, margin or 0)
    inputs["margin"] = None if revenue == 0 else margin
    profile = Profile(relationship=PUBLIC if public else BUYER).altered(**inputs)

    found = [
        tuple(
            atom.holds({name: fact_named(name).read(profile) for name in atom.facts})
            for atom in READ
            if {*atom.facts} <= {*group[0]}
        )
        for group in GROUPS
    ]

    assert [one in seen for one, seen in zip(found, SEEN, strict=True)] == [True, True]


def test_few_combinations_are_tried():
    """One for each answer of all comparisons."""
    assert max(map(len, GROUPS)) < 2000


def test_too_many_combinations_of_a_sum_are_refused(monkeypatch):
    """With the facts that hang together."""
    monkeypatch.setattr(sums, "MOST_SUMS", 9)

    with pytest.raises(Undecidable, match=r"cost_to_serve, margin, .* more than 9 ways"):
        combined([at_least("profit", 7), at_least("margin", 5), at_least("cost_to_serve", 3)])


def test_too_many_combinations_of_sums_and_other_facts_are_refused(monkeypatch):
    """The limit of all that hangs together holds, too."""
    monkeypatch.setattr(domains, "MOST_TOGETHER", 9)
    domains._group.cache_clear()

    with pytest.raises(Undecidable, match="more than 9 ways"):
        combined([at_least("profit", 7), at_least("margin", 5), at_least("cost_to_serve", 3)])


def test_a_count_beside_a_sum_is_whole_and_known():
    """As it is on record."""
    (rows,) = combined([exceeds("profit", "purchases"), at_least("revenue", 5)])

    assert {type(row["purchases"]) for row in rows} == {int}
    assert {exceeds("profit", "purchases").holds(row) for row in rows} == {True, False, None}


def test_numbers_that_thirds_bound_are_decimals():
    """What is no decimal is no amount; those beside it are."""
    pairs = [exceeds("profit", "cost_to_serve"), exceeds("cost_to_serve", "revenue_upside")]
    limits = [is_("margin", 1), is_("tier", Tier.IRON), is_("revenue_upside", 1)]

    (rows,) = combined([*pairs, *limits])

    assert all(row["profit"] is None or row["profit"].is_finite() for row in rows)
