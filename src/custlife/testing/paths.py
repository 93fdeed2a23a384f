"""Ways through a lifecycle: the shortest, the simple ones, and few that take every move."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
from custlife.testing.failures import Directory, recorded
from custlife.testing.following import (
    CALLABLE,
    Follower,
    Key,
    Perform,
    Refuses,
    StoredStage,
    event_name,
)

Arc = tuple[int, str, int]
"""A step of the table: from a state to a state by an event."""
Goals = Mapping[Arc, frozenset[Any]]
"""What each step achieves of that which is to be covered."""
Each = Literal["move", "cell", "pair"]
"""What paths take at least once."""


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
        refuses: Refuses = Exception,
        partial: bool = False,
        record_failures: Directory | None = None,
    ) -> None:
        """Take the path in an app, and check after each event that the app is where it leads.

        The app must be at the beginning: give each path a customer of its own. What the lifecycle
        forbids in a state of the path is tried too, once in each cycle: the app must raise an
        error, and stay where it is.

        Args:
            perform: How the app performs an event: a mapping from events' names or classes to what
                to call, or one callable that takes the name.
            stage: How to read where the app's customer stands, out of what is stored: the state, or
                the innermost stage of every region, as one text joined by ``+``, as several names,
                or by region.
            refuses: The errors by which the app refuses an event. Give the app's own: with
                ``Exception`` a crash counts as a refusal. ``()`` tries no refusal.
            partial: Whether the app keeps less than the innermost stage of every region, such as
                the room or an outer stage only. What it does not keep is not checked.
            record_failures: A directory: a path that fails is written to a file there, for
                `replay_failures`.

        Raises:
            PathFailure: If the app is elsewhere, raises what it should not, or takes what the
                lifecycle forbids; with the path up to there.
            ValueError: If ``perform`` does not say how to perform an event that is needed, or says
                how to perform one that the lifecycle does not know.
            TypeError: If an argument is of a wrong type, or what is performed must be awaited.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, state_of, to_chart
            >>> shop = to_chart(CUSTOMER_LIFECYCLE)()
            >>> path = Path.of(CUSTOMER_LIFECYCLE, "departed")
            >>> path.follow(shop.send, lambda: state_of(shop))
        """
        __tracebackhide__ = True
        CALLABLE.argument("Path.follow", "stage", stage)
        follower = Follower(self.lifecycle, self.events, self.states, stage, refuses, partial)
        with recorded(record_failures, "Path.follow"):
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
    lifecycle: Lifecycle, *, each: Each = "cell", apart: bool = False
) -> tuple[Path, ...]:
    """A small set of paths from the beginning that together take every move at least once.

    One fault hides what comes after it on the same path. Where that matters more than the number
    of events, take the moves apart: many short paths, each of which ends with a move of its own, or
    with two that one event makes.

    Args:
        lifecycle: The lifecycle.
        each: What to take at least once: ``"move"`` is every move of every region, in some company
            of the other regions; ``"cell"`` is every event that is allowed in every state, stays
            included, but for those that need a complaint on record; ``"pair"`` is every move of
            the whole state directly after every other one that can come before it.
        apart: Whether to take a shortest path for each, instead of few long ones.

    Returns:
        The paths; none where there is nothing to take.

    Raises:
        InvalidArgument: If it is no lifecycle, or ``each`` is none of the three.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="move")
        >>> len(paths), sum(map(len, paths)), len(moves_of(CUSTOMER_LIFECYCLE))
        (8, 48, 42)
        >>> apart = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="move", apart=True)
        >>> len(apart), max(map(len, apart))
        (40, 5)
    """
    one_of(Lifecycle).argument("transition_coverage_paths", "lifecycle", lifecycle)
    table = unchecked_table(lifecycle)
    either("move", "cell", "pair").argument("transition_coverage_paths", "each", each)
    graph: Graph = _line_graph(table) if each == "pair" else table
    goals = _pair_goals(graph) if each == "pair" else _goals(table, each)
    return tuple(_apart(graph, goals) if apart else _paths(graph, goals))


def _goals(table: Table, each: Each) -> Goals:
    arcs = arcs_of(table)
    if each == "move":
        return {arc: frozenset(moves_in(table, *arc)) for arc in arcs}
    return {arc: frozenset(() if arc[1] in table.guards[arc[0]] else {arc}) for arc in arcs}


@frozen(eq=False)
class _LineGraph:
    """The moves of a table as the nodes of a graph, so that a step joins two of them.

    Attributes:
        lifecycle: The lifecycle.
        states: Where each node is: the first at the beginning, the others where their move leads.
        arcs: For each node, the moves that can come next, by the event's name.
        initial: The node at the beginning.
    """

    lifecycle: Lifecycle
    states: tuple[State, ...]
    arcs: tuple[Mapping[str, int], ...]
    initial: int = 0


Graph = Table | _LineGraph
"""What paths are found in."""


def _line_graph(table: Table) -> _LineGraph:
    moves = [(here, event, after) for here, event, after in arcs_of(table) if here != after]
    onward: dict[int, dict[str, int]] = {}
    for number, (here, event, _) in enumerate(moves, 1):
        onward.setdefault(here, {})[event] = number
    ends = [table.initial, *(after for _, _, after in moves)]
    states = tuple(table.states[end] for end in ends)
    return _LineGraph(table.lifecycle, states, tuple(onward.get(end, {}) for end in ends))


def _pair_goals(graph: Graph) -> Goals:
    """Every two moves of which one follows the other, and every move by itself."""
    return {arc: frozenset({arc[2], (arc[0], arc[2])}) for arc in arcs_of(graph)}


def arcs_of(graph: Graph) -> Iterator[Arc]:
    """Every step of a graph."""
    return ((here, event, to) for here, row in enumerate(graph.arcs) for event, to in row.items())


def moves_in(
    table: Table, here: int, event: str, there: int
) -> Iterator[tuple[str, str, str, str]]:
    """The moves of regions that a step makes, as `moves_of` has them."""
    before, after = table.states[here], table.states[there]
    for region, leaf in before.regions.items():
        to = after.regions[region] if after.room is before.room else after.room.value
        if to != leaf:
            yield region, leaf, event, to


def _apart(graph: Graph, goals: Goals) -> Iterator[Path]:
    """For all that is to be covered, the shortest way there, the nearest first."""
    left = frozenset[Any]().union(*goals.values())
    ways = {graph.initial: Path(graph.lifecycle, (), (graph.states[graph.initial],))}
    todo = deque(ways)
    while todo:
        here = todo.popleft()
        for event, after in graph.arcs[here].items():
            way = ways[here].then(event, graph.states[after])
            if goals[here, event, after] & left:
                left -= goals[here, event, after]
                yield way
            if after not in ways:
                ways[after] = way
                todo.append(after)


def _paths(graph: Graph, goals: Goals) -> Iterator[Path]:
    """Walk to what is worth most for its distance, and begin anew where that is nearer."""
    left = set[Any]().union(*goals.values())
    most = max(map(len, goals.values()), default=0)
    walk: list[Arc] = []
    while left:
        here = walk[-1][2] if walk else graph.initial
        cost, onward = _best(graph, goals, left, here, most)
        if walk:
            other, anew = _best(graph, goals, left, graph.initial, most)
            if other < cost or _several_wait(event for _, event, _ in (*walk, *onward)):
                yield _path(graph, walk)
                walk, onward = [], anew
        walk += onward
        left -= {goal for arc in onward for goal in goals[arc]}
    if walk:
        yield _path(graph, walk)


def _path(graph: Graph, walk: Iterable[Arc]) -> Path:
    arcs = tuple(walk)
    states = [graph.states[end] for end in (graph.initial, *(after for _, _, after in arcs))]
    return Path(graph.lifecycle, (event for _, event, _ in arcs), states)


COMPLAINING = frozenset(cls.name for cls in EVENTS if cls.activity is Activity.COMPLAINT)
"""The names of custlife's events that are complaints."""
ANSWERING = frozenset(cls.name for cls in EVENTS if cls.activity in ANSWERS)
"""The names of those that answer one."""


def _several_wait(events: Iterable[str]) -> bool:
    """Whether one of these events answers a complaint while another one waits.

    The record knows that, and a table does not.
    """
    waiting = 0
    for event in events:
        waiting += event in COMPLAINING
        if event in ANSWERING:
            waiting -= 1
            if waiting > 0:
                return True
    return False


def _best(
    graph: Graph, goals: Goals, left: Collection[Any], start: int, most: int
) -> tuple[float, list[Arc]]:
    """The way that costs least for what it gains, and that cost; infinite if none gains anything.

    A step that gains two at once is worth four steps that gain one: it is not to be had later. No
    step gains more than ``most``, so that what is too far away is not looked at.
    """
    ways: dict[int, list[Arc]] = {start: []}
    best: tuple[float, list[Arc]] = (float("inf"), [])
    todo = deque(ways)
    while todo:
        here = todo.popleft()
        if (len(ways[here]) + 1) / most**2 >= best[0]:
            break
        for event, after in graph.arcs[here].items():
            way = [*ways[here], (here, event, after)]
            gain = sum(goal in left for goal in goals[way[-1]])
            if gain and len(way) / gain**2 < best[0]:
                best = (len(way) / gain**2, way)
            if after not in ways:
                ways[after] = way
                todo.append(after)
    return best
