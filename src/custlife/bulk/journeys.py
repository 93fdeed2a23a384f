"""Journeys as a data frame: every step of each, a row a step."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from custlife import _checks
from custlife.bulk.frames import MOMENT, Frame, as_frame
from custlife.journey import Journey


def steps_frame(journeys: Iterable[Journey], like: Any = "pandas") -> Frame:  # noqa: ANN401 - what narwhals knows by name
    """Every step of some journeys, a row each, moves and stays alike.

    Args:
        journeys: The journeys, as `custlife.replay` makes them.
        like: The library of the frame: ``"pandas"``, ``"polars"`` or ``"pyarrow"``.

    Returns:
        A frame with the columns ``customer``, ``at``, ``event``, ``from``, ``to``, ``cycle``,
        ``departure`` (its kind, where the step is one), ``inferred`` (whether it was inferred from
        silence) and ``because`` (the sentences of the rules that were taken, with their sources).

    Raises:
        InvalidArgument: If there is something else than journeys, or the library is not known.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from custlife import Engaged, replay
        >>> journey = replay([Engaged(at=datetime(2026, 1, 1, tzinfo=UTC))], customer="C-17")
        >>> steps_frame([journey], like="pyarrow").select(["from", "to"]).to_pylist()
        [{'from': 'potential', 'to': 'visitor'}]
    """
    _checks.iterable_of("journeys").argument("steps_frame", "journeys", journeys)
    rows = []
    for journey in journeys:
        _checks.one_of(Journey).argument("steps_frame", "journeys", journey)
        for step in journey.steps:
            kind = step.departure.kind.value if step.is_departure and step.departure else None
            because = " ".join(f"{rule.sentence} [{rule.source}]" for rule in step.rules)
            rows.append(
                {
                    "customer": journey.customer,
                    "at": step.event.at,
                    "event": step.event.name,
                    "from": str(step.before),
                    "to": str(step.after),
                    "cycle": step.cycle,
                    "departure": kind,
                    "inferred": step.inference is not None,
                    "because": because,
                }
            )
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in _COLUMNS.items()}
    return as_frame("steps_frame()", like, columns)


_COLUMNS = {
    "customer": pa.string(),
    "at": MOMENT,
    "event": pa.string(),
    "from": pa.string(),
    "to": pa.string(),
    "cycle": pa.int64(),
    "departure": pa.string(),
    "inferred": pa.bool_(),
    "because": pa.string(),
}
