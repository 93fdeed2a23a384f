"""What an answer of several selectors rests on, and where numbers change it.

A combination answers otherwise as soon as one of its parts does. So its answer rests on whatever
the answers of all parts rest on that were asked; a part that passed counts as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol, cast

from attrs import evolve, field, frozen

from custlife.decisions.evidence import decided_facts, support, unknown_facts
from custlife.decisions.gaps import limits
from custlife.decisions.tables import Verdict
from custlife.sources import Source
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.facts import FACTS, INPUTS, Fact, inputs_of, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Reason,
    Recommendation,
    RunnerUp,
    StrategySelector,
    thresholds_of,
)
from custlife.strategy.selectors.protocol import PartialSelector
from custlife.strategy.selectors.table import TableSelector


class Ground(Protocol):
    """What something rests on; a `Reason` is one."""

    @property
    def facts(self) -> Mapping[str, object]:
        """The known facts: they suffice, whatever the others are."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change it."""
        ...

    @property
    def catalogue(self) -> Sequence[Fact]:
        """The facts that it knows."""
        ...


@frozen
class Read:
    """The ground of what looks at certain facts, nobody knows how."""

    profile: Profile
    names: tuple[str, ...]
    catalogue: tuple[Fact, ...] = field(default=FACTS, repr=False)

    @property
    def facts(self) -> Mapping[str, object]:
        """Those that are known."""
        return {name: value for name, value in self._read() if value is not None}

    @property
    def missing(self) -> tuple[str, ...]:
        """Those that are unknown, and what a known one could still follow from."""
        unknown = [name for name, value in self._read() if value is None]
        return (*unknown, *unknown_inputs(self.facts, self.profile, self.catalogue))

    def _read(self) -> Iterator[tuple[str, object]]:
        for fact in self.catalogue:
            if fact.name in self.names:
                yield fact.name, fact.read(self.profile)


@frozen
class Gate:
    """The ground of a predicate that lets a profile in, or does not.

    Attributes:
        profile: The profile.
        verdict: The verdict of a table of two rows, of which the first has the predicate.
        catalogue: The facts that it knows.
    """

    profile: Profile
    verdict: Verdict[Any]
    catalogue: tuple[Fact, ...] = field(repr=False)

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts that make the predicate hold, or keep it from being sure to hold."""
        facts, first = dict(self.verdict.facts), self.verdict.table.rows[0]
        holds = self.verdict.row is first
        settling = support(first.when, facts, answer=holds, sure=holds)
        return {name: facts[name] for name in decided_facts(settling, facts)}

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that leave it undecided, and what a known one could still follow from."""
        first = self.verdict.table.rows[0]
        unknown = unknown_facts(first.when, dict(self.verdict.facts))
        return (*sorted(unknown), *unknown_inputs(self.facts, self.profile, self.catalogue))


@frozen
class Passed:
    """The ground of a selector that passed: as it tells itself, else whatever it looks at."""

    selector: PartialSelector
    profile: Profile

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts on which it passed."""
        return self._ground().facts

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could make it decide."""
        return self._ground().missing

    @property
    def catalogue(self) -> Sequence[Fact]:
        """The facts that it knows."""
        return self._ground().catalogue

    def _ground(self) -> Ground:
        passing = getattr(self.selector, "passing", None)
        if callable(passing):
            return cast("Ground", passing(self.profile))
        return Read(self.profile, uses_of(self.selector))


@frozen
class Joint:
    """What several grounds come to."""

    grounds: tuple[Ground, ...]

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts of all; where two catalogues give one name to two facts, the first is told."""
        facts: dict[str, object] = {}
        for ground in self.grounds:
            for name, value in ground.facts.items():
                facts.setdefault(name, value)
        return facts

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts of all, sorted."""
        return tuple(sorted({name for ground in self.grounds for name in ground.missing}))

    @property
    def catalogue(self) -> Sequence[Fact]:
        """The facts that any of them knows, each once."""
        # By identity: two facts of one name both count, so that the inputs of both are told.
        known = [*(fact for ground in self.grounds for fact in ground.catalogue), *FACTS]
        return tuple({id(fact): fact for fact in known}.values())


@frozen
class JointReason:
    """The reason of the part that decided, with the grounds of the parts that were asked."""

    reason: Reason
    beside: tuple[Ground, ...] = field(repr=False)

    @property
    def row(self) -> str:
        """The id of the row that fired."""
        return self.reason.row

    @property
    def sentence(self) -> str:
        """The row in words."""
        return self.reason.sentence

    @property
    def source(self) -> Source:
        """Where the row comes from."""
        return self.reason.source

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts that the answer rests on: those of the part that decided come first."""
        return self._joint.facts

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change the answer of any part that was asked."""
        return self._joint.missing

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """The rows that the part that decided would have fired next."""
        return self.reason.runners_up

    @property
    def catalogue(self) -> Sequence[Fact]:
        """The facts that any part knows."""
        return self._joint.catalogue

    @property
    def _joint(self) -> Joint:
        return Joint((self.reason, *self.beside))


def joined(
    advice: Recommendation, selector: StrategySelector, beside: Iterable[Ground]
) -> Recommendation:
    """The recommendation of a part as that of a combination.

    Args:
        advice: What the part recommends.
        selector: The combination.
        beside: What it rests on that the part does not know.
    """
    grounds = tuple(beside)
    reason = JointReason(advice.reason, grounds) if grounds else advice.reason
    return evolve(advice, selector=selector, reason=reason)


def uses_of(thing: object) -> tuple[str, ...]:
    """The facts that a selector or a function looks at.

    A function that does not say so by ``uses`` is taken to look at every input.
    """
    if isinstance(thing, TableSelector):
        named = limits(row.when for row in thing.table.rows)
        return tuple(sorted(inputs_of(named, thing.facts)))
    uses = getattr(thing, "uses", None)
    return tuple(sorted(INPUTS)) if uses is None else tuple(uses)


def inputs_used(*things: object) -> frozenset[str]:
    """The fields of `Signals` and `CustomerValue` that any of these looks at.

    Examples:
        >>> from custlife.strategy.selectors.protocol import looks_at
        >>> sorted(inputs_used(looks_at("profit")(lambda profile: None)))
        ['cost_to_serve', 'margin']
    """
    return frozenset().union(*(inputs_of(uses_of(thing)) for thing in things))


def joint_limits(profile: Profile, parts: Iterable[PartialSelector]) -> Thresholds:
    """Where numbers change the answer of any of these parts.

    A number is left out if a part looks at it and does not say where it changes its answer: to
    publish what the others say would hide the part's own changes from counterfactuals.
    """
    told = [(inputs_used(part), thresholds_of(part, profile)) for part in parts]
    looked_at = frozenset().union(*(used for used, _ in told)) & INPUTS.keys()
    sides = {
        name: [numbers.get(name) for used, numbers in told if name in used] for name in looked_at
    }
    return {
        name: frozenset(chain.from_iterable(side for side in found if side is not None))
        for name, found in sides.items()
        if None not in found
    }


def quiet(selector: Any) -> Any:  # noqa: ANN401 - a selector of the same type
    """A selector as it is asked in counterfactuals: without the shadows within it."""
    return getattr(selector, "quiet", selector)
