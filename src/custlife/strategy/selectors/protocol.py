"""Calling a selector: what can be called, and what counts as an answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import isclass, isfunction, signature
from typing import Any, TypeVar

from custlife import _checks
from custlife.errors import listed, shown
from custlife.strategy.errors import (
    InvalidSelector,
    NoRecommendation,
    SelectorFailed,
    UnfitStrategy,
)
from custlife.strategy.facts import FACTS
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import PartialSelector, Recommendation, Selector, wrapped
from custlife.strategy.strategies import fitting

F = TypeVar("F", bound=Callable[..., Any])

_FUNCTION = _checks.Check(isfunction, "a function", "In a class, write uses = (...).")
_NAMES = frozenset(fact.name for fact in FACTS)


def looks_at(*names: str) -> Callable[[F], F]:
    """Declare by ``uses`` which facts a function reads.

    For selectors and overrides that are plain functions. Without it, a combination names every
    signal and every number of the value among the facts that its answer rests on.

    Args:
        *names: Names of facts in `FACTS`; all that the function reads.

    Raises:
        InvalidSelector: When the function is decorated, if there is no such fact.

    Examples:
        >>> from custlife.strategy import Strategy
        >>> @looks_at("potential_value")
        ... def large(profile):
        ...     return Strategy.START if (profile.signals.potential_value or 0) > 1000 else None
        >>> large.uses
        ('potential_value',)
    """

    def declared(function: F) -> F:
        _require_uses(wrapped(function).name, names, None)
        _FUNCTION.argument("looks_at", "the function", function)
        vars(function)["uses"] = names
        return function

    return declared


def as_selector(
    selector: object, name: str | None = None, distribution: str | None = None
) -> Selector:
    """A selector, or a function as a selector, if it can be called with one profile.

    Args:
        selector: The selector or function.
        name: What the errors call it; its own name if left out.
        distribution: The distribution that it comes from; None for the app's own.

    Raises:
        InvalidSelector: If it cannot be called with one profile, its name is blank, or its ``uses``
            hold a name that is not in the catalogue.
        SelectorFailed: If its name or its ``uses`` raise.

    Examples:
        >>> as_selector(lambda: None, "ours")
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.InvalidSelector: Selector 'ours': its signature is (), which does \
not take one profile. Give a function of a profile.
    """
    problem = _uncallable(selector)
    if problem is not None:
        known = getattr(selector, "__qualname__", shown(selector))
        raise InvalidSelector(name or known, problem, distribution)
    found = wrapped(selector)  # type: ignore[arg-type]  # it can be called, as was just checked
    name = name or type(selector).__qualname__
    with guarded(name, distribution, "to give its name"):
        own: object = found.name
    if not _checks.is_text(own):
        problem = f"its 'name' is {shown(own)}; give a text that is not blank."
        raise InvalidSelector(name, problem, distribution)
    with guarded(str(own), distribution, "to give its uses"):
        uses: object = found.uses
    _require_uses(str(own), uses, distribution)
    return found


@contextmanager
def guarded(name: str, distribution: str | None, doing: str) -> Iterator[None]:
    """Name a selector, its distribution and the step in the error, if the step raises.

    `NoRecommendation` is an answer, and passes through.
    """
    try:
        yield
    except NoRecommendation:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise SelectorFailed(name, distribution, doing, what) from error


def _uncallable(selector: object) -> str | None:
    """Why something cannot be called with one profile; None where it can."""
    if not callable(selector):
        return (
            f"it is {shown(selector)}, which cannot be called. Give a selector, "
            f"such as buttle_selector(), or a function of a profile."
        )
    if isclass(selector):
        return f"it is the class {selector.__qualname__}. Give an instance of it."
    try:
        found = signature(selector)
    except (TypeError, ValueError):
        # Some callables of C have no signature; a call shows what they take.
        return None
    try:
        found.bind(None)
    except TypeError:
        problem = f"its signature is {found}, which does not take one profile."
        return f"{problem} Give a function of a profile."
    return None


def _require_uses(name: str, uses: object, distribution: str | None) -> None:
    if not isinstance(uses, tuple):
        problem = f"its 'uses' is {shown(uses)}; give a tuple of names."
        raise InvalidSelector(name, problem, distribution)
    strange = [shown(fact) for fact in uses if not isinstance(fact, str) or fact not in _NAMES]
    if strange:
        names = listed(strange)
        problem = f"it looks at {names}, which the catalogue does not have. Name facts of FACTS."
        raise InvalidSelector(name, problem, distribution)


def checked(selector: PartialSelector, profile: Profile) -> Recommendation | None:
    """What a selector answers, if it is an answer; None where it passes by returning None.

    Raises:
        InvalidSelector: If it gives something else than a recommendation.
        UnfitStrategy: If it recommends what does not fit the room.
    """
    return verified(selector(profile), wrapped(selector), profile)


def verified(
    advice: Recommendation | None, selector: Selector, profile: Profile
) -> Recommendation | None:
    """The answer of a selector, if it is one; see `checked`."""
    if advice is None:
        return None
    problem = ""
    if not isinstance(advice, Recommendation):
        problem = f"it gave {shown(advice)} for {profile}; give a Recommendation."
    elif advice.profile is not profile and advice.profile != profile:
        problem = (
            f"it gave a recommendation for {advice.profile!r}, and was called with {profile!r}. "
            f"Recommend for the profile that is given."
        )
    if problem:
        raise InvalidSelector(selector.name, problem, selector.distribution)
    if not advice.strategy.fits(profile.room):
        fit = tuple(strategy.words for strategy in fitting(profile.room))
        raise UnfitStrategy(selector.name, advice.strategy.words, str(profile), fit)
    return advice


def answered(selector: PartialSelector, profile: Profile) -> Recommendation | None:
    """What a part of a combination answers; None where it passes, in either way.

    Raises:
        InvalidSelector: If it gives something else than a recommendation.
        UnfitStrategy: If it recommends what does not fit the room.
    """
    try:
        return checked(selector, profile)
    except NoRecommendation:
        return None
