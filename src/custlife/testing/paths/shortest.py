"""The shortest way to every state, by breadth first."""

from collections import deque

from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.state import State
from custlife.testing.paths.path import Path


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
    return search(unchecked_table(lifecycle), start)


def search(table: Table, start: State | None = None) -> dict[State, Path]:
    """A shortest way to every state of a table that can be reached from a start."""
    first = table.states[table.initial if start is None else table.index(start)]
    found = {first: Path(table.lifecycle, (), (first,))}
    todo = deque(found)
    while todo:
        state = todo.popleft()
        for event, number in table.arcs[table.index(state)].items():
            after = table.states[number]
            if after not in found:
                found[after] = found[state].then(event, after)
                todo.append(after)
    return found
