"""Several records of one person: their order, and which departures were none."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from custlife.events import Activity, Event
from custlife.state import Room
from custlife.steps import Correction, Withdrawn

if TYPE_CHECKING:
    from custlife.journey import Journey


def lifted(copy: "Journey", copies: "Sequence[Journey]") -> Iterator[Withdrawn]:
    """The departures of a copy that are none, since the person went on buying in another copy."""
    for step in copy.steps:
        if step.is_departure:
            for other in copies:
                bought = None if other is copy else _went_on_buying(other, step.event.at)
                if bought is not None:
                    yield Withdrawn(step.event, Correction.LIFTED, 0, bought)
                    break


def _went_on_buying(journey: "Journey", at: datetime) -> Event | None:
    """The purchase by which it was first known that the person had not left at a moment."""
    past = bisect_right(journey.events, at, key=attrgetter("at"))
    steps = journey.steps
    if past == 0 or steps[past - 1].after.room is Room.FORMER:
        return None
    staying = takewhile(lambda step: not step.is_departure, steps[past:])
    bought = [step.event for step in staying if step.event.activity is Activity.PURCHASE]
    return min(bought, key=attrgetter("known_since"), default=None)


def in_order(journey: "Journey") -> tuple[object, ...]:
    """By what journeys are put in order, whatever order they are given in."""
    events = tuple((event.at, repr(event)) for event in journey.ledger)
    withdrawn = tuple((one.position, one.how.value) for one in journey.withdrawn)
    return journey.customer, events, withdrawn
