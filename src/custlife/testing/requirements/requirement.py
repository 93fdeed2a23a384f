"""What a requirement is: a small frozen value that reads as a sentence."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from attrs import field, fields, frozen

from custlife import _checks
from custlife.errors import InvalidArgument
from custlife.events import snake
from custlife.lifecycle.parts import several
from custlife.sources import OWN, Source
from custlife.testing.requirements.conditions import Misnamed, is_structural, said
from custlife.testing.requirements.engine import Outcome, Status
from custlife.testing.requirements.graph import TRACKED, Graph, everywhere

_SAID = "said"


def _tuple(value: Any) -> Any:  # noqa: ANN401 - what is none of these is found when it is checked
    """Several conditions as a tuple, so that a requirement is frozen."""
    listed = isinstance(value, Iterable) and not isinstance(value, str | type | Enum)
    return several(value) if listed else value


def condition() -> Any:  # noqa: ANN401 - attrs' own type
    """A field that holds a condition, or several of which one holds."""
    return field(default=None, converter=_tuple, metadata={_SAID: True})


@frozen(kw_only=True)
class Requirement:
    """What must be true of a lifecycle or of a decision table. Made by `always`, `never` and so on.

    Attributes:
        id: What reports and failures call it; what it says if left out.
        sentence: Why, in words; what it says if left out.
        source: Where it comes from.
    """

    id: str = field(default="", validator=_checks.one_of(str))
    sentence: str = field(default="", validator=_checks.one_of(str))
    source: Source = field(default=OWN, validator=_checks.one_of(Source))

    @property
    def invalid(self) -> type[InvalidArgument]:
        """The error of an argument of the wrong type."""
        return InvalidArgument

    @property
    def subject(self) -> str:
        """What an error calls it."""
        return f"{snake(type(self).__name__)}()"

    @property
    def name(self) -> str:
        """Its id, or what it says."""
        return self.id or str(self)

    @property
    def conditions(self) -> tuple[object, ...]:
        """All that it says of where customers are, and of what happens."""
        said = (one.name for one in fields(type(self)) if one.metadata.get(_SAID))
        return tuple(getattr(self, name) for name in said)

    @property
    def compared(self) -> tuple[str, ...]:
        """What it compares before and after an event, where that is counted on record."""
        return tuple({str(getattr(self, "aspect", None))} & {*TRACKED})

    def decide(self, graph: Graph) -> Outcome:
        """What becomes of it in a graph.

        Raises:
            Misnamed: If it names what is not there.
            Undecidable: If it reads what a lifecycle does not know.
        """
        if getattr(self, "when", None) is not None:
            raise Misnamed("when= is for decision tables; of a lifecycle, give at=.")
        found = self._decide(graph)
        holds = found.status is Status.HOLDS
        structural = holds and is_structural(graph.lifecycle, self.conditions)
        if structural and self._is_certain(everywhere(graph.subject)):
            return Outcome(Status.VACUOUS, "no rule could break it")
        return found

    def _decide(self, graph: Graph) -> Outcome:
        raise NotImplementedError

    def _is_certain(self, graph: Graph) -> bool:  # noqa: ARG002 - the kinds look at it
        """Whether no rule could break it; the graph has all states, reached or not."""
        return False


def called(what: Any) -> str:  # noqa: ANN401 - see preserves
    """What is compared, by its name."""
    return what.__name__ if isinstance(what, type) else str(what)


def events_said(on: object) -> str:
    """Events in words; any where none is named."""
    return "any event" if on is None else said(on)


def at_said(at: object, word: str = "at") -> str:
    """Where, in words after a word; nothing where it is everywhere."""
    return "" if at is None else f" {word} {said(at)}"


def whole_said(at: object) -> str:
    """Where, in words; the lifecycle where it is everywhere."""
    return "the lifecycle" if at is None else said(at)


def if_said(when: object) -> str:
    """A predicate of a table's facts, in words after *if*."""
    return "" if when is None else f" if {when}"


def unreached(at: object) -> str:
    """Why a requirement about a place says nothing."""
    return f"no history leads to {whole_said(at)}"


def moved(graph: Graph, before: int | None, event: str | None, after: int) -> str:
    """A step in words."""
    if before is None:
        return f"every history begins in {graph.state(after)}"
    return f"{event!r} leads from {graph.state(before)} to {graph.state(after)}"
