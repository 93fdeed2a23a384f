"""Going through a graph: the shortest way to break a requirement, and what can go on for ever."""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from attrs import define

from custlife.testing.requirements.graph import Graph


class Status(Enum):
    """What becomes of a requirement.

    Examples:
        >>> Status.HOLDS.value
        'holds'
    """

    HOLDS = "holds"
    """No history breaks it."""
    VIOLATED = "violated"
    """A history breaks it, or something is impossible that it asks for."""
    VACUOUS = "vacuous"
    """It says nothing: what it is about never comes about, or no rule could break it."""
    UNDECIDED = "undecided"
    """It cannot be decided by what a lifecycle or a table knows."""


class Outcome(NamedTuple):
    """What was found, and the way that shows it.

    Attributes:
        status: What becomes of the requirement.
        because: Why, in words.
        way: The numbers of the nodes of the history that shows it; none where there is none.
        events: The events of that history.
        refused: The event that is refused at its end, if that is what is wrong.
    """

    status: Status
    because: str = ""
    way: tuple[int, ...] = ()
    events: tuple[str, ...] = ()
    refused: str | None = None


class Problem(NamedTuple):
    """What is wrong, and the event that is refused, if that is what is wrong."""

    because: str
    refused: str | None = None


Memory = Hashable
"""What is kept of the history so far; None before the beginning."""
Step = Callable[[Any, int | None, str | None, int], "Memory | Problem"]
"""What is kept after a step, or what is wrong with it: from what was kept, the node before, the
event, and the node after. The first node is reached from None by None."""


@define(eq=False)
class Watch:
    """Looks at each step of a history, and says what is wrong.

    Attributes:
        step: Looks at one step.
        silent: Why the requirement says nothing, if what it is about never comes about.
        touched: Whether that has come about; `step` sets it.
    """

    step: Step
    silent: str
    touched: bool = False


At = tuple[int, Memory]
"""A node, and what is kept there."""
Came = dict[At, tuple[At, str] | None]
"""How each place was reached first."""


def search(graph: Graph, watch: Watch, *, doubtful: bool = True) -> Outcome | None:
    """The shortest history in which something is wrong; None where there is none.

    Args:
        graph: The graph.
        watch: What looks at it.
        doubtful: Whether to take steps that perhaps cannot happen.
    """
    kept = watch.step(None, None, None, 0)
    if isinstance(kept, Problem):
        return Outcome(Status.VIOLATED, kept.because, (0,), (), kept.refused)
    first: At = (0, kept)
    came: Came = {first: None}
    todo = deque(came)
    while todo:
        at = todo.popleft()
        number, memory = at
        for event, after in graph.arcs[number]:
            if not doubtful and (number, event, after) in graph.doubtful:
                continue
            kept = watch.step(memory, number, event, after)
            if isinstance(kept, Problem):
                way, events = _back(came, at)
                way, events = (*way, after), (*events, event)
                return Outcome(Status.VIOLATED, kept.because, way, events, kept.refused)
            there = (after, kept)
            if there not in came:
                came[there] = (at, event)
                todo.append(there)
    return None


def _back(came: Came, at: At) -> tuple[tuple[int, ...], tuple[str, ...]]:
    way, events = [at[0]], list[str]()
    while (step := came[at]) is not None:
        at, event = step
        way.append(at[0])
        events.append(event)
    return tuple(way[::-1]), tuple(events[::-1])


def decided(graph: Graph, watch: Callable[[], Watch]) -> Outcome:
    """What becomes of a requirement that a watch can see broken.

    Args:
        graph: The graph.
        watch: Makes a watch.
    """
    looking = watch()
    found = search(graph, looking)
    if found is not None and graph.doubtful:
        found = search(graph, watch(), doubtful=False) or unsure()
    return found or silent_or_held(graph, looking)


def silent_or_held(graph: Graph, looking: Watch) -> Outcome:
    """What becomes of a requirement that nothing breaks."""
    if not graph.is_complete:
        why = "there are more states with their counts than are gone through; ask for fewer counts"
        return Outcome(Status.UNDECIDED, why)
    if not looking.touched:
        return Outcome(Status.VACUOUS, looking.silent)
    return Outcome(Status.HOLDS)


def unsure() -> Outcome:
    """What becomes of a requirement that perhaps nothing can break."""
    why = "only a history in which very many complaints are open at once could break it"
    return Outcome(Status.UNDECIDED, why)


def can_reach(graph: Graph, goal: Collection[int]) -> frozenset[int]:
    """The nodes from which a goal can be reached, the goal itself included."""
    before: dict[int, list[int]] = {}
    for number, arcs in enumerate(graph.arcs):
        for _, after in arcs:
            before.setdefault(after, []).append(number)
    found = set(goal)
    todo = list(goal)
    while todo:
        for number in before.get(todo.pop(), ()):
            if number not in found:
                found.add(number)
                todo.append(number)
    return frozenset(found)


def waiting_for_ever(
    graph: Graph, watch: Watch, goal: Collection[str], fair: Collection[str]
) -> Outcome | None:
    """The shortest history after which something that is due may never come; None if it must come.

    It may never come where a circle of steps leaves it due, and no fair event must lead out of the
    circle; where nothing leads to it; or where no event is allowed any more.

    Args:
        graph: The graph.
        watch: Keeps whether something is due.
        goal: The events that it comes with, even where it is due again at once.
        fair: The events that happen at some time in a state where they are possible again and
            again.
    """
    came, arcs = _walk(graph, watch)
    due: Ways = {
        at: [(event, None if event in goal or there[1] is None else there) for event, there in ways]
        for at, ways in arcs.items()
        if at[1] is not None
    }
    stuck = {at for at in due if graph.ends(at[0])} | _circles(due, fair)
    if not stuck:
        return None
    if graph.doubtful:
        unsure_of = {number for number, _, _ in graph.doubtful}
        sure = {at: ways for at, ways in due.items() if at[0] not in unsure_of}
        stuck = {at for at in sure if graph.ends(at[0])} | _circles(sure, fair) | _hopeless(due)
        came, _ = _walk(graph, watch, without=graph.doubtful)
    end = next((at for at in came if at in stuck), None)
    if end is None:
        return unsure()
    way, events = _back(came, end)
    inside = dict.fromkeys(event for event, there in due[end] if there in stuck)
    ever = " or ".join(inside)
    why = f"then {ever} can go on for ever" if ever else "then nothing is allowed any more"
    return Outcome(Status.VIOLATED, why, way, events)


def _walk(
    graph: Graph, watch: Watch, without: Collection[tuple[int, str, int]] = ()
) -> tuple[Came, dict[At, list[tuple[str, At]]]]:
    """How each place is reached first, and the steps from it, but for some."""
    first: At = (0, watch.step(None, None, None, 0))
    came: Came = {first: None}
    arcs: dict[At, list[tuple[str, At]]] = {}
    todo = deque(came)
    while todo:
        at = todo.popleft()
        arcs[at] = [
            (event, (after, watch.step(at[1], at[0], event, after)))
            for event, after in graph.arcs[at[0]]
            if (at[0], event, after) not in without
        ]
        for event, there in arcs[at]:
            if there not in came:
                came[there] = (at, event)
                todo.append(there)
    return came, arcs


def _hopeless(due: "Ways") -> set[At]:
    """The places from which nothing leads to what is due."""
    before: dict[At | None, list[At]] = {}
    for at, ways in due.items():
        for _, there in ways:
            before.setdefault(there, []).append(at)
    left, todo = set(due), [*before.get(None, ())]
    while todo:
        at = todo.pop()
        if at in left:
            left.remove(at)
            todo += before.get(at, ())
    return left


Ways = Mapping[At, list[tuple[str, At | None]]]
"""The steps from each place; to None where what was due comes."""


def _circles(arcs: Ways, fair: Collection[str]) -> set[At]:
    """The places where one can go round for ever, and no fair event must lead out.

    An event that can lead to several places, for what it carries, does not have to lead out.
    """
    found: set[At] = set()
    todo = [set(arcs)]
    while todo:
        for circle in _strongly_connected(todo.pop(), arcs):
            inside = {at: {event for event, to in arcs[at] if to in circle} for at in circle}
            if not any(inside.values()):
                continue
            leaks = {
                at
                for at in circle
                if any(event in fair and event not in inside[at] for event, _ in arcs[at])
            }
            if leaks:
                todo.append(circle - leaks)
            else:
                found |= circle
    return found


def _strongly_connected(places: set[At], arcs: Ways) -> Iterator[set[At]]:
    """The places that can be reached from each other (after Kosaraju)."""
    before: dict[At | None, list[At]] = {}
    for at in places:
        for _, there in arcs[at]:
            before.setdefault(there, []).append(at)
    left = set(places)
    for start in _finished(places, arcs):
        group, todo = set[At](), [start]
        while todo:
            at = todo.pop()
            if at in left:
                left.discard(at)
                group.add(at)
                todo += before.get(at, ())
        if group:
            yield group


def _finished(places: set[At], arcs: Ways) -> list[At]:
    """The places in the order in which a walk in depth leaves them, the last first."""
    order: list[At] = []
    seen: set[At] = set()
    for start in places:
        path = [] if start in seen else [(start, iter(arcs[start]))]
        seen.add(start)
        while path:
            at, left = path[-1]
            after = next((to for _, to in left if to in places and to not in seen), None)
            if after is None:
                order.append(at)
                path.pop()
            else:
                seen.add(after)
                path.append((after, iter(arcs[after])))
    return order[::-1]
