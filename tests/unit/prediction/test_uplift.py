"""The uplift of a contact, segment by segment, and how sure it is."""

from math import hypot, inf, nan, sqrt
from statistics import NormalDist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custlife.errors import InvalidArgument
from custlife.prediction.uplift import uplift_by

CUSTOMERS = st.lists(st.tuples(st.sampled_from("ABC"), st.booleans(), st.booleans()), max_size=30)
GROUPS = st.integers(1, 60).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))


def table_of(customers, **options):
    """The table of these segments, treatments and responses."""
    segments, treated, responded = zip(*customers, strict=True) if customers else ((), (), ())
    return uplift_by(segments, treated, responded, **options)


def experiment(treated, control, segment="new"):
    """The customers of a segment, of whom so many of so many responded."""
    return [
        (segment, contacted, place < responses)
        for contacted, (responses, size) in ((True, treated), (False, control))
        for place in range(size)
    ]


def test_the_table_counts_each_segment():
    """By hand: 2 of 3 contacted and 1 of 2 others responded."""
    (found,) = table_of(experiment((2, 3), (1, 2)))

    assert (found.segment, found.treated, found.control) == ("new", 3, 2)
    assert (found.treated_responses, found.control_responses) == (2, 1)
    assert (found.treated_rate, found.control_rate) == (2 / 3, 0.5)
    assert found.uplift == 1 / 6


@pytest.mark.parametrize(
    ("treated", "control", "uplift", "low", "high"),
    [
        ((56, 70), (48, 80), 0.2, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.6, 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.5714, 0.0582, 0.8062),
        ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
        ((0, 10), (0, 20), 0, -0.1611, 0.2775),
        ((0, 10), (0, 10), 0, -0.2775, 0.2775),
        ((10, 10), (0, 20), 1, 0.6791, 1),
        ((10, 10), (0, 10), 1, 0.6075, 1),
    ],
)
def test_the_interval_is_the_published_one(treated, control, uplift, low, high):
    """The examples are those of Newcombe 1998, method 10."""
    (found,) = table_of(experiment(treated, control))

    assert (found.uplift, found.low, found.high) == pytest.approx((uplift, low, high), abs=5e-5)


def wilson(responses, size, z, towards):
    """A limit of the score interval: where the rate lies z standard errors away, by bisection."""
    rate = inside = responses / size
    outside = towards
    for _ in range(60):
        middle = (inside + outside) / 2
        is_inside = abs(middle - rate) <= z * sqrt(middle * (1 - middle) / size)
        inside, outside = (middle, outside) if is_inside else (inside, middle)
    return inside


@given(GROUPS, GROUPS, st.sampled_from([0.5, 0.9, 0.99]))
@example((0, 1), (1, 1), 0.9)
def test_the_interval_joins_two_score_intervals(treated, control, confidence):
    """The limits of the rates are found by trying, not by the formula."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, base = treated[0] / treated[1], control[0] / control[1]
    below, above = (wilson(*treated, z, end) - rate for end in (0, 1))
    base_below, base_above = (wilson(*control, z, end) - base for end in (0, 1))

    (found,) = table_of(experiment(treated, control), confidence=confidence)

    assert found.low == pytest.approx(rate - base - hypot(below, base_above), abs=1e-6)
    assert found.high == pytest.approx(rate - base + hypot(above, base_below), abs=1e-6)


@given(GROUPS, GROUPS)
def test_an_interval_holds_the_uplift_and_grows_with_confidence(treated, control):
    """All of it lies from -1 to 1."""
    customers = experiment(treated, control)

    (narrow,), (wide,) = (table_of(customers, confidence=c) for c in (0.8, 0.999))

    assert -1 <= wide.low <= narrow.low <= narrow.uplift <= narrow.high <= wide.high <= 1


@given(GROUPS, GROUPS)
def test_who_changes_places_changes_the_sign(treated, control):
    """The contacted and the others can be told from the sign alone."""
    (found,) = table_of(experiment(treated, control))
    (turned,) = table_of(experiment(control, treated))

    assert turned.uplift == -found.uplift
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert [found.helps, turned.helps] in ([True, False], [False, True], [None, None])


@pytest.mark.parametrize(
    ("treated", "control", "helps"),
    [
        ((56, 70), (48, 80), True),
        ((48, 80), (56, 70), False),
        ((30, 100), (20, 100), None),
        ((1, 1), (0, 0), None),
    ],
)
def test_a_contact_helps_if_the_whole_interval_says_so(treated, control, helps):
    """It does harm if all of it lies below 0; else nothing is decided."""
    (found,) = table_of(experiment(treated, control))

    assert found.helps is helps


def test_the_highest_uplift_comes_first_and_the_unknown_ones_last():
    """Equal ones stay in the order of first appearance, also where floats would differ."""
    customers = [
        *experiment((1, 1), (0, 0), "all contacted"),
        *experiment((0, 1), (1, 1), "worse"),
        *experiment((3, 10), (2, 10), "tenth"),
        *experiment((0, 0), (1, 1), "nobody contacted"),
        *experiment((4, 10), (3, 10), "another tenth"),
        *experiment((1, 1), (0, 1), "better"),
    ]

    names = [one.segment for one in table_of(customers)]

    known = ["better", "tenth", "another tenth", "worse"]
    assert names == [*known, "all contacted", "nobody contacted"]


@given(CUSTOMERS)
def test_every_customer_is_counted_once(customers):
    """In their own segment, whatever else is there."""
    table = table_of(customers)
    alone = [table_of([c for c in customers if c[0] == one.segment]) for one in table]

    assert {one.segment for one in table} == {segment for segment, _, _ in customers}
    assert sum(one.treated + one.control for one in table) == len(customers)
    assert alone == [(one,) for one in table]


@pytest.mark.parametrize(
    ("treated", "control", "missing", "rates"),
    [((1, 2), (0, 0), "not contacted", (0.5, None)), ((0, 0), (1, 2), "contacted", (None, 0.5))],
)
def test_without_both_groups_nothing_is_known(treated, control, missing, rates):
    """The interval holds everything, and the explanation says which group is missing."""
    (found,) = table_of(experiment(treated, control))

    assert (found.uplift, found.low, found.high) == (None, -1, 1)
    assert (found.treated_rate, found.control_rate) == rates
    assert found.explain() == (f"new: nobody was {missing}, so what a contact changes is unknown.")


@pytest.mark.parametrize(
    ("treated", "control", "sentence"),
    [
        (
            (30, 100),
            (20, 100),
            "new: of 100 contacted, 30 responded; of 100 not contacted, 20: 10 more of 100, "
            "between 2 less and 22 more.",
        ),
        (
            (10, 2000),
            (20, 2000),
            "new: of 2,000 contacted, 10 responded; of 2,000 not contacted, 20: 0.5 less of 100, "
            "between 1.1 less and 0.046 more.",
        ),
    ],
)
def test_the_explanation_counts_in_hundreds(treated, control, sentence):
    """Small numbers have two digits."""
    (found,) = table_of(experiment(treated, control))

    assert found.explain() == sentence


def test_of_nobody_there_is_no_table():
    """An empty experiment has no segments."""
    assert uplift_by([], [], []) == ()


@pytest.mark.parametrize("confidence", [5e-324, 1 - 2**-53])
def test_every_confidence_between_its_bounds_has_an_interval(confidence):
    """Also the least and the greatest float."""
    (found,) = table_of(experiment((1, 2), (1, 2)), confidence=confidence)

    assert -1 <= found.low <= 0 <= found.high <= 1


@pytest.mark.parametrize(
    ("columns", "confidence", "field", "message"),
    [
        (("A", [True], [True]), 0.95, "segments", "an iterable of names"),
        ((["A"], True, [True]), 0.95, "treated", "an iterable of True or False"),
        ((["A"], [True], None), 0.95, "responded", "an iterable of True or False"),
        (([1], [True], [True]), 0.95, "segments", "is 1, but must be a string"),
        (([" "], [True], [True]), 0.95, "segments", "a string that is not blank"),
        ((["A"], [1], [True]), 0.95, "treated", "is 1, but must be True or False"),
        ((["A"], [True], [None]), 0.95, "responded", "is None, but must be True or False"),
        ((["A"], [], [True]), 0.95, "len(treated)", "is 0, but must be 1, as many as the"),
        ((["A"], [True], [True] * 2), 0.95, "len(responded)", "is 2, but must be 1"),
        ((["A"], [True], [True]), 1, "confidence", "is 1, but must be a float between 0 and 1"),
        ((["A"], [True], [True]), 0.0, "confidence", "is 0.0"),
        ((["A"], [True], [True]), nan, "confidence", "is nan"),
        ((["A"], [True], [True]), inf, "confidence", "is inf"),
        ((["A"], [True], [True]), "0.9", "confidence", "is '0.9'"),
        ((["A"], [True], [True]), True, "confidence", "is True"),
    ],
)
def test_what_is_no_experiment_is_refused(columns, confidence, field, message):
    """The error names the argument, the value and the rule."""
    with pytest.raises(InvalidArgument) as caught:
        uplift_by(*columns, confidence=confidence)

    assert caught.value.field == field
    assert message in str(caught.value)
