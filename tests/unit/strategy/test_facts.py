"""The definitions of facts: complete, cited, and read as they say."""

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

import pytest
from attrs import evolve, fields_dict
from tests.ids import stable

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    Engaged,
    Initiator,
    Ladder,
    Lapsed,
    Lifecycle,
    Move,
    Phase,
    Process,
    Purchased,
    Region,
    Relationship,
    Room,
    ServiceFailed,
    Stage,
    View,
    replay_account,
    to_table,
)
from custlife.causes import DefectorKind
from custlife.departure_kind import DepartureKind
from custlife.errors import InvalidArgument
from custlife.prediction import Inclination
from custlife.severity import Severity
from custlife.sources import ASSUMPTION, EFR, WORKS
from custlife.strategy import (
    FACTS,
    Bills,
    Catalogue,
    CustomerValue,
    FactKind,
    InvalidSelector,
    Market,
    PartyKind,
    Profile,
    Signals,
    Tier,
    fact_named,
    facts_for,
    recommend,
)
from custlife.strategy.errors import UnknownFact
from custlife.strategy.fact import Calculated
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of, learnable, unknown_inputs
from custlife.testing.generators.events import event_class

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)), Complained(at=NOW, channel="fax"))
DAY = timedelta(days=1)
FORMER = CUSTOMER.apply(Departed(at=NOW + DAY, cause=Cause.PRICE))
LOUD = CUSTOMER.apply(Complained(at=NOW, public=True), Departed(at=NOW, cause=Cause.PRICE))
UNCLEAR, SILENT = (
    CUSTOMER.apply(Departed(at=NOW, cause=c)) for c in (Cause.UNKNOWN, Cause.SILENCE)
)
BACK = FORMER.apply(Engaged(at=NOW + 2 * DAY))
VALUE = CustomerValue(
    revenue=500,
    margin=150,
    cost_to_serve=40,
    purchases=6,
    income=9000,
    remaining_years=2,
    remaining_value=7,
    party=PartyKind.PARTNER,
)
NUMBERS = set(fields_dict(CustomerValue)) - {"customer", "party", "origins"}
NAMES = [fact.name for fact in FACTS]
OF_SOME = {"last_cause", "last_kind", "phase"}
"""Facts that are known of some people outside the rooms where they are known of everybody."""


def read(name, relationship, **parts):
    return fact_named(name).read(Profile(relationship=relationship, **parts))


@pytest.mark.parametrize("name", sorted(set(fields_dict(Signals)) - {"origins"}))
def test_every_signal_is_a_fact(name):
    """It follows from itself, and unknown it is None."""
    fact = fact_named(name)

    assert fact.inputs == (name,)
    assert fact.read(Profile(relationship=PROSPECT)) is None


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_of_the_value_is_a_fact(name):
    """Read as the value says it."""
    fact = fact_named(name)

    assert fact.inputs == (name,)
    assert fact.kind.is_number
    assert fact.read(Profile(relationship=PROSPECT, value=VALUE)) == getattr(VALUE, name)


def test_what_can_be_otherwise_are_the_signals_and_the_numbers_of_the_value():
    """Neither history nor what follows from other facts."""
    assert set(INPUTS) == {*fields_dict(Signals), *NUMBERS, "party"} - {"origins"}


@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
def test_a_fact_cites_its_source(fact):
    """And says in one sentence what it means; no name stands twice."""
    assert fact.source in {*(source for work in WORKS for source in work), ASSUMPTION}
    assert fact.sentence.endswith(".")
    assert NAMES.count(fact.name) == 1
    assert fact_named(fact.name) is fact


@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
def test_no_fact_knows_the_channel(fact):
    """By name or by what it follows from (CHE-3)."""
    assert "channel" not in {fact.name, *fact.inputs}


def test_there_is_no_other_fact():
    """The error names the nearest one, and all that there are."""
    with pytest.raises(UnknownFact, match=r"'stratigic'\. Did you mean 'strategic'") as caught:
        fact_named("stratigic")

    assert (caught.value.name, caught.value.known) == ("stratigic", tuple(NAMES))


@pytest.mark.parametrize("name", [17, ["profit"], None], ids=repr)
def test_a_fact_is_named_by_text(name):
    """Whatever else is asked for is no fact, even where it cannot be hashed."""
    with pytest.raises(UnknownFact, match="There is no fact "):
        fact_named(name)


@pytest.mark.parametrize(
    ("value", "purchases"),
    [(CustomerValue(), 1), (VALUE, 6), (CustomerValue(purchases=0), 0)],
    ids=["untold", "told", "told none"],
)
def test_purchases_are_those_of_the_value_and_else_those_on_record(value, purchases):
    """So they are always known."""
    assert read("purchases", CUSTOMER, value=value) == purchases


@pytest.mark.parametrize(
    ("name", "who", "value"),
    [
        ("room", CUSTOMER, Room.CUSTOMER),
        ("room", FORMER, Room.FORMER),
        ("cycle", FORMER, 1),
        ("cycle", BACK, 2),
        ("open_complaints", CUSTOMER, 1),
        ("open_complaints", PROSPECT, 0),
        ("departure_kind", FORMER, DepartureKind.EROSION),
        ("severity", FORMER, FORMER.departure.severity),
        ("initiator", FORMER, Initiator.CUSTOMER),
        ("cause", FORMER, Cause.PRICE),
        ("cause_changeable", FORMER, True),
        ("defector", FORMER, DefectorKind.BOUGHT_AWAY),
        ("departure_kind", BACK, None),
        ("last_cause", FORMER, Cause.PRICE),
        ("last_cause", BACK, Cause.PRICE),
        ("last_cause", CUSTOMER, None),
        ("last_kind", FORMER, DepartureKind.EROSION),
        ("last_kind", BACK, DepartureKind.EROSION),
        ("last_kind", PROSPECT, None),
        ("returned", BACK, True),
        ("returned", FORMER, False),
        ("returned", CUSTOMER, False),
        ("service_failures", CUSTOMER, 0),
        ("service_failures", CUSTOMER.apply(ServiceFailed(at=NOW)), 1),
        ("open_public_complaints", CUSTOMER, 0),
        ("open_public_complaints", CUSTOMER.apply(Complained(at=NOW, public=True)), 1),
        ("stage", CUSTOMER, "buyer"),
        ("stage", FORMER, "eroded"),
        ("bond", CUSTOMER, "buyer"),
        ("bond", FORMER, None),
        ("standing", CUSTOMER, "in_conflict"),
        ("standing", PROSPECT, None),
        ("ladder", CUSTOMER, Ladder.BUYER),
        ("phase", CUSTOMER, Phase.EXPLORATION),
        ("phase", PROSPECT, None),
        ("process", CUSTOMER, Process.RETENTION_AND_EXPANSION),
        ("process", FORMER, None),
        ("cause_changeable", CUSTOMER, None),
    ],
    ids=lambda value: str(getattr(value, "state", value)),
)
def test_history_is_read_from_the_relationship(name, who, value):
    """A departure only while the customer is gone."""
    assert read(name, who) == value


@pytest.mark.parametrize(
    ("said", "known", "read_"),
    [
        (None, None, None),
        (True, None, True),
        (True, False, False),
        (False, None, False),
        (False, True, True),
    ],
)
def test_a_key_customer_is_one_by_the_signals_or_else_by_the_departure(said, known, read_):
    """What was said when they left counts, also after a return, unless the app knows better."""
    gone = CUSTOMER.apply(Departed(at=NOW, cause=Cause.PRICE, key_customer=said))
    back = gone.apply(Purchased(at=NOW, amount=Decimal(1)))

    assert read("strategic", gone, signals=Signals(strategic=known)) is read_
    assert read("strategic", back, signals=Signals(strategic=known)) is read_


@pytest.mark.parametrize(
    ("events", "number"),
    [
        ([], 1),
        ([Purchased(at=NOW, amount=1)], 2),
        ([Departed(at=NOW)], None),
        ([Departed(at=NOW), Engaged(at=NOW)], 0),
        ([Departed(at=NOW), Purchased(at=NOW, amount=1)], 1),
        ([Departed(at=NOW), *[Purchased(at=NOW, amount=1)] * 3], 3),
        ([Departed(at=NOW), Purchased(at=NOW, amount=1), Departed(at=NOW), Engaged(at=NOW)], 0),
    ],
    ids=[1, 2, "gone", "back", "buys", "buys thrice", "back twice"],
)
def test_purchases_of_a_cycle_begin_anew_with_it(events, number):
    """While nobody is gone."""
    assert read("cycle_purchases", CUSTOMER.apply(*events)) == number


def test_all_purchases_count_where_the_departure_names_none():
    """An app may have stored none."""
    back = CUSTOMER.apply(Departed(at=NOW), Purchased(at=NOW, amount=1))
    bare = Relationship.restore(
        "C-17",
        state=back.state,
        record=back.record,
        entered=back.entered,
        cycle=2,
        cycle_began=back.cycle_began,
        customer_moment=back.customer_moment,
        departure=evolve(back.departure, purchases=None),
    )

    assert read("cycle_purchases", bare) == 2


@pytest.mark.parametrize(
    ("names", "inputs", "who", "named"),
    [
        (["profit"], {}, CUSTOMER, ("cost_to_serve", "margin")),
        (["profit"], {"margin": 1}, CUSTOMER, ("cost_to_serve",)),
        (["profit", "strategic"], {"margin": 1}, CUSTOMER, ("cost_to_serve", "strategic")),
        (["regain_bill"], {}, FORMER, ("regain_cost",)),
        (["regain_bill"], {}, LOUD, ("answer_cost", "regain_cost")),
        (["regain_bill"], {"regain_cost": 1}, LOUD, ("answer_cost",)),
        (["defector", "cause_changeable"], {}, UNCLEAR, ("cause",)),
        (["defector", "cause"], {}, UNCLEAR, ("cause",)),
        (["defector"], {}, SILENT, ()),
        (["last_cause"], {}, UNCLEAR, ("cause",)),
        (["cause", "cause_changeable"], {}, CUSTOMER, ()),
        (["last_cause"], {}, UNCLEAR.apply(Engaged(at=NOW)), ()),
        (["days_in_state"], {}, CUSTOMER, ("days_in_state",)),
        ([], {}, CUSTOMER, ()),
    ],
    ids=str,
)
def test_what_is_to_be_learnt_is_what_an_app_can_give(names, inputs, who, named):
    """Inputs that count for this customer, or the cause; a fact by its own name otherwise."""
    assert learnable(names, Profile(relationship=who).altered(**inputs)) == named


@pytest.mark.parametrize("cause", [Cause.UNKNOWN, Cause.SILENCE, Cause.OTHER])
def test_of_an_unclear_cause_it_is_unknown_whether_it_can_be_changed(cause):
    """Though the cause itself may be on record; one that is unknown is none."""
    gone = CUSTOMER.apply(Departed(at=NOW, cause=cause))

    assert read("cause", gone) is (None if cause is Cause.UNKNOWN else cause)
    assert read("last_cause", gone) is read("cause", gone)
    assert read("cause_changeable", gone) is None
    assert read("defector", gone) is None


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.rooms], ids=lambda fact: fact.name)
@pytest.mark.parametrize("who", [PROSPECT, CUSTOMER, FORMER, BACK], ids=lambda w: str(w.state))
def test_a_fact_is_known_of_everybody_in_its_rooms(fact, who):
    """Gaps of tables are searched over such facts alone; elsewhere it is unknown of somebody."""
    known = fact.read(Profile(relationship=who)) is not None

    assert known is (who.state.room in fact.rooms) or (known and fact.name in OF_SOME)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profit", 110),
        ("tier", Tier.IRON),
        ("party", PartyKind.PARTNER),
        ("expected_remaining_value", 7),
    ],
)
def test_what_follows_from_the_value_is_a_fact(name, value):
    """Read as the value works it out."""
    assert read(name, PROSPECT, value=VALUE) == value


def test_two_facts_are_sums_of_their_inputs():
    """Each input counts with plus or minus, or not at all."""
    assert {fact.name for fact in FACTS if fact.is_sum} == {"profit", "regain_bill"}


def test_a_departure_is_known_of_who_is_gone_but_for_what_follows_from_the_cause():
    """Where the cause is unknown, so is that."""
    facts = {"departure_kind", "severity", "initiator"}
    unsure = {"cause", "cause_changeable", "defector", "last_cause", "last_kind"}

    assert all(fact_named(name).rooms == {Room.FORMER} for name in facts | {"last_kind"})
    assert not any(fact_named(name).rooms for name in unsure - {"last_kind"})


def test_a_region_is_cited_by_its_first_stage():
    """Of the standing that is an assumption."""
    assert fact_named("standing").source == ASSUMPTION
    assert fact_named("bond").source == EFR[3]


def test_a_choice_names_all_its_values():
    """So that tables can be searched for gaps."""
    choices = {fact.name: fact.choices for fact in FACTS if fact.kind is FactKind.CHOICE}

    known_causes = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)
    assert choices == {
        "room": tuple(Room),
        "stage": (
            *("potential", "aware", "visitor", "buyer", "regular", "advocate"),
            *("lost", "eroded", "terminated"),
        ),
        "bond": ("buyer", "regular", "advocate"),
        "standing": ("content", "in_conflict", "eroding"),
        "ladder": tuple(Ladder),
        "phase": tuple(Phase),
        "process": tuple(Process),
        "last_cause": known_causes,
        "last_kind": tuple(DepartureKind),
        "departure_kind": tuple(DepartureKind),
        "severity": tuple(Severity),
        "initiator": tuple(Initiator),
        "cause": known_causes,
        "cause_changeable": (True, False),
        "defector": tuple(DefectorKind),
        "tier": tuple(Tier),
        "party": tuple(PartyKind),
        "inclination": tuple(Inclination),
    }


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (FactKind.SHARE, 0, 1),
        (FactKind.MONEY, 0, None),
        (FactKind.SUM, 0, None),
        (FactKind.BALANCE, None, None),
        (FactKind.TOTAL, None, None),
        (FactKind.RATIO, 0, None),
        (FactKind.COUNT, 0, None),
        (FactKind.YEARS, 0, 1000),
    ],
)
def test_a_kind_knows_its_bounds(kind, least, most):
    """The bounds themselves are allowed, a step beyond is not."""
    low = Decimal(-(10**30) if least is None else least)
    high = Decimal(10**30 if most is None else most)

    assert kind.is_number
    assert kind.allows(low)
    assert kind.allows(high)
    assert kind.allows(low - kind.step) is (least is None)
    assert kind.allows(high + kind.step) is (most is None)


@pytest.mark.parametrize("kind", FactKind)
def test_a_kind_knows_its_unit(kind):
    """Only flags and choices are no numbers."""
    assert kind.unit
    assert kind.is_number is (kind not in {FactKind.FLAG, FactKind.CHOICE})


@pytest.mark.parametrize(
    ("names", "inputs"),
    [
        ([], set()),
        (["room", "cause_changeable"], set()),
        (["strategic"], {"strategic"}),
        (["profit", "strategic"], {"margin", "cost_to_serve", "strategic"}),
        (["tier"], {"margin", "cost_to_serve"}),
        (["regain_bill"], {"regain_cost", "answer_cost"}),
        (["reputation", "last_cause", "stage"], set()),
        (
            ["expected_remaining_value"],
            {"remaining_value", "margin", "cost_to_serve", "remaining_years"},
        ),
        (["nothing of the kind"], set()),
    ],
    ids=stable,
)
def test_the_inputs_of_facts_are_the_fields_that_they_follow_from(names, inputs):
    """History has none."""
    assert inputs_of(names) == inputs
    assert inputs_of(iter(names), FACTS) == inputs


INPUT_OF_VALUE = {
    "profit": [{"margin": 1}, {"cost_to_serve": 1}],
    "tier": [{"margin": -1}, {"cost_to_serve": 9000}],
    "expected_remaining_value": [
        {"remaining_value": 1},
        {"remaining_value": None, "margin": 1},
        {"remaining_value": None, "cost_to_serve": 1},
        {"remaining_value": None, "remaining_years": 1},
    ],
}


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, changes in INPUT_OF_VALUE.items() for change in changes],
    ids=str,
)
def test_a_fact_follows_from_each_of_its_inputs(name, change):
    """Another input makes another fact."""
    profile = Profile(relationship=PROSPECT, value=VALUE)

    assert set(change) <= {*fact_named(name).inputs}
    assert fact_named(name).read(profile.altered(**change)) != fact_named(name).read(profile)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", " ", "a string that is not blank"),
        ("name", 3, "a string that is not blank"),
        ("kind", "flag", "a FactKind"),
        ("read", True, "a function of a profile"),
        ("inputs", "margin", "a tuple of names of signals and of numbers of the value"),
        ("inputs", (3,), "a tuple of names of signals and of numbers of the value"),
        ("inputs", ("margn",), "a tuple of names of signals and of numbers of the value"),
        ("sentence", "", "a string that is not blank"),
        ("source", 5, "a Source"),
        ("choices", "ab", "a tuple"),
        ("choices", (), "a tuple of all values"),
    ],
    ids=str,
)
def test_a_fact_of_the_apps_own_is_checked_when_it_is_made(field, value, expected):
    """The error names the field, and what it must be; a string is no tuple of letters."""
    with pytest.raises(InvalidArgument) as caught:
        evolve(fact_named("tier"), **{field: value})

    assert (caught.value.subject, caught.value.field) == ("fact", field)
    assert caught.value.expectation == expected


def test_the_inputs_cannot_be_altered():
    """They are the same for every selector."""
    with pytest.raises(TypeError):
        INPUTS["profit"] = fact_named("profit")


def test_a_name_that_is_no_text_is_no_fact_with_inputs():
    """Even where it cannot be hashed."""
    assert inputs_of([["profit"], 3]) == frozenset()


# --- where a customer stands -------------------------------------------------------------------


@pytest.mark.parametrize("state", to_table(CUSTOMER_LIFECYCLE).states, ids=str)
def test_who_stands_anything_but_content_is_discontent(state):
    """In every state; prospects and former customers have no standing."""
    who = Relationship.restore("C-17", **stored(state))

    assert read("discontent", who) is (state.room is Room.CUSTOMER and not state.is_in("content"))


def stored(state):
    """The least that a stored relationship in a state holds."""
    customer = CUSTOMER if state.room is Room.CUSTOMER else None
    former = FORMER if state.room is Room.FORMER else None
    like = customer or former or PROSPECT
    names = ("record", "cycle", "cycle_began", "customer_moment", "departure")
    entered = [like.since] * len(state.active)
    return {"state": state, "entered": entered, **{name: getattr(like, name) for name in names}}


def test_a_stage_inside_content_is_content():
    """And one inside another stage of the standing is not."""
    cheered = Move("cheered", at="calm", to="glad", sentence="Smiles.")
    finer = CUSTOMER_LIFECYCLE.refine("content", ["calm", "glad"], cheered)
    bought = Relationship("C-17", finer).apply(Purchased(at=NOW, amount=1))

    assert bought.state.is_in("calm")
    assert read("discontent", bought) is False
    assert read("discontent", bought.apply(event("cheered"))) is False
    assert read("standing", bought) == "content"
    assert read("discontent", bought.apply(Lapsed(at=NOW))) is True


class Heat(Enum):
    """How warm a member is."""

    COLD = "cold"
    WARM = "warm"


def club(standing="standing", first="content", model=Heat):
    """A lifecycle of an app's own."""
    return Lifecycle(
        "club",
        prospect=[Stage("guest", "Looks in.")],
        customer=[
            Region("level", "What they pay.", [Stage("basic", "Pays."), Stage("plus", "More.")]),
            Region(standing, "How they feel.", [Stage(first, "Fine."), Stage("cross", "Not.")]),
        ]
        if standing
        else [Stage("member", "Pays the fee.")],
        former=[Stage("gone", "Pays no longer.")],
        rules=[
            Move("joined", at="guest", to=["basic", first] if standing else "member", sentence="x"),
            Move("left", at="customer", to="gone", sentence="x"),
            *(
                [
                    Move("paid", at="basic", to="plus", sentence="x"),
                    Move("sulked", at=first, to="cross", sentence="x"),
                ]
                if standing
                else []
            ),
        ],
        views=[
            View(
                model,
                of={"guest": None, "customer": model.WARM, "former": model.COLD},
                moves=[(None, model.WARM), (model.WARM, model.COLD)],
                sentence="How warm.",
            )
        ],
    )


@pytest.mark.parametrize(
    ("lifecycle", "discontent"),
    [(club(), True), (club("mood"), False), (club("zeal"), False)],
    ids=["content and cross", "no standing", "another region"],
)
def test_a_lifecycle_of_the_apps_own_knows_who_is_content_by_the_same_names(lifecycle, discontent):
    """Without such a region nobody is discontent."""
    cross = Relationship("C-17", lifecycle).apply(event("joined"), event("sulked"))

    assert read("discontent", cross) is discontent


def test_a_standing_without_a_stage_content_says_nothing_of_who_is_discontent():
    """So the lifecycle does not have that fact, and a table that reads it is refused in words."""
    lifecycle = club(first="fine")
    cross = Relationship("C-17", lifecycle).apply(event("joined"), event("sulked"))

    assert "discontent" not in {fact.name for fact in facts_for(lifecycle)}
    assert read("discontent", cross) is None
    assert read("discontent", Relationship("C-17", lifecycle.refine("basic", ["content"]))) is None
    with pytest.raises(InvalidSelector, match=r"the fact 'discontent' \(yes and no\), which the"):
        recommend(Profile(relationship=cross))


def event(name):
    """An event of an app's own."""
    return event_class(name)(at=NOW)


def test_a_lifecycle_of_the_apps_own_has_its_own_facts():
    """Its regions and views under their names, beside the general facts."""
    names = [fact.name for fact in facts_for(club("mood")) if fact.of_lifecycle]
    by_name = {fact.name: fact for fact in facts_for(club("mood"))}

    member = Profile(relationship=Relationship("C-17", club("mood")).apply(event("joined")))
    guest = Profile(relationship=Relationship("C-17", club("mood")))

    assert names == ["discontent", "stage", "level", "mood", "heat"]
    assert [by_name[name].read(member) for name in names] == [
        False,
        "basic",
        "basic",
        "content",
        Heat.WARM,
    ]
    assert [by_name[name].read(guest) for name in names] == [False, "guest", None, None, None]
    assert by_name["level"].rooms == {Room.CUSTOMER}
    assert by_name["heat"].rooms == {Room.CUSTOMER, Room.FORMER}
    assert {fact.name for fact in FACTS if not fact.of_lifecycle} <= {*by_name}


def test_a_lifecycle_without_regions_has_its_stages_alone():
    """A room is no region."""
    names = [fact.name for fact in facts_for(club(standing=None)) if fact.of_lifecycle]

    assert names == ["discontent", "stage", "heat"]
    assert read("ladder", Relationship("C-17", club(standing=None))) is None


def test_a_region_with_the_name_of_another_fact_is_refused():
    """The error says which one, and what to do."""
    with pytest.raises(InvalidArgument, match=r"unlike 'revenue'.*Rename the region") as caught:
        facts_for(club("revenue"))

    assert caught.value.field == "lifecycle"


def test_facts_are_for_a_lifecycle():
    """And for nothing else."""
    with pytest.raises(InvalidArgument, match=r"facts_for\(\): lifecycle is 'club'"):
        facts_for("club")


# --- the moment of the question, the market, and the two bills ---------------------------------

FAILED = CUSTOMER.apply(ServiceFailed(at=NOW + DAY))


@pytest.mark.parametrize(
    ("name", "who", "days"),
    [
        ("days_in_state", FAILED, 9),
        ("days_since_purchase", FAILED, 9),
        ("days_since_failure", FAILED, 8),
        ("days_since_failure", CUSTOMER, None),
        ("days_since_purchase", PROSPECT, None),
        ("days_in_state", PROSPECT, None),
    ],
)
def test_days_are_counted_up_to_the_moment_of_the_question(name, who, days):
    """Whole days; without that moment, or where nothing happened, they are unknown."""
    just = NOW + 10 * DAY - timedelta(seconds=1)

    assert read(name, who, as_of=just) == days
    assert read(name, who) is None


@pytest.mark.parametrize(
    ("own", "market", "fact"),
    [(None, None, None), (0.2, None, 0.2), (None, 0.8, 0.8), (0.2, 0.8, 0.2), (0, 0.8, 0)],
)
def test_competition_is_the_customers_own_and_else_the_markets(own, market, fact):
    """None is unknown, and no zero (IMH-5)."""
    given = {"signals": Signals(competition=own), "market": Market(competition=market)}

    assert read("competition", CUSTOMER, **given) == (None if fact is None else Decimal(str(fact)))


def test_reputation_is_the_markets():
    """No signal changes it (IMH-10)."""
    assert read("reputation", PROSPECT, market=Market(reputation=0.9)) == Decimal("0.9")
    assert read("reputation", PROSPECT) is None


LOUD = CUSTOMER.apply(Complained(at=NOW, public=True, id="c2"))


@pytest.mark.parametrize(
    ("who", "regain", "answer", "bill"),
    [
        (FORMER, 60, None, 60),
        (FORMER, 60, 40, 60),
        (FORMER, None, 40, None),
        (LOUD, 60, 40, 100),
        (LOUD, 60, None, None),
        (LOUD, None, 40, None),
        (LOUD.apply(ComplaintIgnored(at=NOW, complaint="c2")), 60, 41, 101),
        (LOUD.apply(ComplaintSettled(at=NOW, complaint="c2")), 61, None, 61),
    ],
    ids=lambda value: str(getattr(value, "state", value)),
)
def test_the_bill_of_a_return_counts_the_answer_to_open_complaints_in_public(
    who, regain, answer, bill
):
    """Each part that is needed must be known (IMH-9)."""
    profile = Profile(relationship=who, signals=Signals(regain_cost=regain, answer_cost=answer))

    assert fact_named("regain_bill").read(profile) == bill == Bills.of(profile).total


def test_an_unknown_part_that_does_not_count_is_not_missing():
    """Nobody complained in public, so to learn what an answer costs changes nothing."""
    profile = Profile(relationship=FORMER, signals=Signals(regain_cost=60))

    assert unknown_inputs(["regain_bill"], profile) == ()
    assert unknown_inputs(["expected_remaining_value"], profile) == (
        *("cost_to_serve", "margin", "remaining_value", "remaining_years"),
    )


HOLDING = replay_account(
    [
        *(Purchased(at=NOW, amount=5, offering=name) for name in "abc"),
        Departed(at=NOW + DAY, offering="a"),
        Departed(at=NOW + 9 * DAY, offering="b"),
    ],
    customer="C-17",
)
GOODS = Catalogue(offerings=["a", "c", "d", "e"], lately_days=10)


@pytest.mark.parametrize(
    ("parts", "values"),
    [
        ({}, (None, None, None)),
        ({"account": HOLDING}, (1, None, None)),
        ({"account": HOLDING, "as_of": NOW + 50 * DAY}, (1, 2, None)),
        ({"account": HOLDING, "catalogue": GOODS, "as_of": NOW + 11 * DAY}, (1, 2, 2)),
        ({"account": HOLDING, "catalogue": GOODS, "as_of": NOW + 12 * DAY}, (1, 1, 2)),
        ({"account": HOLDING, "catalogue": GOODS, "as_of": NOW + 20 * DAY}, (1, 0, 2)),
        ({"catalogue": GOODS, "as_of": NOW + 20 * DAY}, (None, None, None)),
    ],
    ids=["nothing", "account", "moment", "both lately", "one lately", "none lately", "no account"],
)
def test_facts_of_offerings_are_unknown_without_an_account(parts, values):
    """The days are those of the catalogue, and count up to the moment of the question."""
    names = ("offerings_held", "dropped_lately", "cross_sell_candidates")

    assert tuple(read(name, HOLDING.relationship, **parts) for name in names) == values


def test_an_offering_that_was_taken_up_again_was_not_dropped():
    """It is held."""
    back = replay_account(
        [*HOLDING.events, Purchased(at=NOW + 10 * DAY, amount=5, offering="a")], customer="C-17"
    )

    parts = {"account": back, "as_of": NOW + 11 * DAY}
    assert read("dropped_lately", back.relationship, **parts) == 1
    assert read("offerings_held", back.relationship, **parts) == 2


@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
def test_how_a_fact_is_read_is_data(fact):
    """It pickles, equals itself, and reads the same afterwards."""
    profile = Profile(relationship=BACK, value=VALUE, as_of=NOW + 99 * DAY)

    read_ = pickle.loads(pickle.dumps(fact.read))

    assert read_ == fact.read
    assert read_(profile) == fact.read(profile)


@pytest.mark.parametrize(
    ("one", "sign", "other", "made"),
    [
        (3, "-", 5, -2),
        (Decimal("0.1"), "+", 2, Decimal("2.1")),
        (3, "*", Decimal("0.5"), Decimal("1.5")),
        (None, "+", 1, None),
        (1, "+", None, None),
    ],
    ids=str,
)
def test_what_is_calculated_is_exact(one, sign, other, made):
    """A whole number of two whole ones, and unknown where one of them is."""
    reader = Calculated(lambda _: one, sign, lambda _: other)

    found = reader(Profile(relationship=PROSPECT))

    assert found == made
    assert type(found) is type(made)


def test_facts_are_what_the_value_and_the_relationship_say():
    """Where these work something out, too."""
    paid = Profile(relationship=BACK, value=VALUE, as_of=NOW + 99 * DAY)
    bare = Profile(relationship=LOUD, signals=Signals(regain_cost=3, answer_cost=4))
    silent = BACK.time_since_purchase(NOW + 99 * DAY)

    assert fact_named("profit").read(paid) == VALUE.profit
    assert fact_named("tier").read(paid) is VALUE.tier()
    assert fact_named("expected_remaining_value").read(paid) == VALUE.expected_remaining_value
    assert fact_named("days_since_purchase").read(paid) == silent.days
    assert fact_named("regain_bill").read(bare) == Bills.of(bare).total
