"""A predicate of what is unknown."""

import pytest

from custlife.decisions.predicates import all_of, not_
from custlife.errors import InvalidArgument
from custlife.testing.tables.unknown import unknown


@pytest.mark.parametrize(("facts", "answer"), [({"n": None}, True), ({"n": 0}, False), ({}, None)])
def test_a_fact_is_unknown_where_it_is_none(facts, answer):
    """Where it is not among the facts, nobody can tell."""
    assert unknown("n").holds(facts) is answer


def test_it_is_joined_like_any_predicate():
    """And turned round."""
    both = all_of(unknown("n"), not_(unknown("m_o")))

    assert both.holds({"n": None, "m_o": 1})
    assert str(both) == "n is unknown and not (m o is unknown)"
    assert [atom.facts for atom in both.atoms()] == [("n",), ("m_o",)]


def test_a_blank_name_is_refused():
    """There is no such fact."""
    with pytest.raises(InvalidArgument, match="fact is ' '"):
        unknown(" ")
