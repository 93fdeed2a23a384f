"""A silence rule by the chance that the customer is still there, which a model computes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import isinf
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.answers import DeadlineRule, Deadlines
from custlife.errors import InvalidArgument
from custlife.events import Activity, Event
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.summaries import occasions, summary_of
from custlife.prediction.summary import chance
from custlife.relationship import Relationship
from custlife.silence.spans import plus, times
from custlife.silence.windows import no_customer, silent_since

_NEVER = datetime.max.replace(tzinfo=UTC)
"""The chance never falls so far."""


@frozen
class LikelyGone(DeadlineRule):
    """A silence rule by the chance that a customer is still alive, given their purchases.

    The silence is a lapse once the chance has fallen below a limit. Where the model can never tell,
    as BG/NBD cannot of one-time buyers, the answer is undetermined.

    Source: KAL-8; the model's own.

    Args:
        model: A model of purchases, such as ``BGNBD.fit(rows)``.
        below: Below this chance the customer has lapsed [0..1, exclusive].
        departed_below: Below this chance the customer is presumed to have departed; None if the
            chance never means a departure [at most ``below``].
        unit: The unit of time in which the model was fitted.

    Raises:
        InvalidArgument: If an argument is out of its bounds.

    Examples:
        >>> from datetime import timezone
        >>> from custlife import Purchased
        >>> from custlife.prediction import BGNBD
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> rel = Relationship("C-17").apply(
        ...     Purchased(at=t, amount=5), Purchased(at=t + timedelta(days=30), amount=5)
        ... )
        >>> rule = LikelyGone(BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), below=0.5)
        >>> rule.judge(rel, t + timedelta(days=300)).status.value
        'lapsed'
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "LikelyGone()"

    model: PurchaseModel = field(validator=_checks.one_of(PurchaseModel))
    below: float = field(default=0.5, validator=chance, kw_only=True)
    departed_below: float | None = field(default=None, validator=chance.or_none, kw_only=True)
    unit: timedelta = field(default=timedelta(weeks=1), validator=_checks.span, kw_only=True)

    def __attrs_post_init__(self) -> None:
        departed = self.departed_below
        if departed is not None and departed > self.below:
            rule = f"at most below, {self.below!r}"
            remedy = "A customer lapses before the departure is presumed."
            raise InvalidArgument(self.subject, "departed_below", departed, rule, remedy)

    def deadlines(self, relationship: Relationship) -> Deadlines | None:
        """When the chance falls below the limits; None for a person who is no customer."""
        since, found = silent_since(relationship), occasions(relationship)
        if since is None or found is None:
            return None
        lapsed = self._reached(relationship, since, found, self.below)
        if lapsed is _NEVER:
            return Deadlines(since, unknown=since)
        departed = None
        if self.departed_below is not None:
            departed = self._reached(relationship, since, found, self.departed_below)
        return Deadlines(since, lapsed, departed)

    def _reached(
        self,
        relationship: Relationship,
        since: datetime,
        found: tuple[datetime, int, timedelta],
        below: float,
    ) -> datetime | None:
        """When the chance falls to a limit, no earlier than the silence begins; None if never."""
        begin, x, t_x = found
        until = self.model.silent_until(x, t_x / self.unit, below)
        if isinf(until):
            return _NEVER
        stopped = relationship.paused_at
        begin += relationship.paused_before + relationship.paused
        deadline = plus(begin, times(self.unit, until))
        if deadline is None or (stopped is not None and deadline >= stopped):
            return None
        return max(deadline, since)

    def because(self, relationship: Relationship, deadlines: Deadlines | None) -> str:
        """Since when the customer is silent, how often they bought, and the limits."""
        if deadlines is None:
            return no_customer()
        occasions = relationship.record.purchase_days
        often = f"{occasions} occasion{'s' * (occasions != 1)}"
        if deadlines.unknown is not None:
            return f"{self.model.name} cannot tell after {often}"
        limits = f"a chance below {self.below:g} is a lapse"
        if self.departed_below is not None:
            limits += f", below {self.departed_below:g} a departure"
        return (
            f"silent since {deadlines.since.date()} after {often}; by {self.model.name}, {limits}"
        )

    def degree(
        self, relationship: Relationship, deadlines: Deadlines, at: datetime
    ) -> float | None:
        """How far the chance has fallen, where 1 is the limit; None where the model cannot tell."""
        known = summary_of(relationship, at, self.unit)
        if known is None or deadlines.unknown is not None:
            return None
        return (1 - self.model.alive(known.x, known.t_x, known.T)) / (1 - self.below)

    def quiet(
        self, relationship: Relationship, due: datetime | None, events: Sequence[Event]
    ) -> int:
        """How many of the next events certainly come before anything falls due."""
        for number, event in enumerate(events):
            if due is not None and event.at > due:
                return number
            if event.activity is Activity.PURCHASE:
                return number + 1
        return len(events)
