"""Candidates and portfolios: which customers to invest in with one budget."""

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import combinations
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custlife import Cause, Contacted, Departed, Purchased, Relationship
from custlife.errors import InvalidArgument
from custlife.strategy import InvalidCandidate, Profile, Strategy, recommend
from custlife.strategy.estimates import CostModel
from custlife.strategy.portfolio import (
    MOST_POINTS,
    Candidate,
    Candidates,
    Unit,
    candidates_of,
    portfolio,
)
from custlife.strategy.selectors.economics import economic_selector

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17").apply(Contacted(at=NOW))
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(20)))
FORMER = CUSTOMER.apply(Departed(at=NOW + timedelta(days=9), cause=Cause.PRICE))

GREEDY, EXACT = 0, MOST_POINTS
"""How many points to look at, so that the method is known."""

every_method = pytest.mark.parametrize("method", [GREEDY, EXACT], ids=["greedy", "exact"])


def people(*pairs, unit=Unit.MONEY):
    """Candidates A, B, C and so on with these gains and costs."""
    return [
        Candidate(customer=chr(65 + n), gain=gain, cost=cost, unit=unit)
        for n, (gain, cost) in enumerate(pairs)
    ]


def solve(candidates, budget, points):
    """The portfolio where an exact choice tries so many points."""
    with patch.object(sys.modules[portfolio.__module__], "MOST_POINTS", points):
        return portfolio(candidates, budget)


def names(choice):
    """Who was chosen."""
    return "".join(one.customer for one in choice.chosen)


def best(candidates, budget):
    """The most that any choice gains: all of them are tried."""
    choices = (c for size in range(9) for c in combinations(candidates, size))
    return max(
        sum(one.gain for one in choice)
        for choice in choices
        if sum(one.cost for one in choice) <= budget
    )


POOLS = st.sampled_from([4, 12, 40]).flatmap(
    lambda most: st.lists(st.tuples(st.integers(-2, most), st.integers(0, most)), max_size=8).map(
        lambda pairs: people(*pairs)
    )
)
BUDGETS = st.integers(0, 8) | st.integers(0, 40)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("customer", "", "a string"),
        ("gain", 1.5, "a Decimal"),
        ("gain", Decimal("NaN"), "a Decimal"),
        ("gain", Decimal("Infinity"), "a Decimal"),
        ("gain", Decimal("1E-1501"), "a Decimal"),
        ("gain", Decimal("1E-999999999999"), "a Decimal"),
        ("gain", Decimal("0E+999999999999"), "a Decimal"),
        ("gain", Decimal("1E46"), "a Decimal"),
        ("gain", Decimal("-1E46"), "a Decimal"),
        ("gain", True, "a Decimal"),
        ("cost", 1.5, "an exact amount"),
        ("cost", -1, "an exact amount"),
        ("cost", Decimal("Infinity"), "an exact amount"),
        ("unit", "money", "a Unit"),
    ],
)
def test_a_candidate_keeps_its_bounds(field, value, expected):
    """A value out of them is refused, by name."""
    given_ = {"customer": "A", "gain": 1, "cost": 1, field: value}

    with pytest.raises(InvalidCandidate, match=f"candidate: {field}.*{expected}") as caught:
        Candidate(**given_)

    assert (caught.value.subject, caught.value.field) == ("candidate", field)


def advised(relationship, **inputs):
    """What the economic selector advises for a customer with these inputs."""
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


def test_a_candidates_cost_and_cost_model_can_be_given():
    """Two contacts for each; and a start that costs less gains more."""
    advice = advised(PROSPECT, potential_value=200)

    one = Candidate.of(advice, CostModel(start_cost=20), unit=Unit.CONTACTS, cost=2)

    assert (one.gain, one.cost) == (100, 2)


def test_money_beyond_the_assumed_cost_lowers_the_gain():
    """A start that takes 60 instead of 50 gains 10 less than 70."""
    one = Candidate.of(advised(PROSPECT, potential_value=200), cost=60)

    assert (one.gain, one.cost) == (60, 60)


def test_a_candidate_gains_by_the_likelihood_of_a_purchase():
    """As the estimate does; the constant of the cost model counts where it is unknown."""
    gains = [
        Candidate.of(advised(PROSPECT, potential_value=200, purchase_likelihood=likelihood)).gain
        for likelihood in (None, Decimal("0.5"))
    ]

    # 0.2 x 200 x 3 - 50, and 0.5 x 200 x 3 - 50
    assert gains == [70, 250]


def test_a_candidate_says_what_its_gain_assumes():
    """The constant that stands in for a likelihood is named, also by the portfolio."""
    assumed = Candidate.of(advised(PROSPECT, potential_value=500))
    told = Candidate.of(advised(Relationship("C-18"), potential_value=500, purchase_likelihood=0.4))

    assert assumed.assumed == ("purchase_likelihood", "reputation")
    assert told.assumed == ("reputation",)
    assert repr(told) == "<Candidate C-18: gain 550 (reputation assumed), cost 50>"
    assert portfolio([assumed, told], 100).explain().splitlines()[-2:] == [
        "The reputation is unknown, and assumed: C-18 and C-17.",
        "The purchase likelihood is unknown, and assumed: C-17.",
    ]


@pytest.mark.parametrize("assumed", ["reputation", ["reputation"], ("",), (1,)], ids=repr)
def test_what_a_gain_assumes_is_a_tuple_of_names(assumed):
    """One bare name is none."""
    with pytest.raises(InvalidCandidate, match=r"assumed is .* a tuple of names") as caught:
        Candidate(customer="C-1", gain=1, cost=1, assumed=assumed)

    assert caught.value.field == "assumed"


def test_contacts_are_whole():
    """There is no half of one; of money there is."""
    with pytest.raises(InvalidCandidate, match=r"cost .*a whole number, as contacts are") as caught:
        Candidate(customer="A", gain=1, cost=Decimal("0.5"), unit=Unit.CONTACTS)

    assert (caught.value.subject, caught.value.field) == ("candidate", "cost")
    assert Candidate(customer="A", gain=1, cost=Decimal("0.5")).cost == Decimal("0.5")
    assert Candidate(customer="A", gain=1, cost=Decimal("2.0"), unit=Unit.CONTACTS).cost == 2


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"recommendations": [Profile(relationship=PROSPECT)]}, "advice"),
        ({"recommendations": None}, "recommendations"),
        ({"recommendations": "C-17"}, "recommendations"),
        ({"recommendations": [advised(CUSTOMER)], "unit": 1}, "unit"),
        ({"recommendations": [advised(CUSTOMER)], "cost_model": 1}, "cost_model"),
    ],
    ids=str,
)
def test_candidates_are_made_of_recommendations(arguments, field):
    """An argument of the wrong type is refused by name, and not collected as unknown."""
    with pytest.raises(InvalidArgument) as caught:
        candidates_of(**arguments)

    assert caught.value.field == field


def test_an_unknown_gain_makes_no_candidate():
    """The error names what is missing."""
    advice = recommend(Profile(relationship=FORMER).altered(strategic=True))
    unknown = evolve(advice, strategy=Strategy.WIN_BACK)

    with pytest.raises(InvalidCandidate, match="win back, which needs regain benefit and regain"):
        Candidate.of(unknown)


def test_a_strategy_that_is_ruled_out_makes_no_candidate():
    """The error names the rule."""
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
    with pytest.raises(InvalidArgument, match="a Recommendation") as caught:
        Candidate.of(Profile(relationship=PROSPECT))

    assert (caught.value.subject, caught.value.field) == ("Candidate.of()", "advice")


def test_nobody_is_dropped_silently():
    """Recommendations of unknown gain are kept apart, each with its error."""
    known = advised(PROSPECT, potential_value=200)
    unknown = recommend(Profile(relationship=Relationship("C-18")))

    found = candidates_of([known, unknown], unit=Unit.CONTACTS)

    assert isinstance(found, Candidates)
    assert found.known == (Candidate.of(known, unit=Unit.CONTACTS),)
    assert [error.subject for error in found.unknown] == ["candidate C-18, prospect (potential)"]


def test_the_smallest_numbers_make_a_candidate():
    """No product of what an app can give is too small."""
    least = 5e-324
    advice = advised(
        CUSTOMER,
        margin=1,
        cost_to_serve=Decimal("0.5"),
        defection_risk=least,
        remaining_years=least,
    )
    model = CostModel(protect_effect=least, protect_cost=0)

    one = Candidate.of(evolve(advice, strategy=Strategy.PROTECT), model)
    choice = portfolio([one], 1)

    assert one.gain == Decimal("625E-973")
    assert choice.gain == one.gain
    assert repr(one) == "<Candidate C-17: gain 6.2E-971, cost 0>"
    assert "Expected net gain: 6.2E-971, the most that any" in choice.explain()


def test_candidates_have_short_reprs():
    """In the unit of the budget."""
    money, one, two = (
        Candidate(customer="C-17", gain=Decimal("70.50"), cost=cost, unit=unit)
        for cost, unit in ((50, Unit.MONEY), (1, Unit.CONTACTS), (2, Unit.CONTACTS))
    )

    assert repr(money) == "<Candidate C-17: gain 70.5, cost 50>"
    assert repr(one) == "<Candidate C-17: gain 70.5, cost 1 contact>"
    assert repr(two) == "<Candidate C-17: gain 70.5, cost 2 contacts>"
    assert repr(Candidates((money,), ())) == "<Candidates: 1 known, 0 unknown>"


# --- the portfolio ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "field", "expected"),
    [
        ({"budget": -1}, "budget", "an exact amount"),
        ({"budget": 1.5}, "budget", "an exact amount"),
        ({"budget": Decimal("NaN")}, "budget", "an exact amount"),
        ({"budget": None}, "budget", "an exact amount"),
        ({"candidates": ["A"]}, "candidate", "a Candidate"),
        ({"candidates": None}, "candidates", "an iterable of candidates"),
        ({"candidates": "A"}, "candidates", "an iterable of candidates"),
        ({"unit": "money"}, "unit", "a Unit"),
        ({"budget": Decimal("1.5"), "unit": Unit.CONTACTS}, "budget", "a whole number, as"),
    ],
    ids=str,
)
def test_a_portfolio_checks_its_arguments(arguments, field, expected):
    """Floats, negative budgets and half contacts are refused by name."""
    with pytest.raises(InvalidArgument, match=expected) as caught:
        portfolio(**{"candidates": [], "budget": 1, **arguments})

    assert (caught.value.subject, caught.value.field) == ("portfolio()", field)


@pytest.mark.parametrize(
    ("candidates", "field", "expected"),
    [
        (people((1, 1), unit=Unit.CONTACTS), "unit of 'A'", "units are mixed"),
        ([*people((1, 1)), *people((2, 2))], "customer", "given once"),
    ],
    ids=["unit", "twice"],
)
def test_a_portfolio_needs_one_unit_and_each_customer_once(candidates, field, expected):
    """Mixed units and doubles are refused."""
    with pytest.raises(InvalidCandidate, match=expected) as caught:
        portfolio(candidates, 1)

    assert (caught.value.subject, caught.value.field) == ("portfolio", field)


def test_a_portfolio_is_chosen_from_those_that_are_known():
    """The unknown are not passed over unseen."""
    with pytest.raises(InvalidArgument, match=r"candidates_of\(\.\.\.\)\.known") as caught:
        portfolio(Candidates(tuple(people((1, 1))), ()), 1)

    assert (caught.value.subject, caught.value.field) == ("portfolio()", "candidates")


@every_method
def test_nobody_to_choose_from(method):
    """Nothing is spent, and nothing more could be gained."""
    choice = solve([], 100, method)

    assert (choice.chosen, choice.left_out) == ((), ())
    assert (choice.spent, choice.gain, choice.bound, choice.is_exact) == (0, 0, 0, True)


@every_method
def test_a_candidate_that_gains_nothing_is_never_chosen(method):
    """Even with budget left, and even at no cost."""
    choice = solve(people((0, 0), (-1, 0), (0, 1), (5, 1)), 100, method)

    assert names(choice) == "D"
    assert [one.customer for one in choice.not_worth_it] == ["A", "B", "C"]
    assert choice.left_out == ()


@every_method
def test_a_candidate_that_costs_nothing_is_always_chosen(method):
    """First of all, and without a budget."""
    choice = solve(people((9, 1), (1, 0)), 0, method)

    assert names(choice) == "B"
    assert [one.customer for one in choice.left_out] == ["A"]
    assert choice.is_exact


@every_method
def test_the_chosen_come_by_gain_per_cost(method):
    """Ratios 2, 3, 1 and 3: on a tie in the order given."""
    choice = solve(people((4, 2), (6, 2), (3, 3), (3, 1)), 100, method)

    assert names(choice) == "BDAC"
    assert (choice.spent, choice.gain, choice.bound) == (8, 16, 16)


def test_greed_goes_on_past_those_that_do_not_fit():
    """B needs 6 and there are 5 left; C fits."""
    choice = solve(people((10, 5), (9, 6), (4, 4)), 10, GREEDY)

    assert names(choice) == "AC"
    assert (choice.spent, choice.gain) == (9, 14)


def test_greed_alone_could_gain_next_to_nothing():
    """So the one great candidate goes first where it outweighs those before it."""
    # by gain per cost A (2 for 1) comes before B (100 for 100), which then does not fit
    choice = solve(people((2, 1), (100, 100)), 100, GREEDY)

    assert names(choice) == "B"
    assert choice.gain == 100


def test_an_exact_choice_beats_a_greedy_one():
    """A comes first by gain per cost, and leaves no room for B and C, which gain 14 together."""
    pool = people((10, 6), (7, 5), (7, 5))

    exact, greedy = (solve(pool, 10, method) for method in (EXACT, GREEDY))

    assert (names(exact), exact.gain, exact.is_exact) == ("BC", 14, True)
    assert (names(greedy), greedy.gain, greedy.is_exact) == ("A", 10, False)


@pytest.mark.parametrize(("points", "gain", "is_exact"), [(7, 10, False), (8, 14, True)])
def test_an_exact_choice_takes_points(points, gain, is_exact):
    """8 points try all choices of three."""
    choice = solve(people((10, 6), (7, 5), (7, 5)), 10, points)

    assert (choice.gain, choice.is_exact) == (gain, is_exact)
    assert choice.bound >= 14


def test_a_greedy_choice_is_not_exact_unless_it_reaches_the_bound():
    """A (5 for 3) is the best for its cost, but leaves 2 of 5 unspent."""
    pool = people((5, 3), (4, 3), (3, 2))

    greedy = solve(pool, 4, GREEDY)

    assert (names(greedy), greedy.gain) == ("A", 5)
    # the last 1 of the budget would bring 1.5 with a part of C, and gains are whole numbers
    assert (greedy.bound, greedy.is_exact) == (6, False)


def test_of_equal_gains_the_cheaper_choice_is_taken():
    """B gains the same as A for less."""
    choice = portfolio(people((6, 5), (6, 4)), 5)

    assert names(choice) == "B"


def test_a_candidate_dearer_than_the_budget_is_left_out():
    """It would have been the greatest by far, had it only fitted."""
    pool = people((500, 30), (5, 5))

    exact, greedy = (solve(pool, 10, method) for method in (EXACT, GREEDY))

    assert names(exact) == names(greedy) == "B"
    assert [one.customer for one in exact.left_out] == ["A"]


def test_the_bound_is_as_fine_as_the_gains():
    """Two thirds of 1 would come on top in parts; but cents cannot be parted."""
    choice = solve(people((Decimal("2.50"), 2), (1, 3), (1, 4)), 4, GREEDY)

    assert (choice.gain, choice.bound) == (Decimal("2.5"), Decimal(3))


@pytest.mark.parametrize("points", [3, 5, 9, 17, 25])
def test_too_many_points_make_it_greedy(points):
    """The greedy choice can be the best nevertheless."""
    pool = people((5, 3), (4, 2), (3, 2), (5, 4))

    choice = solve(pool, 5, points)

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

    text = portfolio(pool, 7).explain()

    assert text == (
        "2 of 7 candidates chosen; 7 of 7 spent (money).\n"
        "Expected net gain: 17, the most that any choice can gain.\n"
        "Chosen: A and B.\n"
        "Left out, since the budget gains more with others: C (costs 5), D (costs 6), E (costs 7) "
        "and 1 more.\n"
        "Left out, since nothing is to be gained: G (costs 1)."
    )


def test_an_explanation_says_where_the_choice_may_not_be_the_best():
    """With what no choice can exceed, rounded up."""
    pool = people((Decimal("5.005"), 3), (4, 3), (3, 2))

    text = solve(pool, 4, GREEDY).explain()

    # 5.005 and 1.5 for a part of C
    assert "Expected net gain: 5; another choice may gain more, at most 6.51." in text


def test_a_choice_of_nobody_is_explained():
    """With the reason."""
    choice = portfolio(people((-1, 1)), 5)

    assert choice.not_worth_it == tuple(people((-1, 1)))
    assert "Chosen: nobody." in choice.explain()
    assert "gains more with others" not in choice.explain()


def test_a_portfolio_has_a_short_repr_and_a_page():
    """The page shows each candidate, and why it was left out."""
    choice = portfolio(people((9, 3), (8, 5), (-1, 1)), 4)

    assert repr(choice) == "<Portfolio: 1 of 3 chosen, gain 9>"
    assert choice._repr_markdown_() == (
        "1 of 3 candidates chosen; 3 of 4 spent (money).\n\n"
        "Expected net gain: 9, the most that any choice can gain.\n\n"
        "| customer | gain | cost | chosen |\n"
        "|---|---|---|---|\n"
        "| A | 9 | 3 | yes |\n"
        "| B | 8 | 5 | no: the budget gains more with others |\n"
        "| C | -1 | 1 | no: nothing is to be gained |"
    )
    assert "<td>C</td>" in choice._repr_html_()


def test_a_portfolio_says_what_its_budget_is_counted_in():
    """Money or contacts."""
    one = Candidate(customer="A", gain=9, cost=1, unit=Unit.CONTACTS)

    text = portfolio([one], 2, unit=Unit.CONTACTS).explain()

    assert text.startswith("1 of 1 candidates chosen; 1 of 2 spent (contacts).")


# --- exact by brute force ---------------------------------------------------------------------


def solved(candidates, budget):
    """The highest gain within a whole budget, by dynamic programming over costs and gains."""
    gains = [0] * (budget + 1)
    for one in candidates:
        cost, gain = int(one.cost), int(one.gain)
        for spent in range(budget, cost - 1, -1):
            gains[spent] = max(gains[spent], gains[spent - cost] + gain)
    return gains[budget]


NUMBERS = [7**n % 1009 + 1 for n in range(200)]
"""Numbers in no order from 1 to 1009."""
HARD = {
    "unrelated": lambda one, other: (one, other),
    "strongly related": lambda one, _: (one + 100, one),
    "weakly related": lambda one, other: (one + other % 100, one),
    "less than the cost": lambda one, _: (one, one + 100),
    "like the cost": lambda one, _: (one, one),
}


@pytest.mark.parametrize("kind", HARD)
@pytest.mark.parametrize("share", [10, 2])
def test_a_hundred_candidates_are_solved_exactly(kind, share):
    """Dynamic programming finds the same gain, however gains and costs are related."""
    pool = [
        Candidate(customer=str(n), gain=gain, cost=cost)
        for n, (gain, cost) in enumerate(map(HARD[kind], NUMBERS[::2], NUMBERS[1::2]))
    ]
    budget = int(sum(one.cost for one in pool)) // share

    choice = portfolio(pool, budget)

    assert choice.is_exact
    assert choice.gain == solved(pool, budget)


def test_the_few_at_the_end_of_the_budget_are_tried_first():
    """They gain more than the greedy choice long before it is known that no choice gains more."""
    pool = [
        Candidate(customer=str(n), gain=gain, cost=cost)
        for n, (gain, cost) in enumerate(zip(NUMBERS[::2], NUMBERS[1::2], strict=True))
    ]
    budget = int(sum(one.cost for one in pool)) // 2

    greedy, first, exact = (solve(pool, budget, method) for method in (GREEDY, 1000, EXACT))

    assert greedy.gain < first.gain < exact.gain
    assert (first.is_exact, exact.is_exact) == (False, True)


def test_the_greatest_can_lie_far_from_the_end_of_the_budget():
    """After 30 candidates of a better ratio, each of which leaves no room for a second one."""
    pool = [
        Candidate(customer=str(n), gain=gain, cost=cost)
        for n, (gain, cost) in enumerate([*[(61, 51)] * 30, (110, 100)])
    ]

    choices = [solve(pool, 100, points) for points in range(150)]

    assert {tuple(one.customer for one in choice.chosen) for choice in choices} == {("30",)}
    assert {choice.is_exact for choice in choices} == {False, True}


def test_thirty_two_candidates_are_always_solved_exactly():
    """Also where each choice has a gain and a cost of its own, and no bound is ever reached."""
    costs = [10**16 + 7**n % 10**16 for n in range(32, 64)]
    pool = [Candidate(customer=str(n), gain=cost, cost=cost) for n, cost in enumerate(costs)]

    choice = portfolio(pool, sum(costs) // 2)

    assert choice.is_exact
    assert choice.gain == choice.spent <= sum(costs) // 2


@settings(max_examples=25)
@given(pool=POOLS, budget=BUDGETS)
def test_an_exact_choice_is_the_cheapest_of_the_best(pool, budget):
    """All choices are tried."""
    choices = [c for size in range(9) for c in combinations(pool, size)]
    sums = [(sum(one.gain for one in c), -sum(one.cost for one in c)) for c in choices]

    choice = portfolio(pool, budget)

    assert (choice.gain, -choice.spent) == max(pair for pair in sums if -pair[1] <= budget)


@every_method
@settings(max_examples=25)
@given(POOLS, BUDGETS)
def test_a_choice_keeps_its_promises(method, pool, budget):
    """It holds the budget, gains half of the best at least, and no choice exceeds the bound."""
    choice = solve(pool, budget, method)
    most = best(pool, budget)

    assert choice.spent == sum(one.cost for one in choice.chosen) <= budget
    assert choice.gain == sum(one.gain for one in choice.chosen)
    assert choice.gain <= most <= min(choice.bound, 2 * choice.gain)
    assert choice.gain == most or not choice.is_exact
    assert choice.is_exact or method == GREEDY
    assert (choice.gain == choice.bound) is choice.is_exact


@every_method
@settings(max_examples=25)
@given(POOLS, BUDGETS)
def test_nobody_is_lost(method, pool, budget):
    """Each candidate is either chosen or left out."""
    choice = solve(pool, budget, method)

    everybody = [*choice.chosen, *choice.left_out, *choice.not_worth_it]

    assert sorted(everybody, key=lambda one: one.customer) == pool


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

    one, other = (solve(p, budget, method) for p in (apart, shuffled))

    assert names(one) == names(other)
    assert one.left_out == other.left_out
