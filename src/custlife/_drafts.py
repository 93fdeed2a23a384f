"""Instances of frozen classes, made as fast as those of open ones.

A frozen class pays for each field that its initializer sets. In the loop that advances
relationships that is most of the time. A draft is open while it is written; then it becomes an
instance of the frozen class, for good.
"""

from typing import Any


def draft_of(cls: type) -> Any:  # noqa: ANN401 - its instances have the fields of the class
    """The open class whose instances become those of a frozen attrs class with slots.

    Set every field of an instance, and then its ``__class__``. Nothing is checked or converted.

    Examples:
        >>> from attrs import frozen
        >>> @frozen
        ... class Point:
        ...     x: int
        ...     y: int
        >>> point = draft_of(Point)()
        >>> point.x, point.y = 1, 2
        >>> point.__class__ = Point
        >>> point == Point(1, 2)
        True
    """
    names = "__init__", "__setattr__", "__delattr__"
    plain = {name: getattr(object, name) for name in names}
    return type(f"{cls.__name__}Draft", (cls,), {"__slots__": (), **plain})
