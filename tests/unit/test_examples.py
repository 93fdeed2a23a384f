"""The example runs, and its report agrees with the raw data."""

import re
import runpy
import sys
from collections import Counter
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from itertools import takewhile
from pathlib import Path

import pytest

from custlife import CUSTOMER_LIFECYCLE, to_diagram

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
PURCHASES = Counter(line.split()[1] for line in LINES)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("cdnow")


@pytest.fixture(scope="module")
def report(out):
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(sys, "argv", ["cdnow.py", str(out)])
        runpy.run_path(str(ROOT / "examples/cdnow.py"), run_name="__main__")
    return printed.getvalue()


def test_every_customer_and_every_purchase_is_replayed(report):
    """The counts are those of the file."""
    assert f"CDNOW: {len(PURCHASES):,} customers, {len(LINES):,} purchases" in report
    assert (len(PURCHASES), len(LINES)) == (2357, 6919)


def test_a_customer_who_bought_once_is_a_buyer_and_the_others_are_regulars(report):
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


def test_the_diagram_is_written(report, out):
    """To the folder that was named."""
    text = (out / "lifecycle.mmd").read_text(encoding="utf-8")

    assert text == to_diagram(CUSTOMER_LIFECYCLE) + "\n"
    assert str(out) in report


def counted(report, title):
    """The counts under a title of the report, by name."""
    lines = report.partition(f"\n{title}:\n")[2].splitlines()
    rows = [line.split() for line in takewhile(lambda line: line.startswith("  "), lines)]
    return {" ".join(row[:-2]): int(row[-2].replace(",", "")) for row in rows}


def test_every_customer_gets_a_strategy_that_fits_a_present_customer(report):
    """Nobody is started or won back, since all of them are customers."""
    strategies = counted(report, "Strategies")

    assert sum(strategies.values()) == len(PURCHASES)
    assert not {"start", "win back"} & set(strategies)


def test_key_customers_are_protected_or_harvested(report):
    """No more are protected than the twentieth that paid most."""
    assert 0 < counted(report, "Strategies")["protect"] <= len(PURCHASES) / 20 + 1


def test_three_recommendations_are_explained_with_what_would_change_them(report):
    """Of three different strategies."""
    explained = report.partition("Three of them explained")[2].partition("The customers who get")[0]
    headings = re.findall(r"^\d{4}, customer \(.*\): (.+)\.$", explained, re.MULTILINE)

    assert len(set(headings)) == len(headings) == 3
    assert len(re.findall(r"The smallest change that would change it: if ", explained)) == 3


def test_the_letters_go_to_customers_who_are_worth_it(report):
    """All of the budget is spent, on nobody who is harvested or ended."""
    chosen = counted(report, "Strategies of the chosen")

    assert "200 of 200 spent (contacts)." in report
    assert sum(chosen.values()) == 200
    assert set(chosen) <= {"protect", "enhance", "reengineer"}
