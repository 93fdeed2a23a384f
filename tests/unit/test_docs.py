"""The documentation says what the library says, names all that it names, and leads somewhere."""

import ast
import importlib.util
import re
import shutil
from pathlib import Path

import pytest
from tests.extras import bulk

import custlife
from custlife import prediction, silence, strategy, testing

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def load_render():
    """The script that renders the pages, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("render", DOCS / "render.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


render = load_render()
RENDERED = render.render()


def name(path):
    """How a page is called in the names of tests."""
    return str(path.relative_to(ROOT))


def prose(page):
    """A page without its code."""
    return re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def links():
    """Every relative link: the page it stands on, the page it leads to, and the anchor or None."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page)):
            path, _, anchor = target.partition("#")
            yield page, (page.parent / path).resolve() if path else page, anchor


def fault_codes():
    """The code of every fault that the library can find."""
    for source in sorted((ROOT / "src" / "custlife").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Fault", "self._fault"}:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


@pytest.mark.parametrize("path", RENDERED, ids=name)
def test_a_rendered_page_reads_as_the_library_renders_it(path):
    """Each rendered page and block is fresh; run docs/render.py if this fails."""
    assert path.read_text(encoding="utf-8") == RENDERED[path]


def test_check_is_silent_where_all_pages_are_fresh(capsys):
    """With --check and nothing stale, the script says nothing and returns 0."""
    code = render.main(["--check"])

    assert code == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("page", ["rules.md", "concepts.md"])
def test_check_names_a_stale_page_and_leaves_it(page, tmp_path, capsys):
    """With --check, the script names a stale page, changes nothing and returns 1."""
    docs = shutil.copytree(DOCS, tmp_path / "docs")
    stale = (docs / page).read_text(encoding="utf-8").replace("KIND-LOSS", "KIND-GAIN")
    (docs / page).write_text(stale, encoding="utf-8")

    code = render.main(["--check"], docs)

    assert code == 1
    assert capsys.readouterr().out == f"stale: {page}\n"
    assert (docs / page).read_text(encoding="utf-8") == stale


@pytest.mark.parametrize("page", ["rules.md", "concepts.md"])
def test_a_stale_page_is_rewritten(page, tmp_path):
    """Without --check, the script rewrites a stale page as it was."""
    docs = shutil.copytree(DOCS, tmp_path / "docs")
    fresh = (docs / page).read_text(encoding="utf-8")
    (docs / page).write_text(fresh.replace("KIND-LOSS", "KIND-GAIN"), encoding="utf-8")

    code = render.main([], docs)

    assert code == 0
    assert (docs / page).read_text(encoding="utf-8") == fresh


@pytest.mark.parametrize(
    "text", ["<!-- generated: nothing -->\n<!-- end -->", "<!-- generated: views -->\nno end"]
)
def test_a_block_without_a_known_name_or_an_end_is_refused(text, tmp_path):
    """A block that cannot be rendered stops the script, which names the page."""
    page = tmp_path / "page.md"

    with pytest.raises(SystemExit, match=r"page\.md: every block needs an end"):
        render.fill(page, text)


def documented(page):
    """The names that a page of the API reference documents."""
    text = page.read_text(encoding="utf-8")
    directives = re.findall(
        r"^\.\. (?:auto)?(?:class|function|data):: ((?:\w+(?:\(\))?\n(?: {10})?)+)",
        text,
        re.MULTILINE,
    )
    return [name.removesuffix("()") for names in directives for name in names.split()]


@pytest.mark.parametrize(
    "module",
    [custlife, *([bulk] if bulk else []), prediction, silence, strategy, testing],
    ids=lambda face: face.__name__,
)
def test_the_api_reference_documents_each_public_name_once(module):
    """The page of a module has the names that the module exports, and no others."""
    names = documented(DOCS / "api" / f"{module.__name__}.rst")

    assert sorted(names) == sorted(module.__all__)


@pytest.mark.parametrize("code", sorted(set(fault_codes())))
def test_the_guides_explain_every_fault_code(code):
    """Each code of a faulty definition, or of a faulty migration, has its line in a guide."""
    guides = [DOCS / "howto" / f"{verb}-a-lifecycle.md" for verb in ("define", "change")]

    assert any(f"| `{code}` |" in guide.read_text(encoding="utf-8") for guide in guides)


def test_every_relative_link_leads_somewhere():
    """No link of a page leads to a page or a heading that does not exist."""
    broken = [
        (name(page), str(path), anchor)
        for page, path, anchor in links()
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]

    assert broken == []


def test_the_readme_is_short():
    """The README has at most 110 lines."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 110


@pytest.mark.parametrize("path", ["README.md", "docs/glossary.md", "pyproject.toml"])
def test_people_who_search_for_churn_find_the_library(path):
    """The README, the glossary and the keywords of the package name churn."""
    assert "churn" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_expects_errors_by_raises(page):
    """No page handles an expected error by try, except and else."""
    assert "raise AssertionError" not in page.read_text(encoding="utf-8")
