"""One way through a lifecycle: events by name, and the states that they lead through.

Knows nothing of how a path was found.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import define, field, frozen

from custlife.errors import CustlifeError, UnknownState, listed
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unjudged_table
from custlife.state import Room, State

Reading = State | Room | str | Iterable[str] | Mapping[str, str]
"""What an app says of where a customer stands: as much as it knows."""
Perform = Mapping[str, Callable[[], object]] | Callable[[str], object]
"""How an app performs events: what to call for each event's name, or one thing to call with it."""


@frozen
class Path:
    """Events that a lifecycle allows one after the other, and the states that they lead through.

    Attributes:
        lifecycle: The lifecycle.
        events: The events' names, in order.
        states: The states: one more than there are events, the first of them where the path starts.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import shortest_paths
        >>> path = shortest_paths(CUSTOMER_LIFECYCLE)[CUSTOMER_LIFECYCLE.state("eroded")]
        >>> print(path)
        potential -(purchased)-> buyer+content -(departed)-> eroded
        >>> len(path), path.events
        (2, ('purchased', 'departed'))
    """

    lifecycle: Lifecycle = field(repr=False)
    events: tuple[str, ...]
    states: tuple[State, ...] = field(repr=False)

    @property
    def start(self) -> State:
        """Where it starts."""
        return self.states[0]

    @property
    def end(self) -> State:
        """Where it ends."""
        return self.states[-1]

    @property
    def steps(self) -> tuple[tuple[State, str, State], ...]:
        """Each step: from where, by which event, to where."""
        return tuple(
            (before, event, after)
            for (before, after), event in zip(pairwise(self.states), self.events, strict=True)
        )

    def then(self, event: str, after: State) -> "Path":
        """This path and one step more."""
        return Path(self.lifecycle, (*self.events, event), (*self.states, after))

    def __len__(self) -> int:
        return len(self.events)

    def __str__(self) -> str:
        steps = (f" -({event})-> {after}" for _, event, after in self.steps)
        return f"{self.start}{''.join(steps)}"

    def to_mermaid(self) -> str:
        """The path as a Mermaid state diagram: a state once, its steps numbered in order.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> from custlife.testing import shortest_paths
            >>> path = shortest_paths(CUSTOMER_LIFECYCLE)[CUSTOMER_LIFECYCLE.state("lost")]
            >>> print(path.to_mermaid())
            stateDiagram-v2
                direction LR
                state "potential" as s0
                state "lost" as s1
                [*] --> s0
                s0 --> s1 : 1. departed
        """
        return "\n".join(draw(self.states, self.events))

    def follow(
        self,
        perform: Perform,
        stage: Callable[[], Reading],
        *,
        refuses: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        """Take the path in an app, and check after each event that the app stands where it leads.

        Args:
            perform: How the app performs an event: a mapping from events' names to what to call,
                or one callable that takes the name.
            stage: How to read where the app's customer stands: the whole state, or what the app
                knows of it (a room, the name of a stage, several names by region or joined by
                ``+``).
            refuses: The errors by which the app refuses an event. If given, every event that the
                lifecycle does not allow is tried too, in each state of the path: the app must
                raise one of these errors, and stand where it stood.

        Raises:
            PathFailure: If the app stands elsewhere, raises what it should not, or takes what the
                lifecycle refuses; with the whole path.
            UnknownState: If what was read is no place of the lifecycle.
            ValueError: If ``perform`` does not say how to perform an event that is needed.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> from custlife.testing import shortest_paths
            >>> path = shortest_paths(CUSTOMER_LIFECYCLE)[CUSTOMER_LIFECYCLE.state("lost")]
            >>> row = {"stage": "potential"}
            >>> path.follow({"departed": lambda: row.update(stage="lost")}, lambda: row["stage"])
        """
        tried = self.lifecycle.events if refuses else self.events
        act = _performer(perform, tried)
        table = unjudged_table(self.lifecycle)
        self._expect(0, stage, "at the start")
        for position, state in enumerate(self.states):
            if position:
                event = self.events[position - 1]
                try:
                    act(event)
                except Exception as error:
                    raise PathFailure(self, position, f"{event!r} raised {error!r}.") from error
                self._expect(position, stage, f"after {event!r}")
            for event in (name for name in tried if refuses and name not in table.allowed(state)):
                because = f"{table.refusal(state, event)}"
                try:
                    act(event)
                except refuses:
                    self._expect(position, stage, f"after it refused {event!r}")
                except Exception as error:
                    problem = f"{event!r} raised {error!r} instead of a refusal."
                    raise PathFailure(self, position, problem) from error
                else:
                    problem = f"The app took {event!r}, and should have refused it. {because}"
                    raise PathFailure(self, position, problem)

    def _expect(self, position: int, stage: Callable[[], Reading], when: str) -> None:
        state, found = self.states[position], stage()
        if not agrees(self.lifecycle, state, found):
            shown = str(found) if isinstance(found, State) else repr(found)
            problem = f"The app says {shown} {when}, where the lifecycle stands in {state}."
            raise PathFailure(self, position, problem)


def _performer(perform: Perform, names: Iterable[str]) -> Callable[[str], object]:
    if not isinstance(perform, Mapping):
        return perform
    missing = [repr(name) for name in dict.fromkeys(names) if name not in perform]
    if missing:
        raise ValueError(
            f"perform does not say how to perform {listed(missing)}; add what to call."
        )
    return lambda name: perform[name]()


def draw(states: Iterable[State], labels: Iterable[str]) -> Iterator[str]:
    """A walk through states as a Mermaid state diagram, one line at a time.

    Args:
        states: The states in order.
        labels: What leads from each to the next.
    """
    walk = tuple(states)
    ids = {state: f"s{number}" for number, state in enumerate(dict.fromkeys(walk))}
    yield "stateDiagram-v2"
    yield "    direction LR"
    for state, id_ in ids.items():
        yield f'    state "{state}" as {id_}'
    yield f"    [*] --> {ids[walk[0]]}"
    for number, ((before, after), label) in enumerate(zip(pairwise(walk), labels, strict=True), 1):
        yield f"    {ids[before]} --> {ids[after]} : {number}. {label}"


@define(eq=False, slots=False)
class PathFailure(CustlifeError, AssertionError):
    """An app that stands elsewhere than the lifecycle says, after some step of a path.

    Attributes:
        path: The path that was followed.
        position: After how many of its events it was noticed; 0 before the first.
        problem: What is wrong, in words.
    """

    path: Path
    position: int
    problem: str

    def __str__(self) -> str:
        lines = [f"     {self.path.start}"]
        lines += [
            f"{number:4}. {event} -> {after}"
            for number, (_, event, after) in enumerate(self.path.steps, 1)
        ]
        lines[self.position] += "    <-- here"
        return "\n".join((f"{self.problem} The path:", *lines))


def agrees(lifecycle: Lifecycle, state: State, reading: Reading) -> bool:
    """Whether what an app says of a customer fits a state of the lifecycle.

    Args:
        lifecycle: The lifecycle.
        state: The state.
        reading: The whole state, or what the app knows of it: a room; the name of a stage, outer
            ones and rooms included; several names, in one text as ``str(state)`` writes them, one
            by one, or by region.

    Raises:
        UnknownState: If a name is no place of the lifecycle, or there is none.
    """
    if isinstance(reading, State):
        return reading == state
    if isinstance(reading, Room):
        return reading is state.room
    names = _names(reading)
    places = lifecycle.outline.places
    strangers = [name for name in names if name not in places]
    if strangers or not names:
        raise UnknownState(
            strangers[0] if strangers else reading, lifecycle.name, tuple(map(str, places))
        )
    return all(map(state.is_in, names))


def _names(reading: object) -> tuple[str, ...]:
    if isinstance(reading, str):
        return tuple(reading.split("+"))
    if isinstance(reading, Mapping):
        return tuple(reading.values())
    return tuple(reading) if isinstance(reading, Iterable) else (str(reading),)
