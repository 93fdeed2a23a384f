"""Guidance: what a customer needs now, and how to follow a strategy with them.

Cited data. There is a guide for each rung of the ladder, each strategy and each class of causes,
and for what else asks for something: a complaint, a standing that is not content, a return, a
failure to serve, a partner, channels. The guidance for one customer holds the guides that apply.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from attrs import evolve, field, frozen

from custlife import _checks
from custlife.causes import Cause
from custlife.decisions.predicates import spoken, words
from custlife.errors import ViewNotDefined, listed
from custlife.lifecycle.default import Ladder, Process
from custlife.relationship import Relationship
from custlife.sources import (
    ASSUMPTION,
    BUT,
    CHE,
    DE_MATOS,
    EFR,
    IMH,
    KAL,
    KUMAR_2015,
    KUMAR_2018,
    MATTISON,
    Source,
)
from custlife.state import Room
from custlife.strategy.conditions import (
    COMPLAINS,
    CROSS_SELL,
    DISCONTENT,
    DROPPED_LATELY,
    PAUSED,
    REPAIR,
    RETURNED,
    applies,
)
from custlife.strategy.profile import Profile
from custlife.strategy.strategies import Strategy
from custlife.strategy.value import PartyKind

E = TypeVar("E", bound=Enum)


def _parts(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a text, which semicolons separate; none of an empty one."""
    return tuple(filter(None, text.split("; "))) if isinstance(text, str) else text


@frozen
class Guide:
    """Advice about one thing, such as a stage, a strategy or an open complaint.

    Attributes:
        about: What the advice is about.
        sensitive_to: What the customer notices most; nothing where the sources name nothing.
        task: What the enterprise has to do.
        measure: What shows its success.
        tools: Means for the task.
        sources: The rows and studies that it comes from; an assumption where it goes beyond.
        remark: What an author remarks on it, with the author's name; None where nobody does.

    Examples:
        >>> GUIDES["buyer"].measure
        'the repeat purchase, or the renewal'
        >>> GUIDES["harvest"].remark
        'this differs little from protecting, and may be no strategy of its own (Mironov)'
    """

    about: str
    sensitive_to: tuple[str, ...] = field(converter=_parts)
    task: str
    measure: str
    tools: tuple[str, ...] = field(converter=_parts)
    sources: tuple[Source, ...]
    remark: str | None = None

    def __str__(self) -> str:
        """The guide in a few sentences."""
        sensitive = f" Sensitive to {'; '.join(self.sensitive_to)}." if self.sensitive_to else ""
        remark = f" Remark: {self.remark}." if self.remark else ""
        return (
            f"({self.about}) {self.task}.{sensitive} Tools: {'; '.join(self.tools)}. "
            f"Success shows in {self.measure}.{remark} [{', '.join(map(str, self.sources))}]"
        )


def _following(
    strategy: Strategy,
    sensitive_to: str,
    task: str,
    measure: str,
    *also: Source,
    remark: str | None = None,
) -> Guide:
    """How to follow a strategy; the tools are its means."""
    sources = (strategy.source, *also)
    return Guide(strategy.words, sensitive_to, task, measure, strategy.means, sources, remark)


_GUIDES = (
    # What is urgent.
    Guide(
        "open complaint",
        "being heard",
        "Settle the complaint before anything else",
        "a customer who recommends the enterprise afterwards",
        "an ear for the complaint, which is free advice; an answer in public where the complaint "
        "was public; a service committee that changes the standard",
        (EFR[4], EFR[5], IMH[9], DE_MATOS, ASSUMPTION),
        "a study finds that a complaint handled well raises satisfaction, but not purchases "
        "(de Matos et al. 2007)",
    ),
    Guide(
        "in conflict",
        "human contact; words; refusals",
        "Talk with the customer, and sell nothing until the conflict is over",
        "a customer who is content again",
        "a person who answers; no refusal without a reason",
        (IMH[12], EFR[4], EFR[5], BUT[4], ASSUMPTION),
    ),
    Guide(
        "eroding",
        "another offer; a change in their own circumstances",
        "Find out what the customer is turning away from, before a competitor captures them",
        "dealings that grow again",
        "the history of dealings, which shows the change; a talk about what would make them stay",
        (IMH[8], IMH[12], KAL[8], EFR[6], ASSUMPTION),
    ),
    Guide(
        "paused",
        "being pressed",
        "Leave the customer in peace, and make it easy to resume",
        "a customer who resumes",
        "a day on which the pause ends; one step to resume",
        (ASSUMPTION,),
    ),
    Guide(
        "returned",
        "what made them leave",
        "Watch first for what made them leave, and put it right before it shows again",
        "a longer stay than the last one",
        "the cause on record; a check that it is mended",
        (KUMAR_2018, ASSUMPTION),
    ),
    # How to follow a strategy.
    _following(
        Strategy.START,
        "the first impression",
        "Think the beginning through, for everybody",
        "whether a later strategy is needed at all",
        remark="let customers take part with their feelings, too (Mironov)",
    ),
    _following(
        Strategy.PROTECT,
        "what competitors offer",
        "Defend by understanding and by value, the harder the more competition there is",
        "key customers who stay",
        IMH[5],
        remark="where this succeeds, every customer becomes a key customer in time (Mironov)",
    ),
    _following(
        Strategy.REENGINEER,
        "service that gets worse",
        "Lower the cost to serve, and watch the quality of service along the whole chain",
        "the profit, while the customer stays",
        CHE[1],
        remark="cheaper service can drive customers away, and what it gains is less certain than "
        "it seems (Mironov)",
    ),
    _following(
        Strategy.ENHANCE,
        "pestering",
        "Raise the revenue from a relationship that is right",
        "revenue from the same customer",
        EFR[4],
        remark="the quality of the relationship comes first, and the sales come from it; what "
        "protects serves here as well (Mironov)",
    ),
    Guide(
        "cross-sell",
        "pestering",
        "Invite the customer to an offering that they do not hold yet",
        "one offering more that is held",
        "the end of one service, which invites to the next; what is left to offer, by the need "
        "that it meets",
        (BUT[4], IMH[4], EFR[1], ASSUMPTION),
    ),
    Guide(
        "repair",
        "another offer before the repair",
        "Put the relationship right, and sell nothing until it is",
        "a customer who is content again",
        "what failed or displeased, put right; a service committee that changes the standard; a "
        "surprise",
        (BUT[4], EFR[4], EFR[5], ASSUMPTION),
        "the quality of the relationship comes first, and the sales come from it (Mironov)",
    ),
    _following(
        Strategy.HARVEST,
        "",
        "Keep everything as it is, and spend the cash on new customers",
        "the cash flow, without new effort",
        remark="this differs little from protecting, and may be no strategy of its own (Mironov)",
    ),
    _following(
        Strategy.END,
        "",
        "Stop spending on the relationship, and end it",
        "resources set free",
        KAL[9],
        remark="it is meant for those who are no target, as well (Mironov)",
    ),
    Guide(
        "pass over",
        "",
        "Spend nothing on the prospect; there is nothing to end yet",
        "effort set free for others",
        "effort turned to those most likely to buy",
        (KAL[9], BUT[6]),
    ),
    Guide(
        "let go",
        "",
        "Let the person go; there is nothing left to end",
        "nothing spent on a way back that costs more than it brings",
        "the cause kept on record; effort turned to those most likely to buy",
        (BUT[7], KAL[8], KAL[9]),
    ),
    _following(
        Strategy.WIN_BACK,
        "",
        "Study why the customer left, and work out the possible ways back from there",
        "key customers who return, and bring more than the way back and the answer in public cost",
        IMH[9],
    ),
    # Where the way back starts, by the class of the cause.
    Guide(
        "left for price",
        "what competitors charge",
        "Find the price that would bring them back, and whether they pay at that price",
        "a return that brings more than it costs",
        "an offer that meets the cheaper one",
        (BUT[7], KAL[6], KUMAR_2015),
        "they come back more easily than those who left for service (Kumar et al. 2015)",
    ),
    Guide(
        "left for a better offer",
        "what competitors do better",
        "Learn what was better there, and whether the offering can equal it",
        "an offering that satisfies them more",
        "a comparison with the competitor's offer; a better product or service",
        (BUT[7], KAL[6], IMH[4]),
    ),
    Guide(
        "left for service",
        "whether what failed is mended; being heard",
        "Mend what failed and say so, before offering anything",
        "a return without the old failure",
        "a person who apologizes; proof that the service is mended",
        (BUT[7], KAL[6], EFR[5], KUMAR_2015, ASSUMPTION),
        "they come back less easily than those who left for price, and are worth more afterwards "
        "(Kumar et al. 2015)",
    ),
    Guide(
        "left over the terms",
        "the terms of the contract",
        "Find the term that fell short, and whether it can be changed",
        "a contract that meets what they expect",
        "other terms; plain words about what the contract gives",
        (BUT[7], KAL[6], ASSUMPTION),
    ),
    Guide(
        "left with new staff",
        "the suppliers that the newcomers bring",
        "Win the newcomers, as one wins a visitor",
        "newcomers who turn to the enterprise",
        "a first meeting in person; the history of dealings with those before them",
        (EFR[2], EFR[6], BUT[7], KAL[8], ASSUMPTION),
    ),
    Guide(
        "left unconvinced",
        "the first impression",
        "Begin anew, as with a prospect, and present the offer in another way",
        "a person who turns to the enterprise again",
        "a need that is read better; another way to present",
        (KAL[6], BUT[1], EFR[2], ASSUMPTION),
    ),
    Guide(
        "left for circumstances",
        "what they need now",
        "Ask what fits them now, and let go where nothing does",
        "an offer that fits their new circumstances",
        "the offering in another form or place",
        (EFR[6], KAL[6], BUT[7], ASSUMPTION),
    ),
    Guide(
        "taken over",
        "the suppliers that the successor has",
        "Win the successor, as a prospect",
        "a successor who turns to the enterprise",
        "a first impression that is thought through; the history of dealings with the predecessor",
        (BUT[1], KAL[8], ASSUMPTION),
    ),
    Guide(
        "no longer there",
        "",
        "Let go: nobody is left to win back",
        "no contact after the end",
        "the end kept on record",
        (MATTISON, KAL[8], ASSUMPTION),
    ),
    Guide(
        "driven out",
        "why it was ended",
        "Make sure that the enterprise wants the customer again, before it asks them back",
        "a return that both sides want",
        "a tariff that is no longer prohibitive; a frank word about why it was ended",
        (BUT[6], BUT[7], ASSUMPTION),
    ),
    Guide(
        "left for an unclear cause",
        "",
        "Study the cause first: every way back starts there",
        "a cause on record",
        "a talk with the person; the history of dealings, which shows when it changed",
        (BUT[7], KAL[8], ASSUMPTION),
    ),
    # What a rung of the ladder needs.
    Guide(
        "potential",
        "what others tell; advertising",
        "Attract the people that the enterprise wants",
        "dialogues that have opened",
        "advertising; a funnel; positioning; bridging: end one service with an invitation to "
        "the next, or a small gift, so that loyal customers bring others",
        (EFR[1], IMH[1], IMH[10], KAL[1]),
    ),
    Guide(
        "visitor",
        "premises; the site; texts; pictures; a rude contact",
        "Read the need, choose how to present, and answer everything in person",
        "the customer moment: the first purchase",
        "a demonstration or a trial; a person instead of a link",
        (EFR[2], IMH[1], IMH[3], KAL[2]),
    ),
    Guide(
        "buyer",
        "everything",
        "Serve the first purchase without a flaw, and raise its subjective value",
        "the repeat purchase, or the renewal",
        "standards of service; an experience map",
        (EFR[3], IMH[1]),
    ),
    Guide(
        "regular",
        "human contact; words; refusals",
        "Keep up purchases and the average ticket without pestering, and surprise",
        "repeat purchases and the average ticket",
        "a standing service committee that changes the standards; every complaint taken as "
        "free advice",
        (EFR[4], IMH[1]),
    ),
    Guide(
        "advocate",
        "how a conflict is handled; being treated as family",
        "Expect conflict, hear displeasure that is said aloud, and handle it well",
        "recommendations, and buying from no other supplier",
        "complaints heard and settled; processes between the two that run by themselves",
        (EFR[5], IMH[1], KAL[4]),
    ),
    Guide(
        "former",
        "",
        "Learn why they left, and set out to lengthen the average lifecycle",
        "the average length of the lifecycle",
        "the record of causes; an answer to dissatisfaction that became public",
        (EFR[6], BUT[7], KAL[8], IMH[9]),
    ),
    # What is kept together.
    Guide(
        "partner",
        "",
        "Keep the same systematic record of a partner as of a customer",
        "no note about the partner outside the record",
        "one record for customers and partners",
        (CHE[4],),
    ),
    Guide(
        "service chain",
        "failures, even where they say nothing",
        "Watch the quality of service along the whole chain, and answer for what failed without "
        "waiting for a complaint: who comes for the first time leaves silently",
        "no further failure on record",
        "the history of failures, link by link; delivery and supply that better the relationship",
        (CHE[1], EFR[5], IMH[9]),
    ),
    Guide(
        "channels",
        "a gap between channels",
        "Let a customer who began in one channel go on in any other",
        "no customer lost to a gap in one channel",
        "one state of affairs that employees, the contact centre and the customer all see",
        (CHE[2], CHE[5]),
    ),
)
GUIDES: Mapping[str, Guide] = MappingProxyType({guide.about: guide for guide in _GUIDES})
"""Every guide by what it is about, in the order in which guidance holds those that apply."""

_CLASSES: dict[str, tuple[Cause, ...]] = {
    "left for price": (Cause.PRICE,),
    "left for a better offer": (Cause.BETTER_ALTERNATIVE,),
    "left for service": (Cause.DISSATISFACTION, Cause.RUDE_CONTACT, Cause.UNAVAILABLE),
    "left over the terms": (Cause.TERMS,),
    "left with new staff": (Cause.STAFF_CHANGED,),
    "left unconvinced": (Cause.ADVERTISING_MISSED, Cause.NO_DECISION),
    "left for circumstances": (
        Cause.REQUIREMENTS_CHANGED,
        Cause.NEED_ENDED,
        Cause.RELOCATION,
        Cause.INCOME_CHANGED,
    ),
    "taken over": (Cause.SUCCEEDED,),
    "no longer there": (Cause.CEASED,),
    "driven out": (Cause.DISMISSED,),
    "left for an unclear cause": (Cause.NON_PAYMENT, Cause.SILENCE, Cause.OTHER, Cause.UNKNOWN),
}
WAYS_BACK: Mapping[Cause, Guide] = MappingProxyType(
    {cause: GUIDES[about] for about, causes in _CLASSES.items() for cause in causes}
)
"""For each cause the guide from which the way back starts; the classes are an assumption."""

_DISCONTENT = ("in_conflict", "eroding")
"""The stages of a standing that is not content, in a lifecycle that has them."""
_OFFERS = (Ladder.POTENTIAL, Ladder.VISITOR, Ladder.REGULAR)
"""The rungs whose guides offer or sell something."""
_ENDINGS = {Room.PROSPECT: "pass over", Room.CUSTOMER: "end", Room.FORMER: "let go"}


@frozen
class Guidance:
    """The guides that apply to one customer.

    Attributes:
        process: The process of the enterprise that the customer's stage belongs to (IMH-2); None
            for a former customer, and where the lifecycle has no such view.
        guides: The guides, the most urgent first: an open complaint, a standing that is not
            content, a pause, the cause for which a returned person had left, the strategy, the
            cause of the departure where a customer is to be won back, the stage, partners, the
            chain of service where it failed, and channels. Where the strategy is to end it, only
            the complaint and the strategy are left; a former customer needs no channels. Standing
            and stage are left out where the lifecycle knows none. Who is to be enhanced is repaired
            first: where a complaint is not settled, the standing is not content or service failed
            at the first purchase, the guide is that of the repair. Who has paused is not enhanced.
            Else, where offerings are left to offer and none was dropped lately, these are named.
            Guides of stages that offer or sell something are left out where nothing is to be sold:
            until the repair, in a pause, and where the strategy is to harvest. Where it ends for
            who is no longer there, only that is said.
    """

    process: Process | None
    guides: tuple[Guide, ...]

    def __iter__(self) -> Iterator[Guide]:
        return iter(self.guides)


def guidance_for(profile: Profile, strategy: Strategy) -> Guidance:
    """The guidance for following a strategy with this customer.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> guidance = guidance_for(Profile(relationship=Relationship("C-17")), Strategy.START)
        >>> guidance.process.name, [guide.about for guide in guidance]
        ('ENGAGEMENT', ['start', 'potential', 'channels'])
    """
    _checks.one_of(Profile).argument("guidance_for", "profile", profile)
    _checks.one_of(Strategy).argument("guidance_for", "strategy", strategy)
    relationship = profile.relationship
    guides = _ending(profile) if strategy is Strategy.END else _keeping(profile, strategy)
    return Guidance(_view(relationship, Process), tuple(guides))


def _ending(profile: Profile) -> Iterator[Guide]:
    gone = profile.departure
    if gone is not None and gone.cause is Cause.CEASED:
        yield GUIDES["no longer there"]
        return
    if applies(COMPLAINS, profile):
        yield GUIDES["open complaint"]
    yield GUIDES[_ENDINGS[profile.room]]


def _keeping(profile: Profile, strategy: Strategy) -> Iterator[Guide]:
    """What a strategy needs that is not to end it."""
    relationship = profile.relationship
    complains, discontent = (applies(one, profile) for one in (COMPLAINS, DISCONTENT))
    if complains:
        yield GUIDES["open complaint"]
    if discontent:
        yield from (GUIDES[spoken(name)] for name in _DISCONTENT if relationship.state.is_in(name))
    paused = applies(PAUSED, profile)
    yield from (GUIDES["paused"],) * paused
    yield from _returning(profile)
    repair = strategy is Strategy.ENHANCE and applies(REPAIR, profile)
    if repair:
        yield GUIDES["repair"]
    elif not (paused and strategy is Strategy.ENHANCE):  # nothing is sold in a pause
        yield GUIDES[strategy.words]
        yield from _cross_selling(profile, strategy)
    if profile.departure is not None:
        yield WAYS_BACK[profile.departure.cause]
    rung = _view(relationship, Ladder)
    nothing_sold = complains or discontent or repair or paused or strategy is Strategy.HARVEST
    if rung is not None and not (nothing_sold and rung in _OFFERS):
        yield GUIDES[words(rung)]
    if profile.party is PartyKind.PARTNER:
        yield GUIDES["partner"]
    if relationship.record.service_failures:
        yield GUIDES["service chain"]
    if profile.room is not Room.FORMER:
        yield GUIDES["channels"]


def _returning(profile: Profile) -> Iterator[Guide]:
    """For a person who left and is back, the cause is the first thing to watch."""
    gone = profile.relationship.departure
    if gone is None or not applies(RETURNED, profile):
        return
    cause = gone.cause.words + (f" ({gone.reason})" if gone.reason else "")
    yield evolve(GUIDES["returned"], sensitive_to=(f"what made them leave: {cause}",))


def _cross_selling(profile: Profile, strategy: Strategy) -> Iterator[Guide]:
    """To enhance a customer who could hold more, what that is; not if one was dropped lately."""
    sells = strategy is Strategy.ENHANCE and applies(CROSS_SELL, profile)
    if sells and not applies(DROPPED_LATELY, profile):
        guide, offered = GUIDES["cross-sell"], listed(profile.cross_sell or ())
        yield evolve(guide, tools=(f"what is not held: {offered}", *guide.tools))


def _view(relationship: Relationship, model: type[E]) -> E | None:
    try:
        return relationship.view(model)
    except ViewNotDefined:
        return None
