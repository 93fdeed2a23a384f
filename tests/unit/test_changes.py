"""Histories that are corrected: what is wrong, late or cancelled, and what that changes."""

from datetime import UTC, datetime, timedelta

import pytest

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    ChangeKind,
    Complained,
    ComplaintSettled,
    Correction,
    Departed,
    DepartureKind,
    DepartureRules,
    Engaged,
    EventNotAllowed,
    IdReused,
    InvalidArgument,
    InvalidMoment,
    Lapsed,
    PurchaseCancelled,
    Purchased,
    Recommended,
    Refunded,
    Relationship,
    Room,
    UnknownEventId,
    merge,
    replay,
)


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def bought(number, id_=None, amount=20, **rest):
    return Purchased(at=day(number), amount=amount, id=id_, **rest)


LATE = Engaged(at=day(-1), id="e0", recorded_at=day(50))
INFERRED = Departed(at=day(90), inferred=True, id="e7")
ADVOCATE = [bought(0, "p1"), bought(1, "p2"), Recommended(at=day(2), id="r1")]
JOURNEY = replay([*ADVOCATE, INFERRED, bought(99, "p3")], customer="C-17")


def kinds(journey):
    return [change.kind for change in journey.changes]


def texts(journey):
    return [str(change) for change in journey.changes]


# --- what is wrong -------------------------------------------------------------------------------


def test_a_wrongly_inferred_erosion_is_withdrawn():
    """The customer is an advocate again, in cycle 1, and what was believed is on record."""
    amended = JOURNEY.amend(withdraw=["e7"], recorded_at=day(100))

    assert JOURNEY.relationship.cycle == 2
    assert (amended.relationship.cycle, str(amended.relationship.state)) == (1, "advocate+content")
    assert amended.departures == ()
    (wrong,) = amended.withdrawn
    assert (wrong.event, wrong.how, wrong.known_since) == (
        INFERRED,
        Correction.WITHDRAWN,
        day(100),
    )


def test_a_correction_tells_what_it_changes():
    """Each change in a sentence, and all of them in the explanation."""
    amended = JOURNEY.amend(withdraw=["e7"], recorded_at=day(100))

    assert texts(amended) == [
        "departed of 2026-04-01: it no longer counts.",
        "purchased of 2026-04-10: before, eroded -> buyer+content in cycle 2; now, stays "
        "advocate+content in cycle 1.",
        "departed of 2026-04-01: there was no departure; believed was erosion on 2026-04-01, "
        "serious, cause unknown.",
    ]
    assert "2026-04-01 departed: withdrawn. That is known since 2026-04-11." in amended.explain()
    assert amended.explain().endswith("\n".join(f"- {text}" for text in texts(amended)))


def test_the_journey_that_is_amended_stays_as_it_is():
    """Nothing that was believed is lost."""
    before = replay([*ADVOCATE, INFERRED, bought(99, "p3")], customer="C-17")

    JOURNEY.amend(add=[LATE], withdraw=["e7"], replace={"p1": bought(0, "p1", 30)})

    assert before == JOURNEY
    assert JOURNEY.changes == ()


def test_what_takes_anothers_place_stands_where_that_one_stood():
    """Also among events of one moment: a purchase before the departure of that day stays before."""
    journey = replay([bought(0, "p1"), Departed(at=day(0))], customer="C-17")

    amended = journey.amend(replace={"p1": bought(0, "p1", 30)})

    assert amended.relationship.state.room is Room.FORMER
    assert amended.relationship.record.revenue == 30


def test_what_takes_anothers_place_may_have_another_time_and_id():
    """The place of the old one is only kept within a moment."""
    amended = JOURNEY.amend(replace={"p2": bought(3, "p2b", 30)})

    assert [event.id for event in amended.events] == ["p1", "r1", "p2b", "e7", "p3"]
    assert texts(amended)[:2] == [
        "purchased of 2026-01-02: purchased of 2026-01-04 takes its place.",
        "recommended of 2026-01-03: before, regular+content -> advocate+content in cycle 1; now, "
        "stays buyer+content in cycle 1.",
    ]


def test_a_late_event_is_put_in_its_place():
    """The customer moment stays; the sale is longer."""
    amended = JOURNEY.amend(add=[LATE])

    assert amended.steps[0].event is LATE
    assert amended.departures[0].sales_cycle == timedelta(days=1)
    assert kinds(amended) == [ChangeKind.ADDED, ChangeKind.MOVED]


def test_a_departure_that_was_not_known_appears():
    """And the return after it begins a cycle."""
    amended = replay([bought(0), bought(99)], customer="C-17").amend(add=[INFERRED])

    assert kinds(amended) == [
        ChangeKind.ADDED,
        ChangeKind.MOVED,
        ChangeKind.DEPARTURE_APPEARED,
    ]
    assert texts(amended)[-1].startswith(
        "departed of 2026-04-01: there was a departure: erosion on 2026-04-01"
    )


def test_a_departure_changes_its_kind():
    """A cause that was learnt late, or a customer moment that was none."""
    journey = replay([bought(0, "p1"), Departed(at=day(9))], customer="C-17")

    learnt = journey.amend(add=[CauseLearnt(at=day(20), cause=Cause.RELOCATION)])
    unpaid = journey.amend(add=[PurchaseCancelled(at=day(10), purchase="p1")])

    assert "the departure was erosion on 2026-01-10" in texts(learnt)[-1]
    assert learnt.departures[0].kind is DepartureKind.INCIDENTAL
    assert "and is loss on 2026-01-10" in texts(unpaid)[-1]


# --- purchases that never took place -------------------------------------------------------------


def test_a_cancelled_purchase_never_took_place():
    """Wherever the cancellation comes in, and in every lifecycle."""
    cancel = PurchaseCancelled(at=day(5), purchase="p1")

    replayed = replay([cancel, *ADVOCATE], customer="C-17")
    amended = replay(ADVOCATE, customer="C-17").amend(add=[cancel])

    assert replayed == amended
    assert replayed.relationship == Relationship("C-17").apply(*ADVOCATE[1:])
    assert [(one.event.id, one.how, one.by) for one in replayed.withdrawn] == [
        ("p1", Correction.CANCELLED, cancel)
    ]
    assert "it never took place, by purchase_cancelled of 2026-01-06" in texts(amended)[0]


def test_what_was_believed_of_a_cancelled_purchase_stays_readable():
    """It was a purchase until the day of the cancellation."""
    journey = replay([bought(0, "p1"), PurchaseCancelled(at=day(5), purchase="p1")], customer="C")

    assert journey.known_at(day(4)).relationship.state.room is Room.CUSTOMER
    assert journey.known_at(day(5)).relationship.state.room is Room.PROSPECT
    assert journey.as_of(day(4)).state.room is Room.PROSPECT


def test_a_cancellation_can_be_wrong_too():
    """Without it the purchase counts again."""
    cancel = PurchaseCancelled(at=day(5), purchase="p1", id="x1")
    journey = replay([*ADVOCATE, cancel], customer="C-17")

    amended = journey.amend(withdraw=["x1"])

    assert amended.relationship == replay(ADVOCATE, customer="C-17").relationship
    assert [one.event for one in amended.withdrawn] == [cancel]


def test_a_cancelled_purchase_can_be_withdrawn_too():
    """The cancellation is in vain then."""
    cancel = PurchaseCancelled(at=day(5), purchase="p1")
    journey = replay([*ADVOCATE, cancel], customer="C-17")

    amended = journey.amend(withdraw=["p1"], on_rejected="collect")

    assert amended.relationship == journey.relationship
    assert [type(one.error) for one in amended.rejected] == [UnknownEventId]


@pytest.mark.parametrize(
    "events",
    [
        [PurchaseCancelled(at=day(5), purchase="p9")],
        [PurchaseCancelled(at=day(5), purchase="r1")],
        [PurchaseCancelled(at=day(5), purchase="p1"), PurchaseCancelled(at=day(6), purchase="p1")],
    ],
    ids=["unknown", "no purchase", "twice"],
)
def test_a_cancellation_of_what_is_no_purchase_is_refused(events):
    """The error names the purchases that could be."""
    with pytest.raises(UnknownEventId, match=r"has no purchase '.*' that counts") as caught:
        replay([*ADVOCATE, *events], customer="C-17")

    collected = replay([*ADVOCATE, *events], customer="C-17", on_rejected="collect")
    assert "p2" in caught.value.known
    assert [one.error.id for one in collected.rejected] == [caught.value.id]


def test_a_late_purchase_makes_its_cancellation_true():
    """Corrections come in any order."""
    cancel = PurchaseCancelled(at=day(5), purchase="p1")
    early = replay([cancel, *ADVOCATE[1:]], customer="C-17", on_rejected="collect")

    late = early.amend(add=[ADVOCATE[0]])

    assert late == replay([*ADVOCATE, cancel], customer="C-17")


# --- what is refused now -------------------------------------------------------------------------


def test_a_correction_after_which_an_event_is_refused_is_refused():
    """As replay would refuse it; nothing changes."""
    events = [bought(0), Complained(at=day(1), id="c1"), ComplaintSettled(at=day(2))]
    journey = replay(events, customer="C-17")

    with pytest.raises(EventNotAllowed, match="Only a complaint that is open can be settled"):
        journey.amend(withdraw=["c1"])


def test_what_is_refused_by_a_correction_is_collected_if_wanted():
    """With its reason; what was refused and is accepted now is told, too."""
    events = [
        bought(0, "p1"),
        Refunded(at=day(1), amount=5, purchase="p1"),
        Departed(at=day(2)),
        Lapsed(at=day(3)),
    ]
    journey = replay(events, customer="C-17", on_rejected="collect")

    unpaid = journey.amend(withdraw=["p1"], on_rejected="collect")
    stayed = replay(
        [bought(0), Departed(at=day(2), id="d1"), *events[3:]], customer="C", on_rejected="collect"
    ).amend(withdraw=["d1"])

    refused = [change for change in unpaid.changes if change.kind is ChangeKind.REFUSED]
    accepted = [change for change in stayed.changes if change.kind is ChangeKind.ACCEPTED]
    assert "it is refused, and was not (stays buyer+content in cycle 1): No purchase 'p1'" in str(
        *refused
    )
    assert str(*accepted) == (
        "lapsed of 2026-01-04: it was refused, and is accepted (buyer+content -> buyer+eroding in "
        "cycle 1)."
    )


def test_what_was_refused_before_is_no_reason_to_refuse_a_correction():
    """It stays refused."""
    journey = replay(
        [bought(0), ComplaintSettled(at=day(1)), "x"], customer="C", on_rejected="collect"
    )

    amended = journey.amend(add=[bought(2)])

    assert [one.event for one in amended.rejected] == [one.event for one in journey.rejected]


# --- ids -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [{"withdraw": ["e9"]}, {"replace": {"e9": bought(0)}}, {"withdraw": ["e7", "e9"]}],
    ids=str,
)
def test_a_correction_of_what_is_not_there_is_refused(call):
    """The error says what is there."""
    with pytest.raises(
        UnknownEventId, match=r"has no event 'e9' that counts\. It has e7, p1"
    ) as caught:
        JOURNEY.amend(**call)

    assert caught.value.known == ("e7", "p1", "p2", "p3", "r1")


def test_an_event_is_withdrawn_once():
    """Then it does not count any more."""
    amended = JOURNEY.amend(withdraw=["e7"])

    with pytest.raises(UnknownEventId, match="'e7'"):
        amended.amend(withdraw=["e7"])


def test_an_event_is_not_withdrawn_and_replaced():
    """One of the two is meant."""
    with pytest.raises(InvalidArgument, match="must be replaced or withdrawn, not both"):
        JOURNEY.amend(withdraw=["e7"], replace={"e7": bought(90, "e7")})


def test_a_late_event_with_the_id_of_another_is_refused():
    """A correction says whose place it takes."""
    with pytest.raises(IdReused, match="differ in amount") as caught:
        JOURNEY.amend(add=[bought(0, "p1", 30)])

    assert (caught.value.id, caught.value.differ) == ("p1", ("amount",))


def test_an_event_that_comes_again_after_it_was_withdrawn_is_a_duplicate():
    """A queue that delivers twice brings nothing back."""
    amended = JOURNEY.amend(withdraw=["e7"])

    again = amended.amend(add=[Departed(at=day(90), inferred=True, id="e7")])

    assert again.relationship == amended.relationship
    assert [event.id for event in again.duplicates] == ["e7"]


def test_the_id_of_a_withdrawn_event_may_be_used_for_what_is_right():
    """By adding it later."""
    amended = JOURNEY.amend(withdraw=["e7"]).amend(add=[Departed(at=day(95), id="e7")])

    assert amended.departures[0].at == day(95)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"add": "e7"}, "add"),
        ({"withdraw": "e7"}, "withdraw"),
        ({"withdraw": [7]}, "withdraw"),
        ({"replace": ["e7"]}, "replace"),
        ({"replace": {"e7": "e7"}}, "replace"),
        ({"on_rejected": "drop"}, "on_rejected"),
    ],
    ids=str,
)
def test_what_cannot_be_corrected_is_refused(arguments, name):
    """The error names the argument."""
    with pytest.raises(InvalidArgument) as caught:
        JOURNEY.amend(**arguments)

    assert (caught.value.subject, caught.value.field) == ("amend()", name)


def test_a_correction_is_recorded_at_an_instant():
    """A naive time has no place in the order."""
    with pytest.raises(InvalidMoment, match="amend: recorded_at"):
        JOURNEY.amend(withdraw=["e7"], recorded_at=datetime(2026, 5, 1))  # noqa: DTZ001 - naive on purpose


# --- two times -----------------------------------------------------------------------------------


def test_what_was_known_at_a_moment_is_what_was_recorded_by_then():
    """Right or wrong; `as_of` says what was true."""
    journey = JOURNEY.amend(add=[LATE], withdraw=["e7"], recorded_at=day(100))

    assert journey.known_at(day(49)) == replay(ADVOCATE, customer="C-17")
    assert journey.known_at(day(50)).events[0] is LATE
    assert journey.known_at(day(95)).relationship.departure is not None
    assert journey.known_at(day(100)) == journey
    assert journey.as_of(day(95)).departure is None
    assert journey.known_at(day(95)).as_of(day(89)).departure is None


def test_what_is_known_of_old_is_no_correction():
    """Where nobody said when a mistake was found, it was never believed."""
    journey = JOURNEY.amend(withdraw=["e7"])

    assert journey.known_at(day(95)).departures == ()
    assert "Since when that is known is not on record." in journey.explain()


def test_events_of_one_moment_keep_their_order_when_one_of_them_was_wrong():
    """What was known before the correction is as it was."""
    journey = replay(
        [bought(0, "p1"), Complained(at=day(0), id="c1"), ComplaintSettled(at=day(0), id="s1")],
        customer="C-17",
    )

    amended = journey.amend(withdraw=["s1"], recorded_at=day(9))

    assert amended.known_at(day(8)) == journey


def test_corrections_come_in_any_order():
    """Together, or one by one."""
    right = bought(0, "p1", 30, recorded_at=day(60))

    together = JOURNEY.amend(add=[LATE], withdraw=["e7"], replace={"p1": right})
    one_by_one = JOURNEY.amend(replace={"p1": right}).amend(withdraw=["e7"]).amend(add=[LATE])

    assert together == one_by_one


def test_a_moment_to_look_back_to_is_an_instant():
    """As for `as_of`."""
    with pytest.raises(InvalidMoment, match="known_at: moment"):
        JOURNEY.known_at(datetime(2026, 5, 1))  # noqa: DTZ001 - naive on purpose


def test_a_lifecycle_that_knows_no_purchases_knows_no_cancellations():
    """There is nothing to strike out."""
    with pytest.raises(UnknownEventId, match="It has nothing"):
        replay(
            [PurchaseCancelled(at=day(5), purchase="p1")],
            customer="C-17",
            lifecycle=CUSTOMER_LIFECYCLE,
        )


# --- corrections of corrections ------------------------------------------------------------------


TWO = replay([bought(0, "p1"), bought(5, "p2", 30)], customer="C-17")


@pytest.mark.parametrize(
    "corrections",
    [
        [bought(5, "p2", 30, recorded_at=day(9))],
        [bought(5, "p2", 35), bought(5, "p2", 30)],
        [bought(5, "p2", 35, recorded_at=day(31)), bought(5, "p2", 36), bought(5, "p2", 30)],
    ],
    ids=["recorded later", "put back", "put back after two"],
)
def test_what_is_replaced_by_the_same_still_counts(corrections):
    """The last correction is what holds."""
    amended = TWO
    for event in corrections:
        amended = amended.amend(replace={"p2": event})

    assert amended.relationship.record == TWO.relationship.record
    assert amended.known_at(day(60)).relationship == amended.relationship


def test_what_was_known_between_two_replacements():
    """A later correction that was known earlier takes the place of both."""
    once = TWO.amend(replace={"p2": bought(5, "p2", 35, recorded_at=day(31))})
    twice = once.amend(replace={"p2": bought(5, "p2", 36, recorded_at=day(40))})

    revenues = [twice.known_at(day(n)).relationship.record.revenue for n in (10, 35, 41)]

    assert revenues == [50, 55, 56]


def test_an_event_is_not_replaced_by_itself():
    """There is nothing to correct."""
    with pytest.raises(InvalidArgument, match="must be another event than those of the journey"):
        TWO.amend(replace={"p2": TWO.events[1]})


def test_a_withdrawal_that_was_wrong_is_undone_by_the_event_recorded_later():
    """What comes again without a later date is only delivered again."""
    withdrawn = TWO.amend(withdraw=["p2"], recorded_at=day(20))

    again = withdrawn.amend(add=[bought(5, "p2", 30)], on_rejected="collect")
    restored = withdrawn.amend(add=[bought(5, "p2", 30, recorded_at=day(40))])

    assert again.relationship.record.purchases == 1
    assert restored.relationship == TWO.relationship
    assert restored.known_at(day(30)).relationship.record.purchases == 1


def test_an_event_that_was_delivered_twice_is_replaced_once():
    """The copy stays a duplicate."""
    doubled = replay([bought(0, "p1"), bought(5, "p2", 30), bought(5, "p2", 30)], customer="C-17")

    amended = doubled.amend(replace={"p2": bought(5, None, 35)})

    assert amended.relationship.record.revenue == 55
    assert len(amended.duplicates) == 1


def test_a_journey_with_an_id_of_two_events_can_be_corrected():
    """What was refused for its id stays refused."""
    odd = replay([bought(0, "a"), bought(1, "a")], customer="C-17", duplicates="collect")

    amended = odd.amend(add=[bought(3)])

    assert [type(one.error) for one in amended.rejected] == [IdReused]
    assert odd.known_at(day(9)) == odd
    assert merge(odd, customer="C-17").relationship == odd.relationship
    with pytest.raises(IdReused):
        odd.amend(add=[bought(4, "a")], on_rejected="collect")


def test_the_day_of_a_correction_is_that_of_all_its_events():
    """An event that says when it was recorded keeps that."""
    amended = TWO.amend(
        add=[bought(7, "p3"), bought(8, "p4", recorded_at=day(25))], recorded_at=day(30)
    )

    assert [amended.known_at(day(n)).relationship.record.purchases for n in (24, 25, 30)] == [
        2,
        3,
        4,
    ]


def test_no_correction_changes_nothing():
    """Also of a merged journey, which stays one."""
    merged = merge(TWO, JOURNEY.rename("S-9"), customer="C-17", duplicates="allow")

    assert (TWO.amend(), TWO.amend().changes) == (TWO, ())
    assert merged.amend() == merged


def test_a_late_event_that_is_refused_is_told():
    """Though nobody knew it before."""
    amended = TWO.amend(add=[ComplaintSettled(at=day(9))], on_rejected="collect")

    assert str(*amended.changes).startswith(
        "complaint_settled of 2026-01-10: it is refused, and was not (not known): "
    )


def test_the_refunds_of_a_cancelled_purchase_do_not_count_either():
    """The money goes back once."""
    refund = Refunded(at=day(6), amount=10, purchase="p2")
    chargeback = PurchaseCancelled(at=day(8), purchase="p2")

    journey = replay([*TWO.events, refund, chargeback], customer="C-17")

    assert journey.relationship.record.revenue == 20
    assert [one.event for one in journey.withdrawn] == [TWO.events[1], refund]


def test_a_departure_that_is_replaced_changes_its_kind():
    """It did not vanish and come again."""
    amended = JOURNEY.amend(replace={"e7": Departed(at=day(91), cause=Cause.RELOCATION, id="e7")})

    assert ChangeKind.DEPARTURE_CHANGED in kinds(amended)
    assert ChangeKind.DEPARTURE_VANISHED not in kinds(amended)


def test_other_departure_rules_are_no_correction():
    """What was believed is judged by them, too."""
    rules = DepartureRules(moment_grace=timedelta(days=200))
    amended = JOURNEY.amend(add=[LATE])

    assert kinds(amended.judged_by(rules)) == kinds(amended)


@pytest.mark.parametrize("again", [bought(5, "p2", 30), TWO.events[1]], ids=["a copy", "itself"])
def test_an_event_that_was_delivered_twice_is_withdrawn_once_for_all(again):
    """Whether the other one is a copy or the same object."""
    doubled = replay([*TWO.events, again], customer="C-17")

    withdrawn = doubled.amend(withdraw=["p2"])

    assert withdrawn.relationship == TWO.amend(withdraw=["p2"]).relationship
    assert withdrawn.relationship == TWO.amend(withdraw=["p2"]).amend(add=[again]).relationship
