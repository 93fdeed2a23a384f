"""The example of a plug-in is installed for real, and loaded by its name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[4] / "examples/plugin"
USE = """
import json, sys
from datetime import datetime, timezone
from custlife import Purchased, Relationship
from custlife.strategy.recommend import recommend
from custlife.strategy.profile import Profile
from custlife.strategy.selectors.plugins import Registry

registry = Registry()
available = registry.available
before = "custlife_loyalty_first" in sys.modules
registry.load("loyalty-first")
plugin = registry["loyalty-first"]
bought = Purchased(at=datetime(2026, 1, 1, tzinfo=timezone.utc), amount=20)
profile = Profile(relationship=Relationship("C-17").apply(bought)).altered(purchases=12)
advice = recommend(profile, plugin)
print(json.dumps({
    "available": available,
    "imported before": before,
    "plugin": str(plugin),
    "counterfactual": str(advice.counterfactual()),
    **advice.to_dict(),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a fresh interpreter tells that has the plug-in installed."""
    home = tmp_path_factory.mktemp("plugin")
    # A copy, so that the build leaves nothing in the tree.
    shutil.copytree(SOURCE, home / "source")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    into = ["--no-deps", "--target", str(home / "site"), str(home / "source")]
    subprocess.run([*pip, *into], check=True, capture_output=True)
    run = subprocess.run(
        [sys.executable, "-c", USE],
        env={**os.environ, "PYTHONPATH": str(home / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout)


def test_an_installed_plugin_is_available_and_not_imported_before_it_is_named(told):
    """Its name is known from metadata."""
    assert told["available"] == ["loyalty-first"]
    assert told["imported before"] is False


def test_a_loaded_plugin_recommends_by_its_own_rows(told):
    """Who bought twelve times is kept, and its source is cited."""
    assert (told["strategy"], told["row"]) == ("protect", "LOYAL-KEPT")
    assert (told["selector"], told["source"]) == ("loyalty first", "LOYALTY-1")
    assert told["plugin"] == "loyalty first (custlife-loyalty-first 1.0.0)"


def test_a_loaded_plugin_is_asked_what_would_change_its_answer(told):
    """Its limit is at ten purchases."""
    assert (
        told["counterfactual"] == "if purchases were 9 instead of 12: enhance, by row LOYAL-TO-BE"
    )
