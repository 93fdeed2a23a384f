"""Why a relationship ended, and who ended it."""

from enum import Enum
from typing import Any

from custlife.sources import ASSUMPTION, BUT, EFR, KAL, Source


class Initiator(Enum):
    """Who ended a relationship.

    Source: KAL-5.
    """

    CUSTOMER = "customer"
    ENTERPRISE = "enterprise"
    BOTH = "both"


class DefectorKind(Enum):
    """The kinds of departed customers in the win-back literature.

    Source: B. Stauss and C. Friege, Regaining Service Customers, Journal of Service Research
    1(4), 1999.
    """

    PUSHED_AWAY_ON_PURPOSE = "pushed away on purpose"
    PUSHED_AWAY_UNINTENTIONALLY = "pushed away unintentionally"
    PULLED_AWAY = "pulled away"
    BOUGHT_AWAY = "bought away"
    MOVED_AWAY = "moved away"


_ON_PURPOSE = DefectorKind.PUSHED_AWAY_ON_PURPOSE
_UNINTENTIONALLY = DefectorKind.PUSHED_AWAY_UNINTENTIONALLY
_PULLED = DefectorKind.PULLED_AWAY
_BOUGHT = DefectorKind.BOUGHT_AWAY
_MOVED = DefectorKind.MOVED_AWAY


class Cause(Enum):
    """Why a relationship ended.

    Each cause knows three things: ``changeable``, whether the enterprise can change it (None where
    that is unknown); ``defector``, the kind of defector it makes (None where unknown); and
    ``source``, the row that names the cause. Which of them can be changed, and which kind belongs
    to which cause, is an assumption.

    Examples:
        >>> Cause("price").changeable
        True
        >>> Cause.RELOCATION.changeable
        False
        >>> Cause.RELOCATION.defector
        <DefectorKind.MOVED_AWAY: 'moved away'>
        >>> Cause.UNKNOWN.changeable is None
        True
    """

    changeable: bool | None
    defector: DefectorKind | None
    source: Source

    def __new__(cls, value: str, *row: Any) -> "Cause":  # noqa: ANN401, PYI034 - the cells below
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_ = value
        member.changeable, member.defector, member.source = row
        return member

    REQUIREMENTS_CHANGED = ("requirements_changed", False, _MOVED, KAL[6])
    """The customer's needs changed."""
    BETTER_ALTERNATIVE = ("better_alternative", True, _PULLED, KAL[6])
    """Somebody offered something better or more interesting."""
    PRICE = ("price", True, _BOUGHT, KAL[6])
    """Somebody was cheaper."""
    DISSATISFACTION = ("dissatisfaction", True, _UNINTENTIONALLY, KAL[6])
    """The service disappointed."""
    ADVERTISING_MISSED = ("advertising_missed", True, _UNINTENTIONALLY, KAL[6])
    """The advertising did not reach or convince."""
    TERMS = ("terms", True, _UNINTENTIONALLY, KAL[6])
    """The terms of the contract fell short."""
    RUDE_CONTACT = ("rude_contact", True, _UNINTENTIONALLY, EFR[2])
    """An employee was rude or kept out of reach."""
    RELOCATION = ("relocation", False, _MOVED, EFR[6])
    """The customer moved."""
    INCOME_CHANGED = ("income_changed", False, _MOVED, EFR[6])
    """The customer's income changed."""
    STAFF_CHANGED = ("staff_changed", False, _PULLED, EFR[6])
    """New people at the customer's brought their own suppliers."""
    DISMISSED = ("dismissed", True, _ON_PURPOSE, BUT[6])
    """The enterprise ended it on purpose."""
    SILENCE = ("silence", None, None, KAL[8])
    """No reason was given: the customer has only been silent."""
    OTHER = ("other", None, None, ASSUMPTION)
    """A reason that is none of these."""
    UNKNOWN = ("unknown", None, None, ASSUMPTION)
    """No reason is known."""

    @property
    def words(self) -> str:
        """The cause in words, for explanations.

        Examples:
            >>> Cause.BETTER_ALTERNATIVE.words
            'better alternative'
        """
        return self.name.lower().replace("_", " ")
