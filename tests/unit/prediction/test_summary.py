"""Summaries: which numbers fit each other."""

from fractions import Fraction

import pytest
from attrs.exceptions import FrozenInstanceError

from custlife.errors import InvalidArgument
from custlife.prediction import summary
from custlife.prediction.summary import Summary


def test_a_summary_is_a_value():
    """Equal numbers make equal summaries, and none can be changed."""
    one = Summary("C-17", x=2, t_x=30.43, T=38.86, money=22.35)

    assert one == Summary("C-17", 2, 30.43, 38.86, 22.35)
    assert len({one, Summary("C-17", 2, 30.43, 38.86)}) == 2
    with pytest.raises(FrozenInstanceError):
        one.x = 3


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [(0, 0, 0), (0, 0.0, 520), (1, 1e-9, 1e-9), (10**9, 1e15, 1e15)]
)
def test_the_bounds_themselves_are_allowed(x, t_x, T):
    """Nothing is known of a customer of today, and much of an old one."""
    one = Summary("C-17", x, t_x, T)

    assert (one.x, one.t_x, one.T, one.money) == (x, t_x, T, None)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("customer", " ", "a string that is not blank"),
        ("x", -1, "a whole number from 0 to 1e"),
        ("x", 1.5, "a whole number from 0 to 1e"),
        ("x", True, "a whole number from 0 to 1e"),
        ("x", 10**9 + 1, "a whole number from 0 to 1e"),
        ("T", -1, "a finite number from 0"),
        ("T", float("inf"), "a finite number from 0"),
        ("T", float("nan"), "a finite number from 0"),
        ("T", True, "a finite number from 0"),
        ("T", "39", "a finite number from 0"),
        ("T", Fraction(39), "a finite number from 0"),
        ("T", 10**400, "a finite number from 0"),
        ("t_x", float("nan"), "a finite number from 0"),
        ("t_x", None, "a finite number from 0"),
        ("t_x", 39.1, "at most T, 39. Count both from the first purchase"),
        ("t_x", 0, "above 0 where x is 2. Count repeat purchases only"),
        ("x", 0, "0 where x is 0. Count repeat purchases only"),
        ("money", -0.01, "a finite number from 0"),
        ("money", float("inf"), "a finite number from 0"),
    ],
)
def test_a_summary_keeps_its_bounds(field, value, expected):
    """What is out of them is refused by name, and the error says what to do."""
    numbers = {"customer": "C-17", "x": 2, "t_x": 30.0, "T": 39, field: value}

    with pytest.raises(InvalidArgument, match=expected) as caught:
        Summary(**numbers)

    assert caught.value.subject == "summary"


@pytest.mark.parametrize("check", [summary.shape, summary.scale, summary.chance])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "1", None])
def test_a_parameter_or_a_chance_is_a_positive_number(check, value):
    """Zero is none, nor is what is no number."""
    assert not check.holds(value)


@pytest.mark.parametrize(
    ("check", "least", "most"),
    [(summary.shape, 1e-9, 1e9), (summary.scale, 1e-15, 1e15), (summary.chance, 1e-300, 0.999)],
)
def test_a_parameter_or_a_chance_has_bounds(check, least, most):
    """These themselves are allowed, and what is beyond them is not."""
    assert check.holds(least)
    assert check.holds(most)
    assert not check.holds(most * 1.01)
