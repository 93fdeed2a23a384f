"""Decisions over columns are those of one customer after the other."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pyarrow = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.bulk.people import joined_rows, people_of

from custlife import CUSTOMER_LIFECYCLE, HitPolicy, Room, is_, is_not, with_pause
from custlife.bulk.columns import Column, Kind, of_values
from custlife.bulk.masks import decide
from custlife.bulk.recommending import recommend
from custlife.decisions.predicates import (
    Comparison,
    Negation,
    Quorum,
    above,
    all_of,
    any_of,
    at_least,
    below,
    exceeds,
    not_,
    some_of,
    within,
)
from custlife.decisions.tables import DecisionTable, Row
from custlife.departure_kind import KIND_FACTS, kind_facts
from custlife.errors import UndecidedTable
from custlife.severity import SEVERITY_FACTS
from custlife.sources import OWN
from custlife.strategy import (
    FACTS,
    Fact,
    FactKind,
    Market,
    Profile,
    Strategy,
    TableSelector,
    Tier,
    buttle_selector,
    economic_selector,
    facts_for,
    first_of,
    grid_selector,
    when,
    with_override,
)
from custlife.strategy import recommend as recommend_one
from custlife.strategy.recommendation import Recommendation
from custlife.testing import departures, lifecycles, profiles, relationships, signals, values

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNS = ["is", "is not", "is at least", "is at most", "is below", "is above"]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


@frozen
class Odd:
    """A predicate of an app's own."""

    facts = ("count", "flag")

    def holds(self, facts):
        if facts.get("count") is None or facts.get("flag") is None:
            return None
        return facts["count"] % 2 == facts["flag"]

    def atoms(self):
        yield self

    def __str__(self):
        return "the count is odd, if flagged"


MONEY = [Decimal("0.25"), Decimal("0.5"), Decimal("1.11"), Decimal(-3), Decimal(10**16)]
VALUES = {
    "amount": MONEY,
    "price": [Decimal("0.250"), Decimal("0.251"), Decimal("1.11"), Decimal("-3.001")],
    "count": [0, 1, 2, 7],
    "share": [0.1, 0.25, 0.3, 0.30000000000000004, 1e-9, 1.11],
    "flag": [True, False],
    "colour": [*Colour],
    "level": [*Level],
    "name": ["ann", "bo"],
    "span": [DAY, 2 * DAY, timedelta(microseconds=1)],
    "moment": [T, T + DAY, T - timedelta(microseconds=1)],
}
"""For each fact the values that it can have."""
LIMITS = {
    "amount": [*MONEY, Decimal("0.255"), 1, Decimal("1e-9"), 10**30],
    "price": [*MONEY, Decimal("0.2505")],
    "count": [*VALUES["count"], Decimal("1.5"), -1, 0.5, float("inf")],
    "share": [Decimal("0.1"), Decimal("0.3"), Decimal("0.30000000000000004"), 1, 10**400, 0.25],
    "flag": [True, False],
    "colour": [*Colour],
    "level": [*Level, 2],
    "name": ["ann", "bo", "zoe"],
    "span": [*VALUES["span"], timedelta(hours=36)],
    "moment": [*VALUES["moment"], T.astimezone()],
}
NUMBERS = ["amount", "price", "count", "share", "flag", "level"]
EQUAL = SIGNS[:2]


def column_of(name, cells):
    """The column, made without `of_values` where that is another way."""
    known = numpy.array([cell is not None for cell in cells])
    if name == "amount":
        return Column(Kind.NUMBER, numpy.array([int((c or 0) * 100) for c in cells]), known, 2)
    if name == "share":
        return Column(Kind.NUMBER, numpy.array([c or 0.0 for c in cells]), known)
    return of_values(cells)


def facts_of(row):
    """The facts as they are given to a table; a float counts as it is printed."""
    share = row["share"]
    return {**row, "share": None if share is None else Decimal(repr(share))}


def comparisons(name):
    signs = EQUAL if name in {"colour", "flag"} else SIGNS
    return st.builds(
        Comparison, st.just(name), st.sampled_from(signs), st.sampled_from(LIMITS[name])
    )


ATOMS = st.one_of(
    *map(comparisons, VALUES),
    st.builds(
        lambda one, sign, other: Comparison(one, sign, other=other),
        st.sampled_from(NUMBERS),
        st.sampled_from(SIGNS),
        st.sampled_from([*NUMBERS, "never seen"]),
    ),
    st.builds(Comparison, st.just("never seen"), st.just("is"), st.just(1)),
    st.just(Comparison("name", "is", other="colour")),
    st.just(Odd()),
)
PREDICATES = st.recursive(
    ATOMS,
    lambda parts: (
        st.builds(Negation, parts)
        | st.lists(parts, max_size=4).flatmap(
            lambda some: st.builds(Quorum, st.integers(0, len(some) + 1), st.just(tuple(some)))
        )
    ),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from(cells) for name, cells in VALUES.items()}
)


def tables(hit):
    return st.lists(PREDICATES, min_size=1, max_size=5).map(
        lambda some: DecisionTable(
            "drawn", tuple(Row(f"R{n}", when, n, "", OWN) for n, when in enumerate(some)), hit
        )
    )


def answered(table, row):
    """The place of the row that fires, and what is missing; -1 where there is no answer."""
    try:
        verdict = table.decide(facts_of(row))
    except UndecidedTable:
        return -1, None
    return verdict.outcome, verdict.missing


FEWER = settings.default.max_examples // 3
"""An example is a whole base here."""


@pytest.mark.parametrize("hit", HitPolicy)
@given(data=st.data())
def test_a_table_decides_over_columns_as_one_by_one(hit, data):
    """The same row fires, and the same facts are missing, under both hit policies."""
    table = data.draw(tables(hit))
    rows = data.draw(st.lists(ROWS, min_size=1, max_size=12))
    columns = {name: column_of(name, [row[name] for row in rows]) for name in VALUES}

    found = decide(table, columns)

    missing = found.missing
    said = [
        (place, None if place < 0 else tuple(sorted(n for n in missing if missing[n][number])))
        for number, place in enumerate(found.row.tolist())
    ]
    assert said == [answered(table, row) for row in rows]


@given(some=st.lists(departures(), min_size=1, max_size=8))
def test_departures_are_judged_over_columns_as_one_by_one(some):
    """The kinds first, and by them the severities, with the same facts missing."""
    rules = some[0].rules
    gone = [one.judged_by(rules) for one in some]
    known = [kind_facts(d.room_left, d.cause, d.initiator, d.to, d.after_moment) for d in gone]
    columns = {name: of_values([row[name] for row in known]) for name in KIND_FACTS}

    kinds = decide(rules.kinds, columns)
    more = {name: of_values([getattr(d, name) for d in gone]) for name in SEVERITY_FACTS}
    severities = decide(rules.severities, {**more, "kind": kinds.outcomes})

    numbers = range(len(gone))
    assert [kinds.outcomes.at(n) for n in numbers] == [one.kind for one in gone]
    assert [severities.outcomes.at(n) for n in numbers] == [one.severity for one in gone]
    missing = severities.missing
    assert [tuple(sorted(n for n in missing if missing[n][place])) for place in numbers] == [
        one.severity_verdict.missing for one in gone
    ]


# --- recommendations -------------------------------------------------------------------------


def early(profile):
    """A selector that is a function, and passes for most."""
    if profile.signals.interest and profile.room is Room.PROSPECT:
        return Recommendation.stated(
            profile,
            Strategy.START,
            early,
            row="EARLY",
            sentence="Early.",
            missing=("potential_value",),
        )
    return None


@frozen
class Paid:
    """A predicate of an app's own, made of one that is ours."""

    part: object
    facts = ("profit",)

    def holds(self, facts):
        return self.part.holds(facts)

    def atoms(self):
        yield from self.part.atoms()


ENGAGED = Fact(
    "engaged",
    FactKind.COUNT,
    "Engagements.",
    OWN,
    lambda profile: profile.relationship.record.engagements,
    rooms=frozenset(Room),
)
PAYS = Fact(
    "pays",
    FactKind.BALANCE,
    "The margin, less the cost of the return of who came back.",
    OWN,
    lambda profile: (
        None
        if None in {profile.value.margin, profile.signals.regain_cost}
        else profile.value.margin
        - (profile.signals.regain_cost if profile.relationship.cycle > 1 else 0)
    ),
    ("margin", "regain_cost"),
    is_sum=True,
)


def table_of(*rows, facts=FACTS):
    """A selector of rows for customers, and one for everybody else."""
    every = [
        Row(f"ROW-{n}", all_of(is_("room", Room.CUSTOMER), *when), strategy, "", OWN)
        for n, (strategy, *when) in enumerate(rows)
    ]
    rest = Row("REST", all_of(), Strategy.END, "", OWN)
    return TableSelector("ours", DecisionTable("ours", (*every, rest), HitPolicy.FIRST), facts)


KEY, COOL = is_("strategic", True), is_("interest", False)
OWN_PREDICATES = table_of(
    (Strategy.ENHANCE, any_of(Paid(at_least("profit", 100)), is_("interest", True))),
    (Strategy.HARVEST, Paid(not_(KEY)), below("profit", 50)),
    (
        Strategy.HARVEST,
        exceeds("expected_remaining_value", "revenue_upside"),
        not_(Paid(above("profit", 60))),
    ),
    (Strategy.PROTECT, not_(all_of(KEY, COOL)), any_of(Paid(above("profit", 0)), KEY)),
)
OWN_FACTS = table_of(
    (Strategy.ENHANCE, at_least("engaged", 1), above("pays", 50)),
    (Strategy.HARVEST, exceeds("revenue_upside", "pays"), exceeds("reducible_cost", "pays"), COOL),
    (Strategy.PROTECT, within("revenue_upside", "pays"), not_(is_("interest", True))),
    (
        Strategy.REENGINEER,
        within("engaged", "revenue_upside"),
        some_of(2, is_("interest", True), is_("courted", True), not_(KEY)),
    ),
    (Strategy.HARVEST, above("expected_remaining_value", 100), is_not("tier", Tier.GOLD)),
    (Strategy.REENGINEER, at_least("days_since_purchase", 300), at_least("days_in_state", 9)),
    (Strategy.HARVEST, is_("bond", "regular"), above("offerings_held", 1)),
    facts=(*FACTS, ENGAGED, PAYS),
)
SELECTORS = {
    "buttle": buttle_selector(),
    "grid": grid_selector(),
    "own predicates": OWN_PREDICATES,
    "own facts": OWN_FACTS,
    "function first": first_of(early, buttle_selector()),
    "gains": economic_selector(),
    "conditions": first_of(
        when(all_of(KEY, any_of(below("competition", Decimal("0.5")), COOL)), buttle_selector()),
        when(is_not("purchases", 1), first_of(when(COOL, OWN_FACTS), when(KEY, OWN_PREDICATES))),
        when(above("expected_remaining_value", 50), economic_selector()),
        grid_selector(),
    ),
    "overrides": with_override(buttle_selector(), {"C-1": Strategy.END}, because="They sued us."),
}
PEOPLE = st.lists(
    st.builds(
        lambda drawn, known, worth, near: Profile(
            relationship=drawn.relationship, signals=known, value=near or worth
        ),
        profiles(),
        signals(near={"regain_benefit": [Decimal(20)], "regain_cost": [Decimal(80)]}),
        values(),
        st.none() | values(near={"margin": [Decimal(100)], "cost_to_serve": [Decimal(100)]}),
    ),
    min_size=1,
    max_size=6,
)
MARKETS = st.sampled_from([None, Market(competition=0.5), Market(reputation=0.2)])
MOMENTS = st.none() | st.just(datetime(2060, 1, 1, tzinfo=UTC))
LIBRARIES = st.sampled_from(["pandas", "polars", "pyarrow"])


def told(people, selector, market, moment):
    """The recommendations one by one."""
    asked = [
        Profile(relationship=p.relationship, signals=p.signals, value=p.value, as_of=moment)
        for p in people
    ]
    advice = [recommend_one(profile, selector, market=market) for profile in asked]
    return [(one.strategy.value, one.row, ", ".join(one.missing)) for one in advice]


@pytest.mark.parametrize("name", SELECTORS)
@settings(max_examples=FEWER)
@given(people=PEOPLE, market=MARKETS, moment=MOMENTS, library=LIBRARIES)
def test_recommendations_over_columns_are_those_one_by_one(name, people, market, moment, library):
    """Strategy, row and missing facts, for every selector, in a frame of every library."""
    states, inputs = people_of(people, library)

    found = recommend(states, SELECTORS[name], market=market, as_of=moment, decimals=2, **inputs)

    assert joined_rows(found) == told(people, SELECTORS[name], market, moment)


PAUSING = with_pause(CUSTOMER_LIFECYCLE)


@settings(max_examples=FEWER)
@given(st.lists(relationships(PAUSING), min_size=1, max_size=5), MOMENTS, LIBRARIES)
def test_customers_who_pause_are_recommended_for_as_one_by_one(some, moment, library):
    """With the days since the last purchase, in which pauses do not count."""
    days = (is_("paused", True), at_least("days_since_purchase", 20))
    selector = table_of(
        (Strategy.ENHANCE, *days), (Strategy.HARVEST, days[1]), facts=facts_for(PAUSING)
    )
    people = [Profile(relationship=one) for one in some]
    states, inputs = people_of(people, library)

    found = recommend(states, selector, as_of=moment, lifecycle=PAUSING, decimals=2, **inputs)

    assert joined_rows(found) == told(people, selector, None, moment)


@settings(max_examples=FEWER)
@given(st.data())
def test_customers_of_any_lifecycle_are_recommended_for_as_one_by_one(data):
    """With the stages, regions and views that it has as facts."""
    lifecycle = data.draw(lifecycles())
    facts = facts_for(lifecycle)
    names = [fact for fact in facts if fact.of_lifecycle and fact.choices]
    rows = [(Strategy.HARVEST, is_(fact.name, fact.choices[-1])) for fact in names]
    selector = table_of(*rows, facts=facts)
    some = data.draw(st.lists(relationships(lifecycle), min_size=1, max_size=5))
    people = [Profile(relationship=one) for one in some]
    states, inputs = people_of(people, "pyarrow")

    found = recommend(states, selector, lifecycle=lifecycle, decimals=2, **inputs)

    assert joined_rows(found) == told(people, selector, None, None)
