"""Lifecycles of other trades with one slip each, and requirements that notice it."""

import pytest
from attrs import evolve
from tests.unit.lifecycle.builders import forbid, move, region, stage, stay, trio

from custlife import at_most, is_
from custlife.testing.checking import check
from custlife.testing.requirements.language import (
    after,
    always,
    eventually_possible,
    leads_to,
    never,
    precedes,
    preserves,
    stays_until,
)


def named(name, rooms, *rules):
    """A lifecycle of rooms with plain stages, or with regions."""
    prospect, customer, former = rooms
    return trio(name, prospect=prospect, customer=customer, former=former, rules=rules)


def stages(*names):
    return [stage(name) for name in names]


BANK = named(
    "bank",
    (
        stages("applicant"),
        [
            region("money", *stages("credit", "overdrawn")),
            region("access", *stages("open", "blocked")),
        ],
        stages("closed"),
    ),
    move("approved", "applicant", ["credit", "open"]),
    move("rejected", "applicant", "closed"),
    move("overdrew", "credit", "overdrawn"),
    move("paid_in", "overdrawn", "credit"),
    stay("paid_in", "customer"),
    move("warned", "open", "blocked", when="overdrawn"),
    move("cleared", "blocked", "open"),
    forbid("gave_notice", ["overdrawn", "blocked"]),
    move("gave_notice", "customer", "closed"),
)
CLINIC = named(
    "clinic",
    (stages("caller", "referred"), stages("treated", "checked"), stages("discharged")),
    move("refer", "caller", "referred"),
    move("treat", "referred", "treated"),
    move("check", "treated", "checked"),
    move("relapse", "checked", "treated"),
    move("discharge", "checked", "discharged"),
    move("refer", "discharged", "referred"),
)
NEWSPAPER = named(
    "newspaper",
    (stages("stranger"), stages("paying", "paused"), stages("ex")),
    move("subscribed", "stranger", "paying"),
    move("paused_it", "paying", "paused"),
    move("resumed", "paused", "paying"),
    move("cancelled", "paying", "ex"),
    move("cancelled", "paused", "ex"),
    move("declined", "stranger", "ex"),
    move("subscribed", "ex", "paying"),
)
HOTEL = named(
    "hotel",
    (stages("browsing", "booked"), stages("staying"), stages("checked_out", "no_guest")),
    move("book", "browsing", "booked"),
    move("cancel", "booked", "no_guest"),
    move("fail_to_come", "booked", "no_guest"),
    move("arrive", ["browsing", "booked"], "staying"),
    move("leave", "staying", "checked_out"),
    move("book", ["checked_out", "no_guest"], "booked"),
)
MARKET = named(
    "market",
    (stages("new_seller"), stages("active", "restricted"), stages("banned", "quit")),
    move("verify", "new_seller", "active"),
    move("fail", "active", "restricted"),
    move("appeal", "restricted", "active"),
    move("ban", "customer", "banned"),
    move("stop", ["new_seller", "active"], "quit"),
    move("resume", "quit", "active"),
)
ENERGY = named(
    "energy",
    (
        stages("switching"),
        [region("account", *stages("fine", "dunned")), region("supply", *stages("on", "off"))],
        stages("moved"),
    ),
    move("switched", "switching", ["fine", "on"]),
    move("gave_up", "switching", "moved"),
    move("was_late", "fine", "dunned"),
    move("paid", "dunned", "fine"),
    move("paid", "off", "on", when="dunned"),
    move("cut_off", "on", "off", when="dunned"),
    move("moved_out", "customer", "moved"),
    move("switched", "moved", ["fine", "on"]),
)
SHOP = named(
    "shop",
    (stages("visitor"), stages("fresh", "loyal"), stages("gone")),
    move("purchased", "visitor", "fresh"),
    move("purchased", "fresh", "loyal"),
    stay("purchased", "loyal"),
    move("departed", ["visitor", "customer"], "gone"),
    move("purchased", "gone", "fresh"),
)
MEALS = named(
    "meals",
    (
        stages("visitor"),
        [region("box", *stages("weekly", "skipped")), region("mood", *stages("well", "angry"))],
        stages("gone"),
    ),
    move("ordered", "visitor", ["weekly", "well"]),
    move("skipped_one", "weekly", "skipped"),
    move("week_came", "skipped", "weekly"),
    stay("week_came", "customer"),
    move("complained", "well", "angry"),
    move("complaint_settled", "angry", "well"),
    move("departed", ["visitor", "customer"], "gone"),
    move("ordered", "gone", ["weekly", "well"]),
)
CASES = {
    "a condition is lost": (
        BANK,
        [
            never(on="gave_notice", at=["overdrawn", "blocked"]),
            precedes("overdrew", "blocked", each_cycle=True),
            leads_to("warned", "blocked", until=["cleared"]),
        ],
        "warned: open -> blocked when overdrawn",
        [move("warned", "open", "blocked")],
        ["approved", "warned"],
    ),
    "a stage is passed over": (
        CLINIC,
        [
            eventually_possible("discharged"),
            after("treat", never="discharge", until="check"),
            precedes("treat", "checked", each_cycle=True),
        ],
        "discharge: checked -> discharged",
        [move("discharge", ["treated", "checked"], "discharged")],
        ["refer", "treat", "discharge"],
    ),
    "nobody can leave from a stage": (
        NEWSPAPER,
        [
            leads_to("paused_it", ["resumed", "cancelled"]),
            always(on="cancelled", at="customer", to="ex"),
        ],
        "cancelled: paused -> ex",
        [],
        ["subscribed", "paused_it"],
    ),
    "a way leads to the wrong end": (
        HOTEL,
        [never(on="cancel", at="customer"), precedes("arrive", "checked_out", each_cycle=True)],
        "fail_to_come: booked -> no_guest",
        [move("fail_to_come", "booked", "checked_out")],
        ["book", "fail_to_come"],
    ),
    "the last stage is left": (
        MARKET,
        [never(on="stop", at="restricted"), stays_until("banned", [])],
        "resume: quit -> active",
        [move("resume", "former", "active")],
        ["verify", "ban", "resume"],
    ),
    "one of two regions is forgotten": (
        ENERGY,
        [
            never(on="cut_off", at="fine"),
            leads_to("cut_off", "off", until=["paid", "moved_out"]),
            never("fine+off"),
        ],
        "paid: off -> on when dunned",
        [],
        ["switched", "was_late", "cut_off", "paid"],
    ),
    "the count does not begin anew": (
        SHOP,
        [
            never("loyal", at=at_most("purchases", 1)),
            precedes("purchased", "loyal", times=2, each_cycle=True),
        ],
        "purchased: gone -> fresh",
        [move("purchased", "gone", "loyal")],
        ["departed", "purchased"],
    ),
    "time ends what only an answer may end": (
        MEALS,
        [
            preserves("complained", "box", at="customer"),
            never(on="complaint_settled", at=is_("open_complaints", 0)),
            stays_until("angry", ["complaint_settled", "gone"]),
        ],
        "week_came: skipped -> weekly",
        [move("week_came", "skipped", "weekly"), move("week_came", "angry", "well")],
        ["ordered", "complained", "week_came"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_slip_is_noticed_and_shown(case):
    """The requirements hold of the lifecycle; with the slip one does not, and the history is it."""
    lifecycle, requirements, wrong, instead, events = CASES[case]
    kept = [rule for rule in lifecycle.rules if str(rule) != wrong]
    slipped = evolve(lifecycle, rules=[*kept, *instead])

    report = check(slipped, requirements)

    assert check(lifecycle, requirements).holds
    assert len(kept) == len(lifecycle.rules) - 1
    assert [*report.violated[0].events] == events
