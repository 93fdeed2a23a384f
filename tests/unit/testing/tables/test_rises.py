"""Requirements of answers that never go back while a fact rises."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife.decisions.predicates import (
    Comparison,
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
from custlife.decisions.search import Group
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import UndecidedTable
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import FACTS, Strategy, buttle_selector
from custlife.testing import InvalidRequirement, Status, check, monotone
from custlife.testing.tables.rises import rising
from custlife.testing.tables.unknown import unknown

END, WIN_BACK = Strategy.END, Strategy.WIN_BACK


class Risk(Enum):
    """From low to high."""

    LOW = 1
    HIGH = 0


def table(*rows, hit=HitPolicy.FIRST):
    made = (Row(f"R{n}", when, then, f"Rule {n}.", OWN) for n, (when, then) in enumerate(rows))
    return DecisionTable("t", tuple(made), hit)


def verdict(thing, requirement):
    (found,) = check(thing, requirement).verdicts
    return found


STEPS = table(
    (all_of(is_("spared", True), at_least("n", 3)), "low"),
    (at_least("n", 2), "high"),
    (at_least("n", 1), "middle"),
    (below("n", 1), "low"),
)


@pytest.mark.parametrize(
    "requirement",
    [
        monotone("n", order=["low", "middle", "high"], when=is_("spared", False)),
        monotone("n", order=["low", "middle", "high"], when=below("n", 3)),
        monotone("n", order=["high", "middle", "low"], falling=True, when=unknown("spared")),
        monotone("n", order=["middle", "high"]),
        monotone("spared", order=["high", "low"]),
        monotone("n", order=["low", ("middle", "high")], when=not_(is_("spared", True))),
    ],
)
def test_an_answer_that_never_goes_back_holds(requirement):
    """What is not in the order is not compared; what is in a tuple ranks alike."""
    assert verdict(STEPS, requirement).holds


def test_an_answer_that_goes_back_is_shown_before_and_after():
    """With the fewest other facts, and the fact that rises twice."""
    found = verdict(STEPS, monotone("n", order=["low", "middle", "high"]))

    assert found.status is Status.VIOLATED
    assert found.facts == (("spared", True), ("n", 1), ("n", 3))
    assert found.because == (
        "where spared is yes and nothing else is known, n rises from 1 to 3, and the answer turns "
        "from middle (row R2) to low (row R0)"
    )


def test_rows_are_ranked_by_their_ids_too():
    """As outcomes are."""
    assert verdict(STEPS, monotone("n", order=["R3", "R2", "R1"])).holds
    assert verdict(STEPS, monotone("n", order=["R1", "R2"])).status is Status.VIOLATED


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (False, True),
        (Risk.LOW, Risk.HIGH),
        (timedelta(days=1), timedelta(days=2)),
        (0.5, 1.5),
        ("a", "b"),
    ],
)
def test_whatever_has_an_order_can_rise(low, high):
    """The members of an enum in the order of their definition."""
    flips = table((is_("n", low), "low"), (is_("n", high), "high"))

    found = verdict(flips, monotone("n", order=["high", "low"]))

    assert found.facts == (("n", low), ("n", high))
    assert verdict(flips, monotone("n", order=["low", "high"])).holds


def test_other_facts_stay_while_one_rises():
    """Also those that it is held against."""
    bills = table((exceeds("cost", "benefit"), "end"), (within("cost", "benefit"), "pay"))

    assert verdict(bills, monotone("cost", order=["pay", "end"])).holds
    assert verdict(bills, monotone("benefit", order=["end", "pay"])).holds
    assert dict(verdict(bills, monotone("cost", order=["end", "pay"])).facts).keys() == {
        "cost",
        "benefit",
    }


VACUOUS = [
    (monotone("n", order=["low"]), "the rows answer only one of what it compares"),
    (monotone("n", order=["low", "high"], when=is_("n", 3)), "n never rises where n is 3, while"),
    (monotone("n", order=["low", "high"], when=all_of(below("n", 0), above("n", 0))), "n never"),
]


@pytest.mark.parametrize(("requirement", "because"), VACUOUS)
def test_a_rise_with_nothing_to_compare_is_vacuous(requirement, because):
    """It does not hold."""
    found = verdict(STEPS, requirement)

    assert found.status is Status.VACUOUS
    assert found.because.startswith(because)


def test_a_fact_that_no_row_of_a_selector_reads_rises_for_nothing():
    """Of the catalogue, it may be named."""
    found = verdict(buttle_selector(), monotone("income", order=[END, WIN_BACK]))

    assert (found.status, found.because) == (Status.VACUOUS, "no row reads income")


BAD = [
    (monotone("m", order=["low", "high"]), "there is no fact 'm'; there is spared and n"),
    (monotone(["n", "spared"], order=["low", "high"]), "there is no fact"),
    (monotone("n", order=["low", "lower"]), "there is no outcome or row 'lower'"),
]


@pytest.mark.parametrize(("requirement", "problem"), BAD)
def test_a_rise_of_what_is_not_there_is_refused(requirement, problem):
    """Or through what is not there."""
    with pytest.raises(InvalidRequirement, match=problem):
        check(STEPS, requirement)


def test_values_without_an_order_do_not_rise():
    """As numbers beside texts."""
    mixed = table((is_("n", 1), "low"), (is_("n", "many"), "high"))

    with pytest.raises(InvalidRequirement, match="n cannot rise, since its values have no order"):
        check(mixed, monotone("n", order=["low", "high"]))


def test_a_rise_without_an_order_is_refused():
    """There is none between outcomes."""
    with pytest.raises(InvalidRequirement, match="what= is about a lifecycle"):
        check(STEPS, monotone("n", "bond"))


class Own:
    """A predicate of the app's own."""

    facts = ("n",)

    def holds(self, facts):
        return None if facts.get("n") is None else facts["n"] % 7 == 5

    def atoms(self):
        yield self

    def __str__(self):
        return "our view of n"


def test_a_predicate_of_the_apps_own_leaves_a_rise_undecided():
    """Where it turns on it."""
    own = table((Own(), "low"), (at_least("n", 2), "high"), (below("n", 2), "low"))

    found = verdict(own, monotone("n", order=["low", "high"]))

    assert found.status is Status.UNDECIDED
    assert "it turns on 'our view of n'" in found.because


def test_an_order_is_needed(monkeypatch):
    """Where the requirement was made without one."""
    bare = monotone("n", order=["low"])
    object.__setattr__(bare, "order", None)

    with pytest.raises(InvalidRequirement, match=r"it says no order\. Give order="):
        check(STEPS, bare)


# --- which pairs there are ---------------------------------------------------------------------


def test_a_sum_goes_along_with_its_part_and_never_against_it():
    """What winning back costs in all rises with its part, and a profit falls with the cost."""
    bills = Group(
        ("regain_cost", "regain_bill"), [*product([1, 2], [1, 2, 3]), (1, None), (None, 1)]
    )
    profits = Group(("cost_to_serve", "profit"), [*product([1, 2], [5, 6, None])])

    dearer, costlier = rising(bills, "regain_cost", FACTS), rising(profits, "cost_to_serve", FACTS)

    assert {*dearer.values} == {((1, low), (2, high)) for low, high in UP}
    assert {*costlier.values} == {
        ((1, 5), (2, 5)),
        ((1, 6), (2, 5)),
        ((1, 6), (2, 6)),
        ((1, None), (2, None)),
    }


UP = [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]


def test_other_facts_of_a_group_stay():
    """Only pairs that differ in the one are there."""
    group = Group(("n", "m"), [(1, 5), (2, 5), (3, 6), (None, 5)])

    assert rising(group, "n").values == (((1, 5), (2, 5)),)


def test_choices_rise_in_the_order_of_the_catalogue():
    """As its fact gives them."""
    (stage,) = (fact for fact in FACTS if fact.name == "stage")
    group = Group(("stage",), [("buyer",), ("aware",)])

    assert rising(group, "stage", (stage,)).values == ((("aware",), ("buyer",)),)


# --- the default selector ------------------------------------------------------------------------


@pytest.mark.parametrize("fact", ["regain_cost", "regain_bill"])
def test_a_dearer_return_is_not_tried_sooner(fact):
    """Nor a richer one later; the other way round is shown."""
    former = is_("room", Room.FORMER)

    assert verdict(buttle_selector(), monotone(fact, order=[WIN_BACK, END])).holds
    assert verdict(buttle_selector(), monotone(fact, order=[WIN_BACK, END], when=former)).holds
    assert verdict(buttle_selector(), monotone(fact, order=[END, WIN_BACK])).status is (
        Status.VIOLATED
    )


# --- beside brute force --------------------------------------------------------------------------

N = [None, *(Decimal(n) / 4 for n in range(1, 12))]
GRID = {"n": N, "m": N, "key": [None, True, False]}
POINTS = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]

atoms = st.one_of(
    st.builds(
        Comparison,
        st.sampled_from(["n", "m"]),
        st.sampled_from(["is", "is at least", "is at most", "is below", "is above"]),
        st.sampled_from([1, 2]),
    ),
    st.sampled_from([exceeds("n", "m"), within("n", "m"), is_("key", True), is_not("key", True)]),
)
joined = st.lists(atoms, min_size=1, max_size=2).map(lambda parts: all_of(*parts))
tables = st.builds(
    lambda rows, hit: table(*rows, (any_of(within("n", "m"), is_("key", True)), "b"), hit=hit),
    st.lists(st.tuples(joined, st.sampled_from("abc")), min_size=1, max_size=3),
    st.sampled_from(HitPolicy),
)


def answer(tried, facts):
    try:
        return tried.decide(facts).outcome
    except UndecidedTable:
        return None


def goes_back(tried, falling, points):
    """Whether an answer goes from b to a, or from a to b, as n rises."""
    found = {}
    for facts in points:
        found.setdefault((facts["m"], facts["key"]), []).append((facts["n"], answer(tried, facts)))
    before, after = "ab" if falling else "ba"
    return any(
        low[0] < high[0] and (low[1], high[1]) == (before, after)
        for column in found.values()
        for low, high in product([one for one in column if one[0] is not None], repeat=2)
    )


def test_the_search_agrees_with_comparing_all_pairs():
    """Of random tables, whether their answers go back or not."""
    counted = Counter()

    @settings(max_examples=250)
    @given(tables, st.just(all_of()) | atoms, st.booleans())
    def agrees(tried, when, falling):
        there = [facts for facts in POINTS if when.holds(facts)]
        requirement = monotone("n", order=["a", "b"], falling=falling, when=when)
        says_something = {"a", "b"} <= {row.outcome for row in tried.rows}

        found = verdict(tried, requirement) if says_something else None

        counted[found and found.status] += 1
        assert found is None or (found.status is Status.VIOLATED) is goes_back(
            tried, falling, there
        )

    agrees()

    assert min(counted[Status.HOLDS], counted[Status.VIOLATED]) > 15
