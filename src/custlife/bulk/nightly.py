"""The nightly job of a whole base: who falls due by a silence rule, over columns."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from custlife import _checks
from custlife.answers import SilenceRule
from custlife.bulk import frames, reading
from custlife.bulk.deadlines import (
    UNREACHED,
    Columnar,
    Rows,
    columnar,
    is_marked,
    limits,
    occasions,
    silent_since,
)
from custlife.bulk.frames import Frame
from custlife.bulk.reading import Flags, Micros
from custlife.bulk.results import Replayed, of_base
from custlife.bulk.ticks import NEVER, micros
from custlife.errors import UnknownEvent
from custlife.events import Departed, Event, Lapsed
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table, to_table
from custlife.state import Room


def due(
    states: Replayed | Frame,
    rule: SilenceRule,
    as_of: datetime,
    *,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
) -> Frame:
    """Who falls due until a moment: `custlife.silence.due` over columns.

    Source: EFR-5.

    Args:
        states: A bulk replay, or a frame of its states.
        rule: A `FixedWindow` or an `OwnRhythm`.
        as_of: The moment: an aware datetime, no earlier than any event on record. What falls due at
            this very moment is due after it.
        lifecycle: The lifecycle of a frame; a replay has its own.

    Returns:
        A frame of the same kind with the columns ``customer``, ``event`` (``"lapsed"`` or
        ``"departed"``) and ``at``. Who falls due first comes first, and what is due of one customer
        stands together, in order.

    Raises:
        InvalidArgument: If an argument is of the wrong type, an event is later than the moment, or
            the rule is neither of the two.
        InvalidFrame: If a column is missing or holds what it must not.
        UnknownEvent: If the lifecycle does not know an event that is due.

    Examples:
        >>> from datetime import UTC, timedelta
        >>> from custlife.bulk import replay
        >>> from custlife.silence import FixedWindow
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> orders = pa.table({"who": ["C-17"], "at": [t], "cents": [1177]})
        >>> base = replay(
        ...     orders, customer="who", at="at", events="purchased", amount="cents", decimals=2
        ... )
        >>> rule = FixedWindow(lapsed_after=timedelta(days=90))
        >>> found = due(base, rule, t + timedelta(days=99))
        >>> found["event"].to_pylist(), found["at"].to_pylist()[0].date().isoformat()
        (['lapsed'], '2026-04-01')
    """
    known = columnar("due", "rule", rule, "custlife.silence.due(relationships, rule, as_of)")
    now = _checks.in_utc(as_of)
    _checks.moment.argument("due", "as_of", now)
    _checks.one_of(Lifecycle).argument("due", "lifecycle", lifecycle)
    base = of_base(states, lifecycle)
    frame = frames.opened("due()", base.states)
    silence = _Silence(frame, to_table(base.lifecycle), known)
    reading.require_begun("due", "as_of", now, frame, silence.last)
    rows, leaves, at = silence.due(micros(now))
    first = np.full(len(frame), UNREACHED)
    np.minimum.at(first, rows, at)
    found = pa.table(
        {
            "first": first[rows],
            "customer": reading.column(frame, "customer").take(pa.array(rows)),
            "row": rows,
            "leaves": leaves,
            "event": np.where(leaves, Departed.name, Lapsed.name),
            "at": frames.moments(at),
        }
    ).sort_by([(name, "ascending") for name in ("first", "customer", "row", "leaves")])
    return frames.like(frame, {name: found[name] for name in ("customer", "event", "at")})


class _Silence:
    """The columns from which a silence is read; lapses that fall due are put on record in them."""

    def __init__(self, frame: Frame, table: Table, rule: Columnar) -> None:
        self.table, self.rule = table, rule
        self.state = reading.places(frame, table)
        self.moment = reading.moments(frame, "customer_moment")
        self.last = reading.moments(frame, "last_at")
        self.last_lapse = reading.moments(frame, "last_lapse_at")
        self.first_purchase = reading.moments(frame, "first_purchase_at")
        self.last_purchase = reading.moments(frame, "last_purchase_at")
        self.occasions = occasions(frame, rule)
        self.paused, self.paused_before, self.paused_at = reading.pauses(
            frame, required=bool(table.paused)
        )
        self.customer = np.array([room is Room.CUSTOMER for room in table.rooms])
        self.pausing = np.array([number in table.paused for number in range(len(table.states))])

    def due(self, until: int) -> tuple[Rows, Flags, Micros]:
        """What falls due before a moment: the rows, whether it is a departure, and when."""
        rows = np.flatnonzero(self.last != NEVER)
        found = [(rows[:0], np.zeros(0, np.bool_), self.last[:0])]
        while rows.size:
            lapsed, departed, marked = self._limits(rows)
            lapses = (lapsed < until) & ~marked & ((lapsed <= departed) | (departed >= until))
            lapses &= self._after(Lapsed, rows, lapses) >= 0
            leaves = ~lapses & (departed < until)
            leaves &= self._after(Departed, rows, leaves) >= 0
            at = np.maximum(np.where(lapses, lapsed, departed), self.last[rows])
            some = lapses | leaves
            found.append((rows[some], leaves[some], at[some]))
            rows = rows[lapses]
            self._lapse(rows, at[lapses])
        every, leave, when = zip(*found, strict=True)
        return np.concatenate(every), np.concatenate(leave), np.concatenate(when)

    def _limits(self, rows: Rows) -> tuple[Micros, Micros, Flags]:
        """When each is to lapse and to depart, and whether a lapse in this silence is on record."""
        since = silent_since(
            self.customer[self.state[rows]], self.moment[rows], self.last_purchase[rows]
        )
        lapsed, departed, _ = limits(
            self.rule,
            since=since,
            first_purchase=self.first_purchase[rows],
            last_purchase=self.last_purchase[rows],
            occasions=self.occasions[rows],
            paused=self.paused[rows],
            paused_before=self.paused_before[rows],
            paused_at=self.paused_at[rows],
        )
        return lapsed, departed, is_marked(self.last_lapse[rows], since, lapsed)

    def _after(self, kind: type[Event], rows: Rows, asked: Flags) -> Micros:
        """Where an event leads each; below 0 where the lifecycle does not take it."""
        table, name = self.table, self.table.handled_as(kind)
        if name not in table.events and asked.any():
            raise UnknownEvent(name, table.lifecycle.name, table.events)
        after = np.array([arcs.get(name, -1) for arcs in table.unguarded])
        if kind is Departed:
            former = np.array([room is Room.FORMER for room in table.rooms])
            after[~former[after]] = -1
        return after[self.state[rows]]

    def _lapse(self, rows: Rows, at: Micros) -> None:
        """Put a lapse of each on record."""
        after = self._after(Lapsed, rows, np.ones_like(rows, np.bool_))
        self.state[rows] = after
        self.last[rows] = self.last_lapse[rows] = at
        pausing, begun = self.pausing[after], self.paused_at[rows] != NEVER
        ends, begins = begun & ~pausing, pausing & ~begun
        self.paused[rows[ends]] += at[ends] - self.paused_at[rows[ends]]
        self.paused_at[rows[ends]] = NEVER
        self.paused_at[rows[begins]] = at[begins]
