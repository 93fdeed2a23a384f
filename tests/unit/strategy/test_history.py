"""Signals that are read off the history, and where each comes from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custlife import Departed, InvalidArgument, Purchased, Relationship, replay
from custlife.prediction import BGNBD, MBGNBD, Inclination
from custlife.strategy import Profile, Signals, recommend

PARAMETERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODEL = BGNBD(**PARAMETERS, customers=2357)


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def bought(*days):
    return replay([Purchased(at=day(number), amount=9) for number in days], customer="C-17")


def read(days, now, model=MODEL, **known):
    return Signals.from_history(bought(*days), model, as_of=day(now), **known)


def test_the_model_fills_likelihood_and_risk():
    """Both within a year, as the model answers them, to four places."""
    journey = bought(0, 7, 14, 21)

    found = Signals.from_history(journey, MODEL, as_of=day(35))

    history = {"x": 3, "t_x": 3.0, "T": 5.0, "horizon": 365 / 7}
    assert float(found.purchase_likelihood) == pytest.approx(MODEL.buys(**history), abs=1e-4)
    assert float(found.defection_risk) == pytest.approx(1 - MODEL.stays(**history), abs=1e-4)
    assert found.interest is True
    assert "fitted to 2357 customers" in dict(found.origins)["defection_risk"]


@pytest.mark.parametrize(
    ("days", "now", "interest"),
    [((0, 7, 14, 21), 35, True), ((0, 7, 14), 150, None), ((0, 1, 2, 3, 4, 5), 400, False)],
)
def test_interest_follows_from_the_chance_of_a_purchase(days, now, interest):
    """Neither yes nor no between one in ten and one in two."""
    found = read(days, now)

    assert found.interest is interest
    assert "within a year by BG/NBD" in dict(found.origins)["interest"]


@pytest.mark.parametrize(
    ("days", "now", "stable"),
    [((0, 30, 60, 90), 100, True), ((0, 30, 60, 90), 300, False), ((0, 30, 60), 90, None)],
)
def test_steady_payments_have_no_gap_that_is_much_longer_than_the_mean(days, now, stable):
    """The silence until now is a gap, too; with fewer than four days nothing is said."""
    assert read(days, now).cash_flow_stable is stable


def test_the_inclination_is_the_trend_of_the_last_quarter():
    """With its explanation; a history that is shorter leaves it unknown."""
    falling = read((0, 7, 14, 21), 200)
    young = read((0, 7, 14, 21), 60)

    assert falling.inclination is Inclination.FALLING
    assert "C-17 is falling" in dict(falling.origins)["inclination"]
    assert young.inclination is None
    assert "shorter than a quarter" in dict(young.origins)["inclination"]


def test_a_snapshot_has_fewer_signals_and_says_why():
    """It keeps no gaps, and knows one moment."""
    found = Signals.from_history(bought(0, 7, 14, 21).relationship, MODEL, as_of=day(200))

    assert found.defection_risk is not None
    assert (found.cash_flow_stable, found.inclination) == (None, None)
    assert "keeps no gaps" in dict(found.origins)["cash_flow_stable"]
    assert "one moment" in dict(found.origins)["inclination"]


def test_nothing_is_said_of_whom_the_model_cannot_tell():
    """One purchase under BG/NBD, or none at all; another model can."""
    once = read((0,), 200)
    never = Signals.from_history(Relationship("C-17"), MODEL, as_of=day(0))
    other = read((0,), 200, MBGNBD(**PARAMETERS))

    for found, why in (
        (once, "cannot tell after a single purchase"),
        (never, "nothing was bought"),
    ):
        assert found.purchase_likelihood is found.defection_risk is found.interest is None
        assert why in dict(found.origins)["defection_risk"]
    assert other.defection_risk > Decimal("0.35")  # 0.35 is gone already


def test_nothing_is_read_off_the_history_of_who_was_seen_to_leave():
    """The models know purchases only; of who is only presumed to have left they may speak."""
    events = [Purchased(at=day(7 * number), amount=9) for number in range(4)]
    seen = replay([*events, Departed(at=day(30))], customer="C-17")
    presumed = replay([*events, Departed(at=day(30), inferred=True)], customer="C-17")

    found, other = (Signals.from_history(one, MODEL, as_of=day(35)) for one in (seen, presumed))

    assert found == Signals()
    assert dict(found.origins)["interest"] == "unknown, since the customer left on 2026-01-31"
    assert other.defection_risk is not None


def test_a_journey_without_events_has_no_inclination():
    """Its history is shorter than any time."""
    found = Signals.from_history(replay([], customer="C-17"), MODEL, as_of=day(0))

    assert found.inclination is None


def test_what_the_app_knows_comes_first():
    """And has no origin."""
    found = read((0, 7, 14, 21), 35, defection_risk=0.5, strategic=True)

    assert (found.defection_risk, found.strategic) == (Decimal("0.5"), True)
    assert "defection_risk" not in dict(found.origins)
    assert found == Signals(
        **{
            name: getattr(found, name)
            for name in (
                *("purchase_likelihood", "defection_risk", "interest", "strategic"),
                "cash_flow_stable",
            )
        }
    )


def test_a_recommendation_names_the_model_and_its_fit():
    """Of the signals that it rests on; one that was altered comes from nowhere."""
    journey = bought(0, 7, 14, 21)
    signals = Signals.from_history(journey, MODEL, as_of=day(35), strategic=True)
    profile = Profile(relationship=journey.relationship, signals=signals)
    advice = recommend(profile)

    altered = profile.altered(defection_risk=0.9)

    assert "BG/NBD: r 0.243" in advice.explain()
    assert advice.to_dict()["origins"] == advice.origins
    assert advice.origins
    assert "defection_risk" in profile.origins
    assert "defection_risk" not in altered.origins


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"model": "BG/NBD"}, "model is 'BG/NBD', but must be a PurchaseModel"),
        ({"source": "C-17"}, "must be a Journey or a Relationship"),
        ({"as_of": datetime(2026, 1, 1)}, "aware datetime"),  # noqa: DTZ001 - naive on purpose
        ({"as_of": day(-9)}, "no earlier than the first event"),
    ],
)
def test_what_cannot_be_read_is_refused(change, match):
    """The error names the argument."""
    given = {"source": bought(0), "model": MODEL, "as_of": day(9)} | change
    source, model = given.pop("source"), given.pop("model")

    with pytest.raises(InvalidArgument, match=match):
        Signals.from_history(source, model, **given)
