"""Builds and runs a notebook that shows every value with a notebook view.

``python tests/notebook/build.py FOLDER`` writes ``FOLDER/views.ipynb``, runs it, and writes
``FOLDER/views.html``: look at it in a browser. It needs the group ``notebook``.
"""

import sys
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor

BEGIN = """
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from custlife import (
    CUSTOMER_LIFECYCLE, Cause, Complained, Departed, Engaged, Purchased, replay, severity_table
)
from custlife.strategy import (
    Candidate, CustomerValue, Profile, Signals, portfolio, recommend
)

t = datetime(2026, 1, 1, tzinfo=UTC)
journey = replay([
    Engaged(at=t, channel="web | <script>alert(1)</script>"),
    Purchased(at=t + timedelta(days=3), amount=Decimal("11.77")),
    Complained(at=t + timedelta(days=30)),
    Departed(at=t + timedelta(days=90), cause=Cause.PRICE, to="Rival | <b>Ltd</b>"),
], customer="C-17 *bold* | <script>alert(1)</script>")
value = CustomerValue.of(journey.relationship, margin_rate=Decimal("0.30"), cost_to_serve=2)
signals = Signals(strategic=True, regain_cost=50, regain_benefit=80)
profile = Profile(relationship=journey.relationship, value=value, signals=signals)
""".strip()
VIEWS = {
    "Relationship": "journey.relationship",
    "Journey": "journey",
    "Departure": "journey.relationship.departure",
    "Recommendation": "recommend(profile)",
    "Lifecycle": "CUSTOMER_LIFECYCLE",
    "DecisionTable": "severity_table()",
    "Portfolio": """
portfolio([
    Candidate(customer=f"C-{number} | <b>", gain=70 - number * 10, cost=20 + number)
    for number in range(10)
], budget=100)
""".strip(),
}
"""What each cell shows, by its heading."""


def main(folder: Path) -> None:
    """Write the notebook, run it, and convert it."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BEGIN)])
    for heading, code in VIEWS.items():
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"## {heading}"))
        notebook.cells.append(nbformat.v4.new_code_cell(code))
    ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(folder)}})
    nbformat.write(notebook, folder / "views.ipynb")
    page, _ = HTMLExporter().from_notebook_node(notebook)
    (folder / "views.html").write_text(page, encoding="utf-8")
    plain = [
        cell.source
        for cell in notebook.cells[1:]
        if cell.cell_type == "code" and "text/markdown" not in cell.outputs[0]["data"]
    ]
    if plain:
        sys.exit(f"Without a view: {', '.join(plain)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
