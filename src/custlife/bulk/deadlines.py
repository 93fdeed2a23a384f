"""Silence over columns: when each customer of a base is silent for too long, and who falls due.

A limit is the one that the rule itself gives for the relationship, to the microsecond. Moments are
microseconds of UTC since 1970, spans are microseconds.
"""

from datetime import timedelta
from fractions import Fraction
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from custlife.bulk import reading
from custlife.bulk.frames import Frame
from custlife.bulk.reading import Flags, Floats, Micros
from custlife.bulk.ticks import FIRST, LAST, NEVER, TICK
from custlife.errors import InvalidArgument
from custlife.silence.spans import times
from custlife.silence.windows import FixedWindow, OwnRhythm

Columnar: TypeAlias = FixedWindow | OwnRhythm
"""The silence rules that go over columns."""
Rows: TypeAlias = NDArray[np.intp]

UNREACHED = int(np.iinfo(np.int64).max)
"""The time of a limit that is never reached, in arrays of limits."""

_BEYOND = 1 << 59
"""A span so long, about 18,000 years, leads beyond all moments, and still fits when added."""
_WHOLE = float(1 << 53)
"""Up to here, a float holds every integer."""
_HALVES = float(1 << 52)
"""Below, a float that is a product is off by a quarter at most."""
_SPLIT = float((1 << 27) + 1)


def is_columnar(rule: object) -> bool:
    """Whether a silence rule goes over columns: a `FixedWindow` or an `OwnRhythm`.

    Any other rule is asked one by one, also one that is derived from these.

    Examples:
        >>> is_columnar(FixedWindow())
        True
    """
    return type(rule) in (FixedWindow, OwnRhythm)


def columnar(call: str, name: str, rule: object, instead: str) -> Columnar:
    """The rule, if it goes over columns.

    Args:
        call: What was called, for the error.
        name: The argument.
        rule: The rule.
        instead: The call that takes any rule.

    Raises:
        InvalidArgument: If it does not.
    """
    if not is_columnar(rule):
        expectation = "a FixedWindow or an OwnRhythm, the rules that go over columns"
        remedy = f"Ask this rule one by one: {instead}."
        raise InvalidArgument(f"{call}()", name, rule, expectation, remedy)
    return cast("Columnar", rule)


def silent_since(customers: Flags, customer_moment: Micros, last_purchase: Micros) -> Micros:
    """Since when each customer is silent: since the last purchase, or since becoming a customer.

    Args:
        customers: Whether they are in the room ``customer``.
        customer_moment: When they became customers in this cycle, or ``NEVER``.
        last_purchase: When they bought last, or ``NEVER``.

    Returns:
        The moments; ``NEVER`` for who is silent in no relationship.
    """
    return np.where(customers, np.maximum(customer_moment, last_purchase), NEVER)


def limits(  # noqa: PLR0913 - one argument a column
    rule: Columnar,
    *,
    since: Micros,
    first_purchase: Micros,
    last_purchase: Micros,
    occasions: Micros,
    paused: Micros | None = None,
    paused_before: Micros | None = None,
    paused_at: Micros | None = None,
) -> tuple[Micros, Micros, Micros]:
    """When the silence of each customer reaches the limits of a rule if nothing happens.

    Args:
        rule: The rule.
        since: Since when they are silent; ``NEVER`` for who is silent in no relationship.
        first_purchase: When they bought first; anything where nothing was bought.
        last_purchase: When they bought last; anything where nothing was bought.
        occasions: How often they bought, in what ``rule.occasions`` counts.
        paused: How long they paused since the last purchase; left out where nobody did.
        paused_before: How long they paused between the first purchase and the last.
        paused_at: Since when a pause goes on; ``NEVER`` where none does.

    Returns:
        When the limits ``lapsed``, ``departed`` and ``unknown`` are reached, as in `Deadlines`;
        `UNREACHED` where one never is.

    Examples:
        >>> day = 86_400_000_000
        >>> rule = OwnRhythm(factor=3)
        >>> first, last = np.array([0, 0]), np.array([30 * day, 0])
        >>> lapsed, _, unknown = limits(
        ...     rule, since=last, first_purchase=first, last_purchase=last,
        ...     occasions=np.array([2, 1]),
        ... )
        >>> [int(one) // day for one in (lapsed[0], unknown[1])], bool(lapsed[1] == UNREACHED)
        ([120, 0], True)
    """
    nobody = since == NEVER
    begin = np.where(nobody, 0, since) + (0 if paused is None else paused)

    def reached(span: Micros | int) -> Micros:
        at = begin + span
        never = nobody | (at > LAST) | (at < FIRST)
        if paused_at is not None:
            never |= (paused_at != NEVER) & (at >= paused_at)
        return np.where(never, UNREACHED, at)

    never = np.full(len(since), UNREACHED)
    if isinstance(rule, FixedWindow):
        window, longest = rule.lapsed_after, rule.departed_after
        departed = never if longest is None else reached(_span(longest))
        return reached(_span(window)), departed, never
    gap = _gap(first_purchase, last_purchase, occasions, paused_before)
    own, fallback = gap != 0, rule.fallback
    known = own if fallback is None else np.ones_like(own)

    def counted(factor: float) -> Micros:
        span = _times(gap, factor)
        if fallback is not None:
            span = np.where(own, span, _span(times(fallback, factor)))
        return np.where(known, reached(span), UNREACHED)

    lapsed = counted(rule.factor)
    departed = never if rule.departed_factor is None else counted(rule.departed_factor)
    return lapsed, departed, np.where(known | nobody, UNREACHED, since)


def _span(span: timedelta) -> int:
    return min(span // TICK, _BEYOND)


def _gap(first: Micros, last: Micros, occasions: Micros, paused: Micros | None) -> Micros:
    """The mean gap of each customer, rounded as a timedelta is; 0 where there is none."""
    several = occasions > 1
    time = np.where(several, last - first - (0 if paused is None else paused), 0)
    number = np.where(several, occasions - 1, 1)
    gap: Micros = time // number
    twice = 2 * (time - gap * number)
    gap += (twice > number) | ((twice == number) & (gap % 2 == 1))
    return gap


def _times(gap: Micros, factor: float) -> Micros:
    """So many times each gap, rounded as a timedelta is: exactly, and half to even.

    A product of floats and what it lacks hold together the exact product (T. J. Dekker, A
    Floating-Point Technique for Extending the Available Precision, Numerische Mathematik 18(3),
    1971). Where even that is too short, after a century, Python's integers count.
    """
    span, by = gap.astype(np.float64), np.array([float(factor)])
    product = span * by
    (high, low), (by_high, by_low) = _halves(span), _halves(by)
    lack = ((high * by_high - product) + high * by_low + low * by_high) + low * by_low
    whole = np.floor(product)
    over = (product - whole - 0.5) + lack
    up = (over > 0) | ((over == 0) & (whole % 2 == 1))
    far = (np.abs(span) >= _WHOLE) | (np.abs(product) >= _HALVES)
    found: Micros = np.where(far, 0, whole).astype(np.int64) + up
    exact = Fraction(factor)
    for place in np.flatnonzero(far):
        found[place] = max(-_BEYOND, min(round(int(gap[place]) * exact), _BEYOND))
    return found


def _halves(value: Floats) -> tuple[Floats, Floats]:
    """A float as the sum of two that have half as many digits."""
    shifted = _SPLIT * value
    high = shifted - (shifted - value)
    return high, value - high


def is_marked(mark: Micros, since: Micros, lapsed: Micros) -> Flags:
    """Whether a lapse in each silence is on record, as a replay asks it one by one.

    Args:
        mark: When each customer lapsed last; `NEVER` where they did not.
        since: Since when they are silent.
        lapsed: When the silence reaches the limit of a lapse.
    """
    begin = np.minimum(since, lapsed)
    marked: Flags = (mark > begin) | ((lapsed == begin) & (mark == begin))
    marked &= mark != NEVER
    return marked


def occasions(frame: Frame, rule: Columnar) -> Micros:
    """How often each customer bought, in what a rule counts.

    Raises:
        InvalidFrame: If the column is missing or holds what it must not.
    """
    purchases = isinstance(rule, OwnRhythm) and rule.occasions == "purchases"
    return reading.whole(frame, "purchases" if purchases else "purchase_days")
