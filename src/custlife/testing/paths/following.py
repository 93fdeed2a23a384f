"""Taking a path in an app, and checking where the app stands after each event."""

from collections.abc import Callable, Iterator, Mapping
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any

from attrs import define

from custlife.errors import CustlifeError, listed
from custlife.events import Event
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.state import State
from custlife.testing.paths.reading import Reading, agrees

if TYPE_CHECKING:
    from custlife.testing.paths.path import Path

Key = str | type[Event]
"""An event's name, or its class."""
Perform = Mapping[Any, Callable[[], object]] | Callable[[str], object]
"""How an app performs events: what to call for each event's name or class, or one thing to call
with the name."""


@define(eq=False, slots=False)
class PathFailure(CustlifeError, AssertionError):
    """An app that stands elsewhere than the lifecycle says, after some step of a path.

    Attributes:
        path: The path that was followed.
        position: After how many of its events it was noticed; 0 before the first.
        problem: What is wrong, in words.
        refused: The event that the app should have refused there, or None.
    """

    path: "Path"
    position: int
    problem: str
    refused: str | None = None

    def __str__(self) -> str:
        done = enumerate(self.path.steps[: self.position], 1)
        lines = [f"      {self.path.start}"]
        lines += [f"{number:4}. {event} -> {after}" for number, (_, event, after) in done]
        if self.refused is not None:
            lines.append(f"      {self.refused}: must be refused")
        lines[-1] += "    <-- here"
        left = len(self.path) - self.position
        lines += [f"      ({left} more)"] if left else []
        return "\n".join((f"{self.problem} The path:", *lines))


class Follower:
    """Takes one path in an app."""

    def __init__(
        self,
        path: "Path",
        perform: Perform,
        stage: Callable[[], Reading],
        refuses: type[Exception] | tuple[type[Exception], ...],
        partial: bool,  # noqa: FBT001 - handed on by name
    ) -> None:
        self.path = path
        self.stage = stage
        self.refuses = tuple(several(refuses))
        self.partial = partial
        if not all(
            isinstance(error, type) and issubclass(error, Exception) for error in self.refuses
        ):
            raise TypeError(f"refuses takes an error class, or several, not {refuses!r}.")
        self.table = unchecked_table(path.lifecycle)
        self.perform = _performer(perform, path, needs_all=bool(self.refuses))

    def follow(self) -> None:
        """Perform each event, and what must be refused beside it."""
        __tracebackhide__ = True
        self._expect(0, "at the start")
        for position, state in enumerate(self.path.states):
            if position:
                self._take(position, self.path.events[position - 1])
            if self.refuses:
                allowed = self.table.allowed(state)
                for event in self.path.lifecycle.events:
                    if event not in allowed:
                        self._try(position, state, event)

    def _take(self, position: int, event: str) -> None:
        __tracebackhide__ = True
        state = self.path.states[position]
        error = self._act(event)
        if error is not None:
            how = "refused" if isinstance(error, self.refuses) else "failed on"
            problem = f"The app {how} {event!r}, which leads to {state}: {error!r}."
            raise PathFailure(self.path, position, problem) from error
        self._expect(position, f"after {event!r}")

    def _try(self, position: int, state: State, event: str) -> None:
        __tracebackhide__ = True
        error = self._act(event)
        if error is None:
            refusal = self.table.refusal(state, event)
            because = getattr(refusal, "because", refusal)
            problem = f"The app took {event!r}, and must refuse it in {state}. {because}"
            raise PathFailure(self.path, position, problem, event)
        if not isinstance(error, self.refuses):
            problem = f"The app must refuse {event!r}, and failed on it: {error!r}."
            raise PathFailure(self.path, position, problem, event) from error
        self._expect(position, f"after it refused {event!r}", event)

    def _act(self, event: str) -> Exception | None:
        """Perform an event; return what was raised."""
        try:
            result = self.perform(event)
        except Exception as error:  # noqa: BLE001 - whatever an app raises
            return error
        if iscoroutine(result):
            result.close()
            raise TypeError(f"{event!r} must be awaited: wrap it, as in asyncio.run().")
        return None

    def _expect(self, position: int, when: str, refused: str | None = None) -> None:
        __tracebackhide__ = True
        state = self.path.states[position]
        try:
            found = self.stage()
            found = tuple(found) if isinstance(found, Iterator) else found
            right = agrees(self.path.lifecycle, state, found, partial=self.partial)
        except Exception as error:
            problem = f"Where the app stands {when} cannot be read: {type(error).__name__}: {error}"
            raise PathFailure(self.path, position, problem, refused) from error
        if not right:
            shown = f"{str(found)!r}" if isinstance(found, State) else repr(found)
            problem = f"The app says {shown} {when}; it must be {str(state)!r}."
            if not self.partial and agrees(self.path.lifecycle, state, found, partial=True):
                problem += " If it keeps no more than that, say partial=True."
            raise PathFailure(self.path, position, problem, refused)


def event_name(event: Key | Event) -> str:
    """The name of an event that is given as such, by its name or by its class."""
    return event if isinstance(event, str) else event.name


def _performer(perform: Any, path: "Path", *, needs_all: bool) -> Callable[[str], object]:  # noqa: ANN401 - see Perform
    if not isinstance(perform, Mapping):
        given: Callable[[str], object] = perform
        return given
    known = path.lifecycle.events
    acts = {event_name(event): act for event, act in perform.items()}
    strangers = [repr(name) for name in acts if name not in known]
    if strangers:
        raise ValueError(
            f"perform names {listed(strangers)}, which {path.lifecycle.name!r} does not know; it "
            f"knows {listed(known)}."
        )
    missing = [repr(n) for n in dict.fromkeys(known if needs_all else path.events) if n not in acts]
    if missing:
        every = ", since refuses= tries every event" if needs_all else ""
        raise ValueError(f"perform does not say how to perform {listed(missing)}; add it{every}.")
    return lambda name: acts[name]()
