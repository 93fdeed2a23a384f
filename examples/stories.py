"""Twenty stories of customers: where each stands, how it ended if it did, and what to do next.

The sources tell some of them, and business the others. Run it from a clone:

    python examples/stories.py

One line each: who, the state, the kind and the weight of the last departure, the strategy, and the
row that recommends it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from attrs import Factory, frozen

from custlife import (
    Cause,
    CauseLearnt,
    Committed,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    DepartureRules,
    Engaged,
    Event,
    Initiator,
    Lapsed,
    Link,
    Purchased,
    Recommended,
    ServiceFailed,
    Terminated,
    replay,
)
from custlife.strategy import CustomerValue, Market, Profile, Recommendation, Signals, recommend

START = datetime(2020, 1, 1, tzinfo=UTC)
WITHDRAWAL = DepartureRules(moment_grace=timedelta(days=14))
"""A customer may withdraw within fourteen days."""


def day(number: int) -> datetime:
    """A day of the stories."""
    return START + timedelta(days=number)


def bought(number: int, amount: int = 20) -> Purchased:
    """A purchase."""
    return Purchased(at=day(number), amount=Decimal(amount))


def renewed(years: int, amount: int) -> list[Event]:
    """A contract that is paid for once a year."""
    return [bought(365 * year, amount) for year in range(years)]


KEY = Signals(strategic=True)
WORTH_IT = Signals(strategic=True, regain_cost=500, regain_benefit=9000)


@frozen(kw_only=True)
class Story:
    """One customer.

    Attributes:
        who: Who it is, and what happened.
        events: What happened, in order.
        signals: What the enterprise knows beside the history.
        value: What the customer pays and costs.
        market: The market.
        rules: The departure rules.
    """

    who: str
    events: list[Event]
    signals: Signals = Factory(Signals)
    value: CustomerValue = Factory(CustomerValue)
    market: Market = Factory(Market)
    rules: DepartureRules = Factory(DepartureRules)

    @property
    def advice(self) -> Recommendation:
        """What to do about this customer."""
        journey = replay(self.events, customer=self.who, departure_rules=self.rules)
        now = journey.relationship
        profile = Profile(relationship=now, value=self.value, signals=self.signals)
        return recommend(profile, market=self.market)

    def __str__(self) -> str:
        advice = self.advice
        relationship = advice.profile.relationship
        gone = relationship.departure
        ended = f"{gone.kind.value}, {gone.severity.name.lower()}" if gone else "never left"
        what = f"{advice.strategy.words} by {advice.row}"
        return f"{self.who} | {relationship.state} | {ended} | {what}"


STORIES = (
    Story(
        who="Software buyer: a new head of purchasing brought her own supplier",
        events=[
            *renewed(6, 400_000),
            Departed(
                at=day(2100),
                cause=Cause.STAFF_CHANGED,
                to="Rival Ltd",
                deal_size=Decimal(400_000),
                key_customer=True,
            ),
        ],
        signals=WORTH_IT,
    ),
    Story(
        who="Bank client: comes to the counter for everything, and costs more than he pays",
        events=renewed(5, 30),
        signals=Signals(reducible_cost=80),
        value=CustomerValue(revenue=30, margin=20, cost_to_serve=120),
    ),
    Story(
        who="Restaurant guest: the soup was cold, and she said nothing",
        events=[bought(0), ServiceFailed(at=day(0), link=Link.PRODUCT)],
    ),
    Story(
        who="Restaurant guest: complained aloud in a review, and waits for an answer",
        events=[bought(0), bought(30), Complained(at=day(31), public=True)],
        signals=Signals(revenue_upside=500),
    ),
    Story(
        who="Restaurant guest: the complaint was heard, and he brings his friends",
        events=[
            bought(0),
            bought(30),
            Complained(at=day(31)),
            ComplaintSettled(at=day(32)),
            Recommended(at=day(60)),
        ],
    ),
    Story(
        who="Prepaid telephone: fell silent, and the switch was guessed from it",
        events=[
            *[bought(30 * month, 10) for month in range(14)],
            Lapsed(at=day(480)),
            Departed(at=day(570), cause=Cause.SILENCE, inferred=True),
        ],
        signals=KEY,
    ),
    Story(
        who="Marketplace partner: a key one in a market full of rivals",
        events=[Engaged(at=day(0)), bought(20, 5000), bought(50, 7000)],
        signals=KEY,
        market=Market(competition=Decimal("0.8")),
    ),
    Story(
        who="Donor: gives by standing order, year after year",
        events=[Contacted(at=day(0)), *renewed(4, 60)[1:], Committed(at=day(800))],
        signals=Signals(cash_flow_stable=True, effort_response=Decimal("0.4")),
        value=CustomerValue(revenue=60, margin=60, cost_to_serve=2),
    ),
    Story(
        who="Subscriber of ten years: died",
        events=[*renewed(10, 200), Departed(at=day(3500), cause=Cause.CEASED)],
        signals=KEY,
    ),
    Story(
        who="Manufacturer: taken over by a group that buys elsewhere",
        events=[
            *renewed(5, 90_000),
            Departed(at=day(1700), cause=Cause.SUCCEEDED, to="The group's own plant"),
        ],
        signals=KEY,
    ),
    Story(
        who="Online shopper: withdrew on the ninth day",
        events=[
            Engaged(at=day(0)),
            bought(1, 80),
            Departed(at=day(10), cause=Cause.DISSATISFACTION),
        ],
        rules=WITHDRAWAL,
    ),
    Story(
        who="Small account: the new tariff was meant to drive it out, and did",
        events=[*renewed(3, 40), Departed(at=day(900), cause=Cause.DISMISSED)],
        signals=Signals(strategic=False),
    ),
    Story(
        who="Caterer's client: the cause was learnt half a year later",
        events=[
            *renewed(3, 12_000),
            Departed(at=day(900)),
            CauseLearnt(at=day(1080), cause=Cause.RUDE_CONTACT, reason="our new dispatcher"),
        ],
        signals=WORTH_IT,
    ),
    Story(
        who="Key account: nobody knows why they left",
        events=[*renewed(4, 50_000), Departed(at=day(1300))],
        signals=KEY,
    ),
    Story(
        who="Gym member: left for price, came back, and is tempted again",
        events=[bought(0), bought(30), Departed(at=day(60), cause=Cause.PRICE), bought(200)],
    ),
    Story(
        who="Tenant: stopped paying, and the contract was ended",
        events=[bought(0, 900), bought(30, 900), Terminated(at=day(120), cause=Cause.NON_PAYMENT)],
    ),
    Story(
        who="Tender: the prospect decided for nobody",
        events=[
            Contacted(at=day(0)),
            Engaged(at=day(40)),
            Departed(at=day(200), cause=Cause.NO_DECISION, deal_size=Decimal(250_000)),
        ],
        signals=KEY,
    ),
    Story(
        who="Supplier contract: both sides let it run out",
        events=[*renewed(2, 3000), Departed(at=day(730), initiator=Initiator.BOTH)],
        signals=Signals(strategic=False),
    ),
    Story(
        who="Advocate of a hotel: the complaint was ignored, and she told everybody",
        events=[
            bought(0, 300),
            bought(90, 300),
            Recommended(at=day(100)),
            Complained(at=day(200), public=True),
            ComplaintIgnored(at=day(230)),
        ],
        signals=KEY,
    ),
    Story(
        who="Newsletter reader: opens nothing, and will hardly buy",
        events=[Contacted(at=day(0)), Contacted(at=day(30))],
        signals=Signals(purchase_likelihood=Decimal("0.01")),
    ),
)
"""All of them."""


def lines() -> Iterator[str]:
    """A line for each story."""
    yield from map(str, STORIES)


if __name__ == "__main__":
    print(*lines(), sep="\n")
