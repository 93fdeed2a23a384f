"""Customers who are alike in what matters, so that it is asked about one of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from custlife.bulk.columns import Array, distinct

_MANY = 1 << 40
"""Keys of groups stay below this."""
_FEW = 1 << 16
"""Below this, keys are counted instead of sorted."""


class Part(NamedTuple):
    """A part of what groups customers: a number for each, below a limit."""

    codes: Array
    limit: int


class Group(NamedTuple):
    """Customers that are alike, and one of them."""

    one: int
    members: Array


def groups(parts: Iterable[Part], rows: Array) -> Iterator[Group]:
    """Customers by the parts in which they are alike.

    Args:
        parts: A number for each of these customers, as many as there are rows.
        rows: Their places.

    Examples:
        >>> sides = Part(np.array([1, 0, 1]), 2)
        >>> [(group.one, group.members.tolist()) for group in groups([sides], np.array([4, 5, 9]))]
        [(5, [5]), (4, [4, 9])]
    """
    keys, limit = np.zeros(len(rows), np.int64), 1
    for part in parts:
        if limit * part.limit >= _MANY:
            keys, found = distinct(keys)
            limit = len(found)
        keys, limit = keys * part.limit + part.codes, limit * part.limit
    if limit > _FEW:
        keys, found = distinct(keys)
        limit = len(found)
    numbers = np.bincount(keys, minlength=limit)
    if numbers.max() == len(rows):
        yield Group(int(rows[0]), rows)
        return
    # Few keys are sorted without comparisons.
    order = np.argsort(keys.astype(np.uint16) if limit <= _FEW else keys, kind="stable")
    for members in np.split(rows[order], np.cumsum(numbers[numbers > 0])[:-1]):
        yield Group(int(members[0]), members)
