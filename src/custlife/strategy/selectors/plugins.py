"""Selectors by name, those of installed plug-ins among them.

A registry is a value of the app's own; there is no global one. No plug-in is imported before the
app names it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from custlife import _checks
from custlife.errors import listed, shown
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import (
    InvalidSelector,
    UnknownSelector,
)
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import Evidence
from custlife.strategy.recommendation import PartialSelector, Recommendation, Selector
from custlife.strategy.selectors.protocol import as_selector, guarded, verified

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "custlife.selectors"
"""The group of entry points under which a distribution offers selectors."""

_APP = "the app's own"


@frozen
class Plugin(Selector):
    """A selector of an installed distribution; made by `Registry.load`.

    Its errors name the distribution.

    Attributes:
        selector: The selector as the distribution offers it.
        registered: The name under which it is offered.
        distribution: The distribution; None where that is not known.
        version: Its version.

    Raises:
        InvalidSelector: If it cannot be called with one profile, or its name or ``uses`` are of a
            wrong type.
        SelectorFailed: If its name or its ``uses`` raise.
    """

    selector: Selector
    registered: str
    distribution: str | None = None  # pyright: ignore[reportIncompatibleMethodOverride] - frozen
    version: str | None = None

    @property
    def name(self) -> str:
        """What the selector calls itself."""
        return self.selector.name

    @property
    def uses(self) -> tuple[str, ...]:
        """What the selector reads."""
        return self.selector.uses

    def __call__(self, profile: Profile, /) -> Recommendation | None:
        """The selector's recommendation; None where it passes.

        Raises:
            SelectorFailed: If the selector raises; its error is the cause. `NoRecommendation` is an
                answer, and is not wrapped.
            InvalidSelector: If it gives something else than a recommendation.
        """
        with self._guarded("for", profile):
            advice = self.selector(profile)
        advice = verified(advice, self, profile)
        return None if advice is None else evolve(advice, selector=self)

    def thresholds(self, profile: Profile) -> Thresholds:
        """Where the selector's numbers change its answer.

        Raises:
            SelectorFailed: If the selector raises.
        """
        with self._guarded("to give its thresholds for", profile):
            return self.selector.thresholds(profile)

    def passing(self, profile: Profile) -> Evidence:
        """What it rests on that the selector passes."""
        with self._guarded("to say why it passes for", profile):
            return self.selector.passing(profile)

    def _guarded(self, doing: str, profile: Profile) -> AbstractContextManager[None]:
        _checks.one_of(Profile).argument("Plugin", "profile", profile)
        return guarded(self.registered, self.distribution, f"{doing} {profile}")

    def __str__(self) -> str:
        return f"{self.name} ({_origin(self.distribution, self.version)})"


def plugin_of(point: "EntryPoint") -> Plugin:
    """Import what an entry point offers."""
    distribution, version = (point.dist.name, point.dist.version) if point.dist else (None, None)
    with guarded(point.name, distribution, f"to load from {point.value}"):
        selector = point.load()
    found = as_selector(selector, point.name, distribution)
    return Plugin(found, point.name, distribution, version)


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
        _checks.iterable_of("entry points").or_none.argument(
            "Registry", "entry_points", entry_points
        )
        self._given = None if entry_points is None else tuple(entry_points)
        self._selectors: dict[str, Selector] = {}
        self._origins: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are registered, in order."""
        return tuple(self._selectors)

    @property
    def available(self) -> tuple[str, ...]:
        """The names of all plug-ins that could be loaded, sorted; nothing is imported for it."""
        return tuple(sorted({point.name for point in self._points()}))

    def register(self, name: str, selector: PartialSelector) -> None:
        """Take a selector of the app's own.

        Args:
            name: Its name here.
            selector: The selector.

        Raises:
            InvalidSelector: If the name is blank or taken, or the selector cannot be called with
                one profile.
        """
        if not _checks.is_text(name):
            raise InvalidSelector(shown(name), "its name is no text, or blank. Give it a name.")
        found = as_selector(selector, name)
        self._require_free(name, _APP)
        self._selectors[name], self._origins[name] = found, _APP

    def load(self, *names: str) -> None:
        """Load plug-ins and register them: those that are named, and no others.

        What is loaded already stays. If one cannot be loaded, none is registered.

        Args:
            *names: Names of `available`.

        Raises:
            UnknownSelector: If no installed distribution offers such a selector.
            SelectorFailed: If it cannot be imported; the error is the cause.
            InvalidSelector: If several distributions offer it, the name is taken, or it cannot be
                called with one profile.
        """
        for name in names:
            if not isinstance(name, str):
                raise InvalidSelector(shown(name), "that is no name. Write load('one', 'other').")
        points = [self._point(name) for name in dict.fromkeys(names)]
        origins = {point.name: _origin_of(point) for point in points}
        new = [point for point in points if self._origins.get(point.name) != origins[point.name]]
        for point in new:
            self._require_free(point.name, origins[point.name])
        self._selectors |= {point.name: plugin_of(point) for point in new}
        self._origins |= origins

    def __getitem__(self, name: str) -> Selector:
        """The selector that is registered under a name.

        Raises:
            UnknownSelector: If there is none. The error says whether a plug-in could be loaded.
        """
        if name not in self:
            raise UnknownSelector(name, self.names, self.available)
        return self._selectors[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._selectors

    def __iter__(self) -> Iterator[str]:
        return iter(self._selectors)

    def __len__(self) -> int:
        return len(self._selectors)

    def __repr__(self) -> str:
        return f"Registry({', '.join(self._selectors)})"

    def _points(self) -> "Iterable[EntryPoint]":
        if self._given is not None:
            return self._given
        from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and for plug-ins only

        return entry_points(group=GROUP)

    def _point(self, name: str) -> "EntryPoint":
        # A distribution that is on the path twice offers one thing.
        points = {
            (point.value, _origin_of(point)): point
            for point in self._points()
            if point.name == name
        }
        if not points:
            raise UnknownSelector(name, self.names, self.available)
        if len(points) > 1:
            raise _taken(name, [origin for _, origin in points])
        return next(iter(points.values()))

    def _require_free(self, name: str, origin: str) -> None:
        if name in self._selectors:
            raise _taken(name, (self._origins[name], origin))


def _taken(name: str, origins: Sequence[str]) -> InvalidSelector:
    problem = f"several have this name: {listed(origins)}. Give one another name, or uninstall one."
    return InvalidSelector(name, problem)


def _origin(distribution: str | None, version: str | None) -> str:
    return f"{distribution} {version}" if distribution else "an unknown distribution"


def _origin_of(point: "EntryPoint") -> str:
    home = point.dist
    return _origin(None, None) if home is None else _origin(home.name, home.version)
