"""Customers of a states frame: the facts of selectors as columns, and one of them as a profile.

A fact is read by its own reader: ours are data, which say how to read a whole column. What a frame
does not hold, a profile made from it does not have either: it raises, and guesses nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar, cast

import numpy as np
from attrs import evolve, fields_dict

from custlife import _checks
from custlife.bulk.columns import (
    Array,
    Column,
    Kind,
    calculated,
    constant,
    of_arrow,
    of_values,
    unknown,
    where,
)
from custlife.bulk.frames import Frame, column, opened
from custlife.bulk.masks import Answers, decide
from custlife.bulk.reading import AS_REPLAYED
from custlife.bulk.ticks import DAY, EPOCH, TICK
from custlife.causes import Cause, Initiator
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Predicate, within
from custlife.departure_kind import DepartureKind
from custlife.departures import Departure
from custlife.errors import InvalidArgument, InvalidFrame, listed
from custlife.lifecycle.definition import Lifecycle
from custlife.record import Record
from custlife.relationship import Relationship
from custlife.severity import Severity
from custlife.strategy.fact import (
    At,
    Calculated,
    Days,
    Fact,
    FactKind,
    If,
    Judged,
    OfAccount,
    OfState,
    Or,
    Reader,
    Sure,
)
from custlife.strategy.facts import INPUTS
from custlife.strategy.profile import Profile
from custlife.strategy.selectors.protocol import guarded
from custlife.strategy.signals import Market, Signals
from custlife.strategy.value import CustomerValue, PartyKind

H = TypeVar("H")

Named = Mapping[str, str] | Iterable[str]
"""Columns by the names of fields, or the names of columns that are called as the fields."""

_CALL = "recommend()"
_JOIN = "Name the column; what the app knows is joined to result.states first."
_OF_MONEY = frozenset({FactKind.MONEY, FactKind.SUM, FactKind.BALANCE, FactKind.TOTAL})
_MONEY = frozenset(
    {"revenue", "refunded", "first_day_revenue", "gross_revenue", "departure_revenue"}
)
_SPANS = frozenset({"paused", "paused_before"})
_FLAGS = frozenset({"departure_inferred", "departure_key_customer"})
_MOMENTS = frozenset({"since", "cycle_began", "customer_moment"})


def _by_value(members: Iterable[Enum]) -> Mapping[str, object]:
    return {str(member.value): member for member in members}


_CHOICES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "departure_kind": _by_value(DepartureKind),
        "departure_severity": {member.name.lower(): member for member in Severity},
        "departure_cause": _by_value(Cause),
        "departure_initiator": _by_value(Initiator),
    }
)
_CELLS = ("cycle", "cycle_began", "customer_moment", "paused_at", *sorted(_SPANS))
_READ = ("since", "open_complaints", "open_public_complaints")
_OF_RECORD = tuple(fields_dict(Record))
_OF_DEPARTURE = (
    *("kind", "severity", "cause", "initiator", "to", "at", "inferred"),
    *("purchases", "revenue", "key_customer"),
)


def _not_held(_: object, name: str) -> NoReturn:
    if name.startswith("_"):
        raise AttributeError(name)
    rule = "a column of the states, since it is asked one by one"
    remedy = "Add the column; or replay these customers and call custlife.strategy.recommend."
    raise InvalidFrame(name, None, "missing", rule, remedy)


class _HeldRecord(Record):
    """What a frame holds of a record."""

    __slots__ = ()
    __getattr__ = _not_held


class _HeldDeparture(Departure):
    """What a frame holds of a departure, its kind and its severity among it."""

    __slots__ = ()
    __getattr__ = _not_held


class _HeldRelationship(Relationship):
    """What a frame holds of a relationship."""

    __slots__ = _READ
    __getattr__ = _not_held


class Customers:
    """The customers of a states frame.

    Args:
        states: The frame, one row a customer, as a bulk replay gives it.
        signals: Columns for the fields of `Signals`.
        value: Columns for the fields of `CustomerValue`.
        as_of: The moment of the question; None where unknown.
        market: The market.
        decimals: How many decimals amounts of money have that are whole numbers.
        lifecycle: The lifecycle of the states.

    Raises:
        InvalidArgument: If an argument is of the wrong type, or names a field that there is not.
        InvalidFrame: If a column is missing, or a cell is out of its bounds.
    """

    def __init__(  # noqa: PLR0913 - what is known of customers
        self,
        states: Frame,
        *,
        signals: Named,
        value: Named,
        as_of: datetime | None,
        market: Market,
        decimals: int,
        lifecycle: Lifecycle,
    ) -> None:
        _checks.one_of(Lifecycle).argument("recommend", "lifecycle", lifecycle)
        _checks.one_of(Market).argument("recommend", "market", market)
        _checks.count.argument("recommend", "decimals", decimals)
        self.frame = opened(_CALL, states)
        self.size = len(self.frame)
        self.lifecycle, self.market, self.decimals = lifecycle, market, decimals
        self.as_of = _checks.in_utc_or_none(as_of)
        _checks.moment.or_none.argument("recommend", "as_of", self.as_of)
        self._states = {str(state): state for state in lifecycle.states}
        self._cells: dict[str, Column] = {}
        self._read: dict[int, tuple[Reader, Column]] = {}
        self._inputs = {
            **self._named("signals", Signals, signals),
            **self._named("value", CustomerValue, value),
        }
        self._require_sound_value()
        self._require_no_later_event()

    def _named(self, argument: str, kind: type, given: Named) -> dict[str, Column]:
        """The columns of inputs by the names of the fields."""
        _checks.iterable_of("names of columns").argument("recommend", argument, given)
        names = dict(given) if isinstance(given, Mapping) else {name: name for name in given}
        open_ = [name for name in INPUTS if name in fields_dict(kind)]
        for name in names:
            if name not in open_:
                rule = f"columns for some of {listed(open_)}"
                remedy = f"Write {argument}={{field: column}}."
                raise InvalidArgument(_CALL, argument, name, rule, remedy)
        for name, at in names.items():
            _checks.text.argument("recommend", f"{argument}[{name!r}]", at)
        return {name: self._input(kind, name, at, argument) for name, at in names.items()}

    def _input(self, kind: type, name: str, at: str, argument: str) -> Column:
        """The column of one input; its cells are within the bounds of the field."""
        fact, check = INPUTS[name], cast("_checks.Check", fields_dict(kind)[name].validator)
        money, counts = fact.kind in _OF_MONEY, fact.kind.is_whole
        decimals = self.decimals if money else 0 if counts else None
        choices = _by_value(fact.choices) if fact.choices else None  # type: ignore[arg-type]  # members of an enum
        found = of_arrow(
            at, column(self.frame, at, argument, _CALL, _JOIN), decimals=decimals, choices=choices
        )
        wanted = Kind.NUMBER if fact.kind.is_number else Kind[fact.kind.name]
        known = np.flatnonzero(found.sure)
        if len(known) < self.size and not check.optional:
            row = int(np.flatnonzero(~found.sure)[0])
            raise InvalidFrame(at, row, None, repr(check), "Fill it, or leave the column out.")
        if len(known) and found.kind is not wanted:
            row = int(known[0])
            raise InvalidFrame(at, row, found.at(row), repr(check), check.remedy)
        if wanted is Kind.NUMBER:  # a count is whole, everything else is a decimal
            found = evolve(found, decimals=None if counts else found.decimals or 0)
        if wanted is Kind.NUMBER and len(known):
            values = found.values[known]
            ends = known[int(values.argmin())], known[int(values.argmax())]
            if not all(check.holds(found.at(row)) for row in ends):
                row = next(row for row in known.tolist() if not check.holds(found.at(row)))
                raise InvalidFrame(at, row, found.at(row), repr(check), check.remedy)
        return found

    def _require_sound_value(self) -> None:
        both: tuple[str, str] = ("margin", "revenue")
        parts = {name: self._inputs[name] for name in both if name in self._inputs}
        above = Answers(parts, self.size)(within("margin", "revenue")).fails
        for row in np.flatnonzero(above)[:1]:
            margin, revenue = (parts[name].at(row) for name in both)
            rule = f"at most the revenue, {revenue!r}"
            raise InvalidFrame("margin", int(row), margin, rule, "Give both in the same unit.")

    def _require_no_later_event(self) -> None:
        if self.as_of is None or "last_at" not in self.frame.columns:
            return
        last = self.cell("last_at")
        late = np.flatnonzero(last.sure & (last.values > (self.as_of - EPOCH) // TICK))
        if len(late):
            row, rule = int(late[0]), f"no later than as_of, {self.as_of}"
            raise InvalidFrame("last_at", row, last.at(row), rule, "Give a later as_of.")

    def cell(self, name: str) -> Column:
        """A column of the states, its values as a relationship has them."""
        if name not in self._cells:
            self._cells[name] = self._cell(name)
        return self._cells[name]

    def _cell(self, name: str) -> Column:
        choices = self._states if name == "state" else _CHOICES.get(name)
        decimals = self.decimals if name in _MONEY else None
        array = column(self.frame, name, "states", _CALL, AS_REPLAYED)
        found = of_arrow(name, array, decimals=decimals, choices=choices)
        if name in _SPANS and found.kind is Kind.NUMBER:
            found = evolve(found, kind=Kind.SPAN)
        wanted = _kind_of(name)
        if found.sure.any() and name != "customer" and found.kind is not wanted:
            raise InvalidFrame(name, None, found.kind.value, wanted.value, "Convert the column.")
        if _is_always_known(name, wanted):
            for row in np.flatnonzero(~found.sure)[:1]:
                rule = "known of every customer"
                raise InvalidFrame(name, int(row), None, rule, "Give the states as replayed.")
        return found

    def at(self, path: str) -> Column:
        """What is at a path of a profile, for every customer."""
        head, name, *rest = path.split(".")
        if head == "market":
            return constant(getattr(self.market, name), self.size)
        if head != "relationship":
            default = PartyKind.CONSUMER if name == "party" else None
            found = self._inputs.get(name)
            return constant(default, self.size) if found is None else found
        if name == "state":
            return self.cell("state").turned(attrgetter(*rest))
        if name in {"record", "departure"}:
            first, *rest = rest
            found = self.cell(first if name == "record" else f"departure_{first}")
        else:
            found = self.cell(name)
        for attribute in rest:
            found = found.turned(attrgetter(attribute))
        return found

    def read(self, reader: Reader) -> Column | None:
        """What a reader of ours reads of every customer; None for another one."""
        found = self._read.get(id(reader))
        if found is None:
            how = _HOW.get(type(reader))
            if how is None:
                return None
            found = self._read[id(reader)] = reader, how(self, reader)
        return found[1]

    def facts(
        self, selector: str, facts: Iterable[Fact], rows: Array
    ) -> tuple[dict[str, Column], tuple[str, ...]]:
        """Facts of some customers, and the names of those that were read one by one.

        Raises:
            SelectorFailed: If a reader of the app's own raises.
        """
        found, one_by_one = {}, []
        for fact in facts:
            every = self.read(fact.read)
            if every is None:
                one_by_one.append(fact.name)
                found[fact.name] = of_values(self._asked(selector, fact.read, rows))
            else:
                found[fact.name] = every.take(rows)
        return found, tuple(one_by_one)

    def _asked(self, selector: str, reader: Reader, rows: Array) -> list[Any]:
        values = []
        for row in rows.tolist():
            profile = self.profile(row)
            with guarded(selector, None, f"to read its facts of {profile}"):
                values.append(reader(profile))
        return values

    def is_known(self, reader: Reader, rows: Array) -> Array:
        """Of which customers a reader of ours reads something."""
        found = self.read(reader)
        return np.ones(len(rows), bool) if found is None else found.sure[rows]

    def holds(self, when: Predicate) -> Array:
        """Where a predicate over paths is sure to hold."""
        columns = {path: self.part(At(path)) for path in limits([when])}
        return Answers(columns, self.size)(when).holds

    def part(self, reader: Reader) -> Column:
        """What any reader reads of every customer; another one than ours one by one."""
        found = self.read(reader)
        if found is None:
            found = of_values([reader(self.profile(row)) for row in range(self.size)])
        return found

    def profile(self, row: int) -> Profile:
        """One customer as a profile; what the frame does not hold raises when it is read."""
        inputs = {name: found.at(row) for name, found in self._inputs.items()}
        of_signals = fields_dict(Signals)
        return Profile(
            relationship=self._relationship(row),
            value=CustomerValue(**{n: v for n, v in inputs.items() if n not in of_signals}),
            signals=Signals(**{n: v for n, v in inputs.items() if n in of_signals}),
            market=self.market,
            as_of=self.as_of,
        )

    def _relationship(self, row: int) -> Relationship:
        names = {name: name for name in (*_CELLS, *_READ)}
        return _made(
            _HeldRelationship,
            self._held(names, row),
            customer=str(self.cell("customer").at(row)),
            lifecycle=self.lifecycle,
            state=self.cell("state").at(row),
            record=self._record(row),
            departure=self._departure(row),
        )

    def _record(self, row: int) -> Record:
        held = self._held({name: name for name in _OF_RECORD}, row)
        whole = len(held) == len(_OF_RECORD)
        return Record(**held) if whole else _made(_HeldRecord, held)

    def _departure(self, row: int) -> Departure | None:
        names = {name: f"departure_{name}" for name in _OF_DEPARTURE}
        if self.cell("departure_kind").at(row) is None:
            return None
        return _made(_HeldDeparture, self._held(names, row))

    def _held(self, names: Mapping[str, str], row: int) -> dict[str, Any]:
        there = self.frame.columns
        return {name: self.cell(at).at(row) for name, at in names.items() if at in there}


def _kind_of(name: str) -> Kind:
    if name == "departure_to" or name in _CHOICES or name == "state":
        return Kind.CHOICE
    if name in _MOMENTS or name.endswith("_at"):
        return Kind.MOMENT
    if name in _FLAGS:
        return Kind.FLAG
    return Kind.SPAN if name in _SPANS else Kind.NUMBER


def _is_always_known(name: str, kind: Kind) -> bool:
    """Whether nobody is without it: who they are, and what is counted."""
    counted = kind in {Kind.NUMBER, Kind.SPAN} and not name.startswith("departure_")
    return counted or name in {"customer", "state"}


def _made(kind: type[H], held: Mapping[str, Any], **more: Any) -> H:  # noqa: ANN401 - attributes
    """An object with these attributes and no others."""
    made = object.__new__(kind)
    for name, value in {**held, **more}.items():
        object.__setattr__(made, name, value)
    return made


def _if(customers: Customers, reader: If) -> Column:
    then = customers.part(reader.then)
    rest = reader.otherwise
    other = unknown(customers.size) if rest is None else customers.part(rest)
    return where(customers.holds(reader.when), then, other)


def _or(customers: Customers, reader: Or) -> Column:
    one = customers.part(reader.one)
    return where(one.sure, one, customers.part(reader.other))


def _days(customers: Customers, reader: Days) -> Column:
    if customers.as_of is None:
        return unknown(customers.size)
    since = customers.at(reader.since.path)
    until = constant(customers.as_of, customers.size)
    if reader.until is not None:
        stopped = customers.at(reader.until.path)
        until = where(stopped.sure, stopped, until)
    spell = until.values - np.where(since.sure, since.values, until.values)
    if reader.without is not None:
        spell = spell - customers.at(reader.without.path).values
    return Column(Kind.NUMBER, spell // DAY, since.known)


def _judged(customers: Customers, reader: Judged) -> Column:
    facts = {name: customers.part(read) for name, read in reader.reads}
    known = np.logical_and.reduce([fact.sure for fact in facts.values()])
    rows = np.flatnonzero(known)
    decided = decide(reader.table, {n: f.take(rows) for n, f in facts.items()}, size=len(rows))
    decided.require()
    places = np.zeros(customers.size, np.intp)
    places[rows] = decided.row
    return evolve(decided.outcomes, values=places, known=known)


def _calculated(customers: Customers, reader: Calculated) -> Column:
    one, other = customers.part(reader.one), customers.part(reader.other)
    return calculated(one, reader.sign, other)


_HOW: Mapping[type, Callable[[Customers, Any], Column]] = MappingProxyType(
    {
        At: lambda customers, reader: customers.at(reader.path),
        Sure: lambda customers, reader: Column(Kind.FLAG, customers.holds(reader.when)),
        If: _if,
        Or: _or,
        Calculated: _calculated,
        Days: _days,
        Judged: _judged,
        OfState: lambda customers, reader: customers.cell("state").turned(
            lambda state: reader.read(customers.lifecycle, state)
        ),
        OfAccount: lambda customers, _: unknown(customers.size),
    }
)
"""How each reader reads a whole column."""
