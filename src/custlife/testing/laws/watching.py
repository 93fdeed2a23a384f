"""Whether a selector asks a clock or dice: no sample shows that, so its calls are watched."""

import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

_CLOCKS = {"now", "utcnow", "today"}
_TIMES = {"time", "time_ns", "localtime", "gmtime", "ctime"}
_DICE = {"urandom", "getrandom"}
_NOTES = "logging"
"""Who writes a log notes the time, and decides nothing by it."""


def asked_of(function: Callable[[Any], object], argument: object) -> Iterator[str]:
    """The clocks and dice that one call asks, in words; none where something else watches it.

    Calls in other threads are not seen, nor those of code that is not Python's own.
    """
    calls: list[tuple[Any, str, Any]] = []
    if sys.getprofile() is not None:
        return
    sys.setprofile(lambda *call: calls.append(call))
    try:
        function(argument)
    finally:
        sys.setprofile(None)
    for frame, kind, called in calls:
        module = frame.f_globals.get("__name__", "")
        if kind == "c_call" and module.split(".")[0] != _NOTES:
            yield from _source(called)


def _source(called: Any) -> Iterator[str]:  # noqa: ANN401 - whatever is called
    name, owner = called.__name__, getattr(called, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, date) and name in _CLOCKS:
        yield f"the clock, by {owner.__name__}.{name}()"
    elif owner is time and name in _TIMES:
        yield f"the clock, by time.{name}()"
    elif isinstance(owner, random.Random) or name in _DICE:
        yield f"chance, by {name}()"
