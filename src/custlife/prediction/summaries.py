"""Summaries of purchases: from journeys, from relationships, or from rows of purchases."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from custlife import _checks
from custlife.answers import moment_to_come
from custlife.errors import InvalidArgument, shown
from custlife.events import Purchased
from custlife.journey import Journey
from custlife.prediction.summary import Summary
from custlife.record import Record
from custlife.relationship import Relationship

PurchaseRow = tuple[str, datetime, Decimal | int]
"""A purchase as a row: the customer, when, and what was paid."""

WEEK = timedelta(weeks=1)
_INSTANT = timedelta(microseconds=1)


def midnight(moment: datetime) -> datetime:
    """The beginning of the day of UTC.

    Examples:
        >>> midnight(datetime(2026, 1, 1, 15, tzinfo=UTC)).isoformat()
        '2026-01-01T00:00:00+00:00'
    """
    return datetime.combine(moment.date(), time(), UTC)


def summary_of(
    relationship: Relationship, as_of: datetime, unit: timedelta = WEEK
) -> Summary | None:
    """A customer's purchases as the models take them; None where nothing was bought.

    An occasion is a day of UTC on which something was bought, and its time is the beginning of the
    day. Pauses do not count as time.

    Args:
        relationship: The relationship.
        as_of: Until when it is observed: an aware datetime, no earlier than the last event.
        unit: The unit of time.

    Raises:
        InvalidArgument: If an argument is of the wrong type, or the moment is too early.

    Examples:
        >>> t = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> rel = Relationship("C-17").apply(
        ...     *(Purchased(at=t + timedelta(days=n), amount=10) for n in (0, 0, 14))
        ... )
        >>> summary_of(rel, datetime(2026, 1, 29, tzinfo=UTC))
        Summary(customer='C-17', x=1, t_x=2.0, T=4.0, money=10.0)
    """
    call = "summary_of"
    _checks.one_of(Relationship).argument(call, "relationship", relationship)
    _checks.span.argument(call, "unit", unit)
    record = relationship.record
    now = moment_to_come(call, "as_of", as_of, record.last_at, relationship.customer)
    found = occasions(relationship)
    if found is None:
        return None
    begin, x, t_x = found
    end, paused = relationship.paused_at or now, relationship.paused_before + relationship.paused
    observed = max(end - begin - paused, t_x)
    return Summary(relationship.customer, x, t_x / unit, observed / unit, _money(record, x))


def occasions(relationship: Relationship) -> tuple[datetime, int, timedelta] | None:
    """The day of the first purchase, the repeat occasions, and the time to the last one.

    None where nothing was bought. Pauses do not count as time.
    """
    record = relationship.record
    first, last, x = record.first_purchase_at, record.last_purchase_at, record.purchase_days - 1
    if first is None or last is None:
        return None
    begin = midnight(first)
    between = midnight(last) - begin - relationship.paused_before
    return begin, x, max(between, _INSTANT) if x else timedelta(0)


def _money(record: Record, x: int) -> float | None:
    """The mean amount of a repeat occasion, whatever went back later; None without one."""
    return float(record.gross_revenue - record.first_day_revenue) / x if x else None


def summaries(
    source: Iterable[Journey | Relationship | PurchaseRow],
    *,
    as_of: datetime,
    unit: timedelta = WEEK,
) -> tuple[Summary, ...]:
    """The purchases of many customers as the models take them.

    Who has bought nothing is left out, since the models are about customers. What a silence rule
    inferred makes no difference.

    Args:
        source: Journeys, of which what is later than the moment is left out; or relationships,
            which must have nothing later; or rows (customer, when, amount) in any order.
        as_of: Until when they are observed: an aware datetime.
        unit: The unit of time, such as a week.

    Returns:
        One summary for each customer who has bought, in the order of the source.

    Raises:
        InvalidArgument: If something is of the wrong type, if the moment is before the first event
            of a journey or of a row's customer, or before the last event of a relationship.

    Examples:
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> rows = [("C-17", t, 20), ("C-17", t + timedelta(weeks=2), 30), ("C-18", t, 5)]
        >>> for one in summaries(rows, as_of=t + timedelta(weeks=4)):
        ...     print(one)
        Summary(customer='C-17', x=1, t_x=2.0, T=4.0, money=30.0)
        Summary(customer='C-18', x=0, t_x=0.0, T=4.0, money=None)
    """
    call = "summaries"
    _checks.iterable_of("journeys, relationships or rows").argument(call, "source", source)
    _checks.span.argument(call, "unit", unit)
    now = _checks.in_utc(as_of)
    _checks.moment.argument(call, "as_of", now)
    found = (
        summary_of(relationship, now, unit) for relationship in _relationships(source, now, call)
    )
    return tuple(one for one in found if one is not None)


def _relationships(source: Iterable[object], now: datetime, call: str) -> Iterable[Relationship]:
    bought: dict[str, list[Purchased]] = {}
    found: list[Relationship | str] = []
    for one in source:
        if isinstance(one, Journey):
            found.append(as_it_was(one, now, call))
        elif isinstance(one, Relationship):
            found.append(one)
        else:
            customer, purchase = _purchase(one, call)
            if customer not in bought:
                found.append(customer)
            bought.setdefault(customer, []).append(purchase)
    for one in found:
        if isinstance(one, Relationship):
            yield one
        else:
            events = sorted(bought[one], key=lambda event: event.at)
            require_begun(one, events[0].at, now, call, "as_of")
            yield Relationship(one).apply(*(event for event in events if event.at <= now))


def _purchase(row: object, call: str) -> tuple[str, Purchased]:
    if not isinstance(row, tuple) or len(row) != 3:  # noqa: PLR2004 - customer, when, amount
        rule = "a Journey, a Relationship or a tuple (customer, when, amount)"
        remedy = 'Give rows such as ("C-17", datetime(..., tzinfo=timezone.utc), Decimal("11.77")).'
        raise InvalidArgument(f"{call}()", "source", row, rule, remedy)
    customer, at, amount = row
    _checks.text.argument(call, "customer of a row", customer)
    return customer, Purchased(at=at, amount=amount)


def journeys_of(call: str, journeys: Iterable[Journey]) -> tuple[Journey, ...]:
    """The journeys of a base, checked one by one.

    Raises:
        InvalidArgument: If there is none, or one is no `Journey`.
    """
    _checks.iterable_of("journeys").argument(call, "journeys", journeys)
    given = tuple(journeys)
    if not given:
        remedy = "Give the journeys of the base, one for each customer."
        raise InvalidArgument(f"{call}()", "journeys", given, "at least one journey", remedy)
    for journey in given:
        _checks.one_of(Journey).argument(call, "journeys", journey)
    return given


def as_it_was(journey: Journey, now: datetime, call: str, name: str = "as_of") -> Relationship:
    """The relationship at a moment by what was given, whatever was inferred from silence.

    Raises:
        InvalidArgument: If the moment is before the journey's first event.
    """
    plain = journey.unwatched()
    if plain.ledger:
        require_begun(plain.customer, plain.ledger[0].at, now, call, name)
    return plain.as_of(now)


def require_begun(customer: str, first: datetime, now: datetime, call: str, name: str) -> None:
    """Make sure that a moment is no earlier than a customer's first event.

    Raises:
        InvalidArgument: If it is.
    """
    if now < first:
        rule = f"no earlier than the first event of {shown(customer)}, {first}"
        remedy = "Give a later moment, or leave out who was not there yet."
        raise InvalidArgument(f"{call}()", name, now, rule, remedy)
