"""The models over columns: what they answer about a base is what they answer one by one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf, isnan

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

import pyarrow as pa
from attrs import frozen
from tests.ids import stable
from tests.unit.bulk.bases import base_of, states_of
from tests.unit.prediction.cdnow import cdnow

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departed,
    Engaged,
    InvalidArgument,
    Paused,
    Purchased,
    Refunded,
    Relationship,
    Resumed,
    with_pause,
)
from custlife.bulk import models
from custlife.errors import FitFailed, InvalidFrame
from custlife.prediction import BGNBD, MBGNBD, GammaGamma, ParetoNBD, Summary
from custlife.prediction import summaries as one_by_one

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BETA = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODEL = BGNBD(**BETA)
MODELS = [MODEL, MBGNBD(**BETA), ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)]
ONE = base_of([Summary("C-17", 2, 30.43, 38.86, 22.35)])


def bought(customer, *days, amount=10, more=()):
    events = [Purchased(at=T + day * DAY, amount=amount) for day in days]
    events = sorted([*events, *more], key=lambda event: event.at)
    return Relationship(customer, with_pause(CUSTOMER_LIFECYCLE)).apply(*events)


PEOPLE = [
    bought("C-1", 0, 0.2, 7, 7.5, 30),
    bought("C-2", 3),
    Relationship("C-3").apply(Engaged(at=T)),
    bought("C-4", 0, 20, more=[Departed(at=T + 25 * DAY)]),
    bought("C-5", 0, 9, 40, more=[Paused(at=T + 1 * DAY), Resumed(at=T + 4 * DAY)]),
    bought("C-6", 0, 9, more=[Paused(at=T + 12 * DAY)]),
    bought("C-7", 0, 0.5, 10, amount=Decimal("2.07"), more=[Refunded(at=T + 11 * DAY, amount=1)]),
    bought("C-8", 0, 9, more=[Paused(at=T + 0.1 * DAY), Resumed(at=T + 8.9 * DAY)]),
]


@pytest.mark.parametrize("unit", [timedelta(weeks=1), DAY, timedelta(microseconds=7)], ids=str)
@pytest.mark.parametrize("like", ["pandas", "polars", "pyarrow"])
def test_the_summaries_of_a_base_are_those_of_its_relationships(unit, like):
    """Days are occasions, pauses do not count, and who bought nothing is left out."""
    found = models.summaries(states_of(PEOPLE, like), as_of=T + 45 * DAY, unit=unit, decimals=2)

    assert tuple(found) == one_by_one(PEOPLE, as_of=T + 45 * DAY, unit=unit)
    assert [row for row in range(len(PEOPLE)) if row not in found.rows] == [2]


def test_the_summaries_of_nobody_are_empty():
    """And every answer about them."""
    base = models.summaries(states_of([]), as_of=T)

    assert (len(base), list(base)) == (0, [])
    assert models.alive(MODEL, base).tolist() == []
    assert models.expected(MODEL, base, 39).tolist() == []


@pytest.mark.parametrize("paid", [5, 2**53 + 1, 2**62 + 3])
def test_the_mean_amount_is_exact_however_large(paid):
    """A sum beyond what a float holds is divided exactly, too."""
    table = states_of([bought("C-17", 0, 9)])
    place = table.column_names.index("gross_revenue")
    first = table["first_day_revenue"][0].as_py()
    states = table.set_column(place, "gross_revenue", pa.array([paid + first]))

    found = models.summaries(states, as_of=T + 9 * DAY, decimals=3)

    assert found.money.tolist() == [float(Decimal(paid).scaleb(-3))]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"as_of": T}, "no earlier than the last event of 'C-17'"),
        ({"as_of": datetime(2027, 1, 1)}, "aware datetime"),  # noqa: DTZ001 - naive on purpose
        ({"unit": 7}, "unit is 7"),
        ({"decimals": 19}, "decimals is 19, but must be a whole number from 0 to 18"),
        ({"states": 5}, "data frame"),
    ],
    ids=stable,
)
def test_what_cannot_be_summarised_is_refused(arguments, match):
    """As one by one."""
    states = states_of([bought("C-17", 0, 9)])

    with pytest.raises(InvalidArgument, match=match):
        models.summaries(**{"states": states, "as_of": T + 9 * DAY, **arguments})


def test_who_bought_did_so_on_a_day():
    """Columns that contradict each other are refused."""
    table = states_of([bought("C-17", 0, 9), bought("C-18", 0)])
    place = table.column_names.index("purchase_days")
    states = table.set_column(place, "purchase_days", pa.array([2, 0]))

    with pytest.raises(InvalidFrame, match="'purchase_days', row 1: it is 0"):
        models.summaries(states, as_of=T + 9 * DAY)


def test_customers_with_the_same_history_are_one():
    """Histories are in rising order, each with the number of its customers."""
    rows = [("A", 2, 5.0, 9.0), ("B", 0, 0.0, 9.0), ("C", 2, 5.0, 9.0), ("D", 2, 4.0, 9.0)]
    base = base_of(Summary(*row) for row in rows)

    assert [column.tolist() for column in base.histories] == [[0, 2, 2], [0, 4, 5], [9, 9, 9]]
    assert base.numbers.tolist() == [2, 0, 2, 1]
    assert base.counts.tolist() == [1, 1, 2]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_answers_about_a_shop_are_those_one_by_one(model):
    """Within 1e-12, for customers of an online shop."""
    some = cdnow()[::12]
    base = base_of(some)
    histories = [(one.x, one.t_x, one.T) for one in some]

    for name, lengths in (
        ("alive", ()),
        ("expected", (39.0,)),
        ("expected", (39.0, 10.0)),
        ("buys", (39.0,)),
        ("stays", (39.0,)),
    ):
        alone = [getattr(model, name)(*history, *lengths) for history in histories]
        found = getattr(models, name)(model, base, *lengths)
        assert found.tolist() == pytest.approx(alone, rel=1e-12, abs=1e-12)


def test_many_histories_are_worked_out_block_by_block(monkeypatch):
    """The answers do not depend on the size of a block."""
    base = base_of(cdnow()[::12])
    whole = models.expected(MODEL, base, 39)

    monkeypatch.setattr(models, "_BLOCK", 7)

    assert models.expected(MODEL, base, 39).tolist() == pytest.approx(whole.tolist(), rel=1e-15)


@frozen(kw_only=True)
class Hopeful(BGNBD):
    """A model of an app's own: it believes in everybody."""

    def _alive(self, *history):
        return 1.0


def test_a_model_of_an_app_is_asked_one_by_one():
    """It may answer anything, also where it is derived from one of ours."""
    hopeful = Hopeful(**BETA)

    assert models.alive(hopeful, ONE).tolist() == [1.0]
    assert models.expected(hopeful, ONE, 39, silence=9).tolist() == [
        hopeful.expected(2, 30.43, 38.86, 39, 9)
    ]


@pytest.mark.parametrize("kind", [BGNBD, MBGNBD, ParetoNBD, Hopeful, GammaGamma])
def test_a_fit_is_that_of_the_summaries_one_by_one(kind):
    """To the last digit, since equal histories are counted in the same order."""
    some = cdnow()

    found = models.fit(kind, base_of(some))

    alone = kind.fit(some)
    assert found == alone
    assert dict(found.standard_errors) == dict(alone.standard_errors)


def test_a_fit_takes_what_the_model_takes():
    """Such as what is answered of one-time buyers."""
    some = cdnow()[::12]

    found = models.fit(BGNBD, base_of(some), one_time_buyers="mbg")

    assert found == BGNBD.fit(some, one_time_buyers="mbg")


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([Summary(f"C-{n}", 0, 0, 9) for n in range(9)], "no customer bought again"),
        ([Summary("C-17", 1, 5, 9)], "needs at least 4 customers"),
        ([], "needs at least 4 customers"),
    ],
    ids=["nobody again", "few", "nobody"],
)
def test_a_fit_fails_as_it_does_one_by_one(rows, match):
    """With the same words."""
    with pytest.raises(FitFailed, match=match):
        models.fit(BGNBD, base_of(rows))


@frozen(kw_only=True)
class Generous(GammaGamma):
    """A model of an app's own."""

    def expected_money(self, x, mean=None):
        return super().expected_money(x, mean) + 1


@pytest.mark.parametrize("q", [3.74, 0.5])
@pytest.mark.parametrize("kind", [GammaGamma, Generous])
def test_the_expected_money_is_that_of_the_model(kind, q):
    """Infinite where the distribution has no mean, and an app's own is asked one by one."""
    model = kind(p=6.25, q=q, gamma=15.44)
    some = [Summary("A", 0, 0, 9), Summary("B", 2, 5, 9, 22.35), Summary("C", 1, 5, 9, 0.0)]

    found = models.expected_money(model, base_of(some))

    assert found.tolist() == [model.expected_money(one.x, one.money) for one in some]
    assert (found[0] == inf) == (q < 1)


def test_some_of_a_base_keep_what_they_had():
    """Also their rows among the states."""
    base = models.summaries(states_of(PEOPLE), as_of=T + 45 * DAY, decimals=2)

    some = base.only(base.x == 0)

    assert list(some) == [one for one in base if one.x == 0]
    assert some.rows.tolist() == [1]
    assert isnan(some.money[0])


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: models.alive("BG/NBD", ONE), "alive.*model is 'BG/NBD'"),
        (lambda: models.alive(MODEL, [1]), "Summaries of a base"),
        (lambda: models.buys(MODEL, ONE, -1), "horizon is -1"),
        (lambda: models.expected(MODEL, ONE, 1, silence=inf), "silence is inf"),
        (lambda: models.expected_money(MODEL, ONE), "GammaGamma"),
        (lambda: models.expected_money(GammaGamma(p=6, q=4, gamma=15), 5), "Summaries of a base"),
        (lambda: models.fit(BGNBD, 5), "Summaries of a base"),
    ],
    ids=["model", "base", "horizon", "silence", "money", "money of", "fit"],
)
def test_an_argument_is_checked(call, match):
    """Before anything is worked out."""
    with pytest.raises(InvalidArgument, match=match):
        call()
