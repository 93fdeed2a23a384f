"""What the models know of a customer: how often, when last and for how long, in plain numbers.

The checks of plain numbers stand here as well, since all models share them.
"""

from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife._checks import Check, is_float
from custlife.errors import InvalidArgument
from custlife.money import as_whole

MOST = 1e9
"""Counts and the parameters of shape stay at or below this."""
MOST_UNITS = 1e15
"""Times, money and the parameters of scale stay at or below this."""


def _positive(most: float, remedy: str) -> Check:
    return Check(
        lambda value: is_float(value, most, 1 / most),
        f"a number from {1 / most:g} to {most:g}",
        remedy,
    )


shape = _positive(MOST, "Give a parameter as a float, such as 0.243.")
scale = _positive(MOST_UNITS, "Give a parameter as a float in the unit of the data, such as 4.414.")
length = Check(
    lambda value: is_float(value, MOST_UNITS),
    f"a finite number from 0 to {MOST_UNITS:g}",
    "Give a length of time as a float in the unit of the model, such as 38.86 weeks.",
)
amount = Check(
    lambda value: is_float(value, MOST_UNITS),
    f"a finite number from 0 to {MOST_UNITS:g}",
    "Give an amount of money as a float, such as 35.08.",
)
level = Check(
    lambda value: is_float(value, MOST_UNITS, -MOST_UNITS),
    f"a finite number from {-MOST_UNITS:g} to {MOST_UNITS:g}",
    "Give a log-likelihood as a float, such as -9582.4.",
)
chance = Check(
    lambda value: is_float(value, 1) and 0 < value < 1,
    "a chance above 0 and below 1",
    "Give a chance as a float, such as 0.5.",
)
count = Check(
    lambda value: _checks.is_whole(value, 0) and value <= MOST,
    f"a whole number from 0 to {MOST:g}",
    "Give a count.",
)


def check_history(subject: str, x: int, t_x: float, T: float) -> None:
    """Check that a customer's three numbers fit each other.

    Args:
        subject: What was being made or called, for the error.
        x: How many times the customer bought again.
        t_x: When they last did, counted from the first time.
        T: How long ago the first time is.

    Raises:
        InvalidArgument: If they do not.

    Examples:
        >>> check_history("summary", 2, 30.4, 38.9)
    """
    count.require(InvalidArgument, subject, "x", x)
    length.require(InvalidArgument, subject, "T", T)
    length.require(InvalidArgument, subject, "t_x", t_x)
    if t_x > T:
        remedy = "Count both from the first purchase, in the same unit."
        raise InvalidArgument(subject, "t_x", t_x, f"at most T, {T!r}", remedy)
    if (x == 0) != (t_x == 0):
        rule = "0 where x is 0" if x == 0 else f"above 0 where x is {x}"
        remedy = "Count repeat purchases only, and those of one day once."
        raise InvalidArgument(subject, "t_x", t_x, rule, remedy)


@frozen
class Summary:
    """A customer's purchases in the four numbers that the models need.

    All times are in one unit, such as days or weeks, and a model that is fitted to them speaks in
    that unit. What happened at one time, such as on one day, is one purchase.

    Source: P. Fader, B. Hardie, K. L. Lee, Marketing Science 24(2), 2005, for the first three.

    Args:
        customer: Who it is.
        x: How many times the customer bought again after the first time, 0 to 1e9.
        t_x: The time from the first purchase to the last one; 0 exactly where x is 0.
        T: The time from the first purchase until now, at least ``t_x``, at most 1e15.
        money: The mean amount of a repeat purchase, >= 0; None where it is not known.

    Raises:
        InvalidArgument: If a number is out of its bounds.

    Examples:
        >>> Summary("C-17", x=2, t_x=30.43, T=38.86).t_x
        30.43
        >>> Summary("C-17", x=2, t_x=40, T=38.86)
        Traceback (most recent call last):
        ...
        custlife.errors.InvalidArgument: summary: t_x is 40, but must be at most T, 38.86. Count \
both from the first purchase, in the same unit.
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "summary"

    customer: str = field(validator=_checks.text)
    x: int = field(converter=as_whole)
    t_x: float
    T: float
    money: float | None = field(default=None, validator=amount.or_none)

    def __attrs_post_init__(self) -> None:
        check_history(self.subject, self.x, self.t_x, self.T)
