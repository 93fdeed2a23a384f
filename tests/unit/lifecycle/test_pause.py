"""The ready region for customers who pause."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen
from hypothesis import settings

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departed,
    Engaged,
    EventNotAllowed,
    InvalidArgument,
    InvalidLifecycle,
    Lapsed,
    Lifecycle,
    Move,
    Paused,
    Purchased,
    Relationship,
    Resumed,
    Stage,
    Stay,
    UnknownEvent,
    with_pause,
)
from custlife.testing import assert_proven, cycles, folding, immutability

CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


CUSTOMER = Relationship("C-17", CONTRACTS).apply(Purchased(at=day(0), amount=20))
PAUSED = CUSTOMER.apply(Paused(at=day(10)))


def club():
    """A lifecycle whose rooms have no regions, and that knows neither silence nor purchases."""
    return Lifecycle(
        "club",
        prospect=[Stage("guest", "Has looked in.")],
        customer=[Stage("member", "Pays the fee."), Stage("patron", "Pays more.")],
        former=[Stage("gone", "Pays no longer.")],
        rules=[
            Move("joined", at="guest", to="member", sentence="Signs up."),
            Move("gave", at="member", to="patron", sentence="Gives."),
            Move("left", at=["guest", "customer"], to="gone", sentence="Leaves."),
        ],
    )


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, club()], ids=lambda one: one.name)
def test_every_lifecycle_can_have_a_pause(lifecycle):
    """With regions or without; the result is proven."""
    assert_proven(with_pause(lifecycle))


def test_the_stages_of_a_room_without_regions_become_one():
    """Beside the activity."""
    assert str(with_pause(club()).state("patron", "paused")) == "patron+paused"


def test_a_customer_who_pauses_stays_a_customer():
    """Who comes back goes on where they stood."""
    back = PAUSED.apply(Resumed(at=day(40)))

    assert str(PAUSED.state) == "buyer+content+paused"
    assert str(back.state) == "buyer+content+active"


def test_a_paused_customer_does_not_lapse():
    """The refusal says why."""
    with pytest.raises(EventNotAllowed, match="silence of a customer who has paused means nothing"):
        PAUSED.apply(Lapsed(at=day(40)))


def test_a_purchase_ends_the_pause():
    """And counts as any other."""
    now = PAUSED.apply(Purchased(at=day(20), amount=5))

    assert str(now.state) == "regular+content+active"
    assert now.paused_at is None


@pytest.mark.parametrize("event", [Paused, Resumed])
def test_only_a_customer_can_pause(event):
    """A prospect has nothing to suspend."""
    prospect = Relationship("C-17", CONTRACTS).apply(Engaged(at=day(0)))

    with pytest.raises(EventNotAllowed, match="Only a customer can pause and resume"):
        prospect.apply(event(at=day(1)))


def test_the_default_lifecycle_knows_no_pause():
    """An app says that its customers can."""
    with pytest.raises(UnknownEvent, match="paused"):
        Relationship("C-17").apply(Paused(at=day(0)))


@pytest.mark.parametrize(
    ("events", "silence"),
    [
        ([], 100),
        ([Paused(at=day(10))], 10),
        ([Paused(at=day(10)), Paused(at=day(20))], 10),
        ([Paused(at=day(10)), Resumed(at=day(40))], 70),
        ([Paused(at=day(10)), Resumed(at=day(40)), Paused(at=day(50))], 20),
        ([Paused(at=day(10)), Purchased(at=day(30), amount=1)], 70),
        ([Paused(at=day(10)), Resumed(at=day(40)), Purchased(at=day(90), amount=1)], 10),
        ([Paused(at=day(10)), Departed(at=day(40))], 70),
    ],
    ids=["none", "one", "confirmed", "over", "two", "bought", "bought later", "left"],
)
def test_the_time_of_a_pause_does_not_count_as_silence(events, silence):
    """Neither while it goes on nor afterwards, up to the next purchase."""
    now = CUSTOMER.apply(*events)

    assert now.time_since_purchase(day(100)) == timedelta(days=silence)


def test_nobody_is_silent_before_the_first_purchase():
    """There is nothing to count from."""
    assert Relationship("C-17").time_since_purchase(day(0)) is None


@pytest.mark.parametrize("at", [day(-1), "today", datetime(2026, 1, 1)], ids=str)  # noqa: DTZ001 - naive on purpose
def test_silence_is_counted_up_to_a_moment_after_the_last_event(at):
    """An aware one."""
    with pytest.raises(InvalidArgument, match=r"time_since_purchase\(\): at is"):
        CUSTOMER.time_since_purchase(at)


@frozen(kw_only=True)
class FeePaid(Purchased):
    """A purchase that the lifecycle has rules of its own for."""


@frozen(kw_only=True)
class WentSilent(Lapsed):
    """A silence that the lifecycle has rules of its own for."""


GYM = Lifecycle(
    "gym",
    prospect=[Stage("guest", "Has looked in.")],
    customer=[Stage("member", "Pays the fee."), Stage("sleeper", "Is not seen.")],
    former=[Stage("gone", "Pays no longer.")],
    rules=[
        Move(FeePaid, at="guest", to="member", sentence="Signs up."),
        Stay(FeePaid, at="customer", sentence="Pays."),
        Move(WentSilent, at="member", to="sleeper", sentence="Is not seen."),
        Move("left", at=["guest", "customer"], to="gone", sentence="Leaves."),
    ],
)


def test_the_lifecycles_own_purchases_end_a_pause_if_they_are_named():
    """And its own lapses are spared."""
    gym = with_pause(GYM, purchases="fee_paid", lapses=["went_silent"])
    paused = Relationship("C-17", gym).apply(FeePaid(at=day(0), amount=9), Paused(at=day(1)))

    assert "went_silent" not in paused.allowed
    assert str(paused.apply(FeePaid(at=day(2), amount=9)).state) == "member+active"


def test_who_buys_and_stays_paused_is_not_silent():
    """The record says of the pause what the state says."""
    gym = with_pause(GYM)
    paused = Relationship("C-17", gym).apply(FeePaid(at=day(0), amount=9), Paused(at=day(1)))

    now = paused.apply(FeePaid(at=day(2), amount=9))

    assert str(now.state) == "member+paused"
    assert now.paused_at == day(2)
    assert now.time_since_purchase(day(100)) == timedelta(0)


@pytest.mark.parametrize("argument", ["purchases", "lapses"])
def test_events_of_a_pause_are_named_by_text(argument):
    """Anything else is refused."""
    with pytest.raises(InvalidArgument, match=argument):
        with_pause(CUSTOMER_LIFECYCLE, **{argument: [5]})


def test_who_resumes_twice_stays_active():
    """As who pauses twice stays paused."""
    back = PAUSED.apply(Resumed(at=day(40)))

    assert back.apply(Resumed(at=day(41))).state == back.state


def test_a_pause_that_is_there_already_is_a_fault():
    """All faults are told at once."""
    with pytest.raises(InvalidLifecycle, match="duplicate_name"):
        with_pause(CONTRACTS)


def test_an_explanation_says_since_when_a_customer_pauses():
    """Beside the complaints."""
    assert "Paused: since 2026-01-11" in PAUSED.explain()


@pytest.mark.slow
@pytest.mark.parametrize("law", [folding, immutability, cycles], ids=lambda law: law.name)
def test_a_lifecycle_with_a_pause_keeps_the_laws(law):
    """Of records as of states."""
    law(CONTRACTS, settings=settings(max_examples=50))
