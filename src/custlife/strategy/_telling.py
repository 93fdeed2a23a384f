"""How records of many unknown fields are shown: by what is known."""

from attrs import AttrsInstance, fields


def told(record: AttrsInstance) -> str:
    """The record as code, without the fields that have their default.

    Examples:
        >>> from custlife.strategy.signals import Signals
        >>> told(Signals(strategic=True))
        'Signals(strategic=True)'
    """
    known = [
        f"{attribute.name}={value!r}"
        for attribute in fields(type(record))
        if (value := getattr(record, attribute.name)) != attribute.default
    ]
    return f"{type(record).__name__}({', '.join(known)})"
