# ruff: noqa: N801 - python-statemachine names a compound state by its class
"""Reading charts: what is read does what the user's own does; what cannot be is refused."""

from functools import partial

import pytest
from statemachine import State, StateChart, StateMachine
from statemachine.io import create_machine_class_from_definition
from tests.ids import stable
from tests.unit.lifecycle.builders import Warmth, club, warmth
from tests.unit.lifecycle.charts import (
    CHARTS,
    Club,
    Guards,
    Nested,
    Regions,
    Resets,
    Shared,
    VIPClub,
)
from tests.unit.lifecycle.test_faults import codes_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    CustlifeError,
    DataGuard,
    InvalidLifecycle,
    Move,
    Stay,
    from_chart,
    state_of,
    to_chart,
    to_table,
)
from custlife.lifecycle import chart_reader


def name_of(value):
    """What a test is called by."""
    return value if isinstance(value, str) else getattr(value, "__name__", "")


class Taken:
    """A listener that notes whether a transition was taken."""

    def __init__(self):
        self.any = False

    def before_transition(self):
        self.any = True


def standing(chart, events):
    """An instance of a user's chart after real sends, and what listens to it."""
    taken = Taken()
    instance = chart(listeners=[taken])
    for event in events:
        instance.send(event)
    taken.any = False
    return instance, taken


def sent(chart, way, event):
    """Where one more real send leads, as the set of active states; None where nothing answers."""
    instance, taken = standing(chart, way)
    try:
        instance.send(event)
    except instance.TransitionNotAllowed:
        return None
    return frozenset(instance.configuration_values) if taken.any else None


def walked(chart):
    """Every cell of a user's chart: from each state that real sends lead to, by each event."""
    events = [event.id for event in chart.events]
    ways = {frozenset(chart().configuration_values): ()}
    cells = {}
    todo = list(ways)
    for active in todo:
        for event in events:
            after = cells[active, event] = sent(chart, ways[active], event)
            if after is not None and after not in ways:
                ways[after] = (*ways[active], event)
                todo.append(after)
    return cells


def active(state):
    """The names of everything that is active in a state."""
    return frozenset([state.room.value, *(name for path in state.paths for name in path)])


def compiled(lifecycle):
    """Every cell of the lifecycle's table, in the words of the chart."""
    table = to_table(lifecycle)
    return {
        (active(state), event): active(table.states[arc[event]]) if event in arc else None
        for state, arc in zip(table.states, table.arcs, strict=True)
        for event in table.events
    }


@pytest.mark.parametrize(
    ("chart", "states"), CHARTS.items(), ids=lambda one: getattr(one, "__name__", "")
)
def test_a_chart_that_is_read_does_what_the_users_own_does(chart, states):
    """Cell by cell, for every state that real sends lead to, and every event."""
    cells = walked(chart)

    assert compiled(from_chart(chart)) == cells
    assert len(cells) == states * len(chart.events)
    assert {None} < set(cells.values())


@pytest.mark.parametrize("chart", CHARTS, ids=name_of)
def test_a_chart_that_is_read_begins_where_the_users_own_begins(chart):
    """In the initial stage of each region."""
    assert active(from_chart(chart).initial) == frozenset(chart().configuration_values)


@pytest.mark.parametrize("chart", [Nested, Regions, Guards], ids=name_of)
def test_a_chart_generated_from_what_was_read_does_the_same(chart):
    """There and back again."""
    assert walked(to_chart(from_chart(chart))) == walked(chart)


def test_reading_leaves_the_chart_alone():
    """It can be read twice, and still does what it did."""
    before = walked(Regions)

    assert from_chart(Regions) == from_chart(Regions)
    assert walked(Regions) == before


def test_a_generated_chart_gives_back_its_own_lifecycle():
    """The very value, with sentences, sources and views."""
    assert from_chart(to_chart(CUSTOMER_LIFECYCLE)) is CUSTOMER_LIFECYCLE
    assert from_chart(to_chart(club())) == club()


@pytest.mark.parametrize(
    ("chart", "name"), [(Club, "club"), (VIPClub, "vip_club")], ids=["one word", "abbreviation"]
)
def test_a_lifecycle_is_named_after_the_chart(chart, name):
    """In snake case, as events are."""
    assert from_chart(chart).name == name


def test_every_part_cites_the_chart():
    """So that an explanation leads back to the class."""
    lifecycle = from_chart(Shared)

    parts = [*lifecycle.prospect, *lifecycle.customer, *lifecycle.former, *lifecycle.rules]
    assert {part.source.row for part in parts} == {"Shared"}
    assert {part.source.gist for part in parts} == {"Read from the chart Shared."}
    assert {rule.sentence for rule in lifecycle.rules} == {"Read from Shared."}


def test_a_stage_says_what_the_chart_calls_it():
    """By the state's own name for people."""
    places = from_chart(Nested).places.by_name

    assert places["looking"].sentence == "Looking."
    assert from_chart(Regions).places.by_name["bond"].sentence == "Bond."


def test_the_views_are_the_users():
    """The chart knows none."""
    view = warmth({"prospect": Warmth.COLD, "customer": Warmth.WARM, "former": None})

    assert from_chart(Club, views=iter([view])).views == (view,)
    assert from_chart(Club).views == ()


def rules_on(chart, event):
    """The rules of one event, as they read."""
    return [str(rule) for rule in from_chart(chart).rules if rule.on == event]


@pytest.mark.parametrize(
    ("chart", "event", "rules"),
    [
        (Club, "joined", ["joined: prospect -> customer"]),
        (VIPClub, "met", ["met: guest -> friend", "met: friend -> friend"]),
        (Nested, "asked", ["asked: looking -> asking", "asked: asking -> guest"]),
        (Nested, "gave", ["gave: member -> patron", "gave: patron -> gold"]),
        (Nested, "stayed", ["stayed: visitor -> visitor", "stayed: customer stays"]),
        (Regions, "returned", ["returned: former -> trial"]),
        (Regions, "joined_to_the_region", ["joined_to_the_region: prospect -> happy"]),
        (Regions, "joined_as_both", ["joined_as_both: prospect -> cross+gold"]),
        (Regions, "renewed", ["renewed: trial -> member", "renewed: cross -> happy"]),
        (Resets, "inside", ["inside: bond -> member"]),
        (Resets, "outside", ["outside: bond -> member+happy"]),
        (Resets, "itself", ["itself: bond -> trial+happy"]),
        (Resets, "itself_inside", ["itself_inside: bond -> trial+happy"]),
        (Resets, "to_the_region", ["to_the_region: member -> trial+happy"]),
        (Resets, "from_the_room", ["from_the_room: customer -> trial+cross"]),
        (Resets, "from_the_room_inside", ["from_the_room_inside: customer -> trial+cross"]),
        (Resets, "across", ["across: member -> trial+cross"]),
        (Resets, "to_both", ["to_both: trial -> member+cross"]),
        (Guards, "plain", ["plain: lost -> happy when gold"]),
        (Guards, "spared", ["spared: lost -> happy unless gold"]),
        (Guards, "spared_both", ["spared_both: lost -> happy unless gold or silver"]),
        (Guards, "constant", ["constant: lost -> happy when gold"]),
        (Guards, "nothing", ["nothing: lost -> happy"]),
        (Shared, "wrote", ["wrote: guest -> friend", "wrote: customer stays"]),
        (
            Shared,
            "cursed",
            [
                "cursed: prospect -> former",
                "cursed: customer -> former",
                "cursed: former -> former",
            ],
        ),
    ],
    ids=name_of,
)
def test_a_transition_is_read_as_a_rule(chart, event, rules):
    """A transition without a target is a stay; one that resets a room names every region."""
    assert rules_on(chart, event) == rules


def test_several_guards_are_read_as_the_cases_in_which_each_comes_first():
    """The first transition whose guard holds is taken."""
    first = [rule for rule in from_chart(Guards).rules if rule.on == "first"]

    assert {(type(rule), rule.to, rule.when, rule.unless) for rule in first} == {
        (Move, ("happy",), ("gold",), ("silver",)),
        (Move, ("cross",), ("silver",), ("gold",)),
        (Stay, (), (), ("gold", "silver")),
    }


# What is refused.


def inside(*names, **more):
    """The definition of a place with innermost stages, the first of them entered first."""
    states = {name: {"initial": number == 0} for number, name in enumerate(names)}
    return {"states": states, **more}


def deep(levels):
    """The definition of a place with as many levels of stages inside."""
    node = {}
    for number in range(levels):
        node = {"states": {f"s{number}": {"initial": True, **node}}}
    return node


def to(target=None, **more):
    return [{"target": target, **more}]


def chart(*, without=(), **own):
    """A fresh chart class with three rooms, some of its top-level states replaced or left out."""
    definition = {
        "prospect": inside("guest", initial=True, on={"joined": to("customer")}),
        "customer": inside("member", on={"left": to("former")}),
        "former": inside("gone"),
        **own,
    }
    return create_machine_class_from_definition(
        "Broken",
        {name: state for name, state in definition.items() if name not in without},
        validate_disconnected_states=False,
        validate_trap_states=False,
        validate_final_reachability=False,
    )


def two_regions(bond, mood, **more):
    return {"parallel": True, "states": {"bond": bond, "mood": mood}, **more}


def guarded(**guard):
    """A chart one of whose regions has a guarded transition from member to patron."""
    bond = inside("member", "patron")
    bond["states"]["member"]["on"] = {"gave": to("patron", **guard)}
    mood = inside("happy", "cross", on={"vexed": to("cross")})
    return chart(customer=two_regions(bond, mood, on={"left": to("former")}))


class Strict(StateMachine):
    """The strict base class does not enter the target of an internal transition."""

    class prospect(State.Compound, initial=True):
        guest = State(initial=True)
        met = guest.to.itself(internal=True)

    class customer(State.Compound):
        member = State(initial=True)

    class former(State.Compound):
        gone = State(initial=True)

    joined = prospect.to(customer)
    left = customer.to(former)


REFUSED = {
    "a final state in a region": (
        partial(
            chart,
            customer=two_regions(
                {"states": {"member": {"final": True}}}, inside("happy"), on={"left": to("former")}
            ),
        ),
        [("final", "bond", "can end in a final state")],
    ),
    "a room without stages": (
        partial(chart, former={"on": {"returned": to("prospect")}}),
        [("room_missing", "former", "'former' has no stage; make it a compound state")],
    ),
    "a region without stages": (
        partial(chart, customer=two_regions({}, inside("happy"), on={"left": to("former")})),
        [("empty_region", "bond", "'bond' is a region and has no stage")],
    ),
    "a parallel region": (
        partial(
            chart,
            customer=two_regions(
                {"parallel": True, "states": {"one": inside("a"), "two": inside("b")}},
                inside("happy"),
                on={"left": to("former"), "moved": to("b")},
            ),
        ),
        [("nested_regions", "bond", "'bond' is parallel inside a region; only rooms are")],
    ),
    "a room that begins deep inside": (
        partial(
            chart,
            prospect={
                "initial": True,
                "states": {"guest": inside("shy", "bold")},
                "transitions": to("bold", initial=True),
                "on": {"joined": to("customer")},
            },
        ),
        [("initial", "prospect", "'prospect' begins in 'bold', which is not directly inside it")],
    ),
    "a state outside the rooms": (
        partial(chart, limbo={}),
        [("stage_outside_room", "limbo", "'limbo' lies outside the three rooms")],
    ),
    "a room is missing": (
        partial(chart, without=["former"], customer=inside("member")),
        [("room_missing", "former", "'former' is missing; every lifecycle has all three rooms")],
    ),
    "another start": (
        partial(
            chart,
            prospect=inside("guest", on={"joined": to("customer")}),
            customer=inside("member", initial=True, on={"left": to("former")}),
        ),
        [("bad_start", "customer", "is where the chart starts; start in 'prospect'")],
    ),
    "a start outside the rooms": (
        partial(chart, prospect=inside("guest"), limbo={"initial": True}),
        [("stage_outside_room", "limbo", "outside the three rooms")],
    ),
    "a history state in a room": (
        partial(chart, former=inside("gone", history={"before": {}})),
        [("history", "former", "has a history state, which a lifecycle has not")],
    ),
    "a history state in a stage": (
        partial(
            chart, former={"states": {"gone": inside("fled", initial=True, history={"past": {}})}}
        ),
        [("history", "gone", "has a history state")],
    ),
    "a history state in a region": (
        partial(
            chart,
            customer=two_regions(inside("member", history={"past": {}}), inside("happy")),
            without=["former"],
        ),
        [("history", "bond", "has a history state"), ("room_missing", "former", "is missing")],
    ),
    "a transition to the history of a room with regions": (
        partial(
            chart,
            customer=two_regions(
                inside("member"),
                inside("happy"),
                history={"past": {}},
                on={"left": to("former")},
            ),
            former=inside("gone", on={"returned": to("past")}),
        ),
        [("history", "former", "'former' has a transition to a history state")],
    ),
    "regions in a stage": (
        partial(
            chart,
            former={"states": {"gone": two_regions(inside("fled"), inside("angry"), initial=True)}},
        ),
        [("nested_regions", "gone", "is parallel inside a stage; only rooms are")],
    ),
    "regions in a stage of a region": (
        partial(
            chart,
            former={
                "parallel": True,
                "states": {
                    "reason": {"states": {"gone": two_regions(inside("fled"), inside("angry"))}}
                },
            },
        ),
        [("nested_regions", "gone", "is parallel inside a stage; only rooms are")],
    ),
    "a transition of a stage without an event": (
        partial(
            chart,
            former={"states": {"gone": {"transitions": to("fled")}, "fled": {}}},
        ),
        [("eventless", "gone", "has a transition without an event")],
    ),
    "a transition of a room without an event": (
        partial(chart, former=inside("gone", transitions=to("prospect", cond="rich"))),
        [("eventless", "former", "has a transition without an event")],
    ),
    "any event": (
        partial(chart, former=inside("gone", on={"*": to("prospect")})),
        [("wildcard", "former", "answers '*', which is no single event")],
    ),
    "any event of a family": (
        partial(chart, former=inside("gone", on={"back.*": to("prospect")})),
        [("wildcard", "former", "answers 'back.*', which is no single event")],
    ),
    "the chart's own event": (
        partial(chart, former=inside("gone", on={"done.state.former": to("prospect")})),
        [("wildcard", "former", "answers 'done.state.former'")],
    ),
    "an internal transition that enters nothing": (
        lambda: Strict,
        [("internal", "guest", "does not enter its target; derive the class from StateChart")],
    ),
    "a guard that asks for nothing known": (
        partial(guarded, unless="In('stranger')"),
        [("unknown_place", "member", "asks for 'stranger', which is no state")],
    ),
    "a guard that never holds": (
        partial(guarded, cond="In('happy') and In('cross')"),
        [("dead_transition", "member", "on 'gave' to patron that can never be taken")],
    ),
    "a guard on another room": (
        partial(guarded, cond="In('prospect')"),
        [("dead_transition", "member", "its guard or an earlier transition forestalls it")],
    ),
    "a guard against itself": (
        partial(guarded, unless="In('member')"),
        [("dead_transition", "member", "that can never be taken")],
    ),
    "a transition after one that is always taken": (
        partial(
            chart,
            former=inside(
                "gone",
                on={"returned": [*to("prospect"), *to("customer", cond="In('gone')")]},
            ),
        ),
        [("dead_transition", "former", "on 'returned' to customer")],
    ),
    "a customer who becomes a prospect": (
        partial(chart, customer=inside("member", on={"left": to("former"), "x": to("guest")})),
        [("leaves_without_departure", "x: customer -> guest", "without a departure")],
    ),
    "two regions that leave": (
        partial(
            chart,
            customer=two_regions(
                inside("member", on={"left": to("former")}),
                inside("happy", on={"left": to("former")}),
            ),
        ),
        [("conflicting_regions", "bond and mood", "only one can happen")],
    ),
    "stages a hundred deep": (
        partial(chart, former=deep(100)),
        [("too_deep", "s64", "lies more than 32 levels deep")],
    ),
}
"""Charts, and what is wrong with each. The last three are refused as any lifecycle would be."""


def test_the_gallery_shows_every_refusal():
    """Each code that the module can give stands in it at least once."""
    shown = {code for _, expected in REFUSED.values() for code, _, _ in expected}

    assert codes_of(chart_reader) <= shown


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_chart_that_is_no_lifecycle_is_refused(make, expected):
    """With the code, the place and the words, and for nothing else."""
    with pytest.raises(InvalidLifecycle, match="fault") as caught:
        from_chart(make())

    found = {(fault.code, fault.where) for fault in caught.value.faults}
    assert found == {(code, where) for code, where, _ in expected}
    assert [part for _, _, part in expected if part not in str(caught.value)] == []


def test_from_chart_finds_all_that_is_wrong_with_the_rooms_at_once():
    """And the error bears the name of the class."""
    broken = chart(
        without=["former"],
        prospect=inside("guest"),
        customer=inside("member", initial=True, history={"past": {}}),
        limbo={},
    )

    with pytest.raises(InvalidLifecycle, match="The lifecycle 'Broken' has 4 faults") as caught:
        from_chart(broken)

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("stage_outside_room", "limbo"),
        ("room_missing", "former"),
        ("bad_start", "customer"),
        ("history", "customer"),
    ]


def test_from_chart_lists_missing_rooms_in_the_order_of_their_names():
    """The same for the same chart, every time."""
    with pytest.raises(InvalidLifecycle, match="has 2 faults") as caught:
        from_chart(chart(without=["former", "customer"], prospect=inside("guest", initial=True)))

    assert [fault.where for fault in caught.value.faults] == ["customer", "former"]


def test_a_stage_without_stages_is_innermost_however_it_is_declared():
    """Nothing moves side by side in it."""
    own = chart(former={"states": {"gone": {"parallel": True}}})

    assert compiled(from_chart(own)) == walked(own)


def test_from_chart_finds_all_that_is_wrong_with_the_transitions_at_once():
    """Place by place."""
    broken = chart(
        customer=inside("member", on={"left": to("former", cond="In('gone')"), "*": to()}),
        former=inside("gone", on={"back.*": to("prospect")}, transitions=to("guest")),
    )

    with pytest.raises(InvalidLifecycle, match="The lifecycle 'Broken' has 4 faults") as caught:
        from_chart(broken)

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("wildcard", "customer"),
        ("dead_transition", "customer"),
        ("wildcard", "former"),
        ("eventless", "former"),
    ]


def is_rich():
    """Look at data."""
    return True


class Asked:
    """Guards of other kinds than functions and strings."""

    @property
    def rich(self):
        """Look at data."""
        return True


@pytest.mark.parametrize(
    ("guard", "name"),
    [
        ({"cond": is_rich}, "is_rich"),
        ({"unless": is_rich}, "is_rich"),
        ({"validators": is_rich}, "is_rich"),
        ({"validators": "is_rich"}, "is_rich"),
        ({"cond": "is_rich"}, "is_rich"),
        ({"unless": "is_rich"}, "is_rich"),
        ({"cond": lambda: True}, "<lambda>"),
        ({"cond": partial(is_rich)}, "is_rich"),
        ({"cond": Asked.rich}, "rich"),
        ({"cond": "vexed"}, "vexed"),
        ({"cond": "In('happy') and is_rich"}, "In('happy') and is_rich"),
        ({"cond": "not is_rich"}, "not is_rich"),
        ({"cond": "amount > 3"}, "amount > 3"),
        ({"cond": "In('happy') == True"}, "In('happy') == True"),
        ({"cond": "In(mood)"}, "In(mood)"),
        ({"cond": "In(1)"}, "In(1)"),
        ({"cond": "In('happy', stage='cross')"}, "In('happy', stage='cross')"),
        ({"cond": "Is('happy')"}, "Is('happy')"),
        ({"cond": "1"}, "1"),
        ({"cond": ["In('happy')", is_rich]}, "is_rich"),
        ({"cond": "In('happy')", "unless": "is_rich"}, "is_rich"),
        ({"cond": "In('happy')", "validators": is_rich}, "is_rich"),
    ],
    ids=stable,
)
def test_a_guard_that_looks_at_data_is_refused(guard, name):
    """The error names the chart, the guard, and the transition that it guards."""
    with pytest.raises(DataGuard, match="looks at data") as caught:
        from_chart(guarded(**guard))

    assert (caught.value.chart, caught.value.guard) == ("Broken", name)
    assert (caught.value.at, caught.value.event) == ("member", "gave")


def test_a_guard_that_is_declared_by_decorator_is_refused():
    """Wherever the chart's author wrote it."""

    class Choosy(StateChart):
        class prospect(State.Compound, initial=True):
            guest = State(initial=True)

        class customer(State.Compound):
            member = State(initial=True)

        class former(State.Compound):
            gone = State(initial=True)

        joined = prospect.to(customer)
        left = customer.to(former)

        @joined.cond
        def is_rich(self):
            return True

    with pytest.raises(DataGuard, match="Choosy: the guard 'is_rich' on 'joined' at 'prospect'"):
        from_chart(Choosy)


def with_values():
    """States whose stored values are not their names."""
    return chart(former={"states": {"gone": {"value": 7}}})


def test_states_may_be_stored_as_other_values():
    """The lifecycle knows them by their names."""
    assert [str(state) for state in from_chart(with_values()).states] == ["guest", "member", "gone"]


def test_an_attribute_that_is_named_lifecycle_is_the_users_own():
    """Only a generated class gives back its own lifecycle."""
    mine = chart()
    mine.lifecycle = "a word of the user's"

    assert from_chart(mine).name == "broken"


@pytest.mark.parametrize("guard", ["v", "In('happy'", "in('happy')", "a b", " In('happy')"])
def test_a_guard_that_is_no_expression_of_stages_is_refused(guard):
    """With an error of the house, not of the parser."""
    with pytest.raises(CustlifeError, match="Broken"):
        from_chart(guarded(cond=guard))


def test_an_initial_transition_says_where_a_room_is_entered():
    """As it does in the user's own chart."""
    own = chart(
        prospect={
            "initial": True,
            "states": {
                "guest": {"on": {"met": to("friend")}},
                "friend": {"on": {"x": to("guest")}},
            },
            "transitions": to("friend", initial=True),
            "on": {"joined": to("customer")},
        }
    )

    assert active(from_chart(own).initial) == frozenset(own().configuration_values)


def test_the_state_of_a_users_own_chart_is_known_by_its_lifecycle():
    """A class that nobody generated does not know its lifecycle, so the caller gives it."""
    mine = chart()
    running = mine()

    assert str(state_of(running, from_chart(mine))) == "guest"
    with pytest.raises(TypeError, match=r"state_of\(chart, from_chart\(type\(chart\)\)\)"):
        state_of(running)


@pytest.mark.parametrize("thing", [StateChart, int, "Club", CUSTOMER_LIFECYCLE], ids=str)
def test_what_is_no_chart_with_states_is_refused(thing):
    """The message says what is needed."""
    with pytest.raises(TypeError, match="must be a StateChart class with states"):
        from_chart(thing)


def test_views_can_be_added_to_a_generated_class():
    """They replace those of its lifecycle; without any, the lifecycle is given back."""
    views = CUSTOMER_LIFECYCLE.views[:1]
    generated = to_chart(CUSTOMER_LIFECYCLE)

    assert from_chart(generated, views=views).views == views
    assert from_chart(generated) is CUSTOMER_LIFECYCLE


def test_an_internal_transition_of_a_leaf_to_itself_is_refused_beside_other_regions():
    """python-statemachine would end in two stages of one region."""
    odd = chart(
        customer=two_regions(
            {"states": {"member": {"on": {"renewed": to("member", internal=True)}}}},
            inside("happy"),
            on={"left": to("former")},
        )
    )

    with pytest.raises(InvalidLifecycle, match="two stages of one region") as caught:
        from_chart(odd)

    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("internal", "member")]
