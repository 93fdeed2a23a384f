"""Mutations of rules that are data: what a slip of the hand would do to a table.

Cosmic Ray's own operators change code: comparisons, numbers, conditions. A rule that is data goes
wrong in other ways: a row is left out, a stage is taken for its neighbour, *any* is written for
*all*. Each operator here makes one such slip. Knows nothing of tests or of scores.
"""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, ClassVar

from cosmic_ray.ast import ast_nodes
from cosmic_ray.operators.operator import Example, Operator
from parso.tree import Leaf

Node = Any
"""A node of parso's tree; its stubs say too little to be followed."""
Span = tuple[tuple[int, int], tuple[int, int]]

RULES = ("Move", "Stay", "Forbid")
NAME_IN_QUOTES = re.compile(r'"[a-z][a-z0-9_]*"')
CONSTANT = re.compile(r"_?[A-Z][A-Z_]+")
WORDS = {
    "all_of": "any_of",
    "any_of": "all_of",
    "at_least": "at_most",
    "at_most": "below",
    "below": "at_least",
    "is_": "is_not",
    "is_not": "is_",
    "eq": "ne",
    "ne": "eq",
    "ge": "le",
    "le": "lt",
    "lt": "le",
    "Stay": "Forbid",
    "Forbid": "Stay",
    "erosion": "loss",
    "loss": "erosion",
    "first": "later",
    "later": "first",
}
"""The words that rules are made of, each with the one that it is most easily taken for."""


def callee(node: Node) -> str:
    """The name of what is called with these arguments, or nothing."""
    trailer = node.parent
    if trailer is None or trailer.type != "trailer" or trailer.children[0].value != "(":
        return ""
    called = trailer.get_previous_sibling()
    return called.value if called is not None and called.type == "name" else ""


class Swap(Operator):
    """Puts another leaf in a leaf's place."""

    @abstractmethod
    def other(self, leaf: Node) -> str | None:
        """What to put there instead; None where this leaf is none of its concern."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """The leaf, if there is another to put there."""
        if isinstance(node, Leaf) and self.other(node) not in {None, node.value}:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put the other one there."""
        node.value = self.other(node)
        return node


class Turn(Swap):
    """Puts the next one of its kind in a leaf's place; after the last one comes the first."""

    @abstractmethod
    def kind(self, leaf: Node) -> str | None:
        """Which leaves it may be taken for; None where this leaf is none of its concern."""

    def other(self, leaf: Node) -> str | None:
        """The next one of the module, in order of first appearance."""
        kind = self.kind(leaf)
        if kind is None:
            return None
        ring = self._rings(leaf.get_root_node())[kind]
        return ring[(ring.index(leaf.value) + 1) % len(ring)]

    @lru_cache(maxsize=8)  # noqa: B019 - a handful of modules
    def _rings(self, root: Node) -> dict[str, list[str]]:
        rings: dict[str, list[str]] = {}
        for leaf in ast_nodes(root):
            kind = self.kind(leaf) if isinstance(leaf, Leaf) else None
            if kind is not None and leaf.value not in rings.setdefault(kind, []):
                rings[kind].append(leaf.value)
        return rings


class AnotherName(Turn):
    """Takes one stage, region, room, event or fact for the next one that the module names."""

    def kind(self, leaf: Node) -> str | None:
        """A string that is one word in lower case: the value of an enum's member, or a name."""
        if leaf.type != "string" or not NAME_IN_QUOTES.fullmatch(leaf.value):
            return None
        return "value" if leaf.parent.type == "expr_stmt" else "name"

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """From one stage to the next."""
        return (Example('at = ["a", "b"]', 'at = ["b", "b"]'),)


class AnotherMember(Turn):
    """Takes one member of an enum, or one constant, for the next one that the module uses."""

    def kind(self, leaf: Node) -> str | None:
        """``Enum.MEMBER``, of its own enum; or a private constant where it is used."""
        if leaf.type != "name" or not CONSTANT.fullmatch(leaf.value):
            return None
        if leaf.parent.type == "trailer" and leaf.parent.children[0].value == ".":
            owner = leaf.parent.get_previous_sibling()
            return owner.value if owner.type == "name" and owner.value[0].isupper() else None
        return "_" if leaf.value.startswith("_") and not leaf.is_definition() else None

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """From one member to the next."""
        return (Example("(Room.IN, Room.OUT)", "(Room.OUT, Room.OUT)"),)


class AnotherEvent(Turn):
    """Lets a rule answer the next event instead of its own."""

    def kind(self, leaf: Node) -> str | None:
        """The first argument of a rule of a lifecycle."""
        first = leaf.parent.type == "arglist" and leaf is leaf.parent.children[0]
        return "event" if first and callee(leaf.parent) in RULES else None

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """From one event to the next."""
        return (Example("[Stay(A, at=1), Stay(B, at=1)]", "[Stay(B, at=1), Stay(B, at=1)]"),)


class AnotherWord(Swap):
    """Takes *all* for *any*, *at least* for *at most*, an erosion for a loss, and so on."""

    def other(self, leaf: Node) -> str | None:
        """The word that it is most easily taken for, where it is used."""
        if leaf.type != "name" or leaf.value not in WORDS or leaf.is_definition():
            return None
        return None if leaf.get_next_leaf().value == "=" else WORDS[leaf.value]

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """From all to any."""
        return (Example("x = all_of(a, b)", "x = any_of(a, b)"),)


class AnotherAnswer(Swap):
    """Takes the known for the unknown in a cell of a table, and the unknown for something known."""

    def other(self, leaf: Node) -> str | None:
        """None for a truth; for None a value that stands beside it, or False."""
        cell = leaf.parent is not None and leaf.parent.type in {"testlist_comp", "arglist"}
        if leaf.type != "keyword":
            return None
        if leaf.value in {"True", "False"}:
            return "None" if cell else None
        if leaf.value == "None" and (cell or leaf.parent.type in {"dictorsetmaker", "argument"}):
            beside = [node for node in leaf.parent.children if node.type == "atom_expr"]
            return beside[0].get_code(include_prefix=False) if beside else "False"
        return None

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """From the unknown to the known, and back."""
        return (Example("(None, Phase.A)", "(Phase.A, Phase.A)"), Example("(1, True)", "(1, None)"))


class LeaveOut(Operator):
    """Leaves out one stage of a list, one row of a table, one entry, one part of a predicate."""

    def mutation_positions(self, node: Node) -> list[Span]:
        """Every element that can be spared without breaking the form of the whole."""
        return [
            (node.children[start].start_pos, node.children[stop - 1].end_pos)
            for start, stop in self._elements(node)
        ]

    def mutate(self, node: Node, index: int) -> Node:
        """Take the element out, with its comma."""
        start, stop = self._elements(node)[index]
        del node.children[start : stop + 1]
        return node

    def _elements(self, node: Node) -> list[tuple[int, int]]:
        """From where to where in the children each element stands, without its comma."""
        if node.type not in {"testlist_comp", "dictorsetmaker", "arglist"}:
            return []
        commas = [i for i, child in enumerate(node.children) if child.type == "operator"]
        commas = [i for i in commas if node.children[i].value == ","]
        ends = [*commas, len(node.children)]
        found = [
            (start, stop)
            for start, stop in zip([0, *(i + 1 for i in commas)], ends, strict=True)
            if start < stop
        ]
        return [part for part in found if len(found) > 1 and self._can_be_spared(node, *part)]

    def _can_be_spared(self, node: Node, start: int, stop: int) -> bool:
        first = node.children[start]
        if node.type == "dictorsetmaker":
            return stop - start == len(["key", ":", "value"])
        if node.type == "testlist_comp":
            row = first.type == "atom_expr" and first.get_last_leaf().value == ")"
            return row or bool(node.parent.children[0].value == "[")
        if first.type == "argument" and first.children[1].type == "operator":
            return callee(node)[:1].islower() or bool(first.children[0].value == "when")
        return first.type != "number" and callee(node) in {"all_of", "any_of", "some_of"}

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A stage, an entry, and a part less."""
        return (
            Example('at = ["a", "b"]', 'at = [ "b"]'),
            Example("of = {1: 2, 3: 4}", "of = { 3: 4}"),
            Example("all_of(a, b)", "all_of(a,)", occurrence=1),
        )


class Provider:
    """Hands the operators on by name, as Cosmic Ray asks for them."""

    operators: ClassVar[dict[str, type[Operator]]] = {
        operator.__name__: operator
        for operator in (
            LeaveOut,
            AnotherName,
            AnotherMember,
            AnotherEvent,
            AnotherWord,
            AnotherAnswer,
        )
    }

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.operators)

    def __getitem__(self, name: str) -> type[Operator]:
        """The operator of that name."""
        return self.operators[name]
