"""The default customer lifecycle: the stages of a customer, and what each event does.

Each stage and each rule has a sentence, which explanations and errors quote, and a source: the row
of a work that it comes from (see the sources page of the documentation). ``ASSUMPTION`` marks what
no work says.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial
from itertools import combinations, pairwise
from typing import Any

from custlife.events import (
    CauseLearnt,
    Committed,
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    Engaged,
    Event,
    Lapsed,
    Purchased,
    Recommended,
    Refunded,
    ServiceFailed,
    Terminated,
)
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Names, Region, Rule, Stage, Stay, View
from custlife.sources import ASSUMPTION, BUT, CHE, DE_MATOS, EFR, IMH, KAL, Source


class Ladder(Enum):
    """The ladder of six stages.

    Source: EFR-1 to EFR-6.
    """

    POTENTIAL = "potential"
    VISITOR = "visitor"
    BUYER = "buyer"
    REGULAR = "regular"
    ADVOCATE = "advocate"
    FORMER = "former"


class Phase(Enum):
    """The five phases of a relationship.

    Source: KAL-1 to KAL-5.
    """

    AWARENESS = "awareness"
    EXPLORATION = "exploration"
    EXPANSION = "expansion"
    COMMITMENT = "commitment"
    DISSOLUTION = "dissolution"


class Process(Enum):
    """The enterprise's processes that carry a customer through the cycle.

    Source: IMH-1, IMH-2.
    """

    ENGAGEMENT = "engagement"
    ACQUISITION = "acquisition"
    RETENTION_AND_EXPANSION = "retention and expansion"


_Row = Callable[[type[Event]], Rule]
"""A rule but for its event."""


def _move(at: Names, to: Names, sentence: str, source: Source, **rest: Any) -> _Row:  # noqa: ANN401
    return partial(Move, at=at, to=to, sentence=sentence, source=source, **rest)


def _stay(at: Names, sentence: str, source: Source) -> _Row:
    return partial(Stay, at=at, sentence=sentence, source=source)


def _forbid(at: Names, sentence: str, source: Source) -> _Row:
    return partial(Forbid, at=at, sentence=sentence, source=source)


def _answer(sentence: str) -> _Row:
    """A complaint is answered where the standing does not show it: only the record moves."""
    at = ["prospect", "content", "eroding", "former"]
    return partial(Stay, at=at, sentence=sentence, source=ASSUMPTION, answers_complaint=True)


_RULES: dict[type[Event], list[_Row]] = {
    # We reach out.
    Contacted: [
        _move(
            "potential", "aware", "A contact makes a potential customer aware of our offer.", KAL[1]
        ),
        _stay(
            ["aware", "visitor", "customer", "former"],
            "A further contact changes nothing by itself.",
            ASSUMPTION,
        ),
    ],
    # They turn to us.
    Engaged: [
        _move(
            ["potential", "aware"],
            "visitor",
            "A prospect who turns to us is a visitor and begins to judge.",
            EFR[2],
        ),
        _stay(["visitor", "customer"], "Another visit changes nothing by itself.", ASSUMPTION),
        _move(
            "former",
            "visitor",
            "A person who left and turns to us again begins a new cycle as a visitor.",
            ASSUMPTION,
        ),
    ],
    # They buy.
    Purchased: [
        _move("prospect", ["buyer", "content"], "A prospect who buys becomes a customer.", IMH[3]),
        _move(
            "buyer",
            "regular",
            "The second turn to us, read as the second purchase, makes a regular.",
            EFR[4],
        ),
        _move(
            "advocate",
            "regular",
            "An advocate whose loyalty was wearing away and who buys again is a regular.",
            ASSUMPTION,
            when="eroding",
        ),
        _stay("customer", "A further purchase keeps the relationship up.", EFR[4]),
        _move("eroding", "content", "A customer who buys again is content again.", ASSUMPTION),
        _move(
            "former",
            ["buyer", "content"],
            "A purchase after leaving begins a new cycle, and the bond starts anew.",
            ASSUMPTION,
        ),
    ],
    Refunded: [
        _stay(
            ["prospect", "customer", "former"],
            "Money that goes back is recorded; the purchase stays a purchase.",
            ASSUMPTION,
        ),
    ],
    # They complain, and we answer or not.
    Complained: [
        _stay(["prospect", "customer", "former"], "Every complaint is recorded.", KAL[8]),
        _move(
            ["content", "eroding"],
            "in_conflict",
            "A customer who complains is in conflict with us until we answer.",
            ASSUMPTION,
        ),
    ],
    ComplaintSettled: [
        _move(
            "in_conflict",
            "content",
            "A complaint that is heard and settled restores the standing.",
            ASSUMPTION,
        ),
        _move(
            "regular",
            "advocate",
            "A conflict that is handled well helps to make an advocate of a regular.",
            EFR[5],
            when="in_conflict",
            contested=DE_MATOS,
        ),
        _answer("Only a complaint that is open can be settled."),
    ],
    ComplaintIgnored: [
        _move(
            "in_conflict",
            "eroding",
            "A complaint that stays unanswered destroys loyalty.",
            ASSUMPTION,
        ),
        _move(
            "advocate",
            "regular",
            "An advocate whose complaint stays unanswered is an advocate no more.",
            ASSUMPTION,
            when="in_conflict",
        ),
        _answer("Only a complaint that is open can be ignored."),
    ],
    # They recommend us, and bind themselves to us.
    Recommended: [
        _move("regular", "advocate", "A regular who recommends us is an advocate.", EFR[5]),
        _stay(
            ["prospect", "customer", "former"],
            "Every recommendation is recorded.",
            ASSUMPTION,
        ),
    ],
    Committed: [
        _move(
            "regular",
            "advocate",
            "A regular who commits to us, and no longer decides each time, is an advocate.",
            KAL[4],
        ),
        _stay("customer", "A commitment is recorded.", KAL[4]),
        _forbid(
            ["prospect", "former"],
            "Only a customer can commit; the first purchase comes before it.",
            ASSUMPTION,
        ),
    ],
    # We fail them.
    ServiceFailed: [
        _stay(
            ["prospect", "customer", "former"],
            "A failure along the chain of service is recorded; who says nothing of it may leave.",
            CHE[1],
        ),
    ],
    # They fall silent.
    Lapsed: [
        _move(
            "content",
            "eroding",
            "A customer's long silence counts as a sign that loyalty is wearing away.",
            ASSUMPTION,
        ),
        _stay(
            ["prospect", "customer"],
            "Silence changes nothing more: an open complaint still waits for its answer.",
            ASSUMPTION,
        ),
        _forbid("former", "We expect to hear nothing from a person who left.", ASSUMPTION),
    ],
    # They leave, or we end it; the departure's kind follows from the departure rules.
    Departed: [
        _move("prospect", "lost", "A prospect who leaves has left before buying.", IMH[6]),
        _move("customer", "eroded", "A customer who leaves is a former customer.", EFR[6]),
        _forbid(
            "former", "A person who left cannot leave again without returning first.", ASSUMPTION
        ),
    ],
    Terminated: [
        _move("prospect", "terminated", "We turned a prospect away on purpose.", ASSUMPTION),
        _move("customer", "terminated", "We ended the relationship on purpose.", BUT[6]),
        _forbid("former", "A relationship that has ended cannot end again.", ASSUMPTION),
    ],
    CauseLearnt: [
        _stay("former", "The departure on record is judged anew by what became known.", BUT[7]),
        _forbid(
            ["prospect", "customer"], "Nobody is gone whose cause could be learnt.", ASSUMPTION
        ),
    ],
}
"""What each event does: where, where to, why, and the source."""


CUSTOMER_LIFECYCLE = Lifecycle(
    "customer",
    prospect=[
        Stage("potential", "Does not know us yet; we would like to win this person.", EFR[1]),
        Stage("aware", "Knows what we offer, and has not turned to us.", KAL[1]),
        Stage("visitor", "Has turned to us, and judges by what can be seen.", EFR[2]),
    ],
    customer=[
        Region(
            "bond",
            "How far the relationship has grown.",
            [
                Stage("buyer", "Has bought once and notices everything.", EFR[3]),
                Stage("regular", "Buys again, and speaks up.", EFR[4]),
                Stage("advocate", "Is loyal, recommends us, and says what displeases.", EFR[5]),
            ],
        ),
        Region(
            "standing",
            "How content the customer is with us.",
            [
                Stage("content", "Has nothing against us.", ASSUMPTION),
                Stage("in_conflict", "Has complained and waits for our answer.", EFR[5]),
                Stage("eroding", "Loyalty is wearing away.", IMH[8]),
            ],
        ),
    ],
    former=[
        Stage("lost", "Left before buying in this cycle.", IMH[6]),
        Stage("eroded", "Left as a customer.", EFR[6]),
        Stage("terminated", "We ended it.", BUT[6]),
    ],
    rules=[rule(event) for event, rules in _RULES.items() for rule in rules],
    views=[
        View(
            Ladder,
            of={"aware": Ladder.POTENTIAL, **{rung.value: rung for rung in Ladder}},
            moves=[
                *pairwise(Ladder),
                *((rung, Ladder.FORMER) for rung in Ladder if rung is not Ladder.FORMER),
                (Ladder.POTENTIAL, Ladder.BUYER),
                (Ladder.ADVOCATE, Ladder.REGULAR),
                (Ladder.FORMER, Ladder.VISITOR),
                (Ladder.FORMER, Ladder.BUYER),
            ],
            sentence="The ladder of six stages that a customer climbs.",
            source=EFR[1],
        ),
        View(
            Phase,
            of={
                "potential": None,
                "aware": Phase.AWARENESS,
                "visitor": Phase.EXPLORATION,
                "buyer": Phase.EXPLORATION,
                "regular": Phase.EXPANSION,
                "advocate": Phase.COMMITMENT,
                "former": Phase.DISSOLUTION,
            },
            moves=[
                *pairwise([None, *Phase]),
                *(
                    (phase, Phase.DISSOLUTION)
                    for phase in (None, *Phase)
                    if phase is not Phase.DISSOLUTION
                ),
                (None, Phase.EXPLORATION),
                (Phase.COMMITMENT, Phase.EXPANSION),
                (Phase.DISSOLUTION, Phase.EXPLORATION),
            ],
            sentence="The five phases through which a relationship grows and ends.",
            source=KAL[1],
        ),
        View(
            Process,
            of={
                "potential": Process.ENGAGEMENT,
                "aware": Process.ENGAGEMENT,
                "visitor": Process.ACQUISITION,
                "customer": Process.RETENTION_AND_EXPANSION,
                "former": None,
            },
            moves=[
                *combinations([*Process, None], 2),
                (None, Process.ACQUISITION),
                (None, Process.RETENTION_AND_EXPANSION),
            ],
            sentence="Which of the enterprise's processes the customer is in.",
            source=IMH[2],
        ),
    ],
)
"""The lifecycle that every relationship has unless another one is given."""
