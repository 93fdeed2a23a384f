"""Selectors that are tables: what they refuse, what they rest on, what they miss."""

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, product

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    Departed,
    Ladder,
    Lifecycle,
    Move,
    Purchased,
    Region,
    Relationship,
    Room,
    Severity,
    Stage,
    View,
)
from custlife.causes import DefectorKind
from custlife.decisions.predicates import (
    above,
    all_of,
    any_of,
    at_least,
    below,
    exceeds,
    is_,
    is_not,
    not_,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import IMH, KAL, OWN
from custlife.strategy import (
    FACTS,
    ButtlePolicy,
    CustomerValue,
    Fact,
    FactKind,
    InvalidSelector,
    Profile,
    SelectorFailed,
    Signals,
    Strategy,
    TableSelector,
    Tier,
    buttle_selector,
    fact_named,
    facts_for,
    recommend,
)
from custlife.strategy.inputs import inputs_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOUGHT = Purchased(at=NOW, amount=1)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)))
FORMER = CUSTOMER.apply(Departed(at=NOW, cause=Cause.PRICE))
UNCLEAR = CUSTOMER.apply(Departed(at=NOW))

P, C, F = (is_("room", room) for room in Room)
KEY = is_("strategic", value=True)


def told(value):
    """An id for a case."""
    cause = value.departure.cause.words if getattr(value, "departure", None) else ""
    return f"{value.state}{cause}" if isinstance(value, Relationship) else str(value)


def row(id_, when, outcome=Strategy.END):
    return Row(id_, when, outcome, f"The sentence of {id_}.", OWN)


def selector(*rows, hit=HitPolicy.FIRST, facts=FACTS):
    return TableSelector("ours", DecisionTable("ours", rows, hit), facts)


@frozen
class Lucky:
    """A predicate of an app's own that says which fact it reads."""

    facts: tuple[str, ...] = ("potential_value",)

    def holds(self, facts):
        value = facts.get("potential_value")
        return None if value is None else value % 7 == 0

    def atoms(self) -> Iterator["Lucky"]:
        yield self

    def __str__(self):
        return "the potential is lucky"


REST = row("REST", any_of(P, C, F))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            [row("A", is_("stratigic", value=True)), REST],
            "row A: There is no fact 'stratigic'. Did you mean 'strategic'? The facts are room, ",
        ),
        (
            [row("A", exceeds("revenue", "costs")), REST],
            "row A: There is no fact 'costs'. The facts are room, ",
        ),
        ([row("A", C, "end"), REST], "row A recommends 'end'; use a Strategy."),
        (
            [row("A", KEY, Strategy.PROTECT), REST],
            "row A could recommend protect for a prospect, where only start and end fit. "
            "Compare the room in the row.",
        ),
        (
            [row("A", is_not("room", Room.PROSPECT), Strategy.HARVEST), REST],
            "row A could recommend harvest for a former customer, where only end and win back fit.",
        ),
        (
            [row("A", Lucky(facts=())), REST],
            "row A: the potential is lucky does not say which facts it reads; give its class an "
            "attribute 'facts', a tuple of their names.",
        ),
        (
            [row("A", any_of(P, F))],
            "no row is sure to hold where room is customer and nothing else is known. Add a last "
            "row that needs no more than that.",
        ),
        (
            [row("A", any_of(P, F)), row("B", all_of(C, is_("strategic", value=True)))],
            "no row is sure to hold where room is customer and nothing else is known.",
        ),
        (
            [row("A", any_of(P, C)), row("B", all_of(F, is_not("severity", Severity.GRAVE)))],
            "no row is sure to hold where room is former and severity is grave and nothing else is",
        ),
        (
            [row("A", any_of(P, F)), row("B", all_of(C, at_least("cycle", 2)))],
            "no row is sure to hold where room is customer and cycle is ",
        ),
    ],
    ids=[
        "misspelt",
        "misspelt in a contrast",
        "no strategy",
        "unfit for a prospect",
        "unfit for the former",
        "mute predicate",
        "no row",
        "no sure row",
        "no row for a severity",
        "no row for a cycle",
    ],
)
def test_a_table_at_fault_is_no_selector(rows, problem):
    """The error says which row or which customers are at fault, and what to do."""
    with pytest.raises(InvalidSelector) as caught:
        selector(*rows)

    assert caught.value.selector == "ours"
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (
            at_least("defection_risk", 40),
            "defection risk against 40, which it can never be. Use 0..1",
        ),
        (is_("strategic", "yes"), "strategic against 'yes', which it can never be. Use "),
        (is_("strategic", 1), "strategic against 1, which it can never be. Use "),
        (is_("cause", "price"), "cause against 'price', which it can never be. Use <Cause."),
        (at_least("purchases", True), "purchases against True, which it can never be. Use "),
        (is_("potential_value", "much"), "potential value against 'much', which it can never be."),
        (below("revenue", Decimal("NaN")), "revenue against Decimal('NaN'), which it can never"),
        (below("revenue", Decimal("sNaN")), "revenue against Decimal('sNaN'), which it can never"),
        (below("revenue", Decimal("1E+99999")), "revenue against Decimal('1E+99999'), which it"),
        (above("revenue", Decimal("1E-99999")), "revenue against Decimal('1E-99999'), which it"),
        (below("purchases", 10**50), "purchases against 1000"),
    ],
    ids=str,
)
def test_a_limit_that_a_fact_can_never_reach_is_refused(when, problem):
    """It would be a row that is never, or always, sure to hold."""
    with pytest.raises(InvalidSelector) as caught:
        selector(row("A", all_of(P, when)), REST)

    assert f"row A holds {problem}" in caught.value.problem


@pytest.mark.parametrize(
    "when",
    [
        at_least("defection_risk", 1),
        is_("strategic", value=False),
        is_("cause", Cause.PRICE),
        at_least("profit", -40),
    ],
    ids=str,
)
def test_a_limit_that_a_fact_can_reach_is_taken(when):
    """Up to the bounds of its kind."""
    ours = selector(row("A", all_of(P, when)), REST)

    assert ours.table.rows[0].when == all_of(P, when)


def test_a_catalogue_names_each_fact_once():
    """Else a row would not say which one it asks for."""
    with pytest.raises(InvalidSelector, match=r"two facts of the name 'profit'. Rename one"):
        selector(REST, facts=[*FACTS, fact_named("profit")])


def test_a_selector_of_rows_takes_a_table():
    """Bare rows do not say which of them ranks higher."""
    with pytest.raises(InvalidSelector, match=r"its table is .*. Give a DecisionTable"):
        TableSelector("ours", (REST,))


def test_a_fact_that_cannot_be_read_names_the_selector():
    """And the customer; the app's error is the cause."""
    visits = Fact("visits", FactKind.COUNT, "Visits.", OWN, lambda _: {}["C-17"])
    ours = selector(row("A", at_least("visits", 3)), REST, facts=[*FACTS, visits])

    with pytest.raises(SelectorFailed, match=r"to read its facts of C-17.* KeyError: ") as caught:
        ours(Profile(relationship=CUSTOMER))

    assert caught.value.selector == "ours"
    assert isinstance(caught.value.__cause__, KeyError)


def test_rows_that_overlap_are_refused_under_the_unique_policy():
    """The error shows the region; under the first policy the order decides."""
    rows = [
        row("A", all_of(P, at_least("potential_value", 100)), Strategy.START),
        row("B", all_of(P, within("potential_value", "revenue"))),
        REST,
    ]

    with pytest.raises(InvalidSelector, match=r"rows A and B overlap at .*PROSPECT") as caught:
        selector(*rows, hit=HitPolicy.UNIQUE)

    assert "potential_value=Decimal('100')" in caught.value.problem
    assert selector(*rows).table.rows == tuple(rows)


def test_a_table_that_covers_everybody_once_is_a_selector_under_the_unique_policy():
    """Each row for itself."""
    unique = selector(
        row("A", P, Strategy.START),
        row("B", C, Strategy.HARVEST),
        row("C", F),
        hit=HitPolicy.UNIQUE,
    )

    advised = [unique(Profile(relationship=who)) for who in (PROSPECT, CUSTOMER, FORMER)]

    assert [(advice.row, advice.facts) for advice in advised] == [
        ("A", {"room": Room.PROSPECT}),
        ("B", {"room": Room.CUSTOMER}),
        ("C", {"room": Room.FORMER}),
    ]


@pytest.mark.parametrize(
    ("value", "row_", "missing"), [(14, "LUCK", ()), (15, "REST", ()), (None, "REST", ("value",))]
)
def test_a_predicate_of_an_apps_own_decides_if_it_says_what_it_looks_at(value, row_, missing):
    """Its fact counts among those that are missing, and it speaks for itself."""
    lucky = selector(row("LUCK", all_of(P, Lucky()), Strategy.START), REST)

    advice = lucky(Profile(relationship=PROSPECT, signals=Signals(potential_value=value)))

    assert advice.row == row_
    assert advice.missing == tuple(f"potential_{name}" for name in missing)
    assert [other.because for other in advice.runners_up if other.holds is False] in (
        [],
        [("potential value is 15 (needed: the potential is lucky)",)],
    )


def test_a_catalogue_can_be_added_to():
    """With facts of the app's own."""
    visits = Fact("visits", FactKind.COUNT, "Visits.", OWN, lambda _: 3)
    ours = selector(row("A", at_least("visits", 3)), REST, facts=[*FACTS, visits])

    advice = ours(Profile(relationship=CUSTOMER))

    assert (advice.row, advice.facts) == ("A", {"visits": 3})
    assert advice.counterfactuals() == ()


def test_facts_that_are_no_limits_of_an_input_are_searched():
    """A tier changes somewhere between the inputs that it follows from."""
    ours = selector(row("RICH", all_of(C, is_("tier", Tier.GOLD)), Strategy.PROTECT), REST)
    profile = Profile(relationship=CUSTOMER, value=CustomerValue(margin=150, cost_to_serve=0))

    flip = ours(profile).counterfactual()

    assert ours.thresholds(profile) == {}
    assert (flip.fact, flip.to, flip.strategy) == ("margin", 200, Strategy.PROTECT)


RISKY = selector(
    row("A", all_of(C, below("profit", 10), at_least("purchases", 3)), Strategy.HARVEST),
    row("B", all_of(C, exceeds("revenue_upside", "cost_to_serve")), Strategy.ENHANCE),
    REST,
)


@pytest.mark.parametrize(
    ("inputs", "limits"),
    [
        ({}, {"purchases": {3}, "margin": set(), "revenue_upside": set(), "cost_to_serve": set()}),
        (
            {"margin": 50},
            {"purchases": {3}, "margin": set(), "revenue_upside": set(), "cost_to_serve": {40}},
        ),
        (
            {"margin": 50, "cost_to_serve": 7, "revenue_upside": 9},
            {"purchases": {3}, "margin": {17}, "revenue_upside": {7}, "cost_to_serve": {9, 40}},
        ),
    ],
    ids=str,
)
def test_a_selector_knows_where_numbers_change_its_answer(inputs, limits):
    """At the limits of its rows, and where facts meet that are held against each other."""
    profile = Profile(relationship=CUSTOMER).altered(**inputs)

    assert RISKY.thresholds(profile) == limits
    assert RISKY.thresholds(Profile(relationship=PROSPECT)) == {}


# --- what an answer rests on ---------------------------------------------------------------------

TWO = selector(
    row("KEEN", all_of(P, is_("interest", value=True), KEY), Strategy.START),
    row("BIG", all_of(P, any_of(KEY, at_least("potential_value", 9))), Strategy.START),
    row("NO", all_of(P, not_(is_("target", value=True)), is_("courted", value=True))),
    row("OPEN", P, Strategy.START),
    REST,
)


@pytest.mark.parametrize(
    ("signals", "fired", "facts", "missing"),
    [
        ({}, "OPEN", {"room"}, {"target", "courted"}),
        ({"target": True}, "OPEN", {"room", "target"}, set()),
        ({"courted": False}, "OPEN", {"room", "courted"}, set()),
        ({"courted": True}, "OPEN", {"room"}, {"target"}),
        (
            {"courted": True, "target": False, "strategic": False, "potential_value": 1},
            "NO",
            {"room", "target", "courted", "strategic", "potential_value"},
            set(),
        ),
        ({"strategic": True}, "BIG", {"room", "strategic"}, set()),
        ({"strategic": True, "potential_value": 9}, "BIG", {"room", "strategic"}, set()),
        ({"strategic": True, "interest": True}, "KEEN", {"room", "strategic", "interest"}, set()),
    ],
    ids=stable,
)
def test_an_answer_rests_on_what_holds_its_row_and_keeps_others_off(signals, fired, facts, missing):
    """Rows that would recommend the same do not count."""
    advice = TWO(Profile(relationship=PROSPECT, signals=Signals(**signals)))

    assert advice.row == fired
    assert set(advice.facts) == facts
    assert set(advice.missing) == missing


def test_what_only_a_row_lacks_that_can_never_fire_is_not_missing():
    """The row above holds whenever it would, whatever its three unknown facts turn out to be."""
    never = all_of(C, KEY, is_("courted", value=True), is_("interest", value=True))
    ours = selector(
        row("ABOVE", all_of(C, KEY), Strategy.PROTECT),
        row("NEVER", never, Strategy.HARVEST),
        row("REST", any_of(P, C, F)),
    )

    advice = ours(Profile(relationship=CUSTOMER))

    assert (advice.row, advice.missing) == ("REST", ("strategic",))


def test_the_reason_of_a_table_is_its_row():
    """Id, sentence and source."""
    advice = TWO(Profile(relationship=PROSPECT))

    assert (advice.reason.row, advice.reason.sentence) == ("OPEN", "The sentence of OPEN.")
    assert advice.reason.source is OWN
    assert advice.reason.evidence.catalogue == FACTS


def test_the_runners_up_are_all_other_rows_that_can_hold_in_the_room():
    """Those that hold come first."""
    advice = TWO(Profile(relationship=PROSPECT, signals=Signals(strategic=False)))

    told = [(other.row, other.holds) for other in advice.runners_up]

    assert told[0] == ("REST", True)
    assert set(told) == {("REST", True), ("BIG", None), ("NO", None), ("KEEN", False)}


def test_a_row_that_lacks_less_is_the_nearer_runner_up():
    """One comparison of one that must hold lacks less than two of two."""
    advice = TWO(Profile(relationship=PROSPECT, signals=Signals(strategic=False, interest=False)))

    order = [other.row for other in advice.runners_up]

    assert order.index("BIG") < order.index("KEEN")


def test_a_runner_up_tells_every_comparison_that_keeps_it_from_holding():
    """So that rows are told by how near they are."""
    advice = recommend(
        Profile(
            relationship=PROSPECT,
            signals=Signals(target=False, interest=True, improvement_chance=0.9),
        )
    )

    because = {other.row: other.because for other in advice.runners_up}

    assert because["END-NO-HOPE"] == (
        "interest is yes (needed: interest is no)",
        "improvement chance is 0.9 (needed: improvement chance is below 0.2)",
    )


# --- laws ----------------------------------------------------------------------------------------

FLAGS = ("target", "strategic", "courted", "interest", "cash_flow_stable", "need_ending")
SHARES = ("competition", "improvement_chance", "defection_risk", "purchase_likelihood")
MONEY = ("potential_value", "revenue_upside", "reducible_cost", "regain_cost", "regain_benefit")
KINDS = {
    **dict.fromkeys(FLAGS, (True, False)),
    **dict.fromkeys(SHARES, tuple(map(Decimal, ("0", "0.19", "0.2", "0.49", "0.5", "1")))),
    **dict.fromkeys(
        (*MONEY, "margin", "cost_to_serve", "income", "remaining_value"),
        tuple(map(Decimal, ("0", "0.01", "49.99", "50", "99.99", "100", "100.01", "1000"))),
    ),
    "effort_response": tuple(map(Decimal, ("0", "0.99", "1", "9"))),
}
values = st.fixed_dictionaries(
    {name: st.sampled_from([None, *choices]) for name, choices in KINDS.items()}
)
certain = st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in KINDS.items()})
people = st.sampled_from([PROSPECT, CUSTOMER, FORMER, UNCLEAR])
selectors = st.sampled_from(
    [
        buttle_selector(),
        buttle_selector(ButtlePolicy(desired_profit=50, low_chance=0.5)),
        TWO,
        RISKY,
    ]
)
quick = settings(max_examples=100)


@quick
@given(people, values, values, selectors)
def test_the_facts_that_are_named_suffice(who, known, other, ours):
    """Change only inputs that are neither named nor missing, and the strategy stays."""
    profile = Profile(relationship=who).altered(**known)
    advice = ours(profile)
    fixed = inputs_of((*advice.facts, *advice.missing))

    changed = profile.altered(**{name: to for name, to in other.items() if name not in fixed})

    assert ours(changed).strategy is advice.strategy


@quick
@given(people, values, certain, selectors)
def test_to_learn_what_is_not_missing_changes_nothing(who, known, learnt, ours):
    """Unknown is not false: only the missing facts could change the answer."""
    profile = Profile(relationship=who).altered(**known)
    advice = ours(profile)
    missing = inputs_of(advice.missing)
    news = {name: to for name, to in learnt.items() if known[name] is None and name not in missing}

    assert ours(profile.altered(**news)).strategy is advice.strategy


@quick
@given(people, values, selectors)
def test_what_is_named_is_known_and_what_is_missing_is_not(who, known, ours):
    """A fact is the one or the other."""
    profile = Profile(relationship=who).altered(**known)
    advice = ours(profile)
    unknown = {fact.name for fact in FACTS if fact.read(profile) is None}

    assert not set(advice.facts) & set(advice.missing)
    assert set(advice.missing) <= unknown
    assert advice.facts == {name: fact_named(name).read(profile) for name in advice.facts}


SIDES = {
    **dict.fromkeys((*FLAGS, "cause_changeable"), (None, True, False)),
    "cause": [None, Cause.PRICE, Cause.CEASED],
    "competition": [None, Decimal("0.5")],
    "defection_risk": [None, Decimal(0), Decimal("0.5")],
    "improvement_chance": [None, Decimal("0.19"), Decimal("0.2")],
    "potential_value": [None, Decimal(99), Decimal(100)],
    "revenue_upside": [None, Decimal(0), Decimal(49), Decimal(50)],
    "reducible_cost": [None, Decimal(49), Decimal(50)],
    "regain_cost": [None, Decimal(1), Decimal(3)],
    "regain_bill": [None, Decimal(1), Decimal(3)],
    "purchase_likelihood": [None, Decimal(0), Decimal(1)],
    "cost_to_serve": [None, Decimal(99), Decimal(100)],
    "defector": [None, DefectorKind.BOUGHT_AWAY, DefectorKind.PUSHED_AWAY_ON_PURPOSE],
    "regain_benefit": [None, Decimal(2)],
    "effort_response": [None, Decimal(0), Decimal(1)],
    "profit": [None, Decimal(-501), Decimal(-1), Decimal(0), Decimal(1000)],
}


FOLLOWS = {
    "cause": ["cause", "cause_changeable", "defector"],
    "margin": ["profit"],
    "cost_to_serve": ["cost_to_serve", "profit"],
    "regain_cost": ["regain_cost", "regain_bill"],
}
"""The facts that follow from an input, where it is not the fact itself alone."""


def matters(advice, name):
    """Whether an input changes the strategy, by one of the facts that follow from it."""
    return any(_matters(advice, fact) for fact in FOLLOWS.get(name, [name]))


def _matters(advice, name):
    """Whether a fact changes the strategy for some way to learn up to three other unknown ones."""
    verdict = advice.selector.table.decide({fact.name: fact.read(advice.profile) for fact in FACTS})
    facts = dict(verdict.facts)
    # More upside or response lets a key customer be enhanced, so that only then a threat matters.
    others = {fact for each in advice.missing for fact in FOLLOWS.get(each, [each])}
    others |= {"revenue_upside", "effort_response"}
    others = [other for other in others if facts.get(other) is None]
    others = sorted({*others} - {name})
    learnt = (
        {**facts, **dict(zip(chosen, told, strict=True))}
        for number in range(4)
        for chosen in combinations(others, number)
        for told in product(*(SIDES[other] for other in chosen))
    )
    return any(
        len({verdict.table.decide({**known, name: to}).outcome for to in SIDES[name]}) > 1
        for known in learnt
    )


@pytest.mark.parametrize(
    ("who", "inputs"),
    [
        (PROSPECT, {}),
        (PROSPECT, {"interest": False}),
        (PROSPECT, {"strategic": True}),
        (PROSPECT, {"potential_value": 5}),
        (PROSPECT, {"potential_value": 500}),
        (CUSTOMER, {}),
        (CUSTOMER, {"strategic": True}),
        (CUSTOMER, {"strategic": False}),
        (CUSTOMER, {"cash_flow_stable": True, "effort_response": Decimal("0.5")}),
        (CUSTOMER, {"margin": 5, "cost_to_serve": 6}),
        (CUSTOMER, {"margin": 5, "cost_to_serve": 5}),
        (CUSTOMER, {"margin": 5, "cost_to_serve": 5, "revenue_upside": 10}),
        (FORMER, {}),
        (FORMER, {"strategic": True}),
        (FORMER, {"regain_cost": 1, "regain_benefit": 2}),
        (UNCLEAR, {}),
        (UNCLEAR, {"strategic": True, "regain_cost": 1, "regain_benefit": 2}),
    ],
    ids=told,
)
def test_each_missing_fact_can_change_the_answer(who, inputs):
    """By itself, or together with some others that are unknown."""
    advice = recommend(Profile(relationship=who).altered(**inputs))

    assert {name for name in advice.missing if not matters(advice, name)} == set()


def test_what_bounds_one_fact_is_tried_for_the_other_that_it_is_held_against():
    """A profit can be below every cost, and a saving cannot."""
    both = all_of(C, below("reducible_cost", 5), within("profit", "reducible_cost"))
    rows = (row("BOTH", both, Strategy.PROTECT), REST)
    profile = Profile(relationship=CUSTOMER).altered(margin=5)

    advice = recommend(profile, selector(*rows))
    learnt = recommend(profile.altered(cost_to_serve=6, reducible_cost=3), advice.selector)

    assert (advice.row, advice.missing) == ("REST", ("cost_to_serve", "reducible_cost"))
    assert learnt.row == "BOTH"


def test_what_only_lower_rows_of_one_strategy_ask_for_is_not_missing():
    """Of a discontent customer it matters whether it is a key one, and no threat beside it."""
    cross = Relationship("C-17").apply(BOUGHT, Complained(at=NOW))
    known = {"target": True, "interest": True}

    assert recommend(Profile(relationship=cross).altered(**known)).missing == ("strategic",)


def test_what_a_row_lacks_is_missing_where_a_special_case_of_it_would_fire():
    """Of two rows that say the same, the later one counts, whichever of them fires."""
    known = {
        "cash_flow_stable": True,
        "effort_response": Decimal("0.5"),
        "need_ending": True,
        "strategic": False,
        "target": True,
        "interest": True,
        "reducible_cost": 0,
    }

    advice = recommend(Profile(relationship=CUSTOMER).altered(**known))
    learnt = recommend(advice.profile.altered(margin=1000, cost_to_serve=0))

    assert advice.missing == ("cost_to_serve", "margin")
    assert (advice.strategy, learnt.row) == (Strategy.ENHANCE, "HARVEST-ENDING")


@pytest.mark.parametrize("who", [PROSPECT, CUSTOMER, FORMER], ids=lambda who: who.state.room.value)
def test_nothing_is_missing_once_everything_is_known(who):
    """Then no fact could change the answer by being learnt."""
    known = {name: choices[0] for name, choices in KINDS.items()}

    assert recommend(Profile(relationship=who).altered(**known)).missing == ()


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", Room)
def test_a_selector_pickles(room):
    """What comes back decides alike."""
    who = {Room.PROSPECT: PROSPECT, Room.CUSTOMER: CUSTOMER, Room.FORMER: FORMER}[room]
    profile = Profile(relationship=who, signals=Signals(strategic=True))

    back = pickle.loads(pickle.dumps(buttle_selector()))

    assert back.name == buttle_selector().name
    assert back(profile).explain() == recommend(profile).explain()


def test_a_selector_that_is_pickled_comes_back_equal():
    """It is a value: equal parts make equal selectors."""
    assert pickle.loads(pickle.dumps(buttle_selector())) == buttle_selector()


def test_selectors_made_alike_are_equal():
    """And others are not."""
    one, same = (selector(row("A", P, Strategy.START), REST) for _ in range(2))

    assert one == same
    assert hash(one) == hash(same)
    assert one != selector(row("A", P), REST)
    assert repr(one) == "TableSelector(name='ours')"


def test_sources_of_rows_are_the_apps():
    """A handbook is cited like the works."""
    cited = Row("A", any_of(P, C, F), Strategy.END, "Why.", KAL[9])

    assert selector(cited)(Profile(relationship=PROSPECT)).reason.source == KAL[9] != IMH[1]


@pytest.mark.parametrize(
    ("name", "facts", "problem"),
    [(" ", FACTS, "its name is no text, or blank"), ("ours", ["profit"], "its facts are")],
)
def test_a_selector_needs_a_name_and_a_catalogue(name, facts, problem):
    """Of a text that is not blank, and of facts."""
    with pytest.raises(InvalidSelector, match=problem):
        TableSelector(name, buttle_selector().table, facts)


# --- the lifecycle of a table --------------------------------------------------------------------


def club(region="bond", first="guest_card", second="gold_card", **views):
    """A lifecycle of an app's own, with one region."""
    return Lifecycle(
        "club",
        prospect=[Stage("guest", "Looks in.")],
        customer=[Region(region, "Which card.", [Stage(first, "One."), Stage(second, "Other.")])],
        former=[Stage("gone", "Pays no longer.")],
        rules=[
            Move(Purchased, at="guest", to=first, sentence="Joins."),
            Move("rose", at=first, to=second, sentence="Rises."),
            Move(Departed, at="customer", to="gone", sentence="Leaves."),
        ],
        **views,
    )


def of_bond(stage, facts=FACTS):
    """A selector whose row for customers names a stage of a region."""
    table = (row("BOND", all_of(C, is_("bond", stage)), Strategy.ENHANCE), REST)
    return selector(*table, facts=facts)


def member(lifecycle, *events):
    return Profile(relationship=Relationship("C-17", lifecycle).apply(*events))


def test_a_table_can_name_where_a_customer_stands():
    """By a region of the default lifecycle."""
    assert of_bond("buyer")(Profile(relationship=CUSTOMER)).row == "BOND"
    assert of_bond("regular")(Profile(relationship=CUSTOMER)).row == "REST"


def test_a_refined_lifecycle_has_the_regions_of_the_one_that_it_refines():
    """The outermost stage counts."""
    finer = CUSTOMER_LIFECYCLE.refine("buyer", ["new"])

    assert of_bond("buyer")(member(finer, BOUGHT)).row == "BOND"


@pytest.mark.parametrize("events", [(), (BOUGHT,)], ids=["prospect", "customer"])
@pytest.mark.parametrize(
    ("lifecycle", "has"),
    [
        (club("card"), "does not have. Its own facts are discontent, stage and card."),
        (club(), "has as guest card and gold card. Its own facts are discontent, stage and bond."),
        (club(first="buyer"), "has as buyer and gold card. Its own facts are "),
    ],
    ids=["another region", "other stages", "a stage more"],
)
def test_a_table_is_refused_for_a_lifecycle_that_cannot_have_its_facts(lifecycle, has, events):
    """In every room; the error names selector, fact and lifecycle, and what there is instead."""
    with pytest.raises(InvalidSelector) as caught:
        of_bond("buyer")(member(lifecycle, *events))

    assert caught.value.selector == "ours"
    problem = caught.value.problem
    assert f"the fact 'bond' (buyer, regular and advocate), which the lifecycle 'club' {has}" in (
        problem.replace("_", " ")
    )
    assert "facts=facts_for(lifecycle)" in problem


def test_a_table_is_refused_where_a_fact_is_not_known_in_the_same_rooms():
    """There it could leave a gap."""
    rows = (row("A", is_("ladder", Ladder.BUYER)), row("B", is_not("ladder", Ladder.BUYER)))
    silent = View(
        Ladder,
        of={"guest": None, "customer": Ladder.BUYER, "former": Ladder.FORMER},
        moves=[(None, Ladder.BUYER), (Ladder.BUYER, Ladder.FORMER)],
        sentence="A ladder that does not know guests.",
    )

    assert selector(*rows)(Profile(relationship=CUSTOMER)).row == "A"
    with pytest.raises(InvalidSelector, match="reads the fact 'ladder'"):
        selector(*rows)(member(club(views=[silent])))


def test_a_table_for_a_lifecycle_of_the_apps_own_names_its_regions():
    """With the facts of that lifecycle; a stage that it does not have is refused at once."""
    mine = club()
    ours = of_bond("gold_card", facts_for(mine))

    assert ours(member(mine, BOUGHT)).row == "REST"
    with pytest.raises(InvalidSelector, match="bond against 'buyer', which it can never be"):
        of_bond("buyer", facts_for(mine))


@pytest.mark.parametrize("events", [(), (BOUGHT,), (BOUGHT, Departed(at=NOW))], ids=len)
def test_the_default_selector_serves_every_lifecycle(events):
    """It names no region and no view."""
    assert recommend(member(club(), *events)).row in {
        "START-OPEN",
        "ENHANCE-BUYER",
        "END-UNPROVEN",
    }
