"""Store and restore: events, relationships, departures, journeys, accounts as JSON-ready data.

Needs the extra ``custlife[codec]``. Every dict has a ``type``; an event's is its name. Money
and instants are strings, so that nothing is lost on the way through JSON. Reading is strict: what
is missing, superfluous, of the wrong kind or spelled otherwise than `Codec.dump` spells it is an
error that says where. Reading is bounded, too: see `Codec`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, TypeVar, overload

from attrs import Factory, asdict, field, fields, frozen, make_class, resolve_types

try:
    from cattrs import Converter
    from cattrs.gen import make_dict_unstructure_fn

    from custlife import _strict
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "custlife.codec needs cattrs: install custlife with its extra 'codec'."
    ) from missing

from custlife import _checks, _scalars
from custlife._stored import StoredAccount, StoredJourney
from custlife.account import Account
from custlife.answers import A_RULE, SilenceRule
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.departures import Departure
from custlife.errors import (
    CustlifeError,
    InvalidArgument,
    InvalidData,
    LifecycleChanged,
    UnknownEvent,
    UnknownState,
    cut,
    listed,
    shown,
)
from custlife.events import ALL_EVENTS, AN_EVENT_CLASS, Event
from custlife.journey import Journey
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.migration import Migration, astray, way_from, what_changed
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.state import State

T = TypeVar("T")
Data = dict[str, Any]
"""JSON-ready: dicts, lists, strings, whole numbers, booleans and None."""
Stored = Event | Relationship | Departure | Journey | Account | Record
"""What a codec stores."""

_WHOLE: dict[str, type[Any]] = {
    "relationship": Relationship,
    "journey": Journey,
    "account": Account,
    "departure": Departure,
    "record": Record,
}
_BESIDE = frozenset({"kind", "severity"})
"""What a stored departure also says, for those who query it; reading works it out anew."""


def _by_name(events: Iterable[type[Event]]) -> Mapping[str, type[Event]]:
    _checks.one_of(Iterable).argument("Codec", "events", events)
    by_name: dict[str, type[Event]] = {event.name: event for event in ALL_EVENTS}
    for event in events:
        AN_EVENT_CLASS.argument("Codec", "events", event)
        if by_name.get(event.name, event) is not event or event.name in _WHOLE:
            raise InvalidData("$.type", f"the name {event.name!r} is taken; rename an event.")
        by_name[event.name] = event
    return by_name


def _earlier(value: Iterable[Lifecycle | Migration]) -> tuple[Lifecycle | Migration, ...]:
    _checks.iterable_of("lifecycles and migrations").argument("Codec", "earlier", value)
    return tuple(value)


def _leads_here(codec: "Codec", _: object, earlier: tuple[Lifecycle | Migration, ...]) -> None:
    for one, expectation, remedy in astray(codec.lifecycle, earlier):
        raise InvalidArgument("Codec()", "earlier", one, expectation, remedy)


@frozen
class Codec:
    """Turns what custlife makes into JSON-ready data and back, for one lifecycle.

    The lifecycle's definition and the departure rules are the app's configuration and are not
    stored. The lifecycle's name and fingerprint and that of the rules are, and are compared.

    Data is bounded, both ways: dicts and lists lie at most 20 deep; a text has at most 100,000
    letters, a dict 1,000 names, a list 10,000,000 elements; a number has at most 46 digits, and
    350 decimal places. After 100 wrong elements of a list the others are not read.

    Args:
        lifecycle: The lifecycle of the relationships and journeys.
        events: The app's own event classes; those of custlife are known.
        departure_rules: The rules that the departures were judged by.
        earlier: Earlier definitions of the lifecycle. A `Lifecycle` lets the error name what
            changed. A `Migration` to the codec's lifecycle, or to one from which another
            migration leads there, lets data be read that was stored under the old one: a
            relationship is mapped, a journey is replayed.
        silence: The silence rule of the journeys that were replayed with one. It is not stored;
            what it infers is inferred anew.

    Attributes:
        converter: The cattrs converter; register hooks on it for event fields of the app's own
            types.

    Raises:
        InvalidArgument: If an argument is of another type, an event is no event class, or a
            migration does not lead to the lifecycle.
        InvalidData: If two event classes share a name, or one takes the name ``relationship``,
            ``departure``, ``journey``, ``account`` or ``record``.

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

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "Codec()"

    lifecycle: Lifecycle = field(default=CUSTOMER_LIFECYCLE, validator=_checks.one_of(Lifecycle))
    _events: Mapping[str, type[Event]] = field(default=(), converter=_by_name)  # pyright: ignore[reportAssignmentType]
    departure_rules: DepartureRules = field(
        default=DEFAULT_DEPARTURE_RULES, validator=_checks.one_of(DepartureRules)
    )
    earlier: tuple[Lifecycle | Migration, ...] = field(
        default=(), converter=_earlier, validator=_leads_here
    )
    silence: SilenceRule | None = field(default=None, validator=A_RULE.or_none, kw_only=True)
    converter: Converter = field(
        init=False, default=Factory(lambda self: self._converter(), takes_self=True)
    )

    def dump(self, value: Stored) -> Data:
        """The JSON-ready form of a value.

        Raises:
            InvalidData: If the value is of another lifecycle or under other departure rules than
                this codec, an event of a class that it was not given, out of the bounds, or
                nothing that it stores.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Purchased
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> data = Codec().dump(Purchased(at=t, amount=Decimal("11.77")))
            >>> data["type"], data["at"], data["amount"]
            ('purchased', '2026-01-01T00:00:00+00:00', '11.77')
        """
        if isinstance(value, Record):
            _require_sound(value)
        data = self._write(value)
        beyond = _scalars.excess(data)
        if beyond is not None:
            raise InvalidData(f"${beyond[0]}", f"{beyond[1]}, so it could not be read back.")
        return data

    def _write(self, value: Stored) -> Data:
        tag = next((tag for tag, kind in _WHOLE.items() if isinstance(value, kind)), None)
        if isinstance(value, Event):
            tag = value.name
            if self._events.get(tag) is not type(value):
                raise self._missing_class(tag)
        if tag is None:
            raise InvalidData("$", f"{shown(value)} is nothing that a codec stores.")
        own = {"lifecycle": self.lifecycle.name, "fingerprint": self.lifecycle.fingerprint}
        of = own if isinstance(value, Departure) else {}  # the others say it inside
        return {"type": tag, **of, **self.converter.unstructure(value)}

    @overload
    def load(self, data: Data, kind: type[T]) -> T: ...
    @overload
    def load(self, data: Data) -> Stored: ...
    def load(self, data: Data, kind: Any = object) -> Any:
        """The value that `dump` turned into this data.

        A journey or an account is replayed from its events, so that it never contradicts the
        lifecycle. What was judged by other departure rules than this codec's is refused.

        Args:
            data: JSON-ready data with its ``type``.
            kind: The class that is expected, for the type checker and as a check; any if left out.

        Raises:
            UnknownEvent: If a type is no event of the lifecycle, and nothing else that is stored.
            UnknownState: If a state is none of the lifecycle's.
            LifecycleChanged: If a relationship or a journey was stored under another definition of
                the lifecycle, and no migration was given that leads from there.
            InvalidData: If the data is otherwise not what `dump` writes, a cause that is not
                known included; the message says where, tells five faults, and counts the others.
            InvalidRelationship: If the fields of a relationship contradict each other.
        """
        _checks.one_of(type).argument("load", "kind", kind)
        beyond = _scalars.excess(data) if type(data) is dict else None
        if beyond is not None:
            raise InvalidData(f"${beyond[0]}", beyond[1])
        try:
            value = self._read(data, kind)
        except CustlifeError:
            raise
        except Exception as error:  # a hook of the app's own may raise anything
            faults = [*_strict.faults_in(error)]
            first, path = faults[0]
            if isinstance(first, UnknownEvent | UnknownState | LifecycleChanged):
                first.__notes__ = [f"Stored data at {path}{_strict.more(len(faults), 1)}."]
                raise first from error
            told = [(path, _strict.in_words(fault)) for fault, path in faults]
            raise _strict.refusal(told) from error
        if isinstance(value, Record):
            _require_sound(value)
        return value

    def _read(self, data: Any, kind: type[Any]) -> Any:  # noqa: ANN401 - whatever was stored
        if type(data) is not dict:
            hint = " Call json.loads() first." if isinstance(data, str | bytes) else ""
            raise InvalidData("$", f"{_scalars.described(data)} is no dict.{hint}")
        tag = data.get("type")
        if not isinstance(tag, str):
            raise InvalidData("$.type", f"{_scalars.described(tag)} is no name of a type.")
        found = _WHOLE.get(tag) or self._event_class(tag)
        if not issubclass(found, kind):
            raise InvalidData(
                "$.type", f"{shown(tag)} was stored where {kind.__name__} is expected."
            )
        if tag in _WHOLE:  # data of another app has one fault, and not one for each field
            ours: dict[str, Callable[[Any, object], object]]
            ours = {"departure_rules": self._to_rules, "rules": self._to_rules}
            if not self._way_of(data):
                ours["lifecycle"] = self._to_lifecycle
            for name, read in ours.items():
                if type(data.get(name)) is str:
                    read(data[name], None)
        rest = data.copy()
        del rest["type"]
        return (
            self._departure_alone(rest)
            if found is Departure
            else self.converter.structure(rest, found)
        )

    def _departure_alone(self, data: Data) -> Departure:
        """A departure that was stored by itself, with the lifecycle whose stages it names."""
        way = self._way_of(data)
        for name in ("lifecycle", "fingerprint"):
            if type(data.pop(name, None)) is not str:
                raise InvalidData(f"$.{name}", "it is missing, or no text")
        reader = self._readers[way[0]] if way else self.converter
        departure: Departure = reader.structure(data, Departure)
        for migration in way:
            departure = migration.map_departure(departure)
        return departure

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
            f"this codec was not given the class of the event {shown(name)}; name it: "
            f"Codec(events=[...]). It has {listed(tuple(self._events))}.",
        )

    def _way_of(self, data: Any) -> tuple[Migration, ...]:  # noqa: ANN401 - whatever was stored
        """The migrations by which stored data is read; what is no such data is found later."""
        stored = data if type(data) is dict else {}
        name, fingerprint = stored.get("lifecycle"), stored.get("fingerprint")
        if not isinstance(name, str) or not isinstance(fingerprint, str):
            return ()
        way = way_from((name, fingerprint), self.lifecycle, self.earlier)
        if way is None and (
            error := what_changed((name, fingerprint), self.lifecycle, self.earlier)
        ):
            raise error
        return way or ()

    @cached_property
    def _readers(self) -> dict[Migration, Converter]:
        """What reads relationships of the earlier lifecycles; no event is inside them."""
        return {
            one: Codec(one.old, departure_rules=self.departure_rules).converter
            for one in self.earlier
            if isinstance(one, Migration)
        }

    def _to_lifecycle(self, name: Any, _: object) -> Lifecycle:  # noqa: ANN401 - whatever was stored
        if _scalars.exactly(name, str) != self.lifecycle.name:
            problem = (
                f"this is of the lifecycle {shown(name)}, and the codec is for "
                f"{self.lifecycle.name!r}; make a Codec for that lifecycle."
            )
            raise InvalidData("$", problem)
        return self.lifecycle

    def _from_lifecycle(self, lifecycle: Lifecycle) -> str:
        if self._to_lifecycle(lifecycle.name, None) != lifecycle:
            problem = (
                f"this is of another definition of the lifecycle {shown(lifecycle.name)} than the "
                f"codec's; make a Codec for that definition, or a Migration to the codec's."
            )
            raise InvalidData("$.lifecycle", problem)
        return lifecycle.name

    def _to_rules(self, value: Any, _: object) -> DepartureRules:  # noqa: ANN401 - whatever was stored
        if _scalars.exactly(value, str) != self.departure_rules.fingerprint:
            raise InvalidData(
                "$",
                f"this was judged by the departure rules {shown(value)}, and the codec has "
                f"{self.departure_rules.fingerprint!r}; read it with a Codec(departure_rules=...) "
                f"that has the rules of then, and have it judged_by(...) those of now.",
            )
        return self.departure_rules

    def _from_rules(self, rules: DepartureRules) -> str:
        if rules != self.departure_rules:
            raise InvalidData(
                "$",
                "this was judged by other departure rules than the codec's; make a "
                "Codec(departure_rules=...) with the app's rules.",
            )
        return rules.fingerprint

    def _to_state(self, value: Any, _: object) -> State:  # noqa: ANN401 - whatever was stored
        if type(value) is not list or not all(type(stage) is str for stage in value):
            raise TypeError(f"{_scalars.described(value)} is no list of stages")
        state = self.lifecycle.places.by_stages.get(tuple(value))
        if state is None:
            given = cut(" + ".join(value[: _strict.MOST_FAULTS])) or "a state without stages"
            known = tuple(map(str, self.lifecycle.states))
            raise UnknownState(given, self.lifecycle.name, known)
        return state

    def _placed(self, departure: Departure) -> Departure:
        """The departure, if its stages are a state of the lifecycle, in the room that it says."""
        state = self.lifecycle.places.by_stages.get(departure.stages_left)
        room = departure.room_left
        if state is None or state.room is not room:
            known = [str(state) for state in self.lifecycle.states if state.room is room]
            problem = (
                f"{cut(' + '.join(departure.stages_left[: _strict.MOST_FAULTS]))} is no state of "
                f"{room.value} in the lifecycle {self.lifecycle.name!r}; there are {listed(known)}"
            )
            raise InvalidData("$.stages_left", problem)
        return departure

    def _to_relationship(self, data: Data, _: object) -> Relationship:
        way = self._way_of(data)
        reader = self._readers[way[0]] if way else self.converter
        values = asdict(reader.structure(data, _StoredRelationship), recurse=False)
        del values["fingerprint"]
        relationship = Relationship.restore(**values)
        for migration in way:
            relationship = migration.apply(relationship)
        return relationship

    def _form(self, value: Journey | Account) -> Data:
        """A journey or an account by its stored form."""
        watch = value.silence if isinstance(value, Journey) else None
        if watch is not None and watch.rule != self.silence:
            problem = "this was replayed with another silence rule than the codec's"
            raise InvalidData("$.silence", f"{problem}; make a Codec(silence=...) with that rule.")
        form = StoredJourney.of(value) if isinstance(value, Journey) else StoredAccount.of(value)
        data: Data = self.converter.unstructure(form)
        return data

    def _made(self, data: Data, kind: type[Any]) -> Any:  # noqa: ANN401 - a journey or an account
        """A journey or an account out of its stored form; it is replayed under this lifecycle."""
        if self._way_of(data):
            data = {**data, "lifecycle": self.lifecycle.name}
        form: type[StoredJourney | StoredAccount]
        form = StoredJourney if kind is Journey else StoredAccount
        stored = self.converter.structure(data, form)
        if isinstance(stored, StoredJourney):
            return stored.made(self.lifecycle, self.departure_rules, self.silence)
        return stored.made(self.lifecycle, self.departure_rules)

    def _converter(self) -> Converter:
        """A strict converter: every scalar must be of its own kind already."""
        made = Converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
        for scalar in (int, float, bool):
            made.register_structure_hook(scalar, _scalars.to_scalar)
        made.register_structure_hook(Enum, _scalars.to_member)
        made.register_structure_hook_factory(
            _strict.is_class, lambda kind: _strict.class_reader(kind, made)
        )
        made.register_structure_hook_factory(
            _strict.is_list, lambda kind: _strict.list_reader(kind, made)
        )
        made.register_unstructure_hook_func(lambda kind: kind is Event, self._write)
        made.register_structure_hook_func(lambda kind: kind is Event, self._read)
        hooks: dict[type, tuple[Callable[..., Any], Callable[..., Any]]] = {
            str: (_scalars.from_text, _scalars.to_scalar),
            datetime: (_scalars.from_moment, _scalars.to_moment),
            Decimal: (_scalars.from_decimal, _scalars.to_decimal),
            timedelta: (_scalars.from_duration, _scalars.to_duration),
            State: (lambda state: list(state.stages), self._to_state),
            Lifecycle: (self._from_lifecycle, self._to_lifecycle),
            DepartureRules: (self._from_rules, self._to_rules),
            Journey: (self._form, self._made),
            Account: (self._form, self._made),
        }
        for kind, (write, read) in hooks.items():
            made.register_unstructure_hook(kind, write)
            made.register_structure_hook(kind, read)
        made.register_structure_hook(Relationship, self._to_relationship)
        resolve_types(Departure)
        to_departure = _strict.class_reader(Departure, made, beside=_BESIDE)
        made.register_structure_hook(
            Departure, lambda value, kind: self._placed(to_departure(value, kind))
        )
        from_departure = make_dict_unstructure_fn(Departure, made)
        made.register_unstructure_hook(
            Departure,
            lambda departure: {
                **from_departure(self._placed(departure)),
                "kind": departure.kind.value,
                "severity": departure.severity.name.lower(),
            },
        )
        from_relationship = make_dict_unstructure_fn(Relationship, made)
        made.register_unstructure_hook(
            Relationship,
            lambda value: {
                "customer": value.customer,
                "lifecycle": value.lifecycle.name,
                "fingerprint": value.lifecycle.fingerprint,
                **from_relationship(value),
            },
        )
        return made


_STORED = {one.name: field(type=one.type) for one in fields(Relationship)}
_STORED["fingerprint"] = field(type=str)
_StoredRelationship = make_class("_StoredRelationship", _STORED)


def _require_sound(record: Record) -> None:
    """Raise what cannot be in a record."""
    faults = [
        (name.replace("record", "$", 1), f"{shown(value)} is here, but must be {expectation}")
        for name, value, expectation in record.contradictions()
    ]
    if faults:
        raise _strict.refusal(faults)
