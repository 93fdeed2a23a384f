"""What the rules of a lifecycle say, read naively: the chart and the table are held against it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Stay
from custlife.lifecycle.places import Places
from custlife.state import State

Answer = tuple[str, Move | Stay]
"""The place of a rule, and the rule."""


def handled_as(lifecycle: Lifecycle, event: Event) -> str:
    """The name by whose rules an event is handled: its own, or that of a class that it is one of.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from custlife import CUSTOMER_LIFECYCLE, Contacted
        >>> handled_as(CUSTOMER_LIFECYCLE, Contacted(at=datetime(2026, 1, 1, tzinfo=UTC)))
        'contacted'
    """
    named = {rule.on for rule in lifecycle.rules}
    names = [str(getattr(cls, "name", "")) for cls in type(event).mro()]
    return next((name for name in names if name in named), event.name)


def outcome(lifecycle: Lifecycle, state: State, event: str) -> State | None:
    """Where the rules lead from a state on an event, by reading them; None where they refuse it.

    Whatever forbids the event in the state refuses it. Else each region answers by the rule that
    is innermost. A move that leaves the room counts for all of it, but gives way to a move that
    is further inside. Where nothing answers, the event is refused.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> print(outcome(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("lost"), "engaged"))
        visitor
        >>> outcome(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("lost"), "departed") is None
        True
    """
    return _read(lifecycle, state, event)[0]


def taken(lifecycle: Lifecycle, state: State, event: str) -> tuple[Move | Stay, ...]:
    """The rules by which an event is answered in a state, by reading them: its moves, or its stays.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> lost = CUSTOMER_LIFECYCLE.state("lost")
        >>> [str(rule) for rule in taken(CUSTOMER_LIFECYCLE, lost, "engaged")]
        ['engaged: former -> visitor']
    """
    return _read(lifecycle, state, event)[1]


@lru_cache(maxsize=4096)
def _read(
    lifecycle: Lifecycle, state: State, event: str
) -> tuple[State | None, tuple[Move | Stay, ...]]:
    """Where the rules lead, and those that are taken, in the order of the lifecycle."""
    places = lifecycle.places
    answers = _answers(lifecycle, state, event)
    moves = {(place, rule) for place, rule in answers if isinstance(rule, Move)}
    for place, rule in moves:
        inner = any(place in places.by_name[other].within for other, _ in moves)
        if not inner and _leaves(places, place, rule):
            return _entered(places, rule.to), (rule,)
    regions = state.regions
    inside = [(place, rule) for place, rule in moves if not _leaves(places, place, rule)]
    for _, rule in inside:
        target = places.by_name[rule.to[0]]
        regions[target.region or ""] = places.entry(target.name)[0]
    after = places.state(tuple(regions.values())) if answers else None
    some = {rule for _, rule in inside or answers}
    return after, tuple(rule for rule in lifecycle.rules if rule in some)


def needs_complaint(lifecycle: Lifecycle, state: State, event: str) -> bool:
    """Whether the rules allow an event in a state only if a complaint can be answered.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> lost = CUSTOMER_LIFECYCLE.state("lost")
        >>> needs_complaint(CUSTOMER_LIFECYCLE, lost, "complaint_settled")
        True
    """
    answers = _answers(lifecycle, state, event)
    return any(isinstance(rule, Stay) and rule.answers_complaint for _, rule in answers)


def allowed_by_rules(
    lifecycle: Lifecycle, state: State, *, answerable: bool = True
) -> tuple[str, ...]:
    """The names of the events that the rules allow in a state, in the order of the lifecycle.

    Args:
        lifecycle: The lifecycle.
        state: The state.
        answerable: Whether a complaint is on record that can be answered.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> lost = CUSTOMER_LIFECYCLE.state("lost")
        >>> "lapsed" in allowed_by_rules(CUSTOMER_LIFECYCLE, lost)
        False
    """
    return tuple(
        name
        for name in lifecycle.events
        if outcome(lifecycle, state, name) is not None
        and (answerable or not needs_complaint(lifecycle, state, name))
    )


@lru_cache(maxsize=4096)
def _answers(lifecycle: Lifecycle, state: State, event: str) -> frozenset[Answer]:
    """The rules that answer an event in a state; none where it is forbidden."""
    asked = [rule for rule in lifecycle.rules if rule.on == event]
    if any(isinstance(rule, Forbid) and any(map(state.is_in, rule.at)) for rule in asked):
        return frozenset()
    return frozenset(
        answer
        for path in state.paths
        for answer in _innermost(lifecycle.places, state, path, asked)
    )


def _innermost(
    places: Places, state: State, path: tuple[str, ...], asked: Iterable[object]
) -> Iterator[Answer]:
    for place in dict.fromkeys((*reversed(path), state.room.value)):
        for rule in asked:
            if isinstance(rule, Move | Stay) and _stands(places, rule, place) and _may(rule, state):
                yield place, rule
                return


def _stands(places: Places, rule: Move | Stay, place: str) -> bool:
    """Whether a rule is at a place; a room's move into one of its regions is in that."""
    for name in rule.at:
        room = places.by_name[name].region is None
        inward = room and bool(rule.to) and not _leaves(places, name, rule)
        if place == (places.by_name[rule.to[0]].region if inward else name):
            return True
    return False


def _may(rule: Move | Stay, state: State) -> bool:
    return all(map(state.is_in, rule.when)) and not any(map(state.is_in, rule.unless))


def _leaves(places: Places, place: str, rule: Move | Stay) -> bool:
    """Whether a rule leads out of the room, or begins the whole room anew."""
    target = places.by_name[rule.to[0]]
    same_room = target.room is places.by_name[place].room
    return len(rule.to) > 1 or target.stage is None or not same_room


def _entered(places: Places, to: Sequence[str]) -> State:
    """The state on entering these places: named regions there, the others at their first stage."""
    room = places.by_name[to[0]].room
    leaves = dict(zip(places.regions[room], places.entry(room.value), strict=True))
    for name in to:
        place = places.by_name[name]
        if place.region is not None:
            leaves[place.region] = places.entry(name)[0]
    return places.state(tuple(leaves.values()))
