"""What a coverage reports: how much of each kind is covered, and what is not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from custlife._notebook import Block, Grid, Paragraph
from custlife.decisions.predicates import Facts, spoken, words
from custlife.errors import listed
from custlife.testing.paths import Path

Count = tuple[int, int]
"""How many of how many."""


@frozen
class Uncovered:
    """Something that is not covered.

    Attributes:
        kind: Of which kind it is.
        name: What it is, in words.
    """

    kind: str
    name: str
    _way: Callable[[], tuple[Path, str | None] | None] = field(eq=False, repr=False)
    _firing: Callable[[], Facts | None] | None = field(eq=False, repr=False)

    @cached_property
    def _shortest(self) -> tuple[Path | None, str | None]:
        return self._way() or (None, None)

    @property
    def path(self) -> Path | None:
        """The shortest path from the beginning that ends by covering it; None for what tables have.

        A relationship takes it as well, wherever one can.
        """
        return self._shortest[0]

    @property
    def refused(self) -> str | None:
        """The event that must come after the path, and be refused; None where the path suffices."""
        return self._shortest[1]

    @cached_property
    def facts(self) -> Facts | None:
        """For the row of a table, facts that make it fire; else None.

        None also where a short search finds none: rows above may come first, whatever the facts.
        """
        return self._firing and self._firing()

    @property
    def how(self) -> str:
        """How to cover it, in words; empty where that is not known."""
        if self.path is not None:
            way = str(self.path) if self.path.events else "the beginning"
            return way if self.refused is None else f"{way}, where {self.refused} is refused"
        if self.facts is None:
            return ""
        known = [f"{spoken(name)} is {words(value)}" for name, value in self.facts.items()]
        return listed(known) if known else "no fact is known"

    def __str__(self) -> str:
        return _colon(self.name, self.how)


@frozen
class Report:
    """How much is covered of a lifecycle, as text or as blocks.

    Attributes:
        title: Of what.
        counts: For each kind, how many of how many are covered.
        missing: For each kind, what is not covered.
        most: So many of a kind are named.
    """

    title: str
    counts: Mapping[str, Count]
    missing: Mapping[str, Sequence[Uncovered]]
    most: int

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """A line for each kind of which there is something: kind, covered, of, percent."""
        return [
            (kind, str(covered), str(of), f"{100 * covered // of} %")
            for kind, (covered, of) in self.counts.items()
            if of
        ]

    def _named(self, kind: str) -> Iterator[tuple[str, str]]:
        """What is named of a kind, with how to cover it; and how many more there are."""
        every = self.missing[kind]
        yield from ((one.name, one.how) for one in every[: self.most])
        left = len(every) - self.most
        if left > 0:
            yield f"{left} more" if self.most else f"{left}", ""

    def __str__(self) -> str:
        lines = [self.title, "", _line(_HEAD), *map(_line, self.rows)]
        for kind, every in self.missing.items():
            if every:
                lines += ["", f"{kind}, not covered:"]
                lines += [f"  - {_colon(*one)}" for one in self._named(kind)]
        return "\n".join(lines)

    @property
    def blocks(self) -> list[Block]:
        """The same for a notebook, or for Markdown."""
        named = [(kind, *one) for kind in self.missing for one in self._named(kind)]
        blocks: list[Block] = [Paragraph(self.title), Grid(_HEAD, self.rows)]
        return (
            [*blocks, Grid(("kind", "not covered", "the shortest way"), named)] if named else blocks
        )


_HEAD = ("kind", "covered", "of", "percent")


def _line(row: Sequence[str]) -> str:
    kind, covered, of, percent = row
    return f"{kind:11}  {covered:>7}  {of:>6}  {percent:>7}"


def _colon(name: str, how: str) -> str:
    return f"{name}: {how}" if how else name
