"""The strategies: what they make is valid, is what was asked for, and leaves nothing out."""

import pathlib
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import pairwise, product

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import club, move, region, stage, stay, trio

import custlife
from custlife import (
    CUSTOMER_LIFECYCLE,
    EVENTS,
    Cause,
    Complained,
    Departed,
    Departure,
    DepartureKind,
    DepartureRules,
    Event,
    Forbid,
    Initiator,
    InvalidArgument,
    Lifecycle,
    Record,
    Relationship,
    Room,
    Severity,
    State,
    Stay,
    UnknownEvent,
    UnknownState,
    replay,
    to_table,
)
from custlife.strategy import CustomerValue, Market, Profile, Signals
from custlife.testing import (
    Finding,
    Path,
    broken_lifecycles,
    departures,
    events,
    histories,
    lifecycles,
    moves_of,
    profiles,
    prove,
    relationships,
    shortest_paths,
    simple_paths,
    standpoints,
    transition_coverage_paths,
)
from custlife.testing.generators.broken import FAULTS
from custlife.testing.generators.events import events_of, simplest_events, varied
from custlife.testing.generators.histories import gaps, known
from custlife.testing.generators.walks import walks

CLUB = club()
CLASSES = {cls.name: cls for cls in EVENTS}
RULES = pathlib.Path(custlife.__file__).parent / "lifecycle"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class Plan(Enum):
    """What a member of the club can be upgraded to."""

    PLUS = "plus"
    FAMILY = "family"


@frozen(kw_only=True)
class Upgraded(Event):
    """An event of the club, with fields of its own."""

    plan: Plan
    seats: int
    amount: Decimal
    note: str = "none"


@frozen(kw_only=True)
class Joined(Event):
    """An event of the club that needs nothing more."""

    initiator: Initiator = Initiator.BOTH


@frozen(kw_only=True)
class Sneezed(Event):
    """An event that the club does not know."""


SEARCH = [Phase.generate]
QUICK = settings(max_examples=1000, database=None, deadline=None)


def sample(strategy, size=200):
    """So many values of a generator."""
    drawn = []

    @settings(QUICK, max_examples=size, phases=SEARCH, suppress_health_check=[*HealthCheck])
    @given(strategy)
    def draw(value):
        drawn.append(value)

    draw()
    return drawn


@cache
def lived():
    """Two hundred histories of the default lifecycle."""
    return sample(histories())


@cache
def made_up():
    """Sixty lifecycles."""
    return sample(lifecycles(), 60)


def simplest(strategy, condition=lambda _: True):
    """The simplest value of a strategy that fulfils a condition."""
    return find(strategy, condition, settings=settings(QUICK, phases=[*SEARCH, Phase.shrink]))


def some(strategy, condition):
    """The first value of a generator that fulfils a condition."""
    return find(strategy, condition, settings=settings(QUICK, phases=SEARCH))


def reached(strategy, read, wanted):
    """What is read from values of a generator; each member is searched for by itself."""
    return {
        read(some(strategy, lambda value, member=member: read(value) == member))
        for member in wanted
    }


def stood_in(history):
    """The states that a history of the default lifecycle leads through, the first included."""
    return [CUSTOMER_LIFECYCLE.initial, *(step.after for step in steps(history))]


def steps(history):
    """The steps of a history of the default lifecycle."""
    return replay(history, customer="C-1").steps


def departed(history):
    """The departures of a history of the default lifecycle."""
    return replay(history, customer="C-1").departures


def name_of(event):
    """The name of an event."""
    return event.name


def initiator_of(event):
    """Who ended the relationship by an event."""
    return event.initiator


def refused(history, lifecycle=CUSTOMER_LIFECYCLE):
    """The events of a history that the lifecycle refuses where they happen."""
    journey = replay(history, customer="C-1", lifecycle=lifecycle, on_rejected="collect")
    return [rejection.event for rejection in journey.rejected]


# Events.


@pytest.mark.parametrize("name", CUSTOMER_LIFECYCLE.events)
def test_events_of_one_name_are_of_the_class_of_that_name(name):
    """The default lifecycle's events are custlife's own."""
    made = sample(events(names=[name]), 20)

    assert {type(event) for event in made} == {CLASSES[name]}


def test_events_are_of_every_name_unless_names_are_given():
    """Each name that the lifecycle knows, and no other."""
    names = {*CUSTOMER_LIFECYCLE.events}

    assert reached(events(), name_of, names) == names
    assert {event.name for event in sample(events(), 40)} <= names


def test_events_of_some_names_are_of_these():
    """Others do not occur."""
    names = {"purchased", "lapsed"}

    assert reached(events(names=names), name_of, names) == names
    assert {event.name for event in sample(events(names=names), 40)} <= names


def test_events_of_a_lifecycle_without_classes_are_made_up():
    """They bear the names, and may say who ended the relationship."""
    made = events(lifecycle=CLUB)

    assert reached(made, name_of, CLUB.events) == {*CLUB.events}
    assert reached(made, initiator_of, Initiator) == {*Initiator}
    assert type(some(made, lambda event: event.name == "left")).__name__ == "Left"


def test_the_events_of_a_made_up_name_are_of_one_class():
    """So that two of them can be equal."""
    one, two = (simplest(events(lifecycle=CLUB, names=["left"])) for _ in "ab")

    assert type(one) is type(two)
    assert one == two


def test_a_name_that_the_lifecycle_does_not_know_is_an_error():
    """The error tells which names it knows."""
    with pytest.raises(UnknownEvent, match="'club' does not know the event 'purchased'") as caught:
        events(lifecycle=CLUB, names=["joined", "purchased"])

    assert caught.value.known == CLUB.events


def test_events_happen_when_they_are_asked_to():
    """Or from 2000 to 2030, in UTC."""
    then = sample(events(at=st.just(NEW_YEAR)), 20)
    some = sample(events(), 40)

    assert {event.at for event in then} == {NEW_YEAR}
    assert {event.at.tzinfo for event in some} == {UTC}
    assert all(2000 <= event.at.year <= 2030 for event in some)


def test_a_departure_is_made_with_every_cause_and_initiator():
    """With and without a competitor, a cost and a size, known or inferred."""
    made = events(names=["departed"])
    pairs = {*product([True, False], repeat=2)}

    assert reached(made, lambda event: event.cause, Cause) == {*Cause}
    assert reached(made, initiator_of, Initiator) == {*Initiator}
    assert reached(made, lambda event: (event.to is None, event.inferred), pairs) == pairs
    assert reached(made, lambda it: (it.sales_cost is None, it.deal_size is None), pairs) == pairs


def test_an_events_own_class_is_filled_by_its_fields():
    """What it needs is inferred, what custlife knows is fitting, and defaults stay."""
    strategy = events(lifecycle=CLUB, names=["upgraded"], kinds=[Upgraded])

    made = sample(strategy, 60)

    assert {type(event) for event in made} == {Upgraded}
    assert reached(strategy, lambda event: event.plan, Plan) == {*Plan}
    assert reached(strategy, lambda event: event.seats == 0, [True, False]) == {True, False}
    assert all(0 <= event.amount <= 10**6 for event in made)
    assert {event.note for event in made} == {"none"}


def test_an_events_own_class_may_need_nothing():
    """Fields that custlife's own events have vary although they have a default."""
    made = events(lifecycle=CLUB, names=["joined"], kinds=[Joined])

    assert {type(event) for event in sample(made, 20)} == {Joined}
    assert reached(made, initiator_of, Initiator) == {*Initiator}


def test_the_apps_own_classes_stand_beside_made_up_ones():
    """Only for the names that they bear."""
    made = events(lifecycle=CLUB, kinds=[Joined])

    assert type(some(made, lambda event: event.name == "joined")) is Joined
    assert reached(made, name_of, CLUB.events) == {*CLUB.events}


def test_an_event_can_be_made_by_a_strategy_of_its_own():
    """Its time is the only thing that is changed."""
    fixed = Upgraded(at=NEW_YEAR, plan=Plan.PLUS, seats=3, amount=7)
    kinds = {"upgraded": st.just(fixed)}
    later = NEW_YEAR + timedelta(days=1)

    made = sample(events(lifecycle=CLUB, names=["upgraded"], kinds=kinds, at=st.just(later)), 5)

    assert {*made} == {Upgraded(at=later, plan=Plan.PLUS, seats=3, amount=7)}


@pytest.mark.parametrize("kinds", [[Joined, Sneezed], {"sneezed": st.none()}], ids=["class", "map"])
def test_a_kind_that_the_lifecycle_does_not_know_is_an_error(kinds):
    """Whether it is given by its class or by its name."""
    with pytest.raises(UnknownEvent, match="'club' does not know the event 'sneezed'"):
        events(lifecycle=CLUB, kinds=kinds)


@pytest.mark.parametrize("kind", ["joined", Joined(at=NEW_YEAR), Plan], ids=["name", "it", "other"])
def test_a_kind_that_is_no_event_class_is_an_error(kind):
    """The message says what can be given."""
    with pytest.raises(TypeError, match="kinds takes event classes, or a class or a strategy"):
        events(lifecycle=CLUB, kinds=[kind])


@pytest.mark.parametrize("kinds", [Joined, {"joined": Joined}], ids=["alone", "map"])
def test_a_class_can_be_given_alone_or_by_its_name(kinds):
    """It makes the events of its name."""
    made = sample(events(lifecycle=CLUB, names="joined", kinds=kinds), 5)

    assert {type(event) for event in made} == {Joined}


def test_a_class_under_the_name_of_another_event_is_an_error():
    """It would make events of a name that nobody asked for."""
    with pytest.raises(TypeError, match=r"not .*Joined.* for 'left'"):
        events(lifecycle=CLUB, kinds={"left": Joined})


def test_a_strategy_that_makes_an_event_of_another_name_is_an_error():
    """It shows when the event is made."""
    kinds = {"left": st.just(Joined(at=NEW_YEAR))}

    with pytest.raises(TypeError, match="the strategy for 'left' made a 'joined'"):
        simplest(events(lifecycle=CLUB, names="left", kinds=kinds))


def test_no_names_are_an_error():
    """Since no event could be made."""
    with pytest.raises(ValueError, match="names is empty; give the name of an event"):
        events(names=[])


@frozen(kw_only=True)
class Left(Event):
    """An event of the club that must say what custlife's own need not."""

    to: str
    sales_cost: Decimal
    cause: Cause


def test_a_field_that_does_not_take_none_gets_a_value():
    """Although custlife's own field of that name may be left out."""
    strategy = events(lifecycle=CLUB, names="left", kinds=Left)

    made = sample(strategy, 60)

    assert {type(event.to) for event in made} == {str}
    assert {type(event.sales_cost) for event in made} == {Decimal}
    assert reached(strategy, lambda event: event.cause, Cause) == {*Cause}


def test_an_event_that_was_made_up_can_be_pickled():
    """It is of the same class afterwards."""
    event = simplest(events(lifecycle=CLUB, names="left"))

    copy = pickle.loads(pickle.dumps(event))

    assert copy == event
    assert type(copy) is type(event)


def test_events_of_a_class_need_no_lifecycle():
    """They happen at some moment."""
    years = {2000, 2029}

    assert {type(event) for event in sample(events_of(Sneezed), 20)} == {Sneezed}
    assert reached(events_of(Sneezed), lambda event: event.at.year, years) == years


@frozen(kw_only=True)
class Vague(Event):
    """An event with a field whose type exists nowhere."""

    mood: "Nowhere"  # noqa: F821 - that is the case


def test_an_annotation_that_cannot_be_resolved_is_an_error():
    """The message names the type, and says what to do."""
    with pytest.raises(
        InvalidArgument, match=r"'Nowhere' is not defined.*outside of TYPE_CHECKING"
    ):
        events_of(Vague)


@pytest.mark.parametrize(
    "call",
    [
        events_of,
        histories,
        relationships,
        profiles,
        moves_of,
        shortest_paths,
        simple_paths,
        transition_coverage_paths,
        Path.of,
        prove,
    ],
    ids=lambda call: call.__qualname__,
)
def test_what_is_no_lifecycle_and_no_class_is_an_invalid_argument(call):
    """At every public door of the kit."""
    with pytest.raises(InvalidArgument, match=r"is 'club', but must be a"):
        call("club")


@pytest.mark.parametrize("generator", [events, departures], ids=["events", "departures"])
def test_a_lifecycle_that_is_given_by_its_name_is_an_invalid_argument(generator):
    """The message says what to give."""
    with pytest.raises(InvalidArgument, match="lifecycle is 'club', but must be a Lifecycle"):
        generator(lifecycle="club")


# Histories.


def test_a_history_is_legal_from_the_beginning():
    """A replay refuses none of its events, and keeps their order."""
    journeys = [replay(history, customer="C-1") for history in lived()]

    assert [list(journey.events) for journey in journeys] == lived()


def test_a_history_without_ties_goes_strictly_forward():
    """No two events happen at the same moment."""
    times = [[event.at for event in history] for history in lived()]

    assert all(one < two for history in times for one, two in pairwise(history))


@settings(max_examples=60)
@given(histories(allow_ties=True))
def test_a_history_with_ties_never_goes_back(history):
    """Events that are given later do not happen earlier."""
    times = [event.at for event in history]

    assert times == sorted(times)


def test_ties_occur_where_they_are_allowed():
    """The shortest such history has two events."""
    tied = simplest(
        histories(allow_ties=True),
        lambda history: any(one.at == two.at for one, two in pairwise(history)),
    )

    assert len(tied) == 2


def test_refused_events_occur_where_they_are_allowed():
    """Hardly anything else needs to happen before."""
    history = simplest(histories(allow_rejected=True), refused)

    assert refused(history)
    assert len(history) <= 5


@pytest.mark.parametrize(
    "name",
    [
        "complaint_settled",
        "complaint_ignored",
        "committed",
        "lapsed",
        "departed",
        "terminated",
    ],
)
def test_every_event_is_refused_somewhere_that_can_be(name):
    """Mixed with legal ones."""
    history = some(
        histories(allow_rejected=True), lambda history: name in {*map(name_of, refused(history))}
    )

    assert {*map(name_of, history)} <= {*CUSTOMER_LIFECYCLE.events}


@pytest.mark.parametrize("state", CUSTOMER_LIFECYCLE.states, ids=str)
def test_histories_reach_every_state(state):
    """Some history leads through it, or ends where all begin."""
    history = some(
        histories(),
        lambda history: state in stood_in(history),
    )

    assert refused(history) == []


@pytest.mark.parametrize("kind", DepartureKind)
def test_histories_contain_departures_of_every_kind(kind):
    """Each kind is on record at the end of some history."""
    history = some(histories(), lambda it: kind in {gone.kind for gone in departed(it)})

    assert departed(history)


@pytest.mark.parametrize("room", [Room.PROSPECT, Room.CUSTOMER])
def test_histories_contain_returns_into_each_room(room):
    """As a prospect who is courted again, and as a customer who buys at once."""
    history = some(
        histories(), lambda it: room in {step.after.room for step in steps(it) if step.is_reentry}
    )

    assert departed(history)


def test_a_negative_number_of_events_is_an_error():
    """The message says what it must be."""
    with pytest.raises(InvalidArgument, match="max_size is -1, but must be a whole number from 0"):
        histories(max_size=-1)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_history_has_so_many_events_at_most(size):
    """And there are histories that have as many."""
    made = histories(max_size=size)

    assert max(map(len, sample(made, 60))) <= size
    assert len(some(made, lambda history: len(history) == size)) == size


def test_a_history_has_25_events_at_most_unless_another_number_is_given():
    """An empty one is the simplest."""
    sizes = {len(history) for history in lived()}

    assert max(sizes) <= 25
    assert simplest(histories()) == []


@settings(max_examples=60)
@given(histories(CLUB, kinds=[Joined, Upgraded]))
def test_a_history_of_another_lifecycle_is_legal_and_made_of_its_events(history):
    """The app's own classes included."""
    kinds = {event.name: type(event) for event in history} | {"joined": Joined}

    assert refused(history, CLUB) == []
    assert (kinds["joined"], kinds.get("upgraded", Upgraded)) == (Joined, Upgraded)


def test_a_history_ends_where_nothing_is_legal():
    """Whoever has left for good does nothing any more, by whichever way they left."""
    forever = trio(without=["returned"])

    def names(history):
        return tuple(map(name_of, history))

    walks = {(), ("joined",), ("left",), ("joined", "left")}

    assert reached(histories(forever), names, walks) == walks
    assert {*map(names, sample(histories(forever), 60))} <= walks


# Relationships.


@pytest.mark.parametrize("room", Room)
def test_relationships_stand_in_the_room_that_is_asked_for(room):
    """Each of them is led there by a history."""
    made = sample(relationships(room=room), 60)

    assert {rel.state.room for rel in made} == {room}


@pytest.mark.parametrize("stage", ["visitor", "asking", "bond", "member", "cross", "former"])
def test_relationships_stand_in_the_stage_that_is_asked_for(stage):
    """A stage inside or outside, a region or a room by its name."""
    made = sample(relationships(CLUB, stage=stage), 40)

    assert all(rel.state.is_in(stage) for rel in made)
    assert {rel.lifecycle for rel in made} == {CLUB}


def test_relationships_stand_everywhere_unless_they_are_asked_not_to():
    """In all rooms, in several cycles, with and without a departure on record."""
    made = relationships()

    assert reached(made, lambda rel: rel.state.room, Room) == {*Room}
    assert reached(made, lambda rel: rel.departure is None, [True, False]) == {True, False}
    assert reached(made, lambda rel: rel.cycle, [1, 2, 3]) == {1, 2, 3}


def test_a_way_to_the_stage_may_be_longer_than_the_most_events():
    """It takes two events to become a visitor who asks."""
    made = sample(relationships(CLUB, stage="asking", max_size=0), 10)

    assert {str(rel.state) for rel in made} == {"asking"}
    assert {rel.record.others for rel in made} == {2}


def test_a_relationship_does_not_go_where_its_stage_cannot_be_reached_from():
    """Members stay members where nobody who has left comes back."""
    forever = trio(without=["returned"], also=[stay("greeted", "member")])

    made = relationships(forever, stage="member")

    assert {str(rel.state) for rel in sample(made, 60)} == {"member"}
    assert reached(made, lambda rel: rel.record.others, [1, 2, 3]) == {1, 2, 3}


def test_a_relationship_stops_where_every_event_leads_away_for_good():
    """All that is left is to have joined."""
    forever = trio(without=["returned"])

    made = sample(relationships(forever, stage="member"), 20)

    assert {rel.record.others for rel in made} == {1}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"room": Room.PROSPECT, "stage": "gold"}, "a state 'gold' in 'prospect'"),
        ({"stage": "sneezed"}, "a state 'sneezed'. It knows"),
    ],
    ids=["elsewhere", "nowhere"],
)
def test_a_place_that_no_relationship_can_stand_in_is_unknown(asked, words):
    """The error tells the states that there are."""
    with pytest.raises(UnknownState, match=f"'club' does not know {words}") as caught:
        relationships(CLUB, **asked)

    assert caught.value.known == tuple(map(str, CLUB.states))


def test_a_room_that_nothing_leads_to_is_unknown_too():
    """A lifecycle may wait for what never happens."""
    stuck = Lifecycle(
        "stuck",
        prospect=[region("one", stage("a1"), stage("a2")), region("two", stage("b1"), stage("b2"))],
        customer=[stage("member")],
        former=[stage("gone")],
        rules=[
            move("up", "a1", "a2", when="b2"),
            move("up", "b1", "b2", when="a2"),
            move("joined", "a2", "member"),
            move("left", "member", "gone"),
        ],
    )

    with pytest.raises(UnknownState, match=r"does not know a state 'customer'\. It knows a1"):
        relationships(stuck, room=Room.CUSTOMER)


def test_a_room_is_no_text():
    """The message says what it must be."""
    with pytest.raises(InvalidArgument, match="room is 'former', but must be a Room"):
        relationships(room="former")


def test_departures_of_relationships_are_judged_by_their_rules():
    """A deal of any size can be large."""
    strict = DepartureRules(deal_size_steps=0)

    made = sample(relationships(room=Room.FORMER, departure_rules=strict), 20)

    assert {rel.departure_rules for rel in made} == {strict}
    assert {rel.departure.rules for rel in made} == {strict}


# Departures.


@pytest.mark.slow
def test_departures_are_of_every_kind_and_cause():
    """From the first cycle on, out of every stage of the two rooms."""
    made = departures()
    stages = {state.stages for state in CUSTOMER_LIFECYCLE.states if state.room is not Room.FORMER}

    assert reached(made, lambda gone: gone.kind, DepartureKind) == {*DepartureKind}
    assert reached(made, lambda gone: gone.cause, Cause) == {*Cause}
    assert reached(made, lambda gone: gone.severity, Severity) == {*Severity}
    assert reached(made, lambda gone: gone.first_entry, [True, False]) == {True, False}
    assert reached(made, lambda gone: gone.stages_left, stages) == stages


@pytest.mark.parametrize(
    ("room", "kind"),
    [(Room.PROSPECT, DepartureKind.LOSS), (Room.CUSTOMER, DepartureKind.EROSION)],
)
def test_departures_from_one_room_are_of_its_kind_or_of_neither(room, kind):
    """A customer can be lost at the moment; their stages lie in that room."""
    made = departures(lifecycle=CLUB, room=room)
    kinds = {kind, DepartureKind.TERMINATION, DepartureKind.INCIDENTAL, DepartureKind.LOSS}
    stages = {state.stages for state in CLUB.states if state.room is room}

    assert {gone.room_left for gone in sample(made, 60)} == {room}
    assert {gone.kind for gone in sample(made, 60)} <= kinds
    assert reached(made, lambda gone: gone.kind, kinds) == kinds
    assert reached(made, lambda gone: gone.stages_left, stages) == stages


@pytest.mark.parametrize("room", [Room.FORMER, "customer"])
def test_nobody_departs_from_the_room_former_or_from_what_is_no_room(room):
    """The message says which rooms can be left."""
    with pytest.raises(InvalidArgument, match=r"must be Room\.PROSPECT or Room\.CUSTOMER"):
        departures(room=room)


# Lifecycles.


@pytest.mark.slow
def test_a_lifecycle_that_is_made_up_is_sound():
    """Every stage is reached, everybody can leave and come back, and no view jumps."""
    proofs = [prove(lifecycle) for lifecycle in made_up()]
    notes = {note.finding for proof in proofs for note in proof.notes}

    assert [to_table(lifecycle).lifecycle for lifecycle in made_up()] == made_up()
    assert [proof.faults for proof in proofs] == [()] * len(made_up())
    assert not notes & {Finding.NO_WAY_BACK, Finding.NEVER_LEFT}


def test_customers_of_a_lifecycle_that_is_made_up_go_in_cycles():
    """They buy, leave, come back as prospects, leave, and come back by buying."""
    names = ["bought", "left", "came_back", "left", "bought_again"]
    histories_ = [
        [
            evolve(simplest_events(lifecycle)[name], at=NEW_YEAR + timedelta(days=day))
            for day, name in enumerate(names)
        ]
        for lifecycle in made_up()[:20]
    ]

    ends = [
        Relationship("C-1", lifecycle).apply(*history)
        for lifecycle, history in zip(made_up(), histories_, strict=False)
    ]

    assert {(end.cycle, end.state.room) for end in ends} == {(3, Room.CUSTOMER)}


def acting(lifecycle):
    """The moves and stays of a lifecycle."""
    return [rule for rule in lifecycle.rules if not isinstance(rule, Forbid)]


FEATURES = {
    "three regions of customers": lambda it: len(it.places.regions[Room.CUSTOMER]) == 3,
    "two regions of former customers": lambda it: len(it.places.regions[Room.FORMER]) == 2,
    "a stage inside another": lambda it: any(
        place.stage and place.children for place in it.places.by_name.values()
    ),
    "a stay": lambda it: any(isinstance(rule, Stay) for rule in it.rules),
    "a forbiddance": lambda it: any(isinstance(rule, Forbid) for rule in it.rules),
    "a rule that asks what is active": lambda it: any(rule.when for rule in acting(it)),
    "a rule that asks what is not": lambda it: any(rule.unless for rule in acting(it)),
    "a move to two stages": lambda it: any(len(rule.to) == 2 for rule in acting(it)),
    "two views": lambda it: len(it.views) == 2,
    "no view": lambda it: not it.views,
    "a view that is silent": lambda it: any(None in dict(view.of).values() for view in it.views),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_lifecycles_have_all_that_a_lifecycle_can_have(feature):
    """Each feature occurs in some of them."""
    lifecycle = some(lifecycles(), FEATURES[feature])

    assert to_table(lifecycle).states


def test_lifecycles_are_as_small_as_they_are_asked_to_be():
    """Without rules beyond need, without views, and with the regions that are asked for."""
    plain = sample(lifecycles(max_rules=0, max_views=0, regions=[1]), 10)
    torn = sample(lifecycles(max_rules=0, max_views=0, regions=[3]), 10)

    assert {type(rule).__name__ for it in plain for rule in it.rules} == {"Move"}
    assert {len(it.views) for it in [*plain, *torn]} == {0}
    assert {len(it.places.regions[Room.CUSTOMER]) for it in plain} == {1}
    assert {len(it.places.regions[Room.CUSTOMER]) for it in torn} == {3}


@pytest.mark.parametrize(
    "bounds",
    [{"max_rules": -1}, {"max_views": -1}, {"regions": []}, {"regions": [1, 0]}],
    ids=str,
)
def test_numbers_that_no_lifecycle_can_have_are_errors(bounds):
    """The message names the argument, and says what it must be."""
    (argument,) = bounds
    with pytest.raises(InvalidArgument, match=rf"{argument} is .*, but must be .* from [01]"):
        lifecycles(**bounds)


def test_standpoints_are_left_for_every_cause_and_by_everybody():
    """Those who departed, whatever kind that makes it."""
    gone = [one.departure for one in standpoints(CUSTOMER_LIFECYCLE) if one.departure is not None]

    reasons = {(one.cause, one.initiator) for one in gone}

    assert reasons == {*product(Cause, Initiator)}


def test_standpoints_have_complaints_and_returns_on_record():
    """In each room somebody complained, in public or not; and some are back, from two rooms."""
    people = standpoints(CUSTOMER_LIFECYCLE)

    assert {one.state.room for one in people if one.open_complaints} == {*Room}
    assert {one.state.room for one in people if one.open_public_complaints} == {*Room}
    assert {(one.state.room, one.departure.cause) for one in people if one.cycle == 2} >= {
        *product((Room.PROSPECT, Room.CUSTOMER), (Cause.PRICE, Cause.UNKNOWN))
    }


@pytest.mark.parametrize("known", ["competition", "reputation"])
def test_profiles_have_a_market_or_none(known):
    """Each share by itself, and beside a limit."""
    near = {"competition": [Decimal("0.42")]}

    profile = some(profiles(near=near), lambda p: getattr(p.market, known) == Decimal("0.43"))

    assert getattr(profile.market, known) == Decimal("0.43")
    assert some(profiles(), lambda p: p.market == Market()).market == Market()


@pytest.mark.parametrize("customer", ["C-1", "17", "Zoë Ünal"])
def test_relationships_are_of_customers_with_ids_of_several_kinds(customer):
    """An app's ids can be any text."""
    assert some(relationships(), lambda made: made.customer == customer)


def test_what_comes_by_phone_or_fax_is_recorded_later():
    """Other events are known at once."""
    late = {event.channel for history in lived() for event in history if event.recorded_at}
    known = {event.channel for history in lived() for event in history if not event.recorded_at}

    assert late == {"phone", "fax"}
    assert known == {None, "shop", "web", "email", "counter of the branch"}


def test_an_event_that_says_since_when_it_is_known_keeps_that():
    """Whatever its channel."""
    event = Complained(at=NEW_YEAR, channel="fax", recorded_at=NEW_YEAR)

    assert known(event) == event


def test_an_event_varies_by_a_number():
    """In all that custlife's own events have; the time stays."""
    event = Departed(at=NEW_YEAR)

    made = [varied(event, number) for number in range(60)]

    assert {one.cause for one in made} == {*Cause}
    assert {one.initiator for one in made} == {*Initiator}
    assert {one.channel for one in made} == {
        *(None, "shop", "web", "phone", "fax", "email", "counter of the branch")
    }
    assert {one.offering is None for one in made} == {True, False}
    assert {one.at for one in made} == {NEW_YEAR}


def test_an_apps_own_event_varies_only_in_what_every_event_has():
    """Its own fields may have bounds that nobody knows here."""
    event = Joined(at=NEW_YEAR)

    made = [varied(event, number) for number in range(20)]

    assert {one.initiator for one in made} == {Initiator.BOTH}
    assert len({one.channel for one in made}) == 7


@cache
def walked():
    """The journeys of the walks through the default lifecycle."""
    simplest = simplest_events(CUSTOMER_LIFECYCLE)
    return [
        replay(history, customer="C-1", on_rejected="collect")
        for history in walks(CUSTOMER_LIFECYCLE, simplest, NEW_YEAR)
    ]


def test_walks_are_the_same_each_time():
    """Nothing is drawn."""
    simplest = simplest_events(CUSTOMER_LIFECYCLE)

    one, other = ([*walks(CUSTOMER_LIFECYCLE, simplest, NEW_YEAR)] for _ in range(2))

    assert one == other


def test_walks_begin_with_what_happens_twice_at_once():
    """The same in every field, and allowed both times."""
    journeys = [one for one in walked() if len(one.events) > 1 and one.events[-1] == one.events[-2]]

    assert {one.events[-1].name for one in journeys} >= {"contacted", "purchased", "cause_learnt"}
    assert [one for one in journeys if one.rejected] == []


def test_walks_return_to_every_state_that_can_be_after_a_departure():
    """And take each event there, allowed or not."""
    cells = {
        (str(step.before), step.event.name)
        for journey in walked()
        for step in journey.steps
        if step.cycle > 1 and step.is_reentry is False
    }
    names = {state for state, _ in cells}

    assert len(names) == 13
    assert all((state, "contacted") in cells for state in names)
    assert max(journey.relationship.cycle for journey in walked()) >= 3


def test_walks_hold_what_happens_often_at_once_and_too_late():
    """Many complaints that wait, more purchases than are kept, ties, and what is recorded late."""
    events = [event for journey in walked() for event in journey.events]
    ties = [one.at == two.at for journey in walked() for one, two in pairwise(journey.events)]
    errors = {type(one.error).__name__ for journey in walked() for one in journey.rejected}

    assert max(journey.relationship.open_complaints for journey in walked()) > 10
    assert max(journey.relationship.record.purchases for journey in walked()) > 40
    assert max(len(journey.relationship.refundable) for journey in walked()) == 32
    assert max(len(journey.ledger) for journey in walked()) > 50
    assert any(ties)
    assert any(event.recorded_at for event in events)
    assert {event.cause for event in events if event.name == "departed"} == {*Cause}
    assert errors == {"EventNotAllowed", "ComplaintNotOpen", "RefundTooHigh", "UnknownPurchase"}


def test_a_lifecycle_that_nobody_leaves_has_walks():
    """Without a return."""
    lifecycle = evolve(trio(), rules=[move("joined", "guest", "member"), stay("met", "member")])
    simplest = simplest_events(lifecycle)

    lengths = [len(history) for history in walks(lifecycle, simplest, NEW_YEAR)]

    assert lengths == [3, 15, 12, 24, 24, 48]


@pytest.mark.parametrize("gap", [timedelta(microseconds=1), timedelta(days=366)], ids=str)
def test_events_follow_each_other_at_once_and_after_a_year(gap):
    """Gaps of microseconds and of days are drawn."""
    assert some(gaps(), lambda drawn: drawn == gap) == gap


# Definitions with one fault.


@pytest.mark.parametrize("code", FAULTS)
def test_a_broken_lifecycle_has_its_fault_and_no_other(code):
    """Whatever sound lifecycle was broken."""
    made = sample(broken_lifecycles(faults=code), 6)

    assert {broken.fault for broken in made} == {code}
    assert {tuple({fault.code for fault in broken.found()}) for broken in made} == {(code,)}


def test_lifecycles_are_broken_in_every_way_unless_ways_are_given():
    """It is the same as to give all of them, and not the same as to give all but one."""
    every, *but_one = (repr(broken_lifecycles(faults=codes)) for codes in (FAULTS, [*FAULTS][1:]))

    assert repr(broken_lifecycles()) == every
    assert every not in but_one


def test_lifecycles_are_broken_in_the_ways_that_are_given():
    """In no other."""
    codes = {"two_rules", "bad_name"}
    made = broken_lifecycles(faults=codes)

    assert {broken.fault for broken in sample(made, 20)} <= codes
    assert reached(made, lambda broken: broken.fault, codes) == codes


def test_every_fault_that_a_definition_can_have_is_here():
    """The codes are those that stand in the rules of the house."""
    texts = [path.read_text(encoding="utf-8") for path in RULES.glob("*.py")]

    codes = {code for text in texts for code in re.findall(r'\bFault\(\s*"(\w+)"', text)}

    assert codes == {*FAULTS}


def test_a_fault_that_goes_unnoticed_builds_a_lifecycle():
    """A definition that is sound has none."""
    broken = simplest(broken_lifecycles(faults=["view_jumps"]))

    mended = evolve(broken, parts={**broken.parts, "views": ()})

    assert mended.found() == ()
    assert mended.build() == Lifecycle(**mended.parts)


def test_there_is_no_fault_of_another_name():
    """The error names the ones that were not understood, and all that there are."""
    with pytest.raises(ValueError, match="there is no fault 'sneezed'; there are bad_part, room_"):
        broken_lifecycles(faults=["unreachable", "sneezed"])


# Values by their type.


@pytest.mark.parametrize(
    "cls",
    [CustomerValue, Departure, Lifecycle, Profile, Record, Relationship, Signals, State],
    ids=lambda cls: cls.__name__,
)
def test_a_value_is_made_by_its_type(cls):
    """It is of that very class."""
    made = sample(st.from_type(cls), 5)

    assert {type(value) for value in made} == {cls}


def test_an_event_is_made_by_its_type():
    """The base stands for every event of the default lifecycle."""
    made = st.from_type(Event)

    assert reached(made, type, EVENTS) == {*EVENTS}
    assert {type(event) for event in sample(made, 60)} <= {*EVENTS}


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_an_event_of_custlife_is_made_by_its_class(cls):
    """Valid, whatever its fields."""
    made = sample(st.from_type(cls), 10)

    assert {type(event) for event in made} == {cls}


@pytest.mark.slow
def test_arguments_are_made_by_their_annotations():
    """Which is what types are registered for."""

    def reads(relationship: Relationship, state: State):
        return relationship.state.room, state.room

    pairs = {*product(Room, repeat=2)}

    assert reached(st.builds(reads), lambda pair: pair, pairs) == pairs


def test_hypothesis_does_not_import_custlife():
    """Every other suite on the machine starts as fast as without custlife."""
    code = "import sys, hypothesis.strategies; print('custlife' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["False"]
