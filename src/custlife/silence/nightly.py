"""Who falls due by a silence rule: the nightly job of an app that keeps snapshots."""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from custlife import _checks
from custlife.answers import A_RULE, SilenceRule
from custlife.errors import cut
from custlife.events import Event
from custlife.relationship import Relationship


@frozen(repr=False)
class Due:
    """A customer who falls due by a silence rule, and what to apply.

    Attributes:
        relationship: The relationship as it stands.
        events: What is due, in order: a `Lapsed`, an inferred `Departed`, or both.
    """

    relationship: Relationship
    events: tuple[Event, ...]

    @property
    def customer(self) -> str:
        """The app's id of the customer."""
        return self.relationship.customer

    @property
    def at(self) -> datetime:
        """When the first of them is due."""
        return self.events[0].at

    def __repr__(self) -> str:
        what = ", ".join(f"{event.name} on {event.at.date()}" for event in self.events)
        return f"<Due {cut(self.customer)}: {what}>"


def due(
    relationships: Iterable[Relationship], rule: SilenceRule, as_of: datetime
) -> tuple[Due, ...]:
    """Who falls due until a moment, the earliest first.

    Apply the events of each, or ask before: ``one.relationship.apply(*one.events)``. A moment in
    the future says who is going to fall due if nothing happens.

    Source: EFR-5.

    Args:
        relationships: The relationships.
        rule: The silence rule.
        as_of: The moment: an aware datetime, no earlier than any event on record. What falls due at
            this very moment is due after it.

    Raises:
        InvalidArgument: If an argument is of the wrong type, or an event is later than the moment.
        UnknownEvent: If a lifecycle does not know an event that is due.

    Examples:
        >>> from datetime import timedelta, timezone
        >>> from custlife import Purchased
        >>> from custlife.silence import FixedWindow
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> people = [Relationship(f"C-{n}").apply(
        ...     Purchased(at=t + timedelta(days=n), amount=5)) for n in (30, 9)]
        >>> due(people, FixedWindow(lapsed_after=timedelta(days=90)), t + timedelta(days=100))
        (<Due C-9: lapsed on 2026-04-10>,)
    """
    _checks.iterable_of("relationships").argument("due", "relationships", relationships)
    A_RULE.argument("due", "rule", rule)
    now = _checks.in_utc(as_of)
    _checks.moment.argument("due", "as_of", now)
    found = []
    for relationship in relationships:
        _checks.one_of(Relationship).argument("due", "relationships", relationship)
        events = relationship.due(rule, now)
        if events:
            found.append(Due(relationship, events))
    return tuple(sorted(found, key=lambda one: (one.at, one.customer)))
