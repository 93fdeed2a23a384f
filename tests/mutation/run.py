"""Mutation testing: does a test fail for every slip in a rule, and in a sample of all code?

``python tests/mutation/run.py`` makes each mutant of the rules in a copy of the tree, one at a
time, and runs the tests of the rules over it. ``--sample 300 --seed 9`` draws 300 mutants from all
modules; the module's own tests judge each first, and then the wider suite.

A mutant that no test fails for is a survivor. The run fails where the survivors are not those of
``survivors.toml``, each with its reason, and below the `BOUND`. The score leaves out survivors that
are equivalent or change only the speed: no test could fail for them.

The rendered pages of the documentation take no part: they change with every change of a rule,
right or wrong. Neither do the laws that sample, which would kill a mutant by luck.
"""

import os
import re
import sys
import tomllib
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter

from cosmic_ray import plugins
from cosmic_ray.ast import get_ast_from_path
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.operators.operator import Example
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult
from operators import Node, Provider, callee

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from tests.layout import mirrors  # noqa: E402 - the root is no package of its own
from tests.layout import modules as all_modules  # noqa: E402

BOUND = 95
"""So many mutants of a hundred must be killed."""
SAME = ("Equivalent", "Only speed")
"""How the reason of a survivor begins where the mutant behaves as the rule does."""
MODULES = [
    f"src/custlife/{name}.py"
    for name in (
        "lifecycle/default",
        "departure_kind",
        "severity",
        "departure_rules",
        "causes",
        "departures",
        "decisions/tables",
        "decisions/predicates",
        "decisions/evidence",
        "strategy/bills",
        "strategy/facts",
        "strategy/inputs",
        "strategy/guidance",
        "strategy/reputation",
        "strategy/selectors/buttle",
        "strategy/value",
    )
]
"""The modules of rules, whose mutants are all tried; their own tests come first."""
LAWS = "tests/properties/test_laws.py::test_"
TESTS = [
    *(
        f"{LAWS}the_default_lifecycle_keeps_every_law[{law}]"
        for law in ("table_equals_chart", "views_are_homomorphisms", "totality")
    ),
    f"{LAWS}the_default_lifecycle_is_proven",
    f"{LAWS}no_declared_move_of_a_view_is_idle",
    *sorted({test for module in MODULES for test in mirrors(module)}),
    "tests/unit/test_relationship.py",
    "tests/unit/test_codec.py",
    *MODULES,
    "tests/unit/test_doors.py",
]
"""All tests of the rules, the examples in the modules' docstrings and the doors included."""
WIDER = '-m "not slow" tests/unit tests/rules tests/properties ' + " ".join(
    f"--ignore=tests/unit/{name}.py"
    for name in (
        "test_docs",
        "test_examples",
        "test_house",
        "strategy/selectors/test_installed_plugin",
    )
)
"""The tests that judge a sampled mutant after its module's own; pages, examples and what is slow
take no part."""
PYTEST = f"{sys.executable} -m pytest -x -q -p no:cacheprovider"
BARE = "--noconftest -p no:hypothesispytest -o addopts=--import-mode=importlib"
"""A module's own tests need neither hypothesis nor examples, and start in half the time."""
LIMIT = 90
"""After so many seconds a mutant counts as killed; a sound tree needs about twenty. A sample runs
more tests, and has four times as long."""
POINTLESS = re.compile(
    r"core/Replace(ComparisonOperator_(Is|IsNot)_(?!Is)|ComparisonOperator_(?!Is)\w+_Is"
    r"|BinaryOperator_Add)"
)
"""Identity for equality, which is the same for enums; and any other sign for a plus between texts,
which always fails."""
SOURCES = {"IMH", "KAL", "CHE", "BUT", "EFR"}


tree_of = cache(get_ast_from_path)


def command(*modules: str) -> str:
    """The tests of these modules, and then, if they pass, those of all rules."""
    own = " ".join(test for module in modules for test in mirrors(module))
    return f"sh -c '{PYTEST} {BARE} {own} && {PYTEST} {' '.join(TESTS)}'"


def command_of_a_sample(*modules: str) -> str:
    """The tests and examples of these modules, and then, if they pass, the wider suite."""
    own = " ".join(test for module in modules for test in (*mirrors(module), module))
    return f"sh -c '{PYTEST} {own} && {PYTEST} {WIDER}'"


def is_rule(item: WorkItem) -> bool:
    """Whether a mutant touches a rule: no signature, no type, and no number of a source."""
    mutation = item.mutations[0]
    node = tree_of(mutation.module_path).get_leaf_for_position(mutation.start_pos)
    while node is not None and not _is_beside_the_rules(node):
        node = node.parent
    return node is None and not POINTLESS.match(mutation.operator_name)


def _is_beside_the_rules(node: Node) -> bool:
    before = node.get_previous_sibling() if node.parent is not None else None
    sign = getattr(before, "value", None)
    if node.type == "trailer":
        return sign in SOURCES
    annotation = sign == "->" or (sign == ":" and node.parent.type == "annassign")
    return annotation or node.type == "parameters" or callee(node) == "TypeVar"


def failing_examples() -> list[Example]:
    """The examples of our own operators that do not come out as written."""
    return [
        example
        for operator in Provider.operators.values()
        for example in operator.examples()
        if example.post_mutation_code
        != mutate_code(example.pre_mutation_code, operator(), example.occurrence)
    ]


def settle(desks: Path) -> None:
    """Give this worker a copy of the tree to itself, and let it work there."""
    plugins.OPERATOR_PROVIDERS["rules"] = Provider()
    desk = Path(mkdtemp(dir=desks))
    for name in ("src", "tests"):
        copytree(ROOT / name, desk / name, ignore=ignore_patterns("__pycache__", "mutation"))
    for name in ("pyproject.toml", "conftest.py"):
        (desk / name).write_bytes((ROOT / name).read_bytes())
    os.chdir(desk)
    os.environ |= {"PYTHONPATH": str(desk / "src"), "HYPOTHESIS_PROFILE": "dev"}


def try_one(item: WorkItem, tests: str, limit: int) -> WorkResult:
    """Make a mutant at this worker's desk, test it, and undo it."""
    return mutate_and_test(item.mutations, tests, limit)


def run(given: Namespace, session: WorkDB, desks: Path) -> None:
    """Test all mutants of the modules, or a sample of them; the session keeps the results."""
    if failed := failing_examples():
        sys.exit(f"An operator does not do what it says: {failed}")
    settle(desks)
    tests, limit = (command_of_a_sample, 4 * LIMIT) if given.sample else (command, LIMIT)
    outcome, output = run_tests(tests(*given.modules), 5 * limit)
    if outcome is not TestOutcome.SURVIVED:
        sys.exit(f"The tests must pass before anything is mutated:\n{output}")
    init([Path(module) for module in given.modules], session, {})
    items = [item for item in session.work_items if is_rule(item)]
    if given.sample:
        order = sorted(items, key=lambda item: repr(item.mutations))
        items = Random(given.seed).sample(order, min(given.sample, len(order)))  # noqa: S311
    with ProcessPoolExecutor(given.workers, initializer=settle, initargs=(desks,)) as pool:
        jobs = {
            pool.submit(
                try_one, item, tests(str(item.mutations[0].module_path)), limit
            ): item.job_id
            for item in items
        }
        for done, job in enumerate(as_completed(jobs), start=1):
            session.set_result(jobs[job], job.result())
            if job.result().test_outcome is TestOutcome.SURVIVED:
                print(f"\n{job.result().diff}", file=sys.stderr)
            print(f"\r{done} of {len(items)} mutants", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def changed(result: WorkResult) -> str:
    """What a mutant changes: the lines before and after, without their place."""
    lines = (result.diff or "").splitlines()
    kept = [line for line in lines if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}]
    return "\n".join(f"{line[0]} {line[1:].strip()}".strip() for line in kept)


def explained(modules: list[str], reasons: str | tuple[str, ...] = "") -> Counter[tuple[str, str]]:
    """The survivors that are known for reasons that begin so: module, change, and how often."""
    known = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))
    return Counter(
        {
            (entry["module"], change.strip()): entry.get("times", 1)
            for entry in known["survivor"]
            for change in entry["changes"]
            if entry["module"] in modules and entry["reason"].strip().startswith(reasons)
        }
    )


def report(session: WorkDB, modules: list[str], *, sampled: bool) -> Iterator[str]:
    """Print the score and the survivors; yield what is wrong with them."""
    tried, killed, survivors = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for item, result in session.completed_work_items:
        module = str(item.mutations[0].module_path)
        if result.test_outcome not in {TestOutcome.KILLED, TestOutcome.SURVIVED}:
            yield f"{module}: {item.mutations[0]} was not tried: {result.output}"
        tried[module] += 1
        killed[module] += result.is_killed
        if not result.is_killed:
            survivors[module, changed(result)] += 1
    print("| module | mutants | killed | score |", "|---|---:|---:|---:|", sep="\n")
    for name in [*(module for module in modules if tried[module]), "all"]:
        of, dead = (n.total() if name == "all" else n[name] for n in (tried, killed))
        score = 100 * dead / max(of, 1)
        print(f"| {name.removeprefix('src/custlife/')} | {of} | {dead} | {score:.1f} % |")
    known, same = explained(modules), (survivors & explained(modules, SAME)).total()
    score = 100 * killed.total() / max(tried.total() - same, 1)
    print(f"\n{survivors.total()} survivors, {(survivors & known).total()} of them explained.")
    print(f"Without the {same} that no test could fail for, the score is {score:.1f} %.")
    if score < BOUND:
        yield f"The score is below {BOUND} %."
    for (module, what), times in sorted((survivors - known).items()):
        yield f"{module}: not explained, {times} times:\n{what}"
    for (module, what), times in [] if sampled else sorted((known - survivors).items()):
        yield f"{module}: killed by now, {times} times:\n{what}"


def main() -> None:
    """Run from the command line."""
    parser = ArgumentParser(description="Mutation testing: of all rules, or a sample of all code.")
    parser.add_argument("modules", nargs="*", help="those of rules; for a sample, all")
    parser.add_argument("--sample", type=int, default=0, help="try so many mutants, drawn by lot")
    parser.add_argument("--seed", type=int, default=9, help="the seed of the lot")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    given.modules = given.modules or (all_modules() if given.sample else MODULES)
    begun = perf_counter()
    with TemporaryDirectory() as desks, use_db(Path(desks, "session.sqlite")) as session:
        run(given, session, Path(desks))
        wrong = list(report(session, given.modules, sampled=bool(given.sample)))
        print(f"{(perf_counter() - begun) / 60:.0f} minutes.", *wrong, sep="\n\n")
        os.chdir(ROOT)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
