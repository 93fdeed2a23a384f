"""What is on record about a relationship: counts, sums, first and last times.

Records add up: the record of two stretches of history, one after the other, is the sum of their
records in that order, and the empty record changes nothing. They are a monoid under ``+``.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import cast

from attrs import frozen

from custlife import _checks
from custlife.errors import listed
from custlife.events import Activity
from custlife.money import EXACT, as_money, as_whole

Counts = tuple[int, int, int, int, int, int, int, int, int, int, int, int]
"""One count for each `Activity`, in its order."""

_ZERO = Decimal(0)
_NAMES = tuple(f"{activity.name.lower()}s" for activity in Activity)
counts_of: "Callable[[Record], Counts]" = attrgetter(*_NAMES)
"""The counts of a record, in the order of `Activity`."""


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one.toordinal() == other.toordinal()


def _first_day(one: "Record", other: "Record") -> Decimal:
    """What was paid on the first day of purchases of two stretches, one after the other."""
    if one.first_purchase_at is None:
        return other.first_day_revenue
    goes_on = _same_day(one.first_purchase_at, other.first_purchase_at)
    return EXACT.add(one.first_day_revenue, other.first_day_revenue if goes_on else _ZERO)


@frozen(weakref_slot=False)
class Record:
    """Counts, sums and times over all cycles of a relationship.

    Every accepted event counts once under `events`, and once under what its class counts as.

    Attributes:
        others: Events that count as nothing else, departures among them.
        contacts: Contacts by the enterprise.
        engagements: Times that the person turned to the enterprise.
        purchases: Purchases.
        complaints: Complaints voiced.
        settlements: Complaints settled.
        disregards: Complaints ignored.
        recommendations: Recommendations.
        lapses: Judgements that the person had been silent for too long.
        commitments: Times that the person bound themselves.
        service_failures: Failures to serve.
        refunds: Times that money went back.
        revenue: What was paid in all purchases less what went back, in the app's currency; exact.
            Value and severity are about this one.
        refunded: What went back, in the app's currency; exact.
        first_day_revenue: What was paid on the first day of purchases, whatever went back later.
        purchase_days: Days of UTC with a purchase: several purchases on a day are one occasion.
        first_at: When the first event happened; None before it.
        last_at: When the last event happened.
        first_purchase_at: When the first purchase happened; None before it.
        last_purchase_at: When the last purchase happened.
        last_failure_at: When service failed last; None if it never did.
        last_lapse_at: When the person was judged last to be silent for too long; None if never.

    Examples:
        >>> one = Record(purchases=1, revenue=Decimal("11.77"))
        >>> two = Record(purchases=2, complaints=1, revenue=Decimal("30"))
        >>> (one + two).purchases, (one + two).revenue, (one + two).events
        (3, Decimal('41.77'), 4)
        >>> one + Record() == one == Record() + one
        True
    """

    others: int = 0
    contacts: int = 0
    engagements: int = 0
    purchases: int = 0
    complaints: int = 0
    settlements: int = 0
    disregards: int = 0
    recommendations: int = 0
    lapses: int = 0
    commitments: int = 0
    service_failures: int = 0
    refunds: int = 0
    revenue: Decimal = _ZERO
    refunded: Decimal = _ZERO
    first_day_revenue: Decimal = _ZERO
    purchase_days: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    first_purchase_at: datetime | None = None
    last_purchase_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_lapse_at: datetime | None = None

    @property
    def counts(self) -> Counts:
        """The counts, in the order of `Activity`."""
        return counts_of(self)

    def plain(self) -> "Record":
        """The same record with counts and times of Python's own types, as far as they are exact."""
        counts = cast("Counts", tuple(map(as_whole, self.counts)))
        moments = (
            self.first_at,
            self.last_at,
            self.first_purchase_at,
            self.last_purchase_at,
            self.last_failure_at,
            self.last_lapse_at,
        )
        money = map(as_money, (self.revenue, self.refunded, self.first_day_revenue))
        days = as_whole(self.purchase_days)
        times = map(_checks.in_utc_or_none, moments)
        return Record(*counts, *money, days, *times)  # type: ignore[arg-type, call-arg]

    @property
    def events(self) -> int:
        """How many events are on record."""
        return sum(self.counts)

    @property
    def gross_revenue(self) -> Decimal:
        """What was paid in all purchases, whatever went back later.

        Examples:
            >>> Record(refunds=1, revenue=Decimal(7), refunded=Decimal(3)).gross_revenue
            Decimal('10')
        """
        return EXACT.add(self.revenue, self.refunded)

    def __str__(self) -> str:
        counted = zip(("other events", *_NAMES[1:]), self.counts, strict=True)
        parts = [
            f"{n} {name.replace('_', ' ').removesuffix('s' * (n == 1))}" for name, n in counted if n
        ]
        if self.first_at is None or self.last_at is None:
            return "nothing"
        span = f"{self.first_at.date()} to {self.last_at.date()}"
        back = f" after {self.refunded} refunded" if self.refunds else ""
        return f"{listed(parts)} from {span}, revenue {self.revenue}{back}"

    def contradictions(self) -> Iterator[tuple[str, object, str]]:
        """What cannot be in a record that was stored: (field, value, what it must be).

        Examples:
            >>> list(Record().contradictions())
            []
            >>> [field for field, _, _ in Record(purchases=-1).contradictions()][0]
            'record.purchases'
        """
        for name, number in zip(_NAMES, self.counts, strict=True):
            if not _checks.count.holds(number):
                yield f"record.{name}", number, repr(_checks.count)
        for name in ("revenue", "refunded", "first_day_revenue"):
            if not _checks.total.holds(getattr(self, name)):
                yield f"record.{name}", getattr(self, name), repr(_checks.total)
        if not self.refunds and self.refunded:
            yield "record.refunded", self.refunded, "0, since there was no refund"
        yield from _disorder("", self.events, self.first_at, self.last_at)
        bought = self.first_purchase_at, self.last_purchase_at
        yield from _disorder("purchase_", self.purchases, *bought)
        yield from _absence("last_failure_at", self.service_failures, self.last_failure_at)
        yield from _absence("last_lapse_at", self.lapses, self.last_lapse_at)
        for name in ("first_purchase_at", "last_purchase_at", "last_failure_at", "last_lapse_at"):
            value = getattr(self, name)
            moments = [m for m in (self.first_at, value, self.last_at) if _checks.is_moment(m)]
            if value in moments and moments != sorted(moments):
                yield f"record.{name}", value, "between first_at and last_at"
        if self.revenue and not self.purchases:
            yield "record.revenue", self.revenue, "0, since nothing was bought"
        yield from self._days_amiss()

    def _days_amiss(self) -> Iterator[tuple[str, object, str]]:
        """What is wrong with the days of purchases, and with what was paid on the first of them."""
        first, last, days = self.first_purchase_at, self.last_purchase_at, self.purchase_days
        if _checks.is_moment(first) and _checks.is_moment(last):
            span = last.toordinal() - first.toordinal() + 1
            least, most = min(span, 2), min(span, self.purchases)
        else:
            least = most = 0
        if not _checks.count.holds(days) or not least <= days <= most:
            rule = f"from {least} to {most}, by the number and the times of the purchases"
            yield "record.purchase_days", days, rule
        totals = self.revenue, self.refunded, self.first_day_revenue
        if all(map(_checks.total.holds, totals)) and self.first_day_revenue > self.gross_revenue:
            rule = f"at most what was paid in all, {self.gross_revenue}"
            yield "record.first_day_revenue", self.first_day_revenue, rule

    def __add__(self, other: "Record") -> "Record":
        """The record of this stretch of history and the other, which came after it."""
        if not isinstance(other, Record):
            return NotImplemented
        return Record(
            *cast("Counts", tuple(map(sum, zip(self.counts, other.counts, strict=True)))),
            revenue=EXACT.add(self.revenue, other.revenue),
            refunded=EXACT.add(self.refunded, other.refunded),
            first_day_revenue=_first_day(self, other),
            purchase_days=self.purchase_days
            + other.purchase_days
            - _same_day(self.last_purchase_at, other.first_purchase_at),
            first_at=_first(self.first_at, other.first_at),
            last_at=_last(self.last_at, other.last_at),
            first_purchase_at=_first(self.first_purchase_at, other.first_purchase_at),
            last_purchase_at=_last(self.last_purchase_at, other.last_purchase_at),
            last_failure_at=_last(self.last_failure_at, other.last_failure_at),
            last_lapse_at=_last(self.last_lapse_at, other.last_lapse_at),
        )


def _absence(name: str, number: int, value: datetime | None) -> Iterator[tuple[str, object, str]]:
    """What is wrong with a time, which must be given exactly if something happened."""
    if not (value is None or _checks.is_moment(value)):
        yield f"record.{name}", value, repr(_checks.moment.or_none)
    elif (value is None) != (number == 0):
        rule = f"given exactly if it happened, and it happened {number} times"
        yield f"record.{name}", value, rule


def _disorder(
    what: str, number: int, first: datetime | None, last: datetime | None
) -> Iterator[tuple[str, object, str]]:
    """What is wrong with a pair of times, of which there must be as many as of events."""
    yield from _absence(f"first_{what}at", number, first)
    yield from _absence(f"last_{what}at", number, last)
    if _checks.is_moment(first) and _checks.is_moment(last) and first > last:
        yield f"record.first_{what}at", first, f"no later than the last, {last}"
