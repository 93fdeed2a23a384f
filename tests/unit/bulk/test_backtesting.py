"""The backtest over columns: what it says of a base is what the backtest says of its journeys."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pyarrow as pa
from attrs import evolve, frozen
from tests.unit.bulk.bases import states_of
from tests.unit.prediction.cdnow import ROOT

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departed,
    Engaged,
    InvalidArgument,
    Paused,
    Purchased,
    Resumed,
    replay,
    with_pause,
)
from custlife.bulk import backtesting
from custlife.bulk.backtesting import backtest
from custlife.bulk.frames import opened
from custlife.errors import FitFailed, InvalidFrame
from custlife.prediction import BGNBD, MBGNBD, PurchaseModel
from custlife.prediction import backtest as one_by_one
from custlife.silence import FixedWindow, OwnRhythm, either

SPLIT = datetime(1997, 9, 30, tzinfo=UTC)
AHEAD = timedelta(weeks=39)
DAY = timedelta(days=1)
BG = BGNBD(r=0.2426, alpha=4.4137, a=0.7929, b=2.4259)
QUARTER = FixedWindow(lapsed_after=timedelta(weeks=13))


def states_at(journeys, moment, like="pyarrow"):
    """The states of those of whom something is known at the moment."""
    then = [journey.as_of(moment) for journey in journeys]
    return states_of([rel for rel in then if rel.record.last_at], like)


def over_columns(what, journeys, split, horizon, like="pyarrow", **rest):
    before, after = (states_at(journeys, at, like) for at in (split, split + horizon))
    return backtest(what, before, after, split=split, horizon=horizon, **rest)


def rounded(found):
    """A backtest whose figures are rounded, since sums of floats may differ in the last digit."""

    def scores(one):
        tenths = tuple(evolve(tenth, chance=round(tenth.chance, 12)) for tenth in one.calibration)
        return evolve(one, brier=one.brier and round(one.brier, 12), calibration=tenths)

    return evolve(found, all=scores(found.all), repeat=scores(found.repeat))


@pytest.fixture(scope="module")
def shop():
    """The journeys of 2,357 customers of an online shop."""
    events = defaultdict(list)
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        customer, _, on, _, dollars = line.split()
        at = datetime.strptime(f"{on}+0000", "%Y%m%d%z")
        events[customer].append(Purchased(at=at, amount=Decimal(dollars)))
    return [replay(found, customer=customer) for customer, found in events.items()]


@pytest.fixture(scope="module")
def halves(shop):
    """The shop's states before and after."""
    return states_at(shop, SPLIT), states_at(shop, SPLIT + AHEAD)


@pytest.mark.parametrize(
    ("what", "options"),
    [
        (QUARTER, {}),
        (FixedWindow(lapsed_after=91 * DAY, departed_after=200 * DAY), {}),
        (OwnRhythm(factor=3), {}),
        (OwnRhythm(factor=1.5, departed_factor=4, fallback=60 * DAY, occasions="purchases"), {}),
        (BGNBD, {}),
        (MBGNBD, {"by": "expected", "below": 0.3}),
        (BG, {"by": "expected", "unit": 7 * DAY}),
    ],
    ids=["window", "two windows", "rhythm", "fallback", "fitted", "expected", "given"],
)
def test_the_scores_of_a_shop_are_those_of_its_journeys(shop, halves, what, options):
    """Of 2,357 customers: every count, and every figure to the last digits."""
    found = backtest(what, *halves, split=SPLIT, horizon=AHEAD, **options)

    alone = one_by_one(what, shop, split=SPLIT, horizon=AHEAD, **options)
    assert rounded(found) == rounded(alone)
    assert found.all.customers == 2357


def day(number):
    return SPLIT + number * DAY


def journey(customer, *days, more=(), lifecycle=CUSTOMER_LIFECYCLE):
    buys = [Purchased(at=day(number), amount=5) for number in days]
    return replay([*buys, *more], customer=customer, lifecycle=lifecycle)


CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)
PEOPLE = [
    journey("gone", -200),
    journey("back", -200, 50),
    journey("at the split", 0, 1),
    journey("at the end", -30, -10, 100),
    journey("too late", -30, -10, 101),
    journey("left", -90, more=[Departed(at=day(-9))]),
    journey("prospect", 9, more=[Engaged(at=day(-9))]),
    journey("new", 9),
    journey("paused", -300, -200, more=[Paused(at=day(-199))], lifecycle=CONTRACTS),
    journey(
        "went on",
        *(-300, -200),
        more=[
            Paused(at=day(-250)),
            Resumed(at=day(-210)),
            Paused(at=day(-190)),
            Resumed(at=day(-9)),
        ],
        lifecycle=CONTRACTS,
    ),
]


@pytest.mark.parametrize("like", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize(
    "what",
    [
        QUARTER,
        FixedWindow(lapsed_after=20 * DAY, departed_after=150 * DAY),
        OwnRhythm(factor=1),
        OwnRhythm(factor=1, departed_factor=2, fallback=timedelta.max),
        BG,
    ],
    ids=["window", "two windows", "rhythm", "fallback", "model"],
)
def test_who_is_asked_about_is_who_was_a_customer_then(what, like):
    """Those who left, who came later and who had not bought are left out; pauses do not count."""
    found = over_columns(what, PEOPLE, SPLIT, 100 * DAY, like)

    assert rounded(found) == rounded(one_by_one(what, PEOPLE, split=SPLIT, horizon=100 * DAY))
    assert (found.all.customers, found.left_out) == (7, 3)


def test_the_order_of_the_states_makes_no_difference():
    """After the horizon they are found by the customer."""
    before, after = (states_at(PEOPLE, day(number)) for number in (0, 100))
    backwards = after.take(numpy.arange(len(after))[::-1])

    found = backtest(QUARTER, before, backwards, split=SPLIT, horizon=100 * DAY)

    assert found == backtest(QUARTER, before, after, split=SPLIT, horizon=100 * DAY)


def test_customers_may_have_numbers():
    """The ids of a base are what its app takes for them."""
    before, after = (states_at(PEOPLE, day(number)) for number in (0, 100))
    names = after["customer"].to_pylist()

    def numbered(states):
        ids = [names.index(name) for name in states["customer"].to_pylist()]
        return states.set_column(0, "customer", [ids])

    found = backtest(QUARTER, numbered(before), numbered(after), split=SPLIT, horizon=100 * DAY)

    assert found == backtest(QUARTER, before, after, split=SPLIT, horizon=100 * DAY)


@frozen(kw_only=True)
class Own(MBGNBD):
    """A model of an app's own."""

    def _alive(self, *history):
        return super()._alive(*history) / 2


def test_a_model_of_an_app_can_be_tried():
    """It is asked one by one."""
    model = Own(r=0.2426, alpha=4.4137, a=0.7929, b=2.4259)

    found = over_columns(model, PEOPLE, SPLIT, 100 * DAY)

    assert rounded(found) == rounded(one_by_one(model, PEOPLE, split=SPLIT, horizon=100 * DAY))


def test_a_fit_that_fails_is_an_error():
    """As one by one."""
    with pytest.raises(FitFailed, match="needs at least 4 customers"):
        over_columns(BGNBD, PEOPLE[:3], SPLIT, 100 * DAY)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"split": day(-1)}, "split is .* no earlier than the last event of 'at the split'"),
        ({"horizon": 99 * DAY}, r"split \+ horizon is .* last event of 'at the end'"),
        ({"horizon": timedelta(0)}, "horizon is"),
        ({"split": datetime(1997, 9, 30)}, "aware datetime"),  # noqa: DTZ001 - naive on purpose
        ({"unit": 7}, "unit is 7"),
        ({"by": "luck"}, "by is 'luck'"),
        ({"below": 1.5}, "below is 1.5"),
        ({"below": 0.4}, "left out with a rule"),
        ({"what": "a rule"}, "a silence rule"),
        ({"what": PurchaseModel}, "a silence rule"),
        ({"what": either(QUARTER, OwnRhythm())}, "rules that go over columns"),
        ({"before": 5}, "data frame"),
        ({"before": states_at(PEOPLE[6:8], SPLIT)}, "somebody is a customer who has bought"),
    ],
    ids=[
        "split",
        "events after the horizon",
        "horizon",
        "naive",
        "unit",
        "by",
        "below",
        "below with a rule",
        "no rule",
        "no model",
        "another rule",
        "no frame",
        "nobody",
    ],
)
def test_an_argument_is_checked(arguments, match):
    """As one by one; also that no event is later than its moment."""
    before, after = (states_at(PEOPLE, day(number)) for number in (0, 100))
    given = {"what": QUARTER, "before": before, "after": after, "split": SPLIT}

    with pytest.raises(InvalidArgument, match=match):
        backtest(**{**given, "horizon": 100 * DAY, **arguments})


def test_ids_are_of_one_type_before_and_after():
    """Else nobody could be found."""
    frames = [opened("backtest()", pa.table({"customer": ids})) for ids in ([1], ["x"])]

    with pytest.raises(InvalidFrame, match="a column of int64, as before"):
        backtesting._gone(*frames)


@pytest.mark.parametrize("which", [0, 1])
def test_what_silence_inferred_is_refused(which):
    """The rule or the model is to say who is gone."""
    frames = [
        pa.table({"departure_inferred": [None, True]}),
        pa.table({"departure_inferred": [None, False]}),
    ]

    with pytest.raises(InvalidFrame, match="Replay without silence=") as caught:
        backtest(
            FixedWindow(),
            *frames[:: 1 - 2 * which],
            split=datetime(2026, 1, 1, tzinfo=UTC),
            horizon=timedelta(days=9),
        )

    assert (caught.value.column, caught.value.row) == ("departure_inferred", 1)


def test_who_is_there_before_is_there_after():
    """The error names the customer who is missing."""
    before, after = (states_at(people, SPLIT) for people in (PEOPLE, PEOPLE[1:]))

    with pytest.raises(InvalidFrame, match="'customer', row 0: it is 'gone'"):
        backtest(QUARTER, before, after, split=SPLIT, horizon=DAY)
