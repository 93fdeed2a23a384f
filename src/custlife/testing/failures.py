"""Failures that stay: what a failed test of the kit writes to a file when it is asked to.

No other module of custlife writes files. What reads them is in ``replays``.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from os import PathLike, fspath
from pathlib import Path as File
from typing import Any, Literal

from attrs import Factory, field, frozen

from custlife._checks import Check, is_text
from custlife.errors import CustlifeError, shown
from custlife.events import ALL_EVENTS, Event
from custlife.lifecycle.definition import Lifecycle

Directory = str | PathLike[str]
"""Where failures are kept, from the directory in which the tests are run."""
DIRECTORY = Check(
    lambda value: is_text(fspath(value)) if isinstance(value, str | PathLike) else False,
    "a directory",
    'Give its path, such as "tests/failures".',
)
_LONGEST = 25


@frozen
class Failure:
    """What a law, a requirement or a path failed on.

    Attributes:
        what: What failed.
        name: The name of the law, the id of the requirement, or the event at which a path failed.
        lifecycle: The lifecycle.
        events: The events that show it, or their names where no more is known of them.
        problem: What was wrong, in words.
        start: The innermost stages where the events begin; none if they begin where every
            relationship does.
        fingerprint: That of the lifecycle's definition when it failed.
    """

    what: Literal["law", "requirement", "path"]
    name: str
    lifecycle: Lifecycle
    events: tuple[Event | str, ...] = field(converter=tuple[Event | str, ...])
    problem: str = ""
    start: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    fingerprint: str = Factory(lambda self: self.lifecycle.fingerprint, takes_self=True)


class Recordable(CustlifeError, AssertionError):
    """A failed test of the kit that knows on which events it failed."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What to record of it; nothing where there are no events to record."""
        return ()


@contextmanager
def recorded(directory: Directory | None, call: str) -> Iterator[None]:
    """Write down what fails inside, and say in a note to the error where it is.

    The error goes on in any case. If it cannot be written down, the note says why.

    Args:
        directory: Where to write, which is made if it is not there; None to write nothing.
        call: What was called, for the message about a wrong directory.

    Raises:
        InvalidArgument: If it is no directory's path.
    """
    DIRECTORY.or_none.argument(call, "record_failures", directory)
    try:
        yield
    except Recordable as error:
        if directory is not None:
            error.add_note(_noted(error, fspath(directory)))
        raise


def _noted(error: Recordable, directory: str) -> str:
    try:
        files = [str(_write(failure, File(directory))) for failure in error.failures]
    except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the failure is not lost
        reason = f"{type(problem).__name__}: {problem}"
        return f"This could not be recorded in {shown(directory)}. {reason}"
    if not files:
        return f"Nothing was recorded in {shown(directory)}: no history alone shows this."
    return f"Recorded in {', '.join(files)}; replay_failures({directory!r}, ...) tries it again."


def _write(failure: Failure, directory: File) -> File:
    """Write a failure to a file; the same one always to the same file."""
    data = {
        "what": failure.what,
        "name": failure.name,
        "lifecycle": failure.lifecycle.name,
        "fingerprint": failure.fingerprint,
        "problem": failure.problem,
        "start": [*failure.start],
        "events": _stored(failure),
    }
    same = [data[part] for part in ("name", "start", "events")]
    digest = sha256(json.dumps(same).encode()).hexdigest()[:8]
    parts = [
        re.sub(r"\W+", "_", part)[:_LONGEST] for part in (failure.name, failure.lifecycle.name)
    ]
    text = json.dumps(data, indent=2, ensure_ascii=False)
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{'-'.join((failure.what, *parts, digest))}.json"
    file.write_text(f"{text}\n", encoding="utf-8")
    return file


def _stored(failure: Failure) -> list[Any]:
    """The events as JSON-ready data; a name as it is."""
    kinds = {type(event) for event in failure.events if isinstance(event, Event)}
    if not kinds:
        return [*failure.events]
    from custlife.codec import Codec  # noqa: PLC0415 - it needs cattrs, which names do not

    codec = Codec(failure.lifecycle, kinds.difference(ALL_EVENTS))
    return [codec.dump(event) if isinstance(event, Event) else event for event in failure.events]
