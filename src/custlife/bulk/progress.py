"""How far a bulk replay has come: a callback, or a bar of a library that is installed."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

from custlife.errors import InvalidArgument

Progress = Callable[[int, int], object]
"""Called with the number of events that are done, and of all."""


def reporting(progress: Progress | Literal["rich", "tqdm"] | None, total: int) -> Progress:
    """What to call as the replay goes on.

    Args:
        progress: A callback, the name of a library with progress bars, or None.
        total: The number of all events.

    Raises:
        InvalidArgument: If it is none of these, or the library is not installed.

    Examples:
        >>> seen = []
        >>> reporting(lambda done, total: seen.append((done, total)), 10)(5, 10)
        >>> seen
        [(5, 10)]
    """
    if progress is None:
        return _silent
    if callable(progress):
        return progress
    if not isinstance(progress, str) or progress not in _BARS:
        rule = "a callback (done, total), 'rich', 'tqdm' or None"
        raise InvalidArgument("replay()", "progress", progress, rule, "Give a function.")
    if not total:
        return _silent  # a bar without an end would stay on the screen
    try:
        return _BARS[progress](total)
    except ImportError:
        rule = "a library that is installed"
        remedy = f"Install it, pip install {progress}, or give a callback (done, total)."
        raise InvalidArgument("replay()", "progress", progress, rule, remedy) from None


def _silent(_done: int, _total: int) -> None:
    """Say nothing."""


def _tqdm(total: int) -> Progress:
    bar: Any = import_module("tqdm").tqdm(total=total, unit="event", unit_scale=True)

    def report(done: int, total: int) -> None:
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return report


def _rich(total: int) -> Progress:
    bar: Any = import_module("rich.progress").Progress()
    task = bar.add_task("replay", total=total)
    bar.start()

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done)
        if done >= total:
            bar.stop()

    return report


_BARS: dict[str, Callable[[int], Progress]] = {"tqdm": _tqdm, "rich": _rich}
