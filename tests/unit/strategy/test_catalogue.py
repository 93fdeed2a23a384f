"""The catalogue: what is offered, from when, and for how long a dropped offering counts."""

from datetime import date

import pytest

from custlife import InvalidPolicy
from custlife.strategy import Catalogue


def test_a_catalogue_names_each_offering_once():
    """In the order given; what is offered is unknown unless it is given."""
    named = Catalogue(offerings=["b", "a", "b"])

    assert named.offerings == ("b", "a")
    assert (Catalogue().offerings, Catalogue(offerings=[]).offerings) == (None, ())


def test_a_catalogue_is_dated():
    """It says from when it holds, and what differs from the default."""
    ours = Catalogue(lately_days=30, since=date(2026, 12, 1), name="winter")

    assert str(ours) == "winter of 2026-12-01 with lately days 30"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("offerings", "brand-a"),
        ("offerings", 5),
        ("offerings", ["a", " "]),
        ("offerings", [["a"]]),
        ("lately_days", 0),
        ("lately_days", 1.5),
    ],
    ids=str,
)
def test_what_is_out_of_its_bounds_is_refused(field, value):
    """The error names it."""
    with pytest.raises(InvalidPolicy, match=f"catalogue: {field} is ") as invalid:
        Catalogue(**{field: value})

    assert invalid.value.field == field
