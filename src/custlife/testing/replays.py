"""Failures that were written to files, as parametrized tests that try them again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import fspath
from os.path import isdir, isfile
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from attrs import frozen

from custlife._checks import Check, one_of
from custlife.errors import InvalidArgument, InvalidData, UnknownEvent, listed, shown
from custlife.events import ALL_EVENTS, AN_EVENT_CLASS, Event
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import unchecked_table
from custlife.testing.failures import DIRECTORY, Directory, Failure
from custlife.testing.generators.events import event_class
from custlife.testing.laws.law import HistoryLaw, Law
from custlife.testing.laws.lifecycle import LIFECYCLE_LAWS
from custlife.testing.laws.selector_law import SelectorLaw
from custlife.testing.laws.selectors import SELECTOR_LAWS
from custlife.testing.paths import Path
from custlife.testing.proofs import Finding, assert_proven
from custlife.testing.requirements.requirement import Requirement

if TYPE_CHECKING:
    from pytest import MarkDecorator  # noqa: PT013 - one name, for the type checker

    from custlife.codec import Codec

_LAWS: tuple[Law, ...] = (*LIFECYCLE_LAWS, *SELECTOR_LAWS)
_TRIED = Check(
    lambda value: isinstance(value, Law | Requirement),
    "a Law or a Requirement",
    "Give those among which it is found by its name.",
)
_FIELDS: Mapping[str, type[Any]] = {
    "what": str,
    "name": str,
    "lifecycle": str,
    "fingerprint": str,
    "problem": str,
    "start": list,
    "events": list,
}


@frozen
class RecordedFailure(Failure):
    """A failure that was read from its file; its lifecycle is the one that was given to read it.

    An event that the lifecycle no longer knows is there by its name.
    """

    def check(self, thing: Any, among: Iterable[Law | Requirement] = _LAWS) -> None:  # noqa: ANN401 - by the kind of law
        """Try the law or the requirement that failed again.

        A law about histories is tried on the history on which it failed, any other law and a
        requirement on all that they are about.

        Args:
            thing: What it is tried on: a lifecycle, a chart class, a subject or a selector.
            among: The laws or requirements among which it is found by its name; the laws of the kit
                if left out.

        Raises:
            AssertionError: If it fails again.
            UnknownEvent: If the lifecycle no longer knows one of the events.
            ValueError: If none of them has the name, or what failed was a path.
        """
        __tracebackhide__ = True
        if self.what == "path":
            raise ValueError("a path is followed again: failure.path.follow(perform, stage).")
        given = several(among)
        for one in given:
            _TRIED.argument("RecordedFailure.check", "among", one)
        found = next((one for one in given if one.name == self.name), None)
        if found is None:
            remedy = "give it: failure.check(thing, [...])"
            raise ValueError(f"there is no {self.what} {self.name!r} among those given; {remedy}.")
        self._require_known()
        if isinstance(found, HistoryLaw | SelectorLaw):
            found.check(thing, [event for event in self.events if isinstance(event, Event)])
        elif isinstance(found, Requirement):
            assert_proven(thing, found, allow=[*Finding])
        else:
            found(thing)

    @property
    def path(self) -> Path:
        """The path that the events take now.

        Raises:
            UnknownEvent: If the lifecycle no longer knows one of the events.
            EventNotAllowed: If it no longer allows one of them where it comes.
            UnknownState: If it no longer has the state where they begin.
        """
        self._require_known()
        start = self.lifecycle.state(*self.start) if self.start else None
        return Path.of(self.lifecycle, *self.events, start=start)

    def _require_known(self) -> None:
        table = unchecked_table(self.lifecycle)
        for event in self.events:
            name = event if isinstance(event, str) else table.handled_as(type(event))
            if name not in self.lifecycle.events:
                unknown = UnknownEvent(name, self.lifecycle.name, self.lifecycle.events)
                unknown.add_note("It was recorded under an earlier definition; delete its file.")
                raise unknown


def replay_failures(
    directory: Directory,
    lifecycle: Lifecycle,
    *,
    kinds: type[Event] | Iterable[type[Event]] = (),
) -> "MarkDecorator":
    """Run a test once for each failure that ``record_failures`` has written to a directory.

    The test takes an argument ``failure`` beside its fixtures: a `RecordedFailure`. For a law it
    calls ``failure.check(lifecycle)``, for a requirement ``failure.check(lifecycle, requirements)``
    and for a path ``failure.path.follow(perform, stage)``; keep a directory for each. As long as
    there is no failure, the test is skipped. pytest must be installed, and the extra
    ``custlife[codec]`` for failures that hold whole events.

    Args:
        directory: The directory, from the one in which the tests are run.
        lifecycle: The lifecycle, perhaps mended since.
        kinds: The classes of the app's own events.

    Raises:
        InvalidArgument: If an argument is of a wrong type.
        InvalidData: If a file cannot be read, or is of another lifecycle; it names the file.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> @replay_failures("tests/failures", CUSTOMER_LIFECYCLE)
        ... def test_what_failed_once_holds(failure):
        ...     failure.check(CUSTOMER_LIFECYCLE)
    """
    try:
        import pytest  # noqa: PLC0415 - needed by those who test with it, and by no others
    except ImportError as error:
        raise ImportError("replay_failures() needs pytest: pip install pytest.") from error

    DIRECTORY.argument("replay_failures", "directory", directory)
    one_of(Lifecycle).argument("replay_failures", "lifecycle", lifecycle)
    classes = several(kinds)
    for kind in classes:
        AN_EVENT_CLASS.argument("replay_failures", "kinds", kind)
    # A path may be too long to be one, which these know.
    if isfile(directory):  # noqa: PTH113
        rule, remedy = "a directory, and it is a file", "Give the directory of record_failures=."
        raise InvalidArgument("replay_failures()", "directory", directory, rule, remedy)
    files = sorted(File(directory).glob("*.json")) if isdir(directory) else []  # noqa: PTH112
    chosen = [pytest.param(_read(file, lifecycle, classes), id=file.stem) for file in files]
    if not chosen:
        skip = pytest.mark.skip(reason=f"No failure is recorded in {shown(fspath(directory))}.")
        chosen = [pytest.param(None, id="none", marks=skip)]
    return pytest.mark.parametrize("failure", chosen)


def _read(file: File, lifecycle: Lifecycle, classes: Sequence[type[Event]]) -> RecordedFailure:
    remedy = "Give another directory or lifecycle, or delete the file."
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        _require_form(data, lifecycle)
        remedy = "Give the classes of the app's own events by kinds=[...], or delete the file."
        events = tuple(_events(data["events"], lifecycle, classes))
    except ModuleNotFoundError:
        raise
    except Exception as error:
        raise InvalidData(file.name, f"{error} {remedy}") from error
    return RecordedFailure(**data | {"lifecycle": lifecycle, "events": events})


def _require_form(data: Any, lifecycle: Lifecycle) -> None:  # noqa: ANN401 - whatever was stored
    kinds = {name: type(value) for name, value in data.items()} if isinstance(data, dict) else {}
    if kinds != _FIELDS:
        raise InvalidData("$", f"it is no failure with {listed([*_FIELDS])}.")
    if data["what"] not in ("law", "requirement", "path"):
        raise InvalidData(
            "$.what", f"it is {shown(data['what'])}, and no law, requirement or path."
        )
    if data["lifecycle"] != lifecycle.name:
        problem = f"it is {shown(data['lifecycle'])}, and {lifecycle.name!r} was given."
        raise InvalidData("$.lifecycle", problem)


def _events(
    data: list[Any], lifecycle: Lifecycle, classes: Sequence[type[Event]]
) -> Iterator[Event | str]:
    """Each event by its class, or by a made one; by its name where there is no such class now."""
    known = {kind.name for kind in (*ALL_EVENTS, *classes)}
    made = [event_class(name) for name in lifecycle.events if name not in known]
    codec: Codec | None = None
    for one in data:
        if isinstance(one, str):
            yield one
        elif one["type"] in {*known, *lifecycle.events}:
            codec = codec or _codec(lifecycle, (*classes, *made))
            yield codec.load(one, Event)
        else:
            yield str(one["type"])


def _codec(lifecycle: Lifecycle, kinds: Iterable[type[Event]]) -> "Codec":
    from custlife.codec import Codec  # noqa: PLC0415 - it needs cattrs, which names do not

    return Codec(lifecycle, kinds)
