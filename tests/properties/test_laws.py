"""The laws of the house, by the house's own kit: exhaustive where finite, sampled where not."""

import pytest
from attrs import evolve
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from tests.unit.lifecycle.charts import CHARTS, Nested, Regions

from custlife import CUSTOMER_LIFECYCLE, InvalidLifecycle, Record, replay, to_chart, to_table
from custlife.testing import (
    LIFECYCLE_LAWS,
    CellLaw,
    HistoryLaw,
    Subject,
    assert_proven,
    histories,
    lifecycle_machine,
    lifecycles,
)
from custlife.testing.laws import law as law_module
from custlife.testing.oracle import record_of

pytestmark = pytest.mark.slow

CELL_LAWS = [law for law in LIFECYCLE_LAWS if isinstance(law, CellLaw)]
HISTORY_LAWS = [law for law in LIFECYCLE_LAWS if isinstance(law, HistoryLaw)]


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
def test_the_default_lifecycle_keeps_every_law(law):
    """In every state on every event, and on the histories that are made up."""
    law(CUSTOMER_LIFECYCLE, settings=settings(max_examples=100))


@settings(max_examples=30)
@given(data=st.data())
def test_any_lifecycle_keeps_every_law(data):
    """Random rooms, nested stages, regions, rules and views, and random histories of them."""
    lifecycle = data.draw(lifecycles())
    history = data.draw(histories(lifecycle, allow_rejected=True, allow_ties=True))
    subject = Subject.of(lifecycle)

    for law in CELL_LAWS:
        law(subject)
    for law in HISTORY_LAWS:
        law.check(subject, history)


@pytest.mark.parametrize("law", CELL_LAWS)
@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_users_own_chart_keeps_the_laws_of_cells(chart, law):
    """The lifecycle is read out of the class, and the class itself is driven by the events."""
    law(chart)


@pytest.mark.parametrize("law", HISTORY_LAWS)
@pytest.mark.parametrize("chart", [Nested, Regions], ids=lambda chart: chart.__name__)
def test_a_users_own_chart_keeps_the_laws_of_histories(chart, law, monkeypatch):
    """Stages in stages, and regions side by side."""
    every = law_module.systematic
    monkeypatch.setattr(law_module, "systematic", lambda subject: [*every(subject)][::5])

    law(chart, settings=settings(max_examples=20))


def test_the_chart_the_table_and_the_relationship_agree_with_the_rules_event_by_event():
    """Hypothesis drives all of them side by side, as a person's life might go."""
    machine = lifecycle_machine(CUSTOMER_LIFECYCLE)

    run_state_machine_as_test(
        machine, settings=settings(machine.TestCase.settings, max_examples=40)
    )


def test_the_default_lifecycle_is_proven():
    """Every stage is reached, everyone can leave and return, and nothing is idle."""
    assert_proven(CUSTOMER_LIFECYCLE)


@settings(max_examples=50)
@given(histories(max_size=9), *[st.integers(0, 9)] * 2)
def test_the_record_is_a_monoid(history, one, two):
    """Adding stretches of a history is associative, and the empty record changes nothing."""
    history = sorted(history, key=lambda event: event.at)
    start, end = sorted((one, two))
    parts = history[:start], history[start:end], history[end:]
    a, b, c = map(record_of, parts)

    assert (a + b) + c == a + (b + c)
    assert a + b + c == record_of(history)
    assert a + Record() == a == Record() + a


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        (view.model, move)
        for view in CUSTOMER_LIFECYCLE.views
        for move in sorted(view.moves, key=str)
    ],
)
def test_no_declared_move_of_a_view_is_idle(model, missing):
    """Each declared move is needed: without it, the view jumps and the lifecycle is refused."""
    views = [
        evolve(view, moves=view.moves - {missing} if view.model is model else view.moves)
        for view in CUSTOMER_LIFECYCLE.views
    ]
    torn = evolve(CUSTOMER_LIFECYCLE, views=views)

    with pytest.raises(InvalidLifecycle, match="declare that move") as caught:
        to_table(torn)

    assert {(fault.code, fault.where) for fault in caught.value.faults} == {
        ("view_jumps", model.__name__)
    }


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_random_histories_of_random_lifecycles_go_through_several_cycles(count):
    """The laws about departures and cycles meet each of these numbers of departures."""
    journeys = lifecycles(max_views=0).flatmap(
        lambda lifecycle: histories(lifecycle).map(
            lambda history: replay(history, customer="c", lifecycle=lifecycle)
        )
    )
    first = settings(max_examples=200, database=None, phases=[Phase.generate])

    journey = find(journeys, lambda journey: len(journey.departures) == count, settings=first)

    assert journey.relationship.cycle >= count


def test_the_table_of_a_generated_chart_is_that_of_its_lifecycle():
    """A chart class that custlife made stands for its lifecycle in every law."""
    assert Subject.of(to_chart(CUSTOMER_LIFECYCLE)).table is Subject.of(CUSTOMER_LIFECYCLE).table
