"""The way in: one profile, one selector, one recommendation."""

from attrs import asdict, evolve

from custlife import _checks
from custlife.strategy.errors import InvalidProfile, NoRecommendation
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import PartialSelector, Recommendation, Selector
from custlife.strategy.selectors.buttle import buttle_selector
from custlife.strategy.selectors.protocol import as_selector, checked
from custlife.strategy.signals import Market

_DEFAULT = buttle_selector()


def recommend(
    profile: Profile, selector: PartialSelector = _DEFAULT, *, market: Market | None = None
) -> Recommendation:
    """What to do about a customer, and why.

    Args:
        profile: The customer.
        selector: What decides: Buttle's strategies with the default policy if left out.
        market: What is known about the market; what it leaves unknown is as in the profile.

    Raises:
        InvalidProfile: If ``profile`` is no profile, or ``market`` no market.
        NoRecommendation: If the selector does not decide.
        InvalidSelector: If the selector cannot be called with one profile, or gives something else
            than a recommendation.
        UnfitStrategy: If it recommends what does not fit the room: former customers are won back or
            let go, prospects started or let go, present customers never started or won back.

    Examples:
        >>> from custlife import Relationship
        >>> advice = recommend(Profile(relationship=Relationship("C-17")))
        >>> advice.strategy.words, advice.row, advice.missing
        ('start', 'START-OPEN', ('improvement_chance', 'interest', 'potential_value', \
'purchase_likelihood', 'target'))
        >>> key = Profile(relationship=Relationship("C-17")).altered(strategic=True)
        >>> recommend(key, market=Market(competition=0.8)).profile.market
        Market(competition=Decimal('0.8'))
    """
    if not isinstance(profile, Profile):
        raise InvalidProfile(
            "recommend", "profile", profile, "a Profile", "Give Profile(relationship=...)."
        )
    if market is not None:
        _checks.one_of(Market).require(InvalidProfile, "recommend", "market", market)
        known = asdict(market, filter=lambda _, value: value is not None)
        profile = evolve(profile, market=evolve(profile.market, **known))
    found = selector if isinstance(selector, Selector) else as_selector(selector)
    advice = checked(found, profile)
    if advice is None:
        raise NoRecommendation(found.name, str(profile))
    return advice
