"""CostModel: dated, documented, and within their bounds."""

from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest
from attrs import fields

from custlife.errors import InvalidPolicy
from custlife.strategy.assumptions import DEFAULT_COST_MODEL, CostModel

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_default_assumptions_are_dated():
    """They say since when they hold, and each number can be overridden alone."""
    ours = CostModel(horizon_years=5, name="ours")

    assert str(DEFAULT_COST_MODEL) == "custlife of 2026-11-22"
    assert str(ours) == "ours of 2026-11-22 with horizon years 5"
    assert (ours.horizon_years, ours.start_cost) == (5, DEFAULT_COST_MODEL.start_cost)


def test_every_assumption_is_documented():
    """By its name, among the arguments."""
    undocumented = [
        field.name
        for field in fields(CostModel)
        if f"\n        {field.name}: " not in CostModel.__doc__
    ]

    assert undocumented == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("horizon_years", -1, "a number of years"),
        ("start_cost", 1.5, "an exact amount"),
        ("protect_effect", 2, "a share"),
        ("retention_harm", Decimal("NaN"), "a share"),
        ("since", NOW, "a date"),
        ("name", "", "a string"),
    ],
)
def test_assumptions_keep_their_bounds(field, value, expected):
    """Whatever is out of them is refused, by name."""
    with pytest.raises(InvalidPolicy, match=f"assumptions: {field}.*{expected}") as caught:
        CostModel(**{field: value})

    assert (caught.value.subject, caught.value.field) == ("assumptions", field)


def test_what_is_kept_is_exact_in_any_context():
    """However few digits the app calculates with."""
    ours = CostModel(retention_harm=Decimal("1E-300"))

    with localcontext(prec=2):
        kept = ours.retention_kept

    assert kept < 1
    assert kept.as_tuple().digits == (9,) * 300
