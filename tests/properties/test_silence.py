"""The laws of silence: what a replay infers, and what an app infers that keeps snapshots."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from attrs import frozen
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Contacted,
    Departed,
    Engaged,
    Paused,
    Purchased,
    Relationship,
    Resumed,
    Room,
    replay,
    with_pause,
)
from custlife.errors import CustlifeError
from custlife.events import Activity
from custlife.prediction import BGNBD, MBGNBD
from custlife.silence import (
    DeadlineRule,
    FixedWindow,
    LikelyGone,
    OwnRhythm,
    StageLimits,
    Status,
    both,
    due,
    either,
)
from custlife.testing import histories

DAY = timedelta(days=1)
END = datetime(2100, 1, 1, tzinfo=UTC)
RANKS = {Status.ACTIVE: 0, Status.UNDETERMINED: 1, Status.LAPSED: 2, Status.DEPARTED: 3}
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)
PARAMETERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}

spans = st.sampled_from([3, 10, 30, 100, 300]).map(lambda days: days * DAY)
gaps = st.sampled_from([0, 1, 4, 11, 40, 150]).map(lambda days: days * DAY)


def windows():
    return st.tuples(spans, spans, st.booleans()).map(
        lambda pair: FixedWindow(
            lapsed_after=min(pair[:2]), departed_after=max(pair[:2]) if pair[2] else None
        )
    )


def rhythms():
    factors = st.sampled_from([0.5, 1, 3])
    return st.builds(
        lambda factor, more, fallback, occasions: OwnRhythm(
            factor=factor,
            departed_factor=more and factor * more,
            fallback=fallback,
            occasions=occasions,
        ),
        factors,
        st.sampled_from([None, 1, 4]),
        st.none() | spans,
        st.sampled_from(["days", "purchases"]),
    )


def limits():
    stages = st.sampled_from(["potential", "aware", "visitor", "buyer", "eroding", "in_conflict"])
    status = st.sampled_from([Status.LAPSED, Status.DEPARTED])
    snoozes = st.dictionaries(st.just("C-17"), st.just(datetime(2027, 1, 1, tzinfo=UTC)))
    return st.builds(
        lambda limits, status, snooze: StageLimits(limits, status=status, snoozed_until=snooze),
        st.dictionaries(stages, spans, min_size=1, max_size=3),
        status,
        snoozes,
    )


def chances():
    models = st.sampled_from(
        [BGNBD(**PARAMETERS), BGNBD(**PARAMETERS, one_time_buyers="mbg"), MBGNBD(**PARAMETERS)]
    )
    return st.builds(
        lambda model, below, gone: LikelyGone(model, below=below, departed_below=gone),
        models,
        st.sampled_from([0.5, 0.9]),
        st.none() | st.sampled_from([0.1, 0.5]),
    )


def rules():
    single = windows() | rhythms() | limits() | chances()
    pairs = st.tuples(single, single)
    return single | pairs.map(lambda pair: either(*pair)) | pairs.map(lambda pair: both(*pair))


KINDS = [Purchased] * 12 + [Contacted, Engaged, Complained, Paused, Resumed, Departed]


@st.composite
def lives(draw):
    """Mostly purchases, with gaps about as long as the limits of the rules."""
    number = draw(st.integers(0, 9))
    step = st.tuples(gaps, st.sampled_from(KINDS))
    at, events = datetime(2026, 1, 1, tzinfo=UTC), []
    for gap, kind in draw(st.lists(step, min_size=number, max_size=number)):
        at += gap
        events.append(kind(at=at, **({"amount": 5} if kind is Purchased else {})))
    return events


def pasts(lifecycle=CONTRACTS):
    return lives() | lives() | histories(lifecycle)


def applied(rel, events, rule):
    """One by one, as an app that keeps a snapshot: what is due before, and then the event."""
    inferred = []
    for event in events:
        missing = rel.due(rule, event.at)
        inferred += missing
        rel = rel.apply(*missing)
        try:
            rel = rel.apply(event)
        except CustlifeError:
            continue
    last = rel.due(rule, END)
    return rel.apply(*last), [*inferred, *last]


@given(st.data(), rules(), st.sampled_from([CUSTOMER_LIFECYCLE, CONTRACTS]))
def test_what_falls_due_is_what_a_replay_infers(data, rule, lifecycle):
    """A snapshot to which what is due is applied before each event ends where the replay does."""
    events = sorted(data.draw(pasts(lifecycle)), key=lambda event: event.at)

    rel, inferred = applied(Relationship("C-17", lifecycle), events, rule)
    journey = replay(
        events,
        customer="C-17",
        lifecycle=lifecycle,
        on_rejected="collect",
        duplicates="allow",
        silence=rule,
        as_of=END,
    )

    assume(not seen_later(journey))
    assert journey.relationship == rel
    assert [one.event for one in journey.inferred] == inferred


def seen_later(journey):
    """Whether somebody saw a person leave of whom that had been inferred: a snapshot refuses it."""
    return any(one.by is not None for one in journey.inferred)


@frozen
class Asked:
    """A rule that only answers, and knows no deadlines."""

    rule: DeadlineRule

    def judge(self, relationship, at):
        return self.rule.judge(relationship, at)


@given(st.lists(gaps, min_size=1, max_size=9), spans, spans)
def test_a_window_infers_from_every_gap_that_is_too_long(between, one, other):
    """A lapse for each gap beyond the first limit, a departure for each beyond the second."""
    first, second = sorted((one, other))
    times = list(accumulate(between, initial=datetime(2026, 1, 1, tzinfo=UTC)))
    rule = FixedWindow(lapsed_after=first, departed_after=second)

    journey = replay(
        [Purchased(at=at, amount=5) for at in times], customer="C-17", silence=rule, as_of=END
    )

    expected = []
    for at, later in pairwise([*times, END]):
        expected += ["lapsed", at + first] * (later - at > first)
        expected += ["departed", at + second] * (later - at > second)
    found = [part for one in journey.inferred for part in (one.event.name, one.event.at)]
    assert found == expected
    assert len(journey.departures) == expected.count("departed")


@given(st.lists(gaps, min_size=2, max_size=9), st.sampled_from([1, 2, 5]))
def test_a_rhythm_infers_from_every_gap_beyond_so_many_of_the_mean(between, factor):
    """The mean of the gaps so far, counted in days of purchases."""
    times = list(accumulate(between, initial=datetime(2026, 1, 1, tzinfo=UTC)))

    journey = replay(
        [Purchased(at=at, amount=5) for at in times],
        customer="C-17",
        silence=OwnRhythm(factor=factor),
        as_of=END,
    )

    expected = []
    for number, (at, later) in enumerate(pairwise([*times, END]), 1):
        days = len(set(times[:number]))
        if days > 1 and later > (limit := at + factor * ((at - times[0]) / (days - 1))):
            expected.append(limit)
    assert [one.event.at for one in journey.inferred] == expected


@settings(max_examples=30)
@given(pasts(), rules())
def test_a_rule_that_only_answers_infers_the_same(events, rule):
    """It is asked from change to change instead of once."""
    options = {"customer": "C-17", "lifecycle": CONTRACTS, "as_of": END, "duplicates": "allow"}

    one, other = (
        replay(events, silence=silence, on_rejected="collect", **options)
        for silence in (rule, Asked(rule))
    )

    assert one.relationship == other.relationship
    assert [i.event for i in one.inferred] == [i.event for i in other.inferred]


@given(pasts(), rules(), st.lists(st.integers(0, 2000), min_size=2, max_size=6))
def test_the_answer_goes_one_way_as_the_silence_grows(events, rule, days):
    """From active over lapsed to presumed departed, and it changes at the moment that it named."""
    rel = replay(
        events, customer="C-17", lifecycle=CONTRACTS, on_rejected="collect", duplicates="allow"
    ).relationship
    begin = rel.record.last_at or END
    moments = [begin + timedelta(days=number) for number in sorted(days)]

    answers = [rule.judge(rel, moment) for moment in moments]

    ranks = [RANKS[answer.status] for answer in answers]
    assert ranks == sorted(ranks)
    for moment, answer in zip(moments, answers, strict=True):
        assert answer.explain()
        later = answer.next_at
        unchanged = moments[-1] if later is None else later
        assert rule.judge(rel, max(moment, unchanged)).status is answer.status
        if later is not None:
            assert later >= moment
            changed = rule.judge(rel, later + timedelta(microseconds=1))
            assert changed.status is not answer.status


@given(pasts(), rules(), st.integers(0, 4000))
def test_the_answer_at_a_moment_does_not_depend_on_what_comes_after(events, rule, days):
    """A replay up to a moment infers the beginning of what a replay of everything infers."""
    moment = min((event.at for event in events), default=END) + timedelta(days=days)
    options = {
        "customer": "C-17",
        "lifecycle": CONTRACTS,
        "silence": rule,
        "on_rejected": "collect",
        "duplicates": "allow",
    }

    whole = replay(events, as_of=END, **options)
    before = replay([event for event in events if event.at <= moment], as_of=moment, **options)

    expected = [one.event for one in whole.inferred if one.event.at < moment]
    assert [one.event for one in before.inferred] == expected


@given(pasts(), rules(), st.sampled_from(["return", "correct"]))
def test_what_was_inferred_is_an_event_like_any_other(events, rule, returns):
    """The accepted events alone lead to the same relationship, departures and steps."""
    journey = replay(
        events,
        customer="C-17",
        lifecycle=CONTRACTS,
        on_rejected="collect",
        duplicates="allow",
        silence=rule,
        as_of=END,
        returns=returns,
    )

    plain = replay(journey.events, customer="C-17", lifecycle=CONTRACTS, duplicates="allow")

    assert plain.relationship == journey.relationship
    assert plain.departures == journey.departures
    assert [step.after for step in plain.steps] == [step.after for step in journey.steps]
    times = [event.at for event in journey.ledger]
    assert times == sorted(times)
    assert all(journey.ledger[one.position] is one.event for one in journey.inferred)
    assert all(journey.ledger[one.position] is one.event for one in journey.withdrawn)
    assert all(journey.ledger[one.position] is one.event for one in journey.rejected)
    assert len(journey.ledger) == len(events) + len(journey.inferred)


@given(pasts(), rules())
def test_a_purchase_that_corrects_leaves_no_inferred_departure_before_it(events, rule):
    """An inferred departure stands only if no purchase comes between it and the next departure."""
    journey = replay(
        events,
        customer="C-17",
        lifecycle=CONTRACTS,
        on_rejected="collect",
        duplicates="allow",
        silence=rule,
        as_of=END,
        returns="correct",
    )

    inferred = {id(one.event) for one in journey.inferred if one.by is None}
    last = None
    for step in journey.steps:
        if step.is_departure:
            last = step.event
        bought = step.event.activity is Activity.PURCHASE
        assert not (bought and last is not None and id(last) in inferred)
        if bought:
            last = None
    lifted = [one for one in journey.inferred if one.by is not None]
    assert [one.event for one in lifted] == [one.event for one in journey.withdrawn]
    assert all(one.by in journey.ledger for one in lifted)


@given(pasts(), rules(), st.sampled_from(["return", "correct"]))
def test_a_journey_without_its_watch_is_the_journey_of_what_was_given(events, rule, returns):
    """And an amendment that changes nothing infers the same events."""
    options = {
        "customer": "C-17",
        "lifecycle": CONTRACTS,
        "on_rejected": "collect",
        "duplicates": "allow",
    }
    watched = replay(events, silence=rule, as_of=END, returns=returns, **options)
    plain = replay(events, **options)

    late = Purchased(at=END, amount=5)
    amended = watched.amend(add=[late], on_rejected="collect")

    assert watched.unwatched() == plain
    assert watched.known_at(END) == watched
    again = replay([*events, late], silence=rule, as_of=END, returns=returns, **options)
    assert amended == again


@given(lives(), windows() | rhythms() | rules())
def test_nothing_falls_due_where_a_rule_says_that_it_is_quiet(events, rule):
    """So a replay may go on without a closer look."""
    rel = Relationship("C-17", CONTRACTS)
    for place, event in enumerate(events):
        rel = rel.apply(*rel.due(rule, event.at))
        deadlines = rule.deadlines(rel)
        if rel.record.last_at is not None and rel.paused_at is None:
            ahead = () if deadlines is None else (deadlines.lapsed, deadlines.departed)
            next_one = min((at for at in ahead if at and at >= rel.record.last_at), default=None)
            require_quiet(
                rel, rule, events[place : place + rule.quiet(rel, next_one, events[place:])]
            )
        rel = accepted(rel, event)


def require_quiet(rel, rule, events):
    for event in events:
        assert rel.due(rule, event.at) == ()
        rel = accepted(rel, event)


def accepted(rel, event):
    try:
        return rel.apply(event)
    except CustlifeError:
        return rel


@given(st.lists(st.tuples(pasts(), st.integers(0, 99)), max_size=4), windows())
def test_the_nightly_job_finds_everybody_who_falls_due(pasts, rule):
    """The earliest first, each with what is due for them."""
    people = [
        replay(
            events,
            customer=f"C-{n}",
            lifecycle=CONTRACTS,
            on_rejected="collect",
            duplicates="allow",
        ).relationship
        for n, (events, _) in enumerate(pasts)
    ]

    found = due(people, rule, END)

    expected = {rel.customer: events for rel in people if (events := rel.due(rule, END))}
    assert {one.customer: one.events for one in found} == expected
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert all(one.relationship.state.room is not Room.FORMER for one in found)
