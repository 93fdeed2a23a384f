"""Single values as they are stored, and the bounds of what is stored."""

from datetime import timedelta
from decimal import Context, Decimal, Inexact, localcontext
from enum import StrEnum

import pytest

from custlife import InvalidData
from custlife._scalars import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_LETTERS,
    MAX_NAMES,
    digest,
    excess,
    from_decimal,
    from_duration,
    from_text,
    to_decimal,
    to_duration,
)


class Plan(StrEnum):
    """A plan, as an app would name it."""

    BASIC = "basic"


def test_a_digest_is_the_same_everywhere():
    """It is written down here, and no process or version of Python may change it."""
    assert digest({"b": [1, None, True], "a": "ü"}) == "0bcbd63cdf25e003acb140d06eeb4780"


@pytest.mark.parametrize("other", [{"a": 2}, {"b": 1}, ["a", 1], {"a": "1"}, {"a": True}], ids=str)
def test_other_data_has_another_digest(other):
    """Names, values and their kinds count."""
    assert digest(other) != digest({"a": 1})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("11.770", "11.770"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("0E+46", "0"),
        ("-5E+1", "-50"),
        ("9E+45", "9" + "0" * 45),
        ("1E-350", "0." + "0" * 349 + "1"),
    ],
)
def test_a_number_is_stored_in_digits(number, text):
    """Without an exponent, whatever decimal's context is, and read back equal."""
    with localcontext(Context(prec=2, capitals=0, Emax=9, Emin=-9, traps=[Inexact])):
        stored = from_decimal(Decimal(number))

    assert stored == text
    assert to_decimal(text, None) == Decimal(number)


@pytest.mark.parametrize("number", ["1E+46", "1E-351", "NaN", "sNaN", "Infinity", "-1E+46"])
def test_a_number_out_of_the_bounds_is_not_stored(number):
    """It could not be read back."""
    with pytest.raises(InvalidData, match=r"is not a Decimal, finite and between -1e\+46 and"):
        from_decimal(Decimal(number))


@pytest.mark.parametrize(
    "length",
    [timedelta.max, timedelta.min, timedelta(0), timedelta(microseconds=-1), timedelta(days=400)],
    ids=str,
)
def test_any_length_of_time_comes_back(length):
    """The longest and the shortest, too."""
    assert to_duration(from_duration(length), None) == length


def test_a_text_is_stored_as_pythons_own():
    """A member of an enum of texts is stored as its value."""
    assert type(from_text(Plan.BASIC)) is str


def nested(levels):
    data = {}
    for _ in range(levels - 1):
        data = {"a": [data]}
    return data


class Long(list):
    """A list that only says that it is long."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": ["x" * MAX_LETTERS, 10**46 - 1, -(10**46) + 1, 1.5, None, True, [], {}]},
        {"x" * MAX_LETTERS: 1},
        dict.fromkeys(map(str, range(MAX_NAMES))),
        Long(MAX_ELEMENTS),
        nested(MAX_DEPTH // 2),
    ],
    ids=["empty", "mixed", "name", "names", "long", "nested"],
)
def test_what_is_within_the_bounds_passes(data):
    """Each bound itself is allowed."""
    assert excess(data) is None


@pytest.mark.parametrize(
    ("data", "path", "problem"),
    [
        ({"a": [1, "x" * (MAX_LETTERS + 1)]}, ".a[1]", "a text has 100,001 letters, and may have"),
        ({"a": {"b": 10**46}}, ".a.b", "a whole number has more than 46 digits"),
        ({"a": {"b": -(10**46)}}, ".a.b", "a whole number has more than 46 digits"),
        ({"a": float("nan")}, ".a", "nan is nothing that JSON holds"),
        ({"a": float("inf")}, ".a", "inf is nothing that JSON holds"),
        ({"a": (1,)}, ".a", "(1,) is nothing that JSON holds"),
        ({"a": Plan.BASIC}, ".a", "<Plan.BASIC: 'basic'> is nothing that JSON holds"),
        ({"a": b"x"}, ".a", "b'x' is nothing that JSON holds"),
        ({"a": {1: 2}}, ".a", "1 is no name, or too long"),
        ({"x" * (MAX_LETTERS + 1): 2}, "", "'xxx"),
        (dict.fromkeys(map(str, range(MAX_NAMES + 1))), "", "a dict has 1,001 names, and may have"),
        ({"a": {}, "b": [], "c": 10**46}, ".c", "a whole number has more than 46 digits"),
        (Long(MAX_ELEMENTS + 1), "", "a list has 10,000,001 elements, and may have 10,000,000"),
        (nested(MAX_DEPTH), ".a[0]" * (MAX_DEPTH // 2), "this lies more than 20 dicts and lists"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_beyond_the_bounds_is_found(data, path, problem):
    """With its place."""
    found = excess(data)

    assert found[0] == path
    assert found[1].startswith(problem)
