"""What the tests of coverage share: histories, what is covered by them, and tables that count."""

from datetime import UTC, datetime, timedelta

from tests.unit.lifecycle.builders import club, forbid, move, stay
from tests.unit.weekday import Weekday

from custlife import (
    BUT,
    DecisionTable,
    HitPolicy,
    Purchased,
    Relationship,
    Room,
    Row,
    Stay,
    all_of,
    at_least,
    exceeds,
    is_,
    not_,
)
from custlife.strategy import Profile, Strategy, TableSelector
from custlife.testing import Coverage
from custlife.testing.coverage.collector import KINDS
from custlife.testing.coverage.items import ANSWER, MAKERS
from custlife.testing.generators.events import moved, simplest_events

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOTED = "It is noted."
CLUB = club(
    also=[
        forbid("joined", "gone"),
        stay("greeted", "silver", unless="cross"),
        move("complained", "happy", "cross"),
        stay("complained", ["prospect", "cross"]),
        move("complaint_settled", "cross", "happy"),
        Stay("complaint_settled", at=["prospect", "happy"], sentence=NOTED, answers_complaint=True),
    ]
)
"""Nested stages, a forbiddance, a condition, and answers of which some need a complaint."""


WAYS = (*MAKERS, ANSWER)
"""The kinds of what a history can show: all but those of tables, and sources."""


def names(uncovered):
    return [one.name for one in uncovered]


def missing(coverage):
    """Everything that is missing, by kind and name."""
    return {(one.kind, one.name) for kind in KINDS for one in coverage.missing(kind)}


def covered_by(lifecycle, *things):
    """A coverage to which these were added."""
    coverage = Coverage(lifecycle)
    coverage.add(*things)
    return coverage


def covered(lifecycle, *things):
    """What is covered by these, by kind and name."""
    return missing(Coverage(lifecycle)) - missing(covered_by(lifecycle, *things))


def happened(lifecycle, *events):
    """The simplest events of these names, one a day."""
    simplest = simplest_events(lifecycle)
    return [moved(simplest[name], T + number * DAY) for number, name in enumerate(events)]


def witness(one):
    """What the way to something uncovered says that must happen."""
    path = one.path
    return happened(path.lifecycle, *path.events, *filter(None, [one.refused]))


def in_order(*kinds):
    """Events of these classes, one a day; a purchase of 5."""
    return [
        kind(at=T + number * DAY, **({"amount": 5} if kind is Purchased else {}))
        for number, kind in enumerate(kinds)
    ]


def tables_of(rules):
    return rules.kinds, rules.severities


SIZES = DecisionTable(
    "sizes",
    (
        Row("HUGE", all_of(at_least("size", 100), not_(is_("odd", True))), "huge", "", BUT[1]),
        Row("DEAR", exceeds("cost", "benefit"), "dear", "", BUT[2]),
        Row("LONG", at_least("time", 9 * DAY), "long", "", BUT[3]),
        Row("RED", is_("colour", "red"), "red", "", BUT[4]),
        Row("SHADOW", all_of(at_least("size", 200), is_("odd", False)), "huge", "", BUT[5]),
        Row("WEEKDAY", Weekday(), "weekday", "", BUT[6]),
        Row("REST", all_of(), "rest", "", BUT[7]),
    ),
    HitPolicy.FIRST,
)
HERE = is_("room", Room.CUSTOMER)
ROWS = (
    Row("OPEN", is_("room", Room.PROSPECT), Strategy.START, "We are curious.", BUT[1]),
    Row("KEY", all_of(HERE, is_("strategic", True)), Strategy.PROTECT, "Key.", BUT[2]),
    Row("REST", HERE, Strategy.HARVEST, "The rest.", BUT[5]),
    Row("GONE", is_("room", Room.FORMER), Strategy.END, "Gone is gone.", BUT[6]),
)  # fmt: skip
SELECTOR = TableSelector("ours", DecisionTable("ours", ROWS, HitPolicy.FIRST))


def customer():
    return Profile(relationship=Relationship("C-1").apply(*in_order(Purchased)))
