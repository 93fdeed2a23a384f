"""A migration: where customers of an earlier lifecycle belong in a later one, and who drifts."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import CUSTOMER, club, move, region, stage

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintSettled,
    Contacted,
    Departed,
    DepartureRules,
    Drift,
    Engaged,
    EventNotAllowed,
    InvalidArgument,
    InvalidLifecycle,
    InvalidMigration,
    Migration,
    Move,
    Paused,
    Purchased,
    Relationship,
    ServiceFailed,
    UnknownEvent,
    replay,
    to_table,
    with_pause,
)
from custlife.testing import histories, lifecycles

T = datetime(2026, 1, 1, tzinfo=UTC)
DEFAULT = CUSTOMER_LIFECYCLE
CLUB = club()
FINER = DEFAULT.refine(
    "visitor", ["browsing", "trial"], [Move("tried", at="browsing", to="trial", sentence="Tries.")]
)
PACE = [region("pace", stage("active"), stage("silent"))]
"""One region more."""
PACED = club(
    customer=[*CUSTOMER, *PACE],
    also=[move("fell_silent", "active", "silent"), move("spoke", "silent", "active")],
)
TO_ACTIVE = {name: (name, "active") for name in ("trial", "silver", "gold")}


def day(number):
    return T + timedelta(days=number)


def bought(number, **also):
    return Purchased(at=day(number), amount=Decimal(5), **also)


def faults(old, new, stages=()):
    """What is wrong with a migration: code and place of each fault."""
    with pytest.raises(InvalidMigration) as caught:
        Migration(old, new, stages)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def places(migration):
    """Where a migration puts each state."""
    return {str(state): str(migration._image(state)) for state in to_table(migration.old).states}


def replaced(lifecycle, on, at, /, **changes):
    """A lifecycle in which the rules of an event at exactly these places are changed."""
    return evolve(
        lifecycle,
        rules=[
            evolve(rule, **changes) if (rule.on, rule.at) == (on, at) else rule
            for rule in lifecycle.rules
        ],
    )


MILDER = replaced(
    DEFAULT, "service_failed", ("prospect", "customer", "former"), at=("customer", "former")
)
DRIVING_OUT = evolve(MILDER, rules=[*MILDER.rules, move("service_failed", "prospect", "lost")])
"""A failure of service drives prospects out."""
STRICT = replaced(DEFAULT, "purchased", ("prospect",), at=("aware", "visitor"))
"""Whom we never contacted cannot buy."""


def test_a_stage_that_exists_in_both_keeps_its_place():
    """So nothing has to be said of what stays."""
    migration = Migration(DEFAULT, FINER, {"visitor": "browsing"})

    assert places(migration) == {
        **{str(state): str(state) for state in DEFAULT.states},
        "visitor": "browsing",
    }


def test_a_mapped_stage_moves_though_it_exists_in_both():
    """What is said comes before the name."""
    assert places(Migration(DEFAULT, DEFAULT, {"visitor": "aware"}))["visitor"] == "aware"


def test_a_whole_state_comes_before_its_stages():
    """As str(state) writes it."""
    stages = {"gold": "silver", "gold+cross": ("trial", "happy")}

    placed = places(Migration(CLUB, CLUB, stages))

    assert (placed["gold+happy"], placed["gold+cross"]) == ("silver+happy", "trial+happy")


def test_a_new_region_needs_a_stage_for_every_state():
    """The migration guesses none, not even the first."""
    assert faults(CLUB, PACED) == [("no_state", "pace")]
    assert places(Migration(CLUB, PACED, TO_ACTIVE))["gold+cross"] == "gold+cross+active"


def test_a_region_that_is_gone_leads_to_nothing():
    """Which has to be said, too."""
    back = {"active": (), "silent": ()}

    assert faults(PACED, CLUB) == [("no_image", "active"), ("no_image", "silent")]
    assert places(Migration(PACED, CLUB, back))["gold+cross+silent"] == "gold+cross"


def test_two_regions_can_become_one():
    """Where their stages have one image; whole states say what the two say together."""
    one = club(
        customer=[stage("calm"), stage("upset")],
        without=["renewed", "upgraded", "vexed", "soothed"],
        also=[move("vexed", "calm", "upset")],
        views=(),
    )
    leaves = ("trial", "silver", "gold")
    stages = dict.fromkeys(leaves, ()) | {"happy": "calm", "cross": "upset", "gold+cross": "calm"}

    placed = places(Migration(CLUB, one, stages))

    assert (placed["silver+cross"], placed["gold+cross"]) == ("upset", "calm")


def test_a_stage_that_is_named_twice_counts_once():
    """By one key, or by the keys of two regions."""
    both = dict.fromkeys(("trial", "silver", "gold"), "gold") | {"happy": ("gold", "happy")}

    one = places(Migration(CLUB, CLUB, {"happy": ("happy", "happy")}))
    other = places(Migration(CLUB, CLUB, both))

    assert (one["gold+happy"], other["trial+happy"]) == ("gold+happy", "gold+happy")


def test_all_faults_are_told_at_once():
    """Keys, stages, states without an image, and images that are none."""
    stages = {
        "gost": "guest",
        "visitor": "guest",
        "looking": "lookin",
        "happy+gold": ("gold", "happy"),
        "silver": "guest",
        "cross": ("cross", "happy"),
        5: "guest",
        "gone": 7,
    }

    found = faults(CLUB, CLUB, stages)

    assert found == [
        ("unknown_key", "gost"),
        ("unknown_key", "visitor"),
        ("bad_stage", "lookin"),
        ("unknown_key", "happy+gold"),
        ("unknown_key", "5"),
        ("bad_stage", "7"),
        ("no_state", "mood"),
        ("other_room", "guest"),
    ]


WRONG = {
    "a stage gone": (
        (FINER, DEFAULT),
        {"browsing": "visitor"},
        "trial: the new lifecycle has no innermost stage of this name; say where its customers "
        "belong: one of potential, aware and visitor. (no_image)",
    ),
    "a stage split": (
        (DEFAULT, FINER),
        {},
        "visitor: the new lifecycle has no innermost stage of this name; say where its customers "
        "belong: one of browsing and trial. (no_image)",
    ),
    "a region more": (
        (CLUB, PACED),
        {},
        "pace: the image of trial+happy has no stages of it; name one of active and silent. "
        "(no_state)",
    ),
    "two stages of a region": (
        (CLUB, CLUB),
        {"cross": ("cross", "happy")},
        "mood: the image of trial+cross has 2 stages of it; name one of happy and cross. "
        "(no_state)",
    ),
    "another room": (
        (DEFAULT, DEFAULT),
        {"eroding": "visitor"},
        "visitor: it lies in another room than customer (bond: buyer, standing: eroding), whose "
        "image it is in; a person changes rooms by an event only; name a stage of the same room. "
        "(other_room)",
    ),
    "no stage at all": (
        (CLUB, CLUB),
        {"gone": ()},
        "former: the image of gone has no stages of it; name one of gone. (no_state)",
    ),
    "an unknown key": (
        (DEFAULT, DEFAULT),
        {"visiter": "visitor"},
        "visiter: the old lifecycle has no innermost stage or state of this name; there are "
        "potential, aware, visitor, buyer, regular, advocate, content, in_conflict, eroding, lost, "
        "eroded and terminated, and states such as advocate+in_conflict. (unknown_key)",
    ),
    "an outer stage": (
        (CLUB, CLUB),
        {"guest": "visitor"},
        "visitor: the new lifecycle has no innermost stage of this name; there are guest, looking, "
        "asking, trial, silver, gold, happy, cross and gone. (bad_stage)",
    ),
}


@pytest.mark.parametrize(("pair", "stages", "said"), WRONG.values(), ids=WRONG)
def test_a_fault_says_what_is_wrong_and_what_to_name(pair, stages, said):
    """One line a fault."""
    with pytest.raises(InvalidMigration) as caught:
        Migration(*pair, stages)

    assert list(map(str, caught.value.faults)) == [said]


def test_a_state_that_nobody_can_be_in_is_no_image():
    """Its stages exist, and no history leads to them together."""
    once = club(
        without=["vexed", "soothed", "renewed"],
        also=[
            move("vexed", "happy", "cross", when="trial"),
            move("renewed", "trial", "member", unless="cross"),
        ],
        views=(),
    )

    found = faults(CLUB, once)

    assert found == [("no_state", "silver+cross"), ("no_state", "gold+cross")]
    assert faults(once, once, {"gold+cross": ("gold", "happy")}) == [("unknown_key", "gold+cross")]


def test_a_lifecycle_without_a_table_has_no_migration():
    """A stage that nothing leads to is found by the table."""
    with pytest.raises(InvalidLifecycle, match="unreachable"):
        Migration(DEFAULT, DEFAULT.refine("visitor", ["browsing", "trial"]))


@pytest.mark.parametrize(
    "wrong",
    [{"old": "club"}, {"new": None}, {"stages": 5}, {"stages": "visitor"}],
    ids=str,
)
def test_a_migration_is_made_of_two_lifecycles_and_a_map(wrong):
    """Anything else is refused by the argument's name."""
    with pytest.raises(InvalidArgument, match=rf"Migration\(\): {next(iter(wrong))} is"):
        Migration(**{"old": DEFAULT, "new": DEFAULT, **wrong})


def test_a_migration_is_a_value():
    """It copies, pickles, compares and hashes; a changed copy is checked anew."""
    migration = Migration(DEFAULT, FINER, {"visitor": "browsing"})
    copies = [copy.copy(migration), copy.deepcopy(migration), pickle.loads(pickle.dumps(migration))]

    assert {migration, *copies} == {migration}
    assert [places(one) for one in copies] == [places(migration)] * 3
    assert places(evolve(migration, stages={"visitor": "trial"}))["visitor"] == "trial"
    with pytest.raises(InvalidMigration):
        evolve(migration, stages={})


def test_everything_on_record_is_kept():
    """Only the lifecycle, the state and the number of its stages are others."""
    rel = Relationship("C-17").apply(Contacted(at=T), Engaged(at=day(1)))

    mapped = Migration(DEFAULT, FINER, {"visitor": "browsing"}).apply(rel)

    changed = {
        one.name
        for one in fields(Relationship)
        if getattr(rel, one.name) != getattr(mapped, one.name)
    }
    assert changed == {"lifecycle", "state", "entered"}
    assert (rel.entered, mapped.entered) == ((day(1),), (day(1), day(1)))
    assert (mapped.lifecycle, str(mapped.state)) == (FINER, "browsing")


def test_the_stages_that_were_left_are_mapped_too():
    """They are names of stages, also in what was believed at first."""
    gone = Relationship("C-17").apply(
        Engaged(at=T),
        Departed(at=day(1)),
        CauseLearnt(at=day(2), cause=Cause.PRICE),
        Engaged(at=day(3)),
    )

    mapped = Migration(DEFAULT, FINER, {"visitor": "trial"}).apply(gone)

    assert gone.departure.stages_left == ("visitor",)
    assert mapped.departure.stages_left == ("trial",)
    assert mapped.departure.first_believed.stages_left == ("trial",)
    assert mapped.departure.kind is gone.departure.kind


STRANGERS = {
    "of another name": evolve(DEFAULT, name="other"),
    "of another definition": DEFAULT.refine("lost", ["quietly"]),
    "of the new one": FINER,
}


@pytest.mark.parametrize("lifecycle", STRANGERS.values(), ids=STRANGERS)
def test_a_relationship_of_another_lifecycle_is_refused(lifecycle):
    """Whether another name or another definition of the same name."""
    migration = Migration(DEFAULT, FINER, {"visitor": "browsing"})

    with pytest.raises(InvalidArgument, match=r"Migration\.apply\(\): relationship is .* must be"):
        migration.apply(Relationship("C-17", lifecycle))
    with pytest.raises(InvalidArgument, match=r"Migration\.check\(\): journeys is .* must be"):
        migration.check([replay([], customer="C-17", lifecycle=lifecycle)])


def test_a_lifecycle_in_other_words_is_the_same_lifecycle():
    """Its relationships are mapped; the fingerprint tells, not the sentences."""
    reworded = evolve(DEFAULT, rules=DEFAULT.rules[::-1], views=())

    mapped = Migration(DEFAULT, DEFAULT).apply(Relationship("C-17", reworded))

    assert mapped == Relationship("C-17")


def drift(migration, *events):
    """The one finding about a customer with this history."""
    journey = replay(events, customer="C-17", lifecycle=migration.old, on_rejected="collect")
    (found,) = migration.check([journey])
    return found


def test_who_is_placed_differently_is_told():
    """Both places are named."""
    found = drift(Migration(DEFAULT, DEFAULT, {"visitor": "aware"}), Engaged(at=T))

    assert found == Drift(
        "C-17",
        DEFAULT.state("aware"),
        DEFAULT.state("visitor"),
        "The map places 'C-17' in prospect (aware), and a replay in prospect (visitor).",
    )
    assert str(found) == found.sentence


def test_who_is_in_one_place_with_another_history_is_told():
    """The cycle, the customer moment or the departure can differ where the state does not."""
    migration = Migration(DEFAULT, DRIVING_OUT)

    found = drift(migration, ServiceFailed(at=T), Engaged(at=day(1)))

    assert found.mapped == found.replayed == DEFAULT.state("visitor")
    assert found.sentence == (
        "The map places 'C-17' in prospect (visitor), and a replay there; cycle and departure "
        "differ."
    )


def test_a_customer_moment_at_another_time_is_told():
    """Here a prospect has to buy twice."""
    slower = evolve(
        STRICT,
        rules=[*STRICT.rules, Move("purchased", at="potential", to="aware", sentence="Tries.")],
    )
    migration = Migration(DEFAULT, slower, {"regular": "buyer"})

    found = drift(migration, bought(0), bought(1))

    assert found.sentence == (
        "The map places 'C-17' in customer (bond: buyer, standing: content), and a replay there; "
        "customer moment differs."
    )


def test_a_departure_is_judged_by_the_rules_that_it_was_judged_by():
    """Rules of the app's own make no drift."""
    rules = DepartureRules(deal_size_steps=1)
    journey = replay([Engaged(at=T), Departed(at=T)], customer="C-17", departure_rules=rules)

    assert Migration(DEFAULT, DEFAULT).check([journey]) == ()


def test_a_departure_from_another_stage_is_told():
    """The replay knows better where the person was."""
    migration = Migration(DEFAULT, DEFAULT, {"visitor": "aware"})

    found = drift(migration, Engaged(at=T), Departed(at=day(1)))

    assert found.sentence == (
        "The map places 'C-17' in former (lost), and a replay there; departure differs."
    )


def test_both_a_place_and_a_history_can_differ():
    """The sentence tells all."""
    found = drift(Migration(DEFAULT, DRIVING_OUT), ServiceFailed(at=T))

    assert found.sentence == (
        "The map places 'C-17' in prospect (potential), and a replay in former (lost); departure "
        "differs."
    )


def test_an_event_that_is_refused_now_is_told():
    """With the error that says why."""

    found = drift(Migration(DEFAULT, STRICT), bought(0), bought(1))

    assert isinstance(found.replayed, EventNotAllowed)
    assert found.mapped == DEFAULT.state("regular", "content")
    assert found.sentence == (
        "The map places 'C-17' in customer (bond: regular, standing: content), but 'purchased' of "
        f"2026-01-01, which was accepted, is refused now. {found.replayed}"
    )


def test_an_event_that_the_new_lifecycle_does_not_know_is_told():
    """An unknown event is a refused one."""
    silent = evolve(DEFAULT, rules=[rule for rule in DEFAULT.rules if rule.on != "lapsed"])
    slimmer = evolve(
        silent,
        rules=[rule for rule in silent.rules if rule.on != "contacted"]
        + [Move("noticed", at="potential", to="aware", sentence="Notices us.")],
    )

    found = drift(Migration(DEFAULT, slimmer), Contacted(at=T))

    assert isinstance(found.replayed, UnknownEvent)


def test_an_event_that_was_refused_and_is_accepted_now_is_told():
    """The record of the map lacks it."""
    rules = [
        evolve(rule, answers_complaint=False)
        if rule.on == "complaint_settled" and not rule.to
        else rule
        for rule in DEFAULT.rules
    ]
    lenient = evolve(DEFAULT, rules=rules)

    found = drift(Migration(DEFAULT, lenient), Engaged(at=T), ComplaintSettled(at=day(1)))

    assert found.replayed == found.mapped == DEFAULT.state("visitor")
    assert found.sentence == (
        "The map places 'C-17' in prospect (visitor), but 'complaint_settled' of 2026-01-02, which "
        "was refused, is accepted now, and a replay leads to prospect (visitor)."
    )


def test_each_customer_who_drifts_is_told_once_in_order():
    """And nobody else."""
    migration = Migration(DEFAULT, DEFAULT, {"visitor": "aware"})
    journeys = [
        replay([kind(at=T)], customer=name)
        for name, kind in (("C-1", Engaged), ("C-2", Contacted), ("C-3", Engaged))
    ]

    assert [found.customer for found in migration.check(iter(journeys))] == ["C-1", "C-3"]


def test_what_is_no_event_was_refused_and_stays_so():
    """It has no time, and no place in the history."""
    journey = replay(["sneezed", Engaged(at=T)], customer="C-17", on_rejected="collect")

    assert Migration(DEFAULT, DEFAULT).check([journey]) == ()


@pytest.mark.parametrize("wrong", [None, "journeys", [Relationship("C-17")]], ids=str)
def test_only_journeys_are_checked(wrong):
    """Anything else is refused by the argument's name."""
    with pytest.raises(InvalidArgument, match=r"Migration\.check\(\): journeys is"):
        Migration(DEFAULT, DEFAULT).check(wrong)


def test_a_finding_is_a_value():
    """It pickles and compares, also with an error in it."""
    found = drift(Migration(DEFAULT, STRICT), bought(0))

    assert {found, pickle.loads(pickle.dumps(found))} == {found}


@given(histories(allow_rejected=True))
def test_the_identity_maps_every_relationship_to_itself(events):
    """And nobody drifts."""
    journey = replay(events, customer="C-17", on_rejected="collect")
    identity = Migration(DEFAULT, DEFAULT)

    assert identity.apply(journey.relationship) == journey.relationship
    assert identity.check([journey]) == ()


@settings(max_examples=50)
@given(st.data())
def test_the_identity_of_any_lifecycle_maps_every_relationship_to_itself(data):
    """Whatever its rooms, regions and rules."""
    lifecycle = data.draw(lifecycles())
    events = data.draw(histories(lifecycle, allow_rejected=True))
    journey = replay(events, customer="C-17", lifecycle=lifecycle, on_rejected="collect")
    identity = Migration(lifecycle, lifecycle)

    assert identity.apply(journey.relationship) == journey.relationship
    assert identity.check([journey]) == ()


@pytest.mark.slow
@settings(max_examples=50)
@given(st.data())
def test_a_refined_stage_is_entered_at_its_first_part(data):
    """The map to the first part and a replay place everybody alike."""
    lifecycle = data.draw(lifecycles())
    leaves = [one.name for one in lifecycle.places.by_name.values() if not one.children]
    leaf = data.draw(st.sampled_from(leaves))
    finer = lifecycle.refine(leaf, ["begun", "done"], [move("went_on", "begun", "done")])
    events = data.draw(histories(lifecycle))
    journey = replay(events, customer="C-17", lifecycle=lifecycle)
    migration = Migration(lifecycle, finer, {leaf: "begun"})

    mapped = migration.apply(journey.relationship)

    assert mapped == replay(events, customer="C-17", lifecycle=finer).relationship
    assert migration.check([journey]) == ()


@given(histories(allow_rejected=True), st.data())
def test_a_mapped_relationship_has_the_record_and_the_room_that_it_had(events, data):
    """Any map that is accepted contradicts nothing on record."""
    rel = replay(events, customer="C-17", on_rejected="collect").relationship
    stages = {
        leaf: data.draw(st.sampled_from(DEFAULT.places.by_name[place.region].leaves))
        for leaf, place in DEFAULT.places.by_name.items()
        if not place.children
    }

    mapped = Migration(DEFAULT, DEFAULT, stages).apply(rel)

    kept = {"state", "departure"}
    assert {
        one.name: getattr(mapped, one.name) for one in fields(Relationship) if one.name not in kept
    } == {one.name: getattr(rel, one.name) for one in fields(Relationship) if one.name not in kept}
    assert mapped.state.room is rel.state.room


def drawn(draw, old, new):
    """A map of every state to some state of the same room, each state by itself."""
    states = to_table(new).states
    return {
        str(state): draw(st.sampled_from([one for one in states if one.room is state.room])).stages
        for state in to_table(old).states
    }


@pytest.mark.slow
@settings(max_examples=50)
@given(st.data())
def test_a_map_of_all_states_within_their_rooms_is_total(data):
    """Between any two lifecycles; whatever is on record stays sound, and can be mapped again."""
    old, new = data.draw(lifecycles()), data.draw(lifecycles())
    stages = drawn(data.draw, old, new)
    events = data.draw(histories(old))
    rel = replay(events, customer="C-17", lifecycle=old).relationship

    mapped = Migration(old, new, stages).apply(rel)

    assert mapped.state.stages == stages[str(rel.state)]
    assert (mapped.state.room, mapped.record) == (rel.state.room, rel.record)
    assert Migration(new, new).apply(mapped) == mapped


def attempted(old, new, stages):
    """The images of all states, or the codes of the faults."""
    try:
        return places(Migration(old, new, stages)), set()
    except InvalidMigration as error:
        return {}, {fault.code for fault in error.faults}


@settings(max_examples=50)
@given(st.data())
def test_a_map_is_total_or_refused(data):
    """Whatever names it holds: each state has an image that one can be in, in the same room."""
    old = data.draw(lifecycles(max_views=0))
    new = data.draw(st.just(old) | lifecycles(max_views=0))
    names = st.sampled_from([*old.places.by_name, *new.places.by_name, *map(str, old.states), "x"])
    stages = data.draw(st.dictionaries(names, st.lists(names, max_size=2), max_size=6))
    reached = {str(state): state.room for state in to_table(new).states}

    images, codes = attempted(old, new, stages)

    assert bool(images) != bool(codes)
    assert codes <= {"unknown_key", "bad_stage", "no_image", "other_room", "no_state"}
    assert all(reached[image] is old.state(state).room for state, image in images.items())


def test_a_stage_that_keeps_its_name_keeps_its_age():
    """One that replaces another in its region has the age of that one."""
    rel = Relationship("C-17").apply(Purchased(at=T, amount=5), Complained(at=day(3)))

    mapped = Migration(DEFAULT, DEFAULT, {"buyer": "regular"}).apply(rel)

    assert mapped.in_stage_since("regular") == T
    assert mapped.in_stage_since("in_conflict") == day(3)


PAUSING = with_pause(DEFAULT)
PAUSED = Relationship("C-17", PAUSING).apply(
    Purchased(at=T, amount=5),
    Paused(at=T + timedelta(days=10)),
    Contacted(at=T + timedelta(days=15)),
)


def test_a_pause_ends_where_the_new_lifecycle_has_none():
    """With the last event on record."""
    mapped = Migration(PAUSING, DEFAULT, {"active": (), "paused": ()}).apply(PAUSED)

    assert (mapped.paused_at, mapped.paused) == (None, timedelta(days=5))


def test_a_pause_begins_where_the_map_says_so():
    """With the last event on record."""
    stages = {name: (name, "paused") for name in ("content", "in_conflict", "eroding")}
    buyer = Relationship("C-17").apply(Purchased(at=T, amount=5))

    mapped = Migration(DEFAULT, PAUSING, stages).apply(buyer)

    assert (str(mapped.state), mapped.paused_at) == ("buyer+content+paused", T)
    assert mapped.entered == (T, T, T)
    assert Migration(PAUSING, PAUSING).apply(PAUSED) == PAUSED
