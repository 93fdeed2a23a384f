"""Every way that visits no state twice, up to a length."""

from collections.abc import Iterator

from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.state import State
from custlife.testing.paths.path import Path


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
        ValueError: If ``max_length`` is negative.

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
    if max_length < 0:
        raise ValueError(f"max_length is {max_length}, but must be 0 or more.")
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
