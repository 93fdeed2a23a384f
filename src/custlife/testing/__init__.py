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
from custlife.testing.machine import lifecycle_machine
from custlife.testing.paths.coverage import moves_of, transition_coverage_paths
from custlife.testing.paths.covers import covers
from custlife.testing.paths.following import PathFailure, Perform
from custlife.testing.paths.path import Path
from custlife.testing.paths.reading import Reading
from custlife.testing.paths.shortest import shortest_paths
from custlife.testing.paths.simple import simple_paths
from custlife.testing.proofs import Finding, Found, NotProven, Proof, assert_proven, prove
from custlife.testing.strategies.broken import BrokenLifecycle, broken_lifecycles
from custlife.testing.strategies.histories import histories, relationships
from custlife.testing.strategies.lifecycles import lifecycles
from custlife.testing.strategies.values import departures, events, events_of
from custlife.testing.subject import Subject

__all__ = [
    "LIFECYCLE_LAWS",
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
    "Subject",
    "assert_proven",
    "broken_lifecycles",
    "channel_blindness",
    "covers",
    "cycles",
    "departures",
    "events",
    "events_of",
    "folding",
    "histories",
    "immutability",
    "kind_follows_room",
    "lifecycle_machine",
    "lifecycles",
    "moves_of",
    "order",
    "prove",
    "relationships",
    "shortest_paths",
    "simple_paths",
    "table_equals_chart",
    "totality",
    "transition_coverage_paths",
    "views_are_homomorphisms",
]
