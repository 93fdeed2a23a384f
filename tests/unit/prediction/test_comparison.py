"""Whether lifespans became longer: the log-rank test, and the difference of two means."""

from datetime import timedelta
from fractions import Fraction
from math import comb, nan

import pytest
from hypothesis import example, given
from tests.unit.prediction.lives import LIVES, MERCAPTOPURINE, PLACEBO, curve_of

from custlife.errors import InvalidArgument
from custlife.prediction.comparison import lengthened


def test_the_leukaemia_data_give_the_published_log_rank_test():
    """The statistic is 16.79, the medians are 8 and 23 weeks, and remissions became longer."""
    before, after = curve_of(PLACEBO), curve_of(MERCAPTOPURINE)

    found = lengthened(before, after)

    assert found.statistic == pytest.approx(16.79, abs=5e-3)
    assert found.p_value == pytest.approx(4.17e-5, rel=1e-3)
    assert (before.median, after.median) == (8, 23)
    assert (found.horizon, found.longer) == (23, True)
    assert (found.before, found.after, found.level) == (before, after, 0.05)
    assert repr(found) == "<Lengthening: longer True, p 4.2e-05>"


def hypergeometric(before, after):
    """The log-rank statistic from the distribution of who ends, by counting all ways."""
    score, variance = Fraction(0), Fraction(0)
    for time in {time for time, over in (*before, *after) if over}:
        early, late = (sum(t >= time for t, _ in lives) for lives in (before, after))
        gone = sum(life == (time, True) for life in (*before, *after))
        ways = {n: comb(late, n) * comb(early, gone - n) for n in range(gone + 1)}
        total = sum(ways.values())
        mean = Fraction(sum(n * count for n, count in ways.items()), total)
        variance += Fraction(sum(n * n * count for n, count in ways.items()), total) - mean**2
        score += sum(life == (time, True) for life in after) - mean
    return score, float(score**2 / variance) if variance else 0


@given(LIVES, LIVES)
@example([(1, True)], [(1, True)])
@example([(1, True)] * 3, [(4, True), (5, True)])
def test_the_log_rank_statistic_is_that_of_the_hypergeometric_distribution(before, after):
    """At each time, who ends is drawn from those at risk."""
    before, after = [*before, (3, True)], [*after, (3, True)]

    found = lengthened(curve_of(before), curve_of(after))

    assert found.statistic == pytest.approx(hypergeometric(before, after)[1], abs=1e-9)
    assert 0 <= found.p_value <= 1


@given(LIVES, LIVES)
def test_what_became_longer_was_shorter_before(before, after):
    """Two curves that change places change the sign, and nothing else."""
    one, other = curve_of([*before, (3, True)]), curve_of([*after, (3, True)])

    found, turned = lengthened(one, other, level=0.5), lengthened(other, one, level=0.5)

    assert turned.statistic == pytest.approx(found.statistic, abs=1e-9)
    assert turned.difference == -found.difference
    assert (found.longer, turned.longer) in {(True, False), (False, True), (None, None)}


def test_lifespans_can_become_shorter():
    """The same data with before and after in each other's place."""
    found = lengthened(curve_of(MERCAPTOPURINE), curve_of(PLACEBO))

    assert found.longer is False
    assert found.explain().splitlines() == [
        "Up to 23 the average was 17.9 before and 8.67 after: 9.24 less.",
        "If nothing had changed, curves would differ this much with probability below 0.0001 "
        "(log-rank test).",
        "Lifespans became shorter.",
    ]


def test_a_difference_in_timedeltas_is_a_timedelta():
    """By hand: 2.5 days before and 4 after; the statistic is (533/210)^2 / (0.25 + ...) = 7.34."""
    day = timedelta(days=1)

    found = lengthened(curve_of("1 2 3 4", day), curve_of("5 6 7+ 8+", day))

    assert (found.horizon, found.difference) == (4 * day, 1.5 * day)
    assert found.statistic == pytest.approx(7.345, abs=1e-3)
    assert found.explain().startswith("Up to 4 days the average was 2.5 days before and 4 days af")


def test_what_may_be_chance_is_not_decided():
    """One more that ended tells nothing, and two equal curves tell nothing at all."""
    curve, other = curve_of("1 2 3 4"), curve_of("1 2 3 5")

    found, same = lengthened(curve, other), lengthened(curve, curve, level=1)

    assert (found.longer, same.longer) == (None, None)
    assert (same.statistic, same.p_value, same.difference) == (0, 1, 0)
    assert found.explain().endswith("not decided: this may be chance.")


def test_the_level_decides_how_much_is_chance():
    """The p-value of 0.0067 is below 0.05, and not below 0.001."""
    before, after = curve_of("1 2 3 4"), curve_of("5 6 7+ 8+")

    found, strict = lengthened(before, after), lengthened(before, after, level=0.001)

    assert found.p_value == strict.p_value == pytest.approx(0.0067, abs=5e-5)
    assert (found.longer, strict.longer) == (True, None)


def test_curves_that_cross_are_not_decided():
    """After, fewer end late, which the test sees; more end early, which the mean sees."""
    before = curve_of([(100, True)] * 30 + [(130, False)] * 10)
    after = curve_of([(1, True)] * 12 + [(130, False)] * 28)

    found = lengthened(before, after)

    assert found.p_value < 0.05
    assert found.difference < 0
    assert found.longer is None
    assert found.explain().endswith("not decided: the curves cross.")


def test_the_test_decides_where_the_means_are_equal():
    """Before, all ended at the horizon; after, all but one went on there."""
    before = curve_of([(5, True)] * 30)
    after = curve_of([(5, True)] + [(5, False)] * 29)

    found, turned = lengthened(before, after), lengthened(after, before)

    assert found.difference == turned.difference == 0
    assert (found.longer, turned.longer) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "level", "field", "message"),
    [
        (("1", "1+ 2+"), 0.05, "after", "a curve with somebody who ended"),
        (("1+", "1"), 0.05, "before", "a curve with somebody who ended"),
        (("1", "1"), 1.5, "level", "a share from 0 to 1"),
        (("1", "1"), nan, "level", "a share from 0 to 1"),
        (("1", "1"), True, "level", "a share from 0 to 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, level, field, message):
    """Somebody ended in each curve, and the level is a share."""
    with pytest.raises(InvalidArgument) as caught:
        lengthened(*map(curve_of, arguments), level=level)

    assert caught.value.field == field
    assert message in str(caught.value)


def test_curves_of_two_kinds_cannot_be_compared():
    """Nor can what is no curve."""
    numbers, times = curve_of("1"), curve_of("1", timedelta(days=1))

    with pytest.raises(InvalidArgument, match=r"after is datetime\.timedelta.* unless all"):
        lengthened(numbers, times)
    with pytest.raises(InvalidArgument, match="before is 3, but must be a SurvivalCurve"):
        lengthened(3, numbers)
