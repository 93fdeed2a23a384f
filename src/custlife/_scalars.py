"""How single values are stored and read back. Reading is strict: nothing is coerced."""

import hashlib
import json
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from custlife._checks import in_utc
from custlife.errors import listed, shown

T = TypeVar("T")

_DURATION = re.compile(r"(-?)PT(\d+)(?:\.(\d{1,6}))?S")
_KINDS: dict[type, str] = {str: "text", int: "a whole number", bool: "true or false"}


def exactly(value: Any, kind: type[T]) -> T:  # noqa: ANN401 - whatever was stored
    """The value, if it is of the kind already; nothing is coerced."""
    if type(value) is not kind:
        raise TypeError(f"{shown(value)} is not {_KINDS[kind]}")
    return value


def digest(value: object) -> str:
    """The first 32 hex letters of the SHA-256 of a JSON-ready value, keys sorted, all ASCII.

    Examples:
        >>> digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1})
        True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def to_decimal(value: Any, _: object) -> Decimal:  # noqa: ANN401 - whatever was stored
    """Money, which is stored as text."""
    try:
        return Decimal(exactly(value, str))
    except InvalidOperation:
        raise ValueError(f"{shown(value)} is no number") from None


def from_duration(value: timedelta) -> str:
    """A length of time as ISO 8601 seconds, exact to the microsecond."""
    sign = "-" if value < timedelta(0) else ""
    seconds, micros = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    return f"{sign}PT{seconds}.{micros:06}S" if micros else f"{sign}PT{seconds}S"


def to_duration(value: Any, _: object) -> timedelta:  # noqa: ANN401 - whatever was stored
    """A length of time, as `from_duration` stores it."""
    match = _DURATION.fullmatch(exactly(value, str))
    if match is None:
        raise ValueError(f"{shown(value)} is no duration such as 'PT86400S'")
    sign, seconds, micros = match.groups(default="0")
    duration = timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")))
    return -duration if sign == "-" else duration


def to_moment(value: Any, _: object) -> datetime:  # noqa: ANN401 - whatever was stored
    """An instant, which is stored as text; equal texts share one object."""
    return _moment(exactly(value, str))


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    return in_utc(datetime.fromisoformat(text))


def to_scalar(value: Any, kind: type[Any]) -> Any:  # noqa: ANN401 - whatever was stored
    """Text, a whole number or a flag; or a member of an enum that is stored as one."""
    return to_member(value, kind) if issubclass(kind, Enum) else exactly(value, kind)


def to_member(value: Any, kind: type[Enum]) -> Enum:  # noqa: ANN401 - whatever was stored
    """A member of an enum by its stored value."""
    try:
        return kind(value)
    except ValueError:
        known = listed([str(member.value) for member in kind])
        raise ValueError(f"{shown(value)} is no {kind.__name__}; there are {known}") from None
