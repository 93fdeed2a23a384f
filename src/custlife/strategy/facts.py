"""The definitions of the facts by which selectors decide: meaning, kind, source and reader.

A row of a selector's table names facts. A fact that is unknown is None. `facts_for` adds to the
general facts those of a lifecycle: its stages, its regions and its views.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import frozen

from custlife import _checks
from custlife.causes import Cause, DefectorKind, Initiator
from custlife.decisions.predicates import above, all_of, is_, is_not
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument
from custlife.events import snake
from custlife.lifecycle.default import CUSTOMER_LIFECYCLE
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Region, View
from custlife.lifecycle.table import to_table
from custlife.prediction.trend import Inclination
from custlife.severity import Severity
from custlife.sources import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, Source
from custlife.state import Room, State
from custlife.strategy.errors import UnknownFact
from custlife.strategy.fact import (
    At,
    Calculated,
    Days,
    Fact,
    FactKind,
    If,
    Judged,
    OfAccount,
    OfState,
    Or,
    Sure,
)
from custlife.strategy.profile import Profile
from custlife.strategy.value import PartyKind, Tier, tier_table

_F = FactKind
_STANDING, _CONTENT = "standing", "content"
_EVERYBODY = frozenset(Room)
_PROFIT = ("margin", "cost_to_serve")
_CAUSES = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)
"""An unknown cause is none: as everywhere, what is unknown is None."""


_FORMER = is_("relationship.state.room", Room.FORMER)
_PRESENT = is_not("relationship.state.room", Room.FORMER)
_CAUSE = "relationship.departure.cause"
_LAST_CAUSE = If(is_not(_CAUSE, Cause.UNKNOWN), At(_CAUSE))
_LAST_KIND = "relationship.departure.kind"
_SUM = Calculated(At("value.margin"), "-", At("value.cost_to_serve"))
_YEARS_OF_PROFIT = Calculated(_SUM, "*", At("value.remaining_years"))
_PURCHASES, _BEFORE = "relationship.record.purchases", "relationship.departure.purchases"
_CYCLE_PURCHASES = If(
    is_not(_BEFORE, None), Calculated(At(_PURCHASES), "-", At(_BEFORE)), At(_PURCHASES)
)
_REGAIN = At("signals.regain_cost")


@frozen
class _InRegion:
    """The outermost stage in a region; None where the customer is in another room."""

    region: str

    def __call__(self, _: Lifecycle, state: State) -> str | None:
        for region, stage, *_inner in state.paths:
            if region == self.region:
                return stage
        return None


@frozen
class _InView:
    """What a model says of the customer; None where it is silent, or there is none."""

    model: type[Enum]

    def __call__(self, lifecycle: Lifecycle, state: State) -> Enum | None:
        if any(view.model is self.model for view in lifecycle.views):
            return to_table(lifecycle).view(state, self.model)
        return None


def _discontent(lifecycle: Lifecycle, state: State) -> bool | None:
    if not _knows_discontent(lifecycle):
        return None
    return any(path[0] == _STANDING and _CONTENT not in path for path in state.paths)


def _innermost(_: Lifecycle, state: State) -> str:
    return state.stage


def _held(profile: Profile) -> int | None:
    return None if profile.account is None else len(profile.account.held)


def _dropped_lately(profile: Profile) -> int | None:
    account, as_of = profile.account, profile.as_of
    if account is None or as_of is None:
        return None
    since = as_of - timedelta(days=profile.catalogue.lately_days)
    gone = (account.offerings[name].departures[-1] for name in account.left)
    return sum(departure.at >= since for departure in gone)


def _cross_sell(profile: Profile) -> int | None:
    return None if profile.cross_sell is None else len(profile.cross_sell)


def _history(name: str, kind: FactKind, source: Source, sentence: str, path: str = "") -> Fact:
    read = At(f"relationship.{path or name}")
    return Fact(name, kind, sentence, source, read, rooms=_EVERYBODY)


def _days(name: str, source: Source, sentence: str, path: str) -> Fact:
    return Fact(name, _F.COUNT, sentence, source, Days(At(f"relationship.{path}")))


def _departure(
    name: str, source: Source, sentence: str, path: str, choices: Iterable[object]
) -> Fact:
    # What follows from the cause is unknown where the cause is.
    rooms = frozenset() if ".cause." in path else frozenset({Room.FORMER})
    read = If(_FORMER, At(f"relationship.{path}"))
    return Fact(name, _F.CHOICE, sentence, source, read, (), tuple(choices), rooms)


def _value(name: str, kind: FactKind, sentence: str, *inputs: str, **rest: Any) -> Fact:  # noqa: ANN401
    row = {"source": CHE[3], "read": At(f"value.{name}"), "inputs": inputs or (name,)}
    return Fact(name, kind, sentence, **{**row, **rest})


def _signal(name: str, kind: FactKind, source: Source, sentence: str) -> Fact:
    return Fact(name, kind, sentence, source, At(f"signals.{name}"), (name,))


_GENERAL: tuple[Fact, ...] = (
    Fact(
        "room",
        _F.CHOICE,
        "The customer's room.",
        IMH[3],
        At("relationship.state.room"),
        choices=tuple(Room),
        rooms=_EVERYBODY,
    ),
    _history("cycle", _F.ORDINAL, IMH[7], "The number of this cycle."),
    _history("complaints", _F.COUNT, EFR[5], "Complaints voiced.", "record.complaints"),
    _history("open_complaints", _F.COUNT, EFR[5], "Complaints that wait."),
    _history(
        "open_public_complaints", _F.COUNT, IMH[9], "Complaints in public that are not settled."
    ),
    _history(
        "service_failures", _F.COUNT, CHE[1], "Failures of service.", "record.service_failures"
    ),
    Fact(
        "returned",
        _F.FLAG,
        "Whether the customer left before, and is back; not who was sent away.",
        BUT[7],
        Sure(all_of(_PRESENT, is_not(_LAST_KIND, DepartureKind.TERMINATION))),
        rooms=_EVERYBODY,
    ),
    _days("days_in_state", KAL[8], "Days since the state was entered.", "since"),
    Fact(
        "days_since_purchase",
        _F.COUNT,
        "Days since the last purchase, without pauses.",
        KAL[8],
        Days(
            At("relationship.record.last_purchase_at"),
            At("relationship.paused_at"),
            At("relationship.paused"),
        ),
    ),
    Fact(
        "paused",
        _F.FLAG,
        "Whether the customer has paused.",
        ASSUMPTION,
        Sure(is_not("relationship.paused_at", None)),
        rooms=_EVERYBODY,
    ),
    _days(
        "days_since_failure", CHE[1], "Days since service last failed.", "record.last_failure_at"
    ),
    _departure(
        "departure_kind", IMH[8], "The kind of the departure.", "departure.kind", DepartureKind
    ),
    _departure(
        "severity", IMH[7], "How much the departure weighs.", "departure.severity", Severity
    ),
    _departure(
        "initiator", KAL[5], "Who ended the relationship.", "departure.initiator", Initiator
    ),
    Fact(
        "cause",
        _F.CHOICE,
        "Why the customer went.",
        KAL[6],
        If(_FORMER, _LAST_CAUSE),
        choices=_CAUSES,
    ),
    _departure(
        "cause_changeable",
        BUT[7],
        "Whether it can be changed.",
        "departure.cause.changeable",
        (True, False),
    ),
    _departure(
        "defector", ASSUMPTION, "The kind of defector.", "departure.cause.defector", DefectorKind
    ),
    Fact(
        "last_cause",
        _F.CHOICE,
        "Why the customer went the last time, also after a return.",
        BUT[7],
        _LAST_CAUSE,
        choices=_CAUSES,
    ),
    Fact(
        "last_kind",
        _F.CHOICE,
        "The kind of the last departure, also after a return.",
        IMH[8],
        At(_LAST_KIND),
        choices=tuple(DepartureKind),
        rooms=frozenset({Room.FORMER}),
    ),
    Fact(
        "offerings_held", _F.COUNT, "Offerings that the customer holds.", IMH[4], OfAccount(_held)
    ),
    Fact(
        "dropped_lately",
        _F.COUNT,
        "Offerings left within the days of the catalogue, and not taken up again.",
        IMH[4],
        OfAccount(_dropped_lately),
    ),
    Fact(
        "cross_sell_candidates",
        _F.COUNT,
        "Offerings of the catalogue that the customer neither holds nor left.",
        BUT[4],
        OfAccount(_cross_sell),
    ),
    _value("revenue", _F.MONEY, "What the customer pays."),
    _value("margin", _F.BALANCE, "What is left of the revenue before the cost to serve."),
    _value("cost_to_serve", _F.MONEY, "What serving the customer costs."),
    _value(
        "profit", _F.BALANCE, "The margin less the cost to serve.", *_PROFIT, read=_SUM, is_sum=True
    ),
    _value(
        "tier",
        _F.CHOICE,
        "The tier by the profit, with the default thresholds.",
        *_PROFIT,
        read=Judged(tier_table(), (("profit", _SUM),)),
        choices=tuple(Tier),
    ),
    _value(
        "purchases",
        _F.COUNT,
        "Purchases, as in the value or as on record.",
        read=Or(At("value.purchases"), At(_PURCHASES)),
        rooms=_EVERYBODY,
    ),
    Fact(
        "cycle_purchases",
        _F.COUNT,
        "Purchases on record in this cycle; all of them where the departure before it names none.",
        EFR[3],
        If(_PRESENT, _CYCLE_PURCHASES),
        rooms=_EVERYBODY - {Room.FORMER},
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
        read=Or(At("value.remaining_value"), _YEARS_OF_PROFIT),
    ),
    _signal("target", _F.FLAG, BUT[6], "Whether the enterprise wants this customer at all."),
    Fact(
        "strategic",
        _F.FLAG,
        "Whether this is a key customer: as the signals say, or else the departure.",
        BUT[7],
        Or(At("signals.strategic"), At("relationship.departure.key_customer")),
        ("strategic",),
    ),
    _signal("courted", _F.FLAG, BUT[2], "Whether a competitor courts this customer."),
    _signal("interest", _F.FLAG, BUT[6], "Whether the customer shows interest."),
    _signal("cash_flow_stable", _F.FLAG, BUT[5], "Whether payments are steady."),
    _signal("need_ending", _F.FLAG, BUT[5], "Whether the customer will soon not need it."),
    Fact(
        "competition",
        _F.SHARE,
        "How intense competition is: for the customer, or else in the market.",
        IMH[5],
        Or(At("signals.competition"), At("market.competition")),
        ("competition",),
    ),
    Fact(
        "reputation",
        _F.SHARE,
        "The share of prospects' readiness to engage that public dissatisfaction leaves.",
        IMH[10],
        At("market.reputation"),
    ),
    _signal("improvement_chance", _F.SHARE, BUT[6], "The chance that things improve."),
    _signal("defection_risk", _F.SHARE, BUT[5], "The risk that the customer goes."),
    _signal("purchase_likelihood", _F.SHARE, KAL[9], "The chance that a prospect buys."),
    _signal("potential_value", _F.MONEY, ASSUMPTION, "What a prospect could bring."),
    _signal("revenue_upside", _F.MONEY, BUT[4], "What the customer could pay beyond today."),
    _signal("reducible_cost", _F.MONEY, BUT[3], "What the cost to serve could fall by."),
    _signal("regain_cost", _F.SUM, BUT[7], "What winning the customer back would cost."),
    _signal("regain_benefit", _F.MONEY, BUT[7], "What winning the customer back would bring."),
    _signal("answer_cost", _F.SUM, IMH[9], "What answering in public would cost."),
    Fact(
        "regain_bill",
        _F.SUM,
        "What winning the customer back costs in all, with the answer to complaints in public.",
        IMH[9],
        If(
            above("relationship.open_public_complaints", 0),
            Calculated(_REGAIN, "+", At("signals.answer_cost")),
            _REGAIN,
        ),
        ("regain_cost", "answer_cost"),
        is_sum=True,
    ),
    _signal("effort_response", _F.RATIO, BUT[5], "Extra margin for each unit of money spent."),
    Fact(
        "inclination",
        _F.CHOICE,
        "Whether the customer becomes more or less inclined to deal with the enterprise.",
        KAL[8],
        At("signals.inclination"),
        ("inclination",),
        tuple(Inclination),
    ),
)


@lru_cache(maxsize=64)
def _facts_for(lifecycle: Lifecycle) -> tuple[Fact, ...]:
    found = [*_GENERAL, *_standing(lifecycle), _stage(lifecycle)]
    for room, parts in lifecycle.rooms.items():
        found += [_region(part, room) for part in parts if isinstance(part, Region)]
    found += [_view(view, lifecycle) for view in lifecycle.views]
    names = [fact.name for fact in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidArgument(
                "facts_for()",
                "lifecycle",
                lifecycle,
                f"a lifecycle whose regions and views have names of their own, unlike {name!r}",
                "Rename the region, or the model of the view.",
            )
    return tuple(found)


def _knows_discontent(lifecycle: Lifecycle) -> bool:
    places = lifecycle.places.by_name
    content = places.get(_CONTENT)
    return _STANDING not in places or (content is not None and _STANDING in content.chain)


def _standing(lifecycle: Lifecycle) -> Iterator[Fact]:
    """Whether a customer is discontent; not to be said of a standing without a stage content."""
    if _knows_discontent(lifecycle):
        yield Fact(
            "discontent",
            _F.FLAG,
            "Whether the customer's standing is anything but content.",
            IMH[12],
            OfState(_discontent),
            rooms=_EVERYBODY,
            of_lifecycle=True,
        )


def _stage(lifecycle: Lifecycle) -> Fact:
    return Fact(
        "stage",
        _F.CHOICE,
        "The innermost stage of the first region.",
        EFR[7],
        OfState(_innermost),
        choices=tuple(dict.fromkeys(state.stage for state in lifecycle.states)),
        rooms=_EVERYBODY,
        of_lifecycle=True,
    )


def _region(region: Region, room: Room) -> Fact:
    return Fact(
        region.name,
        _F.CHOICE,
        region.sentence,
        region.stages[0].source,
        OfState(_InRegion(region.name)),
        choices=tuple(stage.name for stage in region.stages),
        rooms=frozenset({room}),
        of_lifecycle=True,
    )


def _view(view: View, lifecycle: Lifecycle) -> Fact:
    silent = {state.room for state in lifecycle.states if None in view.images(state)}
    return Fact(
        snake(view.name),
        _F.CHOICE,
        view.sentence,
        view.source,
        OfState(_InView(view.model)),
        choices=tuple(view.model),
        rooms=_EVERYBODY - silent,
        of_lifecycle=True,
    )


def facts_for(lifecycle: Lifecycle) -> tuple[Fact, ...]:
    """All facts that a row can name about customers of a lifecycle.

    Beside the general facts these are its `stage`, and for each region and each view one fact,
    which has the region's name or the model's in snake_case. `discontent` is one unless its region
    standing has no stage content.

    Raises:
        InvalidArgument: If a region or a view has the name of another fact.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> [fact.name for fact in facts_for(CUSTOMER_LIFECYCLE) if fact.of_lifecycle]
        ['discontent', 'stage', 'bond', 'standing', 'ladder', 'phase', 'process']
    """
    _checks.one_of(Lifecycle).argument("facts_for", "lifecycle", lifecycle)
    return _facts_for(lifecycle)


FACTS: tuple[Fact, ...] = facts_for(CUSTOMER_LIFECYCLE)
"""All facts that a row can name, unless a selector has those of another lifecycle, or the app's."""

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
