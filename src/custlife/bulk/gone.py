"""Departures in columns: the facts by which each is judged."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import define, fields, fields_dict, frozen
from numpy.typing import NDArray

from custlife._due import PRESUMED
from custlife.bulk.adding import Endings, Moves
from custlife.bulk.frames import compute
from custlife.bulk.log import Log
from custlife.bulk.ticks import NEVER, TICK, micros
from custlife.causes import Cause, Initiator
from custlife.departures import Departure
from custlife.errors import CustlifeError
from custlife.events import Departed, Event, checks_fields
from custlife.lifecycle.table import Table
from custlife.money import EXACT

Numbers = NDArray[np.int64]
CAUSES, INITIATORS = (*Cause,), (*Initiator,)
_SAID: Mapping[str, object] = {
    name: fields_dict(Departure)[name].default
    for name in (
        *("cause", "initiator", "inferred", "to", "reason"),
        *("sales_cost", "deal_size", "key_customer"),
    )
}
"""What an event can say of a departure, and what counts where it does not."""
WORDS = ("to", "reason")
"""What it can say in words."""


@define(eq=False)
class Gone:
    """Departures; each array has a row for each of them.

    What is unknown is `NEVER`, and -1 for the key customer.
    """

    customer: NDArray[np.int32]
    at: Numbers
    cycle: NDArray[np.int32]
    state: NDArray[np.uint16]
    moment: Numbers
    first_moment: Numbers
    sales_cycle: Numbers
    revenue: Numbers
    purchases: Numbers
    cause: NDArray[np.int16]
    initiator: NDArray[np.int8]
    inferred: NDArray[np.bool_]
    sales_cost: Numbers
    deal_size: Numbers
    key_customer: NDArray[np.int8]
    learnt_at: Numbers
    to: pa.Array
    reason: pa.Array

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def together(cls, parts: "Sequence[Gone]") -> "Gone":
        """Departures of several parts, one after the other."""
        rows: dict[str, Any] = {}
        for one in fields(cls):
            arrays = [getattr(part, one.name) for part in parts]
            if one.name in WORDS:
                rows[one.name] = pa.concat_arrays(
                    [array.cast(pa.large_string()) for array in arrays]
                )
            else:
                rows[one.name] = np.concatenate(arrays)
        return cls(**rows)

    @classmethod
    def none(cls) -> "Gone":
        """No departure."""
        made: dict[str, Any] = {name: np.empty(0, kind) for name, kind in _TYPES.items()}
        made |= {name: pa.array([], pa.large_string()) for name in WORDS}
        return cls(customer=np.empty(0, np.int32), **made)

    @classmethod
    def of(
        cls,
        customers: Sequence[int],
        departures: Sequence[Departure],
        table: Table,
        unit: int,
    ) -> "Gone":
        """Departures as columns."""
        rows = [_row(one, table, unit) for one in departures]
        made: dict[str, Any] = {"customer": np.array(customers, np.int32)}
        for name, kind in _TYPES.items():
            made[name] = np.array([row[name] for row in rows], kind)
        made |= {name: pa.array([row[name] for row in rows], pa.large_string()) for name in WORDS}
        return cls(**made)

    @classmethod
    def by(cls, log: Log, moves: Moves, endings: Endings, kinds: Sequence["Said"]) -> "Gone":
        """Departures by events of a log, or inferred.

        Args:
            log: The log.
            moves: The moves.
            endings: The departures among them.
            kinds: For each kind of event what it says of a departure.
        """
        move = endings.move
        kind, event = moves.kind[move], moves.event[move].astype(np.int64)
        made: dict[str, Any] = {
            "customer": moves.customer[move],
            "at": moves.at[move],
            "cycle": moves.cycle[move],
            "state": moves.before[move],
            "moment": endings.moment,
            "first_moment": endings.first_moment,
            "sales_cycle": endings.sales_cycle,
            "revenue": endings.revenue,
            "purchases": endings.purchases,
            "learnt_at": np.full(len(move), NEVER, np.int64),
        }
        said = event >= 0
        places = pa.array(np.where(said, event, 0), mask=~said)
        for name in _SAID:
            if name in WORDS:
                made[name] = _words(name, log, kinds, kind, places)
                continue
            values = np.array([one.values[name] for one in kinds], _TYPES[name])[kind]
            if name in log.given:
                heard = log.given[name].take(places)
                may = np.array([name in one.heard for one in kinds], np.bool_)[kind]
                known = may & heard.is_valid().to_numpy(zero_copy_only=False)
                if known.any():
                    filled = heard.fill_null(False if pa.types.is_boolean(heard.type) else 0)
                    values = np.where(known, filled.to_numpy(zero_copy_only=False), values)
            made[name] = values.astype(_TYPES[name])
        return cls(**made)


_TYPES: Mapping[str, Any] = {
    "at": np.int64,
    "cycle": np.int32,
    "state": np.uint16,
    "moment": np.int64,
    "first_moment": np.int64,
    "sales_cycle": np.int64,
    "revenue": np.int64,
    "purchases": np.int64,
    "cause": np.int16,
    "initiator": np.int8,
    "inferred": np.bool_,
    "sales_cost": np.int64,
    "deal_size": np.int64,
    "key_customer": np.int8,
    "learnt_at": np.int64,
}


def _words(
    name: str, log: Log, kinds: Sequence["Said"], kind: NDArray[np.uint8], places: pa.Array
) -> pa.Array:
    """What was said of each departure in words, as far as it is known."""
    found = pa.array([one.words[name] for one in kinds], pa.large_string()).take(pa.array(kind))
    if name not in log.given:
        return found
    may = pa.array(np.array([name in one.heard for one in kinds], np.bool_)[kind])
    heard = log.given[name].take(places).cast(pa.large_string())
    return compute.if_else(compute.and_(may, heard.is_valid()), heard, found)


def _row(one: Departure, table: Table, unit: int) -> dict[str, object]:
    def money(value: Any) -> int:  # noqa: ANN401 - a Decimal or None
        return NEVER if value is None else int(value.scaleb(unit, EXACT))

    state = table.lifecycle.places.by_stages[one.stages_left]
    return {
        "at": micros(one.at),
        "cycle": one.cycle,
        "state": table.index(state),
        "moment": micros(one.customer_moment),
        "first_moment": micros(one.first_customer_moment),
        "sales_cycle": NEVER if one.sales_cycle is None else one.sales_cycle // TICK,
        "revenue": money(one.revenue),
        "purchases": NEVER if one.purchases is None else one.purchases,
        "cause": CAUSES.index(one.cause),
        "initiator": INITIATORS.index(one.initiator),
        "inferred": one.inferred,
        "sales_cost": money(one.sales_cost),
        "deal_size": money(one.deal_size),
        "key_customer": -1 if one.key_customer is None else int(one.key_customer),
        "learnt_at": micros(one.learnt_at),
        "to": one.to,
        "reason": one.reason,
    }


@frozen(eq=False)
class Said:
    """What a kind of event says of a departure.

    Attributes:
        values: What it says where no column says otherwise.
        heard: The fields that a column can give.
        words: What it says in words.
    """

    values: Mapping[str, object]
    heard: frozenset[str]
    words: Mapping[str, str | None]


def said(kind: type[Event], *, inferred: bool) -> Said:
    """What the events of a class say of a departure, where it is a plain one.

    Args:
        kind: The class.
        inferred: Whether it is inferred from silence.
    """
    values: dict[str, Any] = {}
    own = fields_dict(kind)
    for name, default in _SAID.items():
        value = own[name].default if name in own else getattr(kind, name, None)
        values[name] = default if value is None else value
    if inferred and kind is Departed:
        values |= PRESUMED
    words = {name: values.pop(name) for name in WORDS}
    key = values["key_customer"]
    coded = {
        **values,
        "cause": CAUSES.index(values["cause"]),
        "initiator": INITIATORS.index(values["initiator"]),
        "key_customer": -1 if key is None else int(key),
        "sales_cost": NEVER,
        "deal_size": NEVER,
    }
    return Said(coded, frozenset(_SAID) & own.keys(), words)


NOTHING = Said(dict.fromkeys(_SAID, 0), frozenset(), dict.fromkeys(WORDS))
"""What stands for a kind of event whose customers are replayed one by one."""


def is_plain(kind: type[Event]) -> bool:
    """Whether the columns hold all that an event of this class can say.

    Not so where the app added fields, checks or facts of its own to a class: such events are made,
    and their customers are replayed one by one.
    """
    ours = {
        one.name: one
        for base in kind.__mro__
        if base.__module__ == Event.__module__ and issubclass(base, Event)
        for one in fields(base)
    }
    own = fields_dict(kind)
    same = own.keys() <= ours.keys() and all(
        own[name].validator is ours[name].validator and own[name].default is ours[name].default
        for name in own
    )
    if not same or not checks_fields(kind):
        return False
    if kind.__module__ == Event.__module__:
        return True
    hook = getattr(kind, "__attrs_post_init__", None)
    facts = {name for name in _SAID if name not in own and hasattr(kind, name)}
    return getattr(hook, "__module__", Event.__module__) == Event.__module__ and (
        facts <= {"initiator"} and _sound(kind)
    )


def _sound(kind: type[Event]) -> bool:
    """Whether what a class of the app says of a departure can be used."""
    try:
        said(kind, inferred=False)
    except (ValueError, CustlifeError):
        return False
    return True
