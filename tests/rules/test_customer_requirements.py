"""The requirements of the default lifecycle: all hold, each is cited, and each can fail."""

import re

import pytest
from attrs import evolve

from custlife import CUSTOMER_LIFECYCLE, Forbid, Move, Stay
from custlife.sources import ASSUMPTION, STUDIES, WORKS
from custlife.testing.checking import check
from custlife.testing.defaults.customers import CUSTOMER_REQUIREMENTS
from custlife.testing.requirements.engine import Status

SLIPS = {
    "BEGINNING": ["recommended: potential -> aware"],
    "AWARENESS": ["contacted: potential -> visitor"],
    "CONTACT-MOVES-NOBODY": ["contacted: aware -> visitor"],
    "CONTACT-EVERYBODY": ["contacted: former -> nothing"],
    "VISIT": ["engaged: aware -> aware"],
    "ACQUISITION": ["engaged: aware -> aware"],
    "VISIT-AGAIN": ["engaged: former -> aware"],
    "VISIT-OF-CUSTOMERS": ["engaged: customer -> nothing"],
    "VISIT-MOVES-NO-CUSTOMER": ["engaged: buyer -> regular"],
    "MOMENT": ["engaged: aware -> buyer"],
    "WAY-IN": ["purchased: prospect -> nothing"],
    "FIRST-PURCHASE": ["purchased: prospect -> regular"],
    "FIRST-PURCHASE-AGAIN": ["purchased: former -> regular"],
    "CONTENT-AT-FIRST": ["purchased: former -> eroding"],
    "ANYBODY-CAN-BUY": ["purchased: former -> nothing"],
    "SECOND-PURCHASE": ["recommended: buyer -> regular"],
    "REPEAT": ["purchased: buyer -> buyer"],
    "PURCHASE-KEEPS-THE-BOND": ["purchased: regular -> advocate"],
    "WORN-ADVOCATE": ["purchased: advocate -> nothing"],
    "REGULAR-FIRST": ["recommended: buyer -> advocate"],
    "ADVOCACY-IS-EARNED": ["purchased: regular -> advocate"],
    "RECOMMENDATION": ["recommended: regular -> regular"],
    "COMMITMENT": ["committed: regular -> nothing"],
    "BUYER-IS-NO-ADVOCATE": ["committed: buyer -> advocate"],
    "PRAISE-SETTLES-NOTHING": ["recommended: in_conflict -> content"],
    "COMMITMENT-OF-CUSTOMERS": ["committed: prospect -> prospect"],
    "COMMITMENT-AT-ANY-TIME": ["committed: eroding -> refused"],
    "ADVOCACY-STAYS-POSSIBLE": ["purchased: buyer -> buyer"],
    "CONFLICT": ["recommended: in_conflict -> content"],
    "CONFLICT-IS-VOICED": ["service_failed: content -> in_conflict"],
    "CONFLICT-ENDS": ["complaint_ignored: in_conflict -> in_conflict"],
    "COMPLAINT-BREAKS-NO-BOND": ["complained: advocate -> regular"],
    "SETTLED": ["complaint_settled: in_conflict -> eroding"],
    "RECOVERY": ["complaint_settled: regular -> nothing"],
    "RECOVERY-OF-REGULARS": ["complaint_settled: buyer -> regular"],
    "IGNORED": ["complaint_ignored: in_conflict -> content"],
    "IGNORED-ADVOCATE": ["complaint_ignored: advocate -> nothing"],
    "IGNORED-KEEPS-OTHER-BONDS": ["complaint_ignored: regular -> buyer"],
    "LATE-ANSWER-MOVES-NOBODY": ["complaint_settled: eroding -> content"],
    "ANSWER-EVERYWHERE": ["complaint_settled: former -> nothing"],
    "ANSWER-TO-SOMETHING": ["complaint_ignored: former -> former"],
    "CONFLICT-WAITS": ["purchased: in_conflict -> content"],
    "SILENCE-ERODES": ["lapsed: content -> nothing"],
    "SILENCE-KEEPS-THE-BOND": ["lapsed: advocate -> regular"],
    "SILENCE-OF-OTHERS": ["lapsed: in_conflict -> eroding"],
    "SILENCE-IS-RECORDED": ["lapsed: prospect -> nothing"],
    "MENDED": ["purchased: eroding -> nothing"],
    "EROSION-LASTS": ["recommended: eroding -> content"],
    "THOUGHTS-OF-CHANGE": [
        "lapsed: content -> nothing",
        "complaint_ignored: in_conflict -> nothing",
    ],
    "EROSION-HAS-A-CAUSE": ["service_failed: content -> eroding"],
    "RECORDED-EVERYWHERE": ["refunded: former -> nothing"],
    "RECORDED-ONLY": ["service_failed: content -> eroding"],
    "RECORDED-OUTSIDE": ["complained: former -> visitor"],
    "LOSS": ["departed: prospect -> eroded"],
    "LOSS-OF-PROSPECTS": ["terminated: customer -> lost"],
    "EROSION": ["departed: customer -> lost"],
    "EROSION-OF-CUSTOMERS": ["terminated: prospect -> eroded"],
    "SILENT-DEPARTURE": ["departed: customer -> lost"],
    "NOBODY-VANISHES": ["departed: customer -> nothing"],
    "TERMINATION": ["terminated: customer -> eroded"],
    "TERMINATION-OF-PROSPECTS": ["terminated: prospect -> lost"],
    "DISSOLUTION": ["lapsed: eroding -> eroded"],
    "GONE-ONCE": ["lapsed: former -> former"],
    "CAUSE-OF-A-DEPARTURE": ["cause_learnt: prospect -> prospect"],
    "CAUSE-IS-STUDIED": ["cause_learnt: former -> nothing"],
    "CAUSE-OF-NOBODY": ["cause_learnt: customer -> customer"],
    "CAUSE-MOVES-NOBODY": ["cause_learnt: former -> visitor"],
    "RETURN-IS-THEIRS": ["contacted: former -> aware"],
    "WAY-BACK": ["purchased: former -> nothing", "engaged: former -> nothing"],
    "RETENTION-AFTER-PURCHASE": ["engaged: aware -> buyer"],
    "RETENTION-UNTIL-THE-END": ["lapsed: eroding -> eroded"],
    "EXPANSION-AFTER-EXPLORATION": ["engaged: aware -> regular"],
    "EXPANSION": ["purchased: buyer -> buyer"],
    "COMMITMENT-AFTER-EXPANSION": ["recommended: buyer -> advocate"],
    "DISAPPOINTMENT": ["departed: prospect -> nothing"],
    "DISSOLUTION-FROM-EVERY-PHASE": ["terminated: customer -> nothing"],
    "LADDER-UP": ["refunded: regular -> buyer"],
}
"""For each requirement a slip that breaks it: where an event leads at one place instead. To lead to
nothing is to have no rule there; to lead to the place itself is to stay."""


def slipped(lifecycle, slip):
    """The lifecycle in which an event leads elsewhere from one place."""
    on, at, to = re.fullmatch(r"(\w+): (\w+) -> (\w+)", slip).groups()
    rules = [
        evolve(rule, at=[place for place in rule.at if (rule.on, place) != (on, at)])
        for rule in lifecycle.rules
    ]
    said = {"at": at, "sentence": "A slip."}
    other = {"nothing": [], "refused": [Forbid(on, **said)], at: [Stay(on, **said)]}
    there = other[to] if to in other else [Move(on, to=to, **said)]
    return evolve(lifecycle, rules=[*(rule for rule in rules if rule.at), *there])


def test_the_default_lifecycle_is_what_it_is_required_to_be():
    """Every requirement holds; none is vacuous or undecided."""
    report = check(CUSTOMER_LIFECYCLE, CUSTOMER_REQUIREMENTS)

    assert str(report).splitlines()[1:] == []
    assert report.holds


def test_each_requirement_has_a_slip_of_its_own():
    """So that the tests below leave none out, and no id is used twice."""
    assert [requirement.id for requirement in CUSTOMER_REQUIREMENTS] == [*SLIPS]


@pytest.mark.parametrize("requirement", CUSTOMER_REQUIREMENTS, ids=lambda one: one.id)
def test_each_requirement_can_fail(requirement):
    """A slip in one rule breaks it, or in two; the history that shows it is short."""
    lifecycle = CUSTOMER_LIFECYCLE
    for slip in SLIPS[requirement.id]:
        lifecycle = slipped(lifecycle, slip)

    (verdict,) = check(lifecycle, requirement).verdicts

    assert verdict.status is Status.VIOLATED
    assert len(verdict.events) <= 5


@pytest.mark.parametrize("requirement", CUSTOMER_REQUIREMENTS, ids=lambda one: one.id)
def test_each_requirement_reads_like_a_line_of_a_page(requirement):
    """An id in capitals, one sentence, and a row of the sources or none."""
    rows = [row for work in WORKS for row in work]

    assert re.fullmatch(r"[A-Z]+(-[A-Z]+)*", requirement.id)
    assert re.fullmatch(r"[A-Z].*[^.]\.", requirement.sentence)
    assert requirement.source in (*rows, *STUDIES, ASSUMPTION)
    assert len({one.sentence for one in CUSTOMER_REQUIREMENTS}) == len(CUSTOMER_REQUIREMENTS)


def test_a_requirement_of_the_sources_speaks_for_each_row_that_says_what_follows_what():
    """Which rows these are is a matter of reading; one that loses its requirement is seen here."""
    cited = {requirement.source.row for requirement in CUSTOMER_REQUIREMENTS}

    assert cited >= {
        *("IMH-1", "IMH-3", "IMH-6", "IMH-8", "IMH-11"),
        *("KAL-1", "KAL-2", "KAL-3", "KAL-4", "KAL-5", "KAL-8"),
        *("BUT-6", "BUT-7"),
        *("EFR-1", "EFR-2", "EFR-3", "EFR-4", "EFR-5", "EFR-6"),
    }
