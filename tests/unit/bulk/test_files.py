"""The bulk replay of Parquet files, shard by shard: equal to the whole, and whole or not there."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra bulk is not installed")

from custlife import bulk
from custlife.bulk import files, parts
from custlife.errors import EventNotAllowed, InvalidArgument, InvalidFrame

HOW = {"customer": "who", "at": "at", "event": "event", "amount": "cents", "decimals": 2}
COLLECT = {**HOW, "rejected": "collect"}
MEMORY = 1 << 30


def events(rows=3_000, customers=200):
    """Events at random, with ties, and with some that are refused or without a time."""
    random = Random(14)  # noqa: S311 - the same events in every run
    kinds = ("purchased", "complained", "complaint_settled", "engaged", "departed")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    at = [start + timedelta(days=random.randrange(60)) for _ in range(rows)]
    at[-17] = None
    return pa.table(
        {
            "note": pa.array(["not read"] * rows, pa.string()),
            "who": [f"C-{random.randrange(customers)}" for _ in range(rows)],
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "event": random.choices(kinds, k=rows),
            "cents": pa.array([random.randrange(10_000) for _ in range(rows)], pa.int64()),
        }
    )


EVENTS = events()
GOOD = pa.Table.from_pylist(
    [row for row in EVENTS.to_pylist() if row["event"] == "engaged" and row["at"]], EVENTS.schema
)


@pytest.fixture
def base(tmp_path):
    """A folder with the events in three files."""
    folder = tmp_path / "events"
    folder.mkdir()
    for number in range(3):
        pq.write_table(EVENTS.slice(number * 1_000, 1_000), folder / f"{number}.parquet")
    return folder


@pytest.fixture(params=["polars", "duckdb"])
def engine(request):
    """Each engine that is installed."""
    pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    return request.param


@pytest.fixture
def polars():
    """The engine that is taken where there is a choice."""
    return pytest.importorskip("polars", reason="polars is not installed")


def rows(paths):
    """The rows of files, in one order whatever the files."""
    table = pa.concat_tables([pq.ParquetFile(path).read() for path in paths])
    return sorted(table.to_pylist(), key=repr)


def names(folder):
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("give", ["states", "transitions", "departures"])
def test_the_shards_give_what_a_replay_of_the_whole_gives(base, tmp_path, engine, give):
    """Row by row, numbers of rows and ties included, by either engine."""
    whole = getattr(bulk.replay(EVENTS, **COLLECT), give)

    found = files.replay(
        f"{base}/*.parquet", tmp_path / "out", give=give, shards=7, engine=engine, **COLLECT
    )

    assert len(found[give]) == 7
    assert rows(found[give]) == sorted(whole.to_pylist(), key=repr)


def test_rejections_are_those_of_the_whole_with_the_columns_of_their_rows(base, tmp_path, engine):
    """A reason names the row of all files, too."""
    whole = bulk.replay(EVENTS, **COLLECT).rejections.to_pylist()

    found = files.replay(
        f"{base}/*.parquet", tmp_path / "out", give="rejections", shards=7, engine=engine, **HOW
    )

    every = sorted(rows(found["rejections"]), key=lambda row: row["row"])
    assert [{name: row[name] for name in whole[0]} for row in every] == whole
    assert [row["who"] for row in every] == [EVENTS["who"][row["row"]].as_py() for row in whole]


def test_a_customer_is_in_one_shard_and_in_the_same_one_in_every_frame(base, tmp_path, polars):
    """So shards need no merge."""
    found = files.replay(
        f"{base}/*.parquet", tmp_path / "out", give=("states", "transitions"), shards=5, **COLLECT
    )

    states = [{row["customer"] for row in rows([path])} for path in found["states"]]
    moves = [{row["customer"] for row in rows([path])} for path in found["transitions"]]
    assert sum(map(len, states)) == len(set().union(*states)) == 200
    assert all(some <= every for some, every in zip(moves, states, strict=True))


def test_a_shard_without_customers_has_a_file_without_rows(tmp_path, engine):
    """It has the columns all the same."""
    pq.write_table(EVENTS.slice(0, 1), tmp_path / "one.parquet")

    found = files.replay(tmp_path / "one.parquet", tmp_path / "out", shards=3, engine=engine, **HOW)

    tables = [pq.read_table(path) for path in found["states"]]
    assert sorted(map(len, tables)) == [0, 0, 1]
    assert tables[0].schema == tables[1].schema == tables[2].schema


def test_no_events_give_one_file_without_rows(tmp_path, engine):
    """There is nothing to say, and no error."""
    pq.write_table(EVENTS.slice(0, 0), tmp_path / "none.parquet")

    found = files.replay(tmp_path / "none.parquet", tmp_path / "out", engine=engine, **HOW)

    assert rows(found["states"]) == []
    assert names(tmp_path / "out") == ["states-00000.parquet"]


@pytest.mark.parametrize("kind", [pa.int32(), pa.string()], ids=["numbers", "text"])
def test_customers_are_the_same_customers_in_all_files(tmp_path, engine, kind):
    """Also where they are coded, by each file in its own way."""
    for number, who in enumerate([[1, 2], [3, 2], [2, 1]]):
        part = GOOD.slice(number * 2, 2).set_column(
            1, "who", pa.array(who, pa.int32()).cast(kind).dictionary_encode()
        )
        plain = part.set_column(1, "who", part["who"].cast(kind))
        pq.write_table(part if kind == pa.string() else plain, tmp_path / f"{number}.parquet")

    found = files.replay(f"{tmp_path}/*.parquet", tmp_path / "out", shards=4, engine=engine, **HOW)

    states = {str(row["customer"]): row["engagements"] for row in rows(found["states"])}
    assert states == {"1": 2, "2": 3, "3": 1}


def test_names_and_paths_are_taken_literally(tmp_path, engine):
    """Whatever quotes, dots and blanks they have."""
    folder = tmp_path / "Ann's events"
    folder.mkdir()
    names = ['the "user".id', "at", "group", "row", "shard", "_row", "^at$"]
    several = GOOD.select(["who", "at", "event", *["note"] * 4])
    strange = several.rename_columns(names)
    pq.write_table(strange, folder / "a.parquet")
    fields = {"channel": "shard", "offering": "row", "id": "^at$"}
    strange = strange.set_column(6, "^at$", pa.array(map(str, range(len(strange)))))
    pq.write_table(strange, folder / "a.parquet")
    how = {"customer": 'the "user".id', "at": "at", "event": "group", "fields": fields}

    found = files.replay([folder / "a.parquet"], folder / "out", shards=2, engine=engine, **how)

    assert rows(found["states"]) == sorted(bulk.replay(strange, **how).states.to_pylist(), key=repr)


def test_what_an_engine_cannot_read_is_an_error_of_ours(tmp_path, monkeypatch):
    """It says what the engine says, and what to do; a full disk stays one."""
    pq.write_table(GOOD, tmp_path / "a.parquet")

    def split(error):
        def fails(*_):
            raise error

        return fails

    for error, shown in (
        (RuntimeError("no such thing"), InvalidArgument),
        (OSError("disk full"), OSError),
    ):
        monkeypatch.setattr(files, "_ENGINES", {"polars": split(error)})
        with pytest.raises(shown, match=str(error)):
            files.replay(tmp_path / "a.parquet", tmp_path / "out", **HOW)


def test_rows_of_a_shard_are_replayed_in_the_order_of_the_files(tmp_path):
    """An engine may write them in another: ties keep the order of the input."""
    at = pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC"))
    ordered = pa.table({"who": ["C-1"] * 2, "at": at, "event": ["complained", "complaint_settled"]})
    how = {"customer": "who", "at": "at", "event": "event", "rejected": "raise"}
    shapes = parts.schemas(ordered.slice(0, 0), ["states"], how, numbered=True)
    shard = tmp_path / "shard=0"
    shard.mkdir()
    (tmp_path / "frames").mkdir()
    shuffled = ordered.add_column(0, "row", pa.array([0, 1])).take(pa.array([1, 0]))
    pq.write_table(shuffled, shard / "a.parquet")

    base = files._Base((), (), ordered.schema, "row", "shard")
    done = files._replay(tmp_path, 0, base, shapes, how)

    assert done == 2
    (row,) = rows([tmp_path / "frames" / "states-00000.parquet"])
    assert row["open_complaints"] == 0


def test_there_are_as_many_shards_as_keep_the_memory(base, tmp_path, polars, monkeypatch):
    """Here an event would take a hundredth of it."""
    monkeypatch.setattr(files, "BYTES_PER_EVENT", MEMORY // 100)

    found = files.replay(f"{base}/*.parquet", tmp_path / "out", memory=MEMORY, **COLLECT)

    assert len(found["states"]) == 30


def test_progress_is_reported_shard_by_shard(base, tmp_path, polars):
    """It ends with all events."""
    seen = []

    files.replay(
        f"{base}/*.parquet",
        tmp_path / "out",
        shards=3,
        progress=lambda *counts: seen.append(counts),
        **COLLECT,
    )

    assert len(seen) == 3
    assert seen[-1] == (3_000, 3_000)


def test_nothing_is_left_where_a_row_is_refused(base, tmp_path, polars):
    """Neither shards nor the folder; the error names the row of all files."""
    bad = EVENTS["at"].is_valid()
    for number in range(3):
        part = EVENTS.slice(number * 1_000, 1_000).filter(bad.slice(number * 1_000, 1_000))
        pq.write_table(part, base / f"{number}.parquet")

    with pytest.raises(EventNotAllowed) as error:
        files.replay(f"{base}/*.parquet", tmp_path / "out", shards=2, **HOW)

    assert error.value.__notes__[0].startswith("The row: who=C-")
    assert not (tmp_path / "out").exists()


def test_an_invalid_cell_is_named_by_its_row_in_all_files(base, tmp_path, engine):
    """As if the files were one frame."""
    with pytest.raises(InvalidFrame, match="row 2,983") as error:
        files.replay(f"{base}/*.parquet", tmp_path / "out", shards=1, engine=engine, **HOW)

    assert error.value.row == 2_983


def test_frames_appear_when_all_shards_are_done(base, tmp_path, polars):
    """Until then they are in a folder of their own; an empty folder that was there stays."""
    out = tmp_path / "out"
    out.mkdir()
    seen = []

    def stop(done, total):
        seen.append(names(out))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.replay(f"{base}/*.parquet", out, shards=2, progress=stop, **COLLECT)

    assert seen == [[".unfinished"]]
    assert names(out) == []


def test_a_killed_run_is_not_taken_for_a_whole_one(base, tmp_path):
    """Its folder is still there, and the next run says so."""
    (tmp_path / "out" / ".unfinished").mkdir(parents=True)

    with pytest.raises(InvalidArgument, match=r"delete .*\.unfinished"):
        files.replay(f"{base}/*.parquet", tmp_path / "out", **COLLECT)


@pytest.mark.parametrize("out", ["events", "events/0.parquet"], ids=["full", "file"])
def test_what_is_there_is_not_written_over(base, tmp_path, out):
    """A folder with files, and a file, are refused before anything is read."""
    before = names(base)

    with pytest.raises(InvalidArgument, match="a new or an empty folder"):
        files.replay(f"{base}/*.parquet", tmp_path / out, **COLLECT)

    assert names(base) == before


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nothing/*.parquet", "is there"),
        ([], "is there"),
        (3, "a pattern or paths"),
        ([None], "a pattern or paths"),
    ],
)
def test_files_that_are_not_there_are_refused(tmp_path, given, message):
    """Also what names no files."""
    with pytest.raises(InvalidArgument, match=message) as error:
        files.replay(given, tmp_path / "out", **HOW)

    assert error.value.field == "paths"


@pytest.mark.parametrize("name", ["text.parquet", "."], ids=["text", "folder"])
def test_what_is_no_parquet_file_is_refused(tmp_path, name):
    """The error names it, and what to give."""
    (tmp_path / "text.parquet").write_text("who,at\n", encoding="utf-8")

    with pytest.raises(InvalidArgument, match=r"Parquet files.*events/\*\.parquet"):
        files.replay(tmp_path / name, tmp_path / "out", **HOW)


def test_a_missing_column_is_refused(base, tmp_path):
    """The error names those that there are."""
    with pytest.raises(InvalidFrame, match="note, who, at, event and cents"):
        files.replay(f"{base}/*.parquet", tmp_path / "out", **{**HOW, "amount": "euros"})


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (EVENTS.drop_columns(["cents"]), "missing in .*1.parquet"),
        (EVENTS.set_column(4, "cents", EVENTS["cents"].cast(pa.int32())), "int32 in .*1.parquet"),
    ],
    ids=["missing", "type"],
)
def test_files_must_be_alike_in_the_columns_that_are_read(base, tmp_path, other, found):
    """The error names the file that differs."""
    pq.write_table(other, base / "1.parquet")

    with pytest.raises(InvalidFrame, match="int64, as in") as error:
        files.replay(f"{base}/*.parquet", tmp_path / "out", **HOW)

    assert error.value.column == "cents"
    assert re.search(found, error.value.value)


def test_columns_that_are_not_read_may_differ(base, tmp_path, polars):
    """Only what is named is looked at."""
    other = (
        EVENTS.slice(1_000, 1_000).drop_columns(["note"]).select(["cents", "event", "at", "who"])
    )
    pq.write_table(other, base / "1.parquet")

    found = files.replay(f"{base}/*.parquet", tmp_path / "out", **COLLECT)

    assert len(rows(found["states"])) == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("shards", 0), ("shards", 1.5), ("memory", 1_000), ("engine", "spark"), ("give", "state")],
)
def test_an_argument_out_of_its_bounds_is_refused(base, tmp_path, name, value):
    """Before a folder is made."""
    with pytest.raises(InvalidArgument) as error:
        files.replay(f"{base}/*.parquet", tmp_path / "out", **{name: value}, **HOW)

    assert error.value.field == name
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("installed", "asked", "taken"),
    [
        (("polars", "duckdb"), None, "polars"),
        (("duckdb",), None, "duckdb"),
        (("polars", "duckdb"), "duckdb", "duckdb"),
    ],
)
def test_the_engine_is_the_one_that_is_installed(monkeypatch, installed, asked, taken):
    """Polars comes first, unless one is asked for."""
    monkeypatch.setattr(files, "find_spec", lambda name: name if name in installed else None)

    assert files._engine(asked) == taken


@pytest.mark.parametrize(("asked", "named"), [(None, "polars"), ("duckdb", "duckdb")])
def test_an_engine_that_is_not_installed_is_named(monkeypatch, asked, named):
    """With how to install it."""
    monkeypatch.setattr(files, "find_spec", lambda name: None)

    with pytest.raises(InvalidArgument, match=f"pip install {named}"):
        files._engine(asked)


MEASURED = """
import sys
from pathlib import Path
from custlife.bulk import files, parts

def size(name):
    status = Path("/proc/self/status").read_text()
    return int(status.split(name)[1].split()[0]) << 10

before = size("VmRSS:")
files.replay(
    sys.argv[1], sys.argv[2], engine=sys.argv[3], memory=1 << 30, give=parts.FRAMES,
    customer="who", at="at", events="purchased", amount="cents",
)
print(size("VmHWM:") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux says how much it was"
)
def test_the_memory_that_is_stated_is_kept(tmp_path, engine):
    """Where each of two million customers has one event, the worst case, all frames included."""
    many = 2_000_000
    at = pa.array([0], pa.timestamp("us", "UTC"))[0]
    orders = pa.table(
        {
            "who": pa.array(range(many)).cast(pa.string()),
            "at": pa.repeat(at, many),
            "cents": pa.repeat(100, many),
        }
    )
    pq.write_table(orders, tmp_path / "orders.parquet", row_group_size=200_000)

    run = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "orders.parquet", tmp_path / "out", engine],
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(run.stdout) < MEMORY
