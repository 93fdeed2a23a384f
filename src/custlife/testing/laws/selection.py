"""The laws of every selector, and the search for a profile that violates one."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Union

import hypothesis
from attrs import define, field, frozen
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from custlife.errors import CustlifeError
from custlife.events import Event
from custlife.journey import Journey, replay
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.predicates import words
from custlife.state import Room
from custlife.strategy.advising import recommend
from custlife.strategy.catalogue import Strategy
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.facts import INPUTS, inputs_of
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Recommendation,
    StrategySelector,
    limits_of,
    name_of,
)
from custlife.strategy.value import CustomerValue
from custlife.testing.strategies.histories import histories
from custlife.testing.strategies.profiles import profiles, standpoints
from custlife.testing.strategies.values import amounts, changed

_CHANNELS = ((None,), ("phone",), ("fax", "web"))
_HEALTHY = (HealthCheck.too_slow, HealthCheck.data_too_large)
_LONGEST = 6


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

    Examples:
        >>> from custlife.strategy import buttle_selector
        >>> Selection(selector=buttle_selector()).lifecycle.name
        'customer'
    """

    selector: StrategySelector
    profile_of: Callable[[Journey], Profile] = as_recorded
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE

    @classmethod
    def of(cls, thing: "Selectable") -> "Selection":
        """The selection, or one of a bare selector."""
        return thing if isinstance(thing, Selection) else cls(selector=thing)

    def near(self) -> Mapping[str, Sequence[Decimal]]:
        """The limits that the selector publishes, whatever the room."""
        found: dict[str, set[Decimal]] = {}
        for relationship in standpoints(self.lifecycle):
            blank = Profile(relationship=relationship)
            for name, numbers in limits_of(self.selector, blank).items():
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

    def __call__(self, thing: Selectable, *, settings: hypothesis.settings | None = None) -> None:
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
                    name_of(selection.selector),
                    problem,
                    profile,
                    tuple(history),
                )

        probe.__name__ = re.sub(r"\W+", "_", f"{self.name}_of_{name_of(selection.selector)}")
        base = settings or hypothesis.settings()
        own = hypothesis.settings(
            base,
            deadline=None,
            phases=[phase for phase in base.phases if phase is not Phase.explain],
            report_multiple_bugs=False,
            suppress_health_check=_HEALTHY,
        )
        own(given(self.sampled(selection).map(_Sample))(probe))()


class _Sample:
    """What was drawn; Hypothesis would print it in full, lifecycles and all."""

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "the sample below"


def _one(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(profiles(selection.lifecycle, near=selection.near()))


def _two(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    made = profiles(selection.lifecycle, near=selection.near())
    return st.tuples(made, made)


def _in(room: Room, *more: st.SearchStrategy[Any]) -> Callable[[Selection], Any]:
    return lambda selection: st.tuples(
        profiles(selection.lifecycle, room=room, near=selection.near()), *more
    )


def _history(selection: Selection) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(histories(selection.lifecycle, max_size=_LONGEST, allow_ties=True))


def _law(
    number: int,
    sentence: str,
    sampled: Callable[[Selection], st.SearchStrategy[tuple[Any, ...]]],
) -> Callable[[Callable[..., Iterator[Complaint]]], SelectorLaw]:
    return lambda complaints: SelectorLaw(
        name=complaints.__name__,
        number=number,
        sentence=sentence,
        sampled=sampled,
        complaints=complaints,
    )


def _strategy(selection: Selection, profile: Profile) -> Strategy:
    return recommend(profile, selection.selector).strategy


@_law(1, "Every profile gets one recommendation, and one that fits the room and can be told.", _one)
def always_an_answer(selection: Selection, profile: Profile) -> Iterator[Complaint]:
    """Ask, and have it explained and logged."""
    try:
        advice = recommend(profile, selection.selector)
        advice.explain()
        json.dumps(advice.to_dict(flip=True))
    except Exception as error:  # noqa: BLE001 - whatever a selector raises
        yield f"it raised {type(error).__name__}: {error}", profile
    else:
        if advice.profile != profile:
            yield f"the recommendation is for another profile, {advice.profile!r}.", profile


@_law(2, "The same profile always gets the same recommendation, for the same reason.", _two)
def same_again(selection: Selection, profile: Profile, other: Profile) -> Iterator[Complaint]:
    """Ask twice, and about somebody else in between."""
    first = _told(recommend(profile, selection.selector))
    recommend(other, selection.selector)
    again = _told(recommend(profile, selection.selector))
    if first != again:
        yield f"first it was {first}, then {again}.", profile


def _told(advice: Recommendation) -> tuple[object, ...]:
    return advice.strategy.words, advice.row, advice.facts, advice.missing


@_law(
    3,
    "The channel decides nothing: neither value nor severity nor strategy follows from it (CHE-3).",
    _history,
)
def channels_decide_nothing(selection: Selection, history: Sequence[Event]) -> Iterator[Complaint]:
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
    told: dict[str, object] = {
        "value": profile.value,
        "severity": None if departure is None else departure.severity,
        "strategy": _strategy(selection, profile),
    }
    return told, profile


@_law(
    4,
    "Who turns out to be a key customer is not moved from protect to end.",
    _in(Room.CUSTOMER),
)
def key_customers_stay_protected(selection: Selection, profile: Profile) -> Iterator[Complaint]:
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
) -> Iterator[Complaint]:
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
) -> Iterator[Complaint]:
    """Take every fact that is not named from another customer."""
    advice = recommend(profile, selection.selector)
    named = inputs_of((*advice.facts, *advice.missing), advice.reason.catalogue)
    others = {name for name in INPUTS if name not in named}
    yield from _unmoved(selection, advice, other, others, "is not named")


@_law(
    7,
    "What is unknown is not taken as no: to learn what is not named as missing changes nothing.",
    _two,
)
def unknown_is_not_no(
    selection: Selection, profile: Profile, other: Profile
) -> Iterator[Complaint]:
    """Learn everything that is unknown and not named as missing."""
    advice = recommend(profile, selection.selector)
    named = inputs_of(advice.missing, advice.reason.catalogue)
    unknown = {
        name for name, fact in INPUTS.items() if fact.read(profile) is None and name not in named
    }
    yield from _unmoved(selection, advice, other, unknown, "is unknown and not named as missing")


def _unmoved(
    selection: Selection,
    advice: Recommendation,
    other: Profile,
    names: set[str],
    which: str,
) -> Iterator[Complaint]:
    """Take these facts from another customer, one by one and all together."""
    values = {name: INPUTS[name].read(other) for name in sorted(names)}
    for change in (*({name: value} for name, value in values.items()), values):
        try:
            altered = advice.profile.altered(**change)
        except InvalidProfile:
            continue
        strategy = _strategy(selection, altered)
        if strategy is not advice.strategy:
            told = ", ".join(f"{name} to {words(value)}" for name, value in change.items())
            yield (
                f"{advice.strategy.words} turns into {strategy.words} by changing {told}, which "
                f"{which} (named: {', '.join((*advice.facts, *advice.missing)) or 'nothing'}).",
                advice.profile,
            )


@_law(8, "Every counterfactual leads where it says.", _one)
def counterfactuals_are_true(selection: Selection, profile: Profile) -> Iterator[Complaint]:
    """Follow each of them."""
    advice = recommend(profile, selection.selector)
    for flip in advice.flips():
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
