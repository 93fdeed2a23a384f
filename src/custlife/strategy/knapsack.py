"""The arithmetic of choosing: what to take of things with gains and costs, given one budget.

Numbers are scaled to whole ones, so that every comparison is exact.

Small cases are solved exactly, along the choices that no other one beats in gain and cost at once
(G. Nemhauser and Z. Ullmann, Management Science 15(9), 1969), with the things in two halves
(E. Horowitz and S. Sahni, Journal of the ACM 21(2), 1974). Larger cases are solved greedily.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, count
from math import floor, gcd, lcm
from typing import NamedTuple

_CORE = 24
"""So many items around the end of the budget are tried first, which mostly finds the best."""


class Choice(NamedTuple):
    """What is taken.

    Attributes:
        chosen: The places of what is taken, by gain per cost, the highest first.
        left_out: The places of what is not taken though it gains something, in the same order.
        bound: What no choice can gain more than; the gain itself where that is known.
    """

    chosen: tuple[int, ...]
    left_out: tuple[int, ...]
    bound: Fraction


def choose(
    gains: Sequence[Decimal], costs: Sequence[Decimal], budget: Decimal, most_points: int
) -> Choice:
    """What to take, so that the gain is high and the budget holds.

    What gains nothing is never taken; what gains something at no cost always is.

    Args:
        gains: What each thing gains.
        costs: What each costs, >= 0; as many as gains.
        budget: What all that is taken may cost, >= 0.
        most_points: How many points an exact choice may try; beyond it the choice is greedy.

    Examples:
        >>> choose([Decimal(60), Decimal(50)], [Decimal(40), Decimal(50)], Decimal(60), 9)
        Choice(chosen=(0,), left_out=(1,), bound=Fraction(60, 1))
    """
    whole_gains, gain_scale = _whole(gains)
    whole_costs, cost_scale = _whole(costs)
    limit = floor(Fraction(budget) * cost_scale)
    items = map(_Item, count(), whole_gains, whole_costs)
    worth = [item for item in items if item.gain > 0]
    # Ratios that differ do so by one part of this, so that whole numbers tell them apart.
    finest = max((item.gain for item in worth), default=0) ** 2
    worth.sort(key=lambda item: item.cost * finest // item.gain)
    taken, bound = _best(_Pool([item for item in worth if item.cost <= limit], limit), most_points)
    return Choice(
        chosen=tuple(item.place for item in worth if item in taken),
        left_out=tuple(item.place for item in worth if item not in taken),
        bound=bound / gain_scale,
    )


def _whole(numbers: Sequence[Decimal]) -> tuple[list[int], Fraction]:
    """The numbers, each as many times as large as the scale says: whole, and without a divisor."""
    ratios = [number.as_integer_ratio() for number in numbers]
    scale = lcm(*(parts for _, parts in ratios))
    whole = [number * (scale // parts) for number, parts in ratios]
    divisor = gcd(*whole) or 1
    return [number // divisor for number in whole], Fraction(scale, divisor)


class _Item(NamedTuple):
    """A thing in whole numbers; ``place`` is its place in the order given."""

    place: int
    gain: int
    cost: int


class _Point(NamedTuple):
    """A choice that no other one beats in cost and gain at once; its items are bits."""

    cost: int
    gain: int
    items: int


class _Pool:
    """Items by gain per cost, each of which fits the budget, with their sums up to each."""

    def __init__(self, items: Sequence[_Item], budget: int) -> None:
        self.items, self.budget = items, budget
        self.gains = [*accumulate((item.gain for item in items), initial=0)]
        self.costs = [*accumulate((item.cost for item in items), initial=0)]

    def fill(self, start: int, stop: int, budget: int) -> tuple[int, int]:
        """What the items between two places gain if they can be had in parts; and a remainder."""
        end = self.costs[start] + budget
        place = bisect_right(self.costs, end, start, stop + 1) - 1
        gain = self.gains[place] - self.gains[start]
        if place == stop:
            return gain, 0
        item = self.items[place]
        part, rest = divmod((end - self.costs[place]) * item.gain, item.cost)
        return gain + part, rest

    def exact(self, start: int, stop: int, least: int, most_points: int) -> set[_Item] | None:
        """The choice of the highest gain, and among these the cheapest.

        It has all items before ``start`` and none from ``stop`` on. It is None where no such choice
        gains ``least``, or where points run out.

        The items of the first half go in from the best ratio on, those of the second half from the
        worst on. So for each point the items that are not in yet can be filled in as a bound: a
        point stays if that brings it to ``least``.
        """
        budget, least = self.budget - self.costs[start], least - self.gains[start]
        middle = (start + stop) // 2
        halves = []
        for places in (range(start, middle), range(stop - 1, middle - 1, -1)):
            points = [_Point(0, 0, 0)]
            for place in places:
                item = self.items[place]
                others = (place + 1, stop) if place < middle else (start, place)
                points += [
                    _Point(cost + item.cost, gain + item.gain, items | 1 << place - start)
                    for cost, gain, items in points
                    if cost + item.cost <= budget
                ]
                most_points -= len(points)
                if most_points < 0:
                    return None
                # Sorting keeps the order of equals: of two equal choices the one without the item.
                points.sort(key=lambda point: (point.cost, -point.gain))
                highest = [-1, *accumulate((point.gain for point in points), max)]
                points = [
                    point
                    for point, before in zip(points, highest, strict=False)
                    if point.gain > before
                    and point.gain + self.fill(*others, budget - point.cost)[0] >= least
                ]
            halves.append(points)
        first, second = halves
        costs = [point.cost for point in second]
        whole = (
            _Point(one.cost + other.cost, one.gain + other.gain, one.items | other.items)
            for one in first
            if (fitting := bisect_right(costs, budget - one.cost))
            for other in (second[fitting - 1],)
        )
        best = max(whole, key=lambda point: (point.gain, -point.cost), default=_Point(0, -1, 0))
        if best.gain < least:
            return None
        core = enumerate(self.items[start:stop])
        return {*self.items[:start], *(item for bit, item in core if best.items >> bit & 1)}


def _best(pool: _Pool, most_points: int) -> tuple[set[_Item], int]:
    """The best choice that was found, and what no choice can gain more than.

    It is greedy where that gains as much as parts of items would, or where points run out.
    """
    size = len(pool.items)
    bound, rest = pool.fill(0, size, pool.budget)
    taken = _greedy(pool.items, pool.budget)
    core = max(bisect_right(pool.costs, pool.budget) - 1 - _CORE // 2, 0)
    for start, stop in ((core, min(core + _CORE, size)), (0, size)):
        if _gain(taken) < bound or rest:
            found = pool.exact(start, stop, _gain(taken), most_points)
            taken = taken if found is None else found
            if found is not None and stop - start == size:
                bound, rest = _gain(taken), 0
    return taken, bound


def _greedy(items: Sequence[_Item], budget: int) -> set[_Item]:
    """What fits by gain per cost; or the greatest first and then what fits, if that gains more.

    The items up to the first one that does not fit gain as much as the bound together with the
    greatest one, so that the better of the two ways gains at least half of it.
    """
    greatest = max(items, key=lambda item: item.gain, default=None)
    orders = (items, sorted(items, key=lambda item: item is not greatest))
    return max((_fitting(order, budget) for order in orders), key=_gain)


def _fitting(items: Iterable[_Item], budget: int) -> set[_Item]:
    """What of these fits, one after the other."""
    taken = set()
    for item in items:
        if item.cost <= budget:
            taken.add(item)
            budget -= item.cost
    return taken


def _gain(items: Iterable[_Item]) -> int:
    return sum(item.gain for item in items)
