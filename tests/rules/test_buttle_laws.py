"""What the table of the default selector may never do, whatever the numbers of the policy.

A law names a case and the rows that may fire in it. It is tried with every row that may not: on
each side of every limit of what the row and the case read. What they do not read is left unknown,
since to know more only lets more rows hold. So a row that fires nowhere here fires nowhere.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Departed,
    DepartureKind,
    Engaged,
    Initiator,
    Purchased,
    Relationship,
    Room,
    Terminated,
    to_table,
)
from custlife.causes import DefectorKind
from custlife.decisions.gaps import limits
from custlife.sources import ASSUMPTION
from custlife.strategy import (
    FACTS,
    ButtlePolicy,
    Market,
    Profile,
    Signals,
    Strategy,
    buttle_selector,
    customer_rows,
    fact_named,
    fitting,
    prospect_rows,
    recommend,
)
from custlife.strategy.selectors.checking import domains_of
from custlife.testing import profiles, standpoints

NOW = datetime(2026, 1, 1, tzinfo=UTC)
quick = settings(max_examples=25)
PROTECT, END, ENHANCE = Strategy.PROTECT, Strategy.END, Strategy.ENHANCE

money = st.sampled_from([0, 1, 50, 100, 101, 500, 1000, 10**9])
shares = st.sampled_from([Decimal(n) for n in ("0", "0.05", "0.2", "0.5", "0.51", "1")])
chances = shares.filter(bool)


def policies():
    """Policies with every number drawn by itself, bounds among them."""
    return st.builds(
        ButtlePolicy,
        desired_profit=money,
        likelihood_days=st.sampled_from([1, 30, 365]),
        likelihood_floor=shares,
        worthwhile_potential=money,
        large_cash=money,
        considerable_cost=money,
        worthwhile_saving=money,
        tolerable_deficit=money,
        worthwhile_upside=money,
        worthwhile_response=st.sampled_from([Decimal("0.5"), 1, 9]),
        low_chance=chances,
        intense_competition=shares,
        high_risk=shares,
    )


def below(number, limit):
    """Whether a number is known to be below a limit."""
    return number is not None and number < limit


def reaches(number, limit):
    """Whether a number is known to be at a limit or above it."""
    return number is not None and number >= limit


class Law(NamedTuple):
    """In a case, only some rows may fire."""

    sentence: str
    room: Room
    reads: tuple[str, ...]
    case: Callable
    """Whether these facts are such a case, under a policy."""
    may: Callable
    """Whether a row may fire in it."""

    def __str__(self):
        return self.sentence


def protects(row):
    return row.outcome is PROTECT


def hopeless(facts, policy):
    return (
        facts["interest"] is False
        and reaches(facts["cost_to_serve"], policy.considerable_cost)
        and below(facts["improvement_chance"], policy.low_chance)
    )


def harvestable(facts, policy):
    return (
        reaches(facts["profit"], policy.large_cash)
        and facts["cash_flow_stable"] is True
        and below(facts["effort_response"], policy.worthwhile_response)
    )


def complains(facts, policy):
    return facts["open_complaints"] > 0 or facts["open_public_complaints"] > 0


def came_back(facts, policy):
    causes = {None, Cause.SILENCE, Cause.CEASED}
    known = facts["last_cause"] not in causes
    return facts["returned"] and known and facts["cycle_purchases"] <= 1


COMPLAINTS = ("open_complaints", "open_public_complaints")
RETURN = ("returned", "last_cause", "cycle_purchases")


def worth_a_try(facts, policy):
    return (
        facts["target"] is not False
        and not below(facts["purchase_likelihood"], policy.likelihood_floor)
        and not (
            facts["interest"] is False and below(facts["improvement_chance"], policy.low_chance)
        )
    )


REPAIRED = {"ENHANCE-REPAIR", "ENHANCE-DISCONTENT", "ENHANCE-FAILED", "ENHANCE-PAUSED"}
P, C = Room.PROSPECT, Room.CUSTOMER
LAWS = [
    Law(
        "a key customer who is discontent is protected",
        C,
        ("strategic", "discontent"),
        lambda f, p: f["strategic"] and f["discontent"],
        protects,
    ),
    Law(
        "a key customer whose complaint is open is protected, and so never sold to",
        C,
        ("strategic", *COMPLAINTS),
        lambda f, p: f["strategic"] and complains(f, p),
        protects,
    ),
    Law(
        "a key customer who is courted is protected",
        C,
        ("strategic", "courted"),
        lambda f, p: f["strategic"] and f["courted"],
        protects,
    ),
    Law(
        "a key customer who is contested is protected",
        C,
        ("strategic", "competition"),
        lambda f, p: f["strategic"] and reaches(f["competition"], p.intense_competition),
        protects,
    ),
    Law(
        "a key customer who is at risk is protected",
        C,
        ("strategic", "defection_risk"),
        lambda f, p: f["strategic"] and reaches(f["defection_risk"], p.high_risk),
        protects,
    ),
    Law(
        "a key customer who left before is protected",
        C,
        ("strategic", *RETURN),
        lambda f, p: f["strategic"] and came_back(f, p),
        protects,
    ),
    Law(
        "a key customer is never ended",
        C,
        ("strategic",),
        lambda f, p: f["strategic"],
        lambda row: row.outcome is not END,
    ),
    Law(
        "nobody is sold to, harvested or served more cheaply while a complaint is open",
        C,
        COMPLAINTS,
        complains,
        lambda row: (
            protects(row) or row.id in {"END-UNWANTED", "END-THREE-GROUNDS", "ENHANCE-REPAIR"}
        ),
    ),
    Law(
        "nobody is sold to, harvested or served more cheaply who is discontent",
        C,
        ("discontent",),
        lambda f, p: f["discontent"],
        lambda row: (
            protects(row)
            or row.id in {"END-UNWANTED", "END-THREE-GROUNDS"}
            or row.id in {"ENHANCE-REPAIR", "ENHANCE-DISCONTENT"}
        ),
    ),
    Law(
        "nobody is sold to, harvested or served more cheaply whom service failed at first",
        C,
        ("service_failures", "purchases", "complaints"),
        lambda f, p: f["service_failures"] > 0 and f["purchases"] <= 1 and not f["complaints"],
        lambda row: (
            protects(row) or row.id in {"END-UNWANTED", "END-THREE-GROUNDS"} or row.id in REPAIRED
        ),
    ),
    Law(
        "who left before is watched before anything is sold, harvested or served more cheaply",
        C,
        RETURN,
        came_back,
        lambda row: (
            protects(row) or row.outcome is END or row.id in {*REPAIRED, "ENHANCE-RETURNED"}
        ),
    ),
    Law(
        "a present customer is ended on all three grounds, as no target, or by an assumption",
        C,
        ("target", "interest", "cost_to_serve", "improvement_chance"),
        lambda f, p: f["target"] is not False and not hopeless(f, p),
        lambda row: row.outcome is not END or row.source == ASSUMPTION,
    ),
    Law(
        "no assumption ends a customer who shows interest, or may show it",
        C,
        ("interest",),
        lambda f, p: f["interest"] is not False,
        lambda row: row.outcome is not END or row.source != ASSUMPTION,
    ),
    Law(
        "no assumption ends a customer whose loss is borne by the policy",
        C,
        ("profit",),
        lambda f, p: not below(f["profit"], -p.tolerable_deficit),
        lambda row: row.outcome is not END or row.source != ASSUMPTION,
    ),
    Law(
        "only cash that is large, steady and unmoved by effort is harvested",
        C,
        ("profit", "cash_flow_stable", "effort_response"),
        lambda f, p: not harvestable(f, p),
        lambda row: row.outcome is not Strategy.HARVEST,
    ),
    Law(
        "only a saving that is worth the trouble is re-engineered for",
        C,
        ("reducible_cost",),
        lambda f, p: not reaches(f["reducible_cost"], p.worthwhile_saving),
        lambda row: row.outcome is not Strategy.REENGINEER,
    ),
    Law(
        "who is likely to go is not served more cheaply, unless at a loss",
        C,
        ("defection_risk", "profit"),
        lambda f, p: reaches(f["defection_risk"], p.high_risk) and reaches(f["profit"], 0),
        lambda row: row.outcome is not Strategy.REENGINEER,
    ),
    Law(
        "everybody is started whom no row of the sources rules out",
        P,
        ("target", "purchase_likelihood", "interest", "improvement_chance"),
        worth_a_try,
        lambda row: row.outcome is Strategy.START or row.source == ASSUMPTION,
    ),
    Law(
        "no assumption lets a prospect go whose potential is worthwhile or unknown",
        P,
        ("potential_value",),
        lambda f, p: not below(f["potential_value"], p.worthwhile_potential),
        lambda row: row.outcome is Strategy.START or row.source != ASSUMPTION,
    ),
    Law(
        "nothing is spent on the unlikely",
        P,
        ("purchase_likelihood",),
        lambda f, p: below(f["purchase_likelihood"], p.likelihood_floor),
        lambda row: row.outcome is END,
    ),
    Law(
        "who left before is started from the cause",
        P,
        RETURN,
        came_back,
        lambda row: row.outcome is END or row.id in {"START-RETURNED", "START-REPAIR"},
    ),
    Law(
        "nothing is offered to a prospect while a complaint is open",
        P,
        COMPLAINTS,
        complains,
        lambda row: row.outcome is END or row.id == "START-REPAIR",
    ),
]
ROWS = {Room.PROSPECT: prospect_rows, Room.CUSTOMER: customer_rows}


def values_of(names, rows, room):
    """For each fact the values on each side of every limit, and unknown where it can be."""
    domains = domains_of([row.when for row in rows], FACTS, {})
    return [
        domains[name] if room in fact_named(name).rooms else (None, *domains[name])
        for name in names
    ]


def first(rows, facts):
    """The row that fires."""
    return next((row for row in rows if row.when.holds(facts)), None)


def counterexamples(law, policy, rows=None):
    """Each row that fires where it may not, with the facts that show it."""
    every_row = ROWS[law.room](policy)
    rows = rows or every_row
    for row in rows:
        if law.may(row):
            continue
        own = sorted({*limits([row.when])} - {"room"})
        more = sorted({*law.reads} - {*own})
        for known in product(*values_of(own, every_row, law.room)):
            facts = {"room": law.room, **dict(zip(own, known, strict=True))}
            if not row.when.holds(facts):
                continue
            for rest in product(*values_of(more, every_row, law.room)):
                every = {**facts, **dict(zip(more, rest, strict=True))}
                if law.case(every, policy) and first(rows, every) is row:
                    yield row.id, every


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_a_law_holds_on_each_side_of_every_limit(law):
    """Of the default policy, exhaustively."""
    assert [*counterexamples(law, ButtlePolicy())] == []


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_a_law_holds_under_any_policy(law):
    """Exhaustively for each policy that is drawn."""

    @settings(max_examples=6)
    @given(policies())
    def holds(policy):
        assert next(counterexamples(law, policy), None) is None

    holds()


@settings(max_examples=60)
@given(policies(), profiles())
def test_every_law_holds_for_whole_profiles(policy, profile):
    """Of customers in every state, whatever is known of them."""
    laws = [law for law in LAWS if law.room is profile.room]
    facts = {name: fact_named(name).read(profile) for law in laws for name in law.reads}
    advice = recommend(profile, buttle_selector(policy))
    (row,) = (each for each in advice.selector.table.rows if each.id == advice.row)

    assert [str(law) for law in laws if law.case(facts, policy) and not law.may(row)] == []


BROKEN = [
    ("a key customer is never ended", ("PROTECT-NOT-ENDED",), "END-UNWANTED"),
    ("a key customer who is courted is protected", ("PROTECT-COURTED",), "ENHANCE-UPSIDE"),
    ("nothing is spent on the unlikely", ("END-UNLIKELY",), "START-OPEN"),
    (
        "nobody is sold to, harvested or served more cheaply while a complaint is open",
        ("ENHANCE-REPAIR", "ENHANCE-DISCONTENT"),
        "HARVEST-FLAT",
    ),
    (
        "who left before is watched before anything is sold, harvested or served more cheaply",
        ("ENHANCE-RETURNED",),
        "HARVEST-FLAT",
    ),
    (
        "nobody is sold to, harvested or served more cheaply whom service failed at first",
        ("ENHANCE-FAILED",),
        "REENGINEER-COST",
    ),
    (
        "who is likely to go is not served more cheaply, unless at a loss",
        ("ENHANCE-AT-RISK",),
        "REENGINEER-COST",
    ),
]


@pytest.mark.parametrize(("law", "without", "found"), BROKEN, ids=str)
def test_the_search_finds_what_breaks_a_law(law, without, found):
    """A table that lacks some rows breaks it, by a row that it did not reach before."""
    (law,) = (each for each in LAWS if each.sentence == law)
    policy = ButtlePolicy(desired_profit=100)
    rows = tuple(row for row in ROWS[law.room](policy) if row.id not in without)

    assert found in {row for row, _ in counterexamples(law, policy, rows)}


# --- more of it never turns the other way -----------------------------------------------------


RAISED = [
    ("competition", Room.CUSTOMER, PROTECT, True),
    ("courted", Room.CUSTOMER, PROTECT, True),
    ("purchase_likelihood", Room.PROSPECT, END, False),
]


@pytest.mark.parametrize(("name", "room", "outcome", "becomes"), RAISED)
@quick
@given(policies())
def test_only_rows_of_one_strategy_ask_for_it_and_raising_it_moves_them_one_way(
    name, room, outcome, becomes, policy
):
    """More competition only makes rows hold that protect, more likelihood only breaks ends.

    So whoever is protected stays so, and whoever is started stays so: no other row asks.
    """
    rows = ROWS[room](policy)
    asking = [row for row in rows if name in limits([row.when])]
    (values,) = values_of([name], rows, room)
    known = [value for value in values if value is not None]

    turned = [
        (row.id, low, high)
        for row in asking
        for low, high in product(known, known)
        for rest in _others(row, name, rows, room)
        if high > low
        and bool(row.when.holds({**rest, name: low if becomes else high}))
        and not row.when.holds({**rest, name: high if becomes else low})
    ]

    assert {row.outcome for row in asking} == {outcome}
    assert turned == []


def _others(row, name, rows, room):
    own = sorted({*limits([row.when])} - {"room", name})
    for known in product(*values_of(own, rows, room)):
        yield {"room": room, **dict(zip(own, known, strict=True))}


@quick
@given(policies(), profiles(room=Room.CUSTOMER), shares, shares)
def test_more_competition_never_leaves_anybody_undefended(policy, profile, less, more):
    """Of the customer or of the market, and whether courted or not (IMH-5)."""
    selector = buttle_selector(policy)
    low, high = sorted([less, more])
    own = profile.altered(competition=None)

    before = recommend(profile.altered(competition=low), selector).strategy
    after = recommend(profile.altered(competition=high, courted=True), selector).strategy
    calm = recommend(own, selector, market=Market(competition=low)).strategy
    fierce = recommend(own, selector, market=Market(competition=high)).strategy

    assert after is PROTECT or before is not PROTECT
    assert fierce is PROTECT or calm is not PROTECT


@quick
@given(policies(), profiles(room=Room.PROSPECT), shares, shares)
def test_more_likelihood_never_ends_a_start(policy, profile, less, more):
    """Nor does any likelihood that is not below the floor (KAL-9)."""
    selector = buttle_selector(policy)
    low, high = sorted([less, more])

    before = recommend(profile.altered(purchase_likelihood=low), selector).strategy
    after = recommend(profile.altered(purchase_likelihood=high), selector).strategy

    assert after is Strategy.START or before is END


@quick
@given(policies(), profiles(), st.sampled_from([None, False]))
def test_a_more_strategic_customer_never_moves_to_the_end(policy, profile, before):
    """Who is started, protected or kept otherwise still is, once known for a key customer."""
    lesser = recommend(profile.altered(strategic=before), buttle_selector(policy)).strategy
    key = recommend(profile.altered(strategic=True), buttle_selector(policy)).strategy

    assert key is not END or lesser is END


@quick
@given(policies(), profiles())
def test_every_profile_gets_one_strategy_which_fits_its_room(policy, profile):
    """From one row of the table, and always the same."""
    advice = recommend(profile, buttle_selector(policy))
    again = recommend(profile, buttle_selector(policy))

    assert advice.strategy in fitting(profile.room)
    assert (again.strategy, again.row) == (advice.strategy, advice.row)


@pytest.mark.parametrize(
    "row", [row for row in customer_rows() if row.outcome is Strategy.REENGINEER]
)
def test_cheaper_service_says_what_it_risks(row):
    """Lowering the cost to serve can hurt retention (BUT-3's remark)."""
    assert "watch that the customer stays" in row.sentence


# --- former customers: the table asks for no number of the policy ------------------------------


def gone(cause, initiator=Initiator.CUSTOMER):
    bought = Purchased(at=NOW, amount=Decimal(100))
    departed = Departed(at=NOW + timedelta(days=9), cause=cause, initiator=initiator)
    return Relationship("C-17").apply(bought, departed)


def dismissed(cause):
    bought = Purchased(at=NOW, amount=Decimal(100))
    return Relationship("C-17").apply(bought, Terminated(at=NOW, cause=cause))


FORMERS = [
    Relationship("C-17").apply(Engaged(at=NOW), Departed(at=NOW, cause=Cause.PRICE)),
    *(gone(cause, initiator) for cause, initiator in product(Cause, Initiator)),
    *map(dismissed, Cause),
]
ON_PURPOSE = [
    who
    for who in FORMERS
    if who.departure.kind is DepartureKind.TERMINATION
    or who.departure.cause.defector is DefectorKind.PUSHED_AWAY_ON_PURPOSE
]
BEYOND_US = [
    who for who in FORMERS if who.departure.cause is Cause.CEASED and who not in ON_PURPOSE
]
OPEN = [who for who in FORMERS if who not in ON_PURPOSE and who not in BEYOND_US]
CENT = Decimal("0.01")
WORTHS = [None, Decimal(0), Decimal(100) - CENT, Decimal(100), Decimal(100) + CENT]
BILLS = [(benefit, cost) for benefit, cost in product(WORTHS, repeat=2)]


def asked(who, key, benefit, cost):
    signals = Signals(strategic=key, regain_benefit=benefit, regain_cost=cost)
    return recommend(Profile(relationship=who, signals=signals))


def told(who):
    departure = who.departure
    return f"{who.state}-{departure.cause.words}-{departure.initiator.value}"


@pytest.mark.parametrize("who", OPEN, ids=told)
def test_a_key_customer_is_studied_as_long_as_the_way_back_cannot_be_weighed(who):
    """Whether the cause, the cost or the benefit is unknown; and never let go (BUT-7)."""
    no_cause = who.departure.cause in {Cause.UNKNOWN, Cause.SILENCE}

    rows = {
        asked(who, True, benefit, cost).row
        for benefit, cost in BILLS
        if no_cause or benefit is None or cost is None
    }

    assert rows == {"WIN-BACK-STUDY"}


@pytest.mark.parametrize("who", OPEN, ids=told)
def test_a_known_cause_is_weighed_by_benefit_and_bill(who):
    """Won back where it brings more and the cause can be mended, let go for no more (BUT-7)."""
    known = who.departure.cause not in {Cause.UNKNOWN, Cause.SILENCE}
    worth = [(b, c) for b, c in BILLS if None not in (b, c) and known]
    won = "WIN-BACK-KEY" if who.departure.cause.changeable else "WIN-BACK-STUDY"

    rows = {(b, c): asked(who, True, b, c).row for b, c in worth}

    assert rows == {(b, c): won if b > c else "END-TOO-DEAR" for b, c in worth}


@pytest.mark.parametrize("who", FORMERS, ids=told)
@pytest.mark.parametrize("key", [False, None])
def test_who_is_not_known_for_a_key_customer_is_let_go(who, key):
    """Whatever the way back brings and costs (BUT-7)."""
    assert {asked(who, key, b, c).strategy for b, c in BILLS} == {END}


@pytest.mark.parametrize("who", [*ON_PURPOSE, *BEYOND_US], ids=told)
def test_who_left_beyond_our_reach_or_was_pushed_away_is_let_go(who):
    """Every termination, who was dismissed, and who is no longer there."""
    row = "END-ON-PURPOSE" if who in ON_PURPOSE else "END-BEYOND-US"

    assert {asked(who, True, b, c).row for b, c in BILLS} == {row}


def test_every_cause_is_tried_above():
    """Of those whom the customer, the enterprise or both sent away."""
    assert {who.departure.cause for who in OPEN} == {*Cause} - {Cause.CEASED, Cause.DISMISSED}


@pytest.mark.parametrize(
    "who", [who for who in OPEN if not who.departure.cause.changeable], ids=told
)
@pytest.mark.parametrize("cause", Cause)
def test_a_cause_that_is_learnt_later_counts_like_one_known_at_once(who, cause):
    """The departure on record is judged anew."""
    learnt = who.apply(CauseLearnt(at=NOW + timedelta(days=20), cause=cause))
    at_once = gone(cause, who.departure.initiator)

    rows = [asked(each, True, Decimal(5), Decimal(4)).row for each in (learnt, at_once)]

    assert rows[0] == rows[1]


@quick
@given(profiles(room=Room.FORMER), st.integers(0, 200), st.integers(1, 200))
def test_a_dearer_return_is_not_tried_sooner_nor_a_richer_one_later(profile, amount, more):
    """More cost never turns letting go into winning back, more benefit never the reverse."""
    strategies = [
        recommend(profile.altered(**{name: number})).strategy
        for name in ("regain_cost", "regain_benefit")
        for number in (amount, amount + more)
    ]
    cheap, dear, small, large = strategies

    assert dear is END or cheap is Strategy.WIN_BACK
    assert large is Strategy.WIN_BACK or small is END


def test_the_profiles_above_stand_in_every_state():
    """Each state of the lifecycle is among them."""
    standing = {who.state for who in standpoints(CUSTOMER_LIFECYCLE)}

    assert standing == set(to_table(CUSTOMER_LIFECYCLE).states)
