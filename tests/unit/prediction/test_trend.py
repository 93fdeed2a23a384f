"""The trend between two moments."""

from datetime import UTC, datetime, timedelta

import pytest

from custlife import InvalidArgument, Purchased, replay
from custlife.prediction import BGNBD, MBGNBD, Inclination, trend

PARAMETERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODEL = BGNBD(**PARAMETERS)


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def bought(*days):
    return replay([Purchased(at=day(number), amount=9) for number in days], customer="C-17")


@pytest.mark.parametrize(
    ("days", "since", "until", "direction"),
    [
        ((0, 30, 60), 60, 180, Inclination.FALLING),
        ((0, 30, 60), 60, 90, Inclination.STEADY),
        ((0, 30, 60, 70, 80, 90), 60, 95, Inclination.RISING),
        ((0, 30, 60, 90, 120), 60, 130, Inclination.STEADY),
        ((0, 30, 60, 130), 60, 140, Inclination.FALLING),
        ((0, 30, 60, 90), 60, 300, Inclination.FALLING),
        ((0,), 30, 300, None),
        ((0, 60), 30, 70, None),
    ],
)
def test_the_rhythm_says_whether_purchases_come_quicker(days, since, until, direction):
    """Twice as quick is rising, twice as slow is falling; a short silence says nothing."""
    found = trend(bought(*days), since=day(since), until=day(until))

    assert found.direction is direction


@pytest.mark.parametrize(
    ("days", "since", "until", "direction"),
    [
        ((0, 7, 14, 21), 22, 100, Inclination.FALLING),
        ((0, 7, 14, 21, 200), 190, 201, Inclination.RISING),
        ((0, 30, 60), 61, 65, Inclination.STEADY),
        ((0, 60), 30, 70, None),
    ],
)
def test_the_chance_of_being_a_customer_comes_first(days, since, until, direction):
    """Where it changes by a tenth or more; of a single purchase BG/NBD knows nothing."""
    found = trend(bought(*days), MODEL, since=day(since), until=day(until))

    assert found.direction is direction
    assert found.model == "BG/NBD"


@pytest.mark.parametrize(
    ("days", "since", "until", "change", "by_rhythm"),
    [
        ((0, 7, 14, 28), 21, 29, 0.0835, Inclination.FALLING),
        ((0, 30, 60, 70, 80, 90), 61, 110, -0.0242, Inclination.RISING),
    ],
    ids=["the chance rose", "the chance fell"],
)
def test_a_rhythm_that_contradicts_the_chance_decides_nothing(
    days, since, until, change, by_rhythm
):
    """A customer whose chance rose is not falling, and one whose chance fell is not rising.

    The change is by BG/NBD's 1 / (1 + a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)), for
    x, t_x and T in weeks.
    """
    moments = {"since": day(since), "until": day(until)}

    alone = trend(bought(*days), **moments)
    found = trend(bought(*days), MODEL, **moments)

    assert found.alive_after - found.alive_before == pytest.approx(change, abs=5e-5)
    assert (alone.direction, found.direction) == (by_rhythm, Inclination.STEADY)


def test_a_rhythm_that_the_chance_does_not_contradict_decides():
    """The purchases came three times as quick, and the chance rose by less than a tenth."""
    days, moments = (0, 30, 60, 70, 80, 90), {"since": day(61), "until": day(95)}

    found = trend(bought(*days), MODEL, **moments)

    assert 0 < found.alive_after - found.alive_before < 0.1
    assert found.direction is Inclination.RISING


def test_a_model_that_can_tell_of_one_purchase_is_enough():
    """There is no gap, and the chance has fallen."""
    found = trend(bought(0), MBGNBD(**PARAMETERS), since=day(1), until=day(300))
    steady = trend(bought(0), MBGNBD(**PARAMETERS), since=day(1), until=day(2))

    assert (found.direction, found.gap_before) == (Inclination.FALLING, None)
    assert steady.direction is Inclination.STEADY


def test_the_explanation_names_what_changed():
    """The chance by which model, and the gap; or that too little is on record."""
    found = trend(bought(0, 7, 14, 21), MODEL, since=day(22), until=day(100))
    nothing = trend(bought(0), since=day(22), until=day(100))

    assert "of being still a customer went from 84% to" in found.explain()
    assert "by BG/NBD and the gap went from 7 to 79 days" in found.explain()
    assert nothing.explain() == (
        "C-17 is undetermined: from 2026-01-23 to 2026-04-11 too little is on record."
    )


def test_two_moments_in_the_wrong_order_are_refused():
    """So is one before the first event."""
    with pytest.raises(InvalidArgument, match="later than since"):
        trend(bought(0), since=day(3), until=day(3))
    with pytest.raises(InvalidArgument, match="no earlier than the first event of 'C-17'"):
        trend(bought(9), since=day(3), until=day(30))
