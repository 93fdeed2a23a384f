"""Several offerings of one customer: what an event concerns, and what becomes of the customer."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis.vendor.pretty import pretty
from tests.unit.lifecycle.builders import move, stage, stay

from custlife import (
    CUSTOMER_LIFECYCLE,
    UNNAMED_OFFERING,
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
    IdReused,
    InvalidArgument,
    InvalidEvent,
    InvalidMoment,
    InvalidRelationship,
    Lapsed,
    Lifecycle,
    Paused,
    PurchaseCancelled,
    Purchased,
    Refunded,
    RefundTooHigh,
    Resumed,
    Room,
    Severity,
    Terminated,
    UnclearOffering,
    UnknownEvent,
    UnknownEventId,
    replay,
    replay_account,
    with_pause,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    """A moment so many days after the beginning."""
    return BEGIN + timedelta(days=number)


def bought(number, offering=None, amount=5):
    """A purchase on a day."""
    return Purchased(at=day(number), amount=amount, offering=offering)


def left(number, offering=None, cause=Cause.UNKNOWN):
    """A departure on a day."""
    return Departed(at=day(number), offering=offering, cause=cause)


def account(*events, **options):
    """The account of these events, of which none may be refused unless they are collected."""
    return replay_account(events, customer="C-1", **options)


def cycles(one):
    """The cycle of each offering."""
    return {name: journey.relationship.cycle for name, journey in one.offerings.items()}


def where(one):
    """The state of each offering."""
    return {name: str(journey.relationship.state) for name, journey in one.offerings.items()}


TWO = (bought(0, "a"), bought(1, "b"))
THREE = (*TWO, bought(2, "c"))


# One relationship for each offering, and one overall.


def test_each_offering_has_a_relationship_of_its_own():
    """Made of the events that name it."""
    one = account(*TWO, bought(2, "a"))

    assert where(one) == {"a": "regular+content", "b": "buyer+content"}
    assert one.offerings["a"].relationship.record.purchases == 2
    assert one.offerings["b"] == replay([TWO[1]], customer="C-1")


def test_the_second_purchase_makes_a_regular_of_the_customer_whatever_was_bought():
    """The overall relationship takes the events as if there were one offering."""
    one = account(*TWO)

    assert str(one.relationship.state) == "regular+content"
    assert one.relationship == replay(TWO, customer="C-1").relationship


def test_the_offerings_can_be_read_and_not_written():
    """The mapping is a view."""
    one = account(*TWO)

    with pytest.raises(TypeError, match="does not support item assignment"):
        one.offerings["c"] = one.offerings["a"]


def test_an_account_is_a_value():
    """It can be hashed, copied and pickled, also once its offerings have been read."""
    one = account(*TWO, left(2, "b"))
    names = [*one.offerings]

    again = pickle.loads(pickle.dumps(one))

    assert again == one == copy.copy(one)
    assert hash(again) == hash(one)
    assert [*again.offerings] == names


# Partial departures and returns.


def test_to_drop_one_of_two_offerings_is_no_departure_of_the_customer():
    """It is on record with its kind and severity, on that offering."""
    one = account(*TWO, left(90, "b", Cause.PRICE))

    ((name, departure),) = one.partial_departures
    assert (name, departure.kind, departure.severity) == (
        "b",
        DepartureKind.EROSION,
        Severity.SERIOUS,
    )
    assert departure == one.offerings["b"].relationship.departure
    assert (one.departures, one.relationship.departure) == ((), None)
    assert (one.held, one.left) == (("a",), ("b",))
    assert str(one.relationship.state) == "regular+content"


def test_a_partial_departure_counts_in_the_overall_record():
    """Every accepted event does."""
    one = account(*TWO, left(90, "b"))

    assert one.relationship.record.events == 3
    assert one.relationship.record.last_at == day(90)


def test_the_departure_from_the_last_offering_is_that_of_the_customer():
    """With what was built up over all of them."""
    one = account(*TWO, left(90, "b"), left(100, "a", Cause.PRICE))

    (departure,) = one.departures
    assert (departure.at, departure.cause, departure.purchases) == (day(100), Cause.PRICE, 2)
    assert departure.revenue == Decimal(10)
    assert [name for name, _ in one.partial_departures] == ["b"]
    assert one.relationship.state.room is Room.FORMER


def test_to_return_to_a_dropped_offering_is_no_return_of_the_customer():
    """It is the second cycle of the offering, and still the first of the customer."""
    one = account(*TWO, left(90, "b"), bought(200, "b"))

    assert cycles(one) == {"a": 1, "b": 2}
    assert one.relationship.cycle == 1
    assert one.relationship.customer_moment == day(0)


def test_to_return_after_the_last_offering_was_left_is_a_return_of_the_customer():
    """By another offering, too, whose own cycle is the first."""
    one = account(bought(0, "a"), left(90, "a"), bought(200, "b"))

    assert cycles(one) == {"a": 1, "b": 1}
    assert (one.relationship.cycle, one.relationship.cycle_began) == (2, day(200))


def test_a_prospect_who_declines_one_of_two_offerings_is_not_lost():
    """As long as the other is pursued."""
    pursued = (Engaged(at=day(0), offering="a"), Engaged(at=day(1), offering="b"))

    one, none = account(*pursued, left(2, "b")), account(*pursued, left(2, "b"), left(3, "a"))

    assert (one.relationship.state.stage, one.departures) == ("visitor", ())
    assert [(name, gone.kind) for name, gone in one.partial_departures] == [
        ("b", DepartureKind.LOSS)
    ]
    assert [gone.at for gone in none.departures] == [day(3)]


def test_a_customer_who_left_all_that_they_held_is_former_though_another_is_pursued():
    """To pursue an offering makes no customer; to buy it is a return."""
    history = (bought(0, "a"), Engaged(at=day(1), offering="b"), left(2, "a"))

    gone, back = account(*history), account(*history, bought(3, "b"))

    assert (gone.relationship.state.stage, where(gone)["b"]) == ("eroded", "visitor")
    assert (back.relationship.cycle, cycles(back)) == (2, {"a": 1, "b": 1})


def test_the_enterprise_can_end_one_offering():
    """Which is a partial departure of its kind."""
    one = account(*TWO, Terminated(at=day(9), offering="a"))

    assert [gone.kind for _, gone in one.partial_departures] == [DepartureKind.TERMINATION]
    assert one.relationship.state.room is Room.CUSTOMER


def test_the_loss_of_a_key_offering_is_the_loss_of_the_customer():
    """Where the app declares it; what is bought then is a return."""
    history = (*TWO, left(90, "a"))

    gone = account(*history, key_offerings=["a"])
    back = account(*history, bought(100, "b"), key_offerings=["a"])

    assert (gone.relationship.state.stage, gone.held) == ("eroded", ("b",))
    assert [departure.at for departure in gone.departures] == [day(90)]
    assert gone.partial_departures == ()
    assert (back.relationship.state.stage, back.relationship.cycle) == ("buyer", 2)


def test_an_offering_left_after_the_key_offering_is_a_partial_departure():
    """The customer is gone already."""
    one = account(*TWO, left(90, "a"), left(91, "b"), key_offerings=["a"])

    assert [gone.at for gone in one.departures] == [day(90)]
    assert [(name, gone.at) for name, gone in one.partial_departures] == [("b", day(91))]


def test_to_decline_a_key_offering_that_was_never_held_loses_no_customer():
    """There was nothing of it to lose."""
    declined = (bought(0, "b"), Engaged(at=day(1), offering="a"), left(2, "a"))

    one = account(*declined, key_offerings=["a"])

    assert one.relationship.state.room is Room.CUSTOMER


# Events without an offering.


def test_a_history_that_names_no_offering_is_one_unnamed_offering():
    """The account is then its relationship."""
    events = [Engaged(at=day(0)), bought(1), bought(2), left(3), bought(4)]

    one = account(*events)

    assert one.offerings == {UNNAMED_OFFERING: replay(events, customer="C-1")}
    assert one.relationship == one.offerings[UNNAMED_OFFERING].relationship


def test_the_first_offering_that_is_named_takes_what_happened_before_it():
    """So that the sale is measured from the first contact; the second offering begins anew."""
    one = account(Contacted(at=day(0)), Engaged(at=day(2)), bought(9, "a"), bought(10, "b"))

    assert one.concerned == (("a",), ("a",), ("a",), ("b",))
    assert one.as_of(day(2)).held == ()
    assert [*one.as_of(day(2)).offerings] == [UNNAMED_OFFERING]


def test_what_was_bought_without_a_name_stays_an_offering_of_its_own():
    """Nothing says that it was the one that is named later."""
    one = account(bought(0), bought(1, "a"))

    assert where(one) == {UNNAMED_OFFERING: "buyer+content", "a": "buyer+content"}


def test_an_event_without_an_offering_moves_all_that_allow_it():
    """A commitment binds the customer to all that they hold."""
    one = account(*THREE, left(3, "c"), Committed(at=day(4)))

    assert one.concerned[-1] == ("a", "b")
    assert one.relationship.record.commitments == 1


def test_a_departure_without_an_offering_leaves_all_of_them():
    """It is one departure of the customer, and none is partial."""
    one = account(*THREE, left(9))

    assert one.left == ("a", "b", "c")
    assert len(one.departures) == 1
    assert one.partial_departures == ()


def test_a_departure_without_an_offering_leaves_what_is_only_pursued_as_well():
    """Prospects of it are gone, too."""
    one = account(bought(0, "a"), Engaged(at=day(1), offering="b"), left(2))

    assert where(one) == {"a": "eroded", "b": "lost"}


def test_a_visit_without_an_offering_brings_no_dropped_one_back():
    """As long as another is present."""
    one = account(*TWO, left(2, "b"), Engaged(at=day(3)))

    assert one.concerned[-1] == ("a",)
    assert cycles(one) == {"a": 1, "b": 1}


def test_an_event_that_only_a_dropped_offering_allows_concerns_that():
    """A renewal is no event of who holds a trial."""
    one = planned((WON, "a"), (WON, "b"), (QUIT, "b"), (RENEWED, None))

    assert one.concerned[-1] == ("b",)
    assert cycles(one) == {"a": 1, "b": 2}


def test_a_complaint_without_an_offering_is_not_about_what_was_left():
    """An answer without one is about the oldest complaint all the same, whatever it is about."""
    history = [*TWO, Complained(at=day(2), offering="b"), left(3, "b"), Complained(at=day(4))]

    one = account(*history, ComplaintSettled(at=day(5)), ComplaintSettled(at=day(6)))

    assert one.concerned[-3:] == (("a",), ("b",), ("a",))
    assert one.relationship.open_complaints == 0


def test_a_visit_without_an_offering_after_all_were_left_makes_a_prospect_of_all():
    """Nothing says which of them the person comes back for."""
    one = account(*TWO, left(2), Engaged(at=day(3)))

    assert where(one) == {"a": "visitor", "b": "visitor"}
    assert one.relationship.cycle == 2


def test_a_purchase_without_an_offering_is_of_the_one_that_is_held():
    """Whatever else is pursued or was left."""
    one = account(*TWO, Engaged(at=day(2), offering="c"), left(3, "b"), bought(4))

    assert one.concerned[-1] == ("a",)


def test_a_purchase_without_an_offering_is_of_the_only_one_on_record():
    """Also where it is pursued, or was left."""
    pursued = account(Engaged(at=day(0), offering="a"), bought(1))
    returned = account(bought(0, "a"), left(1, "a"), bought(2))

    assert pursued.held == returned.held == ("a",)


@pytest.mark.parametrize("history", [TWO, (*TWO, left(2))], ids=["two held", "none of two held"])
def test_a_purchase_that_could_be_of_several_is_refused(history):
    """The error says to name the offering."""
    with pytest.raises(UnclearOffering, match="could be about a and b of 'C-1'") as unclear:
        account(*history, bought(9))

    error = pickle.loads(pickle.dumps(unclear.value))
    assert (error.event, error.at, error.offerings) == ("purchased", day(9), ("a", "b"))
    assert str(error).endswith("Nothing was changed; name it: offering=...")


def test_what_is_learnt_without_an_offering_is_about_what_was_left_last():
    """An earlier departure keeps its cause."""
    history = [*THREE, left(3, "a", Cause.TERMS), left(4, "b")]

    one = account(*history, CauseLearnt(at=day(5), cause=Cause.PRICE))

    assert [(name, gone.cause) for name, gone in one.partial_departures] == [
        ("a", Cause.TERMS),
        ("b", Cause.PRICE),
    ]


def test_what_is_learnt_of_a_partial_departure_does_not_judge_that_of_the_customer():
    """It is about another one."""
    history = [*TWO, left(3, "a"), left(4, "b", Cause.TERMS)]

    partial = account(*history, CauseLearnt(at=day(5), cause=Cause.PRICE, offering="a"))
    last = account(*history, CauseLearnt(at=day(5), cause=Cause.PRICE, offering="b"))

    assert [gone.cause for gone in partial.departures] == [Cause.TERMS]
    assert [gone.cause for _, gone in partial.partial_departures] == [Cause.PRICE]
    assert [gone.cause for gone in last.departures] == [Cause.PRICE]
    assert last.relationship.departure == last.departures[0]


def test_nothing_can_be_learnt_of_a_departure_while_none_is_on_record():
    """Neither with an offering nor without one."""
    with pytest.raises(EventNotAllowed, match="Nobody is gone whose cause could be learnt"):
        account(*TWO, CauseLearnt(at=day(5), cause=Cause.PRICE))


def test_an_event_that_no_offering_takes_is_refused_with_the_reason():
    """Nothing is dropped: what is accepted and what is refused are all that was given."""
    events = [*TWO, ComplaintSettled(at=day(2)), left(3), Lapsed(at=day(4))]

    one = account(*events, on_rejected="collect")

    assert [str(refused.event.name) for refused in one.rejected] == ["complaint_settled", "lapsed"]
    assert [refused.position for refused in one.rejected] == [2, 4]
    assert one.history == tuple(events)


# Complaints.


def test_an_answer_about_one_offering_leaves_the_other_complaint_open():
    """The customer is in conflict until the last is answered."""
    complained = [Complained(at=day(2 + n), offering=name) for n, name in enumerate("ab")]
    half = [*TWO, *complained, ComplaintSettled(at=day(5), offering="a")]

    one, both = account(*half), account(*half, ComplaintSettled(at=day(6), offering="b"))

    assert one.relationship.open_complaints == 1
    assert one.relationship.state.regions["standing"] == "in_conflict"
    assert one.relationship.record.settlements == 1
    assert both.relationship.open_complaints == 0
    assert both.relationship.state.regions == {"bond": "advocate", "standing": "content"}


def test_an_answer_without_an_offering_answers_the_oldest_complaint():
    """Of whichever offering; the customer is in conflict until the last is answered."""
    complained = [Complained(at=day(3 + n), offering=name) for n, name in enumerate("ba")]

    one = account(*THREE, *complained, ComplaintSettled(at=day(9)))

    assert one.concerned[-1] == ("b",)
    assert one.relationship.complaints == one.offerings["a"].relationship.complaints
    assert one.relationship.state.regions["standing"] == "in_conflict"


def test_an_answer_that_names_a_complaint_concerns_what_that_was_about():
    """Though an older one waits."""
    complained = [Complained(at=day(3), offering=name, id=f"c-{name}") for name in "ab"]

    one = account(*THREE, *complained, ComplaintSettled(at=day(9), complaint="c-b"))

    assert one.concerned[-1] == ("b",)
    assert [complaint.id for complaint in one.relationship.complaints] == ["c-a"]


def test_a_complaint_without_an_offering_is_one_complaint():
    """Though it waits on each offering until that is answered."""
    history = [*TWO, Complained(at=day(2), public=True)]

    one = account(*history)
    half = account(*history, ComplaintSettled(at=day(3), offering="a"))

    assert (one.relationship.open_complaints, one.relationship.record.complaints) == (1, 1)
    assert half.relationship.open_complaints == half.relationship.open_public_complaints == 1


def test_a_complaint_about_several_waits_as_long_as_it_waits_on_one():
    """It was ignored on another."""
    history = [*TWO, Complained(at=day(2), public=True)]

    one, other = (
        account(*history, ComplaintIgnored(at=day(3), offering=name)).relationship for name in "ab"
    )

    assert one.open_complaints == other.open_complaints == 1
    assert one.state.regions["standing"] == other.state.regions["standing"] == "in_conflict"


def test_what_was_said_in_public_of_one_offering_stays_said_when_another_is_settled():
    """It was ignored, and nobody waits for it."""
    one = account(
        *TWO,
        Complained(at=day(2), offering="a", public=True),
        ComplaintIgnored(at=day(3), offering="a"),
        Complained(at=day(4), offering="b"),
        ComplaintSettled(at=day(5), offering="b"),
    )

    assert one.relationship.open_complaints == 0
    assert one.relationship.open_public_complaints == 1


# Money, pauses and corrections.


def test_a_refund_of_a_purchase_is_about_the_offering_that_was_bought():
    """Also after that was left; less is on record then, overall as well."""
    purchases = [
        Purchased(at=day(n), amount=40, offering=name, id=f"p-{name}")
        for n, name in enumerate("ab")
    ]

    one = account(*purchases, left(2, "b"), Refunded(at=day(3), amount=15, purchase="p-b"))

    assert one.concerned[-1] == ("b",)
    assert one.offerings["b"].relationship.record.revenue == Decimal(25)
    assert one.relationship.record.revenue == Decimal(65)
    assert one.relationship.refundable == (("p-a", Decimal(40)), ("p-b", Decimal(25)))


def test_a_refund_that_could_be_of_several_is_refused():
    """And one that is more than was paid for any, with that reason."""
    with pytest.raises(UnclearOffering, match="'refunded' of"):
        account(*TWO, Refunded(at=day(3), amount=5))
    with pytest.raises(RefundTooHigh):
        account(*TWO, Refunded(at=day(3), amount=6))


def test_the_customer_pauses_when_all_that_they_hold_is_paused():
    """And is active again with the first that is taken up."""
    contracts = with_pause(CUSTOMER_LIFECYCLE)
    paused = [Paused(at=day(3 + n), offering=name) for n, name in enumerate("ab")]
    resumed = Resumed(at=day(9), offering="a")

    half, both, again = (
        account(*TWO, *events, lifecycle=contracts).relationship.state.regions["activity"]
        for events in (paused[:1], paused, [*paused, resumed])
    )

    assert (half, both, again) == ("active", "paused", "active")


def test_what_is_delivered_twice_counts_once():
    """As by a replay; another event under the same id is refused."""
    first, other = (Purchased(at=day(n), amount=5, offering="a", id="p") for n in range(2))

    one = account(first, first, other, duplicates="collect")

    assert (one.events, one.duplicates, one.history) == ((first,), (first,), (first,))
    assert [type(refused.error) for refused in one.rejected] == [IdReused]
    with pytest.raises(IdReused):
        account(first, other)


def test_a_purchase_that_was_cancelled_does_not_count():
    """Its offering was never held; a cancellation of nothing is refused."""
    purchase = Purchased(at=day(0), amount=5, offering="a", id="p")
    cancelled = PurchaseCancelled(at=day(1), purchase="p")

    one = account(purchase, bought(2, "b"), cancelled)

    assert (one.held, [gone.event for gone in one.withdrawn]) == (("b",), [purchase])
    assert len(one.ledger) == 3
    assert [row[:4] for row in one._page()[1].rows] == [
        ("2026-01-01", "a", "purchased", "cancelled"),
        ("2026-01-03", "b", "purchased", "potential -> buyer+content"),
    ]
    with pytest.raises(UnknownEventId):
        account(cancelled)


# Time.


def test_events_of_one_moment_happen_in_the_order_in_which_they_are_given():
    """So a departure and a purchase of one moment can be a partial departure, or a return."""
    a, b, gone = bought(0, "a"), bought(9, "b"), left(9, "a")

    first, last = account(a, b, gone), account(a, gone, b)

    assert (first.relationship.cycle, last.relationship.cycle) == (1, 2)


def test_events_are_sorted_by_time_and_not_by_offering():
    """An event without an offering meets what was on record at its moment."""
    one = account(left(9), bought(20, "b"), bought(0, "a"))

    assert one.concerned == (("a",), ("a",), ("b",))


def test_an_account_can_be_seen_as_it_was():
    """What was refused by then is still refused, and what came later is not known."""
    one = account(*TWO, ComplaintSettled(at=day(2)), left(9, "b"), on_rejected="collect")

    then = one.as_of(day(5))

    assert then == account(*TWO, ComplaintSettled(at=day(2)), on_rejected="collect")
    assert then.held == ("a", "b")


def test_an_account_cannot_be_seen_at_a_naive_moment():
    """Its order against the events is unknown."""
    with pytest.raises(InvalidMoment, match="as_of: moment is"):
        account(*TWO).as_of(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


# Lifecycles of an app's own, in which the overall relationship cannot take each event.


def made(name):
    """An event class of a made-up lifecycle."""
    return type(name, (Event,), {"name": name})


WON, SIGNED, RENEWED, QUIT, WORE = map(made, ("won", "signed", "renewed", "quit", "wore"))
PLAN = Lifecycle(
    "plan",
    prospect=[stage("lead")],
    customer=[stage("trial"), stage("paying")],
    former=[stage("gone"), stage("closed")],
    rules=[
        move("won", "lead", "trial"),
        move("renewed", "former", "paying"),
        move("signed", "trial", "paying"),
        move("quit", "trial", "gone"),
        move("wore", "paying", "closed"),
        stay("asked", "lead"),
        move("lost", "lead", "gone"),
        move("expired", "gone", "closed"),
    ],
)
ASKED, LOST, EXPIRED = map(made, ("asked", "lost", "expired"))


def planned(*happened, **options):
    """The account of events of the plan: each a class and its offering."""
    events = [kind(at=day(n), offering=offering) for n, (kind, offering) in enumerate(happened)]
    return account(*events, lifecycle=PLAN, **options)


def test_who_left_and_then_buys_what_they_pursued_is_a_customer_again():
    """Though the lifecycle has another event for returns; the customer's second cycle begins."""
    one = planned((WON, "a"), (QUIT, "a"), (EXPIRED, "a"), (WON, "b"))

    now = one.relationship
    assert (str(now.state), now.cycle, now.customer_moment) == ("trial", 2, day(3))
    assert [departure.cycle for departure in one.departures] == [1]


def test_who_pursues_one_offering_and_comes_back_to_another_has_never_left():
    """The event is that of a return, and the customer is in the first cycle."""
    one = planned((ASKED, "a"), (ASKED, "b"), (LOST, "b"), (RENEWED, "b"))

    now = one.relationship
    assert (str(now.state), now.cycle, now.cycle_began) == ("paying", 1, day(0))
    assert (cycles(one), one.departures) == ({"a": 1, "b": 2}, ())


def test_the_customer_leaves_with_the_last_offering_from_where_that_was():
    """Though the overall relationship has gone further than the offering."""
    one = planned((WON, "a"), (WON, "b"), (SIGNED, "b"), (WORE, "b"), (QUIT, "a"))

    assert one.relationship.state.stage == "gone"
    assert [departure.stages_left for departure in one.departures] == [("trial",)]


# Bad input.


def test_an_event_about_an_offering_that_is_over_is_refused_by_name():
    """The error names the offering, and nothing was changed."""
    with pytest.raises(
        EventNotAllowed, match="for 'C-1' and the offering 'b' in former"
    ) as refused:
        account(*TWO, left(2, "b"), left(3, "b"))

    assert refused.value.offering == "b"
    assert refused.value.because.startswith("A person who left cannot leave again")


def test_a_refused_event_about_an_offering_not_on_record_puts_none_on_record():
    """It was never about anything."""
    one = account(
        Engaged(at=day(0)), ComplaintSettled(at=day(1), offering="a"), on_rejected="collect"
    )

    assert [*one.offerings] == [UNNAMED_OFFERING]
    assert one.rejected[0].error.offering == "a"


def test_a_blank_offering_makes_no_event():
    """So no event can name the unnamed offering."""
    with pytest.raises(
        InvalidEvent, match="offering is '', but must be a string that is not blank"
    ):
        Engaged(at=day(0), offering=UNNAMED_OFFERING)


def test_a_customer_id_that_is_blank_makes_no_account():
    """As it makes no relationship."""
    with pytest.raises(InvalidRelationship, match="customer is ' '"):
        replay_account(TWO, customer=" ")


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"on_rejected": "skip"}, "on_rejected"),
        ({"key_offerings": "main"}, "key_offerings"),
        ({"key_offerings": ["main", " "]}, "key_offerings"),
        ({"key_offerings": 5}, "key_offerings"),
    ],
    ids=str,
)
def test_an_argument_out_of_its_bounds_is_named(options, argument):
    """A text is no list of names."""
    with pytest.raises(InvalidArgument, match=r"replay_account\(\): ") as invalid:
        account(*TWO, **options)

    assert invalid.value.field == argument


def test_what_is_no_event_is_refused_first():
    """It has no time, and no place among the others."""
    with pytest.raises(UnknownEvent, match="does not know the event 5"):
        account(*TWO, 5)

    one = account(*TWO, 5, on_rejected="collect")
    assert [(refused.event, refused.position) for refused in one.rejected] == [(5, None)]
    assert one.history == TWO


@pytest.mark.parametrize("offering", ["a", None])
def test_an_event_that_the_lifecycle_does_not_know_is_refused(offering):
    """With an offering or without one."""
    with pytest.raises(UnknownEvent, match="does not know the event 'won'"):
        account(*TWO, WON(at=day(9), offering=offering))


# What it says.


def test_nothing_has_happened_to_an_account_without_events():
    """It is that of a person of whom nothing is known."""
    one = account()

    assert (one.offerings, one.events, one.held) == ({}, (), ())
    assert one.relationship == one.start
    assert (one.customer, one.lifecycle) == ("C-1", CUSTOMER_LIFECYCLE)
    assert str(one) == "'C-1' holds no offering. Overall: prospect (potential), cycle 1; 0 events"


def test_an_account_says_what_is_held_and_what_was_left():
    """In a line; and in more where it explains itself."""
    events = [*TWO, left(2, "b"), bought(3), left(4, "b"), left(5, "a")]

    one = account(*events, on_rejected="collect", key_offerings=["b", "a"])
    explained = one.explain().splitlines()

    assert repr(account(bought(0), bought(1, "a"))) == (
        "<Account 'C-1' holds the unnamed offering and 'a'. "
        "Overall: customer (bond: regular, standing: content), cycle 1; 2 events>"
    )
    assert explained[:3] == [
        "'C-1' holds no offering, and left 'a' and 'b'. Overall: former (eroded), cycle 2.",
        "The loss of a key offering is the loss of the customer: 'a' and 'b'.",
        "'a': 'C-1' began in potential.",
    ]
    assert [line for line in explained if line.startswith(("The customer", "Partial"))] == [
        "The customer: erosion on 2026-01-03, serious, cause unknown.",
        "The customer: erosion on 2026-01-06, serious, cause unknown.",
    ]


def test_a_printer_of_test_data_prints_the_line():
    """And not the lifecycle in each of its relationships."""
    one = account(*TWO)

    assert pretty(one) == repr(one)


def test_a_notebook_shows_each_event_with_the_offering_that_it_moved():
    """Those that were refused in their place, and what is no event at the end."""
    one = account(*TWO, left(2), bought(3), "no event", on_rejected="collect")

    rows = one._page()[1].rows

    assert [row[:4] for row in rows] == [
        ("2026-01-01", "a", "purchased", "potential -> buyer+content"),
        ("2026-01-02", "b", "purchased", "potential -> buyer+content"),
        ("2026-01-03", "a", "departed", "buyer+content -> eroded"),
        ("2026-01-03", "b", "departed", "buyer+content -> eroded"),
        ("2026-01-04", "", "purchased", "refused"),
        ("", "", "'no event'", "refused"),
    ]


def test_an_account_is_renamed():
    """With all its journeys."""
    events = [Purchased(at=day(0), amount=5, offering="a"), Departed(at=day(9), offering="a")]

    renamed = replay_account(events, customer="C-1").rename("C-18")

    assert renamed == replay_account(events, customer="C-18")


def test_a_look_back_revives_no_event_whose_id_was_taken():
    """Also if the event that has the id was cancelled."""
    events = [
        Purchased(at=day(0), amount=5, id="p1", offering="a"),
        Engaged(at=day(1), id="p1", offering="a"),
        PurchaseCancelled(at=day(2), purchase="p1", offering="a"),
    ]
    one = replay_account(events, customer="C-1", duplicates="collect", on_rejected="collect")

    assert str(one.as_of(day(9)).relationship.state) == str(one.relationship.state) == "potential"


def test_a_purchase_is_not_cancelled_under_another_offering():
    """As it is not refunded under another."""
    purchase = Purchased(at=day(0), amount=5, offering="a", id="p1")

    with pytest.raises(UnknownEventId):
        account(purchase, PurchaseCancelled(at=day(1), purchase="p1", offering="b"))


def test_an_account_is_judged_by_other_rules():
    """As a replay of its events under these rules."""
    rules = DepartureRules(moment_grace=timedelta(days=30))
    events = [Purchased(at=day(0), amount=5, offering="a"), Departed(at=day(9), offering="a")]

    judged = replay_account(events, customer="C-1").judged_by(rules)

    assert judged == replay_account(events, customer="C-1", departure_rules=rules)
