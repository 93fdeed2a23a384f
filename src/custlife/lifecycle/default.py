"""The default customer lifecycle: the stages of a customer, and what each event does.

Each stage and each rule has a sentence, which explanations and errors quote, and a source: the row
of a work that it comes from (see the sources page of the documentation). ``ASSUMPTION`` marks what
no work says.
"""

from enum import Enum

from custlife.events import (
    Complained,
    ComplaintIgnored,
    ComplaintSettled,
    Contacted,
    Departed,
    Engaged,
    Lapsed,
    Purchased,
    Recommended,
    Terminated,
)
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import Forbid, Move, Region, Stage, Stay, View
from custlife.sources import ASSUMPTION, BUT, EFR, IMH, KAL


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
        Stage("eroded", "Left as a customer.", IMH[8]),
        Stage("terminated", "We ended it.", BUT[6]),
    ],
    rules=[
        # We reach out.
        Move(
            Contacted,
            at="potential",
            to="aware",
            sentence="A contact makes a potential customer aware of our offer.",
            source=KAL[1],
        ),
        Stay(
            Contacted,
            at=["aware", "visitor", "customer", "former"],
            sentence="A further contact changes nothing by itself.",
            source=ASSUMPTION,
        ),
        # They turn to us.
        Move(
            Engaged,
            at=["potential", "aware"],
            to="visitor",
            sentence="A prospect who turns to us is a visitor and begins to judge.",
            source=EFR[2],
        ),
        Stay(
            Engaged,
            at=["visitor", "customer"],
            sentence="Another visit changes nothing by itself.",
            source=ASSUMPTION,
        ),
        Move(
            Engaged,
            at="former",
            to="visitor",
            sentence="A person who left and turns to us again begins a new cycle as a visitor.",
            source=BUT[7],
        ),
        # They buy.
        Move(
            Purchased,
            at="prospect",
            to=["buyer", "content"],
            sentence="A prospect who buys becomes a customer.",
            source=IMH[3],
        ),
        Move(
            Purchased,
            at="buyer",
            to="regular",
            sentence="The second purchase makes a regular.",
            source=EFR[4],
        ),
        Stay(
            Purchased,
            at="customer",
            sentence="A further purchase maintains the relationship.",
            source=EFR[4],
        ),
        Move(
            Purchased,
            at="eroding",
            to="content",
            sentence="A customer who buys again is content again.",
            source=ASSUMPTION,
        ),
        Move(
            Purchased,
            at="former",
            to=["buyer", "content"],
            sentence="A purchase after leaving begins a new cycle, and the bond starts anew.",
            source=ASSUMPTION,
        ),
        # They complain, and we answer or not.
        Stay(
            Complained,
            at=["prospect", "customer", "former"],
            sentence="Every complaint is recorded.",
            source=EFR[4],
        ),
        Move(
            Complained,
            at=["content", "eroding"],
            to="in_conflict",
            sentence="A customer who complains is in conflict with us until we answer.",
            source=EFR[5],
        ),
        Move(
            ComplaintSettled,
            at="in_conflict",
            to="content",
            sentence="A complaint that is heard and settled restores the standing.",
            source=EFR[5],
        ),
        Move(
            ComplaintSettled,
            at="regular",
            to="advocate",
            when="in_conflict",
            sentence="A conflict that is handled well makes an advocate of a regular.",
            source=EFR[5],
        ),
        Move(
            ComplaintIgnored,
            at="in_conflict",
            to="eroding",
            sentence="A complaint that stays unanswered destroys loyalty.",
            source=IMH[8],
        ),
        Forbid(
            ComplaintSettled,
            at=["prospect", "content", "eroding", "former"],
            sentence="Only a customer in conflict with us has a complaint to settle.",
            source=EFR[5],
        ),
        Forbid(
            ComplaintIgnored,
            at=["prospect", "content", "eroding", "former"],
            sentence="Only a customer in conflict with us has a complaint to ignore.",
            source=EFR[5],
        ),
        # They recommend us.
        Move(
            Recommended,
            at="regular",
            to="advocate",
            sentence="A regular who recommends us is an advocate.",
            source=EFR[5],
        ),
        Stay(
            Recommended,
            at=["customer", "former"],
            sentence="A recommendation is recorded.",
            source=EFR[5],
        ),
        Forbid(
            Recommended,
            at="prospect",
            sentence="A prospect has not bought in this cycle, so has nothing to recommend.",
            source=EFR[5],
        ),
        # They fall silent.
        Move(
            Lapsed,
            at=["content", "in_conflict"],
            to="eroding",
            sentence="A customer's long silence shows that loyalty is wearing away.",
            source=KAL[8],
        ),
        Stay(
            Lapsed,
            at=["prospect", "customer"],
            sentence="Silence changes nothing more.",
            source=ASSUMPTION,
        ),
        # They leave, or we end it.
        Move(
            Departed,
            at="prospect",
            to="lost",
            sentence="A prospect who leaves before buying is lost.",
            source=IMH[6],
        ),
        Move(
            Departed,
            at="customer",
            to="eroded",
            sentence="A customer who leaves is an erosion.",
            source=IMH[8],
        ),
        Move(
            Terminated,
            at=["prospect", "customer"],
            to="terminated",
            sentence="We ended the relationship on purpose.",
            source=BUT[6],
        ),
        Forbid(
            Lapsed,
            at="former",
            sentence="We expect to hear nothing from a person who left.",
            source=ASSUMPTION,
        ),
        Forbid(
            Departed,
            at="former",
            sentence="A person who left cannot leave again without returning first.",
            source=IMH[11],
        ),
        Forbid(
            Terminated,
            at="former",
            sentence="A relationship that has ended cannot end again.",
            source=BUT[6],
        ),
    ],
    views=[
        View(
            Ladder,
            of={
                "potential": Ladder.POTENTIAL,
                "aware": Ladder.POTENTIAL,
                "visitor": Ladder.VISITOR,
                "buyer": Ladder.BUYER,
                "regular": Ladder.REGULAR,
                "advocate": Ladder.ADVOCATE,
                "former": Ladder.FORMER,
            },
            moves=[
                (Ladder.POTENTIAL, Ladder.VISITOR),
                (Ladder.POTENTIAL, Ladder.BUYER),
                (Ladder.VISITOR, Ladder.BUYER),
                (Ladder.BUYER, Ladder.REGULAR),
                (Ladder.REGULAR, Ladder.ADVOCATE),
                (Ladder.POTENTIAL, Ladder.FORMER),
                (Ladder.VISITOR, Ladder.FORMER),
                (Ladder.BUYER, Ladder.FORMER),
                (Ladder.REGULAR, Ladder.FORMER),
                (Ladder.ADVOCATE, Ladder.FORMER),
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
                (None, Phase.AWARENESS),
                (None, Phase.EXPLORATION),
                (Phase.AWARENESS, Phase.EXPLORATION),
                (Phase.EXPLORATION, Phase.EXPANSION),
                (Phase.EXPANSION, Phase.COMMITMENT),
                (None, Phase.DISSOLUTION),
                (Phase.AWARENESS, Phase.DISSOLUTION),
                (Phase.EXPLORATION, Phase.DISSOLUTION),
                (Phase.EXPANSION, Phase.DISSOLUTION),
                (Phase.COMMITMENT, Phase.DISSOLUTION),
                (Phase.DISSOLUTION, Phase.EXPLORATION),
            ],
            sentence="The five phases through which a relationship grows and ends.",
            source=KAL[5],
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
                (Process.ENGAGEMENT, Process.ACQUISITION),
                (Process.ENGAGEMENT, Process.RETENTION_AND_EXPANSION),
                (Process.ACQUISITION, Process.RETENTION_AND_EXPANSION),
                (Process.ENGAGEMENT, None),
                (Process.ACQUISITION, None),
                (Process.RETENTION_AND_EXPANSION, None),
                (None, Process.ACQUISITION),
                (None, Process.RETENTION_AND_EXPANSION),
            ],
            sentence="Which of the enterprise's processes the customer is in.",
            source=IMH[2],
        ),
    ],
)
"""The lifecycle that every relationship has unless another one is given."""
