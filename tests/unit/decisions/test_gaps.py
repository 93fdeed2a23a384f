"""Where tables overlap or have gaps."""

import decimal
from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife.decisions.gaps import contrasts, gaps, limits, overlaps, sides
from custlife.decisions.predicates import (
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    not_,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import OWN


def table(*predicates, hit=HitPolicy.UNIQUE):
    """Rows A, B, C, one for each predicate."""
    ids = "ABCDEF"
    rows = tuple(Row(id_, when, id_, "", OWN) for id_, when in zip(ids, predicates, strict=False))
    return DecisionTable("t", rows, hit)


@pytest.mark.parametrize(
    ("predicates", "found"),
    [
        ([], {}),
        ([is_("a", 1)], {"a": {1}}),
        ([is_("a", 1), at_least("a", 2), not_(below("a", 2))], {"a": {1, 2}}),
        ([all_of(is_("a", 1), any_of(is_("b", 2), is_("a", 3)))], {"a": {1, 3}, "b": {2}}),
        ([exceeds("a", "b"), at_most("b", 5)], {"a": set(), "b": {5}}),
        ([all_of()], {}),
    ],
    ids=str,
)
def test_the_limits_of_a_fact_are_all_that_it_is_held_against(predicates, found):
    """None for facts that are held against each other."""
    assert limits(iter(predicates)) == found


def test_facts_that_are_held_against_each_other_are_found():
    """Each pair once, in the order in which it is read."""
    predicates = [all_of(exceeds("a", "b"), is_("c", 1)), within("a", "b"), not_(within("b", "c"))]

    assert contrasts(predicates) == {("a", "b"), ("b", "c")}


@pytest.mark.parametrize(
    ("given_", "tried"),
    [
        ([], ["-1", "-0.5", "0", "0.5", "1"]),
        ([5], ["4", "4.5", "5", "5.5", "6"]),
        ([3, 1, 3], ["0", "0.5", "1", "2", "3", "3.5", "4"]),
        ([Decimal("0.2"), Decimal("0.3")], ["-0.8", "-0.3", "0.2", "0.25", "0.3", "0.8", "1.3"]),
    ],
    ids=str,
)
def test_numbers_on_each_side_of_every_limit_are_tried(given_, tried):
    """The limits themselves among them."""
    assert sides(map(Decimal, given_)) == tuple(map(Decimal, tried))


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@settings(max_examples=60)
@given(st.lists(numbers, max_size=5))
def test_no_side_of_a_limit_is_left_out(given_):
    """There is a number below the lowest, above the highest, and between any two."""
    tried = sides(given_)
    ordered = sorted(set(given_))

    assert list(tried) == sorted(tried)
    assert set(given_) <= set(tried)
    assert len(tried) == 2 * (max(len(ordered), 1) + 2) - 1
    assert all(any(low < number < high for number in tried) for low, high in pairwise(ordered))
    assert all(tried[0] < number < tried[-1] for number in given_)


def test_no_number_beyond_the_bounds_is_tried():
    """The bounds are, and what lies between them and a limit, however near it is."""
    tried = sides([Decimal("0.002"), Decimal(40)], least=Decimal(0), most=Decimal(1))

    assert tried == tuple(map(Decimal, ("0", "0.001", "0.002", "0.501", "1")))


def test_there_is_room_for_each_of_several_facts_between_two_limits():
    """So that facts can be held against each other there."""
    tried = sides([], least=Decimal(0), most=Decimal(4), between=3)

    assert tried == tuple(map(Decimal, range(5)))


def test_no_side_of_a_limit_is_lost_in_a_silly_context():
    """Also where the app keeps three digits only."""
    with decimal.localcontext(prec=3):
        tried = sides([Decimal(1000), Decimal("1000.01")])

    assert tried == sides([Decimal(1000), Decimal("1000.01")])


def test_an_overlap_is_found_in_a_silly_context():
    """Two rows that hold above a thousand."""
    both = table(above("n", Decimal(1000)), above("n", Decimal(1000)))

    with decimal.localcontext(prec=3):
        found = list(overlaps(both, {"n": sides([Decimal(1000)])}))

    assert len(found) == 1


@pytest.mark.parametrize(
    ("predicates", "domains", "found"),
    [
        ([at_least("n", 1), below("n", 1)], {"n": [0, 1, 2]}, []),
        ([at_least("n", 1), at_most("n", 1)], {"n": [0, 1, 2]}, [("A", "B", {"n": 1})]),
        (
            [is_("a", 1), is_("b", 1), all_of(is_("a", 2), is_("b", 2))],
            {"a": [1, 2], "b": [1, 2]},
            [("A", "B", {"a": 1, "b": 1})],
        ),
        (
            [all_of(), is_("a", 1), is_("a", 2)],
            {"a": [1, 2]},
            [("A", "B", {"a": 1}), ("A", "C", {"a": 2})],
        ),
        ([exceeds("a", "b"), within("a", "b")], {"a": [1, 2], "b": [1, 2]}, []),
        (
            [exceeds("a", "b"), is_("a", 2)],
            {"a": [1, 2], "b": [1, 2]},
            [("A", "B", {"a": 2, "b": 1})],
        ),
        ([all_of(), all_of()], {}, [("A", "B", {})]),
        ([is_("a", 1), is_("a", 1)], {"a": []}, []),
    ],
    ids=str,
)
def test_each_pair_of_rows_that_can_hold_at_once_is_found(predicates, domains, found):
    """With facts for which both hold."""
    faults = list(overlaps(table(*predicates), domains))

    assert [(*fault.rows, dict(fault.facts)) for fault in faults] == found
    assert all((fault.table, fault.missing) == ("t", ()) for fault in faults)


@pytest.mark.parametrize(
    ("predicates", "known", "given_", "found"),
    [
        ([is_("x", 1)], {"x": [1, 2]}, None, [{"x": 2}]),
        ([is_("x", 1), is_("x", 2)], {"x": [1, 2]}, None, []),
        ([is_("x", 1)], {}, None, [{}]),
        ([all_of()], {}, None, []),
        ([is_("x", 1)], {}, {"x": 1}, []),
        ([is_("x", 1)], {"y": [1, 2]}, {"x": 2}, [{"x": 2, "y": 1}, {"x": 2, "y": 2}]),
        ([all_of(is_("x", 1), is_("u", 1)), is_("x", 2)], {"x": [1, 2]}, None, [{"x": 1}]),
        ([any_of(is_("u", 1), not_(is_("u", 1)))], {"x": [1]}, None, [{"x": 1}]),
    ],
    ids=str,
)
def test_each_choice_of_known_facts_without_a_sure_row_is_a_gap(predicates, known, given_, found):
    """Everything else is taken as unknown; that a row might hold is not enough."""
    faults = list(gaps(table(*predicates), known, given_))

    assert [dict(fault.facts) for fault in faults] == found
    assert all((fault.rows, fault.missing) == ((), ()) for fault in faults)


POOL = [
    is_("a", 1),
    is_("a", 2),
    at_least("b", 1),
    below("b", 1),
    all_of(is_("a", 1), below("b", 2)),
    any_of(is_("a", 2), at_least("b", 2)),
    exceeds("a", "b"),
    not_(is_("a", 1)),
]
DOMAINS = {"a": [1, 2], "b": [0, 1, 2]}


@settings(max_examples=80)
@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=4))
def test_overlaps_are_those_that_trying_everything_finds(predicates):
    """Pair by pair, over every combination."""
    tried = table(*predicates)
    every = [dict(zip(DOMAINS, values, strict=True)) for values in product(*DOMAINS.values())]
    pairs = {
        (one.id, other.id)
        for facts in every
        for one, other in product(tried.rows, repeat=2)
        if one.id < other.id and one.when.holds(facts) and other.when.holds(facts)
    }

    assert {fault.rows for fault in overlaps(tried, DOMAINS)} == pairs


@settings(max_examples=80)
@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=4))
def test_gaps_are_those_that_trying_everything_finds(predicates):
    """Where all facts are known, a gap is what no row holds for."""
    tried = table(*predicates, hit=HitPolicy.FIRST)

    undecided = []
    for values in product(*DOMAINS.values()):
        facts = dict(zip(DOMAINS, values, strict=True))
        if not any(predicate.holds(facts) for predicate in predicates):
            undecided.append(tuple(facts.items()))
    assert [fault.facts for fault in gaps(tried, DOMAINS)] == undecided
