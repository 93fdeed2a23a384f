"""The words of requirements: functions that make one, named so that it reads as a sentence.

Where a customer is, is said by a place's name (``"advocate"``), by names that all hold
(``"regular+in_conflict"``), by a `Room`, a `State`, a value of a view (``Phase.COMMITMENT``), or a
predicate of facts (``at_least("purchases", 2)``). Several in a list mean: one of them. The facts
are ``room``, each region, each view and each place by name, and what is counted on record:
``purchases`` and the other counts of `Record`, ``events``, ``cycle`` and ``open_complaints``.

What happens is said by an event's name or class. Several in a list mean: one of them.

Every function also takes ``id``, ``sentence`` and ``source``: what reports call the requirement,
why it is required, and where it comes from.
"""

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from custlife.decisions.predicates import Predicate
from custlife.errors import InvalidArgument
from custlife.sources import Source
from custlife.testing.requirements.conditions import On, Where
from custlife.testing.requirements.kinds import (
    Always,
    EventuallyPossible,
    Monotone,
    Never,
    Preserves,
    StaysUntil,
)
from custlife.testing.requirements.orders import After, LeadsTo, Precedes
from custlife.testing.requirements.requirement import Requirement


class Said(TypedDict, total=False):
    """What every requirement can be given."""

    id: str
    sentence: str
    source: Source


def always(
    what: Where | None = None,
    *,
    on: On | None = None,
    at: Where | None = None,
    to: Where | None = None,
    when: Predicate | None = None,
    **said: Unpack[Said],
) -> Requirement:
    """What is true in every state, or of every step.

    ``always(what, at=...)`` says it of states. ``always(on=..., at=...)`` says that an event is
    allowed there; with ``to=``, also where it leads. ``always(what, when=...)`` says of a decision
    table or a selector that its answer is one of these wherever a predicate of facts holds.

    Args:
        what: Where a customer always is; of a table, its outcomes or the ids of its rows.
        on: The events; any if left out.
        at: Where; everywhere if left out.
        to: Where the events lead.
        when: A predicate of a table's facts.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If neither or both of ``what`` and of ``on`` or ``to`` are given.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import check
        >>> print(check(CUSTOMER_LIFECYCLE, always(on="purchased", at="prospect", to="buyer")))
        Of 1 requirement of 'customer', 1 holds.
    """
    _one_form("always", what, on, to)
    return Always(what=what, on=on, at=at, to=to, when=when, **said)


def never(
    what: Where | None = None,
    *,
    on: On | None = None,
    at: Where | None = None,
    to: Where | None = None,
    when: Predicate | None = None,
    **said: Unpack[Said],
) -> Requirement:
    """What is true in no state, or of no step.

    ``never(what, at=...)`` says it of states. ``never(on=..., at=...)`` says that an event is
    refused there; with ``to=``, that it does not lead there. ``never(what, when=...)`` says of a
    decision table or a selector that its answer is none of these where a predicate of facts holds.

    Args:
        what: Where a customer never is; of a table, its outcomes or the ids of its rows.
        on: The events; any if left out.
        at: Where; everywhere if left out.
        to: Where the events do not lead.
        when: A predicate of a table's facts.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If neither or both of ``what`` and of ``on`` or ``to`` are given.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import check
        >>> print(check(CUSTOMER_LIFECYCLE, never(on="purchased", at="advocate", to="regular")))
        Of 1 requirement of 'customer', 0 hold.
        violated: purchased at advocate never leads to regular
          'purchased' leads from advocate+eroding to regular+content. The shortest history:
              potential
           1. purchased -> buyer+content
           2. purchased -> regular+content
           3. recommended -> advocate+content
           4. lapsed -> advocate+eroding
           5. purchased -> regular+content
    """
    _one_form("never", what, on, to)
    return Never(what=what, on=on, at=at, to=to, when=when, **said)


def _one_form(call: str, what: object, on: object, to: object) -> None:
    if (what is None) is (on is None and to is None):
        rule = "given, or on= or to=; and not both"
        raise InvalidArgument(f"{call}()", "what", what, rule, "Say it of states, or of events.")


def eventually_possible(
    goal: Where | On, *, at: Where | None = None, **said: Unpack[Said]
) -> Requirement:
    """From every state there, some history leads to the goal.

    Args:
        goal: Where it leads, or an event that becomes possible.
        at: Where it begins; everywhere if left out.
        **said: ``id``, ``sentence`` and ``source``.

    Examples:
        >>> print(eventually_possible("customer", at="former"))
        customer stays possible from former
    """
    return EventuallyPossible(goal=goal, at=at, **said)


def leads_to(  # noqa: PLR0913 - each but two can be left out
    trigger: Where | On,
    goal: Where | On,
    *,
    at: Where | None = None,
    until: Where | On | None = None,
    within: int | None = None,
    fair: On | None = None,
    **said: Unpack[Said],
) -> Requirement:
    """After the trigger comes the goal.

    With ``until``, the goal is true right after the trigger, and stays true until then. With
    ``within``, it comes so many events later at most; 0 is right after the trigger. Otherwise it
    comes at some time, in every history that goes on for ever and is fair: what can happen again
    and again in a state does happen there at some time.

    Args:
        trigger: What happens, or where a customer is.
        goal: Where a customer is then, or what happens; with ``until``, where.
        at: Where the trigger counts: where the event happens, or where the customer is too.
        until: What ends it.
        within: The most events up to the goal, >= 0.
        fair: The only events of which fairness is assumed; all if left out, none for ``[]``.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If ``within`` is no whole number from 0, or two ways are mixed.

    Examples:
        >>> print(leads_to("complained", "in_conflict", at="customer", until="complaint_settled"))
        complained at customer leads to in_conflict, until complaint_settled
    """
    ways = {"until": until, "within": within, "fair": fair}
    first, *others = [name for name, given in ways.items() if given is not None] or [""]
    for other in others:
        rule = f"left out where {first}= is given"
        raise InvalidArgument("leads_to()", other, ways[other], rule, "Give one of the two.")
    return LeadsTo(trigger=trigger, goal=goal, at=at, until=until, within=within, fair=fair, **said)


def precedes(
    first: Where | On,
    then: Where | On,
    *,
    times: int = 1,
    each_cycle: bool = False,
    **said: Unpack[Said],
) -> Requirement:
    """No one is there, or nothing of this happens, unless the other came before.

    An event that itself leads there came before.

    Args:
        first: What must have happened, or where a customer must have been.
        then: What may only happen, or be, after it.
        times: How often it must have come, >= 1.
        each_cycle: Whether a return from the room former begins the count anew.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If ``times`` is no whole number from 1, or ``each_cycle`` is no bool.

    Examples:
        >>> print(precedes("purchased", "regular", times=2, each_cycle=True))
        no regular without purchased 2 times before, in each cycle
    """
    return Precedes(first=first, then=then, times=times, each_cycle=each_cycle, **said)


def stays_until(state: Where, until: Where | On, **said: Unpack[Said]) -> Requirement:
    """A customer who is there stays there until something happens; it may never happen.

    Args:
        state: Where the customer is.
        until: What may end it.
        **said: ``id``, ``sentence`` and ``source``.

    Examples:
        >>> print(stays_until("in_conflict", ["complaint_settled", "complaint_ignored", "former"]))
        in_conflict stays until complaint_settled, complaint_ignored or former
    """
    return StaysUntil(state=state, until=until, **said)


def after(
    trigger: Where | On,
    *,
    only: Where | On | None = None,
    never: Where | On | None = None,
    at: Where | None = None,
    until: Where | On | None = None,
    **said: Unpack[Said],
) -> Requirement:
    """After the trigger only this happens and is, or never that, until something ends it.

    Args:
        trigger: What happens, or where a customer is.
        only: The only events that may happen then; the only places where the customer may be.
        never: What may not happen then; where the customer may not be.
        at: Where the trigger counts.
        until: What ends it; nothing if left out.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If neither ``only`` nor ``never`` is given.

    Examples:
        >>> print(after("terminated", never="complaint_ignored", until="customer"))
        after terminated never complaint_ignored, until customer
    """
    if only is None and never is None:
        raise InvalidArgument("after()", "only", only, "given, or never=", "Say what may come.")
    return After(trigger=trigger, only=only, never=never, at=at, until=until, **said)


def preserves(
    on: On, what: str | type[Any] | None = None, *, at: Where | None = None, **said: Unpack[Said]
) -> Requirement:
    """An event leaves something as it is, wherever it is allowed.

    Args:
        on: The events.
        what: A region or a room without regions, a view's model, `Room`, or what is counted on
            record; the state as a whole if left out.
        at: Where; everywhere if left out.
        **said: ``id``, ``sentence`` and ``source``.

    Examples:
        >>> print(preserves("contacted", at="customer"))
        contacted at customer preserves the state
    """
    return Preserves(on=on, aspect=what, at=at, **said)


def monotone(  # noqa: PLR0913 - each but two can be left out
    on: On,
    what: str | type[Any] | None = None,
    *,
    order: Iterable[Any] | None = None,
    falling: bool = False,
    at: Where | None = None,
    when: Predicate | None = None,
    **said: Unpack[Said],
) -> Requirement:
    """An event never lowers something; of a table: as a fact rises, its answer never goes back.

    Args:
        on: The events; of a table, the fact that rises.
        what: A region or a room without regions, a view's model, or what is counted on record.
        order: From low to high; the order of definition if left out. What is not named is not
            compared. Of a table, its outcomes.
        falling: Whether it is never raised instead.
        at: Where; everywhere if left out.
        when: A predicate of a table's facts.
        **said: ``id``, ``sentence`` and ``source``.

    Raises:
        InvalidArgument: If ``what`` and ``order`` are both left out, or ``falling`` is no bool.

    Examples:
        >>> print(monotone("purchased", "bond", at="content"))
        purchased at content never lowers bond
    """
    if what is None and order is None:
        remedy = "Name a region or a view, or the order of a table's outcomes."
        raise InvalidArgument("monotone()", "what", what, "given, or order=", remedy)
    return Monotone(on=on, aspect=what, order=order, falling=falling, at=at, when=when, **said)
