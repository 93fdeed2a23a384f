"""Every Python block of the README and the docs is run by the tests, page by page."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["*.md"],
    excludes=["**/.venv*/**"],
).pytest()
