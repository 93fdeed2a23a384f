"""Departures: their fields, and how they explain themselves."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Departed,
    Departure,
    DepartureKind,
    DepartureRules,
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
    "customer_moment": datetime(2026, 1, 4, tzinfo=UTC),
    "sales_cycle": timedelta(days=3),
}
DAY = timedelta(days=1)


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
        ("reason", " "),
        ("revenue", Decimal(-1)),
        ("purchases", -1),
        ("key_customer", "yes"),
        ("customer_moment", None),
        ("customer_moment", FIELDS["at"] + DAY),
        ("first_customer_moment", FIELDS["customer_moment"] + DAY),
        ("first_believed", "x"),
        ("learnt_at", datetime(2026, 4, 2)),  # noqa: DTZ001 - naive on purpose
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
        ({"reason": "bad_devices"}, 'cause unknown; in the app\'s words: "bad_devices".'),
        ({"to": "Rival Ltd"}, "Captured: yes, by Rival Ltd. [IMH-8]"),
        ({"cause": Cause.PRICE}, "Captured: yes, by a competitor who is not named. [IMH-8]"),
        ({}, "Captured: unknown. [IMH-8]"),
        ({"cause": Cause.CEASED}, "\nCaptured: no."),
        ({"initiator": Initiator.ENTERPRISE}, "\nCaptured: no."),
        (
            {"initiator": Initiator.ENTERPRISE, "to": "Rival Ltd"},
            "Captured: no; the enterprise ended it, and the person went to Rival Ltd.",
        ),
        ({}, "erosion by row KIND-EROSION"),
        ({}, "serious by row SEV-EROSION-0"),
        ({}, "Unknown: deal size, key customer, purchases, revenue and sales cost"),
        ({"deal_size": Decimal(10000)}, "deal size is at least 10000 (10000)"),
    ],
)
def test_a_departure_explains_itself(fields, part):
    """Where from, by whom, why, where to, which rules on which facts."""
    assert part in departure(**fields).explain()


UNTOUCHED = {"revenue": Decimal(5), "purchases": 1, "key_customer": False}
"""Little was built up."""


def test_a_departure_names_the_facts_that_could_raise_its_severity():
    """Unknown is not low: the verdict says what is missing."""
    verdict = departure(deal_size=Decimal(20000), **UNTOUCHED).severity_verdict

    assert verdict.outcome is Severity.GRAVE
    assert verdict.missing == ("sales_cost",)


@pytest.mark.parametrize(
    "fact",
    [
        {"sales_cycle": timedelta(days=90)},
        {"sales_cost": Decimal(1000)},
        {"deal_size": Decimal(10000)},
        {"first_customer_moment": FIELDS["at"] - 365 * DAY, "cycle": 2},
        {"revenue": Decimal(10000)},
        {"purchases": 10},
        {"key_customer": True},
    ],
    ids=str,
)
def test_each_fact_counts_in_the_severity_by_itself(fact):
    """A long, a dear and a large sale, and all that was built up after it, alike."""
    low = {"sales_cost": Decimal(1), "deal_size": Decimal(1), **UNTOUCHED}

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
    facts = {name: FIELDS[name] for name in ("cycle", "customer_moment", "sales_cycle")}
    return Departure.by(event, left=left, **facts)


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
        {"reason": "bad_devices"},
        {"key_customer": True},
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


def test_a_departure_needs_departure_rules():
    """Another value is refused when the departure is made."""
    with pytest.raises(InvalidRelationship, match="rules is 'x', but must be a DepartureRules"):
        departure(rules="x")


CAPTURED = {
    True: {Cause.BETTER_ALTERNATIVE, Cause.PRICE, Cause.STAFF_CHANGED},
    False: {
        Cause.REQUIREMENTS_CHANGED,
        Cause.NEED_ENDED,
        Cause.RELOCATION,
        Cause.INCOME_CHANGED,
        Cause.NO_DECISION,
        Cause.SUCCEEDED,
        Cause.CEASED,
        Cause.DISMISSED,
    },
}
"""What causes say of capture: an offer of another's, or life, or the enterprise itself."""


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_says_whether_a_competitor_captured_the_person(cause):
    """Where it says nothing, that is unknown."""
    expected = next((captured for captured, causes in CAPTURED.items() if cause in causes), None)

    assert departure(cause=cause).captured is expected


@pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.DISMISSED], ids=str)
def test_a_competitor_who_is_named_captured_the_person(cause):
    """Whatever the cause says."""
    assert departure(cause=cause, to="Rival Ltd").captured is True


@pytest.mark.parametrize("to", [None, "Rival Ltd"])
def test_whom_the_enterprise_sends_away_nobody_captured(to):
    """Not even the one to whom they were handed over."""
    assert departure(initiator=Initiator.ENTERPRISE, cause=Cause.PRICE, to=to).captured is False


def test_a_loss_cites_the_row_that_speaks_of_it():
    """A prospect is captured at the customer moment or before it."""
    lost = departure(room_left=Room.PROSPECT, stages_left=("visitor",), customer_moment=None)

    assert lost.explain().endswith("Captured: unknown. [IMH-6]")


def test_the_tenure_is_counted_from_the_first_customer_moment():
    """Over all cycles, while the moment counts in this one alone."""
    first = FIELDS["customer_moment"] - 100 * DAY

    returned = departure(cycle=2, first_customer_moment=first)

    assert returned.tenure == FIELDS["at"] - first
    assert returned.after_moment == FIELDS["at"] - FIELDS["customer_moment"]
    assert departure().tenure == departure().after_moment


def test_who_never_was_a_customer_has_no_tenure():
    """Nor a time after the moment."""
    lost = departure(room_left=Room.PROSPECT, stages_left=("visitor",), customer_moment=None)

    assert (lost.tenure, lost.after_moment) == (timedelta(0), None)


def learnt(days=9, **news):
    return CauseLearnt(at=FIELDS["at"] + days * DAY, **news)


@pytest.mark.parametrize(
    ("news", "kind"),
    [
        ({"cause": Cause.CEASED}, DepartureKind.INCIDENTAL),
        ({"cause": Cause.DISMISSED}, DepartureKind.TERMINATION),
        ({"cause": Cause.PRICE}, DepartureKind.EROSION),
        ({"to": "Rival Ltd"}, DepartureKind.EROSION),
        ({"reason": "bad_devices"}, DepartureKind.EROSION),
    ],
)
def test_what_is_learnt_later_is_judged_anew(news, kind):
    """The rest stays as it was, and what was believed at first can be read."""
    before = departure(to=None)

    later = before.learnt(learnt(**news))

    assert later.kind is kind
    assert {name: getattr(later, name) for name in news} == news
    assert (later.at, later.stages_left, later.rules) == (
        before.at,
        before.stages_left,
        before.rules,
    )
    assert later.first_believed == before
    assert later.learnt_at == FIELDS["at"] + 9 * DAY


def test_a_competitor_who_is_learnt_of_makes_an_incident_an_erosion():
    """Who moved away and went to a rival was captured."""
    moved = departure(cause=Cause.RELOCATION)

    later = moved.learnt(learnt(to="Rival Ltd"))

    assert (moved.kind, later.kind) == (DepartureKind.INCIDENTAL, DepartureKind.EROSION)
    assert later.cause is Cause.RELOCATION
    assert later.captured


def test_what_was_believed_at_first_is_kept_however_often_something_is_learnt():
    """The first belief, not the one before."""
    first = departure()

    later = first.learnt(learnt(cause=Cause.PRICE)).learnt(learnt(10, cause=Cause.CEASED))

    assert later.first_believed == first
    assert later.learnt_at == FIELDS["at"] + 10 * DAY
    assert later.explain().endswith(
        "Learnt on 2026-04-11; believed at first: erosion, serious, cause unknown."
    )


@pytest.mark.parametrize("cause", Cause)
def test_another_cause_takes_back_what_belonged_to_the_wrong_one(cause):
    """The reason, and the competitor where the cause says that there was none."""
    wrong = departure(cause=Cause.PRICE, reason="cheaper_there", to="Rival Ltd")

    later = wrong.learnt(learnt(cause=cause))

    assert later.reason == ("cheaper_there" if cause is Cause.PRICE else None)
    assert later.to == (None if cause.captured is False else "Rival Ltd")
    assert later.captured is (cause.captured is not False and cause is not Cause.DISMISSED)
    assert later.first_believed.to == "Rival Ltd"


@pytest.mark.parametrize("cause", [Cause.RELOCATION, Cause.CEASED, Cause.PRICE])
def test_a_cause_that_is_told_again_takes_nothing_back(cause):
    """It is no other cause: reason and competitor were true of it."""
    known = departure(cause=cause, reason="ours", to="Rival Ltd")

    later = known.learnt(learnt(cause=cause))

    assert (later.reason, later.to, later.kind) == ("ours", "Rival Ltd", known.kind)


def test_a_reason_that_was_given_without_a_cause_is_kept_beside_the_cause():
    """Nothing else had been believed, so nothing was wrong."""
    told = departure(reason="competitor_had_better_devices")

    later = told.learnt(learnt(cause=Cause.BETTER_ALTERNATIVE))

    assert later.reason == "competitor_had_better_devices"


THE_FIRST = "that of this cycle, which is the first"


@pytest.mark.parametrize("named", [Cause.UNKNOWN, Cause.OTHER])
def test_a_competitor_who_was_known_before_the_cause_stays(named):
    """They moved away and went to a rival there; it was only learnt in another order."""
    known = departure(cause=named, reason="ours", to="Rival Ltd")

    later = known.learnt(learnt(cause=Cause.RELOCATION))

    assert (later.reason, later.to, later.kind) == ("ours", "Rival Ltd", DepartureKind.EROSION)


@pytest.mark.parametrize(
    ("moments", "rule"),
    [
        ({"first_customer_moment": FIELDS["customer_moment"] - DAY}, THE_FIRST),
        ({"first_customer_moment": None}, THE_FIRST),
        ({"first_customer_moment": None, "cycle": 2}, "given"),
        (
            {
                "room_left": Room.PROSPECT,
                "customer_moment": None,
                "first_customer_moment": FIELDS["customer_moment"],
            },
            THE_FIRST,
        ),
    ],
    ids=["earlier", "none", "none later", "of a prospect"],
)
def test_the_first_customer_moment_of_the_first_cycle_is_that_of_the_cycle(moments, rule):
    """And whoever was a customer has one."""
    with pytest.raises(InvalidRelationship, match=rf"but must be {rule}\.") as caught:
        departure(**moments)

    assert caught.value.field == "first_customer_moment"


def test_who_turns_out_to_have_died_was_captured_by_nobody():
    """The departure was no erosion after all."""
    wrong = departure(cause=Cause.PRICE, to="Rival Ltd")

    later = wrong.learnt(learnt(cause=Cause.CEASED))

    assert (later.kind, later.captured) == (DepartureKind.INCIDENTAL, False)


def test_a_competitor_who_is_told_with_the_cause_is_kept():
    """They moved away, and went to a rival there; the reason is that of the news."""
    wrong = departure(cause=Cause.PRICE, reason="cheaper_there", to="Rival Ltd")

    news = learnt(cause=Cause.RELOCATION, reason="moved_north", to="Northern Ltd")
    later = wrong.learnt(news)

    assert (later.to, later.reason) == ("Northern Ltd", "moved_north")
    assert (later.kind, later.captured) == (DepartureKind.EROSION, True)


def test_a_reason_without_a_cause_leaves_the_cause_as_it_is():
    """And a competitor without a reason leaves the reason."""
    known = departure(cause=Cause.PRICE, reason="cheaper_there")

    assert known.learnt(learnt(reason="half_the_price")).cause is Cause.PRICE
    assert known.learnt(learnt(to="Rival Ltd")).reason == "cheaper_there"


@pytest.mark.parametrize(
    "other",
    [
        {"at": FIELDS["at"] + DAY},
        {"cycle": 2},
        {"stages_left": ("buyer",)},
        {"deal_size": Decimal(1)},
        {"inferred": True},
    ],
    ids=str,
)
def test_what_was_believed_at_first_is_of_the_same_departure(other):
    """Only cause, reason and competitor can have been learnt."""
    with pytest.raises(InvalidRelationship, match=r"first_believed is .* alike in all but the"):
        departure(learnt_at=FIELDS["at"] + 2 * DAY, first_believed=departure(**other))


def test_what_was_believed_at_first_is_what_was_known_first_of_all():
    """Nothing had been learnt then."""
    later = departure().learnt(learnt(cause=Cause.PRICE))

    with pytest.raises(InvalidRelationship, match=r"first_believed is .* before anything was"):
        departure(learnt_at=later.learnt_at, first_believed=later)


def test_nothing_is_learnt_before_the_person_left():
    """The error says when that was."""
    with pytest.raises(InvalidRelationship, match="no earlier than the departure") as caught:
        departure().learnt(learnt(-1, cause=Cause.PRICE))

    assert caught.value.field == "learnt_at"


@pytest.mark.parametrize("event", [Departed(at=FIELDS["at"]), None, "x"], ids=repr)
def test_only_a_cause_learnt_is_learnt(event):
    """Another event says nothing of a departure that has been."""
    with pytest.raises(InvalidArgument, match=r"Departure\.learnt\(\): event is"):
        departure().learnt(event)


@pytest.mark.parametrize(
    "half", [{"learnt_at": FIELDS["at"]}, {"first_believed": departure()}], ids=["when", "what"]
)
def test_what_was_believed_comes_with_when_it_changed(half):
    """The one without the other is refused."""
    with pytest.raises(InvalidRelationship, match=r"first_believed is .* given exactly if"):
        departure(**half)


def test_a_prospect_has_no_customer_moment():
    """The kind would follow from it."""
    with pytest.raises(InvalidRelationship, match=r"customer_moment is .* if a customer left"):
        departure(room_left=Room.PROSPECT)


@pytest.mark.parametrize("name", ["customer_moment", "first_customer_moment", "learnt_at"])
def test_every_time_of_a_departure_is_kept_in_utc(name):
    """Whatever zone it was told in; a naive one is refused."""
    learning = name == "learnt_at"
    month = 4 if learning else 1
    told = datetime(2026, month, 4, 1, tzinfo=timezone(timedelta(hours=3)))
    more = {"first_believed": departure()} if learning else {}
    if name == "first_customer_moment":
        more = {"cycle": 2}

    kept = getattr(departure(**more, **{name: told}), name)

    assert (kept, kept.tzinfo) == (told, UTC)
    with pytest.raises(InvalidRelationship, match=f"departure: {name} is .* aware datetime"):
        departure(**more, **{name: told.replace(tzinfo=None)})


class Int64:
    """A whole number of another library."""

    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


def test_counts_and_sums_of_another_library_are_plain_ones():
    """From the columns of a data frame, for example."""
    gone = departure(cycle=Int64(2), purchases=Int64(3), revenue=7)

    assert (type(gone.cycle), type(gone.purchases), type(gone.revenue)) == (int, int, Decimal)


def test_the_rules_judge_a_departure():
    """With a grace of fourteen days, a withdrawal on the tenth is a loss."""
    moment = FIELDS["at"] - 10 * DAY

    kinds = [
        departure(customer_moment=moment, rules=DepartureRules(moment_grace=days * DAY)).kind
        for days in (9, 10)
    ]

    assert kinds == [DepartureKind.EROSION, DepartureKind.LOSS]


def test_a_notebook_shows_what_a_departure_explains():
    """One paragraph a line, escaped."""
    assert "by &lt;Rival&gt;. [IMH-8]</p>" in departure(to="<Rival>")._repr_html_()


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


def test_the_facts_of_a_departure_are_named():
    """So that no time is taken for another."""
    with pytest.raises(TypeError, match="positional"):
        Departure(*FIELDS.values())
