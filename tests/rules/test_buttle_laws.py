"""What the table of the default selector may never do, whatever the numbers of the policy.

Its requirements say it. They are checked exhaustively, for the default policy and for others that
are drawn, and once more by whole profiles.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from attrs import evolve
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
from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import all_of, any_of
from custlife.errors import InvalidArgument
from custlife.sources import ASSUMPTION, STUDIES, WORKS
from custlife.strategy import (
    ButtlePolicy,
    Market,
    Profile,
    Signals,
    Strategy,
    TableSelector,
    buttle_selector,
    customer_rows,
    fact_named,
    fitting,
    recommend,
)
from custlife.testing import check, profiles, standpoints
from custlife.testing.defaults.buttle import buttle_requirements
from custlife.testing.requirements.kinds import Always, Never

NOW = datetime(2026, 1, 1, tzinfo=UTC)
quick = settings(max_examples=25)
PROTECT, END = Strategy.PROTECT, Strategy.END

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


# --- the laws, as requirements -----------------------------------------------------------------

LAWS = {law.id: law for law in buttle_requirements()}
GENEROUS = ButtlePolicy(desired_profit=100)


@pytest.mark.parametrize("id_", LAWS)
def test_a_law_holds_on_each_side_of_every_limit(id_):
    """Of the default policy, exhaustively."""
    report = check(buttle_selector(), LAWS[id_])

    assert report.holds, str(report)


@settings(max_examples=8)
@given(policies())
def test_every_law_holds_under_any_policy(policy):
    """Exhaustively for each policy that is drawn; and none of them says nothing."""
    report = check(buttle_selector(policy), buttle_requirements(policy))

    assert report.holds, str(report)


def test_a_law_has_a_sentence_and_a_source_that_there_is():
    """Each of its own; a row of the works, a study, or an assumption."""
    laws = buttle_requirements(GENEROUS)
    sources = {*(row for work in WORKS for row in work), *STUDIES, ASSUMPTION}

    assert len({law.id for law in laws}) == len(laws) == len({*LAWS}) + 1
    assert {law.source for law in laws} <= sources
    assert [law.id for law in laws if not law.sentence.endswith(".")] == []


def test_laws_are_those_of_a_policy():
    """Nothing else has limits."""
    with pytest.raises(InvalidArgument, match="must be a ButtlePolicy"):
        buttle_requirements(Decimal(1))


def breaks(law, profile, advice):
    """Whether a recommendation breaks a law about answers."""
    names = (name for atom in law.when.atoms() for name in facts_of(atom))
    if not law.when.holds({name: fact_named(name).read(profile) for name in names}):
        return False
    named = law.what if isinstance(law.what, tuple) else (law.what,)
    is_named = advice.strategy in named or advice.row in named
    return is_named is isinstance(law, Never)


@settings(max_examples=60)
@given(policies(), profiles())
def test_every_law_holds_for_whole_profiles(policy, profile):
    """Of customers in every state, whatever is known of them."""
    laws = [law for law in buttle_requirements(policy) if isinstance(law, Always)]

    advice = recommend(profile, buttle_selector(policy))

    assert [law.id for law in laws if breaks(law, profile, advice)] == []


BROKEN = [
    ("KEY-NEVER-ENDED", ("PROTECT-NOT-ENDED",), "END-UNWANTED"),
    ("KEY-COURTED", ("PROTECT-COURTED",), "ENHANCE-FAILED"),
    ("UNLIKELY", ("END-UNLIKELY",), "START-REPAIR"),
    ("COMPLAINT-FIRST", ("ENHANCE-REPAIR", "ENHANCE-DISCONTENT"), "ENHANCE-FAILED"),
    ("CAUSE-FIRST", ("ENHANCE-RETURNED",), "ENHANCE-BUYER"),
    ("FAILURE-FIRST", ("ENHANCE-FAILED",), "ENHANCE-BUYER"),
    ("CHEAPER-LOSES", ("ENHANCE-AT-RISK",), "REENGINEER-COST"),
    ("KEY-BACK", ("WIN-BACK-KEY", "WIN-BACK-STUDY"), "END-UNPROVEN"),
]


@pytest.mark.parametrize(("id_", "without", "found"), BROKEN, ids=lambda value: str(value)[:20])
def test_a_table_in_which_some_rows_never_hold_breaks_a_law(id_, without, found):
    """By a row that it did not reach before."""
    ours = buttle_selector(GENEROUS)
    rows = tuple(
        evolve(row, when=all_of(row.when, any_of())) if row.id in without else row
        for row in ours.table.rows
    )
    (law,) = (each for each in buttle_requirements(GENEROUS) if each.id == id_)

    report = check(TableSelector("less", evolve(ours.table, rows=rows)), law)

    assert [f"row {found} answers" in verdict.because for verdict in report.violated] == [True]


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
