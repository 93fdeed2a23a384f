"""The arithmetic of choosing: what to take of things with gains and costs, given one budget.

Knows things by their places in the order given, and nothing of customers. Numbers are scaled to
whole ones, so that every comparison is exact.

Small cases are solved exactly, along the choices that no other one beats in gain and cost at once
(G. Nemhauser and Z. Ullmann, Management Science 15(9), 1969); larger ones greedily.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import NamedTuple

from attrs import evolve, frozen


@frozen
class Choice:
    """What is taken, and at what price the rest would have been.

    Attributes:
        chosen: The places of what is taken, by gain per cost, the highest first.
        prices: For the places of what is not taken though it gains something, by gain per cost:
            below this cost it would have been taken, everything else the same.
        bound: What no choice could gain more than: the gain if things could be had in parts.
        is_exact: Whether it is known that no choice gains more.
    """

    chosen: tuple[int, ...]
    prices: Mapping[int, Fraction]
    bound: Fraction
    is_exact: bool


def choose(
    gains: Sequence[Decimal], costs: Sequence[Decimal], budget: Decimal, most_points: int
) -> Choice:
    """What to take, so that the gain is high and the budget holds.

    What gains nothing is never taken; what gains something for nothing always is.

    Args:
        gains: What each thing gains.
        costs: What each costs, >= 0; as many as gains.
        budget: What all that is taken may cost, >= 0.
        most_points: How many points an exact choice may look at; beyond it the choice is greedy.

    Examples:
        >>> choice = choose([Decimal(60), Decimal(50)], [Decimal(40), Decimal(50)], Decimal(60), 9)
        >>> choice.chosen, choice.prices, choice.bound
        ((0,), {1: Fraction(20, 1)}, Fraction(80, 1))
    """
    whole_gains, gain_scale = _whole(gains)
    (limit, *whole_costs), cost_scale = _whole([budget, *costs])
    pool = Pool.of(whole_gains, whole_costs, limit)
    solution = _exact(pool, most_points) or _greedy(pool)
    chosen = [item for item in pool.worth if not item.cost or item.place in solution.chosen]
    bound = pool.bound
    return Choice(
        chosen=tuple(item.place for item in chosen),
        prices={
            item.place: solution.prices[item.place] / cost_scale
            for item in pool.worth
            if item.place in solution.prices
        },
        bound=bound / gain_scale,
        is_exact=solution.is_exact or sum(item.gain for item in chosen) == bound,
    )


def _whole(numbers: Sequence[Decimal]) -> tuple[list[int], int]:
    """The numbers, each as many times as large as the scale says."""
    ratios = [number.as_integer_ratio() for number in numbers]
    scale = lcm(*(parts for _, parts in ratios))
    return [number * (scale // parts) for number, parts in ratios], scale


@frozen
class Item:
    """A thing in whole numbers; ``place`` is its place in the order given."""

    place: int
    gain: int
    cost: int


@frozen
class Pool:
    """What there is to choose from, and the budget, in whole numbers.

    Attributes:
        worth: All that gain something, by gain per cost; what costs nothing comes first.
        budget: The budget.
        items: What fits the budget alone, by gain per cost.
        dear: What never fits.
    """

    worth: tuple[Item, ...]
    budget: int
    items: tuple[Item, ...]
    dear: tuple[Item, ...]

    @classmethod
    def of(cls, gains: Sequence[int], costs: Sequence[int], budget: int) -> "Pool":
        """What is worth it, sorted."""
        pairs = enumerate(zip(gains, costs, strict=True))
        worth = [Item(place, gain, cost) for place, (gain, cost) in pairs if gain > 0]
        # Ratios that differ do so by more than this, so that whole numbers tell them apart.
        finest = max((item.cost for item in worth), default=0) ** 2 + 1
        worth.sort(key=lambda item: (item.cost > 0, -(item.gain * finest // (item.cost or 1))))
        return cls(
            worth=tuple(worth),
            budget=budget,
            items=tuple(item for item in worth if 0 < item.cost <= budget),
            dear=tuple(item for item in worth if item.cost > budget),
        )

    @property
    def bound(self) -> Fraction:
        """The gain if things could be had in parts."""
        left = self.budget
        gain = sum(item.gain for item in self.worth if not item.cost)
        for item in self.items:
            if item.cost > left:
                return gain + Fraction(item.gain * left, item.cost)
            left -= item.cost
            gain += item.gain
        return Fraction(gain)


@frozen
class _Solution:
    """The places of the items chosen, and a price for each of the others that are worth it."""

    chosen: frozenset[int]
    prices: Mapping[int, Fraction]
    is_exact: bool


# --- the exact choice ------------------------------------------------------------------------


class _Step(NamedTuple):
    """The last item of a choice, and the choice before it."""

    place: int
    before: "_Step | None"


class _Point(NamedTuple):
    """A choice that no other one beats in gain and cost at once."""

    gain: int
    cost: int
    last: _Step | None

    @property
    def chosen(self) -> Iterator[int]:
        """The places of its items."""
        step = self.last
        while step is not None:
            yield step.place
            step = step.before


def _exact(pool: Pool, most_points: int) -> _Solution | None:
    """The best choice and its prices; None if that takes more points than wanted."""
    if len(pool.items) ** 2 > most_points:
        return None
    points, most_points = _frontier(pool.items, pool.budget, most_points)
    if not points:
        return None
    best = points[-1]
    chosen = frozenset(best.chosen)
    prices = {item.place: _exact_price(item, points, best, pool.budget) for item in pool.dear}
    for item in pool.items:
        if item.place not in chosen:
            others = [other for other in pool.items if other is not item]
            points, most_points = _frontier(others, pool.budget, most_points)
            if not points:
                return None
            prices[item.place] = _exact_price(item, points, best, pool.budget)
    return _Solution(chosen, prices, is_exact=True)


def _frontier(items: Sequence[Item], budget: int, most_points: int) -> tuple[list[_Point], int]:
    """The choices that no other one beats, and how many points may still be looked at.

    There is none where there would be too many points.
    """
    points = [_Point(0, 0, None)]
    for item in items:
        more = [
            _Point(point.gain + item.gain, point.cost + item.cost, _Step(item.place, point.last))
            for point in points
            if point.cost + item.cost <= budget
        ]
        most_points -= len(points) + len(more)
        if most_points < 0:
            return [], 0
        # Sorting keeps the order of equals: of two equal choices the one without the item.
        merged = sorted((*points, *more), key=lambda point: (point.cost, -point.gain))
        highest = accumulate((point.gain for point in merged), max, initial=-1)
        points = [
            point for point, before in zip(merged, highest, strict=False) if point.gain > before
        ]
    return points, most_points


def _exact_price(item: Item, points: Sequence[_Point], best: _Point, budget: int) -> Fraction:
    """Below this cost the best choice has the item, given the choices without it.

    With it, others that gain this much less are enough; with an equal gain it must cost less.
    """
    enough = best.gain - item.gain
    place = bisect_right(points, enough, key=lambda point: point.gain)
    price = budget - points[place].cost
    if place and points[place - 1].gain == enough:
        price = max(price, best.cost - points[place - 1].cost)
    return Fraction(price)


# --- the greedy choice -----------------------------------------------------------------------


def _greedy(pool: Pool) -> _Solution:
    """By gain per cost, the one great item first where it outweighs the others."""
    run = _Run.of(pool)
    prices = {
        item.place: run.price(item)
        for item in (*pool.items, *pool.dear)
        if item.place not in run.chosen
    }
    return _Solution(run.chosen, prices, is_exact=False)


def _taken(items: Sequence[Item], budget: int) -> tuple[frozenset[int], list[int]]:
    """What is taken in this order, and what is left of the budget before each one."""
    left, taken = [budget], set()
    for item in items:
        if item.cost <= left[-1]:
            taken.add(item.place)
            left.append(left[-1] - item.cost)
        else:
            left.append(left[-1])
    return frozenset(taken), left


@frozen(kw_only=True)
class _Run:
    """A greedy choice, with what is needed to say at what cost others would have been in.

    The plain way takes all that fit by gain per cost; the other way takes the greatest item
    first. The plain way is gone where its head, up to the first one that does not fit, gains at
    least as much as the greatest item: head and greatest together reach the bound, so that
    the larger is at least half of it. To lower the cost of one item never puts it out: it can
    only lengthen the head that it is in, or shorten the one that it stands in the way of.

    Attributes:
        items: What fits the budget alone, by gain per cost.
        budget: The budget.
        greatest: The one of the highest gain.
        gains: What the first ones gain together: none, one, two and so on.
        rests: What is left of the budget after them; negative from where they do not fit.
        size: So many are in the head.
        head: Their places in the order given.
        places: The places of all items by gain per cost, by those in the order given.
        plain: The places taken the plain way, and what is left before each.
        first: The same where the greatest goes first.
        is_plain: Whether the plain way was gone.
    """

    items: tuple[Item, ...]
    budget: int
    greatest: Item
    gains: list[int]
    rests: list[int]
    size: int
    head: frozenset[int]
    places: Mapping[int, int]
    plain: tuple[frozenset[int], list[int]]
    first: tuple[frozenset[int], list[int]]
    is_plain: bool

    @classmethod
    def of(cls, pool: Pool) -> "_Run":
        """Both ways through a pool."""
        items = pool.items
        nobody = Item(-1, 0, 0)
        greatest = max(items, key=lambda item: (item.gain, -item.place), default=nobody)
        gains = [*accumulate((item.gain for item in items), initial=0)]
        rests = [*accumulate((-item.cost for item in items), initial=pool.budget)]
        size = bisect_left(rests, 1, key=lambda rest: rest < 0) - 1
        others = [evolve(item, cost=0) if item is greatest else item for item in items]
        return cls(
            items=items,
            budget=pool.budget,
            greatest=greatest,
            gains=gains,
            rests=rests,
            size=size,
            head=frozenset(item.place for item in items[:size]),
            places={item.place: place for place, item in enumerate(items)},
            plain=_taken(items, pool.budget),
            first=_taken(others, pool.budget - greatest.cost),
            is_plain=gains[size] >= greatest.gain,
        )

    @property
    def chosen(self) -> frozenset[int]:
        """The places of those chosen."""
        return self.plain[0] if self.is_plain else self.first[0]

    def price(self, item: Item) -> Fraction:
        """Below this cost an item that was not chosen would have been."""
        is_greatest = (item.gain, -item.place) >= (self.greatest.gain, -self.greatest.place)
        heading = self._crossing(item, self.rests)
        if not is_greatest and not self.is_plain:
            return max(self._leading(item, heading), self._crossing(item, self.first[1]))
        # The items that gain as much as the greatest, should it be this one at a lower cost.
        rival = self._reaching(item.gain if is_greatest else self.greatest.gain)
        if rival > self.size:
            return Fraction(self.budget)
        # Below this cost it comes before the last of them, and may stand in their way.
        blocking = self._overtaking(item, rival - 1)
        plain = self._crossing(item, self.plain[1])
        if blocking < heading:
            return plain
        below = Fraction(self.budget)
        if not is_greatest and item.place not in self.first[0]:
            below = max(self._leading(item, heading), self._crossing(item, self.first[1]))
        return below if below < blocking else max(plain, blocking)

    def _reaching(self, gain: int) -> int:
        """So many of the first items gain this much together."""
        return bisect_left(self.gains, gain)

    def _overtaking(self, item: Item, place: int) -> Fraction:
        """Below this cost an item comes before the one at this place."""
        other = self.items[place]
        return Fraction(item.gain * other.cost, other.gain)

    def _crossing(self, item: Item, left: Sequence[int]) -> Fraction:
        """Below this cost an item fits into what is left when its turn comes.

        The less it costs the sooner its turn comes, and the more is left by then.
        """
        items = self.items

        def is_too_late(place: int) -> bool:
            return item.gain * items[place].cost >= left[place] * items[place].gain

        place = bisect_left(range(len(items)), 1, key=is_too_late)
        rest = Fraction(left[place])
        return max(rest, self._overtaking(item, place - 1)) if place else rest

    def _leading(self, item: Item, heading: Fraction) -> Fraction:
        """Below this cost an item is in the head, and the head gains as much as the greatest."""
        place = self._reaching(self.greatest.gain - item.gain)
        if place <= self.places.get(item.place, len(self.items)):
            return min(heading, Fraction(self.rests[place]))
        # The head has to reach beyond the item itself, which is among the first ones then.
        rest = Fraction(self.rests[self._reaching(self.greatest.gain)] + item.cost)
        return rest if item.place in self.head else min(heading, rest)
