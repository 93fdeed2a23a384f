"""Store and restore: events, relationships, departures and journeys as JSON-ready data.

Needs the extra ``custlife[codec]``. Every dict bears its ``type``; an event's is its name. Money
and instants are strings, so that nothing is lost on the way through JSON. Reading is strict: what
is missing, superfluous or of the wrong kind is an error that says where.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, overload

from attrs import evolve, frozen

try:
    from cattrs import BaseValidationError, Converter, transform_error
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
    from cattrs.v import format_exception
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "custlife.codec needs cattrs: install custlife with its extra 'codec'."
    ) from missing

from custlife._scalars import (
    exactly,
    from_duration,
    to_decimal,
    to_duration,
    to_instant,
    to_member,
    to_scalar,
)
from custlife.departure_rules import DEFAULT_SEVERITY_POLICY, SeverityPolicy
from custlife.departures import Departure
from custlife.errors import CustlifeError, InvalidData, UnknownEvent, UnknownState, listed, shown
from custlife.events import EVENTS, Event
from custlife.journey import Journey, replay
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle, require_lifecycle
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import State

T = TypeVar("T")
Data = dict[str, Any]
"""JSON-ready: dicts, lists, strings, whole numbers, booleans and None."""

_WHOLE = frozenset({"relationship", "departure", "journey", "record"})
Stored = Event | Relationship | Departure | Journey | Record
"""What a codec stores."""


@frozen(init=False)
class Codec:
    """Turns what custlife makes into JSON-ready data and back, for one lifecycle.

    The lifecycle's definition and the severity policy are the app's configuration and are not
    stored; the name of the lifecycle is, and is compared.

    Args:
        lifecycle: The lifecycle of the relationships and journeys.
        events: The event classes to read back: the default ones, or the app's own.
        severity_policy: The policy that restored departures are judged by.

    Attributes:
        converter: The cattrs converter; register hooks on it for event fields of the app's own
            types.

    Raises:
        TypeError: If the lifecycle is none, or something among the events is no event class.
        InvalidData: If two event classes share a name, or one takes the name ``relationship``,
            ``departure``, ``journey`` or ``record``.

    Examples:
        >>> import json
        >>> codec = Codec()
        >>> row = json.dumps(codec.dump(Relationship("C-17")))
        >>> codec.load(json.loads(row)) == Relationship("C-17")
        True
        >>> codec.load({"type": "sneezed"})
        Traceback (most recent call last):
        ...
        custlife.errors.UnknownEvent: The lifecycle 'customer' does not know the event 'sneezed'. \
It knows contacted, ...
    """

    lifecycle: Lifecycle
    severity_policy: SeverityPolicy
    converter: Converter
    _events: Mapping[str, type[Event]]

    def __init__(
        self,
        lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
        events: Iterable[type[Event]] = EVENTS,
        severity_policy: SeverityPolicy = DEFAULT_SEVERITY_POLICY,
    ) -> None:
        by_name: dict[str, type[Event]] = {}
        require_lifecycle(lifecycle)
        for event in events:
            if not (isinstance(event, type) and issubclass(event, Event)):
                raise TypeError(f"the events of a codec are event classes, not {event!r}.")
            if event.name in by_name or event.name in _WHOLE:
                raise InvalidData("$.type", f"the name {event.name!r} is taken; rename an event.")
            by_name[event.name] = event
        converter = _converter(lifecycle, severity_policy)
        self.__attrs_init__(lifecycle, severity_policy, converter, by_name)

    if TYPE_CHECKING:

        def __attrs_init__(self, *values: Any) -> None: ...  # noqa: ANN401 - attrs makes it

    def dump(self, value: Stored) -> Data:
        """The JSON-ready form of a value.

        Raises:
            InvalidData: If the value is of another lifecycle or under another severity policy than
                this codec, an event of a class that it was not given, or nothing that it stores.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> data = Codec().dump(Purchased(at=t, amount=Decimal("11.77")))
            >>> data["type"], data["at"], data["amount"]
            ('purchased', '2026-01-01T00:00:00+00:00', '11.77')
        """
        if isinstance(value, Event):
            if self._events.get(value.name) is not type(value):
                raise self._missing_class(value.name)
            return {"type": value.name, **self.converter.unstructure(value)}
        if isinstance(value, Record):
            return {"type": "record", **self.converter.unstructure(value)}
        if isinstance(value, Departure):
            self._same_policy(value.policy)
            return {"type": "departure", **self.converter.unstructure(value)}
        if isinstance(value, Relationship | Journey):
            start = value.start if isinstance(value, Journey) else value
            if start.lifecycle != self.lifecycle:
                raise self._other_lifecycle(start.lifecycle.name)
            self._same_policy(start.severity_policy)
            if isinstance(value, Journey):
                return self._journey(value)
            return self._relationship(value)
        raise InvalidData("$", f"{shown(value)} is nothing that a codec stores.")

    def _relationship(self, value: Relationship) -> Data:
        to_data = self.converter.unstructure
        departure = value.departure
        return {
            "type": "relationship",
            "lifecycle": self.lifecycle.name,
            "customer": value.customer,
            "state": to_data(value.state),
            "since": to_data(value.since),
            "cycle": value.cycle,
            "cycle_began": to_data(value.cycle_began),
            "customer_moment": to_data(value.customer_moment),
            "open_complaints": value.open_complaints,
            "departure": None if departure is None else to_data(departure),
            "record": to_data(value.record),
        }

    def _journey(self, value: Journey) -> Data:
        events = list(value.events)
        positions = []
        for rejection in value.rejected:
            if rejection.position is None:
                raise InvalidData("$.rejected", f"{rejection.event!r} is no event; leave it out.")
            events.insert(rejection.position, rejection.event)
            positions.append(rejection.position)
        return {
            "type": "journey",
            "lifecycle": self.lifecycle.name,
            "customer": value.customer,
            "events": [self.dump(event) for event in events],
            "rejected": positions,
        }

    @overload
    def load(self, data: Mapping[str, Any], kind: type[T]) -> T: ...
    @overload
    def load(self, data: Mapping[str, Any]) -> Stored: ...
    def load(self, data: Mapping[str, Any], kind: Any = None) -> Any:
        """The value that `dump` turned into this data.

        A journey is replayed from its events, so that it never contradicts the lifecycle.

        Args:
            data: JSON-ready data with its ``type``.
            kind: The class that is expected, for the type checker and as a check; any if left out.

        Raises:
            UnknownEvent: If a type is no event of the lifecycle, and nothing else that is stored.
            UnknownState: If a state is none of the lifecycle's.
            InvalidData: If the data is otherwise not what `dump` writes, a cause that is not
                known included; the message says where.
            InvalidRelationship: If the fields of a relationship contradict each other.
        """
        if not isinstance(data, Mapping):
            hint = " Call json.loads() first." if isinstance(data, str | bytes) else ""
            raise InvalidData("$", f"{shown(data)} is no dict.{hint}")
        tag = data.get("type")
        rest = {key: value for key, value in data.items() if key != "type"}
        if not isinstance(tag, str):
            raise InvalidData("$.type", f"{tag!r} is no name of a type.")
        value = self._read(tag, rest)
        if kind is not None and not isinstance(value, kind):
            raise InvalidData("$.type", f"{tag!r} was stored where {kind.__name__} is expected.")
        return value

    def _read(self, tag: str, data: Data) -> Any:  # noqa: ANN401 - one of `Stored`
        if tag in ("relationship", "journey"):
            self._same_lifecycle(data.get("lifecycle"))
        if tag == "relationship":
            return self._restore(self._structure(data, _StoredRelationship))
        if tag == "journey":
            return self._replay(self._structure(data, _StoredJourney))
        if tag == "departure":
            return self._structure(data, Departure)
        if tag == "record":
            return self._structure(data, Record)
        return self._structure(data, self._event_class(tag))

    def _restore(self, stored: "_StoredRelationship") -> Relationship:
        return Relationship.restore(
            stored.customer,
            state=stored.state,
            since=stored.since,
            cycle=stored.cycle,
            cycle_began=stored.cycle_began,
            customer_moment=stored.customer_moment,
            open_complaints=stored.open_complaints,
            departure=stored.departure,
            record=stored.record,
            lifecycle=self.lifecycle,
            severity_policy=self.severity_policy,
        )

    def _replay(self, stored: "_StoredJourney") -> Journey:
        events = [self._event_at(place, event) for place, event in enumerate(stored.events)]
        journey = replay(
            events,
            customer=stored.customer,
            lifecycle=self.lifecycle,
            severity_policy=self.severity_policy,
            on_rejected="collect",
        )
        now = {r.position: r for r in journey.rejected if r.position is not None}
        for position in sorted(now.keys() ^ set(stored.rejected)):
            what = (
                f"was accepted when stored and is refused now: {now[position]}"
                if position in now
                else "was refused when stored and is accepted now"
            )
            raise InvalidData(f"$.events[{position}]", f"this event {what}")
        return journey

    def _event_at(self, place: int, data: Data) -> Event:
        path = f"$.events[{place}]"
        try:
            return self.load(data, Event)
        except InvalidData as error:
            raise InvalidData(path + error.path.removeprefix("$"), error.problem) from error
        except UnknownEvent as error:
            error.add_note(f"Stored data at {path}.")
            raise

    def _structure(self, data: Data, kind: type[T]) -> T:
        try:
            return self.converter.structure(data, kind)
        except BaseValidationError as group:
            for leaf in _leaves(group):
                if isinstance(leaf, UnknownState):
                    raise leaf from group
            problems = transform_error(group, format_exception=_words)
            first, _, path = problems[0].rpartition(" @ ")
            raise InvalidData(path, "; ".join((first, *problems[1:]))) from group

    def _event_class(self, name: str) -> type[Event]:
        found = self._events.get(name)
        if found is None and name in self.lifecycle.events:
            raise self._missing_class(name)
        if found is None:
            raise UnknownEvent(name, self.lifecycle.name, tuple(self._events))
        return found

    def _missing_class(self, name: str) -> InvalidData:
        return InvalidData(
            "$.type",
            f"this codec was not given the class of the event {name!r}; name it: "
            f"Codec(events=[...]). It has {listed(tuple(self._events))}.",
        )

    def _same_policy(self, policy: SeverityPolicy) -> None:
        if policy != self.severity_policy:
            raise InvalidData(
                "$",
                "this was judged by another severity policy than the codec's; make a "
                "Codec(severity_policy=...) with the app's policy.",
            )

    def _same_lifecycle(self, name: object) -> None:
        if isinstance(name, str) and name != self.lifecycle.name:
            raise self._other_lifecycle(name)

    def _other_lifecycle(self, name: str) -> InvalidData:
        mine = self.lifecycle.name
        problem = (
            f"this is of another definition of the lifecycle {name!r} than the codec's; give the "
            f"two definitions two names, and make a Codec for each."
            if name == mine
            else f"this is of the lifecycle {name!r}, and the codec is for {mine!r}; make a Codec "
            f"for that lifecycle."
        )
        return InvalidData("$.lifecycle", problem)


@frozen
class _StoredRelationship:
    """The stored fields of a relationship."""

    lifecycle: str
    customer: str
    state: State
    since: datetime | None
    cycle: int
    cycle_began: datetime | None
    customer_moment: datetime | None
    open_complaints: int
    departure: Departure | None
    record: Record


@frozen
class _StoredJourney:
    """The stored fields of a journey."""

    lifecycle: str
    customer: str
    events: list[dict[str, Any]]
    rejected: list[int]


def _converter(lifecycle: Lifecycle, policy: SeverityPolicy) -> Converter:
    """A strict converter: every scalar must be of its own kind already."""
    converter = Converter(forbid_extra_keys=True)
    for scalar in (str, int, bool):
        converter.register_structure_hook(scalar, to_scalar)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda v, _: to_instant(exactly(v, str)))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, to_decimal)
    converter.register_unstructure_hook(timedelta, from_duration)
    converter.register_structure_hook(timedelta, to_duration)
    converter.register_structure_hook(Enum, to_member)
    converter.register_unstructure_hook(State, lambda state: list(state.stages))
    converter.register_structure_hook(State, lambda v, _: _known_state(lifecycle, v))
    converter.register_unstructure_hook(
        Departure,
        make_dict_unstructure_fn(Departure, converter, policy=override(omit=True)),
    )
    read = make_dict_structure_fn(
        Departure, converter, _cattrs_forbid_extra_keys=True, policy=override(omit=True)
    )
    converter.register_structure_hook(
        Departure, lambda v, kind: evolve(read(v, kind), policy=policy)
    )
    return converter


def _known_state(lifecycle: Lifecycle, value: Any) -> State:  # noqa: ANN401 - whatever was stored
    if not isinstance(value, list) or not all(isinstance(stage, str) for stage in value):
        raise TypeError(f"{value!r} is no list of stages")
    return lifecycle.state(*value)


def _leaves(group: BaseException) -> Iterable[BaseException]:
    if isinstance(group, BaseExceptionGroup):
        for inner in group.exceptions:
            yield from _leaves(inner)
    else:
        yield group


def _words(error: BaseException, kind: type | None) -> str:
    """What went wrong at one place, in our own errors' words where there are any."""
    if isinstance(error, CustlifeError | TypeError | ValueError):
        return str(error)
    return format_exception(error, kind)
