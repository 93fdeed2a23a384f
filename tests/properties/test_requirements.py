"""The exhaustive checker agrees with a naive search through whole histories, of all nine kinds."""

from collections import Counter, deque
from itertools import pairwise, product
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import move, region, stage, trio
from tests.unit.testing.requirements.naive import (
    FreeWorld,
    Meanings,
    RecordWorld,
    World,
    by_record,
    by_table,
    shortest,
)

from custlife import (
    CUSTOMER_LIFECYCLE,
    Room,
    Stay,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    is_,
    is_not,
    not_,
    replay,
    to_table,
)
from custlife.testing import Subject, lifecycles
from custlife.testing.checking import check
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.graph import Node, graph_of
from custlife.testing.requirements.kinds import EventuallyPossible
from custlife.testing.requirements.language import (
    after,
    always,
    eventually_possible,
    leads_to,
    monotone,
    never,
    precedes,
    preserves,
    stays_until,
)
from custlife.testing.requirements.orders import LeadsTo

pytestmark = pytest.mark.slow

ROOMS = {room.value for room in Room}
SMALL = lifecycles(max_rules=6, max_views=1, regions=(1, 2)).filter(
    lambda lifecycle: len(to_table(lifecycle).states) <= 9
)
ANSWERS = ("complaint_settled", "complaint_ignored")
NAMES = {"e0": "purchased", "e1": "complained", "e2": ANSWERS[0], "e3": ANSWERS[1]}


def counting(lifecycle):
    """The same lifecycle with events that count as something, each allowed in every room."""
    rules = [evolve(rule, on=NAMES.get(rule.on, rule.on)) for rule in lifecycle.rules]
    ruled = {(rule.on, place) for rule in rules for place in rule.at}
    stays = [
        Stay(name, at=room, sentence="It is recorded.", answers_complaint=name in ANSWERS)
        for name, room in product(NAMES.values(), ROOMS)
        if (name, room) not in ruled
    ]
    return evolve(lifecycle, rules=[*rules, *stays])


class Lot:
    """Draws by lot what can be said of a lifecycle; a strategy would take far longer."""

    def __init__(self, lifecycle, seed):
        self.lifecycle = lifecycle
        self.random = Random(seed)  # noqa: S311 - no secret
        by_name = lifecycle.places.by_name
        own = [name for names in lifecycle.places.regions.values() for name in names]
        self.plain = sorted({*own} & {*ROOMS})
        self.regions = {name: by_name[name].leaves for name in own if name not in ROOMS}
        self.flags = sorted({*by_name} - {*self.regions})
        self.models = [view.model for view in lifecycle.views]
        self.states = lifecycle.states

    def one(self, *choices):
        """One of these."""
        return self.random.choice(choices)

    def name(self):
        return self.one(*self.lifecycle.events)

    def fact(self):
        """A predicate of where a customer is."""
        region = self.one(*self.regions, None)
        model = self.one(*self.models, None)
        return self.one(
            is_(self.one(*self.flags), self.one(True, False)),
            is_("room", self.one(*Room)),
            *([is_not(region, self.one(*self.regions[region]))] if region else []),
            *([is_(model.__name__, self.one(*model))] if model else []),
        )

    def count(self):
        """A predicate of what is on record."""
        names = ["purchases", "complaints", "settlements", "disregards", "events", "cycle"]
        sign = self.one(is_, is_not, at_least, at_most, above, below)
        return sign(self.one(*names, "open_complaints"), self.one(0, 1, 2, 3))

    def predicate(self, fact):
        return self.one(fact(), all_of(fact(), fact()), any_of(fact(), fact()), not_(fact()))

    def place(self):
        """What can be said of where a customer is."""
        return self.one(
            self.one(*self.lifecycle.places.by_name),
            self.one(*self.states),
            "+".join(self.one(*self.states).stages),
            self.one(*Room),
            *(self.one(*model) for model in self.models),
            self.predicate(self.fact),
        )

    def several(self, make):
        """One of these, or a list of two at most."""
        return self.one(make(), [make()], [make(), make()])

    def where(self):
        return self.several(self.place)

    def maybe(self):
        return self.one(None, self.where())

    def on(self):
        return self.several(self.name)

    def either(self):
        return self.several(self.one(self.place, self.name))

    def recorded(self):
        return self.one(self.predicate(self.count), [self.place(), self.predicate(self.count)])

    def aspect(self):
        return self.one(Room, *self.models, *self.regions, *self.plain)

    def counted(self):
        return self.one("purchases", "complaints", "cycle", "open_complaints", "events")

    def often(self):
        """How often something must have come, and whether in each cycle."""
        return {"times": self.one(1, 2), "each_cycle": self.one(True, False)}

    def requirements(self):
        """Requirements of every kind, about anything that the table of a lifecycle has."""
        where, maybe, on, either = self.where, self.maybe, self.on, self.either
        few = [self.name() for _ in range(self.one(0, 1, 2, 3))]
        return [
            always(where(), at=maybe()),
            always(on=on(), at=maybe(), to=maybe()),
            always(at=where(), to=where()),
            never(where(), at=maybe()),
            never(on=on(), at=maybe(), to=maybe()),
            never(at=where(), to=where()),
            eventually_possible(either(), at=maybe()),
            leads_to(either(), where(), at=maybe(), until=either()),
            leads_to(either(), either(), at=maybe(), within=self.one(0, 1, 2, 3)),
            leads_to(either(), either(), at=maybe()),
            leads_to(either(), either(), at=maybe(), fair=few),
            stays_until(where(), either()),
            after(either(), only=either(), at=maybe(), until=self.one(None, either())),
            after(either(), never=either(), at=maybe(), until=self.one(None, either())),
            precedes(either(), either(), **self.often()),
            preserves(on(), self.one(None, self.aspect()), at=maybe()),
            monotone(on(), self.aspect(), falling=self.one(True, False), at=maybe()),
        ]

    def of_the_record(self):
        """Requirements of every kind that a bounded history can break, about the record."""
        where, maybe, on, either = self.recorded, self.maybe, self.on, self.either
        return [
            always(where(), at=maybe()),
            always(on=on(), at=where(), to=maybe()),
            never(where(), at=maybe()),
            never(on=on(), at=where(), to=maybe()),
            never(at=maybe(), to=where()),
            leads_to(either(), where(), at=maybe(), until=either()),
            leads_to(either(), where(), at=maybe(), within=self.one(0, 1, 2, 3)),
            stays_until(where(), either()),
            after(either(), only=where(), at=maybe(), until=maybe()),
            after(either(), never=where(), at=maybe(), until=maybe()),
            precedes(where(), either(), **self.often()),
            precedes(either(), where(), **self.often()),
            preserves(on(), self.counted(), at=maybe()),
            preserves(on(), at=where()),
            monotone(on(), self.counted(), falling=self.one(True, False), at=maybe()),
        ]


SEEDS = st.integers(0, 2**32)


def endless(requirement):
    """Whether a requirement is about what comes at some time."""
    of = isinstance(requirement, LeadsTo)
    return of and requirement.until is None and requirement.within is None


def naively(meanings, requirement, histories):
    """The length of the shortest history that breaks it; None where there is none of these."""
    if endless(requirement):
        return meanings.endless(requirement)
    return shortest(meanings, requirement, histories)


def agrees(verdict, naive, depth):
    """Whether a naive search up to a depth found what the checker says."""
    if verdict.status is Status.VIOLATED:
        return naive == len(verdict.events) or (naive is None and len(verdict.events) > depth)
    return naive is None


def speaks_as_said(verdict, meanings):
    """Whether a requirement that nothing breaks is called vacuous exactly if it says nothing."""
    if verdict.status is Status.VIOLATED or verdict.because == BY_NO_RULE:
        return True
    return meanings.speaks(verdict.requirement) is (verdict.status is Status.HOLDS)


BY_NO_RULE = "no rule could break it"


def test_a_naive_search_agrees_with_the_checker_on_random_lifecycles():
    """Violated by as many events and by no fewer, held where nothing breaks it, else vacuous."""
    seen = Counter()

    @settings(max_examples=200)
    @given(lifecycle=SMALL, seed=SEEDS)
    def agree(lifecycle, seed):
        world = World(lifecycle)
        meanings = Meanings(world)
        histories, depth = world.histories(most=150, deepest=6)
        for requirement in Lot(lifecycle, seed).requirements()[seed % 4 :: 4]:
            (verdict,) = check(lifecycle, requirement).verdicts
            naive = naively(meanings, requirement, histories)
            history = by_table(world, verdict.states, verdict.events)
            seen[verdict.status] += 1

            assert agrees(verdict, naive, depth)
            assert speaks_as_said(verdict, meanings)
            assert (
                verdict.status is not Status.VIOLATED
                or endless(requirement)
                or meanings.breaks(requirement, history)
            )

    agree()

    assert min(seen[Status.HOLDS], seen[Status.VIOLATED], seen[Status.VACUOUS]) > 100


TINY = [
    trio(),
    trio(
        customer=[region("bond", stage("new"), stage("old")), region("mood", stage("even"))],
        without=["joined", "left"],
        also=[
            move("joined", "guest", "customer"),
            move("kept", "new", "old"),
            move("left", "customer", "gone"),
        ],
    ),
]


def test_what_no_rule_could_break_is_called_so_and_nothing_else_is():
    """Every short history is tried in which each event leads anywhere, or is refused."""
    seen = Counter()

    @settings(max_examples=60)
    @given(lifecycle=st.sampled_from(TINY), seed=SEEDS)
    def agree(lifecycle, seed):
        free = FreeWorld(lifecycle)
        meanings = Meanings(free)
        for requirement in Lot(lifecycle, seed).requirements()[seed % 3 :: 3]:
            (verdict,) = check(lifecycle, requirement).verdicts
            certain = verdict.because == BY_NO_RULE
            asked = certain or verdict.status is Status.HOLDS
            of_rules = asked and not isinstance(requirement, EventuallyPossible)
            seen[certain, of_rules] += 1

            assert not of_rules or certain is not any(
                meanings.breaks(requirement, history) for history in free.short()
            )

    agree()

    assert min(seen[True, True], seen[False, True]) > 10


def replays(verdict, world, meanings):
    """Whether the history of a verdict leads through its states, and breaks the requirement."""
    if verdict.status is not Status.VIOLATED:
        return True
    journey = replay(verdict.history, customer="C-1", lifecycle=world.lifecycle)
    history = by_record(world, journey.events)
    through = tuple(moment.state for moment in history.moments) == verdict.states
    refused = verdict.refused is None or verdict.refused not in history.moments[-1].allowed
    return through and refused and meanings.breaks(verdict.requirement, history)


def agrees_of_the_record(verdict, naive, depth):
    """As `agrees`; what takes many open complaints to break is left undecided."""
    return verdict.status is Status.UNDECIDED or agrees(verdict, naive, depth)


def is_possibility(requirement):
    """Whether a naive search would have to go on for ever: a record grows with each event."""
    return isinstance(requirement, EventuallyPossible)


def test_a_naive_search_of_relationships_agrees_where_complaints_are_answered():
    """Every real history up to a depth is tried, and two long ones that are drawn by lot."""
    seen = Counter()

    @settings(max_examples=25)
    @given(lifecycle=SMALL.map(counting), seed=SEEDS)
    def agree(lifecycle, seed):
        world = RecordWorld(lifecycle)
        meanings = Meanings(world)
        histories, depth = world.histories(most=400, deepest=6)
        long = [world.walk(Random(seed), length) for length in (8, 16)]  # noqa: S311 - no secret
        lot = Lot(lifecycle, seed)
        bounded = [r for r in lot.requirements() if not (endless(r) or is_possibility(r))]
        for requirement in [*lot.of_the_record(), *bounded][seed % 5 :: 5]:
            (verdict,) = check(lifecycle, requirement).verdicts
            naive = naively(meanings, requirement, histories)
            silent = verdict.status is Status.VACUOUS and verdict.because != BY_NO_RULE
            seen[verdict.status] += 1

            assert agrees_of_the_record(verdict, naive, depth)
            assert replays(verdict, world, meanings)
            assert verdict.status is not Status.HOLDS or not any(
                meanings.breaks(requirement, history) for history in long
            )
            assert not silent or not any(
                meanings.touches(requirement, history) for history in [*histories, *long]
            )

    agree()

    assert min(seen[Status.HOLDS], seen[Status.VIOLATED], seen[Status.VACUOUS]) > 3


def node_of(graph, relationship):
    """The number of the node that a relationship is in."""
    record, ends = relationship.record, graph.counted
    known = {"events": record.events, "cycle": relationship.cycle}
    counts = {name: known.get(name, getattr(record, name, 0)) for name in ends}
    node = Node(
        state=graph.table.index(relationship.state),
        cycle=min(relationship.cycle, ends.get("cycle", 1)),
        counts=tuple(
            min(counts[name], end)
            for name, end in ends.items()
            if name not in ("cycle", "open_complaints")
        ),
        waiting=min(relationship.open_complaints, ends["open_complaints"]),
        ignored=min(sum(complaint.ignored for complaint in relationship.complaints), 1),
    )
    return graph.nodes.index(node)


ENDS = st.dictionaries(
    st.sampled_from(["purchases", "complaints", "events", "cycle", "open_complaints"]),
    st.integers(1, 3),
    min_size=1,
)


@settings(max_examples=25)
@given(
    lifecycle=st.just(CUSTOMER_LIFECYCLE) | SMALL.map(counting),
    ends=ENDS,
    seed=SEEDS,
)
def test_each_step_of_a_real_history_is_a_step_of_the_graph(lifecycle, ends, seed):
    """Complaints in public or not, answers that leave another complaint waiting, returns."""
    history = RecordWorld(lifecycle).walk(Random(seed), 20)  # noqa: S311 - no secret
    graph = graph_of(Subject.of(lifecycle), ends)

    numbers = [node_of(graph, moment.relationship) for moment in history.moments]

    assert all(
        (event, after) in graph.arcs[before]
        for event, (before, after) in zip(history.events[1:], pairwise(numbers), strict=True)
    )


def ways(graph):
    """The shortest way to each node, but for steps of which it is not sure that they can happen."""
    found = {0: ((0,), ())}
    todo = deque(found)
    while todo:
        number = todo.popleft()
        way, events = found[number]
        for event, to in graph.arcs[number]:
            if to not in found and (number, event, to) not in graph.doubtful:
                found[to] = ((*way, to), (*events, event))
                todo.append(to)
    return found


@pytest.mark.parametrize("ends", [{"purchases": 2}, {"cycle": 2, "complaints": 2}])
def test_the_history_of_each_node_replays_into_it(ends):
    """Of every node of the default lifecycle that a sure way leads to, by the shortest way."""
    graph = graph_of(Subject.of(CUSTOMER_LIFECYCLE), ends)

    histories = {number: graph.history(*way) for number, way in ways(graph).items()}

    assert len(histories) > 100
    assert {
        n: node_of(graph, replay(h, customer="C-1").relationship) for n, h in histories.items()
    } == {n: n for n in histories}
