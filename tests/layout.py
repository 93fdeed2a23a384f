"""Where a module of the library has its tests: in the file of the same place and name."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = Path("src/custlife")
ELSEWHERE = {
    "_drafts.py": ["tests/unit/test_relationship.py"],
    "_due.py": ["tests/unit/test_watching.py", "tests/properties/test_silence.py"],
    "_lifting.py": ["tests/unit/test_journey.py"],
    "_ledger.py": ["tests/unit/test_journey.py", "tests/unit/test_changes.py"],
    "_restoring.py": ["tests/unit/test_relationship.py", "tests/unit/test_codec.py"],
    "_roll_up.py": ["tests/unit/test_account.py", "tests/properties/test_account.py"],
    "_stored.py": ["tests/unit/test_codec.py"],
    "_scalars.py": ["tests/unit/test_codec.py"],
    "_strict.py": ["tests/unit/test_codec.py"],
    "bulk/firing.py": ["tests/unit/bulk/test_recommending.py", "tests/properties/test_bulk.py"],
    "bulk/gone.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/judging.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/left.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/log.py": ["tests/unit/bulk/test_reading_events.py", "tests/properties/test_bulk.py"],
    "bulk/one_by_one.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/routes.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/running.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/reading_money.py": ["tests/unit/bulk/test_reading_events.py"],
    "bulk/ticks.py": ["tests/unit/bulk/test_reading.py", "tests/unit/bulk/test_replaying.py"],
    "bulk/nightly.py": ["tests/unit/bulk/test_deadlines.py"],
    "bulk/adding.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/folded.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/bucket.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "bulk/standing.py": ["tests/unit/bulk/test_replaying.py", "tests/properties/test_bulk.py"],
    "departure_kind.py": ["tests/rules/test_departure_kind.py"],
    "departure_rules.py": ["tests/rules/test_departure_kind.py", "tests/rules/test_severity.py"],
    "lifecycle/default.py": ["tests/rules/test_customer_lifecycle.py"],
    "steps.py": ["tests/unit/test_journey.py", "tests/unit/test_changes.py"],
    "refunds.py": ["tests/unit/test_relationship.py"],
    "severity.py": ["tests/rules/test_severity.py"],
    "strategy/fact.py": ["tests/unit/strategy/test_facts.py"],
    "strategy/inputs.py": ["tests/unit/strategy/test_facts.py"],
    "strategy/knapsack.py": ["tests/unit/strategy/test_portfolio.py"],
    "strategy/selectors/buttle.py": ["tests/rules/test_buttle.py"],
    "testing/covers.py": ["tests/unit/testing/test_following.py"],
    "testing/laws/selectors.py": ["tests/unit/testing/test_selector_laws.py"],
    "testing/defaults/customers.py": ["tests/rules/test_customer_requirements.py"],
    "testing/defaults/buttle.py": ["tests/rules/test_buttle_laws.py"],
    "testing/tables/looks.py": ["tests/unit/testing/tables/test_deciding.py"],
    "testing/subject.py": ["tests/unit/testing/test_laws.py"],
}
"""Modules whose tests are in other files: tables of rules, and parts that only one module uses."""


def modules():
    """Every module of the library, as a path from the root; an ``__init__`` only hands names on."""
    found = (path.relative_to(ROOT) for path in (ROOT / SOURCE).rglob("*.py"))
    return sorted(str(path) for path in found if path.name != "__init__.py")


def mirrors(module):
    """The test files of a module: its own or its package's, and those named above."""
    inside = Path(module).relative_to(SOURCE)
    mirrored = Path("tests/unit") / inside.with_name(f"test_{inside.name.lstrip('_')}")
    package = mirrored.parent.parent / f"test_{mirrored.parent.name}.py"
    named = [str(mirrored), str(package), *ELSEWHERE.get(inside.as_posix(), [])]
    return [name for name in named if (ROOT / name).exists()]
