"""Which unknown facts could change the answers of a selector's table, over columns.

What a row adds depends on the answers of its comparisons, and in one case on those of the rows
above. So customers are grouped by these, and the rules of `custlife.strategy` are asked once for
each group, about one customer of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from custlife.bulk.columns import Array, Column, Kind, Mask, distinct
from custlife.bulk.customers import Customers
from custlife.bulk.masks import Answers, Decided, against, is_ours, joined
from custlife.decisions.evidence import decided_facts, facts_of, support
from custlife.decisions.gaps import contrasts, limits
from custlife.decisions.predicates import Comparison, Negation, Predicate, Quorum
from custlife.decisions.tables import Row
from custlife.strategy.fact import At, Calculated, Fact, If, Or, Reader, Sure
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of, learnable
from custlife.strategy.selectors.checking import is_plain
from custlife.strategy.selectors.table import MOST_TRIED, can_fire, is_case_of, matters
from custlife.strategy.strategies import Strategy

Masks = dict[str, Mask]
"""By the name of a fact or input, of which customers."""

_MANY = 1 << 40
"""Keys of groups stay below this."""
_YES, _NO = 1, 2
_NOBODY = np.zeros(0, np.intp)
_FEW = 1 << 16
"""Below this, keys are counted instead of sorted."""


class Part(NamedTuple):
    """A part of what groups customers: a number for each, below a limit."""

    codes: Array
    limit: int


class Group(NamedTuple):
    """Customers that are alike, and one of them."""

    one: int
    members: Array


def groups(parts: Iterable[Part], rows: Array) -> Iterator[Group]:
    """Customers by the parts in which they are alike.

    Args:
        parts: A number for each of these customers, as many as there are rows.
        rows: Their places.

    Examples:
        >>> sides = Part(np.array([1, 0, 1]), 2)
        >>> [(group.one, group.members.tolist()) for group in groups([sides], np.array([4, 5, 9]))]
        [(5, [5]), (4, [4, 9])]
    """
    keys, limit = np.zeros(len(rows), np.int64), 1
    for part in parts:
        if limit * part.limit >= _MANY:
            keys, found = distinct(keys)
            limit = len(found)
        keys, limit = keys * part.limit + part.codes, limit * part.limit
    if limit > _FEW:
        keys, found = distinct(keys)
        limit = len(found)
    numbers = np.bincount(keys, minlength=limit)
    if numbers.max() == len(rows):
        yield Group(int(rows[0]), rows)
        return
    # Few keys are sorted without comparisons.
    order = np.argsort(keys.astype(np.uint16) if limit <= _FEW else keys, kind="stable")
    for members in np.split(rows[order], np.cumsum(numbers[numbers > 0])[:-1]):
        yield Group(int(members[0]), members)


class Evidence:
    """What the answers about some customers rest on: missing inputs, row by row.

    Args:
        customers: The customers of the base.
        rows: Of which of them.
        answers: What predicates answer of these.
        catalogue: The facts that the selector can read.
    """

    def __init__(
        self, customers: Customers, rows: Array, answers: Answers, catalogue: tuple[Fact, ...]
    ) -> None:
        self.customers, self.rows, self.answers = customers, rows, answers
        self.catalogue = catalogue
        self._codes: dict[int, tuple[Predicate, Array]] = {}
        self._names: dict[int, tuple[Predicate, frozenset[str]]] = {}
        self._by_name = {fact.name: fact for fact in catalogue}
        self._open = {
            name: dict(self._open_inputs(name)) for name in answers.columns if name in self._by_name
        }
        """For each fact, the inputs that can be unknown where it is known, with the customers."""

    def _open_inputs(self, name: str) -> Iterator[tuple[str, Mask]]:
        known = ~self.answers.unknown(name)
        for each in inputs_of([name], [fact for fact in self.catalogue if not fact.is_sum]):
            mask = known & self.lacks(each)
            if mask.any():
                yield each, mask

    def lacks(self, name: str) -> Mask:
        """The customers of which an input is unknown."""
        return ~self.customers.is_known(INPUTS[name].read, self.rows)

    # --- what is found missing ----------------------------------------------------------------

    def of_table(self, decided: Decided[Strategy]) -> Masks:
        """The missing inputs of a table's answers, as `Recommendation.missing` has them."""
        rows, fired = decided.table.rows, decided.row
        lacking: list[Masks] = []
        found: list[Masks] = []
        for place, row in enumerate(rows):
            found.append(self.supporting(row.when, fired == place, answer=True, sure=True))
            counts = np.array([matters(rows, place, other) for other in range(len(rows))])
            there = counts[fired]
            if not there.any():
                continue
            unsure = decided.undecided[place]
            open_ = there & unsure if unsure is not None else np.zeros(len(fired), bool)
            no = np.array(there)
            if open_.any():
                can = self._firing(rows[: place + 1], open_)
                no &= ~open_ | can
                lacking.append(self.answers.missing(row.when, can))
                up_to = limits(each.when for each in rows[: place + 1])
                shut = open_ & ~can
                found.append({name: shut & ~self.answers.unknown(name) for name in up_to})
            found.append(self.supporting(row.when, no, answer=False, sure=False))
        return joined([self._learnable(joined(lacking)), self.inputs(joined(found))])

    def inputs(self, found: Masks) -> Masks:
        """The unknown inputs of known facts: each may change a fact."""
        return joined(
            {each: mask & open_}
            for name, mask in found.items()
            for each, open_ in self._open.get(name, {}).items()
        )

    def supporting(self, predicate: Predicate, within: Mask, *, answer: bool, sure: bool) -> Masks:
        """By name the known facts that suffice for what a predicate answers.

        Only facts of which an input is unknown are looked for; of others nothing follows.
        """
        names = [name for name in limits([predicate]) if self._open.get(name)]
        worth = [open_ for name in names for open_ in self._open[name].values()]
        rows = np.flatnonzero(within & np.logical_or.reduce(worth)) if worth else _NOBODY
        masks = {name: np.zeros(len(within), bool) for name in names}
        for group in groups(self._pattern(predicate, rows), rows) if len(rows) else ():
            facts = self.answers.facts(group.one, limits([predicate]))
            for name in decided_facts(support(predicate, facts, answer=answer, sure=sure), facts):
                if name in masks:
                    masks[name][group.members] = True
        return masks

    def _pattern(self, predicate: Predicate, rows: Array) -> Iterator[Part]:
        """What the comparisons of a predicate answer, and which of their facts are known."""
        if isinstance(predicate, Quorum | Negation):
            parts = predicate.parts if isinstance(predicate, Quorum) else (predicate.part,)
            for part in parts:
                yield from self._pattern(part, rows)
            if is_ours(predicate):
                return  # the answer follows from the parts'
        yield Part(self._code(predicate, rows), 3)
        if not isinstance(predicate, Comparison) or predicate.other is not None:
            for name in facts_of(predicate):
                yield Part(self.answers.unknown(name)[rows], 2)

    def _facts_in(self, predicate: Predicate) -> frozenset[str]:
        """The facts that a predicate reads."""
        kept = self._names.get(id(predicate))
        if kept is None:
            kept = self._names[id(predicate)] = predicate, frozenset(limits([predicate]))
        return kept[1]

    def _code(self, predicate: Predicate, rows: Array) -> Array:
        """What a predicate answers of some: 1 where it holds, 2 where it fails, else 0."""
        kept = self._codes.get(id(predicate))
        if kept is None:
            wanted = np.zeros(len(self.rows), bool)
            wanted[rows] = True
            holds, fails = self.answers(predicate, wanted)
            kept = predicate, holds + 2 * fails.astype(np.int8)
            if is_ours(predicate):  # else there is more to ask of others
                self._codes[id(predicate)] = kept
        return kept[1][rows]

    def _learnable(self, lacking: Masks) -> Masks:
        """What an app can learn to know unknown facts."""
        found: Masks = {}
        for name, mask in lacking.items():
            rows = np.flatnonzero(mask)
            for group in groups(self._weights(name, rows), rows) if len(rows) else ():
                profile = self.customers.profile(int(self.rows[group.one]))
                for each in learnable([name], profile, self.catalogue):
                    of = found.setdefault(each, np.zeros(len(mask), bool))
                    of[group.members] = True
        return found

    def _weights(self, name: str, rows: Array) -> Iterator[Part]:
        """What it depends on which inputs of a fact can be learnt."""
        fact = self._by_name[name]
        yield from (Part(self.lacks(each)[rows], 2) for each in fact.inputs)
        places = self.rows[rows]
        if fact.is_sum:
            for mask in conditions(fact.read, self.customers):
                codes = np.arange(len(places)) if mask is None else mask[places]
                yield Part(codes, len(places) if mask is None else 2)
        if not fact.inputs:
            for path in ("relationship.state.room", "relationship.departure.cause"):
                column = self.customers.at(path)
                codes = np.where(column.sure, column.values + 1, 0)[places]
                yield Part(codes, len(column.choices) + 1)

    # --- whether a row could fire --------------------------------------------------------------

    def _firing(self, rows: Sequence[Row[Strategy]], open_: Mask) -> Mask:
        """Of which customers the last of some rows, which is undecided, could fire."""
        *above, row = rows
        others = [other for other in above if not is_case_of(other, row)]
        plain = all(is_plain(each.when) for each in rows)
        can = np.zeros(len(open_), bool)
        lacks = self.answers.missing(row.when, open_)
        places = np.flatnonzero(open_)
        for alike in groups((Part(lacks[name][places], 2) for name in lacks), places):
            names = frozenset(name for name in lacks if lacks[name][alike.one])
            if not plain or len(names) > MOST_TRIED:
                can[alike.members] = True
            else:
                self._try(row, others, names, alike.members, can)
        return can

    def _try(
        self,
        row: Row[Strategy],
        others: Sequence[Row[Strategy]],
        names: frozenset[str],
        rows: Array,
        can: Mask,
    ) -> None:
        """Note for which customers a row could fire if these facts become known."""
        # The others stay as they are: they do not hold.
        touched = [other for other in others if names & self._facts_in(other.when)]
        possible = [Part(self._possible(other.when, names, rows)[0], 2) for other in touched]
        for near in groups(possible, rows):
            place = int(np.flatnonzero(rows == near.one)[0])
            before = tuple(
                other for other, part in zip(touched, possible, strict=True) if part.codes[place]
            )
            parts = self._outlook([*(each.when for each in before), row.when], names, near.members)
            for group in groups(parts, near.members):
                facts = self.answers.facts(group.one)
                can[group.members] = can_fire(row, before, facts, self.catalogue)

    def _outlook(
        self, every: Sequence[Predicate], names: frozenset[str], rows: Array
    ) -> Iterator[Part]:
        """What it depends on which of some predicates hold when facts become known."""
        for each in every:
            yield from self._rest(each, names, rows)
        yield from self._ties(every, names, rows)

    def _rest(
        self, predicate: Predicate, names: frozenset[str], rows: Array, answer: int = _YES
    ) -> Iterator[Part]:
        """What it depends on whether a predicate comes to this answer when facts become known."""
        if not is_ours(predicate):
            yield Part(np.arange(len(rows)), len(rows))
        elif not names & self._facts_in(predicate):
            yield Part(self._code(predicate, rows) == answer, 2)
        elif isinstance(predicate, Quorum | Negation):
            there = self._code(predicate, rows) == answer
            open_ = self._possible(predicate, names, rows)[answer - 1] & ~there
            yield Part(there + 2 * open_, 3)
            if isinstance(predicate, Quorum):
                inside, wanted = predicate.parts, answer
            else:
                inside, wanted = (predicate.part,), _YES + _NO - answer
            for part in inside if open_.any() else ():
                for each in self._rest(part, names, rows, wanted):
                    yield Part(np.where(open_, each.codes, 0), each.limit)

    def _possible(
        self, predicate: Predicate, names: frozenset[str], rows: Array
    ) -> tuple[Mask, Mask]:
        """For which customers a predicate could hold, and fail, if some facts become known."""
        touched = bool(names & self._facts_in(predicate))
        if touched and type(predicate) is Negation:
            yes, no = self._possible(predicate.part, names, rows)
            return no, yes
        if touched and type(predicate) is Quorum:
            pairs = [self._possible(part, names, rows) for part in predicate.parts]
            yes, no = (np.sum(side, axis=0) for side in zip(*pairs, strict=True))
            return yes >= predicate.needed, no > len(pairs) - predicate.needed
        if touched:
            return np.ones(len(rows), bool), np.ones(len(rows), bool)
        code = self._code(predicate, rows)
        return code == _YES, code == _NO

    def _ties(
        self, every: Sequence[Predicate], names: frozenset[str], rows: Array
    ) -> Iterator[Part]:
        """Where the known facts stand that are held against those that become known."""
        bounds = limits(every)
        tied = {name: {name} for name in bounds}
        for pair in contrasts(every):
            union = set().union(*(tied[name] for name in pair))
            tied |= dict.fromkeys(union, union)
        for group in {frozenset(tied[name]) for name in names}:
            members = [name for name in sorted(group) if name in self.answers.columns]
            yield from self._positions(members, bounds, rows) if len(group) > 1 else ()

    def _positions(
        self, names: Sequence[str], bounds: Mapping[str, set[object]], rows: Array
    ) -> Iterator[Part]:
        """Where facts stand among limits and beside each other; their values where that is not all.

        Between whole numbers there is not always another one.
        """
        kinds = [self._by_name[name].kind for name in names]
        columns = [self.answers.columns[name].take(rows) for name in names]
        ends = {end for kind in kinds for end in (kind.least, kind.most)}
        points = {point for name in names for point in bounds[name]} | (ends - {None})
        numbers = all(column.kind is Kind.NUMBER or not column.sure.any() for column in columns)
        simple = all(isinstance(point, int | Decimal) for point in points)
        if not numbers or not simple or any(kind.is_whole for kind in kinds):
            for column in columns:
                codes, values = column.coded()
                yield Part(np.where(column.sure, codes + 1, 0), len(values) + 2)
            return
        for place, (name, column) in enumerate(zip(names, columns, strict=True)):
            yield Part(_standing(column, points), 2 * len(points) + 2)
            for other in names[:place]:
                for sign in ("is above", "is"):
                    yield Part(self._code(Comparison(name, sign, other=other), rows), 3)


def _standing(column: Column, points: Iterable[object]) -> Array:
    """How many limits a value is at or above, plus how many it is above; 0 where it is unknown."""
    codes = np.ones(len(column), np.int64)
    for point in points:
        for sign in ("is at least", "is above"):
            reached = against(column, sign, point)
            codes += 0 if reached is None else reached
    return np.where(column.sure, codes, 0)


def conditions(reader: Reader, customers: Customers) -> Iterator[Array | None]:
    """The conditions that decide how inputs count in a sum; None where that is not known."""
    if isinstance(reader, If | Sure):
        yield customers.holds(reader.when)
    if isinstance(reader, If):
        yield from conditions(reader.then, customers)
        yield from conditions(reader.otherwise, customers) if reader.otherwise else ()
    elif isinstance(reader, Calculated | Or):
        yield from conditions(reader.one, customers)
        yield from conditions(reader.other, customers)
        if isinstance(reader, Or):
            yield customers.part(reader.one).sure
    elif not isinstance(reader, At | Sure):
        yield None
