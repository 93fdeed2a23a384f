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

from custlife.testing.covers import covers
from custlife.testing.following import PathFailure, Perform, StoredStage
from custlife.testing.generators.broken import BrokenLifecycle, broken_lifecycles
from custlife.testing.generators.events import departures, events, events_of
from custlife.testing.generators.histories import histories, relationships
from custlife.testing.generators.lifecycles import lifecycles
from custlife.testing.generators.profiles import profiles, signals, standpoints, values
from custlife.testing.generators.types import GENERATORS as _GENERATORS  # noqa: F401 - registers
from custlife.testing.laws.corrections import corrections, identity, merging
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
from custlife.testing.laws.selectors import (
    SELECTOR_LAWS,
    Selection,
    SelectorLaw,
    SelectorViolation,
    a_dearer_return_is_not_tried,
    always_an_answer,
    as_recorded,
    channels_decide_nothing,
    counterfactuals_are_true,
    key_customers_stay_protected,
    named_facts_suffice,
    same_again,
    unknown_is_not_no,
)
from custlife.testing.machine import lifecycle_machine
from custlife.testing.paths import (
    Path,
    moves_of,
    shortest_paths,
    simple_paths,
    transition_coverage_paths,
)
from custlife.testing.proofs import Finding, Found, NotProven, Proof, assert_proven, prove
from custlife.testing.subject import Subject

__all__ = [
    "LIFECYCLE_LAWS",
    "SELECTOR_LAWS",
    "BrokenLifecycle",
    "CellLaw",
    "Finding",
    "Found",
    "HistoryLaw",
    "Law",
    "LawViolation",
    "NotProven",
    "Path",
    "PathFailure",
    "Perform",
    "Proof",
    "Selection",
    "SelectorLaw",
    "SelectorViolation",
    "StoredStage",
    "Subject",
    "a_dearer_return_is_not_tried",
    "always_an_answer",
    "as_recorded",
    "assert_proven",
    "broken_lifecycles",
    "channel_blindness",
    "channels_decide_nothing",
    "corrections",
    "counterfactuals_are_true",
    "covers",
    "cycles",
    "departures",
    "events",
    "events_of",
    "folding",
    "histories",
    "identity",
    "immutability",
    "key_customers_stay_protected",
    "kind_follows_room",
    "lifecycle_machine",
    "lifecycles",
    "merging",
    "moves_of",
    "named_facts_suffice",
    "order",
    "profiles",
    "prove",
    "relationships",
    "same_again",
    "shortest_paths",
    "signals",
    "simple_paths",
    "standpoints",
    "table_equals_chart",
    "totality",
    "transition_coverage_paths",
    "unknown_is_not_no",
    "values",
    "views_are_homomorphisms",
]
