"""Watching what runs: what counts, that nothing is changed by it, and how it is handed over."""

from contextlib import contextmanager
from enum import Enum
from functools import partial

import pytest
from attrs import frozen
from hypothesis import given, settings
from tests.unit.lifecycle.builders import trio
from tests.unit.testing.covering import CLUB, DAY, T, covered_by, happened, in_order
from tests.unit.weekday import Weekday

from custlife import (
    BUT,
    CUSTOMER_LIFECYCLE,
    DecisionTable,
    Departed,
    DepartureRules,
    Engaged,
    EventNotAllowed,
    HitPolicy,
    Lifecycle,
    Purchased,
    Relationship,
    Row,
    Severity,
    View,
    all_of,
    journey,
    relationship,
    replay,
    state_of,
    to_chart,
)
from custlife.testing import (
    Path,
    PathFailure,
    assert_covered,
    histories,
    transition_coverage_paths,
)
from custlife.testing.coverage.observer import Observer
from custlife.testing.following import Follower

TRIO = trio()


@contextmanager
def watched():
    """An observer that watches what runs inside."""
    observer = Observer()
    observer.begin()
    try:
        yield observer
    finally:
        observer.end()


def alike(observer, *things):
    """Whether the one lifecycle that ran is covered as if these had been added."""
    (coverage,) = observer.coverages
    expected = covered_by(coverage.lifecycle, *things)
    return (coverage.seen, coverage.judges) == (expected.seen, expected.judges)


@settings(max_examples=30)
@given(histories(allow_rejected=True))
def test_a_replay_counts_as_its_history(events):
    """What it returns is the same as when nobody watches."""
    with watched() as observer:
        journey = replay(events, customer="C-1", on_rejected="collect", duplicates="collect")

    assert journey == replay(events, customer="C-1", on_rejected="collect", duplicates="collect")
    assert [*map(str, journey.rejected)] == [
        *map(str, replay(events, customer="C-1", on_rejected="collect").rejected)
    ]
    assert not events or alike(observer, events)
    assert observer.problems == []


def test_events_that_are_applied_one_by_one_count_from_state_to_state():
    """What comes between is unknown to the observer, so they make no pair."""
    with watched() as observer:
        Relationship("C-1").apply(Engaged(at=T)).apply(Departed(at=T + DAY))

    (coverage,) = observer.coverages
    assert coverage.counts["cell"] == (2, 159)
    assert coverage.counts["state"] == (3, 15)
    assert coverage.counts["pair"][0] == 0


def test_an_event_that_is_refused_by_an_error_counts_as_refused():
    """So do those that came before it in the same call."""
    gone = Relationship("C-1").apply(*in_order(Departed))

    with watched() as observer, pytest.raises(EventNotAllowed):
        gone.apply(Engaged(at=T + DAY), Departed(at=T + DAY), Departed(at=T + DAY))

    (coverage,) = observer.coverages
    assert coverage.counts["refusal"] == (1, 27)
    assert coverage.counts["cell"] == (2, 159)


def test_an_event_that_crashes_counts_for_nothing():
    """What it did is unknown; the error is its own."""

    @frozen(kw_only=True)
    class Cursed(Engaged):
        """An event whose time cannot be read."""

        def __getattribute__(self, name):
            if name == "at":
                raise ZeroDivisionError
            return super().__getattribute__(name)

    cursed = object.__new__(Cursed)

    with watched() as observer, pytest.raises(ZeroDivisionError):
        Relationship("C-1").apply(Departed(at=T), cursed)

    assert alike(observer, in_order(Departed))


def test_nothing_ran_where_no_event_came():
    """A relationship alone executes nothing, and a call that is wrong does not either."""
    with watched() as observer:
        Relationship("C-1").apply()
        with pytest.raises(AttributeError):
            relationship.fold(None, in_order(Engaged), None)

    assert observer.coverages == []


def test_an_app_on_a_path_counts_where_it_follows_and_refuses():
    """Each step and each refusal, as the table has them."""
    path = Path.of(CUSTOMER_LIFECYCLE, "engaged", "departed")
    shop = to_chart(CUSTOMER_LIFECYCLE)()

    with watched() as observer:
        path.follow(shop.send, lambda: state_of(shop))

    (coverage,) = observer.coverages
    assert coverage.seen > covered_by(CUSTOMER_LIFECYCLE, path).seen
    assert coverage.counts["cell"] == (2, 159)
    assert {one.name for one in coverage.missing("refusal")}.isdisjoint(
        {"committed in potential", "cause_learnt in visitor", "departed in lost"}
    )
    assert coverage.counts["refusal"] == (8, 27)


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, CLUB], ids=["customer", "club"])
def test_an_app_on_all_paths_covers_all_that_is_asked_for(lifecycle):
    """The refusals are tried on the way; the cells need the paths that take each cell only."""
    with watched() as observer:
        for path in transition_coverage_paths(lifecycle, each="cell"):
            app = to_chart(lifecycle)()
            path.follow(app.send, partial(state_of, app))
    (coverage,) = observer.coverages
    counts = coverage.counts
    coverage.add(*transition_coverage_paths(lifecycle, each="pair"))

    assert counts["cell"][0] == counts["cell"][1]
    assert counts["refusal"][0] == counts["refusal"][1] > 0
    assert_covered(coverage)


def test_an_app_that_answers_one_of_two_complaints_uses_no_rule():
    """What is followed along a history may have a record, which a path has not."""
    calm, angry = (CUSTOMER_LIFECYCLE.state("buyer", name) for name in ("content", "in_conflict"))
    follower = Follower(CUSTOMER_LIFECYCLE, (), (calm,), lambda: angry, (), partial=False)

    with watched() as observer:
        follower.then("complained", angry).then("complained", angry).then(
            "complaint_settled", angry
        ).take(lambda _: None, 3)

    (coverage,) = observer.coverages
    assert coverage.counts["cell"] == (3, 159)
    assert coverage.counts["move"] == (1, 42)


def test_an_app_that_fails_counts_as_far_as_it_followed():
    """Neither the step that failed counts, nor what comes after it."""
    path = Path.of(TRIO, "joined", "left", "returned")
    row = {"stage": "guest"}
    acts = {
        "joined": lambda: row.update(stage="member"),
        "left": lambda: None,
        "returned": lambda: None,
    }

    with watched() as observer, pytest.raises(PathFailure):
        path.follow(acts, lambda: row["stage"], refuses=())

    assert alike(observer, Path.of(TRIO, "joined"))


def test_an_app_that_takes_what_is_forbidden_has_refused_nothing():
    """The steps before it count."""
    row = {"stage": "guest"}

    with watched() as observer, pytest.raises(PathFailure, match="must refuse"):
        Path.of(TRIO, "joined").follow(
            lambda event: row.update(stage="member"), lambda: row["stage"]
        )

    assert observer.coverages == []


def test_refused_events_of_a_follower_do_not_part_its_moves():
    """They count as refusals by themselves."""
    guest, member, gone = (TRIO.state(name) for name in ("guest", "member", "gone"))
    follower = Follower(TRIO, (), (guest,), lambda: gone, (ValueError,), partial=False)

    with watched() as observer:
        follower.then("joined", member).then("joined", member, refused=True).then(
            "left", gone
        ).take(lambda _: None, 3)

    assert alike(observer, Path.of(TRIO, "joined", "left"))


def test_each_lifecycle_counts_by_itself():
    """That of which most was seen comes first."""
    with watched() as observer:
        replay(happened(TRIO, "joined"), customer="C-1", lifecycle=TRIO)
        replay(in_order(Engaged, Purchased, Departed), customer="C-1")

    assert [one.lifecycle for one in observer.coverages] == [CUSTOMER_LIFECYCLE, TRIO]


def test_everything_is_as_before_once_nobody_watches():
    """Functions and methods are the same objects again."""
    before = relationship.fold, journey.fold, Follower.take, Follower.refuse

    with watched():
        during = relationship.fold, journey.fold, Follower.take, Follower.refuse

    assert (relationship.fold, journey.fold, Follower.take, Follower.refuse) == before
    assert not {*before} & {*during}
    assert [one.__name__ for one in during] == ["fold", "fold", "take", "refuse"]


class Crashing(Weekday):
    """A predicate that crashes where it is asked of what it does not expect."""

    def holds(self, facts):
        return True if facts.get("revenue") is None else 1 / 0


def crashing_rules():
    """Departure rules whose table of severities crashes once the revenue is known."""
    rows = (Row("ALL", all_of(Crashing()), Severity.SERIOUS, "All alike.", BUT[6]),)
    return DepartureRules(severities=DecisionTable("severities", rows, HitPolicy.FIRST))


def test_what_cannot_be_counted_fails_no_test():
    """It is said once what was not counted."""
    rules = crashing_rules()

    with watched() as observer:
        for _ in range(2):
            replay(in_order(Departed), customer="C-1", departure_rules=rules)

    assert observer.problems == [
        "Something of the lifecycle 'customer' cannot be counted: Decision table 'severities': row "
        "ALL (it is a weekday) cannot compare the facts ..."
    ]


def test_what_was_seen_can_be_handed_to_another_process():
    """It adds up there, whatever the other process knows of the enums of views."""

    class Mood(Enum):
        """Nobody can import it, since it is inside a function."""

        FINE = 1

    rooms = {"prospect": Mood.FINE, "customer": None, "former": None}
    moves = [(Mood.FINE, None), (None, Mood.FINE)]
    viewed = trio(views=[View(Mood, of=rooms, moves=moves, sentence="How it looks.")])
    controller = Observer()

    for event in ("joined", "left"):
        with watched() as worker:
            replay(happened(viewed, event), customer="C-1", lifecycle=viewed)
        controller.receive(worker.parcels())

    assert alike(controller, happened(TRIO, "joined"), happened(TRIO, "left"))
    assert controller.problems == []


def test_what_cannot_be_handed_over_is_said():
    """Whether it cannot be pickled here, or not be unpickled there."""

    class Homeless(Lifecycle):
        """A lifecycle of a class that nobody can import."""

        def __reduce__(self):
            raise TypeError("no home")

    homeless = Homeless("homeless", **{one: getattr(TRIO, one) for one in ROOMS}, rules=TRIO.rules)
    controller = Observer()
    with watched() as worker:
        replay(happened(TRIO, "joined"), customer="C-1", lifecycle=homeless)

    controller.receive([*worker.parcels(), ("far", b"no pickle")])

    assert controller.coverages == []
    assert controller.problems == [
        "Something of the lifecycle 'homeless' cannot be handed over: TypeError: no home",
        "Something of the lifecycle 'far' cannot be read here: UnpicklingError: invalid load key, "
        "'n'.",
    ]


ROOMS = ("prospect", "customer", "former")
