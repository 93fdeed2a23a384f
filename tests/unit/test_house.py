"""The house: what importing loads, what the face shows, and that names are documented."""

import ast
import inspect
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.extras import bulk
from tests.layout import mirrors, modules

import custlife
from custlife import prediction, silence, strategy, testing

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FACES = (custlife, *([bulk] if bulk else []), prediction, silence, strategy, testing)
HEAVY = (
    "statemachine",
    "hypothesis",
    "narwhals",
    "numpy",
    "pyarrow",
    "scipy",
    "matplotlib",
    "cattrs",
    "pytest",
)


def test_importing_custlife_loads_no_state_machine_and_no_extra():
    """A fresh interpreter has none of them after the import, and after every name is used."""
    code = f"import sys; from custlife import *; print([*filter(sys.modules.get, {HEAVY})])"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"


def test_importing_custlife_loads_a_module_at_the_first_use_of_its_names():
    """A fresh interpreter has no module of custlife before, and lists every name all the same."""
    code = (
        "import sys, custlife; print(*[name for name in sys.modules if 'custlife.' in name]); "
        "print({*custlife.__all__} <= {*dir(custlife)}); "
        "custlife.Cause; print('custlife.causes' in sys.modules, 'custlife.events' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.splitlines() == ["", "True", "True False"]


def test_a_name_comes_from_where_a_type_checker_reads_that_it_does():
    """The face says it twice: for type checkers, and for the interpreter."""
    source = ast.parse((ROOT / "src/custlife/__init__.py").read_text(encoding="utf-8"))
    read = {
        alias.name: node.module
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("custlife.")
        for alias in node.names
    }

    assert {name: f"custlife.{home}" for name, home in custlife._HOMES.items()} == read
    assert read.keys() == {*custlife.__all__}


def test_compiling_a_table_loads_the_state_machine():
    """So the test above can fail: the state machine is loaded once it is needed."""
    code = "import sys; from custlife import *; to_table(CUSTOMER_LIFECYCLE); print(*sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "statemachine" in run.stdout.split()


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_only_one_module_imports_the_state_machine():
    """Whether at the top, in a function or for the type checker."""
    importing = [
        path.name
        for path in SOURCES
        if any(name.split(".")[0] == "statemachine" for name in imports(path))
    ]

    assert importing == ["_chart.py"]


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_the_face_is_complete(face):
    """Every public name is listed once, and exists."""
    assert len(face.__all__) == len(set(face.__all__))
    assert all(hasattr(face, name) for name in face.__all__)


@pytest.mark.parametrize(("face", "name"), [(f, name) for f in FACES for name in f.__all__])
def test_every_public_class_and_function_is_documented(face, name):
    """With one sentence at least; so is every public method of a class."""
    value = getattr(face, name)
    members = vars(value).items() if inspect.isclass(value) else ()
    undocumented = [
        key
        for key, member in members
        if not key.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property))
        and not inspect.getdoc(member)
    ]

    assert undocumented == []
    assert not callable(value) or (inspect.getdoc(value) or "").strip()


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=str)
def test_every_test_states_a_rule_in_one_sentence(path):
    """Each test function has a docstring that ends with a full stop."""
    functions = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert functions or path.name == "test_docs.py"
    assert [f.name for f in functions if not (ast.get_docstring(f) or "").endswith(".")] == []


@pytest.mark.parametrize("module", modules())
def test_every_module_has_its_test_file(module):
    """In the same place and of the same name, or named in tests/layout.py with the reason."""
    assert mirrors(module) != []


def test_the_version_is_that_of_the_installed_package():
    """It is read at the first use; another name that is missing is an ordinary error."""
    assert custlife.__version__ == version("custlife")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        custlife.nothing  # noqa: B018 - the look-up is the test
