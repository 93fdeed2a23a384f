"""Guidance: cited data for each stage and strategy, and what of it applies to one customer."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve, fields_dict

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    ComplaintSettled,
    Departed,
    Engaged,
    Ladder,
    Process,
    Purchased,
    Recommended,
    Relationship,
)
from custlife.errors import InvalidArgument
from custlife.sources import WORKS
from custlife.strategy import (
    GUIDES,
    Guide,
    Strategy,
    guidance_for,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSPECT = Relationship("C-17")
CUSTOMER = PROSPECT.apply(Purchased(at=NOW, amount=Decimal(100)))
REGULAR = CUSTOMER.apply(Purchased(at=NOW, amount=Decimal(100)))
ADVOCATE = REGULAR.apply(Recommended(at=NOW))
CROSS = CUSTOMER.apply(Complained(at=NOW))
FORMER = CUSTOMER.apply(Departed(at=NOW))
CROSS_AND_GONE = CROSS.apply(Departed(at=NOW))
BARE = evolve(CUSTOMER_LIFECYCLE, name="bare", views=())


@pytest.mark.parametrize("guide", GUIDES.values(), ids=lambda guide: guide.about)
def test_a_guide_says_all_that_it_is_for(guide):
    """Sensitivity, task, measure, tools, and the rows that say so."""
    assert all(getattr(guide, name) for name in fields_dict(Guide))
    assert set(guide.sources) <= {source for work in WORKS for source in work}


def test_there_is_a_guide_for_each_rung_and_each_strategy():
    """None is left out, and a strategy's tools are its means."""
    rungs = {rung.name.lower() for rung in Ladder}
    strategies = {strategy.words: strategy for strategy in Strategy}

    assert {*GUIDES} == {*rungs, *strategies, "open complaint", "channels"}
    assert all(GUIDES[name].tools == strategy.means for name, strategy in strategies.items())
    assert all(strategy.source in GUIDES[name].sources for name, strategy in strategies.items())
    assert all(guide.about == name for name, guide in GUIDES.items())


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        (GUIDES["potential"], "bridging"),
        (GUIDES["buyer"], "an experience map"),
        (GUIDES["regular"], "a standing service committee"),
        (GUIDES["end"], "a prohibitive tariff"),
        (GUIDES["win back"], "starting from the cause"),
    ],
    ids=lambda value: getattr(value, "about", value),
)
def test_a_guide_names_the_tools_of_the_works(guide, words):
    """Its sentence holds them, and its rows in brackets."""
    assert words in str(guide)
    assert str(guide).startswith(f"({guide.about}) ")
    assert str(guide).endswith(f"[{', '.join(source.row for source in guide.sources)}]")


def test_a_guide_that_knows_no_sensitivity_says_nothing_of_it():
    """The sentence about it is left out."""
    assert "Sensitive to" in str(GUIDES["channels"])
    assert "Sensitive to" not in str(evolve(GUIDES["channels"], sensitive_to=()))


@pytest.mark.parametrize(
    ("who", "strategy", "process", "about"),
    [
        (PROSPECT, Strategy.START, Process.ENGAGEMENT, ["start", "potential", "channels"]),
        (
            PROSPECT.apply(Engaged(at=NOW)),
            Strategy.END,
            Process.ACQUISITION,
            ["end"],
        ),
        (
            CUSTOMER,
            Strategy.ENHANCE,
            Process.RETENTION_AND_EXPANSION,
            ["enhance", "buyer", "channels"],
        ),
        (
            REGULAR,
            Strategy.HARVEST,
            Process.RETENTION_AND_EXPANSION,
            ["harvest", "regular", "channels"],
        ),
        (
            ADVOCATE,
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            ["protect", "advocate", "channels"],
        ),
        (
            CROSS,
            Strategy.REENGINEER,
            Process.RETENTION_AND_EXPANSION,
            ["open complaint", "reengineer", "buyer", "channels"],
        ),
        (
            CROSS.apply(ComplaintSettled(at=NOW)),
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            None,
        ),
        (FORMER, Strategy.WIN_BACK, None, ["win back", "former"]),
        (CROSS_AND_GONE, Strategy.END, None, ["end"]),
    ],
    ids=lambda value: str(getattr(value, "state", value)),
)
def test_guidance_fits_stage_strategy_and_complaints(who, strategy, process, about):
    """What is urgent comes first; who is gone or ended needs nothing to stay."""
    guidance = guidance_for(who, strategy)

    told = [guide.about for guide in guidance]
    assert guidance.process is process
    assert told == (about or ["protect", str(who.view(Ladder).name.lower()), "channels"])


def test_guidance_reads_line_by_line():
    """A line a guide."""
    guidance = guidance_for(CROSS, Strategy.PROTECT)

    lines = [*map(str, guidance)]

    assert lines == [str(guide) for guide in guidance]
    assert len(lines) == 4


def test_where_the_lifecycle_has_no_such_views_guidance_is_of_the_strategy():
    """Neither a process nor a stage is made up."""
    guidance = guidance_for(Relationship("C-17", BARE), Strategy.START)

    assert guidance.process is None
    assert [guide.about for guide in guidance] == ["start", "channels"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [((None, Strategy.END), "relationship"), ((PROSPECT, "end"), "strategy")],
    ids=["relationship", "strategy"],
)
def test_guidance_is_for_a_relationship_and_a_strategy(arguments, field):
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgument) as caught:
        guidance_for(*arguments)

    assert (caught.value.subject, caught.value.field) == ("guidance_for()", field)
