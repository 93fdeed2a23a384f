"""Events: their names, their bounds, and how an app makes its own."""

import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import ClassVar

import pytest
from attrs import (
    evolve,
    field,
    fields,
    frozen,
    make_class,
)
from attrs.exceptions import FrozenInstanceError

from custlife import (
    EVENTS,
    Activity,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    Engaged,
    Event,
    Initiator,
    InvalidEvent,
    Lapsed,
    PurchaseCancelled,
    Purchased,
    Recommended,
    Refunded,
    Relationship,
    Terminated,
    UnknownEvent,
    replay,
)
from custlife.events import ALL_EVENTS

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
every_event = pytest.mark.parametrize("kind", [*ALL_EVENTS, Event], ids=lambda kind: kind.__name__)


@frozen(kw_only=True)
class Renewed(Purchased):
    """A purchase of the app's own, with a field of its own."""

    months: int = 12


@frozen(kw_only=True)
class HTTPProbeSeen(Event):
    """A name with an abbreviation in it."""


@frozen(kw_only=True)
class Trial2Started(Event):
    """A name with a digit in it."""


@frozen(kw_only=True)
class Rechristened(Event):
    """An event that bears another name than its class."""

    name = "baptised"


@frozen(kw_only=True)
class RechristenedAgain(Rechristened):
    """The other name is not handed down."""


class Plain(Engaged):
    """A subclass that adds nothing, and is not decorated."""


@frozen(kw_only=True)
class Scored(Event):
    """An event with a check of its own."""

    activity = Activity.CONTACT
    points: int = field(default=0)

    @points.validator
    def _in_bounds(self, attribute, value):
        if value < 0:
            raise InvalidEvent(self.subject, attribute.name, value, "at least 0", "Count up.")


GIVEN = {
    Purchased: {"amount": Decimal("11.77")},
    Refunded: {"amount": Decimal(5)},
    Renewed: {"amount": Decimal(20)},
    PurchaseCancelled: {"purchase": "p1"},
    CauseLearnt: {"cause": Cause.PRICE},
}
"""What an event class needs besides the time."""


def made(kind, **given):
    return kind(**{"at": NOON, **GIVEN.get(kind, {}), **given})


def test_the_default_lifecycle_has_fourteen_events():
    """In the order of its table, named after their classes."""
    assert [kind.name for kind in EVENTS] == [
        "contacted",
        "engaged",
        "purchased",
        "refunded",
        "complained",
        "complaint_settled",
        "complaint_ignored",
        "recommended",
        "committed",
        "service_failed",
        "lapsed",
        "departed",
        "terminated",
        "cause_learnt",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Renewed, "renewed"),
        (HTTPProbeSeen, "http_probe_seen"),
        (Trial2Started, "trial2_started"),
        (Rechristened, "baptised"),
        (RechristenedAgain, "rechristened_again"),
        (Plain, "plain"),
        (Scored, "scored"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_event_is_named_after_its_own_class(kind, name):
    """In snake case, unless the class itself says otherwise; an error calls it the same."""
    assert kind.name == name
    assert made(kind).subject == name


@pytest.mark.parametrize(
    ("kind", "activity"),
    [
        (Contacted, Activity.CONTACT),
        (Engaged, Activity.ENGAGEMENT),
        (Purchased, Activity.PURCHASE),
        (Complained, Activity.COMPLAINT),
        (ComplaintSettled, Activity.SETTLEMENT),
        (ComplaintIgnored, Activity.DISREGARD),
        (Recommended, Activity.RECOMMENDATION),
        (Lapsed, Activity.LAPSE),
        (Departed, Activity.OTHER),
        (Terminated, Activity.OTHER),
        (Event, Activity.OTHER),
        (HTTPProbeSeen, Activity.OTHER),
        (Renewed, Activity.PURCHASE),
        (Plain, Activity.ENGAGEMENT),
        (Scored, Activity.CONTACT),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_event_counts_as_what_it_derives_from(kind, activity):
    """And as OTHER if it derives from nothing that counts, or says so itself."""
    assert kind.activity is activity


def test_activities_are_numbered_without_a_gap():
    """From 0, so that a column of small integers can hold them."""
    assert [activity.value for activity in Activity] == list(range(12))


@pytest.mark.parametrize(
    ("counts_as", "base"), [(Activity.PURCHASE, "Purchased"), (Activity.REFUND, "Refunded")]
)
def test_only_a_purchase_counts_as_a_purchase_and_a_refund_as_a_refund(counts_as, base):
    """Whatever counts as one must have an amount, so it derives from the event that has."""
    with pytest.raises(
        InvalidEvent, match=f"gifted: activity is .*Derive the event from {base}"
    ) as caught:

        class Gifted(Event):
            activity = counts_as

    assert (caught.value.subject, caught.value.field) == ("gifted", "activity")
    assert caught.value.value is counts_as


def test_an_event_of_the_apps_own_keeps_the_fields_and_the_checks():
    """Of the event that it derives from, beside its own field."""
    renewal = Renewed(at=NOON, amount=20)

    assert (renewal.amount, renewal.months) == (Decimal(20), 12)
    with pytest.raises(InvalidEvent, match=r"renewed: amount is .* must be an exact amount"):
        Renewed(at=NOON, amount=-1)


def test_a_check_of_the_apps_own_speaks_for_its_event():
    """With the same error."""
    with pytest.raises(InvalidEvent, match="scored: points is -1, but must be at least 0"):
        Scored(at=NOON, points=-1)


@every_event
def test_time_is_kept_in_utc(kind):
    """The same instant, whatever zone it was given in."""
    in_berlin = datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))

    event = made(kind, at=in_berlin)

    assert event.at == NOON
    assert event.at.tzinfo is UTC


@every_event
def test_the_same_instant_in_two_zones_is_the_same_event(kind):
    """So that histories do not depend on where they were recorded."""
    there = NOON.astimezone(timezone(timedelta(hours=-5)))

    assert made(kind, at=there) == made(kind)
    assert hash(made(kind, at=there)) == hash(made(kind))


@every_event
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 7, 1, 12),  # noqa: DTZ001 - naive on purpose
        NOON.date(),
        "2026-07-01T12:00:00Z",
        1782907200,
        None,
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    ],
    ids=["naive", "date", "text", "number", "missing", "beyond UTC"],
)
def test_a_time_that_is_no_instant_is_refused(kind, at):
    """No event is made; the error says to give a time zone."""
    with pytest.raises(InvalidEvent, match="Give a datetime with a time zone") as caught:
        made(kind, at=at)

    assert (caught.value.subject, caught.value.field) == (kind.name, "at")
    assert caught.value.value is at


@every_event
@pytest.mark.parametrize("name", ["channel", "id", "offering"])
@pytest.mark.parametrize("value", ["", "  ", "\n", 7, b"shop"], ids=repr)
def test_a_blank_text_is_refused(kind, name, value):
    """Whatever is unknown is left out instead."""
    with pytest.raises(InvalidEvent, match="Or leave it out") as caught:
        made(kind, **{name: value})

    assert (caught.value.subject, caught.value.field) == (kind.name, name)
    assert caught.value.value is value


@every_event
def test_channel_id_and_offering_may_be_left_out(kind):
    """They are None then."""
    event = made(kind)

    assert (event.channel, event.id, event.offering) == (None, None, None)


@every_event
def test_channel_id_and_offering_are_kept_as_given(kind):
    """To the letter."""
    event = made(kind, channel="shop", id=" 17 ", offering="trial")

    assert (event.channel, event.id, event.offering) == ("shop", " 17 ", "trial")


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Purchased, "amount"), (Departed, "sales_cost"), (Departed, "deal_size")],
    ids=["amount", "sales_cost", "deal_size"],
)
@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("-0.01"),
        -1,
        11.77,
        float("nan"),
        float("inf"),
        Decimal("0.0000000000000000001"),
        Decimal(10) ** 18,
        10**400,
        True,
        "11.77",
    ],
    ids=repr,
)
def test_money_that_is_not_exact_is_refused(kind, name, value):
    """The error shows the field and how to write money."""
    with pytest.raises(InvalidEvent, match=r"such as Decimal\('11\.77'\)") as caught:
        made(kind, **{name: value})

    assert (caught.value.subject, caught.value.field) == (kind.name, name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Decimal("11.77"), "11.77"),
        (Decimal(0), "0"),
        (12, "12"),
        (Decimal("0.000000000000000001"), "1E-18"),
        (10**18 - 1, "999999999999999999"),
    ],
    ids=repr,
)
def test_exact_money_is_kept_as_a_decimal(given, kept):
    """Whole numbers included, up to the bounds."""
    amount = made(Purchased, amount=given).amount

    assert type(amount) is Decimal
    assert str(amount) == kept


def test_a_purchase_without_an_amount_is_refused():
    """Nobody guesses what was paid."""
    with pytest.raises(TypeError, match="amount"):
        Purchased(at=NOON)


def test_a_purchase_whose_amount_is_unknown_is_refused():
    """None is no amount."""
    with pytest.raises(InvalidEvent, match="purchased: amount is None"):
        made(Purchased, amount=None)


def test_who_departs_without_a_word_left_for_an_unknown_cause():
    """The customer ended it, and nothing else is known."""
    departed = made(Departed)

    assert (departed.cause, departed.initiator) == (Cause.UNKNOWN, Initiator.CUSTOMER)
    assert (departed.to, departed.sales_cost, departed.deal_size) == (None, None, None)
    assert departed.inferred is False


@pytest.mark.parametrize(
    ("kind", "name", "value", "expectation"),
    [
        (Departed, "cause", "price", "a Cause"),
        (Departed, "cause", None, "a Cause"),
        (Departed, "initiator", "customer", "Initiator"),
        (Departed, "to", " ", "a string that is not blank or None"),
        (Departed, "inferred", 1, "True or False"),
        (Departed, "inferred", None, "True or False"),
        (Terminated, "cause", "dismissed", "a Cause"),
    ],
)
def test_a_departure_with_an_unknown_word_is_refused(kind, name, value, expectation):
    """The error says what the field takes."""
    with pytest.raises(InvalidEvent, match=f"{kind.name}: {name} is .*, but must be") as caught:
        made(kind, **{name: value})

    assert expectation in caught.value.expectation
    assert caught.value.value is value


def test_the_enterprise_alone_terminates():
    """That is not for the event to say; the cause is, and is dismissal unless told."""
    terminated = made(Terminated)

    assert terminated.initiator is Initiator.ENTERPRISE
    assert terminated.cause is Cause.DISMISSED
    with pytest.raises(TypeError, match="initiator"):
        made(Terminated, initiator=Initiator.CUSTOMER)


@every_event
def test_fields_are_given_by_name(kind):
    """A bare position would say nothing."""
    with pytest.raises(TypeError, match="positional argument"):
        kind(NOON)


@every_event
def test_an_event_cannot_be_changed(kind):
    """What happened has happened."""
    event = made(kind)

    with pytest.raises(FrozenInstanceError):
        event.channel = "web"
    assert event.channel is None


@every_event
def test_a_changed_copy_is_checked_too(kind):
    """The original stays as it is."""
    event = made(kind)

    with pytest.raises(InvalidEvent, match="channel is ''"):
        evolve(event, channel="")
    assert evolve(event, channel="web") != event


@pytest.mark.parametrize("event", [made(kind) for kind in ALL_EVENTS], ids=lambda event: event.name)
def test_an_event_pickles(event):
    """What comes back is equal, in UTC."""
    back = pickle.loads(pickle.dumps(event))

    assert back == event
    assert back.at.tzinfo is UTC


@pytest.mark.parametrize("kind", ALL_EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_begins_with_the_same_fields(kind):
    """When, by which way, which, and about what."""
    assert [one.name for one in fields(kind)][:4] == ["at", "channel", "id", "offering"]


@pytest.mark.parametrize("name", ["name", "activity", "invalid", "subject", "type"])
def test_a_field_cannot_bear_a_name_that_event_needs(name):
    """It would hide what the event is called, or what it counts as."""
    with pytest.raises(InvalidEvent, match=f"picked: {name} is 'a field'") as caught:
        make_class("Picked", {name: field(default="x")}, bases=(Event,), frozen=True, kw_only=True)

    assert caught.value.field == name


def test_only_a_purchase_counts_as_one():
    """Whoever counts as a purchase has an amount, so it derives from Purchased."""
    with pytest.raises(InvalidEvent, match="Derive the event from Purchased") as caught:
        type("Bought", (Event,), {"activity": Activity.PURCHASE})

    assert caught.value.subject == "bought"


@pytest.mark.parametrize("activity", [99, -1, "purchase", None])
def test_an_event_counts_as_one_of_the_activities(activity):
    """A number of the app's own would be counted as something else."""
    with pytest.raises(InvalidEvent, match=r"activity is .* but must be an Activity"):
        type("Odd", (Event,), {"activity": activity})


@frozen(kw_only=True)
class Cheap(Purchased):
    """A purchase that redefines the amount, and names no check."""

    amount: Decimal = Decimal(5)


@frozen(kw_only=True)
class Cheaper(Cheap):
    """A purchase that inherits the redefined amount."""

    points: int = 1


@frozen(kw_only=True)
class Undated(Event):
    """An event that redefines its time."""

    at: object = None


@frozen(kw_only=True)
class Initialized(Purchased):
    """A purchase with an initializer of its own, which sets the amount past the checks."""

    def __init__(self, at, amount):
        self.__attrs_init__(at=at, amount=0)
        object.__setattr__(self, "amount", amount)


@pytest.mark.parametrize("kind", [Cheap, Cheaper, Initialized], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal(-1), 1.5, "1", None], ids=repr)
def test_a_redefined_amount_is_checked_as_the_base_checks_it(kind, amount):
    """In the subclass, in a subclass of that, and after an initializer of the app's own."""
    with pytest.raises(InvalidEvent, match="must be an exact amount"):
        kind(at=NOON, amount=amount)


@pytest.mark.parametrize("kind", [Cheap, Cheaper], ids=lambda kind: kind.__name__)
def test_a_redefined_field_is_converted_as_the_base_converts_it(kind):
    """A whole number becomes money, and a time of another zone becomes UTC."""
    berlin = NOON.astimezone(timezone(timedelta(hours=2)))

    assert kind(at=NOON, amount=7).amount == Decimal(7)
    assert type(kind(at=NOON, amount=7).amount) is Decimal
    assert kind(at=NOON).amount == Decimal(5)
    assert Undated(at=berlin).at.tzinfo is UTC


class Unset(Purchased):
    """A purchase whose initializer sets nothing, and whose class attrs did not make."""

    def __init__(self):
        pass


@dataclass(frozen=True, kw_only=True)
class Dated(Purchased):
    """A purchase whose initializer dataclasses made."""

    at: datetime = datetime(2026, 7, 1, 12)  # noqa: DTZ001 - naive is what is tried
    amount: Decimal = Decimal("NaN")


@pytest.mark.parametrize("kind", [Unset, Dated], ids=lambda kind: kind.__name__)
def test_an_event_whose_class_runs_no_check_is_refused(kind):
    """By apply and by replay, which sorts by a time that may be none."""
    rejected = replay([Engaged(at=NOON), kind()], customer="C-17", on_rejected="collect").rejected

    assert [rejection.position for rejection in rejected] == [None]
    with pytest.raises(UnknownEvent, match=r"attrs did not make; decorate it with attrs\.frozen"):
        Relationship("C-17").apply(kind())


def test_an_event_class_without_fields_of_its_own_needs_no_decorator():
    """It has the initializer of its base."""
    renewed = type("Renewed", (Purchased,), {"name": "purchased"})

    assert Relationship("C-17").apply(renewed(at=NOON, amount=1)).record.purchases == 1


@pytest.mark.parametrize("at", [None, "noon", NOON.replace(tzinfo=None)], ids=str)
def test_a_redefined_time_is_checked_as_the_base_checks_it(at):
    """A naive time, and what is no time, are refused."""
    with pytest.raises(InvalidEvent, match="undated: at is"):
        Undated(at=at)


@every_event
def test_an_event_takes_its_fields_by_name(kind):
    """So that no field can pass for another."""
    with pytest.raises(TypeError, match="positional argument"):
        kind(NOON)


@pytest.mark.parametrize("name", ["", "  ", 5, None, b"bought"], ids=repr)
def test_a_name_that_is_blank_or_no_text_is_refused(name):
    """The error comes where the class is defined."""
    with pytest.raises(InvalidEvent, match=r"bought: name is .* a string that is not blank"):
        type("Bought", (Event,), {"name": name})


def test_an_annotated_field_called_name_is_refused_as_a_field():
    """With the remedy for a field, also where attrs makes the class anew with slots."""
    with pytest.raises(InvalidEvent, match="name is 'a field'"):

        @frozen(kw_only=True)
        class Picked(Event):
            name: str = field()


def test_a_blank_name_for_all_events_of_a_class_is_refused():
    """Also where it is annotated."""
    with pytest.raises(InvalidEvent, match="not blank"):

        @frozen(kw_only=True)
        class Picked(Event):
            name: ClassVar[str] = " "
