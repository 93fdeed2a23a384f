"""Selectors that are decision tables: they explain themselves, and are checked when they are made.

A table decides by the facts of the catalogue, in the order of its rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product, takewhile
from typing import NamedTuple

from attrs import Factory, field, frozen

from custlife import _checks
from custlife.decisions.evidence import (
    decided_facts,
    distance,
    facts_of,
    lacking,
    support,
    unknown_facts,
)
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Facts, Quorum, spoken, words
from custlife.decisions.tables import DecisionTable, Row, Verdict
from custlife.errors import shown
from custlife.state import Room
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector
from custlife.strategy.fact import Fact
from custlife.strategy.facts import FACTS
from custlife.strategy.inputs import inputs_of, learnable, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import Evidence, Reason, RunnerUp
from custlife.strategy.recommendation import Recommendation, Selector
from custlife.strategy.selectors.checking import (
    domains_of,
    input_thresholds,
    is_plain,
    misfit,
    problems,
)
from custlife.strategy.selectors.protocol import guarded
from custlife.strategy.strategies import Strategy

MOST_TRIED = 4
"""So many unknown facts of a row are tried in all combinations."""


def as_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """A catalogue as a tuple; what is none is left for the check."""
    return tuple(facts) if isinstance(facts, Iterable) else facts


@frozen
class TableSelector(Selector):
    """A selector that is a decision table over the facts of the catalogue.

    Args:
        name: What it is called in explanations and logs.
        table: The rows; each has a strategy as its outcome, and names facts of the catalogue.
        facts: The catalogue: `FACTS`, or `facts_for` a lifecycle of your own. Add to it facts of
            your own.

    Raises:
        InvalidSelector: If a row names a fact that is not in the catalogue, or recommends what does
            not fit the room; or if there is a gap: customers with no row that is sure to hold while
            nothing is known beyond what is on record; or, under the unique policy, an overlap. The
            message shows the facts.

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
for a prospect, where only start and end fit. Compare the room in the row.
    """

    name: str  # pyright: ignore[reportIncompatibleMethodOverride] - frozen
    table: DecisionTable[Strategy] = field(repr=False)
    facts: tuple[Fact, ...] = field(default=FACTS, repr=False, converter=as_facts)
    _sheets: Mapping[Room, "_Sheet"] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: self._checked(), takes_self=True),
    )

    def _checked(self) -> Mapping[Room, "_Sheet"]:
        problem = next(self._problems(), None)
        if problem is not None:
            name = self.name if _checks.is_text(self.name) else shown(self.name)
            raise InvalidSelector(name, problem)
        return {room: _sheet(self.table, self.facts, room) for room in Room}

    def _problems(self) -> Iterator[str]:
        if not _checks.is_text(self.name):
            yield "its name is no text, or blank. Give a name."
        if not isinstance(self.table, DecisionTable):
            yield f"its table is {shown(self.table)}. Give a DecisionTable."
        if not isinstance(self.facts, tuple) or not all(isinstance(f, Fact) for f in self.facts):
            yield f"its facts are {shown(self.facts)}. Give (*FACTS, yours)."
        yield from problems(self.table, self.facts)

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation for a profile.

        Raises:
            InvalidSelector: If a row names a stage, region or view that the customer's lifecycle
                does not have.
        """
        relationship = profile.relationship
        sheet = self._sheets[relationship.state.room]
        if sheet.bound:
            problem = misfit(sheet.bound, relationship.lifecycle)
            if problem is not None:
                raise InvalidSelector(self.name, problem)
        try:
            facts = {name: read(profile) for name, read in sheet.readers}
        except Exception:
            # The guard is for the error only, because a table is called often.
            with guarded(self.name, None, f"to read its facts of {profile}"):
                raise
        verdict = sheet.table.decide(facts)
        row = verdict.row
        find = partial(_find, profile, verdict, self.facts)
        reason = Reason(row.id, row.sentence, row.source, find, row.contested)
        return Recommendation(profile, row.outcome, self, reason)

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that the facts of the rows follow from."""
        named = limits(row.when for row in self.table.rows)
        return tuple(sorted(inputs_of(named, self.facts)))

    def rows(self, room: Room) -> tuple[Row[Strategy], ...]:
        """The rows that can hold in a room, in the order of the table."""
        _checks.one_of(Room).argument("rows", "room", room)
        return self._sheets[room].table.rows

    def thresholds(self, profile: Profile) -> Thresholds:
        """Where the numbers of a profile change the answer: at the limits of the rows."""
        _checks.one_of(Profile).argument("thresholds", "profile", profile)
        return input_thresholds([row.when for row in self.rows(profile.room)], self.facts, profile)


class _Sheet(NamedTuple):
    """What is left of a table in one room, and how its facts are read."""

    table: DecisionTable[Strategy]
    readers: tuple[tuple[str, Callable[[Profile], object]], ...]
    bound: tuple[Fact, ...]
    """The facts of one lifecycle that a row of any room names."""


def _find(profile: Profile, verdict: Verdict[Strategy], catalogue: tuple[Fact, ...]) -> Evidence:
    """The evidence of a verdict: the rows before the one that fired did not, for these facts."""
    facts = dict(verdict.facts)
    before = tuple(takewhile(lambda row: row is not verdict.row, verdict.table.rows))
    names = [*decided_facts(support(verdict.row.when, facts, answer=True), facts)]
    missing: set[str] = set()
    for number, row in enumerate(before):
        if not matters(verdict.table.rows, number, len(before)):
            continue
        lacks = unknown_facts(row.when, facts)
        if row.when.holds(facts) is None and not can_fire(row, before[:number], facts, catalogue):
            # Whatever becomes known, it cannot be the first: because of all that is known up to it.
            up_to = limits(other.when for other in (*before[:number], row))
            names += [name for name in up_to if facts.get(name) is not None]
        else:
            missing |= lacks
            names += decided_facts(support(row.when, facts, answer=False, sure=False), facts)
    found = {name: facts[name] for name in dict.fromkeys(names)}
    named = {*learnable(missing, profile, catalogue), *unknown_inputs(found, profile, catalogue)}
    return Evidence(found, tuple(sorted(named)), tuple(_runners_up(verdict, facts)), catalogue)


def matters(rows: Sequence[Row[Strategy]], place: int, fired: int) -> bool:
    """Whether it matters that a row at a place did not come before the one that fired.

    Not where it says the same, or where the next row is its general case: that one matters then.
    """
    if place >= fired or rows[place].outcome is rows[fired].outcome:
        return False
    return place + 1 >= fired or not is_case_of(rows[place], rows[place + 1])


def is_case_of(row: Row[Strategy], other: Row[Strategy]) -> bool:
    """Whether another row says the same, and each of its conditions is one of this row."""
    parts, fewer = (
        each.when.parts
        if isinstance(each.when, Quorum) and each.when.needed == len(each.when.parts)
        else (each.when,)
        for each in (row, other)
    )
    return row.outcome is other.outcome and all(part in parts for part in fewer)


def can_fire(
    row: Row[Strategy], above: tuple[Row[Strategy], ...], facts: Facts, catalogue: tuple[Fact, ...]
) -> bool:
    """Whether some of what a row lacks could make it the first that holds, its cases aside.

    What the rows above lack beside stays unknown: to know more would only let more of them hold.
    Where there is too much to try, or a predicate of the app's own, the row can fire.
    """
    every = [other.when for other in (*above, row)]
    lacks = sorted(unknown_facts(row.when, facts))
    if len(lacks) > MOST_TRIED or not all(map(is_plain, every)):
        return True
    domains = domains_of(every, catalogue, facts)
    tried = (
        {**facts, **dict(zip(lacks, values, strict=True))}
        for values in product(*((None, *domains[name]) for name in lacks))
    )
    others = [other for other in above if not is_case_of(other, row)]
    return any(
        row.when.holds(known) and not any(other.when.holds(known) for other in others)
        for known in tried
    )


def _runners_up(verdict: Verdict[Strategy], facts: Facts) -> Iterator[RunnerUp]:
    """All other rows: those that hold, then by how few comparisons keep them from holding."""
    others = [row for row in verdict.table.rows if row is not verdict.row]
    others.sort(key=lambda row: (distance(row.when, facts), row.when.holds(facts) is False))
    for row in others:
        because = []
        for atom in lacking(row.when, facts):
            known = [f"{spoken(name)} is {words(facts.get(name))}" for name in facts_of(atom)]
            because.append(f"{', '.join(known)} (needed: {atom})")
        yield RunnerUp(row.id, row.outcome, row.when.holds(facts), tuple(because))


def _sheet(table: DecisionTable[Strategy], facts: Sequence[Fact], room: Room) -> _Sheet:
    rows = tuple(row for row in table.rows if row.when.holds({"room": room}) is not False)
    names = limits(row.when for row in rows)
    readers = tuple((fact.name, fact.read) for fact in facts if fact.name in names)
    every = limits(row.when for row in table.rows)
    bound = tuple(fact for fact in facts if fact.of_lifecycle and fact.name in every)
    return _Sheet(DecisionTable(table.name, rows, table.hit), readers, bound)
