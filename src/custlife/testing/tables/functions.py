"""Requirements of selectors that are functions: searched, since what a function reads is unknown.

Hypothesis makes up profiles that meet the condition, beside the limits that the selector publishes
and beside those of the condition.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import islice, product
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from attrs import define, evolve, fields_dict, frozen
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate, spoken, words
from custlife.errors import shown
from custlife.state import Room
from custlife.strategy.errors import InvalidProfile, NoRecommendation
from custlife.strategy.fact import Fact
from custlife.strategy.facts import INPUTS, facts_for
from custlife.strategy.profile import Profile
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import Recommendation, wrapped
from custlife.strategy.selectors.checking import domains_of
from custlife.strategy.signals import UNKNOWN_MARKET, Signals
from custlife.strategy.strategies import Strategy
from custlife.testing.generators.profiles import profiles, signals, values
from custlife.testing.laws.selector_law import Selectable, Selection
from custlife.testing.requirements.conditions import Misnamed, parts
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.kinds import Always, Monotone, Never
from custlife.testing.requirements.requirement import Requirement
from custlife.testing.tables.deciding import condition_of, decide
from custlife.testing.tables.looks import Answered, where
from custlife.testing.tables.sheets import Sheet

T = TypeVar("T")

EXAMPLES = 400
"""So many profiles are made up for one requirement."""
_MOST_CHOICES = 4096
_TWO = 2


@frozen(eq=False)
class Answering:
    """A table or a selector, of which requirements can be checked.

    Attributes:
        name: Its name.
        decide: What becomes of a requirement. It raises `Misnamed` where the requirement names what
            is not there, or is about a lifecycle.
    """

    name: str
    decide: Callable[[Requirement], Answered]

    @classmethod
    def of(cls, thing: object) -> "Answering | None":
        """The table or the selector; None where it is neither."""
        sheet = Sheet.of(thing)
        if sheet is not None:
            return cls(sheet.name, partial(decide, sheet))
        if isinstance(thing, type) or not (callable(thing) or isinstance(thing, Selection)):
            return None
        selection = Selection.of(cast("Selectable", thing))
        return cls(wrapped(selection.selector).name, partial(search, selection))


def search(selection: Selection, requirement: Requirement) -> Answered:
    """What becomes of a requirement of a selector that is a function.

    Raises:
        Misnamed: If it names what is not there, or is about a lifecycle.
    """
    tried = _Tried(selection, condition_of(requirement))
    tried.blank.require_predicate(tried.when)
    if isinstance(requirement, Monotone):
        return _of_rise(tried, requirement)
    named = _named(parts(cast("Always", requirement).what))
    is_never = isinstance(requirement, Never)

    def breaks(profile: Profile) -> bool:
        if not tried.meets(profile):
            return False
        advice = tried.advice(profile)
        if advice is None:
            return not is_never
        return (advice.strategy in named or advice.row in named) is is_never

    found = _found(tried.profiles(), breaks)
    if found is None:
        return tried.undecided
    found = _simplest(found, breaks)
    advice = tried.advice(found)
    said_so = "nothing is recommended" if advice is None else _answer(advice)
    known = tried.known(found, advice)
    return Answered(Status.VIOLATED, f"{where(known)}, {said_so}", (*known.items(),))


def _named(names: Sequence[object]) -> Sequence[object]:
    """The strategies and the rows that are named.

    Raises:
        Misnamed: If something is neither.
    """
    for name in names:
        if not isinstance(name, Strategy | str):
            raise Misnamed(f"{shown(name)} is no answer; give a Strategy, or the id of a row.")
    return names


def _answer(advice: Recommendation) -> str:
    return f"row {advice.row} answers {advice.strategy.words}: {advice.reason.sentence.rstrip('.')}"


def _found(tried: st.SearchStrategy[T], breaks: Callable[[T], bool]) -> T | None:
    """A sample that breaks it; None where none was found."""
    own = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # what is found is made simple here, and faster
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    try:
        return find(tried.map(_Sample), lambda sample: breaks(sample.value), settings=own).value
    except (NoSuchExample, Unsatisfiable):
        return None


class _Sample(Generic[T]):
    """What was drawn; Hypothesis would print it in full, lifecycles and all."""

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "a sample"


def _simplest(profile: Profile, breaks: Callable[[Profile], bool]) -> Profile:
    """The same profile with as little known as still breaks it."""
    for name, fact in INPUTS.items():
        if fact.read(profile) is not None and name != "party":
            less = profile.altered(**{name: None})
            profile = less if breaks(less) else profile
    less = evolve(profile, market=UNKNOWN_MARKET)
    return less if breaks(less) else profile


@define(eq=False)
class _Tried:
    """What is tried of a selector, and how much of it met the condition."""

    selection: Selection
    when: Predicate
    met: int = 0

    @property
    def blank(self) -> Sheet:
        """A table without a row, over the facts that profiles have."""
        lifecycle = self.selection.lifecycle
        return Sheet("", (), is_first=True, facts=facts_for(lifecycle), lifecycle=lifecycle)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The catalogue."""
        return {fact.name: fact for fact in self.blank.facts or ()}

    def profiles(self) -> st.SearchStrategy[Profile]:
        """Profiles in the rooms of the condition, altered so that they can meet it.

        They are altered in what the app can say: the signals and the numbers of the value.
        """
        rooms = [room for room in Room if self.when.holds({"room": room}) is not False]
        if not rooms:
            return st.nothing()
        can_be = {
            name: (None, *tried)
            for name, tried in domains_of([self.when], self.facts.values(), {}).items()
            if name in INPUTS
        }
        choices = (
            dict(zip(can_be, row, strict=True))
            for row in islice(product(*can_be.values()), _MOST_CHOICES)
        )
        fitting = [choice for choice in choices if self.when.holds(choice) is not False]
        if not fitting:
            return st.nothing()
        known = [choice for choice in fitting if None not in choice.values()]
        inputs = st.sampled_from(known or fitting) | st.sampled_from(fitting)
        return st.builds(_altered, st.one_of([self._in(room) for room in rooms]), inputs)

    def _in(self, room: Room) -> st.SearchStrategy[Profile]:
        selection = self.selection
        if selection.profiles is not None:
            return selection.tried(room)
        return profiles(selection.lifecycle, room=room, near=self._near)

    @property
    def _near(self) -> Mapping[str, set[Decimal]]:
        """The limits that the selector publishes and its code names, and those of the condition."""
        near = {name: {*numbers} for name, numbers in self.selection.near.items()}
        for name, bounds in limits([self.when]).items():
            numbers = {Decimal(str(bound)) for bound in bounds if self.facts[name].kind.is_number}
            near.setdefault(name, set()).update(numbers)
        return near

    def values(self, name: str) -> st.SearchStrategy[Any]:
        """What a signal or a number of the value can be where it is known."""
        make = signals if name in fields_dict(Signals) else values
        known = make(near=self._near).map(attrgetter(name))
        return known.filter(lambda value: value is not None)

    def meets(self, profile: Profile) -> bool:
        """Whether the condition holds for a profile."""
        facts = {name: self.facts[name].read(profile) for name in limits([self.when])}
        holds = self.when.holds(facts) is True
        self.met += holds
        return holds

    def advice(self, profile: Profile) -> Recommendation | None:
        """What is recommended; None where nothing is."""
        try:
            return recommend(profile, self.selection.selector)
        except NoRecommendation:
            return None

    def known(self, profile: Profile, advice: Recommendation | None) -> dict[str, object]:
        """The known facts that the condition or the answer names, and what the app says."""
        names = {"room", *limits([self.when]), *(advice.facts if advice else ())}
        blank = Profile(relationship=profile.relationship)
        found = {}
        for name, fact in self.facts.items():
            value = fact.read(profile)
            said = name in INPUTS and value != fact.read(blank)
            if value is not None and (name in names or said):
                found[name] = value
        return found

    @property
    def undecided(self) -> Answered:
        """That nothing was found."""
        met = f"no violation among {self.met} profiles; a function can only be searched"
        because = met if self.met else f"no profile was found that meets the condition {self.when}"
        return Answered(Status.UNDECIDED, because)


def _altered(profile: Profile, inputs: Mapping[str, Any]) -> Profile:
    """The profile with these inputs, as far as they can be."""
    for name, value in inputs.items():
        profile = _with(profile, name, value) or profile
    return profile


def _of_rise(tried: _Tried, requirement: Monotone) -> Answered:
    """What becomes of a requirement that a fact never turns the answer back as it rises."""
    on: Any = requirement.on
    tried.blank.require_order(on)
    if requirement.order is None:
        raise Misnamed("it says no order. Give order=, strategies or ids of rows.")
    order = [_named(parts(alike)) for alike in parts(requirement.order)]
    if on not in INPUTS:
        because = f"{spoken(on)} is no signal and no number of the value, so it cannot be altered"
        return Answered(Status.UNDECIDED, because)

    def rank(advice: Recommendation | None) -> int | None:
        answers = () if advice is None else (advice.strategy, advice.row)
        ranks = (n for n, alike in enumerate(order) if any(one in alike for one in answers))
        return next(ranks, None)

    def turns(profile: Profile, ends: Sequence[Any]) -> bool:
        both = [one for end in ends if (one := _with(profile, on, end)) and tried.meets(one)]
        ranks = [place for one in both if (place := rank(tried.advice(one))) is not None]
        if len(ranks) < _TWO:
            return False
        low, high = ranks
        return low < high if requirement.falling else low > high

    found = _found(
        st.tuples(tried.profiles(), tried.values(on), tried.values(on)),
        lambda sample: turns(sample[0], _ordered(sample[1:])),
    )
    if found is None:
        return tried.undecided
    ends = _ordered(found[1:])
    profile = _simplest(found[0], lambda profile: turns(profile, ends))
    return _turned(tried, on, [profile.altered(**{on: end}) for end in ends])


def _turned(tried: _Tried, on: str, profiles: Sequence[Profile]) -> Answered:
    known = tried.known(profiles[0], None)
    known.pop(on, None)
    both = [(on, INPUTS[on].read(profile)) for profile in profiles]
    low, high = (words(value) for _, value in both)
    answers = [_answer(advice) for advice in map(tried.advice, profiles) if advice is not None]
    because = (
        f"{where(known)}, {spoken(on)} rises from {low} to {high}, and the answer turns: "
        f"{', then '.join(answers)}"
    )
    return Answered(Status.VIOLATED, because, (*known.items(), *both))


def _ordered(values: Sequence[Any]) -> list[Any]:
    """Two values, the lower first; nothing where they are the same."""
    return sorted({*values}) if values[0] != values[1] else []


def _with(profile: Profile, on: str, value: Any) -> Profile | None:  # noqa: ANN401 - as the fact is
    """The profile with another value; None where it cannot be, as a margin above the revenue."""
    try:
        return profile.altered(**{on: value})
    except InvalidProfile:
        return None
