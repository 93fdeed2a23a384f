"""What the rules say, read by hand."""

from itertools import product

from hypothesis import given, settings
from tests.unit.lifecycle.builders import club, forbid, move, stage, stay, trio

from custlife import CUSTOMER_LIFECYCLE, to_table
from custlife.testing.generators.lifecycles import lifecycles
from custlife.testing.reading import allowed_by_rules, outcome, taken


def read(lifecycle, state, event):
    """Where the rules lead, by the names of the innermost stages; None where they refuse."""
    after = outcome(lifecycle, lifecycle.state(state), event)
    return after and str(after)


def answers(lifecycle, event, *states):
    """Where the rules lead from each of these states."""
    return [read(lifecycle, state, event) for state in states]


# What the rules say.


def test_a_move_leads_from_where_it_stands_to_where_it_says():
    """Elsewhere nothing answers, and the event is refused."""
    assert answers(trio(), "joined", "guest", "member", "gone") == ["member", None, None]


def test_an_event_that_no_rule_mentions_is_refused():
    """Everywhere."""
    assert answers(trio(), "sneezed", "guest", "member", "gone") == [None, None, None]


def test_a_stay_answers_and_changes_nothing():
    """Only at its place, inner stages included."""
    greeted = club(also=[stay("greeted", ["visitor", "bond"])])

    after = answers(greeted, "greeted", "guest", "looking", "silver+cross")

    assert after == [None, "looking", "silver+cross"]


def test_a_move_into_an_outer_stage_enters_the_first_stage_inside():
    """A visitor looks around before asking; a member begins as a silver one."""
    assert read(club(), "guest", "entered") == "looking"
    assert read(club(), "trial+cross", "renewed") == "silver+cross"


def test_a_move_into_a_room_enters_every_region_at_its_first_stage():
    """A new member is on trial, and happy."""
    assert read(club(), "asking", "joined") == "trial+happy"


def test_a_move_inside_comes_before_one_outside():
    """A basic member grows; the others leave."""
    lifecycle = trio(
        customer=[stage("member", stage("basic"), stage("plus"))],
        also=[move("grew", "basic", "plus"), move("grew", "member", "gone")],
    )

    assert answers(lifecycle, "grew", "basic", "plus") == ["plus", "gone"]


def test_a_stay_inside_comes_before_a_move_outside():
    """A basic member does not leave with the others."""
    lifecycle = trio(
        customer=[stage("member", stage("basic"), stage("plus"))],
        also=[
            stay("grew", "basic"),
            move("changed", "basic", "plus"),
            move("grew", "member", "gone"),
        ],
    )

    assert answers(lifecycle, "grew", "basic", "plus") == ["basic", "gone"]


def test_a_departure_of_the_room_gives_way_to_a_move_inside():
    """A silver member turns gold on what makes the others leave."""
    lifecycle = club(also=[move("left", "silver", "gold")])

    after = answers(lifecycle, "left", "trial+cross", "silver+cross", "gold+cross")

    assert after == ["gone", "gold+cross", "gone"]


def test_a_departure_inside_one_region_takes_the_whole_room_along():
    """The other region is left too, though it has no say."""
    lifecycle = club(also=[move("thrown_out", "cross", "gone")])

    assert answers(lifecycle, "thrown_out", "gold+happy", "gold+cross") == [None, "gone"]


def test_a_forbiddance_vetoes_the_event_for_the_whole_state():
    """One region forbids, so that the other does not move either."""
    lifecycle = club(also=[forbid("vexed", "member")])

    after = answers(lifecycle, "vexed", "trial+happy", "silver+happy", "gold+happy")

    assert after == ["trial+cross", None, None]


def test_a_move_into_its_own_room_begins_the_room_anew():
    """All regions are entered at their first stages, whatever they were."""
    lifecycle = club(also=[move("reset", "member", "customer")])

    assert answers(lifecycle, "reset", "trial+cross", "gold+cross") == [None, "trial+happy"]


def test_a_move_that_names_a_stage_for_every_region_enters_these():
    """A winner is gold and cross at once."""
    lifecycle = club(also=[move("won", ["guest", "gold"], ["cross", "gold"])])

    assert answers(lifecycle, "won", "guest", "gold+happy") == ["gold+cross", "gold+cross"]


def test_a_region_that_a_move_does_not_name_is_entered_at_its_first_stage():
    """Where the move comes from outside the room."""
    lifecycle = club(also=[move("won", "guest", "gold")])

    assert read(lifecycle, "guest", "won") == "gold+happy"


def test_a_move_on_a_room_into_one_of_its_regions_leaves_the_others_alone():
    """Everybody is calmed, whatever their bond."""
    lifecycle = club(also=[move("calmed", "customer", "happy")])

    assert answers(lifecycle, "calmed", "gold+cross", "gold+happy") == ["gold+happy"] * 2


def test_two_regions_move_on_one_event_each_by_itself():
    """Where only one has a rule, only that one moves."""
    lifecycle = club(also=[move("feasted", "trial", "member"), move("feasted", "cross", "happy")])

    after = answers(lifecycle, "feasted", "trial+cross", "gold+cross", "trial+happy", "gold+happy")

    assert after == ["silver+happy", "gold+happy", "silver+happy", None]


def test_a_rule_with_a_condition_asks_what_else_is_active():
    """Only the happy are upgraded on trial, and only those who are not are soothed by it."""
    lifecycle = club(
        also=[
            move("gifted", "trial", "gold", when="happy"),
            move("gifted", "cross", "happy", unless="member"),
        ]
    )

    after = answers(lifecycle, "gifted", "trial+happy", "trial+cross", "silver+cross")

    assert after == ["gold+happy", "trial+happy", None]


def test_an_outer_rule_answers_where_the_condition_of_an_inner_one_does_not_hold():
    """The inner one comes first where it does."""
    lifecycle = club(
        also=[move("gifted", "silver", "gold", when="cross"), move("gifted", "member", "trial")]
    )

    after = answers(lifecycle, "gifted", "silver+cross", "silver+happy", "gold+cross")

    assert after == ["gold+cross", "trial+happy", "trial+cross"]


def test_the_rules_that_are_taken_are_the_moves_or_else_the_stays():
    """In the order of the lifecycle; none where the event is refused."""
    lifecycle = club(also=[stay("vexed", ["bond", "mood"]), stay("greeted", ["bond", "visitor"])])

    both, one, none = (
        taken(lifecycle, lifecycle.state(state), event)
        for state, event in (
            ("gold+happy", "vexed"),
            ("gold+happy", "greeted"),
            ("guest", "greeted"),
        )
    )

    assert [str(rule) for rule in both] == ["vexed: happy -> cross"]
    assert [str(rule) for rule in one] == ["greeted: bond, visitor stays"]
    assert none == ()


def test_what_is_allowed_depends_on_whether_a_complaint_can_be_answered():
    """The names are in the order of the lifecycle."""
    content = CUSTOMER_LIFECYCLE.state("buyer", "content")
    answers = ("complaint_settled", "complaint_ignored")

    every = allowed_by_rules(CUSTOMER_LIFECYCLE, content)
    without = allowed_by_rules(CUSTOMER_LIFECYCLE, content, answerable=False)

    assert without == tuple(name for name in every if name not in answers)
    assert every == to_table(CUSTOMER_LIFECYCLE).allowed(content)


def said(lifecycle, state, event):
    """What the rules say of an event in a state."""
    return outcome(lifecycle, state, event), taken(lifecycle, state, event)


def compiled(table, state, event):
    """What a table says of it."""
    allowed = event in table.allowed(state)
    return (table.step(state, event), table.rules(state, event)) if allowed else (None, ())


@settings(max_examples=40)
@given(lifecycles())
def test_rules_that_are_read_say_what_a_table_says(lifecycle):
    """Of every event in every state, and by the same rules."""
    table = to_table(lifecycle)
    cells = [*product([lifecycle], table.states, lifecycle.events)]

    read_by_hand = [said(*cell) for cell in cells]

    assert read_by_hand == [compiled(table, state, event) for _, state, event in cells]
