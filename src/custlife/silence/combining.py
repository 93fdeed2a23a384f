"""Silence rules that are made of others: either of them suffices, or both must agree."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from custlife import _checks
from custlife.answers import DeadlineRule, Deadlines, limits_of
from custlife.errors import InvalidArgument
from custlife.events import Event
from custlife.relationship import Relationship

_LEAST = 2


@frozen(repr=False)
class Combination(DeadlineRule):
    """Several silence rules as one; made by `either` and `both`.

    A rule that has nothing to count, such as a limit of a stage that is not active, is left out.

    Attributes:
        rules: The rules.
        every: Whether all of them must agree; else one suffices.
    """

    rules: tuple[DeadlineRule, ...]
    every: bool

    def deadlines(self, relationship: Relationship) -> Deadlines | None:
        """When the silence reaches the limits of the rules together."""
        found = [one for rule in self.rules if (one := limits_of(rule, relationship)) is not None]
        if not found:
            return None
        return _all(found) if self.every else _any(found)

    def because(self, relationship: Relationship, deadlines: Deadlines | None) -> str:
        """What each of the rules says, without those that have nothing to count."""
        theirs = [(rule, limits_of(rule, relationship)) for rule in self.rules]
        counting = [pair for pair in theirs if pair[1] is not None] or theirs
        how = "both needed" if self.every else "either suffices"
        said = "; ".join(rule.because(relationship, own) for rule, own in counting)
        return f"{said} ({how})" if len(counting) > 1 else said

    def degree(
        self, relationship: Relationship, deadlines: Deadlines, at: datetime
    ) -> float | None:
        """How far the silence has gone by the rules together."""
        known = [
            rule.degree(relationship, own, at)
            for rule in self.rules
            if (own := limits_of(rule, relationship)) is not None
        ]
        degrees = [degree for degree in known if degree is not None]
        if not degrees or (self.every and len(degrees) < len(known)):
            return None
        return min(degrees) if self.every else max(degrees)

    def quiet(
        self, relationship: Relationship, due: datetime | None, events: Sequence[Event]
    ) -> int:
        """How many of the next events certainly come before anything falls due."""
        number = len(events)
        for rule in self.rules:
            own = limits_of(rule, relationship)
            limits = () if own is None else (own.lapsed, own.departed)
            theirs = min((limit for limit in limits if limit is not None), default=due)
            number = min(number, max(rule.quiet(relationship, theirs, events[:number]), 1))
        return number

    def __repr__(self) -> str:
        return f"{'both' if self.every else 'either'}({', '.join(map(repr, self.rules))})"


def _any(found: Sequence[Deadlines]) -> Deadlines:
    """The first limit counts. Who may be gone by a rule that cannot tell is not active."""
    lapses = [(one.lapsed, one.since) for one in found if one.lapsed is not None]
    # A lapse before the silence in question is none in it, however long another rule counts.
    first = min(lapses, key=lambda one: (one[0], one[0] - one[1]), default=None)
    departed = [one.departed for one in found if one.departed is not None]
    unknown = [one.unknown for one in found if one.unknown is not None]
    return Deadlines(
        min(one.since for one in found) if first is None else first[1],
        None if first is None else first[0],
        min(departed, default=None),
        min(unknown, default=None),
    )


def _all(found: Sequence[Deadlines]) -> Deadlines:
    """The last limit counts; where a rule cannot tell, it counts only after all others."""
    lapsed = [one.lapsed or one.departed for one in found if one.unknown is None]
    departed = [one.departed for one in found]
    unknown = [one.unknown for one in found if one.unknown is not None]
    since = max(one.since for one in found)
    if None in lapsed:
        return Deadlines(since)
    if unknown:
        return Deadlines(since, unknown=max((*unknown, *filter(None, lapsed))))
    gone = None if None in departed else max(filter(None, departed))
    return Deadlines(since, max(filter(None, lapsed)), gone)


def either(*rules: DeadlineRule) -> Combination:
    """A silence rule by which a customer is silent for too long if one of the rules says so.

    A rule that cannot tell leaves the answer undetermined until another one decides it.

    Raises:
        InvalidArgument: If there are fewer than two rules, or one is no `DeadlineRule`.

    Examples:
        >>> from datetime import timedelta
        >>> from custlife.silence import FixedWindow, StageLimits
        >>> window = FixedWindow(lapsed_after=timedelta(weeks=13))
        >>> rule = either(window, StageLimits({"visitor": timedelta(days=30)}))
        >>> len(rule.rules)
        2
    """
    return _combination("either", rules, every=False)


def both(*rules: DeadlineRule) -> Combination:
    """A silence rule by which a customer is silent for too long if all of the rules say so.

    Raises:
        InvalidArgument: If there are fewer than two rules, or one is no `DeadlineRule`.

    Examples:
        >>> from datetime import timedelta
        >>> from custlife.silence import FixedWindow, OwnRhythm
        >>> both(OwnRhythm(factor=3), FixedWindow(lapsed_after=timedelta(days=30))).every
        True
    """
    return _combination("both", rules, every=True)


def _combination(call: str, rules: tuple[DeadlineRule, ...], *, every: bool) -> Combination:
    for rule in rules:
        _checks.one_of(DeadlineRule).argument(call, "rules", rule)
    if len(rules) < _LEAST:
        raise InvalidArgument(f"{call}()", "rules", rules, "two rules or more", "Give the rules.")
    return Combination(rules, every)
