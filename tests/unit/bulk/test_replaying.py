"""The way in, where laws are not enough: nasty bases by hand, arguments, and events of an app."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pyarrow as pa
from attrs import evolve, field, frozen, validators
from tests.bases import NAMED, assert_same, by, one_by_one, shown, table_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    Engaged,
    Initiator,
    Lapsed,
    PurchaseCancelled,
    Purchased,
    Refunded,
    ServiceFailed,
    Stay,
    Terminated,
    with_pause,
)
from custlife.bulk import order, replay
from custlife.errors import (
    EventNotAllowed,
    InvalidArgument,
    InvalidEvent,
    InvalidMoment,
    RefundTooHigh,
)
from custlife.events import Link
from custlife.silence import FixedWindow, OwnRhythm, StageLimits

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number):
    return T + number * DAY


def bought(number, amount="5.00", **more):
    """A purchase on a day."""
    return Purchased(at=day(number), amount=Decimal(amount), **more)


def back(number, amount, **more):
    """A refund on a day."""
    return Refunded(at=day(number), amount=Decimal(amount), **more)


HISTORIES = {
    "refunds of all there is, and more": [
        bought(0),
        back(1, "3.00"),
        back(2, "3.00"),
        back(3, "2.00"),
        bought(4),
    ],
    "refunds of a purchase": [
        back(-1, "3.00", purchase="p"),
        bought(0, id="p"),
        bought(0, id="q"),
        back(1, "3.00", purchase="p"),
        back(2, "3.00", purchase="p"),
        back(2, "7.00"),
        back(3, "1.00", purchase="none"),
    ],
    "ids that come again": [
        bought(0, id="p"),
        bought(0, id="p"),
        bought(1, id="p"),
        Engaged(at=day(1), id="p"),
    ],
    "causes that become known": [
        CauseLearnt(at=day(0), cause=Cause.PRICE),
        bought(1),
        Departed(at=day(2)),
        CauseLearnt(at=day(3), cause=Cause.PRICE),
        CauseLearnt(at=day(4), to="Rival"),
        bought(5),
        CauseLearnt(at=day(6), reason="none"),
    ],
    "a purchase that was none": [
        bought(0, id="p"),
        PurchaseCancelled(at=day(1), purchase="p"),
        PurchaseCancelled(at=day(2), purchase="q"),
        bought(3),
        back(4, "5.00"),
    ],
    "answers to complaints": [
        Complained(at=day(0)),
        ComplaintIgnored(at=day(1)),
        ComplaintSettled(at=day(2)),
        Complained(at=day(3), public=True, id="c"),
        ComplaintIgnored(at=day(4), complaint="c"),
        ComplaintSettled(at=day(5), complaint="c"),
        ComplaintSettled(at=day(6), complaint="c"),
    ],
    "several complaints": [
        bought(0),
        Complained(at=day(0)),
        Complained(at=day(0)),
        Complained(at=day(0)),
        ComplaintIgnored(at=day(1)),
        ComplaintSettled(at=day(2)),
        ComplaintSettled(at=day(2)),
        ComplaintSettled(at=day(2)),
        Departed(at=day(3)),
        Complained(at=day(4)),
        ComplaintSettled(at=day(5)),
    ],
    "everything at once": [
        Departed(at=day(0)),
        bought(0),
        Departed(at=day(0)),
        bought(0),
        Lapsed(at=day(0)),
        ServiceFailed(at=day(0), link=Link.SUPPLY),
    ],
    "a departure with all facts": [
        Departed(
            at=day(0),
            sales_cost=Decimal("5.50"),
            deal_size=Decimal("100.00"),
            key_customer=True,
            to="Rival",
            reason="price",
            cause=Cause.PRICE,
            initiator=Initiator.ENTERPRISE,
        )
    ],
    "a termination": [bought(0), Terminated(at=day(1), reason="fraud")],
    "back and forth": [
        bought(0),
        Departed(at=day(1)),
        Contacted(at=day(2)),
        Departed(at=day(3)),
        bought(4),
        back(4, "10.00"),
        Departed(at=day(5)),
        Engaged(at=day(6)),
        bought(6),
        bought(6),
    ],
    "the ends of time": [
        Purchased(at=datetime(1, 1, 1, tzinfo=UTC), amount=Decimal("1.00")),
        Purchased(at=datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), amount=Decimal("1.00")),
        Purchased(at=datetime(1970, 1, 1, tzinfo=UTC), amount=Decimal("1.00")),
        Purchased(at=datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), amount=Decimal("1.00")),
    ],
}
BASE = [(name, event) for name, events in HISTORIES.items() for event in events]
SHORT = [row for row in BASE if row[0] != "the ends of time"]
PLAIN = {"complaint", "purchase", "id"}
NAMELESS = {
    **NAMED,
    "id": None,
    "fields": {name: name for name in NAMED["fields"] if name not in PLAIN},
}
UNNAMED = [
    row
    for row in SHORT
    if not any(getattr(event, name, None) for _, event in BASE if _ == row[0] for name in PLAIN)
]
SPAN = timedelta(days=1)
RULES = {
    "window": FixedWindow(lapsed_after=SPAN, departed_after=2 * SPAN),
    "window of one limit": FixedWindow(lapsed_after=SPAN, departed_after=SPAN),
    "window without an end": FixedWindow(lapsed_after=SPAN),
    "rhythm": OwnRhythm(factor=1, departed_factor=2, fallback=2 * SPAN),
    "rhythm of purchases": OwnRhythm(
        factor=1, departed_factor=2, fallback=2 * SPAN, occasions="purchases"
    ),
    "limits of stages": StageLimits({"buyer": SPAN}),
}


@pytest.mark.parametrize("lifecycle", [CUSTOMER_LIFECYCLE, with_pause(CUSTOMER_LIFECYCLE)])
def test_nasty_histories_are_as_one_by_one(lifecycle):
    """Ids, answers, refunds of refunds, cancellations, and the ends of time."""
    result = replay(table_of(BASE), lifecycle, rejected="collect", **NAMED)

    assert_same(result, BASE, one_by_one(BASE, lifecycle))


def test_nasty_histories_without_names_are_as_one_by_one():
    """These go over columns, but for corrections and too high refunds."""
    result = replay(table_of(UNNAMED), rejected="collect", **NAMELESS)

    assert_same(result, UNNAMED, one_by_one(UNNAMED))
    assert sum(result.notes.values()) == 2


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("rows", "named"), [(SHORT, NAMED), (UNNAMED, NAMELESS)], ids=["named", "nameless"]
)
@pytest.mark.parametrize("later", [0, 1, 2])
def test_nasty_histories_with_silence_are_as_one_by_one(rule, rows, named, later):
    """Up to the very moment of the last event, of a deadline, and after it."""
    watch = {"silence": RULES[rule], "as_of": day(6 + later)}

    result = replay(table_of(rows), rejected="collect", **watch, **named)

    assert_same(result, rows, one_by_one(rows, **watch))


@pytest.mark.parametrize("cut", range(1, 7))
@pytest.mark.parametrize("rule", [None, "window", "rhythm of purchases"])
def test_nasty_histories_can_be_gone_on_from(cut, rule):
    """Whoever no correction reaches back to is as in a replay of everything."""
    back_to = {"a purchase that was none", "ids that come again", "several complaints"}
    rows = [row for row in SHORT if row[0] not in back_to]
    early = [row for row in rows if row[1].at < day(cut)]
    late = [row for row in rows if row[1].at >= day(cut)]
    then, now = (
        {"silence": RULES[rule], "as_of": at} if rule else {} for at in (day(cut), day(12))
    )
    whole = replay(table_of(rows), rejected="collect", **now, **NAMED)

    before = replay(table_of(early), rejected="collect", **then, **NAMED)
    after = replay(table_of(late), rejected="collect", start=before.checkpoint, **now, **NAMED)

    assert by(shown(after.states), "customer") == by(shown(whole.states), "customer")
    assert after.accepted + len(after.rejections) == len(late)


def test_a_cause_that_is_learnt_after_the_start_is_a_departure_of_the_customer():
    """The departure from before is given once more, as it is known now."""
    before = replay(table_of([("C-1", bought(0)), ("C-1", Departed(at=day(1)))]), **NAMED)

    after = replay(
        table_of([("C-1", CauseLearnt(at=day(2), cause=Cause.PRICE))]), start=before, **NAMED
    )

    (found,) = shown(after.departures)
    assert (found["at"], found["cause"], found["learnt_at"]) == (day(1), "price", day(2))
    assert shown(after.transitions) == []


def test_money_goes_back_for_a_purchase_from_before_the_start():
    """Also where nothing else was bought since."""
    before = replay(table_of([("C-1", Purchased(at=day(0), amount=Decimal("7.00")))]), **NAMELESS)
    refund = table_of([("C-1", Refunded(at=day(3), amount=Decimal("2.50")))])

    (state,) = shown(replay(refund, start=before, **NAMELESS).states)

    assert (state["revenue"], state["refunded"], state["purchases"]) == (450, 250, 1)
    assert state["gross_revenue"] == 700


def test_an_event_older_than_the_start_is_reported():
    """It is not folded in the wrong order, and says which row it is."""
    before = replay(table_of([("C-1", bought(5))]), **NAMED)
    late = table_of([("C-2", bought(1)), ("C-1", bought(4)), ("C-1", bought(5))])

    after = replay(late, start=before, rejected="collect", **NAMED)

    (left,) = shown(after.rejections)
    assert (left["row"], left["error"]) == (1, "OutOfOrderEvent")
    assert {row["customer"]: row["purchases"] for row in shown(after.states)} == {
        "C-1": 2,
        "C-2": 1,
    }


def test_what_silence_made_of_someone_before_the_start_stays():
    """A departure that is given later is refused and reported."""
    watch = {"silence": RULES["window"], "rejected": "collect", **NAMED}
    before = replay(table_of([("C-1", bought(0))]), as_of=day(4), **watch)

    after = replay(table_of([("C-1", Departed(at=day(9)))]), start=before, as_of=day(12), **watch)

    assert [row["error"] for row in shown(after.rejections)] == ["EventNotAllowed"]
    assert shown(after.states)[0]["departure_inferred"] is True


MANY = [
    (f"C-{n % 50}", Purchased(at=T + timedelta(hours=n * 37 % 500), amount=Decimal("1.00")))
    for n in range(500)
]


@pytest.mark.parametrize("threads", [1, 2, None])
@pytest.mark.parametrize("silence", [None, "window", "limits of stages"])
def test_buckets_and_threads_change_nothing(threads, silence, monkeypatch):
    """Nor does the order in which buckets are done."""
    watch = {"silence": RULES[silence], "as_of": day(60)} if silence else {}
    monkeypatch.setattr(order.shares, "__defaults__", (map, 20))

    result = replay(table_of(MANY), threads=threads, **watch, **NAMED)

    assert_same(result, MANY, one_by_one(MANY, **watch))
    assert len(result.moves) > 10


def test_progress_is_told_up_to_the_end(monkeypatch):
    """After each bucket, with the number of all events."""
    seen = []
    monkeypatch.setattr(order.shares, "__defaults__", (map, 100))

    replay(table_of(MANY), progress=lambda *numbers: seen.append(numbers), **NAMED)

    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == (500, 500)
    assert {total for _, total in seen} == {500}


def test_the_first_row_that_is_refused_is_raised():
    """By its place in the frame, not by time; a note says which row it is."""
    rows = [
        ("C-1", bought(3)),
        ("C-2", back(4, "2.00")),
        ("C-1", back(5, "9.00")),
        ("C-3", Lapsed(at=day(0))),
    ]

    with pytest.raises(RefundTooHigh, match=r"2\.00 to 'C-2'") as caught:
        replay(table_of(rows), **NAMED)

    assert caught.value.__notes__ == ["It is row 1 of the frame."]


def test_duplicates_are_no_errors():
    """They are left out and listed, also where errors are raised."""
    rows = [("C-1", bought(0, id="p")), ("C-1", bought(0, id="p"))]

    result = replay(table_of(rows), **NAMED)

    assert [(row["row"], row["what"]) for row in shown(result.rejections)] == [(1, "duplicate")]
    assert result.notes == {"an id that comes twice": 1}


@pytest.mark.parametrize("rejected", ["raise", "collect"])
def test_rows_keep_their_numbers_where_others_are_left_out(rejected):
    """A refused event is reported by its row in the frame, beside a row at fault."""
    rows = [("C-1", back(n, "9.00")) for n in range(3)]
    table = table_of(rows)
    table = table.set_column(0, "customer", pa.array([None, "C-1", "C-1"]))

    result = replay(table, rejected="collect", tiebreak="amount", **NAMED)

    assert [(row["row"], row["what"]) for row in shown(result.rejections)] == [
        (0, "invalid"),
        (1, "refused"),
        (2, "refused"),
    ]


def test_a_tiebreak_orders_the_events_of_one_moment():
    """Without one they keep the order of the frame."""
    rows = [("C-1", Departed(at=day(0))), ("C-1", bought(0))]
    table = table_of(rows).append_column("number", pa.array([2, 1]))

    tied = replay(table, tiebreak="number", **NAMED)

    assert shown(tied.states)[0]["room"] == "former"
    assert tied.journey("C-1").relationship.state.room.value == "former"
    assert shown(replay(table, **NAMED).states)[0]["room"] == "customer"


@pytest.mark.parametrize("events", ["engaged", Engaged])
def test_all_rows_may_be_of_one_kind(events):
    """By the name or the class of the event."""
    table = table_of([("C-1", bought(0)), ("C-1", bought(1))])

    result = replay(table, customer="customer", at="at", events=events)

    assert shown(result.states)[0]["engagements"] == 2


@pytest.mark.parametrize(
    ("given", "error", "rule"),
    [
        ({"rejected": "ignore"}, InvalidArgument, "'raise' or 'collect'"),
        ({"threads": 0}, InvalidArgument, "a whole number from 1"),
        ({"threads": 1.5}, InvalidArgument, "a whole number from 1"),
        ({"threads": True}, InvalidArgument, "a whole number from 1"),
        ({"lifecycle": 5}, InvalidArgument, "a Lifecycle"),
        ({"departure_rules": 5}, InvalidArgument, "a DepartureRules"),
        ({"fields": 5}, InvalidArgument, "a Mapping"),
        ({"fields": {"at": "at"}}, InvalidArgument, "other fields than those with an argument"),
        ({"fields": {"id": "id"}}, InvalidArgument, "other fields than those with an argument"),
        ({"progress": 5}, InvalidArgument, "'rich', 'tqdm' or None"),
        ({"silence": 5, "as_of": day(9)}, InvalidArgument, "a silence rule"),
        ({"silence": RULES["window"]}, InvalidMoment, "together with a silence rule"),
        ({"as_of": day(9)}, InvalidMoment, "together with a silence rule"),
        (
            {"silence": RULES["window"], "as_of": day(9).replace(tzinfo=None)},
            InvalidMoment,
            "an aware datetime",
        ),
        (
            {"silence": RULES["window"], "as_of": day(-1)},
            InvalidMoment,
            "no earlier than the last event",
        ),
    ],
    ids=lambda value: str(value)[:40].split(" at 0x")[0],
)
def test_an_argument_that_is_none_of_its_values_is_refused(given, error, rule):
    """The message says what it may be."""
    with pytest.raises(error, match=rule):
        replay(table_of([("C-1", bought(0))]), **{**NAMED, **given})


@frozen
class Visited(Engaged):
    """A visit to a shop."""

    shop: str = field(default="the shop", validator=validators.instance_of(str))


@frozen
class Sold(Purchased):
    """A purchase by another name."""


@frozen
class Dismissed(Departed):
    """A departure of those who are sent away."""

    cause: Cause = Cause.DISMISSED


@frozen
class Ended(Engaged):
    """What the app says of it is no fact that a column could hold."""

    cause = "none"
    initiator = Initiator.ENTERPRISE


@frozen
class Odd(Engaged):
    """Whoever it is by, it is nobody whom the library knows."""

    initiator = "nobody"


@frozen
class Checked(Purchased):
    """A purchase that is never dear."""

    def __attrs_post_init__(self):
        """Refuse what is dear."""
        if self.amount > 9:
            raise ValueError("too dear")


@frozen
class Registered(Engaged):
    """What needs a number."""

    number: int


def own(kinds, rows, **columns):
    """A replay of events of the app's own, with columns of their own."""
    table = table_of(rows)
    for name, cells in columns.items():
        table = table.append_column(name, pa.array(cells))
    fields = {**NAMED["fields"], **{name: name for name in columns}}
    mapping = {kind.name: kind for kind in kinds}
    return replay(table, rejected="collect", mapping=mapping, **{**NAMED, "fields": fields})


def test_events_of_an_app_are_as_one_by_one():
    """With names, defaults and fields of their own; what columns can tell goes over columns."""
    rows = [
        ("C-1", Visited(at=day(0), shop="north")),
        ("C-1", Sold(at=day(1), amount=Decimal("3.00"))),
        ("C-2", Sold(at=day(1), amount=Decimal("3.00"))),
        ("C-3", Dismissed(at=day(1))),
        ("C-4", Ended(at=day(1))),
        ("C-5", Odd(at=day(1))),
    ]

    result = own([Visited, Sold, Dismissed, Ended, Odd], rows, shop=["north", *[None] * 5])

    assert_same(result, rows, one_by_one(rows))
    assert result.journey("C-1").events[0].shop == "north"
    reason = "an event with fields, checks or facts of the app's own"
    assert result.notes == {reason: 4}


def test_what_a_check_of_the_app_refuses_comes_back_as_its_row():
    """Whatever it raises; where errors are raised, a note says which row it is."""
    rows = [("C-1", bought(0)), ("C-1", bought(1, "20.00")), ("C-2", bought(1))]
    mapping = {"purchased": Checked}

    result = replay(table_of(rows), rejected="collect", mapping=mapping, **NAMED)
    with pytest.raises(ValueError, match="too dear") as caught:
        replay(table_of(rows), mapping=mapping, **NAMED)

    (left,) = shown(result.rejections)
    assert (left["row"], left["what"], left["reason"]) == (1, "invalid", "too dear")
    assert caught.value.__notes__ == ["It is row 1 of the frame."]


def test_a_field_of_an_app_that_is_needed_is_asked_for():
    """By its column, or by its row."""
    rows = [("C-1", Registered(at=day(0), number=n)) for n in (1, 2)]

    result = own([Registered], rows, number=[1, None])

    assert [row["row"] for row in shown(result.rejections)] == [1]
    with pytest.raises(InvalidArgument, match="what each registered needs"):
        own([Registered], rows)


def test_an_event_that_says_too_little_comes_back_as_its_row():
    """Whoever learnt a cause says which, why or to whom."""
    rows = [("C-1", bought(0)), ("C-1", CauseLearnt(at=day(1), to="Rival"))]

    result = replay(table_of(rows), rejected="collect", **{**NAMED, "to": None})

    (left,) = shown(result.rejections)
    assert (left["what"], left["error"]) == ("invalid", InvalidEvent.__name__)


def test_an_event_that_the_library_has_not_needs_its_class():
    """Its name alone does not say what it counts as."""
    stay = Stay(Visited, at="potential", sentence="A visit to a shop.")
    shops = evolve(CUSTOMER_LIFECYCLE, rules=[*CUSTOMER_LIFECYCLE.rules, stay])
    table = table_of([("C-1", Visited(at=day(0)))])

    with pytest.raises(InvalidArgument, match="the library has no event of this name"):
        replay(table, shops, mapping={"visited": "visited"}, **NAMED)

    assert replay(table, shops, mapping={"visited": Visited}, **NAMED).lifecycle == shops


def test_an_error_of_the_lifecycle_is_raised_as_one_by_one():
    """Where nothing is collected."""
    with pytest.raises(EventNotAllowed):
        replay(table_of([("C-1", ComplaintSettled(at=day(0)))]), **NAMED)
