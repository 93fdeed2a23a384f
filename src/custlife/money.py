"""Exact money: the one decimal context that custlife calculates in, whatever the app's context is.

Amounts are `Decimal` in one currency, which the app chooses. Sums, differences and products are
exact; a quotient is rounded only where the caller says to how many digits.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from operator import index
from typing import SupportsIndex, cast

# Every setting is named, so that an app that changes decimal's defaults does not change ours.
EXACT = Context(
    prec=2000,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""The context of every calculation: wide enough that no sum or product of valid amounts is
rounded."""


_MAX_BITS = 256
"""More bits than any bound allows: the conversion of larger numbers takes long."""


def as_whole(value: SupportsIndex) -> int:
    """Turn a whole number of any library into an ``int``; leave the rest for the check to judge."""
    if isinstance(value, bool):
        return value
    try:
        return index(value)
    except Exception:  # noqa: BLE001 - what is no whole number may raise anything
        return cast("int", value)


def as_money(value: Decimal | SupportsIndex) -> Decimal:
    """Turn a whole number into a Decimal; leave the rest for the check to judge."""
    if isinstance(value, Decimal):
        return value
    whole = value if type(value) is int else as_whole(value)
    sound = type(whole) is int and whole.bit_length() <= _MAX_BITS
    return Decimal(whole) if sound else cast("Decimal", value)


def as_number(value: Decimal | float | SupportsIndex) -> Decimal:
    """Turn a float or whole number into the Decimal that it is printed as; leave the rest."""
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    return as_money(value)
