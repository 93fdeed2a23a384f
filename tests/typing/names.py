"""What a type checker must see. Checked by mypy and pyright, never run."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import assert_type

from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from custlife import (
    CUSTOMER_LIFECYCLE,
    Account,
    CustlifeError,
    DecisionTable,
    Departure,
    DepartureKind,
    Drift,
    Engaged,
    Event,
    HitPolicy,
    Journey,
    Lifecycle,
    Migration,
    Phase,
    Purchased,
    Relationship,
    Room,
    Row,
    Severity,
    State,
    Table,
    differences,
    is_,
    replay,
    replay_account,
    to_diagram,
    to_table,
)
from custlife.codec import Codec
from custlife.sources import OWN
from custlife.strategy import (
    FACTS,
    Bills,
    ButtlePolicy,
    Candidate,
    Counterfactual,
    CustomerValue,
    Fact,
    FactKind,
    Guidance,
    Market,
    Portfolio,
    Profile,
    Recommendation,
    Reputation,
    Signals,
    Strategy,
    StrategySelector,
    TableSelector,
    Tier,
    buttle_selector,
    customer_rows,
    facts_for,
    first_of,
    former_rows,
    looks_at,
    portfolio,
    prospect_rows,
    recommend,
    reputation,
    when,
)
from custlife.testing import (
    CUSTOMER_REQUIREMENTS,
    LIFECYCLE_LAWS,
    SELECTOR_LAWS,
    Coverage,
    Path,
    Proof,
    RecordedFailure,
    Report,
    RequirementVerdict,
    Score,
    Subject,
    Uncovered,
    always,
    assert_covered,
    assert_proven,
    assert_specified,
    buttle_requirements,
    check,
    covers,
    departures,
    events,
    histories,
    lifecycle_machine,
    lifecycles,
    monotone,
    mutants,
    never,
    precedes,
    profiles,
    prove,
    relationships,
    replay_failures,
    score,
    shortest_paths,
    transition_coverage_paths,
    unknown,
)

t = datetime(2026, 1, 1, tzinfo=UTC)
rel = Relationship("C-17").apply(Engaged(at=t), Purchased(at=t, amount=Decimal("11.77"), id="p-1"))
assert_type(rel, Relationship)
assert_type(rel.state, State)
assert_type(rel.state.room, Room)
assert_type(rel.state.regions, dict[str, str])
assert_type(rel.view(Phase), Phase | None)
assert_type(rel.customer_moment, datetime | None)
assert_type(rel.departure, Departure | None)
assert_type(rel.allowed, tuple[str, ...])
assert_type(rel.record.revenue, Decimal)

journey = replay([Engaged(at=t)], customer="C-17")
assert_type(journey, Journey)
assert_type(journey.as_of(t), Relationship)
assert_type(journey.time_in("visitor", until=t), timedelta)
assert_type([d.kind for d in journey.departures], list[DepartureKind])
assert_type([d.severity for d in journey.departures], list[Severity])

account = replay_account([Engaged(at=t)], customer="C-17", key_offerings={"brand-a"})
assert_type(account, Account)
assert_type(account.offerings["brand-a"], Journey)
assert_type(account.relationship, Relationship)
assert_type(account.departures, tuple[Departure, ...])
assert_type(account.partial_departures, tuple[tuple[str, Departure], ...])
assert_type(account.as_of(t), Account)

table = to_table(CUSTOMER_LIFECYCLE)
assert_type(table, Table)
assert_type(table.step(rel.state, "purchased"), State)
assert_type(table.step(rel.state, Purchased), State)
assert_type(to_diagram(CUSTOMER_LIFECYCLE), str)
assert_type(CUSTOMER_LIFECYCLE.refine("visitor", ["browsing"]), Lifecycle)
assert_type(Codec().load(Codec().dump(rel), Relationship), Relationship)
assert_type(CUSTOMER_LIFECYCLE.fingerprint, str)
assert_type(differences(CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE), tuple[str, ...])
migration = Migration(
    CUSTOMER_LIFECYCLE, CUSTOMER_LIFECYCLE, {"visitor": "aware", "buyer": ("buyer", "content")}
)
assert_type(migration.apply(rel), Relationship)
assert_type(migration.check([journey]), tuple[Drift, ...])
assert_type(migration.check([journey])[0].replayed, State | CustlifeError)
Codec(earlier=[migration, CUSTOMER_LIFECYCLE])

assert_type(events(names=["purchased"]), SearchStrategy[Event])
assert_type(histories(CUSTOMER_LIFECYCLE, allow_rejected=True), SearchStrategy[list[Event]])
assert_type(relationships(room=Room.FORMER), SearchStrategy[Relationship])
assert_type(departures(), SearchStrategy[Departure])
assert_type(lifecycles(), SearchStrategy[Lifecycle])
assert_type(prove(CUSTOMER_LIFECYCLE), Proof)
assert_type(shortest_paths(CUSTOMER_LIFECYCLE), dict[State, Path])
assert_type(transition_coverage_paths(CUSTOMER_LIFECYCLE), tuple[Path, ...])
assert_type(lifecycle_machine(CUSTOMER_LIFECYCLE), type[RuleBasedStateMachine])

value = CustomerValue.of(rel, margin_rate=0.3, cost_to_serve=40)
assert_type(value.profit, Decimal | None)
assert_type(value.tier(), Tier | None)
signals = Signals(strategic=True, improvement_chance=0.4, regain_cost=50, effort_response=2)
assert_type(signals.improvement_chance, Decimal | None)
market = Market(competition=0.8, reputation=1)
assert_type(market.reputation, Decimal | None)
profile = Profile(relationship=rel, value=value, signals=signals, market=market, as_of=rel.since)
assert_type(recommend(profile, market=market), Recommendation)
assert_type(facts_for(CUSTOMER_LIFECYCLE), tuple[Fact, ...])
advice = recommend(profile, buttle_selector(ButtlePolicy(desired_profit=100, low_chance=0.1)))
assert_type(advice, Recommendation)
assert_type(advice.strategy, Strategy)
assert_type(advice.counterfactual(), Counterfactual | None)
assert_type(advice.guidance, Guidance)
assert_type(Bills.of(profile).total, Decimal | None)
assert_type(reputation([rel]), Reputation)
assert_type(reputation([rel]).share, Decimal)
assert_type(advice.missing, tuple[str, ...])
assert_type(buttle_selector(), TableSelector)


@looks_at("target")
def own(profile: Profile) -> Recommendation:
    """A function is a selector, also where it says what it looks at."""
    return recommend(profile)


def partial(profile: Profile) -> Recommendation | None:
    """A function that may pass."""
    return own(profile) if profile.signals.target else None


chosen: StrategySelector = own
recommend(profile, first_of(partial, when(is_("target", True), own), buttle_selector()))
known = Fact("known", FactKind.FLAG, "Whether we met.", OWN, lambda profile: profile.signals.target)
rows: tuple[Row[Strategy], ...] = (
    *prospect_rows(),
    *customer_rows(),
    *former_rows(),
)
rules = DecisionTable("ours", rows, HitPolicy.FIRST)
assert_type(TableSelector("ours", rules, facts=(*FACTS, known)), TableSelector)
recommend(profile, when(is_("known", True), own, (*FACTS, known)))
assert_type(portfolio([Candidate(customer="C-1", gain=1, cost=1)], 5), Portfolio)
assert_type(profiles(room=Room.FORMER), SearchStrategy[Profile])
SELECTOR_LAWS[0](own)

meant = [
    precedes("purchased", "customer", id="MOMENT", sentence="First they buy.", source=OWN),
    always(on=Purchased, at=[Room.PROSPECT, "former"], to="buyer+content"),
    never(at="customer", to="prospect", when=is_("cycle", 1)),
    monotone(Purchased, Phase),
]
assert_type(check(CUSTOMER_LIFECYCLE, meant), Report)
assert_type(
    check(CUSTOMER_LIFECYCLE, CUSTOMER_REQUIREMENTS).undecided, tuple[RequirementVerdict, ...]
)
check(own, never(Strategy.END, when=unknown("target")))
check(rules, buttle_requirements())
assert_proven(CUSTOMER_LIFECYCLE, meant, allow=["dead_end"])
assert_type(score(rules, tests=lambda table: None), Score)
assert_specified(CUSTOMER_LIFECYCLE, meant, tests=[prove], allow={"a slip": "It is meant."})
for mutant in mutants(CUSTOMER_LIFECYCLE):
    assert_type(mutant.lifecycle, Lifecycle | None)
    assert_type(mutant.difference, str)
coverage = Coverage(CUSTOMER_LIFECYCLE, tables=[buttle_selector()])
coverage.add(journey, advice, shortest_paths(CUSTOMER_LIFECYCLE)[rel.state], [Engaged(at=t)])
assert_type(coverage.report("markdown"), str)
assert_type(coverage.missing("cell"), tuple[Uncovered, ...])
assert_covered(coverage, at_least={"cell": 0.9})
for law in LIFECYCLE_LAWS:
    law(Subject(lifecycle=CUSTOMER_LIFECYCLE, replay=replay), record_failures="failures")


@covers(CUSTOMER_LIFECYCLE)
def test_some_app(path: Path) -> None:
    """A decorated test keeps its types."""
    path.follow({"purchased": lambda: None, Engaged: lambda: None}, lambda: {"bond": "buyer"})


@replay_failures("tests/failures", CUSTOMER_LIFECYCLE)
def test_what_failed_once(failure: RecordedFailure) -> None:
    """A law is tried again, and a path followed."""
    failure.check(CUSTOMER_LIFECYCLE)
    failure.path.follow(print, lambda: "buyer", record_failures="tests/failures")


class App:
    """An app that stores a stage."""

    stage = "potential"

    def take(self, event: str) -> None:
        """Take an event."""

    def buy(self) -> None:
        """Take a purchase."""


assert_type(
    lifecycle_machine(CUSTOMER_LIFECYCLE, begin=App, perform=App.take, stage=lambda app: app.stage),
    type[RuleBasedStateMachine],
)
lifecycle_machine(
    CUSTOMER_LIFECYCLE, begin=App, perform={"purchased": App.buy}, stage=lambda app: app.stage
)
