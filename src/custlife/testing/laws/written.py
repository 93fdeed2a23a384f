"""What a selector's own code names: texts, numbers and tables beside which it may decide.

A law cannot guess that a function decides beside a profit of 370, or for customers whose id begins
with "VIP". It reads what the function's code names, and tries that.
"""

import gc
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property, partial
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType

from custlife.decisions.tables import DecisionTable
from custlife.strategy.fact import Fact
from custlife.strategy.recommendation import Selector

_MOST = 4000
"""So many objects are looked at, so that an app's whole data is not."""
_LONGEST = 40
"""A longer text is a sentence."""
_PLUMBING = (
    tuple,
    list,
    set,
    frozenset,
    dict,
    CellType,
    MethodType,
    partial,
    property,
    cached_property,
    staticmethod,
    classmethod,
)
"""What only holds other things."""
_ALIEN = {"attr", "attrs", "custlife", *sys.stdlib_module_names}
"""Packages whose code is not the app's."""


def written(thing: object) -> Iterator[object]:
    """The texts, numbers and decision tables that a selector is made of.

    They come from the code of its functions, from what these close over and name, and from the
    attributes of objects. Code of custlife and of Python itself is left out.

    Args:
        thing: A function, or an object that can be called.
    """
    todo, known = [thing], dict[int, object]()  # what is known is kept, so that no id is used twice
    while todo and len(known) < _MOST:
        one = todo.pop()
        if id(one) in known or isinstance(one, type | ModuleType | BuiltinFunctionType):
            continue
        known[id(one)] = one
        if isinstance(one, DecisionTable | int | float | Decimal) and not isinstance(one, bool):
            yield one
        elif isinstance(one, str):
            if len(one) <= _LONGEST:
                yield one
        else:
            todo.extend(_within(one))


def numbers_in(found: Iterable[object]) -> frozenset[Decimal]:
    """The numbers among these, texts that are numbers included."""
    numbers = set[Decimal]()
    for one in found:
        if isinstance(one, int | float | Decimal | str):
            try:
                numbers.add(Decimal(str(one)))
            except InvalidOperation:
                continue
    return frozenset(number for number in numbers if number.is_finite())


def _within(one: object) -> Iterable[object]:
    """What an object is made of, as far as it is the app's."""
    if isinstance(one, FunctionType):
        return () if _is_alien(one.__module__) else _in_function(one)
    if isinstance(one, Fact):
        return (one.read,)
    held = (
        type(one) in _PLUMBING or isinstance(one, Selector) or not _is_alien(type(one).__module__)
    )
    if held:
        return (*gc.get_referents(one), *_methods(type(one)))
    return (getattr(one, "__wrapped__", None),)


def _is_alien(module: str | None) -> bool:
    return (module or "").split(".")[0] in _ALIEN


def _in_function(function: FunctionType) -> Iterator[object]:
    for code in _codes(function.__code__):
        yield from (constant for constant in code.co_consts if constant != function.__doc__)
        yield from (function.__globals__.get(name) for name in code.co_names)
    yield from (function.__closure__, function.__defaults__, function.__kwdefaults__)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of the functions inside."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _methods(kind: type) -> Iterator[object]:
    """What the app's own classes of an object define."""
    for each in kind.__mro__:
        if not _is_alien(each.__module__):
            yield from vars(each).values()
