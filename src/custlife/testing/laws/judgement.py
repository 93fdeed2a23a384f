"""The laws of every selector that come from the sources: who must not be ended, or won back.

Each holds for all of custlife's own selectors, and for a selector of any school.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

from custlife.decisions.predicates import words
from custlife.state import Room
from custlife.strategy.estimates import bars_of
from custlife.strategy.facts import INPUTS
from custlife.strategy.profile import Profile
from custlife.strategy.recommend import recommend
from custlife.strategy.recommendation import wrapped
from custlife.strategy.selectors.combining import Combination
from custlife.strategy.strategies import Strategy
from custlife.testing.generators.events import amounts
from custlife.testing.generators.profiles import lot
from custlife.testing.laws.others import altered_to, changes, values
from custlife.testing.laws.reasons import OVERRIDE
from custlife.testing.laws.selector_law import (
    Selection,
    Violation,
    law,
    people,
    strategy_of,
)

_BETTER: Mapping[str, int] = {
    "target": 1,
    "interest": 1,
    "improvement_chance": 1,
    "purchase_likelihood": 1,
    "potential_value": 1,
    "margin": 1,
    "revenue_upside": 1,
    "reducible_cost": 1,
    "regain_benefit": 1,
    "cost_to_serve": -1,
    "answer_cost": -1,
}
"""What speaks for a customer, and what speaks against."""
_HOPELESS = {"strategic": False, "interest": False, "improvement_chance": 0}
"""Of customers like this little more is needed to end them."""


@law(
    4,
    "To learn that somebody is a key customer never ends them; and a selector that looks at key "
    "customers ends none who is present (BUT-2).",
    lambda selection: st.tuples(
        selection.tried(), selection.tried(Room.CUSTOMER), st.just(set[str]())
    ),
)
def key_customers_stay_protected(
    selection: Selection, profile: Profile, present: Profile, looked_at: set[str]
) -> Iterator[Violation]:
    """Make the customer a key customer; the parts of a combination can be of several schools."""
    combined = isinstance(wrapped(selection.selector), Combination)
    for one in (profile, present):
        key = one.altered(strategic=True)
        found = recommend(key, selection.selector)
        ended = found.strategy is Strategy.END and found.row != OVERRIDE
        for before in (one, one.altered(strategic=None), one.altered(strategic=False)):
            advice = recommend(before, selection.selector)
            if ended and advice.strategy is not Strategy.END:
                was = advice.strategy.words
                yield f"a key customer is ended, but {was} as long as that is no or unknown.", key
            if one.room is Room.CUSTOMER and not combined:
                looked_at |= {"strategic"} & {*advice.facts, *advice.missing}
        if ended and looked_at and one.room is Room.CUSTOMER:
            yield "a key customer is ended, though it looks at who is one.", key


@law(
    5,
    "A higher cost of winning back never turns letting go into winning back.",
    people(1, amounts(), room=Room.FORMER),
)
def a_dearer_return_is_not_tried(
    selection: Selection, profile: Profile, benefit: Decimal
) -> Iterator[Violation]:
    """Compare costs, of those who are key customers and bring something, too."""
    key = profile.altered(strategic=True, regain_benefit=benefit)
    for one in (profile, key):
        some = values(selection, INPUTS["regain_cost"], lot(profile), 8)
        costs = sorted({0, benefit, *some})
        tried = [one.altered(regain_cost=cost) for cost in costs]
        found = [(each, strategy_of(selection, each)) for each in tried]
        for (less, before), (dearer, after) in pairwise(found):
            if before is Strategy.END and after is Strategy.WIN_BACK:
                dear = words(dearer.signals.regain_cost)
                yield f"let go, but won back where that costs {dear} instead.", less


@law(
    10,
    "Nobody is won back who was sent away or is no longer there, and nobody is started who is not "
    "wanted (BUT-6).",
    lambda selection: st.tuples(selection.tried(Room.FORMER), selection.tried(Room.PROSPECT)),
)
def what_is_ruled_out_is_not_followed(
    selection: Selection, gone: Profile, prospect: Profile
) -> Iterator[Violation]:
    """Let the way back be worth it."""
    key = gone.altered(strategic=True)
    unwanted = prospect.altered(target=False)
    for one in (gone, key, key.altered(regain_benefit=10**6, regain_cost=0), unwanted):
        advice = recommend(one, selection.selector)
        for bar, facts in bars_of(advice.strategy, one):
            if bar.when.holds(facts) and advice.row != OVERRIDE:
                yield f"{advice.strategy.words} is ruled out: {bar.sentence} [{bar.source}]", one


@law(
    11,
    "To bring more, to cost less, to be wanted or to show interest never turns somebody away.",
    lambda selection: st.tuples(selection.tried(), selection.tried(Room.CUSTOMER)),
)
def better_news_ends_nobody(
    selection: Selection, profile: Profile, present: Profile
) -> Iterator[Violation]:
    """Compare values of one fact, where more or less is known and speaks for the customer."""
    lacking = {name: fact for name, fact in INPUTS.items() if fact.read(present) is None}
    more = {name: fact.read(profile) for name, fact in lacking.items()}
    informed = (one for one, _ in altered_to(present, [more, {**more, **_HOPELESS}]))
    for one in (profile, present, present.altered(**_HOPELESS), *informed):
        for name, sign in _BETTER.items():
            tried = {
                change[name]: other for other, change in changes(selection, one, profile, [name])
            }
            ranked = sorted(tried.keys() - {None}, key=lambda value: sign * Decimal(value))
            found = [(value, strategy_of(selection, tried[value])) for value in ranked]
            for (worse, before), (better, after) in pairwise(found):
                if after is Strategy.END and before is not Strategy.END:
                    how = f"{before.words} if {name} is {words(worse)}"
                    yield f"{how}, and ended if it is {words(better)}.", one
