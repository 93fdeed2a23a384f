"""The journey: replaying, telling, looking back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from attrs import evolve

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    ComplaintSettled,
    Contacted,
    Correction,
    Departed,
    DepartureKind,
    DepartureRules,
    Engaged,
    EventNotAllowed,
    IdReused,
    InvalidArgument,
    InvalidMoment,
    InvalidRelationship,
    Lapsed,
    Move,
    OutOfOrderEvent,
    PurchaseCancelled,
    Purchased,
    Relationship,
    Room,
    Step,
    UnknownEvent,
    UnknownState,
    merge,
    replay,
)

T = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return T + timedelta(days=number)


def bought(number):
    return Purchased(at=day(number), amount=Decimal(10))


HISTORY = [
    Contacted(at=day(0)),
    Engaged(at=day(1)),
    bought(3),
    bought(10),
    Departed(at=day(40), cause=Cause.PRICE, to="Rival Ltd"),
    Engaged(at=day(100)),
    Departed(at=day(110)),
]


@pytest.fixture
def journey():
    return replay(HISTORY, customer="C-17")


def test_replay_sorts_by_time():
    """Events may come in any order of time."""
    assert replay(HISTORY[::-1], customer="C-17") == replay(HISTORY, customer="C-17")


def test_events_of_one_time_keep_the_order_given():
    """A complaint and its settlement within the same instant depend on their order."""
    complained, settled = Complained(at=day(5)), ComplaintSettled(at=day(5))

    accepted = replay([bought(1), complained, settled], customer="C-17")
    refused = replay([bought(1), settled, complained], customer="C-17", on_rejected="collect")

    assert accepted.rejected == ()
    assert [rejection.event for rejection in refused.rejected] == [settled]


def test_replay_takes_any_iterable():
    """A generator serves as well as a list."""
    assert replay(iter(HISTORY), customer="C-17") == replay(HISTORY, customer="C-17")


def test_replay_raises_on_the_first_refused_event():
    """The default is to stop and say why."""
    with pytest.raises(EventNotAllowed, match="for 'C-17'"):
        replay([ComplaintSettled(at=day(1))], customer="C-17")


def test_replay_can_collect_what_it_refuses():
    """Refused events are kept with their reasons and places; the rest goes on."""
    settled = ComplaintSettled(at=day(2))

    journey = replay([*HISTORY, settled], customer="C-17", on_rejected="collect")

    (rejection,) = journey.rejected
    assert (rejection.event, rejection.position) == (settled, 2)
    assert "Only a complaint that is open" in str(rejection)
    assert journey.events == tuple(HISTORY)


def test_an_event_given_twice_is_judged_twice():
    """The same object may be accepted once and refused once; only the refused one is left out."""
    departed = Departed(at=day(1))

    journey = replay([departed, departed], customer="C-17", on_rejected="collect")

    assert (journey.events, len(journey.rejected)) == ((departed,), 1)
    assert journey.rejected[0].position == 1


def test_what_is_no_event_is_refused_before_sorting():
    """It has no time, so it has no place either."""
    journey = replay([*HISTORY, "purchased"], customer="C-17", on_rejected="collect")

    assert [(r.event, r.position) for r in journey.rejected] == [("purchased", None)]
    with pytest.raises(UnknownEvent):
        replay(["purchased"], customer="C-17")


def test_replay_knows_two_policies():
    """Any other word is refused."""
    with pytest.raises(InvalidArgument, match="must be 'raise' or 'collect'"):
        replay([], customer="C-17", on_rejected="ignore")


def test_replay_needs_a_customer():
    """A blank id is refused."""
    with pytest.raises(InvalidRelationship):
        replay([], customer="")


def test_a_journey_keeps_every_departure(journey):
    """Each cycle's departure stays, with its own cause, also after a return."""
    kinds = [(d.cycle, d.kind, d.cause) for d in journey.departures]

    assert kinds == [
        (1, DepartureKind.EROSION, Cause.PRICE),
        (2, DepartureKind.LOSS, Cause.UNKNOWN),
    ]
    assert journey.relationship.departure == journey.departures[-1]
    assert [departure.first_entry for departure in journey.departures] == [True, False]


def test_steps_tell_what_each_event_did(journey):
    """State before and after, the rules taken, the cycle, and the signs of the house."""
    told = [(s.before.stage, s.after.stage, s.is_move, s.cycle) for s in journey.steps]

    assert told == [
        ("potential", "aware", True, 1),
        ("aware", "visitor", True, 1),
        ("visitor", "buyer", True, 1),
        ("buyer", "regular", True, 1),
        ("regular", "eroded", True, 1),
        ("eroded", "visitor", True, 2),
        ("visitor", "lost", True, 2),
    ]
    assert [s.is_customer_moment for s in journey.steps].index(True) == 2
    assert [s.is_reentry for s in journey.steps].index(True) == 5
    assert [s.departure for s in journey.steps if s.departure] == list(journey.departures)
    assert all(isinstance(rule, Move) for step in journey.steps for rule in step.rules)


def test_a_step_explains_itself_with_sentence_and_source(journey):
    """Event, from, to, why, and where that is from."""
    assert journey.steps[3].explain() == (
        "2026-01-11 purchased: buyer+content -> regular+content. "
        "The second turn to us, read as the second purchase, makes a regular. [EFR-4]"
    )


def test_a_step_of_two_rules_explains_both():
    """A settled conflict of a regular moves two regions."""
    journey = replay(
        [bought(0), bought(1), Complained(at=day(2)), ComplaintSettled(at=day(3))], customer="C-17"
    )

    text = journey.steps[-1].explain()

    assert "regular+in_conflict -> advocate+content" in text
    assert "restores the standing" in text
    assert "make an advocate of a regular. [EFR-5, contested by de Matos et al. 2007]" in text


def test_a_departing_step_explains_the_departure(journey):
    """The kind, the rule and the competitor are told with the step."""
    text = journey.steps[4].explain()

    assert "KIND-EROSION" in text
    assert "Captured: yes, by Rival Ltd." in text


def test_a_journey_explains_itself_step_by_step():
    """Every step and every refusal, in the order of time; what is no event comes last."""
    journey = replay(
        [bought(0), Contacted(at=day(2)), ComplaintSettled(at=day(1)), "purchased"],
        customer="C-17",
        on_rejected="collect",
    )

    lines = journey.explain().splitlines()

    assert lines[0] == "'C-17' began in potential."
    assert "customer moment [IMH-3]" in lines[1]
    assert lines[2].startswith("2026-01-02 complaint_settled: refused. 'complaint_settled' is not")
    assert "stays buyer+content" in lines[3]
    assert lines[4].startswith("refused. 'purchased' is the name of an event")


@pytest.mark.parametrize(
    ("moment", "stage", "cycle"),
    [
        (-1, "potential", 1),
        (0, "aware", 1),
        (2, "visitor", 1),
        (10, "regular", 1),
        (500, "lost", 2),
    ],
)
def test_as_of_shows_the_relationship_as_it_stood(journey, moment, stage, cycle):
    """Events of that very moment are included."""
    rel = journey.as_of(day(moment))

    assert (rel.state.stage, rel.cycle) == (stage, cycle)


def test_as_of_the_last_event_is_the_relationship(journey):
    """Looking back from the end changes nothing."""
    assert journey.as_of(day(110)) == journey.relationship


@pytest.mark.parametrize(
    ("stage", "days"),
    [
        ("potential", 0),
        ("aware", 1),
        ("visitor", 2 + 10),
        ("buyer", 7),
        ("regular", 30),
        ("content", 37),
        ("bond", 37),
        ("customer", 37),
        ("eroded", 60),
        ("advocate", 0),
    ],
)
def test_time_in_a_stage_is_over_all_visits(journey, stage, days):
    """Outer places count their inner ones; the time before the first event does not count."""
    assert journey.time_in(stage) == timedelta(days=days)


def test_an_open_visit_needs_an_end(journey):
    """Nothing reads the clock, so the caller says until when."""
    with pytest.raises(InvalidMoment, match="still in 'lost'"):
        journey.time_in("lost")

    assert journey.time_in("lost", until=day(120)) == timedelta(days=10)


@pytest.mark.parametrize(("until", "days"), [(-5, 0), (0, 0), (20, 10), (40, 30), (500, 30)])
def test_until_ends_every_visit(journey, until, days):
    """What lies after it does not count."""
    assert journey.time_in("regular", until=day(until)) == timedelta(days=days)


def test_looking_back_needs_an_aware_moment(journey):
    """A naive moment is refused by both looks."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - naive on purpose

    with pytest.raises(InvalidMoment, match="as_of: moment is"):
        journey.as_of(naive)
    with pytest.raises(InvalidMoment, match="time_in: until is"):
        journey.time_in("regular", until=naive)


def test_time_in_an_unknown_stage_is_an_error(journey):
    """The error lists the places there are."""
    with pytest.raises(UnknownState, match="does not know a stage 'shopper'") as caught:
        journey.time_in("shopper")

    assert "regular" in caught.value.known


def test_an_empty_journey_is_no_time_anywhere():
    """Without events nothing has begun."""
    journey = replay([], customer="C-17")

    assert journey.time_in("potential") == timedelta(0)
    assert journey.steps == ()
    assert journey.relationship == Relationship("C-17")
    assert (journey.customer, journey.lifecycle) == ("C-17", journey.start.lifecycle)


def test_equal_refusals_are_equal():
    """Two replays of the same events are equal, errors included."""
    events = [ComplaintSettled(at=day(1)), bought(2)]

    one, other = (replay(events, customer="C-17", on_rejected="collect") for _ in range(2))

    assert one == other
    assert repr(one) == "<Journey C-17: buyer+content, cycle 1, 1 purchase, 1 event, 1 refused>"


def test_events_out_of_order_never_reach_a_replay():
    """Replay sorts, so only apply can meet an older event."""
    rel = replay(HISTORY[:2], customer="C-17").relationship

    with pytest.raises(OutOfOrderEvent):
        rel.apply(Contacted(at=day(0)))


def test_only_the_way_back_from_former_begins_a_new_cycle(journey):
    """A move into former is a departure, and no other move is a re-entry."""
    rooms = [(step.before.room.value, step.after.room.value) for step in journey.steps]

    ways = [way for way, step in zip(rooms, journey.steps, strict=True) if step.is_reentry]

    assert ways == [("former", "prospect")]


def test_a_move_between_two_former_stages_is_no_re_entry():
    """Both are in the same room, so the cycle goes on."""
    before, after = (CUSTOMER_LIFECYCLE.state(stage) for stage in ("eroded", "terminated"))

    step = Step(bought(1), before, after, (), 1, None)

    assert not step.is_reentry


def test_a_journey_is_judged_by_other_rules(journey):
    """As if it had been replayed under them."""
    rules = DepartureRules(moment_grace=timedelta(days=60))

    judged = journey.judged_by(rules)

    assert judged == replay(HISTORY, customer="C-17", departure_rules=rules)
    assert [one.kind for one in journey.departures] == [DepartureKind.EROSION, DepartureKind.LOSS]
    assert [one.kind for one in judged.departures] == [DepartureKind.LOSS, DepartureKind.LOSS]


@pytest.mark.parametrize("events", [None, 5, Engaged(at=day(1))], ids=lambda v: type(v).__name__)
def test_replay_takes_several_events(events):
    """Something else than an iterable is refused."""
    with pytest.raises(
        InvalidArgument, match=r"replay\(\): events is .* must be an iterable of events"
    ):
        replay(events, customer="C-17")


@pytest.mark.parametrize("stage", [[], None, 5, Room.CUSTOMER], ids=repr)
def test_time_is_counted_in_a_stage_by_its_name(journey, stage):
    """Something else than a name is refused."""
    with pytest.raises(InvalidArgument, match=r"time_in\(\): stage is"):
        journey.time_in(stage)


def test_a_step_and_a_journey_are_shown_in_one_line(journey):
    """As short as a line of the explanation."""
    assert repr(journey.steps[0]) == "<Step 2026-01-01 contacted: potential -> aware>"
    assert repr(journey) == "<Journey C-17: lost, cycle 2, 2 purchases, 7 events>"


def test_a_notebook_shows_a_journey_as_a_table_of_steps():
    """Refused events are in it, and objects that are no events at its end."""
    events = [Engaged(at=day(0)), ComplaintSettled(at=day(1)), Departed(at=day(2)), "<sneezed>"]

    page = replay(events, customer="C-17", on_rejected="collect")._repr_html_()

    assert page.startswith("<p>C-17: lost, cycle 1, 0 purchases, 2 events, 2 refused</p>")
    rows = page.split("<tr>")[2:]
    assert [row.split("</td>")[1].removeprefix("<td>") for row in rows] == [
        "engaged",
        "complaint_settled",
        "departed",
        "&#x27;&lt;sneezed&gt;&#x27;",
    ]
    assert "<td>refused</td>" in rows[1]
    assert "Departure: loss on 2026-01-03, tolerable, cause unknown." in rows[2]


# --- ids -----------------------------------------------------------------------------------------


PAID = Purchased(at=day(0), amount=5, id="p1")
AGAIN = Purchased(at=day(0), amount=5, id="p1", recorded_at=day(1))
OTHER = Purchased(at=day(3), amount=7, id="p1")
LEFT = Departed(at=day(9), id="d1")


@pytest.mark.parametrize("events", [[PAID, PAID], [PAID, AGAIN], [AGAIN, PAID]], ids=[1, 2, 3])
def test_the_same_event_counts_once_however_often_it_comes(events):
    """Queues deliver at least once; what comes again is told apart."""
    journey = replay([*events, LEFT], customer="C-17")

    assert journey.relationship == Relationship("C-17").apply(PAID, LEFT)
    assert journey.duplicates == (events[1],)
    assert len(journey.ledger) == 3


def test_an_id_of_two_events_that_differ_is_an_error():
    """The first in time has it."""
    with pytest.raises(IdReused, match=r"'p1' .* differ in at and amount") as caught:
        replay([OTHER, PAID], customer="C-17", on_rejected="collect")

    assert (caught.value.at, caught.value.other_at) == (day(3), day(0))


def test_an_id_of_events_of_two_classes_is_an_error():
    """There is no field to name."""
    with pytest.raises(IdReused, match=r"'purchased' of .*, and the two differ\. Nothing"):
        replay([PAID, Departed(at=day(9), id="p1")], customer="C-17")


def test_an_event_with_the_id_of_another_is_collected_if_wanted():
    """With the refused ones; the same event again still is a duplicate."""
    journey = replay([PAID, OTHER, PAID, LEFT], customer="C-17", duplicates="collect")

    assert journey.events == (PAID, LEFT)
    assert [(one.event, one.position) for one in journey.rejected] == [(OTHER, 2)]
    assert journey.duplicates == (PAID,)
    assert "2026-01-04 purchased: refused. The id 'p1'" in journey.explain()


def test_ids_may_be_looked_over():
    """Where an app uses them for something else."""
    journey = replay([PAID, OTHER, PAID], customer="C-17", duplicates="allow")

    assert journey.relationship.record.purchases == 3
    assert journey.duplicates == ()
    assert journey.amend(add=[PAID]).relationship.record.purchases == 4


@pytest.mark.parametrize("duplicates", ["drop", None, True], ids=repr)
def test_there_are_three_ways_to_deal_with_ids(duplicates):
    """Another one is an error."""
    with pytest.raises(InvalidArgument, match=r"replay\(\): duplicates is"):
        replay([], customer="C-17", duplicates=duplicates)


def test_every_event_is_accounted_for_once():
    """Accepted, refused, a duplicate, withdrawn, or the cancellation that withdraws."""
    cancel = PurchaseCancelled(at=day(4), purchase="p2")
    events = [PAID, PAID, OTHER, LEFT, Lapsed(at=day(10)), cancel, evolve(PAID, id="p2")]

    journey = replay(events, customer="C-17", duplicates="collect", on_rejected="collect")

    assert len(journey.ledger) == 7
    assert journey.events == (PAID, LEFT)
    assert [one.event for one in journey.rejected] == [OTHER, events[4]]
    assert [one.event for one in journey.withdrawn] == [events[6]]
    assert journey.duplicates == (PAID,)


# --- one person, several records -----------------------------------------------------------------


WEB = replay([bought(0), Departed(at=day(20), inferred=True)], customer="W-1")
SHOP = replay([bought(10), bought(30)], customer="S-9")
CALL = replay([Complained(at=day(12), id="c1"), Departed(at=day(50))], customer="T-3")


def test_a_departure_is_lifted_if_the_person_went_on_buying_elsewhere():
    """It is named, with the purchase that shows it."""
    merged = merge(WEB, SHOP, customer="C-17")

    assert (merged.customer, merged.relationship.cycle) == ("C-17", 1)
    assert str(merged.relationship.state) == "regular+content"
    (lifted,) = merged.withdrawn
    assert (lifted.event, lifted.how, lifted.by) == (
        WEB.events[1],
        Correction.LIFTED,
        SHOP.events[1],
    )
    assert "departed of 2026-01-21: it was no departure, as purchased of 2026-01-31 shows." in map(
        str, merged.changes
    )


def test_records_that_share_events_are_merged_as_if_each_had_its_own():
    """As when they were stored and read again: one departure is lifted, and the other is not."""
    left, returned = Departed(at=day(1)), Engaged(at=day(1))
    again = bought(2)
    whole = replay([left, returned, again], customer="W-1")
    shared, own = (
        replay(events, customer="S-9")
        for events in ([left, again], [Departed(at=day(1)), bought(2)])
    )

    merged = merge(whole, shared, customer="C-17", on_rejected="collect")

    assert merged == merge(whole, own, customer="C-17", on_rejected="collect")
    assert (len(merged.withdrawn), merged.relationship.cycle) == (1, 2)


@pytest.mark.parametrize(
    ("other", "departures"),
    [
        ([bought(30)], 1),
        ([bought(10), bought(20)], 1),
        ([bought(10), Departed(at=day(15)), bought(30)], 1),
        ([bought(10), Engaged(at=day(30))], 1),
        ([bought(10), bought(21)], 0),
        ([Engaged(at=day(20)), bought(21)], 0),
    ],
    ids=["began later", "bought before", "left before", "did not buy", "bought", "was there"],
)
def test_only_who_was_there_and_bought_afterwards_had_not_left(other, departures):
    """Who begins later has come back."""
    merged = merge(WEB, replay(other, customer="S-9"), customer="C-17", on_rejected="collect")

    assert len(merged.departures) == departures


def test_an_event_that_both_records_have_counts_once():
    """By its id."""
    one, two = (replay([PAID, bought(number)], customer="W") for number in (3, 4))

    merged = merge(one, two, customer="C-17")

    assert merged.relationship.record.purchases == 3
    assert merged.duplicates == (PAID,)


def test_an_id_that_stands_for_two_events_in_two_records_is_an_error():
    """Two apps may count alike; then the ids say nothing."""
    one, two = (replay([event], customer="W") for event in (PAID, OTHER))

    with pytest.raises(IdReused):
        merge(one, two, customer="C-17")

    assert merge(one, two, customer="C", duplicates="allow").relationship.record.purchases == 2
    assert len(merge(one, two, customer="C", duplicates="collect").rejected) == 1


def test_what_is_refused_by_the_merge_is_raised_or_collected():
    """Who has left one record cannot leave again."""
    two = replay([Engaged(at=day(1)), Departed(at=day(40))], customer="S-9")

    with pytest.raises(EventNotAllowed, match="A person who left cannot leave again"):
        merge(WEB, two, customer="C-17")

    merged = merge(WEB, two, customer="C-17", on_rejected="collect")
    assert [one.event for one in merged.rejected] == [two.events[1]]


def test_the_order_of_merging_makes_no_difference():
    """At once or one by one."""
    merging = partial(merge, customer="C-17", on_rejected="collect")
    at_once = merging(WEB, SHOP, CALL)

    assert at_once == merging(CALL, WEB, SHOP)
    assert at_once == merging(merging(CALL, SHOP), WEB)
    assert at_once == merging(SHOP, merging(WEB, CALL))


def test_a_merged_journey_is_corrected_as_any_other():
    """It is one history then."""
    merged = merge(WEB, SHOP, CALL, customer="C-17")

    amended = merged.amend(withdraw=["c1"])

    assert amended.relationship.record.complaints == 0
    assert amended.withdrawn[0].how is Correction.WITHDRAWN
    assert (merged.copies, amended.copies) == ((SHOP, CALL, WEB), ())


def test_what_was_known_of_several_records_is_the_merge_of_what_was_known_of_each():
    """A departure is lifted by what was known."""
    merged = merge(WEB, SHOP, customer="C-17")

    assert [one.at for one in merged.known_at(day(25)).departures] == [day(20)]
    assert merged.known_at(day(30)) == merged


def test_one_record_can_be_merged_alone():
    """It gets the id."""
    assert merge(WEB, customer="C-17").relationship == WEB.rename("C-17").relationship


@pytest.mark.parametrize(
    ("journeys", "rule"),
    [
        ((), "must be at least one"),
        ((WEB, "x"), "must be a Journey"),
        (
            (WEB, replay([], customer="C", lifecycle=evolve(CUSTOMER_LIFECYCLE, name="other"))),
            "must be journeys under the same lifecycle",
        ),
        (
            (WEB, replay([], customer="C", departure_rules=DepartureRules(deal_size_steps=[9]))),
            "must be journeys under the same departure rules",
        ),
    ],
    ids=["none", "no journey", "lifecycle", "rules"],
)
def test_only_journeys_under_the_same_rules_are_merged(journeys, rule):
    """Else nothing is."""
    with pytest.raises(InvalidArgument, match=rule):
        merge(*journeys, customer="C-17")


def test_a_journey_is_renamed():
    """Its events stay as they are."""
    renamed = WEB.rename("C-17")

    assert renamed == replay(WEB.events, customer="C-17")
    assert WEB.customer == "W-1"


def test_what_is_no_event_stays_on_record_through_corrections_and_merges():
    """It has no time, and is refused each time."""
    journey = replay([bought(0), "x"], customer="W-1", on_rejected="collect")

    for other in (
        journey.amend(add=[bought(1)]),
        journey.known_at(day(0)),
        merge(journey, SHOP, customer="C-17"),
    ):
        assert [one.event for one in other.rejected] == ["x"]
