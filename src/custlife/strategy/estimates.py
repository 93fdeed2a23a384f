"""What each strategy is expected to gain with one customer, and what rules it out.

A `CostModel` holds the numbers that an app can override. Each strategy that fits the room has a
formula, from which both the number and its sentence are made. What is unknown is never taken as
zero: it leaves a gain unknown. Nothing is discounted.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from types import MappingProxyType
from typing import ClassVar

from attrs import field, fields_dict, frozen

from custlife import _checks
from custlife._checks import money, share, years
from custlife.causes import Cause, DefectorKind
from custlife.decisions.predicates import Facts, any_of, is_, spoken, words
from custlife.decisions.tables import Row
from custlife.departure_kind import DepartureKind
from custlife.money import EXACT, as_money, as_number
from custlife.sources import ASSUMPTION, BUT
from custlife.state import Room
from custlife.strategy.conditions import facts_in
from custlife.strategy.facts import fact_named
from custlife.strategy.inputs import learnable
from custlife.strategy.policy import Dated
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy


@frozen(kw_only=True)
class CostModel(Dated):
    """What strategies cost and bring, unless an app has better numbers. Override one at a time.

    Source: the works name no number; each is an assumption of 2026-11-25. That lowering the cost
    to serve can hurt retention is a remark to BUT-3.

    Args:
        horizon_years: So many years ahead are counted, at most [years, 0..1000].
        start_cost: What a start takes [money, once].
        start_success: The chance that a started prospect brings the potential [0..1]; it stands in
            where the signal `purchase_likelihood` is unknown.
        protect_cost: What defending a customer takes [money, once].
        protect_effect: The share of the defection that defending avoids [0..1].
        reengineer_cost: What lowering the cost to serve takes [money, once].
        reengineer_success: The share of the reducible cost that is saved in fact [0..1].
        retention_harm: The chance that the customer leaves because of it [0..1].
        enhance_cost: What bettering the relationship takes [money, once].
        enhance_success: The share of the upside that is won in fact [0..1].
        upside_margin: The margin's share of extra revenue, before the cost to serve [0..1].
        end_cost: What ending a present customer's relationship takes [money, once].
        regain_success: The chance that a former customer comes back [0..1].
        since: The day from which the numbers hold; explanations and logs state it.
        name: The name of the model in explanations and logs.

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> CostModel(horizon_years=5).protect_effect
        Decimal('0.3')
    """

    subject: ClassVar[str] = "cost model"

    horizon_years: Decimal = field(default=Decimal(3), converter=as_number, validator=years)
    start_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=money)
    start_success: Decimal = field(default=Decimal("0.2"), converter=as_number, validator=share)
    protect_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=money)
    protect_effect: Decimal = field(default=Decimal("0.3"), converter=as_number, validator=share)
    reengineer_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=money)
    reengineer_success: Decimal = field(
        default=Decimal("0.5"), converter=as_number, validator=share
    )
    retention_harm: Decimal = field(default=Decimal("0.05"), converter=as_number, validator=share)
    enhance_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=money)
    enhance_success: Decimal = field(default=Decimal("0.2"), converter=as_number, validator=share)
    upside_margin: Decimal = field(default=Decimal("0.3"), converter=as_number, validator=share)
    end_cost: Decimal = field(default=Decimal(50), converter=as_money, validator=money)
    regain_success: Decimal = field(default=Decimal("0.3"), converter=as_number, validator=share)

    @property
    def retention_kept(self) -> Decimal:
        """The chance that a customer stays though the cost to serve is lowered [0..1]."""
        return EXACT.subtract(1, self.retention_harm)


DEFAULT_COST_MODEL = CostModel()
"""The numbers that hold unless an app gives others."""


Numbers = Mapping[str, Decimal | None]
"""Facts by their names; None where unknown."""

_YEARS = "years_counted"
"""The expected duration, up to the horizon."""
_LIKELIHOOD, _REPUTATION = "purchase_likelihood", "reputation"
_ASSUMED = frozenset({_LIKELIHOOD, _REPUTATION})
"""Facts that a formula assumes where they are unknown."""
_NAME = r"\w\w+"
_OF_MODEL = frozenset({*fields_dict(CostModel), "retention_kept"})
_HUGE = Decimal("1E+47")
"""More than any amount or balance that a profile takes."""


def tidy(number: Decimal) -> Decimal:
    """The same number without zeros at its end.

    Examples:
        >>> tidy(Decimal("100.50")), tidy(Decimal("1E+2"))
        (Decimal('100.5'), Decimal('100'))
    """
    return Decimal(f"{EXACT.normalize(number):f}")


@frozen
class Formula:
    """A net gain: products of facts and of numbers of the cost model, less the cost of doing it.

    The cost comes last. No fact is in a product twice, so that the most and the least are at the
    ends of what facts can be.
    """

    text: str

    @property
    def factors(self) -> list[str]:
        """The names in it; the last one is that of the cost."""
        return re.findall(_NAME, self.text)

    def read(self, profile: Profile) -> Numbers:
        """The facts among its factors, in their order."""
        names = (_fact(name) for name in self.factors if name not in _OF_MODEL)
        return {name: fact_named(name).read(profile) for name in names}

    def gain(self, numbers: Numbers, cost_model: CostModel) -> Decimal | None:
        """The net gain; None where a fact is unknown."""
        gain = Decimal(0)
        for sign, product_of in re.findall(r"(-?) ?(\w+(?: x \w+)*)", self.text):
            worth = Decimal(f"{sign}1")
            for name in product_of.split(" x "):
                number = _number(name, numbers, cost_model)
                if number is None:
                    return None
                worth = EXACT.multiply(worth, number)
            gain = EXACT.add(gain, worth)
        return tidy(gain)

    def most(self, numbers: Numbers, cost_model: CostModel) -> Decimal:
        """The highest gain that the unknown facts leave possible, those assumed among them."""
        ends = [_ends(name) if known is None else [known] for name, known in numbers.items()]
        gains = (
            self.gain(dict(zip(numbers, corner, strict=True)), cost_model)
            for corner in product(*ends)
        )
        return max(gain for gain in gains if gain is not None)

    def sentence(self, numbers: Numbers, cost_model: CostModel) -> str:
        """The formula with its numbers, in words; a reputation that is unknown does not count."""

        def with_number(name: re.Match[str]) -> str:
            number = words(_number(name[0], numbers, cost_model))
            if name[0] == _LIKELIHOOD and numbers[_LIKELIHOOD] is None:
                return f"start success {number} (assumed)"
            return f"{spoken(name[0])} {number}"

        text = self.text
        if numbers.get(_REPUTATION) is None:
            text = text.replace(f"{_REPUTATION} x ", "")
        return re.sub(_NAME, with_number, text) or "nothing spent, nothing changed"


def _fact(factor: str) -> str:
    return "remaining_years" if factor == _YEARS else factor


def _number(factor: str, numbers: Numbers, cost_model: CostModel) -> Decimal | None:
    """A factor: a fact, what is assumed for it, a number of the model, or the years counted."""
    if factor in _OF_MODEL:
        number: Decimal = getattr(cost_model, factor)
        return number
    known = numbers[_fact(factor)]
    if known is None and factor in _ASSUMED:
        return cost_model.start_success if factor == _LIKELIHOOD else Decimal(1)
    if factor != _YEARS or known is None:
        return known
    return min(known, cost_model.horizon_years)


def _ends(name: str) -> tuple[Decimal, Decimal]:
    """The least and the most that a fact can be."""
    kind = fact_named(name).kind
    return (
        EXACT.minus(_HUGE) if kind.least is None else kind.least,
        _HUGE if kind.most is None else kind.most,
    )


# The order decides ties: what changes nothing comes first, what cannot be undone last.
_FORMULAS = {
    Room.PROSPECT: {
        Strategy.END: "",
        Strategy.START: "purchase_likelihood x reputation x potential_value x horizon_years"
        " - start_cost",
    },
    Room.CUSTOMER: {
        Strategy.HARVEST: "",
        Strategy.PROTECT: "protect_effect x defection_risk x profit x years_counted - protect_cost",
        Strategy.ENHANCE: "enhance_success x revenue_upside x upside_margin x years_counted"
        " - enhance_cost",
        # A customer who leaves because of it takes along the profit, and what was saved.
        Strategy.REENGINEER: "retention_kept x reengineer_success x reducible_cost x years_counted"
        " - retention_harm x profit x years_counted - reengineer_cost",
        Strategy.END: "- profit x years_counted - end_cost",
    },
    Room.FORMER: {
        Strategy.END: "",
        Strategy.WIN_BACK: "regain_success x regain_benefit x horizon_years - regain_bill",
    },
}
FORMULAS: Mapping[Room, Mapping[Strategy, Formula]] = MappingProxyType(
    {
        room: MappingProxyType({strategy: Formula(text) for strategy, text in texts.items()})
        for room, texts in _FORMULAS.items()
    }
)
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
        is_("cause", Cause.CEASED),
        Strategy.WIN_BACK,
        "The customer is no longer there: nobody is left to win back.",
        ASSUMPTION,
    ),
)
"""What rules a strategy out, at any gain. What is unknown rules nothing out."""


def bars_of(strategy: Strategy, profile: Profile) -> Iterator[tuple[Row[Strategy], Facts]]:
    """The rules that can rule a strategy out, each with the facts that it reads."""
    for bar in BARS:
        if bar.outcome is strategy:
            yield bar, facts_in(bar.when, profile)


@frozen
class Estimate:
    """What a strategy is expected to gain with one customer.

    Attributes:
        strategy: The strategy.
        gain: The expected net gain over the years counted [money], against the strategy that
            changes nothing; None where a fact is unknown or the strategy is ruled out.
        cost: What following it takes [money, once]; the gain counts it already. None where unknown.
        missing: The unknown signals and numbers of the value that the gain needs.
        sentence: The arithmetic, or the rule that rules the strategy out, in words.
        ruled_out_by: The id of that rule; None where there is none.
        assumed: The unknown facts for which the gain takes a number that is assumed.

    Examples:
        >>> from custlife import Relationship
        >>> print(estimate(Profile(relationship=Relationship("C-17")))[Strategy.START])
        start: start success 0.2 (assumed) x potential value unknown x horizon years 3 - start \
cost 50 is unknown
    """

    strategy: Strategy
    gain: Decimal | None
    cost: Decimal | None
    missing: tuple[str, ...]
    sentence: str
    ruled_out_by: str | None = None
    assumed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.strategy.words}: {self.sentence}"


def estimate(
    profile: Profile, cost_model: CostModel = DEFAULT_COST_MODEL
) -> Mapping[Strategy, Estimate]:
    """What each strategy that fits the room is expected to gain.

    What changes nothing gains nothing: to harvest a present customer, and to end with a prospect or
    a former customer. It comes first; the others follow in the order that decides ties.

    - start: purchase_likelihood x reputation x potential_value x horizon_years - start_cost; where
      the likelihood is unknown, start_success is assumed, and an unknown reputation does not count
    - protect: protect_effect x defection_risk x profit x years - protect_cost
    - enhance: enhance_success x revenue_upside x upside_margin x years - enhance_cost
    - reengineer: (1 - retention_harm) x reengineer_success x reducible_cost x years
      - retention_harm x profit x years - reengineer_cost
    - end, for a present customer: - profit x years - end_cost
    - win back: regain_success x regain_benefit x horizon_years - regain_bill

    The years are the remaining years, at most the horizon.

    Args:
        profile: The customer.
        cost_model: What strategies cost and bring.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> from custlife import Relationship
        >>> profile = Profile(relationship=Relationship("C-17")).altered(potential_value=200)
        >>> print(estimate(profile)[Strategy.START])
        start: start success 0.2 (assumed) x potential value 200 x horizon years 3 - start cost 50 \
= 70
        >>> print(estimate(profile.altered(purchase_likelihood=0.5))[Strategy.START])
        start: purchase likelihood 0.5 x potential value 200 x horizon years 3 - start cost 50 = \
250
    """
    _checks.one_of(Profile).argument("estimate", "profile", profile)
    _checks.one_of(CostModel).argument("estimate", "cost_model", cost_model)
    found = {
        strategy: _estimated(strategy, formula, profile, cost_model)
        for strategy, formula in FORMULAS[profile.room].items()
    }
    return MappingProxyType(found)


def _estimated(
    strategy: Strategy, formula: Formula, profile: Profile, cost_model: CostModel
) -> Estimate:
    numbers = formula.read(profile)
    cost = _number(formula.factors[-1], numbers, cost_model) if formula.text else Decimal(0)
    for bar, facts in bars_of(strategy, profile):
        if bar.when.holds(facts):
            return Estimate(strategy, None, cost, (), f"ruled out: {bar.sentence}", bar.id)
    unknown = [name for name, number in numbers.items() if number is None]
    missing = learnable((name for name in unknown if name not in _ASSUMED), profile)
    assumed = tuple(name for name in unknown if name in _ASSUMED)
    gain = formula.gain(numbers, cost_model)
    result = "is unknown" if gain is None else f"= {words(gain)}"
    sentence = f"{formula.sentence(numbers, cost_model)} {result}"
    return Estimate(strategy, gain, cost, missing, sentence, assumed=assumed)
