"""Checks of single values: what each lets through, what each refuses, how each reads."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import ClassVar

import pytest
from attrs import field, fields, frozen
from tests.ids import stable

from custlife import Cause, Initiator, InvalidArgument, InvalidEvent, InvalidPolicy, Room, _checks
from custlife.money import as_money, as_number, as_whole


class Undecided(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, when):
        return None


class Coin(IntEnum):
    """A whole number that is more than a number."""

    PENNY = 1


class Stamp(datetime):
    """A datetime of another library that also counts nanoseconds."""

    nanosecond = 0


class Word(str):
    """A string of another library."""

    __slots__ = ()


class Amount(Decimal):
    """A Decimal of another library."""


@frozen
class Order:
    """Something with a checked field, and an error of its own."""

    invalid: ClassVar[type[InvalidPolicy]] = InvalidPolicy
    subject: ClassVar[str] = "order"

    size: object = field(validator=_checks.count)


BOTH = (True, False)
BERLIN = timezone(timedelta(hours=2))
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAIVE = datetime(2026, 7, 1, 12)  # noqa: DTZ001 - naive on purpose
UNDECIDED = datetime(2026, 7, 1, 12, tzinfo=Undecided())
BEFORE_ALL = datetime.min.replace(tzinfo=BERLIN)
AFTER_ALL = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))

NO_MOMENT = {
    "naive": NAIVE,
    "undecided zone": UNDECIDED,
    "not in UTC": NOON.astimezone(BERLIN),
    "date": NOON.date(),
    "text": "2026-07-01T12:00:00Z",
    "number": 0,
}
NO_TEXT = {"empty": "", "blank": " \t\n", "number": 7, "bytes": b"shop", "list": ["shop"]}
NO_MONEY = {
    "negative": Decimal("-0.01"),
    "not a number": Decimal("NaN"),
    "signalling": Decimal("sNaN"),
    "infinite": Decimal("Infinity"),
    "negative infinite": Decimal("-Infinity"),
    "too much": Decimal(10) ** 18,
    "too fine": Decimal("1e-19"),
    "float": 11.77,
    "float nan": float("nan"),
    "bool": True,
    "text": "11.77",
    "fraction": Fraction(1, 2),
}
NO_DURATION = {"negative": timedelta(microseconds=-1), "number": 3, "text": "3 days"}
NO_COUNT = {"negative": -1, "bool": True, "float": 1.0, "text": "1", "decimal": Decimal(1)}
NO_NAMES = {"empty": (), "blank": ("buyer", " "), "list": ["buyer"], "text": "buyer", "int": (1,)}


def refused(check, values):
    return [pytest.param(check, value, id=f"{check!r}: {label}") for label, value in values.items()]


def accepted(check, *values):
    return [pytest.param(check, value, id=f"{check!r}: {value!r}") for value in values]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *accepted(_checks.moment, NOON),
        *accepted(_checks.moment.or_none, NOON, None),
        *accepted(_checks.text, "shop", " x ", "0"),
        *accepted(_checks.text.or_none, "shop", None),
        *accepted(_checks.money, Decimal(0), Decimal("0.00"), Decimal("1e-18"), Decimal("1E+17")),
        *accepted(_checks.money, Decimal("999999999999999999.99"), 12),
        *accepted(_checks.money.or_none, Decimal("11.77"), None),
        *accepted(_checks.total, Decimal(0), Decimal(10) ** 20),
        *accepted(_checks.duration, timedelta(0), timedelta(days=3)),
        *accepted(_checks.duration.or_none, timedelta(0), None),
        *accepted(_checks.flag, *BOTH),
        *accepted(_checks.ordinal, 1, 2),
        *accepted(_checks.count, 0, 1),
        *accepted(_checks.present_room, Room.PROSPECT, Room.CUSTOMER),
        *accepted(_checks.names, ("buyer",), ("buyer", "content")),
        *accepted(_checks.one_of(Cause), Cause.PRICE),
        *accepted(_checks.one_of(Cause).or_none, Cause.PRICE, None),
    ],
)
def test_a_value_within_the_bounds_passes(check, value):
    """The bounds themselves included."""
    assert check.require(InvalidEvent, "visit", "thing", value) is None


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *refused(_checks.moment, {**NO_MOMENT, "missing": None}),
        *refused(_checks.moment.or_none, NO_MOMENT),
        *refused(_checks.text, {**NO_TEXT, "missing": None}),
        *refused(_checks.text.or_none, NO_TEXT),
        *refused(_checks.money, {**NO_MONEY, "missing": None}),
        *refused(_checks.money.or_none, NO_MONEY),
        *refused(_checks.total, {"negative": Decimal(-1), "nan": Decimal("NaN"), "int": 1}),
        *refused(_checks.total, {"infinite": Decimal("Infinity"), "missing": None}),
        *refused(_checks.duration, {**NO_DURATION, "missing": None}),
        *refused(_checks.duration.or_none, NO_DURATION),
        *refused(_checks.flag, {"number": 1, "text": "yes", "missing": None}),
        *refused(_checks.ordinal, {**NO_COUNT, "zero": 0, "missing": None}),
        *refused(_checks.count, {**NO_COUNT, "missing": None}),
        *refused(_checks.present_room, {"former": Room.FORMER, "name": "customer", "none": None}),
        *refused(_checks.names, {**NO_NAMES, "missing": None}),
        *refused(_checks.one_of(Cause), {"value": "price", "other": Initiator.BOTH, "none": None}),
        *refused(_checks.one_of(Cause).or_none, {"value": "price"}),
    ],
)
def test_a_value_out_of_bounds_is_refused(check, value):
    """With the caller's error, which holds the rule, the value and what to do."""
    with pytest.raises(InvalidEvent, match=r"^visit: thing is .*, but must be ") as caught:
        check.require(InvalidEvent, "visit", "thing", value)

    assert caught.value.value is value
    assert (caught.value.subject, caught.value.field) == ("visit", "thing")
    assert caught.value.expectation == repr(check)
    assert caught.value.remedy == check.remedy


@pytest.mark.parametrize(
    ("check", "rule"),
    [
        (_checks.moment, "an aware datetime that UTC can hold, exact to the microsecond"),
        (
            _checks.moment.or_none,
            "an aware datetime that UTC can hold, exact to the microsecond or None",
        ),
        (_checks.text, "a string that is not blank"),
        (_checks.text.or_none, "a string that is not blank or None"),
        (
            _checks.money,
            "an exact amount, finite, at least 0, below 1e+18 and with at most 18 decimal places",
        ),
        (_checks.total, "a Decimal, finite, at least 0 and below 1e+46"),
        (_checks.duration, "a timedelta of at least 0"),
        (_checks.flag, "True or False"),
        (_checks.ordinal, "a whole number from 1"),
        (_checks.count, "a whole number from 0"),
        (_checks.present_room, "Room.PROSPECT or Room.CUSTOMER"),
        (_checks.names, "a tuple of names, at least one"),
        (_checks.one_of(Cause), "a Cause"),
        (_checks.one_of(Cause).or_none, "a Cause or None"),
        (_checks.one_of(Initiator), "an Initiator"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_check_reads_as_its_rule(check, rule):
    """And says where None will do."""
    assert repr(check) == rule


def test_a_class_raises_its_own_error():
    """The check asks the instance for the error and for what to call itself."""
    with pytest.raises(InvalidPolicy, match="order: size is -1, but must be") as caught:
        Order(-1)

    assert (caught.value.subject, caught.value.field) == ("order", "size")


DIGITS = [(0,), (1,), (1, 1, 7, 7), (9,) * 18, (1, *(0,) * 18), (9,) * 40]
AMOUNTS = [
    Decimal((sign, digits, exponent))
    for sign in (0, 1)
    for digits in DIGITS
    for exponent in range(-42, 20)
]
ALIKE = [
    (_checks.moment, _checks.quick_moment),
    (_checks.moment.or_none, _checks.quick_moment_or_none),
    (_checks.text.or_none, _checks.quick_text_or_none),
    (_checks.money, _checks.quick_money),
    (_checks.money.or_none, _checks.quick_money_or_none),
    (_checks.flag, _checks.flag.quick),
    (_checks.flag.or_none, _checks.flag.or_none.quick),
]
ANYTHING = [
    *(None, NOON, Stamp(2026, 7, 1, tzinfo=UTC), *NO_MOMENT.values()),
    *("shop", Word("shop"), Word(" "), *NO_TEXT.values()),
    *(12, Amount("11.77"), Amount(-1), *NO_MONEY.values(), *AMOUNTS, *BOTH),
]


def said(validate, value):
    """What a validator says to a value: nothing, or the words of its error."""
    try:
        return validate(Order(1), fields(Order).size, value)
    except InvalidPolicy as error:
        return str(error)


@pytest.mark.parametrize(("check", "quick"), ALIKE, ids=[repr(check) for check, _ in ALIKE])
def test_a_quick_check_says_what_the_check_says(check, quick):
    """Whatever the value is, and in the same words."""
    assert [said(quick, value) for value in ANYTHING] == [said(check, value) for value in ANYTHING]


def test_an_amount_is_judged_by_its_value_and_its_exponent_alone():
    """Usual or not."""
    taken = [said(_checks.quick_money, amount) is None for amount in AMOUNTS]

    assert taken == [
        0 <= Fraction(amount) < 10**18 and amount.as_tuple().exponent >= -18 for amount in AMOUNTS
    ]


@pytest.mark.parametrize(
    "given",
    [
        NOON,
        datetime(2026, 7, 1, 14, tzinfo=BERLIN),
        datetime(2026, 7, 1, 7, 30, tzinfo=timezone(timedelta(hours=-4, minutes=-30))),
    ],
    ids=str,
)
def test_an_aware_datetime_becomes_the_same_instant_in_utc(given):
    """Whatever its zone."""
    converted = _checks.in_utc(given)

    assert converted == NOON
    assert converted.tzinfo is UTC


@pytest.mark.parametrize(
    "given", [NAIVE, UNDECIDED, "noon", None, 7], ids=lambda given: stable(repr(given))
)
def test_what_is_no_aware_datetime_is_left_for_the_check(given):
    """The converter gives back the very object."""
    assert _checks.in_utc(given) is given


@pytest.mark.parametrize("given", [BEFORE_ALL, AFTER_ALL], ids=str)
def test_an_instant_that_utc_cannot_hold_is_refused_by_the_check(given):
    """The converter leaves it alone instead of overflowing."""
    left = _checks.in_utc(given)

    assert left is given
    assert not _checks.moment.holds(left)


@pytest.mark.parametrize(("given", "amount"), [(0, "0"), (12, "12"), (Coin.PENNY, "1")], ids=repr)
def test_a_whole_number_becomes_exact_money(given, amount):
    """As a Decimal of the same amount."""
    converted = as_money(given)

    assert type(converted) is Decimal
    assert str(converted) == amount


@pytest.mark.parametrize("given", [True, 11.77, "11.77", None, Decimal("11.77")], ids=repr)
def test_what_is_no_whole_number_is_left_for_the_check(given):
    """The converter gives back the very object."""
    assert as_money(given) is given


class Failing(tzinfo):
    """A time zone that raises."""

    def utcoffset(self, when):
        raise RuntimeError("no zone")


class FineStamp(Stamp):
    """One with nanoseconds."""

    nanosecond = 7


class Never(datetime):
    """A datetime of another library that stands for no time, as pandas' NaT does."""

    def utcoffset(self):
        return self

    def astimezone(self, tz=None):
        raise ValueError("no time")


class Int64:
    """A whole number of another library."""

    def __index__(self):
        return 5


class Array:
    """Something that has the method of whole numbers, and is none."""

    def __index__(self):
        raise TypeError("only whole arrays")


def test_an_exact_datetime_of_another_library_becomes_a_plain_one():
    """Nothing of the other library stays in the value."""
    converted = _checks.in_utc(Stamp(2026, 7, 1, 14, tzinfo=BERLIN))

    assert type(converted) is datetime
    assert converted == NOON
    assert _checks.moment.holds(converted)


@pytest.mark.parametrize(
    "given",
    [
        FineStamp(2026, 7, 1, 12, tzinfo=UTC),
        Never(2026, 7, 1, 12),
        datetime(2026, 7, 1, 12, tzinfo=Failing()),
    ],
    ids=["nanoseconds", "no time", "failing zone"],
)
def test_a_datetime_that_is_not_exact_is_refused_by_the_check(given):
    """The error is ours, whatever the other library raises."""
    left = _checks.in_utc(given)

    with pytest.raises(InvalidPolicy, match=r"order: at is .* an aware datetime"):
        _checks.moment.require(InvalidPolicy, "order", "at", left)


def test_a_whole_number_of_another_library_is_a_count():
    """Where it is only compared, it may stay what it is."""
    _checks.count.argument("some_of", "needed", Int64())

    with pytest.raises(InvalidArgument):
        _checks.count.argument("some_of", "needed", Array())


def test_a_whole_number_of_another_library_becomes_an_int():
    """As a count and as an amount."""
    assert (as_whole(Int64()), type(as_whole(Int64()))) == (5, int)
    assert as_money(Int64()) == Decimal(5)


@pytest.mark.parametrize("given", [True, Array(), "5", None, 5.0], ids=lambda v: type(v).__name__)
def test_what_is_no_whole_number_stays_as_it_is(given):
    """The check judges it."""
    assert as_whole(given) is given
    assert not _checks.count.holds(as_whole(given))


@pytest.mark.parametrize(
    "check",
    [
        _checks.money,
        _checks.total,
        _checks.share,
        _checks.rate,
        _checks.ratio,
        _checks.years,
        _checks.balance,
    ],
    ids=repr,
)
@pytest.mark.parametrize("number", ["1E-999999999999", "0E+999999999", "0E-999999999"])
def test_the_exponent_of_every_number_is_bounded(check, number):
    """So that no later sum or text takes much memory."""
    assert not check.holds(Decimal(number))


def test_every_float_that_is_a_share_is_taken():
    """The bound of decimal places is wider than a float's."""
    assert _checks.share.holds(as_number(5e-324))
    assert _checks.share.holds(as_number(2.2250738585072014e-308))


def test_a_large_whole_number_is_refused_without_a_conversion():
    """It is left as it is, and its digits are not written out."""
    huge = 1 << 1_000_000

    assert as_money(huge) is huge
    assert not _checks.money.holds(huge)
