"""The example runs, and its report agrees with the raw data."""

import re
import runpy
import sys
from collections import Counter, defaultdict
from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise, takewhile
from pathlib import Path
from statistics import mean

import pytest

from custlife import CUSTOMER_LIFECYCLE, to_diagram

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "examples/cdnow.py")
LINES = (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
DAYS = defaultdict(list)
"""The days of the purchases of each customer, in order."""
for _, _customer, _day, _, _ in map(str.split, LINES):
    DAYS[_customer].append(date.fromisoformat(_day))
END, SPLIT = date(1998, 7, 1), date(1997, 9, 30)
LAPSE, YEAR = timedelta(weeks=26), timedelta(weeks=52)


pytestmark = pytest.mark.slow  # the example runs once, for several seconds


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("cdnow")


@pytest.fixture(scope="module")
def report(out):
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(sys, "argv", ["cdnow.py", str(out)])
        runpy.run_path(EXAMPLE, run_name="__main__")
    return printed.getvalue()


def counted(report, title):
    """The counts under a title of the report, by name."""
    lines = report.partition(f"\n{title}:\n")[2].splitlines()
    rows = [line.split() for line in takewhile(lambda line: line.startswith("  "), lines)]
    return {" ".join(row[:-2]): int(row[-2].replace(",", "")) for row in rows}


def section(report, title, following):
    """What the report says between two titles."""
    return report.partition(f"\n{title}\n")[2].partition(f"\n{following}")[0]


def figures(report, name):
    """The figures of a line of the backtest table."""
    return re.search(rf"^  {name} +([\d. ]+)$", report, re.MULTILINE)[1].split()


def cycles(days):
    """The days of each cycle: a gap of more than a year ends one."""
    found = [[days[0]]]
    for before, day in pairwise(days):
        found += [[]] * (day - before > YEAR)
        found[-1] = [*found[-1], day]
    return found


def lifespans():
    """For each cycle the days until the presumed departure or the end, and whether it ended."""
    for days in DAYS.values():
        for cycle in cycles(days):
            until = cycle[-1] + YEAR
            yield (min(until, END) - cycle[0]).days, until < END


def mean_of_all(span):
    """The area under Kaplan and Meier's curve, taken day by day."""
    seen, share, total = [*lifespans()], 1.0, 0.0
    for day in range(span):
        there = sum(length >= day for length, _ in seen)
        share *= 1 - seen.count((day, True)) / there
        total += share
    return total


def balanced_accuracy(weeks):
    """The balanced accuracy of saying that a longer silence at the split means gone."""
    said = defaultdict(list)
    for days in DAYS.values():
        last = max(day for day in days if day <= SPLIT)
        said[days[-1] <= SPLIT].append(SPLIT - last > timedelta(weeks=weeks))
    return (mean(said[True]) + 1 - mean(said[False])) / 2


def test_every_customer_and_every_purchase_is_replayed(report):
    """The counts are those of the file."""
    assert f"CDNOW: {len(DAYS):,} customers, {len(LINES):,} purchases" in report
    assert (len(DAYS), len(LINES)) == (2357, 6919)


@pytest.mark.parametrize("weeks", [8, 13, 26])
def test_the_backtest_of_a_window_agrees_with_the_raw_data(report, weeks):
    """The column of the balanced accuracy is that of a plain count."""
    balanced = figures(report, f"silent for {weeks} weeks")[3]

    assert balanced == f"{balanced_accuracy(weeks):.2f}"


def test_the_rule_of_the_highest_balanced_accuracy_is_chosen(report):
    """No other line of the table has a higher one."""
    table = section(report, "The backtest", "Chosen")
    scores = [float(line.split()[-4]) for line in table.splitlines() if line[2:3].strip()]

    assert "Chosen: silent for 26 weeks," in report
    assert max(scores) == float(figures(report, "silent for 26 weeks")[3])


def test_the_trap_of_accuracy_and_f1_is_shown(report):
    """Saying "gone" of everybody is right as often as somebody is gone; its F1 follows."""
    gone = mean(days[-1] <= SPLIT for days in DAYS.values())

    _, recall, specificity, balanced, auc, accuracy, f1 = figures(report, '"gone" of everybody')

    assert (recall, specificity, balanced, auc) == ("1.00", "0.00", "0.50", "0.50")
    assert (accuracy, f1) == (f"{gone:.2f}", f"{2 * gone / (1 + gone):.2f}") == ("0.71", "0.83")


def test_who_is_active_lapsed_or_gone_follows_from_the_last_purchase(report):
    """By the limits of the chosen rule, which are passed only after the day itself."""
    silences = [END - days[-1] for days in DAYS.values()]

    assert counted(report, "Customers") == {
        "active": sum(silence <= LAPSE for silence in silences),
        "lapsed": sum(LAPSE < silence <= YEAR for silence in silences),
        "presumed departed": sum(silence > YEAR for silence in silences),
    }


def test_who_bought_after_a_year_of_silence_returned(report):
    """Each gap of more than a year is a presumed departure and a return."""
    gone = sum(END - days[-1] > YEAR for days in DAYS.values())
    back = sum(len(cycles(days)) - 1 for days in DAYS.values())

    assert f"{gone + back:,} departures were presumed in all; after {back:,} of them" in report


def test_who_bought_once_in_the_cycle_is_a_buyer_and_the_others_are_regulars(report):
    """The ladder of who is still there follows from the purchases since the return, if any."""
    present = [cycles(days)[-1] for days in DAYS.values() if END - days[-1] <= YEAR]
    bonds = Counter("buyer" if len(days) == 1 else "regular" for days in present)

    assert counted(report, "Ladder") == {**bonds, "former": len(DAYS) - len(present)}


def test_the_plain_mean_of_who_left_is_shown_beside_the_longer_mean_of_all(report):
    """Both are those of the raw data, for the time until the presumed departure."""
    row = re.search(r"until presumed departed +(\d+) days +(\d+) days of (\d+) ", report)
    plain, of_all, span = map(int, row.groups())

    assert plain == int(mean(length for length, ended in lifespans() if ended))
    assert of_all == int(mean_of_all(span)) > plain


def test_the_journey_shown_is_of_a_customer_who_was_presumed_gone_and_returned(report):
    """It lapses, departs and begins a second cycle."""
    journey = section(report, "One journey, step by step", "What to do")
    customer = re.search(r"'(\d{4})' began", journey)[1]

    assert len(cycles(DAYS[customer])) > 1
    assert all(part in journey for part in (" lapsed: ", " departed: ", "Cycle 2 begins."))


def test_every_customer_gets_a_strategy_that_fits(report):
    """Nobody is started, since the data holds no prospects."""
    strategies = counted(report, "Strategies")

    assert sum(strategies.values()) == len(DAYS)
    assert "start" not in strategies


def test_key_customers_are_protected_or_won_back(report):
    """No more are than the twentieth that paid most."""
    strategies = counted(report, "Strategies")

    assert 0 < strategies["protect"] + strategies["win back"] <= len(DAYS) / 20 + 1


def test_three_recommendations_are_explained_with_what_would_change_them(report):
    """Of three different strategies."""
    explained = section(report, "Three of them explained", "10 letters")
    headings = re.findall(r"^\d{4}, (?:customer|former) \(.*\): (.+)\.$", explained, re.MULTILINE)

    assert len(set(headings)) == len(headings) == 3
    assert len(re.findall(r"The smallest change that would change it: if ", explained)) == 3


def test_ten_customers_who_are_falling_silent_get_a_letter(report):
    """Each is explained in two lines, and neither gone nor lapsed for more than a quarter."""
    letters = re.findall(
        r"^(\d{4}) is falling: .+\.\n  (?:active|lapsed since .+): .+; the letter is worth .+\.$",
        report.partition("\n10 letters\n")[2],
        re.MULTILINE,
    )

    assert len(set(letters)) == len(letters) == 10
    assert max(END - DAYS[customer][-1] for customer in letters) < LAPSE + timedelta(weeks=13)


def test_the_letters_that_gain_most_come_first(report):
    """And each is worth its cost."""
    gains = [float(gain) for gain in re.findall(r"letter is worth (.+)\.\n", report)]

    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > 0


def test_the_diagram_is_written(report, out):
    """To the folder that was named."""
    text = (out / "lifecycle.mmd").read_text(encoding="utf-8")

    assert text == to_diagram(CUSTOMER_LIFECYCLE) + "\n"
    assert str(out) in report


@pytest.mark.parametrize("name", ["survival", "calibration"])
def test_a_chart_is_written_where_matplotlib_is_installed(report, out, name):
    """It is a PNG in the folder that was named."""
    pytest.importorskip("matplotlib", reason="the charts need matplotlib, of the group examples")

    assert f"{out / name}.png" in report
    assert (out / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_example_says_so(monkeypatch, tmp_path):
    """In one line, and writes no chart."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    charts = runpy.run_path(EXAMPLE)["charts"]

    said = charts(tmp_path, [], None)

    assert said == "There are no charts, since matplotlib is not installed: pip install matplotlib."
    assert not [*tmp_path.iterdir()]
