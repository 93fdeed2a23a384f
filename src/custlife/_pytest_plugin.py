"""The pytest plug-in: ``--custlife-cov`` prints what the tests covered of each lifecycle.

Without the option it does nothing, and imports nothing but custlife. Only with it the test kit is
imported, which needs Hypothesis.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from custlife.testing.coverage.observer import Observer

_TABLES = 10
"""So many lifecycles are shown."""
_NAMED = 3
"""So many of a kind are named that are not covered."""
_KEY = "custlife_cov"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("custlife", "coverage of customer lifecycles")
    group.addoption(
        "--custlife-cov",
        action="store_true",
        help="print what the tests covered of each lifecycle that they executed",
    )
    group.addoption(
        "--custlife-cov-fail-under",
        metavar="[NAME:]PERCENT",
        help=(
            "fail if less is covered of the cells, that is of the events that each state allows, "
            "but for answers that need a complaint on record: of the lifecycle NAME, or of all "
            "lifecycles together"
        ),
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch, if an option asks for it."""
    least = config.getoption("custlife_cov_fail_under")
    if not config.getoption("custlife_cov") and least is None:
        return
    name, percent = _asked(least or "0")
    try:
        from custlife.testing.coverage.observer import Observer  # noqa: PLC0415 - only if asked for
    except ImportError as error:
        raise pytest.UsageError(f"--custlife-cov: {error}") from error
    watch = _Watch(config, Observer(), name, percent if least else None)
    config.pluginmanager.register(watch, "custlife-cov")


def _asked(least: str) -> tuple[str, float]:
    """The lifecycle's name, empty for all of them, and the percentage."""
    name, _, number = least.rpartition(":")
    try:
        percent = float(number)
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:  # noqa: PLR2004 - that is what a percentage is
        raise pytest.UsageError(
            f"--custlife-cov-fail-under={least}: give a percentage from 0 to 100, such as 90, or "
            f"that of one lifecycle by its name, such as customer:90."
        )
    return name, percent


class _Watch:
    """Watches a run of pytest, and reports at its end."""

    def __init__(
        self, config: pytest.Config, observer: "Observer", name: str, percent: float | None
    ) -> None:
        self.config = config
        self.observer = observer
        self.name = name
        self.percent = percent
        self.failure = ""
        observer.begin()

    def pytest_unconfigure(self) -> None:
        """Watch no more."""
        self.observer.end()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
        """Count what a worker of pytest-xdist saw."""
        output = getattr(node, "workeroutput", {})
        if _KEY in output:
            self.observer.receive(output[_KEY])
            self.observer.problems += output[f"{_KEY}_problems"]
        else:
            who = node.gateway.id
            self.observer.problems.append(f"What the worker {who} covered is lost with it.")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what a worker saw; else fail the run if too little is covered."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self.observer.parcels()
            output[f"{_KEY}_problems"] = self.observer.problems
        elif self.percent is not None:
            self.failure = self._too_little(self.percent)
            if self.failure and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _too_little(self, least: float) -> str:
        """What is to be said if too little is covered; nothing if enough is."""
        counts = [
            one.counts["cell"]
            for one in self.observer.coverages
            if self.name in ("", one.lifecycle.name)
        ]
        covered, of = (sum(numbers) for numbers in zip((0, 0), *counts, strict=True))
        what = f"the lifecycle {self.name!r}" if self.name else "all lifecycles"
        if of == 0:
            return f"FAIL: the tests executed nothing of {what}."
        if 100 * covered >= least * of:
            return ""
        share = f"{covered} of {of} cells of {what} are covered, {100 * covered / of:.1f} %"
        return f"FAIL: {share}; {least:g} % are required."

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a table for each lifecycle, and what could not be counted."""
        coverages = self.observer.coverages
        terminalreporter.section("custlife coverage")
        for coverage in coverages[:_TABLES]:
            terminalreporter.write_line(f"{coverage.report(most=_NAMED)}\n")
        left = len(coverages) - _TABLES
        if left > 0:
            terminalreporter.write_line(f"{left} more lifecycles of which less was seen.")
        if not coverages:
            terminalreporter.write_line("The tests executed no lifecycle.")
        for problem in self.observer.problems:
            terminalreporter.write_line(problem, yellow=True)
        if self.failure:
            terminalreporter.write_line(self.failure, red=True)
