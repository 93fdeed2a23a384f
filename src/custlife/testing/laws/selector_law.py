"""What a law of selectors is: a sentence, and a search for a profile that violates it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Union

from attrs import define, field, frozen
from hypothesis import Phase
from hypothesis import strategies as st

from custlife.errors import CustlifeError
from custlife.events import Event
from custlife.journey import Journey
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import StrategySelector, thresholds_of, wrapped
from custlife.strategy.value import CustomerValue
from custlife.testing.generators.profiles import profiles, standpoints
from custlife.testing.laws.trying import Settings, try_on


def as_recorded(journey: Journey) -> Profile:
    """The profile that a record gives: its value, at a margin of 30 percent, and no signals."""
    value = CustomerValue.of(journey.relationship, margin_rate=Decimal("0.3"), cost_to_serve=40)
    return Profile(relationship=journey.relationship, value=value)


@frozen(kw_only=True, eq=False)
class Selection:
    """A selector, and the way from a customer's history to the profile that it sees.

    A law takes a bare selector, too. Give a selection where the app derives signals from history:
    then the laws look at that as well.

    Args:
        selector: The selector.
        profile_of: Makes the profile of a journey; by the record alone if left out.
        lifecycle: The lifecycle.
        profiles: What makes the profiles to try. Give it where the selector asks for facts of your
            own, which `custlife.testing.profiles` cannot know.

    Examples:
        >>> from custlife.strategy import buttle_selector
        >>> Selection(selector=buttle_selector()).lifecycle.name
        'customer'
    """

    selector: StrategySelector
    profile_of: Callable[[Journey], Profile] = as_recorded
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE
    profiles: st.SearchStrategy[Profile] | None = None

    def tried(self, room: Room | None = None) -> st.SearchStrategy[Profile]:
        """The profiles to try, in a room or in any."""
        if self.profiles is None:
            return profiles(self.lifecycle, room=room, near=self.near())
        return self.profiles.filter(lambda profile: room in (None, profile.room))

    @classmethod
    def of(cls, thing: "Selectable") -> "Selection":
        """The selection, or one of a bare selector."""
        return thing if isinstance(thing, Selection) else cls(selector=thing)

    def near(self) -> Mapping[str, Sequence[Decimal]]:
        """The limits that the selector publishes, whatever the room."""
        found: dict[str, set[Decimal]] = {}
        for relationship in standpoints(self.lifecycle):
            blank = Profile(relationship=relationship)
            for name, numbers in thresholds_of(wrapped(self.selector), blank).items():
                found.setdefault(name, set()).update(numbers)
        return {name: sorted(numbers) for name, numbers in found.items()}


Selectable = Union[StrategySelector, Selection]  # noqa: UP007 - a protocol is no class for |
"""What a law of selectors takes."""


@define(eq=False, slots=False)
class SelectorViolation(CustlifeError, AssertionError):
    """A law that a selector breaks, and the simplest profile that was found to show it.

    Attributes:
        law: The name of the law.
        sentence: The law in words.
        selector: The name of the selector.
        problem: What is wrong, in words.
        profile: The customer.
        history: The events that led there, where the law is about histories.
    """

    law: str
    sentence: str
    selector: str
    problem: str
    profile: Profile
    history: tuple[Event, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{self.law}: {self.problem}",
            f"The law: {self.sentence}",
            f"The selector: {self.selector}",
            f"The customer: {self.profile}",
            f"  {self.profile.value}",
            f"  {self.profile.signals}",
            *(f"  {event}" for event in self.history),
        ]
        return "\n".join(lines)


Complaint = tuple[str, Profile]
"""What is wrong, and with whom."""


@frozen(eq=False, kw_only=True)
class SelectorLaw:
    """A law about every profile; it can be called like a function, and named like one.

    Attributes:
        name: Its name.
        number: Its number among the laws of selectors.
        sentence: What always holds.
        sampled: What Hypothesis makes up for a selection.
        complaints: Yields what is wrong with a sample.
    """

    name: str
    number: int
    sentence: str
    sampled: Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]] = field(repr=False)
    complaints: Callable[..., Iterator[Complaint]] = field(repr=False)

    @property
    def __name__(self) -> str:
        """The name, by which pytest calls a parametrized test."""
        return self.name

    def __call__(self, thing: Selectable, *, settings: Settings = None) -> None:
        """Search for a violation.

        Args:
            thing: A selector, or a selection.
            settings: Hypothesis' settings; those of the profile if left out. There is no deadline.

        Raises:
            SelectorViolation: If the law does not hold.
        """
        selection = Selection.of(thing)

        def probe(sample: "_Sample") -> None:
            found = next(self.complaints(selection, *sample.parts), None)
            if found is not None:
                problem, profile = found
                history = sample.parts[0] if isinstance(sample.parts[0], list) else ()
                raise SelectorViolation(
                    self.name,
                    self.sentence,
                    wrapped(selection.selector).name,
                    problem,
                    profile,
                    tuple(history),
                )

        name = f"{self.name}_of_{wrapped(selection.selector).name}"
        sampled = self.sampled(selection).map(_Sample)
        try_on(sampled, probe, name=name, settings=settings, without=[Phase.explain])


class _Sample:
    """What was drawn; Hypothesis would print it in full, lifecycles and all."""

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "the sample below"


def selector_law(
    number: int,
    sentence: str,
    sampled: Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]],
) -> Callable[[Callable[..., Iterator[Complaint]]], SelectorLaw]:
    """Make a law of a function that yields what is wrong with a sample, and with whom."""
    return lambda complaints: SelectorLaw(
        name=complaints.__name__,
        number=number,
        sentence=sentence,
        sampled=sampled,
        complaints=complaints,
    )
