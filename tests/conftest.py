"""Hypothesis profiles: ``dev`` for a quick look, ``test`` for the README's command, ``ci`` for all.

The last two always have one result. ``random`` is ``ci`` with a new seed each time, or with that
of ``--hypothesis-seed``. A test that fails by ``random`` only depends on what happens to be drawn.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("test", settings.get_profile("ci"), max_examples=50)
settings.register_profile("random", settings.get_profile("ci"), derandomize=False, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
