"""Customers whose history no column can hold: they are replayed one by one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from custlife._watching import Watch
from custlife.bulk.log import Log
from custlife.bulk.standing import COUNTS, TIMES, Standing, slots_in
from custlife.bulk.ticks import TICK, micros, moment, moment_or_none
from custlife.complaints import OpenComplaint
from custlife.departures import Departure
from custlife.events import Event
from custlife.journey import Journey, replayed
from custlife.lifecycle.table import Table
from custlife.money import EXACT
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import State


@frozen(eq=False)
class Alone:
    """One customer, replayed one by one.

    Attributes:
        journey: The journey.
        numbers: The numbers of the events in the log, by the event.
        unmade: The numbers of events that could not be made, with the errors.
    """

    journey: Journey
    numbers: dict[int, int]
    unmade: tuple[tuple[int, Exception], ...]

    def number(self, event: Event) -> int:
        """The number of an event in the log; -1 if it was inferred."""
        return self.numbers.get(id(event), -1)

    def left_out(self) -> Iterator[tuple[int, str, Exception | None]]:
        """The numbers of events that do not count, with what became of them and the error."""
        for number, error in self.unmade:
            yield number, "invalid", error
        journey = self.journey
        passed = {id(event) for event in journey.events}
        for rejection in journey.rejected:
            passed.add(id(rejection.event))
            yield self.number(rejection.event), "refused", rejection.error
        for event in journey.duplicates:
            passed.add(id(event))
            yield self.number(event), "duplicate", None
        for one in journey.withdrawn:
            passed.add(id(one.event))
            if (number := self.number(one.event)) >= 0:
                yield number, "withdrawn", None
        for event in journey.ledger:
            if id(event) not in passed:
                yield self.number(event), "correction", None


def alone(log: Log, start: Relationship, numbers: Sequence[int], watch: Watch | None) -> Alone:
    """Replay one customer.

    Args:
        log: The log.
        start: The relationship before the first event.
        numbers: The numbers of the customer's events; events of one time are in order.
        watch: How the history is watched for silence.
    """
    made: dict[int, int] = {}
    events: list[Event] = []
    unmade: list[tuple[int, Exception]] = []
    for number in numbers:
        try:
            event = log.event(number)
        except Exception as error:  # noqa: BLE001 - checks of the app's own may raise anything
            unmade.append((number, error))
            continue
        made[id(event)] = number
        events.append(event)
    unique = "id" in log.given
    journey = replayed(start, events, unique_ids=unique, strict_ids=False, watch=watch)
    return Alone(journey, made, tuple(unmade))


def put(
    standing: Standing, place: int, relationship: Relationship, table: Table, unit: int
) -> None:
    """Write a relationship into the columns, but for its departure.

    Args:
        standing: The columns.
        place: The place of the customer.
        relationship: The relationship.
        table: The lifecycle's table.
        unit: How many decimals the money of the columns has.
    """
    record, gone = relationship.record, relationship.departure
    first_moment = gone and gone.first_customer_moment
    state = relationship.state
    row: dict[str, Any] = {
        "state": table.index(state),
        "waiting": relationship.open_complaints,
        "public": relationship.open_public_complaints,
        "cycle": relationship.cycle,
        "began": relationship.cycle_began,
        "moment": relationship.customer_moment,
        "first_moment": first_moment or relationship.customer_moment,
        **{name: getattr(record, name) for name in TIMES},
        "counts": record.counts,
        "days": record.purchase_days,
        "revenue": int(record.revenue.scaleb(unit, EXACT)),
        "refunded": int(record.refunded.scaleb(unit, EXACT)),
        "first_paid": int(record.first_day_revenue.scaleb(unit, EXACT)),
    }
    if table.paused:
        row["paused_at"] = relationship.paused_at
        row["paused"] = relationship.paused // TICK
        row["paused_before"] = relationship.paused_before // TICK
    for name, value in row.items():
        is_time = value is None or isinstance(value, datetime)
        getattr(standing, name)[..., place] = micros(value) if is_time else value
    slots = slots_in(state, table)
    standing.entered[slots, place] = [*map(micros, relationship.entered)]


def entered(
    standing: Standing, place: int, state: State, table: Table
) -> tuple[datetime | None, ...]:
    """When each active stage was entered, as a relationship has it."""
    first = moment_or_none(int(standing.first_at[place]))
    known = standing.entered[slots_in(state, table), place].tolist()
    return tuple(moment_or_none(at) or first for at in known)


def relationship_of(  # noqa: PLR0913 - what a relationship is made of
    customer: str,
    standing: Standing,
    place: int,
    *,
    log: Log,
    start: Relationship,
    departure: Departure | None,
    memo: "dict[str, Any]",
    table: Table,
) -> Relationship:
    """A relationship out of the columns.

    Args:
        customer: The id of the customer.
        standing: The columns.
        place: The place of the customer.
        log: The log, which knows the money.
        start: A relationship of the same lifecycle and rules.
        departure: The last departure.
        memo: What no column holds.
        table: The lifecycle's table.
    """
    times = {name: moment_or_none(int(getattr(standing, name)[place])) for name in TIMES}
    counts = dict(zip(COUNTS, map(int, standing.counts[:, place]), strict=True))
    values: dict[str, Any] = {**counts, **times}
    record = Record(
        revenue=log.money(int(standing.revenue[place])),
        refunded=log.money(int(standing.refunded[place])),
        first_day_revenue=log.money(int(standing.first_paid[place])),
        purchase_days=int(standing.days[place]),
        **values,
    )
    state = table.states[int(standing.state[place])]
    paused_at = moment_or_none(int(standing.paused_at[place]))
    return Relationship.restore(
        customer,
        state=state,
        record=record,
        entered=() if record.first_at is None else entered(standing, place, state, table),
        cycle=int(standing.cycle[place]),
        cycle_began=moment_or_none(int(standing.began[place])),
        customer_moment=moment_or_none(int(standing.moment[place])),
        complaints=[
            OpenComplaint(moment(at), id_, public, ignored)
            for at, id_, public, ignored in memo.get("complaints", ())
        ],
        refundable=[(id_, log.money(rest)) for id_, rest in memo.get("refundable", ())],
        paused_at=paused_at,
        paused=int(standing.paused[place]) * TICK,
        paused_before=int(standing.paused_before[place]) * TICK,
        departure=departure,
        lifecycle=start.lifecycle,
        departure_rules=start.departure_rules,
    )


def memo_of(relationship: Relationship, unit: int) -> dict[str, Any]:
    """What no column holds of a relationship; empty if the columns hold all of it."""
    memo: dict[str, Any] = {}
    if relationship.complaints:
        memo["complaints"] = [
            (micros(one.at), one.id, one.public, one.ignored) for one in relationship.complaints
        ]
    if relationship.refundable:
        memo["refundable"] = [
            (id_, int(rest.scaleb(unit, EXACT))) for id_, rest in relationship.refundable
        ]
    gone = relationship.departure
    if gone is not None and gone.first_believed is not None:
        before = gone.first_believed
        memo["believed"] = {"cause": before.cause.value, "reason": before.reason, "to": before.to}
    return memo


def is_plain_memo(memo: Mapping[str, Any]) -> bool:
    """Whether columns can go on from a memo: it names no more than complaints that simply wait."""
    seen = any(public or ignored for _, _, public, ignored in memo.get("complaints", ()))
    return "refundable" not in memo and not seen
