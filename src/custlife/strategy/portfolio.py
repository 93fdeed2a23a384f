"""Which customers to invest in, given many of them and one budget.

A `Candidate` is a customer that the enterprise could invest in, with the expected gain and cost.
`portfolio` chooses among candidates; `knapsack` does the arithmetic.

Source: KAL-9 (spend on those who are likely to buy, and nothing on the others) and BUT-5.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from enum import Enum
from functools import reduce
from typing import ClassVar

from attrs import evolve, field, frozen

from custlife import _checks
from custlife._notebook import Block, Grid, Paragraph, Shown
from custlife.decisions.predicates import spoken, words
from custlife.errors import cut, listed, shown
from custlife.money import EXACT, as_money
from custlife.strategy.errors import InvalidCandidate
from custlife.strategy.estimates import DEFAULT_COST_MODEL, CostModel, estimate, tidy
from custlife.strategy.knapsack import choose
from custlife.strategy.recommendation import Recommendation

MOST_POINTS = 2**19
"""An exact choice tries no more points than this."""
_MOST_PLACES = 1500
"""A gain is a product of up to four numbers, each of which can have some hundred places."""
_LEAST = _checks.MAX_TOTAL.copy_negate()
_NO_ROOM, _NOT_WORTH_IT = "the budget gains more with others", "nothing is to be gained"
_SMALL = -6
"""A number of fewer digits than this after the point is shown as a power of ten."""
_SHOWN = 3
"""An explanation names so many candidates."""


class Unit(Enum):
    """What a budget is counted in."""

    MONEY = "money"
    """The app's one currency."""
    CONTACTS = "contacts"
    """Calls, visits, letters: how many can be made in all."""


_amount = evolve(
    _checks.balance,
    holds=lambda value: (
        _checks.is_number(value, _LEAST, _checks.MAX_TOTAL, _MOST_PLACES)
        and value not in (_LEAST, _checks.MAX_TOTAL)
    ),
)
_whole = _checks.Check(
    lambda value: value == value.to_integral_value(),
    "a whole number, as contacts are",
    "Count contacts, or give the budget and the costs in Unit.MONEY.",
)
_assumed = _checks.Check(
    lambda value: isinstance(value, tuple) and all(map(_checks.is_text, value)),
    "a tuple of names of facts",
    "Name the facts, such as ('purchase_likelihood',).",
)
_candidates = evolve(
    _checks.iterable_of("candidates"),
    remedy="Give a list of candidates, such as candidates_of(...).known.",
)


@frozen(kw_only=True, repr=False)
class Candidate:
    """A customer that the enterprise could invest in.

    Args:
        customer: The customer's id.
        gain: The expected net gain of investing [money]; 0 or less is not worth it.
        cost: What it takes out of the budget [the budget's unit, >= 0].
        unit: That unit.
        assumed: The unknown facts for which the gain takes a number that is assumed, such as
            ``purchase_likelihood``.

    Raises:
        InvalidCandidate: If a field is out of its bounds. Floats are refused.

    Examples:
        >>> Candidate(customer="C-17", gain=70, cost=50)
        <Candidate C-17: gain 70, cost 50>
        >>> Candidate(customer="C-17", gain=70, cost=-1)
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.InvalidCandidate: candidate: cost is Decimal('-1'), but must be \
an exact amount, finite, at least 0, below 1e+18 and with at most 18 decimal places. Give an \
amount as a Decimal made from a string, such as Decimal('11.77'), or as a whole number: no float, \
and nothing below zero.
    """

    invalid: ClassVar[type[InvalidCandidate]] = InvalidCandidate
    subject: ClassVar[str] = "candidate"

    customer: str = field(validator=_checks.text)
    gain: Decimal = field(converter=as_money, validator=_amount)
    cost: Decimal = field(converter=as_money, validator=_checks.money)
    unit: Unit = field(default=Unit.MONEY, validator=_checks.one_of(Unit))
    assumed: tuple[str, ...] = field(default=(), validator=_assumed)

    def __attrs_post_init__(self) -> None:
        if self.unit is Unit.CONTACTS:
            _whole.require(InvalidCandidate, self.subject, "cost", self.cost)

    @classmethod
    def of(
        cls,
        advice: Recommendation,
        cost_model: CostModel = DEFAULT_COST_MODEL,
        *,
        unit: Unit = Unit.MONEY,
        cost: Decimal | int | None = None,
    ) -> "Candidate":
        """The candidate for following a recommendation; its gain is the estimate of the strategy.

        Args:
            advice: The recommendation.
            cost_model: What strategies cost and bring.
            unit: What the budget is counted in.
            cost: What it takes out of the budget. If left out, it is the cost model's number for
                money, and one contact for contacts. Money beyond that number lowers the gain.

        Raises:
            InvalidArgument: If an argument is of the wrong type.
            InvalidCandidate: If the gain of the strategy is unknown, ruled out or not estimated;
                the message names the facts that are missing. See `candidates_of` for many.

        Examples:
            >>> from custlife import Relationship
            >>> from custlife.strategy import Profile, recommend
            >>> profile = Profile(relationship=Relationship("C-17")).altered(potential_value=200)
            >>> Candidate.of(recommend(profile)).gain
            Decimal('70')
            >>> Candidate.of(recommend(Profile(relationship=Relationship("C-18"))))
            Traceback (most recent call last):
            ...
            custlife.strategy.errors.InvalidCandidate: candidate C-18, prospect (potential): gain \
is None, but must be known for start, which needs potential value. Learn it, or give a gain of \
your own: Candidate(customer=..., gain=..., cost=...).
        """
        _checks.one_of(Recommendation).argument("Candidate.of", "advice", advice)
        _checks.one_of(CostModel).argument("Candidate.of", "cost_model", cost_model)
        found = estimate(advice.profile, cost_model).get(advice.strategy)
        if found is None or found.gain is None or found.cost is None:
            if found is None:
                why = "does not fit the room"
            elif found.missing:
                why = f"needs {listed([*map(spoken, found.missing)])}"
            else:
                why = f"is {found.sentence.rstrip('.')}"
            who, rule = f"{cls.subject} {advice.profile}", f"known for {advice.strategy.words}"
            own = "Candidate(customer=..., gain=..., cost=...)"
            remedy = f"Learn it, or give a gain of your own: {own}."
            raise InvalidCandidate(who, "gain", None, f"{rule}, which {why}", remedy)
        usual = found.cost if unit is Unit.MONEY else Decimal(1)
        candidate = cls(
            customer=advice.profile.relationship.customer,
            gain=found.gain,
            cost=usual if cost is None else cost,
            unit=unit,
            assumed=found.assumed,
        )
        more = EXACT.subtract(candidate.cost, usual) if unit is Unit.MONEY else 0
        return evolve(candidate, gain=tidy(EXACT.subtract(found.gain, more)))

    def __repr__(self) -> str:
        gain = _amount_words(self.gain, ROUND_HALF_EVEN)
        assumed = f" ({listed([*map(spoken, self.assumed)])} assumed)" if self.assumed else ""
        return f"<Candidate {cut(self.customer)}: gain {gain}{assumed}, cost {_in_unit(self)}>"


@frozen(repr=False)
class Candidates:
    """The candidates of many recommendations, and the customers who cannot be one.

    Attributes:
        known: The candidates, whose gain is known.
        unknown: For each of the others the error, which names what is missing.
    """

    known: tuple[Candidate, ...]
    unknown: tuple[InvalidCandidate, ...]

    def __repr__(self) -> str:
        return f"<Candidates: {len(self.known)} known, {len(self.unknown)} unknown>"


def candidates_of(
    recommendations: Iterable[Recommendation],
    cost_model: CostModel = DEFAULT_COST_MODEL,
    *,
    unit: Unit = Unit.MONEY,
) -> Candidates:
    """The candidates of many recommendations, and who cannot be one because a fact is unknown.

    Leave out recommendations for which nothing should be spent, such as those to end it.

    Args:
        recommendations: The recommendations.
        cost_model: What strategies cost and bring.
        unit: What the budget is counted in.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import Profile, recommend
        >>> candidates_of([recommend(Profile(relationship=Relationship("C-18")))])
        <Candidates: 0 known, 1 unknown>
    """
    _checks.iterable_of("recommendations").argument(
        "candidates_of", "recommendations", recommendations
    )
    _checks.one_of(CostModel).argument("candidates_of", "cost_model", cost_model)
    _checks.one_of(Unit).argument("candidates_of", "unit", unit)
    known, unknown = [], []
    for advice in recommendations:
        try:
            known.append(Candidate.of(advice, cost_model, unit=unit))
        except InvalidCandidate as error:
            unknown.append(error)
    return Candidates(tuple(known), tuple(unknown))


@frozen(kw_only=True, repr=False)
class Portfolio(Shown):
    """Which customers to invest in, and which not.

    Attributes:
        chosen: The candidates that were chosen, by gain per cost, the highest first.
        left_out: Those who gain something, though the budget gains more with others; in the same
            order.
        not_worth_it: Those with nothing to gain, in the order given.
        budget: The budget.
        unit: What the budget is counted in.
        spent: What the chosen ones cost together.
        gain: What they gain together [money].
        bound: What no choice can gain more than [money].
    """

    chosen: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]
    not_worth_it: tuple[Candidate, ...]
    budget: Decimal
    unit: Unit
    spent: Decimal
    gain: Decimal
    bound: Decimal

    @property
    def is_exact(self) -> bool:
        """Whether the choice is known to gain the most that any choice can."""
        return self.gain == self.bound

    def explain(self) -> str:
        """The choice for a manager.

        Examples:
            >>> people = [
            ...     Candidate(customer="C-1", gain=60, cost=40),
            ...     Candidate(customer="C-2", gain=50, cost=50),
            ...     Candidate(customer="C-3", gain=-5, cost=10),
            ... ]
            >>> print(portfolio(people, 60).explain())
            1 of 3 candidates chosen; 40 of 60 spent (money).
            Expected net gain: 60, the most that any choice can gain.
            Chosen: C-1.
            Left out, since the budget gains more with others: C-2 (costs 50).
            Left out, since nothing is to be gained: C-3 (costs 10).
        """
        lines = [*self._summary(), f"Chosen: {_some([one.customer for one in self.chosen])}."]
        for why, candidates in ((_NO_ROOM, self.left_out), (_NOT_WORTH_IT, self.not_worth_it)):
            if candidates:
                names = [f"{cut(one.customer)} (costs {_in_unit(one)})" for one in candidates]
                lines.append(f"Left out, since {why}: {_some(names)}.")
        everybody = (*self.chosen, *self.left_out, *self.not_worth_it)
        for fact in dict.fromkeys(name for one in everybody for name in one.assumed):
            whose = [cut(one.customer) for one in everybody if fact in one.assumed]
            lines.append(f"The {spoken(fact)} is unknown, and assumed: {_some(whose)}.")
        return "\n".join(lines)

    @property
    def _counted(self) -> str:
        total = len(self.chosen) + len(self.left_out) + len(self.not_worth_it)
        return f"{len(self.chosen)} of {total}"

    def _summary(self) -> tuple[str, str]:
        best = ", the most that any choice can gain"
        if not self.is_exact:
            most = _amount_words(self.bound, ROUND_CEILING)
            best = f"; another choice may gain more, at most {most}"
        return (
            f"{self._counted} candidates chosen; {words(self.spent)} of "
            f"{words(self.budget)} spent ({self.unit.value}).",
            f"Expected net gain: {_amount_words(self.gain, ROUND_FLOOR)}{best}.",
        )

    def _page(self) -> Sequence[Block]:
        groups = (
            ("yes", self.chosen),
            (f"no: {_NO_ROOM}", self.left_out),
            (f"no: {_NOT_WORTH_IT}", self.not_worth_it),
        )
        rows = [
            (one.customer, words(one.gain), words(one.cost), chosen)
            for chosen, candidates in groups
            for one in candidates
        ]
        return (
            *map(Paragraph, self._summary()),
            Grid(("customer", "gain", "cost", "chosen"), rows),
        )

    def __repr__(self) -> str:
        return f"<Portfolio: {self._counted} chosen, gain {words(self.gain)}>"


def _in_unit(candidate: Candidate) -> str:
    unit = {Unit.MONEY: "", Unit.CONTACTS: " contact" if candidate.cost == 1 else " contacts"}
    return f"{words(candidate.cost)}{unit[candidate.unit]}"


def _amount_words(number: Decimal, rounding: str) -> str:
    """An amount to the cent, or in two digits if it is smaller, rounded as the sentence needs."""
    number = EXACT.normalize(number)
    step = Decimal(1).scaleb(min(-2, number.adjusted() - 1), EXACT)
    rounded = number.quantize(step, rounding, EXACT)
    return str(rounded) if rounded.adjusted() < _SMALL else words(rounded)


def _some(names: Sequence[str]) -> str:
    """The first few of these."""
    more = len(names) - _SHOWN
    return listed([*names[:_SHOWN], f"{more} more"] if more > 0 else names) if names else "nobody"


def portfolio(
    candidates: Iterable[Candidate],
    budget: Decimal | int,
    *,
    unit: Unit = Unit.MONEY,
) -> Portfolio:
    """Choose which customers to invest in, so that the gain is high and the budget holds.

    A candidate with nothing to gain is never chosen; one with a gain at no cost always is.

    Up to 32 candidates that gain something and cost no more than the budget are always solved
    exactly: of all choices the one of the highest gain, and among these the cheapest. Most cases of
    some hundreds are, too.

    Other cases are solved greedily: by gain per cost, going on past those that do not fit, or the
    greatest first if that gains more. The gain is then at least half of the highest one. On a tie
    the order given decides.

    Args:
        candidates: The candidates, in the unit of the budget.
        budget: What can be spent [in that unit, >= 0].
        unit: That unit.

    Raises:
        InvalidArgument: If an argument is of the wrong type or out of its bounds.
        InvalidCandidate: If units are mixed, or a customer is given twice.

    Examples:
        >>> people = [
        ...     Candidate(customer="C-1", gain=60, cost=40),
        ...     Candidate(customer="C-2", gain=50, cost=50),
        ... ]
        >>> choice = portfolio(people, 50)
        >>> choice
        <Portfolio: 1 of 2 chosen, gain 60>
        >>> choice.is_exact, choice.left_out
        (True, (<Candidate C-2: gain 50, cost 50>,))
    """
    budget = as_money(budget)
    given = _checked(candidates, budget, unit)
    choice = choose([one.gain for one in given], [one.cost for one in given], budget, MOST_POINTS)
    chosen = tuple(given[place] for place in choice.chosen)
    return Portfolio(
        chosen=chosen,
        left_out=tuple(given[place] for place in choice.left_out),
        not_worth_it=tuple(one for one in given if one.gain <= 0),
        budget=budget,
        unit=unit,
        spent=tidy(reduce(EXACT.add, (one.cost for one in chosen), Decimal(0))),
        gain=tidy(reduce(EXACT.add, (one.gain for one in chosen), Decimal(0))),
        bound=tidy(EXACT.divide(*map(Decimal, choice.bound.as_integer_ratio()))),
    )


def _checked(candidates: Iterable[Candidate], budget: Decimal, unit: Unit) -> tuple[Candidate, ...]:
    call = "portfolio"
    _candidates.argument(call, "candidates", candidates)
    _checks.money.argument(call, "budget", budget)
    _checks.one_of(Unit).argument(call, "unit", unit)
    if unit is Unit.CONTACTS:
        _whole.argument(call, "budget", budget)
    seen: dict[str, Candidate] = {}
    for one in candidates:
        _checks.one_of(Candidate).argument(call, "candidate", one)
        if one.unit is not unit:
            expected = f"{unit.value}, the unit of the budget: units are mixed"
            remedy = "Give candidates and budget in one unit."
            field = f"unit of {shown(one.customer)}"
            raise InvalidCandidate(call, field, one.unit.value, expected, remedy)
        if one.customer in seen:
            remedy = "Give one candidate a customer."
            raise InvalidCandidate(call, "customer", one.customer, "given once", remedy)
        seen[one.customer] = one
    return tuple(seen.values())
