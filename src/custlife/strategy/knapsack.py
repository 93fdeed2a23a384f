"""The arithmetic of choosing: what to take of things with gains and costs, given one budget.

Things are places in the order given. Numbers are scaled to whole ones, so that every comparison is
exact.

Small cases are solved exactly, along the choices that no other one beats in gain and cost at once
(G. Nemhauser and Z. Ullmann, Management Science 15(9), 1969), with the things in two halves
(E. Horowitz and S. Sahni, Journal of the ACM 21(2), 1974). Larger cases are solved greedily.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import floor, gcd, lcm
from typing import Any, NamedTuple

from attrs import define, frozen

MOST_PRICED = 100
"""With more things than this that gain something, there are no prices."""
_CORE = 24
"""So many items around the end of the budget are tried first, which mostly finds the best."""


@frozen
class Choice:
    """What is taken.

    Attributes:
        chosen: The places of what is taken, by gain per cost, the highest first.
        left_out: The places of what is not taken though it gains something, in the same order.
        prices: For places that are left out: below this cost each would have been taken, everything
            else the same. Empty where the choice may not be the best.
        bound: What no choice can gain more than; the gain itself where that is known.
    """

    chosen: tuple[int, ...]
    left_out: tuple[int, ...]
    prices: Mapping[int, Fraction]
    bound: Fraction


class Item(NamedTuple):
    """A thing in whole numbers; ``place`` is its place in the order given."""

    place: int
    gain: int
    cost: int


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
        >>> choice = choose([Decimal(60), Decimal(50)], [Decimal(40), Decimal(50)], Decimal(60), 9)
        >>> choice.chosen, choice.prices, choice.bound
        ((0,), {1: Fraction(20, 1)}, Fraction(60, 1))
    """
    whole_gains, gain_scale = _whole(gains)
    whole_costs, cost_scale = _whole(costs)
    exact_budget = Fraction(budget) * cost_scale
    limit = floor(exact_budget)
    things = map(Item, range(len(gains)), whole_gains, whole_costs)
    worth = _by_ratio(thing for thing in things if thing.gain > 0)
    items = [thing for thing in worth if 0 < thing.cost <= limit]
    points = _Points(most_points)
    best = _best(items, limit, points)
    taken = best.taken.union(thing.place for thing in worth if not thing.cost)
    left_out = [thing for thing in worth if thing.place not in taken]
    prices: dict[int, Fraction] = {}
    if best.is_exact and len(worth) <= MOST_PRICED:
        for thing in left_out:
            price = _price(thing, items, exact_budget, best, points)
            if price is not None:
                prices[thing.place] = price / cost_scale
    return Choice(
        chosen=tuple(thing.place for thing in worth if thing.place in taken),
        left_out=tuple(thing.place for thing in left_out),
        prices=prices,
        bound=(best.bound + sum(thing.gain for thing in worth if not thing.cost)) / gain_scale,
    )


def _whole(numbers: Sequence[Decimal]) -> tuple[list[int], Fraction]:
    """The numbers, each as many times as large as the scale says: whole, and without a divisor."""
    ratios = [number.as_integer_ratio() for number in numbers]
    scale = lcm(*(parts for _, parts in ratios))
    whole = [number * (scale // parts) for number, parts in ratios]
    divisor = gcd(*whole) or 1
    return [number // divisor for number in whole], Fraction(scale, divisor)


def _by_ratio(things: Iterable[Item]) -> list[Item]:
    """By gain per cost, what costs nothing first; on a tie in the order given."""
    worth = list(things)
    # Ratios that differ do so by more than this, so that whole numbers tell them apart.
    finest = max((thing.cost for thing in worth), default=0) ** 2 + 1
    return sorted(
        worth, key=lambda thing: (thing.cost > 0, -(thing.gain * finest // (thing.cost or 1)))
    )


@frozen
class _Best:
    """The best choice that was found, and what no choice can gain more than."""

    taken: frozenset[int]
    gain: int
    cost: int
    bound: int

    @property
    def is_exact(self) -> bool:
        return self.gain == self.bound


def _best(items: Sequence[Item], budget: int, points: "_Points") -> _Best:
    """The best choice of items by gain per cost, each of which fits the budget alone.

    It is greedy where that gains as much as parts of items would, or where points run out.
    """
    pool = _Pool(items)
    bound, rest = pool.fill(0, len(items), budget)
    best = _greedy(items, budget)
    try:
        if best.gain < bound:
            best = max(best, _core(pool, budget, points), key=lambda taken: taken.gain)
        if best.gain < bound or rest:
            best = _exact(pool, budget, best.gain, points)
            bound = best.gain
    except _NoPointsLeft:
        pass
    return _Best(*best, bound)


# --- the greedy choice -----------------------------------------------------------------------


class _Taken(NamedTuple):
    taken: frozenset[int]
    gain: int
    cost: int


def _greedy(items: Sequence[Item], budget: int) -> _Taken:
    """What fits by gain per cost; or the greatest first and then what fits, if that gains more.

    The items up to the first one that does not fit gain as much as the bound together with the
    greatest one, so that the better of the two ways gains at least half of it.
    """
    greatest = sorted(items, key=lambda item: -item.gain)[:1]
    ways = [
        _in_order(order, budget)
        for order in (items, [*greatest, *(item for item in items if item not in greatest)])
    ]
    return max(ways, key=lambda way: way.gain)


def _in_order(items: Iterable[Item], budget: int) -> _Taken:
    taken, gain, left = set(), 0, budget
    for item in items:
        if item.cost <= left:
            taken.add(item.place)
            gain += item.gain
            left -= item.cost
    return _Taken(frozenset(taken), gain, budget - left)


# --- the exact choice ------------------------------------------------------------------------


class _NoPointsLeft(Exception):
    """The exact choice takes more points than wanted."""


@define
class _Points:
    """How many points may still be tried."""

    left: int

    def spend(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise _NoPointsLeft


class _Pool:
    """Items by gain per cost, with the sums of their gains and costs up to each."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._gains = [*accumulate((item.gain for item in items), initial=0)]
        self._costs = [*accumulate((item.cost for item in items), initial=0)]

    def first_beyond(self, budget: int) -> int:
        """The place of the first item that does not fit where all before it are taken."""
        return bisect_right(self._costs, budget) - 1

    def fill(self, start: int, stop: int, budget: int) -> tuple[int, int]:
        """What the items between two places gain if they can be had in parts; and a remainder."""
        end = self._costs[start] + budget
        place = bisect_right(self._costs, end, start, stop + 1) - 1
        gain = self._gains[place] - self._gains[start]
        if place == stop:
            return gain, 0
        item = self.items[place]
        part, rest = divmod((end - self._costs[place]) * item.gain, item.cost)
        return gain + part, rest


class _Point(NamedTuple):
    """A choice that no other one beats in cost and gain at once."""

    cost: int
    gain: int
    items: Any
    """The place of its last item, and the items before it."""


def _exact(pool: _Pool, budget: int, least: int, points: _Points) -> _Taken:
    """The choice of the highest gain, and among these the cheapest; some choice gains ``least``.

    The items of the first half go in from the best ratio on, those of the second half from the
    worst on. So for each point the items that are not in yet can be filled in as a bound.
    """
    size = len(pool.items)
    middle = size // 2
    first = second = [_Point(0, 0, None)]
    for place in range(middle):
        first = _with(pool, place, first, (place + 1, size), budget, least, points)
    for place in range(size - 1, middle - 1, -1):
        second = _with(pool, place, second, (0, place), budget, least, points)
    costs = [point.cost for point in second]
    whole = [
        _Point(one.cost + other.cost, one.gain + other.gain, (one.items, other.items))
        for one in first
        if (fitting := bisect_right(costs, budget - one.cost))
        for other in (second[fitting - 1],)
    ]
    best = max(whole, key=lambda point: (point.gain, -point.cost))
    taken = frozenset(place for items in best.items for place in _places(items))
    return _Taken(taken, best.gain, best.cost)


def _core(pool: _Pool, budget: int, points: _Points) -> _Taken:
    """All items of the best ratios, with the best choice of the few before and after their end."""
    end = pool.first_beyond(budget)
    start = max(end - _CORE // 2, 0)
    head, core = pool.items[:start], pool.items[start : start + _CORE]
    cost = sum(item.cost for item in head)
    best = _exact(_Pool(core), budget - cost, 0, points)
    gain = best.gain + sum(item.gain for item in head)
    return _Taken(best.taken.union(item.place for item in head), gain, best.cost + cost)


def _with(  # noqa: PLR0913, PLR0917 - a step of the search above
    pool: _Pool,
    place: int,
    before: list[_Point],
    others: tuple[int, int],
    budget: int,
    least: int,
    points: _Points,
) -> list[_Point]:
    """The points with and without one more item, by cost; the gains grow with the costs.

    A point stays where the other items, had in parts, can bring it to ``least``.
    """
    item = pool.items[place]
    more = [
        _Point(point.cost + item.cost, point.gain + item.gain, (item.place, point.items))
        for point in before
        if point.cost + item.cost <= budget
    ]
    points.spend(len(before) + len(more))
    after, highest = [], -1
    # Sorting keeps the order of equals: of two equal choices the one without the item.
    for point in sorted((*before, *more), key=lambda point: (point.cost, -point.gain)):
        if point.gain > highest:
            highest = point.gain
            if point.gain + pool.fill(*others, budget - point.cost)[0] >= least:
                after.append(point)
    return after


def _places(items: Any) -> Iterator[int]:  # noqa: ANN401 - as in a point
    while items is not None:
        place, items = items
        yield place


# --- the prices of an exact choice -----------------------------------------------------------


def _price(
    item: Item, items: Sequence[Item], budget: Fraction, best: _Best, points: _Points
) -> Fraction | None:
    """Below this cost the best choice has the item; None where points run out.

    With it, others are enough that gain so much less. With an equal gain it must cost less.
    """
    others = [other for other in items if other is not item]
    more = _cheapest(others, best.gain - item.gain + 1, points)
    equal = _cheapest(others, best.gain - item.gain, points)
    return (
        None if more is None or equal is None else max(budget - more, Fraction(best.cost - equal))
    )


def _cheapest(items: Sequence[Item], gain: int, points: _Points) -> int | None:
    """The least that items which gain this much together cost; None where points run out.

    That is another choice: as much cost as possible is left out, and not too much gain with it.
    """
    spare = sum(item.gain for item in items) - gain
    swapped = [Item(item.place, item.cost, item.gain) for item in reversed(items)]
    out = _best([item for item in swapped if item.cost <= spare], spare, points)
    return sum(item.cost for item in items) - out.gain if out.is_exact else None
