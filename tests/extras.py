"""What is there of the extras: their tests are skipped where they are not installed."""

from importlib import import_module
from importlib.util import find_spec

bulk = import_module("custlife.bulk") if find_spec("narwhals") and find_spec("pyarrow") else None
"""The package for whole bases; None where the extra is not installed."""
