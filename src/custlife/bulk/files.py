"""The bulk replay of Parquet files that are larger than memory, shard by shard.

The library touches no files, and this module is the one exception: it reads what it is given and
writes to the folder that is given.
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import glob
from importlib.util import find_spec
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import frozen

from custlife import _checks
from custlife.bulk.parts import FrameName, columns, replayed, schemas, settings
from custlife.bulk.progress import Progress, reporting
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle

Engine = Literal["polars", "duckdb"]
BYTES_PER_EVENT = 2_500
"""What an event is taken to need. Where each customer has one, and all frames are given, it needs
half of that, the rest being what Python does not give back; with long histories a tenth."""
LEAST_MEMORY, DEFAULT_MEMORY = 1 << 30, 2 << 30
UNFINISHED = ".unfinished"
"""The folder inside ``out`` that is there until all shards are."""
_CALL = "files.replay()"
_FRAMES = "frames"
_GROUP = 50_000
_shards = _checks.Check(
    lambda value: _checks.is_whole(value, 1), "a whole number from 1", "Give a whole number."
)
_memory = _checks.Check(
    lambda value: _checks.is_whole(value, LEAST_MEMORY),
    f"a whole number of bytes from {LEAST_MEMORY:,}",
    "Give bytes, such as 4 * 2**30, or leave it out.",
)


def replay(  # noqa: PLR0913 - each of the last can be left out
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    out: str | PathLike[str],
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    customer: str,
    at: str,
    give: FrameName | Sequence[FrameName] = "states",
    shards: int | None = None,
    memory: int = DEFAULT_MEMORY,
    engine: Engine | None = None,
    progress: Progress | Literal["rich", "tqdm"] | None = None,
    **how: Any,  # noqa: ANN401 - the arguments of custlife.bulk.replay
) -> dict[FrameName, list[Path]]:
    """Replay Parquet files that are larger than memory: `custlife.bulk.replay`, shard by shard.

    Customers are hashed into shards. One pass over the files writes each shard to a temporary
    folder, and then one shard after the other is replayed. Only the columns that are named are
    read. The result equals a replay of all files as one frame, with the files in the order of their
    names; so do the numbers of rows.

    - Memory: there are as many shards as keep 2,500 bytes an event within ``memory``. A customer is
      never split, so one very long history takes what it takes: about 130 bytes an event.
    - Disk: the temporary folder takes about as much as the columns that are read.
    - The files appear in ``out`` when all are done. Until then ``out`` holds the folder
      ``.unfinished``, which is deleted if anything fails; where the process was killed, delete it.
    - A row that is rejected stops everything, as in `custlife.bulk.replay`. ``rejected="collect"``
      leaves such rows out, and only ``"rejections"`` among what is given tell which: they list
      them with their own columns. A column that is called as one of the rejections' gets ``row_``
      before its name.

    Args:
        paths: The files: a pattern such as ``"events/*.parquet"``, or several paths or patterns.
        out: The folder to write to: a new or an empty one.
        lifecycle: The lifecycle.
        customer: The column of customers.
        at: The column of times.
        give: The frames to write: ``"states"``, ``"transitions"``, ``"departures"``,
            ``"rejections"``, or several of them.
        shards: How many shards there are [>= 1]; chosen by ``memory`` if left out.
        memory: How much memory the whole call may take [bytes, >= 2**30]; 2 GiB if left out. More
            ``shards`` take less, fewer take more.
        engine: What reads and hashes: ``"polars"``, from 1.37, or ``"duckdb"``. Polars if it is
            installed.
        progress: As for `custlife.bulk.replay`, shard by shard.
        how: The other arguments of `custlife.bulk.replay`, but ``start``.

    Returns:
        The files of each frame, a file for each shard: ``states-00000.parquet`` and so on.

    Raises:
        InvalidArgument: If an argument is out of its bounds, no file matches, a file is no Parquet
            file, ``out`` is not empty, or no engine is installed.
        InvalidFrame: If a column is missing or of the wrong type, or files differ in one.
        CustlifeError: What the replay raises.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> orders = pa.table({
        ...     "who": ["C-1", "C-2", "C-1"],
        ...     "when": pa.array([0, 1, 2], pa.timestamp("s", "UTC")),
        ...     "cents": [1177, 2400, 900],
        ... })
        >>> with TemporaryDirectory() as folder:
        ...     pq.write_table(orders, f"{folder}/orders.parquet")
        ...     written = replay(
        ...         f"{folder}/*.parquet", f"{folder}/out", customer="who", at="when",
        ...         events="purchased", amount="cents", decimals=2, shards=2,
        ...     )
        ...     print([path.name for path in written["states"]])
        ['states-00000.parquet', 'states-00001.parquet']
    """
    names: tuple[FrameName, ...] = (give,) if isinstance(give, str) else tuple(give)
    given = settings(_CALL, names, how)
    given |= {"lifecycle": lifecycle, "customer": customer, "at": at}
    _memory.argument("files.replay", "memory", memory)
    _shards.or_none.argument("files.replay", "shards", shards)
    read_by = _engine(engine)
    split = _ENGINES[read_by]
    base = _Base.of(paths, given)
    shapes = schemas(base.schema.empty_table(), names, given, numbered=True)
    many = shards or -(-base.rows * BYTES_PER_EVENT // memory) or 1
    report = reporting(progress, base.rows)
    with _workspace(Path(out)) as folder:
        try:
            split(base, customer, many, memory, folder)
        except OSError:  # a full disk
            raise
        except Exception as error:
            rule, remedy = (
                f"files that {read_by} can read",
                f"Convert them, or try another engine: {error}",
            )
            raise InvalidArgument(_CALL, "paths", paths, rule, remedy) from error
        done = 0
        for number in range(many):
            done += _replay(folder, number, base, shapes, given)
            report(done, base.rows)
    numbers = range(many)
    return {name: [Path(out) / _file(name, number) for number in numbers] for name in names}


@frozen
class _Base:
    """The events of a customer base in files.

    Attributes:
        paths: The files, in order.
        counts: How many rows each has.
        schema: The columns that are read.
        row: The name of a column for the numbers of rows; the files have none of this name.
        shard: The same for the shards.
    """

    paths: tuple[str, ...]
    counts: tuple[int, ...]
    schema: pa.Schema
    row: str
    shard: str

    @property
    def rows(self) -> int:
        """How many events there are."""
        return sum(self.counts)

    @classmethod
    def of(
        cls, given: str | PathLike[str] | Iterable[str | PathLike[str]], how: Mapping[str, Any]
    ) -> "_Base":
        """What the files hold, by what is written at their ends."""
        several = (given,) if isinstance(given, (str, PathLike)) else given
        try:
            patterns = [fspath(each) for each in several]
        except TypeError:
            rule, remedy = "a pattern or paths", "Give a pattern: 'events/*.parquet'."
            raise InvalidArgument(_CALL, "paths", given, rule, remedy) from None
        paths = sorted({path for each in patterns for path in glob(each, recursive=True)})  # noqa: PTH207 - a pattern may be absolute
        if not paths:
            rule, remedy = "the pattern of a file that is there", "Correct the pattern or the path."
            raise InvalidArgument(_CALL, "paths", given, rule, remedy)
        footers = [*map(_footer, paths)]
        schema = footers[0].schema.to_arrow_schema()
        schema = pa.schema([schema.field(name) for name in columns(how, schema.names)])
        taken = set[str]()
        for path, footer in zip(paths, footers, strict=True):
            theirs = footer.schema.to_arrow_schema()
            _require_alike(schema, theirs, path, paths[0])
            taken |= {name.casefold() for name in theirs.names}
        row, shard = (_free(name, taken) for name in ("row", "shard"))
        counts = tuple(footer.num_rows for footer in footers)
        return cls(tuple(paths), counts, schema, row, shard)


def _free(name: str, taken: Collection[str]) -> str:
    """A name like this one that no column has."""
    return name if name not in taken else _free(f"_{name}", taken)


def _footer(path: str) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        rule, remedy = "Parquet files", f"Give a pattern: 'events/*.parquet'. {error}"
        raise InvalidArgument(_CALL, "paths", path, rule, remedy) from error


def _require_alike(schema: pa.Schema, other: pa.Schema, path: str, first: str) -> None:
    """Require that a file has the columns of the first one."""
    for field in schema:
        found = other.field(field.name).type if field.name in other.names else "missing"
        if found != field.type:
            value, rule = f"{found} in {path}", f"{field.type}, as in {first}"
            raise InvalidFrame(field.name, None, value, rule, "Write all files with one type.")


def _by_polars(base: _Base, customer: str, shards: int, memory: int, folder: Path) -> None:  # noqa: ARG001 - polars has no limit to set
    """Write the shards by polars: it streams the files."""
    import polars as pl  # noqa: PLC0415 - one engine of two
    import polars.selectors as cs  # noqa: PLC0415

    first, scans = 0, []
    for path, rows in zip(base.paths, base.counts, strict=True):
        number = pl.col(base.row).cast(pl.Int64) + first
        scan = pl.scan_parquet(path, glob=False, hive_partitioning=False, row_index_name=base.row)
        # Columns are taken by their places, since a name like ^this$ would be a pattern.
        names = scan.collect_schema().names()
        read = cs.by_index([names.index(name) for name in base.schema.names])
        key = cs.by_index(names.index(customer)).cast(pl.String).hash(seed=0) % shards
        scans.append(scan.select(number, read, key.alias(base.shard)))
        first += rows
    pl.concat(scans).sink_parquet(
        pl.PartitionBy(folder, key=base.shard, include_key=False),
        compression="lz4",
        statistics=False,
        row_group_size=_GROUP,
        mkdir=True,
        engine="streaming",
    )


def _by_duckdb(base: _Base, customer: str, shards: int, memory: int, folder: Path) -> None:
    """Write the shards by DuckDB: it streams the files, too, and spills what is too much."""
    import duckdb  # noqa: PLC0415 - one engine of two

    limit = f"{memory * 3 // 4 >> 20}MiB"  # the rest is for Python and its libraries
    names = ", ".join(_quoted(name) for name in base.schema.names)
    target = str(folder).replace("'", "''")
    row, shard = _quoted(base.row), _quoted(base.shard)
    # Rows are numbered in the order of the files; the shards do not keep it.
    with duckdb.connect(
        config={"memory_limit": limit, "temp_directory": str(folder / "spill")}
    ) as db:
        db.execute(
            f"COPY (SELECT row_number() OVER () - 1 AS {row}, {names}, "  # noqa: S608 - names are quoted
            f"hash({_quoted(customer)}::VARCHAR) % {shards} AS {shard} "
            f"FROM read_parquet(?, hive_partitioning = false)) TO '{target}' "
            f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {_GROUP}, PARTITION_BY ({shard}), "
            "OVERWRITE_OR_IGNORE)",
            [[*base.paths]],
        )


_ENGINES: Mapping[str, Callable[[_Base, str, int, int, Path], None]] = {
    "polars": _by_polars,
    "duckdb": _by_duckdb,
}


def _engine(asked: str | None) -> str:
    """The engine that is asked for, or the first that is installed."""
    if asked is not None:
        _checks.either(*_ENGINES).argument("files.replay", "engine", asked)
    for name in _ENGINES if asked is None else (asked,):
        if find_spec(name) is not None:
            return name
    rule, remedy = "an engine that is installed", f"Install it: pip install {asked or 'polars'}."
    raise InvalidArgument(_CALL, "engine", asked, rule, remedy)


def _quoted(name: str) -> str:
    """A column's name as SQL takes it literally."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _workspace(out: Path) -> Iterator[Path]:
    """A folder inside ``out``; what is in its folder for frames at the end goes to ``out``."""
    rule = "a new or an empty folder"
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        left = out / UNFINISHED
        what = (
            f"It holds a run that was stopped: delete {left}." if left.exists() else "Name another."
        )
        raise InvalidArgument(_CALL, "out", str(out), rule, what)
    new = not out.exists()
    folder = out / UNFINISHED
    (folder / _FRAMES).mkdir(parents=True)
    try:
        yield folder
        for path in sorted((folder / _FRAMES).iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(folder)
        if new and not any(out.iterdir()):
            out.rmdir()


def _replay(
    folder: Path,
    number: int,
    base: _Base,
    shapes: Mapping[FrameName, pa.Schema],
    how: Mapping[str, Any],
) -> int:
    """Replay a shard, and write its frames; the number of its events."""
    shard = folder / f"{base.shard}={number}"
    parts = [pq.ParquetFile(path).read() for path in sorted(shard.glob("*.parquet"))]
    whole = base.schema.insert(0, pa.field(base.row, pa.int64())).empty_table()
    events = pa.concat_tables(parts) if parts else whole
    rows = events[base.row].to_numpy()
    if (rows[1:] < rows[:-1]).any():
        events = events.sort_by(base.row)
    numbers = events[base.row].combine_chunks()
    frames = replayed(events.drop_columns([base.row]), shapes, how, numbers)
    for name, batches in frames.items():
        path = folder / _FRAMES / _file(name, number)
        with pq.ParquetWriter(path, shapes[name]) as writer:
            for batch in batches:
                writer.write_batch(batch)
    shutil.rmtree(shard, ignore_errors=True)
    return len(events)


def _file(name: str, number: int) -> str:
    return f"{name}-{number:05}.parquet"
