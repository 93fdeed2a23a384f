"""Customer bases for tests: events as data frames, and what replaying them one by one gives."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum

import pyarrow as pa
from attrs import evolve, fields_dict

from custlife import CUSTOMER_LIFECYCLE, replay
from custlife.bulk.frames import MOMENT
from custlife.bulk.log import CHOICES, FIELDS, FLAGS, MONEY, TEXTS
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES
from custlife.events import Activity, snake

MICRO = timedelta(microseconds=1)
CENTS = 100
_TYPES = {
    **dict.fromkeys((*TEXTS, *CHOICES), pa.string()),
    **dict.fromkeys(FLAGS, pa.bool_()),
    **dict.fromkeys(MONEY, pa.int64()),
}


def in_cents(event):
    """The event with its money in whole cents, as a column of cents can hold it."""
    money = {
        name: (getattr(event, name) % 10_000).quantize(Decimal("0.01"))
        for name in MONEY
        if getattr(event, name, None) is not None
    }
    return evolve(event, **money) if money else event


def cell(event, name):
    """What a column of a field says of an event."""
    value = getattr(event, name) if name in fields_dict(type(event)) else None
    if isinstance(value, Enum):
        return value.value
    return int(value * CENTS) if name in MONEY and value is not None else value


def table_of(rows):
    """A pyarrow table of events, a row each: pairs of a customer and an event."""
    columns = {
        "customer": pa.array([customer for customer, _ in rows], pa.string()),
        "at": pa.array([event.at for _, event in rows], MOMENT),
        "event": pa.array([event.name for _, event in rows], pa.string()),
    }
    for name in FIELDS:
        cells = [cell(event, name) for _, event in rows]
        columns[name] = pa.array(cells, _TYPES[name])
    return pa.table(columns)


NAMED = {
    "customer": "customer",
    "at": "at",
    "event": "event",
    "amount": "amount",
    "decimals": 2,
    "id": "id",
    "offering": "offering",
    "cause": "cause",
    "to": "to",
    "fields": {
        name: name for name in FIELDS if name not in {"amount", "id", "offering", "cause", "to"}
    },
}
"""The columns of `table_of`, as a bulk replay is told of them."""


def one_by_one(rows, lifecycle=CUSTOMER_LIFECYCLE, rules=DEFAULT_DEPARTURE_RULES, **watch):
    """The journey of each customer, replayed one by one."""
    people = dict.fromkeys(customer for customer, _ in rows)
    return {
        person: replay(
            [event for customer, event in rows if customer == person],
            customer=person,
            lifecycle=lifecycle,
            departure_rules=rules,
            on_rejected="collect",
            duplicates="collect",
            **watch,
        )
        for person in people
    }


def state_of(relationship):
    """The row of a states frame that a relationship stands for."""
    record, state, gone = relationship.record, relationship.state, relationship.departure
    lifecycle = relationship.lifecycle
    row = {
        "customer": relationship.customer,
        "state": str(state),
        "room": state.room.value,
        "cycle": relationship.cycle,
        "cycle_began": relationship.cycle_began,
        "customer_moment": relationship.customer_moment,
        "since": relationship.since,
        "first_at": record.first_at,
        "last_at": record.last_at,
        "first_purchase_at": record.first_purchase_at,
        "last_purchase_at": record.last_purchase_at,
        "last_failure_at": record.last_failure_at,
        "last_lapse_at": record.last_lapse_at,
        "purchase_days": record.purchase_days,
        "revenue": int(record.revenue * CENTS),
        "refunded": int(record.refunded * CENTS),
        "gross_revenue": int(record.gross_revenue * CENTS),
        "first_day_revenue": int(record.first_day_revenue * CENTS),
        "open_complaints": relationship.open_complaints,
        "open_public_complaints": relationship.open_public_complaints,
    }
    row |= {
        f"{activity.name.lower()}s": count
        for activity, count in zip(Activity, record.counts, strict=True)
    }
    for room, names in lifecycle.places.regions.items():
        for name in names if names != (room.value,) else ():
            stage = state.regions.get(name)
            row[name] = stage
            row[f"{name}_since"] = stage and relationship.in_stage_since(stage)
    outer = {s for one in lifecycle.states for path in one.paths for s in path[1:-1]}
    row |= {f"{stage}_since": relationship.in_stage_since(stage) for stage in outer}
    for view in lifecycle.views:
        image = relationship.view(view.model)
        row[snake(view.name)] = image and (
            image.value if isinstance(image.value, str) else image.name.lower()
        )
    row |= {
        "departure_at": gone and gone.at,
        "departure_kind": gone and gone.kind.value,
        "departure_severity": gone and gone.severity.name.lower(),
        "departure_cause": gone and gone.cause.value,
        "departure_initiator": gone and gone.initiator.value,
        "departure_to": gone and gone.to,
        "departure_inferred": gone and gone.inferred,
        "departure_purchases": gone and gone.purchases,
        "departure_revenue": gone and int(gone.revenue * CENTS),
        "departure_key_customer": gone and gone.key_customer,
        "paused_at": relationship.paused_at,
        "paused": relationship.paused // MICRO,
        "paused_before": relationship.paused_before // MICRO,
    }
    return row


def departure_of(customer, one):
    """The row of a departures frame that a departure stands for."""
    money = {
        name: None if getattr(one, name) is None else int(getattr(one, name) * CENTS)
        for name in ("sales_cost", "deal_size", "revenue")
    }
    return {
        "customer": customer,
        "at": one.at,
        "cycle": one.cycle,
        "kind": one.kind.value,
        "severity": one.severity.name.lower(),
        "cause": one.cause.value,
        "initiator": one.initiator.value,
        "to": one.to,
        "inferred": one.inferred,
        "left": "+".join(one.stages_left),
        "customer_moment": one.customer_moment,
        "first_customer_moment": one.first_customer_moment,
        "sales_cycle": None if one.sales_cycle is None else one.sales_cycle // MICRO,
        **money,
        "key_customer": one.key_customer,
        "purchases": one.purchases,
        "learnt_at": one.learnt_at,
    }


def move_of(customer, step, row, departures):
    """The row of a transitions frame that a step stands for; a kind is as it is known now."""
    return {
        "customer": customer,
        "at": step.event.at,
        "event": step.event.name,
        "from": str(step.before),
        "to": str(step.after),
        "cycle": step.cycle,
        "departure": next(departures).kind.value if step.is_departure else None,
        "row": row,
    }


def expected(rows, journeys):
    """All frames that a bulk replay must give, as lists of rows, each list sorted."""
    place = {id(event): number for number, (_, event) in enumerate(rows)}
    states, moves, departures, left = [], [], [], []
    for customer, journey in journeys.items():
        states.append(state_of(journey.relationship))
        departures += [departure_of(customer, one) for one in journey.departures]
        ends = iter(journey.departures)
        moves += [
            move_of(customer, step, place.get(id(step.event)), ends)
            for step in journey.steps
            if step.is_move
        ]
        passed = {id(event) for event in journey.events}
        for one in journey.rejected:
            passed.add(id(one.event))
            error = type(one.error).__name__
            left.append((place[id(one.event)], "refused", error, str(one.error)))
        for event in journey.duplicates:
            passed.add(id(event))
            left.append((place[id(event)], "duplicate", None, None))
        for one in journey.withdrawn:
            passed.add(id(one.event))
            if id(one.event) in place:
                left.append((place[id(one.event)], "withdrawn", None, None))
        others = [event for event in journey.ledger if id(event) not in passed]
        left += [(place[id(event)], "correction", None, None) for event in others]
    names = ("row", "what", "error", "reason")
    return states, moves, departures, [dict(zip(names, one, strict=True)) for one in sorted(left)]


def shown(frame):
    """A frame as rows."""
    return frame.to_pylist()


def by(rows, *names):
    """Rows in the order of some columns."""
    return sorted(rows, key=lambda row: tuple(row[name] for name in names))


def assert_same(result, rows, journeys):
    """Every frame of a bulk replay is what replaying one by one gives."""
    states, moves, departures, left = expected(rows, journeys)
    assert by(shown(result.states), "customer") == by(states, "customer")
    assert by(shown(result.transitions), "customer") == by(moves, "customer")
    assert by(shown(result.departures), "customer", "at") == by(departures, "customer", "at")
    assert shown(result.rejections) == left
    assert result.accepted + len(left) == len(rows)
