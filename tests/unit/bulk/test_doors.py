"""Whatever is given to a public function over columns, the error is custlife's own."""

import inspect
from datetime import UTC, datetime, timedelta

import pytest

pa = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
pytest.importorskip("narwhals", reason="the extra bulk is not installed")

from custlife import DEFAULT_DEPARTURE_RULES, CustlifeError, bulk
from custlife.prediction import BGNBD, GammaGamma
from custlife.silence import FixedWindow

T, DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)
ORDERS = pa.table({"who": ["a", "a", "b"], "at": [T, T + 9 * DAY, T], "cents": [1, 2, 3]})
HOW = {"customer": "who", "at": "at", "events": "purchased", "amount": "cents", "decimals": 2}
BASE = bulk.replay(ORDERS, **HOW)
KNOWN = bulk.summaries(BASE, as_of=T + 90 * DAY)
MODEL = {"model": BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), "base": KNOWN}
MONEY = {"model": GammaGamma(p=6.25, q=3.74, gamma=15.44), "base": KNOWN}

DOORS = {
    bulk.replay: {"frame": ORDERS, **HOW},
    bulk.due: {"states": BASE, "rule": FixedWindow(), "as_of": T + 200 * DAY},
    bulk.recommend: {"states": BASE, "as_of": T + 99 * DAY},
    bulk.summaries: {"states": BASE, "as_of": T + 90 * DAY},
    bulk.alive: MODEL,
    bulk.expected: {**MODEL, "horizon": 3.0},
    bulk.buys: {**MODEL, "horizon": 3.0},
    bulk.stays: {**MODEL, "horizon": 3.0},
    bulk.expected_money: MONEY,
    bulk.fit: {"kind": BGNBD, "base": KNOWN},
    bulk.backtest: {
        "what": FixedWindow(),
        "before": BASE,
        "after": BASE,
        "split": T + 10 * DAY,
        "horizon": 90 * DAY,
    },
    bulk.decide: {
        "table": DEFAULT_DEPARTURE_RULES.kinds,
        "columns": {"cause": bulk.of_values([1])},
    },
    bulk.of_values: {"values": [1, 2]},
    bulk.of_arrow: {"name": "x", "array": pa.array([1, 2])},
    bulk.steps_frame: {"journeys": [], "like": "pyarrow"},
    BASE.snapshot: {"as_of": [T]},
    BASE.occupancy: {"as_of": [T]},
    BASE.journey: {"customer": "a"},
}
"""The public functions over columns, each with valid arguments."""

STRANGE = [
    *(None, 5, -1, 1.5, float("nan"), True),
    *("x", "", b"x", [], [None], {}, {"x": 1}, {1: 2}),
    *(object(), object, T.replace(tzinfo=None), timedelta(0)),
    *(pa.array([1]), ORDERS.slice(0, 0), BASE),
]
PARAMETERS = [
    pytest.param(door, name, id=f"{door.__name__}-{name}")
    for door in DOORS
    for name, one in inspect.signature(door).parameters.items()
    if one.kind is not one.VAR_KEYWORD and name != "progress"  # the app's own function
]


def outcome(door, given):
    """The error of a call; None if it answers."""
    try:
        door(**given)
    except Exception as error:  # noqa: BLE001 - that is the question
        return error
    return None


def test_every_function_is_a_door():
    """None is left out."""
    functions = {name for name in bulk.__all__ if inspect.isfunction(getattr(bulk, name))}

    assert functions <= {door.__name__ for door in DOORS}


@pytest.mark.parametrize(("door", "name"), PARAMETERS)
def test_a_strange_argument_is_taken_or_refused_in_words(door, name):
    """No error of Python, numpy or arrow comes through."""
    errors = [outcome(door, {**DOORS[door], name: strange}) for strange in STRANGE]

    assert [error for error in errors if not isinstance(error, CustlifeError | None)] == []
