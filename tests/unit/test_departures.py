"""Departures: their fields, and how they explain themselves."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Departed,
    Departure,
    Event,
    Initiator,
    InvalidArgument,
    InvalidRelationship,
    Room,
    Severity,
)

FIELDS = {
    "at": datetime(2026, 4, 1, tzinfo=UTC),
    "cycle": 1,
    "room_left": Room.CUSTOMER,
    "stages_left": ("regular", "eroding"),
    "sales_cycle": timedelta(days=3),
}


def departure(**fields):
    return Departure(**{**FIELDS, **fields})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", datetime(2026, 4, 1)),  # noqa: DTZ001 - naive on purpose
        ("cycle", 0),
        ("cycle", True),
        ("room_left", Room.FORMER),
        ("stages_left", ()),
        ("cause", "price"),
        ("initiator", "customer"),
        ("to", ""),
        ("inferred", 1),
        ("sales_cycle", timedelta(days=-1)),
        ("sales_cost", Decimal(-1)),
        ("deal_size", Decimal("Infinity")),
    ],
)
def test_a_field_out_of_bounds_is_refused(field, value):
    """The error names the field."""
    with pytest.raises(InvalidRelationship, match="departure: ") as caught:
        departure(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({}, "from customer (regular, eroding), by the customer; cause unknown."),
        ({"initiator": Initiator.BOTH}, "by both sides"),
        ({"inferred": True}, "by the customer, inferred"),
        ({"cause": Cause.PRICE}, "cause price [KAL-6], which the enterprise can change"),
        ({"cause": Cause.RELOCATION}, "[EFR-6], which the enterprise cannot change"),
        ({"to": "Rival Ltd"}, "Went to Rival Ltd."),
        ({}, "The competitor is unknown."),
        ({"initiator": Initiator.ENTERPRISE}, "No competitor is named."),
        ({"initiator": Initiator.ENTERPRISE, "to": "Rival Ltd"}, "Went to Rival Ltd."),
        ({}, "erosion by row KIND-EROSION"),
        ({}, "serious by row SEV-EROSION-0"),
        ({}, "Unknown: deal size and sales cost"),
        ({"deal_size": Decimal(10000)}, "deal size is at least 10000 (10000)"),
    ],
)
def test_a_departure_explains_itself(fields, part):
    """Where from, by whom, why, where to, which rules on which facts."""
    assert part in departure(**fields).explain()


def test_a_departure_names_the_facts_that_could_raise_its_severity():
    """Unknown is not low: the verdict says what is missing."""
    verdict = departure(deal_size=Decimal(20000)).severity_verdict

    assert verdict.outcome is Severity.GRAVE
    assert verdict.missing == ("sales_cost",)


@pytest.mark.parametrize(
    "fact",
    [
        {"sales_cycle": timedelta(days=90)},
        {"sales_cost": Decimal(1000)},
        {"deal_size": Decimal(10000)},
    ],
    ids=str,
)
def test_each_fact_of_the_sale_counts_in_the_severity_by_itself(fact):
    """A long, a dear and a large one alike."""
    low = {"sales_cost": Decimal(1), "deal_size": Decimal(1)}

    verdict = departure(**{**low, **fact}).severity_verdict

    assert verdict.outcome is Severity.GRAVE
    assert verdict.missing == ()


@pytest.mark.parametrize(("cycle", "first"), [(1, True), (2, False), (3, False)])
def test_only_the_first_cycle_is_a_first_entry(cycle, first):
    """Whoever returned has been here before."""
    assert departure(cycle=cycle).first_entry is first


def test_the_moment_of_a_departure_is_kept_in_utc():
    """Whatever zone it was told in."""
    told = datetime(2026, 4, 1, 1, tzinfo=timezone(timedelta(hours=3)))

    gone = departure(at=told)

    assert gone.at == told
    assert (gone.at.tzinfo, gone.at.hour) == (UTC, 22)


def test_whole_amounts_of_a_departure_are_money_too():
    """They become Decimals, as every amount is."""
    gone = departure(sales_cost=5, deal_size=7)

    assert (type(gone.sales_cost), type(gone.deal_size)) == (Decimal, Decimal)
    assert gone == departure(sales_cost=Decimal(5), deal_size=Decimal(7))


def test_the_stages_left_are_kept_once_however_often_they_are_read():
    """Two departures that are read from a store share the names; a list becomes a tuple."""
    one, other = (departure(stages_left=[b"by_the_way".decode()]) for _ in range(2))

    assert one.stages_left == ("by_the_way",)
    assert one.stages_left[0] is other.stages_left[0]


def test_a_stage_name_of_a_class_of_its_own_stays_what_it_is():
    """Only plain strings are shared."""

    class Name(str):
        __slots__ = ()

    name = Name("regular")

    assert departure(stages_left=(name,)).stages_left[0] is name


def test_a_departure_is_shown_in_one_line():
    """Kind, severity, cause and day; in words for people."""
    gone = departure(cause=Cause.PRICE)

    assert repr(gone) == "<Departure erosion, serious, price, 2026-04-01>"
    assert str(gone) == "erosion on 2026-04-01, serious, cause price"


def by(event):
    left = CUSTOMER_LIFECYCLE.state("regular", "eroding")
    return Departure.by(event, left=left, cycle=1, sales_cycle=timedelta(days=3))


def test_an_event_that_says_nothing_makes_a_departure_of_which_little_is_known():
    """It was observed, the customer made it, and the rest is unknown."""

    class Moved(Event):
        pass

    assert by(Moved(at=FIELDS["at"])) == departure()
    assert by(Moved(at=FIELDS["at"])) == departure(
        initiator=Initiator.CUSTOMER, cause=Cause.UNKNOWN, inferred=False, to=None
    )


@pytest.mark.parametrize(
    "said",
    [
        {"cause": Cause.PRICE},
        {"initiator": Initiator.BOTH},
        {"to": "Rival Ltd"},
        {"inferred": True},
        {"sales_cost": Decimal(5)},
        {"deal_size": Decimal(7)},
    ],
    ids=str,
)
def test_a_departure_keeps_each_thing_that_the_event_said(said):
    """And nothing else."""
    assert by(Departed(at=FIELDS["at"], **said)) == departure(**said)


@pytest.mark.parametrize("stages", ["buyer", 5, None, [5], [""]], ids=repr)
def test_the_stages_left_are_several_names(stages):
    """One bare name is refused instead of being split into letters."""
    with pytest.raises(InvalidRelationship, match="departure: stages_left is"):
        departure(stages_left=stages)


def test_a_departure_needs_a_departure_rules():
    """Another value is refused when the departure is made."""
    with pytest.raises(InvalidRelationship, match="policy is 'x', but must be a DepartureRules"):
        departure(policy="x")


def test_a_notebook_shows_what_a_departure_explains():
    """One paragraph a line, escaped."""
    assert "<p>Went to &lt;Rival&gt;.</p>" in departure(to="<Rival>")._repr_html_()


@pytest.mark.parametrize("event", [Departed, None, "departed"], ids=repr)
def test_a_departure_is_made_by_an_event(event):
    """Something else is refused."""
    with pytest.raises(InvalidArgument, match=r"Departure\.by\(\): event is"):
        by(event)


def test_a_departure_leaves_a_state():
    """The name of a stage is refused."""
    with pytest.raises(InvalidArgument, match=r"Departure\.by\(\): left is 'regular'"):
        Departure.by(
            Departed(at=datetime(2026, 4, 1, tzinfo=UTC)),
            left="regular",
            cycle=1,
            sales_cycle=timedelta(0),
        )
