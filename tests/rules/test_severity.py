"""How much a departure weighs, over one value on each side of every limit, and over the unknown."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest

from custlife import (
    ASSUMPTION,
    SEVERITY_FACTS,
    DecisionTable,
    DepartureKind,
    DepartureRules,
    HitPolicy,
    InvalidPolicy,
    InvalidTable,
    Row,
    Severity,
    UndecidedTable,
    above,
    all_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    within,
)

RULES = DepartureRules()
DAY = timedelta(days=1)
CENT = Decimal("0.01")
LEVELS = {
    "sales_cycle": (89 * DAY, 90 * DAY, 364 * DAY, 365 * DAY),
    "sales_cost": (1000 - CENT, Decimal(1000), 100_000 - CENT, Decimal(100_000)),
    "deal_size": (10_000 - CENT, Decimal(10_000), 1_000_000 - CENT, Decimal(1_000_000)),
    "tenure": (364 * DAY, 365 * DAY, 1824 * DAY, 1825 * DAY),
    "revenue": (10_000 - CENT, Decimal(10_000), 1_000_000 - CENT, Decimal(1_000_000)),
    "purchases": (9, 10, 99, 100),
    "key_customer": (False, True),
}
"""For each fact, a value on each side of every limit, ascending."""
STEPS = {
    fact: {value: n // 2 for n, value in enumerate(values, 1)} for fact, values in LEVELS.items()
}
"""How many steps each of these values weighs: below the first limit none."""
SALE = ("sales_cycle", "sales_cost", "deal_size")
LOSS, EROSION = DepartureKind.LOSS, DepartureKind.EROSION
TERMINATION, INCIDENTAL = DepartureKind.TERMINATION, DepartureKind.INCIDENTAL
EVERY = [
    dict(zip(LEVELS, values, strict=True))
    for values in product(
        *(
            (values[0], values[1], values[-1]) if len(values) > 2 else values
            for values in LEVELS.values()
        )
    )
]
"""Every combination of weighing nothing, one step and all."""


def severity(kind, first_entry, facts, rules=RULES):
    given = {"kind": kind, "first_entry": first_entry, **facts}
    return rules.severities.decide(given).outcome


def weight(kind, facts):
    """How many steps the facts weigh; of a loss only what the sale was."""
    names = SALE if kind is LOSS else LEVELS
    return sum(STEPS[name].get(facts[name], 0) for name in names if facts[name] is not None)


def grade(weight):
    """None, one, two or three, four or more steps weigh nothing, one, two and three grades."""
    return (0, 1, 2, 2, 3)[min(weight, 4)]


def expected(kind, first_entry, facts):
    heavy = grade(weight(kind, facts))
    return {
        TERMINATION: Severity.NONE,
        INCIDENTAL: Severity.UNWELCOME if heavy >= 2 else Severity.TOLERABLE,
        LOSS: Severity.TOLERABLE + heavy + (not first_entry),
        EROSION: Severity.SERIOUS + heavy,
    }[kind]


@pytest.mark.parametrize("first_entry", [True, False])
@pytest.mark.parametrize("kind", DepartureKind)
def test_the_severity_is_the_grade_of_what_weighs(kind, first_entry):
    """Counted by hand over every combination of nothing, one step and all."""
    wrong = [
        facts
        for facts in EVERY
        if severity(kind, first_entry, facts) != expected(kind, first_entry, facts)
    ]

    assert wrong == []


@pytest.mark.parametrize(("fact", "values"), LEVELS.items())
@pytest.mark.parametrize("kind", DepartureKind)
def test_a_limit_itself_weighs_and_what_is_just_below_it_does_not(kind, fact, values):
    """One value on each side of every limit, the rest at their least."""
    least = {name: values[0] for name, values in LEVELS.items()}

    found = [severity(kind, True, {**least, fact: value}) for value in values]

    assert found == [expected(kind, True, {**least, fact: value}) for value in values]


@pytest.mark.parametrize("fact", LEVELS)
@pytest.mark.parametrize("first_entry", [True, False])
@pytest.mark.parametrize("kind", DepartureKind)
def test_raising_a_fact_never_lowers_the_severity(kind, first_entry, fact):
    """Whatever the other facts are, an unknown one included, which counts as little."""
    falls = []
    for facts in EVERY:
        rising = [severity(kind, first_entry, {**facts, fact: v}) for v in (None, *LEVELS[fact])]
        falls += [facts] if rising != sorted(rising) else []

    assert falls == []


@pytest.mark.parametrize("kind", DepartureKind)
def test_a_first_entry_never_raises_the_severity(kind):
    """What is lost on the first entry weighs no more than on a later one (IMH-7)."""
    assert all(severity(kind, True, facts) <= severity(kind, False, facts) for facts in EVERY)


@pytest.mark.parametrize("first_entry", [True, False])
def test_an_erosion_weighs_more_than_a_loss_with_the_same_facts(first_entry):
    """Strictly (IMH-8)."""
    assert all(
        severity(EROSION, first_entry, facts) > severity(LOSS, first_entry, facts)
        for facts in EVERY
    )


@pytest.mark.parametrize("first_entry", [True, False])
def test_circumstances_weigh_less_than_capture(first_entry):
    """An incidental departure weighs less than an erosion, and no more than unwelcome."""
    for facts in EVERY:
        incidental = severity(INCIDENTAL, first_entry, facts)

        assert Severity.TOLERABLE <= incidental <= Severity.UNWELCOME
        assert incidental < severity(EROSION, first_entry, facts)


def test_what_was_built_up_counts():
    """Five days and 5 units do not weigh as ten years and six millions do."""
    small = {"tenure": 5 * DAY, "revenue": Decimal(5), "purchases": 1, "key_customer": False}
    large = {"tenure": 3650 * DAY, "revenue": Decimal(6_000_000), "purchases": 1}

    assert severity(EROSION, True, small) is Severity.SERIOUS
    assert severity(EROSION, True, large) is Severity.DISASTROUS


def test_deals_of_ten_thousand_and_of_ten_million_do_not_weigh_the_same():
    """Each measure is graded by its magnitude."""
    found = [
        severity(kind, True, {"deal_size": Decimal(size)})
        for kind, size in product((LOSS, EROSION), (10_000, 10_000_000))
    ]

    assert found == [Severity.UNWELCOME, Severity.SERIOUS, Severity.GRAVE, Severity.CRITICAL]


def test_the_scale_counts_from_none_without_gaps():
    """An app may store the number, and a step is one."""
    assert [*Severity] == [*range(7)]
    assert (min(Severity), max(Severity)) == (Severity.NONE, Severity.DISASTROUS)


@pytest.mark.parametrize("first_entry", [True, False])
def test_without_a_kind_there_is_no_severity(first_entry):
    """What was lost is not guessed, however high the facts are."""
    with pytest.raises(UndecidedTable) as caught:
        severity(None, first_entry, EVERY[-1])

    assert (caught.value.rows, caught.value.table) == ((), "severity")
    assert "kind" in caught.value.missing


def test_a_fact_that_cannot_be_weighed_is_an_error():
    """It names the table and the row."""
    with pytest.raises(InvalidTable, match=r"row SEV-EROSION-4 .* cannot compare") as caught:
        severity(EROSION, True, {"sales_cost": "much"})

    assert caught.value.table == "severity"


UNKNOWN = [unknown for size in (1, 2, 3, len(LEVELS)) for unknown in combinations(LEVELS, size)]


@pytest.mark.parametrize("unknown", UNKNOWN, ids=",".join)
@pytest.mark.parametrize("kind", DepartureKind)
def test_learning_a_fact_changes_the_answer_only_if_it_was_named_missing(kind, unknown):
    """The facts that the verdict names as missing are exactly those that could change it."""
    least = {name: values[0] for name, values in LEVELS.items()}
    facts = {"kind": kind, "first_entry": True, **least, **dict.fromkeys(unknown)}

    verdict = RULES.severities.decide(facts)

    extremes = [
        severity(kind, True, {**least, **dict(zip(unknown, values, strict=True))})
        for values in product(*((LEVELS[name][0], LEVELS[name][-1]) for name in unknown))
    ]
    assert verdict.outcome == min(extremes)
    assert bool(verdict.missing) == (max(extremes) > min(extremes))
    assert {*verdict.missing} <= {*unknown}


@pytest.mark.parametrize("kind", DepartureKind)
def test_an_unknown_entry_weighs_what_is_sure(kind):
    """As much as the milder of the two; what a return would add is not guessed."""
    for facts in EVERY:
        assert severity(kind, None, facts) == severity(kind, True, facts)


@pytest.mark.parametrize(
    ("override", "facts"),
    [
        ({"sales_cycle_steps": DAY}, {"sales_cycle": DAY}),
        ({"sales_cost_steps": 5}, {"sales_cost": Decimal(5)}),
        ({"deal_size_steps": (Decimal(5), 7)}, {"deal_size": Decimal(6)}),
        ({"tenure_steps": [DAY]}, {"tenure": DAY}),
        ({"revenue_steps": Decimal(5)}, {"revenue": Decimal(5)}),
        ({"purchases_steps": (2, 3)}, {"purchases": 2}),
    ],
    ids=str,
)
def test_each_number_of_the_rules_can_be_set_alone(override, facts):
    """An app overrides one measure, and only that one moves."""
    before = severity(EROSION, True, facts)

    after = severity(EROSION, True, facts, DepartureRules(**override))

    assert (before, after) == (Severity.SERIOUS, Severity.GRAVE)


def test_a_measure_without_steps_weighs_nothing():
    """However high it is."""
    rules = DepartureRules(deal_size_steps=(), revenue_steps=())

    assert severity(EROSION, True, EVERY[-1], rules) == severity(
        EROSION, True, {**EVERY[-1], "deal_size": None, "revenue": None}
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sales_cycle_steps", timedelta(days=-1)),
        ("sales_cycle_steps", 90),
        ("sales_cycle_steps", (2 * DAY, DAY)),
        ("sales_cost_steps", Decimal("NaN")),
        ("deal_size_steps", (Decimal(1), Decimal(1))),
        ("deal_size_steps", 1.5),
        ("revenue_steps", "10000"),
        ("purchases_steps", (1, 2.5)),
        ("purchases_steps", None),
        ("tenure_steps", 365),
        ("tenure_steps", timedelta(days=-1)),
    ],
    ids=str,
)
def test_steps_out_of_bounds_are_refused(field, value):
    """The error names the number, and asks for the lowest first."""
    with pytest.raises(
        InvalidPolicy, match=f"departure rules: {field} is .*lowest first"
    ) as caught:
        DepartureRules(**{field: value})

    assert caught.value.field == field


def test_the_numbers_of_the_rules_are_named():
    """So that none is taken for another."""
    with pytest.raises(TypeError, match="positional"):
        DepartureRules(timedelta(days=1))


def test_whole_numbers_of_money_are_money_too():
    """They become Decimals, as every amount is."""
    rules = DepartureRules(sales_cost_steps=(5, 7), deal_size_steps=9)

    assert rules == DepartureRules(
        sales_cost_steps=(Decimal(5), Decimal(7)), deal_size_steps=(Decimal(9),)
    )
    assert {type(n) for n in (*rules.sales_cost_steps, *rules.deal_size_steps)} == {Decimal}


# A table of the app's own.


def table(*rows, hit=HitPolicy.FIRST):
    made = [Row(id_, when, then, "Ours.", ASSUMPTION) for id_, when, then in rows]
    return DecisionTable("our severity", tuple(made), hit)


FLAT = table(("ALL", all_of(), Severity.GRAVE))


def test_an_app_replaces_the_severity_table():
    """Its own rows decide then, and the kind goes on as before."""
    rules = DepartureRules(severities=FLAT)

    assert severity(TERMINATION, True, {}, rules) is Severity.GRAVE
    assert rules.kinds == RULES.kinds


def test_a_severity_table_with_a_gap_is_refused():
    """Each kind needs a row that holds while nothing else is known."""
    gap = table(
        ("E", is_("kind", EROSION), Severity.GRAVE),
        ("L", all_of(is_("kind", LOSS), is_("key_customer", False)), Severity.UNWELCOME),
        ("REST", is_("first_entry", True), Severity.NONE),
    )

    with pytest.raises(UndecidedTable, match="first_entry=False") as caught:
        DepartureRules(severities=gap)

    assert caught.value.rows == ()


@pytest.mark.parametrize("first_entry", [True, False])
def test_each_entry_needs_a_row(first_entry):
    """The first one and the later ones."""
    with pytest.raises(UndecidedTable, match=f"first_entry={first_entry}"):
        DepartureRules(
            severities=table(("HALF", is_("first_entry", not first_entry), Severity.NONE))
        )


def test_a_severity_table_whose_rows_overlap_is_refused():
    """The error shows where."""
    overlap = table(
        ("ALL", all_of(), Severity.GRAVE),
        ("KEY", is_("key_customer", True), Severity.CRITICAL),
        hit=HitPolicy.UNIQUE,
    )

    with pytest.raises(UndecidedTable, match="rows ALL and KEY overlap at key_customer=True"):
        DepartureRules(severities=overlap)


def test_a_severity_table_whose_rows_are_parted_is_accepted():
    """By kind, by a limit of each sort, and by what is unknown."""
    long, short = at_least("tenure", DAY), below("tenure", DAY)
    large, small = at_least("revenue", 5), below("revenue", 5)
    parted = table(
        ("OTHER", is_not("kind", EROSION), Severity.NONE),
        ("EROSION", is_("kind", EROSION), Severity.GRAVE),
        ("NEVER", all_of(long, short), Severity.CRITICAL),
        ("NEITHER", all_of(large, small, is_("key_customer", True)), Severity.CRITICAL),
        hit=HitPolicy.UNIQUE,
    )

    assert DepartureRules(severities=parted).severities is parted


@pytest.mark.parametrize(
    "more",
    [
        all_of(at_least("tenure", DAY), at_most("tenure", DAY)),
        below("tenure", DAY),
        above("tenure", DAY),
        at_most("tenure", timedelta(0)),
        all_of(above("revenue", 5), below("revenue", Decimal("5.02"))),
        below("revenue", 5),
        above("revenue", 5),
        at_most("revenue", 0),
        all_of(above("purchases", 5), at_most("purchases", 6)),
        is_("key_customer", False),
    ],
    ids=str,
)
def test_an_overlap_at_a_limit_is_found(more):
    """At the limit itself, or right beside it."""
    overlap = table(
        ("OTHER", is_not("kind", EROSION), Severity.NONE),
        ("EROSION", is_("kind", EROSION), Severity.GRAVE),
        ("MORE", all_of(is_("kind", EROSION), more), Severity.CRITICAL),
        hit=HitPolicy.UNIQUE,
    )

    with pytest.raises(UndecidedTable, match="rows EROSION and MORE overlap"):
        DepartureRules(severities=overlap)


@pytest.mark.parametrize("never", [below("tenure", timedelta(0)), below("revenue", 0)], ids=str)
def test_what_is_below_zero_overlaps_with_nothing(never):
    """There is no such tenure, and no such revenue."""
    parted = table(
        ("ALL", all_of(), Severity.GRAVE), ("NEVER", never, Severity.NONE), hit=HitPolicy.UNIQUE
    )

    assert DepartureRules(severities=parted).severities is parted


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        ([("A", is_("weather", "bad"), Severity.NONE)], "it names 'weather'"),
        ([("A", all_of(), "bad")], "its outcome is bad"),
    ],
)
def test_a_severity_table_of_other_facts_or_outcomes_is_refused(rows, part):
    """The error names the row, and what there is."""
    with pytest.raises(InvalidPolicy, match="departure rules: severities is 'A'") as caught:
        DepartureRules(severities=table(*rows))

    assert part in str(caught.value)


@pytest.mark.parametrize("name", ["kinds", "severities"])
@pytest.mark.parametrize("value", ["x", 5, object], ids=repr)
def test_a_table_of_the_rules_is_a_decision_table(name, value):
    """Something else is refused."""
    rule = f": {name} is .* must be a DecisionTable or None"
    with pytest.raises(InvalidPolicy, match=rule) as caught:
        DepartureRules(**{name: value})

    assert caught.value.field == name


@pytest.mark.parametrize(
    "limit",
    [
        at_least("tenure", 5),
        at_least("deal_size", timedelta(days=5)),
        is_("kind", "loss"),
        is_("first_entry", Severity.NONE),
        at_least("purchases", timedelta(days=5)),
        at_least("kind", LOSS),
        above("key_customer", False),
        at_least("tenure", timedelta.max),
        exceeds("deal_size", "sales_cost"),
        within("deal_size", "sales_cycle"),
    ],
    ids=str,
)
def test_a_limit_that_a_fact_can_never_be_held_against_is_refused(limit):
    """When the rules are made, and not when somebody leaves."""
    with pytest.raises(InvalidPolicy, match=r"must be a table that (holds|asks only)") as caught:
        DepartureRules(severities=table(("A", limit, Severity.GRAVE)))

    assert f"it says that {limit}" in str(caught.value)


def test_the_facts_of_the_severity_are_all_weighed():
    """Each that is listed stands in some row."""
    named = {
        name for row in RULES.severities.rows for atom in row.when.atoms() for name in atom.facts
    }

    assert named == {*SEVERITY_FACTS}


def weighs(number, *, loss):
    what = "the sale weighs" if loss else "the sale and what was built up weigh"
    return f"{what} {number} or more"


@pytest.mark.parametrize("row", RULES.severities.rows, ids=lambda row: row.id)
def test_a_row_reads_as_the_rule_it_is(row):
    """A line each, without the list of what weighs; and it says who was lost."""
    _, kind, *later, steps = (
        row.id.split("-") if row.id != "SEV-TERMINATION" else ("", "TERMINATION", "0")
    )
    says = [f"kind is {kind.lower()}", *["first entry is no"] * bool(later)]
    says += [] if steps == "0" else [weighs(steps, loss=kind == "LOSS")]
    who = {"LOSS": "A returned person" if later else ("A person", "A loss")}.get(kind, "")

    assert str(row.when) == " and ".join(says)
    assert row.sentence.startswith(who)
