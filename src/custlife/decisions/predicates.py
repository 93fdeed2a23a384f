"""Predicates of facts, with three answers: yes, no and unknown.

A predicate answers True, False or None: a fact that is unknown (None or absent) leaves it undecided
instead of false. Each is a small frozen value whose ``str`` reads as the rule.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from inspect import isclass
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import Any, Protocol, cast

from attrs import field, frozen

from custlife import _checks
from custlife.money import as_whole

Facts = Mapping[str, object]

_predicate = _checks.Check(
    lambda value: hasattr(value, "holds") and hasattr(value, "atoms") and not isclass(value),
    "a predicate",
    "Give one by is_, at_least, all_of and the like.",
)


class Predicate(Protocol):
    """A condition on facts. Its ``str`` reads as the rule.

    An app's own predicate is any frozen object with these two methods and a readable ``str``. Its
    attribute ``facts`` names the facts that it reads, so that missing ones can be named; a selector
    asks for it.
    """

    def holds(self, facts: Facts) -> bool | None:
        """Whether the predicate holds; None where an unknown fact leaves it undecided.

        Unknown facts are None or not there, so read them by ``facts.get(name)``.
        """
        ...

    def atoms(self) -> Iterator["Predicate"]:
        """The comparisons that the predicate is made of, in the order of reading."""
        ...


def words(value: object) -> str:
    """Put a fact's value in words.

    Examples:
        >>> words(None), words(True), words(timedelta(days=90)), words(Decimal("100.50"))
        ('unknown', 'yes', '90 days', '100.5')
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, timedelta) and not value % timedelta(days=1):
        return "1 day" if value.days == 1 else f"{value.days} days"
    if not isinstance(value, Decimal) or abs(value.adjusted()) > _checks.MAX_PLACES:
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def spoken(fact: str) -> str:
    """The name of a fact in words.

    Examples:
        >>> spoken("room_left")
        'room left'
    """
    return fact.replace("_", " ")


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "is": eq,
        "is not": ne,
        "is at least": ge,
        "is at most": le,
        "is below": lt,
        "is above": gt,
    }
)


def _limit(value: object) -> object:
    """A limit as it is given; a whole number of another library as an ``int``."""
    return value if isinstance(value, Enum) else as_whole(cast("int", value))


@frozen
class Comparison:
    """One fact held against a limit, or against another fact."""

    fact: str
    sign: str
    limit: object = field(default=None, converter=_limit)
    other: str | None = None

    def __attrs_post_init__(self) -> None:
        _checks.text.argument("predicate", "fact", self.fact)

    def holds(self, facts: Facts) -> bool | None:
        """Whether the fact compares so; None where it or the other fact is unknown."""
        value = facts.get(self.fact)
        limit = self.limit if self.other is None else facts.get(self.other)
        if value is None or (limit is None and self.other is not None):
            return None
        return bool(_COMPARE[self.sign](value, limit))

    def atoms(self) -> Iterator["Comparison"]:
        """Itself."""
        yield self

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact that it reads, or both."""
        return (self.fact,) if self.other is None else (self.fact, self.other)

    def with_values(self, facts: Facts) -> str:
        """The comparison with the values that were compared."""
        return f"{self} ({' and '.join(words(facts.get(name)) for name in self.facts)})"

    def __str__(self) -> str:
        limit = words(self.limit) if self.other is None else spoken(self.other)
        return f"{spoken(self.fact)} {self.sign} {limit}"


def is_(fact: str, value: object) -> Comparison:
    """The fact equals the value.

    Examples:
        >>> print(is_("first_entry", True))
        first entry is yes
        >>> is_("first_entry", True).holds({}) is None
        True
    """
    return Comparison(fact, "is", value)


def is_not(fact: str, value: object) -> Comparison:
    """The fact is known and differs from the value."""
    return Comparison(fact, "is not", value)


def at_least(fact: str, limit: object) -> Comparison:
    """The fact is at or above the limit.

    Examples:
        >>> at_least("deal_size", 100).holds({"deal_size": 100})
        True
    """
    return Comparison(fact, "is at least", limit)


def at_most(fact: str, limit: object) -> Comparison:
    """The fact is at or below the limit."""
    return Comparison(fact, "is at most", limit)


def below(fact: str, limit: object) -> Comparison:
    """The fact is below the limit."""
    return Comparison(fact, "is below", limit)


def above(fact: str, limit: object) -> Comparison:
    """The fact is above the limit.

    Examples:
        >>> above("reducible_cost", 0).holds({"reducible_cost": 0})
        False
    """
    return Comparison(fact, "is above", limit)


def exceeds(fact: str, other: str) -> Comparison:
    """The one fact is above the other.

    Examples:
        >>> worth_it = exceeds("benefit", "cost")
        >>> worth_it.holds({"benefit": 3, "cost": 2}), worth_it.holds({"benefit": 3})
        (True, None)
    """
    _checks.text.argument("exceeds", "other", other)
    return Comparison(fact, "is above", other=other)


def within(fact: str, other: str) -> Comparison:
    """The one fact is at or below the other.

    Examples:
        >>> print(within("benefit", "cost"))
        benefit is at most cost
    """
    _checks.text.argument("within", "other", other)
    return Comparison(fact, "is at most", other=other)


@frozen
class Quorum:
    """At least ``needed`` of the parts hold.

    All of them, any of them and n of them differ in the number alone. One that is called something
    reads as that, so that a table does not repeat a long list.
    """

    needed: int
    parts: tuple[Predicate, ...]
    called: str | None = None

    def __attrs_post_init__(self) -> None:
        _checks.count.argument("some_of", "needed", self.needed)
        for part in self.parts:
            _predicate.argument("all_of, any_of or some_of", "part", part)

    def holds(self, facts: Facts) -> bool | None:
        """True once enough parts hold, False once too few can; None in between.

        No part is evaluated after that.
        """
        needed = self.needed
        spare = len(self.parts) - needed
        if not needed:
            return True
        if spare < 0:
            return False
        for part in self.parts:
            answer = part.holds(facts)
            if answer:
                needed -= 1
                if not needed:
                    return True
            elif answer is not None:
                spare -= 1
                if spare < 0:
                    return False
        return None

    def atoms(self) -> Iterator[Predicate]:
        """The comparisons of all parts."""
        for part in self.parts:
            yield from part.atoms()

    def __str__(self) -> str:
        if self.called is not None:
            return self.called
        if not self.parts:
            return "never" if self.needed else "always"
        if self.needed == len(self.parts):
            return " and ".join(_bracketed(part) for part in self.parts)
        if self.needed == 1:
            return " or ".join(_bracketed(part) for part in self.parts)
        return f"{self.needed} or more of ({'; '.join(map(str, self.parts))})"


def _bracketed(part: Predicate) -> str:
    several = isinstance(part, Quorum) and len(part.parts) > 1 and part.called is None
    return f"({part})" if several else str(part)


def all_of(*parts: Predicate) -> Quorum:
    """Every part holds.

    Examples:
        >>> print(all_of(is_("kind", "loss"), any_of(is_("a", 1), is_("b", 2))))
        kind is loss and (a is 1 or b is 2)
    """
    return Quorum(len(parts), parts)


def any_of(*parts: Predicate) -> Quorum:
    """At least one part holds.

    Examples:
        >>> any_of(is_("a", 1), is_("b", 2)).holds({"a": 1})
        True
    """
    return Quorum(1, parts)


def some_of(needed: int, *parts: Predicate, called: str | None = None) -> Quorum:
    """At least ``needed`` parts hold.

    Args:
        needed: How many.
        *parts: The parts.
        called: How it reads; its parts in full if left out.

    Examples:
        >>> two = some_of(2, is_("a", 1), is_("b", 1), is_("c", 1))
        >>> two.holds({"a": 1, "b": 1}), two.holds({"a": 1, "b": 0}), two.holds({"a": 0, "b": 0})
        (True, None, False)
    """
    _checks.text.or_none.argument("some_of", "called", called)
    return Quorum(needed, parts, called)


@frozen
class Negation:
    """The part does not hold."""

    part: Predicate

    def __attrs_post_init__(self) -> None:
        _predicate.argument("not_", "part", self.part)

    def holds(self, facts: Facts) -> bool | None:
        """The opposite of the part; None where the part is undecided."""
        answer = self.part.holds(facts)
        return None if answer is None else not answer

    def atoms(self) -> Iterator[Predicate]:
        """The comparisons of the part."""
        yield from self.part.atoms()

    def __str__(self) -> str:
        return f"not ({self.part})"


def not_(part: Predicate) -> Negation:
    """The part does not hold; undecided where the part is.

    Examples:
        >>> not_(is_("a", 1)).holds({"a": 2}), not_(is_("a", 1)).holds({})
        (True, None)
    """
    return Negation(part)
