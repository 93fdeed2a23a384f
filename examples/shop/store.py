"""A store of customers on SQLAlchemy: their events, and where each of them stands.

The events are the truth, each under its id. A row for each customer holds the relationship, so that
nobody replays a history to answer a question; it can be made anew from the events at any time. What
the shop does when an event comes twice, when two writers meet, when an event was wrong, and when
the lifecycle changes, stands here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from custlife import Event, Journey, Relationship, replay
from custlife.codec import Codec


class Base(DeclarativeBase):
    """The tables of the store."""


class StoredEvent(Base):
    """One event of a customer.

    Attributes:
        id: The event's id. It is unique: an event that is delivered again is refused by the
            database.
        customer: Whose event it is.
        document: The event, as the codec dumps it.
        withdrawn_at: When it became known that the event was wrong; None while it counts.
    """

    __tablename__ = "event"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(index=True)
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
    """Takes events, and tells where a customer stands.

    Args:
        engine: The database.
        codec: The app's codec: its lifecycle, its rules, its event classes.
    """

    def __init__(self, engine: Engine, codec: Codec) -> None:
        self.engine = engine
        self.codec = codec
        Base.metadata.create_all(engine)

    def take(self, customer: str, event: Event, *, attempts: int = 3) -> Relationship:
        """Put an event on record, once; another writer at the same time makes it try again.

        Args:
            customer: Whose event it is.
            event: The event; it has an id.
            attempts: How often to try.

        Raises:
            CustlifeError: If the event is refused; nothing is stored.
            StaleDataError: If other writers were faster each time; nothing is stored.
        """
        for _ in range(attempts - 1):
            try:
                return self._take_once(customer, event)
            except StaleDataError:
                continue
        return self._take_once(customer, event)

    def _take_once(self, customer: str, event: Event) -> Relationship:
        with Session(self.engine) as session:
            row = session.get(StoredCustomer, customer)
            before = self._read(customer, row)
            session.add(self._event(customer, event))
            try:
                session.flush()  # the unique id
            except IntegrityError:
                return before
            now = before.apply(event)
            self._write(session, row, now)
            session.commit()  # the version
        return now

    def relationship(self, customer: str) -> Relationship:
        """Where a customer stands now."""
        with Session(self.engine) as session:
            return self._read(customer, session.get(StoredCustomer, customer))

    def journey(self, customer: str) -> Journey:
        """The whole history, with what was believed and is known to be wrong."""
        events = select(StoredEvent).where(StoredEvent.customer == customer)
        with Session(self.engine) as session:
            rows = [*session.scalars(events)]
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

    def withdraw(self, customer: str, id_: str, known_at: datetime) -> Journey:
        """Note that an event was wrong, and put the customer where they stand without it.

        Raises:
            UnknownEventId: If there is no such event.
            EventNotAllowed: If another event makes no sense without it; nothing is stored.
        """
        journey = self.journey(customer).amend(withdraw=[id_], recorded_at=known_at)
        with Session(self.engine) as session:
            session.get_one(StoredEvent, id_).withdrawn_at = known_at.isoformat()
            self._write(session, session.get(StoredCustomer, customer), journey.relationship)
            session.commit()
        return journey

    def _event(self, customer: str, event: Event) -> StoredEvent:
        if event.id is None:
            raise ValueError(f"{event.name!r} of {customer!r} has no id; give it one.")
        return StoredEvent(id=event.id, customer=customer, document=self.codec.dump(event))

    def _read(self, customer: str, row: StoredCustomer | None) -> Relationship:
        if row is None:
            return Relationship(customer, self.codec.lifecycle, self.codec.departure_rules)
        return self.codec.load(row.document, Relationship)

    def _write(self, session: Session, row: StoredCustomer | None, now: Relationship) -> None:
        if row is None:
            row = StoredCustomer(customer=now.customer)
            session.add(row)
        row.document, row.stage = self.codec.dump(now), str(now.state)
