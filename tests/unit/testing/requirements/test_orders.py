"""Requirements of what comes after what: what each means, and how far away it is seen broken."""

import pytest
from tests.unit.lifecycle.builders import club, move, stay, trio
from tests.unit.testing.requirements.builders import line, walk

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintSettled,
    Contacted,
    Departed,
    Purchased,
    Room,
    at_least,
    is_,
)
from custlife.errors import InvalidArgument
from custlife.testing.checking import check
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.language import after, leads_to, precedes
from custlife.testing.requirements.orders import FAIR

STUCK = line(
    leaves=move("left", ["prospect", "three", "four"], "gone"), also=[stay("idled", "five")]
)
WAITING = line(also=[stay("waited", "four")])
LAST = line(returns=move("moved", "zero", "one"))
AGAIN = line(leaves=move("left", "customer", "gone"), returns=move("returned", "gone", "two"))
FAR = [
    ("leads-to-until", line(), leads_to("third", "three", until="left"), walk(4)),
    ("leads-to-within", line(), leads_to("second", "five", within=2), walk(4)),
    ("leads-to-a-dead-end", LAST, leads_to("third", "zero", within=9), (*walk(3), "left")),
    ("leads-to-an-event-within", line(), leads_to("two", "left", within=2), walk(4)),
    ("leads-to", STUCK, leads_to("third", "gone"), walk(5)),
    ("leads-to-an-event", STUCK, leads_to("one", "left"), walk(5)),
    ("leads-to-unfairly", WAITING, leads_to("first", "gone", fair=[]), walk(4)),
    ("leads-to-fairly", WAITING, leads_to("first", "gone", fair=["waited"]), walk(4)),
    ("after-never", line(), after("second", never="five"), walk(5)),
    ("after-never-an-event", line(), after("second", never="fifth"), walk(5)),
    ("after-only-events", line(), after("second", only=[*walk(4), "left", "returned"]), walk(5)),
    (
        "after-only",
        line(),
        after("third", only=["customer", "gone"]),
        (*walk(3), "left", "returned"),
    ),
    ("precedes", WAITING, precedes("waited", "five"), walk(5)),
    ("precedes-an-event", WAITING, precedes("waited", "fifth"), walk(5)),
    ("precedes-twice", line(), precedes("first", "four", times=2), walk(4)),
    (
        "precedes-in-each-cycle",
        AGAIN,
        precedes("first", "three", each_cycle=True),
        (*walk(3), "left", "returned", "third"),
    ),
]


@pytest.mark.parametrize(
    ("lifecycle", "requirement", "events"), [row[1:] for row in FAR], ids=[row[0] for row in FAR]
)
def test_what_is_wrong_far_away_is_found_with_the_shortest_history(lifecycle, requirement, events):
    """On a line of six stages there is one way to each of them, so the history is known."""
    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.status is Status.VIOLATED
    assert verdict.events == events
    assert len(verdict.states) == len(events) + 1
    assert len(events) >= 4


HELD = [
    (line(), leads_to("third", "customer", until="left")),
    (line(), leads_to("third", "three", until=["fourth", "left"])),
    (line(), leads_to("third", "three", within=0)),
    (line(), leads_to("first", ["third", "gone"], within=2)),
    (line(), leads_to("first", "gone")),
    (WAITING, leads_to("first", "gone", fair=["left"])),
    (line(), after("third", never="prospect", until="returned")),
    (line(), after("third", only=["fourth", "fifth", "left"], until="gone")),
    (line(), after("first", never="first", at="zero", until="gone")),
    (line(), precedes("third", "four")),
    (line(), precedes("third", "fourth")),
    (line(), precedes("one", "two")),
    (line(), precedes("first", "four", each_cycle=True)),
    (AGAIN, precedes("first", "three")),
    (AGAIN, precedes("prospect", "four", times=1, each_cycle=True)),
]


@pytest.mark.parametrize(("lifecycle", "requirement"), HELD, ids=lambda value: str(value)[:60])
def test_what_nothing_breaks_holds(lifecycle, requirement):
    """Held by what the line is."""
    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.holds


def test_a_goal_that_comes_again_and_again_has_come_each_time():
    """A contact is followed by another: the event that ends the wait also begins the next."""
    report = check(
        CUSTOMER_LIFECYCLE, [leads_to(Contacted, Contacted), leads_to(Room.CUSTOMER, Departed)]
    )

    assert report.holds
    assert {verdict.because for verdict in report.held} == {FAIR}


def test_the_assumption_is_named_only_where_something_is_assumed():
    """No fairness is needed where the goal comes within so many events, or none is assumed."""
    requirements = [leads_to("third", "three", within=0), leads_to("third", "three", fair=[])]

    report = check(line(), requirements)

    assert [verdict.because for verdict in report.held] == ["", ""]


def test_an_event_that_happens_again_and_again_need_not_be_fair():
    """Who waits at the fourth stage for ever leaves only if leaving is fair."""
    report = check(WAITING, leads_to("fourth", "gone", fair=["fourth", "waited"]))

    assert report.violated[0].because == "then waited can go on for ever, and gone never comes"


def test_a_circle_may_be_left_in_time_or_not_at_all():
    """A way out of one stage of a circle is enough; one that leads back is none."""
    turns = [stay("turned", "three"), move("turned", "four", "three")]
    held = line(also=turns)
    never_left = line(also=turns, leaves=move("left", ["prospect", "five"], "gone"))

    out = check(held, leads_to("third", "gone", fair=["fourth", "turned", "left"]))
    round_and_round = check(
        never_left, leads_to("third", "gone", fair=["fourth", "turned", "left"])
    )

    assert out.holds
    assert round_and_round.violated[0].events == walk(3)
    assert "fourth or turned can go on" in round_and_round.violated[0].because


def test_where_nothing_is_allowed_any_more_the_goal_never_comes():
    """At some time or in time: a last stage is no excuse."""
    lifecycle = trio(without=["returned"])

    report = check(lifecycle, [leads_to("left", "guest"), leads_to("left", "guest", within=3)])

    assert [verdict.events for verdict in report.violated] == [("left",), ("left",)]
    assert report.violated[0].because.startswith("then nothing is allowed any more")
    assert report.violated[1].because == "nothing is allowed in gone, so guest never comes"


def test_what_comes_with_the_trigger_is_no_goal_yet():
    """An event must come after it; a place may be where it leads."""
    report = check(
        line(), [leads_to("first", "first", within=0), leads_to("first", "one", within=0)]
    )

    assert [verdict.status.value for verdict in report.verdicts] == ["violated", "holds"]


def test_a_trigger_counts_where_it_is_said_to():
    """An event where it happens, a place where the customer is too."""
    lifecycle = club()

    report = check(
        lifecycle,
        [
            leads_to("left", "former", at="customer", within=0),
            leads_to("vexed", "guest", at="gold", within=0),
            leads_to("cross", "guest", at="gold", within=0),
            leads_to("joined", "guest", at="gone", within=0),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "holds",
        "violated",
        "violated",
        "vacuous",
    ]
    assert report.violated[0].events[-1] == "vexed"
    assert len(report.violated[1].events) == 4
    assert report.vacuous[0].because == "joined never comes about at gone"


def test_what_is_forbidden_afterwards_may_happen_again_once_it_has_ended():
    """The event that ends it is free itself."""
    lifecycle = line()

    report = check(
        lifecycle,
        [
            after("left", never="first", until="returned"),
            after("left", never="returned", until="returned"),
            after("left", never="zero", until="zero"),
            after("left", never="returned"),
        ],
    )

    statuses = [verdict.status.value for verdict in report.verdicts]
    assert statuses == ["holds", "vacuous", "vacuous", "violated"]
    assert report.violated[0].events == ("left", "returned")


def test_only_a_place_that_nothing_leads_to_forbids_every_step():
    """And only nothing forbids them, too."""
    lifecycle = club(without=["asked"], also=[stay("asked", "gone")])

    report = check(
        lifecycle,
        [
            after("joined", only="asking"),
            after("joined", only=[]),
            after("joined", only=is_("asking", True)),
        ],
    )

    assert [len(verdict.events) for verdict in report.violated] == [2, 2, 2]


def test_only_events_leave_the_places_free_and_only_places_the_events():
    """Both together leave both: one of them is enough."""
    report = check(
        line(),
        [
            after("third", only=["fourth", "fifth"], until="left"),
            after("third", only="customer", until="left"),
            after("third", only=["fourth", "fifth", "customer"], until="left"),
            after("third", only=["fourth", "customer"], until="left"),
            after("third", only=["fourth", "fifth", "four"], until="left"),
            after("third", only=["fourth", "three"], until="left"),
        ],
    )

    assert [verdict.holds for verdict in report.verdicts] == [True, True, True, True, True, False]


def test_nothing_comes_before_the_beginning():
    """Who is there from the start has not been brought there."""
    (verdict,) = check(line(), precedes("first", "zero")).verdicts

    assert (verdict.events, verdict.because) == (
        (),
        "every history begins in zero without first before",
    )


def test_an_event_that_leads_there_came_before_but_no_event_comes_before_itself():
    """The third step leads to the third stage; it cannot come before its own first time."""
    report = check(line(), [precedes("third", "three"), precedes("third", "third")])

    assert [verdict.status.value for verdict in report.verdicts] == ["holds", "violated"]
    assert report.violated[0].because == "'third' happens without third before"


def test_places_count_once_for_each_time_that_they_are_entered():
    """To stay inside is no second time; a return is one."""
    lifecycle = club()

    report = check(
        lifecycle,
        [
            precedes("visitor", "gone", times=1),
            precedes("prospect", "customer", times=1),
            precedes("prospect", "customer", times=2),
            precedes("gone", "member", times=2),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "violated",
        "holds",
        "violated",
        "violated",
    ]
    assert report.violated[1].because.endswith("without prospect 2 times before")


def test_each_cycle_begins_its_count_with_where_it_begins():
    """Who was former and visitor before is a visitor anew after the return."""
    requirement = precedes(["former", "visitor"], "trial", each_cycle=True)

    (verdict,) = check(club(), requirement).verdicts

    assert verdict.events == ("joined",)
    assert check(club(), precedes(["gone", "guest", "visitor"], "trial", each_cycle=True)).holds


VACUOUS = [
    leads_to("asked", "guest", until="left", at="asking"),
    leads_to("asking", "guest", within=3),
    leads_to("asking", "guest"),
    after("asking", never="guest"),
    after("left", only="gone", at="asking"),
    precedes("left", "asking"),
]
CERTAIN = [
    leads_to("trial", "customer", within=0),
    leads_to("trial", "bond", within=5),
    leads_to("trial", "customer"),
    leads_to("joined", ["prospect", "customer", "former"]),
    leads_to("trial", "customer", until=["prospect", "former"]),
    leads_to("left", ["prospect", "customer", "former"], until="joined"),
    after("left", never=[]),
    after("left", only=["prospect", "customer", "former"]),
    after("left", never="gone", until=["gone"]),
    precedes("customer", "gold"),
    precedes(["bond"], ["trial", "silver"], each_cycle=True),
]


@pytest.mark.parametrize("requirement", VACUOUS, ids=str)
def test_what_never_comes_about_leaves_a_requirement_vacuous(requirement):
    """It never holds, though nothing breaks it."""
    lifecycle = club(without=["asked"], also=[stay("asked", "gone")])

    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.status is Status.VACUOUS
    assert "never comes about" in verdict.because


@pytest.mark.parametrize("requirement", CERTAIN, ids=str)
def test_what_no_rule_could_break_is_vacuous(requirement):
    """Such as that who has a stage has been in its room."""
    (verdict,) = check(club(), requirement).verdicts

    assert (verdict.status, verdict.because) == (Status.VACUOUS, "no rule could break it")


def test_a_goal_on_record_may_stay_away_where_complaints_pile_up():
    """Complaints can come faster than they are settled, so it is not decided."""
    report = check(
        CUSTOMER_LIFECYCLE,
        [
            leads_to(Complained, is_("open_complaints", 0)),
            leads_to(Purchased, at_least("purchases", 2)),
            leads_to("in_conflict", ["content", "eroding", "former"], fair=ComplaintSettled),
        ],
    )

    assert [verdict.status.value for verdict in report.verdicts] == [
        "undecided",
        "holds",
        "undecided",
    ]
    assert "very many complaints are open at once" in report.undecided[0].because


def test_a_goal_that_nothing_leads_to_never_comes_however_many_complaints_are_open():
    """What was settled is on record for ever."""
    report = check(CUSTOMER_LIFECYCLE, leads_to(ComplaintSettled, is_("settlements", 0)))

    assert report.violated[0].events == ("complained", "complaint_settled")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: leads_to("a", "b", within=-1), r"leads_to\(\): within is -1, but must be a whole"),
        (lambda: leads_to("a", "b", within=True), "within is True, but must be a whole number"),
        (
            lambda: precedes("a", "b", times=0),
            r"precedes\(\): times is 0, but must be a whole number",
        ),
        (lambda: precedes("a", "b", times="2"), "times is '2', but must be a whole number from 1"),
        (lambda: precedes("a", "b", each_cycle=1), "each_cycle is 1, but must be True or False"),
    ],
)
def test_a_number_that_is_none_is_refused_when_the_requirement_is_made(make, message):
    """So is a flag that is none."""
    with pytest.raises(InvalidArgument, match=message):
        make()
