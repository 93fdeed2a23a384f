"""A predicate of what is unknown, for requirements: *nobody is ended whose interest is unknown*.

A row of a table has no such condition: what it says must stay true when more becomes known.
"""

from collections.abc import Iterator

from attrs import frozen

from custlife import _checks
from custlife.decisions.predicates import Facts, spoken


@frozen
class Unknown:
    """A fact is unknown; see `unknown`."""

    fact: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact that it reads."""
        return (self.fact,)

    def holds(self, facts: Facts) -> bool | None:
        """Whether the fact is None; undecided where it is not among the facts at all."""
        return facts[self.fact] is None if self.fact in facts else None

    def atoms(self) -> Iterator["Unknown"]:
        """Itself."""
        yield self

    def __str__(self) -> str:
        return f"{spoken(self.fact)} is unknown"


def unknown(fact: str) -> Unknown:
    """The fact is unknown.

    For requirements of decision tables and selectors, beside `is_`, `at_least` and the like. It is
    no condition for a row of a table.

    Args:
        fact: The name of the fact.

    Raises:
        InvalidArgument: If the name is blank or no string.

    Examples:
        >>> print(unknown("profit"))
        profit is unknown
        >>> unknown("profit").holds({"profit": None}), unknown("profit").holds({"profit": 5})
        (True, False)
    """
    _checks.text.argument("unknown", "fact", fact)
    return Unknown(fact)
