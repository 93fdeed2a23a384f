"""A migration: where the customers of an earlier lifecycle belong in a later one.

It maps states and touches nothing else of what is on record. It guesses nothing: every state of the
earlier lifecycle has an image, in the same room, or the migration is not made.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import Factory, evolve, field, fields, frozen

from custlife import _checks
from custlife.departures import Departure
from custlife.errors import (
    CustlifeError,
    Fault,
    InvalidArgument,
    InvalidMigration,
    LifecycleChanged,
    listed,
    shown,
)
from custlife.journey import Journey, otherwise_answered, replayed_under
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.differences import differences
from custlife.lifecycle.faults import brief
from custlife.lifecycle.parts import Names, several
from custlife.lifecycle.places import Places
from custlife.lifecycle.table import PAUSED, to_table
from custlife.relationship import Relationship
from custlife.state import State

_Items = tuple[tuple[str, tuple[str, ...]], ...]
_PLACED = ("state", "cycle", "customer_moment", "departure")
"""What tells two places of a customer apart. ``since`` does not: where two stages became one, a
customer entered the new one earlier than the map can know."""


def _items(value: Mapping[str, Names]) -> _Items:
    try:
        return tuple((key, several(names)) for key, names in dict(value).items())
    except (TypeError, ValueError):
        remedy = "Give a dict from stages or states of the old lifecycle to stages of the new one."
        raise InvalidArgument(
            "Migration()", "stages", value, "a mapping of names", remedy
        ) from None


def _images(self: "Migration") -> dict[State, State]:
    a_lifecycle = _checks.one_of(Lifecycle)
    a_lifecycle.argument("Migration", "old", self.old)
    a_lifecycle.argument("Migration", "new", self.new)
    images: dict[State, State] = {}
    found: dict[tuple[str, str], Fault] = {}
    for fault in (*_misnamed(self), *_misplaced(self, images)):
        found.setdefault((fault.code, fault.where), fault)
    if found:
        raise InvalidMigration(self.old.name, tuple(found.values()))
    return images


@frozen
class Drift:
    """A customer who stands elsewhere after a migration than after a replay of the history.

    Attributes:
        customer: The app's id of the customer.
        mapped: The state where the migration places them.
        replayed: The state to which a replay leads; or the error by which an event is refused now
            that was accepted.
        sentence: The difference in words.
    """

    customer: str
    mapped: State
    replayed: State | CustlifeError = field(
        eq=lambda found: found if isinstance(found, State) else (type(found), found.args)
    )
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@frozen
class Migration:
    """From one definition of a lifecycle to a later one: where its customers belong.

    A stage of the same name in both keeps its place, unless ``stages`` says otherwise. A stage that
    was split has no place of its own any more; say which of its parts. Where the new lifecycle has
    a region more, say which stage of it; where it has a region less, its stages lead to ``()``.

    Args:
        old: The earlier lifecycle.
        new: The later lifecycle; its name may be another.
        stages: For innermost stages of ``old``, one or several innermost stages of ``new``. A key
            can be a whole state, as ``str(state)`` writes it, which comes before its stages.

    Raises:
        InvalidMigration: With every fault: a state without an image, an image that is no state of
            ``new`` or lies in another room, a key or a stage that does not exist.
        InvalidLifecycle: If no table can be compiled from one of the lifecycles.
        InvalidArgument: If an argument is of another type.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE, Move
        >>> finer = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing", "trial"], [
        ...     Move("trial_started", at="browsing", to="trial", sentence="Tries it out."),
        ... ])
        >>> migration = Migration(CUSTOMER_LIFECYCLE, finer, {"visitor": "browsing"})
        >>> Migration(CUSTOMER_LIFECYCLE, finer)
        Traceback (most recent call last):
        ...
        custlife.errors.InvalidMigration: The migration of the lifecycle 'customer' has 1 fault:
          - visitor: the new lifecycle has no innermost stage of this name; say where its \
customers belong: one of browsing and trial. (no_image)
    """

    old: Lifecycle
    new: Lifecycle
    stages: _Items = field(default=(), converter=_items)
    _images: Mapping[State, State] = field(
        init=False, eq=False, repr=False, default=Factory(_images, takes_self=True)
    )

    def apply(self, relationship: Relationship) -> Relationship:
        """The relationship under the new lifecycle; everything on record is kept.

        The names of the stages that were left, in the departure on record and in what was believed
        of it at first, are mapped too. If the new stage is no pause, a pause that went on is over
        with the last event on record.

        Args:
            relationship: A relationship of the old lifecycle.

        Raises:
            InvalidArgument: If it is of another lifecycle.

        Examples:
            >>> from datetime import datetime, timezone
            >>> from custlife import CUSTOMER_LIFECYCLE, Engaged
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> rel = Relationship("C-17").apply(Engaged(at=t))
            >>> finer = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing"])
            >>> Migration(CUSTOMER_LIFECYCLE, finer, {"visitor": "browsing"}).apply(rel).state
            <State prospect (prospect: visitor > browsing)>
        """
        _checks.one_of(Relationship).argument("Migration.apply", "relationship", relationship)
        self._require_old("apply", "relationship", relationship.lifecycle)
        departure = relationship.departure
        values = {one.name: getattr(relationship, one.name) for one in fields(Relationship)}
        image = self._image(relationship.state)
        changed = {
            "lifecycle": self.new,
            "state": image,
            "entered": _entered(relationship, image),
            "departure": departure and self.map_departure(departure),
            **_pause(relationship, image),
        }
        return Relationship.restore(**values | changed)

    def check(self, journeys: Iterable[Journey]) -> tuple[Drift, ...]:
        """The customers who stand elsewhere after the map than after a replay of their history.

        Each journey is replayed with all its events, refused ones included. It drifts if an event
        that was accepted is refused now, if one that was refused is accepted now, or if the replay
        leads to another state, cycle, customer moment or departure than the map.

        Args:
            journeys: Journeys of the old lifecycle.

        Returns:
            One finding for each customer who drifts, in the order of the journeys.

        Raises:
            InvalidArgument: If one is no `Journey`, or of another lifecycle.

        Examples:
            >>> from datetime import datetime, timezone
            >>> from custlife import CUSTOMER_LIFECYCLE, Engaged
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> from custlife import replay
            >>> journey = replay([Engaged(at=t)], customer="C-17")
            >>> back = Migration(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE, {"visitor": "aware"})
            >>> print(*back.check([journey]))
            The map places 'C-17' in prospect (aware), and a replay in prospect (visitor).
        """
        _checks.iterable_of("journeys").argument("Migration.check", "journeys", journeys)
        return tuple(drift for journey in journeys for drift in self._drift(journey))

    def _drift(self, journey: Journey) -> Iterator[Drift]:
        _checks.one_of(Journey).argument("Migration.check", "journeys", journey)
        self._require_old("check", "journeys", journey.lifecycle)
        mapped = self.apply(journey.relationship)
        now = replayed_under(journey, self.new)
        replayed = now.relationship
        places = f"The map places {shown(journey.customer)} in {mapped.state.describe()}"
        refused = [one.position for one in journey.rejected if one.position is not None]
        for position, rejection in otherwise_answered(now.rejected, refused):
            event = f"{journey.ledger[position].name!r} of {journey.ledger[position].at.date()}"
            if rejection is not None:
                why = f"{places}, but {event}, which was accepted, is refused now. {rejection}"
                yield Drift(journey.customer, mapped.state, rejection.error, why)
            else:
                after = f"a replay leads to {replayed.state.describe()}"
                why = f"{places}, but {event}, which was refused, is accepted now, and {after}."
                yield Drift(journey.customer, mapped.state, replayed.state, why)
            return
        apart = [one for one in _PLACED if getattr(mapped, one) != getattr(replayed, one)]
        if apart:
            where = "there" if mapped.state == replayed.state else f"in {replayed.state.describe()}"
            rest = [one.replace("_", " ") for one in apart if one != "state"]
            also = f"; {listed(rest)} differ{'s' * (len(rest) == 1)}" if rest else ""
            why = f"{places}, and a replay {where}{also}."
            yield Drift(journey.customer, mapped.state, replayed.state, why)

    def _require_old(self, call: str, name: str, lifecycle: Lifecycle) -> None:
        if identity(lifecycle) != identity(self.old):
            given, known = (
                "of the lifecycle {!r} with the fingerprint {}".format(*identity(one))
                for one in (lifecycle, self.old)
            )
            remedy = "Make a Migration from the lifecycle that it is of."
            raise InvalidArgument(f"Migration.{call}()", name, given, known, remedy)

    def _image(self, state: State) -> State:
        to_table(self.old).index(state)
        return self._images[state]

    def map_departure(self, departure: Departure) -> Departure:
        """A departure under the new lifecycle: the names of the stages that were left are mapped.

        Args:
            departure: A departure of the old lifecycle.

        Raises:
            InvalidArgument: If it is no `Departure`.
            UnknownState: If no relationship of the old lifecycle can have left these stages.
        """
        _checks.one_of(Departure).argument("Migration.map_departure", "departure", departure)
        left = self._image(self.old.state(*departure.stages_left)).stages
        believed = departure.first_believed
        before = believed and evolve(believed, stages_left=left)
        return evolve(departure, stages_left=left, first_believed=before)


def _entered(relationship: Relationship, image: State) -> tuple[datetime | None, ...]:
    """When the stages of a relationship that is mapped were entered, as far as the map can know.

    A stage that keeps its name keeps its time. Another one has that of the stage that it replaces
    in its region, and in a new region that of the last change.
    """
    state = relationship.state
    known = dict(zip(state.active, relationship.entered, strict=True))
    times: list[datetime | None] = []
    for number, path in enumerate(image.paths):
        alike = len(state.paths) == len(image.paths)
        other = known[state.stages[number]] if alike else relationship.since
        times += [known.get(stage, other) for stage in path[1:]]
    return tuple(times)


def _pause(relationship: Relationship, image: State) -> dict[str, Any]:
    """The pause of a relationship that is mapped: it is over, or begins, with the last event."""
    began, last = relationship.paused_at, relationship.record.last_at
    if began is None or last is None or image.is_in(PAUSED):
        return {"paused_at": (began or last) if image.is_in(PAUSED) else None}
    return {"paused_at": None, "paused": relationship.paused + (last - began)}


Identity = tuple[str, str]
"""What tells lifecycles apart in a store: name and fingerprint."""
Earlier = tuple[Lifecycle | Migration, ...]
"""What a codec knows of the past: earlier lifecycles, and migrations from them."""


def identity(lifecycle: Lifecycle) -> Identity:
    """The name and the fingerprint of a lifecycle."""
    return lifecycle.name, lifecycle.fingerprint


def way_from(here: Identity, now: Lifecycle, earlier: Earlier) -> tuple[Migration, ...] | None:
    """The migrations from one lifecycle to another, one after the other; None if none lead there.

    There are none to take from a lifecycle to itself.
    """
    steps = {identity(one.old): one for one in earlier if isinstance(one, Migration)}
    way = []
    while here != identity(now) and (step := steps.pop(here, None)):
        way.append(step)
        here = identity(step.new)
    return tuple(way) if here == identity(now) else None


def what_changed(here: Identity, now: Lifecycle, earlier: Earlier) -> LifecycleChanged | None:
    """The error for data of another definition; None for data of another lifecycle altogether."""
    known = {identity(now): now}
    for one in earlier:
        lifecycle = one.old if isinstance(one, Migration) else one
        known[identity(lifecycle)] = lifecycle
    name, fingerprint = here
    if fingerprint == now.fingerprint or name not in {other for other, _ in known}:
        return None
    apart = differences(known[here], now) if here in known else ()
    return LifecycleChanged(name, fingerprint, now.fingerprint, apart)


def astray(now: Lifecycle, earlier: Iterable[object]) -> Iterator[tuple[object, str, str]]:
    """What does not belong among the earlier definitions: (which, what it must be, what to do)."""
    given = tuple(one for one in earlier if isinstance(one, Lifecycle | Migration))
    olds = [identity(one.old) for one in given if isinstance(one, Migration)]
    for one in earlier:
        if not isinstance(one, Lifecycle | Migration):
            remedy = "Give the earlier definition, or a migration from it."
            yield one, "a Lifecycle or a Migration", remedy
        elif isinstance(one, Migration) and olds.count(identity(one.old)) > 1:
            yield one, "the only migration from its old lifecycle", "Keep one of them."
        elif isinstance(one, Migration) and way_from(identity(one.new), now, given) is None:
            rule = "a migration to the codec's lifecycle, or to one from which another leads there"
            remedy = "Make one to the codec's lifecycle, or give the ones in between."
            yield one, rule, remedy


def _is_innermost(lifecycle: Lifecycle, name: object) -> bool:
    place = lifecycle.places.by_name.get(name) if isinstance(name, str) else None
    return place is not None and not place.children


def _innermost(lifecycle: Lifecycle) -> str:
    return listed([name for name in lifecycle.places.by_name if _is_innermost(lifecycle, name)])


def _misnamed(migration: Migration) -> Iterator[Fault]:
    """The keys and the stages of a map that do not exist."""
    states = [*map(str, to_table(migration.old).states)]
    for key, names in migration.stages:
        if key not in states and not _is_innermost(migration.old, key):
            known = (
                f"there are {_innermost(migration.old)}, and states such as {max(states, key=len)}"
            )
            message = f"the old lifecycle has no innermost stage or state of this name; {known}."
            yield Fault("unknown_key", brief(key), message)
        for name in names:
            if not _is_innermost(migration.new, name):
                message = "the new lifecycle has no innermost stage of this name; there are"
                yield Fault("bad_stage", brief(name), f"{message} {_innermost(migration.new)}.")


def _misplaced(migration: Migration, images: dict[State, State]) -> Iterator[Fault]:
    """What is wrong with the images of states; the sound ones are added to ``images``."""
    mapped, places = dict(migration.stages), migration.new.places
    reached = frozenset(to_table(migration.new).states)
    for state in to_table(migration.old).states:
        parts = (str(state),) if str(state) in mapped else state.stages
        names = [name for part in parts for name in mapped.get(part, (part,))]
        lacking = [name for name in names if not _is_innermost(migration.new, name)]
        for name in lacking:
            if name in parts and name not in mapped:
                yield _without_image(name, state, places)
        if lacking:
            continue
        apart = [name for name in names if places.by_name[name].room is not state.room]
        if apart:
            message = f"it lies in another room than {state.describe()}, whose image it is in"
            remedy = "a person changes rooms by an event only; name a stage of the same room."
            yield Fault("other_room", apart[0], f"{message}; {remedy}")
            continue
        leaves = tuple(dict.fromkeys(names))
        regions = [places.by_name[name].region for name in leaves]
        torn = [one for one in places.regions[state.room] if regions.count(one) != 1]
        for region in torn:
            message = f"the image of {state} has {regions.count(region) or 'no'} stages of it"
            remedy = f"name one of {listed(places.by_name[region].leaves)}."
            yield Fault("no_state", region, f"{message}; {remedy}")
        if torn:
            continue
        images[state] = image = places.state(leaves)
        if image not in reached:
            message = f"no relationship of the new lifecycle can be in this image of {state}"
            yield Fault("no_state", str(image), f"{message}; name other stages.")


def _without_image(stage: str, state: State, places: Places) -> Fault:
    """A stage that the new lifecycle has not, or has split."""
    same = places.by_name.get(stage) or places.by_name[state.room.value]
    message = "the new lifecycle has no innermost stage of this name; say where its customers"
    return Fault("no_image", stage, f"{message} belong: one of {listed(same.leaves)}.")
