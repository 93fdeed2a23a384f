"""Generators of lifecycles: rooms, stages, regions, rules and views, made up and sound."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import count
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from custlife._checks import Check, is_whole
from custlife._checks import count as whole
from custlife.errors import InvalidLifecycle
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stage, Stay, View
from custlife.lifecycle.places import Place, RoomPlan, places_of
from custlife.lifecycle.table import Table, to_table, unchecked_table
from custlife.state import Room, State

Plans = Mapping[Room, RoomPlan]
Places = Mapping[str, Place]

_NUMBERS = Check(
    lambda value: (
        bool(value) and isinstance(value, Sequence) and all(is_whole(n, 1) for n in value)
    ),
    "numbers of regions, at least one, each from 1",
    "Give a list such as [1, 1, 2].",
)


def lifecycles(
    *,
    max_rules: int = 14,
    max_views: int = 2,
    regions: Sequence[int] = (1, 1, 2, 3),
) -> st.SearchStrategy[Lifecycle]:
    """Sound lifecycles: nested stages, regions, conditions, moves, stays, forbiddances and views.

    In each of them one can buy, leave from both present rooms, and return to both. Rules are drawn
    one by one, and one that clashes with an earlier one is left out; then every stage that nothing
    leads to gets a move of its own.

    Args:
        max_rules: The most rules that are drawn beside the ways in, out and back, >= 0.
        max_views: The most views, >= 0.
        regions: How many regions the room ``customer`` may have, each number as likely as it
            occurs here; 1 is none.

    Examples:
        >>> from hypothesis import given, settings
        >>> @settings(max_examples=3)
        ... @given(lifecycles())
        ... def one_can_buy(lifecycle):
        ...     assert {"bought", "left", "came_back"} <= {*lifecycle.events}
        >>> one_can_buy()
    """
    whole.argument("lifecycles", "max_rules", max_rules)
    whole.argument("lifecycles", "max_views", max_views)
    _NUMBERS.argument("lifecycles", "regions", regions)
    return _lifecycles(max_rules, max_views, tuple(regions))


@st.composite
def _lifecycles(
    draw: st.DrawFn, max_rules: int, max_views: int, regions: tuple[int, ...]
) -> Lifecycle:
    names = map("s{}".format, count())
    plans = {
        room: _room(draw, names, regions if room is Room.CUSTOMER else (1, 1, 1, 2))
        for room in Room
    }
    places = places_of(plans).by_name
    events = [f"e{number}" for number in range(draw(st.integers(1, 5)))]
    rules: list[Rule] = []
    for _ in range(draw(st.integers(0, max_rules))):
        rule = _rule(draw, events, places)
        if _sound(plans, [*rules, rule]):
            rules.append(rule)
    lifecycle = _reachable(plans, [*rules, *_cycle()], places)
    numbers = range(draw(st.integers(0, max_views)))
    views = [_view(draw, unchecked_table(lifecycle), number) for number in numbers]
    return evolve(lifecycle, views=views) if views else lifecycle


def _cycle() -> list[Move]:
    """Ways to buy, to depart from both present rooms, and to return into both."""
    prospect, customer, former = (room.value for room in Room)
    return [
        Move("left", at=[prospect, customer], to=former, sentence="Leaves."),
        Move("came_back", at=former, to=prospect, sentence="Returns."),
        Move("bought_again", at=former, to=customer, sentence="Returns and buys."),
        Move("bought", at=prospect, to=customer, sentence="Buys."),
    ]


def _room(draw: st.DrawFn, names: Iterator[str], regions: tuple[int, ...]) -> RoomPlan:
    number = draw(st.sampled_from(regions))
    if number == 1:
        return _stages(draw, names, most=3, depth=2)
    return tuple(
        Region(f"r_{next(names)}", "A region.", _stages(draw, names, most=2, depth=1))
        for _ in range(number)
    )


def _stages(draw: st.DrawFn, names: Iterator[str], *, most: int, depth: int) -> tuple[Stage, ...]:
    return tuple(
        Stage(
            next(names),
            "A stage.",
            children=_stages(draw, names, most=2, depth=depth - 1)
            if depth and draw(st.sampled_from([False, False, True]))
            else (),
        )
        for _ in range(draw(st.integers(1, most)))
    )


def _rule(draw: st.DrawFn, events: Sequence[str], places: Places) -> Rule:
    at = draw(st.sampled_from([*places]))
    on = draw(st.sampled_from(events))
    kind = draw(st.sampled_from([Move, Move, Move, Stay, Forbid]))
    if kind is Forbid:
        return Forbid(on, at=at, sentence="Not here.")
    when, unless = _condition(draw, _beside(places, at))
    if kind is Stay:
        return Stay(on, at=at, sentence="No change.", when=when, unless=unless)
    to = [draw(st.sampled_from([*places]))]
    others = _beside(places, to[0])
    if others and places[to[0]].stage is not None and draw(st.booleans()):
        to.append(draw(st.sampled_from(others)))
    return Move(on, at=at, to=to, sentence="Goes on.", when=when, unless=unless)


def _condition(draw: st.DrawFn, asked: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """For which stages a rule asks: those that must be active, and those that must not."""
    if not asked or not draw(st.booleans()):
        return (), ()
    stages = (draw(st.sampled_from(asked)),)
    return (stages, ()) if draw(st.booleans()) else ((), stages)


def _beside(places: Places, name: str) -> list[str]:
    """The stages in other regions of the same room."""
    return [
        other
        for other, place in places.items()
        if place.stage is not None
        and place.room is places[name].room
        and place.region != places[name].region
    ]


def assembled(
    plans: Plans, rules: Sequence[Rule], views: Sequence[View] = (), name: str = "made_up"
) -> Lifecycle:
    """The lifecycle of these parts.

    Raises:
        InvalidLifecycle: If it has faults.
    """
    return Lifecycle(
        name,
        prospect=plans[Room.PROSPECT],
        customer=plans[Room.CUSTOMER],
        former=plans[Room.FORMER],
        rules=rules,
        views=views,
    )


def _sound(plans: Plans, rules: Sequence[Rule]) -> bool:
    try:
        assembled(plans, rules)
    except InvalidLifecycle:
        return False
    return True


def _reachable(plans: Plans, rules: Sequence[Rule], places: Places) -> Lifecycle:
    """A lifecycle with these rules, and a move for each stage that nothing leads to."""
    ways = map("way{}".format, count())
    while True:
        try:
            lifecycle = assembled(plans, rules)
            to_table(lifecycle)
        except InvalidLifecycle as error:
            rules = [*rules, _way(next(ways), error.faults[0].where, places)]
        else:
            return lifecycle


def _way(event: str, name: str, places: Places) -> Move:
    """A move to a place, from where there is certainly a way to come."""
    leaf = places[_first(places, name)]
    region = places[leaf.region or leaf.room.value]
    first = _first(places, region.name)
    inside = places[name].stage is not None and leaf.name != first
    at = region.children[0] if inside else _first(places, Room.PROSPECT.value)
    return Move(event, at=at, to=leaf.name, sentence="A way.")


def _first(places: Places, name: str) -> str:
    """The leaf that is entered first inside a place of one region."""
    while places[name].children:
        name = places[name].children[0]
    return name


def _view(draw: st.DrawFn, table: Table, number: int) -> View:
    """A view in which one region of each room speaks; the moves that happen are declared."""
    model: Any = Enum(f"Model{number}", [(letter, letter) for letter in "ABCD"])  # type: ignore[misc]  # its name is made up
    values = st.sampled_from([None, *model])
    of: dict[str, Enum | None] = {}
    for regions in table.lifecycle.places.regions.values():
        speaker = table.lifecycle.places.by_name[draw(st.sampled_from(regions))]
        of |= {leaf: draw(values) for leaf in speaker.leaves}

    def image(state: State) -> Enum | None:
        return next(of[stage] for stage in state.stages if stage in of)

    seen = [image(state) for state in table.states]
    moves = [
        (seen[here], seen[after])
        for here, arc in enumerate(table.arcs)
        for after in arc.values()
        if seen[here] is not seen[after]
    ]
    return View(model, of=of, moves=moves, sentence="A model that was made up.")
