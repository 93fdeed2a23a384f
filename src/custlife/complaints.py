"""Complaints that are not settled: which one an answer is about, and which are left after it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve, frozen

from custlife import _checks
from custlife.events import Activity, Event


@frozen(weakref_slot=False)
class OpenComplaint:
    """A complaint that is not settled. A relationship makes it; an app reads it.

    Attributes:
        at: When it was voiced.
        id: The id of its event; None where it had none.
        public: Whether others saw it.
        ignored: Whether it was left without an answer. Nobody waits then, and only a complaint in
            public is still on record: what was said stays said (IMH-9).
    """

    at: datetime
    id: str | None = None
    public: bool = False
    ignored: bool = False

    def contradictions(self) -> Iterator[tuple[str, object, str]]:
        """What cannot be in a complaint that was stored: (field, value, what it must be).

        Examples:
            >>> [*OpenComplaint("today").contradictions()][0][0]
            'complaints.at'
        """
        for name, check in (
            ("at", _checks.moment),
            ("id", _checks.text.or_none),
            ("public", _checks.flag),
            ("ignored", _checks.flag),
        ):
            value = getattr(self, name)
            if not (check.holds(value) or (value is None and check.optional)):
                yield f"complaints.{name}", value, repr(check)
        if self.ignored and not self.public:
            rule = "False for a private complaint, which is off the record once it is ignored"
            yield "complaints.ignored", self.ignored, rule

    def __str__(self) -> str:
        name = "a complaint without an id" if self.id is None else repr(self.id)
        return f"{name} of {self.at.date()}"


def answered(
    complaints: Sequence[OpenComplaint], id_: str | None, *, waiting: bool = False
) -> int | None:
    """The place of the complaint that an answer is about; None if no such complaint is open.

    Args:
        complaints: The complaints that are not settled, the oldest first.
        id_: The id that the answer names; None if it names none. Of several that fit, it is about
            the oldest one that waits, or, if none waits, the oldest one that was voiced in public.
        waiting: Whether it can only be about one that waits: nobody can be ignored twice.

    Examples:
        >>> from datetime import timezone
        >>> voiced = OpenComplaint(datetime(2026, 1, 1, tzinfo=timezone.utc), "c1")
        >>> answered([voiced], "c1"), answered([voiced], None), answered([voiced], "c2")
        (0, 0, None)
    """
    places = [place for place, one in enumerate(complaints) if id_ in (None, one.id)]
    wait = (place for place in places if not complaints[place].ignored)
    return next(wait, None if waiting or not places else places[0])


def others_wait(complaints: Sequence[OpenComplaint], place: int) -> bool:
    """Whether another complaint than the one at a place waits for its answer."""
    waiting = sum(not complaint.ignored for complaint in complaints)
    return waiting > (not complaints[place].ignored)


def answer(complaints: list[OpenComplaint], place: int, event: Event) -> None:
    """Settle the complaint at a place, or note that it was ignored."""
    complaint = complaints[place]
    if event.activity is Activity.DISREGARD and complaint.public:
        complaints[place] = evolve(complaint, ignored=True)
    else:
        del complaints[place]
