"""Whether a definition is specified: whether requirements and tests notice each slip in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from attrs import define, field, frozen

from custlife._checks import Check, one_of, text
from custlife.decisions.tables import DecisionTable
from custlife.errors import CustlifeError, InvalidArgument
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.lifecycle.table import to_table
from custlife.strategy.selectors.table import TableSelector
from custlife.testing.checking import Checker, Requirements, check
from custlife.testing.mutants.lifecycles import differs, mutants_of
from custlife.testing.mutants.mutant import Mutant
from custlife.testing.mutants.tables import same_answers, table_mutants
from custlife.testing.requirements.conditions import InvalidRequirement
from custlife.testing.requirements.requirement import Requirement

Table = DecisionTable[Any] | TableSelector
Definition = Lifecycle | Table
"""What can have mutants."""
Test = Callable[[Any], object]
"""A check of a definition of the user's own: it raises where something is wrong."""
_SAME = "It does the same with every event in every state."
_SAME_ANSWER = "It gives the same answer for all facts."
_STOPS = (KeyboardInterrupt, SystemExit, GeneratorExit)
_SKIPS = {"Skipped", "SkipTest"}
"""What pytest and unittest raise where a test is skipped: then it notices nothing."""
_callable = Check(callable, "a function of a definition", "Give one that raises what is wrong.")


def mutants(thing: Definition) -> Iterator[Mutant]:
    """Every small slip that a definition can have, one at a time.

    Of a lifecycle: each rule at each of its places left out, made a stay, or led to each other
    stage of its region; each forbiddance lifted; each condition left out or turned round; each
    region begun with another stage; the values of a view exchanged. Of a decision table or a
    selector that is one: each row left out, exchanged with the next, or given another outcome; each
    comparison turned round or moved over its limit, and so on.

    Args:
        thing: A lifecycle, a decision table or a `TableSelector`.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> for mutant in mutants(CUSTOMER_LIFECYCLE):
        ...     if mutant.lifecycle is not None:
        ...         break
        >>> print(mutant)
        'contacted: aware stays' is missing
    """
    if isinstance(thing, Lifecycle):
        return mutants_of(thing)
    if isinstance(thing, DecisionTable | TableSelector):
        return table_mutants(thing)
    rule, remedy = "a Lifecycle, a DecisionTable or a TableSelector", "Give one of the three."
    raise InvalidArgument("mutants()", "thing", thing, rule, remedy)


@frozen
class Score:
    """What became of all mutants of a definition. Made by `score`.

    Attributes:
        subject: The name of the definition.
        refused: The mutants that are refused when they are made.
        killed: The mutants that a requirement or a test notices, each with its name.
        equivalent: The mutants that behave as the definition does, each with the reason.
        survivors: The mutants that nothing notices.
    """

    subject: str
    refused: tuple[Mutant, ...] = field(repr=False)
    killed: tuple[tuple[Mutant, str], ...] = field(repr=False)
    equivalent: tuple[tuple[Mutant, str], ...] = field(repr=False)
    survivors: tuple[Mutant, ...]

    def __str__(self) -> str:
        parts = (self.refused, self.killed, self.equivalent, self.survivors)
        refused, killed, equivalent, survive = map(len, parts)
        lines = [
            f"Of {refused + killed + equivalent + survive} mutants of {self.subject!r}, {refused} "
            f"are refused when they are made, {killed} are noticed, {equivalent} do the same, and "
            f"{survive} survive{':' if survive else '.'}"
        ]
        return "\n".join((*lines, *(f"  - {mutant}" for mutant in self.survivors)))


@define(eq=False, slots=False)
class NotSpecified(CustlifeError, AssertionError):
    """A definition that its requirements and tests do not pin down.

    Attributes:
        problem: What is wrong, in words.
        score: What became of the mutants; None where the definition itself was at fault.
    """

    problem: str
    score: Score | None = None

    def __str__(self) -> str:
        return self.problem if self.score is None else f"{self.problem}\n{self.score}"


def score(
    thing: Definition, requirements: Requirements = (), *, tests: Test | Iterable[Test] = ()
) -> Score:
    """Try requirements and tests on every mutant of a definition.

    A mutant is noticed where a requirement does not hold of it, or a test raises.

    Args:
        thing: A lifecycle, a decision table or a `TableSelector`.
        requirements: The requirements; each must hold of the definition itself.
        tests: Functions that take a definition and raise if something is wrong with it; none may
            raise for the definition itself.

    Raises:
        NotSpecified: If a requirement does not hold of the definition, or a test fails for it.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import CUSTOMER_REQUIREMENTS
        >>> print(score(CUSTOMER_LIFECYCLE, CUSTOMER_REQUIREMENTS))
        Of 193 mutants of 'customer', 77 are refused when they are made, 103 are noticed, 13 do \
the same, and 0 survive.
    """
    chosen, functions = several(requirements), several(tests)
    for test in functions:
        _callable.argument("score", "tests", test)
    _require_sound(thing, chosen, functions)
    first_tried = [*chosen]
    refused: list[Mutant] = []
    killed: list[tuple[Mutant, str]] = []
    equivalent: list[tuple[Mutant, str]] = []
    survivors: list[Mutant] = []
    for mutant in mutants(thing):
        other = mutant.lifecycle if isinstance(thing, Lifecycle) else mutant.table
        if other is None:
            refused.append(mutant)
        elif (same := _same(thing, other)) is not None:
            equivalent.append((mutant, same))
        elif (by := _noticed(other, first_tried, functions)) is not None:
            killed.append((mutant, by))
            first_tried.sort(key=lambda one: one.name != by)  # neighbours are noticed alike
        else:
            survivors.append(mutant)
    return Score(thing.name, tuple(refused), tuple(killed), tuple(equivalent), tuple(survivors))


def _require_sound(
    thing: Definition, requirements: Iterable[Requirement], tests: Iterable[Test]
) -> None:
    report = check(thing, requirements)
    if not report.holds:
        raise NotSpecified(str(report))
    for test in tests:
        try:
            test(thing)
        except _STOPS:
            raise
        except BaseException as error:
            what = "is skipped" if type(error).__name__ in _SKIPS else "fails"
            problem = f"The test {_name(test)} {what} for {thing.name!r} itself: {error!r}."
            raise NotSpecified(problem) from error


def _same(thing: Definition, other: Definition) -> str | None:
    """Why a mutant behaves as the definition does; None where it does not."""
    if isinstance(thing, Lifecycle) and isinstance(other, Lifecycle):
        return _SAME if differs(to_table(thing), to_table(other)) is None else None
    one, two = cast("Table", thing), cast("Table", other)
    return _SAME_ANSWER if same_answers(one, two) is None else None


def _noticed(
    other: Definition, requirements: Iterable[Requirement], tests: Iterable[Test]
) -> str | None:
    """What notices a mutant: the name of a requirement or of a test."""
    checker = Checker.of(other)
    for requirement in requirements:
        try:
            holds = checker.decide(requirement).holds
        except InvalidRequirement:  # the mutant lacks what it names
            holds = False
        if not holds:
            return requirement.name
    for test in tests:
        try:
            test(other)
        except _STOPS:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a test raises; pytest's errors are no Exception
            if type(error).__name__ not in _SKIPS:
                return _name(test)
    return None


def _name(test: Test) -> str:
    return getattr(test, "__name__", None) or repr(test)


def assert_specified(
    thing: Definition,
    requirements: Requirements = (),
    *,
    tests: Test | Iterable[Test] = (),
    allow: Mapping[str, str] | None = None,
) -> None:
    """Raise unless requirements and tests notice every mutant that behaves otherwise.

    Args:
        thing: A lifecycle, a decision table or a `TableSelector`.
        requirements: The requirements.
        tests: Functions that take a definition and raise if something is wrong with it.
        allow: Mutants that may survive: each by its difference, with the reason.

    Raises:
        NotSpecified: If a mutant survives that is not allowed, or an allowed one does not survive;
            or as `score` does.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE
        >>> from custlife.testing import CUSTOMER_REQUIREMENTS
        >>> assert_specified(CUSTOMER_LIFECYCLE, CUSTOMER_REQUIREMENTS)
    """
    one_of(Mapping).or_none.argument("assert_specified", "allow", allow)
    allowed = dict(allow or {})
    for reason in allowed.values():
        text.argument("assert_specified", "allow", reason)
    found = score(thing, requirements, tests=tests)
    surviving = [mutant.difference for mutant in found.survivors]
    stale = [difference for difference in allowed if difference not in surviving]
    if stale:
        raise NotSpecified(f"No survivor is {stale[0]!r}; take it out of allow=.", found)
    left = [difference for difference in surviving if difference not in allowed]
    if left:
        slips = "1 slip" if len(left) == 1 else f"{len(left)} slips"
        problem = f"No requirement and no test notices {slips} in {thing.name!r}. Add one for each."
        raise NotSpecified(problem, found)
