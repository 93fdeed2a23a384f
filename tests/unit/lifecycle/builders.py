"""A small sound lifecycle, and ways to vary one part of it at a time."""

from enum import Enum

from custlife import Forbid, Lifecycle, Move, Region, Stage, Stay, View


class Warmth(Enum):
    """Another model of the same customer."""

    COLD = "cold"
    WARM = "warm"


def stage(name, *children):
    return Stage(name, f"Is {name}.", children=children)


def region(name, *stages):
    return Region(name, f"The {name}.", stages)


def move(on, at, to, **condition):
    return Move(on, at=at, to=to, sentence="Goes on.", **condition)


def stay(on, at, **condition):
    return Stay(on, at=at, sentence="No change.", **condition)


def forbid(on, at):
    return Forbid(on, at=at, sentence="Not here.")


def warmth(of, *moves):
    return View(Warmth, of=of, moves=moves, sentence="How warm a person is.")


PROSPECT = [stage("guest"), stage("visitor", stage("looking"), stage("asking"))]
CUSTOMER = [
    region("bond", stage("trial"), stage("member", stage("silver"), stage("gold"))),
    region("mood", stage("happy"), stage("cross")),
]
FORMER = [stage("gone")]
MOVES = [
    move("entered", "guest", "visitor"),
    move("asked", "looking", "asking"),
    move("joined", "prospect", "customer"),
    move("renewed", "trial", "member"),
    move("upgraded", "silver", "gold"),
    move("vexed", "happy", "cross"),
    move("soothed", "cross", "happy"),
    move("left", ["prospect", "customer"], "gone"),
    move("returned", "gone", "visitor"),
]
VIEW = warmth(
    {"prospect": Warmth.COLD, "bond": Warmth.WARM, "former": None},
    (Warmth.COLD, Warmth.WARM),
    (Warmth.COLD, None),
    (Warmth.WARM, None),
    (None, Warmth.COLD),
    (None, Warmth.WARM),
)


def club(name="club", *, also=(), without=(), **parts):
    """The lifecycle of a club with nested stages and regions, varied.

    Args:
        name: Its name.
        also: Rules to add.
        without: Events whose rules are left out.
        **parts: Rooms, rules or views that replace the club's own.
    """
    rooms = {"prospect": PROSPECT, "customer": CUSTOMER, "former": FORMER}
    own = {**rooms, "rules": _varied(MOVES, without, also), "views": [VIEW]}
    return Lifecycle(name, **{**own, **parts})


def trio(name="trio", *, also=(), without=(), **parts):
    """A lifecycle of three stages and three moves, varied as the club is."""
    moves = [
        move("joined", "guest", "member"),
        move("left", ["guest", "member"], "gone"),
        move("returned", "gone", "guest"),
    ]
    rooms = {"prospect": [stage("guest")], "customer": [stage("member")], "former": [stage("gone")]}
    return Lifecycle(name, **{**rooms, "rules": _varied(moves, without, also), **parts})


def _varied(rules, without, also):
    return [*(rule for rule in rules if rule.on not in without), *also]
