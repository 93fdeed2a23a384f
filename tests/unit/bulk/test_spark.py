"""The bulk replay on Spark, on a real local session."""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from custlife import CUSTOMER_LIFECYCLE, bulk
from custlife.bulk import spark
from custlife.errors import InvalidArgument, InvalidFrame

pytestmark = [
    # PySpark warns of every pandas that is newer than those it was tested with.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
on_spark = pytest.mark.slow
"""A session takes seconds to start."""
HOW = {
    "customer": "user.id",
    "at": "at",
    "event": "event",
    "amount": "cents",
    "decimals": 2,
    "tiebreak": "number",
    "rejected": "collect",
}
"""A dot in a name is part of the name."""


def events(rows=2_000, customers=150):
    """Events at random, with ties, and with some that are refused or without a time."""
    random = Random(14)  # noqa: S311 - the same events in every run
    kinds = ("purchased", "complained", "complaint_settled", "engaged", "departed")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    at = [start + timedelta(days=random.randrange(60)) for _ in range(rows)]
    at[17] = None
    return pa.table(
        {
            "note": pa.array(["not read"] * rows, pa.string()),
            "user.id": [f"C-{random.randrange(customers)}" for _ in range(rows)],
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "event": random.choices(kinds, k=rows),
            "cents": pa.array([random.randrange(10_000) for _ in range(rows)], pa.int64()),
            "number": pa.array(range(rows), pa.int64()),
        }
    )


EVENTS = events()


class StandIn:
    """What a Spark DataFrame does, on a table of pyarrow: two partitions, each in two batches."""

    def __init__(self, table):
        self.table = table
        self.columns = table.column_names
        self.sparkSession = self

    def select(self, *names):
        plain = [name.removeprefix("`").removesuffix("`").replace("``", "`") for name in names]
        return StandIn(self.table.select(plain))

    def toDF(self, *names):  # noqa: N802 - Spark's name
        return StandIn(self.table.rename_columns([*names]))

    def limit(self, rows):
        return StandIn(self.table.slice(0, rows))

    def toArrow(self):  # noqa: N802 - Spark's name
        return self.table

    def createDataFrame(self, table):  # noqa: N802 - Spark's name
        return table

    def repartition(self, name):
        self.key = name
        return self

    def mapInArrow(self, function, schema):  # noqa: N802 - Spark's name
        odd = pa.array([who.endswith(tuple("13579")) for who in self.table[self.key].to_pylist()])
        found = []
        for part in (
            self.table.filter(odd),
            self.table.filter(pa.array([not one for one in odd.to_pylist()])),
        ):
            found += function(iter(part.to_batches(max_chunksize=1_000)))
        found += function(iter(()))
        return StandIn(pa.Table.from_batches(found, schema))


@pytest.fixture(scope="module")
def session():
    """A Spark session on two cores of this machine."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("OFF")
    yield found
    found.stop()


@pytest.fixture
def df(session):
    """The events as a Spark DataFrame, a customer's rows in several partitions."""
    return session.createDataFrame(EVENTS).repartition(3)


def by_customer(frame):
    """The rows of a frame without the number of the row, by customer and time."""
    rows = [{key: cell for key, cell in row.items() if key != "row"} for row in frame.to_pylist()]
    return sorted(rows, key=lambda row: (row["customer"], str(row.get("at"))))


@on_spark
@pytest.mark.parametrize("give", ["states", "transitions", "departures"])
def test_the_partitions_give_what_a_replay_of_the_whole_gives(df, give):
    """Every customer has the same rows, in whichever partition."""
    whole = getattr(bulk.replay(EVENTS, **HOW), give)

    found = spark.replay(df, give=give, **HOW).toArrow()

    assert len(found) > 100
    assert by_customer(found) == by_customer(whole)


@on_spark
def test_a_rejection_is_found_by_the_columns_of_its_row(df):
    """A row of Spark has no number."""
    rejections = bulk.replay(EVENTS, **HOW).rejections.to_pylist()
    whole = {row["row"]: (row["what"], row["error"]) for row in rejections}

    found = spark.replay(df, give="rejections", **HOW).toArrow().to_pylist()

    assert {row["number"]: (row["what"], row["error"]) for row in found} == whole
    assert {row["number"]: row["user.id"] for row in found} == {
        number: EVENTS["user.id"][number].as_py() for number in whole
    }
    assert "row" not in found[0]


@on_spark
def test_customers_are_partitioned_and_not_grouped(df):
    """There are as many partitions as Spark is told to make, each replayed at once."""
    found = spark.replay(df, **HOW)

    assert found.rdd.getNumPartitions() == 4
    plan = found._jdf.queryExecution().toString()
    assert "hashpartitioning" in plan
    assert "Aggregate" not in plan


@on_spark
def test_an_event_of_ones_own_goes_to_the_workers(session):
    """So does a lifecycle: both are pickled with the plan."""
    few = EVENTS.slice(0, 10).set_column(3, "event", pa.array(["bought"] * 10))
    how = {**HOW, "mapping": {"bought": "purchased"}}
    whole = bulk.replay(few, **how)

    found = spark.replay(session.createDataFrame(few), CUSTOMER_LIFECYCLE, **how).toArrow()

    assert by_customer(found) == by_customer(whole.states)


@on_spark
def test_no_events_give_a_frame_without_rows(session):
    """It has the columns all the same."""
    none = session.createDataFrame(EVENTS.slice(0, 0))

    found = spark.replay(none, **HOW).toArrow()

    assert len(found) == 0
    assert found.column_names == bulk.replay(EVENTS, **HOW).states.column_names


@on_spark
def test_a_rejected_row_fails_the_job(df):
    """The worker's error says which row it is."""
    errors = pytest.importorskip("pyspark.errors")
    plan = spark.replay(df, **{**HOW, "rejected": "raise"})

    with pytest.raises(errors.PythonException, match=r"The row: user.id=C-\d+, at="):
        plan.toArrow()


@on_spark
def test_a_missing_column_is_found_before_spark_runs(df):
    """The error is ours, and names the columns of the frame."""
    with pytest.raises(InvalidFrame, match=r"one of the columns: note, user\.id"):
        spark.replay(df, **{**HOW, "amount": "euros"})


@on_spark
def test_times_without_a_zone_are_found_before_spark_runs(session):
    """A timestamp_ntz is no moment."""
    names = [f"`{name}`" for name in EVENTS.column_names if name != "at"]
    aware = session.createDataFrame(EVENTS)
    naive = aware.selectExpr(*names, "cast(at as timestamp_ntz) as at")

    with pytest.raises(InvalidFrame, match="with a time zone"):
        spark.replay(naive, **HOW)


@on_spark
def test_an_unknown_frame_is_refused(df):
    """The error names those that there are."""
    with pytest.raises(InvalidArgument, match="states, transitions, departures and rejections"):
        spark.replay(df, give="journeys", **HOW)


def test_a_frame_with_the_methods_of_sparks_gives_the_same():
    """So what goes on in a worker is tested where there is no Spark, too."""
    whole = bulk.replay(EVENTS, **HOW)

    found = spark.replay(StandIn(EVENTS), **HOW).toArrow()

    assert by_customer(found) == by_customer(whole.states)


def test_what_is_no_spark_frame_is_refused():
    """A table of pyarrow goes to `custlife.bulk.replay`."""
    with pytest.raises(InvalidArgument, match="a Spark DataFrame"):
        spark.replay(EVENTS, **HOW)
