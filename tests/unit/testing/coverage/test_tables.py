"""Coverage of decision tables: their rows, their comparisons, and facts that make a row fire."""

import pytest
from tests.unit.testing.covering import (
    DAY,
    SELECTOR,
    SIZES,
    T,
    covered,
    customer,
    in_order,
    missing,
    tables_of,
)
from tests.unit.weekday import Stocked

from custlife import (
    BUT,
    CUSTOMER_LIFECYCLE,
    DEFAULT_DEPARTURE_RULES,
    Cause,
    CauseLearnt,
    DecisionTable,
    Departed,
    DepartureRules,
    HitPolicy,
    Purchased,
    Relationship,
    Room,
    Row,
    Severity,
    Terminated,
    all_of,
    any_of,
    at_least,
    at_most,
    exceeds,
    is_,
    replay,
)
from custlife.strategy import buttle_selector, recommend, when
from custlife.testing import Coverage


def test_departures_cover_the_rows_that_judge_them():
    """Also the row by which they were judged before more was learnt."""
    history = in_order(Purchased, Departed)
    news = CauseLearnt(at=T + 9 * DAY, cause=Cause.RELOCATION)
    departure = Relationship("C-1").apply(*history, news).departure

    found = {name for kind, name in covered(CUSTOMER_LIFECYCLE, departure) if kind == "row"}

    assert found == {
        "KIND-INCIDENTAL of the table 'departure kind'",
        "SEV-INCIDENTAL-0 of the table 'severity'",
        "KIND-EROSION of the table 'departure kind'",
        "SEV-EROSION-0 of the table 'severity'",
    }
    assert found == {
        name for kind, name in covered(CUSTOMER_LIFECYCLE, [*history, news]) if kind == "row"
    }


def test_comparisons_count_until_the_row_is_decided():
    """What is not compared any more has no outcome; neither has what is unknown."""
    departure = Relationship("C-1").apply(Terminated(at=T)).departure

    found = {name for kind, name in covered(CUSTOMER_LIFECYCLE, departure) if kind == "comparison"}

    assert {name for name in found if "severity" in name} == {
        "'kind is termination' holds in the table 'severity'"
    }
    assert "'initiator is enterprise' holds in the table 'departure kind'" in found
    assert not any("driven out" in name or "after moment" in name for name in found)


def test_the_rows_of_the_rules_that_judged_count():
    """Until something was judged, custlife's own do."""
    ours = DecisionTable(
        "ours", (Row("ALL", all_of(), Severity.SERIOUS, "All alike.", BUT[6]),), HitPolicy.FIRST
    )
    rules = DepartureRules(severities=ours)
    journey = replay(in_order(Departed), customer="C-1", departure_rules=rules)
    coverage = Coverage(CUSTOMER_LIFECYCLE)

    assert coverage.counts["row"] == (0, 24)
    coverage.add(journey)
    assert coverage.counts["row"] == (2, 10)
    coverage.add(in_order(Departed))
    assert coverage.counts["row"] == (3, 25)


def test_rules_that_differ_in_numbers_share_their_rows_and_not_their_comparisons():
    """A row is known by its table and its id, a comparison by its words."""
    patient = DepartureRules(moment_grace=14 * DAY)
    coverage = Coverage(CUSTOMER_LIFECYCLE)
    before = coverage.counts

    coverage.add(
        in_order(Departed), replay(in_order(Departed), customer="C-1", departure_rules=patient)
    )

    assert coverage.counts["row"] == (2, before["row"][1])
    assert coverage.counts["comparison"][1] == before["comparison"][1] + 4


@pytest.mark.parametrize("table", tables_of(DEFAULT_DEPARTURE_RULES), ids=lambda it: it.name)
def test_every_row_that_judges_departures_comes_with_facts_that_fire_it(table):
    """As few as it takes; there is no path to a row."""
    of_table = [
        one for one in Coverage(CUSTOMER_LIFECYCLE).missing("row") if repr(table.name) in one.name
    ]

    fired = [table.decide(one.facts).row.id for one in of_table]

    assert fired == [row.id for row in table.rows]
    assert {one.path for one in of_table} == {None}


def test_facts_that_fire_a_row_are_found_on_each_side_of_each_limit():
    """None are found for a row that never comes first."""
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=SIZES)

    facts = {one.name.split()[0]: one.facts for one in coverage.missing("row")[: len(SIZES.rows)]}

    fired = {id_: found and SIZES.decide(found).row.id for id_, found in facts.items()}
    assert fired == {row.id: row.id for row in SIZES.rows} | {
        "SHADOW": None,
        "REST": None,
        "WEEKDAY": {},
    }


@pytest.mark.parametrize(
    "when",
    [
        Stocked(),
        all_of(at_least("size", 5), at_least("size", "L")),
        all_of(exceeds("one", "other"), exceeds("other", "third"), at_least("third", DAY)),
        all_of(*(at_least(f"fact_{n}", 5) for n in range(12)), at_least("x", 5), at_most("x", 4)),
    ],
)
def test_no_facts_are_given_where_the_search_fails(when):
    """The row hides what it reads, or its limits do not fit, or there is too much to try."""
    rows = (Row("HARD", when, "hard", "Hard to say.", BUT[1]), *SIZES.rows[-1:])
    table = DecisionTable("hard", rows, HitPolicy.FIRST)

    (one, rest, *_) = Coverage(CUSTOMER_LIFECYCLE, tables=table).missing("row")

    assert (one.facts, one.how) == (None, "")
    assert (rest.facts, rest.how) == ({}, "no fact is known")


def test_facts_that_make_rows_overlap_fire_none_of_them():
    """Others are found where there are any."""
    rows = (
        Row("LOW", at_most("size", 1), "low", "Low.", BUT[1]),
        Row("ODD", any_of(at_most("size", 1), at_least("size", 7)), "odd", "Odd.", BUT[2]),
    )
    table = DecisionTable("overlapping", rows, HitPolicy.UNIQUE)

    low, odd, *_ = Coverage(CUSTOMER_LIFECYCLE, tables=table).missing("row")

    assert low.facts is None
    assert table.decide(odd.facts).row.id == "ODD"


def test_a_verdict_covers_its_row_and_its_comparisons():
    """Rows below the one that fired were not tried."""
    verdict = SIZES.decide({"size": 120, "odd": True, "cost": 3, "benefit": 2})
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=[SIZES])
    before = missing(coverage)

    coverage.add(verdict)

    assert before - missing(coverage) == {
        ("row", "DEAR of the table 'sizes'"),
        ("comparison", "'size is at least 100' holds in the table 'sizes'"),
        ("comparison", "'odd is yes' holds in the table 'sizes'"),
        ("comparison", "'cost is above benefit' holds in the table 'sizes'"),
        ("source", "BUT-2"),
    }


@pytest.mark.parametrize("selector", [SELECTOR, when(is_("room", Room.CUSTOMER), SELECTOR)])
def test_a_recommendation_covers_its_row_and_its_comparisons(selector):
    """Also where selectors are combined; only the rows of the customer's room were tried."""
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=SELECTOR)
    before = missing(coverage)

    coverage.add(recommend(customer().altered(strategic=False), selector))

    assert before - missing(coverage) == {
        ("row", "REST of the table 'ours'"),
        ("comparison", "'room is customer' holds in the table 'ours'"),
        ("comparison", "'strategic is yes' does not hold in the table 'ours'"),
        ("source", "BUT-5"),
    }


def test_a_bare_table_of_a_selector_counts_by_its_rows():
    """Its facts are read by the catalogue of the selector, which a bare table lacks."""
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=SELECTOR.table)
    before = missing(coverage)

    coverage.add(recommend(customer(), SELECTOR))

    assert before - missing(coverage) == {("row", "REST of the table 'ours'"), ("source", "BUT-5")}


def test_the_rows_of_the_default_selector_can_be_counted():
    """Most of them come with facts that fire them."""
    coverage = Coverage(CUSTOMER_LIFECYCLE, tables=[buttle_selector()])
    rows = buttle_selector().table.rows

    uncovered = coverage.missing("row")[: len(rows)]
    coverage.add(recommend(customer()))

    fired = [
        (one.name.split()[0], buttle_selector().table.decide(one.facts).row.id)
        for one in uncovered
        if one.facts
    ]
    assert all(named == id_ for named, id_ in fired)
    assert len(fired) > 0.9 * len(rows)
    assert coverage.counts["row"] == (1, len(rows) + 24)
