"""Counterfactuals: the smallest change of one fact that would change the recommendation.

Knows selectors only as something that names a strategy and a row for a profile, so that it serves
tables, combinations and an app's own functions alike.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

from attrs import frozen

from custlife.predicates import spoken, words
from custlife.record import EXACT
from custlife.strategy.catalogue import Strategy
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.facts import INPUTS, Fact, FactKind
from custlife.strategy.profile import Profile

Decide = Callable[[Profile], tuple[Strategy, str]]
"""A strategy and the id of the row for a profile."""

Limits = Mapping[str, Collection[Decimal]]
"""For signals and numbers of the value, all numbers where the answer may change."""

_MOST_STEPS = 64
_WHOLE = Decimal(1)
_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_ROUGH = Context(prec=9)


@frozen
class Flip:
    """A change of one fact that changes the recommendation.

    Attributes:
        fact: The signal or the number of the value.
        was: What it is; None where it is unknown.
        to: What it would be.
        strategy: What would be recommended then.
        row: By which row.
        size: How large the change is: 1 for yes to no, the difference for a share, the difference
            in relation to the larger of the two otherwise; None where it was unknown.

    Examples:
        >>> print(Flip("strategic", True, False, Strategy.END, "END-NOT-KEY", Decimal(1)))
        if strategic were no instead of yes: end, by row END-NOT-KEY
    """

    fact: str
    was: object
    to: object
    strategy: Strategy
    row: str
    size: Decimal | None

    def __str__(self) -> str:
        change = (
            f"if {spoken(self.fact)}, which is unknown, turned out to be {words(self.to)}"
            if self.was is None
            else f"if {spoken(self.fact)} were {words(self.to)} instead of {words(self.was)}"
        )
        return f"{change}: {self.strategy.words}, by row {self.row}"


def flips(
    profile: Profile, decide: Decide, inputs: Iterable[str], limits: Limits
) -> tuple[Flip, ...]:
    """For each of these facts the nearest value that changes the strategy, the smallest first.

    Changes of what is known come before what could be learnt.

    Args:
        profile: The profile.
        decide: What is recommended for a profile.
        inputs: The facts to change.
        limits: Where the answer may change. A number that is not among them is searched at growing
            distances, and a narrow region may be missed.
    """
    now, _ = decide(profile)
    facts = [fact for name, fact in INPUTS.items() if name in set(inputs)]
    found = [
        flip for fact in facts if (flip := _flip(profile, decide, now, fact, limits.get(fact.name)))
    ]
    return tuple(sorted(found, key=lambda flip: (flip.size is None, flip.size or 0)))


def _flip(
    profile: Profile,
    decide: Decide,
    now: Strategy,
    fact: Fact,
    limits: Collection[Decimal] | None,
) -> Flip | None:
    was = fact.read(profile)
    sides = _candidates(fact, was, limits)
    found = [flip for side in sides if (flip := _first(profile, decide, now, fact, side))]
    return min(found, key=_order, default=None)


def _order(flip: Flip) -> Decimal:
    return flip.size or _ZERO


def _first(
    profile: Profile, decide: Decide, now: Strategy, fact: Fact, side: Iterable[object]
) -> Flip | None:
    """The first value of these that changes the strategy, brought as near as can be."""
    was = stays = fact.read(profile)
    for to in side:
        answer = _asked(profile, decide, fact, to)
        if answer is None:
            continue
        if answer[0] is not now:
            if isinstance(to, Decimal) and stays is not None:
                to, answer = _nearer(profile, decide, now, fact, Decimal(stays), to, answer)  # noqa: PLW2901
            return Flip(fact.name, was, _fitted(fact, to), *answer, size(fact.kind, was, to))
        stays = to
    return None


def _asked(profile: Profile, decide: Decide, fact: Fact, to: object) -> tuple[Strategy, str] | None:
    try:
        return decide(profile.altered(**{fact.name: _fitted(fact, to)}))
    except InvalidProfile:
        return None


def _fitted(fact: Fact, to: object) -> object:
    """A value as the fact's field takes it."""
    return int(to) if fact.kind is FactKind.COUNT and isinstance(to, Decimal) else to


def _nearer(  # noqa: PLR0913, PLR0917 - the state of a bisection
    profile: Profile,
    decide: Decide,
    now: Strategy,
    fact: Fact,
    stays: Decimal,
    flips_: Decimal,
    answer: tuple[Strategy, str],
) -> tuple[Decimal, tuple[Strategy, str]]:
    """Halve the distance until the change is no more than the fact's step."""
    step = fact.kind.step
    while abs(EXACT.subtract(flips_, stays)) > step:
        middle = EXACT.multiply(EXACT.add(flips_, stays), _HALF).quantize(step, context=EXACT)
        found = _asked(profile, decide, fact, middle)
        if found is None or found[0] is now:
            stays = middle
        else:
            flips_, answer = middle, found
    return flips_, answer


def _candidates(
    fact: Fact,
    was: Any,  # noqa: ANN401 - as the fact says
    limits: Collection[Decimal] | None,
) -> Iterator[Iterable[object]]:
    """The values to try, in lists that lead away from what the fact is."""
    if fact.kind is FactKind.FLAG:
        yield [value for value in (True, False) if value is not was]
        return
    here = _ZERO if was is None else Decimal(was)
    points = {point for point in _points(fact, here, limits) if fact.kind.allows(point)}
    yield sorted(point for point in points if point > here or was is None)
    yield sorted((point for point in points if point < here), reverse=True)


def _points(fact: Fact, here: Decimal, limits: Collection[Decimal] | None) -> Iterator[Decimal]:
    step = fact.kind.step
    if limits is not None:
        for limit in limits:
            yield from (EXACT.subtract(limit, step), limit, EXACT.add(limit, step))
        return
    yield from (end for end in (fact.kind.least, fact.kind.most) if end is not None)
    for power in range(_MOST_STEPS):
        rung = EXACT.multiply(step, Decimal(2**power))
        yield from (EXACT.add(here, rung), EXACT.subtract(here, rung))


def size(kind: FactKind, was: Any, to: Any) -> Decimal | None:  # noqa: ANN401 - as the fact says
    """How large a change is; see `Flip`."""
    if was is None:
        return None
    if not kind.is_number:
        return _WHOLE
    difference = abs(EXACT.subtract(to, was))
    if kind is FactKind.SHARE:
        return difference
    return _ROUGH.divide(difference, max(abs(to), abs(was)))
