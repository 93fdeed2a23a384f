"""Guidance: what customers at a stage are sensitive to, and how to follow a strategy with them.

Cited data. A guide belongs to a rung of the ladder, to a strategy, or to a complaint that waits;
guidance for one customer puts the guides together that apply.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from attrs import frozen

from custlife.errors import ViewNotDefined
from custlife.lifecycle.default import Ladder, Process
from custlife.relationship import Relationship
from custlife.sources import CHE, EFR, IMH, KAL, Source
from custlife.state import Room
from custlife.strategy.strategies import Strategy

E = TypeVar("E", bound=Enum)


@frozen(kw_only=True)
class Guide:
    """What to mind and to do about one thing.

    Attributes:
        about: A stage, a strategy, or what else.
        sensitive_to: What the customer notices most.
        task: What the enterprise has to do.
        measure: By what its success shows.
        tools: Means that serve the task.
        sources: The rows that say so.

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


STAGE_GUIDES: Mapping[Ladder, Guide] = MappingProxyType(
    {
        Ladder.POTENTIAL: Guide(
            about="potential",
            sensitive_to=("what others tell", "advertising"),
            task="Attract the people whom the enterprise wants",
            measure="first contacts that the prospect answers",
            tools=(
                "advertising",
                "a funnel",
                "positioning",
                "bridging: end one service with an invitation to the next, or a small gift, so "
                "that loyal customers bring others",
            ),
            sources=(EFR[1], IMH[1], IMH[10], KAL[1]),
        ),
        Ladder.VISITOR: Guide(
            about="visitor",
            sensitive_to=("premises", "the site", "texts", "pictures", "a rude contact"),
            task="Read the need, choose how to present, and answer everything in person",
            measure="the first purchase",
            tools=("a demonstration or a trial", "a person instead of a link"),
            sources=(EFR[2], IMH[1], KAL[2]),
        ),
        Ladder.BUYER: Guide(
            about="buyer",
            sensitive_to=("everything",),
            task="Serve the first purchase without a flaw, and raise its subjective value",
            measure="the repeat purchase, or the renewal",
            tools=("standards of service", "an experience map"),
            sources=(EFR[3], IMH[1]),
        ),
        Ladder.REGULAR: Guide(
            about="regular",
            sensitive_to=("human contact", "words", "refusals"),
            task="Keep up purchases and the average ticket without pestering, and surprise",
            measure="repeat purchases and the average ticket",
            tools=(
                "a standing service committee that changes the standards",
                "every complaint taken as free advice",
            ),
            sources=(EFR[4], IMH[1], KAL[3]),
        ),
        Ladder.ADVOCATE: Guide(
            about="advocate",
            sensitive_to=("how a conflict is handled", "being treated as family"),
            task="Expect conflict, hear displeasure that is said aloud, and handle it well",
            measure="recommendations, and buying from no other supplier",
            tools=("complaints heard and settled", "processes that both sides share"),
            sources=(EFR[5], IMH[1], KAL[4]),
        ),
        Ladder.FORMER: Guide(
            about="former",
            sensitive_to=("the cause of the departure",),
            task="Learn why, and set out to lengthen the average lifecycle",
            measure="the average length of the lifecycle",
            tools=("the record of causes", "an answer to dissatisfaction that became public"),
            sources=(EFR[6], IMH[9], IMH[11]),
        ),
    }
)
"""A guide for each rung of the ladder."""


def _following(
    strategy: Strategy, sensitive_to: str, task: str, measure: str, *also: Source
) -> tuple[Strategy, Guide]:
    return strategy, Guide(
        about=strategy.words,
        sensitive_to=(sensitive_to,),
        task=task,
        measure=measure,
        tools=strategy.means,
        sources=(strategy.source, *also),
    )


STRATEGY_GUIDES: Mapping[Strategy, Guide] = MappingProxyType(
    dict(
        (
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
    )
)
"""A guide for each strategy; its tools are the strategy's means."""

COMPLAINT_GUIDE = Guide(
    about="open complaint",
    sensitive_to=("being heard", "the time until an answer"),
    task="Settle the complaint before anything else",
    measure="a customer who recommends the enterprise afterwards",
    tools=("a complaint taken as free advice", "a service committee that mends the standard"),
    sources=(EFR[4], EFR[5], IMH[10]),
)
"""What to do first while a complaint waits for an answer."""

CHANNEL_GUIDE = Guide(
    about="channels",
    sensitive_to=("a gap between channels",),
    task="Let whoever began in one channel go on in any other",
    measure="nobody lost to a gap in one channel",
    tools=("one record that the shop, the phone and the web all see",),
    sources=(CHE[2], CHE[5]),
)
"""What holds for everybody who is present."""


@frozen(kw_only=True)
class Guidance:
    """The guides that apply to one customer, the most urgent first.

    Attributes:
        process: The process of the enterprise that the customer's stage belongs to (IMH-2); None
            for a former customer, and where the lifecycle has no such view.
        complaint: What to do about an open complaint; None where there is none.
        strategy: How to follow the strategy.
        stage: What customers at this stage mind; None where the lifecycle has no ladder, and where
            the relationship is ended.
        channels: How to keep channels together; None for a former customer, and where the
            relationship is ended.
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

    Examples:
        >>> guidance = guidance_for(Relationship("C-17"), Strategy.START)
        >>> guidance.process.name, [guide.about for guide in guidance]
        ('ENGAGEMENT', ['start', 'potential', 'channels'])
    """
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
