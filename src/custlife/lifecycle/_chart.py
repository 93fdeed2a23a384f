"""The lifecycle as a state chart: the only module that knows python-statemachine.

The chart class is generated from the definition. The table is compiled by driving that class, so
that there is one semantics: python-statemachine's.
"""

import copyreg
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import evolve

from custlife._checks import Check, one_of, text
from custlife._notebook import Block, Shown
from custlife.lifecycle.conflicts import acts_at
from custlife.lifecycle.definition import Lifecycle, kept
from custlife.lifecycle.parts import Forbid, Move, Rule, Stay
from custlife.lifecycle.places import Place, Places, RoomPlan
from custlife.state import Room, State

if TYPE_CHECKING:
    from statemachine import StateChart

    Chart = StateChart[Any]
else:
    Chart = Any  # python-statemachine is loaded when a chart is asked for

Answer = tuple[State, tuple[Move | Stay, ...]]
"""The next state, and the rules that were taken."""
Answers = Mapping[tuple[State, str], Answer]
"""The answer for each state and allowed event."""

_SETTINGS = {
    "catch_errors_as_events": False,
    "allow_event_without_transition": False,
    "atomic_configuration_update": True,
    "validate_disconnected_states": False,
    "validate_trap_states": False,
    "validate_final_reachability": False,
}
"""Refuse what is not allowed, let errors through, and change state all at once. What the library
would validate of the structure, the definition has validated already."""


def to_chart(
    lifecycle: Lifecycle, *, name: str | None = None, module: str = __name__
) -> type[Chart]:
    """Generate the python-statemachine class of a lifecycle.

    The class takes listeners and a model, runs synchronously or asynchronously, prints itself
    (``f"{chart:md}"``), and its instances pickle. It refuses events that the lifecycle does not
    allow with python-statemachine's ``TransitionNotAllowed``.

    Args:
        lifecycle: The lifecycle.
        name: The name of the class; ``CustomerChart`` for the lifecycle ``customer``.
        module: The module of the class. The class itself pickles, as against its instances, once
            it is bound under its name in this module:
            ``MyChart = to_chart(lifecycle, name="MyChart", module=__name__)``.

    Raises:
        InvalidArgument: If the lifecycle is no `Lifecycle`, or a name is blank or no text.

    Returns:
        A subclass of ``StateChart``; the same class for the same arguments. The 256 classes that
        were used last are kept.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> chart = to_chart(CUSTOMER_LIFECYCLE)()
        >>> _ = chart.send("purchased")
        >>> state_of(chart)
        <State customer (bond: buyer, standing: content)>
    """
    one_of(Lifecycle).argument("to_chart", "lifecycle", lifecycle)
    text.or_none.argument("to_chart", "name", name)
    text.argument("to_chart", "module", module)
    return _shared(lifecycle, name or _title(lifecycle), module)


def state_of(chart: Chart, lifecycle: Lifecycle | None = None) -> State:
    """The state that a chart is in.

    Args:
        chart: An instance of a class that `to_chart` generated, or of your own class.
        lifecycle: The lifecycle of your own class, as `from_chart` reads it; not needed for a
            generated class.

    Raises:
        InvalidArgument: If it is no instance of a chart class; or if the class is your own, and
            the lifecycle is left out.
        RuntimeError: If the chart has async callbacks and was not activated yet.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> print(state_of(to_chart(CUSTOMER_LIFECYCLE)()))
        potential
    """
    _A_CHART.argument("state_of", "chart", chart)
    known: Any = own_lifecycle(type(chart)) if lifecycle is None else lifecycle
    _CHARTS_LIFECYCLE.argument("state_of", "lifecycle", known)
    active = [state.id for state in chart.configuration]
    if not active:
        raise RuntimeError(
            "the chart is in no state yet, since it has async callbacks: "
            "await chart.activate_initial_state() first."
        )
    return _state(known.places, active)


_A_CHART = Check(
    lambda value: not isinstance(value, type) and hasattr(value, "configuration_values"),
    "an instance of a chart class",
    "Give to_chart(lifecycle)(), not the class itself.",
)
_CHARTS_LIFECYCLE = evolve(
    one_of(Lifecycle),
    remedy="A class of your own comes with it: state_of(chart, from_chart(type(chart))).",
)


def own_lifecycle(chart: type[Chart]) -> Lifecycle | None:
    """The lifecycle that a chart class was generated from; None for a class of the user's own."""
    for cls in chart.__mro__:
        if vars(cls).get("__reduce__") is _reduce:
            found: Lifecycle | None = vars(cls).get("lifecycle")
            return found
    return None


def restore_chart(
    lifecycle: Lifecycle, state: State, listeners: Iterable[object] = (), model: Any = None
) -> Chart:
    """Make a chart that is in a state, without firing any entry callback.

    Args:
        lifecycle: The lifecycle.
        state: The state that it is in.
        listeners: Objects with callbacks, as python-statemachine takes them.
        model: The object whose ``state`` attribute the chart keeps; a fresh one if left out.

    Raises:
        InvalidArgument: If an argument has a wrong type.
        UnknownState: If the lifecycle has no such state.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> state = CUSTOMER_LIFECYCLE.state("regular", "in_conflict")
        >>> chart = restore_chart(CUSTOMER_LIFECYCLE, state)
        >>> _ = chart.send("complaint_settled")
        >>> print(state_of(chart))
        advocate+content
    """
    from statemachine.model import Model  # noqa: PLC0415 - loaded when a chart is asked for

    one_of(Lifecycle).argument("restore_chart", "lifecycle", lifecycle)
    one_of(State).argument("restore_chart", "state", state)
    one_of(Iterable).argument("restore_chart", "listeners", listeners)
    known = lifecycle.state(*state.stages)
    holder: Any = Model() if model is None else model  # type: ignore[no-untyped-call]  # theirs
    holder.state = _values(known)
    return to_chart(lifecycle)(holder, listeners=list(listeners))


def drive(lifecycle: Lifecycle) -> tuple[tuple[State, ...], Answers]:
    """Drive the generated chart from every state that it reaches by every event.

    What an event does depends on the rooms and on its own rules only. So lifecycles that differ in
    the rules of one event are driven by that event only, and share the other answers.

    Returns:
        The states in the order of the definition, and the answers.
    """
    plans = tuple(lifecycle.rooms.values())
    columns = {
        event: _column(plans, event, tuple(rule for rule in lifecycle.rules if rule.on == event))
        for event in lifecycle.events
    }
    driven: _Driven | None = None
    answers: dict[tuple[State, str], Answer] = {}
    todo = [lifecycle.initial]
    reached = set(todo)
    while todo:
        state = todo.pop()
        for event, column in columns.items():
            if state not in column:
                driven = driven or _Driven(lifecycle)
                column[state] = driven.answer(state, event)
            answer = column[state]
            if answer is None:
                continue
            answers[state, event] = answer
            if answer[0] not in reached:
                reached.add(answer[0])
                todo.append(answer[0])
    return tuple(state for state in lifecycle.states if state in reached), answers


@lru_cache(maxsize=1024)
def _column(
    plans: tuple[RoomPlan, ...], event: str, rules: tuple[Rule, ...]
) -> dict[State, Answer | None]:
    """What these rules do with an event in each state, as far as it was driven; None is refused."""
    del plans, event, rules
    return {}


class _Driven:
    """A chart that is put into any state, and sent any event there."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        own_class, self.origins = _generate(lifecycle, "DrivenChart", __name__)
        self.lifecycle = lifecycle
        self.chart = own_class()  # of a class that nothing else can reach
        self.witness = ChartDriver(self.chart)

    def answer(self, state: State, event: str) -> Answer | None:
        """Where an event leads from a state, and the rules that it takes; None where refused."""
        self.chart.current_state_value = _values(state)
        if not self.witness.takes(event):
            return None
        after = _state(self.lifecycle.places, self.chart.configuration_values)
        rules = dict.fromkeys(self.origins[id(done)] for done in self.witness.taken)
        return after, tuple(sorted(rules, key=self.lifecycle.rules.index))


class ChartDriver:
    """Sends events to a chart, and sees whether it answers them.

    A chart of the user's own may swallow an event that it does not allow; that is no answer.

    Args:
        chart: An instance of a chart class; the witness listens to it from now on.

    Raises:
        TypeError: If the chart has async callbacks.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> witness = ChartDriver(to_chart(CUSTOMER_LIFECYCLE)())
        >>> witness.takes("purchased"), witness.takes("cause_learnt")
        (True, False)
    """

    def __init__(self, chart: Chart) -> None:
        from statemachine.engines.async_ import AsyncEngine  # noqa: PLC0415 - see restore_chart

        if isinstance(chart._engine, AsyncEngine):  # noqa: SLF001 - nothing public tells
            raise TypeError(
                f"{type(chart).__name__} has async callbacks, and is driven synchronously here; "
                f"give a chart without them."
            )
        self.chart = chart
        self.taken: list[object] = []
        """The transitions that the last event took."""
        chart.add_listener(self)  # type: ignore[no-untyped-call]  # theirs

    def before_transition(self, transition: object) -> None:
        """Note a transition; called by the chart."""
        self.taken.append(transition)

    def takes(self, event: str) -> bool:
        """Send an event by its name; whether a transition answered it."""
        from statemachine.exceptions import TransitionNotAllowed  # noqa: PLC0415 - see restore_chart

        self.taken.clear()
        try:
            self.chart.send(event)
        except TransitionNotAllowed:
            return False
        return bool(self.taken)


def boolean_operators(expression: str) -> str:
    """A guard's expression with python-statemachine's own signs put as Python's words."""
    from statemachine.spec_parser import replace_operators  # noqa: PLC0415 - see restore_chart

    return replace_operators(expression)


def _title(lifecycle: Lifecycle) -> str:
    return "".join(word.capitalize() for word in lifecycle.name.split("_")) + "Chart"


def _values(state: State) -> Any:
    """The active values that python-statemachine keeps: leaves, and all that they lie in."""
    from statemachine.orderedset import OrderedSet  # noqa: PLC0415 - see restore_chart

    names = [state.room.value, *(name for path in state.paths for name in path)]
    return OrderedSet(dict.fromkeys(names))


def _state(places: Places, values: Iterable[str]) -> State:
    by_name = places.by_name
    return places.state(tuple(value for value in values if not by_name[value].children))


@kept
def _shared(lifecycle: Lifecycle, name: str, module: str) -> type[Chart]:
    """The class that is handed out: one for the same arguments."""
    return _generate(lifecycle, name, module)[0]


def _generate(
    lifecycle: Lifecycle, name: str, module: str
) -> tuple[type[Chart], dict[int, Move | Stay]]:
    """A chart class, and the rule behind each of its transitions, by the transition's id."""
    from statemachine.io import create_machine_class_from_definition  # noqa: PLC0415 - see restore_chart

    plan = _plan(lifecycle)
    chart = create_machine_class_from_definition(
        name,
        {room.value: _node(lifecycle.places, plan, room.value) for room in Room},
        **_SETTINGS,
        __module__=module,
        __doc__=f"The lifecycle {lifecycle.name!r} as a state chart.",
        __reduce__=_reduce,
        _page=_page,
        _repr_html_=Shown._repr_html_,
        _repr_markdown_=Shown._repr_markdown_,
        _repr_svg_=None,
        __init_subclass__=classmethod(_only_callbacks),
        lifecycle=lifecycle,
    )
    rules: dict[int, Move | Stay] = {}
    for source, event in plan:
        made = [t for t in chart.states_map[source].transitions if t.match(event)]
        rules |= {id(t): rule for t, (rule, _) in zip(made, plan[source, event], strict=True)}
    return chart, rules


def _page(self: Chart) -> Sequence[Block]:
    """What notebooks show of an instance: its lifecycle, and the state that it is in."""
    known: Any = own_lifecycle(type(self))
    active = self.configuration_values
    blocks: Sequence[Block] = known._page(_state(known.places, active) if active else None)  # noqa: SLF001 - ours
    return blocks


def _reduce(self: Chart) -> tuple[Any, ...]:
    """Pickle an instance by its class where that has a home, and by its lifecycle elsewhere."""
    cls = type(self)
    state = self.__getstate__()  # type: ignore[no-untyped-call]  # theirs
    home = sys.modules.get(cls.__module__)
    if vars(cls).get("__reduce__") is not _reduce or getattr(home, cls.__name__, None) is cls:
        return copyreg.__newobj__, (cls,), state  # type: ignore[attr-defined]  # typeshed omits it
    return _blank, (vars(cls)["lifecycle"], cls.__name__, cls.__module__), state


def _only_callbacks(cls: type[Chart]) -> None:
    """Refuse states and transitions in a subclass: they would change the class it derives from."""
    for name, value in vars(cls).items():
        added = getattr(value, "transitions", getattr(value, "_transitions", None))
        if added is None:
            continue
        for transition in added:
            transition.source.transitions.transitions.remove(transition)
        raise TypeError(
            f"{cls.__name__}.{name}: a generated chart takes callbacks, and no states or "
            f"transitions of its own. Add rules to the lifecycle and generate another chart."
        )


def _blank(lifecycle: Lifecycle, name: str, module: str) -> Chart:
    chart = _shared(lifecycle, name, module)
    return chart.__new__(chart)


_Plan = dict[tuple[str, str], list[tuple[Move | Stay, dict[str, Any]]]]
"""For each place and event: the rules that act there, each with its transition."""


def _plan(lifecycle: Lifecycle) -> _Plan:
    """The transitions at each place for each event; at most one of them is enabled."""
    by_name = lifecycle.places.by_name
    plan: _Plan = {}
    for rule in lifecycle.rules:
        if isinstance(rule, Forbid):
            continue
        for name in rule.at:
            source = acts_at(rule, name, by_name)
            transition = {
                "target": " ".join(rule.to) or None,
                "internal": len(rule.to) == 1 and source in by_name[rule.to[0]].within,
                "cond": _condition(rule, by_name[source], lifecycle) or None,
            }
            plan.setdefault((source, rule.on), []).append((rule, transition))
    return plan


def _condition(rule: Move | Stay, at: Place, lifecycle: Lifecycle) -> str:
    """The condition of a rule, and that no place is active that forbids the event."""
    by_name = lifecycle.places.by_name
    where = [by_name[name] for name in (at.name, *rule.when)]
    vetoes = [
        name
        for forbid in lifecycle.rules
        if isinstance(forbid, Forbid) and forbid.on == rule.on
        for name in forbid.at
        if not any(_exclude(place, by_name[name]) for place in where)
    ]
    parts = [f"In({name!r})" for name in rule.when]
    parts += [f"not In({name!r})" for name in (*rule.unless, *vetoes)]
    return " and ".join(dict.fromkeys(parts))


def _exclude(one: Place, other: Place) -> bool:
    """Whether two places are never active together."""
    if one.room is not other.room:
        return True
    apart = one.name not in other.chain and other.name not in one.chain
    return apart and one.region is not None and one.region == other.region


def _node(places: Places, plan: _Plan, name: str) -> Any:
    """The definition of one place, as python-statemachine takes it; always a fresh dict."""
    place = places.by_name[name]
    outer = places.by_name[place.within[-1]] if place.within else None
    first = outer.children[0] if outer else Room.PROSPECT.value
    node: dict[str, Any] = {
        "initial": name == first,
        "parallel": place.region is None,
        "on": {
            event: [dict(transition) for _, transition in steps]
            for (source, event), steps in plan.items()
            if source == name
        },
    }
    if place.children:
        node["states"] = {child: _node(places, plan, child) for child in place.children}
    return node
