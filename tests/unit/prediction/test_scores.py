"""How well was told who is gone: the counts, and the figures that follow from them."""

from fractions import Fraction
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from custlife.prediction.scores import Scores, Tenth, Told, scores_of

RANKS = st.sampled_from([0.0, 0.5, 1.0, 1.5, 3.0])
TOLD = st.builds(
    Told, st.sampled_from("ABC"), st.booleans(), st.none() | st.booleans(), RANKS, st.none()
)
CHANCES = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=35)
FIGURES = ("precision", "recall", "specificity", "balanced_accuracy", "accuracy", "f1")


def figures(scores):
    """The figures of the counts."""
    return [getattr(scores, name) for name in FIGURES]


def by_chance(pairs):
    """What a model told, with chances in eighths, each of another customer."""
    return [
        Told(f"{number:02}", gone, said=True, rank=eighths, chance=eighths / 8)
        for number, (eighths, gone) in enumerate(pairs)
    ]


def test_the_figures_follow_from_the_counts():
    """By hand: of 20, 5 are undetermined, 8 are gone, and 10 were said to be."""
    scores = Scores(customers=20, true_gone=6, false_gone=4, true_stays=3, false_stays=2)

    assert (scores.decided, scores.gone, scores.undetermined) == (15, 8, 0.25)
    expected = [6 / 10, 6 / 8, 3 / 7, (6 / 8 + 3 / 7) / 2, 9 / 15, 12 / 18]
    assert figures(scores) == pytest.approx(expected)
    assert scores.f1_of_all_gone == pytest.approx(16 / 23)


def test_a_figure_that_would_divide_by_zero_is_none():
    """Of nobody, and of a customer of whom nothing could be told."""
    nobody, undecided = scores_of([]), scores_of([Told("C-17", gone=True, said=None)])

    assert (nobody.customers, nobody.undetermined) == (0, None)
    assert (undecided.customers, undecided.undetermined) == (1, 1)
    for scores in (nobody, undecided):
        assert figures(scores) == [None] * len(FIGURES)
        assert (scores.auc, scores.brier, scores.calibration) == (None, None, ())
        assert scores.f1_of_all_gone is None


def test_where_nobody_bought_there_is_no_specificity():
    """So there is no balanced accuracy and no AUC; where nobody is gone, there is no recall."""
    gone = scores_of([Told("C-17", gone=True, said=True)])
    bought = scores_of([Told("C-17", gone=False, said=False)])

    assert (gone.recall, gone.specificity, gone.balanced_accuracy, gone.auc) == (
        1,
        None,
        None,
        None,
    )
    assert (bought.recall, bought.specificity, bought.balanced_accuracy) == (None, 1, None)
    assert (bought.f1, bought.f1_of_all_gone, bought.auc) == (None, 0, None)


@given(st.lists(TOLD))
def test_the_counts_are_of_those_of_whom_something_was_said(told):
    """Each is counted once; those that are undetermined are customers and nothing else."""
    scores = scores_of(told)

    pairs = [(one.said, one.gone) for one in told]
    assert scores.customers == len(told)
    assert scores.true_gone == pairs.count((True, True))
    assert scores.false_gone == pairs.count((True, False))
    assert scores.true_stays == pairs.count((False, False))
    assert scores.false_stays == pairs.count((False, True))
    assert scores.decided == len(told) - sum(one.said is None for one in told)


@given(st.lists(TOLD))
def test_the_auc_is_the_share_of_pairs_in_the_right_order(told):
    """All pairs of one who is gone and one who bought are compared, a tie counting one half."""
    decided = [one for one in told if one.said is not None]
    gone, bought = (
        [one.rank for one in decided if one.gone is is_gone] for is_gone in (True, False)
    )
    won = [Fraction((high > low) + (high >= low), 2) for high, low in product(gone, bought)]

    assert scores_of(told).auc == (float(sum(won) / len(won)) if won else None)


@given(CHANCES)
def test_the_brier_score_is_the_mean_square_of_the_error(pairs):
    """The chances are eighths, so that the sum is exact."""
    expected = sum((Fraction(eighths, 8) - gone) ** 2 for eighths, gone in pairs) / len(pairs)

    assert scores_of(by_chance(pairs)).brier == pytest.approx(float(expected))


def test_the_calibration_is_by_tenths_from_the_least_chance():
    """By hand: 23 customers with the chances 1/64 to 23/64; those above 15/64 are gone."""
    told = [Told("C-17", n > 15, n > 9, n / 64, n / 64) for n in range(23, 0, -1)]

    groups = scores_of(told).calibration

    assert [group.customers for group in groups] == [2, 2, 2, 3, 2, 2, 3, 2, 2, 3]
    assert groups[0] == Tenth(chance=1.5 / 64, gone=0, customers=2)
    assert groups[6] == Tenth(chance=15 / 64, gone=pytest.approx(1 / 3), customers=3)
    assert groups[9] == Tenth(chance=22 / 64, gone=1, customers=3)


@given(CHANCES)
def test_the_tenths_hold_everybody_and_differ_by_one_at_most(pairs):
    """Their chances rise, and those of few customers are fewer."""
    groups = scores_of(by_chance(pairs)).calibration

    sizes = [group.customers for group in groups]
    assert sum(sizes) == len(pairs)
    assert len(groups) == min(len(pairs), 10)
    assert max(sizes) - min(sizes) <= 1
    assert [group.chance for group in groups] == sorted(group.chance for group in groups)
    assert sum(group.gone * group.customers for group in groups) == pytest.approx(
        sum(gone for _, gone in pairs)
    )


@given(CHANCES, st.randoms())
def test_the_order_of_the_customers_makes_no_difference(pairs, random):
    """Among equal chances, too."""
    told = by_chance(pairs)
    shuffled = sorted(told, key=lambda _: random.random())

    assert scores_of(shuffled) == scores_of(told)


@given(st.lists(TOLD))
def test_saying_gone_of_everybody_scores_what_is_said_of_it(told):
    """It is the F1 of the same customers, of whom all are said to be gone."""
    decided = [one for one in told if one.said is not None]
    all_gone = scores_of(evolve(one, said=True) for one in decided)

    assert scores_of(told).f1_of_all_gone == all_gone.f1 == all_gone.f1_of_all_gone
