"""What a law is: a sentence, and a search for a history that violates it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from attrs import define, fields, frozen
from hypothesis import Phase
from hypothesis import strategies as st

from custlife.errors import CustlifeError
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unchecked_table
from custlife.state import State
from custlife.testing.generators.events import moved
from custlife.testing.generators.histories import histories
from custlife.testing.laws.trying import Settings, try_on
from custlife.testing.oracle import outcome
from custlife.testing.paths.path import draw
from custlife.testing.paths.shortest import search
from custlife.testing.subject import Subject, Testable

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""When the systematic histories begin."""
_DAY = timedelta(days=1)
_OURS = (Phase.shrink, Phase.explain)
"""What a law does itself, and faster: it needs not make an event up to leave it out."""


@define(eq=False, slots=False)
class LawViolation(CustlifeError, AssertionError):
    """A law that does not hold, and the shortest history that was found to violate it.

    Attributes:
        law: The name of the law.
        sentence: The law in words.
        lifecycle: The lifecycle.
        problem: What is wrong, in words.
        history: The events that show it, the refused ones included.
    """

    law: str
    sentence: str
    lifecycle: Lifecycle
    problem: str
    history: tuple[Event, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """The states that the history leads through by the rules; a refused event stays."""
        states = [self.lifecycle.initial]
        for event in self.history:
            states.append(outcome(self.lifecycle, states[-1], event.name) or states[-1])
        return tuple(states)

    def __str__(self) -> str:
        states = self.states
        lines = [f"{self.law}: {self.problem}", f"The law: {self.sentence}"]
        lines.append(f"The history, in {self.lifecycle.name!r} from {states[0]}:")
        for number, (event, before) in enumerate(zip(self.history, states, strict=False), 1):
            after = outcome(self.lifecycle, before, event.name)
            what = "refused" if after is None else f"-> {after}" if after != before else "stays"
            lines.append(f"{number:4}. {event.at.isoformat()} {event.name}{_facts(event)}: {what}")
        if not self.history:
            lines.append("   (no event)")
        return "\n".join(lines)

    def to_mermaid(self) -> str:
        """The history as a Mermaid state diagram, its steps numbered in order."""
        return "\n".join(draw(self.states, [event.name for event in self.history]))


def _facts(event: Event) -> str:
    """What an event says beside its time, where it is not the default."""
    said = [
        f"{attribute.name}={value!s}"
        for attribute in fields(type(event))
        if attribute.name != "at" and (value := getattr(event, attribute.name)) != attribute.default
    ]
    return f" ({', '.join(said)})" if said else ""


@frozen(eq=False, kw_only=True)
class Law:
    """A law that can be called like a function, and named like one.

    Attributes:
        name: Its name, a word or two.
        number: Its number among the laws of its kind.
        sentence: What always holds.
    """

    name: str
    number: int
    sentence: str

    @property
    def __name__(self) -> str:
        """The name, by which pytest calls a parametrized test."""
        return self.name

    def __call__(self, thing: Testable, *, settings: Settings = None) -> None:
        """Search for a violation.

        Args:
            thing: A lifecycle, a chart class, or a subject.
            settings: Hypothesis' settings for what is sampled; those of the profile if left out.
                There is no deadline.

        Raises:
            LawViolation: If the law does not hold.
        """
        raise NotImplementedError


Cell = tuple[State, str, str]
"""A state, an event, and what is wrong there."""


@frozen(eq=False, kw_only=True)
class CellLaw(Law):
    """A law about every state and every event: it is tried out exhaustively.

    Attributes:
        complaints: Yields what is wrong, the nearest state first.
    """

    complaints: Callable[[Subject], Iterator[Cell]]

    def __call__(self, thing: Testable, *, settings: Settings = None) -> None:
        """Go through all states and events; see `Law`. Nothing is sampled."""
        del settings
        subject = Subject.of(thing)
        for state, event, problem in self.complaints(subject):
            names = (*search(unchecked_table(subject.lifecycle))[state].events, event)
            history = tuple(_dated(subject, names))
            raise LawViolation(self.name, self.sentence, subject.lifecycle, problem, history)


@frozen(eq=False, kw_only=True)
class HistoryLaw(Law):
    """A law about every history.

    It is tried on the shortest history to each state and each event after it, and then on histories
    that Hypothesis makes up.

    Attributes:
        complaints: Yields what is wrong with a history, which may hold events that are refused.
    """

    complaints: Callable[[Subject, Sequence[Event]], Iterator[str]]

    def check(self, subject: Subject, history: Sequence[Event]) -> None:
        """Try the law on one history.

        Raises:
            LawViolation: If it does not hold.
        """
        found = self._violation(subject, history)
        if found is not None:
            raise found

    def __call__(self, thing: Testable, *, settings: Settings = None) -> None:
        """Try the law on systematic histories and on sampled ones; see `Law`."""
        subject = Subject.of(thing)
        for history in systematic(subject):
            self.check(subject, history)
        sampled = st.booleans().flatmap(
            lambda rejected: histories(
                subject.lifecycle, kinds=subject.kinds, allow_rejected=rejected, allow_ties=True
            )
        )

        def probe(history: list[Event]) -> None:
            self.check(subject, history)

        name = f"{self.name}_of_{subject.lifecycle.name}"
        try:
            try_on(sampled, probe, name=name, settings=settings, without=_OURS)
        except LawViolation as found:
            shortest = self._shortened(subject, found)
            raise shortest from shortest.__cause__

    def _violation(self, subject: Subject, history: Sequence[Event]) -> LawViolation | None:
        """What is wrong with one history; what the subject raised is the cause of it."""
        cause: Exception | None = None
        try:
            problem = next(self.complaints(subject, list(history)), None)
        except Exception as error:  # noqa: BLE001 - whatever a subject raises is a violation
            cause = error
            problem = f"the subject raised {type(error).__name__}: {error}"
        if problem is None:
            return None
        found = LawViolation(self.name, self.sentence, subject.lifecycle, problem, tuple(history))
        found.__cause__ = cause
        return found

    def _shortened(self, subject: Subject, found: LawViolation) -> LawViolation:
        """The violation with every event left out or made simple where it does as well."""
        history = found.history
        for number in reversed(range(len(history))):
            event, before, after = history[number], history[:number], history[number + 1 :]
            simple = moved(subject.simplest[event.name], event.at)
            for other in ((), (simple,)):
                shorter = (*before, *other, *after)
                less = None if shorter == history else self._violation(subject, shorter)
                if less is not None:
                    return self._shortened(subject, less)
        return found


def cell_law(
    number: int, sentence: str
) -> Callable[[Callable[[Subject], Iterator[Cell]]], CellLaw]:
    """Make a law of a function that yields the cells at fault."""
    return lambda complaints: CellLaw(
        name=complaints.__name__, number=number, sentence=sentence, complaints=complaints
    )


def history_law(
    number: int, sentence: str
) -> Callable[[Callable[[Subject, Sequence[Event]], Iterator[str]]], HistoryLaw]:
    """Make a law of a function that yields what is wrong with a history."""
    return lambda complaints: HistoryLaw(
        name=complaints.__name__, number=number, sentence=sentence, complaints=complaints
    )


def systematic(subject: Subject) -> Iterator[tuple[Event, ...]]:
    """The shortest history to each state, and each event after it, the nearest first."""
    for path in search(unchecked_table(subject.lifecycle)).values():
        yield tuple(_dated(subject, path.events))
        for name in subject.lifecycle.events:
            yield tuple(_dated(subject, (*path.events, name)))


def _dated(subject: Subject, names: Sequence[str]) -> Iterator[Event]:
    for number, name in enumerate(names):
        yield moved(subject.simplest[name], BEGIN + number * _DAY)
