"""Selectors by name, those of installed plug-ins among them.

A registry is a value of the app's own; there is no global one. No plug-in is imported before the
app names it.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import (
    DuplicateSelector,
    InvalidSelector,
    NoRecommendation,
    SelectorFailed,
    UnknownSelector,
)
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Recommendation,
    StrategySelector,
    name_of,
    thresholds_of,
)
from custlife.strategy.selectors.grounds import uses_of
from custlife.strategy.selectors.protocol import require_selector

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "custlife.selectors"
"""The group of entry points under which a distribution offers selectors."""


@frozen
class Plugin:
    """A selector of an installed distribution; made by `Registry.load`.

    Its errors name the distribution.

    Attributes:
        selector: The selector as the distribution offers it.
        registered: The name under which it is offered.
        distribution: The distribution; None where that is not known.
        version: Its version.
    """

    selector: StrategySelector
    registered: str
    distribution: str | None = None
    version: str | None = None

    @property
    def name(self) -> str:
        """What the selector calls itself."""
        return name_of(self.selector)

    @property
    def uses(self) -> tuple[str, ...]:
        """What the selector looks at."""
        return uses_of(self.selector)

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The selector's recommendation.

        Raises:
            SelectorFailed: If the selector raises; its error is the cause. `NoRecommendation` is an
                answer, and goes through.
        """
        try:
            advice = self.selector(profile)
        except NoRecommendation:
            raise
        except Exception as error:
            raise self._failed(f"for {profile}", error) from error
        # What is no recommendation is left to whoever asks, who finds it as with any selector.
        return evolve(advice, selector=self) if isinstance(advice, Recommendation) else advice

    def limits(self, profile: Profile) -> Thresholds:
        """Where the selector says that numbers change its answer.

        Raises:
            SelectorFailed: If the selector raises.
        """
        try:
            return thresholds_of(self.selector, profile)
        except Exception as error:
            raise self._failed(f"to tell its limits for {profile}", error) from error

    def _failed(self, doing: str, error: Exception) -> SelectorFailed:
        return SelectorFailed(self.registered, self.distribution, doing, _told(error))

    def __str__(self) -> str:
        return f"{self.name} ({_origin(self.distribution, self.version)})"


class Registry:
    """Selectors by name: the app's own, and those of plug-ins that the app names.

    A distribution offers a selector by an entry point in the group ``custlife.selectors``:

        [project.entry-points."custlife.selectors"]
        loyalty-first = "our_package:selector"

    Args:
        entry_points: The entry points to choose from; those of all installed distributions if left
            out.

    Examples:
        >>> from custlife.strategy import buttle_selector
        >>> registry = Registry()
        >>> registry.register("default", buttle_selector())
        >>> registry.names, "default" in registry, registry["default"] is buttle_selector()
        (('default',), True, True)
        >>> registry["loyalty-first"]
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.UnknownSelector: No selector is registered under 'loyalty-first'. \
Registered: default. ...
    """

    def __init__(self, entry_points: "Iterable[EntryPoint] | None" = None) -> None:
        self._given = None if entry_points is None else tuple(entry_points)
        self._selectors: dict[str, StrategySelector] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are registered, in order."""
        return tuple(self._selectors)

    @property
    def available(self) -> tuple[str, ...]:
        """The names of all plug-ins that could be loaded, sorted; nothing is imported for it."""
        return tuple(sorted({offer.name for offer in self._offers()}))

    def register(self, name: str, selector: StrategySelector) -> None:
        """Take a selector of the app's own.

        Args:
            name: Its name here.
            selector: The selector.

        Raises:
            InvalidSelector: If the name is blank, or the selector cannot be called with one
                profile.
            DuplicateSelector: If the name is taken.
        """
        if not _checks.is_text(name):
            raise InvalidSelector(name, "its name is no text, or blank. Give it a name.")
        require_selector(name, selector)
        self._require_free(name, _APP)
        self._selectors[name] = selector

    def load(self, *names: str) -> None:
        """Load plug-ins and register them: those that are named, and no others.

        What is loaded already stays. If one cannot be loaded, none is registered.

        Args:
            *names: Names of `available`.

        Raises:
            UnknownSelector: If no installed distribution offers such a selector.
            DuplicateSelector: If several distributions do, or the name is taken.
            SelectorFailed: If it cannot be imported; the error is the cause.
            InvalidSelector: If it cannot be called with one profile.
        """
        for name in names:
            if not isinstance(name, str):
                raise InvalidSelector(str(name), "that is no name. Write load('one', 'other').")
        offers = [self._offer(name) for name in dict.fromkeys(names)]
        new = [offer for offer in offers if not self._is_loaded(offer)]
        for offer in new:
            self._require_free(offer.name, offer.origin)
        self._selectors.update({offer.name: _loaded(offer) for offer in new})

    def get(self, name: str) -> StrategySelector:
        """The selector that is registered under a name.

        Raises:
            UnknownSelector: If there is none. The error says whether a plug-in could be loaded.
        """
        try:
            return self._selectors[name]
        except KeyError:
            raise UnknownSelector(name, self.names, self.available) from None

    __getitem__ = get

    def __contains__(self, name: object) -> bool:
        return name in self._selectors

    def __iter__(self) -> Iterator[str]:
        return iter(self._selectors)

    def __len__(self) -> int:
        return len(self._selectors)

    def __repr__(self) -> str:
        return f"Registry({', '.join(self._selectors)})"

    def _offers(self) -> tuple["_Offer", ...]:
        found = _installed() if self._given is None else self._given
        # A distribution that stands on the path twice offers one thing.
        return tuple(dict.fromkeys(map(_offer_of, found)))

    def _offer(self, name: str) -> "_Offer":
        offers = [offer for offer in self._offers() if offer.name == name]
        if not offers:
            raise UnknownSelector(name, self.names, self.available)
        if len(offers) > 1:
            raise DuplicateSelector(name, tuple(offer.origin for offer in offers))
        return offers[0]

    def _is_loaded(self, offer: "_Offer") -> bool:
        taken = self._selectors.get(offer.name)
        return isinstance(taken, Plugin) and _origin_of(taken) == offer.origin

    def _require_free(self, name: str, origin: str) -> None:
        if name in self._selectors:
            raise DuplicateSelector(name, (_origin_of(self._selectors[name]), origin))


_APP = "the app's own"


@frozen
class _Offer:
    """What a distribution offers, known from its metadata alone."""

    name: str
    value: str
    distribution: str | None
    version: str | None
    point: "EntryPoint" = field(eq=False, repr=False)

    @property
    def origin(self) -> str:
        return _origin(self.distribution, self.version)


def _installed() -> "Iterable[EntryPoint]":
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and for plug-ins only

    return entry_points(group=GROUP)


def _offer_of(point: "EntryPoint") -> _Offer:
    home = point.dist
    if home is None:
        return _Offer(point.name, point.value, None, None, point)
    return _Offer(point.name, point.value, home.name, home.version, point)


def _loaded(offer: _Offer) -> Plugin:
    try:
        selector: Any = offer.point.load()
    except Exception as error:
        raise SelectorFailed(
            offer.name, offer.distribution, f"to load from {offer.value}", _told(error)
        ) from error
    require_selector(offer.name, selector, offer.distribution)
    return Plugin(selector, offer.name, offer.distribution, offer.version)


def _origin(distribution: str | None, version: str | None) -> str:
    return f"{distribution} {version}" if distribution else "an unknown distribution"


def _origin_of(selector: StrategySelector) -> str:
    if isinstance(selector, Plugin):
        return _origin(selector.distribution, selector.version)
    return _APP


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
