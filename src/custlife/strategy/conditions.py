"""Conditions of a customer that rows, guides and bars share, as predicates over the facts."""

from custlife.causes import Cause
from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import Predicate, above, all_of, any_of, at_most, is_, is_not
from custlife.strategy.facts import fact_named
from custlife.strategy.profile import Profile

COMPLAINS = any_of(above("open_complaints", 0), above("open_public_complaints", 0))
"""A complaint waits for an answer, or was voiced in public and is not settled."""
DISCONTENT = is_("discontent", True)
FAILED = all_of(above("service_failures", 0), at_most("complaints", 0), at_most("purchases", 1))
"""Service failed somebody who has bought once at most, and who says nothing (EFR-5)."""
REPAIR = any_of(COMPLAINS, DISCONTENT, FAILED)
"""Something is to be put right before anything is sold."""
PAUSED = is_("paused", True)
"""The customer has suspended the relationship for a while."""
RETURNED = all_of(
    is_("returned", True),
    is_not("last_cause", Cause.SILENCE),
    is_not("last_cause", Cause.CEASED),
    at_most("cycle_purchases", 1),
)
"""Back, and it is known why they had left; until the second purchase of the return. A cause that
says that they had ceased cannot have been true."""

CROSS_SELL = above("cross_sell_candidates", 0)
"""Something on offer is neither held nor was left."""
DROPPED_LATELY = above("dropped_lately", 0)
"""An offering was left a short time ago."""


def facts_in(predicate: Predicate, profile: Profile) -> dict[str, object]:
    """What a predicate reads of a profile, by the names of the facts."""
    names = (name for atom in predicate.atoms() for name in facts_of(atom))
    return {name: fact_named(name).read(profile) for name in names}


def applies(predicate: Predicate, profile: Profile) -> bool:
    """Whether a condition is known to hold for a customer."""
    return bool(predicate.holds(facts_in(predicate, profile)))
