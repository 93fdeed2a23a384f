"""Where a base stands, with all that is needed to go on from there."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, fields, frozen
from numpy.typing import NDArray

from custlife._checks import MAX_DECIMALS
from custlife.bulk import frames
from custlife.bulk.frames import Frame, compute, nulls, plain
from custlife.bulk.gone import CAUSES, INITIATORS, WORDS, Gone
from custlife.bulk.log import MOST, Log
from custlife.bulk.one_by_one import is_plain_memo, relationship_of
from custlife.bulk.standing import COUNTS, IN_ROWS, WHEN, Standing, slot_names
from custlife.bulk.ticks import FIRST, LAST, NEVER, moment, moment_or_none
from custlife.departure_rules import DepartureRules
from custlife.departures import Departure
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.lifecycle.table import Table
from custlife.relationship import Relationship
from custlife.state import Room


@frozen(eq=False)
class Checkpoint:
    """Where a base stands, with all that is needed to go on from there.

    Attributes:
        ids: The customers.
        standing: Where they stand.
        gone: Their last departures; the standing names the places.
        memos: What no column holds, by the number of the customer.
        decimals: How many decimals the money has; None where there is none.
    """

    ids: pa.Array
    standing: Standing
    gone: Gone
    memos: Mapping[int, Mapping[str, Any]]
    decimals: int | None

    def continued(self, log: Log) -> Log:
        """The log with the numbers of this checkpoint's customers, and new ones after them."""
        ours, ids = _alike(self.ids, log.ids)
        found = compute.index_in(ids, value_set=ours)
        fresh = found.is_null()
        new = compute.filter(ids, fresh)
        number = found.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int32)
        strange = fresh.to_numpy(zero_copy_only=False)
        number[strange] = np.arange(len(self.ids), len(self.ids) + len(new), dtype=np.int32)
        decimals = log.decimals
        if self.decimals is not None and not log.has_decimals:
            decimals = self.decimals
        if self.decimals is not None and decimals != self.decimals:
            rule = f"{self.decimals}, as before the start"
            remedy = f"Give decimals={self.decimals}."
            raise InvalidArgument("replay()", "decimals", decimals, rule, remedy)
        self._require_sums(log)
        every = pa.concat_arrays([ours, new]) if len(ours) else new
        return evolve(log, ids=every, customer=number[log.customer], decimals=decimals)

    def _require_sums(self, log: Log) -> None:
        """Make sure that what was paid before and now fits 64 bits."""
        paid = log.paid
        if not len(paid) or not len(self.ids):
            return
        before = int((self.standing.revenue + self.standing.refunded).max())
        if before + len(paid) * int(paid.max()) <= MOST:
            return
        if before + sum(paid.tolist()) > MOST:
            rule, remedy = "amounts whose sum fits 64 bits", "Use fewer decimals, or shards."
            value = "a sum beyond 64 bits, with what was paid before the start"
            raise InvalidFrame("amount", None, value, rule, remedy)

    def standing_for(self, log: Log, table: Table) -> Standing:
        """A copy of where the customers stand, with the new customers of a log."""
        fresh = Standing.begin(log.customers, table)
        for name in fresh.names():
            if getattr(fresh, name).flags.writeable:
                getattr(fresh, name)[..., : len(self.ids)] = getattr(self.standing, name)
        fresh.departure[:] = -1
        return fresh

    def special(self, log: Log, *, watched: bool) -> NDArray[np.bool_]:
        """The customers with something on record that no column goes on from, as far as they do.

        Args:
            log: The events to go on with.
            watched: Whether customers without events go on, too.
        """
        found = np.zeros(log.customers, np.bool_)
        found[[place for place, memo in self.memos.items() if not is_plain_memo(memo)]] = True
        return found if watched else found & (np.bincount(log.customer, minlength=len(found)) > 0)

    def departure(
        self, customer: int, log: Log, table: Table, rules: DepartureRules
    ) -> Departure | None:
        """The last departure of a customer."""
        place = int(self.standing.departure[customer])
        if place < 0:
            return None
        gone, memo = self.gone, self.memos.get(customer, {})
        state = table.states[int(gone.state[place])]

        def known(name: str) -> int | None:
            value = int(getattr(gone, name)[place])
            return None if value == NEVER else value

        def money(name: str) -> Any:  # noqa: ANN401 - a Decimal or None
            value = known(name)
            return None if value is None else log.money(value)

        sale, key, learnt = known("sales_cycle"), int(gone.key_customer[place]), known("learnt_at")
        values: dict[str, Any] = {
            "at": moment(int(gone.at[place])),
            "cycle": int(gone.cycle[place]),
            "room_left": state.room,
            "stages_left": state.stages,
            "customer_moment": moment_or_none(int(gone.moment[place]))
            if state.room is Room.CUSTOMER
            else None,
            "first_customer_moment": moment_or_none(int(gone.first_moment[place])),
            "cause": CAUSES[int(gone.cause[place])],
            "reason": gone.reason[place].as_py(),
            "initiator": INITIATORS[int(gone.initiator[place])],
            "to": gone.to[place].as_py(),
            "inferred": bool(gone.inferred[place]),
            "sales_cycle": None if sale is None else timedelta(microseconds=sale),
            "sales_cost": money("sales_cost"),
            "deal_size": money("deal_size"),
            "revenue": money("revenue"),
            "purchases": known("purchases"),
            "key_customer": None if key < 0 else bool(key),
            "rules": rules,
        }
        if learnt is None:
            return Departure(**values)
        believed = memo["believed"]
        news = {name: values.pop(name) for name in ("cause", "reason", "to")}
        first = Departure(
            **values,
            cause=_CAUSE_BY_VALUE[believed["cause"]],
            reason=believed["reason"],
            to=believed["to"],
        )
        return Departure(**values, **news, learnt_at=moment(learnt), first_believed=first)

    def relationship(
        self, customer: int, log: Log, start: Relationship, table: Table
    ) -> Relationship:
        """The relationship of a customer, by number."""
        if customer >= len(self.ids):
            return start.rename(log.name(customer))
        return relationship_of(
            log.name(customer),
            self.standing,
            customer,
            log=log,
            start=start,
            departure=self.departure(customer, log, table, start.departure_rules),
            memo=dict(self.memos.get(customer, {})),
            table=table,
        )

    def _written(self, customer: int) -> str | None:
        memo = self.memos.get(customer)
        return None if memo is None else json.dumps(memo, sort_keys=True)

    def columns(self, table: Table) -> dict[str, pa.Array]:
        """The columns of a checkpoint, for a frame."""
        size, since = len(self.ids), self.standing.since(table)
        found: dict[str, pa.Array] = {"customer": self.ids}
        for name in self.standing.names():
            values = getattr(self.standing, name)
            if name == "departure":
                continue
            if values.ndim == 1:
                found[name] = pa.array(values)
                continue
            if name == "entered":
                labels, values = [f"entered_{one}" for one in slot_names(table)], since
            else:
                labels = [*COUNTS]
            found |= {label: pa.array(row) for label, row in zip(labels, values, strict=True)}
        gone = self.standing.departure
        missing = gone < 0
        places = pa.array(np.where(missing, 0, gone), mask=missing)
        for name in _FACTS:
            values = getattr(self.gone, name)
            array = values if name in WORDS else pa.array(values)
            found[f"left_{name}"] = array.take(places)
        memos = [self._written(number) for number in range(size)]
        found["memo"] = pa.array(memos, pa.large_string())
        found["decimals"] = pa.array([self.decimals] * size, pa.int64())
        found["lifecycle"] = pa.array([table.lifecycle.fingerprint] * size, pa.large_string())
        return found


def _alike(ours: pa.Array, theirs: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The ids of a checkpoint and those of a log, as of one type."""
    if ours.type == theirs.type:
        return ours, theirs
    if not len(ours) or not len(theirs):
        kind = ours.type if len(ours) else theirs.type
        return tuple(one if len(one) else pa.array([], kind) for one in (ours, theirs))
    whole = [pa.types.is_integer(one.type) for one in (ours, theirs)]
    if all(whole):
        wide = pa.uint64() if pa.uint64() in (ours.type, theirs.type) else pa.int64()
    elif not any(whole):
        wide = pa.large_string()
    else:
        wide = None
    try:
        return ours.cast(wide), theirs.cast(wide)
    except (pa.ArrowException, ValueError, TypeError):
        rule, remedy = f"a column of {ours.type}, as before the start", "Convert the column."
        raise InvalidArgument("replay()", "customer", str(theirs.type), rule, remedy) from None


_FACTS = tuple(one.name for one in fields(Gone) if one.name != "customer")
_CAUSE_BY_VALUE = {one.value: one for one in CAUSES}
_REMEDY = "Give the checkpoint as it was made."
_WHOLE, _COUNT, _TIME = (0, MOST), (0, 2**31 - 1), (FIRST, LAST)
_COUNTED = ("waiting", "public", "cycle", "days")
"""The names of the arrays of counts, but for those of events."""
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "cycle": (1, 2**31 - 1),
    "cause": (0, len(CAUSES) - 1),
    "initiator": (0, len(INITIATORS) - 1),
    "inferred": (0, 1),
    "key_customer": (-1, 1),
    **dict.fromkeys(("at", "moment", "first_moment", "learnt_at"), _TIME),
}
"""What the facts of a departure are between, where they are not just 0 or more."""


def read_checkpoint(frame: Frame, table: Table) -> Checkpoint:
    """The checkpoint that a frame holds.

    Raises:
        InvalidFrame: If the frame is no checkpoint of this lifecycle, or a cell cannot be used.
    """
    reader = _Reader(frames.opened("replay()", frame, "start"))
    fingerprint, name = table.lifecycle.fingerprint, table.lifecycle.name
    same = compute.equal(reader.strings("lifecycle"), fingerprint)
    rule = f"{fingerprint}, which is {name}"
    remedy = "Replay all events by this lifecycle, or go on by that of the checkpoint."
    reader.require(plain(same, fill=False), "lifecycle", rule, remedy)
    states = (0, len(table.states) - 1)
    ids, standing = reader.customers(), reader.standing(table, states)
    left = ~nulls(reader.column("left_at"))
    former = np.array([room is Room.FORMER for room in table.rooms])[standing.state]
    reader.require(left | ~former, "left_at", "the time of the last departure")
    standing.departure = np.where(left, np.cumsum(left) - 1, -1)
    gone = reader.gone(np.flatnonzero(left), states)
    memos = reader.memos(standing, gone)
    decimals = compute.unique(reader.column("decimals"))
    if len(decimals) > 1:
        raise InvalidFrame("decimals", None, decimals.to_pylist(), "the same everywhere", _REMEDY)
    unit = None
    if len(decimals) and decimals[0].is_valid:
        unit = int(reader.whole("decimals", np.int64, (0, MAX_DECIMALS))[0])
    return Checkpoint(ids, standing, gone, memos, unit)


def _memo(text: str) -> dict[str, Any] | None:
    """The memo that a text holds; None if it holds none."""
    try:
        memo = {**json.loads(text)}
        complaints = [(*one,) for one in memo.get("complaints", ())]
        rests = [(*one,) for one in memo.get("refundable", ())]
        believed = memo.get("believed", {"cause": "unknown", "reason": None, "to": None})
        words = [believed["reason"], believed["to"]]
        words += [id_ for _, id_, _, _ in complaints]
        flags = [flag for _, _, *seen in complaints for flag in seen]
        sound = (
            believed["cause"] in _CAUSE_BY_VALUE
            and all(isinstance(word, str | None) for word in words)
            and all(isinstance(flag, bool) for flag in flags)
            and all(_is_between(at, FIRST, LAST) for at, *_ in complaints)
            and all(isinstance(id_, str) and _is_between(rest, 0, MOST) for id_, rest in rests)
        )
    except (ValueError, TypeError, KeyError):
        return None
    return memo if sound else None


def _is_between(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


@frozen(eq=False)
class _Reader:
    """Reads the columns of a checkpoint."""

    frame: Any

    def column(self, name: str) -> pa.Array:
        """A column."""
        if name not in self.frame.columns:
            states = "room" in self.frame.columns
            remedy = "These are states: give result.checkpoint." if states else _REMEDY
            raise InvalidFrame(name, None, "missing", "a column of the checkpoint", remedy)
        array = frames.untyped(frames.column(self.frame, name, "start"))
        return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array

    def strings(self, name: str) -> pa.Array:
        """A column of strings."""
        return frames.strings(self.column(name), name, "a column of strings")

    def require(self, good: NDArray[np.bool_], name: str, rule: str, remedy: str = _REMEDY) -> None:
        """Make sure that all rows of a column are good."""
        if not good.all():
            row = int(np.flatnonzero(~good)[0])
            raise InvalidFrame(name, row, self.column(name)[row].as_py(), rule, remedy)

    def whole(
        self,
        name: str,
        kind: Any,  # noqa: ANN401 - what numpy takes for a type
        bounds: tuple[int, int],
        *,
        never: bool = False,
        which: NDArray[np.bool_] | None = None,
    ) -> Any:  # noqa: ANN401 - an array of the type
        """A column of whole numbers.

        Args:
            name: The name of the column.
            kind: The type to give.
            bounds: The least and the most that they can be.
            never: Whether they can be `NEVER`.
            which: The rows that count; all, if it is left out.
        """
        array = self.column(name)
        try:
            values = plain(array.cast(pa.int64()))
        except pa.ArrowException:
            rule = "a column of whole numbers"
            raise InvalidFrame(name, None, str(array.type), rule, _REMEDY) from None
        least, most = bounds
        good = ~nulls(array) & (values >= least) & (values <= most)
        if never:
            good |= values == NEVER
        if which is not None:
            good |= ~which
        self.require(good, name, f"a whole number from {least:,} to {most:,}")
        return (values if which is None else values[which]).astype(kind, copy=False)

    def customers(self) -> pa.Array:
        """The ids of the customers, each there once."""
        ids = self.column("customer")
        if not len(ids):
            return pa.array([], pa.string())
        if not pa.types.is_integer(ids.type):
            ids = self.strings("customer")
        self.require(~nulls(ids), "customer", "an id")
        codes = plain(ids.dictionary_encode().indices)
        first = np.zeros(len(ids), np.bool_)
        first[np.unique(codes, return_index=True)[1]] = True
        self.require(first, "customer", "an id that is there once")
        return ids

    def standing(self, table: Table, states: tuple[int, int]) -> Standing:
        """Where the customers stand, but for their departures."""
        model, arrays = Standing.begin(0, table), dict[str, Any]()
        for name in model.names():
            kind, slots = getattr(model, name).dtype, slot_names(table)
            if name == "counts":
                columns = [self.whole(one, kind, _COUNT) for one in COUNTS]
            elif name == "entered":
                columns = [self.whole(f"entered_{one}", kind, _TIME, never=True) for one in slots]
            elif name == "departure":
                arrays[name] = np.empty(0, np.int64)
                continue
            elif name == "state":
                columns = [self.whole(name, kind, states)]
            elif name in WHEN:
                columns = [self.whole(name, kind, _TIME, never=True)]
            else:
                columns = [self.whole(name, kind, _COUNT if name in _COUNTED else _WHOLE)]
            arrays[name] = np.stack(columns) if name in IN_ROWS else columns[0].copy()
        return Standing(**arrays)

    def gone(self, place: NDArray[np.integer], states: tuple[int, int]) -> Gone:
        """The last departures of the customers who left, by their places."""
        model, found = Gone.none(), dict[str, Any](customer=place.astype(np.int32))
        which = np.zeros(len(self.frame), np.bool_)
        which[place] = True
        for fact in _FACTS:
            name, kind = f"left_{fact}", getattr(model, fact)
            if fact in WORDS:
                found[fact] = self.strings(name).take(pa.array(place)).cast(kind.type)
                continue
            bounds = states if fact == "state" else _BOUNDS.get(fact, _WHOLE)
            never = kind.dtype == np.int64 and fact != "at"
            found[fact] = self.whole(name, kind.dtype, bounds, never=never, which=which)
        return Gone(**found)

    def memos(self, standing: Standing, gone: Gone) -> dict[int, Mapping[str, Any]]:
        """What no column holds, by the number of the customer."""
        found: dict[int, Mapping[str, Any]] = {}
        for place, memo in enumerate(self.strings("memo").to_pylist()):
            if memo is not None:
                known = _memo(memo)
                if known is None:
                    rule = "what replay wrote of a customer, as JSON"
                    raise InvalidFrame("memo", place, memo, rule, _REMEDY)
                found[place] = known
        told = np.array([len(found.get(n, {}).get("complaints", ())) for n in found], np.int64)
        open_ = np.zeros(len(standing.state), np.int64)
        open_[[*found]] = told
        self.require(open_ >= standing.waiting, "memo", "one that names the open complaints")
        learnt = np.zeros(len(standing.state), np.bool_)
        learnt[gone.customer[gone.learnt_at != NEVER]] = True
        believed = [place for place, memo in found.items() if "believed" in memo]
        learnt[believed] = False
        self.require(~learnt, "memo", "one that names what was believed before")
        return found
