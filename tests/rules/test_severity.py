"""The table of severity, over every combination of known, unknown, low and high facts."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from custlife import DepartureKind, InvalidPolicy, Severity, SeverityPolicy, severity_table

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
