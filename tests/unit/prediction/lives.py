"""Lives of customers and patients, and their curves."""

from hypothesis import strategies as st

from custlife.prediction.survival import kaplan_meier

MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
"""Weeks of remission of E. J. Freireich et al., Blood 21(6), 1963; + means that it went on."""

LIVES = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=15)


def curve_of(lives, unit=1):
    """The curve of durations with +, or of pairs of a duration and whether it ended."""
    if isinstance(lives, str):
        lives = [(int(life.rstrip("+")), not life.endswith("+")) for life in lives.split()]
    return kaplan_meier([time * unit for time, _ in lives], [over for _, over in lives])
