"""What each strategy is expected to gain with one customer, and what rules it out.

Every strategy that fits the room has a formula; the number and the sentence that tells it are made
from the same formula. What is unknown is never taken as zero: it leaves a gain unknown. Nothing is
discounted. Knows nothing of recommendations.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from types import MappingProxyType

from attrs import fields_dict, frozen

from custlife.causes import DefectorKind
from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import Facts, any_of, is_, spoken, words
from custlife.decisions.tables import Row
from custlife.departure_rules import DepartureKind
from custlife.sources import BUT
from custlife.state import Room
from custlife.strategy.assumptions import DEFAULT_COST_MODEL, WIDE, CostModel
from custlife.strategy.facts import fact_named
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy

Numbers = Mapping[str, Decimal | None]
"""Facts by their names; None where unknown."""

_YEARS = "years_counted"
"""The expected duration, up to the horizon."""
_ASSUMED = frozenset({*fields_dict(CostModel), "retention_kept"})
_HUGE = Decimal("1E+47")
"""More than any amount or balance that a profile takes."""


def tidy(number: Decimal) -> Decimal:
    """The same number without zeros at its end.

    Examples:
        >>> tidy(Decimal("100.50")), tidy(Decimal("1E+2"))
        (Decimal('100.5'), Decimal('100'))
    """
    return Decimal(f"{WIDE.normalize(number):f}")


@frozen
class Formula:
    """A net gain: what it brings less what it takes away, less the cost of doing it.

    Each product names facts and assumptions. No fact stands twice in a product, so that the most
    and the least are found at the ends of what facts can be.
    """

    brings: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    cost: str | None = None

    @property
    def terms(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Signs and products."""
        costs = () if self.cost is None else (self.cost,)
        for sign, factors in (("+", self.brings), ("-", self.takes), ("-", costs)):
            if factors:
                yield sign, factors

    def read(self, profile: Profile) -> Numbers:
        """The facts among its factors, in their order."""
        names = (_fact(name) for _, factors in self.terms for name in factors)
        return {name: fact_named(name).read(profile) for name in names if name not in _ASSUMED}

    def gain(self, numbers: Numbers, assumptions: CostModel) -> Decimal | None:
        """The net gain; None where a fact is unknown."""
        gain = Decimal(0)
        for sign, factors in self.terms:
            worth = Decimal(f"{sign}1")
            for name in factors:
                number = _number(name, numbers, assumptions)
                if number is None:
                    return None
                worth = WIDE.multiply(worth, number)
            gain = WIDE.add(gain, worth)
        return tidy(gain)

    def most(self, numbers: Numbers, assumptions: CostModel) -> Decimal:
        """The highest gain that the unknown facts leave possible."""
        ends = [_ends(name) if known is None else [known] for name, known in numbers.items()]
        gains = (
            self.gain(dict(zip(numbers, corner, strict=True)), assumptions)
            for corner in product(*ends)
        )
        return max(gain for gain in gains if gain is not None)

    def told(self, numbers: Numbers, assumptions: CostModel) -> str:
        """The formula with its numbers, in words."""
        told = ""
        for sign, factors in self.terms:
            told += f" {sign} " if told or sign == "-" else ""
            told += " x ".join(
                f"{spoken(name)} {words(_number(name, numbers, assumptions))}" for name in factors
            )
        return told.strip() or "nothing spent, nothing changed"


def _fact(factor: str) -> str:
    return "remaining_years" if factor == _YEARS else factor


def _number(factor: str, numbers: Numbers, assumptions: CostModel) -> Decimal | None:
    """A factor: a fact, an assumption, or the years that are counted."""
    if factor in _ASSUMED:
        number: Decimal = getattr(assumptions, factor)
        return number
    known = numbers[_fact(factor)]
    if factor != _YEARS or known is None:
        return known
    return min(known, assumptions.horizon_years)


def _ends(name: str) -> tuple[Decimal, Decimal]:
    """The least and the most that a fact can be."""
    kind = fact_named(name).kind
    return (
        WIDE.minus(_HUGE) if kind.least is None else kind.least,
        _HUGE if kind.most is None else kind.most,
    )


# The order settles ties: what changes nothing comes first, what cannot be undone last.
FORMULAS: Mapping[Room, Mapping[Strategy, Formula]] = {
    Room.PROSPECT: {
        Strategy.END: Formula(),
        Strategy.START: Formula(
            brings=("start_success", "potential_value", "horizon_years"), cost="start_cost"
        ),
    },
    Room.CUSTOMER: {
        Strategy.HARVEST: Formula(),
        Strategy.PROTECT: Formula(
            brings=("protect_effect", "defection_risk", "profit", _YEARS), cost="protect_cost"
        ),
        Strategy.ENHANCE: Formula(
            brings=("enhance_success", "revenue_upside", "upside_margin", _YEARS),
            cost="enhance_cost",
        ),
        # Whoever leaves over it takes along the profit, and what was saved.
        Strategy.REENGINEER: Formula(
            brings=("retention_kept", "reengineer_success", "reducible_cost", _YEARS),
            takes=("retention_harm", "profit", _YEARS),
            cost="reengineer_cost",
        ),
        Strategy.END: Formula(takes=("profit", _YEARS), cost="end_cost"),
    },
    Room.FORMER: {
        Strategy.END: Formula(),
        Strategy.WIN_BACK: Formula(
            brings=("regain_success", "regain_benefit", "horizon_years"), cost="regain_cost"
        ),
    },
}
"""For each room the strategies that fit, with what each gains."""

BARS: tuple[Row[Strategy], ...] = (
    Row(
        "NOT-A-TARGET",
        is_("target", False),
        Strategy.START,
        "The enterprise does not want this customer.",
        BUT[6],
    ),
    Row(
        "ON-PURPOSE",
        any_of(
            is_("departure_kind", DepartureKind.TERMINATION),
            is_("defector", DefectorKind.PUSHED_AWAY_ON_PURPOSE),
        ),
        Strategy.WIN_BACK,
        "The enterprise ended it on purpose.",
        BUT[6],
    ),
    Row(
        "BEYOND-US",
        is_("cause_changeable", False),
        Strategy.WIN_BACK,
        "The enterprise cannot change why the customer went.",
        BUT[7],
    ),
)
"""What rules a strategy out, whatever it would gain. What is unknown rules nothing out."""


def bars_of(strategy: Strategy, profile: Profile) -> Iterator[tuple[Row[Strategy], Facts]]:
    """The rules that can rule a strategy out, each with the facts that it asks for."""
    for bar in BARS:
        if bar.outcome is strategy:
            names = [name for atom in bar.when.atoms() for name in facts_of(atom)]
            yield bar, {name: fact_named(name).read(profile) for name in names}


@frozen
class Estimate:
    """What a strategy is expected to gain with one customer.

    Attributes:
        strategy: The strategy.
        gain: The expected net gain over the years counted [money], against the strategy that
            changes nothing; None where a fact is unknown or the strategy is ruled out.
        cost: What following it takes [money, once]; part of the gain already. None where unknown.
        missing: The unknown facts that the gain needs.
        sentence: The arithmetic, or the rule that rules the strategy out, in words.
        ruled_out_by: The id of that rule; None where there is none.

    Examples:
        >>> from custlife import Relationship
        >>> print(estimate(Profile(relationship=Relationship("C-17")))[Strategy.START])
        start: start success 0.2 x potential value unknown x horizon years 3 - start cost 50 is \
unknown
    """

    strategy: Strategy
    gain: Decimal | None
    cost: Decimal | None
    missing: tuple[str, ...]
    sentence: str
    ruled_out_by: str | None = None

    def __str__(self) -> str:
        return f"{self.strategy.words}: {self.sentence}"


def estimate(
    profile: Profile, assumptions: CostModel = DEFAULT_COST_MODEL
) -> Mapping[Strategy, Estimate]:
    """What each strategy that fits the room is expected to gain.

    What changes nothing gains nothing, and is always known: to harvest a present customer is to
    carry on as it is, and a prospect or a former customer is let go. It comes first; the others
    follow in the order that settles ties.

    - start: start_success x potential_value x horizon_years - start_cost
    - protect: protect_effect x defection_risk x profit x years - protect_cost
    - enhance: enhance_success x revenue_upside x upside_margin x years - enhance_cost
    - reengineer: (1 - retention_harm) x reengineer_success x reducible_cost x years
      - retention_harm x profit x years - reengineer_cost
    - end, for a present customer: - profit x years - end_cost
    - win back: regain_success x regain_benefit x horizon_years - regain_cost

    The years are the remaining years, at most the horizon.

    Args:
        profile: The customer.
        assumptions: What strategies cost and bring.

    Examples:
        >>> from custlife import Relationship
        >>> profile = Profile(relationship=Relationship("C-17")).altered(potential_value=200)
        >>> print(estimate(profile)[Strategy.START])
        start: start success 0.2 x potential value 200 x horizon years 3 - start cost 50 = 70
    """
    found = {
        strategy: _estimated(strategy, formula, profile, assumptions)
        for strategy, formula in FORMULAS[profile.room].items()
    }
    return MappingProxyType(found)


def _estimated(
    strategy: Strategy, formula: Formula, profile: Profile, assumptions: CostModel
) -> Estimate:
    numbers = formula.read(profile)
    cost = Decimal(0) if formula.cost is None else _number(formula.cost, numbers, assumptions)
    for bar, facts in bars_of(strategy, profile):
        if bar.when.holds(facts):
            return Estimate(strategy, None, cost, (), f"ruled out: {bar.sentence}", bar.id)
    missing = tuple(name for name, number in numbers.items() if number is None)
    gain = formula.gain(numbers, assumptions)
    told = "is unknown" if gain is None else f"= {words(gain)}"
    sentence = f"{formula.told(numbers, assumptions)} {told}"
    return Estimate(strategy, gain, cost, missing, sentence)
