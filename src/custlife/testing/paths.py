"""Ways through a lifecycle: the shortest, the simple ones, and few that take every move."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Literal

from attrs import field, frozen

from custlife._checks import count, either, one_of
from custlife.errors import listed, shown
from custlife.events import ANSWERS, EVENTS, Activity, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.state import Room, State
from custlife.testing.following import Follower, Key, Perform, StoredStage, event_name

Arc = tuple[int, str, int]
"""A step of the table: from a state to a state by an event."""
Goals = Mapping[Arc, frozenset[Any]]
"""What each step achieves of that which is to be covered."""


@frozen(repr=False)
class Path:
    """Events that a lifecycle allows one after the other, and the states that they lead through.

    The states are those of the table, which has no record: an answer counts as one to the last
    complaint that waits.

    Attributes:
        lifecycle: The lifecycle.
        events: The events' names, in order.
        states: The states: one more than there are events, the first of them where the path starts.

    Raises:
        EventNotAllowed: If the lifecycle does not allow an event where it comes.
        ValueError: If the events lead through other states.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> path = Path.of(CUSTOMER_LIFECYCLE, "purchased", "departed")
        >>> print(path)
        potential -(purchased)-> buyer+content -(departed)-> eroded
        >>> len(path), path.end == CUSTOMER_LIFECYCLE.state("eroded")
        (2, True)
    """

    lifecycle: Lifecycle
    events: tuple[str, ...] = field(converter=tuple[str, ...])
    states: tuple[State, ...] = field(converter=tuple[State, ...])

    def __attrs_post_init__(self) -> None:
        step = unchecked_table(self.lifecycle).step
        walk = self.states and tuple(accumulate(self.events, step, initial=self.states[0]))
        if not walk or walk != self.states:
            what = f"The events lead through {listed([*map(str, walk)])}"
            raise ValueError(f"{what}, not {shown(self.states)}; Path.of() works the states out.")

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
        one_of(Lifecycle).argument("Path.of", "lifecycle", lifecycle)
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
        stage: Callable[[], StoredStage],
        *,
        refuses: type[Exception] | tuple[type[Exception], ...] = (),
        partial: bool = False,
    ) -> None:
        """Take the path in an app, and check after each event that the app is where it leads.

        The app must be at the beginning: give each path a customer of its own.

        Args:
            perform: How the app performs an event: a mapping from events' names or classes to what
                to call, or one callable that takes the name.
            stage: How to read where the app's customer stands, out of what is stored: the state, or
                the innermost stage of every region, as one text joined by ``+``, as several names,
                or by region.
            refuses: The errors by which the app refuses an event. If given, every event that the
                lifecycle does not allow is tried too, in each state of the path: the app must
                raise one of these errors, and stay where it was. If left out, no refusal is
                tried.
            partial: Whether the app keeps less than the innermost stage of every region, such as
                the room or an outer stage only. What it does not keep is not checked.

        Raises:
            PathFailure: If the app is elsewhere, raises what it should not, or takes what the
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
        follower = Follower(self.lifecycle, self.events, self.states, stage, refuses, partial)
        follower.follow(perform)


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


def shortest_paths(lifecycle: Lifecycle, *, start: State | None = None) -> dict[State, Path]:
    """A shortest way to every state that can be reached.

    Of ways of the same length, the one whose events the lifecycle names first.

    Args:
        lifecycle: The lifecycle.
        start: Where the ways start; where every relationship begins if left out.

    Returns:
        A path for each state, the nearest first; an empty one for the start.

    Raises:
        UnknownState: If no relationship can be in the start.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> paths = shortest_paths(CUSTOMER_LIFECYCLE)
        >>> len(paths)
        15
        >>> print(paths[CUSTOMER_LIFECYCLE.state("advocate+content")])
        potential -(purchased)-> buyer+content -(purchased)-> regular+content \
-(recommended)-> advocate+content
    """
    one_of(Lifecycle).argument("shortest_paths", "lifecycle", lifecycle)
    table = unchecked_table(lifecycle)
    first = table.states[table.initial if start is None else table.index(start)]
    found = {first: Path(lifecycle, (), (first,))}
    todo = deque(found)
    while todo:
        state = todo.popleft()
        for event, number in table.arcs[table.index(state)].items():
            after = table.states[number]
            if after not in found:
                found[after] = found[state].then(event, after)
                todo.append(after)
    return found


@lru_cache(maxsize=4096)
def nearer(table: Table, wanted: frozenset[int]) -> dict[int, str]:
    """For each state from where a wanted one can be reached, an event that leads nearer to one."""
    found = dict.fromkeys(wanted, "")
    grown = True
    while grown:
        step = {
            here: name
            for here, arc in enumerate(table.arcs)
            if here not in found
            for name, after in reversed([*arc.items()])
            if after in found
        }
        found |= step
        grown = bool(step)
    return found


def simple_paths(
    lifecycle: Lifecycle,
    *,
    to: State | None = None,
    start: State | None = None,
    max_length: int = 4,
) -> tuple[Path, ...]:
    """Every way that visits no state twice.

    Their number grows quickly with the length, which is why it is bounded.

    Args:
        lifecycle: The lifecycle.
        to: Where the ways end; anywhere if left out.
        start: Where they start; where every relationship begins if left out.
        max_length: The most events that a way may have, >= 0.

    Returns:
        The paths, in the order of a depth-first walk.

    Raises:
        UnknownState: If no relationship can be in one of the two states.
        InvalidArgument: If ``max_length`` is no whole number from 0.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> visitor = CUSTOMER_LIFECYCLE.state("visitor")
        >>> for path in simple_paths(CUSTOMER_LIFECYCLE, to=visitor, max_length=2):
        ...     print(path)
        potential -(contacted)-> aware -(engaged)-> visitor
        potential -(engaged)-> visitor
        potential -(departed)-> lost -(engaged)-> visitor
        potential -(terminated)-> terminated -(engaged)-> visitor
    """
    one_of(Lifecycle).argument("simple_paths", "lifecycle", lifecycle)
    count.argument("simple_paths", "max_length", max_length)
    table = unchecked_table(lifecycle)
    first = table.states[table.initial if start is None else table.index(start)]
    if to is not None:
        table.index(to)
    ways = _ways(table, Path(lifecycle, (), (first,)), max_length)
    return tuple(path for path in ways if to is None or path.end == to)


def _ways(table: Table, path: Path, left: int) -> Iterator[Path]:
    yield path
    if left:
        for event, number in table.arcs[table.index(path.end)].items():
            after = table.states[number]
            if after not in path.states:
                yield from _ways(table, path.then(event, after), left - 1)


def moves_of(lifecycle: Lifecycle) -> frozenset[tuple[str, str, str, str]]:
    """Every move of every region: (region, innermost stage, event, innermost stage or room).

    Where a move leads out of the room, all of its regions move, and the last part is the room.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> moves = moves_of(CUSTOMER_LIFECYCLE)
        >>> len(moves)
        42
        >>> ("bond", "buyer", "purchased", "regular") in moves
        True
    """
    one_of(Lifecycle).argument("moves_of", "lifecycle", lifecycle)
    goals = _goals(unchecked_table(lifecycle), "move")
    return frozenset(move for moves in goals.values() for move in moves)


def transition_coverage_paths(
    lifecycle: Lifecycle, *, each: Literal["move", "cell"] = "move", apart: bool = False
) -> tuple[Path, ...]:
    """A small set of paths from the beginning that together take every move at least once.

    One fault hides what comes after it on the same path. Where that matters more than the number
    of events, take the moves apart: many short paths, each of which ends with a move of its own, or
    with two that one event makes.

    Args:
        lifecycle: The lifecycle.
        each: What to take at least once: ``"move"`` is every move of every region, in some company
            of the other regions; ``"cell"`` is every event that is allowed in every state, stays
            included, but for those that need a complaint on record.
        apart: Whether to take a shortest path for each, instead of few long ones.

    Returns:
        The paths; none where there is nothing to take.

    Raises:
        InvalidArgument: If it is no lifecycle, or ``each`` is neither of the two.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> paths = transition_coverage_paths(CUSTOMER_LIFECYCLE)
        >>> len(paths), sum(map(len, paths)), len(moves_of(CUSTOMER_LIFECYCLE))
        (8, 48, 42)
        >>> apart = transition_coverage_paths(CUSTOMER_LIFECYCLE, apart=True)
        >>> len(apart), max(map(len, apart))
        (40, 5)
    """
    one_of(Lifecycle).argument("transition_coverage_paths", "lifecycle", lifecycle)
    table = unchecked_table(lifecycle)
    either("move", "cell").argument("transition_coverage_paths", "each", each)
    goals = _goals(table, each)
    return tuple(_apart(table, goals) if apart else _paths(table, goals))


def _goals(table: Table, each: Literal["move", "cell"]) -> Goals:
    arcs = ((here, event, to) for here, row in enumerate(table.arcs) for event, to in row.items())
    if each == "move":
        return {arc: frozenset(_moves(table, *arc)) for arc in arcs}
    return {arc: frozenset(() if arc[1] in table.guards[arc[0]] else {arc}) for arc in arcs}


def _moves(table: Table, here: int, event: str, there: int) -> Iterator[tuple[str, str, str, str]]:
    before, after = table.states[here], table.states[there]
    for region, leaf in before.regions.items():
        to = after.regions[region] if after.room is before.room else after.room.value
        if to != leaf:
            yield region, leaf, event, to


def _apart(table: Table, goals: Goals) -> Iterator[Path]:
    """For all that is to be covered, the shortest way there, the nearest first."""
    left = frozenset[Any]().union(*goals.values())
    for state, way in shortest_paths(table.lifecycle).items():
        here = table.index(state)
        for event, after in table.arcs[here].items():
            if goals[here, event, after] & left:
                left -= goals[here, event, after]
                yield way.then(event, table.states[after])


def _paths(table: Table, goals: Goals) -> Iterator[Path]:
    """Walk to what is worth most for its distance, and begin anew where that is nearer."""
    left = frozenset[Any]().union(*goals.values())
    start = Path(table.lifecycle, (), (table.states[table.initial],))
    path, here = start, table.initial
    while left:
        onward, anew = _best(table, goals, left, here), _best(table, goals, left, table.initial)
        if anew[0] < onward[0] or _several_wait((*path.events, *(arc[1] for arc in onward[1]))):
            yield path
            path, onward = start, anew
        for arc in onward[1]:
            path = path.then(arc[1], table.states[arc[2]])
            left -= goals[arc]
            here = arc[2]
    if path.events:
        yield path


_VOICES = {cls.name for cls in EVENTS if cls.activity is Activity.COMPLAINT}
_ANSWERS = {cls.name for cls in EVENTS if cls.activity in ANSWERS}


def _several_wait(events: Iterable[str]) -> bool:
    """Whether one of these events answers a complaint while another one waits.

    The record knows that, and a table does not.
    """
    waiting = 0
    for event in events:
        waiting += event in _VOICES
        if event in _ANSWERS:
            waiting -= 1
            if waiting > 0:
                return True
    return False


def _best(table: Table, goals: Goals, left: frozenset[Any], start: int) -> tuple[float, list[Arc]]:
    """The way that costs least for what it gains, and that cost; infinite if none gains anything.

    A step that gains two at once is worth four steps that gain one: it is not to be had later.
    """
    ways: dict[int, list[Arc]] = {start: []}
    best: tuple[float, list[Arc]] = (float("inf"), [])
    todo = deque(ways)
    while todo:
        here = todo.popleft()
        for event, after in table.arcs[here].items():
            way = [*ways[here], (here, event, after)]
            gain = len(goals[way[-1]] & left)
            if gain and len(way) / gain**2 < best[0]:
                best = (len(way) / gain**2, way)
            if after not in ways:
                ways[after] = way
                todo.append(after)
    return best
