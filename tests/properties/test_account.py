"""The laws of accounts: random lifecycles, random histories, random offerings."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from custlife import CUSTOMER_LIFECYCLE, UNNAMED_OFFERING, Account, Room, replay, replay_account
from custlife._restoring import contradictions
from custlife.codec import Codec
from custlife.testing import histories, lifecycles
from custlife.testing.generators.events import changed
from custlife.testing.oracle import record_of

pytestmark = pytest.mark.slow

LIFECYCLES = st.just(CUSTOMER_LIFECYCLE) | lifecycles(max_views=0)
SOME, ONE = ("a", "b", "c", None), ("a",)


@st.composite
def stories(draw, among=SOME, *, allow_ties=True):
    """A lifecycle, and a history of it whose events are about some offerings."""
    lifecycle = draw(LIFECYCLES)
    parts = [
        draw(histories(lifecycle, allow_rejected=True, allow_ties=allow_ties, max_size=10))
        for _ in among
    ]
    events = sorted(
        (
            changed(event, id=None, offering=draw(st.sampled_from([own, own, *among])))
            for own, part in zip(among, parts, strict=True)
            for event in part
        ),
        key=lambda event: event.at,
    )
    return lifecycle, events


def account_of(story, **options):
    """The account of a story, refused events collected."""
    lifecycle, events = story
    return replay_account(
        events, customer="C-1", lifecycle=lifecycle, on_rejected="collect", **options
    )


def moments(account):
    """The account after each event."""
    return [account.as_of(event.at) for event in account.history]


@settings(max_examples=40)
@given(stories())
def test_the_customer_is_a_customer_exactly_while_an_offering_is_held(story):
    """In any lifecycle, at every moment; and former at the latest when all offerings are left."""
    account = account_of(story)

    for then in moments(account):
        room = then.relationship.state.room
        assert (room is Room.CUSTOMER) == bool(then.held)
        assert room is Room.FORMER or not 0 < len(then.left) == len(then.offerings)
        assert [*contradictions(then.relationship)] == []


@settings(max_examples=40)
@given(stories())
def test_every_event_is_accepted_or_refused_and_counts_in_the_overall_record(story):
    """And each offering's journey is what a replay makes of the events that it was moved by."""
    _, events = story

    account = account_of(story)

    assert [*account.history] == events
    assert len(account.events) + len(account.rejected) == len(events)
    assert account.relationship.record == record_of(account.events)
    for name, journey in account.offerings.items():
        own = zip(account.events, account.concerned, strict=True)
        assert [*journey.events] == [event for event, names in own if name in names]


@settings(max_examples=40)
@given(stories(ONE), st.sampled_from(["a", None]))
def test_an_account_of_one_offering_is_its_relationship(story, name):
    """Named in all events or in none; its departures are those of the journey, and none partial."""
    lifecycle, events = story
    events = [changed(event, offering=name) for event in events]

    account = account_of((lifecycle, events), key_offerings=["a"])
    journey = replay(events, customer="C-1", lifecycle=lifecycle, on_rejected="collect")

    assert account.relationship == journey.relationship
    assert (account.events, account.departures) == (journey.events, journey.departures)
    assert [one.position for one in account.rejected] == [one.position for one in journey.rejected]
    assert account.partial_departures == ()
    assert [*account.offerings] == [name or UNNAMED_OFFERING] * bool(account.events)


@settings(max_examples=40)
@given(stories())
def test_every_departure_of_an_offering_is_partial_or_happened_with_the_customers(story):
    """And a departure of the customer is a departure from the last offerings held."""
    account = account_of(story)

    gone = {departure.at for departure in account.departures}
    of_offerings = [
        (name, departure)
        for name, journey in account.offerings.items()
        for departure in journey.departures
    ]
    partial = [*account.partial_departures]
    assert all(one in partial or one[1].at in gone for one in of_offerings)
    assert all(one in of_offerings for one in partial)
    assert all(not account.as_of(at).held for at in gone if allowed_only_once(account, at))


def allowed_only_once(account, at):
    """Whether nothing else happened at the moment of a departure."""
    return [event.at for event in account.events].count(at) == 1


@settings(max_examples=40)
@given(stories(allow_ties=False), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_does_not_matter(story, random):
    """As long as they happened at different times."""
    lifecycle, events = story
    assume(len({event.at for event in events}) == len(events))
    mixed = [*events]
    random.shuffle(mixed)

    assert account_of((lifecycle, mixed)) == account_of(story)


@settings(max_examples=40)
@given(stories(), st.integers(0, 40))
def test_later_events_do_not_change_what_was_made_of_earlier_ones(story, size):
    """The account as it was then is the account of the events until then."""
    lifecycle, events = story
    assume(size < len(events))
    then = events[size].at

    earlier = account_of((lifecycle, [event for event in events if event.at <= then]))

    assert account_of(story).as_of(then) == earlier


@settings(max_examples=40)
@given(stories())
def test_the_channel_decides_nothing(story):
    """Neither which offerings an event concerns nor where the customer is."""
    lifecycle, events = story
    elsewhere = [changed(event, channel="fax") for event in events]

    account, other = account_of(story), account_of((lifecycle, elsewhere))

    assert other.relationship == account.relationship
    assert other.concerned == account.concerned


@settings(max_examples=40)
@given(stories())
def test_in_the_default_lifecycle_a_complaint_is_open_while_one_is_about_an_offering(story):
    """An answer about one offering leaves open what waits about another."""
    _, events = story
    known = [event for event in events if event.name in CUSTOMER_LIFECYCLE.events]

    account = account_of((CUSTOMER_LIFECYCLE, known))

    waiting = [one.relationship.open_complaints for one in account.offerings.values()]
    assert max(waiting, default=0) <= account.relationship.open_complaints <= sum(waiting)
    standing = account.relationship.state.regions.get("standing")
    assert (standing == "in_conflict") <= (account.relationship.open_complaints > 0)


@settings(max_examples=40)
@given(stories())
def test_an_account_is_stored_and_read_back(story):
    """As its events, those that were refused included."""
    _, events = story
    known = [event for event in events if event.name in CUSTOMER_LIFECYCLE.events]
    account = account_of((CUSTOMER_LIFECYCLE, known), key_offerings=["b"])

    assert Codec().load(Codec().dump(account), Account) == account


@settings(max_examples=40)
@given(stories())
def test_without_the_key_offering_a_customer_is_gone_until_something_is_bought(story):
    """The roll-up by key offerings never makes a customer of who holds nothing."""
    account = account_of(story, key_offerings=["a"])

    for then in moments(account):
        assert then.held or then.relationship.state.room is not Room.CUSTOMER
        assert [*contradictions(then.relationship)] == []
