"""A test kit for lifecycles: strategies, laws, proofs and paths, for ours and for yours.

Needs the extra ``custlife[testing]``. Three lines test a lifecycle:

Examples:
    >>> import pytest
    >>> from custlife import CUSTOMER_LIFECYCLE
    >>> @pytest.mark.parametrize("law", LIFECYCLE_LAWS)
    ... def test_our_lifecycle_keeps(law):
    ...     law(CUSTOMER_LIFECYCLE)
"""

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for before anything needs it
except ImportError as error:
    raise ImportError(
        "custlife.testing needs Hypothesis: install custlife with its extra 'testing', as in "
        'pip install "custlife[testing]".'
    ) from error

from custlife.testing.generators.broken import BrokenLifecycle, broken_lifecycles
from custlife.testing.generators.events import departures, events, events_of
from custlife.testing.generators.histories import histories, relationships
from custlife.testing.generators.lifecycles import lifecycles
from custlife.testing.generators.profiles import profiles, signals, standpoints, values
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
from custlife.testing.laws.selector_law import (
    Selection,
    SelectorLaw,
    SelectorViolation,
    as_recorded,
)
from custlife.testing.laws.selectors import (
    SELECTOR_LAWS,
    a_dearer_return_is_not_tried,
    always_an_answer,
    channels_decide_nothing,
    counterfactuals_are_true,
    key_customers_stay_protected,
    named_facts_suffice,
    same_again,
    unknown_is_not_no,
)
from custlife.testing.machine import lifecycle_machine
from custlife.testing.paths.coverage import moves_of, transition_coverage_paths
from custlife.testing.paths.covers import covers
from custlife.testing.paths.following import PathFailure, Perform
from custlife.testing.paths.path import Path
from custlife.testing.paths.reading import Reading
from custlife.testing.paths.shortest import shortest_paths
from custlife.testing.paths.simple import simple_paths
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
    "Reading",
    "Selection",
    "SelectorLaw",
    "SelectorViolation",
    "Subject",
    "a_dearer_return_is_not_tried",
    "always_an_answer",
    "as_recorded",
    "assert_proven",
    "broken_lifecycles",
    "channel_blindness",
    "channels_decide_nothing",
    "counterfactuals_are_true",
    "covers",
    "cycles",
    "departures",
    "events",
    "events_of",
    "folding",
    "histories",
    "immutability",
    "key_customers_stay_protected",
    "kind_follows_room",
    "lifecycle_machine",
    "lifecycles",
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
