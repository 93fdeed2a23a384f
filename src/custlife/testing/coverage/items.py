"""What there is to cover of a lifecycle: every item that can be reached, and what shows it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import frozen

from custlife.lifecycle.conflicts import applies
from custlife.lifecycle.parts import Forbid, Move, Rule, Stay
from custlife.lifecycle.table import Table
from custlife.testing.paths import arcs_of, moves_in

Sight = tuple[Any, ...]
"""Something that was seen, as plain data: ``("state", state)``, ``("step", state, event)``,
``("waiting", state, event)`` for an answer that was taken and left another complaint waiting,
``("refusal", state, event)``, ``("pair", state, event, next event)``, ``("row", table, row)`` or
``("comparison", table, text, outcome)``. A state is its number in the table."""


@frozen
class Item:
    """One thing that can be covered.

    Attributes:
        name: What it is, in words.
        sights: What shows it: each of them alone.
    """

    name: str
    sights: tuple[Sight, ...]


@lru_cache(maxsize=512)
def items_of(table: Table, kind: str) -> tuple[Item, ...]:
    """Every item of a kind that can be reached, in the order of the lifecycle.

    What only a record can show is an answer, and of no other kind.
    """
    if kind != ANSWER:
        return tuple(item for item in MAKERS[kind](table) if not _needs_record(table, item))
    every = (item for make in MAKERS.values() for item in make(table))
    return tuple(item for item in every if _needs_record(table, item))


def _needs_record(table: Table, item: Item) -> bool:
    """Whether all that shows it is an answer that needs a complaint, or its refusal without one."""
    return all(
        mark in ("step", "waiting", "refusal") and rest[1] in table.guards[rest[0]]
        for mark, *rest in item.sights
    )


def sources_of(table: Table) -> dict[str, list[Sight]]:
    """What shows each source row that a stage, a rule or a forbiddance cites."""
    found: dict[str, list[Sight]] = {}
    places = table.lifecycle.places.by_name
    for item in items_of(table, "stage"):
        stage: Any = places[item.name].stage
        found.setdefault(stage.source.row, []).extend(item.sights)
    for cited in (_taken(table), _forbidden(table)):
        for rule, sights in cited.items():
            found.setdefault(rule.source.row, []).extend(sights)
    return found


def grouped(found: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """The second parts of pairs by the first ones, in the order in which they are found."""
    groups: dict[Any, list[Any]] = {}
    for first, second in found:
        groups.setdefault(first, []).append(second)
    return groups


def _items(found: Mapping[Any, Iterable[Sight]]) -> Iterator[Item]:
    return (Item(str(thing), tuple(sights)) for thing, sights in found.items())


def _stages(table: Table) -> Iterator[Item]:
    stages = [name for name, place in table.lifecycle.places.by_name.items() if place.stage]
    for name in stages:
        sights = tuple(("state", n) for n, state in enumerate(table.states) if state.is_in(name))
        if sights:
            yield Item(name, sights)


def _states(table: Table) -> Iterator[Item]:
    return (Item(str(state), (("state", n),)) for n, state in enumerate(table.states))


def _moves(table: Table) -> Iterator[Item]:
    found = grouped(
        (f"{region}: {leaf} -({event})-> {to}", ("step", here, event))
        for here, event, after in arcs_of(table)
        for region, leaf, _, to in moves_in(table, here, event, after)
    )
    return _items(found)


def _cells(table: Table) -> Iterator[Item]:
    for here, event, _ in arcs_of(table):
        guarded = " with a complaint on record" * (event in table.guards[here])
        sights = ("step", here, event), ("waiting", here, event)
        yield Item(f"{event} in {table.states[here]}{guarded}", sights)


def _refusals(table: Table) -> Iterator[Item]:
    for here, event in _forbidden_cells(table):
        yield Item(f"{event} in {table.states[here]}", (("refusal", here, event),))


def _pairs(table: Table) -> Iterator[Item]:
    moves = [(here, event, after) for here, event, after in arcs_of(table) if after != here]
    onward = grouped((here, event) for here, event, _ in moves)
    for here, event, after in moves:
        for later in onward.get(after, ()):
            name = f"{later} directly after {event} in {table.states[here]}"
            yield Item(name, (("pair", here, event, later),))


def _rules(table: Table) -> Iterator[Item]:
    return _items(_taken(table))


def _forbiddances(table: Table) -> Iterator[Item]:
    return _items(_forbidden(table))


def _conditions(table: Table) -> Iterator[Item]:
    for rule in table.lifecycle.rules:
        if isinstance(rule, Forbid):
            continue
        if rule.when or rule.unless:
            came = grouped(_held(table, rule))
            for outcome in (True, False):
                if came.get(outcome):
                    verb = "holds" if outcome else "does not hold"
                    yield Item(f"'{rule}' where its condition {verb}", tuple(came[outcome]))
        if isinstance(rule, Stay) and rule.answers_complaint:
            guarded = [n for n, guard in enumerate(table.guards) if guard.get(rule.on) == rule]
            if guarded:
                sights = tuple(("refusal", here, rule.on) for here in guarded)
                yield Item(f"'{rule}' with no complaint on record", sights)


def _held(table: Table, rule: Move | Stay) -> Iterator[tuple[bool, Sight]]:
    """Whether a rule's condition holds where its event can come, and what shows that it came."""
    for here, state in enumerate(table.states):
        if any(map(state.is_in, rule.at)):
            outcome = applies(rule, state)
            if rule.on in table.arcs[here]:
                yield outcome, ("step", here, rule.on)
            if rule.on not in table.unguarded[here]:
                yield outcome, ("refusal", here, rule.on)


def _taken(table: Table) -> dict[Rule, list[Sight]]:
    """The rules that some step takes, and those steps, in the order of the lifecycle."""
    found = grouped(
        (rule, ("step", here, event))
        for here, event, _ in arcs_of(table)
        for rule in table.rules(table.states[here], event)
    )
    return {rule: found[rule] for rule in table.lifecycle.rules if rule in found}


def _forbidden(table: Table) -> dict[Rule, list[Sight]]:
    """The forbiddances that refuse an event in some state, and those refusals."""
    found: dict[Rule, list[Sight]] = {}
    forbids = [rule for rule in table.lifecycle.rules if isinstance(rule, Forbid)]
    for rule in forbids:
        for here, state in enumerate(table.states):
            if any(map(state.is_in, rule.at)):
                found.setdefault(rule, []).append(("refusal", here, rule.on))
    return found


def _forbidden_cells(table: Table) -> Iterator[tuple[int, str]]:
    for here, row in enumerate(table.arcs):
        yield from ((here, event) for event in table.events if event not in row)


MAKERS: Mapping[str, Callable[[Table], Iterator[Item]]] = MappingProxyType(
    {
        "stage": _stages,
        "state": _states,
        "move": _moves,
        "cell": _cells,
        "refusal": _refusals,
        "pair": _pairs,
        "rule": _rules,
        "forbiddance": _forbiddances,
        "condition": _conditions,
    }
)
"""What makes the items of each kind that a lifecycle's table decides."""
ANSWER = "answer"
"""The kind of what a table alone does not decide: answers that need a complaint on record."""
