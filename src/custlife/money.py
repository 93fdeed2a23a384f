"""Exact money: the one decimal context that custlife calculates in, whatever the app's context is.

Amounts are `Decimal` in one currency, which the app chooses. Sums, differences and products are
exact; a quotient is rounded only where the caller says to how many digits.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import cast

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


def as_money(value: Decimal | int) -> Decimal:
    """Turn a whole number into a Decimal; leave everything else for the check to judge."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return Decimal(value) if whole else cast("Decimal", value)


def as_number(value: Decimal | float) -> Decimal:
    """Turn a float or whole number into the Decimal that it is printed as; leave the rest."""
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    return as_money(value)
