"""Reading a chart back gives the lifecycle that it was generated from."""

import pytest
from hypothesis import given, reject, settings

from custlife import InvalidLifecycle, from_chart, to_chart, to_table
from custlife.testing import lifecycles

pytestmark = pytest.mark.slow


def cells(lifecycle):
    table = to_table(lifecycle)
    return {
        (state, event): table.states[after]
        for state, arc in zip(table.states, table.arcs, strict=True)
        for event, after in arc.items()
    }


def read_without_memory(chart):
    """Read a generated class as if it were a user's own."""
    remembered = vars(chart)["lifecycle"]
    del chart.lifecycle
    try:
        return from_chart(chart)
    except InvalidLifecycle as error:
        if {fault.code for fault in error.faults} == {"dead_transition"}:
            reject()
        raise
    finally:
        chart.lifecycle = remembered


@settings(max_examples=50)
@given(lifecycles(max_views=0))
def test_a_chart_that_forgot_its_lifecycle_is_read_back_to_the_same_table(lifecycle):
    """Guards, targets and levels of any generated chart are understood."""
    read = read_without_memory(to_chart(lifecycle, name="Forgetful"))

    assert read is not lifecycle
    assert cells(read) == cells(lifecycle)
