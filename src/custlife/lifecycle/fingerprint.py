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
            "regions": {room.value: _plain(names) for room, names in places.regions.items()},
            "places": {
                str.__str__(name): _plain(place.children) for name, place in places.by_name.items()
            },
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
    on, at = _plain((rule.on, place))
    if isinstance(rule, Forbid):
        return Forbid(on, at=at, sentence="")
    asked: dict[str, Any] = {"when": _once(rule.when), "unless": _once(rule.unless)}
    if isinstance(rule, Move):
        return Move(on, at=at, sentence="", to=_once(rule.to), **asked)
    answers = bool(rule.answers_complaint)
    return Stay(on, at=at, sentence="", answers_complaint=answers, **asked)


def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as plain text; a member of an enum of texts can write itself in another way."""
    return tuple(map(str.__str__, names))


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(_plain(names))))


def _as_data(rule: Rule) -> list[Any]:
    """A rule as JSON-ready data that can be sorted."""
    if isinstance(rule, Forbid):
        return [rule.on, *rule.at, "forbid"]
    kind, only = ("move", False) if isinstance(rule, Move) else ("stay", rule.answers_complaint)
    return [rule.on, *rule.at, kind, rule.to, rule.when, rule.unless, only]
