"""Generators of single values: events of any lifecycle, and departures. None is filtered."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, TypeVar, cast, get_args

from attrs import NOTHING, Attribute, field, fields, fields_dict, frozen, resolve_types
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from custlife._checks import Check, one_of, present_room
from custlife.causes import Cause, Initiator
from custlife.departures import Departure
from custlife.errors import InvalidArgument, UnknownEvent
from custlife.events import EVENTS, Departed, Event, Purchased
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.state import Room, State

E = TypeVar("E", bound=Event)

event_types = Check(
    lambda value: isinstance(value, type) and issubclass(value, Event),
    "a class of events",
    "Give the class, such as Purchased.",
)

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
_NEEDED = {
    "channel": "shop",
    "id": "A-1",
    "offering": "B-2",
    "to": "Rival Ltd",
    "sales_cost": Decimal(1),
    "deal_size": Decimal(1),
}
"""What is given where an app's own event does not take None."""


def _types_of(name: str) -> tuple[Any, ...]:
    """The types of a field that custlife's values fit: its own, and the same without None."""
    own = _TYPES.get(name)
    return (own, *get_args(own)) if own is not None else ()


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
        if name not in makers:
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
    if name == Purchased.name:
        return Purchased(at=_SOME_TIME, amount=Decimal(0))
    return (_CLASSES[name] if name in _CLASSES else event_class(name))(at=_SOME_TIME)


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
        for kind in (kinds,) if isinstance(kinds, type) else kinds:
            named[getattr(kind, "name", repr(kind))] = kind
    for name, kind in named.items():
        is_event = isinstance(kind, type) and issubclass(kind, Event) and kind.name == name
        if not is_event and not isinstance(kind, st.SearchStrategy):
            raise TypeError(
                f"kinds takes event classes, or a class or a strategy for each name, not {kind!r} "
                f"for {name!r}."
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
    event_types.argument("events_of", "cls", cls)
    return st.builds(moved, _undated(cls), moments())


def _undated(cls: type[E]) -> st.SearchStrategy[E]:
    try:
        resolve_types(cls)
    except NameError as error:
        raise InvalidArgument(
            "events",
            "the event class",
            cls,
            f"one whose annotations can be resolved ({error})",
            "Import the types of its fields outside of TYPE_CHECKING, or give a generator for it.",
        ) from error
    settable = [attribute for attribute in fields(cls) if attribute.init]
    given = {a.name: a for a in settable if a.type in _types_of(a.name)}
    groups = [group for group in _GROUPS if {*given} & {*group[0]}]
    inferred = any(a.default is NOTHING and a.name not in {*given, "at"} for a in settable)
    return _filled(cls, groups, given, inferred=inferred)


@st.composite
def _filled(
    draw: st.DrawFn,
    cls: type[E],
    groups: list[_Group],
    given: "Mapping[str, Attribute[Any]]",
    *,
    inferred: bool,
) -> E:
    known: dict[str, Any] = {"at": _SOME_TIME}
    for names, values in groups:
        for name, value in zip(names, draw(values), strict=True):
            if name in given:
                needed = value is None and type(None) not in get_args(given[name].type)
                known[given[name].alias or name] = _NEEDED[name] if needed else value
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

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the name, by which the class is made again."""
        values = (self.at, self.channel, self.id, self.offering, self.initiator)
        return _happened, (self.name, *values)


@lru_cache(maxsize=1024)
def event_class(name: str) -> type[Event]:
    """An event class for a name that has none of its own."""
    words = "".join(word.capitalize() for word in name.split("_"))
    return type(words, (_Happened,), {"name": name, "__slots__": (), "__module__": __name__})


def _happened(name: str, at: datetime, *values: Any) -> Event:  # noqa: ANN401 - its fields
    fields_ = dict(zip(("channel", "id", "offering", "initiator"), values, strict=True))
    return event_class(name)(at=at, **fields_)


def moved(event: E, at: datetime) -> E:
    """The same event at another time."""
    return changed(event, at=at)


def changed(event: E, **values: object) -> E:
    """The same event with other values, without converting its own anew."""
    other = copy(event)
    for name, value in values.items():
        object.__setattr__(other, name, value)
    return other


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
