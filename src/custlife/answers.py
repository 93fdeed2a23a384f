"""What a silence rule says of a customer, and what a silence rule is.

The rules themselves are in `custlife.silence`. A relationship and a replay ask any of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from sys import float_info
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from attrs import field, frozen

from custlife import _checks
from custlife.errors import InvalidArgument, shown
from custlife.events import Event
from custlife.state import Room

if TYPE_CHECKING:
    from custlife.relationship import Relationship

INSTANT = timedelta(microseconds=1)
"""The shortest span: a limit is passed so long after it is reached."""
_LAST = datetime.max.replace(tzinfo=UTC)
_NO_TIME = timedelta(0)

Returns = Literal["return", "correct"]
"""What a purchase after a departure that was inferred from silence is."""


_degree = _checks.Check(
    lambda value: _checks.is_float(value, float_info.max),
    "a finite number, at least 0",
    "Give how far the silence has gone, such as 0.5.",
)
_relationship = _checks.Check(
    lambda value: hasattr(value, "record") and hasattr(value, "due"),
    "a Relationship",
    "Give a relationship, such as journey.relationship.",
)


def moment_to_come(
    call: str, name: str, value: datetime, last: datetime | None, customer: str
) -> datetime:
    """The moment in UTC that an argument of a call names.

    Raises:
        InvalidArgument: If it is naive, or earlier than the last event on record.
    """
    now = _checks.in_utc(value)
    _checks.moment.argument(call, name, now)
    if last is not None and now < last:
        rule = f"no earlier than the last event of {shown(customer)} on record, {last}"
        remedy = "Give a later moment, or the relationship of then: journey.as_of(moment)."
        raise InvalidArgument(f"{call}()", name, now, rule, remedy)
    return now


class Status(Enum):
    """What a silence says of a customer.

    Source: EFR-5 (customers leave silently); the four answers are an assumption.
    """

    ACTIVE = "active"
    """Not silent for too long."""
    LAPSED = "lapsed"
    """Silent for too long, and not yet given up."""
    DEPARTED = "presumed departed"
    """Silent for so long that the customer counts as gone."""
    UNDETERMINED = "undetermined"
    """The rule cannot tell."""


@frozen(kw_only=True)
class Answer:
    """What a silence rule says of a customer at a moment.

    Args:
        status: What the silence says.
        because: The facts and the limit, in words.
        silent_since: Since when the silence counts; None where there is none to count.
        lapsed_since: When the limit of a lapse was reached; None where it was not.
        departed_since: When the limit of a departure was reached; None where it was not.
        next_at: When the answer changes by itself: it holds up to this moment and at it, and no
            longer after it. None if only an event can change it.
        degree: How far the silence has gone, where 1 is the limit of the first change [>= 0]; a
            ranking of customers by their silence. None where it is unknown.

    Examples:
        >>> print(Answer(status=Status.UNDETERMINED, because="bought once, so there is no rhythm"))
        undetermined: bought once, so there is no rhythm
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "Answer()"

    status: Status = field(validator=_checks.one_of(Status))
    because: str = field(validator=_checks.text)
    silent_since: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    lapsed_since: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    departed_since: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    next_at: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    degree: float | None = field(default=None, validator=_degree.or_none)

    def __attrs_post_init__(self) -> None:
        for status, name in (
            (Status.LAPSED, "lapsed_since"),
            (Status.DEPARTED, "departed_since"),
        ):
            if self.status is status and getattr(self, name) is None:
                rule = f"given where the customer is {status.value}"
                remedy = "Say since when."
                raise InvalidArgument(self.subject, name, None, rule, remedy)

    @property
    def since(self) -> datetime | None:
        """Since when the customer is lapsed or presumed departed; else None."""
        return {Status.LAPSED: self.lapsed_since, Status.DEPARTED: self.departed_since}.get(
            self.status
        )

    def explain(self) -> str:
        """The answer, since when it holds, why, and when it changes by itself."""
        then = ""
        if self.next_at is not None:
            then = f" If nothing happens, that changes after {self.next_at.date()}."
        return f"{self}.{then}"

    def __str__(self) -> str:
        since = "" if self.since is None else f" since {self.since.date()}"
        return f"{self.status.value}{since}: {self.because}"


@frozen
class Deadlines:
    """When a customer who does nothing more is silent for too long.

    Attributes:
        since: Since when the silence counts.
        lapsed: When it reaches the limit of a lapse; None if it never does.
        departed: When it reaches the limit of a departure; None if it never does.
        unknown: After this moment the rule cannot tell, until one of the limits is reached; None if
            it always can.
    """

    since: datetime
    lapsed: datetime | None = None
    departed: datetime | None = None
    unknown: datetime | None = None

    def status(self, at: datetime) -> Status:
        """What the silence says at a moment; a limit that is reached just then is not yet passed.

        Examples:
            >>> from datetime import UTC, timedelta
            >>> t = datetime(2026, 1, 1, tzinfo=UTC)
            >>> deadlines = Deadlines(since=t, lapsed=t + timedelta(days=90))
            >>> deadlines.status(t + timedelta(days=90)).value
            'active'
            >>> deadlines.status(t + timedelta(days=91)).value
            'lapsed'
        """
        for limit, status in (
            (self.departed, Status.DEPARTED),
            (self.lapsed, Status.LAPSED),
            (self.unknown, Status.UNDETERMINED),
        ):
            if limit is not None and at > limit:
                return status
        return Status.ACTIVE

    def next_at(self, at: datetime) -> datetime | None:
        """Until when the answer at a moment holds if nothing happens; None if it holds for good."""
        here = self.status(at)
        ahead = [
            limit
            for limit in (self.unknown, self.lapsed, self.departed)
            if limit is not None
            and at <= limit < _LAST  # the last moment of all is reached, and never passed
            and self.status(limit + INSTANT) is not here
        ]
        return min(ahead, default=None)


class SilenceRule(Protocol):
    """Judges by what is on record whether a customer's silence means something.

    To write one, derive it from `DeadlineRule`, or bring a method ``judge``.

    Source: EFR-5, which says that customers leave silently.
    """

    def judge(self, relationship: "Relationship", at: datetime) -> Answer:
        """What the silence of a customer says at a moment.

        The answer depends on the relationship and the moment alone. As time passes and nothing
        happens, it goes from active to lapsed to presumed departed, and never back.

        Args:
            relationship: The relationship, with nothing on record after the moment.
            at: An aware datetime.
        """
        ...


class DeadlineRule(ABC):
    """A silence rule that says in advance when the silence of a customer reaches its limits.

    Derive a rule from it: `deadlines` and `because` are all that it has to say.

    Examples:
        >>> from custlife import Purchased, Relationship
        >>> from datetime import UTC, timedelta
        >>> class AfterAYear(DeadlineRule):
        ...     def deadlines(self, relationship):
        ...         last = relationship.record.last_purchase_at
        ...         return last and Deadlines(last, lapsed=last + timedelta(days=365))
        ...     def because(self, relationship, deadlines):
        ...         return "a year is too long"
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> rel = Relationship("C-17").apply(Purchased(at=t, amount=5))
        >>> print(AfterAYear().judge(rel, datetime(2027, 2, 1, tzinfo=UTC)))
        lapsed since 2027-01-01: a year is too long
    """

    @abstractmethod
    def deadlines(self, relationship: "Relationship") -> Deadlines | None:
        """When the silence reaches its limits if nothing happens; None if nothing counts."""

    @abstractmethod
    def because(self, relationship: "Relationship", deadlines: Deadlines | None) -> str:
        """The facts and the limits, in words."""

    def degree(
        self,
        relationship: "Relationship",
        deadlines: Deadlines,
        at: datetime,
    ) -> float | None:
        """How far the silence has gone, where 1 is the first limit; None where none is reached."""
        limit = deadlines.departed if deadlines.lapsed is None else deadlines.lapsed
        if limit is None:
            return None
        now = min(filter(None, (at, relationship.paused_at)))
        return max(now - deadlines.since, _NO_TIME) / max(limit - deadlines.since, INSTANT)

    def quiet(
        self,
        relationship: "Relationship",
        due: datetime | None,
        events: Sequence[Event],
    ) -> int:
        """How many of the next events certainly come before anything falls due.

        Too few is safe, since a replay looks closer after so many; too many is not. A rule that
        does not say is asked after every event.

        Args:
            relationship: The relationship before the events; no pause goes on.
            due: When the next limit is reached if nothing happens; None if none is.
            events: What happens next, in order; at least one.
        """
        return 1

    def judge(self, relationship: "Relationship", at: datetime) -> Answer:
        """What the silence of a customer says at a moment; of a former one, that they departed.

        Raises:
            InvalidArgument: If the moment is naive, or earlier than the last event on record.
        """
        _relationship.argument("judge", "relationship", relationship)
        now = moment_to_come("judge", "at", at, relationship.record.last_at, relationship.customer)
        gone = relationship.departure
        if relationship.state.room is Room.FORMER and gone is not None:
            how = "presumed to have left" if gone.inferred else "left"
            return Answer(
                status=Status.DEPARTED,
                because=f"{how} on {gone.at.date()}, cause {gone.cause.words}",
                departed_since=gone.at,
            )
        deadlines = limits_of(self, relationship)
        because = self.because(relationship, deadlines)
        if deadlines is None:
            return Answer(status=Status.UNDETERMINED, because=because)
        lapsed, departed = (
            limit if limit is not None and now > limit else None
            for limit in (deadlines.lapsed, deadlines.departed)
        )
        return Answer(
            status=deadlines.status(now),
            because=because,
            silent_since=deadlines.since,
            lapsed_since=lapsed,
            departed_since=departed,
            next_at=deadlines.next_at(now),
            degree=self.degree(relationship, deadlines, now),
        )


_answer = _checks.Check(
    lambda value: isinstance(value, Deadlines | None),
    "Deadlines or None",
    "Return Deadlines(since, ...), or None where there is no silence to count.",
)


def limits_of(rule: DeadlineRule, relationship: "Relationship") -> Deadlines | None:
    """When a silence reaches the limits of a rule, if the rule answers as it must.

    Raises:
        InvalidArgument: If it answers with anything else.
    """
    found = rule.deadlines(relationship)
    if not isinstance(found, Deadlines | None):
        _answer.argument(f"{type(rule).__name__}.deadlines", "the answer", found)
    return found


A_RULE = _checks.Check(
    lambda value: callable(getattr(value, "judge", None)) and not isinstance(value, type),
    "a silence rule, with a method judge(relationship, at)",
    "Give a rule, such as FixedWindow(lapsed_after=timedelta(weeks=13)).",
)
