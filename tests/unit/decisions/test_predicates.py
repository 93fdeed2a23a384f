"""Predicates: three-valued logic, comparisons, and how they read."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum
from itertools import product

import pytest
from tests.unit.weekday import Weekday

from custlife import Initiator, Severity
from custlife.decisions.evidence import unknown_facts
from custlife.decisions.predicates import (
    Comparison,
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
    spoken,
    within,
    words,
)
from custlife.errors import InvalidArgument

ANSWERS = (True, False, None)
NAMES = ("a", "b", "c")
CASES = [answers for size in range(4) for answers in product(ANSWERS, repeat=size)]
"""Every way in which none to three parts can answer."""

every_case = pytest.mark.parametrize("answers", CASES, ids=str)


class Size(Enum):
    """An outcome."""

    VERY_BIG = 1
    SMALL = 2


def parts(answers):
    """One comparison for each answer, and the facts that make them answer so."""
    facts = dict(zip(NAMES, answers, strict=False))
    return [is_(name, value=True) for name in facts], facts


def agreed(question, answers):
    """What all completions of the unknown answers agree on; None where they differ."""
    options = [(True, False) if answer is None else (answer,) for answer in answers]
    outcomes = {question(complete) for complete in product(*options)}
    return outcomes.pop() if len(outcomes) == 1 else None


@every_case
def test_all_of_holds_as_far_as_every_completion_agrees(answers):
    """True if all parts hold, False once one fails, None while it depends on the unknown."""
    predicates, facts = parts(answers)

    assert all_of(*predicates).holds(facts) is agreed(all, answers)


@every_case
def test_any_of_holds_as_far_as_every_completion_agrees(answers):
    """True once one part holds, False if all fail, None while it depends on the unknown."""
    predicates, facts = parts(answers)

    assert any_of(*predicates).holds(facts) is agreed(any, answers)


@every_case
@pytest.mark.parametrize("needed", range(5))
def test_some_of_holds_as_far_as_every_completion_agrees(needed, answers):
    """True once enough parts hold, False once too few can, None in between."""
    predicates, facts = parts(answers)

    assert some_of(needed, *predicates).holds(facts) is agreed(
        lambda complete: sum(complete) >= needed, answers
    )


@pytest.mark.parametrize(
    ("answer", "opposite"), [(True, False), (False, True), (None, None)], ids=str
)
def test_the_opposite_of_the_unknown_is_unknown(answer, opposite):
    """True and False change places."""
    (predicate,), facts = parts([answer])

    assert not_(predicate).holds(facts) is opposite
    assert not_(not_(predicate)).holds(facts) is answer


@every_case
def test_not_all_means_any_not(answers):
    """De Morgan's law holds for the unknown too."""
    predicates, facts = parts(answers)
    opposites = [not_(predicate) for predicate in predicates]

    assert not_(all_of(*predicates)).holds(facts) is any_of(*opposites).holds(facts)
    assert not_(any_of(*predicates)).holds(facts) is all_of(*opposites).holds(facts)


@pytest.mark.parametrize(
    ("make", "at_9", "at_10", "at_11"),
    [
        (is_, False, True, False),
        (is_not, True, False, True),
        (at_least, False, True, True),
        (at_most, True, True, False),
        (below, True, False, False),
        (above, False, False, True),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_comparison_holds_on_its_side_of_the_limit(make, at_9, at_10, at_11):
    """The limit itself belongs to 'is', 'at least' and 'at most'."""
    comparison = make("size", 10)

    assert comparison.holds({"size": 9}) is at_9
    assert comparison.holds({"size": 10}) is at_10
    assert comparison.holds({"size": 11}) is at_11


@pytest.mark.parametrize("make", [is_, is_not, at_least, at_most, below, above])
@pytest.mark.parametrize("facts", [{}, {"size": None}, {"other": 10}], ids=str)
def test_a_comparison_with_an_unknown_fact_is_undecided(make, facts):
    """Whether the fact is None or absent."""
    assert make("size", 10).holds(facts) is None


A, B, C = is_("a", 1), is_not("b", Size.VERY_BIG), at_least("big_deal", 3)


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (A, "a is 1"),
        (B, "b is not very big"),
        (C, "big deal is at least 3"),
        (at_most("a", 1), "a is at most 1"),
        (below("a", 1), "a is below 1"),
        (above("a", 1), "a is above 1"),
        (exceeds("regain_benefit", "b"), "regain benefit is above b"),
        (within("b", "regain_cost"), "b is at most regain cost"),
        (is_("known", value=True), "known is yes"),
        (not_(A), "not (a is 1)"),
        (not_(all_of(A, B)), "not (a is 1 and b is not very big)"),
        (all_of(), "always"),
        (any_of(), "never"),
        (some_of(2), "never"),
        (some_of(0), "always"),
        (all_of(A), "a is 1"),
        (any_of(A), "a is 1"),
        (all_of(A, B), "a is 1 and b is not very big"),
        (any_of(A, B), "a is 1 or b is not very big"),
        (some_of(2, A, B), "a is 1 and b is not very big"),
        (some_of(2, A, B, C), "2 or more of (a is 1; b is not very big; big deal is at least 3)"),
        (some_of(0, A, B), "0 or more of (a is 1; b is not very big)"),
        (some_of(3, A, B), "3 or more of (a is 1; b is not very big)"),
        (all_of(any_of(A, B), C), "(a is 1 or b is not very big) and big deal is at least 3"),
        (any_of(all_of(A, B), C), "(a is 1 and b is not very big) or big deal is at least 3"),
        (any_of(all_of(A), not_(C)), "a is 1 or not (big deal is at least 3)"),
        (any_of(all_of(), A), "always or a is 1"),
        (all_of(Weekday(), A), "it is a weekday and a is 1"),
    ],
)
def test_a_predicate_reads_as_the_rule(predicate, text):
    """With brackets where they are needed."""
    assert str(predicate) == text


@pytest.mark.parametrize(
    ("predicate", "atoms"),
    [
        (A, [A]),
        (not_(A), [A]),
        (all_of(), []),
        (any_of(A, not_(all_of(B, C)), A), [A, B, C, A]),
        (some_of(1, Weekday(), B), [Weekday(), B]),
    ],
    ids=str,
)
def test_a_predicate_is_made_of_comparisons(predicate, atoms):
    """In the order of reading."""
    assert list(predicate.atoms()) == atoms


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (True, "yes"),
        (False, "no"),
        (Size.VERY_BIG, "very big"),
        (Initiator.BOTH, "both"),
        (timedelta(days=90), "90 days"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(0), "0 days"),
        (timedelta(days=1, hours=12), "1 day, 12:00:00"),
        (0, "0"),
        (1.5, "1.5"),
        ("as it is", "as it is"),
        (Decimal("100.50"), "100.5"),
        (Decimal("100.00"), "100"),
        (Decimal(100), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00"), "0"),
        (Decimal("-0.50"), "-0.5"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("1E-999999999"), "1E-999999999"),
        (Decimal("1E+350"), "1" + "0" * 350),
        (Decimal("1E+351"), "1E+351"),
    ],
    ids=repr,
)
def test_a_value_is_put_in_words(value, text):
    """Without the marks of the programming language."""
    assert words(value) == text


def test_predicates_are_values():
    """Made alike they are equal, so that tables compare by what they say."""
    assert is_("a", 1) == A
    assert isinstance(A, Comparison)
    assert repr(A) == "Comparison(fact='a', sign='is', limit=1, other=None)"
    assert all_of(A, B) == some_of(2, A, B)
    assert all_of(A, B) != any_of(A, B)


@pytest.mark.parametrize(
    ("make", "at_9", "at_10", "at_11"),
    [(exceeds, False, False, True), (within, True, True, False)],
    ids=["exceeds", "within"],
)
def test_a_contrast_holds_on_its_side_of_the_other_fact(make, at_9, at_10, at_11):
    """As much is within, and does not exceed."""
    contrast = make("benefit", "cost")

    assert contrast.holds({"benefit": 9, "cost": 10}) is at_9
    assert contrast.holds({"benefit": 10, "cost": 10}) is at_10
    assert contrast.holds({"benefit": 11, "cost": 10}) is at_11


@pytest.mark.parametrize("make", [exceeds, within])
@pytest.mark.parametrize("facts", [{}, {"benefit": 1}, {"cost": 1, "benefit": None}], ids=str)
def test_a_contrast_with_an_unknown_fact_is_undecided(make, facts):
    """Whichever of the two is unknown."""
    contrast = make("benefit", "cost")

    assert contrast.holds(facts) is None
    assert unknown_facts(contrast, facts) == {"benefit", "cost"} - {
        name for name, value in facts.items() if value is not None
    }


def test_comparisons_of_two_facts_are_values():
    """Made alike they are equal; each is its own only comparison."""
    contrast = exceeds("a", "b")

    assert contrast == exceeds("a", "b") != exceeds("b", "a")
    assert list(contrast.atoms()) == [contrast]
    assert repr(contrast) == "Comparison(fact='a', sign='is above', limit=None, other='b')"


@pytest.mark.parametrize(
    ("atom", "told"),
    [
        (at_least("big_deal", 3), "big deal is at least 3 (2.5)"),
        (is_("keen", value=True), "keen is yes (unknown)"),
        (exceeds("big_deal", "keen"), "big deal is above keen (2.5 and unknown)"),
        (within("keen", "big_deal"), "keen is at most big deal (unknown and 2.5)"),
    ],
    ids=str,
)
def test_a_comparison_tells_what_was_compared(atom, told):
    """In words, behind the rule."""
    assert atom.with_values({"big_deal": Decimal("2.50")}) == told


@pytest.mark.parametrize(("fact", "said"), [("room_left", "room left"), ("tier", "tier")])
def test_a_fact_is_spoken_without_underscores(fact, said):
    """As one would say it."""
    assert spoken(fact) == said


class Int64:
    """A whole number of another library."""

    def __index__(self):
        return 5


def test_a_limit_is_kept_but_for_a_whole_number_of_another_library():
    """That becomes an int; a member of an enum stays one, even where it is a number."""
    assert at_least("severity", Severity.GRAVE).limit is Severity.GRAVE
    assert type(at_least("purchases", Int64()).limit) is int


class Halting:
    """It holds, and has no atoms."""

    def holds(self, facts):
        """Always."""
        return True


class Hollow:
    """It has atoms, and does not hold."""

    def atoms(self):
        """None."""
        return iter(())


TRUE_A = is_("a", value=True)


@pytest.mark.parametrize(
    "part",
    [Halting(), Hollow(), Comparison, "a is yes", None, True],
    ids=["no atoms", "no holds", "a class", "a text", "none", "yes"],
)
@pytest.mark.parametrize(
    ("make", "call"),
    [
        (lambda part: all_of(TRUE_A, part), "all_of, any_of or some_of()"),
        (lambda part: any_of(part, TRUE_A), "all_of, any_of or some_of()"),
        (lambda part: some_of(2, TRUE_A, TRUE_A, part), "all_of, any_of or some_of()"),
        (not_, "not_()"),
    ],
    ids=["all", "any", "some", "not"],
)
def test_a_part_is_a_predicate(make, call, part):
    """With both methods, and no class; the error names the call and the argument."""
    with pytest.raises(InvalidArgument, match="a predicate") as caught:
        make(part)

    assert (caught.value.subject, caught.value.field) == (call, "part")


@pytest.mark.parametrize(
    ("make", "call", "name"),
    [
        (lambda: is_(" ", value=True), "predicate()", "fact"),
        (lambda: above(5, 5), "predicate()", "fact"),
        (lambda: exceeds("a", None), "exceeds()", "other"),
        (lambda: within("a", ""), "within()", "other"),
        (lambda: some_of(-1, TRUE_A), "some_of()", "needed"),
        (lambda: some_of("1", TRUE_A), "some_of()", "needed"),
        (lambda: some_of(1, TRUE_A, called=""), "some_of()", "called"),
    ],
    ids=["blank", "no text", "exceeds", "within", "below zero", "text", "called"],
)
def test_an_argument_of_the_wrong_kind_is_refused_by_name(make, call, name):
    """As the caller wrote it."""
    with pytest.raises(InvalidArgument) as caught:
        make()

    assert (caught.value.subject, caught.value.field) == (call, name)
