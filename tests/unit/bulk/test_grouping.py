"""Customers who are alike in what matters."""

import pytest

np = pytest.importorskip("numpy", reason="the extra bulk is not installed")
pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from custlife.bulk.grouping import Part, groups

ROWS = np.array([4, 5, 9, 11])


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
