"""Asking a selector: what can be asked, and what counts as an answer.

Whoever asks, be it the app, a combination or a registry, asks here, so that everybody finds the
same faults.
"""

from collections.abc import Callable
from inspect import isclass, signature
from typing import Any, Protocol, TypeVar

from custlife.errors import listed
from custlife.strategy.errors import InvalidSelector, NoRecommendation, UnfitStrategy
from custlife.strategy.facts import FACTS
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, name_of
from custlife.strategy.strategies import fitting

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = frozenset(fact.name for fact in FACTS)


class PartialSelector(Protocol):
    """Anything that can be called with a profile and recommends a strategy, or passes.

    To pass is to return None, or to raise `NoRecommendation`. Every `StrategySelector` is one that
    never passes. A selector may say by ``uses`` which facts it looks at; see `looks_at`.
    """

    def __call__(self, profile: Profile, /) -> Recommendation | None:
        """The recommendation for a profile; None where the selector does not decide."""
        ...


def looks_at(*names: str) -> Callable[[F], F]:
    """Let a function say which facts it looks at, by its attribute ``uses``.

    For selectors, segments and overrides that are plain functions. One that does not say so is
    taken to look at every signal and every number of the value: a combination then tells all of
    them as the facts that its answer rests on.

    Args:
        *names: Names of facts in `FACTS`; all that the function looks at.

    Raises:
        InvalidSelector: When the function is decorated, if there is no such fact.

    Examples:
        >>> @looks_at("potential_value")
        ... def size(profile):
        ...     return "large" if (profile.signals.potential_value or 0) > 1000 else "small"
        >>> size.uses
        ('potential_value',)
    """

    def told(function: F) -> F:
        vars(function)["uses"] = names
        _require_uses(name_of(function), function, None)
        return function

    return told


def checked(selector: PartialSelector, profile: Profile) -> Recommendation | None:
    """What a selector answers, if it is an answer; None where it passes by returning None.

    Raises:
        InvalidSelector: If it gives something else than a recommendation.
        UnfitStrategy: If it recommends what does not fit the room.
    """
    return verified(selector(profile), selector, profile)


def verified(
    advice: Recommendation | None, selector: PartialSelector, profile: Profile
) -> Recommendation | None:
    """The answer of a selector, if it is one; see `checked`."""
    if advice is None:
        return None
    if not isinstance(advice, Recommendation):
        raise InvalidSelector(
            name_of(selector),
            f"it gave {advice!r} for {profile}; give a Recommendation.",
            getattr(selector, "distribution", None),
        )
    if advice.profile is not profile and advice.profile != profile:
        raise InvalidSelector(
            name_of(selector),
            f"it gave a recommendation for {advice.profile!r}, and was asked about {profile!r}. "
            f"Recommend for the profile that is given.",
            getattr(selector, "distribution", None),
        )
    if not advice.strategy.fits(profile.room):
        raise UnfitStrategy(
            name_of(selector),
            advice.strategy.words,
            str(profile),
            tuple(strategy.words for strategy in fitting(profile.room)),
        )
    return advice


def asked(selector: PartialSelector, profile: Profile) -> Recommendation | None:
    """What a part of a combination answers; None where it passes, in either way.

    Raises:
        InvalidSelector: If it gives something else than a recommendation.
        UnfitStrategy: If it recommends what does not fit the room.
    """
    try:
        return checked(selector, profile)
    except NoRecommendation:
        return None


def require_selector(name: str, selector: object, distribution: str | None = None) -> None:
    """Make sure that something can be asked for a profile.

    Args:
        name: What it is called in the error.
        selector: What is to be asked.
        distribution: The distribution that it comes from; None where it is the app's own.

    Raises:
        InvalidSelector: If it cannot be called with one profile, or says by ``uses`` that it looks
            at a fact that is not in the catalogue.

    Examples:
        >>> require_selector("ours", lambda: None)
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.InvalidSelector: Selector 'ours': its signature is (), which does \
not take one profile. Give a function of a profile.
    """
    problem = _uncallable(selector)
    if problem is not None:
        raise InvalidSelector(name, problem, distribution)
    _require_uses(name, selector, distribution)


def _uncallable(selector: object) -> str | None:
    """Why something cannot be called with one profile, in words; None where it can."""
    if not callable(selector):
        return f"it is {selector!r}, which cannot be called. Give a function of a profile."
    if isclass(selector):
        return f"it is the class {selector.__qualname__}. Give an instance of it."
    try:
        found = signature(selector)
    except (TypeError, ValueError):
        # Some callables of C do not tell their signature; they show what they take when asked.
        return None
    try:
        found.bind(None)
    except TypeError:
        return (
            f"its signature is {found}, which does not take one profile. "
            f"Give a function of a profile."
        )
    return None


def _require_uses(name: str, selector: object, distribution: str | None) -> None:
    uses = getattr(selector, "uses", ())
    if not isinstance(uses, tuple):
        raise InvalidSelector(name, f"its 'uses' is {uses!r}; give a tuple of names.", distribution)
    strange = [repr(fact) for fact in uses if fact not in _NAMES]
    if strange:
        raise InvalidSelector(
            name,
            f"it says that it looks at {listed(strange)}, which the catalogue does not have. "
            f"Name facts of FACTS.",
            distribution,
        )
