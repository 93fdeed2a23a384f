"""A look at the facts of a table: what can be, and the fewest known facts that show it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from attrs import define

from custlife.decisions.predicates import Predicate, spoken, words
from custlife.decisions.search import (
    NOT_YES,
    YES,
    Budget,
    Demand,
    Found,
    Given,
    Group,
    Node,
    Space,
    TooManyChoices,
)
from custlife.errors import listed
from custlife.testing.requirements.conditions import Undecidable
from custlife.testing.requirements.engine import Status
from custlife.testing.tables.domains import Domain
from custlife.testing.tables.sheets import Region, Sheet

T = TypeVar("T")

MOST_CHOICES = 200_000
"""No more partial choices than these are tried for one requirement."""
_MORE_CHOICES = 1_000
"""So many more are tried to find something simpler than what was found."""
Known = Mapping[str, object]
"""Facts that are known, with their values."""
Case = tuple[T, Given, Sequence[Demand]]
"""Something that may be: what is wanted in any case, and what makes it so beside."""


class Answered(NamedTuple):
    """What becomes of a requirement of a table or a selector.

    Attributes:
        status: What becomes of it.
        because: Why, in words.
        facts: The known facts that show it; what is not among them is unknown. A fact that rises
            is among them twice.
    """

    status: Status
    because: str = ""
    facts: tuple[tuple[str, object], ...] = ()


@define(eq=False)
class Look:
    """A look at what the facts of a table, or of two, can be.

    Attributes:
        space: What the facts can be.
        budget: How much may be tried.
        own: The predicates of the app's own that come out as they like in this look.
    """

    space: Space
    budget: Budget
    own: Sequence[Predicate] = ()

    def nodes(self, sheet: Sheet, side: int = 0) -> list[Node]:
        """The rows of a table as the search reads them."""
        return [self.read(row.when, side) for row in sheet.rows]

    def read(self, when: Predicate, side: int = 0) -> Node:
        """A predicate as the search reads it.

        Raises:
            Undecidable: If it cannot be asked about the values that are tried.
        """
        try:
            return self.space.read(when, side)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise Undecidable(f"'{when}' cannot be asked about the values tried: {why}") from error

    def given(self, demands: Iterable[Demand], more: Given | None = None) -> Given | None:
        """What is wanted in any case; None where it cannot be."""
        return self.space.given(demands, more)

    def simplest(self, cases: Iterable[Case[T]]) -> tuple[T, Found] | None:
        """The case with the fewest known facts, and these; None where there is none.

        In a large table what is found may not be the simplest.
        """
        best: tuple[T, Found] | None = None
        try:
            for case, given, demands in cases:
                most = None if best is None else best[1].known
                found = self.space.find(demands, self.budget, given=given, fewer_than=most)
                if found is not None:
                    best = case, found
                    self.budget.left = min(self.budget.left, _MORE_CHOICES)
        except TooManyChoices:
            if best is None:
                raise
        return best

    def first(self, cases: Iterable[Case[T]]) -> tuple[T, Found] | None:
        """The first case that there can be, with facts for it; None where there is none."""
        for case, given, demands in cases:
            found = self.space.find(demands, self.budget, given=given, simplest=False)
            if found is not None:
                return case, found
        return None

    def can_be(self, given: Given, *demands: Demand) -> bool:
        """Whether there are such facts."""
        return self.first([(None, given, demands)]) is not None

    @property
    def undecided(self) -> Answered:
        """That it turns on predicates of the app's own."""
        texts = listed([f"'{atom}'" for atom in dict.fromkeys(map(str, self.own))])
        why = f"it turns on {texts}, whose facts have no limits beside which they could be tried"
        return Answered(Status.UNDECIDED, why)


def look_for(
    search: Callable[[Look], T | None],
    domain: Domain,
    predicates: Iterable[Predicate],
    groups: Iterable[Group] | None = None,
) -> tuple[Look, T | None]:
    """Search among the values tried; where nothing is found, with the app's own predicates open.

    What only the second search finds is undecided.

    Args:
        search: What looks for something.
        domain: What the facts can be.
        predicates: What reads them.
        groups: The same facts in other groups.

    Returns:
        The last look, and what was found.
    """
    together = [*(domain.groups if groups is None else groups)]
    look = Look(Space(together), Budget(MOST_CHOICES))
    found, own = search(look), domain.free(predicates)
    if found is None and own:
        look = Look(Space(together, own), look.budget, own)
        found = search(look)
    return look, found


def within_region(region: Region, nodes: Sequence[Node]) -> list[Demand]:
    """What makes facts be in a region."""
    yes = [(nodes[row], YES) for row in region.yes]
    return [*yes, *((nodes[row], NOT_YES) for row in region.no)]


def cases(
    regions: Iterable[tuple[T, Region]], nodes: Sequence[Node], given: Given
) -> Iterator[Case[T]]:
    """The regions that what is given leaves possible, and what makes facts be there beside."""
    may_hold = [given.may_hold(node) for node in nodes]
    for case, region in regions:
        if all(may_hold[row] for row in region.yes):
            left = Region(region.yes, tuple(row for row in region.no if may_hold[row]))
            yield case, given, within_region(left, nodes)


def where(known: Known) -> str:
    """Facts in words, after *where*.

    Examples:
        >>> where({"profit": 5}), where({})
        ('where profit is 5 and nothing else is known', 'where nothing is known')
    """
    texts = [f"{spoken(name)} is {words(value)}" for name, value in known.items()]
    return (
        f"where {listed([*texts, 'nothing else'])} is known" if texts else "where nothing is known"
    )
