"""What a bulk replay gives: frames of states, moves, departures and of what was left out."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from custlife import _checks
from custlife._watching import Watch
from custlife.bulk import frames
from custlife.bulk.adding import Moves
from custlife.bulk.automaton import ROOMS, Automaton
from custlife.bulk.checkpoint import Checkpoint
from custlife.bulk.frames import Frame, chosen, moments
from custlife.bulk.gone import CAUSES, INITIATORS, Gone
from custlife.bulk.judging import judged
from custlife.bulk.left import Left
from custlife.bulk.log import Log
from custlife.bulk.one_by_one import Alone, alone, is_plain_memo, memo_of
from custlife.bulk.standing import COUNTS, TIMES, Standing, slot_names
from custlife.bulk.ticks import NEVER, micros, moment
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument, InvalidMoment, listed
from custlife.events import Activity, snake
from custlife.journey import Journey
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import Table
from custlife.relationship import Relationship
from custlife.severity import Severity
from custlife.state import Room

if TYPE_CHECKING:
    from datetime import datetime

    import narwhals as nw

KINDS, SEVERITIES = (*DepartureKind,), (*Severity,)


@frozen(eq=False, repr=False)
class Replayed:
    """What became of a whole customer base. Made by `replay`.

    The frames are of the library of the frame that was given, and made at the first use. The order
    of their rows by customer is the same in all, and not promised.

    Attributes:
        states: Where every customer stands: a row a customer.
        transitions: Every move from one state to another: a row each, by customer and time.
        departures: Every departure of these events: a row each, as it is known at the end.
        rejections: Every row that does not count: a row each, with what became of it and why.
        checkpoint: Where the base stands as plain columns, to store and to go on from.
        notes: How many customers were replayed one by one, by the reason.
    """

    native: "nw.DataFrame[Any]"
    log: Log
    start: Relationship
    machine: Automaton
    standing: Standing
    moves: tuple[Moves, ...]
    gone: Gone
    old: int
    learnt: tuple[int, ...]
    left: Left
    memos: Mapping[int, Mapping[str, Any]]
    alone: NDArray[np.bool_]
    watch: Watch | None
    before: Checkpoint | None
    notes: Mapping[str, int]
    threads: int

    def __repr__(self) -> str:
        return (
            f"<Replayed {self.log.customers:,} customers: {self.accepted:,} events accepted, "
            f"{len(self.left):,} left out>"
        )

    @property
    def table(self) -> Table:
        """The lifecycle's table."""
        return self.machine.table

    @property
    def lifecycle(self) -> Lifecycle:
        """The lifecycle."""
        return self.table.lifecycle

    @property
    def accepted(self) -> int:
        """How many rows were accepted; with those that were left out, all of them."""
        return len(self.native) - len(self.left)

    @property
    def decimals(self) -> int:
        """How many decimals the whole numbers of money have."""
        return self.log.decimals

    @cached_property
    def _judged(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The kinds and the severities of all departures, by their places."""
        kinds, severities = judged(self.gone, self.start.departure_rules, self.table, self.decimals)
        return _places(kinds.outcomes, KINDS), _places(severities.outcomes, SEVERITIES)

    @cached_property
    def states(self) -> Frame:
        """Where every customer stands: a row a customer."""
        return frames.like(self.native, self._states())

    def _states(self) -> dict[str, pa.Array]:
        makers = (lambda: self._places(self.standing.state), self._counted, self._last)
        with ThreadPoolExecutor(self.threads) as pool:
            groups = [*pool.map(lambda make: make(), makers)]
        return {"customer": self.log.ids, **{n: a for group in groups for n, a in group.items()}}

    def _counted(self) -> dict[str, pa.Array]:
        """The columns of times, counts and sums."""
        one = self.standing
        return {
            "cycle": pa.array(one.cycle),
            "cycle_began": moments(one.began),
            "customer_moment": moments(one.moment),
            **self._since(),
            **{name: moments(getattr(one, name)) for name in TIMES},
            **{name: pa.array(counts) for name, counts in zip(COUNTS, one.counts, strict=True)},
            "purchase_days": pa.array(one.days),
            "revenue": pa.array(one.revenue),
            "refunded": pa.array(one.refunded),
            "gross_revenue": pa.array(one.revenue + one.refunded),
            "first_day_revenue": pa.array(one.first_paid),
            "open_complaints": pa.array(one.waiting),
            "open_public_complaints": pa.array(one.public),
            "paused_at": moments(one.paused_at),
            "paused": pa.array(one.paused),
            "paused_before": pa.array(one.paused_before),
        }

    def _last(self) -> dict[str, pa.Array]:
        """The columns of each customer's last departure."""
        missing = self.standing.departure < 0
        places = pa.array(np.where(missing, 0, self.standing.departure), mask=missing)
        columns = self._departures()
        return {f"departure_{name}": columns[name].take(places) for name in _LAST}

    def _places(self, states: NDArray[np.uint16]) -> dict[str, pa.Array]:
        """The columns that follow from the state."""
        table = self.table
        found = {
            "state": chosen(states, [*map(str, table.states)]),
            "room": chosen(states, [room.value for room in table.rooms]),
        }
        for room, names in table.lifecycle.places.regions.items():
            if names != (room.value,):
                for name in names:
                    found[name] = chosen(states, [s.regions.get(name) for s in table.states])
        for view in table.lifecycle.views:
            images = [view.images(state)[0] for state in table.states]
            values = [None if image is None else _text(image) for image in images]
            found[snake(view.name)] = chosen(states, values)
        return found

    def _since(self) -> dict[str, pa.Array]:
        """When the state, each region's stage and each outer stage were entered."""
        one, table = self.standing, self.table
        found: dict[str, pa.Array] = {}
        since = np.full(len(one.state), NEVER)
        real = {
            name
            for room, names in table.lifecycle.places.regions.items()
            for name in names
            if names != (room.value,)
        }
        rooms = {room.value for room in Room}
        for name, at in zip(slot_names(table), one.since(table), strict=True):
            since = np.maximum(since, at)
            if name in real or name not in rooms:
                found[f"{name}_since"] = moments(at)
        return {"since": moments(since), **found}

    def _departures(self) -> dict[str, pa.Array]:
        """Departures as columns, with those from before the start."""
        gone = self.gone
        kinds, severities = self._judged
        return {
            "customer": self.log.ids.take(pa.array(gone.customer)),
            "at": moments(gone.at),
            "cycle": pa.array(gone.cycle.astype(np.int64)),
            "kind": chosen(kinds, [one.value for one in KINDS]),
            "severity": chosen(severities, [one.name.lower() for one in SEVERITIES]),
            "cause": chosen(gone.cause, [one.value for one in CAUSES]),
            "initiator": chosen(gone.initiator, [one.value for one in INITIATORS]),
            "to": gone.to,
            "inferred": pa.array(gone.inferred),
            "left": chosen(gone.state, [*map(str, self.table.states)]),
            "customer_moment": moments(gone.moment),
            "first_customer_moment": moments(gone.first_moment),
            "sales_cycle": _known(gone.sales_cycle),
            "sales_cost": _known(gone.sales_cost),
            "deal_size": _known(gone.deal_size),
            "key_customer": pa.array(gone.key_customer == 1, mask=gone.key_customer < 0),
            "revenue": _known(gone.revenue),
            "purchases": _known(gone.purchases),
            "learnt_at": moments(gone.learnt_at),
        }

    @cached_property
    def departures(self) -> Frame:
        """Every departure of these events: a row each, as it is known at the end."""
        columns = self._departures()
        gone = self.gone
        order = np.lexsort((gone.at[self.old :], gone.customer[self.old :])) + self.old
        return frames.like(self.native, {n: a.take(pa.array(order)) for n, a in columns.items()})

    @cached_property
    def transitions(self) -> Frame:
        """Every move from one state to another: a row each, by customer and time."""
        parts = self.moves or (Moves.none(),)
        kinds = np.split(self._kinds_of_moves, np.cumsum([len(p.at) for p in parts])[:-1])
        with ThreadPoolExecutor(self.threads) as pool:
            chunks = [*pool.map(self._moved, parts, kinds)]
        return frames.like(
            self.native, {name: pa.chunked_array([c[name] for c in chunks]) for name in chunks[0]}
        )

    def _moved(self, part: Moves, kinds: NDArray[np.int8]) -> dict[str, pa.Array]:
        states, rows = [*map(str, self.table.states)], self.log.row(part.event)
        return {
            "customer": self.log.ids.take(pa.array(part.customer)),
            "at": moments(part.at),
            "event": chosen(part.kind, [one.name for one in self.machine.kinds]),
            "from": chosen(part.before, states),
            "to": chosen(part.then, states),
            "cycle": pa.array(part.cycle),
            "departure": chosen(kinds, [one.value for one in KINDS]),
            "row": pa.array(rows, mask=rows < 0),
        }

    @cached_property
    def _kinds_of_moves(self) -> NDArray[np.int8]:
        """For each move the kind of departure that it was, by its place; -1 if it was none."""
        former = self.machine.room == ROOMS.index(Room.FORMER)
        left = [former.take(part.then) & ~former.take(part.before) for part in self.moves]
        leaves = np.concatenate([np.empty(0, np.bool_), *left])
        kinds = np.full(len(leaves), -1, np.int8)
        some = np.arange(self.old, len(self.gone))
        some = some[~np.isin(self.gone.customer[some], self.learnt)]
        some = some[np.argsort(self.gone.customer[some], kind="stable")]
        kinds[leaves] = self._judged[0][some]
        return kinds

    @cached_property
    def rejections(self) -> Frame:
        """Every row that does not count: a row each, with what became of it and why."""
        every = self.left.all()
        errors = [error for _, _, error in every]
        names = [None if error is None else type(error).__name__ for error in errors]
        reasons = [None if error is None else str(error) for error in errors]
        return frames.like(
            self.native,
            {
                "row": pa.array([row for row, _, _ in every], pa.int64()),
                "what": pa.array([what for _, what, _ in every], pa.string()),
                "error": pa.array(names, pa.string()),
                "reason": pa.array(reasons, pa.string()),
            },
        )

    def journey(self, customer: object) -> Journey:
        """The history of one customer, replayed one by one: for its steps and explanations.

        Raises:
            InvalidArgument: If nobody has this id.
        """
        try:
            number = self.log.ids.index(pa.scalar(customer, self.log.ids.type)).as_py()
        except (pa.ArrowException, TypeError):
            number = -1
        if number < 0:
            rule, remedy = "the id of a customer of the frame", "Give the id as the frame has it."
            raise InvalidArgument("Replayed.journey()", "customer", customer, rule, remedy)
        return self._alone(number, np.flatnonzero(self.log.customer == number)).journey

    def _alone(self, number: int, events: NDArray[np.int64]) -> Alone:
        start = self.start.rename(self.log.name(number))
        if self.before is not None:
            start = self.before.relationship(number, self.log, self.start, self.table)
        return alone(self.log, start, self.log.in_order(events).tolist(), self.watch)

    @cached_property
    def kept(self) -> Checkpoint:
        """The checkpoint."""
        memos = dict(self.memos)
        # A purchase can be refunded by its id, and an open complaint has a time and an id.
        refundable = np.zeros(self.log.customers, np.bool_)
        if {"purchase", "id"} <= self.log.given.keys():
            named = ~frames.nulls(self.log.given["id"])
            named &= self.machine.are(self.log.kind, Activity.PURCHASE)
            refundable[self.log.customer[named]] = True
            refundable &= ~self.alone
        told = self.standing.waiting > 0
        for number, memo in memos.items():
            told[number] = is_plain_memo(memo)  # else nothing has happened since
        told &= ~refundable & ~self.alone
        for number, events in self._events_of(refundable).items():
            memos[number] = memo_of(self._alone(number, events).journey.relationship, self.decimals)
        complaints = self._events_of(told, Activity.COMPLAINT)
        for number in np.flatnonzero(told).tolist():
            new = complaints.get(number, _NONE)
            memos[number] = self._retold(number, memos.get(number, {}), new)
        memos = {number: memo for number, memo in memos.items() if memo}
        paid = self.log.has_decimals or (self.before and self.before.decimals is not None)
        return Checkpoint(
            self.log.ids, self.standing, self.gone, memos, self.decimals if paid else None
        )

    def _retold(
        self, number: int, memo: Mapping[str, Any], complaints: NDArray[np.int64]
    ) -> dict[str, Any]:
        """What no column holds of a customer who went over columns, after these complaints."""
        found = {name: value for name, value in memo.items() if name != "complaints"}
        if "believed" in found and self.gone.learnt_at[self.standing.departure[number]] == NEVER:
            del found["believed"]  # it was about a departure before the last one
        many, ids = int(self.standing.waiting[number]), self.log.given.get("id")
        if many:  # the oldest are answered first
            new = [
                (int(self.log.at[one]), None if ids is None else ids[one].as_py(), False, False)
                for one in complaints.tolist()
            ]
            found["complaints"] = [*memo.get("complaints", ()), *new][-many:]
        return found

    def _events_of(
        self, customers: NDArray[np.bool_], activity: Activity | None = None
    ) -> dict[int, NDArray[np.int64]]:
        """The events of some customers that count as something, in order; late ones left out."""
        which = customers[self.log.customer]
        if activity is not None:
            which &= self.machine.are(self.log.kind, activity)
            which[np.concatenate([_NONE, *self.left.late])] = False
        events = self.log.in_order(np.flatnonzero(which))
        numbers, begin = np.unique(self.log.customer[events], return_index=True)
        return dict(zip(numbers.tolist(), np.split(events, begin[1:]), strict=False))

    @cached_property
    def checkpoint(self) -> Frame:
        """Where the base stands as plain columns, to store and to go on from: ``start=`` takes it.

        It is for machines: times are microseconds, and states are numbers.
        """
        return frames.like(self.native, self.kept.columns(self.table))

    def snapshot(self, as_of: "Sequence[datetime]") -> Frame:
        """Where each customer stood at moments, events of that very moment included.

        Who had not begun by then is left out.

        Args:
            as_of: Aware datetimes.

        Raises:
            InvalidArgument: If these are no datetimes.
            InvalidMoment: If one is naive, or the replay is one that went on from a start.
        """
        customers, stood, index = [], [], []
        instants = _instants("snapshot", as_of)
        for place, at in enumerate(instants):
            who, states = self._at(at)
            customers.append(who)
            stood.append(states)
            index.append(np.full(len(who), place))
        times = np.array(instants, np.int64)
        people = np.concatenate([_NONE, *customers])
        return frames.like(
            self.native,
            {
                "customer": self.log.ids.take(pa.array(people)),
                "as_of": moments(times[np.concatenate([_NONE, *index])] if len(times) else _NONE),
                **self._places(np.concatenate([_NONE16, *stood]).astype(np.uint16)),
            },
        )

    def occupancy(self, as_of: "Sequence[datetime]", by: str = "room") -> Frame:
        """How many customers stood where at moments: a row for each moment and place.

        Args:
            as_of: Aware datetimes.
            by: What to count by: ``"state"``, ``"room"``, a region or a view.

        Raises:
            InvalidMoment: If a moment is naive, or the replay is one that went on from a start.
            InvalidArgument: If these are no datetimes, or the lifecycle has no such column.
        """
        states = np.arange(len(self.table.states)).astype(np.uint16)
        columns = self._places(states)
        if not isinstance(by, str) or by not in columns:
            rule = f"one of {listed([*columns])}"
            raise InvalidArgument("Replayed.occupancy()", "by", by, rule, "Name what to count by.")
        labels = columns[by].to_pylist()
        names = [*dict.fromkeys(label for label in labels if label is not None)]
        times = _instants("occupancy", as_of)
        counts = []
        for at in times:
            found = np.bincount(self._at(at)[1], minlength=len(labels))
            counts += [
                int(sum(found[n] for n, label in enumerate(labels) if label == name))
                for name in names
            ]
        many = len(names)
        return frames.like(
            self.native,
            {
                "as_of": moments(np.repeat(np.array(times, np.int64), many)),
                by: chosen(np.tile(np.arange(many), len(times)), [*names]),
                "customers": pa.array(counts, pa.int64()),
            },
        )

    def _at(self, at: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Who had begun by a moment, and in which states they stood."""
        if self.watch is not None and at > micros(self.watch.as_of):
            rule = f"no later than {self.watch.as_of}, up to which silence counts"
            remedy = "Replay with a later as_of=."
            raise InvalidMoment("Replayed", "as_of", moment(at), rule, remedy)
        if self.before is not None:
            rule = "asked of a replay from the beginning"
            remedy = "Ask the replay before, or replay all events at once."
            raise InvalidMoment("Replayed", "as_of", moment(at), rule, remedy)
        states = np.full(self.log.customers, self.table.initial, np.uint16)
        for part in self.moves:
            some = np.flatnonzero(part.at <= at)
            states[part.customer[some]] = part.then[some]
        first = self.standing.first_at
        begun = np.flatnonzero((first != NEVER) & (first <= at))
        return begun, states[begun]


@frozen(eq=False)
class Base:
    """The states of a base, their lifecycle, and how many decimals their money has."""

    states: Frame
    lifecycle: Lifecycle
    decimals: int


def of_base(
    states: Replayed | Frame, lifecycle: Lifecycle = CUSTOMER_LIFECYCLE, decimals: int = 0
) -> Base:
    """A base that is given as a replay, or as a frame of states with what the frame does not say.

    Args:
        states: The replay, or the frame.
        lifecycle: The lifecycle of a frame.
        decimals: How many decimals the money of a frame has.
    """
    if isinstance(states, Replayed):
        return Base(states.states, states.lifecycle, states.decimals)
    return Base(states, lifecycle, decimals)


_NONE = np.empty(0, np.int64)
_NONE16 = _NONE.astype(np.uint16)
_LAST = (
    "at",
    "kind",
    "severity",
    "cause",
    "initiator",
    "to",
    "inferred",
    "purchases",
    "revenue",
    "key_customer",
)


def _instants(call: str, moments_: "Sequence[datetime]") -> list[int]:
    _checks.iterable_of("datetimes").argument(f"Replayed.{call}", "as_of", moments_)
    found = []
    for one in moments_:
        at = _checks.in_utc(one)
        _checks.moment.require(InvalidMoment, f"Replayed.{call}", "as_of", at)
        found.append(micros(at))
    return found


def _text(image: Enum) -> str:
    return image.value if isinstance(image.value, str) else image.name.lower()


def _known(values: NDArray[np.int64]) -> pa.Array:
    return pa.array(values, mask=values == NEVER)


def _places(outcomes: Any, of: Sequence[Enum]) -> NDArray[np.int64]:  # noqa: ANN401 - a column
    places = np.array([of.index(one) for one in outcomes.choices] or [0], np.int64)
    found: NDArray[np.int64] = places[outcomes.values]
    return found
