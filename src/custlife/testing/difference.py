"""In what two values differ, in words, field by field."""

from collections.abc import Iterator
from typing import Any

from attrs import fields, has


def difference(found: object, expected: object, name: str = "") -> str:
    """What is otherwise than expected; nothing if they are equal.

    Args:
        found: What was found.
        expected: What it should be.
        name: What to call the whole.

    Examples:
        >>> from custlife import Record
        >>> difference(Record(purchases=2), Record(purchases=1, lapses=1), "record")
        'record.purchases is 2, not 1; record.lapses is 0, not 1'
        >>> difference((1, 2), (1, 3))
        'it is (1, 2), not (1, 3)'
    """
    return "; ".join(_parts(found, expected, name))


def _parts(found: Any, expected: Any, name: str) -> Iterator[str]:  # noqa: ANN401 - values of any kind
    if found == expected:
        return
    inside: list[str] = []
    if _has_parts(found) and _has_parts(expected):
        for attribute in fields(type(expected)):
            if attribute.eq and not attribute.name.startswith("_"):
                one, other = (getattr(value, attribute.name, None) for value in (found, expected))
                inside += _parts(one, other, f"{name}.{attribute.name}" if name else attribute.name)
    yield from inside or [f"{name or 'it'} is {found}, not {expected}"]


def _has_parts(value: object) -> bool:
    """Whether a value is best told by its fields; one that tells itself is told whole."""
    cls: Any = type(value)
    return has(cls) and cls.__str__ is object.__str__
