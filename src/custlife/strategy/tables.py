"""Selectors that are decision tables: they explain themselves, and are checked when they are made.

A table decides by the facts of the catalogue, in the order of its rows.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, product, takewhile

from attrs import Factory, field, frozen

from custlife.decisions import DecisionTable, HitPolicy, Row, Verdict
from custlife.errors import UndecidedTable, listed
from custlife.predicates import (
    Comparison,
    Contrast,
    Facts,
    Predicate,
    distance,
    facts_of,
    lacking,
    support,
    unknown_facts,
)
from custlife.record import EXACT
from custlife.regions import contrasts, gaps, limits, overlaps, sides
from custlife.sources import Source
from custlife.state import Room
from custlife.strategy.catalogue import Strategy, fitting
from custlife.strategy.counterfactuals import Limits
from custlife.strategy.errors import InvalidSelector
from custlife.strategy.facts import FACTS, Fact, FactKind, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, RunnerUp


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
        >>> from custlife import Relationship, all_of, is_
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
    facts: tuple[Fact, ...] = field(default=FACTS, repr=False, converter=tuple)
    _sheets: Mapping[Room, "_Sheet"] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: self._checked(), takes_self=True),
    )

    def _checked(self) -> Mapping[Room, "_Sheet"]:
        problem = next(_problems(self.table, self.facts), None)
        if problem is not None:
            raise InvalidSelector(self.name, problem)
        return {room: _sheet(self.table, self.facts, room) for room in Room}

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation for a profile."""
        sheet = self._sheets[profile.relationship.state.room]
        verdict = sheet.table.decide({name: read(profile) for name, read in sheet.readers})
        return Recommendation(
            profile, verdict.row.outcome, self, ByTable(profile, verdict, self.facts)
        )

    def rows(self, room: Room) -> tuple[Row[Strategy], ...]:
        """The rows that can hold for whoever stands in a room, in the order of the table."""
        return self._sheets[room].table.rows

    def limits(self, profile: Profile) -> Limits:
        """Where the numbers of a profile change the answer: at the limits of the rows."""
        return _limits([row.when for row in self.rows(profile.room)], self.facts, profile)


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

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts that make the row hold, and keep the others before it from holding."""
        facts = dict(self.verdict.facts)
        settled = chain(
            support(self.verdict.row.when, facts, answer=True),
            *(support(row.when, facts, answer=False, sure=False) for row in self._rivals),
        )
        names = dict.fromkeys(
            name for atom in settled if atom.holds(facts) is not None for name in facts_of(atom)
        )
        return {name: facts[name] for name in names}

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that leave a row before it undecided which recommends otherwise.

        And what is unknown of the facts that the answer rests on.
        """
        facts = dict(self.verdict.facts)
        unknown = unknown_inputs(self.facts, self.profile, self.catalogue)
        rivals = [unknown_facts(row.when, facts) for row in self._rivals if self._can_fire(row)]
        return tuple(sorted({*unknown, *chain.from_iterable(rivals)}))

    def _can_fire(self, row: Row[Strategy]) -> bool:
        """Whether some values of what a row lacks make it hold, and none before it.

        What the others lack is left unknown: to know more would only let more of them hold.
        """
        facts = dict(self.verdict.facts)
        earlier = takewhile(lambda other: other is not row, self._before)
        rows = [other.when for other in earlier] + [row.when]
        domains = _domains(rows, self.catalogue, facts)
        names = sorted(unknown_facts(row.when, facts))
        tried = (
            {**facts, **dict(zip(names, values, strict=True))}
            for values in product(*(domains[name] for name in names))
        )
        return any(
            row.when.holds(known) and not any(other.holds(known) for other in rows[:-1])
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
    told = tuple(
        atom.told(facts) if isinstance(atom, Comparison | Contrast) else str(atom)
        for atom in lacking(row.when, facts)
    )
    return RunnerUp(row.id, row.outcome, row.when.holds(facts), told)


def _sheet(table: DecisionTable[Strategy], facts: Sequence[Fact], room: Room) -> _Sheet:
    rows = tuple(row for row in table.rows if row.when.holds({"room": room}) is not False)
    names = limits(row.when for row in rows)
    readers = tuple((fact.name, fact.read) for fact in facts if fact.name in names)
    return _Sheet(DecisionTable(table.name, rows, table.hit), readers)


# --- what can be wrong -----------------------------------------------------------------------


def _problems(table: DecisionTable[Strategy], facts: Sequence[Fact]) -> Iterator[str]:
    """What is wrong with a table as a selector, in words."""
    catalogue = {fact.name: fact for fact in facts}
    for row in table.rows:
        yield from _misnamed(row, catalogue)
    for row, room in product(table.rows, Room):
        if not row.outcome.fits(room) and row.when.holds({"room": room}) is not False:
            fit = listed([strategy.words for strategy in fitting(room)])
            yield (
                f"row {row.id} could recommend {row.outcome.words} for a {_words(room)}, where "
                f"only {fit} fit. Ask for the room in the row."
            )
    yield from map(str, _unsound(table, catalogue))


def _misnamed(row: Row[Strategy], catalogue: Mapping[str, Fact]) -> Iterator[str]:
    if not isinstance(row.outcome, Strategy):
        yield f"row {row.id} recommends {row.outcome!r}; use a Strategy."
    for atom in row.when.atoms():
        if not facts_of(atom):
            yield (
                f"row {row.id}: {atom} does not say which facts it looks at; give its class an "
                f"attribute 'facts', a tuple of their names."
            )
    for name in limits([row.when]):
        if name not in catalogue:
            yield (
                f"row {row.id} asks for the fact {name!r}, which is not in the catalogue; there "
                f"are {listed(list(catalogue))}."
            )


def _unsound(
    table: DecisionTable[Strategy], catalogue: Mapping[str, Fact]
) -> Iterator[UndecidedTable]:
    """Its gaps, and under the unique policy its overlaps."""
    domains = _domains([row.when for row in table.rows], catalogue.values(), {})
    for room in Room:
        known = {
            name: domain
            for name, domain in domains.items()
            if name != "room" and room in catalogue[name].rooms
        }
        yield from gaps(table, known, {"room": room})
    if table.hit is HitPolicy.UNIQUE:
        yield from overlaps(table, domains)


def _domains(
    predicates: Sequence[Predicate], facts: Iterable[Fact], known: Facts
) -> dict[str, Sequence[object]]:
    """For each fact that predicates look at, the values to try."""
    catalogue = {fact.name: fact for fact in facts}
    bounds = limits(predicates)
    for one, other in contrasts(predicates):
        for name, against in ((one, other), (other, one)):
            bounds[name] |= {known[against]} if known.get(against) is not None else set()
    return {name: _domain(catalogue[name], found) for name, found in bounds.items()}


def _domain(fact: Fact, bounds: Iterable[object]) -> Sequence[object]:
    """The values of a fact to try: all of them, or numbers on each side of every limit."""
    if fact.kind is FactKind.FLAG:
        return (True, False)
    if fact.choices:
        return fact.choices
    known = [Decimal(bound) for bound in bounds if isinstance(bound, Decimal | int)]
    numbers = sides(known, fact.kind.step)
    return [number for number in numbers if fact.kind.allows(number)]


def _limits(
    predicates: Sequence[Predicate], facts: Iterable[Fact], profile: Profile
) -> dict[str, Collection[Decimal]]:
    """For each input that numbers follow from, where the predicates change their answer."""
    catalogue = {fact.name: fact for fact in facts}
    points: dict[str, set[Decimal]] = {
        name: {Decimal(bound) for bound in bounds if isinstance(bound, Decimal | int)}
        for name, bounds in limits(predicates).items()
        if catalogue[name].kind.is_number
    }
    for one, other in contrasts(predicates):
        for name, against in ((one, other), (other, one)):
            value = catalogue[against].read(profile)
            points[name] |= set() if value is None else {Decimal(value)}
    found: dict[str, set[Decimal]] = {}
    searched: set[str] = set()
    for name in limits(predicates):
        fact = catalogue[name]
        if fact.inputs == (name,):
            found.setdefault(name, set()).update(points.get(name, ()))
        elif fact.is_difference:
            less, more = fact.inputs
            first, second = catalogue[less].read(profile), catalogue[more].read(profile)
            for point in points[name]:
                if second is not None:
                    found.setdefault(less, set()).add(EXACT.add(second, point))
                if first is not None:
                    found.setdefault(more, set()).add(EXACT.subtract(first, point))
        else:
            searched.update(fact.inputs)
    return {name: numbers for name, numbers in found.items() if name not in searched}


def _words(room: Room) -> str:
    return "former customer" if room is Room.FORMER else room.value
