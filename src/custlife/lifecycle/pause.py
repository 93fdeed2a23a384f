"""A ready region for lifecycles whose customers can pause."""

from attrs import evolve

from custlife._checks import names, one_of
from custlife.events import Lapsed, Paused, Purchased, Resumed
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Names, Region, Rule, Stage, Stay, several
from custlife.sources import ASSUMPTION
from custlife.state import Room


def with_pause(
    lifecycle: Lifecycle,
    *,
    purchases: Names = (Purchased.name,),
    lapses: Names = (Lapsed.name,),
) -> Lifecycle:
    """A lifecycle whose customers can pause, such as the holders of a subscription.

    The room ``customer`` gets a region ``activity`` with the stages ``active`` and ``paused``. If
    the room had no regions, its stages become the region ``course``. A paused customer does not
    lapse, and a purchase ends the pause. The time of a pause does not count as silence; see
    ``Relationship.time_since_purchase``.

    Args:
        lifecycle: The lifecycle; it stays as it is.
        purchases: The names of the events that end a pause, beside `Resumed`.
        lapses: The names of the events that a paused customer is spared. Name the lifecycle's own
            here, such as a class of its own that derives from `Lapsed`.

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
    names.argument("with_pause", "purchases", tuple(several(purchases)))
    names.argument("with_pause", "lapses", tuple(several(lapses)))
    regions = lifecycle.customer
    if not any(isinstance(part, Region) for part in regions):
        regions = (Region("course", "How far the relationship has come.", regions),)
    ends = [_ends(name) for name in several(purchases) if name in lifecycle.events]
    spared = [_spares(name) for name in several(lapses) if name in lifecycle.events]
    return evolve(
        lifecycle,
        customer=(*regions, _ACTIVITY),
        rules=(*lifecycle.rules, *_RULES, *ends, *spared),
    )


def _ends(purchase: str) -> Rule:
    sentence = "A customer who buys has ended the pause."
    return Move(purchase, at="paused", to="active", sentence=sentence, source=ASSUMPTION)


def _spares(lapse: str) -> Rule:
    sentence = "The silence of a customer who has paused means nothing."
    return Forbid(lapse, at="paused", sentence=sentence, source=ASSUMPTION)


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
    Stay(Resumed, at="active", sentence="A pause that is over stays over.", source=ASSUMPTION),
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
"""What a pause does in every lifecycle."""
