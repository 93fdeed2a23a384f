"""Generators of definitions with one named fault: a sound lifecycle, and one thing done wrongly.

For those who build on definitions, such as an editor of lifecycles, and for custlife's own tests:
every fault that a definition can have is here.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from custlife.errors import Fault, InvalidLifecycle, listed
from custlife.lifecycle.conflicts import named
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Region, Stage, Stay, View, several
from custlife.lifecycle.places import MOST_LEVELS, MOST_STATES
from custlife.lifecycle.table import to_table
from custlife.state import Room
from custlife.testing.generators.lifecycles import lifecycles


@frozen
class BrokenLifecycle:
    """A definition with one fault.

    Attributes:
        fault: The code of the fault.
        parts: What to give to `Lifecycle`, by the names of its arguments.
    """

    fault: str
    parts: Mapping[str, Any] = field(repr=False)

    def build(self) -> Lifecycle:
        """Try to make the lifecycle and to compile its table.

        Raises:
            InvalidLifecycle: Always, unless the fault goes unnoticed.
        """
        lifecycle = Lifecycle(**self.parts)
        to_table(lifecycle)
        return lifecycle

    def found(self) -> tuple[Fault, ...]:
        """The faults that custlife finds in it; none if the fault goes unnoticed."""
        try:
            self.build()
        except InvalidLifecycle as error:
            return error.faults
        return ()


def broken_lifecycles(
    *, faults: str | Iterable[str] | None = None
) -> st.SearchStrategy[BrokenLifecycle]:
    """Definitions with one named fault each.

    Args:
        faults: The codes of the faults; all of `FAULTS` if left out.

    Raises:
        ValueError: If a code is none of them.

    Examples:
        >>> from hypothesis import given, settings
        >>> @settings(max_examples=3)
        ... @given(broken_lifecycles(faults="unreachable"))
        ... def the_fault_is_found(broken):
        ...     assert [fault.code for fault in broken.found()] == [broken.fault]
        >>> the_fault_is_found()
    """
    codes = several(FAULTS if faults is None else faults)
    unknown = [repr(code) for code in codes if code not in [*FAULTS]]
    if unknown or not codes:
        raise ValueError(f"there is no fault {listed(unknown)}; there are {listed([*FAULTS])}.")
    return st.sampled_from(codes).flatmap(
        lambda code: _SOUND.map(lambda sound: BrokenLifecycle(code, FAULTS[code](_parts(sound))))
    )


_SOUND = lifecycles(max_rules=0, max_views=0, regions=(2,))
"""Sound lifecycles whose room customer has two regions, with no rule or view beyond need."""

Parts = dict[str, Any]
"""The arguments of a lifecycle by name."""


def _parts(lifecycle: Lifecycle) -> Parts:
    return {
        "name": lifecycle.name,
        "prospect": lifecycle.prospect,
        "customer": lifecycle.customer,
        "former": lifecycle.former,
        "rules": lifecycle.rules,
    }


class _Light(Enum):
    RED = "red"
    GREEN = "green"


_ROOMS = tuple(room.value for room in Room)
_NEW = "new_event"


def _rules(*rules: object) -> Callable[[Parts], Parts]:
    """The same rules and these."""
    return lambda parts: {**parts, "rules": (*parts["rules"], *rules)}


def _views(*views: View) -> Callable[[Parts], Parts]:
    return lambda parts: {**parts, "views": views}


def _view(of: Mapping[str, Any], *moves: tuple[Any, Any]) -> View:
    return View(_Light, of=of, moves=moves, sentence="A model that was made up.")


def _anything(value: Enum | None) -> dict[str, Enum | None]:
    return dict.fromkeys(_ROOMS, value)


def _stage(name: str) -> Stage:
    return Stage(name, "A stage.")


def _move(at: str, to: str | tuple[str, ...], when: tuple[str, ...] = ()) -> Move:
    return Move(_NEW, at=at, to=to, sentence="Goes on.", when=when)


def _stay(at: str) -> Stay:
    return Stay(_NEW, at=at, sentence="No change.")


def _forbid(at: str) -> Forbid:
    return Forbid(_NEW, at=at, sentence="Not here.")


def _room_missing(parts: Parts) -> Parts:
    gone = _inside(parts, Room.FORMER)
    rules = [rule for rule in parts["rules"] if not gone & set(named(rule)) - {"former"}]
    return {**parts, "former": (), "rules": rules}


def _first(parts: Parts) -> tuple[str, str]:
    """The first stage of each of the two regions of the room customer."""
    one, two = (region.stages[0].name for region in parts["customer"])
    return one, two


def _inside(parts: Parts, room: Room) -> set[str]:
    """The names of a room and of all places in it."""
    places = Lifecycle(**parts).places.by_name.values()
    return {place.name for place in places if place.room is room}


def _to(rule: object) -> tuple[str, ...]:
    return rule.to if isinstance(rule, Move) else ()


def _too_many_states(parts: Parts) -> Parts:
    pairs = [
        Region(f"aspect{n}", "An aspect.", (_stage(f"low{n}"), _stage(f"high{n}")))
        for n in range(MOST_STATES.bit_length())
    ]
    return {**parts, "customer": (*parts["customer"], *pairs)}


def _too_deep(parts: Parts) -> Parts:
    inner = _stage("innermost")
    for level in range(MOST_LEVELS):
        inner = Stage(f"level{level}", "A stage.", children=(inner,))
    return _added(parts, inner)


def _customer(part: Stage | Region) -> Callable[[Parts], Parts]:
    """One part more of the room customer."""
    return lambda parts: {**parts, "customer": (*parts["customer"], part)}


def _added(parts: Parts, stage: Stage) -> Parts:
    """One stage more in the first region of the room customer."""
    first, *others = parts["customer"]
    grown = evolve(first, stages=(*first.stages, stage))
    return {**parts, "customer": (grown, *others)}


def _view_ambiguous(parts: Parts) -> Parts:
    one, two = parts["customer"]
    of = {**_anything(None), one.name: _Light.RED, two.name: _Light.GREEN}
    return _views(_view(of, (None, _Light.RED), (_Light.RED, None)))(parts)


FAULTS: Mapping[str, Callable[[Parts], Parts]] = {
    "bad_part": _rules("no rule"),
    "room_missing": _room_missing,
    "mixed_room": _customer(_stage("stray")),
    "empty_region": _customer(Region("hollow", "An aspect.", ())),
    "too_many_states": _too_many_states,
    "too_deep": _too_deep,
    "bad_name": lambda parts: _rules(_move(_first(parts)[0], "_hidden"))(
        _added(parts, _stage("_hidden"))
    ),
    "duplicate_name": lambda parts: _added(parts, parts["customer"][0].stages[0]),
    "unknown_place": _rules(_stay("nowhere")),
    "bad_condition": _rules(_move("prospect", "customer", when=("former",))),
    "bad_target": _rules(_move("prospect", ())),
    "crosses_regions": lambda parts: _rules(_move(*_first(parts)))(parts),
    "leaves_without_departure": _rules(_move("customer", "prospect")),
    "two_rules": _rules(_stay("prospect"), _forbid("prospect")),
    "contradiction": lambda parts: _rules(_forbid("customer"), _stay(_first(parts)[0]))(parts),
    "conflicting_regions": lambda parts: _rules(
        _move(_first(parts)[0], "former"), _stay(_first(parts)[1])
    )(parts),
    "room_not_entered": lambda parts: {
        **parts,
        "rules": [r for r in parts["rules"] if not _inside(parts, Room.FORMER) & {*_to(r)}],
    },
    "unreachable": lambda parts: _added(parts, _stage("island")),
    "duplicate_view": _views(_view(_anything(None)), _view(_anything(None))),
    "view_bad_value": _views(_view(_anything(None), (None, "red"))),
    "view_not_total": _views(_view({"prospect": None, "former": None})),
    "view_ambiguous": _view_ambiguous,
    "view_jumps": _views(_view({**_anything(None), "customer": _Light.RED})),
}
"""What breaks a sound definition, by the code of the fault that it makes."""
