"""Strategies for single values: events of any lifecycle, and departures. None is filtered."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, cast

from attrs import NOTHING, evolve, field, fields, fields_dict, frozen
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from custlife.causes import Cause, Initiator
from custlife.departures import Departure
from custlife.errors import UnknownEvent
from custlife.events import EVENTS, Departed, Event, Purchased
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room, State

E = TypeVar("E", bound=Event)

Kinds = Iterable[type[Event]] | Mapping[str, st.SearchStrategy[Event]]
"""An app's own events: their classes, or a strategy for each name."""


def moments(*, min_value: datetime | None = None) -> st.SearchStrategy[datetime]:
    """Aware datetimes in UTC, from 2000 to 2030.

    Args:
        min_value: The earliest, aware; 2000-01-01 if left out.
    """
    earliest = datetime(2000, 1, 1, tzinfo=UTC) if min_value is None else min_value.astimezone(UTC)
    return st.datetimes(
        min_value=earliest.replace(tzinfo=None),
        max_value=max(earliest, datetime(2030, 1, 1, tzinfo=UTC)).replace(tzinfo=None),
        timezones=st.just(UTC),
    )


def amounts() -> st.SearchStrategy[Decimal]:
    """Money: exact, 0 to a million, with two decimals."""
    return st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))


_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_Group = tuple[tuple[str, ...], st.SearchStrategy[tuple[Any, ...]]]


def _alone(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return values.map(lambda value: (value,))


def _sums(number: int) -> tuple[Decimal | None, Decimal | None]:
    """What a sale cost and what the deal was worth, each known or not, out of one number."""
    known, cents = number % 4, number // 4
    cost = Decimal(cents).scaleb(-2) if known in (1, 3) else None
    return cost, Decimal(cents // 2).scaleb(-1) if known > 1 else None


_WAYS = [
    (None, None, None),
    ("shop", None, None),
    ("web", "A-1", "B-2"),
    ("phone", "A-1", None),
    ("fax", None, "B-2"),
]
_DEPARTURE: tuple[_Group, ...] = (
    (("cause",), _alone(st.sampled_from(Cause))),
    (("initiator",), _alone(st.sampled_from(Initiator))),
    (
        ("to", "inferred"),
        st.sampled_from([(None, False), ("Rival Ltd", False), (None, True), ("Rival Ltd", True)]),
    ),
    (("sales_cost", "deal_size"), st.integers(0, 4 * 10**8).map(_sums)),
)
_GROUPS: tuple[_Group, ...] = (
    (("channel", "id", "offering"), st.sampled_from(_WAYS)),
    (("amount",), _alone(amounts())),
    *_DEPARTURE,
)
"""The fields of custlife's own events, in groups that are drawn by one choice each: Hypothesis
shrinks a history well where an event takes few choices. An app's event that has a field of such a
name and type gets the same values."""
_TYPES = {
    name: fields_dict(cls)[name].type
    for cls in (Departed, Purchased)
    for names, _ in _GROUPS
    for name in names
    if name in fields_dict(cls)
}


def events(
    *,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    names: Iterable[str] | None = None,
    at: st.SearchStrategy[datetime] | None = None,
    kinds: Kinds = (),
) -> st.SearchStrategy[Event]:
    """Events that a lifecycle knows, whether or not they are allowed anywhere.

    An event is made from the class or strategy that ``kinds`` gives for its name, else from
    custlife's own class of that name, else from a class that is made up.

    Args:
        lifecycle: The lifecycle.
        names: The events' names; all that the lifecycle knows if left out.
        at: When they happen; `moments` if left out.
        kinds: The app's own events: their classes, or a strategy for each name.

    Raises:
        UnknownEvent: If the lifecycle does not know one of the names.

    Examples:
        >>> from hypothesis import find
        >>> find(events(names=["purchased"]), lambda event: event.amount >= 100).amount
        Decimal('100.00')
    """
    makers = undated_events(lifecycle, kinds)
    chosen = lifecycle.events if names is None else tuple(names)
    for name in chosen:
        if name not in makers:
            raise UnknownEvent(name, lifecycle.name, lifecycle.events)
    made = st.one_of([makers[name] for name in chosen])
    return st.builds(moved, made, moments() if at is None else at)


def undated_events(lifecycle: Lifecycle, kinds: Kinds = ()) -> dict[str, st.SearchStrategy[Event]]:
    """A strategy for the events of each name that a lifecycle knows; their times mean nothing.

    Raises:
        TypeError: If ``kinds`` holds what is neither an event class nor a strategy by name.
        UnknownEvent: If ``kinds`` holds an event that the lifecycle does not know.
    """
    given = {**_OURS, **_own(lifecycle, kinds)}
    return {
        name: given[name] if name in given else _undated(event_class(name))
        for name in lifecycle.events
    }


def simplest_events(lifecycle: Lifecycle, kinds: Kinds = ()) -> dict[str, Event]:
    """The simplest event of each name that a lifecycle knows; their times mean nothing."""
    first = settings(
        max_examples=1,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    own = _own(lifecycle, kinds)
    return {
        name: find(own[name], lambda _: True, settings=first)
        if name in own
        else Purchased(at=_SOME_TIME, amount=Decimal(0))
        if name == Purchased.name
        else _CLASSES.get(name, event_class(name))(at=_SOME_TIME)
        for name in lifecycle.events
    }


def _own(lifecycle: Lifecycle, kinds: Kinds) -> dict[str, st.SearchStrategy[Event]]:
    own: dict[str, st.SearchStrategy[Event]]
    if isinstance(kinds, Mapping):
        own = dict(cast("Mapping[str, st.SearchStrategy[Event]]", kinds))
    else:
        own = {cls.name: _undated(cls) for cls in map(_event_class, kinds)}
    for name in own:
        if name not in lifecycle.events:
            raise UnknownEvent(name, lifecycle.name, lifecycle.events)
    return own


def _event_class(kind: object) -> type[Event]:
    if isinstance(kind, type) and issubclass(kind, Event):
        return kind
    raise TypeError(f"kinds takes event classes, or a strategy for each name, not {kind!r}.")


def events_of(cls: type[E]) -> st.SearchStrategy[E]:
    """Events of one class.

    Fields that custlife's own events have get fitting values. Other fields keep their default, or
    are inferred from their type where they have none.

    Examples:
        >>> from custlife import Recommended
        >>> from hypothesis import find
        >>> find(events_of(Recommended), lambda event: event.channel == "web").name
        'recommended'
    """
    return st.builds(moved, _undated(cls), moments())


def _undated(cls: type[E]) -> st.SearchStrategy[E]:
    given = {
        attribute.name
        for attribute in fields(cls)
        if attribute.name in _TYPES and attribute.type == _TYPES[attribute.name]
    }
    groups = [group for group in _GROUPS if given & set(group[0])]
    inferred = any(
        attribute.default is NOTHING and attribute.name not in given for attribute in fields(cls)
    )
    return _filled(cls, groups, given, inferred=inferred)


@st.composite
def _filled(
    draw: st.DrawFn, cls: type[E], groups: list[_Group], given: set[str], *, inferred: bool
) -> E:
    drawn = {
        name: value
        for names, values in groups
        for name, value in zip(names, draw(values), strict=True)
    }
    known = {name: value for name, value in drawn.items() if name in given}
    known["at"] = _SOME_TIME
    if not inferred:
        return cls(**known)
    return draw(st.builds(cls, **{name: st.just(value) for name, value in known.items()}))


_CLASSES: Mapping[str, type[Event]] = {cls.name: cls for cls in EVENTS}
_OURS: Mapping[str, st.SearchStrategy[Event]] = {
    name: _undated(cls) for name, cls in _CLASSES.items()
}


@frozen(kw_only=True)
class _Happened(Event):
    """Some event of a lifecycle that names no class for it."""

    initiator: Initiator = field(default=Initiator.CUSTOMER)


@lru_cache(maxsize=1024)
def event_class(name: str) -> type[Event]:
    """An event class for a name that has none of its own."""
    words = "".join(word.capitalize() for word in name.split("_"))
    return type(words, (_Happened,), {"name": name, "__slots__": (), "__module__": __name__})


def moved(event: E, at: datetime) -> E:
    """The same event at another time."""
    return evolve(event, at=at)


def departures(
    *, lifecycle: Lifecycle = CUSTOMER_LIFECYCLE, room: Room | None = None
) -> st.SearchStrategy[Departure]:
    """Departures of every kind, cause and severity.

    Args:
        lifecycle: The lifecycle whose stages are left.
        room: The room that is left, prospect or customer; either of the two if left out.

    Raises:
        ValueError: If the room is former, which nobody departs from.

    Examples:
        >>> from custlife import DepartureKind
        >>> from hypothesis import find
        >>> find(departures(), lambda departure: departure.kind is DepartureKind.LOSS).cycle
        1
    """
    if room is Room.FORMER:
        raise ValueError("nobody departs from 'former'; give the room prospect or customer.")
    left = [
        state
        for state in lifecycle.states
        if state.room is not Room.FORMER and room in (None, state.room)
    ]
    return _departures(left)


@st.composite
def _departures(draw: st.DrawFn, left: list[State]) -> Departure:
    state = draw(st.sampled_from(left))
    return Departure(
        at=draw(moments()),
        cycle=draw(st.integers(1, 5)),
        room_left=state.room,
        stages_left=state.stages,
        sales_cycle=timedelta(days=draw(st.integers(0, 400))),
        **{
            name: value
            for names, values in _DEPARTURE
            for name, value in zip(names, draw(values), strict=True)
        },
    )
