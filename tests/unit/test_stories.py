"""The gallery of stories: each line is what the sources, and the reasoning beside it, ask for."""

import runpy
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

EXAMPLE = str(Path(__file__).parents[2] / "examples/stories.py")


@pytest.fixture(scope="module")
def told():
    with redirect_stdout(StringIO()) as printed:
        runpy.run_path(EXAMPLE, run_name="__main__")
    return [line.split(" | ") for line in printed.getvalue().splitlines()]


EXPECTED = [
    # Five years and two millions four hundred thousand are more than four steps; a key customer
    # whose cause can be worked on, worth far more than the way back costs.
    ("Software buyer", "eroded", "erosion, disastrous", "win back by WIN-BACK-KEY"),
    # A loss that serving at less cost would mend (BUT-3).
    ("Bank client", "regular+content", "never left", "reengineer by REENGINEER-COST"),
    # First-timers leave silently (EFR-5): the failure is the only sign.
    ("Restaurant guest: the soup", "buyer+content", "never left", "enhance by ENHANCE-FAILED"),
    # The complaint comes before the upside.
    (
        "Restaurant guest: complained aloud",
        "regular+in_conflict",
        "never left",
        "enhance by ENHANCE-REPAIR",
    ),
    # Content, and nothing is known that calls for more.
    (
        "Restaurant guest: the complaint was heard",
        "advocate+content",
        "never left",
        "enhance by ENHANCE-OPEN",
    ),
    # Ten purchases and a year are two steps; silence is no cause, so it has to be studied.
    ("Prepaid telephone", "eroded", "erosion, critical", "win back by WIN-BACK-STUDY"),
    # The market is contested, and this partner is a key one (IMH-5).
    ("Marketplace partner", "regular+content", "never left", "protect by PROTECT-CONTESTED"),
    # Cash that is steady and unmoved, but not large: no harvest (BUT-5).
    ("Donor", "advocate+content", "never left", "enhance by ENHANCE-OPEN"),
    # Nobody captured him, though much was built up; and nobody can win him back.
    ("Subscriber of ten years", "eroded", "incidental, unwelcome", "end by END-BEYOND-US"),
    # The buyer of the company is named: captured. It cannot be undone; the successor can be won.
    ("Manufacturer", "eroded", "erosion, critical", "win back by WIN-BACK-STUDY"),
    # Within the grace of fourteen days it is a loss at the moment, and the mildest.
    ("Online shopper", "eroded", "loss, tolerable", "end by END-UNPROVEN"),
    # A prohibitive tariff is a termination (BUT-6), whoever signed the letter.
    ("Small account", "eroded", "termination, none", "end by END-ON-PURPOSE"),
    # Thirty-six thousand, a year and more: two steps. The cause is known by now, and can be mended.
    ("Caterer's client", "eroded", "erosion, critical", "win back by WIN-BACK-KEY"),
    # An unknown cause is the first task, not a reason to give up (BUT-7).
    ("Key account", "eroded", "erosion, critical", "win back by WIN-BACK-STUDY"),
    # Who left for price leaves for price again: watch it first.
    ("Gym member", "buyer+content", "erosion, serious", "enhance by ENHANCE-RETURNED"),
    # We ended it.
    ("Tenant", "terminated", "termination, none", "end by END-ON-PURPOSE"),
    # A long sale of a large deal: two steps. The cause can be worked on, its worth is unknown.
    ("Tender", "lost", "loss, serious", "win back by WIN-BACK-STUDY"),
    # Two years of it are one step; both ended it, which counts as the customer's (KAL-5).
    ("Supplier contract", "eroded", "erosion, grave", "end by END-NOT-KEY"),
    # An advocate no more; a key customer who is discontent is made good first.
    ("Advocate of a hotel", "regular+eroding", "never left", "protect by PROTECT-DISCONTENT"),
    # Spend nothing on the unlikely (KAL-9).
    ("Newsletter reader", "aware", "never left", "end by END-UNLIKELY"),
]


def test_there_are_twenty_stories(told):
    """One line each."""
    assert len(told) == len(EXPECTED) == 20
    assert len({who for who, *_ in told}) == 20


@pytest.mark.parametrize("number", range(20), ids=[who for who, *_ in EXPECTED])
def test_a_story_ends_as_the_sources_ask(told, number):
    """Where they stand, kind and weight of the departure, and what to do by which row."""
    who, *outcome = EXPECTED[number]

    assert told[number][0].startswith(who)
    assert told[number][1:] == outcome
