"""A history watched for silence: what falls due, and what a replay makes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from tests.ids import stable
from tests.unit.lifecycle.builders import move, stay, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    ChangeKind,
    Committed,
    Complained,
    ComplaintSettled,
    Contacted,
    Correction,
    Departed,
    DepartureKind,
    DepartureRules,
    Engaged,
    EventNotAllowed,
    Forbid,
    InvalidArgument,
    InvalidMoment,
    Lapsed,
    PurchaseCancelled,
    Purchased,
    Refunded,
    Relationship,
    Severity,
    Terminated,
    UnknownEvent,
    merge,
    replay,
)
from custlife._watching import Course
from custlife.silence import (
    Answer,
    DeadlineRule,
    Deadlines,
    FixedWindow,
    OwnRhythm,
    StageLimits,
    Status,
    either,
)

T = datetime(2026, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)


def days(number):
    return timedelta(days=number)


def day(number):
    return T + timedelta(days=number)


def bought(number, **more):
    return Purchased(at=day(number), amount=5, **more)


RULE = FixedWindow(lapsed_after=days(90), departed_after=days(360))
VISITORS = StageLimits({"visitor": days(30)})
BOTH = either(RULE, VISITORS)


def watched(*events, until, rule=RULE, customer="C-17", **more):
    return replay(events, customer=customer, silence=rule, as_of=day(until), **more)


def inferred(journey):
    return [(one.event.name, one.event.at) for one in journey.inferred]


class OnlyAnswers:
    """A rule that knows no deadlines, and answers as another one does."""

    def __init__(self, rule):
        self.rule = rule

    def judge(self, relationship, at):
        return self.rule.judge(relationship, at)


class Saying:
    """A rule that always gives the same answer."""

    def __init__(self, answer):
        self.answer = answer

    def judge(self, relationship, at):
        return self.answer


# --- what a silence makes due -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (90 * days(1), []),
        (90 * days(1) + INSTANT, [("lapsed", day(90))]),
        (360 * days(1), [("lapsed", day(90))]),
        (360 * days(1) + INSTANT, [("lapsed", day(90)), ("departed", day(360))]),
    ],
    ids=stable,
)
def test_what_is_due_has_the_time_of_the_limit_and_is_due_after_it(after, expected):
    """By a replay, and by a snapshot."""
    journey = replay([bought(0)], customer="C-17", silence=RULE, as_of=T + after)
    events = Relationship("C-17").apply(bought(0)).due(RULE, T + after)

    assert inferred(journey) == expected
    assert [(event.name, event.at) for event in events] == expected


def test_a_purchase_at_the_very_deadline_comes_in_time():
    """It ends the silence; an instant later it would not."""
    in_time = watched(bought(0), bought(90), until=91)
    late = watched(bought(0), Purchased(at=day(90) + INSTANT, amount=5), until=91)

    assert inferred(in_time) == []
    assert inferred(late) == [("lapsed", day(90))]


def test_a_customer_who_departs_by_silence_is_an_erosion():
    """The kind follows from the departure rules, and the reason is the rule's."""
    journey = watched(bought(0), until=400)

    (departure,) = journey.departures
    assert (departure.kind, departure.severity) == (DepartureKind.EROSION, Severity.SERIOUS)
    assert (departure.cause, departure.inferred) == (Cause.SILENCE, True)
    assert journey.events[-1].reason == (
        "silent since 2026-01-01, and more than 90 days is a lapse, more than 360 days a departure"
    )


def test_a_visitor_who_departs_by_silence_is_a_loss():
    """Nothing lapses before it, since the stage knows one limit only."""
    journey = watched(Engaged(at=T), until=31, rule=VISITORS)

    (departure,) = journey.departures
    assert inferred(journey) == [("departed", day(30))]
    assert (departure.kind, departure.severity) == (DepartureKind.LOSS, Severity.TOLERABLE)
    assert (departure.cause, departure.inferred) == (Cause.SILENCE, True)
    assert journey.relationship.state.stage == "lost"


def test_a_lapse_that_the_app_recorded_is_not_repeated():
    """The departure still follows, and after a purchase a new silence begins."""
    journey = watched(bought(0), Lapsed(at=day(50)), bought(400), until=500)

    assert inferred(journey) == [("departed", day(360)), ("lapsed", day(490))]


@pytest.mark.parametrize(
    "events",
    [[Lapsed(at=day(50)), bought(50)], [bought(50), Lapsed(at=day(50))]],
    ids=["before", "after"],
)
def test_a_lapse_at_the_moment_of_a_purchase_is_none_of_the_next_silence(events):
    """In whichever order the two are given, the silence that begins then lapses again."""
    journey = watched(bought(0), *events, until=141)

    assert inferred(journey) == [("lapsed", day(140))]


def test_a_silence_of_nobody_makes_nothing_due():
    """Nothing is on record."""
    assert inferred(watched(until=900)) == []
    assert Relationship("C-17").due(RULE, day(900)) == ()


def test_a_moment_before_all_events_is_silent_for_nobody():
    """An empty history can be watched up to any moment."""
    journey = replay([], customer="C-17", silence=RULE, as_of=LAST)

    assert (journey.inferred, journey.relationship) == ((), Relationship("C-17"))


def test_a_rule_that_cannot_tell_infers_nothing():
    """A single purchase has no rhythm."""
    assert inferred(watched(bought(0), until=900, rule=OwnRhythm())) == []


def test_no_deadline_is_beyond_the_last_moment_of_all():
    """Neither a limit that reaches it nor one that lies beyond it is ever passed."""
    limits = [LAST - T, timedelta.max]

    journeys = [
        replay([bought(0)], customer="C-17", silence=FixedWindow(lapsed_after=limit), as_of=LAST)
        for limit in limits
    ]

    assert [inferred(journey) for journey in journeys] == [[], []]


def test_an_app_that_missed_it_applies_it_after_the_last_event():
    """What is due has the time of that event, since a snapshot cannot go back."""
    rel = Relationship("C-17").apply(bought(0), Contacted(at=day(400)))

    found = rel.due(RULE, day(401))

    assert [(event.name, event.at) for event in found] == [
        ("lapsed", day(400)),
        ("departed", day(400)),
    ]
    assert rel.apply(*found).departure.kind is DepartureKind.EROSION


# --- what the lifecycle takes -----------------------------------------------------------------

PATIENT = evolve(
    CUSTOMER_LIFECYCLE,
    rules=(
        *CUSTOMER_LIFECYCLE.rules,
        Forbid(Lapsed, at="in_conflict", sentence="A conflict is no silence."),
    ),
)


def test_what_a_lifecycle_forbids_is_due_as_soon_as_it_takes_it():
    """It has the time of the event that ended the ban."""
    events = [bought(0), Complained(at=day(10)), ComplaintSettled(at=day(120))]

    before, after = (
        watched(*events[:count], until=until, lifecycle=PATIENT)
        for count, until in ((2, 119), (3, 121))
    )

    assert inferred(before) == []
    assert inferred(after) == [("lapsed", day(120))]


def test_a_ban_that_ends_among_many_events_is_noticed():
    """The first event after which the lifecycle takes the lapse is the one that it follows."""
    events = [Contacted(at=day(number)) for number in range(0, 200, 5)]
    settled = ComplaintSettled(at=day(121))

    journey = watched(
        bought(0), Complained(at=day(10)), settled, *events, until=200, lifecycle=PATIENT
    )

    assert inferred(journey) == [("lapsed", day(121))]


def test_a_departure_does_not_wait_for_a_lapse_that_is_forbidden():
    """The conflict goes on until then."""
    journey = watched(bought(0), Complained(at=day(10)), until=400, lifecycle=PATIENT)

    assert inferred(journey) == [("departed", day(360))]


def test_a_departure_is_due_only_where_it_leads_out():
    """A lifecycle that lets nobody go keeps the customer."""
    rules = [move("purchased", "guest", "member"), stay("purchased", "member")]
    kept = trio(also=[*rules, stay("lapsed", "member"), stay("departed", "member")])

    journey = watched(bought(0), until=400, lifecycle=kept)

    assert inferred(journey) == [("lapsed", day(90))]


@pytest.mark.parametrize(
    ("rule", "name"),
    [(RULE, "lapsed"), (StageLimits({"member": days(9)}), "departed")],
    ids=["lapsed", "departed"],
)
def test_a_lifecycle_has_to_know_what_is_due(rule, name):
    """The error says which event is missing; nothing is wrong while nothing is due."""
    shop = trio(also=[move("purchased", "guest", "member"), stay("purchased", "member")])

    journey = watched(bought(0), until=9, rule=rule, lifecycle=shop)

    assert inferred(journey) == []
    with pytest.raises(UnknownEvent, match=name):
        watched(bought(0), until=91, rule=rule, lifecycle=shop)


def test_an_inference_that_the_lifecycle_refuses_is_an_error():
    """It is no event of the app, and so it is not collected."""
    course = Course(Relationship("C-17").apply(bought(0), Departed(at=day(1))))

    with pytest.raises(EventNotAllowed):
        course.infer(Lapsed(at=day(90)), RULE)


# --- rules of an app --------------------------------------------------------------------------


class Given(DeadlineRule):
    """A rule whose deadlines are given."""

    def __init__(self, *found):
        self.found = found

    def deadlines(self, relationship):
        return Deadlines(*self.found)

    def because(self, relationship, deadlines):
        return "they are given"


def test_a_lapse_before_the_silence_that_it_is_of_is_due_once():
    """Deadlines that contradict each other end the replay, too."""
    rule = Given(day(10), day(5))

    assert inferred(watched(bought(0), until=100, rule=rule)) == [("lapsed", day(5))]


def test_a_limit_that_is_reached_when_the_silence_begins_is_due_once():
    """The lapse is at the very moment of the purchase, and is the mark of this silence."""
    rule = Given(T, T, day(5))

    assert inferred(watched(bought(0), until=100, rule=rule)) == [
        ("lapsed", T),
        ("departed", day(5)),
    ]


@pytest.mark.parametrize("found", [T, Status.LAPSED, True, "soon"], ids=stable)
@pytest.mark.parametrize(
    "ask",
    [
        lambda rule: watched(bought(0), until=9, rule=rule),
        lambda rule: Relationship("C-17").apply(bought(0)).due(rule, day(9)),
    ],
    ids=["replay", "due"],
)
def test_deadlines_that_are_none_are_refused(ask, found):
    """The error names the class of the app, and what it gave."""

    class Wrong(Given):
        def deadlines(self, relationship):
            return found

    with pytest.raises(
        InvalidArgument, match=r"^Wrong\.deadlines\(\).*Deadlines or None"
    ) as caught:
        ask(Wrong())

    assert caught.value.value is found


def test_a_limit_that_was_passed_at_once_is_due_at_the_last_event():
    """Nothing is put before what had happened."""
    journey = watched(bought(0), bought(20), until=100, rule=Given(T, day(-9), day(-5)))

    assert inferred(journey)[:2] == [("lapsed", T), ("departed", T)]


# --- rules that only answer -------------------------------------------------------------------


def test_a_rule_that_only_answers_infers_the_same():
    """It is asked from change to change, and gives the reason of a departure."""
    events = [bought(0), bought(50), Contacted(at=day(300)), bought(500)]

    one, other = (watched(*events, until=900, rule=rule) for rule in (RULE, OnlyAnswers(RULE)))

    assert [each.event for each in one.inferred] == [each.event for each in other.inferred]
    assert len(one.departures) == 2


def test_a_rule_that_only_answers_is_not_asked_about_the_past():
    """A departure that an app missed has its reason from now."""
    rel = Relationship("C-17").apply(bought(0), Contacted(at=day(400)))

    assert rel.due(OnlyAnswers(RULE), day(401)) == rel.due(RULE, day(401))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(status=Status.ACTIVE, because="all is well", silent_since=T), []),
        (Answer(status=Status.UNDETERMINED, because="who knows"), []),
        (
            Answer(status=Status.LAPSED, because="too long", lapsed_since=day(5)),
            [("lapsed", day(5))],
        ),
        (
            Answer(status=Status.DEPARTED, because="too long", departed_since=day(5)),
            [("departed", day(5))],
        ),
        (
            Answer(
                status=Status.DEPARTED,
                because="too long",
                silent_since=T,
                lapsed_since=day(4),
                departed_since=day(5),
            ),
            [("lapsed", day(4)), ("departed", day(5))],
        ),
    ],
    ids=["active", "undetermined", "lapsed", "departed", "both"],
)
def test_an_answer_makes_due_what_it_says(answer, expected):
    """Since when the silence counts may be left out."""
    assert inferred(watched(bought(0), until=9, rule=Saying(answer))) == expected


@pytest.mark.parametrize("answer", [None, "lapsed", Status.LAPSED, True], ids=stable)
def test_a_rule_has_to_give_an_answer(answer):
    """A status alone is none."""
    with pytest.raises(InvalidArgument, match="an Answer") as caught:
        watched(bought(0), until=9, rule=Saying(answer))

    assert caught.value.subject == "SilenceRule.judge()"


def test_a_rule_cannot_change_its_answer_in_the_past():
    """A replay would ask it for ever."""
    past = Answer(status=Status.ACTIVE, because="it was", next_at=day(-1))

    with pytest.raises(InvalidArgument, match="no earlier than the moment") as caught:
        watched(bought(0), until=9, rule=Saying(past))

    assert (caught.value.field, caught.value.value) == ("next_at", day(-1))


def test_a_rule_that_only_answers_has_to_lead_on():
    """One whose answer always changes at the moment asked about would be asked for ever."""

    class Stuck:
        asked = 0

        def judge(self, relationship, at):
            self.asked += 1
            return Answer(status=Status.ACTIVE, because="not yet", next_at=at)

    rule = Stuck()

    with pytest.raises(InvalidArgument, match="asked 10,000 times") as caught:
        watched(bought(0), until=9, rule=rule)

    assert caught.value.field == "next_at"
    assert rule.asked == 10_000


# --- the arguments of a replay ----------------------------------------------------------------


@pytest.mark.parametrize(
    "as_of",
    [None, datetime(2026, 6, 1), "2026-06-01", day(8)],  # noqa: DTZ001 - naive
    ids=["missing", "naive", "string", "too early"],
)
def test_a_silence_counts_up_to_an_aware_moment(as_of):
    """No earlier than the last event, since nothing here reads the clock."""
    with pytest.raises(InvalidMoment) as caught:
        replay([bought(0), bought(9)], customer="C-17", silence=RULE, as_of=as_of)

    assert (caught.value.subject, caught.value.field) == ("replay", "as_of")


def test_a_moment_is_given_with_a_rule_only():
    """Without one it would mean nothing."""
    with pytest.raises(InvalidMoment, match="together with a silence rule"):
        replay([bought(0)], customer="C-17", as_of=day(9))


@pytest.mark.parametrize("rule", [days(90), "silence", FixedWindow, object()], ids=stable)
def test_a_silence_is_judged_by_a_rule(rule):
    """A span is none, and neither is the class of a rule."""
    with pytest.raises(InvalidArgument, match="a silence rule, with a method judge") as caught:
        watched(bought(0), until=9, rule=rule)

    assert (caught.value.subject, caught.value.field) == ("replay()", "silence")


def test_a_purchase_after_a_departure_returns_or_corrects():
    """There is no third way."""
    with pytest.raises(InvalidArgument, match="'return' or 'correct'"):
        replay([], customer="C-17", returns="ignore")


def test_the_moment_of_a_watch_is_in_utc():
    """Whatever time zone it is given in."""
    there = datetime.fromisoformat("2026-06-01T02:00:00+02:00")

    journey = replay([bought(0)], customer="C-17", silence=RULE, as_of=there)

    assert journey.silence.as_of == datetime(2026, 6, 1, tzinfo=UTC)
    assert journey.silence.as_of.tzinfo is UTC


# --- the journey ------------------------------------------------------------------------------


def test_what_is_inferred_has_its_place_in_the_ledger():
    """In the order of time, between the events that were given."""
    events = [bought(0), Contacted(at=day(80)), Contacted(at=day(100))]

    journey = watched(*events, until=110)

    assert [event.name for event in journey.ledger] == [
        "purchased",
        "contacted",
        "lapsed",
        "contacted",
    ]
    assert (journey.inferred[0].position, journey.ledger[2]) == (2, journey.inferred[0].event)
    assert journey.events == journey.ledger


def test_places_in_the_ledger_count_what_is_inferred():
    """Of what is refused, came again, or no longer counts, too."""
    first = bought(0, id="e1")
    events = [
        first,
        evolve(first),
        bought(100, id="e2"),
        PurchaseCancelled(at=day(101), purchase="e2"),
        ComplaintSettled(at=day(105)),
    ]

    journey = watched(*events, until=110, on_rejected="collect")

    assert inferred(journey) == [("lapsed", day(90))]
    assert journey.inferred[0].position == 2
    assert [one.position for one in journey.withdrawn] == [3]
    assert [one.position for one in journey.rejected] == [5]
    assert journey.ledger[2] is journey.inferred[0].event
    assert [event.name for event in journey.events] == ["purchased", "lapsed"]


def test_a_refused_event_is_raised_by_a_watched_replay_too():
    """The default is to stop and say why."""
    with pytest.raises(EventNotAllowed):
        watched(bought(0), ComplaintSettled(at=day(1)), until=9)


def test_what_is_no_event_is_refused_by_a_watched_replay_too():
    """It comes first, since it has no time."""
    journey = watched(bought(0), "purchased", until=100, on_rejected="collect")

    assert [one.position for one in journey.rejected] == [None]
    assert inferred(journey) == [("lapsed", day(90))]


def test_a_watched_journey_says_what_is_inferred():
    """With the rule's answer as it was at that time."""
    journey = watched(bought(0), until=100)

    told = journey.explain().splitlines()[-1]

    assert told.startswith("2026-04-01 lapsed: buyer+content -> buyer+eroding.")
    assert "Inferred: lapsed since 2026-04-01: silent since 2026-01-01, and more than" in told
    assert journey.inferred[0].explain().startswith("2026-04-01 lapsed: inferred. lapsed since")
    assert str(journey) == "C-17: buyer+eroding, cycle 1, 1 purchase, 2 events, 1 inferred"


def test_a_watched_journey_is_shown_with_what_became_of_each_event():
    """What was inferred and stands, what was wrong, what is refused, and what is no event."""
    settled = ComplaintSettled(at=day(100))

    journey = watched(
        bought(0),
        settled,
        bought(400),
        "purchased",
        until=400,
        on_rejected="collect",
        returns="correct",
    )

    assert [one.line[:3] for one in journey._account()] == [
        ("2026-01-01", "purchased", "potential -> buyer+content"),
        ("2026-04-01", "lapsed", "buyer+content -> buyer+eroding"),
        ("2026-04-11", "complaint_settled", "refused"),
        ("2026-12-27", "departed", "lifted"),
        ("2027-02-05", "purchased", "buyer+eroding -> regular+content"),
        ("", "'purchased'", "refused"),
    ]
    assert f"2026-04-11 complaint_settled: refused. {journey.rejected[1]}" in journey.explain()
    assert repr(journey.steps[1]) == ("<Step 2026-04-01 lapsed: buyer+content -> buyer+eroding>")


def test_a_journey_without_its_watch_holds_what_was_given():
    """One that is not watched is its own."""
    plain = replay([bought(0)], customer="C-17")

    assert watched(bought(0), until=400).unwatched() == plain
    assert plain.unwatched() is plain


def test_a_watched_journey_under_another_name_or_rules_is_as_if_replayed_so():
    """What was inferred goes along."""
    rules = DepartureRules(moment_grace=days(400))
    events, more = [bought(0), ComplaintSettled(at=day(1))], {"on_rejected": "collect"}
    journey = watched(*events, until=400, **more)

    renamed, judged = journey.rename("C-18"), journey.judged_by(rules)

    assert renamed == watched(*events, until=400, customer="C-18", **more)
    assert renamed.rejected[0].error.customer == "C-18"
    assert judged == watched(*events, until=400, departure_rules=rules, **more)
    assert judged.departures[0].kind is DepartureKind.LOSS


# --- a purchase after a departure that was inferred -------------------------------------------


def test_a_purchase_after_an_inferred_departure_is_a_return():
    """In a new cycle; the departure stands."""
    journey = watched(bought(0), bought(400), until=410)

    assert (journey.relationship.cycle, len(journey.departures)) == (2, 1)
    assert journey.withdrawn == ()
    assert journey.relationship.state.stages == ("buyer", "content")


def test_a_purchase_can_correct_an_inferred_departure():
    """It was none, and the customer goes on in the first cycle; the lapse was one."""
    back = bought(400)

    journey = watched(bought(0), back, until=410, returns="correct")

    (lifted,) = journey.withdrawn
    assert (journey.relationship.cycle, journey.departures) == (1, ())
    assert journey.relationship.state.stages == ("regular", "content")
    assert (lifted.event.at, lifted.how, lifted.by) == (day(360), Correction.LIFTED, back)
    assert (lifted.position, lifted.known_since) == (2, day(400))
    assert inferred(journey) == [("lapsed", day(90)), ("departed", day(360))]
    assert [one.by for one in journey.inferred] == [None, back]
    assert "It was wrong: purchased on 2027-02-05." in journey.inferred[1].explain()
    assert "2026-12-27 departed: lifted." in journey.explain()


def test_a_purchase_corrects_every_inferred_departure_since_the_last_one():
    """The first as a customer, the second as a visitor in between; the visit stays."""
    events = [bought(0), Engaged(at=day(400)), bought(500)]

    returned, corrected = (
        watched(*events, until=510, rule=BOTH, returns=returns) for returns in ("return", "correct")
    )

    assert (returned.relationship.cycle, len(returned.departures)) == (3, 2)
    assert (corrected.relationship.cycle, corrected.departures) == (1, ())
    assert [one.event.at for one in corrected.withdrawn] == [day(360), day(430)]
    assert [event.name for event in corrected.events] == [
        "purchased",
        "lapsed",
        "engaged",
        "purchased",
    ]


def test_a_purchase_does_not_correct_what_somebody_saw():
    """The visitor was seen to leave, and so the silence before it was one."""
    events = [bought(0), Engaged(at=day(400)), Departed(at=day(410)), bought(500)]

    journey = watched(*events, until=510, rule=BOTH, returns="correct")

    assert journey.withdrawn == ()
    assert [departure.inferred for departure in journey.departures] == [True, False]
    assert journey.relationship.cycle == 3


@pytest.mark.parametrize("returns", ["return", "correct"])
@pytest.mark.parametrize("kind", [Committed, Lapsed, Departed])
def test_what_only_a_customer_can_do_shows_that_they_had_not_left(kind, returns):
    """Nothing is refused, and the inferred departure was none."""
    journey = watched(bought(0), kind(at=day(380)), bought(400), until=410, returns=returns)

    assert journey.rejected == ()
    assert journey.withdrawn[0].by.name == kind.name


def test_what_was_refused_for_another_reason_shows_nothing():
    """More money than was paid goes back to nobody, whether they left or not."""
    journey = watched(bought(0), Refunded(at=day(380), amount=99), until=410, on_rejected="collect")

    assert [one.event.name for one in journey.rejected] == ["refunded"]
    assert (journey.withdrawn, len(journey.departures)) == ((), 1)


def test_only_the_last_departures_wait_for_a_purchase():
    """After a purchase that corrects, the next silence counts anew."""
    journey = watched(bought(0), bought(400), until=900, returns="correct")

    assert [one.event.at for one in journey.withdrawn] == [day(360)]
    assert [departure.at for departure in journey.departures] == [day(760)]


# --- a departure that somebody saw after one that was inferred --------------------------------


@pytest.mark.parametrize("returns", ["return", "correct"])
@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (Departed(at=day(400), cause=Cause.PRICE), DepartureKind.EROSION),
        (Terminated(at=day(400)), DepartureKind.TERMINATION),
    ],
    ids=["departed", "terminated"],
)
def test_a_departure_that_was_seen_takes_the_place_of_the_inferred_one(returns, seen, kind):
    """Nobody leaves twice: the inferred one is lifted, whatever a purchase would be."""
    journey = watched(bought(0), seen, until=410, returns=returns)

    (departure,), (lifted,) = journey.departures, journey.withdrawn
    assert (departure.at, departure.kind, departure.inferred) == (day(400), kind, False)
    assert (lifted.event.at, lifted.how, lifted.by) == (day(360), Correction.LIFTED, seen)
    assert (lifted.position, lifted.known_since) == (2, day(400))
    assert [event.name for event in journey.events] == ["purchased", "lapsed", seen.name]
    assert (journey.rejected, journey.relationship.cycle) == ((), 1)
    assert journey.relationship.departure == departure
    assert f"It was wrong: {seen.name} on 2027-02-05." in journey.inferred[1].explain()


def test_until_a_departure_was_seen_the_inferred_one_was_believed():
    """What was known then stays readable."""
    journey = watched(bought(0), Departed(at=day(400)), until=410)

    believed = journey.known_at(day(399))

    assert [departure.at for departure in believed.departures] == [day(360)]
    assert believed.withdrawn == ()


def test_a_departure_that_becomes_known_late_takes_the_place_of_the_inferred_one():
    """By an amendment, as by a replay."""
    seen = Departed(at=day(400), cause=Cause.PRICE)

    amended = watched(bought(0), until=410).amend(add=[seen])

    assert [departure.cause for departure in amended.departures] == [Cause.PRICE]
    assert [(one.event.at, one.by) for one in amended.withdrawn] == [(day(360), seen)]


@pytest.mark.parametrize("returns", ["return", "correct"])
def test_what_else_a_former_customer_cannot_do_stays_refused(returns):
    """It does not show that the person was there: the inferred departure stands."""
    settled = ComplaintSettled(at=day(400))

    journey = watched(bought(0), settled, until=410, returns=returns, on_rejected="collect")

    assert [one.event for one in journey.rejected] == [settled]
    assert [(one.at, one.inferred) for one in journey.departures] == [(day(360), True)]
    assert journey.withdrawn == ()


@pytest.mark.parametrize("returns", ["return", "correct"])
def test_who_was_seen_to_leave_cannot_leave_again(returns):
    """The second departure is refused, since the first one was seen."""
    events = [bought(0), Departed(at=day(400)), Departed(at=day(401))]

    journey = watched(*events, until=410, returns=returns, on_rejected="collect")

    assert [one.event for one in journey.rejected] == [events[2]]
    assert [one.by for one in journey.withdrawn] == [events[1]]


@pytest.mark.parametrize("back", [Engaged(at=day(400)), bought(400)], ids=["visit", "purchase"])
def test_a_departure_after_a_return_is_one_of_its_own(back):
    """The person had come back, and nothing is lifted."""
    journey = watched(bought(0), back, Departed(at=day(410)), until=420, rule=BOTH)

    assert journey.withdrawn == ()
    assert [(one.at, one.inferred) for one in journey.departures] == [
        (day(360), True),
        (day(410), False),
    ]
    assert journey.relationship.cycle == 2


@pytest.mark.parametrize("back", [Engaged(at=day(400)), bought(400)], ids=["visit", "purchase"])
def test_of_two_inferred_departures_a_seen_one_lifts_the_last(back):
    """Between them was a return, so that the first one stands."""
    journey = watched(bought(0), back, Departed(at=day(800)), until=801, rule=BOTH)

    assert [one.event.at for one in journey.withdrawn] == [journey.inferred[-1].event.at]
    assert [(one.at, one.inferred) for one in journey.departures] == [
        (day(360), True),
        (day(800), False),
    ]
    assert (journey.relationship.cycle, journey.rejected) == (2, ())


def test_a_seen_departure_corrects_every_inferred_one_that_waits_for_a_correction():
    """As a purchase does: a visit is no return where departures are to be corrected."""
    seen = Departed(at=day(440))

    journey = watched(
        bought(0), Engaged(at=day(400)), seen, until=441, rule=BOTH, returns="correct"
    )

    assert [(one.event.at, one.by) for one in journey.withdrawn] == [
        (day(360), seen),
        (day(430), seen),
    ]
    assert [(one.at, one.kind) for one in journey.departures] == [(day(440), DepartureKind.EROSION)]
    assert journey.relationship.cycle == 1


# --- what became known later ------------------------------------------------------------------


def test_a_late_purchase_undoes_an_inferred_departure():
    """The journey says that there was none, and what was believed stays readable."""
    journey = watched(bought(0), until=400)
    late = bought(300, recorded_at=day(395))

    amended = journey.amend(add=[late])

    kinds = {change.kind for change in amended.changes if change.event.name == "departed"}
    assert inferred(amended) == [("lapsed", day(90)), ("lapsed", day(390))]
    assert kinds == {ChangeKind.DEPARTURE_VANISHED}
    assert len(amended.known_at(day(394)).departures) == 1
    assert amended.known_at(day(395)).departures == ()


def test_an_amendment_that_changes_no_silence_changes_nothing_inferred():
    """The same inference is the same event."""
    journey = watched(bought(0), until=400)

    amended = journey.amend(add=[Contacted(at=day(9))])

    assert [change.kind for change in amended.changes] == [ChangeKind.ADDED]
    assert [one.event for one in amended.inferred] == [one.event for one in journey.inferred]


def test_a_late_purchase_corrects_as_an_early_one_does():
    """The departure is lifted, and the changes name the purchase."""
    journey = watched(bought(0), until=400, returns="correct")

    amended = journey.amend(add=[bought(399)])

    assert [one.event.at for one in amended.withdrawn] == [day(360)]
    assert "departed of 2026-12-27: it was no departure, as purchased of 2027-02-04 shows." in map(
        str, amended.changes
    )


@pytest.mark.parametrize(("number", "as_of"), [(99, 100), (100, 100), (120, 120)])
def test_a_later_event_moves_the_moment_up_to_which_silence_counts(number, as_of):
    """Nothing lies after that moment; an earlier event leaves it."""
    journey = watched(bought(0), until=100)

    amended = journey.amend(add=[Contacted(at=day(5)), bought(number)])

    assert amended.silence == evolve(journey.silence, as_of=day(as_of))
    assert inferred(amended) == [("lapsed", day(90))]
    assert journey.silence.as_of == day(100)


def test_the_silence_before_a_later_event_counts():
    """It lapsed after the moment of the journey, and before the event."""
    journey = watched(bought(0), until=50)

    amended = journey.amend(add=[bought(100)])

    assert (inferred(journey), inferred(amended)) == ([], [("lapsed", day(90))])


def test_a_withdrawn_purchase_lets_a_silence_begin_earlier():
    """What is inferred from what is left counts."""
    journey = watched(bought(0), bought(60, id="e2"), until=100)

    amended, dated = (
        journey.amend(withdraw=["e2"], recorded_at=known) for known in (None, day(99))
    )

    assert inferred(journey) == []
    assert inferred(amended) == inferred(dated) == [("lapsed", day(90))]
    assert "Since when that is known is not on record." in amended.explain()
    assert inferred(dated.known_at(day(98))) == []


@pytest.mark.parametrize(("number", "expected"), [(90, []), (91, ["lapsed"]), (900, ["lapsed"])])
def test_only_the_silence_until_then_was_known_then(number, expected):
    """And never more than the journey itself counts."""
    journey = watched(bought(0), until=100)

    known = journey.known_at(day(number))

    assert [one.event.name for one in known.inferred] == expected
    assert known.silence.as_of == day(min(number, 100))


# --- several records of one person ------------------------------------------------------------


def test_merged_journeys_are_watched_up_to_the_later_moment():
    """The purchase in the other record ends the silence of both."""
    web = watched(bought(0), until=400, customer="W-1")
    shop = watched(bought(300), until=500, customer="S-9")

    one = merge(web, shop, customer="C-17")

    assert one.silence.as_of == day(500)
    assert inferred(one) == [("lapsed", day(90)), ("lapsed", day(390))]
    assert one.departures == ()
    assert ChangeKind.DEPARTURE_VANISHED in {change.kind for change in one.changes}
    assert one.unwatched() == merge(web.unwatched(), shop.unwatched(), customer="C-17")
    assert inferred(one.known_at(day(400))) == inferred(one)


@pytest.mark.parametrize(
    "other",
    [
        replay([bought(1)], customer="S-9"),
        watched(bought(1), until=400, rule=VISITORS),
        watched(bought(1), until=400, returns="correct"),
    ],
    ids=["unwatched", "rule", "returns"],
)
def test_journeys_that_are_watched_in_different_ways_are_not_merged(other):
    """In whichever order they come."""
    web = watched(bought(0), until=400)

    for pair in ((web, other), (other, web)):
        with pytest.raises(InvalidArgument, match="watched by the same silence rule") as caught:
            merge(*pair, customer="C-17")

        assert caught.value.field == "journeys"


def test_a_silence_that_both_records_show_is_no_change():
    """The same departure was inferred from each, and from both together."""
    web, shop = (watched(bought(0, id="e1"), until=400, customer=id_) for id_ in ("W-1", "S-9"))

    one = merge(web, shop, customer="C-17")

    assert inferred(one) == [("lapsed", day(90)), ("departed", day(360))]
    assert one.changes == ()


def test_what_one_record_infers_does_not_hide_that_the_person_stayed():
    """The shop's customer was silent for a year there, and bought in the web and later again."""
    left = Departed(at=day(400))
    web = watched(bought(0), bought(300), left, until=700, customer="W-1")
    shop = watched(bought(0), bought(600), until=700, customer="S-9")

    one = merge(web, shop, customer="C-17")

    assert [(each.event, each.how) for each in one.withdrawn] == [(left, Correction.LIFTED)]
    assert one.unwatched() == merge(web.unwatched(), shop.unwatched(), customer="C-17")


def test_a_snapshot_learns_what_was_seen_after_it_was_inferred():
    """A relationship cannot take its departure back; it is told the cause."""
    gone = Relationship("C-17").apply(bought(0))
    gone = gone.apply(*gone.due(FixedWindow(departed_after=days(200)), day(300)))

    with pytest.raises(EventNotAllowed):
        gone.apply(Departed(at=day(301), cause=Cause.PRICE))
    known = gone.apply(CauseLearnt(at=day(301), cause=Cause.PRICE))

    assert (known.departure.cause, known.departure.inferred) == (Cause.PRICE, True)
