"""The machine runs the executions side by side, and tells where they part."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from tests.unit.lifecycle.charts import CHARTS
from tests.unit.testing.gallery import GALLERY

from custlife import CUSTOMER_LIFECYCLE
from custlife.testing import LawViolation, lifecycle_machine

pytestmark = pytest.mark.slow

SEEN = {
    "a_chart_with_a_move_missing": "the chart",
    "a_chart_that_takes_what_is_forbidden": "the chart takes it",
    "a_chart_that_forbids_what_is_allowed": "the chart refuses it",
    "a_table_that_differs_from_the_chart_in_one_cell": "the table is in",
    "a_table_that_does_not_follow_the_rules": "the table takes it",
    "an_apply_that_forgets_the_revenue": "by its events, record.revenue is",
    "a_rejected_event_that_is_swallowed": "the relationship takes it",
    "a_rejected_event_that_moves_the_state": "the relationship is in",
}
"""Broken subjects that show event by event, and what is said of them."""


def run(machine, examples=200):
    fewer = settings(machine.TestCase.settings, max_examples=examples, database=None)
    run_state_machine_as_test(machine, settings=fewer)


@pytest.mark.parametrize("broken", [b for b in GALLERY if b.name in SEEN], ids=lambda b: b.name)
def test_a_broken_subject_is_caught(broken):
    """By the first event after which the executions do not agree."""
    machine = lifecycle_machine(broken.subject())

    with pytest.raises(LawViolation, match=SEEN[broken.name]) as caught:
        run(machine, examples=2000)

    assert caught.value.law == "agreement"
    assert caught.value.history


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_users_own_chart_agrees(chart):
    """With the lifecycle that is read out of it."""
    machine = lifecycle_machine(chart)

    run(machine, examples=5)


def test_a_machine_is_named_after_its_lifecycle():
    """So that a failure says whose it is; its test case is ready for pytest."""
    machine = lifecycle_machine(CUSTOMER_LIFECYCLE)

    assert machine.__name__ == "CustomerMachine"
    assert callable(machine.TestCase("runTest").runTest)
