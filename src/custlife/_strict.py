"""What reads classes and lists strictly by cattrs, and what to say of all that is wrong in them.

Knows nothing of customers. It needs the extra ``custlife[codec]``.
"""

from collections.abc import Callable, Iterator, MutableSequence, Sequence
from itertools import cycle
from typing import Any, get_args, get_origin

from attrs import fields, has
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn
from cattrs.v import format_exception

from custlife._scalars import described
from custlife.errors import CustlifeError, InvalidData, cut, listed

MOST_FAULTS = 100
"""After so many elements of a list that are wrong, the others are not read."""
_MOST_TOLD = 5
"""A message shows so many faults, and counts the others."""
_LISTS = (list, tuple, Sequence, MutableSequence)


def is_class(kind: Any) -> bool:  # noqa: ANN401 - whatever an app's field is annotated with
    return has(get_origin(kind) or kind)


def class_reader(
    kind: Any,  # noqa: ANN401 - a class of attrs, or a generic one with its arguments
    converter: Converter,
    beside: frozenset[str] = frozenset(),
) -> Callable[[Any, Any], Any]:
    """What reads an attrs class: each field must be there, and nothing else but what is beside."""
    read = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=False)
    names = tuple(one.name for one in fields(get_origin(kind) or kind) if one.init)
    wanted = frozenset(names)

    def read_class(value: Any, kind: Any) -> Any:  # noqa: ANN401 - whatever was stored
        if type(value) is not dict:
            raise TypeError(f"{described(value)} is no dict")
        if (value.keys() - beside if beside else value.keys()) != wanted:
            missing = [name for name in names if name not in value]
            others = [name for name in value if name not in wanted | beside]
            lacks = [f"it lacks {listed(missing)}"] if missing else []
            adds = [f"it has {listed(others)}, which is not written here"] if others else []
            raise InvalidData("$", " and ".join(lacks + adds))
        return read(value, kind)

    return read_class


def is_list(kind: Any) -> bool:  # noqa: ANN401 - whatever an app's field is annotated with
    return (get_origin(kind) or kind) in _LISTS


def list_reader(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - see above
    """What reads a list, or a tuple that was stored as one; it stops after many wrong elements."""
    parts = get_args(kind) or (Any,)
    is_tuple = (get_origin(kind) or kind) is tuple
    fixed = parts if is_tuple and get_args(kind) and parts[-1] is not Ellipsis else None

    def read_list(value: Any, _: object) -> Any:  # noqa: ANN401 - whatever was stored
        if type(value) is not list:
            raise TypeError(f"{described(value)} is no list")
        if fixed is not None and len(value) != len(fixed):
            raise ValueError(f"a list of {len(value)} is here, and must be one of {len(fixed)}")
        made: list[Any] = []
        faults: list[Exception] = []
        hooks = [(part, converter.get_structure_hook(part)) for part in fixed or parts[:1]]
        for place, (one, (part, read)) in enumerate(zip(value, cycle(hooks), strict=False)):
            try:
                made.append(read(one, part))
            except Exception as error:  # noqa: BLE001 - told with its place, as cattrs does
                note = IterableValidationNote(f"@ {place}", place, part)
                error.__notes__ = [*getattr(error, "__notes__", ()), note]
                faults.append(error)
                if len(faults) == MOST_FAULTS:
                    break
        if faults:
            raise IterableValidationError("a list", faults, kind)  # pyright: ignore[reportCallIssue]
        return tuple(made) if is_tuple else made

    return read_list


def refusal(faults: Sequence[tuple[str, str]]) -> InvalidData:
    """One error for all faults, each a path and what is wrong there."""
    (path, problem), *others = faults
    told = (f"{words} @ {cut(at)}" for at, words in others[: _MOST_TOLD - 1])
    return InvalidData(cut(path), "; ".join((problem, *told)) + more(len(faults), _MOST_TOLD))


def more(faults: int, told: int) -> str:
    """How many faults there are beside those that a message shows."""
    at_least = "at least " * (faults >= MOST_FAULTS)  # a list may have more than were read
    return f"; and {at_least}{faults - told:,} more" if faults > told else ""


def faults_in(error: Exception, path: str = "$") -> Iterator[tuple[Exception, str]]:
    """Every single fault in what cattrs raised, with its place."""
    if not isinstance(error, ClassValidationError | IterableValidationError):
        own = error.path[1:] if isinstance(error, InvalidData) else ""
        yield error, path + own
        return
    noted, others = error.group_exceptions()
    for inner, note in noted:
        step = f".{note.name}" if isinstance(note, AttributeValidationNote) else f"[{note.index}]"
        yield from faults_in(inner, path + step)
    for inner in others:
        yield from faults_in(inner, path)


def in_words(error: Exception) -> str:
    """What went wrong at one place, in our own errors' words where there are any."""
    ours = isinstance(error, CustlifeError | TypeError | ValueError)
    words = str(error) if ours else format_exception(error, None)
    return cut(error.problem if isinstance(error, InvalidData) else words, 400)
