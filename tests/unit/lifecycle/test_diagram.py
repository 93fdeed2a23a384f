"""The pictures: complete, and derived."""

import re

import pytest
from attrs import evolve

from custlife import CUSTOMER_LIFECYCLE, Forbid, Lifecycle, Move, Stage, to_diagram

MERMAID = to_diagram(CUSTOMER_LIFECYCLE)
MARKDOWN = to_diagram(CUSTOMER_LIFECYCLE, "markdown")
MOVES = [rule for rule in CUSTOMER_LIFECYCLE.moves if isinstance(rule, Move)]


@pytest.mark.parametrize(
    ("rule", "at", "to"),
    [(rule, at, to) for rule in MOVES for at in rule.at for to in rule.to],
    ids=str,
)
def test_every_move_is_an_arrow_of_the_mermaid_diagram(rule, at, to):
    """From each place it starts at to each stage it leads to, labelled with its event."""
    (arrow,) = [line for line in MERMAID.splitlines() if line.startswith(f"    {at} --> {to} :")]

    assert re.search(rf"\b{rule.on}\b", arrow)


def test_regions_are_parted_and_rooms_hold_their_stages():
    """The room customer holds two regions side by side."""
    customer = MERMAID[MERMAID.index("state customer {") : MERMAID.index("state former {")]

    assert customer.count("--\n") == 1
    assert customer.index("state bond {") < customer.index("--\n") < customer.index("state standing {")


@pytest.mark.parametrize("rule", CUSTOMER_LIFECYCLE.moves, ids=str)
def test_every_rule_stands_in_the_markdown_with_its_sentence_and_source(rule):
    """Moves, stays and forbiddances alike."""
    (line,) = [
        line
        for line in MARKDOWN.splitlines()
        if line.startswith(f"| `{rule.on}` | `{rule.at[0]}`") and f"| {rule.sentence} |" in line
    ]

    assert line.endswith(f"| {rule.source} |")
    assert ("| refused |" in line) == isinstance(rule, Forbid)


def test_the_grid_shows_outcomes_that_depend_on_another_region():
    """A regular's settled complaint leads up in conflict, and is refused otherwise."""
    (line,) = [
        line for line in MARKDOWN.splitlines() if line.startswith("| `complaint_settled` | - ")
    ]
    cells = [cell.strip() for cell in line.strip("|").split("|")]

    assert cells[1:] == [
        "-",
        "-",
        "-",
        "- / stays",
        "- / advocate",
        "- / stays",
        "-",
        "content",
        "-",
        "-",
        "-",
        "-",
    ]


def test_nested_stages_are_drawn_inside_their_stage():
    """In both forms; and a stage with a word of Mermaid's own gets another id."""
    finer = CUSTOMER_LIFECYCLE.refine(
        "visitor",
        [Stage("browsing", "Looks."), Stage("end", "Tries.")],
        [Move("tried", at="browsing", to="end", sentence="Tries it.")],
    )

    mermaid, markdown = to_diagram(finer), to_diagram(finer, "markdown")

    assert "state visitor {\n            [*] --> browsing" in mermaid
    assert "browsing --> end_ : tried" in mermaid
    assert "`visitor > end`" in markdown


def test_a_lifecycle_without_views_is_drawn_too():
    """Views are optional."""
    bare = evolve(CUSTOMER_LIFECYCLE, views=())

    assert isinstance(bare, Lifecycle)
    assert "## View" not in to_diagram(bare, "markdown")


def test_there_are_two_forms():
    """Any other word is refused."""
    with pytest.raises(ValueError, match="'mermaid' or 'markdown'"):
        to_diagram(CUSTOMER_LIFECYCLE, "svg")
