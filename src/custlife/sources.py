"""Where a rule comes from: five works on customer relationships, row by row.

Every stage, move and decision row of the library cites one `Source`. The gist of each row is in
the project's own words. Apps cite their own handbooks with ``Source("HANDBOOK-4", "...")``.
"""

from collections.abc import Iterator
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.errors import InvalidArgument


@frozen
class Source:
    """One citable statement.

    Attributes:
        row: The row's id, such as ``IMH-6``.
        gist: What the row says, in one sentence.

    Raises:
        InvalidArgument: If one of the two is blank or no string.

    Examples:
        >>> print(IMH[6])
        IMH-6
        >>> IMH[6].gist
        'A loss: a competitor wins the prospect at the customer moment or before it.'
        >>> ACME = Source("ACME-3", "Our handbook: a trial lasts thirty days.")
    """

    invalid: ClassVar[type[InvalidArgument]] = InvalidArgument
    subject: ClassVar[str] = "source"

    row: str = field(validator=_checks.text)
    gist: str = field(validator=_checks.text)

    def __str__(self) -> str:
        return self.row


def cited(source: Source, contested: Source | None) -> str:
    """A citation: the source of a rule, and the study that contradicts it, if there is one."""
    return str(source) if contested is None else f"{source}, contested by {contested}"


ASSUMPTION = Source("assumption", "The sources are silent here; custlife decided.")
"""The source of whatever the works leave open."""

OWN = Source("own", "The app's own rule.")
"""The source of a stage or rule for which the app names none."""


@frozen
class Work:
    """One work and its rows.

    Attributes:
        key: The prefix of the row ids.
        reference: Author, title and year.
        gists: One sentence a row, the first for row 1.

    Examples:
        >>> EFR[4]
        Source(row='EFR-4', gist='From the second turn to the enterprise on one is a regular: ...
    """

    key: str
    reference: str
    gists: tuple[str, ...]

    def __getitem__(self, number: int) -> Source:
        if not 1 <= number <= len(self.gists):
            raise IndexError(f"{self.key} has rows 1 to {len(self.gists)}, not {number}.")
        return Source(f"{self.key}-{number}", self.gists[number - 1])

    def __iter__(self) -> Iterator[Source]:
        return (self[number] for number in range(1, len(self.gists) + 1))


IMH = Work(
    "IMH",
    "C. Imhoff, J. Geiger, L. Loftis: Building the Customer-Centric Enterprise. DM Review, 2000.",
    (
        "Three kinds of process carry a customer along: engagement, acquisition, and retention "
        "with expansion.",
        "In a well-defined lifecycle the enterprise's processes correspond to the customer's "
        "stages.",
        "The customer moment, when a prospect becomes a customer, splits the lifecycle in two.",
        "What is offered still matters: the lifecycle rests on products and services.",
        "Competitors surround the whole lifecycle; how much relationship work is worth depends on "
        "how much competition the industry has.",
        "A loss: a competitor wins the prospect at the customer moment or before it.",
        "A loss hurts less on the first entry, and more the longer and dearer the sale and the "
        "larger the deal.",
        "An erosion: loyalty is destroyed after the customer moment, and a competitor captures the "
        "customer; it weighs more than a loss, for the effort to build and support it.",
        "Bad service is paid for twice: in winning the customer back, and in answering others "
        "where the dissatisfaction became public.",
        "Dissatisfied customers make prospects less likely to engage at all.",
        "A prospect or customer who is lost enters a competitor's lifecycle; nobody vanishes.",
        "Attitude and likely behaviour along the lifecycle decide which interaction is needed.",
    ),
)
KAL = Work(
    "KAL",
    "S. Kaledin: Customer relationship management; after F. Buttle, and after F. R. Dwyer, "
    "P. H. Schurr and S. Oh, Journal of Marketing 51(2), 1987.",
    (
        "Awareness: the customer learns of the offering, usually from advertising.",
        "Exploration: the customer tries out quality and ability, up to trial purchases; "
        "disappointment ends it here.",
        "Expansion: dealings multiply and both sides come to depend on each other.",
        "Commitment: trust and shared values carry the relationship, and processes interlock.",
        "Dissolution comes from one side or from both, and mostly before any commitment.",
        "Relationships dissolve for changed needs, better alternatives, poor service, advertising "
        "that missed, or disappointing terms.",
        "After the purchase the lifecycle branches; it is not one line.",
        "From the history of dealings one can tell whether a customer is warming or cooling.",
        "Spend on those who are likely to buy and nothing on the others; loyalty is cheaper than "
        "replacement.",
    ),
)
CHE = Work(
    "CHE",
    "Cherkashin: Are you ready for the war for the customer? 2004, section 8.6.",
    (
        "Service quality counts along the whole chain, delivery and supply included.",
        "A customer who starts in one channel must be able to go on in any other.",
        "A customer's value follows from purchases, income, profitability and cost to serve, "
        "never from the channel.",
        "Partners deserve the same systematic record as customers.",
        "Processes come before technology, and everybody must see the same state of affairs.",
    ),
)
BUT = Work(
    "BUT",
    "F. Buttle: seven strategies for customer relationships; with remarks by Mironov.",
    (
        "Start: the first impression decides whether later strategies are needed, so it is thought "
        "through for everybody.",
        "Protect: defend key customers, above all those that competitors would like to have.",
        "Re-engineer: lower the cost to serve where the relationship pays too little; that can "
        "hurt retention.",
        "Enhance: raise the revenue from a customer; quality comes first, and sales follow.",
        "Harvest: take the cash where it is large and stable and more effort changes little.",
        "End: no interest, considerable cost and little hope, all three; or not a target customer.",
        "Win back: regain a key customer who went to a competitor, starting from the cause; let go "
        "the others, and those who cost more than they bring.",
    ),
)
EFR = Work(
    "EFR",
    "Efremova: Developing the relationship with the customer.",
    (
        "Potential: does not know the enterprise, which wants to attract them.",
        "A visitor forecasts the service from tangible things; a rude contact drives them away.",
        "The first purchase is special: everything is noticed, and the repeat purchase judges it.",
        "From the second turn to the enterprise on one is a regular: touchy about human contact, "
        "and outspoken.",
        "Conflict is inevitable, and one that is handled well helps to make the advocate; who "
        "comes for the first time leaves silently.",
        "In the end customers think of changing: relocation, income, new staff, another offer. "
        "Learn how long the lifecycle lasts on average, and make it longer.",
        "Each stage may be split further to suit the business.",
        "Customer orientation shows in repeat visits, and in visits by recommendation.",
    ),
)

MATTISON = Source(
    "Mattison 2005",
    "R. Mattison, The Telco Churn Management Handbook, 2005: churn is deliberate, incidental (the "
    "customer's circumstances ended it) or involuntary.",
)
"""For departures that nobody wanted: the five works name only capture by a competitor."""
DE_MATOS = Source(
    "de Matos et al. 2007",
    "C. de Matos, J. Henrique, C. Rossi, Service Recovery Paradox: A Meta-Analysis, Journal of "
    "Service Research 10(1): a complaint that is handled well raises satisfaction, but not "
    "repurchase.",
)
"""It contradicts EFR-5 in part."""
KUMAR_2015 = Source(
    "Kumar et al. 2015",
    "V. Kumar, Y. Bhagat, X. Zhang, Regaining Lost Customers, Journal of Marketing 79(4): who "
    "left for price comes back more easily than who left for service, who is worth more "
    "afterwards.",
)
KUMAR_2018 = Source(
    "Kumar et al. 2018",
    "V. Kumar, A. Leszkiewicz, A. Herbst, Are You Back for Good or Still Shopping Around? Journal "
    "of Marketing Research 55(2): who comes back tends to leave again for the same reason.",
)
ASCARZA = Source(
    "Ascarza 2018",
    "E. Ascarza, Retention Futility: Targeting High-Risk Customers Might Be Ineffective, Journal "
    "of Marketing Research 55(1): spend on the customers that the spending "
    "changes, which likelihood alone does not tell.",
)
"""It contradicts KAL-9 in part."""
STUDIES = (MATTISON, DE_MATOS, KUMAR_2015, KUMAR_2018, ASCARZA)
"""What the literature adds where the five works are silent, and what contradicts them."""

WORKS = (IMH, KAL, CHE, BUT, EFR)
"""All works, in the order of the documentation."""
