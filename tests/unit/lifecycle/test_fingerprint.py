"""The fingerprint of a lifecycle: what counts in it, and what does not."""

import copy
import pickle
import subprocess
import sys
from enum import Enum
from itertools import groupby

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import (
    CUSTOMER,
    FORMER,
    PROSPECT,
    club,
    forbid,
    move,
    region,
    stage,
    stay,
    trio,
)

from custlife import (
    ASSUMPTION,
    CUSTOMER_LIFECYCLE,
    IMH,
    Forbid,
    InvalidLifecycle,
    Lifecycle,
    Move,
    Stay,
    differences,
)
from custlife.lifecycle.table import unchecked_table
from custlife.testing import lifecycles

CLUB = club()
PINNED = "d0f8e7381df95c132b4004582c8996e6"
"""If this has to change, every document that was stored has to be migrated."""


def acts(lifecycle):
    """All that a lifecycle does: its states in order, the first, what each event does, guards."""
    table = unchecked_table(lifecycle)
    guards = [frozenset(guard) for guard in table.guards]
    return table.states, table.initial, [dict(arc) for arc in table.arcs], guards


def test_the_fingerprint_of_the_default_lifecycle_is_pinned():
    """It is the same on every machine and in every version that does the same."""
    assert CUSTOMER_LIFECYCLE.fingerprint == PINNED


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_the_fingerprint_does_not_depend_on_the_hashes_of_a_process(seed):
    """Nothing in it is a hash of Python's, or in the order of a set."""
    code = "from custlife import CUSTOMER_LIFECYCLE as one; print(one.fingerprint)"

    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
    )

    assert run.stdout.strip() == PINNED


def test_the_fingerprint_compiles_no_table():
    """The definition is enough, and python-statemachine is not loaded."""
    code = (
        "import sys; from custlife import CUSTOMER_LIFECYCLE as one; one.fingerprint; "
        "print('statemachine' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"


def test_a_copy_has_the_same_fingerprint():
    """However it was made."""
    fresh = evolve(CLUB)
    copies = [fresh, copy.copy(CLUB), copy.deepcopy(CLUB), pickle.loads(pickle.dumps(CLUB))]

    assert {one.fingerprint for one in copies} == {CLUB.fingerprint}


def test_a_changed_copy_has_a_fingerprint_of_its_own():
    """The one that was worked out before is not carried over."""
    known = CLUB.fingerprint

    later = evolve(CLUB, rules=[*CLUB.rules, stay("called", "guest")])

    assert later.fingerprint not in {known, evolve(later, rules=CLUB.rules).fingerprint}


REWRITES = {
    "another name": club("guild"),
    "rules in another order": evolve(CLUB, rules=CLUB.rules[::-1]),
    "one rule split in two": club(
        without=["left"], also=[move("left", "prospect", "gone"), move("left", "customer", "gone")]
    ),
    "places in another order": club(
        without=["left"], also=[move("left", ["customer", "prospect"], "gone")]
    ),
    "no views": evolve(CLUB, views=()),
    "other words": evolve(
        CLUB,
        prospect=[evolve(CLUB.prospect[0], sentence="New.", source=IMH[1]), CLUB.prospect[1]],
        rules=[
            evolve(rule, sentence="New.", source=ASSUMPTION, contested=IMH[1])
            for rule in CLUB.rules
        ],
    ),
}


@pytest.mark.parametrize("lifecycle", REWRITES.values(), ids=REWRITES)
def test_a_rewritten_lifecycle_has_the_same_fingerprint(lifecycle):
    """It does the same, in other words or another order."""
    assert lifecycle != CLUB
    assert lifecycle.fingerprint == CLUB.fingerprint
    assert differences(CLUB, lifecycle) == ()


TWICE = [
    [move("x", "trial", "silver", when=["happy"]), move("x", "trial", "silver", when="happy")],
    [
        stay("x", "customer", when=["trial", "happy"]),
        stay("x", "customer", when=["happy", "trial", "happy"]),
    ],
    [
        stay("x", "trial", unless=["happy", "cross"]),
        stay("x", "trial", unless=["cross", "happy"]),
    ],
    [move("x", "guest", ["trial", "cross"]), move("x", "guest", ["cross", "trial"])],
    [forbid("x", ["guest", "gone"]), forbid("x", ["gone", "guest"])],
]


@pytest.mark.parametrize(("one", "other"), TWICE, ids=str)
def test_the_order_of_names_in_a_rule_does_not_count(one, other):
    """Of places, targets and conditions."""
    fingerprints = [club(also=[rule]).fingerprint for rule in (one, other)]

    assert fingerprints[0] == fingerprints[1] != CLUB.fingerprint


APART = {
    "plain": CLUB,
    "first stage": club(prospect=PROSPECT[::-1]),
    "order of stages": club(customer=[CUSTOMER[0], region("mood", stage("cross"), stage("happy"))]),
    "order of regions": club(customer=CUSTOMER[::-1]),
    "name of a region": club(
        customer=[CUSTOMER[0], region("temper", stage("happy"), stage("cross"))]
    ),
    "nesting": club(
        prospect=[
            stage("guest", stage("hall")),
            stage("visitor", stage("looking"), stage("asking")),
        ]
    ),
    "one more stage": club(former=[*FORMER, stage("banned")]),
    "stay": club(also=[stay("x", "customer")]),
    "forbid": club(also=[forbid("x", "customer")]),
    "move": club(also=[move("x", "customer", "gone")]),
    "other event": club(also=[stay("y", "customer")]),
    "other place": club(also=[stay("x", "former")]),
    "condition": club(also=[stay("x", "customer", when="happy")]),
    "reverse condition": club(also=[stay("x", "customer", unless="happy")]),
    "other condition": club(also=[stay("x", "customer", when="cross")]),
    "answer": club(also=[stay("x", "customer", answers_complaint=True)]),
    "two places": club(also=[stay("x", ["customer", "former"])]),
    "deep target": club(also=[move("x", "guest", ["gold", "cross"])]),
    "shallow target": club(also=[move("x", "guest", "gold")]),
}


def test_each_part_that_executes_counts():
    """Rooms, regions, nesting, order, events, places, targets, conditions, complaints."""
    assert len({one.fingerprint for one in APART.values()}) == len(APART)


def test_one_region_is_not_the_same_as_none():
    """The paths of the states differ."""
    plain = trio()
    regional = trio(customer=[region("bond", stage("member"))])

    assert plain.fingerprint != regional.fingerprint
    assert differences(plain, regional) == (
        "Region added: bond in customer.",
        "Stage moved: member is in bond, and was in customer.",
    )


def test_a_region_is_not_the_same_as_a_stage_of_its_name():
    """Though the same stages lie inside."""
    nested = trio(customer=[stage("bond", stage("member"))])
    regional = trio(customer=[region("bond", stage("member"))])

    assert nested.fingerprint != regional.fingerprint
    assert differences(nested, regional) == (
        "Region added: bond in customer.",
        "Stage gone: bond in customer.",
    )


def made(rules):
    """The default lifecycle with other rules; nothing where they clash."""
    try:
        return [evolve(CUSTOMER_LIFECYCLE, rules=rules, views=())]
    except InvalidLifecycle:
        return []


def other_answers(rule):
    """Every rule that differs from this one in one respect, and none in its place."""
    places = CUSTOMER_LIFECYCLE.places.by_name
    words = {"sentence": rule.sentence}
    yield None
    yield Forbid(rule.on, at=rule.at, **words)
    yield Stay(rule.on, at=rule.at, **words)
    yield Stay(rule.on, at=rule.at, answers_complaint=True, **words)
    yield from (Move(rule.on, at=rule.at, to=to, **words) for to in places)
    yield from (evolve(rule, at=at) for at in places)
    yield from (evolve(rule, on=on) for on in CUSTOMER_LIFECYCLE.events)
    for condition in ("when", "unless") if not isinstance(rule, Forbid) else ():
        yield from (evolve(rule, **{condition: asked}) for asked in ((), *places))


def mutants():
    """Each rule of the default lifecycle, at one place, put in other ways, one at a time."""
    single = [evolve(rule, at=at) for rule in CUSTOMER_LIFECYCLE.rules for at in rule.at]
    for number, rule in enumerate(single):
        for other in other_answers(rule):
            put = () if other is None else (other,)
            yield from made([*single[:number], *put, *single[number + 1 :]])


class Place(str, Enum):  # noqa: UP042 - it writes itself in another way than a StrEnum
    """Names of places as an app may keep them."""

    GUEST = "guest"
    MEMBER = "member"


class Backwards(str):
    """A text that sorts itself in another way."""

    __slots__ = ()

    def __lt__(self, other):
        return str.__gt__(self, other)


@pytest.mark.parametrize("kind", [Place, Backwards])
def test_names_of_another_kind_of_text_count_as_plain_text(kind):
    """However they are written or sorted."""
    rules = [
        evolve(rule, at=[kind(at) if at != "gone" else at for at in rule.at])
        for rule in trio().rules
    ]

    lifecycle = trio(prospect=[stage(kind("guest"))], customer=[stage(kind("member"))], rules=rules)

    assert lifecycle.fingerprint == trio().fingerprint
    assert differences(lifecycle, trio()) == ()


@pytest.mark.slow
def test_no_mutant_of_the_default_lifecycle_acts_otherwise_under_one_fingerprint():
    """All that one can do to one rule at one place: those of one fingerprint do the same."""
    by_print = sorted([CUSTOMER_LIFECYCLE, *mutants()], key=lambda one: one.fingerprint)
    groups = [list(group) for _, group in groupby(by_print, key=lambda one: one.fingerprint)]
    several = [group for group in groups if len(set(group)) > 1]

    torn = [group for group in several if any(acts(one) != acts(group[0]) for one in group[1:])]

    assert len(groups) > 1000
    assert several != []
    assert torn == []


@pytest.mark.slow
@settings(max_examples=60)
@given(lifecycles(), st.randoms(use_true_random=False))
def test_a_lifecycle_whose_rules_are_split_and_shuffled_keeps_its_fingerprint(lifecycle, random):
    """Whatever the lifecycle; and it does the same."""
    rules = [evolve(rule, at=at, sentence="Anew.") for rule in lifecycle.rules for at in rule.at]
    random.shuffle(rules)

    other = evolve(lifecycle, name="other", rules=rules, views=())

    assert other.fingerprint == lifecycle.fingerprint
    assert acts(other) == acts(lifecycle)


def varied(draw, lifecycle):
    """A lifecycle with one rule left out, if that is sound."""
    rules = list(lifecycle.rules)
    del rules[draw(st.integers(0, len(rules) - 1))]
    try:
        return evolve(lifecycle, rules=rules, views=())
    except InvalidLifecycle:
        return lifecycle


@settings(max_examples=60)
@given(st.data())
def test_a_rule_that_is_left_out_changes_the_fingerprint_if_it_acts(data):
    """And the difference is named."""
    lifecycle = data.draw(lifecycles())
    less = varied(data.draw, lifecycle)

    alike = less.fingerprint == lifecycle.fingerprint

    assert not alike or acts(less) == acts(lifecycle)
    assert (differences(lifecycle, less) == ()) == alike


def test_the_fingerprint_is_a_text_of_32_letters():
    """Short enough for a column."""
    assert isinstance(CLUB, Lifecycle)
    assert set(CLUB.fingerprint) <= set("0123456789abcdef")
    assert len(CLUB.fingerprint) == 32
