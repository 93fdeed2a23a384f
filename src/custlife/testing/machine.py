"""A stateful test: the chart, the table and a relationship side by side, with a naive oracle."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custlife.errors import CustlifeError, EventNotAllowed
from custlife.events import Event
from custlife.lifecycle._chart import ChartDriver, state_of
from custlife.testing.generators.events import moments, moved, undated_events
from custlife.testing.generators.histories import gaps
from custlife.testing.laws.law import LawViolation
from custlife.testing.oracle import Tally, contradictions, outcome
from custlife.testing.paths import shortest_paths
from custlife.testing.subject import Subject, Testable

_DAY = timedelta(days=1)
_STEPS = 20
"""How many events a machine is driven by beside the way to where it begins."""
_SENTENCE = "The chart, the table, the relationship and the rules agree after every event."


def lifecycle_machine(thing: Testable) -> type[RuleBasedStateMachine]:
    """A state machine test of a lifecycle, which Hypothesis drives by every event it knows.

    Each event goes to the chart, to the table and to a relationship, whether it is allowed or not.
    All must answer as the rules say when they are read naively; after each event all must be in
    the same state, and the relationship must be what a naive tally of the history makes it.

    Args:
        thing: A lifecycle, a chart class, or a subject.

    Returns:
        A class for ``run_state_machine_as_test``; its ``TestCase`` is found by pytest and unittest,
        and ``TestCase.settings`` can be set.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> TestOurCustomers = lifecycle_machine(CUSTOMER_LIFECYCLE).TestCase
    """
    subject = Subject.of(thing)
    ways = [path.events for path in shortest_paths(subject.lifecycle).values()]
    events = st.one_of([*undated_events(subject.lifecycle, subject.kinds).values()])
    title = "".join(word.capitalize() for word in subject.lifecycle.name.split("_"))
    members = {
        "subject": subject,
        "begins": initialize(at=moments(), way=st.sampled_from(ways))(_Machine.begins),
        "happens": rule(event=events, later=gaps(allow_ties=True))(_Machine.happens),
    }
    machine: Any = type(f"{title}Machine", (_Machine,), members)
    profile = machine.TestCase.settings
    phases = [phase for phase in profile.phases if phase is not Phase.explain]
    machine.TestCase.settings = settings(profile, phases=phases, stateful_step_count=_STEPS)
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
