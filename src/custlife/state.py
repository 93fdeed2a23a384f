"""Where a relationship stands: the three rooms, and one state inside them.

Pure values. Knows nothing of lifecycles, events or machines.
"""

from enum import Enum
from functools import lru_cache
from typing import Any

from attrs import frozen


class Room(Enum):
    """One of the three rooms that every lifecycle has.

    Examples:
        >>> Room("customer") is Room.CUSTOMER
        True
    """

    PROSPECT = "prospect"
    """Before the customer moment: has not bought yet."""
    CUSTOMER = "customer"
    """From the customer moment to the departure."""
    FORMER = "former"
    """After a departure."""


@frozen(cache_hash=True, repr=False)
class State:
    """One state of a lifecycle: a room, and one innermost stage for each of its regions.

    Args:
        room: The room.
        paths: One path a region, in the order of the regions: the region's name, then the active
            stages from the outermost to the innermost. A room without regions of its own has
            one path, which begins with the room's name.

    Examples:
        >>> state = State(Room.CUSTOMER, (("bond", "buyer"), ("standing", "content")))
        >>> state.stage, state.regions
        ('buyer', {'bond': 'buyer', 'standing': 'content'})
        >>> print(state)
        buyer+content
        >>> state.is_in("content"), state.is_in("customer"), state.is_in("regular")
        (True, True, False)
    """

    room: Room
    paths: tuple[tuple[str, ...], ...]

    def __attrs_post_init__(self) -> None:
        sound = isinstance(self.room, Room) and isinstance(self.paths, tuple)
        if not sound or not all(isinstance(path, tuple) and path for path in self.paths):
            rule = "a Room, and a tuple of names for each region; lifecycle.state(...) makes one"
            raise TypeError(f"A State takes {rule}.")

    @property
    def stage(self) -> str:
        """The innermost stage of the first region."""
        return self.paths[0][-1]

    @property
    def stages(self) -> tuple[str, ...]:
        """The innermost stage of every region, in the order of the regions."""
        return tuple(path[-1] for path in self.paths)

    @property
    def active(self) -> tuple[str, ...]:
        """Every active stage: region by region, the outer ones before the inner ones.

        Examples:
            >>> State(Room.PROSPECT, (("prospect", "visitor", "trial"),)).active
            ('visitor', 'trial')
        """
        return tuple(stage for path in self.paths for stage in path[1:])

    @property
    def regions(self) -> dict[str, str]:
        """The innermost stage of every region by the region's name; a new dict at each call."""
        return {path[0]: path[-1] for path in self.paths}

    def is_in(self, name: str | Room) -> bool:
        """Whether the stage, region or room of this name is active, outer stages included.

        A name that the lifecycle does not know is not active.
        """
        if isinstance(name, Room):
            return name is self.room
        return name == self.room.value or any(name in path for path in self.paths)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what defines it; equal states that are unpickled are one object."""
        return _unpickled, (self.room, self.paths)

    def __str__(self) -> str:
        return "+".join(self.stages)

    def __repr__(self) -> str:
        stages = ", ".join(f"{path[0]}: {' > '.join(path[1:])}" for path in self.paths)
        return f"<State {self.room.value} ({stages})>"

    def describe(self) -> str:
        """The state in words, for messages.

        Examples:
            >>> State(Room.PROSPECT, (("prospect", "visitor", "trial"),)).describe()
            'prospect (visitor > trial)'
        """
        stages = ", ".join(
            " > ".join(path[1:]) if len(self.paths) == 1 else f"{path[0]}: {' > '.join(path[1:])}"
            for path in self.paths
        )
        return f"{self.room.value} ({stages})"


@lru_cache(maxsize=4096)
def _unpickled(room: Room, paths: tuple[tuple[str, ...], ...]) -> State:
    return State(room, paths)
