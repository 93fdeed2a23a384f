"""The shortest way to what is not covered, such that a relationship takes it, too.

A table has no record. A relationship takes an answer only where a complaint is on record, is moved
by it only where no other complaint waits, and learns a cause only where somebody has left.
"""

from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from attrs import field, frozen

from custlife.events import CauseLearnt
from custlife.lifecycle.table import Table
from custlife.state import Room
from custlife.testing.coverage.items import Sight
from custlife.testing.paths import ANSWERING, COMPLAINING, Path


class _Node(NamedTuple):
    """A state, and as much of the record as decides what is taken there."""

    state: int
    waiting: int
    """The complaints that wait for an answer; two stand for more."""
    departed: bool


@frozen(eq=False)
class Ways:
    """The shortest ways from the beginning.

    Attributes:
        table: The table.
        by_record: Whether what a record refuses is left out.
    """

    table: Table
    by_record: bool
    _back: dict[_Node, tuple[_Node, str]] = field(init=False, repr=False, factory=dict)
    _at: dict[int, list[tuple[int, _Node]]] = field(init=False, repr=False, factory=dict)
    """The nodes of each state with their distances, the nearest first."""

    def __attrs_post_init__(self) -> None:
        start = _Node(self.table.initial, 0, departed=False)
        lengths = {start: 0}
        todo = deque(lengths)
        while todo:
            node = todo.popleft()
            self._at.setdefault(node.state, []).append((lengths[node], node))
            for event in self.table.arcs[node.state]:
                after = self._after(node, event)
                if after is not None and after not in lengths:
                    lengths[after] = lengths[node] + 1
                    self._back[after] = node, event
                    todo.append(after)

    def _after(self, node: _Node, event: str) -> _Node | None:
        """Where an event leads; None where the record refuses it, or it would not move as here."""
        after = self.table.arcs[node.state][event]
        if not self.by_record:
            return node._replace(state=after)
        waiting, departed = node.waiting, node.departed
        if event in self.table.guards[node.state] and not waiting:
            return None
        if event in ANSWERING:
            if waiting > 1:
                return None
            waiting = 0
        elif event in COMPLAINING:
            waiting = min(waiting + 1, 2)
        elif event == CauseLearnt.name and not departed:
            return None
        return _Node(after, waiting, departed or self.table.rooms[after] is Room.FORMER)

    def to(self, sight: Sight) -> tuple[int, _Node, Sight] | None:
        """How many events it takes to see something, and from which node; None if nothing does."""
        mark, number, *events = sight
        for length, node in self._at.get(number, ()):
            if mark == "refusal":
                if not (node.waiting and events[0] in self.table.guards[number]):
                    return length + 1, node, sight
            else:
                here: _Node | None = node
                for event in events:
                    here = here and self._after(here, event)
                if here is not None:
                    return length + len(events), node, sight
        return None

    def path(self, node: _Node, events: Iterable[str]) -> Path:
        """The path to a node, and on by these events."""
        way = [*events]
        while node in self._back:
            node, event = self._back[node]
            way.insert(0, event)
        return Path.of(self.table.lifecycle, *way)


@lru_cache(maxsize=256)
def _ways(table: Table, *, by_record: bool) -> Ways:
    return Ways(table, by_record)


def shortest(table: Table, sights: Iterable[Sight]) -> tuple[Path, str | None] | None:
    """The shortest path that ends by showing one of these, and what must be refused at its end.

    What no record allows, as far as the names of custlife's own events say, is shown as the table
    has it. None where no path shows any of them.
    """
    sought = [sight for sight in sights if sight[0] not in ("waiting", "row", "comparison")]
    for by_record in (True, False):
        ways = _ways(table, by_record=by_record)
        found = [way for way in map(ways.to, sought) if way is not None]
        if found:
            _, node, (mark, _, *events) = min(found, key=lambda way: way[0])
            refused = events.pop() if mark == "refusal" else None
            return ways.path(node, events), refused
    return None
