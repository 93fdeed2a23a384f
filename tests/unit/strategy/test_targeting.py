"""Whom to contact, by what a contact is expected to gain."""

from decimal import Decimal

import pytest

from custlife import InvalidArgument
from custlife.prediction import BGNBD, MBGNBD, GammaGamma, Summary, uplift_by
from custlife.strategy import Unit, contacts, portfolio

PARAMETERS = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
MODEL = BGNBD(**PARAMETERS)
MONEY = GammaGamma(p=6.25, q=3.74, gamma=15.44)
LIKELY = Summary("likely", 6, 30.0, 38.0, 40.0)
UNLIKELY = Summary("unlikely", 6, 3.0, 38.0, 40.0)
ONCE = Summary("once", 0, 0.0, 38.0)
TERMS = {"money": MONEY, "margin_rate": 0.3, "cost": Decimal("0.5")}


def test_a_contact_gains_its_share_of_the_likely_purchase():
    """The chance x the effect x the money x the margin, less the cost."""
    (found,) = contacts([LIKELY], MODEL, **TERMS).known

    chance = MODEL.buys(6, 30.0, 38.0, 365 / 7)
    expected = chance * 0.1 * MONEY.expected_money(6, 40.0) * 0.3 - 0.5
    assert float(found.gain) == pytest.approx(expected, abs=1e-4)
    assert (found.cost, found.unit, found.assumed) == (1, Unit.CONTACTS, ("response",))


def test_nothing_is_spent_on_the_unlikely():
    """A contact costs and gains nothing, so that no budget chooses it."""
    found = contacts([UNLIKELY, LIKELY], MODEL, **TERMS, unit=Unit.MONEY)

    chosen = portfolio(found.known, 100)

    assert found.known[0].gain == Decimal("-0.5")
    assert [one.customer for one in chosen.chosen] == ["likely"]
    assert [one.cost for one in found.known] == [Decimal("0.5")] * 2


def test_the_response_of_the_segment_comes_before_the_risk():
    """Who is likely to buy anyhow gains less than who responds to a contact."""
    segments = ["loyal"] * 40 + ["open"] * 40
    treated = ([True] * 20 + [False] * 20) * 2
    responded = [True] * 40 + [True] * 20 + [False] * 20
    loyal, open_ = sorted(uplift_by(segments, treated, responded), key=lambda one: one.segment)

    found = contacts(
        [LIKELY, UNLIKELY], MODEL, **TERMS, responses={"likely": loyal, "unlikely": open_}
    )

    gains = {one.customer: one.gain for one in found.known}
    assert gains["likely"] == Decimal("-0.5")
    assert gains["unlikely"] > 0
    assert all(one.assumed == () for one in found.known)


def test_who_cannot_be_judged_is_named_with_the_reason():
    """After a single purchase, without a known segment, and without the money of repeats."""
    silent = contacts([ONCE], MODEL, **TERMS).unknown
    strange = contacts([LIKELY], MODEL, **TERMS, responses={}).unknown
    bare = contacts([Summary("bare", 6, 30.0, 38.0)], MODEL, **TERMS).unknown
    endless = {**TERMS, "money": GammaGamma(p=1.0, q=0.5, gamma=15.44)}
    infinite = contacts([ONCE], MBGNBD(**PARAMETERS), **endless).unknown

    assert "BG/NBD cannot tell after a single purchase" in str(silent[0])
    assert "uplift is None" in str(strange[0])
    assert "money is None" in str(bare[0])
    assert "has no mean" in str(infinite[0])
    assert len(contacts([ONCE], MBGNBD(**PARAMETERS), **TERMS).known) == 1


def test_a_segment_without_a_control_group_is_unknown():
    """Nobody knows what the contact changed there."""
    (only,) = uplift_by(["new"], [True], [True])

    found = contacts([LIKELY], MODEL, **TERMS, responses={"likely": only})

    assert len(found.unknown) == 1


def test_a_response_is_an_uplift():
    """And no number."""
    with pytest.raises(InvalidArgument, match=r"responses is 0\.1, but must be a Uplift"):
        contacts([LIKELY], MODEL, **TERMS, responses={"likely": 0.1})


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"margin_rate": 2}, "margin_rate"),
        ({"effect": 2}, "effect"),
        ({"unlikely_below": -1}, "unlikely_below"),
        ({"cost": -1}, "cost"),
        ({"horizon": 52}, "horizon"),
        ({"money": 35}, "money"),
    ],
)
def test_terms_out_of_their_bounds_are_refused(change, match):
    """The error names the argument."""
    with pytest.raises(InvalidArgument, match=match):
        contacts([LIKELY], MODEL, **{**TERMS, **change})
