"""What differs between two lifecycles, in words: what one fingerprint has and another has not."""

from collections.abc import Iterator, Mapping

from custlife._checks import one_of
from custlife.errors import listed
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.fingerprint import single_rules
from custlife.lifecycle.places import Place


def differences(old: Lifecycle, new: Lifecycle) -> tuple[str, ...]:
    """What differs in what two lifecycles execute, one sentence each.

    First stages and regions: added, gone, moved, which is entered first, and their order. Then
    rules: added, gone and changed, where the same event at the same place has another answer.
    There are none exactly if the two have the same `Lifecycle.fingerprint`.

    Args:
        old: The earlier lifecycle.
        new: The later lifecycle.

    Raises:
        InvalidArgument: If one of them is no `Lifecycle`.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE, Move
        >>> later = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing", "trial"], [
        ...     Move("trial_started", at="browsing", to="trial", sentence="Tries it out."),
        ... ])
        >>> for difference in differences(CUSTOMER_LIFECYCLE, later):
        ...     print(difference)
        Stage added: browsing in visitor.
        Stage added: trial in visitor.
        Rule added: trial_started: browsing -> trial.
    """
    one_of(Lifecycle).argument("differences", "old", old)
    one_of(Lifecycle).argument("differences", "new", new)
    return (*_of_places(_places(old), _places(new)), *_of_rules(_rules(old), _rules(new)))


_Places = dict[tuple[str, str], Place]
"""Every place by its kind and name, in the order of the definition."""


def _places(lifecycle: Lifecycle) -> _Places:
    return {(_kind(place), name): place for name, place in lifecycle.places.by_name.items()}


def _kind(place: Place) -> str:
    if not place.within:
        return "Room"
    return "Region" if place.stage is None else "Stage"


def _of_places(old: _Places, new: _Places) -> Iterator[str]:
    for word, some, others in (("added", new, old), ("gone", old, new)):
        for kind, name in some:
            if (kind, name) not in others:
                yield f"{kind} {word}: {name} in {some[kind, name].within[-1]}."
    both = [(key[0], old[key], now) for key, now in new.items() if key in old]
    for kind, was, now in both:
        if was.within[-1:] != now.within[-1:]:
            yield f"{kind} moved: {now.name} is in {now.within[-1]}, and was in {was.within[-1]}."
    for _, was, now in both:
        begin = was.region and now.region and was.children and now.children
        if begin and was.children[0] != now.children[0]:
            first = f"{now.children[0]}, and was {was.children[0]}"
            yield f"First stage changed: in {now.name} it is {first}."
    for _, was, now in both:
        if was.children != now.children and {*was.children} == {*now.children}:
            order = f"{listed(now.children)}, and was {listed(was.children)}"
            yield f"Order changed: in {now.name} it is {order}."


_Rules = Mapping[tuple[str, str], list[str]]
"""The answers to each event at each place."""


def _rules(lifecycle: Lifecycle) -> _Rules:
    answers: dict[tuple[str, str], list[str]] = {}
    for rule in sorted(single_rules(lifecycle.rules), key=str):
        answers.setdefault((rule.on, rule.at[0]), []).append(str(rule))
    return answers


def _of_rules(old: _Rules, new: _Rules) -> Iterator[str]:
    for word, some, others in (("added", new, old), ("gone", old, new)):
        for key in some:
            if key not in others:
                yield from (f"Rule {word}: {rule}." for rule in some[key])
    for key, rules in new.items():
        if key in old and old[key] != rules:
            yield f"Rule changed: {'; '.join(rules)} (was {'; '.join(old[key])})."
