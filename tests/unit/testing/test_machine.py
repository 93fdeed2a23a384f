"""A machine runs the executions side by side, or an app beside them, and tells where they part."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.ids import stable
from tests.unit.lifecycle.builders import trio
from tests.unit.lifecycle.charts import CHARTS
from tests.unit.testing.gallery import GALLERY

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintSettled,
    EventNotAllowed,
    InvalidArgument,
    Purchased,
    Relationship,
    Room,
    state_of,
    to_chart,
)
from custlife.testing import LawViolation, PathFailure, lifecycle_machine
from custlife.testing.generators.events import moved, simplest_events

SEEN = {
    "a_chart_with_a_move_missing": "the chart",
    "a_chart_that_takes_what_is_forbidden": "the chart takes it",
    "a_chart_that_forbids_what_is_allowed": "the chart refuses it",
    "a_table_that_differs_from_the_chart_in_one_cell": "the table is in",
    "a_table_that_does_not_follow_the_rules": "the table takes it",
    "an_apply_that_forgets_the_revenue": "by its events, record.revenue is",
    "a_rejected_event_that_is_swallowed": "the relationship takes it",
    "a_rejected_event_that_moves_the_state": "the relationship is in",
}
"""Broken subjects that show event by event, and what is said of them."""
SHRINK_LONG = ("a_chart_with", "a_chart_that_takes", "a_table")


def run(machine, examples=200):
    fewer = settings(machine.TestCase.settings, max_examples=examples, database=None)
    run_state_machine_as_test(machine, settings=fewer)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(one, marks=[pytest.mark.slow] * one.name.startswith(SHRINK_LONG), id=one.name)
        for one in GALLERY
        if one.name in SEEN
    ],
)
def test_a_broken_subject_is_caught(broken):
    """By the first event after which the executions do not agree."""
    machine = lifecycle_machine(broken.subject())

    with pytest.raises(LawViolation, match=SEEN[broken.name]) as caught:
        run(machine, examples=2000)

    assert caught.value.law == "agreement"
    assert caught.value.history


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_users_own_chart_agrees(chart):
    """With the lifecycle that is read out of it."""
    machine = lifecycle_machine(chart)

    run(machine, examples=5)


def test_a_machine_is_named_after_its_lifecycle():
    """So that a failure says whose it is; its test case is ready for pytest."""
    machine = lifecycle_machine(CUSTOMER_LIFECYCLE)

    assert machine.__name__ == "CustomerMachine"
    assert callable(machine.TestCase("runTest").runTest)


# An app of one's own.

TRIO = trio()
SIMPLEST = simplest_events(CUSTOMER_LIFECYCLE)


class App:
    """An app with a record, which follows the lifecycle; its subclasses have a slip each."""

    def __init__(self):
        self.now = Relationship("C-1")
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.count = Counter()
        self.last = ""

    def perform(self, event):
        self.at += timedelta(days=1)
        self.now = self.now.apply(moved(SIMPLEST[event], self.at))
        self.count[event] += 1
        self.last = event

    def stage(self):
        return str(self.now.state)


class BondOutlivesDeparture(App):
    """Whoever returns by buying is a regular at once."""

    def stage(self):
        return super().stage().replace("buyer", "regular" if self.now.cycle > 1 else "buyer")


class ThirdPurchaseCounts(App):
    """Makes an advocate of a regular, which the lifecycle does not say."""

    def stage(self):
        return (
            super()
            .stage()
            .replace("regular", "advocate" if self.count["purchased"] > 2 else "regular")
        )


class OneAnswerForAll(App):
    """An answer makes content, though another complaint waits."""

    def stage(self):
        settled = self.last == "complaint_settled"
        return super().stage().replace("in_conflict", "content" if settled else "in_conflict")


class ForgottenCommit(App):
    """Silence is noted and not stored."""

    stored = "potential"

    def stage(self):
        self.stored = self.stored if self.last == "lapsed" else super().stage()
        return self.stored


class RefusalThatMoves(App):
    """Who is gone and leaves again is lost."""

    lost = False

    def perform(self, event):
        self.lost = event == "departed" and self.now.state.room is Room.FORMER
        super().perform(event)

    def stage(self):
        return "lost" if self.lost else super().stage()


class Indulgent(App):
    """What is forbidden is taken silently, in later cycles."""

    def perform(self, event):
        try:
            super().perform(event)
        except EventNotAllowed:
            if self.now.cycle == 1:
                raise


class DeafToThoseWhoLeft(App):
    """Their complaints are heard and cannot be answered."""

    def perform(self, event):
        if event == "complaint_settled" and self.now.state.room is Room.FORMER:
            raise LookupError(event)
        super().perform(event)


class Unstable(App):
    """Breaks at the second recommendation."""

    def perform(self, event):
        if event == "recommended" and self.count[event]:
            raise ZeroDivisionError
        super().perform(event)


SLIPS = {
    BondOutlivesDeparture: r"stage is 'regular\+content' after 'purchased'; it must be 'buyer",
    ThirdPurchaseCounts: r"stage is 'advocate.*; it must be 'regular",
    OneAnswerForAll: r"stage is '\w+\+content' after 'complaint_settled'; .* '\w+\+in_conflict'",
    ForgottenCommit: r"stage is '\w+\+content' after 'lapsed'; it must be '\w+\+eroding'",
    RefusalThatMoves: "stage is 'lost' after it refused 'departed'",
    Indulgent: r"The app took '.*', and must refuse it",
    DeafToThoseWhoLeft: "The app failed on 'complaint_settled', which leads to .*: LookupError",
    Unstable: r"The app failed on 'recommended', which leads to .*: ZeroDivisionError\(\)",
}
"""Apps with a slip that shows late, and what is said of it."""


def machine_of(app, **given):
    return lifecycle_machine(
        CUSTOMER_LIFECYCLE, begin=app, perform=app.perform, stage=app.stage, **given
    )


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
def test_a_slip_that_shows_late_is_found(slip):
    """In as many runs as Hypothesis makes by itself; the failure says what is wrong."""
    with pytest.raises(PathFailure, match=SLIPS[slip]) as caught:
        run(machine_of(slip), examples=100)

    assert len(caught.value.events) + 1 == len(caught.value.states)


def test_an_app_that_follows_the_lifecycle_passes():
    """Its refusals have a class of their own."""
    run(machine_of(App, refuses=EventNotAllowed), examples=50)


def test_an_app_that_keeps_no_record_of_complaints_says_so():
    """Then no answer is tried that only a record can allow or forbid."""
    chart = to_chart(CUSTOMER_LIFECYCLE)

    def machine(**given):
        return lifecycle_machine(
            CUSTOMER_LIFECYCLE, begin=chart, perform=chart.send, stage=state_of, **given
        )

    run(machine(record=False), examples=50)
    with pytest.raises(PathFailure, match=r"The app took 'complaint_.*, and must refuse it"):
        run(machine())


class Club:
    """An app of three stages with a method for each event."""

    kept = "guest"

    def join(self):
        self._move(guest="member")

    def leave(self):
        self._move(guest="gone", member="gone")

    def come_back(self):
        self._move(gone="guest")

    def _move(self, **ways):
        self.kept = ways[self.kept]


class Grudge(Club):
    """Who was refused once never becomes a member."""

    refused = False

    def _move(self, **ways):
        self.refused |= self.kept not in ways
        super()._move(**ways)
        self.kept = "guest" if self.refused and self.kept == "member" else self.kept


def kept(club):
    return club.kept


PERFORM = {"joined": Club.join, "left": Club.leave, "returned": Club.come_back}
WHOLE = {"begin": Club, "perform": PERFORM, "stage": kept}


def club_machine(app=Club):
    return lifecycle_machine(TRIO, begin=app, perform=PERFORM, stage=kept)


def test_a_mapping_gives_what_to_call_with_the_customer():
    """Such as the methods of the app's class; what the app raises by itself is a refusal."""
    run(club_machine(), examples=20)


def test_what_was_refused_on_the_way_is_shown():
    """For it may be what went wrong."""
    with pytest.raises(PathFailure, match=r"stage is 'guest' after 'joined'; it must be") as caught:
        run(club_machine(Grudge))

    (place,) = caught.value.refusals
    before, after = caught.value.states[place : place + 2]
    assert before == after
    assert f"{place + 1:4}. {caught.value.events[place]}: refused" in str(caught.value).splitlines()


def test_an_app_that_begins_elsewhere_fails_before_the_first_event():
    """A new customer is where every relationship begins."""

    class Presumptuous(Club):
        kept = "member"

    with pytest.raises(PathFailure, match=r"stage is 'member' when begin\(\) has returned") as no:
        run(club_machine(Presumptuous))

    assert no.value.events == ()


def test_an_app_can_keep_less_than_the_innermost_stages():
    """What it does not keep is not checked."""

    def room(app):
        return app.now.state.room

    machine = lifecycle_machine(
        CUSTOMER_LIFECYCLE, begin=App, perform=App.perform, stage=room, partial=True
    )

    run(machine, examples=20)


class Silent(Club):
    """What is not possible is done silently."""

    def _move(self, **ways):
        self.kept = ways.get(self.kept, self.kept)


@pytest.mark.parametrize("lifecycle", [TRIO, trio(without=["returned"])], ids=["on", "to an end"])
def test_nothing_is_forbidden_to_an_app_that_refuses_nothing(lifecycle):
    """Only what is allowed is tried, and nothing where nothing is."""
    perform = {name: act for name, act in PERFORM.items() if name in lifecycle.events}
    machine = lifecycle_machine(lifecycle, begin=Silent, perform=perform, stage=kept, refuses=())

    run(machine, examples=20)


def test_an_answer_that_leaves_another_complaint_waiting_is_the_records_to_judge():
    """The chart and the table know of one complaint, and are not asked."""
    machine = lifecycle_machine(CUSTOMER_LIFECYCLE)()
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    machine.begins(at=begin, way=())

    for event in (
        Purchased(at=begin, amount=5),
        Complained(at=begin),
        Complained(at=begin),
        ComplaintSettled(at=begin),
    ):
        machine.happens(event, timedelta(days=1))

    assert machine.tally.state.stages == ("buyer", "in_conflict")


def test_a_machine_can_clean_up():
    """Whoever derives from it finds the customer."""
    seen = []

    class Tidy(club_machine()):
        def teardown(self):
            seen.append(self.customer)

    run(Tidy, examples=5)

    assert {type(customer) for customer in seen} == {Club}
    assert len({id(customer) for customer in seen}) == len(seen) > 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"perform": PERFORM, "stage": kept}, "begin is None, but must be something to call. To"),
        ({"begin": Club, "perform": PERFORM}, "stage is None, but must be something to call. To"),
        ({"begin": Club, "stage": kept}, "perform is None, but must be something to call, or a"),
        ({**WHOLE, "stage": "kept"}, "stage is 'kept', but must be something to call"),
        ({**WHOLE, "partial": 1}, "partial is 1, but must be True or False"),
        ({**WHOLE, "record": None}, "record is None, but must be True or False"),
    ],
    ids=stable,
)
def test_an_app_is_given_as_a_whole(given, message):
    """Else there is nothing to test, or nothing to hold it against."""
    with pytest.raises(InvalidArgument, match=message):
        lifecycle_machine(TRIO, **given)


def test_only_errors_refuse():
    """As in a path."""
    with pytest.raises(TypeError, match="refuses takes an error class, or several, not 'no'"):
        lifecycle_machine(TRIO, **WHOLE, refuses="no")


def test_a_machine_performs_every_event():
    """So a mapping must say how."""
    perform = {"joined": Club.join, "returned": Club.come_back}

    with pytest.raises(ValueError, match=r"does not say how to perform 'left'; add it\.$"):
        lifecycle_machine(TRIO, begin=Club, perform=perform, stage=kept)


def test_events_can_be_given_to_a_machine_by_their_classes():
    """As rules take them."""
    names = [name for name in CUSTOMER_LIFECYCLE.events if name != "purchased"]
    perform = {name: lambda app, name=name: app.perform(name) for name in names}
    perform[Purchased] = lambda app: app.perform("purchased")
    machine = lifecycle_machine(CUSTOMER_LIFECYCLE, begin=App, perform=perform, stage=App.stage)

    run(machine, examples=5)
