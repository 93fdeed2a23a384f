"""Settling: what is unknown, which comparisons suffice, and which stand in the way."""

from itertools import product

import pytest
from attrs import frozen
from tests.ids import stable
from tests.unit.weekday import Stocked, Weekday

from custlife.decisions.evidence import distance, facts_of, lacking, support, unknown_facts
from custlife.decisions.predicates import all_of, any_of, exceeds, is_, is_not, not_, some_of

ANSWERS = (True, False, None)
NAMES = ("a", "b", "c")
CASES = [answers for size in range(4) for answers in product(ANSWERS, repeat=size)]
"""Every way in which none to three parts can answer."""
A, B, C = is_("a", 1), is_not("b", "very big"), is_("big_deal", 3)


def parts(answers):
    """One comparison for each answer, and the facts that make them answer so."""
    facts = dict(zip(NAMES, answers, strict=False))
    return [is_(name, value=True) for name in facts], facts


@pytest.mark.parametrize(
    ("predicate", "unknown"),
    [
        (A, {"a"}),
        (not_(A), {"a"}),
        (all_of(A, B), {"a"}),
        (any_of(A, C), {"a", "big_deal"}),
        (any_of(A, B), set()),
        (all_of(A, Weekday()), {"a"}),
    ],
    ids=stable,
)
def test_the_unknown_facts_of_a_predicate_are_those_that_leave_it_undecided(predicate, unknown):
    """Parts that are decided, and predicates of the app's own, name none."""
    assert unknown_facts(predicate, {"b": 2}) == unknown


@frozen
class Even:
    """A predicate of an app's own that says which fact it looks at."""

    facts = ("number",)

    def holds(self, facts):
        number = facts.get("number")
        return None if number is None else number % 2 == 0

    def atoms(self):
        yield self


@pytest.mark.parametrize(
    ("atom", "facts"),
    [
        (A, ("a",)),
        (exceeds("benefit", "cost"), ("benefit", "cost")),
        (Even(), ("number",)),
        (Weekday(), ()),
    ],
    ids=str,
)
def test_a_comparison_says_which_facts_it_looks_at(atom, facts):
    """A predicate of an app's own only if it has been told to."""
    assert facts_of(atom) == facts


def test_the_unknown_facts_of_an_apps_own_predicate_are_those_that_it_names():
    """None where it names none, or where it is decided."""
    assert unknown_facts(all_of(Even(), Stocked()), {}) == {"number"}
    assert unknown_facts(Even(), {"number": 3}) == set()


SHAPES = [
    all_of,
    any_of,
    lambda a, b, c: some_of(2, a, b, c),
    lambda a, b, c: all_of(a, any_of(b, c)),
    lambda a, b, c: any_of(all_of(a, b), not_(c)),
    lambda a, b, c: not_(all_of(a, not_(any_of(b, c)))),
    lambda a, b, c: some_of(2, not_(a), all_of(b, c), b),
]
FULL = [answers for answers in CASES if len(answers) == 3]


def completions(facts, kept):
    """Every way to answer what is not kept; what is kept stays, known or not."""
    free = [name for name in facts if name not in kept]
    return [
        {**facts, **dict(zip(free, answers, strict=True))}
        for answers in product(ANSWERS, repeat=len(free))
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
@pytest.mark.parametrize("answers", FULL, ids=str)
def test_the_support_of_an_answer_settles_it(answers, shape):
    """Whatever the facts of the other comparisons are; no supporting one is undecided."""
    atoms, facts = parts(answers)
    predicate = shape(*atoms)
    answer = predicate.holds(facts)
    asked = bool(answer)

    settled = support(predicate, facts, answer=asked, sure=answer is not None)
    kept = {atom.fact for atom in settled}
    outcomes = {predicate.holds(known) for known in completions(facts, kept)}

    assert (not asked) not in outcomes
    assert answer is None or outcomes == {answer}
    assert answer is None or all(atom.holds(facts) is not None for atom in settled)


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
@pytest.mark.parametrize("answers", FULL, ids=str)
def test_the_support_of_what_is_open_keeps_it_from_the_opposite(answers, shape):
    """While what is unknown there stays unknown."""
    atoms, facts = parts(answers)
    predicate = shape(*atoms)
    possible = [answer for answer in (True, False) if predicate.holds(facts) is not (not answer)]

    for answer in possible:
        settled = support(predicate, facts, answer=answer, sure=False)
        kept = {atom.fact for atom in settled}
        outcomes = {predicate.holds(known) for known in completions(facts, kept)}

        assert (not answer) not in outcomes


@pytest.mark.parametrize(
    ("predicate", "answer", "sure", "settled"),
    [
        (A, True, True, ["a is 1"]),
        (not_(A), False, True, ["a is 1"]),
        (any_of(is_("a", 2), A, A), True, True, ["a is 1"]),
        (all_of(A, C, is_("z", 1)), False, False, ["big deal is 3"]),
        (all_of(A, is_("y", 1), is_("z", 1)), False, False, ["y is 1"]),
        (all_of(), True, True, []),
        (some_of(0, A), True, True, []),
        (Weekday(), True, True, ["it is a weekday"]),
        (some_of(2, A, is_("a", 1), C), True, True, ["a is 1", "a is 1"]),
    ],
    ids=str,
)
def test_support_takes_as_few_comparisons_as_are_needed(predicate, answer, sure, settled):
    """Decided ones first, in the order of reading."""
    facts = {"a": 1, "big_deal": 2}

    assert [str(atom) for atom in support(predicate, facts, answer=answer, sure=sure)] == settled


@pytest.mark.parametrize("answers", FULL, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_nothing_is_lacking_exactly_where_a_predicate_holds(answers, shape):
    """Then the distance is none; else it is no more than what is lacking."""
    atoms, facts = parts(answers)
    predicate = shape(*atoms)
    holds = predicate.holds(facts) is True

    assert (lacking(predicate, facts) == ()) is holds
    assert (distance(predicate, facts) == 0) is holds
    assert distance(predicate, facts) <= len(lacking(predicate, facts))


THREE = [is_(name, value=True) for name in "abc"]


@pytest.mark.parametrize("needed", range(1, 4))
def test_so_many_fail_that_too_few_are_left(needed):
    """What suffices for no, and how far it is from there."""
    quorum = some_of(needed, *THREE)
    too_few = 3 - needed + 1

    no = support(quorum, dict.fromkeys("abc", False), answer=False)

    assert no == tuple(THREE[:too_few])
    assert distance(quorum, dict.fromkeys("abc", True), answer=False) == too_few


def test_what_can_never_hold_needs_nothing_to_fail():
    """More are asked for than there are; and nothing needs to hold where none is asked for."""
    never, always = some_of(5, *THREE), some_of(0, *THREE)

    assert support(never, dict.fromkeys("abc", False), answer=False) == ()
    assert distance(never, dict.fromkeys("abc", True), answer=False) == 0
    assert support(always, dict.fromkeys("abc", True), answer=True) == ()
    assert distance(always, dict.fromkeys("abc", False), answer=True) == 0
