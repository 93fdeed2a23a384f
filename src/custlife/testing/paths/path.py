"""One way through a lifecycle: events by name, and the states that they lead through.

Knows nothing of how a path was found.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, pairwise

from attrs import field, frozen

from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unchecked_table
from custlife.state import Room, State
from custlife.testing.paths.following import Follower, Key, Perform, event_name
from custlife.testing.paths.reading import Reading


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


def _states(states: Iterable[State]) -> tuple[State, ...]:
    return tuple(states)


@frozen(repr=False)
class Path:
    """Events that a lifecycle allows one after the other, and the states that they lead through.

    Attributes:
        lifecycle: The lifecycle.
        events: The events' names, in order.
        states: The states: one more than there are events, the first of them where the path starts.

    Raises:
        ValueError: If the events do not lead through these states.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> path = Path.of(CUSTOMER_LIFECYCLE, "purchased", "departed")
        >>> print(path)
        potential -(purchased)-> buyer+content -(departed)-> eroded
        >>> len(path), path.end == CUSTOMER_LIFECYCLE.state("eroded")
        (2, True)
    """

    lifecycle: Lifecycle
    events: tuple[str, ...] = field(converter=_names)
    states: tuple[State, ...] = field(converter=_states)

    def __attrs_post_init__(self) -> None:
        if len(self.states) != len(self.events) + 1:
            raise ValueError(
                f"{len(self.events)} events lead through {len(self.events) + 1} states, not "
                f"{len(self.states)}; Path.of() works them out."
            )
        table = unchecked_table(self.lifecycle)
        for before, event, after in self.steps:
            number = table.arcs[table.index(before)].get(event)
            if number is None or table.states[number] != after:
                raise ValueError(
                    f"{event!r} does not lead from {before} to {after} in "
                    f"{self.lifecycle.name!r}; Path.of() works the states out."
                )

    @classmethod
    def of(cls, lifecycle: Lifecycle, *events: Key | Event, start: State | None = None) -> "Path":
        """The path that these events take.

        Args:
            lifecycle: The lifecycle.
            *events: The events, their names or their classes, in order.
            start: Where it starts; where every relationship begins if left out.

        Raises:
            EventNotAllowed: If the lifecycle does not allow an event where it comes.
            UnknownEvent: If the lifecycle does not know an event.
        """
        table = unchecked_table(lifecycle)
        states = [*accumulate(events, table.step, initial=start or lifecycle.initial)]
        return cls(lifecycle, map(event_name, events), states)

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

    @property
    def cycle(self) -> int:
        """The cycle at its end, for a path from the beginning: 1, and one more for each return."""
        rooms = [state.room for state in self.states]
        return 1 + sum(
            before is Room.FORMER and after is not Room.FORMER for before, after in pairwise(rooms)
        )

    def then(self, event: str, after: State) -> "Path":
        """This path and one step more."""
        return Path(self.lifecycle, (*self.events, event), (*self.states, after))

    def __len__(self) -> int:
        return len(self.events)

    def __str__(self) -> str:
        steps = (f" -({event})-> {after}" for _, event, after in self.steps)
        return f"{self.start}{''.join(steps)}"

    def __repr__(self) -> str:
        return f"<Path {self}>"

    def to_mermaid(self) -> str:
        """The path as a Mermaid state diagram: a state once, its steps numbered in order.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> print(Path.of(CUSTOMER_LIFECYCLE, "departed").to_mermaid())
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
        partial: bool = False,
    ) -> None:
        """Take the path in an app, and check after each event that the app stands where it leads.

        The app must be at the beginning: give each path a customer of its own.

        Args:
            perform: How the app performs an event: a mapping from events' names or classes to what
                to call, or one callable that takes the name.
            stage: How to read where the app's customer stands, out of what is stored: the state, or
                the innermost stage of every region, as one text joined by ``+``, as several names,
                or by region.
            refuses: The errors by which the app refuses an event. If given, every event that the
                lifecycle does not allow is tried too, in each state of the path: the app must
                raise one of these errors, and stand where it stood. If left out, no refusal is
                tried.
            partial: Whether the app keeps less than the innermost stage of every region, such as
                the room or an outer stage only. What it does not keep is not checked.

        Raises:
            PathFailure: If the app stands elsewhere, raises what it should not, or takes what the
                lifecycle refuses; with the path up to there.
            ValueError: If ``perform`` does not say how to perform an event that is needed, or says
                how to perform one that the lifecycle does not know.
            TypeError: If what is performed must be awaited, or ``refuses`` is no error class.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> row = {"stage": "potential"}
            >>> path = Path.of(CUSTOMER_LIFECYCLE, "departed")
            >>> path.follow({"departed": lambda: row.update(stage="lost")}, lambda: row["stage"])
        """
        __tracebackhide__ = True
        Follower(self, perform, stage, refuses, partial).follow()


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
