"""How single values are stored and read back, and how large stored data may be.

Reading is strict: nothing is coerced, and each value has one spelling, the one that is written.
"""

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from custlife._checks import MAX_PLACES, MAX_TOTAL, balance, in_utc, is_moment
from custlife.errors import InvalidData, cut, listed, shown
from custlife.money import as_money

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

MAX_DEPTH = 20
"""Dicts and lists lie inside each other at most this deep; custlife's own four deep."""
MAX_LETTERS = 100_000
"""A text has at most this many letters."""
MAX_NAMES = 1_000
"""A dict has at most this many names."""
MAX_ELEMENTS = 10_000_000
"""A list has at most this many elements."""
_MAX_WHOLE = int(MAX_TOTAL)
_MAX_DIGITS = MAX_TOTAL.adjusted()

_DECIMAL = re.compile(
    rf"(?:-(?=.*[1-9]))?(?:0|[1-9][0-9]{{0,{_MAX_DIGITS - 1}}})(?:\.[0-9]{{1,{MAX_PLACES}}})?"
)
_DURATION = re.compile(r"(-?)PT(0|[1-9][0-9]{0,13})(?:\.([0-9]{6}))?S")
_KINDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def digest(value: object) -> str:
    """A fingerprint of JSON-ready data: the same in every process and version of Python.

    Examples:
        >>> digest({"b": 1, "a": [True, None]}) == digest({"a": [True, None], "b": 1})
        True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()[:32]


def excess(data: Any, deeper: int = MAX_DEPTH) -> tuple[str, str] | None:  # noqa: ANN401, C901, PLR0911, PLR0912 - one pass over whatever was stored
    """Where data is larger than its bounds or nothing that JSON holds: path and problem, or None.

    Args:
        data: A dict or a list.
        deeper: How many more levels there may be.
    """
    steps: Iterable[tuple[object, Any]]
    if not deeper:
        return "", f"this lies more than {MAX_DEPTH} dicts and lists deep"
    if type(data) is dict:
        if len(data) > MAX_NAMES:
            return "", f"a dict has {len(data):,} names, and may have {MAX_NAMES:,}"
        for name in data:
            if type(name) is not str or len(name) > MAX_LETTERS:
                return "", f"{shown(name)} is no name, or too long"
        steps = data.items()
    else:
        if len(data) > MAX_ELEMENTS:
            return "", f"a list has {len(data):,} elements, and may have {MAX_ELEMENTS:,}"
        steps = enumerate(data)
    for step, value in steps:
        kind = type(value)
        if kind is str:
            if len(value) <= MAX_LETTERS:
                continue
            problem = f"a text has {len(value):,} letters, and may have {MAX_LETTERS:,}"
        elif value is None or kind is bool:
            continue
        elif kind is int:
            if -_MAX_WHOLE < value < _MAX_WHOLE:
                continue
            problem = f"a whole number has more than {_MAX_DIGITS} digits"
        elif kind is dict or kind is list:
            inside = excess(value, deeper - 1)
            if inside is None:
                continue
            place, problem = inside
            return _step(step) + place, problem
        elif kind is float and isfinite(value):
            continue
        else:
            problem = f"{described(value)} is nothing that JSON holds"
        return _step(step), problem
    return None


def _step(step: object) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{cut(str(step))}"


def described(value: object) -> str:
    """A stored value for a message; of a list or a dict only how large it is.

    Examples:
        >>> described([1, 2]), described("two")
        ('a list of 2', "'two'")
    """
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return shown(value)


def exactly(value: Any, kind: type[T]) -> T:  # noqa: ANN401 - whatever was stored
    """The value, if it is of the kind already; nothing is coerced."""
    if type(value) is not kind:
        raise TypeError(f"{described(value)} is not {_KINDS[kind]}")
    return value


def from_text(value: str) -> str:
    """A text as Python's own; a member of an enum of texts as its value."""
    if not isinstance(value, str):
        raise InvalidData("$", f"{shown(value)} is not text")
    return value.value if isinstance(value, Enum) else str.__str__(value)


def from_decimal(value: Decimal) -> str:
    """A number in digits, with as many decimal places as it has: no exponent, and no minus zero.

    Examples:
        >>> from_decimal(Decimal("1E+2")), from_decimal(Decimal("11.770"))
        ('100', '11.770')
    """
    number = as_money(value)
    if isinstance(number, Decimal) and _DECIMAL.fullmatch(text := str(number)):
        return text
    if not balance.holds(number):
        raise InvalidData("$", f"{shown(value)} is not {balance}")
    return f"{number or number.copy_abs():f}"


def to_decimal(value: Any, _: object) -> Decimal:  # noqa: ANN401 - whatever was stored
    """A number, as `from_decimal` stores it; equal texts share one object."""
    return _decimal(exactly(value, str))


@lru_cache(maxsize=1024)
def _decimal(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(f"{shown(text)} is no number such as '11.77'")
    return Decimal(text)


def from_duration(value: timedelta) -> str:
    """A length of time as ISO 8601 seconds, exact to the microsecond."""
    if not isinstance(value, timedelta):
        raise InvalidData("$", f"{shown(value)} is no timedelta")
    sign = "-" if value < timedelta(0) else ""
    seconds, micros = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    return f"{sign}PT{seconds}.{micros:06}S" if micros else f"{sign}PT{seconds}S"


def to_duration(value: Any, _: object) -> timedelta:  # noqa: ANN401 - whatever was stored
    """A length of time, as `from_duration` stores it; equal texts share one object."""
    return _duration(exactly(value, str))


@lru_cache(maxsize=1024)
def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    sign, seconds, micros = match.groups(default="0") if match else ("", "0", "0")
    try:
        duration = timedelta(seconds=int(seconds), microseconds=int(micros))
    except OverflowError:
        duration = timedelta(0)
    duration = -duration if sign == "-" else duration
    if from_duration(duration) != text:
        raise ValueError(f"{shown(text)} is no duration such as 'PT86400S'")
    return duration


def from_moment(value: datetime) -> str:
    """An instant as ISO 8601 in UTC."""
    moment = in_utc(value)
    if not is_moment(moment):
        raise InvalidData("$", f"{shown(value)} is no datetime with a time zone")
    return moment.isoformat()


def to_moment(value: Any, _: object) -> datetime:  # noqa: ANN401 - whatever was stored
    """An instant, as `from_moment` stores it; equal texts share one object."""
    return _moment(exactly(value, str))


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    try:
        moment = in_utc(datetime.fromisoformat(text))
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - no instant, as it has no zone
    if not is_moment(moment) or moment.isoformat() != text:
        raise ValueError(f"{shown(text)} is no instant in UTC such as '2026-01-01T00:00:00+00:00'")
    return moment


def to_scalar(value: Any, kind: type[Any]) -> Any:  # noqa: ANN401 - whatever was stored
    """Text, a number or a flag; or a member of an enum that is stored as one."""
    if issubclass(kind, Enum):
        return to_member(value, kind)
    return value if kind is float and type(value) is int else exactly(value, kind)


def to_member(value: Any, kind: type[Enum]) -> Enum:  # noqa: ANN401 - whatever was stored
    """A member of an enum by its stored value."""
    try:
        member = kind(value)
    except ValueError:
        member = None
    if member is None or type(member.value) is not type(value) or member.value != value:
        known = listed([str(member.value) for member in kind])
        raise ValueError(f"{described(value)} is no {kind.__name__}; there are {known}")
    return member
