"""What a failure to keep a customer costs twice: the way back, and the answer in public."""

from decimal import Decimal
from typing import ClassVar

from attrs import field, frozen

from custlife import _checks
from custlife.decisions.predicates import words
from custlife.money import EXACT
from custlife.sources import IMH
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.profile import Profile
from custlife.strategy.signals import maybe_money

_NOTHING = Decimal(0)
_ONCE = "Nothing is to be answered in public, so there is one bill."
_money = _checks.money.or_none


@frozen(kw_only=True)
class Bills:
    """The two bills that come with the erosion of a customer.

    Source: IMH-9.

    Args:
        winning_back: What winning the customer back costs [money, once]; None where unknown.
        answering: What answering others costs, where the dissatisfaction became public [money,
            once]; None where unknown.

    Raises:
        InvalidProfile: If an amount is out of its bounds.

    Examples:
        >>> Bills(winning_back=300, answering=20).total
        Decimal('320')
    """

    invalid: ClassVar[type[InvalidProfile]] = InvalidProfile
    subject: ClassVar[str] = "bills"

    winning_back: Decimal | None = field(default=None, converter=maybe_money, validator=_money)
    answering: Decimal | None = field(default=None, converter=maybe_money, validator=_money)

    @classmethod
    def of(cls, profile: Profile) -> "Bills":
        """The bills for one customer, from what is on record and what the app says.

        There is nothing to answer unless a complaint in public is unsettled; the signals give the
        other amounts.

        Raises:
            InvalidArgument: If ``profile`` is no profile.

        Examples:
            >>> from datetime import datetime, timezone
            >>> from custlife import Complained, Departed, Purchased, Relationship
            >>> from custlife.strategy import Signals
            >>> t = datetime(2026, 1, 1, tzinfo=timezone.utc)
            >>> gone = Relationship("C-17").apply(
            ...     Purchased(at=t, amount=Decimal(100)),
            ...     Complained(at=t, public=True),
            ...     Departed(at=t),
            ... )
            >>> known = Signals(regain_cost=300)
            >>> Bills.of(Profile(relationship=gone, signals=known)).unknown
            ('answer_cost',)
        """
        _checks.one_of(Profile).argument("Bills.of", "profile", profile)
        signals, unsettled = profile.signals, profile.relationship.open_public_complaints
        return cls(
            winning_back=signals.regain_cost,
            answering=signals.answer_cost if unsettled else _NOTHING,
        )

    @property
    def total(self) -> Decimal | None:
        """The sum of the two; None where one of them is unknown."""
        if self.winning_back is None or self.answering is None:
            return None
        return EXACT.add(self.winning_back, self.answering)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the signals that give the unknown bills."""
        parts = {"regain_cost": self.winning_back, "answer_cost": self.answering}
        return tuple(name for name, cost in parts.items() if cost is None)

    def explain(self) -> str:
        """The two bills and their sum, each known or named as unknown.

        Examples:
            >>> print(Bills(winning_back=300).explain())
            A customer who goes is paid for twice. [IMH-9]
            Winning the customer back: 300.
            Answering in public: unknown.
            In all: unknown, but at least 300.
        """
        least = self.winning_back or self.answering
        at_least = f", but at least {words(least)}" if self.unknown and least else ""
        once = self.answering == _NOTHING
        lines = (
            f"{_ONCE if once else 'A customer who goes is paid for twice.'} [{IMH[9]}]",
            f"Winning the customer back: {words(self.winning_back)}.",
            f"Answering in public: {'nothing' if once else words(self.answering)}.",
            f"In all: {words(self.total)}{at_least}.",
        )
        return "\n".join(lines)
