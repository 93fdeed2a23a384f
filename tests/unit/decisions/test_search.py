"""The search for facts for which predicates come out as wanted."""

from itertools import product

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife.decisions.predicates import (
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    not_,
    some_of,
    within,
)
from custlife.decisions.search import (
    NO,
    NOT_YES,
    OPEN,
    YES,
    Budget,
    Group,
    Rise,
    Space,
    TooManyChoices,
    Wanted,
)

NAMES = ("a", "b", "c")
ANSWER = {True: YES, False: NO, None: OPEN}
COMPARISONS = (is_, is_not, at_least, at_most, below, above)


def alone(**values):
    """A group for each fact."""
    return [Group((name,), [(value,) for value in tried]) for name, tried in values.items()]


def spent(number=10_000):
    return Budget(number)


# --- beside brute force ------------------------------------------------------------------------


def predicates(atoms):
    """Predicates of all kinds over these comparisons."""
    return st.recursive(
        atoms,
        lambda parts: st.one_of(
            st.builds(not_, parts),
            st.lists(parts, max_size=3).flatmap(
                lambda found: st.integers(0, len(found) + 1).map(
                    lambda needed: some_of(needed, *found)
                )
            ),
        ),
        max_leaves=6,
    )


names = st.sampled_from(NAMES)
limited = st.builds(
    lambda compare, name, limit: compare(name, limit),
    st.sampled_from(COMPARISONS),
    names,
    st.integers(0, 2),
)
compared = st.builds(
    lambda compare, one, other: compare(one, other),
    st.sampled_from([exceeds, within]),
    names,
    names,
)
values = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=1, unique=True)


def demanded(atoms):
    return st.lists(st.tuples(predicates(atoms), st.integers(1, 7)), min_size=1, max_size=4)


def fitting(combinations, demands):
    """The combinations for which every predicate comes out as wanted, one by one."""
    return [
        facts
        for facts in combinations
        if all(ANSWER[predicate.holds(facts)] & wanted for predicate, wanted in demands)
    ]


def known(facts):
    return sum(value is not None for value in facts.values())


def check_beside(groups, combinations, demands):
    """The search finds what there is, with the fewest known facts."""
    space = Space(groups)
    wanted = [(space.read(predicate), answers) for predicate, answers in demands]
    there_are = fitting(combinations, demands)

    simplest = space.find(wanted, spent())
    given = space.given(wanted[:1])
    later = given and space.find(wanted[1:], spent(), given=given, simplest=False)

    assert (simplest is not None) is (later is not None) is bool(there_are)
    assert [found for found in (simplest, later) if found and found.facts() not in there_are] == []
    assert simplest is None or simplest.known == min(map(known, there_are))


@settings(max_examples=300)
@given(st.fixed_dictionaries(dict.fromkeys(NAMES, values)), demanded(limited))
def test_what_is_found_among_single_facts_is_what_there_is(tried, demands):
    """Whether one goes through all combinations or not, unknown facts included."""
    combinations = [dict(zip(tried, row, strict=True)) for row in product(*tried.values())]

    check_beside(alone(**tried), combinations, demands)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(*[st.sampled_from([None, 0, 1, 2, 3])] * 3), min_size=1, unique=True),
    demanded(limited | compared),
)
def test_what_is_found_among_facts_that_hang_together_is_what_there_is(rows, demands):
    """Only combinations that the group has, also where facts are held against each other."""
    combinations = [dict(zip(NAMES, row, strict=True)) for row in rows]

    check_beside([Group(NAMES, rows)], combinations, demands)


# --- what is found -----------------------------------------------------------------------------


def test_values_of_a_group_are_tried_from_the_least_known_on():
    """In the order given, where as much is known."""
    group = Group(("a", "b"), [(1, 2), (None, 2), (3, None), (None, None)])

    assert group.values == ((None, None), (None, 2), (3, None), (1, 2))
    assert group.known == (0, 1, 1, 2)


def test_a_limit_is_passed_where_fewer_facts_are_known_already():
    """Nothing is found that is not better."""
    space = Space(alone(a=[None, 1], b=[None, 1]))
    wanted = [(space.read(all_of(is_("a", 1), is_("b", 1))), YES)]

    assert space.find(wanted, spent(), fewer_than=2) is None
    assert space.find(wanted, spent(), fewer_than=3).facts() == {"a": 1, "b": 1}


def test_what_cannot_be_is_not_given():
    """Nothing is searched then."""
    space = Space(alone(a=[1, 2]))

    assert space.given([(space.read(is_("a", 3)), YES)]) is None


def test_what_is_given_says_what_may_hold():
    """By the values that it leaves."""
    space = Space(alone(a=[1, 2], b=[1]))

    given = space.given([(space.read(is_("a", 1)), YES)])

    assert given.may_hold(space.read(is_("a", 1)))
    assert not given.may_hold(space.read(is_("a", 2)))


def test_a_search_that_tries_too_much_is_given_up():
    """A budget that is spent before anything was found raises."""
    space = Space(alone(**{name: [0, 1] for name in "abcdef"}))
    odd = [space.read(some_of(3, *(is_(name, n) for name in "abcdef"))) for n in (0, 1)]

    with pytest.raises(TooManyChoices):
        space.find([(one, YES) for one in odd], spent(2))


def test_a_search_that_has_found_something_gives_that_when_it_tries_too_much():
    """It may not be the simplest."""
    space = Space(alone(**{name: [None, 0, 1] for name in "abcd"}))
    two = space.read(some_of(2, *(is_(name, 1) for name in "abcd")))
    most = next(n for n in range(1, 99) if tried(space, two, n))

    found = space.find([(two, YES)], spent(most))

    assert tried(space, two, most - 1) is False
    assert found.known >= 2


def tried(space, node, number):
    """Whether a budget suffices to find anything."""
    try:
        return space.find([(node, YES)], spent(number)) is not None
    except TooManyChoices:
        return False


# --- what matters ------------------------------------------------------------------------------


def test_facts_that_do_not_matter_are_left_out():
    """Those that can be unknown, and those that are always known and can be anything."""
    groups = [*alone(key=[None, True], n=[0, 1]), Group(("room", "cause"), [("in", 1), ("out", 2)])]
    space = Space(groups)
    wanted = [Wanted(all_of(is_("key", True), is_("room", "out")), YES)]

    found = space.find([(space.read(one.predicate), one.answers) for one in wanted], spent())

    assert found.facts() == {"key": True, "n": 0, "room": "out", "cause": 2}
    assert found.needed(wanted) == {"key": True, "room": "out"}
    assert found.needed(wanted, keep=("n",)) == {"key": True, "n": 0, "room": "out"}


def test_a_fact_that_is_always_known_matters_where_another_value_of_it_would_tell():
    """It cannot be left out as if it could be unknown."""
    space = Space(alone(n=[0, 1]))
    wanted = [Wanted(is_("n", 1), NOT_YES)]

    found = space.find([(space.read(one.predicate), one.answers) for one in wanted], spent())

    assert found.needed(wanted) == {"n": 0}


def test_a_fact_that_follows_from_another_is_kept_where_a_predicate_reads_it():
    """The facts that are left show it alone."""
    space = Space([Group(("room", "kind"), [("in", None), ("out", "loss")])])
    wanted = [Wanted(all_of(is_("room", "out"), is_("kind", "loss")), YES)]

    found = space.find([(space.read(one.predicate), one.answers) for one in wanted], spent())

    assert found.needed(wanted) == {"room": "out", "kind": "loss"}


# --- two sides ---------------------------------------------------------------------------------


def test_two_sides_differ_in_their_group_only():
    """All other facts are the same on both."""
    group = Rise(("n", "m"), [((0, 5), (1, 5)), ((0, 7), (2, 7))])
    space = Space([group, *alone(key=[None, True])])
    low, high = space.read(is_("n", 0)), space.read(all_of(is_("n", 2), is_("key", True)), side=1)
    wanted = [Wanted(is_("n", 0), YES), Wanted(all_of(is_("n", 2), is_("key", True)), YES, 1)]

    found = space.find([(low, YES), (high, YES)], spent())

    assert found.facts(0) == {"n": 0, "m": 7, "key": True}
    assert found.facts(1) == {"n": 2, "m": 7, "key": True}
    assert found.needed(wanted, keep=("n",)) == {"n": 0, "key": True}


# --- predicates of the app's own -----------------------------------------------------------------


class Even:
    """A number is even; it cannot be hashed."""

    __hash__ = None
    facts = ("n",)

    def holds(self, facts):
        return None if facts.get("n") is None else facts["n"] % 2 == 0

    def atoms(self):
        yield self


@frozen
class Sure:
    """It holds, whatever its fact is."""

    facts: tuple = ("n",)

    def holds(self, facts):
        return True

    def atoms(self):
        yield self


@pytest.mark.parametrize(("answers", "n"), [(YES, 2), (NO, 1), (OPEN, None)])
def test_a_predicate_of_the_apps_own_is_asked_about_the_values(answers, n):
    """Also one that cannot be hashed."""
    space = Space(alone(n=[None, 1, 2]))

    assert space.find([(space.read(Even()), answers)], spent()).facts() == {"n": n}


@pytest.mark.parametrize("answers", [YES, NO, OPEN])
def test_a_predicate_that_is_left_open_comes_out_as_it_likes(answers):
    """Whatever its fact is."""
    sure = Sure()
    space = Space(alone(n=[1]), [sure])

    assert space.find([(space.read(sure), answers)], spent()).facts() == {"n": 1}


def test_a_predicate_that_is_left_open_is_the_same_wherever_it_is_read():
    """On one side; on two sides it may differ."""
    sure = Sure()
    space = Space([Rise(("n",), [((0,), (1,))])], [sure])
    demands = [(space.read(sure), YES), (space.read(not_(sure)), YES)]

    assert space.find(demands, spent()) is None
    assert space.find([demands[0], (space.read(not_(sure), side=1), YES)], spent()) is not None


def test_an_equal_predicate_that_is_not_left_open_is_asked():
    """What is left open is one predicate, not all that are equal to it."""
    space = Space(alone(n=[1]), [Sure()])

    assert space.find([(space.read(any_of(Sure())), NO)], spent()) is None
