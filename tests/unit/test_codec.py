"""Store and restore: what goes out comes back, and what is broken is refused."""

import copy
import importlib
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from attrs import Factory, evolve, frozen
from hypothesis import given
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    EVENTS,
    Account,
    Cause,
    CauseLearnt,
    ComplaintSettled,
    Contacted,
    CustlifeError,
    Departed,
    Departure,
    DepartureRules,
    Engaged,
    Event,
    InvalidArgument,
    InvalidData,
    InvalidRelationship,
    Lapsed,
    LifecycleChanged,
    Migration,
    Move,
    Purchased,
    Record,
    Relationship,
    Severity,
    Stay,
    UnknownEvent,
    UnknownState,
    merge,
    replay,
    replay_account,
)
from custlife.codec import Codec
from custlife.silence import FixedWindow, StageLimits, either
from custlife.testing import histories

T = datetime(2026, 1, 1, tzinfo=UTC)
CODEC = Codec()
STRICTER = evolve(
    CUSTOMER_LIFECYCLE,
    rules=[
        evolve(rule, at=["aware", "visitor"])
        if isinstance(rule, Move) and (rule.on, rule.at) == ("purchased", ("prospect",))
        else rule
        for rule in CUSTOMER_LIFECYCLE.rules
    ],
)
"""Whom we never contacted cannot buy."""
LENIENT = evolve(
    CUSTOMER_LIFECYCLE,
    rules=[
        evolve(rule, answers_complaint=False) if isinstance(rule, Stay) else rule
        for rule in CUSTOMER_LIFECYCLE.rules
    ],
)
"""What is settled need not have been complained of."""
FINER = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing"], name="finer")
FINEST = FINER.refine("browsing", ["peeping"], name="finest")
TO_FINER = Migration(CUSTOMER_LIFECYCLE, FINER, {"visitor": "browsing"})
TO_FINEST = Migration(FINER, FINEST, {"browsing": "peeping"})
OTHER_RULES = DepartureRules(sales_cost_steps=(), deal_size_steps=10**6)


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
        (
            put(["departure", "note"], "x"),
            InvalidData,
            r"\$.departure: it has note, which is not written here",
        ),
        (put(["departure", "room_left"], "former"), InvalidData, "Only a prospect or a customer"),
        (put(["departure", "sales_cycle"], "3 days"), InvalidData, "is no duration"),
        (put(["departure", "inferred"], 1), InvalidData, "1 is not true or false"),
        (put(["state"], ["shopper"]), UnknownState, "does not know shopper"),
        (put(["state"], []), UnknownState, "does not know"),
        (put(["state"], "eroded"), InvalidData, "is no list of stages"),
        (put(["state"], [1]), InvalidData, "a list of 1 is no list of stages"),
        (put(["state"], ["visitor"]), InvalidRelationship, "departure is 'of cycle 1'"),
        (put(["cycle"], "1"), InvalidData, r"\$.cycle: '1' is not a whole number"),
        (put(["cycle"], True), InvalidData, "True is not a whole number"),
        (put(["cycle_began"], "soon"), InvalidData, r"\$.cycle_began: 'soon' is no instant in UTC"),
        (put(["cycle_began"], "2026-01-01T00:00:00"), InvalidData, "is no instant in UTC"),
        (put(["entered"], ["soon"]), InvalidData, r"\$.entered\[0\]: 'soon' is no instant in UTC"),
        (put(["record", "revenue"], 11.77), InvalidData, r"\$.record.revenue: 11.77 is not text"),
        (put(["record", "revenue"], "eleven"), InvalidData, "'eleven' is no number"),
        (put(["record", "revenue"], "NaN"), InvalidData, r"\$.record.revenue: 'NaN' is no number"),
        (put(["record", "purchases"], -7), InvalidRelationship, "record.purchases is -7"),
        (put(["record"], []), InvalidData, r"\$.record: a list of 0 is no dict"),
        (put(["departure"], False), InvalidData, r"\$.departure: False is no dict"),
        (put(["departure", "stages_left"], "lost"), InvalidData, r"'lost' is no list"),
        (
            put(["departure", "stages_left"], ["content", "buyer"]),
            InvalidData,
            r"\$.departure.stages_left: content \+ buyer is no state of customer in the lifecycle",
        ),
        (put(["state"], ["eroded+eroded"]), UnknownState, r"does not know eroded\+eroded"),
        (put(["record", "sneezes"], 1), InvalidData, "sneezes"),
        (put(["note"], "x"), InvalidData, r"\$: it has note, which is not written here"),
        (put(["lifecycle"], "club"), InvalidData, "make a Codec for that lifecycle"),
        (put(["lifecycle"], 7), InvalidData, r"\$.lifecycle: 7 is not text"),
        (put(["fingerprint"], "x" * 32), LifecycleChanged, "under the fingerprint xxx"),
        (put(["fingerprint"], None), InvalidData, r"\$.fingerprint: None is not text"),
        (without(["fingerprint"]), InvalidData, r"\$: it lacks fingerprint"),
        (put(["type"], "sneezed"), UnknownEvent, "does not know the event 'sneezed'"),
        (put(["type"], 7), InvalidData, "7 is no name of a type"),
        (without(["record"]), InvalidData, r"\$: it lacks record"),
        (without(["departure", "cause"]), InvalidData, r"\$.departure: it lacks cause"),
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


def test_load_names_all_faults_of_broken_data_at_once(data):
    """One error names every place."""
    data["cycle"] = "1"
    data["record"]["revenue"] = 1.5

    with pytest.raises(InvalidData) as caught:
        CODEC.load(data)

    assert caught.value.path == "$.cycle"
    assert "$.record.revenue" in caught.value.problem


def test_an_invalid_event_in_the_store_is_refused():
    """The event's own rule speaks."""
    data = CODEC.dump(Purchased(at=T, amount=Decimal(1)))

    with pytest.raises(InvalidData, match="purchased: amount is Decimal"):
        CODEC.load({**data, "amount": "-1"})


@pytest.mark.parametrize("data", [None, [], "purchased"])
def test_what_is_no_dict_is_refused(data):
    """The store holds dicts."""
    with pytest.raises(InvalidData, match="is no dict"):
        CODEC.load(data)


def test_the_expected_kind_is_checked(data):
    """A relationship where a journey was expected is refused."""
    with pytest.raises(InvalidData, match="'relationship' was stored where Departure is expected"):
        CODEC.load(data, Departure)

    assert CODEC.load(data, Relationship).customer == "C-17"


def test_a_journey_that_the_lifecycle_refuses_by_now_is_an_error(journey):
    """An event that was accepted when stored and is not any more is told, not dropped."""
    data = CODEC.dump(journey)
    del data["events"][0]
    data["rejected"] = [0]

    with pytest.raises(InvalidData, match=r"\$.events\[1\].*is refused now: 'purchased'"):
        Codec(STRICTER, earlier=[Migration(CUSTOMER_LIFECYCLE, STRICTER)]).load(data)


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
    with pytest.raises(InvalidData, match="is nothing that a codec stores"):
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


class Plan(StrEnum):
    """A plan, as an app would name it."""

    BASIC = "basic"


class Level(IntEnum):
    """A level, as an app would number it."""

    LOW = 1


@frozen(kw_only=True)
class Booked(Event):
    """An event with fields of many kinds."""

    plan: Plan = Plan.BASIC
    level: Level = Level.LOW
    cause: Cause = Cause.PRICE
    price: Decimal | None = None
    shift: timedelta = timedelta(0)
    paid: bool = False


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"price": Decimal("1.50"), "paid": True},
        {"shift": timedelta(seconds=-1.5)},
        {"shift": timedelta(days=-1)},
        {"shift": timedelta(days=400, microseconds=1)},
    ],
    ids=str,
)
def test_fields_of_many_kinds_come_back_as_what_they_were(fields):
    """Enums of text and numbers, money, flags, and durations of either sign."""
    booked = Booked(at=T, **fields)

    assert through_json(Codec(events=[Booked]), booked) == booked


def test_dump_refuses_a_relationship_of_another_definition_of_the_same_name():
    """The two definitions need two names."""
    finer = CUSTOMER_LIFECYCLE.refine("lost", ["quietly"])

    with pytest.raises(InvalidData, match="another definition of the lifecycle 'customer'"):
        CODEC.dump(Relationship("C-17", finer))


def test_events_of_the_apps_own_are_stored_with_their_fields():
    """Name the class to the codec, and it is read back as what it was."""
    codec = Codec(events=[Renewed])
    renewed = Renewed(at=T, amount=Decimal(5), months=24)

    assert through_json(codec, renewed) == renewed
    with pytest.raises(InvalidData, match=r"class of the event 'renewed'; name it: Codec\(events="):
        CODEC.dump(renewed)


@pytest.mark.parametrize("name", ["purchased", "relationship", "departure", "journey", "account"])
def test_two_things_cannot_share_a_name_in_the_store(name):
    """The name is how they are told apart."""
    twin = type(name, (Event,), {"name": name})

    with pytest.raises(InvalidData, match=f"the name '{name}' is taken"):
        Codec(events=[twin])


@pytest.mark.parametrize("value", ["relationship", "journey", "departure"])
def test_data_that_other_departure_rules_judged_is_refused(journey, value):
    """The error says which rules it were, which the codec has, and what to do."""
    document = CODEC.dump(judged_values(journey)[value])
    codec = Codec(departure_rules=OTHER_RULES)

    with pytest.raises(InvalidData, match=r"have it judged_by\(\.\.\.\)") as caught:
        codec.load(document)

    assert DepartureRules().fingerprint in caught.value.problem
    assert OTHER_RULES.fingerprint in caught.value.problem


@pytest.mark.parametrize("value", ["relationship", "journey", "departure"])
def test_data_is_read_by_the_rules_of_then_and_judged_by_those_of_now(journey, value):
    """What the rules of now have judged is stored and read back by their codec."""
    then, now = CODEC, Codec(departure_rules=OTHER_RULES)

    judged = then.load(then.dump(judged_values(journey)[value])).judged_by(OTHER_RULES)

    assert through_json(now, judged) == judged
    assert [severity_of(one) for one in (judged_values(journey)[value], judged)] == [
        Severity.GRAVE,
        Severity.SERIOUS,
    ]


def severity_of(judged):
    relationship = getattr(judged, "relationship", judged)
    return getattr(relationship, "departure", relationship).severity


def judged_values(journey):
    return {
        "relationship": journey.relationship,
        "journey": journey,
        "departure": journey.departures[0],
    }


def test_an_account_is_stored_as_its_events(journey):
    """With those that were refused, and with the roll-up."""
    events = [*journey.events, Purchased(at=T, amount=5, offering="a"), Lapsed(at=T)]
    account = replay_account(
        events, customer="C-17", on_rejected="collect", key_offerings=["b", "a"]
    )

    data = CODEC.dump(account)

    assert [*data] == [
        *("type", "lifecycle", "fingerprint", "departure_rules", "customer"),
        *("events", "rejected", "unique_ids", "key_offerings"),
    ]
    assert (data["type"], data["key_offerings"]) == ("account", ["a", "b"])
    assert through_json(CODEC, account) == account


def test_an_account_that_was_judged_by_other_rules_is_refused():
    """As a journey is."""
    rules = DepartureRules(sales_cost_steps=1)
    account = replay_account([], customer="C-17", departure_rules=rules)

    with pytest.raises(InvalidData, match="judged by other departure rules than the codec's"):
        CODEC.dump(account)


def test_a_record_is_stored_by_itself(journey):
    """For apps that keep the fields of a relationship in columns of their own."""
    record = journey.relationship.record

    assert through_json(CODEC, record) == record


def test_a_codec_names_an_event_whose_class_it_lacks():
    """The lifecycle knows it; the codec was not given its class."""
    stay = Stay("renewed", at="customer", sentence="The contract goes on.")
    contracts = evolve(CUSTOMER_LIFECYCLE, rules=[*CUSTOMER_LIFECYCLE.rules, stay])

    with pytest.raises(InvalidData, match="not given the class of the event 'renewed'"):
        Codec(lifecycle=contracts).load({"type": "renewed"})


@pytest.mark.parametrize("value", ["relationship", "journey", "departure"])
def test_what_other_departure_rules_judged_is_refused(journey, value):
    """Restored, it would be judged differently."""
    with pytest.raises(InvalidData, match="other departure rules than the codec's"):
        Codec(departure_rules=OTHER_RULES).dump(judged_values(journey)[value])


def test_load_refuses_another_lifecycle_before_it_reads_the_state(data):
    """A state that this lifecycle lacks is no surprise then."""
    data["lifecycle"] = "club"
    data["state"] = ["member"]

    with pytest.raises(InvalidData, match="this is of the lifecycle 'club'"):
        CODEC.load(data)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"amount": 5.5}, "$.events[1].amount"),
        ({"at": "2026-01-01T00:00:00"}, "$.events[1].at"),
        ({"amount": "-1"}, "$.events[1]"),
    ],
)
def test_the_path_into_a_journey_names_the_event(change, path):
    """Counted from 0, as in the data."""
    bought = [Purchased(at=T, amount=Decimal(1)), Purchased(at=T, amount=Decimal(2))]
    data = CODEC.dump(replay(bought, customer="C-17"))
    data["events"][1] |= change

    with pytest.raises(InvalidData) as caught:
        CODEC.load(data)

    assert caught.value.path == path


def test_load_names_the_place_of_an_unknown_event_in_a_journey():
    """The error of the event bears a note."""
    data = CODEC.dump(replay([Contacted(at=T)], customer="C-17"))
    data["events"][0]["type"] = "sneezed"

    with pytest.raises(UnknownEvent) as caught:
        CODEC.load(data)

    assert caught.value.__notes__ == ["Stored data at $.events[0]."]


def test_text_is_no_document_yet():
    """The message says what to do, and cuts what is long."""
    with pytest.raises(
        InvalidData, match=r"\.\.\. is no dict\. Call json\.loads\(\) first\."
    ) as caught:
        CODEC.load("x" * 1000)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lifecycle": EVENTS}, r"Codec\(\): lifecycle is .* must be a Lifecycle"),
        ({"events": [Contacted(at=T)]}, "must be a class of events"),
        ({"events": None}, "events is None, but must be an Iterable"),
        ({"departure_rules": "strict"}, "must be a DepartureRules"),
        ({"events": ["contacted"]}, "events is 'contacted', but must be a class of events"),
    ],
    ids=str,
)
def test_a_codec_is_made_for_a_lifecycle_and_event_classes(arguments, message):
    """Other things are refused when it is made, not when it is used."""
    with pytest.raises(TypeError, match=message):
        Codec(**arguments)


def test_without_cattrs_the_error_names_the_extra(monkeypatch):
    """Whoever imports the codec without it is told what to install."""
    monkeypatch.setitem(sys.modules, "cattrs", None)
    monkeypatch.delitem(sys.modules, "custlife.codec")

    with pytest.raises(ModuleNotFoundError, match="with its extra 'codec'"):
        importlib.import_module("custlife.codec")


def test_a_departure_says_how_it_was_judged_for_those_who_query(journey):
    """Reading leaves that out, and works it out from the facts."""
    departure = journey.departures[0].learnt(CauseLearnt(at=T + timedelta(days=9), to="Rival Ltd"))
    data = CODEC.dump(departure)
    bare = {name: value for name, value in data.items() if name not in ("kind", "severity")}
    wrong = {**data, "kind": "loss", "severity": 7}
    wrong["first_believed"] = {**data["first_believed"], "kind": None, "severity": []}

    assert (data["kind"], data["severity"]) == ("erosion", "grave")
    assert (data["first_believed"]["kind"], data["first_believed"]["severity"]) == (
        "erosion",
        "grave",
    )
    assert CODEC.load(bare) == CODEC.load(wrong) == departure


def test_a_departure_from_nowhere_is_refused(journey):
    """By itself, too, it must be of the codec's lifecycle."""
    data = CODEC.dump(journey.departures[0])

    with pytest.raises(
        InvalidData, match="nope is no state of customer in the lifecycle"
    ) as caught:
        CODEC.load({**data, "stages_left": ["nope"]})

    assert caught.value.path == "$.stages_left"


def test_a_departure_of_another_lifecycle_is_not_stored(journey):
    """It could not be read back."""
    elsewhere = evolve(journey.departures[0], stages_left=("member",))

    with pytest.raises(InvalidData, match="member is no state of customer in the lifecycle"):
        CODEC.dump(elsewhere)


def test_a_record_that_cannot_be_is_refused_by_itself(journey):
    """With the first faults, and how many more there are."""
    data = CODEC.dump(journey.relationship.record)
    counts = dict.fromkeys(list(data)[1:9], -7)

    with pytest.raises(InvalidData, match=r"; and 4 more$") as caught:
        CODEC.load({**data, **counts})

    assert caught.value.path == "$.others"
    assert caught.value.problem.startswith("-7 is here, but must be a whole number from 0; -7 is")
    assert "@ $.complaints" in caught.value.problem


def test_a_record_that_cannot_be_is_not_stored():
    """It could not be read back."""
    with pytest.raises(InvalidData, match="must be 0, since nothing was bought"):
        CODEC.dump(Record(revenue=Decimal(5)))


@pytest.mark.parametrize(
    ("wrong", "path", "more"),
    [
        ([None] * 400, "$.events[0]", "; and at least 95 more"),
        ([None] * 7, "$.events[0]", "; and 2 more"),
        ([{"type": "contacted"}] * 400, "$.events[0]", "; and at least 95 more"),
    ],
    ids=["many", "few", "fields"],
)
def test_of_many_wrong_elements_the_first_are_told(wrong, path, more):
    """The others are counted, and after a hundred not even read."""
    data = CODEC.dump(replay([], customer="C-17"))

    with pytest.raises(InvalidData) as caught:
        CODEC.load({**data, "events": wrong})

    assert caught.value.path == path
    assert caught.value.problem.endswith(f" @ $.events[4]{more}")
    assert len(caught.value.problem) < 2500
    assert len(caught.value.__cause__.exceptions[0].exceptions) <= 100


def test_of_many_unknown_events_the_first_is_told():
    """The others are counted."""
    data = CODEC.dump(replay([], customer="C-17"))

    with pytest.raises(UnknownEvent) as caught:
        CODEC.load({**data, "events": [{"type": "sneezed"}] * 3})

    assert caught.value.__notes__ == ["Stored data at $.events[0]; and 2 more."]


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"events": ""}, "$.events", "'' is no list"),
        ({"events": {}}, "$.events", "a dict of 0 is no list"),
        ({"rejected": ""}, "$.rejected", "'' is no list"),
        ({"rejected": [0, 0]}, "$.rejected", "each once and in ascending order"),
        ({"rejected": [-1]}, "$.rejected", "each once and in ascending order"),
        ({"rejected": [4]}, "$.rejected", "each once and in ascending order"),
        ({"rejected": [True]}, r"$.rejected[0]", "True is not a whole number"),
        ({"lifecycle": 5}, "$.lifecycle", "5 is not text"),
        ({"departure_rules": "x"}, "$", "this was judged by the departure rules 'x'"),
        ({"departure_rules": None}, "$.departure_rules", "None is not text"),
    ],
)
def test_a_broken_journey_is_refused(journey, change, path, message):
    """What is no list is no list, and each refused event is named once."""
    data = CODEC.dump(journey)

    with pytest.raises(InvalidData, match=message) as caught:
        CODEC.load({**data, **change})

    assert caught.value.path == path


def test_a_journey_out_of_order_is_refused(journey):
    """Events are stored in the order of time."""
    data = CODEC.dump(journey)
    data["events"].reverse()

    with pytest.raises(InvalidData, match="older than the one before it") as caught:
        CODEC.load(data)

    assert caught.value.path == "$.events[1]"


def test_data_that_is_nested_too_deep_is_refused(journey):
    """Before anything of it is read."""
    data = CODEC.dump(journey)
    for _ in range(200):
        data = {**data, "events": [data]}

    with pytest.raises(InvalidData, match="more than 20 dicts and lists deep"):
        CODEC.load(data)


def test_what_could_not_be_read_back_is_not_stored():
    """The bounds hold both ways."""
    with pytest.raises(InvalidData, match="100,001 letters, and may have 100,000, so it could not"):
        CODEC.dump(Relationship("x" * 100_001))


class Name(str):
    """A text of another library."""

    __slots__ = ()


def test_a_text_of_another_library_is_stored_as_text():
    """It comes back equal, also without JSON in between."""
    rel = Relationship(Name("C-17"))

    data = CODEC.dump(rel)

    assert type(data["customer"]) is str
    assert CODEC.load(data) == rel


@frozen
class Part:
    """A value of the app's own."""

    name: str
    weight: float = 1.5


@frozen(kw_only=True)
class Delivered(Event):
    """An event with lists, tuples and values of the app's own."""

    parts: list[Part] = Factory(list)
    size: tuple[int, float] = (1, 2)
    marks: tuple[str, ...] = ()
    notes: list = Factory(list)
    price: Decimal | None = None
    until: datetime | None = None
    shift: timedelta | None = None
    label: str | None = None


DELIVERIES = Codec(events=[Delivered])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"parts": [Part("bolt"), Part("nut", 2)], "size": (3, 0.5), "marks": ("a", "b")},
        {"notes": [1, "two", None], "price": 5, "until": T, "shift": timedelta(1), "label": "x"},
    ],
    ids=str,
)
def test_lists_and_values_of_the_apps_own_come_back(fields):
    """A tuple is stored as a list."""
    delivered = Delivered(at=T, **fields)

    assert through_json(DELIVERIES, delivered) == delivered
    assert DELIVERIES.load(DELIVERIES.dump(delivered)) == delivered


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"parts": [{"name": "bolt"}]}, "$.parts[0]", "it lacks weight"),
        ({"parts": [{"name": "bolt", "weight": "1"}]}, "$.parts[0].weight", "'1' is not a number"),
        ({"parts": [{"name": "bolt", "weight": True}]}, "$.parts[0].weight", "True is not a numb"),
        ({"size": [1]}, "$.size", "a list of 1 is here, and must be one of 2"),
        ({"size": [1, 2, 3]}, "$.size", "a list of 3 is here, and must be one of 2"),
        ({"size": [1.5, 2]}, "$.size[0]", "1.5 is not a whole number"),
        ({"marks": "lost"}, "$.marks", "'lost' is no list"),
        ({"marks": {"a": 1}}, "$.marks", "a dict of 1 is no list"),
        ({"marks": ["a", 1]}, "$.marks[1]", "1 is not text"),
        ({"notes": "lost"}, "$.notes", "'lost' is no list"),
    ],
)
def test_broken_lists_and_values_of_the_apps_own_are_refused(change, path, message):
    """Strictly, as custlife's own."""
    data = DELIVERIES.dump(Delivered(at=T))

    with pytest.raises(InvalidData, match=message) as caught:
        DELIVERIES.load({**data, **change})

    assert caught.value.path == path


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"price": 0.1}, "0.1 is not a Decimal, finite and between"),
        ({"price": Decimal("NaN")}, r"Decimal\('NaN'\) is not a Decimal, finite and between"),
        ({"price": Decimal("1E+999999")}, "is not a Decimal, finite and between"),
        ({"until": datetime(2026, 1, 1)}, "is no datetime with a time zone"),  # noqa: DTZ001 - naive on purpose
        ({"shift": 5}, "5 is no timedelta"),
        ({"label": 5}, "5 is not text"),
        ({"notes": [{1, 2}]}, r"\$.notes\[0\]: {1, 2} is nothing that JSON holds"),
        ({"notes": [{1: 2}]}, r"\$.notes\[0\]: 1 is no name"),
        ({"notes": [float("nan")]}, r"\$.notes\[0\]: nan is nothing that JSON holds"),
    ],
    ids=str,
)
def test_fields_that_could_not_be_read_back_are_not_stored(fields, message):
    """The app learns it when it stores, and not when it reads."""
    with pytest.raises(InvalidData, match=message):
        DELIVERIES.dump(Delivered(at=T, **fields))


@pytest.mark.parametrize("level", [True, 1.0, "1", 2])
def test_a_member_is_stored_as_its_value_and_nothing_alike(level):
    """True is no 1, here as everywhere."""
    codec = Codec(events=[Booked])
    data = codec.dump(Booked(at=T))

    with pytest.raises(InvalidData, match="is no Level; there are 1") as caught:
        codec.load({**data, "level": level})

    assert caught.value.path == "$.level"


def test_what_a_hook_of_the_app_raises_is_told():
    """At the top, too, where no other error is around it."""
    codec = Codec(events=[Booked])
    codec.converter.register_structure_hook(Booked, lambda value, _: int(value["price"]))

    with pytest.raises(InvalidData, match="invalid literal for int"):
        codec.load({"type": "booked", "price": "much"})


SPELLINGS = [
    ("deal_size", "is no number such as '11.77'", ["\uff11_2", "1e5", "1E+2", "1_000", "+5", " 5"]),
    ("deal_size", "is no number such as '11.77'", ["05", "5.", ".5", "-0", "-0.0", "", "5\n"]),
    ("deal_size", "is no number such as '11.77'", ["9" * 47, "0." + "1" * 351]),
    ("deal_size", "is not text", [5, 5.0, True, ["5"]]),
    ("deal_size", "200,000 letters, and may have 100,000", ["9" * 200_000]),
    (
        "sales_cycle",
        "is no duration",
        ["PT\u0663S", "PT03S", "-PT0S", "PT1.5S", "PT1.000000S", "P1D"],
    ),
    ("sales_cycle", "is no duration", ["PT99999999999999S", "PT999999999999999S", "PT1H", "PT1S "]),
    ("at", "is no instant in UTC", ["2026-01-01", "20260101T000000Z", "2026-01-01T00:00:00Z"]),
    ("at", "is no instant in UTC", ["2026-01-01 00:00:00+00:00", "2026-01-01T00:00:00+02:00"]),
    ("at", "is no instant in UTC", ["\uff12026-01-01T00:00:00+00:00", "0001-01-01T00:00:00+23:59"]),
    ("inferred", "is not true or false", [0, 1, "true", None]),
    ("cycle", "is not a whole number", [True, 1.0, "1"]),
    ("cycle", "a whole number has more than 46 digits", [10**46]),
    ("cause", "is no Cause", ["PRICE", 1, {}, []]),
]


@pytest.mark.parametrize(
    ("field", "message", "value"),
    [(field, message, value) for field, message, values in SPELLINGS for value in values],
    ids=lambda value: str(value)[:30],
)
def test_each_value_has_one_spelling(journey, field, message, value):
    """What `dump` would spell otherwise is refused, with its path."""
    data = CODEC.dump(journey.departures[0])

    with pytest.raises(InvalidData, match=message) as caught:
        CODEC.load({**data, field: value})

    assert caught.value.path == f"$.{field}"


def test_what_was_believed_at_first_is_stored_with_what_was_learnt():
    """Cause, reason and the earlier belief come back, and say by which rules they were judged."""
    gone = Relationship("C-17").apply(
        Purchased(at=T, amount=Decimal(5)),
        Departed(at=T + timedelta(days=9), reason="K01", key_customer=True),
        CauseLearnt(at=T + timedelta(days=20), cause=Cause.CEASED, reason="K02"),
    )

    data = CODEC.dump(gone)
    back = CODEC.load(data)

    assert back == gone
    assert (back.departure.reason, back.departure.first_believed.reason) == ("K02", "K01")
    assert data["departure"]["rules"] == data["departure"]["first_believed"]["rules"]


@pytest.fixture
def visit():
    """A visitor who left once before; the departure was learnt about later."""
    events = [
        Engaged(at=T),
        Departed(at=T + timedelta(days=1)),
        CauseLearnt(at=T + timedelta(days=2), cause=Cause.PRICE),
        Engaged(at=T + timedelta(days=3)),
        ComplaintSettled(at=T + timedelta(days=4)),
    ]
    return replay(events, customer="C-17", on_rejected="collect")


def documents(codec, journey):
    return [codec.dump(journey.relationship), codec.dump(journey)]


def test_the_fingerprint_is_stored_beside_the_name_of_the_lifecycle(visit):
    """Of relationships, journeys and departures; records and events are of no lifecycle."""
    for data in (*documents(CODEC, visit), CODEC.dump(visit.departures[0])):
        names = list(data)
        assert names[names.index("lifecycle") + 1] == "fingerprint"
        assert data["fingerprint"] == CUSTOMER_LIFECYCLE.fingerprint


CHANGED = {
    "finer": evolve(FINER, name="customer"),
    "stricter": STRICTER,
    "one answer": LENIENT,
}


@pytest.mark.parametrize("kind", [0, 1], ids=["relationship", "journey"])
@pytest.mark.parametrize("lifecycle", CHANGED.values(), ids=CHANGED)
def test_nothing_is_read_under_another_definition_of_the_same_name(visit, lifecycle, kind):
    """However little has changed."""
    data = documents(CODEC, visit)[kind]

    with pytest.raises(LifecycleChanged) as caught:
        Codec(lifecycle).load(data)

    assert caught.value.lifecycle == "customer"
    assert caught.value.stored == CUSTOMER_LIFECYCLE.fingerprint
    assert caught.value.current == lifecycle.fingerprint
    assert caught.value.differences == ()


def test_a_document_is_read_under_a_definition_that_does_the_same(data):
    """Other words and another order of rules change nothing."""
    reworded = evolve(CUSTOMER_LIFECYCLE, rules=CUSTOMER_LIFECYCLE.rules[::-1])

    assert Codec(reworded).load(data).lifecycle == reworded


@pytest.mark.parametrize("kind", [0, 1], ids=["relationship", "journey"])
def test_an_earlier_definition_lets_the_error_name_what_changed(visit, kind):
    """Without a migration nothing is read."""
    later = evolve(FINER, name="customer")

    with pytest.raises(LifecycleChanged, match="Stage added: browsing in visitor") as caught:
        Codec(later, earlier=[CUSTOMER_LIFECYCLE]).load(documents(CODEC, visit)[kind])

    assert caught.value.differences == ("Stage added: browsing in visitor.",)


def test_a_definition_that_the_codec_was_not_given_has_no_differences(data):
    """It cannot know them."""
    data["fingerprint"] = "0" * 32

    with pytest.raises(LifecycleChanged) as caught:
        Codec(STRICTER, earlier=[CUSTOMER_LIFECYCLE]).load(data)

    assert (caught.value.stored, caught.value.differences) == ("0" * 32, ())


@pytest.mark.parametrize("name", ["customer", "finer"])
def test_a_name_of_the_past_is_known_with_another_fingerprint(data, name):
    """It is a changed lifecycle, and no strange one."""
    data |= {"lifecycle": name, "fingerprint": "0" * 32}

    with pytest.raises(LifecycleChanged, match=f"The lifecycle '{name}' has changed"):
        Codec(FINEST, earlier=[TO_FINER, TO_FINEST]).load(data)


def test_a_lifecycle_that_only_has_another_name_is_another_lifecycle(data):
    """A migration says that it is meant."""
    renamed = evolve(CUSTOMER_LIFECYCLE, name="renamed")
    step = Migration(CUSTOMER_LIFECYCLE, renamed)

    assert Codec(renamed, earlier=[step]).load(data).lifecycle == renamed
    with pytest.raises(InvalidData, match="this is of the lifecycle 'customer'"):
        Codec(renamed, earlier=[CUSTOMER_LIFECYCLE]).load(data)


def test_a_relationship_of_an_earlier_lifecycle_is_mapped(visit):
    """Read under the old definition, with its stages, and then mapped."""
    codec = Codec(FINER, earlier=[TO_FINER])

    loaded = codec.load(CODEC.dump(visit.relationship))

    assert loaded == TO_FINER.apply(visit.relationship)
    assert str(loaded.state) == "browsing"
    assert loaded.departure.first_believed.stages_left == ("browsing",)
    assert through_json(codec, loaded) == loaded


def test_a_journey_of_an_earlier_lifecycle_is_replayed(visit):
    """It is not mapped: its events lead wherever they lead now."""
    codec = Codec(FINER, earlier=[Migration(CUSTOMER_LIFECYCLE, FINER, {"visitor": "browsing"})])

    loaded = codec.load(CODEC.dump(visit))

    assert loaded.events == visit.events
    assert loaded == replay(
        [*visit.events, visit.rejected[0].event],
        customer="C-17",
        lifecycle=FINER,
        on_rejected="collect",
    )


def test_an_account_of_an_earlier_lifecycle_is_replayed(visit):
    """As a journey is."""
    codec = Codec(FINER, earlier=[Migration(CUSTOMER_LIFECYCLE, FINER, {"visitor": "browsing"})])
    account = replay_account(visit.ledger, customer="C-17", on_rejected="collect")

    loaded = codec.load(CODEC.dump(account), Account)

    assert (loaded.events, loaded.lifecycle) == (account.events, FINER)


def test_an_event_of_an_earlier_journey_that_was_refused_is_not_accepted_by_the_way(visit):
    """Replayed with it, the record would differ from that of a mapped relationship."""
    codec = Codec(LENIENT, earlier=[Migration(CUSTOMER_LIFECYCLE, LENIENT)])

    with pytest.raises(InvalidData, match=r"\$.events\[4\]: this event was refused when stored"):
        codec.load(CODEC.dump(visit))


def test_several_migrations_lead_to_the_codecs_lifecycle_one_after_the_other(visit):
    """In whatever order they are given."""
    codec = Codec(FINEST, earlier=[TO_FINEST, FINER, TO_FINER])
    finer = Codec(FINER).dump(TO_FINER.apply(visit.relationship))

    loaded = [codec.load(data) for data in (*documents(CODEC, visit), finer)]

    assert loaded[0] == loaded[2] == TO_FINEST.apply(TO_FINER.apply(visit.relationship))
    assert loaded[1].relationship == loaded[0]


BACK = Migration(FINER, CUSTOMER_LIFECYCLE, {"browsing": "visitor"})


def test_data_of_the_codecs_own_lifecycle_is_not_mapped(visit):
    """Even where migrations lead away and back."""
    codec = Codec(earlier=[TO_FINER, BACK])

    assert codec.load(CODEC.dump(visit)) == visit
    assert codec.load(CODEC.dump(visit.relationship)) == visit.relationship
    assert codec.load(Codec(FINER).dump(TO_FINER.apply(visit.relationship))) == visit.relationship


ASTRAY = {
    "no list": (TO_FINER, "an iterable of lifecycles and migrations"),
    "text": (["customer"], "must be a Lifecycle or a Migration"),
    "leads elsewhere": ([TO_FINER], "must be a migration to the codec's lifecycle, or to one from"),
    "leads around": ([TO_FINER, BACK], "must be a migration to the codec's lifecycle"),
    "two of one": (
        [TO_FINEST, Migration(FINER, FINEST, {"browsing": "peeping", "aware": "potential"})],
        "must be the only migration from its old lifecycle",
    ),
}


@pytest.mark.parametrize(("earlier", "message"), ASTRAY.values(), ids=ASTRAY)
def test_what_does_not_lead_to_the_lifecycle_is_refused_when_the_codec_is_made(earlier, message):
    """Not when the first old document is read."""
    with pytest.raises(TypeError, match=message):
        Codec(FINEST, earlier=earlier)


def test_a_contradiction_in_an_earlier_document_is_named_with_its_place(visit):
    """As in a document of the codec's own lifecycle."""
    data = CODEC.dump(visit.relationship)
    data["record"]["revenue"] = 1.5

    with pytest.raises(InvalidData, match=r"\$.record.revenue: 1.5 is not text"):
        Codec(FINER, earlier=[TO_FINER]).load(data)


@frozen(kw_only=True)
class Merged(Event):
    """Two customers turned out to be one."""

    other: Relationship


def test_a_relationship_inside_an_event_is_compared_too():
    """The error bears a note of its place."""
    codec = Codec(events=[Merged])
    data = codec.dump(Merged(at=T, other=Relationship("C-18")))
    data["other"]["fingerprint"] = "0" * 32

    with pytest.raises(LifecycleChanged) as caught:
        codec.load(data)

    assert caught.value.__notes__ == ["Stored data at $.other."]
    with pytest.raises(InvalidData, match=r"\$.other"):
        codec.load({**data, "other": 5})


@pytest.mark.slow
@given(histories())
def test_a_mapped_document_stands_where_the_map_says(events):
    """Storing, and then mapping, is mapping."""
    journey = replay(events, customer="C-17")
    codec = Codec(FINER, earlier=[TO_FINER])

    relationship, replayed = [
        codec.load(json.loads(json.dumps(data))) for data in documents(CODEC, journey)
    ]

    assert relationship == TO_FINER.apply(journey.relationship) == replayed.relationship


def test_a_departure_of_an_earlier_lifecycle_is_mapped(visit):
    """By itself as in its relationship; without the migration it is not read."""
    data = CODEC.dump(visit.departures[0])

    mapped = Codec(FINER, earlier=[TO_FINER]).load(data)

    assert mapped.stages_left == ("browsing",)
    with pytest.raises(LifecycleChanged):
        Codec(evolve(FINER, name="customer")).load(data)
    with pytest.raises(InvalidData, match=r"\$.fingerprint"):
        CODEC.load({name: value for name, value in data.items() if name != "fingerprint"})


WRONG = {"position": 0, "how": "withdrawn", "by": None, "recorded_at": None}


@pytest.mark.parametrize(
    ("withdrawn", "path"),
    [
        ([WRONG, WRONG], r"\$.withdrawn"),
        ([{**WRONG, "position": 1}, WRONG], r"\$.withdrawn"),
        ([{**WRONG, "position": 9}], r"\$.withdrawn\[0\].position"),
        ([{**WRONG, "how": "replaced"}], r"\$.withdrawn\[0\].how"),
        ([{**WRONG, "by": 1}], r"\$.withdrawn\[0\].how"),
        ([{**WRONG, "how": "replaced", "by": 9}], r"\$.withdrawn\[0\].by"),
        ([{**WRONG, "how": "cancelled", "by": 1}], r"\$.withdrawn\[0\].how"),
    ],
    ids=[
        "twice",
        "out of order",
        "nowhere",
        "by nothing",
        "by something",
        "by nobody",
        "cancelled",
    ],
)
def test_corrections_are_read_as_strictly_as_events(withdrawn, path):
    """Nothing is read that is not written."""
    journey = replay([Engaged(at=T, id="e1"), Engaged(at=T, id="e2")], customer="C-17")

    with pytest.raises(InvalidData, match=path):
        CODEC.load({**CODEC.dump(journey), "withdrawn": withdrawn})


def test_a_merged_journey_has_no_events_of_its_own():
    """They are those of its copies."""
    one, two = (replay([Engaged(at=T, id=id_)], customer="C") for id_ in ("e1", "e2"))
    merged = merge(one, two, customer="C-17")
    data = CODEC.dump(merged)

    assert CODEC.load(data) == merged
    with pytest.raises(InvalidData, match=r"\$.copies: a merged journey has no events"):
        CODEC.load({**data, "events": CODEC.dump(one)["events"]})
    with pytest.raises(InvalidData, match=r"\$.events\[0\]: this event was refused when stored"):
        CODEC.load({**data, "rejected": [0]})


def test_key_offerings_are_read_in_order():
    """Each once."""
    data = CODEC.dump(replay_account([], customer="C-17", key_offerings=["a", "b"]))

    with pytest.raises(InvalidData, match=r"\$.key_offerings"):
        CODEC.load({**data, "key_offerings": ["b", "a"]})


# --- journeys that were replayed with a silence rule ------------------------------------------

SILENCE = FixedWindow(lapsed_after=timedelta(days=90), departed_after=timedelta(days=360))


@frozen
class AfterMonths:
    """A rule of an app's own that shows its numbers."""

    months: int

    def judge(self, relationship, at):
        return evolve(SILENCE, lapsed_after=timedelta(days=30 * self.months)).judge(
            relationship, at
        )


class AsTheShopSays:
    """A rule of an app's own that shows no numbers."""

    def judge(self, relationship, at):
        return SILENCE.judge(relationship, at)


def day(number):
    return T + timedelta(days=number)


def silent(*events, rule=SILENCE, until=800, customer="C-17", **more):
    return replay(
        events, customer=customer, silence=rule, as_of=day(until), on_rejected="collect", **more
    )


def some_history():
    """Two silences, after the second of which somebody saw the customer leave."""
    return [
        Purchased(at=T, amount=5),
        ComplaintSettled(at=day(1)),
        Engaged(at=day(2), id="e3"),
        Purchased(at=day(400), amount=5),
        Departed(at=day(790), cause=Cause.PRICE),
    ]


@pytest.mark.parametrize("returns", ["return", "correct"])
@pytest.mark.parametrize(
    "rule",
    [
        SILENCE,
        either(SILENCE, StageLimits({"visitor": timedelta(days=30)})),
        AfterMonths(2),
        AsTheShopSays(),
    ],
    ids=["window", "combination", "with numbers", "without numbers"],
)
def test_a_watched_journey_comes_back_with_what_was_inferred(rule, returns):
    """With what was refused, withdrawn and lifted; only what was given is stored."""
    journey = silent(*some_history(), rule=rule, returns=returns).amend(withdraw=["e3"])
    codec = Codec(silence=rule)

    data = codec.dump(journey)
    restored = through_json(codec, journey)

    assert restored == journey
    assert (restored.inferred, restored.withdrawn) == (journey.inferred, journey.withdrawn)
    assert (restored.rejected, restored.silence) == (journey.rejected, journey.silence)
    assert [event["type"] for event in data["events"]] == [event.name for event in some_history()]
    assert (data["as_of"], data["returns"]) == (day(800).isoformat(), returns)
    assert (data["rejected"], [one["position"] for one in data["withdrawn"]]) == ([1], [2])


def test_a_merged_journey_that_is_watched_comes_back():
    """What was inferred from both records together is inferred anew."""
    web = silent(Purchased(at=T, amount=5), until=400, customer="W-1")
    shop = silent(
        Purchased(at=day(300), amount=5), Departed(at=day(790)), until=800, customer="S-9"
    )
    merged = merge(web, shop, customer="C-17")

    data = Codec(silence=SILENCE).dump(merged)
    restored = through_json(Codec(silence=SILENCE), merged)

    assert restored == merged
    with pytest.raises(InvalidData, match="copies of a merged journey are watched otherwise"):
        Codec(silence=SILENCE).load({**data, "silence": None, "as_of": None, "returns": None})
    assert [one.event.at for one in restored.inferred] == [day(number) for number in (90, 390, 660)]
    assert (data["as_of"], data["silence"]) == (day(800).isoformat(), repr(SILENCE))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (SILENCE, repr(SILENCE)),
        (AfterMonths(2), "AfterMonths(months=2)"),
        (AsTheShopSays(), "AsTheShopSays"),
    ],
    ids=["window", "with numbers", "without numbers"],
)
def test_a_silence_rule_is_stored_by_its_numbers(rule, expected):
    """Where it shows them; another class of an app's own is stored by its name."""
    data = Codec(silence=rule).dump(silent(rule=rule))

    assert data["silence"] == expected


def test_a_journey_without_silence_has_none_in_the_store(journey):
    """A codec with a rule stores and reads it as one without."""
    data = Codec(silence=SILENCE).dump(journey)

    assert [data[name] for name in ("silence", "as_of", "returns")] == [None] * 3
    assert data == CODEC.dump(journey)
    assert Codec(silence=SILENCE).load(data) == journey


@pytest.mark.parametrize(
    ("rule", "other", "names"),
    [
        (AfterMonths(2), AfterMonths(3), ["AfterMonths(months=2)", "AfterMonths(months=3)"]),
        (AsTheShopSays(), AfterMonths(3), ["AsTheShopSays", "AfterMonths(months=3)"]),
        (SILENCE, FixedWindow(lapsed_after=timedelta(days=80)), ["days=90", "days=80"]),
    ],
    ids=["numbers", "class", "window"],
)
def test_a_journey_is_not_read_by_a_silence_rule_of_other_numbers(rule, other, names):
    """What it infers would be another history; the error names both rules."""
    data = Codec(silence=rule).dump(silent(*some_history(), rule=rule))

    with pytest.raises(InvalidData) as caught:
        Codec(silence=other).load(data)

    assert caught.value.path == "$.silence"
    assert [name in str(caught.value) for name in names] == [True, True]


@pytest.mark.parametrize("name", ["silence", "as_of", "returns"])
@pytest.mark.parametrize(
    "change",
    [lambda name: put([name], None), lambda name: without([name])],
    ids=["none", "missing"],
)
def test_what_a_journey_was_watched_by_is_stored_together(name, change):
    """One of the three alone says nothing."""
    codec = Codec(silence=SILENCE)
    data = codec.dump(silent(*some_history()))
    change(name)(data)

    with pytest.raises(InvalidData, match=name):
        codec.load(data)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"as_of": "2026-01-01T00:00:00"}, "$.as_of"),
        ({"returns": "ignore"}, "$.returns"),
        ({"silence": 90}, "$.silence"),
    ],
    ids=["naive", "third way", "number"],
)
def test_what_a_journey_was_watched_by_is_read_strictly(change, path):
    """An aware moment, one of two ways, and a text."""
    codec = Codec(silence=SILENCE)

    with pytest.raises(InvalidData) as caught:
        codec.load({**codec.dump(silent(*some_history())), **change})

    assert caught.value.path == path


def test_a_watched_journey_needs_the_rule_to_be_stored_and_read():
    """The error says to give it to the codec."""
    journey = silent(*some_history())
    data = Codec(silence=SILENCE).dump(journey)

    with pytest.raises(InvalidData, match=r"make a Codec\(silence=\.\.\.\)"):
        CODEC.dump(journey)
    with pytest.raises(InvalidData, match=r"give it: Codec\(silence=\.\.\.\)"):
        CODEC.load(data)


@pytest.mark.parametrize("rule", ["silence", timedelta(days=90), FixedWindow], ids=stable)
def test_a_codec_is_given_a_silence_rule(rule):
    """A span is none, and neither is the class of a rule."""
    with pytest.raises(InvalidArgument, match="a silence rule, with a method judge") as caught:
        Codec(silence=rule)

    assert caught.value.field == "silence"


def test_a_journey_that_was_watched_too_short_is_not_read():
    """A replay refuses a moment before the last event, and so does the codec."""
    codec = Codec(silence=SILENCE)
    data = {**codec.dump(silent(*some_history())), "as_of": "2026-01-01T00:00:00+00:00"}

    with pytest.raises(InvalidData, match="before the last event") as caught:
        codec.load(data)

    assert caught.value.path == "$.as_of"
