"""Coverage: what there is to cover of a lifecycle, and what histories and paths show of it."""

from itertools import pairwise

import pytest
from attrs import frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import forbid, move, stage, stay, trio
from tests.unit.testing.covering import (
    CLUB,
    DAY,
    WAYS,
    T,
    covered,
    covered_by,
    happened,
    in_order,
    missing,
    names,
    tables_of,
    witness,
)

from custlife import (
    CUSTOMER_LIFECYCLE,
    DEFAULT_DEPARTURE_RULES,
    Complained,
    ComplaintSettled,
    Contacted,
    Departed,
    Engaged,
    Event,
    EventNotAllowed,
    Forbid,
    Lifecycle,
    Purchased,
    Refunded,
    Relationship,
    Source,
    Stay,
    merge,
    replay,
)
from custlife.testing import (
    Coverage,
    Path,
    assert_covered,
    histories,
    lifecycles,
    moves_of,
    shortest_paths,
    transition_coverage_paths,
)
from custlife.testing.coverage.collector import KINDS
from custlife.testing.coverage.sights import Walk
from custlife.testing.reading import needs_complaint, outcome, taken

TRIO = trio()
LIFECYCLES = lifecycles(max_views=0, max_rules=10)


# What there is to cover.


def reached(lifecycle):
    """Every state that can be reached, by reading the rules naively."""
    found = [lifecycle.initial]
    for state in found:
        for event in lifecycle.events:
            after = outcome(lifecycle, state, event)
            found += [after] if after is not None and after not in found else []
    return found


def steps_of(lifecycle):
    """Every step, by reading the rules naively."""
    return [
        (state, event, after)
        for state in reached(lifecycle)
        for event in lifecycle.events
        if (after := outcome(lifecycle, state, event)) is not None
    ]


def holds(rule, state):
    return all(map(state.is_in, rule.when)) and not any(map(state.is_in, rule.unless))


def conditions_of(lifecycle, *, by_record):
    """The outcomes of conditions, where a complaint must be on record or where it need not."""
    return {
        f"'{rule}' where its condition {'holds' if holds(rule, state) else 'does not hold'}"
        for rule in lifecycle.rules
        if not isinstance(rule, Forbid) and (rule.when or rule.unless)
        for state in reached(lifecycle)
        if any(map(state.is_in, rule.at))
        if needs_complaint(lifecycle, state, rule.on) is by_record
    }


def rules_of(lifecycle, *, by_record):
    """The rules that are used, where a complaint must be on record or where it need not."""
    return {
        rule
        for state, event, _ in steps_of(lifecycle)
        for rule in taken(lifecycle, state, event)
        if needs_complaint(lifecycle, state, event) is by_record
    }


def answers_of(lifecycle):
    """What only a record can show, by reading the rules naively."""
    rules = rules_of(lifecycle, by_record=True) - rules_of(lifecycle, by_record=False)
    conditions, others = (conditions_of(lifecycle, by_record=needed) for needed in (True, False))
    return {
        *(
            f"{event} in {state} with a complaint on record"
            for state, event, _ in steps_of(lifecycle)
            if needs_complaint(lifecycle, state, event)
        ),
        *map(str, rules),
        *(f"'{rule}' with no complaint on record" for rule in rules),
        *(conditions - others),
    }


def naively(lifecycle):
    """What there is to cover of each kind, by reading the rules naively."""
    steps = steps_of(lifecycle)
    cells = {f"{event} in {state}" for state, event, _ in steps}
    answers = {
        f"{event} in {state}"
        for state, event, _ in steps
        if needs_complaint(lifecycle, state, event)
    }
    every = {f"{event} in {state}" for state in reached(lifecycle) for event in lifecycle.events}
    places = lifecycle.places.by_name
    return {
        "stage": {
            name
            for state in reached(lifecycle)
            for path in state.paths
            for name in path
            if places[name].stage
        },
        "state": {*map(str, reached(lifecycle))},
        "move": {
            f"{region}: {leaf} -({on})-> {to}" for region, leaf, on, to in moves_of(lifecycle)
        },
        "cell": cells - answers,
        "answer": answers_of(lifecycle),
        "refusal": every - cells,
        "pair": {
            f"{later} directly after {event} in {state}"
            for state, event, after in steps
            for start, later, end in steps
            if state != after == start != end
        },
        "rule": {*map(str, rules_of(lifecycle, by_record=False))},
        "forbiddance": {
            str(rule)
            for rule in lifecycle.rules
            if isinstance(rule, Forbid)
            and any(state.is_in(place) for state in reached(lifecycle) for place in rule.at)
        },
        "condition": conditions_of(lifecycle, by_record=False),
    }


@settings(max_examples=15)
@example(CUSTOMER_LIFECYCLE)
@example(CLUB)
@given(LIFECYCLES)
def test_there_is_to_cover_what_the_rules_allow_to_be_reached(lifecycle):
    """Each item once, and nothing else."""
    coverage = Coverage(lifecycle)

    found = {kind: names(coverage.missing(kind)) for kind in WAYS}

    assert {kind: {*every} for kind, every in found.items()} == naively(lifecycle)
    assert all(len({*every}) == len(every) for every in found.values())
    assert {
        kind: (0, len(every)) for kind, every in found.items()
    }.items() <= coverage.counts.items()


def test_the_kinds_are_those_of_the_lifecycle_and_of_the_tables():
    """Each has a count, also where there is nothing of it."""
    coverage = Coverage(TRIO)

    assert [*coverage.counts] == [*WAYS, "source", "row", "comparison"]
    assert coverage.counts["condition"] == (0, 0)


def test_a_stage_that_nothing_leads_to_is_not_to_be_covered():
    """Neither is what could only happen there."""
    lonely = Lifecycle(
        "lonely",
        prospect=[stage("guest"), stage("dreamer")],
        customer=[stage("member")],
        former=[stage("gone")],
        rules=[
            *trio().rules,
            stay("woke", "dreamer"),
            Stay("complaint_settled", at="dreamer", sentence="No.", answers_complaint=True),
            forbid("greeted", "dreamer"),
        ],
    )

    coverage = Coverage(lonely)

    assert names(coverage.missing("stage")) == ["guest", "member", "gone"]
    assert "woke in dreamer" not in names(coverage.missing("cell"))
    assert coverage.missing("forbiddance") == coverage.missing("condition") == ()


def test_sources_are_those_of_stages_rules_forbiddances_and_rows():
    """Each row of a source counts once."""
    rows = {
        *(row.source.row for table in tables_of(DEFAULT_DEPARTURE_RULES) for row in table.rows),
        *(rule.source.row for rule in CUSTOMER_LIFECYCLE.rules),
        *(p.stage.source.row for p in CUSTOMER_LIFECYCLE.places.by_name.values() if p.stage),
    }

    found = names(Coverage(CUSTOMER_LIFECYCLE).missing("source"))

    assert sorted(found) == sorted(rows)


# What paths show.


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, CLUB, TRIO])
def test_the_cells_are_those_that_paths_take(lifecycle):
    """A path for each cell, and none for an answer that needs a complaint on record."""
    paths = transition_coverage_paths(lifecycle, each="cell", apart=True)

    last = {f"{event} in {before}" for path in paths for before, event, _ in path.steps[-1:]}

    assert {*names(Coverage(lifecycle).missing("cell"))} == last


def test_a_path_that_is_added_covers_no_refusal():
    """Only following it tries what must be refused."""
    coverage = covered_by(CUSTOMER_LIFECYCLE, *transition_coverage_paths(CUSTOMER_LIFECYCLE))

    assert coverage.counts["refusal"] == (0, 27)


def test_the_ways_to_answers_cover_them():
    """They are paths, so an app can follow them; only refusals without a complaint are not."""
    coverage = Coverage(CUSTOMER_LIFECYCLE)

    coverage.add(*(one.path for one in coverage.missing("answer") if one.refused is None))

    assert {one.refused for one in coverage.missing("answer")} == {
        "complaint_settled",
        "complaint_ignored",
    }


@pytest.mark.parametrize("each", ["move", "cell", "pair"])
@settings(max_examples=10)
@given(lifecycle=LIFECYCLES)
def test_the_paths_that_take_each_cover_all_of_it(each, lifecycle):
    """They cover every stage and every move as well."""
    coverage = covered_by(lifecycle, *transition_coverage_paths(lifecycle, each=each))

    assert coverage.missing(each) == coverage.missing("move") == coverage.missing("stage") == ()
    assert_covered(coverage, {each: 1.0})


@settings(max_examples=5)
@given(LIFECYCLES)
def test_the_way_to_something_ends_by_covering_it(lifecycle):
    """The way covers it, and does not before its last event."""
    nothing = Coverage(lifecycle)
    ways = [
        (witness(one), item.sights)
        for kind in WAYS
        for item, one in zip(nothing._items(kind), nothing.missing(kind), strict=True)
    ]

    shown = [covered_by(lifecycle, way).seen.isdisjoint(sights) for way, sights in ways]
    before = [
        covered_by(lifecycle, way[:-1]).seen.isdisjoint(sights) for way, sights in ways if way
    ]

    assert not any(shown)
    assert all(before)


@settings(max_examples=10)
@given(LIFECYCLES, st.data())
def test_a_way_covers_what_it_is_for_and_what_else_lies_on_it(lifecycle, data):
    """And nothing besides."""
    before = covered_by(lifecycle, data.draw(histories(lifecycle, max_size=6)))
    ways = [one for kind in WAYS for one in before.missing(kind) if one.refused is None]
    one = data.draw(st.sampled_from(ways))
    after = covered_by(lifecycle, before, one.path)

    gained = missing(before) - missing(after)

    assert (one.kind, one.name) in gained
    assert gained == missing(before) & covered(lifecycle, one.path)


@settings(max_examples=10)
@given(LIFECYCLES)
def test_the_way_to_a_cell_is_a_shortest_one(lifecycle):
    """It is a shortest way to the state, and the event; for a refusal it ends in the state."""
    ways = shortest_paths(lifecycle)
    coverage = Coverage(lifecycle)

    cells = [one.path for one in coverage.missing("cell")]
    refusals = [one.path for one in coverage.missing("refusal")]

    assert all(len(path) == len(ways[path.states[-2]]) + 1 for path in cells)
    assert all(len(path) == len(ways[path.end]) for path in refusals)


def test_every_way_is_one_that_a_relationship_takes():
    """All of the customer lifecycle can be covered by histories, guarded answers included."""
    coverage = Coverage(CUSTOMER_LIFECYCLE)
    uncovered = [one for kind in WAYS for one in coverage.missing(kind)]

    accepted = [replay(witness(one)[: len(one.path)], customer="C-1") for one in uncovered]
    coverage.add(*map(witness, uncovered))

    assert [journey.relationship.state for journey in accepted] == [
        one.path.end for one in uncovered
    ]
    assert [coverage.missing(kind) for kind in WAYS] == [()] * len(WAYS)


@pytest.mark.parametrize(
    ("kind", "name", "way", "refused"),
    [
        ("state", "potential", "potential", None),
        ("answer", "complaint_settled in lost with a complaint on record", "potential "
         "-(complained)-> potential -(departed)-> lost -(complaint_settled)-> lost", None),
        ("refusal", "departed in lost", "potential -(departed)-> lost", "departed"),
        ("answer", "'complaint_ignored: prospect, content, eroding, former stays if a complaint "
         "is open' with no complaint on record", "potential", "complaint_ignored"),
        ("pair", "departed directly after engaged in potential",
         "potential -(engaged)-> visitor -(departed)-> lost", None),
        ("source", "CHE-1", "potential -(service_failed)-> potential", None),
    ],
)  # fmt: skip
def test_something_uncovered_says_how_to_cover_it(kind, name, way, refused):
    """By the shortest path, and by what must be refused at its end."""
    (one,) = (one for one in Coverage(CUSTOMER_LIFECYCLE).missing(kind) if one.name == name)

    assert (one.kind, str(one.path), one.refused, one.facts) == (kind, way, refused, None)


def test_what_no_record_allows_is_shown_as_the_table_has_it():
    """In a lifecycle whose complaints have names of their own, the table's path is all there is."""
    lifecycle = trio(
        also=[Stay("complaint_settled", at="guest", sentence="No.", answers_complaint=True)]
    )

    (one,) = (one for one in Coverage(lifecycle).missing("answer") if " in guest" in one.name)

    assert one.path == Path.of(lifecycle, "complaint_settled")


def test_a_way_never_answers_a_complaint_while_another_waits():
    """Nor does it bring news of a departure before the first one."""
    lifecycle = trio(
        prospect=[stage("guest"), stage("angry"), stage("furious"), stage("calm"), stage("told")],
        also=[
            move("complained", "guest", "angry"),
            move("complained", "angry", "furious"),
            move("complaint_settled", "furious", "calm"),
            move("raged", ["guest", "angry"], "furious"),
            move("cause_learnt", "guest", "told"),
        ],
    )

    calm, told = (
        one for one in Coverage(lifecycle).missing("stage") if one.name in ("calm", "told")
    )

    assert str(calm.path) == "guest -(raged)-> furious -(complaint_settled)-> calm"
    assert told.path.events == ("left", "returned", "cause_learnt")


def test_the_way_to_an_answer_that_is_refused_leaves_no_complaint_waiting():
    """The nearest way to the state may do so."""
    lifecycle = trio(
        prospect=[stage("guest"), stage("angry")],
        also=[
            move("complained", "guest", "angry"),
            Stay("complaint_settled", at="angry", sentence="No.", answers_complaint=True),
        ],
    )

    taken, _, refused = Coverage(lifecycle).missing("answer")

    assert (taken.path.events, taken.refused) == (("complained", "complaint_settled"), None)
    assert (refused.path, refused.refused) == (taken.path, "complaint_settled")


def test_what_did_not_happen_cannot_be_counted():
    """A walk that claims that an event was accepted, and it is not."""
    walk = Walk(Relationship("C-1"), tuple((event, None) for event in in_order(Departed, Departed)))

    with pytest.raises(EventNotAllowed):
        covered_by(CUSTOMER_LIFECYCLE, walk)


def test_stays_between_two_moves_do_not_part_them():
    """The state is the same when the second one comes; refused events do not part them either."""
    events = ["engaged", "engaged", "contacted", "cause_learnt", "lapsed", "departed"]
    history = happened(CUSTOMER_LIFECYCLE, *events)

    by_history = covered(CUSTOMER_LIFECYCLE, history)
    by_path = covered(
        CUSTOMER_LIFECYCLE, Path.of(CUSTOMER_LIFECYCLE, "engaged", "contacted", "departed")
    )

    pair = ("pair", "departed directly after engaged in potential")
    assert pair in by_history & by_path
    assert ("refusal", "cause_learnt in visitor") in by_history


def test_a_path_may_start_anywhere():
    """What it does not pass does not count."""
    visitor = CUSTOMER_LIFECYCLE.state("visitor")

    found = covered(CUSTOMER_LIFECYCLE, Path.of(CUSTOMER_LIFECYCLE, "departed", start=visitor))

    assert {name for kind, name in found if kind == "state"} == {"visitor", "lost"}


def test_a_path_takes_an_answer_as_the_table_has_it():
    """No complaint needs to be on record."""
    path = Path.of(CUSTOMER_LIFECYCLE, "complaint_settled")

    found = covered(CUSTOMER_LIFECYCLE, path)

    assert ("answer", "complaint_settled in potential with a complaint on record") in found


# What histories and journeys show.


def told_as(step):
    """The kind of which a step covers something: an answer if it needs a complaint, else a cell."""
    answers = needs_complaint(CUSTOMER_LIFECYCLE, step.before, step.event.name)
    return "answer" if answers else "cell"


def expected(journey):
    """What a journey covers of states, cells, refusals and pairs, read from its own account."""
    moves = [step for step in journey.steps if step.is_move]
    return {
        *(("state", str(state)) for step in journey.steps for state in (step.before, step.after)),
        *((told_as(step), f"{step.event.name} in {step.before}") for step in journey.steps),
        *(
            ("pair", f"{later.event.name} directly after {first.event.name} in {first.before}")
            for first, later in pairwise(moves)
        ),
        *(
            ("refusal", f"{one.error.event} in {one.error.state}")
            for one in journey.rejected
            if getattr(one.error, "state", None) is not None
            and outcome(CUSTOMER_LIFECYCLE, one.error.state, one.event.name) is None
        ),
        ("state", "potential"),
    }


@settings(max_examples=40)
@given(histories(allow_rejected=True, allow_ties=True))
def test_a_history_covers_what_its_journey_tells(events):
    """And the same as the journey, where nothing was corrected."""
    journey = replay(events, customer="C-1", on_rejected="collect", duplicates="collect")
    by_history, by_journey = (covered_by(CUSTOMER_LIFECYCLE, one) for one in (events, journey))

    told = {
        (kind, name.removesuffix(" with a complaint on record"))
        for kind, name in covered(CUSTOMER_LIFECYCLE, events)
        if kind in ("state", "cell", "refusal", "pair")
        or name.endswith(" with a complaint on record")
    }

    assert told == expected(journey)
    assert (by_history.seen, by_history.judges) == (by_journey.seen, by_journey.judges)


@settings(max_examples=15)
@given(LIFECYCLES, st.data())
def test_no_more_is_covered_than_there_is(lifecycle, data):
    """Every sight shows something that there is to cover."""
    events = data.draw(histories(lifecycle, allow_rejected=True))

    coverage = covered_by(lifecycle, events)

    every = {sight for kind in KINDS for item in coverage._items(kind) for sight in item.sights}
    assert coverage.seen <= every
    assert all(0 <= number <= of for number, of in coverage.counts.values())


@settings(max_examples=10)
@given(st.lists(histories(allow_rejected=True, max_size=12), max_size=4), st.data())
def test_neither_order_nor_grouping_makes_a_difference(every, data):
    """All at once, one by one backwards, or by two coverages that are merged."""
    cut = data.draw(st.integers(0, len(every)))
    at_once = covered_by(CUSTOMER_LIFECYCLE, *every)
    backwards = Coverage(CUSTOMER_LIFECYCLE)
    for events in reversed(every):
        backwards.add(events)

    one, other = (covered_by(CUSTOMER_LIFECYCLE, *part) for part in (every[:cut], every[cut:]))
    one.add(other)

    assert at_once.report() == backwards.report() == one.report()


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ([], ("answer", "complaint_settled in potential with a complaint on record")),
        ([Purchased], ("cell", "complaint_settled in buyer+in_conflict")),
    ],
)
def test_an_answer_that_leaves_another_complaint_waiting_covers_that_it_was_taken(before, what):
    """It moves nobody, and no rule is used."""
    voiced = [*before, Complained, Complained]
    answered = [*voiced, ComplaintSettled]

    found = covered(CUSTOMER_LIFECYCLE, in_order(*answered))

    assert found - covered(CUSTOMER_LIFECYCLE, in_order(*voiced)) == {what}
    assert covered(CUSTOMER_LIFECYCLE, in_order(*answered, ComplaintSettled)) > found


def test_a_guarded_answer_counts_by_the_record():
    """Without a complaint it is refused, and with one it is a stay."""
    rule = "complaint_settled: prospect, content, eroding, former stays if a complaint is open"
    named = ComplaintSettled(at=T, complaint="c-7")

    refused = covered(CUSTOMER_LIFECYCLE, in_order(ComplaintSettled))
    by_name = covered(CUSTOMER_LIFECYCLE, [named])
    taken = covered(CUSTOMER_LIFECYCLE, in_order(Complained, ComplaintSettled))

    assert ("answer", f"'{rule}' with no complaint on record") in refused & by_name
    assert ("answer", rule) in taken - refused
    assert ("answer", "complaint_settled in potential with a complaint on record") in taken


def test_what_the_record_alone_refuses_covers_nothing():
    """Nor do an event that the lifecycle does not know, a thing that is none, or a late one."""

    @frozen(kw_only=True)
    class Waved(Event):
        """An event that no rule mentions."""

    history = [
        Refunded(at=T, amount=99),
        Waved(at=T),
        Complained(at=T, id="c-1"),
        ComplaintSettled(at=T, complaint="c-2"),
    ]

    found = covered(CUSTOMER_LIFECYCLE, history)

    assert found == covered(CUSTOMER_LIFECYCLE, in_order(Complained))


def test_the_condition_of_a_rule_has_two_outcomes():
    """Each counts where the event came, whether it was taken there or refused."""
    greeted = "'greeted: silver stays unless cross' where its condition "

    taken = covered(CLUB, happened(CLUB, "joined", "renewed", "greeted"))
    refused = covered(CLUB, happened(CLUB, "joined", "renewed", "vexed", "greeted"))

    assert {name for kind, name in taken if kind == "condition"} == {f"{greeted}holds"}
    assert {name for kind, name in refused if kind == "condition"} == {f"{greeted}does not hold"}


def test_a_forbiddance_is_covered_by_what_it_refuses():
    """So is the source that it cites."""
    source = Source("HANDBOOK-4", "Who is gone does not join.")
    barred = trio(also=[Forbid("joined", at="gone", sentence="No.", source=source)])

    found = covered(barred, happened(barred, "left", "joined"))

    assert ("forbiddance", "joined: gone forbids") in found
    assert ("source", "HANDBOOK-4") in found
    assert ("refusal", "left in gone") not in found


def test_an_event_counts_under_the_name_by_which_it_is_handled():
    """A class without a rule of its own is handled as the one that it derives from."""

    @frozen(kw_only=True)
    class Renewed(Purchased):
        """A purchase of the app's own."""

    @frozen(kw_only=True)
    class Fled(Departed):
        """A departure of the app's own."""

    history = [Renewed(at=T, amount=5), Fled(at=T), Fled(at=T)]

    found = covered(CUSTOMER_LIFECYCLE, history)

    assert ("cell", "purchased in potential") in found
    assert ("refusal", "departed in eroded") in found


def test_what_was_withdrawn_or_came_again_covers_nothing():
    """A journey counts as it is now, refused events included."""
    wrong, again = Engaged(at=T, id="e-1"), Contacted(at=T + DAY, id="e-2")
    journey = replay(
        [wrong, again, again, Departed(at=T + DAY), Departed(at=T + DAY)],
        customer="C-1",
        on_rejected="collect",
    )

    found = covered(CUSTOMER_LIFECYCLE, journey.amend(withdraw=["e-1"]))

    assert found == covered(CUSTOMER_LIFECYCLE, in_order(Contacted, Departed, Departed))


def test_a_merged_journey_counts_as_one_history():
    """Not as the records that it was merged from."""
    web = replay(in_order(Engaged), customer="W-1")
    shop = replay([Purchased(at=T + DAY, amount=5)], customer="S-1")

    found = covered(CUSTOMER_LIFECYCLE, merge(web, shop, customer="C-1"))

    assert found == covered(CUSTOMER_LIFECYCLE, in_order(Engaged, Purchased))


def test_things_that_are_no_events_count_for_nothing_in_a_journey():
    """They were never asked of the lifecycle."""
    journey = replay([object(), *in_order(Engaged)], customer="C-1", on_rejected="collect")

    found = covered(CUSTOMER_LIFECYCLE, journey)

    assert found == covered(CUSTOMER_LIFECYCLE, in_order(Engaged))


def test_a_relationship_covers_its_state_and_its_departure():
    """It does not tell how it came there."""
    relationship = Relationship("C-1").apply(*in_order(Purchased, Departed, Engaged))

    found = covered(CUSTOMER_LIFECYCLE, relationship)

    assert {name for kind, name in found if kind == "state"} == {"visitor"}
    assert ("row", "KIND-EROSION of the table 'departure kind'") in found
    assert {kind for kind, _ in found} == {"stage", "state", "source", "row", "comparison"}
