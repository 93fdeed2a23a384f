"""Why a strategy is recommended: rows that did not fire, and the evidence of several selectors."""

from functools import partial

import pytest

from custlife import Relationship
from custlife.errors import InvalidArgument
from custlife.sources import OWN
from custlife.strategy import Evidence, Profile, Reason, RunnerUp, Strategy
from custlife.strategy.reasons import beside, joint


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        (True, "start by row R holds as well, but ranks lower"),
        (False, "start by row R does not hold: a is 1 (2); b is 1 (2)"),
        (None, "start by row R is undecided: a is 1 (2); b is 1 (2)"),
    ],
)
def test_a_runner_up_says_why_it_did_not_fire(holds, said):
    """It ranks lower, fails, or is undecided."""
    assert str(RunnerUp("R", Strategy.START, holds, ("a is 1 (2)", "b is 1 (2)"))) == said


def test_joint_evidence_holds_the_first_value_of_each_fact():
    """In the order in which the selectors were called; what is missing is sorted."""
    first = partial(Evidence, {"b": 1}, ("y",))
    second = partial(Evidence, {"a": 2, "b": 3}, ("x", "y"))

    found = joint([first, second])

    assert [*found.facts.items()] == [("b", 1), ("a", 2)]
    assert found.missing == ("x", "y")


def test_a_reason_beside_nothing_is_the_same():
    """No selector passed before; the evidence is not joined."""
    reason = Reason("R", "So.", OWN, Evidence)

    assert beside(reason) is reason


@pytest.mark.parametrize(
    ("profile", "names"), [(None, ()), (Profile(relationship=Relationship("C-17")), "target")]
)
def test_evidence_is_read_from_a_profile_by_names(profile, names):
    """A text is not read letter by letter."""
    with pytest.raises(InvalidArgument, match=r"Evidence\.read"):
        Evidence.read(profile, names)
