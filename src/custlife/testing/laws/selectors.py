"""The eight laws of every selector, and what they are tried on."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Union

from attrs import define, field, frozen
from hypothesis import Phase
from hypothesis import strategies as st

from custlife._checks import one_of
from custlife.decisions.predicates import words
from custlife.errors import CustlifeError
from custlife.events import Event
from custlife.journey import Journey, replay
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of
from custlife.strategy.profile import Profile
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import (
    Recommendation,
    StrategySelector,
    thresholds_of,
    wrapped,
)
from custlife.strategy.strategies import Strategy
from custlife.strategy.value import CustomerValue
from custlife.testing.generators.events import amounts, changed
from custlife.testing.generators.histories import histories
from custlife.testing.generators.profiles import profiles, standpoints
from custlife.testing.laws.law import SETTINGS, Law, Settings, try_on

_CHANNELS = ((None,), ("phone",), ("fax", "web"))
_LONGEST = 6


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


Violation = tuple[str, Profile]
"""What is wrong, and the profile that shows it."""


@frozen(eq=False)
class SelectorLaw(Law):
    """A law about every profile, or about every history.

    Attributes:
        sampled: What Hypothesis makes up for a selection.
    """

    sampled: Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]] = field(repr=False)

    def __call__(self, thing: Selectable, *, settings: Settings = None) -> None:
        """Search for a sample that violates it; see `Law`."""
        SETTINGS.argument(self.name, "settings", settings)
        selection = Selection.of(thing)
        selector = wrapped(selection.selector).name

        def probe(sample: "_Sample") -> None:
            found = next(self.violations(selection, *sample.parts), None)
            if found is not None:
                problem, profile = found
                history = tuple(sample.parts[0]) if isinstance(sample.parts[0], list) else ()
                raise SelectorViolation(
                    self.name, self.sentence, selector, problem, profile, history
                )

        sampled = self.sampled(selection).map(_Sample)
        name = f"{self.name}_of_{selector}"
        try_on(sampled, probe, name=name, settings=settings, without=[Phase.explain])


class _Sample:
    """What was drawn; Hypothesis would print it in full, lifecycles and all."""

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "the sample below"


def _law(
    number: int, sentence: str, sampled: Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]]
) -> Callable[[Callable[..., Iterator[Violation]]], SelectorLaw]:
    return lambda violations: SelectorLaw(number, sentence, violations, sampled)


def _one(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(selection.tried())


def _two(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    made = selection.tried()
    return st.tuples(made, made)


def _in(room: Room, *more: st.SearchStrategy[Any]) -> Callable[[Selection], Any]:
    return lambda selection: st.tuples(selection.tried(room), *more)


def _history(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(histories(selection.lifecycle, max_size=_LONGEST, allow_ties=True))


def _strategy(selection: Selection, profile: Profile) -> Strategy:
    return recommend(profile, selection.selector).strategy


@_law(
    1,
    "Every profile gets one recommendation, and one that fits the room and explains itself.",
    _one,
)
def always_an_answer(selection: Selection, profile: Profile) -> Iterator[Violation]:
    """Ask, and have it explained and logged."""
    try:
        advice = recommend(profile, selection.selector)
        advice.explain()
        json.dumps(advice.to_dict(counterfactual=True))
    except Exception as error:  # noqa: BLE001 - whatever a selector raises
        yield f"it raised {type(error).__name__}: {error}", profile


@_law(2, "The same profile always gets the same recommendation, for the same reason.", _two)
def same_again(selection: Selection, profile: Profile, other: Profile) -> Iterator[Violation]:
    """Ask twice, and about somebody else in between."""
    first = _answer(recommend(profile, selection.selector))
    recommend(other, selection.selector)
    again = _answer(recommend(profile, selection.selector))
    if first != again:
        yield f"first it was {first}, then {again}.", profile


def _answer(advice: Recommendation) -> tuple[object, ...]:
    return advice.strategy.words, advice.row, advice.facts, advice.missing


@_law(
    3,
    "The channel decides nothing: neither value nor severity nor strategy follows from it (CHE-3).",
    _history,
)
def channels_decide_nothing(selection: Selection, history: Sequence[Event]) -> Iterator[Violation]:
    """Let the events come by other channels."""
    expected, profile = _by_channels(selection, history)
    for channels in _CHANNELS:
        elsewhere = [
            changed(event, channel=channels[number % len(channels)])
            for number, event in enumerate(history)
        ]
        found, _ = _by_channels(selection, elsewhere)
        for what, before in expected.items():
            if found[what] != before:
                ways = " and ".join("none" if channel is None else channel for channel in channels)
                yield (
                    f"by the channels {ways} the {what} is {words(found[what])} instead of "
                    f"{words(before)}.",
                    profile,
                )


def _by_channels(
    selection: Selection, history: Sequence[Event]
) -> tuple[dict[str, object], Profile]:
    journey = replay(history, customer="C-1", lifecycle=selection.lifecycle)
    profile = selection.profile_of(journey)
    departure = profile.relationship.departure
    answer: dict[str, object] = {
        "value": profile.value,
        "severity": None if departure is None else departure.severity,
        "strategy": _strategy(selection, profile),
    }
    return answer, profile


@_law(
    4,
    "A customer who turns out to be a key customer is not moved from protect to end.",
    _in(Room.CUSTOMER),
)
def key_customers_stay_protected(selection: Selection, profile: Profile) -> Iterator[Violation]:
    """Make the customer a key customer."""
    key = profile.altered(strategic=True)
    if (
        _strategy(selection, profile) is Strategy.PROTECT
        and _strategy(selection, key) is Strategy.END
    ):
        yield "a key customer is ended, and protected as long as that is no or unknown.", key


@_law(
    5,
    "A higher cost of winning back never turns letting go into winning back.",
    _in(Room.FORMER, amounts(), amounts()),
)
def a_dearer_return_is_not_tried(
    selection: Selection, profile: Profile, cost: Decimal, more: Decimal
) -> Iterator[Violation]:
    """Raise the cost of winning the customer back."""
    now = profile.signals.regain_cost
    less = profile.altered(regain_cost=cost if now is None else now)
    dearer = less.altered(regain_cost=(less.signals.regain_cost or 0) + more)
    if (
        _strategy(selection, less) is Strategy.END
        and _strategy(selection, dearer) is Strategy.WIN_BACK
    ):
        dear = words(dearer.signals.regain_cost)
        yield f"let go, but won back where that costs {dear} instead.", less


@_law(
    6,
    "The facts that are named suffice: change others, and the answer stays.",
    _two,
)
def named_facts_suffice(
    selection: Selection, profile: Profile, other: Profile
) -> Iterator[Violation]:
    """Take every fact that is not named from another customer."""
    advice = recommend(profile, selection.selector)
    facts = advice.facts
    for name, values in _read(advice).items():
        if name in facts and facts[name] not in values:
            yield f"it names {name} as {words(facts[name])}, which it is not.", profile
    named = inputs_of((*facts, *advice.missing), advice.reason.evidence.catalogue)
    others = {name for name in INPUTS if name not in named}
    yield from _unmoved(selection, advice, other, others, "is not named")


@_law(
    7,
    "What is unknown is not taken as no: to learn what is not named as missing changes nothing.",
    _two,
)
def unknown_is_not_no(
    selection: Selection, profile: Profile, other: Profile
) -> Iterator[Violation]:
    """Learn everything that is unknown and not named as missing."""
    advice = recommend(profile, selection.selector)
    missing = advice.missing
    for name, values in _read(advice).items():
        if name in missing and None not in values:
            yield f"it names {name} as missing, which is known.", profile
    named = inputs_of(missing, advice.reason.evidence.catalogue)
    unknown = {
        name for name, fact in INPUTS.items() if fact.read(profile) is None and name not in named
    }
    yield from _unmoved(selection, advice, other, unknown, "is unknown and not named as missing")


def _read(advice: Recommendation) -> Mapping[str, Sequence[object]]:
    """What each fact is by its name; of a joint catalogue two facts can have one name."""
    found: dict[str, list[object]] = {}
    for fact in advice.reason.evidence.catalogue:
        found.setdefault(fact.name, []).append(fact.read(advice.profile))
    return found


def _unmoved(
    selection: Selection,
    advice: Recommendation,
    other: Profile,
    names: set[str],
    which: str,
) -> Iterator[Violation]:
    """Take these facts from another customer, one by one and all together."""
    values = {name: INPUTS[name].read(other) for name in sorted(names)}
    for change in (*({name: value} for name, value in values.items()), values):
        try:
            altered = advice.profile.altered(**change)
        except InvalidProfile:
            continue
        strategy = _strategy(selection, altered)
        if strategy is not advice.strategy:
            what = ", ".join(f"{name} to {words(value)}" for name, value in change.items())
            yield (
                f"{advice.strategy.words} turns into {strategy.words} by changing {what}, which "
                f"{which} (named: {', '.join((*advice.facts, *advice.missing)) or 'nothing'}).",
                advice.profile,
            )


@_law(8, "Every counterfactual leads where it says.", _one)
def counterfactuals_are_true(selection: Selection, profile: Profile) -> Iterator[Violation]:
    """Follow each of them."""
    advice = recommend(profile, selection.selector)
    for flip in advice.counterfactuals():
        there = recommend(profile.altered(**{flip.fact: flip.to}), selection.selector)
        if (there.strategy, there.row) != (flip.strategy, flip.row):
            yield f"{flip}; but it is {there.strategy.words} by row {there.row}.", profile


SELECTOR_LAWS: tuple[SelectorLaw, ...] = (
    always_an_answer,
    same_again,
    channels_decide_nothing,
    key_customers_stay_protected,
    a_dearer_return_is_not_tried,
    named_facts_suffice,
    unknown_is_not_no,
    counterfactuals_are_true,
)
"""The laws of every selector, for ``@pytest.mark.parametrize("law", SELECTOR_LAWS)``."""
