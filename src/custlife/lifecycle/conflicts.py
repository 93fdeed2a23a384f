"""How the rules of a lifecycle act together: clashes, and conflicts between regions.

Looks only at the definition, and errs on the side of saying nothing: what shows only when the
lifecycle runs is found when its table is compiled.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from attrs import frozen

from custlife.errors import Fault
from custlife.lifecycle.parts import Forbid, Move, Rule, Stay, View
from custlife.lifecycle.places import Place, Places, RoomPlan
from custlife.state import Room, State


@frozen
class Draft:
    """What the checks look at: a definition before it is found sound.

    Attributes:
        rooms: The three rooms.
        rules: The rules.
        views: The views.
        places: The places.
    """

    rooms: Mapping[Room, RoomPlan]
    rules: tuple[Rule, ...]
    views: tuple[View, ...]
    places: Places


def named(rule: Rule) -> tuple[str, ...]:
    """Every place that a rule names."""
    return rule.at if isinstance(rule, Forbid) else (*rule.at, *rule.to, *rule.when, *rule.unless)


def clashes(draft: Draft) -> Iterator[Fault]:
    """Two rules that answer one event at one place, and rules inside what forbids them."""
    places = draft.places
    by_event: dict[tuple[str, str], list[Rule]] = {}
    for name, rules in _by_place(draft).items():
        for rule in rules:
            by_event.setdefault((name, rule.on), []).append(rule)
    for (name, event), rules in by_event.items():
        for first, second in combinations(rules, 2):
            if _overlap(first, second, name, places.states):
                yield Fault(
                    "two_rules",
                    name,
                    f"two rules answer {event!r} here: '{first}' and '{second}'. Keep one, or give "
                    f"them conditions that exclude each other.",
                )
        for outer in places.by_name[name].within:
            for forbid in by_event.get((outer, event), ()):
                if isinstance(forbid, Forbid):
                    yield Fault(
                        "contradiction",
                        name,
                        f"'{rules[0]}' answers {event!r} inside a place that forbids it: "
                        f"'{forbid}'. Forbid it only where no rule inside answers.",
                    )


def _overlap(first: Rule, second: Rule, name: str, states: Iterable[State]) -> bool:
    if isinstance(first, Forbid) or isinstance(second, Forbid):
        return True
    return any(
        state.is_in(name) and applies(first, state) and applies(second, state) for state in states
    )


def applies(rule: Move | Stay, state: State) -> bool:
    """Whether the condition of a rule holds in a state."""
    return all(map(state.is_in, rule.when)) and not any(map(state.is_in, rule.unless))


def conflicts(draft: Draft) -> Iterator[Fault]:
    """Answers of two regions to one event that cannot both be given, since one leaves the room."""
    by_name = draft.places.by_name
    rules = _by_place(draft)
    for state in draft.places.states:
        for event in dict.fromkeys(rule.on for rule in draft.rules):
            answers = [_answer(by_name[leaf], event, state, rules) for leaf in state.stages]
            for first, second in combinations(filter(None, answers), 2):
                if _collide(first, second, by_name) or _collide(second, first, by_name):
                    yield Fault(
                        "conflicting_regions",
                        f"{first[0]} and {second[0]}",
                        f"'{first[1]}' and '{second[1]}' can both answer, but where one leaves "
                        f"the room only one can happen; make it one rule of the room, or give "
                        f"them conditions that exclude each other.",
                    )


_Answer = tuple[str, Move | Stay]
"""Where a rule acts that answers an event in one region, and the rule."""


def _answer(
    leaf: Place, event: str, state: State, rules: Mapping[str, list[Rule]]
) -> _Answer | None:
    for name in leaf.chain:
        for rule in rules.get(name, ()):
            if rule.on == event and not isinstance(rule, Forbid) and applies(rule, state):
                return name, rule
    return None


def _collide(leaving: _Answer, other: _Answer, by_name: Mapping[str, Place]) -> bool:
    """Whether one answer leaves the room against what another region's own rule says.

    A move further inside comes before a move further out, and a stay further out gives way to a
    move further inside; every other pair is a contradiction.
    """
    (start, move), (place, rule) = leaving, other
    if isinstance(move, Stay) or stays_in_region(move, by_name[start], by_name) or place == start:
        return False
    inside = start in by_name[place].within and isinstance(rule, Move)
    return not inside and place not in by_name[start].within


def acts_at(rule: Rule, name: str, by_name: Mapping[str, Place]) -> str:
    """Where a rule acts that is written at a place: there, but for one case.

    A move on a room with regions that leads to one of the room's own stages acts in that stage's
    region, so that it leaves the other regions alone.
    """
    if isinstance(rule, Move) and by_name[name].region is None:
        return stays_in_region(rule, by_name[name], by_name) or name
    return name


def stays_in_region(move: Move, at: Place, by_name: Mapping[str, Place]) -> str | None:
    """The region inside which a move happens, None where it leaves it or resets the room."""
    to = by_name[move.to[0]]
    inside = len(move.to) == 1 and to.stage is not None and to.room is at.room
    return to.region if inside else None


def _by_place(draft: Draft) -> dict[str, list[Rule]]:
    """The rules that act at each place, without those that name a place which does not exist."""
    by_name = draft.places.by_name
    found: dict[str, list[Rule]] = {}
    for rule in draft.rules:
        aimless = isinstance(rule, Move) and not rule.to
        if not aimless and all(name in by_name for name in named(rule)):
            for name in rule.at:
                found.setdefault(acts_at(rule, name, by_name), []).append(rule)
    return found
