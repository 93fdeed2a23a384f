"""The way in: from a data frame of events to where every customer stands."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from custlife import _checks
from custlife._watching import Watch
from custlife.answers import SilenceRule
from custlife.bulk.checkpoint import Checkpoint, read_checkpoint
from custlife.bulk.frames import Frame
from custlife.bulk.progress import Progress, reporting
from custlife.bulk.reading_events import read
from custlife.bulk.results import Replayed
from custlife.bulk.running import Run
from custlife.bulk.ticks import micros, moment
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.errors import InvalidArgument, InvalidMoment
from custlife.events import Event
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, to_table
from custlife.relationship import Relationship

_MOST_THREADS = 8
_THREADS = _checks.Check(
    lambda value: _checks.is_whole(value, 1), "a whole number from 1", "Give a count."
).or_none


def replay(  # noqa: PLR0913 - each can be left out
    frame: Frame,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    customer: str,
    at: str,
    event: str | None = None,
    events: str | type[Event] | None = None,
    amount: str | None = None,
    decimals: int | None = None,
    id: str | None = None,  # noqa: A002 - the name of the field
    offering: str | None = None,
    cause: str | None = None,
    to: str | None = None,
    fields: Mapping[str, str] | None = None,
    mapping: Mapping[Any, str | type[Event]] | None = None,
    tiebreak: str | None = None,
    silence: SilenceRule | None = None,
    as_of: datetime | None = None,
    start: "Replayed | Frame | None" = None,
    departure_rules: DepartureRules = DEFAULT_DEPARTURE_RULES,
    rejected: Literal["raise", "collect"] = "raise",
    threads: int | None = None,
    progress: Progress | Literal["rich", "tqdm"] | None = None,
) -> Replayed:
    """Replay the events of a whole customer base, a row each, in any order.

    Every customer comes out as `custlife.replay` has it. Most go over columns; who cannot is
    replayed one by one, and `Replayed.notes` says how many, and why.

    Args:
        frame: An eager frame of pandas, polars, pyarrow or another library that narwhals knows.
        lifecycle: The lifecycle.
        customer: The column of the customers' ids: strings, or whole numbers.
        at: The column of times: aware ones. What is finer than a microsecond is cut off.
        event: The column of the events' names, such as ``"purchased"``.
        events: Instead of a column, the one event that every row is: its name or class.
        amount: The column of what was paid or went back: whole numbers of minor units, or decimals.
            Floats are refused, since they are seldom the amount that was paid; but for whole ones
            where ``decimals`` is given.
        decimals: How many decimals the minor units are: 2 where amounts are in cents. Left out,
            whole numbers are whole units, and decimals keep their own.
        id: The column of the events' ids; the same event again is a duplicate, as in
            `custlife.replay`. Left out, no id is looked at.
        offering: The column of offerings.
        cause: The column of the causes of departures, by the values or names of `Cause`.
        to: The column of competitors.
        fields: The columns of other fields of events, by the names of the fields, such as
            ``{"complaint": "ticket", "public": "on_twitter"}``.
        mapping: What the values of the column ``event`` stand for: the names of events, or classes.
            An event of the app's own needs its class.
        tiebreak: The column of whole numbers that orders the events of one customer and time; their
            order in the frame if left out.
        silence: A rule of `custlife.silence`; with ``as_of``. A `FixedWindow` and an `OwnRhythm` go
            over columns.
        as_of: The moment up to which silence counts, no earlier than the last event.
        start: Where the base stood before: the result of an earlier replay, or its
            `Replayed.checkpoint`. Events older than the last one on record are refused then, and
            only ids of these events are compared. What was inferred from silence before stays, and
            no purchase from before can be cancelled.
        departure_rules: The rules by which departures are judged.
        rejected: ``"raise"`` the error of a row that is refused, or ``"collect"`` such rows
            in `Replayed.rejections`.
        threads: How many threads to use; as many as there are processors, up to 8, if left out.
        progress: Called with the numbers of events that are done, and of all; or ``"rich"`` or
            ``"tqdm"`` for a bar, where that is installed.

    Raises:
        InvalidFrame: If a column is missing or of the wrong type, or a cell cannot be used; it
            names column and row. Nothing was replayed.
        InvalidArgument: If an argument is none of its values.
        InvalidMoment: If ``as_of`` is naive or earlier than the last event, or given without
            ``silence``.
        EventNotAllowed: If the lifecycle refuses an event; so do the other errors of
            `custlife.replay`. A note says which row it is.

    Examples:
        >>> from datetime import UTC
        >>> import pyarrow as pa
        >>> orders = pa.table({
        ...     "who": ["C-1", "C-2", "C-1"],
        ...     "at": [datetime(2026, 1, day, tzinfo=UTC) for day in (9, 4, 2)],
        ...     "cents": [1177, 500, 2300],
        ... })
        >>> base = replay(
        ...     orders, customer="who", at="at", events="purchased", amount="cents", decimals=2
        ... )
        >>> base.states.select(["customer", "bond", "revenue"]).to_pylist()[0]
        {'customer': 'C-1', 'bond': 'regular', 'revenue': 3477}
    """
    _checks.either("raise", "collect").argument("replay", "rejected", rejected)
    _THREADS.argument("replay", "threads", threads)
    _checks.one_of(Lifecycle).argument("replay", "lifecycle", lifecycle)
    _checks.one_of(DepartureRules).argument("replay", "departure_rules", departure_rules)
    _checks.one_of(Mapping).or_none.argument("replay", "fields", fields)
    table = to_table(lifecycle)
    relationship = Relationship("nobody", lifecycle, departure_rules)
    named = {"amount": amount, "id": id, "offering": offering, "cause": cause, "to": to}
    columns = {name: of for name, of in named.items() if of is not None}
    double = next((name for name in fields or () if name == "at" or name in columns), None)
    if double is not None:
        rule, remedy = "other fields than those with an argument", f"Give it as {double}= only."
        raise InvalidArgument("replay()", "fields", double, rule, remedy)
    columns |= fields or {}
    workers = threads or min(os.cpu_count() or 1, _MOST_THREADS)
    with ThreadPoolExecutor(workers) as pool:
        native, log, faults = read(
            frame,
            table,
            customer=customer,
            at=at,
            event=event,
            events=events,
            mapping=mapping,
            decimals=decimals,
            tiebreak=tiebreak,
            columns=columns,
            collect=rejected == "collect",
            each=pool.map,
        )
        watch = Watch.of("replay", silence, as_of, "return")
        if watch is not None:
            _require_no_earlier(watch, log.at)
        before = None if start is None else _before(start, table, departure_rules)
        if watch is not None and before is not None:
            _require_no_earlier(watch, before.standing.last_at)
        run = Run.of(log, table, watch, before, relationship)
        report = reporting(progress, len(log))
        for done in run.go(pool.map):
            report(done, len(log))
    found = run.result(native, faults, workers)
    if rejected == "raise":
        found.left.raise_first()
    return found


def _require_no_earlier(watch: Watch, times: NDArray[np.int64]) -> None:
    """Make sure that no event is later than the moment up to which silence counts."""
    if len(times) and int(times.max()) > micros(watch.as_of):
        last = moment(int(times.max()))
        rule = f"no earlier than the last event, of {last}"
        remedy = "Give a later moment, or leave out what had not happened by then."
        raise InvalidMoment("replay", "as_of", watch.as_of, rule, remedy)


def _before(start: "Replayed | Frame", table: Table, rules: DepartureRules) -> Checkpoint:
    """The checkpoint that a replay left, or that a frame holds."""
    if not isinstance(start, Replayed):
        return read_checkpoint(start, table)
    for name, ours, theirs in (
        ("lifecycle", table.lifecycle, start.lifecycle),
        ("departure_rules", rules, start.start.departure_rules),
    ):
        if ours != theirs:
            rule, remedy = f"a replay with the same {name}", f"Replay both with one {name}."
            raise InvalidArgument("replay()", "start", start, rule, remedy)
    return start.kept
