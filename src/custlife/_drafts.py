"""Instances of frozen classes, made as fast as those of open ones.

A frozen class pays for each field that its initializer sets. In the loop that advances
relationships that is most of the time. A draft has the same slots and is open while it is written;
then it becomes an instance of the frozen class, for good.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import field, fields, make_class

T = TypeVar("T")


def drafting(cls: type[T]) -> Callable[..., T]:
    """What makes instances of a frozen attrs class from the values of all its fields, in order.

    Nothing is checked or converted; the class has slots, and none for weak references.

    Examples:
        >>> from attrs import frozen
        >>> @frozen(weakref_slot=False)
        ... class Point:
        ...     x: int
        ...     y: int
        >>> drafting(Point)(1, 2) == Point(1, 2)
        True
    """
    names = {one.name: field() for one in fields(cls)}  # type: ignore[arg-type]  # an attrs class
    how: dict[str, Any] = {"slots": True, "weakref_slot": False, "eq": False, "repr": False}
    draft: Any = make_class(f"{cls.__name__}Draft", names, bases=cls.__bases__, **how)

    def make(*values: object) -> T:
        made = draft(*values)
        made.__class__ = cls
        return made  # type: ignore[no-any-return]  # it is one now

    return make
