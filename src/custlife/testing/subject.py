"""What the laws test: a lifecycle, and its executions."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Union

from attrs import Factory, field, frozen

from custlife.errors import InvalidArgument
from custlife.events import Event
from custlife.journey import Journey, merge, replay
from custlife.lifecycle._chart import Chart, to_chart
from custlife.lifecycle.chart_reader import from_chart
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.table import unchecked_table
from custlife.relationship import Relationship
from custlife.testing.generators.events import Kinds, named_kinds, simplest_events


@frozen(kw_only=True, eq=False)
class Subject:
    """A lifecycle and its executions, each of which can be replaced by one of your own.

    Every law takes a lifecycle, a chart class or a subject. Make a subject where something else
    than custlife executes your lifecycle, or where your events are classes of your own. Give what
    you have, and try the laws that ask for it; what you leave out is custlife's own.

    Args:
        lifecycle: The lifecycle, by which all others are judged.
        kinds: The app's own events: their classes, or a generator for each name. A subject that has
            some is made outside of tests with ``@given``.
        chart: Makes a chart of python-statemachine at the beginning; its states are named as the
            stages, regions and rooms are. It is sent events by their names.
        table: An object with ``step(state, event)`` and ``allowed(state)`` as `Table` has them, and
            ``view(state, model)`` if the lifecycle has views. A state is a `State`, an event a
            name. What ``step`` refuses, it refuses with the error that `Table.refusal` makes;
            ``allowed`` is a tuple in the order of the lifecycle.
        start: Makes a `Relationship` at the beginning, or one of a subclass, from a customer's id.
            It is called often; customers must share nothing.
        replay: Replays events that come in any order, and makes a `Journey`, or one of a subclass.
            It is called with ``customer=`` and ``on_rejected=`` as `replay` takes them.
        merge: Merges such journeys. It is called with ``customer=`` and ``on_rejected=`` as `merge`
            takes them.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> class OurChart(to_chart(CUSTOMER_LIFECYCLE)):
        ...     def on_enter_customer(self):
        ...         print("Welcome!")
        >>> subject = Subject.of(OurChart)
        >>> subject.chart is OurChart, subject.lifecycle is CUSTOMER_LIFECYCLE
        (True, True)
    """

    lifecycle: Lifecycle
    kinds: Kinds = field(default=(), converter=named_kinds)
    chart: Callable[[], Chart] = Factory(lambda self: to_chart(self.lifecycle), takes_self=True)
    table: Any = Factory(lambda self: unchecked_table(self.lifecycle), takes_self=True)
    start: Callable[[str], Relationship] = Factory(
        lambda self: partial(Relationship, lifecycle=self.lifecycle), takes_self=True
    )
    replay: Callable[..., Journey] = Factory(
        lambda self: partial(replay, lifecycle=self.lifecycle), takes_self=True
    )
    merge: Callable[..., Journey] = merge
    simplest: Mapping[str, Event] = field(
        init=False,
        repr=False,
        default=Factory(lambda self: simplest_events(self.lifecycle, self.kinds), takes_self=True),
    )
    """The simplest event of each name that the lifecycle knows; their times mean nothing."""

    @classmethod
    def of(cls, thing: "Testable") -> "Subject":
        """The subject of a lifecycle or of a chart class; a subject as it is.

        Raises:
            InvalidArgument: If it is none of the three.
            InvalidLifecycle: If no lifecycle can be read out of the chart class.
            DataGuard: If a guard of the chart class looks at data.
        """
        if isinstance(thing, Subject):
            return thing
        if isinstance(thing, Lifecycle):
            return cls(lifecycle=thing)
        if isinstance(thing, type):
            return cls(lifecycle=from_chart(thing), chart=thing)
        rule, remedy = "a Lifecycle, a chart class or a Subject", "Give one of the three."
        raise InvalidArgument("Subject.of()", "thing", thing, rule, remedy)


Testable = Union[Lifecycle, Subject, type[Any]]  # noqa: UP007 - Subject is no type yet when read
"""What can be tested: a lifecycle, a chart class, or a subject."""
