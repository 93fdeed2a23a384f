"""Guidance: what customers at a stage are sensitive to, and how to follow a strategy with them.

Cited data. There is a guide for each rung of the ladder and for each strategy, for open complaints
and for channels; the guidance for one customer holds the guides that apply.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.errors import ViewNotDefined
from custlife.lifecycle.default import Ladder, Process
from custlife.relationship import Relationship
from custlife.sources import CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.strategies import Strategy

E = TypeVar("E", bound=Enum)


def _parts(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a text, which semicolons separate."""
    return tuple(text.split("; ")) if isinstance(text, str) else text


@frozen
class Guide:
    """Advice about a stage, a strategy, open complaints or channels.

    Attributes:
        about: What the advice is about.
        sensitive_to: What the customer notices most.
        task: What the enterprise has to do.
        measure: What shows its success.
        tools: Means for the task.
        sources: The rows that the advice comes from.

    Examples:
        >>> GUIDES["buyer"].measure
        'the repeat purchase, or the renewal'
    """

    about: str
    sensitive_to: tuple[str, ...] = field(converter=_parts)
    task: str
    measure: str
    tools: tuple[str, ...] = field(converter=_parts)
    sources: tuple[Source, ...]

    def __str__(self) -> str:
        """The guide in one sentence or two."""
        sensitive = f" Sensitive to {'; '.join(self.sensitive_to)}." if self.sensitive_to else ""
        return (
            f"({self.about}) {self.task}.{sensitive} Tools: {'; '.join(self.tools)}. "
            f"Success shows in {self.measure}. [{', '.join(map(str, self.sources))}]"
        )


def _following(
    strategy: Strategy, sensitive_to: str, task: str, measure: str, *also: Source
) -> Guide:
    """How to follow a strategy; the tools are its means."""
    sources = (strategy.source, *also)
    return Guide(strategy.words, sensitive_to, task, measure, strategy.means, sources)


_GUIDES = (
    Guide(
        "potential",
        "what others tell; advertising",
        "Attract the people that the enterprise wants",
        "first contacts that the prospect answers",
        "advertising; a funnel; positioning; bridging: end one service with an invitation to "
        "the next, or a small gift, so that loyal customers bring others",
        (EFR[1], IMH[1], IMH[10], KAL[1]),
    ),
    Guide(
        "visitor",
        "premises; the site; texts; pictures; a rude contact",
        "Read the need, choose how to present, and answer everything in person",
        "the first purchase",
        "a demonstration or a trial; a person instead of a link",
        (EFR[2], IMH[1], KAL[2]),
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
        (EFR[4], IMH[1], KAL[3]),
    ),
    Guide(
        "advocate",
        "how a conflict is handled; being treated as family",
        "Expect conflict, hear displeasure that is said aloud, and handle it well",
        "recommendations, and buying from no other supplier",
        "complaints heard and settled; processes that both sides share",
        (EFR[5], IMH[1], KAL[4]),
    ),
    Guide(
        "former",
        "the cause of the departure",
        "Learn why, and set out to lengthen the average lifecycle",
        "the average length of the lifecycle",
        "the record of causes; an answer to dissatisfaction that became public",
        (EFR[6], IMH[9], IMH[11]),
    ),
    Guide(
        "open complaint",
        "being heard; the time until an answer",
        "Settle the complaint before anything else",
        "a customer who recommends the enterprise afterwards",
        "a complaint taken as free advice; a service committee that mends the standard",
        (EFR[4], EFR[5], IMH[10]),
    ),
    Guide(
        "channels",
        "a gap between channels",
        "Let a customer who began in one channel go on in any other",
        "no customer lost to a gap in one channel",
        "one record that the shop, the phone and the web all see",
        (CHE[2], CHE[5]),
    ),
    _following(
        Strategy.START,
        "the first impression",
        "Begin well, where the potential is high",
        "whether a later strategy is needed at all",
    ),
    _following(
        Strategy.PROTECT,
        "what competitors offer",
        "Defend by understanding, and by practical and emotional value",
        "key customers who stay",
        IMH[5],
    ),
    _following(
        Strategy.REENGINEER,
        "service that gets worse",
        "Lower the cost to serve along the whole chain",
        "the profit, while the customer stays",
        CHE[1],
    ),
    _following(
        Strategy.ENHANCE,
        "being sold to",
        "Better the relationship first, then raise the revenue",
        "revenue from the same customer",
    ),
    _following(
        Strategy.HARVEST,
        "changes of what works",
        "Keep service as it is, and spend the cash on new customers",
        "the cash flow, without new effort",
    ),
    _following(
        Strategy.END,
        "how it is ended",
        "Stop spending on the relationship, and end it in good order",
        "resources set free",
        KAL[9],
    ),
    _following(
        Strategy.WIN_BACK,
        "whether the cause was mended",
        "Work out the way back, starting from the cause of the departure",
        "key customers who return, at less than they bring",
        IMH[9],
    ),
)
GUIDES: Mapping[str, Guide] = MappingProxyType({guide.about: guide for guide in _GUIDES})
"""A guide for each rung of the ladder, for each strategy, for an open complaint and for channels,
by what it is about."""


@frozen
class Guidance:
    """The guides that apply to one customer.

    Attributes:
        process: The process of the enterprise that the customer's stage belongs to (IMH-2); None
            for a former customer, and where the lifecycle has no such view.
        guides: The guides, the most urgent first: what to do about an open complaint, how to follow
            the strategy, what customers at this stage are sensitive to, and how to keep channels
            together. Stage and channels are left out where the strategy is to end it, the channels
            for a former customer, and the stage where the lifecycle has no ladder.
    """

    process: Process | None
    guides: tuple[Guide, ...]

    def __iter__(self) -> Iterator[Guide]:
        return iter(self.guides)


def guidance_for(relationship: Relationship, strategy: Strategy) -> Guidance:
    """The guidance for following a strategy with this customer.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> guidance = guidance_for(Relationship("C-17"), Strategy.START)
        >>> guidance.process.name, [guide.about for guide in guidance]
        ('ENGAGEMENT', ['start', 'potential', 'channels'])
    """
    _checks.one_of(Relationship).argument("guidance_for", "relationship", relationship)
    _checks.one_of(Strategy).argument("guidance_for", "strategy", strategy)
    rung, former = _view(relationship, Ladder), relationship.state.room is Room.FORMER
    ends = strategy is Strategy.END
    guides = (
        GUIDES["open complaint"] if relationship.open_complaints and not former else None,
        GUIDES[strategy.words],
        None if rung is None or ends else GUIDES[words(rung)],
        None if former or ends else GUIDES["channels"],
    )
    return Guidance(_view(relationship, Process), tuple(filter(None, guides)))


def _view(relationship: Relationship, model: type[E]) -> E | None:
    try:
        return relationship.view(model)
    except ViewNotDefined:
        return None
