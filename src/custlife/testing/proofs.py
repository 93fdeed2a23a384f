"""Proofs by exhaustion: a lifecycle is finite, so what holds of it is found out, not sampled."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from attrs import define, field, frozen

from custlife.errors import UnknownState, counted, listed, shown
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, several
from custlife.lifecycle.table import Table, jumps, unchecked_table, unreachable
from custlife.state import Room, State
from custlife.testing.checking import Report, Requirements, check
from custlife.testing.failures import Directory, Failure, Recordable, recorded
from custlife.testing.oracle import undecided
from custlife.testing.paths import Path, nearer, shortest_paths
from custlife.testing.subject import Subject, Testable


class Finding(Enum):
    """What a proof can find. Its value is its code.

    Attributes:
        sentence: What it means.
        is_fault: Whether it breaks a proof; what does not is worth knowing.
    """

    sentence: str
    is_fault: bool

    def __new__(cls, code: str, *row: Any) -> "Finding":  # noqa: ANN401, PYI034 - the cells below
        """Make a member from its row of the table below."""
        finding = object.__new__(cls)
        finding._value_ = code
        finding.sentence, finding.is_fault = row
        return finding

    UNREACHABLE = ("unreachable", "No history leads to a stage.", True)
    NO_DEPARTURE = (
        "no_departure",
        "From some prospect or customer state no departure can ever come, whatever happens.",
        True,
    )
    DEAD_END = ("dead_end", "In some prospect or customer state nothing is legal.", True)
    UNDECIDED = (
        "undecided",
        "An event in some state is neither answered nor refused with a reason.",
        True,
    )
    VIEW_JUMPS = ("view_jumps", "A step shows in a view as what is no move of its model.", True)
    NO_WAY_BACK = ("no_way_back", "From some former state, nothing leads back.", False)
    NEVER_LEFT = ("never_left", "A stage, once entered, is never left again.", False)
    IDLE_EVENT = ("idle_event", "An event changes no state anywhere.", False)
    IDLE_RULE = (
        "idle_rule",
        "A move or stay never happens: other rules come first, or its condition never holds.",
        False,
    )


@frozen
class Found:
    """One thing that a proof found.

    Attributes:
        finding: What it is.
        where: The stage, state, event or rule.
        message: The same in words.
        path: The shortest history that shows it, or None where there is none to show.
    """

    finding: Finding
    where: str
    message: str
    path: Path | None = field(default=None, repr=False)

    def __str__(self) -> str:
        shown = "" if self.path is None else f" The shortest way there: {self.path}."
        return f"{self.message}{shown} ({self.finding.value})"

    def to_mermaid(self) -> str:
        """The history that shows it as a Mermaid state diagram.

        Raises:
            ValueError: If there is no history to show.
        """
        if self.path is None:
            raise ValueError(f"{self.message} There is no history to draw.")
        return self.path.to_mermaid()


@frozen
class Proof:
    """What was found out about a lifecycle by going through all of it. Made by `prove`.

    Attributes:
        lifecycle: The lifecycle.
        paths: The shortest way to every state that can be reached, the nearest first.
        found: Everything that is worth knowing, what breaks the proof first.
    """

    lifecycle: Lifecycle
    paths: Mapping[State, Path] = field(repr=False)
    found: tuple[Found, ...]

    @property
    def faults(self) -> tuple[Found, ...]:
        """What breaks the proof."""
        return tuple(found for found in self.found if found.finding.is_fault)

    @property
    def notes(self) -> tuple[Found, ...]:
        """What does not break it, and is worth knowing."""
        return tuple(found for found in self.found if not found.finding.is_fault)

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.faults

    def way_to(self, stage: str | State) -> Path | None:
        """The shortest history to a state, stage, region or room; None if none leads there.

        Raises:
            UnknownState: If the lifecycle has no such state or place.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> print(prove(CUSTOMER_LIFECYCLE).way_to("eroding"))
            potential -(purchased)-> buyer+content -(lapsed)-> buyer+eroding
        """
        if isinstance(stage, State):
            return self.paths.get(self.lifecycle.state(*stage.stages))
        places = tuple(self.lifecycle.places.by_name)
        if stage not in places:
            raise UnknownState(f"a place {shown(stage)}", self.lifecycle.name, places)
        return next((path for state, path in self.paths.items() if state.is_in(stage)), None)

    def __str__(self) -> str:
        size = f"{len(self.paths)} states, {len(self.lifecycle.events)} events"
        verdict = "proven" if self.holds else "not proven"
        lines = [f"The lifecycle {self.lifecycle.name!r} ({size}) is {verdict}."]
        for title, part in (("Faults", self.faults), ("Worth knowing", self.notes)):
            if part:
                lines += [f"{title}:", *(f"  - {found}" for found in part)]
        lines.append("The shortest way to every stage:")
        for place in self.lifecycle.places.by_name.values():
            if not place.children:
                way = self.way_to(place.name)
                lines.append(f"  - {place.name}: {'none' if way is None else way}")
        return "\n".join(lines)


@define(eq=False, slots=False)
class NotProven(Recordable):
    """A lifecycle with faults that a proof found.

    Attributes:
        proof: The whole proof.
        faults: The faults that were not allowed for.
        report: What became of the requirements.
    """

    proof: Proof
    faults: tuple[Found, ...]
    report: Report

    @property
    def failures(self) -> tuple[Failure, ...]:
        """A history for each requirement that is violated."""
        lifecycle = self.proof.lifecycle
        return tuple(
            Failure("requirement", one.requirement.name, lifecycle, one.history, one.because)
            for one in self.report.violated
        )

    def __str__(self) -> str:
        name = self.proof.lifecycle.name
        lines = []
        if self.faults:
            codes = ", ".join(dict.fromkeys(repr(fault.finding.value) for fault in self.faults))
            lines += [
                f"The lifecycle {name!r} is not proven, for {counted(self.faults)}",
                f"Mend the rules, or allow for what is meant: allow=[{codes}].",
            ]
        lines += [] if self.report.holds else [str(self.report)]
        return "\n".join(lines)


def prove(thing: Testable) -> Proof:
    """Go through every state and every event of a lifecycle, and report what holds.

    Faults are: a stage that no history leads to; a prospect or customer state from which no
    departure can come, or in which nothing is legal; an event that is not decided; a view that
    jumps. Notes are: a former state without a way back; a stage that is never left; an event that
    changes nothing; a rule that never happens.

    Args:
        thing: A lifecycle, a chart class, or a subject.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> proof = prove(CUSTOMER_LIFECYCLE)
        >>> proof.holds, len(proof.paths), [found.where for found in proof.found]
        (True, 15, ['refunded', 'service_failed', 'cause_learnt'])
    """
    subject = Subject.of(thing)
    table = unchecked_table(subject.lifecycle)
    paths = shortest_paths(subject.lifecycle)
    checks = (_unreachable, _stuck, _jumps, _never_left, _idle)
    found = [*(one for check in checks for one in check(table, paths)), *_undecided(subject, paths)]
    found.sort(key=lambda one: not one.finding.is_fault)
    return Proof(subject.lifecycle, paths, tuple(found))


def assert_proven(
    thing: Testable,
    requirements: Requirements = (),
    *,
    allow: Finding | str | Iterable[Finding | str] = (),
    record_failures: Directory | None = None,
) -> None:
    """Prove a lifecycle and its requirements, or fail with what was found.

    Args:
        thing: A lifecycle, a chart class, or a subject.
        requirements: What must be true of it; each must hold, and none be vacuous or undecided.
        allow: The faults that are meant to be, such as ``"no_departure"`` where nobody leaves.
        record_failures: A directory into which the history of each violated requirement is
            written; see `replay_failures`.

    Raises:
        NotProven: If it has other faults, or a requirement does not hold; with a history for each.
        InvalidRequirement: If a requirement names what is not there.
        ValueError: If ``allow`` has what no proof can find.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import precedes
        >>> assert_proven(CUSTOMER_LIFECYCLE, [precedes("purchased", "advocate")])
    """
    allowed = {_known(finding) for finding in several(allow)}
    proof, report = prove(thing), check(thing, requirements)
    faults = tuple(fault for fault in proof.faults if fault.finding not in allowed)
    with recorded(record_failures, "assert_proven"):
        if faults or not report.holds:
            raise NotProven(proof, faults, report)


def _known(code: object) -> Finding:
    for finding in Finding:
        if code in (finding, finding.value):
            return finding
    codes = listed([finding.value for finding in Finding])
    raise ValueError(f"{shown(code)} is nothing that a proof can find; there are {codes}.")


Paths = Mapping[State, Path]
"""The shortest way to each state."""


def _unreachable(table: Table, _paths: Paths) -> Iterator[Found]:
    for name in unreachable(table):
        message = f"No history leads to the stage {name!r}."
        yield Found(Finding.UNREACHABLE, name, message)


def _stuck(table: Table, paths: Paths) -> Iterator[Found]:
    """The states from which no departure can come, and those from which there is no return."""
    former = frozenset(n for n, room in enumerate(table.rooms) if room is Room.FORMER)
    for goal in (former, frozenset(range(len(table.states))) - former):
        for number in sorted({*range(len(table.states))} - nearer(table, goal).keys()):
            state = table.states[number]
            place = state.describe()
            if number in former:
                finding, message = Finding.NO_WAY_BACK, f"From {place} nothing leads back."
            elif table.arcs[number]:
                finding, message = (
                    Finding.NO_DEPARTURE,
                    f"From {place} no departure can ever come.",
                )
            else:
                finding, message = Finding.DEAD_END, f"In {place} nothing is legal."
            yield Found(finding, str(state), message, paths[state])


def _undecided(subject: Subject, paths: Paths) -> Iterator[Found]:
    for state, path in paths.items():
        for event in subject.lifecycle.events:
            problem = undecided(subject.table, state, event)
            if problem:
                message = f"{event!r} in {state.describe()} is undecided: {problem}."
                yield Found(Finding.UNDECIDED, f"{event} in {state}", message, path)


def _jumps(table: Table, paths: Paths) -> Iterator[Found]:
    """One for each pair of values between which a view jumps, with the nearest step that does."""
    for steps in jumps(table):
        jump = min(steps, key=lambda step: len(paths[step.state]))
        count = "" if len(steps) == 1 else f", the nearest of {len(steps)} such steps"
        message = f"The view {jump.view.name} jumps: {jump}{count}."
        path = paths[jump.state].then(jump.event, jump.after)
        yield Found(Finding.VIEW_JUMPS, jump.view.name, message, path)


def _never_left(table: Table, paths: Paths) -> Iterator[Found]:
    for place in table.lifecycle.places.by_name.values():
        if place.stage is None:
            continue
        inside = [n for n, state in enumerate(table.states) if state.is_in(place.name)]
        left = any(after not in inside for here in inside for after in table.arcs[here].values())
        if inside and not left:
            path = next(path for state, path in paths.items() if state.is_in(place.name))
            message = f"The stage {place.name!r} is never left again."
            yield Found(Finding.NEVER_LEFT, place.name, message, path)


def _idle(table: Table, _paths: Paths) -> Iterator[Found]:
    arcs = [(event, here, to) for here, arc in enumerate(table.arcs) for event, to in arc.items()]
    changing = {event for event, here, after in arcs if after != here}
    for event in table.events:
        if event not in changing:
            message = f"The event {event!r} changes no state anywhere."
            yield Found(Finding.IDLE_EVENT, event, message)
    for rule in table.lifecycle.rules:
        if not isinstance(rule, Forbid) and rule not in table.happening:
            message = f"The rule '{rule}' never happens in any state that can be reached."
            yield Found(Finding.IDLE_RULE, str(rule), message)
