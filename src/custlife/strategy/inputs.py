"""What facts follow from: the signals and the numbers of the value that an app can give."""

from collections.abc import Iterable
from typing import Any

from custlife.causes import Cause
from custlife.strategy.fact import Fact
from custlife.strategy.facts import FACTS, INPUTS, fact_named
from custlife.strategy.profile import Profile

_OF_CAUSE = frozenset({"cause", "last_cause", "cause_changeable", "defector"})
"""The cause, and what follows from it; it can be learnt while the person is gone."""


def learnable(
    names: Iterable[str], profile: Profile, facts: Iterable[Fact] = FACTS
) -> tuple[str, ...]:
    """What an app can learn to know these unknown facts, sorted.

    For a fact that follows from inputs these are the unknown ones that count in it; for one that
    follows from the cause it is the cause; else it is the fact itself.
    """
    catalogue = {fact.name: fact for fact in facts}
    found: set[str] = set()
    for name in names:
        inputs = [one for one in catalogue[name].inputs if INPUTS[one].read(profile) is None]
        found.update(one for one in inputs if _counts(catalogue[name], one, profile))
        if name in _OF_CAUSE and fact_named(name) in facts:
            gone = profile.departure
            found.update(["cause"] if gone and gone.cause is Cause.UNKNOWN else [])
        elif not inputs:
            found.add(name)
    return tuple(sorted(found))


def _counts(fact: Fact, part: str, profile: Profile) -> bool:
    """Whether an input counts for this customer; in a sum it may not."""
    return not fact.is_sum or bool(weight(fact, part, profile))


def weight(fact: Fact, part: str, profile: Profile) -> Any:  # noqa: ANN401 - as the fact is
    """How a part counts in a sum for this customer: 1 is plus, -1 is minus, 0 is not at all."""
    alone = {name: int(name == part) for name in fact.inputs}
    return fact.read(Profile(relationship=profile.relationship).altered(**alone))


def unknown_inputs(
    names: Iterable[str], profile: Profile, facts: Iterable[Fact] = FACTS
) -> tuple[str, ...]:
    """The unknown inputs of these known facts, sorted: each may change a fact.

    An expected value is one: it follows from the profit unless the app has a better number. A sum
    is none: what counts in it is known where it is known itself.
    """
    used = inputs_of(names, [fact for fact in facts if not fact.is_sum])
    return tuple(
        sorted(name for name, fact in INPUTS.items() if name in used and fact.read(profile) is None)
    )


def inputs_of(names: Iterable[str], facts: Iterable[Fact] = FACTS) -> frozenset[str]:
    """The fields of `Signals` and `CustomerValue` that these facts follow from.

    Examples:
        >>> sorted(inputs_of(["profit", "room", "strategic"]))
        ['cost_to_serve', 'margin', 'strategic']
    """
    wanted = [*names]
    return frozenset(name for fact in facts if fact.name in wanted for name in fact.inputs)
