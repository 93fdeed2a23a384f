"""Candidates: what can be invested in, by which gain, and who cannot be told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from custlife import Cause, Contacted, Departed, Purchased, Relationship
from custlife.strategy import InvalidCandidate, Profile, Recommendation, Strategy, recommend
from custlife.strategy.assumptions import CostModel
from custlife.strategy.candidates import Candidate, Candidates, Unit, candidates_of
from custlife.strategy.selectors.economics import economic_selector

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17").apply(Contacted(at=NOW))
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(20)))
FORMER = CUSTOMER.apply(Departed(at=NOW + timedelta(days=9), cause=Cause.PRICE))


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("customer", "", "a string"),
        ("gain", 1.5, "a Decimal"),
        ("gain", Decimal("NaN"), "a Decimal"),
        ("gain", Decimal("Infinity"), "a Decimal"),
        ("gain", Decimal("1E-1001"), "a Decimal"),
        ("gain", True, "a Decimal"),
        ("cost", 1.5, "an exact amount"),
        ("cost", -1, "an exact amount"),
        ("cost", Decimal("Infinity"), "an exact amount"),
        ("unit", "money", "a Unit"),
    ],
)
def test_a_candidate_keeps_its_bounds(field, value, expected):
    """Whatever is out of them is refused, by name."""
    given_ = {"customer": "A", "gain": 1, "cost": 1, field: value}

    with pytest.raises(InvalidCandidate, match=f"candidate: {field}.*{expected}") as caught:
        Candidate(**given_)

    assert (caught.value.subject, caught.value.field) == ("candidate", field)


def advised(relationship, **inputs):
    """What the economic selector advises for whom this is known of."""
    return economic_selector()(Profile(relationship=relationship).altered(**inputs))


@pytest.mark.parametrize(
    ("advice", "gain", "cost"),
    [
        # 0.2 x 200 x 3 - 50, and the start costs 50
        (advised(PROSPECT, potential_value=200), 70, 50),
        # 0.3 x 200 x 3 - 60, and the way back costs 60
        (advised(FORMER, regain_benefit=200, regain_cost=60), 120, 60),
        (advised(CUSTOMER), 0, 0),
    ],
)
def test_a_candidate_follows_from_an_advice(advice, gain, cost):
    """Its gain and its cost are those of the estimate; one contact where contacts count."""
    money, contacts = Candidate.of(advice), Candidate.of(advice, unit=Unit.CONTACTS)

    assert (money.customer, money.gain, money.cost) == ("C-17", gain, cost)
    assert (contacts.gain, contacts.cost, contacts.unit) == (gain, 1, Unit.CONTACTS)


def test_a_candidates_cost_and_assumptions_can_be_given():
    """Two contacts for each; and a start that costs less gains more."""
    advice = advised(PROSPECT, potential_value=200)

    one = Candidate.of(advice, CostModel(start_cost=20), unit=Unit.CONTACTS, cost=2)

    assert (one.gain, one.cost) == (100, 2)


def test_money_beyond_the_assumed_cost_lowers_the_gain():
    """A start that takes 60 instead of 50 gains 10 less than 70."""
    one = Candidate.of(advised(PROSPECT, potential_value=200), cost=60)

    assert (one.gain, one.cost) == (60, 60)


def test_contacts_are_whole():
    """There is no half of one; of money there is."""
    with pytest.raises(InvalidCandidate, match=r"cost .*a whole number, as contacts are") as caught:
        Candidate(customer="A", gain=1, cost=Decimal("0.5"), unit=Unit.CONTACTS)

    assert (caught.value.subject, caught.value.field) == ("candidate", "cost")
    assert Candidate(customer="A", gain=1, cost=Decimal("0.5")).cost == Decimal("0.5")
    assert Candidate(customer="A", gain=1, cost=Decimal("2.0"), unit=Unit.CONTACTS).cost == 2


@pytest.mark.parametrize(
    ("given", "unit"),
    [(Profile(relationship=PROSPECT), Unit.MONEY), (advised(CUSTOMER), 1)],
    ids=["profile", "unit"],
)
def test_only_an_unknown_gain_is_collected(given, unit):
    """What is of the wrong kind is the app's mistake, and raised."""
    with pytest.raises(InvalidCandidate) as caught:
        candidates_of([given], unit=unit)

    assert caught.value.field != "gain"


def test_an_unknown_gain_makes_no_candidate():
    """The error names what is missing."""
    advice = recommend(Profile(relationship=FORMER).altered(strategic=True))
    unknown = evolve(advice, strategy=Strategy.WIN_BACK)

    with pytest.raises(InvalidCandidate, match="win back, which needs regain benefit and regain"):
        Candidate.of(unknown)


def test_a_strategy_that_is_ruled_out_makes_no_candidate():
    """The error tells the rule."""
    advice = recommend(Profile(relationship=PROSPECT).altered(target=False))

    with pytest.raises(InvalidCandidate, match="start, which is ruled out: The") as caught:
        Candidate.of(evolve(advice, strategy=Strategy.START))

    assert (caught.value.field, caught.value.value) == ("gain", None)


def test_a_strategy_that_does_not_fit_makes_no_candidate():
    """A former customer cannot be started."""
    advice = recommend(Profile(relationship=FORMER))

    with pytest.raises(InvalidCandidate, match="start, which does not fit the room") as caught:
        Candidate.of(evolve(advice, strategy=Strategy.START))

    assert caught.value.field == "gain"


def test_only_an_advice_makes_a_candidate():
    """Not a profile."""
    with pytest.raises(InvalidCandidate, match="a Recommendation") as caught:
        Candidate.of(Profile(relationship=PROSPECT))

    assert caught.value.field == "advice"


def test_nobody_is_dropped_silently():
    """Of many recommendations those of unknown gain are told apart, each with its error."""
    known = advised(PROSPECT, potential_value=200)
    unknown = recommend(Profile(relationship=Relationship("C-18")))

    found = candidates_of([known, unknown], unit=Unit.CONTACTS)

    assert isinstance(unknown, Recommendation)
    assert isinstance(found, Candidates)
    assert found.known == (Candidate.of(known, unit=Unit.CONTACTS),)
    assert [error.subject for error in found.unknown] == ["candidate C-18, prospect (potential)"]
