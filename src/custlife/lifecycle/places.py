"""The places of a lifecycle by name, and every state that they can combine to.

Structure only: which place lies in which. Knows nothing of moves.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

from attrs import Factory, field, frozen

from custlife.errors import Fault
from custlife.lifecycle.parts import Region, Stage
from custlife.state import Room, State

RoomPlan = tuple[Stage, ...] | tuple[Region, ...]

MOST_STATES = 1_000
"""A lifecycle has at most this many states: the sum over its rooms of the product of the innermost
stages of each region. The library lists all of them, and nobody could review more."""
MOST_LEVELS = 32
"""Stages lie inside each other at most this deep. Python's recursion limit allows about ten times
as many in a fresh program, and fewer inside a program that is itself deep in calls."""


@frozen(eq=False)
class Place:
    """A room, a region or a stage, and where it lies.

    Attributes:
        name: Its name.
        room: The room that it is or lies in.
        within: The names of the places that it lies in, from the room inwards.
        region: The name of the region that it is or lies in; a room without regions is its own
            region. None for a room that has regions.
        children: The names of the places directly inside, in order.
        leaves: The names of the innermost stages inside, itself for a leaf.
        sentence: What it means.
        stage: The stage, if it is one.
    """

    name: str
    room: Room
    within: tuple[str, ...]
    region: str | None
    children: tuple[str, ...]
    leaves: tuple[str, ...]
    sentence: str
    stage: Stage | None = None

    @property
    def chain(self) -> tuple[str, ...]:
        """This place and all that it lies in, from the inside out."""
        return (self.name, *reversed(self.within))


@frozen(eq=False)
class Places:
    """All places of a lifecycle, and all states.

    Attributes:
        places: Every place by name; of places that share a name, the first.
        order: The names of all places in the order of definition, doubles included.
        regions: For each room, the names of its regions; the room's own where it has none.
        states: Every combination of innermost stages, room by room: all states that there could
            be. Which of them are ever reached is the table's to say.
        by_stages: Every state by its innermost stages, in the order of the regions.
    """

    by_name: Mapping[str, Place]
    order: tuple[str, ...]
    regions: Mapping[Room, tuple[str, ...]]
    states: tuple[State, ...] = field(
        init=False, default=Factory(lambda self: tuple(_states(self)), takes_self=True)
    )
    by_stages: Mapping[tuple[str, ...], State] = field(
        init=False,
        default=Factory(
            lambda self: MappingProxyType({state.stages: state for state in self.states}),
            takes_self=True,
        ),
    )

    def path(self, leaf: str) -> tuple[str, ...]:
        """The path of a leaf, as `State` keeps it: from the region to the leaf."""
        place = self.by_name[leaf]
        own = self.regions[place.room] != (place.room.value,)
        return (*(place.within[1:] if own else place.within), leaf)

    def entry(self, name: str) -> tuple[str, ...]:
        """The leaves that entering a place leads to: the first child of each, inwards."""
        place = self.by_name[name]
        if not place.children:
            return (name,)
        if place.region is None:
            return tuple(leaf for child in place.children for leaf in self.entry(child))
        return self.entry(place.children[0])

    def state(self, leaves: tuple[str, ...]) -> State:
        """The state in which these leaves are active, one for each region, in any order."""
        room = self.by_name[leaves[0]].room
        by_region = {self.by_name[leaf].region: leaf for leaf in leaves}
        return State(room, tuple(self.path(by_region[region]) for region in self.regions[room]))


def has_regions(plan: RoomPlan) -> bool:
    """Whether a room is laid out in several regions."""
    return any(isinstance(part, Region) for part in plan)


def places_of(rooms: Mapping[Room, RoomPlan]) -> Places:
    """The places of three rooms."""
    regions = {
        room: tuple(part.name for part in plan) if has_regions(plan) else (room.value,)
        for room, plan in rooms.items()
    }
    found = [
        place
        for room, plan in rooms.items()
        for place in _place(room, None, plan, region=None if has_regions(plan) else room.value)
    ]
    by_name: dict[str, Place] = {}
    for place in found:
        by_name.setdefault(place.name, place)
    order = tuple(place.name for place in found)
    return Places(MappingProxyType(by_name), order, MappingProxyType(regions))


def too_large(rooms: Mapping[Room, tuple[Any, ...]]) -> Iterator[Fault]:
    """Faults of rooms that have more states or levels than the limits; lists no state.

    Parts that are neither a stage nor a region count as one stage each.
    """
    states = 0
    for room, plan in rooms.items():
        regions = [part.stages for part in plan if isinstance(part, Region)] or [plan]
        sizes = [_size(stages) for stages in regions]
        states += prod(leaves for leaves, _ in sizes)
        levels = max(levels for _, levels in sizes)
        if levels > MOST_LEVELS:
            message = f"its stages lie {levels} levels deep, and a lifecycle has at most"
            yield Fault("too_deep", room.value, f"{message} {MOST_LEVELS} levels; flatten them.")
    if states > MOST_STATES:
        power = int(states.bit_length() * 0.30103)
        number = f"{states:,}" if states < 10**12 else f"about 10^{power}"
        message = f"their stages combine to {number} states, and a lifecycle has at most"
        remedy = f"{MOST_STATES:,}; take away regions or stages."
        yield Fault("too_many_states", "the rooms", f"{message} {remedy}")


def _size(stages: tuple[Any, ...]) -> tuple[int, int]:
    """How many innermost stages there are, and on how many levels; stops where both are beyond."""
    leaves = levels = 0
    level = stages
    while level and not (leaves + len(level) > MOST_STATES and levels > 0):
        levels += 1
        inside = [stage.children for stage in level if isinstance(stage, Stage)]
        leaves += len(level) - sum(map(bool, inside))
        level = tuple(child for children in inside for child in children)
    return leaves + len(level), levels


def _place(
    room: Room,
    part: Stage | Region | None,
    parts: RoomPlan,
    within: tuple[str, ...] = (),
    region: str | None = None,
) -> Iterator[Place]:
    """A place with these parts, and all places inside it; the room itself where it is no part."""
    name = room.value if part is None else part.name
    inside = [
        place
        for child in parts
        for place in (
            _place(room, child, child.stages, (*within, name), child.name)
            if isinstance(child, Region)
            else _place(room, child, child.children, (*within, name), region or room.value)
        )
    ]
    leaves = tuple(place.name for place in inside if not place.children)
    stage = part if isinstance(part, Stage) else None
    yield Place(
        name=name,
        room=room,
        within=within,
        region=region,
        children=tuple(child.name for child in parts),
        leaves=leaves or ((name,) if stage else ()),
        sentence=part.sentence if part else f"The room {name}.",
        stage=stage,
    )
    yield from inside


def _states(places: Places) -> Iterator[State]:
    for room, regions in places.regions.items():
        for leaves in product(*(places.by_name[region].leaves for region in regions)):
            yield State(room, tuple(map(places.path, leaves)))
