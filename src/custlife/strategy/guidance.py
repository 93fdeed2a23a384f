"""Guidance: what customers at a stage are sensitive to, and how to follow a strategy with them.

Cited data. There is a guide for each rung of the ladder and for each strategy, for open complaints
and for channels; the guidance for one customer holds the guides that apply.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from attrs import frozen

from custlife import _checks
from custlife.errors import ViewNotDefined
from custlife.lifecycle.default import Ladder, Process
from custlife.relationship import Relationship
from custlife.sources import CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.strategies import Strategy

E = TypeVar("E", bound=Enum)


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
        >>> STAGE_GUIDES[Ladder.BUYER].measure
        'the repeat purchase, or the renewal'
    """

    about: str
    sensitive_to: tuple[str, ...]
    task: str
    measure: str
    tools: tuple[str, ...]
    sources: tuple[Source, ...]

    def __str__(self) -> str:
        """The guide in one sentence or two."""
        sensitive = f" Sensitive to {'; '.join(self.sensitive_to)}." if self.sensitive_to else ""
        return (
            f"({self.about}) {self.task}.{sensitive} Tools: {'; '.join(self.tools)}. "
            f"Success shows in {self.measure}. [{', '.join(map(str, self.sources))}]"
        )


def _guide(
    about: str,
    sensitive_to: str,
    task: str,
    measure: str,
    tools: str | tuple[str, ...],
    *sources: Source,
) -> Guide:
    """A guide whose parts are written as text, separated by semicolons."""
    tools = tuple(tools.split("; ")) if isinstance(tools, str) else tools
    sensitive = tuple(sensitive_to.split("; "))
    return Guide(about, sensitive, task, measure, tools, sources)


STAGE_GUIDES: Mapping[Ladder, Guide] = MappingProxyType(
    {
        Ladder.POTENTIAL: _guide(
            "potential",
            "what others tell; advertising",
            "Attract the people that the enterprise wants",
            "first contacts that the prospect answers",
            "advertising; a funnel; positioning; bridging: end one service with an invitation to "
            "the next, or a small gift, so that loyal customers bring others",
            *(EFR[1], IMH[1], IMH[10], KAL[1]),
        ),
        Ladder.VISITOR: _guide(
            "visitor",
            "premises; the site; texts; pictures; a rude contact",
            "Read the need, choose how to present, and answer everything in person",
            "the first purchase",
            "a demonstration or a trial; a person instead of a link",
            *(EFR[2], IMH[1], KAL[2]),
        ),
        Ladder.BUYER: _guide(
            "buyer",
            "everything",
            "Serve the first purchase without a flaw, and raise its subjective value",
            "the repeat purchase, or the renewal",
            "standards of service; an experience map",
            *(EFR[3], IMH[1]),
        ),
        Ladder.REGULAR: _guide(
            "regular",
            "human contact; words; refusals",
            "Keep up purchases and the average ticket without pestering, and surprise",
            "repeat purchases and the average ticket",
            "a standing service committee that changes the standards; every complaint taken as "
            "free advice",
            *(EFR[4], IMH[1], KAL[3]),
        ),
        Ladder.ADVOCATE: _guide(
            "advocate",
            "how a conflict is handled; being treated as family",
            "Expect conflict, hear displeasure that is said aloud, and handle it well",
            "recommendations, and buying from no other supplier",
            "complaints heard and settled; processes that both sides share",
            *(EFR[5], IMH[1], KAL[4]),
        ),
        Ladder.FORMER: _guide(
            "former",
            "the cause of the departure",
            "Learn why, and set out to lengthen the average lifecycle",
            "the average length of the lifecycle",
            "the record of causes; an answer to dissatisfaction that became public",
            *(EFR[6], IMH[9], IMH[11]),
        ),
    }
)
"""A guide for each rung of the ladder."""

_FOLLOWING: Mapping[Strategy, tuple[str, str, str, Source | None]] = {
    Strategy.START: (
        "the first impression",
        "Begin well, where the potential is high",
        "whether a later strategy is needed at all",
        None,
    ),
    Strategy.PROTECT: (
        "what competitors offer",
        "Defend by understanding, and by practical and emotional value",
        "key customers who stay",
        IMH[5],
    ),
    Strategy.REENGINEER: (
        "service that gets worse",
        "Lower the cost to serve along the whole chain",
        "the profit, while the customer stays",
        CHE[1],
    ),
    Strategy.ENHANCE: (
        "being sold to",
        "Better the relationship first, then raise the revenue",
        "revenue from the same customer",
        None,
    ),
    Strategy.HARVEST: (
        "changes of what works",
        "Keep service as it is, and spend the cash on new customers",
        "the cash flow, without new effort",
        None,
    ),
    Strategy.END: (
        "how it is ended",
        "Stop spending on the relationship, and end it in good order",
        "resources set free",
        KAL[9],
    ),
    Strategy.WIN_BACK: (
        "whether the cause was mended",
        "Work out the way back, starting from the cause of the departure",
        "key customers who return, at less than they bring",
        IMH[9],
    ),
}

STRATEGY_GUIDES: Mapping[Strategy, Guide] = MappingProxyType(
    {
        strategy: _guide(
            strategy.words,
            sensitive_to,
            task,
            measure,
            strategy.means,
            *filter(None, (strategy.source, also)),
        )
        for strategy, (sensitive_to, task, measure, also) in _FOLLOWING.items()
    }
)
"""A guide for each strategy; its tools are the strategy's means."""

COMPLAINT_GUIDE = _guide(
    "open complaint",
    "being heard; the time until an answer",
    "Settle the complaint before anything else",
    "a customer who recommends the enterprise afterwards",
    "a complaint taken as free advice; a service committee that mends the standard",
    *(EFR[4], EFR[5], IMH[10]),
)
"""What to do first while a complaint waits for an answer."""

CHANNEL_GUIDE = _guide(
    "channels",
    "a gap between channels",
    "Let a customer who began in one channel go on in any other",
    "no customer lost to a gap in one channel",
    "one record that the shop, the phone and the web all see",
    *(CHE[2], CHE[5]),
)
"""What holds for every prospect and customer."""


@frozen(kw_only=True)
class Guidance:
    """The guides that apply to one customer, the most urgent first.

    Attributes:
        process: The process of the enterprise that the customer's stage belongs to (IMH-2); None
            for a former customer, and where the lifecycle has no such view.
        complaint: What to do about an open complaint; None where there is none.
        strategy: How to follow the strategy.
        stage: What customers at this stage are sensitive to; None where the lifecycle has no
            ladder, and where the strategy is to end it.
        channels: How to keep channels together; None for a former customer, and where the strategy
            is to end it.
    """

    process: Process | None
    complaint: Guide | None
    strategy: Guide
    stage: Guide | None
    channels: Guide | None

    def __iter__(self) -> Iterator[Guide]:
        """The guides that apply, the most urgent first."""
        guides = (self.complaint, self.strategy, self.stage, self.channels)
        return (guide for guide in guides if guide is not None)


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
    rung = None if strategy is Strategy.END else _view(relationship, Ladder)
    former = relationship.state.room is Room.FORMER
    stays = not former and strategy is not Strategy.END
    return Guidance(
        process=_view(relationship, Process),
        complaint=COMPLAINT_GUIDE if relationship.open_complaints and not former else None,
        strategy=STRATEGY_GUIDES[strategy],
        stage=None if rung is None else STAGE_GUIDES[rung],
        channels=CHANNEL_GUIDE if stays else None,
    )


def _view(relationship: Relationship, model: type[E]) -> E | None:
    try:
        return relationship.view(model)
    except ViewNotDefined:
        return None
