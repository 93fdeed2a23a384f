"""A lifecycle as a picture and as a page, derived from the definition and its table."""

from collections.abc import Iterator, Mapping
from typing import Literal

from custlife.lifecycle.definition import Lifecycle, require_lifecycle
from custlife.lifecycle.parts import Forbid, Move, condition_words
from custlife.lifecycle.places import Outline, Place
from custlife.lifecycle.table import Table, to_table
from custlife.state import Room

_MERMAID_WORDS = frozenset({"end", "state", "note", "direction", "class", "style", "default"})


def to_diagram(lifecycle: Lifecycle, form: Literal["mermaid", "markdown"] = "mermaid") -> str:
    """Draw a lifecycle.

    ``"mermaid"`` is a Mermaid state diagram of the moves; stays and forbiddances are not drawn.
    ``"markdown"`` is the whole lifecycle in tables: stages, what each event does in each stage,
    every rule with its sentence and source, and the views.

    Raises:
        ValueError: If the form is neither of the two.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> for line in to_diagram(CUSTOMER_LIFECYCLE).splitlines()[:4]:
        ...     print(line)
        stateDiagram-v2
            direction LR
            [*] --> prospect
            state prospect {
    """
    require_lifecycle(lifecycle)
    if form == "mermaid":
        return "\n".join(_mermaid(lifecycle))
    if form == "markdown":
        return "\n".join(_markdown(lifecycle))
    raise ValueError(f"The form is {form!r}, but must be 'mermaid' or 'markdown'.")


def _mermaid(lifecycle: Lifecycle) -> Iterator[str]:
    """Rooms with their stages; a move is drawn inside the innermost place that holds it.

    Between rooms, arrows end at the room, and the label says at which stages: Mermaid lays out
    arrows into the inside of another composite state badly.
    """
    outline = lifecycle.outline
    arrows: dict[str | None, dict[tuple[str, str], list[str]]] = {}
    for rule in lifecycle.rules:
        if isinstance(rule, Move):
            for at in rule.at:
                holder, start, end, label = _arrow(outline, rule, at)
                arrows.setdefault(holder, {}).setdefault((start, end), []).append(label)
    yield "stateDiagram-v2"
    yield "    direction LR"
    yield f"    [*] --> {Room.PROSPECT.value}"
    named = {to for rule in lifecycle.rules if isinstance(rule, Move) for to in rule.to}
    doorless = {Room.CUSTOMER.value, Room.FORMER.value} - named
    for room in Room:
        yield from _mermaid_place(outline, arrows, outline.places[room.value], doorless, "    ")
    yield from _arrows(arrows.get(None, {}), "    ")


def _arrow(outline: Outline, rule: Move, at: str) -> tuple[str | None, str, str, str]:
    """Which place holds an arrow (None for between rooms), its two ends, and its label.

    Mermaid has no arrow between a composite state and its own inside: such a move is drawn as a
    loop on the outer one, and the label says the rest.
    """
    label = rule.on + condition_words(rule)
    start, target = outline.places[at], outline.places[rule.to[0]]
    entered = [leaf for name in rule.to for leaf in outline.entry(name)]
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
    outline: Outline,
    arrows: Mapping[str | None, Mapping[tuple[str, str], list[str]]],
    place: Place,
    doorless: set[str],
    indent: str,
) -> Iterator[str]:
    """A place and its inside; the first stage is marked where entering the place leads to it."""
    if not place.children:
        yield f'{indent}state "{place.name}" as {_id(place.name)}'
        return
    yield f"{indent}state {_id(place.name)} {{"
    regions = place.region is None
    if not regions and place.name not in doorless:
        yield f"{indent}    [*] --> {_id(place.children[0])}"
    for number, child in enumerate(place.children):
        if regions and number:
            yield f"{indent}    --"
        yield from _mermaid_place(outline, arrows, outline.places[child], doorless, indent + "    ")
    yield from _arrows(arrows.get(place.name, {}), indent + "    ")
    yield f"{indent}}}"


def _id(name: str) -> str:
    return f"{name}_" if name in _MERMAID_WORDS else name


def _markdown(lifecycle: Lifecycle) -> Iterator[str]:
    outline = lifecycle.outline
    table = to_table(lifecycle)
    yield f"# The lifecycle `{lifecycle.name}`"
    yield ""
    yield "## Stages"
    yield ""
    yield "| room | region | stage | what it means | source |"
    yield "|---|---|---|---|---|"
    for place in outline.places.values():
        if place.stage is not None:
            region = "" if place.region in (None, place.room.value) else place.region
            inside = " > ".join((*_outer_stages(outline, place), place.name))
            yield (
                f"| {place.room.value} | {region} | `{inside}` | {place.sentence} "
                f"| {place.stage.source} |"
            )
    yield ""
    yield "## What each event does"
    yield ""
    yield (
        "By innermost stage: where the event leads; `stays` where it is allowed and changes "
        "nothing; `-` where it is refused. Several answers depend on the other regions."
    )
    yield ""
    leaves = [place for place in outline.places.values() if not place.children]
    yield f"| event | {' | '.join(leaf.name for leaf in leaves)} |"
    yield "|---" * (len(leaves) + 1) + "|"
    for event in table.events:
        yield f"| `{event}` | {' | '.join(_cell(table, leaf, event) for leaf in leaves)} |"
    yield ""
    yield "## Rules"
    yield ""
    yield "| event | at | what | because | source |"
    yield "|---|---|---|---|---|"
    for rule in lifecycle.rules:
        if isinstance(rule, Forbid):
            what = "refused"
        else:
            way = f"to {' + '.join(f'`{to}`' for to in rule.to)}" if rule.to else "stays"
            what = way + condition_words(rule)
        at = ", ".join(f"`{name}`" for name in rule.at)
        yield f"| `{rule.on}` | {at} | {what} | {rule.sentence} | {rule.source} |"
    for view in lifecycle.views:
        yield ""
        yield f"## View `{view.name}`"
        yield ""
        yield f"{view.sentence} [{view.source}]"
        yield ""
        yield "| at | is |"
        yield "|---|---|"
        for name, value in view.of:
            yield f"| `{name}` | {'(silent)' if value is None else value.name} |"


def _outer_stages(outline: Outline, place: Place) -> Iterator[str]:
    for name in place.within:
        if outline.places[name].stage is not None:
            yield name


def _cell(table: Table, leaf: Place, event: str) -> str:
    """All outcomes of an event in one leaf, whatever the other regions are in."""
    found: dict[str, None] = {}
    for state, arc in zip(table.states, table.arcs, strict=True):
        if not state.is_in(leaf.name):
            continue
        after = arc.get(event)
        if after is None:
            found["-"] = None
        elif table.rooms[after] is not leaf.room:
            found[str(table.states[after])] = None
        else:
            stage = table.states[after].regions[leaf.region or leaf.room.value]
            found["stays" if stage == leaf.name else stage] = None
    return " / ".join(found)
