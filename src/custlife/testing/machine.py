"""Stateful tests: the executions of a lifecycle side by side, or an app that follows one."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial as given
from typing import Any

from attrs import evolve, field, frozen
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custlife import _checks
from custlife.errors import CustlifeError, EventNotAllowed
from custlife.events import Event
from custlife.lifecycle._chart import ChartDriver, state_of
from custlife.lifecycle.table import unchecked_table
from custlife.state import State
from custlife.testing.following import (
    CALLABLE,
    Act,
    Follower,
    Refuses,
    StoredStage,
    error_classes,
    performer,
)
from custlife.testing.generators.events import moments, moved, undated_events
from custlife.testing.generators.histories import gaps
from custlife.testing.laws.law import BEGIN, LawViolation
from custlife.testing.oracle import Tally, contradictions
from custlife.testing.paths import shortest_paths
from custlife.testing.reading import outcome
from custlife.testing.subject import Subject, Testable

_DAY = timedelta(days=1)
_STEPS, _APP_STEPS = 20, 30
"""How many events a machine is driven by beside the way to where it begins; one of an app needs
more, since an app can remember more than a stage."""
_SENTENCE = "The chart, the table, the relationship and the rules agree after every event."


Performs = Mapping[Any, Callable[[Any], object]] | Callable[[Any, str], object]
"""How an app performs events for a customer: what to call with the customer for each event's name
or class, or one thing to call with the customer and the name."""


def lifecycle_machine(  # noqa: PLR0913 - what an app is tested by, and all of it by name
    thing: Testable,
    *,
    begin: Callable[[], Any] | None = None,
    perform: Performs | None = None,
    stage: Callable[[Any], StoredStage] | None = None,
    refuses: Refuses = Exception,
    partial: bool = False,
    record: bool = True,
) -> type[RuleBasedStateMachine]:
    """A state machine test, which Hypothesis drives by every event that a lifecycle knows.

    With ``begin``, ``perform`` and ``stage`` it tests an app: each event is performed for a
    customer of the app and given to a relationship. What the relationship takes, the app must take;
    what it refuses, the app must refuse; after each event the app's stage must be that of the
    relationship. A relationship has a record, and the app needs one, too: an answer that leaves
    another complaint waiting moves nobody, and prospects and former customers can complain. The
    shortest history that is found to fail is shown.

    Without them it tests the executions of the lifecycle. Each event goes to the chart, to the
    table and to a relationship, whether it is allowed or not. All must answer as the rules say when
    they are read naively; after each event all must be in the same state, and the relationship
    must be what a naive tally of the history makes it.

    Args:
        thing: A lifecycle, a chart class, or a subject.
        begin: Makes a new customer in the app; called at the beginning of each run. What it returns
            is what ``perform`` and ``stage`` are called with: an object of the app, or an id. If
            two runs share a customer, Hypothesis says that the test is flaky or inconsistent.
        perform: How the app performs an event: a mapping from events' names or classes to what to
            call with the customer, or one callable that takes the customer and the name.
        stage: How to read the customer's stage out of what is stored; see `Path.follow`.
        refuses: The errors by which the app refuses an event; see `Path.follow`.
        partial: Whether the app keeps less than the innermost stages; see `Path.follow`.
        record: Whether the app knows which complaints are open. If it does not, an answer counts as
            one to the last complaint that waits, and none is tried where the stage does not show
            that one waits.

    Returns:
        A class for ``run_state_machine_as_test``; its ``TestCase`` is found by pytest and unittest,
        and ``TestCase.settings`` can be set. A run fails with `PathFailure` if it tests an app, and
        else with `LawViolation`.

    Raises:
        InvalidArgument: If an argument is of a wrong type, or some of the three are missing.
        ValueError: If ``perform`` lacks an event of the lifecycle, or has one beside them.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE, state_of, to_chart
        >>> TestOurCustomers = lifecycle_machine(CUSTOMER_LIFECYCLE).TestCase

        >>> chart = to_chart(CUSTOMER_LIFECYCLE)
        >>> TestApp = lifecycle_machine(
        ...     CUSTOMER_LIFECYCLE, begin=chart, perform=chart.send, stage=state_of, record=False
        ... ).TestCase
    """
    subject = Subject.of(thing)
    ways = st.sampled_from([path.events for path in shortest_paths(subject.lifecycle).values()])
    if begin is None and perform is None and stage is None:
        events = st.one_of([*undated_events(subject.lifecycle, subject.kinds).values()])
        members = {
            "subject": subject,
            "begins": initialize(at=moments(), way=ways)(_Machine.begins),
            "happens": rule(event=events, later=gaps(allow_ties=True))(_Machine.happens),
        }
        return _made(_Machine, subject, members, _STEPS)
    for name, value in (("begin", begin), ("stage", stage)):
        _GIVEN.argument("lifecycle_machine", name, value)
    _checks.flag.argument("lifecycle_machine", "partial", partial)
    _checks.flag.argument("lifecycle_machine", "record", record)
    known = subject.lifecycle.events
    act = performer("lifecycle_machine", subject.lifecycle, perform, needed=known, tried=())
    members = {
        "subject": subject,
        "app": _App(begin, act, stage, refuses, partial, record),
        "begins": initialize(way=ways)(_AppMachine.begins),
        "happens": rule(event=_next_event(len(known)))(_AppMachine.happens),
    }
    return _made(_AppMachine, subject, members, _APP_STEPS)


_GIVEN = evolve(CALLABLE, remedy="To test an app, give begin, perform and stage.")


def _made(
    kind: type[RuleBasedStateMachine],
    subject: Subject,
    members: Mapping[str, object],
    steps: int,
) -> type[RuleBasedStateMachine]:
    """The machine of a lifecycle, with settings of its own."""
    title = "".join(word.capitalize() for word in subject.lifecycle.name.split("_"))
    machine: Any = type(f"{title}Machine", (kind,), {**members})
    profile = machine.TestCase.settings
    phases = [phase for phase in profile.phases if phase is not Phase.explain]
    machine.TestCase.settings = settings(
        profile, phases=phases, stateful_step_count=steps, report_multiple_bugs=False
    )
    made: type[RuleBasedStateMachine] = machine
    return made


class _Machine(RuleBasedStateMachine):
    """What every machine does with an event; the rules are added for each lifecycle."""

    subject: Subject
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.driver = ChartDriver(self.subject.chart())
        self.table_state = self.subject.lifecycle.initial
        self.relationship = self.subject.start("C-1")
        rules = self.relationship.departure_rules
        self.tally = Tally(self.subject.lifecycle, rules=rules)
        self.history: list[Event] = []

    def begins(self, at: datetime, way: tuple[str, ...]) -> None:
        """Set the time, and take the shortest way to some state."""
        self.now = at
        for name in way:
            self.happens(self.subject.simplest[name], _DAY)

    def happens(self, event: Event, later: timedelta) -> None:
        """Send one event to all, and compare their answers with the rules."""
        self.now += later
        event = moved(event, self.now)
        self.history.append(event)
        before = self.tally
        self.tally = before.plus(event)
        after = outcome(self.subject.lifecycle, before.state, event.name)
        on_record = len(self.tally.entries) > len(before.entries)
        self._answers("the relationship", self._relationship_takes(event), on_record)
        if after is None or after == self.tally.state:  # else only the record can know
            by_rules = after is not None
            self._answers("the chart", self.driver.takes(event.name), by_rules)
            self._answers("the table", self._table_takes(event), by_rules)

    def _answers(self, who: str, taken: bool, allowed: bool) -> None:  # noqa: FBT001 - the answers
        event = self.history[-1]
        self._require(
            taken is allowed,
            f"{event.name!r}: the rules {_verb(allowed)} it, and {who} {_verb(taken)}s it.",
        )

    def _table_takes(self, event: Event) -> bool:
        try:
            self.table_state = self.subject.table.step(self.table_state, event.name)
        except EventNotAllowed:
            return False
        return True

    def _relationship_takes(self, event: Event) -> bool:
        try:
            self.relationship = self.relationship.apply(event)
        except CustlifeError:
            return False
        return True

    @invariant()
    def all_stand_in_one_state(self) -> None:
        """The chart, the table and the relationship are where the rules lead."""
        expected = self.tally.state
        for who, state in (
            ("the chart", state_of(self.driver.chart, self.subject.lifecycle)),
            ("the table", self.table_state),
            ("the relationship", self.relationship.state),
        ):
            self._require(
                state == expected, f"{who} is in {state}, and the rules lead to {expected}."
            )

    @invariant()
    def the_relationship_is_what_the_tally_says(self) -> None:
        """Cycle, moments, last departure and record are what a naive count makes them."""
        for problem in contradictions(self.relationship, self.tally):
            self._require(False, problem)  # noqa: FBT003 - what a contradiction is

    def _require(self, holds: bool, problem: str) -> None:  # noqa: FBT001 - what must hold
        if not holds:
            lifecycle = self.subject.lifecycle
            raise LawViolation("agreement", _SENTENCE, lifecycle, problem, tuple(self.history))


def _verb(allowed: bool) -> str:  # noqa: FBT001 - the answer
    return "take" if allowed else "refuse"


@frozen
class _App:
    """What a machine does with an app; kept in one value, so that nothing becomes a method."""

    begin: Any
    act: Callable[..., object]
    stage: Any
    refuses: Refuses = field(converter=error_classes)
    partial: bool
    record: bool


class _AppMachine(RuleBasedStateMachine):
    """What every machine that tests an app does with an event."""

    subject: Subject
    app: _App

    def begins(self, way: tuple[str, ...]) -> None:
        """Make a customer in the app, and take the shortest way to some state."""
        __tracebackhide__ = True
        self.table = unchecked_table(self.subject.lifecycle)
        self.relationship = self.subject.start("C-1")
        self.customer = self.app.begin()
        self.act: Act = given(self.app.act, self.customer)
        self.follower = Follower(
            self.subject.lifecycle,
            (),
            (self.relationship.state,),
            given(self.app.stage, self.customer),
            self.app.refuses,
            self.app.partial,
        )
        self.follower.expect(0, "when begin() has returned")
        for event in way:
            self.happens(event)

    def nearest(self, place: int, kind: int) -> str:
        """The first event from a place on that is allowed, moves inside the room, or is forbidden.

        A room is explored farther if many events move inside it. A place means the same event in
        nearly every state, so that Hypothesis can leave out steps before it.
        """
        state, events = self.follower.states[-1], self.subject.lifecycle.events
        here, allowed = self.table.index(state), {*self.relationship.allowed}
        known = {*events}
        if not self.app.record:
            allowed = {*self.table.unguarded[here]}
            known -= self.table.guards[here].keys()
        inside = {n for n, room in enumerate(self.table.rooms) if room is state.room} - {here}
        moving = {name for name in allowed if self.table.arcs[here][name] in inside}
        among = (allowed, moving, known - allowed)[kind] or allowed or known
        return next(event for event in (*events[place:], *events) if event in among)

    def happens(self, event: str) -> None:
        """Perform an event in the app, and require what the lifecycle answers."""
        __tracebackhide__ = True
        place, state = len(self.follower.events), self.follower.states[-1]
        try:
            after, because = self._after(state, event, BEGIN + place * _DAY), ""
        except EventNotAllowed as refusal:
            after, because = state, refusal.because
        if not because:
            self.follower = self.follower.then(event, after)
            self.follower.take(self.act, place + 1)
        elif self.app.refuses:
            self.follower.refuse(self.act, place, event, because)
            self.follower = self.follower.then(event, after, refused=True)

    def _after(self, state: State, event: str, at: datetime) -> State:
        """Where an event leads, by the record or by the table alone."""
        if self.app.record:
            self.relationship = self.relationship.apply(moved(self.subject.simplest[event], at))
            return self.relationship.state
        return self.table.step(state, event)


@st.composite
def _next_event(draw: st.DrawFn, count: int) -> str:
    machine: _AppMachine = draw(st.runner())
    return machine.nearest(draw(st.integers(0, count - 1)), draw(st.integers(0, 2)))
