"""Whether what an app says of a customer fits a state of the lifecycle."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from custlife.errors import UnknownState
from custlife.lifecycle.definition import Lifecycle
from custlife.state import State

Reading = State | str | Enum | Iterable[Any] | Mapping[Any, Any] | None
"""What an app says of where a customer stands: a state; a room or the name of a place; several
names in one text as ``str(state)`` writes them, one by one, or by region. Members of enums stand
for their values, and None says nothing."""


def agrees(lifecycle: Lifecycle, state: State, reading: Reading, *, partial: bool) -> bool:
    """Whether a reading fits a state.

    Args:
        lifecycle: The lifecycle.
        state: The state.
        reading: What the app says.
        partial: Whether the app may say less than the innermost stage of every region.

    Raises:
        UnknownState: If a name is no place of the lifecycle, or there is none.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> state = CUSTOMER_LIFECYCLE.state("buyer", "content")
        >>> agrees(CUSTOMER_LIFECYCLE, state, "content+buyer", partial=False)
        True
        >>> agrees(CUSTOMER_LIFECYCLE, state, "buyer", partial=False)
        False
        >>> agrees(CUSTOMER_LIFECYCLE, state, "buyer", partial=True)
        True
    """
    if isinstance(reading, State):
        return reading == state
    claims = _claims(reading)
    known = [*lifecycle.places.by_name]
    for name in (name for claim in claims for name in claim):
        if name not in known:
            raise UnknownState(repr(name), lifecycle.name, tuple(known))
    if not claims:
        raise UnknownState(f"a state out of {reading!r}", lifecycle.name, tuple(known))
    fits = all(
        any({*claim} <= {state.room.value, *path} for path in state.paths) for claim in claims
    )
    named = {name for claim in claims for name in claim}
    return fits and (partial or {*state.stages} <= named)


def _claims(reading: Any) -> list[tuple[str, ...]]:  # noqa: ANN401 - whatever an app keeps
    """The names that are said together: each alone, or with the region that it is said of."""
    if isinstance(reading, Enum):
        return _claims(reading.value)
    if isinstance(reading, Mapping):
        return [
            (_plain(region), _plain(name)) for region, name in reading.items() if name is not None
        ]
    if isinstance(reading, str):
        return [(name,) for name in reading.split("+") if name]
    if isinstance(reading, Iterable):
        return [claim for name in reading if name is not None for claim in _claims(_plain(name))]
    return [] if reading is None else [(str(reading),)]


def _plain(name: object) -> str:
    return str(name.value if isinstance(name, Enum) else name)
