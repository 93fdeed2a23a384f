"""The backtest: how well a rule or a model would have told who is gone."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import fsum, inf, nan

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.prediction.cdnow import ROOT, cdnow

from custlife import Departed, Engaged, Purchased, replay
from custlife.answers import Answer, Status
from custlife.errors import FitFailed, InvalidArgument
from custlife.prediction import BGNBD, MBGNBD, PurchaseModel
from custlife.prediction.backtesting import backtest
from custlife.silence import FixedWindow, OwnRhythm

SPLIT = datetime(1997, 9, 30, tzinfo=UTC)
AHEAD = timedelta(weeks=39)
DAY = timedelta(days=1)
BG = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
QUARTER = FixedWindow(lapsed_after=timedelta(weeks=13))


def day(number):
    """So many days after the split."""
    return SPLIT + number * DAY


def bought(*days, customer="C-17", more=()):
    """The journey of a customer who bought on these days, and of more events."""
    buys = [Purchased(at=day(number), amount=5) for number in days]
    return replay([*buys, *more], customer=customer)


def outcome(*journeys, rule=QUARTER, days=100, **rest):
    """The backtest over so many days."""
    return backtest(rule, journeys, split=SPLIT, horizon=days * DAY, **rest)


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
def gone():
    """Whether each customer of the shop bought nothing in the 39 weeks, read from the file."""
    last = {}
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        customer, _, on, *_ = line.split()
        last[customer] = max(on, last.get(customer, ""))
    return {customer: on <= "19970930" for customer, on in last.items()}


def test_a_window_of_a_quarter_scores_the_known_figures(shop):
    """Its recall of repeat buyers is 327/455 = .7187; it is .721 in floats of weeks.

    There 32.142857 - 19.142857 is more than 13, so that one customer of exactly 91 days lapses.
    """
    found = backtest(QUARTER, shop, split=SPLIT, horizon=AHEAD)

    assert found.all.precision == pytest.approx(0.797, abs=1e-3)
    assert found.all.recall == pytest.approx(0.924, abs=1e-3)
    assert found.all.auc == pytest.approx(0.771, abs=1e-3)
    assert found.repeat.precision == pytest.approx(0.620, abs=1e-3)
    assert found.repeat.auc == pytest.approx(0.712, abs=1e-3)
    assert (found.repeat.true_gone, found.repeat.gone) == (327, 455)
    assert (found.all.customers, found.left_out, found.all.undetermined) == (2357, 0, 0)
    assert (found.split, found.horizon, found.what) == (SPLIT, AHEAD, repr(QUARTER))
    assert (found.all.brier, found.all.calibration) == (None, ())


def test_saying_gone_of_everybody_is_a_trap(shop):
    """It scores an F1 of 0.83 and an accuracy of 0.71, and tells nothing."""
    found = backtest(FixedWindow(lapsed_after=DAY / 24), shop, split=SPLIT + DAY / 2, horizon=AHEAD)

    assert found.all.f1 == found.all.f1_of_all_gone == pytest.approx(0.83, abs=5e-3)
    assert found.all.accuracy == pytest.approx(0.71, abs=5e-3)
    assert found.all.balanced_accuracy == 0.5


def test_by_the_chance_to_be_alive_one_time_buyers_spoil_the_ranking(shop):
    """BG/NBD is sure that they are alive, so that its AUC is worse than that of a guess."""
    found = backtest(BGNBD, shop, split=SPLIT, horizon=AHEAD)

    assert found.all.auc == pytest.approx(0.316, abs=1e-3)
    assert found.what == "BG/NBD (alive below 0.5)"


def test_by_the_purchases_expected_the_ranking_is_good(shop):
    """It is better than that of a window, also among those who bought again."""
    found = backtest(BGNBD, shop, split=SPLIT, horizon=AHEAD, by="expected")

    assert found.all.auc == pytest.approx(0.773, abs=1e-3)
    assert found.repeat.auc == pytest.approx(0.728, abs=1e-3)
    assert found.what == "BG/NBD (expected below 0.5)"


def test_the_class_of_a_model_is_fitted_to_what_is_known_at_the_split(shop):
    """It scores as the model that is fitted to the summaries of the papers."""
    model = BGNBD.fit(cdnow())

    found = backtest(BGNBD, shop, split=SPLIT, horizon=AHEAD)

    known = backtest(model, shop, split=SPLIT, horizon=AHEAD)
    assert found.all.auc == pytest.approx(known.all.auc)
    assert found.all.brier == pytest.approx(known.all.brier)


@pytest.mark.parametrize("by", ["alive", "expected"])
def test_a_model_scores_as_when_it_is_asked_one_by_one(shop, gone, by):
    """The chance to be gone is that of no purchase in the horizon, whatever the verdict is by."""
    ask = {"alive": BG.alive, "expected": lambda *history: BG.expected(*history, 39)}[by]
    rows = [(one.x, one.t_x, one.T, gone[one.customer]) for one in cdnow()[:300]]

    found = backtest(BG, shop[:300], split=SPLIT, horizon=AHEAD, by=by, below=0.6).all

    said = [(ask(*row[:3]) < 0.6, row[3]) for row in rows]
    assert (found.true_gone, found.false_gone) == (
        said.count((True, True)),
        said.count((True, False)),
    )
    assert found.gone == sum(row[3] for row in rows)
    chances = sorted((1 - BG.buys(*row[:3], 39), row[3]) for row in rows)
    brier = fsum((chance - is_gone) ** 2 for chance, is_gone in chances) / 300
    assert found.brier == pytest.approx(brier)
    tenths = [fsum(chance for chance, _ in chances[n : n + 30]) / 30 for n in range(0, 300, 30)]
    assert [tenth.chance for tenth in found.calibration] == pytest.approx(tenths)


def test_a_rule_that_cannot_tell_is_judged_by_those_of_whom_it_can(shop):
    """With one purchase there is no rhythm, so that it can tell of repeat buyers only."""
    once = sum(one.x == 0 for one in cdnow())

    found = backtest(OwnRhythm(), shop, split=SPLIT, horizon=AHEAD)

    assert found.all.undetermined == pytest.approx(once / 2357)
    assert found.repeat.undetermined == 0
    assert (found.all.gone, found.all.auc) == (found.repeat.gone, found.repeat.auc)


@pytest.mark.parametrize(
    ("later", "is_gone"), [((), 1), ((0.001,), 0), ((100,), 0), ((100.001,), 1), ((100.001, 3), 0)]
)
def test_gone_is_who_buys_nothing_in_the_horizon(later, is_gone):
    """A purchase at the split is none in it, and one at its very end is."""
    found = outcome(bought(0, *later))

    assert found.all.gone == is_gone


def test_only_purchases_show_that_a_customer_stays():
    """A visit after the split does not."""
    found = outcome(bought(-9, more=[Engaged(at=day(4))]))

    assert found.all.gone == 1


def test_who_is_no_customer_at_the_split_is_left_out():
    """That is who left, who came back as a prospect, and who bought nothing yet."""
    left = [Departed(at=day(-3))]
    journeys = [
        bought(-9, more=left),
        bought(-9, more=[*left, Engaged(at=day(-1))]),
        bought(4),
        bought(4, more=[Engaged(at=day(-9))]),
        replay([], customer="C-18"),
        bought(-9, more=[Departed(at=day(3))]),
        bought(-9, -1, more=left),
    ]

    found = outcome(*journeys)

    assert (found.left_out, found.all.customers, found.repeat.customers) == (5, 2, 1)


def test_two_purchases_of_one_day_are_no_repeat():
    """So are they for the models."""
    found = outcome(bought(-9, -8.9), bought(-9, -7))

    assert (found.all.customers, found.repeat.customers) == (2, 1)


@pytest.mark.parametrize(("silent", "gone"), [(50, 0), (150, 1), (250, 1)])
def test_who_lapsed_or_is_presumed_to_have_departed_is_said_to_be_gone(silent, gone):
    """The others are said to stay."""
    rule = FixedWindow(lapsed_after=100 * DAY, departed_after=200 * DAY)

    found = outcome(bought(-silent), rule=rule)

    assert (found.all.true_gone, found.all.false_stays) == (gone, 1 - gone)


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(-400, 0), min_size=1, max_size=5),
            st.sets(st.integers(1, 200), max_size=3),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([QUARTER, OwnRhythm(), BG]),
)
def test_nothing_later_than_the_split_is_known(lives, what):
    """What is said is the same of customers who have no future, all of whom are gone."""
    whole = [bought(*past, *future, customer=str(n)) for n, (past, future) in enumerate(lives)]
    cut = [bought(*past, customer=str(n)) for n, (past, _) in enumerate(lives)]

    found, blind = outcome(*whole, rule=what), outcome(*cut, rule=what)

    said = found.all.true_gone + found.all.false_gone
    assert (said, found.all.decided) == (blind.all.true_gone, blind.all.decided)
    assert found.all.customers == len(lives)
    assert blind.all.gone == blind.all.decided


def test_what_a_rule_inferred_in_the_journeys_does_not_count():
    """Who is presumed to have departed there is still asked about."""
    rule = FixedWindow(lapsed_after=30 * DAY, departed_after=60 * DAY)
    plain = [bought(-90, 5), bought(-10, customer="C-18")]
    seen = [
        replay(one.events, customer=one.customer, silence=rule, as_of=day(500)) for one in plain
    ]

    found = outcome(*seen)

    assert seen[0].as_of(SPLIT).state.stage == "eroded"
    assert found == outcome(*plain)


@frozen
class ByName:
    """A rule that knows of each customer what to answer."""

    answers: dict

    def judge(self, relationship, at):
        """What stands for the customer."""
        status, degree = self.answers[relationship.customer]
        moments = {"lapsed_since": at, "departed_since": at}
        return Answer(status=status, because="it is so", degree=degree, **moments)


def test_without_a_degree_the_status_ranks():
    """By hand: of the 2 x 3 pairs, 4 are in order and 1 is a tie."""
    rule = ByName(
        {
            "lapsed": (Status.LAPSED, None),
            "departed": (Status.DEPARTED, None),
            "active": (Status.ACTIVE, None),
            "late": (Status.LAPSED, 1.7),
            "later": (Status.LAPSED, 1.0),
        }
    )
    gone = [bought(-9, customer=name) for name in ("lapsed", "departed")]
    stay = [bought(-9, 9, customer=name) for name in ("active", "late", "later")]

    found = outcome(*gone, *stay, rule=rule)

    assert found.all.auc == (4 + 1 / 2) / 6


@pytest.mark.parametrize("degree", [nan, inf, -1, "far", True])
def test_a_degree_that_is_no_number_is_refused(degree):
    """Since customers are ranked by it."""
    rule = ByName({"C-17": (Status.ACTIVE, degree)})

    with pytest.raises(InvalidArgument, match=r"degree is .* a finite number, at least 0"):
        outcome(bought(-9), rule=rule)


def test_an_answer_that_is_none_is_refused():
    """The error names the rule's method."""

    class Silent:
        def judge(self, relationship, at):
            return "gone"

    with pytest.raises(InvalidArgument, match=r"SilenceRule\.judge.*must be an Answer"):
        outcome(bought(-9), rule=Silent())


def test_the_unit_of_a_model_is_that_of_its_parameters():
    """The same model in days says the same of the same customers."""
    weekly = [bought(-200, -150, 3), bought(-100, -99), bought(-30)]
    daily = BGNBD(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)

    found = outcome(*weekly, rule=daily, unit=DAY, by="expected")

    known = outcome(*weekly, rule=BG, by="expected")
    assert found.all.brier == pytest.approx(known.all.brier)
    assert found.all.true_gone == known.all.true_gone


def test_a_class_that_cannot_be_fitted_says_so():
    """No customer bought again."""
    with pytest.raises(FitFailed, match="no customer bought again"):
        outcome(*(bought(-9, customer=str(n)) for n in range(9)), rule=MBGNBD)


def test_an_explanation_shows_both_tables_and_the_trap(shop):
    """A figure that there is not is unknown."""
    lines = backtest(QUARTER, shop, split=SPLIT, horizon=AHEAD).explain().splitlines()

    asked = "was asked on 1997-09-30 who is gone: who buys nothing in the next 273 days."
    assert lines[0] == f"{QUARTER} {asked}"
    rows = {" ".join(line.split()[:-2]): line.split()[-2:] for line in lines[2:-2]}
    assert rows["customers"] == ["2,357", "946"]
    assert rows["AUC, 0.5 for a guess"] == ["0.771", "0.712"]
    assert rows["Brier score, 0 for the best"] == ["unknown", "unknown"]
    assert rows['F1 of saying "gone" of everybody'][0] == "0.830"
    assert lines[-2].startswith("F1 and accuracy are a trap where most are gone")
    assert lines[-1] == "Left out: 0 who were no customers then, or had not bought."


OUT_OF_TIME = datetime.max.replace(tzinfo=UTC) - SPLIT


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        ({"what": "lapsed"}, "what", "a silence rule, with a method"),
        ({"what": FixedWindow}, "what", "or a model or its class, such as BGNBD"),
        ({"what": PurchaseModel}, "what", "a silence rule, with a method"),
        ({"journeys": []}, "journeys", "at least one journey"),
        ({"journeys": bought(-9)}, "journeys", "an iterable of journeys"),
        ({"journeys": [bought(-9), 3]}, "journeys", "is 3, but must be a Journey"),
        ({"split": datetime(1997, 9, 30)}, "split", "an aware datetime"),  # noqa: DTZ001 - naive
        ({"split": day(-10)}, "split", "a moment at which somebody is a customer who has bought"),
        ({"horizon": 0 * DAY}, "horizon", "a timedelta above 0"),
        ({"horizon": 39}, "horizon", "a timedelta above 0"),
        ({"horizon": OUT_OF_TIME + DAY}, "horizon", "at most until 9999-12-31"),
        ({"unit": 0 * DAY}, "unit", "a timedelta above 0"),
        ({"by": "dead"}, "by", "'alive' or 'expected'"),
        ({"by": "expected"}, "by", "left out with a rule"),
        ({"below": 0.4}, "below", "left out with a rule"),
        ({"what": BG, "below": 0}, "below", "a chance above 0 and below 1"),
        ({"what": BG, "below": 1.0}, "below", "a chance above 0 and below 1"),
        ({"what": BG, "by": "expected", "below": 0.0}, "below", "a number of purchases above 0"),
        ({"what": BG, "by": "expected", "below": nan}, "below", "a number of purchases above 0"),
    ],
)
def test_what_cannot_be_tested_is_refused(arguments, field, message):
    """The error names the argument, the value and the rule."""
    sound = {"what": QUARTER, "journeys": [bought(-9)], "split": SPLIT, "horizon": AHEAD}

    with pytest.raises(InvalidArgument, match=r"^backtest\(\): ") as caught:
        backtest(**{**sound, **arguments})

    assert caught.value.field == field
    assert message in str(caught.value)


def test_the_longest_horizon_ends_with_the_last_datetime():
    """It is no overflow."""
    found = backtest(QUARTER, [bought(-9, 9)], split=SPLIT, horizon=OUT_OF_TIME)

    assert found.all.gone == 0
