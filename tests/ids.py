"""Ids of parametrized tests that are the same in every process."""

import re


def stable(value):
    """A value as text, without the order of sets and the places of objects in memory."""
    whole = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    return re.sub(r" at 0x[0-9a-f]+", "", str(whole))
