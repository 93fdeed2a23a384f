"""A store of customers on SQLAlchemy: their events, and where each of them stands.

The events are the truth, each under its id. A row for each customer holds the relationship, so that
nobody replays a history to answer a question; it can be made anew from the events at any time. What
the shop does when an event comes twice, when two writers meet, when an event was wrong or late, and
when the lifecycle changes, stands here.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Engine, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from custlife import Event, Journey, Relationship, replay
from custlife.codec import Codec

T = TypeVar("T")
ATTEMPTS = 3
"""How often a writer tries where others write at the same time."""


class IdTaken(Exception):
    """The id of an event is that of another event of the customer; nothing was stored."""


class Base(DeclarativeBase):
    """The tables of the store."""


class StoredEvent(Base):
    """One event of a customer.

    Attributes:
        number: The order in which the events came.
        customer: Whose event it is.
        id: The event's id. No customer has two events of one id: an event that is delivered again
            is refused by the database.
        document: The event, as the codec dumps it.
        withdrawn_at: When it became known that the event was wrong; None while it counts.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("customer", "id"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(index=True)
    id: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    withdrawn_at: Mapped[str | None]


class StoredCustomer(Base):
    """Where a customer stands.

    Attributes:
        customer: The id of the customer.
        document: The relationship, as the codec dumps it.
        stage: Its state as text, to search by.
        version: Counts the writes. A writer who has read an older version writes nothing.
    """

    __tablename__ = "customer_now"

    customer: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    stage: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy wants it


class Store:
    """Takes events, and says where a customer stands.

    Args:
        engine: The database.
        codec: The app's codec: its lifecycle, its rules, its event classes.
    """

    def __init__(self, engine: Engine, codec: Codec) -> None:
        self.engine = engine
        self.codec = codec
        Base.metadata.create_all(engine)

    def relationship(self, customer: str) -> Relationship:
        """Where a customer stands now."""
        with Session(self.engine) as session:
            return self._read(customer, session.get(StoredCustomer, customer))

    def journey(self, customer: str) -> Journey:
        """The whole history, with what was believed and is known to be wrong."""
        with Session(self.engine) as session:
            return self._journey(session, customer)

    def take(self, customer: str, event: Event) -> Relationship:
        """Put an event on record, once.

        Raises:
            CustlifeError: If the event is refused; nothing is stored.
            IdTaken: If another event of the customer has its id; nothing is stored.
            StaleDataError: If other writers were faster each time; nothing is stored.
        """

        def work(session: Session) -> Relationship:
            row = session.get(StoredCustomer, customer)
            before = self._read(customer, row)
            if not self._insert(session, customer, event):
                return before
            now = before.apply(event)
            self._write(session, row, now)
            return now

        return self._attempt(work)

    def amend(
        self,
        customer: str,
        *,
        known_at: datetime,
        add: Iterable[Event] = (),
        withdraw: Iterable[str] = (),
    ) -> Journey:
        """Correct a history, and put the customer where they stand by what is known now.

        Args:
            customer: Whose history it is.
            known_at: When it became known.
            add: Late events, and cancellations of purchases.
            withdraw: The ids of events that were wrong.

        Raises:
            CustlifeError: If the correction makes no sense; nothing is stored.
            IdTaken: If another event of the customer has the id of a late one.
            StaleDataError: If other writers were faster each time; nothing is stored.
        """
        late, wrong = [*add], [*withdraw]

        def work(session: Session) -> Journey:
            row = session.get(StoredCustomer, customer)
            self._read(customer, row)
            before = self._journey(session, customer)
            amended = before.amend(add=late, withdraw=wrong, recorded_at=known_at)
            known = {event.id for event in before.ledger}
            for event in amended.ledger:
                if event.id not in known:
                    self._insert(session, customer, event)
            for stored in session.scalars(_events(customer).where(StoredEvent.id.in_(wrong))):
                stored.withdrawn_at = known_at.isoformat()
            self._write(session, row, amended.relationship)
            return amended

        return self._attempt(work)

    def _attempt(self, work: Callable[[Session], T]) -> T:
        """Do what reads and writes; and again where another writer was faster."""
        for left in reversed(range(ATTEMPTS)):
            with Session(self.engine) as session:
                try:
                    done = work(session)
                    session.commit()
                except (IntegrityError, StaleDataError):
                    if not left:
                        raise
                else:
                    return done
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def _journey(self, session: Session, customer: str) -> Journey:
        rows = [*session.scalars(_events(customer).order_by(StoredEvent.number))]
        journey = replay(
            [self.codec.load(row.document, Event) for row in rows],
            customer=customer,
            lifecycle=self.codec.lifecycle,
            departure_rules=self.codec.departure_rules,
            on_rejected="collect",
        )
        for row in rows:
            if row.withdrawn_at is not None:
                known = datetime.fromisoformat(row.withdrawn_at)
                journey = journey.amend(withdraw=[row.id], recorded_at=known, on_rejected="collect")
        return journey

    def _insert(self, session: Session, customer: str, event: Event) -> bool:
        """Add an event; False if it is there already, as it is."""
        if event.id is None:
            raise ValueError(f"{event.name!r} of {customer!r} has no id; give it one.")
        document = self.codec.dump(event)
        there = session.scalar(_events(customer).where(StoredEvent.id == event.id))
        if there is None:
            session.add(StoredEvent(id=event.id, customer=customer, document=document))
            return True
        if there.document != document:
            raise IdTaken(f"{customer!r} has another event {event.id!r}: {there.document}.")
        return False

    def _read(self, customer: str, row: StoredCustomer | None) -> Relationship:
        if row is None:
            return Relationship(customer, self.codec.lifecycle, self.codec.departure_rules)
        return self.codec.load(row.document, Relationship)

    def _write(self, session: Session, row: StoredCustomer | None, now: Relationship) -> None:
        if row is None:
            row = StoredCustomer(customer=now.customer)
            session.add(row)
        row.document, row.stage = self.codec.dump(now), str(now.state)


def _events(customer: str) -> Any:  # noqa: ANN401 - SQLAlchemy's select
    return select(StoredEvent).where(StoredEvent.customer == customer)
