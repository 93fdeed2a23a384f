"""What a lifecycle is made of: stages, regions, rules and views.

Plain frozen values. They are checked together, as a whole lifecycle, by `faults`.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from attrs import Factory, field, frozen

from custlife._checks import one_of
from custlife.errors import InvalidArgument
from custlife.events import Event
from custlife.sources import OWN, Source, cited
from custlife.state import State

On = str | type[Event]
"""An event, by its class or by its name."""
Names = str | Iterable[str]
"""One name or several."""


def several(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - what is no part is found later
    """One part or many, as a tuple."""
    single = isinstance(value, str) or not isinstance(value, Iterable)
    return (value,) if single else tuple(value)


def _names(value: Names) -> tuple[str, ...]:
    return several(value)


def _event_name(on: On) -> str:
    if isinstance(on, type) and issubclass(on, Event):
        return on.name
    return on


@frozen
class Stage:
    """Where a person can stand.

    Args:
        name: A name that is an identifier, such as ``visitor``.
        sentence: What it means to be here.
        source: Where the stage comes from.
        children: Stages inside this one, the first of them entered first; none for a leaf.
    """

    name: str
    sentence: str
    source: Source = OWN
    children: "tuple[Stage, ...]" = field(default=(), converter=several)


@frozen
class Region:
    """One of several aspects of a room that change side by side.

    Args:
        name: A name that is an identifier, such as ``bond``.
        sentence: What the aspect is.
        stages: Its stages; the first is entered first.
    """

    name: str
    sentence: str
    stages: tuple[Stage, ...] = field(converter=several)


@frozen
class _Answer:
    """What every rule has: an event, places, a sentence, a source, and what contests it."""

    on: str = field(converter=_event_name)
    at: tuple[str, ...] = field(kw_only=True, converter=_names)
    sentence: str = field(kw_only=True)
    source: Source = field(kw_only=True, default=OWN)
    contested: Source | None = field(kw_only=True, default=None)

    @property
    def citation(self) -> str:
        """Where the rule comes from, and what contradicts it."""
        return cited(self.source, self.contested)


@frozen
class _Conditional(_Answer):
    """A rule that may have a condition."""

    when: tuple[str, ...] = field(kw_only=True, default=(), converter=_names)
    unless: tuple[str, ...] = field(kw_only=True, default=(), converter=_names)


@frozen
class Move(_Conditional):
    """On this event, a person who is here goes there.

    Args:
        on: The event's class or name.
        at: The stages, regions or rooms that the move starts from. A stage's own rule comes before
            the rule of what it is in.
        to: The stage it leads to, or one stage for each region of the room it leads to.
        sentence: Why, in words.
        source: Where the move comes from.
        contested: A study that contradicts the source; None where there is none.
        when: Only if all of these stages, in other regions of the room, are active.
        unless: Only if none of these is.

    Examples:
        >>> from custlife import ComplaintSettled
        >>> print(Move(
        ...     ComplaintSettled, at="regular", to="advocate", when="in_conflict",
        ...     sentence="A conflict that is handled well makes the advocate.",
        ... ))
        complaint_settled: regular -> advocate when in_conflict
    """

    to: tuple[str, ...] = field(kw_only=True, converter=_names)

    def __str__(self) -> str:
        return f"{self.on}: {_all(self.at)} -> {'+'.join(map(str, self.to))}{condition_words(self)}"


@frozen
class Stay(_Conditional):
    """On this event, a person who is here stays: the event is legal, and only goes on record.

    Args:
        on: The event's class or name.
        at: The stages, regions or rooms where it is legal. In a room with regions, a stay on the
            room makes the event legal there, and each region may still move on it.
        sentence: Why, in words.
        source: Where the stay comes from.
        contested: A study that contradicts the source; None where there is none.
        when: Only if all of these stages, in other regions of the room, are active.
        unless: Only if none of these is.
        answers_complaint: Only if a complaint is on record that still can be answered. A table and
            a chart have no record and cannot know; a relationship refuses the event otherwise, with
            this sentence.
    """

    answers_complaint: bool = field(kw_only=True, default=False)

    @property
    def to(self) -> tuple[str, ...]:
        """Nowhere: a stay leads to no other stage."""
        return ()

    def __str__(self) -> str:
        return f"{self.on}: {_all(self.at)} stays{condition_words(self)}"


@frozen
class Forbid(_Answer):
    """This event is refused here, whatever other regions say.

    Events that no rule mentions are refused too; a forbiddance says why.

    Args:
        on: The event's class or name.
        at: The stages, regions or rooms where it is refused.
        sentence: Why, in words; the refusal quotes it.
        source: Where the forbiddance comes from.
        contested: A study that contradicts the source; None where there is none.
    """

    def __str__(self) -> str:
        return f"{self.on}: {_all(self.at)} forbids"


Rule = Move | Stay | Forbid
"""What a lifecycle can say about an event at a place."""


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(map(str, names))


def condition_words(rule: Move | Stay) -> str:
    """The condition of a rule in words, with a space before it; empty where there is none."""
    when = f" when {' and '.join(map(str, rule.when))}" if rule.when else ""
    unless = f" unless {' or '.join(map(str, rule.unless))}" if rule.unless else ""
    only = isinstance(rule, Stay) and rule.answers_complaint
    return when + unless + " if a complaint is open" * only


Pair = tuple[Enum | None, Enum | None]
"""A move of a view's model: from one value to another."""


def _pairs(value: Iterable[Pair]) -> frozenset[Pair]:
    try:
        return frozenset(value)
    except TypeError:
        remedy = "Give the legal moves: [(Light.COLD, Light.WARM)]."
        raise InvalidArgument("View()", "moves", value, "pairs of values", remedy) from None


def _items(value: Mapping[str, Enum | None]) -> tuple[tuple[str, Enum | None], ...]:
    try:
        return tuple(dict(value).items())
    except (TypeError, ValueError):
        remedy = "Give a dict from stages, regions or rooms to values: {'visitor': Light.WARM}."
        raise InvalidArgument("View()", "of", value, "a mapping of names", remedy) from None


@frozen
class View:
    """Another model of the customer, as a map from the states of a lifecycle.

    Args:
        model: The other model's values, an enum.
        of: The value for each stage, region or room by name, None where the model is silent.
            A name speaks for everything inside it that is not named itself.
        moves: The moves that are legal in the other model, as (from, to) pairs. Staying is legal.
        sentence: What the model is.
        source: Where it comes from.

    Raises:
        InvalidArgument: If ``of`` is no mapping, or ``moves`` are no pairs.

    Examples:
        >>> class Light(Enum):
        ...     COLD = 1
        ...     WARM = 2
        >>> view = View(
        ...     Light,
        ...     of={"prospect": Light.COLD, "visitor": Light.WARM},
        ...     moves=[(Light.COLD, Light.WARM)],
        ...     sentence="How warm a lead is.",
        ... )
        >>> view.name
        'Light'
    """

    model: type[Enum]
    of: tuple[tuple[str, Enum | None], ...] = field(kw_only=True, converter=_items)
    moves: frozenset[Pair] = field(kw_only=True, converter=_pairs)
    sentence: str = field(kw_only=True)
    source: Source = field(kw_only=True, default=OWN)
    _image: dict[str, Enum | None] = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: dict(self.of), takes_self=True),
    )

    @property
    def name(self) -> str:
        """The model's name."""
        return getattr(self.model, "__name__", str(self.model))

    def images(self, state: State) -> tuple[Enum | None, ...]:
        """What the named places of a state say: one value, or a fault if none or several.

        In each region the innermost named stage has a value; where no region has one, the room's
        counts.
        """
        one_of(State).argument("images", "state", state)
        said: list[Enum | None] = []
        for path in state.paths:
            speaker = next((name for name in reversed(path) if name in self._image), None)
            if speaker is not None:
                said.append(self._image[speaker])
        if not said and state.room.value in self._image:
            said.append(self._image[state.room.value])
        return tuple(value for place, value in enumerate(said) if value not in said[:place])

    def allows(self, before: Enum | None, after: Enum | None) -> bool:
        """Whether the model may go from one value to the other."""
        return before is after or any(move == (before, after) for move in self.moves)
