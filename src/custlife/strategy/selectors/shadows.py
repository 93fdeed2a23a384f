"""A second selector that is tried beside the one that decides, on real customers."""

from collections.abc import Callable

from attrs import evolve, field, frozen

from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Recommendation,
    StrategySelector,
    name_of,
    thresholds_of,
)
from custlife.strategy.selectors.grounds import quiet, uses_of
from custlife.strategy.selectors.protocol import PartialSelector, asked, checked, require_selector


@frozen
class Difference:
    """Where a second selector did not say what the first one said.

    Attributes:
        profile: The customer.
        primary: What was recommended.
        second: What the second would recommend; None where it failed.
        error: The error of the second; None where it answered.
        name: The second's name.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import recommend
        >>> profile = Profile(relationship=Relationship("C-17"))
        >>> print(Difference(profile, recommend(profile), None, ValueError("no budget"), "bold"))
        C-17, prospect (potential): start, by row START-OPEN; bold failed: ValueError: no budget
    """

    profile: Profile
    primary: Recommendation
    second: Recommendation | None
    error: Exception | None = None
    name: str = "the second"

    def __str__(self) -> str:
        other = (
            f"failed: {type(self.error).__name__}: {self.error}"
            if self.second is None
            else f"would say {self.second.strategy.words}, by row {self.second.row}"
        )
        first = f"{self.primary.strategy.words}, by row {self.primary.row}"
        return f"{self.profile}: {first}; {self.name} {other}"


@frozen
class Shadow:
    """A selector, and a second one that is tried beside it; see `shadow`."""

    primary: StrategySelector
    second: PartialSelector
    report: Callable[[Difference], object] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        require_selector(name_of(self.primary), self.primary)
        require_selector(name_of(self.second), self.second)
        if not callable(self.report):
            raise InvalidSelector(
                self.name, f"its report is {self.report!r}. Give a function of a Difference."
            )

    @property
    def name(self) -> str:
        """The name of the selector that decides."""
        return name_of(self.primary)

    @property
    def uses(self) -> tuple[str, ...]:
        """What the selector looks at that decides."""
        return uses_of(self.primary)

    @property
    def quiet(self) -> StrategySelector:
        """As it is asked in counterfactuals: the selector that decides, alone."""
        alone: StrategySelector = quiet(self.primary)
        return alone

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The primary's recommendation.

        Raises:
            NoRecommendation: If the primary passes; the second is not asked then.
        """
        advice = asked(self.primary, profile)
        if advice is None:
            raise NoRecommendation(self.name, str(profile))
        advice = evolve(advice, selector=self.quiet)
        difference = self._difference(advice)
        if difference is not None:
            self.report(difference)
        return advice

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change the answer of the selector that decides."""
        return thresholds_of(self.primary, profile)

    def _difference(self, advice: Recommendation) -> Difference | None:
        """Where the second differs; whatever it raises is told, and goes no further."""
        profile, name = advice.profile, name_of(self.second)
        try:
            second = checked(self.second, profile)
            if second is None:
                raise NoRecommendation(name, str(profile))  # noqa: TRY301 - told like its own
        except Exception as error:  # noqa: BLE001 - a trial must not disturb the real answer
            return Difference(profile, advice, None, error, name)
        if second.strategy is advice.strategy:
            return None
        return Difference(profile, advice, second, None, name)


def shadow(
    primary: StrategySelector, second: PartialSelector, report: Callable[[Difference], object]
) -> Shadow:
    """A selector that decides, and a second one that is tried beside it.

    The second is asked for every recommendation, not for the counterfactual questions about it.
    What it raises is reported and never raised; what ``report`` raises is the app's own, and is.

    Args:
        primary: Who decides.
        second: Who is tried.
        report: Called with each `Difference`: where the second recommends another strategy, passes,
            or raises.

    Raises:
        InvalidSelector: If one of the two cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import ButtlePolicy, buttle_selector
        >>> bold = buttle_selector(ButtlePolicy(worthwhile_potential=10))
        >>> found = []
        >>> ours = shadow(buttle_selector(), bold, found.append)
        >>> profile = Profile(relationship=Relationship("C-17")).altered(potential_value=50)
        >>> ours(profile).strategy.words, found[0].second.strategy.words
        ('end', 'start')
        >>> print(ours(profile).counterfactual())
        if potential value were 100 instead of 50: start, by row START-POTENTIAL
        >>> len(found)
        2
    """
    return Shadow(primary, second, report)
