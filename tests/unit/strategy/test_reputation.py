"""Reputation: what public dissatisfaction leaves of engagement, and what recommendations give."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import combinations_with_replacement, permutations

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from custlife import (
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    InvalidArgument,
    InvalidPolicy,
    Purchased,
    Recommended,
    Relationship,
)
from custlife.strategy import Market, Reputation, ReputationPolicy, reputation
from custlife.strategy.reputation import DEFAULT_REPUTATION_POLICY

T = datetime(2026, 1, 1, tzinfo=UTC)
BUYER = Relationship("C-17").apply(Purchased(at=T, amount=Decimal(100)))
PROTEST = Complained(at=T, public=True)


@cache
def person(complaints=0, recommendations=0, channel=None):
    """A customer with so many open complaints in public and so many recommendations."""
    protest = evolve(PROTEST, channel=channel)
    praise = Recommended(at=T, channel=channel)
    return BUYER.apply(*[protest] * complaints, *[praise] * recommendations)


QUIET, LOUD, FAN, TORN = person(), person(1), person(0, 1), person(1, 1)
SMALL = [
    crowd
    for size in range(4)
    for crowd in combinations_with_replacement((QUIET, LOUD, FAN, TORN), size)
]
"""Every crowd of at most three."""
POLICIES = [
    ReputationPolicy(harm=harm, relief=relief)
    for harm in (0, Decimal("0.3"), 1, 5)
    for relief in (0, Decimal("0.3"), 1, 5)
]
people = st.builds(person, st.integers(0, 3), st.integers(0, 3))
crowds = st.lists(people, max_size=12)
weights = st.decimals(0, 10**18, allow_nan=False) | st.decimals(0, 2, allow_nan=False, places=4)
policies = st.builds(
    lambda harm, relief: ReputationPolicy(harm=harm, relief=relief), weights, weights
)


def share(crowd, policy=DEFAULT_REPUTATION_POLICY):
    return reputation(crowd, policy).share


@pytest.mark.parametrize(
    ("crowd", "remains"),
    [
        ([QUIET] * 4, "1"),
        ([QUIET, QUIET, QUIET, LOUD], "0.75"),
        ([QUIET, QUIET, FAN, LOUD], "0.875"),
        ([QUIET, QUIET, FAN, TORN], "1"),
        ([QUIET, QUIET, LOUD], "0.6667"),
        ([LOUD, LOUD], "0"),
        ([FAN, FAN], "1"),
        ([QUIET, QUIET, QUIET, person(3)], "0.75"),
        ([BUYER.apply(PROTEST, ComplaintSettled(at=T)), QUIET], "1"),
        ([BUYER.apply(PROTEST, ComplaintIgnored(at=T)), QUIET], "0.5"),
        ([BUYER.apply(Complained(at=T)), QUIET], "1"),
    ],
    ids=[
        "nobody complains",
        "one of four",
        "a fan makes up for half",
        "two recommendations make up for all",
        "rounded",
        "everybody",
        "no better than all",
        "a person counts once",
        "settled",
        "ignored",
        "in private",
    ],
)
def test_what_remains_follows_from_who_is_dissatisfied_in_public(crowd, remains):
    """By the default weights: 1 for each such person, and half of it back for a recommendation."""
    assert share(crowd) == Decimal(remains)


def test_it_counts_people_dissatisfied_and_recommendations():
    """In one pass over any iterable."""
    found = reputation(iter([QUIET, person(2, 1), person(0, 3), LOUD]))

    assert (found.people, found.dissatisfied, found.recommendations) == (4, 2, 4)
    assert found == Reputation(people=4, dissatisfied=2, recommendations=4)


def test_where_nobody_is_on_record_nothing_puts_prospects_off():
    """And the explanation says that nothing is known."""
    nobody = reputation([])

    assert nobody.share == 1
    assert "Nobody is on record" in nobody.explain()


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_small_crowds_keep_the_laws(policy):
    """All of them, exhaustively: see the laws below."""
    broken = [(crowd, law.__name__) for crowd in SMALL for law in LAWS if not law([*crowd], policy)]

    assert broken == []


@given(crowds, policies)
def test_any_crowd_keeps_the_laws_under_any_policy(crowd, policy):
    """By search."""
    assert [law.__name__ for law in LAWS if not law(crowd, policy)] == []


def is_a_share(crowd, policy):
    """It is from 0 to 1, to the ten-thousandth, and a market takes it."""
    found = share(crowd, policy)
    return found == round(found, 4) and Market(reputation=found).reputation == found


def one_more_dissatisfied_person_never_raises_it(crowd, policy):
    """Whether they are new or were quiet before, and whatever they had recommended."""
    turned = ([*crowd[:at], one.apply(PROTEST), *crowd[at + 1 :]] for at, one in enumerate(crowd))
    return all(share(more, policy) <= share(crowd, policy) for more in ([*crowd, LOUD], *turned))


def one_more_recommendation_never_lowers_it(crowd, policy):
    """Whether it is by somebody new or by one of them."""
    praised = (
        [*crowd[:at], one.apply(Recommended(at=T)), *crowd[at + 1 :]]
        for at, one in enumerate(crowd)
    )
    return all(share(more, policy) >= share(crowd, policy) for more in ([*crowd, FAN], *praised))


def a_settlement_never_lowers_it(crowd, policy):
    """What was said in public is put right."""
    settled = (
        [*crowd[:at], one.apply(ComplaintSettled(at=T)), *crowd[at + 1 :]]
        for at, one in enumerate(crowd)
        if one.open_complaints
    )
    return all(share(better, policy) >= share(crowd, policy) for better in settled)


def the_order_of_people_does_not_matter(crowd, policy):
    """Neither does who comes first."""
    orders = permutations(crowd) if len(crowd) <= 3 else [crowd[::-1], sorted(crowd, key=id)]
    return {reputation(order, policy) for order in orders} == {reputation(crowd, policy)}


LAWS = (
    is_a_share,
    one_more_dissatisfied_person_never_raises_it,
    one_more_recommendation_never_lowers_it,
    a_settlement_never_lowers_it,
    the_order_of_people_does_not_matter,
)


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_more_harm_never_raises_it_and_more_relief_never_lowers_it(policy):
    """For every small crowd, and each policy that weighs both at least as hard."""
    harder = [hard for hard in POLICIES if hard.harm >= policy.harm]
    harder = [hard for hard in harder if hard.relief <= policy.relief]

    rises = [(c, hard) for c in SMALL for hard in harder if share(c, hard) > share(c, policy)]

    assert rises == []


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.text("ab", min_size=1))))
def test_the_channel_does_not_matter(drawn):
    """Whoever complains by fax weighs as much as whoever does so online."""
    assert reputation(person(*one) for one in drawn) == reputation(
        person(*one[:2]) for one in drawn
    )


@pytest.mark.parametrize(
    ("crowd", "said"),
    [
        (
            [QUIET, QUIET, FAN, LOUD],
            [
                "0.875 of prospects' readiness to engage remains. [IMH-10, EFR-8]",
                "On record: 4 people, 1 of them dissatisfied in public; 1 recommendation.",
                "For each person on record, one who is dissatisfied in public takes 1, and a "
                "recommendation gives back 0.5. [assumption: custlife of 2026-11-25]",
            ],
        ),
        (
            [LOUD, LOUD],
            [
                "0 of prospects' readiness to engage remains. [IMH-10, EFR-8]",
                "On record: 2 people, 2 of them dissatisfied in public; 0 recommendations.",
                "For each person on record, one who is dissatisfied in public takes 1, and a "
                "recommendation gives back 0.5. [assumption: custlife of 2026-11-25]",
            ],
        ),
        (
            [person(1, 2)],
            [
                "1 of prospects' readiness to engage remains. [IMH-10, EFR-8]",
                "On record: 1 person, 1 of them dissatisfied in public; 2 recommendations.",
                "For each person on record, one who is dissatisfied in public takes 1, and a "
                "recommendation gives back 0.5. [assumption: custlife of 2026-11-25]",
            ],
        ),
    ],
    ids=["four", "all", "one"],
)
def test_the_explanation_names_each_part(crowd, said):
    """What remains, what it was counted from, and the numbers of the policy."""
    assert reputation(crowd).explain().splitlines() == said


def test_the_explanation_names_the_policy():
    """By its name, its day and what is not the default."""
    ours = ReputationPolicy(harm=Decimal("2.5"), name="ours", since=date(2026, 12, 1))

    assert "takes 2.5" in reputation([LOUD], ours).explain()
    assert "[assumption: ours of 2026-12-01 with harm 2.5]" in reputation([LOUD], ours).explain()


@pytest.mark.parametrize("name", ["harm", "relief"])
@pytest.mark.parametrize(
    "wrong", [-1, Decimal("-0.01"), None, "1", True, Decimal("NaN"), Decimal("inf")], ids=repr
)
def test_a_weight_is_a_number_from_zero(name, wrong):
    """Anything else makes no policy."""
    with pytest.raises(InvalidPolicy, match="a number from 0 to 1e") as caught:
        ReputationPolicy(**{name: wrong})

    assert (caught.value.subject, caught.value.field) == ("reputation policy", name)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("people", -1),
        ("people", "3"),
        ("dissatisfied", -1),
        ("dissatisfied", 4),
        ("recommendations", 1.5),
        ("policy", None),
    ],
)
def test_a_reputation_is_made_of_counts(field, wrong):
    """Of people, some of them dissatisfied; the error names the field."""
    counts = {"people": 3, "dissatisfied": 3, "recommendations": 9}

    assert Reputation(**counts).share == 1
    with pytest.raises(InvalidPolicy, match=f"reputation: {field} is") as caught:
        Reputation(**{**counts, field: wrong})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("made", "numbers"), [(Reputation, (3, 3, 3)), (ReputationPolicy, (3, 3))], ids=["it", "policy"]
)
def test_numbers_are_given_by_name(made, numbers):
    """So one is not taken for another."""
    with pytest.raises(TypeError, match="positional"):
        made(*numbers)


@pytest.mark.parametrize("made", [reputation([LOUD]), ReputationPolicy()], ids=repr)
def test_a_reputation_stays_as_it_is(made):
    """It and its policy are frozen values."""
    with pytest.raises(FrozenInstanceError):
        made.name = "another"
    assert hash(made) == hash(evolve(made))


def test_a_float_counts_as_the_number_that_it_is_printed_as():
    """So weights can be written shortly."""
    assert ReputationPolicy(harm=0.1).harm == Decimal("0.1")


@pytest.mark.parametrize(
    ("given_", "field", "expected"),
    [
        (5, "relationships", "an iterable of relationships"),
        ("C-17", "relationships", "an iterable of relationships"),
        ([QUIET, "C-17"], "relationships[1]", "a Relationship"),
        ({"C-17": QUIET}, "relationships[0]", "a Relationship"),
    ],
    ids=["a number", "a string", "a name among them", "a dict"],
)
def test_reputation_is_that_of_relationships(given_, field, expected):
    """The message says which place is at fault."""
    with pytest.raises(InvalidArgument) as caught:
        reputation(given_)

    assert (caught.value.subject, caught.value.field) == ("reputation()", field)
    assert caught.value.expectation == expected


def test_reputation_goes_by_a_policy_of_its_own_kind():
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgument, match="a ReputationPolicy") as caught:
        reputation([], 0.5)

    assert caught.value.field == "policy"


class Int64:
    """A whole number of another library."""

    def __index__(self):
        return 3


def test_counts_of_another_library_are_whole_numbers():
    """They become plain ones."""
    made = Reputation(people=Int64(), dissatisfied=Int64(), recommendations=Int64())

    assert (made.people, made.dissatisfied, made.recommendations) == (3, 3, 3)
