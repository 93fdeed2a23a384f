"""What became of each event of a journey: a step, a refusal, or a correction."""

from datetime import datetime
from enum import Enum
from typing import Any

from attrs import evolve, field, frozen

from custlife.answers import INSTANT, Answer, SilenceRule
from custlife.departures import Departure
from custlife.errors import CustlifeError, shown
from custlife.events import Event
from custlife.lifecycle.parts import Move, Stay
from custlife.relationship import Relationship
from custlife.state import Room, State

Line = tuple[str, str, str, str]
"""A line of a journey's page: date, event, what happened and why."""


@frozen
class Rejection:
    """An event that was refused, and why.

    Attributes:
        event: The event.
        error: The error that says why.
        position: Its place in the journey's ledger; None for an object that is no event and so
            has no time.
    """

    event: Event = field(repr=shown)
    error: CustlifeError = field(eq=lambda error: (type(error), error.args))
    position: int | None

    def rename(self, customer: str) -> "Rejection":
        """The same refusal under another id of the customer."""
        error: Any = self.error
        named = hasattr(error, "customer")
        return evolve(self, error=evolve(error, customer=customer)) if named else self

    def __str__(self) -> str:
        return str(self.error)

    def explain(self) -> str:
        """When which event was refused, and why."""
        when = "" if self.position is None else f"{' '.join(self.line[:2])}: "
        return f"{when}refused. {self.error}"

    @property
    def line(self) -> Line:
        """The line of a journey's page: date, event, what happened and why."""
        if self.position is None:
            return "", shown(self.event), "refused", str(self.error)
        return str(self.event.at.date()), self.event.name, "refused", str(self.error)


@frozen
class Inference:
    """An event that a silence rule inferred.

    Attributes:
        event: The event: a lapse, or a departure.
        rule: The rule.
        before: The relationship before the event.
        position: Its place in the journey's ledger.
        by: The event that shows that it was wrong, such as a purchase or a departure that somebody
            saw; None where it stands.
    """

    event: Event = field(repr=shown)
    rule: SilenceRule
    before: Relationship
    position: int
    by: Event | None = field(default=None, repr=shown)

    @property
    def answer(self) -> Answer:
        """What the rule said as soon as it said so."""
        return self.rule.judge(self.before, self.event.at + INSTANT)

    def explain(self) -> str:
        """When what was inferred, why, and what shows that it was wrong."""
        wrong = "" if self.by is None else f" It was wrong: {self.by.name} on {self.by.at.date()}."
        return f"{self.event.at.date()} {self.event.name}: inferred. {self.answer}.{wrong}"


@frozen(repr=False)
class Step:
    """One accepted event of a journey, and what it did.

    Attributes:
        event: The event.
        before: The state before it.
        after: The state after it.
        rules: The rules that were taken: moves, or stays where nothing changed.
        cycle: The cycle after it.
        departure: The departure that it was, or that it tells more about; else None.
        inference: How it was inferred from silence; None where it was given.
    """

    event: Event
    before: State
    after: State
    rules: tuple[Move | Stay, ...]
    cycle: int
    departure: Departure | None
    inference: Inference | None = None

    @property
    def is_move(self) -> bool:
        """Whether the state changed."""
        return self.before != self.after

    @property
    def is_customer_moment(self) -> bool:
        """Whether the room ``customer`` was entered (IMH-3)."""
        return self.before.room is not Room.CUSTOMER and self.after.room is Room.CUSTOMER

    @property
    def is_reentry(self) -> bool:
        """Whether a new cycle began."""
        return self.before.room is Room.FORMER and self.after.room is not Room.FORMER

    @property
    def is_departure(self) -> bool:
        """Whether the room ``former`` was entered."""
        return self.before.room is not Room.FORMER and self.after.room is Room.FORMER

    def explain(self) -> str:
        """The event, from where to where, and the sentence and source of each rule.

        Examples:
            >>> from datetime import timezone
            >>> from custlife import Engaged, replay
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> print(replay([Engaged(at=t)], customer="C-17").steps[0].explain())
            2026-01-01 engaged: potential -> visitor. A prospect who turns to us is a visitor and \
begins to judge. [EFR-2]
        """
        text = f"{self}. {self._why}"
        return text if self.departure is None else f"{text}\n{self.departure.explain()}"

    @property
    def way(self) -> str:
        """From where to where, in words."""
        return f"{self.before} -> {self.after}" if self.is_move else f"stays {self.after}"

    @property
    def _why(self) -> str:
        why = " ".join(f"{rule.sentence} [{rule.citation}]" for rule in self.rules)
        moment = " This is the customer moment [IMH-3]." * self.is_customer_moment
        silence = "" if self.inference is None else f" Inferred: {self.inference.answer}."
        return why + moment + f" Cycle {self.cycle} begins." * self.is_reentry + silence

    @property
    def line(self) -> Line:
        """The line of a journey's page: date, event, what happened and why."""
        departure = "" if self.departure is None else f" Departure: {self.departure}."
        return str(self.event.at.date()), self.event.name, self.way, self._why + departure

    def __str__(self) -> str:
        return f"{self.event.at.date()} {self.event.name}: {self.way}"

    def __repr__(self) -> str:
        return f"<Step {self}>"


class Correction(Enum):
    """Why an event no longer counts."""

    WITHDRAWN = "withdrawn"
    """It was wrong."""
    REPLACED = "replaced"
    """It was wrong, and another event says what is right."""
    CANCELLED = "cancelled"
    """It was a purchase that never took place."""
    LIFTED = "lifted"
    """It was a departure of a person who had not left: who went on buying, in another record or
    after a silence, or did later what only a person who is present can do."""


@frozen
class Withdrawn:
    """An event that was believed, and no longer counts.

    Attributes:
        event: The event.
        how: Why it no longer counts.
        position: Its place in the journey's ledger.
        by: The event that shows it: the one that took its place, the cancellation, or the purchase
            in the other record; None where it was withdrawn and nothing took its place.
        recorded_at: When the app came to know that it was wrong; None if it knew when it recorded
            the event.
    """

    event: Event = field(repr=shown)
    how: Correction
    position: int
    by: Event | None = field(default=None, repr=shown)
    recorded_at: datetime | None = None

    @property
    def known_since(self) -> datetime:
        """When the app came to know that the event was wrong."""
        if self.recorded_at is not None:
            return self.recorded_at
        return self.event.known_since if self.by is None else self.by.known_since

    def explain(self) -> str:
        """When which event was corrected, and by what."""
        return f"{' '.join(self.line[:2])}: {self.how.value}. {self._why}"

    @property
    def _why(self) -> str:
        if self.by is None and self.recorded_at is None:
            return "Since when that is known is not on record."
        by = "" if self.by is None else f" by {self.by.name} of {self.by.at.date()}"
        return f"That is known since {self.known_since.date()}{by}."

    @property
    def line(self) -> Line:
        """The line of a journey's page: date, event, what happened and why."""
        return str(self.event.at.date()), self.event.name, self.how.value, self._why
