"""The pytest plug-in: what it prints, when it fails a run, and that it costs nothing unasked."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest
from tests.unit.lifecycle.builders import trio
from tests.unit.testing.covering import in_order

from custlife import CUSTOMER_LIFECYCLE, Departed, Engaged, _pytest_plugin
from custlife.testing import Coverage, Path
from custlife.testing.coverage.observer import Observer
from custlife.testing.coverage.sights import Course

TESTS = """
from datetime import datetime, timezone

import pytest
from custlife import Departed, Engaged, replay

T = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("kinds", [[Engaged, Departed], [Engaged, Engaged]])
def test_a_replay(kinds):
    assert replay([kind(at=T) for kind in kinds], customer="C-1").events


def test_a_refusal():
    assert replay([Departed(at=T)] * 2, customer="C-1", on_rejected="collect").rejected
"""
COVERS = """
from custlife import CUSTOMER_LIFECYCLE, state_of, to_chart
from custlife.testing import covers


@covers(CUSTOMER_LIFECYCLE)
def test_the_shop_follows_the_lifecycle(path):
    shop = to_chart(CUSTOMER_LIFECYCLE)()
    path.follow(shop.send, lambda: state_of(shop))
"""
BARE = """
import sys


def test_what_is_loaded():
    heavy = {"custlife", "custlife.testing", "hypothesis", "statemachine"}
    print("loaded:", *sorted(heavy & {*sys.modules}), end=";")
"""


@pytest.fixture
def run(tmp_path):
    """A run of pytest on the tests above, in a process of its own, with these options."""
    (tmp_path / "test_app.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "test_covers.py").write_text(COVERS, encoding="utf-8")
    (tmp_path / "test_bare.py").write_text(BARE, encoding="utf-8")

    def run_pytest(*options, tests="test_app.py"):
        command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        plugins = ["-p", "custlife._pytest_plugin", "-p", "xdist.plugin"]
        return subprocess.run(
            [*command, *plugins, *options, tests],
            cwd=tmp_path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_pytest


def table_in(run):
    """The lines of the printed table."""
    return [line for line in run.stdout.splitlines() if line.endswith(" %")]


def expected():
    """The lines that the tests above must show."""
    coverage = Coverage(CUSTOMER_LIFECYCLE)
    coverage.add(in_order(Engaged, Departed), in_order(Engaged, Engaged))
    coverage.add(in_order(Departed, Departed))
    return [line for line in coverage.report(most=0).splitlines() if line.endswith(" %")]


# A run.


def test_without_the_option_nothing_is_loaded_and_nothing_is_printed(run):
    """Neither the test kit, nor Hypothesis, nor python-statemachine."""
    bare = run("-s", tests="test_bare.py")

    assert "loaded: custlife;" in bare.stdout
    assert "custlife coverage" not in bare.stdout
    assert bare.returncode == 0, bare.stdout + bare.stderr


def test_with_the_option_a_run_prints_what_it_covered(run):
    """A table, and a few lines of each kind; too little is a failure if a share is asked for."""
    printed = run("-s", "--custlife-cov", "--custlife-cov-fail-under=50")

    cells = printed.stdout.split("cell, not covered:\n")[1].split("\n\n")[0].splitlines()
    assert "= custlife coverage =" in printed.stdout
    assert table_in(printed) == expected()
    assert len(cells) == 4
    assert cells[-1] == "  - 152 more"
    assert "FAIL: 4 of 159 cells of all lifecycles are covered, 2.5 %; 50 % are required." in (
        printed.stdout
    )
    assert printed.returncode == pytest.ExitCode.TESTS_FAILED


def test_an_app_that_follows_every_path_covers_all_cells_and_refusals(run):
    """A green run of covers() reaches 100 percent."""
    green = run("--custlife-cov-fail-under=100", tests="test_covers.py")

    lines = [*map(str.split, table_in(green))]
    assert ["cell", "159", "159", "100", "%"] in lines
    assert ["refusal", "27", "27", "100", "%"] in lines
    assert green.returncode == 0, green.stdout + green.stderr


@pytest.mark.slow
def test_workers_of_xdist_hand_over_what_they_saw(run):
    """The sum is the same as in one process, and counts for what is asked for."""
    in_two = run("--custlife-cov-fail-under=customer:2", "-n", "2")

    assert table_in(in_two) == expected()
    assert in_two.returncode == 0, in_two.stdout + in_two.stderr


def test_the_plug_in_is_found_by_pytest():
    """By the entry point of the installed package."""
    (found,) = entry_points(group="pytest11", name="custlife")

    assert found.value == "custlife._pytest_plugin"


# The parts of it.


class Terminal:
    """What is written, as text."""

    def __init__(self):
        self.text = ""

    def section(self, title):
        self.text += f"== {title} ==\n"

    def write_line(self, line, **_):
        self.text += f"{line}\n"


def watch(*courses, least="", **config):
    """A watch that saw an app take these courses; it watches nothing else."""
    observer = Observer()
    for course in courses:
        observer._add(course.lifecycle, course)
    options = SimpleNamespace(**config)
    name, percent = _pytest_plugin._asked(least or "0")
    watching = _pytest_plugin._Watch(options, observer, name, percent if least else None)
    watching.pytest_unconfigure()
    return watching


def course(lifecycle, *events):
    path = Path.of(lifecycle, *events)
    return Course(lifecycle, path.states, path.events)


def summary(watching):
    terminal = Terminal()
    watching.pytest_terminal_summary(terminal)
    return terminal.text


def finished(watching, exitstatus=pytest.ExitCode.OK):
    session = SimpleNamespace(exitstatus=exitstatus)
    watching.pytest_sessionfinish(session)
    return session.exitstatus


JOINED = course(trio(), "joined")
OTHER = course(trio(name="other"), "joined", "left", "returned", "left")


@pytest.mark.parametrize(
    ("least", "failure"),
    [
        ("", ""),
        ("62.5", ""),
        ("trio:25", ""),
        ("other:100", ""),
        ("63", "FAIL: 5 of 8 cells of all lifecycles are covered, 62.5 %; 63 % are required.\n"),
        ("trio:26", "FAIL: 1 of 4 cells of the lifecycle 'trio' are covered, 25.0 %; 26 % are"),
        ("ours:0", "FAIL: the tests executed nothing of the lifecycle 'ours'.\n"),
    ],
)
def test_a_run_fails_if_fewer_cells_are_covered_than_asked(least, failure):
    """Of one lifecycle, or of all together; what did not run is not covered enough."""
    watching = watch(JOINED, OTHER, least=least)

    status = finished(watching)

    assert status == (pytest.ExitCode.TESTS_FAILED if failure else pytest.ExitCode.OK)
    assert failure in summary(watching)
    assert ("FAIL" in summary(watching)) is bool(failure)


def test_a_run_that_fails_anyway_keeps_its_status():
    """It was interrupted, say."""
    watching = watch(least="90")

    status = finished(watching, pytest.ExitCode.INTERRUPTED)

    assert status == pytest.ExitCode.INTERRUPTED
    assert "The tests executed no lifecycle." in summary(watching)
    assert "FAIL: the tests executed nothing of all lifecycles." in summary(watching)


@pytest.mark.parametrize("least", ["much", "101", "-1", "nan", "trio:", "trio"])
def test_what_is_no_percentage_is_refused(least):
    """The error says what is one."""
    with pytest.raises(pytest.UsageError, match=f"={least}: give a percentage from 0 to 100"):
        _pytest_plugin._asked(least)


def test_the_first_ten_lifecycles_are_shown():
    """Of the others it is said how many there are."""
    watching = watch(*(course(trio(name=f"trio_{number}"), "joined") for number in range(12)))

    text = summary(watching)

    assert text.count("Coverage of the lifecycle") == 10
    assert "2 more lifecycles of which less was seen.\n" in text


def test_a_controller_adds_up_what_workers_saw():
    """With what could not be counted there; the loss of a worker that crashed is said."""
    worker, crashed = (
        watch(JOINED, workeroutput={}),
        SimpleNamespace(gateway=SimpleNamespace(id="gw1")),
    )
    worker.observer.problems.append("Something was not counted.")
    controller = watch(least="trio:25")

    worker.pytest_sessionfinish(None)
    for node in (SimpleNamespace(workeroutput=worker.config.workeroutput), crashed):
        controller.pytest_testnodedown(node)

    assert finished(controller) == pytest.ExitCode.OK
    assert "cell               1       4     25 %" in summary(controller)
    assert summary(controller).endswith(
        "Something was not counted.\nWhat the worker gw1 covered is lost with it.\n"
    )


def test_a_kit_that_cannot_be_imported_is_an_error_of_usage(monkeypatch):
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "custlife.testing.coverage.observer", None)
    config = SimpleNamespace(getoption=lambda name: name == "custlife_cov" or None)

    with pytest.raises(pytest.UsageError, match="--custlife-cov: import of custlife"):
        _pytest_plugin.pytest_configure(config)
