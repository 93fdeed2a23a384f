"""Departures judged over columns, by the same two tables as one by one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from custlife.bulk.automaton import ROOMS
from custlife.bulk.columns import Column, Kind
from custlife.bulk.gone import CAUSES, INITIATORS, Gone
from custlife.bulk.masks import Decided, decide
from custlife.bulk.ticks import NEVER
from custlife.departure_kind import DepartureKind, kind_facts
from custlife.departure_rules import DepartureRules
from custlife.lifecycle.table import Table
from custlife.severity import Severity


def judged(
    gone: Gone, rules: DepartureRules, table: Table, decimals: int
) -> tuple[Decided[DepartureKind], Decided[Severity]]:
    """The kinds and the severities of departures.

    Args:
        gone: The departures.
        rules: The rules by which they are judged.
        table: The lifecycle's table.
        decimals: How many decimals the money of the columns has.
    """
    room = np.array([ROOMS.index(one) for one in table.rooms])[gone.state]
    cause = Column(Kind.CHOICE, gone.cause.astype(np.intp), choices=CAUSES)

    def by_cause(name: str) -> Column:
        return cause.turned(lambda one: kind_facts(ROOMS[1], one, INITIATORS[0], None, None)[name])

    def since(moment: NDArray[np.int64], other: int | None = None) -> Column:
        known = moment != NEVER
        span = np.where(known, gone.at - np.where(known, moment, 0), other or 0)
        return Column(Kind.SPAN, span, known if other is None else None)

    def number(values: NDArray[np.int64], places: int | None) -> Column:
        return Column(Kind.NUMBER, np.where(values == NEVER, 0, values), values != NEVER, places)

    kinds = decide(
        rules.kinds,
        {
            "room_left": Column(Kind.CHOICE, room.astype(np.intp), choices=ROOMS),
            "after_moment": since(gone.moment),
            "initiator": Column(Kind.CHOICE, gone.initiator.astype(np.intp), choices=INITIATORS),
            "cause": cause,
            "driven_out": by_cause("driven_out"),
            "circumstances": by_cause("circumstances"),
            "competitor_named": _flag(gone.to.is_valid().to_numpy(zero_copy_only=False)),
        },
        size=len(gone),
    )
    kinds.require()
    key = gone.key_customer
    sale = gone.sales_cycle
    severities = decide(
        rules.severities,
        {
            "kind": kinds.outcomes,
            "first_entry": _flag(gone.cycle == 1),
            "sales_cycle": Column(Kind.SPAN, np.where(sale == NEVER, 0, sale), sale != NEVER),
            "sales_cost": number(gone.sales_cost, decimals),
            "deal_size": number(gone.deal_size, decimals),
            "tenure": since(gone.first_moment, 0),
            "revenue": number(gone.revenue, decimals),
            "purchases": number(gone.purchases, None),
            "key_customer": _flag(key == 1, key >= 0),
        },
        size=len(gone),
    )
    severities.require()
    return kinds, severities


def _flag(values: Any, known: Any = None) -> Column:  # noqa: ANN401 - arrays of flags
    return Column(Kind.FLAG, values, known)
