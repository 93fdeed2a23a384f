"""Combinations of selectors: who decides, what the answer rests on, and what they publish."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest
from attrs import evolve, fields_dict
from hypothesis import given, settings

from custlife import (
    DecisionTable,
    HitPolicy,
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
    InvalidProfile,
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
from custlife.strategy.facts import INPUTS, inputs_of
from custlife.strategy.selectors.combining import first_of, when
from custlife.strategy.selectors.grounds import joint_limits
from custlife.strategy.selectors.overrides import with_override
from custlife.strategy.selectors.protocol import asked, checked, looks_at
from custlife.strategy.selectors.segments import by_segment
from custlife.strategy.selectors.shadows import Difference, shadow
from custlife.strategy.selectors.votes import weighted_vote
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


def courted(profile):
    return profile.signals.courted


@looks_at("interest")
def campaign(profile):
    return Strategy.END if profile.signals.interest is False else None


def failing(profile):
    raise ZeroDivisionError("by zero")


def ignored(difference):
    """Report nothing."""


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
    "segments of a fact": by_segment("tier", {Tier.IRON: BOLD, Tier.LEAD: end}, BUTTLE),
    "segments of an expectation": by_segment("expected_remaining_value", {0: end}, BUTTLE),
    "segments of a function": by_segment(courted, {True: BOLD, False: end}, BUTTLE),
    "segments that pass": first_of(by_segment("strategic", {True: small_only}), BUTTLE),
    "a vote": weighted_vote({"a": (BOLD, 2), "b": (BUTTLE, 1), "c": (end, Decimal("1.5"))}),
    "a vote of some": weighted_vote(
        {"a": (small_only, 3), "b": (when(KEY, BOLD), 2), "c": (BUTTLE, 1)}
    ),
    "an override": with_override(BUTTLE, {"C-1": Strategy.END}, because="So be it."),
    "an override of nobody": with_override(BUTTLE, {"C-2": Strategy.END}, because="So be it."),
    "a campaign": with_override(BUTTLE, campaign, because="Spring."),
    "a shadow": shadow(BUTTLE, BOLD, ignored),
    "all of it": with_override(
        first_of(
            when(RISKY, weighted_vote({"a": (BOLD, 1), "b": (small_only, 2)})),
            by_segment("party", {PartyKind.PARTNER: shadow(BOLD, failing, ignored)}, BUTTLE),
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
    (named_facts_suffice, 15, ("two conditions", "segments of an expectation", *ALL_OF_IT)),
    (unknown_is_not_no, 15, ("a partial function", "a vote of some", *ALL_OF_IT)),
]
each_combination = pytest.mark.parametrize("combination", COMBINATIONS.values(), ids=COMBINATIONS)


# --- what holds for all ----------------------------------------------------------------------


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
        named = inputs_of((*advice.facts, *advice.missing), advice.reason.catalogue)
        others = {kind: combination(profile.altered(party=kind)) for kind in PartyKind}

        changing = {kind for kind, other in others.items() if other.strategy != advice.strategy}

        assert "party" in named or not changing

    unmoved()


@each_combination
def test_a_recommendation_is_that_of_the_whole_combination(combination):
    """Counterfactuals ask it again, but for the shadows within it."""
    advice = combination(CUSTOMER)

    assert advice.selector is combination.quiet
    assert combination.quiet.name == combination.name
    assert advice.profile is CUSTOMER


@each_combination
def test_a_combination_says_all_that_it_looks_at(combination):
    """No answer rests on anything else, and no limit is of anything else."""
    advice = combination(CUSTOMER)

    named = inputs_of((*advice.facts, *advice.missing), advice.reason.catalogue)

    assert named <= {*combination.uses} <= {*INPUTS}
    assert combination.limits(CUSTOMER).keys() <= {*combination.uses}


def test_every_field_counts_as_an_input():
    """All signals and all numbers of the value, with the party."""
    fields = {*fields_dict(Signals), *fields_dict(CustomerValue)} - {"customer"}

    assert fields == {*INPUTS}


def test_a_combination_can_be_pickled():
    """If its parts can."""
    whole = first_of(when(KEY, BOLD), by_segment("party", {PartyKind.CONSUMER: BUTTLE}))
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
        lambda bad: by_segment("party", {PartyKind.CONSUMER: bad}),
        lambda bad: by_segment("party", {PartyKind.CONSUMER: BUTTLE}, bad),
        lambda bad: by_segment(bad, {1: BUTTLE}),
        lambda bad: weighted_vote({"b": (bad, 1)}),
        lambda bad: with_override(bad, {}, because=""),
        lambda bad: with_override(BUTTLE, bad, because=""),
        lambda bad: shadow(bad, BUTTLE, ignored),
        lambda bad: shadow(BUTTLE, bad, ignored),
    ],
    ids=str.split("when first_of segment otherwise by vote overridden override primary second"),
)
def test_no_combination_takes_what_cannot_be_asked(make):
    """It is found when the combination is made."""
    with pytest.raises(InvalidSelector, match="does not take one profile"):
        make(lambda: None)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (first_of, "has no part"),
        (lambda: by_segment("party", {}), "has no segment"),
        (lambda: weighted_vote({}), "nobody votes"),
    ],
    ids=["first_of", "by_segment", "weighted_vote"],
)
def test_no_combination_is_empty(make, problem):
    """It could never decide."""
    with pytest.raises(InvalidSelector, match=problem):
        make()


@pytest.mark.parametrize(
    "combination",
    [
        first_of(nobody, when(KEY, BUTTLE)),
        by_segment("strategic", {True: BUTTLE}),
        by_segment("strategic", {True: BUTTLE}, nobody),
        weighted_vote({"a": (nobody, 1)}),
        with_override(nobody, campaign, because=""),
        shadow(first_of(nobody), BUTTLE, ignored),
    ],
    ids=lambda combination: combination.name,
)
def test_a_combination_of_which_no_part_decides_recommends_nothing(combination):
    """The error names the combination."""
    with pytest.raises(NoRecommendation, match="recommends nothing") as caught:
        combination(PROSPECT)

    assert caught.value.selector == combination.name
    assert caught.value.profile == str(PROSPECT)


# --- asking ----------------------------------------------------------------------------------


def test_what_is_no_recommendation_is_found():
    """Whoever asks."""
    with pytest.raises(InvalidSelector, match="it gave 'end'") as caught:
        checked(lambda profile: "end", PROSPECT)

    assert caught.value.distribution is None


def test_an_advice_for_another_profile_is_found():
    """An equal profile is the same."""
    other = PROSPECT.altered(interest=False)

    with pytest.raises(InvalidSelector, match=r"it gave a recommendation for .*interest=False"):
        checked(lambda profile: BUTTLE(other), PROSPECT)

    assert checked(lambda profile: BUTTLE(evolve(profile)), PROSPECT) == BUTTLE(PROSPECT)


def test_what_does_not_fit_the_room_is_found():
    """The error tells what would fit."""

    def keen(profile):
        return evolve(BUTTLE(profile), strategy=Strategy.PROTECT)

    with pytest.raises(UnfitStrategy) as caught:
        first_of(keen)(PROSPECT)

    assert (caught.value.strategy, caught.value.fitting) == ("protect", ("start", "end"))


def test_to_raise_no_recommendation_is_to_pass():
    """As to return none is."""
    assert asked(first_of(nobody), PROSPECT) is None
    assert asked(nobody, PROSPECT) is None
    assert asked(BUTTLE, PROSPECT) == BUTTLE(PROSPECT)


def test_the_way_in_names_a_selector_that_passes():
    """By its function's name where it has no other."""
    with pytest.raises(NoRecommendation) as caught:
        recommend(PROSPECT, nobody)

    assert caught.value.selector == "nobody"


def test_the_way_in_takes_profiles_alone():
    """A relationship is not enough."""
    with pytest.raises(InvalidProfile, match="must be a Profile") as caught:
        recommend(NEW)

    assert caught.value.value is NEW


def test_who_says_what_it_looks_at_names_facts_of_the_catalogue():
    """A misspelt name would hide what the answer rests on."""

    def selector(profile):
        """Pass."""

    with pytest.raises(InvalidSelector, match="looks at 'potental_value', which") as caught:
        looks_at("tier", "potental_value")(selector)

    assert caught.value.selector == selector.__qualname__


def test_what_a_selector_looks_at_is_a_tuple():
    """A string would be read letter by letter."""

    def selector(profile):
        """Pass."""

    selector.uses = "tier"

    with pytest.raises(InvalidSelector, match="its 'uses' is 'tier'; give a tuple"):
        first_of(selector)


# --- under a condition, and in order ---------------------------------------------------------


def test_a_condition_that_is_undecided_lets_nobody_in():
    """Only where it is sure to hold the selector decides."""
    ours = when(KEY, BUTTLE)

    assert ours(PROSPECT) is None
    assert ours(PROSPECT.altered(strategic=False)) is None
    assert ours(PROSPECT.altered(strategic=True)).row == "START-KEY"
    assert str(ours.name) == f"{BUTTLE.name} where strategic is yes"


def test_what_lets_a_customer_in_is_told_with_what_decides():
    """The facts of the part that decides come first."""
    advice = when(is_("interest", False), BUTTLE)(
        PROSPECT.altered(interest=False, improvement_chance=0.1)
    )

    assert advice.row == "END-NO-HOPE"
    assert [*advice.facts] == ["room", "interest", "improvement_chance"]
    assert advice.runners_up == BUTTLE(advice.profile).runners_up
    assert advice.reason.sentence == BUTTLE(advice.profile).reason.sentence
    assert advice.reason.source == BUTTLE(advice.profile).reason.source


def test_what_keeps_a_part_from_deciding_is_told():
    """As a known fact, or as one that is missing."""
    ours = first_of(when(all_of(KEY, is_("courted", True)), BOLD), when(RISKY, end), end)

    advice = ours(CUSTOMER.altered(courted=False, target=True))

    assert advice.row == "END-ALL"
    assert advice.facts == {"courted": False, "target": True}
    assert advice.missing == ("defection_risk",)


def test_of_a_part_that_says_nothing_every_input_is_told():
    """It may have looked at any of them."""
    advice = first_of(opaque, end)(PROSPECT.altered(interest=True))

    assert advice.facts == {"interest": True, "party": PartyKind.CONSUMER, "purchases": 0}
    assert {*advice.facts, *advice.missing} == {*INPUTS}


def test_of_a_part_that_says_what_it_looks_at_that_is_told():
    """Known or missing."""
    advice = first_of(small_only, end)(PROSPECT.altered(potential_value=200))

    assert (advice.facts, advice.missing) == ({"potential_value": 200}, ("tier",))


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
    assert vip in advice.reason.catalogue
    assert "strategic" in inputs_of(advice.facts, advice.reason.catalogue)
    assert "strategic" in ours.uses


# --- by segment ------------------------------------------------------------------------------


def test_each_segment_has_its_selector():
    """Whoever is in none goes to the other one."""
    ours = by_segment("strategic", {True: BUTTLE, False: end}, small_only)

    assert ours(PROSPECT.altered(strategic=True)).row == "START-KEY"
    assert ours(PROSPECT.altered(strategic=False)).row == "END-ALL"
    assert ours(PROSPECT.altered(potential_value=1)).row == "SMALL"
    assert ours.name == (
        f"segments of strategic (yes: {BUTTLE.name}, no: end, otherwise {small_only.__qualname__})"
    )


def test_the_fact_of_the_segment_is_told():
    """As known, or as missing."""
    ours = by_segment("strategic", {True: BUTTLE}, end)

    assert ours(PROSPECT.altered(strategic=False)).facts == {"strategic": False}
    assert ours(PROSPECT).missing == ("strategic",)


def test_a_function_may_say_what_the_segment_follows_from():
    """Then nothing else is told."""
    room = looks_at("room")(lambda profile: profile.room.value)
    ours = by_segment(room, {"prospect": end}, BUTTLE)

    assert [*ours(PROSPECT).facts] == ["room"]
    assert ours.limits(CUSTOMER) == BUTTLE.limits(CUSTOMER)
    assert ours.name == f"segments of {room.__qualname__} (prospect: end, otherwise {BUTTLE.name})"


def test_a_number_that_leads_into_another_segment_is_searched():
    """The segment's own selector does not know where."""
    ours = by_segment("tier", {Tier.LEAD: BUTTLE}, BOLD)
    known = CUSTOMER.altered(margin=10, cost_to_serve=0)

    published = ours.limits(known)

    assert {"margin", "cost_to_serve"} <= BOLD.limits(known).keys()
    assert published.keys() == BOLD.limits(known).keys() - {"margin", "cost_to_serve"}


def test_a_segment_that_nobody_decides_publishes_nothing():
    """There is no answer to change."""
    assert by_segment("strategic", {True: BUTTLE}).limits(PROSPECT) == {}


@pytest.mark.parametrize(
    ("fact", "segment", "problem"),
    [
        ("party", "partner", r"'partner' can never be the party. Use <PartyKind.CONSUMER"),
        ("strategic", "yes", r"'yes' can never be the strategic. Use True and False"),
        ("partie", PartyKind.PARTNER, r"no fact 'partie' in the catalogue; there are room"),
    ],
)
def test_a_segment_is_a_value_of_its_fact(fact, segment, problem):
    """What can never be is a slip."""
    with pytest.raises(InvalidSelector, match=problem):
        by_segment(fact, {segment: BUTTLE})


# --- a vote ----------------------------------------------------------------------------------


def test_the_most_weight_wins():
    """Not the most voters; the reason tells the votes."""
    profile = PROSPECT.altered(potential_value=50)
    ours = weighted_vote({"one": (BOLD, 1), "two": (BOLD, 1), "three": (end, Decimal("2.5"))})

    advice = ours(profile)

    assert (advice.strategy, advice.row) == (Strategy.END, "VOTE")
    assert advice.reason.sentence == "2.5 for end (three) and 2 for start (one and two)."
    assert [str(other) for other in advice.runners_up] == [
        "start by row VOTE does not hold: weight 2 against 2.5, by one and two"
    ]
    assert ours.name == "the vote of one, two and three"


def test_of_equal_weights_the_first_voter_wins():
    """The other strategy holds as well."""
    profile = PROSPECT.altered(potential_value=50)

    first = weighted_vote({"a": (BOLD, 2), "b": (end, 1), "c": (end, 1)})(profile)
    last = weighted_vote({"b": (end, 1), "a": (BOLD, 2), "c": (end, 1)})(profile)

    assert (first.strategy, last.strategy) == (Strategy.START, Strategy.END)
    assert [other.holds for other in first.runners_up] == [True]


def test_whoever_passes_abstains():
    """What they passed on is told."""
    advice = weighted_vote({"a": (when(KEY, BOLD), 9), "b": (end, 1)})(PROSPECT)

    assert advice.reason.sentence == "1 for end (b)."
    assert advice.missing == ("strategic",)


def test_a_vote_is_exact_in_any_context():
    """Weights that differ in the eighteenth place differ."""
    tiny = Decimal("0.000000000000000001")
    many = {str(number): (BUTTLE, 100_000_000) for number in range(3)}
    ours = weighted_vote({**many, "end": (end, 300_000_000 + tiny)})

    with localcontext(prec=3):
        advice = ours(PROSPECT)

    assert advice.strategy is Strategy.END
    assert "300000000.000000000000000001 for end" in advice.reason.sentence


@pytest.mark.parametrize(
    "votes", [[(BUTTLE, 1)], {"ours": BUTTLE}, {"ours": (BUTTLE,)}, {"ours": (BUTTLE, 1, 2)}]
)
def test_votes_are_given_by_name_with_selector_and_weight(votes):
    """The error shows how."""
    with pytest.raises(InvalidSelector, match=r"Give them by name: .*\(selector, 2\)") as caught:
        weighted_vote(votes)

    assert caught.value.selector == "weighted_vote"


@pytest.mark.parametrize(
    "weight", [0, -1, 1.5, True, "2", None, Decimal("NaN"), Decimal("Infinity"), 10**18], ids=repr
)
def test_a_weight_is_an_exact_number_above_zero(weight):
    """Whoever has no vote is left out."""
    with pytest.raises(InvalidSelector, match="its weight is") as caught:
        weighted_vote({"ours": (BUTTLE, weight)})

    assert caught.value.selector == "ours"


# --- limits ----------------------------------------------------------------------------------


def test_two_tables_publish_the_limits_of_both():
    """Each knows where it changes its answer."""
    published = joint_limits(PROSPECT, (BUTTLE, BOLD))

    assert published["potential_value"] == {10, 100}
    assert published["improvement_chance"] == {Decimal("0.1"), Decimal("0.2")}


def test_who_does_not_look_at_a_number_does_not_hide_it():
    """What a part looks at and does not publish is searched."""
    assert joint_limits(PROSPECT, (BUTTLE, small_only)).keys() == (
        BUTTLE.limits(PROSPECT).keys() - {"potential_value", "margin", "cost_to_serve"}
    )


def test_who_says_nothing_hides_everything():
    """Nothing can be published beside a function that may look at everything."""
    assert joint_limits(PROSPECT, (BUTTLE, opaque)) == {}


def test_a_condition_has_limits_too():
    """Where it begins to hold, the answer may change."""
    ours = first_of(when(RICH_IN_POTENTIAL, BOLD), BUTTLE)

    assert ours.limits(PROSPECT)["potential_value"] == {10, 100, 500}


# --- an override -----------------------------------------------------------------------------


def test_an_override_tells_what_the_selector_would_have_said():
    """In its sentence, and before the selector's own runners-up."""
    source = Source("BOARD-3", "The board decides on key accounts.")
    ours = with_override(BUTTLE, {"C-17": Strategy.END}, because="Decided.", source=source)

    advice = recommend(PROSPECT, ours)
    said = BUTTLE(PROSPECT)

    assert (advice.strategy, advice.row) == (Strategy.END, "OVERRIDE")
    assert advice.reason.source == source
    assert advice.reason.sentence.startswith("Decided. Without this, Buttle's strategies")
    assert advice.reason.sentence.endswith("would say start, by row START-OPEN.")
    assert (advice.runners_up[0].row, advice.runners_up[0].holds) == ("START-OPEN", True)
    assert advice.runners_up[1:] == said.runners_up
    assert (advice.facts, advice.missing, advice.counterfactual()) == ({}, (), None)
    assert ours.name == f"{BUTTLE.name} with overrides"


def test_where_nothing_is_overridden_the_selector_decides():
    """Its reason is as it was, with what a function looked at."""
    by_id = with_override(BUTTLE, {"C-18": Strategy.END}, because="")(PROSPECT)
    by_campaign = with_override(BUTTLE, campaign, because="")(PROSPECT.altered(interest=True))

    assert by_id.reason == BUTTLE(PROSPECT).reason
    assert by_campaign.row == "START-OPEN"
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
    by_function = with_override(BUTTLE, lambda profile: "end", because="")

    with pytest.raises(InvalidSelector, match="its override is 'end'; use a Strategy"):
        by_function(PROSPECT)
    with pytest.raises(InvalidSelector, match="its override is 'end'; use a Strategy"):
        with_override(BUTTLE, {"C-17": "end"}, because="")


def test_numbers_that_an_override_looks_at_are_searched():
    """The selector does not know where the override sets in."""

    @looks_at("potential_value")
    def override(profile):
        return Strategy.END if profile.signals.potential_value == 333 else None

    ours = with_override(BUTTLE, override, because="")

    assert ours.limits(PROSPECT).keys() == BUTTLE.limits(PROSPECT).keys() - {"potential_value"}


# --- a shadow --------------------------------------------------------------------------------


def test_a_difference_is_reported_and_the_first_decides():
    """Where both say the same there is nothing to report."""
    found = []
    ours = shadow(BUTTLE, BOLD, found.append)
    differing = PROSPECT.altered(potential_value=50)

    advice = ours(differing)
    ours(PROSPECT)

    assert (advice, advice.selector, ours.name) == (BUTTLE(differing), BUTTLE, BUTTLE.name)
    assert found == [Difference(differing, advice, BOLD(differing), None, BOLD.name)]
    assert str(found[0]) == (
        f"C-17, prospect (potential): end, by row END-LOW-POTENTIAL; {BOLD.name} would say start, "
        f"by row START-POTENTIAL"
    )


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (failing, ZeroDivisionError),
        (nobody, NoRecommendation),
        (lambda profile: "end", InvalidSelector),
    ],
    ids=["raises", "passes", "no recommendation"],
)
def test_a_second_that_fails_disturbs_nobody(second, error):
    """Its error is reported, not raised."""
    found = []

    advice = shadow(BUTTLE, second, found.append)(PROSPECT)

    assert advice == BUTTLE(PROSPECT)
    assert [(it.second, type(it.error)) for it in found] == [(None, error)]
    assert f"failed: {error.__name__}: " in str(found[0])


def test_the_apps_report_is_not_silenced():
    """What it raises is the app's own to see."""
    with pytest.raises(ZeroDivisionError):
        shadow(BUTTLE, nobody, failing)(PROSPECT)


def test_a_shadow_reports_by_a_function():
    """Anything else is refused when the shadow is made."""
    with pytest.raises(InvalidSelector, match=r"its report is None. Give a function of a Diff"):
        shadow(BUTTLE, BOLD, None)


@pytest.mark.parametrize(
    "around",
    [
        first_of,
        lambda inner: first_of(nobody, when(is_("potential_value", 50), inner), end),
        lambda inner: by_segment("party", {PartyKind.CONSUMER: inner}),
        lambda inner: by_segment("party", {PartyKind.PARTNER: BUTTLE}, inner),
        lambda inner: weighted_vote({"a": (inner, 2), "b": (BUTTLE, 1)}),
        lambda inner: with_override(inner, {}, because=""),
        lambda inner: shadow(inner, BUTTLE, ignored),
    ],
    ids=str.split("first_of when segment otherwise vote override shadow"),
)
def test_counterfactual_questions_are_not_reported(around):
    """Wherever the shadow stands: one recommendation is one report."""
    found = []
    ours = around(shadow(BUTTLE, BOLD, found.append))

    advice = ours(PROSPECT.altered(potential_value=50))
    flips = advice.counterfactuals()

    assert flips
    assert len(found) == 1


def test_a_table_of_the_apps_own_facts_is_a_part_like_any_other():
    """What it looks at is known from its rows."""
    ours = TableSelector("ours", DecisionTable("ours", (EXPECTED, *ROWS), HitPolicy.FIRST))

    whole = first_of(small_only, ours)

    assert {"remaining_value", "remaining_years"} <= {*whole.uses}
