"""What a law is: a sentence, and a search for a history that violates it.

A search is finite, and so a law that finds nothing has not proven anything. It does not see what is
wrong from the hundredth event on only, for one id of a customer among a million, at one moment or
for one amount that nobody thinks of, after so many calls, or between threads.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, product
from typing import Any, TypeVar

import hypothesis
from attrs import define, field, fields, frozen
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from custlife._checks import one_of
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.state import State
from custlife.testing.failures import Directory, Failure, Recordable, recorded
from custlife.testing.generators.events import moved
from custlife.testing.generators.histories import histories
from custlife.testing.generators.walks import rounds, walks
from custlife.testing.oracle import Tally
from custlife.testing.paths import Path, draw, shortest_paths
from custlife.testing.subject import Subject, Testable

T = TypeVar("T")
Settings = hypothesis.settings | None

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""When the systematic histories begin."""
_BEFORE_A_LEAP_DAY = datetime(2024, 2, 28, 12, tzinfo=UTC)
"""When the long ones begin."""
_DAY = timedelta(days=1)
_NAMES = (
    "C-1",
    "c-1",
    "C-1 ",
    "Zoë Ünal-O'Neil",
    "crm:42/7",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "0f8fad5b-d9cb-469f-a165-708677289501",
)
"""Ids of customers that are easily taken for others."""
_ROUNDS = 3
"""How many long walks a law of cells takes."""
_MANY = 1000
"""How many ids with a number there are."""
_OURS = (Phase.shrink, Phase.explain)
"""What a law does itself, and faster: it leaves events out without drawing them again."""
SETTINGS = one_of(hypothesis.settings).or_none
"""The check of Hypothesis' settings."""
_HEALTHY = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""A slow machine or a long history is no fault of the subject."""


@define(eq=False, slots=False)
class LawViolation(Recordable):
    """A lifecycle or its execution breaks a law; with the shortest history found to show it.

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
    def failures(self) -> tuple[Failure, ...]:
        """The history, for `replay_failures`."""
        return (Failure("law", self.law, self.lifecycle, self.history, self.problem),)

    @property
    def states(self) -> tuple[State, ...]:
        """The states that the history leads through by the rules; a refused event stays."""
        tallies = accumulate(self.history, Tally.plus, initial=Tally(self.lifecycle))
        return tuple(tally.state for tally in tallies)

    def __str__(self) -> str:
        tally = Tally(self.lifecycle)
        lines = [f"{self.law}: {self.problem}", f"The law: {self.sentence}"]
        lines.append(f"The history, in {self.lifecycle.name!r} from {tally.state}:")
        for number, event in enumerate(self.history, 1):
            before, tally = tally, tally.plus(event)
            moved = tally.state != before.state
            what = f"-> {tally.state}" if moved else "stays"
            what = what if len(tally.entries) > len(before.entries) else "refused"
            lines.append(f"{number:4}. {event.at.isoformat()} {event.name}{_facts(event)}: {what}")
        if not self.history:
            lines.append("   (no event)")
        return "\n".join(lines)

    def to_mermaid(self) -> str:
        """The history as a Mermaid state diagram, its steps numbered in order."""
        return "\n".join(draw(self.states, [event.name for event in self.history]))


def _facts(event: Event) -> str:
    """The fields of an event beside its time that differ from the default."""
    given = [
        f"{attribute.name}={value!s}"
        for attribute in fields(type(event))
        if attribute.name != "at" and (value := getattr(event, attribute.name)) != attribute.default
    ]
    return f" ({', '.join(given)})" if given else ""


@frozen(eq=False)
class Law:
    """A law that can be called like a function, and named like one.

    Attributes:
        number: Its number among the laws of its kind.
        sentence: What always holds.
        violations: Yields what is wrong; its name is the name of the law.
    """

    number: int
    sentence: str
    violations: Callable[..., Iterator[Any]] = field(repr=False)

    @property
    def name(self) -> str:
        """Its name, a word or two."""
        return self.violations.__name__

    __name__ = name  # pytest calls a parametrized test by it

    def __call__(
        self,
        thing: Any,  # noqa: ANN401 - by the kind of law
        *,
        settings: Settings = None,
        record_failures: Directory | None = None,
    ) -> None:
        """Search for a violation.

        Args:
            thing: A lifecycle, a chart class or a subject; for a law of selectors, a selector or a
                selection.
            settings: Hypothesis' settings for what is sampled; those of the profile if left out.
                There is no deadline.
            record_failures: A directory: the history of a violation is written to a file there, for
                `replay_failures`.

        Raises:
            LawViolation: If a law of lifecycles does not hold.
            SelectorViolation: If a law of selectors does not hold.
        """
        raise NotImplementedError


@frozen(eq=False)
class CellLaw(Law):
    """A law about every state and every event: all are tried, the nearest state first.

    Then each is tried once more at the end of longer ways, in several cycles.
    """

    def __call__(
        self,
        thing: Testable,
        *,
        settings: Settings = None,
        record_failures: Directory | None = None,
    ) -> None:
        """Go through all states and events; see `Law`. Nothing is sampled."""
        SETTINGS.argument(self.name, "settings", settings)
        subject = Subject.of(thing)
        with recorded(record_failures, self.name):
            for path, event in _cells(subject.lifecycle):
                for problem in self.violations(subject, path.end, event, path):
                    text = f"{event!r} in {path.end}: {problem}"
                    history = tuple(_dated(subject, (*path.events, event)))
                    raise LawViolation(self.name, self.sentence, subject.lifecycle, text, history)


@frozen(eq=False)
class HistoryLaw(Law):
    """A law about every history, in which some events may be refused.

    It is tried on the shortest history to each state and each event after it, on long histories of
    several cycles, and then on histories that Hypothesis makes up.
    """

    def check(self, thing: Testable, history: Iterable[Event]) -> None:
        """Try the law on one history.

        Raises:
            LawViolation: If it does not hold.
        """
        events = several(history)
        for event in events:
            one_of(Event).argument("check", "history", event)
        self._try(Subject.of(thing), events)

    def _try(self, subject: Subject, history: Sequence[Event]) -> None:
        found = self._violation(subject, history)
        if found is not None:
            raise found

    def __call__(
        self,
        thing: Testable,
        *,
        settings: Settings = None,
        record_failures: Directory | None = None,
    ) -> None:
        """Try the law on systematic histories and on sampled ones; see `Law`."""
        SETTINGS.argument(self.name, "settings", settings)
        with recorded(record_failures, self.name):
            self._search(thing, settings)

    def _search(self, thing: Testable, settings: Settings) -> None:
        subject = Subject.of(thing)
        sampled = st.booleans().flatmap(
            lambda rejected: histories(
                subject.lifecycle, kinds=subject.kinds, allow_rejected=rejected, allow_ties=True
            )
        )

        def probe(history: list[Event]) -> None:
            self._try(subject, history)

        name = f"{self.name}_of_{subject.lifecycle.name}"
        try:
            for history in systematic(subject):
                self._try(subject, history)
            try_on(sampled, probe, name=name, settings=settings, without=_OURS)
        except LawViolation as found:
            shortest = self._shortened(subject, found)
            raise shortest from shortest.__cause__

    def _violation(self, subject: Subject, history: Sequence[Event]) -> LawViolation | None:
        """What is wrong with one history; what the subject raised is the cause of it."""
        cause: Exception | None = None
        try:
            problem = next(self.violations(subject, list(history)), None)
        except Exception as error:  # noqa: BLE001 - whatever a subject raises is a violation
            cause = error
            problem = f"the subject raised {type(error).__name__}: {error}"
        if problem is None:
            return None
        found = LawViolation(self.name, self.sentence, subject.lifecycle, problem, tuple(history))
        found.__cause__ = cause
        return found

    def _shortened(self, subject: Subject, found: LawViolation) -> LawViolation:
        """The violation with all events left out or made simple where it does as well."""
        before: tuple[Event, ...] | None = None
        while before != found.history:
            before, size = found.history, 2 * len(found.history)
            while size > 1:
                size //= 2
                for start in reversed(range(0, len(found.history), size)):
                    end = start + size
                    found = self._with(subject, found, start, end, ())
            for place, event in enumerate(found.history):
                simple = moved(subject.simplest[event.name], event.at)
                found = self._with(subject, found, place, place + 1, (simple,))
        return found

    def _with(
        self, subject: Subject, found: LawViolation, start: int, end: int, others: tuple[Event, ...]
    ) -> LawViolation:
        """The violation by the history with other events at some places, if there is one."""
        history = (*found.history[:start], *others, *found.history[end:])
        return (history != found.history and self._violation(subject, history)) or found


def _cells(lifecycle: Lifecycle) -> Iterator[tuple[Path, str]]:
    """A way to each state, and an event there: the shortest ways first, and then long ones."""
    ways = shortest_paths(lifecycle).values()
    yield from product(ways, lifecycle.events)
    table = unchecked_table(lifecycle)
    for names in islice(rounds(lifecycle), _ROUNDS):
        path, *_ = ways
        for name in names:
            yield path, name
            after = table.arcs[table.index(path.end)].get(name)
            path = path if after is None else path.then(name, table.states[after])


def systematic(subject: Subject) -> Iterator[tuple[Event, ...]]:
    """The shortest history to each state, and each event after it; then several cycles and more."""
    for path in shortest_paths(subject.lifecycle).values():
        yield tuple(_dated(subject, path.events))
        for name in subject.lifecycle.events:
            yield tuple(_dated(subject, (*path.events, name)))
    yield from walks(subject.lifecycle, subject.simplest, _BEFORE_A_LEAP_DAY)


def customers_of(history: Sequence[Event]) -> tuple[str, ...]:
    """Several ids of customers, in an order that follows from a history."""
    number = len(history) + sum(one.at.toordinal() + one.at.microsecond for one in history)
    names = (f"C-{number % _MANY}", f"{number % _MANY}", *_NAMES)
    turn = number % len(names)
    return (*names[turn:], *names[:turn])


def _dated(subject: Subject, names: Sequence[str]) -> Iterator[Event]:
    for number, name in enumerate(names):
        yield moved(subject.simplest[name], BEGIN + number * _DAY)


def try_on(
    sampled: st.SearchStrategy[T],
    probe: Callable[[T], None],
    *,
    name: str,
    settings: Settings,
    without: Collection[Phase],
) -> None:
    """Call a probe with samples until it raises.

    Args:
        sampled: What is made up.
        probe: Raises where a law does not hold.
        name: What Hypothesis calls the probe.
        settings: Its settings; those of the profile if None. There is no deadline.
        without: Phases that the law does itself or does not need.
    """

    def named(sample: T) -> None:
        probe(sample)

    named.__name__ = re.sub(r"\W+", "_", name)
    given_settings = settings or hypothesis.settings()
    own = hypothesis.settings(
        given_settings,
        deadline=None,
        phases=[phase for phase in given_settings.phases if phase not in without],
        report_multiple_bugs=False,
        suppress_health_check=_HEALTHY,
    )
    own(given(sampled)(named))()
