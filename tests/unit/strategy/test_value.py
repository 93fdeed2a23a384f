"""The value of a customer: its fields, what follows from them, what a record shows, and tiers."""

import decimal
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import fields_dict
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import Contacted, InvalidPolicy, Purchased, Relationship, replay
from custlife.decisions.gaps import gaps, limits, overlaps, sides
from custlife.errors import InvalidArgument
from custlife.strategy import (
    DEFAULT_TIER_POLICY,
    CustomerValue,
    InvalidProfile,
    PartyKind,
    Tier,
    TierPolicy,
    tier_table,
)
from custlife.strategy.value import UNKNOWN_VALUE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365, hours=6)
PROSPECT = Relationship("C-17")
NAN = Decimal("NaN")


def buyer(*amounts, apart=timedelta(0)):
    """Who paid these amounts, one after the other, in one channel."""
    return PROSPECT.apply(
        *(Purchased(at=NOW + n * apart, amount=Decimal(paid)) for n, paid in enumerate(amounts))
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revenue", 1.5),
        ("revenue", -1),
        ("revenue", NAN),
        ("revenue", Decimal("Infinity")),
        ("revenue", Decimal("sNaN")),
        ("revenue", True),
        ("revenue", Decimal("1e46")),
        ("margin", 1.5),
        ("margin", NAN),
        ("margin", "150"),
        ("margin", Decimal("-1e46")),
        ("cost_to_serve", -1),
        ("cost_to_serve", 0.5),
        ("cost_to_serve", Decimal("1e18")),
        ("cost_to_serve", Decimal("1e-19")),
        ("purchases", -1),
        ("purchases", True),
        ("purchases", Decimal(2)),
        ("income", -1),
        ("income", 2.5),
        ("remaining_years", -1),
        ("remaining_years", 1001),
        ("remaining_years", float("nan")),
        ("remaining_years", timedelta(days=700)),
        ("remaining_value", 1.5),
        ("remaining_value", NAN),
        ("party", "partner"),
        ("party", None),
        ("customer", " "),
        ("customer", 17),
    ],
    ids=str,
)
def test_a_field_out_of_bounds_is_refused(field, value):
    """The error names the field and the value; money is never a float."""
    with pytest.raises(InvalidProfile, match=f"customer value: {field} is ") as caught:
        CustomerValue(**{field: value})

    assert caught.value.field == field
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revenue", 0),
        ("margin", Decimal("-9.99")),
        ("cost_to_serve", 0),
        ("purchases", 0),
        ("income", 0),
        ("remaining_years", 0),
        ("remaining_years", 1000),
        ("remaining_years", 2.5),
        ("remaining_value", -5),
    ],
    ids=str,
)
def test_the_bounds_belong_to_what_is_allowed(field, value):
    """Zero is a number like any other; a margin and what remains may be negative."""
    assert getattr(CustomerValue(**{field: value}), field) == Decimal(str(value))


def test_a_margin_above_the_revenue_is_refused():
    """They cannot be of one unit; the error shows both."""
    with pytest.raises(InvalidProfile, match="at most the revenue, Decimal\\('100'\\)") as caught:
        CustomerValue(revenue=100, margin=Decimal("100.01"))

    assert (caught.value.field, caught.value.value) == ("margin", Decimal("100.01"))
    assert CustomerValue(revenue=100, margin=100).margin == 100
    assert CustomerValue(margin=Decimal("100.01")).revenue is None


def test_what_is_not_known_is_none():
    """Never zero, and neither is what would follow from it."""
    assert CustomerValue() == UNKNOWN_VALUE
    assert UNKNOWN_VALUE.party is PartyKind.CONSUMER
    assert {
        getattr(UNKNOWN_VALUE, name)
        for name in fields_dict(CustomerValue)
        if name not in ("party", "origins")
    } == {None}
    assert UNKNOWN_VALUE.origins == ()
    assert UNKNOWN_VALUE.profit is UNKNOWN_VALUE.tier() is None
    assert UNKNOWN_VALUE.expected_remaining_value is None


@pytest.mark.parametrize(
    ("fields", "profit"),
    [
        ({"margin": 150, "cost_to_serve": 40}, 110),
        ({"margin": 40, "cost_to_serve": 150}, -110),
        ({"margin": -1, "cost_to_serve": 1}, -2),
        ({"margin": 150}, None),
        ({"cost_to_serve": 40}, None),
        ({"revenue": 500, "cost_to_serve": 40}, None),
    ],
)
def test_the_profit_is_the_margin_less_the_cost_to_serve(fields, profit):
    """None where one of the two is unknown."""
    assert CustomerValue(**fields).profit == profit


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"remaining_value": 7}, 7),
        ({"remaining_value": 7, "margin": 5, "cost_to_serve": 1, "remaining_years": 3}, 7),
        ({"remaining_value": 0, "margin": 5, "cost_to_serve": 1, "remaining_years": 3}, 0),
        ({"margin": 5, "cost_to_serve": 1, "remaining_years": 3}, 12),
        ({"margin": 1, "cost_to_serve": 5, "remaining_years": 0.5}, -2),
        ({"margin": 5, "cost_to_serve": 1}, None),
        ({"margin": 5, "remaining_years": 3}, None),
    ],
)
def test_what_is_expected_is_given_or_profit_times_years(fields, expected):
    """What the app knows better comes first."""
    assert CustomerValue(**fields).expected_remaining_value == expected


@pytest.mark.parametrize(
    ("profit", "tier"),
    [
        ("-0.01", Tier.LEAD),
        ("0", Tier.IRON),
        ("199.99", Tier.IRON),
        ("200", Tier.GOLD),
        ("999.99", Tier.GOLD),
        ("1000", Tier.PLATINUM),
    ],
)
def test_the_tier_follows_from_the_profit(profit, tier):
    """By the default limits, or by those given."""
    value = CustomerValue(margin=Decimal(profit), cost_to_serve=0)

    assert value.tier() is tier
    assert value.tier(TierPolicy(gold_profit=0, platinum_profit=0)) in {Tier.LEAD, Tier.PLATINUM}


# --- from the record ---------------------------------------------------------------------------


def test_the_record_shows_revenue_and_purchases():
    """Margin and profit follow where the rate and the cost are known."""
    rel = buyer("100", "200.50")

    value = CustomerValue.of(
        rel,
        margin_rate=Decimal("0.30"),
        cost_to_serve=Decimal(40),
        income=9000,
        remaining_years=2,
        party=PartyKind.BUSINESS,
    )

    assert value == CustomerValue(
        revenue=Decimal("300.50"),
        margin=Decimal("90.15"),
        cost_to_serve=40,
        purchases=2,
        income=9000,
        remaining_years=2,
        party=PartyKind.BUSINESS,
        customer="C-17",
    )
    assert (value.profit, value.expected_remaining_value) == (Decimal("50.15"), Decimal("100.30"))


def test_what_the_record_does_not_show_stays_unknown():
    """Neither a margin nor a cost is guessed."""
    value = CustomerValue.of(buyer("100"))

    assert (value.revenue, value.margin, value.cost_to_serve) == (100, None, None)
    assert (value.income, value.remaining_years, value.remaining_value) == (None, None, None)


@pytest.mark.parametrize("party", PartyKind)
def test_partners_have_the_same_record_as_customers(party):
    """Only the kind of party differs (CHE-4)."""
    value = CustomerValue.of(buyer("100"), party=party)

    assert value.party is party
    assert value.revenue == 100


@pytest.mark.parametrize(
    ("until", "revenue"),
    [
        (None, "300"),
        (NOW + timedelta(days=10), "300"),
        (NOW + YEAR, "300"),
        (NOW + 2 * YEAR, "150"),
        (NOW + 3 * YEAR, "100"),
        (NOW + 7 * YEAR, "42.8571"),
    ],
    ids=str,
)
def test_revenue_is_per_year_since_the_first_purchase(until, revenue):
    """Less than a year counts as one, so that no customer is credited with what is yet to come."""
    assert CustomerValue.of(buyer("300"), until=until).revenue == Decimal(revenue)


def test_the_last_event_ends_the_time_that_counts():
    """Where no other moment is given; also if it was no purchase."""
    rel = buyer("100", "100", apart=YEAR)

    assert CustomerValue.of(rel).revenue == 200
    assert CustomerValue.of(rel.apply(Contacted(at=NOW + 4 * YEAR))).revenue == 50


def test_the_time_before_the_first_purchase_does_not_count():
    """A long courtship makes nobody a worse customer."""
    late = PROSPECT.apply(Contacted(at=NOW - 9 * YEAR), Purchased(at=NOW, amount=Decimal(100)))

    assert CustomerValue.of(late).revenue == 100


@pytest.mark.parametrize("who", [PROSPECT, PROSPECT.apply(Contacted(at=NOW))], ids=["new", "met"])
def test_who_has_bought_nothing_has_paid_nothing(who):
    """That is on record, and no guess."""
    value = CustomerValue.of(who, margin_rate=0.5, until=NOW + 2 * YEAR)

    assert (value.revenue, value.margin, value.purchases) == (0, 0, 0)


@pytest.mark.parametrize("rate", [-1, 1, Decimal("0.125"), 0.3], ids=str)
def test_a_margin_rate_is_a_share_of_the_revenue(rate):
    """From all of it lost to all of it kept; a float counts as it is printed."""
    assert CustomerValue.of(buyer("80"), margin_rate=rate).margin == 80 * Decimal(str(rate))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("margin_rate", 30),
        ("margin_rate", Decimal("-1.01")),
        ("margin_rate", "0.3"),
        ("margin_rate", NAN),
        ("margin_rate", float("nan")),
        ("until", datetime(2027, 1, 1)),  # noqa: DTZ001 - naive on purpose
        ("until", "2027-01-01"),
        ("until", NOW - timedelta(microseconds=1)),
        ("cost_to_serve", -1),
        ("cost_to_serve", 1.5),
        ("income", 1.5),
        ("remaining_years", -1),
        ("party", "consumer"),
    ],
    ids=str,
)
def test_what_is_said_beside_the_record_is_checked(field, value):
    """A percentage instead of a share, a float as money, a moment before the last event."""
    with pytest.raises(InvalidProfile, match=f"customer value: {field} is ") as caught:
        CustomerValue.of(buyer("80"), **{field: value})

    assert caught.value.field == field


def test_only_a_relationship_has_a_record():
    """A customer's id is none."""
    with pytest.raises(InvalidProfile, match="must be a Relationship") as caught:
        CustomerValue.of("C-17")

    assert caught.value.field == "relationship"


@pytest.mark.parametrize("channels", [("fax", "phone"), ("web", "web"), (None, "shop")], ids=str)
def test_the_channel_makes_no_difference(channels):
    """Who faxes is worth as much as who clicks (CHE-3)."""
    events = [Purchased(at=NOW, amount=Decimal(50), channel=channel) for channel in channels]

    value = CustomerValue.of(PROSPECT.apply(*events), margin_rate=0.5)

    assert value == CustomerValue.of(buyer("50", "50"), margin_rate=0.5)


# --- exact, and a value ------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**12, places=2)


@settings(max_examples=60)
@given(amounts, amounts, amounts)
def test_the_profit_is_exact_whatever_context_the_app_has_set(margin, cost, years):
    """Also where three digits are kept and mixing with floats is forbidden."""
    fields = {"margin": margin, "cost_to_serve": cost, "remaining_years": years % 1000}
    value = CustomerValue(**fields)
    cents = int(margin * 100) - int(cost * 100)

    with decimal.localcontext(prec=3, traps=[decimal.FloatOperation]):
        profit = CustomerValue(**fields).profit
        expected = CustomerValue(**fields).expected_remaining_value

    assert profit == Decimal(cents) / 100 == value.profit
    assert expected == value.expected_remaining_value
    assert int(expected * 10000) == cents * int(fields["remaining_years"] * 100)


def test_the_value_of_a_record_is_exact_whatever_context_the_app_has_set():
    """The same numbers come out as elsewhere."""
    rel = buyer("1234.56", "7890.12", apart=timedelta(days=500))
    given_ = {"margin_rate": Decimal("0.3333"), "cost_to_serve": Decimal("123.45")}
    value = CustomerValue.of(rel, **given_)

    with decimal.localcontext(prec=3, traps=[decimal.FloatOperation]):
        again = CustomerValue.of(rel, **given_)

    assert again == value
    assert value.revenue == Decimal("6665.5787")


def test_a_value_can_be_made_in_a_context_that_traps_rounding():
    """No digit of what was given is rounded on the way in."""
    with decimal.localcontext(prec=3, traps=[decimal.Inexact, decimal.FloatOperation]):
        value = CustomerValue(revenue=Decimal("1234.56"), margin=Decimal("1234.56"))

    assert value.margin == Decimal("1234.56")


def test_a_value_pickles():
    """With all that it says."""
    value = CustomerValue.of(buyer("80"), margin_rate=0.5, party=PartyKind.PARTNER)

    assert pickle.loads(pickle.dumps(value)) == value


# --- tiers ------------------------------------------------------------------------------------

POLICIES = [
    DEFAULT_TIER_POLICY,
    TierPolicy(gold_profit=0),
    TierPolicy(gold_profit=0, platinum_profit=0),
    TierPolicy(gold_profit=500, platinum_profit=500),
    TierPolicy(platinum_profit=Decimal("123456.78"), gold_profit=Decimal("123456.77")),
]


def test_tiers_are_ordered():
    """From who costs to who pays most."""
    assert sorted(Tier) == [Tier.LEAD, Tier.IRON, Tier.GOLD, Tier.PLATINUM]


@pytest.mark.parametrize(
    ("profit", "tier"),
    [
        ("-0.01", Tier.LEAD),
        ("0", Tier.IRON),
        ("0.5", Tier.IRON),
        ("1", Tier.GOLD),
        ("2.99", Tier.GOLD),
        ("3", Tier.PLATINUM),
        ("4", Tier.PLATINUM),
    ],
)
def test_a_limit_belongs_to_the_tier_that_it_opens(profit, tier):
    """So does everything from there to the next limit."""
    table = tier_table(TierPolicy(gold_profit=1, platinum_profit=3))

    assert table.decide({"profit": Decimal(profit)}).outcome is tier


@pytest.mark.parametrize(
    ("profit", "tier"),
    [
        ("-0.01", Tier.LEAD),
        ("0", Tier.IRON),
        ("199.99", Tier.IRON),
        ("200", Tier.GOLD),
        ("999.99", Tier.GOLD),
        ("1000", Tier.PLATINUM),
    ],
)
def test_by_default_gold_begins_at_200_and_platinum_at_1000(profit, tier):
    """A cent below is the tier before."""
    assert tier_table().decide({"profit": Decimal(profit)}).outcome is tier


@pytest.mark.parametrize("policy", [None, [], "gold", {}], ids=repr)
def test_a_tier_table_needs_a_tier_policy(policy):
    """Also where the argument cannot be hashed."""
    with pytest.raises(InvalidArgument, match="a TierPolicy") as caught:
        tier_table(policy)

    assert caught.value.field == "policy"


def test_tiers_can_be_stored_as_numbers():
    """From 0 to 3, and that stays so."""
    assert {tier.name: tier.value for tier in Tier} == {
        "LEAD": 0,
        "IRON": 1,
        "GOLD": 2,
        "PLATINUM": 3,
    }


def test_the_table_is_named_after_the_fact():
    """So that its errors say what they are about."""
    assert tier_table().name == "tier"


def test_whole_numbers_are_taken_as_limits():
    """And kept as exact amounts."""
    policy = TierPolicy(gold_profit=5, platinum_profit=50)

    assert policy == TierPolicy(gold_profit=Decimal(5), platinum_profit=Decimal(50))
    assert {type(policy.gold_profit), type(policy.platinum_profit)} == {Decimal}


def test_limits_are_given_by_name():
    """Two amounts in a row could be mistaken for each other."""
    with pytest.raises(TypeError, match="positional argument"):
        TierPolicy(1000, 200)


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_every_policy_makes_a_sound_table(policy):
    """Without gap and without overlap."""
    table = tier_table(policy)
    profits = sides(limits(row.when for row in table.rows)["profit"])

    assert list(overlaps(table, {"profit": profits})) == []
    assert list(gaps(table, {"profit": profits})) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platinum_profit", -1),
        ("platinum_profit", 2000.5),
        ("gold_profit", -1),
        ("gold_profit", 0.5),
        ("gold_profit", None),
        ("gold_profit", Decimal("NaN")),
    ],
    ids=str,
)
def test_a_limit_that_is_no_money_is_refused(field, value):
    """The error names it."""
    with pytest.raises(InvalidPolicy, match=f"tier policy: {field} is ") as caught:
        TierPolicy(**{field: value})

    assert caught.value.field == field


def test_tiers_that_overlap_are_refused():
    """The error shows the region."""
    with pytest.raises(InvalidPolicy, match="from 1000 to 1001 a customer would be of both tiers"):
        TierPolicy(gold_profit=1001)


def test_the_limits_are_exact_whatever_context_the_app_has_set():
    """A cent below is below."""
    policy = TierPolicy(gold_profit=Decimal("123456.78"), platinum_profit=10**9)

    with decimal.localcontext(prec=3, traps=[decimal.FloatOperation]):
        table = tier_table(policy)
        below = table.decide({"profit": Decimal("123456.77")}).outcome

    assert below is Tier.IRON
    assert table.decide({"profit": Decimal("123456.78")}).outcome is Tier.GOLD


def test_a_value_shows_what_is_known():
    """And nothing else."""
    assert repr(CustomerValue(revenue=5, party=PartyKind.PARTNER)) == (
        f"CustomerValue(revenue=Decimal('5'), party={PartyKind.PARTNER!r})"
    )


def test_the_remedy_for_an_early_moment_works():
    """The state of that moment has its own value."""
    journey = replay(
        [Purchased(at=NOW, amount=10), Purchased(at=NOW + YEAR, amount=20)], customer="C-17"
    )

    with pytest.raises(InvalidProfile, match=r"journey\.as_of\(moment\)\.$"):
        CustomerValue.of(journey.relationship, until=NOW)

    assert CustomerValue.of(journey.as_of(NOW), until=NOW).revenue == 10


class Int64:
    """A whole number of another library."""

    def __index__(self):
        return 3


def test_numbers_become_exact_ones():
    """A cost is money, and purchases are a whole number."""
    value = CustomerValue(cost_to_serve=40, purchases=Int64())

    assert (type(value.cost_to_serve), type(value.purchases)) == (Decimal, int)


def test_a_value_is_made_by_name():
    """So no number is taken for another."""
    with pytest.raises(TypeError, match="positional"):
        CustomerValue(None)


@pytest.mark.parametrize("name", ["consumer", "business", "partner"])
def test_a_kind_of_party_is_stored_by_its_name(name):
    """An app's column holds the word."""
    assert PartyKind(name).name == name.upper()


def test_a_value_is_renamed():
    """It stays of the same money."""
    value = CustomerValue(revenue=5, customer="C-17")

    assert value.rename("C-18") == CustomerValue(revenue=5, customer="C-18")
    with pytest.raises(InvalidProfile, match="customer is ' '"):
        value.rename(" ")
