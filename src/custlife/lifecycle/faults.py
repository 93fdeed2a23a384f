"""Every way in which a lifecycle can be defined wrongly, found all at once.

These faults show in the definition itself. What shows only when the lifecycle runs (a stage that
no history leads to, a view that jumps) is found when its table is compiled.
"""

import keyword
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import product
from typing import Any

from custlife.errors import Fault, listed, shown
from custlife.lifecycle.conflicts import Draft, clashes, conflicts, named
from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stage, Stay, View
from custlife.lifecycle.places import Place, Places, has_regions
from custlife.sources import OWN, Source
from custlife.state import Room

RESERVED = frozenset(
    """
    In TransitionNotAllowed Compound Parallel activate_initial_state active_listeners add_event
    add_from_attributes add_inherited add_listener add_state allow_event_without_transition
    allowed_events ancestors atomic_configuration_update bind_events_to cancel_event
    catch_errors_as_events configuration configuration_values current_state current_state_value
    document_order enable_self_transition_entries enabled_events enter event events exit final
    final_states from_ history history_values id initial initial_state invoke is_active is_atomic
    is_compound is_descendant is_history is_terminated lifecycle model mro name parallel parent
    prepare prepare_event raise_ send start_configuration_values state state_field states
    states_map to transition transitions v validate_disconnected_states
    validate_final_reachability validate_trap_states value
    """.split()  # noqa: SIM905 - sixty names read better as a paragraph
)
"""Names that a state chart needs for itself, so that no stage or event can have them."""


MOST_LETTERS = 100
"""The longest name of a stage, region or event, so that tables and messages can be read."""
_A_NAME = f"a name of at most {MOST_LETTERS} letters; an event can be named by its class"


def brief(where: object) -> str:
    """What a fault is about, cut where it is long."""
    text = str(where)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."


def find_misfits(
    rooms: Mapping[Room, tuple[Any, ...]], rules: tuple[Any, ...], views: tuple[Any, ...]
) -> tuple[Fault, ...]:
    """Everything in a definition that is no part of a lifecycle, or a part without its words."""
    found = [
        fault for room, plan in rooms.items() for fault in _misfits(plan, room.value, top=True)
    ]
    for rule in rules:
        if isinstance(rule, Rule):
            found += _wordless(rule, rule.sentence, rule.source)
            if not isinstance(rule.contested, Source | None):
                found.append(_misfit(str(rule), rule.contested, "a Source that contests the rule"))
            found += (
                fault for name in (rule.on, *named(rule)) for fault in _misnamed(name, rule.on)
            )
        else:
            found.append(_misfit("the rules", rule, "a Move, a Stay or a Forbid"))
    for view in views:
        found += _view_misfits(view)
    return tuple(found)


def _misfits(plan: tuple[Any, ...], where: str, *, top: bool) -> Iterator[Fault]:
    for part in plan:
        if isinstance(part, Stage):
            yield from _wordless(part.name, part.sentence, part.source)
            inside = part.children
        elif isinstance(part, Region) and top:
            yield from _wordless(part.name, part.sentence, OWN)
            inside = part.stages
        else:
            yield _misfit(where, part, "a Stage or a Region" if top else "a Stage")
            continue
        yield from _misnamed(part.name, part.name)
        yield from _misfits(inside, str(part.name), top=False)


def _misnamed(name: object, where: object) -> Iterator[Fault]:
    if not isinstance(name, str) or len(name) > MOST_LETTERS:
        yield _misfit(brief(where), name, _A_NAME)


def _view_misfits(view: object) -> Iterator[Fault]:
    if not isinstance(view, View):
        yield _misfit("the views", view, "a View")
        return
    if not isinstance(view.model, type) or not issubclass(view.model, Enum):
        yield _misfit(view.name, view.model, "an Enum class")
    yield from _wordless(view.name, view.sentence, view.source)
    for pair in view.moves:
        if not isinstance(pair, tuple) or len(pair) != len(("from", "to")):
            yield _misfit(view.name, pair, "a pair of values, (from, to)")


def _misfit(where: str, part: object, expected: str) -> Fault:
    return Fault("bad_part", brief(where), f"{shown(part)} is not {expected}.")


def _wordless(where: object, sentence: object, source: object) -> Iterator[Fault]:
    if not isinstance(sentence, str) or not sentence.strip():
        yield Fault("bad_part", brief(where), "it needs a sentence that says what it means.")
    if not isinstance(source, Source):
        remedy = "make one, or leave it out."
        yield Fault("bad_part", brief(where), f"{shown(source)} is no Source; {remedy}")


def find_faults(draft: Draft) -> tuple[Fault, ...]:
    """All faults of a draft, in the order of reading; none for a sound one."""
    checks = (_rooms, _names, _rules, clashes, conflicts, _views)
    return tuple(dict.fromkeys(fault for check in checks for fault in check(draft)))


def _rooms(draft: Draft) -> Iterator[Fault]:
    for room, plan in draft.rooms.items():
        if not plan:
            message = "the room has no stage, and every lifecycle has all three rooms; give it one."
            yield Fault("room_missing", room.value, message)
        if has_regions(plan) and not all(isinstance(part, Region) for part in plan):
            message = "the room mixes stages with regions; put every stage into a region, or none."
            yield Fault("mixed_room", room.value, message)
        for part in plan:
            if isinstance(part, Region) and not part.stages:
                yield Fault("empty_region", part.name, "the region has no stage; give it one.")


def _names(draft: Draft) -> Iterator[Fault]:
    order = draft.places.order
    events = dict.fromkeys(rule.on for rule in draft.rules)
    taken = RESERVED.union(_callbacks(order, events))
    for name, times in Counter(order).items():
        yield from _name(name, "stage or region", taken)
        if times > 1:
            message = f"{times} places have this name; every room, region and stage needs one of"
            yield Fault("duplicate_name", name, f"{message} its own.")
    for name in events:
        yield from _name(name, "event", taken)
        if name in {room.value for room in Room}:
            yield Fault("bad_name", name, "an event cannot have the name of a room; rename it.")


def _callbacks(places: Iterable[str], events: Iterable[str]) -> Iterator[str]:
    """The names by which a chart's listeners are called, which no place or event can have."""
    for way, place in product(("enter", "exit", "invoke"), (*places, "state")):
        yield f"on_{way}_{place}"
    for way, event in product(("before", "on", "after"), (*events, "transition")):
        yield f"{way}_{event}"


def _name(name: str, kind: str, taken: frozenset[str]) -> Iterator[Fault]:
    if not name.isidentifier() or name.startswith("_"):
        message = "a name is an identifier without a leading underscore, such as 'in_conflict'"
        yield Fault("bad_name", name, f"{message}; rename the {kind}.")
    elif name in taken or keyword.iskeyword(name):
        message = "the name is taken by Python or by the state chart"
        yield Fault("bad_name", name, f"{message}; rename the {kind}.")


def _unknown(where: object, names: Iterable[str], places: Places) -> Iterator[Fault]:
    unknown = [shown(name) for name in names if name not in places.by_name]
    if unknown:
        message = f"there is no stage, region or room {listed(unknown)}."
        yield Fault("unknown_place", str(where), message)


def _rules(draft: Draft) -> Iterator[Fault]:
    by_name = draft.places.by_name
    for rule in draft.rules:
        unknown = tuple(_unknown(rule, named(rule), draft.places))
        yield from unknown
        if not rule.at:
            yield Fault("unknown_place", str(rule), "the rule names no place to start from.")
        if unknown or isinstance(rule, Forbid):
            continue
        for name in rule.at:
            yield from _condition(rule, by_name[name], draft.places)
            if isinstance(rule, Move):
                yield from _target(rule, by_name[name], [by_name[to] for to in rule.to])


def _condition(rule: Move | Stay, at: Place, places: Places) -> Iterator[Fault]:
    for name in (*rule.when, *rule.unless):
        place = places.by_name[name]
        apart = place.region != at.region or at.name in place.within
        if place.stage is None or place.room is not at.room or not apart:
            message = f"{name!r} is no stage inside {at.name!r} or in another region of its room"
            yield Fault("bad_condition", str(rule), f"{message}, so the condition says nothing.")


def _target(move: Move, at: Place, to: list[Place]) -> Iterator[Fault]:
    if not to:
        yield Fault("bad_target", str(move), "the move leads nowhere; name a stage, or use Stay.")
        return
    if any(place.stage is None and place.within for place in to):
        yield Fault("bad_target", str(move), "a move leads to a stage or a room, not to a region.")
    room, region = to[0].room, to[0].region
    regions = {place.region for place in to} - {None}
    if len(to) > 1 and (len(regions) < len(to) or len({place.room for place in to}) > 1):
        message = "several targets must be stages in different regions of one room."
        yield Fault("bad_target", str(move), message)
    if len(to) == 1 and room is at.room and None not in (at.region, region) and region != at.region:
        message = (
            f"a move from {at.name!r} cannot lead into another region of its room, which would"
        )
        remedy = "reset both; give the other region a move of its own."
        yield Fault("crosses_regions", str(move), f"{message} {remedy}")
    if at.room is Room.CUSTOMER and room is Room.PROSPECT:
        message = "a customer does not become a prospect again without a departure"
        remedy = "lead the move to the room 'former' first."
        yield Fault("leaves_without_departure", str(move), f"{message}; {remedy}")


def _views(draft: Draft) -> Iterator[Fault]:
    for name, times in Counter(view.name for view in draft.views).items():
        if times > 1:
            yield Fault("duplicate_view", name, "two views have this model; keep one.")
    for view in draft.views:
        yield from _view(view, draft.places)


def _view(view: View, places: Places) -> Iterator[Fault]:
    values = [value for _, value in view.of] + [value for pair in view.moves for value in pair]
    strangers = {shown(v) for v in values if v is not None and not isinstance(v, view.model)}
    if strangers:
        message = f"no value of {view.name}: {listed(sorted(strangers))}."
        yield Fault("view_bad_value", view.name, message)
    yield from _unknown(view.name, (name for name, _ in view.of), places)
    images = {str(state): view.images(state) for state in places.states}
    silent = [state for state, values in images.items() if not values]
    if silent:
        message = f"the view says nothing of {listed(silent)}; give a value, or None to say so."
        yield Fault("view_not_total", view.name, message)
    torn = [state for state, values in images.items() if len(values) > 1]
    if torn:
        message = f"the view says two things of {listed(torn)}; let one region speak."
        yield Fault("view_ambiguous", view.name, message)
