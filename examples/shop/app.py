"""A small shop on SQLAlchemy that keeps the stage of a customer in plain columns.

It does not use custlife: its own ``if``s decide what happens and what is refused. ``test_shop.py``
tests that they follow the lifecycle.
"""

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

FORMER = ("lost", "eroded", "terminated")


class Refused(Exception):
    """The call makes no sense at the stage of the customer; it changed nothing."""


class Base(DeclarativeBase):
    """The tables of the shop."""


class Customer(Base):
    """A person who is, was or could become a customer of the shop.

    Attributes:
        id: The customer's number.
        stage: How far they have come, or how they left.
        standing: What they think of the shop; only while they are a customer.
        cycle: How often they have begun: 1 at first, one more with each return.
        waiting: How many of their complaints wait for an answer.
        late_parcels: How many parcels came late.
        refunded: How many cents went back to them.
    """

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(default="potential")
    standing: Mapped[str | None]
    cycle: Mapped[int] = mapped_column(default=1)
    waiting: Mapped[int] = mapped_column(default=0)
    late_parcels: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)


class Shop:
    """What the shop does with its customers; each is stored at once.

    Args:
        session: The session of the shop's database.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def register(self) -> Customer:
        """Note a person who could become a customer."""
        customer = Customer()
        self.session.add(customer)
        self.session.commit()
        return customer

    def advertise(self, customer: Customer) -> None:
        """Reach them, so that they know the shop."""
        if customer.stage == "potential":
            customer.stage = "aware"
        self.session.commit()

    def visit(self, customer: Customer) -> None:
        """Welcome a visitor, even one who had left."""
        if customer.stage in FORMER:
            customer.cycle += 1
        if customer.standing is None:
            customer.stage = "visitor"
        self.session.commit()

    def order(self, customer: Customer) -> None:
        """Take an order: the first makes a buyer, the second a regular."""
        if customer.stage in FORMER:
            customer.cycle += 1
        if customer.standing is None:
            customer.stage = "buyer"
        elif customer.stage == "buyer" or customer.standing == "eroding":
            customer.stage = "regular"
        if customer.standing != "in_conflict":
            customer.standing = "content"
        self.session.commit()

    def refund(self, customer: Customer, amount: int = 0) -> None:
        """Give money back; the orders stay orders."""
        customer.refunded += amount
        self.session.commit()

    def complain(self, customer: Customer) -> None:
        """Hear a complaint, which waits for an answer; a customer is in conflict meanwhile."""
        customer.waiting += 1
        if customer.standing is not None:
            customer.standing = "in_conflict"
        self.session.commit()

    def settle(self, customer: Customer) -> None:
        """Answer a complaint; the answer to the last one makes an advocate of a regular."""
        if not customer.waiting:
            raise Refused("There is no complaint to settle.")
        customer.waiting -= 1
        if customer.standing == "in_conflict" and not customer.waiting:
            if customer.stage == "regular":
                customer.stage = "advocate"
            customer.standing = "content"
        self.session.commit()

    def ignore(self, customer: Customer) -> None:
        """Leave a complaint without an answer."""
        if not customer.waiting:
            raise Refused("There is no complaint to ignore.")
        customer.waiting -= 1
        if customer.standing == "in_conflict" and not customer.waiting:
            if customer.stage == "advocate":
                customer.stage = "regular"
            customer.standing = "eroding"
        self.session.commit()

    def recommend(self, customer: Customer) -> None:
        """Note that they recommend the shop, which makes an advocate of a regular."""
        if customer.stage == "regular":
            customer.stage = "advocate"
        self.session.commit()

    def subscribe(self, customer: Customer) -> None:
        """Take a standing order, which makes an advocate of a regular."""
        if customer.standing is None:
            raise Refused("The first order comes before a standing one.")
        if customer.stage == "regular":
            customer.stage = "advocate"
        self.session.commit()

    def fail(self, customer: Customer) -> None:
        """Note that a parcel came late; nobody moves for that."""
        customer.late_parcels += 1
        self.session.commit()

    def learn(self, customer: Customer) -> None:
        """Note why they had left."""
        if customer.stage not in FORMER:
            raise Refused("Nobody has left whose cause could be learnt.")
        self.session.commit()

    def lapse(self, customer: Customer) -> None:
        """Note that nothing was heard of them for long."""
        if customer.stage in FORMER:
            raise Refused("Nothing is expected of who has left.")
        if customer.standing == "content":
            customer.standing = "eroding"
        self.session.commit()

    def leave(self, customer: Customer) -> None:
        """Let them go."""
        if customer.stage in FORMER:
            raise Refused("They have left already.")
        customer.stage = "lost" if customer.standing is None else "eroded"
        customer.standing = None
        self.session.commit()

    def dismiss(self, customer: Customer) -> None:
        """End it from the shop's side."""
        if customer.stage in FORMER:
            raise Refused("It has ended already.")
        customer.stage, customer.standing = "terminated", None
        self.session.commit()
