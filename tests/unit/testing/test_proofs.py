"""Proofs: what is found by going through all of a lifecycle, and how it is shown."""

import pickle

import pytest
from attrs import define, field
from tests.unit.lifecycle.builders import (
    CUSTOMER,
    Warmth,
    club,
    forbid,
    move,
    region,
    stage,
    stay,
    trio,
    warmth,
)

from custlife import CUSTOMER_LIFECYCLE, EventNotAllowed, UnknownState, to_chart, to_table
from custlife.lifecycle.table import unchecked_table
from custlife.testing import Finding, NotProven, Subject, assert_proven, never, prove

PLAN = {"prospect": Warmth.COLD, "customer": Warmth.WARM, "former": None}
STEPS = [
    (Warmth.COLD, Warmth.WARM),
    (Warmth.COLD, None),
    (Warmth.WARM, None),
    (None, Warmth.COLD),
]
"""What three stages show as a warmth: joined, left twice, returned."""


def shown(found):
    """What was found, with the history that shows it."""
    return [(one.finding.value, one.where, one.path and str(one.path)) for one in found]


def knotted():
    """The club with two stages, each of which is entered only where the other is active."""
    bond, mood = CUSTOMER
    return club(
        customer=[
            region("bond", *bond.stages, stage("patron")),
            region("mood", *mood.stages, stage("enraptured")),
        ],
        also=[
            move("praised", "trial", "patron", when="enraptured"),
            move("praised", "happy", "enraptured", when="patron"),
        ],
    )


def hermitage():
    """Three stages, and one more from which nobody departs, though they are greeted there."""
    return trio(
        customer=[stage("member"), stage("hermit")],
        also=[move("withdrew", "member", "hermit"), stay("greeted", "hermit")],
    )


# What is found.


@pytest.mark.parametrize(
    ("lifecycle", "idle"),
    [
        (CUSTOMER_LIFECYCLE, ["refunded", "service_failed", "cause_learnt"]),
        (club(), []),
        (trio(), []),
    ],
    ids=str,
)
def test_a_sound_lifecycle_is_proven(lifecycle, idle):
    """There is no fault, nothing worth knowing but for what only the record notes, and a way to
    every state."""
    proof = prove(lifecycle)

    assert proof.holds
    assert [found.where for found in proof.found] == idle
    assert set(proof.paths) == set(lifecycle.states)
    assert assert_proven(lifecycle) is None


def test_a_chart_class_is_proven_like_its_lifecycle():
    """A proof takes whatever a law takes."""
    proof = prove(to_chart(trio()))

    assert (proof.lifecycle, proof.holds) == (trio(), True)


def test_a_stage_that_no_history_leads_to_is_a_fault():
    """There is no history to show, and the rules that wait for it never happen."""
    proof = prove(knotted())

    assert shown(proof.faults) == [
        ("unreachable", "patron", None),
        ("unreachable", "enraptured", None),
    ]
    assert {one.finding for one in proof.notes} == {Finding.IDLE_EVENT, Finding.IDLE_RULE}
    assert proof.faults[0].message == "No history leads to the stage 'patron'."


def test_a_state_from_which_no_departure_can_come_is_a_fault():
    """The shortest history into it shows it."""
    proof = prove(hermitage())

    assert shown(proof.faults) == [
        ("no_departure", "hermit", "guest -(joined)-> member -(withdrew)-> hermit")
    ]
    assert proof.faults[0].message == "From customer (hermit) no departure can ever come."


def test_a_state_is_at_fault_too_if_all_its_ways_lead_where_no_departure_can_come():
    """Whoever can only go on to be a hermit does not depart either."""
    proof = prove(
        trio(
            customer=[stage("novice"), stage("hermit")],
            rules=[
                move("joined", "guest", "novice"),
                move("withdrew", "novice", "hermit"),
                stay("greeted", "hermit"),
                move("left", "guest", "gone"),
                move("returned", "gone", "guest"),
            ],
        )
    )

    assert [(one.finding, one.where) for one in proof.faults] == [
        (Finding.NO_DEPARTURE, "novice"),
        (Finding.NO_DEPARTURE, "hermit"),
    ]


def sealed(**more):
    """Three stages, where a member can do nothing any more."""
    rules = [
        move("joined", "guest", "member"),
        move("left", "guest", "gone"),
        move("returned", "gone", "guest"),
    ]
    return trio(rules=rules, **more)


def test_a_customer_who_can_do_nothing_is_a_fault():
    """The shortest history to the state shows it."""
    proof = prove(sealed())

    assert shown(proof.faults) == [("dead_end", "member", "guest -(joined)-> member")]
    assert proof.faults[0].message == "In customer (member) nothing is legal."


def test_a_former_customer_who_can_do_nothing_is_a_note():
    """Many businesses have no way back."""
    proof = prove(trio(without=["returned"]))

    assert proof.holds
    assert [note.finding for note in proof.notes] == [Finding.NO_WAY_BACK, Finding.NEVER_LEFT]
    assert proof.notes[0].message == "From former (gone) nothing leads back."


def test_a_view_that_jumps_is_a_fault_whose_last_step_is_the_jump():
    """Of the steps that show one jump, guests and two kinds of visitors, the nearest is shown."""
    of = {"prospect": Warmth.COLD, "bond": Warmth.WARM, "former": None}

    proof = prove(club(views=[warmth(of, *STEPS[1:])]))

    assert shown(proof.faults) == [("view_jumps", "Warmth", "guest -(joined)-> trial+happy")]
    assert proof.faults[0].message.endswith("the nearest of 3 such steps.")


def test_a_jump_far_from_the_beginning_is_shown_with_the_way_to_it():
    """The shortest way to where it starts, and the step itself, back to where one has been."""
    view = warmth(PLAN, *STEPS[:3])

    proof = prove(trio(views=[view]))

    assert shown(proof.faults) == [
        ("view_jumps", "Warmth", "guest -(left)-> gone -(returned)-> guest")
    ]
    assert proof.faults[0].message == (
        "The view Warmth jumps: 'returned' from gone to guest shows as None -> Warmth.COLD."
    )


def test_no_way_back_and_a_stage_that_is_never_left_are_worth_knowing():
    """Those who have left stay away, and may be waved at."""
    proof = prove(trio(without=["returned"], also=[stay("waved", "gone")]))

    assert proof.holds
    assert shown(proof.notes) == [
        ("no_way_back", "gone", "guest -(left)-> gone"),
        ("never_left", "gone", "guest -(left)-> gone"),
        ("idle_event", "waved", None),
    ]
    assert [one.message for one in proof.notes] == [
        "From former (gone) nothing leads back.",
        "The stage 'gone' is never left again.",
        "The event 'waved' changes no state anywhere.",
    ]


def test_an_outer_stage_is_left_only_where_all_of_it_is_left():
    """Moves between the stages inside it do not leave it."""
    proof = prove(
        trio(
            former=[stage("gone", stage("near"), stage("far"))],
            without=["returned"],
            also=[move("moved_off", "near", "far"), move("moved_in", "far", "near")],
        )
    )

    assert [one.where for one in proof.notes if one.finding is Finding.NEVER_LEFT] == ["gone"]


def test_a_rule_that_others_always_come_before_is_worth_knowing():
    """A forbiddance is never idle, since it says why."""
    proof = prove(trio(also=[move("left", "customer", "gone"), forbid("joined", "former")]))

    assert proof.holds
    assert shown(proof.notes) == [("idle_rule", "left: customer -> gone", None)]
    assert "'left: customer -> gone' never happens" in proof.notes[0].message


# What is undecided, where something else takes the steps.


@define
class OneCell:
    """A table of which one cell answers something else."""

    answer: object
    cell: tuple[str, str]
    table: object = field(factory=lambda: to_table(trio()))

    def step(self, state, event):
        if (str(state), event) == self.cell:
            return self.answer(state, event)
        return self.table.step(state, event)


def looks_it_up(state, event):
    return {}[event]


def says_nothing(state, event):
    return None


def says_a_name(state, event):
    return "member"


def gives_no_reason(state, event):
    raise EventNotAllowed(event, state, (), "  ", "own")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (looks_it_up, "KeyError is raised"),
        (says_nothing, "it leads to None"),
        (says_a_name, "it leads to 'member'"),
        (gives_no_reason, "it is refused without a reason"),
    ],
)
def test_an_event_that_is_not_decided_in_some_state_is_a_fault(answer, problem):
    """It is neither answered by a state nor refused with a reason."""
    subject = Subject(lifecycle=trio(), table=OneCell(answer, ("member", "returned")))

    proof = prove(subject)

    assert shown(proof.found) == [("undecided", "returned in member", "guest -(joined)-> member")]
    assert proof.found[0].message == f"'returned' in customer (member) is undecided: {problem}."


def test_a_refusal_with_a_reason_is_decided():
    """Although the lifecycle would allow it."""

    def gives_a_reason(state, event):
        raise EventNotAllowed(event, state, (), "Not on a Sunday.", "own")

    subject = Subject(lifecycle=trio(), table=OneCell(gives_a_reason, ("guest", "joined")))

    assert prove(subject).found == ()


def test_a_lifecycle_that_the_table_would_refuse_can_be_proven_with_a_table_of_its_own():
    """The states and the ways to them come from the lifecycle."""
    subject = Subject(lifecycle=knotted(), table=unchecked_table(knotted()))

    assert prove(subject) == prove(knotted())


# How it is shown.


def test_faults_come_before_what_is_worth_knowing():
    """Each of them once."""
    proof = prove(sealed())

    assert [one.finding for one in proof.found] == [
        Finding.DEAD_END,
        Finding.NEVER_LEFT,
    ]
    assert proof.found == proof.faults + proof.notes
    assert not proof.holds


def test_five_findings_break_a_proof_and_four_do_not():
    """Those that a lifecycle could not be meant to have."""
    faults = {finding.value for finding in Finding if finding.is_fault}

    assert faults == {"unreachable", "no_departure", "dead_end", "undecided", "view_jumps"}
    assert len(Finding) - len(faults) == 4


def test_a_finding_is_written_with_its_history_and_its_code():
    """Without a history there is only the message."""
    (fault,) = prove(sealed()).faults
    (note,) = prove(trio(also=[stay("greeted", "guest")])).notes

    assert str(fault) == (
        "In customer (member) nothing is legal. The shortest way there: guest -(joined)-> member. "
        "(dead_end)"
    )
    assert str(note) == "The event 'greeted' changes no state anywhere. (idle_event)"


def test_a_finding_is_drawn_as_the_history_that_shows_it():
    """It ends where the fault is."""
    (fault,) = prove(hermitage()).faults

    assert fault.to_mermaid().splitlines()[2:] == [
        '    state "guest" as s0',
        '    state "member" as s1',
        '    state "hermit" as s2',
        "    [*] --> s0",
        "    s0 --> s1 : 1. joined",
        "    s1 --> s2 : 2. withdrew",
    ]


def test_a_finding_without_a_history_cannot_be_drawn():
    """The message says what was found."""
    fault = prove(knotted()).faults[0]

    with pytest.raises(ValueError, match=r"the stage 'patron'. There is no history to draw"):
        fault.to_mermaid()


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("guest", "guest"),
        ("prospect", "guest"),
        ("visitor", "guest -(entered)-> looking"),
        ("mood", "guest -(joined)-> trial+happy"),
        ("gold", "guest -(joined)-> trial+happy -(renewed)-> silver+happy"
                 " -(upgraded)-> gold+happy"),
        ("former", "guest -(left)-> gone"),
    ],
)  # fmt: skip
def test_a_proof_knows_the_shortest_way_to_every_place(name, way):
    """To a stage, an outer stage, a region or a room; the beginning is reached by no event."""
    found = prove(club()).way_to(name)

    assert str(found) == way


def test_a_proof_knows_the_shortest_way_to_every_state():
    """A state is more than one of its stages."""
    lifecycle = club()

    way = prove(lifecycle).way_to(lifecycle.state("silver+cross"))

    assert way == prove(lifecycle).paths[lifecycle.state("silver+cross")]


def test_there_is_no_way_to_a_place_that_is_not_reached():
    """The answer is None, for a stage and for a state."""
    proof = prove(knotted())

    assert proof.way_to("patron") is None
    assert proof.way_to(knotted().state("patron+happy")) is None


@pytest.mark.parametrize("place", ["sneezed", CUSTOMER_LIFECYCLE.initial], ids=["name", "state"])
def test_a_way_to_what_the_lifecycle_does_not_have_is_an_error(place):
    """Which is not the same as no way."""
    with pytest.raises(UnknownState, match="'club' does not know"):
        prove(club()).way_to(place)


def test_a_proof_is_written_with_the_way_to_every_stage():
    """A sound lifecycle has nothing else to tell."""
    assert str(prove(trio())).splitlines() == [
        "The lifecycle 'trio' (3 states, 3 events) is proven.",
        "The shortest way to every stage:",
        "  - guest: guest",
        "  - member: guest -(joined)-> member",
        "  - gone: guest -(left)-> gone",
    ]


def test_a_proof_tells_faults_notes_and_stages_without_a_way():
    """Each part has a title, and is left out where it is empty."""
    lines = str(prove(knotted())).splitlines()

    assert lines[:4] == [
        "The lifecycle 'club' (10 states, 10 events) is not proven.",
        "Faults:",
        "  - No history leads to the stage 'patron'. (unreachable)",
        "  - No history leads to the stage 'enraptured'. (unreachable)",
    ]
    assert lines[4] == "Worth knowing:"
    assert "  - patron: none" in lines
    assert "  - gone: guest -(left)-> gone" in lines


def test_only_innermost_stages_have_a_line_of_their_own():
    """Outer stages, regions and rooms are reached with what lies in them."""
    lines = str(prove(club())).splitlines()

    assert [line.split(":")[0] for line in lines[2:]] == [
        "  - guest",
        "  - looking",
        "  - asking",
        "  - trial",
        "  - silver",
        "  - gold",
        "  - happy",
        "  - cross",
        "  - gone",
    ]


# The proof as a test.


def test_a_lifecycle_that_is_not_proven_fails_with_what_to_do():
    """The failure carries the proof and the faults."""
    lifecycle = sealed()

    with pytest.raises(NotProven, match="is not proven, for 1 fault") as caught:
        assert_proven(lifecycle)

    assert caught.value.proof == prove(lifecycle)
    assert caught.value.faults == prove(lifecycle).faults
    assert str(caught.value).splitlines() == [
        "The lifecycle 'trio' is not proven, for 1 fault:",
        "  - In customer (member) nothing is legal. The shortest way there: "
        "guest -(joined)-> member. (dead_end)",
        "Mend the rules, or allow for what is meant: allow=['dead_end'].",
    ]


def test_a_failure_names_each_code_once():
    """Whatever the number of faults."""
    with pytest.raises(NotProven, match="is not proven, for 2 faults") as caught:
        assert_proven(knotted())

    assert str(caught.value).endswith("meant: allow=['unreachable'].")


def test_a_failure_can_be_pickled():
    """It says the same afterwards."""
    with pytest.raises(NotProven, match="not proven") as caught:
        assert_proven(sealed())

    copy = pickle.loads(pickle.dumps(caught.value))

    assert (copy.proof, str(copy)) == (caught.value.proof, str(caught.value))
    assert isinstance(copy, AssertionError)


@pytest.mark.parametrize("allowed", ["dead_end", ["dead_end"], Finding.DEAD_END], ids=str)
def test_a_fault_that_is_meant_can_be_allowed(allowed):
    """By its code or as a member, alone or among others."""
    lifecycle = sealed()

    assert_proven(lifecycle, allow=allowed)

    assert not prove(lifecycle).holds


def test_what_is_allowed_does_not_cover_other_faults():
    """Those that are left are told alone."""
    lifecycle = sealed(views=[warmth(PLAN, STEPS[1], STEPS[3])])

    with pytest.raises(NotProven, match=r"allow=\['view_jumps'\]") as caught:
        assert_proven(lifecycle, allow=["dead_end"])

    assert [one.finding for one in caught.value.faults] == [Finding.VIEW_JUMPS]
    assert [one.finding for one in caught.value.proof.faults] == [
        Finding.DEAD_END,
        Finding.VIEW_JUMPS,
    ]


def test_only_findings_can_be_allowed():
    """An error of writing does not allow anything."""
    with pytest.raises(
        ValueError, match="'deadend' is nothing that a proof can find; there are unreachable"
    ):
        assert_proven(trio(), allow=["deadend"])


def test_a_requirement_that_is_violated_is_a_failure_with_its_history():
    """One that says nothing has no history that could be tried again."""
    with pytest.raises(NotProven, match="Of 2 requirements") as caught:
        assert_proven(trio(), [never(on="left"), never("gone", at="guest")])

    (failure,) = caught.value.failures
    assert (failure.what, failure.name) == ("requirement", "left is never allowed")
    assert [event.name for event in failure.events] == ["left"]
