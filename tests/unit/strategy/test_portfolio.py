"""Portfolios: whom to invest in with one budget, and the price at which others would be in."""

from decimal import Decimal, localcontext
from itertools import combinations

import pytest
from attrs import evolve
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from custlife.strategy import InvalidCandidate
from custlife.strategy.candidates import Candidate, Candidates, Unit
from custlife.strategy.portfolio import LeftOut, WhyLeftOut, portfolio

LEAST = Decimal("1E-18")
"""The finest step of a cost."""

GREEDY, EXACT = 0, 10**7
"""How many points to look at, so that the method is known."""

every_method = pytest.mark.parametrize("method", [GREEDY, EXACT], ids=["greedy", "exact"])


def people(*pairs, unit=Unit.MONEY):
    """Candidates A, B, C and so on with these gains and costs."""
    return [
        Candidate(customer=chr(65 + n), gain=gain, cost=cost, unit=unit)
        for n, (gain, cost) in enumerate(pairs)
    ]


def names(choice):
    """Who was chosen."""
    return "".join(one.customer for one in choice.chosen)


def prices(choice):
    """The prices of those who were left out."""
    return {left.candidate.customer: left.price for left in choice.left_out}


def best(candidates, budget):
    """The most that any choice gains: all of them are tried."""
    choices = (c for size in range(9) for c in combinations(candidates, size))
    return max(
        sum(one.gain for one in choice)
        for choice in choices
        if sum(one.cost for one in choice) <= budget
    )


def with_cost(candidates, customer, cost):
    """The same candidates, one of them at another cost."""
    return [evolve(one, cost=cost) if one.customer == customer else one for one in candidates]


POOLS = st.sampled_from([4, 12, 40]).flatmap(
    lambda most: st.lists(st.tuples(st.integers(-2, most), st.integers(0, most)), max_size=8).map(
        lambda pairs: people(*pairs)
    )
)
BUDGETS = st.integers(0, 8) | st.integers(0, 40)


@pytest.mark.parametrize(
    ("arguments", "field", "expected"),
    [
        (([], -1), "budget", "an exact amount"),
        (([], 1.5), "budget", "an exact amount"),
        (([], Decimal("NaN")), "budget", "an exact amount"),
        ((["A"], 1), "candidate", "a Candidate"),
        ((people((1, 1), unit=Unit.CONTACTS), 1), "unit of 'A'", "mixed units"),
        (([*people((1, 1)), *people((2, 2))], 1), "customer", "given once"),
    ],
)
def test_a_portfolio_needs_one_budget_and_each_customer_once(arguments, field, expected):
    """Floats, negative budgets, mixed units and doubles are refused."""
    with pytest.raises(InvalidCandidate, match=expected) as caught:
        portfolio(*arguments)

    assert (caught.value.subject, caught.value.field) == ("portfolio", field)


def test_a_portfolio_is_chosen_from_those_that_are_known():
    """The unknown are not passed over unseen."""
    with pytest.raises(InvalidCandidate, match=r"Give candidates.known, and look at") as caught:
        portfolio(Candidates(tuple(people((1, 1))), ()), 1)

    assert (caught.value.subject, caught.value.field) == ("portfolio", "candidates")


def test_a_budget_of_contacts_is_whole():
    """There is no half of one."""
    with pytest.raises(InvalidCandidate, match=r"budget .*a whole number, as contacts are"):
        portfolio([], Decimal("1.5"), unit=Unit.CONTACTS)


@pytest.mark.parametrize(
    ("cost", "unit", "why", "price", "said"),
    [
        (2, Unit.MONEY, WhyLeftOut.NOT_WORTH_IT, None, ")"),
        (2, Unit.MONEY, WhyLeftOut.NOT_WORTH_IT, 0, "; costs 2, in only for nothing)"),
        (2, Unit.MONEY, WhyLeftOut.NOT_WORTH_IT, Decimal("1.5"), "; costs 2, in below 1.5)"),
        (2, Unit.CONTACTS, WhyLeftOut.NOT_WORTH_IT, Decimal("1.5"), ")"),
    ],
    ids=["no price", "price of nothing", "price", "contacts"],
)
def test_who_is_left_out_is_told_with_a_price(cost, unit, why, price, said):
    """Where there is one; nobody can be contacted by half."""
    candidate = Candidate(customer="A", gain=1, cost=cost, unit=unit)

    assert str(LeftOut(candidate, why, price)) == f"A ({why.value}{said}"


@pytest.mark.parametrize(
    ("option", "expected"), [({"unit": "money"}, "Unit"), ({"most_points": -1}, "a whole number")]
)
def test_the_options_of_a_portfolio_keep_their_bounds(option, expected):
    """Each is named where it is at fault."""
    with pytest.raises(InvalidCandidate, match=expected) as caught:
        portfolio([], 1, **option)

    assert [caught.value.field] == [*option]


@every_method
def test_nobody_to_choose_from(method):
    """Nothing is spent, and nothing more could be gained."""
    choice = portfolio([], 100, most_points=method)

    assert (choice.chosen, choice.left_out) == ((), ())
    assert (choice.spent, choice.gain, choice.bound, choice.is_exact) == (0, 0, 0, True)


@every_method
def test_whoever_gains_nothing_is_never_chosen(method):
    """Even with budget left, and even for nothing; there is no price for them."""
    choice = portfolio(people((0, 0), (-1, 0), (0, 1), (5, 1)), 100, most_points=method)

    assert names(choice) == "D"
    assert {left.why for left in choice.left_out} == {WhyLeftOut.NOT_WORTH_IT}
    assert prices(choice) == {"A": None, "B": None, "C": None}


@every_method
def test_whoever_costs_nothing_is_always_chosen(method):
    """First of all, and without a budget."""
    choice = portfolio(people((9, 1), (1, 0)), 0, most_points=method)

    assert names(choice) == "B"
    assert prices(choice) == {"A": 0}
    assert choice.is_exact


@every_method
def test_the_chosen_come_by_gain_per_cost(method):
    """Ratios 2, 3, 1 and 3: on a tie in the order given."""
    choice = portfolio(people((4, 2), (6, 2), (3, 3), (3, 1)), 100, most_points=method)

    assert names(choice) == "BDAC"
    assert (choice.spent, choice.gain, choice.bound) == (8, 16, 16)


def test_greed_goes_on_past_those_that_do_not_fit():
    """B needs 6 and there are 5 left; C fits."""
    choice = portfolio(people((10, 5), (9, 6), (4, 4)), 10, most_points=GREEDY)

    assert names(choice) == "AC"
    assert (choice.spent, choice.gain) == (9, 14)


def test_greed_alone_could_gain_next_to_nothing():
    """So the one great candidate goes first where it outweighs those before it."""
    # by gain per cost A (2 for 1) comes before B (100 for 100), which then does not fit
    choice = portfolio(people((2, 1), (100, 100)), 100, most_points=GREEDY)

    assert names(choice) == "B"
    assert choice.gain == 100


def test_an_exact_choice_beats_a_greedy_one():
    """A comes first by gain per cost, and leaves no room for B and C, which gain 14 together."""
    pool = people((10, 6), (7, 5), (7, 5))

    exact, greedy = (portfolio(pool, 10, most_points=method) for method in (EXACT, GREEDY))

    assert (names(exact), exact.gain, exact.is_exact) == ("BC", 14, True)
    assert (names(greedy), greedy.gain, greedy.is_exact) == ("A", 10, False)


def test_a_greedy_choice_is_not_exact_unless_it_reaches_the_bound():
    """A (5 for 3) is the best for its cost, but leaves 2 of 5 unspent."""
    pool = people((5, 3), (4, 3), (3, 2))

    greedy = portfolio(pool, 4, most_points=GREEDY)

    assert (names(greedy), greedy.gain) == ("A", 5)
    # what fits into the last 1 of C, at 1.5 each
    assert (greedy.bound, greedy.is_exact) == (Decimal("6.5"), False)


def test_of_equal_gains_the_cheaper_choice_is_taken():
    """B gains the same as A for less, and the price of A is what B costs."""
    choice = portfolio(people((6, 5), (6, 4)), 5)

    assert names(choice) == "B"
    assert prices(choice) == {"A": 4}


@pytest.mark.parametrize(
    ("method", "price"),
    [
        # B and C gain 7 against 5 of A, once B leaves 2 of 4 for C
        (EXACT, 2),
        # from 2.4 on down B comes before A, which then goes first as the greatest; it leaves 1
        (GREEDY, 1),
    ],
)
def test_a_price_is_that_of_the_method(method, price):
    """What is found greedily at another cost is not what would be best."""
    choice = portfolio(people((5, 3), (4, 3), (3, 2)), 4, most_points=method)

    assert names(choice) == "A"
    assert prices(choice)["B"] == price


def test_whoever_is_dearer_than_the_budget_has_a_price():
    """It would have been the greatest by far, had it only fitted."""
    pool = people((500, 30), (5, 5))

    exact, greedy = (portfolio(pool, 10, most_points=method) for method in (EXACT, GREEDY))

    assert names(exact) == names(greedy) == "B"
    assert prices(exact) == prices(greedy) == {"A": 10}


def test_prices_are_rounded_down():
    """A third is told to 18 decimal places, and is never promised in full."""
    # A must come before B, of which one unit gains 3: 1 for a third
    choice = portfolio(people((1, 1), (3, 1), (30, 1)), 2, most_points=GREEDY)

    assert prices(choice) == {"A": Decimal("0.333333333333333333")}


def test_the_bound_is_rounded_up():
    """Two thirds of 1 are more than any number of sixes says."""
    choice = portfolio(people((2, 2), (1, 3)), 4, most_points=GREEDY)

    assert choice.bound == Decimal("2.666666666666666667")


@pytest.mark.parametrize("most_points", [3, 5, 9, 17, 25])
def test_too_many_points_make_it_greedy(most_points):
    """Whether the choice or a price takes more of them than wanted."""
    pool = people((5, 3), (4, 2), (3, 2), (5, 4))

    choice = portfolio(pool, 5, most_points=most_points)

    # by gain per cost: B 2, A 1.67, C 1.5, D 1.25
    assert (names(choice), choice.gain, choice.is_exact) == ("BA", 9, True)


def test_one_contact_each_is_simply_the_best_first():
    """Many candidates of cost 1: the greedy choice reaches the bound."""
    pool = [Candidate(customer=str(n), gain=n, cost=1, unit=Unit.CONTACTS) for n in range(1, 3001)]

    choice = portfolio(pool, 1000, unit=Unit.CONTACTS)

    assert [one.customer for one in choice.chosen[:2]] == ["3000", "2999"]
    assert choice.is_exact
    # 2001 + ... + 3000
    assert (choice.spent, choice.gain) == (1000, 2_500_500)
    # who gains 2000 must offer more for a contact than the last one in, who gains 2001
    assert prices(choice)["2000"] == Decimal("0.999500249875062468")


def test_sums_are_exact_in_any_context():
    """However few digits the app calculates with."""
    pool = people((Decimal("1000000.01"), Decimal("0.07")), (Decimal("0.02"), Decimal("0.03")))

    with localcontext() as context:
        context.prec = 2
        choice = portfolio(pool, Decimal("0.10"))

    assert (choice.gain, choice.spent) == (Decimal("1000000.03"), Decimal("0.1"))


def test_a_portfolio_explains_itself():
    """How many, what for, how good, and who was next."""
    pool = people((9, 3), (8, 4), (7, 5), (6, 6), (5, 7), (4, 8), (-1, 1))

    text = portfolio(pool, 7, most_points=GREEDY).explain()

    # in below: C 7 x 4/8 = 3.5, as it must come before B; D 6 x 4/8 = 3; E 5 x 4/8 = 2.5
    assert text == (
        "2 of 7 candidates chosen; 7 of 7 spent (money).\n"
        "Expected net gain: 17, which is the most that any choice can gain.\n"
        "Chosen: A and B.\n"
        "Left out: C (no room: the budget gains more with others; costs 5, in below 3.5), "
        "D (no room: the budget gains more with others; costs 6, in below 3), "
        "E (no room: the budget gains more with others; costs 7, in below 2.5) and 1 more.\n"
        "Left out as not worth it: 1."
    )


def test_an_explanation_says_where_the_choice_may_not_be_the_best():
    """And does without what there is not."""
    text = portfolio(people((5, 3), (4, 3)), 4, most_points=GREEDY).explain()

    assert "; another choice may gain more, at most " in text
    assert "not worth it" not in text


def test_whoever_is_left_out_for_gaining_nothing_is_told_without_a_price():
    """There is none."""
    choice = portfolio(people((-1, 1)), 5)

    assert str(choice.left_out[0]) == "A (not worth it: nothing to gain)"
    assert "Chosen: nothing." in choice.explain()
    assert "Left out:" not in choice.explain()


@every_method
@settings(max_examples=25)
@given(POOLS, BUDGETS)
def test_a_choice_keeps_its_promises(method, pool, budget):
    """It holds the budget, gains half of the best at least, and no choice exceeds the bound."""
    choice = portfolio(pool, budget, most_points=method)
    most = best(pool, budget)

    assert choice.spent == sum(one.cost for one in choice.chosen) <= budget
    assert choice.gain == sum(one.gain for one in choice.chosen)
    assert choice.gain <= most <= min(choice.bound, 2 * choice.gain)
    assert choice.gain == most or not choice.is_exact
    assert choice.is_exact or method == GREEDY


@every_method
@settings(max_examples=25)
@given(POOLS, BUDGETS)
def test_nobody_is_lost(method, pool, budget):
    """Whoever was given is either chosen or left out."""
    choice = portfolio(pool, budget, most_points=method)

    everybody = [*choice.chosen, *(left.candidate for left in choice.left_out)]

    assert sorted(everybody, key=lambda one: one.customer) == pool


@every_method
@settings(max_examples=30)
@given(pool=POOLS, budget=BUDGETS, data=st.data())
def test_a_price_is_right(method, pool, budget, data):
    """At any cost below the price a candidate is chosen, and at its own cost it is not."""
    choice = portfolio(pool, budget, most_points=method)
    priced = [left for left in choice.left_out if left.price]
    assume(priced)
    left = data.draw(st.sampled_from(priced))
    customer, price = left.candidate.customer, left.price
    lower = data.draw(st.decimals(0, price - LEAST, places=18)) if price > LEAST else Decimal(0)

    just_below, below = (
        names(portfolio(with_cost(pool, customer, cost), budget, most_points=method))
        for cost in (price - LEAST, lower)
    )

    assert price <= left.candidate.cost
    assert customer in just_below
    assert customer in below


@every_method
@pytest.mark.parametrize(
    ("pairs", "budget"),
    [
        (((1, 1), (6, 6), (4, 6)), 8),
        (((3, 3), (1, 2), (2, 3), (2, 3)), 3),
        (((12, 11), (3, 9), (10, 10), (12, 8), (11, 11)), 13),
        (((1, 1), (9, 10), (3, 4), (2, 3)), 10),
        (((4, 2), (9, 10), (3, 3), (3, 5)), 10),
    ],
)
def test_a_price_is_right_where_the_greatest_stands_in_the_way(method, pairs, budget):
    """Whoever comes first at a lower cost can put the greatest ahead of all."""
    pool = people(*pairs)
    choice = portfolio(pool, budget, most_points=method)

    in_below = [
        names(portfolio(with_cost(pool, name, max(price - LEAST, 0)), budget, most_points=method))
        for name, price in prices(choice).items()
    ]

    assert all(name in chosen for name, chosen in zip(prices(choice), in_below, strict=True))


@every_method
@settings(max_examples=25)
@given(POOLS, BUDGETS, st.randoms())
@example(people((3, 2), (3, 2)), 2, None)
def test_the_order_does_not_matter_where_nothing_ties(method, pool, budget, random):
    """The gains are made to differ, and with them all sums and ratios: no cost reaches 43."""
    apart = [
        evolve(one, gain=one.gain + Decimal(43**n) / 10**15, cost=one.cost + 1)
        for n, one in enumerate(pool)
    ]
    shuffled = sorted(apart, key=lambda one: random.random() if random else -ord(one.customer))

    one, other = (portfolio(p, budget, most_points=method) for p in (apart, shuffled))

    assert names(one) == names(other)
    assert prices(one) == prices(other)
