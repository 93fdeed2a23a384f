"""Checking: verdicts and reports, how they read, and what can be checked."""

import pickle

import pytest
from tests.unit.lifecycle.builders import club, stay, trio
from tests.unit.lifecycle.charts import Nested
from tests.unit.testing.requirements.builders import line, walk

from custlife import (
    CUSTOMER_LIFECYCLE,
    InvalidLifecycle,
    Room,
    above,
    is_,
    replay,
    to_chart,
    to_table,
)
from custlife.errors import InvalidArgument
from custlife.sources import EFR
from custlife.testing import CUSTOMER_REQUIREMENTS, Subject, mutants
from custlife.testing.checking import Report, RequirementVerdict, check
from custlife.testing.requirements.conditions import InvalidRequirement
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.language import always, leads_to, never, preserves

ONE_OF_EACH = [
    never("gone", at="guest"),
    never("gone"),
    always("guest", at="guest"),
    never(above("revenue", 3)),
    always(["guest", "member", "gone"]),
    preserves("joined", at="gone"),
    never("guest+member"),
    leads_to("joined", "gone"),
]


def test_a_report_keeps_the_order_and_parts_the_verdicts_by_what_became_of_them():
    """Each verdict is in one part."""
    report = check(trio(), ONE_OF_EACH)

    assert [verdict.requirement for verdict in report.verdicts] == ONE_OF_EACH
    assert [v.status.value for v in report.verdicts] == [
        "vacuous",
        "violated",
        "vacuous",
        "undecided",
        "vacuous",
        "vacuous",
        "vacuous",
        "holds",
    ]
    assert [len(p) for p in (report.held, report.violated, report.vacuous, report.undecided)] == [
        1,
        1,
        5,
        1,
    ]


@pytest.mark.parametrize("requirement", ONE_OF_EACH[:-1], ids=str)
def test_a_report_holds_only_if_every_requirement_does(requirement):
    """What is vacuous or undecided does not."""
    held = leads_to("joined", "gone")

    assert check(trio(), held).holds
    assert not check(trio(), [held, requirement]).holds
    assert not check(trio(), requirement).verdicts[0].holds


def test_a_report_says_how_many_hold_and_all_of_the_others():
    """With the requirement, its sentence and source, what is wrong, and the history."""
    report = check(
        line(),
        [
            never("three", id="NO-THREE", sentence="Three is one too many.", source=EFR[3]),
            always(on="left", at=["gone", "two"], id="LEAVING"),
            never("zero"),
            never("zero+one", sentence="One at a time."),
            leads_to("first", "gone"),
        ],
    )

    assert str(report).splitlines() == [
        "Of 5 requirements of 'line', 1 holds.",
        "violated: NO-THREE: never three",
        f"  Required: Three is one too many. [{EFR[3]}]",
        "  in three it is true: three. The shortest history:",
        "      zero",
        "   1. first -> one",
        "   2. second -> two",
        "   3. third -> three",
        "violated: LEAVING: left at gone or two is always allowed",
        "  'left' is refused in gone. The shortest history:",
        "      zero",
        "   1. left -> gone",
        "      left: refused",
        "violated: never zero",
        "  in zero it is true: zero. The shortest history:",
        "      zero",
        "vacuous: never zero+one",
        "  Required: One at a time. [own]",
        "  no rule could break it.",
    ]


def test_a_report_of_one_says_so():
    """Held or not."""
    assert str(check(line(), leads_to("first", "gone"))) == "Of 1 requirement of 'line', 1 holds."
    assert str(check(line(), [])) == "Of 0 requirements of 'line', 0 hold."


def test_a_verdict_that_holds_says_so_and_what_it_assumes():
    """Where it assumes nothing there is no second line."""
    held, fair = check(line(), [never("one", at="gone+zero"), leads_to("first", "gone")]).verdicts

    assert str(check(line(), never(on="fifth", at="zero")).verdicts[0]) == (
        "holds: fifth at zero is never allowed"
    )
    assert str(held) == "vacuous: never one at gone+zero\n  no history leads to gone+zero."
    assert len(str(fair).splitlines()) == 2


def test_a_verdict_draws_its_history():
    """As a picture of the states and the steps; there is none where nothing is shown."""
    violated, held = check(line(), [never("one"), leads_to("first", "gone")]).verdicts

    assert violated.to_mermaid().splitlines() == [
        "stateDiagram-v2",
        "    direction LR",
        '    state "zero" as s0',
        '    state "one" as s1',
        "    [*] --> s0",
        "    s0 --> s1 : 1. first",
    ]
    assert held.to_mermaid() == ""


def test_reports_and_verdicts_are_values():
    """They compare, pickle, and can be read from."""
    report = check(line(), never("three"))

    again = pickle.loads(pickle.dumps(report))

    assert again == report == check(line(), never("three"))
    assert isinstance(report, Report)
    assert isinstance(report.verdicts[0], RequirementVerdict)
    assert report.violated[0].states[-1] == line().state("three")
    assert [event.name for event in report.violated[0].history] == [*walk(3)]


def test_a_chart_class_and_a_subject_are_checked_as_well():
    """The lifecycle is read out of the class."""
    chart = to_chart(trio())

    for thing in (chart, Subject.of(chart), Subject.of(trio()), trio()):
        assert check(thing, never("gone")).violated[0].events == ("left",)
    assert check(Nested, never(Room.FORMER)).violated


def test_a_lifecycle_with_a_stage_that_nothing_leads_to_can_be_checked():
    """Though no table is made of it: what is said of that stage is vacuous."""
    lifecycle = club(without=["asked"], also=[stay("asked", "gone")])

    report = check(lifecycle, [never("asking"), always(on="left", at="asking", to="gone")])

    with pytest.raises(InvalidLifecycle):
        to_table(lifecycle)
    assert [verdict.status for verdict in report.verdicts] == [Status.HOLDS, Status.VACUOUS]


@pytest.mark.parametrize("requirements", ["gone", [never("gone"), "gone"], never, None, 7])
def test_what_is_no_requirement_is_refused(requirements):
    """Also in a list of requirements."""
    with pytest.raises(InvalidArgument, match=r"check\(\): requirements is .* a Requirement"):
        check(trio(), requirements)


def test_what_is_no_lifecycle_is_refused():
    """The error says what can be checked."""
    with pytest.raises(InvalidArgument, match="a Lifecycle, a"):
        check("trio", never("gone"))


def test_the_first_requirement_that_names_what_is_not_there_is_named():
    """Nothing is reported of the others: the list is wrong."""
    with pytest.raises(InvalidRequirement, match="'never nowhere' cannot be checked"):
        check(CUSTOMER_LIFECYCLE, [never("former"), never("nowhere"), never("elsewhere")])


def test_counts_are_taken_for_each_requirement_by_itself():
    """What one counts does not change the history of another."""
    requirements = [never("regular", at=is_("purchases", 3)), never("regular")]

    counted, plain = check(CUSTOMER_LIFECYCLE, requirements).verdicts

    assert (len(counted.events), len(plain.events)) == (3, 2)
    assert check(CUSTOMER_LIFECYCLE, requirements[::-1]).verdicts == (plain, counted)


def test_an_answer_on_the_way_is_one_to_a_complaint():
    """In the state alone a visitor may be answered; the record asks for a complaint before."""
    report = check(CUSTOMER_LIFECYCLE, never(on="complaint_settled", at="prospect"))

    assert report.violated[0].events == ("complained", "complaint_settled")


def test_an_answer_that_only_a_complaint_could_have_is_none():
    """Nobody here ever complains, so it is refused, though the state alone would take it."""
    answered = stay("complaint_settled", "member", answers_complaint=True)
    lifecycle = trio(also=[answered])

    (verdict,) = check(lifecycle, never(on="complaint_settled", at="customer")).verdicts

    assert verdict.status is Status.HOLDS


@pytest.mark.slow
def test_a_history_that_shows_a_violation_can_be_replayed():
    """Of every mutant, through the same states; but nobody learns why somebody left who is here."""
    shown = 0
    for mutant in mutants(CUSTOMER_LIFECYCLE):
        found = check(mutant.lifecycle, CUSTOMER_REQUIREMENTS).verdicts if mutant.lifecycle else ()
        for verdict in found:
            here = "cause_learnt" in verdict.events and "lifted" in mutant.difference
            if verdict.states and not here:
                journey = replay(verdict.history, customer="C-1", lifecycle=mutant.lifecycle)
                went = [mutant.lifecycle.initial, *(step.after for step in journey.steps)]
                assert went == [*verdict.states], f"{mutant}: {verdict}"
                shown += 1

    assert shown > 100
