"""Money is exact in whatever decimal context the app works."""

import subprocess
import sys

import pytest

SETTINGS = {
    "precision": "context.prec = 1",
    "exponents": "context.Emax = 0; context.Emin = 0",
    "rounding": "context.traps[decimal.Rounded] = context.traps[decimal.Inexact] = True",
    "floats": "context.traps[decimal.FloatOperation] = True",
    "capitals": "context.capitals = 0",
}
PROGRAM = """
import decimal
for context in (decimal.DefaultContext, decimal.getcontext()):
    {setting}
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from custlife import Departed, InvalidEvent, Purchased, replay
t = datetime(2026, 1, 1, tzinfo=timezone.utc)
events = [Purchased(at=t, amount=Decimal("123456789.123456789"))] * 3
events += [Departed(at=t + timedelta(days=1), deal_size=Decimal("20000.55"))]
journey = replay(events, customer="C-17")
journey.explain(), journey.relationship.explain(), journey._repr_html_(), repr(journey)
try:
    Purchased(at=t, amount=Decimal("1E-19"))
except InvalidEvent as error:
    str(error)
from custlife.strategy import Profile, Signals, recommend
known = Signals(potential_value=Decimal("123456789.12"), improvement_chance=Decimal("0.3333"))
recommend(Profile(relationship=replay([], customer="C-18").relationship, signals=known)).explain()
print(journey.relationship.record.revenue, journey.departures[0].severity.name)
"""


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_sums_are_exact_in_every_decimal_context(setting):
    """The import works too, whatever context the app set before it."""
    code = PROGRAM.format(setting=setting)

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert run.stderr == ""
    assert run.stdout == "370370367.370370367 CRITICAL\n"
