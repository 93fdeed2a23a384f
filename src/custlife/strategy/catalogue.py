"""What an enterprise offers, dated: from it follows what a customer does not have yet."""

from collections.abc import Iterable
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.money import as_whole
from custlife.strategy.policy import Dated, days

_offerings = _checks.Check(
    lambda value: isinstance(value, tuple) and all(map(_checks.is_text, value)),
    "names of offerings",
    "Give a list of names, as in the events.",
)


def _each_once(names: Iterable[str] | None) -> tuple[str, ...] | None:
    """The names, each once; the check refuses one bare name."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names  # type: ignore[return-value]  # the check refuses it
    each: list[str] = []
    each.extend(name for name in names if name not in each)
    return tuple(each)


@frozen(kw_only=True)
class Catalogue(Dated):
    """The offerings of an enterprise, and for how long it matters that one was dropped.

    Source: IMH-4 and BUT-4; the works name no number, and this one is an assumption of 2026-11-25.

    Args:
        offerings: The names of all that the enterprise offers, as events have them; None where
            unknown.
        lately_days: An offering was dropped lately if it was at most so many days ago [days, >= 1].
        since: The day from which the catalogue holds.
        name: What the catalogue is called.

    Raises:
        InvalidPolicy: If a name is blank, or the number is out of its bounds.

    Examples:
        >>> Catalogue(offerings=["brand-a", "brand-b"]).lately_days
        90
    """

    subject: ClassVar[str] = "catalogue"

    offerings: tuple[str, ...] | None = field(
        default=None, converter=_each_once, validator=_offerings.or_none
    )
    lately_days: int = field(default=90, converter=as_whole, validator=days)


UNKNOWN_CATALOGUE = Catalogue()
"""The catalogue of which nothing is known."""
