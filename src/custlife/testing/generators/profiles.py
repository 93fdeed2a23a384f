"""Generators of what selectors read: signals, markets, values and profiles. None is filtered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

from attrs import evolve
from hypothesis import strategies as st

from custlife._checks import one_of
from custlife.account import replay_account
from custlife.causes import Cause, Initiator
from custlife.errors import CustlifeError
from custlife.events import Complained, Departed, Event
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import to_table
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.strategy.catalogue import Catalogue
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.facts import INPUTS
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Market, Signals
from custlife.strategy.value import CustomerValue
from custlife.testing.generators.events import changed, moved, simplest_events
from custlife.testing.generators.walks import walks
from custlife.testing.paths import shortest_paths

Near = Mapping[str, Iterable[Decimal]]
"""For signals and numbers of the value, the limits beside which values are drawn."""

_Standpoint = tuple[Relationship, tuple[Event, ...]]
"""A relationship, and the history that leads to it."""

CUSTOMERS = (
    "C-1",
    "C-2",
    "C-17",
    "C-40000",
    "0815",
    "a",
    "Zoe",
    "ann@example.org",
    "VIP-3",
    "de-00042-x",
    "5f0c7c8e-9a55-4b0e-8a2e-1d1f6f3f0c11",
)
"""Ids of many forms, the simplest first: no strategy follows from an id."""

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_BEGINS = (_BEGIN, datetime(2012, 12, 23, 7, 30, tzinfo=UTC), datetime(2029, 5, 2, tzinfo=UTC))
"""When long histories begin."""
_OFTEN = 4
_MOST_DRAWN = 400
"""Relationships are drawn by numbers up to this."""
_MONEY_OF = {"purchased": {"amount": Decimal(300)}, "refunded": {"amount": Decimal(20)}}
_SINCE = (None, *(timedelta(days=days, hours=7 * (days % 2)) for days in (1, 0, 35, 400, 4001)))
"""How long after the last event the question is asked; None where the moment is unknown."""
_WENT_FOR = (Cause.PRICE, Cause.UNKNOWN, Cause.DISMISSED)
_SOME = {
    FactKind.SHARE: ("0", "0.1", "0.3", "0.5", "0.7", "1"),
    FactKind.RATIO: ("0", "0.5", "1", "2", "10"),
    FactKind.COUNT: ("0", "1", "2", "12"),
    FactKind.YEARS: ("0", "0.5", "1", "3", "10"),
    FactKind.BALANCE: ("-50", "0", "10", "60", "150", "2000"),
    FactKind.TOTAL: ("-100", "0", "100", "5000"),
}
_MONEY = ("0", "0.01", "20", "80", "200", "1000", "100000")
_OF_SIGNALS = [fact for name, fact in INPUTS.items() if hasattr(Signals, name)]
_OF_VALUE = [fact for name, fact in INPUTS.items() if hasattr(CustomerValue, name)]


def signals(*, near: Near | None = None) -> st.SearchStrategy[Signals]:
    """Signals of which some are known, unknown ones are the simplest.

    Args:
        near: Thresholds beside which numbers are drawn, by the names of the signals.

    Examples:
        >>> from hypothesis import find
        >>> find(signals(), lambda signals: signals.strategic is False).courted is None
        True
    """
    return st.builds(Signals, **_drawn("signals", _OF_SIGNALS, near))


def values(*, near: Near | None = None) -> st.SearchStrategy[CustomerValue]:
    """What customers of every kind pay and cost, as far as it is known; not from a record.

    Args:
        near: Thresholds beside which numbers are drawn, by the names of the fields.

    Examples:
        >>> from hypothesis import find
        >>> find(values(), lambda value: value.profit == -50).profit == -50
        True
    """
    return st.builds(_value, **_drawn("values", _OF_VALUE, near))


def _value(**given: Any) -> CustomerValue:  # noqa: ANN401 - its fields
    """A value whose margin is part of its revenue."""
    known = {name: value for name, value in given.items() if value is not None}
    if {"margin", "revenue"} <= known.keys():
        known["revenue"] = max(known["revenue"], known["margin"])
    return CustomerValue(**known)


def _drawn(
    call: str, facts: Iterable[Fact], near: Near | None
) -> dict[str, st.SearchStrategy[Any]]:
    """A generator for each fact: every second one is unknown, so that a law meets both often."""
    one_of(Mapping).or_none.argument(call, "near", near)
    return {
        fact.name: st.none() | st.sampled_from(choices(fact, (near or {}).get(fact.name, ())))
        for fact in facts
    }


def choices(fact: Fact, limits: Iterable[Decimal]) -> list[Any]:
    """The values of a fact to try: all of them, or numbers of every size and beside limits."""
    if fact.kind is FactKind.FLAG:
        return [True, False]
    if fact.choices:
        return [*fact.choices]
    step = fact.kind.step
    numbers = {Decimal(text) for text in _SOME.get(fact.kind, _MONEY)}
    numbers |= {limit + sign * step for limit in limits for sign in (-1, 0, 1)}
    fitting = sorted((n for n in numbers if fact.kind.allows(n)), key=lambda n: (abs(n), n))
    return [int(number) for number in fitting] if fact.kind is FactKind.COUNT else fitting


def profiles(
    lifecycle: Lifecycle = CUSTOMER_LIFECYCLE,
    *,
    room: Room | None = None,
    near: Near | None = None,
) -> st.SearchStrategy[Profile]:
    """Profiles of customers in every state, gone for every cause, more or less known.

    The simplest have the shortest history to each state, some with an open complaint or a return.
    Others have a long history, in which much happened. Ids have many forms. Every second customer
    has a market, and many a moment and a catalogue. Some have an account: with one offering, or
    with another one that is held too, or was dropped.

    Args:
        lifecycle: The lifecycle.
        room: The room that they are in; any if left out.
        near: Limits beside which numbers are drawn, by the names of the signals and of the
            fields of the value.

    Examples:
        >>> from hypothesis import given, settings
        >>> from custlife.strategy import Strategy, recommend
        >>> @settings(max_examples=10)
        ... @given(profiles(room=Room.FORMER))
        ... def who_is_gone_is_won_back_or_let_go(profile):
        ...     assert recommend(profile).strategy in {Strategy.WIN_BACK, Strategy.END}
        >>> who_is_gone_is_won_back_or_let_go()
    """
    one_of(Lifecycle).argument("profiles", "lifecycle", lifecycle)
    one_of(Room).or_none.argument("profiles", "room", room)
    rooms = [*Room] if room is None else [room]
    return st.builds(
        lambda *drawn: _profile(lifecycle, *drawn),
        st.sampled_from(rooms),
        st.integers(0, _MOST_DRAWN),
        st.sampled_from(CUSTOMERS),
        st.integers(0, 3),
        st.sampled_from(_SINCE),
        values(near=near),
        signals(near=near),
        _markets(near),
    )


def _markets(near: Near | None) -> st.SearchStrategy[Market]:
    """Markets of which each share is known or not; the one beside the limits of competition."""
    limits = (near or {}).get("competition", ())
    shares = st.sampled_from(choices(INPUTS["competition"], limits))
    known = st.builds(Market, competition=st.none() | shares, reputation=st.none() | shares)
    return st.just(Market()) | known


def _profile(  # noqa: PLR0913, PLR0917 - what is drawn
    lifecycle: Lifecycle,
    room: Room,
    number: int,
    customer: str,
    beside: int,
    since: timedelta | None,
    value: CustomerValue,
    known: Signals,
    market: Market,
) -> Profile:
    """A profile; small numbers are those of the simplest relationships.

    Hypothesis draws many samples that differ in a few values only. For large numbers all of them
    together say which relationship it is, so that those have different ones.
    """
    there = _there(lifecycle, room)
    simple = sum(one.state.room is room for one in standpoints(lifecycle))
    profile = Profile(
        relationship=there[0][0].rename(customer), value=value, signals=known, market=market
    )
    if number >= simple:
        return elsewhere(profile, lot(number, profile))
    more = _others(lifecycle, room)
    standing = _offered(there[number], customer, more[beside % len(more)], since)
    return evolve(profile, **standing)


def lot(*known: object) -> int:
    """A number that follows from all that is known, as if it were drawn."""
    return crc32(repr(known).encode())


def elsewhere(profile: Profile, number: int) -> Profile:
    """The same value and signals of a customer of the same room who has another history.

    Args:
        profile: The profile.
        number: Which history, account, id and moment among many.
    """
    lifecycle, room = profile.relationship.lifecycle, profile.room
    there, more = _there(lifecycle, room), _others(lifecycle, room)
    number, place = divmod(number, len(there))
    number, beside = divmod(number, len(more))
    number, since = divmod(number, len(_SINCE))
    customer = CUSTOMERS[number % len(CUSTOMERS)]
    standing = _offered(there[place], customer, more[beside], _SINCE[since])
    return evolve(profile, **{"account": None, "as_of": None, **standing})


def _others(lifecycle: Lifecycle, room: Room) -> tuple[Sequence[Event] | None, ...]:
    """What happens with another offering; None where no offering is named."""
    return (None, *_beside(lifecycle)[: None if room is Room.CUSTOMER else 1])


@lru_cache(maxsize=256)
def _there(lifecycle: Lifecycle, room: Room) -> tuple[_Standpoint, ...]:
    every = (*_standpoints(lifecycle), *_lived(lifecycle))
    return tuple(one for one in every if one[0].state.room is room)


def _offered(
    standpoint: _Standpoint,
    customer: str,
    more: Sequence[Event] | None,
    since: timedelta | None,
) -> dict[str, Any]:
    """A relationship alone, or that of an account: the same events, and others about another."""
    relationship, history = standpoint
    if more is None:
        last = relationship.record.last_at or _BEGIN
        known: dict[str, Any] = {"relationship": relationship.rename(customer)}
        return known if since is None else {**known, "as_of": last + since}
    last = relationship.record.last_at or _BEGIN
    events = [
        *(changed(event, offering="brand-a") for event in history),
        *(changed(event, at=last + (event.at - _BEGIN) + _DAY) for event in more),
    ]
    account = replay_account(
        events, customer=customer, lifecycle=relationship.lifecycle, on_rejected="collect"
    )
    return {
        "relationship": account.relationship,
        "account": account,
        "as_of": max((event.at for event in events), default=last) + (since or _DAY),
        "catalogue": Catalogue(offerings=["brand-a", "brand-b", "brand-c"][: 2 + len(more) % 2]),
    }


@lru_cache(maxsize=64)
def _beside(lifecycle: Lifecycle) -> tuple[tuple[Event, ...], ...]:
    """What happens with another offering: nothing, that it is bought, and that it is left again."""
    simple, table = simplest_events(lifecycle), to_table(lifecycle)
    ways = shortest_paths(lifecycle).items()
    there, bought = next((state, way.events) for state, way in ways if state.room is Room.CUSTOMER)
    open_ = table.allowed(there, answerable=False)
    left = [name for name in open_ if table.step(there, name).room is Room.FORMER]
    return tuple(
        tuple(
            changed(simple[name], at=_BEGIN + number * _DAY, offering="brand-b")
            for number, name in enumerate(names)
        )
        for names in ((), bought, (*bought, *left[:1]))
    )


def standpoints(lifecycle: Lifecycle) -> tuple[Relationship, ...]:
    """A relationship in every state of a lifecycle, the simplest first.

    Former ones are gone for every cause, by everybody who can end it, where the event says so. Some
    have a complaint that is open, in public or not, and some came back, where the lifecycle has
    such events.
    """
    one_of(Lifecycle).argument("standpoints", "lifecycle", lifecycle)
    return tuple(relationship for relationship, _ in _standpoints(lifecycle))


@lru_cache(maxsize=64)
def _standpoints(lifecycle: Lifecycle) -> tuple[_Standpoint, ...]:
    simple = simplest_events(lifecycle)
    found = []
    for path in shortest_paths(lifecycle).values():
        events = [
            moved(simple[name], _BEGIN + number * _DAY) for number, name in enumerate(path.events)
        ]
        last = events[-1] if events else None
        ends = (
            [evolve(last, cause=cause, initiator=who) for cause in Cause for who in Initiator]
            if isinstance(last, Departed)
            else [last]
        )
        start = Relationship("C-1", lifecycle), ()
        found += [_after(start, *events[:-1], *filter(None, [end])) for end in ends]
    later = (after for one in found for after in _later(one, simple))
    return (*found, *later)


def _after(standpoint: _Standpoint, *events: Event) -> _Standpoint:
    relationship, history = standpoint
    return relationship.apply(*events), (*history, *events)


def _later(standpoint: _Standpoint, simple: Mapping[str, Event]) -> Iterator[_Standpoint]:
    """The same customer with an open complaint, or back after a departure for some causes."""
    one, _ = standpoint
    if one.departure is not None and one.departure.cause not in _WENT_FOR:
        return
    at = (one.record.last_at or _BEGIN) + _DAY
    for name in one.allowed:
        event = moved(simple[name], at)
        if isinstance(event, Complained):
            yield _after(standpoint, event)
            yield _after(standpoint, evolve(event, public=True))
        elif one.state.room is Room.FORMER:
            after = to_table(one.lifecycle).step(one.state, name)
            if after.room is not Room.FORMER:
                yield _after(standpoint, event)


@lru_cache(maxsize=64)
def _lived(lifecycle: Lifecycle) -> tuple[_Standpoint, ...]:
    """Relationships after each event of long histories, under ids of many forms."""
    simple = simplest_events(lifecycle)
    found: list[_Standpoint] = []
    for start, begin in enumerate(_BEGINS):
        long = [*walks(lifecycle, simple, begin)][start :: len(_BEGINS)]
        for number, events in enumerate((*long, *_stays(lifecycle, simple, begin))):
            customer = CUSTOMERS[(start + number) % len(CUSTOMERS)]
            standpoint: _Standpoint = Relationship(customer, lifecycle), ()
            for event in events:
                try:
                    standpoint = _after(standpoint, event)
                except CustlifeError:  # some are refused
                    continue
                found.append(standpoint)
    return tuple(found)


def _stays(
    lifecycle: Lifecycle, simple: Mapping[str, Event], begin: datetime
) -> Iterator[Iterator[Event]]:
    """For each room the way there, and then everything that can happen in it, several times."""
    table = to_table(lifecycle)
    nearest = {state.room: way for state, way in reversed([*shortest_paths(lifecycle).items()])}
    for room, way in nearest.items():
        here, names = way.end, [*way.events]
        for name in (*lifecycle.events,) * _OFTEN:
            after = table.step(here, name) if name in table.allowed(here) else here
            if after.room is room:
                here = after
                names.append(name)
        yield (
            changed(simple[name], at=begin + number * _DAY, **_MONEY_OF.get(name, {}))
            for number, name in enumerate(names)
        )


@lru_cache(maxsize=256)
def everybody(lifecycle: Lifecycle, room: Room | None = None) -> tuple[Relationship, ...]:
    """Relationships in every state of a room or of all, with short and long histories, mixed."""
    every = [*_standpoints(lifecycle), *_lived(lifecycle)]
    mixed = sorted(range(len(every)), key=lambda number: number * 40503 % 65536)
    people = (every[number][0] for number in mixed)
    return tuple(one for one in people if room in (None, one.state.room))
