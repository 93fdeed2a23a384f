"""One fact about a customer: what it means, what its values are, and how it is read.

A reader is a function of a profile. Ours are data, so that whole columns can be read by the same
definition. A path names attributes of a profile, such as ``signals.target``.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from operator import add, attrgetter, mul, sub
from types import MappingProxyType
from typing import Any, ClassVar

from attrs import Factory, field, fields_dict, frozen

from custlife import _checks
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate
from custlife.decisions.tables import DecisionTable
from custlife.errors import InvalidArgument
from custlife.lifecycle.definition import Lifecycle
from custlife.money import EXACT
from custlife.sources import Source
from custlife.state import Room, State
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Signals
from custlife.strategy.value import CustomerValue

Reader = Callable[[Profile], Any]
"""Reads something from a profile; None is unknown."""

_EXACT: Mapping[str, Callable[[Any, Any], Decimal]] = MappingProxyType(
    {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}
)
_WHOLE: Mapping[str, Callable[[int, int], int]] = MappingProxyType({"+": add, "-": sub, "*": mul})


def _walker(path: str) -> Reader:
    """Reads what is at a path; only a departure can be None on the way."""
    if "departure" not in path:
        return attrgetter(path)
    names = path.split(".")

    def walk(profile: Profile) -> Any:  # noqa: ANN401 - as the profile has it
        found: Any = profile
        for name in names:
            found = None if found is None else getattr(found, name)
        return found

    return walk


@frozen
class At:
    """Reads what is at a path; None where something on it is None.

    Examples:
        >>> from custlife import Relationship
        >>> At("relationship.departure.kind")(Profile(relationship=Relationship("C-17"))) is None
        True
    """

    path: str
    _walk: Reader = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: _walker(self.path), takes_self=True),
    )

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the profile has it
        """What is there."""
        return self._walk(profile)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the path."""
        return At, (self.path,)


def _reads(self: "Sure | If") -> tuple[tuple[str, Reader], ...]:
    return tuple((path, _walker(path)) for path in limits([self.when]))


@frozen
class Sure:
    """Reads whether a predicate is sure to hold; its facts are paths."""

    when: Predicate
    _reads: tuple[tuple[str, Reader], ...] = field(
        init=False, eq=False, repr=False, default=Factory(_reads, takes_self=True)
    )

    def __call__(self, profile: Profile) -> bool:
        """Whether it holds; no where an unknown fact leaves it undecided."""
        return bool(self.when.holds({path: read(profile) for path, read in self._reads}))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the predicate."""
        return Sure, (self.when,)


@frozen
class If:
    """Reads the one where a predicate is sure to hold, else the other; its facts are paths."""

    when: Predicate
    then: Reader
    otherwise: Reader | None = None
    _reads: tuple[tuple[str, Reader], ...] = field(
        init=False, eq=False, repr=False, default=Factory(_reads, takes_self=True)
    )

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the readers give it
        """What the reader gives that applies; None where there is none."""
        if self.when.holds({path: read(profile) for path, read in self._reads}):
            return self.then(profile)
        return None if self.otherwise is None else self.otherwise(profile)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the predicate and the readers."""
        return If, (self.when, self.then, self.otherwise)


@frozen
class Or:
    """Reads the one where that is known, else the other."""

    one: Reader
    other: Reader

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the readers give it
        """The first that is known; None where none is."""
        found = self.one(profile)
        return self.other(profile) if found is None else found


@frozen
class Calculated:
    """Reads a sum, difference or product of two numbers; None where one is unknown."""

    one: Reader
    sign: str
    other: Reader

    def __call__(self, profile: Profile) -> Decimal | int | None:
        """The number: exact, and a whole one of two whole ones."""
        one, other = self.one(profile), self.other(profile)
        if one is None or other is None:
            return None
        if isinstance(one, int) and isinstance(other, int):
            return _WHOLE[self.sign](one, other)
        return _EXACT[self.sign](one, other)


@frozen
class Days:
    """Reads how many whole days ago something was; None where that, or now, is unknown.

    Attributes:
        since: The path of when it was.
        until: The path of when the count stopped; now where it did not, or where there is none.
        without: The path of a time that does not count.
    """

    since: At
    until: At | None = None
    without: At | None = None

    def __call__(self, profile: Profile) -> int | None:
        """The number of days."""
        now = profile.as_of
        since = None if now is None else self.since(profile)
        if since is None:
            return None
        until = None if self.until is None else self.until(profile)
        spell = (until or now) - since
        if self.without is not None:
            spell -= self.without(profile)
        return int(spell.days)


@frozen
class Judged:
    """Reads the outcome of a decision table; None where one of its facts is unknown."""

    table: DecisionTable[Any]
    reads: tuple[tuple[str, Reader], ...]

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the table has it
        """What the table decides."""
        facts = {name: read(profile) for name, read in self.reads}
        return None if None in facts.values() else self.table.decide(facts).outcome


@frozen
class OfState:
    """Reads what follows from the state alone."""

    read: Callable[[Lifecycle, State], Any]

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the function gives it
        """What the function gives for the customer's lifecycle and state."""
        return self.read(profile.relationship.lifecycle, profile.relationship.state)


@frozen
class OfAccount:
    """Reads what follows from the customer's offerings; None where these are unknown."""

    read: Reader

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the function gives it
        """What the function gives."""
        return None if profile.account is None else self.read(profile)


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
