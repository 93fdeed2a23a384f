"""A lifecycle as a picture and as a page, derived from the definition and its table.

Text from the definition is escaped for the form that it is written in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from custlife._checks import either, one_of
from custlife._notebook import Block, Code, Grid, markdown_table, markdown_text
from custlife.errors import UnknownState, shown
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, condition_words
from custlife.lifecycle.places import Place, Places
from custlife.lifecycle.table import Table, to_table, unchecked_table
from custlife.state import Room, State

_MERMAID_WORDS = frozenset(
    """
    accdescr acctitle as choice class classdef click default direction end fork hide href join note
    root scale state statediagram style title
    """.split()  # noqa: SIM905 - a list of words reads better as a paragraph
)


def to_diagram(
    lifecycle: Lifecycle,
    form: Literal["mermaid", "markdown"] = "mermaid",
    *,
    at: State | None = None,
) -> str:
    """Draw a lifecycle.

    Args:
        lifecycle: The lifecycle.
        form: ``"mermaid"`` is a Mermaid state diagram of the moves, without stays and forbids.
            ``"markdown"`` is the whole lifecycle in tables: stages, what each event does in each
            stage, every rule with its sentence and source, and the views.
        at: A state to mark, such as ``relationship.state``; none if left out.

    Raises:
        InvalidArgument: If it is no `Lifecycle`, or the form is neither of the two.
        UnknownState: If ``at`` is no state of the lifecycle.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> for line in to_diagram(CUSTOMER_LIFECYCLE).splitlines()[:4]:
        ...     print(line)
        stateDiagram-v2
            direction LR
            [*] --> prospect
            state prospect {
        >>> buyer = CUSTOMER_LIFECYCLE.state("buyer", "content")
        >>> print(to_diagram(CUSTOMER_LIFECYCLE, at=buyer).splitlines()[-1].strip())
        class buyer,content here
    """
    one_of(Lifecycle).argument("to_diagram", "lifecycle", lifecycle)
    either("mermaid", "markdown").argument("to_diagram", "form", form)
    if at is not None and (not isinstance(at, State) or at not in lifecycle.states):
        given = at if isinstance(at, State) else shown(at)
        raise UnknownState(given, lifecycle.name, tuple(map(str, lifecycle.states)))
    draw = _mermaid if form == "mermaid" else _markdown
    return "\n".join(draw(lifecycle, at))


def page(lifecycle: Lifecycle, at: State | None = None) -> Sequence[Block]:
    """What notebooks show: where each event leads from each state, and the diagram."""
    table = unchecked_table(lifecycle)
    rows = []
    for number, (state, arc) in enumerate(zip(table.states, table.arcs, strict=True)):
        after = [arc.get(event) for event in table.events]
        cells = ["-" if n is None else "stays" if n == number else table.states[n] for n in after]
        rows.append((f"{state} (here)" if state == at else state, *cells))
    diagram = to_diagram(lifecycle, at=at)
    return Grid(("state", *table.events), rows), Code("mermaid", diagram)


def _mermaid(lifecycle: Lifecycle, here: State | None) -> Iterator[str]:
    """Rooms with their stages; a move is drawn inside the innermost place that holds it.

    Between rooms, arrows end at the room, and the label says at which stages: Mermaid lays out
    arrows into the inside of another composite state badly.
    """
    places = lifecycle.places
    arrows: dict[str | None, dict[tuple[str, str], list[str]]] = {}
    for rule in lifecycle.rules:
        if isinstance(rule, Move):
            for at in rule.at:
                holder, start, end, label = _arrow(places, rule, at)
                arrows.setdefault(holder, {}).setdefault((start, end), []).append(label)
    yield "stateDiagram-v2"
    yield "    direction LR"
    yield f"    [*] --> {Room.PROSPECT.value}"
    named = {to for rule in lifecycle.rules if isinstance(rule, Move) for to in rule.to}
    doorless = {Room.CUSTOMER.value, Room.FORMER.value} - named
    for room in Room:
        yield from _mermaid_place(places, arrows, places.by_name[room.value], doorless, "    ")
    yield from _arrows(arrows.get(None, {}), "    ")
    if here is not None:
        yield "    classDef here fill:#fd8,stroke:#a60,stroke-width:3px"
        yield f"    class {','.join(map(_id, here.stages))} here"


def _arrow(places: Places, rule: Move, at: str) -> tuple[str | None, str, str, str]:
    """Which place holds an arrow (None for between rooms), its two ends, and its label.

    Mermaid has no arrow between a composite state and its own inside: such a move is drawn as a
    loop on the outer one, and the label says the rest.
    """
    label = rule.on + condition_words(rule)
    start, target = places.by_name[at], places.by_name[rule.to[0]]
    entered = [leaf for name in rule.to for leaf in places.entry(name)]
    to = f"{label} (to {' + '.join(entered)})"
    room = target.room.value
    if start.room is not target.room:
        return None, at, room, to
    if len(rule.to) > 1:
        return None, room, room, f"{label} ({at} to {' + '.join(rule.to)})"
    if target.name in start.within:
        return _holder(target), target.name, target.name, f"{label} (at {at})"
    if start.name in target.within:
        return _holder(start), at, at, to
    holder = next(name for name in reversed(start.within) if name in target.within)
    return holder, at, target.name, label


def _holder(place: Place) -> str | None:
    return place.within[-1] if place.within else None


def _arrows(arrows: Mapping[tuple[str, str], list[str]], indent: str) -> Iterator[str]:
    for (at, end), labels in arrows.items():
        yield f"{indent}{_id(at)} --> {_id(end)} : {', '.join(labels)}"


def _mermaid_place(
    places: Places,
    arrows: Mapping[str | None, Mapping[tuple[str, str], list[str]]],
    place: Place,
    doorless: set[str],
    indent: str,
) -> Iterator[str]:
    """A place and its inside; the first stage is marked where entering the place leads to it."""
    if not place.children:
        yield f'{indent}state "{place.name}" as {_id(place.name)}'
        return
    shown_as = "" if _id(place.name) == place.name else f'"{place.name}" as '
    yield f"{indent}state {shown_as}{_id(place.name)} {{"
    regions = place.region is None
    if not regions and place.name not in doorless:
        yield f"{indent}    [*] --> {_id(place.children[0])}"
    for number, child in enumerate(place.children):
        if regions and number:
            yield f"{indent}    --"
        yield from _mermaid_place(places, arrows, places.by_name[child], doorless, indent + "    ")
    yield from _arrows(arrows.get(place.name, {}), indent + "    ")
    yield f"{indent}}}"


def _id(name: str) -> str:
    """A name as Mermaid takes it; two names never become one."""
    if not name.isascii() or name.startswith("u_"):
        return f"u_{name.encode().hex()}"
    return f"{name}_" if name.rstrip("_").lower() in _MERMAID_WORDS else name


def _markdown(lifecycle: Lifecycle, here: State | None) -> Iterator[str]:
    places = lifecycle.places
    table = to_table(lifecycle)
    yield f"# The lifecycle {_code(lifecycle.name)}"
    yield "\n## Stages\n"
    rows = []
    for place in places.by_name.values():
        if place.stage is not None:
            region = "" if place.region in (None, place.room.value) else str(place.region)
            outer = (name for name in place.within if places.by_name[name].stage)
            inside = _code(" > ".join((*outer, place.name)))
            mark = " (here)" if here is not None and place.name in here.stages else ""
            about = place.sentence, place.stage.source
            rows.append((place.room.value, region, inside + mark, *map(_text, about)))
    yield markdown_table(("room", "region", "stage", "what it means", "source"), rows)
    yield "\n## What each event does\n"
    yield (
        "By innermost stage: where the event leads; `stays` where it is allowed and changes "
        "nothing; `-` where it is refused. Several answers depend on the other regions.\n"
    )
    leaves = [place for place in places.by_name.values() if not place.children]
    yield markdown_table(
        ("event", *(_text(leaf.name) for leaf in leaves)),
        [(_code(on), *(_cell(table, leaf, on) for leaf in leaves)) for on in table.events],
    )
    yield "\n## Rules\n"
    rows = []
    for rule in lifecycle.rules:
        if isinstance(rule, Forbid):
            what = "refused"
        else:
            what = f"to {' + '.join(map(_code, rule.to))}" if rule.to else "stays"
            what += condition_words(rule)
        at = ", ".join(map(_code, rule.at))
        rows.append((_code(rule.on), at, what, _text(rule.sentence), _text(rule.citation)))
    yield markdown_table(("event", "at", "what", "because", "source"), rows)
    for view in lifecycle.views:
        yield f"\n## View {_text(view.name)}\n"
        yield f"{_text(view.sentence)} ({_text(view.source)})\n"
        values = ((name, "(silent)" if v is None else _text(v.name)) for name, v in view.of)
        yield markdown_table(("at", "is"), [(_code(name), value) for name, value in values])


def _text(value: object) -> str:
    return markdown_text(str(value))


def _code(name: str) -> str:
    return f"`{name}`"


def _cell(table: Table, leaf: Place, event: str) -> str:
    """All outcomes of an event in one leaf, whatever the other regions are in."""
    found: dict[str, None] = {}
    for state, arc in zip(table.states, table.arcs, strict=True):
        if not state.is_in(leaf.name):
            continue
        answer = "-"
        if event in arc:
            after = table.states[arc[event]]
            inside = after.room is leaf.room
            stage = after.regions[leaf.region or leaf.room.value] if inside else str(after)
            answer = "stays" if stage == leaf.name else _text(stage)
        found[answer] = None
    return " / ".join(found)
