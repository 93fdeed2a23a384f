"""The oracle: a history that is counted by hand, and what is held against it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve, fields
from tests.unit.lifecycle.builders import stay, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    DepartureKind,
    Engaged,
    Initiator,
    Lapsed,
    Paused,
    Purchased,
    Recommended,
    Record,
    Refunded,
    Relationship,
    Resumed,
    Room,
    Terminated,
    replay,
    with_pause,
)
from custlife.testing.generators.events import changed, event_class
from custlife.testing.oracle import (
    Tally,
    contradictions,
    departures_amiss,
    difference,
    record_of,
    tally_of,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return BEGIN + timedelta(days=number)


# What a history comes to.


def happened(*names):
    """Events of these names, a day apart from each other."""
    return [event_class(name)(at=day(number)) for number, name in enumerate(names)]


def test_a_tally_of_nothing_stands_at_the_beginning():
    """In the first cycle, without a moment or a record."""
    tally = tally_of(trio(), [])

    assert tally == Tally(trio())
    assert (tally.state, tally.cycle) == (trio().initial, 1)
    assert (tally.since, tally.customer_moment, tally.departed) == (None, None, ())
    assert tally.record == Record()


def test_a_tally_leaves_out_what_is_refused_and_notes_it():
    """A refused event is in no entry."""
    history = happened("returned", "joined", "joined", "left")

    tally = tally_of(trio(), history)

    assert tally.events == (history[1], history[3])
    assert tally.refused == (0, 2)
    assert [(str(entry.before), str(entry.after)) for entry in tally.entries] == [
        ("guest", "member"),
        ("member", "gone"),
    ]


def test_a_tally_with_one_event_more_is_another_tally():
    """The one before stays as it is."""
    (joined,) = happened("joined")
    empty = Tally(trio())

    grown = empty.plus(joined)

    assert (empty.events, grown.events) == ((), (joined,))
    assert str(grown.state) == "member"


def test_each_return_begins_a_cycle():
    """A departure does not."""
    tally = tally_of(trio(), happened("left", "returned", "joined", "left", "returned"))

    assert tally.cycles == (1, 2, 2, 2, 3)
    assert tally.cycle == 3
    assert [entry.returns for entry in tally.entries] == [False, True, False, False, True]
    assert [entry.departs for entry in tally.entries] == [True, False, False, True, False]


def test_the_customer_moment_is_that_of_the_last_cycle():
    """It is gone with a return, and kept with a departure."""
    history = happened("joined", "left", "returned", "joined")

    moments = [tally_of(trio(), history[:size]).customer_moment for size in range(5)]

    assert moments == [None, day(0), day(0), None, day(3)]


def test_a_state_is_entered_by_the_last_event_that_changed_it():
    """Where nothing changed yet, by the first event."""
    lifecycle = trio(also=[stay("greeted", ["guest", "member"])])
    history = happened("greeted", "greeted", "joined", "greeted")

    since = [tally_of(lifecycle, history[:size]).since for size in range(5)]

    assert since == [None, day(0), day(0), day(2), day(2)]


ENTERPRISE, BOTH = Initiator.ENTERPRISE, Initiator.BOTH


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([Departed(at=day(2))], DepartureKind.LOSS),
        ([Departed(at=day(2), initiator=BOTH)], DepartureKind.LOSS),
        ([Departed(at=day(2), initiator=ENTERPRISE)], DepartureKind.TERMINATION),
        ([Terminated(at=day(2))], DepartureKind.TERMINATION),
        ([Purchased(at=day(1), amount=1), Departed(at=day(2))], DepartureKind.EROSION),
        ([Purchased(at=day(1), amount=1), Terminated(at=day(2))], DepartureKind.TERMINATION),
        ([Purchased(at=day(2), amount=1), Departed(at=day(2))], DepartureKind.LOSS),
        ([Departed(at=day(2), cause=Cause.DISMISSED)], DepartureKind.TERMINATION),
        ([Departed(at=day(2), cause=Cause.CEASED)], DepartureKind.INCIDENTAL),
        ([Departed(at=day(2), cause=Cause.RELOCATION)], DepartureKind.INCIDENTAL),
        ([Departed(at=day(2), cause=Cause.RELOCATION, to="Rival Ltd")], DepartureKind.LOSS),
    ],
    ids=[
        "lost",
        "lost by both",
        "turned away",
        "ended",
        "eroded",
        "ended as a customer",
        "lost at the moment",
        "driven out",
        "ceased",
        "moved",
        "moved to a rival",
    ],
)
def test_the_kind_of_a_departure_is_read_from_who_ended_it_why_and_when(events, kind):
    """By the default rules."""
    tally = tally_of(CUSTOMER_LIFECYCLE, [Engaged(at=day(0)), *events])

    (departure,) = tally.departed

    assert departure["kind"] is kind
    assert departure["at"] == events[-1].at


def test_an_event_that_does_not_say_who_ended_it_was_the_customers():
    """As an app's own event may not."""
    tally = tally_of(trio(), happened("left"))

    (departure,) = tally.departed

    assert departure["kind"] is DepartureKind.LOSS
    assert departure["initiator"] is Initiator.CUSTOMER
    assert departure["cause"] is Cause.UNKNOWN


def test_a_tally_gives_the_fields_of_each_departure():
    """The sales cycle goes from the first event of the cycle to the customer moment."""
    gone = Departed(at=day(5), cause=Cause.PRICE, to="Rival Ltd", inferred=True, deal_size=7)
    history = [Engaged(at=day(0)), Purchased(at=day(2), amount=1), gone]

    tally = tally_of(CUSTOMER_LIFECYCLE, history)

    assert tally.departed == (
        {
            "at": day(5),
            "cycle": 1,
            "kind": DepartureKind.EROSION,
            "room_left": Room.CUSTOMER,
            "stages_left": ("buyer", "content"),
            "customer_moment": day(2),
            "first_customer_moment": day(2),
            "cause": Cause.PRICE,
            "reason": None,
            "initiator": Initiator.CUSTOMER,
            "to": "Rival Ltd",
            "inferred": True,
            "sales_cycle": timedelta(days=2),
            "sales_cost": None,
            "deal_size": 7,
            "key_customer": None,
            "revenue": 1,
            "purchases": 1,
            "learnt_at": None,
            "first_believed": None,
        },
    )


@pytest.mark.parametrize(
    ("names", "sales_cycles"),
    [
        (["left"], [0]),
        (["greeted", "left"], [1]),
        (["greeted", "joined", "left"], [1]),
        (["left", "returned", "greeted", "left"], [0, 2]),
    ],
    ids=str,
)
def test_a_sales_cycle_ends_with_the_customer_moment_or_the_departure(names, sales_cycles):
    """In each cycle it begins anew, with the return."""
    lifecycle = trio(also=[stay("greeted", "guest")])

    tally = tally_of(lifecycle, happened(*names))

    assert [gone["sales_cycle"].days for gone in tally.departed] == sales_cycles


def test_a_departure_that_says_what_is_out_of_bounds_is_refused():
    """An app's own event can say anything."""
    left = type("Left", (event_class("left"),), {"name": "left", "cause": "a whim"})

    tally = tally_of(trio(), [left(at=day(0)), *happened("joined")])

    assert tally.refused == (0,)
    assert str(tally.state) == "member"


def test_the_first_customer_moment_is_that_of_the_first_cycle_that_has_one():
    """Whatever came before and after."""
    history = happened("left", "returned", "joined", "left", "returned", "joined")

    moments = [tally_of(trio(), history[:size]).first_customer_moment for size in (2, 3, 5, 6)]

    assert moments == [None, day(2), day(2), day(2)]


@pytest.mark.parametrize(
    ("events", "answers"),
    [
        ([], []),
        ([Complained(at=day(0))], ["complaint_settled", "complaint_ignored"]),
        ([Complained(at=day(0)), ComplaintIgnored(at=day(1))], []),
        (
            [Complained(at=day(0), public=True), ComplaintIgnored(at=day(1))],
            ["complaint_settled"],
        ),
    ],
    ids=["none", "one", "ignored", "ignored in public"],
)
def test_an_answer_is_allowed_while_one_is_due(events, answers):
    """A complaint that is ignored already cannot be ignored again."""
    tally = tally_of(CUSTOMER_LIFECYCLE, events)

    assert [name for name in tally.allowed if name.startswith("complaint_")] == answers


def test_a_tally_keeps_the_refused_events_with_where_they_came():
    """Their places among all, and how many were accepted before."""
    left, again, joined = happened("left", "left", "joined")

    tally = tally_of(trio(), [left, again, joined])

    assert tally.refusals == ((1, 1, again), (2, 1, joined))
    assert tally.at(0) == Tally(trio())


def test_a_cycle_begins_with_its_first_event():
    """The return is the first event of the next one."""
    history = happened("joined", "left", "returned", "joined")

    began = [tally_of(trio(), history[:size]).cycle_began for size in range(5)]

    assert began == [None, day(0), day(0), day(2), day(2)]


BOUGHT = Purchased(at=day(1), amount=1)


@pytest.mark.parametrize(
    ("events", "waiting"),
    [
        ([Complained(at=day(0))], 1),
        ([BOUGHT, Complained(at=day(2))], 1),
        ([BOUGHT, Complained(at=day(2)), Complained(at=day(3))], 2),
        ([BOUGHT, Complained(at=day(2)), ComplaintSettled(at=day(3))], 0),
        ([BOUGHT, Complained(at=day(2)), ComplaintIgnored(at=day(3))], 0),
        ([BOUGHT, Complained(at=day(2)), Departed(at=day(3))], 1),
        ([BOUGHT, Complained(at=day(2)), Departed(at=day(3)), Engaged(at=day(4))], 1),
    ],
    ids=["a prospect", "one", "two", "settled", "ignored", "left", "returned"],
)
def test_complaints_are_open_until_they_are_answered(events, waiting):
    """In every room and cycle."""
    tally = tally_of(CUSTOMER_LIFECYCLE, events)

    assert len(tally.complaints) == waiting


# What a relationship says against it.


HISTORY = [
    Engaged(at=day(0)),
    BOUGHT,
    Complained(at=day(2)),
    Departed(at=day(3), to="Rival Ltd"),
    Purchased(at=day(4), amount=2),
    Terminated(at=day(5)),
]


def test_a_relationship_does_not_contradict_the_tally_of_its_own_history():
    """After none of its events."""
    relationships = [Relationship("C-1").apply(*HISTORY[:size]) for size in range(7)]
    tallies = [tally_of(CUSTOMER_LIFECYCLE, HISTORY[:size]) for size in range(7)]

    found = [[*contradictions(*both)] for both in zip(relationships, tallies, strict=True)]

    assert found == [[]] * 7


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cycle": 3}, ["cycle is 3, and must be 2."]),
        (
            {"complaints": ()},
            ["open complaints are nothing, and must be 2026-01-03 None."],
        ),
        (
            {"record": evolve(record_of(HISTORY), engagements=9)},
            ["by its events, record.engagements is 9, not 1."],
        ),
        ({"departure": None}, ["departures on record: 0, and departed: 1."]),
    ],
    ids=["cycle", "complaints", "record", "departure"],
)
def test_a_contradiction_says_what_is_and_what_must_be(values, words):
    """Each in a sentence."""
    relationship = changed(Relationship("C-1").apply(*HISTORY), **values)

    found = [*contradictions(relationship, tally_of(CUSTOMER_LIFECYCLE, HISTORY))]

    assert found == words


def test_a_departure_on_record_contradicts_the_one_that_was_made_field_by_field():
    """What is right is not told."""
    made = tally_of(CUSTOMER_LIFECYCLE, HISTORY).departed
    kept = replay(HISTORY, customer="C-1").departures
    wrong = evolve(kept[0], to="Another Ltd", cycle=9)

    found = [*departures_amiss([wrong, kept[1]], made)]

    assert found == [
        f"the departure at {day(3)}: cycle is 9, and must be 1.",
        f"the departure at {day(3)}: to is Another Ltd, and must be Rival Ltd.",
    ]
    assert [*departures_amiss(kept, made)] == []


def test_what_was_believed_at_first_is_held_against_the_departure_before_the_news():
    """Field by field, and where there is nothing on record."""
    news = [CauseLearnt(at=day(6), cause=Cause.PRICE), CauseLearnt(at=day(7), cause=Cause.CEASED)]
    history = [*HISTORY, *news]
    made = tally_of(CUSTOMER_LIFECYCLE, history).departed
    _, last = kept = replay(history, customer="C-1").departures
    forgotten = evolve(last, first_believed=None, learnt_at=None)
    later = evolve(last, first_believed=evolve(last.first_believed, cause=Cause.PRICE))

    found = [
        [*departures_amiss([kept[0], departure], made)] for departure in (last, forgotten, later)
    ]

    what = f"the departure, as first believed, at {day(5)}"
    assert found[0] == []
    assert found[1] == [
        f"the departure at {day(5)}: learnt at is unknown, and must be {day(7)}.",
        f"the departure at {day(5)}: first believed is unknown, and must be a departure.",
    ]
    assert found[2] == [f"{what}: cause is price, and must be dismissed."]


class Ours(Relationship):
    """A relationship of a class of its own."""


def ours(relationship):
    """The same relationship, of another class."""
    other = object.__new__(Ours)
    for name in (one.name for one in fields(Relationship)):
        object.__setattr__(other, name, getattr(relationship, name))
    return other


def test_values_of_a_subclass_differ_by_their_fields_alone():
    """In tuples as well; what is longer differs."""
    one = Relationship("C-1")
    other = changed(one, cycle=2)

    assert difference(ours(one), one) == difference(one, ours(one)) == ""
    assert difference((ours(one),), (one,)) == ""
    assert difference(ours(other), one) == "cycle is 2, not 1"
    assert difference((one,), (one, one)).startswith("it is (<Relationship C-1")


def test_a_record_counts_every_kind_of_event():
    """Sums are exact, and times are those of the first and the last."""
    events = [
        event_class("sneezed")(at=day(0)),
        Contacted(at=day(1)),
        Engaged(at=day(2)),
        Purchased(at=day(3), amount=Decimal("0.10")),
        Purchased(at=day(4), amount=Decimal("0.20")),
        Complained(at=day(5)),
        ComplaintSettled(at=day(6)),
        ComplaintSettled(at=day(7)),
        ComplaintIgnored(at=day(8)),
        Recommended(at=day(9)),
        Lapsed(at=day(10)),
        Departed(at=day(11)),
    ]

    record = record_of(events)

    assert record == Record(
        others=2,
        contacts=1,
        engagements=1,
        purchases=2,
        complaints=1,
        settlements=2,
        disregards=1,
        recommendations=1,
        lapses=1,
        revenue=Decimal("0.30"),
        first_at=day(0),
        last_at=day(11),
        first_purchase_at=day(3),
        last_purchase_at=day(4),
        last_lapse_at=day(10),
        purchase_days=2,
        first_day_revenue=Decimal("0.10"),
    )


def test_a_record_without_a_purchase_has_no_time_of_one():
    """It has the times of its events all the same."""
    record = record_of([Engaged(at=day(3)), Engaged(at=day(1))])

    assert record == Record(engagements=2, first_at=day(1), last_at=day(3))
    assert record_of([]) == Record()


@pytest.mark.parametrize(
    "event",
    [
        ComplaintSettled(at=day(3), complaint="c9"),
        ComplaintIgnored(at=day(3), complaint="c9"),
        Refunded(at=day(3), amount=1, purchase="p9"),
        Refunded(at=day(3), amount=9),
    ],
    ids=["settled", "ignored", "an unknown purchase", "too much"],
)
def test_what_is_not_open_or_not_paid_is_refused(event):
    """The record says so, and no rule."""
    tally = tally_of(CUSTOMER_LIFECYCLE, [BOUGHT, Complained(at=day(2), id="c1"), event])

    assert tally.refused == (2,)


def test_a_pause_lasts_as_long_as_its_stage():
    """The time is counted when it is over."""
    events = [BOUGHT, Paused(at=day(2)), Resumed(at=day(5)), Paused(at=day(9))]
    tallies = [tally_of(with_pause(CUSTOMER_LIFECYCLE), events[:size]) for size in (2, 3, 4)]

    assert [tally.paused_at for tally in tallies] == [day(2), None, day(9)]
    assert [tally.paused.days for tally in tallies] == [0, 3, 3]
