"""What a journey and an account look like in a store, and how they are made again.

Both are replayed from their events, so that they never contradict the lifecycle. What is read is
no more than what is written. Knows no format: the codec turns these forms into data.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Literal

from attrs import evolve, frozen, has

from custlife._watching import Watch
from custlife.account import Account, replay_account
from custlife.answers import Returns, SilenceRule
from custlife.departure_rules import DepartureRules
from custlife.errors import InvalidData, cut, shown
from custlife.events import Event
from custlife.journey import Journey, merge, otherwise_answered, replayed
from custlife.lifecycle.definition import Lifecycle
from custlife.relationship import Relationship
from custlife.steps import Correction, Rejection, Withdrawn

_LONG = 400
"""Rules are shown up to so many letters, so that one sees in what they differ."""
_SHOWN = (Correction.REPLACED, Correction.LIFTED)
"""Corrections that another event shows; a cancellation is found anew, and not stored."""


@frozen
class StoredWithdrawn:
    """An event that no longer counts, by its place among the events."""

    position: int
    how: Correction
    by: int | None
    recorded_at: datetime | None


@frozen
class StoredJourney:
    """A journey in the store; one that was merged has copies, and no events of its own."""

    lifecycle: Lifecycle
    fingerprint: str
    departure_rules: DepartureRules
    customer: str
    events: list[Event]
    rejected: list[int]
    withdrawn: list[StoredWithdrawn]
    unique_ids: bool
    silence: str | None
    as_of: datetime | None
    returns: Returns | None
    copies: list[Journey]

    @classmethod
    def of(cls, journey: Journey) -> "StoredJourney":
        """The form of a journey; what a silence rule inferred is inferred anew when it is read.

        Raises:
            InvalidData: If it refused an object that is no event.
        """
        watch, whole = journey.silence, not journey.copies
        events, places = _given(journey)
        refused = [places[place] for place in _places(journey.rejected)]
        numbers = {id(event): place for place, event in enumerate(events)}
        withdrawn = [
            StoredWithdrawn(
                places[one.position],
                one.how,
                None if one.by is None else numbers[id(one.by)],
                one.recorded_at,
            )
            for one in journey.withdrawn
            if one.how is not Correction.CANCELLED and one.position in places
        ]
        return cls(
            journey.lifecycle,
            journey.lifecycle.fingerprint,
            journey.start.departure_rules,
            journey.customer,
            events if whole else [],
            refused,
            withdrawn if whole else [],
            journey.unique_ids,
            None if watch is None else _described(watch.rule),
            None if watch is None else watch.as_of,
            None if watch is None else watch.returns,
            list(journey.copies),
        )

    def made(
        self, lifecycle: Lifecycle, rules: DepartureRules, silence: SilenceRule | None
    ) -> Journey:
        """The journey, replayed or merged again.

        Raises:
            InvalidData: If it is not what `of` makes, or its events are answered otherwise.
        """
        watch = self._watch(silence)
        if self.copies:
            if self.events or self.withdrawn or any(copy.copies for copy in self.copies):
                problem = "a merged journey has no events of its own, and no copy has copies"
                raise InvalidData("$.copies", problem)
            ids: Literal["collect", "allow"] = "collect" if self.unique_ids else "allow"
            journey = merge(
                *self.copies, customer=self.customer, on_rejected="collect", duplicates=ids
            )
        else:
            _require_order(self.events, self.rejected)
            start = Relationship(self.customer, lifecycle, rules)
            wrong, unique = [*self._withdrawn()], self.unique_ids
            journey = replayed(
                start, self.events, wrong, unique_ids=unique, strict_ids=False, watch=watch
            )
        self._require_watch(journey)
        _, places = _given(journey)
        refused = [
            one if one.position is None else evolve(one, position=places[one.position])
            for one in journey.rejected
        ]
        _require_same(refused, self.rejected)
        return journey

    def _require_watch(self, journey: Journey) -> None:
        """Make sure that the journey is watched as it was stored, and up to its last event."""
        watch = journey.silence
        found = (None, None) if watch is None else (watch.as_of, watch.returns)
        if found != (self.as_of, self.returns):
            raise InvalidData("$.as_of", "the copies of a merged journey are watched otherwise")
        if watch is not None and journey.ledger and journey.ledger[-1].at > watch.as_of:
            raise InvalidData("$.as_of", f"it is before the last event, {journey.ledger[-1].at}")

    def _watch(self, silence: SilenceRule | None) -> Watch | None:
        """How the journey is watched for silence."""
        if self.as_of is None or self.returns is None or self.silence is None:
            if (self.as_of, self.returns, self.silence) != (None, None, None):
                raise InvalidData("$.silence", "rule, as_of and returns are stored together")
            return None
        if silence is None:
            problem = "this was replayed with a silence rule; give it: Codec(silence=...)"
            raise InvalidData("$.as_of", problem)
        if _described(silence) != self.silence:
            now = f"the codec's rule is {cut(_described(silence), _LONG)}"
            problem = f"this was inferred by {cut(self.silence, _LONG)}, and {now}"
            raise InvalidData("$.silence", problem)
        return Watch(silence, self.as_of, self.returns)

    def _withdrawn(self) -> Iterator[Withdrawn]:
        """What no longer counts, with its events."""
        events = self.events
        if not _ascending(one.position for one in self.withdrawn):
            raise InvalidData("$.withdrawn", "these are not in the order of their positions")
        for number, one in enumerate(self.withdrawn):
            for name, place in (("position", one.position), ("by", one.by)):
                if place is not None and not 0 <= place < len(events):
                    problem = f"{place} is the place of none of the {len(events)} events"
                    raise InvalidData(f"$.withdrawn[{number}].{name}", problem)
            if (one.by is not None) != (one.how in _SHOWN) or one.how is Correction.CANCELLED:
                problem = f"{one.how.value!r} is not stored with by={one.by}"
                raise InvalidData(f"$.withdrawn[{number}].how", problem)
            by = None if one.by is None else events[one.by]
            yield Withdrawn(events[one.position], one.how, one.position, by, one.recorded_at)


@frozen
class StoredAccount:
    """An account in the store."""

    lifecycle: Lifecycle
    fingerprint: str
    departure_rules: DepartureRules
    customer: str
    events: list[Event]
    rejected: list[int]
    unique_ids: bool
    key_offerings: list[str]

    @classmethod
    def of(cls, account: Account) -> "StoredAccount":
        """The form of an account.

        Raises:
            InvalidData: If it refused an object that is no event.
        """
        return cls(
            account.lifecycle,
            account.lifecycle.fingerprint,
            account.start.departure_rules,
            account.customer,
            list(account.ledger),
            _places(account.rejected),
            account.unique_ids,
            sorted(account.key_offerings),
        )

    def made(self, lifecycle: Lifecycle, rules: DepartureRules) -> Account:
        """The account, replayed again.

        Raises:
            InvalidData: If it is not what `of` makes, or its events are answered otherwise.
        """
        if not _ascending(self.key_offerings):
            raise InvalidData("$.key_offerings", "these are not in order, each once")
        _require_order(self.events, self.rejected)
        account = replay_account(
            self.events,
            customer=self.customer,
            lifecycle=lifecycle,
            departure_rules=rules,
            on_rejected="collect",
            duplicates="collect" if self.unique_ids else "allow",
            key_offerings=self.key_offerings,
        )
        _require_same(account.rejected, self.rejected)
        return account


def _given(journey: Journey) -> tuple[list[Event], dict[int, int]]:
    """The events that were given, and their places among these by those in the ledger."""
    inferred = {one.position for one in journey.inferred}
    kept = [place for place in range(len(journey.ledger)) if place not in inferred]
    return [journey.ledger[place] for place in kept], {place: n for n, place in enumerate(kept)}


def _described(rule: SilenceRule) -> str:
    """A rule by its numbers, as far as it shows them; of another class of the app's, its name."""
    return repr(rule) if has(type(rule)) else type(rule).__qualname__


def _places(rejected: Iterable[Rejection]) -> list[int]:
    """The places of refused events, for the store."""
    places = []
    for rejection in rejected:
        if rejection.position is None:
            raise InvalidData("$.rejected", f"{shown(rejection.event)} is no event; leave it out.")
        places.append(rejection.position)
    return places


def _ascending(values: Iterable[int] | Iterable[str]) -> bool:
    """Whether each value is above the one before it."""
    return all(one < other for one, other in pairwise(values))  # type: ignore[operator]  # alike


def _require_order(events: list[Event], rejected: list[int]) -> None:
    """Make sure that events are in the order of time, and the places of refused ones ascend."""
    for place, (one, other) in enumerate(pairwise(events), 1):
        if other.at < one.at:
            problem = "this event is older than the one before it"
            raise InvalidData(f"$.events[{place}]", problem)
    if not _ascending([-1, *rejected, len(events)]):
        problem = "these are not the places of events, each once and in ascending order"
        raise InvalidData("$.rejected", problem)


def _require_same(rejected: Iterable[Rejection], stored: Iterable[int]) -> None:
    """Make sure that the same events are refused as when they were stored."""
    for position, rejection in otherwise_answered(rejected, stored):
        what = (
            f"was accepted when stored and is refused now: {rejection}"
            if rejection is not None
            else "was refused when stored and is accepted now"
        )
        raise InvalidData(f"$.events[{position}]", f"this event {what}")
