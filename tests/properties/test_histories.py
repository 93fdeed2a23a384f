"""What holds of real histories: of complaints, refunds, pauses and cancellations."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    ComplaintNotOpen,
    ComplaintSettled,
    CustlifeError,
    EventNotAllowed,
    PurchaseCancelled,
    Purchased,
    Refunded,
    Relationship,
    replay,
    with_pause,
)
from custlife.testing import histories

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@settings(max_examples=200)
@given(
    histories(allow_rejected=True, allow_ties=True), st.sampled_from([None, "A-1", "A-2", "A-9"])
)
def test_a_settlement_is_refused_only_if_its_complaint_is_not_open(history, complaint):
    """In every state that a history leads to."""
    now = replay(history, customer="C-1", on_rejected="collect").relationship
    ids = [one.id for one in now.complaints]
    settlement = ComplaintSettled(at=history[-1].at if history else T, complaint=complaint)

    try:
        after = now.apply(settlement)
    except (ComplaintNotOpen, EventNotAllowed):
        assert complaint not in ids if complaint else not ids
    else:
        assert len(after.complaints) == len(ids) - 1


@settings(max_examples=200)
@given(histories(allow_rejected=True))
def test_standing_is_content_again_only_when_the_last_complaint_is_answered(history):
    """Whatever else happens meanwhile; a departure ends the standing."""
    relationship = Relationship("C-1")
    for event in history:
        before = relationship
        try:
            relationship = before.apply(event)
        except CustlifeError:
            continue
        if before.state.is_in("in_conflict") and relationship.state.is_in("content"):
            assert relationship.open_complaints == 0 or relationship.cycle > before.cycle


@settings(max_examples=200)
@given(histories(allow_rejected=True, allow_ties=True))
def test_refunds_never_make_the_revenue_negative(history):
    """Nor what is left of a purchase."""
    journey = replay(history, customer="C-1", on_rejected="collect")

    for step in range(len(journey.events) + 1):
        now = Relationship("C-1").apply(*journey.events[:step])
        assert 0 <= now.record.revenue <= now.record.gross_revenue
        assert all(rest >= 0 for _, rest in now.refundable)


@settings(max_examples=100)
@given(histories(with_pause(CUSTOMER_LIFECYCLE), allow_ties=True))
def test_a_pause_is_on_record_exactly_while_the_customer_is_paused(history):
    """And the silence without it is never longer than the time since the last purchase."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)
    for size in range(len(history) + 1):
        now = Relationship("C-1", lifecycle).apply(*history[:size])
        assert (now.paused_at is not None) is now.state.is_in("paused")
        if now.record.last_purchase_at is not None:
            at = now.record.last_at + DAY
            silence = now.time_since_purchase(at)
            assert timedelta(0) <= silence <= at - now.record.last_purchase_at


@settings(max_examples=100)
@given(histories(allow_rejected=True), st.data())
def test_a_cancelled_purchase_leaves_no_trace_but_that_it_was_believed(history, data):
    """The journey is that of the others; what was believed is on record."""
    bought = [event for event in history if isinstance(event, Purchased) and event.id]
    if not bought:
        return
    wrong = data.draw(st.sampled_from(bought))
    known = max(event.known_since for event in history)
    cancel = PurchaseCancelled(at=known + DAY, purchase=wrong.id)
    refunds = [one for one in history if isinstance(one, Refunded) and one.purchase == wrong.id]
    gone = [wrong, *refunds]

    journey = replay([*history, cancel], customer="C-1", on_rejected="collect")

    others = [event for event in history if event is not wrong]
    assert (
        journey.relationship == replay(others, customer="C-1", on_rejected="collect").relationship
    )
    assert [one.event for one in journey.withdrawn] == gone
    assert journey.known_at(known) == replay(history, customer="C-1", on_rejected="collect")
