"""What a customer is expected to bring: purchases by a model, and what each of them is worth."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import isinf

from attrs import frozen

from custlife import _checks
from custlife.money import EXACT
from custlife.prediction.gammagamma import GammaGamma
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.summary import Summary
from custlife.relationship import Relationship
from custlife.strategy.history import YEAR, Past

_STEP = Decimal("0.0001")


@frozen
class Outlook:
    """What a model expects of one customer.

    Attributes:
        purchases: The purchases expected within the years; None where the model cannot tell.
        occasion: What one of them is expected to bring, before any cost.
        alive_years: For how much of the years the customer is expected to stay [years].
        text: The same in words, with the models; or why the model cannot tell.
    """

    purchases: float | None
    occasion: float
    alive_years: float
    text: str

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - a model of how often, one of how much, and when
        cls,
        relationship: Relationship,
        model: PurchaseModel,
        money: GammaGamma | None,
        as_of: datetime | None,
        unit: timedelta,
        years: float,
    ) -> "Outlook":
        """What a model expects of a customer within some years.

        Raises:
            InvalidArgument: If an argument is of the wrong type.
        """
        call = "CustomerValue.of"
        _checks.one_of(PurchaseModel).argument(call, "model", model)
        _checks.one_of(GammaGamma).or_none.argument(call, "money", money)
        if as_of is None:
            return cls(None, 0.0, 0.0, "unknown, since nothing has happened yet")
        past = Past.of(call, relationship, model, as_of, unit)
        known = past.known
        if known is None or past.silent:
            return cls(None, 0.0, 0.0, past.silent)
        history = known.x, known.t_x, known.T
        horizon = years * (YEAR / unit)
        purchases = model.expected(*history, horizon)
        later = (model.stays(*history, share * horizon) for share in (0.5, 1))
        chances = [model.alive(*history), *later]
        alive = years * (chances[0] + 4 * chances[1] + chances[2]) / 6  # Simpson's rule
        occasion, how = _occasion(relationship, known, money)
        if isinf(occasion):
            return cls(None, 0.0, 0.0, f"unknown, since {how} an occasion has no mean")
        often = f"{purchases:.2f} purchases expected within {years:g} years by {model}"
        return cls(purchases, occasion, alive, f"{often}, each of {occasion:.2f} {how}")

    def worth(
        self, margin_rate: Decimal | None, cost_to_serve: Decimal | None
    ) -> tuple[Decimal | None, str]:
        """The expected value and how it comes about; None where a number is unknown.

        Args:
            margin_rate: The margin's share of the revenue.
            cost_to_serve: What serving the customer costs a year.
        """
        if self.purchases is None:
            return None, self.text
        if margin_rate is None or cost_to_serve is None:
            missing = "margin rate" if margin_rate is None else "cost to serve"
            return None, f"unknown, since the {missing} is unknown"
        margin = EXACT.multiply(Decimal(self.purchases * self.occasion), margin_rate)
        cost = EXACT.multiply(Decimal(self.alive_years), cost_to_serve)
        value = EXACT.subtract(margin, cost).quantize(_STEP, ROUND_HALF_EVEN, EXACT)
        served = f"less {cost_to_serve:f} a year for the {self.alive_years:.2f} that they stay"
        return value, f"{self.text}, at a margin of {margin_rate:%}, {served}"


def _occasion(
    relationship: Relationship, known: Summary, money: GammaGamma | None
) -> tuple[float, str]:
    """What an occasion is expected to bring, and by what."""
    if money is not None:
        return money.expected_money(known.x, known.money), f"by {money}"
    record = relationship.record
    return float(record.gross_revenue) / record.purchase_days, "as until now"
