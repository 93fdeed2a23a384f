"""Mistakes that a type checker must see. Checked by mypy and pyright, never run.

Each line is silenced for the one error that it must give; a silence that is not needed is an error.
"""

from datetime import UTC, datetime
from decimal import Decimal

from custlife import Departed, DepartureRules, Purchased, Relationship
from custlife.strategy import ButtlePolicy, Signals, recommend

t = datetime(2026, 1, 1, tzinfo=UTC)
Purchased(at="2026-01-01", amount=1)  # type: ignore[arg-type]  # text is no moment
Purchased(at=t, amount=9.99)  # type: ignore[arg-type]  # a float is no money
Purchased(at=t)  # type: ignore[call-arg]  # a purchase has an amount
Departed(at=t, deal_size="x")  # type: ignore[arg-type]  # text is no money
DepartureRules(sales_cost_steps=1.5)  # type: ignore[arg-type]  # a float is no money
Relationship(17)  # type: ignore[arg-type]  # an id is text
Relationship("C-17").apply("engaged")  # type: ignore[arg-type]  # a name is no event
Signals(regain_cost=9.99)  # type: ignore[arg-type]  # a float is no money
Signals(strategic="yes")  # type: ignore[arg-type]  # text is no flag
ButtlePolicy(Decimal(100))  # type: ignore[arg-type, call-arg]  # numbers are named
recommend(Relationship("C-17"))  # type: ignore[arg-type]  # a relationship is no profile
Relationship("C-17").cycle = 2  # type: ignore[misc]  # relationships are frozen
