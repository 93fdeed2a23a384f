"""The fingerprint of a lifecycle: a digest of what it executes, in a normal form.

Reads the definition only, so that it compiles no table.
"""

from collections.abc import Iterable
from typing import Any

from custlife._scalars import digest
from custlife.lifecycle.parts import Forbid, Move, Rule, Stay
from custlife.lifecycle.places import Places


def fingerprint_of(places: Places, rules: Iterable[Rule]) -> str:
    """The digest of the places with their nesting and order, and of the rules in normal form."""
    return digest(
        {
            "regions": {room.value: names for room, names in places.regions.items()},
            "places": {name: place.children for name, place in places.by_name.items()},
            "rules": sorted(map(_as_data, single_rules(rules))),
        }
    )


def single_rules(rules: Iterable[Rule]) -> frozenset[Rule]:
    """The rules in normal form: one for each place, without words, the names that it lists sorted.

    Examples:
        >>> rule = Move("left", at=["b", "a"], to="c", unless=["e", "d"], sentence="Leaves.")
        >>> for single in sorted(map(str, single_rules([rule]))):
        ...     print(single)
        left: a -> c unless d or e
        left: b -> c unless d or e
    """
    return frozenset(_single(rule, place) for rule in rules for place in rule.at)


def _single(rule: Rule, place: str) -> Rule:
    if isinstance(rule, Forbid):
        return Forbid(rule.on, at=place, sentence="")
    asked: dict[str, Any] = {"when": _once(rule.when), "unless": _once(rule.unless)}
    if isinstance(rule, Move):
        return Move(rule.on, at=place, sentence="", to=_once(rule.to), **asked)
    answers = bool(rule.answers_complaint)
    return Stay(rule.on, at=place, sentence="", answers_complaint=answers, **asked)


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _as_data(rule: Rule) -> list[Any]:
    """A rule as JSON-ready data that can be sorted."""
    if isinstance(rule, Forbid):
        return [rule.on, *rule.at, "forbid"]
    kind, only = ("move", False) if isinstance(rule, Move) else ("stay", rule.answers_complaint)
    return [rule.on, *rule.at, kind, rule.to, rule.when, rule.unless, only]
