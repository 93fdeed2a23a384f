"""What decides a predicate: the comparisons that suffice, and the facts that are missing."""

from collections.abc import Iterable, Iterator

from custlife.decisions.predicates import Facts, Negation, Predicate, Quorum


def unknown_facts(predicate: Predicate, facts: Facts) -> frozenset[str]:
    """The unknown facts that leave a predicate undecided; none where it is decided.

    Of a predicate of the app's own it is known only where it has the attribute ``facts``.

    Examples:
        >>> from custlife.decisions.predicates import all_of, any_of, is_
        >>> both = all_of(is_("a", 1), any_of(is_("b", 1), is_("c", 1)))
        >>> unknown_facts(both, {"b": 1})
        frozenset({'a'})
    """
    if predicate.holds(facts) is not None:
        return frozenset()
    if isinstance(predicate, Quorum):
        return frozenset().union(*(unknown_facts(part, facts) for part in predicate.parts))
    if isinstance(predicate, Negation):
        return unknown_facts(predicate.part, facts)
    return frozenset(name for name in facts_of(predicate) if facts.get(name) is None)


def facts_of(atom: Predicate) -> tuple[str, ...]:
    """The facts that a comparison reads; of an app's own, those in its ``facts``.

    Examples:
        >>> from custlife.decisions.predicates import exceeds
        >>> facts_of(exceeds("benefit", "cost"))
        ('benefit', 'cost')
    """
    return tuple(getattr(atom, "facts", ()))


def decided_facts(atoms: Iterable[Predicate], facts: Facts) -> Iterator[str]:
    """The facts of those comparisons that are decided, in order; a fact may come again.

    Examples:
        >>> from custlife.decisions.predicates import is_
        >>> [*decided_facts([is_("a", 1), is_("b", 1)], {"a": 2})]
        ['a']
    """
    for atom in atoms:
        if atom.holds(facts) is not None:
            yield from facts_of(atom)


def support(
    predicate: Predicate, facts: Facts, *, answer: bool, sure: bool = True
) -> tuple[Predicate, ...]:
    """Comparisons that suffice for what a predicate answers, whatever the others give.

    Args:
        predicate: The predicate.
        facts: The facts.
        answer: What it answers.
        sure: Whether that is its answer. If not, it is only known not to answer the opposite.

    Returns:
        As few as are needed, decided ones first. A predicate of the app's own suffices by itself.

    Examples:
        >>> from custlife.decisions.predicates import any_of, is_
        >>> either = any_of(is_("a", 1), is_("b", 1))
        >>> [str(atom) for atom in support(either, {"a": 0, "b": 1}, answer=True)]
        ['b is 1']
        >>> [str(atom) for atom in support(either, {"a": 0}, answer=False, sure=False)]
        ['a is 1', 'b is 1']
    """
    if isinstance(predicate, Negation):
        return support(predicate.part, facts, answer=not answer, sure=sure)
    if not isinstance(predicate, Quorum):
        return (predicate,)
    number = predicate.needed if answer else len(predicate.parts) - predicate.needed + 1
    answers = [(part, part.holds(facts)) for part in predicate.parts]
    deciding = [part for part, held in answers if held is answer]
    if not sure:
        deciding += [part for part, held in answers if held is None]
    return tuple(
        atom
        for part in deciding[: max(number, 0)]
        for atom in support(part, facts, answer=answer, sure=sure)
    )


def distance(predicate: Predicate, facts: Facts, *, answer: bool = True) -> int:
    """How many comparisons, at least, would have to come out otherwise for this answer.

    Examples:
        >>> from custlife.decisions.predicates import all_of, any_of, is_
        >>> both = all_of(is_("a", 1), any_of(is_("b", 1), is_("c", 1)))
        >>> distance(both, {"a": 0}), distance(both, {"a": 1, "c": 1})
        (2, 0)
    """
    if isinstance(predicate, Negation):
        return distance(predicate.part, facts, answer=not answer)
    if not isinstance(predicate, Quorum):
        return int(predicate.holds(facts) is not answer)
    number = predicate.needed if answer else len(predicate.parts) - predicate.needed + 1
    parts = sorted(distance(part, facts, answer=answer) for part in predicate.parts)
    return sum(parts[: max(number, 0)])


def lacking(predicate: Predicate, facts: Facts, *, answer: bool = True) -> tuple[Predicate, ...]:
    """The comparisons that keep a predicate from this answer: those that fail or are undecided.

    Examples:
        >>> from custlife.decisions.predicates import all_of, any_of, is_
        >>> both = all_of(is_("a", 1), any_of(is_("b", 1), is_("c", 1)))
        >>> [str(atom) for atom in lacking(both, {"a": 0, "c": 1})]
        ['a is 1']
    """
    if predicate.holds(facts) is answer:
        return ()
    if isinstance(predicate, Negation):
        return lacking(predicate.part, facts, answer=not answer)
    if not isinstance(predicate, Quorum):
        return (predicate,)
    return tuple(atom for part in predicate.parts for atom in lacking(part, facts, answer=answer))
