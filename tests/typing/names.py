"""What a type checker must see. Checked by mypy and pyright, never run."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import assert_type

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departure,
    DepartureKind,
    Engaged,
    Journey,
    Lifecycle,
    Phase,
    Purchased,
    Relationship,
    Room,
    Severity,
    State,
    Table,
    replay,
    to_diagram,
    to_table,
)
from custlife.codec import Codec

t = datetime(2026, 1, 1, tzinfo=UTC)
rel = Relationship("C-17").apply(Engaged(at=t), Purchased(at=t, amount=Decimal("11.77"), id="p-1"))
assert_type(rel, Relationship)
assert_type(rel.state, State)
assert_type(rel.state.room, Room)
assert_type(rel.state.regions, dict[str, str])
assert_type(rel.view(Phase), Phase | None)
assert_type(rel.customer_moment, datetime | None)
assert_type(rel.departure, Departure | None)
assert_type(rel.allowed, tuple[str, ...])
assert_type(rel.record.revenue, Decimal)

journey = replay([Engaged(at=t)], customer="C-17")
assert_type(journey, Journey)
assert_type(journey.as_of(t), Relationship)
assert_type(journey.time_in("visitor", until=t), timedelta)
assert_type([d.kind for d in journey.departures], list[DepartureKind])
assert_type([d.severity for d in journey.departures], list[Severity])

table = to_table(CUSTOMER_LIFECYCLE)
assert_type(table, Table)
assert_type(table.step(rel.state, "purchased"), State)
assert_type(table.step(rel.state, Purchased), State)
assert_type(table.step(0, 1), int)
assert_type(to_diagram(CUSTOMER_LIFECYCLE), str)
assert_type(CUSTOMER_LIFECYCLE.refine("visitor", ["browsing"]), Lifecycle)
assert_type(Codec().load(Codec().dump(rel), Relationship), Relationship)
