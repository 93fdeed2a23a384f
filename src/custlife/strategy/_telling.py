"""How records of many fields are shown: by what is known, or by what was changed."""

from datetime import date
from typing import Protocol

from attrs import AttrsInstance, fields

from custlife.decisions.predicates import spoken, words


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


class Dated(AttrsInstance, Protocol):
    """Numbers with a name and a day."""

    @property
    def name(self) -> str:
        """What they are called."""
        ...

    @property
    def since(self) -> date:
        """The day from which they hold."""
        ...


def policy_label(policy: Dated) -> str:
    """The name and date of a policy, and every number of it that was changed.

    Two policies that differ never sign alike, so that explanations and logs can be told apart.

    Examples:
        >>> from custlife.strategy.policy import ButtlePolicy
        >>> policy_label(ButtlePolicy(desired_profit=100))
        'custlife of 2026-11-22 with desired profit 100'
    """
    changed = [
        f"{spoken(attribute.name)} {words(value)}"
        for attribute in fields(type(policy))
        if attribute.name not in {"name", "since"}
        and (value := getattr(policy, attribute.name)) != attribute.default
    ]
    told = f" with {', '.join(changed)}" if changed else ""
    return f"{policy.name} of {policy.since}{told}"
