"""Whether a definition is specified: the score of requirements and of tests, and what survives."""

from unittest import SkipTest

import pytest
from tests.unit.lifecycle.builders import forbid, move, stage, stay, trio

from custlife import EventNotAllowed, all_of, at_least, to_chart, to_table
from custlife.decisions.tables import DecisionTable, HitPolicy, Row
from custlife.errors import InvalidArgument
from custlife.sources import OWN
from custlife.testing import Subject, assert_proven
from custlife.testing.requirements.conditions import InvalidRequirement
from custlife.testing.requirements.language import always, leads_to, never, stays_until
from custlife.testing.specified import NotSpecified, Score, assert_specified, mutants, score

CLUB = trio(
    "club",
    customer=[stage("member"), stage("patron")],
    without=["left"],
    also=[
        move("gave", "member", "patron"),
        move("stopped", "patron", "member"),
        move("left", ["guest", "customer"], "gone"),
        forbid("gave", ["guest", "gone"]),
    ],
)
JOINING = always(on="joined", at="guest", to="member", id="JOINING")
GIVING = always(on="gave", at="member", to="patron", id="GIVING")
STOPPING = always(on="stopped", at="patron", to="member", id="STOPPING")
STANDING = stays_until("patron", ["left", "stopped"], id="STANDING")
LEAVING = always(on="left", at=["guest", "customer"], to="gone", id="LEAVING")
RETURN = always(on="returned", at="gone", to="guest", id="RETURN")
REFUSED = never(on="gave", at=["guest", "patron", "gone"], id="REFUSED")
ALL = [JOINING, GIVING, STOPPING, STANDING, LEAVING, RETURN, REFUSED]


def joins(lifecycle):
    """A test of the user's own."""
    assert to_table(lifecycle).step(lifecycle.state("guest"), "joined").stage == "member"


def test_every_mutant_is_in_one_part_of_the_score():
    """Refused, noticed, equivalent, or a survivor; in the order of the mutants."""
    found = score(CLUB, [JOINING, LEAVING])
    parts = [*found.refused, *(m for m, _ in (*found.killed, *found.equivalent)), *found.survivors]

    every = [one.difference for one in mutants(CLUB)]

    assert sorted(one.difference for one in parts) == sorted(every)
    assert [one.difference for one in found.refused] == [
        one.difference for one in mutants(CLUB) if one.lifecycle is None
    ]
    assert isinstance(found, Score)


def test_a_mutant_is_noticed_by_the_requirement_that_no_longer_holds():
    """By the first of them, under its id."""
    found = score(CLUB, ALL)

    by = {mutant.difference: name for mutant, name in found.killed}

    assert by["'joined: guest -> member' leads to patron instead"] == "JOINING"
    assert by["'left: customer -> gone' is missing"] == "LEAVING"
    assert by["'gave: guest forbids' is lifted: it stays instead"] == "REFUSED"
    assert by["'returned: gone -> guest' is missing"] == "RETURN"


def test_what_survives_is_named():
    """Where a requirement is missing, the mutants that it would notice survive."""
    found = score(CLUB, [JOINING, GIVING, STOPPING, LEAVING, REFUSED])

    assert [str(mutant) for mutant in found.survivors] == [
        "'returned: gone -> guest' is missing",
        "'returned: gone -> guest' stays instead",
    ]
    assert str(found).splitlines() == [
        f"Of {len([*mutants(CLUB)])} mutants of 'club', {len(found.refused)} are refused when they "
        f"are made, {len(found.killed)} are noticed, {len(found.equivalent)} do the same, and "
        f"2 survive:",
        "  - 'returned: gone -> guest' is missing",
        "  - 'returned: gone -> guest' stays instead",
    ]


def test_what_does_the_same_counts_as_no_survivor():
    """A forbiddance that is missing changes no step; the reason is said."""
    found = score(CLUB, ALL)

    assert [mutant.difference for mutant, _ in found.equivalent] == [
        "'gave: guest forbids' is missing",
        "'gave: gone forbids' is missing",
        "customer begins in patron instead of member",
    ]
    assert {reason for _, reason in found.equivalent} == {
        "It does the same with every event in every state."
    }
    assert found.survivors == ()
    assert str(found).endswith("and 0 survive.")


def test_tests_notice_mutants_as_well():
    """By whatever they raise, under their name; requirements are tried first."""
    found = score(CLUB, LEAVING, tests=joins)

    by = {mutant.difference: name for mutant, name in found.killed}

    assert by["'joined: guest -> member' leads to patron instead"] == "joins"
    assert by["'left: guest -> gone' is missing"] == "LEAVING"


def test_tests_alone_are_enough():
    """Without a single requirement."""
    found = score(CLUB, tests=[joins, assert_proven])

    assert {name for _, name in found.killed} <= {"joins", "assert_proven"}
    assert found.survivors


def refuses_a_gift(lifecycle):
    """As a user writes it with pytest."""
    with pytest.raises(EventNotAllowed):
        to_table(lifecycle).step(lifecycle.state("guest"), "gave")


def knows_gifts(lifecycle):
    """As a user writes it with pytest's own failure."""
    if "gave" not in to_table(lifecycle).allowed(lifecycle.state("member")):
        pytest.fail("a member can give")


def test_what_pytest_raises_notices_a_mutant():
    """A missing error and a failure by pytest are no exceptions of the usual kind."""
    found = score(CLUB, tests=[refuses_a_gift, knows_gifts])

    assert {
        "'gave: guest forbids' is lifted: it stays instead": "refuses_a_gift",
    }.items() <= {mutant.difference: name for mutant, name in found.killed}.items()


def stops(lifecycle):
    """What ends a run ends it."""
    raise KeyboardInterrupt


def stops_for_a_mutant(lifecycle):
    """The definition itself passes."""
    if lifecycle is not CLUB:
        raise KeyboardInterrupt


@pytest.mark.parametrize("test", [stops, stops_for_a_mutant], ids=lambda test: test.__name__)
def test_who_stops_a_run_stops_it(test):
    """An interruption is no finding."""
    with pytest.raises(KeyboardInterrupt):
        score(CLUB, tests=test)


def test_a_test_without_a_name_is_called_by_what_it_is():
    """Such as an object that is callable."""

    class Checks:
        def __call__(self, lifecycle):
            joins(lifecycle)

        def __repr__(self):
            return "<our checks>"

    found = score(CLUB, tests=Checks())

    assert {name for _, name in found.killed} == {"<our checks>"}


def test_a_requirement_about_what_a_mutant_lacks_notices_it():
    """An event that no rule mentions any more."""
    lifecycle = trio(also=[stay("looked", "guest")])
    ways = [
        always(on="joined", at="guest", to="member"),
        always(on="left", at=["guest", "member"], to="gone"),
        always(on="returned", at="gone", to="guest"),
    ]

    found = score(lifecycle, [*ways, leads_to("looked", "guest", within=0, id="LOOKING")])

    assert ("'looked: guest stays' is missing", "LOOKING") in [
        (mutant.difference, name) for mutant, name in found.killed
    ]
    assert found.survivors == ()


def test_what_does_not_hold_of_the_definition_itself_is_an_error():
    """The report says what and why; there is no score."""
    with pytest.raises(NotSpecified, match="violated: never gone") as caught:
        score(CLUB, [JOINING, never("gone")])

    assert caught.value.score is None
    assert str(caught.value).startswith("Of 2 requirements of 'club', 1 holds.")


@pytest.mark.parametrize("requirement", [never("member+patron"), never(on="left", at="guest+gone")])
def test_a_requirement_that_says_nothing_is_an_error_too(requirement):
    """It would never notice anything."""
    with pytest.raises(NotSpecified, match="vacuous"):
        assert_specified(CLUB, [*ALL, requirement])


def test_a_test_that_fails_for_the_definition_itself_is_an_error():
    """With its name, and what it raised as the cause."""

    def fails(lifecycle):
        raise RuntimeError("no")

    with pytest.raises(
        NotSpecified, match="The test fails fails for 'club' itself: RuntimeErr"
    ) as caught:
        score(CLUB, ALL, tests=[joins, fails])

    assert isinstance(caught.value.__cause__, RuntimeError)
    assert caught.value.score is None


def test_a_requirement_that_names_what_is_not_there_is_an_error():
    """As when it is checked."""
    with pytest.raises(InvalidRequirement, match="no stage, region or room 'nowhere'"):
        score(CLUB, never("nowhere"))


def test_a_definition_is_specified_where_nothing_survives():
    """By requirements, by tests, or by both."""
    assert_specified(CLUB, ALL)
    assert_specified(CLUB, iter(ALL), tests=iter([joins]))
    assert_specified(CLUB, [GIVING, STOPPING, LEAVING, RETURN, REFUSED], tests=joins)


def test_a_definition_with_survivors_is_not_specified():
    """The error counts them, says what to do, and shows the score."""
    with pytest.raises(NotSpecified) as caught:
        assert_specified(CLUB, [JOINING, GIVING, STOPPING, LEAVING, REFUSED])

    lines = str(caught.value).splitlines()
    assert lines[0] == ("No requirement and no test notices 2 slips in 'club'. Add one for each.")
    assert lines[1].startswith("Of ")
    assert lines[-1] == "  - 'returned: gone -> guest' stays instead"
    assert isinstance(caught.value, AssertionError)
    assert len(caught.value.score.survivors) == 2


def test_nothing_at_all_specifies_nothing():
    """Neither requirements nor tests: every mutant that does something else survives."""
    with pytest.raises(NotSpecified, match="No requirement and no test notices 11 slips"):
        assert_specified(CLUB)


MISSING = "'returned: gone -> guest' is missing"
STAYS = "'returned: gone -> guest' stays instead"


def test_survivors_can_be_allowed_with_a_reason():
    """Each by its difference; one that is not allowed is still an error."""
    requirements = [JOINING, GIVING, STOPPING, LEAVING, REFUSED]
    reasons = {MISSING: "Nobody returns to us yet.", STAYS: "Nobody returns to us yet."}

    assert_specified(CLUB, requirements, allow=reasons)
    with pytest.raises(NotSpecified, match="notices 1 slip in 'club'"):
        assert_specified(CLUB, requirements, allow={MISSING: "Nobody returns to us yet."})


@pytest.mark.parametrize("stale", [MISSING, "'left: guest -> gone' is misssing"])
def test_what_is_allowed_and_survives_no_longer_is_an_error(stale):
    """Noticed by now, or misspelt."""
    with pytest.raises(NotSpecified, match=r"No survivor is .* take it out of allow=") as caught:
        assert_specified(CLUB, ALL, allow={stale: "Nobody returns to us yet."})

    assert stale in str(caught.value)
    assert caught.value.score.survivors == ()


@pytest.mark.parametrize("allow", [[MISSING], ["ab"], MISSING, 7])
def test_what_is_allowed_is_a_mapping(allow):
    """Each with its reason."""
    with pytest.raises(InvalidArgument, match=r"assert_specified\(\): allow is"):
        assert_specified(CLUB, ALL, allow=allow)


@pytest.mark.parametrize("tests", ["joins", [joins, None], 7])
def test_what_is_no_test_is_refused(tests):
    """A test is a function of a definition."""
    with pytest.raises(InvalidArgument, match=r"score\(\): tests is .* a function of a definition"):
        score(CLUB, ALL, tests=tests)


@pytest.mark.parametrize("thing", [to_chart(CLUB), Subject.of(CLUB), "club", None])
def test_only_definitions_have_mutants(thing):
    """A chart class and a subject are none."""
    with pytest.raises(InvalidArgument, match=r"mutants\(\): thing is .* Give one of the three"):
        mutants(thing)


SIZE = DecisionTable(
    "size",
    (
        Row("BIG", at_least("amount", 10), "big", "It is much.", OWN),
        Row("REST", all_of(), "small", "It is little.", OWN),
    ),
    HitPolicy.FIRST,
)


def ten_is_big(table):
    """A test of a table."""
    assert table.decide({"amount": 10}).outcome == "big"


def test_a_table_is_scored_as_a_lifecycle_is():
    """Its mutants are noticed by requirements and tests; what answers the same is said to."""
    found = score(SIZE, always("big", when=at_least("amount", 11), id="BIG"), tests=ten_is_big)

    by = {mutant.difference: name for mutant, name in found.killed}
    assert found.subject == "size"
    assert by["row BIG is missing"] == "BIG"
    assert "ten_is_big" in by.values()
    assert {reason for _, reason in found.equivalent} <= {"It gives the same answer for all facts."}
    assert len([*mutants(SIZE)]) == sum(
        map(len, (found.refused, found.killed, found.equivalent, found.survivors))
    )


def test_a_test_that_is_skipped_notices_nothing():
    """Neither by pytest nor by unittest; of the definition itself it must not be skipped."""

    def skipped(lifecycle):
        if lifecycle != trio():
            pytest.skip("not today")

    assert str(score(trio(), tests=skipped)) == str(score(trio()))
    with pytest.raises(NotSpecified, match="The test skip is skipped for 'trio' itself"):
        score(trio(), tests=skip)


def skip(lifecycle):
    """A test that is never run."""
    raise SkipTest


def test_a_survivor_is_allowed_for_a_reason():
    """An empty one is none."""
    with pytest.raises(InvalidArgument, match="allow is ''"):
        assert_specified(trio(), allow={"a slip": ""})
