"""Silence rules by the last purchase: a fixed window, and the customer's own rhythm."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve, frozen
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Contacted,
    Departed,
    Event,
    InvalidArgument,
    Move,
    Paused,
    Purchased,
    Relationship,
    Resumed,
    with_pause,
)
from custlife.silence import DEFAULT_SILENCE_RULE, FixedWindow, OwnRhythm, Status

T = datetime(2026, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)
YEAR = FixedWindow(lapsed_after=timedelta(days=90), departed_after=timedelta(days=360))


def days(number):
    return timedelta(days=number)


def day(number):
    return T + timedelta(days=number)


def bought(*numbers):
    return [Purchased(at=day(number), amount=5) for number in numbers]


def customer(*events, lifecycle=CUSTOMER_LIFECYCLE):
    return Relationship("C-17", lifecycle).apply(*events)


@frozen(kw_only=True)
class Signed(Event):
    """A contract was signed, and nothing was bought yet."""


SIGNING = evolve(
    CUSTOMER_LIFECYCLE,
    rules=(
        *CUSTOMER_LIFECYCLE.rules,
        Move(
            Signed,
            at=["prospect", "former"],
            to=["buyer", "content"],
            sentence="Who signs becomes a customer.",
        ),
    ),
)


# --- a fixed window ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (day(90), Status.ACTIVE),
        (day(90) + INSTANT, Status.LAPSED),
        (day(360), Status.LAPSED),
        (day(360) + INSTANT, Status.DEPARTED),
    ],
)
def test_a_limit_that_is_reached_is_not_passed(at, status):
    """A silence of just so long is normal yet."""
    assert YEAR.judge(customer(*bought(0)), at).status is status


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (day(30), (None, None, day(90))),
        (day(91), (day(90), None, day(360))),
        (day(361), (day(90), day(360), None)),
    ],
)
def test_a_window_says_since_when_and_until_when(at, expected):
    """When the limits were reached, and when the answer changes by itself."""
    answer = YEAR.judge(customer(*bought(0)), at)

    assert (answer.lapsed_since, answer.departed_since, answer.next_at) == expected
    assert answer.silent_since == T


@pytest.mark.parametrize(("number", "degree"), [(0, 0), (45, 0.5), (90, 1), (180, 2)])
def test_the_degree_is_the_share_of_the_first_limit(number, degree):
    """It reaches 1 at a lapse."""
    assert YEAR.judge(customer(*bought(0)), day(number)).degree == degree


def test_only_a_purchase_ends_a_silence():
    """A contact and a complaint do not; the last purchase counts, and not the first."""
    rel = customer(*bought(0, 20), Contacted(at=day(60)), Complained(at=day(70)))

    answer = YEAR.judge(rel, day(111))

    assert (answer.silent_since, answer.lapsed_since) == (day(20), day(110))


def test_a_silence_without_a_purchase_counts_from_the_customer_moment():
    """Also in a later cycle, whose customer bought in an earlier one."""
    first = customer(Signed(at=T), lifecycle=SIGNING)
    second = customer(*bought(0), Departed(at=day(9)), Signed(at=day(20)), lifecycle=SIGNING)

    since = [YEAR.judge(rel, day(30)).silent_since for rel in (first, second)]

    assert since == [T, day(20)]


@pytest.mark.parametrize("rule", [YEAR, OwnRhythm(fallback=days(30))], ids=stable)
def test_a_person_who_is_no_customer_is_silent_in_no_relationship(rule):
    """A prospect is undetermined; a former customer has left, and no silence counts."""
    prospect = customer(Contacted(at=T))
    former = customer(*bought(0), Departed(at=day(1)))

    answers = [rule.judge(rel, day(900)) for rel in (prospect, former)]

    assert [answer.status for answer in answers] == [Status.UNDETERMINED, Status.DEPARTED]
    assert "who has not bought" in answers[0].because
    assert [answer.silent_since for answer in answers] == [None, None]
    assert rule.deadlines(former) is None


@pytest.mark.parametrize("rule", [FixedWindow(lapsed_after=days(90)), OwnRhythm(fallback=days(30))])
def test_a_pause_that_is_over_does_not_count(rule):
    """90 days of silence and 30 days of a pause end after 120 days."""
    paused = [Paused(at=day(10)), Resumed(at=day(40))]

    rel = customer(*bought(0), *paused, lifecycle=CONTRACTS)

    assert rule.judge(rel, day(120)).status is Status.ACTIVE
    assert rule.judge(rel, day(121)).lapsed_since == day(120)


@pytest.mark.parametrize("rule", [FixedWindow(lapsed_after=days(90)), OwnRhythm(fallback=days(30))])
def test_a_customer_who_pauses_does_not_lapse(rule):
    """However long the pause lasts; a limit that was reached before it stays reached."""
    before, after = (
        customer(*bought(0), Paused(at=day(number)), lifecycle=CONTRACTS) for number in (90, 91)
    )

    answers = [rule.judge(rel, day(900)) for rel in (before, after)]

    assert [answer.status for answer in answers] == [Status.ACTIVE, Status.LAPSED]
    assert [answer.next_at for answer in answers] == [None, None]


def test_a_window_says_why():
    """Since when, and its limits."""
    rel = customer(*bought(0))

    short, long = (rule.judge(rel, T).because for rule in (evolve(YEAR, departed_after=None), YEAR))

    assert short == "silent since 2026-01-01, and more than 90 days is a lapse"
    assert long == f"{short}, more than 360 days a departure"


def test_a_limit_beyond_all_datetimes_is_never_reached():
    """The customer stays active for good."""
    rule = FixedWindow(lapsed_after=timedelta.max, departed_after=timedelta.max)

    answer = rule.judge(customer(*bought(0)), datetime.max.replace(tzinfo=UTC))

    assert (answer.status, answer.next_at, answer.degree) == (Status.ACTIVE, None, None)


def test_the_default_rule_waits_for_a_quarter_and_for_a_year():
    """In whole weeks."""
    assert DEFAULT_SILENCE_RULE.lapsed_after == days(91)
    assert DEFAULT_SILENCE_RULE.departed_after == days(364)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"lapsed_after": timedelta(0)}, "lapsed_after"),
        ({"lapsed_after": 90}, "lapsed_after"),
        ({"departed_after": -days(1)}, "departed_after"),
        ({"lapsed_after": days(9), "departed_after": days(8)}, "departed_after"),
    ],
    ids=stable,
)
def test_a_window_keeps_its_bounds(arguments, field):
    """Limits are spans above zero, and a departure comes no earlier than a lapse."""
    with pytest.raises(InvalidArgument) as caught:
        FixedWindow(**arguments)

    assert (caught.value.subject, caught.value.field) == ("FixedWindow()", field)


# --- the own rhythm ---------------------------------------------------------------------------


def test_a_rhythm_is_the_mean_gap_between_purchases():
    """Gaps of 30 and 60 days are 45 in the mean; three times that is 135."""
    rel = customer(*bought(0, 30, 90))

    answer = OwnRhythm(factor=3).judge(rel, day(226))

    assert OwnRhythm().gap(rel) == days(45)
    assert (answer.status, answer.lapsed_since) == (Status.LAPSED, day(90 + 135))
    assert OwnRhythm(factor=3).judge(rel, day(225)).status is Status.ACTIVE


def test_a_rhythm_can_mean_a_departure():
    """A lapse after 2 gaps of 30 days, a departure after 4."""
    rule = OwnRhythm(factor=2, departed_factor=4)

    answer = rule.judge(customer(*bought(0, 30)), day(151))

    assert (answer.lapsed_since, answer.departed_since) == (day(90), day(150))
    assert answer.because == (
        "silent since 2026-01-31, and more than 2 times the own gap of 30 days is a lapse, "
        "more than 4 times a departure"
    )


def test_a_single_purchase_is_no_rhythm():
    """It is undetermined from the beginning, and for good."""
    rel = customer(*bought(0))

    now, later = (OwnRhythm().judge(rel, at) for at in (T + INSTANT, day(900)))

    assert (now.status, later.status) == (Status.UNDETERMINED, Status.UNDETERMINED)
    assert (later.next_at, later.degree) == (None, None)
    assert later.because == "bought on one occasion only, so there is no rhythm of their own"


def test_a_fallback_stands_in_for_the_rhythm_of_a_single_purchase():
    """The answer says that the gap is assumed; an own gap counts before it."""
    rule = OwnRhythm(factor=3, fallback=days(20))

    one, two = (rule.judge(customer(*bought(*at)), day(61)) for at in ([0], [0, 1]))

    assert (one.status, one.lapsed_since) == (Status.LAPSED, day(60))
    assert "3 times the assumed gap of 20 days" in one.because
    assert two.lapsed_since == day(4)
    assert "3 times the own gap of 1 day " in two.because


def test_two_purchases_on_a_day_are_one_occasion():
    """Unless each purchase counts: then the gap is half a day."""
    morning, evening = bought(0, 0.5)
    rel = customer(morning, evening)

    by_day = OwnRhythm(factor=3).judge(rel, day(9))
    by_purchase = OwnRhythm(factor=3, occasions="purchases").judge(rel, day(9))

    assert by_day.status is Status.UNDETERMINED
    assert by_purchase.lapsed_since == day(0.5) + timedelta(hours=36)


def test_purchases_of_one_moment_make_no_rhythm():
    """A gap of nothing is none."""
    rel = customer(*bought(0, 0))

    assert OwnRhythm(occasions="purchases").gap(rel) is None


def test_a_gap_is_less_the_pauses_in_it():
    """60 days with a pause of 30 are a gap of 30."""
    paused = [Paused(at=day(10)), Resumed(at=day(40))]

    rel = customer(*bought(0), *paused, *bought(60), lifecycle=CONTRACTS)

    assert OwnRhythm().gap(rel) == days(30)


def test_an_absence_between_cycles_is_a_gap():
    """The whole record counts."""
    rel = customer(*bought(0), Departed(at=day(10)), *bought(100))

    assert OwnRhythm().gap(rel) == days(100)


def test_a_customer_without_a_purchase_has_no_rhythm():
    """They have signed only; a fallback counts from then on."""
    rel = customer(Signed(at=T), lifecycle=SIGNING)

    assert OwnRhythm().judge(rel, day(9)).status is Status.UNDETERMINED
    assert OwnRhythm(factor=1, fallback=days(5)).judge(rel, day(9)).lapsed_since == day(5)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        *(({"factor": value}, "factor") for value in (0, -1, True, 1e6, "3", None)),
        *(({"factor": float(value)}, "factor") for value in ("nan", "inf")),
        ({"factor": 3, "departed_factor": 2.9}, "departed_factor"),
        ({"departed_factor": float("inf")}, "departed_factor"),
        ({"fallback": timedelta(0)}, "fallback"),
        ({"occasions": "weeks"}, "occasions"),
    ],
    ids=stable,
)
def test_a_rhythm_keeps_its_bounds(arguments, field):
    """A factor is a finite number above zero, and no truth value."""
    with pytest.raises(InvalidArgument) as caught:
        OwnRhythm(**arguments)

    assert (caught.value.subject, caught.value.field) == ("OwnRhythm()", field)


# --- how far a replay may go on ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "numbers", "quiet"),
    [
        (None, (10, 100, 190), 3),
        (None, (10, 101, 190), 1),
        (day(9), (10, 20), 0),
        (day(10), (10, 20), 2),
    ],
)
def test_a_window_is_quiet_until_a_gap_is_too_long(due, numbers, quiet):
    """A purchase at the very deadline comes in time; the first deadline is the customer's own."""
    rule = FixedWindow(lapsed_after=days(90))

    assert rule.quiet(customer(), due, bought(*numbers)) == quiet


def test_a_window_is_quiet_until_a_deadline_that_no_purchase_moves():
    """A contact moves none."""
    events = [Contacted(at=day(10)), Contacted(at=day(80)), *bought(120)]

    assert FixedWindow(lapsed_after=days(90)).quiet(customer(), day(90), events) == 2


def test_an_endless_window_is_always_quiet():
    """Nothing falls due by it."""
    assert FixedWindow(lapsed_after=timedelta.max).quiet(customer(), None, bought(1, 900)) == 2


@pytest.mark.parametrize(
    ("rel", "quiet"),
    [
        (customer(), 1),  # no purchase
        (customer(*bought(0)), 1),  # no gap, so that the next one may be of any length
        (customer(*bought(0, 30), lifecycle=CONTRACTS), 1),  # pauses shorten gaps
        (customer(*bought(0, 30)), 2),  # as many as were bought before
    ],
    ids=["nothing", "single", "pauses", "rhythm"],
)
def test_a_rhythm_is_quiet_where_its_gap_cannot_get_too_short(rel, quiet):
    """It says so only where it knows a least gap."""
    assert OwnRhythm(factor=3).quiet(rel, None, bought(40, 50, 60)) == quiet
