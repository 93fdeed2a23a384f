"""Money that goes back: what is left of which purchase, and what is too much."""

from decimal import Decimal

from custlife import _checks
from custlife.errors import CustlifeError, RefundTooHigh, UnknownPurchase
from custlife.events import Refunded
from custlife.money import EXACT

Rests = dict[str, Decimal]
"""What can still be refunded of purchases, by their ids, the oldest first."""

MOST_REFUNDABLE = 32
"""How many of the latest purchases with an id a relationship keeps, so that they can be refunded by
it. A relationship stays small, and no refund that names a purchase is taken unseen."""

_NOTHING = Decimal(0)


def too_much(
    event: Refunded, rests: Rests, revenue: Decimal, customer: str
) -> CustlifeError | None:
    """The error where more would go back than there is; None where all is well.

    Args:
        event: The refund.
        rests: What is left of purchases.
        revenue: What is left of all purchases; no purchase has more.
        customer: Whose refund it is, for the message.
    """
    purchase, rest = event.purchase, revenue
    if purchase is not None:
        if purchase not in rests:
            return UnknownPurchase(purchase, tuple(rests), MOST_REFUNDABLE, customer)
        rest = min(rests[purchase], revenue)
    exceeds = event.amount > rest
    return RefundTooHigh(event.amount, rest, purchase, customer) if exceeds else None


def take_off(rests: Rests, event: Refunded) -> None:
    """Note how much less of the purchase can be refunded now."""
    if event.purchase is not None:
        rests[event.purchase] = EXACT.subtract(rests[event.purchase], event.amount)


def keep(rests: Rests, id_: str, amount: Decimal) -> None:
    """Keep what can be refunded of a purchase; of one in parts, all of them together."""
    rests[id_] = EXACT.add(rests.pop(id_, _NOTHING), amount)
    if len(rests) > MOST_REFUNDABLE:
        del rests[next(iter(rests))]


def _is_rest(pair: object) -> bool:
    match pair:
        case (id_, rest):
            return _checks.is_text(id_) and _checks.total.holds(rest)
    return False


A_REST = _checks.Check(
    _is_rest,
    "a pair of a purchase's id and what can be refunded of it",
    "Give the pairs as they were stored.",
)
"""The check of one stored rest."""
