"""What a requirement says of where a customer stands, and of what happens: names made sets.

A name is checked against the lifecycle here, and what it means is found out once: the nodes of a
graph where it is true, or the names of events.
"""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from enum import Enum, IntEnum
from functools import reduce
from typing import Any, TypeGuard

from attrs import define, frozen

from custlife.decisions.evidence import facts_of as facts_read
from custlife.decisions.predicates import Comparison, Predicate, words
from custlife.errors import CustlifeError, listed, shown
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room, State
from custlife.testing.requirements.graph import TRACKED, UNTRACKED, Graph, plain_rooms, regions_of

Where = str | Room | State | Enum | Predicate | Iterable[Any]
"""Where a customer is: the name of a stage, region or room; several names joined by ``+``, which
all hold; a `Room`, a `State` or a value of a view; a predicate of facts; or several of these, of
which one holds."""
On = str | type[Event] | Iterable[str | type[Event]]
"""What happens: an event's name or class, or several, of which one happens."""


@define(eq=False, slots=False)
class InvalidRequirement(CustlifeError):
    """A requirement that cannot be checked: it names what is not there.

    Attributes:
        requirement: The requirement, in words.
        problem: What is wrong, what there is, and what to do.
    """

    requirement: str
    problem: str

    def __str__(self) -> str:
        return f"The requirement '{self.requirement}' cannot be checked: {self.problem}"


class Misnamed(Exception):
    """A condition names what is not there; the text says what, and what there is."""


class Undecidable(Exception):
    """A condition reads what a lifecycle does not know; the text says what, and why."""


def parts(condition: object) -> tuple[Any, ...]:
    """A condition as one of several, of which one holds."""
    if isinstance(condition, Iterable) and not isinstance(condition, str | type | Enum):
        return tuple(condition)
    return (condition,)


def is_predicate(condition: object) -> TypeGuard[Predicate]:
    """Whether a condition is a predicate of facts."""
    return hasattr(condition, "holds") and hasattr(condition, "atoms")


def said(condition: object) -> str:
    """A condition in words.

    Examples:
        >>> from custlife import Purchased, is_
        >>> said(["buyer+content", Purchased, is_("cycle", 2)])
        'buyer+content, purchased or cycle is 2'
    """
    names = [_said(part) for part in parts(condition)] or ["nothing"]
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _said(part: Any) -> str:  # noqa: ANN401 - see Where
    if isinstance(part, type) and issubclass(part, Event):
        return part.name
    if isinstance(part, Room):
        return part.value
    if isinstance(part, Enum):
        return f"{type(part).__name__} {words(part)}"
    return str(part)


@frozen
class Meaning:
    """What a condition means in a graph.

    Attributes:
        nodes: The nodes where it is true.
        events: The events that make it true when they happen.
    """

    nodes: frozenset[int] = frozenset()
    events: frozenset[str] = frozenset()

    def __or__(self, other: "Meaning") -> "Meaning":
        return Meaning(self.nodes | other.nodes, self.events | other.events)

    def __bool__(self) -> bool:
        return bool(self.nodes or self.events)


def events_of(lifecycle: Lifecycle, on: object) -> frozenset[str]:
    """The names of events.

    Raises:
        Misnamed: If the lifecycle has no such event, or none is named.
    """
    if not parts(on):
        raise Misnamed("it is about no event; name one.")
    return frozenset(_event(lifecycle, part) for part in parts(on))


def _event(lifecycle: Lifecycle, on: Any) -> str:  # noqa: ANN401 - see On
    name = on.name if isinstance(on, type) and issubclass(on, Event) else on
    if name not in lifecycle.events:
        raise Misnamed(missing("event", name, lifecycle.events))
    return lifecycle.events[lifecycle.events.index(name)]


def nodes_of(graph: Graph, where: object) -> frozenset[int]:
    """The nodes where a condition is true; all where there is none.

    Raises:
        Misnamed: If the lifecycle has no such place, view or fact.
        Undecidable: If a fact follows from what events carry.
    """
    every = range(len(graph.nodes))
    if where is None:
        return frozenset(every)
    tests = [_test(graph, part) for part in parts(where)]
    return frozenset(number for number in every if any(test(number) for test in tests))


def meaning_of(graph: Graph, when: object) -> Meaning:
    """What a condition means that may be about events, too: a name is an event's or a place's.

    Raises:
        Misnamed: If a name is neither or both, or as in `nodes_of`.
        Undecidable: As in `nodes_of`.
    """
    return reduce(Meaning.__or__, (_meaning(graph, part) for part in parts(when)), Meaning())


def free(graph: Graph, ended: Meaning) -> Meaning:
    """The nodes and the events outside a meaning; nothing where no step is wholly outside."""
    nodes = frozenset(range(len(graph.nodes))) - ended.nodes
    events = frozenset(graph.lifecycle.events) - ended.events
    return Meaning(nodes, events) if nodes and events else Meaning()


def _meaning(graph: Graph, part: Any) -> Meaning:  # noqa: ANN401 - see Where and On
    lifecycle = graph.lifecycle
    if isinstance(part, type):
        return Meaning(events=events_of(lifecycle, part))
    events, places = lifecycle.events, lifecycle.places.by_name
    plain = isinstance(part, str) and not isinstance(part, Enum) and "+" not in part
    if not plain or (part in places and part not in events):
        return Meaning(nodes=nodes_of(graph, part))
    if part in places:
        region = regions_of(lifecycle).get(part)
        place = f"a list of {listed(region)}" if region else f"is_({part!r}, True)"
        raise Misnamed(
            f"{part!r} is both an event and a place. Give a class of events with that name for the "
            f"event, or {place} for the place."
        )
    if part not in events:
        raise Misnamed(missing("event or place", part, (*events, *places)))
    return Meaning(events=frozenset({part}))


def is_structural(lifecycle: Lifecycle, conditions: Iterable[object]) -> bool:
    """Whether conditions are about events, stages, regions and rooms: what no rule can change."""
    facts = {*lifecycle.places.by_name, "room"}

    def structural(part: Any) -> bool:  # noqa: ANN401 - see Where and On
        if is_predicate(part):
            return all(facts.issuperset(facts_read(atom)) for atom in part.atoms())
        plain = isinstance(part, Room) or not isinstance(part, Enum)
        return plain and isinstance(part, str | Room | State | type | None)

    return all(structural(part) for condition in conditions for part in parts(condition))


def counted_by(lifecycle: Lifecycle, conditions: Iterable[object]) -> dict[str, int]:
    """The facts of the record that conditions read, each with where its count can end.

    A place of the lifecycle comes before a fact of the record with its name.

    Raises:
        Undecidable: If a fact follows from what events carry, or two counts are compared.
    """
    found: dict[str, int] = {}
    for condition in conditions:
        for part in parts(condition):
            for atom in part.atoms() if is_predicate(part) else ():
                for name in facts_read(atom):
                    if name in lifecycle.places.by_name:
                        continue
                    _require_counted(name, atom)
                    if name in TRACKED:
                        found[name] = max(found.get(name, 0), _end(atom))
    return found


def _require_counted(name: str, atom: object) -> None:
    if name in UNTRACKED:
        raise Undecidable(
            f"{name} follows from what events carry, such as amounts and times, and a lifecycle "
            f"knows the names of events only"
        )
    if name in TRACKED and not (isinstance(atom, Comparison) and atom.other is None):
        raise Undecidable(
            f"'{atom}' does not hold {name} against a number, so its count has no end"
        )


def _end(atom: object) -> int:
    limit = getattr(atom, "limit", None)
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise Misnamed(f"'{atom}' holds a count against {shown(limit)}; give a whole number.")
    return max(limit, 0) + 1


def _test(graph: Graph, where: Any) -> Callable[[int], bool]:  # noqa: ANN401 - see Where
    lifecycle = graph.lifecycle
    if isinstance(where, Room):
        return lambda number: graph.state(number).room is where
    if isinstance(where, State):
        if where not in lifecycle.states:
            raise Misnamed(missing("state", str(where), tuple(map(str, lifecycle.states))))
        return lambda number: graph.state(number) == where
    if isinstance(where, Enum):
        view = next((view for view in lifecycle.views if view.model is type(where)), None)
        if view is None:
            views = [view.name for view in lifecycle.views]
            raise Misnamed(f"there is no view {type(where).__name__}; there is {listed(views)}.")
        return lambda number: graph.table.view(graph.state(number), view.model) is where
    if is_predicate(where):
        _check(lifecycle, where)
        return lambda number: where.holds(graph.facts(number)) is True
    if not isinstance(where, str):
        remedy = "give a place's name, a Room, a State, a value of a view or a predicate."
        raise Misnamed(f"{shown(where)} is no place; {remedy}")
    names = where.split("+")
    for name in names:
        if name not in lifecycle.places.by_name:
            raise Misnamed(missing("stage, region or room", name, tuple(lifecycle.places.by_name)))
    return lambda number: all(map(graph.state(number).is_in, names))


def _check(lifecycle: Lifecycle, predicate: Predicate) -> None:
    """Raise if a predicate reads what is no fact, or holds a fact against what it never is."""
    regions = regions_of(lifecycle)
    views = {view.name: tuple(view.model) for view in lifecycle.views}
    flags = dict.fromkeys((n for n in lifecycle.places.by_name if n not in regions), (True, False))
    values: dict[str, tuple[object, ...]] = {**flags, **views, **regions, "room": tuple(Room)}
    for atom in predicate.atoms():
        if not facts_read(atom):
            raise Misnamed(f"'{atom}' does not say which facts it reads; give it 'facts'.")
        for name in facts_read(atom):
            if name not in values and name not in TRACKED:
                raise Misnamed(missing("fact", name, (*values, *TRACKED)))
        if isinstance(atom, Comparison) and values.keys() & {*atom.facts}:
            choices = values.get(atom.fact, ())
            ordered = atom.sign not in ("is", "is not") and not isinstance(atom.limit, IntEnum)
            if ordered or atom.other is not None:
                remedy = "Name the places, or use is_ and is_not."
                raise Misnamed(f"'{atom}' compares what has no order. {remedy}")
            if atom.limit not in choices:
                texts = [*map(as_code, choices)]
                raise Misnamed(f"{atom.fact} is never {shown(atom.limit)}; it is {listed(texts)}.")


def as_code(value: object) -> str:
    """A value as code says it.

    Examples:
        >>> as_code(Room.FORMER), as_code(True)
        ('Room.FORMER', 'True')
    """
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def missing(what: str, name: object, known: Iterable[str]) -> str:
    """A sentence for a name that is not there: what there is, and the nearest name."""
    names = [*known]
    near = get_close_matches(str(name), names, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"there is no {what} {shown(name)}; there is {listed(names)}.{hint}"


def aspects(lifecycle: Lifecycle) -> Iterator[str]:
    """What can be kept or can rise and fall: regions and rooms without any, views, and counts."""
    yield from (*regions_of(lifecycle), *plain_rooms(lifecycle))
    yield from (*(view.name for view in lifecycle.views), "room", *TRACKED)
