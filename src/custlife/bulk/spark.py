"""The bulk replay on Spark: whole partitions of customers, each replayed at once.

PySpark is imported by the data frame that comes in, and not before.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from custlife.bulk.parts import FrameName, columns, replayed, schemas, settings
from custlife.errors import InvalidArgument
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle

if TYPE_CHECKING:
    from pyspark.sql import DataFrame  # pyright: ignore[reportMissingImports]  # an extra

_CALL = "spark.replay()"


def replay(
    df: "DataFrame",
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    customer: str,
    at: str,
    give: FrameName = "states",
    **how: Any,  # noqa: ANN401 - the arguments of custlife.bulk.replay
) -> "DataFrame":
    """Replay a customer base on Spark: `custlife.bulk.replay`, partition by partition.

    The events are partitioned by customer, and each partition is replayed as a whole. A partition
    must fit into the memory of a Python worker: about 300 bytes an event, or 500 where most
    customers have one event only. ``spark.sql.shuffle.partitions`` sets their number.

    - Spark keeps no order. Give a ``tiebreak`` where events of one customer can share a time.
    - Nothing is replayed until Spark runs the plan, and a plan that runs twice replays twice.
      Cache or write the result.
    - A row that is rejected fails the Spark job, as it fails `custlife.bulk.replay`: states would
      not show it. ``rejected="collect"`` leaves such rows out. ``give="rejections"`` lists them.
    - A row of Spark has no number. A rejection shows the row's own columns instead; one that is
      called as a column of the rejections gets ``row_`` before its name.
    - custlife, with the extra ``bulk``, must be installed where the workers run.

    Args:
        df: The events, a row each. Times must be ``timestamp``, not ``timestamp_ntz``.
        lifecycle: The lifecycle.
        customer: The column of customers.
        at: The column of times.
        give: The frame to make: ``"states"``, ``"transitions"``, ``"departures"`` or
            ``"rejections"``. Its columns are those of `custlife.bulk.replay`, without the number of
            the row.
        how: The other arguments of `custlife.bulk.replay`, but ``start`` and ``progress``.
            ``threads`` is 1, since Spark has a worker for each core.

    Raises:
        InvalidArgument: If an argument is out of its bounds.
        InvalidFrame: If a column is missing, there twice, or of the wrong type.
    """
    if not callable(getattr(df, "mapInArrow", None)):
        rule, remedy = "a Spark DataFrame", "Make one: spark.read.parquet(...)."
        raise InvalidArgument(_CALL, "df", df, rule, remedy)
    given = settings(_CALL, (give,), {"threads": 1, **how})
    given |= {"lifecycle": lifecycle, "customer": customer, "at": at}
    named = columns(given, df.columns)
    # Spark reads a dot in a name as a field of a field: columns have numbers until they arrive.
    numbers = [f"c{number}" for number in range(len(named))]
    events = df.select(*map(_quoted, named)).toDF(*numbers)
    empty = events.limit(0).toArrow().rename_columns(named)
    shape = schemas(empty, (give,), given, numbered=False)

    def partition(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        part = [*batches]
        if part:
            table = pa.Table.from_batches(part).rename_columns(named)
            yield from replayed(table, shape, given)[give]

    result = df.sparkSession.createDataFrame(shape[give].empty_table()).schema
    return events.repartition(numbers[named.index(customer)]).mapInArrow(partition, result)


def _quoted(name: str) -> str:
    """A column's name as Spark takes it literally."""
    return "`" + name.replace("`", "``") + "`"
