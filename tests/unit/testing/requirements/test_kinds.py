"""Requirements of states and of steps: what each means, and how far away it is seen broken."""

from itertools import pairwise

import pytest
from tests.unit.lifecycle.builders import Warmth, club, move, stage, stay, trio
from tests.unit.testing.requirements.builders import line, walk

from custlife import (
    CUSTOMER_LIFECYCLE,
    Ladder,
    Process,
    Purchased,
    Room,
    is_,
    not_,
)
from custlife.testing.checking import check
from custlife.testing.requirements.conditions import InvalidRequirement
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.language import (
    always,
    eventually_possible,
    monotone,
    never,
    preserves,
    stays_until,
)

STUCK = line(leaves=move("left", ["prospect", "three", "four"], "gone"))
LATE = line(leaves=move("left", "five", "gone"))
FAR = [
    ("always", line(), always(["prospect", "three", "gone"]), walk(4)),
    ("always-leads", line(), always(on="left", at="four", to="zero"), (*walk(4), "left")),
    ("always-every-event", line(), always(at="four", to="five"), (*walk(4), "left")),
    ("never", line(), never("five"), walk(5)),
    ("never-allowed", line(), never(on="fifth"), walk(5)),
    ("never-leads", line(), never(at="customer", to="four"), walk(4)),
    ("eventually-possible", STUCK, eventually_possible("gone"), walk(5)),
    ("eventually-an-event", STUCK, eventually_possible("left", at="customer"), walk(5)),
    ("stays-until", line(), stays_until("four", "gone"), walk(5)),
    ("preserves", line(), preserves("fourth"), walk(4)),
    ("preserves-a-room", LATE, preserves("left", Room), (*walk(5), "left")),
    ("monotone", LATE, monotone("returned", Room), (*walk(5), "left", "returned")),
]


@pytest.mark.parametrize(
    ("lifecycle", "requirement", "events"), [row[1:] for row in FAR], ids=[row[0] for row in FAR]
)
def test_what_is_wrong_far_away_is_found_with_the_shortest_history(lifecycle, requirement, events):
    """On a line of six stages there is one way to each of them, so the history is known."""
    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.status is Status.VIOLATED
    assert verdict.events == events
    assert [state.stage for state in verdict.states[:3]] == ["zero", "one", "two"]
    assert verdict.refused is None
    assert len(events) >= 4


def test_an_event_that_is_refused_far_away_is_found_and_named():
    """The history leads to where it is refused."""
    (verdict,) = check(STUCK, always(on="left", at="customer")).verdicts

    assert (verdict.events, verdict.refused) == (walk(5), "left")
    assert verdict.because == "'left' is refused in five"


HELD = [
    always(["prospect", "customer", "gone"], at=Room.FORMER),
    always(on="left", at=["zero", "five"], to="gone"),
    always(at="gone", to="prospect"),
    never("five", at=is_("four", True)),
    never(on="fifth", at="four", to="gone"),
    never(on="fifth", at="zero"),
    eventually_possible("gone"),
    eventually_possible("fifth", at="gone"),
    stays_until("customer", "left"),
    stays_until("customer", ["gone"]),
    preserves("fourth", Room),
    monotone(["first", "third"], Room),
    monotone("left", Room, at="customer"),
    monotone("returned", Room, falling=True),
]


def test_what_nothing_breaks_holds():
    """But for what no rule could break: that is said to be vacuous."""
    report = check(line(), HELD)

    assert [v.requirement for v in report.verdicts if not v.holds] == [HELD[0], HELD[3]]
    assert {verdict.because for verdict in report.vacuous} == {"no rule could break it"}


def test_a_state_at_the_very_beginning_counts():
    """The shortest history has no event."""
    report = check(line(), [never("zero"), always("customer")])

    assert [verdict.events for verdict in report.violated] == [(), ()]


def test_several_places_mean_one_of_them_and_a_plus_means_all():
    """In lists and in names."""
    lifecycle = club()

    report = check(lifecycle, [never("gold+happy"), never(["gold+cross", "silver+cross"])])

    assert [verdict.events[-1] for verdict in report.violated] == ["upgraded", "vexed"]
    assert check(lifecycle, always(["prospect", "bond", "gone"])).vacuous


VACUOUS = [
    always("guest", at="asking"),
    always(on="left", at="asking"),
    always(on="asked", at="asking", to="guest"),
    never("visitor", at="asking+guest"),
    never(on="joined", at="asking"),
    never(on="entered", at="asking", to="gone"),
    never(at="asking", to="gone"),
    eventually_possible("gone", at="asking"),
    stays_until("asking", "left"),
    preserves("left", at="asking"),
    preserves("left", "bond", at="asking"),
    monotone("vexed", "mood", at="asking"),
]


@pytest.mark.parametrize("requirement", VACUOUS, ids=str)
def test_what_is_about_a_stage_that_is_never_reached_is_vacuous(requirement):
    """It never holds, though nothing breaks it."""
    lifecycle = club(without=["asked"], also=[stay("asked", "gone")])

    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.status is Status.VACUOUS
    assert "asking" in verdict.because or verdict.because == "no rule could break it"


CERTAIN = [
    always("customer", at=["silver", "gold"]),
    always(not_(is_("guest", True)), at="visitor"),
    always(at="gone", to=["prospect", "customer", "former"]),
    never("guest", at=["visitor", "customer"]),
    never(on="joined", to="trial+gold"),
    never(on="joined", to=[]),
    never([]),
    stays_until("customer", ["prospect", "former"]),
    stays_until(["prospect", "customer", "gone"], "left"),
    monotone("joined", Room, at="prospect"),
    monotone("renewed", "mood", order=["happy"]),
    monotone("renewed", "cycle"),
    monotone("renewed", "purchases"),
    preserves("renewed", "purchases"),
]


@pytest.mark.parametrize("requirement", CERTAIN, ids=str)
def test_what_no_rule_could_break_is_vacuous(requirement):
    """Such as that who has a stage is in its room."""
    (verdict,) = check(club(), requirement).verdicts

    assert (verdict.status, verdict.because) == (Status.VACUOUS, "no rule could break it")


def test_an_event_that_never_happens_there_leaves_a_requirement_of_steps_vacuous():
    """The place is reached; what is about the event says nothing."""
    requirements = [
        never(on="upgraded", at="guest", to="gone"),
        preserves("upgraded", at="guest"),
        monotone("joined", "mood", at="guest"),
    ]

    report = check(club(), requirements)

    assert [verdict.because for verdict in report.vacuous] == [
        "upgraded never happens at guest",
        "upgraded never happens at guest",
        "joined never happens at guest where mood has a value before and after it",
    ]


def test_where_nothing_can_happen_no_step_can_be_spoken_of():
    """A last stage without any event: what every event does there is vacuous."""
    lifecycle = trio(without=["returned"])

    report = check(lifecycle, [always(at="gone", to="guest"), never(at="gone", to="guest")])

    assert len(report.vacuous) == 2


def test_what_is_possible_already_everywhere_is_vacuous():
    """Everybody who is there has reached the goal."""
    report = check(line(), eventually_possible("customer", at=["four", "five"]))

    assert report.vacuous[0].because == "every state in four or five is customer"


def test_a_region_is_ordered_as_it_is_defined_or_as_is_said():
    """Gold is above silver, unless the order says otherwise; so it is of views."""
    lifecycle = club(also=[move("reduced", "gold", "silver")])
    on = ["upgraded", "reduced"]

    report = check(
        lifecycle,
        [
            monotone(on, "bond"),
            monotone(on, "bond", falling=True),
            monotone(on, "bond", order=["gold", "silver"]),
            monotone("left", Warmth),
            monotone("joined", Warmth, order=[Warmth.WARM, Warmth.COLD]),
            monotone("joined", Warmth, falling=True),
            monotone("joined", Warmth, order=Warmth),
        ],
    )

    statuses = [verdict.status.value for verdict in report.verdicts]
    assert statuses == [*["violated"] * 3, "vacuous", "violated", "violated", "holds"]
    assert [verdict.events[-1] for verdict in report.violated[:3]] == [
        "reduced",
        "upgraded",
        "upgraded",
    ]


def test_an_order_of_some_values_compares_these_only():
    """A step to a value that the order does not name is not compared."""
    report = check(line(), monotone("left", Room, order=[Room.CUSTOMER, Room.PROSPECT]))

    assert [verdict.status.value for verdict in report.verdicts] == ["vacuous"]


@pytest.mark.parametrize(
    ("aspect", "order", "problem"),
    [
        ("bond", ["gold", "sliver"], "bond is never sliver; it is trial, silver and gold."),
        (Warmth, ["cold"], "Warmth is never cold; it is cold and warm."),
        (Room, ["prospect"], "Room is never prospect; it is prospect, customer and former."),
        ("purchases", [0, 1], "purchases is never 0; it is a number."),
    ],
)
def test_an_order_of_values_that_there_are_not_is_refused(aspect, order, problem):
    """A slip in it would leave the requirement without a say."""
    with pytest.raises(InvalidRequirement, match=problem):
        check(club(), monotone("renewed", aspect, order=order))


def test_a_lifecycle_needs_to_know_what_is_not_lowered():
    """An order alone is enough for a decision table only."""
    with pytest.raises(InvalidRequirement, match="name the region, room, view or count"):
        check(club(), monotone("renewed", order=["silver", "gold"]))


@pytest.mark.parametrize("requirement", [never("gone", when=is_("x", 1)), always("gone", when=1)])
def test_a_predicate_of_a_tables_facts_says_nothing_of_a_lifecycle(requirement):
    """It is refused, with what to give instead."""
    with pytest.raises(InvalidRequirement, match="when= is for decision tables"):
        check(club(), requirement)


@pytest.mark.parametrize("on", [[], ()])
def test_a_requirement_of_no_event_is_refused(on):
    """An empty list of events would let everything pass."""
    for requirement in (always(on=on), never(on=on), preserves(on), monotone(on, "bond")):
        with pytest.raises(InvalidRequirement, match="about no event"):
            check(club(), requirement)


def test_an_empty_list_of_places_is_true_nowhere():
    """At nowhere nothing is said; nowhere to go is never reached."""
    report = check(
        club(),
        [
            always("guest", at=[]),
            never(on="left", at=[]),
            always([]),
            always(on="left", to=[]),
            eventually_possible([]),
            stays_until([], "left"),
            stays_until("trial", []),
        ],
    )

    statuses = [verdict.status.value for verdict in report.verdicts]
    assert statuses == ["vacuous", "vacuous", *["violated"] * 3, "vacuous", "violated"]
    assert str(report.violated[-1].requirement) == "trial stays until nothing"


def test_a_view_is_kept_by_what_moves_inside_one_of_its_values():
    """Of the default lifecycle: buyers and regulars are in one process, on two rungs."""
    report = check(
        CUSTOMER_LIFECYCLE,
        [preserves(Purchased, Process, at="buyer"), preserves(Purchased, Ladder, at="buyer")],
    )

    assert [verdict.status.value for verdict in report.verdicts] == ["holds", "violated"]
    assert report.violated[0].because.endswith("Ladder turns from buyer into regular")


@pytest.mark.parametrize("count", ["purchases", "events"])
def test_a_count_goes_on_rising_where_a_stage_comes_late(count):
    """An advocate has bought twice at least; the third purchase is still one more."""
    report = check(
        CUSTOMER_LIFECYCLE,
        [
            preserves(Purchased, count, at="advocate"),
            monotone(Purchased, count, falling=True, at="advocate"),
        ],
    )

    assert [verdict.status for verdict in report.verdicts] == [Status.VIOLATED] * 2
    assert report.violated[0].history[-1].name == "purchased"


def test_the_cycle_goes_on_rising_where_a_stage_comes_late():
    """Who is gone for the third time returns into the fourth cycle."""
    ways = [
        move("left", ["zero", "three"], "once"),
        move("returned", "once", "one"),
        move("left", "one", "twice"),
        move("returned", "twice", "two"),
        move("left", "two", "thrice"),
        move("returned", "thrice", "three"),
        move("bought", "zero", "three"),
    ]
    lifecycle = trio(
        prospect=[stage("zero"), stage("one"), stage("two")],
        customer=[stage("three")],
        former=[stage("once"), stage("twice"), stage("thrice")],
        without=["joined", "left", "returned"],
        also=ways,
    )

    report = check(lifecycle, [preserves(["returned"], "cycle", at="thrice")])

    assert report.violated[0].because.endswith("cycle turns from 2 into 3")
    assert len(report.violated[0].events) == 6


def test_open_complaints_that_are_no_longer_counted_leave_a_requirement_undecided():
    """Whether the answer to many lowers how many are open is not counted."""
    names = [f"s{place}" for place in range(6)]
    lifecycle = trio(
        prospect=[stage(name) for name in names],
        without=["joined", "left", "returned"],
        also=[
            *(move("complained", before, after) for before, after in pairwise(names)),
            stay("complaint_settled", "s5", answers_complaint=True),
            move("joined", "prospect", "member"),
            move("left", ["prospect", "member"], "gone"),
            move("returned", "gone", "s0"),
        ],
    )

    report = check(lifecycle, preserves("complaint_settled", "open_complaints", at="s5"))

    assert "very many complaints" in report.undecided[0].because


def test_a_complaint_adds_to_those_that_are_open_where_their_count_has_ended():
    """Nothing answers them, so one more is one more."""
    ways = [move("complained", "guest", "cross"), move("complained", "cross", "furious")]
    lifecycle = trio(
        prospect=[stage("guest"), stage("cross"), stage("furious")],
        also=[*ways, stay("complained", "furious")],
    )

    report = check(lifecycle, preserves("complained", "open_complaints", at="furious"))

    assert report.violated[0].because.endswith("open_complaints turns from 2 into 3")
    assert report.violated[0].events == ("complained",) * 3


def test_a_room_without_regions_is_a_ladder_of_its_stages():
    """Those inside others included, in the order of the definition; who is not there has none."""
    lifecycle = trio(
        customer=[stage("member", stage("basic"), stage("plus")), stage("patron")],
        without=["left"],
        also=[
            move("grew", "basic", "plus"),
            move("gave", "plus", "patron"),
            move("stopped", "patron", "basic"),
            move("left", ["guest", "customer"], "gone"),
        ],
    )

    report = check(
        lifecycle,
        [
            monotone(["grew", "gave"], "customer"),
            monotone("stopped", "customer"),
            preserves("grew", "customer"),
            monotone("left", "customer"),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "holds",
        "violated",
        "violated",
        "vacuous",
    ]
    assert report.violated[0].because.endswith("stage of customer falls from patron to basic")
