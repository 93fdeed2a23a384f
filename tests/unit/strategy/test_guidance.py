"""Guidance: cited data, and what of it applies to one customer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from attrs import evolve, fields_dict
from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    CauseLearnt,
    Committed,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Departed,
    Engaged,
    Ladder,
    Lapsed,
    Lifecycle,
    Move,
    Paused,
    Process,
    Purchased,
    Relationship,
    Room,
    ServiceFailed,
    Stage,
    Terminated,
    replay_account,
    with_pause,
)
from custlife.errors import InvalidArgument
from custlife.sources import ASSUMPTION, DE_MATOS, KUMAR_2015, KUMAR_2018, MATTISON, WORKS
from custlife.strategy import (
    GUIDES,
    Catalogue,
    CustomerValue,
    Guide,
    PartyKind,
    Profile,
    Strategy,
    fitting,
    guidance_for,
)
from custlife.strategy.guidance import WAYS_BACK
from custlife.testing import lifecycles
from custlife.testing.generators.profiles import standpoints

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BUYS = Purchased(at=NOW, amount=Decimal(100))
PROSPECT = Relationship("C-17")
BUYER = PROSPECT.apply(BUYS)
REGULAR = BUYER.apply(BUYS)
ADVOCATE = REGULAR.apply(Committed(at=NOW))
CROSS = BUYER.apply(Complained(at=NOW))
ERODING = BUYER.apply(Lapsed(at=NOW))
GONE = BUYER.apply(Departed(at=NOW, cause=Cause.PRICE))
BACK = GONE.apply(BUYS)
BARE = evolve(CUSTOMER_LIFECYCLE, name="bare", views=())
BONDS, STANDINGS = (BUYER, REGULAR, ADVOCATE), ("content", "in_conflict", "eroding")
CLASSES = {
    "left for price": {Cause.PRICE},
    "left for a better offer": {Cause.BETTER_ALTERNATIVE},
    "left for service": {Cause.DISSATISFACTION, Cause.RUDE_CONTACT, Cause.UNAVAILABLE},
    "left over the terms": {Cause.TERMS},
    "left with new staff": {Cause.STAFF_CHANGED},
    "left unconvinced": {Cause.ADVERTISING_MISSED, Cause.NO_DECISION},
    "left for circumstances": {
        Cause.REQUIREMENTS_CHANGED,
        Cause.NEED_ENDED,
        Cause.RELOCATION,
        Cause.INCOME_CHANGED,
    },
    "taken over": {Cause.SUCCEEDED},
    "no longer there": {Cause.CEASED},
    "driven out": {Cause.DISMISSED},
    "left for an unclear cause": {Cause.UNKNOWN, Cause.SILENCE, Cause.OTHER, Cause.NON_PAYMENT},
}
"""The classes of causes, written down a second time."""
CITED = {
    "open complaint": "EFR-4, EFR-5, IMH-9, de Matos et al. 2007, assumption",
    "in conflict": "IMH-12, EFR-4, EFR-5, BUT-4, assumption",
    "eroding": "IMH-8, IMH-12, KAL-8, EFR-6, assumption",
    "paused": "assumption",
    "returned": "Kumar et al. 2018, assumption",
    "start": "BUT-1",
    "protect": "BUT-2, IMH-5",
    "reengineer": "BUT-3, CHE-1",
    "enhance": "BUT-4, EFR-4",
    "cross-sell": "BUT-4, IMH-4, EFR-1, assumption",
    "repair": "BUT-4, EFR-4, EFR-5, assumption",
    "harvest": "BUT-5",
    "end": "BUT-6, KAL-9",
    "pass over": "KAL-9, BUT-6",
    "let go": "BUT-7, KAL-8, KAL-9",
    "win back": "BUT-7, IMH-9",
    "left for price": "BUT-7, KAL-6, Kumar et al. 2015",
    "left for a better offer": "BUT-7, KAL-6, IMH-4",
    "left for service": "BUT-7, KAL-6, EFR-5, Kumar et al. 2015, assumption",
    "left over the terms": "BUT-7, KAL-6, assumption",
    "left with new staff": "EFR-2, EFR-6, BUT-7, KAL-8, assumption",
    "left unconvinced": "KAL-6, BUT-1, EFR-2, assumption",
    "left for circumstances": "EFR-6, KAL-6, BUT-7, assumption",
    "taken over": "BUT-1, KAL-8, assumption",
    "no longer there": "Mattison 2005, KAL-8, assumption",
    "driven out": "BUT-6, BUT-7, assumption",
    "left for an unclear cause": "BUT-7, KAL-8, assumption",
    "potential": "EFR-1, IMH-1, IMH-10, KAL-1",
    "visitor": "EFR-2, IMH-1, IMH-3, KAL-2",
    "buyer": "EFR-3, IMH-1",
    "regular": "EFR-4, IMH-1",
    "advocate": "EFR-5, IMH-1, KAL-4",
    "former": "EFR-6, BUT-7, KAL-8, IMH-9",
    "partner": "CHE-4",
    "service chain": "CHE-1, EFR-5, IMH-9",
    "channels": "CHE-2, CHE-5",
}
"""The rows of each guide, written down a second time."""


def standing(bond, name):
    """A customer of this bond in this standing."""
    events = {"content": [], "in_conflict": [Complained(at=NOW)], "eroding": [Lapsed(at=NOW)]}
    return bond.apply(*events[name])


def told(relationship, strategy, party=PartyKind.CONSUMER):
    """What the guides are about."""
    profile = Profile(relationship=relationship, value=CustomerValue(party=party))
    return [guide.about for guide in guidance_for(profile, strategy)]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=lambda guide: guide.about)
def test_a_guide_says_all_that_it_is_for(guide):
    """Task, measure, tools, and the rows that say so; an assumption comes last."""
    needed = {*fields_dict(Guide)} - {"sensitive_to", "remark"}
    known = {source for work in WORKS for source in work}
    beside = {KUMAR_2015, KUMAR_2018, MATTISON, DE_MATOS, ASSUMPTION}

    assert all(getattr(guide, name) for name in needed)
    assert {*guide.sources} <= known | beside
    assert len({*guide.sources}) == len(guide.sources)
    assert ASSUMPTION not in guide.sources[:-1]


def test_a_guide_cites_what_bears_it():
    """These rows and studies, and no others."""
    cited = {name: ", ".join(map(str, guide.sources)) for name, guide in GUIDES.items()}

    assert cited == CITED


def test_there_is_a_guide_for_each_rung_and_each_strategy():
    """None is left out, and a strategy's tools are its means."""
    rungs = {rung.name.lower() for rung in Ladder}
    strategies = {strategy.words: strategy for strategy in Strategy}
    others = {
        "open complaint",
        "in conflict",
        "eroding",
        "paused",
        "returned",
        "pass over",
        "let go",
    }

    assert {*GUIDES} == {
        "repair",
        *rungs,
        *strategies,
        *others,
        *CLASSES,
        "cross-sell",
        "partner",
        "service chain",
        "channels",
    }
    assert all(GUIDES[name].tools == strategy.means for name, strategy in strategies.items())
    assert all(strategy.source in GUIDES[name].sources for name, strategy in strategies.items())
    assert all(guide.about == name for name, guide in GUIDES.items())


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("potential", "bridging"),
        ("buyer", "an experience map"),
        ("regular", "a standing service committee"),
        ("end", "a prohibitive tariff"),
        ("win back", "a study of the cause"),
        ("start", "for everybody"),
        ("in conflict", "sell nothing until the conflict is over"),
        ("left for an unclear cause", "Study the cause first"),
        ("service chain", "leaves silently"),
        ("partner", "the same systematic record"),
        ("repair", "a surprise"),
        ("enhance", "Sensitive to pestering."),
        ("buyer", "Sensitive to everything."),
    ],
)
def test_a_guide_names_the_tools_of_the_works(about, words):
    """Its sentence holds them, and its rows in brackets."""
    guide = GUIDES[about]

    assert words in str(guide)
    assert str(guide).startswith(f"({about}) ")
    assert str(guide).endswith(f"[{', '.join(source.row for source in guide.sources)}]")


def test_a_guide_leaves_out_what_it_does_not_know():
    """Neither a sensitivity nor a remark is made up."""
    bare = evolve(GUIDES["start"], sensitive_to="", remark=None)

    assert "Sensitive to the first impression." in str(GUIDES["start"])
    assert str(bare) == (
        "(start) Think the beginning through, for everybody. Tools: a beginning thought through "
        "for everybody; a good first impression. Success shows in whether a later strategy is "
        "needed at all. [BUT-1]"
    )


def test_a_remark_is_shown_as_one_with_its_author():
    """Mironov remarks on six strategies and a repair; a remark is nobody's rule."""
    by_mironov = {name for name, guide in GUIDES.items() if "(Mironov)" in (guide.remark or "")}
    remarks = {guide.remark for guide in GUIDES.values() if guide.remark}

    assert by_mironov == {"start", "protect", "reengineer", "enhance", "repair", "harvest", "end"}
    assert all(f" Remark: {GUIDES[name].remark}. [" in str(GUIDES[name]) for name in by_mironov)
    assert all(remark.endswith(("(Mironov)", " 2007)", " 2015)")) for remark in remarks)


def offered(*events, strategy=Strategy.ENHANCE, catalogue=("a", "b", "c", "d")):
    """What the guides of a holder of a and b are about, and the tools of cross-selling."""
    bought = [Purchased(at=NOW, amount=5, offering=name) for name in "ab"]
    account = replay_account([*bought, *events], customer="C-17")
    profile = Profile(
        relationship=account.relationship,
        account=account,
        catalogue=Catalogue(offerings=catalogue),
        as_of=NOW + timedelta(days=9),
    )
    guides = {guide.about: guide.tools for guide in guidance_for(profile, strategy)}
    return guides.get("cross-sell")


def test_who_is_enhanced_is_invited_to_what_they_do_not_hold():
    """By name, before the other tools."""
    first, *others = offered()

    assert first == "what is not held: c and d"
    assert others == [*GUIDES["cross-sell"].tools]


@pytest.mark.parametrize(
    ("events", "options"),
    [
        ([], {"strategy": Strategy.PROTECT}),
        ([], {"catalogue": None}),
        ([], {"catalogue": ["b", "a"]}),
        ([Departed(at=NOW, offering="b")], {}),
        ([Complained(at=NOW, offering="b")], {}),
    ],
    ids=["another strategy", "no catalogue", "all held", "one dropped lately", "a repair"],
)
def test_nothing_more_is_offered_where_nothing_is_left_or_something_is_wrong(events, options):
    """Quality first; the sales follow."""
    assert offered(*events, **options) is None


def test_who_left_for_price_comes_back_more_easily_than_who_left_for_service():
    """Who is worth more afterwards; both guides cite the study."""
    price, service = GUIDES["left for price"], GUIDES["left for service"]

    assert "more easily" in price.remark
    assert "worth more afterwards" in service.remark
    assert KUMAR_2015 in price.sources
    assert KUMAR_2015 in service.sources
    assert [*GUIDES].index("left for price") < [*GUIDES].index("left for service")


def test_every_cause_has_its_way_back():
    """Each is of one class, and each class has a guide."""
    assert {cause: guide.about for cause, guide in WAYS_BACK.items()} == {
        cause: about for about, causes in CLASSES.items() for cause in causes
    }
    assert {*WAYS_BACK} == {*Cause}


@pytest.mark.parametrize("cause", Cause)
def test_winning_back_starts_from_the_cause(cause):
    """The guide of its class follows that of the strategy."""
    gone = BUYER.apply(Departed(at=NOW, cause=cause))

    assert told(gone, Strategy.WIN_BACK) == ["win back", WAYS_BACK[cause].about, "former"]


def test_winning_back_follows_a_cause_that_is_learnt_late():
    """What is known now counts."""
    unknown = BUYER.apply(Departed(at=NOW))
    learnt = unknown.apply(CauseLearnt(at=NOW, cause=Cause.TERMS))

    assert told(unknown, Strategy.WIN_BACK)[1] == "left for an unclear cause"
    assert told(learnt, Strategy.WIN_BACK)[1] == "left over the terms"


@pytest.mark.parametrize("cause", Cause)
def test_who_came_back_is_watched_for_what_made_them_leave(cause):
    """The cause is named, before the strategy and after what is more urgent."""
    back = BUYER.apply(Departed(at=NOW, cause=cause), BUYS, Complained(at=NOW))
    guides = guidance_for(Profile(relationship=back), Strategy.ENHANCE).guides
    nothing = cause in {Cause.DISMISSED, Cause.UNKNOWN, Cause.SILENCE, Cause.CEASED}
    watched = [guide for guide in guides if guide.about == "returned"]

    expected = ["open complaint", "in conflict", "returned", "repair", "buyer", "channels"]
    assert [guide.about for guide in guides] == [
        about for about in expected if about != "returned" or not nothing
    ]
    assert [guide.sensitive_to for guide in watched] == [
        (f"what made them leave: {cause.words}",)
    ] * (not nothing)


@pytest.mark.parametrize(
    ("who", "strategy", "process", "about"),
    [
        (PROSPECT, Strategy.START, Process.ENGAGEMENT, ["start", "potential", "channels"]),
        (
            PROSPECT.apply(Engaged(at=NOW), Complained(at=NOW)),
            Strategy.START,
            Process.ACQUISITION,
            ["open complaint", "start", "channels"],
        ),
        (PROSPECT.apply(Engaged(at=NOW)), Strategy.END, Process.ACQUISITION, ["pass over"]),
        (
            REGULAR,
            Strategy.HARVEST,
            Process.RETENTION_AND_EXPANSION,
            ["harvest", "channels"],
        ),
        (
            CROSS,
            Strategy.END,
            Process.RETENTION_AND_EXPANSION,
            ["open complaint", "end"],
        ),
        (
            CROSS.apply(ComplaintSettled(at=NOW)),
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            ["protect", "buyer", "channels"],
        ),
        (
            CROSS.apply(ComplaintIgnored(at=NOW)),
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            ["eroding", "protect", "buyer", "channels"],
        ),
        (
            CROSS.apply(Lapsed(at=NOW), ServiceFailed(at=NOW)),
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            ["open complaint", "in conflict", "protect", "buyer", "service chain", "channels"],
        ),
        (GONE, Strategy.END, None, ["let go"]),
        (
            CROSS.apply(Departed(at=NOW, cause=Cause.TERMS), ServiceFailed(at=NOW)),
            Strategy.WIN_BACK,
            None,
            ["open complaint", "win back", "left over the terms", "former", "service chain"],
        ),
        (
            GONE.apply(Engaged(at=NOW)),
            Strategy.START,
            Process.ACQUISITION,
            ["returned", "start", "visitor", "channels"],
        ),
        (
            BUYER.apply(Terminated(at=NOW), BUYS),
            Strategy.PROTECT,
            Process.RETENTION_AND_EXPANSION,
            ["protect", "buyer", "channels"],
        ),
        (BACK, Strategy.END, Process.RETENTION_AND_EXPANSION, ["end"]),
    ],
    ids=[
        "potential",
        "prospect with a complaint",
        "prospect who is passed over",
        "regular",
        "in conflict and ended",
        "settled",
        "ignored",
        "silent after a complaint and a failure",
        "gone",
        "gone with a complaint",
        "prospect who is back",
        "back after a termination",
        "back and ended",
    ],
)
def test_guidance_fits_the_customer_and_the_strategy(who, strategy, process, about):
    """What is urgent comes first; who is gone or ended needs nothing to stay."""
    assert guidance_for(Profile(relationship=who), strategy).process is process
    assert told(who, strategy) == about


@pytest.mark.parametrize(
    ("who", "strategy", "kept"),
    [(PROSPECT, Strategy.START, True), (BUYER, Strategy.END, False), (GONE, Strategy.END, False)],
    ids=["prospect", "ended", "gone"],
)
def test_a_partner_gets_the_record_of_a_customer(who, strategy, kept):
    """The same guides, and the one about the record unless it ends."""
    with_partner = told(who, strategy, PartyKind.PARTNER)

    assert ("partner" in with_partner) is kept
    assert [about for about in with_partner if about != "partner"] == told(who, strategy)
    assert told(who, strategy, PartyKind.BUSINESS) == told(who, strategy)


def test_the_nine_states_of_customers_get_nine_guidances():
    """Under one strategy, since stage and standing both decide."""
    guidances = {
        guidance_for(Profile(relationship=standing(bond, name)), Strategy.PROTECT).guides
        for bond, name in product(BONDS, STANDINGS)
    }

    assert len(guidances) == 9


@pytest.mark.parametrize("name", ["in_conflict", "eroding"])
@pytest.mark.parametrize("bond", BONDS, ids=lambda bond: bond.state.stage)
@pytest.mark.parametrize(
    "strategy", [one for one in fitting(Room.CUSTOMER) if one is not Strategy.END]
)
def test_a_standing_that_is_not_content_comes_before_the_strategy(bond, name, strategy):
    """Whichever the strategy is, but for one that ends it."""
    guides = told(standing(bond, name), strategy)
    following = "repair" if strategy is Strategy.ENHANCE else strategy.words

    assert guides.index(name.replace("_", " ")) < guides.index(following)


LOUD = CROSS.apply(
    ComplaintSettled(at=NOW), Complained(at=NOW, public=True), ComplaintIgnored(at=NOW), BUYS
)
"""Content again; what was said in public was ignored, and stays said."""


@pytest.mark.parametrize(
    "who",
    [CROSS, ERODING, LOUD, BUYER.apply(ServiceFailed(at=NOW))],
    ids=["cross", "eroding", "loud", "failed"],
)
def test_who_is_to_be_repaired_is_sold_nothing(who):
    """The guide of the strategy that raises revenue gives way to that of the repair."""
    guides = guidance_for(Profile(relationship=who), Strategy.ENHANCE)

    assert {"repair"} == {guide.about for guide in guides} & {"repair", "enhance"}
    assert not [tool for guide in guides for tool in guide.tools if "selling" in tool]


@pytest.mark.parametrize(
    "who",
    [BUYER, REGULAR, REGULAR.apply(ServiceFailed(at=NOW))],
    ids=["buyer", "regular", "failed regular"],
)
def test_who_is_content_is_enhanced(who):
    """A regular whom service failed would have said so."""
    assert {"repair", "enhance"} & {*told(who, Strategy.ENHANCE)} == {"enhance"}


def test_stages_of_other_names_are_no_standing():
    """Where a lifecycle has no region standing, a stage called eroding says nothing of it."""
    lifecycle = Lifecycle(
        "club",
        prospect=[Stage("guest", "Looks in.")],
        customer=[Stage("eroding", "A stage of rocks.")],
        former=[Stage("gone", "Left.")],
        rules=[
            Move(Purchased, at="guest", to="eroding", sentence="Joins."),
            Move(Departed, at="eroding", to="gone", sentence="Leaves."),
        ],
    )
    member = Relationship("C-17", lifecycle).apply(BUYS)

    assert told(member, Strategy.HARVEST) == ["harvest", "channels"]


def test_a_complaint_in_public_leads_until_it_is_settled():
    """Though nobody waits for an answer any more (IMH-9)."""
    assert LOUD.open_complaints == 0
    assert told(LOUD, Strategy.HARVEST)[0] == "open complaint"
    assert told(LOUD.apply(ComplaintSettled(at=NOW)), Strategy.HARVEST)[0] == "harvest"


def test_who_came_back_is_watched_for_what_they_had_said():
    """In the app's words, where there are any."""
    gone = Departed(at=NOW, cause=Cause.OTHER, reason="the dog")
    guides = guidance_for(Profile(relationship=BUYER.apply(gone, BUYS)), Strategy.ENHANCE).guides

    assert guides[0].sensitive_to == ("what made them leave: other (the dog)",)


def test_nothing_is_offered_until_the_repair_nor_where_all_stays_as_it_is():
    """The guides of three rungs offer or sell something; those of buyer and advocate do not."""
    offers = {"potential", "visitor", "regular"}
    cross = REGULAR.apply(Complained(at=NOW))

    assert offers & {*told(REGULAR, Strategy.PROTECT)} == {"regular"}
    assert not offers & {*told(cross, Strategy.PROTECT)}
    assert not offers & {*told(REGULAR.apply(Lapsed(at=NOW)), Strategy.PROTECT)}
    assert not offers & {*told(REGULAR.apply(Lapsed(at=NOW)), Strategy.ENHANCE)}
    assert not offers & {*told(PROSPECT.apply(Complained(at=NOW)), Strategy.START)}
    assert not offers & {*told(REGULAR, Strategy.HARVEST)}
    assert "advocate" in told(ADVOCATE.apply(Complained(at=NOW)), Strategy.PROTECT)


def test_nobody_is_told_to_let_go_of_who_is_no_longer_there():
    """The guide says that nobody is left."""
    assert told(BUYER.apply(Departed(at=NOW, cause=Cause.CEASED)), Strategy.END) == [
        "no longer there"
    ]


CASES = [
    Profile(relationship=failed, value=CustomerValue(party=party))
    for where in standpoints(CUSTOMER_LIFECYCLE)
    for moved in (where, where.apply(Complained(at=where.record.last_at or NOW)))
    for failed in (moved, moved.apply(ServiceFailed(at=moved.record.last_at or NOW)))
    for party in PartyKind
]


@pytest.mark.parametrize("strategy", Strategy)
def test_guidance_keeps_the_order_of_the_guides(strategy):
    """In every state, with and without complaint and failure, for every party."""
    order = [*GUIDES]
    fit = [case for case in CASES if strategy.fits(case.room)]

    ranks = [[order.index(g.about) for g in guidance_for(case, strategy)] for case in fit]

    assert ranks
    assert all(one == sorted(set(one)) for one in ranks)


def test_who_is_not_present_is_never_told_of_tariffs():
    """Nothing is left to end with a former customer, and nothing to end with a prospect."""
    absent = [case for case in CASES if case.room is not Room.CUSTOMER]

    tools = {tool for case in absent for g in guidance_for(case, Strategy.END) for tool in g.tools}

    assert tools
    assert not [tool for tool in tools if "tariff" in tool or "supplier" in tool]


@pytest.mark.parametrize("strategy", Strategy)
def test_an_open_complaint_leads_in_every_room(strategy):
    """And nowhere else."""
    fit = [case for case in CASES if strategy.fits(case.room)]

    led = [guidance_for(case, strategy).guides[0].about == "open complaint" for case in fit]

    ceased = [
        case.departure is not None
        and case.departure.cause is Cause.CEASED
        and strategy is Strategy.END
        for case in fit
    ]
    assert led == [
        case.relationship.open_complaints > 0 and not gone
        for case, gone in zip(fit, ceased, strict=True)
    ]


def test_guidance_reads_line_by_line():
    """A line a guide."""
    guidance = guidance_for(Profile(relationship=CROSS), Strategy.PROTECT)

    lines = [*map(str, guidance)]

    assert lines == [str(guide) for guide in guidance]
    assert len(lines) == 5


def test_where_the_lifecycle_has_no_such_views_guidance_is_of_the_strategy():
    """Neither a process nor a stage is made up."""
    bare = Profile(relationship=Relationship("C-17", BARE))

    assert guidance_for(bare, Strategy.START).process is None
    assert told(bare.relationship, Strategy.START) == ["start", "channels"]


def test_a_standing_that_is_split_keeps_its_guide():
    """The stages inside belong to it."""
    split = CUSTOMER_LIFECYCLE.refine("eroding", ["cool"])
    silent = Relationship("C-17", split).apply(BUYS, Lapsed(at=NOW))

    assert silent.state.regions["standing"] == "cool"
    assert told(silent, Strategy.PROTECT)[0] == "eroding"


@settings(max_examples=50)
@given(lifecycles(), st.data())
def test_guidance_is_for_any_lifecycle(lifecycle, data):
    """With guides that exist, and with that of the strategy among them."""
    where = data.draw(st.sampled_from(standpoints(lifecycle)))
    strategy = data.draw(st.sampled_from(fitting(where.state.room)))

    guides = told(where, strategy)

    assert {*guides} <= {*GUIDES}
    assert {*guides} & {strategy.words, "pass over", "let go"}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((PROSPECT, Strategy.END), "profile"),
        ((Profile(relationship=PROSPECT), "end"), "strategy"),
    ],
    ids=["profile", "strategy"],
)
def test_guidance_is_for_a_profile_and_a_strategy(arguments, field):
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgument) as caught:
        guidance_for(*arguments)

    assert (caught.value.subject, caught.value.field) == ("guidance_for()", field)


PAUSED = (
    Relationship("C-17", with_pause(CUSTOMER_LIFECYCLE)).apply(BUYS, BUYS).apply(Paused(at=NOW))
)


@pytest.mark.parametrize(
    ("strategy", "guides"),
    [
        (Strategy.ENHANCE, ["paused", "channels"]),
        (Strategy.PROTECT, ["paused", "protect", "channels"]),
        (Strategy.END, ["end"]),
    ],
)
def test_nothing_is_sold_to_a_customer_who_has_paused(strategy, guides):
    """The guides of the stage and of more sales are left out."""
    assert told(PAUSED, strategy) == guides


def test_who_has_paused_and_complains_is_repaired_first():
    """The pause is no answer."""
    waiting = PAUSED.apply(Complained(at=NOW))

    assert told(waiting, Strategy.ENHANCE) == [
        "open complaint",
        "in conflict",
        "paused",
        "repair",
        "channels",
    ]
