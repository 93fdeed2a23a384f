"""Combinations of selectors: who decides, what the answer rests on, and what they publish."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import fields_dict
from hypothesis import given, settings

from custlife import (
    DecisionTable,
    HitPolicy,
    InvalidArgument,
    Purchased,
    Relationship,
    Room,
    Row,
    Source,
    all_of,
    any_of,
    at_least,
    below,
    is_,
    not_,
)
from custlife.strategy import (
    FACTS,
    ButtlePolicy,
    CustomerValue,
    Fact,
    FactKind,
    InvalidSelector,
    NoRecommendation,
    PartyKind,
    Profile,
    Recommendation,
    Signals,
    Strategy,
    TableSelector,
    Tier,
    UnfitStrategy,
    buttle_selector,
    customer_rows,
    former_rows,
    prospect_rows,
    recommend,
)
from custlife.strategy.facts import INPUTS
from custlife.strategy.inputs import inputs_of
from custlife.strategy.selectors.combining import (
    Combination,
    first_of,
    joint_thresholds,
    when,
    with_override,
)
from custlife.strategy.selectors.protocol import as_selector, looks_at
from custlife.testing import (
    always_an_answer,
    counterfactuals_are_true,
    named_facts_suffice,
    profiles,
    same_again,
    unknown_is_not_no,
)

BUTTLE = buttle_selector()
BOLD = buttle_selector(
    ButtlePolicy(
        worthwhile_potential=Decimal(10),
        desired_profit=Decimal(50),
        low_chance=Decimal("0.1"),
    )
)
ROWS = (*prospect_rows(), *customer_rows(), *former_rows())
EXPECTED = Row(
    "ENHANCE-EXPECTED",
    all_of(is_("room", Room.CUSTOMER), at_least("expected_remaining_value", 100)),
    Strategy.ENHANCE,
    "Much is expected.",
    Source("OURS-1", "Ours."),
)
RICH_IN_POTENTIAL = at_least("potential_value", 500)
AT = datetime(2026, 1, 1, tzinfo=UTC)
NEW = Relationship("C-17")
PROSPECT = Profile(relationship=NEW)
CUSTOMER = Profile(relationship=NEW.apply(Purchased(at=AT, amount=Decimal(20))))


def end(profile):
    """Let go of everybody; says nothing of what it looks at, which is nothing."""
    return Recommendation.stated(profile, Strategy.END, end, row="END-ALL", sentence="Enough.")


def nobody(profile):
    """Pass."""


@looks_at("potential_value", "tier")
def small_only(profile):
    """End prospects of small potential, and iron customers; pass otherwise."""
    signals, tier = profile.signals, profile.value.tier()
    small = signals.potential_value is not None and signals.potential_value < 100
    used = ("potential_value",) if small else ("tier",)
    return (
        Recommendation.stated(
            profile, Strategy.END, small_only, row="SMALL", sentence="Small.", used=used
        )
        if small or tier is Tier.LEAD
        else None
    )


def opaque(profile):
    """End whom nobody wants; says nothing of what it looks at."""
    return (
        Recommendation.stated(
            profile, Strategy.END, opaque, row="UNWANTED", sentence="No.", used=["target"]
        )
        if profile.signals.target is False
        else None
    )


@looks_at("interest")
def campaign(profile):
    return Strategy.END if profile.signals.interest is False else None


KEY = is_("strategic", True)
RISKY = any_of(at_least("defection_risk", Decimal("0.6")), not_(is_("target", True)))
COMBINATIONS = {
    "a condition": first_of(when(all_of(KEY, RISKY), BOLD), BUTTLE),
    "a condition on a difference": first_of(when(below("profit", 20), BOLD), BUTTLE),
    "a condition on an expectation": first_of(
        when(at_least("expected_remaining_value", 100), BOLD), BUTTLE
    ),
    "two conditions": first_of(when(RISKY, when(KEY, BOLD)), when(RISKY, end), BUTTLE),
    "a partial function": first_of(small_only, BUTTLE),
    "an opaque function": first_of(opaque, BUTTLE),
    "one within the other": first_of(first_of(small_only, when(KEY, BOLD)), BUTTLE),
    "segments": first_of(
        when(is_("tier", Tier.IRON), BOLD), when(is_("tier", Tier.LEAD), end), BUTTLE
    ),
    "segments that pass": first_of(when(KEY, small_only), BUTTLE),
    "an override": with_override(BUTTLE, {"C-1": Strategy.END}, because="So be it."),
    "an override of nobody": with_override(BUTTLE, {"C-2": Strategy.END}, because="So be it."),
    "a campaign": with_override(BUTTLE, campaign, because="Spring."),
    "all of it": with_override(
        first_of(
            when(RISKY, first_of(small_only, BOLD)),
            when(is_("party", PartyKind.PARTNER), BOLD),
            BUTTLE,
        ),
        campaign,
        because="Spring.",
    ),
}
ALL_OF_IT = ("all of it",)
LAWS = [
    # Whatever asks for counterfactuals asks a selector a thousand times for each example.
    (always_an_answer, 1, ALL_OF_IT),
    (counterfactuals_are_true, 2, ALL_OF_IT),
    (same_again, 5, ALL_OF_IT),
    (named_facts_suffice, 15, ("two conditions", "segments", *ALL_OF_IT)),
    (unknown_is_not_no, 15, ("a partial function", *ALL_OF_IT)),
]
each_combination = pytest.mark.parametrize("combination", COMBINATIONS.values(), ids=COMBINATIONS)


# --- what holds for all ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "examples", "name"),
    [(law, examples, name) for law, examples, names in LAWS for name in names],
)
def test_a_combination_keeps_the_laws_of_selectors(law, examples, name):
    """Named facts suffice, unknown is not no, and counterfactuals are true."""
    law(COMBINATIONS[name], settings=settings(max_examples=examples))


@pytest.mark.parametrize("name", ["an opaque function", "segments that pass", "all of it"])
def test_a_party_that_is_not_named_changes_nothing(name):
    """Nor can it be learnt: it is always known."""
    combination = COMBINATIONS[name]

    @settings(max_examples=15)
    @given(profiles())
    def unmoved(profile):
        advice = combination(profile)
        named = inputs_of((*advice.facts, *advice.missing), advice.reason.evidence.catalogue)
        others = {kind: combination(profile.altered(party=kind)) for kind in PartyKind}

        changing = {kind for kind, other in others.items() if other.strategy != advice.strategy}

        assert "party" in named or not changing

    unmoved()


@each_combination
def test_a_recommendation_is_that_of_the_whole_combination(combination):
    """Counterfactuals call it again."""
    advice = combination(CUSTOMER)

    assert advice.selector is combination
    assert advice.profile is CUSTOMER


@each_combination
def test_a_combination_says_all_that_it_looks_at(combination):
    """No answer rests on anything else, and no limit is of anything else."""
    advice = combination(CUSTOMER)

    named = inputs_of((*advice.facts, *advice.missing), advice.reason.evidence.catalogue)

    assert named <= {*combination.uses} <= {*INPUTS}
    assert combination.thresholds(CUSTOMER).keys() <= {*combination.uses}


def test_every_field_counts_as_an_input():
    """All signals and all numbers of the value, with the party."""
    fields = {*fields_dict(Signals), *fields_dict(CustomerValue)} - {"customer", "origins"}

    assert fields == {*INPUTS}


def test_a_combination_can_be_pickled():
    """If its parts can."""
    whole = first_of(when(KEY, BOLD), when(is_("party", PartyKind.CONSUMER), BUTTLE))
    advice = whole(CUSTOMER)

    again = pickle.loads(pickle.dumps(whole))

    assert again.name == whole.name
    assert again(CUSTOMER).strategy is advice.strategy
    assert hash(whole) == hash(first_of(*whole.parts))


@pytest.mark.parametrize(
    "make",
    [
        lambda bad: when(KEY, bad),
        lambda bad: first_of(BUTTLE, bad),
        lambda bad: with_override(bad, {}, because="So."),
        lambda bad: with_override(BUTTLE, bad, because="So."),
    ],
    ids=str.split("when first_of overridden override"),
)
def test_no_combination_takes_what_cannot_be_asked(make):
    """It is found when the combination is made."""
    with pytest.raises(InvalidSelector, match="does not take one profile"):
        make(lambda: None)


def test_no_combination_is_empty():
    """It could never decide."""
    with pytest.raises(InvalidSelector, match="has no part"):
        first_of()


@pytest.mark.parametrize(
    "combination",
    [
        first_of(nobody, when(KEY, BUTTLE)),
        with_override(nobody, campaign, because="So."),
    ],
    ids=lambda combination: combination.name,
)
def test_a_combination_of_which_no_part_decides_recommends_nothing(combination):
    """The error names the combination."""
    with pytest.raises(NoRecommendation, match="recommends nothing") as caught:
        combination(PROSPECT)

    assert caught.value.selector == combination.name
    assert caught.value.profile == str(PROSPECT)


# --- under a condition, and in order ---------------------------------------------------------


def test_a_condition_that_is_undecided_lets_nobody_in():
    """Only where it is sure to hold the selector decides."""
    ours = when(KEY, BUTTLE)

    assert ours(PROSPECT) is None
    assert ours(PROSPECT.altered(strategic=False)) is None
    assert ours(PROSPECT.altered(strategic=True)).row == "START-KEY"
    assert str(ours.name) == f"{BUTTLE.name} where strategic is yes"


def test_when_names_what_lets_a_customer_in_beside_what_decides():
    """The facts of the part that decides come first."""
    advice = when(is_("interest", False), BUTTLE)(
        PROSPECT.altered(interest=False, improvement_chance=0.1)
    )

    assert advice.row == "END-NO-HOPE"
    assert [*advice.facts] == ["room", "interest", "improvement_chance"]
    assert advice.runners_up == BUTTLE(advice.profile).runners_up
    assert advice.reason.sentence == BUTTLE(advice.profile).reason.sentence
    assert advice.reason.source == BUTTLE(advice.profile).reason.source


def test_when_names_what_keeps_a_part_from_deciding():
    """As a known fact, or as one that is missing."""
    ours = first_of(when(all_of(KEY, is_("courted", True)), BOLD), when(RISKY, end), end)

    advice = ours(CUSTOMER.altered(courted=False, target=True))

    assert advice.row == "END-ALL"
    assert advice.facts == {"courted": False, "target": True}
    assert advice.missing == ("defection_risk",)


def test_first_of_names_every_input_of_a_function_that_declares_none():
    """It may have looked at any of them."""
    advice = first_of(opaque, end)(PROSPECT.altered(interest=True))

    assert advice.facts == {"interest": True, "party": PartyKind.CONSUMER, "purchases": 0}
    assert {*advice.facts, *advice.missing} == {*INPUTS}


def test_first_of_names_what_a_function_declares():
    """Known or missing."""
    advice = first_of(small_only, end)(PROSPECT.altered(potential_value=200))

    assert (advice.facts, advice.missing) == (
        {"potential_value": 200},
        ("cost_to_serve", "margin"),
    )


def test_what_a_known_fact_could_still_follow_from_is_missing():
    """The app may come to know better than profit times years."""
    known = CUSTOMER.altered(margin=50, cost_to_serve=20, remaining_years=2)

    advice = first_of(when(at_least("expected_remaining_value", 100), BOLD), end)(known)

    assert advice.facts == {"expected_remaining_value": 60}
    assert advice.missing == ("remaining_value",)
    assert first_of(*advice.selector.parts)(known.altered(remaining_value=200)).row != "END-ALL"


def test_a_condition_is_over_facts_of_the_catalogue():
    """A misspelt one is found when the selector is made."""
    with pytest.raises(InvalidSelector, match="no fact 'strategy'"):
        when(is_("strategy", True), BUTTLE)


def test_a_condition_is_a_predicate():
    """A function of a profile is none."""
    with pytest.raises(InvalidSelector, match=r"such as is_\('strategic', True\)"):
        when(lambda profile: True, BUTTLE)


def test_a_condition_may_ask_for_a_fact_of_the_apps_own():
    """Of its catalogue, which the recommendation knows."""
    source = Source("OURS-1", "Ours.")
    vip = Fact(
        "vip",
        FactKind.FLAG,
        "Whether we call them.",
        source,
        lambda profile: profile.signals.strategic,
        ("strategic",),
    )
    ours = first_of(when(is_("vip", True), BOLD, (*FACTS, vip)), BUTTLE)

    advice = ours(PROSPECT.altered(strategic=True))

    assert advice.facts["vip"] is True
    assert vip in advice.reason.evidence.catalogue
    assert "strategic" in inputs_of(advice.facts, advice.reason.evidence.catalogue)
    assert "strategic" in ours.uses


# --- limits ----------------------------------------------------------------------------------


def test_two_tables_publish_the_limits_of_both():
    """Each knows where it changes its answer."""
    published = joint_thresholds(PROSPECT, (BUTTLE, BOLD))

    assert published["potential_value"] == {10, 100}
    assert published["improvement_chance"] == {Decimal("0.1"), Decimal("0.2")}


def test_who_does_not_look_at_a_number_does_not_hide_it():
    """What a part looks at and does not publish is searched."""
    assert joint_thresholds(PROSPECT, (BUTTLE, as_selector(small_only))).keys() == (
        BUTTLE.thresholds(PROSPECT).keys() - {"potential_value", "margin", "cost_to_serve"}
    )


def test_who_says_nothing_hides_everything():
    """Nothing can be published beside a function that may look at everything."""
    assert joint_thresholds(PROSPECT, (BUTTLE, as_selector(opaque))) == {}


def test_a_condition_has_limits_too():
    """Where it begins to hold, the answer may change."""
    ours = first_of(when(RICH_IN_POTENTIAL, BOLD), BUTTLE)

    assert ours.thresholds(PROSPECT)["potential_value"] == {10, 100, 500}


# --- an override -----------------------------------------------------------------------------


def test_an_override_tells_what_the_selector_would_have_recommended():
    """In its sentence, and before the selector's own runners-up."""
    source = Source("BOARD-3", "The board decides on key accounts.")
    ours = with_override(BUTTLE, {"C-17": Strategy.END}, because="Decided", source=source)

    advice = recommend(PROSPECT, ours)
    said = BUTTLE(PROSPECT)

    assert (advice.strategy, advice.row) == (Strategy.END, "OVERRIDE")
    assert advice.reason.source == source
    assert advice.reason.sentence.startswith("Decided. Without this, Buttle's strategies")
    assert advice.reason.sentence.endswith("would recommend start, by row START-OPEN.")
    assert (advice.runners_up[0].row, advice.runners_up[0].holds) == ("START-OPEN", True)
    assert advice.runners_up[1:] == said.runners_up
    assert (advice.facts, advice.missing, advice.counterfactual()) == ({}, (), None)
    assert ours.name == f"{BUTTLE.name} with overrides"


def test_where_nothing_is_overridden_the_selector_decides():
    """Its reason is as it was, with what a function looked at."""
    by_id = with_override(BUTTLE, {"C-18": Strategy.END}, because="So.")(PROSPECT)
    by_campaign = with_override(BUTTLE, campaign, because="So.")(PROSPECT.altered(interest=True))

    assert by_id.reason == BUTTLE(PROSPECT).reason
    assert by_campaign.row == "START-INTEREST"
    assert by_campaign.facts["interest"] is True


def test_an_override_decides_where_the_selector_passes():
    """There is nothing that it would have said."""
    advice = with_override(nobody, {"C-17": Strategy.END}, because="Decided.")(PROSPECT)

    assert (advice.reason.sentence, advice.runners_up) == ("Decided.", ())


def test_an_override_fits_the_room():
    """A prospect cannot be won back by decree."""
    ours = with_override(BUTTLE, {"C-17": Strategy.WIN_BACK}, because="Hope.")

    with pytest.raises(UnfitStrategy) as caught:
        ours(PROSPECT)

    assert (caught.value.selector, caught.value.strategy) == (ours.name, "win back")


def test_an_override_is_a_strategy():
    """Found when it is made; or, of a function, when it is asked."""
    by_function = with_override(BUTTLE, lambda profile: "end", because="So.")

    with pytest.raises(InvalidSelector, match="its override is 'end'; use a Strategy"):
        by_function(PROSPECT)
    with pytest.raises(InvalidSelector, match="its override is 'end'; use a Strategy"):
        with_override(BUTTLE, {"C-17": "end"}, because="So.")


def test_overrides_are_given_by_the_ids_of_customers():
    """Another key would never apply."""
    with pytest.raises(InvalidArgument, match="the id of a customer is 17, but must be a string"):
        with_override(BUTTLE, {17: Strategy.END}, because="So.")


def test_numbers_that_an_override_looks_at_are_searched():
    """The selector does not know where the override sets in."""

    @looks_at("potential_value")
    def override(profile):
        return Strategy.END if profile.signals.potential_value == 333 else None

    ours = with_override(BUTTLE, override, because="So.")

    assert ours.thresholds(PROSPECT).keys() == BUTTLE.thresholds(PROSPECT).keys() - {
        "potential_value"
    }


def test_a_table_of_the_apps_own_facts_is_a_part_like_any_other():
    """What it looks at is known from its rows."""
    ours = TableSelector("ours", DecisionTable("ours", (EXPECTED, *ROWS), HitPolicy.FIRST))

    whole = first_of(small_only, ours)

    assert {"remaining_value", "remaining_years"} <= {*whole.uses}


def test_a_combination_lists_its_parts():
    """Each kind of combination has its own; there is no default."""
    with pytest.raises(NotImplementedError):
        _ = Combination().parts
