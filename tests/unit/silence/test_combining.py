"""Silence rules that are made of others."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.ids import stable

from custlife import (
    Complained,
    Contacted,
    Departed,
    Engaged,
    InvalidArgument,
    Purchased,
    Relationship,
    replay,
)
from custlife.silence import FixedWindow, OwnRhythm, StageLimits, Status, both, either

T = datetime(2026, 1, 1, tzinfo=UTC)


def days(number):
    return timedelta(days=number)


def day(number):
    return T + timedelta(days=number)


def bought(*numbers):
    return [Purchased(at=day(number), amount=5) for number in numbers]


def person(*events):
    return Relationship("C-17").apply(*events)


def window(lapsed, departed=None):
    return FixedWindow(lapsed_after=days(lapsed), departed_after=departed and days(departed))


SHORT, LONG = window(30, 300), window(90, 200)
RHYTHM = OwnRhythm(factor=3)
CUSTOMER = person(*bought(0))


# --- which limit counts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("combine", "lapsed", "departed"), [(either, 30, 200), (both, 90, 300)], ids=["either", "both"]
)
def test_either_takes_the_first_limits_and_both_the_last(combine, lapsed, departed):
    """The lapse and the departure each for itself, and the order of the rules makes no odds."""
    answers = [
        combine(*rules).judge(CUSTOMER, day(301)) for rules in ((SHORT, LONG), (LONG, SHORT))
    ]

    for answer in answers:
        assert (answer.lapsed_since, answer.departed_since) == (day(lapsed), day(departed))


@pytest.mark.parametrize("combine", [either, both])
def test_a_limit_that_all_rules_reach_at_once_is_not_yet_passed(combine):
    """It is so an instant later."""
    rule = combine(window(30), window(30, 60))

    at_once, later = (
        rule.judge(CUSTOMER, day(30) + timedelta(microseconds=n)).status for n in (0, 1)
    )

    assert (at_once, later) == (Status.ACTIVE, Status.LAPSED)


@pytest.mark.parametrize(
    ("combine", "departed"), [(either, day(200)), (both, None)], ids=["either", "both"]
)
def test_a_departure_by_both_needs_a_departure_by_each(combine, departed):
    """By either, one suffices."""
    answer = combine(window(30), LONG).judge(CUSTOMER, day(900))

    assert answer.departed_since == departed


def test_by_both_a_departure_agrees_to_a_lapse():
    """The stage knows departures only, after 60 days; the window lapses after 30."""
    rule = both(StageLimits({"buyer": days(60)}), window(30))

    answer = rule.judge(CUSTOMER, day(61))

    assert (answer.status, answer.lapsed_since) == (Status.LAPSED, day(60))


def test_by_either_a_departure_may_come_before_a_lapse():
    """The stage presumes a departure after 10 days."""
    answer = either(StageLimits({"buyer": days(10)}), window(30)).judge(CUSTOMER, day(31))

    assert (answer.status, answer.departed_since) == (Status.DEPARTED, day(10))


def test_by_both_a_rule_that_never_lapses_keeps_the_customer_active():
    """For good, whatever the others say or cannot say."""
    never = FixedWindow(lapsed_after=timedelta.max)

    answers = [
        both(*rules).judge(CUSTOMER, day(900)) for rules in ((never, SHORT), (never, RHYTHM))
    ]

    assert [answer.status for answer in answers] == [Status.ACTIVE] * 2
    assert [answer.next_at for answer in answers] == [None] * 2


# --- a rule that cannot tell ------------------------------------------------------------------


def test_by_either_a_rule_that_cannot_tell_leaves_it_open_until_another_decides():
    """A single purchase has no rhythm; the window decides after 30 days."""
    rule = either(RHYTHM, SHORT)

    early, late = (rule.judge(CUSTOMER, day(number)) for number in (9, 31))

    assert (early.status, early.next_at) == (Status.UNDETERMINED, day(30))
    assert (late.status, late.lapsed_since) == (Status.LAPSED, day(30))


def test_by_both_a_rule_that_cannot_tell_leaves_it_open_once_all_others_say_so():
    """Before that the customer is active, since one of the rules is enough for that."""
    rule = both(RHYTHM, SHORT, LONG)

    early, late = (rule.judge(CUSTOMER, day(number)) for number in (90, 91))

    assert (early.status, early.next_at) == (Status.ACTIVE, day(90))
    assert (late.status, late.next_at, late.lapsed_since) == (Status.UNDETERMINED, None, None)


@pytest.mark.parametrize("combine", [either, both])
def test_rules_of_which_none_can_tell_leave_it_open(combine):
    """From the beginning."""
    rule = combine(RHYTHM, OwnRhythm(factor=5))

    assert rule.judge(CUSTOMER, day(1)).status is Status.UNDETERMINED


# --- a rule that has nothing to count ---------------------------------------------------------


@pytest.mark.parametrize("combine", [either, both])
def test_a_rule_that_has_nothing_to_count_is_left_out(combine):
    """The window judges customers, the limit visitors; neither speaks for the other's."""
    rule = combine(SHORT, StageLimits({"visitor": days(14)}))

    visitor, customer = (
        rule.judge(rel, day(15)) for rel in (person(Engaged(at=T)), person(*bought(0)))
    )

    assert (visitor.status, visitor.departed_since) == (Status.DEPARTED, day(14))
    assert visitor.because == "visitor since 2026-01-01, and more than 14 days is too long"
    assert (customer.status, customer.next_at) == (Status.ACTIVE, day(30))
    assert customer.degree == 0.5


@pytest.mark.parametrize(
    ("combine", "how"), [(either, "either suffices"), (both, "both needed")], ids=["either", "both"]
)
def test_rules_of_which_none_counts_say_nothing(combine, how):
    """Each of them says why."""
    rel = person(Contacted(at=T))

    answer = combine(SHORT, StageLimits({"visitor": days(14)})).judge(rel, day(2))

    assert answer.status is Status.UNDETERMINED
    assert answer.because == (
        "who has not bought is silent in no relationship; a limit of a stage can judge them; "
        f"no stage of aware has a limit ({how})"
    )


@pytest.mark.parametrize("combine", [either, both])
def test_a_combination_says_that_a_former_customer_has_left(combine):
    """Its rules are not asked."""
    rel = person(*bought(0), Departed(at=day(1)))

    answer = combine(SHORT, StageLimits({"visitor": days(14)})).judge(rel, day(2))

    assert (answer.status, answer.departed_since) == (Status.DEPARTED, day(1))
    assert answer.because == "left on 2026-01-02, cause unknown"


# --- words and degrees ------------------------------------------------------------------------


def test_a_combination_says_what_each_rule_says():
    """And how they are combined."""
    said = both(window(30), window(90)).judge(CUSTOMER, T).because

    assert said == (
        "silent since 2026-01-01, and more than 30 days is a lapse; "
        "silent since 2026-01-01, and more than 90 days is a lapse (both needed)"
    )


@pytest.mark.parametrize(
    ("rule", "degree"),
    [
        (either(SHORT, LONG), 1.5),
        (both(SHORT, LONG), 0.5),
        (either(SHORT, RHYTHM), 1.5),
        (both(SHORT, RHYTHM), None),
        (either(RHYTHM, RHYTHM), None),
    ],
    ids=stable,
)
def test_the_degree_is_the_greatest_of_either_and_the_least_of_both(rule, degree):
    """Where one of both is unknown, so is the least."""
    assert rule.judge(CUSTOMER, day(45)).degree == degree


def test_a_combination_can_be_combined():
    """The inner one is a rule like any other."""
    rule = both(either(SHORT, LONG), window(60))

    assert rule.judge(CUSTOMER, day(1)).next_at == day(60)
    assert repr(rule).startswith("both(either(FixedWindow(")


# --- what a replay infers by it ---------------------------------------------------------------


def lapses(rule, *events, until):
    journey = replay(events, customer="C-17", silence=rule, as_of=day(until))
    return [one.event.at for one in journey.inferred if one.event.name == "lapsed"]


@pytest.mark.parametrize(
    "other",
    [
        StageLimits({"regular": days(900)}),
        StageLimits({"regular": days(300)}, status=Status.LAPSED),
        StageLimits({"regular": days(188)}, status=Status.LAPSED),
    ],
    ids=["departed", "later", "same"],
)
def test_by_either_each_silence_has_a_lapse_of_its_own(other):
    """A stage that lasts longer than a silence does not make two silences one."""
    found = lapses(either(window(90), other), *bought(0, 1, 99), until=250)

    assert found == [day(91), day(189)]


def test_by_either_a_stay_that_is_too_long_is_one_lapse():
    """The regular has stayed too long since day 31, whatever they buy."""
    rule = either(window(90), StageLimits({"regular": days(30)}, status=Status.LAPSED))

    assert lapses(rule, *bought(0, 1, 60, 70), until=100) == [day(31)]


@pytest.mark.parametrize("combine", [either, both])
def test_a_replay_stops_at_each_limit_of_either_rule(combine):
    """Many events in a row hide no limit between them."""
    visits = [Engaged(at=day(number)) for number in range(0, 60, 2)]

    found = lapses(combine(window(30), window(45)), *bought(0), *visits, until=60)

    assert found == [day({either: 30, both: 45}[combine])]


def test_a_conflict_that_lasts_too_long_departs_beside_a_window():
    """The stage counts while it is active, and the window lapses before."""
    rule = either(window(30), StageLimits({"in_conflict": days(40)}))

    journey = replay(
        [*bought(0), Complained(at=day(5))], customer="C-17", silence=rule, as_of=day(60)
    )

    assert [(one.event.name, one.event.at) for one in journey.inferred] == [
        ("lapsed", day(30)),
        ("departed", day(45)),
    ]


# --- bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("combine", [either, both])
@pytest.mark.parametrize("rules", [(), (SHORT,), (SHORT, "rule"), (SHORT, FixedWindow)], ids=stable)
def test_a_combination_is_of_two_rules_or_more(combine, rules):
    """Each of them knows its deadlines in advance."""
    with pytest.raises(InvalidArgument) as caught:
        combine(*rules)

    assert (caught.value.subject, caught.value.field) == (f"{combine.__name__}()", "rules")
