"""Replay a whole customer base at once: orders of a real shop, and a generated log of any length.

Run it from anywhere: ``python examples/whole_base.py [orders] [--events N] [--out folder]``. It
needs the extra ``bulk``. The orders are lines that end in customer, day, number and dollars, as
those of CDNOW do. Unless another file is named, it reads ``examples/data/CDNOW_sample.txt``. If
matplotlib is installed, it draws where the customers stood, month by month.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa

from custlife.bulk import Replayed, due, recommend, replay
from custlife.silence import DEFAULT_SILENCE_RULE

HERE = Path(__file__).parent
AHEAD = timedelta(weeks=4)
"""Who falls silent for too long within this time is listed as due."""
KEY_SHARE = 20
"""One customer of this many, by revenue, counts as a key customer."""
STATUS = Path("/proc/self/status")
BEGIN, YEARS = datetime(2023, 1, 1, tzinfo=UTC), 3
MIX = {
    "purchased": 0.45,
    "engaged": 0.25,
    "contacted": 0.20,
    "recommended": 0.03,
    "complained": 0.02,
    "complaint_settled": 0.02,
    "lapsed": 0.02,
    "departed": 0.01,
}
"""How often each event happens in the generated log."""


def orders(path: Path) -> pa.Table:
    """A file of orders as a frame: a row each, with exact dollars."""
    lines = (line.split()[-4:] for line in path.read_text(encoding="ascii").splitlines())
    cells = [line for line in lines if line and line[1].isdigit()]
    days = [datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC) for _, day, _, _ in cells]
    return pa.table(
        {
            "customer": [customer for customer, _, _, _ in cells],
            "at": pa.array(days, pa.timestamp("us", "UTC")),
            "dollars": pa.array([paid for _, _, _, paid in cells]).cast(pa.decimal128(12, 2)),
        }
    )


def generated(events: int) -> pa.Table:
    """A log in no order, in which few customers have most of the events."""
    random = np.random.default_rng(1)
    people = events // 5 + 1  # with about ten events each, so some are left over
    lengths = 1 + 4.5 * random.pareto(1.5, people)
    customers = np.repeat(np.arange(people), lengths.astype(np.int64))[:events]
    seconds = random.integers(0, YEARS * 365 * 86_400, events)
    kinds = random.choice(len(MIX), events, p=[*MIX.values()]).astype(np.int8)
    return pa.table(
        {
            "customer": random.permutation(customers),
            "at": pa.array((int(BEGIN.timestamp()) + seconds) * 10**6, pa.timestamp("us", "UTC")),
            "event": pa.DictionaryArray.from_arrays(kinds, [*MIX]),
            "cents": random.integers(100, 20_000, events),
        }
    )


def counted(title: str, frame: pa.Table, *columns: str) -> Iterator[str]:
    """How many rows have each combination of values, the most frequent first."""
    counts = frame.group_by([*columns]).aggregate([([], "count_all")])
    yield f"{title}:"
    for row in counts.sort_by([("count_all", "descending")]).to_pylist():
        number = row.pop("count_all")
        yield f"  {' '.join(map(str, row.values())):34}{number:9,}  {number / len(frame):6.1%}"


def told(base: Replayed) -> str:
    """What the notes say: who was replayed one by one, and why."""
    notes = "; ".join(f"{reason}: {number:,}" for reason, number in base.notes.items())
    return f"Replayed one by one: {notes or 'nobody'}."


def report(base: Replayed, now: datetime) -> Iterator[str]:
    """Where everybody stands, who left and what that cost, who is due, and what to do."""
    states, unit = base.states, 10**base.decimals
    revenue = states["revenue"].to_numpy()
    former = np.array(states["room"].to_pylist()) == "former"
    yield f"{len(states):,} customers, {base.accepted:,} events; as of {now.date()}."
    yield from counted("Rooms and stages", states, "room", "state")
    yield from counted("Departures by kind and severity", base.departures, "kind", "severity")
    lost, paid = int(revenue[former].sum()), int(revenue.sum())
    yield f"Who left had paid {lost / unit:,.0f} of {paid / unit:,.0f}, or {lost / paid:.0%}."
    soon = due(states, DEFAULT_SILENCE_RULE, now + AHEAD)
    yield from counted(f"Due within {AHEAD.days} days if nothing happens", soon, "event")
    key = revenue > np.quantile(revenue, 1 - 1 / KEY_SHARE)
    advice = recommend(
        states.append_column("key", pa.array(key)),
        signals={"strategic": "key"},
        as_of=now,
        decimals=base.decimals,
    )
    yield from counted("Strategies, and the rules that recommend them", advice, "strategy", "row")
    yield told(base)


def memory(name: str) -> int | None:
    """The memory of this process as Linux counts it [bytes]; elsewhere it is unknown."""
    if not STATUS.exists():
        return None
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def large(log: pa.Table) -> tuple[Replayed, str]:
    """Replay the log, and say how fast that was and how much memory it took."""
    before = memory("VmRSS")
    if before is not None:
        STATUS.with_name("clear_refs").write_text("5", encoding="ascii")  # the peak counts from now
    start = perf_counter()
    base = replay(
        log,
        customer="customer",
        at="at",
        event="event",
        amount="cents",
        decimals=2,
        rejected="collect",
    )
    moves, people = len(base.transitions), len(base.states)
    speed = len(log) / (perf_counter() - start)
    peak, taken = memory("VmHWM"), "unknown on this system"
    if before is not None and peak is not None:
        taken = f"{(peak - before) / len(log):.0f} bytes an event"
    return base, (
        f"{len(log):,} events of {people:,} customers made {moves:,} moves: {speed:,.0f} events a "
        f"second.\nThe lifecycle refused {len(base.rejections):,} events.\n"
        f"Peak memory beyond the log: {taken}.\n{told(base)}"
    )


def months(first: datetime, last: datetime) -> Sequence[datetime]:
    """The first day of each month between two moments."""
    numbers = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [datetime(one // 12, one % 12 + 1, 1, tzinfo=UTC) for one in numbers]


def picture(path: Path, bases: Mapping[str, Replayed]) -> str:
    """Draw how many customers stood where, month by month, if matplotlib is installed."""
    try:
        figure: Any = import_module("matplotlib.figure")
        colors = import_module("matplotlib").colormaps["tab20"].colors
    except ImportError:
        return "There is no picture, since matplotlib is not installed: pip install matplotlib."
    drawn = figure.Figure(figsize=(14, 5), layout="tight")
    for axes, (title, base) in zip(drawn.subplots(1, len(bases)), bases.items(), strict=True):
        first = min(filter(None, base.states["first_at"].to_pylist()))
        last = max(filter(None, base.states["last_at"].to_pylist()))
        moments = months(first, last)
        stages: dict[str, list[int]] = {}
        for row in base.occupancy(moments, by="state").to_pylist():
            stages.setdefault(row["state"], []).append(row["customers"])
        there = {name: counts for name, counts in stages.items() if any(counts)}
        axes.stackplot(moments, *there.values(), labels=[*there], colors=colors)
        axes.set(title=title, ylabel="customers")
        axes.tick_params(axis="x", rotation=45)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path)
    return f"The picture is {path}."


def main() -> None:
    """Print both reports, and draw the picture."""
    parser = ArgumentParser(description="Replay a whole customer base at once.")
    sample = HERE / "data" / "CDNOW_sample.txt"
    parser.add_argument("orders", nargs="?", type=Path, default=sample, help="a file of orders")
    parser.add_argument("--events", type=int, default=1_000_000, help="how long a log is generated")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="the folder of the picture")
    given = parser.parse_args()
    if given.events < 1 or not given.orders.is_file():
        parser.error("orders must be a file, and --events at least 1")
    bought = orders(given.orders)
    now = max(bought["at"].to_pylist()) + timedelta(days=1)
    shop = replay(
        bought,
        customer="customer",
        at="at",
        events="purchased",
        amount="dollars",
        silence=DEFAULT_SILENCE_RULE,
        as_of=now,
    )
    print(f"Orders of {given.orders.name}\n", *report(shop, now), "", sep="\n")
    log, speed = large(generated(given.events))
    print(f"A generated log\n\n{speed}\n")
    bases = {given.orders.name: shop, f"{given.events:,} generated events": log}
    print(picture(given.out / "whole_base.png", bases))


if __name__ == "__main__":
    main()
