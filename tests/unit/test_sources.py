"""Sources: the rows of the five works, and the app's own."""

import pytest
from attrs.exceptions import FrozenInstanceError

from custlife import ASSUMPTION, BUT, CHE, EFR, IMH, KAL, WORKS, InvalidArgument, Source

ROWS = [row for work in WORKS for row in work]


@pytest.mark.parametrize(
    ("work", "key", "count"),
    [(IMH, "IMH", 12), (KAL, "KAL", 9), (CHE, "CHE", 5), (BUT, "BUT", 7), (EFR, "EFR", 8)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_work_has_its_rows_numbered_from_one(work, key, count):
    """As many as the domain lists, each known by the work's key and its number."""
    assert [row.row for row in work] == [f"{key}-{n}" for n in range(1, count + 1)]
    assert [*work] == [work[n] for n in range(1, count + 1)]


@pytest.mark.parametrize("number", [0, -1, 9, 100])
def test_a_row_that_does_not_exist_is_an_error(number):
    """Counting from the end would cite another row."""
    with pytest.raises(IndexError, match=f"EFR has rows 1 to 8, not {number}"):
        EFR[number]


def test_all_five_works_are_listed():
    """In the order of the documentation, each with its reference."""
    assert [work.key for work in WORKS] == ["IMH", "KAL", "CHE", "BUT", "EFR"]
    assert all(work.reference.endswith(".") for work in WORKS)


def test_no_two_rows_share_an_id():
    """So that a citation means one row."""
    assert len({row.row for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [*ROWS, ASSUMPTION], ids=str)
def test_every_row_says_one_sentence(row):
    """With a capital and a full stop."""
    assert row.gist[0].isupper()
    assert row.gist.endswith(".")


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (IMH[3], "customer moment"),
        (IMH[6], "loss"),
        (IMH[8], "erosion"),
        (KAL[5], "Dissolution"),
        (KAL[8], "history"),
        (CHE[3], "channel"),
        (BUT[6], "End"),
        (BUT[7], "Win back"),
        (EFR[5], "advocate"),
        (EFR[7], "split"),
    ],
    ids=str,
)
def test_a_row_says_what_the_rules_cite_it_for(row, part):
    """The rows that carry the house stand in their places."""
    assert part in row.gist


def test_a_source_prints_as_its_row():
    """Explanations cite it so."""
    assert str(Source("HANDBOOK-4", "A trial lasts thirty days.")) == "HANDBOOK-4"


def test_an_app_can_cite_its_own_handbook():
    """A source is a value like any other."""
    assert Source("IMH-1", IMH[1].gist) == IMH[1]
    assert Source("HANDBOOK-4", IMH[1].gist) != IMH[1]


def test_a_source_cannot_be_changed():
    """It is a value."""
    with pytest.raises(FrozenInstanceError):
        ASSUMPTION.row = "IMH-1"


@pytest.mark.parametrize(("row", "gist"), [("", "A rule."), ("OWN-1", " "), (5, "A rule.")])
def test_a_source_has_a_row_and_a_gist(row, gist):
    """A blank one, and what is no text, is refused."""
    with pytest.raises(InvalidArgument, match="source: "):
        Source(row, gist)
