"""Check the types of every Python block of the README and the docs, with mypy in its strict mode.

The blocks of a page become one module, in which each line keeps its number.

    python docs/check_types.py             # all pages
    python docs/check_types.py README.md   # one page
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "types"
PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")


def pages() -> list[Path]:
    """Every page that is written in Markdown."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def module(text: str) -> str:
    r"""The Python of a page; every other line is empty.

    Examples:
        >>> module("Text.\n```python\n>>> 1 + 1\n2\n```")
        '\n\n1 + 1\n\n'
    """
    lines: list[str] = []
    inside, prompted = False, False
    for line in text.splitlines():
        if line.startswith("```"):
            inside, prompted = line == "```python", False
            lines.append("")
            continue
        prompted = prompted or line.startswith(">>>")
        code = inside and (not prompted or PROMPT.match(line))
        lines.append(PROMPT.sub("", line) if code else "")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print what mypy finds, with the page and its line; return 1 if it finds anything."""
    BUILD.mkdir(parents=True, exist_ok=True)
    modules = {}
    for page in [Path(name).resolve() for name in arguments] or pages():
        name = str(page.relative_to(ROOT))
        path = BUILD / f"{re.sub(r'[^a-z]', '_', name.lower())}.py"
        path.write_text(module(page.read_text(encoding="utf-8")), encoding="utf-8")
        modules[str(path.relative_to(ROOT))] = name
    # Not every library that a page shows is installed, or has types.
    missing = "--disable-error-code=import-not-found", "--disable-error-code=import-untyped"
    options = ["--strict", "--allow-untyped-calls", *missing]
    options += ["--no-error-summary", "--config-file="]
    run = subprocess.run(  # noqa: S603 - what is run is mypy
        [sys.executable, "-m", "mypy", *options, *modules],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    found = run.stdout + run.stderr
    for path_name, name in modules.items():
        found = found.replace(path_name, name)
    sys.stdout.write(found)
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
