"""The lifecycle as a pure table, compiled by driving its chart once."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import product
from types import MappingProxyType
from typing import Any, TypeVar

from attrs import field, frozen

from custlife._checks import one_of
from custlife.errors import EventNotAllowed, Fault, InvalidLifecycle, UnknownEvent, UnknownState
from custlife.events import AN_EVENT_CLASS, Event
from custlife.lifecycle import _chart
from custlife.lifecycle.definition import Lifecycle, kept
from custlife.lifecycle.parts import Forbid, Move, Stay, View
from custlife.sources import OWN
from custlife.state import Room, State

E = TypeVar("E", bound=Enum)

PAUSED = "paused"
"""The stage in which time does not count as silence, in every lifecycle that has it."""


@frozen(eq=False)
class Table:
    """A lifecycle compiled to a table, read-only. Made by `to_table`, never by hand.

    Attributes:
        lifecycle: The lifecycle that it was compiled from.
        states: Every state that can be reached; its index is its integer.
        events: The names of all events.
        rooms: The room of each state.
        arcs: For each state, the next state by the event's name, allowed events only.
        guards: For each state, the stays that need a complaint on record, by the event's name.
        unguarded: The arcs but for those stays.
        paused: The integers of the states with an active stage of the name ``paused``.
        kept: For each move from a state to another one, and for each stage that is active after it,
            the place of that stage among those before; None if it is new.
        initial: The integer of the state where every relationship begins.
    """

    lifecycle: Lifecycle
    states: tuple[State, ...] = field(repr=False)
    events: tuple[str, ...] = field(repr=False)
    rooms: tuple[Room, ...] = field(repr=False)
    arcs: tuple[Mapping[str, int], ...] = field(repr=False)
    guards: tuple[Mapping[str, Stay], ...] = field(repr=False)
    unguarded: tuple[Mapping[str, int], ...] = field(repr=False)
    paused: frozenset[int] = field(repr=False)
    kept: Mapping[tuple[int, int], tuple[int | None, ...]] = field(repr=False)
    initial: int
    _index: Mapping[State, int] = field(repr=False, alias="index")
    _rules: Mapping[tuple[State, str], tuple[Move | Stay, ...]] = field(repr=False, alias="rules")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the lifecycle, from which the table is compiled again."""
        return unchecked_table, (self.lifecycle,)

    def step(self, state: State, event: str | type[Event] | Event) -> State:
        """Where an event leads from a state; pure.

        Args:
            state: A state.
            event: An event, its class or its name.

        Raises:
            EventNotAllowed: If the lifecycle does not allow the event there.
            UnknownEvent: If the lifecycle has no such event.
            UnknownState: If no relationship can be in this state.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, to_table
            >>> table = to_table(CUSTOMER_LIFECYCLE)
            >>> table.step(CUSTOMER_LIFECYCLE.state("visitor"), "purchased")
            <State customer (bond: buyer, standing: content)>
        """
        try:
            return self.states[self.arcs[self._index[state]][event]]  # type: ignore[index]  # else below
        except (KeyError, TypeError):
            name = self._name(event)
            after = self.arcs[self.index(state)].get(name) if isinstance(name, str) else None
            if after is None:
                raise self.refusal(state, name) from None
            return self.states[after]

    def handled_as(self, kind: type[Event]) -> str:
        """The name of the event by whose rules the events of a class are handled.

        It is the class' own name where the lifecycle has a rule for it; else that of the nearest
        class that it derives from and that the lifecycle has a rule for; else its own.

        Raises:
            InvalidArgument: If it is no class of events.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, Purchased, to_table
            >>> class Renewed(Purchased):
            ...     pass
            >>> to_table(CUSTOMER_LIFECYCLE).handled_as(Renewed)
            'purchased'
        """
        AN_EVENT_CLASS.argument("handled_as", "kind", kind)
        names = (cls.name for cls in kind.__mro__ if issubclass(cls, Event))
        return next((name for name in names if name in self.events), kind.name)

    def _name(self, event: object) -> object:
        """The name under which an event is handled, given as such, by its class or by its name."""
        kind = type(event) if isinstance(event, Event) else event
        known = isinstance(kind, type) and issubclass(kind, Event)
        return self.handled_as(kind) if known else event  # type: ignore[arg-type]  # by known

    def index(self, state: State) -> int:
        """The integer of a state.

        Raises:
            UnknownState: If no relationship can be in this state.
        """
        number = self._index.get(state) if isinstance(state, State) else None
        if number is None:
            raise UnknownState(state, self.lifecycle.name, tuple(map(str, self.states)))
        return number

    def allowed(self, state: State, *, answerable: bool = True) -> tuple[str, ...]:
        """The names of the events that are allowed in a state, in the order of the lifecycle.

        Args:
            state: A state.
            answerable: Whether a complaint is on record that can be answered; a table has no record
                and takes it that there may be one.

        Raises:
            UnknownState: If no relationship can be in this state.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, to_table
            >>> to_table(CUSTOMER_LIFECYCLE).allowed(CUSTOMER_LIFECYCLE.state("lost"))
            ('contacted', 'engaged', 'purchased', 'refunded', 'complained', ...
        """
        here = self.index(state)
        barred = () if answerable else self.guards[here]
        return tuple(name for name in self.events if name in self.arcs[here] and name not in barred)

    def rules(self, state: State, event: str | type[Event] | Event) -> tuple[Move | Stay, ...]:
        """The rules that a step takes, in the order of the lifecycle: its moves, or its stays.

        Raises:
            EventNotAllowed: If the lifecycle does not allow the event there.
            InvalidArgument: If ``state`` is no State.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, to_table
            >>> state = CUSTOMER_LIFECYCLE.state("regular", "in_conflict")
            >>> for rule in to_table(CUSTOMER_LIFECYCLE).rules(state, "complaint_settled"):
            ...     print(rule)
            complaint_settled: in_conflict -> content
            complaint_settled: regular -> advocate when in_conflict
        """
        one_of(State).argument("rules", "state", state)
        name = self._name(event)
        taken = self._rules.get((state, name)) if isinstance(name, str) else None
        if taken is None:
            raise self.refusal(state, name)
        moves = tuple(rule for rule in taken if isinstance(rule, Move))
        return moves or taken

    @property
    def happening(self) -> frozenset[Move | Stay]:
        """The rules that are taken by some event in some state that can be reached."""
        return frozenset(rule for rules in self._rules.values() for rule in rules)

    def refusal(
        self,
        state: State,
        event: object,
        customer: str | None = None,
        *,
        answerable: bool = True,
    ) -> EventNotAllowed | UnknownEvent:
        """The error that says why an event is refused in a state.

        Args:
            state: A state of the table.
            event: The name of an event that is not allowed there.
            customer: Whose relationship it is, for the message.
            answerable: Whether a complaint is on record that can be answered.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, to_table
            >>> lost = CUSTOMER_LIFECYCLE.state("lost")
            >>> to_table(CUSTOMER_LIFECYCLE).refusal(lost, "departed").because
            'A person who left cannot leave again without returning first.'
        """
        if not isinstance(event, str) or event not in self.events:
            return UnknownEvent(event, self.lifecycle.name, self.events)
        forbids: Iterator[Forbid | Stay] = (
            rule
            for rule in self.lifecycle.rules
            if isinstance(rule, Forbid) and rule.on == event and any(map(state.is_in, rule.at))
        )
        guard = None if answerable else self.guards[self.index(state)].get(event)
        rule = guard or next(forbids, None)
        because = rule.sentence if rule else "No rule of the lifecycle answers it there."
        source = rule.source if rule else OWN
        allowed = self.allowed(state, answerable=answerable)
        return EventNotAllowed(event, state, allowed, because, source.row, customer)

    def view(self, state: State, model: type[E]) -> E | None:
        """A state as another model sees it; None where that model is silent.

        Raises:
            ViewNotDefined: If the lifecycle has no view with this model.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, Phase, to_table
            >>> table = to_table(CUSTOMER_LIFECYCLE)
            >>> table.view(table.states[1], Phase)
            <Phase.AWARENESS: 'awareness'>
        """
        (image,) = self.lifecycle.view_for(model).images(state)
        return image  # type: ignore[return-value]  # a view holds values of its model only


@frozen
class Jump:
    """A step of a lifecycle that is no legal move of a view's model.

    Attributes:
        view: The view.
        state: Where the step starts.
        event: The event that makes it.
        after: Where it leads.
        image: The state as the model sees it.
        image_after: What the model sees after the step.
    """

    view: View
    state: State
    event: str
    after: State
    image: Enum | None
    image_after: Enum | None

    def __str__(self) -> str:
        return (
            f"{self.event!r} from {self.state} to {self.after} shows as "
            f"{self.image} -> {self.image_after}"
        )


def to_table(lifecycle: Lifecycle) -> Table:
    """Compile a lifecycle to its table, by driving its generated chart exhaustively.

    Compiled once for each lifecycle value; the 256 tables that were used last are kept.

    Raises:
        InvalidArgument: If it is no `Lifecycle`.
        InvalidLifecycle: If no history leads to a room or a stage, or if a view jumps: a move of
            the lifecycle is no legal move of the view's model.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> table = to_table(CUSTOMER_LIFECYCLE)
        >>> len(table.states), len(table.events)
        (15, 14)
        >>> table is to_table(CUSTOMER_LIFECYCLE)
        True
    """
    if not isinstance(lifecycle, Lifecycle):
        one_of(Lifecycle).argument("to_table", "lifecycle", lifecycle)
    return _sound_table(lifecycle)


@kept
def _sound_table(lifecycle: Lifecycle) -> Table:
    table = unchecked_table(lifecycle)
    faults = (*_unreached(table), *_jumped(table))
    if faults:
        raise InvalidLifecycle(lifecycle.name, faults)
    return table


@kept
def unchecked_table(lifecycle: Lifecycle) -> Table:
    """The table of a lifecycle, whether or not `to_table` would refuse it; for proofs."""
    states, answers = _chart.drive(lifecycle)
    index = {state: number for number, state in enumerate(states)}
    arcs: list[dict[str, int]] = [{} for _ in states]
    for event, state in product(lifecycle.events, states):
        if (state, event) in answers:
            arcs[index[state]][event] = index[answers[state, event][0]]
    guards = [_guards(state, answers) for state in states]
    unguarded = [
        {event: after for event, after in arc.items() if event not in guard}
        for arc, guard in zip(arcs, guards, strict=True)
    ]
    return Table(
        lifecycle=lifecycle,
        states=states,
        events=lifecycle.events,
        rooms=tuple(state.room for state in states),
        arcs=tuple(map(MappingProxyType, arcs)),
        guards=tuple(map(MappingProxyType, guards)),
        unguarded=tuple(map(MappingProxyType, unguarded)),
        paused=frozenset(n for state, n in index.items() if state.is_in(PAUSED)),
        kept=MappingProxyType(_kept(states, arcs)),
        initial=index[lifecycle.initial],
        index=index,
        rules={key: rules for key, (_, rules) in answers.items()},
    )


def _kept(
    states: Sequence[State], arcs: Sequence[Mapping[str, int]]
) -> dict[tuple[int, int], tuple[int | None, ...]]:
    """Which stages stay active by a move, and their places before it."""
    active = [state.active for state in states]
    return {
        (here, after): tuple(
            active[here].index(stage) if stage in active[here] else None for stage in active[after]
        )
        for here, arc in enumerate(arcs)
        for after in set(arc.values())
        if after != here
    }


def _guards(state: State, answers: _chart.Answers) -> dict[str, Stay]:
    """The stays in a state that need a complaint on record, by the event's name."""
    return {
        event: rule
        for (at, event), (_, rules) in answers.items()
        for rule in rules
        if at == state and isinstance(rule, Stay) and rule.answers_complaint
    }


def unreachable(table: Table) -> tuple[str, ...]:
    """The innermost stages that no history leads to."""
    active = {name for state in table.states for name in state.stages}
    by_name = table.lifecycle.places.by_name.values()
    return tuple(p.name for p in by_name if not p.children and p.name not in active)


def jumps(table: Table) -> tuple[tuple[Jump, ...], ...]:
    """The steps of a table that its views' models do not allow, together where they show alike."""
    alike: dict[tuple[View, Enum | None, Enum | None], list[Jump]] = {}
    for view in table.lifecycle.views:
        images = [view.images(state)[0] for state in table.states]
        for here, arc in enumerate(table.arcs):
            for event, after in arc.items():
                pair = images[here], images[after]
                if not view.allows(*pair):
                    jump = Jump(view, table.states[here], event, table.states[after], *pair)
                    alike.setdefault((view, *pair), []).append(jump)
    return tuple(map(tuple, alike.values()))


def _unreached(table: Table) -> Iterator[Fault]:
    """One fault for each room that is never entered, and for each stage of the other rooms."""
    by_name = table.lifecycle.places.by_name
    for room in Room:
        if room not in table.rooms:
            message = "no history leads into this room, and every lifecycle passes all three"
            yield Fault("room_not_entered", room.value, f"{message}; add a move into it.")
    for name in unreachable(table):
        if by_name[name].room in table.rooms:
            message = (
                "no history leads to this stage: there is no move to it, or its condition never"
            )
            remedy = "comes true where the move could happen; add a move, or change a condition."
            yield Fault("unreachable", name, f"{message} {remedy}")


def _jumped(table: Table) -> Iterator[Fault]:
    """One fault for each pair of values between which a view jumps, with the first way to it."""
    for steps in jumps(table):
        name = steps[0].view.name
        message = f"{steps[0]} ({len(steps)} such steps in all)"
        yield Fault("view_jumps", name, f"{message}; declare that move of {name}, or mend the map.")
