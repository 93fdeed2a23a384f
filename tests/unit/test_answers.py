"""What a silence rule says, and the deadlines that answer for a rule."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Departed,
    Engaged,
    InvalidArgument,
    Paused,
    Purchased,
    Relationship,
    Terminated,
    with_pause,
)
from custlife.silence import Answer, DeadlineRule, Deadlines, Status

T = datetime(2026, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)


def day(number):
    return T + timedelta(days=number)


class Fixed(DeadlineRule):
    """A rule whose deadlines are given."""

    def __init__(self, found):
        self.found = found

    def deadlines(self, relationship):
        return self.found

    def because(self, relationship, deadlines):
        return "they are given" if deadlines else "there are none"


BOUGHT = Relationship("C-17").apply(Purchased(at=T, amount=5))


# --- an answer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"status": Status.ACTIVE}, "active: no word."),
        (
            {"status": Status.ACTIVE, "next_at": day(9)},
            "active: no word. If nothing happens, that changes after 2026-01-10.",
        ),
        (
            {"status": Status.LAPSED, "lapsed_since": day(1), "next_at": day(9)},
            "lapsed since 2026-01-02: no word. If nothing happens, that changes after 2026-01-10.",
        ),
        (
            {"status": Status.DEPARTED, "lapsed_since": day(1), "departed_since": day(2)},
            "presumed departed since 2026-01-03: no word.",
        ),
        ({"status": Status.UNDETERMINED}, "undetermined: no word."),
    ],
    ids=stable,
)
def test_an_answer_says_what_since_when_why_and_until_when(arguments, text):
    """Its string is the same without the last of it."""
    answer = Answer(because="no word", **arguments)

    assert answer.explain() == text
    assert text.startswith(f"{answer}.")


def test_an_answer_holds_since_the_limit_of_its_status():
    """Who is not silent for too long is so since no moment."""
    limits = {"lapsed_since": day(1), "departed_since": day(2)}

    since = {status: Answer(status=status, because="no word", **limits).since for status in Status}

    assert since == {
        Status.ACTIVE: None,
        Status.UNDETERMINED: None,
        Status.LAPSED: day(1),
        Status.DEPARTED: day(2),
    }


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"status": "lapsed"}, "status"),
        ({"because": " "}, "because"),
        ({"status": Status.LAPSED}, "lapsed_since"),
        ({"status": Status.LAPSED, "departed_since": T}, "lapsed_since"),
        ({"status": Status.DEPARTED, "lapsed_since": T}, "departed_since"),
        *(({"degree": value}, "degree") for value in (-0.1, True, "1")),
        *(({"degree": float(value)}, "degree") for value in ("nan", "inf")),
        *(
            ({name: datetime(2026, 1, 1)}, name)  # noqa: DTZ001 - naive
            for name in ("silent_since", "lapsed_since", "departed_since", "next_at")
        ),
    ],
    ids=stable,
)
def test_an_answer_keeps_its_bounds(arguments, field):
    """Who has lapsed has since a moment; every moment is aware, and every number finite."""
    with pytest.raises(InvalidArgument) as caught:
        Answer(**{"status": Status.ACTIVE, "because": "no word", **arguments})

    assert (caught.value.subject, caught.value.field) == ("Answer()", field)


def test_the_moments_of_an_answer_are_in_utc():
    """Whatever time zone they are given in."""
    there = T.astimezone(timezone(timedelta(hours=2)))

    answer = Answer(status=Status.ACTIVE, because="no word", silent_since=there, next_at=there)

    assert (answer.silent_since.tzinfo, answer.next_at.tzinfo) == (UTC, UTC)
    assert answer.next_at == T


# --- deadlines --------------------------------------------------------------------------------

FULL = Deadlines(T, lapsed=day(20), departed=day(30), unknown=day(10))


@pytest.mark.parametrize(
    ("reached", "before", "after", "following"),
    [
        (day(10), Status.ACTIVE, Status.UNDETERMINED, day(20)),
        (day(20), Status.UNDETERMINED, Status.LAPSED, day(30)),
        (day(30), Status.LAPSED, Status.DEPARTED, None),
    ],
)
def test_a_status_holds_up_to_a_limit_and_at_it(reached, before, after, following):
    """The next one begins an instant later, and names the next limit."""
    assert (FULL.status(reached), FULL.next_at(reached)) == (before, reached)
    assert FULL.status(reached + INSTANT) is after
    assert FULL.next_at(reached + INSTANT) == following


@pytest.mark.parametrize(
    ("deadlines", "at", "next_at"),
    [
        (Deadlines(T), day(1), None),
        (Deadlines(T, departed=day(5), lapsed=day(9)), day(1), day(5)),
        (Deadlines(T, departed=day(5), lapsed=day(9)), day(6), None),
        (Deadlines(T, lapsed=day(5), unknown=day(9)), day(6), None),
        (Deadlines(T, lapsed=day(5), departed=day(5)), day(1), day(5)),
        (Deadlines(T, lapsed=LAST), day(1), None),
    ],
    ids=["none", "departed first", "gone", "decided", "at once", "last of all"],
)
def test_a_limit_that_changes_nothing_is_no_change(deadlines, at, next_at):
    """As one that is reached in a later status, or at the last moment of all."""
    assert deadlines.next_at(at) == next_at


# --- a rule of deadlines ----------------------------------------------------------------------


def test_a_rule_answers_by_its_deadlines():
    """The limits that are passed are told, and the others only by when the answer changes."""
    answer = Fixed(FULL).judge(BOUGHT, day(25))

    assert answer == Answer(
        status=Status.LAPSED,
        because="they are given",
        silent_since=T,
        lapsed_since=day(20),
        next_at=day(30),
        degree=1.25,
    )


def test_a_rule_without_deadlines_cannot_tell():
    """It says why."""
    answer = Fixed(None).judge(BOUGHT, day(25))

    assert answer == Answer(status=Status.UNDETERMINED, because="there are none")


@pytest.mark.parametrize(
    ("departure", "because"),
    [
        (Departed(at=day(20), cause=Cause.PRICE), "left on 2026-01-21, cause price"),
        (Terminated(at=day(20)), "left on 2026-01-21, cause dismissed"),
        (
            Departed(at=day(20), cause=Cause.SILENCE, inferred=True),
            "presumed to have left on 2026-01-21, cause silence",
        ),
    ],
    ids=["seen", "dismissed", "inferred"],
)
@pytest.mark.parametrize("deadlines", [FULL, None], ids=["deadlines", "none"])
def test_who_has_left_is_departed_whatever_a_rule_counts(deadlines, departure, because):
    """Since the departure, and for good; the rule is not asked."""
    answer = Fixed(deadlines).judge(BOUGHT.apply(departure), day(25))

    assert answer == Answer(status=Status.DEPARTED, because=because, departed_since=day(20))


def test_who_came_back_has_not_left():
    """The departure on record is of the cycle before."""
    rel = BOUGHT.apply(Departed(at=day(20)), Purchased(at=day(24), amount=5))

    assert Fixed(Deadlines(day(24), lapsed=day(30))).judge(rel, day(25)).status is Status.ACTIVE


@pytest.mark.parametrize(
    ("deadlines", "degree"),
    [
        (Deadlines(T, lapsed=day(10), departed=day(50)), 0.5),
        (Deadlines(T, departed=day(50)), 0.1),
        (Deadlines(T), None),
        (Deadlines(day(9), lapsed=day(19)), 0),
        (Deadlines(T, lapsed=T), timedelta(days=5) / INSTANT),
    ],
    ids=["lapse", "departure", "no limit", "not yet", "at once"],
)
def test_the_degree_is_the_share_of_the_first_limit(deadlines, degree):
    """It is none where there is no limit, and never below zero."""
    assert Fixed(deadlines).judge(BOUGHT, day(5)).degree == degree


def test_the_degree_stands_still_in_a_pause():
    """Day 15 of 10 is where it stopped."""
    rel = Relationship("C-17", with_pause(CUSTOMER_LIFECYCLE)).apply(
        Purchased(at=T, amount=5), Paused(at=day(15))
    )

    degrees = [
        Fixed(Deadlines(T, lapsed=day(10))).judge(rel, at).degree for at in (day(15), day(99))
    ]

    assert degrees == [1.5, 1.5]


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 6, 1), day(-1), "2026-06-01", None],  # noqa: DTZ001 - naive
    ids=stable,
)
def test_a_rule_judges_at_an_aware_moment_that_is_not_past(at):
    """No earlier than the last event; at the event itself it does."""
    with pytest.raises(InvalidArgument) as caught:
        Fixed(FULL).judge(BOUGHT, at)

    assert (caught.value.subject, caught.value.field) == ("judge()", "at")
    assert Fixed(FULL).judge(BOUGHT, T).status is Status.ACTIVE


def test_a_rule_that_does_not_say_is_asked_after_every_event():
    """One event at a time is always safe."""
    events = [Engaged(at=day(number)) for number in range(9)]

    assert Fixed(FULL).quiet(BOUGHT, None, events) == 1
