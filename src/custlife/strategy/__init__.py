"""Strategy selection: what to do about a customer, and why.

Examples:
    >>> from custlife import Relationship
    >>> advice = recommend(Profile(relationship=Relationship("C-17")))
    >>> advice.strategy, advice.row
    (<Strategy.START: 'start'>, 'START-OPEN')
"""

from custlife.strategy.advising import recommend
from custlife.strategy.asking import PartialSelector, looks_at
from custlife.strategy.assumptions import DEFAULT_ASSUMPTIONS, Assumptions
from custlife.strategy.buttle import buttle_selector, customer_rows, former_rows, prospect_rows
from custlife.strategy.candidates import Candidate, Candidates, Unit, candidates_of
from custlife.strategy.catalogue import Strategy, fitting
from custlife.strategy.combinators import first_of, when
from custlife.strategy.counterfactuals import Flip, Limits
from custlife.strategy.economics import EconomicSelector, economic_selector
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
from custlife.strategy.estimates import Estimate, estimate
from custlife.strategy.facts import FACTS, Fact, FactKind, fact_named, inputs_of
from custlife.strategy.grid import (
    DEFAULT_GRID_POLICY,
    LOYALTY,
    GridPolicy,
    LoyaltySegment,
    grid_selector,
    loyalty_segment,
    segment_table,
)
from custlife.strategy.guidance import (
    CHANNEL_GUIDE,
    COMPLAINT_GUIDE,
    STAGE_GUIDES,
    STRATEGY_GUIDES,
    Guidance,
    Guide,
    guidance_for,
)
from custlife.strategy.overrides import with_override
from custlife.strategy.policy import DEFAULT_POLICY, Policy
from custlife.strategy.portfolios import LeftOut, Portfolio, WhyLeftOut, portfolio
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import (
    Reason,
    Recommendation,
    RunnerUp,
    Stated,
    StrategySelector,
)
from custlife.strategy.registry import Plugin, Registry
from custlife.strategy.segments import by_segment
from custlife.strategy.shadows import Difference, shadow
from custlife.strategy.signals import Signals
from custlife.strategy.tables import TableSelector
from custlife.strategy.tiers import DEFAULT_TIER_POLICY, Tier, TierPolicy, tier_table
from custlife.strategy.value import CustomerValue, PartyKind
from custlife.strategy.votes import weighted_vote

__all__ = [
    "CHANNEL_GUIDE",
    "COMPLAINT_GUIDE",
    "DEFAULT_ASSUMPTIONS",
    "DEFAULT_GRID_POLICY",
    "DEFAULT_POLICY",
    "DEFAULT_TIER_POLICY",
    "FACTS",
    "LOYALTY",
    "STAGE_GUIDES",
    "STRATEGY_GUIDES",
    "Assumptions",
    "Candidate",
    "Candidates",
    "CustomerValue",
    "Difference",
    "DuplicateSelector",
    "EconomicSelector",
    "Estimate",
    "Fact",
    "FactKind",
    "Flip",
    "GridPolicy",
    "Guidance",
    "Guide",
    "InvalidCandidate",
    "InvalidProfile",
    "InvalidSelector",
    "LeftOut",
    "Limits",
    "LoyaltySegment",
    "NoRecommendation",
    "PartialSelector",
    "PartyKind",
    "Plugin",
    "Policy",
    "Portfolio",
    "Profile",
    "Reason",
    "Recommendation",
    "Registry",
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
    "Unit",
    "UnknownSelector",
    "WhyLeftOut",
    "buttle_selector",
    "by_segment",
    "candidates_of",
    "customer_rows",
    "economic_selector",
    "estimate",
    "fact_named",
    "first_of",
    "fitting",
    "former_rows",
    "grid_selector",
    "guidance_for",
    "inputs_of",
    "looks_at",
    "loyalty_segment",
    "portfolio",
    "prospect_rows",
    "recommend",
    "segment_table",
    "shadow",
    "tier_table",
    "weighted_vote",
    "when",
    "with_override",
]
