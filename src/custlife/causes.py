"""Why a relationship ended, and who ended it."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from custlife import _checks
from custlife.errors import InvalidArgument, UnknownCode, listed, shown
from custlife.sources import ASSUMPTION, BUT, CHE, EFR, KAL, MATTISON, Source


class Initiator(Enum):
    """Who ended a relationship.

    Source: KAL-5.
    """

    CUSTOMER = "customer"
    ENTERPRISE = "enterprise"
    BOTH = "both"


class DefectorKind(Enum):
    """The classes of causes: what made the customer go.

    Source: B. Stauss and C. Friege, Regaining Service Customers, Journal of Service Research
    1(4), 1999; that a customer can cease to exist is added.
    """

    PUSHED_AWAY_ON_PURPOSE = "pushed away on purpose"
    PUSHED_AWAY_UNINTENTIONALLY = "pushed away unintentionally"
    PULLED_AWAY = "pulled away"
    BOUGHT_AWAY = "bought away"
    MOVED_AWAY = "moved away"
    CEASED = "ceased"


_ON_PURPOSE = DefectorKind.PUSHED_AWAY_ON_PURPOSE
_UNINTENTIONALLY = DefectorKind.PUSHED_AWAY_UNINTENTIONALLY
_PULLED = DefectorKind.PULLED_AWAY
_BOUGHT = DefectorKind.BOUGHT_AWAY
_MOVED = DefectorKind.MOVED_AWAY
_CEASED = DefectorKind.CEASED


class Cause(Enum):
    """Why a relationship ended.

    Each cause knows four things: ``changeable``, whether the enterprise can change it (None where
    that is unknown); ``defector``, the class that it belongs to (None where unknown); ``captured``,
    whether it says that a competitor captured the person (None where it says nothing); and
    ``source``, the row that names the cause. Which of them can be changed, which class belongs to
    which cause and which means capture is an assumption.

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
    captured: bool | None
    source: Source

    def __new__(cls, value: str, *row: Any) -> "Cause":  # noqa: ANN401, PYI034 - the cells below
        """Make a member from its row of the table below."""
        member = object.__new__(cls)
        member._value_ = value
        member.changeable, member.defector, member.captured, member.source = row
        return member

    REQUIREMENTS_CHANGED = ("requirements_changed", False, _MOVED, False, KAL[6])
    """The customer's needs changed."""
    BETTER_ALTERNATIVE = ("better_alternative", True, _PULLED, True, KAL[6])
    """Somebody offered something better or more interesting."""
    PRICE = ("price", True, _BOUGHT, True, KAL[6])
    """Somebody was cheaper."""
    DISSATISFACTION = ("dissatisfaction", True, _UNINTENTIONALLY, None, KAL[6])
    """The service disappointed."""
    ADVERTISING_MISSED = ("advertising_missed", True, _UNINTENTIONALLY, None, KAL[6])
    """The advertising did not reach or convince."""
    TERMS = ("terms", True, _UNINTENTIONALLY, None, KAL[6])
    """The terms of the contract fell short."""
    RUDE_CONTACT = ("rude_contact", True, _UNINTENTIONALLY, None, EFR[2])
    """An employee was rude or kept out of reach."""
    UNAVAILABLE = ("unavailable", True, _UNINTENTIONALLY, None, CHE[2])
    """It was not to be had: out of stock, out of coverage, or a gap in a channel."""
    NO_DECISION = ("no_decision", True, None, False, ASSUMPTION)
    """A prospect decided for nobody."""
    NEED_ENDED = ("need_ended", False, _MOVED, False, BUT[5])
    """The customer no longer needs what is offered."""
    RELOCATION = ("relocation", False, _MOVED, False, EFR[6])
    """The customer moved."""
    INCOME_CHANGED = ("income_changed", False, _MOVED, False, EFR[6])
    """The customer's income changed."""
    STAFF_CHANGED = ("staff_changed", True, _PULLED, True, EFR[6])
    """New people at the customer's brought their own suppliers; the newcomers can be won."""
    SUCCEEDED = ("succeeded", False, _CEASED, False, ASSUMPTION)
    """Another company bought or merged the customer's; the successor can be won as a prospect."""
    CEASED = ("ceased", False, _CEASED, False, MATTISON)
    """The customer died, or closed down."""
    NON_PAYMENT = ("non_payment", None, None, None, MATTISON)
    """The customer stopped paying; whether they could not or would not is to be found out."""
    DISMISSED = ("dismissed", True, _ON_PURPOSE, None, BUT[6])
    """The enterprise drove the customer out on purpose, as with a prohibitive tariff."""
    SILENCE = ("silence", None, None, None, KAL[8])
    """No reason was given: the customer has only been silent."""
    OTHER = ("other", None, None, None, ASSUMPTION)
    """A reason that is none of these."""
    UNKNOWN = ("unknown", None, None, None, ASSUMPTION)
    """No reason is known."""

    @property
    def words(self) -> str:
        """The cause in words, for explanations.

        Examples:
            >>> Cause.BETTER_ALTERNATIVE.words
            'better alternative'
        """
        return self.name.lower().replace("_", " ")


class CauseMap(Mapping[str, Cause]):
    """An app's own codes for why people leave, each with the cause that it stands for.

    Args:
        causes: The cause for each code.

    Raises:
        InvalidArgument: If it is no mapping, holds nothing, a code is blank, or a target is no
            cause; the message names every code at fault.

    Examples:
        >>> causes = CauseMap({"K01": Cause.PRICE, "K02": Cause.RELOCATION})
        >>> causes["K01"], causes.unknown(["K02", "K07"])
        (<Cause.PRICE: 'price'>, ('K07',))
        >>> causes["K07"]
        Traceback (most recent call last):
        ...
        custlife.errors.UnknownCode: The cause map does not know the code 'K07'. It knows K01 and \
K02; add the code with its cause, such as Cause.OTHER.
    """

    __slots__ = ("_causes",)

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        _checks.one_of(Mapping).argument("CauseMap", "causes", causes)
        self._causes = dict(causes)
        blank = [shown(code) for code in self._causes if not _checks.is_text(code)]
        strange = [
            f"{shown(code)} -> {shown(cause)}"
            for code, cause in self._causes.items()
            if not isinstance(cause, Cause)
        ]
        for wrong, rule, remedy in (
            (
                [] if self._causes else ["empty"],
                "at least one code",
                "Give {code: Cause.PRICE}.",
            ),
            (blank, "codes that are no blank text", "Give each code as a text."),
            (strange, "a Cause for each code", "Use members, such as Cause.PRICE."),
        ):
            if wrong:
                raise InvalidArgument("CauseMap()", "causes", listed(wrong), rule, remedy)

    def __getitem__(self, code: str) -> Cause:
        try:
            return self._causes[code]
        except (KeyError, TypeError):
            raise UnknownCode(code, tuple(self._causes)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._causes)

    def __len__(self) -> int:
        return len(self._causes)

    def __repr__(self) -> str:
        return f"CauseMap({self._causes!r})"

    def unknown(self, codes: Iterable[object]) -> tuple[object, ...]:
        """The codes that the map does not know, each once, in the order given.

        Raises:
            InvalidArgument: If ``codes`` is no iterable of codes.
        """
        _checks.iterable_of("codes").argument("CauseMap.unknown", "codes", codes)
        found: list[object] = []
        for code in codes:
            known = isinstance(code, str) and code in self._causes
            if not known and code not in found:
                found.append(code)
        return tuple(found)
