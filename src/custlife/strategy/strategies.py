"""The seven strategies, as data: goal, means, the rooms that they fit, and the source."""

from enum import Enum

from custlife import _checks
from custlife.decisions.predicates import spoken
from custlife.sources import BUT, Source
from custlife.state import Room


class Strategy(Enum):
    """What an enterprise does about a relationship.

    Each has a ``goal``, ``means``, the ``rooms`` whose customers it fits, and a ``source``. The
    means of ``END`` are those for a customer who is present; with others there is nothing to end.

    Source: BUT-1 to BUT-7.

    Examples:
        >>> Strategy.WIN_BACK.goal
        'Regain a key customer who left.'
        >>> Strategy.END.fits(Room.FORMER), Strategy.PROTECT.fits(Room.FORMER)
        (True, False)
    """

    goal: str
    means: tuple[str, ...]
    rooms: frozenset[Room]
    source: Source

    def __new__(  # noqa: PYI034 - an enum's own class is final
        cls, value: str, goal: str, means: str, source: Source, *rooms: Room
    ) -> "Strategy":
        """Make a member from its row of the table below, with semicolons between the means."""
        member = object.__new__(cls)
        member._value_, member.goal, member.source = value, goal, source
        member.means, member.rooms = tuple(means.split("; ")), frozenset(rooms)
        return member

    START = (
        "start",
        "Make the first impression that decides what is needed later.",
        "a beginning thought through for everybody; a good first impression",
        BUT[1],
        Room.PROSPECT,
    )
    """Begin a relationship."""
    PROTECT = (
        "protect",
        "Keep a key customer out of a competitor's reach.",
        "an understanding of the customer; practical and emotional value that is hard to copy",
        BUT[2],
        Room.CUSTOMER,
    )
    """Defend a key customer."""
    REENGINEER = (
        "reengineer",
        "Make a relationship pay by lowering what it costs to serve.",
        "self-service for what employees do now",
        BUT[3],
        Room.CUSTOMER,
    )
    """Lower the cost to serve."""
    ENHANCE = (
        "enhance",
        "Raise what the customer pays, by quality first.",
        "cross-selling; up-selling; down-selling",
        BUT[4],
        Room.CUSTOMER,
    )
    """Raise revenue."""
    HARVEST = (
        "harvest",
        "Take a stable cash flow that more effort would hardly change.",
        "service kept as it is; the cash spent on winning new customers",
        BUT[5],
        Room.CUSTOMER,
    )
    """Take the stable cash."""
    END = (
        "end",
        "Spend nothing more where nothing comes back.",
        "a prohibitive tariff; a hand-over to another supplier",
        BUT[6],
        *Room,
    )
    """End it, or let go."""
    WIN_BACK = (
        "win_back",
        "Regain a key customer who left.",
        "a study of the cause; the possible ways back, worked out",
        BUT[7],
        Room.FORMER,
    )
    """Win a key customer back."""

    def fits(self, room: Room) -> bool:
        """Whether the strategy can be followed with customers in this room."""
        return room in self.rooms

    @property
    def words(self) -> str:
        """The strategy in words, for explanations.

        Examples:
            >>> Strategy.WIN_BACK.words
            'win back'
        """
        return spoken(self.value)


def fitting(room: Room) -> tuple[Strategy, ...]:
    """The strategies that fit a room.

    Raises:
        InvalidArgument: If ``room`` is no room.

    Examples:
        >>> [strategy.words for strategy in fitting(Room.FORMER)]
        ['end', 'win back']
    """
    _checks.one_of(Room).argument("fitting", "room", room)
    return tuple(strategy for strategy in Strategy if strategy.fits(room))
