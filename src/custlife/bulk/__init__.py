"""Whole customer bases: replayed, judged, advised and predicted over columns.

The extra ``bulk``: numpy, narwhals and pyarrow. `custlife.bulk.files` and `custlife.bulk.spark`
replay what is larger than memory.
"""

from custlife.bulk.backtesting import backtest
from custlife.bulk.columns import Column, of_arrow, of_values
from custlife.bulk.journeys import steps_frame
from custlife.bulk.masks import Decided, decide
from custlife.bulk.models import (
    Summaries,
    alive,
    buys,
    expected,
    expected_money,
    fit,
    stays,
    summaries,
)
from custlife.bulk.nightly import due
from custlife.bulk.recommending import recommend
from custlife.bulk.replaying import replay
from custlife.bulk.results import Replayed

__all__ = [
    "Column",
    "Decided",
    "Replayed",
    "Summaries",
    "alive",
    "backtest",
    "buys",
    "decide",
    "due",
    "expected",
    "expected_money",
    "fit",
    "of_arrow",
    "of_values",
    "recommend",
    "replay",
    "stays",
    "steps_frame",
    "summaries",
]
