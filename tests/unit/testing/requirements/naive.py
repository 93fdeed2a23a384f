"""What each kind of requirement means, said a second time: of whole histories, and naively.

Nothing here knows the engine. A history is a list of moments and of the events between them; each
meaning is a sentence about all of them at once.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import combinations, count
from math import inf

from attrs import frozen

from custlife import Activity, CustlifeError, Relationship, Room, State, to_table
from custlife.events import ANSWERS
from custlife.testing import Subject
from custlife.testing.generators.events import changed
from custlife.testing.requirements import kinds

COUNTS = ("purchases", "complaints", "settlements", "disregards", "contacts", "engagements")
"""The counts of a record that the tests ask for."""


class Moment:
    """Where a customer is: the state, what is true there, and where each event leads."""

    def __init__(self, state, facts, steps, relationship=None):
        self.state = state
        self.facts = facts
        self.relationship = relationship
        self._steps = steps

    @cached_property
    def steps(self):
        """Each event that is allowed, with the moment that it leads to."""
        return self._steps(self)

    @property
    def allowed(self):
        return {event for event, _ in self.steps}


@frozen(eq=False)
class History:
    """Moments, and the event that leads to each; None leads to the first."""

    moments: tuple
    events: tuple

    @property
    def steps(self):
        """Each event with the moment before and the moment after."""
        return list(zip(self.moments, self.events[1:], self.moments[1:], strict=False))

    def then(self, event, moment):
        return History((*self.moments, moment), (*self.events, event))

    def __len__(self):
        return len(self.moments) - 1


class World:
    """The histories of a lifecycle, by its table: it has no record."""

    def __init__(self, lifecycle):
        self.lifecycle = lifecycle
        self.table = to_table(lifecycle)
        self.moments = {state: self.moment(state) for state in self.table.states}

    def moment(self, state):
        names = self.lifecycle.places.by_name
        rooms = {room.value for room in Room}
        regions = {n for own in self.lifecycle.places.regions.values() for n in own} - rooms
        facts = {name: state.is_in(name) for name in names if name not in regions}
        facts |= {name: state.regions.get(name) for name in regions}
        facts |= {view.name: view.images(state)[0] for view in self.lifecycle.views}
        return Moment(state, {**facts, "room": state.room}, self.steps)

    def begin(self):
        return self.moments[self.lifecycle.initial]

    def steps(self, moment):
        """Each event that is allowed, with the moment that it leads to."""
        return [
            (event, self.moments[self.table.step(moment.state, event)])
            for event in self.table.allowed(moment.state)
        ]

    def histories(self, *, most, deepest):
        """All histories up to a depth, the shortest first, and that depth.

        The depth is the last at which there are no more than so many of them in all.
        """
        found = layer = [History((self.begin(),), (None,))]
        for depth in count():
            more = sum(len(h.moments[-1].steps) for h in layer)
            if depth == deepest or len(found) + more > most:
                break
            layer = [h.then(event, to) for h in layer for event, to in h.moments[-1].steps]
            found = found + layer
        return found, depth

    def reached(self, start):
        """All moments that some history leads to from one."""
        found, todo = {start}, [start]
        while todo:
            for _, moment in todo.pop().steps:
                if moment not in found:
                    found.add(moment)
                    todo.append(moment)
        return found


def listed(condition):
    return condition if isinstance(condition, tuple) else (condition,)


class Meanings:
    """What requirements mean in a world."""

    def __init__(self, world):
        self.world = world
        self.events = world.lifecycle.events
        self._known = {}

    def here(self, where, moment):
        """Whether a customer is there; everywhere where nothing is said."""
        key = (where, moment)
        if key not in self._known:
            parts = listed(where)
            self._known[key] = where is None or any(self._true(part, moment) for part in parts)
        return self._known[key]

    def _true(self, part, moment):
        if isinstance(part, type) or part in self.events:
            return False
        if isinstance(part, str):
            return all(moment.state.is_in(name) for name in part.split("+"))
        if isinstance(part, Room):
            return moment.state.room is part
        if isinstance(part, State):
            return moment.state == part
        if hasattr(part, "holds"):
            return part.holds(moment.facts) is True
        return any(value is part for value in moment.facts.values())

    def happens(self, on, event):
        """Whether an event is one of these; any is where nothing is said."""
        return event is not None and (on is None or event in self.names(on))

    def names(self, on):
        found = (getattr(part, "name", part) for part in listed(on))
        return [name for name in found if name in self.events]

    # What breaks a requirement, wherever in a history it is.

    def breaks(self, requirement, history):
        """Whether a history shows that a requirement is not true."""
        return getattr(self, f"_{type(requirement).__name__.lower()}")(requirement, history)

    def _always(self, r, h):
        if r.what is not None:
            return any(self.here(r.at, m) and not self.here(r.what, m) for m in h.moments)
        needed = {*self.names(r.on or ())}
        refused = any(self.here(r.at, m) and needed - m.allowed for m in h.moments)
        return refused or any(
            self.here(r.at, before) and self.happens(r.on, event) and not self.here(r.to, after)
            for before, event, after in h.steps
        )

    def _never(self, r, h):
        if r.what is not None:
            return any(self.here(r.at, m) and self.here(r.what, m) for m in h.moments)
        return any(
            self.here(r.at, before) and self.happens(r.on, event) and self.here(r.to, after)
            for before, event, after in h.steps
        )

    def _eventuallypossible(self, r, h):
        return any(self.here(r.at, m) and not self._can_come(r.goal, m) for m in h.moments)

    def _can_come(self, goal, moment):
        return any(
            self.here(goal, m) or {*self.names(goal)} & m.allowed
            for m in self.world.reached(moment)
        )

    def triggers(self, r, h):
        """The places in a history where the trigger comes about."""
        for place, after in enumerate(h.moments):
            before = h.moments[place - 1]
            happened = (
                place and self.happens(r.trigger, h.events[place]) and self.here(r.at, before)
            )
            if happened or (self.here(r.trigger, after) and self.here(r.at, after)):
                yield place

    def _ends(self, until, h, start):
        """Where something ends what began at a place; after the history where nothing does."""
        for place in range(start + 1, len(h) + 1):
            if self.happens(until, h.events[place]) or self.here(until, h.moments[place]):
                return place
        return len(h) + 1

    def _comes(self, goal, h, start):
        """Where the goal comes at or after a place; None where it does not."""
        for place in range(start, len(h) + 1):
            later = place > start and self.happens(goal, h.events[place])
            if later or self.here(goal, h.moments[place]):
                return place
        return None

    def _leadsto(self, r, h):
        starts = list(self.triggers(r, h))
        if r.until is not None:
            lasting = ((start, self._ends(r.until, h, start)) for start in starts)
            return any(
                not self.here(r.goal, moment)
                for start, end in lasting
                for moment in h.moments[start : max(end, start + 1)]
            )
        return any(self._too_late(r, h, start) for start in starts)

    def _too_late(self, r, h, start):
        came = self._comes(r.goal, h, start)
        last = inf if r.within is None else start + r.within
        if came is not None:
            return came > last
        return len(h) >= last or not h.moments[-1].allowed

    def _staysuntil(self, r, h):
        return any(
            self.here(r.state, before)
            and not self.here(r.state, after)
            and not self.happens(r.until, event)
            and not self.here(r.until, after)
            for before, event, after in h.steps
        )

    def _after(self, r, h):
        until = r.until or ()
        return any(
            self._wrong_after(r, h.events[place], h.moments[place])
            for start in self.triggers(r, h)
            for place in range(start + 1, min(self._ends(until, h, start), len(h) + 1))
        )

    def _wrong_after(self, r, event, after):
        never, only = r.never or (), r.only or ()
        wrong = self.happens(never, event) or self.here(never, after)
        places = [part for part in listed(only) if getattr(part, "name", part) not in self.events]
        one_of_them = self.happens(only, event) or (places and self.here(tuple(places), after))
        return wrong or (r.only is not None and not one_of_them)

    def _precedes(self, r, h):
        return any(
            (self.happens(r.then, h.events[place]) and self._came(r, h, place, soon=True) < r.times)
            or (self.here(r.then, m) and self._came(r, h, place) < r.times)
            for place, m in enumerate(h.moments)
        )

    def _came(self, r, h, place, *, soon=False):
        """How often the first came up to a place, in its cycle where each cycle counts alone."""
        begins = [0, *(n for n, (b, _, a) in enumerate(h.steps, 1) if _returns(b, a))]
        begin = max(n for n in begins if n <= place) if r.each_cycle else 0
        last = place - 1 if soon else place
        came = 0
        for n in range(begin, last + 1):
            entered = self.here(r.first, h.moments[n]) and (
                n == begin or not self.here(r.first, h.moments[n - 1])
            )
            came += self.happens(r.first, h.events[n]) or entered
        return came

    def _preserves(self, r, h):
        return any(
            self.compared(r, before, event, after)
            and self._value(r, before) != self._value(r, after)
            for before, event, after in h.steps
        )

    def _monotone(self, r, h):
        steps = [
            (before, after) for before, e, after in h.steps if self.compared(r, before, e, after)
        ]
        ranks = [(self._rank(r, before), self._rank(r, after)) for before, after in steps]
        return any(one < other if r.falling else one > other for one, other in ranks)

    def compared(self, r, before, event, after):
        """Whether a step is one of those that are compared, and there is something to compare."""
        happens = self.happens(r.on, event) and self.here(r.at, before)
        ordered = isinstance(r, kinds.Monotone) and self._order(r)
        return happens and (
            not ordered or {self._value(r, m) for m in (before, after)} <= {*ordered}
        )

    def _value(self, r, moment):
        if r.aspect is None:
            return moment.state
        if r.aspect in {room.value for room in Room}:
            return moment.state.regions.get(r.aspect)
        name = "room" if r.aspect is Room else getattr(r.aspect, "__name__", r.aspect)
        return moment.facts[name]

    def _order(self, r):
        if r.order is not None:
            return list(r.order)
        models = {view.name: list(view.model) for view in self.world.lifecycle.views}
        place = self.world.lifecycle.places.by_name.get(r.aspect)
        name = getattr(r.aspect, "__name__", r.aspect)
        return {"Room": list(Room), **models}.get(name, place and place.leaves)

    def _rank(self, r, moment):
        value, order = self._value(r, moment), self._order(r)
        return order.index(value) if order else value

    # Whether a requirement says anything.

    def speaks(self, requirement):
        """Whether what it is about comes about in some history."""
        moments = self.world.reached(self.world.begin())
        first = History((self.world.begin(),), (None,))
        walks = [first, *(self._walk(m, *step) for m in moments for step in m.steps)]
        return any(self.touches(requirement, walk) for walk in walks)

    def _walk(self, before, event, after):
        return History((before, after), (None, event))

    def touches(self, r, h):
        """Whether what a requirement is about comes about in a history."""
        some = {
            "LeadsTo": lambda: [*self.triggers(r, h)],
            "After": lambda: [*self.triggers(r, h)],
            "Precedes": lambda: [
                *(event for event in h.events if self.happens(r.then, event)),
                *(m for m in h.moments if self.here(r.then, m)),
            ],
            "StaysUntil": lambda: [m for m in h.moments if self.here(r.state, m)],
            "Preserves": lambda: [step for step in h.steps if self.compared(r, *step)],
            "Monotone": lambda: [step for step in h.steps if self.compared(r, *step)],
            "EventuallyPossible": lambda: [
                m for m in h.moments if self.here(r.at, m) and not self.here(r.goal, m)
            ],
            "Always": lambda: self._spoken_of(r, h, r.what is not None),
            "Never": lambda: self._spoken_of(r, h, r.what is not None or r.to is None),
        }
        return bool(some[type(r).__name__]())

    def _spoken_of(self, r, h, of_states):
        if of_states:
            return [m for m in h.moments if self.here(r.at, m)]
        return [e for before, e, _ in h.steps if self.here(r.at, before) and self.happens(r.on, e)]

    # What never comes, though a history goes on for ever.

    def endless(self, r):
        """The length of the shortest history after which the goal may never come; None if it must.

        Every set of pending moments is tried: whether one can go round in it for ever, and no fair
        event leads out of it.
        """
        fair = self.events if r.fair is None else self.names(r.fair)
        pending, distance = self._pending(r)
        keeps = {m: [(e, to) for e, to in m.steps] for m in pending}
        stays = {m: [to for e, to in keeps[m] if not self._answers(r, e, to)] for m in pending}
        traps = [{m} for m in pending if not m.allowed]
        for size in range(1, len(pending) + 1):
            for some in combinations(pending, size):
                circle = {*some}
                inside = {m: [to for to in stays[m] if to in circle] for m in circle}
                leaks = any(
                    e in fair and (to not in circle or self._answers(r, e, to))
                    for m in circle
                    for e, to in keeps[m]
                )
                if not leaks and all(_reach(inside, m) == circle for m in circle):
                    traps.append(circle)
        return min((distance[m] for trap in traps for m in trap), default=None)

    def _answers(self, r, event, after):
        return self.happens(r.goal, event) or self.here(r.goal, after)

    def _pending(self, r):
        """The moments in which the goal may be due, each with how soon that can be."""
        begin = self.world.begin()
        due = (
            self.here(r.trigger, begin) and self.here(r.at, begin) and not self.here(r.goal, begin)
        )
        layer, seen, distance, length = {(begin, due)}, set(), {}, 0
        while layer:
            distance |= {m: length for m, due in layer if due and m not in distance}
            seen |= layer
            layer = {
                (to, self._due(r, due, m, event, to)) for m, due in layer for event, to in m.steps
            } - seen
            length += 1
        return list(distance), distance

    def _due(self, r, due, before, event, after):
        still = due and not self._answers(r, event, after)
        walk = self._walk(before, event, after)
        return still or (1 in self.triggers(r, walk) and not self.here(r.goal, after))


def _reach(inside, start):
    """What one can come to from a moment, by one step at least."""
    found, todo = set(), [start]
    while todo:
        for to in inside[todo.pop()]:
            if to not in found:
                found.add(to)
                todo.append(to)
    return found


def _returns(before, after):
    return before.state.room is Room.FORMER is not after.state.room


def shortest(meanings, requirement, histories):
    """The length of the shortest of these histories that breaks a requirement; None without one."""
    return next((len(h) for h in histories if meanings.breaks(requirement, h)), None)


def by_table(world, states, events):
    """A history that is given by its states and events."""
    return History(tuple(world.moments[state] for state in states), (None, *events))


class _Refusing(Moment):
    """A moment in which every event may be refused, too."""

    @property
    def allowed(self):
        return set()


class FreeWorld(World):
    """What there could be by any rules: each event leads everywhere, or is refused."""

    def __init__(self, lifecycle):
        super().__init__(lifecycle)
        free = ((state, self.moment(state).facts) for state in lifecycle.states)
        self.moments = {state: _Refusing(state, facts, self.steps) for state, facts in free}

    def steps(self, moment):
        return [(event, to) for event in self.lifecycle.events for to in self.moments.values()]

    def short(self):
        """Every history of two events at most, wherever it begins."""
        one = [History((moment,), (None,)) for moment in self.moments.values()]
        two = [h.then(*step) for h in one for step in h.moments[-1].steps]
        yield from (*one, *two)
        yield from (h.then(*step) for h in two for step in h.moments[-1].steps)


_DAY = timedelta(days=1)
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class RecordWorld(World):
    """The histories of a lifecycle as relationships have them: with all that is on record."""

    def __init__(self, lifecycle):
        super().__init__(lifecycle)
        self.simplest = Subject.of(lifecycle).simplest

    def begin(self):
        return self.of(Relationship("C-1", self.lifecycle))

    def of(self, relationship):
        """The moment in which a relationship is."""
        record = relationship.record
        counts = {name: getattr(record, name) for name in COUNTS}
        counts |= {"cycle": relationship.cycle, "events": record.events}
        counts |= {"open_complaints": relationship.open_complaints}
        facts = {**self.moments[relationship.state].facts, **counts}
        return Moment(relationship.state, facts, self.steps, relationship)

    def steps(self, moment):
        after = ((event, _applied(moment.relationship, event)) for event in self.tried(moment))
        return [(event.name, self.of(to)) for event, to in after if to is not None]

    def walk(self, random, length):
        """A history of so many events that are drawn by lot."""
        history = History((self.begin(),), (None,))
        while len(history) < length:
            history = history.then(*random.choice(history.moments[-1].steps))
        return history

    def tried(self, moment):
        """What is tried: complaints in private and in public, and answers to each that is open."""
        relationship = moment.relationship
        at = _BEGIN + relationship.record.events * _DAY
        for event in self.simplest.values():
            if event.activity is Activity.COMPLAINT:
                for public in (False, True):
                    name = f"complaint-{relationship.record.events}"
                    yield changed(event, at=at, id=name, public=public)
            elif event.activity in ANSWERS and relationship.complaints:
                for complaint in relationship.complaints:
                    yield changed(event, at=at, complaint=complaint.id)
            else:
                yield changed(event, at=at)


def _applied(relationship, event):
    """The relationship after an event; None where it is refused."""
    try:
        return relationship.apply(event)
    except CustlifeError:
        return None


def by_record(world, events):
    """The history of real events."""
    moments = [world.begin()]
    for event in events:
        moments.append(world.of(moments[-1].relationship.apply(event)))
    return History(tuple(moments), (None, *(event.name for event in events)))
