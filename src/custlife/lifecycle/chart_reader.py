"""A lifecycle out of a user's own state chart class.

Reads the structure of the class: states, transitions, and guards that ask which states are
active. Callbacks that act (enter, exit, on, before, after) are no part of a lifecycle; they stay
with the class.
"""

import ast
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from attrs import evolve, field, frozen

from custlife.errors import DataGuard, Fault, InvalidArgument, InvalidLifecycle
from custlife.events import snake
from custlife.lifecycle._chart import Chart, boolean_operators, own_lifecycle
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Move, Region, Rule, Stage, Stay, View, several
from custlife.lifecycle.places import MOST_LEVELS, Place, Places, places_of, too_large
from custlife.sources import Source
from custlife.state import Room, State

Condition = ast.expr
"""A guard as an expression of ``In('...')``, ``and``, ``or`` and ``not``."""


def from_chart(chart: type[Chart], *, views: Iterable[View] = ()) -> Lifecycle:
    """Read a lifecycle out of a python-statemachine class that has the three rooms.

    The top-level states must be ``prospect`` (initial), ``customer`` and ``former``; each is a
    compound state, or a parallel state whose regions are compound. Guards may ask only which
    states are active: ``cond="In('in_conflict')"``. An event that the class would swallow because
    no transition answers it is refused by the lifecycle.

    Args:
        chart: The class; one that `to_chart` generated gives back its own lifecycle.
        views: The views of the lifecycle; a generated class has those of its lifecycle already.

    Raises:
        InvalidArgument: If it is no state chart class.
        DataGuard: If a guard or validator looks at anything else than active states.
        InvalidLifecycle: If the class has no three rooms, or uses what a lifecycle has not
            (history states, transitions without an event, parallel states inside stages), or
            has a transition that can never be taken.

    Examples:
        >>> from statemachine import State, StateChart
        >>> class Club(StateChart):
        ...     class prospect(State.Compound, initial=True):
        ...         guest = State(initial=True)
        ...     class customer(State.Compound):
        ...         member = State(initial=True)
        ...     class former(State.Compound):
        ...         gone = State(initial=True)
        ...     joined = prospect.to(customer)
        ...     left = customer.to(former)
        ...     returned = former.to(customer)
        >>> club = from_chart(Club)
        >>> [str(rule) for rule in club.rules]
        ['joined: prospect -> customer', 'left: customer -> former', 'returned: former -> customer']
    """
    if not isinstance(chart, type) or not getattr(chart, "states_map", None):
        remedy = "Give the class, not an instance."
        raise InvalidArgument(
            "from_chart()", "chart", chart, "a StateChart class with states", remedy
        )
    own = own_lifecycle(chart)
    views = several(views)
    if own is not None:
        return evolve(own, views=views) if views else own
    reader = _Reader(chart, Source(chart.__name__, f"Read from the chart {chart.__qualname__}."))
    faults = _too_deep(chart)
    rooms = {} if faults else reader.rooms()
    faults = faults or (*reader.faults, *too_large(rooms))
    if faults:
        raise InvalidLifecycle(chart.__name__, faults)
    rules = tuple(reader.rules(places_of(rooms)))
    if reader.faults:
        raise InvalidLifecycle(chart.__name__, tuple(reader.faults))
    plans: Any = {room.value: plan for room, plan in rooms.items()}
    return Lifecycle(snake(chart.__name__), rules=rules, views=views, **plans)


def _too_deep(chart: type[Chart]) -> tuple[Fault, ...]:
    """Faults of states that lie inside each other deeper than the rooms of a lifecycle."""
    for state in chart.states_map.values():
        level, outer = 0, state.parent
        while outer is not None and level <= MOST_LEVELS + len((Room, Region)):
            level, outer = level + 1, outer.parent
        if outer is not None:
            message = f"{state.id!r} lies more than {MOST_LEVELS} levels deep; flatten the states."
            return (Fault("too_deep", state.id, message),)
    return ()


@frozen
class _Reader:
    """Reads one class; collects what a lifecycle cannot have."""

    chart: type[Chart]
    source: Source
    faults: list[Fault] = field(factory=list)

    def rooms(self) -> dict[Room, Any]:
        """The three rooms of the class."""
        tops = {state.id: state for state in self.chart.states}
        names = {room.value for room in Room}
        for name in tops:
            if name not in names:
                self._fault("stage_outside_room", name, "lies outside the three rooms")
        for name in sorted(names - set(tops)):
            self._fault("room_missing", name, "is missing; every lifecycle has all three rooms")
        for name in names - {Room.PROSPECT.value}:
            if name in tops and tops[name].initial:
                self._fault("bad_start", name, "is where the chart starts; start in 'prospect'")
        return {room: self._room(tops[room.value]) for room in Room if room.value in tops}

    def _room(self, state: Any) -> tuple[Any, ...]:
        if not state.states:
            problem = "has no stage; make it a compound state with one or more"
            self._fault("room_missing", state.id, problem)
        if not state.parallel:
            return self._inside(state)
        return tuple(self._region(region) for region in state.states)

    def _region(self, region: Any) -> Region:
        if not region.states:
            self._fault("empty_region", region.id, "is a region and has no stage; give it one")
        if any(child.final for child in region.states):
            problem = "can end in a final state, and the chart would end when all regions do"
            self._fault("final", region.id, f"{problem}; make the state an ordinary one")
        if region.parallel and region.states:
            self._fault("nested_regions", region.id, "is parallel inside a region; only rooms are")
        return Region(region.id, f"{region.name}.", self._inside(region))

    def _inside(self, state: Any) -> tuple[Stage, ...]:
        if state.history:
            self._fault("history", state.id, "has a history state, which a lifecycle has not")
        first = next((t.target for t in state.transitions if t.initial), None)
        if first is not None and not any(child is first for child in state.states):
            problem = f"begins in {first.id!r}, which is not directly inside it"
            self._fault("initial", state.id, problem)
        children = sorted(state.states, key=lambda child: child is not first)
        return tuple(self._stage(child) for child in children)

    def _stage(self, state: Any) -> Stage:
        if state.parallel and state.states:
            self._fault("nested_regions", state.id, "is parallel inside a stage; only rooms are")
        return Stage(state.id, f"{state.name}.", self.source, self._inside(state))

    def _fault(self, code: str, where: str, problem: str) -> None:
        self.faults.append(Fault(code, where, f"{where!r} {problem}."))

    def rules(self, places: Places) -> Iterator[Rule]:
        """The rules of the class, place by place."""
        states = {state.id: state for state in self.chart.states_map.values()}
        for name, place in places.by_name.items():
            by_event: dict[str, list[Any]] = {}
            for transition in states[name].transitions:
                for event in self._events(transition, place):
                    by_event.setdefault(event, []).append(transition)
            for event, transitions in by_event.items():
                yield from self._answers(place, event, transitions, places)

    def _events(self, transition: Any, place: Place) -> Iterator[str]:
        if transition.initial:
            return
        if transition.is_eventless:
            self._fault("eventless", place.name, "has a transition without an event")
        if any(target.is_history for target in transition.targets):
            self._fault("history", place.name, "has a transition to a history state")
            return
        if transition.internal and not self.chart.enable_self_transition_entries:
            problem = "has an internal transition that does not enter its target"
            self._fault("internal", place.name, f"{problem}; derive the class from StateChart")
        leaf_of_region = not place.children and place.region != place.room.value
        if transition.internal and transition.is_self and leaf_of_region:
            problem = "has an internal transition to itself, which python-statemachine takes into"
            remedy = "two stages of one region at once; leave the target out"
            self._fault("internal", place.name, f"{problem} {remedy}")
        for event in transition.events:
            if event.id.isidentifier():
                yield event.id
            else:
                problem = f"answers {event.id!r}, which is no single event"
                self._fault("wildcard", place.name, problem)

    def _answers(
        self, place: Place, event: str, transitions: list[Any], places: Places
    ) -> Iterator[Rule]:
        """One rule for each way in which the first of several guards can hold."""
        guards = [self._guard(transition, place.name, event) for transition in transitions]
        for name in _asked(*guards):
            if name not in places.by_name:
                self._fault("unknown_place", place.name, f"asks for {name!r}, which is no state")
        cases = list(_cases(place, guards, transitions, places))
        alive = [transition for _, transition in cases]
        for dead in (transition for transition in transitions if transition not in alive):
            target = " + ".join(state.id for state in dead.targets) or "nowhere"
            problem = (
                f"has a transition on {event!r} to {target} that can never be taken, since its"
            )
            remedy = "guard or an earlier transition forestalls it"
            self._fault("dead_transition", place.name, f"{problem} {remedy}")
        for condition, transition in cases:
            rule: dict[str, Any] = {
                "at": place.name,
                "when": tuple(name for name, active in condition if active),
                "unless": tuple(name for name, active in condition if not active),
                "sentence": f"Read from {self.chart.__name__}.",
                "source": self.source,
            }
            to = _targets(place, transition, places)
            yield Move(event, to=to, **rule) if to else Stay(event, **rule)

    def _guard(self, transition: Any, name: str, event: str) -> Condition:
        """All guards of a transition as one expression; refuses what looks at data."""
        parts: list[ast.expr] = []
        for spec in (*transition.validators, *transition.cond):
            condition = isinstance(spec.func, str) and spec not in transition.validators
            expression = _parsed(spec.func) if condition else None
            if expression is None or not _asks_only_stages(expression):
                guard = spec.func if isinstance(spec.func, str) else spec.attr_name
                raise DataGuard(self.chart.__name__, guard, name, event)
            negated = ast.UnaryOp(op=ast.Not(), operand=expression)
            parts.append(expression if spec.expected_value else negated)
        return ast.BoolOp(op=ast.And(), values=parts)


def _parsed(guard: str) -> Condition | None:
    try:
        return ast.parse(boolean_operators(guard), mode="eval").body
    except SyntaxError:
        return None


def _asks_only_stages(node: ast.expr) -> bool:
    match node:
        case ast.BoolOp(values=values):
            return all(map(_asks_only_stages, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _asks_only_stages(operand)
        case ast.Constant(value=bool()):
            return True
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name.lower() == "in":
            return all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in args)
        case _:
            return False


def _holds(node: ast.expr, state: State) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, state) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, state) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, state)
        case ast.Call(args=args):
            return all(map(state.is_in, _asked(*args)))
        case _:
            return bool(getattr(node, "value", False))


def _asked(*nodes: ast.AST) -> dict[str, None]:
    """The names that expressions ask for, each once."""
    found = (part for node in nodes for part in ast.walk(node))
    return {
        part.value: None
        for part in found
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def _cases(
    place: Place, guards: list[Condition], transitions: list[Any], places: Places
) -> Iterator[tuple[tuple[tuple[str, bool], ...], Any]]:
    """Each combination of the stages that guards ask for, and the first transition it enables."""
    states = [state for state in places.states if state.is_in(place.name)]
    asked = [name for name in _asked(*guards) if len({state.is_in(name) for state in states}) > 1]
    cases = {tuple(state.is_in(name) for name in asked): state for state in states}
    for answers, state in sorted(cases.items(), key=itemgetter(0), reverse=True):
        for guard, transition in zip(guards, transitions, strict=True):
            if _holds(guard, state):
                yield tuple(zip(asked, answers, strict=True)), transition
                break


def _targets(place: Place, transition: Any, places: Places) -> tuple[str, ...]:
    """Where a transition leads, in the words of a `Move`.

    A transition that leaves its own region inside a room with regions resets the others; a move
    says so by naming a stage for each.
    """
    targets = [places.by_name[target.id] for target in transition.targets]
    if not targets:
        return ()
    room = targets[0].room
    regions = places.regions[room]
    if room is not place.room or regions == (room.value,) or _domain(place, transition, places):
        return tuple(
            target.children[0] if target.stage is None and target.within else target.name
            for target in targets
        )
    named = {target.region: target for target in targets}
    chosen = [named.get(region, places.by_name[region]) for region in regions]
    return tuple(place.children[0] if place.stage is None else place.name for place in chosen)


def _domain(place: Place, transition: Any, places: Places) -> bool:
    """Whether a transition stays inside one region, as python-statemachine works it out."""
    candidates = [name for name in place.within if places.by_name[name].region is not None]
    if transition.internal and place.region is not None:
        candidates.append(place.name)
    return any(
        all(name in places.by_name[target.id].within for target in transition.targets)
        for name in candidates
    )
