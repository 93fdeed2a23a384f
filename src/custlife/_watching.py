"""A history watched for silence: what a rule infers between its events, and after the last."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import Factory, define, evolve, frozen

from custlife import _checks
from custlife._due import deadlines_of, is_marked, next_due
from custlife.answers import A_RULE, DeadlineRule, Deadlines, Returns, SilenceRule
from custlife.departures import Departure
from custlife.errors import CustlifeError, InvalidMoment
from custlife.events import Activity, Departed, Event
from custlife.lifecycle.table import to_table
from custlife.relationship import Relationship, fold
from custlife.state import Room
from custlife.steps import Inference

_AT = attrgetter("at")
_WINDOW = 256
"""A rule is shown at most so many events at once."""


@frozen
class Watch:
    """How a history is watched for silence.

    Attributes:
        rule: The silence rule.
        as_of: The moment up to which silence counts.
        returns: Whether a purchase after an inferred departure is a return, or corrects it.
    """

    rule: SilenceRule
    as_of: datetime
    returns: Returns

    @classmethod
    def of(
        cls, call: str, rule: SilenceRule | None, as_of: datetime | None, returns: Returns
    ) -> "Watch | None":
        """The watch that the arguments of a call ask for; None if they ask for none.

        Raises:
            InvalidArgument: If the rule is none, or ``returns`` is none of its values.
            InvalidMoment: If ``as_of`` is naive, or is given without a rule, or is missing.
        """
        _checks.either("return", "correct").argument(call, "returns", returns)
        if rule is None and as_of is None:
            return None
        if rule is None or as_of is None:
            both = "given together with a silence rule"
            remedy = "Give both, silence= and as_of=, or neither; nothing here reads the clock."
            raise InvalidMoment(call, "as_of", as_of, both, remedy)
        A_RULE.argument(call, "silence", rule)
        moment = _checks.in_utc(as_of)
        _checks.moment.require(InvalidMoment, call, "as_of", moment)
        return cls(rule, moment, returns)


def alike(one: Watch | None, other: Watch | None) -> bool:
    """Whether two histories are watched by the same rule, whatever the moment."""
    return one is other or (
        one is not None
        and other is not None
        and (one.rule, one.returns) == (other.rule, other.returns)
    )


Refused = tuple[int, CustlifeError]
"""The number of a given event, and why it is refused."""


@frozen(eq=False)
class _Mark:
    """Where a history was before the first departure that was inferred and may be none."""

    now: Relationship
    place: int
    departures: list[Departure]
    refused: int
    inferred: int


@define(eq=False)
class Course:
    """The way of a relationship through a history and its silences.

    Attributes:
        now: The relationship.
        place: The number of the next given event.
        departures: Every departure, in order.
        refused: The given events that are refused.
        inferred: What was inferred from silence and stands.
        lifted: The departures that were inferred, and that a later event shows to be none.
        correcting: Whether a purchase shows it, too.
    """

    now: Relationship
    place: int = 0
    departures: list[Departure] = Factory(list)
    refused: list[Refused] = Factory(list)
    inferred: list[Inference] = Factory(list)
    lifted: list[Inference] = Factory(list)
    correcting: bool = False
    _mark: _Mark | None = None
    _shown: int = -1
    _careful: int = 0

    def infer(self, event: Event, rule: SilenceRule) -> None:
        """Go on by an event that the silence makes due; remember where, if it is a departure."""
        if isinstance(event, Departed) and self._mark is None:
            lengths = len(self.refused), len(self.inferred)
            self._mark = _Mark(self.now, self.place, self.departures, *lengths)
        self.inferred.append(Inference(event, rule, self.now, self.place))
        self.now, self.departures = fold(self.now, [event], _raise, self.departures)

    def knows_better(self, event: Event) -> bool:
        """Whether an event is a departure, and a later event is known to show it wrong."""
        return isinstance(event, Departed) and self.place <= self._shown

    def go_on(
        self, events: Sequence[Event], rule: SilenceRule, deadlines: Deadlines | None
    ) -> None:
        """Go on by the next given events, as many as the rule says come before anything is due."""
        alone = self._mark is not None or self.place < self._careful
        some = events[self.place : self.place + (1 if alone else _WINDOW)]
        if len(some) > 1:
            some = some[: self._quiet(some, rule, deadlines)]
        refused: list[CustlifeError] = []
        after, departures = fold(
            self.now, some, lambda _, error: refused.append(error), self.departures
        )
        if refused and len(some) > 1:  # the rule had counted on them
            self._careful = self.place + len(some)
            return
        if self._mark is not None and self._shows(some[0], self._mark, refused=bool(refused)):
            self._go_back(self._mark, some[0])
            return
        returned = after.state.room is not Room.FORMER and not self.correcting
        if returned or len(departures) > len(self.departures):
            self._mark = None
        self.refused += [(self.place, error) for error in refused]
        self.now, self.departures = after, departures
        self.place += len(some)

    def _quiet(
        self, events: Sequence[Event], rule: SilenceRule, deadlines: Deadlines | None
    ) -> int:
        """How many events come before anything can fall due; 1 where that is not known."""
        now = self.now
        if now.paused_at is not None or not isinstance(rule, DeadlineRule):
            return 1
        due = None
        if deadlines is not None:
            marked = is_marked(now, deadlines)
            limits = (None if marked else deadlines.lapsed), deadlines.departed
            due = min((limit for limit in limits if limit is not None), default=None)
            last = now.record.last_at
            if due is not None and last is not None and due < last:
                return 1  # the lifecycle does not take the event here, and may soon
        return max(rule.quiet(now, due, events), 1)

    def _shows(self, event: Event, mark: _Mark, *, refused: bool) -> bool:
        """Whether an event shows that the person had not left when it was inferred.

        A purchase does if it is to correct. What only a person who is present can do does always,
        such as leaving: what was seen comes before what was inferred.
        """
        if not refused:
            return self.correcting and event.activity is Activity.PURCHASE
        return _takes(mark.now, event) and not _takes(self.now, event)

    def _go_back(self, mark: _Mark, event: Event) -> None:
        """Return to the first departure that was inferred: the event shows that it was none."""
        since = self.inferred[mark.inferred :]
        self.lifted += [evolve(one, by=event) for one in since if isinstance(one.event, Departed)]
        self._shown, self._mark = self.place, None
        self.now, self.place, self.departures = mark.now, mark.place, mark.departures
        del self.refused[mark.refused :], self.inferred[mark.inferred :]


def _takes(rel: Relationship, event: Event) -> bool:
    """Whether the lifecycle allows an event where a relationship is."""
    table = to_table(rel.lifecycle)
    arcs = table.arcs if rel.complaints else table.unguarded
    return table.handled_as(type(event)) in arcs[table.index(rel.state)]


def watched(
    start: Relationship, events: Sequence[Event], watch: Watch, known: Mapping[Event, Event]
) -> Course:
    """What becomes of a relationship by a history, in order, and by its silences.

    Args:
        start: The relationship before the first event.
        events: The events.
        watch: How they are watched.
        known: Events that were inferred before; an equal one stands for the same event.
    """
    course, rule = Course(start, correcting=watch.returns == "correct"), watch.rule
    while True:
        over = course.place == len(events)
        until = watch.as_of if over else min(watch.as_of, events[course.place].at)
        deadlines = deadlines_of(course.now, rule, until)
        event = next_due(course.now, rule, deadlines, until)
        if event is not None and not course.knows_better(event):
            course.infer(known.get(event, event), rule)
        elif over:
            return course
        else:
            course.go_on(events, rule, deadlines)


def woven(
    events: Sequence[Event], asked: Sequence[int], inferred: Sequence[Inference]
) -> tuple[Sequence[Event], list[Inference], Callable[[int], int]]:
    """A ledger with what was inferred in its place.

    Args:
        events: The ledger of the given events, in the order of time.
        asked: The places of those that the lifecycle was asked about.
        inferred: What was inferred.

    Returns:
        The whole ledger, what was inferred with the places in it, and a function from the place of
        a given event in the old ledger to that in the whole one.
    """
    if not inferred:
        return events, [], lambda place: place
    bounds = [*asked, len(events)]
    placed = sorted(
        (
            (min(bisect_right(events, one.event.at, key=_AT), bounds[one.position]), one)
            for one in inferred
        ),
        key=lambda pair: (pair[0], pair[1].event.at),
    )
    befores = [before for before, _ in placed]
    whole = [*events]
    for number, (before, one) in enumerate(placed):
        whole.insert(before + number, one.event)
    found = [
        Inference(one.event, one.rule, one.before, before + number, one.by)
        for number, (before, one) in enumerate(placed)
    ]
    return whole, found, lambda place: place + bisect_right(befores, place)


def _raise(_: Event, error: CustlifeError) -> None:
    raise error
