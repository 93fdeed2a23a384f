"""Every way in which a lifecycle can be defined wrongly, found all at once.

Looks only at the draft. What shows only when the lifecycle runs (a stage whose conditions
never come true, a view that jumps) is found when its table is compiled.
"""

import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

from attrs import frozen

from custlife.errors import Fault, listed
from custlife.lifecycle.outline import Outline, Place, RoomPlan, has_regions
from custlife.lifecycle.parts import Forbid, Move, Region, Rule, Stay, View
from custlife.state import Room, State

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
"""Names that a state chart needs for itself, so that no stage or event can bear them."""


@frozen
class Draft:
    """What the checks look at: a definition before it is found sound.

    Attributes:
        rooms: The three rooms.
        moves: The rules.
        views: The views.
        outline: The places by name.
    """

    rooms: Mapping[Room, RoomPlan]
    moves: tuple[Rule, ...]
    views: tuple[View, ...]
    outline: Outline


def find_faults(draft: Draft) -> tuple[Fault, ...]:
    """All faults of a draft, in the order of reading; none for a sound one."""
    checks: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
        _rooms,
        _names,
        _rules,
        _clashes,
        _conflicts,
        _reach,
        _views,
    )
    found = [fault for check in checks for fault in check(draft)]
    return tuple(dict.fromkeys(found))


def _rooms(draft: Draft) -> Iterator[Fault]:
    for room, plan in draft.rooms.items():
        if not plan:
            yield Fault(
                "room_missing",
                room.value,
                "the room has no stage, and every lifecycle has all three rooms; give it one.",
            )
        if has_regions(plan) and not all(isinstance(part, Region) for part in plan):
            yield Fault(
                "mixed_room",
                room.value,
                "the room mixes stages with regions; put every stage into a region, or none.",
            )
        for part in plan:
            if isinstance(part, Region) and not part.stages:
                yield Fault("empty_region", part.name, "the region has no stage; give it one.")


def _names(draft: Draft) -> Iterator[Fault]:
    order = draft.outline.order
    for name in dict.fromkeys(order):
        yield from _name(name, "stage or region")
        if order.count(name) > 1:
            yield Fault(
                "duplicate_name",
                name,
                f"{order.count(name)} places bear this name; every room, region and stage needs "
                f"one of its own.",
            )
    for name in dict.fromkeys(rule.on for rule in draft.moves):
        yield from _name(name, "event")
        if name in {room.value for room in Room}:
            yield Fault("bad_name", name, "an event cannot bear the name of a room; rename it.")


def _name(name: str, kind: str) -> Iterator[Fault]:
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        yield Fault(
            "bad_name",
            str(name),
            f"a {kind} needs a name that is an identifier without a leading underscore, such as "
            f"'in_conflict'.",
        )
    elif name in RESERVED or keyword.iskeyword(name):
        yield Fault(
            "bad_name",
            name,
            f"the name is taken by Python or by the state chart; rename the {kind}.",
        )


def _rules(draft: Draft) -> Iterator[Fault]:
    places = draft.outline.places
    for rule in draft.moves:
        unknown = [name for name in _named(rule) if name not in places]
        if unknown:
            yield Fault(
                "unknown_place",
                str(rule),
                f"there is no stage, region or room {listed([repr(name) for name in unknown])}.",
            )
        if not rule.at:
            yield Fault("unknown_place", str(rule), "the rule names no place to start from.")
        if unknown or isinstance(rule, Forbid):
            continue
        for name in rule.at:
            yield from _condition(rule, places[name], draft.outline)
            if isinstance(rule, Move):
                yield from _target(rule, places[name], [places[to] for to in rule.to])


def _named(rule: Rule) -> tuple[str, ...]:
    """Every place that a rule names."""
    return rule.at if isinstance(rule, Forbid) else (*rule.at, *rule.to, *rule.when, *rule.unless)


def _condition(rule: Move | Stay, at: Place, outline: Outline) -> Iterator[Fault]:
    for name in (*rule.when, *rule.unless):
        place = outline.places[name]
        apart = place.region != at.region or at.name in place.within
        if place.stage is None or place.room is not at.room or not apart:
            yield Fault(
                "bad_condition",
                str(rule),
                f"{name!r} is no stage inside {at.name!r} or in another region of its room, so "
                f"the condition says nothing.",
            )


def _target(move: Move, at: Place, to: list[Place]) -> Iterator[Fault]:
    if not to:
        yield Fault("bad_target", str(move), "the move leads nowhere; name a stage, or use Stay.")
        return
    if any(place.stage is None and place.within for place in to):
        yield Fault("bad_target", str(move), "a move leads to a stage or a room, not to a region.")
    regions = [place.region for place in to]
    several = len(to) > 1
    if several and (
        len(set(regions)) < len(regions) or None in regions or len({p.room for p in to}) > 1
    ):
        yield Fault(
            "bad_target",
            str(move),
            "several targets must be stages in different regions of one room.",
        )
    room = to[0].room
    if (
        not several
        and room is at.room
        and None not in (at.region, to[0].region)
        and to[0].region != at.region
    ):
        yield Fault(
            "crosses_regions",
            str(move),
            f"a move from {at.name!r} cannot lead into another region of its room, which would "
            f"reset both; give the other region a move of its own.",
        )
    if at.room is Room.CUSTOMER and room is Room.PROSPECT:
        yield Fault(
            "leaves_without_departure",
            str(move),
            "a customer does not become a prospect again without a departure; lead the move to "
            "the room 'former' first.",
        )


def _clashes(draft: Draft) -> Iterator[Fault]:
    outline = draft.outline
    by_place: dict[tuple[str, str], list[Rule]] = {}
    for rule in draft.moves:
        for name in rule.at:
            by_place.setdefault((name, rule.on), []).append(rule)
    for (name, event), rules in by_place.items():
        place = outline.places.get(name)
        if place is None:
            continue
        for first, second in combinations(rules, 2):
            if _overlap(first, second, name, outline.states):
                yield Fault(
                    "two_moves",
                    name,
                    f"two rules answer {event!r} here: '{first}' and '{second}'. Keep one, or give "
                    f"them conditions that exclude each other.",
                )
        for outer in place.within:
            for forbid in by_place.get((outer, event), ()):
                if isinstance(forbid, Forbid):
                    yield Fault(
                        "contradiction",
                        name,
                        f"'{rules[0]}' answers {event!r} inside a place that forbids it: "
                        f"'{forbid}'. Forbid it only where no rule inside answers.",
                    )


def _overlap(first: Rule, second: Rule, name: str, states: Iterable[State]) -> bool:
    if isinstance(first, Forbid) or isinstance(second, Forbid):
        return True
    return any(
        state.is_in(name) and applies(first, state) and applies(second, state) for state in states
    )


def applies(rule: Move | Stay, state: State) -> bool:
    """Whether the condition of a rule holds in a state."""
    return all(map(state.is_in, rule.when)) and not any(map(state.is_in, rule.unless))


def _conflicts(draft: Draft) -> Iterator[Fault]:
    """Moves of two regions of which only one can happen, since one leaves the room."""
    outline = draft.outline
    places = outline.places
    rules = _by_place(draft)
    for state in outline.states:
        for event in dict.fromkeys(rule.on for rule in draft.moves):
            answers = {
                leaf: answer
                for leaf in state.stages
                if (answer := _answer(places[leaf], event, state, rules, places))
            }
            for (one, first), (two, second) in combinations(answers.items(), 2):
                nested = first[0] in places[two].within or second[0] in places[one].within
                if not nested and (_leaves(first, places) or _leaves(second, places)):
                    yield Fault(
                        "conflicting_regions",
                        f"{first[0]} and {second[0]}",
                        f"'{first[1]}' and '{second[1]}' can both answer, but where one leaves "
                        f"the room only one can happen; make it one rule of the room, or give "
                        f"them conditions that exclude each other.",
                    )


def _answer(
    leaf: Place,
    event: str,
    state: State,
    rules: dict[str, list[Rule]],
    places: Mapping[str, Place],
) -> tuple[str, Move] | None:
    """The move that answers an event in one leaf of a state, and where it stands."""
    for name in leaf.chain:
        for rule in rules.get(name, ()):
            if rule.on != event or isinstance(rule, Forbid) or not applies(rule, state):
                continue
            if isinstance(rule, Stay):
                return None
            if stays_in_region(rule, places[name], places) in (None, leaf.region):
                return name, rule
    return None


def stays_in_region(move: Move, at: Place, places: Mapping[str, Place]) -> str | None:
    """The region inside which a move happens, None where it leaves it or resets the room."""
    to = places[move.to[0]]
    inside = len(move.to) == 1 and to.stage is not None and to.room is at.room
    return to.region if inside else None


def _leaves(answer: tuple[str, Move], places: Mapping[str, Place]) -> bool:
    name, move = answer
    return stays_in_region(move, places[name], places) is None


def _by_place(draft: Draft) -> dict[str, list[Rule]]:
    """The rules at each place, without those that name a place which does not exist."""
    places = draft.outline.places
    found: dict[str, list[Rule]] = {}
    for rule in draft.moves:
        aimless = isinstance(rule, Move) and not rule.to
        if not aimless and all(name in places for name in _named(rule)):
            for name in rule.at:
                found.setdefault(name, []).append(rule)
    return found


def _reach(draft: Draft) -> Iterator[Fault]:
    outline = draft.outline
    if not all(draft.rooms.values()):
        return
    reached = _reachable(draft)
    for room in (Room.CUSTOMER, Room.FORMER):
        if not reached & set(outline.places[room.value].leaves):
            yield Fault(
                "room_not_entered",
                room.value,
                "no move that can happen leads into this room, and every lifecycle passes all "
                "three; add one.",
            )
    for place in outline.places.values():
        entered = reached & set(outline.places[place.room.value].leaves)
        if entered and not place.children and place.name not in reached:
            yield Fault(
                "unreachable", place.name, "no move that can happen leads to this stage; add one."
            )


def _reachable(draft: Draft) -> set[str]:
    """The leaves that moves can lead to, conditions taken as satisfiable."""
    outline = draft.outline
    places = outline.places
    rules = _by_place(draft)
    reached: set[str] = set()
    todo = list(outline.entry(Room.PROSPECT.value))
    while todo:
        leaf = todo.pop()
        if leaf in reached or leaf not in places:
            continue
        reached.add(leaf)
        for move in _effective(places[leaf], rules):
            todo += _entered(outline, places[leaf], move)
    return reached


def _effective(leaf: Place, rules: dict[str, list[Rule]]) -> Iterator[Move]:
    """The moves that can happen in a leaf: those that no inner rule always precedes."""
    settled: set[str] = set()
    for name in leaf.chain:
        here = rules.get(name, ())
        yield from (rule for rule in here if isinstance(rule, Move) and rule.on not in settled)
        settled |= {
            rule.on for rule in here if isinstance(rule, Forbid) or not (rule.when or rule.unless)
        }


def _entered(outline: Outline, leaf: Place, move: Move) -> Iterator[str]:
    for name in move.to:
        yield from outline.entry(name)
    target = outline.places[move.to[0]]
    if target.room is not leaf.room:
        taken = {outline.places[name].region for name in move.to}
        for region in outline.regions[target.room]:
            if region not in taken and region in outline.places:
                yield from outline.entry(region)


def _views(draft: Draft) -> Iterator[Fault]:
    names = [view.name for view in draft.views]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Fault("duplicate_view", name, "two views have this model; keep one.")
    for view in draft.views:
        yield from _view(view, draft.outline)


def _view(view: View, outline: Outline) -> Iterator[Fault]:
    values = [value for _, value in view.of] + [value for pair in view.moves for value in pair]
    strangers = [v for v in values if v is not None and not isinstance(v, view.model)]
    if strangers:
        yield Fault(
            "view_bad_value",
            view.name,
            f"{listed(sorted({repr(v) for v in strangers}))} is no value of {view.name}.",
        )
    unknown = [name for name, _ in view.of if name not in outline.places]
    if unknown:
        yield Fault(
            "unknown_place",
            view.name,
            f"there is no stage, region or room {listed([repr(name) for name in unknown])}.",
        )
    silent = [str(state) for state in outline.states if not view.images(state)]
    if silent:
        yield Fault(
            "view_not_total",
            view.name,
            f"the view says nothing of {listed(silent)}; give a value, or None to say so.",
        )
    torn = [str(state) for state in outline.states if len(view.images(state)) > 1]
    if torn:
        yield Fault(
            "view_ambiguous",
            view.name,
            f"the view says two things of {listed(torn)}; let one region speak.",
        )
