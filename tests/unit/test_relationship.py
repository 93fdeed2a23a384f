"""The relationship: applying, refusing, restoring."""

import pickle
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from attrs import evolve, fields, frozen
from attrs.exceptions import FrozenInstanceError

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Committed,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    DepartureKind,
    DepartureRules,
    Engaged,
    Event,
    EventNotAllowed,
    Initiator,
    InvalidRelationship,
    Ladder,
    Lapsed,
    Link,
    OutOfOrderEvent,
    PurchaseCancelled,
    Purchased,
    Recommended,
    Record,
    Refunded,
    RefundTooHigh,
    Relationship,
    Room,
    ServiceFailed,
    Severity,
    Stay,
    Terminated,
    UnknownEvent,
    UnknownPurchase,
    UnknownState,
    ViewNotDefined,
    replay,
)
from custlife.complaints import OpenComplaint
from custlife.refunds import MOST_REFUNDABLE
from custlife.relationship import fold

T = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return T + timedelta(days=number)


def bought(number, amount="10"):
    return Purchased(at=day(number), amount=Decimal(amount))


BOUGHT = Relationship("C-17").apply(Contacted(at=day(0)), bought(3))
GONE = BOUGHT.apply(Departed(at=day(90), cause=Cause.PRICE, to="Rival Ltd"))
LEFT = GONE.departure
OTHER_RULES = DepartureRules(moment_grace=timedelta(days=14))


@pytest.fixture
def customer():
    return BOUGHT


@pytest.fixture
def departed():
    return GONE


def test_a_new_relationship_is_an_unknown_prospect():
    """Nothing is on record, and the cycle is the first."""
    rel = Relationship("C-17")

    assert rel.state == CUSTOMER_LIFECYCLE.state("potential")
    assert (rel.cycle, rel.since, rel.customer_moment, rel.departure) == (1, None, None, None)
    assert rel.record == Record()


@pytest.mark.parametrize("customer", ["", "  ", None, 17])
def test_a_customer_needs_an_id(customer):
    """A blank id, or one that is no string, is refused."""
    with pytest.raises(InvalidRelationship, match="customer is") as caught:
        Relationship(customer)

    assert (caught.value.field, caught.value.value) == ("customer", customer)


def test_a_relationship_needs_a_lifecycle():
    """Something else in its place is refused."""
    with pytest.raises(InvalidRelationship, match="a Lifecycle"):
        Relationship("C-17", "customer")


def test_the_customer_moment_is_the_first_purchase(customer):
    """Entering the room customer sets the moment, the state and since when."""
    assert customer.customer_moment == customer.since == day(3)
    assert customer.cycle_began == day(0)
    assert customer.state.regions == {"bond": "buyer", "standing": "content"}


def test_a_stay_keeps_since_and_counts(customer):
    """A legal event that changes nothing is recorded."""
    after = customer.apply(Engaged(at=day(4)))

    assert (after.state, after.since) == (customer.state, day(3))
    assert after.record.engagements == 1


def test_the_record_counts_sums_and_dates(customer):
    """Counts by activity, exact revenue, first and last times."""
    rel = customer.apply(bought(5, "0.10"), Complained(at=day(6)))

    record = rel.record
    assert (record.contacts, record.purchases, record.complaints, record.events) == (1, 2, 1, 4)
    assert record.revenue == Decimal("10.10")
    assert (record.first_at, record.last_at) == (day(0), day(6))
    assert (record.first_purchase_at, record.last_purchase_at) == (day(3), day(5))


def test_revenue_is_exact_in_any_decimal_context(customer):
    """The app's own decimal context does not round what is on record."""
    with localcontext() as context:
        context.prec = 3
        rel = customer.apply(bought(5, "123456789.12"))

    assert rel.record.revenue == Decimal("123456799.12")


def test_applying_nothing_gives_an_equal_relationship(customer):
    """No event, no change."""
    assert customer.apply() == customer


def test_all_events_of_one_call_are_accepted_or_none(customer):
    """A refused event in the middle leaves the relationship as it was."""
    before = hash(customer)

    with pytest.raises(EventNotAllowed):
        customer.apply(bought(5), ComplaintSettled(at=day(6)), bought(7))

    assert customer.record.purchases == 1
    assert hash(customer) == before


def test_a_complaint_that_was_never_opened_cannot_be_settled(customer):
    """The error names the state, the reason, its source and what is allowed."""
    with pytest.raises(EventNotAllowed, match="Only a complaint that is open can") as caught:
        customer.apply(ComplaintSettled(at=day(5)))

    error = caught.value
    assert (error.event, error.customer, error.source) == (
        "complaint_settled",
        "C-17",
        "assumption",
    )
    assert error.state == customer.state
    assert error.allowed == customer.allowed


def test_an_event_older_than_the_last_one_is_refused(customer):
    """The error shows both times; an event of the same time is fine."""
    with pytest.raises(OutOfOrderEvent, match="older than the last event of 'C-17'") as caught:
        customer.apply(Engaged(at=day(2)))

    assert (caught.value.at, caught.value.last_at) == (day(2), day(3))
    assert customer.apply(Engaged(at=day(3))).record.events == 3


def test_an_unknown_event_is_refused(customer):
    """An event class that the lifecycle does not mention is no event here."""

    class Sneezed(Event):
        pass

    with pytest.raises(UnknownEvent, match="does not know the event 'sneezed'") as caught:
        customer.apply(Sneezed(at=day(5)))

    assert caught.value.known == CUSTOMER_LIFECYCLE.events


def test_what_is_no_event_is_refused(customer):
    """Anything that is not an Event is refused by name."""
    with pytest.raises(UnknownEvent, match="'purchased' is the name of an event; give an event"):
        customer.apply("purchased")


def test_whoever_left_cannot_be_expected_to_do_what_customers_do(departed):
    """An event after departure that needs a present customer is refused."""
    with pytest.raises(EventNotAllowed, match="We expect to hear nothing"):
        departed.apply(Lapsed(at=day(100)))


def test_a_customer_who_leaves_is_an_erosion(departed):
    """The departure carries what the event said, and where the customer stood."""
    departure = departed.departure

    assert departure.kind is DepartureKind.EROSION
    assert (departure.cause, departure.to, departure.initiator) == (
        Cause.PRICE,
        "Rival Ltd",
        Initiator.CUSTOMER,
    )
    assert (departure.stages_left, departure.cycle, departure.at) == (
        ("buyer", "content"),
        1,
        day(90),
    )
    assert departure.sales_cycle == timedelta(days=3)
    assert not departure.inferred


def test_a_departure_may_be_inferred(customer):
    """What the event concludes instead of observes, the departure says too."""
    gone = customer.apply(Departed(at=day(90), cause=Cause.SILENCE, inferred=True))

    assert gone.departure.inferred


def test_a_prospect_who_leaves_is_a_loss_with_the_sales_cycle_so_far():
    """Without a customer moment the sales cycle lasts until the departure."""
    rel = Relationship("C-17").apply(Engaged(at=day(0)), Departed(at=day(9)))

    assert rel.departure.kind is DepartureKind.LOSS
    assert rel.departure.sales_cycle == timedelta(days=9)


def test_a_departure_as_first_event_has_no_sales_cycle():
    """Nothing came before, so the sales cycle has no length."""
    rel = Relationship("C-17").apply(Departed(at=day(0)))

    assert rel.departure.sales_cycle == timedelta(0)


@pytest.mark.parametrize(
    ("event", "stage", "kind"),
    [
        (Terminated(at=day(9)), "terminated", DepartureKind.TERMINATION),
        (Departed(at=day(9), initiator=Initiator.BOTH), "eroded", DepartureKind.EROSION),
        (Departed(at=day(9), initiator=Initiator.ENTERPRISE), "eroded", DepartureKind.TERMINATION),
    ],
)
def test_the_initiator_decides_whether_it_is_a_termination(customer, event, stage, kind):
    """The kind follows from the room left and the initiator, whatever the stage is called."""
    rel = customer.apply(event)

    assert (rel.state.stage, rel.departure.kind) == (stage, kind)


def test_a_return_begins_a_cycle_and_keeps_the_departure(departed):
    """The cycle number grows, the bond starts anew, the last departure stays on record."""
    back = departed.apply(bought(200))

    assert (back.cycle, back.state.stage, back.customer_moment) == (2, "buyer", day(200))
    assert back.cycle_began == day(200)
    assert back.departure == departed.departure
    assert back.record.purchases == 2


def test_a_return_as_a_visitor_has_no_customer_moment_yet(departed):
    """The customer moment belongs to the cycle."""
    back = departed.apply(Engaged(at=day(200)))

    assert (back.cycle, back.customer_moment, back.state.stage) == (2, None, "visitor")


@pytest.mark.parametrize(
    ("events", "open_complaints"),
    [
        ([Complained(at=day(4))], 1),
        ([Complained(at=day(4)), Complained(at=day(5))], 2),
        ([Complained(at=day(4)), Complained(at=day(5)), ComplaintSettled(at=day(6))], 1),
        ([Complained(at=day(4)), ComplaintIgnored(at=day(6))], 0),
        ([Complained(at=day(4)), Lapsed(at=day(60))], 1),
        ([Complained(at=day(4)), Lapsed(at=day(60)), ComplaintSettled(at=day(61))], 0),
        ([Complained(at=day(4)), Departed(at=day(60)), Complained(at=day(61))], 2),
        ([Complained(at=day(4)), Departed(at=day(60)), ComplaintSettled(at=day(61))], 0),
        ([Complained(at=day(4)), Departed(at=day(60)), ComplaintIgnored(at=day(61))], 0),
        ([Complained(at=day(4)), Departed(at=day(60)), bought(61)], 1),
        ([Complained(at=day(4)), Departed(at=day(60)), Engaged(at=day(61))], 1),
    ],
)
def test_open_complaints_are_those_that_wait_for_an_answer(customer, events, open_complaints):
    """An answer answers one of them, wherever the customer stands by then."""
    assert customer.apply(*events).open_complaints == open_complaints


PUBLIC = Complained(at=day(4), public=True)


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ([PUBLIC], (1, 1)),
        ([PUBLIC, Complained(at=day(5))], (2, 1)),
        ([PUBLIC, ComplaintSettled(at=day(6))], (0, 0)),
        ([PUBLIC, ComplaintIgnored(at=day(6))], (0, 1)),
        ([PUBLIC, ComplaintIgnored(at=day(6)), ComplaintSettled(at=day(7))], (0, 0)),
        ([PUBLIC, Departed(at=day(60)), Engaged(at=day(61))], (1, 1)),
    ],
)
def test_what_was_said_in_public_stays_said_until_it_is_settled(customer, events, counts):
    """To ignore it ends the waiting, and not the dissatisfaction."""
    now = customer.apply(*events)

    assert (now.open_complaints, now.open_public_complaints) == counts


@pytest.mark.parametrize("before", [[], [bought(0)], [bought(0), Departed(at=day(1))]], ids=len)
@pytest.mark.parametrize("answer", [ComplaintSettled, ComplaintIgnored])
def test_an_open_complaint_is_answered_in_every_room(before, answer):
    """The state of a prospect or a former customer does not move; the record does."""
    voiced = Relationship("C-17").apply(*before, Complained(at=day(2)))

    now = voiced.apply(answer(at=day(3)))

    assert now.open_complaints == 0
    assert (now.state == voiced.state) is (now.state.room is not Room.CUSTOMER)
    with pytest.raises(EventNotAllowed, match=r"Only a complaint that .* can be .* \[assumption\]"):
        now.apply(answer(at=day(4)))


@pytest.mark.parametrize("before", [[], [bought(0)], [bought(0), Departed(at=day(1))]], ids=len)
def test_answers_are_allowed_only_while_a_complaint_is_open(before):
    """So the names of the allowed events say."""
    quiet = Relationship("C-17").apply(*before)

    loud = quiet.apply(Complained(at=day(2)))

    answers = {"complaint_settled", "complaint_ignored"}
    assert not answers & {*quiet.allowed}
    assert answers <= {*loud.allowed}


def test_a_cause_that_is_learnt_judges_the_last_departure_anew(customer):
    """What was believed before stays readable, there and in the relationship of before."""
    gone = customer.apply(Departed(at=day(90)))

    later = gone.apply(CauseLearnt(at=day(99), cause=Cause.CEASED, reason="obituary"))

    assert (gone.departure.kind, later.departure.kind) == (
        DepartureKind.EROSION,
        DepartureKind.INCIDENTAL,
    )
    assert later.departure.reason == "obituary"
    assert later.departure.first_believed == gone.departure
    assert later.state == gone.state
    assert later.record.others == gone.record.others + 1


@pytest.mark.parametrize("before", [[], [bought(3)], [Departed(at=day(1)), bought(3)]], ids=len)
def test_no_cause_is_learnt_where_nobody_is_gone(before):
    """The event is refused, and nothing changes."""
    now = Relationship("C-17").apply(*before)

    with pytest.raises(EventNotAllowed, match="Nobody is gone whose cause could be learnt"):
        now.apply(CauseLearnt(at=day(99), cause=Cause.PRICE))


def test_no_cause_is_learnt_without_a_departure_on_record():
    """Even where a lifecycle of the app's own would allow it."""
    lifecycle = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            *(rule for rule in CUSTOMER_LIFECYCLE.rules if rule.on != "cause_learnt"),
            Stay(CauseLearnt, at=["prospect", "customer", "former"], sentence="Noted."),
        ],
    )

    with pytest.raises(EventNotAllowed, match="Nobody is gone") as caught:
        Relationship("C-17", lifecycle).apply(CauseLearnt(at=day(9), cause=Cause.PRICE))

    assert "cause_learnt" not in caught.value.allowed
    assert caught.value.source == "assumption"
    early = [CauseLearnt(at=day(9), cause=Cause.PRICE), bought(10)]
    journey = replay(early, customer="C-17", lifecycle=lifecycle, on_rejected="collect")
    assert [rejection.position for rejection in journey.rejected] == [0]
    assert str(journey.relationship.state) == "buyer+content"


@pytest.mark.parametrize(
    ("before", "sales_cycle"),
    [
        ([bought(3)], None),
        ([Contacted(at=day(1)), bought(3)], timedelta(days=2)),
        ([Contacted(at=day(1))], timedelta(days=89)),
        ([], timedelta(0)),
        ([bought(3), Departed(at=day(9)), bought(20)], None),
        ([bought(3), Departed(at=day(9)), Engaged(at=day(20)), bought(25)], timedelta(days=5)),
    ],
)
def test_the_sales_cycle_is_unknown_where_the_cycle_began_with_the_purchase(before, sales_cycle):
    """Whatever went before it is not on record; without a purchase it lasts until the loss."""
    gone = Relationship("C-17").apply(*before, Departed(at=day(90)))

    assert gone.departure.sales_cycle == sales_cycle


def test_a_departure_knows_what_was_built_up(customer):
    """Tenure over all cycles, revenue and purchases, as they were when the person left."""
    gone = customer.apply(
        Departed(at=day(90)), bought(100), bought(150), Departed(at=day(200), key_customer=True)
    )

    assert gone.departure.tenure == timedelta(days=197)
    assert gone.departure.after_moment == timedelta(days=100)
    assert (gone.departure.purchases, gone.departure.revenue) == (3, gone.record.revenue)
    assert gone.departure.key_customer is True
    assert gone.first_customer_moment == day(3)


def test_the_first_customer_moment_is_that_of_any_cycle(customer):
    """None before there was one."""
    assert Relationship("C-17").first_customer_moment is None
    assert customer.first_customer_moment == customer.customer_moment == day(3)
    assert customer.apply(Departed(at=day(4)), bought(9)).first_customer_moment == day(3)


def test_service_failures_and_commitments_are_on_record(customer):
    """A failure moves nobody, and its last time is kept."""
    failed = customer.apply(ServiceFailed(at=day(5), link=Link.BILLING), ServiceFailed(at=day(7)))

    committed = failed.apply(Committed(at=day(8)))

    assert failed.state == customer.state
    assert (failed.record.service_failures, failed.record.last_failure_at) == (2, day(7))
    assert (committed.record.commitments, committed.state) == (1, customer.state)
    assert "1 commitment and 2 service failures" in str(committed.record)


@pytest.mark.parametrize(
    ("event", "bond"),
    [
        (bought(61), "regular"),
        (Recommended(at=day(61)), "advocate"),
        (Committed(at=day(61)), "advocate"),
    ],
)
def test_loyalty_that_wore_away_is_earned_again(customer, event, bond):
    """An advocate who is eroding and buys again is a regular."""
    eroding = customer.apply(bought(4), Recommended(at=day(5)), Lapsed(at=day(60)))

    assert eroding.state.regions["bond"] == "advocate"
    assert eroding.apply(event).state.regions["bond"] == bond


def test_a_departure_event_of_the_apps_own_says_what_it_can():
    """Cause and initiator come from the event; what it does not say is unknown."""

    @frozen(kw_only=True)
    class Cancelled(Event):
        initiator: Initiator = Initiator.BOTH

    leaving = next(
        rule for rule in CUSTOMER_LIFECYCLE.rules if str(rule) == "departed: customer -> eroded"
    )
    lifecycle = evolve(
        CUSTOMER_LIFECYCLE,
        rules=[
            *CUSTOMER_LIFECYCLE.rules,
            evolve(leaving, on="cancelled"),
        ],
    )

    rel = Relationship("C-17", lifecycle).apply(bought(0), Cancelled(at=day(9)))

    assert rel.departure.initiator is Initiator.BOTH
    assert (rel.departure.cause, rel.departure.to) == (Cause.UNKNOWN, None)


def test_a_departure_event_with_a_wrong_cause_is_refused_and_changes_nothing():
    """An app's own event class that names no Cause gets a clear error."""
    rel = Relationship("C-17")

    with pytest.raises(InvalidRelationship, match="departure by 'departed': cause is 'boredom'"):
        rel.apply(Left(at=day(0)))

    assert rel == Relationship("C-17")


def test_the_departure_rules_of_the_relationship_judges_its_departures():
    """An app's own number decides what is large."""
    rules = DepartureRules(deal_size_steps=Decimal(5))
    departing = Departed(at=day(0), deal_size=Decimal(5))

    severities = [
        Relationship("C-17", departure_rules=p).apply(departing).departure.severity
        for p in (rules, DepartureRules())
    ]

    assert severities == [Severity.UNWELCOME, Severity.TOLERABLE]


def test_a_view_that_the_lifecycle_lacks_is_a_clear_error(customer):
    """The error says which views there are."""
    with pytest.raises(ViewNotDefined, match="Ladder, Phase and Process") as caught:
        customer.view(Cause)

    assert caught.value.view == "Cause"
    assert customer.view(Ladder) is Ladder.BUYER


def test_relationships_are_values(customer):
    """Equal histories give equal, hashable, picklable, immutable relationships."""
    twin = Relationship("C-17").apply(Contacted(at=day(0)), bought(3))

    assert customer == twin == pickle.loads(pickle.dumps(customer))
    assert len({customer, twin}) == 1
    with pytest.raises(AttributeError):
        customer.cycle = 2


@pytest.mark.parametrize("change", [{"name": "other"}, {"views": ()}], ids=str)
def test_relationships_of_different_lifecycles_differ(change):
    """The lifecycle is part of the value, its rules and views included."""
    other = evolve(CUSTOMER_LIFECYCLE, **change)

    assert Relationship("C-17") != Relationship("C-17", other)
    assert hash(Relationship("C-17")) != hash(Relationship("C-17", other))


def fields_of(rel):
    names = (
        "customer",
        "state",
        "record",
        "entered",
        "cycle",
        "cycle_began",
        "customer_moment",
        "complaints",
        "refundable",
        "paused_at",
        "paused",
        "paused_before",
        "departure",
    )
    return {name: getattr(rel, name) for name in names}


def test_a_restored_relationship_goes_on_like_the_original(departed):
    """Kept in columns of the app's own, restored, and advanced."""
    restored = Relationship.restore(**fields_of(departed))

    assert restored == departed
    assert restored.apply(bought(200)) == departed.apply(bought(200))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer": " "}, "customer"),
        ({"cycle": 0}, "cycle"),
        ({"cycle": True}, "cycle"),
        ({"cycle": 2}, "departure"),
        ({"departure": None}, "departure"),
        ({"departure": "price"}, "departure"),
        ({"customer_moment": None}, "customer_moment"),
        ({"state": CUSTOMER_LIFECYCLE.state("regular", "content")}, "departure"),
        ({"entered": [None]}, "entered"),
        ({"entered": [day(90), day(90)]}, "entered"),
        ({"entered": day(90)}, "entered"),
        ({"cycle_began": None}, "cycle_began"),
        ({"entered": [datetime(2026, 1, 1)]}, "entered"),  # noqa: DTZ001 - naive on purpose
        ({"complaints": 1}, "complaints"),
        ({"complaints": ["c1"]}, "complaints"),
        ({"complaints": [OpenComplaint(day(1))]}, "complaints"),
        ({"refundable": "x"}, "refundable"),
        ({"refundable": [("p1",)]}, "refundable"),
        ({"refundable": [("p1", 5.0)]}, "refundable"),
        ({"refundable": [("p1", Decimal(12))]}, "refundable"),
        ({"refundable": [("p1", Decimal(1))] * 2}, "refundable"),
        ({"paused_at": day(91)}, "paused_at"),
        ({"paused_at": day(1)}, "paused_at"),
        ({"paused": timedelta(days=-1)}, "paused"),
        ({"paused": timedelta(days=91)}, "paused"),
        ({"paused_before": timedelta(days=-1)}, "paused_before"),
        ({"paused_before": timedelta(days=1)}, "paused_before"),
        ({"customer_moment": day(4)}, "customer_moment"),
        ({"cycle_began": day(-1)}, "cycle_began"),
        ({"cycle_began": day(4)}, "customer_moment"),
        ({"customer_moment": day(91)}, "customer_moment"),
        ({"entered": [day(91)]}, "entered"),
        ({"entered": [day(-1)]}, "entered"),
        ({"record": {}}, "record"),
        ({"record": BOUGHT.record}, "entered"),
        ({"departure": evolve(LEFT, at=day(91))}, "departure.at"),
        ({"departure": evolve(LEFT, sales_cycle=timedelta(days=91))}, "departure.sales_cycle"),
        ({"departure": evolve(LEFT, rules=OTHER_RULES)}, "departure.rules"),
        ({"departure_rules": OTHER_RULES}, "departure.rules"),
        (
            {
                "departure": evolve(
                    LEFT, learnt_at=day(90), first_believed=evolve(LEFT, rules=OTHER_RULES)
                )
            },
            "departure.first_believed",
        ),
        ({"departure": evolve(LEFT, revenue=Decimal("11.78"))}, "departure.revenue"),
        ({"departure": evolve(LEFT, purchases=2)}, "departure.purchases"),
        (
            {"departure": evolve(LEFT, learnt_at=day(91), first_believed=LEFT)},
            "departure.learnt_at",
        ),
        ({"departure": evolve(LEFT, cycle=5), "cycle": 5}, "cycle"),
        ({"departure": evolve(LEFT, purchases=0)}, "departure.revenue"),
        ({"departure": evolve(LEFT, stages_left=("nope",))}, "departure.stages_left"),
        ({"departure": evolve(LEFT, stages_left=("visitor",))}, "departure.stages_left"),
    ],
)
def test_stored_fields_that_contradict_each_other_are_refused(departed, change, field):
    """The error names the field that does not fit."""
    with pytest.raises(InvalidRelationship) as caught:
        Relationship.restore(**{**fields_of(departed), **change})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purchases": -1}, "record.purchases"),
        ({"revenue": Decimal("NaN")}, "record.revenue"),
        ({"refunded": Decimal("NaN")}, "record.refunded"),
        ({"refunded": Decimal(1)}, "record.refunded"),
        ({"first_at": None}, "record.first_at"),
        ({"first_purchase_at": day(-1)}, "record.first_purchase_at"),
        ({"last_purchase_at": day(91)}, "record.last_purchase_at"),
        ({"revenue": Decimal("1e46")}, "record.revenue"),
        ({"last_purchase_at": None}, "record.last_purchase_at"),
        ({"first_at": day(91)}, "record.first_at"),
        ({"purchases": 0}, "record.first_purchase_at"),
        (
            {"purchases": 0, "first_purchase_at": None, "last_purchase_at": None},
            "record.revenue",
        ),
        ({"last_at": datetime(2026, 1, 1)}, "record.last_at"),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_stored_record_that_cannot_be_is_refused(departed, change, field):
    """Counts, sums and times of the record must fit each other."""
    record = evolve(departed.record, **change)

    with pytest.raises(InvalidRelationship) as caught:
        Relationship.restore(**{**fields_of(departed), "record": record})

    assert caught.value.field == field


def test_a_relationship_has_had_the_events_that_its_cycles_take():
    """Each cycle ends with an event, and the next one begins with one."""
    back = GONE.apply(bought(91))
    departure = evolve(LEFT, cycle=3)

    with pytest.raises(
        InvalidRelationship, match="at most 3: each cycle ends and begins"
    ) as caught:
        Relationship.restore(**{**fields_of(back), "departure": departure, "cycle": 4})

    assert Relationship.restore(**fields_of(back)) == back
    assert caught.value.field == "cycle"


def test_a_judgement_by_other_rules_changes_the_departure_and_nothing_else():
    """What was believed at first is judged anew, too."""
    learnt = GONE.apply(CauseLearnt(at=day(95), cause=Cause.PRICE))

    judged = learnt.judged_by(OTHER_RULES)

    assert judged.departure == learnt.departure.judged_by(OTHER_RULES)
    assert judged.departure.first_believed.rules == judged.departure_rules == OTHER_RULES
    assert judged.judged_by(learnt.departure_rules) == learnt


def test_rules_that_are_none_judge_nothing():
    """Also where there is no departure."""
    with pytest.raises(InvalidRelationship, match="rules is None, but must be a DepartureRules"):
        Relationship("C-17").judged_by(None)


def test_nobody_was_a_customer_before_the_first_event_on_record():
    """Tenure would grow by time that nobody has seen."""
    twice = GONE.apply(bought(91), Departed(at=day(95)))
    early = evolve(twice.departure, first_customer_moment=day(-1))

    with pytest.raises(
        InvalidRelationship, match=r"no more than departure\.first_customer"
    ) as caught:
        Relationship.restore(**{**fields_of(twice), "departure": early})

    assert caught.value.field == "record.first_at"


def test_a_cause_that_was_learnt_after_a_return_is_refused():
    """Only while the person is gone is it told."""
    back = GONE.apply(bought(91), bought(95))
    late = evolve(LEFT, learnt_at=day(92), first_believed=LEFT)

    with pytest.raises(InvalidRelationship, match="no more than cycle_began") as caught:
        Relationship.restore(**{**fields_of(back), "departure": late})

    assert caught.value.field == "departure.learnt_at"


def test_a_stored_prospect_has_no_customer_moment():
    """A moment without a customer stage in this cycle is refused."""
    prospect = Relationship("C-17").apply(Contacted(at=day(0)))

    with pytest.raises(InvalidRelationship, match="no customer stage was entered"):
        Relationship.restore(**{**fields_of(prospect), "customer_moment": day(0)})


def test_a_stored_state_that_the_lifecycle_does_not_know_is_refused(departed):
    """A state of another lifecycle is an UnknownState."""
    finer = CUSTOMER_LIFECYCLE.refine("lost", ["quietly"])

    with pytest.raises(UnknownState, match="does not know quietly"):
        Relationship.restore(**{**fields_of(departed), "state": finer.state("quietly")})


@frozen(kw_only=True)
class Left(Event):
    """A departure event of an app's own, with a cause that is no Cause."""

    name = "departed"
    cause: str = "boredom"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ("purchased", UnknownEvent),
        (Engaged(at=day(1)), OutOfOrderEvent),
        (ComplaintSettled(at=day(9)), EventNotAllowed),
        (Left(at=day(9)), InvalidRelationship),
    ],
)
def test_folding_goes_on_after_a_refusal_that_is_only_noted(customer, event, error):
    """The refused event is left out, and the one after it is taken."""
    refused = []

    after, departures = fold(
        customer, [event, bought(10)], lambda *refusal: refused.append(refusal)
    )

    assert [(who, type(why)) for who, why in refused] == [(event, error)]
    assert after == customer.apply(bought(10))
    assert departures == []


def test_a_customer_moment_after_the_last_event_is_refused(customer):
    """Nothing on record could have made it."""
    with pytest.raises(InvalidRelationship, match=r"record\.last_at is .* no earlier than"):
        Relationship.restore(**{**fields_of(customer), "customer_moment": day(4)})


def test_a_relationship_explains_what_was_said_in_public(customer):
    """Beside the complaints that wait."""
    now = customer.apply(PUBLIC, ComplaintIgnored(at=day(5)))

    assert "Open complaints: 0, and 1 in public not settled [IMH-9]" in now.explain()


@pytest.mark.parametrize(
    ("complaints", "rule"),
    [
        ([OpenComplaint(day(0))] * 2, "complaints is 2, but must be at most 1, which were voiced"),
        ([OpenComplaint(day(-1))], "must be the oldest first, between record.first_at and"),
        ([OpenComplaint(day(1))], "must be the oldest first, between record.first_at and"),
    ],
    ids=["more than voiced", "before the first event", "after the last"],
)
def test_stored_complaints_were_voiced_at_some_time_on_record(complaints, rule):
    """No more of them, and no other ones."""
    prospect = Relationship("C-17").apply(Complained(at=day(0)))

    with pytest.raises(InvalidRelationship, match=rule):
        Relationship.restore(**{**fields_of(prospect), "complaints": complaints})


def test_unpickled_relationships_share_one_lifecycle():
    """However often the lifecycle travels, it is kept once."""
    one, other = (pickle.loads(pickle.dumps(Relationship(name))) for name in ("a", "b"))

    assert one.lifecycle is other.lifecycle
    assert one == Relationship("a")


@pytest.fixture
def returned():
    """A customer who bought, complained, left and came back to buy again."""
    return Relationship("C-17").apply(
        bought(0),
        Complained(at=day(1)),
        Departed(at=day(2), cause=Cause.PRICE),
        bought(3),
        Complained(at=day(4)),
    )


def test_a_relationship_explains_why_it_is_as_it_is(returned):
    """State, stages, customer moment, record, complaints, last departure and what may come."""
    assert returned.explain().splitlines() == [
        "'C-17' is in customer (bond: buyer, standing: in_conflict) since 2026-01-05, in cycle 2.",
        *[
            f"{name}: {stage.sentence} [{stage.source}]"
            for name in ("buyer", "in_conflict")
            for stage in [CUSTOMER_LIFECYCLE.places.by_name[name].stage]
        ],
        "Customer moment: 2026-01-04 [IMH-3]",
        "On record: 1 other event, 2 purchases and 2 complaints from 2026-01-01 to 2026-01-05, "
        "revenue 20",
        "Open complaints: 2",
        "Last departure: erosion on 2026-01-03, serious, cause price",
        "Allowed next: " + ", ".join(returned.allowed[:-1]) + " and terminated",
    ]


def test_a_relationship_is_shown_in_one_line(returned):
    """Customer, state, cycle and purchases; a long id is cut."""
    assert repr(returned) == "<Relationship C-17: buyer+in_conflict, cycle 2, 2 purchases>"
    assert str(returned) == "C-17: buyer+in_conflict, cycle 2, 2 purchases"
    assert "1 purchase>" in repr(Relationship("C-17").apply(bought(0)))
    assert len(repr(Relationship("C" * 10_000_000))) < 200
    assert repr(Relationship("C\n\x1b[31m")).startswith(r"<Relationship C\n\x1b[31m: potential")


def test_a_notebook_shows_a_relationship_as_a_table(returned):
    """Its line, and what it explains; the customer's id is escaped."""
    html = returned._repr_html_()

    assert "<p>C-17: buyer+in_conflict, cycle 2, 2 purchases</p>" in html
    assert "<td>Open complaints</td><td>2</td>" in html
    assert "&lt;b&gt;" in Relationship("<b>")._repr_html_()


def test_the_class_of_an_event_is_no_event():
    """The error says what to give instead."""
    with pytest.raises(UnknownEvent, match="give an event, not its class"):
        Relationship("C-17").apply(Engaged)


class Int64:
    """A whole number of another library."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


def test_counts_of_another_library_are_restored_as_whole_numbers(returned):
    """From the columns of a data frame, for example."""
    record = evolve(returned.record, purchases=Int64(2), complaints=Int64(2))

    restored = Relationship.restore(
        "C-17",
        state=returned.state,
        record=record,
        entered=returned.entered,
        cycle=Int64(2),
        cycle_began=returned.cycle_began,
        customer_moment=returned.customer_moment,
        complaints=returned.complaints,
        departure=returned.departure,
    )

    assert restored == returned
    assert type(restored.record.purchases) is int


@pytest.mark.parametrize("count", ["x", [], None, True, -1], ids=repr)
def test_a_stored_count_that_is_no_whole_number_is_refused(count):
    """The error names the field of the record."""
    with pytest.raises(InvalidRelationship, match=r"record\.purchases"):
        Relationship.restore(
            "C-17", state=Relationship("C-17").state, record=Record(purchases=count)
        )


# --- money back ----------------------------------------------------------------------------------


PAID = Relationship("C-17").apply(
    Purchased(at=day(0), amount=10, id="p1"),
    Purchased(at=day(1), amount=5),
    Purchased(at=day(2), amount=Decimal("7.50"), id="p2"),
)


def refund(amount, purchase=None, at=9):
    return Refunded(at=day(at), amount=Decimal(amount), purchase=purchase)


@pytest.mark.parametrize(
    ("refunds", "revenue", "rests"),
    [
        ([refund(4)], "18.50", [10, Decimal("7.50")]),
        ([refund("22.50")], "0", [10, Decimal("7.50")]),
        ([refund(4, "p1")], "18.50", [6, Decimal("7.50")]),
        ([refund(4, "p1"), refund(6, "p1")], "12.50", [0, Decimal("7.50")]),
        ([refund("7.50", "p2"), refund(15)], "0", [10, 0]),
        ([refund(0, "p2")], "22.50", [10, Decimal("7.50")]),
    ],
    ids=["some", "all", "of p1", "p1 in two", "p2 and the rest", "nothing"],
)
def test_a_refund_lowers_the_revenue_and_leaves_the_purchases(refunds, revenue, rests):
    """Net and gross are both on record."""
    now = PAID.apply(*refunds)

    assert now.record.revenue == Decimal(revenue)
    assert now.record.gross_revenue == Decimal("22.50")
    assert (now.record.purchases, now.record.refunds) == (3, len(refunds))
    assert now.state == PAID.state
    assert [rest for _, rest in now.refundable] == rests


@pytest.mark.parametrize(
    ("before", "last", "rest"),
    [
        ([], refund("22.51"), "22.50"),
        ([], refund(11, "p1"), "10"),
        ([refund(4, "p1")], refund(7, "p1"), "6"),
        ([refund(10, "p1")], refund("0.01", "p1"), "0"),
        ([refund(20)], refund(3, "p1"), "2.50"),
    ],
    ids=["of all", "of one", "of the rest", "of nothing left", "of what is left of all"],
)
def test_no_more_goes_back_than_was_paid(before, last, rest):
    """For the purchase that is named, and for all of them; the error says what is left."""
    paid = PAID.apply(*before)

    with pytest.raises(RefundTooHigh) as caught:
        paid.apply(last)

    assert (caught.value.amount, caught.value.rest) == (last.amount, Decimal(rest))
    assert paid == PAID.apply(*before)


def test_a_refund_of_an_unknown_purchase_is_refused():
    """The error names those that can be refunded."""
    with pytest.raises(UnknownPurchase) as caught:
        PAID.apply(refund(1, "p9"))

    assert (caught.value.purchase, caught.value.known) == ("p9", ("p1", "p2"))


def test_a_purchase_in_parts_is_refunded_as_one():
    """Where an app gives two payments one id."""
    parts = PAID.apply(Purchased(at=day(3), amount=5, id="p1"))

    now = parts.apply(refund(15, "p1"))

    assert now.refundable == (("p2", Decimal("7.50")), ("p1", Decimal(0)))


def test_a_purchase_in_parts_may_be_larger_than_one_amount_can_be():
    """Its rest is a sum, and is restored as one."""
    part = Purchased(at=day(0), amount=10**18 - 1, id="p1")
    rich = Relationship("C-17").apply(part, part)

    assert Relationship.restore(**fields_of(rich)) == rich


def test_the_latest_purchases_are_kept_by_id():
    """An older one is refunded without its name."""
    many = [Purchased(at=day(n), amount=1, id=f"p{n}") for n in range(MOST_REFUNDABLE + 1)]
    regular = Relationship("C-17").apply(*many)

    with pytest.raises(UnknownPurchase, match="The last 32 purchases with an id can: p1, p2"):
        regular.apply(refund(1, "p0", at=40))

    assert len(regular.refundable) == MOST_REFUNDABLE
    assert regular.apply(refund(1, at=40)).record.revenue == MOST_REFUNDABLE


def test_severity_looks_at_what_is_left_after_refunds():
    """A departure keeps the net revenue of that day, whatever is refunded later."""
    gone = PAID.apply(refund(4), Departed(at=day(10)))

    later = gone.apply(refund("18.50", at=11))

    assert gone.departure.revenue == Decimal("18.50")
    assert later.departure == gone.departure
    assert Relationship.restore(**fields_of(later)) == later


def test_a_purchase_is_not_cancelled_without_its_history():
    """A relationship keeps none; the error says so."""
    with pytest.raises(EventNotAllowed, match="strikes a purchase out of the history") as caught:
        PAID.apply(PurchaseCancelled(at=day(3), purchase="p1"))

    assert caught.value.event == "purchase_cancelled"
    assert "purchased" in caught.value.allowed


# --- events of the app's own ---------------------------------------------------------------------


@frozen(kw_only=True)
class Renewed(Purchased):
    """A purchase that extends a contract."""

    months: int = 12


@frozen(kw_only=True)
class Dunned(ComplaintIgnored):
    """We sent a reminder where an answer was due."""


def test_an_event_of_the_app_is_handled_by_the_rules_of_its_parent(customer):
    """In a lifecycle that does not name it; it counts as what its parent is."""
    now = customer.apply(Renewed(at=day(9), amount=60, months=24))

    assert now.state == customer.apply(Purchased(at=day(9), amount=60)).state
    assert now.record == customer.apply(Purchased(at=day(9), amount=60)).record


def test_a_rule_for_the_event_itself_comes_first(customer):
    """The parent's rules hold where there is none."""
    stay = Stay(Renewed, at="customer", sentence="The contract goes on.")
    contracts = evolve(CUSTOMER_LIFECYCLE, rules=[*CUSTOMER_LIFECYCLE.rules, stay])
    buyer = Relationship("C-17", contracts).apply(bought(0))

    assert buyer.apply(Renewed(at=day(9), amount=60)).state.is_in("buyer")


def test_a_refused_event_of_the_app_is_called_by_its_own_name(customer):
    """The rule is that of its parent."""
    with pytest.raises(
        EventNotAllowed, match=r"'dunned' is not allowed .* can be ignored"
    ) as caught:
        customer.apply(Dunned(at=day(9)))

    assert caught.value.event == "dunned"


def test_a_relationship_is_renamed():
    """All else stays as it is."""
    renamed = PAID.rename("C-18")

    assert renamed == Relationship("C-18").apply(
        Purchased(at=day(0), amount=10, id="p1"),
        Purchased(at=day(1), amount=5),
        Purchased(at=day(2), amount=Decimal("7.50"), id="p2"),
    )
    assert PAID.customer == "C-17"


@pytest.mark.parametrize("customer_id", [" ", None, 7], ids=repr)
def test_a_customer_id_is_no_blank(customer_id):
    """As when the relationship is made."""
    with pytest.raises(InvalidRelationship, match="relationship: customer is"):
        PAID.rename(customer_id)


@pytest.mark.parametrize(
    "twin",
    [
        copy(PAID),
        pickle.loads(pickle.dumps(PAID)),
        PAID.judged_by(PAID.departure_rules),
        Relationship.restore(**{one.name: getattr(PAID, one.name) for one in fields(Relationship)}),
    ],
    ids=["copied", "unpickled", "judged", "restored"],
)
def test_a_relationship_goes_on_as_the_one_it_was_made_of(twin):
    """What the last `apply` left behind speeds the next one up, and is not needed."""
    assert twin.apply(Engaged(at=day(9))) == PAID.apply(Engaged(at=day(9)))


def test_what_is_written_as_a_draft_is_frozen():
    """No field of the result can be set, and it is one of its class in every way."""
    now = PAID.apply(Engaged(at=day(9)))

    assert (type(now), type(now.record)) == (Relationship, Record)
    assert pickle.loads(pickle.dumps(now)) == copy(now) == now
    for frozen_one in (now, now.record):
        with pytest.raises(FrozenInstanceError):
            frozen_one.customer = "C-18"
