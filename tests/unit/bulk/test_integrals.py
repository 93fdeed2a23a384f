"""The integrals of the models over columns: those that are taken one by one, row by row."""

from math import log1p

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from hypothesis import given
from hypothesis import strategies as st

from custlife.bulk import integrals
from custlife.prediction import _numerics as numerics

some = st.lists(st.tuples(st.floats(0.01, 300), st.floats(0.01, 9)), min_size=1, max_size=9)


@given(some)
def test_a_mean_over_a_beta_distribution_is_that_of_each_row(rows):
    """Of f(p) = (1 + p m)^-2, whatever m and the second parameter."""
    b, more = numpy.array(rows).T
    both = numpy.array([numerics.log_beta(0.7, one) for one in b])

    found = integrals.beta_mean(
        0.7, b, both, lambda p, rows: -2 * numpy.log1p(p * more[rows]), 2 * more
    )

    assert found.tolist() == pytest.approx(
        [
            numerics.beta_mean(0.7, kept, lambda p, by=by: -2 * log1p(p * by), 2 * by)
            for kept, by in rows
        ],
        rel=1e-13,
    )


def test_an_integral_that_is_steep_is_cut_into_narrow_panels():
    """It is 1 for a fall of exp(-m v), times m, whatever m."""
    slopes = numpy.array([1.0, 30.0, 1e6])

    found = integrals.integral(
        lambda v, rows: -slopes[rows] * v, numpy.zeros(3), numpy.full(3, 1e3)
    )

    assert (found * slopes).tolist() == pytest.approx([1, 1, 1], rel=1e-12)


def test_an_integral_may_go_back_and_may_be_empty():
    """Without a sign; between two equal ends nothing is left."""
    found = integrals.integral(
        lambda v, rows: 0 * v, numpy.array([3.0, 3.0, 3.0]), numpy.array([1.0, 4.0, 3.0])
    )

    assert found.tolist() == pytest.approx([2, 1, 0], rel=1e-14)


@pytest.mark.parametrize("name", ["logistic", "softplus", "decline"])
def test_a_function_is_that_of_a_single_number(name):
    """At zero and far out as well."""
    values = [-800.0, -1.0, 0.0, 1e-9, 2.5, 700.0]
    over, one = getattr(integrals, name), getattr(numerics, name)
    some = values[2:] if name == "decline" else values

    assert over(numpy.array(some)).tolist() == pytest.approx([one(value) for value in some])


def test_a_bent_logarithm_begins_at_one():
    """log(1 + y) / y."""
    assert integrals.bent(numpy.array([0.0, 1e-9, 3.0])).tolist() == pytest.approx(
        [1, 1, log1p(3) / 3]
    )


def test_a_function_of_counts_is_asked_about_each_distinct_one_once():
    """And about none, of none."""
    asked = []

    found = integrals.by_count(
        lambda count: asked.append(count) or count / 2, numpy.array([4, 1, 4])
    )

    assert (found.tolist(), asked) == ([2.0, 0.5, 2.0], [1, 4])
    assert integrals.by_count(float, numpy.zeros(0, int)).tolist() == []
