"""What an app knows about a customer beside the history; what is unknown is None."""

from decimal import Decimal
from typing import ClassVar

from attrs import field, fields, frozen

from custlife import _checks
from custlife.money import as_money, as_number
from custlife.strategy.errors import InvalidProfile

_flag, _share, _money = _checks.flag.or_none, _checks.share.or_none, _checks.money.or_none
_ratio = _checks.ratio.or_none


def maybe_money(value: Decimal | int | None) -> Decimal | None:
    """Turn a whole number into a Decimal; None stays unknown."""
    return None if value is None else as_money(value)


def maybe_number(value: Decimal | float | None) -> Decimal | None:
    """Turn a float or whole number into the Decimal that it is printed as; None stays unknown."""
    return None if value is None else as_number(value)


@frozen
class Inputs:
    """Numbers and flags about one customer. None is unknown, which is neither no nor zero."""

    invalid: ClassVar[type[InvalidProfile]] = InvalidProfile

    def __repr__(self) -> str:
        """The inputs that are known, as code."""
        known = [
            f"{attribute.name}={value!r}"
            for attribute in fields(type(self))
            if (value := getattr(self, attribute.name)) != attribute.default
        ]
        return f"{type(self).__name__}({', '.join(known)})"


@frozen(kw_only=True, repr=False)
class Signals(Inputs):
    """What the app says about a customer. None is unknown, which is neither no nor zero.

    Flags are True or False. Shares are from 0 to 1; a float counts as the number that it is
    printed as. Money is in the app's one currency, at least 0, and per year where it recurs.

    Source: IMH-5, IMH-9, KAL-9 and BUT-1 to BUT-7; `FACTS` gives the row for each signal.

    Args:
        target: Whether the enterprise wants this customer at all.
        strategic: Whether this is a key customer.
        courted: Whether a competitor courts this customer.
        interest: Whether the customer shows interest.
        cash_flow_stable: Whether the customer's payments are steady.
        need_ending: Whether the customer will soon not need the offering.
        competition: How intense competition for this customer is [0..1]; the market's if left out.
        improvement_chance: The chance that an unsatisfactory relationship improves [0..1].
        defection_risk: The risk that the customer goes within a year [0..1].
        purchase_likelihood: The chance that a prospect buys within so many days as
            `ButtlePolicy.likelihood_days` says [0..1].
        potential_value: What a prospect could bring [money per year].
        revenue_upside: What the customer could pay beyond today's revenue [money per year].
        reducible_cost: What the cost to serve could fall by [money per year].
        regain_cost: What winning the customer back would cost [money, once].
        regain_benefit: What winning the customer back would bring [money per year]. The default
            selector compares it with the bill: the way back has to pay within a year, which is an
            assumption.
        answer_cost: What answering in public would cost, where the customer complained in public
            and the complaint is not settled [money, once]; part of the bill (IMH-9).
        effort_response: Extra margin for each unit of money spent [ratio, >= 0].

    Raises:
        InvalidProfile: If a signal is out of its bounds.

    Examples:
        >>> Signals(strategic=True, improvement_chance=0.4).improvement_chance
        Decimal('0.4')
        >>> Signals(competition=40)
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.InvalidProfile: signals: competition is Decimal('40'), but must \
be a share from 0 to 1 or None. Give a share, such as 0.4 for 40 percent. \
Or leave it out.
    """

    subject: ClassVar[str] = "signals"

    target: bool | None = field(default=None, validator=_flag)
    strategic: bool | None = field(default=None, validator=_flag)
    courted: bool | None = field(default=None, validator=_flag)
    interest: bool | None = field(default=None, validator=_flag)
    cash_flow_stable: bool | None = field(default=None, validator=_flag)
    need_ending: bool | None = field(default=None, validator=_flag)
    competition: Decimal | None = field(default=None, converter=maybe_number, validator=_share)
    improvement_chance: Decimal | None = field(
        default=None, converter=maybe_number, validator=_share
    )
    defection_risk: Decimal | None = field(default=None, converter=maybe_number, validator=_share)
    purchase_likelihood: Decimal | None = field(
        default=None, converter=maybe_number, validator=_share
    )
    potential_value: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    revenue_upside: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    reducible_cost: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    regain_cost: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    regain_benefit: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    answer_cost: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    effort_response: Decimal | None = field(default=None, converter=maybe_number, validator=_ratio)


NO_SIGNALS = Signals()
"""Nothing is known."""


@frozen(kw_only=True, repr=False)
class Market(Inputs):
    """What an app knows about the market of its customers; None is unknown.

    Source: IMH-5 and IMH-10.

    Args:
        competition: How intense competition is [0..1]. A customer's own signal comes before it.
        reputation: The share of prospects' readiness to engage that public dissatisfaction leaves
            [0..1]; 1 where nobody is put off.

    Raises:
        InvalidProfile: If a share is out of its bounds.

    Examples:
        >>> Market(competition=0.8)
        Market(competition=Decimal('0.8'))
    """

    subject: ClassVar[str] = "market"

    competition: Decimal | None = field(default=None, converter=maybe_number, validator=_share)
    reputation: Decimal | None = field(default=None, converter=maybe_number, validator=_share)


UNKNOWN_MARKET = Market()
"""The market where nothing is known."""
