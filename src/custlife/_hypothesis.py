"""What Hypothesis calls when it is imported: how to make values of custlife's types.

The strategies themselves are loaded only when one of them is asked for. Only Hypothesis imports
this module, by its entry point; custlife never does.
"""

from typing import TYPE_CHECKING, Any

from custlife.departures import Departure
from custlife.events import EVENTS, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import State
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Signals
from custlife.strategy.value import CustomerValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis which strategies make custlife's types, for ``st.from_type``."""
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is there when it calls

    made: dict[type[Any], Callable[[type[Any]], SearchStrategy[Any]]] = {
        Departure: lambda _: _kit().departures(),
        Event: lambda _: _kit().events(),
        CustomerValue: lambda _: _kit().values(),
        Profile: lambda _: _kit().profiles(),
        Signals: lambda _: _kit().signals(),
        Lifecycle: lambda _: _kit().lifecycles(),
        Record: lambda _: _kit().relationships().map(lambda made: made.record),
        Relationship: lambda _: _kit().relationships(),
        State: lambda _: _kit().relationships().map(lambda made: made.state),
        **{cls: lambda cls: _kit().events(names=[cls.name]) for cls in EVENTS},
    }
    for cls, strategy in made.items():
        st.register_type_strategy(cls, strategy)


def _kit() -> Any:  # noqa: ANN401 - the kit, which is loaded late
    from custlife import testing  # noqa: PLC0415 - only when a value is asked for

    return testing
