"""How long customers last: the survival curve and its numbers."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import inf, nan, sqrt
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.prediction.lives import LIVES, MERCAPTOPURINE, curve_of

from custlife.errors import InvalidArgument
from custlife.prediction.survival import kaplan_meier

CDNOW = Path(__file__).parents[3] / "examples/data/CDNOW_sample.txt"


@pytest.fixture(scope="module")
def gaps():
    """The days between a customer's days of purchase, and from the last one on until the end."""
    bought = defaultdict(set)
    for line in CDNOW.read_text(encoding="ascii").splitlines():
        _, customer, day, *_ = line.split()
        bought[customer].add(datetime.strptime(f"{day}+0000", "%Y%m%d%z"))
    end = datetime.fromisoformat("1998-06-30T00:00:00+00:00")
    found = []
    for days in map(sorted, bought.values()):
        found += [(late - early, True) for early, late in pairwise(days)]
        found.append((end - days[-1], False))
    return found


def test_at_one_time_those_that_end_are_counted_before_those_last_seen():
    """By hand: 4/5, then 3/4 of it since the one last seen at 2 is at risk, then 1/2 of it."""
    curve = curve_of("3 2+ 1 5+ 2")

    assert curve.durations == (1, 2, 2, 3, 5)
    assert curve.times == (1, 2, 3)
    assert curve.at_risk == (5, 4, 2)
    assert curve.leaving == (1, 1, 1)
    assert curve.survival == pytest.approx((0.8, 0.6, 0.3))
    assert (curve.customers, curve.ended, curve.median, curve.mean_of_ended) == (5, 3, 3, 2)
    assert repr(curve) == "<SurvivalCurve: 5 customers, 3 ended>"


def test_the_curve_falls_at_a_time_and_stays_until_the_next_one():
    """Also before the first time, and after the last one."""
    curve = curve_of("1 2 2+ 3 5+")

    shares = [curve.at(time) for time in (0, 0.99, 1, 1.5, 2, 3, 5, 100)]

    assert shares == pytest.approx([1, 1, 0.8, 0.8, 0.6, 0.3, 0.3, 0.3])


def test_customers_who_end_at_once_are_not_in_the_curve_from_the_start():
    """One of two ends after no time at all."""
    curve = curve_of("0 4+")

    assert curve.at(0) == 0.5
    assert curve.restricted_mean(4) == 2


@pytest.mark.parametrize(
    ("horizon", "area"),
    [(0, 0), (0.5, 0.5), (1, 1), (2, 1.8), (2.5, 2.1), (3, 2.4), (5, 3), (7, 3.6)],
)
def test_the_restricted_mean_is_the_area_under_the_curve(horizon, area):
    """By hand: rectangles of the heights 1, 0.8, 0.6 and 0.3, the last of which goes on."""
    curve = curve_of("1 2 2+ 3 5+")

    assert curve.restricted_mean(horizon) == pytest.approx(area)


@pytest.mark.parametrize(
    ("time", "share", "error"),
    [
        (5, 1, 0),
        (6, 0.857, 0.0764),
        (7, 0.807, 0.0869),
        (10, 0.753, 0.0963),
        (13, 0.690, 0.1068),
        (16, 0.627, 0.1141),
        (22, 0.538, 0.1282),
        (23, 0.448, 0.1346),
    ],
)
def test_the_leukaemia_data_give_the_published_survival_and_standard_error(time, share, error):
    """They are the textbook's example of Greenwood's formula."""
    curve = curve_of(MERCAPTOPURINE)

    assert curve.at(time) == pytest.approx(share, abs=5e-4)
    assert curve.standard_error(time) == pytest.approx(error, abs=5e-5)


def test_the_gaps_of_a_shop_give_the_known_numbers(gaps):
    """Median and restricted mean as numbers of days, computed before with another program."""
    days = [(gap.days, over) for gap, over in gaps]

    curve = curve_of(days)

    assert curve.median == 93
    assert curve.restricted_mean(364) == pytest.approx(166.198, abs=1e-3)
    assert curve.mean_of_ended == pytest.approx(70.86, abs=5e-3)


def test_the_gaps_of_a_shop_give_the_same_as_timedeltas(gaps):
    """The answers are timedeltas, and have the same length."""
    curve = curve_of(gaps)
    day = timedelta(days=1)

    assert curve.median == 93 * day
    assert curve.restricted_mean(364 * day) / day == pytest.approx(166.198, abs=1e-3)
    assert curve.mean_of_ended / day == pytest.approx(70.86, abs=5e-3)
    assert curve.at(93 * day) <= 0.5 < curve.at(92 * day)
    assert curve.explain().splitlines() == [
        "Of 6,696 lifespans 4,339 ended and 2,357 still go on.",
        "Half of them are over by 93 days (median).",
        "The plain mean of those that ended is 70.9 days.",
        "It leaves out those that still go on: up to 545 days, the mean of all is 223 days.",
    ]


def redistributed(lives):
    """What lasts beyond each time, by B. Efron's redistribution to the right.

    Everybody has the same weight. Who is last seen hands theirs on, in equal parts, to those that
    are seen longer.
    """
    queue = sorted(lives, key=lambda life: (life[0], not life[1]))
    weights = [Fraction(1, len(queue))] * len(queue)
    gone = defaultdict(Fraction)
    for place, (time, over) in enumerate(queue):
        later = range(place + 1, len(queue))
        for heir in () if over else later:
            weights[heir] += weights[place] / len(later)
        gone[time] += weights[place] if over else 0
    return {time: 1 - sum(gone[t] for t in gone if t <= time) for time in sorted(gone)}


@given(LIVES)
@example([(n, n not in {5, 6, 9, 10, 14}) for n in range(1, 17)])
def test_the_curve_is_that_of_redistribution_to_the_right(lives):
    """Another algorithm of the same numbers, with fractions; the median is exactly the same."""
    expected = redistributed(lives)

    curve = curve_of(lives)

    assert [curve.at(time) for time in expected] == pytest.approx([*map(float, expected.values())])
    half = [time for time, share in expected.items() if share <= Fraction(1, 2)]
    assert curve.median == min(half, default=inf)


@given(LIVES)
def test_a_curve_never_rises(lives):
    """It goes from 1 at most to 0 at least."""
    curve = curve_of(lives)

    assert [*curve.survival] == sorted(curve.survival, reverse=True)
    assert all(0 <= share < 1 for share in curve.survival)
    assert sum(curve.leaving) == curve.ended == sum(over for _, over in lives)


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(0, 12))
def test_without_censoring_everything_is_the_plain_count(times, time):
    """The share, its binomial standard error, and the mean of what lasts up to the horizon."""
    curve = curve_of([(one, True) for one in times])
    share = sum(one > time for one in times) / len(times)

    assert curve.at(time) == share
    assert curve.standard_error(time) == pytest.approx(sqrt(share * (1 - share) / len(times)))
    mean = sum(min(one, time) for one in times) / len(times)
    assert curve.restricted_mean(time) == pytest.approx(mean)
    assert curve.mean_of_ended == pytest.approx(sum(times) / len(times))


@given(LIVES, st.integers(0, 12), st.sampled_from([7, 0.1, timedelta(hours=5)]))
def test_the_unit_does_not_matter(lives, time, unit):
    """Other numbers and timedeltas give the same shares, and lengths of time in their unit."""
    curve, other = curve_of(lives), curve_of(lives, unit)

    assert other.survival == curve.survival
    assert other.at(time * unit) == curve.at(time)
    assert other.standard_error(time * unit) == curve.standard_error(time)
    mean = curve.restricted_mean(time)
    assert other.restricted_mean(time * unit) / unit == pytest.approx(mean, abs=1e-9)


@given(LIVES, st.randoms())
def test_the_order_does_not_matter(lives, random):
    """The curve of the same customers in another order is equal."""
    shuffled = sorted(lives, key=lambda _: random.random())

    assert curve_of(shuffled) == curve_of(lives)


def test_a_half_that_is_rounded_up_is_a_half():
    """By hand: 12/16 x 8/10 x 5/6 = 1/2 at 11, where the float lies above one half."""
    curve = curve_of("1 2 3 4 5+ 6+ 7 8 9+ 10+ 11 12 13+ 14 15 16")

    assert curve.at(11) > 0.5
    assert curve.median == 11


@pytest.mark.parametrize("unit", [1, timedelta(days=1)])
def test_a_median_that_is_not_reached_is_infinite(unit):
    """More than half of the customers still go on, or all of them."""
    some, nobody = curve_of("1 2+ 3+", unit), curve_of("1+ 2+", unit)

    assert (some.median, nobody.median) == (inf, inf)
    assert nobody.mean_of_ended is None
    assert nobody.at(9 * unit) == 1
    assert nobody.restricted_mean(9 * unit) == 9 * unit
    assert nobody.standard_error(9 * unit) == 0


def test_once_all_have_ended_the_standard_error_is_zero():
    """Greenwood's formula would divide by zero."""
    assert curve_of("1 2+ 3").standard_error(3) == 0


def test_the_longest_lengths_of_time_do_not_overflow():
    """Sums are made of whole numbers, and a mean is no longer than the longest one."""
    longest = timedelta.max
    times, numbers = curve_of([(longest, True)] * 3), curve_of([(1.7e308, True)] * 3)

    assert times.mean_of_ended == times.restricted_mean(longest) == longest
    assert numbers.mean_of_ended == numbers.restricted_mean(1.7e308) == 1.7e308


@pytest.mark.parametrize(
    ("lives", "unit", "expected"),
    [
        (
            "1 2+ 3+",
            timedelta(days=1),
            [
                "Of 3 lifespans 1 ended and 2 still go on.",
                "More than half of them are not over yet: the median is unknown.",
                "The plain mean of those that ended is 1 day.",
                "It leaves out those that still go on: up to 3 days, the mean of all is 2.33 days.",
            ],
        ),
        (
            "1+ 2+",
            1,
            [
                "Of 2 lifespans 0 ended and 2 still go on.",
                "More than half of them are not over yet: the median is unknown.",
            ],
        ),
        (
            "1 2 3",
            1000,
            [
                "Of 3 lifespans 3 ended and 0 still go on.",
                "Half of them are over by 2,000 (median).",
                "The plain mean of those that ended is 2,000.",
            ],
        ),
    ],
)
def test_an_explanation_says_what_is_known(lives, unit, expected):
    """Where somebody still goes on, the mean of all stands beside the plain one."""
    assert curve_of(lives, unit).explain().splitlines() == expected


@pytest.mark.parametrize(
    ("durations", "ended", "field", "message"),
    [
        (3, [True], "durations", "an iterable of durations"),
        ([3], True, "ended", "an iterable of True or False"),
        ([], [], "durations", "at least one duration"),
        ([1, 2], [True], "len(ended)", "is 1, but must be 2, as many as the durations"),
        ([1, -2], [True, True], "durations", "is -2, but must be a finite int or float of at"),
        ([nan], [True], "durations", "is nan"),
        ([inf], [True], "durations", "is inf"),
        ([10**400], [True], "durations", "a finite int or float"),
        ([True], [True], "durations", "is True"),
        (["3"], [True], "durations", "is '3'"),
        ([timedelta(-1)], [True], "durations", "a timedelta of at least 0"),
        ([timedelta(1), 2], [True, True], "durations", "is 2, but must be a timedelta"),
        ([2, timedelta(1)], [True, True], "durations", "unless all durations are timedeltas"),
        ([1], [1], "ended", "is 1, but must be True or False"),
        ([1], [None], "ended", "is None"),
    ],
)
def test_lives_that_are_none_are_refused(durations, ended, field, message):
    """The error names the argument, the value and the rule."""
    with pytest.raises(InvalidArgument) as caught:
        kaplan_meier(durations, ended)

    assert caught.value.field == field
    assert message in str(caught.value)


@pytest.mark.parametrize("call", ["at", "standard_error", "restricted_mean"])
@pytest.mark.parametrize(
    ("unit", "value"),
    [(1, -1), (1, inf), (1, timedelta(1)), (timedelta(1), 1), (timedelta(1), timedelta(-1))],
)
def test_a_time_that_is_no_duration_is_refused(call, unit, value):
    """It is of the kind of the durations, finite, and at least 0."""
    curve = curve_of("1 2+", unit)

    with pytest.raises(InvalidArgument, match=rf"^SurvivalCurve\.{call}\(\): .* must be a "):
        getattr(curve, call)(value)
