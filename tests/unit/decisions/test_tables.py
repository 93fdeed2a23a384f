"""Decision tables: hit policies, and how a verdict explains itself."""

import pickle
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace

import pytest
from attrs import evolve
from tests.unit.weekday import Stocked, Weekday

from custlife import ASSUMPTION, IMH, InvalidTable, UndecidedTable
from custlife.decisions.predicates import (
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    is_,
    is_not,
    not_,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row, Verdict


class Size(Enum):
    """An outcome."""

    VERY_BIG = 1
    SMALL = 2


def row(id_, when, outcome="yes"):
    return Row(id_, when, outcome, f"The sentence of {id_}.", IMH[7])


def table(*rows, hit=HitPolicy.UNIQUE):
    return DecisionTable("deal", rows, hit)


A, B, C = is_("a", 1), is_not("b", Size.VERY_BIG), at_least("big_deal", 3)
BIG = row("BIG", at_least("amount", 100), Size.VERY_BIG)
SMALL = row("SMALL", below("amount", 100), Size.SMALL)
REST = row("REST", all_of(), "rest")
SIZES = table(BIG, SMALL)
FIRST = table(BIG, row("KEEN", is_("keen", value=True), "keen"), REST, hit=HitPolicy.FIRST)


@pytest.mark.parametrize(
    ("amount", "fired"), [(99, SMALL), (100, BIG), (101, BIG)], ids=["below", "at", "above"]
)
def test_under_the_unique_policy_the_one_row_that_holds_fires(amount, fired):
    """Its outcome is the verdict's."""
    verdict = SIZES.decide({"amount": amount})

    assert verdict.row is fired
    assert verdict.outcome is fired.outcome
    assert (verdict.table, verdict.facts) == (SIZES, (("amount", amount),))
    assert (verdict.undecided, verdict.missing) == ((), ())


def test_under_the_unique_policy_an_overlap_is_an_error():
    """It names the rows that hold, and the facts."""
    doubled = table(BIG, SMALL, row("LUCKY", is_("amount", 777)))

    with pytest.raises(UndecidedTable, match="rows BIG and LUCKY overlap at amount=777") as caught:
        doubled.decide({"amount": 777})

    assert (caught.value.table, caught.value.rows) == ("deal", ("BIG", "LUCKY"))
    assert (caught.value.facts, caught.value.missing) == ((("amount", 777),), ())


def test_under_the_unique_policy_the_rows_order_does_not_matter():
    """The rows exclude each other."""
    assert table(SMALL, BIG).decide({"amount": 5}).row is SMALL


@pytest.mark.parametrize(
    ("facts", "fired"),
    [
        ({"amount": 200, "keen": True}, "BIG"),
        ({"amount": 200, "keen": False}, "BIG"),
        ({"amount": 20, "keen": True}, "KEEN"),
        ({"amount": 20, "keen": False}, "REST"),
    ],
    ids=str,
)
def test_under_the_first_policy_the_first_row_that_holds_fires(facts, fired):
    """Those below it are not asked."""
    verdict = FIRST.decide(facts)

    assert verdict.row.id == fired
    assert verdict.undecided == ()


@pytest.mark.parametrize(
    ("facts", "fired", "undecided", "missing"),
    [
        ({}, "REST", ["BIG", "KEEN"], ("amount", "keen")),
        ({"amount": None, "keen": True}, "KEEN", ["BIG"], ("amount",)),
        ({"amount": 20}, "REST", ["KEEN"], ("keen",)),
        ({"amount": 200}, "BIG", [], ()),
    ],
    ids=str,
)
def test_under_the_first_policy_undecided_rows_above_are_reported(facts, fired, undecided, missing):
    """With the facts that are missing, sorted; what stands below the row is none of its concern."""
    verdict = FIRST.decide(facts)

    assert verdict.row.id == fired
    assert [one.id for one in verdict.undecided] == undecided
    assert verdict.missing == missing


@pytest.mark.parametrize("hit", HitPolicy)
def test_a_gap_is_an_error(hit):
    """Under either policy."""
    gap = table(BIG, row("TINY", at_most("amount", 10)), hit=hit)

    with pytest.raises(UndecidedTable, match="has no row for amount=50") as caught:
        gap.decide({"amount": 50})

    assert (caught.value.rows, caught.value.missing) == ((), ())


@pytest.mark.parametrize("hit", HitPolicy)
def test_a_missing_fact_is_no_gap(hit):
    """The error names what would decide it."""
    mixed = table(row("BIG", all_of(at_least("amount", 1), is_("keen", value=True))), hit=hit)

    with pytest.raises(
        UndecidedTable, match="needs to know amount and keen; given: kind='x'"
    ) as caught:
        mixed.decide({"kind": "x"})

    assert (caught.value.rows, caught.value.missing) == ((), ("amount", "keen"))


def test_a_verdict_lists_missing_facts_once_each_and_sorted():
    """Those of every undecided row, without those that are known."""
    names = ["kind", "amount", "zone", "buyer", "keen", "deal"]
    rows = [row(f"ROW-{name}", all_of(is_("known", 1), is_(name, 1), A)) for name in names]

    verdict = table(*rows, REST, hit=HitPolicy.FIRST).decide({"known": 1})

    assert verdict.missing == ("a", "amount", "buyer", "deal", "keen", "kind", "zone")


def test_a_fact_that_cannot_be_compared_is_an_error():
    """It names the row, and keeps the cause."""
    with pytest.raises(
        InvalidTable, match=r"row BIG \(amount is at least 100\) cannot compare"
    ) as caught:
        SIZES.decide({"amount": "much"})

    assert caught.value.table == "deal"
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_predicate_of_the_apps_own_takes_part():
    """It is asked, and shown, and names no fact that is missing."""
    weekdays = table(row("OPEN", Weekday(), "open"), row("SHUT", not_(Weekday()), "shut"))

    verdict = weekdays.decide({"day": "sunday"})

    assert verdict.outcome == "shut"
    assert verdict.explain() == "shut by row SHUT: The sentence of SHUT. [IMH-7]"


def test_what_a_predicate_of_the_apps_own_misses_is_for_it_to_say():
    """It may be undecided; the table knows the facts of comparisons only."""
    stocked = table(row("STOCK", all_of(Stocked(), A)), REST, hit=HitPolicy.FIRST)

    verdict = stocked.decide({})

    assert verdict.undecided == stocked.rows[:1]
    assert verdict.missing == ("a",)


@pytest.mark.parametrize(
    ("decided", "facts", "text"),
    [
        (
            SIZES,
            {"amount": 120},
            "very big by row BIG: The sentence of BIG. [IMH-7] Compared: "
            "amount is at least 100 (120).",
        ),
        (
            FIRST,
            {"amount": 20, "keen": False},
            "rest by row REST: The sentence of REST. [IMH-7]",
        ),
        (
            FIRST,
            {"keen": True},
            "keen by row KEEN: The sentence of KEEN. [IMH-7] Compared: keen is yes (yes). "
            "Unknown: amount; row BIG could apply instead.",
        ),
        (
            table(row("DEAL", is_("big_deal", value=True), "deal"), REST, hit=HitPolicy.FIRST),
            {},
            "rest by row REST: The sentence of REST. [IMH-7] "
            "Unknown: big deal; row DEAL could apply instead.",
        ),
        (
            FIRST,
            {},
            "rest by row REST: The sentence of REST. [IMH-7] "
            "Unknown: amount and keen; rows BIG and KEEN could apply instead.",
        ),
    ],
    ids=[
        "compared",
        "nothing to compare",
        "one row undecided",
        "nothing to compare and one row undecided",
        "two rows undecided",
    ],
)
def test_a_verdict_explains_itself(decided, facts, text):
    """By the rule, its sentence and source, the facts it looked at, and what is unknown."""
    assert decided.decide(facts).explain() == text


def test_what_was_not_known_is_not_among_what_was_compared():
    """A row may hold although one of its facts is unknown."""
    verdict = table(row("EITHER", any_of(A, C))).decide({"a": 1})

    assert verdict.explain().endswith("Compared: a is 1 (1).")


def test_a_table_without_rows_is_refused():
    """It could decide nothing."""
    with pytest.raises(InvalidTable, match="it has no row") as caught:
        table()

    assert caught.value.table == "deal"


@pytest.mark.parametrize(
    "given",
    [REST.when, "a row", Row("A", lambda facts: True, "deal", "Ours.", ASSUMPTION)],
    ids=["predicate", "text", "function"],
)
def test_a_row_has_a_predicate(given):
    """Neither a function nor a bare predicate can be read or searched."""
    with pytest.raises(InvalidTable, match=r"is no row with a predicate. Give Row") as caught:
        table(REST, given)

    assert caught.value.table == "deal"


def test_rows_with_the_same_id_are_refused():
    """An explanation that cites the id would mean two rules; all doubles are named."""
    with pytest.raises(InvalidTable, match="given more than once: BIG and REST") as caught:
        table(REST, BIG, SMALL, BIG, REST)

    assert caught.value.table == "deal"


def test_a_table_renders_for_people():
    """One line a row, in order."""
    assert SIZES.to_markdown().splitlines() == [
        "| row | when | then | because | source |",
        "|---|---|---|---|---|",
        "| BIG | amount is at least 100 | very big | The sentence of BIG. | IMH-7 |",
        "| SMALL | amount is below 100 | small | The sentence of SMALL. | IMH-7 |",
    ]


def test_a_table_and_its_verdict_pickle():
    """What comes back is equal, and decides the same."""
    verdict = SIZES.decide({"amount": 120})

    back = pickle.loads(pickle.dumps(verdict))

    assert back == verdict
    assert back.table.decide({"amount": 5}) == SIZES.decide({"amount": 5})


def test_a_verdict_is_a_value():
    """The same answer on the same facts is equal, another is not."""
    assert SIZES.decide({"amount": 120}) == Verdict(SIZES, BIG, (("amount", 120),))
    assert SIZES.decide({"amount": 120}) != SIZES.decide({"amount": 121})


def test_rows_are_values():
    """Made alike they are equal, so that tables compare by what they say."""
    assert row("X", is_("a", 1)) == row("X", is_("a", 1))
    assert row("X", is_("a", 1)) != Row("X", is_("a", 1), "yes", "Other.", ASSUMPTION)


def test_only_facts_that_could_change_the_answer_are_missing():
    """What is decided without a fact does not miss it."""
    either = all_of(is_("a", 1), any_of(is_("b", 1), is_("c", 1)))
    asked = table(row("BOTH", either), REST, hit=HitPolicy.FIRST)

    assert asked.decide({"b": 1}).missing == ("a",)
    assert asked.decide({"b": 0}).missing == ("a", "c")


def test_under_the_unique_policy_an_undecided_row_could_only_overlap():
    """The explanation does not promise another answer."""
    verdict = table(row("A", is_("a", 1)), row("B", is_("b", 1))).decide({"a": 1})

    assert "row B could hold as well, which would be an overlap." in verdict.explain()


def test_a_fact_without_order_is_an_error():
    """NaN is neither above nor below a limit."""
    with pytest.raises(InvalidTable, match=r"row BIG .* cannot compare the facts given"):
        SIZES.decide({"amount": Decimal("NaN")})


def test_rows_are_given_as_a_tuple():
    """So that a table is hashable."""
    with pytest.raises(InvalidTable, match="its rows are a list; use a tuple"):
        DecisionTable("deal", [BIG], HitPolicy.FIRST)


def test_a_bar_in_a_cell_does_not_part_the_markdown():
    """It is escaped."""
    assert "a is x\\|y" in table(row("A", is_("a", "x|y"))).to_markdown()


def test_the_hit_policy_is_one_of_two():
    """A word in its place is refused, and does not act as the other."""
    with pytest.raises(InvalidTable, match="its hit policy is 'first'; use a HitPolicy"):
        DecisionTable("deal", (BIG,), "first")


@pytest.mark.parametrize("facts", [17, None, [("a", 1)]], ids=["number", "nothing", "pairs"])
def test_facts_are_given_by_name(facts):
    """As a dict."""
    with pytest.raises(InvalidTable, match="give a dict by name"):
        table(row("A", A)).decide(facts)


def test_a_table_has_a_name():
    """Explanations and errors show it."""
    with pytest.raises(InvalidTable, match="its name is no text, or blank"):
        evolve(SIZES, name=" ")


@pytest.mark.parametrize(
    "change",
    [
        {"id": 17},
        {"when": "always"},
        {"when": SimpleNamespace(holds=bool)},
        {"when": SimpleNamespace(atoms=iter)},
        {"source": "us"},
        {"contested": "them"},
    ],
    ids=str,
)
def test_a_row_has_an_id_a_predicate_and_a_source(change):
    """Anything else is refused."""
    with pytest.raises(InvalidTable, match="is no row with a predicate"):
        table(evolve(row("A", A), **change))


def test_a_notebook_shows_a_table_with_its_hit_policy():
    """As HTML and as Markdown."""
    assert SIZES.to_markdown() in SIZES._repr_markdown_()
    assert "<td>amount is at least 100</td>" in SIZES._repr_html_()
