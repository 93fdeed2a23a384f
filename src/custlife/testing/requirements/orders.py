"""Requirements of what comes after what: triggers, what follows them, and what comes before.

What each means in a graph is said once, here, by what it watches for.
"""

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from custlife import _checks
from custlife.state import Room
from custlife.testing.requirements.conditions import (
    Meaning,
    events_of,
    free,
    meaning_of,
    nodes_of,
    said,
)
from custlife.testing.requirements.engine import (
    Outcome,
    Problem,
    Status,
    Watch,
    decided,
    silent_or_held,
    waiting_for_ever,
)
from custlife.testing.requirements.graph import Graph
from custlife.testing.requirements.requirement import (
    Requirement,
    at_said,
    condition,
    moved,
)

FAIR = "what can happen again and again in a state is assumed to happen there at some time"
"""What is assumed of histories that go on for ever, of all events or of those named as fair."""


@frozen(kw_only=True)
class Triggered(Requirement):
    """What follows from a trigger."""

    trigger: object = condition()
    at: object = condition()
    until: object = condition()

    @property
    def _silent(self) -> str:
        return f"{said(self.trigger)} never comes about{at_said(self.at)}"

    def _trigger(self, graph: Graph) -> Callable[[int | None, str | None, int], bool]:
        """What says whether a step triggers it."""
        trigger, at = meaning_of(graph, self.trigger), nodes_of(graph, self.at)

        def triggers(before: int | None, event: str | None, after: int) -> bool:
            happens = event in trigger.events and before in at
            return happens or (after in trigger.nodes and after in at)

        return triggers


@frozen(kw_only=True)
class LeadsTo(Triggered):
    """What comes after a trigger."""

    goal: object = condition()
    within: int | None = field(default=None, validator=_checks.count.or_none)
    fair: object = condition()

    def _decide(self, graph: Graph) -> Outcome:
        if self.until is not None:
            return decided(graph, lambda: self._until(graph))
        if self.within is not None:
            return decided(graph, lambda: self._within(graph, self.within or 0))
        named = graph.lifecycle.events if self.fair is None else self.fair
        fair = events_of(graph.lifecycle, named) if named else ()
        watch, goal = self._within(graph, None), meaning_of(graph, self.goal).events
        found = waiting_for_ever(graph, watch, goal, fair)
        if found is None:
            outcome = silent_or_held(graph, watch)
            assumed = self.fair is None or bool(self.fair)
            because = FAIR if outcome.status is Status.HOLDS and assumed else outcome.because
            return outcome._replace(because=because)
        if found.status is Status.VIOLATED:
            return found._replace(because=f"{found.because}, and {said(self.goal)} never comes")
        return found

    def _is_certain(self, graph: Graph) -> bool:
        trigger, at = meaning_of(graph, self.trigger), nodes_of(graph, self.at)
        goal = meaning_of(graph, self.goal).nodes
        due = nodes_of(graph, None) if trigger.events else trigger.nodes & at
        if not due <= goal or self.until is None:
            return due <= goal
        return not free(graph, Meaning(goal) | meaning_of(graph, self.until))

    def _until(self, graph: Graph) -> Watch:
        """From the trigger on the goal is true, until something releases it."""
        triggers, until = self._trigger(graph), meaning_of(graph, self.until)
        goal = nodes_of(graph, self.goal)

        def step(due: object, before: int | None, event: str | None, after: int) -> object:
            again = triggers(before, event, after)
            watch.touched |= again
            released = event in until.events or after in until.nodes
            still = again or bool(due and not released)
            if still and after not in goal:
                return Problem(f"{moved(graph, before, event, after)}, not to {said(self.goal)}")
            return still

        watch = Watch(step, self._silent)
        return watch

    def _within(self, graph: Graph, most: int | None) -> Watch:
        """Keeps how many events may still come before the goal; 1 where any number may."""
        triggers, goal = self._trigger(graph), meaning_of(graph, self.goal)

        def step(left: Any, before: int | None, event: str | None, after: int) -> object:  # noqa: ANN401 - see above
            again = triggers(before, event, after)
            watch.touched |= again
            if after in goal.nodes or (left and event in goal.events):
                left = None
            elif left and most is not None:
                left -= 1
            if again and after not in goal.nodes and left is None:
                left = 1 if most is None else most
            if left == 0:
                where = graph.state(after)
                later = f"{most} event{'s' * (most != 1)} later" if most else "right after it"
                return Problem(f"{later}, in {where}, {said(self.goal)} has not come")
            if left and most is not None and graph.ends(after):
                where = graph.state(after)
                return Problem(f"nothing is allowed in {where}, so {said(self.goal)} never comes")
            return left

        watch = Watch(step, self._silent)
        return watch

    def __str__(self) -> str:
        text = f"{said(self.trigger)}{at_said(self.at)} leads to {said(self.goal)}"
        if self.until is not None:
            return f"{text}, until {said(self.until)}"
        if self.within is not None:
            return f"{text} within {self.within} event{'s' * (self.within != 1)}"
        return text if self.fair is None else f"{text}, if {said(self.fair) or 'nothing'} is fair"


@frozen(kw_only=True)
class After(Triggered):
    """What only may come after a trigger, or may not."""

    only: object = condition()
    never: object = condition()

    def _decide(self, graph: Graph) -> Outcome:
        return decided(graph, lambda: self._watch(graph))

    def _watch(self, graph: Graph) -> Watch:
        triggers, until = self._trigger(graph), meaning_of(graph, self.until or ())
        wrong = self._wrong(graph)

        def step(active: object, before: int | None, event: str | None, after: int) -> object:
            still = bool(active) and event not in until.events and after not in until.nodes
            if still and wrong(event, after):
                return Problem(f"{moved(graph, before, event, after)} after {self._what}")
            again = triggers(before, event, after)
            watch.touched |= again
            return again or still

        watch = Watch(step, self._silent)
        return watch

    def _wrong(self, graph: Graph) -> Callable[[str | None, int], bool]:
        """Whether a step is forbidden, or is none of the only ones."""
        never, only = (meaning_of(graph, self.never or ()), meaning_of(graph, self.only or ()))

        def wrong(event: str | None, after: int) -> bool:
            if event in never.events or after in never.nodes:
                return True
            return self.only is not None and event not in only.events and after not in only.nodes

        return wrong

    def _is_certain(self, graph: Graph) -> bool:
        wrong, left = self._wrong(graph), free(graph, meaning_of(graph, self.until or ()))
        return not any(wrong(event, after) for event in left.events for after in left.nodes)

    @property
    def _what(self) -> str:
        return said(self.trigger)

    def __str__(self) -> str:
        only = "" if self.only is None else f" only {said(self.only)}"
        never = "" if self.never is None else f" never {said(self.never)}"
        until = "" if self.until is None else f", until {said(self.until)}"
        return f"after {self._what}{at_said(self.at)}{only}{never}{until}"


_TIMES = _checks.Check(
    lambda value: _checks.is_whole(value, 1),
    "a whole number from 1",
    "Give how often it must have come.",
)


@frozen(kw_only=True)
class Precedes(Requirement):
    """What must have come before."""

    first: object = condition()
    then: object = condition()
    times: int = field(default=1, validator=_TIMES)
    each_cycle: bool = field(default=False, validator=_checks.flag)

    def _decide(self, graph: Graph) -> Outcome:
        return decided(graph, lambda: self._watch(graph))

    def _watch(self, graph: Graph) -> Watch:
        first, then = meaning_of(graph, self.first), meaning_of(graph, self.then)
        former = nodes_of(graph, Room.FORMER)

        def step(came: Any, before: int | None, event: str | None, after: int) -> object:  # noqa: ANN401 - a count
            anew = self.each_cycle and before in former and after not in former
            came = 0 if anew else came or 0
            soon = event in then.events and came < self.times
            entered = after in first.nodes and (anew or before not in first.nodes)
            came = min(came + (event in first.events or entered), self.times)
            due = after in then.nodes and came < self.times
            watch.touched |= event in then.events or after in then.nodes
            if not soon and not due:
                return came
            again = f"{self.times} times " * (self.times > 1)
            what = moved(graph, before, event, after) if due else f"{event!r} happens"
            return Problem(f"{what} without {said(self.first)} {again}before")

        watch = Watch(step, f"{said(self.then)} never comes about")
        return watch

    def _is_certain(self, graph: Graph) -> bool:
        first, then = meaning_of(graph, self.first), meaning_of(graph, self.then)
        return self.times == 1 and not then.events and then.nodes <= first.nodes

    def __str__(self) -> str:
        times = "" if self.times == 1 else f" {self.times} times"
        cycle = ", in each cycle" if self.each_cycle else ""
        return f"no {said(self.then)} without {said(self.first)}{times} before{cycle}"
