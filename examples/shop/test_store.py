"""The store keeps its word when events come twice, writers meet, or something was wrong.

Run it from the root of the repository: ``python -m pytest examples/shop``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from examples.shop.store import ATTEMPTS, IdTaken, Store, StoredCustomer, StoredEvent
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintSettled,
    Departed,
    Event,
    EventNotAllowed,
    LifecycleChanged,
    Migration,
    Move,
    PurchaseCancelled,
    Purchased,
    Refunded,
    RefundTooHigh,
    Relationship,
    UnknownEventId,
    differences,
)
from custlife.codec import Codec

WHO = "C-17"


def day(number: int) -> datetime:
    """A day of the year."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


BOUGHT = Purchased(at=day(0), amount=20, id="p1")
AGAIN = Purchased(at=day(5), amount=30, id="p2")
LEFT = Departed(at=day(90), inferred=True, id="d1")
BACK = Purchased(at=day(99), amount=30, id="p3")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database in a file, so that two connections can meet."""
    engine = create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """A store under the default lifecycle."""
    return Store(engine, Codec())


def count(engine: Engine) -> int | None:
    """How many events are stored."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(StoredEvent))


def test_where_a_customer_stands_is_read_without_a_replay(store: Store) -> None:
    """The row and the events say the same."""
    now = [store.take(WHO, one) for one in (BOUGHT, AGAIN)][-1]

    assert store.relationship(WHO) == now == store.journey(WHO).relationship
    assert str(now.state) == "regular+content"


def test_an_event_that_is_delivered_twice_counts_once(store: Store, engine: Engine) -> None:
    """The unique id says so; the answer is where the customer stands."""
    once = store.take(WHO, BOUGHT)

    twice = store.take(WHO, BOUGHT)

    assert twice == once == store.relationship(WHO)
    assert count(engine) == 1


def test_an_id_of_another_event_is_refused(store: Store) -> None:
    """Nothing is dropped silently; another customer may use the id."""
    store.take(WHO, BOUGHT)

    with pytest.raises(IdTaken, match="another event 'p1'"):
        store.take(WHO, Purchased(at=day(0), amount=99, id="p1"))

    assert store.take("C-18", BOUGHT).record.purchases == 1


def test_a_refused_event_is_not_stored(store: Store, engine: Engine) -> None:
    """All of it happens, or nothing."""
    with pytest.raises(EventNotAllowed):
        store.take(WHO, ComplaintSettled(at=day(0), id="s1"))

    assert count(engine) == 0


def test_a_refund_lowers_the_revenue_and_not_below_zero(store: Store) -> None:
    """For the purchase that it names."""
    for one in (BOUGHT, Refunded(at=day(1), amount=15, purchase="p1", id="r1")):
        store.take(WHO, one)

    with pytest.raises(RefundTooHigh, match="more than the 5 that is left of the purchase 'p1'"):
        store.take(WHO, Refunded(at=day(2), amount=6, purchase="p1", id="r2"))

    assert store.relationship(WHO).record.revenue == 20 - 15


class Slow(Store):
    """A store in which others write between its reading and its writing.

    Attributes:
        meanwhile: What the others take, one event at each reading.
    """

    meanwhile: tuple[Event, ...] = ()

    def _read(self, customer: str, row: StoredCustomer | None) -> Relationship:
        before = super()._read(customer, row)
        for one in self.meanwhile[:1]:
            self.meanwhile = self.meanwhile[1:]
            Store(self.engine, self.codec).take(customer, one)
        return before


def slow(engine: Engine, *meanwhile: Event) -> Slow:
    """A slow store, and what others write meanwhile."""
    store = Slow(engine, Codec())
    store.meanwhile = meanwhile
    return store


def test_two_writers_at_once_both_count(store: Store, engine: Engine) -> None:
    """The slower one reads again: its version was an old one."""
    store.take(WHO, BOUGHT)

    now = slow(engine, Complained(at=day(3), id="c1")).take(WHO, AGAIN)

    assert str(now.state) == "regular+in_conflict"
    assert {one.id for one in store.journey(WHO).events} == {"p1", "c1", "p2"}
    assert store.relationship(WHO) == now


def test_two_writers_meet_at_the_first_event(store: Store, engine: Engine) -> None:
    """Both want to make the row; one of them finds it."""
    now = slow(engine, BOUGHT).take(WHO, AGAIN)

    assert str(now.state) == "regular+content"
    assert store.relationship(WHO) == now == store.journey(WHO).relationship


def test_a_writer_who_is_too_slow_each_time_stores_nothing(store: Store, engine: Engine) -> None:
    """The caller decides what to do then."""
    store.take(WHO, BOUGHT)
    complaints = [Complained(at=day(3), id=f"c{number}") for number in range(ATTEMPTS)]

    with pytest.raises(StaleDataError):
        slow(engine, *complaints).take(WHO, AGAIN)

    assert {one.id for one in store.journey(WHO).events} == {"p1", "c0", "c1", "c2"}


def test_a_departure_that_was_none_is_withdrawn(store: Store) -> None:
    """The customer is in cycle 1 again, and what was believed stays readable."""
    for one in (BOUGHT, AGAIN, LEFT, BACK):
        store.take(WHO, one)
    before = store.relationship(WHO).cycle

    corrected = store.amend(WHO, withdraw=["d1"], known_at=day(120))

    assert store.relationship(WHO).cycle == 1
    assert str(corrected.changes[0]) == "departed of 2026-04-01: it no longer counts."
    assert store.journey(WHO) == corrected
    assert store.journey(WHO).known_at(day(100)).relationship.cycle == before == 1 + 1


def test_a_purchase_that_was_not_paid_is_cancelled(store: Store) -> None:
    """And what comes late is put in its place."""
    for one in (BOUGHT, AGAIN):
        store.take(WHO, one)
    unpaid = PurchaseCancelled(at=day(20), purchase="p2", id="x1")
    late = Complained(at=day(2), id="c1")

    corrected = store.amend(WHO, add=[unpaid, late], known_at=day(21))

    assert str(store.relationship(WHO).state) == "buyer+in_conflict"
    assert store.journey(WHO) == corrected


def test_a_correction_keeps_what_another_writer_took_meanwhile(
    store: Store, engine: Engine
) -> None:
    """It reads the version before the history."""
    for one in (BOUGHT, LEFT):
        store.take(WHO, one)

    slow(engine, BACK).amend(WHO, withdraw=["d1"], known_at=day(120))

    assert store.relationship(WHO) == store.journey(WHO).relationship
    assert str(store.relationship(WHO).state) == "regular+content"


def test_a_correction_that_makes_no_sense_changes_nothing(store: Store) -> None:
    """Another event may rest on the one that is withdrawn."""
    for one in (BOUGHT, Complained(at=day(1), id="c1"), ComplaintSettled(at=day(2), id="s1")):
        store.take(WHO, one)
    before = store.relationship(WHO)

    with pytest.raises(EventNotAllowed):
        store.amend(WHO, withdraw=["c1"], known_at=day(3))
    with pytest.raises(UnknownEventId):
        store.amend(WHO, withdraw=["c9"], known_at=day(3))

    assert store.relationship(WHO) == before


NEXT = CUSTOMER_LIFECYCLE.refine(
    "regular",
    ["occasional", "frequent"],
    [Move("subscribed", at="occasional", to="frequent", sentence="Orders by subscription.")],
)
"""The shop's next lifecycle: some regulars have a subscription."""


@pytest.fixture
def regular(store: Store) -> Store:
    """A store in which somebody is a regular."""
    for one in (BOUGHT, AGAIN):
        store.take(WHO, one)
    return store


@pytest.mark.usefixtures("regular")
def test_a_stored_customer_is_not_read_under_a_changed_lifecycle(engine: Engine) -> None:
    """The error names what has changed, where the codec knows the earlier lifecycle."""
    later = Store(engine, Codec(NEXT, earlier=[CUSTOMER_LIFECYCLE]))

    with pytest.raises(LifecycleChanged, match="Stage added: frequent in regular") as caught:
        later.relationship(WHO)

    assert caught.value.differences == differences(CUSTOMER_LIFECYCLE, NEXT)


def test_a_stored_customer_is_migrated(regular: Store, engine: Engine) -> None:
    """The map says where regulars belong, and the events agree."""
    migration = Migration(CUSTOMER_LIFECYCLE, NEXT, {"regular": "occasional"})
    later = Store(engine, Codec(NEXT, earlier=[migration]))

    assert migration.check([regular.journey(WHO)]) == ()
    assert str(later.relationship(WHO).state) == "occasional+content"
    assert str(later.take(WHO, BACK).state) == "occasional+content"
    with Session(engine) as session:
        row = session.get_one(StoredCustomer, WHO)
        assert row.document["fingerprint"] == NEXT.fingerprint
