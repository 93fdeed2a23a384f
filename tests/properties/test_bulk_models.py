"""The laws of silence and models over columns: each answer is that of one customer at a time."""

from datetime import UTC, datetime, timedelta

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.bulk.bases import base_of, rows, states_of

from custlife import (
    CUSTOMER_LIFECYCLE,
    Engaged,
    Paused,
    Purchased,
    Relationship,
    Resumed,
    Room,
    replay,
    with_pause,
)
from custlife.bulk import models
from custlife.bulk.backtesting import backtest
from custlife.bulk.nightly import due
from custlife.errors import CustlifeError
from custlife.prediction import BGNBD, MBGNBD, GammaGamma, ParetoNBD, Summary
from custlife.prediction import backtest as backtest_alone
from custlife.prediction import summaries as summaries_alone
from custlife.silence import FixedWindow, OwnRhythm
from custlife.silence import due as due_alone
from custlife.testing import histories

T = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)
LIKES = ("pandas", "polars", "pyarrow")

shapes, scales = st.floats(0.02, 50), st.floats(0.1, 100)
lengths = st.just(0.0) | st.floats(0.01, 2000)
beta = {"r": shapes, "alpha": scales, "a": shapes, "b": shapes}
purchase_models = (
    st.builds(BGNBD, **beta, one_time_buyers=st.sampled_from(["alive", "mbg"]))
    | st.builds(MBGNBD, **beta)
    | st.builds(ParetoNBD, r=shapes, alpha=scales, s=shapes, beta=scales)
)
spans = st.sampled_from([3, 10, 30, 100, 300]).map(lambda days: days * DAY)
rules = st.builds(
    lambda one, more: FixedWindow(lapsed_after=one, departed_after=more and one * more),
    spans,
    st.sampled_from([None, 1, 4]),
) | st.builds(
    lambda factor, more, fallback, occasions: OwnRhythm(
        factor=factor,
        departed_factor=more and factor * more,
        fallback=fallback,
        occasions=occasions,
    ),
    st.sampled_from([0.5, 1, 1.1, 3]),
    st.sampled_from([None, 1, 4.7]),
    st.none() | spans,
    st.sampled_from(["days", "purchases"]),
)


@st.composite
def customers(draw):
    """A summary as the models take it."""
    x, observed = draw(st.sampled_from([0, 1, 1, 2, 5, 30, 400])), draw(st.floats(0.01, 2000))
    t_x = draw(st.just(1.0) | st.floats(0.001, 1)) * observed if x else 0.0
    money = draw(st.floats(0, 1000)) if x else None
    return Summary("C-17", x=x, t_x=min(t_x, observed), T=observed, money=money)


@st.composite
def lives(draw):
    """Mostly purchases, several on a day, with pauses between."""
    at, events = T + draw(st.integers(0, 99)) * DAY, []
    kinds = st.sampled_from([Purchased] * 6 + [Engaged, Paused, Resumed])
    gaps = st.sampled_from([0, 0.2, 1, 4, 11, 40, 150])
    for kind, gap in draw(st.lists(st.tuples(kinds, gaps), min_size=1, max_size=9)):
        at += gap * DAY
        events.append(kind(at=at, **({"amount": 5} if kind is Purchased else {})))
    return events


@st.composite
def bases(draw):
    """The relationships of several people, whatever was refused on the way."""
    pasts = draw(st.lists(lives() | histories(CONTRACTS), min_size=1, max_size=6))
    people = []
    for number, events in enumerate(pasts):
        rel = Relationship(f"C-{number}", CONTRACTS)
        for event in events:
            try:
                rel = rel.apply(event)
            except CustlifeError:
                continue
        people.append(rel)
    return people


def moment_after(people, days):
    last = max((rel.record.last_at for rel in people if rel.record.last_at), default=T)
    return last + days * DAY


@given(bases(), rules, st.sampled_from([0, 9, 500]), st.sampled_from(LIKES))
def test_who_falls_due_over_columns_falls_due_one_by_one(people, rule, days, like):
    """The same events of the same customers, at the same moments and in the same order."""
    as_of = moment_after(people, days)

    found = due(states_of(people, like), rule, as_of, lifecycle=CONTRACTS)

    assert rows(found) == [
        (one.customer, event.name, event.at)
        for one in due_alone(people, rule, as_of)
        for event in one.events
    ]


@given(bases(), st.sampled_from([0, 9, 500]), spans, st.sampled_from(LIKES))
def test_the_summaries_over_columns_are_those_one_by_one(people, days, unit, like):
    """To the last digit, pauses and money included."""
    as_of = moment_after(people, days)

    found = models.summaries(states_of(people, like), as_of=as_of, unit=unit, decimals=2)

    assert tuple(found) == summaries_alone(people, as_of=as_of, unit=unit)


@given(purchase_models, st.lists(customers(), min_size=1, max_size=9), lengths, lengths)
def test_what_a_model_says_over_columns_is_what_it_says_one_by_one(model, some, horizon, silence):
    """Within 1e-12, or that share of the answer where it is above 1."""
    base = base_of(some)
    asked = [
        ("alive", ()),
        ("expected", (horizon, silence)),
        ("buys", (horizon,)),
        ("stays", (horizon,)),
    ]

    for name, more in asked:
        alone = [getattr(model, name)(one.x, one.t_x, one.T, *more) for one in some]
        found = getattr(models, name)(model, base, *more)
        assert found.tolist() == pytest.approx(alone, rel=1e-12, abs=1e-12)


@given(
    st.builds(GammaGamma, p=shapes, q=shapes, gamma=scales),
    st.lists(customers(), min_size=1, max_size=9),
)
def test_the_money_that_is_expected_over_columns_is_that_one_by_one(model, some):
    """To the last digit."""
    found = models.expected_money(model, base_of(some))

    assert found.tolist() == [model.expected_money(one.x, one.money) for one in some]


@settings(max_examples=50)
@given(
    st.lists(lives(), min_size=2, max_size=9),
    rules | st.just(MBGNBD(r=0.52, alpha=6.18, a=0.89, b=1.61)),
    st.integers(50, 400),
    st.integers(1, 200),
)
def test_a_backtest_over_columns_scores_as_one_over_journeys(pasts, what, split, horizon):
    """The same counts, and figures that differ in their last digits at most."""
    journeys = [
        replay(past, customer=f"C-{n}", lifecycle=CONTRACTS, on_rejected="collect")
        for n, past in enumerate(pasts)
    ]
    bounds = {"split": T + split * DAY, "horizon": horizon * DAY}
    end = bounds["split"] + bounds["horizon"]
    before, after = ([one.as_of(at) for one in journeys] for at in (bounds["split"], end))
    assume(any(rel.state.room is Room.CUSTOMER for rel in before))

    found = backtest(what, states_of(before), states_of(after), **bounds)

    assert rounded(found) == rounded(backtest_alone(what, journeys, **bounds))


def rounded(found):
    def scores(one):
        tenths = tuple(evolve(tenth, chance=round(tenth.chance, 12)) for tenth in one.calibration)
        return evolve(one, brier=one.brier and round(one.brier, 12), calibration=tenths)

    return evolve(found, all=scores(found.all), repeat=scores(found.repeat))
