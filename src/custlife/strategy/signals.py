"""What an app knows about a customer beside the history; what is unknown is None."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from attrs import field, fields, frozen

from custlife import _checks
from custlife.journey import Journey
from custlife.money import as_money, as_number
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.summaries import WEEK
from custlife.prediction.trend import Inclination
from custlife.relationship import Relationship
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.history import Past

_flag, _share, _money = _checks.flag.or_none, _checks.share.or_none, _checks.money.or_none
_ratio = _checks.ratio.or_none


Origins = tuple[tuple[str, str], ...]
"""By the name of an input, where it comes from or why it stays unknown."""


def maybe_money(value: Decimal | int | None) -> Decimal | None:
    """Turn a whole number into a Decimal; None stays unknown."""
    return None if value is None else as_money(value)


def maybe_number(value: Decimal | float | None) -> Decimal | None:
    """Turn a float or whole number into the Decimal that it is printed as; None stays unknown."""
    return None if value is None else as_number(value)


def as_pairs(origins: Mapping[str, str] | Origins) -> Origins:
    """A mapping as a tuple of its items, which can be hashed; leave the rest for the check."""
    return tuple(origins.items()) if isinstance(origins, Mapping) else origins


sound_origins = _checks.Check(
    lambda value: (
        isinstance(value, tuple)
        and all(isinstance(pair, tuple) and all(map(_checks.is_text, pair)) for pair in value)
    ),
    "a mapping from names of inputs to texts",
    "Say by the name of the input where it comes from.",
)


@frozen
class Inputs:
    """Numbers and flags about one customer. None is unknown, which is neither no nor zero."""

    invalid: ClassVar[type[InvalidProfile]] = InvalidProfile

    def __repr__(self) -> str:
        """The inputs that are known, as code."""
        known = [
            f"{attribute.name}={value!r}"
            for attribute in fields(type(self))
            if attribute.name != "origins"
            and (value := getattr(self, attribute.name)) != attribute.default
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
        inclination: Whether the customer is becoming more or less inclined to deal with the
            enterprise (KAL-8).
        origins: By the signal's name, where it comes from or why it stays unknown, as
            `from_history` says it. It makes no difference to equality.

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
    inclination: Inclination | None = field(
        default=None, validator=_checks.one_of(Inclination).or_none
    )
    origins: Origins = field(default=(), converter=as_pairs, validator=sound_origins, eq=False)

    @classmethod
    def from_history(
        cls,
        source: Journey | Relationship,
        model: PurchaseModel,
        as_of: datetime,
        *,
        unit: timedelta = WEEK,
        **known: Any,  # noqa: ANN401 - the signals
    ) -> "Signals":
        """The signals that a model reads off a customer's history.

        - `purchase_likelihood`: the chance of a purchase within a year.
        - `defection_risk`: the chance that the customer is gone a year from now.
        - `interest`: yes if a purchase within a year is more likely than not, no if its chance is
          below one in ten; unknown between them. Both numbers are assumptions.
        - `cash_flow_stable`: whether no gap between purchases is longer than three times the mean,
          the silence until now included; of a journey with four days of purchases or more. Both
          numbers are assumptions.
        - `inclination`: the trend of the last 13 weeks; of a journey.

        `origins` says where each comes from, or why it stays unknown. Nothing is guessed: of who
        bought nothing the model knows nothing, BG/NBD knows nothing of one-time buyers, and of who
        was seen to leave nothing is read off the history.

        Source: KAL-8.

        Args:
            source: The journey, or the relationship if there is no journey; a relationship has
                fewer signals.
            model: A model of purchases.
            as_of: The moment of the question: an aware datetime; what is later does not count.
            unit: The unit of time in which the model was fitted.
            **known: Other signals that the app knows; they come before those of the model.

        Raises:
            InvalidArgument: If an argument is of the wrong type, or the moment is too early.
            InvalidProfile: If a signal is out of its bounds.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased, replay
            >>> from custlife.prediction import BGNBD
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> journey = replay([
            ...     Purchased(at=t + timedelta(days=n), amount=9) for n in (0, 30, 60)
            ... ], customer="C-17")
            >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
            >>> found = Signals.from_history(journey, model, as_of=t + timedelta(days=400))
            >>> found.interest, found.inclination.value
            (False, 'falling')
            >>> dict(found.origins)["cash_flow_stable"]
            'unknown, with fewer than 4 days of purchases'
        """
        past = Past.of("Signals.from_history", source, model, as_of, unit)
        found, origins = past.signals()
        kept = {name: text for name, text in origins.items() if name not in known}
        return cls(**{**found, **known}, origins=kept)


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
