"""The facts by which selectors decide: what each means, where it comes from, who asks for it.

A row of a selector's table names facts of this catalogue. What is unknown is None.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from custlife.causes import Cause, DefectorKind, Initiator
from custlife.departure_rules import DepartureKind, Severity
from custlife.sources import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.errors import InvalidSelector, UnknownFact
from custlife.strategy.profile import Profile
from custlife.strategy.tiers import Tier
from custlife.strategy.value import PartyKind


class FactKind(Enum):
    """What the values of a fact are; each kind knows its unit, its bounds and its finest step."""

    unit: str
    least: Decimal | None
    most: Decimal | None
    step: Decimal

    def __new__(  # noqa: PYI034 - an enum's own class is final
        cls,
        value: str,
        unit: str = "",
        least: int | None = None,
        most: int | None = None,
        step: str = "1",
    ) -> "FactKind":
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_ = value
        member.unit = unit
        member.least = None if least is None else Decimal(least)
        member.most = None if most is None else Decimal(most)
        member.step = Decimal(step)
        return member

    FLAG = ("flag", "yes or no")
    SHARE = ("share", "0..1", 0, 1, "0.01")
    MONEY = ("money", "money per year, >= 0", 0, None, "0.01")
    SUM = ("sum", "money, >= 0", 0, None, "0.01")
    BALANCE = ("balance", "money per year", None, None, "0.01")
    TOTAL = ("total", "money", None, None, "0.01")
    RATIO = ("ratio", "ratio, >= 0", 0, None, "0.01")
    COUNT = ("count", "count", 0, None)
    ORDINAL = ("ordinal", "count from 1", 1, None)
    YEARS = ("years", "years", 0, 1000, "0.01")
    CHOICE = ("choice", "one of several")

    @property
    def is_number(self) -> bool:
        """Whether values of this kind are numbers that can be a little more or less."""
        return self not in (FactKind.FLAG, FactKind.CHOICE)

    def allows(self, number: Decimal) -> bool:
        """Whether a number is within the bounds of this kind."""
        low = self.least is not None and number < self.least
        return not low and (self.most is None or number <= self.most)


@frozen
class Fact:
    """One fact about a profile.

    Attributes:
        name: Its name in rows, explanations and logs.
        kind: What its values are.
        sentence: What it says.
        source: The row that asks for it.
        read: Reads it from a profile; None is unknown.
        inputs: The fields of `Signals` or `CustomerValue` that it follows from; none where it
            follows from history.
        choices: All values, where they are one of several.
        rooms: The rooms where it is known of everybody.
        is_difference: Whether it is the first input less the second.

    Examples:
        >>> profit = fact_named("profit")
        >>> profit.inputs, profit.kind.unit
        (('margin', 'cost_to_serve'), 'money per year')
    """

    name: str
    kind: FactKind
    sentence: str
    source: Source
    read: Callable[[Profile], Any] = field(eq=False)
    inputs: tuple[str, ...] = ()
    choices: tuple[object, ...] = ()
    rooms: frozenset[Room] = frozenset()
    is_difference: bool = False

    def __attrs_post_init__(self) -> None:
        problem = None
        if not isinstance(self.kind, FactKind):
            problem = f"its kind is {self.kind!r}. Use a FactKind, such as FactKind.FLAG."
        elif not callable(self.read):
            problem = f"it is read by {self.read!r}. Give a function of a profile."
        elif self.kind is FactKind.CHOICE and not self.choices:
            problem = "it is one of several, and names none. Give its choices."
        if problem is not None:
            raise InvalidSelector(f"fact {self.name}", problem)


def _signal(name: str, kind: FactKind, sentence: str, source: Source) -> Fact:
    return Fact(name, kind, sentence, source, attrgetter(f"signals.{name}"), (name,))


def _value(  # noqa: PLR0913, PLR0917 - a row of the table below
    name: str,
    kind: FactKind,
    sentence: str,
    source: Source = CHE[3],
    inputs: tuple[str, ...] = (),
    choices: Iterable[object] = (),
) -> Fact:
    read = attrgetter(f"value.{name}")
    return Fact(name, kind, sentence, source, read, inputs or (name,), tuple(choices))


_EVERYBODY = frozenset(Room)


def _history(  # noqa: PLR0913, PLR0917 - a row of the table below
    name: str,
    sentence: str,
    source: Source,
    read: Callable[[Profile], Any],
    choices: Iterable[object] = (),
    rooms: frozenset[Room] = _EVERYBODY,
) -> Fact:
    kind = FactKind.CHOICE if choices else FactKind.COUNT
    return Fact(name, kind, sentence, source, read, (), tuple(choices), rooms)


@frozen
class _Gone:
    """Reads something from the departure of a former customer; None for whoever is present."""

    path: str

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the departure says
        departure = profile.departure
        return None if departure is None else attrgetter(self.path)(departure)


def _purchases(profile: Profile) -> int:
    told = profile.value.purchases
    return profile.relationship.record.purchases if told is None else told


def _tier(profile: Profile) -> Tier | None:
    return profile.value.tier()


_FORMER = frozenset({Room.FORMER})
_YES_NO = (True, False)
_F = FactKind

FACTS: tuple[Fact, ...] = (
    _history(
        "room",
        "The room in which the customer stands.",
        IMH[3],
        attrgetter("relationship.state.room"),
        Room,
    ),
    Fact(
        "cycle",
        _F.ORDINAL,
        "Which time through the lifecycle this is.",
        IMH[7],
        attrgetter("relationship.cycle"),
        rooms=_EVERYBODY,
    ),
    _history(
        "open_complaints",
        "Complaints that wait for an answer.",
        EFR[5],
        attrgetter("relationship.open_complaints"),
    ),
    _history(
        "departure_kind",
        "What the departure of a former customer was.",
        IMH[8],
        _Gone("kind"),
        DepartureKind,
        _FORMER,
    ),
    _history(
        "severity",
        "How much that departure weighs.",
        IMH[7],
        _Gone("severity"),
        Severity,
        _FORMER,
    ),
    _history(
        "initiator",
        "Who ended the relationship with a former customer.",
        KAL[5],
        _Gone("initiator"),
        Initiator,
        _FORMER,
    ),
    _history("cause", "Why a former customer went.", KAL[6], _Gone("cause"), Cause, _FORMER),
    _history(
        "cause_changeable",
        "Whether the enterprise can change that cause.",
        BUT[7],
        _Gone("cause.changeable"),
        _YES_NO,
        frozenset(),
    ),
    _history(
        "defector",
        "Which kind of defector a former customer is.",
        ASSUMPTION,
        _Gone("cause.defector"),
        DefectorKind,
        frozenset(),
    ),
    _value("revenue", _F.MONEY, "What the customer pays."),
    _value("margin", _F.BALANCE, "What is left of the revenue before the cost to serve."),
    _value("cost_to_serve", _F.MONEY, "What serving the customer costs."),
    Fact(
        "profit",
        _F.BALANCE,
        "The margin less the cost to serve.",
        CHE[3],
        attrgetter("value.profit"),
        inputs=("margin", "cost_to_serve"),
        is_difference=True,
    ),
    Fact(
        "tier",
        _F.CHOICE,
        "The tier by the profit, with the default limits.",
        CHE[3],
        _tier,
        inputs=("margin", "cost_to_serve"),
        choices=tuple(Tier),
    ),
    Fact(
        "purchases",
        _F.COUNT,
        "Purchases, as the value says or as they are on record.",
        CHE[3],
        _purchases,
        inputs=("purchases",),
        rooms=_EVERYBODY,
    ),
    _value("income", _F.MONEY, "The customer's own income, or turnover."),
    _value("party", _F.CHOICE, "Consumer, business or partner.", CHE[4], choices=PartyKind),
    _value(
        "remaining_years",
        _F.YEARS,
        "How long the relationship is expected to last.",
        EFR[6],
    ),
    _value("remaining_value", _F.TOTAL, "What the app knows to expect from now on."),
    _value(
        "expected_remaining_value",
        _F.TOTAL,
        "What is expected from now on: as the app knows it, or profit x years.",
        CHE[3],
        ("remaining_value", "margin", "cost_to_serve", "remaining_years"),
    ),
    _signal("target", _F.FLAG, "Whether the enterprise wants this customer at all.", BUT[6]),
    _signal("strategic", _F.FLAG, "Whether this is a key customer.", BUT[7]),
    _signal("courted", _F.FLAG, "Whether a competitor courts this customer.", BUT[2]),
    _signal("interest", _F.FLAG, "Whether the customer shows interest.", BUT[6]),
    _signal("cash_flow_stable", _F.FLAG, "Whether payments are steady.", BUT[5]),
    _signal("need_ending", _F.FLAG, "Whether the customer will soon not need it.", BUT[5]),
    _signal("competition", _F.SHARE, "How intense competition for the customer is.", IMH[5]),
    _signal("improvement_chance", _F.SHARE, "The chance that things improve.", BUT[6]),
    _signal("defection_risk", _F.SHARE, "The risk that the customer goes.", BUT[5]),
    _signal("potential_value", _F.MONEY, "What a prospect could bring.", BUT[1]),
    _signal("revenue_upside", _F.MONEY, "What the customer could pay beyond today.", BUT[4]),
    _signal("reducible_cost", _F.MONEY, "What the cost to serve could fall by.", BUT[3]),
    _signal("regain_cost", _F.SUM, "What winning the customer back would cost.", BUT[7]),
    _signal("regain_benefit", _F.MONEY, "What winning the customer back would bring.", BUT[7]),
    _signal("effort_response", _F.RATIO, "Extra margin for each unit of money spent.", BUT[5]),
)
"""Every fact that a row may name."""

_BY_NAME = {fact.name: fact for fact in FACTS}
INPUTS = MappingProxyType({fact.name: fact for fact in FACTS if fact.inputs == (fact.name,)})
"""The facts that can be otherwise without another history: the fields of signals and value."""


def fact_named(name: str) -> Fact:
    """The fact of a name.

    Raises:
        UnknownFact: If there is none.
    """
    try:
        return _BY_NAME[name]
    except (KeyError, TypeError):
        raise UnknownFact(name, tuple(_BY_NAME)) from None


def unknown_inputs(
    names: Iterable[str], profile: Profile, facts: Iterable[Fact] = FACTS
) -> tuple[str, ...]:
    """The unknown inputs of these facts, sorted: to learn one may change a fact that is known.

    So it is with an expected value, which follows from the profit as long as nothing better is
    known.
    """
    used = inputs_of(names, facts)
    return tuple(
        sorted(n for n, fact in INPUTS.items() if n in used and fact.read(profile) is None)
    )


def inputs_of(names: Iterable[str], facts: Iterable[Fact] = FACTS) -> frozenset[str]:
    """The fields of `Signals` and `CustomerValue` that these facts follow from.

    Examples:
        >>> sorted(inputs_of(["profit", "room", "strategic"]))
        ['cost_to_serve', 'margin', 'strategic']
    """
    wanted = set(names)
    return frozenset(name for fact in facts if fact.name in wanted for name in fact.inputs)
