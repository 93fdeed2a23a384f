"""Combinations of selectors, themselves selectors: under a condition, in order, with an override.

A combination answers with the row of the part that decided. Its answer rests on the facts of every
part that was called, also of those that passed, so that no part can change its answer unnoticed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from attrs import Factory, evolve, field, frozen

from custlife import _checks
from custlife.decisions.evidence import decided_facts, support, unknown_facts
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate, all_of
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import listed, shown
from custlife.sources import OWN, Source
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.fact import Fact
from custlife.strategy.facts import FACTS, INPUTS
from custlife.strategy.inputs import inputs_of, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import Evidence, Reason, RunnerUp, beside, joint
from custlife.strategy.recommendation import (
    PartialSelector,
    Recommendation,
    Selector,
    thresholds_of,
)
from custlife.strategy.selectors.protocol import answered, as_selector, verified
from custlife.strategy.selectors.table import TableSelector, as_facts
from custlife.strategy.strategies import Strategy


def inputs_used(selectors: Iterable[Selector]) -> tuple[str, ...]:
    """The fields of `Signals` and `CustomerValue` that any of these reads, sorted."""
    return tuple(sorted(inputs_of(chain.from_iterable(part.uses for part in selectors))))


def joint_thresholds(profile: Profile, parts: Sequence[Selector]) -> Thresholds:
    """Where numbers change the answer of any of these parts.

    A number is left out if a part reads it and publishes no threshold of it: counterfactuals then
    search for all its thresholds, and miss none that the part has.
    """
    published = [(inputs_of(part.uses), thresholds_of(part, profile)) for part in parts]
    found = {}
    for name in INPUTS.keys() & {*inputs_used(parts)}:
        sides = [numbers.get(name) for used, numbers in published if name in used]
        if None not in sides:
            found[name] = frozenset(chain.from_iterable(side for side in sides if side))
    return found


class Combination(Selector):
    """What combinations share: they read what their parts read."""

    @property
    def parts(self) -> tuple[Selector, ...]:
        """The selectors that it calls."""
        raise NotImplementedError

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that any part reads."""
        return inputs_used(self.parts)

    def thresholds(self, profile: Profile) -> Thresholds:
        """Where numbers change what any part answers."""
        return joint_thresholds(profile, self.parts)


# --- under a condition -----------------------------------------------------------------------


@frozen
class When(Combination):
    """A selector that decides only where a predicate is sure to hold; see `when`."""

    predicate: Predicate
    selector: Selector = field(converter=as_selector)
    facts: tuple[Fact, ...] = field(default=FACTS, repr=False, converter=as_facts)
    _gate: TableSelector = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: self._checked(), takes_self=True),
    )

    def _checked(self) -> TableSelector:
        if not hasattr(self.predicate, "holds"):
            raise InvalidSelector(
                "when",
                f"its predicate is {shown(self.predicate)}. Give one over facts of the catalogue, "
                f"such as is_('strategic', True).",
            )
        # A table checks the facts and publishes the thresholds. END fits every room; the outcome
        # is not used.
        rows = (
            Row("WHEN", self.predicate, Strategy.END, "The predicate holds.", OWN),
            Row("ELSE", all_of(), Strategy.END, "It does not, or is undecided.", OWN),
        )
        return TableSelector(self.name, DecisionTable(self.name, rows, HitPolicy.FIRST), self.facts)

    @property
    def name(self) -> str:
        """The selector's name and the predicate."""
        return f"{self.selector.name} where {self.predicate}"

    @property
    def parts(self) -> tuple[Selector, ...]:
        """A table of the predicate, and the selector."""
        return (self._gate, self.selector)

    def __call__(self, profile: Profile, /) -> Recommendation | None:
        """The selector's recommendation where the predicate is sure to hold; None elsewhere."""
        advice = answered(self.selector, profile) if self._holds(profile) else None
        if advice is None:
            return None
        reason = beside(advice.reason, partial(self._opening, profile))
        return evolve(advice, selector=self, reason=reason)

    def passing(self, profile: Profile) -> Evidence:
        """What it rests on that this selector passes."""
        finds = [partial(self._opening, profile)]
        if self._holds(profile):
            finds.append(partial(self.selector.passing, profile))
        return joint(finds)

    def _holds(self, profile: Profile) -> bool:
        return self._gate(profile).row == "WHEN"

    def _opening(self, profile: Profile) -> Evidence:
        """The facts that make the predicate hold, or keep it from being sure to hold."""
        names = limits([self.predicate])
        known = {fact.name: fact.read(profile) for fact in self.facts if fact.name in names}
        holds = self._holds(profile)
        deciding = support(self.predicate, known, answer=holds, sure=holds)
        facts = {name: known[name] for name in decided_facts(deciding, known)}
        unknown = unknown_facts(self.predicate, known)
        missing = {*unknown, *unknown_inputs(facts, profile, self.facts)}
        return Evidence(facts, tuple(sorted(missing)), (), self.facts)


def when(predicate: Predicate, selector: PartialSelector, facts: Iterable[Fact] = FACTS) -> When:
    """A selector that decides only where a predicate is sure to hold, and passes elsewhere.

    Args:
        predicate: What must hold; where an unknown fact leaves it undecided, the selector passes.
        selector: What decides there.
        facts: The catalogue whose facts the predicate names.

    Raises:
        InvalidSelector: If the predicate names a fact that is not in the catalogue, or the selector
            cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship, is_
        >>> from custlife.strategy import Signals, buttle_selector
        >>> ours = when(is_("strategic", True), buttle_selector())
        >>> new = Relationship("C-17")
        >>> ours(Profile(relationship=new)) is None
        True
        >>> ours(Profile(relationship=new, signals=Signals(strategic=True))).row
        'START-KEY'
    """
    return When(predicate, selector, facts)


# --- in order --------------------------------------------------------------------------------


def _as_parts(selectors: Iterable[PartialSelector]) -> tuple[Selector, ...]:
    return tuple(map(as_selector, selectors))


@frozen
class FirstOf(Combination):
    """The first of several selectors that decides; see `first_of`."""

    parts: tuple[Selector, ...] = field(converter=_as_parts)  # pyright: ignore[reportIncompatibleMethodOverride]

    def __attrs_post_init__(self) -> None:
        if not self.parts:
            raise InvalidSelector("first_of", "it has no part. Give at least one selector.")

    @property
    def name(self) -> str:
        """The names of the parts."""
        return f"the first of {listed([part.name for part in self.parts])} that decides"

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation of the first part that decides.

        Raises:
            NoRecommendation: If none does.
        """
        passed: list[Callable[[], Evidence]] = []
        for part in self.parts:
            advice = answered(part, profile)
            if advice is not None:
                return evolve(advice, selector=self, reason=beside(advice.reason, *passed))
            passed.append(partial(part.passing, profile))
        raise NoRecommendation(self.name, str(profile))

    def passing(self, profile: Profile) -> Evidence:
        """What it rests on that all parts pass."""
        return joint([partial(part.passing, profile) for part in self.parts])


def first_of(*selectors: PartialSelector) -> FirstOf:
    """The first selector that decides; put one that always decides last.

    The facts on which a part passed are among the facts of the answer. A plain function should
    declare by `looks_at` what it reads; else every signal and every number of the value counts.

    Args:
        *selectors: The parts, in order. One passes by None or by `NoRecommendation`.

    Raises:
        InvalidSelector: If there is none, or one cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship, is_
        >>> from custlife.strategy import Signals, Strategy, buttle_selector
        >>> def decline(profile):
        ...     return Recommendation.stated(
        ...         profile, Strategy.END, decline, row="BUSY", sentence="We have no time."
        ...     )
        >>> ours = first_of(when(is_("interest", False), decline), buttle_selector())
        >>> cool = Profile(relationship=Relationship("C-17"), signals=Signals(interest=False))
        >>> advice = ours(cool)
        >>> advice.strategy, advice.row, advice.facts, advice.missing
        (<Strategy.END: 'end'>, 'BUSY', {'interest': False}, ())
        >>> ours(Profile(relationship=Relationship("C-18"))).row
        'START-OPEN'
    """
    return FirstOf(selectors)


# --- with an override ------------------------------------------------------------------------

Override = Mapping[str, Strategy] | Callable[[Profile], Strategy | None]
"""A strategy by the customer's id, or a function that gives one or None."""


@frozen
class ByCustomer(Selector):
    """The overrides of single customers; reads no fact.

    Attributes:
        strategies: The strategies by the ids of customers.
    """

    strategies: Mapping[str, Strategy] = field(hash=False)

    @property
    def uses(self) -> tuple[str, ...]:
        """No input."""
        return ()

    def __call__(self, profile: Profile, /) -> Any:  # noqa: ANN401 - checked by the caller
        """The strategy of the customer; None where there is no override."""
        return self.strategies.get(profile.relationship.customer)


def _as_override(override: object) -> Selector:
    if not isinstance(override, Mapping):
        return as_selector(override, "with_override")
    for customer, strategy in override.items():
        _checks.text.argument("with_override", "the id of a customer", customer)
        _require_strategy("with_override", strategy)
    return ByCustomer(dict(override))


def _require_strategy(name: str, strategy: object) -> Strategy:
    if not isinstance(strategy, Strategy):
        raise InvalidSelector(name, f"its override is {shown(strategy)}; use a Strategy.")
    return strategy


@frozen(kw_only=True)
class Overridden(Combination):
    """A selector with a decision above it; see `with_override`."""

    selector: Selector = field(converter=as_selector)
    override: Selector = field(converter=_as_override)
    because: str
    source: Source = OWN

    def __attrs_post_init__(self) -> None:
        _checks.text.argument("with_override", "because", self.because)
        _checks.one_of(Source).argument("with_override", "source", self.source)

    @property
    def name(self) -> str:
        """The selector's name."""
        return f"{self.selector.name} with overrides"

    @property
    def parts(self) -> tuple[Selector, ...]:
        """The override and the selector."""
        return (self.override, self.selector)

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The override's strategy where there is one, else the selector's recommendation.

        Raises:
            UnfitStrategy: If the override does not fit the room.
            InvalidSelector: If the override gives something else than a strategy or None.
            NoRecommendation: If there is no override, and the selector passes.
        """
        beneath = answered(self.selector, profile)
        given: object = self.override(profile)
        if given is not None:
            advice = self._overriding(profile, _require_strategy(self.name, given), beneath)
            verified(advice, self, profile)
        elif beneath is not None:
            advice = evolve(beneath, selector=self)
        else:
            raise NoRecommendation(self.name, str(profile))
        reason = beside(advice.reason, partial(self.override.passing, profile))
        return evolve(advice, reason=reason)

    def _overriding(
        self, profile: Profile, strategy: Strategy, beneath: Recommendation | None
    ) -> Recommendation:
        others: tuple[RunnerUp, ...] = ()
        sentence = self.because
        if beneath is not None:
            first = RunnerUp(beneath.row, beneath.strategy, holds=True, because=())
            others = (first, *beneath.runners_up)
            sentence = (
                f"{sentence.rstrip('.')}. Without this, {self.selector.name} would recommend "
                f"{beneath.strategy.words}, by row {beneath.row}."
            )
        reason = Reason("OVERRIDE", sentence, self.source, partial(Evidence, runners_up=others))
        return Recommendation(profile, strategy, self, reason)


def with_override(
    selector: PartialSelector, override: Override, *, because: str, source: Source = OWN
) -> Overridden:
    """A selector with a person's or a campaign's decision above it.

    The selector is called all the same: the recommendation states what it would have recommended.

    Args:
        selector: What decides where there is no override.
        override: A strategy by the customer's id; or a function that gives one or None, and should
            declare by `looks_at` what it reads.
        because: Why it is overridden, as a sentence.
        source: Where the decision comes from.

    Raises:
        InvalidSelector: If something else than a strategy is given, or the selector or the function
            cannot be called with one profile.
        InvalidArgument: If the sentence is blank, or the source is none.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import buttle_selector
        >>> banned = {"C-17": Strategy.END}
        >>> ours = with_override(buttle_selector(), banned, because="They sued us.")
        >>> advice = ours(Profile(relationship=Relationship("C-17")))
        >>> print(advice.reason.sentence)
        They sued us. Without this, Buttle's strategies, policy custlife of 2026-11-25 would \
recommend start, by row START-OPEN.
        >>> print(advice.runners_up[0])
        start by row START-OPEN holds as well, but ranks lower
    """
    return Overridden(selector=selector, override=override, because=because, source=source)
