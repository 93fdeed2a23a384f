"""The laws of every selector."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from custlife.decisions.predicates import words
from custlife.events import Event
from custlife.journey import Journey, replay
from custlife.strategy.fact import FactKind
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of
from custlife.strategy.profile import Profile
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import Recommendation, thresholds_of
from custlife.strategy.strategies import Strategy
from custlife.testing.generators.events import changed
from custlife.testing.generators.histories import histories
from custlife.testing.generators.profiles import lot
from custlife.testing.laws.judgement import (
    a_dearer_return_is_not_tried,
    better_news_ends_nobody,
    key_customers_stay_protected,
    what_is_ruled_out_is_not_followed,
)
from custlife.testing.laws.others import (
    Change,
    alike,
    altered_to,
    changes,
    differences,
    renamed,
    several,
    values,
)
from custlife.testing.laws.reasons import OVERRIDE, Said, problems_of
from custlife.testing.laws.selector_law import (
    Sampled,
    Selection,
    SelectorLaw,
    Violation,
    law,
    people,
    strategy_of,
)
from custlife.testing.laws.watching import asked_of

_CHANNELS = (None, "phone", "web", "shop", "email", "app", "fax")
_LONGEST = 6
"""So many events a history has at most whose channels are changed."""
_COPIES = 5
_AGAIN = 4
"""So many copies of one customer, and so many customers of before, are asked about again."""
_MOST_VALUES = 6
"""So many values of one fact are tried for a counterfactual that is nearer."""


def _history(selection: Selection) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(histories(selection.lifecycle, max_size=_LONGEST, allow_ties=True))


def _remembering(count: int, make: type) -> Sampled:
    """So many profiles, and what the law keeps in mind from one sample to the next."""
    return lambda selection: st.tuples(*[selection.tried()] * count, st.just(make()))


@law(1, "Every profile gets one recommendation, and one that fits the room.", people(1))
def always_an_answer(selection: Selection, profile: Profile) -> Iterator[Violation]:
    """Ask, and have it explained and logged."""
    for one in several(selection, profile):
        json.dumps(recommend(one, selection.selector).to_dict())
    if not recommend(profile, selection.selector).explain().strip():
        yield "it explains nothing.", profile


@law(
    2,
    "The same profile always gets the same recommendation, for the same reason.",
    _remembering(2, list),
)
def same_again(
    selection: Selection,
    profile: Profile,
    other: Profile,
    before: list[tuple[Profile, tuple[object, ...]]],
) -> Iterator[Violation]:
    """Ask again: after others, in another order, with copies; and watch for clocks and dice."""
    if selection.profiles is None:
        profile = renamed(profile, f"C-{1000 + len(before)}")  # an id that was never asked about
    copy = _copied(profile)
    first = _answer(selection, profile)
    for asked in asked_of(selection.selector, profile):
        yield f"it asks {asked}, which is not in the profile.", profile
    if profile != copy:
        yield "it changes the profile that it is asked about.", copy
    for between in (other, renamed(other, profile.relationship.customer)):
        recommend(between, selection.selector)
    again = [(one, first) for one in (profile, copy, *(_copied(copy) for _ in range(_COPIES)))]
    again += before[:: 1 + len(before) // _AGAIN]
    for one, answer in again:
        now = _answer(selection, one)
        if now != answer:
            yield f"first it was {answer}, then {now}.", one
    before.append((profile, first))


def _copied(profile: Profile) -> Profile:
    """An equal profile that shares nothing with it which a selector could change."""
    parts = {name: evolve(getattr(profile, name)) for name in ("value", "signals", "market")}
    return evolve(profile, **parts)


def _answer(selection: Selection, profile: Profile) -> tuple[object, ...]:
    advice = recommend(profile, selection.selector)
    reason, evidence = advice.reason, advice.reason.evidence
    said = (reason.row, reason.sentence, str(reason.citation))
    return (
        advice.strategy.words,
        *said,
        dict(evidence.facts),
        evidence.missing,
        evidence.runners_up,
    )


@law(
    3,
    "Neither a channel nor an id decides: what is known of a customer, and the strategy, do not "
    "follow from them (CHE-3).",
    _history,
)
def channels_decide_nothing(selection: Selection, history: Sequence[Event]) -> Iterator[Violation]:
    """Let the events come by other channels, and under other ids."""
    expected, profile, _ = _seen(selection, history, "C-1")
    for how, customer, events in _otherwise(selection, history):
        found, other, journey = _seen(selection, events, customer)
        if other.relationship != journey.relationship:
            yield f"{how} the profile is not that of the history.", other
        for what, before in expected.items():
            if found[what] != before and OVERRIDE not in (found[what], before):
                now = words(found[what])
                yield f"{how} the {what} is {now} instead of {words(before)}.", profile


def _otherwise(
    selection: Selection, history: Sequence[Event]
) -> Iterator[tuple[str, str, Sequence[Event]]]:
    """The same history by other channels, under another id, and with other ids of events."""
    ways = [(channel,) for channel in (*_CHANNELS, *selection.texts)]
    for channels in (*ways, ("fax", "web"), ("phone", "shop", None)):
        elsewhere = [
            changed(event, channel=channels[number % len(channels)])
            for number, event in enumerate(history)
        ]
        names = ["none" if channel is None else channel for channel in channels]
        yield f"by the channels {' and '.join(names)}", "C-1", elsewhere
    for customer in ("C-2", "C-17", *selection.texts):
        yield f"under the customer's id {customer}", customer, history
    yield "with other ids of events", "C-1", [_with_other_ids(event) for event in history]


def _with_other_ids(event: Event) -> Event:
    said = {name: getattr(event, name, None) for name in ("id", "purchase", "complaint")}
    return changed(event, **{name: f"X{id_}" for name, id_ in said.items() if id_ is not None})


def _seen(
    selection: Selection, history: Sequence[Event], customer: str
) -> tuple[dict[str, object], Profile, Journey]:
    """What the app makes of a history."""
    journey = replay(history, customer=customer, lifecycle=selection.lifecycle)
    profile = selection.profile_of(journey)
    departure, advice = profile.relationship.departure, recommend(profile, selection.selector)
    seen: dict[str, object] = {
        "value": evolve(profile.value, customer=None),
        "severity": None if departure is None else departure.severity,
        "strategy": OVERRIDE if advice.row == OVERRIDE else advice.strategy,
        "signals": profile.signals,
        "market": profile.market,
    }
    return seen, profile, journey


@law(
    6,
    "The facts that are named suffice: change others, the history and the id too, and the answer "
    "stays.",
    people(2),
)
def named_facts_suffice(
    selection: Selection, profile: Profile, other: Profile
) -> Iterator[Violation]:
    """Take every fact that is not named from another customer."""
    advice = recommend(profile, selection.selector)
    facts = advice.facts
    known = _read(advice)
    for name, value in facts.items():
        if value not in known.get(name, ()):
            yield f"it names {name} as {words(value)}, which it is not.", profile
    named = inputs_of((*facts, *advice.missing), advice.reason.evidence.catalogue)
    others = {name for name in INPUTS if name not in named}
    altered = changes(selection, profile, other, others)
    yield from _unmoved(selection, advice, altered, "is not named")
    for one in several(selection, profile):
        yield from _unlike(selection, recommend(one, selection.selector), other)


def _unlike(selection: Selection, advice: Recommendation, other: Profile) -> Iterator[Violation]:
    """Others with the same named facts, who get another answer."""
    for one in alike(selection, advice, other):
        found = recommend(one, selection.selector)
        if found.strategy is not advice.strategy and not _overruled(advice, found, one):
            differing = ", ".join(differences(advice.profile, one))
            yield (
                f"{advice.strategy.words} turns into {found.strategy.words} for {one}, where "
                f"all that is named is the same ({_names(advice)}); what differs: {differing}.",
                advice.profile,
            )


def _overruled(advice: Recommendation, found: Recommendation, one: Profile) -> bool:
    """Whether a person decided about one of two customers, and said so."""
    other_id = one.relationship.customer != advice.profile.relationship.customer
    return other_id and OVERRIDE in (advice.row, found.row)


def _names(advice: Recommendation) -> str:
    return ", ".join((*advice.facts, *advice.missing)) or "nothing"


@law(
    7,
    "What is unknown is not taken as no: to learn what is not named as missing changes nothing.",
    people(2),
)
def unknown_is_not_no(
    selection: Selection, profile: Profile, other: Profile
) -> Iterator[Violation]:
    """Learn everything that is unknown and not named as missing."""
    advice = recommend(profile, selection.selector)
    missing = advice.missing
    known = _read(advice)
    for name in missing:
        if None not in known.get(name, ()):
            what = "known" if name in known else "no fact"
            yield f"it names {name} as missing, which is {what}.", profile
    named = inputs_of(missing, advice.reason.evidence.catalogue)
    unknown = {
        name for name, fact in INPUTS.items() if fact.read(profile) is None and name not in named
    }
    altered = changes(selection, profile, other, unknown)
    yield from _unmoved(selection, advice, altered, "is unknown and not named as missing")


def _read(advice: Recommendation) -> dict[str, list[object]]:
    """What each fact is by its name; of a joint catalogue two facts can have one name."""
    found: dict[str, list[object]] = {}
    for fact in advice.reason.evidence.catalogue:
        found.setdefault(fact.name, []).append(fact.read(advice.profile))
    return found


def _unmoved(
    selection: Selection,
    advice: Recommendation,
    altered: Iterable[tuple[Profile, Change]],
    which: str,
) -> Iterator[Violation]:
    """Ask again after each of these changes."""
    for one, change in altered:
        strategy = strategy_of(selection, one)
        if strategy is not advice.strategy:
            what = ", ".join(f"{name} to {words(value)}" for name, value in change.items())
            yield (
                f"{advice.strategy.words} turns into {strategy.words} by changing {what}, which "
                f"{which} (named: {_names(advice)}).",
                advice.profile,
            )


@law(
    8,
    "Every counterfactual leads where it says, and there is no nearer one.",
    people(1),
)
def counterfactuals_are_true(selection: Selection, profile: Profile) -> Iterator[Violation]:
    """Follow each of them, and look for changes that are smaller."""
    advice = recommend(profile, selection.selector)
    flips = advice.counterfactuals()
    for flip in flips:
        was = INPUTS[flip.fact].read(profile)
        if flip.was != was:
            yield f"{flip}; but it is {words(was)}.", profile
        there = recommend(profile.altered(**{flip.fact: flip.to}), selection.selector)
        if (there.strategy, there.row) != (flip.strategy, flip.row):
            yield f"{flip}; but it is {there.strategy.words} by row {there.row}.", profile
    sizes = [flip.size for flip in flips if flip.size is not None]
    first = next(iter(flips), None)
    if sizes != sorted(sizes) or (
        type(advice) is not Recommendation and advice.counterfactual() != first
    ):
        yield f"the smallest change does not come first: {', '.join(map(str, flips))}.", profile
    for problem in _nearer(selection, advice, {flip.fact: flip.to for flip in flips}):
        yield problem, profile


def _nearer(
    selection: Selection, advice: Recommendation, found: Mapping[str, object]
) -> Iterator[str]:
    """Changes that were not found, though flags are tried and the limits of a number published."""
    for name, answers, limits in _answers(selection, advice):
        was = INPUTS[name].read(advice.profile)
        for value, strategy in answers:
            near = name in found and not _lies_between(value, was, found[name])
            if strategy is not advice.strategy and not near:
                said = f"said to be to {words(found[name])}" if name in found else "not named"
                how = f"{strategy.words} if {name} were {words(value)}"
                yield f"{how}; but the nearest change is {said}."
        for (low, one), (high, two) in pairwise(answers if limits is not None else ()):
            if one is not two and not any(low <= number <= high for number in limits or ()):
                how = (
                    f"{one.words} turns into {two.words} from {name} {words(low)} to {words(high)}"
                )
                yield f"{how}, and no threshold is named there."


def _lies_between(value: Any, was: Any, to: Any) -> bool:  # noqa: ANN401 - as the fact is
    """Whether a number is nearer than another one on the same side."""
    return was is not None and (was < value < to or to < value < was)


def _answers(
    selection: Selection, advice: Recommendation
) -> Iterator[tuple[str, list[tuple[Any, Strategy]], Collection[Decimal] | None]]:
    """For each flag, and each number whose limits are published, the answers by its value."""
    turn = lot(advice.profile)
    published = thresholds_of(advice.selector, advice.profile)
    evidence = advice.reason.evidence
    for name in sorted(inputs_of((*evidence.facts, *evidence.missing), evidence.catalogue)):
        fact = INPUTS[name]
        if fact.kind is FactKind.FLAG or (fact.kind.is_number and name in published):
            tried = sorted(values(selection, fact, turn, _MOST_VALUES))
            altered = altered_to(advice.profile, ({name: value} for value in tried))
            answers = [(change[name], strategy_of(selection, one)) for one, change in altered]
            yield name, answers, published.get(name) if fact.kind.is_number else None


@law(
    9,
    "A row means one strategy, for one reason; the runners-up are other rows; and the explanation "
    "says what is recommended.",
    _remembering(2, Said),
)
def reasons_fit_the_answer(
    selection: Selection, profile: Profile, other: Profile, said: Said
) -> Iterator[Violation]:
    """Hold what it says against its rows, and against what it said of others."""
    for one in (profile, other):
        advice = recommend(one, selection.selector)
        for problem in problems_of(selection, advice, said):
            yield problem, one


SELECTOR_LAWS: tuple[SelectorLaw, ...] = (
    always_an_answer,
    same_again,
    channels_decide_nothing,
    key_customers_stay_protected,
    a_dearer_return_is_not_tried,
    named_facts_suffice,
    unknown_is_not_no,
    counterfactuals_are_true,
    reasons_fit_the_answer,
    what_is_ruled_out_is_not_followed,
    better_news_ends_nobody,
)
"""The laws of every selector, for ``@pytest.mark.parametrize("law", SELECTOR_LAWS)``."""
