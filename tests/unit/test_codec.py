"""Store and restore: what goes out comes back, and what is broken is refused."""

import copy
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve, frozen
from hypothesis import given
from tests.strategies import histories

from custlife import (
    CUSTOMER_LIFECYCLE,
    EVENTS,
    Cause,
    ComplaintSettled,
    Contacted,
    CustlifeError,
    Departed,
    Departure,
    Event,
    InvalidData,
    InvalidRelationship,
    Move,
    Purchased,
    Relationship,
    Severity,
    SeverityPolicy,
    UnknownEvent,
    UnknownState,
    replay,
)
from custlife.codec import Codec

T = datetime(2026, 1, 1, tzinfo=UTC)
CODEC = Codec()


def through_json(codec, value):
    return codec.load(json.loads(json.dumps(codec.dump(value))))


@given(histories(allow_rejected=True))
def test_what_is_stored_comes_back_equal(events):
    """Events, journeys, relationships and departures survive the way through JSON."""
    journey = replay(events, customer="C-17", on_rejected="collect")
    values = [*events, journey, journey.relationship, *journey.departures]

    restored = [through_json(CODEC, value) for value in values]

    assert restored == values


@given(histories(), histories())
def test_a_restored_relationship_goes_on_as_if_nothing_had_happened(events, more):
    """Another process continues where this one stopped."""
    rel = replay(events, customer="C-17").relationship
    later = replay(more, customer="C-17", on_rejected="collect")
    shift = timedelta(days=365 * 40)
    going_on = [evolve(event, at=event.at + shift) for event in later.events]

    restored = through_json(CODEC, rel)

    assert outcome(restored, going_on) == outcome(rel, going_on)


def outcome(rel, events):
    try:
        return rel.apply(*events)
    except CustlifeError as error:
        return str(error)


@pytest.fixture
def journey():
    return replay(
        [
            Contacted(at=T),
            ComplaintSettled(at=T),
            Purchased(at=T + timedelta(days=1, microseconds=5), amount=Decimal("11.770")),
            Departed(at=T + timedelta(days=2), cause=Cause.PRICE, deal_size=Decimal(20000)),
        ],
        customer="C-17",
        on_rejected="collect",
    )


@pytest.fixture
def data(journey):
    return CODEC.dump(journey.relationship)


def test_a_stored_relationship_reads_like_one(data):
    """Plain names, plain values: an app can query it."""
    assert (data["type"], data["lifecycle"], data["customer"]) == (
        "relationship",
        "customer",
        "C-17",
    )
    assert data["state"] == ["eroded"]
    assert data["departure"]["sales_cycle"] == "PT86400.000005S"
    assert data["record"]["revenue"] == "11.770"


def put(path, value):
    def change(data):
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


def without(path):
    def change(data):
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            put(["departure", "cause"], "boredom"),
            InvalidData,
            r"\$.departure.cause: 'boredom' is no Cause",
        ),
        (put(["departure", "room_left"], "former"), InvalidData, "Only a prospect or a customer"),
        (put(["departure", "sales_cycle"], "3 days"), InvalidData, "is no duration"),
        (put(["departure", "inferred"], 1), InvalidData, "1 is no bool"),
        (put(["state"], ["shopper"]), UnknownState, "does not know shopper"),
        (put(["state"], []), UnknownState, "does not know"),
        (put(["state"], "eroded"), InvalidData, "is no list of stages"),
        (put(["state"], [1]), InvalidData, r"\[1\] is no list of stages"),
        (put(["state"], ["visitor"]), InvalidRelationship, "departure is 'of cycle 1'"),
        (put(["cycle"], "1"), InvalidData, r"\$.cycle: '1' is no int"),
        (put(["cycle"], True), InvalidData, "True is no int"),
        (put(["since"], "yesterday"), InvalidData, r"\$.since: Invalid isoformat"),
        (put(["since"], "2026-01-01T00:00:00"), InvalidRelationship, "an aware datetime"),
        (put(["record", "revenue"], 11.77), InvalidData, r"\$.record.revenue: 11.77 is no str"),
        (put(["record", "revenue"], "eleven"), InvalidData, "'eleven' is no number"),
        (put(["record", "revenue"], "NaN"), InvalidRelationship, "record.revenue"),
        (put(["record", "sneezes"], 1), InvalidData, "sneezes"),
        (put(["note"], "x"), InvalidData, r"extra fields found \(note\)"),
        (put(["lifecycle"], "club"), InvalidData, "make a Codec for that lifecycle"),
        (put(["type"], "sneezed"), UnknownEvent, "does not know the event 'sneezed'"),
        (put(["type"], 7), InvalidData, "7 is no name of a type"),
        (without(["record"]), InvalidData, r"\$.record: required field missing"),
        (without(["type"]), InvalidData, "None is no name of a type"),
        (put(["customer"], ""), InvalidRelationship, "customer is ''"),
    ],
)
def test_broken_data_is_refused_with_the_place_of_the_fault(data, change, error, message):
    """Nothing is guessed, coerced or dropped."""
    broken = copy.deepcopy(data)
    change(broken)

    with pytest.raises(error, match=message):
        CODEC.load(broken)


def test_all_faults_of_broken_data_are_told_at_once(data):
    """One error names every place."""
    data["cycle"] = "1"
    data["record"]["revenue"] = 1.5

    with pytest.raises(InvalidData) as caught:
        CODEC.load(data)

    assert caught.value.path == "$.cycle"
    assert "$.record.revenue" in caught.value.problem


def test_an_invalid_event_in_the_store_is_refused():
    """The event's own rule speaks."""
    with pytest.raises(InvalidData, match="purchased: amount is Decimal"):
        CODEC.load({"type": "purchased", "at": T.isoformat(), "amount": "-1"})


@pytest.mark.parametrize("data", [None, [], "purchased"])
def test_what_is_no_dict_is_refused(data):
    """The store holds dicts."""
    with pytest.raises(InvalidData, match="is no dict"):
        CODEC.load(data)


def test_the_expected_kind_is_checked(data):
    """A relationship where a journey was expected is refused."""
    with pytest.raises(InvalidData, match="'relationship' is not a Departure"):
        CODEC.load(data, Departure)

    assert CODEC.load(data, Relationship).customer == "C-17"


def test_a_journey_that_the_lifecycle_refuses_by_now_is_an_error(journey):
    """An event that was accepted when stored and is not any more is told, not dropped."""
    data = CODEC.dump(journey)
    stricter = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            evolve(rule, at=["aware", "visitor"])
            if isinstance(rule, Move) and (rule.on, rule.at) == ("purchased", ("prospect",))
            else rule
            for rule in CUSTOMER_LIFECYCLE.rules
        ],
    )
    del data["events"][0]
    data["rejected"] = [0]

    with pytest.raises(InvalidData, match=r"\$.events\[1\].*is refused now: 'purchased'"):
        Codec(stricter).load(data)


def test_a_journey_whose_refusals_are_missing_is_an_error(journey):
    """An event that was refused when stored and is accepted now is told."""
    data = CODEC.dump(journey)
    data["rejected"] = [0, 1]

    with pytest.raises(InvalidData, match=r"\$.events\[0\].*is accepted now"):
        CODEC.load(data)


def test_a_journey_with_something_that_is_no_event_cannot_be_stored():
    """It has no form to be stored in."""
    journey = replay(["purchased"], customer="C-17", on_rejected="collect")

    with pytest.raises(InvalidData, match="'purchased' is no event"):
        CODEC.dump(journey)


def test_what_the_codec_does_not_store_is_refused():
    """A lifecycle is configuration, no data."""
    with pytest.raises(InvalidData, match="is no event, relationship, departure or journey"):
        CODEC.dump(CUSTOMER_LIFECYCLE)


def test_a_relationship_of_another_lifecycle_is_refused():
    """A codec speaks for one lifecycle."""
    other = evolve(CUSTOMER_LIFECYCLE, name="other")

    with pytest.raises(InvalidData, match="the lifecycle 'other'"):
        CODEC.dump(Relationship("C-17", other))


@frozen(kw_only=True)
class Renewed(Purchased):
    """A purchase of the app's own."""

    months: int = 12


def test_events_of_the_apps_own_are_stored_with_their_fields():
    """Name the class to the codec, and it is read back as what it was."""
    codec = Codec(events=[*EVENTS, Renewed])
    renewed = Renewed(at=T, amount=Decimal(5), months=24)

    assert through_json(codec, renewed) == renewed
    with pytest.raises(UnknownEvent, match="'renewed'"):
        CODEC.dump(renewed)


@pytest.mark.parametrize("name", ["purchased", "relationship", "departure", "journey"])
def test_two_things_cannot_share_a_name_in_the_store(name):
    """The name is how they are told apart."""
    twin = type(name, (Event,), {"name": name})

    with pytest.raises(InvalidData, match=f"the name '{name}' is taken"):
        Codec(events=[*EVENTS, twin])


def test_restored_departures_are_judged_by_the_codecs_policy(data):
    """The policy is configuration: a new number judges old departures too."""
    policy = SeverityPolicy(dear_sale=Decimal(0), large_deal=Decimal(10**6))

    severities = [
        codec.load(data, Relationship).departure.severity
        for codec in (CODEC, Codec(severity_policy=policy))
    ]

    assert severities == [Severity.GRAVE, Severity.SERIOUS]
