"""The generated chart: listeners, async, printing, pickling, restoring."""

import asyncio
import pickle

import pytest
from attrs import evolve
from statemachine import Event as LibraryEvent
from statemachine import State as LibraryState
from statemachine.exceptions import TransitionNotAllowed

from custlife import (
    CUSTOMER_LIFECYCLE,
    InvalidArgument,
    Relationship,
    State,
    UnknownState,
    from_chart,
    restore_chart,
    state_of,
    to_chart,
    to_diagram,
    to_table,
)

CustomerClass = to_chart(CUSTOMER_LIFECYCLE, name="CustomerClass", module=__name__)


class Listener:
    """Notes what it is told."""

    def __init__(self):
        self.told = []

    def on_enter_customer(self):
        self.told.append("customer moment")

    def on_enter_terminated(self):
        self.told.append("entered terminated")

    def on_terminated(self):
        self.told.append("event terminated")

    def on_enter_state(self, state):
        self.told.append(f"enter {state.id}")


class AsyncListener:
    """Notes what it is told, asynchronously."""

    def __init__(self):
        self.told = []

    async def on_enter_buyer(self):
        await asyncio.sleep(0)
        self.told.append("buyer")


class Loud(to_chart(CUSTOMER_LIFECYCLE)):
    """A subclass with a callback of the user's own."""

    def on_enter_visitor(self):
        self.model.heard = True


def test_the_class_is_generated_once():
    """The same lifecycle gives the same class, named after it."""
    chart = to_chart(CUSTOMER_LIFECYCLE)

    assert chart is to_chart(CUSTOMER_LIFECYCLE)
    assert chart.__name__ == chart.__qualname__ == "CustomerChart"


def test_a_generated_class_says_in_its_docstring_of_which_lifecycle_it_is():
    """By the name of the lifecycle."""
    assert to_chart(CUSTOMER_LIFECYCLE).__doc__ == "The lifecycle 'customer' as a state chart."


def test_a_chart_begins_where_relationships_begin():
    """The initial state is the definition's."""
    assert state_of(to_chart(CUSTOMER_LIFECYCLE)()) == CUSTOMER_LIFECYCLE.initial


def test_listeners_hear_of_stages_and_of_events_of_the_same_name():
    """The stage terminated and the event terminated are told apart."""
    listener = Listener()
    chart = to_chart(CUSTOMER_LIFECYCLE)(listeners=[listener])

    chart.send("purchased")
    chart.send("terminated")

    assert listener.told.count("customer moment") == 1
    assert listener.told.count("entered terminated") == 1
    assert listener.told.count("event terminated") == 1


def test_a_chart_with_async_listeners_runs_asynchronously():
    """An async callback is awaited."""
    listener = AsyncListener()

    async def live():
        chart = to_chart(CUSTOMER_LIFECYCLE)(listeners=[listener])
        await chart.activate_initial_state()
        await chart.send("purchased")
        return state_of(chart)

    assert str(asyncio.run(live())) == "buyer+content"
    assert listener.told == ["buyer"]


def test_a_chart_refuses_what_the_lifecycle_forbids():
    """A refused event raises, and moves neither region."""
    chart = restore_chart(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("regular", "content"))

    with pytest.raises(TransitionNotAllowed):
        chart.send("cause_learnt")

    assert str(state_of(chart)) == "regular+content"


def test_a_chart_cannot_know_whether_a_complaint_is_open():
    """It keeps no record: an answer where the standing shows no conflict is a stay."""
    chart = restore_chart(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("regular", "content"))

    chart.send("complaint_settled")

    assert str(state_of(chart)) == "regular+content"


def test_a_chart_prints_itself():
    """The library's own Markdown form works on class and instance."""
    chart = to_chart(CUSTOMER_LIFECYCLE)

    assert "| Regular " in f"{chart:md}"
    assert "In('in_conflict')" in f"{chart():md}"


@pytest.mark.parametrize("state", to_table(CUSTOMER_LIFECYCLE).states, ids=str)
def test_every_state_is_restored_without_entry_callbacks(state):
    """A restored chart stands there and has told nobody."""
    listener = Listener()

    chart = restore_chart(CUSTOMER_LIFECYCLE, state, [listener])

    assert state_of(chart) == state
    assert listener.told == []


def test_a_chart_is_restored_from_a_relationship_onto_a_model():
    """The model of the app's own keeps the state."""

    class Row:
        state = None

    row = Row()

    chart = Relationship("C-17").to_chart(model=row)
    chart.send("engaged")

    assert chart.model is row
    assert set(row.state) == {"prospect", "visitor"}


def test_an_unknown_state_is_not_restored():
    """A state of another lifecycle is an error."""
    state = State(CUSTOMER_LIFECYCLE.initial.room, (("prospect", "shopper"),))

    with pytest.raises(UnknownState, match="does not know shopper"):
        restore_chart(CUSTOMER_LIFECYCLE, state)


def test_instances_pickle_by_their_lifecycle():
    """A chart goes on in another process where it stood."""
    chart = restore_chart(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE.state("regular", "in_conflict"))

    copy = pickle.loads(pickle.dumps(chart))
    copy.send("complaint_settled")

    assert type(copy) is type(chart)
    assert (str(state_of(copy)), str(state_of(chart))) == (
        "advocate+content",
        "regular+in_conflict",
    )


def test_a_class_that_is_bound_under_its_name_pickles():
    """As any class does that its module knows."""
    assert pickle.loads(pickle.dumps(CustomerClass)) is CustomerClass
    assert type(pickle.loads(pickle.dumps(CustomerClass()))) is CustomerClass


def test_instances_of_a_users_subclass_pickle_as_such():
    """Callbacks of the user's own stay with the class."""
    chart = Loud()

    copy = pickle.loads(pickle.dumps(chart))
    copy.send("engaged")

    assert type(copy) is Loud
    assert copy.model.heard


def test_a_generated_class_gives_back_its_lifecycle():
    """Reading a chart of ours loses nothing."""
    assert from_chart(to_chart(CUSTOMER_LIFECYCLE)) is CUSTOMER_LIFECYCLE


@pytest.mark.parametrize("use", [to_table, to_chart, to_diagram])
def test_only_a_lifecycle_has_a_chart_a_table_and_a_diagram(use):
    """Anything else is refused, a value that cannot be hashed too."""
    with pytest.raises(InvalidArgument, match="lifecycle is 'customer', but must be a Lifecycle"):
        use("customer")
    with pytest.raises(InvalidArgument, match="lifecycle is None, but must be a Lifecycle"):
        use(None)
    with pytest.raises(InvalidArgument, match=r"lifecycle is \[\], but must be a Lifecycle"):
        use([])


def test_a_class_stands_nowhere():
    """Only an instance of a chart has a state."""
    with pytest.raises(InvalidArgument, match="must be an instance of a chart class"):
        state_of(to_chart(CUSTOMER_LIFECYCLE))


class Refusing:
    """A listener that objects."""

    def on_enter_customer(self):
        raise PermissionError("not today")


def test_a_callback_that_raises_leaves_the_chart_where_it_was():
    """The error comes through, and the state is as before."""
    chart = Relationship("C-17").to_chart([Refusing()])

    with pytest.raises(PermissionError, match="not today"):
        chart.send("purchased")

    assert str(state_of(chart)) == "potential"


def test_an_async_chart_that_was_not_activated_stands_nowhere():
    """The message says what to await."""

    async def begin():
        state_of(to_chart(CUSTOMER_LIFECYCLE)(listeners=[AsyncListener()]))

    with pytest.raises(RuntimeError, match="activate_initial_state"):
        asyncio.run(begin())


def with_transition(base):
    class Wider(base):
        jumped = base.prospect.to(base.former)


def with_state(base):
    class Wider(base):
        limbo = LibraryState()


def with_event(base):
    class Wider(base):
        jumped = LibraryEvent(base.prospect.to(base.former))


@pytest.mark.parametrize("widen", [with_transition, with_state, with_event])
def test_a_generated_chart_cannot_be_widened(widen):
    """What a subclass would add to it is refused, and the class stays what it was."""
    base = to_chart(CUSTOMER_LIFECYCLE, name="Narrow")
    before = f"{base:md}"

    with pytest.raises(TypeError, match="Add rules to the lifecycle and generate another chart"):
        widen(base)

    assert f"{base:md}" == before


def test_what_is_done_to_a_chart_class_does_not_reach_the_table():
    """The table is compiled from a class of its own, which nobody else can change."""
    lifecycle = evolve(CUSTOMER_LIFECYCLE, name="meddled_with")
    chart = to_chart(lifecycle)
    chart.prospect.to(chart.former, event="contacted")
    chart.prospect.potential.transitions.transitions.clear()

    table = to_table(lifecycle)

    assert table.arcs == to_table(CUSTOMER_LIFECYCLE).arcs
