"""Why a strategy is recommended: the rule, the facts that it rests on, and the rows beside it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property, partial

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.sources import Source, cited
from custlife.strategy.fact import Fact
from custlife.strategy.facts import FACTS
from custlife.strategy.inputs import learnable, unknown_inputs
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy


@frozen
class RunnerUp:
    """A row that did not fire, and why.

    Attributes:
        row: Its id.
        strategy: What it would have recommended.
        holds: True where it holds too, but ranks lower; None where a fact is missing.
        because: The comparisons that failed or are undecided, and what the facts are.
    """

    row: str
    strategy: Strategy
    holds: bool | None
    because: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.strategy.words} by row {self.row} {self.why}"

    @property
    def why(self) -> str:
        """Why it did not fire, in words."""
        if self.holds:
            return "holds as well, but ranks lower"
        because = "; ".join(self.because)
        return f"is undecided: {because}" if self.holds is None else f"does not hold: {because}"


@frozen
class Evidence:
    """What an answer rests on.

    Attributes:
        facts: The known facts. They suffice, whatever the others are.
        missing: The unknown facts that could change the answer; of one that follows from inputs,
            the unknown inputs.
        runners_up: The rows that would have fired next, the nearest first.
        catalogue: The facts that the selector can read.
    """

    facts: Mapping[str, object] = field(factory=dict)
    missing: tuple[str, ...] = ()
    runners_up: tuple[RunnerUp, ...] = ()
    catalogue: tuple[Fact, ...] = field(default=FACTS, repr=False)

    @classmethod
    def read(cls, profile: Profile, names: Collection[str]) -> "Evidence":
        """The evidence of what reads these facts: the known ones, and those that are missing."""
        _checks.one_of(Profile).argument("Evidence.read", "profile", profile)
        _checks.iterable_of("names").argument("Evidence.read", "names", names)
        values = {fact.name: fact.read(profile) for fact in FACTS if fact.name in [*names]}
        facts = {name: value for name, value in values.items() if value is not None}
        unknown = learnable(values.keys() - facts.keys(), profile)
        return cls(facts, tuple(sorted({*unknown, *unknown_inputs(facts, profile)})))


def joint(finds: Iterable[Callable[[], Evidence]]) -> Evidence:
    """The evidence of several together; the runners-up are those of the first.

    Where two catalogues give one name to two facts, the first fact is shown.
    """
    every = [find() for find in finds]
    facts: dict[str, object] = {}
    for each in every:
        facts |= {name: value for name, value in each.facts.items() if name not in facts}
    # By identity: of two facts of one name both count, with the inputs of both.
    known = [*(fact for each in every for fact in each.catalogue), *FACTS]
    return Evidence(
        facts,
        tuple(sorted({name for each in every for name in each.missing})),
        every[0].runners_up,
        tuple({id(fact): fact for fact in known}.values()),
    )


@frozen
class Reason:
    """Why a strategy is recommended; the evidence is worked out when it is first read.

    Attributes:
        row: The id of the row or rule that fired.
        sentence: The rule in words.
        source: Where the rule comes from.
        find: Finds the evidence.
        contested: A study that contradicts the source; None where there is none.
    """

    row: str
    sentence: str
    source: Source
    find: Callable[[], Evidence] = field(repr=False, hash=False, eq=lambda find: find())
    contested: Source | None = None

    @property
    def citation(self) -> str:
        """Where the rule comes from, and what contradicts it."""
        return cited(self.source, self.contested)

    @cached_property
    def evidence(self) -> Evidence:
        """The facts, what is missing, the runners-up and the catalogue."""
        return self.find()


def beside(reason: Reason, *finds: Callable[[], Evidence]) -> Reason:
    """A reason, with the evidence of selectors that passed before."""
    return evolve(reason, find=partial(joint, (reason.find, *finds))) if finds else reason
