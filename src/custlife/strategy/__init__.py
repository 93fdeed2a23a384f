"""Strategy selection: what to do about a customer, and why.

Examples:
    >>> from custlife import Relationship
    >>> advice = recommend(Profile(relationship=Relationship("C-17")))
    >>> advice.strategy, advice.row
    (<Strategy.START: 'start'>, 'START-OPEN')
"""

from custlife.strategy.bills import Bills
from custlife.strategy.catalogue import Catalogue
from custlife.strategy.counterfactuals import Counterfactual, Thresholds
from custlife.strategy.errors import (
    InvalidCandidate,
    InvalidProfile,
    InvalidSelector,
    NoRecommendation,
    SelectorFailed,
    UnfitStrategy,
    UnknownFact,
    UnknownSelector,
)
from custlife.strategy.estimates import DEFAULT_COST_MODEL, CostModel, Estimate, estimate
from custlife.strategy.fact import Fact, FactKind
from custlife.strategy.facts import FACTS, fact_named, facts_for
from custlife.strategy.guidance import GUIDES, Guidance, Guide, guidance_for
from custlife.strategy.policy import DEFAULT_BUTTLE_POLICY, ButtlePolicy
from custlife.strategy.portfolio import (
    Candidate,
    Candidates,
    Portfolio,
    Unit,
    candidates_of,
    portfolio,
)
from custlife.strategy.profile import Profile
from custlife.strategy.reasons import Evidence, Reason, RunnerUp
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import (
    PartialSelector,
    Recommendation,
    Selector,
    StrategySelector,
)
from custlife.strategy.reputation import (
    DEFAULT_REPUTATION_POLICY,
    Reputation,
    ReputationPolicy,
    reputation,
)
from custlife.strategy.selectors.buttle import (
    buttle_selector,
    customer_rows,
    former_rows,
    prospect_rows,
)
from custlife.strategy.selectors.combining import first_of, when, with_override
from custlife.strategy.selectors.economics import EconomicSelector, economic_selector
from custlife.strategy.selectors.grid import (
    DEFAULT_GRID_POLICY,
    LOYALTY,
    GridPolicy,
    LoyaltySegment,
    grid_selector,
    loyalty_segment,
    segment_table,
)
from custlife.strategy.selectors.plugins import Plugin, Registry
from custlife.strategy.selectors.protocol import looks_at
from custlife.strategy.selectors.table import TableSelector
from custlife.strategy.signals import Market, Signals
from custlife.strategy.strategies import Strategy, fitting
from custlife.strategy.targeting import contacts
from custlife.strategy.value import (
    DEFAULT_TIER_POLICY,
    CustomerValue,
    PartyKind,
    Tier,
    TierPolicy,
    tier_table,
)

__all__ = [
    "DEFAULT_BUTTLE_POLICY",
    "DEFAULT_COST_MODEL",
    "DEFAULT_GRID_POLICY",
    "DEFAULT_REPUTATION_POLICY",
    "DEFAULT_TIER_POLICY",
    "FACTS",
    "GUIDES",
    "LOYALTY",
    "Bills",
    "ButtlePolicy",
    "Candidate",
    "Candidates",
    "Catalogue",
    "CostModel",
    "Counterfactual",
    "CustomerValue",
    "EconomicSelector",
    "Estimate",
    "Evidence",
    "Fact",
    "FactKind",
    "GridPolicy",
    "Guidance",
    "Guide",
    "InvalidCandidate",
    "InvalidProfile",
    "InvalidSelector",
    "LoyaltySegment",
    "Market",
    "NoRecommendation",
    "PartialSelector",
    "PartyKind",
    "Plugin",
    "Portfolio",
    "Profile",
    "Reason",
    "Recommendation",
    "Registry",
    "Reputation",
    "ReputationPolicy",
    "RunnerUp",
    "Selector",
    "SelectorFailed",
    "Signals",
    "Strategy",
    "StrategySelector",
    "TableSelector",
    "Thresholds",
    "Tier",
    "TierPolicy",
    "UnfitStrategy",
    "Unit",
    "UnknownFact",
    "UnknownSelector",
    "buttle_selector",
    "candidates_of",
    "contacts",
    "customer_rows",
    "economic_selector",
    "estimate",
    "fact_named",
    "facts_for",
    "first_of",
    "fitting",
    "former_rows",
    "grid_selector",
    "guidance_for",
    "looks_at",
    "loyalty_segment",
    "portfolio",
    "prospect_rows",
    "recommend",
    "reputation",
    "segment_table",
    "tier_table",
    "when",
    "with_override",
]
