"""The doors: what the public callables do with arguments of the wrong type.

Each parameter of each public function, constructor and method gets each wrong value, one at a time;
the other arguments are valid. The valid ones are listed by the parameter's name.
"""

import dis
import inspect
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

import hypothesis
import pytest
from hypothesis import strategies as st

import custlife
from custlife import InvalidArgument, codec, prediction, silence, strategy, testing

AT = datetime(2026, 1, 1, tzinfo=UTC)
LIFECYCLE = custlife.CUSTOMER_LIFECYCLE
EVENT = custlife.Purchased(at=AT, amount=20)
BUYER = custlife.Relationship("C-17").apply(EVENT)
GONE = BUYER.apply(custlife.Departed(at=AT, cause=custlife.Cause.PRICE))
PROFILE = strategy.Profile(relationship=BUYER)
SELECTOR = strategy.buttle_selector()
ADVICE = strategy.recommend(PROFILE)
STAGE = custlife.Stage("trial", "Tries it out.")
PREDICATE = custlife.at_least("purchases", 1)
ROW = custlife.Row("R-1", PREDICATE, strategy.Strategy.PROTECT, "Bought.", custlife.OWN)
TABLE = custlife.DecisionTable("doors", (ROW,), custlife.HitPolicy.FIRST)
VIEW = next(view for view in LIFECYCLE.views if view.model is custlife.Phase)
PATH = testing.shortest_paths(LIFECYCLE)[BUYER.state]
CANDIDATE = strategy.Candidate(customer="C-17", gain=5, cost=1)
REFUSED = [custlife.ComplaintSettled(at=AT), EVENT]
JOURNEY = custlife.replay(REFUSED, customer="C-17", on_rejected="collect")
CORRECTED = custlife.replay([custlife.Engaged(at=AT, id="e1")], customer="C").amend(withdraw=["e1"])
REGISTRY = strategy.Registry()
REGISTRY.register("buttle", SELECTOR)
CHART = custlife.to_chart(LIFECYCLE)
PARTS = {part: getattr(LIFECYCLE, part) for part in ("prospect", "customer", "former", "rules")}
COVERAGE = testing.Coverage(LIFECYCLE)
REQUIREMENT = testing.always(on="purchased")
SMALL = custlife.Lifecycle(
    "small",
    prospect=[custlife.Stage("guest", "Looks in.")],
    customer=[custlife.Stage("member", "Pays.")],
    former=[custlife.Stage("gone", "Is gone.")],
    rules=[
        custlife.Move("joined", at="guest", to="member", sentence="Joins."),
        custlife.Move("left", at=["guest", "member"], to="gone", sentence="Leaves."),
    ],
)
EVERYBODY = [
    strategy.Profile(relationship=one) for one in (custlife.Relationship("C"), BUYER, GONE)
]
SELECTION = testing.Selection(selector=SELECTOR, profiles=st.sampled_from(EVERYBODY))
ONCE = hypothesis.settings(max_examples=1, database=None)
SURVIVING = {str(one): "It is small." for one in testing.score(SMALL).survivors}


WEEKS = timedelta(weeks=13)
WINDOW = silence.FixedWindow(lapsed_after=WEEKS)
MODEL = prediction.MBGNBD(r=0.24, alpha=4.4, a=0.79, b=2.4)
MONEY = prediction.GammaGamma(p=6.25, q=3.74, gamma=15.44)
SUMMARY = prediction.Summary("C-17", 2, 30.0, 38.0, 35.0)
CURVE = prediction.kaplan_meier([1.0, 2.0, 3.0], [True, True, False])
PAIR = custlife.replay([EVENT, custlife.Purchased(at=AT + WEEKS, amount=20)], customer="C-17")
UPLIFT = prediction.uplift_by(["new", "new"], [True, False], [True, False])[0]
RATES = {"r": 0.24, "alpha": 4.4, "a": 0.79, "b": 2.4}


class Alien:
    """A class that has nothing to do with custlife."""


WRONG = {
    "None": None,
    "5": 5,
    "x": "x",
    "[]": [],
    "an object": object(),
    "a class": Alien,
    "not a number": Decimal("NaN"),
    "a float that is no number": float("nan"),
    "bytes": b"x",
    "a long text": "x" * 100_000,
    "a list of lists": [[]],
}

VALID = {
    "advice": ADVICE,
    "recommendations": [ADVICE],
    "after": custlife.Phase.EXPANSION,
    "amount": 20,
    "at": AT,
    "because": "The board said so.",
    "before": custlife.Phase.EXPANSION,
    "budget": 100,
    "candidates": [CANDIDATE],
    "chart": CHART,
    "causes": {"K01": custlife.Cause.PRICE},
    "cls": custlife.Purchased,
    "codes": ["K01"],
    "cost": 1,
    "customer": "C-17",
    "departure": GONE.departure,
    "cycle": 1,
    "data": codec.Codec().dump(BUYER),
    "directory": "tests/failures",
    "domains": {"purchases": [0, 1]},
    "event": EVENT,
    "events": [EVENT],
    "fact": "purchases",
    "facts": {"purchases": 1},
    "gain": 5,
    "gist": "What it says.",
    "gists": ("What it says.",),
    "history": [EVENT],
    "hit": custlife.HitPolicy.FIRST,
    "id": "R-1",
    "inputs": {},
    "into": ["trial", "regular"],
    "key": "KEY",
    "journey": custlife.replay([EVENT], customer="C-17"),
    "journeys": [JOURNEY],
    "kind": strategy.FactKind.COUNT,
    "left": BUYER.state,
    "lifecycle": LIFECYCLE,
    "limit": 5,
    "model": custlife.Phase,
    "moment": AT,
    "name": "name",
    "names": ["purchases"],
    "needed": 1,
    "new": LIFECYCLE,
    "old": LIFECYCLE,
    "needs": "purchases",
    "of": VIEW.of,
    "on": custlife.Purchased,
    "other": "contacts",
    "outcome": strategy.Strategy.PROTECT,
    "override": {"C-17": strategy.Strategy.PROTECT},
    "part": PREDICATE,
    "parts": (PREDICATE,),
    "path": PATH,
    "perform": lambda _: None,
    "policy": None,
    "predicate": PREDICATE,
    "profile": PROFILE,
    "purchase": "p1",
    "read": lambda _: 1,
    "record": BUYER.record,
    "reference": "Who, what, when.",
    "relationship": BUYER,
    "relationships": [BUYER],
    "room": custlife.Room.CUSTOMER,
    "room_left": custlife.Room.CUSTOMER,
    "row": "KAL-6",
    "rows": (ROW,),
    "rules": LIFECYCLE.rules,
    "sales_cycle": timedelta(days=3),
    "selector": SELECTOR,
    "sentence": "A sentence.",
    "source": custlife.OWN,
    "stage": "buyer",
    "stages": (STAGE,),
    "stages_left": ("buyer",),
    "state": BUYER.state,
    "strategy": strategy.Strategy.PROTECT,
    "subject": testing.Subject.of(LIFECYCLE),
    "table": TABLE,
    "thing": LIFECYCLE,
    "to": "buyer",
    "value": 5,
    "when": PREDICATE,
}
"""A valid value for each parameter that has no default, by the parameter's name."""

FREE = {"Relationship.to_chart.model", "restore_chart.model", "lifespans.by"}
"""Parameters that take any object of the app's."""

BY_DOOR = {
    "Coverage": {"tables": ()},
    "Coverage.add": {"things": (JOURNEY,)},
    "Coverage.missing": {"kind": "cell"},
    "after": {"trigger": "former", "only": ["engaged"]},
    "always": {"what": "buyer"},
    "assert_covered": {"coverage": COVERAGE, "at_least": {"cell": 0.0}},
    "assert_proven": {"requirements": REQUIREMENT},
    "assert_specified": {"thing": SMALL, "allow": SURVIVING},
    "check": {"requirements": REQUIREMENT},
    "eventually_possible": {"goal": "former"},
    "leads_to": {"trigger": "lapsed", "goal": "eroding"},
    "monotone": {"on": "purchased", "what": "bond"},
    "mutants": {"thing": SMALL},
    "never": {"what": "buyer"},
    "precedes": {"first": "purchased", "then": "buyer"},
    "preserves": {"on": "contacted"},
    "score": {"thing": SMALL},
    "stays_until": {"state": "eroding", "until": "purchased"},
    "Candidate.of": {"advice": strategy.recommend(strategy.Profile(relationship=GONE))},
    "Codec": {"events": custlife.EVENTS},
    "Codec.dump": {"value": BUYER},
    "Departure.judged_by": {"rules": custlife.DEFAULT_DEPARTURE_RULES},
    "Forbid": {"at": "buyer"},
    "Lifecycle": {name: getattr(LIFECYCLE, name) for name in ("prospect", "customer", "former")},
    "Lifecycle.refine": {"stage": "visitor", "into": ["trial"]},
    "Lifecycle.state": {"stages": ("visitor",)},
    "Journey.judged_by": {"rules": custlife.DEFAULT_DEPARTURE_RULES},
    "Journey.time_in": {"stage": "visitor"},
    "Move": {"at": "buyer"},
    "Path.follow": {"stage": iter(PATH.states * 9).__next__},
    "Path.of": {"events": ("purchased",)},
    "Path.then": {
        "event": "purchased",
        "after": custlife.Relationship("C-17").apply(EVENT, EVENT).state,
    },
    "Recommendation.stated": {"row": "MINE"},
    "Registry.get": {"name": "buttle"},
    "Registry.load": {"names": ()},
    "Relationship.apply": {"events": (custlife.Complained(at=AT),)},
    "Relationship.judged_by": {"rules": custlife.DEFAULT_DEPARTURE_RULES},
    "Relationship.to_chart": {"model": None},
    "Selection.of": {"thing": SELECTOR},
    "State.is_in": {"name": "buyer"},
    "Stay": {"at": "buyer"},
    "State": {"paths": (("buyer",), ("content",))},
    "Relationship.restore": {
        "cycle_began": AT,
        "customer_moment": AT,
        "entered": (AT, AT),
    },
    "state_of": {"chart": CHART()},
    "TableSelector": {"table": SELECTOR.table},
    "Table.step": {"event": EVENT},
    "View": {"moves": VIEW.moves},
    "fact_named": {"name": "purchases"},
    "first_of": {"selectors": (SELECTOR,)},
    "fitting": {"room": custlife.Room.CUSTOMER},
    "guidance_for": {"strategy": strategy.Strategy.PROTECT},
    "lifecycle_machine": {"thing": LIFECYCLE},
    "restore_chart": {"model": None},
    "some_of": {"parts": (PREDICATE,)},
}
BY_DOOR |= {
    "Answer": {"status": silence.Status.ACTIVE, "because": "Bought lately."},
    "Deadlines": {"since": AT},
    "Deadlines.next_at": {"at": AT},
    "Deadlines.status": {"at": AT},
    "LikelyGone": {"model": MODEL},
    "StageLimits": {"limits": {"buyer": WEEKS}},
    "both": {"rules": (WINDOW, WINDOW)},
    "either": {"rules": (WINDOW, WINDOW)},
    "due": {"rule": WINDOW, "as_of": AT},
    "Relationship.due": {"rule": WINDOW, "as_of": AT},
    "Signals.from_history": {"source": PAIR, "model": MODEL, "as_of": AT + WEEKS},
    "contacts": {
        "people": [SUMMARY],
        "model": MODEL,
        "money": MONEY,
        "margin_rate": 0.3,
        "cost": 1,
    },
    "BGNBD": RATES,
    "MBGNBD": RATES,
    "ParetoNBD": {"r": 0.24, "alpha": 4.4, "s": 0.6, "beta": 11.0},
    "GammaGamma": {"p": 6.25, "q": 3.74, "gamma": 15.44},
    "GammaGamma.expected_money": {"x": 2, "mean": 35.0},
    "ShiftedBetaGeometric": {"alpha": 0.7, "beta": 1.2},
    "ShiftedBetaGeometric.fit": {"survivors": [1000, 631, 468, 382]},
    "ShiftedBetaGeometric.survival": {"t": 2},
    "ShiftedBetaGeometric.retention": {"t": 2},
    "ShiftedBetaGeometric.residual_lifetime": {"renewals": 2},
    "Summary": {"x": 2, "t_x": 30.0, "T": 38.0},
    "SurvivalCurve.at": {"time": 2.0},
    "SurvivalCurve.standard_error": {"time": 2.0},
    "SurvivalCurve.restricted_mean": {"horizon": 2.0},
    "backtest": {
        "what": WINDOW,
        "journeys": [PAIR],
        "split": AT + timedelta(days=1),
        "horizon": WEEKS,
    },
    "cohort": {"journey": PAIR},
    "kaplan_meier": {"durations": [1.0, 2.0], "ended": [True, False]},
    "lengthened": {"before": CURVE, "after": CURVE},
    "lifespans": {"journeys": [PAIR], "as_of": AT + WEEKS, "end": "departure"},
    "stage_stays": {"journeys": [PAIR], "as_of": AT + WEEKS},
    "summaries": {"source": [PAIR], "as_of": AT + WEEKS},
    "summary_of": {"as_of": AT},
    "trend": {"journey": PAIR, "since": AT, "until": AT + WEEKS},
    "uplift_by": {"segments": ["new"], "treated": [True], "responded": [True]},
}
BY_DOOR |= {
    f"{rule}.judge": {"at": AT}
    for rule in ("FixedWindow", "OwnRhythm", "StageLimits", "LikelyGone", "Combination")
}
for _model in ("BGNBD", "MBGNBD", "ParetoNBD"):
    _history = {"x": 2, "t_x": 30.0, "T": 38.0}
    BY_DOOR |= {
        f"{_model}.fit": {"rows": [SUMMARY]},
        f"{_model}.log_likelihood_of": {"rows": [SUMMARY]},
        f"{_model}.alive": _history,
        f"{_model}.silent_until": {"x": 2, "t_x": 30.0, "below": 0.5},
        **{
            f"{_model}.{name}": {**_history, "horizon": 4.0}
            for name in ("expected", "buys", "stays")
        },
    }
BY_DOOR |= {law.name: {"thing": SMALL, "settings": ONCE} for law in testing.LIFECYCLE_LAWS}
BY_DOOR |= {law.name: {"thing": SELECTION, "settings": ONCE} for law in testing.SELECTOR_LAWS}
"""Valid values that only one door takes, by its name."""

RECEIVERS = {
    "Account": custlife.replay_account([EVENT], customer="C-17"),
    "Bills": strategy.Bills.of(PROFILE),
    "BrokenLifecycle": testing.BrokenLifecycle("unreachable", {**PARTS, "name": "broken"}),
    "Candidate": CANDIDATE,
    "CauseMap": custlife.CauseMap({"K01": custlife.Cause.PRICE}),
    "Codec": codec.Codec(),
    "Coverage": COVERAGE,
    "CustomerValue": PROFILE.value,
    "DecisionTable": TABLE,
    "Departure": GONE.departure,
    "EconomicSelector": strategy.economic_selector(),
    "Journey": custlife.replay([EVENT], customer="C-17"),
    "Lifecycle": LIFECYCLE,
    "Migration": custlife.Migration(LIFECYCLE, LIFECYCLE),
    "Path": PATH,
    "Plugin": strategy.Plugin(SELECTOR, "buttle"),
    "Predicate": PREDICATE,
    "Profile": PROFILE,
    "Proof": testing.prove(LIFECYCLE),
    "Recommendation": ADVICE,
    "Record": BUYER.record,
    "RecordedFailure": testing.RecordedFailure("law", "order", LIFECYCLE, (EVENT,)),
    "Registry": REGISTRY,
    "Reputation": strategy.reputation([BUYER]),
    "Rejection": JOURNEY.rejected[0],
    "Relationship": BUYER,
    "Selection": testing.Selection.of(SELECTOR),
    "Selector": strategy.Selector(),
    "State": BUYER.state,
    "Step": JOURNEY.steps[0],
    "Withdrawn": CORRECTED.withdrawn[0],
    "Subject": testing.Subject.of(LIFECYCLE),
    "Table": custlife.to_table(LIFECYCLE),
    "TableSelector": SELECTOR,
    "View": VIEW,
    "Answer": WINDOW.judge(BUYER, AT),
    "BGNBD": prediction.BGNBD(**RATES),
    "Combination": silence.either(WINDOW, WINDOW),
    "Deadlines": silence.Deadlines(AT),
    "FixedWindow": WINDOW,
    "GammaGamma": MONEY,
    "LikelyGone": silence.LikelyGone(MODEL),
    "MBGNBD": MODEL,
    "OwnRhythm": silence.OwnRhythm(),
    "ParetoNBD": prediction.ParetoNBD(r=0.24, alpha=4.4, s=0.6, beta=11.0),
    "ShiftedBetaGeometric": prediction.ShiftedBetaGeometric(alpha=0.7, beta=1.2),
    "StageLimits": silence.StageLimits({"buyer": WEEKS}),
    "SurvivalCurve": CURVE,
    "Trend": prediction.trend(PAIR, since=AT, until=AT + WEEKS),
    "Uplift": UPLIFT,
}
"""What the methods are called on, by the name of the class."""

MADE_BY_THE_LIBRARY = {
    "Requirement",
    "RequirementVerdict",
    "Uncovered",
    "Score",
    "Report",
    "Mutant",
    "Account",
    "BrokenLifecycle",
    "Candidates",
    "Change",
    "Counterfactual",
    "Drift",
    "EconomicSelector",
    "Estimate",
    "Fault",
    "Found",
    "Guidance",
    "Guide",
    "Journey",
    "OpenComplaint",
    "Path",
    "Plugin",
    "Portfolio",
    "Predicate",
    "Proof",
    "Reason",
    "RecordedFailure",
    "Recommendation",
    "Rejection",
    "Reputation",
    "RunnerUp",
    "Step",
    "Table",
    "Verdict",
    "Withdrawn",
    "Backtest",
    "Combination",
    "DeadlineRule",
    "Due",
    "Inference",
    "Lengthening",
    "PurchaseModel",
    "Scores",
    "SurvivalCurve",
    "Tenth",
    "Trend",
    "Uplift",
    "Watch",
}
"""Classes that are public as types of answers; no app calls their constructors."""

NOT_SWEPT = {
    "Requirement.decide",
    "RequirementVerdict.to_mermaid",
    "CellLaw",
    "HistoryLaw",
    "Law",
    "SelectorLaw",
    "HistoryLaw.check",
    "SelectorLaw.check",
    "Found.to_mermaid",
    "Rejection.explain",
    "Step.explain",
    "OpenComplaint.contradictions",
    "Withdrawn.explain",
    "Verdict.explain",
    "Portfolio.explain",
    "Inference.explain",
    "Backtest.explain",
    "Lengthening.explain",
    "Watch.of",
    *(
        f"{rule}.{name}"
        for rule in ("FixedWindow", "OwnRhythm", "StageLimits", "LikelyGone", "Combination")
        for name in ("because", "deadlines", "degree", "gap", "quiet")
    ),
    *(f"DeadlineRule.{name}" for name in ("because", "deadlines", "degree", "judge", "quiet")),
    *(
        f"PurchaseModel.{name}"
        for name in (
            *("alive", "expected", "buys", "stays", "silent_until"),
            *("fit", "log_likelihood_of"),
        )
    ),
}
"""Doors without parameters on receivers that are long to make, and the constructors of laws."""


class Door(NamedTuple):
    """A public callable, and a valid value for each of its parameters that needs one."""

    name: str
    call: object

    @property
    def parameters(self):
        return inspect.signature(self.call).parameters

    def valid(self):
        own = BY_DOOR.get(self.name, {})
        return {
            name: own[name] if name in own else VALID[name]
            for name, one in self.parameters.items()
            if name in own or (one.default is one.empty and one.kind is not one.VAR_KEYWORD)
            if name in own or one.kind is not one.VAR_POSITIONAL or name in VALID
        }

    def __call__(self, **given):
        args, kwargs = [], {}
        for name, one in self.parameters.items():
            if name not in given:
                continue
            if one.kind is one.VAR_POSITIONAL:
                args += given[name]
            elif one.kind is one.KEYWORD_ONLY or len(args) < list(self.parameters).index(name):
                kwargs[name] = given[name]
            else:
                args.append(given[name])
        return self.call(*args, **kwargs)


def public():
    for module in (custlife, strategy, testing, codec, silence, prediction):
        for name in getattr(module, "__all__", ["Codec"]):
            yield name, getattr(module, name)


def methods(cls):
    for name in dir(cls):
        plain = inspect.getattr_static(cls, name)
        ours = any(name in vars(base) for base in cls.__mro__ if "custlife" in base.__module__)
        if ours and name[0] != "_" and isinstance(plain, classmethod | staticmethod):
            yield name, True
        elif ours and name[0] != "_" and inspect.isfunction(plain):
            yield name, False


def doors():
    for name, value in public():
        if inspect.isclass(value):
            if issubclass(value, Enum | Exception) or getattr(value, "_is_protocol", False):
                continue
            if name not in MADE_BY_THE_LIBRARY:
                yield Door(name, value)
            for method, on_class in methods(value):
                receiver = value if on_class else RECEIVERS.get(name)
                yield Door(f"{name}.{method}", getattr(receiver, method, None))
        elif inspect.isroutine(value) or isinstance(value, testing.Law | testing.SelectorLaw):
            yield Door(name, value)


ALL = [door for door in doors() if door.name not in NOT_SWEPT]
LAWS = {law.name for law in (*testing.LIFECYCLE_LAWS, *testing.SELECTOR_LAWS)}


def is_ours(error):
    """Whether an error is custlife's own, or a TypeError or ValueError that custlife raises."""
    if isinstance(error, custlife.CustlifeError):
        return True
    place = error.__traceback__
    while place.tb_next is not None:
        place = place.tb_next
    raised = any(
        step.offset == place.tb_lasti and step.opname == "RAISE_VARARGS"
        for step in dis.get_instructions(place.tb_frame.f_code)
    )
    module = place.tb_frame.f_globals["__name__"]
    return (
        raised and module.split(".")[0] == "custlife" and isinstance(error, TypeError | ValueError)
    )


FORWARDED = {
    "Candidate.of()",
    "Evidence.read()",
    "Plugin()",
    "Subject.of()",
    "all_of, any_of or some_of()",
    "check()",
    "score()",
    "fact",
    "from_chart()",
    "images()",
    "predicate()",
    "profiles()",
    "restore_chart()",
    "source",
    "to_chart()",
    "transition_coverage_paths()",
    "values()",
    "summary_of()",
    "summary",
    "BG/NBD",
    "MBG/NBD",
    "Pareto/NBD",
    "Gamma-Gamma",
    "sBG",
}
"""What other doors pass their arguments to, which then names the argument by its own name."""


def attempt(door, given):
    """What is wrong with the answer of a door to these arguments; nothing where it is right."""
    try:
        door(**given)
    except Exception as error:  # noqa: BLE001 - any error is an answer here
        if not is_ours(error):
            return f"raw {type(error).__name__}: {str(error)[:100]}"
        subject = getattr(error, "subject", "") if isinstance(error, InvalidArgument) else ""
        if subject not in FORWARDED and not door.name.endswith(subject.removesuffix("()")):
            return f"the call is named as {subject}"
        longest = max(map(len, str(error).splitlines()))
        if longest >= 1000:
            return f"a line of {longest} characters"
    return None


def swept(door):
    """Each parameter of a door beside each wrong value that it may get."""
    for name, one in door.parameters.items():
        if one.kind is one.VAR_KEYWORD or f"{door.name}.{name}" in FREE:
            continue
        for label, wrong in WRONG.items():
            if wrong is not one.default:
                yield name, label, (wrong,) if one.kind is one.VAR_POSITIONAL else wrong


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """What is given for a directory may be one: it is made beside the tree."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("door", [d for d in ALL if d.name not in LAWS], ids=lambda door: door.name)
def test_a_door_opens_for_valid_arguments(door):
    """So what the sweep finds is due to the one wrong value."""
    assert attempt(door, door.valid()) is None


def problems(door):
    """What is wrong with the answers of a door to all wrong values, one at a time."""
    valid = door.valid()
    return [
        f"{name}={label}: {problem}"
        for name, label, wrong in swept(door)
        if (problem := attempt(door, {**valid, name: wrong})) is not None
    ]


@pytest.mark.parametrize("door", [d for d in ALL if d.name not in LAWS], ids=lambda door: door.name)
def test_a_door_refuses_a_wrong_type_with_an_error_of_ours(door):
    """Or takes it, where any value will do; each line of the message is short."""
    assert problems(door) == []


@pytest.mark.slow
@pytest.mark.parametrize("door", [d for d in ALL if d.name in LAWS], ids=lambda door: door.name)
def test_a_law_refuses_a_wrong_type_with_an_error_of_ours(door):
    """As every door; where it takes the value, it is tried."""
    assert problems(door) == []


def test_every_public_callable_is_swept():
    """A class whose methods are doors has an instance on which they are called."""
    assert [door.name for door in ALL if door.call is None] == []
