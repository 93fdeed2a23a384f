"""A selector for each segment of customers."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from custlife.decisions.predicates import spoken, words
from custlife.errors import listed
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.facts import FACTS, Fact, FactKind
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, name_of, thresholds_of
from custlife.strategy.selectors.grounds import (
    Ground,
    Joint,
    Passed,
    Read,
    inputs_used,
    joined,
    quiet,
    uses_of,
)
from custlife.strategy.selectors.protocol import PartialSelector, asked, require_selector

Segment = Callable[[Profile], Hashable]
"""Which segment a customer belongs to."""


@frozen
class BySegment:
    """A selector for each segment; see `by_segment`."""

    segment_of: Segment | Fact
    selectors: Mapping[Any, PartialSelector] = field(hash=False)
    otherwise: PartialSelector | None = None
    facts: tuple[Fact, ...] = field(default=FACTS, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.selectors:
            raise InvalidSelector("by_segment", "it has no segment. Give at least one.")
        for part in self._parts:
            require_selector(name_of(part), part)
        if isinstance(self.segment_of, Fact):
            self._require_values(self.segment_of)
        else:
            require_selector(name_of(self.segment_of), self.segment_of)

    def _require_values(self, fact: Fact) -> None:
        values = (True, False) if fact.kind is FactKind.FLAG else fact.choices
        strange = [repr(segment) for segment in self.selectors if segment not in values]
        if values and strange:
            raise InvalidSelector(
                "by_segment",
                f"{listed(strange)} can never be the {spoken(fact.name)}. Use "
                f"{listed([repr(value) for value in values])}.",
            )

    @property
    def _parts(self) -> tuple[PartialSelector, ...]:
        rest = () if self.otherwise is None else (self.otherwise,)
        return (*self.selectors.values(), *rest)

    @property
    def name(self) -> str:
        """The segments, with who decides in each."""
        segment = self.segment_of
        told = [f"{words(key)}: {name_of(part)}" for key, part in self.selectors.items()]
        if self.otherwise is not None:
            told.append(f"otherwise {name_of(self.otherwise)}")
        by = spoken(segment.name) if isinstance(segment, Fact) else name_of(segment)
        return f"segments of {by} ({', '.join(told)})"

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that the segment or any part looks at."""
        return tuple(sorted(self._looked_at | inputs_used(*self._parts)))

    @property
    def _looked_at(self) -> frozenset[str]:
        """The inputs that the segment follows from."""
        segment = self.segment_of
        return frozenset(segment.inputs) if isinstance(segment, Fact) else inputs_used(segment)

    @cached_property
    def quiet(self) -> "BySegment":
        """As it is asked in counterfactuals: without shadows."""
        if all(quiet(part) is part for part in self._parts):
            return self
        parts = {segment: quiet(part) for segment, part in self.selectors.items()}
        return evolve(self, selectors=parts, otherwise=quiet(self.otherwise))

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation of the selector of the customer's segment.

        Raises:
            NoRecommendation: If the segment has none, or it passes.
        """
        part = self._part(profile)
        advice = None if part is None else asked(part, profile)
        if advice is None:
            raise NoRecommendation(self.name, str(profile))
        return joined(advice, self.quiet, [self._ground(profile)])

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change the answer within the segment.

        A number from which the segment follows is left out: it can lead into any other segment.
        """
        part = self._part(profile)
        found = {} if part is None else thresholds_of(part, profile)
        return {name: found[name] for name in found if name not in self._looked_at}

    def passing(self, profile: Profile) -> Ground:
        """What it rests on that this selector passes."""
        part = self._part(profile)
        ground = self._ground(profile)
        return ground if part is None else Joint((ground, Passed(part, profile)))

    def _part(self, profile: Profile) -> PartialSelector | None:
        segment = self.segment_of
        key = segment.read(profile) if isinstance(segment, Fact) else segment(profile)
        return self.selectors.get(key, self.otherwise)

    def _ground(self, profile: Profile) -> Ground:
        segment = self.segment_of
        if isinstance(segment, Fact):
            return Read(profile, (segment.name,), self.facts)
        return Read(profile, uses_of(segment))


def by_segment(
    segment_of: Segment | str,
    selectors: Mapping[Any, PartialSelector],
    otherwise: PartialSelector | None = None,
    facts: Sequence[Fact] = FACTS,
) -> BySegment:
    """A selector for each segment of customers.

    Args:
        segment_of: The name of a fact of the catalogue, whose values are the segments; or a
            function of the profile, which should say by `looks_at` what it looks at.
        selectors: Who decides in which segment.
        otherwise: Who decides in the segments that are not named, and where the fact is unknown;
            None if nobody does.
        facts: The catalogue.

    Raises:
        InvalidSelector: If there is no such fact, a segment is none of its values, or a selector
            cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import CustomerValue, PartyKind, ButtlePolicy, buttle_selector
        >>> firms = buttle_selector(ButtlePolicy(worthwhile_potential=5000))
        >>> ours = by_segment("party", {PartyKind.BUSINESS: firms}, otherwise=buttle_selector())
        >>> new = Relationship("C-17")
        >>> firm = Profile(relationship=new, value=CustomerValue(party=PartyKind.BUSINESS))
        >>> advice = ours(firm.altered(potential_value=800))
        >>> advice.strategy.words, advice.facts["party"]
        ('end', <PartyKind.BUSINESS: 'business'>)
    """
    if not isinstance(segment_of, str):
        return BySegment(segment_of, dict(selectors), otherwise, tuple(facts))
    named = {fact.name: fact for fact in facts}
    if segment_of not in named:
        raise InvalidSelector(
            "by_segment",
            f"there is no fact {segment_of!r} in the catalogue; there are {listed(list(named))}.",
        )
    return BySegment(named[segment_of], dict(selectors), otherwise, tuple(facts))
