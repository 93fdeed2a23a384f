"""Performing a path's events in an app, and checking where the app is after each of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum
from inspect import iscoroutine
from itertools import pairwise
from typing import Any

from attrs import define, evolve, field, frozen

from custlife._checks import Check
from custlife.errors import UnknownState, listed, shown
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.state import Room, State
from custlife.testing.failures import Failure, Recordable

Key = str | type[Event]
"""An event's name, or its class."""
Perform = Mapping[Any, Callable[[], object]] | Callable[[str], object]
"""How an app performs events: what to call for each event's name or class, or one thing to call
with the name."""
Act = Callable[[str], object]
"""What performs an event in the app that is tested now, by the event's name."""
Refuses = type[Exception] | tuple[type[Exception], ...]
"""The errors by which an app refuses an event; none where no refusal is tried."""

StoredStage = State | str | Enum | Iterable[Any] | Mapping[Any, Any] | None
"""What an app stores of a customer's stage: a state; a room or the name of a place; several names
in one text as ``str(state)`` writes them, one by one, or by region. A member of an enum counts as
its value, and None as nothing."""


@define(eq=False, slots=False)
class PathFailure(Recordable):
    """An app's customer is in another state than the lifecycle requires, after a step of a path.

    Attributes:
        lifecycle: The lifecycle.
        events: The names of the path's events.
        states: The states that they lead through, the start included.
        position: After how many of the events it was noticed; 0 before the first.
        problem: What is wrong, in words.
        refused: The event that the app should have refused there, or None.
        refusals: The places, from 0, of those of the events that the app refused as it must.
    """

    lifecycle: Lifecycle
    events: tuple[str, ...]
    states: tuple[State, ...]
    position: int
    problem: str
    refused: str | None = None
    refusals: tuple[int, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The path up to where it failed."""
        events, start = self.events[: self.position], self.states[0]
        name = self.refused or "".join(events[-1:]) or "start"
        stages = () if start == self.lifecycle.initial else start.stages
        return (Failure("path", name, self.lifecycle, events, self.problem, stages),)

    def __str__(self) -> str:
        lines = [f"      {self.states[0]}"]
        for place, event in enumerate(self.events[: self.position]):
            what = ": refused" if place in self.refusals else f" -> {self.states[place + 1]}"
            lines.append(f"{place + 1:4}. {event}{what}")
        if self.refused is not None:
            lines.append(f"      {self.refused}: must be refused")
        lines[-1] += "    <-- here"
        left = len(self.events) - self.position
        lines += [f"      ({left} more)"] if left else []
        return "\n".join((f"{self.problem} The path:", *lines))


CALLABLE = Check(callable, "something to call", "Give a function or a lambda.")
_PERFORM = Check(
    lambda value: callable(value) or isinstance(value, Mapping),
    "something to call, or a mapping from events to what to call",
    'Give what performs each event, such as {"purchased": shop.order}.',
)


def error_classes(refuses: Any) -> Any:  # noqa: ANN401 - checked here
    """The errors by which an app refuses, as several.

    Raises:
        TypeError: If one is no class of errors.
    """
    errors = tuple(several(refuses))
    if not all(isinstance(error, type) and issubclass(error, Exception) for error in errors):
        raise TypeError(f"refuses takes an error class, or several, not {shown(refuses)}.")
    return errors


def performer(
    call: str,
    lifecycle: Lifecycle,
    perform: Any,  # noqa: ANN401 - checked here
    *,
    needed: Collection[str],
    tried: Collection[str],
) -> Callable[..., object]:
    """Something to call with an event's name, and before it with what the app is given.

    Args:
        call: What was called, for messages.
        lifecycle: The lifecycle.
        perform: A mapping, or one thing for all events.
        needed: The events that will be performed because the lifecycle allows them.
        tried: Those that will be tried because it forbids them.

    Raises:
        InvalidArgument: If it is neither of the two, or the mapping holds what cannot be called.
        ValueError: If a mapping lacks an event, or has one that the lifecycle does not know.
    """
    _PERFORM.argument(call, "perform", perform)
    if not isinstance(perform, Mapping):
        return perform  # type: ignore[no-any-return]  # it was checked
    acts = {str(getattr(event, "name", event)): act for event, act in perform.items()}
    strangers = [shown(event) for event in acts if event not in lifecycle.events]
    if strangers:
        raise ValueError(
            f"perform names {listed(strangers)}, which {lifecycle.name!r} does not know; it knows "
            f"{listed(lifecycle.events)}."
        )
    for event, act in acts.items():
        CALLABLE.argument(call, f"perform[{event!r}]", act)
    missing = [event for event in lifecycle.events if event in {*needed, *tried} - acts.keys()]
    if missing:
        why = (
            ""
            if {*missing} <= {*needed}
            else ": what the lifecycle forbids is tried too, and the app must refuse it. "
            "With refuses=() nothing is tried"
        )
        raise ValueError(
            f"perform does not say how to perform {listed([*map(repr, missing)])}; add it{why}."
        )
    return lambda *given: acts[given[-1]](*given[:-1])


@frozen
class Follower:
    """Performs events in an app, and checks where the app is after each of them.

    Attributes:
        lifecycle: The lifecycle.
        events: The names of the events.
        states: The states that they lead through.
        stage: Reads the stage.
        refuses: The errors by which the app refuses.
        partial: Whether the app keeps less than the innermost stages.
        refusals: The places of the events that the app refused as it must.
    """

    lifecycle: Lifecycle
    events: tuple[str, ...]
    states: tuple[State, ...]
    stage: Callable[[], StoredStage]
    refuses: tuple[type[Exception], ...] = field(converter=error_classes)
    partial: bool
    refusals: tuple[int, ...] = ()

    def follow(self, perform: Perform) -> None:
        """Perform each event, and what must be refused beside it."""
        __tracebackhide__ = True
        table, forbidden = unchecked_table(self.lifecycle), self._forbidden()
        tried = {event for names in forbidden for event in names}
        act = performer("Path.follow", self.lifecycle, perform, needed=self.events, tried=tried)
        self.expect(0, "at the start")
        for position, state in enumerate(self.states):
            if position:
                self.take(act, position)
            for event in forbidden[position]:
                refusal = table.refusal(state, event)
                self.refuse(act, position, event, str(getattr(refusal, "because", refusal)))

    def _forbidden(self) -> list[list[str]]:
        """What to try after each event: what is forbidden, once in each state of a cycle."""
        table = unchecked_table(self.lifecycle)
        tried: set[tuple[State, str]] = set()
        found: list[list[str]] = []
        for before, state in pairwise((self.states[0], *self.states)):
            if before.room is Room.FORMER and state.room is not Room.FORMER:
                tried.clear()
            allowed = table.allowed(state) if self.refuses else self.lifecycle.events
            names = [event for event in self.lifecycle.events if event not in allowed]
            found.append([event for event in names if (state, event) not in tried])
            tried.update((state, event) for event in names)
        return found

    def then(self, event: str, after: State, *, refused: bool = False) -> "Follower":
        """The same with one event more."""
        events, states = (*self.events, event), (*self.states, after)
        refusals = (*self.refusals, len(self.events)) if refused else self.refusals
        return evolve(self, events=events, states=states, refusals=refusals)

    def take(self, act: Act, position: int) -> None:
        """Perform the event before a position; the app must follow."""
        __tracebackhide__ = True
        event = self.events[position - 1]
        error, _ = _performed(act, event)
        if error is not None:
            told = Exception not in self.refuses and isinstance(error, self.refuses)
            how = "refused" if told else "failed on"
            to = self.states[position]
            problem = f"The app {how} {event!r}, which leads to {to}: {error!r}."
            raise self._failure(position, problem) from error
        self.expect(position, f"after {event!r}")

    def refuse(self, act: Act, position: int, event: str, because: str) -> None:
        """Try an event at a position; the app must refuse it, and stay."""
        __tracebackhide__ = True
        error, result = _performed(act, event)
        if error is None:
            state = self.states[position]
            problem = f"The app took {event!r}, and must refuse it in {state}. {because}"
            if result is not None:
                returned = f" It returned {shown(result)}; if that is a refusal,"
                problem += f"{returned} let perform raise an error."
            raise self._failure(position, problem, event)
        if not isinstance(error, self.refuses):
            problem = f"The app must refuse {event!r}, and failed on it: {error!r}."
            raise self._failure(position, problem, event) from error
        self.expect(position, f"after it refused {event!r}", event)

    def expect(self, position: int, when: str, refused: str | None = None) -> None:
        """Read the stage; it must be that of a position."""
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
        return PathFailure(
            self.lifecycle,
            self.events,
            self.states,
            position,
            problem,
            refused,
            self.refusals,
        )


def _performed(act: Act, event: str) -> tuple[Exception | None, object]:
    """Perform an event; what was raised, and what was returned."""
    try:
        result = act(event)
    except Exception as error:  # noqa: BLE001 - whatever an app raises
        return error, None
    if iscoroutine(result):
        result.close()
        raise TypeError(f"{event!r} must be awaited: wrap it, as in asyncio.run().")
    return None, result


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
