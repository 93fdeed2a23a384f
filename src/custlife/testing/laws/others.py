"""Other customers with the same known facts: what is not named of them can be anything."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from attrs import evolve, fields

from custlife.departure_rules import DepartureRules
from custlife.money import EXACT
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.fact import Fact
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation
from custlife.testing.generators.profiles import CUSTOMERS, choices, elsewhere, everybody, lot
from custlife.testing.laws.selector_law import Selection

_MOST_ELSEWHERE = 30
"""So many relationships with the same known facts are tried for one profile."""
_MOST_OTHERS = 2
"""So many others have the same value and signals as one profile."""
_MOST_IDS = 5
"""So many other ids are tried for one profile."""
_MOST_VALUES = 2
"""So many values of one fact are tried for one profile, beside that of the other customer."""
_LATER = tuple(timedelta(days=days, hours=1 + days % 24) for days in (0, 1, 30, 366, 5000))
_MORE = (Decimal(100), Decimal(100_000))
_SHARES = (None, 0, Decimal("0.3"), 1)
_OTHER_RULES = DepartureRules(moment_grace=timedelta(days=14))
_BESIDE = ("as_of", "market", "account", "catalogue")
"""What a profile has beside the relationship, the value and the signals."""

Change = Mapping[str, Any]
"""Other values, by the names of fields."""


def several(selection: Selection, profile: Profile) -> Iterator[Profile]:
    """The profile, and the same value and signals of others, unless the app makes the profiles."""
    yield profile
    for place in range(_MOST_OTHERS if selection.profiles is None else 0):
        yield elsewhere(profile, lot(profile, place))


def changes(
    selection: Selection, profile: Profile, other: Profile, names: Collection[str]
) -> Iterator[tuple[Profile, Change]]:
    """The profile with other values of these inputs, one by one and all together.

    Args:
        selection: The selection.
        profile: The profile.
        other: Another one, whose values are taken.
        names: The inputs to change.
    """
    turn = lot(profile, other)
    taken = {name: INPUTS[name].read(other) for name in sorted(names)}
    singles = (
        {name: value}
        for name in taken
        for value in (taken[name], *values(selection, INPUTS[name], turn, _MOST_VALUES))
    )
    return altered_to(profile, chain(singles, [taken]))


def values(selection: Selection, fact: Fact, turn: int, most: int) -> Sequence[Any]:
    """Some values of an input, by turns, and far from each other."""
    every = choices(fact, selection.near.get(fact.name, ()))
    count = min(most, len(every))
    return [every[(turn + place * len(every) // count) % len(every)] for place in range(count)]


def altered_to(profile: Profile, all_changes: Iterable[Change]) -> Iterator[tuple[Profile, Change]]:
    """The profile after each of these changes that is possible, and the change."""
    for change in all_changes:
        try:
            yield profile.altered(**change), change
        except InvalidProfile:  # as where the margin would exceed the revenue
            continue


def alike(selection: Selection, advice: Recommendation, other: Profile) -> Iterator[Profile]:
    """Profiles that differ in nothing of what the advice names.

    The id of the customer, the day, the market, the offerings and the history can be others, and
    the numbers from which a named one follows. Where the app makes the profiles, only what it knows
    of the other customer is taken.
    """
    reads = [*_named(advice)]
    profile = advice.profile
    turn = lot(profile, other)

    def is_alike(one: Profile) -> bool:
        return all(fact.read(one) == known for fact, known in reads)

    found = chain(_beside(profile, other), _summed(selection, advice, other))
    if selection.profiles is None:
        found = chain(_renamed(selection, profile, turn), found)
    yield from filter(is_alike, found)
    if selection.profiles is None:
        people = everybody(selection.lifecycle, profile.room if "room" in advice.facts else None)
        yield from islice(filter(is_alike, _moved(profile, people, turn)), _MOST_ELSEWHERE)


def _named(advice: Recommendation) -> Iterator[tuple[Fact, object]]:
    """What is named, and how it reads.

    Once somebody is back, it can no longer be learnt why they went: that stays unknown.
    """
    named = {*advice.facts, *advice.missing}
    for fact in advice.reason.evidence.catalogue:
        known = fact.read(advice.profile)
        lost = fact.name == "last_cause" and advice.profile.room is not Room.FORMER
        if fact.name in named or (lost and known is None):
            yield fact, known


def renamed(profile: Profile, customer: str) -> Profile:
    """The same profile under another id of the customer."""
    account, value = profile.account, profile.value
    return evolve(
        profile,
        relationship=profile.relationship.rename(customer),
        account=account and account.rename(customer),
        value=value if value.customer is None else value.rename(customer),
    )


def _renamed(selection: Selection, profile: Profile, turn: int) -> Iterator[Profile]:
    some = (CUSTOMERS[(turn + place) % len(CUSTOMERS)] for place in range(_MOST_IDS))
    return (renamed(profile, customer) for customer in (*selection.texts, *some))


def _summed(selection: Selection, advice: Recommendation, other: Profile) -> Iterator[Profile]:
    """Other numbers from which a named fact follows, such as a margin and a cost."""
    profile, named = advice.profile, {*advice.facts, *advice.missing}
    inputs = inputs_of(named, advice.reason.evidence.catalogue) - named
    for one, _ in changes(selection, profile, other, inputs):
        yield one
    margin, cost = profile.value.margin, profile.value.cost_to_serve
    if margin is not None and cost is not None:
        both = (
            {"margin": EXACT.add(margin, more), "cost_to_serve": EXACT.add(cost, more)}
            for more in (*_MORE, EXACT.minus(cost))
        )
        for one, _ in altered_to(profile, both):
            yield one


def _beside(profile: Profile, other: Profile) -> Iterator[Profile]:
    """Another day, other rules, and what is known of another customer beside value and signals."""
    last = profile.relationship.record.last_at
    there = {name: getattr(other, name) for name in ("relationship", "account", "as_of")}
    stricter = profile.relationship.judged_by(_OTHER_RULES)
    shares: list[dict[str, Any]] = [
        {name: share} for name in ("competition", "reputation") for share in _SHARES
    ]
    return _changed(
        profile,
        [
            *({"as_of": later and last and last + later} for later in (None, *_LATER)),
            {"account": None},
            {"catalogue": other.catalogue},
            {"market": other.market},
            *({"market": evolve(profile.market, **share)} for share in shares),
            {"relationship": stricter, "account": None},
            there,
            {**there, "market": other.market, "catalogue": other.catalogue},
        ],
    )


def _moved(profile: Profile, people: Sequence[Relationship], turn: int) -> Iterator[Profile]:
    """The profile with the relationships of others; their accounts and the day are unknown."""
    unknown = {"account": None, "as_of": None}
    places = ((turn + place) % len(people) for place in range(len(people)))
    return _changed(profile, ({"relationship": people[place], **unknown} for place in places))


def _changed(profile: Profile, all_changes: Iterable[Change]) -> Iterator[Profile]:
    for change in all_changes:
        try:
            yield evolve(profile, **change)
        except InvalidProfile:  # as where a value was taken from the record of a relationship
            continue


def differences(profile: Profile, other: Profile) -> list[str]:
    """The names of what differs."""
    one, two = profile.relationship, other.relationship
    history = [name for name in _OF_HISTORY if getattr(one, name) != getattr(two, name)]
    inputs = [name for name, fact in INPUTS.items() if fact.read(profile) != fact.read(other)]
    return [*history, *inputs, *(n for n in _BESIDE if getattr(profile, n) != getattr(other, n))]


_OF_HISTORY = tuple(each.name for each in fields(Relationship))
