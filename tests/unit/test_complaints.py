"""Complaints by their ids: which one an answer is about, and what is left after it."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintIgnored,
    ComplaintNotOpen,
    ComplaintSettled,
    CustlifeError,
    Departed,
    EventNotAllowed,
    InvalidRelationship,
    OpenComplaint,
    Purchased,
    Relationship,
    replay,
    to_table,
)


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


REGULAR = Relationship("C-17").apply(*[Purchased(at=day(0), amount=1)] * 2)


def voiced(*ids, public=()):
    """A regular with these complaints, one a day."""
    events = [
        Complained(at=day(number), id=id_, public=id_ in public)
        for number, id_ in enumerate(ids, 1)
    ]
    return REGULAR.apply(*events)


def waiting(rel):
    return [complaint.id for complaint in rel.complaints if not complaint.ignored]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (ComplaintSettled(at=day(9)), ["b", None]),
        (ComplaintSettled(at=day(9), complaint="b"), ["a", None]),
        (ComplaintIgnored(at=day(9)), ["b", None]),
        (ComplaintIgnored(at=day(9), complaint="b"), ["a", None]),
    ],
    ids=["settled", "b settled", "ignored", "b ignored"],
)
def test_an_answer_is_about_the_complaint_that_it_names_or_the_oldest(answer, left):
    """The others wait, and the customer with them."""
    now = voiced("a", "b", None).apply(answer)

    assert waiting(now) == left
    assert now.state == CUSTOMER_LIFECYCLE.state("regular", "in_conflict")


@pytest.mark.parametrize(
    ("last", "after"),
    [(ComplaintSettled, "advocate+content"), (ComplaintIgnored, "regular+eroding")],
)
def test_only_the_last_answer_moves_the_customer(last, after):
    """By the lifecycle's rule for it."""
    one_left = voiced("a", "b").apply(ComplaintSettled(at=day(9), complaint="a"))

    now = one_left.apply(last(at=day(10)))

    assert str(one_left.state) == "regular+in_conflict"
    assert str(now.state) == after


@pytest.mark.parametrize("answer", [ComplaintSettled, ComplaintIgnored])
def test_an_answer_to_a_complaint_that_is_not_open_is_refused(answer):
    """The error says which are open, and nothing changes."""
    before = voiced("a", "b", None)

    with pytest.raises(ComplaintNotOpen, match=r"Open: a, b and 1 without an id") as caught:
        before.apply(answer(at=day(9), complaint="c"))

    assert (caught.value.complaint, caught.value.open, caught.value.unnamed) == ("c", ("a", "b"), 1)
    assert before == voiced("a", "b", None)


def test_a_complaint_is_settled_once():
    """Then it is not open any more."""
    settled = voiced("a", "b").apply(ComplaintSettled(at=day(9), complaint="a"))

    with pytest.raises(ComplaintNotOpen, match="Open: b"):
        settled.apply(ComplaintSettled(at=day(10), complaint="a"))


def test_where_nothing_is_open_the_lifecycle_refuses_the_answer():
    """By its own sentence; an answer that names a complaint is told that it is not open."""
    with pytest.raises(EventNotAllowed, match="Only a complaint that is open can be settled"):
        REGULAR.apply(ComplaintSettled(at=day(9)))
    with pytest.raises(ComplaintNotOpen, match=r"Open: nothing\. .*; there is no answer due\."):
        REGULAR.apply(ComplaintSettled(at=day(9), complaint="a"))


@pytest.mark.parametrize(
    ("named", "error"), [("a", ComplaintNotOpen), (None, EventNotAllowed)], ids=str
)
def test_nobody_is_ignored_twice(named, error):
    """A complaint in public that was ignored can still be settled, and no more."""
    ignored = voiced("a", public="a").apply(ComplaintIgnored(at=day(9)))

    with pytest.raises(error, match=r"Open: nothing|Nobody waits for an answer"):
        ignored.apply(ComplaintIgnored(at=day(10), complaint=named))

    assert "complaint_ignored" not in ignored.allowed
    assert "complaint_settled" in ignored.allowed


def test_what_was_ignored_in_public_can_be_settled_by_its_id():
    """Nobody waits for it, and it is still on record."""
    ignored = voiced("a", public="a").apply(ComplaintIgnored(at=day(9), complaint="a"))

    settled = ignored.apply(ComplaintSettled(at=day(10), complaint="a"))

    assert ignored.complaints == (OpenComplaint(day(1), "a", public=True, ignored=True),)
    assert settled.complaints == ()


def test_who_waits_is_answered_before_who_was_ignored_in_public():
    """An answer without a name is about the oldest complaint that waits."""
    ignored = voiced("a", "b", public="a").apply(ComplaintIgnored(at=day(9), complaint="a"))

    settled = ignored.apply(ComplaintSettled(at=day(10)))

    assert [complaint.id for complaint in settled.complaints] == ["a"]


def test_an_answer_to_what_was_ignored_in_public_leaves_those_who_wait():
    """The customer still waits for the other answer."""
    ignored = voiced("a", "b", public="a").apply(ComplaintIgnored(at=day(9), complaint="a"))

    settled = ignored.apply(ComplaintSettled(at=day(10), complaint="a"))

    assert waiting(settled) == ["b"]
    assert settled.state.is_in("in_conflict")


def test_two_complaints_of_one_id_are_answered_one_by_one():
    """The oldest first; whether an id is used twice is for replay to judge."""
    once = voiced("a", "a").apply(ComplaintSettled(at=day(9), complaint="a"))

    assert once.complaints == (OpenComplaint(day(2), "a"),)


def test_of_two_complaints_of_one_id_the_one_that_waits_is_answered_first():
    """Whether the answer names it or not."""
    events = [
        Complained(at=day(1), id="a", public=True),
        ComplaintIgnored(at=day(2), complaint="a"),
        Complained(at=day(3), id="a"),
        ComplaintSettled(at=day(4), complaint="a"),
    ]

    now = REGULAR.apply(*events)

    assert now.complaints == (OpenComplaint(day(1), "a", public=True, ignored=True),)


def test_a_step_says_that_another_complaint_waits():
    """Not that the rule for the last answer was taken."""
    events = [
        Purchased(at=day(0), amount=1),
        Complained(at=day(1), id="a"),
        Complained(at=day(2), id="b"),
        ComplaintSettled(at=day(3), complaint="a"),
    ]

    step = replay(events, customer="C-17").steps[-1]

    assert not step.is_move
    assert "stays buyer+in_conflict. Another complaint still waits" in step.explain()


def test_complaints_of_a_former_cycle_wait_too():
    """A return does not answer them."""
    back = voiced("a").apply(Departed(at=day(2)), Purchased(at=day(3), amount=1))

    now = back.apply(Complained(at=day(4), id="b"), ComplaintSettled(at=day(5), complaint="b"))

    assert waiting(now) == ["a"]
    assert now.state.is_in("in_conflict")


@pytest.mark.parametrize("state", to_table(CUSTOMER_LIFECYCLE).states, ids=str)
def test_no_state_is_told_by_the_table_that_a_complaint_waits(state):
    """A table has no record: it takes an answer as one to the last complaint."""
    table = to_table(CUSTOMER_LIFECYCLE)

    assert table.step(state, "complaint_settled").is_in("in_conflict") is False


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"at": "today"}, "complaints.at"),
        ({"id": " "}, "complaints.id"),
        ({"public": 1}, "complaints.public"),
        ({"ignored": None}, "complaints.ignored"),
        ({"ignored": True}, "complaints.ignored"),
    ],
)
def test_a_stored_complaint_that_cannot_be_is_refused(values, field):
    """A private one that was ignored is off the record."""
    now = voiced("a")
    complaint = evolve(now.complaints[0], **values)
    known = ("state", "record", "entered", "cycle", "cycle_began", "customer_moment")

    with pytest.raises(InvalidRelationship) as caught:
        Relationship.restore(
            "C-17", **{name: getattr(now, name) for name in known}, complaints=[complaint]
        )

    assert caught.value.field == field


def test_a_complaint_reads_as_text():
    """Its id and its day."""
    assert str(OpenComplaint(day(1), "c1")) == "'c1' of 2026-01-02"
    assert str(OpenComplaint(day(1))) == "a complaint without an id of 2026-01-02"


def test_every_refusal_of_an_answer_is_a_custlife_error():
    """So one except clause catches both."""
    assert issubclass(ComplaintNotOpen, CustlifeError)
    assert issubclass(EventNotAllowed, CustlifeError)
