"""Mutants of a lifecycle: each rule left out, led elsewhere or made a stay, and so on.

A rule at several places counts as several rules at one place each.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from attrs import evolve

from custlife.decisions.predicates import words
from custlife.errors import InvalidLifecycle
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stay, View
from custlife.lifecycle.places import has_regions
from custlife.lifecycle.table import Table, to_table
from custlife.state import Room
from custlife.testing.mutants.mutant import Mutant

_Slip = tuple[str, Callable[[], Lifecycle]]
"""What is different, and what makes the lifecycle with it."""


def mutants_of(lifecycle: Lifecycle) -> Iterator[Mutant]:
    """Every mutant of a lifecycle, in the order of its definition."""
    for difference, make in _slips(lifecycle):
        try:
            mutant = make()
            to_table(mutant)
        except InvalidLifecycle as refusal:
            yield Mutant(difference, refusal=refusal)
        else:
            yield Mutant(difference, lifecycle=mutant)


def _slips(lifecycle: Lifecycle) -> Iterator[_Slip]:
    for number, rule in enumerate(lifecycle.rules):
        for place in rule.at:
            here = evolve(rule, at=place)
            for difference, other in _of_rule(lifecycle, here):
                yield difference, _with_rule(lifecycle, number, place, other)
    for room in Room:
        for difference, plan in _entries(lifecycle.rooms[room], room.value):
            yield difference, _with(lifecycle, **{room.value: plan})
    for number, view in enumerate(lifecycle.views):
        for difference, swapped in _of_view(view):
            views = (*lifecycle.views[:number], swapped, *lifecycle.views[number + 1 :])
            yield difference, _with(lifecycle, views=views)


def _with(lifecycle: Lifecycle, **changes: Any) -> Callable[[], Lifecycle]:  # noqa: ANN401 - its parts
    return lambda: evolve(lifecycle, **changes)


def _with_rule(
    lifecycle: Lifecycle, number: int, place: str, other: Rule | None
) -> Callable[[], Lifecycle]:
    """The lifecycle with another rule, or none, at one place of one rule."""
    rules = lifecycle.rules
    left = tuple(name for name in rules[number].at if name != place)
    rest = [evolve(rules[number], at=left)] if left else []
    there = [] if other is None else [other]
    return _with(lifecycle, rules=(*rules[:number], *rest, *there, *rules[number + 1 :]))


def _of_rule(lifecycle: Lifecycle, rule: Rule) -> Iterator[tuple[str, Rule | None]]:
    """What can go wrong with a rule at one place: in words, and the rule that there is instead."""
    yield f"'{rule}' is missing", None
    said: dict[str, Any] = {"at": rule.at, "sentence": rule.sentence, "source": rule.source}
    if isinstance(rule, Forbid):
        yield f"'{rule}' is lifted: it stays instead", Stay(rule.on, **said)
        return
    conditions: dict[str, Any] = {"when": rule.when, "unless": rule.unless}
    if isinstance(rule, Move):
        yield f"'{rule}' stays instead", Stay(rule.on, **said, **conditions)
        for to in _elsewhere(lifecycle, rule):
            other = evolve(rule, to=to)
            yield f"'{rule}' leads to {'+'.join(to)} instead", other
    elif rule.answers_complaint:
        yield f"'{rule}' needs no open complaint", evolve(rule, answers_complaint=False)
    for kind, opposite in (("when", "unless"), ("unless", "when")):
        for name in conditions[kind]:
            less: dict[str, Any] = {kind: tuple(n for n in conditions[kind] if n != name)}
            more: dict[str, Any] = {opposite: (*conditions[opposite], name)}
            yield f"'{rule}' loses its condition {kind} {name}", evolve(rule, **less)
            yield f"'{rule}' has {opposite} {name} for {kind} {name}", evolve(rule, **less, **more)


def _elsewhere(lifecycle: Lifecycle, move: Move) -> Iterator[tuple[str, ...]]:
    """The other targets of a move: for each of its targets every other leaf of the region."""
    by_name = lifecycle.places.by_name
    for number, name in enumerate(move.to):
        place = by_name[name]
        if place.region is None:
            continue
        taken = lifecycle.places.entry(name)[0]
        for leaf in by_name[place.region].leaves:
            if leaf not in (taken, *move.at):
                yield (*move.to[:number], leaf, *move.to[number + 1 :])


def _entries(plan: Sequence[Any], name: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """A room, a region or a stage that begins with another of its stages."""
    stages = not has_regions(tuple(plan))
    for number, part in enumerate(plan):
        if stages and number:
            rest = (*plan[:number], *plan[number + 1 :])
            words = f"{name} begins in {part.name} instead of {plan[0].name}"
            yield words, (part, *rest)
        kind = "stages" if isinstance(part, Region) else "children"
        for difference, inner in _entries(getattr(part, kind), part.name):
            changed = evolve(part, **{kind: inner})
            yield difference, (*plan[:number], changed, *plan[number + 1 :])


def _of_view(view: View) -> Iterator[tuple[str, View]]:
    """A view with the values of two places exchanged."""
    for (one, first), (other, second) in combinations(view.of, 2):
        if first is not second:
            swapped = {**dict(view.of), one: second, other: first}
            values = f"{one} is {words(second)} and {other} is {words(first)}"
            yield f"in the view {view.name}, {values}", evolve(view, of=swapped)


def differs(one: Table, other: Table) -> str | None:
    """Where two tables behave differently, in words; None where they do the same."""
    for state in one.states:
        if state not in other.states:
            return f"{state} is never reached"
        for event in dict.fromkeys((*one.events, *other.events)):
            answers = [_answer(table, state, event) for table in (one, other)]
            if answers[0] != answers[1]:
                return f"{event!r} in {state}: {' becomes '.join(answers)}"
        for view in one.lifecycle.views:
            if one.view(state, view.model) is not other.view(state, view.model):
                return f"{state} is another {view.name}"
    if one.states[one.initial] != other.states[other.initial]:
        return f"the beginning is {other.states[other.initial]}"
    return None


def _answer(table: Table, state: Any, event: str) -> str:  # noqa: ANN401 - a state
    number = table.index(state)
    if event not in table.arcs[number]:
        return "refused"
    guarded = " if a complaint is open" * (event in table.guards[number])
    return f"to {table.states[table.arcs[number][event]]}{guarded}"
