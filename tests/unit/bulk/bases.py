"""The states of relationships as a frame, made one by one, as a replay over columns gives them."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from custlife.bulk.models import Summaries

MOMENT = pa.timestamp("us", tz="UTC")
SPAN = pa.int64()
DECIMALS = 2
TIMES = (
    "first_at",
    "last_at",
    "first_purchase_at",
    "last_purchase_at",
    "last_failure_at",
    "last_lapse_at",
)


def micros(span):
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def cents(amount):
    return int(amount.scaleb(DECIMALS))


def states_of(relationships, like="pyarrow"):
    """One row for each relationship."""
    people = list(relationships)
    records = [rel.record for rel in people]
    columns = {
        "customer": pa.array([rel.customer for rel in people], pa.string()),
        "state": pa.array([str(rel.state) for rel in people], pa.string()),
        "room": pa.array([rel.state.room.value for rel in people], pa.string()),
        "customer_moment": pa.array([rel.customer_moment for rel in people], MOMENT),
        **{name: pa.array([getattr(one, name) for one in records], MOMENT) for name in TIMES},
        "purchases": pa.array([one.purchases for one in records], pa.int64()),
        "purchase_days": pa.array([one.purchase_days for one in records], pa.int64()),
        "gross_revenue": pa.array([cents(one.gross_revenue) for one in records], pa.int64()),
        "first_day_revenue": pa.array(
            [cents(one.first_day_revenue) for one in records], pa.int64()
        ),
        "paused_at": pa.array([rel.paused_at for rel in people], MOMENT),
        "paused": pa.array([micros(rel.paused) for rel in people], SPAN),
        "paused_before": pa.array([micros(rel.paused_before) for rel in people], SPAN),
    }
    table = pa.table(columns)
    makers = {
        "pyarrow": lambda: table,
        "pandas": table.to_pandas,
        "polars": lambda: pl.from_arrow(table),
    }
    return makers[like]()


def rows(frame):
    """The rows of a frame of any library, as tuples."""
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    if isinstance(frame, pl.DataFrame):
        frame = frame.to_arrow()
    return list(zip(*(column.to_pylist() for column in frame.columns), strict=True))


def base_of(summaries):
    """The same summaries over columns."""
    one_by_one = list(summaries)
    return Summaries(
        customers=pa.array([one.customer for one in one_by_one], pa.string()),
        rows=np.arange(len(one_by_one)),
        x=np.array([one.x for one in one_by_one], np.int64),
        t_x=np.array([one.t_x for one in one_by_one], np.float64),
        T=np.array([one.T for one in one_by_one], np.float64),
        money=np.array([one.money if one.x else np.nan for one in one_by_one], np.float64),
    )
