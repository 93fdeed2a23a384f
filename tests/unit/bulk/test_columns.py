"""Columns: exact values, of Python's objects and of arrow, and what can be calculated with them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from custlife.bulk.columns import (
    Column,
    Kind,
    calculated,
    constant,
    distinct,
    of_arrow,
    of_values,
    unknown,
    where,
)
from custlife.errors import InvalidFrame

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HUGE = 2**70


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def cells(column):
    return [column.at(row) for row in range(len(column))]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.FLAG, [True, None, False]),
        (Kind.NUMBER, [3, None, -1, 0]),
        (Kind.NUMBER, [Decimal("1.5"), None, Decimal(2), 3]),
        (Kind.NUMBER, [HUGE, None, 1]),
        (Kind.NUMBER, [Decimal("1e-30"), Decimal("1e+20")]),
        (Kind.SPAN, [DAY, None, timedelta(0), -DAY]),
        (Kind.SPAN, [timedelta(0)]),
        (Kind.MOMENT, [T, None, datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
        (Kind.CHOICE, [Colour.RED, None, Colour.BLUE, Colour.RED]),
        (Kind.CHOICE, ["a", 1, True, Decimal(1)]),
        (Kind.CHOICE, [Decimal("NaN"), 0.5]),
        (Kind.CHOICE, [datetime(2026, 1, 1)]),  # noqa: DTZ001 - a naive one is a value like others
        (Kind.CHOICE, [None, None]),
        (Kind.CHOICE, []),
    ],
    ids=str,
)
def test_a_column_holds_the_values_that_it_is_made_of(kind, values):
    """Whatever they are, and however large; what is unknown stays so."""
    column = of_values(values)

    assert column.kind is kind
    assert [*map(str, cells(column))] == [*map(str, values)] or cells(column) == values
    assert len(column) == len(values)


def test_counts_are_whole_and_amounts_are_decimals():
    """As the facts of a customer are."""
    count, amount = of_values([3]), of_values([Decimal("3.00")])

    assert (type(count.at(0)), type(amount.at(0))) == (int, Decimal)


def test_a_float_counts_as_the_number_that_it_is_printed_as():
    """So a tenth is a tenth."""
    assert Column(Kind.NUMBER, np.array([0.1])).at(0) == Decimal("0.1")


def test_a_moment_of_any_zone_is_the_same_in_utc():
    """Columns know no zones."""
    there = T.astimezone(timezone(timedelta(hours=5)))

    assert of_values([there]).at(0) == T


def test_a_column_of_one_value_is_as_long_as_asked():
    """An unknown one, too."""
    assert cells(constant(Colour.RED, 2)) == [Colour.RED, Colour.RED]
    assert cells(constant(None, 2)) == cells(unknown(2)) == [None, None]


def test_some_customers_are_taken_by_place_or_mask():
    """With what is known of them."""
    column = of_values([1, None, 3])

    assert cells(column.take(np.array([2, 1, 2]))) == [3, None, 3]
    assert cells(column.take(np.array([True, False, True]))) == [1, 3]


def test_a_column_can_be_kept_inside_a_mask_only():
    """Outside it is unknown."""
    mask = np.array([True, True, False])

    assert cells(of_values([1, None, 3]).only(mask)) == [1, None, None]
    assert cells(of_values([1, 2, 3]).only(mask)) == [1, 2, None]


def test_choices_are_turned_into_what_a_function_makes_of_them():
    """The unknown stays unknown, and what is made of nothing is unknown, too."""
    column = of_values([Colour.RED, None, Colour.BLUE])

    assert cells(column.turned(lambda colour: colour.value)) == ["red", None, "blue"]
    assert cells(of_values([Colour.RED]).turned(lambda _: None)) == [None]
    assert cells(unknown(1).turned(str)) == [None]


@pytest.mark.parametrize(
    ("floats", "whole", "decimals"),
    [
        ([0.5, 2.0], [5, 20], 1),
        ([0.1 + 0.2, 0.25], [30000000000000004, 25000000000000000], 17),
        ([1e-30], [1], 30),
        ([1e20, 0.5], [10**21, 5], 1),
        ([], [], 0),
    ],
    ids=str,
)
def test_floats_are_whole_numbers_of_as_many_decimals_as_are_printed(floats, whole, decimals):
    """None of them is rounded."""
    found, places = Column(Kind.NUMBER, np.array(floats, np.float64)).exact()

    assert ([*map(int, found)], places) == (whole, decimals)


def test_unknown_floats_take_no_part():
    """Whatever stands in their place."""
    column = Column(Kind.NUMBER, np.array([0.5, 0.1 + 0.2]), np.array([True, False]))

    assert column.exact()[1] == 1


@pytest.mark.parametrize(
    ("one", "sign", "other", "made"),
    [
        (Decimal("1.50"), "-", Decimal("0.255"), Decimal("1.245")),
        (Decimal("1.50"), "+", 2, Decimal("3.50")),
        (7, "-", 9, -2),
        (3, "*", Decimal("0.5"), Decimal("1.5")),
        (2**62, "+", 2**62, 2**63),
        (2**62, "*", 8, 2**65),
        (Decimal("1e-10"), "+", 10**17, Decimal("100000000000000000.0000000001")),
        (HUGE, "-", HUGE, 0),
    ],
    ids=str,
)
def test_sums_differences_and_products_are_exact(one, sign, other, made):
    """Also where they need more than 64 bits."""
    found = calculated(of_values([one, None]), sign, of_values([other, other]))

    assert cells(found) == [made, None]
    assert type(found.at(0)) is type(made)


def test_a_float_is_calculated_with_as_it_is_printed():
    """In products, too."""
    shares = Column(Kind.NUMBER, np.array([0.1, 0.3]))

    assert cells(calculated(of_values([10, 1]), "*", shares)) == [1, Decimal("0.3")]


def test_what_is_calculated_with_nothing_known_is_unknown():
    """Whatever kind of column stands for it."""
    assert cells(calculated(unknown(1), "+", of_values([1]))) == [None]
    assert cells(calculated(of_values([1]), "+", unknown(1))) == [None]


def test_nobody_has_no_sum():
    """An empty base is one, too."""
    nobody = of_values([1]).take(np.array([], np.intp))

    assert cells(calculated(nobody, "+", nobody)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [None, 7]),
        ([1, 2], [3, Decimal("0.5")]),
        ([Decimal("0.25"), 2], [3, Decimal("0.5")]),
        ([Colour.RED, None], ["a", Colour.RED]),
        ([Colour.RED, None], [Colour.BLUE, Colour.RED]),
        ([True, False], [False, True]),
        ([None, None], [DAY, DAY]),
        ([DAY, DAY], [None, None]),
        ([None, None], [None, None]),
        ([1, 2], [Colour.RED, Colour.BLUE]),
        ([T, T], [T + DAY, T + DAY]),
    ],
    ids=str,
)
def test_of_two_columns_the_one_is_taken_inside_a_mask(one, other):
    """And the other outside, whatever their kinds."""
    mask = np.array([True, False])

    found = where(mask, of_values(one), of_values(other))

    assert cells(found) == [one[0], other[1]]


def test_floats_and_amounts_go_into_one_column():
    """Each as it stands."""
    shares = Column(Kind.NUMBER, np.array([0.5, 0.5]))

    found = where(np.array([True, False]), shares, of_values([Decimal("0.25")] * 2))

    assert cells(found) == [Decimal("0.5"), Decimal("0.25")]


def test_each_distinct_value_is_found_once():
    """With where it stands."""
    for values in (["a", "b", "a"], [True, False, True], [5, 7, 5], [DAY, 2 * DAY, DAY]):
        codes, found = of_values(values).coded()

        assert [found[code] for code in codes] == values


def test_keys_are_numbered_in_the_order_of_appearance():
    """So that groups are few and small."""
    places, values = distinct(np.array([7, 5, 7]))

    assert (places.tolist(), values.tolist()) == ([0, 1, 0], [7, 5])


# --- of arrow --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array([1, None, 3], pa.int8()), [1, None, 3]),
        (pa.array([1, None, 3], pa.uint64()), [1, None, 3]),
        (pa.array([0.1, None]), [Decimal("0.1"), None]),
        (pa.array([Decimal("1.10"), None, Decimal("-2.00")]), [Decimal("1.1"), None, -2]),
        (pa.array([Decimal(10**30), Decimal(-(10**30)), Decimal(-1)]), [10**30, -(10**30), -1]),
        (pa.array([Decimal("1.10")], pa.decimal256(50, 2)), [Decimal("1.1")]),
        (pa.array([Decimal(1200)], pa.decimal128(9, -2)), [1200]),
        (pa.array([Decimal(1), Decimal(2), None])[1:], [2, None]),
        (pa.array([DAY, None]), [DAY, None]),
        (pa.array([T, None], pa.timestamp("s", tz="Europe/Vienna")), [T, None]),
        (pa.array(["a", None, "b"]), ["a", None, "b"]),
        (pa.array(["a", None, "b"], pa.large_string()), ["a", None, "b"]),
        (pa.array(["a", None, "b"], pa.string_view()), ["a", None, "b"]),
        (pa.array(["a", None, "b"]).dictionary_encode(), ["a", None, "b"]),
        (pa.array([1, None, 2]).dictionary_encode(), [1, None, 2]),
        (
            pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None])),
            ["a", None, None],
        ),
        (pa.nulls(2), [None, None]),
        (pa.nulls(2, pa.int64()), [None, None]),
        (pa.array([], pa.string()), []),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
def test_a_column_of_arrow_holds_what_the_array_holds(array, values):
    """Null is unknown."""
    assert cells(of_arrow("it", array)) == values


@pytest.mark.parametrize(
    "array",
    [pa.array([1177, None]), pa.array([1177.0, None]), pa.array([Decimal("11.77"), None])],
    ids=lambda array: str(array.type),
)
def test_money_is_whole_minor_units_or_decimals(array):
    """A float is one if it is whole, since pandas has no other whole number beside a gap."""
    assert cells(of_arrow("paid", array, decimals=2)) == [Decimal("11.77"), None]


def test_a_text_is_what_it_stands_for():
    """Where the choices are given."""
    array = pa.array(["red", None, "blue"])

    column = of_arrow("colour", array, choices={one.value: one for one in Colour})

    assert cells(column) == [Colour.RED, None, Colour.BLUE]


@pytest.mark.parametrize(
    ("array", "row", "message"),
    [
        (pa.array([1.0, float("nan")], from_pandas=False), 1, "must be a finite number"),
        (pa.array([1.0, 2.0, float("inf")]), 2, "must be a finite number"),
        (pa.array([1.0, 11.77]), 1, "a whole number of minor units, with 2 decimals"),
        (pa.array([1e16]), 0, "a whole number of minor units"),
        (pa.array([1, 2**63], pa.uint64()), 1, "a whole number of 64 bits"),
        (pa.array(["red", None, "green"]), 2, "one of red and blue"),
        (pa.array([T.replace(tzinfo=None)]), None, "a moment needs a time zone"),
        (pa.array([1], pa.timestamp("ns", "UTC")), None, "whole microseconds"),
        (pa.array([[1]]), None, "numbers, flags, texts or times"),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
def test_a_cell_that_cannot_be_used_is_named(array, row, message):
    """With the column, the row and what to give instead."""
    choices = {one.value: one for one in Colour}

    with pytest.raises(InvalidFrame, match=message) as caught:
        of_arrow("it", array, decimals=2, choices=choices)

    assert (caught.value.column, caught.value.row) == ("it", row)


def test_a_text_that_is_no_choice_is_no_matter_where_nothing_is_known():
    """A dictionary may hold more than is used."""
    array = pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.array(["red", "green"]))

    column = of_arrow("colour", array, choices={"red": Colour.RED})

    assert cells(column) == [Colour.RED, None]
