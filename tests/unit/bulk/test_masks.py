"""Decision tables over columns: masks, what is undecided, what is missing, and what is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from attrs import frozen

from custlife import HitPolicy, all_of, any_of, is_, not_
from custlife.bulk.columns import Column, Kind, of_values, unknown
from custlife.bulk.masks import Answers, against, decide, is_ours, joined, listed_in
from custlife.decisions.predicates import (
    Comparison,
    Negation,
    Quorum,
    above,
    at_least,
    below,
    exceeds,
    is_not,
    some_of,
)
from custlife.decisions.tables import DecisionTable, Row
from custlife.errors import InvalidArgument, InvalidFrame, InvalidTable, UndecidedTable
from custlife.sources import OWN

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNS = ["is", "is not", "is at least", "is at most", "is below", "is above"]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen
class Even:
    """A predicate of an app's own, which remembers of whom it was asked."""

    asked: list

    def holds(self, facts):
        self.asked.append(facts["n"])
        return None if facts["n"] is None else facts["n"] % 2 == 0

    def atoms(self):
        yield self

    def __str__(self):
        return "n is even"


class Never(Quorum):
    """A quorum of an app's own."""

    def holds(self, facts):
        return False


def table(*whens, hit=HitPolicy.FIRST):
    rows = tuple(Row(f"R{n}", when, f"then {n}", "", OWN) for n, when in enumerate(whens))
    return DecisionTable("ours", rows, hit)


def says(predicate, **columns):
    """What a predicate answers of each customer: True, False or None."""
    found = {name: of_values(cells) for name, cells in columns.items()}
    holds, fails = Answers(found, len(next(iter(found.values()))))(predicate)
    return [True if yes else False if no else None for yes, no in zip(holds, fails, strict=True)]


def names(masks, row):
    return tuple(sorted(name for name in masks if masks[name][row]))


def test_a_predicate_holds_fails_or_is_undecided():
    """Undecided where its fact is unknown, or there is no such fact."""
    assert says(is_("n", 1), n=[1, 2, None]) == [True, False, None]
    assert says(is_("other", 1), n=[1, 2, None]) == [None, None, None]
    assert says(is_("n", 1), n=[None, None]) == [None, None]
    assert says(not_(is_("n", 1)), n=[1, 2, None]) == [False, True, None]


def test_a_quorum_holds_once_enough_parts_do():
    """It fails once too few can, and is undecided in between."""
    two = some_of(2, is_("a", 1), is_("b", 1), is_("c", 1))

    found = says(two, a=[1, 1, 0, 1], b=[1, None, 0, 0], c=[None, None, 1, None])

    assert found == [True, None, False, None]
    assert says(all_of(), a=[1]) == [True]
    assert says(any_of(), a=[1]) == [False]


@pytest.mark.parametrize(
    ("limit", "least", "above_it"),
    [
        ("0.255", 26, 26),
        ("0.25", 25, 26),
        ("-0.251", -25, -25),
        ("1e-9", 1, 1),
        ("1e+30", None, None),
    ],
)
def test_a_limit_between_two_units_is_rounded_to_the_side_that_counts(limit, least, above_it):
    """The column stays as it is, in whole minor units."""
    cents = np.arange(-30, 31)
    column = Column(Kind.NUMBER, cents, decimals=2)

    reached = cents[against(column, "is at least", Decimal(limit))]
    passed = cents[against(column, "is above", Decimal(limit))]

    assert reached[:1].tolist() == ([] if least is None else [least])
    assert passed[:1].tolist() == ([] if above_it is None else [above_it])
    assert not against(column, "is", Decimal("0.255")).any()
    assert against(column, "is not", Decimal("0.255")).all()


@pytest.mark.parametrize(
    "sign", ["is", "is not", "is at least", "is at most", "is below", "is above"]
)
@pytest.mark.parametrize(
    "limit",
    [
        Decimal("0.3"),
        Decimal("0.30000000000000004"),
        Decimal("0.30000000000000001"),
        Decimal("0.30000000000000003"),
        Decimal("0.1"),
        0,
        -1,
        10**400,
        -(10**400),
    ],
    ids=["0.3", "the next", "above 0.3", "below the next", "0.1", "0", "-1", "huge", "-huge"],
)
def test_floats_are_held_against_limits_as_they_are_printed(sign, limit):
    """Never as the binary fractions that they are."""
    floats = [0.1, 0.3, 0.1 + 0.2, 0.7, 0.0, -1.5, 5e-324, 1.7e308]
    column = Column(Kind.NUMBER, np.array(floats))
    one_by_one = [Comparison("x", sign, limit).holds({"x": Decimal(repr(x))}) for x in floats]

    assert against(column, sign, limit).tolist() == one_by_one


def test_facts_of_different_decimals_are_compared_exactly():
    """Beyond 64 bits, too."""
    benefit = [Decimal("0.3"), Decimal("0.299"), Decimal(10**30)]

    assert says(exceeds("a", "b"), a=benefit, b=[Decimal("0.299")] * 3) == [True, False, True]
    assert says(exceeds("a", "b"), a=[1, None], b=[0, 0]) == [True, None]
    assert says(exceeds("a", "b"), a=[1, 1], b=[0, None]) == [True, None]


def test_two_floats_are_compared_as_they_are():
    """They are printed in the order that they have."""
    some, more = (Column(Kind.NUMBER, np.array(cells)) for cells in ([0.1, 0.3], [0.2, 0.3]))

    found = Answers({"a": some, "b": more}, 2)

    assert found(exceeds("b", "a")).holds.tolist() == [True, False]
    assert found(Comparison("a", "is", other="b")).holds.tolist() == [False, True]


@pytest.mark.parametrize(
    ("predicate", "cells", "answers"),
    [
        (is_("x", Colour.RED), [Colour.RED, Colour.BLUE], [True, False]),
        (is_("x", Colour.RED), ["red", Colour.RED], [False, True]),
        (is_not("x", "a"), ["a", "b"], [False, True]),
        (above("x", "a"), ["a", "b"], [False, True]),
        (is_("x", True), [True, False], [True, False]),
        (is_("x", 1), [True, False], [True, False]),
        (is_("x", None), [1, 2], [False, False]),
        (is_not("x", None), [1, None], [True, None]),
        (is_("x", "a"), [1, 2], [False, False]),
        (is_("x", Decimal("NaN")), [1, 2], [False, False]),
        (below("x", float("inf")), [1, 2], [True, True]),
        (above("x", DAY), [DAY, 2 * DAY], [False, True]),
        (is_("x", 1), [DAY, 2 * DAY], [False, False]),
        (at_least("x", T), [T, T - DAY], [True, False]),
        (is_("x", datetime(2026, 1, 1)), [T, T], [False, False]),  # noqa: DTZ001 - never equal
        (is_("x", [1]), [1, 2], [False, False]),
    ],
    ids=str,
)
def test_a_fact_of_any_kind_is_held_against_a_limit(predicate, cells, answers):
    """As one by one, also where the kinds differ."""
    assert says(predicate, x=cells) == answers


def test_facts_of_any_kind_are_held_against_each_other():
    """Moments and spans, and what can only be equal."""
    assert says(exceeds("a", "b"), a=[T, T], b=[T, T - DAY]) == [False, True]
    assert says(exceeds("a", "b"), a=[DAY, None], b=[DAY, DAY]) == [False, None]
    assert says(Comparison("a", "is", other="b"), a=["x", "y"], b=["x", "x"]) == [True, False]
    assert says(Comparison("a", "is", other="b"), a=[1, 0], b=[True, None]) == [True, None]


def test_a_comparison_is_asked_once():
    """Whatever rows it stands in; a limit without a hash is told by the comparison itself."""
    answers = Answers({"x": of_values([1, 2])}, 2)
    same, plain = is_("x", [1]), is_("x", 1)

    assert answers(same) is answers(same)
    assert answers(plain) is answers(is_("x", 1))


def test_a_predicate_of_an_apps_own_is_asked_of_those_only_for_whom_it_counts():
    """Once of each; and a note says of how many."""
    even = Even([])
    rules = table(is_("n", 1), all_of(not_(is_("n", 3)), even), all_of(not_(even)), all_of())

    found = decide(rules, {"n": of_values([1, 2, 3, 4, 5, None])})

    assert found.row.tolist() == [0, 1, 2, 1, 2, 3]
    assert sorted(even.asked, key=str) == [2, 3, 4, 5, None]
    assert found.notes == ("n is even was asked one by one, of 5 customers",)


def test_a_predicate_that_is_derived_from_ours_is_asked_itself():
    """Whatever its parts would answer."""
    never = Never(0, (is_("n", 1),))

    assert is_ours(all_of(not_(is_("n", 1))))
    assert not is_ours(any_of(Negation(never)))
    assert says(any_of(never), n=[1]) == [False]


def test_the_first_row_that_holds_decides():
    """Rows above it that are undecided are reported, with the facts that are missing."""
    rules = table(
        all_of(is_("a", 1), any_of(is_("b", 1), not_(is_("c", 1)))), is_("d", 1), all_of()
    )

    found = decide(rules, {"a": of_values([1, None, 0]), "b": of_values([None, 0, 1])}, size=3)

    assert found.row.tolist() == [2, 2, 2]
    assert [names(found.missing, row) for row in range(3)] == [
        ("b", "c", "d"),
        ("a", "c", "d"),
        ("d",),
    ]
    assert [found.outcomes.at(row) for row in range(3)] == ["then 2"] * 3


def test_a_part_that_is_decided_lacks_nothing():
    """Though a fact that it reads is unknown."""
    either = any_of(is_("a", 1), is_("b", 1))

    found = decide(table(all_of(is_("c", 1), either), all_of()), {"a": of_values([1])})

    assert names(found.missing, 0) == ("c",)


def test_no_row_is_looked_at_once_everybody_is_decided():
    """So a predicate below is never asked."""
    even = Even([])

    found = decide(table(all_of(), even), {"n": of_values([1, 2])})

    assert (found.row.tolist(), even.asked, found.notes) == ([0, 0], [], ())
    assert found.missing == {}


def test_under_the_unique_policy_every_row_is_looked_at():
    """Undecided rows after the one that holds count, too."""
    rules = table(is_("a", 1), is_("b", 1), is_("a", 2), hit=HitPolicy.UNIQUE)

    found = decide(rules, {"a": of_values([1, 2]), "b": of_values([None, 0])})

    assert found.row.tolist() == [0, 2]
    assert [names(found.missing, row) for row in (0, 1)] == [("b",), ()]
    found.require()


@pytest.mark.parametrize(
    ("hit", "rows", "message"),
    [
        (HitPolicy.FIRST, (), "Table 'ours, row 2' has no row for a=7, b=0. Add one."),
        (HitPolicy.UNIQUE, ("R0", "R1"), "Table 'ours, row 1': rows R0 and R1 overlap at a=1, b=1"),
    ],
)
def test_the_first_customer_without_an_answer_is_named(hit, rows, message):
    """By the number of the row; nothing follows for such customers."""
    rules = table(is_("a", 1), is_("b", 1), hit=hit)

    found = decide(rules, {"a": of_values([1, 1, 7]), "b": of_values([0, 1, 0])})

    assert found.row.tolist()[-1] == -1
    assert found.outcomes.at(2) is None
    with pytest.raises(UndecidedTable) as caught:
        found.require()
    assert str(caught.value).startswith(message)
    assert caught.value.rows == rows


def test_a_fact_that_cannot_be_compared_is_an_error_of_the_table():
    """As it is one by one."""
    rules = table(at_least("x", 1))

    with pytest.raises(InvalidTable, match=r"row R0 \(x is at least 1\) cannot compare"):
        decide(rules, {"x": of_values(["a", "b"])})


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        ({"a": of_values([1, 2]), "b": of_values([1])}, None, "'b': it is '1 long', but must be 2"),
        ({"a": Column(Kind.FLAG, np.ones(2, bool), np.ones(3, bool))}, None, "3 long"),
        ({"a": Column(Kind.CHOICE, np.array([0, 2]), choices=("x", "y"))}, 1, "one of 2 choices"),
        ({"a": Column(Kind.CHOICE, np.array([-1, 0]), choices=("x",))}, 0, "one of 1 choices"),
        ({"a": Column(Kind.CHOICE, np.array([0, 0]))}, 0, "one of 0 choices"),
    ],
    ids=["lengths", "masks", "places", "negative", "no choices"],
)
def test_columns_that_do_not_fit_are_refused(columns, row, message):
    """With the column, and the row where there is one."""
    with pytest.raises(InvalidFrame, match=message) as caught:
        decide(table(all_of()), columns)

    assert caught.value.row == row


@pytest.mark.parametrize(
    ("given", "columns", "message"),
    [
        ("a table", {}, "a DecisionTable"),
        (table(all_of()), {}, "at least one column, or a size"),
        (table(all_of()), {"a": [1, 2]}, "a Column"),
    ],
    ids=["table", "nothing", "list"],
)
def test_what_is_no_table_and_no_column_is_refused(given, columns, message):
    """Before anything is decided."""
    with pytest.raises(InvalidArgument, match=message):
        decide(given, columns)


def test_a_base_of_nobody_is_decided_at_once():
    """And nothing is missing."""
    found = decide(table(is_("a", 1)), {"a": unknown(0)})

    assert (found.row.tolist(), found.missing) == ([], {})
    found.require()


def test_masks_of_one_name_are_united():
    """Of each other name there is the one mask."""
    one, other = np.array([True, False]), np.array([False, True])

    found = joined([{"a": one, "b": one}, {"a": other}])

    assert {name: mask.tolist() for name, mask in found.items()} == {
        "a": [True, True],
        "b": [True, False],
    }


def test_names_are_listed_by_customer_also_where_there_are_many():
    """In the order of the alphabet."""
    masks = {f"n{number:03}": np.array([number % 2 == 0, True, False]) for number in range(130)}

    found = listed_in(masks, 3)

    assert found.at(0) == tuple(sorted(masks)[::2])
    assert found.at(1) == tuple(sorted(masks))
    assert found.at(2) == ()
