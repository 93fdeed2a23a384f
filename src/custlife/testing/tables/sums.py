"""Numbers that follow from each other: what they can be together, in exact sums.

A profit is the margin less the cost to serve, a tier follows from the profit, and a bill is what
its parts add up to. The parts are tried on each side of every limit, and wherever a sum meets one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, groupby, pairwise, product
from math import floor
from typing import NamedTuple, cast

from custlife.decisions.gaps import limits
from custlife.decisions.search import Values
from custlife.errors import listed
from custlife.money import EXACT
from custlife.strategy.fact import Fact
from custlife.strategy.value import Tier, tier_table
from custlife.testing.requirements.conditions import Undecidable

MOST_SUMS = 60_000
"""No more combinations of numbers than these are tried."""
PROFIT, TIER, BILL, PUBLIC = "profit", "tier", "regain_bill", "open_public_complaints"
VALUE = ("margin", "cost_to_serve", PROFIT, TIER)
"""What follows from the margin and the cost to serve, and these."""
BILLS = ("regain_cost", "answer_cost", BILL)
"""What winning a customer back costs in all, and its parts."""
PARTS: Mapping[str, Mapping[str, int]] = {
    PROFIT: {"margin": 1, "cost_to_serve": -1},
    TIER: {"margin": 1, "cost_to_serve": -1},
    BILL: {"regain_cost": 1, "answer_cost": 1},
}
"""For each fact that follows from a sum its parts; 1 where one is added, -1 where taken off."""
_TIERS = tier_table()
_TIER_LIMITS = tuple(
    cast("Iterable[Decimal]", limits(row.when for row in _TIERS.rows)[PROFIT] - {None})
)

_Form = tuple[Fraction, ...]
"""What is zero: how often each part counts, and what is added."""
_Numbers = tuple[Fraction | None, ...]


def follow(names: Iterable[str], on: str | None = None) -> list[tuple[str, ...]]:
    """The sums that have to be tried as a whole, each with all facts that follow from each other.

    A sum of which nothing else is read can be anything.

    Args:
        names: The facts that are read.
        on: A fact that rises, if there is one.
    """
    read = {*names, *([on] if on else ())}
    found: list[tuple[str, ...]] = []
    if read & {PROFIT, TIER} and len(read & {*VALUE, "revenue"}) > 1:
        found.append((*VALUE, *read.intersection(["revenue"])))
    if BILL in read and read & {*BILLS, PUBLIC} > {BILL}:
        found.append((*BILLS, *([PUBLIC] if on or PUBLIC in read else [])))
    return found


class Sums(NamedTuple):
    """Numbers that follow from each other, and what they are held against.

    Attributes:
        facts: The facts; sums, their parts, and what these are held against.
        limits: The limits of each.
        contrasts: The pairs that are held against each other.
        shown: The facts whose values are read.
        rises: A fact that rises while all others stay; None where there is none.
    """

    facts: tuple[Fact, ...]
    limits: tuple[tuple[str, tuple[Decimal, ...]], ...]
    contrasts: tuple[tuple[str, str], ...]
    shown: frozenset[str]
    rises: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that each combination has; the parts, too, where one fact rises."""
        kept = (fact.name for fact in self.facts if self.rises or fact.name in self.shown)
        return tuple(kept)


@lru_cache(maxsize=128)
def summed(sums: Sums) -> list[Values]:
    """Every combination of numbers that comparisons can tell apart, the simplest first.

    Raises:
        Undecidable: If there are too many.
    """
    found: dict[Values, None] = {}
    parts = PARTS.get(sums.rises or "", ())
    cases = (False, True) if any(fact.name == BILL for fact in sums.facts) else (False,)
    for last, public in product(parts or (sums.rises,), cases):
        for facts in _Case(sums, public=public, last=last).rows():
            found[tuple(facts[name] for name in sums.names)] = None
    return sorted(found, key=_simplicity)


def _simplicity(values: Values) -> tuple[int, Decimal]:
    numbers = [value for value in values if isinstance(value, Decimal)]
    return sum(n != n.to_integral_value() for n in numbers), sum(map(abs, numbers), Decimal(0))


class _Case:
    """The numbers of one case: with a complaint in public that is not settled, or without."""

    def __init__(self, sums: Sums, *, public: bool, last: str | None) -> None:
        self.sums, self.public = sums, public
        self.facts = {fact.name: fact for fact in sums.facts}
        self.limits: Mapping[str, Sequence[Decimal]] = dict(sums.limits)
        self.follows = {
            name: {
                part: sign
                for part, sign in PARTS[name].items()
                if public or name != BILL or part == "regain_cost"
            }
            for name in (PROFIT, BILL)
            if name in self.facts
        }
        apart = {TIER, PUBLIC, *self.follows}
        self.parts = [name for name in self.facts if name not in apart]
        uses = {
            name: sum(bool(form[place]) for form in self._forms())
            for place, name in enumerate(self.parts)
        }
        self.parts.sort(key=lambda name: (name == last, -uses[name]))
        self.is_rising = sums.rises is not None

    def _form(self, name: str, less: Fraction | str = Fraction(0)) -> _Form:
        """A fact less a number, or less another fact."""
        found = [Fraction(0)] * (len(self.parts) + 1)
        for sign, one in ((1, name), (-1, less)):
            if isinstance(one, Fraction):
                found[-1] += sign * one
            else:
                for part, weight in self.follows.get(one, {one: 1}).items():
                    found[self.parts.index(part)] += sign * weight
        return tuple(found)

    def _forms(self) -> set[_Form]:
        """Whatever a comparison, a bound or a tier turns on."""
        numbers = {*self.parts, *self.follows}
        found = {self._form(name, Fraction(n)) for name in numbers for n in self.limits[name]}
        for name in numbers:
            kind = self.facts[name].kind
            ends = (end for end in (kind.least, kind.most) if end is not None)
            found |= {self._form(name, Fraction(end)) for end in ends}
        pairs = [*self.sums.contrasts, *([("margin", "revenue")] if "revenue" in numbers else ())]
        found |= {self._form(one, other) for one, other in pairs if {one, other} <= numbers}
        if TIER in self.facts:
            found |= {self._form(PROFIT, Fraction(n)) for n in _TIER_LIMITS}
        return {_normal(form) for form in found if any(form[:-1])}

    def rows(self) -> Iterator[dict[str, object]]:
        """Each combination that comparisons can tell from those before it."""
        before: set[object] = set()
        rows: Iterable[_Numbers] = self._numbers()
        lines = groupby(rows, key=lambda row: row[:-1] if self.is_rising else row)
        for _, line in lines:
            marked = [(self._mark(facts), facts) for row in line if (facts := self._all(row))]
            marks = tuple(mark for mark, _ in groupby(marked, key=lambda one: one[0]))
            if marks in before:
                continue
            before.add(marks)
            for _, alike in groupby(marked, key=lambda one: one[0]):
                first, *others = (facts for _, facts in alike)
                yield first
                yield from others[-1:]

    def _numbers(self) -> list[_Numbers]:
        levels = _levels(self._forms(), len(self.parts))
        rows: list[_Numbers] = [()]
        for name, forms in zip(self.parts, levels, strict=True):
            rows = [(*row, value) for row in rows for value in self._values(name, forms, row)]
            if len(rows) > MOST_SUMS:
                raise Undecidable(
                    f"{listed([*self.facts])} hang together, and can be combined in more than "
                    f"{MOST_SUMS} ways, which are too many to try."
                )
        return rows

    def _values(
        self, name: str, forms: Iterable[_Form], row: _Numbers
    ) -> Iterator[Fraction | None]:
        """What a part can be beside the parts before it."""
        fact = self.facts[name]
        roots = {
            -sum((f * value for f, value in zip(form, row, strict=False) if value), form[-1])
            for form in forms
            if all(value is not None or not f for f, value in zip(form, row, strict=False))
        }
        if not fact.rooms:
            yield None
        is_last = self.is_rising and len(row) == len(self.parts) - 1
        for value in _beside(roots, is_whole=fact.kind.is_whole, many=is_last):
            if fact.kind.allows(_decimal(value)):
                yield value

    def _all(self, row: _Numbers) -> dict[str, object] | None:
        """All facts of a combination; None where it cannot be."""
        parts = dict(zip(self.parts, row, strict=True))
        facts: dict[str, object] = {}
        for name, fact in self.facts.items():
            weights = self.follows.get(name, {name: 1})
            if name in (TIER, PUBLIC):
                continue
            values = [(parts[part], weight) for part, weight in weights.items()]
            total = sum((v * weight for v, weight in values if v is not None), Fraction(0))
            is_known = all(value is not None for value, _ in values)
            number = _decimal(total)
            facts[name] = None if not is_known else int(number) if fact.kind.is_whole else number
        margin, revenue = facts.get("margin"), facts.get("revenue")
        if isinstance(margin, Decimal) and isinstance(revenue, Decimal) and margin > revenue:
            return None
        if TIER in self.facts:
            facts[TIER] = _tier(cast("Decimal | None", facts[PROFIT]))
        if PUBLIC in self.facts:
            facts[PUBLIC] = self.public
        return facts

    def _mark(self, facts: Mapping[str, object]) -> object:
        """What comparisons can tell of a combination."""
        marks: list[object] = []
        for name in self.facts:
            if name in self.sums.shown or self.is_rising:
                value = facts[name]
                if isinstance(value, Decimal | int) and name not in (TIER, PUBLIC):
                    limits = self.limits[name]
                    marks.append(tuple(_sign(value, limit) for limit in limits))
                else:
                    marks.append(value)
        for one, other in self.sums.contrasts:
            values = facts[one], facts[other]
            marks.append(None if None in values else _sign(*cast("tuple[Decimal, ...]", values)))
        return tuple(marks)


def _sign(one: Decimal | int, other: Decimal | int) -> int:
    return (one > other) - (one < other)


@lru_cache(maxsize=1024)
def _tier(profit: Decimal | None) -> Tier | None:
    return None if profit is None else _TIERS.decide({PROFIT: profit}).outcome


def _normal(form: _Form) -> _Form:
    """A form in which the last part counts once."""
    lead = next(one for one in reversed(form[:-1]) if one)
    return tuple(one / lead for one in form)


def _levels(forms: Iterable[_Form], parts: int) -> list[set[_Form]]:
    """For each part what bounds it beside the parts before it, and where two of these meet."""
    levels: list[set[_Form]] = [set() for _ in range(parts)]
    pending = [*forms]
    for place in reversed(range(parts)):
        here = {form for form in pending if form[place]}
        levels[place] = here
        pending = [form for form in pending if not form[place]]
        for one, other in combinations(here, 2):
            rest = tuple(a - b for a, b in zip(one, other, strict=True))
            if any(rest[:-1]):
                pending.append(_normal(rest))
        pending = [*dict.fromkeys(pending)]
    return levels


def _beside(roots: Iterable[Fraction], *, is_whole: bool, many: bool) -> list[Fraction]:
    """The numbers themselves, and simple ones between each two and at both ends, by size.

    Args:
        roots: The numbers.
        is_whole: Whether only whole numbers can be.
        many: Whether there are two between each two.
    """
    ordered = sorted(roots) or [Fraction(0)]
    first, last = floor(ordered[0]), floor(ordered[-1])
    found = {root for root in ordered if _is_exact(root)}
    found |= {Fraction(n) for n in (first - 1 - many, first - 1, last + 1, last + 1 + many)}
    for low, high in pairwise(ordered):
        middle = _between(low, high)
        found |= {middle, _between(middle, high)} if many else {middle}
    if is_whole:
        found = {Fraction(floor(number) + n) for number in found for n in range(3)}
    return sorted(found)


def _between(low: Fraction, high: Fraction) -> Fraction:
    """A number of few decimals near the middle."""
    middle, unit = (low + high) / 2, Fraction(1)
    while not low < (found := round(middle * unit) / unit) < high:
        unit *= 10
    return Fraction(found)


def _is_exact(number: Fraction) -> bool:
    rest = number.denominator
    for factor in (2, 5):
        while not rest % factor:
            rest //= factor
    return rest == 1


def _decimal(number: Fraction) -> Decimal:
    """A number that is exact in decimals."""
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
