"""The rows that do not count, and why: their errors are made when somebody asks."""

from collections.abc import Mapping

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from custlife.bulk.log import Log
from custlife.bulk.ticks import moment
from custlife.errors import CustlifeError, InvalidFrame, OutOfOrderEvent
from custlife.lifecycle.table import Table

LeftOut = tuple[int, str, Exception | None]
"""The number of an event or of a row, what became of it, and the error where something is wrong."""


@frozen(eq=False)
class Refused:
    """Events of a bucket that the lifecycle refuses.

    Attributes:
        event: Their numbers in the log.
        state: The states in which they came.
        waits: Whether a complaint was waiting.
    """

    event: NDArray[np.integer]
    state: NDArray[np.uint16]
    waits: NDArray[np.bool_]

    @classmethod
    def none(cls) -> "Refused":
        """Nothing is refused."""
        return cls(np.empty(0, np.int64), np.empty(0, np.uint16), np.empty(0, np.bool_))


@frozen(eq=False)
class Left:
    """The rows that do not count, and why.

    Attributes:
        log: The log.
        table: The lifecycle's table.
        last_at: When the last event of each customer had happened before the start.
        faults: What is wrong with rows that never became events.
        refused: What the lifecycle refuses, bucket by bucket.
        late: The numbers of events that came too late, bucket by bucket.
        others: What does not count of who was replayed one by one, by the numbers of events.
    """

    log: Log
    table: Table
    last_at: NDArray[np.int64]
    faults: Mapping[int, InvalidFrame]
    refused: tuple[Refused, ...]
    late: tuple[NDArray[np.integer], ...]
    others: tuple[LeftOut, ...]

    def __len__(self) -> int:
        refused = sum(len(part.event) for part in self.refused)
        return refused + sum(map(len, self.late)) + len(self.faults) + len(self.others)

    def all(self) -> list[LeftOut]:
        """What does not count, by the numbers of the rows."""
        found: list[LeftOut] = [(row, "invalid", error) for row, error in self.faults.items()]
        for part in self.refused:
            errors = map(
                self._refusal, part.event.tolist(), part.state.tolist(), part.waits.tolist()
            )
            rows = self.log.row(part.event).tolist()
            found += [(row, "refused", error) for row, error in zip(rows, errors, strict=True)]
        for late in self.late:
            rows, errors = self.log.row(late).tolist(), map(self._too_late, late.tolist())
            found += [(row, "refused", error) for row, error in zip(rows, errors, strict=True)]
        rows = self.log.row(np.array([number for number, _, _ in self.others], np.int64)).tolist()
        for row, (_, what, why) in zip(rows, self.others, strict=True):
            found.append((row, what, why))
        return sorted(found, key=lambda one: one[0])

    def _refusal(self, number: int, state: int, waits: bool) -> CustlifeError:  # noqa: FBT001 - it is mapped
        kind = self.log.kinds[self.log.kind[number]]
        customer = self.log.name(int(self.log.customer[number]))
        name = self.table.handled_as(kind)
        error = self.table.refusal(self.table.states[state], name, customer, answerable=waits)
        return error if kind.name == name else evolve(error, event=kind.name)

    def _too_late(self, number: int) -> CustlifeError:
        kind, customer = self.log.kinds[self.log.kind[number]], int(self.log.customer[number])
        at, last = moment(int(self.log.at[number])), moment(int(self.last_at[customer]))
        return OutOfOrderEvent(kind.name, at, last, self.log.name(customer))

    def raise_first(self) -> None:
        """Raise the error of the first row that has one."""
        if not len(self):
            return
        for row, _, error in self.all():
            if error is not None:
                error.add_note(f"It is row {row:,} of the frame.")
                raise error
