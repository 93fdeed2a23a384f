"""A vote of several selectors, each with a weight."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.errors import listed
from custlife.money import EXACT, as_money
from custlife.sources import OWN
from custlife.strategy.counterfactuals import Thresholds
from custlife.strategy.errors import InvalidSelector, NoRecommendation
from custlife.strategy.profile import Profile
from custlife.strategy.recommendation import Recommendation, RunnerUp, Stated
from custlife.strategy.selectors.grounds import (
    Ground,
    Joint,
    Passed,
    inputs_used,
    joint_limits,
    quiet,
)
from custlife.strategy.selectors.protocol import PartialSelector, asked, require_selector
from custlife.strategy.strategies import Strategy

_ZERO = Decimal(0)


@frozen
class Voter:
    """Who votes, with which weight.

    Attributes:
        name: What the voter is called in the vote.
        selector: Who votes; whoever passes abstains.
        weight: How much the vote counts: more than 0, with at most 18 decimal places.

    Raises:
        InvalidSelector: If the weight is no such number, or the selector cannot be called with one
            profile.
    """

    name: str
    selector: PartialSelector
    weight: Decimal = field(converter=as_money)

    def __attrs_post_init__(self) -> None:
        require_selector(self.name, self.selector)
        if not _checks.is_money(self.weight) or not self.weight:
            raise InvalidSelector(
                self.name,
                f"its weight is {self.weight!r}, but must be a Decimal or a whole number above 0, "
                f"below {_checks.MAX_MONEY:.0e} and with at most {_checks.MAX_DECIMALS} decimal "
                f"places. Leave out who has no vote.",
            )


@frozen
class Vote:
    """The strategy that gets the most weight; see `weighted_vote`."""

    voters: tuple[Voter, ...]

    def __attrs_post_init__(self) -> None:
        if not self.voters:
            raise InvalidSelector("weighted_vote", "nobody votes. Give at least one selector.")

    @property
    def name(self) -> str:
        """The names of the voters."""
        return f"the vote of {listed([voter.name for voter in self.voters])}"

    @property
    def uses(self) -> tuple[str, ...]:
        """The inputs that any voter looks at."""
        return tuple(sorted(inputs_used(*(voter.selector for voter in self.voters))))

    @cached_property
    def quiet(self) -> "Vote":
        """As it is asked in counterfactuals: without shadows."""
        if all(quiet(voter.selector) is voter.selector for voter in self.voters):
            return self
        return Vote(tuple(evolve(it, selector=quiet(it.selector)) for it in self.voters))

    def __call__(self, profile: Profile, /) -> Recommendation:
        """The recommendation of the vote.

        Raises:
            NoRecommendation: If all abstain.
        """
        grounds: list[Ground] = []
        ballots: dict[Strategy, list[Voter]] = {}
        for voter in self.voters:
            advice = asked(voter.selector, profile)
            if advice is None:
                grounds.append(Passed(voter.selector, profile))
            else:
                grounds.append(advice.reason)
                ballots.setdefault(advice.strategy, []).append(voter)
        if not ballots:
            raise NoRecommendation(self.name, str(profile))
        # Sorting is stable, backwards too: of equal ones that of the first voter leads.
        ranked = sorted(ballots, key=lambda it: _weight(ballots[it]), reverse=True)
        joint = Joint(tuple(grounds))
        reason = Stated(
            row="VOTE",
            sentence=f"{listed([_told(strategy, ballots[strategy]) for strategy in ranked])}.",
            source=OWN,
            facts=joint.facts,
            missing=joint.missing,
            runners_up=tuple(_beaten(it, ballots[ranked[0]], ballots[it]) for it in ranked[1:]),
            catalogue=joint.catalogue,
        )
        return Recommendation(profile, ranked[0], self.quiet, reason)

    def limits(self, profile: Profile) -> Thresholds:
        """Where numbers change what any voter answers."""
        return joint_limits(profile, [voter.selector for voter in self.voters])


def _weight(voters: list[Voter]) -> Decimal:
    total = _ZERO
    for voter in voters:
        total = EXACT.add(total, voter.weight)
    return total


def _told(strategy: Strategy, voters: list[Voter]) -> str:
    names = [voter.name for voter in voters]
    return f"{words(_weight(voters))} for {strategy.words} ({listed(names)})"


def _beaten(strategy: Strategy, winners: list[Voter], voters: list[Voter]) -> RunnerUp:
    """A strategy that lost; one that lost by the order of the voters only holds as well."""
    won, got = _weight(winners), _weight(voters)
    because = f"weight {words(got)} against {words(won)}, by {listed([it.name for it in voters])}"
    return RunnerUp("VOTE", strategy, got == won, (because,))


def weighted_vote(votes: Mapping[str, tuple[PartialSelector, Decimal | int]]) -> Vote:
    """The strategy that the most weight stands for; of equal ones, that of the first voter.

    Weights are added exactly. Whoever passes abstains. Every voter is asked, and the answer rests
    on the facts of all.

    Args:
        votes: By the voter's name, who votes and with which weight, in order.

    Raises:
        InvalidSelector: If nobody votes, a weight is not above 0 or is no Decimal or whole number,
            or a selector cannot be called with one profile.

    Examples:
        >>> from custlife import Relationship
        >>> from custlife.strategy import ButtlePolicy, buttle_selector
        >>> bold = buttle_selector(ButtlePolicy(worthwhile_potential=10))
        >>> ours = weighted_vote({"sales": (bold, 1), "finance": (buttle_selector(), 2)})
        >>> advice = ours(Profile(relationship=Relationship("C-17")).altered(potential_value=50))
        >>> advice.strategy.words, advice.row, advice.reason.sentence
        ('end', 'VOTE', '2 for end (finance) and 1 for start (sales).')
    """
    if not isinstance(votes, Mapping) or not all(_is_vote(vote) for vote in votes.values()):
        raise InvalidSelector(
            "weighted_vote",
            f"its votes are {votes!r}. Give them by name: "
            f"weighted_vote({{'sales': (selector, 2), 'finance': (selector, 1)}}).",
        )
    return Vote(tuple(Voter(name, *vote) for name, vote in votes.items()))


def _is_vote(vote: object) -> bool:
    return isinstance(vote, tuple) and len(vote) == len(("selector", "weight"))
