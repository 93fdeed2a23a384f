"""Going through a graph: the shortest way, what is not sure, and what can go on for ever."""

from collections import Counter
from itertools import pairwise

import pytest
from tests.unit.lifecycle.builders import move, stage, stay, trio

from custlife import CUSTOMER_LIFECYCLE, Lifecycle
from custlife.testing import Subject
from custlife.testing.checking import check
from custlife.testing.requirements.engine import Problem, Status, Watch, can_reach, search
from custlife.testing.requirements.graph import graph_of
from custlife.testing.requirements.language import leads_to, never

GRAPH = graph_of(Subject.of(CUSTOMER_LIFECYCLE), {})


def test_of_ways_of_one_length_the_first_in_the_order_of_the_lifecycle_is_shown():
    """Events are tried in the order of the lifecycle, so that a report is the same every time."""
    (verdict,) = check(CUSTOMER_LIFECYCLE, never("former")).verdicts

    assert verdict.events == ("departed",)


def test_a_search_looks_at_every_step_once_for_each_memory():
    """A watch that keeps nothing sees each arc of the graph exactly once."""
    seen = Counter()

    def look(_, before, event, after):
        seen[before, event, after] += 1

    found = search(GRAPH, Watch(look, "nothing"))

    steps = {(n, event, after) for n, arcs in enumerate(GRAPH.arcs) for event, after in arcs}
    assert found is None
    assert seen == Counter({(None, None, 0), *steps})


def test_what_is_kept_of_a_history_tells_apart_how_a_node_was_reached():
    """A watch that counts to four finds a walk of four events, wherever it leads."""

    def count(kept, before, event, after):
        return Problem("four") if kept == 3 else 0 if kept is None else kept + 1

    found = search(GRAPH, Watch(count, "nothing"))

    assert found.status is Status.VIOLATED
    assert len(found.events) == 4
    assert all(
        (e, b) in GRAPH.arcs[a] for (a, b), e in zip(pairwise(found.way), found.events, strict=True)
    )


def piled(number, settled="prospect"):
    """A lifecycle whose last stage so many complaints lead to, and where they are settled."""
    names = [f"s{place}" for place in range(number + 1)]
    ways = [move("complained", before, after) for before, after in pairwise(names)]
    return trio(
        prospect=[stage(name) for name in names],
        without=["joined", "left", "returned"],
        also=[
            *ways,
            stay("complaint_settled", settled, answers_complaint=True),
            move("joined", "prospect", "member"),
            move("left", ["prospect", "member"], "gone"),
            move("returned", "gone", "s0"),
        ],
    )


def test_an_answer_to_many_open_complaints_is_shown_where_it_is_sure():
    """Four are counted: a longer history is shown, in which fewer are open at the answer."""
    report = check(piled(5), [never("s5"), never(on="complaint_settled", at="s5")])

    five, answered = (verdict.events for verdict in report.violated)
    assert five == ("complained",) * 5
    assert (len(answered), answered.count("complaint_settled")) == (8, 3)


def test_what_only_an_answer_to_many_open_complaints_could_break_is_undecided():
    """None is settled before the fifth."""
    report = check(piled(5, settled="s5"), never(on="complaint_settled", at="s5"))

    assert report.undecided[0].because == (
        "only a history in which very many complaints are open at once could break it"
    )


def test_what_can_reach_a_goal_is_the_goal_and_what_leads_to_it():
    """Every state of the default lifecycle can reach each other but the beginning."""
    every = frozenset(range(len(GRAPH.nodes)))
    late = {n for n in every if GRAPH.state(n).is_in("advocate")}
    first = frozenset(n for n in every if GRAPH.state(n).is_in("potential"))

    assert can_reach(GRAPH, late) == every
    assert can_reach(GRAPH, {0}) == first
    assert can_reach(GRAPH, ()) == frozenset()


def ring(steps, exits=()):
    """A lifecycle whose customers go round by named steps, and leave by named exits."""
    stages = sorted({name for step in steps for name in step[1:]})
    return Lifecycle(
        "ring",
        prospect=[stage("guest")],
        customer=[stage(name) for name in stages],
        former=[stage("gone")],
        rules=[
            move("joined", "guest", stages[0]),
            *(move(*step) if step[1] != step[2] else stay(*step[:2]) for step in steps),
            *(move(event, at, "gone") for event, at in exits),
            move("fell", "guest", "gone"),
        ],
    )


ROUND = [("a_b", "a", "b"), ("b_a", "b", "a")]
LOOPS = [
    ("round", ROUND, [("out", "b")], ["a_b", "b_a", "out"], True),
    ("round-and-no-way-out", ROUND, [], ["a_b", "b_a"], False),
    ("round-unfairly", ROUND, [("out", "b")], ["a_b", "b_a"], False),
    ("fair-out-of-the-other", ROUND, [("out", "a")], ["out"], True),
    ("a-loop-inside", [*ROUND, ("idle", "a", "a")], [("out", "b")], ["out"], False),
    (
        "a-loop-inside-left-fairly",
        [*ROUND, ("idle", "a", "a")],
        [("out", "b")],
        ["out", "a_b"],
        True,
    ),
    (
        "a-tail",
        [*ROUND, ("on", "b", "c"), ("idle", "c", "c")],
        [("out", "b")],
        ["out", "on"],
        False,
    ),
    (
        "two-rings",
        [*ROUND, ("on", "b", "c"), ("c_d", "c", "d"), ("d_c", "d", "c")],
        [("out", "d")],
        ["out", "on", "a_b", "b_a", "c_d", "d_c"],
        True,
    ),
    (
        "two-rings-and-a-way-back",
        [*ROUND, ("on", "b", "c"), ("c_d", "c", "d"), ("d_c", "d", "c"), ("back", "d", "a")],
        [("out", "d")],
        ["on", "back", "a_b", "c_d"],
        False,
    ),
]


@pytest.mark.parametrize(
    ("steps", "exits", "fair", "comes"), [row[1:] for row in LOOPS], ids=[row[0] for row in LOOPS]
)
def test_a_circle_is_left_where_a_fair_event_leads_out_of_it(steps, exits, fair, comes):
    """Of one stage of it at least; what is not fair may be put off for ever."""
    lifecycle = ring(steps, exits)

    (verdict,) = check(lifecycle, leads_to("joined", "gone", fair=fair)).verdicts

    assert verdict.holds is comes


def test_what_goes_on_for_ever_is_said():
    """With the events by which it does, from where it begins soonest."""
    lifecycle = ring([*ROUND, ("on", "b", "c"), ("idle", "c", "c")], [("out", "b")])

    (verdict,) = check(lifecycle, leads_to("joined", "gone", fair=["out", "on"])).verdicts

    assert verdict.events == ("joined", "a_b", "on")
    assert verdict.because == "then idle can go on for ever, and gone never comes"


def test_a_history_that_may_end_is_a_history_that_may_go_on_for_ever():
    """Where no event is allowed, what is due never comes."""
    lifecycle = ring([*ROUND, ("on", "b", "c"), ("idle", "a", "a")], [("out", "b")])

    (verdict,) = check(lifecycle, leads_to("joined", "gone")).verdicts

    assert verdict.because == "then nothing is allowed any more, and gone never comes"
    assert verdict.events == ("joined", "a_b", "on")


def test_a_large_lifecycle_is_gone_through_without_recursion():
    """A line of many stages is no deeper than a short one."""
    names = [f"s{number}" for number in range(300)]
    lifecycle = ring(
        [("on", before, after) for before, after in pairwise(names)], [("out", names[-1])]
    )

    report = check(lifecycle, [leads_to("joined", "gone", fair=["on", "out"]), never(names[-1])])

    assert report.held[0].requirement == report.verdicts[0].requirement
    assert len(report.violated[0].events) == 300
