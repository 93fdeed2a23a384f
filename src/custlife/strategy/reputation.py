"""Reputation: what public dissatisfaction and recommendations leave of prospects' engagement."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.errors import InvalidPolicy
from custlife.money import EXACT, as_number, as_whole
from custlife.relationship import Relationship
from custlife.sources import ASSUMPTION, EFR, IMH
from custlife.strategy.policy import Dated

_ALL, _NONE, _STEP = Decimal(1), Decimal(0), Decimal("0.0001")
_weight = _checks.Check(
    lambda value: _checks.is_number(value, 0, _checks.MAX_MONEY),
    f"a number from 0 to {_checks.MAX_MONEY:g}",
    "Give how much one weighs, such as 0.5; 0 leaves them out.",
)


@frozen(kw_only=True)
class ReputationPolicy(Dated):
    """How much dissatisfaction and recommendations weigh in the reputation.

    Source: IMH-10 says that dissatisfied customers put prospects off; the numbers are an
    assumption of 2026-11-25.

    Args:
        harm: What one person who is dissatisfied in public takes, for each person on record
            [a number, >= 0].
        relief: What one recommendation gives back, for each person on record [a number, >= 0].
        since: The day from which the policy holds; explanations state it.
        name: What the policy is called there.

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> print(ReputationPolicy(harm=2))
        custlife of 2026-11-25 with harm 2
    """

    subject: ClassVar[str] = "reputation policy"

    harm: Decimal = field(default=Decimal(1), converter=as_number, validator=_weight)
    relief: Decimal = field(default=Decimal("0.5"), converter=as_number, validator=_weight)


DEFAULT_REPUTATION_POLICY = ReputationPolicy()
"""The policy that holds unless another one is given."""


@frozen(kw_only=True)
class Reputation:
    """What public dissatisfaction and recommendations leave of prospects' engagement.

    Args:
        people: How many people it was counted from [count].
        dissatisfied: Those with a complaint in public that is not settled [count, <= people].
        recommendations: The recommendations on record [count].
        policy: How much the two weigh.

    Raises:
        InvalidPolicy: If a field is out of its bounds.
    """

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "reputation"

    people: int = field(converter=as_whole, validator=_checks.count)
    dissatisfied: int = field(converter=as_whole, validator=_checks.count)
    recommendations: int = field(converter=as_whole, validator=_checks.count)
    policy: ReputationPolicy = field(
        default=DEFAULT_REPUTATION_POLICY, validator=_checks.one_of(ReputationPolicy)
    )

    def __attrs_post_init__(self) -> None:
        if self.dissatisfied > self.people:
            rule, remedy = f"at most {self.people}, the people", "Count each person once."
            raise InvalidPolicy(self.subject, "dissatisfied", self.dissatisfied, rule, remedy)

    @property
    def share(self) -> Decimal:
        """The share of prospects' engagement that remains [0..1], to the ten-thousandth.

        To turn one person's dissatisfaction public never raises it, nor does one more such person
        who recommends nothing; one more recommendation never lowers it. It is 1 where nobody is on
        record.
        """
        if not self.people:
            return _ALL
        taken = EXACT.multiply(self.policy.harm, self.dissatisfied)
        given_back = EXACT.multiply(self.policy.relief, self.recommendations)
        lost = EXACT.divide(EXACT.subtract(taken, given_back), self.people)
        remains = EXACT.subtract(_ALL, min(max(lost, _NONE), _ALL))
        return remains.quantize(_STEP, ROUND_HALF_EVEN, EXACT)

    def explain(self) -> str:
        """What remains, what it was counted from, and by which numbers.

        Examples:
            >>> print(Reputation(people=4, dissatisfied=1, recommendations=0).explain())
            0.75 of prospects' readiness to engage remains. [IMH-10, EFR-8]
            On record: 4 people, 1 of them dissatisfied in public; 0 recommendations.
            For each person on record, one who is dissatisfied in public takes 1, and a \
recommendation gives back 0.5. [assumption: custlife of 2026-11-25]
        """
        if not self.people:
            return "Nobody is on record, so nothing is known that puts prospects off: share 1."
        people = f"{self.people} {'person' if self.people == 1 else 'people'}"
        praise = f"{self.recommendations} recommendation{'s' * (self.recommendations != 1)}"
        policy = self.policy
        lines = (
            f"{words(self.share)} of prospects' readiness to engage remains. [{IMH[10]}, {EFR[8]}]",
            f"On record: {people}, {self.dissatisfied} of them dissatisfied in public; {praise}.",
            "For each person on record, one who is dissatisfied in public takes "
            f"{words(policy.harm)}, and a recommendation gives back {words(policy.relief)}. "
            f"[{ASSUMPTION}: {policy}]",
        )
        return "\n".join(lines)


def reputation(
    relationships: Iterable[Relationship],
    policy: ReputationPolicy = DEFAULT_REPUTATION_POLICY,
) -> Reputation:
    """The reputation that a base of people makes, for `Market(reputation=...)`.

    The share is 1 - (harm x dissatisfied - relief x recommendations) / people, cut to 0..1. Each
    person counts among the people, prospects too; pass those that prospects can hear, such as
    customers and former customers. The channel does not count.

    Source: IMH-10, and EFR-8 for recommendations.

    Args:
        relationships: The people; they are read once.
        policy: How much dissatisfaction and recommendations weigh.

    Raises:
        InvalidArgument: If an argument is of the wrong type; the message says which place.

    Examples:
        >>> from datetime import datetime, timezone
        >>> from custlife import Complained, Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> quiet = Relationship("C-17").apply(Purchased(at=t, amount=Decimal(100)))
        >>> loud = quiet.apply(Complained(at=t, public=True))
        >>> reputation([quiet, quiet, quiet, loud]).share
        Decimal('0.7500')
    """
    call = "reputation"
    _checks.iterable_of("relationships").argument(call, "relationships", relationships)
    _checks.one_of(ReputationPolicy).argument(call, "policy", policy)
    a_relationship = _checks.one_of(Relationship)
    people = dissatisfied = recommendations = 0
    for one in relationships:
        a_relationship.argument(call, f"relationships[{people}]", one)
        people += 1
        dissatisfied += one.open_public_complaints > 0
        recommendations += one.record.recommendations
    return Reputation(
        people=people, dissatisfied=dissatisfied, recommendations=recommendations, policy=policy
    )
