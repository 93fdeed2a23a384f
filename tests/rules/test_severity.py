"""The table of severity, over every combination of known, unknown, low and high facts."""

import pickle
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest

from custlife import (
    DepartureKind,
    InvalidArgument,
    InvalidPolicy,
    InvalidTable,
    Severity,
    SeverityPolicy,
    UndecidedTable,
    severity_table,
)

POLICY = SeverityPolicy()
LOW_HIGH = {
    "sales_cycle": (timedelta(days=89), timedelta(days=90)),
    "sales_cost": (Decimal("999.99"), Decimal(1000)),
    "deal_size": (Decimal("9999.99"), Decimal(10000)),
}
COMBINATIONS = [
    dict(zip(LOW_HIGH, values, strict=True))
    for values in product(*((None, *pair) for pair in LOW_HIGH.values()))
]
CASES = list(product(DepartureKind, (True, False), COMBINATIONS))


def severity(kind, first_entry, facts, policy=POLICY):
    return (
        severity_table(policy).decide({"kind": kind, "first_entry": first_entry, **facts}).outcome
    )


@pytest.mark.parametrize("fact", LOW_HIGH)
@pytest.mark.parametrize(("kind", "first_entry", "facts"), CASES)
def test_raising_a_fact_never_lowers_the_severity(fact, kind, first_entry, facts):
    """Severity is monotone in the length and cost of the sale and in the size of the deal."""
    low, high = LOW_HIGH[fact]

    assert severity(kind, first_entry, {**facts, fact: low}) <= severity(
        kind, first_entry, {**facts, fact: high}
    )


@pytest.mark.parametrize(("kind", "facts"), list(product(DepartureKind, COMBINATIONS)))
def test_a_first_entry_never_raises_the_severity(kind, facts):
    """What is lost on the first entry weighs no more than on a later one."""
    first, later = (severity(kind, first_entry, facts) for first_entry in (True, False))

    assert first <= later


@pytest.mark.parametrize(("first_entry", "facts"), list(product((True, False), COMBINATIONS)))
def test_an_erosion_weighs_more_than_a_loss_with_the_same_facts(first_entry, facts):
    """Destroyed loyalty is strictly more severe."""
    assert severity(DepartureKind.EROSION, first_entry, facts) > severity(
        DepartureKind.LOSS, first_entry, facts
    )


@pytest.mark.parametrize(("first_entry", "facts"), list(product((True, False), COMBINATIONS)))
def test_a_termination_has_no_severity(first_entry, facts):
    """What the enterprise intended is no misfortune."""
    assert severity(DepartureKind.TERMINATION, first_entry, facts) is Severity.NONE


def test_a_plain_loss_on_the_first_entry_is_tolerable():
    """The mildest loss there is: first entry, short, cheap and small."""
    low = {fact: pair[0] for fact, pair in LOW_HIGH.items()}

    assert severity(DepartureKind.LOSS, True, low) is Severity.TOLERABLE


STEPS = [(0, 0), (1, 1), (2, 2), (3, 2)]
"""How many of the three facts are high, and how many steps that weighs."""
HIGH = [
    ({fact: LOW_HIGH[fact][fact in chosen] for fact in LOW_HIGH}, steps)
    for high, steps in STEPS
    for chosen in combinations(LOW_HIGH, high)
]


@pytest.mark.parametrize(("facts", "steps"), HIGH)
def test_one_high_fact_weighs_one_step_and_two_or_more_weigh_two(facts, steps):
    """From the mildest loss upwards, whichever of the facts they are."""
    weight = severity(DepartureKind.LOSS, True, facts)

    assert weight == Severity.TOLERABLE + steps


@pytest.mark.parametrize(("facts", "steps"), HIGH)
def test_a_loss_after_a_return_weighs_one_step_more(facts, steps):
    """Only the first entry makes a loss tolerable (IMH-7)."""
    weight = severity(DepartureKind.LOSS, False, facts)

    assert weight == Severity.UNWELCOME + steps


@pytest.mark.parametrize(("facts", "steps"), HIGH)
@pytest.mark.parametrize("first_entry", [True, False])
def test_an_erosion_weighs_two_steps_more_than_a_first_loss(first_entry, facts, steps):
    """One step above the loss after a return, whichever entry it was (IMH-8)."""
    weight = severity(DepartureKind.EROSION, first_entry, facts)

    assert weight == Severity.SERIOUS + steps


@pytest.mark.parametrize(("kind", "facts"), list(product(DepartureKind, COMBINATIONS)))
def test_an_unknown_entry_weighs_what_is_sure(kind, facts):
    """As much as the milder of the two; what a return would add is not guessed."""
    weight = severity(kind, None, facts)

    assert weight == min(severity(kind, first_entry, facts) for first_entry in (True, False))


def test_the_scale_counts_from_none_without_gaps():
    """An app may store the number, and a step is one."""
    assert [*Severity] == [*range(6)]
    assert (min(Severity), max(Severity)) == (Severity.NONE, Severity.CRITICAL)


@pytest.mark.parametrize("facts", COMBINATIONS)
@pytest.mark.parametrize("first_entry", [True, False])
def test_without_a_kind_there_is_no_severity(first_entry, facts):
    """What was lost is not guessed, however high the facts are."""
    with pytest.raises(UndecidedTable) as caught:
        severity(None, first_entry, facts)

    assert (caught.value.rows, caught.value.table) == ((), "severity")
    assert "kind" in caught.value.missing


def test_a_fact_that_cannot_be_weighed_is_an_error():
    """It names the table and the row."""
    with pytest.raises(InvalidTable, match=r"row SEV-EROSION-2 .* cannot compare") as caught:
        severity(DepartureKind.EROSION, True, {"sales_cost": "much"})

    assert caught.value.table == "severity"


@pytest.mark.parametrize(("kind", "first_entry", "facts"), CASES)
def test_learning_an_unknown_fact_changes_the_answer_only_if_it_was_named_missing(
    kind, first_entry, facts
):
    """The facts that the verdict names as missing are exactly those that could change it."""
    given = {"kind": kind, "first_entry": first_entry, **facts}
    verdict = severity_table(POLICY).decide(given)
    unknown = [fact for fact in LOW_HIGH if facts[fact] is None]

    answers = {
        severity(kind, first_entry, {**facts, **dict(zip(unknown, values, strict=True))})
        for values in product(*(LOW_HIGH[fact] for fact in unknown))
    }

    assert (len(answers) > 1) == bool(verdict.missing)
    assert verdict.outcome == min(answers)


@pytest.mark.parametrize(
    ("override", "facts"),
    [
        ({"long_sales_cycle": timedelta(days=1)}, {"sales_cycle": timedelta(days=1)}),
        ({"dear_sale": Decimal(5)}, {"sales_cost": Decimal(5)}),
        ({"large_deal": Decimal(5)}, {"deal_size": Decimal(5)}),
    ],
)
def test_each_number_of_the_policy_can_be_set_alone(override, facts):
    """An app overrides one number, and only that one moves."""
    before = severity(DepartureKind.LOSS, True, facts)

    after = severity(DepartureKind.LOSS, True, facts, SeverityPolicy(**override))

    assert (before, after) == (Severity.TOLERABLE, Severity.UNWELCOME)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("long_sales_cycle", timedelta(days=-1)),
        ("long_sales_cycle", 90),
        ("dear_sale", Decimal("NaN")),
        ("large_deal", Decimal(-1)),
    ],
)
def test_a_policy_number_out_of_bounds_is_refused(field, value):
    """The error names the number and its bounds."""
    with pytest.raises(InvalidPolicy, match=f"severity policy: {field} is") as caught:
        SeverityPolicy(**{field: value})

    assert (caught.value.field, str(caught.value.value)) == (field, str(value))


def test_the_numbers_of_a_policy_are_named():
    """So that none is taken for another."""
    with pytest.raises(TypeError, match="positional"):
        SeverityPolicy(timedelta(days=1))


def test_a_whole_number_of_a_policy_is_money_too():
    """It becomes a Decimal, as every amount is."""
    policy = SeverityPolicy(dear_sale=5, large_deal=7)

    assert (type(policy.dear_sale), type(policy.large_deal)) == (Decimal, Decimal)
    assert policy == SeverityPolicy(dear_sale=Decimal(5), large_deal=Decimal(7))


def test_unpickled_policies_that_are_equal_are_one():
    """However often a policy travels, it is kept once, with all its numbers."""
    policy = SeverityPolicy(
        long_sales_cycle=timedelta(days=1), dear_sale=Decimal(5), large_deal=Decimal(7)
    )

    one, other = (pickle.loads(pickle.dumps(policy)) for _ in range(2))

    assert one == policy
    assert one is other


@pytest.mark.parametrize("policy", ["x", [], None, {}], ids=repr)
def test_the_severity_table_is_made_from_a_policy(policy):
    """Other arguments are refused, unhashable ones too."""
    with pytest.raises(InvalidArgument, match=r"severity_table\(\): policy is"):
        severity_table(policy)
