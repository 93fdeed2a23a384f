"""Combinations of selectors, themselves selectors: under a condition, and in order.

What a combination recommends is the word of the part that decided, with that part's row. It rests
on the facts of every part that was asked, so that no part can change its mind unnoticed.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from attrs import Factory, evolve, field, frozen

from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate, all_of
from custlife.decisions.tables import DecisionTable, HitPolicy, Row, Verdict
from custlife.errors import listed
from custlife.sources import OWN
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.facts import FACTS, Fact
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, StrategySelector, name_of
from custlife.strategy.selectors.grounds import (
    Gate,
    Ground,
    Joint,
    Passed,
    inputs_used,
    joined,
    joint_limits,
    quiet,
)
from custlife.strategy.selectors.protocol import PartialSelector, asked, require_selector
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.strategies import Strategy

# --- under a condition -----------------------------------------------------------------------


@frozen
class When:
    """A selector that decides only where a predicate is sure to hold; see `when`."""

    predicate: Predicate
    selector: PartialSelector
    facts: tuple[Fact, ...] = field(default=FACTS, repr=False)
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
                f"its predicate is {self.predicate!r}. Give one over facts of the catalogue, such "
                f"as is_('strategic', True).",
            )
        require_selector(self.name, self.selector)
        # A table finds misnamed facts, tells limits and explains itself. Its outcome is not asked
        # for: END stands there because it fits every room.
        rows = (
            Row("WHEN", self.predicate, Strategy.END, "The predicate holds.", OWN),
            Row("ELSE", all_of(), Strategy.END, "It does not, or is undecided.", OWN),
        )
        table = DecisionTable(self.name, rows, HitPolicy.FIRST)
        return TableSelector(self.name, table, cast("Any", self.facts))

    @property
    def name(self) -> str:
        """The selector's name and the predicate."""
        return f"{name_of(self.selector)} where {self.predicate}"

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that the predicate and the selector look at."""
        return tuple(sorted(inputs_used(self._gate, self.selector)))

    @cached_property
    def quiet(self) -> "When":
        """As it is asked in counterfactuals: without shadows."""
        inner = quiet(self.selector)
        return self if inner is self.selector else evolve(self, selector=inner)

    def __call__(self, profile: Profile, /) -> Recommendation | None:
        """The selector's recommendation where the predicate is sure to hold; None elsewhere."""
        verdict = self._verdict(profile)
        advice = asked(self.selector, profile) if verdict.row.id == "WHEN" else None
        if advice is None:
            return None
        # Whoever asks again for counterfactuals takes a selector that passes for one that is whole.
        whole = cast("StrategySelector", self.quiet)
        return joined(advice, whole, [Gate(profile, verdict, self.facts)])

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change what the predicate or the selector answers."""
        return joint_limits(profile, (self._gate, self.selector))

    def passing(self, profile: Profile) -> Ground:
        """What it rests on that this selector passes."""
        verdict = self._verdict(profile)
        gate = Gate(profile, verdict, self.facts)
        if verdict.row.id == "WHEN":
            return Joint((gate, Passed(self.selector, profile)))
        return gate

    def _verdict(self, profile: Profile) -> Verdict[Strategy]:
        return self._gate.table.decide({fact.name: fact.read(profile) for fact in self._asked})

    @cached_property
    def _asked(self) -> tuple[Fact, ...]:
        """The facts that the predicate looks at."""
        names = limits([self.predicate])
        return tuple(fact for fact in self.facts if fact.name in names)


def when(predicate: Predicate, selector: PartialSelector, facts: Sequence[Fact] = FACTS) -> When:
    """A selector that decides only where a predicate is sure to hold, and passes elsewhere.

    Args:
        predicate: What must hold; where an unknown fact leaves it undecided, the selector passes.
        selector: Who decides there.
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
    return When(predicate, selector, tuple(facts))


# --- in order --------------------------------------------------------------------------------


@frozen
class FirstOf:
    """The first of several selectors that decides; see `first_of`."""

    parts: tuple[PartialSelector, ...]

    def __attrs_post_init__(self) -> None:
        if not self.parts:
            raise InvalidSelector("first_of", "it has no part. Give at least one selector.")
        for part in self.parts:
            require_selector(name_of(part), part)

    @property
    def name(self) -> str:
        """The names of the parts."""
        return f"the first of {listed([name_of(part) for part in self.parts])} that decides"

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that any part looks at."""
        return tuple(sorted(inputs_used(*self.parts)))

    @cached_property
    def quiet(self) -> "FirstOf":
        """As it is asked in counterfactuals: without shadows."""
        parts = tuple(quiet(part) for part in self.parts)
        same = all(new is old for new, old in zip(parts, self.parts, strict=True))
        return self if same else FirstOf(parts)

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation of the first part that decides.

        Raises:
            NoRecommendation: If none does.
        """
        passed: list[Ground] = []
        for part in self.parts:
            advice = asked(part, profile)
            if advice is not None:
                return joined(advice, self.quiet, passed)
            passed.append(Passed(part, profile))
        raise NoRecommendation(self.name, str(profile))

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change what any part answers."""
        return joint_limits(profile, self.parts)

    def passing(self, profile: Profile) -> Ground:
        """What it rests on that all parts pass."""
        return Joint(tuple(Passed(part, profile) for part in self.parts))


def first_of(*selectors: PartialSelector) -> FirstOf:
    """The first selector that decides; let one that always decides stand last.

    Parts that passed count: what they passed on is told among the facts and what is missing. A part
    made by `when` knows it. A plain function should say by `looks_at` what it looks at; else every
    signal and every number of the value is told.

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
