"""Requirements of decision tables, and of selectors that are made of them: decided by exhaustion.

Each fact is tried beside every limit, and as unknown where it can be; `domains` says what that
means. Facts are sought for which there is an answer that must not be.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from custlife.decisions.evidence import unknown_facts
from custlife.decisions.predicates import Facts, Predicate, all_of, is_, spoken
from custlife.decisions.search import YES, Budget, Found, Given, Space, TooManyChoices, Wanted
from custlife.decisions.tables import Row
from custlife.errors import listed
from custlife.state import Room
from custlife.strategy.strategies import Strategy, fitting
from custlife.testing.requirements.conditions import Misnamed, Undecidable, parts, said
from custlife.testing.requirements.engine import Status
from custlife.testing.requirements.kinds import Always, Monotone, Never
from custlife.testing.requirements.requirement import Requirement
from custlife.testing.tables.looks import (
    MOST_CHOICES,
    Answered,
    Known,
    Look,
    cases,
    look_for,
    where,
    within_region,
)
from custlife.testing.tables.rises import decide_rise
from custlife.testing.tables.sheets import Region, Sheet, is_outcome

_EVERYWHERE = all_of()


def decide(sheet: Sheet, requirement: Requirement) -> Answered:
    """What becomes of a requirement of a table.

    Raises:
        Misnamed: If it names what is not there, or is about a lifecycle.
    """
    when = condition_of(requirement)
    sheet.require_predicate(when)
    try:
        if isinstance(requirement, Always):
            return _decide_answers(sheet, requirement, when)
        return decide_rise(sheet, cast("Monotone", requirement), when)
    except TooManyChoices:
        why = f"more than {MOST_CHOICES} partial choices of facts would have to be tried"
    except Undecidable as problem:
        why = str(problem).rstrip(".")
    return Answered(Status.UNDECIDED, why)


def condition_of(requirement: Requirement) -> Any:  # noqa: ANN401 - checked by the caller
    """The condition of a requirement about answers.

    Raises:
        Misnamed: If it is about a lifecycle.
    """
    if not isinstance(requirement, Always | Monotone):
        raise Misnamed(
            "it is about a lifecycle. Of a table say always(outcomes, when=...), "
            "never(outcomes, when=...) or monotone(fact, order=outcomes)."
        )
    is_rise = isinstance(requirement, Monotone)
    for name in ("aspect", "at") if is_rise else ("on", "at", "to"):
        if getattr(requirement, name) is not None:
            said_as = "what" if name == "aspect" else name
            raise Misnamed(f"{said_as}= is about a lifecycle. Of a table say when=, a predicate.")
    return _EVERYWHERE if requirement.when is None else requirement.when


def _decide_answers(sheet: Sheet, requirement: Always, when: Predicate) -> Answered:
    is_never = isinstance(requirement, Never)
    named = {row for part in parts(requirement.what) for row in sheet.named(part)}
    wrong = [sheet.region(n) for n in range(len(sheet.rows)) if (n in named) is is_never]
    if not is_never:
        wrong += sheet.silence

    def search(look: Look) -> tuple[Region, Found] | None:
        given, nodes = look.given([(look.read(when), YES)]), look.nodes(sheet)
        tried = [] if given is None else cases(((one, one) for one in wrong), nodes, given)
        return look.simplest(tried)

    predicates = [when, *(row.when for row in sheet.rows)]
    look, found = look_for(search, sheet.domain(when), predicates)
    if found is not None and look.own:
        return look.undecided
    if found is not None:
        region, facts = found
        known = facts.needed([Wanted(when, YES), *sheet.wanted(region)])
        because = f"{where(known)}, {sheet.say(region)}"
        right = {*region.no}.difference(*(one.yes for one in wrong))
        because += _undecided([sheet.rows[row] for row in sorted(right)], facts.facts())
        return Answered(Status.VIOLATED, because, tuple(known.items()))
    given = look.given([(look.read(when), YES)])
    if given is None or not look.can_be(given):
        return Answered(Status.VACUOUS, f"no facts are such that {when}")
    if is_never and not named:
        return Answered(Status.VACUOUS, f"no row answers {said(requirement.what)}")
    if sheet.facts is not None and _is_certain(look, given, requirement):
        some = "nothing" if is_never else "everything"
        because = f"whatever the rows, {some} that fits the rooms is {said(requirement.what)}"
        return Answered(Status.VACUOUS, because)
    return Answered(Status.HOLDS)


def _undecided(rows: Iterable[Row[Any]], facts: Facts) -> str:
    """The first of these rows that would hold if more were known, in words; perhaps nothing."""
    for row in rows:
        if row.when.holds(facts) is None:
            lacking = listed([*map(spoken, sorted(unknown_facts(row.when, facts)))])
            return f" (row {row.id} is undecided: unknown is {lacking})"
    return ""


def _is_certain(look: Look, given: Given, requirement: Always) -> bool:
    """Whether nothing that fits the rooms could break it, whatever the rows of a selector."""
    named = {part for part in parts(requirement.what) if isinstance(part, Strategy)}
    if len(named) < len(parts(requirement.what)):
        return False
    asked = {room: look.read(is_("room", room)) for room in Room}
    rooms = [room for room in Room if given.may_hold(asked[room])]
    if len(rooms) > 1:
        rooms = [room for room in rooms if look.can_be(given, (asked[room], YES))]
    fit = {strategy for room in rooms for strategy in fitting(room)}
    return not fit & named if isinstance(requirement, Never) else fit <= named


def tell_apart(one: Sheet, other: Sheet) -> Known | None:
    """Known facts for which two tables answer differently.

    Args:
        one: A table.
        other: Another one, over the same facts.

    Returns:
        None only where it is sure that they answer the same. Where predicates of the app's own, or
        too many facts, keep that from being sure, the facts may be too few, or none.
    """
    more = [row.when for row in other.rows]
    try:
        domain = one.domain(*more)
        own = domain.free([*more, *(row.when for row in one.rows)])
        look = Look(Space(domain.groups, own), Budget(MOST_CHOICES))
        nodes, others = look.nodes(one), look.nodes(other)
        found = look.first(
            case
            for this, those in _differing(one, other)
            if (given := look.given(within_region(this, nodes)))
            for case in cases((((this, that), that) for that in those), others, given)
        )
    except (TooManyChoices, Undecidable):
        return {}
    if found is None:
        return None
    (this, that), facts = found
    return facts.needed([*one.wanted(this), *other.wanted(that)])


def _differing(one: Sheet, other: Sheet) -> Iterator[tuple[Region, Sequence[Region]]]:
    """Where two tables do not answer the same; not where a row that they share contradicts it."""
    theirs = [*_ends(other)]
    for this, mine, yes, no in _ends(one):
        those = [
            that
            for that, answer, holding, failing in theirs
            if yes.isdisjoint(failing) and no.isdisjoint(holding)
            if len(mine) != len(answer) or not all(map(is_outcome, mine, answer))
        ]
        if those:
            yield this, those


def _ends(
    sheet: Sheet,
) -> Iterator[tuple[Region, tuple[object, ...], frozenset[int], frozenset[int]]]:
    """Every region, with what is answered there, and the predicates that hold and do not."""
    marks = [id(row.when) for row in sheet.rows]
    for region in (*map(sheet.region, range(len(sheet.rows))), *sheet.silence):
        answer = (
            tuple(sheet.rows[row].outcome for row in region.yes) if len(region.yes) == 1 else ()
        )
        yes, no = (frozenset(marks[row] for row in rows) for rows in region)
        yield region, answer, yes, no
