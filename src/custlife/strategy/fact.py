"""One fact about a customer: what it means, what its values are, and how it is read."""

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from attrs import field, fields_dict, frozen

from custlife import _checks
from custlife.errors import InvalidArgument
from custlife.sources import Source
from custlife.state import Room
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Signals
from custlife.strategy.value import CustomerValue

_reader = _checks.Check(callable, "a function of a profile", "Give a function of a profile.")
_FIELDS = frozenset({*fields_dict(Signals), *fields_dict(CustomerValue)}) - {"origins"}
_inputs = _checks.Check(
    lambda value: isinstance(value, tuple) and _FIELDS.issuperset(value),
    "a tuple of names of signals and of numbers of the value",
    "Name fields of Signals or CustomerValue.",
)
_choices = _checks.Check(bool, "a tuple of all values", "Give all values, or another kind.")


class FactKind(Enum):
    """What the values of a fact are, with their unit, their bounds and their finest step."""

    unit: str
    least: Decimal | None
    most: Decimal | None
    step: Decimal

    def __new__(  # noqa: PYI034 - an enum's own class is final
        cls, value: str, unit: str, low: int | None = None, high: int | None = None, step: str = "1"
    ) -> "FactKind":
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_, member.unit, member.step = value, unit, Decimal(step)
        member.least = None if low is None else Decimal(low)
        member.most = None if high is None else Decimal(high)
        return member

    FLAG = ("flag", "yes or no")
    SHARE = ("share", "0..1", 0, 1, "0.01")
    MONEY = ("money", "money per year, >= 0", 0, None, "0.01")
    SUM = ("sum", "money, >= 0", 0, None, "0.01")
    BALANCE = ("balance", "money per year", None, None, "0.01")
    TOTAL = ("total", "money", None, None, "0.01")
    RATIO = ("ratio", "ratio, >= 0", 0, None, "0.01")
    COUNT = ("count", "count", 0, None)
    ORDINAL = ("ordinal", "count from 1", 1, None)
    YEARS = ("years", "years", 0, 1000, "0.01")
    CHOICE = ("choice", "one of several")

    @property
    def is_number(self) -> bool:
        """Whether values of this kind are numbers that can be a little more or less."""
        return self not in (FactKind.FLAG, FactKind.CHOICE)

    @property
    def is_whole(self) -> bool:
        """Whether values of this kind are whole numbers."""
        return self in (FactKind.COUNT, FactKind.ORDINAL)

    def allows(self, number: Decimal) -> bool:
        """Whether a number is within the bounds of this kind."""
        low = self.least is not None and number < self.least
        return not low and (self.most is None or number <= self.most)


@frozen(cache_hash=True)
class Fact:
    """One fact about a profile.

    Attributes:
        name: Its name in rows, explanations and logs.
        kind: What its values are.
        sentence: What it means.
        source: The row that it comes from.
        read: Reads it from a profile; None is unknown.
        inputs: The fields of `Signals` or `CustomerValue` that it follows from; none where it
            follows from history.
        choices: All values, where they are one of several.
        rooms: The rooms where it is known of every customer.
        is_sum: Whether it is a sum in which each input counts once, with plus or minus, or not at
            all.
        of_lifecycle: Whether another lifecycle can have other values for it, or none.

    Raises:
        InvalidArgument: If the kind, the function or the choices cannot be used.

    Examples:
        >>> from custlife.strategy import fact_named
        >>> profit = fact_named("profit")
        >>> profit.inputs, profit.kind.unit
        (('margin', 'cost_to_serve'), 'money per year')
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "fact"

    name: str = field(validator=_checks.text)
    kind: FactKind = field(validator=_checks.one_of(FactKind))
    sentence: str = field(validator=_checks.text)
    source: Source = field(validator=_checks.one_of(Source))
    read: Callable[[Profile], Any] = field(eq=False, validator=_reader)
    inputs: tuple[str, ...] = field(default=(), validator=_inputs)
    choices: tuple[object, ...] = field(default=(), validator=_checks.one_of(tuple))
    rooms: frozenset[Room] = frozenset()
    is_sum: bool = False
    of_lifecycle: bool = False

    def __attrs_post_init__(self) -> None:
        if self.kind is FactKind.CHOICE:
            _choices.require(InvalidArgument, self.subject, "choices", self.choices)
