"""A test kit for lifecycles: proofs, paths, laws and generators, for ours and for yours.

It needs the extra ``custlife[testing]``. `assert_proven` tests a lifecycle of your own. `covers`
tests an app that follows one. The laws test an execution: custlife's, or one that you bring in a
`Subject` or a chart class. Once this package is imported, ``st.from_type`` makes custlife's types.

Examples:
    >>> from custlife import CUSTOMER_LIFECYCLE
    >>> def test_our_lifecycle_is_proven():
    ...     assert_proven(CUSTOMER_LIFECYCLE)
"""

try:
    import hypothesis as _hypothesis  # noqa: F401 - so that the error says what to install
except ImportError as error:
    raise ImportError(
        "custlife.testing needs Hypothesis: install custlife with its extra 'testing', as in "
        'pip install "custlife[testing]".'
    ) from error

from custlife.testing.checking import Report, RequirementVerdict, check
from custlife.testing.coverage.collector import Coverage, NotCovered, assert_covered
from custlife.testing.coverage.report import Uncovered
from custlife.testing.covers import covers
from custlife.testing.defaults.buttle import buttle_requirements
from custlife.testing.defaults.customers import CUSTOMER_REQUIREMENTS
from custlife.testing.following import PathFailure, Perform, StoredStage
from custlife.testing.generators.broken import BrokenLifecycle, broken_lifecycles
from custlife.testing.generators.events import departures, events, events_of
from custlife.testing.generators.histories import histories, relationships
from custlife.testing.generators.lifecycles import lifecycles
from custlife.testing.generators.profiles import profiles, signals, standpoints, values
from custlife.testing.generators.types import GENERATORS as _GENERATORS  # noqa: F401 - registers
from custlife.testing.laws.corrections import corrections, identity, merging
from custlife.testing.laws.journey import accounts, customers
from custlife.testing.laws.judgement import (
    a_dearer_return_is_not_tried,
    better_news_ends_nobody,
    key_customers_stay_protected,
    what_is_ruled_out_is_not_followed,
)
from custlife.testing.laws.law import CellLaw, HistoryLaw, Law, LawViolation
from custlife.testing.laws.lifecycle import (
    LIFECYCLE_LAWS,
    channel_blindness,
    cycles,
    folding,
    immutability,
    kind_follows_room,
    order,
    table_equals_chart,
    totality,
    views_are_homomorphisms,
)
from custlife.testing.laws.relationship import refusals, snapshots
from custlife.testing.laws.selector_law import (
    Selection,
    SelectorLaw,
    SelectorViolation,
    as_recorded,
)
from custlife.testing.laws.selectors import (
    SELECTOR_LAWS,
    always_an_answer,
    channels_decide_nothing,
    counterfactuals_are_true,
    named_facts_suffice,
    reasons_fit_the_answer,
    same_again,
    unknown_is_not_no,
)
from custlife.testing.machine import lifecycle_machine
from custlife.testing.mutants.mutant import Mutant
from custlife.testing.paths import (
    Path,
    moves_of,
    shortest_paths,
    simple_paths,
    transition_coverage_paths,
)
from custlife.testing.proofs import Finding, Found, NotProven, Proof, assert_proven, prove
from custlife.testing.replays import RecordedFailure, replay_failures
from custlife.testing.requirements.conditions import InvalidRequirement
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.language import (
    after,
    always,
    eventually_possible,
    leads_to,
    monotone,
    never,
    precedes,
    preserves,
    stays_until,
)
from custlife.testing.requirements.requirement import Requirement
from custlife.testing.specified import (
    NotSpecified,
    Score,
    assert_specified,
    mutants,
    score,
)
from custlife.testing.subject import Subject
from custlife.testing.tables.unknown import unknown

__all__ = [
    "CUSTOMER_REQUIREMENTS",
    "LIFECYCLE_LAWS",
    "SELECTOR_LAWS",
    "BrokenLifecycle",
    "CellLaw",
    "Coverage",
    "Finding",
    "Found",
    "HistoryLaw",
    "InvalidRequirement",
    "Law",
    "LawViolation",
    "Mutant",
    "NotCovered",
    "NotProven",
    "NotSpecified",
    "Path",
    "PathFailure",
    "Perform",
    "Proof",
    "RecordedFailure",
    "Report",
    "Requirement",
    "RequirementVerdict",
    "Score",
    "Selection",
    "SelectorLaw",
    "SelectorViolation",
    "Status",
    "StoredStage",
    "Subject",
    "Uncovered",
    "a_dearer_return_is_not_tried",
    "accounts",
    "after",
    "always",
    "always_an_answer",
    "as_recorded",
    "assert_covered",
    "assert_proven",
    "assert_specified",
    "better_news_ends_nobody",
    "broken_lifecycles",
    "buttle_requirements",
    "channel_blindness",
    "channels_decide_nothing",
    "check",
    "corrections",
    "counterfactuals_are_true",
    "covers",
    "customers",
    "cycles",
    "departures",
    "events",
    "events_of",
    "eventually_possible",
    "folding",
    "histories",
    "identity",
    "immutability",
    "key_customers_stay_protected",
    "kind_follows_room",
    "leads_to",
    "lifecycle_machine",
    "lifecycles",
    "merging",
    "monotone",
    "moves_of",
    "mutants",
    "named_facts_suffice",
    "never",
    "order",
    "precedes",
    "preserves",
    "profiles",
    "prove",
    "reasons_fit_the_answer",
    "refusals",
    "relationships",
    "replay_failures",
    "same_again",
    "score",
    "shortest_paths",
    "signals",
    "simple_paths",
    "snapshots",
    "standpoints",
    "stays_until",
    "table_equals_chart",
    "totality",
    "transition_coverage_paths",
    "unknown",
    "unknown_is_not_no",
    "values",
    "views_are_homomorphisms",
    "what_is_ruled_out_is_not_followed",
]
