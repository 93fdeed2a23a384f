"""A silence rule by the age of a stage."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.answers import DeadlineRule, Deadlines, Status
from custlife.errors import InvalidArgument, UnknownState, shown
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import PAUSED, to_table
from custlife.relationship import Relationship
from custlife.silence.spans import in_words, plus
from custlife.state import Room

_PAIR = 2


def _items(value: Mapping[str, timedelta]) -> tuple[tuple[str, timedelta], ...]:
    return tuple(value.items()) if isinstance(value, Mapping) else value


def _moments(value: Mapping[str, datetime]) -> tuple[tuple[str, datetime], ...]:
    if not isinstance(value, Mapping):
        return value
    return tuple((customer, _checks.in_utc(until)) for customer, until in value.items())


def _pairs(each: _checks.Check, what: str, remedy: str) -> _checks.Check:
    return _checks.Check(
        lambda value: (
            isinstance(value, tuple)
            and all(isinstance(pair, tuple) and len(pair) == _PAIR for pair in value)
            and all(_checks.is_text(name) and each.holds(one) for name, one in value)
        ),
        what,
        remedy,
    )


_limits = _pairs(
    _checks.span,
    "a mapping from stages to timedeltas above 0",
    'Give limits, such as {"visitor": timedelta(days=30)}.',
)
_snoozes = _pairs(
    _checks.moment,
    "a mapping from ids of customers to aware datetimes",
    "Give the moments up to which no limit counts.",
)
_silent = _checks.Check(
    lambda value: value in (Status.LAPSED, Status.DEPARTED),
    "Status.LAPSED or Status.DEPARTED",
    "Say what a longer stay means.",
)


@frozen
class StageLimits(DeadlineRule):
    """A silence rule by the age of a stage: for how long a person may stay in it.

    It is the rule for prospects, who have bought nothing, and works for customers, too. The age
    counts from when the stage was entered, whatever happens in it. A pause does not count, as far
    as the relationship shows, but in a stage ``paused`` itself. If several stages with a limit are
    active, the first limit counts.

    Source: an assumption; systems for customer relations have it as the age of a deal or a lead.

    Args:
        limits: The longest stay by the name of the stage [timedelta, > 0].
        status: What a longer stay means: presumed departed, or lapsed.
        snoozed_until: By the customer's id the moment up to which no limit counts.

    Raises:
        InvalidArgument: If a limit is out of its bounds, or a moment is naive.
        UnknownState: When it judges a relationship whose lifecycle has no stage of a name; the
            name of a room or a region is none.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Engaged
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> rel = Relationship("C-17").apply(Engaged(at=t))
        >>> limits = {"visitor": timedelta(days=30)}
        >>> print(StageLimits(limits).judge(rel, t + timedelta(days=31)))
        presumed departed since 2026-01-31: visitor since 2026-01-01, and more than 30 days is too \
long
        >>> snoozed = StageLimits(limits, snoozed_until={"C-17": t + timedelta(days=60)})
        >>> snoozed.judge(rel, t + timedelta(days=31)).status.value
        'active'
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "StageLimits()"

    limits: tuple[tuple[str, timedelta], ...] = field(converter=_items, validator=_limits)
    status: Status = field(default=Status.DEPARTED, validator=_silent, kw_only=True)
    snoozed_until: tuple[tuple[str, datetime], ...] = field(
        default=MappingProxyType({}),  # pyright: ignore[reportAssignmentType]
        converter=_moments,
        validator=_snoozes,
        kw_only=True,
    )

    def deadlines(self, relationship: Relationship) -> Deadlines | None:
        """When a stay becomes too long; None where no active stage has a limit."""
        found = self._first(relationship)
        if found is None:
            return None
        stage, since, limit = found
        deadline = self._reached(relationship, stage, since, limit)
        if self.status is Status.LAPSED:
            return Deadlines(since, lapsed=deadline)
        return Deadlines(since, departed=deadline)

    def _first(self, relationship: Relationship) -> tuple[str, datetime, timedelta] | None:
        """The active stage whose limit is reached first, since when, and the limit."""
        known = _stages(relationship.lifecycle)
        for stage, _ in self.limits:
            if stage not in known and stage != PAUSED:  # not everybody can pause
                raise UnknownState(f"a stage {shown(stage)}", relationship.lifecycle.name, known)
        if relationship.state.room is Room.FORMER:
            return None
        found = [
            (stage, since, limit)
            for stage, limit in self.limits
            if (since := relationship.in_stage_since(stage)) is not None
        ]
        return min(
            found,
            key=lambda one: (
                self._reached(relationship, *one) or _LAST,
                plus(one[1], one[2]) or _LAST,
            ),
            default=None,
        )

    def _reached(
        self, relationship: Relationship, stage: str, since: datetime, limit: timedelta
    ) -> datetime | None:
        """When a stay reaches its limit; None if it never does, as in a pause."""
        paused = timedelta(0) if stage == PAUSED else _paused(relationship, since)
        deadline = plus(since + paused, limit)
        snooze = dict(self.snoozed_until).get(relationship.customer)
        if deadline is not None and snooze is not None:
            deadline = max(deadline, snooze)
        stopped = None if stage == PAUSED else relationship.paused_at
        if deadline is not None and stopped is not None and deadline >= stopped:
            return None
        return deadline

    def because(self, relationship: Relationship, deadlines: Deadlines | None) -> str:
        """Since when the person is in the stage, and the limit."""
        found = self._first(relationship)
        if found is None:
            return f"no stage of {relationship.state} has a limit"
        stage, since, limit = found
        because = f"{stage} since {since.date()}, and more than {in_words(limit)} is too long"
        snooze = dict(self.snoozed_until).get(relationship.customer)
        return because if snooze is None else f"{because}, snoozed until {snooze.date()}"

    def quiet(
        self,
        relationship: Relationship,
        due: datetime | None,
        events: Sequence[Event],
    ) -> int:
        """How many of the next events certainly come before anything falls due."""
        least = min((limit for _, limit in self.limits), default=timedelta.max)
        known, entering = _entering(relationship.lifecycle, self.limits)
        for place, event in enumerate(events):
            if due is not None and event.at > due:
                return place
            if event.name in known and event.name not in entering:
                continue
            later = plus(event.at, least)
            due = later if due is None or (later is not None and later < due) else due
        return len(events)


@lru_cache(maxsize=256)
def _stages(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The names of the stages of a lifecycle, outer ones too."""
    places = lifecycle.places.by_name.values()
    return tuple(place.name for place in places if place.stage is not None)


@lru_cache(maxsize=256)
def _entering(
    lifecycle: Lifecycle, limits: tuple[tuple[str, timedelta], ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """All events of a lifecycle, and those by which a stage with a limit can be entered."""
    table, limited = to_table(lifecycle), {stage for stage, _ in limits}
    found = {
        event
        for here, arc in enumerate(table.arcs)
        for event, after in arc.items()
        if limited & {*table.states[after].active} - {*table.states[here].active}
    }
    return frozenset(table.events), frozenset(found)


_LAST = datetime.max.replace(tzinfo=UTC)


def _paused(relationship: Relationship, since: datetime) -> timedelta:
    """How long of a stay was paused, in pauses that are over, as far as the snapshot shows."""
    first = relationship.record.first_purchase_at
    before = first is not None and since <= first
    return relationship.paused + (relationship.paused_before if before else timedelta(0))
