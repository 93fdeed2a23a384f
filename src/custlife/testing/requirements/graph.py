"""The states of a lifecycle and the steps between them, with as much of the record as is asked for.

Without the record, a node is a state of the table. With it, a node has counts as well: where facts
of the record are asked for, and where complaints are answered, since what an answer does depends on
the complaints that are open. A count ends one beyond the highest limit that it is held against, and
means *so many or more* from there on. So the nodes are few, and nothing is left out.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import add
from typing import Any, NamedTuple

from attrs import Factory, define, field, fields_dict, frozen

from custlife.events import ANSWERS, Activity, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, unchecked_table
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import Room, State
from custlife.testing.generators.events import changed
from custlife.testing.subject import Subject

CYCLE, WAITING, EVENTS = "cycle", "open_complaints", "events"
COUNTED = {f"{activity.name.lower()}s": activity for activity in Activity}
"""The counts of a record, each with the activity that it counts."""
TRACKED = (*COUNTED, EVENTS, CYCLE, WAITING)
"""The facts of the record that follow from the names of events."""
UNTRACKED = tuple(
    name
    for name in (*fields_dict(Record), "gross_revenue", *fields_dict(Relationship))
    if name not in (*TRACKED, "customer", "lifecycle", "state", "record")
)
"""The facts that follow from what events carry, and a lifecycle knows the names of events only."""
MOST_NODES = 100_000
"""No more nodes than these are gone through."""
_FEW, _IGNORED = 4, 1
"""Where the count of open complaints ends if no limit asks for more; and that of those which were
ignored in public."""
_BEGIN, _DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)

Arc = tuple[str, int]
"""An event, and the number of the node that it leads to."""


class Node(NamedTuple):
    """A state, and the counts that are asked for."""

    state: int
    cycle: int = 1
    counts: tuple[int, ...] = ()
    waiting: int = 0
    ignored: int = 0


@frozen(eq=False)
class Graph:
    """Every node that can be reached, and every step between nodes.

    Attributes:
        subject: The lifecycle, and the simplest event of each name.
        table: Its table.
        states: The states, by the numbers that nodes have for them.
        counted: The facts of the record that have a count, each with where it ends.
        nodes: The nodes, the beginning first, the nearest next.
        arcs: For each node, the steps from it.
        doubtful: The steps that may not happen: answers where so many complaints are open that
            they are no longer counted.
        searched: How many nodes were gone through, the first ones; of the others no step is known.
    """

    subject: Subject
    table: Table
    states: tuple[State, ...] = field(repr=False)
    counted: Mapping[str, int] = field(repr=False)
    nodes: tuple[Node, ...] = field(repr=False)
    arcs: tuple[tuple[Arc, ...], ...] = field(repr=False)
    doubtful: frozenset[tuple[int, str, int]] = field(repr=False)
    searched: int
    _facts: dict[int, Mapping[str, object]] = field(init=False, repr=False, default=Factory(dict))
    _of_states: dict[int, Mapping[str, object]] = field(
        init=False, repr=False, default=Factory(dict)
    )

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle."""
        return self.subject.lifecycle

    @property
    def is_complete(self) -> bool:
        """Whether all nodes were gone through."""
        return self.searched == len(self.nodes)

    def state(self, number: int) -> State:
        """The state of a node."""
        return self.states[self.nodes[number].state]

    def allows(self, number: int, event: str) -> bool:
        """Whether an event is allowed in a node, or may be as far as is known."""
        return number >= self.searched or any(name == event for name, _ in self.arcs[number])

    def ends(self, number: int) -> bool:
        """Whether no event is allowed in a node."""
        return number < self.searched and not self.arcs[number]

    def facts(self, number: int) -> Mapping[str, object]:
        """What is true in a node: its room, regions, places and views, and what is counted."""
        facts = self._facts.get(number)
        if facts is None:
            node = self.nodes[number]
            counts = zip(_plain_counts(self.counted), node.counts, strict=True)
            record = {CYCLE: node.cycle, WAITING: node.waiting, **dict(counts)}
            facts = {**record, **self._places(node.state, number)}
            self._facts[number] = facts
        return facts

    def _places(self, state: int, number: int) -> Mapping[str, object]:
        facts = self._of_states.get(state)
        if facts is None:
            facts = self._of_states[state] = facts_of(self.table, self.state(number))
        return facts

    def compared(self, name: str, before: int, event: str, after: int) -> tuple[Any, Any]:
        """A fact before and after a step; a count goes on where it has ended."""
        one, other = (self.facts(number)[name] for number in (before, after))
        if name in self.counted and one == other == self.counted[name]:
            return one, self.counted[name] + self._added(name, before, event, after)
        return one, other

    def _added(self, name: str, before: int, event: str, after: int) -> int:
        """What a step adds to a count that has ended."""
        activity = self.subject.simplest[event].activity
        if name == WAITING:
            return activity is Activity.COMPLAINT
        if name == CYCLE:
            return self.state(before).room is Room.FORMER is not self.state(after).room
        return name == EVENTS or COUNTED[name] is activity

    def history(self, way: Sequence[int], events: Sequence[str]) -> tuple[Event, ...]:
        """Real events that lead this way, a day apart; answers name the complaint they are about.

        Args:
            way: The numbers of the nodes, one more than there are events.
            events: The names of the events.
        """
        made: list[Event] = []
        voiced: list[int] = []
        ignored: list[int] = []
        for place, name in enumerate(events):
            event = changed(self.subject.simplest[name], at=_BEGIN + place * _DAY)
            before, after = (self.nodes[number] for number in way[place : place + 2])
            if self.counted and event.activity is Activity.COMPLAINT:
                voiced.append(place)
                event = changed(event, id=f"complaint-{place}")
            elif self.counted and event.activity in (Activity.SETTLEMENT, Activity.DISREGARD):
                fewer = after.waiting < before.waiting
                about = voiced.pop(0) if fewer else ignored.pop(0) if ignored else None
                if about is not None:
                    event = changed(event, complaint=f"complaint-{about}")
                if about is not None and after.ignored > before.ignored:
                    ignored.append(about)
                    made[about] = changed(made[about], public=True)
            made.append(event)
        return tuple(made)


def facts_of(table: Table, state: State) -> dict[str, object]:
    """What is true in a state: its room, its stage by region, its views, and a yes for its places.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE, to_table
        >>> facts = facts_of(to_table(CUSTOMER_LIFECYCLE), CUSTOMER_LIFECYCLE.state("visitor"))
        >>> facts["room"], facts["visitor"], facts["buyer"], facts["Phase"]
        (<Room.PROSPECT: 'prospect'>, True, False, <Phase.EXPLORATION: 'exploration'>)
    """
    lifecycle = table.lifecycle
    places: dict[str, object] = {name: state.is_in(name) for name in lifecycle.places.by_name}
    views = {view.name: table.view(state, view.model) for view in lifecycle.views}
    own = {region: state.regions.get(region) for region in regions_of(lifecycle)}
    plain = {stage_of(room): state.regions.get(room) for room in plain_rooms(lifecycle)}
    return {**places, **views, **own, **plain, "room": state.room}


def regions_of(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """The innermost stages of each region, in order; of rooms that have regions."""
    by_name, rooms = lifecycle.places.by_name, {room.value for room in Room}
    regions = (name for names in lifecycle.places.regions.values() for name in names)
    return {name: by_name[name].leaves for name in regions if name not in rooms}


def plain_rooms(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """The innermost stages, in order, of each room without regions."""
    by_name, regions = lifecycle.places.by_name, lifecycle.places.regions
    return {
        room.value: by_name[room.value].leaves for room in Room if regions[room] == (room.value,)
    }


def stage_of(room: str) -> str:
    """The fact that is the stage in a room without regions; the room's own name is a yes or no."""
    return f"stage of {room}"


def graph_of(subject: Subject, counted: Mapping[str, int]) -> Graph:
    """The graph of a lifecycle.

    Args:
        subject: The lifecycle.
        counted: The facts of the record that are asked for, each with where its count ends. Where
            the lifecycle answers complaints, those that are open are counted in any case.
    """
    table = unchecked_table(subject.lifecycle)
    answered = any(table.guards) or any(
        event.activity in ANSWERS for event in subject.simplest.values()
    )
    if counted or answered:
        counted = {**counted, WAITING: max(counted.get(WAITING, 0), _FEW if answered else 0)}
    counting = _Counting(subject, table, counted) if counted else None
    first = Node(table.initial, counts=(0,) * len(_plain_counts(counted)))
    found = {first: 0}
    todo = deque([first])
    arcs: list[tuple[Arc, ...]] = []
    doubtful: set[tuple[int, str, int]] = set()
    while todo and len(found) < MOST_NODES:
        node = todo.popleft()
        steps = counting.steps(node) if counting else _steps(table, node)
        here: dict[Arc, bool] = {}
        for event, after, sure in steps:
            if after not in found:
                found[after] = len(found)
                todo.append(after)
            arc = event, found[after]
            here[arc] = here.get(arc, False) or sure
        arcs.append(tuple(here))
        doubtful.update((found[node], *arc) for arc, sure in here.items() if not sure)
    searched = len(arcs)
    arcs += [()] * (len(found) - searched)
    return Graph(
        subject=subject,
        table=table,
        states=table.states,
        counted=counted,
        nodes=tuple(found),
        arcs=tuple(arcs),
        doubtful=frozenset(doubtful),
        searched=searched,
    )


def everywhere(subject: Subject) -> Graph:
    """All states that the stages of a lifecycle combine to, reached or not, without a step."""
    states = subject.lifecycle.states
    return Graph(
        subject=subject,
        table=unchecked_table(subject.lifecycle),
        states=states,
        counted={},
        nodes=tuple(map(Node, range(len(states)))),
        arcs=((),) * len(states),
        doubtful=frozenset(),
        searched=len(states),
    )


def _plain_counts(counted: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name in counted if name not in (CYCLE, WAITING))


def _steps(table: Table, node: Node) -> Iterator[tuple[str, Node, bool]]:
    for event, after in table.arcs[node.state].items():
        yield event, Node(after), True


@define(eq=False)
class _Counting:
    """The steps from a node, and what they leave of its counts."""

    subject: Subject
    table: Table
    counted: Mapping[str, int]
    _added: Mapping[str, tuple[int, ...]] = field(init=False)
    _ends: tuple[int, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        names = _plain_counts(self.counted)
        self._ends = tuple(self.counted[name] for name in names)
        self._added = {
            event: tuple(name == EVENTS or COUNTED[name] is made.activity for name in names)
            for event, made in self.subject.simplest.items()
        }

    def steps(self, node: Node) -> Iterator[tuple[str, Node, bool]]:
        """Each event, where it leads, and whether it is sure that it can."""
        table = self.table
        most = self.counted.get(CYCLE, 1)
        for event, to in table.arcs[node.state].items():
            activity = self.subject.simplest[event].activity
            counts = tuple(map(min, map(add, node.counts, self._added[event]), self._ends))
            for moved, waiting, ignored, sure in self._answered(node, event, activity):
                state = to if moved else node.state
                back = table.rooms[node.state] is Room.FORMER != table.rooms[state]
                cycle = min(node.cycle + back, most)
                yield event, Node(state, cycle, counts, waiting, ignored), sure

    def _answered(
        self, node: Node, event: str, activity: Activity
    ) -> Iterator[tuple[bool, int, int, bool]]:
        """Whether the lifecycle moves; the complaints that wait and were ignored; and if it's sure.

        An answer that leaves another complaint waiting moves nobody. Of complaints that were
        ignored only those in public are kept, and they can still be settled.
        """
        most = self.counted[WAITING]
        waiting, ignored = node.waiting, node.ignored
        none = not waiting and not ignored
        if none and event in self.table.guards[node.state]:
            return
        if activity is Activity.COMPLAINT:
            yield True, min(waiting + 1, most), ignored, True
        elif none or activity not in (Activity.SETTLEMENT, Activity.DISREGARD):
            yield True, waiting, ignored, True
        else:
            kept = (0, 1) if activity is Activity.DISREGARD else (0,)
            for left, more in ((left, more) for left in _fewer(waiting, most) for more in kept):
                sure = waiting < most and ignored + more <= _IGNORED
                yield left == 0, left, min(ignored + more, _IGNORED), sure
            if activity is Activity.SETTLEMENT:
                for left in _fewer(ignored, _IGNORED):
                    yield waiting == 0, waiting, left, left < ignored


def _fewer(count: int, most: int) -> tuple[int, ...]:
    """What one less can be: of so many that they are no longer counted, perhaps as many."""
    if not count:
        return ()
    return (count - 1, count) if count == most else (count - 1,)
