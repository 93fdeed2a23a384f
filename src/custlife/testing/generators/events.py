"""Generators of single values: events of any lifecycle, and departures. None is filtered."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, TypeVar, cast, get_args

from attrs import field, fields, frozen, resolve_types
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from custlife._checks import one_of, present_room
from custlife.causes import Cause, Initiator
from custlife.departures import Departure
from custlife.errors import InvalidArgument, UnknownEvent, shown
from custlife.events import (
    ALL_EVENTS,
    AN_EVENT_CLASS,
    CauseLearnt,
    Complained,
    ComplaintSettled,
    Departed,
    Event,
    Link,
    Purchased,
    Refunded,
    ServiceFailed,
)
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.state import Room, State

E = TypeVar("E", bound=Event)

Kinds = type[Event] | Iterable[type[Event]] | Mapping[str, Any]
"""An app's own events: their classes, or a class or a generator for each name."""


_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def moments() -> st.SearchStrategy[datetime]:
    """Aware datetimes in UTC, from 2000 to 2030."""
    return st.datetimes(
        min_value=_SOME_TIME.replace(tzinfo=None),
        max_value=datetime(2030, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        timezones=st.just(UTC),
    )


def amounts() -> st.SearchStrategy[Decimal]:
    """Money: exact, 0 to a million, with two decimals."""
    return st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))


_TYPES = {
    a.name: a.type
    for cls in (Complained, ComplaintSettled, Departed, Purchased, Refunded, ServiceFailed)
    for a in fields(cls)
}
_WAYS = [
    {"channel": channel, "id": id_, "offering": offering}
    for channel, id_, offering in (
        (None, None, None),
        ("shop", None, None),
        ("web", "A-1", "B-2"),
        ("phone", "A-1", None),
        ("fax", None, "B-2"),
        ("email", None, None),
        ("counter of the branch", "A-1", "B-2"),
    )
]
"""The fields of every event, drawn by one choice: Hypothesis shrinks a history well where an event
takes few."""
_KNOWN: Mapping[str, st.SearchStrategy[Any]] = {
    "amount": amounts(),
    "purchase": st.just("A-1"),
    "complaint": st.just("A-1"),
    "cause": st.sampled_from(Cause),
    "initiator": st.sampled_from(Initiator),
    "to": st.just("Rival Ltd"),
    "inferred": st.booleans(),
    "sales_cost": amounts(),
    "deal_size": amounts(),
    "reason": st.sampled_from(["moved_abroad", "They had better devices."]),
    "key_customer": st.booleans(),
    "public": st.booleans(),
    "link": st.sampled_from(Link),
}
"""What makes the fields of custlife's own events, where they are known. An app's event that has a
field of such a name and type gets the same values."""

_IN_TURN: Mapping[str, tuple[Any, ...]] = {
    "amount": tuple(map(Decimal, ("19.99", "0", "1000000", "0.01", "250.5"))),
    "purchase": (None, "A-1"),
    "complaint": (None, "A-1", None),
    "cause": tuple(Cause),
    "initiator": tuple(Initiator),
    "to": (None, "Rival Ltd"),
    "inferred": (False, True),
    "sales_cost": (None, Decimal(120), Decimal("0.5")),
    "deal_size": (Decimal(100_000), None, Decimal("99.5")),
    "reason": (None, "moved_abroad", "They had better devices."),
    "key_customer": (None, True, False),
    "public": (True, False),
    "link": (None, *Link),
}
"""The values that the fields of custlife's own events take in turn where nothing is drawn."""


def _values(cls: type[Any], names: Iterable[str]) -> dict[str, st.SearchStrategy[Any]]:
    """A generator for each of these fields, with None where its type allows it."""
    return {
        a.alias or a.name: st.none() | _KNOWN[a.name]
        if type(None) in get_args(a.type)
        else _KNOWN[a.name]
        for a in fields(cls)
        if a.init and a.name in names
    }


def events(
    *,
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    names: Iterable[str] | None = None,
    at: st.SearchStrategy[datetime] | None = None,
    kinds: Kinds = (),
) -> st.SearchStrategy[Event]:
    """Events that a lifecycle knows, whether or not they are allowed anywhere.

    An event is made from the class or generator that ``kinds`` gives for its name, else from
    custlife's own class of that name, else from a class that is made up.

    Args:
        lifecycle: The lifecycle.
        names: The events' names; all that the lifecycle knows if left out.
        at: When they happen; `moments` if left out.
        kinds: The app's own events: their classes, or a generator for each name.

    Raises:
        UnknownEvent: If the lifecycle does not know one of the names.

    Examples:
        >>> from hypothesis import find
        >>> find(events(names=["purchased"]), lambda event: event.amount >= 100).amount
        Decimal('100.00')
    """
    one_of(Lifecycle).argument("events", "lifecycle", lifecycle)
    makers = undated_events(lifecycle, kinds)
    chosen = lifecycle.events if names is None else several(names)
    if not chosen:
        raise ValueError("names is empty; give the name of an event, or leave it out.")
    for name in chosen:
        if name not in lifecycle.events:
            raise UnknownEvent(name, lifecycle.name, lifecycle.events)
    made = st.one_of([makers[name] for name in chosen])
    return st.builds(moved, made, moments() if at is None else at)


def undated_events(lifecycle: Lifecycle, kinds: Kinds = ()) -> dict[str, st.SearchStrategy[Event]]:
    """A generator for the events of each name that a lifecycle knows; their times mean nothing.

    Raises:
        TypeError: If ``kinds`` holds what is neither an event class nor a generator by name.
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
        name: find(own[name], lambda _: True, settings=first) if name in own else _simplest(name)
        for name in lifecycle.events
    }


def _simplest(name: str) -> Event:
    if name in (Purchased.name, Refunded.name):
        return _CLASSES[name](at=_SOME_TIME, amount=0)  # type: ignore[call-arg]  # both have one
    if name == CauseLearnt.name:
        return CauseLearnt(at=_SOME_TIME, cause=Cause.UNKNOWN)
    return _CLASSES.get(name, event_class(name))(at=_SOME_TIME)


def _own(lifecycle: Lifecycle, kinds: Kinds) -> dict[str, st.SearchStrategy[Event]]:
    own: dict[str, st.SearchStrategy[Event]] = {}
    for name, kind in named_kinds(kinds).items():
        if name not in lifecycle.events:
            raise UnknownEvent(name, lifecycle.name, lifecycle.events)
        own[name] = _undated(kind) if isinstance(kind, type) else kind.map(partial(_named, name))
    return own


def named_kinds(kinds: Kinds) -> dict[str, type[Event] | st.SearchStrategy[Event]]:
    """What makes the events of each name: a class or a generator.

    Raises:
        TypeError: If it is neither.
    """
    named: dict[str, Any] = {}
    if isinstance(kinds, Mapping):
        named = dict(cast("Mapping[str, Any]", kinds))
    else:
        for kind in several(kinds):
            named[getattr(kind, "name", repr(kind))] = kind
    for name, kind in named.items():
        is_event = isinstance(kind, type) and issubclass(kind, Event) and kind.name == name
        if not is_event and not isinstance(kind, st.SearchStrategy):
            raise TypeError(
                f"kinds takes event classes, or a class or a strategy for each name, not "
                f"{shown(kind)} for {shown(name)}."
            )
    return named


def _named(name: str, event: Event) -> Event:
    if event.name != name:
        raise TypeError(f"the strategy for {name!r} made a {event.name!r}; give one that fits.")
    return event


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
    AN_EVENT_CLASS.argument("events_of", "cls", cls)
    return st.builds(moved, _undated(cls), moments())


def _undated(cls: type[E]) -> st.SearchStrategy[E]:
    try:
        resolve_types(cls)
    except NameError as error:
        rule = f"one whose annotations can be resolved ({error})"
        remedy = "Import the types of its fields outside of TYPE_CHECKING, or give a generator."
        raise InvalidArgument("events()", "the event class", cls, rule, remedy) from error
    types = {a.name: a.type for a in fields(cls) if a.name in _TYPES}
    fitting = [n for n in _KNOWN if types.get(n) in (_TYPES[n], *get_args(_TYPES[n]))]
    alike = [n for n in _WAYS[0] if types[n] == _TYPES[n]]
    values = _values(cls, fitting)
    if issubclass(cls, CauseLearnt):
        values["cause"] = _KNOWN["cause"]  # it has to say something
    return st.builds(
        lambda event, way: changed(event, **{name: way[name] for name in alike}),
        st.builds(cls, at=st.just(_SOME_TIME), **values),
        st.sampled_from(_WAYS),
    )


_CLASSES: Mapping[str, type[Event]] = {cls.name: cls for cls in ALL_EVENTS}
_OURS: Mapping[str, st.SearchStrategy[Event]] = {
    name: _undated(cls) for name, cls in _CLASSES.items()
}


@frozen(kw_only=True)
class _Happened(Event):
    """Some event of a lifecycle that names no class for it."""

    initiator: Initiator = field(default=Initiator.CUSTOMER)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the name, by which the class is made again."""
        return _happened, (self.name, {a.name: getattr(self, a.name) for a in fields(_Happened)})


@lru_cache(maxsize=1024)
def event_class(name: str) -> type[Event]:
    """An event class for a name that has none of its own."""
    words = "".join(word.capitalize() for word in name.split("_"))
    return type(words, (_Happened,), {"name": name, "__slots__": (), "__module__": __name__})


def _happened(name: str, values: Mapping[str, Any]) -> Event:
    return event_class(name)(**values)


def moved(event: E, at: datetime) -> E:
    """The same event at another time."""
    return changed(event, at=at)


def changed(event: E, **values: object) -> E:
    """The same event with other values, without converting its own anew."""
    other = copy(event)
    for name, value in values.items():
        object.__setattr__(other, name, value)
    return other


def varied(event: E, number: int) -> E:
    """The same event with other values, which follow from a number, in the fields that vary.

    The channel, the id and the offering vary in every event; the other fields only in those of
    custlife's own classes, since an app's class may refuse what it did not make.
    """
    own = type(event) is _CLASSES.get(event.name) or isinstance(event, _Happened)
    names = [one.name for one in fields(type(event)) if own and one.name in _IN_TURN]
    said = {
        name: _IN_TURN[name][(number + number // 5 * place) % len(_IN_TURN[name])]
        for place, name in enumerate(names, 1)
    }
    return changed(event, **_WAYS[number % len(_WAYS)], **said)


def departures(
    *, lifecycle: Lifecycle = CUSTOMER_LIFECYCLE, room: Room | None = None
) -> st.SearchStrategy[Departure]:
    """Departures of every kind, cause and severity.

    Args:
        lifecycle: The lifecycle whose stages are left.
        room: The room that is left, prospect or customer; either of the two if left out.

    Raises:
        InvalidArgument: If the room is neither prospect nor customer.

    Examples:
        >>> from custlife import DepartureKind
        >>> from hypothesis import find
        >>> find(departures(), lambda departure: departure.kind is DepartureKind.LOSS).cycle
        1
    """
    one_of(Lifecycle).argument("departures", "lifecycle", lifecycle)
    present_room.or_none.argument("departures", "room", room)
    left = [
        state
        for state in lifecycle.states
        if state.room is not Room.FORMER and room in (None, state.room)
    ]
    return st.builds(
        _departure,
        st.sampled_from(left),
        at=moments(),
        cycle=st.integers(1, 5),
        stayed=st.integers(0, 4000).map(timedelta),
        before=st.none() | st.integers(0, 4000).map(timedelta),
        sales_cycle=st.none() | st.integers(0, 400).map(timedelta),
        revenue=st.none() | amounts(),
        purchases=st.none() | st.integers(0, 200),
        **_values(Departure, _KNOWN),
    )


def _departure(
    state: State,
    at: datetime,
    cycle: int,
    stayed: timedelta,
    before: timedelta | None,
    **given: Any,  # noqa: ANN401 - the other fields
) -> Departure:
    """A departure whose customer moments fit the room that is left, and the cycle."""
    moment = at - stayed if state.room is Room.CUSTOMER else None
    first = moment
    if before is not None and cycle > 1:
        first = (moment or at) - before
    return Departure(
        at=at,
        cycle=cycle,
        room_left=state.room,
        stages_left=state.stages,
        customer_moment=moment,
        first_customer_moment=first,
        **given,
    )
