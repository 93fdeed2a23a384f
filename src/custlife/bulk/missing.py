"""Which unknown facts could change the answers of a selector's table, over columns.

What a row adds depends on the answers of its comparisons. So customers are grouped by these, and
the rules of `custlife.strategy` are asked once for each group, about one customer of it.
"""

from collections.abc import Iterator

import numpy as np

from custlife.bulk.columns import Array, Mask
from custlife.bulk.customers import Customers
from custlife.bulk.firing import Firing
from custlife.bulk.grouping import Part, groups
from custlife.bulk.masks import Answers, Decided, is_ours, joined
from custlife.decisions.evidence import decided_facts, facts_of, support
from custlife.decisions.gaps import limits
from custlife.decisions.predicates import Comparison, Negation, Predicate, Quorum
from custlife.strategy.fact import At, Calculated, Fact, If, Or, Reader, Sure
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of, learnable
from custlife.strategy.selectors.table import matters
from custlife.strategy.strategies import Strategy

Masks = dict[str, Mask]
"""By the name of a fact or input, of which customers."""

_NOBODY = np.zeros(0, np.intp)


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
        self.firing = Firing(answers, len(rows), catalogue)
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
                can = self.firing.could_fire(rows[: place + 1], open_)
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
        yield Part(self.firing.code(predicate, rows), 3)
        if not isinstance(predicate, Comparison) or predicate.other is not None:
            for name in facts_of(predicate):
                yield Part(self.answers.unknown(name)[rows], 2)

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
