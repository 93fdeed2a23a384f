"""The kind of a departure, over everything that can decide it."""

import pickle
from datetime import timedelta
from itertools import product

import pytest
from attrs import evolve

from custlife import (
    ASSUMPTION,
    KIND_FACTS,
    SEVERITY_FACTS,
    Cause,
    DecisionTable,
    DepartureKind,
    DepartureRules,
    HitPolicy,
    Initiator,
    InvalidPolicy,
    Room,
    Row,
    Severity,
    UndecidedTable,
    all_of,
    any_of,
    at_least,
    at_most,
    is_,
    is_not,
    not_,
)
from custlife.decisions.gaps import overlaps
from custlife.decisions.predicates import spoken
from custlife.departure_kind import kind_facts
from custlife.sources import KAL, MATTISON

LOSS, EROSION = DepartureKind.LOSS, DepartureKind.EROSION
TERMINATION, INCIDENTAL = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
CUSTOMER, ENTERPRISE, BOTH = Initiator
TICK, FORTNIGHT = timedelta(microseconds=1), timedelta(days=14)
RULES = DepartureRules()
GRACIOUS = DepartureRules(moment_grace=FORTNIGHT)

AWAY = {
    Cause.REQUIREMENTS_CHANGED,
    Cause.NEED_ENDED,
    Cause.RELOCATION,
    Cause.INCOME_CHANGED,
    Cause.CEASED,
    Cause.SUCCEEDED,
}
"""Causes by which the person moved away or ceased."""
PLACES = [
    (Room.PROSPECT, None),
    (Room.CUSTOMER, timedelta(0)),
    (Room.CUSTOMER, TICK),
    (Room.CUSTOMER, FORTNIGHT - TICK),
    (Room.CUSTOMER, FORTNIGHT),
    (Room.CUSTOMER, FORTNIGHT + TICK),
]
"""Where one can leave from: as a prospect, or so long after the customer moment."""
EVERYTHING = list(product(PLACES, Cause, Initiator, (None, "Rival Ltd")))


def kind(place, cause=Cause.UNKNOWN, initiator=CUSTOMER, to=None, rules=RULES):
    room, after = place
    return rules.kinds.decide(kind_facts(room, cause, initiator, to, after))


def expected(place, cause, initiator, to, grace):
    """The rule in prose: ours, driven out, circumstances, then when."""
    _, after = place
    if initiator is ENTERPRISE or cause is Cause.DISMISSED:
        return TERMINATION
    if cause in AWAY and to is None:
        return INCIDENTAL
    return LOSS if after is None or after <= grace else EROSION


@pytest.mark.parametrize("rules", [RULES, GRACIOUS], ids=repr)
@pytest.mark.parametrize(("place", "cause", "initiator", "to"), EVERYTHING)
def test_the_kind_follows_from_when_why_and_who(rules, place, cause, initiator, to):
    """Over all rooms, causes, initiators and spans on each side of the moment and the grace."""
    verdict = kind(place, cause, initiator, to, rules)

    assert verdict.outcome is expected(place, cause, initiator, to, rules.moment_grace)
    assert verdict.undecided == ()


@pytest.mark.parametrize("rules", [RULES, GRACIOUS], ids=repr)
def test_a_prospect_is_never_eroded_and_a_customer_beyond_the_moment_never_lost(rules):
    """The law of the house."""
    kinds = {
        (room, after is not None and after > rules.moment_grace, kind((room, after), *rest, rules))
        for (room, after), *rest in EVERYTHING
    }

    found = {(room, beyond, verdict.outcome) for room, beyond, verdict in kinds}

    assert (Room.PROSPECT, False, EROSION) not in found
    assert (Room.CUSTOMER, True, LOSS) not in found
    assert {(Room.PROSPECT, False, LOSS), (Room.CUSTOMER, True, EROSION)} <= found


ROWS = {
    "KIND-TERMINATION": (PLACES[2], Cause.PRICE, ENTERPRISE, None),
    "KIND-DRIVEN-OUT": (PLACES[2], Cause.DISMISSED, CUSTOMER, None),
    "KIND-DRIVEN-OUT-BOTH": (PLACES[2], Cause.DISMISSED, BOTH, None),
    "KIND-INCIDENTAL": (PLACES[2], Cause.CEASED, CUSTOMER, None),
    "KIND-INCIDENTAL-BOTH": (PLACES[0], Cause.CEASED, BOTH, None),
    "KIND-LOSS": (PLACES[0], Cause.PRICE, CUSTOMER, None),
    "KIND-LOSS-BOTH": (PLACES[1], Cause.PRICE, BOTH, None),
    "KIND-EROSION": (PLACES[2], Cause.RELOCATION, CUSTOMER, "Rival Ltd"),
    "KIND-EROSION-BOTH": (PLACES[2], Cause.UNKNOWN, BOTH, None),
}


@pytest.mark.parametrize(("row", "facts"), ROWS.items())
def test_each_row_holds_for_somebody(row, facts):
    """What both sides end has a row of its own."""
    assert kind(*facts).row.id == row


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("to", [None, "Rival Ltd"])
def test_what_both_sides_end_counts_as_the_customers_and_says_so(place, cause, to):
    """It is of the same kind, and a row of its own cites KAL-5."""
    theirs, joint = kind(place, cause, CUSTOMER, to), kind(place, cause, BOTH, to)

    assert joint.outcome is theirs.outcome
    assert (joint.row.id, joint.row.source) == (f"{theirs.row.id}-BOTH", KAL[5])


def test_the_table_has_these_rows_and_no_other():
    """In this order."""
    assert [row.id for row in RULES.kinds.rows] == [*ROWS]
    assert {*RULES.kinds.decide(kind_facts(*_any())).facts} != set()


def _any():
    return Room.PROSPECT, Cause.PRICE, CUSTOMER, None, None


def test_no_two_rows_overlap_even_where_the_facts_could_not_be():
    """Facts are tried in all combinations, whether or not a cause has them together."""
    domains = {
        "room_left": [Room.PROSPECT, Room.CUSTOMER],
        "initiator": list(Initiator),
        "driven_out": [True, False],
        "circumstances": [True, False],
        "competitor_named": [True, False],
        "after_moment": [timedelta(0), TICK],
    }

    assert [*overlaps(RULES.kinds, domains)] == []


def test_incidental_departures_cite_the_literature():
    """The five works name none of them so."""
    assert kind(PLACES[2], Cause.CEASED).row.source == MATTISON


# A table of the app's own.


def row(id_, when, outcome):
    return Row(id_, when, outcome, "Ours.", ASSUMPTION)


def table(*rows, hit=HitPolicy.UNIQUE):
    return DecisionTable("our kinds", rows, hit)


PROSPECT, PRESENT = is_("room_left", Room.PROSPECT), is_("room_left", Room.CUSTOMER)
NAMED = is_("competitor_named", True)
OURS = table(row("L", PROSPECT, LOSS), row("E", PRESENT, EROSION))


def test_an_app_replaces_the_kind_table():
    """Its own rows decide then, and the severity goes on as before."""
    rules = DepartureRules(kinds=OURS)

    verdict = kind(PLACES[1], Cause.CEASED, ENTERPRISE, rules=rules)

    assert (verdict.row.id, verdict.outcome) == ("E", EROSION)
    assert rules.severities == RULES.severities


def test_a_number_that_is_overridden_later_still_counts():
    """The tables follow from the numbers unless they were replaced."""
    later = evolve(RULES, moment_grace=FORTNIGHT)

    assert later == GRACIOUS
    assert kind(PLACES[4], rules=later).outcome is LOSS


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ([row("L", PROSPECT, LOSS)], ()),
        ([row("L", all_of(), INCIDENTAL), row("E", PRESENT, EROSION)], ("L", "E")),
        ([row("L", PROSPECT, LOSS), row("E", all_of(PRESENT, NAMED), EROSION)], ()),
        ([row("L", PROSPECT, LOSS), row("E", all_of(PRESENT, not_(NAMED)), EROSION)], ()),
    ],
    ids=["gap", "overlap", "gap where nobody is named", "gap where somebody is"],
)
def test_a_table_with_a_gap_or_an_overlap_is_refused(rows, ids):
    """The error shows where."""
    with pytest.raises(UndecidedTable, match=r"room_left=<Room\.CUSTOMER") as caught:
        DepartureRules(kinds=table(*rows))

    assert caught.value.rows == ids
    assert dict(caught.value.facts)["room_left"] is Room.CUSTOMER


LATE = is_("after_moment", FORTNIGHT)


@pytest.mark.parametrize(
    ("rows", "grace", "broken", "at"),
    [
        ([row("E", all_of(), EROSION)], 0, "a prospect is never eroded", "room left is prospect"),
        (
            [row("L", all_of(), LOSS)],
            0,
            "a customer beyond the moment is never lost",
            "after moment is 0:00:00.000001",
        ),
        (
            [row("L", any_of(PROSPECT, at_most("after_moment", FORTNIGHT)), LOSS)],
            13,
            "a customer beyond the moment is never lost",
            "after moment is 13 days, 0:00:00.000001",
        ),
        (
            [row("L", any_of(PROSPECT, LATE), LOSS), row("T", all_of(), TERMINATION)],
            13,
            "a customer beyond the moment is never lost",
            "after moment is 14 days",
        ),
    ],
)
def test_a_table_that_breaks_the_law_of_the_house_is_refused(rows, grace, broken, at):
    """Right beyond the grace, and at the limits of the table itself."""
    with pytest.raises(InvalidPolicy, match=f"such that {broken}") as caught:
        DepartureRules(kinds=table(*rows, hit=HitPolicy.FIRST), moment_grace=timedelta(days=grace))

    assert at in str(caught.value)
    assert caught.value.field == "kinds"


def test_a_longer_grace_allows_what_a_shorter_one_forbids():
    """The moment is as long as the app says."""
    late = any_of(PROSPECT, at_most("after_moment", FORTNIGHT))
    rows = [row("L", late, LOSS), row("E", all_of(), EROSION)]

    rules = DepartureRules(kinds=table(*rows, hit=HitPolicy.FIRST), moment_grace=FORTNIGHT)

    assert kind(PLACES[4], rules=rules).outcome is LOSS


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        ([row("A", is_("weather", "bad"), LOSS)], "it names 'weather'"),
        ([row("A", PROSPECT, Severity.GRAVE)], "its outcome is grave"),
        ([row("A", at_least("after_moment", 5), LOSS)], "it says that after moment is at least 5"),
        ([row("A", is_("driven_out", Cause.PRICE), LOSS)], "must be a table that holds driven out"),
        ([row("A", is_("room_left", Room.FORMER), LOSS)], "must be a table that holds room left"),
    ],
)
def test_a_table_of_other_facts_limits_or_outcomes_is_refused(rows, part):
    """The error names the row, and what there is."""
    with pytest.raises(InvalidPolicy, match="departure rules: kinds is 'A'") as caught:
        DepartureRules(kinds=table(*rows))

    assert part in str(caught.value)


FITTING = {
    "room_left": Room.PROSPECT,
    "after_moment": FORTNIGHT,
    "initiator": BOTH,
    "cause": Cause.PRICE,
    "driven_out": True,
    "circumstances": True,
    "competitor_named": True,
    "kind": LOSS,
    "first_entry": True,
    "sales_cycle": FORTNIGHT,
    "sales_cost": 5,
    "deal_size": 5,
    "tenure": FORTNIGHT,
    "revenue": 5,
    "purchases": 5,
    "key_customer": True,
}
"""For each fact of the two tables a limit that fits it."""


@pytest.mark.parametrize("fact", KIND_FACTS)
def test_each_fact_of_the_kind_takes_the_limits_that_fit_it(fact):
    """And no text."""
    rest = row("REST", all_of(), TERMINATION)

    def rules(limit):
        rows = (row("A", is_(fact, limit), TERMINATION), rest)
        return DepartureRules(kinds=table(*rows, hit=HitPolicy.FIRST))

    assert rules(FITTING[fact]).kinds.rows[0].id == "A"
    with pytest.raises(InvalidPolicy, match=f"holds {spoken(fact)} against"):
        rules("x")


@pytest.mark.parametrize("fact", SEVERITY_FACTS)
def test_each_fact_of_the_severity_takes_the_limits_that_fit_it(fact):
    """And no text."""
    rest = Row("REST", all_of(), Severity.NONE, "Why.", ASSUMPTION)

    def rules(limit):
        rows = (Row("A", is_(fact, limit), Severity.GRAVE, "Why.", ASSUMPTION), rest)
        return DepartureRules(severities=DecisionTable("ours", rows, HitPolicy.FIRST))

    assert rules(FITTING[fact]).severities.rows[0].id == "A"
    with pytest.raises(InvalidPolicy, match=f"holds {spoken(fact)} against"):
        rules("x")


def test_a_row_can_name_the_cause_itself():
    """As every fact of the list."""
    rows = [
        row("P", all_of(PRESENT, is_("cause", Cause.PRICE)), EROSION),
        row("T", all_of(PRESENT, is_not("cause", Cause.PRICE)), TERMINATION),
        row("L", PROSPECT, LOSS),
    ]

    rules = DepartureRules(kinds=table(*rows))

    assert kind(PLACES[2], Cause.PRICE, rules=rules).outcome is EROSION
    assert {*KIND_FACTS} == {*kind_facts(*_any())}


@pytest.mark.parametrize("grace", [timedelta(-1), 14, None, "a fortnight"], ids=repr)
def test_a_grace_that_is_no_length_is_refused(grace):
    """The error says what it must be."""
    with pytest.raises(
        InvalidPolicy, match=r"moment_grace is .* must be a timedelta of at least 0"
    ):
        DepartureRules(moment_grace=grace)


def test_a_grace_has_an_end():
    """At a thousand years, so that what lies beyond it can be tried."""
    most = timedelta(days=365_000)

    assert DepartureRules(moment_grace=most, kinds=OURS).moment_grace == most
    with pytest.raises(InvalidPolicy, match="of 1000 years at most") as caught:
        DepartureRules(moment_grace=most + TICK)

    assert caught.value.field == "moment_grace"


@pytest.mark.parametrize("rules", [RULES, GRACIOUS, DepartureRules(kinds=OURS)], ids=repr)
def test_unpickled_rules_that_are_equal_are_one(rules):
    """However often they travel, they are kept once, with numbers and tables."""
    one, other = (pickle.loads(pickle.dumps(rules)) for _ in range(2))

    assert one == rules
    assert hash(one) == hash(rules)
    assert one is other


def test_rules_show_what_was_overridden():
    """As code."""
    assert repr(RULES) == "DepartureRules()"
    assert repr(GRACIOUS) == "DepartureRules(moment_grace=datetime.timedelta(days=14))"
