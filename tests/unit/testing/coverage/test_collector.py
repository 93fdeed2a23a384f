"""Collecting coverage: what can be added, what is reported, and what is asked for."""

import pickle
from decimal import Decimal

import pytest
from attrs import evolve
from tests.unit.lifecycle.builders import club, stay, trio
from tests.unit.testing.covering import (
    ROWS,
    SELECTOR,
    SIZES,
    WAYS,
    T,
    covered,
    covered_by,
    customer,
    happened,
    in_order,
    witness,
)

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departed,
    Engaged,
    HitPolicy,
    InvalidArgument,
    Purchased,
    Relationship,
    replay,
)
from custlife.strategy import Profile, TableSelector, recommend
from custlife.testing import Coverage, NotCovered, Path, assert_covered, transition_coverage_paths

TRIO = trio()


# What cannot be added.


@pytest.mark.parametrize(
    "thing",
    [
        Path.of(TRIO, "joined"),
        replay([], customer="C-1", lifecycle=TRIO),
        Relationship("C-1", TRIO),
        Coverage(TRIO),
        recommend(Profile(relationship=Relationship("C-1"))),
    ],
)
def test_what_is_of_another_lifecycle_is_refused(thing):
    """The error names both, and nothing is counted."""
    lifecycle = club(name="theirs")
    coverage = Coverage(lifecycle)

    with pytest.raises(InvalidArgument, match=r"the lifecycle <Lifecycle 'theirs'.*it is of <Lif"):
        coverage.add(Path.of(lifecycle, "joined"), thing)

    assert coverage.seen == set()


def test_another_lifecycle_of_the_same_name_is_refused_as_such():
    """The error says that they are not equal."""
    with pytest.raises(InvalidArgument, match="They share a name, and are not equal"):
        Coverage(TRIO).add(Path.of(trio(also=[stay("greeted", "guest")]), "greeted"))


def test_an_equal_lifecycle_is_the_same():
    """It may be another object."""
    found = covered(TRIO, Path.of(trio(), "joined"))

    assert ("cell", "joined in guest") in found


@pytest.mark.parametrize(
    "thing",
    [
        7,
        "purchased",
        Engaged(at=T),
        [Engaged(at=T), "purchased"],
        [Path.of(CUSTOMER_LIFECYCLE, "engaged")],
    ],
)
def test_what_shows_nothing_is_refused(thing):
    """The error says what can be added, and how."""
    with pytest.raises(InvalidArgument, match=r"a history of events. Give several at once"):
        Coverage(CUSTOMER_LIFECYCLE).add(thing)


@pytest.mark.parametrize(
    ("thing", "what"),
    [
        (SIZES.decide({"size": 120}), "table 'sizes'"),
        (recommend(customer(), SELECTOR), "row 'REST'"),
    ],
)
def test_what_is_decided_by_a_table_that_does_not_count_is_refused(thing, what):
    """The error names the tables that do."""
    other = TableSelector(
        "ours", evolve(SELECTOR.table, rows=(*ROWS[:2], evolve(ROWS[2], id="X"), ROWS[3]))
    )
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=[other, evolve(SIZES, hit=HitPolicy.UNIQUE)])

    with pytest.raises(InvalidArgument, match=f"and the {what} does not; there is ours and sizes"):
        coverage.add(thing)


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"lifecycle": "customer"}, "must be a Lifecycle"),
        ({"tables": ["buttle"]}, "must be decision tables or table selectors"),
        ({"tables": [SIZES, evolve(SIZES, hit=HitPolicy.UNIQUE)]}, "must be tables of different n"),
    ],
)
def test_wrong_arguments_of_a_coverage_are_refused(arguments, wrong):
    """Each by what it must be."""
    with pytest.raises(InvalidArgument, match=wrong):
        Coverage(**{"lifecycle": CUSTOMER_LIFECYCLE, **arguments})


def test_merged_coverages_count_the_tables_of_both():
    """Tables that differ must not share a name."""
    one, other = (Coverage(CUSTOMER_LIFECYCLE, tables=table) for table in (SIZES, SELECTOR))
    other.add(recommend(customer(), SELECTOR))
    clash = Coverage(CUSTOMER_LIFECYCLE, tables=evolve(SIZES, hit=HitPolicy.UNIQUE))

    one.add(other, Coverage(CUSTOMER_LIFECYCLE, tables=SIZES))

    assert one.tables == (SIZES, SELECTOR)
    assert one.counts["row"] == (1, len(SIZES.rows) + len(ROWS) + 24)
    with pytest.raises(InvalidArgument, match="tables of different names"):
        one.add(clash)


def test_a_kind_that_there_is_not_is_refused():
    """The error names those that there are."""
    with pytest.raises(InvalidArgument, match="kind is 'cells', but must be 'stage' or 'state' or"):
        Coverage(TRIO).missing("cells")


# What is reported.


def test_a_report_counts_each_kind_and_names_what_is_not_covered():
    """A kind of which there is nothing is left out, and a percentage is never rounded up."""
    coverage = covered_by(TRIO, happened(TRIO, "joined", "left", "left"))

    assert coverage.report(most=1).splitlines()[:22] == [
        "Coverage of the lifecycle 'trio': 3 states, 3 events.",
        "",
        "kind         covered      of  percent",
        "stage              3       3    100 %",
        "state              3       3    100 %",
        "move               2       4     50 %",
        "cell               2       4     50 %",
        "refusal            1       5     20 %",
        "pair               1       5     20 %",
        "rule               2       3     66 %",
        "source             2       8     25 %",
        "row                2      24      8 %",
        "comparison        20      62     32 %",
        "",
        "move, not covered:",
        "  - prospect: guest -(left)-> former: guest -(left)-> gone",
        "  - 1 more",
        "",
        "cell, not covered:",
        "  - left in guest: guest -(left)-> gone",
        "  - 1 more",
        "",
    ]


def test_a_report_names_so_many_of_a_kind():
    """With 0 it says only how many there are, and by default it names ten."""
    coverage = Coverage(CUSTOMER_LIFECYCLE)

    none, ten = coverage.report(most=0), coverage.report()

    assert "stage, not covered:\n  - 12\n" in none
    assert "\n  - 2 more\n\nstate, not covered:" in ten
    assert "eroding" in ten


def test_what_nobody_knows_how_to_cover_is_only_named():
    """A comparison comes without a way."""
    (first, *_) = Coverage(TRIO).missing("comparison")

    assert (first.path, first.refused, first.facts, first.how) == (None, None, None, "")
    assert str(first) == "'initiator is enterprise' holds in the table 'departure kind'"


def test_a_report_as_markdown_has_two_tables():
    """The same words as the text, also where a notebook shows a coverage."""
    coverage = covered_by(TRIO, happened(TRIO, "joined", "left"))

    report = coverage.report("markdown", most=1)

    assert (
        "\n| kind | covered | of | percent |\n|---|---|---|---|\n| stage | 3 | 3 | 100 % |\n"
        in report
    )
    assert "\n| kind | not covered | the shortest way |\n|---|---|---|\n" in report
    assert "\n| cell | left in guest | guest -(left)-&gt; gone |\n| cell | 1 more |  |\n" in report
    assert coverage._repr_markdown_() == coverage.report("markdown")
    assert coverage._repr_html_().count("<table>") == 2


def test_a_report_of_all_names_nothing():
    """There is one table then."""
    full = Coverage(TRIO)
    full.add(*(witness(one) for kind in WAYS for one in full.missing(kind)))
    report = full._report(["stage", "cell"])

    assert str(report).splitlines()[3:] == [
        "stage              3       3    100 %",
        "cell               4       4    100 %",
    ]
    assert len(report.blocks) == 2


@pytest.mark.parametrize("arguments", [{"form": "html"}, {"most": -1}])
def test_wrong_arguments_of_a_report_are_refused(arguments):
    """Each by what it must be."""
    with pytest.raises(InvalidArgument, match=r"must be 'text' or 'markdown'|whole number from 0"):
        Coverage(TRIO).report(**arguments)


def test_a_coverage_is_shown_by_its_cells():
    """They say the most in one number."""
    assert repr(covered_by(TRIO, Path.of(TRIO, "joined"))) == "<Coverage of 'trio': 1 of 4 cells>"


def test_a_coverage_keeps_its_lifecycle():
    """What was seen of one is nothing to another."""
    coverage = Coverage(TRIO)

    with pytest.raises(AttributeError):
        coverage.lifecycle = club()


def test_a_coverage_pickles():
    """With all that was seen."""
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=SIZES)
    coverage.add(in_order(Purchased, Departed), SIZES.decide({"size": 120, "odd": False}))

    again = pickle.loads(pickle.dumps(coverage))

    assert again.report() == coverage.report()
    assert again.counts["row"] == (3, 31)


# What is asked for.


def test_answers_that_need_a_complaint_on_record_are_asked_for_by_name_only():
    """A path has no record, so a run along all paths does not take them."""
    paths = (
        path
        for each in ("cell", "pair")
        for path in transition_coverage_paths(CUSTOMER_LIFECYCLE, each=each)
    )
    refusals = map(witness, Coverage(CUSTOMER_LIFECYCLE).missing("refusal"))
    coverage = covered_by(CUSTOMER_LIFECYCLE, *paths, *refusals)

    assert_covered(coverage)
    with pytest.raises(NotCovered, match="asked for: 100 % of answer"):
        assert_covered(coverage, {"cell": 1, "answer": 1})


def test_enough_is_covered_where_each_share_is_reached():
    """A share as it is written is meant exactly."""
    coverage = covered_by(TRIO, happened(TRIO, "joined", "left"))

    assert_covered(coverage, 0)
    assert_covered(coverage, {"stage": 1, "move": 0.5, "pair": Decimal("0.2"), "condition": 1.0})
    with pytest.raises(NotCovered, match=r"asked for: 50.1 % of move\."):
        assert_covered(coverage, {"move": 0.501})


def test_what_lacks_is_in_the_error():
    """Each kind of which there is too little, and no other; the error pickles."""
    coverage = covered_by(TRIO, happened(TRIO, "joined", "left"))

    with pytest.raises(NotCovered) as caught:
        assert_covered(coverage, {"move": 1.0, "stage": 1.0, "cell": 0.9})

    assert caught.value.lacking == {"move": 1.0, "cell": 0.9}
    assert caught.value.coverage is coverage
    text = str(caught.value)
    assert text.startswith("Too little is covered; asked for: 100 % of move and 90 % of cell.\n")
    assert "stage" not in text
    assert "  - left in guest: guest -(left)-> gone" in text
    assert str(pickle.loads(pickle.dumps(caught.value))) == text
    assert isinstance(caught.value, AssertionError)


def test_a_share_alone_is_asked_of_every_kind_that_the_rules_decide():
    """Of the rows and comparisons of tables it is asked only by name."""
    full = covered_by(TRIO, *transition_coverage_paths(TRIO, each="cell"))

    with pytest.raises(NotCovered) as caught:
        assert_covered(full)

    assert [*caught.value.lacking] == ["refusal", "pair"]


@pytest.mark.parametrize(
    ("at_least", "wrong"),
    [
        (90, "at_least is 90, but must be a share from 0 to 1"),
        (True, "must be a share"),
        (float("nan"), "must be a share"),
        ("0.9", "must be a share"),
        ({"cell": -0.1}, "must be a share"),
        ({"cells": 0.9}, "at_least is 'cells', but must be 'stage'"),
    ],
)
def test_wrong_shares_are_refused(at_least, wrong):
    """So is a kind that there is not."""
    with pytest.raises(InvalidArgument, match=wrong):
        assert_covered(Coverage(TRIO), at_least)


def test_only_a_coverage_can_be_asked():
    """A lifecycle alone was covered by nothing."""
    with pytest.raises(InvalidArgument, match="coverage is <Lifecycle 'trio'"):
        assert_covered(TRIO)
