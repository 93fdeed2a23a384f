"""How well was told who is gone: the counts, and the figures that follow from them.

Source: G. W. Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather
Review 78(1), 1950; J. A. Hanley and B. J. McNeil, The Meaning and Use of the Area under a Receiver
Operating Characteristic (ROC) Curve, Radiology 143(1), 1982.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import fsum

from attrs import field, frozen


@frozen
class Tenth:
    """A tenth of the customers, of those with similar chances to be gone.

    Attributes:
        chance: The mean of their chances to be gone by the model, 0 to 1.
        gone: The share of them that is gone in truth, 0 to 1.
        customers: How many they are.
    """

    chance: float
    gone: float
    customers: int


@frozen(kw_only=True)
class Scores:
    """How well was told who is gone. A figure is None where it would divide by zero.

    Attributes:
        customers: How many were asked about.
        true_gone: How many were said to be gone, and are.
        false_gone: How many were said to be gone, and bought.
        true_stays: How many were said to stay, and bought.
        false_stays: How many were said to stay, and are gone.
        auc: The chance that one who is gone ranks above one who bought, 0 to 1, ties counted as one
            half; 0.5 is that of a guess.
        brier: The mean square of what is between the chance to be gone and the truth, 0 to 1, and 0
            is the best; None for a rule.
        calibration: The customers in ten groups, those with the least chance to be gone first;
            none for a rule, and fewer for fewer than ten customers.

    Examples:
        >>> scores = Scores(customers=10, true_gone=4, false_gone=2, true_stays=1, false_stays=1)
        >>> scores.undetermined, round(scores.precision, 3), scores.recall
        (0.2, 0.667, 0.8)
    """

    customers: int
    true_gone: int
    false_gone: int
    true_stays: int
    false_stays: int
    auc: float | None = None
    brier: float | None = None
    calibration: tuple[Tenth, ...] = field(default=(), repr=False)

    @property
    def decided(self) -> int:
        """Of how many something was said; all other figures are of these."""
        return self.gone + self.true_stays + self.false_gone

    @property
    def undetermined(self) -> float | None:
        """The share of customers that the rule could not judge, 0 to 1."""
        return _share(self.customers - self.decided, self.customers)

    @property
    def gone(self) -> int:
        """How many are gone in truth."""
        return self.true_gone + self.false_stays

    @property
    def precision(self) -> float | None:
        """Of those said to be gone, the share that is, 0 to 1."""
        return _share(self.true_gone, self.true_gone + self.false_gone)

    @property
    def recall(self) -> float | None:
        """Of those who are gone, the share that was said to be, 0 to 1."""
        return _share(self.true_gone, self.gone)

    @property
    def specificity(self) -> float | None:
        """Of those who bought, the share that was said to stay, 0 to 1."""
        return _share(self.true_stays, self.true_stays + self.false_gone)

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of `recall` and `specificity`, 0 to 1; 0.5 is what saying one thing scores."""
        if self.recall is None or self.specificity is None:
            return None
        return (self.recall + self.specificity) / 2

    @property
    def accuracy(self) -> float | None:
        """The share of customers that were judged right, 0 to 1.

        A trap where most are gone: saying "gone" of everybody scores 0.71 on the customers of
        CDNOW.
        """
        return _share(self.true_gone + self.true_stays, self.decided)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of `precision` and `recall`, 0 to 1.

        A trap where most are gone: saying "gone" of everybody scores 0.83 on the customers of
        CDNOW. Compare with `f1_of_all_gone`.
        """
        return _share(2 * self.true_gone, self.true_gone + self.false_gone + self.gone)

    @property
    def f1_of_all_gone(self) -> float | None:
        """The `f1` that saying "gone" of everybody scores here, 0 to 1."""
        return _share(2 * self.gone, self.decided + self.gone)


@frozen
class Told:
    """What was told of a customer, and the truth.

    Attributes:
        customer: Who it is.
        gone: Whether they are gone in truth.
        said: Whether they were said to be gone; None where that is undetermined.
        rank: The higher, the more likely they are gone; of use only where something was said.
        chance: The chance to be gone, 0 to 1; None where no chance was told.
    """

    customer: str
    gone: bool
    said: bool | None
    rank: float = 0.0
    chance: float | None = None


def scores_of(told: Iterable[Told]) -> Scores:
    """The scores of what was told; the order makes no difference.

    Examples:
        >>> scores_of([Told("C-17", True, True, 2.5), Told("C-18", False, True, 1.5)]).auc
        1.0
    """
    everybody = tuple(told)
    decided = [one for one in everybody if one.said is not None]
    counts = Counter((one.said, one.gone) for one in decided)
    chances = [(one.chance, one.customer, one.gone) for one in decided if one.chance is not None]
    return Scores(
        customers=len(everybody),
        true_gone=counts[True, True],
        false_gone=counts[True, False],
        true_stays=counts[False, False],
        false_stays=counts[False, True],
        auc=_auc(
            [one.rank for one in decided if one.gone],
            [one.rank for one in decided if not one.gone],
        ),
        brier=_mean([(chance - gone) ** 2 for chance, _, gone in chances]) if chances else None,
        calibration=tuple(_tenths(sorted(chances))),
    )


def _auc(gone: Sequence[float], going: Sequence[float]) -> float | None:
    """The share of pairs in which the one who is gone ranks higher, ties counted as one half."""
    ranks = sorted(going)
    halves = sum(bisect_left(ranks, score) + bisect_right(ranks, score) for score in gone)
    return _share(halves, 2 * len(gone) * len(ranks))


def _tenths(chances: Sequence[tuple[float, str, bool]]) -> Iterator[Tenth]:
    """Ten groups of the same size but for one, the least chances first; none that is empty."""
    for start, stop in pairwise(len(chances) * n // 10 for n in range(11)):
        if some := chances[start:stop]:
            yield Tenth(
                _mean([chance for chance, _, _ in some]),
                _mean([gone for _, _, gone in some]),
                len(some),
            )


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
