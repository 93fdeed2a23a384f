"""Who is replayed one by one, and why: what columns cannot hold."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import Factory, define
from numpy.typing import NDArray

from custlife.bulk.automaton import OF_COMPLAINTS, can_count_complaints
from custlife.bulk.frames import plain
from custlife.bulk.gone import is_plain
from custlife.bulk.log import Log
from custlife.events import ANSWERS, Activity, CauseLearnt, PurchaseCancelled
from custlife.lifecycle.table import Table

Flags = NDArray[np.bool_]

NO_RULE = "a silence rule that does not go over columns"
KEPT = "something on record from before that no column goes on from"
OLD_SILENCE = "a silence from before the start"
STUCK = "more than columns can tell"


@define(eq=False)
class Routes:
    """Who is replayed one by one, and why.

    Attributes:
        log: The log.
        alone: For each customer whether they are.
        reasons: How many customers are for which reason; the first reason of each counts.
    """

    log: Log
    alone: Flags
    reasons: dict[str, int] = Factory(dict)

    @classmethod
    def of(cls, log: Log, table: Table, *, watched: bool) -> "Routes":
        """The routes of the customers of a log.

        Args:
            log: The log.
            table: The lifecycle's table.
            watched: Whether they are watched for silence.
        """
        routes = cls(log, np.zeros(log.customers, np.bool_))
        kinds = log.kinds
        routes.kinds(
            "a correction of what was known",
            [issubclass(kind, (CauseLearnt, PurchaseCancelled)) for kind in kinds],
        )
        routes.kinds(
            "an event with fields, checks or facts of the app's own",
            [not is_plain(kind) for kind in kinds],
        )
        routes.kinds(
            "complaints that the lifecycle does not take everywhere",
            [
                not can_count_complaints(table, kinds) and kind.activity in OF_COMPLAINTS
                for kind in kinds
            ],
        )
        routes.kinds(
            "a lapse that was given beside a silence rule",
            [watched and kind.activity is Activity.LAPSE for kind in kinds],
        )
        routes.named("public", "a complaint in public", (Activity.COMPLAINT,))
        routes.named("complaint", "an answer that names its complaint", ANSWERS)
        routes.named("purchase", "a refund that names its purchase", (Activity.REFUND,))
        if "id" in log.given:
            routes.events("an id that comes twice", _doubled(log.given["id"], log.customer))
        return routes

    def customers(self, reason: str, which: Flags) -> None:
        """Take some customers out."""
        new = which & ~self.alone
        if new.any():
            self.note(reason, int(new.sum()))
            self.alone |= new

    def note(self, reason: str, many: int) -> None:
        """Note that so many customers more are replayed one by one for a reason."""
        self.reasons[reason] = self.reasons.get(reason, 0) + many

    def events(self, reason: str, which: Flags) -> None:
        """Take the customers of some events out."""
        customers = np.zeros(self.log.customers, np.bool_)
        customers[self.log.customer[which]] = True
        self.customers(reason, customers)

    def kinds(self, reason: str, which: Sequence[bool]) -> None:
        """Take the customers out who have an event of some kinds."""
        if any(which):
            self.events(reason, np.array(which)[self.log.kind])

    def named(self, field: str, reason: str, activities: Sequence[Activity]) -> None:
        """Take the customers out who have an event of an activity with a field that is said."""
        if field in self.log.given:
            array = self.log.given[field]
            said = array if pa.types.is_boolean(array.type) else array.is_valid()
            of = np.array([kind.activity in activities for kind in self.log.kinds], np.bool_)
            self.events(reason, plain(said, fill=False) & of[self.log.kind])


def _doubled(ids: pa.Array, customer: NDArray[np.int32]) -> Flags:
    """Which events have an id that another event of the same customer has."""
    coded = ids.dictionary_encode()
    found = np.zeros(len(ids), np.bool_)
    if len(coded.dictionary) == len(ids) - ids.null_count:
        return found
    codes = plain(coded.indices, -1)
    counts = np.bincount(codes[codes >= 0])
    some = np.flatnonzero((codes >= 0) & (counts[codes] > 1))
    key = codes[some].astype(np.int64) * (int(customer.max()) + 1) + customer[some]
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    found[some[order[1:][same]]] = True
    return found
