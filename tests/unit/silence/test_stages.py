"""A silence rule by the age of a stage."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Contacted,
    Departed,
    Engaged,
    InvalidArgument,
    Paused,
    Purchased,
    Recommended,
    Relationship,
    Resumed,
    UnknownState,
    replay,
    with_pause,
)
from custlife.silence import StageLimits, Status

T = datetime(2026, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)
MONTH = timedelta(days=30)
VISITORS = StageLimits({"visitor": MONTH})


def days(number):
    return timedelta(days=number)


def day(number):
    return T + timedelta(days=number)


def bought(number):
    return Purchased(at=day(number), amount=5)


def person(*events, lifecycle=CUSTOMER_LIFECYCLE):
    return Relationship("C-17", lifecycle).apply(*events)


@pytest.mark.parametrize(
    ("at", "status"), [(day(30), Status.ACTIVE), (day(30) + INSTANT, Status.DEPARTED)]
)
def test_a_stay_that_reaches_its_limit_is_not_too_long(at, status):
    """It is so an instant later."""
    answer = VISITORS.judge(person(Engaged(at=T)), at)

    assert (answer.status, answer.silent_since) == (status, T)


def test_a_stay_counts_whatever_happens_in_it():
    """A further visit does not begin it anew."""
    rel = person(Engaged(at=T), Engaged(at=day(20)), Contacted(at=day(29)))

    assert VISITORS.judge(rel, day(31)).departed_since == day(30)


def test_a_longer_stay_can_mean_a_lapse():
    """If the rule says so."""
    rule = evolve(VISITORS, status=Status.LAPSED)

    answer = rule.judge(person(Engaged(at=T)), day(31))

    assert (answer.status, answer.lapsed_since) == (Status.LAPSED, day(30))
    assert answer.departed_since is None


def test_a_stage_keeps_its_age_while_another_region_moves():
    """A second purchase makes a regular, and the conflict goes on."""
    rel = person(bought(0), Complained(at=day(1)), bought(9))

    answer = StageLimits({"in_conflict": days(14)}).judge(rel, day(16))

    assert rel.state.stages == ("regular", "in_conflict")
    assert (answer.silent_since, answer.departed_since) == (day(1), day(15))


def test_the_age_of_the_first_stage_counts_from_the_first_event():
    """Nothing is known before it."""
    rel = person(Recommended(at=day(5)), Recommended(at=day(8)))

    assert StageLimits({"potential": MONTH}).judge(rel, day(9)).next_at == day(35)


@pytest.mark.parametrize(("buyer", "content"), [(20, 30), (30, 20)])
def test_of_several_limits_the_first_counts(buyer, content):
    """Whichever stage it is of."""
    rule = StageLimits({"buyer": days(buyer), "content": days(content)})

    answer = rule.judge(person(bought(0)), day(21))

    first = {buyer: "buyer", content: "content"}[20]
    assert answer.departed_since == day(20)
    assert answer.because == f"{first} since 2026-01-01, and more than 20 days is too long"


@pytest.mark.parametrize("events", [[], [Engaged(at=T)]], ids=["nothing", "visitor"])
def test_a_stage_without_a_limit_is_undetermined(events):
    """Whatever limits other stages have."""
    rel = person(*events)

    answer = StageLimits({"aware": MONTH, "eroded": MONTH}).judge(rel, day(900))

    assert answer.status is Status.UNDETERMINED
    assert answer.because == f"no stage of {rel.state} has a limit"


def test_a_former_customer_has_left_even_in_a_stage_that_has_a_limit():
    """The limit does not count, and the departure on record does."""
    rule = StageLimits({"eroded": MONTH})
    rel = person(bought(0), Departed(at=day(1)))

    answer = rule.judge(rel, day(900))

    assert rel.state.stages == ("eroded",)
    assert (answer.status, answer.departed_since) == (Status.DEPARTED, day(1))
    assert rule.deadlines(rel) is None


def test_a_rule_without_limits_is_undetermined_of_all_who_have_not_left():
    """And always quiet."""
    rule, rel = StageLimits({}), person(Engaged(at=T))

    assert rule.judge(rel, day(900)).status is Status.UNDETERMINED
    assert rule.quiet(rel, None, [Engaged(at=day(900))]) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda rule, rel: rule.judge(rel, day(9)),
        lambda rule, rel: rel.due(rule, day(9)),
        lambda rule, _: replay([Engaged(at=T)], customer="C-17", silence=rule, as_of=day(9)),
    ],
    ids=["judge", "due", "replay"],
)
def test_a_stage_that_the_lifecycle_does_not_know_is_an_error(ask):
    """A misspelt limit would never count, and nobody would notice; the error names the known."""
    rule = StageLimits({"visitor": MONTH, "vistor": days(9)})

    with pytest.raises(UnknownState, match="a stage 'vistor'") as caught:
        ask(rule, person(Engaged(at=T)))

    assert "visitor" in str(caught.value)


# --- snoozing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "deadline"), [(day(60), day(60)), (day(10), day(30)), (LAST, None)], ids=stable
)
def test_a_snooze_puts_a_limit_off(until, deadline):
    """It never brings one forward; a snooze until the last moment of all is one for good."""
    rule = evolve(VISITORS, snoozed_until={"C-17": until})

    answer = rule.judge(person(Engaged(at=T)), day(9))

    assert (answer.status, answer.next_at) == (Status.ACTIVE, deadline)
    assert answer.because.endswith(f"too long, snoozed until {until.date()}")


def test_a_snooze_is_of_one_customer():
    """Others keep their limit."""
    rule = evolve(VISITORS, snoozed_until={"C-18": day(60)})

    answer = rule.judge(person(Engaged(at=T)), day(31))

    assert answer.departed_since == day(30)
    assert "snoozed" not in answer.because


def test_a_limit_beyond_all_datetimes_is_never_reached():
    """A snooze does not change that."""
    rule = StageLimits({"visitor": timedelta.max}, snoozed_until={"C-17": day(60)})

    answer = rule.judge(person(Engaged(at=T)), LAST)

    assert (answer.status, answer.next_at) == (Status.ACTIVE, None)


# --- pauses -----------------------------------------------------------------------------------


def paused(*numbers):
    events = (Paused(at=day(numbers[0])), *(Resumed(at=day(number)) for number in numbers[1:]))
    return person(bought(0), *events, lifecycle=CONTRACTS)


def test_a_pause_that_is_over_does_not_count():
    """90 days and 30 days of a pause."""
    assert StageLimits({"buyer": days(90)}).judge(paused(10, 40), day(50)).next_at == day(120)


@pytest.mark.parametrize(("stage", "deadline"), [("content", 120), ("regular", 140)])
def test_a_pause_before_the_last_purchase_puts_off_the_older_stages(stage, deadline):
    """It is no part of a stay that began after it."""
    events = [bought(0), Paused(at=day(10)), Resumed(at=day(40)), bought(50)]

    answer = StageLimits({stage: days(90)}).judge(person(*events, lifecycle=CONTRACTS), day(60))

    assert answer.next_at == day(deadline)


@pytest.mark.parametrize(("begin", "status"), [(90, Status.ACTIVE), (91, Status.DEPARTED)])
def test_a_limit_is_not_reached_in_a_pause(begin, status):
    """One that was passed before stays passed."""
    answer = StageLimits({"buyer": days(90)}).judge(paused(begin), day(900))

    assert (answer.status, answer.next_at) == (status, None)


def test_a_pause_itself_can_be_too_long():
    """The limit of the stage ``paused`` counts in a pause, and is not put off by earlier ones."""
    events = [Paused(at=day(10)), Resumed(at=day(40)), Paused(at=day(50))]
    rel = person(bought(0), *events, lifecycle=CONTRACTS)

    answer = StageLimits({"paused": days(60)}).judge(rel, day(111))

    assert (answer.silent_since, answer.departed_since) == (day(50), day(110))


def test_a_limit_that_a_pause_stops_hides_no_other():
    """The buyer's 90 days stand still from day 80 on, and the pause may last for 60."""
    rule = StageLimits({"buyer": days(90), "paused": days(60)})

    answer = rule.judge(paused(80), day(141))

    assert answer.departed_since == day(140)
    assert answer.because.startswith("paused since 2026-03-22")


# --- how far a replay may go on ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "numbers", "quiet"),
    [
        (None, (5, 35), 2),
        (None, (5, 35, 36), 2),
        (day(4), (5,), 0),
        (day(50), (5, 36), 1),
        (day(5), (5, 35), 1),
    ],
)
def test_a_stage_is_quiet_until_the_shortest_limit_after_an_event(due, numbers, quiet):
    """The first of the events may be the one that enters a stage; later ones only add limits."""
    events = [Engaged(at=day(number)) for number in numbers]

    rule = StageLimits({"visitor": MONTH, "aware": 2 * MONTH})

    assert rule.quiet(person(), due, events) == quiet


def test_an_endless_limit_is_always_quiet():
    """Nothing falls due by it; what is due already stays so."""
    rule, events = StageLimits({"visitor": timedelta.max}), [Engaged(at=day(900))]

    assert rule.quiet(person(), None, events) == 1
    assert rule.quiet(person(), day(1), events) == 0


# --- bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        *(
            ({"limits": value}, "limits")
            for value in (
                None,
                "visitor",
                ("visitor",),
                (1,),
                [("visitor", MONTH)],
                {"visitor": timedelta(0)},
                {"visitor": 30},
                {" ": MONTH},
            )
        ),
        ({"status": Status.ACTIVE}, "status"),
        ({"status": "lapsed"}, "status"),
        ({"snoozed_until": {"C-17": datetime(2026, 1, 1)}}, "snoozed_until"),  # noqa: DTZ001 - naive
        ({"snoozed_until": {"": T}}, "snoozed_until"),
        ({"snoozed_until": ["C-17"]}, "snoozed_until"),
    ],
    ids=stable,
)
def test_limits_keep_their_bounds(arguments, field):
    """What is out of them is refused by name."""
    with pytest.raises(InvalidArgument) as caught:
        StageLimits(**{"limits": {}, **arguments})

    assert (caught.value.subject, caught.value.field) == ("StageLimits()", field)


def test_a_rule_of_stages_is_a_value():
    """Equal limits make equal rules, which can be keys and can be varied."""
    one, other = (StageLimits({"visitor": MONTH}) for _ in range(2))

    assert one == other
    assert len({one, other, evolve(one)}) == 1


@pytest.mark.parametrize("name", ["prospect", "customer", "bond", "former", "visiter"])
def test_the_name_of_a_room_or_a_region_is_no_stage(name):
    """The error lists the stages."""
    visitor = Relationship("C-17").apply(Engaged(at=datetime(2026, 1, 1, tzinfo=UTC)))
    rule = StageLimits({name: timedelta(days=9)})

    with pytest.raises(UnknownState, match="It knows potential, aware, visitor, buyer"):
        rule.judge(visitor, datetime(2026, 2, 1, tzinfo=UTC))


def test_the_same_limits_are_for_those_who_can_pause_and_those_who_cannot():
    """So a base of several lifecycles has one rule."""
    visitor = Relationship("C-17").apply(Engaged(at=datetime(2026, 1, 1, tzinfo=UTC)))
    rule = StageLimits({"paused": timedelta(days=9), "visitor": timedelta(days=9)})

    assert rule.judge(visitor, datetime(2026, 2, 1, tzinfo=UTC)).status is Status.DEPARTED
