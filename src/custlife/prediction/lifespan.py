"""How long the customers of a base last, and how long people stay in each stage.

Source: EFR-6 (define the average length of the lifecycle and set out to lengthen it).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from custlife import _checks
from custlife._checks import Check
from custlife.errors import InvalidArgument, shown
from custlife.events import Activity
from custlife.journey import Journey
from custlife.prediction.summaries import journeys_of, require_begun
from custlife.prediction.survival import SurvivalCurve, kaplan_meier
from custlife.steps import Step

Curves = Mapping[str, SurvivalCurve[timedelta]]
"""A survival curve for each name, the names in order."""
End = Literal["departure", "last_purchase"]
"""When a lifespan ends of which nobody saw the end."""
_Seen = tuple[timedelta, bool]
"""How long something was seen, and whether it ended then."""

_PURCHASE = Activity.PURCHASE
_EVERYBODY = "all"
_grouping = Check(
    callable, "a function from a journey to a name", "Give a function, such as cohort."
).or_none


def cohort(journey: Journey) -> str | None:
    """The month of UTC in which a person first became a customer; None if they never did.

    Raises:
        InvalidArgument: If it is no `Journey`.

    Examples:
        >>> from datetime import UTC
        >>> from custlife import Purchased, replay
        >>> t = datetime(1997, 1, 4, tzinfo=UTC)
        >>> cohort(replay([Purchased(at=t, amount=5)], customer="C-17"))
        '1997-01'
    """
    _checks.one_of(Journey).argument("cohort", "journey", journey)
    moment = journey.relationship.first_customer_moment
    return None if moment is None else moment.date().isoformat()[:7]


def lifespans(
    journeys: Iterable[Journey],
    *,
    as_of: datetime,
    end: End,
    by: Callable[[Journey], str | None] | None = None,
) -> Curves:
    """How long customers last: from the customer moment of each cycle to the departure of it.

    Who has not departed is counted for as long as they were seen. A plain mean over those who left
    understates the length. Who never was a customer has no lifespan. A journey that is watched for
    silence has to be watched up to ``as_of``. Compare groups that were seen for equally long: with
    ``end="last_purchase"``, who is silent and not yet presumed to have departed counts as lasting.

    Source: EFR-6, IMH-3.

    Args:
        journeys: The journeys; what is later than ``as_of`` is left out.
        as_of: Until when they are observed: an aware datetime.
        end: When a lifespan ends whose departure was inferred from silence: ``"departure"``, when
            it was presumed; or ``"last_purchase"``, at the last purchase before, which may be the
            customer moment. A departure that was observed ends it when it happened.
        by: A function from a journey to the name of its group, such as `cohort`, or to None for
            those to leave out. Without it, all are one group, ``"all"``.

    Returns:
        One curve for each group, the names in order.

    Raises:
        InvalidArgument: If there is no journey, or no lifespan in any group; if ``as_of`` is naive
            or before the first event of a journey; if ``end`` is unknown; or if a group has no
            name.

    Examples:
        >>> from datetime import UTC
        >>> from custlife import Departed, Purchased, replay
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> left = [Purchased(at=t, amount=5), Departed(at=t + timedelta(days=60), inferred=True)]
        >>> journeys = [
        ...     replay(left, customer="C-17"),
        ...     replay([Purchased(at=t, amount=5)], customer="C-18"),
        ... ]
        >>> now = t + timedelta(days=90)
        >>> curve = lifespans(journeys, as_of=now, end="departure")["all"]
        >>> curve, curve.mean_of_ended.days
        (<SurvivalCurve: 2 customers, 1 ended>, 60)
        >>> lifespans(journeys, as_of=now, end="last_purchase")["all"].mean_of_ended.days
        0
    """
    call = "lifespans"
    _checks.either("departure", "last_purchase").argument(call, "end", end)
    _grouping.argument(call, "by", by)
    found: dict[str, list[_Seen]] = defaultdict(list)
    for journey, now, steps in _until(call, journeys, as_of):
        seen = [*_lifespans(steps, now, end)]
        name = by(journey) if by and seen else _EVERYBODY
        _checks.text.or_none.argument(call, "by(journey)", name)
        if seen and name is not None:
            found[name] += seen
    return _curves(call, found)


def _lifespans(steps: Iterable[Step], now: datetime, end: End) -> Iterator[_Seen]:
    """How long each cycle of a customer was seen, and whether it ended then."""
    moment, bought = None, now
    for step in steps:
        at = step.event.at
        if step.is_customer_moment:
            moment = bought = at
        elif moment is not None and step.is_departure:
            presumed = step.departure is not None and step.departure.inferred
            yield (bought if presumed and end == "last_purchase" else at) - moment, True
            moment = None
        elif step.event.activity is _PURCHASE:
            bought = at
    if moment is not None:
        yield now - moment, False


def stage_stays(journeys: Iterable[Journey], *, as_of: datetime) -> Curves:
    """How long people stay in each stage, from the beginning to the end of each visit.

    A visit that goes on is counted for as long as it was seen. The time before the first event is
    unknown and does not count, as for `Journey.time_in`. Outer and inner stages are all there;
    regions and rooms are not.

    Source: EFR-6; that stages have a length of their own to look at is our reading.

    Args:
        journeys: The journeys; what is later than ``as_of`` is left out.
        as_of: Until when they are observed: an aware datetime.

    Returns:
        One curve for each stage that somebody was in, the names in order.

    Raises:
        InvalidArgument: If there is no journey, or nothing happened in any; or if ``as_of`` is
            naive or before the first event of a journey.

    Examples:
        >>> from datetime import UTC
        >>> from custlife import Engaged, Purchased, replay
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> bought = [Engaged(at=t), Purchased(at=t + timedelta(days=9), amount=5)]
        >>> found = stage_stays([replay(bought, customer="C-17")], as_of=t + timedelta(days=90))
        >>> [*found], found["visitor"].median.days
        (['buyer', 'content', 'visitor'], 9)
    """
    call = "stage_stays"
    found: dict[str, list[_Seen]] = defaultdict(list)
    for _, now, steps in _until(call, journeys, as_of):
        entered: dict[str, datetime] = {}
        for step in steps:
            active, at = step.after.active, step.event.at
            for stage in entered.keys() - set(active):
                found[stage].append((at - entered.pop(stage), True))
            for stage in active:
                entered.setdefault(stage, at)
        for stage, since in entered.items():
            found[stage].append((now - since, False))
    return _curves(call, found)


def _until(
    call: str, journeys: Iterable[Journey], as_of: datetime
) -> Iterator[tuple[Journey, datetime, list[Step]]]:
    """Each journey, the moment in UTC, and the steps up to it.

    Raises:
        InvalidArgument: If there is no journey, one is none, or the moment is none or too early.
    """
    now = _checks.in_utc(as_of)
    _checks.moment.argument(call, "as_of", now)
    for journey in journeys_of(call, journeys):
        if journey.ledger:
            require_begun(journey.customer, journey.ledger[0].at, now, call, "as_of")
        if journey.silence is not None and now > journey.silence.as_of:
            until = journey.silence.as_of
            rule = f"no later than {shown(journey.customer)} is watched for silence, {until}"
            remedy = "Replay the history with a later as_of, or give an earlier moment."
            raise InvalidArgument(f"{call}()", "as_of", now, rule, remedy)
        yield journey, now, [step for step in journey.steps if step.event.at <= now]


def _curves(call: str, found: Mapping[str, Iterable[_Seen]]) -> Curves:
    if not found:
        remedy = "Give other journeys, or a later moment."
        raise InvalidArgument(f"{call}()", "number of durations", 0, "at least 1", remedy)
    return MappingProxyType(
        {name: kaplan_meier(*zip(*found[name], strict=True)) for name in sorted(found)}
    )
