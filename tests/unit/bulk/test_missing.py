"""What it depends on how inputs count in a sum."""

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from tests.unit.bulk.people import framed, states_of

from custlife import CUSTOMER_LIFECYCLE, Relationship, is_
from custlife.bulk.customers import Customers
from custlife.bulk.missing import conditions
from custlife.strategy import Market
from custlife.strategy.fact import At, Calculated, If, Or, Sure

CYCLE = At("relationship.cycle")
SECOND = is_("relationship.cycle", 2)


@pytest.mark.parametrize(
    ("reader", "masks"),
    [
        (CYCLE, []),
        (Sure(SECOND), [[False]]),
        (If(SECOND, CYCLE), [[False]]),
        (If(SECOND, CYCLE, Sure(SECOND)), [[False], [False]]),
        (Calculated(CYCLE, "+", If(SECOND, CYCLE)), [[False]]),
        (Or(CYCLE, Sure(SECOND)), [[False], [True]]),
        (Calculated(CYCLE, "+", len), [None]),
    ],
    ids=["path", "sure", "if", "either", "sum", "or", "own"],
)
def test_a_sum_depends_on_its_conditions(reader, masks):
    """Of a reader that is the app's own it cannot be told."""
    base = Customers(
        framed(states_of([Relationship("C-1")])),
        signals=(),
        value=(),
        as_of=None,
        market=Market(),
        decimals=2,
        lifecycle=CUSTOMER_LIFECYCLE,
    )

    assert [mask if mask is None else mask.tolist() for mask in conditions(reader, base)] == masks
