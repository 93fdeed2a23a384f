"""Requirements of decision tables: always and never, decided by exhaustion."""

from collections import Counter
from decimal import Decimal
from enum import Enum
from itertools import pairwise, product

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife.decisions.predicates import (
    Comparison,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    exceeds,
    is_,
    is_not,
    not_,
    some_of,
    within,
)
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import UndecidedTable
from custlife.sources import OWN
from custlife.state import Room
from custlife.strategy import Strategy, TableSelector
from custlife.testing import (
    InvalidRequirement,
    Status,
    always,
    check,
    leads_to,
    monotone,
    never,
    precedes,
)
from custlife.testing.tables import deciding, domains, looks
from custlife.testing.tables.deciding import tell_apart
from custlife.testing.tables.sheets import Sheet
from custlife.testing.tables.unknown import unknown


class Size(Enum):
    """What a table answers here."""

    SMALL = "small"
    BIG = "big"
    HUGE = "huge"


def table(*rows, hit=HitPolicy.FIRST):
    """A table of rows, each an id, a predicate and an outcome."""
    made = (Row(id_, when, then, f"Rule {id_}.", OWN) for id_, when, then in rows)
    return DecisionTable("size", tuple(made), hit)


def verdict(thing, requirement):
    """What becomes of one requirement."""
    (found,) = check(thing, requirement).verdicts
    return found


def sizes(**changes):
    """Who is key is big; else the amount says it."""
    rows = {
        "KEY": (is_("key", True), Size.BIG),
        "HUGE": (at_least("amount", 1000), Size.HUGE),
        "BIG": (all_of(at_least("amount", 100), is_("kind", "shop")), Size.BIG),
        "REST": (all_of(), Size.SMALL),
    }
    return table(*((id_, *row) for id_, row in (rows | changes).items()))


# --- what holds and what does not ---------------------------------------------------------------


HELD = [
    always(Size.BIG, when=is_("key", True)),
    never(Size.SMALL, when=is_("key", True)),
    never([Size.SMALL, Size.HUGE], when=is_("key", True)),
    always([Size.BIG, "HUGE"], when=at_least("amount", 1000)),
    always(list(Size)),
    never("HUGE", when=below("amount", 1000)),
    never(Size.HUGE, when=unknown("amount")),
    always("REST", when=all_of(unknown("key"), unknown("amount"))),
    always(Size.HUGE, when=all_of(not_(is_("key", True)), at_least("amount", 1000))),
]


@pytest.mark.parametrize("requirement", HELD, ids=str)
def test_a_requirement_holds_that_no_facts_break(requirement):
    """Whatever is known and unknown."""
    report = check(sizes(), requirement)

    assert report.holds
    assert (report.subject, report.verdicts[0].facts, report.verdicts[0].because) == (
        "size",
        (),
        "",
    )


VIOLATED = [
    (never(Size.BIG), {"key": True}, "row KEY answers big: Rule KEY"),
    (always(Size.BIG, when=is_("key", False)), {"key": False}, "row REST answers small"),
    (never(Size.HUGE), {"amount": 1000}, "row HUGE answers huge"),
    (never("BIG"), {"amount": 100, "kind": "shop"}, "row BIG answers big"),
    (never("BIG", when=is_not("kind", "web")), {"amount": 100, "kind": "shop"}, "row BIG answers"),
    (never(Size.BIG, when=unknown("key")), {"amount": 100, "kind": "shop"}, "row BIG answers big"),
    (always(Size.HUGE, when=at_least("amount", 999)), {"amount": 999}, "row REST answers small"),
    (always(Size.HUGE, when=above("amount", 999)), {"amount": Decimal("999.5")}, "row REST"),
]


@pytest.mark.parametrize(("requirement", "facts", "because"), VIOLATED, ids=str)
def test_a_violation_comes_with_the_fewest_known_facts_that_show_it(requirement, facts, because):
    """And says which row answers, and why."""
    found = verdict(sizes(), requirement)

    assert found.status is Status.VIOLATED
    assert dict(found.facts) == facts
    assert because in found.because


def test_a_violation_says_where_nothing_is_known():
    """Not even one fact is needed then."""
    found = verdict(sizes(), always(Size.BIG))

    assert found.facts == ()
    assert found.because.startswith("where nothing is known, row REST answers small: Rule REST (")


def test_a_violation_names_the_row_that_would_answer_rightly_if_more_were_known():
    """And what is unknown for it; a row that would be wrong, too, is not named."""
    found = verdict(sizes(), always([Size.BIG], when=at_least("amount", 1000)))

    assert found.because == (
        "where amount is 1000 and nothing else is known, row HUGE answers huge: Rule HUGE "
        "(row KEY is undecided: unknown is key)"
    )


def test_a_limit_of_the_requirement_is_tried_too():
    """Beside those of the rows."""
    found = verdict(sizes(), never(Size.SMALL, when=at_least("amount", 77)))

    assert dict(found.facts) == {"amount": 77}


def test_facts_that_are_held_against_each_other_are_tried_in_every_order():
    """Below, alike and above, on each side of every limit."""
    bills = table(
        ("DEAR", exceeds("cost", "benefit"), "no"),
        ("SMALL", below("benefit", 10), "no"),
        ("WORTH", within("cost", "benefit"), "yes"),
        ("REST", all_of(), "no"),
    )

    held = never("yes", when=any_of(exceeds("cost", "benefit"), below("benefit", 10)))
    broken = never("yes", when=above("cost", 10))

    assert verdict(bills, held).holds
    assert dict(verdict(bills, broken).facts) == {"cost": Decimal(11), "benefit": Decimal(11)}


def test_an_outcome_and_the_id_of_a_row_are_named_alike():
    """Where an outcome reads as an id of its own row, it is one."""
    plain = table(("big", at_least("n", 1), "big"), ("REST", all_of(), "small"))

    assert verdict(plain, always("big", when=at_least("n", 1))).holds


def test_yes_is_not_one():
    """An outcome that equals another, and is of another type, is not it."""
    plain = table(("ONE", is_("n", 1), 1), ("YES", all_of(), True))

    assert dict(verdict(plain, never(1)).facts) == {"n": 1}
    assert verdict(plain, never(True, when=is_("n", 1))).holds


# --- no answer ----------------------------------------------------------------------------------


GAP = [("A", at_least("n", 1), "a"), ("B", below("n", 1), "b")]


@pytest.mark.parametrize("hit", HitPolicy)
def test_no_answer_violates_always_and_never_never(hit):
    """Where no row is sure to hold."""
    gappy = table(*GAP, hit=hit)

    found = verdict(gappy, always(["a", "b"]))

    assert (found.status, found.facts) == (Status.VIOLATED, ())
    assert "no row is sure to hold" in found.because
    assert verdict(gappy, always(["a", "b"], when=not_(unknown("n")))).holds
    assert verdict(gappy, never("a", when=unknown("n"))).holds


def test_rows_that_overlap_answer_nothing():
    """Under the policy unique, which violates always; under first, the first answers."""
    rows = [("A", at_least("n", 1), "a"), ("B", at_most("n", 1), "a")]

    found = verdict(table(*rows, hit=HitPolicy.UNIQUE), always("a", when=not_(unknown("n"))))

    assert dict(found.facts) == {"n": 1}
    assert "rows A and B both hold" in found.because
    assert verdict(table(*rows), always("a", when=not_(unknown("n")))).holds


def test_a_row_of_the_policy_unique_answers_where_no_other_holds():
    """Also where a row before it is undecided."""
    rows = [("A", is_("x", 1), "a"), ("B", is_("n", 1), "b")]

    found = verdict(table(*rows, hit=HitPolicy.UNIQUE), never("b"))

    assert dict(found.facts) == {"n": 1}
    assert verdict(table(*rows, hit=HitPolicy.UNIQUE), never("b", when=is_("x", 1))).holds


# --- what says nothing --------------------------------------------------------------------------


VACUOUS = [
    (never(Size.HUGE, when=all_of(is_("key", True), is_("key", False))), "no facts are such that"),
    (always(Size.BIG, when=all_of(unknown("key"), is_("key", True))), "no facts are such that"),
    (never(Size.SMALL, when=any_of()), "no facts are such that never"),
]


@pytest.mark.parametrize(("requirement", "because"), VACUOUS, ids=str)
def test_a_condition_that_never_holds_makes_a_requirement_vacuous(requirement, because):
    """It does not hold."""
    found = verdict(sizes(), requirement)

    assert found.status is Status.VACUOUS
    assert found.because.startswith(because)


def test_an_outcome_that_no_row_has_is_never_answered_for_nothing():
    """It is an outcome of the table's kind, so it can be named."""
    small = table(("REST", is_("key", True), Size.SMALL))

    found = verdict(small, never(Size.HUGE))

    assert (found.status, found.because) == (Status.VACUOUS, "no row answers Size huge")


def selector(*rows):
    """A selector whose last row ends everybody."""
    last = ("END", all_of(), Strategy.END)
    return TableSelector("ours", table(*rows, last))


def test_what_fits_no_room_of_the_condition_is_never_recommended_for_nothing():
    """Whatever the rows; so is always, where all that fits is named."""
    rows = selector(
        ("KEY", all_of(is_("room", Room.PROSPECT), is_("target", True)), Strategy.START)
    )
    customers, prospects = is_("room", Room.CUSTOMER), is_("room", Room.PROSPECT)

    found = [
        verdict(rows, never(Strategy.START, when=customers)),
        verdict(rows, always([Strategy.START, Strategy.END], when=prospects)),
        verdict(rows, always(list(Strategy))),
    ]

    assert {one.status for one in found} == {Status.VACUOUS}
    assert found[0].because == "whatever the rows, nothing that fits the rooms is Strategy start"
    assert "everything that fits the rooms is Strategy start or" in found[1].because


def test_what_could_be_otherwise_is_not_vacuous():
    """Where a row could break it, or where it names a row."""
    rows = selector(
        ("KEY", all_of(is_("room", Room.PROSPECT), is_("target", True)), Strategy.START)
    )
    customers = is_("room", Room.CUSTOMER)

    assert verdict(rows, never(Strategy.PROTECT, when=customers)).status is Status.VACUOUS
    assert verdict(rows, never("KEY", when=customers)).holds
    assert verdict(rows, always(Strategy.END, when=customers)).holds


# --- what cannot be decided ---------------------------------------------------------------------


@frozen
class Named:
    """A predicate of the app's own."""

    facts: tuple
    of: object

    def holds(self, facts):
        known = [facts.get(name) for name in self.facts]
        return None if None in known else self.of(*known)

    def atoms(self):
        yield self

    def __str__(self):
        return f"our view of {' and '.join(self.facts)}"


ODD = Named(("n",), lambda n: n % 2 == 1)


def test_a_predicate_of_the_apps_own_is_decided_where_its_facts_have_all_their_values():
    """Flags, and what is one of several."""
    same = Named(("kind", "key"), lambda kind, key: (kind is Size.BIG) is key)
    rows = [
        ("OWN", same, "own"),
        ("KEY", is_("key", True), "key"),
        ("BIG", is_("kind", Size.BIG), "b"),
    ]
    plain = table(*rows, ("REST", all_of(), "rest"))

    held = always("own", when=all_of(is_("kind", Size.BIG), is_("key", True)))
    broken = never("own", when=is_("key", False))

    assert verdict(plain, held).holds
    assert dict(verdict(plain, broken).facts) == {"key": False, "kind": Size.SMALL}


def test_a_predicate_of_the_apps_own_leaves_undecided_what_turns_on_it():
    """Its facts have no limits beside which they could be tried."""
    plain = table(("KEY", is_("key", True), "key"), ("ODD", ODD, "odd"), ("REST", all_of(), "rest"))

    found = verdict(plain, never("odd"))

    assert found.status is Status.UNDECIDED
    assert found.because == (
        "it turns on 'our view of n', whose facts have no limits beside which they could be tried"
    )
    assert verdict(plain, never("odd", when=is_("key", True))).holds
    assert verdict(plain, always(["key", "odd", "rest"])).holds
    assert dict(verdict(plain, never("key")).facts) == {"key": True}


def test_what_a_predicate_of_the_apps_own_shows_at_a_value_that_is_tried_is_violated():
    """Beside the limits of other rows."""
    plain = table(
        ("ODD", ODD, "odd"), ("MANY", at_least("n", 3), "many"), ("REST", all_of(), "rest")
    )

    assert dict(verdict(plain, never("odd")).facts) == {"n": 3}


def test_a_condition_of_the_apps_own_that_may_hold_is_not_vacuous():
    """It cannot be tried, and may be true."""
    plain = table(("KEY", is_("key", True), "key"), ("ODD", ODD, "odd"), ("REST", all_of(), "rest"))

    assert verdict(plain, never("key", when=all_of(ODD, is_("key", False)))).holds


def test_a_predicate_that_raises_leaves_undecided():
    """With what it raised."""
    broken = Named(("kind",), lambda kind: kind > 5)
    plain = table(("OWN", broken, "own"), ("SHOP", is_("kind", "shop"), "shop"))

    found = verdict(plain, never("own"))

    assert found.status is Status.UNDECIDED
    assert found.because.startswith(
        "'our view of kind' cannot be asked about the values tried: TypeE"
    )


def test_too_many_facts_that_are_held_against_each_other_leave_undecided(monkeypatch):
    """They would be tried in every combination."""
    monkeypatch.setattr(domains, "MOST_TOGETHER", 1000)
    names = "abcdefgh"
    chain = [exceeds(one, other) for one, other in pairwise(names)]
    plain = table(("CHAIN", all_of(*chain), "chain"), ("REST", all_of(), "rest"))

    found = verdict(plain, never("chain"))

    assert found.status is Status.UNDECIDED
    assert "a, b, c, d, e, f, g and h hang together" in found.because


def test_a_search_that_would_take_too_long_leaves_undecided(monkeypatch):
    """Once so many partial choices were tried."""
    monkeypatch.setattr(looks, "MOST_CHOICES", 1)
    votes = [is_(name, True) for name in "abcdef"]
    rows = [("MOST", some_of(4, *votes), "most"), ("FEW", some_of(3, *map(not_, votes)), "few")]

    found = verdict(table(*rows, ("REST", all_of(), "rest")), always("most"))

    assert found.status is Status.UNDECIDED
    assert "partial choices of facts would have to be tried" in found.because


def test_what_was_found_is_told_where_nothing_simpler_can_be_sought(monkeypatch):
    """Though a simpler violation may be among what was not tried."""
    monkeypatch.setattr(looks, "_MORE_CHOICES", 0)
    rows = [("MANY", all_of(is_("a", 1), is_("b", 1)), "no"), ("ONE", is_("c", 1), "no")]

    found = verdict(table(*rows, ("REST", all_of(), "yes")), never("no"))

    assert dict(found.facts) == {"a": 1, "b": 1}


# --- bad input ----------------------------------------------------------------------------------


BAD = [
    (never("HUGES"), "there is no outcome or row 'HUGES'; there is big, huge, small, KEY.* 'HUGE'"),
    (never(Room.FORMER), "there is no outcome or row"),
    (always(5), "there is no outcome or row"),
    (
        never(Size.BIG, when=is_("keys", True)),
        "no fact 'keys'; there is key, amount and kind.*'key'",
    ),
    (never(Size.BIG, when=is_("key", "yes")), "key is never yes; rows say yes"),
    (never(Size.BIG, when=at_least("amount", "many")), "amount is never many; rows say"),
    (never(Size.BIG, when="key"), "when= is 'key'; give a predicate"),
    (never(Size.BIG, when=Named((), bool)), "does not say which facts it reads"),
    (never(on="purchased"), "on= is about a lifecycle. Of a table say when="),
    (never(Size.BIG, at="buyer"), "at= is about a lifecycle"),
    (always(on="purchased", to="buyer"), "on= is about a lifecycle"),
    (precedes("purchased", "advocate"), "it is about a lifecycle. Of a table say always"),
    (leads_to("complained", "in_conflict"), "it is about a lifecycle"),
    (monotone("amount", "bond"), "what= is about a lifecycle"),
]


@pytest.mark.parametrize(("requirement", "problem"), BAD, ids=lambda value: str(value)[:40])
def test_a_requirement_that_names_what_is_not_there_is_refused(requirement, problem):
    """With what there is."""
    with pytest.raises(InvalidRequirement, match=problem) as caught:
        check(sizes(), requirement)

    assert caught.value.requirement == requirement.name


def test_an_outcome_that_is_the_id_of_another_row_is_refused():
    """Nobody could tell which is meant."""
    plain = table(("A", is_("n", 1), "B"), ("B", all_of(), "C"))

    with pytest.raises(InvalidRequirement, match="'B' is both an outcome and a row"):
        check(plain, never("B"))


def test_texts_that_no_row_names_can_be_asked_for():
    """A fact may be something else than what rows hold it against."""
    assert verdict(sizes(), never("BIG", when=is_("kind", "web"))).holds


# --- beside brute force -------------------------------------------------------------------------

N = [None, *map(Decimal, ("0.25", "0.5", "1", "1.25", "1.75", "2", "2.5", "2.75"))]
GRID = {"n": N, "m": N, "key": [None, True, False], "kind": [None, *Size]}
POINTS = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]

limited = st.builds(
    Comparison,
    st.sampled_from(["n", "m"]),
    st.sampled_from(["is", "is not", "is at least", "is at most", "is below", "is above"]),
    st.sampled_from([1, 2]),
)
compared = st.sampled_from([exceeds("n", "m"), within("n", "m")])
chosen = st.builds(is_, st.just("key"), st.booleans()) | st.builds(
    is_, st.just("kind"), st.sampled_from(Size)
)
missed = st.builds(unknown, st.sampled_from([*GRID]))


def joined(atoms):
    return st.recursive(
        atoms,
        lambda parts: st.one_of(
            st.builds(not_, parts),
            st.lists(parts, min_size=1, max_size=3).map(lambda found: all_of(*found)),
            st.lists(parts, min_size=1, max_size=3).map(lambda found: any_of(*found)),
            st.lists(parts, min_size=3, max_size=3).map(lambda found: some_of(2, *found)),
        ),
        max_leaves=4,
    )


atoms = limited | compared | chosen
READ = (within("n", "m"), is_("key", True), is_("kind", Size.BIG))
conditions = st.lists(joined(atoms | missed), min_size=1, max_size=4).map(
    lambda parts: all_of(*parts)
)
tables = st.builds(
    lambda whens, outcomes, last, hit: table(
        *(
            (id_, when, outcome)
            for id_, when, outcome in zip("ABCD", whens, outcomes, strict=False)
        ),
        ("REST", last, Size.SMALL),
        hit=hit,
    ),
    st.lists(joined(atoms), min_size=1, max_size=3),
    st.lists(st.sampled_from(Size), min_size=3, max_size=3),
    st.sampled_from([any_of(*READ), any_of(*READ, all_of())]),
    st.sampled_from(HitPolicy),
)


def answer(tried, facts):
    """The outcome of a table, or nothing."""
    try:
        return tried.decide(facts).outcome
    except UndecidedTable:
        return None


def known(facts):
    return sum(value is not None for value in facts.values())


def test_the_search_agrees_with_going_through_all_combinations():
    """On verdict and number of known facts, of random tables, whether they are broken or not."""
    counted = Counter()

    @settings(max_examples=250)
    @given(tables, st.sampled_from(Size), conditions, st.booleans())
    def agrees(tried, size, when, is_never):
        right = [size, Size.SMALL]
        said = never(size, when=when) if is_never else always(right, when=when)
        there = [facts for facts in POINTS if when.holds(facts)]
        named = [size] if is_never else right
        wrong = [facts for facts in there if (answer(tried, facts) in named) is is_never]
        silent = is_never and all(row.outcome is not size for row in tried.rows)

        found = verdict(tried, said)

        counted[found.status] += 1
        shown = dict.fromkeys(GRID) | dict(found.facts)
        broken = bool(when.holds(shown)) and (answer(tried, shown) in named) is is_never
        assert (found.status is Status.VIOLATED) is bool(wrong)
        assert (found.status is Status.VACUOUS) is (not there or silent)
        assert len(found.facts) == min(map(known, wrong), default=0)
        assert broken or not wrong

    agrees()

    assert min(counted[Status.HOLDS], counted[Status.VIOLATED]) > 20


@settings(max_examples=100)
@given(tables, tables)
def test_tables_are_told_apart_exactly_where_they_answer_differently(one, other):
    """By facts for which they do."""
    differing = [facts for facts in POINTS if answer(one, facts) is not answer(other, facts)]

    found = tell_apart(Sheet.of(one), Sheet.of(other))

    assert (found is not None) is bool(differing)
    assert found is None or answer(one, found) is not answer(other, found)


def test_tables_of_the_apps_own_predicates_are_the_same_only_where_that_is_sure():
    """A predicate of the app's own may come out as it likes, wherever it is read alike."""
    own = table(("ODD", ODD, "odd"), ("REST", all_of(), "rest"))
    other = table(("ODD", not_(ODD), "odd"), ("REST", all_of(), "rest"))

    assert tell_apart(Sheet.of(own), Sheet.of(own)) is None
    assert tell_apart(Sheet.of(own), Sheet.of(other)) == {}


@pytest.mark.parametrize("most", ["MOST_CHOICES", "MOST_TOGETHER"])
def test_tables_that_cannot_be_searched_are_not_taken_for_the_same(most, monkeypatch):
    """Where too much would have to be tried."""
    monkeypatch.setattr(deciding, "MOST_CHOICES", 0)
    monkeypatch.setattr(domains, "MOST_TOGETHER", 1 if most == "MOST_TOGETHER" else 1000)
    bills = table(("DEAR", exceeds("cost", "benefit"), "no"), ("REST", all_of(), "yes"))

    assert tell_apart(Sheet.of(bills), Sheet.of(table(("REST", all_of(), "yes")))) == {}
