"""The search for a maximum, and the errors that follow from it."""

import pickle
from math import exp, isnan, sqrt

import pytest

from custlife.errors import FitFailed
from custlife.prediction import _fitting
from custlife.prediction._fitting import deviations, maximum


def bowl(*centre):
    """A value that is highest at the centre, with its slope; the directions are not alike."""

    def at(point):
        offsets = [one - middle for one, middle in zip(point, centre, strict=True)]
        value = -sum((n + 1) * one**2 for n, one in enumerate(offsets)) - sum(offsets) ** 2
        return value, [-2 * (n + 1) * one - 2 * sum(offsets) for n, one in enumerate(offsets)]

    return at


def valley(point):
    """Rosenbrock's function, upside down: a bent ridge that rises slowly to (1, 1)."""
    x, y = point
    value = -((1 - x) ** 2) - 100 * (y - x * x) ** 2
    return value, [2 * (1 - x) + 400 * x * (y - x * x), -200 * (y - x * x)]


@pytest.mark.parametrize("centre", [(0,), (2.0,), (1.0, -3.0), (8.0, -8.0, 0.5, 1e-3)])
def test_the_search_ends_at_the_maximum(centre):
    """Wherever it is."""
    point, value, problem = maximum(bowl(*centre), len(centre))

    assert point == pytest.approx(centre, abs=1e-8)
    assert value == pytest.approx(0, abs=1e-15)
    assert problem is None


def test_the_search_follows_a_bent_ridge():
    """Where the curvature is not that of a bowl, what is known of it is kept sound."""
    point, _, problem = maximum(valley, 2)

    assert point == pytest.approx((1, 1), abs=1e-6)
    assert problem is None


def test_a_ridge_without_an_end_is_no_maximum():
    """The value rises on and on, as that of a distribution that becomes a point."""
    _, _, problem = maximum(lambda p: (-exp(-p[0] / 100), [exp(-p[0] / 100) / 100]), 1)

    assert problem == "a parameter grows or shrinks without end"


def test_a_slope_that_misleads_is_no_maximum():
    """Every step along it goes down."""
    _, _, problem = maximum(lambda p: (-sum(map(abs, p)), [1.0, 1.0]), 2)

    assert problem == "no step makes the data more likely"


def test_a_step_that_rounding_hides_is_not_needed():
    """The slope is small, and no value differs from the others."""
    _, value, problem = maximum(lambda _: (-1.0, [1e-7]), 1)

    assert (value, problem) == (-1.0, None)


def test_the_search_does_not_go_on_for_ever(monkeypatch):
    """It ends after so many steps."""
    monkeypatch.setattr(_fitting, "_MOST_STEPS", 3)

    _, _, problem = maximum(valley, 2)

    assert problem == "the search did not end within 3 steps"


def test_standard_errors_follow_from_the_curvature():
    """With the Hessian -2 [[2, 1], [1, 3]] and 50 observations, the variances are known."""
    slope = bowl(0.5, -1.0)

    errors = deviations(lambda point: slope(point)[1], [0.5, -1.0], 50)

    # The inverse of 100 [[2, 1], [1, 3]] is [[3, -1], [-1, 2]] / 500.
    assert errors == pytest.approx((sqrt(3 / 500), sqrt(2 / 500)), rel=1e-6)


def test_standard_errors_are_unknown_where_there_is_no_maximum():
    """On a saddle none is given."""
    errors = deviations(lambda point: [-point[0], point[1]], [0.0, 0.0], 50)

    assert [*map(isnan, errors)] == [True, True]


def test_a_failed_fit_says_where_it_ended():
    """And what to do; it pickles."""
    error = FitFailed("BG/NBD", "no end", (("r", 0.2431), ("alpha", 44140.0)), "Give more.")

    back = pickle.loads(pickle.dumps(error))

    said = "BG/NBD cannot be fitted: no end. The last parameters were r 0.2431 and alpha 4.414e+04."
    assert str(back) == f"{said} Give more."
    assert (back.model, back.problem, back.remedy) == ("BG/NBD", "no end", "Give more.")
    assert dict(back.parameters) == {"r": 0.2431, "alpha": 44140.0}


def test_a_fit_that_was_not_begun_names_no_parameters():
    """There are none yet."""
    said = str(FitFailed("sBG", "no customer was lost", (), "Wait."))

    assert said == "sBG cannot be fitted: no customer was lost. Wait."
