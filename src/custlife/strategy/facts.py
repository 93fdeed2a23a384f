"""The definitions of the facts by which selectors decide: meaning, kind, source and reader.

A row of a selector's table names facts. A fact that is unknown is None.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar

from attrs import field, fields_dict, frozen

from custlife import _checks
from custlife.causes import Cause, DefectorKind, Initiator
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument
from custlife.severity import Severity
from custlife.sources import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.errors import UnknownFact
from custlife.strategy.profile import Profile
from custlife.strategy.signals import Signals
from custlife.strategy.value import CustomerValue, PartyKind, Tier

_reader = _checks.Check(callable, "a function of a profile", "Give a function of a profile.")
_FIELDS = frozenset({*fields_dict(Signals), *fields_dict(CustomerValue)})
_inputs = _checks.Check(
    lambda value: isinstance(value, tuple) and _FIELDS.issuperset(value),
    "a tuple of names of signals and of numbers of the value",
    "Name fields of Signals or CustomerValue.",
)
_choices = _checks.Check(bool, "a tuple of all values", "Give all values, or another kind.")


class FactKind(Enum):
    """What the values of a fact are, with their unit, their bounds and their finest step."""

    unit: str
    least: Decimal | None
    most: Decimal | None
    step: Decimal

    def __new__(  # noqa: PYI034 - an enum's own class is final
        cls, value: str, unit: str, low: int | None = None, high: int | None = None, step: str = "1"
    ) -> "FactKind":
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_, member.unit, member.step = value, unit, Decimal(step)
        member.least = None if low is None else Decimal(low)
        member.most = None if high is None else Decimal(high)
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
        InvalidArgument: If the kind, the function or the choices cannot be used.

    Examples:
        >>> profit = fact_named("profit")
        >>> profit.inputs, profit.kind.unit
        (('margin', 'cost_to_serve'), 'money per year')
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "fact"

    name: str = field(validator=_checks.text)
    kind: FactKind = field(validator=_checks.one_of(FactKind))
    sentence: str = field(validator=_checks.text)
    source: Source = field(validator=_checks.one_of(Source))
    read: Callable[[Profile], Any] = field(eq=False, validator=_reader)
    inputs: tuple[str, ...] = field(default=(), validator=_inputs)
    choices: tuple[object, ...] = field(default=(), validator=_checks.one_of(tuple))
    rooms: frozenset[Room] = frozenset()
    is_difference: bool = False

    def __attrs_post_init__(self) -> None:
        if self.kind is FactKind.CHOICE:
            _choices.require(InvalidArgument, self.subject, "choices", self.choices)


_F = FactKind
_EVERYBODY = frozenset(Room)
_PROFIT = ("margin", "cost_to_serve")


@frozen
class _At:
    """Reads what is at a path of attributes of a profile; None where something on it is None."""

    path: str

    def __call__(self, profile: Profile) -> Any:  # noqa: ANN401 - as the profile has it
        found: Any = profile
        for name in self.path.split("."):
            found = None if found is None else getattr(found, name)
        return found


def _purchases(profile: Profile) -> int:
    given = profile.value.purchases
    return profile.relationship.record.purchases if given is None else given


def _tier(profile: Profile) -> Tier | None:
    return profile.value.tier()


def _history(name: str, kind: FactKind, source: Source, sentence: str) -> Fact:
    return Fact(name, kind, sentence, source, _At(f"relationship.{name}"), rooms=_EVERYBODY)


def _departure(
    name: str, source: Source, sentence: str, path: str, choices: Iterable[object]
) -> Fact:
    # What follows from the cause is unknown where the cause is.
    rooms = frozenset() if "." in path else frozenset({Room.FORMER})
    read = _At(f"departure.{path}")
    return Fact(name, _F.CHOICE, sentence, source, read, (), tuple(choices), rooms)


def _value(name: str, kind: FactKind, sentence: str, *inputs: str, **rest: Any) -> Fact:  # noqa: ANN401
    row = {"source": CHE[3], "read": _At(f"value.{name}"), "inputs": inputs or (name,)}
    return Fact(name, kind, sentence, **{**row, **rest})


def _signal(name: str, kind: FactKind, source: Source, sentence: str) -> Fact:
    return Fact(name, kind, sentence, source, _At(f"signals.{name}"), (name,))


FACTS: tuple[Fact, ...] = (
    Fact(
        "room", _F.CHOICE, "The customer's room.", IMH[3], _At("room"), (), tuple(Room), _EVERYBODY
    ),
    _history("cycle", _F.ORDINAL, IMH[7], "The number of this cycle."),
    _history("open_complaints", _F.COUNT, EFR[5], "Complaints that wait."),
    _departure("departure_kind", IMH[8], "The kind of the departure.", "kind", DepartureKind),
    _departure("severity", IMH[7], "How much the departure weighs.", "severity", Severity),
    _departure("initiator", KAL[5], "Who ended the relationship.", "initiator", Initiator),
    _departure("cause", KAL[6], "Why the customer went.", "cause", Cause),
    _departure(
        "cause_changeable", BUT[7], "Whether it can be changed.", "cause.changeable", (True, False)
    ),
    _departure("defector", ASSUMPTION, "The kind of defector.", "cause.defector", DefectorKind),
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

    Examples:
        >>> sorted(inputs_of(["profit", "room", "strategic"]))
        ['cost_to_serve', 'margin', 'strategic']
    """
    wanted = [*names]
    return frozenset(name for fact in facts if fact.name in wanted for name in fact.inputs)
