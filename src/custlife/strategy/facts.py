"""The definitions of the facts by which selectors decide: meaning, kind, source and reader.

A row of a selector's table names facts. A fact that is unknown is None.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from custlife import _checks
from custlife.causes import Cause, DefectorKind, Initiator
from custlife.departure_rules import DepartureKind, Severity
from custlife.errors import shown
from custlife.sources import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.errors import InvalidSelector, UnknownFact
from custlife.strategy.profile import Profile
from custlife.strategy.value import PartyKind, Tier


class FactKind(Enum):
    """What the values of a fact are, with their unit, their bounds and their finest step."""

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
        sentence: What it means.
        source: The row that it comes from.
        read: Reads it from a profile; None is unknown.
        inputs: The fields of `Signals` or `CustomerValue` that it follows from; none where it
            follows from history.
        choices: All values, where they are one of several.
        rooms: The rooms where it is known of every customer.
        is_difference: Whether it is the first input less the second.

    Raises:
        InvalidSelector: If the kind, the function or the choices cannot be used.

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
        if not _checks.is_text(self.name):
            problem = f"its name is {shown(self.name)}. Give a name as a string."
        elif not isinstance(self.kind, FactKind):
            problem = f"its kind is {shown(self.kind)}. Use a FactKind, such as FactKind.FLAG."
        elif not callable(self.read):
            problem = f"it is read by {shown(self.read)}. Give a function of a profile."
        elif not (isinstance(self.inputs, tuple) and all(map(_checks.is_text, self.inputs))):
            problem = f"its inputs are {shown(self.inputs)}. Give a tuple of names."
        elif not isinstance(self.choices, tuple):
            problem = f"its choices are {shown(self.choices)}. Give a tuple."
        elif self.kind is FactKind.CHOICE and not self.choices:
            problem = "it is one of several values, and has no choices. Give its choices."
        if problem is not None:
            name = self.name if isinstance(self.name, str) else shown(self.name)
            raise InvalidSelector(f"fact {name}", problem)


_EVERYBODY = frozenset(Room)
_FORMER = frozenset({Room.FORMER})
_F = FactKind
_PROFIT = ("margin", "cost_to_serve")


@frozen
class _Gone:
    """Reads something of the departure of a former customer; None for one who is present."""

    path: str

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the departure has it
        departure = profile.departure
        return None if departure is None else attrgetter(self.path)(departure)


def _purchases(profile: Profile) -> int:
    given = profile.value.purchases
    return profile.relationship.record.purchases if given is None else given


def _tier(profile: Profile) -> Tier | None:
    return profile.value.tier()


def _history(name: str, kind: FactKind, source: Source, sentence: str, path: str) -> Fact:
    return Fact(name, kind, sentence, source, attrgetter(path), rooms=_EVERYBODY)


def _departure(  # noqa: PLR0913, PLR0917 - a row of the table below
    name: str,
    path: str,
    source: Source,
    sentence: str,
    choices: Iterable[object],
    rooms: frozenset[Room] = _FORMER,
) -> Fact:
    return Fact(name, _F.CHOICE, sentence, source, _Gone(path), (), tuple(choices), rooms)


def _value(name: str, kind: FactKind, sentence: str, *inputs: str, **rest: Any) -> Fact:  # noqa: ANN401
    row = {"source": CHE[3], "read": attrgetter(f"value.{name}"), "inputs": inputs or (name,)}
    return Fact(name, kind, sentence, **{**row, **rest})


def _signal(name: str, kind: FactKind, source: Source, sentence: str) -> Fact:
    return Fact(name, kind, sentence, source, attrgetter(f"signals.{name}"), (name,))


FACTS: tuple[Fact, ...] = (
    Fact(
        "room",
        _F.CHOICE,
        "The customer's room.",
        IMH[3],
        attrgetter("room"),
        choices=tuple(Room),
        rooms=_EVERYBODY,
    ),
    _history("cycle", _F.ORDINAL, IMH[7], "The number of this cycle.", "relationship.cycle"),
    _history(
        "open_complaints", _F.COUNT, EFR[5], "Complaints that wait.", "relationship.open_complaints"
    ),
    _departure("departure_kind", "kind", IMH[8], "The kind of the departure.", DepartureKind),
    _departure("severity", "severity", IMH[7], "How much the departure weighs.", Severity),
    _departure("initiator", "initiator", KAL[5], "Who ended the relationship.", Initiator),
    _departure("cause", "cause", KAL[6], "Why the customer went.", Cause),
    _departure(
        "cause_changeable",
        "cause.changeable",
        BUT[7],
        "Whether the enterprise can change that cause.",
        (True, False),
        frozenset(),
    ),
    _departure(
        "defector",
        "cause.defector",
        ASSUMPTION,
        "Which kind of defector the customer is.",
        DefectorKind,
        frozenset(),
    ),
    _value("revenue", _F.MONEY, "What the customer pays."),
    _value("margin", _F.BALANCE, "What is left of the revenue before the cost to serve."),
    _value("cost_to_serve", _F.MONEY, "What serving the customer costs."),
    _value(
        "profit", _F.BALANCE, "The margin less the cost to serve.", *_PROFIT, is_difference=True
    ),
    _value(
        "tier",
        _F.CHOICE,
        "The tier by the profit, with the default thresholds.",
        *_PROFIT,
        read=_tier,
        choices=tuple(Tier),
    ),
    _value(
        "purchases",
        _F.COUNT,
        "Purchases, as in the value or as on record.",
        read=_purchases,
        rooms=_EVERYBODY,
    ),
    _value("income", _F.MONEY, "The customer's own income, or turnover."),
    _value(
        "party",
        _F.CHOICE,
        "Consumer, business or partner.",
        source=CHE[4],
        choices=tuple(PartyKind),
    ),
    _value(
        "remaining_years", _F.YEARS, "How long the relationship is expected to last.", source=EFR[6]
    ),
    _value("remaining_value", _F.TOTAL, "What the app expects from now on."),
    _value(
        "expected_remaining_value",
        _F.TOTAL,
        "What is expected from now on: as the app expects it, or profit x years.",
        "remaining_value",
        *_PROFIT,
        "remaining_years",
    ),
    _signal("target", _F.FLAG, BUT[6], "Whether the enterprise wants this customer at all."),
    _signal("strategic", _F.FLAG, BUT[7], "Whether this is a key customer."),
    _signal("courted", _F.FLAG, BUT[2], "Whether a competitor courts this customer."),
    _signal("interest", _F.FLAG, BUT[6], "Whether the customer shows interest."),
    _signal("cash_flow_stable", _F.FLAG, BUT[5], "Whether payments are steady."),
    _signal("need_ending", _F.FLAG, BUT[5], "Whether the customer will soon not need it."),
    _signal("competition", _F.SHARE, IMH[5], "How intense competition for the customer is."),
    _signal("improvement_chance", _F.SHARE, BUT[6], "The chance that things improve."),
    _signal("defection_risk", _F.SHARE, BUT[5], "The risk that the customer goes."),
    _signal("potential_value", _F.MONEY, BUT[1], "What a prospect could bring."),
    _signal("revenue_upside", _F.MONEY, BUT[4], "What the customer could pay beyond today."),
    _signal("reducible_cost", _F.MONEY, BUT[3], "What the cost to serve could fall by."),
    _signal("regain_cost", _F.SUM, BUT[7], "What winning the customer back would cost."),
    _signal("regain_benefit", _F.MONEY, BUT[7], "What winning the customer back would bring."),
    _signal("effort_response", _F.RATIO, BUT[5], "Extra margin for each unit of money spent."),
)
"""All facts that a row can name, unless a selector has facts of the app's own."""

_BY_NAME = {fact.name: fact for fact in FACTS}
INPUTS: Mapping[str, Fact] = MappingProxyType(
    {fact.name: fact for fact in FACTS if fact.inputs == (fact.name,)}
)
"""The facts that can change without another history: the fields of signals and value."""


def fact_named(name: str) -> Fact:
    """The definition of the fact with this name.

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
    """The unknown inputs of these facts, sorted: each may change a fact, even one that is known.

    An expected value is one: it follows from the profit unless the app has a better number.
    """
    used = inputs_of(names, facts)
    return tuple(
        sorted(name for name, fact in INPUTS.items() if name in used and fact.read(profile) is None)
    )


def inputs_of(names: Iterable[str], facts: Iterable[Fact] = FACTS) -> frozenset[str]:
    """The fields of `Signals` and `CustomerValue` that these facts follow from.

    Raises:
        InvalidArgument: If ``names`` or ``facts`` is no iterable of names or of facts.

    Examples:
        >>> sorted(inputs_of(["profit", "room", "strategic"]))
        ['cost_to_serve', 'margin', 'strategic']
    """
    _checks.iterable_of("names").argument("inputs_of", "names", names)
    _checks.iterable_of("facts").argument("inputs_of", "facts", facts)
    wanted, among = [*names], [*facts]
    for fact in among:
        _checks.one_of(Fact).argument("inputs_of", "fact", fact)
    return frozenset(name for fact in among if fact.name in wanted for name in fact.inputs)
