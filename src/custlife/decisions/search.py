"""Facts for which predicates come out as wanted, found without trying every combination.

For each group of facts that hang together the search keeps the set of values that are still
possible, and narrows it until every predicate is sure to come out as wanted. It tries one answer of
one comparison at a time, never one value. An unknown fact is a value like any other.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, Union, cast

from attrs import define, field, frozen

from custlife.decisions.evidence import facts_of
from custlife.decisions.predicates import Facts, Negation, Predicate, Quorum

Values = tuple[object, ...]
"""A value for each fact of a group, None where it is unknown."""
Answers = int
"""Answers of a predicate: the sum of some of `YES`, `NO` and `OPEN`."""

YES, NO, OPEN = 1, 2, 4
NOT_YES, NOT_NO = NO | OPEN, YES | OPEN
_CODE = {True: YES, False: NO, None: OPEN}
_NEVER_YES, _NEVER_NO = (NO, OPEN, NOT_YES), (YES, OPEN, NOT_NO)

_Masks = tuple[int, int, int]
"""The values of a group for which a comparison holds, fails and is undecided, as bits."""


class TooManyChoices(Exception):
    """The search took more partial choices of facts than it may."""


def _known(values: Values) -> int:
    return sum(_known(one) if isinstance(one, tuple) else one is not None for one in values)


def _sorted(values: Iterable[Values]) -> tuple[Values, ...]:
    return tuple(sorted(values, key=_known))


@define(eq=False)
class Group:
    """Facts that hang together, and every combination of values that they can have.

    Attributes:
        names: The facts.
        values: The combinations. Those with the fewest known facts come first.

    Examples:
        >>> Group(("profit",), [(0,), (None,), (100,)]).values
        ((None,), (0,), (100,))
    """

    names: tuple[str, ...]
    values: tuple[Values, ...] = field(converter=_sorted)
    known: tuple[int, ...] = field(init=False, repr=False)
    """How many facts are known in each combination."""
    _asked: dict[Hashable, _Masks] = field(init=False, repr=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.known = tuple(map(_known, self.values))

    def facts(self, number: int, side: int) -> Facts:  # noqa: ARG002 - see Rise
        """The facts of one combination."""
        return dict(zip(self.names, self.values[number], strict=True))

    def agreeing(self, number: int, names: Collection[str]) -> int:
        """The combinations that agree with one in these facts; the others are unknown if they can.

        Args:
            number: The one.
            names: The facts.
        """
        like: Sequence[int] = range(len(self.values))
        for place, name in sorted(enumerate(self.names), key=lambda one: one[1] not in names):
            wanted = self._column(number, place) if name in names else None
            fewer = [one for one in like if self._column(one, place) == wanted]
            like = fewer or like
        return sum(1 << one for one in like)

    def _column(self, number: int, place: int) -> object:
        return self.values[number][place]

    def masks(self, atom: Predicate, side: int) -> _Masks:
        """The combinations for which a comparison holds, fails and is undecided."""
        try:
            found = self._asked.get((atom, side))
        except TypeError:  # a value of the app's own may have no hash
            return self._ask(atom, side)
        if found is None:
            found = self._asked[atom, side] = self._ask(atom, side)
        return found

    def _ask(self, atom: Predicate, side: int) -> _Masks:
        yes = no = open_ = 0
        for number in range(len(self.values)):
            answer = atom.holds(self.facts(number, side))
            if answer is None:
                open_ |= 1 << number
            elif answer:
                yes |= 1 << number
            else:
                no |= 1 << number
        return yes, no, open_


class Rise(Group):
    """A group on two sides: each of its values is a pair of combinations."""

    def facts(self, number: int, side: int) -> Facts:
        """The facts of one combination on one side, 0 or 1."""
        return dict(zip(self.names, self._pair(number)[side], strict=True))

    def _column(self, number: int, place: int) -> object:
        low, high = self._pair(number)
        return None if low[place] is None and high[place] is None else (low[place], high[place])

    def _pair(self, number: int) -> Sequence[Values]:
        return cast("Sequence[Values]", self.values[number])


class _Free(Group):
    """A comparison of which nothing is assumed: it comes out as it likes."""

    def facts(self, number: int, side: int) -> Facts:  # noqa: ARG002 - there are none
        return {}

    def masks(self, atom: Predicate, side: int) -> _Masks:  # noqa: ARG002 - there is one only
        return YES, NO, OPEN


class _Leaf(NamedTuple):
    """A comparison: the number of its group, and the values by its answer."""

    group: int
    yes: int
    no: int
    open: int


class _Needs(NamedTuple):
    """So many of the parts hold; one part that is sure to give this answer decides."""

    needed: int
    parts: "tuple[Node, ...]"
    decisive: Answers


Node = Union[_Leaf, _Needs]  # noqa: UP007 - the one contains the other
"""A predicate as the search reads it."""
Demand = tuple[Node, Answers]
"""A predicate, and the answers that are wanted of it."""


class Wanted(NamedTuple):
    """A predicate before it is read, and the answers that are wanted of it.

    Attributes:
        predicate: The predicate.
        answers: The answers.
        side: The side of a `Rise` that it is about.
    """

    predicate: Predicate
    answers: Answers
    side: int = 0


class Given(NamedTuple):
    """What is wanted in any case: what is not sure yet, and what it leaves of each group."""

    left: tuple[Demand, ...]
    masks: tuple[int, ...]

    def may_hold(self, node: Node) -> bool:
        """Whether a predicate is not known to come out otherwise."""
        return bool(_answers(node, self.masks) & YES)


@define(eq=False)
class Budget:
    """How many partial choices are left to try."""

    left: int

    def spend(self) -> None:
        """Try one.

        Raises:
            TooManyChoices: If none is left.
        """
        self.left -= 1
        if self.left < 0:
            raise TooManyChoices


@frozen
class Found:
    """What was found.

    Attributes:
        known: How many facts are known in it.
        picked: For each group the number of its combination.
    """

    space: "Space" = field(repr=False)
    known: int
    picked: tuple[int, ...]

    def facts(self, side: int = 0, names: Collection[str] | None = None) -> dict[str, object]:
        """Every fact, None where it is unknown or is not among those that are named."""
        found: dict[str, object] = {}
        for group, number in zip(self.space.groups, self.picked, strict=True):
            found |= group.facts(number, side)
        kept = found if names is None else names
        return {name: value if name in kept else None for name, value in found.items()}

    def needed(self, wanted: Sequence[Wanted], keep: Collection[str] = ()) -> dict[str, object]:
        """The known facts that matter: the others can be unknown, or anything where they cannot.

        Args:
            wanted: The predicates that come out as wanted for these facts.
            keep: Facts that are kept in any case.
        """
        demands = [(self.space.read(one.predicate, one.side), one.answers) for one in wanted]
        known = {name: value for name, value in self.facts().items() if value is not None}
        names = [*known]
        masks = [1 << number for number in self.picked]
        for place, (group, number) in enumerate(zip(self.space.groups, self.picked, strict=True)):
            for name in group.names:
                fewer = [other for other in names if other != name]
                if name not in names or name in keep or not self._show(wanted, fewer):
                    continue
                before, masks[place] = masks[place], group.agreeing(number, fewer)
                if any(_answers(node, masks) & ~answers for node, answers in demands):
                    masks[place] = before
                else:
                    names = fewer
        return {name: known[name] for name in names}

    def _show(self, wanted: Iterable[Wanted], names: Collection[str]) -> bool:
        """Whether these facts alone make predicates come out as wanted."""
        sides = [self.facts(side, names) for side in (0, 1)]
        return all(_CODE[one.predicate.holds(sides[one.side])] & one.answers for one in wanted)


def _listed(groups: Iterable[Group]) -> list[Group]:
    return [*groups]


@define(eq=False)
class Space:
    """Everything that facts can be, and a search in it.

    Attributes:
        groups: The groups. Every fact that a predicate reads is in one, and all facts that one
            comparison reads are in the same.
        free: Predicates of the app's own that may come out as they like.

    Examples:
        >>> from custlife.decisions.predicates import all_of, at_least, is_, not_
        >>> space = Space([
        ...     Group(("key",), [(None,), (True,), (False,)]),
        ...     Group(("profit",), [(None,), (99,), (100,)]),
        ... ])
        >>> rich = space.read(all_of(not_(is_("key", False)), at_least("profit", 100)))
        >>> space.find([(rich, YES)], Budget(100)).facts()
        {'key': True, 'profit': 100}
        >>> space.find([(rich, OPEN)], Budget(100)).facts()
        {'key': None, 'profit': None}
    """

    groups: list[Group] = field(converter=_listed)
    free: Collection[Predicate] = ()
    _of: dict[Hashable, int] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._of = {name: number for number, one in enumerate(self.groups) for name in one.names}
        for key in ((id(atom), side) for atom in self.free for side in (0, 1)):
            self._of[key] = len(self.groups)
            self.groups.append(_Free((), [(None,)] * 3))

    def read(self, predicate: Predicate, side: int = 0) -> Node:
        """A predicate as the search reads it.

        Args:
            predicate: The predicate.
            side: The side of a `Rise` that it is about.
        """
        return self._read(predicate, side, turned=False)

    def _read(self, predicate: Predicate, side: int, *, turned: bool) -> Node:
        if isinstance(predicate, Negation):
            return self._read(predicate.part, side, turned=not turned)
        if isinstance(predicate, Quorum):
            parts = tuple(self._read(part, side, turned=turned) for part in predicate.parts)
            needed = len(parts) - predicate.needed + 1 if turned else predicate.needed
            decisive = NO if needed == len(parts) else YES if needed == 1 else 0
            return _Needs(needed, parts, decisive)
        number = self._group(predicate, side)
        yes, no, open_ = self.groups[number].masks(predicate, side)
        return _Leaf(number, no, yes, open_) if turned else _Leaf(number, yes, no, open_)

    def _group(self, atom: Predicate, side: int) -> int:
        if any(atom is one for one in self.free):
            return self._of[id(atom), side]
        return self._of[facts_of(atom)[0]]

    def given(self, demands: Iterable[Demand], more: Given | None = None) -> Given | None:
        """What is wanted in any case, narrowed once for all searches; None where it cannot be.

        Args:
            demands: The predicates, each with the answers that are wanted.
            more: What is wanted beside.
        """
        more = more or self._everything
        masks = [*more.masks]
        left = _narrowed((*demands, *more.left), masks)
        return None if left is None else Given(tuple(left), tuple(masks))

    @property
    def _everything(self) -> Given:
        return Given((), tuple((1 << len(group.values)) - 1 for group in self.groups))

    def find(
        self,
        demands: Iterable[Demand],
        budget: Budget,
        *,
        given: Given | None = None,
        fewer_than: int | None = None,
        simplest: bool = True,
    ) -> Found | None:
        """Facts for which every predicate comes out as wanted; None where there are none.

        Args:
            demands: The predicates, each with the answers that are wanted; the hardest come first.
            budget: How many partial choices may be tried.
            given: What is wanted beside.
            fewer_than: So many facts are more than may be known; any number if left out.
            simplest: Whether to look for the fewest known facts; else any will do.

        Raises:
            TooManyChoices: If the budget is spent before anything was found.
        """
        given = given or self._everything
        search = _Search(self, budget, simplest, fewer_than)
        try:
            search.go((*demands, *given.left), [*given.masks])
        except TooManyChoices:
            if search.best is None:
                raise
        return search.best


@define(eq=False)
class _Search:
    space: Space
    budget: Budget
    simplest: bool
    fewer_than: int | None
    best: Found | None = None

    def go(self, pending: Sequence[Demand], masks: list[int]) -> None:
        """Try what is left; the masks are the values of each group that are still possible."""
        self.budget.spend()
        left = _narrowed(pending, masks)
        if left is None:
            return
        picked = tuple((mask & -mask).bit_length() - 1 for mask in masks)
        known = sum(
            group.known[number] for group, number in zip(self.space.groups, picked, strict=True)
        )
        if self.fewer_than is not None and known >= self.fewer_than:
            return
        if not left:
            self.best = Found(self.space, known, picked)
            self.fewer_than = known if self.simplest else 0
            return
        for number, part in _splits(left, masks):
            self.go(left, [*masks[:number], part, *masks[number + 1 :]])


def _narrowed(pending: Sequence[Demand], masks: list[int]) -> Sequence[Demand] | None:
    """What is not sure yet, once all is left out that cannot be; None where nothing is left."""
    before: list[int] = []
    while before != masks:
        before = [*masks]
        left: list[Demand] = []
        for demand in pending:
            node, wanted = demand
            answers = _answers(node, masks)
            if not answers & wanted:
                return None
            if answers & ~wanted:
                if not _narrow(node, wanted, masks):
                    return None
                left.append(demand)
        pending = left
    return pending


def _answers(node: Node, masks: Sequence[int]) -> Answers:
    """The answers that a predicate may still give; perhaps more, where parts read the same."""
    if isinstance(node, _Leaf):
        mask = masks[node.group]
        yes, no = YES if mask & node.yes else 0, NO if mask & node.no else 0
        return yes | no | (OPEN if mask & node.open else 0)
    parts = []
    for part in node.parts:
        answers = _answers(part, masks)
        if answers == node.decisive:
            return answers
        parts.append(answers)
    return _joint(node, parts)


def _joint(node: _Needs, parts: Sequence[Answers]) -> Answers:
    """The answers of a whole by those of its parts."""
    needed, spare = node.needed, len(parts) - node.needed
    sure_yes, sure_no, open_ = parts.count(YES), parts.count(NO), parts.count(OPEN)
    answers = YES if sure_no + open_ + parts.count(NOT_YES) <= spare else 0
    if sure_yes + open_ + parts.count(NOT_NO) < needed:
        answers |= NO
    decided = sure_yes + sure_no + parts.count(YES | NO)
    if sure_yes < needed and sure_no <= spare and decided < len(parts):
        answers |= OPEN
    return answers


def _narrow(node: Node, wanted: Answers, masks: list[int]) -> bool:
    """Leave out values that keep a predicate from every wanted answer; False where none is left.

    Not all of them are found: only those that one part alone decides.
    """
    if isinstance(node, _Leaf):
        keep = node.yes * (wanted & YES) | node.no * (wanted // NO & 1)
        masks[node.group] &= keep | node.open * (wanted // OPEN)
        return masks[node.group] != 0
    parts = [_answers(part, masks) for part in node.parts]
    return all(
        _narrow(part, less, masks)
        for less, but in _less(node, wanted, parts)
        for part, answers in zip(node.parts, parts, strict=True)
        if answers not in but
    )


def _less(
    node: _Needs, wanted: Answers, parts: Sequence[Answers]
) -> Iterator[tuple[Answers, tuple[Answers, ...]]]:
    """What parts must answer, but for those whose answers are these, given what others answer."""
    needed, spare = node.needed, len(parts) - node.needed
    if not wanted & YES and parts.count(YES) == needed - 1:
        yield NOT_YES, (YES,)
    if not wanted & NO and parts.count(NO) == spare:
        yield NOT_NO, (NO,)
    if wanted == YES and sum(map(parts.count, _NEVER_YES)) == spare:
        yield YES, _NEVER_YES
    if wanted == NO and sum(map(parts.count, _NEVER_NO)) == needed - 1:
        yield NO, _NEVER_NO


def _splits(pending: Sequence[Demand], masks: Sequence[int]) -> list[tuple[int, int]]:
    """The values of one group by the answers of one comparison, the most promising first.

    It is a comparison of the predicate with the fewest parts that are not sure.
    """
    node, wanted = min(pending, key=lambda demand: len(_unsure(demand[0], masks)))
    while isinstance(node, _Needs):
        node = _unsure(node, masks)[0]
    order = (node.yes, node.open, node.no) if wanted & YES else (node.open, node.no, node.yes)
    parts = [masks[node.group] & part for part in order]
    return [(node.group, part) for part in parts if part]


def _unsure(node: Node, masks: Sequence[int]) -> list[Node]:
    """The parts of a predicate that can still come out in several ways."""
    parts = node.parts if isinstance(node, _Needs) else (node,)
    return [part for part in parts if _answers(part, masks) not in (YES, NO, OPEN)]
