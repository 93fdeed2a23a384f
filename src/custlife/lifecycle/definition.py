"""The lifecycle as a frozen value: three rooms, rules, views. It knows none of its executions."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, update_wrapper
from threading import RLock
from typing import Any, ParamSpec, TypeVar, cast

from attrs import Factory, evolve, field, frozen

from custlife._notebook import Block, Shown
from custlife.errors import Fault, InvalidLifecycle, UnknownState, ViewNotDefined, shown
from custlife.lifecycle.conflicts import Draft
from custlife.lifecycle.faults import MOST_LETTERS, brief, find_faults, find_misfits
from custlife.lifecycle.fingerprint import fingerprint_of
from custlife.lifecycle.parts import Region, Rule, Stage, View, several
from custlife.lifecycle.places import Places, RoomPlan, places_of, too_large
from custlife.sources import EFR
from custlife.state import Room, State

P = ParamSpec("P")
R = TypeVar("R")


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """Keep the 256 results that were used last; threads that race for one get the same.

    A hit takes no lock. A miss waits for the lock, and then finds what another thread made.
    """
    lock = RLock()
    inner = cast("Callable[P, R]", lru_cache(maxsize=256)(make))

    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        with lock:
            return inner(*args, **kwargs)

    return cast("Callable[P, R]", update_wrapper(lru_cache(maxsize=256)(made), make))


def _plan(value: Iterable[Stage] | Iterable[Region]) -> RoomPlan:
    return several(value)


def _rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    return several(value)


def _views(value: Iterable[View]) -> tuple[View, ...]:
    return several(value)


def _places(self: "Lifecycle") -> Places:
    faults = tuple(too_large(self.rooms)) or find_misfits(self.rooms, self.rules, self.views)
    if faults:
        raise InvalidLifecycle(brief(self.name), faults)
    return places_of(self.rooms)


def _events(self: "Lifecycle") -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.on for rule in self.rules))


@frozen(cache_hash=True, repr=False)
class Lifecycle(Shown):
    """A customer lifecycle: what there is to be, and what each event does.

    Every lifecycle has three rooms, and everything inside a room is free. Entering ``customer`` is
    the customer moment (IMH-3). Entering ``former`` is a departure: a loss from ``prospect``, an
    erosion from ``customer``. Leaving ``former`` begins a new cycle.

    Where a stage and the place it lies in both have a rule for an event, the stage's own comes
    first. In a room with regions each region answers an event by itself. An event is allowed where
    at least one rule answers it and none forbids it.

    Args:
        name: A name that is an identifier.
        prospect: The stages of the first room, or its regions; the first stage is the beginning.
        customer: The stages of the second room, or its regions.
        former: The stages of the third room, or its regions.
        rules: What events do: `Move`, `Stay` and `Forbid`.
        views: Other models of the customer, as maps from these states.

    Raises:
        InvalidLifecycle: With every fault of the definition.

    Examples:
        >>> from custlife import Move
        >>> club = Lifecycle(
        ...     "club",
        ...     prospect=[Stage("guest", "Has looked in.")],
        ...     customer=[Stage("member", "Pays the fee.")],
        ...     former=[Stage("gone", "Pays no longer.")],
        ...     rules=[
        ...         Move("joined", at="guest", to="member", sentence="Signs up."),
        ...         Move("left", at=["guest", "member"], to="gone", sentence="Leaves."),
        ...     ],
        ... )
        >>> club.events
        ('joined', 'left')
        >>> [str(state) for state in club.states]
        ['guest', 'member', 'gone']
    """

    name: str
    prospect: RoomPlan = field(kw_only=True, converter=_plan)
    customer: RoomPlan = field(kw_only=True, converter=_plan)
    former: RoomPlan = field(kw_only=True, converter=_plan)
    rules: tuple[Rule, ...] = field(kw_only=True, converter=_rules)
    views: tuple[View, ...] = field(kw_only=True, default=(), converter=_views)
    places: Places = field(
        init=False, eq=False, repr=False, default=Factory(_places, takes_self=True)
    )
    """Every place of the lifecycle by name."""
    events: tuple[str, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_events, takes_self=True)
    )
    """The names of all events that a rule mentions, in the order of first mention."""

    def __attrs_post_init__(self) -> None:
        faults = find_faults(Draft(self.rooms, self.rules, self.views, self.places))
        named = isinstance(self.name, str) and len(self.name) <= MOST_LETTERS
        if not named or not self.name.isidentifier():
            message = "a lifecycle needs a name that is a short identifier, such as 'customer'."
            faults = (Fault("bad_name", brief(self.name), message), *faults)
        if faults:
            raise InvalidLifecycle(brief(self.name), faults)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what defines it; equal lifecycles that are unpickled are one object."""
        return _unpickled, (self.name, *self.rooms.values(), self.rules, self.views)

    def __repr__(self) -> str:
        return f"<Lifecycle {self.name!r}: {len(self.states)} states, {len(self.events)} events>"

    @property
    def rooms(self) -> dict[Room, RoomPlan]:
        """The three rooms, in the order of the lifecycle."""
        return {room: getattr(self, room.value) for room in Room}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what the lifecycle executes; the same in every process, 32 hex letters.

        Lifecycles with one fingerprint do the same with every event. Two that do the same can still
        have two, where they say it by other rules. Rooms, regions and stages count, how they lie in
        each other, and their order: the first stage is entered first, and a table numbers its
        states in that order. Rules count, with their places, targets and conditions. A rule at
        several places is the same as several rules at one place each. The order of rules, and of
        the names in a rule, does not count.

        What only speaks does not count: the name, sentences, sources, what contests a rule, and
        views. Neither does what an event class does to a record; the lifecycle knows its name only.

        Examples:
            >>> from attrs import evolve
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> backwards = evolve(CUSTOMER_LIFECYCLE, rules=CUSTOMER_LIFECYCLE.rules[::-1])
            >>> backwards.fingerprint == CUSTOMER_LIFECYCLE.fingerprint
            True
            >>> finer = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing"])
            >>> finer.fingerprint == CUSTOMER_LIFECYCLE.fingerprint
            False
        """
        return fingerprint_of(self.places, self.rules)

    @property
    def initial(self) -> State:
        """Where every relationship begins."""
        return self.places.state(self.places.entry(Room.PROSPECT.value))

    @property
    def states(self) -> tuple[State, ...]:
        """Every combination of innermost stages, room by room."""
        return self.places.states

    def state(self, *stages: str) -> State:
        """The state in which these innermost stages are active.

        Args:
            *stages: One innermost stage for each region, in any order; or all of them in one
                text, as ``str(state)`` writes them: ``"regular+content"``.

        Raises:
            UnknownState: If they are no state of this lifecycle.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> CUSTOMER_LIFECYCLE.state("content", "regular")
            <State customer (bond: regular, standing: content)>
        """
        names = [name for stage in stages for name in str(stage).split("+")]
        wanted = sorted(names)
        for state in self.states:
            if sorted(state.stages) == wanted:
                return state
        given = brief(" + ".join(names)) or "a state without stages"
        raise UnknownState(given, self.name, tuple(map(str, self.states)))

    def view_for(self, model: type[Any]) -> View:
        """The view with this model.

        Raises:
            ViewNotDefined: If there is none.
        """
        for view in self.views:
            if view.model is model:
                return view
        name = getattr(model, "__name__", None)
        known = tuple(view.name for view in self.views)
        raise ViewNotDefined(name if isinstance(name, str) else shown(model), self.name, known)

    def _page(self, at: State | None = None) -> Sequence[Block]:
        from custlife.lifecycle.diagram import page  # noqa: PLC0415 - drawn from its executions

        return page(self, at)

    def refine(
        self,
        stage: str,
        into: str | Stage | Iterable[str | Stage],
        rules: Rule | Iterable[Rule] = (),
        *,
        name: str | None = None,
    ) -> "Lifecycle":
        """Split a stage into sub-stages, with rules of their own.

        Source: EFR-7.

        Args:
            stage: An innermost stage of this lifecycle.
            into: The sub-stages, the first of them entered first; a bare name is enough.
            rules: Rules to add. A sub-stage keeps every rule of the stage that it does not
                answer itself.
            name: The name of the new lifecycle; this one's if left out.

        Returns:
            A new lifecycle; this one stays as it is.

        Raises:
            UnknownState: If this lifecycle has no such innermost stage.
            InvalidLifecycle: If the result has faults. A sub-stage that no move leads to is found
                when the table is compiled.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE, Move
            >>> finer = CUSTOMER_LIFECYCLE.refine("visitor", ["browsing", "trial"], [
            ...     Move("trial_started", at="browsing", to="trial", sentence="Tries it out."),
            ... ])
            >>> finer.state("trial")
            <State prospect (prospect: visitor > trial)>
            >>> finer.state("trial").is_in("visitor")
            True
        """
        place = self.places.by_name.get(stage) if isinstance(stage, str) else None
        if place is None or place.children:
            leaves = [p.name for p in self.places.by_name.values() if not p.children]
            raise UnknownState(f"an innermost stage {shown(stage)}", self.name, tuple(leaves))
        children = tuple(
            Stage(part, f"A part of {stage}.", EFR[7]) if isinstance(part, str) else part
            for part in several(into)
        )
        if not children:
            fault = Fault("bad_part", stage, "there is nothing to split it into; name a sub-stage.")
            raise InvalidLifecycle(self.name, (fault,))
        return evolve(
            self,
            name=self.name if name is None else name,
            rules=(*self.rules, *several(rules)),
            **{room.value: _replace(plan, stage, children) for room, plan in self.rooms.items()},
        )


@kept
def _unpickled(name: str, *parts: Any) -> Lifecycle:  # noqa: ANN401 - of several types
    names = (*(room.value for room in Room), "rules", "views")
    return Lifecycle(name, **dict(zip(names, parts, strict=True)))


def _replace(plan: Any, name: str, children: tuple[Stage, ...]) -> Any:  # noqa: ANN401 - stages or regions, alike
    return tuple(
        evolve(part, stages=_replace(part.stages, name, children))
        if isinstance(part, Region)
        else evolve(
            part,
            children=children if part.name == name else _replace(part.children, name, children),
        )
        for part in plan
    )
