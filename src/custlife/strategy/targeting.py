"""Contacts: what a letter, a call or an offer is expected to gain with each customer."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import isinf

from custlife import _checks
from custlife.money import EXACT, as_money, as_number
from custlife.prediction.gammagamma import GammaGamma
from custlife.prediction.purchasing import PurchaseModel, can_tell
from custlife.prediction.summaries import WEEK
from custlife.prediction.summary import Summary
from custlife.prediction.uplift import Uplift
from custlife.strategy.errors import InvalidCandidate
from custlife.strategy.history import YEAR
from custlife.strategy.portfolio import Candidate, Candidates, Unit

_STEP = Decimal("0.0001")
_CALL = "contacts"


def contacts(  # noqa: PLR0913 - what a contact costs, brings and changes
    people: Iterable[Summary],
    model: PurchaseModel,
    *,
    money: GammaGamma,
    margin_rate: Decimal | float,
    cost: Decimal | int,
    effect: Decimal | float = Decimal("0.1"),
    unlikely_below: Decimal | float = Decimal("0.05"),
    responses: Mapping[str, Uplift] | None = None,
    horizon: timedelta = YEAR,
    unit: Unit = Unit.CONTACTS,
    time_unit: timedelta = WEEK,
) -> Candidates:
    """The candidates for one contact each, for `portfolio` to choose from.

    The gain is what the contact changes x the money of an occasion x the margin - the cost. Where
    the outcome of past contacts is known, the contact changes as much as it did in the customer's
    segment, by `uplift_by`: rank by the response, not by the risk (Ascarza 2018). Else the chance
    of a purchase within the horizon rises by the share ``effect`` of itself, which is assumed; who
    is unlikely to buy costs the contact and gains nothing (KAL-9).

    Source: KAL-9; E. Ascarza, Retention Futility, Journal of Marketing Research 55(1), 2018.

    Args:
        people: The purchases of the customers.
        model: A model of purchases.
        money: A model of what an occasion brings.
        margin_rate: The margin's share of the revenue [-1..1].
        cost: What a contact costs [money, >= 0].
        effect: By this share of itself a contact raises the chance of a purchase [0..1].
        unlikely_below: Who is less likely to buy is unlikely to [0..1].
        responses: By the customer's id the uplift of their segment.
        horizon: Within this time a purchase counts.
        unit: What the budget is counted in.
        time_unit: The unit of time in which the model was fitted.

    Returns:
        The candidates, and an error for each customer that the model cannot judge, or whose
        segment has no known uplift.

    Raises:
        InvalidArgument: If an argument is of the wrong type or out of its bounds.

    Examples:
        >>> from custlife.prediction import BGNBD, GammaGamma, Summary
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> people = [Summary("C-1", 6, 30.0, 38.0, 40.0), Summary("C-2", 1, 2.0, 38.0, 40.0)]
        >>> found = contacts(
        ...     people, model, money=GammaGamma(p=6.25, q=3.74, gamma=15.44),
        ...     margin_rate=0.3, cost=Decimal("0.5"),
        ... )
        >>> [(one.customer, one.gain > 0) for one in found.known]
        [('C-1', True), ('C-2', False)]
    """
    _checks.iterable_of("summaries").argument(_CALL, "people", people)
    _checks.one_of(PurchaseModel).argument(_CALL, "model", model)
    _checks.one_of(GammaGamma).argument(_CALL, "money", money)
    _checks.one_of(Unit).argument(_CALL, "unit", unit)
    _checks.one_of(Mapping).or_none.argument(_CALL, "responses", responses)
    rate, share, least = map(as_number, (margin_rate, effect, unlikely_below))
    price = as_money(cost)
    for check, name, value in (
        (_checks.rate, "margin_rate", rate),
        (_checks.share, "effect", share),
        (_checks.share, "unlikely_below", least),
        (_checks.money, "cost", price),
        (_checks.span, "horizon", horizon),
        (_checks.span, "time_unit", time_unit),
    ):
        check.argument(_CALL, name, value)
    known, unknown = [], []
    for one in people:
        _checks.one_of(Summary).argument(_CALL, "people", one)
        try:
            if responses is None:
                change = _likely_change(one, model, horizon / time_unit, share, least)
            else:
                change = _known_change(one, responses)
            worth = _worth(one, money)
        except InvalidCandidate as error:
            unknown.append(error)
            continue
        gain = EXACT.subtract(EXACT.multiply(EXACT.multiply(change, worth), rate), price)
        known.append(
            Candidate(
                customer=one.customer,
                gain=gain.quantize(_STEP, ROUND_HALF_EVEN, EXACT),
                cost=Decimal(1) if unit is Unit.CONTACTS else price,
                unit=unit,
                assumed=("response",) if responses is None else (),
            )
        )
    return Candidates(tuple(known), tuple(unknown))


def _likely_change(
    one: Summary, model: PurchaseModel, horizon: float, effect: Decimal, least: Decimal
) -> Decimal:
    """By how much a contact raises the chance of a purchase, as assumed; 0 for the unlikely."""
    if not can_tell(model, one):
        why = f"known, and {model.name} cannot tell after a single purchase"
        remedy = "Use a model that can, such as MBGNBD or ParetoNBD."
        raise InvalidCandidate(f"candidate {one.customer}", "chance", None, why, remedy)
    chance = Decimal(model.buys(one.x, one.t_x, one.T, horizon))
    return Decimal(0) if chance < least else EXACT.multiply(chance, effect)


def _known_change(one: Summary, responses: Mapping[str, Uplift]) -> Decimal:
    """By how much a contact raised the share that responded, in the customer's segment."""
    found = responses.get(one.customer)
    _checks.one_of(Uplift).or_none.argument(_CALL, "responses", found)
    if found is None or found.uplift is None:
        why = "known for the customer's segment, from customers with and without a contact"
        remedy = "Give the uplift of the segment, or leave out the customer."
        raise InvalidCandidate(f"candidate {one.customer}", "uplift", None, why, remedy)
    return Decimal(found.uplift)


def _worth(one: Summary, money: GammaGamma) -> Decimal:
    """The money that an occasion is expected to bring."""
    if one.x and one.money is None:
        remedy = "Give it in the summary, as summaries(...) does."
        who = f"candidate {one.customer}"
        raise InvalidCandidate(who, "money", None, "known of a repeat buyer", remedy)
    expected = money.expected_money(one.x, one.money)
    if isinf(expected):
        why, remedy = "finite, and the model of money has no mean", "Fit it to more customers."
        raise InvalidCandidate(f"candidate {one.customer}", "money", expected, why, remedy)
    return Decimal(expected)
