"""Counterfactuals: a flip is true, it is the smallest, and none is left out."""

import decimal
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import Cause, Complained, Departed, Purchased, Relationship
from custlife.strategy import (
    Counterfactual,
    CustomerValue,
    Profile,
    Signals,
    Strategy,
    buttle_selector,
    fact_named,
    recommend,
)
from custlife.strategy.counterfactuals import nearest_changes, size
from custlife.strategy.fact import FactKind
from custlife.strategy.facts import INPUTS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)))
PEOPLE = [
    PROSPECT,
    CUSTOMER,
    *(CUSTOMER.apply(Departed(at=NOW, cause=why)) for why in (Cause.PRICE, Cause.UNKNOWN)),
]
CENT = Decimal("0.01")


def split(name, limit):
    """What is decided by one number alone; who is unknown or below is harvested."""

    def decide(profile):
        number = fact_named(name).read(profile)
        above = number is not None and number >= limit
        return (Strategy.PROTECT, "HIGH") if above else (Strategy.HARVEST, "LOW")

    return decide


def found(profile, decide, name, limits=None):
    """The flips of one fact."""
    now, _ = decide(profile)
    return nearest_changes(profile, now, decide, [name], {} if limits is None else {name: limits})


def customer(**inputs):
    return Profile(relationship=CUSTOMER).altered(**inputs)


# --- one fact at a time ------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [None, [Decimal(70)], [Decimal(1), Decimal(70)]], ids=str)
@pytest.mark.parametrize(
    ("name", "was", "to"),
    [
        ("revenue", 20, "70"),
        ("revenue", 500, "69.99"),
        ("revenue", 70, "69.99"),
        ("revenue", Decimal("69.99"), "70"),
        ("cost_to_serve", 0, "70"),
        ("remaining_value", -500, "70"),
        ("remaining_years", 999, "69.99"),
        ("purchases", 3, "70"),
        ("purchases", 90, "69"),
        ("effort_response", Decimal("1.5"), "70"),
    ],
    ids=str,
)
def test_a_number_flips_just_beyond_the_limit(name, was, to, limits):
    """Whether the limits are known or searched for."""
    (flip,) = found(customer(**{name: was}), split(name, 70), name, limits)

    assert (flip.fact, flip.was, flip.to) == (name, was, Decimal(to))
    assert type(flip.to) is type(fact_named(name).read(customer(**{name: was})))


@pytest.mark.parametrize("limits", [None, [Decimal("0.37")]], ids=str)
@pytest.mark.parametrize(("was", "to"), [(0, "0.37"), (0.1, "0.37"), (1, "0.36"), (0.37, "0.36")])
def test_a_share_flips_within_its_bounds(was, to, limits):
    """And never beyond them."""
    decide = split("competition", Decimal("0.37"))

    (flip,) = found(customer(competition=was), decide, "competition", limits)

    assert (flip.to, flip.size) == (Decimal(to), abs(Decimal(to) - Decimal(str(was))))


@pytest.mark.parametrize(
    ("name", "was", "limit"),
    [("competition", 0.5, 2), ("revenue", 5, -1), ("remaining_years", 5, 1001), ("margin", 5, 11)],
)
def test_a_change_beyond_what_is_allowed_is_no_flip(name, was, limit):
    """No share above one, no negative revenue, no margin above the revenue."""
    profile = evolve(customer(revenue=10), signals=Signals()).altered(**{name: was})

    assert found(profile, split(name, limit), name) == ()
    assert found(profile, split(name, limit), name, [Decimal(limit)]) == ()


@pytest.mark.parametrize(("name", "to"), [("remaining_years", 3), ("revenue", 3), ("margin", 3)])
def test_what_is_unknown_could_turn_out_to_be_beyond_the_limit(name, to):
    """Its change has no size."""
    (flip,) = found(customer(), split(name, to), name, [Decimal(to)])

    assert (flip.was, flip.to, flip.size) == (None, to, None)


def test_a_change_of_one_step_is_found_where_no_other_change_would_do():
    """Where no limit is published, the search begins with the nearest value on each side."""

    def decide(profile):
        only = profile.value.revenue == Decimal("20.01")
        return (Strategy.PROTECT, "ONLY") if only else (Strategy.HARVEST, "ELSE")

    (flip,) = found(customer(revenue=20), decide, "revenue")

    assert flip.to == Decimal("20.01")


def test_counterfactuals_start_from_the_purchases_on_record():
    """They are known from there."""
    (flip,) = found(customer(), split("purchases", 3), "purchases", [Decimal(3)])

    assert (flip.was, flip.to) == (1, 3)


@pytest.mark.parametrize(("was", "to", "size_"), [(True, False, 1), (False, True, 1)])
def test_a_flag_flips_to_its_opposite(was, to, size_):
    """There is nothing in between."""
    (flip,) = found(customer(strategic=was), split("strategic", 1), "strategic")

    assert (flip.was, flip.to, flip.size) == (was, to, size_)


def test_an_unknown_flag_flips_to_what_changes_the_answer():
    """Whichever it is."""

    def contrary(profile):
        kept = profile.signals.strategic is not False
        return (Strategy.PROTECT, "KEPT") if kept else (Strategy.END, "LET")

    (unknown,) = found(customer(), contrary, "strategic")
    (open_,) = found(customer(), split("strategic", 1), "strategic")

    assert (unknown.was, unknown.to, unknown.strategy) == (None, False, Strategy.END)
    assert (open_.was, open_.to, open_.strategy) == (None, True, Strategy.PROTECT)


def test_the_nearer_of_two_sides_flips():
    """Up or down, whichever change is smaller."""

    def middling(profile):
        inside = 10 < profile.value.revenue < 50
        return (Strategy.HARVEST, "IN") if inside else (Strategy.ENHANCE, "OUT")

    limits = [Decimal(10), Decimal(50)]
    (down,) = found(customer(revenue=12), middling, "revenue", limits)
    (up,) = found(customer(revenue=48), middling, "revenue", limits)
    (searched,) = found(customer(revenue=48), middling, "revenue")

    assert (down.to, up.to, searched.to) == (10, 50, 50)


def test_an_answer_that_never_changes_has_no_flip():
    """Nor has a fact that cannot be otherwise, or none at all."""
    profile, now = customer(revenue=5), Strategy.HARVEST

    assert nearest_changes(profile, now, split("revenue", 10**60), list(INPUTS), {}) == ()
    assert (
        nearest_changes(profile, now, split("cycle", 2), ["cycle", "room", "profit", "party"], {})
        == ()
    )
    assert nearest_changes(profile, now, split("revenue", 7), [], {}) == ()


def test_flips_come_by_size_and_the_unknown_last():
    """A change of what is known comes before what could be learnt."""

    def decide(profile):
        signals = profile.signals
        key = signals.strategic or signals.courted or (signals.competition or 0) > Decimal("0.5")
        return (Strategy.PROTECT, "KEY") if key else (Strategy.ENHANCE, "OPEN")

    profile = customer(strategic=False, competition=0.4)
    asked = ["strategic", "courted", "competition"]
    order = [flip.fact for flip in nearest_changes(profile, Strategy.ENHANCE, decide, asked, {})]

    assert order == ["competition", "strategic", "courted"]


@pytest.mark.parametrize(
    ("kind", "was", "to", "expected"),
    [
        (FactKind.FLAG, True, False, 1),
        (FactKind.FLAG, None, True, None),
        (FactKind.SHARE, Decimal("0.4"), Decimal("0.5"), Decimal("0.1")),
        (FactKind.MONEY, Decimal(50), Decimal(100), Decimal("0.5")),
        (FactKind.MONEY, Decimal(100), Decimal(50), Decimal("0.5")),
        (FactKind.MONEY, Decimal(0), Decimal(50), 1),
        (FactKind.BALANCE, Decimal(-50), Decimal(50), 2),
        (FactKind.COUNT, 2, Decimal(4), Decimal("0.5")),
        (FactKind.YEARS, None, Decimal(4), None),
    ],
    ids=str,
)
def test_the_size_of_a_change_can_be_compared(kind, was, to, expected):
    """One for yes to no, the difference of shares, the relative difference of other numbers."""
    assert size(kind, was, to) == expected


@pytest.mark.parametrize(
    ("was", "to", "said"),
    [
        (True, False, "if need ending were no instead of yes: end, by row R"),
        (
            None,
            Decimal("99.90"),
            "if need ending, which is unknown, turned out to be 99.9: end, by row R",
        ),
    ],
    ids=["known", "unknown"],
)
def test_a_flip_reads_as_a_sentence(was, to, said):
    """With values in words."""
    assert str(Counterfactual("need_ending", was, to, Strategy.END, "R", None)) == said


# --- of the default table ----------------------------------------------------------------------

FLAGS = ("target", "strategic", "courted", "interest", "cash_flow_stable", "need_ending")
SHARES = ("competition", "improvement_chance", "defection_risk")
MONEY = ("potential_value", "revenue_upside", "reducible_cost", "regain_cost", "regain_benefit")
GRID = {
    **dict.fromkeys(FLAGS, (True, False)),
    **dict.fromkeys(
        SHARES,
        tuple(map(Decimal, ("0", "0.01", "0.19", "0.2", "0.21", "0.49", "0.5", "0.51", "1"))),
    ),
    **dict.fromkeys(
        (*MONEY, "margin", "cost_to_serve"),
        (
            *map(Decimal, ("0", "0.01", "0.02", "49.99", "50", "50.01", "99.99", "100", "100.01")),
            Decimal("123456.78"),
        ),
    ),
    "effort_response": tuple(map(Decimal, ("0", "0.99", "1", "1.01", "9"))),
}
"""For each input that the default table asks for, numbers on each side of every limit."""
profiles = st.builds(
    lambda who, inputs: Profile(relationship=who).altered(**inputs),
    st.sampled_from(PEOPLE),
    st.fixed_dictionaries(
        {name: st.sampled_from([None, *values]) for name, values in GRID.items()}
    ),
)
quick = settings(max_examples=40)


def strategy(profile, **change):
    return recommend(profile.altered(**change)).strategy


@quick
@given(profiles)
def test_a_flip_is_true(profile):
    """Ask again with the change, and the strategy and row are those that it names."""
    now = recommend(profile)

    for flip in now.counterfactuals():
        then = recommend(profile.altered(**{flip.fact: flip.to}))

        assert then.strategy is flip.strategy is not now.strategy
        assert then.row == flip.row
        assert flip.was == fact_named(flip.fact).read(profile)
        assert flip.size == size(fact_named(flip.fact).kind, flip.was, flip.to)


def nearer(flip, profile):
    """Values between what a fact is and what would flip it, on either side, limits among them."""
    step = INPUTS[flip.fact].kind.step
    far = abs(flip.to - flip.was)
    others = [value for value in map(profile_number(profile), INPUTS) if value is not None]
    ends = {*GRID[flip.fact], *others, *(a + b for a in others for b in (Decimal(0), -flip.was))}
    around = {end + n * step for end in (*ends, flip.to, flip.was) for n in (-1, 0, 1)}
    halves = {(flip.was + (flip.to - flip.was) * n / 8).quantize(step) for n in range(1, 8)}
    allowed = INPUTS[flip.fact].kind.allows
    return [to for to in {*around, *halves} if abs(to - flip.was) < far and allowed(to)]


def profile_number(profile):
    def number(name):
        value = INPUTS[name].read(profile)
        return value if isinstance(value, Decimal) else None

    return number


@quick
@given(profiles)
def test_a_flip_is_the_smallest_change_of_its_fact(profile):
    """No value nearer to what it is changes the strategy, not by one step either."""
    advice = recommend(profile)
    known = [flip for flip in advice.counterfactuals() if isinstance(flip.was, Decimal)]

    for flip in known:
        same = {strategy(profile, **{flip.fact: to}) for to in nearer(flip, profile)}

        assert same <= {advice.strategy}


@quick
@given(profiles)
def test_a_number_never_flips_further_than_needed(profile):
    """One step back towards what it is, the strategy is as it was."""
    advice = recommend(profile)
    known = [flip for flip in advice.counterfactuals() if isinstance(flip.was, Decimal)]

    for flip in known:
        step = INPUTS[flip.fact].kind.step
        back = flip.to - step.copy_sign(flip.to - flip.was)

        assert strategy(profile, **{flip.fact: back}) is advice.strategy


def meeting(name, profile):
    """For an amount, the other numbers of the profile, and a cent more."""
    numbers = [*filter(None, map(profile_number(profile), INPUTS))]
    amount = name in {*MONEY, "margin", "cost_to_serve"}
    return [value + more for value in numbers for more in (Decimal(0), CENT) if amount]


@settings(max_examples=30)
@given(profiles)
def test_no_flip_is_left_out(profile):
    """A fact without a flip may be anything, alone, and the strategy stays."""
    advice = recommend(profile)
    flipping = {flip.fact for flip in advice.counterfactuals()}

    for name in set(GRID) - flipping:
        values = {*GRID[name], *meeting(name, profile)}

        assert {strategy(profile, **{name: to}) for to in values} <= {advice.strategy}


@quick
@given(profiles)
def test_the_smallest_flip_comes_first(profile):
    """None is smaller; what is unknown stands last."""
    every = recommend(profile).counterfactuals()
    known = [flip.size for flip in every if flip.size is not None]

    assert recommend(profile).counterfactual() == next(iter(every), None)
    assert known == sorted(known)
    assert [flip.size for flip in every] == [*known, *[None] * (len(every) - len(known))]


@pytest.mark.parametrize(
    ("inputs", "fact", "to"),
    [
        ({"margin": 1000, "cost_to_serve": 40, "reducible_cost": 50}, "margin", "39.99"),
        ({"margin": 30, "cost_to_serve": 40, "reducible_cost": 50}, "margin", "40"),
        ({"margin": 30, "cost_to_serve": 31, "reducible_cost": 50}, "cost_to_serve", "30"),
        (
            {"margin": Decimal("30.005"), "cost_to_serve": 40, "reducible_cost": 50},
            "margin",
            "40",
        ),
    ],
)
def test_a_profit_flips_by_its_margin_or_its_cost(inputs, fact, to):
    """Where the other one puts the limit."""
    flip = {flip.fact: flip for flip in recommend(customer(**inputs)).counterfactuals()}[fact]

    assert flip.to == Decimal(to)


@pytest.mark.parametrize(
    ("fact", "to"), [("regain_cost", "123456.78"), ("regain_benefit", "99.99")]
)
def test_facts_held_against_each_other_flip_where_they_meet(fact, to):
    """Each at what the other one is."""
    worth = {
        "strategic": True,
        "regain_benefit": Decimal("123456.78"),
        "regain_cost": Decimal("99.99"),
    }
    profile = Profile(relationship=PEOPLE[2]).altered(**worth)

    flip = {flip.fact: flip for flip in recommend(profile).counterfactuals()}[fact]

    assert (flip.to, flip.strategy) == (Decimal(to), Strategy.END)


@pytest.mark.parametrize(
    ("fact", "to"), [("regain_cost", "70"), ("answer_cost", "40"), ("regain_benefit", "90")]
)
def test_the_parts_of_a_bill_flip_where_their_sum_meets_the_benefit(fact, to):
    """Each at the benefit less the other one."""
    loud = CUSTOMER.apply(Complained(at=NOW, public=True), Departed(at=NOW, cause=Cause.PRICE))
    worth = {"strategic": True, "regain_benefit": 100, "regain_cost": 60, "answer_cost": 30}

    advice = recommend(Profile(relationship=loud).altered(**worth))
    flip = {flip.fact: flip for flip in advice.counterfactuals()}[fact]

    assert (flip.to, flip.strategy) == (Decimal(to), Strategy.END)
    assert advice.selector.thresholds(advice.profile)["answer_cost"] == {Decimal(40)}


def test_a_part_that_does_not_count_flips_nothing():
    """Nobody complained in public, so what an answer costs does not matter."""
    worth = {"strategic": True, "regain_benefit": 100, "regain_cost": 60, "answer_cost": 30}
    profile = Profile(relationship=PEOPLE[2]).altered(**worth)

    assert "answer_cost" not in {flip.fact for flip in recommend(profile).counterfactuals()}
    assert buttle_selector().thresholds(profile)["answer_cost"] == set()


@quick
@given(profiles)
def test_flips_are_the_same_whatever_context_the_app_has_set(profile):
    """Facts, values and order; also where three digits are kept and floats are forbidden."""
    expected = [(flip.fact, flip.to, flip.row) for flip in recommend(profile).counterfactuals()]

    with decimal.localcontext(prec=3, traps=[decimal.FloatOperation]):
        told = [(flip.fact, flip.to, flip.row) for flip in recommend(profile).counterfactuals()]

    assert told == expected


def test_the_size_of_a_change_is_the_same_whatever_context_the_app_has_set():
    """It decides the order of the flips."""
    was, to = Decimal("123456.78"), Decimal("99.99")
    expected = size(FactKind.MONEY, was, to)

    with decimal.localcontext(prec=3):
        told = size(FactKind.MONEY, was, to)

    assert told == expected


def test_the_default_selector_says_where_its_numbers_change_the_answer():
    """So that no flip has to be searched for."""
    value = CustomerValue(margin=100, cost_to_serve=30)
    limits = buttle_selector().thresholds(Profile(relationship=CUSTOMER, value=value))

    assert {name: set(numbers) for name, numbers in limits.items() if numbers} == {
        # The loss that is borne, none, and cash that is large: -500, 0 and 1000.
        "margin": {Decimal(-470), Decimal(30), Decimal(1030)},
        # The same, and what is considerable: 100.
        "cost_to_serve": {Decimal(600), Decimal(100), Decimal(-900)},
        "purchases": {Decimal(1)},
        "competition": {Decimal("0.5")},
        "defection_risk": {Decimal("0.5")},
        "improvement_chance": {Decimal("0.2")},
        "reducible_cost": {Decimal(50)},
        "revenue_upside": {Decimal(50)},
        "effort_response": {Decimal(1)},
    }
