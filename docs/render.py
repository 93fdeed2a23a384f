"""Render from the library what the documentation says about it.

Some pages are rendered whole. Others hold blocks that are: what stands between a comment
``generated: NAME`` and the next comment ``end``.

    python docs/render.py           # rewrite what is stale
    python docs/render.py --check   # name what is stale, and exit with 1
"""

import argparse
import ast
import inspect
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from custlife import (
    ASSUMPTION,
    CUSTOMER_LIFECYCLE,
    DEFAULT_DEPARTURE_RULES,
    KIND_FACTS,
    SEVERITY_FACTS,
    WORKS,
    Cause,
    Predicate,
    Room,
    Row,
    Severity,
    Source,
    strategy,
    testing,
    to_diagram,
    to_table,
)
from custlife._notebook import markdown_table as table
from custlife.decisions.predicates import words
from custlife.sources import STUDIES

DOCS = Path(__file__).parent
ROOT = DOCS.parent
NOTE = "<!-- Rendered by docs/render.py from the library. Do not edit. -->"
CAUSES = """\
Why a relationship ended. The source is the row that names the cause. Whether the enterprise can
change it, which class it belongs to, and whether it means that a competitor captured the person, is
an assumption."""
SOURCES = """\
The library follows five works. This page gives each row in custlife's own words; in code, a row is
a `Source`: `IMH[6]` is the row IMH-6. The last column lists what cites the row: stages, rules,
views, causes, strategies, facts and guides. Docstrings cite rows too."""
STUDIES_ARE = """\
Where the works are silent, a rule may cite a study. Where a study contradicts a work, the rule
names it as contested."""
REQUIREMENTS_ARE = """\
What must come of all rules together. `custlife.testing.CUSTOMER_REQUIREMENTS` holds these, and the
tests prove them by going through every state and every event. Every small slip in a rule breaks one
of them."""
_NO_INPUT = {"reputation": "the market"}
"""What a fact follows from that is neither an input nor on record."""
BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def summary(thing: object) -> str:
    """The first sentence of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


# --- pages ---------------------------------------------------------------------------------


def lifecycle_page() -> str:
    """The default lifecycle in tables, and what is required of it."""
    requirements = testing.CUSTOMER_REQUIREMENTS
    return "\n\n".join(
        (
            to_diagram(CUSTOMER_LIFECYCLE, "markdown"),
            "## Requirements",
            REQUIREMENTS_ARE,
            table(
                ("id", "what must be true", "in signs", "source"),
                ((r.id, r.sentence, f"`{r}`", str(r.source)) for r in requirements),
            ),
        )
    )


def rules_page() -> str:
    """The decision tables of departures, their numbers and the causes."""
    rules = DEFAULT_DEPARTURE_RULES
    numbers = [name for name in attrs.fields_dict(type(rules)) if not name.startswith("_")]
    return "\n\n".join(
        (
            "# Rules",
            "The tables that the code evaluates. An unknown fact leaves a row undecided.",
            "## Departure kind",
            f"`DepartureRules().kinds`, hit policy {rules.kinds.hit.value}.",
            rules.kinds.to_markdown(),
            "A table of your own may name these facts:",
            meanings_table("fact", KIND_FACTS),
            "## Severity",
            f"`DepartureRules().severities`, hit policy {rules.severities.hit.value}.",
            rules.severities.to_markdown(),
            "A table of your own may name these facts:",
            meanings_table("fact", SEVERITY_FACTS),
            "What weighs: one for each step that a number below reaches, and one for a key "
            "customer. The sale is its length, cost and size. What was built up is tenure, "
            "revenue, purchases and the key customer.",
            "The scale, from the lightest to the heaviest:",
            table(("severity", "value"), ((f"`{s.name}`", str(s.value)) for s in Severity)),
            "## The numbers",
            "Give a relationship your own `DepartureRules`; override one at a time.",
            table(
                ("number", "default", "meaning"),
                (
                    (f"`{name}`", steps_in_words(getattr(rules, name)), meaning_of(rules)[name])
                    for name in numbers
                ),
            ),
            "## Causes",
            CAUSES,
            table(
                ("cause", "stored as", "changeable", "class", "captured", "source"),
                (
                    (
                        f"`{cause.name}`",
                        f"`{cause.value}`",
                        words(cause.changeable),
                        cause.defector.value if cause.defector else "unknown",
                        words(cause.captured),
                        str(cause.source),
                    )
                    for cause in Cause
                ),
            ),
        )
    )


def meanings_table(head: str, meanings: Mapping[str, str]) -> str:
    """Names with what they mean."""
    return table((head, "meaning"), ((f"`{name}`", said) for name, said in meanings.items()))


def steps_in_words(value: object) -> str:
    """One number, or several steps."""
    return ", then ".join(map(words, value)) if isinstance(value, tuple) else words(value)


def meaning_of(numbers: attrs.AttrsInstance) -> dict[str, str]:
    """What the docstring of a policy says of each of its numbers."""
    said = inspect.getdoc(type(numbers)) or ""
    found = re.findall(r"^    (\w+): ((?:.|\n {8})+)", said, re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in found}


def sources_page() -> str:
    """Every row of every work, what cites it, and what is assumed."""
    cited = defaultdict(list)
    for what, source in citations():
        cited[source].append(what)
    parts = [
        "# Sources",
        SOURCES,
    ]
    for work in WORKS:
        rows = ((s.row, s.gist, "<br>".join(cited[s])) for s in work)
        parts += [f"## {work.key}", work.reference, table(("row", "gist", "cited by"), rows)]
    studies = ((s.row, s.gist, "<br>".join(cited[s])) for s in STUDIES)
    parts += ["## Studies", STUDIES_ARE, table(("study", "what it says", "cited by"), studies)]
    parts += [
        "## Assumptions",
        f"{ASSUMPTION.gist} These cite no row:",
        "\n".join(f"- {what}" for what in cited[ASSUMPTION]),
    ]
    return "\n\n".join(parts)


def citations() -> Iterator[tuple[str, Source]]:
    """Everything in the library's data that cites a source, with the source."""
    for place in CUSTOMER_LIFECYCLE.places.by_name.values():
        if place.stage is not None:
            yield f"stage `{place.name}`", place.stage.source
    for rule in CUSTOMER_LIFECYCLE.rules:
        yield f"`{rule}`", rule.source
        if rule.contested:
            yield f"`{rule}` (contested)", rule.contested
    for view in CUSTOMER_LIFECYCLE.views:
        yield f"view `{view.name}`", view.source
    for requirement in testing.CUSTOMER_REQUIREMENTS:
        yield f"requirement {requirement.id}", requirement.source
    for decisions in (DEFAULT_DEPARTURE_RULES.kinds, DEFAULT_DEPARTURE_RULES.severities):
        for row in decisions.rows:
            yield row.id, row.source
    for cause in Cause:
        yield f"cause `{cause.name}`", cause.source
    yield from citations_of_strategy()


def citations_of_strategy() -> Iterator[tuple[str, Source]]:
    """What cites a source to select a strategy."""
    for each in strategy.Strategy:
        yield f"strategy `{each.name}`", each.source
    for selector in (strategy.buttle_selector(), strategy.grid_selector()):
        for row in selector.table.rows:
            yield row.id, row.source
            if row.contested:
                yield f"{row.id} (contested)", row.contested
    for fact in strategy.FACTS:
        yield f"fact `{fact.name}`", fact.source
    for guide in strategy.GUIDES.values():
        for source in guide.sources:
            yield f"guide `{guide.about}`", source


STRATEGIES = """\
This page prints the tables that the code evaluates. The first row that holds wins. A row holds only
if enough of its facts are known; an unknown fact leaves it undecided, and the recommendation names
what is missing."""
GUIDANCE = """\
A recommendation attaches the guides that apply, the most urgent first. Complaint, standing and
return come before the strategy. After it come the cause of the departure, the stage, and what is
kept together: partners, the chain of service, channels."""
FACTS_ARE = """\
A row may use these facts. Those of the value and the signals are known if the app gives them.
Money is in the app's one currency."""


def strategies_page() -> str:
    """The strategies, the default selector, the other ones, and what they look at."""
    default, grid = strategy.buttle_selector(), strategy.grid_selector()
    parts = ["# Strategies", STRATEGIES, "## The seven", seven_table()]
    parts += ["## The default selector", f"`buttle_selector()`: {default.name}."]
    for room in Room:
        parts += [f"### In the room {room.value}", rows_table(default.rows(room))]
    parts += [
        "### The policy",
        "The numbers are the default `ButtlePolicy`; override one at a time.",
        numbers_table(strategy.DEFAULT_BUTTLE_POLICY),
        "## The grid of Reinartz and Kumar",
        f"`grid_selector()`: {grid.name}. {strategy.LOYALTY.gist}",
        table(
            ("segment", "when", "in words"),
            (
                (words(row.outcome), str(row.when), row.sentence)
                for row in strategy.segment_table().rows
            ),
        ),
        "Prospects and former customers go by the rows of the default selector.",
        rows_table(grid.rows(Room.CUSTOMER)),
        numbers_table(strategy.DEFAULT_GRID_POLICY),
        "## By money",
        (inspect.getdoc(strategy.estimate) or "").partition("\n\nArgs:")[0],
        numbers_table(strategy.DEFAULT_COST_MODEL),
        "## Tiers",
        "`CustomerValue.tier()`, by `tier_table()`.",
        strategy.tier_table().to_markdown(),
        numbers_table(strategy.DEFAULT_TIER_POLICY),
        "## Facts",
        FACTS_ARE,
        facts_table(),
        "## Guidance",
        GUIDANCE,
        guides_table(),
        "## Reputation",
        (inspect.getdoc(strategy.reputation) or "").partition("\n\nArgs:")[0],
        numbers_table(strategy.DEFAULT_REPUTATION_POLICY),
    ]
    return "\n\n".join(parts)


def seven_table() -> str:
    """Each strategy with its goal and means."""
    return table(
        ("strategy", "goal", "means", "rooms", "source"),
        (
            (
                f"`{each.name}`",
                each.goal,
                "; ".join(each.means),
                ", ".join(room.value for room in Room if each.fits(room)),
                str(each.source),
            )
            for each in strategy.Strategy
        ),
    )


def rows_table(rows: Iterable[Row[strategy.Strategy]]) -> str:
    """The rows of a selector, in the order in which they are asked."""
    return table(
        ("row", "when", "strategy", "because", "source"),
        ((row.id, asked(row.when), row.outcome.words, row.sentence, row.citation) for row in rows),
    )


def asked(predicate: Predicate) -> str:
    """A row's question without the room, which is the same for all rows of a section."""
    return re.sub(r"^room is \w+( and )?", "", str(predicate)) or "always"


def numbers_table(numbers: attrs.AttrsInstance) -> str:
    """The numbers of a policy, with what its docstring says of them."""
    meaning, values = meaning_of(numbers), attrs.asdict(numbers, recurse=False)
    return table(
        ("number", "default", "meaning"),
        ((f"`{name}`", words(value), meaning[name]) for name, value in values.items()),
    )


def facts_table() -> str:
    """The catalogue of facts."""
    return table(
        ("fact", "what it says", "values", "follows from", "source"),
        (
            (
                f"`{fact.name}`",
                fact.sentence,
                fact.kind.unit or fact.kind.value,
                ", ".join(f"`{name}`" for name in fact.inputs)
                or _NO_INPUT.get(fact.name, "history"),
                str(fact.source),
            )
            for fact in strategy.FACTS
        ),
    )


def guides_table() -> str:
    """Every guide, a line each."""
    return table(
        ("about", "sensitive to", "task", "tools", "success shows in", "remark", "sources"),
        (
            (
                guide.about,
                "; ".join(guide.sensitive_to),
                guide.task,
                "; ".join(guide.tools),
                guide.measure,
                guide.remark or "",
                ", ".join(map(str, guide.sources)),
            )
            for guide in strategy.GUIDES.values()
        ),
    )


# --- blocks --------------------------------------------------------------------------------


def diagram_block() -> str:
    """The default lifecycle as a Mermaid diagram."""
    return f"```mermaid\n{to_diagram(CUSTOMER_LIFECYCLE, 'mermaid')}\n```"


def views_block() -> str:
    """What each stage is in each view."""
    compiled = to_table(CUSTOMER_LIFECYCLE)
    models = [view.model for view in CUSTOMER_LIFECYCLE.views]
    rows = {}
    for state in compiled.states:
        images = [compiled.view(state, model) for model in models]
        rows[state.stage] = [f"`{state.stage}`", *(i.name if i else "silent" for i in images)]
    return table(("stage", *(f"`{model.__name__}`" for model in models)), rows.values())


def laws_block(laws: Sequence[testing.Law | testing.SelectorLaw]) -> str:
    """Laws, by number."""
    return table(
        ("number", "law", "what always holds"),
        ((str(law.number), f"`{law.name}`", law.sentence) for law in laws),
    )


def findings_block() -> str:
    """What a proof can find."""
    return table(
        ("finding", "meaning", "fault"),
        ((f"`{f.value}`", f.sentence, "yes" if f.is_fault else "no") for f in testing.Finding),
    )


def coverage_block() -> str:
    """How many paths through the default lifecycle there are, and how long they are."""
    moves = len(testing.moves_of(CUSTOMER_LIFECYCLE))
    rows = []
    counts = testing.Coverage(CUSTOMER_LIFECYCLE).counts
    sizes: dict[Literal["move", "cell", "pair"], int] = {
        "move": moves,
        "cell": counts["cell"][1],
        "pair": counts["pair"][1],
    }
    for each, number in sizes.items():
        for apart in (False, True):
            paths = testing.transition_coverage_paths(CUSTOMER_LIFECYCLE, each=each, apart=apart)
            total = sum(map(len, paths))
            how = f"`each={each!r}`" + ", `apart=True`" * apart
            rows.append((how, str(number), str(len(paths)), str(total), f"{total / number:.2f}"))
    return table(("paths", "to take", "number of paths", "events in all", "events for each"), rows)


def floors_block() -> str:
    """The import rules, as the configuration of import-linter states them."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = []
    for contract in config["tool"]["importlinter"]["contracts"]:
        parts.append(f"**{contract['name']}**")
        parts.append(layers(contract) if contract["type"] == "layers" else forbidden(contract))
    return "\n\n".join(parts)


def layers(contract: dict[str, Any]) -> str:
    """A layers contract: the floors from the top down, with what each module is for."""
    rows = []
    for number, floor in enumerate(reversed(contract["layers"]), start=1):
        for module in floor.split(" | "):
            path = ROOT / "src" / Path(*module.split("."))
            source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
            rows.append((str(number), f"`{module}`", docstring.partition("\n")[0]))
    return table(("floor", "module", "what it is for"), sorted(rows, key=lambda r: -int(r[0])))


def forbidden(contract: dict[str, Any]) -> str:
    """A forbidden contract: who may not import what, and the exceptions."""
    return (
        f"`{'`, `'.join(contract['source_modules'])}` does not import "
        f"`{'`, `'.join(contract['forbidden_modules'])}`, but for "
        f"`{'`, `'.join(contract['ignore_imports'])}`."
    )


PAGES: dict[str, Callable[[], str]] = {
    "lifecycle.md": lifecycle_page,
    "rules.md": rules_page,
    "sources.md": sources_page,
    "strategies.md": strategies_page,
}
BLOCKS: dict[str, Callable[[], str]] = {
    "coverage": coverage_block,
    "departure-kinds": DEFAULT_DEPARTURE_RULES.kinds.to_markdown,
    "diagram": diagram_block,
    "findings": findings_block,
    "floors": floors_block,
    "laws": lambda: laws_block(testing.LIFECYCLE_LAWS),
    "selector-laws": lambda: laws_block(testing.SELECTOR_LAWS),
    "views": views_block,
}


def render(docs: Path = DOCS) -> dict[Path, str]:
    """Every page that is rendered, whole or in part, as it should read."""
    pages = {docs / name: f"{NOTE}\n\n{page()}\n" for name, page in PAGES.items()}
    for path in sorted(set(docs.rglob("*.md")) - set(pages)):
        text = path.read_text(encoding="utf-8")
        if "<!-- generated:" in text:
            pages[path] = fill(path, text)
    return pages


def fill(path: Path, text: str) -> str:
    """A page with its blocks rendered."""
    names = [name for _, name, _ in BLOCK.findall(text)]
    unknown = [name for name in names if name not in BLOCKS]
    if unknown or len(names) != text.count("<!-- generated:"):
        sys.exit(f"{path}: every block needs an end and one of the names {sorted(BLOCKS)}.")
    return BLOCK.sub(lambda match: f"{match[1]}\n{BLOCKS[match[2]]()}\n\n{match[3]}", text)


def main(arguments: Sequence[str] | None = None, docs: Path = DOCS) -> int:
    """Rewrite stale pages, or with ``--check`` name them and return 1."""
    parser = argparse.ArgumentParser(description="Render the documentation from the library.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    check = parser.parse_args(arguments).check
    stale = [
        (path, text)
        for path, text in render(docs).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        sys.stdout.write(f"{'stale' if check else 'rewritten'}: {path.relative_to(docs)}\n")
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
