"""Whether a row of a table could fire if unknown facts become known, over columns.

That depends on the answers of the row's comparisons, and in one case on those of the rows above.
So customers are grouped by these, and the rule of `custlife.strategy` is asked once for each group.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np

from custlife.bulk.columns import Array, Column, Kind, Mask
from custlife.bulk.grouping import Part, groups
from custlife.bulk.masks import Answers, against, is_ours
from custlife.decisions.gaps import contrasts, limits
from custlife.decisions.predicates import Comparison, Negation, Predicate, Quorum
from custlife.decisions.tables import Row
from custlife.strategy.fact import Fact
from custlife.strategy.selectors.checking import is_plain
from custlife.strategy.selectors.table import MOST_TRIED, can_fire, is_case_of
from custlife.strategy.strategies import Strategy

_YES, _NO = 1, 2


class Firing:
    """What predicates answer of some customers, now and when unknown facts become known.

    Args:
        answers: What predicates answer now.
        size: Of how many customers.
        catalogue: The facts that the selector can read.
    """

    def __init__(self, answers: Answers, size: int, catalogue: tuple[Fact, ...]) -> None:
        self.answers, self.size, self.catalogue = answers, size, catalogue
        self._codes: dict[int, tuple[Predicate, Array]] = {}
        self._names: dict[int, tuple[Predicate, frozenset[str]]] = {}
        self._by_name = {fact.name: fact for fact in catalogue}

    def code(self, predicate: Predicate, rows: Array) -> Array:
        """What a predicate answers of some: 1 where it holds, 2 where it fails, else 0."""
        kept = self._codes.get(id(predicate))
        if kept is None:
            wanted = np.zeros(self.size, bool)
            wanted[rows] = True
            holds, fails = self.answers(predicate, wanted)
            kept = predicate, holds + 2 * fails.astype(np.int8)
            if is_ours(predicate):  # else there is more to ask of others
                self._codes[id(predicate)] = kept
        return kept[1][rows]

    def could_fire(self, rows: Sequence[Row[Strategy]], open_: Mask) -> Mask:
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
            yield Part(self.code(predicate, rows) == answer, 2)
        elif isinstance(predicate, Quorum | Negation):
            there = self.code(predicate, rows) == answer
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
        code = self.code(predicate, rows)
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
                    yield Part(self.code(Comparison(name, sign, other=other), rows), 3)

    def _facts_in(self, predicate: Predicate) -> frozenset[str]:
        """The facts that a predicate reads."""
        kept = self._names.get(id(predicate))
        if kept is None:
            kept = self._names[id(predicate)] = predicate, frozenset(limits([predicate]))
        return kept[1]


def _standing(column: Column, points: Iterable[object]) -> Array:
    """How many limits a value is at or above, plus how many it is above; 0 where it is unknown."""
    codes = np.ones(len(column), np.int64)
    for point in points:
        for sign in ("is at least", "is above"):
            reached = against(column, sign, point)
            codes += 0 if reached is None else reached
    return np.where(column.sure, codes, 0)
