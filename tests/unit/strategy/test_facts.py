"""The definitions of facts: complete, cited, and read as they say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve, fields_dict
from tests.ids import stable

from custlife import Cause, Complained, Departed, Engaged, Initiator, Purchased, Relationship, Room
from custlife.causes import DefectorKind
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument
from custlife.severity import Severity
from custlife.sources import ASSUMPTION, WORKS
from custlife.strategy import (
    FACTS,
    CustomerValue,
    FactKind,
    PartyKind,
    Profile,
    Signals,
    Tier,
    fact_named,
)
from custlife.strategy.errors import UnknownFact
from custlife.strategy.facts import INPUTS, inputs_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)), Complained(at=NOW, channel="fax"))
FORMER = CUSTOMER.apply(Departed(at=NOW, cause=Cause.PRICE))
BACK = FORMER.apply(Engaged(at=NOW + timedelta(days=1)))
VALUE = CustomerValue(
    revenue=500,
    margin=150,
    cost_to_serve=40,
    purchases=6,
    income=9000,
    remaining_years=2,
    remaining_value=7,
    party=PartyKind.PARTNER,
)
NUMBERS = set(fields_dict(CustomerValue)) - {"customer", "party"}
NAMES = [fact.name for fact in FACTS]


def read(name, relationship, **parts):
    return fact_named(name).read(Profile(relationship=relationship, **parts))


@pytest.mark.parametrize("name", sorted(fields_dict(Signals)))
def test_every_signal_is_a_fact(name):
    """It follows from itself, and unknown it is None."""
    fact = fact_named(name)

    assert fact.inputs == (name,)
    assert fact.read(Profile(relationship=PROSPECT)) is None


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_of_the_value_is_a_fact(name):
    """Read as the value says it."""
    fact = fact_named(name)

    assert fact.inputs == (name,)
    assert fact.kind.is_number
    assert fact.read(Profile(relationship=PROSPECT, value=VALUE)) == getattr(VALUE, name)


def test_what_can_be_otherwise_are_the_signals_and_the_numbers_of_the_value():
    """Neither history nor what follows from other facts."""
    assert set(INPUTS) == {*fields_dict(Signals), *NUMBERS, "party"}


@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
def test_a_fact_cites_its_source(fact):
    """And says in one sentence what it means; no name stands twice."""
    assert fact.source in {*(source for work in WORKS for source in work), ASSUMPTION}
    assert fact.sentence.endswith(".")
    assert NAMES.count(fact.name) == 1
    assert fact_named(fact.name) is fact


@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
def test_no_fact_knows_the_channel(fact):
    """By name or by what it follows from (CHE-3)."""
    assert "channel" not in {fact.name, *fact.inputs}


def test_there_is_no_other_fact():
    """The error names the nearest one, and all that there are."""
    with pytest.raises(UnknownFact, match=r"'stratigic'\. Did you mean 'strategic'") as caught:
        fact_named("stratigic")

    assert (caught.value.name, caught.value.known) == ("stratigic", tuple(NAMES))


@pytest.mark.parametrize("name", [17, ["profit"], None], ids=repr)
def test_a_fact_is_named_by_text(name):
    """Whatever else is asked for is no fact, even where it cannot be hashed."""
    with pytest.raises(UnknownFact, match="There is no fact "):
        fact_named(name)


@pytest.mark.parametrize(
    ("value", "purchases"),
    [(CustomerValue(), 1), (VALUE, 6), (CustomerValue(purchases=0), 0)],
    ids=["untold", "told", "told none"],
)
def test_purchases_are_those_of_the_value_and_else_those_on_record(value, purchases):
    """So they are always known."""
    assert read("purchases", CUSTOMER, value=value) == purchases


@pytest.mark.parametrize(
    ("name", "who", "value"),
    [
        ("room", CUSTOMER, Room.CUSTOMER),
        ("room", FORMER, Room.FORMER),
        ("cycle", FORMER, 1),
        ("cycle", BACK, 2),
        ("open_complaints", CUSTOMER, 1),
        ("open_complaints", PROSPECT, 0),
        ("departure_kind", FORMER, DepartureKind.EROSION),
        ("severity", FORMER, Severity.SERIOUS),
        ("initiator", FORMER, Initiator.CUSTOMER),
        ("cause", FORMER, Cause.PRICE),
        ("cause_changeable", FORMER, True),
        ("defector", FORMER, DefectorKind.BOUGHT_AWAY),
        ("departure_kind", BACK, None),
        ("cause_changeable", CUSTOMER, None),
    ],
    ids=lambda value: str(getattr(value, "state", value)),
)
def test_history_is_read_from_the_relationship(name, who, value):
    """A departure only while the customer is gone."""
    assert read(name, who) == value


@pytest.mark.parametrize("cause", [Cause.UNKNOWN, Cause.SILENCE, Cause.OTHER])
def test_of_an_unclear_cause_it_is_unknown_whether_it_can_be_changed(cause):
    """Though the cause itself is on record."""
    gone = CUSTOMER.apply(Departed(at=NOW, cause=cause))

    assert read("cause", gone) is cause
    assert read("cause_changeable", gone) is None
    assert read("defector", gone) is None


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.rooms], ids=lambda fact: fact.name)
@pytest.mark.parametrize("who", [PROSPECT, CUSTOMER, FORMER, BACK], ids=lambda w: str(w.state))
def test_a_fact_is_known_of_everybody_in_its_rooms(fact, who):
    """Gaps of tables are searched over such facts alone; elsewhere it is unknown."""
    known = fact.read(Profile(relationship=who)) is not None

    assert known is (who.state.room in fact.rooms)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profit", 110),
        ("tier", Tier.IRON),
        ("party", PartyKind.PARTNER),
        ("expected_remaining_value", 7),
    ],
)
def test_what_follows_from_the_value_is_a_fact(name, value):
    """Read as the value works it out."""
    assert read(name, PROSPECT, value=VALUE) == value


def test_a_choice_names_all_its_values():
    """So that tables can be searched for gaps."""
    choices = {fact.name: fact.choices for fact in FACTS if fact.kind is FactKind.CHOICE}

    assert choices == {
        "room": tuple(Room),
        "departure_kind": tuple(DepartureKind),
        "severity": tuple(Severity),
        "initiator": tuple(Initiator),
        "cause": tuple(Cause),
        "cause_changeable": (True, False),
        "defector": tuple(DefectorKind),
        "tier": tuple(Tier),
        "party": tuple(PartyKind),
    }


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (FactKind.SHARE, 0, 1),
        (FactKind.MONEY, 0, None),
        (FactKind.SUM, 0, None),
        (FactKind.BALANCE, None, None),
        (FactKind.TOTAL, None, None),
        (FactKind.RATIO, 0, None),
        (FactKind.COUNT, 0, None),
        (FactKind.YEARS, 0, 1000),
    ],
)
def test_a_kind_knows_its_bounds(kind, least, most):
    """The bounds themselves are allowed, a step beyond is not."""
    low = Decimal(-(10**30) if least is None else least)
    high = Decimal(10**30 if most is None else most)

    assert kind.is_number
    assert kind.allows(low)
    assert kind.allows(high)
    assert kind.allows(low - kind.step) is (least is None)
    assert kind.allows(high + kind.step) is (most is None)


@pytest.mark.parametrize("kind", FactKind)
def test_a_kind_knows_its_unit(kind):
    """Only flags and choices are no numbers."""
    assert kind.unit
    assert kind.is_number is (kind not in {FactKind.FLAG, FactKind.CHOICE})


@pytest.mark.parametrize(
    ("names", "inputs"),
    [
        ([], set()),
        (["room", "cause_changeable"], set()),
        (["strategic"], {"strategic"}),
        (["profit", "strategic"], {"margin", "cost_to_serve", "strategic"}),
        (["tier"], {"margin", "cost_to_serve"}),
        (
            ["expected_remaining_value"],
            {"remaining_value", "margin", "cost_to_serve", "remaining_years"},
        ),
        (["nothing of the kind"], set()),
    ],
    ids=stable,
)
def test_the_inputs_of_facts_are_the_fields_that_they_follow_from(names, inputs):
    """History has none."""
    assert inputs_of(names) == inputs
    assert inputs_of(iter(names), FACTS) == inputs


INPUT_OF_VALUE = {
    "profit": [{"margin": 1}, {"cost_to_serve": 1}],
    "tier": [{"margin": -1}, {"cost_to_serve": 9000}],
    "expected_remaining_value": [
        {"remaining_value": 1},
        {"remaining_value": None, "margin": 1},
        {"remaining_value": None, "cost_to_serve": 1},
        {"remaining_value": None, "remaining_years": 1},
    ],
}


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, changes in INPUT_OF_VALUE.items() for change in changes],
    ids=str,
)
def test_a_fact_follows_from_each_of_its_inputs(name, change):
    """Another input makes another fact."""
    profile = Profile(relationship=PROSPECT, value=VALUE)

    assert set(change) <= {*fact_named(name).inputs}
    assert fact_named(name).read(profile.altered(**change)) != fact_named(name).read(profile)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", " ", "a string that is not blank"),
        ("name", 3, "a string that is not blank"),
        ("kind", "flag", "a FactKind"),
        ("read", True, "a function of a profile"),
        ("inputs", "margin", "a tuple of names of signals and of numbers of the value"),
        ("inputs", (3,), "a tuple of names of signals and of numbers of the value"),
        ("inputs", ("margn",), "a tuple of names of signals and of numbers of the value"),
        ("sentence", "", "a string that is not blank"),
        ("source", 5, "a Source"),
        ("choices", "ab", "a tuple"),
        ("choices", (), "a tuple of all values"),
    ],
    ids=str,
)
def test_a_fact_of_the_apps_own_is_checked_when_it_is_made(field, value, expected):
    """The error names the field, and what it must be; a string is no tuple of letters."""
    with pytest.raises(InvalidArgument) as caught:
        evolve(fact_named("tier"), **{field: value})

    assert (caught.value.subject, caught.value.field) == ("fact", field)
    assert caught.value.expectation == expected


def test_the_inputs_cannot_be_altered():
    """They are the same for every selector."""
    with pytest.raises(TypeError):
        INPUTS["profit"] = fact_named("profit")


def test_a_name_that_is_no_text_is_no_fact_with_inputs():
    """Even where it cannot be hashed."""
    assert inputs_of([["profit"], 3]) == frozenset()
