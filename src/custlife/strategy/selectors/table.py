"""Selectors that are decision tables: they explain themselves, and are checked when they are made.

A table decides by the facts of the catalogue, in the order of its rows.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import chain, product, takewhile

from attrs import Factory, field, frozen

from custlife.decisions.evidence import (
    decided_facts,
    distance,
    facts_of,
    lacking,
    support,
    unknown_facts,
)
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Facts, spoken, words
from custlife.decisions.tables import DecisionTable, Row, Verdict
from custlife.sources import Source
from custlife.state import Room
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, SelectorFailed
from custlife.strategy.facts import FACTS, Fact, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, RunnerUp
from custlife.strategy.selectors.checking import domains_of, input_limits, is_plain, problems
from custlife.strategy.strategies import Strategy

_MOST_TRIED = 3
"""So many unknown facts of a row are tried in all combinations."""


@frozen
class TableSelector:
    """A selector that is a decision table over the facts of the catalogue.

    Args:
        name: What it is called in explanations and logs.
        table: The rows; each has a strategy as its outcome, and names facts of the catalogue.
        facts: The catalogue. Add facts of your own to `FACTS`.

    Raises:
        InvalidSelector: If a row names a fact that is not in the catalogue, or recommends what does
            not fit the room; or if there is a gap: customers for whom no row is sure to hold while
            nothing is known beyond what is on record; or, under the unique policy, an overlap. The
            message shows the region.

    Examples:
        >>> from custlife import HitPolicy, is_
        >>> from custlife.sources import OWN
        >>> rows = (
        ...     Row("OPEN", is_("room", Room.PROSPECT), Strategy.START, "We are curious.", OWN),
        ...     Row("KEY", is_("strategic", True), Strategy.PROTECT, "Key customers.", OWN),
        ... )
        >>> TableSelector("ours", DecisionTable("ours", rows, HitPolicy.FIRST))
        Traceback (most recent call last):
        ...
        custlife.strategy.errors.InvalidSelector: Selector 'ours': row KEY could recommend protect \
for a prospect, where only start and end fit. Ask for the room in the row.
    """

    name: str
    table: DecisionTable[Strategy] = field(repr=False)
    facts: tuple[Fact, ...] = field(factory=lambda: FACTS, repr=False, converter=tuple)
    _sheets: Mapping[Room, "_Sheet"] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: self._checked(), takes_self=True),
    )

    def _checked(self) -> Mapping[Room, "_Sheet"]:
        if not isinstance(self.table, DecisionTable):
            raise InvalidSelector(
                self.name, f"its table is a {type(self.table).__name__}. Give a DecisionTable."
            )
        problem = next(problems(self.table, self.facts), None)
        if problem is not None:
            raise InvalidSelector(self.name, problem)
        return {room: _sheet(self.table, self.facts, room) for room in Room}

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation for a profile."""
        sheet = self._sheets[profile.relationship.state.room]
        try:
            facts = {name: read(profile) for name, read in sheet.readers}
        except Exception as error:
            raise SelectorFailed(
                self.name,
                None,
                f"to read its facts of {profile}",
                f"{type(error).__name__}: {error}",
            ) from error
        verdict = sheet.table.decide(facts)
        return Recommendation(
            profile, verdict.row.outcome, self, ByTable(profile, verdict, self.facts)
        )

    def rows(self, room: Room) -> tuple[Row[Strategy], ...]:
        """The rows that can hold for whoever stands in a room, in the order of the table."""
        return self._sheets[room].table.rows

    def limits(self, profile: Profile) -> Thresholds:
        """Where the numbers of a profile change the answer: at the limits of the rows."""
        return input_limits([row.when for row in self.rows(profile.room)], self.facts, profile)


@frozen
class _Sheet:
    """What is left of a table in one room, and how its facts are read."""

    table: DecisionTable[Strategy]
    readers: tuple[tuple[str, Callable[[Profile], object]], ...]


@frozen
class ByTable:
    """The reason of a table: worked out from the verdict when it is asked for; see `Reason`."""

    profile: Profile
    verdict: Verdict[Strategy]
    catalogue: tuple[Fact, ...] = field(repr=False)

    @property
    def row(self) -> str:
        """The id of the row that fired."""
        return self.verdict.row.id

    @property
    def sentence(self) -> str:
        """The row in words."""
        return self.verdict.row.sentence

    @property
    def source(self) -> Source:
        """Where the row comes from."""
        return self.verdict.row.source

    @property
    def _before(self) -> tuple[Row[Strategy], ...]:
        """The rows that come before the one that fired."""
        fired = self.verdict.row
        return tuple(takewhile(lambda row: row is not fired, self.verdict.table.rows))

    @property
    def _rivals(self) -> tuple[Row[Strategy], ...]:
        """Those of them that would recommend something else."""
        return tuple(row for row in self._before if row.outcome is not self.verdict.outcome)

    @cached_property
    def _open(self) -> Mapping[str, bool]:
        """The rivals that are undecided, and whether to learn more could make one fire."""
        facts = dict(self.verdict.facts)
        return {
            row.id: self._can_fire(row) for row in self._rivals if row.when.holds(facts) is None
        }

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts that make the row hold, and keep the others before it from holding."""
        facts = dict(self.verdict.facts)
        names = [*decided_facts(support(self.verdict.row.when, facts, answer=True), facts)]
        for row in self._rivals:
            if self._open.get(row.id, True):
                names += decided_facts(support(row.when, facts, answer=False, sure=False), facts)
            else:  # whatever is learnt, it cannot fire: because of all that is known up to it
                for name in limits(other.when for other in (*self._above(row), row)):
                    names += [name] if facts.get(name) is not None else []
        return {name: facts[name] for name in dict.fromkeys(names)}

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that could make a row before it fire which recommends otherwise.

        And what is unknown of the facts that the answer rests on.
        """
        facts = dict(self.verdict.facts)
        unknown = unknown_inputs(self.facts, self.profile, self.catalogue)
        rivals = [unknown_facts(row.when, facts) for row in self._rivals if self._open.get(row.id)]
        return tuple(sorted({*unknown, *chain.from_iterable(rivals)}))

    def _above(self, row: Row[Strategy]) -> tuple[Row[Strategy], ...]:
        return tuple(takewhile(lambda other: other is not row, self._before))

    def _can_fire(self, row: Row[Strategy]) -> bool:
        """Whether some of what a row lacks could make it hold, and none above it.

        What the rows above lack beside is left unknown: to know more would only let more of them
        hold. Where there is too much to try, or a predicate of the app's own, it is taken to.
        """
        facts = dict(self.verdict.facts)
        above = [other.when for other in self._above(row)]
        lacks = sorted(unknown_facts(row.when, facts))
        if len(lacks) > _MOST_TRIED or not all(map(is_plain, (*above, row.when))):
            return True
        domains = domains_of((*above, row.when), self.catalogue, facts)
        tried = (
            {**facts, **dict(zip(lacks, values, strict=True))}
            for values in product(*((None, *domains[name]) for name in lacks))
        )
        return any(
            row.when.holds(known) and not any(other.holds(known) for other in above)
            for known in tried
        )

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """All other rows: those that hold, then by how few comparisons keep them from holding."""
        facts = dict(self.verdict.facts)
        others = [row for row in self.verdict.table.rows if row is not self.verdict.row]
        others.sort(key=lambda row: (distance(row.when, facts), row.when.holds(facts) is False))
        return tuple(_runner_up(row, facts) for row in others)


def _runner_up(row: Row[Strategy], facts: Facts) -> RunnerUp:
    told = []
    for atom in lacking(row.when, facts):
        known = [f"{spoken(name)} is {words(facts.get(name))}" for name in facts_of(atom)]
        told.append(f"{', '.join(known)} (asked: {atom})")
    return RunnerUp(row.id, row.outcome, row.when.holds(facts), tuple(told))


def _sheet(table: DecisionTable[Strategy], facts: Sequence[Fact], room: Room) -> _Sheet:
    rows = tuple(row for row in table.rows if row.when.holds({"room": room}) is not False)
    names = limits(row.when for row in rows)
    readers = tuple((fact.name, fact.read) for fact in facts if fact.name in names)
    return _Sheet(DecisionTable(table.name, rows, table.hit), readers)
