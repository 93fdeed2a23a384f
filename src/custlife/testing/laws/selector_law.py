"""What a law of selectors is, what it takes, and what it is tried on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Union

from attrs import define, field, frozen
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable

from custlife._checks import one_of
from custlife.decisions.tables import DecisionTable, Row
from custlife.errors import InvalidArgument
from custlife.events import Event
from custlife.journey import Journey
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.strategy.facts import FACTS, INPUTS
from custlife.strategy.profile import Profile
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import StrategySelector, thresholds_of, wrapped
from custlife.strategy.strategies import Strategy
from custlife.strategy.value import CustomerValue
from custlife.testing.failures import Directory, Failure, Recordable, recorded
from custlife.testing.generators.profiles import profiles, standpoints
from custlife.testing.laws.law import SETTINGS, Law, Settings, try_on
from custlife.testing.laws.written import numbers_in, written

_MOST_TEXTS = 16
"""So many texts of a selector's code are tried as ids and as channels."""


def as_recorded(journey: Journey) -> Profile:
    """The profile that a record gives: its value, at a margin of 30 percent, and no signals."""
    one_of(Journey).argument("as_recorded", "journey", journey)
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
            own, which `custlife.testing.profiles` cannot know. Then no other customers are tried.
            Give customers of all three rooms: some laws are about one room.

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
            return profiles(self.lifecycle, room=room, near=self.near)
        return self.profiles.filter(lambda profile: room in (None, profile.room))

    @classmethod
    def of(cls, thing: "Selectable") -> "Selection":
        """The selection, or one of a bare selector."""
        return thing if isinstance(thing, Selection) else cls(selector=thing)

    @cached_property
    def near(self) -> Mapping[str, Sequence[Decimal]]:
        """Numbers beside which the answer may change, by the names of signals and of values.

        These are the limits that the selector publishes, whatever the room, and the numbers that
        its code names.
        """
        named = numbers_in(self._written)
        found = {name: {*named} for name, fact in INPUTS.items() if fact.kind.is_number}
        for relationship in standpoints(self.lifecycle):
            blank = Profile(relationship=relationship)
            for name, numbers in thresholds_of(wrapped(self.selector), blank).items():
                found.setdefault(name, set()).update(numbers)
        return {name: sorted(numbers) for name, numbers in found.items()}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Short texts that the code names, but for the names of facts."""
        facts = {fact.name for fact in FACTS}
        texts = (one for one in self._written if isinstance(one, str) and one not in facts)
        return tuple(dict.fromkeys(filter(str.strip, texts)))[:_MOST_TEXTS]

    @cached_property
    def rows(self) -> Mapping[str, Sequence[Row[Strategy]]]:
        """The rows of all tables that the selector is made of, by their ids."""
        found: dict[str, list[Row[Strategy]]] = {}
        for table in self._written:
            for row in table.rows if isinstance(table, DecisionTable) else ():
                found.setdefault(row.id, []).append(row)
        return found

    @cached_property
    def _written(self) -> tuple[object, ...]:
        return (*written(self.selector), *written(self.profile_of))


Selectable = Union[StrategySelector, Selection]  # noqa: UP007 - a protocol is no class for |
"""What a law of selectors takes."""


@define(eq=False, slots=False)
class SelectorViolation(Recordable):
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

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The history, for `replay_failures`; nothing where the profile alone shows it."""
        lifecycle = self.profile.relationship.lifecycle
        one = Failure("law", self.law, lifecycle, self.history, self.problem)
        return (one,) if self.history else ()

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


Violation = tuple[str, Profile]
"""What is wrong, and the profile that shows it."""

Sampled = Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]]
"""What Hypothesis makes up for a selection."""


@frozen(eq=False)
class SelectorLaw(Law):
    """A law about every profile, or about every history.

    Attributes:
        sampled: What Hypothesis makes up for a selection.
    """

    sampled: Sampled = field(repr=False)

    def __call__(
        self,
        thing: Selectable,
        *,
        settings: Settings = None,
        record_failures: Directory | None = None,
    ) -> None:
        """Search for a sample that violates it; see `Law`."""
        SETTINGS.argument(self.name, "settings", settings)
        with recorded(record_failures, self.name):
            self._search(thing, settings)

    def check(self, thing: Selectable, history: Iterable[Event]) -> None:
        """Try a law about histories on one history.

        Raises:
            SelectorViolation: If it does not hold.
        """
        selection = Selection.of(thing)
        selector = wrapped(selection.selector).name
        found = self._violation(selection, selector, ([*history],))
        if found is not None:
            raise found

    def _search(self, thing: Selectable, settings: Settings) -> None:
        selection = Selection.of(thing)
        selector = wrapped(selection.selector).name
        found: list[SelectorViolation] = []

        def probe(sample: "_Sample") -> None:
            violation = self._violation(selection, selector, sample.parts)
            if violation is not None:
                found.append(violation)
                raise violation

        sampled = self.sampled(selection).map(_Sample)
        name = f"{self.name}_of_{selector}"
        try:
            try_on(sampled, probe, name=name, settings=settings, without=[Phase.explain])
        except Flaky:  # the selector answers now this, now that: the first violation shows it
            raise found[0] from found[0].__cause__
        except Unsatisfiable as error:
            raise InvalidArgument(
                subject=self.name,
                field="thing",
                value=thing,
                expectation="a selection whose 'profiles' make customers that this law is about",
                remedy="Give profiles of prospects, of customers and of former customers.",
            ) from error

    def _violation(
        self, selection: Selection, selector: str, parts: Sequence[Any]
    ) -> SelectorViolation | None:
        """What is wrong with one sample; what the selector raised is the cause of it."""
        cause: Exception | None = None
        history = tuple(parts[0]) if isinstance(parts[0], list) else ()
        try:
            found: Violation | None = next(self.violations(selection, *parts), None)
        except Exception as error:  # noqa: BLE001 - whatever a selector raises
            cause = error
            nobody = Profile(relationship=Relationship("C-1", selection.lifecycle))
            shown = next((one for one in parts if isinstance(one, Profile)), nobody)
            found = f"it raised {type(error).__name__}: {error}", shown
        if found is None:
            return None
        problem, profile = found
        violation = SelectorViolation(self.name, self.sentence, selector, problem, profile, history)
        violation.__cause__ = cause
        return violation


class _Sample:
    """What was drawn; Hypothesis would print it in full, lifecycles and all."""

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "the sample below"


def law(
    number: int, sentence: str, sampled: Sampled
) -> Callable[[Callable[..., Iterator[Violation]]], SelectorLaw]:
    """Make a law of a function that yields what is wrong."""
    return lambda violations: SelectorLaw(number, sentence, violations, sampled)


def people(count: int, *more: st.SearchStrategy[Any], room: Room | None = None) -> Sampled:
    """So many profiles, in a room or in any, and what else is drawn."""
    return lambda selection: st.tuples(*[selection.tried(room)] * count, *more)


def strategy_of(selection: Selection, profile: Profile) -> Strategy:
    """What is recommended for a profile."""
    return recommend(profile, selection.selector).strategy
