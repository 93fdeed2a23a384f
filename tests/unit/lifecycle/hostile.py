"""Lifecycles whose names and sentences mean something to Mermaid, Markdown or HTML.

``python -m tests.unit.lifecycle.hostile`` prints the Mermaid diagrams as a JSON object by name.
"""

import json
from enum import Enum

from custlife import CUSTOMER_LIFECYCLE, Lifecycle, Move, Region, Source, Stage, View, to_diagram

WORDS = """
    Note State Class Style click href scale Default end End end_ END end__ note state_ direction
    classDef hide fork join choice As root title accTitle accDescr stateDiagram linkStyle subgraph
    graph style_ default_ here width left right of over notes ending scaled constructor
    toString hasOwnProperty prototype valueOf große_Kundin клиент 顧客 endState noteThis classy
    u_6f Großkunde TB LR BT RL TD empty style scale_ click_ concurrent
""".split()  # noqa: SIM905 - a list of words reads better as a paragraph
"""Names that Mermaid, or the JavaScript below it, uses itself, or that look like such names."""

TEXT = "a|b\n# c <script>alert(1)</script> `d` **e** [f](javascript:g) & %% ; --> : \\ \r\n- h"
"""A sentence with every mark of Markdown, HTML and Mermaid."""


class Hostile(Enum):
    """A model that shows text."""

    A = TEXT


Hostile.__name__ = "a|b <script>"


def named(word: str) -> Lifecycle:
    """A lifecycle with a word as a stage, an outer stage, a region and a condition."""
    return Lifecycle(
        "hostile",
        prospect=[Stage("guest", TEXT, Source("S|<b>", TEXT)), Stage(word, TEXT)],
        customer=[
            Region(f"{word}_5", TEXT, [Stage("member", TEXT), Stage(f"{word}_6", TEXT, children=[
                Stage(f"{word}_1", TEXT), Stage(f"{word}_2", TEXT)])]),
            Region(f"{word}_3", TEXT, [Stage("calm", TEXT), Stage(f"{word}_4", TEXT)]),
        ],
        former=[Stage("gone", TEXT)],
        rules=[
            Move("sought", at="guest", to=word, sentence=TEXT, source=Source("S|1", TEXT)),
            Move("bought", at="prospect", to="customer", sentence=TEXT),
            Move("grew", at="member", to=f"{word}_6", unless=f"{word}_4", sentence=TEXT),
            Move("grew", at=f"{word}_1", to=f"{word}_2", when=f"{word}_4", sentence=TEXT),
            Move("vexed", at="calm", to=f"{word}_4", sentence=TEXT),
            Move("reset", at=f"{word}_6", to="member", sentence=TEXT),
            Move("left", at=[word, "customer"], to="gone", sentence=TEXT),
        ],
        views=[View(Hostile, of=dict.fromkeys(("prospect", "customer", "former"), Hostile.A),
                    moves=[], sentence=TEXT)],
    )  # fmt: skip


def together() -> Lifecycle:
    """A lifecycle with all the words as stages of one room."""
    return Lifecycle(
        "together",
        prospect=[Stage("guest", TEXT), *(Stage(word, TEXT) for word in WORDS)],
        customer=[Stage("member", TEXT)],
        former=[Stage("gone", TEXT)],
        rules=[
            *(Move(f"to_{word}", at="guest", to=word, sentence=TEXT) for word in WORDS),
            *(Move(f"by_{word}", at=word, to="guest", sentence=TEXT) for word in WORDS),
            Move("bought", at="prospect", to="member", sentence=TEXT),
            Move("left", at="member", to="gone", sentence=TEXT),
        ],
    )


def diagrams() -> dict[str, str]:
    """Every diagram to try with Mermaid's parser, by name: each with a state that is marked."""
    found = {"customer": to_diagram(CUSTOMER_LIFECYCLE, at=CUSTOMER_LIFECYCLE.initial)}
    for word in WORDS:
        lifecycle = named(word)
        found[word] = to_diagram(lifecycle, at=lifecycle.state(word))
        found[f"{word} plain"] = to_diagram(lifecycle)
        crossed = lifecycle.state(f"{word}_2", f"{word}_4")
        found[f"{word} crossed"] = to_diagram(lifecycle, at=crossed)
    found["together"] = to_diagram(together())
    return found


if __name__ == "__main__":
    print(json.dumps(diagrams()))  # noqa: T201 - for the parser that reads it
