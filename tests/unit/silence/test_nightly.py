"""The nightly job: who falls due by a silence rule."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.ids import stable
from tests.unit.lifecycle.builders import move, stay, trio

from custlife import Engaged, InvalidArgument, Lapsed, Purchased, Relationship, UnknownEvent
from custlife.silence import Due, FixedWindow, StageLimits, due, either

T = datetime(2026, 1, 1, tzinfo=UTC)
RULE = FixedWindow(lapsed_after=timedelta(days=90), departed_after=timedelta(days=360))


def day(number):
    return T + timedelta(days=number)


def buyer(number, customer="C-17"):
    return Relationship(customer).apply(Purchased(at=day(number), amount=5))


def test_who_falls_due_first_comes_first():
    """Of those who fall due at once, by their ids; those who do not are left out."""
    people = [buyer(9, "C-9"), buyer(60, "C-60"), buyer(5, "C-7"), buyer(5, "C-5")]

    found = due(people, RULE, day(100))

    assert [one.customer for one in found] == ["C-5", "C-7", "C-9"]
    assert [one.at for one in found] == [day(95), day(95), day(99)]


def test_everything_that_is_due_comes_with_the_customer():
    """A lapse and a departure, to be applied in this order."""
    rel = buyer(0)

    (one,) = due([rel], RULE, day(361))

    assert one.relationship is rel
    assert [(event.name, event.at) for event in one.events] == [
        ("lapsed", day(90)),
        ("departed", day(360)),
    ]
    assert rel.apply(*one.events).state.stage == "eroded"
    assert repr(one) == "<Due C-17: lapsed on 2026-04-01, departed on 2026-12-27>"


def test_what_falls_due_at_the_very_moment_is_due_after_it():
    """The limit is reached, and not passed."""
    assert due([buyer(0)], RULE, day(90)) == ()
    assert len(due([buyer(0)], RULE, day(90) + timedelta(microseconds=1))) == 1


def test_what_was_applied_is_not_due_again():
    """So the job can run every night."""
    first = due([buyer(0)], RULE, day(91))
    after = [one.relationship.apply(*one.events) for one in first]

    assert due(after, RULE, day(92)) == ()


def test_a_job_judges_prospects_and_customers_alike():
    """By a rule for each."""
    visitor = Relationship("C-1").apply(Engaged(at=T))
    rule = either(RULE, StageLimits({"visitor": timedelta(days=30)}))

    found = due(iter([buyer(0), visitor]), rule, day(91))

    assert [(one.customer, one.events[0].name) for one in found] == [
        ("C-1", "departed"),
        ("C-17", "lapsed"),
    ]


def test_nobody_is_due_among_nobody():
    """Nor is a person of whom nothing is on record."""
    assert due([], RULE, day(1)) == ()
    assert due([Relationship("C-1")], RULE, day(900)) == ()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"relationships": None}, "relationships"),
        ({"relationships": ["C-17"]}, "relationships"),
        ({"rule": timedelta(days=90)}, "rule"),
        ({"rule": FixedWindow}, "rule"),
        ({"as_of": datetime(2026, 6, 1)}, "as_of"),  # noqa: DTZ001 - naive
        ({"as_of": day(-1)}, "as_of"),
    ],
    ids=stable,
)
def test_a_job_checks_its_arguments(arguments, field):
    """Also that no event is later than the moment."""
    with pytest.raises(InvalidArgument) as caught:
        due(**{"relationships": [buyer(0)], "rule": RULE, "as_of": day(91), **arguments})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("rule", "name"),
    [(RULE, "lapsed"), (StageLimits({"member": timedelta(days=9)}), "departed")],
    ids=["lapsed", "departed"],
)
def test_a_lifecycle_has_to_know_what_is_due(rule, name):
    """The error says which event is missing; nothing is wrong while nothing is due."""
    shop = trio(also=[move("purchased", "guest", "member"), stay("purchased", "member")])
    rel = Relationship("C-17", shop).apply(Purchased(at=T, amount=5))

    assert due([rel], rule, day(5)) == ()
    with pytest.raises(UnknownEvent, match=name):
        due([rel], rule, day(91))


def test_what_is_due_has_a_customer_and_a_moment():
    """Those of its first event."""
    one = Due(buyer(0), (Lapsed(at=day(90)), Lapsed(at=day(95))))

    assert (one.customer, one.at) == ("C-17", day(90))


@pytest.mark.parametrize(
    ("rule", "at", "match"),
    [("rule", datetime(2026, 1, 1, tzinfo=UTC), "rule is"), (FixedWindow(), "today", "as_of is")],
    ids=["rule", "as_of"],
)
def test_a_wrong_question_is_refused_even_about_nobody(rule, at, match):
    """So a mistake shows before there is a customer."""
    with pytest.raises(InvalidArgument, match=match):
        due([], rule, at)
