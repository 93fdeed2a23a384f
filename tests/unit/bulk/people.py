"""Relationships and profiles as the columns of a states frame, written down one by one."""

import pandas as pd
import polars as pl
import pyarrow as pa
from attrs import fields_dict

from custlife.events import snake
from custlife.lifecycle.parts import Region
from custlife.record import Record
from custlife.strategy import FactKind, Signals
from custlife.strategy.facts import INPUTS

MOMENT = pa.timestamp("us", tz="UTC")
DECIMAL = pa.decimal128(28, 4)
MONEY = {"revenue", "refunded", "first_day_revenue"}
OF_MONEY = {FactKind.MONEY, FactKind.SUM, FactKind.BALANCE, FactKind.TOTAL}
DEPARTURE = {
    "kind": (pa.string(), lambda gone: gone.kind.value),
    "severity": (pa.string(), lambda gone: gone.severity.name.lower()),
    "cause": (pa.string(), lambda gone: gone.cause.value),
    "initiator": (pa.string(), lambda gone: gone.initiator.value),
    "to": (pa.string(), lambda gone: gone.to),
    "at": (MOMENT, lambda gone: gone.at),
    "inferred": (pa.bool_(), lambda gone: gone.inferred),
    "purchases": (pa.int64(), lambda gone: gone.purchases),
    "revenue": (DECIMAL, lambda gone: gone.revenue),
    "key_customer": (pa.bool_(), lambda gone: gone.key_customer),
}


def micros(span):
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def states_of(relationships):
    """The columns of the states, as a replay over columns gives them, but for decimals as money."""
    people = [*relationships]
    lifecycle = people[0].lifecycle
    regions = [part for parts in lifecycle.rooms.values() for part in parts]
    names = [part.name for part in regions if isinstance(part, Region)]
    gone = [one.departure for one in people]
    return {
        "customer": pa.array([one.customer for one in people]),
        "state": pa.array([str(one.state) for one in people]).dictionary_encode(),
        "room": pa.array([one.state.room.value for one in people]),
        **{name: pa.array([one.state.regions.get(name) for one in people]) for name in names},
        **{
            snake(view.name): pa.array(
                [getattr(one.view(view.model), "value", None) for one in people]
            )
            for view in lifecycle.views
        },
        "cycle": pa.array([one.cycle for one in people]),
        "cycle_began": pa.array([one.cycle_began for one in people], MOMENT),
        "customer_moment": pa.array([one.customer_moment for one in people], MOMENT),
        "since": pa.array([one.since for one in people], MOMENT),
        **{
            name: pa.array([getattr(one.record, name) for one in people], _of_record(name))
            for name in fields_dict(Record)
        },
        "open_complaints": pa.array([one.open_complaints for one in people]),
        "open_public_complaints": pa.array([one.open_public_complaints for one in people]),
        "paused_at": pa.array([one.paused_at for one in people], MOMENT),
        "paused": pa.array([micros(one.paused) for one in people]),
        "paused_before": pa.array([micros(one.paused_before) for one in people]),
        **{
            f"departure_{name}": pa.array([one and read(one) for one in gone], kind)
            for name, (kind, read) in DEPARTURE.items()
        },
    }


def _of_record(name):
    if name in MONEY:
        return DECIMAL
    return MOMENT if name.endswith("_at") else pa.int64()


def people_of(profiles, like):
    """The states of profiles with their signals and values, as a frame; and which columns say so.

    Money is whole cents for every second field, and decimals for the others.
    """
    people = [*profiles]
    columns = states_of(one.relationship for one in people)
    inputs = {"signals": {}, "value": {}}
    for number, (name, fact) in enumerate(INPUTS.items()):
        part = "signals" if name in fields_dict(Signals) else "value"
        cells = [getattr(getattr(one, part), name) for one in people]
        columns[f"its_{name}"] = _input(fact, cells, cents=bool(number % 2))
        inputs[part][name] = f"its_{name}"
    return framed(columns, like), inputs


def _input(fact, cells, *, cents):
    if fact.choices:
        return pa.array([cell and cell.value for cell in cells], pa.string())
    if fact.kind in OF_MONEY:
        if cents:
            whole = [None if cell is None else int(cell * 100) for cell in cells]
            return pa.array(whole, pa.int64())
        return pa.array(cells, DECIMAL)
    if fact.kind is FactKind.FLAG:
        return pa.array(cells, pa.bool_())
    if fact.kind.is_whole:
        return pa.array(cells, pa.int64())
    return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())


def framed(columns, like="pyarrow"):
    """Columns as a frame of a library."""
    table = pa.table(columns)
    if like == "pandas":
        return table.to_pandas()
    return pl.from_arrow(table) if like == "polars" else table


def rows_of(frame):
    """The rows of a frame of any library, as dicts; a gap is None."""
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    if isinstance(frame, pl.DataFrame):
        frame = frame.to_arrow()
    return frame.to_pylist()


def joined_rows(frame):
    """Strategy, row and missing facts of each recommendation."""
    return [(row["strategy"], row["row"], row["missing"]) for row in rows_of(frame)]
