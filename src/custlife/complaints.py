"""Complaints that are not settled: which one an answer is about, and which are left after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.errors import InvalidRelationship
from custlife.events import Activity, Event


@frozen
class OpenComplaint:
    """A complaint that is not settled. A relationship makes it; an app reads it.

    Args:
        at: When it was voiced.
        id: The id of its event; None where it had none.
        public: Whether others saw it.
        ignored: Whether it was left without an answer. Nobody waits then, and only a complaint in
            public is still on record: what was said stays said (IMH-9).

    Raises:
        InvalidRelationship: If a field is out of its bounds, or a private complaint was ignored.
    """

    invalid: ClassVar[type[InvalidRelationship]] = InvalidRelationship
    subject: ClassVar[str] = "complaint"

    at: datetime = field(converter=_checks.in_utc, validator=_checks.moment)
    id: str | None = field(default=None, validator=_checks.text.or_none)
    public: bool = field(default=False, validator=_checks.flag)
    ignored: bool = field(default=False, validator=_checks.flag)

    def __attrs_post_init__(self) -> None:
        if self.ignored and not self.public:
            rule = "False for a private complaint, which is off the record once it is ignored"
            remedy = "Give the complaints as the relationship has them."
            raise InvalidRelationship(self.subject, "ignored", self.ignored, rule, remedy)

    def __str__(self) -> str:
        name = "a complaint without an id" if self.id is None else repr(self.id)
        return f"{name} of {self.at.date()}"


def answered(complaints: Sequence[OpenComplaint], id_: str | None) -> int | None:
    """The place of the complaint that an answer is about; None if no such complaint is open.

    Args:
        complaints: The complaints that are not settled, the oldest first.
        id_: The id that the answer names. If it names none, it is about the oldest complaint that
            waits, or, if none waits, about the oldest one that was voiced in public.

    Examples:
        >>> from datetime import timezone
        >>> voiced = OpenComplaint(datetime(2026, 1, 1, tzinfo=timezone.utc), "c1")
        >>> answered([voiced], "c1"), answered([voiced], None), answered([voiced], "c2")
        (0, 0, None)
    """
    places = range(len(complaints))
    if id_ is not None:
        return next((place for place in places if complaints[place].id == id_), None)
    waiting = (place for place in places if not complaints[place].ignored)
    return next(waiting, 0 if complaints else None)


def answer(complaints: list[OpenComplaint], place: int, event: Event) -> None:
    """Settle the complaint at a place, or note that it was ignored."""
    complaint = complaints[place]
    if event.activity is Activity.DISREGARD and complaint.public:
        complaints[place] = evolve(complaint, ignored=True)
    else:
        del complaints[place]
