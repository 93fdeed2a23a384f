"""Conditions: what can be said of places and events, and what errors say of what there is not."""

import pickle
from enum import Enum, IntEnum, StrEnum

import pytest
from attrs import frozen
from tests.unit.lifecycle.builders import Warmth, club, stay

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Contacted,
    Departed,
    Ladder,
    Phase,
    Purchased,
    Room,
    Terminated,
    View,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    not_,
    some_of,
    within,
)
from custlife.lifecycle.pause import with_pause
from custlife.testing.checking import check
from custlife.testing.requirements.conditions import InvalidRequirement, said
from custlife.testing.requirements.engine import Status
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

MEMBERS = ["trial", "silver", "gold"]
SAME = [
    ("customer", Room.CUSTOMER),
    ("customer", is_("room", Room.CUSTOMER)),
    ("customer", is_("customer", True)),
    ("customer", ["trial", "member"]),
    ("customer", Warmth.WARM),
    ("customer", is_("Warmth", Warmth.WARM)),
    ("customer", not_(is_("customer", False))),
    ("member", ["silver", "gold"]),
    ("member", is_not("bond", "trial")),
    ("gold+cross", all_of(is_("bond", "gold"), is_("mood", "cross"))),
    ("cross+gold", club().state("gold", "cross")),
    ("gold+member+customer", "gold"),
    (["guest", "gold"], any_of(is_("guest", True), is_("gold", True))),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=str)
def test_one_place_can_be_said_in_several_ways(one, other):
    """By name, by room, by state, by the value of a view, and by a predicate of facts."""
    report = check(club(), [always(one, at=other), always(other, at=one)])

    assert [verdict.status for verdict in report.violated] == []
    assert (
        check(club(), never(one)).violated[0].states
        == check(club(), never(other)).violated[0].states
    )


def test_what_differs_in_one_room_is_not_the_same():
    """So the test above can fail."""
    report = check(club(), always("prospect", at=is_("former", False)))

    assert report.violated[0].states[-1].room is Room.CUSTOMER


@pytest.mark.parametrize(
    ("event", "same"), [("purchased", Purchased), (["purchased"], (Purchased,))], ids=str
)
def test_an_event_is_said_by_its_name_or_its_class(event, same):
    """One or several of them."""
    one, other = check(
        CUSTOMER_LIFECYCLE, [never(on=event, at="advocate"), never(on=same, at="advocate")]
    ).violated

    assert (one.events, one.states) == (other.events, other.states)


def test_a_list_that_can_be_read_once_only_is_kept():
    """A requirement is frozen, and can be checked again."""
    requirement = never(on=(name for name in ["left", "joined"]), at=iter(["guest"]))

    reports = [check(club(), requirement) for _ in range(2)]

    assert requirement == never(on=["left", "joined"], at=["guest"])
    assert [report.violated[0].events for report in reports] == [("joined",), ("joined",)]


class Colour(Enum):
    """A model that no lifecycle has."""

    RED = 1


class Rank(IntEnum):
    """A model whose values have an order of their own."""

    LOW = 1
    HIGH = 2


class Text(StrEnum):
    """A model whose values are text."""

    COLD = "cold"
    WARM = "warm"


@frozen
class Odd:
    """A predicate of an app's own."""

    facts: tuple = ("events",)

    def holds(self, facts):
        return bool(facts.get("events", 0) % 2)

    def atoms(self):
        yield self

    def __str__(self):
        return "an odd number of events"


@frozen
class Vague(Odd):
    """One that does not say what it reads."""

    facts: tuple = ()


NAMES = "prospect, guest, visitor, looking, asking, customer, bond, trial, member"
EVENTS = "entered, asked, joined, renewed, upgraded, vexed, soothed, left and returned"
WRONG = [
    (never("geust"), f"there is no stage, region or room 'geust'; there is {NAMES}", "'guest'"),
    (never("gold+hapy"), "there is no stage, region or room 'hapy'", "'happy'"),
    (never("gold "), "there is no stage, region or room 'gold '", "'gold'"),
    (always("guest", at="bonds"), "there is no stage, region or room 'bonds'", "'bond'"),
    (never(on="lef", at="guest"), f"there is no event 'lef'; there is {EVENTS}.", "'left'"),
    (never(on="guest"), f"there is no event 'guest'; there is {EVENTS}.", ""),
    (never(on=Purchased), "there is no event 'purchased'; there is entered", ""),
    (never(on=Warmth), "there is no event <enum 'Warmth'>; there is entered", ""),
    (never(on=None, to="gnoe"), "there is no stage, region or room 'gnoe'", "'gone'"),
    (
        leads_to("join", "gold"),
        f"there is no event or place 'join'; there is {EVENTS[:-17]}",
        "'joi",
    ),
    (leads_to(Complained, "gold"), "there is no event 'complained'", "'joined'"),
    (leads_to("joined", "gold", until="letf"), "there is no event or place 'letf'", "'left'"),
    (leads_to("joined", "left", until="left"), "there is no stage, region or room 'left'", ""),
    (leads_to("joined", "gold", fair="leaft"), "there is no event 'leaft'", "'left'"),
    (stays_until("vexed", "left"), "there is no stage, region or room 'vexed'", ""),
    (after("joined", never="geust"), "there is no event or place 'geust'", "'guest'"),
    (precedes("joinde", "gold"), "there is no event or place 'joinde'", "'joined'"),
    (precedes("joined", "glod"), "there is no event or place 'glod'", "'gold'"),
    (eventually_possible("glod"), "there is no event or place 'glod'", "'gold'"),
    (
        preserves("left", "bnod"),
        "there is no region, room, view or count 'bnod'; there is bond",
        "'bond'",
    ),
    (
        preserves("left", "gold"),
        "there is no region, room, view or count 'gold'; there is bond, mood",
        "",
    ),
    (preserves("left", Colour), "there is no region, room, view or count 'Colour'", ""),
    (
        monotone("left", "purchase"),
        "there is no region, room, view or count 'purchase'",
        "'purchases'",
    ),
    (never(Colour.RED), "there is no view Colour; there is Warmth.", ""),
    (leads_to("joined", Colour.RED), "there is no view Colour; there is Warmth.", ""),
    (never(CUSTOMER_LIFECYCLE.initial), "there is no state 'potential'; there is guest", ""),
    (never(is_("bnod", "gold")), "there is no fact 'bnod'; there is prospect, guest", "'bond'"),
    (never(is_("bond", "goald")), "bond is never 'goald'; it is 'trial', 'silver' and 'gold'.", ""),
    (
        never(is_("bond", "member")),
        "bond is never 'member'; it is 'trial', 'silver' and 'gold'.",
        "",
    ),
    (never(is_("bond", None)), "bond is never None; it is 'trial', 'silver' and 'gold'.", ""),
    (
        never(is_("Warmth", "cold")),
        "Warmth is never 'cold'; it is Warmth.COLD and Warmth.WARM.",
        "",
    ),
    (never(is_("Warmth", None)), "Warmth is never None; it is Warmth.COLD and Warmth.WARM.", ""),
    (
        never(is_("room", "customer")),
        "room is never 'customer'; it is Room.PROSPECT, Room.CUSTOMER and",
        "",
    ),
    (never(is_("gold", "yes")), "gold is never 'yes'; it is True and False.", ""),
    (never(at_least("bond", "silver")), "'bond is at least silver' compares what has no order", ""),
    (never(below("room", Room.FORMER)), "'room is below former' compares what has no order", ""),
    (never(above("Warmth", Warmth.COLD)), "'Warmth is above cold' compares what has no order", ""),
    (never(exceeds("bond", "mood")), "'bond is above mood' compares what has no order", ""),
    (never(within("room", "bond")), "'room is at most bond' compares what has no order", ""),
    (never(is_("purchases", "2")), "'purchases is 2' holds a count against '2'; give a whole", ""),
    (never(is_("purchases", True)), "holds a count against True; give a whole number", ""),
    (never(is_("cycle", 1.5)), "holds a count against 1.5; give a whole number", ""),
    (never(Vague()), "'an odd number of events' does not say which facts it reads", ""),
    (never(17), "17 is no place; give a place's name, a Room, a State, a value of a view", ""),
    (never([["gold"]]), "['gold'] is no place; give a place's name", ""),
    (never([None]), "None is no place; give a place's name", ""),
    (precedes(17, "gold"), "17 is no place; give a place's name", ""),
]


@pytest.mark.parametrize(
    ("requirement", "problem", "hint"),
    WRONG,
    ids=[str(row[0]) for row in WRONG],
)
def test_what_there_is_not_is_named_with_what_there_is(requirement, problem, hint):
    """And with the nearest name, where one is near."""
    with pytest.raises(InvalidRequirement) as caught:
        check(club(), requirement)

    assert problem in str(caught.value)
    assert (f"Did you mean {hint}" in str(caught.value)) is bool(hint)
    assert str(caught.value).startswith(f"The requirement '{requirement}' cannot be checked: ")


def test_the_error_calls_a_requirement_by_its_id_and_can_be_stored():
    """It pickles, as every error does."""
    with pytest.raises(InvalidRequirement) as caught:
        check(club(), never("geust", id="NO-GUEST"))

    assert caught.value.requirement == "NO-GUEST"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    "requirement",
    [
        leads_to("terminated", "former"),
        leads_to(Complained, "content", until="terminated"),
        precedes("terminated", "former"),
        after("customer", only=["terminated"]),
        eventually_possible("terminated"),
        stays_until("customer", "terminated"),
    ],
    ids=str,
)
def test_a_name_of_an_event_and_of_a_stage_is_refused_where_it_could_be_either(requirement):
    """The error says how to say the one and the other."""
    message = (
        r"'terminated' is both an event and a place\. Give a class of events with that name for "
        r"the event, or is_\('terminated', True\) for the place\."
    )

    with pytest.raises(InvalidRequirement, match=message):
        check(CUSTOMER_LIFECYCLE, requirement)


def test_a_name_of_an_event_and_of_a_region_is_refused_with_the_stages_to_name():
    """A region is no fact that is true or not."""
    lifecycle = club(also=[stay("mood", "guest")])

    with pytest.raises(InvalidRequirement, match="or a list of happy and cross for the place"):
        check(lifecycle, leads_to("mood", "guest"))


def test_a_name_of_an_event_and_of_a_stage_is_clear_where_it_can_be_one_only():
    """And both ways out that the error names are ways out."""
    report = check(
        CUSTOMER_LIFECYCLE,
        [
            leads_to(Terminated, is_("terminated", True), within=0),
            leads_to(is_("terminated", True), "former", within=0),
            always(on="terminated", at="customer", to="terminated"),
            never("terminated", at="customer"),
            precedes(Terminated, "terminated+former"),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "holds",
        "vacuous",
        "holds",
        "vacuous",
        "holds",
    ]


@pytest.mark.parametrize(
    "fact", ["revenue", "refunded", "entered", "departure", "first_purchase_at"]
)
def test_what_events_carry_leaves_a_requirement_undecided(fact):
    """A lifecycle knows the names of events only."""
    report = check(CUSTOMER_LIFECYCLE, [never(above(fact, 0)), never("buyer", at=is_(fact, 1))])

    assert [verdict.status for verdict in report.verdicts] == [Status.UNDECIDED] * 2
    assert report.undecided[0].because.startswith(f"{fact} follows from what events carry")


@pytest.mark.parametrize(
    "predicate",
    [exceeds("purchases", "complaints"), exceeds("purchases", "revenue"), Odd()],
    ids=str,
)
def test_a_count_that_has_no_limit_leaves_a_requirement_undecided(predicate):
    """Two counts held against each other never end; so does what an app's own predicate counts."""
    report = check(CUSTOMER_LIFECYCLE, never(predicate))

    assert report.undecided[0].because.startswith(f"'{predicate}' does not hold")


def test_counts_are_read_inside_of_predicates_of_predicates():
    """All of, any of, some of, and not."""
    inside = any_of(
        not_(at_most("purchases", 1)), all_of(is_("complaints", 1), is_("purchases", 1))
    )
    report = check(
        CUSTOMER_LIFECYCLE, [never(inside), never(some_of(2, inside, is_("engagements", 2)))]
    )

    assert [len(verdict.events) for verdict in report.violated] == [2, 4]


def ranked():
    """The club with a view whose values are numbers, and one whose values are text."""
    rank = {"prospect": Rank.LOW, "bond": Rank.HIGH, "former": None}
    text = {"prospect": Text.COLD, "bond": Text.WARM, "former": Text.COLD}
    moves = [(Rank.LOW, Rank.HIGH), (Rank.LOW, None), (Rank.HIGH, None), (None, Rank.LOW)]
    ways = [(Text.COLD, Text.WARM), (Text.WARM, Text.COLD)]
    return club(
        views=[
            View(Rank, of=rank, moves=moves, sentence="How high."),
            View(Text, of=text, moves=ways, sentence="How warm."),
        ]
    )


def test_a_view_of_numbers_can_be_compared():
    """At least high is to be a customer."""
    report = check(
        ranked(),
        [always(at_least("Rank", Rank.HIGH), at="customer"), never(above("Rank", Rank.LOW))],
    )

    assert [verdict.status.value for verdict in report.verdicts] == ["holds", "violated"]


def test_a_view_of_text_is_no_name():
    """Its values are values, and what they are is no rule of the structure."""
    report = check(
        ranked(),
        [
            always(Text.WARM, at="customer"),
            leads_to("joined", Text.WARM, within=0),
            precedes("joined", Text.WARM),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == ["holds", "holds", "holds"]


class Mine(str, Enum):  # noqa: UP042 - whose text is not its value
    """Names of events as an app may keep them."""

    LEFT = "left"


def test_a_name_that_is_a_member_of_an_enum_of_text_is_that_text():
    """However it writes itself."""
    report = check(club(), never(on=[Mine.LEFT], at="gold"))

    assert report.violated[0].events[-1] == "left"


def test_a_stage_comes_before_a_fact_of_the_record_with_its_name():
    """A lifecycle with a stage 'paused' is asked whether somebody is there."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)

    report = check(lifecycle, [never(is_("paused", True)), never("paused")])

    assert report.violated[0].events == report.violated[1].events


def test_a_fact_that_is_silent_makes_no_comparison_true():
    """A prospect has no bond, so it is neither gold nor not gold."""
    lifecycle = club()

    report = check(
        lifecycle,
        [
            never(is_("bond", "gold"), at="guest"),
            never(is_not("bond", "gold"), at="guest"),
            always(is_not("bond", "gold")),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "vacuous",
        "vacuous",
        "violated",
    ]
    assert report.violated[0].events == ()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("gold", "gold"),
        (["gold", "gone"], "gold or gone"),
        (["gold", Purchased, is_("cycle", 2)], "gold, purchased or cycle is 2"),
        (Room.CUSTOMER, "customer"),
        (Phase.EXPANSION, "Phase expansion"),
        ([Ladder.BUYER, Contacted], "Ladder buyer or contacted"),
        (CUSTOMER_LIFECYCLE.initial, "potential"),
        ([], "nothing"),
        (Departed, "departed"),
    ],
    ids=str,
)
def test_a_condition_is_said_in_words(condition, words):
    """As reports and errors write it."""
    assert said(condition) == words
