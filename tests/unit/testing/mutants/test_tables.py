"""Mutants of decision tables and of selectors: one slip each."""

from enum import Enum

import pytest

from custlife.decisions.predicates import (
    all_of,
    any_of,
    at_least,
    at_most,
    exceeds,
    is_,
    is_not,
    not_,
    some_of,
    words,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import Strategy, TableSelector, buttle_selector
from custlife.testing.mutants.tables import same_answers, table_mutants


class Size(Enum):
    """What a table answers here."""

    SMALL = "small"
    BIG = "big"


def table(*rows, hit=HitPolicy.FIRST):
    made = (Row(id_, when, then, f"Rule {id_}.", OWN) for id_, when, then in rows)
    return DecisionTable("size", tuple(made), hit)


SIZES = table(
    ("BIG", at_least("amount", 100), Size.BIG),
    ("REST", all_of(), Size.SMALL),
)


def shown(thing):
    """Each row of a table as its condition and outcome."""
    made = thing.table if isinstance(thing, TableSelector) else thing
    return [(row.id, str(row.when), words(row.outcome)) for row in made.rows]


def test_each_mutant_of_a_table_has_one_slip():
    """In the order of the rows, with the smallest difference in words."""
    mutants = {mutant.difference: shown(mutant.table) for mutant in table_mutants(SIZES)}

    big, rest = shown(SIZES)
    assert mutants == {
        "row BIG is missing": [rest],
        "rows BIG and REST are swapped": [rest, big],
        "row BIG: big becomes small": [("BIG", "amount is at least 100", "small"), rest],
        "row BIG: amount is at least 100 becomes amount is below 100": [
            ("BIG", "amount is below 100", "big"),
            rest,
        ],
        "row BIG: amount is at least 100 becomes amount is above 100": [
            ("BIG", "amount is above 100", "big"),
            rest,
        ],
        "row REST is missing": [big],
        "row REST: small becomes big": [big, ("REST", "always", "big")],
    }


def test_rows_of_the_policy_unique_are_not_swapped():
    """Their order decides nothing."""
    unique = table(("A", is_("n", 1), "a"), ("B", is_("n", 2), "b"), hit=HitPolicy.UNIQUE)

    differences = [mutant.difference for mutant in table_mutants(unique)]

    assert [text for text in differences if "swapped" in text] == []


class Own:
    """A predicate of the app's own."""

    facts = ("n",)

    def holds(self, facts):
        return None

    def atoms(self):
        yield self

    def __str__(self):
        return "our view"


SLIPS = [
    (is_("n", 1), ["n is 1 becomes n is not 1"]),
    (is_("n", True), ["n is yes becomes n is not yes"]),
    (
        is_not("size", Size.BIG),
        ["size is not big becomes size is big", "size is not big becomes size is not small"],
    ),
    (
        at_most("n", 1),
        ["n is at most 1 becomes n is above 1", "n is at most 1 becomes n is below 1"],
    ),
    (
        exceeds("n", "m"),
        ["n is above m becomes n is at most m", "n is above m becomes n is at least m"],
    ),
    (
        not_(is_("n", 1)),
        ["not (n is 1) becomes n is 1", "n is 1 becomes n is not 1"],
    ),
    (
        all_of(is_("n", 1), is_("m", 2)),
        [
            "n is 1 is dropped",
            "m is 2 is dropped",
            "n is 1 and m is 2 becomes n is 1 or m is 2",
            "n is 1 becomes n is not 1",
            "m is 2 becomes m is not 2",
        ],
    ),
    (
        any_of(is_("n", 1), is_("m", 2)),
        [
            "n is 1 is dropped",
            "m is 2 is dropped",
            "n is 1 or m is 2 becomes n is 1 and m is 2",
            "n is 1 becomes n is not 1",
            "m is 2 becomes m is not 2",
        ],
    ),
    (
        some_of(2, *(is_(name, 1) for name in "abcd"), called="enough of it"),
        [
            *(f"{name} is 1 is dropped" for name in "abcd"),
            "2 or more of (a is 1; b is 1; c is 1; d is 1) becomes "
            "a is 1 or b is 1 or c is 1 or d is 1",
            "2 or more of (a is 1; b is 1; c is 1; d is 1) becomes "
            "3 or more of (a is 1; b is 1; c is 1; d is 1)",
            *(f"{name} is 1 becomes {name} is not 1" for name in "abcd"),
        ],
    ),
    (
        any_of(is_("n", 1), all_of(is_("n", 1))),
        [
            "n is 1 is dropped",
            "n is 1 is dropped, at occurrence 2",
            "n is 1 or n is 1 becomes n is 1 and n is 1",
            "n is 1 becomes n is not 1",
            "n is 1 is dropped, at occurrence 3",
            "n is 1 becomes n is not 1, at occurrence 2",
        ],
    ),
    (all_of(is_("n", 1)), ["n is 1 is dropped", "n is 1 becomes n is not 1"]),
    (any_of(), []),
    (Own(), ["our view becomes not (our view)"]),
]


@pytest.mark.parametrize(("when", "differences"), SLIPS, ids=lambda value: str(value)[:40])
def test_each_slip_in_a_condition_is_a_mutant(when, differences):
    """Turned round, over its limit, exchanged, dropped, or joined otherwise."""
    found = [mutant.difference for mutant in table_mutants(table(("ROW", when, "row")))]

    assert found == ["row ROW is missing", *(f"row ROW: {text}" for text in differences)]


def test_a_condition_that_is_dropped_leaves_the_others():
    """All of those left, or any; and of so many that are needed as many as there can be."""
    conditions = [
        all_of(is_("a", 1), is_("b", 1)),
        any_of(is_("a", 1), is_("b", 1)),
        some_of(2, is_("a", 1), is_("b", 1), is_("c", 1)),
        not_(all_of(is_("a", 1), is_("b", 1))),
    ]

    left = [
        next(m for m in table_mutants(table(("ROW", one, "row"))) if "a is 1 is dropped" in str(m))
        for one in conditions
    ]

    assert [shown(mutant.table)[0][1] for mutant in left] == [
        "b is 1",
        "b is 1",
        "b is 1 and c is 1",
        "not (b is 1)",
    ]


def test_a_table_without_a_row_is_refused():
    """The mutant has the error, and no table."""
    (mutant, *_) = table_mutants(table(("ROW", is_("n", 1), "row")))

    assert (mutant.difference, mutant.table) == ("row ROW is missing", None)
    assert "it has no row" in str(mutant.refusal)


# --- selectors ----------------------------------------------------------------------------------


def selector():
    prospects = is_("room", Room.PROSPECT)
    rows = (
        ("KEY", all_of(prospects, is_("strategic", True)), Strategy.START),
        ("BACK", all_of(is_("room", Room.FORMER), is_("strategic", True)), Strategy.WIN_BACK),
        ("END", all_of(), Strategy.END),
    )
    return TableSelector("ours", table(*rows))


def test_mutants_of_a_selector_are_selectors():
    """Under its name, with its facts."""
    ours = selector()

    made = [mutant.table for mutant in table_mutants(ours) if mutant.table is not None]

    assert {type(one) for one in made} == {TableSelector}
    assert {(one.name, one.facts) for one in made} == {(ours.name, ours.facts)}


def test_a_selector_with_a_gap_or_a_strategy_that_does_not_fit_is_refused():
    """When it is made."""
    refused = {
        mutant.difference: str(mutant.refusal)
        for mutant in table_mutants(selector())
        if mutant.table is None
    }

    assert "no row is sure to hold where" in refused["row END is missing"]
    assert "could recommend start for a customer" in refused["row KEY: room is prospect is dropped"]
    assert all(
        mutant.refusal is None or mutant.table is None for mutant in table_mutants(selector())
    )


def test_outcomes_of_a_selector_are_exchanged_where_they_fit():
    """In every room in which the row can hold."""
    texts = [mutant.difference for mutant in table_mutants(selector())]

    assert [text for text in texts if "becomes" in text and ": end" in text] == []
    assert "row KEY: start becomes end" in texts
    assert "row KEY: start becomes win back" not in texts


# --- which are the same -------------------------------------------------------------------------


def test_a_mutant_that_answers_otherwise_is_told_apart_by_facts():
    """At the limit, where it was moved."""
    (moved,) = (m for m in table_mutants(SIZES) if "is above" in m.difference)

    assert same_answers(SIZES, moved.table) == {"amount": 100}


def test_a_mutant_without_an_answer_is_told_apart():
    """From one that has some."""
    (missing,) = (m for m in table_mutants(SIZES) if m.difference == "row REST is missing")

    assert same_answers(SIZES, missing.table) == {}


def test_a_mutant_that_answers_by_another_row_is_the_same():
    """If the outcome is the same whatever the facts."""
    twice = table(("A", is_("n", 1), "a"), ("B", is_("n", 2), "a"), ("REST", all_of(), "b"))

    same = [m.difference for m in table_mutants(twice) if same_answers(twice, m.table) is None]

    assert same == ["rows A and B are swapped"]


def test_each_part_of_the_default_selector_has_mutants():
    """And those that are no different are few."""
    default = buttle_selector().table
    mutants = [*table_mutants(default)]

    made = [mutant for mutant in mutants if mutant.table is not None][::12]
    same = [mutant for mutant in made if same_answers(default, mutant.table) is None]

    assert len({mutant.difference for mutant in mutants}) == len(mutants) > 500
    assert 0 < len(same) < len(made) / 4
