"""How much of a lifecycle was covered by histories, journeys, paths and recommendations."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import isfinite
from typing import Any, Literal

from attrs import define, field, setters

from custlife._checks import Check, count, either, one_of
from custlife._notebook import Block, Shown
from custlife.decisions.tables import DecisionTable
from custlife.departure_rules import DEFAULT_DEPARTURE_RULES, DepartureRules
from custlife.errors import CustlifeError, InvalidArgument, listed
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.strategy.selectors.table import TableSelector
from custlife.testing.coverage.items import ANSWER, MAKERS, Item, Sight, items_of, sources_of
from custlife.testing.coverage.report import Count, Report, Uncovered
from custlife.testing.coverage.sights import Counted, Sheets, require_own, shown_by
from custlife.testing.coverage.tables import Sheet, sheets_of
from custlife.testing.coverage.ways import shortest

KINDS = (*MAKERS, ANSWER, "source", "row", "comparison")
"""The kinds of what can be covered."""
_KIND = either(*KINDS)
_SHARE = Check(
    lambda value: (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and isfinite(value)
        and 0 <= value <= 1
    ),
    "a share from 0 to 1",
    "Give a share, such as 0.9 for 90 percent.",
)
_MOST = 10
"""So many of a kind are named in a report."""


@define(eq=False, repr=False)
class Coverage(Shown):
    """What is covered of a lifecycle, out of what can be reached.

    A history, a journey and a relationship count as the record has it; a path as the table has it.
    A table has no record, so a ``cell`` is an event that a state allows by itself, one of those
    that `transition_coverage_paths` take. An answer that needs a complaint on record counts
    as ``answer``, with the rule that it uses, and with its refusal where there is no complaint. An
    answer that leaves another complaint waiting covers that it was taken, but no rule and no move.

    A path that is added covers no refusal. An app that follows it refuses what the lifecycle
    forbids there, which ``pytest --custlife-cov`` counts.

    Args:
        lifecycle: The lifecycle.
        tables: Decision tables and table selectors whose rows count beside those by which
            departures are judged.

    Attributes:
        seen: What was seen, as plain data.
        judges: The departure rules of what was added. The rows of their tables count, or those of
            custlife's own as long as there are none.

    Raises:
        InvalidArgument: If an argument has a wrong type, or two tables share a name.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import Path
        >>> coverage = Coverage(CUSTOMER_LIFECYCLE)
        >>> coverage.add(Path.of(CUSTOMER_LIFECYCLE, "engaged", "purchased", "departed"))
        >>> coverage
        <Coverage of 'customer': 3 of 159 cells>
        >>> coverage.counts["stage"]
        (5, 12)
        >>> print(coverage.missing("stage")[0])
        aware: potential -(contacted)-> aware
    """

    lifecycle: Lifecycle = field(on_setattr=setters.frozen)
    tables: tuple[Counted, ...] = field(default=(), kw_only=True, converter=several)
    seen: set[Sight] = field(init=False, factory=set)
    judges: set[DepartureRules] = field(init=False, factory=set)
    _sheets: Sheets = field(init=False, alias="sheets")

    def __attrs_post_init__(self) -> None:
        one_of(Lifecycle).argument("Coverage", "lifecycle", self.lifecycle)
        self._sheets = _sheets("Coverage()", self.tables)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what defines it, and what was seen."""
        return _restored, (self.lifecycle, self.tables, self.seen, self.judges)

    def add(self, *things: Any) -> None:  # noqa: ANN401 - of many types, each is checked
        """Count what these show. Their order makes no difference; all of them count, or none.

        Args:
            *things: Journeys; paths; histories, that is iterables of events from the beginning, of
                which those that are refused count as refused; relationships; departures; verdicts
                of the tables, and recommendations by them; other coverages of the lifecycle.

        Raises:
            InvalidArgument: If something is of another lifecycle, by no row of the tables, or of no
                type that can be added.

        Examples:
            >>> from datetime import datetime, timezone
            >>> from custlife import CUSTOMER_LIFECYCLE, Departed
            >>> coverage = Coverage(CUSTOMER_LIFECYCLE)
            >>> left = Departed(at=datetime(2026, 1, 1, tzinfo=timezone.utc))
            >>> coverage.add([left, left])  # the second one is refused
            >>> coverage.counts["cell"], coverage.counts["refusal"], coverage.counts["row"]
            ((1, 159), (1, 27), (2, 24))
        """
        others = [thing for thing in things if isinstance(thing, Coverage)]
        tables = [*self.tables]
        for other in others:
            require_own(other, other.lifecycle, self.lifecycle)
            tables += [table for table in other.tables if table not in tables]
        sheets = _sheets("Coverage.add()", tables) if others else self._sheets
        seen = {sight for other in others for sight in other.seen}
        judges = {rules for other in others for rules in other.judges}
        for thing in things:
            if isinstance(thing, Coverage):
                continue
            for one in shown_by(thing, self.lifecycle, sheets):
                if isinstance(one, DepartureRules):
                    judges.add(one)
                else:
                    seen.add(one)
        self.tables, self._sheets = tuple(tables), sheets
        self.seen |= seen
        self.judges |= judges

    @property
    def counts(self) -> dict[str, Count]:
        """For each kind, how many of how many are covered; of some kinds there may be none."""
        return {kind: self._count(kind) for kind in KINDS}

    def _count(self, kind: str) -> Count:
        items = self._items(kind)
        return sum(not self.seen.isdisjoint(item.sights) for item in items), len(items)

    def missing(self, kind: str) -> tuple[Uncovered, ...]:
        """What is not covered of a kind, in the order of the lifecycle or of the tables.

        Args:
            kind: One of the kinds that `counts` has.

        Raises:
            InvalidArgument: If there is no such kind.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> coverage = Coverage(CUSTOMER_LIFECYCLE)
            >>> print(coverage.missing("refusal")[0])
            committed in potential: the beginning, where committed is refused
            >>> uncovered = coverage.missing("row")[0]
            >>> uncovered.path, dict(uncovered.facts)
            (None, {'initiator': <Initiator.ENTERPRISE: 'enterprise'>})
        """
        _KIND.argument("Coverage.missing", "kind", kind)
        table = unchecked_table(self.lifecycle)
        firing = {
            sheet.sight_of(row): partial(sheet.firing, row)
            for sheet in self._counted()
            for row in sheet.table.rows
        }
        return tuple(
            Uncovered(
                kind,
                item.name,
                partial(shortest, table, item.sights),
                firing.get(item.sights[0]),
            )
            for item in self._items(kind)
            if self.seen.isdisjoint(item.sights)
        )

    def _counted(self) -> list[Sheet]:
        """The tables whose rows count."""
        judges = sorted(self.judges, key=repr) or [DEFAULT_DEPARTURE_RULES]
        own = [sheet for _, sheet in self._sheets.values()]
        return [*own, *(sheet for rules in judges for sheet in sheets_of(rules))]

    def _items(self, kind: str) -> Sequence[Item]:
        """Every item of a kind; departure rules that differ in numbers alone share their rows."""
        table = unchecked_table(self.lifecycle)
        if kind in MAKERS or kind == ANSWER:
            return items_of(table, kind)
        if kind != "source":
            every = (item for sheet in self._counted() for item in sheet.items(kind))
            return [*{item.sights: item for item in every}.values()]
        cited = sources_of(table)
        for sheet in self._counted():
            for row in sheet.table.rows:
                cited.setdefault(row.source.row, []).append(sheet.sight_of(row))
        return [Item(row, tuple(sights)) for row, sights in cited.items()]

    def report(self, form: Literal["text", "markdown"] = "text", *, most: int = _MOST) -> str:
        """How much is covered of each kind, and what is not, with the shortest way to each.

        Args:
            form: Plain text or Markdown.
            most: So many of a kind are named at most, >= 0; `missing` gives all of them.

        Raises:
            InvalidArgument: If an argument is out of its bounds.

        Examples:
            >>> from custlife import CUSTOMER_LIFECYCLE
            >>> print(Coverage(CUSTOMER_LIFECYCLE).report(most=1))
            Coverage of the lifecycle 'customer': 15 states, 14 events.
            <BLANKLINE>
            kind         covered      of  percent
            stage              0      12      0 %
            ...
        """
        either("text", "markdown").argument("Coverage.report", "form", form)
        count.argument("Coverage.report", "most", most)
        report = self._report(KINDS, most)
        return (
            str(report)
            if form == "text"
            else "\n\n".join(block.markdown() for block in report.blocks)
        )

    def _report(self, kinds: Iterable[str], most: int = _MOST) -> Report:
        table = unchecked_table(self.lifecycle)
        size = f"{len(table.states)} states, {len(table.events)} events"
        return Report(
            f"Coverage of the lifecycle {self.lifecycle.name!r}: {size}.",
            {kind: self._count(kind) for kind in kinds},
            {kind: self.missing(kind) for kind in kinds},
            most,
        )

    def _page(self) -> Sequence[Block]:
        return self._report(KINDS).blocks

    def __repr__(self) -> str:
        covered, of = self._count("cell")
        return f"<Coverage of {self.lifecycle.name!r}: {covered} of {of} cells>"


_TABLE = Check(
    lambda value: isinstance(value, DecisionTable | TableSelector),
    "decision tables or table selectors",
    "Give those whose rows count, such as tables=[buttle_selector()].",
)


def _sheets(call: str, tables: Iterable[Counted]) -> Sheets:
    """The tables that count, by name."""
    sheets: dict[str, tuple[Counted, Sheet]] = {}
    for counted in tables:
        _TABLE.require(InvalidArgument, call, "tables", counted)
        table = counted.table if isinstance(counted, TableSelector) else counted
        if table.name in sheets:
            rule, remedy = "tables of different names", "Rename one, or leave it out."
            raise InvalidArgument(call, "tables", table.name, rule, remedy)
        sheets[table.name] = counted, Sheet(table)
    return sheets


def _restored(
    lifecycle: Lifecycle,
    tables: tuple[Counted, ...],
    seen: set[Sight],
    judges: set[DepartureRules],
) -> Coverage:
    coverage = Coverage(lifecycle, tables=tables)
    coverage.seen, coverage.judges = seen, judges
    return coverage


@define(eq=False, slots=False)
class NotCovered(CustlifeError, AssertionError):
    """Less of a lifecycle is covered than was asked for.

    Attributes:
        coverage: The coverage.
        lacking: For each kind of which too little is covered, the share that was asked for.
        report: What is covered of these kinds, and what is not.
    """

    coverage: Coverage
    lacking: dict[str, float | Decimal]
    report: str

    def __str__(self) -> str:
        asked = [
            f"{float(100 * Fraction(str(share))):g} % of {kind}"
            for kind, share in self.lacking.items()
        ]
        return f"Too little is covered; asked for: {listed(asked)}.\n{self.report}"


def assert_covered(
    coverage: Coverage, at_least: float | Decimal | Mapping[str, float | Decimal] = 1.0
) -> None:
    """Require that so much of a lifecycle is covered, or fail with what is not.

    Args:
        coverage: The coverage.
        at_least: The share of every kind that the lifecycle's table decides, 0 to 1: all but
            ``answer``, ``source``, ``row`` and ``comparison``. Or the shares of some kinds, by
            kind.

    Raises:
        NotCovered: If less is covered.
        InvalidArgument: If there is no such kind, or a share is out of its bounds.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import transition_coverage_paths
        >>> coverage = Coverage(CUSTOMER_LIFECYCLE)
        >>> coverage.add(*transition_coverage_paths(CUSTOMER_LIFECYCLE))
        >>> assert_covered(coverage, at_least={"move": 1.0, "cell": 1.0})
    """
    one_of(Coverage).argument("assert_covered", "coverage", coverage)
    asked = at_least if isinstance(at_least, Mapping) else dict.fromkeys(MAKERS, at_least)
    for kind, share in asked.items():
        _KIND.argument("assert_covered", "at_least", kind)
        _SHARE.argument("assert_covered", "at_least", share)
    counts = coverage.counts
    lacking = {
        kind: share
        for kind, share in asked.items()
        if counts[kind][1] and Fraction(*counts[kind]) < Fraction(str(share))
    }
    if lacking:
        raise NotCovered(coverage, lacking, str(coverage._report(lacking)))  # noqa: SLF001 - ours
