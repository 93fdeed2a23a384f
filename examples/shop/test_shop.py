"""The shop follows the lifecycle: tested along paths through all of it, and random histories.

Run it from the root of the repository: ``python -m pytest examples/shop``.
"""

from collections.abc import Callable, Iterator

import pytest
from examples.shop.app import Base, Customer, Refused, Shop
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from custlife import CUSTOMER_LIFECYCLE
from custlife.testing import (
    Path,
    PathFailure,
    covers,
    lifecycle_machine,
    transition_coverage_paths,
)


@pytest.fixture
def session() -> Iterator[Session]:
    """A session of an empty database in memory."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def performing(shop: Shop, customer: Customer) -> dict[str, Callable[[], None]]:
    """What the shop does at each event of the lifecycle."""
    return {
        "contacted": lambda: shop.advertise(customer),
        "engaged": lambda: shop.visit(customer),
        "purchased": lambda: shop.order(customer),
        "refunded": lambda: shop.refund(customer),
        "complained": lambda: shop.complain(customer),
        "complaint_settled": lambda: shop.settle(customer),
        "complaint_ignored": lambda: shop.ignore(customer),
        "recommended": lambda: shop.recommend(customer),
        "committed": lambda: shop.subscribe(customer),
        "service_failed": lambda: shop.fail(customer),
        "lapsed": lambda: shop.lapse(customer),
        "departed": lambda: shop.leave(customer),
        "terminated": lambda: shop.dismiss(customer),
        "cause_learnt": lambda: shop.learn(customer),
    }


def stored_stage(shop: Shop, customer: Customer) -> list[str | None]:
    """Where a customer stands by the row alone."""
    shop.session.rollback()  # what the shop forgot to commit must not be seen
    columns = select(Customer.stage, Customer.standing).where(Customer.id == customer.id)
    return [*shop.session.execute(columns).one()]


def follow(path: Path, shop: Shop) -> Customer:
    """Take a path with a new customer of the shop, and try what is refused on the way."""
    customer = shop.register()
    path.follow(performing(shop, customer), lambda: stored_stage(shop, customer), refuses=Refused)
    return customer


@covers(CUSTOMER_LIFECYCLE)
def test_the_shop_answers_every_event_in_every_state(path: Path, session: Session) -> None:
    """After each event the row says what the lifecycle says, and each return begins a cycle."""
    shop = Shop(session)

    customer = follow(path, shop)

    assert customer.cycle == path.cycle


@covers(CUSTOMER_LIFECYCLE, apart=True)
def test_the_shop_answers_each_event_by_itself(path: Path, session: Session) -> None:
    """One fault hides nothing that comes after it, since each has a short path of its own."""
    shop = Shop(session)

    customer = follow(path, shop)

    assert customer.cycle == path.cycle


def test_the_shop_does_so_along_any_history(session: Session) -> None:
    """Hypothesis makes them up: with several complaints, several returns, and refusals."""
    shop = Shop(session)
    machine = lifecycle_machine(
        CUSTOMER_LIFECYCLE,
        begin=shop.register,
        perform=lambda customer, event: performing(shop, customer)[event](),
        stage=lambda customer: stored_stage(shop, customer),
        refuses=Refused,
    )

    run_state_machine_as_test(
        machine, settings=settings(machine.TestCase.settings, max_examples=20)
    )


class Ungrateful(Shop):
    """A shop with one line missing: a settled complaint makes no advocate."""

    def settle(self, customer: Customer) -> None:
        """Answer a complaint."""
        if not customer.waiting:
            raise Refused("There is no complaint to settle.")
        customer.waiting -= 1
        if customer.standing == "in_conflict" and not customer.waiting:
            customer.standing = "content"
        self.session.commit()


class Indulgent(Shop):
    """A shop with one check missing: a person who has left may leave again."""

    def leave(self, customer: Customer) -> None:
        """Let them go."""
        customer.stage = "lost" if customer.standing is None else "eroded"
        customer.standing = None
        self.session.commit()


def test_a_forgotten_move_is_found_with_the_way_to_it(session: Session) -> None:
    """The failure shows the path, and where on it the row went wrong."""
    shop = Ungrateful(session)

    with pytest.raises(PathFailure) as failure:
        _ = [follow(path, shop) for path in transition_coverage_paths(CUSTOMER_LIFECYCLE)]

    assert str(failure.value).startswith(
        "The app's stage is ['regular', 'content'] after 'complaint_settled'; "
        "it must be 'advocate+content'. The path:\n      potential\n"
    )
    assert "complaint_settled -> advocate+content    <-- here" in str(failure.value)


def test_a_forgotten_refusal_is_found_with_the_reason_for_it(session: Session) -> None:
    """The failure says why the event should have been refused."""
    shop = Indulgent(session)

    with pytest.raises(PathFailure) as failure:
        _ = [follow(path, shop) for path in transition_coverage_paths(CUSTOMER_LIFECYCLE)]

    assert "The app took 'departed', and must refuse it in lost." in str(failure.value)
    assert "cannot leave again without returning first" in str(failure.value)
    assert "departed: must be refused    <-- here" in str(failure.value)
