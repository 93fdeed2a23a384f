"""What ``st.from_type`` makes of custlife's types, once `custlife.testing` is imported."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as st

from custlife.departures import Departure
from custlife.events import ALL_EVENTS, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import State
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Signals
from custlife.strategy.value import CustomerValue
from custlife.testing.generators.events import departures, events, events_of
from custlife.testing.generators.histories import relationships
from custlife.testing.generators.lifecycles import lifecycles
from custlife.testing.generators.profiles import profiles, signals, values

GENERATORS: Mapping[type[Any], Callable[[], st.SearchStrategy[Any]]] = {
    Departure: departures,
    Event: events,
    CustomerValue: values,
    Profile: profiles,
    Signals: signals,
    Lifecycle: lifecycles,
    Record: lambda: relationships().map(lambda made: made.record),
    Relationship: relationships,
    State: lambda: relationships().map(lambda made: made.state),
    **{cls: partial(events_of, cls) for cls in ALL_EVENTS},
}
"""The generator of each type; it is called when the first value is drawn."""


for _cls in GENERATORS:
    st.register_type_strategy(_cls, lambda cls: GENERATORS[cls]())
