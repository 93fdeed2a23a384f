"""What a table or a selector answers by: its rows, and what their facts can be.

A row answers where it holds and no row before it does; under the policy unique, where no other row
does. What a requirement names is checked here against the rows and their facts.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple, overload

from attrs import evolve, frozen

from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.evidence import facts_of
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Comparison, Predicate, all_of, spoken, words
from custlife.decisions.search import NOT_YES, YES, Wanted
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.departure_kind import DepartureKind
from custlife.errors import listed, shown
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.state import Room
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.selectors.checking import misfit
from custlife.strategy.selectors.combining import FirstOf, When
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.value import PartyKind
from custlife.testing.laws.selector_law import Selection
from custlife.testing.requirements.conditions import Misnamed, as_code, is_predicate, missing, said
from custlife.testing.tables.domains import Domain, plain_domain, selector_domain

_UNORDERED = (Room, Cause, DefectorKind, DepartureKind, Initiator, PartyKind)
"""The enums whose members are defined in an order that means nothing."""


class Region(NamedTuple):
    """Facts for which a table answers in one way.

    Attributes:
        yes: The rows that hold: one, or none or several where there is no answer.
        no: The rows that do not.
    """

    yes: tuple[int, ...]
    no: tuple[int, ...]


@frozen(eq=False)
class Sheet:
    """The rows by which a table or a selector answers.

    Attributes:
        name: The name of the table or of the selector.
        rows: The rows, in order.
        is_first: Whether the first row that holds answers; else the only one.
        facts: The catalogue of a selector; None for a plain table.
        lifecycle: The lifecycle of the customers; None where it is unknown.
    """

    name: str
    rows: tuple[Row[Any], ...]
    is_first: bool
    facts: tuple[Fact, ...] | None = None
    lifecycle: Lifecycle | None = None

    @overload
    @classmethod
    def of(cls, thing: DecisionTable[Any] | TableSelector) -> "Sheet": ...

    @overload
    @classmethod
    def of(cls, thing: object, lifecycle: Lifecycle = ...) -> "Sheet | None": ...

    @classmethod
    def of(cls, thing: object, lifecycle: Lifecycle = CUSTOMER_LIFECYCLE) -> "Sheet | None":
        """The rows by which something answers; None where it does not answer by rows alone.

        A selector answers by rows if it is a table, or the first of several that decides, each
        perhaps under a condition.

        Args:
            thing: A table, a selector or a selection.
            lifecycle: The lifecycle of the customers; that of a selection comes before it.
        """
        if isinstance(thing, Selection):
            return cls.of(thing.selector, thing.lifecycle)
        if isinstance(thing, DecisionTable):
            return cls(thing.name, thing.rows, thing.hit is HitPolicy.FIRST)
        if isinstance(thing, TableSelector):
            fits = misfit(tuple(fact for fact in thing.facts if fact.of_lifecycle), lifecycle)
            own = lifecycle if fits is None else None
            is_first = thing.table.hit is HitPolicy.FIRST
            return cls(thing.name, thing.table.rows, is_first, thing.facts, own)
        if isinstance(thing, FirstOf):
            return _joined(thing.name, [cls.of(part, lifecycle) for part in thing.parts])
        if isinstance(thing, When):
            inner = cls.of(thing.selector, lifecycle)
            rows = [
                evolve(row, when=all_of(thing.predicate, row.when))
                for row in (inner.rows if inner else ())
            ]
            gate = cls("", (), is_first=True, facts=thing.facts, lifecycle=lifecycle)
            return _joined(thing.name, [gate, inner and evolve(inner, rows=tuple(rows))])
        return None

    @cached_property
    def _atoms(self) -> tuple[Predicate, ...]:
        """The comparisons of all rows, those that are equal once."""
        atoms = [atom for row in self.rows for atom in row.when.atoms()]
        plain = dict.fromkeys(atom for atom in atoms if isinstance(atom, Comparison))
        return (*plain, *(atom for atom in atoms if not isinstance(atom, Comparison)))

    def domain(self, *more: Predicate, rises: str | None = None) -> Domain:
        """What the facts can be that the rows and these predicates read.

        Args:
            *more: The predicates.
            rises: A fact that is compared with itself, if there is one.

        Raises:
            Undecidable: If too many facts hang together.
        """
        predicates = [*self._atoms, *more]
        if self.facts is None:
            return plain_domain(predicates, rises)
        return selector_domain(predicates, self.facts, self.lifecycle, rises)

    def region(self, row: int) -> Region:
        """Where a row answers."""
        others = range(row) if self.is_first else (n for n in range(len(self.rows)) if n != row)
        return Region((row,), tuple(others))

    @property
    def silence(self) -> Iterator[Region]:
        """Where there is no answer: no row holds, or several do that must not."""
        every = range(len(self.rows))
        yield Region((), tuple(every))
        if not self.is_first:
            yield from (Region(pair, ()) for pair in combinations(every, 2))

    def wanted(self, region: Region, side: int = 0) -> list[Wanted]:
        """What makes facts be in a region; see `Wanted` for the side."""
        yes = [Wanted(self.rows[row].when, YES, side) for row in region.yes]
        return [*yes, *(Wanted(self.rows[row].when, NOT_YES, side) for row in region.no)]

    def say(self, region: Region) -> str:
        """What it answers in a region, in words."""
        if len(region.yes) == 1:
            row = self.rows[region.yes[0]]
            return f"row {row.id} answers {words(row.outcome)}: {row.sentence.rstrip('.')}"
        ids = [self.rows[row].id for row in region.yes]
        return f"rows {listed(ids)} both hold" if ids else "no row is sure to hold"

    def named(self, part: object) -> list[int]:
        """The rows with an outcome, or of an id.

        Raises:
            Misnamed: If it is neither, or both.
        """
        answering = [n for n, row in enumerate(self.rows) if is_outcome(row.outcome, part)]
        called = [n for n, row in enumerate(self.rows) if row.id == part]
        if answering and called and answering != called:
            raise Misnamed(f"{part!r} is both an outcome and a row. Give the row another id.")
        if answering or called or (isinstance(part, Enum) and type(part) is self.kind):
            return answering or called
        members = self.kind or [row.outcome for row in self.rows]
        if member := _meant(part, members):
            raise Misnamed(f"no outcome is the text {part!r}. Give {member}.")
        outcomes = dict.fromkeys(words(row.outcome) for row in self.rows)
        known = (*outcomes, *(row.id for row in self.rows))
        raise Misnamed(missing("outcome or row", said(part), known))

    @property
    def kind(self) -> type[Enum] | None:
        """The enum that all outcomes are of; None where there is none."""
        kinds = {type(row.outcome) for row in self.rows}
        (kind, *others) = kinds
        return kind if not others and issubclass(kind, Enum) else None

    def require_fact(self, name: object) -> None:
        """Raise unless there is such a fact.

        Raises:
            Misnamed: If there is none.
        """
        catalogue = () if self.facts is None else self.facts
        known = (*(fact.name for fact in catalogue),) or (*limits(row.when for row in self.rows),)
        if name not in known:
            raise Misnamed(missing("fact", name, known))

    def require_order(self, name: object) -> None:
        """Raise unless there is such a fact, and its values have an order.

        Raises:
            Misnamed: If there is none, or they have none.
        """
        self.require_fact(name)
        values = [
            *limits(row.when for row in self.rows).get(str(name), ()),
            *(choice for fact in self.facts or () if fact.name == name for choice in fact.choices),
        ]
        if any(isinstance(value, _UNORDERED) for value in values):
            raise Misnamed(
                f"{spoken(str(name))} cannot rise, since its values have no order. "
                f"Name a fact that has one, such as a number."
            )

    def require_predicate(self, when: object) -> None:
        """Raise unless a condition reads facts that there are, against what they can be.

        Raises:
            Misnamed: If it does not.
        """
        if not is_predicate(when):
            raise Misnamed(f"when= is {shown(when)}; give a predicate, such as is_('key', True).")
        for atom in when.atoms():
            if not facts_of(atom):
                raise Misnamed(f"'{atom}' does not say which facts it reads; give it 'facts'.")
            for name in facts_of(atom):
                self.require_fact(name)
            if isinstance(atom, Comparison) and atom.other is None:
                self._require_limit(atom)

    def _require_limit(self, atom: Comparison) -> None:
        if self.facts is not None:
            fact = next(fact for fact in self.facts if fact.name == atom.fact)
            can_be = _can_be(fact, atom.limit)
            choices = [*map(words, fact.choices)] or [fact.kind.unit]
            members = fact.choices
        else:
            against = limits(row.when for row in self.rows)[atom.fact]
            can_be = not against or _kind(atom.limit) in map(_kind, against)
            choices = [*map(words, against)]
            members = tuple(against)
        if _kind(atom.limit) is Decimal and Decimal(str(atom.limit)).is_nan():
            raise Misnamed(f"{spoken(atom.fact)} is never NaN; give a finite number.")
        if not can_be:
            limit, texts = words(atom.limit), listed(sorted(choices))
            kinds = [type(member) for member in members if isinstance(member, Enum)]
            member = _meant(atom.limit, kinds[0] if kinds else ())
            said_so = (
                f"the text {limit!r}; give {member}" if member else f"{limit}; rows say {texts}"
            )
            raise Misnamed(f"{spoken(atom.fact)} is never {said_so}.")


def _joined(name: str, sheets: Iterable[Sheet | None]) -> Sheet | None:
    """The rows of several selectors as those of one; None where that cannot be."""
    catalogue: dict[str, Fact] = {}
    rows: list[Row[Any]] = []
    lifecycles: list[Lifecycle | None] = []
    for sheet in sheets:
        if sheet is None or any(
            catalogue.setdefault(fact.name, fact) != fact for fact in sheet.facts or ()
        ):
            return None
        rows += sheet.rows
        lifecycles.append(sheet.lifecycle)
    lifecycle = None if None in lifecycles else lifecycles[0]
    facts = tuple(catalogue.values())
    return Sheet(name, tuple(rows), is_first=True, facts=facts, lifecycle=lifecycle)


def is_outcome(outcome: object, part: object) -> bool:
    """Whether an outcome is the one that is named; yes is not 1."""
    return isinstance(outcome, bool) is isinstance(part, bool) and bool(outcome == part)


def _can_be(fact: Fact, limit: object) -> bool:
    if fact.kind is FactKind.FLAG:
        return isinstance(limit, bool)
    if fact.choices:
        return limit in fact.choices
    number = Decimal(str(limit)) if _kind(limit) is Decimal else Decimal("nan")
    return number.is_finite() and fact.kind.allows(number)


def _meant(text: object, members: Iterable[object]) -> str | None:
    """The member of an enum that a text names, as code says it; None where there is none."""
    name = str(text).casefold().replace("_", " ")
    for member in members if isinstance(text, str) else ():
        if isinstance(member, Enum):
            names = {words(member), member.name.casefold().replace("_", " ")}
            if name in names:
                return as_code(member)
    return None


def _kind(value: object) -> type:
    """The type of a value, numbers of all types being of one."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool | Enum)
    return Decimal if is_number else type(value)
