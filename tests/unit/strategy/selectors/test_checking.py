"""Soundness of tables as selectors: gaps, overlaps and thresholds, against enumeration."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    DecisionTable,
    HitPolicy,
    Row,
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
from custlife.sources import OWN
from custlife.strategy import (
    FACTS,
    Fact,
    FactKind,
    InvalidSelector,
    PartyKind,
    Strategy,
    TableSelector,
)
from custlife.strategy.selectors.checking import domains_of


def rows(*predicates):
    """One row for each predicate, which ends everybody."""
    return tuple(
        Row(f"R{number}", predicate, Strategy.END, "So.", OWN)
        for number, predicate in enumerate(predicates)
    )


def selector(*predicates, hit=HitPolicy.FIRST, facts=FACTS):
    return TableSelector("ours", DecisionTable("ours", rows(*predicates), hit), facts)


COUNTS = [(0, 5), (0, 3), (1, 4), (1, 6), (2, 5), (0, 2), (7, 9)]


@pytest.mark.parametrize(("most", "least"), COUNTS)
def test_a_gap_between_two_counts_is_found(most, least):
    """Also where the middle of the two is no whole number."""
    with pytest.raises(InvalidSelector, match=f"purchases is {most + 1} and nothing else is known"):
        selector(at_most("purchases", most), at_least("purchases", least))


@pytest.mark.parametrize(("low", "high"), COUNTS)
def test_an_overlap_between_two_counts_is_found(low, high):
    """Under the unique policy rows must not share a count."""
    with pytest.raises(InvalidSelector, match="rows R0 and R1 overlap"):
        selector(above("purchases", low), below("purchases", high), hit=HitPolicy.UNIQUE)


@pytest.mark.parametrize("most", [0, 1, 6])
def test_counts_that_follow_each_other_leave_no_gap(most):
    """There is no whole number between a count and the next."""
    ours = selector(
        at_most("purchases", most), at_least("purchases", most + 1), hit=HitPolicy.UNIQUE
    )

    assert ours.uses == ("purchases",)


A, B = (
    Fact(name, FactKind.COUNT, name, OWN, lambda profile: 0, rooms=FACTS[0].rooms) for name in "ab"
)
SHARE = Fact("share", FactKind.SHARE, "share", OWN, lambda profile: 0, rooms=FACTS[0].rooms)
MONEY = Fact("money", FactKind.BALANCE, "money", OWN, lambda profile: 0, rooms=FACTS[0].rooms)
FLAG = Fact("flag", FactKind.FLAG, "flag", OWN, lambda profile: True, rooms=FACTS[0].rooms)
PARTY = Fact(
    "kind",
    FactKind.CHOICE,
    "kind",
    OWN,
    lambda profile: PartyKind.CONSUMER,
    choices=tuple(PartyKind),
    rooms=FACTS[0].rooms,
)
CATALOGUE = (FACTS[0], A, B, SHARE, MONEY, FLAG, PARTY)
LIMITS = {"a": [0, 1, 2, 4], "b": [0, 2, 3], "share": [0, Decimal("0.5"), 1], "money": [-1, 0, 2]}
NUMBERS = [
    compare(name, limit)
    for name, limits in LIMITS.items()
    for limit in limits
    for compare in (at_least, at_most, above, below, is_, is_not)
]
ATOMS = [
    *NUMBERS,
    is_("flag", True),
    *(is_("kind", kind) for kind in PartyKind),
    exceeds("a", "b"),
    within("b", "a"),
    exceeds("a", "money"),
    within("money", "b"),
]
# Every order that two counts and an amount can have among the limits.
FINE = [Decimal(n) / 4 for n in range(-8, 29)]
EVERY = {
    "a": [Decimal(n) for n in range(8)],
    "b": [Decimal(n) for n in range(8)],
    "share": [Decimal(n) / 4 for n in range(5)],
    "money": FINE,
    "flag": [True, False],
    "kind": [*PartyKind],
}
predicates = st.recursive(
    st.sampled_from(ATOMS),
    lambda parts: (
        st.builds(not_, parts) | st.builds(all_of, parts, parts) | st.builds(any_of, parts, parts)
    ),
    max_leaves=3,
)


def points(predicates):
    """Every combination of the facts that the predicates name."""
    names = sorted({n for each in predicates for atom in each.atoms() for n in atom.facts})
    return [dict(zip(names, values, strict=True)) for values in product(*(EVERY[n] for n in names))]


def refusal(given_, hit):
    """Why these predicates make no selector; nothing where they do."""
    try:
        selector(*given_, hit=hit, facts=CATALOGUE)
    except InvalidSelector as error:
        return error.problem
    return ""


@settings(deadline=None)
@given(st.lists(predicates, min_size=1, max_size=3))
def test_gaps_are_those_of_enumeration(given_):
    """Over counts, shares, money, flags and choices: refused if some facts have no row."""
    gap = any(not any(each.holds(facts) for each in given_) for facts in points(given_))

    assert ("no row is sure to hold" in refusal(given_, HitPolicy.FIRST)) is gap


@settings(deadline=None)
@given(st.lists(predicates, min_size=2, max_size=2))
def test_overlaps_are_those_of_enumeration(given_):
    """With a last row for what is left, two rows that share facts are refused, and no others."""
    rest = all_of(*(not_(each) for each in given_))
    overlap = any(all(each.holds(facts) for each in given_) for facts in points(given_))

    assert ("overlap" in refusal((*given_, rest), HitPolicy.UNIQUE)) is overlap


def test_numbers_beyond_the_bounds_of_a_kind_are_not_tried():
    """A share is never above one, and a count never below zero."""
    found = domains_of([at_least("share", 1), at_least("a", 0)], CATALOGUE, {})

    assert found == {"share": (0, Decimal("0.5"), 1), "a": [0, 1]}
