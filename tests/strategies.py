"""Hypothesis strategies for lifecycles and histories. They build valid values and filter none."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from attrs import field, frozen
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    EVENTS,
    Cause,
    Departed,
    Event,
    Forbid,
    Initiator,
    InvalidLifecycle,
    Lifecycle,
    Move,
    Purchased,
    Region,
    Room,
    Rule,
    Stage,
    Stay,
    Terminated,
    to_table,
)
from custlife.lifecycle.outline import outline

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
REACH = {"unreachable", "room_not_entered"}


@frozen(kw_only=True)
class Happened(Event):
    """Some event of a lifecycle that was made up."""

    initiator: Initiator = field(default=Initiator.CUSTOMER)


@cache
def event_class(name: str) -> type[Happened]:
    """An event class of this name."""
    return type(name, (Happened,), {"name": name, "__slots__": ()})


moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds
    timezones=st.just(UTC),
)
money = st.decimals(min_value=0, max_value=10**6, places=2)
gaps = st.one_of(
    st.just(timedelta(0)),
    st.integers(1, 400).map(lambda days: timedelta(days=days)),
    st.integers(1, 10**9).map(lambda micros: timedelta(microseconds=micros)),
)
channels = st.sampled_from([None, "shop", "web", "phone", "fax"])


@st.composite
def made(draw: st.DrawFn, name: str, at: datetime) -> Event:
    """An event of the default lifecycle by its name, with drawn fields."""
    common = {"at": at, "channel": draw(channels)}
    if name == Purchased.name:
        return Purchased(amount=draw(money), **common)
    if name == Departed.name:
        return Departed(
            cause=draw(st.sampled_from(Cause)),
            initiator=draw(st.sampled_from(Initiator)),
            to=draw(st.sampled_from([None, "Rival Ltd"])),
            inferred=draw(st.booleans()),
            sales_cost=draw(st.none() | money),
            deal_size=draw(st.none() | money),
            **common,
        )
    if name == Terminated.name:
        return Terminated(cause=draw(st.sampled_from(Cause)), **common)
    return {cls.name: cls for cls in EVENTS}[name](**common)


@st.composite
def histories(
    draw: st.DrawFn,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    max_size: int = 25,
    allow_rejected: bool = False,
) -> list[Event]:
    """Events in the order of time; legal ones unless rejected ones are allowed."""
    table = to_table(lifecycle)
    state = table.states[table.initial]
    at = draw(moments)
    events: list[Event] = []
    for gap in draw(st.lists(gaps, max_size=max_size)):
        at += gap
        allowed = table.allowed(state)
        choice = table.events if allow_rejected or not allowed else allowed
        crossing = [name for name in allowed if table.step(state, name).room is not state.room]
        name = draw(st.sampled_from([*choice, *crossing, *crossing]))
        if not allow_rejected and name not in allowed:
            break
        if lifecycle is CUSTOMER_LIFECYCLE:
            events.append(draw(made(name, at)))
        else:
            initiator = draw(st.sampled_from(Initiator))
            events.append(event_class(name)(at=at, initiator=initiator))
        if name in allowed:
            state = table.step(state, name)
    return events


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Valid lifecycles: random rooms, nested stages, regions, moves, stays and forbiddances.

    Rules are drawn one by one, and those that clash with earlier ones are left out. Then every
    stage that nothing leads to yet gets a move of its own.
    """
    names = (f"s{number}" for number in range(1000))
    rooms = {room.value: _room(draw, names, room) for room in Room}
    bare = _outline(rooms)
    places = list(bare)
    events = [f"e{number}" for number in range(draw(st.integers(1, 5)))]
    rules: list[Rule] = []
    for _ in range(draw(st.integers(2, 14))):
        rule = _rule(draw, events, places, bare)
        if not _faults(rooms, [*rules, rule]) - REACH:
            rules.append(rule)
    return _reachable(rooms, [*rules, *_cycle(bare)])


def _cycle(bare) -> list[Move]:
    """Ways to depart from both present rooms and to return into both, so that cycles happen."""
    prospect, customer, former = (room.value for room in Room)
    return [
        Move("left", at=[prospect, customer], to=former, sentence="Leaves."),
        Move("came_back", at=former, to=prospect, sentence="Returns."),
        Move("bought_again", at=former, to=customer, sentence="Returns and buys."),
        Move("bought", at=prospect, to=customer, sentence="Buys."),
    ]


def _room(draw, names, room: Room) -> list[Stage] | list[Region]:
    regions = draw(st.sampled_from([1, 1, 2, 3] if room is Room.CUSTOMER else [1, 1, 1, 2]))
    if regions == 1:
        return _stages(draw, names, 3, 2)
    return [
        Region(f"r_{next(names)}", "A region.", _stages(draw, names, 2, 1)) for _ in range(regions)
    ]


def _stages(draw, names, most: int, depth: int) -> list[Stage]:
    return [
        Stage(
            next(names),
            "A stage.",
            children=_stages(draw, names, 2, depth - 1)
            if depth and draw(st.sampled_from([False, False, True]))
            else (),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


def _outline(rooms):
    """The places of the rooms by name."""
    return outline({room: tuple(rooms[room.value]) for room in Room}).places


def _rule(draw, events: Sequence[str], places: Sequence[str], bare) -> Rule:
    at = draw(st.sampled_from(places))
    on = draw(st.sampled_from(events))
    kind = draw(st.sampled_from([Move, Move, Move, Stay, Forbid]))
    if kind is Forbid:
        return Forbid(on, at=at, sentence="Not here.")
    others = [
        name
        for name, place in bare.items()
        if place.stage is not None
        and place.room is bare[at].room
        and place.region != bare[at].region
    ]
    condition = {}
    if others and draw(st.booleans()):
        side = draw(st.sampled_from(["when", "unless"]))
        condition = {side: draw(st.sampled_from(others))}
    if kind is Stay:
        return Stay(on, at=at, sentence="No change.", **condition)
    to = [draw(st.sampled_from(places))]
    beside = [
        name
        for name, place in bare.items()
        if place.stage is not None
        and place.room is bare[to[0]].room
        and place.region != bare[to[0]].region
    ]
    if beside and bare[to[0]].stage is not None and draw(st.booleans()):
        to.append(draw(st.sampled_from(beside)))
    return Move(on, at=at, to=to, sentence="Goes on.", **condition)


def _faults(rooms, rules) -> set[str]:
    try:
        Lifecycle("made_up", **rooms, rules=rules)
    except InvalidLifecycle as error:
        return {fault.code for fault in error.faults}
    return set()


def _reachable(rooms, rules: list[Rule]) -> Lifecycle:
    bare = _outline(rooms)
    number = 0
    while True:
        try:
            lifecycle = Lifecycle("made_up", **rooms, rules=rules)
            to_table(lifecycle)
        except InvalidLifecycle as error:
            fault = error.faults[0]
            rules = [*rules, _way(f"way{number}", fault.where, bare)]
            number += 1
        else:
            return lifecycle


def _way(event: str, name: str, bare) -> Move:
    """A move to a place from where there is certainly a way."""
    place = bare[name]
    first = Room.PROSPECT.value
    while bare[first].children:
        first = bare[first].children[0]
    leaf = name
    while bare[leaf].children:
        leaf = bare[leaf].children[0]
    target = bare[leaf]
    region_first = bare[target.region].children[0]
    inside = place.stage is not None and leaf not in _entry(bare, target.region)
    at = region_first if inside else first
    return Move(event, at=at, to=leaf, sentence="A way.")


def _entry(bare, name: str) -> list[str]:
    chain = [name]
    while bare[chain[-1]].children:
        chain.append(bare[chain[-1]].children[0])
    return chain
