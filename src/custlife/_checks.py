"""Checks of single values, shared by everything that validates.

Each check is a small frozen callable whose repr reads as the rule. An attrs class names the error
it raises by its class variable ``invalid``.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeGuard, cast

from attrs import Attribute, frozen

from custlife.errors import InvalidArgument, InvalidValue
from custlife.money import as_money, as_whole
from custlife.state import Room

MAX_MONEY = Decimal("1e+18")
"""Amounts of money stay below this, so that sums are exact."""
MAX_TOTAL = Decimal("1e+46")
"""Sums of money stay below this, so that they are exact; so does every other number."""
MAX_DECIMALS = 18
"""Amounts of money have at most this many decimal places, so that sums are exact."""
MAX_PLACES = 350
"""Other numbers have at most this many decimal places: more than any float has."""
_MAX_EXPONENT = 46
_ZERO, _CENT, _WHOLE = Decimal(0), Decimal("0.01"), Decimal(1)


def in_utc(value: datetime) -> datetime:
    """Turn an aware datetime into a plain one in UTC; leave the rest for the check to reject.

    A datetime of another library, such as pandas', is taken if it holds no nanoseconds.
    """
    if type(value) is datetime and value.tzinfo is UTC:
        return value
    try:
        if value.utcoffset() is None or getattr(value, "nanosecond", None):
            return value
        utc = value.astimezone(UTC)
        return datetime.combine(utc.date(), utc.time(), UTC)
    except Exception:  # noqa: BLE001 - other types and other time zones may raise anything
        return value


def in_utc_or_none(value: datetime | None) -> datetime | None:
    """The same for a time that may be left out."""
    return None if value is None else in_utc(value)


def is_text(value: object) -> bool:
    """Whether this is a string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_moment(value: object) -> TypeGuard[datetime]:
    """Whether this is an instant in UTC."""
    return isinstance(value, datetime) and value.tzinfo is UTC and not hasattr(value, "nanosecond")


def is_money(value: object) -> bool:
    """Whether this is an exact amount of money, zero or more."""
    amount = as_money(cast("Decimal", value))
    return is_number(amount, 0, MAX_MONEY, MAX_DECIMALS) and amount != MAX_MONEY


def is_number(
    value: object, least: Decimal | int, most: Decimal | int, places: int = MAX_PLACES
) -> bool:
    """Whether this is a Decimal within bounds, and with few enough decimal places."""
    if not isinstance(value, Decimal) or not value.is_finite() or value.copy_abs() >= MAX_TOTAL:
        return False
    exponent = value.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and -places <= exponent <= _MAX_EXPONENT
        and least <= value <= most
    )


def is_float(value: object, most: float, least: float = 0.0) -> bool:
    """Whether this is a finite float or int within bounds, and no bool.

    Examples:
        >>> is_float(0.5, 1), is_float(float("nan"), 1), is_float(True, 1)
        (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def is_whole(value: object, least: int) -> bool:
    """Whether this is a whole number, and no less than ``least``."""
    number = as_whole(cast("int", value))
    return isinstance(number, int) and not isinstance(number, bool) and number >= least


Validator = Callable[[Any, "Attribute[Any]", Any], None]
"""What attrs calls with the instance, the attribute and the value."""


@frozen(repr=False)
class Check:
    """One rule about a value: what it must be, and what to do otherwise."""

    holds: Callable[[Any], bool]
    expectation: str
    remedy: str
    optional: bool = False

    @property
    def or_none(self) -> "Check":
        """The same rule for a field that may be left out."""
        remedy = f"{self.remedy} Or leave it out."
        return Check(self.holds, self.expectation, remedy, optional=True)

    def __call__(self, instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
        """Raise the instance's error if the value breaks the rule (the attrs validator)."""
        self.require(instance.invalid, instance.subject, attribute.name.lstrip("_"), value)

    @property
    def quick(self) -> Validator:
        """The same check as a plain function, which attrs calls faster than an object."""
        holds = self.holds

        def validate(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - see above
            if not holds(value):
                self(instance, attribute, value)

        def validate_or_none(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - see above
            if value is not None and not holds(value):
                self(instance, attribute, value)

        return validate_or_none if self.optional else validate

    def argument(self, call: str, name: str, value: object) -> None:
        """Raise `InvalidArgument` if an argument of a public function breaks the rule."""
        self.require(InvalidArgument, f"{call}()", name, value)

    def require(self, invalid: type[InvalidValue], subject: str, field: str, value: object) -> None:
        """Raise ``invalid`` if the value breaks the rule."""
        if (value is None and self.optional) or self.holds(value):
            return
        raise invalid(subject, field, value, repr(self), self.remedy)

    def __repr__(self) -> str:
        return self.expectation + (" or None" if self.optional else "")


@cache
def one_of(kind: type) -> Check:
    """Check that a value is an instance of ``kind``."""
    name = kind.__name__
    thing = f"{'an' if name[0] in 'AEIO' else 'a'} {name}"
    remedy = f"Give {thing}."
    if issubclass(kind, Enum):
        remedy = f"Use a member, such as {name}.{next(iter(kind)).name}."
    return Check(lambda value: isinstance(value, kind), thing, remedy)


@cache
def either(*names: str) -> Check:
    """Check that a value is one of these names."""
    rule = " or ".join(map(repr, names))
    return Check(lambda value: isinstance(value, str) and value in names, rule, f"Give {rule}.")


@cache
def iterable_of(things: str) -> Check:
    """Check that a value can be iterated, and is no string."""
    return Check(
        lambda value: isinstance(value, Iterable) and not isinstance(value, str),
        f"an iterable of {things}",
        f"Give a list or another iterable of {things}.",
    )


def _between(least: Decimal | int, most: Decimal | int, what: str, remedy: str) -> Check:
    rule = f"{what} from {least} to {most:g}"
    return Check(lambda value: is_number(value, least, most), rule, remedy)


moment = Check(
    is_moment,
    "an aware datetime that UTC can hold, exact to the microsecond",
    "Give a datetime with a time zone: datetime(..., tzinfo=timezone.utc), or "
    "datetime.fromisoformat('2026-01-01T00:00:00+00:00').",
)
text = Check(is_text, "a string that is not blank", "Give a string, such as a name or an id.")
money = Check(
    is_money,
    f"an exact amount, finite, at least 0, below {MAX_MONEY:g} "
    f"and with at most {MAX_DECIMALS} decimal places",
    "Give an amount as a Decimal made from a string, such as Decimal('11.77'), or as a whole "
    "number: no float, and nothing below zero.",
)
total = Check(
    lambda value: is_number(value, 0, MAX_TOTAL),
    f"a Decimal, finite, at least 0 and below {MAX_TOTAL:g}",
    money.remedy,
)
balance = Check(
    lambda value: is_number(value, MAX_TOTAL.copy_negate(), MAX_TOTAL),
    f"a Decimal, finite and between -{MAX_TOTAL:g} and {MAX_TOTAL:g}",
    "Give money as a Decimal made from a string, such as Decimal('-11.77').",
)
share = _between(0, 1, "a share", "Give a share, such as 0.4 for 40 percent.")
rate = _between(
    -1, 1, "a share of the revenue,", "Give a share, such as Decimal('0.30') for 30 percent."
)
ratio = _between(
    0, MAX_MONEY, "a number", "Give how much comes back for each unit of money spent, such as 1.5."
)
years = _between(
    0,
    1000,
    "a number of years",
    "Give a length in years, such as Decimal('2.5'); a timedelta / timedelta(days=365.25) is one.",
)
count = Check(lambda value: is_whole(value, 0), "a whole number from 0", "Give a count.")
ordinal = Check(
    lambda value: is_whole(value, 1), "a whole number from 1", "Cycles are numbered from 1."
)
duration = Check(
    lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    "a timedelta of at least 0",
    "Give a timedelta.",
)
span = Check(
    lambda value: isinstance(value, timedelta) and value > timedelta(0),
    "a timedelta above 0",
    "Give a span, such as timedelta(weeks=13).",
)
day = Check(lambda value: type(value) is date, "a date", "Give a datetime.date.")
flag = Check(lambda value: isinstance(value, bool), "True or False", "Give True or False.")
present_room = Check(
    lambda value: value is Room.PROSPECT or value is Room.CUSTOMER,
    "Room.PROSPECT or Room.CUSTOMER",
    "Only a prospect or a customer can depart.",
)
names = Check(
    lambda value: isinstance(value, tuple) and bool(value) and all(map(is_text, value)),
    "a tuple of names, at least one",
    "Name the innermost stages.",
)


# Validators of fields for attrs, which calls a function faster than an object. A usual value passes
# at once; the check judges all others.


def quick_moment(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
    """The check `moment`."""
    if type(value) is not datetime or value.tzinfo is not UTC:
        moment(instance, attribute, value)


def quick_moment_or_none(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
    """The check `moment.or_none`."""
    if value is not None and (type(value) is not datetime or value.tzinfo is not UTC):
        _moment_or_none(instance, attribute, value)


def quick_text_or_none(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
    """The check `text.or_none`."""
    if value is not None and (type(value) is not str or not value.strip()):
        _text_or_none(instance, attribute, value)


def quick_money(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
    """The check `money`."""
    if (
        type(value) is not Decimal
        or not (value.same_quantum(_CENT) or value.same_quantum(_WHOLE))
        or not _ZERO <= value < MAX_MONEY
    ):
        money(instance, attribute, value)


def quick_money_or_none(instance: Any, attribute: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - any attrs class
    """The check `money.or_none`."""
    if value is not None and (
        type(value) is not Decimal
        or not (value.same_quantum(_CENT) or value.same_quantum(_WHOLE))
        or not _ZERO <= value < MAX_MONEY
    ):
        _money_or_none(instance, attribute, value)


_moment_or_none, _text_or_none, _money_or_none = moment.or_none, text.or_none, money.or_none
