"""Whom to invest in, given many customers and one budget, and at what price the others would be in.

Keeps the records and tells them; the choice itself is arithmetic, and made in `knapsack`.

Source: KAL-9 (spend on those who are likely to buy, and nothing on the others) and BUT-5.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, Context, Decimal
from enum import Enum
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import cast

from attrs import frozen

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.errors import listed
from custlife.money import as_money
from custlife.strategy.assumptions import WIDE
from custlife.strategy.candidates import Candidate, Candidates, Unit, whole
from custlife.strategy.errors import InvalidCandidate
from custlife.strategy.estimates import tidy
from custlife.strategy.knapsack import Choice, choose

MOST_POINTS = 500_000
"""An exact choice looks at no more points than this; beyond it the choice is greedy."""

_TOLD = 3
"""So many candidates that were left out are told in an explanation."""


_LOW, _HIGH = Context(prec=6, rounding=ROUND_DOWN), Context(prec=6, rounding=ROUND_CEILING)
"""Six digits are told, in the direction that keeps the sentence true."""


class WhyLeftOut(Enum):
    """Why a candidate was not chosen."""

    NOT_WORTH_IT = "not worth it: nothing to gain"
    NO_ROOM = "no room: the budget gains more with others"


@frozen
class LeftOut:
    """A candidate that was not chosen.

    Attributes:
        candidate: Who.
        why: Why not.
        price: Below this cost it would have been chosen, everything else the same [the budget's
            unit]; 0 where only for nothing, None where at no cost. It is rounded down to 18
            decimal places.
    """

    candidate: Candidate
    why: WhyLeftOut
    price: Decimal | None

    def __str__(self) -> str:
        who = f"{self.candidate.customer} ({self.why.value}"
        if self.price is None or self.candidate.unit is Unit.CONTACTS:
            return f"{who})"
        if not self.price:
            return f"{who}; costs {words(self.candidate.cost)}, in only for nothing)"
        price = words(_LOW.plus(self.price))
        return f"{who}; costs {words(self.candidate.cost)}, in below {price})"


@frozen(kw_only=True)
class Portfolio:
    """Who is invested in, and who is not.

    Attributes:
        chosen: The candidates that were chosen, by gain per cost, the highest first.
        left_out: The others, by gain per cost; those that are not worth it come last.
        budget: What there was to spend.
        unit: What it is counted in.
        spent: What the chosen ones cost together.
        gain: What they gain together [money].
        bound: What no choice could exceed [money]: the gain if candidates could be had in parts,
            rounded up to 18 decimal places, or to as many as gains have.
        is_exact: Whether the choice is known to gain the most that any choice could.
    """

    chosen: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    budget: Decimal
    unit: Unit
    spent: Decimal
    gain: Decimal
    bound: Decimal
    is_exact: bool

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
            Expected net gain: 60, which is the most that any choice can gain.
            Chosen: C-1.
            Left out: C-2 (no room: the budget gains more with others; costs 50, in below 20).
            Left out as not worth it: 1.
        """
        total = len(self.chosen) + len(self.left_out)
        near = [left for left in self.left_out if left.price is not None]
        worthless = len(self.left_out) - len(near)
        names = [candidate.customer for candidate in self.chosen]
        best = (
            ", which is the most that any choice can gain"
            if self.is_exact
            else f"; another choice may gain more, at most {words(_HIGH.plus(self.bound))}"
        )
        lines = [
            f"{len(self.chosen)} of {total} candidates chosen; {words(self.spent)} of "
            f"{words(self.budget)} spent ({self.unit.value}).",
            f"Expected net gain: {words(_LOW.plus(self.gain))}{best}.",
            f"Chosen: {_some(names)}.",
        ]
        if near:
            lines.append(f"Left out: {_some([*map(str, near)])}.")
        if worthless:
            lines.append(f"Left out as not worth it: {worthless}.")
        return "\n".join(lines)


def _some(names: Sequence[str]) -> str:
    """The first few of these."""
    more = len(names) - _TOLD
    return listed([*names[:_TOLD], f"{more} more"] if more > 0 else names)


def portfolio(
    candidates: Iterable[Candidate],
    budget: Decimal | int,
    *,
    unit: Unit = Unit.MONEY,
    most_points: int = MOST_POINTS,
) -> Portfolio:
    """Choose whom to invest in, so that the gain is high and the budget holds.

    Whoever has nothing to gain is never chosen, and whoever gains something for nothing always is.

    Small cases are solved exactly: of all choices the one of the highest gain, and among these the
    cheapest. That is done along the choices that no other one beats in gain and cost at once
    (G. Nemhauser and Z. Ullmann, Management Science 15(9), 1969), as long as there are no more than
    ``most_points`` of them, those for the prices included.

    Larger cases are solved greedily: by gain per cost, going on past those that do not fit. Where
    one single candidate gains more than all up to the first one that does not fit, this one goes
    first. So the gain is never below half of what is possible. On a tie the order given decides.

    Args:
        candidates: The candidates, in the unit of the budget.
        budget: What can be spent [in that unit, >= 0].
        unit: That unit.
        most_points: How much to try for an exact choice; 0 for a greedy one.

    Raises:
        InvalidCandidate: If the budget is out of its bounds, units are mixed, or a customer is
            given twice.

    Examples:
        >>> people = [
        ...     Candidate(customer="C-1", gain=60, cost=40),
        ...     Candidate(customer="C-2", gain=50, cost=50),
        ... ]
        >>> choice = portfolio(people, 50)
        >>> [candidate.customer for candidate in choice.chosen], choice.is_exact
        (['C-1'], True)
        >>> choice.left_out[0].price
        Decimal('10')
    """
    if isinstance(candidates, Candidates):
        raise InvalidCandidate(
            "portfolio",
            "candidates",
            candidates,
            "an iterable of candidates",
            "Give candidates.known, and look at candidates.unknown: their gain is unknown.",
        )
    given = tuple(candidates)
    budget = as_money(budget)
    _check(given, budget, unit, most_points)
    choice = choose([one.gain for one in given], [one.cost for one in given], budget, most_points)
    return _portfolio(given, budget, unit, choice)


def _check(given: Sequence[Candidate], budget: Decimal, unit: Unit, most_points: int) -> None:
    subject = "portfolio"
    _checks.money.require(InvalidCandidate, subject, "budget", budget)
    _checks.one_of(Unit).require(InvalidCandidate, subject, "unit", unit)
    _checks.count.require(InvalidCandidate, subject, "most_points", most_points)
    if unit is Unit.CONTACTS:
        whole.require(InvalidCandidate, subject, "budget", budget)
    seen: set[str] = set()
    for candidate in given:
        _checks.one_of(Candidate).require(InvalidCandidate, subject, "candidate", candidate)
        if candidate.unit is not unit:
            raise InvalidCandidate(
                subject,
                f"unit of {candidate.customer!r}",
                candidate.unit.value,
                f"{unit.value}, as the budget: mixed units",
                "Give candidates and budget in one unit.",
            )
        if candidate.customer in seen:
            raise InvalidCandidate(
                subject,
                "customer",
                candidate.customer,
                "given once",
                "Give one candidate a customer.",
            )
        seen.add(candidate.customer)


def _portfolio(
    given: Sequence[Candidate], budget: Decimal, unit: Unit, choice: Choice
) -> Portfolio:
    chosen = tuple(given[place] for place in choice.chosen)
    left_out = [
        LeftOut(given[place], WhyLeftOut.NO_ROOM, _rounded(price, floor))
        for place, price in choice.prices.items()
    ]
    left_out += [LeftOut(one, WhyLeftOut.NOT_WORTH_IT, None) for one in given if one.gain <= 0]
    # As fine as the gains themselves, so that a bound that is reached is told as the gain.
    places = max([_checks.MAX_DECIMALS, *(_decimals(one.gain) for one in given)])
    return Portfolio(
        chosen=chosen,
        left_out=tuple(left_out),
        budget=budget,
        unit=unit,
        spent=tidy(reduce(WIDE.add, (one.cost for one in chosen), Decimal(0))),
        gain=tidy(reduce(WIDE.add, (one.gain for one in chosen), Decimal(0))),
        bound=_rounded(choice.bound, ceil, places),
        is_exact=choice.is_exact,
    )


def _decimals(number: Decimal) -> int:
    return -cast("int", number.as_tuple().exponent)


def _rounded(
    number: Fraction, towards: Callable[[Fraction], int], places: int = _checks.MAX_DECIMALS
) -> Decimal:
    """A number with so many decimal places."""
    return tidy(WIDE.scaleb(Decimal(towards(number * 10**places)), -places))
