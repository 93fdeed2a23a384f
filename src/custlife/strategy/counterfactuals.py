"""Counterfactuals: the smallest change of one fact that would change the recommendation.

Knows selectors only as something that names a strategy and a row for a profile, so that it serves
tables, combinations and an app's own functions alike.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from attrs import frozen

from custlife.decisions.predicates import spoken, words
from custlife.money import EXACT
from custlife.strategy.errors import InvalidProfile, NoRecommendation
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.facts import INPUTS
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy

Answer = tuple[Strategy, str] | None
"""A strategy and the id of its row; None where a selector passes."""

Decide = Callable[[Profile], Answer]
"""What is recommended for a profile."""

Thresholds = Mapping[str, Collection[Decimal]]
"""For signals and numbers of the value, all numbers where the answer may change."""

_MOST_STEPS = 64
_WHOLE = Decimal(1)
_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_ROUGH = EXACT.copy()
_ROUGH.prec = 9


@frozen
class Counterfactual:
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
        >>> print(Counterfactual("strategic", True, False, Strategy.END, "END-NOT-KEY", Decimal(1)))
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


def nearest_changes(
    profile: Profile, now: Strategy, decide: Decide, inputs: Collection[str], limits: Thresholds
) -> tuple[Counterfactual, ...]:
    """For each of these facts the nearest value that changes the strategy, the smallest first.

    Changes of what is known come before what could be learnt. Who a customer is, consumer or
    business, is not changed.

    Args:
        profile: The profile.
        now: The strategy that is recommended for it.
        decide: What is recommended for another profile.
        inputs: The facts to change.
        limits: Where the answer may change. A number that is not among them is searched at growing
            distances, and a narrow region may be missed.
    """
    facts = [INPUTS[name] for name in INPUTS if name in inputs]
    found = [
        change
        for fact in facts
        if fact.kind is not FactKind.CHOICE
        and (change := _Search(profile, now, decide, fact).nearest(limits))
    ]
    return tuple(sorted(found, key=lambda change: (change.size is None, change.size or 0)))


@frozen
class _Search:
    """The search for the nearest value of one fact that changes the strategy."""

    profile: Profile
    now: Strategy
    decide: Decide
    fact: Fact

    def nearest(self, limits: Thresholds) -> Counterfactual | None:
        """The smallest change up or down."""
        sides = _sides(self.fact, self.fact.read(self.profile), limits.get(self.fact.name))
        found = [change for side in sides if (change := self.first(side))]
        return min(found, key=lambda change: change.size or _ZERO, default=None)

    def first(self, side: Iterable[Any]) -> Counterfactual | None:
        """The first of these values that changes the strategy, brought as near as can be."""
        was = stays = self.fact.read(self.profile)
        for to in side:
            answer = self.asked(to)
            if answer is None:
                continue
            if answer[0] is self.now:
                stays = to
                continue
            near = to
            if self.fact.kind.is_number and stays is not None:
                near, answer = self.nearer(Decimal(stays), to, answer)
            change = size(self.fact.kind, was, near)
            return Counterfactual(self.fact.name, was, self.fitted(near), *answer, change)
        return None

    def nearer(
        self, stays: Decimal, changes: Decimal, answer: tuple[Strategy, str]
    ) -> tuple[Decimal, tuple[Strategy, str]]:
        """Halve the distance until the change is no more than the fact's step."""
        step = self.fact.kind.step
        while EXACT.abs(EXACT.subtract(changes, stays)) > step:
            middle = EXACT.multiply(EXACT.add(changes, stays), _HALF).quantize(step, context=EXACT)
            found = self.asked(middle)
            if found is None or found[0] is self.now:
                stays = middle
            else:
                changes, answer = middle, found
        return changes, answer

    def asked(self, to: Any) -> Answer:  # noqa: ANN401 - as the fact says
        """What is recommended with another value; None where there can be none."""
        try:
            return self.decide(self.profile.altered(**{self.fact.name: self.fitted(to)}))
        except (InvalidProfile, NoRecommendation):
            return None

    def fitted(self, to: Any) -> Any:  # noqa: ANN401 - as the fact says
        """A value as the fact's field takes it."""
        return int(to) if self.fact.kind is FactKind.COUNT else to


def _sides(
    fact: Fact,
    was: Any,  # noqa: ANN401 - as the fact says
    limits: Collection[Decimal] | None,
) -> Iterable[Iterable[Any]]:
    """The values to try, in lists that lead away from what the fact is."""
    kind = fact.kind
    if kind is FactKind.FLAG:
        return ([value for value in (True, False) if value is not was],)
    here = _ZERO if was is None else Decimal(was)
    powers = [2**power for power in range(_MOST_STEPS)]
    around, steps = ([here], powers) if limits is None else (limits, [0, 1])
    tried = {end for end in (kind.least, kind.most) if end is not None}
    for center, number in product(around, steps):
        step = EXACT.multiply(kind.step, Decimal(number))
        tried |= {EXACT.add(center, step), EXACT.subtract(center, step)}
    points = sorted(filter(kind.allows, tried))
    up = [point for point in points if was is None or point > here]
    return up, [point for point in reversed(points) if point < here]


def size(kind: FactKind, was: Any, to: Any) -> Decimal | None:  # noqa: ANN401 - as the fact says
    """How large a change is; see `Counterfactual`."""
    if was is None:
        return None
    if not kind.is_number:
        return _WHOLE
    difference = EXACT.abs(EXACT.subtract(to, was))
    if kind is FactKind.SHARE:
        return difference
    return _ROUGH.divide(difference, max(EXACT.abs(Decimal(to)), EXACT.abs(Decimal(was))))
