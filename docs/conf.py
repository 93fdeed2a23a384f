"""How Sphinx builds the documentation. It fetches nothing from the network.

python -m sphinx -W --keep-going -q -b html docs build/docs
"""

from importlib.metadata import version as installed

project = "custlife"
author = "The custlife developers"
copyright = "2026, The custlife developers"  # noqa: A001 - Sphinx reads this name
release = version = installed("custlife")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinxcontrib.mermaid"]
exclude_patterns = ["_build"]

default_role = "code"

html_theme = "furo"
html_title = f"custlife {release}"
html_copy_source = False

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]

autoclass_content = "class"
autodoc_default_options = {"members": True, "exclude-members": "invalid"}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
