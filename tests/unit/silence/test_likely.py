"""A silence rule by the chance that the customer is still there.

With r 1, alpha 2, a 1 and b 4, who bought in the weeks 0 and 2 is alive after T weeks with the
chance 1 / (1 + ((2 + T) / 4)^2 / 4): that is 1/2 at T = 6, and 1/5 at T = 14. By MBG/NBD who bought
once is alive with the chance 1 / (1 + (2 + T) / 8), which is 1/2 at T = 6.
"""

from datetime import UTC, datetime, timedelta

import pytest
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Contacted,
    Departed,
    InvalidArgument,
    Paused,
    Purchased,
    Relationship,
    Resumed,
    with_pause,
)
from custlife.prediction import BGNBD, MBGNBD
from custlife.silence import LikelyGone, Status

T = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LAST = datetime.max.replace(tzinfo=UTC)
NUMBERS = {"r": 1.0, "alpha": 2.0, "a": 1.0, "b": 4.0}
MODEL = BGNBD(**NUMBERS)
RULE = LikelyGone(MODEL, below=0.5, departed_below=0.2)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)


def week(number):
    return T + timedelta(weeks=number)


def bought(*numbers):
    return [Purchased(at=week(number), amount=5) for number in numbers]


def customer(*events, lifecycle=CUSTOMER_LIFECYCLE):
    return Relationship("C-17", lifecycle).apply(*events)


REGULAR = customer(*bought(0, 2))


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (week(6) - SECOND, Status.ACTIVE),
        (week(6) + SECOND, Status.LAPSED),
        (week(14) - SECOND, Status.LAPSED),
        (week(14) + SECOND, Status.DEPARTED),
    ],
)
def test_a_silence_is_a_lapse_once_the_chance_is_below_the_limit(at, status):
    """And a departure below the lower one."""
    assert RULE.judge(REGULAR, at).status is status


def test_the_deadlines_are_the_answers_of_the_model():
    """In its unit of time, from the first purchase on."""
    deadlines = RULE.deadlines(REGULAR)

    assert deadlines.since == week(2)
    assert abs(deadlines.lapsed - week(6)) < SECOND
    assert abs(deadlines.departed - week(14)) < SECOND
    assert MODEL.alive(1, 2, 6) == pytest.approx(0.5)
    assert MODEL.alive(1, 2, 14) == pytest.approx(0.2)


def test_a_chance_need_not_mean_a_departure():
    """Without a limit for it, it never does."""
    answer = LikelyGone(MODEL).judge(REGULAR, week(900))

    assert (answer.status, answer.next_at) == (Status.LAPSED, None)


def test_the_unit_is_that_of_the_model():
    """The same parameters in days lapse after 6 days."""
    rel = customer(*(Purchased(at=T + timedelta(days=n), amount=5) for n in (0, 2)))

    deadlines = LikelyGone(MODEL, unit=timedelta(days=1)).deadlines(rel)

    assert abs(deadlines.lapsed - (T + timedelta(days=6))) < SECOND


def test_an_occasion_is_a_day():
    """The hours of purchases make no difference to the model, nor do two on a day."""
    hours = timedelta(hours=15)
    events = [Purchased(at=week(n) + hours, amount=5) for n in (0, 0, 2, 2)]

    deadlines = RULE.deadlines(customer(*events))

    assert deadlines.since == week(2) + hours
    assert abs(deadlines.lapsed - week(6)) < SECOND


def test_a_chance_that_is_low_at_once_is_a_lapse_from_the_purchase_on():
    """No earlier than it: with a 4 and b 1 the chance after a second purchase is 1/5."""
    rule = LikelyGone(BGNBD(r=1.0, alpha=2.0, a=4.0, b=1.0))
    rel = customer(*(Purchased(at=week(n) + timedelta(hours=15), amount=5) for n in (0, 2)))

    deadlines = rule.deadlines(rel)

    assert deadlines.lapsed == deadlines.since == week(2) + timedelta(hours=15)


@pytest.mark.parametrize("at", [T + SECOND, week(900)], ids=stable)
def test_a_model_cannot_tell_of_one_time_buyers_who_had_no_chance_to_stop(at):
    """BG/NBD holds them alive for ever, so that the answer is undetermined."""
    answer = RULE.judge(customer(*bought(0)), at)

    assert (answer.status, answer.degree) == (Status.UNDETERMINED, None)
    assert answer.because == "BG/NBD cannot tell after 1 occasion"


@pytest.mark.parametrize(
    "model",
    [BGNBD(**NUMBERS, one_time_buyers="mbg"), MBGNBD(**NUMBERS)],
    ids=["one_time_buyers", "MBG/NBD"],
)
def test_a_model_that_lets_one_time_buyers_stop_can_tell(model):
    """By the formulas of MBG/NBD."""
    deadlines = LikelyGone(model).deadlines(customer(*bought(0)))

    assert abs(deadlines.lapsed - week(6)) < SECOND


@pytest.mark.parametrize(
    "events",
    [[], [Contacted(at=T)]],
    ids=["nothing", "prospect"],
)
def test_a_person_who_has_not_bought_is_undetermined(events):
    """The model is about customers."""
    answer = RULE.judge(customer(*events), week(900))

    assert answer.status is Status.UNDETERMINED
    assert answer.silent_since is None


def test_a_former_customer_has_left_whatever_the_model_says():
    """Even while the chance is above its limit."""
    rel = customer(*bought(0, 2), Departed(at=week(3)))

    answer = RULE.judge(rel, week(4))

    assert MODEL.alive(1, 2, 4) > 0.5
    assert (answer.status, answer.departed_since) == (Status.DEPARTED, week(3))
    assert RULE.deadlines(rel) is None


@pytest.mark.parametrize(
    ("events", "lapse"),
    [
        ([*bought(0, 2), Paused(at=week(3)), Resumed(at=week(5))], 8),
        ([*bought(0), Paused(at=week(1)), Resumed(at=week(3)), *bought(4)], 8),
    ],
    ids=["after", "between"],
)
def test_a_pause_that_is_over_does_not_count(events, lapse):
    """Two weeks of it put the limit off by two weeks."""
    deadlines = RULE.deadlines(customer(*events, lifecycle=CONTRACTS))

    assert abs(deadlines.lapsed - week(lapse)) < SECOND


@pytest.mark.parametrize(("begin", "status"), [(5, Status.ACTIVE), (7, Status.LAPSED)])
def test_a_limit_is_not_reached_in_a_pause(begin, status):
    """One that was passed before stays passed."""
    rel = customer(*bought(0, 2), Paused(at=week(begin)), lifecycle=CONTRACTS)

    answer = RULE.judge(rel, week(900))

    assert (answer.status, answer.next_at) == (status, None)


def test_the_degree_reaches_one_at_the_limit():
    """At once the chance is 4/5, and 1/5 of 1/2 has gone by."""
    now, then = (RULE.judge(REGULAR, week(number)).degree for number in (2, 6))

    assert now == pytest.approx(0.4)
    assert then == pytest.approx(1)


def test_a_limit_beyond_all_datetimes_is_never_reached():
    """It takes some 486,000 years until the chance is below 1e-13."""
    rule = LikelyGone(MODEL, departed_below=1e-13)

    answer = rule.judge(REGULAR, LAST)

    assert (answer.status, answer.next_at) == (Status.LAPSED, None)


def test_it_says_why():
    """Since when, after how many occasions, by which model, and the limits."""
    short, long = (
        rule.judge(REGULAR, week(3)).because for rule in (LikelyGone(MODEL, below=0.25), RULE)
    )

    assert short == (
        "silent since 2026-01-15 after 2 occasions; by BG/NBD, a chance below 0.25 is a lapse"
    )
    assert long.endswith("a chance below 0.5 is a lapse, below 0.2 a departure")


@pytest.mark.parametrize(
    ("due", "events", "quiet"),
    [
        (None, bought(3, 4), 1),
        (week(6), bought(7), 0),
        (week(6), [Contacted(at=week(6)), Contacted(at=week(7))], 1),
        (week(9), [Contacted(at=week(6)), *bought(8, 9)], 2),
        (None, [Contacted(at=week(6)), Contacted(at=week(7))], 2),
    ],
)
def test_it_is_quiet_until_the_limit_or_a_purchase(due, events, quiet):
    """A purchase makes another history."""
    assert RULE.quiet(REGULAR, due, events) == quiet


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"model": "BG/NBD"}, "model"),
        *(({"below": value}, "below") for value in (0.0, 1.0, 1, float("nan"), "0.5")),
        ({"below": 0.4, "departed_below": 0.5}, "departed_below"),
        ({"departed_below": 0.0}, "departed_below"),
        ({"unit": timedelta(0)}, "unit"),
        ({"unit": 7}, "unit"),
    ],
    ids=stable,
)
def test_it_keeps_its_bounds(arguments, field):
    """What is out of them is refused by name."""
    with pytest.raises(InvalidArgument) as caught:
        LikelyGone(**{"model": MODEL, **arguments})

    assert (caught.value.subject, caught.value.field) == ("LikelyGone()", field)
