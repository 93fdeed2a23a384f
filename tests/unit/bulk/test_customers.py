"""Customers of a states frame: facts over columns, one customer as a profile, and bad cells."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from tests.unit.bulk.people import framed, people_of, states_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    Departed,
    Engaged,
    Purchased,
    Relationship,
    with_pause,
)
from custlife.bulk.customers import Customers
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.strategy import FACTS, CustomerValue, Market, PartyKind, Profile, Signals
from custlife.testing.generators.profiles import standpoints

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = T + 999 * DAY
BUYER = Relationship("C-1").apply(
    Purchased(at=T, amount=Decimal("11.77")), Complained(at=T + DAY, public=True)
)
GONE = BUYER.rename("C-2").apply(
    Departed(at=T + 9 * DAY, cause=Cause.PRICE, to="Rival Ltd", key_customer=True)
)
BACK = GONE.rename("C-3").apply(
    Engaged(at=T + 10 * DAY), *(Purchased(at=T + n * DAY, amount=7) for n in (11, 30))
)
PEOPLE = (*standpoints(CUSTOMER_LIFECYCLE), BUYER, GONE, BACK)
KNOWN = (
    (Signals(), CustomerValue()),
    (
        Signals(strategic=False, competition=0.25, regain_cost=3, answer_cost=4),
        CustomerValue(margin=50, cost_to_serve=7, purchases=4, remaining_years=1.5),
    ),
    (
        Signals(regain_cost=Decimal("0.07")),
        CustomerValue(margin=5000, revenue=5000, cost_to_serve=1, remaining_value=-3),
    ),
)
MARKET = Market(competition=0.5)
PROFILES = [
    Profile(
        relationship=one, signals=said, value=value, market=MARKET, as_of=NOW if n % 2 else None
    )
    for n, (said, value) in enumerate((*KNOWN, *KNOWN))
    for one in PEOPLE
]
MOMENTS = {None: [p for p in PROFILES if p.as_of is None], NOW: [p for p in PROFILES if p.as_of]}


def customers(states=None, **more):
    """The customers of a frame, or of the three relationships above."""
    given = {
        "signals": (),
        "value": (),
        "as_of": None,
        "market": Market(),
        "decimals": 2,
        "lifecycle": CUSTOMER_LIFECYCLE,
        **more,
    }
    return Customers(framed(states or states_of([BUYER, GONE, BACK])), **given)


def with_column(name, array):
    return {**states_of([BUYER, GONE, BACK]), name: array}


@pytest.mark.parametrize("moment", MOMENTS, ids=["undated", "dated"])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_is_read_over_columns_as_of_each_customer(fact, moment):
    """By its own reader, which is data."""
    people = MOMENTS[moment]
    states, inputs = people_of(people, "pyarrow")
    base = Customers(
        states,
        as_of=moment,
        market=MARKET,
        decimals=2,
        lifecycle=CUSTOMER_LIFECYCLE,
        **inputs,
    )

    found = base.read(fact.read)

    assert [found.at(row) for row in range(len(people))] == [fact.read(one) for one in people]


def test_a_fact_is_read_once():
    """Also of those of whom it was not asked before."""
    base = customers()
    fact = next(fact for fact in FACTS if fact.name == "returned")

    assert base.read(fact.read) is base.read(fact.read)


def test_a_reader_of_an_apps_own_is_not_read_over_columns():
    """It is asked customer by customer, wherever it is a part of ours."""
    base = customers()

    def own(profile):
        return profile.relationship.cycle

    assert base.read(own) is None
    assert [base.part(own).at(row) for row in range(3)] == [1, 1, 2]
    assert base.is_known(own, np.array([0, 2])).tolist() == [True, True]


@pytest.mark.parametrize("one", [BUYER, GONE, BACK], ids=str)
def test_one_customer_is_a_profile_with_what_the_frame_holds(one):
    """As the relationship has it."""
    base = customers(states_of([one]), as_of=NOW, market=MARKET)

    found = base.profile(0).relationship

    assert (found.customer, found.state, found.since) == (one.customer, one.state, one.since)
    assert found.record == one.record
    assert (found.cycle, found.customer_moment) == (one.cycle, one.customer_moment)
    assert found.open_complaints == one.open_complaints
    assert found.open_public_complaints == one.open_public_complaints
    assert found.time_since_purchase(NOW) == one.time_since_purchase(NOW)
    assert (base.profile(0).as_of, base.profile(0).market) == (NOW, MARKET)


def test_a_departure_is_as_it_was_judged():
    """Its rules are not asked again."""
    found = customers(states_of([GONE])).profile(0).departure

    for name in ("kind", "severity", "cause", "initiator", "to", "at", "purchases", "revenue"):
        assert getattr(found, name) == getattr(GONE.departure, name)
    assert found.captured is True


@pytest.mark.parametrize(
    "read",
    [
        lambda relationship: relationship.complaints,
        lambda relationship: relationship.departure.deal_size,
        lambda relationship: relationship.departure_rules,
        lambda relationship: relationship.record.refunds,
    ],
    ids=["complaints", "deal_size", "departure_rules", "refunds"],
)
def test_what_a_frame_does_not_hold_is_not_guessed(read):
    """It raises, and names the column."""
    states = states_of([GONE])
    del states["refunds"]
    who = customers(states).profile(0).relationship

    with pytest.raises(InvalidFrame, match=r"asked one by one\. Add the column; or replay"):
        read(who)


def test_a_name_of_pythons_own_is_an_ordinary_error():
    """So that copying and the like go on."""
    with pytest.raises(AttributeError, match="_nothing"):
        _ = customers().profile(0).relationship._nothing


def test_spans_may_be_durations_or_microseconds():
    """The days of a pause do not count."""
    pausing = with_pause(CUSTOMER_LIFECYCLE)
    states = {
        **states_of([Relationship("C-1", pausing).apply(Purchased(at=T, amount=1))]),
        "paused": pa.array([3 * DAY]),
    }
    base = customers(states, lifecycle=pausing, as_of=T + 9 * DAY)
    fact = next(fact for fact in FACTS if fact.name == "days_since_purchase")

    assert base.read(fact.read).at(0) == 6


def test_columns_of_inputs_may_be_called_as_the_fields():
    """Then a list of names is enough."""
    states = with_column("target", pa.array([True, None, False]))

    base = customers(states, signals=["target"])

    assert [base.profile(row).signals.target for row in range(3)] == [True, None, False]


def test_whole_amounts_are_minor_units_of_so_many_decimals():
    """As a frame of states has them."""
    states = with_column("margin", pa.array([1177, None, 3]))

    base = customers(states, value=["margin"], decimals=3)

    assert [base.profile(row).value.margin for row in range(3)] == [
        Decimal("1.177"),
        None,
        3 / Decimal(1000),
    ]


def test_shares_and_years_may_be_whole_numbers():
    """They count as they stand, whatever the decimals of money."""
    states = with_column("years", pa.array([1, None, 3]))

    base = customers(states, value={"remaining_years": "years"})

    years = [base.profile(row).value.remaining_years for row in range(3)]
    assert years == [1, None, 3]


def test_a_count_may_be_a_float_where_there_are_gaps():
    """As pandas has it."""
    states = with_column("bought", pa.array([4.0, None, 0.0]))

    base = customers(states, value={"purchases": "bought"})

    assert [base.profile(row).value.purchases for row in range(3)] == [4, None, 0]


def test_the_party_is_a_consumer_unless_a_column_says_otherwise():
    """As a value has it."""
    states = with_column("party", pa.array(["business", "partner", "consumer"]))

    assert customers().at("value.party").at(0) is PartyKind.CONSUMER
    assert customers(states, value=["party"]).at("value.party").at(1) is PartyKind.PARTNER


@pytest.mark.parametrize(
    ("part", "field", "array", "row", "message"),
    [
        ("signals", "competition", pa.array([0.5, 40.0, None]), 1, "must be a share from 0 to 1"),
        ("signals", "competition", pa.array([-1, 0, 0]), 0, "must be a share from 0 to 1"),
        ("signals", "competition", pa.array(["a", None, "b"]), 0, "must be a share from 0 to 1"),
        ("signals", "target", pa.array([None, 1, 0]), 1, "must be True or False"),
        ("signals", "regain_cost", pa.array([1, None, -1]), 2, "must be an exact amount"),
        ("signals", "regain_cost", pa.array([1.0, None, 0.5]), 2, "minor units, with 2 decimals"),
        ("signals", "inclination", pa.array(["rising", "up", None]), 1, "one of rising"),
        ("value", "purchases", pa.array([0, -1, 1]), 1, "must be a whole number from 0"),
        ("value", "purchases", pa.array([0.5, 1.0, 1.0]), 0, "must be a whole number"),
        ("value", "party", pa.array(["consumer", None, "partner"]), 1, "must be a PartyKind"),
        ("value", "remaining_years", pa.array([1.0, 2.0, 1001.0]), 2, "a number of years"),
    ],
    ids=str,
)
def test_an_input_out_of_its_bounds_is_named(part, field, array, row, message):
    """With the column and the row; the bounds are those of the field."""
    with pytest.raises(InvalidFrame, match=message) as caught:
        customers(with_column("its", array), **{part: {field: "its"}})

    assert (caught.value.column, caught.value.row) == ("its", row)


def test_a_margin_above_the_revenue_is_named():
    """As a value refuses it."""
    states = {
        **with_column("margin", pa.array([5, 7, None])),
        "paid": pa.array([5, 6, 1]),
    }

    with pytest.raises(InvalidFrame, match=r"at most the revenue, Decimal\('0\.06'\)") as caught:
        customers(states, value={"margin": "margin", "revenue": "paid"})

    assert (caught.value.column, caught.value.row) == ("margin", 1)


@pytest.mark.parametrize(
    ("name", "array", "row", "message"),
    [
        ("state", pa.array(["potential", "asleep", "aware"]), 1, "one of potential, aware"),
        ("state", pa.array(["potential", "aware", None]), 2, "known of every customer"),
        ("cycle", pa.array([1, None, 1]), 1, "known of every customer"),
        ("cycle", pa.array(["1", "1", "1"]), None, "must be numbers"),
        ("paused", pa.array([0, None, 0]), 1, "known of every customer"),
        ("paused_at", pa.array([1, 2, 3]), None, "must be moments"),
        ("departure_cause", pa.array(["price", None, "rain"]), 2, "one of requirements_changed"),
        ("departure_key_customer", pa.array([1, 0, 1]), None, "must be yes or no"),
        ("departure_to", pa.array([1, 0, 1]), None, "must be one of several"),
    ],
    ids=str,
)
def test_a_cell_of_the_states_that_cannot_be_is_named(name, array, row, message):
    """When it is read first."""
    base = customers(with_column(name, array))

    with pytest.raises(InvalidFrame, match=message) as caught:
        base.cell(name)

    assert (caught.value.column, caught.value.row) == (name, row)


def test_a_column_of_the_states_that_is_missing_is_named():
    """When it is needed first."""
    with pytest.raises(InvalidFrame, match="Column 'nothing': it is 'missing'"):
        customers().cell("nothing")


def test_a_question_before_the_last_event_is_refused():
    """With the customer who was seen later."""
    with pytest.raises(InvalidFrame, match="no later than as_of") as caught:
        customers(as_of=T + 9 * DAY)

    assert (caught.value.column, caught.value.row) == ("last_at", 2)


def test_without_the_last_event_the_moment_is_taken_as_it_is():
    """A frame needs only what is read."""
    states = states_of([BUYER])
    del states["last_at"]

    assert customers(states, as_of=T).as_of == T


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"signals": {"tagret": "its"}}, "columns for some of target"),
        ({"value": ["customer"]}, "columns for some of revenue"),
        ({"signals": {"target": [True]}}, r"signals\['target'\] is \[True\]"),
        ({"signals": "target"}, "an iterable of names of columns"),
        ({"as_of": datetime(2026, 1, 1)}, "an aware datetime"),  # noqa: DTZ001 - what is refused
        ({"market": 0.5}, "a Market"),
        ({"decimals": -1}, "a whole number from 0"),
        ({"lifecycle": "ours"}, "a Lifecycle"),
    ],
    ids=str,
)
def test_an_argument_that_cannot_be_used_is_refused(given, message):
    """Before a customer is looked at."""
    with pytest.raises(InvalidArgument, match=message):
        customers(**given)
