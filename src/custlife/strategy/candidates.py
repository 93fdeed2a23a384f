"""Customers in whom the enterprise could invest, and what it would gain by it.

Nobody whose gain is unknown is taken for one, and nobody is dropped silently.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from typing import ClassVar

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.decisions.predicates import spoken
from custlife.errors import listed
from custlife.money import as_money
from custlife.strategy.assumptions import DEFAULT_COST_MODEL, WIDE, CostModel
from custlife.strategy.errors import InvalidCandidate
from custlife.strategy.estimates import estimate, tidy
from custlife.strategy.recommendation import Recommendation

_MOST_DECIMALS = 1000

_amount = _checks.Check(
    lambda value: _checks.balance.holds(value) and value.as_tuple().exponent >= -_MOST_DECIMALS,
    _checks.balance.expectation,
    _checks.balance.remedy,
)


whole = _checks.Check(
    lambda value: value == int(value),
    "a whole number, as contacts are",
    "Count contacts, or give the budget and the costs in Unit.MONEY.",
)


class Unit(Enum):
    """What a budget is counted in."""

    MONEY = "money"
    """The app's one currency."""
    CONTACTS = "contacts"
    """Calls, visits, letters: what can be made of them in all."""


@frozen(kw_only=True)
class Candidate:
    """A customer in whom the enterprise could invest.

    Args:
        customer: Who.
        gain: The expected net gain of investing [money]; whatever is 0 or less is not worth it.
        cost: What it takes out of the budget [the budget's unit, >= 0].
        unit: That unit.

    Raises:
        InvalidCandidate: If a field is out of its bounds. Floats are refused.

    Examples:
        >>> Candidate(customer="C-17", gain=70, cost=50).unit
        <Unit.MONEY: 'money'>
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
            whole.require(InvalidCandidate, self.subject, "cost", self.cost)

    @classmethod
    def of(
        cls,
        advice: Recommendation,
        assumptions: CostModel = DEFAULT_COST_MODEL,
        *,
        unit: Unit = Unit.MONEY,
        cost: Decimal | int | None = None,
    ) -> "Candidate":
        """The candidate for following a recommendation; its gain is the estimate of the strategy.

        Args:
            advice: The recommendation.
            assumptions: What strategies cost and bring.
            unit: What the budget is counted in.
            cost: What it takes out of the budget; if left out, what the assumptions say for money,
                and one contact for contacts. Money beyond the assumed cost lowers the gain.

        Raises:
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
        _checks.one_of(Recommendation).require(InvalidCandidate, cls.subject, "advice", advice)
        found = estimate(advice.profile, assumptions).get(advice.strategy)
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
        dearer = WIDE.subtract(candidate.cost, assumed)
        return evolve(candidate, gain=tidy(WIDE.subtract(found.gain, dearer)))


@frozen
class Candidates:
    """The candidates of many recommendations; nobody is dropped silently.

    Attributes:
        known: Those whose gain is known.
        unknown: For each of the others the error that says what is missing.
    """

    known: tuple[Candidate, ...]
    unknown: tuple[InvalidCandidate, ...]


def candidates_of(
    advices: Iterable[Recommendation],
    assumptions: CostModel = DEFAULT_COST_MODEL,
    *,
    unit: Unit = Unit.MONEY,
) -> Candidates:
    """The candidates of many recommendations, and who cannot be one for lack of facts.

    Leave out whom you want to spend nothing on, such as those whose relationship is ended.

    Args:
        advices: The recommendations.
        assumptions: What strategies cost and bring.
        unit: What the budget is counted in.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import Profile, recommend
        >>> found = candidates_of([recommend(Profile(relationship=Relationship("C-18")))])
        >>> found.known, len(found.unknown)
        ((), 1)
    """
    _checks.one_of(Unit).require(InvalidCandidate, "candidates", "unit", unit)
    known, unknown = [], []
    for advice in advices:
        try:
            known.append(Candidate.of(advice, assumptions, unit=unit))
        except InvalidCandidate as error:
            if error.field != "gain":
                raise
            unknown.append(error)
    return Candidates(tuple(known), tuple(unknown))
