"""Predicates as an app would write its own."""

from collections.abc import Iterator

from attrs import frozen


@frozen
class Weekday:
    """A predicate of an app's own."""

    def holds(self, facts):
        return facts.get("day") not in ("saturday", "sunday")

    def atoms(self) -> Iterator["Weekday"]:
        yield self

    def __str__(self):
        return "it is a weekday"


@frozen
class Stocked(Weekday):
    """Another, which can be undecided."""

    def holds(self, facts):
        return facts.get("stock")
