"""Few ways that together take every move, found greedily."""

from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from typing import Literal

from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.state import State
from custlife.testing.paths.path import Path
from custlife.testing.paths.shortest import search

Arc = tuple[int, str, int]
"""A step of the table: from a state to a state by an event."""
Goals = Mapping[Arc, frozenset[Hashable]]
"""What each step achieves of that which is to be covered."""


def moves_of(lifecycle: Lifecycle) -> frozenset[tuple[str, str, str, str]]:
    """Every move of every region: (region, innermost stage, event, innermost stage or room).

    Where a move leads out of the room, all of its regions move, and the last part is the room.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> moves = moves_of(CUSTOMER_LIFECYCLE)
        >>> len(moves)
        40
        >>> ("bond", "buyer", "purchased", "regular") in moves
        True
    """
    table = unchecked_table(lifecycle)
    return frozenset(
        move
        for here, event, after in _arcs(table)
        for move in _moves(table.states[here], event, table.states[after])
    )


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
            included.
        apart: Whether to take a shortest path for each, instead of few long ones.

    Returns:
        The paths; none where there is nothing to take.

    Raises:
        ValueError: If ``each`` is neither of the two.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> paths = transition_coverage_paths(CUSTOMER_LIFECYCLE)
        >>> len(paths), sum(map(len, paths)), len(moves_of(CUSTOMER_LIFECYCLE))
        (8, 44, 40)
        >>> apart = transition_coverage_paths(CUSTOMER_LIFECYCLE, apart=True)
        >>> len(apart), max(map(len, apart))
        (38, 4)
    """
    table = unchecked_table(lifecycle)
    goals: dict[Arc, frozenset[Hashable]]
    if each == "move":
        states = table.states
        goals = {
            arc: frozenset(_moves(states[arc[0]], arc[1], states[arc[2]])) for arc in _arcs(table)
        }
    elif each == "cell":
        goals = {arc: frozenset({arc}) for arc in _arcs(table)}
    else:
        raise ValueError(f"each is {each!r}, but must be 'move' or 'cell'.")
    return tuple(_apart(table, goals) if apart else _paths(table, goals))


def _arcs(table: Table) -> Iterator[Arc]:
    for here, row in enumerate(table.arcs):
        for event, after in row.items():
            yield here, event, after


def _moves(before: State, event: str, after: State) -> Iterator[tuple[str, str, str, str]]:
    for region, leaf in before.regions.items():
        to = after.regions[region] if after.room is before.room else after.room.value
        if to != leaf:
            yield region, leaf, event, to


def _apart(table: Table, goals: Goals) -> Iterator[Path]:
    """For all that is to be covered, the shortest way there, the nearest first."""
    left = frozenset[Hashable]().union(*goals.values())
    ways = search(table)
    for state, way in ways.items():
        here = table.index(state)
        for event, after in table.arcs[here].items():
            if goals[here, event, after] & left:
                left -= goals[here, event, after]
                yield way.then(event, table.states[after])


def _paths(table: Table, goals: Goals) -> Iterator[Path]:
    """Walk to what is worth most for its distance, and begin anew where that is nearer."""
    left = frozenset[Hashable]().union(*goals.values())
    start = Path(table.lifecycle, (), (table.states[table.initial],))
    path, here = start, table.initial
    while left:
        onward, anew = _best(table, goals, left, here), _best(table, goals, left, table.initial)
        if anew[0] < onward[0]:
            yield path
            path, onward = start, anew
        for arc in onward[1]:
            path = path.then(arc[1], table.states[arc[2]])
            left -= goals[arc]
            here = arc[2]
    if path.events:
        yield path


def _best(
    table: Table, goals: Goals, left: frozenset[Hashable], start: int
) -> tuple[float, list[Arc]]:
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
