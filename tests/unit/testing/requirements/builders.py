"""A lifecycle that is a long line, so that what is wrong in it shows late."""

from tests.unit.lifecycle.builders import move, stage, trio

PROSPECT = [stage("zero"), stage("one"), stage("two")]
CUSTOMER = [stage("three"), stage("four"), stage("five")]
STEPS = [
    move("first", "zero", "one"),
    move("second", "one", "two"),
    move("third", "two", "three"),
    move("fourth", "three", "four"),
    move("fifth", "four", "five"),
]
LEAVES = move("left", ["prospect", "customer"], "gone")
RETURNS = move("returned", "gone", "zero")


def line(*, also=(), leaves=LEAVES, returns=RETURNS, **parts):
    """Six stages one after the other, from each of which one leaves, with rules added."""
    rules = [*STEPS, leaves, returns, *also]
    return trio("line", prospect=PROSPECT, customer=CUSTOMER, rules=rules, **parts)


def walk(number):
    """The first so many steps of the line."""
    return tuple(rule.on for rule in STEPS[:number])
