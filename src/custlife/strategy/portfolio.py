"""Which customers to invest in, given many of them and one budget.

A `Candidate` is a customer that the enterprise could invest in, with the expected gain and cost.
`portfolio` chooses among candidates; `knapsack` does the arithmetic.

Source: KAL-9 (spend on those who are likely to buy, and nothing on the others) and BUT-5.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum
from fractions import Fraction
from functools import reduce
from typing import ClassVar, cast

from attrs import evolve, field, frozen

from custlife import _checks
from custlife._pages import Block, Grid, Paragraph, Shown
from custlife.decisions.predicates import spoken, words
from custlife.errors import listed
from custlife.money import EXACT, as_money
from custlife.strategy.errors import InvalidCandidate
from custlife.strategy.estimates import DEFAULT_COST_MODEL, CostModel, estimate, tidy
from custlife.strategy.knapsack import choose
from custlife.strategy.recommendation import Recommendation

MOST_POINTS = 2**19
"""An exact choice tries no more points than this, unless an app allows more."""
POINTS_LIMIT = 2**22
"""An app can allow no more points than this, which take about 1 GB of memory."""
_MOST_PLACES = 1500
"""A gain is a product of up to four numbers, each of which can have some hundred places."""
_SHOWN = 3
"""An explanation names so many candidates."""


class Unit(Enum):
    """What a budget is counted in."""

    MONEY = "money"
    """The app's one currency."""
    CONTACTS = "contacts"
    """Calls, visits, letters: how many can be made in all."""


_amount = _checks.Check(
    lambda value: (
        isinstance(value, Decimal)
        and value.is_finite()
        and -_MOST_PLACES <= cast("int", value.as_tuple().exponent) <= _checks.MAX_TOTAL.adjusted()
        and value.copy_abs() < _checks.MAX_TOTAL
    ),
    _checks.balance.expectation,
    _checks.balance.remedy,
)
_whole = _checks.Check(
    lambda value: value == value.to_integral_value(),
    "a whole number, as contacts are",
    "Count contacts, or give the budget and the costs in Unit.MONEY.",
)
_points = _checks.Check(
    lambda value: _checks.count.holds(value) and value <= POINTS_LIMIT,
    f"a whole number from 0 to {POINTS_LIMIT}",
    "Leave it out, or give 0 for a greedy choice.",
)


@frozen(kw_only=True, repr=False)
class Candidate:
    """A customer that the enterprise could invest in.

    Args:
        customer: The customer's id.
        gain: The expected net gain of investing [money]; 0 or less is not worth it.
        cost: What it takes out of the budget [the budget's unit, >= 0].
        unit: That unit.

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
        if found is None or found.gain is None:
            why = "which does not fit the room"
            if found is not None:
                needs = f"which needs {listed([*map(spoken, found.missing)])}"
                why = needs if found.missing else f"which is {found.sentence.rstrip('.')}"
            raise InvalidCandidate(
                f"{cls.subject} {advice.profile}",
                "gain",
                None,
                f"known for {advice.strategy.words}, {why}",
                "Learn it, or give a gain of your own: Candidate(customer=..., gain=..., "
                "cost=...).",
            )
        assumed = found.cost if unit is Unit.MONEY else None
        candidate = cls(
            customer=advice.profile.relationship.customer,
            gain=found.gain,
            cost=(1 if assumed is None else assumed) if cost is None else cost,
            unit=unit,
        )
        if cost is None or assumed is None:
            return candidate
        dearer = EXACT.subtract(candidate.cost, assumed)
        return evolve(candidate, gain=tidy(EXACT.subtract(found.gain, dearer)))

    def __repr__(self) -> str:
        gain, cost = words(self.gain), _in_unit(self.cost, self.unit)
        return f"<Candidate {self.customer}: gain {gain}, cost {cost}>"


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
    advices: Iterable[Recommendation],
    cost_model: CostModel = DEFAULT_COST_MODEL,
    *,
    unit: Unit = Unit.MONEY,
) -> Candidates:
    """The candidates of many recommendations, and who cannot be one because a fact is unknown.

    Leave out recommendations for which nothing should be spent, such as those to end it.

    Args:
        advices: The recommendations.
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
    _checks.iterable_of("recommendations").argument("candidates_of", "advices", advices)
    _checks.one_of(CostModel).argument("candidates_of", "cost_model", cost_model)
    _checks.one_of(Unit).argument("candidates_of", "unit", unit)
    known, unknown = [], []
    for advice in advices:
        try:
            known.append(Candidate.of(advice, cost_model, unit=unit))
        except InvalidCandidate as error:
            unknown.append(error)
    return Candidates(tuple(known), tuple(unknown))


class WhyLeftOut(Enum):
    """Why a candidate was not chosen."""

    NOT_WORTH_IT = "nothing is to be gained"
    NO_ROOM = "the budget gains more with others"


@frozen
class LeftOut:
    """A candidate that was not chosen.

    Attributes:
        candidate: The candidate.
        why: Why it was not chosen.
        price: Below this cost it would have been chosen, everything else the same [the budget's
            unit]. It is None where nothing is to be gained, where the choice may not be the best,
            among more than 100 candidates, and where it takes more than ``most_points`` to find.
    """

    candidate: Candidate
    why: WhyLeftOut
    price: Decimal | None = None

    def __str__(self) -> str:
        cost = _in_unit(self.candidate.cost, self.candidate.unit)
        below = ""
        if self.price and self.candidate.unit is Unit.MONEY:
            below = f", worth it below {_amount_words(self.price, ROUND_FLOOR)}"
        return f"{self.candidate.customer} (costs {cost}{below})"


@frozen(kw_only=True, repr=False)
class Portfolio(Shown):
    """Which customers to invest in, and which not.

    Attributes:
        chosen: The candidates that were chosen, by gain per cost, the highest first.
        left_out: The others, by gain per cost; those that are not worth it come last.
        budget: The budget.
        unit: What the budget is counted in.
        spent: What the chosen ones cost together.
        gain: What they gain together [money].
        bound: What no choice can gain more than [money].
    """

    chosen: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
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
            Left out, since the budget gains more with others: C-2 (costs 50, worth it below 20).
            Left out, since nothing is to be gained: C-3 (costs 10).
        """
        lines = [*self._summary(), f"Chosen: {_some([one.customer for one in self.chosen])}."]
        for why in (WhyLeftOut.NO_ROOM, WhyLeftOut.NOT_WORTH_IT):
            names = [str(left) for left in self.left_out if left.why is why]
            if names:
                lines.append(f"Left out, since {why.value}: {_some(names)}.")
        return "\n".join(lines)

    def _summary(self) -> tuple[str, str]:
        total = len(self.chosen) + len(self.left_out)
        best = (
            ", the most that any choice can gain"
            if self.is_exact
            else "; another choice may gain more, at most "
            f"{_amount_words(self.bound, ROUND_CEILING)}"
        )
        return (
            f"{len(self.chosen)} of {total} candidates chosen; {words(self.spent)} of "
            f"{words(self.budget)} spent ({self.unit.value}).",
            f"Expected net gain: {_amount_words(self.gain, ROUND_FLOOR)}{best}.",
        )

    def _page(self) -> Sequence[Block]:
        rows = [(one.customer, words(one.gain), words(one.cost), "yes") for one in self.chosen]
        rows += [
            (left.candidate.customer, words(left.candidate.gain), words(left.candidate.cost), why)
            for left in self.left_out
            for why in (f"no: {left.why.value}",)
        ]
        return (
            *map(Paragraph, self._summary()),
            Grid(("customer", "gain", "cost", "chosen"), rows),
        )

    def __repr__(self) -> str:
        total = len(self.chosen) + len(self.left_out)
        return f"<Portfolio: {len(self.chosen)} of {total} chosen, gain {words(self.gain)}>"


def _in_unit(cost: Decimal, unit: Unit) -> str:
    if unit is Unit.MONEY:
        return words(cost)
    return "1 contact" if cost == 1 else f"{words(cost)} contacts"


def _amount_words(number: Decimal, rounding: str) -> str:
    """An amount to the cent, or in two digits if it is smaller, rounded as the sentence needs."""
    step = Decimal(1).scaleb(min(-2, number.adjusted() - 1), EXACT)
    return words(number.quantize(step, rounding, EXACT))


def _some(names: Sequence[str]) -> str:
    """The first few of these."""
    more = len(names) - _SHOWN
    return listed([*names[:_SHOWN], f"{more} more"] if more > 0 else names) if names else "nobody"


def portfolio(
    candidates: Iterable[Candidate],
    budget: Decimal | int,
    *,
    unit: Unit = Unit.MONEY,
    most_points: int = MOST_POINTS,
) -> Portfolio:
    """Choose which customers to invest in, so that the gain is high and the budget holds.

    A candidate with nothing to gain is never chosen; one with a gain at no cost always is.

    Up to 32 candidates that gain something and cost no more than the budget are always solved
    exactly: of all choices the one of the highest gain, and among these the cheapest. Most cases of
    some hundreds are, too. The limit is ``most_points``, the number of part choices that are tried.

    Other cases are solved greedily: by gain per cost, going on past those that do not fit, or the
    greatest first if that gains more. The gain is then at least half of the highest one. On a tie
    the order given decides.

    Args:
        candidates: The candidates, in the unit of the budget.
        budget: What can be spent [in that unit, >= 0].
        unit: That unit.
        most_points: How much to try for an exact choice [0 to 4,194,304]; 0 for a greedy one.

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
        >>> choice.is_exact, choice.left_out[0].price
        (True, Decimal('10'))
    """
    budget = as_money(budget)
    given = _checked(candidates, budget, unit, most_points)
    choice = choose([one.gain for one in given], [one.cost for one in given], budget, most_points)
    chosen = tuple(given[place] for place in choice.chosen)
    left_out = [
        LeftOut(given[place], WhyLeftOut.NO_ROOM, None if price is None else _decimal(price))
        for place in choice.left_out
        for price in (choice.prices.get(place),)
    ]
    left_out += [LeftOut(one, WhyLeftOut.NOT_WORTH_IT) for one in given if one.gain <= 0]
    return Portfolio(
        chosen=chosen,
        left_out=tuple(left_out),
        budget=budget,
        unit=unit,
        spent=tidy(reduce(EXACT.add, (one.cost for one in chosen), Decimal(0))),
        gain=tidy(reduce(EXACT.add, (one.gain for one in chosen), Decimal(0))),
        bound=_decimal(choice.bound),
    )


def _checked(
    candidates: Iterable[Candidate], budget: Decimal, unit: Unit, most_points: int
) -> tuple[Candidate, ...]:
    call = "portfolio"
    if isinstance(candidates, Candidates):
        raise InvalidCandidate(
            call,
            "candidates",
            candidates,
            "an iterable of candidates",
            "Give candidates.known. The gain of those in candidates.unknown is unknown.",
        )
    _checks.iterable_of("candidates").argument(call, "candidates", candidates)
    _checks.money.argument(call, "budget", budget)
    _checks.one_of(Unit).argument(call, "unit", unit)
    _points.argument(call, "most_points", most_points)
    if unit is Unit.CONTACTS:
        _whole.argument(call, "budget", budget)
    given = tuple(candidates)
    seen: set[str] = set()
    for candidate in given:
        _checks.one_of(Candidate).argument(call, "candidate", candidate)
        if candidate.unit is not unit:
            raise InvalidCandidate(
                call,
                f"unit of {candidate.customer!r}",
                candidate.unit.value,
                f"{unit.value}, the unit of the budget: units are mixed",
                "Give candidates and budget in one unit.",
            )
        if candidate.customer in seen:
            raise InvalidCandidate(
                call,
                "customer",
                candidate.customer,
                "given once",
                "Give one candidate a customer.",
            )
        seen.add(candidate.customer)
    return given


def _decimal(number: Fraction) -> Decimal:
    """The number itself: sums of decimals have finitely many digits."""
    return tidy(EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)))
