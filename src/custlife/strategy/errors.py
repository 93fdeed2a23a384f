"""The errors of strategy selection: profiles, policies, selectors and plug-ins at fault."""

from difflib import get_close_matches

from attrs import define

from custlife.errors import CustlifeError, InvalidValue, listed, shown


class InvalidProfile(InvalidValue):
    """A value, a signal or a profile that is out of bounds or contradicts itself; none was made."""


class InvalidCandidate(InvalidValue):
    """A candidate that is out of bounds or does not fit the portfolio; nothing was chosen."""


@define(eq=False, slots=False)
class InvalidSelector(CustlifeError):
    """A selector, or a part of one, that cannot be used; it was not taken.

    Attributes:
        selector: The selector's name.
        problem: What is wrong and what to do.
        distribution: The distribution that it comes from; None where it is the app's own.
    """

    selector: str
    problem: str
    distribution: str | None = None

    def __str__(self) -> str:
        return f"Selector {self.selector!r}{_origin(self.distribution)}: {self.problem}"


@define(eq=False, slots=False)
class UnknownFact(CustlifeError):
    """A name that no fact has.

    Attributes:
        name: The name that was given.
        known: The names of the facts.
    """

    name: object
    known: tuple[str, ...]

    def __str__(self) -> str:
        near = get_close_matches(shown(self.name).strip("'"), self.known, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        return f"There is no fact {shown(self.name)}. {hint}The facts are {listed(self.known)}."


@define(eq=False, slots=False)
class UnknownSelector(CustlifeError):
    """A name under which no selector is registered.

    Attributes:
        selector: The name that was asked for.
        registered: The names that are registered.
        available: The names of plug-ins that are installed and can be loaded.
    """

    selector: object
    registered: tuple[str, ...]
    available: tuple[str, ...]

    def __str__(self) -> str:
        load = (
            f"It is installed: load({self.selector!r}) first."
            if self.selector in self.available
            else f"Installed plug-ins: {listed(self.available)}."
        )
        return (
            f"No selector is registered under {shown(self.selector)}. Registered: "
            f"{listed(self.registered)}. {load}"
        )


@define(eq=False, slots=False)
class SelectorFailed(CustlifeError):
    """A selector that raised; its error is the cause of this one.

    Attributes:
        selector: The selector's name.
        distribution: The distribution that it comes from; None where it is the app's own.
        doing: The step in which it failed.
        error: Its error, in words.
    """

    selector: str
    distribution: str | None
    doing: str
    error: str

    def __str__(self) -> str:
        return (
            f"Selector {self.selector!r}{_origin(self.distribution)} failed {self.doing}: "
            f"{self.error}. There is no result."
        )


@define(eq=False, slots=False)
class NoRecommendation(CustlifeError):
    """A selector that recommends nothing for a profile.

    Attributes:
        selector: The selector's name.
        profile: The profile, in words.
    """

    selector: str
    profile: str

    def __str__(self) -> str:
        return (
            f"Selector {self.selector!r} recommends nothing for {self.profile}. Put a selector "
            f"that always decides last, such as buttle_selector()."
        )


@define(eq=False, slots=False)
class UnfitStrategy(CustlifeError):
    """A strategy that does not fit the customer's room.

    Attributes:
        selector: The name of the selector that recommended it.
        strategy: The name of the strategy.
        profile: The profile, in words.
        fitting: The names of the strategies that fit.
    """

    selector: str
    strategy: str
    profile: str
    fitting: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"Selector {self.selector!r} recommends {self.strategy} for {self.profile}, where only "
            f"{listed(self.fitting)} fit."
        )


def _origin(distribution: str | None) -> str:
    return "" if distribution is None else f" of {distribution}"
