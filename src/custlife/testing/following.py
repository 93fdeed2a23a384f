"""Performing a path's events in an app, and checking where the app is after each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from inspect import iscoroutine
from typing import Any

from attrs import define, field, frozen

from custlife.errors import CustlifeError, UnknownState, listed, shown
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.state import State

Key = str | type[Event]
"""An event's name, or its class."""
Perform = Mapping[Any, Callable[[], object]] | Callable[[str], object]
"""How an app performs events: what to call for each event's name or class, or one thing to call
with the name."""


StoredStage = State | str | Enum | Iterable[Any] | Mapping[Any, Any] | None
"""What an app stores of a customer's stage: a state; a room or the name of a place; several names
in one text as ``str(state)`` writes them, one by one, or by region. A member of an enum counts as
its value, and None as nothing."""


@define(eq=False, slots=False)
class PathFailure(CustlifeError, AssertionError):
    """An app's customer is in another state than the lifecycle requires, after a step of a path.

    Attributes:
        events: The names of the path's events.
        states: The states that they lead through, the start included.
        position: After how many of the events it was noticed; 0 before the first.
        problem: What is wrong, in words.
        refused: The event that the app should have refused there, or None.
    """

    events: tuple[str, ...]
    states: tuple[State, ...]
    position: int
    problem: str
    refused: str | None = None

    def __str__(self) -> str:
        steps = enumerate(zip(self.events[: self.position], self.states[1:], strict=False), 1)
        lines = [f"      {self.states[0]}"]
        lines += [f"{number:4}. {event} -> {after}" for number, (event, after) in steps]
        if self.refused is not None:
            lines.append(f"      {self.refused}: must be refused")
        lines[-1] += "    <-- here"
        left = len(self.events) - self.position
        lines += [f"      ({left} more)"] if left else []
        return "\n".join((f"{self.problem} The path:", *lines))


def _error_classes(refuses: type[Exception] | tuple[type[Exception], ...]) -> Any:  # noqa: ANN401 - checked here
    errors = tuple(several(refuses))
    if not all(isinstance(error, type) and issubclass(error, Exception) for error in errors):
        raise TypeError(f"refuses takes an error class, or several, not {shown(refuses)}.")
    return errors


@frozen
class Follower:
    """Performs the events of one path in an app; the arguments are those of `Path.follow`."""

    lifecycle: Lifecycle
    events: tuple[str, ...]
    states: tuple[State, ...]
    stage: Callable[[], StoredStage]
    refuses: tuple[type[Exception], ...] = field(converter=_error_classes)
    partial: bool

    def follow(self, perform: Perform) -> None:
        """Perform each event, and what must be refused beside it."""
        __tracebackhide__ = True
        act = self._performer(perform)
        table = unchecked_table(self.lifecycle)
        self._expect(0, "at the start")
        for position, state in enumerate(self.states):
            if position:
                self._take(act, position, self.events[position - 1])
            allowed = table.allowed(state)
            for event in self.lifecycle.events if self.refuses else ():
                if event not in allowed:
                    refusal = table.refusal(state, event)
                    self._try(act, position, event, str(getattr(refusal, "because", refusal)))

    def _performer(self, perform: Any) -> Callable[[str], object]:  # noqa: ANN401 - see Perform
        """Something to call with an event's name."""
        if not isinstance(perform, Mapping):
            given: Callable[[str], object] = perform
            return given
        name, known = self.lifecycle.name, self.lifecycle.events
        acts = {event_name(event): act for event, act in perform.items()}
        strangers = [repr(event) for event in acts if event not in known]
        if strangers:
            raise ValueError(
                f"perform names {listed(strangers)}, which {name!r} does not know; it knows "
                f"{listed(known)}."
            )
        needed = known if self.refuses else self.events
        missing = [repr(event) for event in dict.fromkeys(needed) if event not in acts]
        if missing:
            every = ", since refuses= tries every event" if self.refuses else ""
            raise ValueError(
                f"perform does not say how to perform {listed(missing)}; add it{every}."
            )
        return lambda event: acts[event]()

    def _take(self, act: Callable[[str], object], position: int, event: str) -> None:
        __tracebackhide__ = True
        error = _raised(act, event)
        if error is not None:
            how = "refused" if isinstance(error, self.refuses) else "failed on"
            to = self.states[position]
            problem = f"The app {how} {event!r}, which leads to {to}: {error!r}."
            raise self._failure(position, problem) from error
        self._expect(position, f"after {event!r}")

    def _try(self, act: Callable[[str], object], position: int, event: str, because: str) -> None:
        __tracebackhide__ = True
        error = _raised(act, event)
        if error is None:
            state = self.states[position]
            problem = f"The app took {event!r}, and must refuse it in {state}. {because}"
            raise self._failure(position, problem, event)
        if not isinstance(error, self.refuses):
            problem = f"The app must refuse {event!r}, and failed on it: {error!r}."
            raise self._failure(position, problem, event) from error
        self._expect(position, f"after it refused {event!r}", event)

    def _expect(self, position: int, when: str, refused: str | None = None) -> None:
        __tracebackhide__ = True
        state = self.states[position]
        try:
            found = self.stage()
            found = tuple(found) if isinstance(found, Iterator) else found
            fits, fits_partly = (
                agrees(self.lifecycle, state, found, partial=partial)
                for partial in (self.partial, True)
            )
        except Exception as error:
            problem = f"The app's stage {when} cannot be read: {type(error).__name__}: {error}"
            raise self._failure(position, problem, refused) from error
        if not fits:
            text = repr(str(found)) if isinstance(found, State) else shown(found)
            problem = f"The app's stage is {text} {when}; it must be {str(state)!r}."
            if fits_partly:
                problem += " If the app stores no more than that, give partial=True."
            raise self._failure(position, problem, refused)

    def _failure(self, position: int, problem: str, refused: str | None = None) -> PathFailure:
        return PathFailure(self.events, self.states, position, problem, refused)


def _raised(act: Callable[[str], object], event: str) -> Exception | None:
    """Perform an event; return what was raised."""
    try:
        result = act(event)
    except Exception as error:  # noqa: BLE001 - whatever an app raises
        return error
    if iscoroutine(result):
        result.close()
        raise TypeError(f"{event!r} must be awaited: wrap it, as in asyncio.run().")
    return None


def event_name(event: Key | Event) -> str:
    """The name of an event that is given as such, by its name or by its class."""
    return event if isinstance(event, str) else event.name


def agrees(lifecycle: Lifecycle, state: State, stored: StoredStage, *, partial: bool) -> bool:
    """Whether what an app stores fits a state.

    Args:
        lifecycle: The lifecycle.
        state: The state.
        stored: What the app stores.
        partial: Whether the app may store less than the innermost stage of every region.

    Raises:
        UnknownState: If a name is no place of the lifecycle, or there is none.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> state = CUSTOMER_LIFECYCLE.state("buyer", "content")
        >>> agrees(CUSTOMER_LIFECYCLE, state, "content+buyer", partial=False)
        True
        >>> agrees(CUSTOMER_LIFECYCLE, state, "buyer", partial=False)
        False
        >>> agrees(CUSTOMER_LIFECYCLE, state, "buyer", partial=True)
        True
    """
    if isinstance(stored, State):
        return stored == state
    claims = _claims(stored)
    known = [*lifecycle.places.by_name]
    for name in (name for claim in claims for name in claim):
        if name not in known:
            raise UnknownState(repr(name), lifecycle.name, tuple(known))
    if not claims:
        raise UnknownState(f"a state out of {stored!r}", lifecycle.name, tuple(known))
    fits = all(
        any({*claim} <= {state.room.value, *path} for path in state.paths) for claim in claims
    )
    named = {name for claim in claims for name in claim}
    return fits and (partial or {*state.stages} <= named)


def _claims(stored: Any) -> list[tuple[str, ...]]:  # noqa: ANN401 - see StoredStage
    """The names that belong together: each alone, or with its region."""
    if isinstance(stored, Enum):
        return _claims(stored.value)
    if isinstance(stored, Mapping):
        return [
            (_plain(region), _plain(name)) for region, name in stored.items() if name is not None
        ]
    if isinstance(stored, str):
        return [(name,) for name in stored.split("+") if name]
    if isinstance(stored, Iterable):
        return [claim for name in stored if name is not None for claim in _claims(_plain(name))]
    return [] if stored is None else [(str(stored),)]


def _plain(name: object) -> str:
    return str(name.value if isinstance(name, Enum) else name)
