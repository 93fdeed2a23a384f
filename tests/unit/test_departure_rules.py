"""The fingerprint of departure rules: what decides, and nothing else."""

import pickle
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve, frozen

from custlife import (
    DEFAULT_DEPARTURE_RULES,
    OWN,
    DecisionTable,
    DepartureRules,
    HitPolicy,
    Row,
    Severity,
    at_least,
    not_,
    some_of,
)

SEVERITIES = DEFAULT_DEPARTURE_RULES.severities


def rules_by(when):
    """Rules whose severity is grave where the predicate holds."""
    rows = (
        Row("A", when, Severity.GRAVE, "Grave.", OWN),
        Row("B", some_of(0), Severity.NONE, "Else.", OWN),
    )
    return DepartureRules(severities=DecisionTable("severity", rows, HitPolicy.FIRST))


@frozen
class Flagged:
    """A predicate of the app's own."""

    limit: int

    def holds(self, facts):
        return facts.get("purchases") == self.limit

    def atoms(self):
        return iter(())

    def __str__(self):
        return f"purchases are {self.limit}"


def test_the_fingerprint_is_the_same_everywhere():
    """It is written down here; it changes only when departures are judged differently."""
    assert DEFAULT_DEPARTURE_RULES.fingerprint == "07a4dca11195419381e8eb8b58f45aca"


def test_the_fingerprint_survives_a_pickle():
    """Also once it was worked out."""
    rules = DepartureRules(deal_size_steps=500)
    known = rules.fingerprint

    assert pickle.loads(pickle.dumps(rules)).fingerprint == known


OTHERS = {
    "grace": DepartureRules(moment_grace=timedelta(days=14)),
    "sales cycle": DepartureRules(sales_cycle_steps=timedelta(days=90)),
    "sales cost": DepartureRules(sales_cost_steps=()),
    "deal size": DepartureRules(deal_size_steps=500),
    "cents": DepartureRules(deal_size_steps=Decimal("500.01")),
    "tenure": DepartureRules(tenure_steps=timedelta(days=1)),
    "revenue": DepartureRules(revenue_steps=500),
    "purchases": DepartureRules(purchases_steps=500),
    "table": rules_by(at_least("purchases", 3)),
    "limit": rules_by(at_least("purchases", 4)),
    "not": rules_by(not_(at_least("purchases", 3))),
    "some": rules_by(some_of(1, at_least("purchases", 3))),
    "of two": rules_by(some_of(1, at_least("purchases", 3), at_least("revenue", 3))),
    "app": rules_by(Flagged(3)),
    "other app": rules_by(Flagged(4)),
    "order": DepartureRules(
        severities=evolve(SEVERITIES, rows=(*SEVERITIES.rows[1:], SEVERITIES.rows[0]))
    ),
    "outcome": DepartureRules(
        severities=evolve(
            SEVERITIES,
            rows=(evolve(SEVERITIES.rows[0], outcome=Severity.GRAVE), *SEVERITIES.rows[1:]),
        )
    ),
}


def test_everything_that_decides_counts():
    """Each number, condition, outcome and place in the order makes another fingerprint."""
    fingerprints = {rules.fingerprint for rules in (DEFAULT_DEPARTURE_RULES, *OTHERS.values())}

    assert len(fingerprints) == 1 + len(OTHERS)


@pytest.mark.parametrize(
    "rules",
    [
        DepartureRules(sales_cost_steps=(1000, Decimal("1E+5"))),
        DepartureRules(deal_size_steps=(Decimal("10000.00"), 10**6)),
        DepartureRules(severities=SEVERITIES),
        DepartureRules(
            severities=evolve(
                SEVERITIES,
                name="by the board",
                rows=tuple(
                    evolve(row, id=f"MY-{row.id}", sentence="Because.", source=OWN)
                    for row in SEVERITIES.rows
                ),
            )
        ),
    ],
    ids=["cost", "size", "table", "words"],
)
def test_what_does_not_decide_does_not_count(rules):
    """Equal limits are one limit, and ids, sentences and sources are only told."""
    assert rules.fingerprint == DEFAULT_DEPARTURE_RULES.fingerprint
