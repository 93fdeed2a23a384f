"""What the history says of a customer's signals: with a model, and where each comes from."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from attrs import frozen

from custlife import _checks
from custlife.departures import Departure
from custlife.errors import InvalidArgument
from custlife.events import Activity
from custlife.journey import Journey
from custlife.prediction.purchasing import PurchaseModel, can_tell
from custlife.prediction.summaries import as_it_was, summary_of
from custlife.prediction.summary import Summary
from custlife.prediction.trend import trend
from custlife.relationship import Relationship
from custlife.sources import ASSUMPTION
from custlife.state import Room

YEAR = timedelta(days=365)
_QUARTER = timedelta(weeks=13)
_SHOWS, _SHOWS_NONE = 0.5, 0.1
_STEADY, _LONGEST = 4, 3
_BY_MODEL: tuple[str, ...] = ("purchase_likelihood", "defection_risk", "interest")


@frozen
class Past:
    """One customer's history as a model of purchases sees it.

    Attributes:
        relationship: The relationship at the moment.
        journey: The journey; None where only a snapshot is there.
        model: The model.
        now: The moment.
        unit: The unit of time of the model.
        known: The purchases; None where nothing was bought.
        silent: Why the model says nothing; empty where it does.
    """

    relationship: Relationship
    journey: Journey | None
    model: PurchaseModel
    now: datetime
    unit: timedelta
    known: Summary | None
    silent: str

    @classmethod
    def of(
        cls,
        call: str,
        source: Journey | Relationship,
        model: PurchaseModel,
        as_of: datetime,
        unit: timedelta,
    ) -> "Past":
        """The history of a journey or a snapshot at a moment.

        Raises:
            InvalidArgument: If an argument is of the wrong type, or the moment is too early.
        """
        _checks.one_of(PurchaseModel).argument(call, "model", model)
        now = _checks.in_utc(as_of)
        _checks.moment.argument(call, "as_of", now)
        if not isinstance(source, Journey | Relationship):
            remedy = "Give what replay made, or a relationship."
            rule = "a Journey or a Relationship"
            raise InvalidArgument(f"{call}()", "source", source, rule, remedy)
        journey = source if isinstance(source, Journey) else None
        then = as_it_was(source, now, call) if isinstance(source, Journey) else source
        known = summary_of(then, now, unit)
        return cls(then, journey, model, now, unit, known, _why_silent(then, known, model))

    def signals(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The signals that follow, and where each comes from or why it stays unknown."""
        found: dict[str, Any] = {}
        origins: dict[str, str] = {}
        origins |= dict.fromkeys(_BY_MODEL, self.silent)
        if _seen_to_leave(self.relationship):
            return {}, origins
        known, year = self.known, YEAR / self.unit
        if known is not None and not self.silent:
            buys = self.model.buys(known.x, known.t_x, known.T, year)
            stays = self.model.stays(known.x, known.t_x, known.T, year)
            found["purchase_likelihood"] = round(buys, 4)
            found["defection_risk"] = round(1 - stays, 4)
            by = f"by {self.model}"
            origins["purchase_likelihood"] = f"the chance of a purchase within a year {by}"
            origins["defection_risk"] = f"the chance to be gone a year from now {by}"
            chance = f"a chance of {buys:.0%} to buy within a year {by}"
            origins["interest"] = f"unknown, since this says neither yes nor no: {chance}"
            if buys >= _SHOWS or buys < _SHOWS_NONE:
                found["interest"] = buys >= _SHOWS
                origins["interest"] = f"{chance} [{ASSUMPTION}]"
        for name, value, origin in (self._stable(), self._inclination()):
            if value is not None:
                found[name] = value
            origins[name] = origin
        return found, origins

    def _stable(self) -> tuple[str, bool | None, str]:
        """Whether the gaps between purchases are about alike, the silence until now included."""
        name = "cash_flow_stable"
        if self.journey is None:
            return name, None, "unknown, since a relationship keeps no gaps; give the journey"
        days = sorted(
            {
                event.at.date()
                for event in self.journey.events
                if event.activity is Activity.PURCHASE and event.at <= self.now
            }
        )
        if len(days) < _STEADY:
            return name, None, f"unknown, with fewer than {_STEADY} days of purchases"
        gaps = [later - day for day, later in pairwise([*days, self.now.date()])]
        longest, mean = max(gaps).days, (days[-1] - days[0]).days / (len(days) - 1)
        origin = f"the longest gap is {longest} days, and the mean {mean:.0f} [{ASSUMPTION}]"
        return name, longest <= _LONGEST * mean, origin

    def _inclination(self) -> tuple[str, Any, str]:
        """Whether the customer became more or less inclined within the last quarter of a year."""
        name, since = "inclination", self.now - _QUARTER
        if self.journey is None:
            return name, None, "unknown, since a relationship has one moment; give the journey"
        ledger = self.journey.ledger
        if not ledger or ledger[0].at > since:
            return name, None, "unknown, since the history is shorter than a quarter of a year"
        found = trend(self.journey, self.model, since=since, until=self.now, unit=self.unit)
        return name, found.direction, found.explain().rstrip(".")


def _seen_to_leave(then: Relationship) -> Departure | None:
    """The departure of a former customer that somebody saw; None where there is none."""
    gone = then.departure if then.state.room is Room.FORMER else None
    return None if gone is None or gone.inferred else gone


def _why_silent(then: Relationship, known: Summary | None, model: PurchaseModel) -> str:
    """Why a model says nothing of a customer; empty where it says something."""
    if (gone := _seen_to_leave(then)) is not None:
        return f"unknown, since the customer left on {gone.at.date()}"
    if known is None:
        return "unknown, since nothing was bought, and the model knows purchases only"
    if not can_tell(model, known):
        return f"unknown, since {model.name} cannot tell after a single purchase"
    return ""
