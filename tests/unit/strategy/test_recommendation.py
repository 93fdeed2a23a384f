"""Recommendations: what they say to a manager, to a log, and when asked what would change them."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from custlife import Cause, Departed, Purchased, Relationship, Room
from custlife.errors import InvalidArgument
from custlife.severity import Severity
from custlife.sources import BUT, OWN
from custlife.strategy import (
    FACTS,
    CustomerValue,
    Evidence,
    InvalidSelector,
    Profile,
    Reason,
    Recommendation,
    RunnerUp,
    Selector,
    Signals,
    Strategy,
    Tier,
    UnknownFact,
    buttle_selector,
    guidance_for,
    recommend,
)
from custlife.strategy.recommendation import thresholds_of, wrapped

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=9)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)))
FORMER = CUSTOMER.apply(Departed(at=LATER, cause=Cause.PRICE))
KEY = Profile(
    relationship=CUSTOMER,
    value=CustomerValue(margin=Decimal("30.50"), cost_to_serve=40),
    signals=Signals(strategic=True, courted=False, competition=0.4, reducible_cost=50),
)
PROFILES = [
    KEY,
    Profile(relationship=PROSPECT),
    Profile(relationship=CUSTOMER),
    Profile(relationship=FORMER, signals=Signals(strategic=True, regain_cost=1, regain_benefit=2)),
]


def state(profile):
    """An id for a profile."""
    known = "known" if profile.signals.strategic else "unknown"
    return f"{profile.relationship.state}-{known}"


def cautious(profile):
    """A selector that is a plain function."""
    return Recommendation.stated(
        profile,
        Strategy.END,
        cautious,
        row="CAUTION",
        sentence="We start nothing.",
        source=BUT[6],
        used=("room", "strategic"),
        missing=("target",),
        runners_up=(RunnerUp("BOLD", Strategy.START, False, ("mood is good (bad)",)),),
    )


class Moody(Selector):
    """A selector that is an object, and changes its mind at a potential of 7."""

    def __call__(self, profile):
        mind = (profile.signals.potential_value or 0) >= 7
        strategy = Strategy.START if mind else Strategy.END
        return Recommendation.stated(
            profile, strategy, self, row="MOOD", sentence="So be it.", used=["potential_value"]
        )


def test_a_recommendation_says_strategy_row_and_facts():
    """With what is missing, and the guidance that fits."""
    advice = recommend(KEY)

    assert (advice.strategy, advice.row) == (Strategy.REENGINEER, "REENGINEER-COST")
    assert advice.facts == {
        "room": Room.CUSTOMER,
        "profit": Decimal("-9.50"),
        "reducible_cost": 50,
        "discontent": False,
        "open_complaints": 0,
        "open_public_complaints": 0,
        "paused": False,
        "courted": False,
        "competition": Decimal("0.4"),
        "returned": False,
        "cycle_purchases": 1,
        "service_failures": 0,
        "cost_to_serve": 40,
        "strategic": True,
    }
    assert advice.missing == ("defection_risk", "target")
    assert advice.guidance == guidance_for(KEY, Strategy.REENGINEER)


def test_the_facts_are_a_copy():
    """To change them changes no recommendation."""
    advice = recommend(KEY)

    advice.facts.clear()

    assert advice.facts


@pytest.mark.parametrize(
    "part",
    [
        "C-17, customer (bond: buyer, standing: content): reengineer.\n",
        "Goal: Make a relationship pay by lowering what it costs to serve. [BUT-3]",
        "Why: It pays too little, and serving it could cost less; watch that the customer stays. "
        "[BUT-3, row REENGINEER-COST]",
        "This rests on: room is customer, profit is -9.5, reducible cost is 50, discontent is no, "
        "open complaints is 0, open public complaints is 0, courted is no, competition is 0.4, "
        "returned is no, cost to serve is 40, strategic is yes, cycle purchases is 1, service "
        "failures is 0 and paused is no.",
        "Unknown, and could change it: defection risk and target.",
        "Otherwise: protect by row PROTECT-KEY holds as well, but ranks lower.",
        "The smallest change that would change it: if reducible cost were 49.99 instead of 50: "
        "protect, by row PROTECT-KEY.",
        "The process: retention and expansion. [IMH-2]\nTo do: ",
        "To do: (reengineer) Lower the cost to serve, and watch the quality of service along the "
        "whole chain.",
        "Recommended by Buttle's strategies, policy custlife of 2026-11-25.",
    ],
    ids=lambda part: part[:30],
)
def test_an_explanation_tells_a_manager(part):
    """Who, what, why, from which source and row, on which facts, what is missing, what to do."""
    assert part in recommend(KEY).explain()


@pytest.mark.parametrize("profile", PROFILES, ids=state)
def test_an_explanation_names_row_source_facts_and_what_is_missing(profile):
    """All facts and all missing ones, in words."""
    advice = recommend(profile)
    text = advice.explain()

    assert f"[{advice.reason.source}, row {advice.row}]" in text
    assert all(f"{name.replace('_', ' ')} is " in text for name in advice.facts)
    assert all(name.replace("_", " ") in text for name in advice.missing)
    assert ("Unknown, and could change it" in text) is bool(advice.missing)
    assert sum(line.startswith("Otherwise: ") for line in text.splitlines()) <= 3


def test_an_explanation_tells_one_row_for_each_other_strategy():
    """The nearest; none for the strategy that is recommended."""
    lines = [line for line in recommend(KEY).explain().splitlines() if "Otherwise" in line]

    assert len(lines) == len({line.split(" by row ")[0] for line in lines}) == 3
    assert not any(line.startswith("Otherwise: reengineer") for line in lines)


def test_an_explanation_owns_that_no_change_would_change_it():
    """Where no fact can be otherwise."""
    moved = CUSTOMER.apply(Departed(at=NOW, cause=Cause.CEASED))

    text = recommend(Profile(relationship=moved)).explain()

    assert "No change of a single signal or number of the value would change it." in text
    assert "Unknown" not in text


@pytest.mark.parametrize("counterfactual", [False, True])
@pytest.mark.parametrize("profile", PROFILES, ids=state)
def test_a_recommendation_is_plain_enough_for_json(profile, counterfactual):
    """And comes back from there as it went."""
    plain = recommend(profile).to_dict(counterfactual=counterfactual)

    assert json.loads(json.dumps(plain)) == plain
    assert ("counterfactual" in plain) is counterfactual


def test_the_log_shows_what_was_recommended_and_why():
    """Money and shares as text, so that they stay exact."""
    plain = recommend(KEY).to_dict(counterfactual=True)
    others = plain.pop("runners_up")

    assert plain == {
        "customer": "C-17",
        "state": "buyer+content",
        "strategy": "reengineer",
        "selector": "Buttle's strategies, policy custlife of 2026-11-25",
        "row": "REENGINEER-COST",
        "sentence": "It pays too little, and serving it could cost less; watch that the customer "
        "stays.",
        "source": "BUT-3",
        "contested": None,
        "origins": {},
        "facts": {
            "room": "customer",
            "profit": "-9.50",
            "reducible_cost": "50",
            "discontent": False,
            "open_complaints": 0,
            "open_public_complaints": 0,
            "paused": False,
            "courted": False,
            "competition": "0.4",
            "returned": False,
            "cycle_purchases": 1,
            "service_failures": 0,
            "cost_to_serve": "40",
            "strategic": True,
        },
        "missing": ["defection_risk", "target"],
        "counterfactual": {
            "fact": "reducible_cost",
            "was": "50",
            "to": "49.99",
            "strategy": "protect",
            "row": "PROTECT-KEY",
        },
    }
    assert others[0] == {
        "row": "PROTECT-KEY",
        "strategy": "protect",
        "holds": True,
        "because": [],
    }


def test_a_study_that_contradicts_the_rule_is_named():
    """In the explanation, and in the log by itself."""
    unlikely = Profile(relationship=PROSPECT, signals=Signals(purchase_likelihood=0))

    advice = recommend(unlikely)

    assert "[KAL-9, contested by Ascarza 2018, row END-UNLIKELY]" in advice.explain()
    assert (advice.to_dict()["source"], advice.to_dict()["contested"]) == ("KAL-9", "Ascarza 2018")


def test_the_log_says_where_nothing_would_change_it():
    """The flip is none then."""
    moved = CUSTOMER.apply(Departed(at=NOW, cause=Cause.CEASED))

    assert (
        recommend(Profile(relationship=moved)).to_dict(counterfactual=True)["counterfactual"]
        is None
    )


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Room.FORMER, "former"),
        (Tier.GOLD, "gold"),
        (Severity.GRAVE, "grave"),
        (NOW, "2026-01-01T00:00:00+00:00"),
        (date(2026, 1, 1), "2026-01-01"),
        (timedelta(minutes=1), 60.0),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (None, None),
        (True, True),
        (7, 7),
        ("as it is", "as it is"),
    ],
    ids=str,
)
def test_a_fact_is_logged_as_json_has_it(value, plain):
    """Whatever a selector of the app's own names as its facts."""
    reason = Reason("R", "So.", OWN, partial(Evidence, {"it": value}))

    logged = Recommendation(KEY, Strategy.END, cautious, reason).to_dict()

    assert logged["facts"] == {"it": plain}


def test_a_selector_of_the_apps_own_states_its_reason():
    """Facts by their names, read from the profile."""
    advice = recommend(KEY, cautious)

    assert (advice.row, advice.reason.sentence) == ("CAUTION", "We start nothing.")
    assert advice.facts == {"room": Room.CUSTOMER, "strategic": True}
    assert (advice.missing, [other.row for other in advice.runners_up]) == (("target",), ["BOLD"])
    assert (advice.reason.source, advice.reason.evidence.catalogue) == (BUT[6], FACTS)
    assert advice.counterfactual() is None
    assert "Recommended by cautious." in advice.explain()


def test_a_stated_reason_can_be_short():
    """What is left out is nothing; the source is the app's own."""
    advice = Recommendation.stated(KEY, Strategy.END, cautious, row="R", sentence="So.")

    assert (advice.facts, advice.missing, advice.runners_up) == ({}, (), ())
    assert advice.reason.source is OWN
    assert "This rests on: nothing." in advice.explain()


def test_a_stated_fact_must_be_in_the_catalogue():
    """A misspelt name is an error at once."""
    with pytest.raises(UnknownFact, match="'stratigic'"):
        Recommendation.stated(
            KEY, Strategy.END, cautious, row="R", sentence="So.", used=["stratigic"]
        )


def test_a_stated_strategy_is_a_strategy():
    """Its name alone is none."""
    with pytest.raises(InvalidSelector, match="it recommends 'end'; use a Strategy") as caught:
        Recommendation.stated(KEY, "end", cautious, row="R", sentence="So.")

    assert caught.value.selector == "cautious"


@pytest.mark.parametrize("name", ["used", "missing"])
def test_stated_facts_are_a_list_of_names(name):
    """A text is not read letter by letter."""
    with pytest.raises(InvalidArgument, match="an iterable of names"):
        Recommendation.stated(
            KEY, Strategy.END, cautious, row="R", sentence="So.", **{name: "profit"}
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("row", None), ("sentence", " "), ("source", "my book"), ("profile", "C-17")],
)
def test_a_stated_reason_has_a_row_a_sentence_and_a_source(name, value):
    """Else a manager would read None."""
    given = {"profile": KEY, "strategy": Strategy.END, "selector": cautious} | {
        "row": "R",
        "sentence": "So.",
    }

    with pytest.raises(InvalidArgument, match=rf"Recommendation\.stated\(\): {name} is"):
        Recommendation.stated(**given | {name: value})


def test_equal_recommendations_have_one_hash():
    """Whatever their evidence is made of."""
    assert len({recommend(PROFILES[1]), recommend(PROFILES[1])}) == 1


def test_a_recommendation_reads_in_a_line():
    """Who, what and by which row."""
    assert str(recommend(PROFILES[1])) == "C-17, prospect (potential): start, by row START-OPEN"


@pytest.mark.parametrize(
    ("departed", "line"),
    [
        (
            Departed(at=LATER, cause=Cause.RELOCATION),
            "Gone: incidental on 2026-01-10, cause relocation. [EFR-6]",
        ),
        (
            Departed(at=LATER, cause=Cause.PRICE, to="Rival Ltd"),
            "Gone: erosion on 2026-01-10, cause price, to Rival Ltd. [KAL-6]",
        ),
    ],
    ids=["nowhere", "to a competitor"],
)
def test_an_explanation_tells_how_a_former_customer_went(departed, line):
    """Kind, day, cause with its source, and to whom where that is known."""
    text = recommend(Profile(relationship=CUSTOMER.apply(departed))).explain()

    assert text.splitlines()[1] == line
    assert "Gone: " not in recommend(KEY).explain()


def test_a_selector_without_limits_is_searched():
    """It is asked again until the change is found."""
    profile = Profile(relationship=PROSPECT, signals=Signals(potential_value=1))

    flip = recommend(profile, Moody()).counterfactual()

    assert (flip.fact, flip.to, flip.strategy) == ("potential_value", 7, Strategy.START)


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (cautious, "cautious"),
        (Moody(), "Moody"),
        (buttle_selector(), buttle_selector().name),
    ],
    ids=["function", "object", "table"],
)
def test_a_selector_is_called_by_its_name(selector, name):
    """Else as the function or class that it is."""
    assert wrapped(selector).name == name


def test_only_a_selector_that_says_so_has_limits():
    """Others are searched."""
    assert thresholds_of(wrapped(cautious), KEY) == thresholds_of(Moody(), KEY) == {}
    assert thresholds_of(buttle_selector(), KEY) == buttle_selector().thresholds(KEY)


@pytest.mark.parametrize("profile", PROFILES, ids=state)
def test_a_recommendation_pickles(profile):
    """What comes back says the same, and can be asked what would change it."""
    advice = recommend(profile)

    back = pickle.loads(pickle.dumps(advice))

    assert (back.profile, back.strategy, back.facts) == (profile, advice.strategy, advice.facts)
    assert back.to_dict(counterfactual=True) == advice.to_dict(counterfactual=True)
    assert back.explain() == advice.explain()


def test_a_recommendation_that_is_pickled_comes_back_equal():
    """It is a value, whoever recommended it."""
    advice = recommend(KEY)

    assert pickle.loads(pickle.dumps(advice)) == advice


def test_recommendations_are_values():
    """Equal profiles get equal ones; a recommendation shows who and what."""
    assert recommend(KEY) == recommend(KEY)
    assert recommend(KEY) != recommend(PROFILES[1])
    assert repr(recommend(KEY)) == "<Recommendation C-17: reengineer, by row REENGINEER-COST>"


def test_an_explanation_says_what_was_tried():
    """A function publishes no thresholds, so the search for a change may miss one."""
    profile = Profile(relationship=PROSPECT, signals=Signals(potential_value=1))

    def narrow(profile):
        strategy = Strategy.START if profile.signals.potential_value == 333 else Strategy.END
        return Recommendation.stated(
            profile, strategy, narrow, row="R", sentence="So.", used=["potential_value", "target"]
        )

    text = recommend(profile, narrow).explain()

    assert (
        "No change that was tried would change it: each yes or no the other way, and potential "
        "value at growing distances, which may miss a narrow range." in text
    )


def test_a_notebook_shows_the_facts_and_the_nearest_rows():
    """As a page with tables."""
    page = recommend(KEY)._repr_markdown_()

    assert "| courted | no |" in page
    assert "| defection risk | unknown |" in page
    assert "| protect | PROTECT-KEY | holds as well, but ranks lower |" in page


@pytest.mark.parametrize(
    "published",
    [17, [1], {"profit": [Decimal(1)]}, {"revenue": 5}, {"revenue": [1.5]}, {"revenue": ["1"]}],
    ids=str,
)
def test_thresholds_are_numbers_by_the_names_of_inputs(published):
    """Else counterfactuals could not be searched."""

    class Publishing(Moody):
        def thresholds(self, profile):
            return published

    with pytest.raises(InvalidSelector, match="its thresholds are"):
        thresholds_of(Publishing(), KEY)
