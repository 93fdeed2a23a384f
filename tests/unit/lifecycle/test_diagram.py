"""The pictures: complete, and derived."""

import re

import pytest
from attrs import evolve
from tests.unit.lifecycle import hostile
from tests.unit.lifecycle.builders import trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    Forbid,
    InvalidArgument,
    Lifecycle,
    Move,
    Room,
    Stage,
    State,
    UnknownState,
    to_chart,
    to_diagram,
)

MERMAID = to_diagram(CUSTOMER_LIFECYCLE)
MARKDOWN = to_diagram(CUSTOMER_LIFECYCLE, "markdown")
MOVES = [rule for rule in CUSTOMER_LIFECYCLE.rules if isinstance(rule, Move)]
ONE, TWO = Stage("one", "First."), Stage("two", "Second.")


INNER = [
    rule
    for rule in MOVES
    if len(rule.to) == 1
    and rule.to[0] not in {"lost", "eroded", "terminated"}
    and "former" not in rule.at
]
OUTER = [rule for rule in MOVES if rule not in INNER]


def arrows(start, end):
    pattern = re.compile(rf" *{start} --> {end} : (.*)")
    return [match[1] for line in MERMAID.splitlines() if (match := pattern.fullmatch(line))]


@pytest.mark.parametrize(("rule", "at"), [(rule, at) for rule in INNER for at in rule.at], ids=str)
def test_a_move_inside_a_room_is_an_arrow_between_its_stages(rule, at):
    """One arrow for each pair of stages, labelled with all its events."""
    (label,) = arrows(at, rule.to[0])

    assert rule.on in label


@pytest.mark.parametrize(("rule", "at"), [(rule, at) for rule in OUTER for at in rule.at], ids=str)
def test_a_move_between_rooms_is_an_arrow_between_the_rooms(rule, at):
    """The label says to which stages it leads."""
    room = CUSTOMER_LIFECYCLE.places.by_name[rule.to[0]].room.value

    (label,) = arrows(at, room)

    assert f"{rule.on} (to {' + '.join(rule.to)})" in label


def test_regions_are_parted_and_rooms_hold_their_stages():
    """The room customer holds two regions side by side."""
    customer = MERMAID[MERMAID.index("state customer {") : MERMAID.index("state former {")]

    assert customer.count("--\n") == 1
    assert (
        customer.index("state bond {") < customer.index("--\n") < customer.index("state standing {")
    )


@pytest.mark.parametrize("rule", CUSTOMER_LIFECYCLE.rules, ids=str)
def test_every_rule_stands_in_the_markdown_with_its_sentence_and_source(rule):
    """Moves, stays and forbiddances alike."""
    (line,) = [
        line
        for line in MARKDOWN.splitlines()
        if line.startswith(f"| `{rule.on}` | `{rule.at[0]}`") and f"| {rule.sentence} |" in line
    ]

    assert line.endswith(f"| {rule.citation} |")
    assert ("| refused |" in line) == isinstance(rule, Forbid)


def test_the_grid_shows_outcomes_that_depend_on_another_region():
    """A regular's settled complaint leads up in conflict, and changes nothing otherwise."""
    (line,) = [
        line for line in MARKDOWN.splitlines() if line.startswith("| `complaint_settled` | stays ")
    ]
    cells = [cell.strip() for cell in line.strip("|").split("|")]

    assert cells[1:] == [
        "stays",
        "stays",
        "stays",
        "stays",
        "stays / advocate",
        "stays",
        "stays",
        "content",
        "stays",
        "stays",
        "stays",
        "stays",
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
    assert 'state "end" as end_' in mermaid
    assert "            browsing --> end_ : tried" in mermaid
    assert "`visitor > end`" in markdown


@pytest.mark.parametrize(
    ("move", "arrow"),
    [
        (
            Move("skipped", at="prospect", to="visitor", sentence="Skips."),
            "    prospect --> prospect : skipped (to browsing)",
        ),
        (
            Move("reset", at="trial", to="visitor", sentence="Again."),
            "        visitor --> visitor : reset (at trial)",
        ),
        (
            Move("restarted", at="regular", to=["buyer", "content"], sentence="Again."),
            "    customer --> customer : restarted (regular to buyer + content)",
        ),
    ],
    ids=str,
)
def test_a_move_between_a_place_and_its_own_inside_is_a_loop(move, arrow):
    """Mermaid cannot draw it otherwise; the label says the rest."""
    tried = Move("tried", at="browsing", to="trial", sentence="Tries it.")
    finer = evolve(CUSTOMER_LIFECYCLE, views=()).refine(
        "visitor", ["browsing", "trial"], [tried, move]
    )

    assert arrow in to_diagram(finer).splitlines()


def test_a_lifecycle_without_views_is_drawn_too():
    """Views are optional."""
    bare = evolve(CUSTOMER_LIFECYCLE, views=())

    assert isinstance(bare, Lifecycle)
    assert "## View" not in to_diagram(bare, "markdown")


def test_there_are_two_forms():
    """Any other word is refused."""
    with pytest.raises(InvalidArgument, match="'mermaid' or 'markdown'"):
        to_diagram(CUSTOMER_LIFECYCLE, "svg")


def test_only_regions_are_parted_and_no_region_is_marked_as_the_first():
    """A customer enters all regions of a room at once, so none of them gets an arrow."""
    lines = [line.strip() for line in MERMAID.splitlines()]
    room = {name: lines.index(f"state {name} {{") for name in ("prospect", "customer", "former")}

    parted = [number for number, line in enumerate(lines) if line == "--"]

    assert [room["customer"] < number < room["former"] for number in parted] == [True]
    assert {"[*] --> bond", "[*] --> standing"}.isdisjoint(lines)
    assert {"[*] --> potential", "[*] --> buyer", "[*] --> content"} <= set(lines)


@pytest.mark.parametrize("word", hostile.WORDS)
def test_a_word_of_mermaid_is_drawn_under_another_id(word):
    """Its label is the name; two names never share an id."""
    drawn = to_diagram(hostile.named(word))

    (identity,) = re.findall(rf'state "{word}" as (\S+)', drawn)
    assert identity.isascii()
    assert identity.lower() not in {"end", "note", "state", "class", "style", "click", "default"}


def test_a_stage_with_stages_inside_keeps_its_name_where_its_id_is_another():
    """A word of Mermaid's own is the label, and no id."""
    finer = CUSTOMER_LIFECYCLE.refine("visitor", [Stage("note", "Tries.", children=[ONE, TWO])])

    assert 'state "note" as note_ {' in to_diagram(finer)


def test_names_that_differ_by_an_underscore_are_drawn_apart():
    """``end`` and ``end_`` are two stages."""
    drawn = to_diagram(hostile.together())

    ids = re.findall(r"state \"\S+\" as (\S+)", drawn)
    assert len(ids) == len(set(ids)) == len(hostile.together().states)


def test_text_cannot_break_a_page():
    """Sentences, sources and values stay in their cell, without tags and links."""
    lifecycle = hostile.named("end")

    lines = to_diagram(lifecycle, "markdown").splitlines()

    assert not [line for line in lines if "<" in line or "](" in re.sub(r"\\.", "", line)]
    leaves = sum(not place.children for place in lifecycle.places.by_name.values())
    tables = [line for line in lines if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} == {3, 6, leaves + 2}


@pytest.mark.parametrize("state", CUSTOMER_LIFECYCLE.states, ids=str)
def test_a_state_is_marked_in_both_forms(state):
    """Each of its innermost stages, and no other."""
    mermaid = to_diagram(CUSTOMER_LIFECYCLE, at=state)
    markdown = to_diagram(CUSTOMER_LIFECYCLE, "markdown", at=state)

    assert mermaid.splitlines()[-1].strip() == f"class {','.join(state.stages)} here"
    assert tuple(re.findall(r"`(\w+)` \(here\)", markdown)) == state.stages


@pytest.mark.parametrize(
    "state", ["buyer", State(Room.FORMER, (("former", "buyer"),)), 7], ids=["text", "other", "7"]
)
def test_only_a_state_of_the_lifecycle_can_be_marked(state):
    """The error lists the states."""
    with pytest.raises(UnknownState, match="It knows potential, aware, visitor, buyer"):
        to_diagram(CUSTOMER_LIFECYCLE, at=state)


def test_a_lifecycle_shows_itself_in_notebooks():
    """A table of states by events, and the diagram."""
    table, _, markdown = CUSTOMER_LIFECYCLE._repr_markdown_().partition("\n\n")

    assert len(table.splitlines()) == len(CUSTOMER_LIFECYCLE.states) + 2
    assert "\n| buyer+content | stays |" in table
    assert CUSTOMER_LIFECYCLE._repr_html_() is None
    assert markdown.endswith(f"```mermaid\n{MERMAID}\n```")


def test_a_chart_shows_its_lifecycle_and_its_state_in_notebooks(capsys):
    """It does not try to draw with pydot, and prints nothing."""
    chart = to_chart(CUSTOMER_LIFECYCLE)()
    chart.send("contacted")

    assert "| aware (here) |" in chart._repr_markdown_()
    assert chart._repr_html_() is None
    assert "class aware here" in chart._repr_markdown_()
    assert chart._repr_svg_ is None
    assert capsys.readouterr() == ("", "")


def test_a_room_whose_stages_are_entered_by_name_has_no_door():
    """No arrow is drawn to its first stage, since no move leads there through the room."""
    drawn = to_diagram(trio())

    assert "[*] --> guest" in drawn
    assert "[*] --> member" not in drawn
    assert "[*] --> gone" not in drawn
