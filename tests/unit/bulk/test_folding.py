"""The fold over columns: side by side or one after the other, it is the fold of one history."""

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from hypothesis import given
from hypothesis import strategies as st

from custlife import CUSTOMER_LIFECYCLE, Departed, Engaged, Lapsed, Purchased, to_table
from custlife.bulk import folding
from custlife.bulk.automaton import automaton

TABLE = to_table(CUSTOMER_LIFECYCLE)
KINDS = (Engaged, Purchased, Lapsed, Departed)
MACHINE = automaton(TABLE, KINDS, waiting=False)


def walked(code, state):
    """The cell of each event of a history, one lookup after the other."""
    for one in code:
        yield state * len(KINDS) + one
        after = TABLE.unguarded[state].get(KINDS[one].name)
        state = state if after is None else after


@given(
    histories=st.lists(
        st.tuples(
            st.lists(st.integers(0, len(KINDS) - 1), max_size=40),
            st.integers(0, len(TABLE.states) - 1),
        ),
        max_size=8,
    ),
    few=st.integers(1, 9),
    ranks=st.sampled_from([1, 5, 512]),
)
def test_each_event_falls_in_the_cell_of_the_state_that_the_ones_before_it_lead_to(
    histories, few, ranks
):
    """Whether histories are folded side by side, one after the other, or first so and then so."""
    code = numpy.array([one for codes, _ in histories for one in codes], numpy.uint8)
    length = numpy.array([len(codes) for codes, _ in histories], numpy.int64)
    state = numpy.array([begin for _, begin in histories], numpy.uint16)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "FEW", few)
        patch.setattr(folding, "_RANKS", ranks)
        found = folding.cells_of(MACHINE, code, length, state)

    expected = [cell for codes, begin in histories for cell in walked(codes, begin)]
    assert found.tolist() == expected
