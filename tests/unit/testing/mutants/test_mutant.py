"""A mutant: a definition with one slip."""

from tests.unit.lifecycle.builders import trio

from custlife import InvalidLifecycle
from custlife.testing.mutants.lifecycles import mutants_of
from custlife.testing.mutants.mutant import Mutant


def test_a_mutant_is_what_is_different_or_what_refused_it():
    """One of the two, and its difference in words."""
    found = [*mutants_of(trio())]

    assert all((one.lifecycle is None) is (one.refusal is not None) for one in found)
    assert all(isinstance(one.refusal, InvalidLifecycle | None) for one in found)
    assert [str(one) for one in found] == [one.difference for one in found]
    assert str(Mutant("a slip")) == "a slip"


def test_two_mutants_are_two_though_they_read_the_same():
    """A mutant is no value: what it does counts, and not what it is called."""
    assert Mutant("a slip") != Mutant("a slip")
