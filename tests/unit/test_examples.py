"""The example runs, and its report agrees with the raw data."""

import runpy
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from custlife import CUSTOMER_LIFECYCLE, to_diagram

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
PURCHASES = Counter(line.split()[1] for line in LINES)


@pytest.fixture
def report(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["cdnow.py", str(tmp_path)])
    runpy.run_path(str(ROOT / "examples/cdnow.py"), run_name="__main__")
    return capsys.readouterr().out


def test_every_customer_and_every_purchase_is_replayed(report):
    """The counts are those of the file."""
    assert f"CDNOW: {len(PURCHASES):,} customers, {len(LINES):,} purchases" in report
    assert (len(PURCHASES), len(LINES)) == (2357, 6919)


def test_whoever_bought_once_is_a_buyer_and_the_others_are_regulars(report):
    """The distribution over the ladder follows from the number of purchases."""
    once = sum(number == 1 for number in PURCHASES.values())

    assert f"buyer {once:,}".split() in [line.split()[:2] for line in report.splitlines()]
    rest = f"regular {len(PURCHASES) - once:,}".split()
    assert rest in [line.split()[:2] for line in report.splitlines()]


def test_the_biggest_customer_comes_first(report):
    """The sum of the file's dollars is the revenue on record."""
    revenue = Counter()
    for line in LINES:
        _, customer, _, _, dollars = line.split()
        revenue[customer] += Decimal(dollars)
    (customer, dollars), *_ = revenue.most_common(1)

    assert f"{customer}  $ {dollars}" in report


def test_the_diagram_is_written(report, tmp_path):
    """To the folder that was named."""
    text = (tmp_path / "lifecycle.mmd").read_text(encoding="utf-8")

    assert text == to_diagram(CUSTOMER_LIFECYCLE) + "\n"
    assert str(tmp_path) in report
