"""Whether the stored fields of a relationship fit each other."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from custlife.errors import listed
from custlife.lifecycle.table import PAUSED
from custlife.record import Record
from custlife.state import Room

if TYPE_CHECKING:
    from custlife.relationship import Relationship


def contradictions(stored: "Relationship") -> Iterator[tuple[str, object, str]]:
    """What cannot be in a relationship that was stored: (field, value, what it must be)."""
    yield from stored.record.contradictions()
    for complaint in stored.complaints:
        yield from complaint.contradictions()
    where = f", in cycle {stored.cycle} in {stored.state.describe()}"
    for name, value, expectation in (
        *_of_cycle(stored),
        *_of_what_is_open(stored),
        *_of_times(stored),
        *_of_departure(stored),
    ):
        yield name, value, expectation + where


def _of_cycle(stored: "Relationship") -> Iterator[tuple[str, object, str]]:
    room, departure = stored.state.room, stored.departure
    ended = None if departure is None else departure.cycle
    expected = stored.cycle if room is Room.FORMER else stored.cycle - 1 or None
    if ended != expected:
        given = "none" if ended is None else f"of cycle {ended}"
        yield "departure", given, "none" if expected is None else f"of cycle {expected}"
    happened = stored.record.events
    if 2 * (stored.cycle - 1) + (room is Room.FORMER) > happened:
        most = (happened - (room is Room.FORMER)) // 2 + 1
        rule = f"at most {most}: each cycle ends and begins with an event, and {happened} happened"
        yield "cycle", stored.cycle, rule
    last_room = departure.room_left if room is Room.FORMER and departure is not None else room
    was_customer = last_room is Room.CUSTOMER
    if (stored.customer_moment is not None) != was_customer:
        none = "None, since no customer stage was entered in this cycle"
        yield "customer_moment", stored.customer_moment, "given" if was_customer else none
    if room is Room.FORMER and departure and departure.customer_moment != stored.customer_moment:
        yield "customer_moment", stored.customer_moment, f"{departure.customer_moment}, as it left"


def _of_what_is_open(stored: "Relationship") -> Iterator[tuple[str, object, str]]:
    """What does not fit in the open complaints, the refundable purchases and the pauses."""
    record, complaints, refundable = stored.record, stored.complaints, stored.refundable
    first, last = record.first_at, record.last_at
    if len(complaints) > record.complaints:
        yield "complaints", len(complaints), f"at most {record.complaints}, which were voiced"
    voiced = [complaint.at for complaint in complaints]
    times = [time for time in (first, *voiced, last) if time is not None]
    if times != sorted(times):
        yield "complaints", voiced, "the oldest first, between record.first_at and record.last_at"
    if len(refundable) > record.purchases or len(dict(refundable)) < len(refundable):
        yield "refundable", len(refundable), f"ids of some of the {record.purchases} purchases"
    rest = sum((rest for _, rest in refundable), start=Decimal(0))
    if rest > record.gross_revenue:
        yield "refundable", rest, f"at most record.gross_revenue, {record.gross_revenue}, in all"
    if (stored.paused_at is not None) != stored.state.is_in(PAUSED):
        yield "paused_at", stored.paused_at, "given exactly in a stage 'paused'"
    yield from _out_of_order(
        ("record.first_at", first, "paused_at", stored.paused_at),
        ("paused_at", stored.paused_at, "record.last_at", last),
        ("paused", stored.paused, "the time on record", first and last and last - first),
        ("paused_before", stored.paused_before, "the time between purchases", _between(record)),
    )


def _between(record: Record) -> timedelta:
    """The time from the first purchase to the last."""
    first, last = record.first_purchase_at, record.last_purchase_at
    return timedelta(0) if first is None or last is None else last - first


def _of_departure(stored: "Relationship") -> Iterator[tuple[str, object, str]]:
    departure, record = stored.departure, stored.record
    if departure is None:
        return
    place = stored.lifecycle.places.by_stages.get(departure.stages_left)
    if place is None or place.room is not departure.room_left:
        rule = f"a state of {departure.room_left.value} in the lifecycle {stored.lifecycle.name!r}"
        yield "departure.stages_left", departure.stages_left, rule
    if departure.revenue and departure.purchases == 0:
        yield "departure.revenue", departure.revenue, "0, since nothing was bought until then"
    rules, believed = stored.departure_rules, departure.first_believed
    if departure.rules != rules:
        yield "departure.rules", departure.rules, f"those of the relationship, {rules}"
    if believed is not None and believed.rules != departure.rules:
        yield "departure.first_believed", believed.rules, "judged by the rules of the departure"
    first, left, last = record.first_at, departure.at, record.last_at
    moment, learnt, sale = (
        departure.first_customer_moment,
        departure.learnt_at,
        departure.sales_cycle,
    )
    gone = stored.state.room is Room.FORMER
    entered = min(filter(None, stored.entered), default=None)
    since, began, returned = (
        (entered, stored.cycle_began, None) if gone else (None, None, stored.cycle_began)
    )
    # Each is no more than the next, as far as both are known.
    yield from _out_of_order(
        ("record.first_at", first, "departure.first_customer_moment", moment),
        ("cycle_began", began, "departure.at", left),
        ("departure.at", left, "entered", since),
        ("departure.at", left, "cycle_began", returned),
        ("departure.learnt_at", learnt, "cycle_began", returned),
        ("departure.at", left, "record.last_at", last),
        ("departure.learnt_at", learnt, "record.last_at", last),
        ("departure.sales_cycle", sale, "all time before it", first and left - first),
        ("departure.revenue", departure.revenue, "record.gross_revenue", record.gross_revenue),
        ("departure.purchases", departure.purchases, "record.purchases", record.purchases),
    )


def _out_of_order(*orders: tuple[str, Any, str, Any]) -> Iterator[tuple[str, object, str]]:
    for small, less, large, more in orders:
        if less is not None and more is not None and less > more:
            yield small, less, f"no more than {large}, {more}"


def _of_times(stored: "Relationship") -> Iterator[tuple[str, object, str]]:
    entered, began, record = stored.entered, stored.cycle_began, stored.record
    stages = stored.state.active
    if len(entered) != len(stages):
        yield "entered", entered, f"a time for each of the stages {listed(stages)}"
    for name, time in (*(("entered", at) for at in entered), ("cycle_began", began)):
        if (time is not None) != (record.events > 0):
            yield name, time, "given once an event is on record, and None before"
    order = {
        "record.first_at": record.first_at,
        "cycle_began": began,
        "customer_moment": stored.customer_moment,
        "record.last_at": record.last_at,
    }
    times = [(name, time) for name, time in order.items() if time is not None]
    for (earlier, one), (name, time) in pairwise(times):
        if time < one:
            yield name, time, f"no earlier than {earlier}, {one}"
    for at in entered:
        span = [time for time in (began, at, record.last_at) if time is not None]
        if span != sorted(span):
            yield "entered", at, "between cycle_began and record.last_at"
