"""Silence rules by the last purchase: one limit for all, or the customer's own rhythm."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import ClassVar, Literal, TypeVar

from attrs import field, frozen

from custlife import _checks
from custlife.answers import DeadlineRule, Deadlines
from custlife.errors import InvalidArgument
from custlife.events import Activity, Event
from custlife.lifecycle.table import to_table
from custlife.relationship import Relationship
from custlife.silence.spans import in_words, plus, times
from custlife.state import Room

S = TypeVar("S", timedelta, float)

_AT = attrgetter("at")
_PURCHASE = Activity.PURCHASE
_MOST = 1e6
_factor = _checks.Check(
    lambda value: _checks.is_float(value, _MOST) and 0 < value < _MOST,
    f"a number above 0 and below {_MOST:,.0f}",
    "Give how many times the own gap may pass, such as 3.",
)


def silent_since(relationship: Relationship) -> datetime | None:
    """Since when a customer is silent: since the last purchase, or since becoming one without.

    None for a prospect and for a former customer, who are silent in no relationship.
    """
    if relationship.state.room is not Room.CUSTOMER:
        return None
    bought, moment = relationship.record.last_purchase_at, relationship.customer_moment
    return moment if bought is None or (moment is not None and moment > bought) else bought


def reached(
    relationship: Relationship, since: datetime, limit: timedelta | None
) -> datetime | None:
    """When a customer's silence reaches a limit; None if it never does, as in a pause."""
    deadline = None if limit is None else plus(since + relationship.paused, limit)
    stopped = relationship.paused_at
    return None if deadline is None or (stopped and deadline >= stopped) else deadline


def no_customer() -> str:
    """Why the silence of a person who is no customer says nothing."""
    return "who has not bought is silent in no relationship; a limit of a stage can judge them"


def within(due: datetime | None, limit: timedelta, events: Sequence[Event]) -> int:
    """How many of the next events come before a deadline that each purchase moves.

    Args:
        due: The deadline before the next purchase; None if there is none.
        limit: How long after a purchase the next deadline is, at least.
        events: The events.
    """
    place, bound = 0, plus(events[0].at, limit)
    deadline = bound if due is None else min(due, bound or due)
    while deadline is not None:
        stop = bisect_right(events, deadline, lo=place, key=_AT)
        past = reversed(events[place:stop])
        bought = next((event.at for event in past if event.activity is _PURCHASE), None)
        if stop == len(events) or bought is None:
            return stop
        place, deadline = stop, plus(bought, limit)
    return len(events)


def _require_order(subject: str, name: str, departed: S | None, other: str, lapsed: S) -> None:
    """Make sure that the limit of a departure comes no sooner than that of a lapse."""
    if departed is not None and departed < lapsed:
        remedy = "A customer lapses before the departure is presumed."
        raise InvalidArgument(subject, name, departed, f"at least {other}, {lapsed!r}", remedy)


@frozen(kw_only=True)
class FixedWindow(DeadlineRule):
    """A silence rule with one limit for every customer: silent for longer counts.

    The silence counts from the last purchase, or from the customer moment where nothing was bought
    since; pauses do not count. Contacts, visits and complaints do not end it. Who is no customer is
    undetermined.

    Source: EFR-5 (customers leave silently); that a long silence means it, and the default of 13
    weeks, are assumptions, tried on the customers of CDNOW.

    Args:
        lapsed_after: So long a silence is normal; a longer one is a lapse [timedelta, > 0].
        departed_after: So long a silence is not yet a departure; None if silence never means one
            [timedelta, at least ``lapsed_after``].

    Raises:
        InvalidArgument: If a limit is out of its bounds.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=5))
        >>> rule = FixedWindow(lapsed_after=timedelta(weeks=13))
        >>> print(rule.judge(rel, t + timedelta(days=92)))
        lapsed since 2026-04-02: silent since 2026-01-01, and more than 91 days is a lapse
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "FixedWindow()"

    lapsed_after: timedelta = field(default=timedelta(weeks=13), validator=_checks.span)
    departed_after: timedelta | None = field(default=None, validator=_checks.span.or_none)

    def __attrs_post_init__(self) -> None:
        _require_order(
            self.subject, "departed_after", self.departed_after, "lapsed_after", self.lapsed_after
        )

    def deadlines(self, relationship: Relationship) -> Deadlines | None:
        """When the silence reaches the limits; None for a person who is no customer."""
        since = silent_since(relationship)
        if since is None:
            return None
        lapsed = reached(relationship, since, self.lapsed_after)
        return Deadlines(since, lapsed, reached(relationship, since, self.departed_after))

    def because(self, relationship: Relationship, deadlines: Deadlines | None) -> str:
        """Since when the customer is silent, and the limits."""
        if deadlines is None:
            return no_customer()
        limits = f"more than {in_words(self.lapsed_after)} is a lapse"
        if self.departed_after is not None:
            limits += f", more than {in_words(self.departed_after)} a departure"
        return f"silent since {deadlines.since.date()}, and {limits}"

    def quiet(
        self, relationship: Relationship, due: datetime | None, events: Sequence[Event]
    ) -> int:
        """How many of the next events certainly come before anything falls due."""
        return within(due, self.lapsed_after, events)


@frozen(kw_only=True)
class OwnRhythm(DeadlineRule):
    """A silence rule by the customer's own rhythm: so many times the mean gap between purchases.

    All gaps on record count, absences between cycles too, less the pauses. With a single occasion
    there is no gap, so that the answer is undetermined unless a fallback is given. Customers of a
    quick rhythm lapse soon: combine the rule by `both` with a fixed window that has to pass, too.

    Source: KAL-8 (a change of behaviour tells the future); the factor is an assumption.

    Args:
        factor: So many times the mean gap is normal; a longer silence is a lapse [> 0].
        departed_factor: So many times is not yet a departure; None if silence never means one
            [at least ``factor``].
        fallback: The gap to take where the customer has none [timedelta, > 0]; None to leave it
            undetermined.
        occasions: What counts as an occasion: ``"days"`` takes several purchases on one day of UTC
            for one, ``"purchases"`` counts each.

    Raises:
        InvalidArgument: If an argument is out of its bounds.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Purchased
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=5))
        >>> print(OwnRhythm(factor=3).judge(rel, t + timedelta(days=300)))
        undetermined: bought on one occasion only, so there is no rhythm of their own
        >>> rel = rel.apply(Purchased(at=t + timedelta(days=30), amount=5))
        >>> print(OwnRhythm(factor=3).judge(rel, t + timedelta(days=130)))
        lapsed since 2026-05-01: silent since 2026-01-31, and more than 3 times the own gap of \
30 days is a lapse
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "OwnRhythm()"

    factor: float = field(default=3, validator=_factor)
    departed_factor: float | None = field(default=None, validator=_factor.or_none)
    fallback: timedelta | None = field(default=None, validator=_checks.span.or_none)
    occasions: Literal["days", "purchases"] = field(
        default="days", validator=_checks.either("days", "purchases")
    )

    def __attrs_post_init__(self) -> None:
        _require_order(self.subject, "departed_factor", self.departed_factor, "factor", self.factor)

    def gap(self, relationship: Relationship) -> timedelta | None:
        """The customer's mean gap between occasions, less the pauses; None with a single one."""
        record = relationship.record
        first, last = record.first_purchase_at, record.last_purchase_at
        occasions = record.purchase_days if self.occasions == "days" else record.purchases
        if first is None or last is None or occasions == 1:
            return None
        return (last - first - relationship.paused_before) / (occasions - 1) or None

    def deadlines(self, relationship: Relationship) -> Deadlines | None:
        """When the silence reaches the limits; None for a person who is no customer."""
        since = silent_since(relationship)
        if since is None:
            return None
        gap = self.gap(relationship) or self.fallback
        if gap is None:
            return Deadlines(since, unknown=since)
        lapsed = reached(relationship, since, times(gap, self.factor))
        if self.departed_factor is None:
            return Deadlines(since, lapsed)
        departed = reached(relationship, since, times(gap, self.departed_factor))
        return Deadlines(since, lapsed, departed)

    def because(self, relationship: Relationship, deadlines: Deadlines | None) -> str:
        """Since when the customer is silent, the gap, and the limits."""
        if deadlines is None:
            return no_customer()
        own = self.gap(relationship)
        gap = own or self.fallback
        if gap is None:
            return "bought on one occasion only, so there is no rhythm of their own"
        whose = "own" if own else "assumed"
        limits = f"more than {self.factor:g} times the {whose} gap of {in_words(gap)} is a lapse"
        if self.departed_factor is not None:
            limits += f", more than {self.departed_factor:g} times a departure"
        return f"silent since {deadlines.since.date()}, and {limits}"

    def quiet(
        self, relationship: Relationship, due: datetime | None, events: Sequence[Event]
    ) -> int:
        """How many of the next events certainly come before anything falls due."""
        record = relationship.record
        first, last = record.first_purchase_at, record.last_purchase_at
        number = record.purchase_days if self.occasions == "days" else record.purchases
        if first is None or last is None or to_table(relationship.lifecycle).paused:
            return 1  # what a pause makes of the gaps is the relationship's to say
        # Whatever comes, the gap does not fall below this one while as many come as there were.
        some = events[:number]
        least = (last - first) / (number + len(some))
        if not least:
            return 1
        return within(due, times(least, self.factor), some)


DEFAULT_SILENCE_RULE = FixedWindow(
    lapsed_after=timedelta(weeks=13), departed_after=timedelta(weeks=52)
)
"""The rule for customers without a contract, unless an app has a better one: a quarter, a year."""
