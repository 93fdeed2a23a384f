"""Strategy selection: what to do about a customer, and why.

Examples:
    >>> from custlife import Relationship
    >>> advice = recommend(Profile(relationship=Relationship("C-17")))
    >>> advice.strategy, advice.row
    (<Strategy.START: 'start'>, 'START-OPEN')
"""

from custlife.strategy.advising import recommend
from custlife.strategy.buttle import buttle_selector, customer_rows, former_rows, prospect_rows
from custlife.strategy.catalogue import Strategy, fitting
from custlife.strategy.counterfactuals import Flip, Limits
from custlife.strategy.errors import (
    DuplicateSelector,
    InvalidCandidate,
    InvalidProfile,
    InvalidSelector,
    NoRecommendation,
    SelectorFailed,
    UnfitStrategy,
    UnknownSelector,
)
from custlife.strategy.facts import FACTS, Fact, FactKind, fact_named, inputs_of
from custlife.strategy.guidance import (
    CHANNEL_GUIDE,
    COMPLAINT_GUIDE,
    STAGE_GUIDES,
    STRATEGY_GUIDES,
    Guidance,
    Guide,
    guidance_for,
)
from custlife.strategy.policy import DEFAULT_POLICY, Policy
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Reason,
    Recommendation,
    RunnerUp,
    Stated,
    StrategySelector,
)
from custlife.strategy.signals import Signals
from custlife.strategy.tables import TableSelector
from custlife.strategy.tiers import DEFAULT_TIER_POLICY, Tier, TierPolicy, tier_table
from custlife.strategy.value import CustomerValue, PartyKind

__all__ = [
    "CHANNEL_GUIDE",
    "COMPLAINT_GUIDE",
    "DEFAULT_POLICY",
    "DEFAULT_TIER_POLICY",
    "FACTS",
    "STAGE_GUIDES",
    "STRATEGY_GUIDES",
    "CustomerValue",
    "DuplicateSelector",
    "Fact",
    "FactKind",
    "Flip",
    "Guidance",
    "Guide",
    "InvalidCandidate",
    "InvalidProfile",
    "InvalidSelector",
    "Limits",
    "NoRecommendation",
    "PartyKind",
    "Policy",
    "Profile",
    "Reason",
    "Recommendation",
    "RunnerUp",
    "SelectorFailed",
    "Signals",
    "Stated",
    "Strategy",
    "StrategySelector",
    "TableSelector",
    "Tier",
    "TierPolicy",
    "UnfitStrategy",
    "UnknownSelector",
    "buttle_selector",
    "customer_rows",
    "fact_named",
    "fitting",
    "former_rows",
    "guidance_for",
    "inputs_of",
    "prospect_rows",
    "recommend",
    "tier_table",
]
