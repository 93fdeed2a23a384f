"""The two bills of an erosion: winning back, and answering in public."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given

from custlife import (
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    InvalidArgument,
    Purchased,
    Relationship,
)
from custlife.money import EXACT
from custlife.strategy import Bills, InvalidProfile, Profile, Signals, fact_named
from custlife.testing import profiles

T = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = Relationship("C-17").apply(Purchased(at=T, amount=Decimal(100)), Departed(at=T))
LOUD = SILENT.apply(Complained(at=T, public=True))
COSTS = (None, Decimal(0), Decimal("0.10"), Decimal(30))


def bills(relationship, regain, answer):
    signals = Signals(regain_cost=regain, answer_cost=answer)
    return Bills.of(Profile(relationship=relationship, signals=signals))


@pytest.mark.parametrize(
    "relationship",
    [
        SILENT,
        SILENT.apply(Complained(at=T)),
        LOUD.apply(ComplaintSettled(at=T)),
    ],
    ids=["no complaint", "in private", "settled"],
)
@pytest.mark.parametrize("answer", COSTS, ids=str)
def test_where_nothing_is_unsettled_in_public_there_is_nothing_to_answer(relationship, answer):
    """Whatever an answer would cost."""
    found = bills(relationship, Decimal(30), answer)

    assert (found.answering, found.total, found.unknown) == (0, 30, ())


@pytest.mark.parametrize(
    "relationship", [LOUD, LOUD.apply(ComplaintIgnored(at=T))], ids=["open", "ignored"]
)
@pytest.mark.parametrize(("regain", "answer"), [*product(COSTS, COSTS)], ids=str)
def test_a_complaint_in_public_is_a_second_bill(relationship, regain, answer):
    """The total is the exact sum of the two, and unknown where one of them is."""
    found = bills(relationship, regain, answer)

    parts = {"regain_cost": regain, "answer_cost": answer}
    unknown = tuple(name for name, cost in parts.items() if cost is None)
    assert (found.winning_back, found.answering) == (regain, answer)
    assert found.unknown == unknown
    assert found.total == (None if unknown else regain + answer)


@given(profiles())
def test_who_learns_all_that_is_unknown_knows_the_total(profile):
    """The unknown parts are signals by their names; no other is missing."""
    unknown = Bills.of(profile).unknown

    learnt = Bills.of(profile.altered(**dict.fromkeys(unknown, Decimal(5))))

    assert learnt.unknown == ()
    assert learnt.total == EXACT.add(learnt.winning_back, learnt.answering)
    assert (Bills.of(profile).total is None) == bool(unknown)


@given(profiles())
def test_the_selectors_hold_the_benefit_against_the_sum_of_both(profile):
    """The fact that their rows read is the total."""
    assert fact_named("regain_bill").read(profile) == Bills.of(profile).total


@pytest.mark.parametrize("relationship", [SILENT, LOUD], ids=["silent", "loud"])
@pytest.mark.parametrize("name", ["regain_cost", "answer_cost"])
def test_a_dearer_part_never_makes_the_total_cheaper(relationship, name):
    """Each of the two parts, one at a time."""
    profile = Profile(relationship=relationship, signals=Signals(regain_cost=10, answer_cost=10))

    totals = [Bills.of(profile.altered(**{name: cost})).total for cost in (0, 1, 10, 11, 10**9)]

    assert totals == sorted(totals)


@pytest.mark.parametrize(
    ("relationship", "regain", "answer", "said"),
    [
        (
            LOUD,
            300,
            20,
            (
                "Winning the customer back: 300.",
                "Answering in public: 20.",
                "In all: 320.",
            ),
        ),
        (
            SILENT,
            300,
            None,
            (
                "Winning the customer back: 300.",
                "Answering in public: nothing.",
                "In all: 300.",
            ),
        ),
        (
            LOUD,
            300,
            Decimal("0.00"),
            (
                "Winning the customer back: 300.",
                "Answering in public: nothing.",
                "In all: 300.",
            ),
        ),
        (
            LOUD,
            300,
            None,
            (
                "Winning the customer back: 300.",
                "Answering in public: unknown.",
                "In all: unknown, but at least 300.",
            ),
        ),
        (
            LOUD,
            None,
            20,
            (
                "Winning the customer back: unknown.",
                "Answering in public: 20.",
                "In all: unknown, but at least 20.",
            ),
        ),
        (
            LOUD,
            None,
            None,
            (
                "Winning the customer back: unknown.",
                "Answering in public: unknown.",
                "In all: unknown.",
            ),
        ),
        (
            SILENT,
            None,
            None,
            (
                "Winning the customer back: unknown.",
                "Answering in public: nothing.",
                "In all: unknown.",
            ),
        ),
    ],
    ids=[
        "both",
        "silent",
        "free answer",
        "answer unknown",
        "way back unknown",
        "unknown",
        "silent, unknown",
    ],
)
def test_the_explanation_names_each_part(relationship, regain, answer, said):
    """Known or unknown, with the source."""
    explained = bills(relationship, regain, answer).explain()

    twice = "A customer who goes is paid for twice. [IMH-9]"
    once = "Nothing is to be answered in public, so there is one bill. [IMH-9]"
    assert explained.splitlines() == [
        once if "Answering in public: nothing." in said else twice,
        *said,
    ]


def test_bills_are_given_by_name():
    """So the two amounts are not taken for each other."""
    with pytest.raises(TypeError, match="positional"):
        Bills(Decimal(300), Decimal(20))


def test_bills_stay_as_they_are():
    """They are a frozen value."""
    found = bills(LOUD, 300, 20)

    with pytest.raises(FrozenInstanceError):
        found.answering = Decimal(0)
    assert found == bills(LOUD, 300, 20)
    assert hash(found) == hash(bills(LOUD, 300, 20))


@pytest.mark.parametrize("name", ["winning_back", "answering"])
@pytest.mark.parametrize("wrong", [-1, 0.5, "5", Decimal("NaN")], ids=repr)
def test_a_bill_is_an_amount_of_money(name, wrong):
    """Or unknown."""
    with pytest.raises(InvalidProfile) as caught:
        Bills(**{name: wrong})

    assert (caught.value.subject, caught.value.field) == ("bills", name)


def test_bills_are_those_of_a_profile():
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgument, match="a Profile") as caught:
        Bills.of(SILENT)

    assert (caught.value.subject, caught.value.field) == ("Bills.of()", "profile")


def test_a_whole_number_is_money_like_any_other():
    """Both parts become exact amounts."""
    both = Bills(winning_back=300, answering=20)

    assert [type(cost) for cost in (both.winning_back, both.answering)] == [Decimal, Decimal]
