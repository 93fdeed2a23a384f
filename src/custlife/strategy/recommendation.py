"""A recommendation: which strategy, by which rule, on which facts, and what would change it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, Protocol, cast

from attrs import asdict, field, frozen
from attrs.filters import exclude

from custlife import _checks
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife.decisions.predicates import spoken, words
from custlife.errors import cut, listed, shown
from custlife.sources import IMH, OWN, Source
from custlife.strategy.bills import Bills
from custlife.strategy.counterfactuals import Counterfactual, Thresholds, nearest_changes
from custlife.strategy.errors import InvalidSelector
from custlife.strategy.facts import INPUTS, fact_named
from custlife.strategy.guidance import Guidance, guidance_for
from custlife.strategy.inputs import inputs_of
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import Evidence, Reason, RunnerUp
from custlife.strategy.strategies import Strategy

_OF_BILLS = frozenset({"regain_bill", "regain_cost", "answer_cost"})
"""Where one of these counts, the explanation shows both bills."""
_MOST_OTHERS = 3
"""So many rows that did not fire are part of an explanation."""


class Selector:
    """What recommends a strategy for a profile. A plain function is one, too.

    Subclass it to publish more than a function can. Each attribute has a default: the name of the
    class, every input, no thresholds.

    Examples:
        >>> class Cautious(Selector):
        ...     uses = ()
        ...
        ...     def __call__(self, profile):
        ...         return Recommendation.stated(
        ...             profile, Strategy.END, self, row="CAUTION", sentence="We start nothing."
        ...         )
        >>> Cautious().name, Cautious().thresholds(None)
        ('Cautious', {})
    """

    def __call__(self, profile: Profile, /) -> "Recommendation | None":
        """The recommendation for a profile; None where the selector does not decide."""
        raise NotImplementedError(f"{type(self).__qualname__} needs __call__(self, profile).")

    @property
    def name(self) -> str:
        """What explanations and logs call it."""
        return type(self).__qualname__

    @property
    def uses(self) -> tuple[str, ...]:
        """The names of all facts that it reads."""
        return tuple(sorted(INPUTS))

    @property
    def distribution(self) -> str | None:
        """The distribution that it comes from; None for the app's own."""
        return None

    def thresholds(self, profile: Profile) -> Thresholds:  # noqa: ARG002 - for subclasses
        """Where numbers change the answer; counterfactuals search for those of other inputs."""
        return {}

    def passing(self, profile: Profile) -> "Evidence":
        """What it rests on that this selector does not decide."""
        return Evidence.read(profile, self.uses)


class PartialSelector(Protocol):
    """A selector, or a function that is one; it passes by None or by `NoRecommendation`."""

    def __call__(self, profile: Profile, /) -> "Recommendation | None":
        """The recommendation for a profile; None where it does not decide."""
        ...


class StrategySelector(Protocol):
    """A selector, or a function that is one, which always decides."""

    def __call__(self, profile: Profile, /) -> "Recommendation":
        """The recommendation for a profile."""
        ...


@frozen
class _Function(Selector):
    """A plain function, or another callable, as a selector."""

    function: Callable[[Profile], Any]

    @property
    def name(self) -> str:
        return str(getattr(self.function, "__qualname__", None) or type(self.function).__qualname__)

    @property
    def uses(self) -> tuple[str, ...]:
        return getattr(self.function, "uses", super().uses)

    def __call__(self, profile: Profile, /) -> "Recommendation | None":
        return cast("Recommendation | None", self.function(profile))


def wrapped(selector: PartialSelector) -> Selector:
    """A selector as it is; a function as a selector."""
    return selector if isinstance(selector, Selector) else _Function(selector)


@frozen(repr=False)
class Recommendation(Shown):
    """What to do about one customer, and why.

    What is more than the strategy is worked out when it is read.

    Attributes:
        profile: The customer.
        strategy: The one strategy that is recommended.
        selector: What recommends it; counterfactuals call it again. A function is wrapped.
        reason: Why.

    Examples:
        >>> from custlife import Relationship
        >>> def cautious(profile):
        ...     return Recommendation.stated(
        ...         profile, Strategy.END, cautious, row="CAUTION", sentence="We start nothing."
        ...     )
        >>> advice = cautious(Profile(relationship=Relationship("C-17")))
        >>> advice
        <Recommendation C-17: end, by row CAUTION>
        >>> advice.strategy, advice.missing, advice.counterfactual()
        (<Strategy.END: 'end'>, (), None)
    """

    profile: Profile
    strategy: Strategy
    selector: Selector = field(eq=False, converter=wrapped)
    reason: Reason = field(hash=False)

    @classmethod
    def stated(  # noqa: PLR0913 - each can be left out
        cls,
        profile: Profile,
        strategy: Strategy,
        selector: PartialSelector,
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
            raise InvalidSelector(
                wrapped(selector).name, f"it recommends {shown(strategy)}; use a Strategy."
            )
        call = "Recommendation.stated"
        for name, given in (("used", used), ("missing", missing), ("runners_up", runners_up)):
            _checks.iterable_of("names, or of rows").argument(call, name, given)
        _checks.one_of(Profile).argument(call, "profile", profile)
        _checks.one_of(Source).argument(call, "source", source)
        _checks.text.argument(call, "row", row)
        _checks.text.argument(call, "sentence", sentence)
        facts = {name: fact_named(name).read(profile) for name in used}
        lacking = tuple(fact_named(name).name for name in missing)
        find = partial(Evidence, facts, lacking, tuple(runners_up))
        return cls(profile, strategy, selector, Reason(row, sentence, source, find))

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
        return dict(self.reason.evidence.facts)

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could change the answer; to learn others cannot.

        Of a table that needs a fact which follows from signals or the value, these are named.
        """
        return self.reason.evidence.missing

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """The rows that would have fired next, and why they did not; the nearest first."""
        return self.reason.evidence.runners_up

    @property
    def origins(self) -> dict[str, str]:
        """Where the inputs come from that were read off the history, with the model and its fit.

        Those that the answer rests on, or that are missing.
        """
        used = {*self._inputs, *self.missing}
        return {name: text for name, text in self.profile.origins.items() if name in used}

    @property
    def guidance(self) -> Guidance:
        """What this customer needs now, and how to follow the strategy with them."""
        return guidance_for(self.profile, self.strategy)

    def counterfactuals(self) -> tuple[Counterfactual, ...]:
        """For each fact that can be otherwise, the nearest value that changes the strategy.

        The smallest change comes first; what is unknown and could be learnt comes last. What is on
        record stays as it is. The selector is called again for each value that is tried.
        """
        thresholds = thresholds_of(self.selector, self.profile)
        return nearest_changes(self.profile, self.strategy, self._decide, self._inputs, thresholds)

    @property
    def _inputs(self) -> frozenset[str]:
        """The fields of signals and value that the answer rests on, or could."""
        evidence = self.reason.evidence
        return inputs_of((*evidence.facts, *evidence.missing), evidence.catalogue)

    def counterfactual(self) -> Counterfactual | None:
        """The smallest change of one fact that changes the strategy; None where none was found.

        Examples:
            >>> from custlife import Relationship
            >>> from custlife.strategy import Signals, recommend
            >>> dear = Signals(potential_value=80)
            >>> advice = recommend(Profile(relationship=Relationship("C-17"), signals=dear))
            >>> print(advice.counterfactual())
            if potential value were 100 instead of 80: start, by row START-OPEN
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
            Goal: Make the first impression that decides what is needed later. [BUT-1]
            Why: The prospect shows interest, and the first impression decides. [BUT-1, row \
START-INTEREST]
            This rests on: room is prospect, interest is yes and target is yes.
            Unknown, and could change it: purchase likelihood.
            Otherwise: end by row END-UNLIKELY is undecided: purchase likelihood is unknown \
(needed: purchase likelihood is below 0.05).
            The smallest change that would change it: if target were no instead of yes: end, by \
row END-NOT-A-TARGET.
            ...
        """
        reason = self.reason
        facts = [f"{spoken(name)} is {words(value)}" for name, value in self.facts.items()]
        lines = [
            f"{self.profile}: {self.strategy.words}.",
            f"Goal: {self.strategy.goal} [{self.strategy.source}]",
            f"Why: {reason.sentence} [{reason.citation}, row {reason.row}]",
            f"This rests on: {listed(facts)}.",
        ]
        gone = self.profile.departure
        if gone is not None:
            to = f", to {gone.to}" if gone.to else ""
            cause = f"cause {gone.cause.words}{to}. [{gone.cause.source}]"
            lines.insert(1, f"Gone: {words(gone.kind)} on {gone.at.date()}, {cause}")
        if _OF_BILLS & {*self.facts, *self.missing}:
            lines.append(Bills.of(self.profile).explain().replace("\n", " "))
        origins = self.origins
        if origins:
            texts = [f"{spoken(name)}: {text}" for name, text in origins.items()]
            lines.append(f"Read off the history: {'; '.join(texts)}.")
        if self.missing:
            lines.append(f"Unknown, and could change it: {listed([*map(spoken, self.missing)])}.")
        lines += [f"Otherwise: {other}." for other in self._others()[:_MOST_OTHERS]]
        lines.append(self._change())
        guidance = self.guidance
        if guidance.process is not None:
            lines.append(f"The process: {words(guidance.process)}. [{IMH[2]}]")
        lines += [f"To do: {line}" for line in guidance]
        lines.append(f"Recommended by {self.selector.name}.")
        return "\n".join(lines)

    def _change(self) -> str:
        """The smallest change that was found; where none was, what was tried."""
        change = self.counterfactual()
        if change:
            return f"The smallest change that would change it: {change}."
        published = thresholds_of(self.selector, self.profile)
        searched = [
            spoken(name)
            for name in sorted(self._inputs)
            if INPUTS[name].kind.is_number and name not in published
        ]
        if searched:
            return (
                "No change that was tried would change it: each yes or no the other way, and "
                f"{listed(searched)} at growing distances, which may miss a narrow range."
            )
        together = "; several together could" * bool(self.missing)
        return f"No change of a single signal or number of the value would change it{together}."

    def __str__(self) -> str:
        return f"{self.profile}: {self.strategy.words}, by row {self.row}"

    def __repr__(self) -> str:
        customer = cut(self.profile.relationship.customer)
        return f"<Recommendation {customer}: {self.strategy.words}, by row {self.row}>"

    def _page(self) -> Sequence[Block]:
        reason = self.reason
        facts = [*self.facts.items(), *((name, None) for name in self.missing)]
        others = [(other.strategy.words, other.row, other.why) for other in self._others()]
        return (
            Paragraph(f"{self.profile}: {self.strategy.words}."),
            Paragraph(f"{reason.sentence} [{reason.citation}, row {reason.row}]"),
            Grid(("fact", "value"), [(spoken(name), words(value)) for name, value in facts]),
            Grid(("otherwise", "row", "why not"), others),
            Paragraph(self._change()),
        )

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
            "selector": self.selector.name,
            "row": self.row,
            "sentence": self.reason.sentence,
            "source": str(self.reason.source),
            "contested": None if self.reason.contested is None else str(self.reason.contested),
            "facts": {name: _plain(self, name, value) for name, value in self.facts.items()},
            "missing": list(self.missing),
            "origins": self.origins,
            "runners_up": [asdict(other, value_serializer=_plain) for other in self.runners_up],
        }
        if counterfactual:
            change = self.counterfactual()
            plain["counterfactual"] = change and asdict(
                change, filter=exclude("size"), value_serializer=_plain
            )
        return plain


def thresholds_of(selector: Selector, profile: Profile) -> Thresholds:
    """The thresholds that a selector publishes.

    Raises:
        InvalidSelector: If they are no numbers by the names of inputs.
    """
    found: object = selector.thresholds(profile)
    if isinstance(found, Mapping) and all(map(_is_threshold, found.items())):
        return found
    raise InvalidSelector(
        selector.name,
        f"its thresholds are {shown(found)}; give a dict with a set of Decimals for the name "
        f"of each signal or number of the value.",
        selector.distribution,
    )


def _is_threshold(item: tuple[object, object]) -> bool:
    name, numbers = item
    return (
        name in INPUTS
        and isinstance(numbers, Collection)
        and all(isinstance(number, Decimal) and number.is_finite() for number in numbers)
    )


def _plain(_instance: object, _field: object, value: object) -> object:
    """A value as JSON has it; money and shares as text, so that they stay exact."""
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value, int) else value.value
    if isinstance(value, tuple):
        return [*value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return f"{value:f}" if isinstance(value, Decimal) else value
