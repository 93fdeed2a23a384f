"""What a selector reads about a customer: the relationship, the value, and the app's signals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from attrs import evolve, field, fields_dict, frozen

from custlife import _checks
from custlife._roll_up import UNNAMED_OFFERING
from custlife.account import Account
from custlife.departures import Departure
from custlife.errors import cut, shown
from custlife.relationship import Relationship
from custlife.state import Room
from custlife.strategy.catalogue import UNKNOWN_CATALOGUE, Catalogue
from custlife.strategy.errors import InvalidProfile
from custlife.strategy.signals import NO_SIGNALS, UNKNOWN_MARKET, Market, Signals
from custlife.strategy.value import UNKNOWN_VALUE, CustomerValue, PartyKind

I = TypeVar("I", Signals, CustomerValue)  # noqa: E741 - the inputs

_OF_SIGNALS = frozenset(fields_dict(Signals)) - {"origins"}
_OF_VALUE = frozenset(fields_dict(CustomerValue)) - {"customer", "origins"}


@frozen(kw_only=True, repr=False)
class Profile:
    """One customer as input of a selector. There is no channel in it (CHE-3).

    Args:
        relationship: The customer's state, and what is on record.
        value: What the customer pays and costs; all unknown if left out.
        signals: What the app knows beside the history; all unknown if left out.
        market: What the app knows about the market; all unknown if left out.
        as_of: The moment of the question, from which days are counted; unknown if left out.
        account: The customer's offerings, whose overall relationship is the relationship; unknown
            if left out (IMH-4).
        catalogue: What the enterprise offers; unknown if left out.

    Raises:
        InvalidProfile: If the value was taken from another customer's record, or from another
            state of this one; if the account has another overall relationship; or if ``as_of`` is
            earlier than the last event on record.

    Examples:
        >>> profile = Profile(relationship=Relationship("C-17"), signals=Signals(target=True))
        >>> print(profile)
        C-17, prospect (potential)
    """

    invalid: ClassVar[type[InvalidProfile]] = InvalidProfile
    subject: ClassVar[str] = "profile"

    relationship: Relationship = field(validator=_checks.one_of(Relationship))
    value: CustomerValue = field(default=UNKNOWN_VALUE, validator=_checks.one_of(CustomerValue))
    signals: Signals = field(default=NO_SIGNALS, validator=_checks.one_of(Signals))
    market: Market = field(default=UNKNOWN_MARKET, validator=_checks.one_of(Market))
    as_of: datetime | None = field(
        default=None, converter=_checks.in_utc_or_none, validator=_checks.moment.or_none
    )
    account: Account | None = field(default=None, validator=_checks.one_of(Account).or_none)
    catalogue: Catalogue = field(default=UNKNOWN_CATALOGUE, validator=_checks.one_of(Catalogue))

    def __attrs_post_init__(self) -> None:
        if self.account is not None and self.account.relationship != self.relationship:
            raise InvalidProfile(
                f"profile of {self}",
                "account",
                self.account,
                f"one whose overall relationship is that of the profile, {self.relationship}",
                "Take both from one account: Profile(relationship=account.relationship, "
                "account=account).",
            )
        if self.as_of is not None:
            self._require_no_later_event(self.as_of)
        value, customer = self.value, self.relationship.customer
        purchases = self.relationship.record.purchases
        if value.customer is None or (value.customer, value.purchases) == (customer, purchases):
            return
        raise InvalidProfile(
            f"profile of {self}",
            "value",
            value,
            f"of {customer!r} with {purchases} purchases, as on record, and is from the record of "
            f"{shown(value.customer)} with {value.purchases}",
            "Make it with CustomerValue.of(relationship, ...), from the same relationship.",
        )

    def _require_no_later_event(self, as_of: datetime) -> None:
        last = self.relationship.record.last_at
        if last is not None and as_of < last:
            raise InvalidProfile(
                f"profile of {self}",
                "as_of",
                as_of,
                f"no earlier than the last event on record, {last.isoformat()}",
                "Take the relationship as it was then: journey.as_of(moment).",
            )

    @property
    def room(self) -> Room:
        """The customer's room."""
        return self.relationship.state.room

    @property
    def party(self) -> PartyKind:
        """Consumer, business or partner."""
        return self.value.party

    @property
    def departure(self) -> Departure | None:
        """The departure of a former customer; None for a customer who is present."""
        return self.relationship.departure if self.room is Room.FORMER else None

    @property
    def cross_sell(self) -> tuple[str, ...] | None:
        """What of the catalogue the customer neither holds nor left (BUT-4); None where unknown.

        It is unknown where something is held of which nothing says what it is. What was left is no
        matter of cross-selling: the cause comes first (BUT-7).
        """
        account, offered = self.account, self.catalogue.offerings
        if account is None or offered is None or UNNAMED_OFFERING in account.held:
            return None
        return tuple(name for name in offered if name not in {*account.held, *account.left})

    def altered(self, **inputs: Any) -> "Profile":  # noqa: ANN401 - as the fields take them
        """This profile with other signals or other numbers of the value; the rest stays.

        A value that was altered is no longer taken from the record: its ``customer`` is None.

        Args:
            **inputs: New values by the names of the fields of `Signals` and `CustomerValue`.

        Raises:
            InvalidProfile: If there is no such field, or a value is out of its bounds.

        Examples:
            >>> profile = Profile(relationship=Relationship("C-17"))
            >>> profile.altered(strategic=True).signals.strategic
            True
        """
        signals = {name: inputs.pop(name) for name in [*inputs] if name in _OF_SIGNALS}
        numbers = {name: inputs.pop(name) for name in [*inputs] if name in _OF_VALUE}
        for name, given in inputs.items():
            raise InvalidProfile(
                f"profile of {self}",
                name,
                given,
                "a field of Signals or of CustomerValue",
                "What is on record cannot be altered.",
            )
        return evolve(
            self,
            value=_altered(self.value, numbers, customer=None) if numbers else self.value,
            signals=_altered(self.signals, signals) if signals else self.signals,
        )

    @property
    def origins(self) -> dict[str, str]:
        """Where signals and numbers of the value come from that were worked out, by the name."""
        return dict([*self.value.origins, *self.signals.origins])

    def __str__(self) -> str:
        return f"{cut(self.relationship.customer)}, {self.relationship.state.describe()}"

    def __repr__(self) -> str:
        parts = (self.value, self.signals, self.market)
        known = [repr(part) for part in parts if part != type(part)()]
        who = f"{cut(self.relationship.customer)}: {self.relationship.state}"
        return f"<Profile {', '.join([who, *known])}>"


def _altered(inputs: I, changes: Mapping[str, Any], **also: Any) -> I:  # noqa: ANN401 - fields
    """The inputs with other values, of which the origin is no longer known."""
    origins = tuple(pair for pair in inputs.origins if pair[0] not in changes)
    return evolve(inputs, **changes, **also, origins=origins)
