"""Checking requirements: by going through all that can happen, with four verdicts."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, cast

from attrs import field, frozen

from custlife._checks import one_of
from custlife.decisions.tables import DecisionTable
from custlife.events import Event
from custlife.lifecycle.parts import several
from custlife.state import State
from custlife.testing.laws.selector_law import Selectable
from custlife.testing.paths import draw
from custlife.testing.requirements.conditions import (
    InvalidRequirement,
    Misnamed,
    Undecidable,
    counted_by,
)
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.graph import Graph, graph_of
from custlife.testing.requirements.requirement import Requirement
from custlife.testing.subject import Subject, Testable
from custlife.testing.tables.functions import Answering

_STEP = 2
"""Where the count of what is only compared before and after an event can end."""
_Counted = tuple[tuple[str, int], ...]
"""The facts of the record that are counted, each with where its count ends."""


@frozen
class RequirementVerdict:
    """What becomes of one requirement.

    Attributes:
        requirement: The requirement.
        status: Whether it holds, is violated, is vacuous or is undecided.
        because: Why, in words. Where it holds, what is assumed of histories that go on for ever.
        events: The names of the events of the shortest history that shows it.
        states: The states that it leads through, the first included; none where there is none.
        refused: The event that is refused at its end, if that is what is wrong.
        history: The same as real events, ready to be replayed. A relationship refuses only a cause
            that the definition lets be learnt of somebody who is here.
        facts: The facts that show it, of a table or a selector.
    """

    requirement: Requirement
    status: Status
    because: str = ""
    events: tuple[str, ...] = ()
    states: tuple[State, ...] = field(default=(), repr=False)
    refused: str | None = None
    history: tuple[Event, ...] = field(default=(), repr=False)
    facts: tuple[tuple[str, object], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.status is Status.HOLDS

    def to_mermaid(self) -> str:
        """The history that shows it as a Mermaid state diagram; empty where there is none."""
        return "\n".join(draw(self.states, self.events)) if self.states else ""

    def __str__(self) -> str:
        requirement = self.requirement
        lines = [f"{self.status.value}: {requirement}"]
        if requirement.id:
            lines[0] = f"{self.status.value}: {requirement.id}: {requirement}"
        if requirement.sentence:
            lines.append(f"  Required: {requirement.sentence} [{requirement.source}]")
        if self.because:
            history = " The shortest history:" if self.states else ""
            lines.append(f"  {self.because}.{history}")
        lines += [f"      {state}" for state in self.states[:1]]
        steps = zip(self.events, self.states[1:], strict=True)
        lines += [
            f"  {number:2}. {event} -> {after}" for number, (event, after) in enumerate(steps, 1)
        ]
        lines += [f"      {self.refused}: refused"] if self.refused else []
        return "\n".join(lines)


@frozen
class Report:
    """What became of requirements. Made by `check`.

    Attributes:
        subject: The name of what was checked.
        verdicts: A verdict for each, in order.
    """

    subject: str
    verdicts: tuple[RequirementVerdict, ...]

    def _of(self, status: Status) -> tuple[RequirementVerdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.status is status)

    @property
    def held(self) -> tuple[RequirementVerdict, ...]:
        """Those that hold."""
        return self._of(Status.HOLDS)

    @property
    def violated(self) -> tuple[RequirementVerdict, ...]:
        """Those that are violated, each with the shortest history that shows it."""
        return self._of(Status.VIOLATED)

    @property
    def vacuous(self) -> tuple[RequirementVerdict, ...]:
        """Those that say nothing."""
        return self._of(Status.VACUOUS)

    @property
    def undecided(self) -> tuple[RequirementVerdict, ...]:
        """Those that cannot be decided, each with the reason."""
        return self._of(Status.UNDECIDED)

    @property
    def holds(self) -> bool:
        """Whether all hold."""
        return len(self.held) == len(self.verdicts)

    def __str__(self) -> str:
        count, held = len(self.verdicts), len(self.held)
        what = f"{count} requirement{'s' * (count != 1)} of {self.subject!r}"
        lines = [f"Of {what}, {held} hold{'s' * (held == 1)}."]
        lines += [str(verdict) for verdict in self.verdicts if not verdict.holds]
        return "\n".join(lines)


Requirements = Requirement | Iterable[Requirement]
Checkable = Testable | Selectable | DecisionTable[Any]
"""What has requirements: what can be tested by laws, and decision tables."""


def check(thing: Checkable, requirements: Requirements) -> Report:
    """Check requirements by going through all that can happen.

    Nothing is sampled of a lifecycle, a decision table, or a selector that is made of tables. A
    selector that is a function can only be searched: for the simplest profile that breaks it.

    Args:
        thing: A lifecycle, a chart class or a subject; a decision table, a selector or a selection.
        requirements: One requirement, or several.

    Returns:
        A report with a verdict for each: it holds, it is violated, it is vacuous (what it is about
        never comes about, or no rule could break it), or it is undecided.

    Raises:
        InvalidRequirement: If a requirement names what is not there.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import never
        >>> report = check(CUSTOMER_LIFECYCLE, never("buyer+in_conflict"))
        >>> report.holds, report.violated[0].events
        (False, ('purchased', 'complained'))
    """
    chosen = several(requirements)
    for requirement in chosen:
        one_of(Requirement).argument("check", "requirements", requirement)
    checker = Checker.of(thing)
    return Report(checker.name, tuple(map(checker.decide, chosen)))


@frozen
class Checker:
    """What decides requirements of one thing, and works out only once what several need.

    Attributes:
        name: The name of the thing.
        decide: The verdict on a requirement. It raises `InvalidRequirement` where the requirement
            names what is not there.
    """

    name: str
    decide: Callable[[Requirement], RequirementVerdict]

    @classmethod
    def of(cls, thing: Checkable) -> "Checker":
        """What decides requirements of this."""
        answering = Answering.of(thing)
        if answering is not None:
            return cls(answering.name, partial(_answered, answering))
        subject = Subject.of(cast("Testable", thing))  # nothing else is left
        graph = cache(lambda counted: graph_of(subject, dict(counted)))
        return cls(subject.lifecycle.name, partial(_verdict, subject, graph))


def _answered(answering: Answering, requirement: Requirement) -> RequirementVerdict:
    try:
        found = answering.decide(requirement)
    except Misnamed as problem:
        raise InvalidRequirement(requirement.name, str(problem)) from None
    return RequirementVerdict(requirement, found.status, found.because, facts=found.facts)


def _verdict(
    subject: Subject, graph_with: Callable[[_Counted], Graph], requirement: Requirement
) -> RequirementVerdict:
    try:
        counted = dict.fromkeys(requirement.compared, _STEP)
        for name, end in counted_by(subject.lifecycle, requirement.conditions).items():
            counted[name] = max(end, counted.get(name, 0))
        graph = graph_with(tuple(sorted(counted.items())))
        found = requirement.decide(graph)
    except Misnamed as problem:
        raise InvalidRequirement(requirement.name, str(problem)) from None
    except Undecidable as problem:
        return RequirementVerdict(requirement, Status.UNDECIDED, str(problem))
    return RequirementVerdict(
        requirement,
        found.status,
        found.because,
        found.events,
        tuple(map(graph.state, found.way)),
        found.refused,
        graph.history(found.way, found.events),
    )
