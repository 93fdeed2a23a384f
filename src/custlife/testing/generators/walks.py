"""Histories that are the same each time: much happens in them, and nothing is drawn."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count, cycle

from custlife.events import Activity, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unchecked_table
from custlife.refunds import MOST_REFUNDABLE
from custlife.state import Room
from custlife.testing.generators.events import changed, moved, varied
from custlife.testing.generators.histories import OnRecord, known
from custlife.testing.paths import shortest_paths

_SIZES = (12, 24, 24, 48)
"""How many events each walk has."""
_MOST = 200
"""Of more ways than this that lead through a departure, only some are taken."""
_DAY = timedelta(days=1)
_OFTEN = 12
"""How often an event happens one time after the other."""
_LATER = tuple(
    timedelta(days=days, microseconds=moments)
    for days, moments in ((1, 0), (0, 0), (40, 0), (0, 1), (400, 0), (0, 3 * 10**10), (7, 0))
)
"""How much later the next event happens, in turn; at the same moment after nothing."""
_WITHOUT_ID = 5
"""Each event of this number has no id."""


def walks(
    lifecycle: Lifecycle, simplest: Mapping[str, Event], begin: datetime
) -> Iterator[tuple[Event, ...]]:
    """Histories of an event that happens twice at once or often, of many, and of several cycles.

    Refused events are among them. The fields of the events vary, the time between them, and whether
    the app knows of them at once.

    Args:
        lifecycle: The lifecycle.
        simplest: An event of each name.
        begin: When all of them begin.
    """
    for way, name in _twice(lifecycle):
        events = [moved(simplest[one], begin + place * _DAY) for place, one in enumerate(way)]
        at_once = moved(simplest[name], begin + len(way) * _DAY)
        yield (*events, at_once, at_once)
    numbers = count()
    returns = [*_returns(lifecycle)]
    some = returns[:: len(returns) // _MOST + 1]
    for names in (*_repeated(lifecycle, simplest), *rounds(lifecycle), *some):
        yield tuple(_happen(names, simplest, begin, numbers))


def _returns(lifecycle: Lifecycle) -> Iterator[tuple[str, ...]]:
    """After a departure, the shortest way to each state, and each event there."""
    ways = shortest_paths(lifecycle)
    former = [state for state in ways if state.room is Room.FORMER]
    back = {state: shortest_paths(lifecycle, start=state) for state in former}
    for state, left in zip(ways, cycle(former)):
        if state in back[left]:
            for name in lifecycle.events:
                yield (*ways[left].events, *back[left][state].events, name)


def rounds(lifecycle: Lifecycle) -> Iterator[tuple[str, ...]]:
    """Walks on which each event is taken in turn in each state, from one walk to the next."""
    table = unchecked_table(lifecycle)
    turns = [cycle(table.events) for _ in table.states]
    for size in _SIZES:
        here, names = table.initial, []
        for _ in range(size):
            names.append(next(turns[here]))
            here = table.arcs[here].get(names[-1], here)
        yield tuple(names)


def _repeated(lifecycle: Lifecycle, simplest: Mapping[str, Event]) -> Iterator[tuple[str, ...]]:
    """Each event often, where it can happen twice, and then each other one."""
    for way, name in _twice(lifecycle):
        bought = simplest[name].activity is Activity.PURCHASE
        often = _OFTEN + bought * MOST_REFUNDABLE
        yield (*way, *[name] * often, *lifecycle.events)


def _twice(lifecycle: Lifecycle) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each event that can happen twice, and the shortest way to where it can."""
    table = unchecked_table(lifecycle)
    for name in table.events:
        for state, way in shortest_paths(lifecycle).items():
            after = table.arcs[table.index(state)].get(name)
            if after is not None and name in table.arcs[after]:
                yield way.events, name
                break


def _happen(
    names: Iterable[str], simplest: Mapping[str, Event], begin: datetime, numbers: Iterator[int]
) -> Iterator[Event]:
    """Events of these names that differ from each other, in the order of time."""
    on_record = OnRecord()
    at = begin
    for place, (name, later) in enumerate(zip(names, cycle(_LATER))):
        event = known(varied(moved(simplest[name], at), next(numbers)))
        event = changed(event, id=f"A-{place}" if (place + 1) % _WITHOUT_ID else None)
        event = on_record.fitted(event, place, loosely=True)
        on_record.takes(event)
        at += later
        yield event
