"""Columns of money, read and checked: exact, in minor units, and within 64 bits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from custlife import _checks
from custlife.bulk.frames import compute, nulls, numbers, plain
from custlife.bulk.log import MOST, Faults
from custlife.errors import InvalidArgument, InvalidFrame
from custlife.money import EXACT

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
_SURE = 2.0**53
"""Below this, every whole float is exact."""


@frozen(eq=False)
class Sums:
    """A column of money in a field, and the rows where it counts."""

    name: str
    array: pa.Array
    which: Flags


def in_minor_units(
    faults: Faults, sums: Mapping[str, Sums], decimals: int | None
) -> tuple[int | None, dict[str, pa.Array]]:
    """The columns of money in minor units, all of the same number of decimals.

    Args:
        faults: Where to note what is wrong.
        sums: The columns.
        decimals: How many decimals whole numbers have; None where the call does not say.

    Returns:
        How many decimals the minor units have, None where nothing says it; and the columns.
    """
    most = _checks.MAX_DECIMALS
    if decimals is not None and not (_checks.is_whole(decimals, 0) and decimals <= most):
        rule = f"a whole number from 0 to {most}"
        remedy = "Say how many decimals the whole numbers have: 2 if they are cents."
        raise InvalidArgument("replay()", "decimals", decimals, rule, remedy)
    told = decimals is not None or any(not pa.types.is_null(s.array.type) for s in sums.values())
    places = decimals or 0
    for one in sums.values():
        kind = one.array.type
        if decimals is None and pa.types.is_decimal(kind):
            places = max(places, kind.scale)
        if places > most:
            rule = f"a column of at most {most} decimals"
            remedy = "Say how many count: decimals=2 where amounts are in cents."
            raise InvalidFrame(one.name, None, str(kind), rule, remedy)
    found = {field: _minor(faults, one, places, decimals) for field, one in sums.items()}
    return places if told else None, found


def _minor(faults: Faults, one: Sums, places: int, decimals: int | None) -> pa.Array:
    """A column of money in minor units; what cannot be used is 0."""
    whole = one.array.type == pa.int64() and (decimals is not None or not places)
    kind, most = one.array.type, min(MOST, int(_checks.MAX_MONEY) * 10**places - 1)
    if pa.types.is_null(kind):
        return one.array.cast(pa.int64())
    if pa.types.is_decimal(kind):
        units, unfit = _in_units(one.array, places, most)
    elif pa.types.is_integer(kind):
        unit = 10**places if decimals is None else 1  # whole units, or minor ones as it was said
        units = numbers(one.array)
        unfit = units > most // unit
        if unit > 1:
            units = np.maximum(np.where(unfit, 0, units).astype(np.int64), -1) * unit
    elif pa.types.is_floating(kind) and decimals is not None:
        units, unfit = _whole(faults, one, places, most)
    else:
        rule = "a column of whole numbers in minor units, or of decimals"
        remedy = "Convert it to decimals, such as .cast(pl.Decimal(12, 2)) in polars."
        if pa.types.is_floating(kind):
            remedy = (
                "A float is seldom the amount that was paid. Say how many decimals it has if it is "
                "in minor units, decimals=2; or round it to them: (amount * 100).round()."
            )
        raise InvalidFrame(one.name, None, str(kind), rule, remedy)
    low = units < 0
    if not (low.any() or unfit.any()) and whole:
        return one.array
    missing = nulls(one.array)
    low, unfit = low & ~missing, unfit & ~missing
    remedy = "Give what went back as refunded, above zero."
    faults.wrong(low & one.which, one.name, one.array, "an amount of 0 or more", remedy)
    rule = f"an amount of at most {places} decimals, and no more than {most / 10**places:g}"
    remedy = "Correct the amount, or give decimals= as many as it has."
    faults.wrong(unfit & one.which, one.name, one.array, rule, remedy)
    units = np.where(low | unfit | missing, 0, units)
    return pa.array(units.astype(np.int64, copy=False), mask=missing)


def _whole(faults: Faults, one: Sums, places: int, most: int) -> tuple[Any, Flags]:
    """Floats that are whole, as pandas has whole numbers beside gaps; others are noted, and 0."""
    values = plain(one.array, 0.0)
    whole = (values == np.rint(values)) & (np.abs(values) < _SURE)
    rule = f"a whole number of minor units, with {places} decimals"
    remedy = (
        "Round the column to minor units: (amount * 100).round() where amounts have 2 decimals."
    )
    faults.wrong(~whole & one.which, one.name, one.array, rule, remedy)
    units = np.where(whole, values, 0).astype(np.int64)
    return units, units > most


def amounts(faults: Faults, array: pa.Array | None, name: str, paid: Flags) -> Numbers | None:
    """The amount of each purchase and refund, in minor units; elsewhere anything."""
    if array is None and not paid.any():
        return None
    if array is None:
        rule = "the column of amounts, since there are purchases or refunds"
        raise InvalidArgument("replay()", "amount", None, rule, 'Name it: amount="...".')
    if array.null_count:
        faults.wrong(paid & nulls(array), name, array, "what was paid", "Give the amount.")
    amounts = numbers(array)
    if len(amounts) and len(amounts) * int(amounts.max()) > MOST:
        amounts = np.where(paid & ~nulls(array), amounts, 0)
        if sum(amounts.tolist()) > MOST:
            rule, remedy = "amounts whose sum fits 64 bits", "Use fewer decimals, or shards."
            raise InvalidFrame(name, None, "a sum beyond 64 bits", rule, remedy)
    return cast("Numbers", amounts)


def _in_units(array: pa.Array, places: int, most: int) -> tuple[Any, Flags]:
    """Decimals in minor units, and which of them cannot be: these are 0."""
    try:
        units = _scaled(array, places)
    except pa.ArrowInvalid:
        minor = [0 if one is None else one.scaleb(places, EXACT) for one in array.to_pylist()]
        fits = [-most <= one <= most and one == int(one) for one in minor]
        found = [int(one) if fit else 0 for one, fit in zip(minor, fits, strict=True)]
        return np.array(found, np.int64), ~np.array(fits, np.bool_)
    return units, units > most


def _scaled(array: pa.Array, places: int) -> Any:  # noqa: ANN401 - an array of whole numbers
    unit = pa.scalar(Decimal(10**places), pa.decimal256(20, 0))
    exact = array.cast(pa.decimal256(38, places))
    return plain(compute.multiply(exact, unit).cast(pa.int64()))
