"""The benchmarks of whole bases: what an event costs over columns, beside other ways, in one run.

``python benchmarks/bulk.py`` prints a Markdown table; with ``--check`` it also exits with 1 where
a bound is missed. ``--sizes 1 10 50`` names the lengths of the log in millions of events. The logs
are generated, and no lifecycle refuses an event of them, so each way does the same work.
"""

import gc
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from operator import itemgetter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa
import transitions  # pyright: ignore[reportMissingImports]  # the group benchmark
from attrs import frozen
from numpy.typing import NDArray

from custlife import CUSTOMER_LIFECYCLE, Event, Relationship, bulk, replay, to_table
from custlife.prediction import MBGNBD
from custlife.silence import FixedWindow, OwnRhythm
from custlife.strategy import Profile, Signals, recommend

ROUNDS, THREADS, MILLION = 3, 2, 1_000_000
LARGE = 10 * MILLION  # from so many events on, the sort is the measure
SAMPLE, PROFILES = 2_000, 300  # so many customers go through what is slow, and get advice
BEGIN, END = datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
MIX = {
    "purchased": 0.44,
    "engaged": 0.25,
    "contacted": 0.22,
    "recommended": 0.03,
    "complained": 0.02,
    "complaint_settled": 0,
    "lapsed": 0.03,
    "departed": 0.01,
}
"""How often each event happens by itself; a complaint is settled next, and who left comes back."""
MILLISECOND = timedelta(milliseconds=1)
Rows: TypeAlias = list[tuple[int, datetime, str, int | None]]
STATUS = Path("/proc/self/status")
ORDERS = Path(__file__).parents[1] / "examples/data/CDNOW_sample.txt"
TABLE = to_table(CUSTOMER_LIFECYCLE)
STATES = [*map(str, TABLE.states)]
ARCS = [{event: STATES[after] for event, after in arcs.items()} for arcs in TABLE.arcs]
STEPS = dict(zip(STATES, ARCS, strict=True))
CLASSES: dict[str, Any] = {kind.name: kind for kind in Event.__subclasses__()}


@frozen
class Row:
    """One line of the table; without a bound it is there for comparison."""

    what: str
    figure: float
    unit: str = "x"
    most: float | None = None
    least: float | None = None
    scale: str = ""

    @property
    def holds(self) -> bool:
        """Whether the bound is kept, if there is one."""
        low = self.least is None or self.figure >= self.least
        return low and (self.most is None or self.figure <= self.most)

    def __str__(self) -> str:
        signs = ("at most", self.most), ("at least", self.least)
        bound = "".join(f"{sign} {limit:g} {self.unit}" for sign, limit in signs if limit)
        kept = bound and ("yes" if self.holds else "**no**")
        return f"| {self.what} | {self.figure:,.2f} {self.unit} | {bound} | {kept} | {self.scale} |"


def medians(*works: Callable[[], object]) -> list[float]:
    """The median seconds of each work, all taken in turn, after one round that warms up."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            start = perf_counter()
            work()
            taken.append(perf_counter() - start)
    return [median(taken[1:]) for taken in times]


def shop_log(events: int, *, single: bool = False) -> pa.Table:
    """A log of a shop in no order: about ten events a customer, of which few have most; or one.

    The first customers are as good a sample as any. The lifecycle refuses no event.
    """
    random = np.random.default_rng(1)
    people = events // 5 + 1  # twice as many as there is room for
    lengths = (1 + 4.5 * random.pareto(1.5, people)).astype(np.int64)
    who = np.repeat(np.arange(people), lengths)[:events]
    # Sorted by customer and time in milliseconds, both in one number; microseconds part ties.
    key = np.sort(who << 37 | random.integers(0, (END - BEGIN) // MILLISECOND, events))
    at = (key & (1 << 37) - 1) * 1000 + np.arange(events) % 1000
    if single:
        who, at = who * 0, np.arange(events) * 1000
    kinds = random.choice(len(MIX), events, p=[*MIX.values()]).astype(np.int8)
    number = {name: place for place, name in enumerate(MIX)}

    def after(name: str) -> NDArray[np.int64]:
        """Where an event of the same customer comes next."""
        return np.flatnonzero((kinds[:-1] == number[name]) & (who[:-1] == who[1:])) + 1

    kinds[after("departed")] = number["purchased"]
    again = after("complained")
    kinds[again[kinds[again] == number["complained"]]] = number["contacted"]
    kinds[after("complained")] = number["complaint_settled"]
    order = random.permutation(events)
    at, kinds = at[order] + int(BEGIN.timestamp()) * MILLION, kinds[order]
    cents = pa.array(random.integers(100, 20_000, events), mask=kinds != number["purchased"])
    event = pa.DictionaryArray.from_arrays(kinds, [*MIX])
    columns = who[order], pa.array(at, pa.timestamp("us", "UTC")), event, cents
    return pa.table([*columns], ["customer", "at", "event", "amount"])


def in_time_order(log: pa.Table) -> pa.Table:
    """The same log as it would be written, the oldest event first."""
    return log.take(np.argsort(log["at"].to_numpy(), kind="stable"))


def whole(log: pa.Table, **more: Any) -> bulk.Replayed:  # noqa: ANN401 - what `replay` takes
    """Replay a log, and make both frames: where all stand, and each move."""
    names: dict[str, Any] = {name: name for name in ("customer", "at", "event", "amount")}
    base = bulk.replay(log, **names, decimals=2, threads=THREADS, **more)
    assert len(base.states) + len(base.transitions)  # noqa: S101 - makes both
    return base


def bench_size(size: int, log: pa.Table) -> tuple[float, list[Row]]:
    """The bulk replay beside a bare sort; the seconds of an event, and the lines."""
    numbers = np.random.default_rng(2).integers(0, 1 << 64, size, np.uint64)
    works = partial(whole, log), partial(whole, in_time_order(log)), partial(np.sort, numbers)
    mixed, ordered, sort = (seconds / size for seconds in medians(*works))
    found = []
    for order, each, most in (("no", mixed, 2.5), ("time", ordered, 1)):
        what = f"bulk replay in {order} order / `np.sort`, {size / MILLION:g} million events"
        scale = f"{each * 1e9:.0f} ns an event against {sort * 1e9:.0f} ns"
        found.append(Row(what, each / sort, most=most if size >= LARGE else None, scale=scale))
    return mixed, found


def memory(name: str) -> int:
    """The memory of this process as Linux counts it [bytes]."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def peak_of(path: Path) -> int:
    """The peak of a replay beyond the log, which this process holds already [bytes]."""
    with pa.OSFile(str(path)) as file:
        log = pa.ipc.open_file(file).read_all()
    whole(log.slice(0, 1000), rejected="collect")
    gc.collect()
    before = memory("VmRSS")
    STATUS.with_name("clear_refs").write_text("5", encoding="ascii")  # the peak counts from now on
    whole(log)
    return memory("VmHWM") - before


def bench_memory(size: int, log: pa.Table) -> Iterator[Row]:
    """The peak memory of a process that does nothing but replay, where the system tells it."""
    if not STATUS.exists():
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, log.schema) as writer:
            writer.write_table(log)
        command = [sys.executable, __file__, "--peak", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - the interpreter
    what = f"peak memory beyond the log, {size / MILLION:g} million events"
    scale, most = f"the log itself has {log.nbytes / size:.0f}", 60 if size >= LARGE else None
    yield Row(what, int(done.stdout) / size, "bytes an event", most=most, scale=scale)


def bench_increment(log: pa.Table) -> Row:
    """The last tenth of a log on top of the nine before it, against all of it."""
    ordered, cut = in_time_order(log), len(log) * 9 // 10
    before, new = whole(ordered.slice(0, cut)), ordered.slice(cut)
    tenth, all_ = medians(partial(whole, new, start=before), partial(whole, ordered))
    scale = f"{tenth / len(new) * 1e9:.0f} ns an event"
    return Row("the last tenth with `start=` / all, in time order", tenth / all_, scale=scale)


def folded(events: Iterable[str], cents: Iterable[int | None]) -> tuple[str, int, int]:
    """What people write by themselves: state, purchases and revenue of one history in order."""
    here, purchases, revenue = STATES[TABLE.initial], 0, 0
    for event, paid in zip(events, cents, strict=True):
        here = STEPS[here][event]
        if event == "purchased":
            purchases += 1
            revenue += int(paid or 0)
    return here, purchases, revenue


def by_dict(rows: Rows) -> dict[int, str]:
    """Histories collected in a dict, sorted and folded one by one."""
    histories, found = dict[int, Rows](), dict[int, str]()
    for row in rows:
        histories.setdefault(row[0], []).append(row)
    for customer, history in histories.items():
        history.sort(key=itemgetter(1))
        found[customer], *_ = folded([row[2] for row in history], [row[3] for row in history])
    return found


def by_pandas(frame: Any) -> dict[int, str]:  # noqa: ANN401 - pandas has no types
    """The same fold by ``groupby.apply``."""
    groups = frame.sort_values("at", kind="stable").groupby("customer")[["event", "amount"]]
    return dict(groups.apply(lambda group: folded(group["event"], group["amount"])[0]))


def by_polars(frame: pl.DataFrame) -> dict[int, str]:
    """The same fold by ``map_elements``."""
    lists = frame.sort("at").group_by("customer").agg("event", "amount")
    state = pl.struct("event", "amount").map_elements(
        lambda one: folded(one["event"], one["amount"])[0], return_dtype=pl.String
    )
    return dict(lists.select("customer", state).iter_rows())


def by_transitions(rows: Rows) -> dict[int, str]:
    """The package `transitions`; each customer is the same object, set back to the beginning."""
    begin, found = STATES[TABLE.initial], dict[int, str]()
    arcs = [[on, at, to] for at, arcs in STEPS.items() for on, to in arcs.items()]
    machine = transitions.Machine(None, [*STEPS], begin, arcs, auto_transitions=False)
    model: Any = type("Customer", (), {})()
    machine.add_model(model)
    for customer, _, event, _ in sorted(rows, key=itemgetter(0, 1)):
        if customer not in found:
            machine.set_state(begin, model)
        model.trigger(event)
        found[customer] = model.state
    return found


def by_send(rows: Rows) -> None:
    """The history of one customer, sent to the chart of python-statemachine."""
    chart = Relationship("C-17").to_chart()
    for row in rows:
        chart.send(row[2])


def relationships(rows: Rows) -> dict[int, Relationship]:
    """What `custlife.replay` makes of each customer."""
    histories: dict[int, list[Event]] = {}
    for customer, at, name, cents in rows:
        paid = {} if cents is None else {"amount": Decimal(cents) / 100}
        histories.setdefault(customer, []).append(CLASSES[name](at=at, **paid))
    return {one: replay(events, customer="C").relationship for one, events in histories.items()}


def sample_of(log: pa.Table, customers: int) -> pa.Table:
    """All events of the first customers, by their names."""
    some = log.filter(pa.array(log["customer"].to_numpy() < customers))
    return some.set_column(2, "event", some["event"].cast(pa.string()))


def rows_of(log: pa.Table) -> Rows:
    """A log as plain values, a tuple an event."""
    return [*zip(*(column.to_pylist() for column in log.columns), strict=True)]


def bench_others(log: pa.Table) -> Iterator[Row]:
    """What an event costs those who fold customer by customer, on a sample of customers."""
    some = sample_of(log, SAMPLE)
    rows = rows_of(some)
    ((whose, _),) = Counter(row[0] for row in rows).most_common(1)
    history = sorted((row for row in rows if row[0] == whose), key=itemgetter(1))[:300]
    ways: list[tuple[str, Callable[[], object], int, int | None]] = [
        ("bulk replay", partial(whole, log), len(log), None),
        ("`send()` of python-statemachine", partial(by_send, history), len(history), 1000),
        ("`transitions`", partial(by_transitions, rows), len(rows), 50),
        ("a fold by dict", partial(by_dict, rows), len(rows), None),
        ("that fold by `groupby.apply`", partial(by_pandas, some.to_pandas()), len(rows), None),
        ("that fold by `map_elements`", partial(by_polars, pl.DataFrame(some)), len(rows), None),
        ("`custlife.replay` one by one", partial(relationships, rows), len(rows), None),
    ]
    base = {one["customer"]: one["state"] for one in whole(some).states.to_pylist()}
    for _, work, _, _ in ways[2:-1]:
        assert work() == base  # noqa: S101 - what is compared does the same
    seconds = medians(*(work for _, work, _, _ in ways))
    each, *costs = (one / way[2] for one, way in zip(seconds, ways, strict=True))
    for (name, *_, least), cost in zip(ways[1:], costs, strict=True):
        what, scale = f"{name} / bulk replay, an event", f"{cost * 1e6:.2f} us an event"
        yield Row(what, cost / each, least=least, scale=scale)


def bench_recommend(log: pa.Table) -> Row:
    """Advice over columns, a customer, beside advice for each profile of a sample."""
    states, random = whole(log).states, np.random.default_rng(3)
    flags, amounts = ("strategic", "cash_flow_stable"), ("revenue_upside", "regain_cost")
    for name in (*flags, *amounts):
        top, kind = (2, pa.bool_()) if name in flags else (50_000, pa.decimal128(19, 0))
        unknown = random.random(len(states)) < 0.3  # noqa: PLR2004 - a share
        cells = pa.array(random.integers(0, top, len(states)), mask=unknown).cast(kind)
        states = states.append_column(name, cells)
    known = states.select(["customer", *flags, *amounts]).to_pylist()
    signals = {row.pop("customer"): Signals(**row) for row in known}
    some = relationships(rows_of(sample_of(log, PROFILES)))

    def one_by_one() -> list[list[str]]:
        profiles = (Profile(relationship=r, signals=signals[c], as_of=END) for c, r in some.items())
        advice = map(recommend, profiles)
        return [[one.strategy.value, one.row, ", ".join(sorted(one.missing))] for one in advice]

    work = partial(bulk.recommend, states, signals=[*flags, *amounts], as_of=END)
    found = {one.pop("customer"): one for one in work().to_pylist()}
    same = [[found[one][name] for name in ("strategy", "row", "missing")] for one in some]
    assert one_by_one() == same  # noqa: S101 - what is compared does the same
    base, sample = medians(work, one_by_one)
    one, other = base / len(states), sample / len(some)
    scale = f"{other * 1e6:.0f} us against {one * 1e6:.2f} us"
    return Row("`recommend` / `bulk.recommend`, a customer", other / one, least=50, scale=scale)


def bench_backtest(path: Path) -> Row:
    """A backtest on real orders: two replays, and the scores of three rules and of a model."""
    cells = np.loadtxt(path, str)
    who, day, _, paid = cells[np.char.isdigit(cells[:, -3])].T[-4:]
    days = [datetime.strptime(one, "%Y%m%d").replace(tzinfo=UTC) for one in day]
    dollars = pa.array(paid).cast(pa.decimal128(12, 2))
    orders = pa.table({"who": who, "day": days, "paid": dollars})
    week = timedelta(weeks=1)
    split, horizon = min(days) + 39 * week, 39 * week
    early = pa.array([day <= split for day in days])
    windows = (FixedWindow(lapsed_after=weeks * week) for weeks in (13, 26))
    whats: list[Any] = [*windows, OwnRhythm(factor=3, fallback=4 * week), MBGNBD]

    def testing() -> None:
        columns: dict[str, Any] = {"customer": "who", "at": "day", "amount": "paid"}
        tables = orders.filter(early), orders
        states = [bulk.replay(one, events="purchased", **columns).states for one in tables]
        for what in whats:
            bulk.backtest(what, *states, split=split, horizon=horizon)

    (seconds,) = medians(testing)
    what = f"backtest of {path.stem}, replays and fit included"
    return Row(what, seconds, "s", most=20, scale=f"{len(orders):,} orders")


def rows(sizes: list[int], orders: Path) -> Iterator[Row]:
    """Measure all, size by size."""
    costs: dict[int, float] = {}
    for size in sizes:
        log = shop_log(size)
        costs[size], found = bench_size(size, log)
        yield from found
        yield from bench_memory(size, log)
    small, large = min(sizes), max(sizes)
    if small < large:
        what = f"an event of {large / MILLION:g} million / of {small / MILLION:g} million"
        yield Row(what, costs[large] / costs[small], most=1.6)
    single = LARGE if LARGE in costs else small
    (seconds,) = medians(partial(whole, shop_log(single, single=True)))
    what = f"one customer with {single / MILLION:g} million events / a base, an event"
    yield Row(what, seconds / single / costs[single], most=3)
    yield from bench_others(shop_log(single))
    log = shop_log(small)
    yield bench_increment(log)
    yield bench_recommend(log)
    yield bench_backtest(orders)


def main() -> int:
    """Measure all, print the table, and say whether the bounds hold."""
    parser = ArgumentParser(description="What an event costs over columns, beside other ways.")
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 10], metavar="MILLION")
    parser.add_argument("--orders", type=Path, default=ORDERS, help="as CDNOW's, for the backtest")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bound is missed")
    parser.add_argument("--peak", type=Path, help="print the peak of a replay of this log, only")
    given = parser.parse_args()
    if given.peak:
        print(peak_of(given.peak))
        return 0
    print("| what | figure | bound | kept | for scale |\n|---|---|---|---|---|")
    held = True
    for row in rows([int(size * MILLION) for size in given.sizes], given.orders):
        print(row, flush=True)
        held &= row.holds
    return 0 if held or not given.check else 1


if __name__ == "__main__":
    sys.exit(main())
