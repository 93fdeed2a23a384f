"""The graph: the states, the counts that are asked for, the steps between them, and its end."""

from tests.unit.lifecycle.builders import Warmth, club, stay, trio
from tests.unit.testing.requirements.builders import line

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Phase,
    Purchased,
    Relationship,
    Room,
    all_of,
    at_least,
    is_,
    replay,
)
from custlife.testing import Subject
from custlife.testing.checking import check
from custlife.testing.requirements import graph as graphs
from custlife.testing.requirements.graph import (
    TRACKED,
    UNTRACKED,
    WAITING,
    Node,
    everywhere,
    facts_of,
    graph_of,
    regions_of,
)
from custlife.testing.requirements.language import (
    always,
    eventually_possible,
    leads_to,
    never,
)

CUSTOMER = Subject.of(CUSTOMER_LIFECYCLE)


class Renewed(Purchased):
    """A purchase of an app's own."""


def nodes_by(events, counted):
    """The node that the first of the steps of each event leads to, from the beginning."""
    graph, number = graph_of(CUSTOMER, counted), 0
    for event in events:
        number = next(after for name, after in graph.arcs[number] if name == event)
    return graph.nodes[number]


def test_without_counts_a_node_is_a_state():
    """Each state of the table once, with its steps."""
    graph = graph_of(Subject.of(club()), {})

    assert {graph.state(number) for number in range(len(graph.nodes))} == {*graph.table.states}
    assert len(graph.nodes) == len(graph.table.states)
    assert graph.is_complete
    assert graph.doubtful == frozenset()
    assert all(
        graph.table.step(graph.state(number), event) == graph.state(after)
        for number, arcs in enumerate(graph.arcs)
        for event, after in arcs
    )


def test_where_complaints_are_answered_those_that_are_open_are_counted():
    """Asked for or not: what an answer does depends on them."""
    graph = graph_of(CUSTOMER, {})

    assert {node.waiting for node in graph.nodes} == {0, 1, 2, 3, 4}
    assert {graph.state(number) for number in range(len(graph.nodes))} == {*graph.table.states}


def test_where_complaints_are_not_answered_they_are_not_counted_until_they_are_asked_for():
    """Nothing depends on them, and nothing is doubtful."""
    lifecycle = trio(also=[stay("complained", "guest")])
    plain, asked = (graph_of(Subject.of(lifecycle), {name: 3}) for name in ("events", WAITING))

    assert {node.waiting for node in plain.nodes} == {0}
    assert {node.waiting for node in asked.nodes} == {0, 1, 2, 3}
    assert plain.doubtful | asked.doubtful == frozenset()


def test_a_count_ends_one_beyond_its_limit():
    """The third purchase of two is two or more."""
    assert nodes_by(["purchased"] * 3, {"purchases": 2}).counts == (2,)
    assert nodes_by(["purchased", "contacted"], {"purchases": 2, "events": 9}).counts == (1, 2)


def test_a_return_begins_a_cycle_as_far_as_it_is_asked_for():
    """A contact of a former customer does not."""
    events = ["departed", "engaged", "departed", "contacted", "purchased"]

    assert nodes_by(events, {"cycle": 9}).cycle == 3
    assert nodes_by(events, {"cycle": 2}).cycle == 2
    assert nodes_by(events, {"purchases": 2}).cycle == 1
    assert nodes_by(events[:4], {"cycle": 9}).cycle == 2


def test_an_answer_is_to_one_complaint_and_leaves_the_others():
    """It moves nobody while another complaint waits."""
    two = ["purchased", "complained", "complained", "complaint_settled"]

    node = nodes_by(two, {"open_complaints": 3})

    assert (node.waiting, node.ignored) == (1, 0)
    assert str(graph_of(CUSTOMER, {"open_complaints": 3}).states[node.state]) == "buyer+in_conflict"


def test_an_answer_needs_a_complaint_where_its_rule_says_so():
    """Before a complaint it is refused, after one it is not; after the answer it is again."""
    graph = graph_of(CUSTOMER, {"complaints": 1})
    (voiced,) = {after for event, after in graph.arcs[0] if event == "complained"}
    settled = {after for event, after in graph.arcs[voiced] if event == "complaint_settled"}

    assert not graph.allows(0, "complaint_settled")
    assert graph.allows(voiced, "complaint_settled")
    assert not any(graph.allows(number, "complaint_settled") for number in settled)


def test_any_event_can_need_a_complaint():
    """As a relationship has it, the rule alone decides, and not what the event is called."""
    lifecycle = trio(
        also=[stay("complained", "guest"), stay("soothed", "guest", answers_complaint=True)]
    )

    report = check(lifecycle, always(on="soothed", at=is_("complaints", 1)))
    never_before = check(lifecycle, never(on="soothed", at=is_("complaints", 0)))

    assert report.violated[0].refused == "soothed"
    assert report.violated[0].states[-1].stage != "guest"
    assert never_before.holds


def test_a_complaint_in_public_can_be_settled_after_it_was_ignored():
    """A private one is off the record then: two nodes come of one event."""
    graph = graph_of(CUSTOMER, {"complaints": 1})
    (voiced,) = {after for event, after in graph.arcs[0] if event == "complained"}
    ignored = [after for event, after in graph.arcs[voiced] if event == "complaint_ignored"]

    assert {graph.nodes[number].ignored for number in ignored} == {0, 1}
    assert {graph.allows(number, "complaint_settled") for number in ignored} == {True, False}
    assert not any(graph.allows(number, "complaint_ignored") for number in ignored)


def test_the_steps_at_the_end_of_the_count_of_open_complaints_are_doubtful():
    """Of four or more, one less may be four or more; one more surely is."""
    graph = graph_of(CUSTOMER, {})
    three, four = (graph.nodes.index(Node(0, waiting=waiting)) for waiting in (3, 4))
    settled = [(event, after) for event, after in graph.arcs[four] if event == "complaint_settled"]

    assert ("complained", four) in graph.arcs[four]
    assert (four, "complained", four) not in graph.doubtful
    assert {after for _, after in settled} == {three, four}
    assert {(four, *arc) for arc in settled} <= graph.doubtful


def test_as_many_open_complaints_are_told_apart_as_complaints_are_counted():
    """Up to four, so that the shortest history is found where complaints come one after another."""
    assert (
        check(CUSTOMER_LIFECYCLE, never(is_("complaints", 3))).violated[0].events
        == ("complained",) * 3
    )
    assert graph_of(CUSTOMER, {"complaints": 9}).counted["open_complaints"] == 4


def test_facts_are_the_places_the_regions_the_views_the_room_and_the_counts():
    """All of them by name; a region of another room is silent."""
    graph = graph_of(CUSTOMER, {"purchases": 3})
    facts = graph.facts(
        next(n for n, _ in enumerate(graph.nodes) if graph.state(n).stage == "buyer")
    )

    assert facts["bond"] == "buyer"
    assert facts["room"] is Room.CUSTOMER
    assert facts["Phase"] is Phase.EXPLORATION
    assert (facts["customer"], facts["aware"], facts["content"]) == (True, False, True)
    assert (facts["purchases"], facts["cycle"], facts["open_complaints"]) == (1, 1, 0)
    assert graph.facts(0)["bond"] is None


def test_every_fact_of_a_relationship_is_tracked_or_known_not_to_be():
    """No name of the record is unknown; the customer and the lifecycle are no facts."""
    relationship = Relationship("C-1")
    names = {name for name in dir(relationship.record) if not name.startswith("_")}

    assert {*TRACKED, *UNTRACKED} >= names - {"counts", "plain", "contradictions"}
    assert not {*TRACKED} & {*UNTRACKED}


def test_a_room_without_regions_is_no_region():
    """Its stages are asked for by name."""
    assert regions_of(club()) == {"bond": ("trial", "silver", "gold"), "mood": ("happy", "cross")}
    assert regions_of(trio()) == {}


def test_every_state_is_somewhere_whether_it_is_reached_or_not():
    """The graph of all states has no step."""
    lifecycle = club(without=["asked"], also=[stay("asked", "gone")])

    graph = everywhere(Subject.of(lifecycle))

    assert len(graph.nodes) == len(lifecycle.states) == 10
    assert graph.facts(2)["Warmth"] is Warmth.COLD
    assert facts_of(graph.table, lifecycle.state("asking"))["asking"] is True


def test_a_graph_that_is_not_gone_through_leaves_requirements_undecided(monkeypatch):
    """But for what is violated in the part that was gone through, which stays violated."""
    monkeypatch.setattr(graphs, "MOST_NODES", 20)
    counted = at_least("events", 50)

    report = check(
        CUSTOMER_LIFECYCLE,
        [
            never(counted),
            never(is_("events", 1)),
            always(on="contacted", at=at_least("events", 0)),
            always(on="committed", at=is_("events", 0)),
            eventually_possible("former", at=at_least("events", 0)),
            leads_to("purchased", counted),
            leads_to("purchased", is_("events", 1), within=30),
        ],
    )

    statuses = [verdict.status.value for verdict in report.verdicts]
    assert statuses == [
        "undecided",
        "violated",
        "undecided",
        "violated",
        "undecided",
        "undecided",
        "undecided",
    ]
    assert report.undecided[0].because.startswith("there are more states with their counts")


def test_of_a_node_that_was_not_gone_through_nothing_is_known(monkeypatch):
    """Any event may be allowed there, so that it is no end."""
    monkeypatch.setattr(graphs, "MOST_NODES", 20)

    graph = graph_of(CUSTOMER, {"events": 50})

    unknown = range(graph.searched, len(graph.nodes))
    assert not graph.is_complete
    assert len(unknown) > 1
    assert all(graph.allows(number, "departed") for number in unknown)
    assert not any(graph.ends(number) for number in unknown)
    assert not graph.allows(0, "committed")


def test_the_history_of_a_verdict_replays_into_its_states():
    """Answers name the complaint that they are about, in public where it is settled later."""
    requirement = never(on="complaint_settled", at=is_("disregards", 1), to="customer")

    (verdict,) = check(CUSTOMER_LIFECYCLE, requirement).violated
    journey = replay(verdict.history, customer="C-1")

    voiced, ignored, settled = (e for e in verdict.history if "complain" in e.name)
    assert journey.relationship.state == verdict.states[-1]
    assert isinstance(voiced, Complained)
    assert voiced.public
    assert ignored.complaint == settled.complaint == voiced.id
    assert [event.at for event in verdict.history] == sorted({e.at for e in verdict.history})


def test_the_oldest_complaint_is_answered_first():
    """Of several that wait."""
    requirement = never(is_("settlements", 2))

    (verdict,) = check(CUSTOMER_LIFECYCLE, requirement).violated

    answers = [event.complaint for event in verdict.history if event.name == "complaint_settled"]
    assert answers == ["complaint-0", "complaint-1"]


def test_without_the_record_the_events_of_a_history_are_plain():
    """They name no complaint, since none is told apart."""
    (verdict,) = check(CUSTOMER_LIFECYCLE, never("advocate+content")).violated

    assert [event.name for event in verdict.history] == list(verdict.events)
    assert [event.id for event in verdict.history] == [None] * len(verdict.events)


def test_counts_follow_the_class_of_an_apps_own_event():
    """A renewal that is a purchase counts as one, where its class is given."""
    lifecycle = line(also=[stay("renewed", "three")])

    report = check(Subject(lifecycle=lifecycle, kinds=Renewed), never(is_("purchases", 1)))
    without = check(lifecycle, never(is_("purchases", 1)))

    assert report.violated[0].events == ("first", "second", "third", "renewed")
    assert isinstance(report.violated[0].history[-1], Renewed)
    assert without.holds


def test_an_answer_to_nothing_names_no_complaint():
    """Where the lifecycle allows it though nobody has complained."""
    lifecycle = trio(also=[stay("complaint_settled", "guest")])

    (verdict,) = check(lifecycle, never(is_("settlements", 1))).violated

    assert [event.complaint for event in verdict.history] == [None]
    assert replay(verdict.history, customer="C-1", lifecycle=lifecycle).relationship.record.events


def test_a_complaint_is_in_private_unless_it_has_to_be_public():
    """Where nobody settles it later, nothing asks for an audience."""
    (verdict,) = check(CUSTOMER_LIFECYCLE, never(is_("disregards", 1))).violated

    assert [event.public for event in verdict.history[:1]] == [False]
    assert verdict.events == ("complained", "complaint_ignored")


def test_two_complaints_that_were_ignored_in_public_can_both_be_settled():
    """They are told apart from three, so the history is sure; it replays."""
    requirement = never(is_("settlements", 2), at=is_("disregards", 2))

    (verdict,) = check(CUSTOMER_LIFECYCLE, requirement).violated

    assert sorted(verdict.events) == [
        *["complained"] * 2,
        *["complaint_ignored"] * 2,
        *["complaint_settled"] * 2,
    ]
    assert replay(verdict.history, customer="C-1").relationship.complaints == ()


def test_a_complaint_that_was_ignored_is_still_named_after_other_events():
    """Who left may have it settled yet."""
    at = all_of(is_("disregards", 1), is_("former", True))

    (verdict,) = check(CUSTOMER_LIFECYCLE, never(on="complaint_settled", at=at)).violated

    voiced, ignored, departed, settled = verdict.history
    assert departed.name == "departed"
    assert voiced.id == ignored.complaint == settled.complaint
    assert replay(verdict.history, customer="C-1").relationship.complaints == ()
