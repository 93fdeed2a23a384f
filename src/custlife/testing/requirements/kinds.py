"""Requirements of single states and steps: what is always and never, what events keep or raise.

What each means in a graph is said once, here, by what it watches for.
"""

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen
from attrs.converters import optional

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.errors import listed
from custlife.lifecycle.parts import several
from custlife.state import Room
from custlife.testing.requirements.conditions import (
    Meaning,
    Misnamed,
    aspects,
    events_of,
    free,
    meaning_of,
    missing,
    nodes_of,
    said,
)
from custlife.testing.requirements.engine import (
    Outcome,
    Problem,
    Status,
    Watch,
    can_reach,
    decided,
)
from custlife.testing.requirements.graph import (
    CYCLE,
    TRACKED,
    WAITING,
    Graph,
    plain_rooms,
    regions_of,
    stage_of,
)
from custlife.testing.requirements.requirement import (
    Requirement,
    at_said,
    called,
    condition,
    events_said,
    if_said,
    moved,
    unreached,
    whole_said,
)


@frozen(kw_only=True)
class Always(Requirement):
    """What is true in every state, or of every step."""

    what: object = condition()
    on: object = condition()
    at: object = condition()
    to: object = condition()
    when: object = None

    def _decide(self, graph: Graph) -> Outcome:
        of = self._of_steps if self.what is None else self._of_states
        return decided(graph, lambda: of(graph))

    def _is_certain(self, graph: Graph) -> bool:
        if self.what is not None:
            return not self._wrong(graph)
        return self.on is None and len(nodes_of(graph, self.to)) == len(graph.nodes)

    def _wrong(self, graph: Graph) -> frozenset[int]:
        """The nodes that break it, where it is about states."""
        return nodes_of(graph, self.at) - nodes_of(graph, self.what)

    @property
    def _verb(self) -> str:
        return "not true"

    def _of_states(self, graph: Graph) -> Watch:
        at, wrong = nodes_of(graph, self.at), self._wrong(graph)

        def step(_: object, _before: object, _event: object, after: int) -> Problem | None:
            watch.touched |= after in at
            if after not in wrong:
                return None
            return Problem(f"in {graph.state(after)} it is {self._verb}: {said(self.what)}")

        watch = Watch(step, unreached(self.at))
        return watch

    def _of_steps(self, graph: Graph) -> Watch:
        at, to = nodes_of(graph, self.at), nodes_of(graph, self.to)
        events = events_of(graph.lifecycle, graph.lifecycle.events if self.on is None else self.on)
        needed = () if self.on is None else sorted(events)

        def step(_: object, before: int | None, event: str | None, after: int) -> Problem | None:
            happens = before in at and event in events
            watch.touched |= happens
            if happens and after not in to:
                return Problem(f"{moved(graph, before, event, after)}, not to {said(self.to)}")
            if after not in at:
                return None
            refused = next((name for name in needed if not graph.allows(after, name)), None)
            if refused is None:
                return None
            return Problem(f"{refused!r} is refused in {graph.state(after)}", refused)

        never = f"{events_said(self.on)} never happens{at_said(self.at)}"
        watch = Watch(step, unreached(self.at) if needed else never)
        return watch

    def __str__(self) -> str:
        if self.what is not None:
            return f"always {said(self.what)}{at_said(self.at)}{if_said(self.when)}"
        what = "every event" if self.on is None else said(self.on)
        verb = "is always allowed" if self.to is None else f"always leads to {said(self.to)}"
        return f"{what}{at_said(self.at)} {verb}"


@frozen(kw_only=True)
class Never(Always):
    """What is true in no state, or of no step."""

    def _wrong(self, graph: Graph) -> frozenset[int]:
        return nodes_of(graph, self.at) & nodes_of(graph, self.what)

    def _is_certain(self, graph: Graph) -> bool:
        if self.what is not None:
            return not self._wrong(graph)
        return not nodes_of(graph, self.to)

    @property
    def _verb(self) -> str:
        return "true"

    def _of_steps(self, graph: Graph) -> Watch:
        at, to = nodes_of(graph, self.at), nodes_of(graph, self.to)
        events = events_of(graph.lifecycle, graph.lifecycle.events if self.on is None else self.on)

        def step(_: object, before: int | None, event: str | None, after: int) -> Problem | None:
            happens = before in at and event in events
            watch.touched |= happens or (self.to is None and after in at)
            if not happens or after not in to:
                return None
            if self.to is None:
                return Problem(f"{event!r} is allowed in {graph.state(before or 0)}")
            return Problem(moved(graph, before, event, after))

        never = f"{events_said(self.on)} never happens{at_said(self.at)}"
        watch = Watch(step, unreached(self.at) if self.to is None else never)
        return watch

    def __str__(self) -> str:
        if self.what is not None:
            return f"never {said(self.what)}{at_said(self.at)}{if_said(self.when)}"
        verb = "is never allowed" if self.to is None else f"never leads to {said(self.to)}"
        return f"{events_said(self.on)}{at_said(self.at)} {verb}"


@frozen(kw_only=True)
class EventuallyPossible(Requirement):
    """What can still be reached from every state."""

    goal: object = condition()
    at: object = condition()

    def _decide(self, graph: Graph) -> Outcome:
        goal, at = meaning_of(graph, self.goal), nodes_of(graph, self.at)
        every = range(len(graph.nodes))
        ends = {n for n in every if any(graph.allows(n, event) for event in goal.events)}
        reaching = can_reach(graph, {*goal.nodes, *ends, *every[graph.searched :]})
        if at and at <= goal.nodes and graph.is_complete:
            return Outcome(
                Status.VACUOUS, f"every state in {whole_said(self.at)} is {said(self.goal)}"
            )

        def step(_: object, _before: object, _event: object, after: int) -> Problem | None:
            watch.touched |= after in at
            if after not in at or after in reaching:
                return None
            return Problem(f"from {graph.state(after)} nothing leads to {said(self.goal)}")

        watch = Watch(step, unreached(self.at))
        return decided(graph, lambda: watch)

    def __str__(self) -> str:
        return f"{said(self.goal)} stays possible{at_said(self.at, 'from')}"


@frozen(kw_only=True)
class StaysUntil(Requirement):
    """What lasts until something ends it."""

    state: object = condition()
    until: object = condition()

    def _decide(self, graph: Graph) -> Outcome:
        return decided(graph, lambda: self._watch(graph))

    def _watch(self, graph: Graph) -> Watch:
        inside, until = nodes_of(graph, self.state), meaning_of(graph, self.until)

        def step(_: object, before: int | None, event: str | None, after: int) -> Problem | None:
            watch.touched |= after in inside
            stays = before not in inside or after in inside
            if stays or event in until.events or after in until.nodes:
                return None
            return Problem(moved(graph, before, event, after))

        watch = Watch(step, unreached(self.state))
        return watch

    def _is_certain(self, graph: Graph) -> bool:
        inside, until = nodes_of(graph, self.state), meaning_of(graph, self.until)
        return not free(graph, Meaning(inside) | until)

    def __str__(self) -> str:
        return f"{said(self.state)} stays until {said(self.until)}"


@frozen(kw_only=True)
class Preserves(Requirement):
    """What events leave as it is."""

    on: object = condition()
    aspect: object = None
    at: object = condition()

    def _decide(self, graph: Graph) -> Outcome:
        return decided(graph, lambda: self._watch(graph))

    def _watch(self, graph: Graph) -> Watch:
        events, at = events_of(graph.lifecycle, self.on), nodes_of(graph, self.at)
        name = None if self.aspect is None else _aspect(graph, self.aspect)

        def step(_: object, before: int | None, event: str | None, after: int) -> Problem | None:
            if before is None or before not in at or event is None or event not in events:
                return None
            problem = self._wrong(graph, name, before, event, after)
            watch.touched |= problem is not _SILENT
            if problem is None or problem is _SILENT:
                return None
            return Problem(f"{moved(graph, before, event, after)}{problem}")

        watch = Watch(step, self._silent)
        return watch

    @property
    def _silent(self) -> str:
        return f"{events_said(self.on)} never happens{at_said(self.at)}"

    def _wrong(
        self, graph: Graph, name: str | None, before: int, event: str, after: int
    ) -> str | None:
        """What is wrong with a step; silence where there is nothing to compare."""
        if name is None:
            return "" if graph.state(before) != graph.state(after) else None
        one, other = graph.compared(name, before, event, after)
        return None if one == other else f": {name} turns from {words(one)} into {words(other)}"

    def _is_certain(self, graph: Graph) -> bool:
        name = None if self.aspect is None else _aspect(graph, self.aspect)
        if name in TRACKED:
            return name not in (CYCLE, WAITING)
        if name in [view.name for view in graph.lifecycle.views]:
            return False

        def values(numbers: Iterable[int]) -> Iterable[int]:
            """One node for each value."""
            return {graph.facts(n)[name] if name else n: n for n in numbers}.values()

        every = values(range(len(graph.nodes)))
        return all(
            self._wrong(graph, name, before, "", after) in (None, _SILENT)
            for before in values(nodes_of(graph, self.at))
            for after in every
        )

    def __str__(self) -> str:
        what = "the state" if self.aspect is None else called(self.aspect)
        return f"{events_said(self.on)}{at_said(self.at)} preserves {what}"


_ORDER = _checks.Check(
    lambda value: value and all(value.count(one) == 1 for one in value),
    "one or more values, each once",
    "Name them from low to high.",
)


@frozen(kw_only=True)
class Monotone(Preserves):
    """What events never lower, or never raise."""

    order: Any = field(default=None, converter=optional(several), validator=_ORDER.or_none)
    falling: bool = field(default=False, validator=_checks.flag)
    when: object = None

    def _decide(self, graph: Graph) -> Outcome:
        if self.aspect is None:
            raise Misnamed("of a lifecycle, name the region, room, view or count that it is about.")
        known = self._values(graph, _aspect(graph, self.aspect))
        for value in self.order or ():
            if value not in known:
                what = f"{called(self.aspect)} is never {words(value)}"
                there = f"it is {listed([*map(words, known)])}" if known else "it is a number"
                raise Misnamed(f"{what}; {there}.")
        return super()._decide(graph)

    @property
    def _silent(self) -> str:
        what = f"{called(self.aspect)} has a value before and after it"
        return f"{events_said(self.on)} never happens{at_said(self.at)} where {what}"

    def _wrong(
        self, graph: Graph, name: str | None, before: int, event: str, after: int
    ) -> str | None:
        one, other = graph.compared(name or "", before, event, after)
        order = [*(self.order or self._values(graph, name or ""))]
        if order and not {one, other} <= {*order}:
            return _SILENT
        ranks: list[Any] = [order.index(value) if order else value for value in (one, other)]
        low, high = reversed(ranks) if self.falling else ranks
        verb = "rises" if self.falling else "falls"
        return None if low <= high else f": {name} {verb} from {words(one)} to {words(other)}"

    def _is_certain(self, graph: Graph) -> bool:
        return (self.aspect == CYCLE and not self.falling) or super()._is_certain(graph)

    def _values(self, graph: Graph, name: str) -> tuple[object, ...]:
        """The values of what is compared, from low to high; none of a count."""
        views = {view.name: tuple(view.model) for view in graph.lifecycle.views}
        rooms = {stage_of(room): known for room, known in plain_rooms(graph.lifecycle).items()}
        known = {"room": tuple(Room), **views, **rooms, **regions_of(graph.lifecycle)}
        return known.get(name, ())

    def __str__(self) -> str:
        if self.aspect is None:
            verb = "falls" if self.falling else "rises"
            answer = f"the answer never goes back in {said(self.order)}"
            return f"as {events_said(self.on)} {verb}, {answer}{if_said(self.when)}"
        verb = "raises" if self.falling else "lowers"
        return f"{events_said(self.on)}{at_said(self.at)} never {verb} {called(self.aspect)}"


_SILENT = "nothing to compare"


def _aspect(graph: Graph, what: Any) -> str:  # noqa: ANN401 - see preserves
    """The name of the fact that is compared."""
    name = "room" if what is Room else called(what)
    known = tuple(aspects(graph.lifecycle))
    if name not in known:
        raise Misnamed(missing("region, room, view or count", name, known))
    return stage_of(name) if name in plain_rooms(graph.lifecycle) else name
