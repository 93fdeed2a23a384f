"""Profiles: parts that fit each other, and the same customer with other inputs."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from attrs import fields_dict

from custlife import Cause, Departed, Engaged, Purchased, Relationship, Room, replay_account
from custlife.strategy import (
    Catalogue,
    CustomerValue,
    InvalidProfile,
    Market,
    PartyKind,
    Profile,
    Signals,
)
from custlife.strategy.signals import NO_SIGNALS, UNKNOWN_MARKET
from custlife.strategy.value import UNKNOWN_VALUE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)))
FORMER = CUSTOMER.apply(Departed(at=NOW, cause=Cause.PRICE))
VALUE = CustomerValue.of(CUSTOMER, margin_rate=0.5, cost_to_serve=5, party=PartyKind.BUSINESS)


def test_what_is_left_out_is_unknown():
    """Value and signals alike."""
    profile = Profile(relationship=PROSPECT)

    assert (profile.value, profile.signals) == (UNKNOWN_VALUE, NO_SIGNALS)
    assert (profile.market, profile.as_of) == (UNKNOWN_MARKET, None)
    assert profile.party is PartyKind.CONSUMER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("relationship", "C-17"),
        ("relationship", None),
        ("value", 500),
        ("value", None),
        ("signals", {"strategic": True}),
        ("signals", None),
        ("market", 0.8),
        ("market", None),
        ("account", "C-17"),
        ("catalogue", ["a"]),
        ("catalogue", None),
        ("as_of", "2026-01-01"),
        ("as_of", datetime(2026, 1, 1)),  # noqa: DTZ001 - that is what is refused
    ],
    ids=str,
)
def test_a_part_of_another_kind_is_refused(field, value):
    """The error names it."""
    with pytest.raises(InvalidProfile, match=f"profile: {field} is ") as caught:
        Profile(**{"relationship": PROSPECT, field: value})

    assert caught.value.field == field


def test_an_account_is_of_the_customer_in_this_state():
    """Its overall relationship is the relationship of the profile."""
    account = replay_account([Purchased(at=NOW, amount=Decimal(100))], customer="C-17")

    assert Profile(relationship=CUSTOMER, account=account).account is account
    with pytest.raises(InvalidProfile, match=r"account is .* overall relationship is that of the"):
        Profile(relationship=PROSPECT, account=account)


def test_what_can_be_sold_is_neither_held_nor_was_left():
    """In the order of the catalogue; unknown without one, and without an account."""
    bought = [Purchased(at=NOW, amount=5, offering=name) for name in "ab"]
    account = replay_account([*bought, Departed(at=NOW, offering="b")], customer="C-17")
    offered = Catalogue(offerings=["d", "c", "b", "a", "d"])

    known = Profile(relationship=account.relationship, account=account, catalogue=offered)

    assert known.cross_sell == ("d", "c")
    assert Profile(relationship=account.relationship, account=account).cross_sell is None
    assert Profile(relationship=account.relationship, catalogue=offered).cross_sell is None


def test_a_value_of_another_customer_is_refused():
    """The error names both customers, and shows the profile."""
    other = Relationship("C-18").apply(Purchased(at=NOW, amount=Decimal(100)))

    with pytest.raises(InvalidProfile, match=r"of 'C-17' with .* record of 'C-18'") as e:
        Profile(relationship=CUSTOMER, value=CustomerValue.of(other))

    assert e.value.field == "value"
    assert "C-17, customer (bond: buyer, standing: content)" in e.value.subject


def test_a_value_that_is_older_than_the_record_is_refused():
    """The error says how many purchases it should count."""
    later = CUSTOMER.apply(Purchased(at=NOW, amount=Decimal(1)))

    with pytest.raises(InvalidProfile, match=r"with 2 purchases, as on record, .* with 1\.") as e:
        Profile(relationship=later, value=VALUE)

    assert (e.value.field, e.value.value) == ("value", VALUE)
    assert "C-17, customer (bond: regular, standing: content)" in e.value.subject


def test_a_value_that_the_app_vouches_for_belongs_to_anybody():
    """It was taken from no record."""
    value = CustomerValue(purchases=99)

    assert Profile(relationship=CUSTOMER, value=value).value is value


def test_a_profile_shows_where_the_customer_stands():
    """Room, party, and the departure of a customer who is gone."""
    present, gone = (Profile(relationship=who, value=VALUE) for who in (CUSTOMER, FORMER))

    assert (present.room, present.departure) == (Room.CUSTOMER, None)
    assert (gone.room, gone.departure) == (Room.FORMER, FORMER.departure)
    assert present.party is PartyKind.BUSINESS
    assert str(gone) == "C-17, former (eroded)"


def test_a_customer_who_came_back_has_no_departure():
    """Though it stays on record."""
    back = FORMER.apply(Engaged(at=NOW + timedelta(days=1)))

    assert back.departure is not None
    assert Profile(relationship=back).departure is None


@pytest.mark.parametrize(
    ("inputs", "signals", "numbers"),
    [
        ({}, {}, {}),
        ({"strategic": True}, {"strategic": True}, {}),
        ({"margin": 7}, {}, {"margin": 7}),
        ({"courted": False, "income": 5}, {"courted": False}, {"income": 5}),
        ({"strategic": None, "margin": None}, {}, {"margin": None}),
        ({"party": PartyKind.PARTNER}, {}, {"party": PartyKind.PARTNER}),
    ],
    ids=str,
)
def test_a_profile_can_be_altered(inputs, signals, numbers):
    """In its signals and its value's numbers; everything else stays."""
    profile = Profile(relationship=CUSTOMER, value=VALUE, signals=Signals(interest=True))

    altered = profile.altered(**inputs)

    as_before = {name: getattr(VALUE, name) for name in fields_dict(CustomerValue)}
    owner = {"customer": None} if numbers else {}
    assert altered.relationship is CUSTOMER
    assert altered.signals == Signals(interest=True, **signals)
    assert altered.value == CustomerValue(**{**as_before, **numbers, **owner})


def test_a_value_that_was_altered_is_nobodys_record():
    """So other purchases do not contradict the record."""
    altered = Profile(relationship=CUSTOMER, value=VALUE).altered(purchases=9)

    assert (altered.value.purchases, altered.value.customer) == (9, None)


@pytest.mark.parametrize("name", ["customer", "room", "profit", "channel", "stratigic"])
def test_an_unknown_input_cannot_be_altered(name):
    """Nor what is on record; the error names it."""
    with pytest.raises(InvalidProfile, match="a field of Signals or of CustomerValue") as caught:
        Profile(relationship=CUSTOMER).altered(strategic=True, **{name: 1})

    assert (caught.value.field, caught.value.value) == (name, 1)


def test_an_input_out_of_bounds_is_refused():
    """By the part that it belongs to."""
    profile = Profile(relationship=CUSTOMER, value=CustomerValue(revenue=10))

    with pytest.raises(InvalidProfile, match="customer value: margin is "):
        profile.altered(margin=11)
    with pytest.raises(InvalidProfile, match="signals: competition is "):
        profile.altered(competition=11)


@pytest.mark.parametrize("who", [PROSPECT, CUSTOMER, FORMER], ids=lambda who: str(who.state))
def test_a_profile_pickles(who):
    """With all that it says."""
    profile = Profile(relationship=who, signals=Signals(strategic=True))

    assert pickle.loads(pickle.dumps(profile)) == profile


def test_a_profile_has_a_short_repr():
    """The customer, the state, and the inputs that are known."""
    bare = Profile(relationship=PROSPECT)

    assert repr(bare) == "<Profile C-17: potential>"
    assert repr(bare.altered(strategic=True, purchases=2)) == (
        "<Profile C-17: potential, CustomerValue(purchases=2), Signals(strategic=True)>"
    )


def test_a_question_is_not_asked_before_the_last_event_on_record():
    """The error shows both moments, and how to ask about an earlier one."""
    with pytest.raises(InvalidProfile, match=r"2026-01-01T.*journey\.as_of\(moment\)") as caught:
        Profile(relationship=CUSTOMER, as_of=NOW - timedelta(seconds=1))

    assert caught.value.field == "as_of"
    assert "C-17" in caught.value.subject


def test_a_question_can_be_asked_at_the_moment_of_the_last_event():
    """Or at any moment where nothing is on record, in any time zone."""
    east = NOW.astimezone(timezone(timedelta(hours=3)))

    assert Profile(relationship=CUSTOMER, as_of=east).as_of == NOW
    assert Profile(relationship=CUSTOMER, as_of=east).as_of.tzinfo is UTC
    assert Profile(relationship=PROSPECT, as_of=NOW).as_of == NOW


@pytest.mark.parametrize("change", [{"strategic": True}, {"margin": 7}, {}], ids=str)
def test_an_altered_profile_keeps_market_and_moment(change):
    """Neither is a signal."""
    profile = Profile(relationship=CUSTOMER, market=Market(reputation=0.9), as_of=NOW)

    altered = profile.altered(**change)

    assert (altered.market, altered.as_of) == (profile.market, NOW)


def test_a_profile_shows_the_market_that_is_known():
    """As code."""
    profile = Profile(relationship=PROSPECT, market=Market(competition=0.5))

    assert repr(profile) == "<Profile C-17: potential, Market(competition=Decimal('0.5'))>"
