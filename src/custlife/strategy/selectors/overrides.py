"""Decisions of people or campaigns that stand above a selector."""

from collections.abc import Callable, Mapping
from functools import cached_property

from attrs import evolve, field, frozen

from custlife.sources import OWN, Source
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Recommendation,
    RunnerUp,
    Stated,
    name_of,
    thresholds_of,
)
from custlife.strategy.selectors.grounds import Ground, Read, inputs_used, joined, quiet, uses_of
from custlife.strategy.selectors.protocol import PartialSelector, asked, require_selector, verified
from custlife.strategy.strategies import Strategy

Override = Mapping[str, Strategy] | Callable[[Profile], Strategy | None]
"""A strategy by the customer's id, or a function that gives one or None."""


@frozen(kw_only=True)
class Overridden:
    """A selector with a decision above it; see `with_override`."""

    selector: PartialSelector
    by_customer: Mapping[str, Strategy] = field(factory=dict, hash=False)
    by_function: Callable[[Profile], Strategy | None] | None = None
    because: str
    source: Source = OWN

    def __attrs_post_init__(self) -> None:
        require_selector(name_of(self.selector), self.selector)
        if self.by_function is not None:
            require_selector("with_override", self.by_function)
        for strategy in self.by_customer.values():
            self._require_strategy(strategy)

    @property
    def name(self) -> str:
        """The selector's name."""
        return f"{name_of(self.selector)} with overrides"

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that the override or the selector looks at."""
        return tuple(sorted(self._looked_at | inputs_used(self.selector)))

    @property
    def _looked_at(self) -> frozenset[str]:
        """The inputs that the override follows from: none where it is by the customer's id."""
        return frozenset() if self.by_function is None else inputs_used(self.by_function)

    @cached_property
    def quiet(self) -> "Overridden":
        """As it is asked in counterfactuals: without shadows."""
        inner = quiet(self.selector)
        return self if inner is self.selector else evolve(self, selector=inner)

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The override's strategy where there is one, else the selector's recommendation.

        Raises:
            UnfitStrategy: If the override does not fit the room.
            InvalidSelector: If the override gives something else than a strategy or None.
            NoRecommendation: If there is no override, and the selector passes.
        """
        said = asked(self.selector, profile)
        strategy = self._override(profile)
        ground = self._ground(profile)
        if strategy is not None:
            advice = self._overriding(profile, strategy, ground, said)
            verified(advice, self, profile)
            return advice
        if said is None:
            raise NoRecommendation(self.name, str(profile))
        return joined(said, self.quiet, [] if self.by_function is None else [ground])

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change the selector's answer, but for those that the override looks at."""
        found = thresholds_of(self.selector, profile)
        return {name: found[name] for name in found if name not in self._looked_at}

    def _override(self, profile: Profile) -> Strategy | None:
        if self.by_function is None:
            return self.by_customer.get(profile.relationship.customer)
        strategy = self.by_function(profile)
        if strategy is not None:
            self._require_strategy(strategy)
        return strategy

    def _require_strategy(self, strategy: object) -> None:
        if not isinstance(strategy, Strategy):
            raise InvalidSelector(self.name, f"its override is {strategy!r}; use a Strategy.")

    def _ground(self, profile: Profile) -> Ground:
        names = () if self.by_function is None else uses_of(self.by_function)
        return Read(profile, names)

    def _overriding(
        self, profile: Profile, strategy: Strategy, ground: Ground, said: Recommendation | None
    ) -> Recommendation:
        others: tuple[RunnerUp, ...] = ()
        sentence = self.because
        if said is not None:
            others = (RunnerUp(said.row, said.strategy, holds=True, because=()), *said.runners_up)
            sentence += (
                f" Without this, {name_of(self.selector)} would say {said.strategy.words}, by row "
                f"{said.row}."
            )
        reason = Stated(
            row="OVERRIDE",
            sentence=sentence,
            source=self.source,
            facts=ground.facts,
            missing=ground.missing,
            runners_up=others,
        )
        return Recommendation(profile, strategy, self.quiet, reason)


def with_override(
    selector: PartialSelector, override: Override, *, because: str, source: Source = OWN
) -> Overridden:
    """A selector with a person's or a campaign's decision above it.

    The selector is asked all the same: the recommendation tells what it would have said.

    Args:
        selector: Who decides where there is no override.
        override: A strategy by the customer's id; or a function that gives one or None, and should
            say by `looks_at` what it looks at.
        because: Why it is overridden, as a sentence.
        source: Where the decision comes from.

    Raises:
        InvalidSelector: If something else than a strategy is given, or the selector or the function
            cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import buttle_selector
        >>> banned = {"C-17": Strategy.END}
        >>> ours = with_override(buttle_selector(), banned, because="They sued us.")
        >>> advice = ours(Profile(relationship=Relationship("C-17")))
        >>> print(advice.reason.sentence)
        They sued us. Without this, Buttle's strategies, policy custlife of 2026-11-22 would say \
start, by row START-OPEN.
        >>> print(advice.runners_up[0])
        start by row START-OPEN holds as well, but ranks lower
    """
    if isinstance(override, Mapping):
        return Overridden(
            selector=selector, by_customer=dict(override), because=because, source=source
        )
    return Overridden(selector=selector, by_function=override, because=because, source=source)
