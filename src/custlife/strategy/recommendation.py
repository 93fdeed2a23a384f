"""A recommendation: which strategy, by which rule, on which facts, and what would change it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from attrs import field, frozen

from custlife.decisions.predicates import spoken, words
from custlife.errors import listed
from custlife.sources import IMH, OWN, Source
from custlife.strategy.counterfactuals import Counterfactual, Thresholds, nearest_changes
from custlife.strategy.errors import InvalidSelector
from custlife.strategy.facts import FACTS, Fact, fact_named, inputs_of
from custlife.strategy.guidance import Guidance, guidance_for
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy

_TOLD = 3
"""So many rows that did not fire are told in an explanation."""


class StrategySelector(Protocol):
    """Anything that can be called with a profile and recommends a strategy.

    A function will do. A selector may say more by attributes: ``name`` (for explanations and logs;
    else the function's name) and ``limits(profile)`` (where numbers change the answer,
    as `Thresholds`; else counterfactuals search for them).
    """

    def __call__(self, profile: Profile, /) -> "Recommendation":
        """The recommendation for a profile."""
        ...


@frozen
class RunnerUp:
    """A row that did not fire, and why.

    Attributes:
        row: Its id.
        strategy: What it would have recommended.
        holds: True where it holds too, but ranks lower; None where a fact is missing.
        because: The comparisons that failed or are undecided, and what the facts are.
    """

    row: str
    strategy: Strategy
    holds: bool | None
    because: tuple[str, ...]

    def __str__(self) -> str:
        why = {
            True: "holds as well, but ranks lower",
            False: f"does not hold: {'; '.join(self.because)}",
            None: f"undecided: {'; '.join(self.because)}",
        }[self.holds]
        return f"{self.strategy.words} by row {self.row} {why}"


class Reason(Protocol):
    """Why a strategy is recommended; made ready only as far as it is asked for."""

    @property
    def row(self) -> str:
        """The id of the row or rule that fired."""
        ...

    @property
    def sentence(self) -> str:
        """The rule in words."""
        ...

    @property
    def source(self) -> Source:
        """Where the rule comes from."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts that the answer rests on: they suffice, whatever the others are."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change the answer."""
        ...

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """The rows that would have fired next, the nearest first."""
        ...

    @property
    def catalogue(self) -> Sequence[Fact]:
        """The facts that the selector knows."""
        ...


@frozen(kw_only=True)
class Stated:
    """A reason that a selector states in full; see `Reason`."""

    row: str
    sentence: str
    source: Source
    facts: Mapping[str, object]
    missing: tuple[str, ...] = ()
    runners_up: tuple[RunnerUp, ...] = ()
    catalogue: Sequence[Fact] = field(default=FACTS, repr=False)


@frozen
class Recommendation:
    """What to do about one customer, and why.

    What is more than the strategy is worked out when it is asked for.

    Attributes:
        profile: The customer.
        strategy: The one strategy that is recommended.
        selector: Who recommends it; asked again for counterfactuals.
        reason: Why.

    Examples:
        >>> from custlife import Relationship
        >>> def cautious(profile):
        ...     return Recommendation.stated(
        ...         profile, Strategy.END, cautious, row="CAUTION", sentence="We start nothing."
        ...     )
        >>> advice = cautious(Profile(relationship=Relationship("C-17")))
        >>> advice.strategy, advice.row, advice.missing, advice.counterfactual()
        (<Strategy.END: 'end'>, 'CAUTION', (), None)
    """

    profile: Profile
    strategy: Strategy
    selector: StrategySelector = field(eq=False, repr=False)
    reason: Reason = field(repr=False, hash=False)

    @classmethod
    def stated(  # noqa: PLR0913 - each can be left out
        cls,
        profile: Profile,
        strategy: Strategy,
        selector: StrategySelector,
        *,
        row: str,
        sentence: str,
        source: Source = OWN,
        used: Sequence[str] = (),
        missing: Sequence[str] = (),
        runners_up: Sequence[RunnerUp] = (),
    ) -> "Recommendation":
        """The recommendation of a selector that is no table.

        Args:
            profile: The customer.
            strategy: The strategy.
            selector: The selector itself.
            row: An id of the rule.
            sentence: The rule in words.
            source: Where it comes from.
            used: The names of the facts that the answer rests on.
            missing: The names of the unknown facts that could change it.
            runners_up: What else was considered.

        Raises:
            UnknownFact: If a fact is not in the catalogue.
            InvalidSelector: If the strategy is none.
        """
        if not isinstance(strategy, Strategy):
            raise InvalidSelector(name_of(selector), f"it recommends {strategy!r}; use a Strategy.")
        used = (used,) if isinstance(used, str) else used
        missing = (missing,) if isinstance(missing, str) else missing
        facts = {name: fact_named(name).read(profile) for name in used}
        for name in missing:
            fact_named(name)
        reason = Stated(
            row=row,
            sentence=sentence,
            source=source,
            facts=facts,
            missing=tuple(missing),
            runners_up=tuple(runners_up),
        )
        return cls(profile, strategy, selector, reason)

    @property
    def row(self) -> str:
        """The id of the row that fired."""
        return self.reason.row

    @property
    def facts(self) -> dict[str, object]:
        """The facts that the answer rests on.

        They suffice: as long as nothing of what is missing is learnt, the others may be what they
        like.
        """
        return dict(self.reason.facts)

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change the answer; to learn others cannot."""
        return self.reason.missing

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """The rows that would have fired next, and why they did not; the nearest first."""
        return self.reason.runners_up

    @property
    def guidance(self) -> Guidance:
        """How to follow the strategy with a customer at this stage."""
        return guidance_for(self.profile.relationship, self.strategy)

    def counterfactuals(self) -> tuple[Counterfactual, ...]:
        """For each fact that can be otherwise, the nearest value that changes the strategy.

        The smallest change comes first; what is unknown and could be learnt comes last. What is on
        record stays as it is. The selector is asked again for each value that is tried.
        """
        inputs = inputs_of((*self.reason.facts, *self.missing), self.reason.catalogue)
        limits = thresholds_of(self.selector, self.profile)
        return nearest_changes(self.profile, self.strategy, self._decide, inputs, limits)

    def counterfactual(self) -> Counterfactual | None:
        """The smallest change of one fact that changes the strategy; None where there is none.

        Examples:
            >>> from custlife import Relationship
            >>> from custlife.strategy import Signals, recommend
            >>> dear = Signals(potential_value=80)
            >>> advice = recommend(Profile(relationship=Relationship("C-17"), signals=dear))
            >>> print(advice.counterfactual())
            if potential value were 100 instead of 80: start, by row START-POTENTIAL
        """
        return next(iter(self.counterfactuals()), None)

    def _decide(self, profile: Profile) -> tuple[Strategy, str] | None:
        advice: Recommendation | None = self.selector(profile)
        return None if advice is None else (advice.strategy, advice.row)

    def explain(self) -> str:
        """The recommendation for a manager: what, why, what is unknown, what would change it.

        Examples:
            >>> from custlife import Relationship
            >>> from custlife.strategy import Signals, recommend
            >>> known = Signals(target=True, strategic=False, interest=True, potential_value=500)
            >>> profile = Profile(relationship=Relationship("C-17"), signals=known)
            >>> print(recommend(profile).explain())
            C-17, prospect (potential): start.
            Goal: Make a first impression that later strategies can build on. [BUT-1]
            Why: The prospect's potential is worth a start. [BUT-1, row START-POTENTIAL]
            This rests on: room is prospect, potential value is 500, target is yes and interest is \
yes.
            Otherwise: end by row END-NOT-A-TARGET does not hold: target is yes (asked: target is \
no).
            The smallest change that would change it: if potential value were 99.99 instead of \
500: end, by row END-LOW-POTENTIAL.
            ...
        """
        reason = self.reason
        facts = [f"{spoken(name)} is {words(value)}" for name, value in reason.facts.items()]
        flip = self.counterfactual()
        lines = [
            f"{self.profile}: {self.strategy.words}.",
            *self._gone(),
            f"Goal: {self.strategy.goal} [{self.strategy.source}]",
            f"Why: {reason.sentence} [{reason.source}, row {reason.row}]",
            f"This rests on: {listed(facts)}.",
        ]
        if reason.missing:
            lines.append(f"Unknown, and could change it: {listed([*map(spoken, reason.missing)])}.")
        lines += [f"Otherwise: {other}." for other in self._others()[:_TOLD]]
        lines.append(
            f"The smallest change that would change it: {flip}."
            if flip
            else "No change of a single signal or number of the value would change it."
        )
        guidance = self.guidance
        if guidance.process is not None:
            lines.append(f"The process: {words(guidance.process)}. [{IMH[2]}]")
        lines += [f"To do: {line}" for line in guidance]
        lines.append(f"Recommended by {name_of(self.selector)}.")
        return "\n".join(lines)

    def _gone(self) -> Iterator[str]:
        """How a former customer went, in a line."""
        gone = self.profile.departure
        if gone is not None:
            to = f", to {gone.to}" if gone.to else ""
            yield (
                f"Gone: {words(gone.kind)} on {gone.at.date()}, cause {gone.cause.words}{to}. "
                f"[{gone.cause.source}]"
            )

    def __str__(self) -> str:
        return f"{self.profile}: {self.strategy.words}, by row {self.row}"

    def _others(self) -> list[RunnerUp]:
        """The nearest row for each other strategy."""
        nearest: dict[Strategy, RunnerUp] = {}
        for other in self.runners_up:
            nearest.setdefault(other.strategy, other)
        nearest.pop(self.strategy, None)
        return [*nearest.values()]

    def to_dict(self, *, counterfactual: bool = False) -> dict[str, Any]:
        """The recommendation as plain values, ready for JSON and the app's log.

        Args:
            counterfactual: Whether to work out the smallest change that would change it, too.
        """
        plain: dict[str, Any] = {
            "customer": self.profile.relationship.customer,
            "state": str(self.profile.relationship.state),
            "strategy": self.strategy.value,
            "selector": name_of(self.selector),
            "row": self.row,
            "sentence": self.reason.sentence,
            "source": str(self.reason.source),
            "facts": {name: _plain(value) for name, value in self.reason.facts.items()},
            "missing": list(self.missing),
            "runners_up": [
                {
                    "row": other.row,
                    "strategy": other.strategy.value,
                    "holds": other.holds,
                    "because": list(other.because),
                }
                for other in self.runners_up
            ],
        }
        if counterfactual:
            change = self.counterfactual()
            plain["counterfactual"] = change and {
                "fact": change.fact,
                "was": _plain(change.was),
                "to": _plain(change.to),
                "strategy": change.strategy.value,
                "row": change.row,
            }
        return plain


def name_of(selector: object) -> str:
    """What a selector is called: by its ``name``, else as the function or class that it is."""
    named = getattr(selector, "name", None) or getattr(selector, "__qualname__", None)
    return str(named or type(selector).__qualname__)


def thresholds_of(selector: object, profile: Profile) -> Thresholds:
    """Where a selector says that numbers change its answer; nothing where it does not say."""
    limits: Callable[[Profile], Thresholds] | None = getattr(selector, "limits", None)
    return {} if limits is None else limits(profile)


def _plain(value: object) -> object:
    """A fact's value as JSON has it; money and shares as text, so that they stay exact."""
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value, int) else value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return f"{value:f}" if isinstance(value, Decimal) else value
