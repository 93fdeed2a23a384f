"""The events of a data frame as arrays, and what is wrong with its rows."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, cast

import numpy as np
import pyarrow as pa
from attrs import Factory, define, evolve, fields_dict, frozen
from numpy.typing import NDArray

from custlife.bulk.ticks import moment
from custlife.causes import Cause, Initiator
from custlife.errors import InvalidFrame
from custlife.events import Activity, Event, Link
from custlife.money import EXACT

MOST = 2**63 - 1
"""The most that fits 64 bits with a sign."""
CHOICES: Mapping[str, type[Enum]] = {"cause": Cause, "initiator": Initiator, "link": Link}
TEXTS = ("id", "channel", "offering", "to", "reason", "complaint", "purchase")
FLAGS = ("public", "inferred", "key_customer")
MONEY = ("amount", "sales_cost", "deal_size")
FIELDS = (*TEXTS, *FLAGS, *MONEY, *CHOICES)
"""The fields of events that a column can give."""
PAID = (Activity.PURCHASE, Activity.REFUND)


@define(eq=False)
class Faults:
    """What is wrong with rows, found before anything is folded.

    Attributes:
        collect: Whether to keep what is wrong, or to raise the first.
        errors: The error of each row at fault.
    """

    collect: bool
    errors: dict[int, InvalidFrame] = Factory(dict)

    def add(self, row: int, error: InvalidFrame) -> None:
        """Note a row at fault; the first fault of a row is kept."""
        if not self.collect:
            raise error
        self.errors.setdefault(row, error)

    def wrong(
        self,
        which: NDArray[np.bool_],
        name: str,
        array: pa.Array,
        rule: str | Callable[[object], str],
        remedy: str | Callable[[object], str],
    ) -> None:
        """Note the rows of a column that are wrong.

        Args:
            which: The rows.
            name: The name of the column.
            array: The column.
            rule: What must stand there, also by the value.
            remedy: What to do, also by the value.
        """
        for row in np.flatnonzero(which).tolist():
            value = array[row].as_py()
            expected, advice = (
                one if isinstance(one, str) else one(value) for one in (rule, remedy)
            )
            self.add(row, InvalidFrame(name, row, value, expected, advice))


@frozen(eq=False)
class Log:
    """The events of a frame as arrays.

    Attributes:
        kinds: The classes of events; a kind is its number.
        ids: The customers.
        customer: For each event its customer, by number.
        at: For each event its time [us].
        kind: For each event its kind.
        decimals: How many decimals amounts have in minor units.
        has_decimals: Whether the columns or the call say so.
        amount: For each purchase and refund its amount in minor units, and anything for other
            events; None without amounts.
        given: The columns of other fields, by the name of the field.
        ties: For each event what orders events of one customer and time; None without.
        rows: For each event its row in the frame; None if it is its number.
    """

    kinds: tuple[type[Event], ...]
    ids: pa.Array
    customer: NDArray[np.int32]
    at: NDArray[np.int64]
    kind: NDArray[np.uint8]
    decimals: int
    has_decimals: bool
    amount: NDArray[np.int64] | None
    given: Mapping[str, "pa.Array"]
    ties: NDArray[np.int64] | None
    rows: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.ids)

    @property
    def paid(self) -> NDArray[np.int64]:
        """The amounts of all purchases and refunds."""
        if self.amount is None:
            return np.empty(0, np.int64)
        of = np.array([kind.activity in PAID for kind in self.kinds], np.bool_)
        return self.amount[of[self.kind]]

    def row(self, events: NDArray[np.integer]) -> NDArray[np.int64]:
        """The rows of events in the frame; -1 stays -1."""
        if self.rows is None:
            return events.astype(np.int64)
        return np.where(events < 0, -1, self.rows[events])

    def without(self, rows: Collection[int]) -> "Log":
        """The log without some of the rows of the frame."""
        if not rows:
            return self
        keep = np.ones(len(self), np.bool_)
        keep[[*rows]] = False
        left = np.flatnonzero(keep)
        number, ids = self.customer[left], self.ids
        there = np.flatnonzero(np.bincount(number, minlength=len(ids)))
        return evolve(
            self,
            ids=ids.take(pa.array(there)),
            customer=np.searchsorted(there, number).astype(np.int32),
            at=self.at[left],
            kind=self.kind[left],
            amount=None if self.amount is None else self.amount[left],
            given={name: array.take(pa.array(left)) for name, array in self.given.items()},
            ties=None if self.ties is None else self.ties[left],
            rows=left,
        )

    def in_order(self, events: NDArray[np.int64]) -> NDArray[np.int64]:
        """Some events by customer and time; what ties does not order stays as it comes."""
        keys = self.at[events], self.customer[events]
        ties = () if self.ties is None else (self.ties[events],)
        return events[np.lexsort((*ties, *keys))]

    def name(self, customer: int) -> str:
        """The id of a customer, as a relationship has it."""
        return str(self.ids[customer].as_py())

    @cached_property
    def _said(self) -> tuple[tuple[str, ...], ...]:
        """For each kind the fields that columns give."""
        return tuple(
            tuple(name for name in self.given if name in fields_dict(kind)) for kind in self.kinds
        )

    def event(self, number: int) -> Event:
        """One event as an object."""
        kind = self.kinds[self.kind[number]]
        values: dict[str, Any] = {}
        for name in self._said[self.kind[number]]:
            value = self.given[name][number].as_py()
            if value is not None:
                values[name] = self._meant(name, value)
        if self.amount is not None and kind.activity in PAID:
            values["amount"] = self.money(int(self.amount[number]))
        made: Event = kind(at=moment(int(self.at[number])), **values)
        return made

    def _meant(self, name: str, value: object) -> object:
        if name in CHOICES:
            return [*CHOICES[name]][cast("int", value)]
        return self.money(cast("int", value)) if name in MONEY else value

    def money(self, minor: int) -> Decimal:
        """An amount of minor units as money."""
        return Decimal(minor).scaleb(-self.decimals, EXACT)
