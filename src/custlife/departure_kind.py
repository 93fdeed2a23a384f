"""Of which kind a departure is: a decision table over who ended it, why and when.

The kind follows from the room that was left, from the customer moment, from who ended it and from
the cause, in every lifecycle.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.predicates import Facts, above, all_of, any_of, at_most, is_
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.sources import BUT, IMH, KAL, MATTISON
from custlife.state import Room


class DepartureKind(Enum):
    """What a departure is.

    A loss and an erosion mean capture by a competitor, says IMH. That they also count as such where
    no competitor is known is an assumption; `Departure.captured` says what is known.

    Source: IMH-6, IMH-8, BUT-6, and the kinds of churn in the literature.
    """

    LOSS = "loss"
    """Gone at the customer moment or before it."""
    EROSION = "erosion"
    """Gone after the customer moment."""
    TERMINATION = "termination"
    """Ended by the enterprise alone, or driven out by it on purpose."""
    INCIDENTAL = "incidental"
    """Ended by the person's circumstances, and nobody captured them."""


_BY_CIRCUMSTANCES = (DefectorKind.MOVED_AWAY, DefectorKind.CEASED)


KIND_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "room_left": "The room that was left, prospect or customer.",
        "after_moment": "How long after the customer moment [timedelta]; unknown for a prospect.",
        "initiator": "Who ended it.",
        "cause": "Why.",
        "driven_out": "Whether the cause says that the enterprise drove the customer out.",
        "circumstances": "Whether the cause is of the class moved away or ceased.",
        "competitor_named": "Whether it is known to which competitor the person went.",
    }
)
"""The facts that a kind table may name, with what they mean."""


def kind_facts(
    room_left: Room,
    cause: Cause,
    initiator: Initiator,
    to: str | None,
    after_moment: timedelta | None,
) -> Facts:
    """What decides the kind of a departure, by the names of `KIND_FACTS`."""
    return {
        "room_left": room_left,
        "after_moment": after_moment,
        "initiator": initiator,
        "cause": cause,
        "driven_out": cause.defector is DefectorKind.PUSHED_AWAY_ON_PURPOSE,
        "circumstances": cause.defector in _BY_CIRCUMSTANCES,
        "competitor_named": to is not None,
    }


@lru_cache(maxsize=128)
def kind_table(grace: timedelta) -> DecisionTable[DepartureKind]:
    """The rules of kinds.

    Args:
        grace: How long after the customer moment a person is still lost at the moment.
    """
    prospect, customer = is_("room_left", Room.PROSPECT), is_("room_left", Room.CUSTOMER)
    before = any_of(prospect, at_most("after_moment", grace))
    later = all_of(customer, above("after_moment", grace))
    theirs, ours, both = (is_("initiator", one) for one in Initiator)
    stayed = is_("driven_out", False)
    chance = all_of(is_("circumstances", True), is_("competitor_named", False))
    choice = any_of(is_("circumstances", False), is_("competitor_named", True))
    loss, erosion = DepartureKind.LOSS, DepartureKind.EROSION
    ended, incidental = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
    rows = (
        ("TERMINATION", (ours,), ended, "What the enterprise alone ends is a termination.", BUT[6]),
        (
            "DRIVEN-OUT",
            (theirs, is_("driven_out", True)),
            ended,
            "The enterprise drove the customer out on purpose.",
            BUT[6],
        ),
        (
            "DRIVEN-OUT-BOTH",
            (both, is_("driven_out", True)),
            ended,
            "What both sides end after the enterprise drove the customer out is a termination.",
            KAL[5],
        ),
        (
            "INCIDENTAL",
            (theirs, stayed, chance),
            incidental,
            "The person's circumstances ended it, and nobody captured them.",
            MATTISON,
        ),
        (
            "INCIDENTAL-BOTH",
            (both, stayed, chance),
            incidental,
            "What both sides end for the person's circumstances counts as incidental.",
            KAL[5],
        ),
        (
            "LOSS",
            (theirs, stayed, choice, before),
            loss,
            "A person who leaves at the customer moment or before it is a loss.",
            IMH[6],
        ),
        (
            "LOSS-BOTH",
            (both, stayed, choice, before),
            loss,
            "What both sides end at the customer moment or before it counts as a loss.",
            KAL[5],
        ),
        (
            "EROSION",
            (theirs, stayed, choice, later),
            erosion,
            "A customer who leaves after the customer moment is an erosion.",
            IMH[8],
        ),
        (
            "EROSION-BOTH",
            (both, stayed, choice, later),
            erosion,
            "What both sides end after the customer moment counts as an erosion.",
            KAL[5],
        ),
    )
    return DecisionTable(
        "departure kind",
        tuple(
            Row(f"KIND-{id_}", all_of(*when), then, why, row) for id_, when, then, why, row in rows
        ),
        HitPolicy.UNIQUE,
    )
