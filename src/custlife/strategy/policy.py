"""The numbers of the default selection, dated; an app overrides one at a time."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeVar

from attrs import field, fields, frozen

from custlife import _checks
from custlife.decisions.predicates import spoken, words
from custlife.errors import InvalidPolicy, shown
from custlife.money import as_money, as_number, as_whole
from custlife.strategy.errors import InvalidSelector

P = TypeVar("P")


def _positive(check: _checks.Check) -> _checks.Check:
    """The same rule, without zero: below zero there is no number to compare."""
    return _checks.Check(
        lambda value: check.holds(value) and value > 0,
        f"{check.expectation}, but not 0",
        f"{check.remedy} At 0 the row could never hold.",
    )


days = _checks.Check(
    lambda value: _checks.is_whole(value, 1), "a whole number from 1", "Give a number of days."
)


@frozen(kw_only=True)
class Dated:
    """Numbers with a name, and the day from which they hold."""

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy

    since: date = field(default=date(2026, 11, 25), validator=_checks.day)
    name: str = field(default="custlife", validator=_checks.text)

    def __str__(self) -> str:
        return policy_label(self)


def policy_label(policy: Dated) -> str:
    """The name and date of a policy, and each number that is not the default.

    Policies that differ have different labels, so that explanations and logs tell them apart.

    Examples:
        >>> policy_label(ButtlePolicy(desired_profit=100))
        'custlife of 2026-11-25 with desired profit 100'
    """
    changed = [
        f"{spoken(attribute.name)} {words(value)}"
        for attribute in fields(type(policy))
        if attribute.name not in {"name", "since"}
        and (value := getattr(policy, attribute.name)) != attribute.default
    ]
    return f"{policy.name} of {policy.since}" + (f" with {', '.join(changed)}" if changed else "")


@frozen(kw_only=True)
class ButtlePolicy(Dated):
    """From where on a number counts. Override one at a time.

    Source: the works name no number; these are an assumption of 2026-11-25.

    Args:
        desired_profit: Below this profit a customer pays too little [money per year, >= 0]; at 0
            there is no row for a customer who pays too little at no loss.
        likelihood_days: Within so many days a purchase is likely or not [days, >= 1]; the signal
            `Signals.purchase_likelihood` counts them.
        likelihood_floor: Below this likelihood of a purchase nothing is spent on a prospect [0..1];
            0 switches the row off.
        worthwhile_potential: From this potential on a prospect is worth a start [money per year].
        large_cash: From this profit on the cash of a customer is large [money per year].
        considerable_cost: From this cost to serve on, service takes considerable resources [money
            per year].
        worthwhile_saving: From this saving on the cost to serve is worth lowering [money per year].
        tolerable_deficit: A loss beyond this is not borne where no lever is known [money per year].
        worthwhile_upside: From this extra revenue on a customer is worth enhancing [money per
            year].
        worthwhile_response: From this extra margin for each unit of money spent on, effort pays
            [a ratio, > 0].
        low_chance: Below this chance an improvement is not to be expected [> 0, <= 1].
        intense_competition: From this intensity on competition threatens key customers [0..1].
        high_risk: From this risk of defection on a customer is likely to go [0..1].
        since: The day from which the policy holds; explanations and logs state it.
        name: What the policy is called there.

    Raises:
        InvalidPolicy: If a number is out of its bounds.

    Examples:
        >>> ButtlePolicy(desired_profit=Decimal("100")).low_chance
        Decimal('0.2')
    """

    subject: ClassVar[str] = "policy"

    desired_profit: Decimal = field(default=Decimal(0), converter=as_money, validator=_checks.money)
    likelihood_days: int = field(default=365, converter=as_whole, validator=days)
    likelihood_floor: Decimal = field(
        default=Decimal("0.05"), converter=as_number, validator=_checks.share
    )
    worthwhile_potential: Decimal = field(
        default=Decimal(100), converter=as_money, validator=_checks.money
    )
    large_cash: Decimal = field(default=Decimal(1000), converter=as_money, validator=_checks.money)
    considerable_cost: Decimal = field(
        default=Decimal(100), converter=as_money, validator=_checks.money
    )
    worthwhile_saving: Decimal = field(
        default=Decimal(50), converter=as_money, validator=_checks.money
    )
    tolerable_deficit: Decimal = field(
        default=Decimal(500), converter=as_money, validator=_checks.money
    )
    worthwhile_upside: Decimal = field(
        default=Decimal(50), converter=as_money, validator=_checks.money
    )
    worthwhile_response: Decimal = field(
        default=Decimal(1), converter=as_number, validator=_positive(_checks.ratio)
    )
    low_chance: Decimal = field(
        default=Decimal("0.2"), converter=as_number, validator=_positive(_checks.share)
    )
    intense_competition: Decimal = field(
        default=Decimal("0.5"), converter=as_number, validator=_checks.share
    )
    high_risk: Decimal = field(default=Decimal("0.5"), converter=as_number, validator=_checks.share)


DEFAULT_BUTTLE_POLICY = ButtlePolicy()
"""The policy that holds unless another one is given."""


def require_policy(asked: str, kind: type[P], policy: object) -> P:
    """Make sure that a factory of selectors gets a policy, and not a profile.

    Raises:
        InvalidSelector: If ``policy`` is not of the kind.
    """
    if not isinstance(policy, kind):
        raise InvalidSelector(
            asked,
            f"it makes a selector from a {kind.__name__}, and was given {shown(policy)}. Write "
            f"recommend(profile, {asked}()).",
        )
    return policy
