"""The trend: whether a customer is becoming more or less inclined to deal with the enterprise."""

from datetime import datetime, timedelta
from enum import Enum

from attrs import frozen

from custlife import _checks
from custlife.errors import InvalidArgument, cut
from custlife.journey import Journey
from custlife.prediction.purchasing import PurchaseModel, can_tell
from custlife.prediction.summaries import WEEK, as_it_was, summary_of
from custlife.prediction.summary import Summary
from custlife.relationship import Relationship

_CHANGE = 0.1
"""A chance that changes by so much has changed."""
_TWICE = 2
"""So many times as quick or as slow is another rhythm."""


class Inclination(Enum):
    """Whether a customer is becoming more or less inclined to deal with the enterprise.

    Source: KAL-8.
    """

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@frozen
class Trend:
    """How a customer's inclination changed between two moments.

    Attributes:
        customer: The app's id of the customer.
        since: The earlier moment.
        until: The later moment.
        alive_before: The chance of being alive at the earlier moment; None where unknown.
        alive_after: The same at the later moment.
        gap_before: The mean gap between the purchases until the earlier moment; None with fewer
            than two days of purchases.
        gap_since: The mean gap since then, the silence at the end included; None where that
            silence says nothing yet, since it is shorter than the own gap.
        direction: Whether the inclination rises; None where neither chance nor gap is known.
        model: The model, in words; None where there was none.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Purchased, replay
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> bought = [Purchased(at=t + timedelta(days=n), amount=9) for n in (0, 30, 60)]
        >>> journey = replay(bought, customer="C-17")
        >>> found = trend(journey, since=t + timedelta(days=60), until=t + timedelta(days=180))
        >>> print(found.explain())
        C-17 is falling: from 2026-03-02 to 2026-06-30 the gap went from 30 to 120 days.
    """

    customer: str
    since: datetime
    until: datetime
    alive_before: float | None
    alive_after: float | None
    gap_before: timedelta | None
    gap_since: timedelta | None
    direction: Inclination | None
    model: str | None

    def explain(self) -> str:
        """The direction, and what it follows from."""
        parts = []
        if self.alive_before is not None and self.alive_after is not None:
            chances = f"{self.alive_before:.0%} to {self.alive_after:.0%}"
            parts.append(
                f"the chance of being still a customer went from {chances} by {self.model}"
            )
        if self.gap_before is not None and self.gap_since is not None:
            before, since = self.gap_before / _DAY, self.gap_since / _DAY
            parts.append(f"the gap went from {before:.0f} to {since:.0f} days")
        why = " and ".join(parts) or "too little is on record"
        how = "undetermined" if self.direction is None else self.direction.value
        return (
            f"{cut(self.customer)} is {how}: from {self.since.date()} to {self.until.date()} {why}."
        )


_DAY = timedelta(days=1)


def trend(
    journey: Journey,
    model: PurchaseModel | None = None,
    *,
    since: datetime,
    until: datetime,
    unit: timedelta = WEEK,
) -> Trend:
    """Whether a customer became more or less inclined between two moments.

    The chance of being alive decides if it changed by 0.1 or more. Else the rhythm does, unless the
    chance goes the other way: purchases that came twice as quick or twice as slow as the customer's
    own mean gap. Both numbers are assumptions.

    Source: KAL-8.

    Args:
        journey: The customer's journey.
        model: A model of purchases; without one the rhythm alone decides.
        since: The earlier moment, no earlier than the first event: an aware datetime.
        until: The later moment.
        unit: The unit of time in which the model was fitted.

    Raises:
        InvalidArgument: If an argument is of the wrong type, or the moments are not in order.
    """
    call = "trend"
    _checks.one_of(Journey).argument(call, "journey", journey)
    _checks.one_of(PurchaseModel).or_none.argument(call, "model", model)
    first, last = _checks.in_utc(since), _checks.in_utc(until)
    _checks.moment.argument(call, "since", first)
    _checks.moment.argument(call, "until", last)
    if last <= first:
        rule, remedy = f"later than since, {first}", "Give the moments in their order."
        raise InvalidArgument("trend()", "until", last, rule, remedy)
    before = as_it_was(journey, first, call, "since")
    after = as_it_was(journey, last, call)
    one, other = summary_of(before, first, unit), summary_of(after, last, unit)
    alive_before, alive_after = _alive(model, one), _alive(model, other)
    gap_before = _gap(one, unit)
    gap_since = _gap_since(before, after, last, gap_before)
    return Trend(
        journey.customer,
        first,
        last,
        alive_before,
        alive_after,
        gap_before,
        gap_since,
        _direction(alive_before, alive_after, gap_before, gap_since),
        None if model is None else model.name,
    )


def _alive(model: PurchaseModel | None, known: Summary | None) -> float | None:
    if model is None or known is None or not can_tell(model, known):
        return None
    return model.alive(known.x, known.t_x, known.T)


def _gap(known: Summary | None, unit: timedelta) -> timedelta | None:
    return None if known is None or known.x == 0 else known.t_x / known.x * unit


def _gap_since(
    before: Relationship,
    after: Relationship,
    last: datetime,
    own: timedelta | None,
) -> timedelta | None:
    """The mean gap in the time between, counted from the last purchase before it."""
    begin, bought = before.record.last_purchase_at, after.record.last_purchase_at
    if own is None or begin is None or bought is None:
        return None
    days = after.record.purchase_days - before.record.purchase_days
    silence = last - bought
    if days == 0:
        return silence if silence >= own else None
    return (last - begin) / (days + 1) if silence >= own else (bought - begin) / days


def _direction(
    alive_before: float | None,
    alive_after: float | None,
    own: timedelta | None,
    since: timedelta | None,
) -> Inclination | None:
    change = 0.0
    if alive_before is not None and alive_after is not None:
        change = alive_after - alive_before
    elif own is None:
        return None
    if abs(change) >= _CHANGE:
        return Inclination.RISING if change > 0 else Inclination.FALLING
    if own is not None and since is not None:
        if since >= _TWICE * own and change <= 0:
            return Inclination.FALLING
        if _TWICE * since <= own and change >= 0:
            return Inclination.RISING
    return Inclination.STEADY
