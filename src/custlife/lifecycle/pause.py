"""A ready region for lifecycles whose customers can pause."""

from attrs import evolve

from custlife._checks import one_of
from custlife.events import Lapsed, Paused, Purchased, Resumed
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stage, Stay
from custlife.sources import ASSUMPTION
from custlife.state import Room


def with_pause(lifecycle: Lifecycle) -> Lifecycle:
    """A lifecycle whose customers can pause, such as the holders of a subscription.

    The room ``customer`` gets a region ``activity`` with the stages ``active`` and ``paused``. If
    the room had no regions, its stages become the region ``course``. A paused customer does not
    lapse, and a purchase ends the pause. The time of a pause does not count as silence; see
    ``Relationship.time_since_purchase``.

    Args:
        lifecycle: The lifecycle; it stays as it is.

    Returns:
        A new lifecycle of the same name.

    Raises:
        InvalidArgument: If it is no lifecycle.
        InvalidLifecycle: If it has a place of one of these names already, or rules for a pause.

    Examples:
        >>> from datetime import datetime, timezone
        >>> from custlife import CUSTOMER_LIFECYCLE, Paused, Purchased, Relationship
        >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> contracts = with_pause(CUSTOMER_LIFECYCLE)
        >>> rel = Relationship("C-17", contracts).apply(Purchased(at=t, amount=20), Paused(at=t))
        >>> rel.state.stages, "lapsed" in rel.allowed
        (('buyer', 'content', 'paused'), False)
    """
    one_of(Lifecycle).argument("with_pause", "lifecycle", lifecycle)
    regions = lifecycle.customer
    if not any(isinstance(part, Region) for part in regions):
        regions = (Region("course", "How far the relationship has come.", regions),)
    return evolve(
        lifecycle,
        customer=(*regions, _ACTIVITY),
        rules=(*lifecycle.rules, *(rule for rule in _RULES if _fits(rule, lifecycle))),
    )


def _fits(rule: Rule, lifecycle: Lifecycle) -> bool:
    return rule.on in (Paused.name, Resumed.name, *lifecycle.events)


_ACTIVITY = Region(
    "activity",
    "Whether the customer uses what we offer, or has paused.",
    [
        Stage("active", "Uses what we offer.", ASSUMPTION),
        Stage("paused", "Has suspended the relationship for a while.", ASSUMPTION),
    ],
)

_RULES: tuple[Rule, ...] = (
    Move(
        Paused,
        at="active",
        to="paused",
        sentence="A customer who pauses stays a customer.",
        source=ASSUMPTION,
    ),
    Stay(Paused, at="paused", sentence="A pause that is confirmed goes on.", source=ASSUMPTION),
    Move(
        Resumed,
        at="paused",
        to="active",
        sentence="A customer who resumes is active again.",
        source=ASSUMPTION,
    ),
    Move(
        Purchased,
        at="paused",
        to="active",
        sentence="A customer who buys has ended the pause.",
        source=ASSUMPTION,
    ),
    Forbid(
        Lapsed,
        at="paused",
        sentence="The silence of a customer who has paused means nothing.",
        source=ASSUMPTION,
    ),
    *(
        Forbid(
            event,
            at=[Room.PROSPECT.value, Room.FORMER.value],
            sentence="Only a customer can pause and resume.",
            source=ASSUMPTION,
        )
        for event in (Paused, Resumed)
    ),
)
"""What a pause does in every lifecycle; a rule for an event that it does not know is left out."""
