"""The benchmarks: ratios of medians, both sides measured in turn in one run.

``python benchmarks/run.py`` prints a Markdown table; with ``--check`` it also exits with 1 where
a bound is missed. Single absolute times depend on the machine and are printed for scale only.
"""

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Literal

from attrs import evolve, frozen
from hypothesis import settings

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    Contacted,
    Departed,
    Event,
    Lifecycle,
    Move,
    Purchased,
    Region,
    Relationship,
    Stage,
    State,
    at_least,
    replay,
    to_chart,
    to_table,
)
from custlife.codec import Codec
from custlife.prediction import BGNBD, ParetoNBD, summaries
from custlife.relationship import fold
from custlife.silence import DEFAULT_SILENCE_RULE, FixedWindow, OwnRhythm
from custlife.strategy import (
    Candidate,
    CustomerValue,
    Profile,
    Signals,
    Unit,
    buttle_selector,
    portfolio,
    recommend,
)
from custlife.testing import (
    CUSTOMER_REQUIREMENTS,
    LIFECYCLE_LAWS,
    SELECTOR_LAWS,
    Requirement,
    after,
    always,
    assert_proven,
    buttle_requirements,
    check,
    eventually_possible,
    leads_to,
    monotone,
    moves_of,
    never,
    precedes,
    preserves,
    score,
    stays_until,
    transition_coverage_paths,
)

ROUNDS = 15
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CDNOW_END = datetime(1998, 7, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


@frozen
class Result:
    """One line of the table."""

    what: str
    figure: float
    unit: str
    sign: Literal["at most", "at least"]
    bound: float
    scale: str = ""

    @property
    def holds(self) -> bool:
        """Whether the bound is kept."""
        within = self.figure <= self.bound
        return within if self.sign == "at most" else not within

    def __str__(self) -> str:
        met = "yes" if self.holds else "**no**"
        return (
            f"| {self.what} | {self.figure:,.2f} {self.unit} "
            f"| {self.sign} {self.bound:g} {self.unit} | {met} | {self.scale} |"
        )


def medians(*works: Callable[[], object]) -> list[float]:
    """The median seconds of each work, all taken in turn, with the collector at rest."""
    times: list[list[float]] = [[] for _ in works]
    gc.disable()
    try:
        for number in range(ROUNDS + 1):
            for work, taken in zip(works, times, strict=True):
                start = perf_counter()
                work()
                if number:
                    taken.append(perf_counter() - start)
    finally:
        gc.enable()
    return [median(taken) for taken in times]


_NUMBERS = count()


def bench_step() -> Result:
    """`table.step` against a bare dict loop over the same events."""
    table = to_table(CUSTOMER_LIFECYCLE)
    bare = {
        (state, event): table.states[after]
        for state, arc in zip(table.states, table.arcs, strict=True)
        for event, after in arc.items()
    }
    random, state, events = Random(1), CUSTOMER_LIFECYCLE.initial, []  # noqa: S311 - no secret
    for _ in range(50_000):
        events.append(random.choice(table.allowed(state)))
        state = bare[state, events[-1]]

    def by_dict() -> State:
        here = CUSTOMER_LIFECYCLE.initial
        for event in events:
            here = bare[here, event]
        return here

    def by_step() -> State:
        here = CUSTOMER_LIFECYCLE.initial
        for event in events:
            here = table.step(here, event)
        return here

    stepping, looking_up = medians(by_step, by_dict)
    each = stepping / len(events) * 1e9
    return Result(
        "`table.step` / dict loop", stepping / looking_up, "x", "at most", 2, f"{each:.0f} ns"
    )


def bench_apply() -> Result:
    """One `apply` of one event against one `send()` on the generated chart."""
    start = Relationship("C-17").apply(Purchased(at=BEGIN, amount=Decimal("11.77")))
    event = Complained(at=BEGIN)
    chart = start.to_chart()
    number = 300

    def applying() -> None:
        for _ in range(number):
            start.apply(event)

    def sending() -> None:
        for _ in range(number):
            chart.send("complained")

    apply, send = medians(applying, sending)
    scale = f"{apply / number * 1e6:.1f} us against {send / number * 1e6:.0f} us"
    return Result("`send()` / `Relationship.apply`", send / apply, "x", "at least", 20, scale)


def history(length: int) -> list[Purchased | Complained]:
    """A history of one customer, two purchases to each complaint."""
    return [
        Complained(at=BEGIN + timedelta(minutes=number))
        if number % 3 == 2  # noqa: PLR2004 - the third of three
        else Purchased(at=BEGIN + timedelta(minutes=number), amount=Decimal("11.77"))
        for number in range(length)
    ]


@frozen(kw_only=True)
class Bare:
    """The fields of `Purchased`, and nothing that looks at them."""

    at: datetime
    channel: str | None = None
    id: str | None = None
    offering: str | None = None
    recorded_at: datetime | None = None
    amount: Decimal


def bench_scalar() -> list[Result]:
    """One event at a time: making it against a bare object, and `apply` against the fold."""
    start = Relationship("C-17").apply(Purchased(at=BEGIN, amount=Decimal("11.77")))
    events = history(300)  # so short that most rounds run undisturbed
    amount = Decimal("11.77")

    def making(kind: type[Purchased | Bare]) -> None:
        for _ in events:
            kind(at=BEGIN, amount=amount, id="p1")

    def applying() -> None:
        for event in events[:3] * (len(events) // 3):
            start.apply(event)

    made, bare, applied, folded = medians(
        partial(making, Purchased),
        partial(making, Bare),
        applying,
        lambda: fold(start, events, lambda *_: None),
    )
    each = 1e6 / len(events)
    made, bare, applied, folded = made * each, bare * each, applied * each, folded * each
    return [
        Result(
            "making a `Purchased` / a bare frozen object",
            made / bare,
            "x",
            "at most",
            2.5,
            f"{made:.2f} us against {bare:.2f} us",
        ),
        Result(
            "`Relationship.apply` / the fold, an event",
            applied / folded,
            "x",
            "at most",
            4,
            f"{applied:.2f} us against {folded:.2f} us",
        ),
    ]


def bench_import() -> list[Result]:
    """Whole processes that import custlife, or all that `replay` needs, against one with attrs."""
    with TemporaryDirectory() as cache:  # as installed: with bytecode
        given = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}

        def importing(code: str) -> None:
            command = [sys.executable, "-c", code]
            subprocess.run(command, env=given, check=True)  # noqa: S603 - the interpreter

        codes = "import custlife", "from custlife import replay", "import attrs"
        light, whole, attrs = medians(*(partial(importing, code) for code in codes))
    scale = f"{light * 1e3:.0f} ms against {attrs * 1e3:.0f} ms, interpreter included"
    return [
        Result("`import custlife` / `import attrs`", light / attrs, "x", "at most", 1.5, scale),
        Result(
            "`from custlife import replay` / `import attrs`",
            whole / attrs,
            "x",
            "at most",
            4,
            f"{whole * 1e3:.0f} ms",
        ),
    ]


def bench_replay() -> list[Result]:
    """`replay` of 100,000 events, an event, against `send()`; and whether it is linear."""
    long, short = history(100_000), history(10_000)
    chart = Relationship("C-17").apply(*short[:1]).to_chart()
    number = 300

    def sending() -> None:
        for event in short[:number]:
            chart.send(event.name)

    all_, tenth, send = medians(
        lambda: replay(long, customer="C-17"), lambda: replay(short, customer="C-17"), sending
    )
    each = all_ / len(long)
    scale = f"{each * 1e6:.2f} us an event"
    return [
        Result("`send()` / `replay`, an event", send / number / each, "x", "at least", 40, scale),
        Result(
            "`replay` of 100,000 / of 10,000, an event",
            each / (tenth / len(short)),
            "x",
            "at most",
            1.5,
        ),
    ]


def bench_silence() -> list[Result]:
    """`replay` with a silence rule against one without, on a long history and on real customers."""
    gaps = Random(1)  # noqa: S311 - no secret
    at, long = BEGIN, []
    for number in range(100_000):
        at += timedelta(hours=gaps.randint(1, 48) * (40 if number % 500 == 0 else 1))
        kind = Contacted(at=at) if number % 3 == 2 else Purchased(at=at, amount=5)  # noqa: PLR2004 - as above
        long.append(kind)
    window = FixedWindow(lapsed_after=timedelta(days=30), departed_after=timedelta(days=70))
    rhythm = OwnRhythm(factor=20, departed_factor=50)
    plain, fixed, own = medians(
        lambda: replay(long, customer="C-17"),
        lambda: replay(long, customer="C-17", silence=window, as_of=at),
        lambda: replay(long, customer="C-17", silence=rhythm, as_of=at),
    )
    watched = [
        replay(events, customer=customer, silence=DEFAULT_SILENCE_RULE, as_of=CDNOW_END)
        for customer, events in cdnow().items()
    ]
    inferred = sum(len(journey.inferred) for journey in watched)
    given, inferring = medians(
        lambda: [replay(journey.events, customer=journey.customer) for journey in watched],
        lambda: [
            replay(events, customer=customer, silence=DEFAULT_SILENCE_RULE, as_of=CDNOW_END)
            for customer, events in cdnow().items()
        ],
    )
    fitted = summaries(watched, as_of=CDNOW_END)
    bg, pareto = medians(lambda: BGNBD.fit(fitted), lambda: ParetoNBD.fit(fitted))
    scale = f"{inferred:,} of {sum(len(one.events) for one in watched):,} events inferred"
    return [
        Result(
            "`replay` with a fixed window / without, an event", fixed / plain, "x", "at most", 1.5
        ),
        Result(
            "`replay` with the own rhythm / without, an event", own / plain, "x", "at most", 1.5
        ),
        Result(
            "inferring CDNOW's silences / being given them",
            inferring / given,
            "x",
            "at most",
            5,
            scale,
        ),
        Result("fit of BG/NBD, CDNOW sample", bg, "s", "at most", 1, f"{len(fitted):,} customers"),
        Result("fit of Pareto/NBD, CDNOW sample", pareto, "s", "at most", 1),
    ]


@cache
def cdnow() -> dict[str, list[Event]]:
    """The purchases of each customer in the sample of CDNOW."""
    found: dict[str, list[Event]] = {}
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        when = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        found.setdefault(customer, []).append(Purchased(at=when, amount=Decimal(dollars)))
    return found


def bench_memory() -> list[Result]:
    """What a relationship with a departure and a return takes, against a chart instance."""
    number = 5_000

    def relationship(index: int) -> Relationship:
        at = BEGIN + timedelta(seconds=index)
        return Relationship(f"C-{index}").apply(
            Contacted(at=at),
            Purchased(at=at + timedelta(days=3), amount=Decimal("11.77")),
            Departed(at=at + timedelta(days=90), cause=Cause.PRICE, to="Rival Ltd"),
            Purchased(at=at + timedelta(days=120), amount=Decimal("11.77")),
        )

    def taken(make: Callable[[int], object], count: int) -> float:
        make(0)
        gc.collect()
        tracemalloc.start()
        kept = [make(index) for index in range(count)]
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size / len(kept)

    def customer(index: int, purchases: int = 3, *, by_id: bool = False) -> Relationship:
        at = BEGIN + timedelta(seconds=index)
        bought = [
            Purchased(
                at=at + timedelta(days=3 * n),
                amount=Decimal("11.77"),
                id=f"{index}-{n}" if by_id else None,
            )
            for n in range(1, purchases + 1)
        ]
        return Relationship(f"C-{index}").apply(Contacted(at=at), *bought)

    chart = to_chart(CUSTOMER_LIFECYCLE)
    codec = Codec()
    rows = [json.dumps(codec.dump(relationship(index))) for index in range(number)]
    one, other = taken(relationship, number), taken(lambda _: chart(), number // 10)
    restored = taken(lambda index: codec.load(json.loads(rows[index])), number)
    few = taken(customer, number)
    by_id = taken(lambda index: customer(index, 40, by_id=True), number // 10)
    return [
        Result("a relationship, record included", few, "bytes", "at most", 1024),
        Result("the same with purchases that have ids", by_id, "bytes", "at most", 10_240),
        Result("the same with a departure and a return", one, "bytes", "at most", 1280),
        Result("the same, restored from JSON", restored, "bytes", "at most", 1280),
        Result(
            "a chart instance / a relationship",
            other / one,
            "x",
            "at least",
            10,
            f"{other:,.0f} bytes",
        ),
    ]


def bench_identity() -> Result:
    """Hash and equality in a lifecycle with 60 more stages, against the default."""
    more = [Stage(f"more{number}", "One more.") for number in range(60)]
    ways = [Move(f"way{n}", at="potential", to=f"more{n}", sentence="A way.") for n in range(60)]
    wide = evolve(
        CUSTOMER_LIFECYCLE,
        prospect=(*CUSTOMER_LIFECYCLE.prospect, *more),
        rules=(*CUSTOMER_LIFECYCLE.rules, *ways),
        views=(),
    )
    twin = evolve(wide, name=wide.name)
    pairs = [
        (Relationship("C-17", wide), Relationship("C-17", twin)),
        (Relationship("C-17"), Relationship("C-17")),
    ]

    def compare(one: Relationship, other: Relationship) -> Callable[[], None]:
        def work() -> None:
            for _ in range(500):
                assert hash(one) == hash(other)  # noqa: S101 - this is what is measured
                assert one == other  # noqa: S101

        return work

    big, small = medians(*(compare(*pair) for pair in pairs))
    return Result("hash and ==: 75 states / 15", big / small, "x", "at most", 1.5)


def _fresh() -> Lifecycle:
    """The default lifecycle with a sentence that no cache holds."""
    first, *others = CUSTOMER_LIFECYCLE.former
    fresh = evolve(first, sentence=f"Fresh, for the {next(_NUMBERS)}th time.")
    return evolve(CUSTOMER_LIFECYCLE, former=(fresh, *others))


def bench_compile() -> Result:
    """Compiling the default table, chart included."""

    def compiling() -> None:
        to_table(_fresh())

    (seconds,) = medians(compiling)
    return Result("compiling the default table", seconds * 1e3, "ms", "at most", 100)


def bench_recommend() -> list[Result]:
    """One recommendation against one `apply`; the profile is made anew each time, or is given."""
    start = Relationship("C-17").apply(Purchased(at=BEGIN, amount=Decimal("11.77")))
    event = Complained(at=BEGIN)
    value = CustomerValue.of(start, margin_rate=Decimal("0.3"), cost_to_serve=2)
    gone = start.apply(Departed(at=BEGIN, cause=Cause.PRICE))
    cases = [
        (Relationship("C-17"), CustomerValue(), Signals()),
        (start, value, Signals()),
        (start, value, Signals(strategic=False, cash_flow_stable=False, revenue_upside=80)),
        (gone, value, Signals(strategic=True, regain_cost=5, regain_benefit=9)),
    ]
    known = [Profile(relationship=who, value=worth, signals=said) for who, worth, said in cases]
    number = 300

    def applying() -> None:
        for _ in cases * number:
            start.apply(event)

    def recommending() -> None:
        for profile in known * number:
            recommend(profile)

    def profiling() -> None:
        for who, worth, said in cases * number:
            recommend(Profile(relationship=who, value=worth, signals=said))

    def explaining() -> None:
        for profile in known:
            recommend(profile).explain()

    apply, bare, whole, told = medians(applying, recommending, profiling, explaining)
    each = number * len(cases)
    scale = f"{bare / each * 1e6:.1f} us against {apply / each * 1e6:.1f} us"
    explained = f"`explain()` takes {told / len(cases) * 1e3:.1f} ms"
    return [
        Result("`recommend` / `Relationship.apply`", bare / apply, "x", "at most", 10, scale),
        Result("the same, profile included", whole / apply, "x", "at most", 10, explained),
    ]


def bench_portfolio() -> Result:
    """Choosing among 100,000 candidates for contacts, a candidate, against 10,000."""
    random = Random(1)  # noqa: S311 - no secret
    many = [
        Candidate(customer=f"C-{n}", gain=random.randrange(-50, 500), cost=1, unit=Unit.CONTACTS)
        for n in range(100_000)
    ]
    few = many[: len(many) // 10]

    def choosing(candidates: list[Candidate]) -> None:
        portfolio(candidates, len(candidates) // 10, unit=Unit.CONTACTS)

    big, small = medians(partial(choosing, many), partial(choosing, few))
    scale = f"{big:.1f} s for 100,000"
    return Result(
        "portfolio of 100,000 / of 10,000, a candidate", big / small / 10, "x", "at most", 2, scale
    )


def _large() -> Lifecycle:
    """A lifecycle of 402 states: four regions in which one goes round."""
    sizes = (5, 4, 4, 5)
    rules: list[Move] = [
        Move("joined", at=["guest", "gone"], to="customer", sentence="Joins."),
        Move("left", at=["prospect", "customer"], to="gone", sentence="Leaves."),
    ]
    for region, size in enumerate(sizes):
        rules += (
            Move(
                f"up{region}", at=f"s{region}_{n}", to=f"s{region}_{(n + 1) % size}", sentence="On."
            )
            for n in range(size)
        )
    return Lifecycle(
        "large",
        prospect=[Stage("guest", "Looks in.")],
        customer=[
            Region(f"r{region}", "One.", [Stage(f"s{region}_{n}", "One.") for n in range(size)])
            for region, size in enumerate(sizes)
        ],
        former=[Stage("gone", "Is gone.")],
        rules=rules,
    )


def _of_large(region: int) -> list[Requirement]:
    """Requirements of every kind about one region of the large lifecycle."""
    first, second, third = (f"s{region}_{number}" for number in range(3))
    up, name = f"up{region}", f"r{region}"
    return [
        never(f"{first}+s{(region + 1) % 4}_3"),
        always(on=up, at=first, to=second),
        always(at_least("events", 1), at="customer"),
        precedes(up, third, times=2, each_cycle=True),
        stays_until(second, [up, "left"]),
        after("left", only="joined", until="joined"),
        leads_to(second, [third, "gone"]),
        leads_to("left", "gone", until="joined"),
        leads_to("joined", "customer", within=2),
        preserves(up, f"r{(region + 1) % 4}"),
        monotone(up, name),
        eventually_possible(third),
    ]


def bench_requirements() -> list[Result]:
    """Requirements of the default lifecycle, its mutants, and those of a large lifecycle."""

    def checking() -> None:
        check(_fresh(), CUSTOMER_REQUIREMENTS)

    (checked,) = medians(checking)
    start = perf_counter()
    found = score(CUSTOMER_LIFECYCLE, CUSTOMER_REQUIREMENTS)
    tried = perf_counter() - start
    start = perf_counter()
    of_table = score(buttle_selector(), buttle_requirements())
    tried_of_table = perf_counter() - start
    large = _large()
    to_table(large)
    several = [one for region in range(4) for one in _of_large(region)]
    start = perf_counter()
    report = check(large, several)
    of_large = perf_counter() - start
    scale = f"{len(report.verdicts)} requirements of {len(large.states)} states"
    sizes = [
        f"{len(one.refused) + len(one.killed) + len(one.equivalent) + len(one.survivors)} mutants"
        for one in (found, of_table)
    ]
    return [
        Result("`CUSTOMER_REQUIREMENTS`, compiling included", checked, "s", "at most", 1),
        Result("`score` of the default lifecycle", tried, "s", "at most", 20, sizes[0]),
        Result("`score` of the default selector", tried_of_table, "s", "at most", 60, sizes[1]),
        Result("requirements of a large lifecycle", of_large, "s", "at most", 10, scale),
    ]


def bench_kit() -> list[Result]:
    """The test kit on the default lifecycle: its proof, its laws as CI runs them, its paths."""

    def proving() -> None:
        assert_proven(_fresh())

    (proof,) = medians(proving)
    start = perf_counter()
    for law in LIFECYCLE_LAWS:
        law(CUSTOMER_LIFECYCLE, settings=settings(max_examples=200, derandomize=True))
    laws = perf_counter() - start
    start = perf_counter()
    for selector_law in SELECTOR_LAWS:
        selector_law(buttle_selector(), settings=settings(max_examples=200, derandomize=True))
    of_selectors = perf_counter() - start
    paths = transition_coverage_paths(CUSTOMER_LIFECYCLE, each="move")
    total, moves = sum(map(len, paths)), len(moves_of(CUSTOMER_LIFECYCLE))
    scale = f"{len(paths)} paths, {total} events, {moves} moves"
    return [
        Result("`assert_proven`, compiling included", proof, "s", "at most", 2),
        Result("all laws, 200 examples each", laws, "s", "at most", 60),
        Result("all laws of selectors, 200 examples each", of_selectors, "s", "at most", 60),
        Result("events of the coverage paths / moves", total / moves, "x", "at most", 1.5, scale),
    ]


def main() -> int:
    """Measure all, print the table, and say whether the bounds hold."""
    results = [
        bench_step(),
        bench_apply(),
        *bench_scalar(),
        *bench_import(),
        *bench_replay(),
        *bench_silence(),
        *bench_memory(),
        bench_identity(),
        bench_compile(),
        *bench_recommend(),
        bench_portfolio(),
        *bench_kit(),
        *bench_requirements(),
    ]
    print("| what | figure | bound | kept | for scale |")
    print("|---|---|---|---|---|")
    print("\n".join(map(str, results)))
    failed = [result.what for result in results if not result.holds]
    return 1 if failed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
