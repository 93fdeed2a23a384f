"""A mutant: a definition with one slip, and the slip in words."""

from attrs import field, frozen

from custlife.decisions.tables import DecisionTable
from custlife.errors import CustlifeError
from custlife.lifecycle.definition import Lifecycle
from custlife.strategy.selectors.table import TableSelector


@frozen(eq=False)
class Mutant:
    """A definition with one slip.

    Attributes:
        difference: The slip in words.
        lifecycle: The lifecycle with the slip; None where it is refused, or is no lifecycle.
        table: The decision table or the selector with the slip; None likewise.
        refusal: The error by which it is refused when it is made; None where it can be made.
    """

    difference: str
    lifecycle: Lifecycle | None = field(default=None, repr=False)
    table: DecisionTable[object] | TableSelector | None = field(default=None, repr=False)
    refusal: CustlifeError | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.difference
