"""Selection by money: the strategy whose expected net gain is the highest.

Takes the gains from `estimates`, and says what the choice among them rests on.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.evidence import decided_facts, support, unknown_facts
from custlife.decisions.predicates import spoken, words
from custlife.errors import InvalidPolicy, listed
from custlife.sources import ASSUMPTION
from custlife.strategy.estimates import (
    DEFAULT_COST_MODEL,
    FORMULAS,
    CostModel,
    Estimate,
    bars_of,
    estimate,
)
from custlife.strategy.inputs import learnable
from custlife.strategy.policy import require_policy
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import RunnerUp
from custlife.strategy.recommendation import Recommendation, Selector
from custlife.strategy.strategies import Strategy

Estimates = Mapping[Strategy, Estimate]


@frozen
class EconomicSelector(Selector):
    """The selector that takes the highest expected net gain; see `economic_selector`.

    Args:
        cost_model: What strategies cost and bring.
    """

    cost_model: CostModel = field(default=DEFAULT_COST_MODEL, validator=_checks.one_of(CostModel))

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "economic selector"

    @property
    def name(self) -> str:
        """What it is called in explanations and logs."""
        return f"highest expected net gain, cost model {self.cost_model}"

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation for a profile."""
        estimates = estimate(profile, self.cost_model)
        known = {name: found.gain for name, found in estimates.items() if found.gain is not None}
        best = max(known, key=lambda strategy: known[strategy])
        rivals = self._rivals(profile, estimates, best, known[best])
        gain = words(known[best])
        # The highest gain first, then what is unknown, then what is ruled out.
        others = sorted(
            (found for strategy, found in estimates.items() if strategy is not best),
            key=lambda found: (not found.ruled_out_by, found.gain is not None, found.gain or 0),
            reverse=True,
        )
        return Recommendation.stated(
            profile,
            best,
            self,
            row=_row(best),
            sentence=f"Of what fits, {best.words} has the highest expected net gain that is known, "
            f"{gain}: {estimates[best].sentence}.",
            source=ASSUMPTION,
            used=_used(profile, estimates, best),
            missing=_missing(profile, estimates[best], rivals),
            runners_up=[_runner_up(found, gain, rivals) for found in others],
        )

    def _rivals(
        self, profile: Profile, estimates: Estimates, best: Strategy, gain: Decimal
    ) -> Estimates:
        """The strategies that could turn out to be the best if what is unknown were known."""
        rank = {strategy: -place for place, strategy in enumerate(estimates)}
        rivals = {}
        for strategy, found in estimates.items():
            formula = FORMULAS[profile.room][strategy]
            if strategy is not best and (found.missing or found.assumed):
                most = formula.most(formula.read(profile), self.cost_model)
                if (most, rank[strategy]) > (gain, rank[best]):
                    rivals[strategy] = found
        return rivals


def _row(strategy: Strategy) -> str:
    return f"GAIN-{strategy.name.replace('_', '-')}"


def _used(profile: Profile, estimates: Estimates, best: Strategy) -> Sequence[str]:
    """The known facts of every formula, and of the rules that bar a strategy or let the best be."""
    names = ["room"]
    for strategy, found in estimates.items():
        barred_by = found.ruled_out_by
        if barred_by is None:
            numbers = FORMULAS[profile.room][strategy].read(profile)
            names += [name for name, number in numbers.items() if number is not None]
        for bar, facts in bars_of(strategy, profile):
            if bar.id == barred_by or (barred_by is None and strategy is best):
                answer = bar.id == barred_by
                names += decided_facts(support(bar.when, facts, answer=answer, sure=answer), facts)
    return tuple(dict.fromkeys(names))


def _missing(profile: Profile, best: Estimate, rivals: Estimates) -> Sequence[str]:
    """What rivals need to be known, and what could still rule the best out.

    What the best assumes could: only a start assumes something, which gains nothing where it is 0.
    """
    names = {name for rival in rivals.values() for name in (*rival.missing, *rival.assumed)}
    names.update(best.assumed)
    for bar, facts in bars_of(best.strategy, profile):
        names |= unknown_facts(bar.when, facts)
    return learnable(names, profile)


def _runner_up(found: Estimate, gain: str, rivals: Estimates) -> RunnerUp:
    strategy, because = found.strategy, found.sentence
    if strategy in rivals:
        unknown = (*found.missing, *found.assumed)
        because += f"; {listed([*map(spoken, unknown)])} not known"
    elif found.ruled_out_by is None:
        because += f"{' and cannot be' if found.missing else ', not'} above {gain}"
    holds = None if strategy in rivals else False
    return RunnerUp(_row(strategy), strategy, holds, (because,))


def economic_selector(cost_model: CostModel = DEFAULT_COST_MODEL) -> EconomicSelector:
    """The selector that takes the strategy with the highest expected net gain; see `estimate`.

    On a tie the milder strategy wins: what changes nothing, then protect, enhance, re-engineer, and
    end last. A prospect that the enterprise does not want is not started. A customer that it sent
    away on purpose, or that is no longer there, is not won back. Beside that it weighs money alone:
    it spares no key customer and settles no complaint first. Where that matters, ask a selector
    that knows it before: ``first_of(guard, economic_selector())``.

    Source: BUT-6, BUT-7; the formulas are an assumption.

    Args:
        cost_model: What strategies cost and bring.

    Raises:
        InvalidSelector: If ``cost_model`` is no CostModel.

    Examples:
        >>> from custlife import Relationship
        >>> selector = economic_selector(CostModel(start_cost=20))
        >>> profile = Profile(relationship=Relationship("C-17")).altered(potential_value=50)
        >>> advice = selector(profile)
        >>> print(advice.strategy.words, advice.row, advice.missing)
        start GAIN-START ('purchase_likelihood', 'reputation', 'target')
        >>> print(advice.reason.sentence)
        Of what fits, start has the highest expected net gain that is known, 10: start success \
0.2 (assumed) x potential value 50 x horizon years 3 - start cost 20 = 10.
    """
    return _economic(require_policy("economic_selector", CostModel, cost_model))


_economic = lru_cache(maxsize=128)(EconomicSelector)
