"""Each broken subject of the gallery is caught by its law, and the violation says by what."""

import importlib
import pickle
import re
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lifecycle.builders import stay, trio
from tests.unit.lifecycle.charts import Club
from tests.unit.testing.gallery import TABLE, Stand, Told, Wrapped, applying, replaying, subject
from tests.unit.testing.handouts import GALLERY

from custlife import (
    CUSTOMER_LIFECYCLE,
    OWN,
    Cause,
    CauseLearnt,
    Committed,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    DecisionTable,
    Departed,
    DepartureKind,
    DepartureRules,
    Engaged,
    Event,
    HitPolicy,
    InvalidArgument,
    Journey,
    PurchaseCancelled,
    Purchased,
    Relationship,
    Room,
    Row,
    UnknownEvent,
    from_chart,
    is_,
    replay,
    testing,
    to_chart,
)
from custlife.testing import (
    LIFECYCLE_LAWS,
    HistoryLaw,
    Law,
    LawViolation,
    Subject,
    cycles,
    folding,
    shortest_paths,
)
from custlife.testing.generators.events import event_class
from custlife.testing.laws import law as law_module
from custlife.testing.laws.relationship import amiss, raised, refusal
from custlife.testing.oracle import difference, tally_of

DEFAULT = settings(max_examples=100, database=None)
MANY = settings(DEFAULT, max_examples=2000)
OURS = DecisionTable(
    "our kinds",
    (
        Row("L", is_("room_left", Room.PROSPECT), DepartureKind.LOSS, "Ours.", OWN),
        Row("T", is_("room_left", Room.CUSTOMER), DepartureKind.TERMINATION, "Ours.", OWN),
    ),
    HitPolicy.UNIQUE,
)


def judging(**numbers):
    """A subject whose departures are judged by rules of its own."""
    rules = DepartureRules(**numbers)
    return subject(
        start=partial(Relationship, departure_rules=rules),
        replay=partial(replay, departure_rules=rules),
    )


class Plain(Journey):
    """A journey of a class of its own, which makes journeys of custlife's."""

    of = classmethod(Told.of.__func__)


FRAMES = [
    subject(table=Stand(), start=lambda customer: Wrapped.of(Relationship(customer))),
    applying(Wrapped),
    replaying(Told.of),
    replaying(Plain.of),
    judging(moment_grace=timedelta(days=30)),
    evolve(judging(kinds=OURS), table=evolve(TABLE)),
]
_SOME = 11
SAMPLED = [broken for broken in GALLERY if isinstance(broken.law, HistoryLaw)]


def name(thing):
    return thing.name


def violation(law, thing, how=DEFAULT):
    with pytest.raises(LawViolation) as caught:
        law(thing, settings=how)
    return caught.value


def test_the_gallery_has_a_subject_for_every_law():
    """At least fifteen in all, and each law is there."""
    assert len(GALLERY) >= 15
    assert {broken.law for broken in GALLERY} == set(LIFECYCLE_LAWS)


@pytest.mark.parametrize("broken", GALLERY, ids=name)
def test_a_broken_subject_is_caught_by_the_law_named_for_it(broken):
    """By a history of a few events, five where nothing else is said."""
    found = violation(broken.law, broken.subject(), MANY)

    assert found.law == broken.law.name
    assert re.search(broken.says, found.problem)
    assert len(found.history) <= broken.at_most


@pytest.mark.slow
@pytest.mark.parametrize("broken", SAMPLED, ids=name)
def test_a_broken_subject_is_caught_by_samples_alone(broken, monkeypatch):
    """Without the systematic histories, Hypothesis finds it, and it is shortened."""
    monkeypatch.setattr(law_module, "systematic", lambda subject: ())

    found = violation(broken.law, broken.subject(), MANY)

    raised = "the subject raised"
    assert (raised in found.problem) is (raised in broken.says)
    assert len(found.history) <= broken.at_most + 1


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
@pytest.mark.parametrize(
    "frame", [*(pytest.param(one, marks=pytest.mark.slow) for one in FRAMES[:-1]), FRAMES[-1]]
)
def test_what_the_broken_subjects_are_made_of_is_sound(law, frame, monkeypatch):
    """Their wrappers break nothing by themselves, on some of the histories."""
    every = law_module.systematic
    monkeypatch.setattr(law_module, "systematic", lambda subject: [*every(subject)][::_SOME])

    law(frame, settings=settings(DEFAULT, max_examples=10))


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
def test_a_law_takes_settings_of_hypothesis(law):
    """Also where nothing is sampled."""
    with pytest.raises(InvalidArgument, match=rf"{law.name}\(\): settings is 5, but must be"):
        law(FRAMES[0], settings=5)


@pytest.mark.parametrize("history", [5, None, ["purchased"], [Engaged]], ids=str)
def test_a_law_is_checked_on_events(history):
    """What is none is refused."""
    with pytest.raises(InvalidArgument, match=r"check\(\): history is .* but must be an Event"):
        folding.check(CUSTOMER_LIFECYCLE, history)


def test_a_law_is_checked_on_one_history_of_a_lifecycle():
    """As it is of a subject."""
    folding.check(CUSTOMER_LIFECYCLE, [Engaged(at=law_module.BEGIN)])


START = datetime(2026, 1, 1, tzinfo=UTC)
LEARNT = stay("cause_learnt", "prospect")
WHIM = type("Left", (event_class("left"),), {"name": "left", "cause": "a whim"})


@pytest.mark.parametrize(
    ("lifecycle", "events", "refused"),
    [
        (CUSTOMER_LIFECYCLE, [], ComplaintSettled(at=START, complaint="c9")),
        (CUSTOMER_LIFECYCLE, [], ComplaintSettled(at=START)),
        (CUSTOMER_LIFECYCLE, [Complained(at=START)], ComplaintSettled(at=START, complaint="c9")),
        (
            CUSTOMER_LIFECYCLE,
            [Complained(at=START, public=True), ComplaintIgnored(at=START)],
            ComplaintIgnored(at=START),
        ),
        (CUSTOMER_LIFECYCLE, [], Committed(at=START)),
        (CUSTOMER_LIFECYCLE, [Engaged(at=START)], Engaged(at=START - timedelta(days=1))),
        (CUSTOMER_LIFECYCLE, [], PurchaseCancelled(at=START, purchase="p1")),
        (CUSTOMER_LIFECYCLE, [], WHIM(at=START)),
        (CUSTOMER_LIFECYCLE, [], "purchased"),
        (trio(), [event_class("joined")(at=START)], event_class("returned")(at=START)),
        (trio(), [], WHIM(at=START)),
        (trio(also=[LEARNT]), [], CauseLearnt(at=START, cause=Cause.PRICE)),
    ],
    ids=str,
)
def test_the_error_that_must_be_raised_is_the_one_that_is_raised(lifecycle, events, refused):
    """By a relationship of custlife's own, after some events."""
    tally = tally_of(lifecycle, events)
    now = Relationship("C-1", lifecycle).apply(*tally.events)

    problems = amiss(raised(now.apply, refused), refusal(tally, refused, "C-1"), refused)

    assert refusal(tally, refused, "C-1") is not None
    assert [*problems] == []


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
def test_a_law_is_called_by_its_name(law):
    """Which is what pytest calls the parametrized test; its sentence is a sentence."""
    assert law.__name__ == law.name
    assert law.name.isidentifier()
    assert law.sentence.endswith(".")


def subject_called(title):
    (broken,) = [broken for broken in GALLERY if broken.name == title]
    return broken.law, broken.subject()


@pytest.mark.parametrize(
    "title",
    [
        "a_chart_with_a_callback_that_raises",
        "a_table_that_breaks_down",
        "a_refusal_without_a_reason",
    ],
)
def test_a_law_of_cells_finds_more_than_the_first(title):
    """It goes on after a complaint, whatever a subject raised."""
    law, subject = subject_called(title)

    found = [
        problem
        for path in shortest_paths(subject.lifecycle).values()
        for event in subject.lifecycle.events
        for problem in law.violations(subject, path.end, event, path)
    ]

    assert len(found) > 1


def test_a_law_of_histories_finds_more_than_the_first():
    """What is wrong with a record is said of the whole and of its parts."""
    law, subject = subject_called("a_record_that_starts_anew_with_each_cycle")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    history = [Departed(at=start), Engaged(at=start + timedelta(days=1))]

    found = list(law.violations(subject, history))

    assert found[-1] == "the records of the first 2 events and of the others do not add up."


def test_a_bare_law_says_nothing():
    """It is for its kinds to say how it is tried."""
    law = Law(0, "So it is.", lambda: iter(()))

    with pytest.raises(NotImplementedError):
        law(CUSTOMER_LIFECYCLE)


def test_a_difference_goes_field_by_field():
    """Of what counts when values are compared; what only remembers does not."""
    one = CUSTOMER_LIFECYCLE.views[0]
    other = evolve(one, sentence="Another sentence.")

    assert difference(other, one) == f"sentence is Another sentence., not {one.sentence}"


class Async(to_chart(trio())):
    """A chart that must be awaited."""

    async def on_enter_member(self):
        """Say welcome, some day."""


def test_a_chart_with_async_callbacks_is_refused():
    """Nothing would be awaited, and nothing tested."""
    with pytest.raises(TypeError, match="Async has async callbacks, and is driven synchronously"):
        LIFECYCLE_LAWS[0](Async)


def test_without_hypothesis_the_kit_says_what_to_install(monkeypatch):
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(ImportError, match="install custlife with its extra 'testing'"):
        importlib.reload(testing)


def test_the_laws_are_numbered_in_order():
    """As in the list of the laws."""
    assert [law.number for law in LIFECYCLE_LAWS] == [*range(1, 17)]


def found_in(title):
    (broken,) = [broken for broken in GALLERY if broken.name == title]
    return violation(broken.law, broken.subject())


def test_a_violation_says_what_is_wrong_and_shows_the_shortest_history():
    """The law, what it says, and the events with where they lead."""
    found = found_in("a_return_that_keeps_the_cycle_number")

    assert str(found).splitlines() == [
        "cycles: cycle is 1, and must be 2.",
        f"The law: {cycles.sentence}",
        "The history, in 'customer' from potential:",
        "   1. 2026-01-01T00:00:00+00:00 departed: -> lost",
        "   2. 2026-01-02T00:00:00+00:00 engaged: -> visitor",
    ]


def test_a_violation_names_refusals_and_what_an_event_says():
    """Refused events are part of the history; fields are told where they are not the default."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    history = (Purchased(at=start, amount=7, channel="web"), Engaged(at=start))
    history = (*history, ComplaintSettled(at=start))

    found = LawViolation("some_law", "So it is.", CUSTOMER_LIFECYCLE, "It is not.", history)

    assert "purchased (channel=web, amount=7): -> buyer+content" in str(found)
    assert "engaged: stays" in str(found)
    assert "complaint_settled: refused" in str(found)


def test_a_violation_without_any_event_says_so():
    """Some subjects are broken from the beginning."""
    found = LawViolation("some_law", "So it is.", CUSTOMER_LIFECYCLE, "It is not.", ())

    assert str(found).endswith("   (no event)")


def test_a_violation_draws_its_history():
    """As a Mermaid diagram with numbered steps."""
    found = found_in("a_return_that_keeps_the_cycle_number")

    assert found.to_mermaid().splitlines()[-3:] == [
        "    [*] --> s0",
        "    s0 --> s1 : 1. departed",
        "    s1 --> s2 : 2. engaged",
    ]


def test_a_violation_pickles():
    """With its law, problem and history."""
    found = found_in("a_dropped_departure")

    again = pickle.loads(pickle.dumps(found))

    assert (str(again), again.history) == (str(found), found.history)


def test_an_error_of_the_subject_is_a_violation():
    """Whatever a subject raises, the law says so and shows when."""

    def failing(events, **_):
        raise ZeroDivisionError("no customers")

    subject = Subject(lifecycle=CUSTOMER_LIFECYCLE, replay=failing)

    with pytest.raises(LawViolation, match="raised ZeroDivisionError: no customers") as caught:
        folding(subject)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@frozen(kw_only=True)
class Joined(Event):
    """An event with a field that must be given, and that no strategy knows."""

    plan: str = field()
    days: int


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
def test_laws_take_events_of_the_users_own(law):
    """Required fields are inferred from their types."""
    subject = Subject(lifecycle=trio(), kinds=iter([Joined]))

    assert subject.kinds == {"joined": Joined}
    law(subject, settings=settings(max_examples=10))


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
def test_laws_take_strategies_for_the_users_own_events(law):
    """By the event's name."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    joined = st.builds(Joined, at=st.just(start), plan=st.just("gold"), days=st.integers(1, 30))
    subject = Subject(lifecycle=trio(), kinds={"joined": joined})

    law(subject, settings=settings(max_examples=10))


def test_events_that_the_lifecycle_does_not_know_are_refused():
    """When the subject is made, not when a law fails."""
    with pytest.raises(UnknownEvent, match="joined"):
        Subject(lifecycle=CUSTOMER_LIFECYCLE, kinds=[Joined])


def test_a_chart_class_is_a_subject_that_drives_itself():
    """Its lifecycle is read out of it."""
    subject = Subject.of(Club)

    assert subject.chart is Club
    assert subject.lifecycle == from_chart(Club)


def test_what_is_no_subject_is_refused():
    """In words."""
    with pytest.raises(TypeError, match="must be a Lifecycle, a chart class or a Subject"):
        Subject.of("customer")


@pytest.mark.parametrize("law", LIFECYCLE_LAWS)
@given(st.just(CUSTOMER_LIFECYCLE))
@settings(max_examples=1)
def test_a_subject_can_be_made_inside_a_property(law, lifecycle):
    """So that a law can be tried on what Hypothesis makes up."""
    assert Subject.of(lifecycle).simplest.keys() == set(lifecycle.events)
