"""The seven strategies: their data, and the rooms that they fit."""

import pickle

import pytest

from custlife import BUT, Room
from custlife.errors import InvalidArgument
from custlife.strategy import Strategy, fitting


def test_there_are_seven_strategies():
    """In the order of the source, each with its own row of it (BUT-1 to BUT-7)."""
    assert [strategy.source for strategy in Strategy] == list(BUT)
    assert [strategy.name for strategy in Strategy] == [
        "START",
        "PROTECT",
        "REENGINEER",
        "ENHANCE",
        "HARVEST",
        "END",
        "WIN_BACK",
    ]


@pytest.mark.parametrize("strategy", Strategy)
def test_a_strategy_knows_goal_and_means(strategy):
    """And is found by its value."""
    assert strategy.goal.endswith(".")
    assert strategy.means
    assert Strategy(strategy.name.lower()) is strategy
    assert strategy.words == strategy.value.replace("_", " ")
    assert pickle.loads(pickle.dumps(strategy)) is strategy


@pytest.mark.parametrize(
    ("room", "strategies"),
    [
        (Room.PROSPECT, {Strategy.START, Strategy.END}),
        (Room.FORMER, {Strategy.WIN_BACK, Strategy.END}),
        (Room.CUSTOMER, {*Strategy} - {Strategy.START, Strategy.WIN_BACK}),
    ],
)
def test_a_strategy_fits_its_rooms(room, strategies):
    """Prospects are started, former customers won back, and anybody can be let go."""
    assert {*fitting(room)} == strategies
    assert {strategy for strategy in Strategy if strategy.fits(room)} == strategies


@pytest.mark.parametrize("room", [None, "customer", []], ids=repr)
def test_strategies_fit_a_room(room):
    """Anything else is refused."""
    with pytest.raises(InvalidArgument, match="a Room"):
        fitting(room)
