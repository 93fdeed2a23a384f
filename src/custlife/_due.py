"""What the silence of a customer makes due: the events that a silence rule calls for."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from custlife import _checks
from custlife.answers import (
    INSTANT,
    Answer,
    DeadlineRule,
    Deadlines,
    SilenceRule,
    Status,
    limits_of,
)
from custlife.causes import Cause
from custlife.errors import InvalidArgument, UnknownEvent, shown
from custlife.events import Departed, Event, Lapsed
from custlife.lifecycle.table import to_table
from custlife.state import Room

if TYPE_CHECKING:
    from custlife.relationship import Relationship


PRESUMED: Mapping[str, Any] = MappingProxyType({"cause": Cause.SILENCE, "inferred": True})
"""What a departure that silence makes due says, beside the rule's reason."""
_MOST_CHANGES = 10_000
"""A rule that only answers is asked so many times, at most, about one silence."""


def deadlines_of(rel: "Relationship", rule: SilenceRule, until: datetime) -> Deadlines | None:
    """When the silence of a customer reaches its limits, as far as they matter until a moment."""
    if rel.record.last_at is None:
        return None
    if isinstance(rule, DeadlineRule):
        return limits_of(rule, rel)
    return _asked(rel, rule, rel.record.last_at, until)


def next_due(
    rel: "Relationship", rule: SilenceRule, deadlines: Deadlines | None, until: datetime
) -> Event | None:
    """The next event that the silence before a moment makes due; None if nothing is."""
    last = rel.record.last_at
    if deadlines is None or last is None:
        return None
    lapsed, departed = deadlines.lapsed, deadlines.departed
    if lapsed is not None and lapsed < until and not is_marked(rel, deadlines):
        at = max(lapsed, last)
        if (departed is None or lapsed <= departed or departed >= until) and _takes(rel, Lapsed):
            return Lapsed(at=at)
    if departed is not None and departed < until and _takes(rel, Departed):
        reason = because_of(rel, rule, deadlines)
        return Departed(at=max(departed, last), reason=reason, **PRESUMED)
    return None


def because_of(rel: "Relationship", rule: SilenceRule, deadlines: Deadlines) -> str:
    """Why a person is presumed to have departed, in the rule's words."""
    if isinstance(rule, DeadlineRule):
        return rule.because(rel, deadlines)
    reached = max(filter(None, (deadlines.departed, rel.record.last_at)))
    return judged(rel, rule, reached + INSTANT).because


def is_marked(rel: "Relationship", deadlines: Deadlines) -> bool:
    """Whether a lapse in this silence is on record."""
    mark = rel.record.last_lapse_at
    begin = min(deadlines.since, deadlines.lapsed or deadlines.since)
    return mark is not None and (mark > begin or deadlines.lapsed == begin == mark)


def judged(rel: "Relationship", rule: SilenceRule, at: datetime) -> Answer:
    """What a rule says; an error if it answers with anything else."""
    answer = rule.judge(rel, at)
    _checks.one_of(Answer).argument("SilenceRule.judge", "the answer", answer)
    return answer


def _asked(
    rel: "Relationship", rule: SilenceRule, last: datetime, until: datetime
) -> Deadlines | None:
    """The deadlines of a rule that only answers questions: it is asked from change to change."""
    moment, who = last, f"answer of {shown(rule)}"
    for _ in range(_MOST_CHANGES):
        answer = judged(rel, rule, moment)
        later = answer.next_at
        if later is not None and later < moment:
            expectation = f"no earlier than the moment asked about, {moment}, or None"
            remedy = "Say when the answer changes next, from that moment on."
            raise InvalidArgument(who, "next_at", later, expectation, remedy)
        if later is None or later >= until:
            return _said(answer)
        moment = later + INSTANT
    expectation = f"something that leads on; the rule was asked {_MOST_CHANGES:,} times"
    remedy = "Say when the answer changes next."
    raise InvalidArgument(who, "next_at", moment, expectation, remedy)


def _said(answer: Answer) -> Deadlines | None:
    """The limits that an answer says were reached; None if it says of none."""
    since = answer.silent_since or answer.lapsed_since or answer.departed_since
    if since is None or answer.status not in (Status.LAPSED, Status.DEPARTED):
        return None
    departed = answer.departed_since if answer.status is Status.DEPARTED else None
    return Deadlines(since, answer.lapsed_since, departed)


def _takes(rel: "Relationship", kind: type[Event]) -> bool:
    """Whether the lifecycle takes a lapse here, or lets the person depart."""
    table = to_table(rel.lifecycle)
    name = table.handled_as(kind)
    if name not in table.events:
        raise UnknownEvent(name, rel.lifecycle.name, table.events)
    after = table.unguarded[table.index(rel.state)].get(name)
    if after is None or rel.state.room is Room.FORMER:
        return False
    return kind is Lapsed or table.rooms[after] is Room.FORMER
