"""Groups of customers that are alike, and what it depends on how inputs count in a sum."""

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from tests.unit.bulk.people import framed, states_of

from custlife import CUSTOMER_LIFECYCLE, Relationship, is_
from custlife.bulk.customers import Customers
from custlife.bulk.missing import Part, conditions, groups
from custlife.strategy import Market
from custlife.strategy.fact import At, Calculated, If, Or, Sure

ROWS = np.array([4, 5, 9, 11])
CYCLE = At("relationship.cycle")
SECOND = is_("relationship.cycle", 2)


def found(*parts):
    return {(group.one, tuple(group.members.tolist())) for group in groups(parts, ROWS)}


def part(*codes, limit=None):
    return Part(np.array(codes), limit or max(codes) + 1)


def test_customers_are_alike_if_all_parts_are():
    """A group is known by the first of them."""
    assert found(part(0, 1, 0, 1), part(0, 0, 1, 0)) == {(4, (4,)), (5, (5, 11)), (9, (9,))}
    assert found() == {(4, (4, 5, 9, 11))}
    assert found(part(1, 1, 1, 1)) == {(4, (4, 5, 9, 11))}


@pytest.mark.parametrize("limit", [1 << 15, 1 << 17, 1 << 30, 1 << 39])
def test_groups_are_the_same_however_large_their_keys(limit):
    """Large keys are numbered anew."""
    parts = [part(0, limit - 1, 0, 7, limit=limit), part(1, 1, 1, 0, limit=1 << 20)]

    assert found(*parts) == {(4, (4, 9)), (5, (5,)), (11, (11,))}


def test_many_groups_are_found_as_few_are():
    """Beyond what is sorted without comparisons."""
    rows = np.arange(70_000)

    some = [*groups([Part(rows[::-1].copy(), len(rows))], rows)]

    assert len(some) == len(rows)
    assert {int(group.members[0]) for group in some} == {*range(len(rows))}


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
