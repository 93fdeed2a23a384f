"""How long the customers of a base last, and how long people stay in each stage."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Activity,
    Complained,
    Departed,
    Engaged,
    Purchased,
    Room,
    Terminated,
    replay,
)
from custlife.errors import InvalidArgument
from custlife.prediction.lifespan import cohort, lifespans, stage_stays
from custlife.prediction.survival import kaplan_meier
from custlife.silence import FixedWindow
from custlife.testing import histories, lifecycles

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ENDS = ("departure", "last_purchase")
WINDOW = FixedWindow(lapsed_after=100 * DAY, departed_after=200 * DAY)

either_end = pytest.mark.parametrize("end", ENDS)


def day(number):
    """So many days after the start."""
    return START + number * DAY


def bought(*days):
    """Purchases on these days."""
    return [Purchased(at=day(number), amount=5) for number in days]


def left(number, **rest):
    """A departure on this day."""
    return [Departed(at=day(number), **rest)]


def watched(*events, until=1000):
    """The journey of these events, watched for silence up to a day."""
    return replay(events, customer="C-17", silence=WINDOW, as_of=day(until))


def history(*events):
    """The journey of these events."""
    return replay(events, customer="C-17")


def days(curve):
    """How long each was seen, and how long those who ended, in days."""
    over = [time for time, n in zip(curve.times, curve.leaving, strict=True) for _ in range(n)]
    return [span / DAY for span in curve.durations], [span / DAY for span in over]


@either_end
def test_each_cycle_with_a_customer_moment_is_a_lifespan(end):
    """The first one ended after 30 days, and the second one goes on since 40 days."""
    journey = history(*bought(0, 10), *left(30), *bought(50, 60))

    found = lifespans([journey], as_of=day(90), end=end)

    assert days(found["all"]) == ([30, 40], [30])


@pytest.mark.parametrize(("end", "spans"), [("departure", [200, 220]), ("last_purchase", [0, 20])])
def test_an_inferred_departure_ends_when_it_is_presumed_or_with_the_last_purchase(end, spans):
    """By hand: one customer bought once, the other again after 20 days; 200 days are too long."""
    journeys = [watched(*bought(0)), watched(*bought(0, 20))]

    found = lifespans(journeys, as_of=day(1000), end=end)

    assert days(found["all"]) == (spans, spans)


@pytest.mark.parametrize(("end", "first"), [("departure", 210), ("last_purchase", 10)])
def test_a_return_after_an_inferred_departure_is_another_lifespan(end, first):
    """The purchases of the cycle before make no difference to it."""
    journey = watched(*bought(0, 10, 500, 530), until=600)

    found = lifespans([journey], as_of=day(600), end=end)

    assert days(found["all"]) == (sorted([first, 100]), [first])


@pytest.mark.parametrize(("end", "span"), [("departure", 80), ("last_purchase", 25)])
def test_a_departure_that_the_app_inferred_counts_as_inferred(end, span):
    """As one does that the app got from Relationship.due."""
    journey = history(*bought(0, 25), *left(80, inferred=True))

    found = lifespans([journey], as_of=day(90), end=end)

    assert days(found["all"]) == ([span], [span])


@either_end
def test_a_departure_that_was_observed_ends_when_it_happened(end):
    """So does one by the enterprise."""
    ended = history(*bought(0, 10), Terminated(at=day(80)))

    found = lifespans([ended], as_of=day(90), end=end)

    assert days(found["all"]) == ([80], [80])


@either_end
def test_who_never_was_a_customer_is_left_out(end):
    """Also a prospect who left and came back as one; they are not even asked for a group."""
    visitor = history(Engaged(at=day(0)), *left(5), Engaged(at=day(8)))
    asked = []

    found = lifespans(
        [visitor, history(*bought(3))],
        as_of=day(10),
        end=end,
        by=lambda one: str(asked.append(one)),
    )

    assert days(found["None"]) == ([7], [])
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("now", "spans"), [(0, ([0], [])), (29, ([29], [])), (30, ([30], [30])), (55, ([5, 30], [30]))]
)
def test_what_is_later_is_not_known(now, spans):
    """What happens at the very moment is."""
    journey = history(*bought(0), *left(30), *bought(50))

    found = lifespans([journey], as_of=day(now), end="departure")

    assert days(found["all"]) == spans


def test_groups_are_in_order_and_cannot_be_changed():
    """Who has no group is left out."""
    journeys = [history(*bought(40)), history(*bought(5)), history(*bought(9))]
    names = dict(zip(map(id, journeys), ["b", None, "a"], strict=True))

    found = lifespans(journeys, as_of=day(50), end="departure", by=lambda one: names[id(one)])

    assert [(name, days(curve)) for name, curve in found.items()] == [
        ("a", ([41], [])),
        ("b", ([10], [])),
    ]
    with pytest.raises(TypeError):
        found["c"] = found["a"]


def test_a_cohort_is_the_month_of_the_first_customer_moment():
    """In UTC, also after a departure and a return."""
    east = timezone(timedelta(hours=3))
    early = Purchased(at=datetime(2026, 2, 1, 2, tzinfo=east), amount=5)
    journeys = [history(*bought(0), *left(9), *bought(90)), history(early), history(*bought(35))]

    found = lifespans(journeys, as_of=day(100), end="departure", by=cohort)

    assert {name: curve.customers for name, curve in found.items()} == {"2026-01": 3, "2026-02": 1}
    assert cohort(history(Engaged(at=day(0)))) is None


def recounted(journey, now, end):
    """The lifespans by the departures on record and the relationship of then."""
    found = []
    for departure in journey.departures:
        moment = departure.customer_moment
        purchases = [
            event.at
            for event in journey.events
            if event.activity is Activity.PURCHASE and moment and moment <= event.at <= departure.at
        ]
        presumed = departure.inferred and end == "last_purchase"
        stop = max([moment, *purchases]) if moment and presumed else departure.at
        found += [(stop - moment, True)] if moment and departure.at <= now else []
    here = journey.as_of(now)
    going = here.state.room is Room.CUSTOMER
    return [*found, *([(now - here.customer_moment, False)] if going else [])]


def moments(events):
    """The moments of events, and moments between them."""
    return [event.at + later for event in events for later in (0 * DAY, DAY)]


@given(st.data(), st.sampled_from(ENDS), st.sampled_from([None, WINDOW]))
def test_lifespans_are_those_of_the_departures_on_record(data, end, rule):
    """Of histories of all kinds, watched for silence or not, and of one customer who is new."""
    events = data.draw(histories().filter(bool))
    new = history(Purchased(at=events[0].at, amount=5))
    until = rule and events[-1].at + 1000 * DAY
    journey = replay(events, customer="C-18", silence=rule, as_of=until, on_rejected="collect")
    now = data.draw(st.sampled_from(moments(journey.events)))

    found = lifespans([new, journey], as_of=now, end=end)

    expected = [(now - events[0].at, False), *recounted(journey, now, end)]
    assert found == {"all": kaplan_meier(*zip(*expected, strict=True))}


def test_a_stay_ends_when_the_stage_is_left():
    """By hand: two visits to `content`, one to `in_conflict`, and both bonds."""
    journey = history(*bought(0, 20), Complained(at=day(30)), *left(70), *bought(75))

    found = stage_stays([journey], as_of=day(90))

    assert {name: days(curve) for name, curve in found.items()} == {
        "buyer": ([15, 20], [20]),
        "content": ([15, 30], [30]),
        "eroded": ([5], [5]),
        "in_conflict": ([40], [40]),
        "regular": ([50], [50]),
    }
    assert [*found] == sorted(found)


def test_the_stay_before_the_first_event_does_not_count():
    """Unless the event leaves the person there: then it counts from that event on."""
    moved = history(Engaged(at=day(0)))
    stayed = history(Complained(at=day(0)), Engaged(at=day(7)))

    found = stage_stays([moved, stayed], as_of=day(9))

    assert {name: days(curve) for name, curve in found.items()} == {
        "potential": ([7], [7]),
        "visitor": ([2, 9], []),
    }


@given(st.data(), st.just(CUSTOMER_LIFECYCLE) | lifecycles())
def test_the_stays_in_a_stage_add_up_to_the_time_in_it(data, lifecycle):
    """In outer and inner stages, at every moment; and each visit but a last one has ended."""
    events = data.draw(histories(lifecycle, allow_ties=True).filter(bool))
    journey = replay(events, customer="C-17", lifecycle=lifecycle)
    now = data.draw(st.sampled_from(moments(events)))

    found = stage_stays([journey], as_of=now)

    here = journey.as_of(now).state
    stages = {name for name, place in lifecycle.places.by_name.items() if place.stage}
    assert found.keys() <= stages
    assert {name: sum(curve.durations, 0 * DAY) for name, curve in found.items()} == {
        name: journey.time_in(name, until=now) for name in found
    }
    assert all(not journey.time_in(name, until=now) for name in stages - found.keys())
    assert {name: curve.customers - curve.ended for name, curve in found.items()} == {
        name: name in here.active for name in found
    }


ONE = history(*bought(0))


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        ({"journeys": []}, "journeys", "at least one journey"),
        ({"journeys": ONE}, "journeys", "an iterable of journeys"),
        ({"journeys": [ONE, "C-17"]}, "journeys", "is 'C-17', but must be a Journey"),
        ({"as_of": datetime(2026, 1, 1)}, "as_of", "an aware datetime"),  # noqa: DTZ001 - naive
        ({"as_of": day(-1)}, "as_of", "no earlier than the first event of 'C-17', 2026-01-01"),
        ({"end": "silence"}, "end", "must be 'departure' or 'last_purchase'"),
        ({"by": "cohort"}, "by", "a function from a journey to a name or None"),
        ({"by": lambda _: 3}, "by(journey)", "a string that is not blank or None"),
        ({"by": lambda _: None}, "number of durations", "at least 1"),
        ({"journeys": [history(Engaged(at=day(0)))]}, "number of durations", "at least 1"),
    ],
)
def test_what_has_no_lifespan_is_refused(arguments, field, message):
    """The error names the argument, the value and the rule."""
    with pytest.raises(InvalidArgument) as caught:
        lifespans(**{"journeys": [ONE], "as_of": day(9), "end": "departure", **arguments})

    assert caught.value.field == field
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("journeys", "now", "field"),
    [
        ([], day(9), "journeys"),
        ([ONE], day(-1), "as_of"),
        ([history()], day(9), "number of durations"),
    ],
)
def test_what_has_no_stay_is_refused(journeys, now, field):
    """The error names the argument."""
    with pytest.raises(InvalidArgument, match=r"^stage_stays\(\): ") as caught:
        stage_stays(journeys, as_of=now)

    assert caught.value.field == field


def until_departure(journeys, *, as_of):
    return lifespans(journeys, as_of=as_of, end="departure")


@pytest.mark.parametrize("ask", [until_departure, stage_stays], ids=["lifespans", "stage_stays"])
def test_a_journey_has_to_be_watched_as_long_as_it_is_asked_about(ask):
    """Later silences would count as presence."""
    watched = replay(
        [Purchased(at=day(0), amount=5)], customer="C-17", silence=FixedWindow(), as_of=day(100)
    )

    with pytest.raises(InvalidArgument, match="no later than 'C-17' is watched for silence"):
        ask([watched], as_of=day(101))
    assert ask([watched], as_of=day(100))
