"""Watching what runs: each event of a relationship, and each step of an app on a path."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from attrs import define, evolve, field

from custlife import journey, relationship
from custlife.departures import Departure
from custlife.errors import CustlifeError, cut
from custlife.events import Event
from custlife.lifecycle.definition import Lifecycle
from custlife.relationship import Refuse, Relationship
from custlife.testing.coverage.collector import Coverage
from custlife.testing.coverage.sights import Course, Walk
from custlife.testing.following import Act, Follower

Fold = Callable[[Relationship, Iterable[Event], Refuse], tuple[Relationship, list[Departure]]]
Parcel = tuple[str, bytes | str]
"""The name of a lifecycle, and its coverage in a pickle, or why there is none."""


@define(eq=False)
class Observer:
    """Counts what happens between `begin` and `end`, for each lifecycle.

    Relationships and journeys are watched, and apps that are led along a path. A table or a chart
    that is asked by itself is not.

    Attributes:
        problems: What could not be counted, in words.
    """

    problems: list[str] = field(init=False, factory=list)
    _coverages: dict[Lifecycle, Coverage] = field(init=False, factory=dict)
    _undo: list[Callable[[], None]] = field(init=False, factory=list)

    def begin(self) -> None:
        """Watch from now on."""
        self._put(relationship, "fold", self._folding)
        self._put(journey, "fold", self._folding)
        self._put(Follower, "take", self._taking)
        self._put(Follower, "refuse", self._refusing)

    def end(self) -> None:
        """Watch no more; everything is as it was before."""
        while self._undo:
            self._undo.pop()()

    def _put(self, owner: Any, name: str, watched: Callable[[Any], Any]) -> None:  # noqa: ANN401 - a module or a class
        original = getattr(owner, name)
        setattr(owner, name, wraps(original)(watched(original)))
        self._undo.append(lambda: setattr(owner, name, original))

    def _folding(self, fold: Fold) -> Fold:
        """The same loop, which notes what becomes of each event."""

        def watched(
            start: Relationship, events: Iterable[Event], refuse: Refuse
        ) -> tuple[Relationship, list[Departure]]:
            happened: list[tuple[Event, CustlifeError | None]] = []

            def coming() -> Iterator[Event]:
                for event in events:
                    happened.append((event, None))
                    yield event

            def refusing(event: Event, error: CustlifeError) -> None:
                happened[-1] = event, error
                refuse(event, error)

            try:
                return fold(start, coming(), refusing)
            except BaseException:
                if happened and happened[-1][1] is None:
                    happened.pop()  # what it did is unknown
                raise
            finally:
                if happened:
                    self._add(start.lifecycle, Walk(start, tuple(happened)))

        return watched

    def _taking(self, take: Callable[[Follower, Act, int], None]) -> Any:  # noqa: ANN401 - a method
        """The same step of an app, which counts if the app followed."""

        def watched(follower: Follower, act: Act, position: int) -> None:
            __tracebackhide__ = True
            take(follower, act, position)
            places = [place for place in range(position) if place not in follower.refusals]
            states = (follower.states[0], *(follower.states[place + 1] for place in places))
            events = tuple(follower.events[place] for place in places)
            self._add(follower.lifecycle, Course(follower.lifecycle, states, events))

        return watched

    def _refusing(self, refuse: Callable[[Follower, Act, int, str, str], None]) -> Any:  # noqa: ANN401 - a method
        """The same try of what is forbidden, which counts if the app refused it."""

        def watched(follower: Follower, act: Act, position: int, event: str, because: str) -> None:
            __tracebackhide__ = True
            refuse(follower, act, position, event, because)
            course = Course(follower.lifecycle, (follower.states[position],), refused=event)
            self._add(follower.lifecycle, course)

        return watched

    def _add(self, lifecycle: Lifecycle, thing: Walk | Course | Coverage) -> None:
        """Count it; what cannot be counted must not fail the test that is watched."""
        try:
            if lifecycle not in self._coverages:
                self._coverages[lifecycle] = Coverage(lifecycle)
            self._coverages[lifecycle].add(thing)
        except Exception as error:  # noqa: BLE001 - an app's events and tables may raise anything
            self._fails(lifecycle.name, "cannot be counted", error)

    def _fails(self, name: str, what: str, error: object) -> None:
        problem = f"Something of the lifecycle {cut(name)!r} {what}: {cut(str(error))}"
        if problem not in self.problems:
            self.problems.append(problem)

    @property
    def coverages(self) -> list[Coverage]:
        """What was covered of each lifecycle, that of which most was seen first."""
        return sorted(
            self._coverages.values(), key=lambda one: (-len(one.seen), one.lifecycle.name)
        )

    def parcels(self) -> list[Parcel]:
        """The coverages for another process, which may not know the enums of their views."""
        return [*map(self._parcel, self.coverages)]

    def _parcel(self, coverage: Coverage) -> Parcel:
        name = coverage.lifecycle.name
        plain = Coverage(evolve(coverage.lifecycle, views=()))
        plain.seen, plain.judges = coverage.seen, coverage.judges
        try:
            return name, pickle.dumps(plain)
        except Exception as error:  # noqa: BLE001 - an app's own predicates may raise anything
            return name, f"{type(error).__name__}: {error}"

    def receive(self, parcels: Iterable[Parcel]) -> None:
        """Count what another process saw."""
        for name, parcel in parcels:
            if isinstance(parcel, str):
                self._fails(name, "cannot be handed over", parcel)
                continue
            try:
                coverage: Coverage = pickle.loads(parcel)  # noqa: S301 - from a process of this run
            except Exception as error:  # noqa: BLE001 - whatever unpickling raises
                self._fails(name, "cannot be read here", f"{type(error).__name__}: {error}")
            else:
                self._add(coverage.lifecycle, coverage)
