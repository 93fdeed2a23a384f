"""Recommendations over columns: the frame that comes back, what is asked one by one, and errors.

That they are those one by one is tested in tests/properties/test_bulk_decisions.py.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
pd = pytest.importorskip("pandas", reason="the extra bulk is not installed")

from attrs import frozen
from tests.unit.bulk.people import framed, rows_of, states_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Departed,
    HitPolicy,
    Lifecycle,
    Move,
    Purchased,
    Relationship,
    Room,
    Stage,
    all_of,
    is_,
)
from custlife.bulk.recommending import recommend
from custlife.decisions.predicates import above, any_of, at_least, exceeds, not_
from custlife.decisions.tables import DecisionTable, Row
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.sources import OWN
from custlife.strategy import (
    FACTS,
    Fact,
    FactKind,
    InvalidSelector,
    NoRecommendation,
    Profile,
    Strategy,
    TableSelector,
    buttle_selector,
    facts_for,
    first_of,
    when,
    with_override,
)
from custlife.strategy import recommend as recommend_one
from custlife.strategy.errors import SelectorFailed, UnfitStrategy
from custlife.strategy.recommendation import Recommendation

T = datetime(2026, 1, 1, tzinfo=UTC)
NEW = Relationship("C-1")
BUYER = Relationship("C-2").apply(Purchased(at=T, amount=Decimal("11.77")))
GONE = BUYER.rename("C-3").apply(
    Departed(at=T + timedelta(days=9), cause=Cause.PRICE, key_customer=True)
)
PEOPLE = [GONE, NEW, BUYER]


@frozen
class Loyal:
    """A predicate of an app's own."""

    facts = ("purchases",)

    def holds(self, facts):
        known = facts.get("purchases")
        return None if known is None else known > 0

    def atoms(self):
        yield self

    def __str__(self):
        return "the customer is loyal"


def table_of(when_, facts=FACTS):
    """A selector that ends where the predicate holds, and everywhere else."""
    rows = (
        Row("OURS", when_, Strategy.END, "", OWN),
        Row("REST", all_of(), Strategy.END, "", OWN),
    )
    return TableSelector("ours", DecisionTable("ours", rows, HitPolicy.FIRST), facts)


def stated(strategy):
    """A selector that is a function."""

    def always(profile):
        return Recommendation.stated(profile, strategy, always, row="ALWAYS", sentence="So it is.")

    return always


def own_fact(read):
    fact = Fact("visits", FactKind.COUNT, "Visits.", OWN, read, rooms=frozenset(Room))
    return table_of(at_least("visits", 1), (*FACTS, fact))


def advice(selector=None, people=PEOPLE, **more):
    """The rows of the recommendations."""
    given = {} if selector is None else {"selector": selector}
    return rows_of(recommend(framed(states_of(people)), **{"decimals": 2, **given, **more}))


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_frame_of_the_same_library_comes_back(library):
    """One row a customer, in the order given."""
    states = framed(states_of(PEOPLE), library)

    found = recommend(states)

    assert type(found) is type(states)
    assert rows_of(found) == [
        {
            "customer": "C-3",
            "strategy": "win_back",
            "row": "WIN-BACK-STUDY",
            "missing": "regain_benefit, regain_cost",
            "note": None,
        },
        {
            "customer": "C-1",
            "strategy": "start",
            "row": "START-OPEN",
            "missing": "improvement_chance, interest, potential_value, purchase_likelihood, target",
            "note": None,
        },
        {
            "customer": "C-2",
            "strategy": "enhance",
            "row": "ENHANCE-BUYER",
            "missing": ", ".join(recommend_one(Profile(relationship=BUYER)).missing),
            "note": None,
        },
    ]


def test_customers_keep_their_ids():
    """Numbers, too; an index of the app's own has no part in it."""
    states = framed(states_of(PEOPLE), "pandas").set_index(pd.Index([7, 8, 9]))
    states["customer"] = [30, 10, 20]

    found = recommend(states)

    assert found["customer"].tolist() == [30, 10, 20]
    assert found["strategy"].tolist() == ["win_back", "start", "enhance"]


def test_a_base_of_nobody_has_no_recommendation():
    """And no error."""
    found = recommend(framed(states_of(PEOPLE)).slice(0, 0))

    assert (found.num_rows, found.column_names[-1]) == (0, "note")


def test_a_fact_of_an_apps_own_is_read_one_by_one():
    """Of those in the rooms that need it; the note says so."""
    found = advice(own_fact(lambda profile: profile.relationship.record.purchases))

    assert [row["row"] for row in found] == ["OURS", "REST", "OURS"]
    assert {row["note"] for row in found} == {"fact visits read one by one"}


def test_a_predicate_of_an_apps_own_is_asked_one_by_one():
    """Where the rest leaves it open; the note says of whom."""
    found = advice(table_of(all_of(is_("room", Room.CUSTOMER), Loyal())))

    assert [row["row"] for row in found] == ["REST", "REST", "OURS"]
    assert [row["note"] for row in found] == [
        None,
        None,
        "predicate the customer is loyal asked one by one",
    ]


@pytest.mark.parametrize(
    "predicate",
    [
        any_of(Loyal(), above("expected_remaining_value", 100)),
        all_of(above("expected_remaining_value", 100), not_(Loyal())),
        all_of(exceeds("expected_remaining_value", "revenue_upside"), not_(Loyal())),
        all_of(is_("interest", True), above("expected_remaining_value", 100), Loyal()),
    ],
    ids=str,
)
@pytest.mark.parametrize("years", [1, 99])
def test_what_would_replace_a_known_fact_is_missing_as_one_by_one(predicate, years):
    """The value that remains follows from profit and years, unless the app has a better number."""
    columns = {"margin": [300] * 3, "cost_to_serve": [100] * 3, "remaining_years": [years] * 3}
    states = states_of(PEOPLE) | {name: pa.array(cells) for name, cells in columns.items()}
    rows = (
        Row("OURS", predicate, Strategy.END, "", OWN),
        Row("CUSTOMERS", is_("room", Room.CUSTOMER), Strategy.HARVEST, "", OWN),
        Row("REST", all_of(), Strategy.END, "", OWN),
    )
    ours = TableSelector("ours", DecisionTable("ours", rows, HitPolicy.FIRST))
    value = {"margin": 3, "cost_to_serve": 1, "remaining_years": years}
    profiles = [Profile(relationship=one).altered(**value) for one in PEOPLE]

    found = rows_of(recommend(framed(states), ours, value=[*columns], decimals=2))

    one_by_one = [recommend_one(profile, ours) for profile in profiles]
    assert [(row["row"], row["missing"]) for row in found] == [
        (one.row, ", ".join(one.missing)) for one in one_by_one
    ]


def test_a_function_is_asked_one_by_one():
    """Only of those who come to it."""
    ours = first_of(when(is_("room", Room.PROSPECT), stated(Strategy.START)), buttle_selector())

    found = advice(ours)

    assert [row["row"] for row in found] == ["WIN-BACK-STUDY", "ALWAYS", "ENHANCE-BUYER"]
    assert [bool(row["note"]) for row in found] == [False, True, False]
    assert found[1]["note"].endswith("always asked one by one")


def test_an_override_of_single_customers_leaves_the_others_to_the_columns():
    """Nothing is missing where somebody decided."""
    ours = with_override(buttle_selector(), {"C-2": Strategy.END}, because="They sued us.")

    found = advice(ours)

    assert [row["row"] for row in found] == ["WIN-BACK-STUDY", "START-OPEN", "OVERRIDE"]
    assert found[2]["missing"] == ""
    assert {row["note"] for row in found} == {None}


def test_an_override_is_found_by_the_id_as_text():
    """Ids in a frame may be numbers."""
    ours = with_override(buttle_selector(), {"20": Strategy.END}, because="They sued us.")
    states = {**states_of(PEOPLE), "customer": pa.array([30, 10, 20])}

    found = rows_of(recommend(framed(states), ours, decimals=2))

    assert [row["row"] for row in found] == ["WIN-BACK-STUDY", "START-OPEN", "OVERRIDE"]


def test_a_function_that_overrides_is_asked_one_by_one():
    """What is beneath it, too."""
    ours = with_override(
        buttle_selector(),
        lambda profile: Strategy.END if profile.room is Room.CUSTOMER else None,
        because="We close.",
    )

    found = advice(ours)

    assert [row["row"] for row in found] == ["WIN-BACK-STUDY", "START-OPEN", "OVERRIDE"]
    assert all(row["note"].endswith("with overrides asked one by one") for row in found)


def test_a_selector_that_does_not_decide_is_an_error():
    """As it is one by one, with the customer."""
    with pytest.raises(NoRecommendation, match="C-1, prospect"):
        advice(first_of(when(is_("room", Room.CUSTOMER), buttle_selector())), people=[BUYER, NEW])


@pytest.mark.parametrize("interest", [True, False, None])
@pytest.mark.parametrize("strategic", [True, False, None])
def test_what_parts_pass_on_is_missing_as_one_by_one(interest, strategic):
    """Of a condition inside a condition, and of a function, which never say what they would do."""

    def silent(_):
        return None

    some = when(is_("strategic", True), first_of(when(is_("interest", True), silent), silent))
    inner = first_of(when(is_("courted", True), silent), when(is_("interest", True), silent))
    ours = first_of(some, when(is_("strategic", False), inner), buttle_selector())
    states = states_of([NEW]) | {
        "interest": pa.array([interest], pa.bool_()),
        "strategic": pa.array([strategic], pa.bool_()),
    }
    profile = Profile(relationship=NEW).altered(interest=interest, strategic=strategic)

    found = rows_of(recommend(framed(states), ours, signals=["interest", "strategic"], decimals=2))

    expected = recommend_one(profile, ours)
    assert found[0]["row"] == expected.row
    assert found[0]["missing"] == ", ".join(expected.missing)


def test_a_condition_that_holds_of_nobody_passes_all():
    """The next part decides, and what could have opened it is missing."""
    ours = first_of(when(is_("strategic", False), buttle_selector()), table_of(all_of()))

    found = advice(ours, people=[NEW])

    assert (found[0]["row"], found[0]["missing"]) == ("OURS", "strategic")


def test_a_table_of_another_lifecycle_is_refused():
    """As it is one by one."""
    club = Lifecycle(
        "club",
        prospect=[Stage("guest", "Has looked in.")],
        customer=[Stage("member", "Pays the fee.")],
        former=[Stage("gone", "Pays no longer.")],
        rules=[
            Move("joined", at="guest", to="member", sentence="Signs up."),
            Move("left", at=["guest", "member"], to="gone", sentence="Leaves."),
        ],
    )
    ours = table_of(is_("stage", "member"), facts_for(club))

    with pytest.raises(InvalidSelector, match="which the lifecycle 'customer' has as"):
        advice(ours)


def test_a_strategy_that_does_not_fit_the_room_is_refused():
    """A function may recommend one."""
    with pytest.raises(UnfitStrategy, match="recommends start for C-3"):
        advice(stated(Strategy.START), people=[NEW, GONE])


def test_a_reader_that_raises_is_named():
    """With the customer."""

    def broken(profile):
        return 1 / profile.relationship.record.purchases

    with pytest.raises(SelectorFailed, match=r"to read its facts of C-1, prospect.*ZeroDivision"):
        advice(own_fact(broken), people=[NEW])


def test_a_selector_that_is_none_is_refused():
    """Before anybody is asked."""
    with pytest.raises(InvalidSelector, match="which cannot be called"):
        advice("buttle")


def test_a_column_that_a_table_needs_is_named_where_it_is_missing():
    """A frame needs no other columns than those."""
    states = states_of([NEW])
    del states["open_complaints"]

    with pytest.raises(InvalidFrame, match="'open_complaints': it is 'missing'"):
        recommend(framed(states))
    assert rows_of(recommend(framed(states), table_of(above("purchases", 0))))[0]["row"] == "REST"


def test_what_is_no_frame_is_refused():
    """With what to give instead."""
    with pytest.raises(InvalidArgument, match="an eager data frame"):
        recommend([NEW])


def test_a_lifecycle_of_ones_own_is_named():
    """Its states are not those of the default one."""
    with pytest.raises(InvalidFrame, match="'asleep', but must be one of potential"):
        recommend(framed({**states_of([NEW]), "state": pa.array(["asleep"])}))
    assert advice(people=[NEW], lifecycle=CUSTOMER_LIFECYCLE)[0]["row"] == "START-OPEN"
